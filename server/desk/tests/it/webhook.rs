//! What triggers tell other programs: signed, tried again, given up, and never inside (R41).

use crate::hook::{Hook, Says};
use crate::trigger::{adds, is, offline, tag, tags};
use crate::world::*;
use domain::ticket::Change;
use domain::trigger::{Action, Deed, Failed, Kept, Mischance, Sent, Trigger, What};
use domain::webhook::{TRIES, WAITING, again};
use domain::{Act, Refusal, Span, TicketEvent, Time};
use serde_json::json;
use sqlx::{AssertSqlSafe, Executor};
use std::sync::Arc;
use tokio::sync::Notify;

pub fn webhook(hook: &Hook) -> Action {
    Action::Webhook { url: hook.url.clone() }
}

impl World {
    /// Returns when no webhook waits any more.
    async fn until_taken(&self, count: i64) {
        self.until("select count(*) from webhooks where taken_at is not null and due_at is null and body = ''", count)
            .await;
    }

    async fn until_tried_so_often(&self, tries: i64) {
        self.until(&format!("select count(*) from webhooks where tries = {tries}"), 1).await;
    }
}

#[tokio::test]
async fn a_webhook_tells_of_the_ticket_as_the_triggers_left_it_and_is_signed() {
    let mut hook = Hook::open([]).await;
    let world = World::empty().await;
    let made = world.makes("Aviso", offline(), vec![webhook(&hook), Action::Group("orders".into())]).await;
    world.makes("Marca", vec![is(What::Group("orders".into()))], vec![adds(&["fuera"])]).await;
    let secret = made.secret.unwrap();

    let ticket = world.is_left("ana", "¿Cuándo llega?").await;
    let sent = hook.next().await;
    world.until_taken(1).await;

    assert!(sent.is_signed_with(&secret), "{sent:?}");
    assert!(!sent.is_signed_with("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"));
    assert_eq!((sent.path.as_str(), sent.header("content-type")), ("/hook?from=recado", "application/json"));
    assert_eq!(sent.header("webhook-timestamp"), (world.desk.now().0 / 1000).to_string());
    let told = sent.json();
    assert_eq!((told["id"].as_str(), told["test"].as_bool()), (Some(sent.header("webhook-id")), Some(false)));
    assert_eq!(told["trigger"]["name"], "Aviso");
    let about = &told["ticket"];
    assert_eq!((about["id"].as_str(), about["number"].as_i64()), (Some(&*ticket.id), Some(ticket.number)));
    assert_eq!((&about["opened_via"], &about["status"]), (&json!("OfflineMessage"), &json!("New")));
    assert_eq!((&about["group"]["id"], &about["tags"]), (&json!("orders"), &json!(["fuera"])));
    assert_eq!((&about["customer"]["name"], &about["customer_verified"]), (&json!("ana"), &json!(false)));
    let host = hook.url.trim_start_matches("http://").split('/').next().unwrap().to_owned();
    assert_eq!(world.triggered(&ticket.id).await[0].sent, [Sent::Webhook { host }]);
    // S72: neither the secret nor a word of it is in the database, and its words are gone once they were taken.
    let kept = made.line.trigger.id;
    let plain = format!(
        "select count(*) from triggers where id = '{kept}' and (secret like '%{}%' or secret is null)",
        &secret[6..]
    );
    assert_eq!(world.count(&plain).await, 0);
}

#[tokio::test]
async fn a_webhook_is_tried_again_until_it_is_taken_and_always_under_the_same_id() {
    let mut hook = Hook::open([Says::Status(500), Says::HangUp, Says::Status(404)]).await;
    let mut world = World::empty().await;
    let secret = world.makes("Aviso", offline(), vec![webhook(&hook)]).await.secret.unwrap();
    world.is_left("ana", "Hola").await;

    let first = hook.next().await;
    world.until_tried_so_often(1).await;
    world.wait(Span::secs(29)).await;
    assert!(hook.is_silent(), "too early");
    world.wait(Span::secs(1)).await;
    let second = hook.next().await;
    world.until_tried_so_often(2).await;
    world.wait(Span::minutes(1)).await;
    let third = hook.next().await;
    world.until_tried_so_often(3).await;
    // And over a restart.
    world.restart(Span::minutes(2)).await;
    let fourth = hook.next().await;
    world.until_taken(1).await;

    for other in [&second, &third, &fourth] {
        assert_eq!((other.header("webhook-id"), &other.body), (first.header("webhook-id"), &first.body));
        assert!(other.is_signed_with(&secret));
    }
    assert_ne!(first.header("webhook-timestamp"), fourth.header("webhook-timestamp"));
    world.restart(Span::hours(48)).await;
    world.settle().await;
    assert!(hook.is_silent(), "taken once, it is not sent again");
}

#[tokio::test]
async fn what_nobody_takes_is_given_up_and_that_is_told() {
    let mut hook = Hook::open((0..TRIES).map(|_| Says::Status(503))).await;
    let world = World::empty().await;
    world.makes("Aviso", offline(), vec![webhook(&hook)]).await;
    let ticket = world.is_left("ana", "Hola").await;

    for tries in 1..=TRIES {
        hook.next().await;
        world.until_tried_so_often(tries.into()).await;
        if let Some(next) = again(tries, Time(0)) {
            world.wait(Span(next.0)).await;
        }
    }

    world.until("select count(*) from webhooks where due_at is null and taken_at is null and body = ''", 1).await;
    let history = world.happened(&ticket.id).await;
    assert!(matches!(history.last(), Some(TicketEvent::Undelivered { tries: TRIES, .. })), "{history:?}");
    let line = world.desk.triggers(world.agent(MARTA)).await.unwrap().remove(0);
    assert_eq!(line.mishap.map(|mishap| (mishap.what, mishap.number)), Some((Mischance::Undelivered, ticket.number)));
}

#[tokio::test]
async fn who_says_that_he_takes_no_more_is_not_asked_again_and_nobody_is_sent_elsewhere() {
    let mut elsewhere = Hook::open([]).await;
    let mut hook = Hook::open([Says::Moved(elsewhere.url.clone()), Says::Status(410)]).await;
    let world = World::empty().await;
    world.makes("Aviso", offline(), vec![webhook(&hook)]).await;
    world.is_left("ana", "Hola").await;

    hook.next().await;
    world.until_tried_so_often(1).await;
    world.wait(Span::secs(30)).await;
    hook.next().await;
    world.until("select count(*) from webhooks where due_at is null and taken_at is null", 1).await;

    assert!(elsewhere.is_silent(), "it was followed");
}

/// R38 of quality.md: a target that says nothing holds no chat up, and no other target.
#[tokio::test]
async fn a_silent_target_is_in_nobody_s_way() {
    let mut silent = Hook::open((0..100).map(|_| Says::Nothing)).await;
    let mut quick = Hook::open([]).await;
    let mut world = World::open().await;
    world.makes("Callado", offline(), vec![webhook(&silent)]).await;
    world.makes("Rápido", vec![tag("x")], vec![webhook(&quick)]).await;
    let ticket = world.is_left("ana", "Hola").await;
    silent.next().await;

    let chat = world.starts("bruno", "returns").await;
    world.does(INES, &chat, Act::Attend).await.unwrap();
    for n in 0..50 {
        world.says("bruno", &chat, &n.to_string()).await;
    }
    world.changes(INES, &ticket, vec![Change::Tags(tags(&["x"]))]).await.unwrap();
    quick.next().await;

    assert_eq!(world.chat(&chat).await.last_words, "49");
    world.until("select count(*) from webhooks where taken_at is not null", 1).await;
    let lines = world.desk.triggers(world.agent(MARTA)).await.unwrap();
    assert_eq!(lines.iter().map(|line| line.waiting).collect::<Vec<_>>(), [1, 0]);
}

#[tokio::test]
async fn what_waits_when_the_server_stops_is_sent_after_the_next_start_and_once() {
    let mut hook = Hook::open([Says::Nothing]).await;
    let mut world = World::empty().await;
    world.makes("Aviso", offline(), vec![webhook(&hook)]).await;
    world.is_left("ana", "Hola").await;
    let under_way = hook.next().await;

    world.restart(Span::secs(1)).await;
    let sent = hook.next().await;
    world.until_taken(1).await;
    world.restart(Span::hours(1)).await;
    world.settle().await;

    assert_eq!(sent.header("webhook-id"), under_way.header("webhook-id"));
    assert!(hook.is_silent());
    assert_eq!(world.count("select count(*) from webhooks").await, 1);
}

#[tokio::test]
async fn a_secret_is_told_once_and_another_where_it_goes_elsewhere() {
    let (mut hook, other) = (Hook::open([]).await, Hook::open([]).await);
    let world = World::empty().await;
    let marta = world.session(MARTA);
    let Kept { line, secret } = world.makes("Aviso", offline(), vec![webhook(&hook)]).await;
    let secret = secret.unwrap();
    let id = line.trigger.id.clone();

    let same = world.keeps_trigger(Trigger { name: "Otro nombre".into(), ..line.trigger.clone() }).await;
    assert_eq!(same.secret, None, "it goes where it went");
    assert!(world.desk.try_webhook(&marta.agent, &id).await.unwrap());
    let sent = hook.next().await;
    assert!(sent.is_signed_with(&secret) && sent.json()["test"] == json!(true));
    let renewed = world.desk.renew_secret(marta, &id, &here()).await.unwrap();
    world.is_left("ana", "Hola").await;
    let sent = hook.next().await;
    assert!(sent.is_signed_with(&renewed) && !sent.is_signed_with(&secret));
    let moved = world.keeps_trigger(Trigger { actions: vec![webhook(&other)], ..line.trigger.clone() }).await;
    assert!(moved.secret.is_some_and(|fresh| fresh != renewed));
    let without = world.keeps_trigger(Trigger { actions: vec![adds(&["x"])], ..line.trigger }).await;
    assert_eq!(without.secret, None);
    assert_eq!(refusal(world.desk.renew_secret(marta, &id, &here()).await), Refusal::NotAsked);
    assert_eq!(refusal(world.desk.try_webhook(&marta.agent, &id).await), Refusal::NotAsked);
}

#[tokio::test]
async fn so_many_webhooks_of_a_trigger_wait_and_no_more() {
    let hook = Hook::open([]).await;
    let world = World::empty().await;
    let made = world.makes("Aviso", offline(), vec![webhook(&hook)]).await.line.trigger;
    let pool = world.look().await;
    // Nobody's turn comes: they are due in a long time.
    let due = world.desk.now().0 + Span::hours(24).0;
    for first in (0..WAITING - 1).step_by(500) {
        let rows: Vec<String> = (first..(first + 500).min(WAITING - 1))
            .map(|n| format!("('waits-{n}', '{}', 'x', 'https://x.example/', '', 1, 0, {due}, null)", made.id))
            .collect();
        let sql = format!(
            "insert into webhooks (id, trigger_id, ticket_id, url, body, created_at, tries, due_at, taken_at) values {}",
            rows.join(", ")
        );
        pool.execute(AssertSqlSafe(sql)).await.unwrap();
    }

    // As if the last one that fits were not taken at once, either.
    let last = world.is_left("ana", "Hola").await;
    let still = format!("update webhooks set due_at = {due}, taken_at = null where ticket_id = '{}'", last.id);
    world.until("select count(*) from webhooks where taken_at is not null", 1).await;
    pool.execute(AssertSqlSafe(still)).await.unwrap();
    let more = world.is_left("bea", "Hola").await;

    let kept = &world.triggered(&last.id).await[0];
    assert!(matches!(&kept.sent[..], [Sent::Webhook { .. }]), "{kept:?}");
    let full = Refusal::Full { limit: WAITING as u32 };
    assert_eq!(world.triggered(&more.id).await[0].failed, [Failed { what: Deed::Webhook, why: full }]);
}

#[tokio::test]
async fn whoever_did_not_hear_a_secret_asks_again_and_nobody_else_hears_it() {
    let hook = Hook::open([]).await;
    let world = World::empty().await;
    let (marta, wish) = (world.session(MARTA), world.id());
    let one = world.a_trigger("Aviso", offline(), vec![webhook(&hook)]);
    let lost = world.desk.save_trigger(marta, &wish, one.clone(), None, &here()).await.unwrap().secret;

    assert!(lost.is_some());
    assert_eq!(world.desk.save_trigger(marta, &wish, one.clone(), None, &here()).await.unwrap().secret, lost);
    assert_eq!(world.desk.save_trigger(marta, &world.id(), one.clone(), None, &here()).await.unwrap().secret, None);
    world.desk.renew_secret(marta, &one.id, &here()).await.unwrap();
    assert_eq!(world.desk.save_trigger(marta, &wish, one.clone(), None, &here()).await.unwrap().secret, None);
    assert_eq!(refusal(world.desk.save_trigger(marta, "x", one, None, &here()).await), Refusal::Malformed);
}

/// Two are due in one turn, and the first takes long.
#[tokio::test]
async fn what_is_renewed_or_erased_meanwhile_is_sent_as_it_is_by_then() {
    let let_go = Arc::new(Notify::new());
    let says = [Says::Status(500), Says::Status(500), Says::Status(500), Says::Waits(let_go.clone())];
    let mut hook = Hook::open(says).await;
    let world = World::empty().await;
    let made = world.makes("Aviso", offline(), vec![webhook(&hook)]).await;
    for who in ["ana", "bea", "carla"] {
        world.is_left(who, "Hola").await;
        hook.next().await;
    }
    world.until("select count(*) from webhooks where tries = 1", 3).await;
    world.wait(Span::minutes(1)).await;

    let first = hook.next().await;
    let gone = format!(
        "delete from webhooks where id in (select id from webhooks where id <> '{}' order by due_at, id limit 1)",
        first.header("webhook-id")
    );
    world.look().await.execute(AssertSqlSafe(gone)).await.unwrap();
    let renewed = world.desk.renew_secret(world.session(MARTA), &made.line.trigger.id, &here()).await.unwrap();
    let_go.notify_one();
    let second = hook.next().await;
    world.until_taken(2).await;

    assert!(first.is_signed_with(&made.secret.unwrap()));
    assert!(second.is_signed_with(&renewed), "it is signed with a secret that is dead");
    assert_ne!(first.header("webhook-id"), second.header("webhook-id"));
    assert_eq!(world.count("select count(*) from webhooks").await, 2);
    assert!(hook.is_silent(), "what is gone was sent");
}

#[tokio::test]
async fn what_waits_goes_where_the_trigger_goes_from_now_on() {
    let mut here = Hook::open([Says::Status(500)]).await;
    let mut there = Hook::open([Says::Status(500)]).await;
    let world = World::empty().await;
    let made = world.makes("Aviso", offline(), vec![webhook(&here)]).await.line.trigger;
    world.is_left("ana", "Hola").await;
    here.next().await;
    world.until_tried_so_often(1).await;

    let moved = world.keeps_trigger(Trigger { actions: vec![webhook(&there)], ..made.clone() }).await;
    world.wait(Span::minutes(1)).await;
    assert!(there.next().await.is_signed_with(&moved.secret.unwrap()));
    world.until_tried_so_often(2).await;
    world.keeps_trigger(Trigger { actions: vec![adds(&["x"])], ..made }).await;

    assert!(here.is_silent());
    assert_eq!(world.count("select count(*) from webhooks").await, 0);
}

#[tokio::test]
async fn whoever_says_yes_and_goes_on_speaking_has_taken_it() {
    let mut hook = Hook::open([Says::GoesOn]).await;
    let world = World::empty().await;
    world.makes("Aviso", offline(), vec![webhook(&hook)]).await;

    world.is_left("ana", "Hola").await;

    hook.next().await;
    world.until_taken(1).await;
}

/// S62: whatever was wrong, the answer is the same.
#[tokio::test]
async fn a_test_that_does_not_arrive_says_nothing_else() {
    let hook = Hook::open([Says::Status(500), Says::HangUp, Says::Moved("http://127.0.0.1/".into())]).await;
    let world = World::empty().await;
    let id = world.makes("Aviso", offline(), vec![webhook(&hook)]).await.line.trigger.id;

    for _ in 0..3 {
        assert!(!world.desk.try_webhook(world.agent(MARTA), &id).await.unwrap());
    }
    let closed = Action::Webhook { url: "http://127.0.0.1:1/".into() };
    let id = world.makes("Cerrado", offline(), vec![closed]).await.line.trigger.id;
    assert!(!world.desk.try_webhook(world.agent(MARTA), &id).await.unwrap());
    assert_eq!(world.count("select count(*) from webhooks").await, 0, "a test is no telling");
}

/// S61: what may not be reached is not even kept.
#[tokio::test]
async fn an_address_inside_is_refused_where_it_is_typed() {
    let world = World::empty().await;
    for url in ["https://10.0.0.1/", "https://[::1]/", "http://hooks.example/", "https://2130706434/", "nothing"] {
        let one = world.a_trigger("Aviso", offline(), vec![adds(&["x"]), Action::Webhook { url: url.into() }]);
        let why = Refusal::FieldWrong { field: "actions.1".into() };
        assert_eq!(
            refusal(world.desk.save_trigger(world.session(MARTA), &world.id(), one.clone(), None, &here()).await),
            why,
            "{url}"
        );
        assert_eq!(refusal(world.desk.try_trigger(world.agent(MARTA), one).await), why, "{url}");
    }
    assert_eq!(world.count("select count(*) from triggers").await, 0);
}

#[tokio::test]
async fn a_deleted_one_sends_nothing_more() {
    let mut hook = Hook::open([Says::Status(500)]).await;
    let world = World::empty().await;
    let id = world.makes("Aviso", offline(), vec![webhook(&hook)]).await.line.trigger.id;
    let ticket = world.is_left("ana", "Hola").await;
    hook.next().await;
    world.until_tried_so_often(1).await;

    world.desk.delete_trigger(world.session(MARTA), &id, &here()).await.unwrap();
    world.wait(Span::hours(1)).await;

    assert_eq!(world.count("select count(*) from webhooks").await, 0);
    assert!(hook.is_silent());
    assert_eq!(world.triggered(&ticket.id).await.len(), 1, "what it did stays told");
}
