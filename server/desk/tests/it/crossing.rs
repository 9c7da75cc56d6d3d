//! The clock of the triggers: what they do once a ticket has stood for so long (R41).

use crate::hook::Hook;
use crate::trigger::{adds, is, tag};
use crate::webhook::webhook;
use crate::world::*;
use domain::ticket::Change;
use domain::trigger::{Action, Condition, Cut, Mischance, Trigger, What};
use domain::{Span, Status};
use sqlx::{AssertSqlSafe, Executor};

#[tokio::test]
async fn the_clock_has_it_run_when_a_ticket_has_stood_for_so_long_and_once() {
    let mut world = World::open().await;
    let late = vec![is(What::Stands { minutes: 60 }), is(What::Base(Status::New))];
    world.makes("Tarde", late, vec![adds(&["tarde"])]).await;
    let ticket = world.is_left("ana", "Hola").await;
    let marked = "select count(*) from ticket_tags where tag = 'tarde'";

    world.wait(Span::minutes(59)).await;
    // Another change of it begins nothing anew; one of its status does.
    world.changes(INES, &ticket, vec![Change::Subject("Lámpara".into())]).await.unwrap();
    let other = world.is_left("bea", "Hola").await;
    world.wait(Span(59_999)).await;
    assert_eq!(world.count(marked).await, 0);
    world.wait(Span(1)).await;
    world.until(marked, 1).await;
    let done = world.triggered(&ticket.id).await;
    assert_eq!((done.len(), done[0].trigger.name.as_str()), (1, "Tarde"));

    // Taken away by hand, it is not put there again while the ticket stands as it does.
    world.changes(INES, &ticket, vec![Change::Tags(vec![])]).await.unwrap();
    world.wait(Span::minutes(10)).await;
    world.restart(Span::minutes(10)).await;
    world.wait(Span::minutes(40)).await;
    world.until("select count(*) from ticket_tags where tag = 'tarde'", 1).await;
    assert_eq!(world.now(&other.id).await.tags, ["tarde"]);
    assert_eq!(world.triggered(&ticket.id).await.len(), 1);

    let stopped = world.changes(INES, &ticket, vec![Change::Status(Status::Stopped)]).await.unwrap();
    world.changes(INES, &stopped, vec![Change::Status(Status::New)]).await.unwrap();
    world.wait(Span::minutes(59)).await;
    assert_eq!(world.triggered(&ticket.id).await.len(), 1);
    world.wait(Span::minutes(1)).await;
    world.until(marked, 2).await;
    assert_eq!(world.triggered(&ticket.id).await.len(), 2);
}

#[tokio::test]
async fn whoever_stands_longer_already_is_found_too_and_page_by_page() {
    let world = World::open().await;
    for n in 0..120 {
        world.is_left(&format!("c{n}"), "Hola").await;
    }
    let resolved = world.is_left("otra", "Hola").await;
    world.changes(INES, &resolved, vec![Change::Status(Status::Resolved)]).await.unwrap();
    world.wait(Span::hours(5)).await;

    let late = vec![is(What::Stands { minutes: 60 }), Condition { what: What::Base(Status::Resolved), is: false }];
    world.makes("Tarde", late, vec![Action::Status(Status::InAttendance)]).await;

    world.until("select count(*) from tickets where status = 'InAttendance'", 120).await;
    assert_eq!(world.now(&resolved.id).await.status, Status::Resolved);
    // It has looked up to there: what stands so no more is not looked through again.
    let place = format!("select count(*) from triggers where crossed_at >= {}", world.desk.now().0 - Span::hours(1).0);
    world.until(&place, 1).await;
}

impl World {
    /// The clock has looked through all of them up to who has stood for so long.
    async fn until_looked(&self, count: i64, minutes: i64) {
        let until = self.desk.now().0 - Span::minutes(minutes).0;
        self.until(&format!("select count(*) from triggers where crossed_at >= {until}"), count).await;
    }

    async fn until_triggered(&self, count: i64) {
        self.until("select count(*) from ticket_events where body like '%\"Triggered\"%'", count).await;
    }
}

fn stands(minutes: u32) -> Condition {
    is(What::Stands { minutes })
}

#[tokio::test]
async fn a_look_of_the_clock_that_passes_nobody_writes_nothing() {
    let world = World::open().await;
    let resolved = vec![stands(60), is(What::Base(Status::Resolved))];
    let late = world.makes("Tarde", resolved, vec![adds(&["tarde"])]).await.line.trigger;
    world.makes("Pronto", vec![stands(1)], vec![adds(&["pronto"])]).await;
    world.is_left("ana", "Hola").await;
    let moved = format!("select count(*) from triggers where id = '{}' and crossed_at > 0", late.id);

    // Both are looked for at once, and this one first.
    world.wait(Span::minutes(1)).await;
    world.until_triggered(1).await;
    let at_first = world.count(&moved).await;
    // Ana's ticket stands for an hour, in another status than it asks for.
    world.wait(Span::minutes(59)).await;

    world.until(&moved, 1).await;
    assert_eq!(at_first, 0);
}

#[tokio::test]
async fn what_has_run_otherwise_is_not_run_again_by_the_clock() {
    let mut hook = Hook::open([]).await;
    let world = World::open().await;
    let made = world.makes("Avisa", vec![tag("vip"), stands(60)], vec![webhook(&hook)]).await.line.trigger;
    let ticket = world.is_left("ana", "Hola").await;
    world.wait(Span::hours(5)).await;

    world.changes(INES, &ticket, vec![Change::Tag("vip".into())]).await.unwrap();
    hook.next().await;
    // Other conditions have the clock look at everything anew.
    world.keeps_trigger(Trigger { all: vec![stands(60), tag("vip")], ..made }).await;
    world.until_looked(1, 60).await;

    world.until("select count(*) from webhooks", 1).await;
    // Nor what answered another one that the clock has let run.
    let other = world.is_left("bea", "Hola").await;
    let late = vec![stands(60), is(What::Base(Status::New))];
    let late = world.makes("Tarde", late, vec![adds(&["vip"])]).await.line.trigger;
    let first = world.desk.triggers(world.agent(MARTA)).await.unwrap().remove(0).trigger.id;
    world.desk.move_trigger(world.session(MARTA), &late.id, Some(&first), &here()).await.unwrap();
    world.wait(Span::hours(1)).await;
    world.until_looked(2, 60).await;
    assert_eq!(world.now(&other.id).await.tags, ["vip"]);
    assert_eq!(world.count("select count(*) from webhooks").await, 2);
}

#[tokio::test]
async fn triggers_that_the_clock_would_have_chase_each_other_are_cut_and_it_is_told() {
    let world = World::open().await;
    let base = |status| is(What::Base(status));
    world.makes("ida", vec![base(Status::New), stands(1)], vec![Action::Status(Status::Stopped)]).await;
    world.makes("vuelta", vec![base(Status::Stopped), stands(1)], vec![Action::Status(Status::New)]).await;
    let ticket = world.is_left("ana", "Hola").await;

    for n in 1..=domain::trigger::DEPTH as i64 {
        world.wait(Span::minutes(1)).await;
        world.until_triggered(n).await;
    }
    world.wait(Span::minutes(1)).await;
    world.until("select count(*) from ticket_events where body like '%\"Cut\"%'", 1).await;
    for n in 0..3 {
        // The clock writes down that it has looked where it passes somebody: one who is nobody's business here.
        let other = world.is_left(&format!("otra{n}"), "Hola").await;
        world.changes(INES, &other, vec![Change::Status(Status::Resolved)]).await.unwrap();
        world.wait(Span::minutes(10)).await;
        world.until_looked(2, 1).await;
    }

    assert_eq!(world.triggered(&ticket.id).await.len(), domain::trigger::DEPTH);
    let mishap = world.desk.triggers(world.agent(MARTA)).await.unwrap().remove(0).mishap.unwrap();
    assert_eq!((mishap.what, mishap.number), (Mischance::Cut(Cut::Loop), ticket.number));
    // Whoever takes it up by hand begins anew.
    world.changes(INES, &ticket, vec![Change::Status(Status::Stopped)]).await.unwrap();
    world.wait(Span::minutes(1)).await;
    world.until_triggered(domain::trigger::DEPTH as i64 + 1).await;
}

#[tokio::test]
async fn its_own_change_of_status_is_no_other_time_to_run() {
    let mut hook = Hook::open([]).await;
    let world = World::open().await;
    let part = Action::Own { id: "part".into(), reason: "Del almacén".into() };
    let stopped = vec![is(What::Base(Status::Stopped)), stands(60)];
    world.makes("Espera", stopped, vec![part, webhook(&hook)]).await;
    let ticket = world.is_left("ana", "Hola").await;
    world.changes(INES, &ticket, vec![Change::Status(Status::Stopped)]).await.unwrap();

    world.wait(Span::hours(1)).await;
    hook.next().await;
    world.wait(Span::hours(1)).await;
    world.until_looked(1, 60).await;

    assert_eq!(world.count("select count(*) from webhooks").await, 1);
}

/// The clock is in the midst of its pages when it is switched off, or asks something else.
#[tokio::test]
async fn whoever_changes_a_trigger_while_the_clock_looks_through_stops_no_other_and_loses_no_ticket() {
    let world = World::open().await;
    for n in 0..60 {
        world.is_left(&format!("c{n}"), "Hola").await;
    }
    world.wait(Span::hours(5)).await;
    let tagged = |tag: &str| format!("select count(*) from ticket_tags where tag = '{tag}'");
    let off = world.makes("Apagado", vec![stands(60)], vec![adds(&["apagado"])]).await.line.trigger;
    world.desk.switch_trigger(world.session(MARTA), &off.id, false, &here()).await.unwrap();

    let other = world.makes("Otro", vec![stands(60), tag("nunca")], vec![adds(&["otro"])]).await.line.trigger;
    world.keeps_trigger(Trigger { all: vec![stands(60)], ..other }).await;

    world.until(&tagged("otro"), 60).await;
}

#[tokio::test]
async fn a_ticket_that_cannot_be_read_stops_one_trigger_and_no_other() {
    let world = World::open().await;
    let (broken, sound) = (world.is_left("ana", "Hola").await, world.is_left("bea", "Hola").await);
    world.changes(INES, &sound, vec![Change::Status(Status::Stopped)]).await.unwrap();
    let damage = format!("update tickets set state = '{{}}' where id = '{}'", broken.id);
    world.look().await.execute(AssertSqlSafe(damage)).await.unwrap();
    world.makes("Nuevos", vec![stands(60), is(What::Base(Status::New))], vec![adds(&["x"])]).await;
    world.makes("Parados", vec![stands(60), is(What::Base(Status::Stopped))], vec![adds(&["y"])]).await;

    world.wait(Span::hours(1)).await;

    world.until("select count(*) from ticket_tags where tag = 'y'", 1).await;
}
