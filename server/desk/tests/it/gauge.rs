//! What whoever watches the machine is told: as much as there is, at that moment.

use crate::world::{INES, World};
use desk::gauge::Gauges;
use domain::webhook::WAITING;
use domain::{Act, Span};
use sqlx::Executor;

const NOTHING: Gauges = Gauges {
    waiting: 0,
    attending: 0,
    waits_longest: 0,
    unsaved: 0,
    mails: 0,
    webhooks: 0,
    subscriptions: 0,
    dropped: Vec::new(),
    to_index: 0,
};

#[tokio::test]
async fn who_waits_and_what_is_attended_and_unsaved_is_counted_as_it_is() {
    let (mut world, first) = World::with_waiting_customer().await;
    world.wait(Span::secs(90)).await;
    world.starts("bruno", "orders").await;

    assert_eq!(world.desk.gauges().await.unwrap(), Gauges { waiting: 2, waits_longest: 90, ..NOTHING });
    world.does(INES, &first, Act::Attend).await.unwrap();
    let now = world.desk.gauges().await.unwrap();
    assert_eq!(now, Gauges { waiting: 1, attending: 1, ..NOTHING }, "who waits now has only begun to");
    world.does(INES, &first, Act::Close).await.unwrap();
    world.until_indexed().await;
    assert_eq!(world.desk.gauges().await.unwrap(), Gauges { waiting: 1, unsaved: 1, ..NOTHING });
}

#[tokio::test]
async fn what_waits_to_be_sent_or_found_is_counted_and_what_was_sent_is_not() {
    let world = World::open().await;
    world.until_indexed().await;
    let pool = world.look().await;
    for (id, due) in [("m-1", "9000000000000"), ("m-2", "9000000000000"), ("m-3", "null")] {
        let sql = format!(
            "insert into mails (id, chat_id, recipient, subject, body, created_at, tries, due_at) \
             values ('{id}', 'c', 'ana@correo.example', 's', 'b', 1, 0, {due})"
        );
        pool.execute(sqlx::AssertSqlSafe(sql)).await.unwrap();
    }
    for (id, due) in [("w-1", "9000000000000"), ("w-2", "null")] {
        let sql = format!(
            "insert into webhooks (id, trigger_id, ticket_id, url, body, created_at, tries, due_at) \
             values ('{id}', 't', 't', 'https://x.example', '{{}}', 1, 0, {due})"
        );
        pool.execute(sqlx::AssertSqlSafe(sql)).await.unwrap();
    }
    for (id, on, dropped) in [("h-on", 1, 3), ("h-off", 0, WAITING)] {
        let sql = format!(
            "insert into webhook_subscriptions (id, name, url, occasions, is_on, secret, created_at, dropped) \
             values ('{id}', '{id}', 'https://x.example', '[]', {on}, '', 1, {dropped})"
        );
        pool.execute(sqlx::AssertSqlSafe(sql)).await.unwrap();
        for (n, due) in [(1, "9000000000000"), (2, "null")] {
            let sql = format!(
                "insert into webhook_deliveries (id, subscription_id, ordinal, occasion, number, body, created_at, tries, due_at) \
                 values ('{id}-{n}', '{id}', {n}, 'message', 1, '{{}}', 1, 1, {due})"
            );
            pool.execute(sqlx::AssertSqlSafe(sql)).await.unwrap();
        }
    }
    // Of no ticket that is there, so that nobody indexes it.
    pool.execute("insert into tickets_to_index (ticket_id, seq) values ('nothing', 1)").await.unwrap();

    let dropped = vec![("h-off".to_owned(), WAITING as i64), ("h-on".to_owned(), 3)];
    let now = Gauges { mails: 2, webhooks: 1, subscriptions: 1, dropped, to_index: 1, ..NOTHING };
    assert_eq!(world.desk.gauges().await.unwrap(), now, "what is off is told nothing, so nothing of it waits");
}
