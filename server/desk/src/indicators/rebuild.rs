//! Facts and sums made from the log: at the first start after an upgrade, in another zone, and whenever an operator
//! wants to know whether they are right.

use super::fact::{self, Bound, bind};
use super::fold::{self, Folds};
use super::keep::hold_zone;
use super::named_zone;
use crate::database::Database;
use crate::{Fault, parameters, ticket};
use domain::Ticket;
use domain::TicketEvent;
use domain::indicators::{Fact, Message, Touched, Zone};
use sqlx::{AnyConnection, Row};
use std::collections::HashMap;

/// Chats of one transaction: others may write in between.
const CHATS: usize = 100;
/// Days of one transaction.
const DAYS: i64 = 31;
/// Facts that are read at once.
const MANY: usize = 1_000;
const CHORE: &str = "indicators";

/// At a start: makes the facts of what ended before there were any, and sums in the zone of the house.
pub async fn settle(database: &Database) -> Result<(), Fault> {
    let chore =
        sqlx::query("select 1 from chores where name = $1").bind(CHORE).fetch_optional(&database.reader).await?;
    if chore.is_some() {
        facts(database).await?;
    }
    let mut tx = database.begin().await?;
    let zone = parameters::read(&mut *tx).await?.zone;
    let kept = held_zone(&mut tx).await?;
    if chore.is_some() || kept != zone {
        rezone(&mut tx, &zone).await?;
    }
    sqlx::query("delete from chores where name = $1").bind(CHORE).execute(&mut *tx).await?;
    tx.commit().await?;
    Ok(())
}

/// The zone of the sums, by its name; held until the transaction ends. Empty: there are none yet.
async fn held_zone(conn: &mut AnyConnection) -> Result<String, Fault> {
    let row = sqlx::query("update indicator_zone set zone = zone where one = 1 returning zone").fetch_one(conn).await?;
    Ok(row.try_get(0)?)
}

/// All sums anew, with days that begin in this zone.
pub async fn rezone(conn: &mut AnyConnection, name: &str) -> Result<(), Fault> {
    let zone = named_zone(name)?;
    held_zone(conn).await?;
    sqlx::query("delete from indicator_days").execute(&mut *conn).await?;
    let folds = folded(conn, zone, i64::MIN, i64::MAX).await?;
    fold::add(conn, &folds).await?;
    sqlx::query("update indicator_zone set zone = $1 where one = 1").bind(name).execute(conn).await?;
    Ok(())
}

/// The sums of all facts from a moment on, and before another.
async fn folded(conn: &mut AnyConnection, zone: Zone, from: i64, to: i64) -> Result<Folds, Fault> {
    let mut folds = Folds::new();
    let mut after = (from, String::new());
    loop {
        let bound = [Bound::Number(after.0), Bound::Text(after.1), Bound::Number(to)];
        let page = format!(
            "(f.queued_at > $1 or f.queued_at = $1 and f.chat_id > $2) and f.queued_at < $3 \
             order by f.queued_at, f.chat_id limit {MANY}"
        );
        let found = fact::find(conn, &page, &bound).await?;
        found.iter().for_each(|fact| fold::fact(&mut folds, zone, None, fact));
        match found.last().filter(|_| found.len() == MANY) {
            Some(last) => after = (last.queued_at.0, last.chat.clone()),
            None => break,
        }
    }
    let within = [Bound::Number(from), Bound::Number(to)];
    let received = fact::find_messages(conn, "f.at >= $1 and f.at < $2", &within).await?;
    received.iter().for_each(|message| fold::message(&mut folds, zone, message));
    Ok(folds)
}

/// Makes all facts as the log tells them; what was otherwise is answered, a line for each.
pub async fn facts(database: &Database) -> Result<Vec<String>, Fault> {
    let mut differences = Vec::new();
    let mut after = String::new();
    loop {
        let mut tx = database.begin().await?;
        held_zone(&mut tx).await?;
        let sql = format!("select id from chats where ended_at is not null and id > $1 order by id limit {CHATS}");
        let ids = ids(&mut tx, &sql, &after).await?;
        let Some(last) = ids.last().cloned() else { break };
        for id in ids {
            let is = chat(&mut tx, &id).await?;
            let was = fact::find(&mut tx, "f.chat_id = $1", &[Bound::Text(id.clone())]).await?.pop();
            if let Some(difference) = differs(was.as_ref(), is.as_ref()) {
                differences.push(format!("chat {id}: {difference}"));
                fact::delete(&mut tx, &id).await?;
                fact::insert(&mut tx, is.as_ref().as_slice()).await?;
            }
        }
        tx.commit().await?;
        after = last;
    }
    let mut tx = database.begin().await?;
    held_zone(&mut tx).await?;
    let alone = "select f.chat_id from chat_facts f where f.chat_id > $1 and not exists \
                 (select 1 from chats c where c.id = f.chat_id and c.ended_at is not null) order by f.chat_id";
    for id in ids(&mut tx, alone, "").await? {
        fact::delete(&mut tx, &id).await?;
        differences.push(format!("chat {id}: it has a fact and is not over"));
    }
    tx.commit().await?;
    differences.extend(messages(database).await?);
    Ok(differences)
}

async fn messages(database: &Database) -> Result<Vec<String>, Fault> {
    let mut differences = Vec::new();
    let mut after = String::new();
    loop {
        let mut tx = database.begin().await?;
        held_zone(&mut tx).await?;
        let sql = format!("select id from tickets where via = 'OfflineMessage' and id > $1 order by id limit {CHATS}");
        let ids = ids(&mut tx, &sql, &after).await?;
        let Some(last) = ids.last().cloned() else { break };
        for id in ids {
            let is = touched(&mut tx, &id).await?.into_iter().find_map(|touched| match touched {
                Touched::Received(message) => Some(message),
                _ => None,
            });
            let was = fact::find_messages(&mut tx, "f.ticket_id = $1", &[Bound::Text(id.clone())]).await?.pop();
            if let Some(difference) = differs(was.as_ref(), is.as_ref()) {
                differences.push(format!("message {id}: {difference}"));
                sqlx::query("delete from offline_facts where ticket_id = $1")
                    .bind(id.as_str())
                    .execute(&mut *tx)
                    .await?;
                let made: Vec<Message> = is.into_iter().collect();
                fact::insert_messages(&mut tx, &made).await?;
            }
        }
        tx.commit().await?;
        after = last;
    }
    Ok(differences)
}

async fn ids(conn: &mut AnyConnection, sql: &str, after: &str) -> Result<Vec<String>, Fault> {
    let rows = bind(sql, &[Bound::Text(after.into())]).fetch_all(conn).await?;
    Ok(rows.iter().map(|row| row.try_get(0)).collect::<Result<_, sqlx::Error>>()?)
}

fn differs<T: PartialEq + std::fmt::Debug>(was: Option<&T>, is: Option<&T>) -> Option<String> {
    (was != is).then(|| format!("kept is {was:?}, and the log says {is:?}"))
}

/// The fact of a chat with what the histories of tickets say of it.
async fn chat(conn: &mut AnyConnection, id: &str) -> Result<Option<Fact>, Fault> {
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
    let ends = "select min(at), max(at) from (select queued_at as at from chat_facts union all select at from offline_facts) as all_facts";
    let row = sqlx::query(ends).fetch_one(&database.reader).await?;
    let (first, last): (Option<i64>, Option<i64>) = (row.try_get(0)?, row.try_get(1)?);
    let days = "select min(day), max(day) from indicator_days";
    let row = sqlx::query(days).fetch_one(&database.reader).await?;
    let kept: (Option<i64>, Option<i64>) = (row.try_get(0)?, row.try_get(1)?);
    let zone = named_zone(&parameters::read(&database.reader).await?.zone)?;
    let of = |at: i64| zone.day(domain::Time(at));
    let from = first.map(of).into_iter().chain(kept.0).min();
    let to = last.map(of).into_iter().chain(kept.1).max();
    let (Some(mut from), Some(to)) = (from, to) else { return Ok(differences) };
    while from <= to {
        let end = from + DAYS;
        let mut tx = database.begin().await?;
        let zone = hold_zone(&mut tx).await?;
        let is = folded(&mut tx, zone, zone.start(from).0, zone.start(end).0).await?;
        let was = fold::kept(&mut tx, from, end).await?;
        let keys: std::collections::BTreeSet<_> = is.keys().chain(was.keys()).cloned().collect();
        let mut differ = false;
        for key in keys {
            let said = |folds: &Folds| {
                folds.get(&key).map(domain::indicators::Sums::kept).unwrap_or([0; domain::indicators::KEPT])
            };
            if said(&was) != said(&is) {
                differ = true;
                differences.push(format!(
                    "sums of {key:?}: kept is {:?}, and the facts say {:?}",
                    said(&was),
                    said(&is)
                ));
            }
        }
        if differ {
            let sql = "delete from indicator_days where day >= $1 and day < $2";
            bind(sql, &[Bound::Number(from), Bound::Number(end)]).execute(&mut *tx).await?;
            fold::add(&mut tx, &is).await?;
        }
        tx.commit().await?;
        from = end;
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
