//! Webhooks of the house: kept with what they tell of, sent, and seen to: on either database.

use crate::hook::{Hook, Says};
use crate::world::*;
use domain::audit::{By, Filter, Kind, Line};
use domain::subscription::{Change, Delivery, Kept, LIMIT, Occasion, Sheet};
use domain::ticket::Change as Edit;
use domain::webhook::{TRIES, WAITING};
use domain::{Act, Refusal, Span, Status};
use sqlx::Executor;

impl World {
    fn hook_to(&self, url: &str, occasions: &[Occasion]) -> Sheet {
        Sheet { id: self.id(), name: "ERP".into(), url: url.into(), occasions: occasions.into(), on: true }
    }

    async fn sets_hooks(&self, who: &str, change: Change) -> Result<Kept, desk::Error> {
        self.desk.change_subscription(&self.signed(who).await, &change, &here()).await
    }

    /// Its id, and its secret.
    async fn subscribes(&self, url: &str, occasions: &[Occasion]) -> (String, String) {
        let sheet = self.hook_to(url, occasions);
        let kept = self.sets_hooks(MARTA, Change::Keep { sheet: sheet.clone(), read: None }).await.unwrap();
        (sheet.id, kept.secret.unwrap())
    }

    async fn sent(&self, id: &str) -> Vec<Delivery> {
        self.desk.deliveries(self.agent(MARTA), id).await.unwrap()
    }

    /// How often the log has that somebody sent one by hand.
    async fn sent_by_hand(&self, id: &str) -> i64 {
        let log = "select count(*) from audit where kind = 'webhook-sent' and address = '203.0.113.0' and about = ";
        self.count(&format!("{log}'webhook {id}'")).await
    }

    async fn until_tried_at(&self, tries: u32) {
        self.until(&format!("select count(*) from webhook_deliveries where tries < {tries}"), 0).await;
    }
}

#[tokio::test]
async fn what_happens_is_told_signed_and_without_anybody_s_words() {
    let mut hook = Hook::open([]).await;
    let mut world = World::open().await;
    let (id, secret) = world.subscribes(&hook.url, &Occasion::ALL).await;

    let chat = world.starts("ana", "returns").await;
    world.does(INES, &chat, Act::Attend).await.unwrap();
    world.says("ana", &chat, "La silla cojea").await;
    world.does(INES, &chat, Act::Aside { whisper: false, text: "nota".into() }).await.unwrap();
    world.does(INES, &chat, Act::Close).await.unwrap();
    let ticket = world.desk.ticket_of_chat(world.agent(INES), &chat).await.unwrap().unwrap();
    world.changes(INES, &ticket, vec![Edit::Status(Status::Resolved)]).await.unwrap();

    let mut kinds = Vec::new();
    for _ in 0..6 {
        let sent = hook.next().await;
        assert!(sent.is_signed_with(&secret), "{sent:?}");
        let body = sent.json();
        assert_eq!((body["id"].as_str().unwrap(), body["test"].as_bool()), (sent.header("webhook-id"), Some(false)));
        for word in ["La silla cojea", "nota", "Ana", "Inés"] {
            assert!(!sent.body.contains(word), "{}", sent.body);
        }
        if body["chat"].is_object() {
            assert_eq!(body["chat"]["id"], chat.as_str());
        } else {
            assert_eq!(body["ticket"]["id"], ticket.id.as_str());
        }
        kinds.push(body["type"].as_str().unwrap().to_owned());
    }
    // In the order in which it happened, though it was all in one moment.
    assert_eq!(kinds, ["chat.started", "chat.attended", "message", "chat.ended", "ticket.opened", "ticket.changed"]);
    world.until_tried_at(1).await;
    assert!(world.sent(&id).await.iter().all(|one| one.taken_at.is_some() && one.answer == Some(204)));
}

#[tokio::test]
async fn only_what_was_asked_for_is_told_and_nothing_while_it_is_off() {
    let mut hook = Hook::open([]).await;
    let mut world = World::open().await;
    let (id, _) = world.subscribes(&hook.url, &[Occasion::TicketOpened]).await;
    world.starts("ana", "returns").await;
    world.sets_hooks(MARTA, Change::Switch { id: id.clone(), on: false }).await.unwrap();
    world.opens_ticket(MARTA, "returns", "Mesa").await;
    world.sets_hooks(MARTA, Change::Switch { id: id.clone(), on: true }).await.unwrap();

    let ticket = world.opens_ticket(MARTA, "returns", "Silla").await;

    assert_eq!(hook.next().await.json()["ticket"]["id"], ticket.id.as_str());
    assert_eq!(world.sent(&id).await.len(), 1);
}

#[tokio::test]
async fn what_is_not_taken_is_tried_again_given_up_and_sent_again_by_hand_under_the_same_id() {
    let mut hook = Hook::open((0..TRIES).map(|_| Says::Status(503))).await;
    let world = World::open().await;
    let (id, _) = world.subscribes(&hook.url, &[Occasion::TicketOpened]).await;
    world.opens_ticket(MARTA, "returns", "Silla").await;

    let first = hook.next().await.header("webhook-id").to_owned();
    for tries in 1..TRIES {
        world.until_tried_at(tries).await;
        let due = world.sent(&id).await[0].due_at.unwrap();
        world.clock.advance(Span((due - world.clock.now()).0));
        assert_eq!(hook.next().await.header("webhook-id"), first);
    }
    world.until_tried_at(TRIES).await;
    let given_up = world.sent(&id).await.remove(0);
    assert_eq!((given_up.due_at, given_up.taken_at, given_up.answer), (None, None, Some(503)));
    assert_eq!(world.desk.subscriptions(world.agent(MARTA)).await.unwrap()[0].failed, 1);

    world.desk.send_again(world.session(MARTA), &id, &given_up.id, &here()).await.unwrap();
    assert_eq!(hook.next().await.header("webhook-id"), first);
    world.until("select count(*) from webhook_deliveries where taken_at is null", 0).await;
    let nothing = world.desk.send_again(world.session(MARTA), &id, "nothing", &here()).await;
    assert_eq!(refusal(nothing), Refusal::NotYours);
    assert_eq!(world.sent_by_hand(&id).await, 1);
}

#[tokio::test]
async fn a_change_that_is_not_kept_tells_nobody_and_what_is_kept_survives_a_restart() {
    let mut hook = Hook::open([]).await;
    let mut world = World::open().await;
    let chat = world.starts("ana", "returns").await;
    let (id, _) = world.subscribes(&hook.url, &[Occasion::ChatEnded]).await;
    // Its row in the log is the last that is written with it.
    let pool = world.look().await;
    pool.execute("alter table audit_head rename to audit_elsewhere").await.unwrap();
    let broken = world.does(INES, &chat, Act::Remove).await;
    pool.execute("alter table audit_elsewhere rename to audit_head").await.unwrap();
    assert!(matches!(broken, Err(desk::Error::Broken(_))), "{broken:?}");
    assert_eq!(world.sent(&id).await, []);

    world.restart(Span(0)).await;
    world.does(INES, &chat, Act::Remove).await.unwrap();

    assert_eq!(hook.next().await.json()["chat"]["id"], chat.as_str());
    assert_eq!(world.sent(&id).await.len(), 1);
}

#[tokio::test]
async fn a_ticket_that_is_opened_and_changed_at_once_is_told_as_both() {
    let mut hook = Hook::open([]).await;
    let world = World::open().await;
    world.subscribes(&hook.url, &[Occasion::TicketOpened, Occasion::TicketChanged]).await;
    world.tags_what_begins("urgente").await;

    let ticket = world.opens_ticket(MARTA, "returns", "Silla").await;

    for kind in ["ticket.opened", "ticket.changed"] {
        let body = hook.next().await.json();
        assert_eq!((body["type"].as_str(), body["ticket"]["id"].as_str()), (Some(kind), Some(ticket.id.as_str())));
    }
}

#[tokio::test]
async fn so_many_wait_and_no_more_and_it_is_counted_what_was_dropped() {
    let mut hook = Hook::open([]).await;
    let world = World::open().await;
    let (id, _) = world.subscribes(&hook.url, &[Occasion::TicketOpened]).await;
    let many = format!(
        "insert into webhook_deliveries (id, subscription_id, ordinal, occasion, number, body, created_at, tries, due_at) \
         with recursive n(i) as (select 1 union all select i + 1 from n where i < {WAITING}) \
         select 'd' || i, '{id}', i, 'message', 1, '{{}}', 1, 1, 9000000000000000 from n"
    );
    let pool = world.look().await;
    pool.execute(sqlx::AssertSqlSafe(many)).await.unwrap();

    for _ in 0..2 {
        world.opens_ticket(MARTA, "returns", "Silla").await;
    }
    let full = world.desk.subscriptions(world.agent(MARTA)).await.unwrap().remove(0);
    assert_eq!((full.waiting as usize, full.dropped, full.full_since), (WAITING, 2, Some(world.clock.now())));

    pool.execute("delete from webhook_deliveries").await.unwrap();
    world.clock.advance(Span::secs(10));
    let ticket = world.opens_ticket(MARTA, "returns", "Mesa").await;
    assert_eq!(hook.next().await.json()["ticket"]["id"], ticket.id.as_str());
    let free = world.desk.subscriptions(world.agent(MARTA)).await.unwrap().remove(0);
    assert_eq!((free.dropped, free.full_since), (2, None));
}

#[tokio::test]
async fn a_test_is_sent_once_and_its_answer_is_shown() {
    let mut hook = Hook::open([Says::Status(500)]).await;
    let world = World::open().await;
    let (id, secret) = world.subscribes(&hook.url, &[Occasion::Message]).await;

    let lost = world.desk.test_subscription(world.session(MARTA), &id, &here()).await.unwrap();
    let came = world.desk.test_subscription(world.session(MARTA), &id, &here()).await.unwrap();

    assert_eq!((lost[0].answer, lost[0].due_at, lost[0].taken_at), (Some(500), None, None));
    assert!(came.iter().any(|one| one.answer == Some(204) && one.taken_at.is_some() && one.occasion.is_none()));
    for _ in 0..2 {
        let sent = hook.next().await;
        assert!(sent.is_signed_with(&secret) && sent.json()["test"] == true && sent.json()["type"] == "test");
    }
    let again = world.desk.send_again(world.session(MARTA), &id, &lost[0].id, &here()).await;
    assert_eq!(refusal(again), Refusal::NotYours, "nothing happened that could be told again");
    assert_eq!(world.sent_by_hand(&id).await, 2);
}

#[tokio::test]
async fn a_secret_is_told_once_and_another_address_gets_another() {
    let mut hook = Hook::open([]).await;
    let world = World::open().await;
    let sheet = world.hook_to(&hook.url, &[Occasion::TicketOpened]);
    let keep = |sheet: &Sheet, read: Option<&Sheet>| Change::Keep { sheet: sheet.clone(), read: read.cloned() };
    let first = world.sets_hooks(MARTA, keep(&sheet, None)).await.unwrap().secret.unwrap();
    let named = Sheet { name: "Otro".into(), ..sheet.clone() };
    assert_eq!(world.sets_hooks(MARTA, keep(&named, Some(&sheet))).await.unwrap().secret, None);

    let renewed = world.sets_hooks(MARTA, Change::Renew { id: sheet.id.clone() }).await.unwrap().secret.unwrap();
    world.opens_ticket(MARTA, "returns", "Silla").await;
    let sent = hook.next().await;
    assert!(sent.is_signed_with(&renewed) && !sent.is_signed_with(&first));

    let moved = Sheet { url: format!("{}&more", named.url), ..named.clone() };
    let unheard = world.sets_hooks(MARTA, keep(&moved, Some(&named))).await.unwrap().secret.unwrap();
    // Its answer was lost, and the same is asked again.
    let heard = world.sets_hooks(MARTA, keep(&moved, Some(&named))).await.unwrap().secret.unwrap();
    assert_eq!(heard, unheard);
    assert_eq!(world.sets_hooks(MARTA, keep(&moved, Some(&moved))).await.unwrap().secret, None);
    let late = world.sets_hooks(MARTA, keep(&sheet, Some(&named))).await;
    assert_eq!(refusal(late), Refusal::Overtaken { by: "Marta Ortiz".into() });
    let kept = "select count(*) from webhook_subscriptions where secret like 'whsec%'";
    assert_eq!(world.count(kept).await, 0);
    let log = format!("select count(*) from audit where kind = 'settings-changed' and about = 'webhook {}'", sheet.id);
    assert_eq!(world.count(&log).await, 4);
    assert_eq!(world.count(&log.replace("settings-changed", "secret-told-again")).await, 1, "once it was");
}

#[tokio::test]
async fn who_only_switched_one_is_not_told_its_secret() {
    let world = World::open().await;
    let sheet = world.hook_to("https://hooks.example/", &[Occasion::Message]);
    let first = world.sets_hooks(MARTA, Change::Keep { sheet: sheet.clone(), read: None }).await.unwrap().secret;
    world.look().await.execute("update agents set system = 1 where email = 'ines@casanogal.example'").await.unwrap();
    world.sets_hooks(INES, Change::Switch { id: sheet.id.clone(), on: false }).await.unwrap();
    // As if what it is were what she had asked for, and its answer were lost.
    let again = || Change::Keep { sheet: Sheet { on: false, ..sheet.clone() }, read: None };

    let to_ines = world.sets_hooks(INES, again()).await.unwrap().secret;
    let to_marta = world.sets_hooks(MARTA, again()).await.unwrap().secret;

    assert_eq!((to_ines, to_marta), (None, first), "who set its address is told, also after it was switched");
    assert_eq!(world.count("select count(*) from audit where kind = 'secret-told-again'").await, 1);
}

#[tokio::test]
async fn of_two_who_set_the_same_address_the_first_hears_a_secret_and_it_stays_good() {
    let mut hook = Hook::open([]).await;
    let world = World::open().await;
    let sheet = world.hook_to("https://hooks.example/", &[Occasion::TicketOpened]);
    world.sets_hooks(MARTA, Change::Keep { sheet: sheet.clone(), read: None }).await.unwrap();
    world.look().await.execute("update agents set system = 1 where email = 'ines@casanogal.example'").await.unwrap();
    let moved = || {
        let to = Sheet { url: hook.url.clone(), ..sheet.clone() };
        Change::Keep { sheet: to, read: Some(sheet.clone()) }
    };

    let first = world.sets_hooks(MARTA, moved()).await.unwrap().secret.unwrap();
    let second = world.sets_hooks(INES, moved()).await.unwrap().secret;

    assert_eq!(second, None);
    world.opens_ticket(MARTA, "returns", "Silla").await;
    assert!(hook.next().await.is_signed_with(&first));
}

/// S88: when it fell silent, and by whom, is found without all that was set.
#[tokio::test]
async fn who_switches_one_is_written_down_as_that_and_named_to_whoever_comes_too_late() {
    let world = World::open().await;
    let (id, _) = world.subscribes("https://hooks.example/", &[Occasion::Message]).await;
    let shown = world.desk.subscriptions(world.agent(MARTA)).await.unwrap();
    let sheet = shown.into_iter().find(|line| line.sheet.id == id).unwrap().sheet;
    let keep = |sheet: &Sheet, read: &Sheet| Change::Keep { sheet: sheet.clone(), read: Some(read.clone()) };
    world.look().await.execute("update agents set system = 1 where email = 'ines@casanogal.example'").await.unwrap();

    for _ in 0..2 {
        world.sets_hooks(INES, Change::Switch { id: id.clone(), on: false }).await.unwrap();
    }
    let late = world.sets_hooks(MARTA, keep(&Sheet { name: "Otro".into(), ..sheet.clone() }, &sheet)).await;
    let off = Sheet { on: false, ..sheet.clone() };
    world.sets_hooks(MARTA, keep(&sheet, &off)).await.unwrap();
    let both = Sheet { name: "Otro".into(), ..off };
    world.sets_hooks(MARTA, keep(&both, &sheet)).await.unwrap();

    assert_eq!(refusal(late), Refusal::Overtaken { by: "Inés Robledo".into() });
    let filter = Filter { about: Some(format!("webhook {id}")), ..Filter::default() };
    let lines = world.desk.audit(world.agent(MARTA), &filter, None).await.unwrap().lines;
    let kinds: Vec<Kind> = lines.iter().rev().map(|line| line.kind).collect();
    // Made; switched off once, though it was asked for twice; on by the form; and off together with another name.
    let made = [Kind::SettingsChanged, Kind::WebhookOff, Kind::WebhookOn, Kind::SettingsChanged, Kind::WebhookOff];
    assert_eq!(kinds, made);
    let off = Filter { kind: Some(Kind::WebhookOff), ..filter };
    let off = world.desk.audit(world.agent(MARTA), &off, None).await.unwrap().lines;
    let who = |line: &Line| match &line.by {
        By::Agent(face) => face.name.clone(),
        other => format!("{other:?}"),
    };
    assert_eq!(off.iter().map(who).collect::<Vec<_>>(), ["Marta Ortiz", "Inés Robledo"]);
}

#[tokio::test]
async fn it_goes_nowhere_inside_and_nobody_but_an_administrator_of_the_system_sets_it() {
    let world = World::open().await;
    let wrong = |field: &str| Refusal::FieldWrong { field: field.into() };
    for url in ["https://10.0.0.1/", "http://hooks.example/", "https://169.254.169.254/", "ftp://hooks.example/", "x"] {
        let sheet = world.hook_to(url, &[Occasion::Message]);
        let kept = world.sets_hooks(MARTA, Change::Keep { sheet, read: None }).await;
        assert_eq!(refusal(kept), wrong("url"), "{url}");
    }
    let (id, _) = world.subscribes("https://hooks.example/", &[Occasion::Message]).await;
    for who in [INES, TOMAS] {
        let sheet = world.hook_to("https://hooks.example/", &[Occasion::Message]);
        for change in [
            Change::Keep { sheet, read: None },
            Change::Switch { id: id.clone(), on: false },
            Change::Renew { id: id.clone() },
            Change::Drop { id: id.clone() },
        ] {
            assert_eq!(refusal(world.sets_hooks(who, change).await), Refusal::OnlyAdministrators);
        }
        let agent = world.agent(who);
        assert_eq!(refusal(world.desk.subscriptions(agent).await), Refusal::OnlyAdministrators);
        assert_eq!(refusal(world.desk.deliveries(agent, &id).await), Refusal::OnlyAdministrators);
        let (signed, from) = (world.session(who), &here());
        assert_eq!(refusal(world.desk.test_subscription(signed, &id, from).await), Refusal::OnlyAdministrators);
        assert_eq!(refusal(world.desk.send_again(signed, &id, "x", from).await), Refusal::OnlyAdministrators);
    }
}

#[tokio::test]
async fn whoever_administers_no_more_when_his_turn_comes_sends_nothing() {
    let mut hook = Hook::open([]).await;
    let world = World::open().await;
    let (id, _) = world.subscribes(&hook.url, &[Occasion::Message]).await;
    let pool = world.look().await;
    pool.execute("update agents set system = 1 where email = 'ines@casanogal.example'").await.unwrap();
    // What she asks was read when she still did.
    let (waits, from) = (&world.signed(INES).await, &here());
    pool.execute("update agents set system = 0 where email = 'ines@casanogal.example'").await.unwrap();

    let test = world.desk.test_subscription(waits, &id, from).await;
    let again = world.desk.send_again(waits, &id, "x", from).await;

    assert_eq!((refusal(test), refusal(again)), (Refusal::OnlyAdministrators, Refusal::OnlyAdministrators));
    assert_eq!((world.sent(&id).await, world.sent_by_hand(&id).await), (Vec::new(), 0));
    assert!(hook.is_silent());
}

#[tokio::test]
async fn there_are_few_and_one_that_goes_takes_along_what_waits() {
    let world = World::open().await;
    let mut last = String::new();
    for _ in 0..LIMIT {
        last = world.subscribes("https://127.0.0.1:1/", &[Occasion::TicketOpened]).await.0;
    }
    let sheet = world.hook_to("https://hooks.example/", &[Occasion::Message]);
    let more = world.sets_hooks(MARTA, Change::Keep { sheet, read: None }).await;
    assert_eq!(refusal(more), Refusal::Full { limit: LIMIT as u32 });
    world.opens_ticket(MARTA, "returns", "Silla").await;
    assert_eq!(world.sent(&last).await.len(), 1);

    let kept = world.sets_hooks(MARTA, Change::Drop { id: last.clone() }).await.unwrap();

    assert_eq!((kept.lines.len(), world.sent(&last).await.len()), (LIMIT - 1, 0));
    assert_eq!(refusal(world.sets_hooks(MARTA, Change::Drop { id: last }).await), Refusal::NotYours);
}
