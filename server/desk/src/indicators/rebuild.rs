//! Facts and sums made from the log: at the first start after an upgrade, in another zone, and whenever an operator
//! wants to know whether they are right.

use super::compare::{self, ANEW, Noun, Wrong};
use super::fact::{self, Bound, bind};
use super::fold::{self, Folds};
use super::zone::{self, DAYS, Days, Kept};
use crate::database::Database;
use crate::{Fault, ticket};
use domain::indicators::{Fact, Message, Stretch, Touched};
use domain::{Ticket, TicketEvent, Time};
use sqlx::{AnyConnection, Row};
use std::collections::HashMap;
use std::time::{Duration, Instant};

/// Chats of one transaction: others may write in between.
const CHATS: usize = 100;
/// Facts that are read at once.
const MANY: usize = 1_000;
const CHORE: &str = "indicators";

/// Between two transactions at least so long: whoever waits for SQLite's lock looks for it now and then.
const BREATH: Duration = Duration::from_millis(10);
/// So often it is said how far the first start has come.
const SAY: usize = 10_000;

/// Lets others write: about as long as the last transaction took.
pub async fn rest(began: Instant) {
    tokio::time::sleep(began.elapsed().max(BREATH)).await;
}

/// At a start: makes the facts of what ended without one, before there were any or under an older release that ran on,
/// and sums in the zone of the house. What such a release said of a ticket whose chat has a fact, `rebuild` finds. `gently`: beside a running server.
pub async fn settle(database: &Database, gently: bool) -> Result<(), Fault> {
    missing_chats(database).await?;
    missing_messages(database).await?;
    zone::settle_zone(database, gently).await?;
    sqlx::query("delete from chores where name = $1").bind(CHORE).execute(&database.writer).await?;
    Ok(())
}

async fn missing_chats(database: &Database) -> Result<(), Fault> {
    let sql = format!(
        "select c.id from chats c where c.ended_at is not null and c.id > $1 \
         and not exists (select 1 from chat_facts f where f.chat_id = c.id) order by c.id limit {CHATS}"
    );
    let (mut after, mut made) = (String::new(), 0);
    loop {
        if ids(&mut *database.reader.acquire().await?, &sql, &after).await?.is_empty() {
            break;
        }
        let mut tx = database.begin().await?;
        let kept = zone::hold(&mut tx).await?;
        let ids = ids(&mut tx, &sql, &after).await?;
        let mut facts = Vec::with_capacity(ids.len());
        for id in &ids {
            facts.extend(chat(&mut tx, id).await?);
        }
        fact::insert(&mut tx, &facts.iter().collect::<Vec<_>>()).await?;
        if let Some(kept) = kept {
            let mut folds = Folds::new();
            facts.iter().for_each(|fact| fold::fact(&mut folds, kept, None, fact));
            fold::add(&mut tx, &folds).await?;
        }
        tx.commit().await?;
        let before = made;
        made += facts.len();
        if made / SAY > before / SAY {
            tracing::info!("indicators: {made} chats of before are counted, and more are to be");
        }
        let Some(last) = ids.into_iter().next_back() else { break };
        after = last;
    }
    if made > 0 {
        tracing::info!("indicators: {made} chats of before are counted");
    }
    Ok(())
}

async fn missing_messages(database: &Database) -> Result<(), Fault> {
    let sql = format!(
        "select t.id from tickets t where t.via = 'OfflineMessage' and t.id > $1 \
         and not exists (select 1 from offline_facts f where f.ticket_id = t.id) order by t.id limit {CHATS}"
    );
    let mut after = String::new();
    loop {
        if ids(&mut *database.reader.acquire().await?, &sql, &after).await?.is_empty() {
            return Ok(());
        }
        let mut tx = database.begin().await?;
        let kept = zone::hold(&mut tx).await?;
        let ids = ids(&mut tx, &sql, &after).await?;
        let mut messages = Vec::with_capacity(ids.len());
        for id in &ids {
            messages.extend(message(&mut tx, id).await?);
        }
        fact::insert_messages(&mut tx, &messages).await?;
        if let Some(kept) = kept {
            let mut folds = Folds::new();
            messages.iter().for_each(|message| fold::message(&mut folds, kept, message));
            fold::add(&mut tx, &folds).await?;
        }
        tx.commit().await?;
        let Some(last) = ids.into_iter().next_back() else { return Ok(()) };
        after = last;
    }
}

/// When the first fact was queued or received, and the last.
pub async fn ends(conn: &mut AnyConnection) -> Result<Option<(Time, Time)>, Fault> {
    let mut ends: Option<(i64, i64)> = None;
    for (column, table) in [("queued_at", "chat_facts"), ("at", "offline_facts")] {
        // Apart: SQLite walks the whole index for both in one.
        let sql = format!("select (select min({column}) from {table}), (select max({column}) from {table})");
        let row = bind(&sql, &[]).fetch_one(&mut *conn).await?;
        if let (Some(first), Some(last)) = (row.try_get(0)?, row.try_get(1)?) {
            let (from, to) = ends.unwrap_or((first, last));
            ends = Some((from.min(first), to.max(last)));
        }
    }
    Ok(ends.map(|(first, last)| (Time(first), Time(last))))
}

/// The sums of all facts of a stretch.
pub async fn folded(conn: &mut AnyConnection, days: Days, within: Stretch) -> Result<Folds, Fault> {
    let (kept, from, to) = (Kept::only(days), within.from.0, within.to.0);
    let mut folds = Folds::new();
    let mut after = (from, String::new());
    loop {
        let bound = [Bound::Number(after.0), Bound::Text(after.1), Bound::Number(to)];
        let page = format!(
            "(f.queued_at > $1 or f.queued_at = $1 and f.chat_id > $2) and f.queued_at < $3 \
             order by f.queued_at, f.chat_id limit {MANY}"
        );
        let found = fact::find(conn, &page, &bound).await?;
        found.iter().for_each(|fact| fold::fact(&mut folds, kept, None, fact));
        match found.last().filter(|_| found.len() == MANY) {
            Some(last) => after = (last.queued_at.0, last.chat.clone()),
            None => break,
        }
    }
    let within = [Bound::Number(from), Bound::Number(to)];
    let received = fact::find_messages(conn, "f.at >= $1 and f.at < $2", &within).await?;
    received.iter().for_each(|message| fold::message(&mut folds, kept, message));
    Ok(folds)
}

/// Makes all facts as the log tells them; what was otherwise is answered, a line for each.
pub async fn facts(database: &Database) -> Result<Vec<String>, Fault> {
    let mut differences = Vec::new();
    for noun in Noun::ALL {
        let mut after = String::new();
        loop {
            let began = Instant::now();
            let mut tx = database.begin().await?;
            zone::hold(&mut tx).await?;
            let ids = noun.after(&mut tx, &after, CHATS).await?;
            let Some(last) = ids.last().cloned() else { break };
            let mut wrong = Vec::new();
            for id in ids {
                wrong.extend(noun.look(&mut tx, &id).await?);
            }
            put_right(&mut tx, wrong, &mut differences).await?;
            tx.commit().await?;
            after = last;
            rest(began).await;
        }
        let mut tx = database.begin().await?;
        zone::hold(&mut tx).await?;
        let alone = noun.alone(&mut tx, usize::MAX >> 1).await?;
        put_right(&mut tx, alone, &mut differences).await?;
        tx.commit().await?;
    }
    Ok(differences)
}

async fn put_right(conn: &mut AnyConnection, all: Vec<Wrong>, said: &mut Vec<String>) -> Result<(), Fault> {
    if !all.is_empty() {
        zone::forget_next(conn).await?;
    }
    for wrong in all {
        wrong.put_right(conn).await?;
        said.push(wrong.said);
    }
    Ok(())
}

async fn ids(conn: &mut AnyConnection, sql: &str, after: &str) -> Result<Vec<String>, Fault> {
    let rows = bind(sql, &[Bound::Text(after.into())]).fetch_all(conn).await?;
    Ok(rows.iter().map(|row| row.try_get(0)).collect::<Result<_, sqlx::Error>>()?)
}

/// The fact of a chat with what the histories of tickets say of it.
pub(super) async fn chat(conn: &mut AnyConnection, id: &str) -> Result<Option<Fact>, Fault> {
    let Some(mut fact) = fact::from_log(conn, id).await? else { return Ok(None) };
    fact.agents.sort_unstable();
    let of_it = "select id from tickets where chat_id = $1 union select ticket_id from ticket_chats where chat_id = $1";
    for ticket in ids(conn, of_it, id).await? {
        for touched in touched(conn, &ticket).await? {
            fact.touch(&touched);
        }
    }
    Ok(Some(fact))
}

/// The fact of an offline message, by its ticket.
pub(super) async fn message(conn: &mut AnyConnection, ticket: &str) -> Result<Option<Message>, Fault> {
    let touched = touched(conn, ticket).await?;
    Ok(touched.into_iter().find_map(|touched| match touched {
        Touched::Received(message) => Some(message),
        _ => None,
    }))
}

/// All that the history of a ticket says to the numbers.
async fn touched(conn: &mut AnyConnection, id: &str) -> Result<Vec<Touched>, Fault> {
    let history = ticket::history(conn, id).await?;
    let Some((first, rest)) = history.split_first() else { return Ok(Vec::new()) };
    let TicketEvent::Born(birth) = &first.event else {
        return Err(Fault::new("a ticket does not begin with its birth"));
    };
    let mut ticket = Ticket::open(id.into(), first.at, birth);
    let mut all: Vec<Touched> = Touched::by(ticket.status, &ticket, &first.event, first.at).into_iter().collect();
    for kept in rest {
        let was = ticket.status;
        ticket.apply(kept.at, &kept.event);
        all.extend(Touched::by(was, &ticket, &kept.event, kept.at));
    }
    Ok(all)
}

/// Makes all sums as the facts say; what was otherwise is answered, a line for each.
pub async fn sums(database: &Database) -> Result<Vec<String>, Fault> {
    let mut differences = Vec::new();
    let mut reads = database.snapshot().await?;
    let days = zone::read(&mut reads).await?;
    let all = compare::all_days(&mut reads, days).await?;
    drop(reads);
    let Some((mut from, to)) = all else { return Ok(differences) };
    while from <= to {
        let began = Instant::now();
        let end = from + DAYS;
        let mut tx = database.begin().await?;
        if zone::hold(&mut tx).await?.is_none_or(|kept| kept.days != days) {
            differences.push(ANEW.into());
            return Ok(differences);
        }
        let (is, wrong) = compare::sums(&mut tx, days, (from, end)).await?;
        if !wrong.is_empty() {
            let (table, within) = ("chat_facts", [days.start(from).0, days.start(end).0].map(Bound::Number));
            let sql = format!(
                "update {table} set several = {} where {}",
                compare::is_several(table),
                compare::miscounted(table)
            );
            bind(&sql, &within).execute(&mut *tx).await?;
            fold::delete(&mut tx, from, end).await?;
            fold::add(&mut tx, &is).await?;
        }
        tx.commit().await?;
        differences.extend(wrong);
        from = end;
        rest(began).await;
    }
    Ok(differences)
}

/// How many facts there are.
pub async fn count(database: &Database) -> Result<HashMap<&'static str, i64>, Fault> {
    let mut counts = HashMap::new();
    for (what, sql) in
        [("chats", "select count(*) from chat_facts"), ("messages", "select count(*) from offline_facts")]
    {
        counts.insert(what, sqlx::query(sql).fetch_one(&database.reader).await?.try_get(0)?);
    }
    Ok(counts)
}
