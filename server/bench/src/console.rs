//! `console`: how soon a list of the console is answered, with a million tickets and two thousand who wait.
//!
//! The tickets are made once and kept; who waits is put there anew for each run, for nobody holds his line
//! and the program abandons him after twenty seconds.

use crate::dice::Dice;
use crate::line::{Head, Line, postcard};
use crate::program::Program;
use crate::report::{histogram, leave, milliseconds};
use crate::world::{hire, new_id, sign_in};
use crate::{Depth, Outcome};
use domain::application::Terms;
use domain::event::Opening;
use domain::group::Named;
use domain::house::Filled;
use domain::ticket::{Birth, Via};
use domain::ticket_list::{After, Filter, Queue, Wanted};
use domain::wire::{Lists, TicketPage};
use domain::{Chat, Event, Face, Origin, Status, Ticket, TicketEvent, Time, Told};
use hdrhistogram::Histogram;
use rusqlite::{Connection, OpenFlags, Transaction, params};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::time::Instant;

/// Milliseconds that half of the answers may take at the most.
const LIMIT: f64 = 20.0;
const GROUPS: usize = 10;
const AGENTS: usize = 50;
/// Of each agent.
const MEMBERSHIPS: usize = 3;
const WAITING: usize = 2_000;
/// Tickets of one transaction of the making.
const AT_ONCE: usize = 50_000;
const TWO_YEARS: i64 = 2 * 365 * 86_400_000;
/// Words that tickets are about, the first of them in most.
const WORDS: usize = 3_000;
const TAGS: usize = 200;

pub async fn run(depth: Depth) -> Outcome<()> {
    let count = depth.pick(20_000, 1_000_000);
    let folder = made(count)?;
    put_in_queue(&folder)?;
    let program = Program::start(&folder, &["--demo", "--shop-listen", "127.0.0.1:0"])?.keeps_its_folder();
    let measured = measure(&program, depth, count).await;
    program.stop()?;
    measured
}

/// A folder with so many tickets: made now, or the one that was made before.
fn made(count: usize) -> Outcome<PathBuf> {
    // One of an older schema is brought up to date by the program, as an operator's is.
    let folder = crate::report::folder()?.join(format!("console-{count}"));
    let whole = folder.join("whole");
    if whole.exists() {
        return Ok(folder);
    }
    if folder.exists() {
        std::fs::remove_dir_all(&folder).map_err(|why| format!("{} was not emptied: {why}", folder.display()))?;
    }
    println!("making {count} tickets in {} (once)", folder.display());
    let begun = std::time::Instant::now();
    Program::start(&folder, &["--demo", "--shop-listen", "127.0.0.1:0"])?.keeps_its_folder().stop()?;
    fill(&folder, count)?;
    std::fs::write(&whole, "").map_err(|why| format!("{} was not written: {why}", whole.display()))?;
    println!("made in {:.0} s", begun.elapsed().as_secs_f64());
    Ok(folder)
}

fn cannot(why: rusqlite::Error) -> String {
    format!("the tickets were not made: {why}")
}

fn open(folder: &Path) -> Outcome<Connection> {
    let kept =
        Connection::open_with_flags(folder.join("recado.db"), OpenFlags::SQLITE_OPEN_READ_WRITE).map_err(cannot)?;
    kept.execute_batch("pragma synchronous = off; pragma cache_size = -200000; pragma temp_store = memory")
        .map_err(cannot)?;
    Ok(kept)
}

fn group(n: usize) -> Named {
    Named { id: format!("bench-group-{n}"), name: format!("Equipo {n}") }
}

fn face(n: usize) -> Face {
    Face { id: format!("bench-agent-{n}"), name: format!("Agente {n}") }
}

/// The groups of an agent.
fn groups_of(agent: usize) -> impl Iterator<Item = usize> {
    (0..MEMBERSHIPS).map(move |m| (agent + m * 3) % GROUPS)
}

fn fill(folder: &Path, count: usize) -> Outcome<()> {
    let mut kept = open(folder)?;
    let tx = kept.transaction().map_err(cannot)?;
    plant(&tx)?;
    tx.commit().map_err(cannot)?;
    let now = now()?;
    let mut dice = Dice(7);
    for from in (0..count).step_by(AT_ONCE) {
        let tx = kept.transaction().map_err(cannot)?;
        for n in from..count.min(from + AT_ONCE) {
            ticket(&tx, &mut dice, n, now - TWO_YEARS + TWO_YEARS / count as i64 * n as i64)?;
        }
        tx.commit().map_err(cannot)?;
    }
    kept.execute("update counters set n = ?1 where name = 'protocol'", params![10_000_000]).map_err(cannot)?;
    kept.execute_batch(
        "insert into ticket_index (ticket_index) values ('optimize'); analyze; pragma wal_checkpoint(truncate)",
    )
    .map_err(cannot)
}

fn plant(tx: &Transaction) -> Outcome<()> {
    for n in 0..GROUPS {
        let Named { id, name } = group(n);
        tx.execute("insert into groups (id, name) values (?1, ?2)", params![id, name]).map_err(cannot)?;
    }
    for n in 0..AGENTS {
        let Face { id, name } = face(n);
        hire(tx, &id, &name, &email(n))?;
        for g in groups_of(n) {
            tx.execute(
                "insert into memberships (group_id, agent_id, attendant, administrator) values (?1, ?2, 1, 0)",
                params![group(g).id, id],
            )
            .map_err(cannot)?;
        }
    }
    Ok(())
}

fn email(agent: usize) -> String {
    format!("agent{agent}@bench.example")
}

fn word(n: usize) -> String {
    const SOUNDS: [&str; 15] =
        ["ma", "ri", "to", "lu", "sen", "ca", "del", "po", "gra", "vi", "zon", "fe", "tra", "bu", "ne"];
    [SOUNDS[n % 15], SOUNDS[n / 15 % 15], SOUNDS[n / 225 % 15]].concat()
}

fn ticket(tx: &Transaction, dice: &mut Dice, n: usize, at: i64) -> Outcome<()> {
    let g = dice.seldom(GROUPS);
    // One of those who work there.
    let (m, team) = (dice.below(MEMBERSHIPS), dice.below(AGENTS / GROUPS));
    let owner = (!dice.is(5)).then_some((g + GROUPS * 10 - m * 3) % GROUPS + GROUPS * team);
    let via = [Via::OnlineChat, Via::OfflineMessage, Via::Agent][match dice.below(100) {
        0..80 => 0,
        80..95 => 1,
        _ => 2,
    }];
    let said: Vec<String> = (0..24).map(|_| word(dice.seldom(WORDS))).collect();
    let application = [("shop", "Casa Nogal"), ("catalogue", "Catálogo")][usize::from(dice.is(10))];
    let birth = Birth {
        number: n as i64 + 1,
        chat: None,
        via,
        application: Named { id: application.0.into(), name: application.1.into() },
        group: group(g),
        customer: Named { id: format!("bench-customer-{}", n % 300_000), name: format!("{} {}", said[0], said[1]) },
        subject: said[..5].join(" "),
        owner: owner.map(face),
        message: None,
    };
    let mut ticket = Ticket::open(format!("{n:032x}"), Time(at), &birth);
    let status = match dice.below(1_000) {
        0..7 => Status::New,
        7..15 => Status::InAttendance,
        15..20 => Status::Stopped,
        20..70 => Status::Canceled,
        70..150 => Status::Closed,
        _ => Status::Resolved,
    };
    let (by, subject) = (ticket.owner.clone(), ticket.subject.clone());
    let saved = TicketEvent::Saved { by, subject, status, note: String::new(), edits: Vec::new() };
    ticket.apply(Time(at + 60_000), &saved);
    if status == Status::Resolved && dice.is(10) {
        ticket.own = Some(Named { id: "refunded".into(), name: "Reembolsado".into() });
    }
    if dice.is(30) {
        ticket.tags = vec![word(dice.seldom(TAGS))];
    }
    ticket.fields = vec![Filled { id: "order".into(), label: "Número de pedido".into(), value: (n * 7).to_string() }];
    keep(tx, &ticket, &said, [TicketEvent::Born(Box::new(birth)), saved])
}

/// `history`: its birth, and that it was saved.
fn keep(tx: &Transaction, t: &Ticket, said: &[String], history: [TicketEvent; 2]) -> Outcome<()> {
    let json = |why: serde_json::Error| format!("a ticket was not written: {why}");
    let state = serde_json::to_string(t).map_err(json)?;
    let status = format!("{:?}", t.status);
    tx.prepare_cached(
        "insert into tickets (id, number, chat_id, group_id, application_id, customer_id, owner_id, status, first_status, \
         created_at, changed_at, saved_at, seq, state, via, own_id) \
         values (?1, ?2, null, ?3, ?4, ?5, ?6, ?7, ?7, ?8, ?9, ?9, ?10, ?11, ?12, ?13)",
    )
    .and_then(|mut insert| {
        insert.execute(params![
            t.id,
            t.number,
            t.group.id,
            t.application.id,
            t.customer.id,
            t.owner.as_ref().map(|o| &o.id),
            status,
            t.created_at.0,
            t.changed_at.0,
            t.seq,
            state,
            format!("{:?}", t.via),
            t.own.as_ref().map(|own| &own.id),
        ])
    })
    .map_err(cannot)?;
    for (n, (at, event)) in [t.created_at, t.changed_at].into_iter().zip(history).enumerate() {
        let (seq, act) = (n as i64 + 1, format!("{}-{n}", t.id));
        let body = serde_json::to_string(&event).map_err(json)?;
        tx.prepare_cached("insert into ticket_events (ticket_id, seq, at, act, body) values (?1, ?2, ?3, ?4, ?5)")
            .and_then(|mut insert| insert.execute(params![t.id, seq, at.0, act, body]))
            .map_err(cannot)?;
    }
    for tag in &t.tags {
        tx.prepare_cached("insert into ticket_tags (tag, changed_at, ticket_id) values (?1, ?2, ?3)")
            .and_then(|mut insert| insert.execute(params![tag, t.changed_at.0, t.id]))
            .map_err(cannot)?;
    }
    let mut words = said.join(" ");
    let mark = |words: &mut String, mark: &str, id: &str| {
        words.push(' ');
        words.push_str(mark);
        id.bytes().for_each(|byte| {
            let _ = write!(words, "{byte:02x}");
        });
    };
    mark(&mut words, "zqg", &t.group.id);
    if let Some(owner) = &t.owner {
        mark(&mut words, "zqo", &owner.id);
    }
    tx.prepare_cached("insert into ticket_index (rowid, words) values (?1, ?2)")
        .and_then(|mut insert| insert.execute(params![t.number, words]))
        .map_err(cannot)?;
    Ok(())
}

fn now() -> Outcome<i64> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_err(|_| "the clock is before 1970")?;
    i64::try_from(now.as_millis()).map_err(|_| "the clock is too far ahead".into())
}

/// Two thousand wait, as if they had just come.
fn put_in_queue(folder: &Path) -> Outcome<()> {
    let mut kept = open(folder)?;
    let now = now()?;
    let tx = kept.transaction().map_err(cannot)?;
    tx.execute_batch("delete from events; delete from chats").map_err(cannot)?;
    for n in 0..WAITING {
        let opening = Opening {
            number: 5_000_000 + n as i64,
            origin: Origin::Widget,
            application: Named { id: "shop".into(), name: "Casa Nogal".into() },
            group: group(n % GROUPS),
            customer: Named { id: format!("bench-customer-{n}"), name: format!("{} {}", word(n), word(n * 7)) },
            verified: false,
            answers: Vec::new(),
            page: "https://casanogal.example/mesas".into(),
            lang: "es".into(),
            terms: Terms::default(),
            attributes: Vec::new(),
            related: None,
        };
        let id = format!("{:032x}", (1_u128 << 100) + n as u128);
        let chat = Chat::open(id.clone(), Time(now - 1_000 * (WAITING - n) as i64), &opening);
        let told = Told::of(&chat, chat.queued_at, &id, Event::Opened(Box::new(opening)));
        let json = |why: serde_json::Error| format!("a chat was not written: {why}");
        let (state, body) =
            (serde_json::to_string(&chat).map_err(json)?, serde_json::to_string(&told.event).map_err(json)?);
        tx.prepare_cached(
            "insert into chats (id, number, application_id, group_id, requested_group_id, origin, customer_id, stage, queued_at, \
             waiting_messages, seq, aside_seq, state) values (?1, ?2, 'shop', ?3, ?3, 'Widget', ?4, 'waiting', ?5, 0, 1, 0, ?6)",
        )
        .and_then(|mut insert| insert.execute(params![id, chat.number, chat.group.id, chat.customer.id, chat.queued_at.0, state]))
        .map_err(cannot)?;
        tx.prepare_cached(
            "insert into events (chat_id, aside, seq, after_seq, at, act, body) values (?1, 0, 1, 1, ?2, ?1, ?3)",
        )
        .and_then(|mut insert| insert.execute(params![id, chat.queued_at.0, body]))
        .map_err(cannot)?;
    }
    tx.commit().map_err(cannot)
}

#[derive(Serialize)]
struct Asked {
    filter: Filter,
    after: Option<After>,
}

/// Who asks: of three groups, and who sees all.
struct Asker {
    name: &'static str,
    session: String,
    line: Line,
    at: std::net::SocketAddr,
}

impl Asker {
    async fn new(program: &Program, name: &'static str, email: &str) -> Outcome<Asker> {
        let session = sign_in(program.at, email).await?;
        Ok(Asker { name, session, line: Line::to(program.at), at: program.at })
    }

    async fn ask<T: DeserializeOwned>(&mut self, door: &str, body: &impl Serialize) -> Outcome<(T, Duration)> {
        let head = Head::post(self.at, door).header("Cookie", &format!("recado={}", self.session)).postcard();
        let body = postcard(body)?;
        let begun = Instant::now();
        let answer = self.line.ask(&head, &body).await?;
        let took = begun.elapsed();
        Ok((answer.postcard()?, took))
    }
}

fn lists(me: &str, now: i64) -> Vec<(&'static str, Filter)> {
    let usual = Filter::default;
    let any = || Filter { status: Wanted::Any, ..usual() };
    let words = |words: String| Filter { words, ..any() };
    vec![
        ("open", usual()),
        ("mine", Filter { queue: Queue::Mine, ..usual() }),
        ("my groups'", Filter { queue: Queue::Groups, ..usual() }),
        ("unassigned", Filter { queue: Queue::Unassigned, ..usual() }),
        ("to save", Filter { status: Wanted::Unsaved, ..usual() }),
        ("all", any()),
        ("mine, any", Filter { queue: Queue::Mine, ..any() }),
        ("unassigned, any", Filter { queue: Queue::Unassigned, ..any() }),
        ("base status", Filter { status: Wanted::Base(Status::Canceled), ..usual() }),
        ("own status", Filter { status: Wanted::Own("refunded".into()), ..usual() }),
        ("a group", Filter { group: Some(group(3).id), ..any() }),
        ("an owner", Filter { owner: Some(me.into()), ..any() }),
        ("a common tag", Filter { tag: Some(word(0)), ..any() }),
        ("a rare tag", Filter { tag: Some(word(TAGS - 1)), ..any() }),
        ("opened via", Filter { via: Some(Via::Agent), ..any() }),
        ("an application", Filter { application: Some("catalogue".into()), ..any() }),
        ("a period", Filter { from: Some(Time(now - TWO_YEARS / 2)), until: Some(Time(now - TWO_YEARS / 3)), ..any() }),
        (
            "four at once",
            Filter {
                queue: Queue::Groups,
                tag: Some(word(1)),
                via: Some(Via::OfflineMessage),
                application: Some("catalogue".into()),
                ..any()
            },
        ),
        ("a common word", words(word(0))),
        ("a rare word", words(word(WORDS - 1))),
        ("three words", words([word(0), word(1), word(2)].join(" "))),
    ]
}

async fn measure(program: &Program, depth: Depth, count: usize) -> Outcome<()> {
    let times = depth.pick(5, 40);
    let now = now()?;
    let mut askers = [
        Asker::new(program, "of three groups", &email(0)).await?,
        Asker::new(program, "of all", "marta@casanogal.example").await?,
    ];
    let mut slow = Vec::new();
    println!(
        "{count} tickets, {WAITING} waiting; {times} times each: half, and the longest; at most {LIMIT} ms for half"
    );
    // While they still wait.
    for asker in &mut askers {
        let mut took = histogram();
        let mut seen = 0;
        for _ in 0..times.min(20) {
            let (lists, time): (Lists, _) = asker.ask("/api/console/lists", &()).await?;
            seen = lists.cards.len();
            record(&mut took, time);
        }
        say(asker.name, &format!("the queue ({seen})"), &took, None, &mut slow)?;
    }
    for asker in &mut askers {
        for (name, filter) in lists(&face(0).id, now) {
            let deep = match (filter.words.is_empty(), filter.until) {
                (false, _) => count as i64 / 2,
                (true, Some(until)) => until.0 - TWO_YEARS / 20,
                (true, None) => now - TWO_YEARS / 2,
            };
            let mut took = [histogram(), histogram()];
            for _ in 0..times {
                for (n, after) in [None, Some(After { at: deep, id: new_id()? })].into_iter().enumerate() {
                    let asked = Asked { filter: filter.clone(), after };
                    let (_, time): (TicketPage, _) = asker.ask("/api/ticket/list", &asked).await?;
                    record(&mut took[n], time);
                }
            }
            let [first, deep] = took;
            say(asker.name, name, &first, Some(&deep), &mut slow)?;
        }
    }
    if depth == Depth::Full && !slow.is_empty() {
        return Err(format!("{} took more than {LIMIT} ms", slow.join(", ")));
    }
    Ok(())
}

fn record(times: &mut Histogram<u64>, took: Duration) {
    times.saturating_record(u64::try_from(took.as_micros()).unwrap_or(u64::MAX));
}

fn say(
    who: &str,
    name: &str,
    first: &Histogram<u64>,
    deep: Option<&Histogram<u64>>,
    slow: &mut Vec<String>,
) -> Outcome<()> {
    let both = |times: &Histogram<u64>| {
        format!("{:>8} {:>8}", milliseconds(times.value_at_quantile(0.5)), milliseconds(times.max()))
    };
    let deep_said = deep.map_or(String::new(), |deep| format!("   deep {}", both(deep)));
    println!("{who:<16} {name:<18} first {}{deep_said}", both(first));
    let late = |times: &Histogram<u64>| times.value_at_quantile(0.5) as f64 / 1000.0 > LIMIT;
    if late(first) || deep.is_some_and(late) {
        slow.push(format!("{name} ({who})"));
    }
    leave(&format!("console-{}", name.replace([' ', ',', '\'', '(', ')'], "-")), first)
}
