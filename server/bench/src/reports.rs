//! `reports`: how soon the numbers of a period are answered, with ten million chats of two years (BM11).
//!
//! Facts are made once, by dice, and kept; the program makes their sums, as it does at the start after an upgrade. What
//! it answers from sums is compared with a scan of all facts in plain SQL, number by number.

use crate::dice::Dice;
use crate::line::{Answer, Head, Line, postcard};
use crate::listener::{Listener, Person};
use crate::program::Program;
use crate::report::{folder, histogram, leave, milliseconds};
use crate::world::{hire, new_id, new_token, open as open_chat, sign_in};
use crate::{Depth, Outcome};
use domain::event::Wish;
use domain::indicators::{End, Fact, Filter, KEPT, Moment, Period, Report, Saved, Stretch, Sums};
use domain::{Act, Origin, Reason, Span, Status, Time};
use rusqlite::{Connection, OpenFlags, Transaction, params, params_from_iter};
use serde::Serialize;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::time::Instant;

/// Milliseconds that ninety-nine of a hundred answers may take at the most.
const LIMIT: f64 = 50.0;
/// So many times sooner than the scan of the whole two years at the least.
const SOONER: f64 = 100.0;
/// Cells may be one of so many chats at the most.
const CELLS: usize = 100;
const GROUPS: usize = 8;
const AGENTS: usize = 40;
const APPLICATIONS: [&str; 3] = ["bench-web", "bench-shop", "bench-help"];
const AT_ONCE: usize = 100_000;
const DAY: i64 = 86_400_000;
const TWO_YEARS: i64 = 730 * DAY;
/// For so many chats there is an offline message.
const TO_A_MESSAGE: usize = 20;
const MARTA: &str = "marta@casanogal.example";
/// The start that makes the sums of all facts may take so long.
const AN_HOUR: Duration = Duration::from_secs(3_600);

pub async fn run(depth: Depth) -> Outcome<()> {
    let count = depth.pick(20_000, 10_000_000);
    let folder = made(count)?;
    let program = Program::start(&folder, &["--demo", "--shop-listen", "127.0.0.1:0"])?.keeps_its_folder();
    let measured = measure(&program, depth).await;
    program.stop()?;
    measured
}

fn cannot(why: rusqlite::Error) -> String {
    format!("the facts were not made: {why}")
}

/// A folder with so many facts: made now, or the one that was made before.
fn made(count: usize) -> Outcome<PathBuf> {
    let made = folder()?.join(format!("reports-{count}"));
    let whole = made.join("whole");
    if whole.exists() {
        return Ok(made);
    }
    if made.exists() {
        std::fs::remove_dir_all(&made).map_err(|why| format!("{} was not emptied: {why}", made.display()))?;
    }
    println!("making {count} facts in {} (once)", made.display());
    let begun = std::time::Instant::now();
    Program::start(&made, &["--demo", "--shop-listen", "127.0.0.1:0"])?.keeps_its_folder().stop()?;
    fill(&made.join("recado.db"), count)?;
    println!("made in {:.0} s", begun.elapsed().as_secs_f64());
    let begun = std::time::Instant::now();
    Program::start_within(AN_HOUR, &made, &["--demo", "--shop-listen", "127.0.0.1:0"])?.keeps_its_folder().stop()?;
    println!("the first start made their sums in {:.0} s", begun.elapsed().as_secs_f64());
    std::fs::write(&whole, "").map_err(|why| format!("{} was not written: {why}", whole.display()))?;
    Ok(made)
}

fn fill(database: &Path, count: usize) -> Outcome<()> {
    let mut kept = Connection::open_with_flags(database, OpenFlags::SQLITE_OPEN_READ_WRITE).map_err(cannot)?;
    kept.execute_batch("pragma synchronous = off; pragma cache_size = -400000; pragma temp_store = memory")
        .map_err(cannot)?;
    let tx = kept.transaction().map_err(cannot)?;
    plant(&tx)?;
    tx.commit().map_err(cannot)?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_err(|_| "the clock is before 1970")?;
    let until = i64::try_from(now.as_millis()).map_err(|_| "the clock is too far ahead")?;
    let at = |n: usize, of: usize| until - TWO_YEARS + (TWO_YEARS as f64 / of as f64 * n as f64) as i64;
    let mut dice = Dice(11);
    for from in (0..count).step_by(AT_ONCE) {
        let tx = kept.transaction().map_err(cannot)?;
        for n in from..count.min(from + AT_ONCE) {
            insert(&tx, &fact(&mut dice, n, Time(at(n, count)), until))?;
        }
        tx.commit().map_err(cannot)?;
    }
    let tx = kept.transaction().map_err(cannot)?;
    messages(&tx, count / TO_A_MESSAGE, at)?;
    // Sums are there of the demo's own days: all are made anew.
    tx.execute("update indicator_zone set zone = ''", []).map_err(cannot)?;
    tx.commit().map_err(cannot)?;
    kept.execute_batch("analyze; pragma wal_checkpoint(truncate)").map_err(cannot)
}

fn messages(tx: &Transaction, count: usize, at: impl Fn(usize, usize) -> i64) -> Outcome<()> {
    let mut dice = Dice(12);
    for n in 0..count {
        let (group, application) = (group(dice.below(GROUPS)), APPLICATIONS[dice.below(APPLICATIONS.len())]);
        tx.prepare_cached(
            "insert into offline_facts (ticket_id, application_id, group_id, at) values (?1, ?2, ?3, ?4)",
        )
        .and_then(|mut insert| insert.execute(params![format!("bench-{n}"), application, group, at(n, count)]))
        .map_err(cannot)?;
    }
    Ok(())
}

fn group(n: usize) -> String {
    format!("bench-team-{n}")
}

fn agent(n: usize) -> String {
    format!("bench-agent-{n}")
}

fn plant(tx: &Transaction) -> Outcome<()> {
    for n in 0..GROUPS {
        tx.execute("insert into groups (id, name) values (?1, ?1)", params![group(n)]).map_err(cannot)?;
        tx.execute(
            "insert into application_groups (application_id, group_id, place) values ('shop', ?1, ?2)",
            params![group(n), 300 + n as i64],
        )
        .map_err(cannot)?;
    }
    for n in 0..AGENTS {
        hire(tx, &agent(n), &format!("Agente {n}"), &format!("{}@bench.example", agent(n)))?;
        for group in [group(n % GROUPS), group((n + 3) % GROUPS)] {
            tx.execute(
                "insert into memberships (group_id, agent_id, attendant, administrator) values (?1, ?2, 1, 0)",
                params![group, agent(n)],
            )
            .map_err(cannot)?;
        }
    }
    Ok(())
}

/// A chat that is over, as dice have it; its agents work in its group.
fn fact(dice: &mut Dice, n: usize, at: Time, until: i64) -> Fact {
    let g = dice.below(GROUPS);
    let one_of = |dice: &mut Dice| {
        let near = if dice.is(50) { g } else { (g + GROUPS - 3) % GROUPS };
        agent(near + GROUPS * dice.below(AGENTS / GROUPS))
    };
    let application = APPLICATIONS[[0, 0, 0, 0, 0, 0, 0, 1, 1, 2][dice.below(10)]];
    let attended = !dice.is(13);
    let wait = dice.length(900_000);
    let (attended_at, ended_at) = (at + wait, at + wait + dice.length(7_200_000));
    let mut agents = Vec::new();
    if attended {
        agents.push(one_of(dice));
        let other = one_of(dice);
        if dice.is(4) && other != agents[0] {
            agents.push(other);
        }
    }
    let reason = match (attended, dice.below(100)) {
        (true, 0..60) => Reason::Agent,
        (true, 60..90) | (false, 0..70) => Reason::Customer,
        (true, _) | (false, 70..92) => Reason::Connection,
        (false, _) => Reason::Staff,
    };
    let left_with = agents.last().cloned();
    let saved = (attended && dice.is(98)).then(|| {
        let status = match dice.below(100) {
            0..72 => Status::Resolved,
            72..80 => Status::Closed,
            80..90 => Status::InAttendance,
            90..96 => Status::New,
            _ => Status::Canceled,
        };
        let saved_at = ended_at + dice.length(3_600_000);
        let again = matches!(status, Status::Resolved | Status::Closed) && dice.is(6);
        let reopened_at = again.then(|| saved_at + dice.length(20 * DAY as usize));
        Saved {
            ticket: format!("{:032x}", (1_u128 << 100) + n as u128),
            at: saved_at,
            status,
            by: left_with.clone(),
            reopened_at,
        }
    });
    Fact {
        chat: format!("{n:032x}"),
        application: application.into(),
        group: group(g),
        requested_group: group(g),
        origin: Origin::Widget,
        queued_at: at,
        attended_at: attended.then_some(attended_at),
        attended_by: agents.first().cloned(),
        first_reply_at: (attended && dice.is(97)).then(|| attended_at + dice.length(300_000)),
        disconnected_at: (reason == Reason::Connection).then(|| Time((ended_at.0 - 20_000).max(at.0))),
        end: Some(End { at: if attended { ended_at } else { attended_at.min(Time(until)) }, reason }),
        waiting_messages: if dice.is(60) { dice.below(4) as u32 } else { 0 },
        waited_again: Span(0),
        agents,
        left_with,
        saved,
    }
}

fn insert(tx: &Transaction, fact: &Fact) -> Outcome<()> {
    let Some(end) = fact.end else { return Err("a chat goes on".into()) };
    let word = match end.reason {
        Reason::Customer => "customer",
        Reason::Agent => "agent",
        Reason::Connection => "connection",
        Reason::Staff => "staff",
        Reason::AgentLost => "agent_lost",
        Reason::System => "system",
    };
    let saved = fact.saved.as_ref();
    tx.prepare_cached(
        "insert into chat_facts (chat_id, application_id, group_id, requested_group_id, origin, queued_at, attended_at, \
         attended_by, first_reply_at, disconnected_at, ended_at, end_reason, waiting_messages, waited_again, left_with, \
         ticket_id, first_saved_at, first_status, saved_by, reopened_at, several) \
         values (?1, ?2, ?3, ?4, 'Widget', ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, 0, ?13, ?14, ?15, ?16, ?17, ?18, ?19)",
    )
    .and_then(|mut insert| {
        insert.execute(params![
            fact.chat,
            fact.application,
            fact.group,
            fact.requested_group,
            fact.queued_at.0,
            fact.attended_at.map(|at| at.0),
            fact.attended_by,
            fact.first_reply_at.map(|at| at.0),
            fact.disconnected_at.map(|at| at.0),
            end.at.0,
            word,
            fact.waiting_messages,
            fact.left_with,
            saved.map(|saved| &saved.ticket),
            saved.map(|saved| saved.at.0),
            saved.map(|saved| format!("{:?}", saved.status)),
            saved.and_then(|saved| saved.by.as_ref()),
            saved.and_then(|saved| saved.reopened_at).map(|at| at.0),
            fact.agents.len() > 1,
        ])
    })
    .map_err(cannot)?;
    for agent in &fact.agents {
        tx.prepare_cached("insert into chat_fact_agents (chat_id, agent_id) values (?1, ?2)")
            .and_then(|mut insert| insert.execute(params![fact.chat, agent]))
            .map_err(cannot)?;
    }
    Ok(())
}

#[derive(Serialize)]
struct Asked {
    period: Period,
    filter: Filter,
}

struct Asker {
    session: String,
    line: Line,
    at: std::net::SocketAddr,
}

impl Asker {
    async fn post(&mut self, door: &str, body: &impl Serialize) -> Outcome<Answer> {
        let head = Head::post(self.at, door).header("Cookie", &format!("recado={}", self.session)).postcard();
        self.line.ask(&head, &postcard(body)?).await
    }

    async fn report(&mut self, asked: &Asked) -> Outcome<Report> {
        self.post("/api/indicators/read", asked).await?.postcard()
    }
}

fn periods(record: &Connection) -> Outcome<Vec<(String, Period)>> {
    let mut periods: Vec<(String, Period)> =
        Period::NAMED.iter().map(|period| (period.word().to_owned(), *period)).collect();
    let days = |back: i64| -> Outcome<String> {
        record.query_row("select date('now', ?1)", [format!("{} days", -back)], |row| row.get(0)).map_err(cannot)
    };
    for (name, from, to) in [
        ("two years", days(732)?, days(-1)?),
        ("a year, odd ends", format!("{}T07:13", days(500)?), format!("{}T19:41", days(135)?)),
        ("two weeks, odd ends", format!("{}T11:59", days(40)?), format!("{}T12:01", days(26)?)),
        ("three hours", format!("{}T09:00", days(3)?), format!("{}T12:00", days(3)?)),
    ] {
        let moment = |text: String| Moment::try_from(text).map_err(str::to_owned);
        periods.push((name.into(), Period::Range { from: moment(from)?, to: moment(to)? }));
    }
    Ok(periods)
}

fn filters() -> Vec<(&'static str, Filter)> {
    let usual = Filter::default;
    let agents = |ids: &[usize]| ids.iter().map(|n| agent(*n)).collect::<Vec<_>>();
    vec![
        ("all", usual()),
        ("an application", Filter { applications: vec![APPLICATIONS[1].into()], ..usual() }),
        ("a group", Filter { groups: vec![group(2)], ..usual() }),
        ("three groups", Filter { groups: vec![group(1), group(4), group(6)], ..usual() }),
        ("with what agents began", Filter { begun: true, ..usual() }),
        ("an agent", Filter { agents: agents(&[5]), ..usual() }),
        ("two agents", Filter { agents: agents(&[5, 13]), ..usual() }),
        ("five agents", Filter { agents: agents(&[0, 8, 16, 24, 32]), ..usual() }),
        ("five, of a group", Filter { agents: agents(&[0, 8, 16, 24, 32]), groups: vec![group(0)], ..usual() }),
        (
            "five, an application",
            Filter { agents: agents(&[0, 8, 16, 24, 32]), applications: vec![APPLICATIONS[1].into()], ..usual() },
        ),
        ("twenty agents", Filter { agents: agents(&Vec::from_iter(0..20)), ..usual() }),
        (
            "one of each kind",
            Filter {
                agents: agents(&[2]),
                applications: vec![APPLICATIONS[0].into()],
                groups: vec![group(2)],
                ..usual()
            },
        ),
    ]
}

async fn measure(program: &Program, depth: Depth) -> Outcome<()> {
    let record = crate::record::open(&program.database())?;
    let (facts, of_all, of_agents) =
        (number(&record, "chat_facts")?, number(&record, "indicator_days")?, number(&record, "indicator_agents")?);
    let cells = of_all + of_agents;
    println!(
        "{facts} chats of two years; {cells} rows of sums ({of_all} of everybody, {of_agents} of agents), {:.2} % of them   \
         (limit {} %)",
        cells as f64 * 100.0 / facts as f64,
        100 / CELLS
    );
    let session = sign_in(program.at, MARTA).await?;
    let mut asker = Asker { session, line: Line::to(program.at), at: program.at };
    folds(program, &record, &mut asker).await?;
    let periods = periods(&record)?;
    let times = depth.pick(2, 10);
    let mut missed = Vec::new();
    let (mut all, mut sooner) = (histogram(), f64::INFINITY);
    for (kind, filter) in filters() {
        let (mut took, mut slowest) = (histogram(), (0, String::new()));
        for (name, period) in &periods {
            let asked = Asked { period: *period, filter: filter.clone() };
            let mut of_it = histogram();
            let mut report = asker.report(&asked).await?;
            for _ in 0..times {
                let begun = Instant::now();
                report = asker.report(&asked).await?;
                let micros = u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX);
                [&mut took, &mut all, &mut of_it].into_iter().for_each(|times| times.saturating_record(micros));
            }
            let half = of_it.value_at_quantile(0.5);
            if half > slowest.0 {
                slowest = (half, name.clone());
            }
            let begun = Instant::now();
            let scanned = scan(&record, report.within, &filter)?;
            let scan = begun.elapsed();
            if scanned != report.figures.twelve {
                return Err(format!("{kind}, {name}: answered {:?}, and facts say {scanned:?}", report.figures.twelve));
            }
            if name == "two years" {
                let times = scan.as_micros() as f64 / half.max(1) as f64;
                sooner = sooner.min(times);
                println!(
                    "{kind:<18} two years {:>10}, scan {:>12}, {times:.0} times sooner   (limit {SOONER:.0})",
                    milliseconds(half),
                    milliseconds(u64::try_from(scan.as_micros()).unwrap_or(u64::MAX)),
                );
            }
        }
        let p99 = took.value_at_quantile(0.99);
        println!(
            "{kind:<18} {} periods: p50 {}, p99 {}   (limit {LIMIT} ms); slowest {}: {}",
            periods.len(),
            milliseconds(took.value_at_quantile(0.5)),
            milliseconds(p99),
            slowest.1,
            milliseconds(slowest.0),
        );
        if p99 as f64 / 1000.0 > LIMIT {
            missed.push(format!("{kind}: {}", milliseconds(p99)));
        }
        leave(&format!("reports-{}", kind.replace(' ', "-")), &took)?;
    }
    println!("every answer is what the scan of all facts says, number by number");
    println!(
        "all: p50 {}, p99 {}",
        milliseconds(all.value_at_quantile(0.5)),
        milliseconds(all.value_at_quantile(0.99))
    );
    let begun = Instant::now();
    let asked = Asked { period: Period::LastYear, filter: Filter::default() };
    let answer = asker.post("/api/indicators/ranks", &asked).await?;
    println!("medians of last year, which walk its facts: {:.1} s ({})", begun.elapsed().as_secs_f64(), answer.status);
    if sooner < SOONER {
        missed.push(format!("only {sooner:.0} times sooner than a scan"));
    }
    if cells as usize * CELLS > facts as usize {
        missed.push(format!("{cells} rows of sums"));
    }
    if depth == Depth::Full && !missed.is_empty() {
        return Err(missed.join("; "));
    }
    Ok(())
}

fn number(record: &Connection, table: &str) -> Outcome<i64> {
    record.query_row(&format!("select count(*) from {table}"), [], |row| row.get(0)).map_err(cannot)
}

/// One real chat, from its form to its end: how many rows of sums changed for everybody and for its agent.
async fn folds(program: &Program, record: &Connection, asker: &mut Asker) -> Outcome<()> {
    let before = (number(record, "chat_facts")?, cells(record)?);
    let key: String =
        record.query_row("select key from applications where id = 'shop'", [], |row| row.get(0)).map_err(cannot)?;
    let session = sign_in(program.at, &format!("{}@bench.example", agent(0))).await?;
    let person = Person::Agent { session: &session };
    let console = Listener::open(program.at, person, Instant::now(), Arc::new(Mutex::new(histogram()))).await?;
    let (chat, mut customer) = (new_id()?, Line::to(program.at));
    open_chat(&mut customer, program.at, &new_token()?, &chat, &key, &group(0)).await?;
    let mut attendant = Asker { session: session.clone(), line: Line::to(program.at), at: asker.at };
    for act in [Act::Attend, Act::Close] {
        let answer = attendant.post("/api/chat/act", &(&chat, Wish { id: new_id()?, act })).await?;
        if answer.status != 200 {
            return Err(format!("a chat was not brought to its end: {}", answer.status));
        }
    }
    drop(console);
    let after = (number(record, "chat_facts")?, cells(record)?);
    let changed: Vec<&String> =
        after.1.iter().filter(|(cell, sums)| before.1.get(*cell) != Some(*sums)).map(|(cell, _)| cell).collect();
    let of_all = changed.iter().filter(|cell| cell.starts_with('/')).count();
    println!(
        "one chat more: {} fact, {of_all} row for everybody, {} for its agent   (limit 1 each)",
        after.0 - before.0,
        changed.len() - of_all
    );
    if (of_all, changed.len()) == (1, 2) { Ok(()) } else { Err(format!("a chat changed the rows {changed:?}")) }
}

/// The sums of the last days by their row: those of everybody begin with a slash.
fn cells(record: &Connection) -> Outcome<HashMap<String, Vec<i64>>> {
    let columns = Sums::COLUMNS.join(", ");
    let late = "where day >= (select max(day) - 1 from indicator_days)";
    let mut all = record
        .prepare(&format!(
            "select '/' || day || '/' || group_id || '/' || application_id || '/' || queued, {columns} \
             from indicator_days {late} union all \
             select agent_id || '/' || day || '/' || group_id || '/' || queued, {columns} from indicator_agents {late}"
        ))
        .map_err(cannot)?;
    let rows = all
        .query_map([], |row| {
            let sums = (1..=KEPT).map(|n| row.get(n)).collect::<Result<Vec<i64>, _>>()?;
            Ok((row.get(0)?, sums))
        })
        .map_err(cannot)?;
    rows.collect::<Result<_, _>>().map_err(cannot)
}

/// The twelve as plain SQL over all facts of a period says them.
fn scan(record: &Connection, within: Stretch, filter: &Filter) -> Outcome<[Option<u64>; 12]> {
    let listed = |ids: &[String]| ids.iter().map(|id| format!("'{id}'")).collect::<Vec<_>>().join(", ");
    let mut means = String::new();
    for (column, ids) in [("application_id", &filter.applications), ("group_id", &filter.groups)] {
        if !ids.is_empty() {
            means.push_str(&format!(" and {column} in ({})", listed(ids)));
        }
    }
    let queued = "origin in ('Widget', 'TicketCustomer')";
    let begun = if filter.begun { "1" } else { queued };
    let asked = format!("queued_at >= ?1 and queued_at < ?2 and {begun}{means}");
    let received = format!("offline_facts where at >= {} and at < {}{means}", within.from.0, within.to.0);
    let of_agents = !filter.agents.is_empty();
    let by = |sql: &str| if of_agents { sql.replace('?', &listed(&filter.agents)) } else { "1".to_owned() };
    let part = by("exists (select 1 from chat_fact_agents a where a.chat_id = f.chat_id and a.agent_id in (?))");
    let (saved, entered) = (by("saved_by in (?)"), by("attended_by in (?)"));
    let deserted = "attended_at is null and end_reason in ('customer', 'connection')";
    let gave_up = "max(0, case when end_reason = 'connection' then coalesce(disconnected_at, ended_at) else ended_at end - queued_at)";
    let sql = format!(
        "select sum(attended_at is not null and {part}), \
         sum(attended_at is not null and first_status in ('Resolved', 'Closed') and {saved}), \
         sum(attended_at is not null and first_status in ('New', 'InAttendance', 'Stopped') and {saved}), \
         max(case when attended_at is not null and {part} then ended_at - attended_at end), \
         sum(case when attended_at is not null and {part} then ended_at - attended_at end), \
         max(case when attended_at is not null and {queued} and {entered} then attended_at - queued_at end), \
         sum(case when attended_at is not null and {queued} and {entered} then attended_at - queued_at end), \
         sum(attended_at is not null and {queued} and {entered}), \
         sum({deserted}), sum({deserted} and waiting_messages > 0), \
         max(case when {deserted} then {gave_up} end), sum(case when {deserted} then {gave_up} end) \
         from chat_facts f where {asked}"
    );
    let found: [Option<i64>; 12] = record
        .query_row(&sql, params_from_iter([within.from.0, within.to.0]), |row| {
            let mut found = [None; 12];
            for (n, number) in found.iter_mut().enumerate() {
                *number = row.get(n)?;
            }
            Ok(found)
        })
        .map_err(cannot)?;
    let [attended, resolved, unresolved, talk, talks, wait, waits, waited, gone, said, desertion, desertions] = found;
    let count = |n: Option<i64>| Some(n.unwrap_or(0) as u64);
    // To the second, half up.
    let longest = |ms: Option<i64>| ms.map(|ms| ((ms + 500) / 1000) as u64);
    let mean = |total: Option<i64>, many: Option<i64>| match (total, many) {
        (Some(total), Some(many)) if many > 0 => Some(((total * 2 + many * 1000) / (many * 2000)) as u64),
        _ => None,
    };
    let mut twelve = [
        count(attended),
        count(resolved),
        count(unresolved),
        count(Some(number(record, &received)?)),
        longest(talk),
        mean(talks, attended),
        longest(wait),
        mean(waits, waited),
        count(gone),
        count(said),
        longest(desertion),
        mean(desertions, gone),
    ];
    if of_agents {
        [3, 8, 9, 10, 11].into_iter().for_each(|n| twelve[n] = None);
    }
    Ok(twelve)
}
