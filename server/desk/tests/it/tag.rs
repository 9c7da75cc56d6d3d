//! Tags: renamed, merged and retired, on every ticket and in what triggers say.

use crate::ticket_list::numbers;
use crate::world::*;
use desk::Error;
use domain::tag::{Change as Retag, Line};
use domain::ticket::Change;
use domain::ticket_list::{Filter, Wanted};
use domain::trigger::{Action, Condition, Trigger, What, When};
use domain::{Refusal, Span, Ticket};
use sqlx::Executor;

impl World {
    async fn changes_tag(&self, who: &str, change: Retag) -> Result<Vec<Line>, Error> {
        self.desk.change_tag(&self.signed(who).await, &change, &here()).await
    }

    async fn tagged(&self, subject: &str, tags: &[&str]) -> Ticket {
        let ticket = self.opens_ticket(INES, "returns", subject).await;
        let tags = tags.iter().map(|tag| Change::Tag((*tag).into())).collect();
        self.changes(INES, &ticket, tags).await.unwrap()
    }

    async fn tags_of(&self, ticket: &Ticket) -> Vec<String> {
        self.desk.ticket(self.agent(INES), &ticket.id).await.unwrap().tags
    }

    /// Returns when all tickets have the new name.
    async fn until_renamed(&self) {
        self.until("select count(*) from tags_renamed", 0).await;
    }

    /// How many tickets carry each that is shown.
    async fn counted(&self) -> Vec<(String, u32)> {
        let lines = self.desk.tags(self.agent(MARTA)).await.unwrap();
        lines.into_iter().map(|line| (line.tag, line.tickets)).collect()
    }

    async fn found(&self, tag: Option<&str>, words: &str) -> usize {
        let filter = Filter { tag: tag.map(Into::into), words: words.into(), status: Wanted::Any, ..Filter::default() };
        numbers(self, INES, &filter).await.len()
    }
}

fn rename(tag: &str, to: &str) -> Retag {
    Retag::Rename { tag: tag.into(), to: to.into() }
}

fn merge(tag: &str, into: &str) -> Retag {
    Retag::Merge { tag: tag.into(), into: into.into() }
}

fn of(counts: &[(&str, u32)]) -> Vec<(String, u32)> {
    counts.iter().map(|(tag, tickets)| ((*tag).to_owned(), *tickets)).collect()
}

#[tokio::test]
async fn a_renamed_tag_has_its_new_name_on_every_ticket_and_is_found_by_it() {
    let world = World::open().await;
    let mut tickets = Vec::new();
    for n in 0..40 {
        tickets.push(world.tagged(&format!("Mesa {n}"), &["zanahoria", "otra"]).await);
    }
    let before = tickets[0].clone();

    let at_once = world.changes_tag(MARTA, rename("zanahoria", " Calabaza ")).await.unwrap();
    assert!(at_once.iter().any(|line| line.tag == "calabaza"));
    world.until_renamed().await;
    world.until_indexed().await;

    assert_eq!(world.counted().await, of(&[("calabaza", 40), ("otra", 40)]));
    for ticket in &tickets {
        assert_eq!(world.tags_of(ticket).await, ["calabaza", "otra"]);
    }
    let found = [world.found(Some("calabaza"), "").await, world.found(None, "calabaza").await];
    let gone = [world.found(Some("zanahoria"), "").await, world.found(None, "zanahoria").await];
    assert_eq!((found, gone), ([40, 40], [0, 0]));
    // No ticket counts as changed.
    let now = world.desk.ticket(world.agent(INES), &before.id).await.unwrap();
    assert_eq!((now.seq, now.changed_at), (before.seq, before.changed_at));
    let log = "select count(*) from audit where kind = 'settings-changed' and about = 'tag renamed' and address = '203.0.113.0'";
    assert_eq!(world.count(log).await, 1);
    assert_eq!(world.count("select count(*) from audit where about like '%calabaza%'").await, 0);
}

/// Tickets come to have it while the answer is read.
#[tokio::test]
async fn every_answer_to_a_new_name_has_that_name() {
    let world = World::open().await;
    world.tagged("Mesa", &["rota0"]).await;

    for n in 0..60 {
        let (old, new) = (format!("rota{n}"), format!("rota{}", n + 1));
        let lines = world.changes_tag(MARTA, rename(&old, &new)).await.unwrap();
        let tags: Vec<&str> = lines.iter().map(|line| line.tag.as_str()).collect();
        assert!(tags.contains(&new.as_str()), "{tags:?}");
        world.until_renamed().await;
    }
}

#[tokio::test]
async fn two_tags_become_one_and_a_ticket_that_had_both_has_it_once() {
    let world = World::open().await;
    let both = world.tagged("Mesa", &["roto", "otra", "rota"]).await;
    let one = world.tagged("Silla", &["rota"]).await;

    assert_eq!(refusal(world.changes_tag(MARTA, rename("rota", "ROTO")).await), to_is_wrong());
    assert_eq!(refusal(world.changes_tag(MARTA, merge("rota", "nueva")).await), to_is_wrong());
    assert_eq!(refusal(world.changes_tag(MARTA, merge("nueva", "rota")).await), Refusal::NotYours);
    world.changes_tag(MARTA, merge("rota", "roto")).await.unwrap();
    world.until_renamed().await;

    assert_eq!(world.counted().await, of(&[("otra", 1), ("roto", 2)]));
    assert_eq!(world.tags_of(&both).await, ["roto", "otra"]);
    assert_eq!(world.tags_of(&one).await, ["roto"]);
    // What was changed of it afterwards is changed of what it is now.
    let more = world.changes(INES, &one, vec![Change::Tag("lenta".into())]).await.unwrap();
    assert_eq!(more.tags, ["roto", "lenta"]);
}

fn to_is_wrong() -> Refusal {
    Refusal::FieldWrong { field: "to".into() }
}

#[tokio::test]
async fn triggers_go_on_under_the_new_name_and_none_of_them_answers_the_rename() {
    let world = World::open().await;
    let tags = |tag: &str| vec![tag.to_owned()];
    let condition = |tag: &str| Condition { what: What::Tag(tag.into()), is: true };
    let trigger = Trigger {
        id: world.id(),
        name: "Urgentes".into(),
        on: true,
        when: When::Changes,
        all: vec![condition("urgente")],
        any: vec![],
        actions: vec![Action::AddTags(tags("vista"))],
    };
    let waiting = world.tagged("Mesa", &["urgente"]).await;
    world.desk.save_trigger(world.session(MARTA), &world.id(), trigger.clone(), None, &here()).await.unwrap();

    world.changes_tag(MARTA, rename("urgente", "ya")).await.unwrap();
    world.until_renamed().await;
    assert_eq!(world.tags_of(&waiting).await, ["ya"], "nobody has done anything about it");
    world.changes_tag(MARTA, rename("ya", "ahora")).await.unwrap();
    world.until_renamed().await;

    let all = world.desk.triggers(world.agent(MARTA)).await.unwrap();
    let kept = all.into_iter().map(|line| line.trigger).find(|one| one.id == trigger.id).unwrap();
    assert_eq!(kept, Trigger { all: vec![condition("ahora")], ..trigger });
    let then = world.changes(INES, &waiting, vec![Change::Subject("Mesa coja".into())]).await.unwrap();
    assert_eq!(then.tags, ["ahora", "vista"]);
    let new = world.tagged("Silla", &["ahora"]).await;
    assert_eq!(new.tags, ["ahora", "vista"]);
}

#[tokio::test]
async fn a_trigger_that_was_read_before_a_rename_does_not_bring_the_old_name_back_unseen() {
    let world = World::open().await;
    let marta = world.session(MARTA);
    let seen = Trigger {
        id: world.id(),
        name: "Urgentes".into(),
        on: true,
        when: When::Begins,
        all: vec![Condition { what: What::Tag("urgente".into()), is: true }],
        any: vec![],
        actions: vec![Action::AddTags(vec!["vista".into()])],
    };
    world.desk.save_trigger(marta, &world.id(), seen.clone(), None, &here()).await.unwrap();
    let ticket = world.tagged("Mesa", &["urgente"]).await;
    let save = async |name: &str| {
        let mine = Trigger { name: name.into(), ..seen.clone() };
        world.desk.save_trigger(marta, &world.id(), mine, Some(seen.clone()), &here()).await
    };
    let all = async || world.desk.triggers(&marta.agent).await.unwrap();

    world.changes_tag(MARTA, rename("urgente", "ya")).await.unwrap();
    world.until_renamed().await;
    let by = marta.agent.face.name.clone();
    assert_eq!(refusal(save("Prisas").await), Refusal::Overtaken { by });

    let kept = all().await.pop().unwrap().trigger;
    assert_eq!((kept.name.as_str(), kept.names_tag("ya"), kept.names_tag("urgente")), ("Urgentes", true, false));
    let log = format!("select count(*) from audit where kind = 'settings-changed' and about = 'trigger {}'", seen.id);
    assert_eq!(world.count(&log).await, 2, "made, and renamed in");
    assert_eq!(world.tags_of(&ticket).await, ["ya", "vista"]);
}

#[tokio::test]
async fn what_a_stop_has_left_is_renamed_after_the_next_start() {
    let mut world = World::open().await;
    let ticket = world.tagged("Mesa", &["rota"]).await;
    let pool = world.look().await;
    pool.execute("insert into tags_renamed (from_tag, to_tag) values ('rota', 'rotas')").await.unwrap();
    pool.close().await;

    world.restart(Span::secs(1)).await;
    world.until_renamed().await;

    assert_eq!(world.tags_of(&ticket).await, ["rotas"]);
}

#[tokio::test]
async fn a_retired_tag_is_offered_no_more_and_tickets_keep_it() {
    let world = World::open().await;
    let ticket = world.tagged("Mesa", &["rota", "lenta"]).await;
    let retire = |retired| Retag::Retire { tag: "rota".into(), retired };
    let offered = async || world.desk.choices().await.unwrap().tags;
    assert_eq!(offered().await, ["lenta", "rota"]);

    for _ in 0..2 {
        world.changes_tag(MARTA, retire(true)).await.unwrap();
    }

    assert_eq!((offered().await, world.tags_of(&ticket).await), (vec!["lenta".to_owned()], ticket.tags.clone()));
    assert_eq!(world.count("select count(*) from audit where about = 'tag retired'").await, 1);
    // Under another name it stays so.
    world.changes_tag(MARTA, rename("rota", "roto")).await.unwrap();
    world.until_renamed().await;
    assert_eq!(offered().await, ["lenta"]);
    world.changes_tag(MARTA, Retag::Retire { tag: "roto".into(), retired: false }).await.unwrap();
    assert_eq!(offered().await, ["lenta", "roto"]);
}

#[tokio::test]
async fn only_who_administers_the_system_sees_and_changes_them() {
    let world = World::open().await;
    world.tagged("Mesa", &["rota"]).await;

    assert_eq!(refusal(world.desk.tags(world.agent(INES)).await), Refusal::OnlyAdministrators);
    assert_eq!(refusal(world.changes_tag(INES, rename("rota", "roto")).await), Refusal::OnlyAdministrators);
    for tag in ["nadie", "\u{0}"] {
        assert_eq!(refusal(world.changes_tag(MARTA, rename(tag, "roto")).await), Refusal::NotYours);
    }
    assert_eq!(world.counted().await, of(&[("rota", 1)]));
}
