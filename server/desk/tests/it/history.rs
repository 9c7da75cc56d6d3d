//! Chats of before: what a line becomes, and what of indicators.md it counts for; and a file with anything wrong in it
//! changes nothing.

use crate::world::*;
use desk::Desk;
use desk::history::{Outcome, Progress, import, look};
use desk::indicators::{Named, rebuild, show};
use domain::indicators::{Figures, Indicator, Moment, Period, Report};
use domain::parameters::Parameters;
use domain::presence::HOLD;
use domain::ticket::Change;
use domain::trigger::{Action, Condition, Trigger, What, When};
use domain::{Act, Span, Stage, Status, Time};
use serde_json::{Value, json};
use sqlx::{Executor, Row};
use std::path::PathBuf;

mod numbers;
mod wrong;

const GROUP: &str = "Devoluciones y garantías";
const OTHER_GROUP: &str = "Pedidos y envíos";
/// Seconds after nine o'clock of a day in October.
const NINE: i64 = 1_790_845_200_000;

fn at(second: i64) -> i64 {
    NINE + second * 1_000
}

fn chat(id: &str, queued: i64, ended: i64, reason: &str) -> Value {
    json!({ "id": id, "application": desk::demo::SHOP_KEY, "group": GROUP, "queued_at": at(queued), "ended_at": at(ended),
        "end_reason": reason })
}

/// Its ticket was cancelled, which counts for nothing.
fn attended(id: &str, queued: i64, attended: i64, ended: i64, reason: &str) -> Value {
    let saved = json!({ "attended_at": at(attended), "attended_by": INES, "first_saved_base_status": "Canceled" });
    with(chat(id, queued, ended, reason), saved)
}

fn with(mut line: Value, more: Value) -> Value {
    line.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    line
}

fn text(lines: &[Value]) -> Vec<u8> {
    lines.iter().map(|line| format!("{line}\n")).collect::<String>().into_bytes()
}

fn day(from: &str, to: &str) -> Period {
    let moment = |text: &str| Moment::try_from(text.to_owned()).unwrap();
    Period::Range { from: moment(from), to: moment(to) }
}

/// Everything that is wrong with a file, as it is told.
#[derive(Default)]
struct Complaints(Vec<String>);

impl Complaints {
    fn hears(&mut self, progress: Progress) {
        if let Progress::Wrong(bad) = progress {
            self.0.push(bad.to_string());
        }
    }

    fn refused(self, done: Outcome) -> Vec<String> {
        assert_eq!(done, Outcome::Refused { count: self.0.len() as u64 });
        self.0
    }
}

impl World {
    fn puts(&self, bytes: &[u8]) -> PathBuf {
        let path = self.folder().join(format!("{}.jsonl", self.id()));
        std::fs::write(&path, bytes).unwrap();
        path
    }

    /// Beside the server.
    async fn tries_to_import(&self, bytes: &[u8]) -> Outcome {
        look(&self.settings.database, &self.puts(bytes), self.clock.now(), |_| {}).await.unwrap()
    }

    /// While the server is stopped.
    async fn imports(&mut self, bytes: &[u8]) -> Outcome {
        let path = self.puts(bytes);
        self.desk.stop().await;
        let done = import(&self.settings.database, &path, self.clock.now(), |_| {}).await.unwrap();
        self.desk = Desk::open(self.settings.clone()).await.unwrap();
        done
    }

    async fn refused(&mut self, bytes: &[u8]) -> Vec<String> {
        let (path, mut told) = (self.puts(bytes), Complaints::default());
        self.desk.stop().await;
        let done = import(&self.settings.database, &path, self.clock.now(), |progress| told.hears(progress)).await;
        self.desk = Desk::open(self.settings.clone()).await.unwrap();
        told.refused(done.unwrap())
    }

    /// Beside the server.
    async fn would_be_refused(&self, bytes: &[u8]) -> Vec<String> {
        let (path, mut told) = (self.puts(bytes), Complaints::default());
        let done = look(&self.settings.database, &path, self.clock.now(), |progress| told.hears(progress)).await;
        told.refused(done.unwrap())
    }

    /// What a chat that was imported is called here.
    async fn here(&self, foreign: &str) -> String {
        let sql = format!("select chat_id from imported_chats where foreign_id = '{foreign}'");
        self.look().await.fetch_one(sqlx::AssertSqlSafe(sql)).await.unwrap().try_get(0).unwrap()
    }

    async fn october(&self) -> Figures {
        self.month().await.figures
    }

    /// The same of these agents and of these groups.
    async fn october_of(&self, agents: &[&str], groups: &[&str]) -> Figures {
        let all = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let named = Named { agents: all(agents), groups: all(groups), ..Named::default() };
        let period = day("2026-10-01", "2026-11-01");
        show(&self.settings.database, period, &named, self.clock.now()).await.unwrap().figures
    }

    async fn month(&self) -> Report {
        let period = day("2026-10-01", "2026-11-01");
        show(&self.settings.database, period, &Named::default(), self.clock.now()).await.unwrap()
    }

    async fn is_as_the_log_says(&self) {
        let rebuilt = rebuild(&self.settings.database).await.unwrap();
        assert_eq!(rebuilt.differences, Vec::<String>::new());
    }

    /// Of everything that an import may write.
    async fn kept(&self) -> Vec<i64> {
        let mut all = Vec::new();
        for table in [
            "chats",
            "events",
            "tickets",
            "ticket_events",
            "customers",
            "chat_facts",
            "offline_facts",
            "imported_chats",
            "imported_customers",
            "audit",
        ] {
            all.push(self.count(&format!("select count(*) from {table}")).await);
        }
        all.push(self.count("select n from counters where name = 'protocol'").await);
        all
    }
}

/// The worked example of indicators.md e.5, but for C8, which still runs.
fn example() -> Vec<Value> {
    let saved = |line, status: &str| with(line, json!({ "first_saved_base_status": status }));
    let left = |line, messages: i64| with(line, json!({ "customer_messages_before_end_of_wait": messages }));
    let gone = |line, since| with(line, json!({ "disconnected_at": at(since) }));
    let replied = |line, second| with(line, json!({ "first_reply_at": at(second) }));
    vec![
        saved(replied(attended("C1", 0, 30, 630, "agent"), 40), "Resolved"),
        left(saved(replied(attended("C2", 60, 180, 780, "customer"), 190), "InAttendance"), 2),
        chat("C3", 100, 145, "customer"),
        left(chat("C4", 200, 320, "customer"), 1),
        gone(chat("C5", 300, 361, "connection"), 340),
        gone(saved(replied(attended("C6", 400, 401, 1301, "connection"), 410), "Stopped"), 1180),
        left(saved(replied(attended("C7", 500, 560, 620, "agent"), 570), "Canceled"), 1),
        chat("C9", 800, 860, "staff"),
        saved(attended("C10", 900, 935, 1535, "agent_lost"), "New"),
        left(gone(chat("C11", 950, 1050, "connection"), 1029), 3),
        with(
            saved(replied(attended("C12", 1000, 1005, 1105, "agent"), 1010), "Resolved"),
            json!({ "reopened_at": at(86_400) }),
        ),
    ]
}

#[tokio::test]
async fn every_edge_of_a_definition_holds_for_what_was_imported() {
    // (what it is, the line, which numbers of the twelve count it)
    use Indicator::*;
    let saved = |status: &str| json!({ "first_saved_base_status": status });
    let talked = [Attended, LongestTalk, MeanTalk, LongestWait, MeanWait];
    let is = |more: &[Indicator]| [&talked[..], more].concat();
    let left = [Deserted, LongestDesertion, MeanDesertion];
    let cases: Vec<(&str, Value, Vec<Indicator>)> = vec![
        ("closed counts as resolved", with(attended("a", 0, 5, 9, "agent"), saved("Closed")), is(&[Resolved])),
        ("new is not resolved", with(attended("a", 0, 5, 9, "agent"), saved("New")), is(&[Unresolved])),
        ("cancelled is neither", with(attended("a", 0, 5, 9, "agent"), saved("Canceled")), is(&[])),
        (
            "an agent's lost browser saves it as new",
            with(attended("a", 0, 5, 9, "agent_lost"), json!({ "first_saved_base_status": null })),
            is(&[Unresolved]),
        ),
        (
            "an attended one that the connection ended is no desertion",
            with(attended("a", 0, 5, 9, "connection"), json!({ "disconnected_at": at(7) })),
            is(&[]),
        ),
        ("who enters at once waited for nothing", attended("a", 0, 0, 9, "customer"), is(&[])),
        ("a desertion without a word", chat("a", 0, 9, "customer"), left.to_vec()),
        ("a desertion of no time at all", chat("a", 0, 0, "customer"), left.to_vec()),
        (
            "a desertion with a message",
            with(chat("a", 0, 9, "customer"), json!({ "customer_messages_before_end_of_wait": 1 })),
            [&left[..], &[WithMessage]].concat(),
        ),
        (
            "a desertion with a file and no word",
            with(
                chat("a", 0, 9, "customer"),
                json!({ "transcript": [{ "at": at(3), "by": "customer", "file": "foto.jpg" }] }),
            ),
            [&left[..], &[WithMessage]].concat(),
        ),
        (
            "removed by staff is none",
            with(chat("a", 0, 9, "staff"), json!({ "customer_messages_before_end_of_wait": 2 })),
            vec![],
        ),
        (
            "what an agent began does not wait",
            with(attended("a", 0, 5, 9, "agent"), json!({ "origin": "ticket_agent" })),
            vec![],
        ),
        (
            "what a customer began from a ticket waits",
            with(attended("a", 0, 5, 9, "agent"), json!({ "origin": "ticket_customer" })),
            is(&[]),
        ),
    ];

    for (what, line, counted) in cases {
        let mut world = World::empty().await;
        let done = world.imports(&text(&[line])).await;
        assert_eq!(done, Outcome::Imported { chats: 1, messages: 0, past: 0 }, "{what}");
        let figures = world.october().await;
        for indicator in Indicator::ALL {
            let value = figures.of(indicator);
            let counts = if indicator.is_length() { value.is_some() } else { value == Some(1) };
            assert_eq!(counts, counted.contains(&indicator), "{what}: {indicator:?} is {value:?}");
        }
        world.is_as_the_log_says().await;
        world.desk.stop().await;
    }
}

/// e.1-7.
#[tokio::test]
async fn waiting_again_after_a_transfer_is_kept_apart_and_adds_to_no_wait() {
    let mut world = World::empty().await;
    let goes_on = json!({ "at": at(40), "group": OTHER_GROUP, "attended_at": at(90), "attended_by": TOMAS });
    let gives_up = json!({ "at": at(250), "group": OTHER_GROUP });
    let said = json!([
        { "at": at(40), "by": INES, "text": "Te paso con Pedidos" },
        { "at": at(60), "by": "customer", "text": "Espero" },
        { "at": at(90), "by": TOMAS, "text": "Aquí estoy" },
    ]);
    let lines = [
        with(
            attended("a", 0, 10, 100, "agent"),
            json!({ "transfers": [goes_on], "transcript": said, "first_saved_base_status": "Resolved" }),
        ),
        with(
            attended("b", 200, 230, 300, "customer"),
            json!({ "transfers": [gives_up], "first_saved_base_status": null }),
        ),
    ];

    world.imports(&text(&lines)).await;

    let (all, returns, orders) =
        (world.october().await, world.october_of(&[], &[GROUP]).await, world.october_of(&[], &[OTHER_GROUP]).await);
    assert_eq!((all.of(Indicator::LongestWait), all.of(Indicator::MeanWait)), (Some(30), Some(20)));
    assert_eq!((all.of(Indicator::LongestTalk), all.of(Indicator::MeanTalk)), (Some(90), Some(80)));
    assert_eq!((all.of(Indicator::Deserted), all.of(Indicator::Unresolved)), (Some(0), Some(1)), "b was saved as new");
    assert_eq!((returns.of(Indicator::Attended), orders.of(Indicator::Attended)), (Some(2), Some(0)));
    let (ines, tomas) = (world.october_of(&[INES], &[]).await, world.october_of(&[TOMAS], &[]).await);
    assert_eq!((ines.of(Indicator::Attended), tomas.of(Indicator::Attended)), (Some(2), Some(1)));
    assert_eq!((ines.of(Indicator::MeanWait), tomas.of(Indicator::MeanWait)), (Some(20), None));
    assert_eq!(
        (ines.of(Indicator::Resolved), tomas.of(Indicator::Resolved)),
        (Some(0), Some(1)),
        "who had it saved it"
    );
    let waited = "select count(*) from chat_facts where waited_again = 50000";
    assert_eq!(world.count(waited).await, 2);
    let chat = world.chat(&world.here("a").await).await;
    assert_eq!((chat.group.name.as_str(), chat.attended_at), (OTHER_GROUP, Some(Time(at(10)))));
    world.is_as_the_log_says().await;
}

/// e.1-3: neither, until somebody has saved it; and nobody's wrap-up stays behind.
#[tokio::test]
async fn a_ticket_that_waits_to_be_saved_is_saved_by_whoever_had_it_or_by_the_clock() {
    let mut world = World::empty().await;
    let unsaved = |id: &str, by: &str| {
        let line = json!({ "first_saved_base_status": null, "unsaved": true, "attended_by": by });
        with(attended(id, 0, 10, 60, "agent"), line)
    };
    let counted = |figures: &Figures| {
        let (resolved, unresolved) = (figures.of(Indicator::Resolved), figures.of(Indicator::Unresolved));
        (resolved.unwrap(), unresolved.unwrap(), figures.beside.unsaved.unwrap())
    };

    world.imports(&text(&[unsaved("a", INES), unsaved("b", TOMAS)])).await;
    let imported = world.october().await;
    world.is_as_the_log_says().await;
    world.comes(INES).await;
    let listed = world.desk.lists(world.agent(INES)).await.unwrap().unsaved;
    world.changes(INES, &listed[0], vec![Change::Status(Status::Resolved)]).await.unwrap();
    let saved = world.october().await;
    world.wait(just_over(HOLD)).await;
    world.until("select count(*) from tickets where saved_at is null", 0).await;
    let kept = world.october().await;

    assert_eq!((imported.of(Indicator::Attended), listed.len()), (Some(2), 1));
    assert_eq!((counted(&imported), counted(&saved), counted(&kept)), ((0, 0, 2), (1, 0, 1), (1, 1, 0)));
    world.is_as_the_log_says().await;
}

/// The same person's chat, which went on with the ticket of `a`.
fn of_ana(line: Value, more: Value) -> Value {
    with(with(line, json!({ "customer": { "id": "c1", "name": "Ana" } })), more)
}

/// e.0, e.1-2, e.1-10.
#[tokio::test]
async fn a_chat_that_went_on_with_a_ticket_counts_as_that_stood_when_it_was_over() {
    let mut world = World::empty().await;
    let lines = [
        of_ana(attended("a", 0, 5, 60, "agent"), json!({ "first_saved_base_status": "Stopped" })),
        of_ana(
            attended("b", 100, 110, 160, "agent"),
            json!({ "related": "a", "first_saved_base_status": "Resolved", "reopened_at": at(86_400) }),
        ),
        of_ana(
            chat("c", 90_000, 90_009, "customer"),
            json!({ "related": "a", "customer_messages_before_end_of_wait": 1 }),
        ),
        with(
            attended("d", 90_100, 90_100, 90_200, "agent"),
            json!({ "origin": "agent_agent", "related": "a", "first_saved_base_status": null }),
        ),
    ];

    let done = world.imports(&text(&lines)).await;

    assert_eq!(done, Outcome::Imported { chats: 4, messages: 0, past: 0 });
    let figures = world.october().await;
    let counted = |figures: &Figures| {
        use Indicator::*;
        [Attended, Resolved, Unresolved, Deserted, WithMessage].map(|indicator| figures.of(indicator).unwrap())
    };
    assert_eq!((counted(&figures), figures.beside.requests), ([2, 1, 1, 1, 1], Some(3)), "without d");
    let named = Named { begun: true, ..Named::default() };
    let begun = show(&world.settings.database, day("2026-10-01", "2026-11-01"), &named, world.clock.now()).await;
    assert_eq!(counted(&begun.unwrap().figures), [3, 1, 2, 1, 1], "d left the ticket in attendance");
    let ticket = world.desk.ticket_of_chat(world.agent(INES), &world.here("a").await).await.unwrap().unwrap();
    assert_eq!((ticket.status, ticket.chats.len()), (Status::InAttendance, 3));
    for id in ["b", "c", "d"] {
        let chat = world.chat(&world.here(id).await).await;
        assert_eq!(chat.related.map(|related| related.id).as_ref(), Some(&ticket.id), "{id}");
    }
    assert_eq!(world.count("select count(*) from tickets").await, 1);
    assert_eq!(world.count("select count(*) from customers where name = 'Ana'").await, 1);
    world.is_as_the_log_says().await;
}

#[tokio::test]
async fn a_reopened_ticket_stays_resolved_and_is_seen_not_to_have_lasted() {
    let mut world = World::empty().await;
    let resolved = |id: &str| with(attended(id, 0, 5, 9, "agent"), json!({ "first_saved_base_status": "Resolved" }));
    let lines = [
        resolved("a"),
        with(resolved("b"), json!({ "reopened_at": at(86_400) })),
        with(resolved("c"), json!({ "reopened_at": at(8 * 86_400) })),
    ];

    world.imports(&text(&lines)).await;

    let figures = world.october().await;
    let beside: std::collections::HashMap<_, _> = figures.beside.named().into_iter().collect();
    assert_eq!(figures.of(Indicator::Resolved), Some(3));
    assert_eq!(beside["still-resolved-after-seven-days"], Some(2), "{beside:?}");
    world.is_as_the_log_says().await;
}

#[tokio::test]
async fn triggers_that_wait_leave_an_imported_ticket_alone_until_it_is_touched() {
    let mut world = World::empty().await;
    let stopped = with(attended("a", 0, 5, 60, "agent"), json!({ "first_saved_base_status": "Stopped" }));
    let deserted = with(chat("b", 0, 9, "customer"), json!({ "customer_messages_before_end_of_wait": 1 }));
    world.imports(&text(&[stopped, deserted])).await;
    let late = vec![Condition { what: What::Stands { minutes: 60 }, is: true }];
    let (id, name, actions) = (world.id(), "Tarde".into(), vec![Action::AddTags(vec!["tarde".into()])]);
    let trigger = Trigger { id, name, on: true, when: When::Begins, all: late, any: vec![], actions };
    world.desk.save_trigger(world.session(MARTA), &world.id(), trigger, None, &here()).await.unwrap();
    let marked = "select count(*) from ticket_tags where tag = 'tarde'";
    world.desk.leave_message(&token("ana"), &world.message("ana", "Hola")).await.unwrap();

    world.wait(Span::minutes(60)).await;
    world.until(marked, 1).await;
    let row = world.look().await.fetch_one("select id from tickets where status = 'Stopped'").await.unwrap();
    let id: String = sqlx::Row::try_get(&row, 0).unwrap();
    let ticket = world.desk.ticket(world.agent(INES), &id).await.unwrap();
    world.changes(INES, &ticket, vec![Change::Status(Status::InAttendance)]).await.unwrap();
    world.wait(Span::minutes(60)).await;
    world.until(marked, 2).await;
}

#[tokio::test]
async fn a_transcript_becomes_a_conversation_that_agents_read_and_find() {
    let mut world = World::empty().await;
    let said = json!([
        { "at": at(3), "by": "customer", "text": "La lámpara llegó rota" },
        { "at": at(20), "by": INES, "text": "¿Cuál?" },
        { "at": "2026-10-01T06:00:30-03:00", "by": LUCIA, "text": "Yo ayudo" },
        { "at": at(40), "by": "customer", "text": "La verde" },
        { "at": at(41), "by": "customer", "file": "C:\\fotos\\verde.jpg" },
    ]);
    let line = with(
        attended("a", 0, 10, 60, "agent"),
        json!({ "transcript": said, "customer": { "id": "c1", "name": "Ana Belmonte", "email": "ana@correo.example" },
            "requested_group": OTHER_GROUP, "first_saved_base_status": "Resolved", "language": "pt" }),
    );
    let second = with(chat("b", 100, 190, "customer"), json!({ "customer": { "id": "c1", "name": "Ana Belmonte" } }));

    world.imports(&text(&[line, second])).await;

    let id = world.here("a").await;
    let chat = world.chat(&id).await;
    assert_eq!(chat.stage, Stage::Ended(domain::Reason::Agent));
    assert_eq!(
        (chat.queued_at, chat.attended_at, chat.ended_at),
        (Time(at(0)), Some(Time(at(10))), Some(Time(at(60))))
    );
    assert_eq!((chat.first_reply_at, chat.waiting_messages), (Some(Time(at(20))), 1));
    assert_eq!((chat.group.name.as_str(), chat.requested_group.as_str()), (GROUP, "orders"));
    assert_eq!(
        chat.served.iter().map(|face| face.name.as_str()).collect::<Vec<_>>(),
        ["Inés Robledo", &world.agent(LUCIA).face.name]
    );
    assert_eq!((chat.customer.name.as_str(), chat.last_words.as_str()), ("Ana Belmonte", "[verde.jpg]"));
    let ticket = world.desk.ticket_of_chat(world.agent(INES), &id).await.unwrap().unwrap();
    assert_eq!(
        (ticket.status, ticket.subject.as_str(), ticket.number),
        (Status::Resolved, "La lámpara llegó rota", chat.number)
    );
    assert_eq!(world.count("select count(*) from customers where name = 'Ana Belmonte'").await, 1);
    world.until_indexed().await;
    world.is_as_the_log_says().await;
    // And what is new goes on from there.
    for email in [INES, MARTA] {
        world.comes(email).await;
    }
    let new = world.starts("nuevo", "returns").await;
    assert_eq!(world.chat(&new).await.number, chat.number + 2);
}

#[tokio::test]
async fn a_name_and_an_address_are_kept_as_everywhere() {
    let mut world = World::empty().await;
    let who = json!({ "customer": { "name": "\u{202e}Ana\r\n Belmonte\u{2066} ", "email": " ANA@Correo.example" } });

    world.imports(&text(&[with(chat("a", 0, 9, "customer"), who)])).await;

    let sql = "select count(*) from customers where name = 'Ana Belmonte' and email = 'ana@correo.example'";
    assert_eq!(world.count(sql).await, 1);
    assert_eq!(world.chat(&world.here("a").await).await.customer.name, "Ana Belmonte");
}

#[tokio::test]
async fn an_offline_message_is_a_ticket_and_counts_as_one() {
    let mut world = World::empty().await;
    let line = json!({ "kind": "offline_message", "id": "m", "application": desk::demo::SHOP_KEY, "group": GROUP,
        "received_at": at(0), "text": "¿Abren?", "customer": { "name": "Dora" } });

    let done = world.imports(&text(&[line])).await;

    assert_eq!(done, Outcome::Imported { chats: 0, messages: 1, past: 0 });
    let figures = world.october().await;
    assert_eq!((figures.of(Indicator::Offline), figures.of(Indicator::Attended)), (Some(1), Some(0)));
    assert_eq!(world.count("select count(*) from tickets where via = 'OfflineMessage' and status = 'New'").await, 1);
    world.is_as_the_log_says().await;
}

#[tokio::test]
async fn a_retired_group_is_meant_where_none_in_use_is_called_so() {
    let world = World::empty().await;
    let retires = async |id: &str, name: &str| {
        let sql = format!("insert into groups (id, name, retired) values ('{id}', '{name}', 1)");
        world.look().await.execute(sqlx::AssertSqlSafe(sql)).await.unwrap();
    };
    let line = |group: &str| text(&[with(chat("a", 0, 9, "customer"), json!({ "group": group }))]);
    retires("namesake", GROUP).await;
    retires("old", "Antes").await;

    let (in_use, alone) = (world.tries_to_import(&line(GROUP)).await, world.tries_to_import(&line("Antes")).await);
    retires("older", "Antes").await;
    let two = world.would_be_refused(&line("Antes")).await;

    let one = Outcome::Imported { chats: 1, messages: 0, past: 0 };
    assert_eq!((in_use, alone), (one.clone(), one));
    assert_eq!(two, ["line 1, group: several groups are called so"]);
}

#[tokio::test]
async fn a_history_is_imported_once_and_a_dry_run_imports_nothing() {
    let mut world = World::empty().await;
    let before = world.kept().await;

    let dry = world.tries_to_import(&text(&example())).await;
    let dry_kept = world.kept().await;
    world.imports(&text(&example())).await;
    let once = world.kept().await;
    let again = world.refused(&text(&example())).await;
    assert_eq!(world.would_be_refused(&text(&example())).await, again);
    let more = world.imports(&text(&[chat("new", 0, 9, "customer")])).await;

    assert_eq!((dry, dry_kept), (Outcome::Imported { chats: 11, messages: 0, past: 0 }, before));
    assert_eq!(again.len(), 11);
    assert!(again.iter().all(|bad| bad.ends_with("id: it was imported before")), "{again:?}");
    assert_eq!(more, Outcome::Imported { chats: 1, messages: 0, past: 0 });
    assert_eq!(world.kept().await[0], once[0] + 1);
    assert_eq!(world.october().await.of(Indicator::Deserted), Some(5));
}

/// As programs on Windows write them: marked as UTF-8, with other ends of lines.
#[tokio::test]
async fn a_mark_before_the_first_line_and_an_empty_last_one_mean_nothing() {
    let mut world = World::empty().await;
    let [first, second] = ["a", "b"].map(|id| chat(id, 0, 9, "customer"));
    let one = Outcome::Imported { chats: 1, messages: 0, past: 0 };

    let marked = world.imports(format!("\u{feff}{first}\r\n\r\n").as_bytes()).await;
    let unmarked = world.imports(format!("{second}\n \n").as_bytes()).await;
    let between = world.would_be_refused(format!("{first}\r\n\r\n\n").as_bytes()).await;

    assert_eq!((marked, unmarked), (one.clone(), one));
    assert_eq!(between, ["line 1, id: it was imported before", "line 2: it is empty"]);
    assert_eq!(world.count("select count(*) from imported_chats").await, 2);
}

/// By a table of the chats of then, nobody finds out who was erased here.
#[tokio::test]
async fn no_id_is_made_of_another_s_and_what_he_was_called_goes_with_who_is_erased() {
    let (mut world, mut other) = (World::empty().await, World::empty().await);
    let ana = |id: &str, second| with(chat(id, second, second + 9, "customer"), json!({ "customer": { "id": "c1" } }));
    let lines = text(&[ana("a", 0), chat("b", 20, 29, "customer")]);
    for house in [&mut world, &mut other] {
        house.imports(&lines).await;
    }
    world.imports(&text(&[ana("c", 40)])).await;
    let (a, b, c) = (world.here("a").await, world.here("b").await, world.here("c").await);
    let customer = world.chat(&a).await.customer.id;

    assert_eq!(world.chat(&c).await.customer.id, customer, "the same in the next import");
    assert_ne!(other.here("a").await, a);
    assert_ne!(other.chat(&other.here("a").await).await.customer.id, customer);
    assert_ne!(other.chat(&other.here("b").await).await.customer.id, world.chat(&b).await.customer.id);
    let export = world.desk.export_customer(world.agent(MARTA), &customer, &here()).await.unwrap();
    let export: Value = serde_json::from_str(&export).unwrap();
    assert_eq!((&export["imported_as"], &export["chats"][1]["imported_as"]), (&json!(["c1"]), &json!("c")));
    world.desk.erase_customer(world.agent(MARTA), &customer, &here()).await.unwrap();
    assert_eq!(world.count("select count(*) from imported_customers").await, 0);
    assert_eq!(world.count("select count(*) from imported_chats where foreign_id in ('a', 'c')").await, 0);
    // And the same history again is still noticed, all of it.
    assert_eq!(world.refused(&lines).await, ["line 2, id: it was imported before"]);
    assert_eq!(world.count("select count(*) from chats").await, 3);
}

#[tokio::test]
async fn a_look_at_what_could_be_imported_leaves_a_database_as_it_is_and_as_old_as_it_is() {
    let world = World::empty().await;
    let twice = text(&[chat("a", 0, 9, "customer"), chat("a", 20, 29, "customer")]);
    let path = world.puts(&twice);
    let old = match std::env::var("RECADO_TEST_POSTGRES") {
        Ok(server) => postgres(&server).await,
        Err(_) => format!("sqlite:{}", world.folder().join("old.db").display()),
    };
    desk::make_as_of(&old, 57).await.unwrap();
    let bytes = || std::fs::read(world.folder().join("old.db")).unwrap_or_default();
    let before = bytes();

    let looked = look(&old, &path, world.clock.now(), |_| {}).await;
    let beside = world.would_be_refused(&twice).await;

    assert!(looked.unwrap_err().to_string().contains("older release"));
    assert!(bytes() == before);
    let pool = sqlx::AnyPool::connect(&old).await.unwrap();
    let last: i64 = pool.fetch_one("select max(version) from _sqlx_migrations").await.unwrap().try_get(0).unwrap();
    assert!(last <= 57, "{last}");
    assert_eq!(beside, ["line 2, id: it is in this file twice"]);
}

#[tokio::test]
async fn whoever_imports_what_is_older_than_the_house_keeps_is_told() {
    let mut world = World::empty().await;
    let lines = text(&[chat("a", 0, 9, "customer"), chat("b", 20, 29, "customer")]);
    let now = world.clock.now();
    // The second one ends within what is kept, and the first does not.
    world.clock.advance(Span(at(15) + Span::hours(24 * 60).0 - now.0));
    let parameters = Parameters { keep_messages: 60, ..Parameters::default() };
    world.sets_parameters(parameters).await;

    let tried = world.tries_to_import(&lines).await;
    let done = world.imports(&lines).await;

    assert_eq!(tried, Outcome::Imported { chats: 2, messages: 0, past: 1 });
    assert_eq!(done, tried);
}

#[tokio::test]
async fn the_example_of_the_page_about_it_is_imported() {
    let mut world = World::empty().await;
    let example = include_bytes!("../../../../docs/import.example.jsonl");

    let done = world.imports(example).await;

    assert_eq!(done, Outcome::Imported { chats: 3, messages: 1, past: 0 });
    let page = include_str!("../../../../docs/import.md");
    for line in std::str::from_utf8(example).unwrap().lines() {
        assert!(page.contains(line), "the page shows another example");
    }
}

#[tokio::test]
async fn beside_a_running_server_sqlite_is_left_alone() {
    let (world, id) = World::with_waiting_customer().await;
    let path = world.puts(&text(&example()));

    let done = import(&world.settings.database, &path, world.clock.now(), |_| {}).await;

    match world.is_on_a_server() {
        true => assert_eq!(done.unwrap(), Outcome::Imported { chats: 11, messages: 0, past: 0 }),
        false => assert!(done.unwrap_err().to_string().contains("stop the server")),
    }
    world.does(INES, &id, Act::Attend).await.unwrap();
    world.wait(Span::secs(1)).await;
    world.says(INES, &id, "sigo aquí").await;
}
