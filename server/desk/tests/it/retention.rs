//! What has been kept for as long as the house keeps it is gone, on time, and nothing else is (S84).

use crate::erasure::{WORD, does, everything, found, holds, numbers, said};
use crate::post::Post;
use crate::world::{INES, MARTA, World, here, refusal};
use domain::audit::{About, By, Filter, Kind};
use domain::parameters::{KEEP_LIMIT, Parameters};
use domain::rating::Score;
use domain::ticket::Change;
use domain::{Act, Refusal, Span, Status, Ticket, TicketAct};
use sqlx::{AssertSqlSafe, Executor, Row};

const DAY: Span = Span::hours(24);

impl World {
    /// Marta sets for how long what is kept.
    async fn keeps(&self, change: impl FnOnce(&mut Parameters)) {
        let before = self.desk.parameters(self.agent(MARTA)).await.unwrap();
        let mut wanted = before.clone();
        change(&mut wanted);
        self.desk.keep_parameters(&self.signed(MARTA).await, &wanted, &before, &here()).await.unwrap();
    }

    async fn waits_days(&self, days: i64) {
        self.wait(Span(DAY.0 * days)).await;
    }

    /// Returns when so many kinds were written down as gone.
    async fn until_expired(&self, rows: i64) {
        self.until("select count(*) from audit where kind = 'expired'", rows).await;
    }

    /// What the log says of it: the parameter, and how many.
    async fn expired(&self) -> Vec<(String, u32)> {
        let filter = Filter { kind: Some(Kind::Expired), ..Filter::default() };
        let page = self.desk.audit(self.agent(MARTA), &filter, None).await.unwrap();
        let row = |line: domain::audit::Line| match (line.by, line.about) {
            (By::Clock, About::Thing(what)) => (what, line.times),
            other => panic!("{other:?}"),
        };
        page.lines.into_iter().map(row).collect()
    }

    /// Who is known by name.
    async fn people_kept(&self) -> Vec<String> {
        let rows = self.look().await.fetch_all("select name from customers where name <> '' order by name").await;
        rows.unwrap().iter().map(|row| row.try_get(0).unwrap()).collect()
    }

    async fn ticket_of(&self, chat: &str) -> Ticket {
        self.desk.ticket_of_chat(self.agent(INES), chat).await.unwrap().unwrap()
    }

    async fn is_set_to(&self, ticket: &Ticket, status: Status) {
        let changes = vec![Change::Subject(said("pedido")), Change::Status(status)];
        does(self, ticket, TicketAct::Save { changes, note: said("nota") }).await;
    }
}

/// She wrote and sent a file, and her ticket is resolved.
async fn with_past() -> (World, String) {
    let mut world = World::open().await;
    let chat = world.starts(WORD, "returns").await;
    world.says(WORD, &chat, &said("mi pedido")).await;
    world.does(INES, &chat, Act::Attend).await.unwrap();
    world.sends(WORD, &chat, &format!("{WORD}.txt"), &said("adjunto")).await.unwrap();
    world.does(INES, &chat, Act::Close).await.unwrap();
    world.is_set_to(&world.ticket_of(&chat).await, Status::Resolved).await;
    world.until_indexed().await;
    assert_eq!(found(&world).await, 1);
    (world, chat)
}

#[tokio::test]
async fn words_are_kept_for_as_long_as_the_house_says_and_every_number_for_ever() {
    let (mut world, _) = with_past().await;
    world.keeps(|kept| (kept.keep_messages, kept.keep_tickets) = (30, 60)).await;
    world.waits_days(29).await;
    let other = world.talks("bruno", "returns", INES, "Soy otro.").await;
    let changes = vec![Change::Subject("Otro".into()), Change::Status(Status::Resolved)];
    does(&world, &world.ticket_of(&other).await, TicketAct::Save { changes, note: "Hecho.".into() }).await;
    let before = numbers(&world).await;
    assert!(world.expired().await.is_empty());

    world.waits_days(1).await;
    world.wait(Span::hours(1)).await;
    world.until_expired(1).await;

    assert_eq!(world.expired().await, [("keep_messages".to_owned(), 1)]);
    let left = everything(&world).await;
    assert_eq!(world.count("select count(*) from events where body like '%mi pedido%'").await, 0);
    assert!(left.contains("Soy otro.") && left.contains(&said("nota")), "{left}");
    assert_eq!(world.count("select count(*) from files").await, 0);
    world.waits_days(30).await;
    world.wait(Span::hours(1)).await;
    world.until_expired(3).await;
    let (left, kept) = (everything(&world).await, found(&world).await);
    assert!(!left.contains(&said("nota")) && left.contains(WORD), "who she is stays: {left}");
    assert_eq!(kept, 0, "not by words that are gone");
    world.until_indexed().await;
    assert_eq!(numbers(&world).await, before);
    assert!(desk::indicators::rebuild(&world.settings.database).await.unwrap().differences.is_empty());
    // And that was all: another look has nothing to say.
    world.waits_days(1).await;
    world.restart(Span::hours(2)).await;
    world.settle().await;
    assert_eq!(world.expired().await.len(), 3);
}

#[tokio::test]
async fn files_go_before_the_words_beside_them() {
    let (world, chat) = with_past().await;
    world.keeps(|kept| kept.keep_files = 7).await;

    world.waits_days(8).await;
    world.until_expired(1).await;

    assert_eq!(world.expired().await, [("keep_files".to_owned(), 1)]);
    assert!(everything(&world).await.contains(&said("mi pedido")));
    assert_eq!(world.count("select count(*) from files").await, 0);
    world.until("select count(*) from erased_files", 0).await;
    assert_eq!(holds(&world.files(), "adjunto"), Vec::<String>::new());
    let thread = world.screen(INES, &chat).await;
    assert!(!format!("{thread:?}").contains(&format!("{WORD}.txt")));
}

#[tokio::test]
async fn a_number_that_was_mistyped_erases_nothing_where_it_is_put_right_in_time() {
    let (mut world, _) = with_past().await;
    world.waits_days(100).await;
    world.settle().await;
    world.keeps(|kept| (kept.keep_messages, kept.keep_tickets, kept.keep_files) = (3, 3, 3)).await;

    world.wait(Span(Span::hours(1).0 - 1)).await;
    world.restart(Span(0)).await;
    for _ in 0..50 {
        world.settle().await;
    }
    assert!(world.expired().await.is_empty());
    world.keeps(|kept| (kept.keep_messages, kept.keep_tickets) = (300, 300)).await;
    world.waits_days(1).await;
    world.until_expired(1).await;

    assert_eq!(world.expired().await, [("keep_files".to_owned(), 1)], "that was meant");
    let left = everything(&world).await;
    assert!(left.contains(&said("mi pedido")) && left.contains(&said("nota")), "{left}");
}

#[tokio::test]
async fn what_was_opened_again_meanwhile_is_not_erased() {
    let (mut world, past) = with_past().await;
    if world.is_on_a_server() {
        return;
    }
    world.wait(Span::secs(5)).await;
    let other = world.talks("bruno", "returns", INES, "Soy otro.").await;
    let other = world.ticket_of(&other).await;
    let changes = vec![Change::Subject("Otro".into()), Change::Status(Status::Resolved)];
    does(&world, &other, TicketAct::Save { changes, note: "Sigue pendiente.".into() }).await;
    // Both are found together; as the first of them goes, somebody opens the second again.
    let (first, second) = (world.ticket_of(&past).await.id, &other.id);
    let meanwhile = format!(
        "create trigger meanwhile after update of expired_at on tickets \
         when new.id = '{first}' and new.expired_at is not null \
         begin update tickets set status = 'InAttendance' where id = '{second}'; end"
    );
    world.look().await.execute(AssertSqlSafe(meanwhile)).await.unwrap();

    world.keeps(|kept| kept.keep_tickets = 1).await;
    world.waits_days(3).await;
    world.until_expired(1).await;

    assert_eq!(world.expired().await, [("keep_tickets".to_owned(), 1)]);
    let left = everything(&world).await;
    assert!(left.contains("Sigue pendiente.") && !left.contains(&said("nota")), "{left}");
}

#[tokio::test]
async fn what_is_said_of_a_conversation_after_its_words_are_gone_goes_as_they_went() {
    let (world, chat) = with_past().await;
    world.keeps(|kept| kept.keep_messages = 1).await;
    world.waits_days(2).await;
    world.until_expired(1).await;

    let rate = Act::Rate { score: Score::Stars(4), comment: said("opinión") };
    world.does(WORD, &chat, rate).await.unwrap();
    let kept = world.count("select count(*) from events where body like '%opinión%'").await;
    world.wait(Span::hours(2)).await;
    world.until_expired(2).await;

    assert_eq!(kept, 1);
    assert_eq!(world.count("select count(*) from events where body like '%opinión%'").await, 0);
}

#[tokio::test]
async fn what_goes_on_keeps_its_words_and_a_ticket_that_is_opened_again_has_new_ones() {
    let (mut world, past) = with_past().await;
    let chat = world.starts("ana", "returns").await;
    world.does(INES, &chat, Act::Attend).await.unwrap();
    world.says("ana", &chat, "Sigo aquí.").await;
    let unsaved = world.talks("bruno", "returns", INES, "Soy Bruno.").await;
    let open = world.talks("carlos", "returns", INES, "Soy Carlos.").await;
    let (unsaved, open) = (world.ticket_of(&unsaved).await, world.ticket_of(&open).await);
    let changes = vec![Change::Subject("Otro".into()), Change::Status(Status::Stopped)];
    does(&world, &open, TicketAct::Save { changes, note: "Falta el recibo.".into() }).await;
    assert!(unsaved.saved_at.is_none());
    world.keeps(|kept| (kept.keep_messages, kept.keep_tickets, kept.keep_files) = (1, 1, 1)).await;

    world.waits_days(3).await;
    world.until("select count(*) from tickets where expired_at is not null", 1).await;
    world.until("select count(*) from expired", 0).await;
    let ticket = world.ticket_of(&past).await;
    world.is_set_to(&ticket, Status::InAttendance).await;

    let left = everything(&world).await;
    for stays in ["Sigo aquí.", "Soy Bruno.", "Soy Carlos."] {
        assert!(left.contains(stays), "{stays}");
    }
    assert_eq!(world.count("select count(*) from tickets where expired_at is not null").await, 0);
    world.waits_days(3).await;
    world.settle().await;
    assert!(everything(&world).await.contains(&said("nota")), "it is not complete");
}

#[tokio::test]
async fn for_how_long_is_a_number_of_days() {
    let world = World::open().await;
    let before = Parameters::default();
    let wanted = Parameters { keep_files: KEEP_LIMIT + 1, ..before.clone() };

    let kept = world.desk.keep_parameters(&world.signed(MARTA).await, &wanted, &before, &here()).await;
    let set = desk::parameters::set(&world.settings.database, &before, &wanted).await;

    assert_eq!(refusal(kept), Refusal::FieldWrong { field: "keep_files".into() });
    assert!(set.is_err());
    assert_eq!(world.desk.parameters(world.agent(MARTA)).await.unwrap(), before);
}

#[tokio::test]
async fn who_does_not_come_back_goes_and_who_is_here_or_came_or_waits_for_something_stays() {
    let mut world = World::open().await;
    for name in ["ana", "bruno", "carla", "dora", "eva"] {
        let chat = world.talks(name, "returns", INES, &format!("Soy {name}.")).await;
        let status = if name == "carla" { Status::Stopped } else { Status::Resolved };
        world.is_set_to(&world.ticket_of(&chat).await, status).await;
        if name != "bruno" {
            world.leaves(name).await;
        }
    }
    let eva = world.customer_of("eva").await;
    world.desk.block(world.agent(MARTA), &eva, true, "Insulta.", &here()).await.unwrap();
    world.keeps(|kept| kept.keep_people = 30).await;
    let before = numbers(&world).await;

    world.waits_days(20).await;
    world.desk.visitor(&world.token("dora")).await.unwrap();
    world.settle().await;
    world.waits_days(11).await;
    world.until_expired(1).await;

    assert_eq!(world.expired().await, [("keep_people".to_owned(), 1)]);
    assert_eq!(world.people_kept().await, ["bruno", "carla", "dora", "eva"]);
    assert!(!everything(&world).await.contains("Soy ana."));
    assert_eq!(numbers(&world).await, before);
    // From her last visit on, and from the end of his line.
    world.waits_days(20).await;
    world.until_expired(2).await;
    assert_eq!(world.people_kept().await, ["bruno", "carla", "eva"]);
    world.leaves("bruno").await;
    world.restart(Span(0)).await;
    world.waits_days(29).await;
    for _ in 0..50 {
        world.settle().await;
    }
    assert_eq!(world.people_kept().await, ["bruno", "carla", "eva"]);
    world.waits_days(2).await;
    world.until_expired(3).await;
    assert_eq!(world.people_kept().await, ["carla", "eva"]);
    assert!(desk::indicators::rebuild(&world.settings.database).await.unwrap().differences.is_empty());
}

/// He is another customer than who typed his address, and his tickets are hers.
#[tokio::test]
async fn whose_mail_somebody_reads_in_the_portal_stays_with_him() {
    let mut post = Post::open([]).await;
    let mut world = World::with_post(&post).await;
    for (name, address) in [("ana", "ana@correo.example"), ("bruno", "bruno@correo.example")] {
        let ticket = world.saved_for(name, address).await;
        world.changes(INES, &ticket, vec![Change::Status(Status::Resolved)]).await.unwrap();
    }
    world.keeps(|kept| kept.keep_people = 30).await;
    world.waits_days(20).await;
    world.guest(&mut post, "ana@correo.example").await;
    world.settle().await;

    world.waits_days(11).await;
    world.until_expired(1).await;

    assert_eq!(world.people_kept().await, ["ana", "ana@correo.example"]);
    world.waits_days(20).await;
    world.until_expired(2).await;
    assert_eq!(world.people_kept().await, Vec::<String>::new());
}

/// What he wrote is also hers, who proved the address that he typed.
#[tokio::test]
async fn who_proved_the_address_that_another_typed_takes_no_word_from_him_while_he_is_here() {
    let mut post = Post::open([]).await;
    let mut world = World::with_post(&post).await;
    for (name, address) in [("ana", "ana@correo.example"), ("bruno", "bruno@correo.example")] {
        let ticket = world.saved_for(name, address).await;
        world.changes(INES, &ticket, vec![Change::Status(Status::Resolved)]).await.unwrap();
    }
    world.guest(&mut post, "ana@correo.example").await;
    world.comes("ana").await;
    world.keeps(|kept| kept.keep_people = 30).await;

    world.waits_days(31).await;
    world.until_expired(1).await;

    assert_eq!(world.people_kept().await, ["ana", "ana@correo.example"]);
    assert!(everything(&world).await.contains("ana dice"));
    world.leaves("ana").await;
    world.waits_days(31).await;
    world.until_expired(2).await;
    assert_eq!(world.people_kept().await, Vec::<String>::new());
}
