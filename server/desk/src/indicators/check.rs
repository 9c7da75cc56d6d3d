//! Are facts as the log says, and sums as the facts say? Only looked at: nothing is put right.

use super::fact::{self, Bound, bind};
use super::fold;
use super::rebuild::{chat, differs, ends, folded, ids, message};
use super::zone::{self, DAYS};
use crate::Fault;
use crate::database::Database;
use domain::indicators::{KEPT, Stretch, Sums};
use sqlx::Row;

/// Chats that are looked at in one picture of the database: a long one would keep its log from being folded in.
const MANY: usize = 500;

/// What is otherwise than it should be, a line each, up to so many.
pub async fn check(database: &Database, most: usize) -> Result<Vec<String>, Fault> {
    let mut differences = Vec::new();
    chats(database, most, &mut differences).await?;
    messages(database, most, &mut differences).await?;
    sums(database, most, &mut differences).await?;
    differences.truncate(most);
    Ok(differences)
}

async fn chats(database: &Database, most: usize, differences: &mut Vec<String>) -> Result<(), Fault> {
    let sql = format!("select id from chats where ended_at is not null and id > $1 order by id limit {MANY}");
    let mut after = String::new();
    while differences.len() < most {
        let mut tx = database.snapshot().await?;
        let ids = ids(&mut tx, &sql, &after).await?;
        let Some(last) = ids.last().cloned() else { break };
        for id in ids {
            let is = chat(&mut tx, &id).await?;
            let was = fact::find(&mut tx, "f.chat_id = $1", &[Bound::Text(id.clone())]).await?.pop();
            differences.extend(differs(was.as_ref(), is.as_ref()).map(|said| format!("chat {id}: {said}")));
        }
        after = last;
    }
    let alone = format!(
        "select f.chat_id from chat_facts f where f.chat_id > $1 and not exists \
         (select 1 from chats c where c.id = f.chat_id and c.ended_at is not null) order by f.chat_id limit {MANY}"
    );
    let ids = ids(&mut *database.reader.acquire().await?, &alone, "").await?;
    differences.extend(ids.iter().map(|id| format!("chat {id}: it has a fact and is not over")));
    Ok(())
}

async fn messages(database: &Database, most: usize, differences: &mut Vec<String>) -> Result<(), Fault> {
    let sql = format!("select id from tickets where via = 'OfflineMessage' and id > $1 order by id limit {MANY}");
    let mut after = String::new();
    while differences.len() < most {
        let mut tx = database.snapshot().await?;
        let ids = ids(&mut tx, &sql, &after).await?;
        let Some(last) = ids.last().cloned() else { break };
        for id in ids {
            let is = message(&mut tx, &id).await?;
            let was = fact::find_messages(&mut tx, "f.ticket_id = $1", &[Bound::Text(id.clone())]).await?.pop();
            differences.extend(differs(was.as_ref(), is.as_ref()).map(|said| format!("message {id}: {said}")));
        }
        after = last;
    }
    let alone = format!(
        "select f.ticket_id from offline_facts f where f.ticket_id > $1 and not exists (select 1 from tickets t \
         where t.id = f.ticket_id and t.via = 'OfflineMessage') order by f.ticket_id limit {MANY}"
    );
    let ids = ids(&mut *database.reader.acquire().await?, &alone, "").await?;
    differences.extend(ids.iter().map(|id| format!("message {id}: it has a fact and there is no such message")));
    Ok(())
}

async fn sums(database: &Database, most: usize, differences: &mut Vec<String>) -> Result<(), Fault> {
    let mut tx = database.snapshot().await?;
    let days = zone::read(&mut tx).await?;
    let (first, last) = days.ends();
    let sql = "select min(day), max(day) from indicator_days where day >= $1 and day < $2";
    let row = bind(sql, &[Bound::Number(first), Bound::Number(last)]).fetch_one(&mut *tx).await?;
    let kept: (Option<i64>, Option<i64>) = (row.try_get(0)?, row.try_get(1)?);
    let facts = ends(&mut tx).await?.map(|(first, last)| (days.of(first), days.of(last)));
    drop(tx);
    let from = facts.map(|(first, _)| first).into_iter().chain(kept.0).min();
    let to = facts.map(|(_, last)| last).into_iter().chain(kept.1).max();
    let (Some(mut from), Some(to)) = (from, to) else { return Ok(()) };
    while from <= to && differences.len() < most {
        let end = from + DAYS;
        let mut tx = database.snapshot().await?;
        if zone::read(&mut tx).await? != days {
            differences.push("sums: they were made anew in another zone meanwhile; ask again".into());
            return Ok(());
        }
        let is = folded(&mut tx, days, Stretch { from: days.start(from), to: days.start(end) }).await?;
        let was = fold::kept(&mut tx, from, end).await?;
        let keys: std::collections::BTreeSet<_> = is.keys().chain(was.keys()).cloned().collect();
        for key in keys {
            let said = |folds: &fold::Folds| folds.get(&key).map(Sums::kept).unwrap_or([0; KEPT]);
            let (kept, wanted) = (said(&was), said(&is));
            if kept != wanted {
                differences.push(format!("sums of {key:?}: kept is {kept:?}, and the facts say {wanted:?}"));
            }
        }
        from = end;
    }
    Ok(())
}
