//! What whoever watches the machine is told: as much as there is, at that moment.

use crate::world::{INES, World};
use desk::gauge::Gauges;
use domain::{Act, Span};
use sqlx::Executor;

const NOTHING: Gauges =
    Gauges { waiting: 0, attending: 0, waits_longest: 0, unsaved: 0, mails: 0, webhooks: 0, to_index: 0 };

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
    // Of no ticket that is there, so that nobody indexes it.
    pool.execute("insert into tickets_to_index (ticket_id, seq) values ('nothing', 1)").await.unwrap();

    assert_eq!(world.desk.gauges().await.unwrap(), Gauges { mails: 2, webhooks: 1, to_index: 1, ..NOTHING });
}
