//! The record: what the database holds, against what was acknowledged and heard.

use crate::Outcome;
use crate::load::Words;
use crate::world::World;
use domain::Event;
use rusqlite::{Connection, OpenFlags};
use std::collections::HashSet;
use std::path::Path;

fn cannot(why: rusqlite::Error) -> String {
    format!("the record does not read: {why}")
}

pub fn open(database: &Path) -> Outcome<Connection> {
    Connection::open_with_flags(database, OpenFlags::SQLITE_OPEN_READ_ONLY).map_err(cannot)
}

/// Sent = acknowledged = kept = delivered, nothing twice, and in order in every chat; answers
/// with how many messages that were.
pub fn check(world: &World) -> Outcome<usize> {
    let record = open(&world.program.database())?;
    let mut all = record
        .prepare("select seq, act, body from events where chat_id = ?1 and aside = 0 order by seq")
        .map_err(cannot)?;
    let mut acts = HashSet::new();
    let mut count = 0;
    for talk in &world.chats {
        let rows = all.query_map([&talk.id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).map_err(cannot)?;
        let mut kept = Vec::with_capacity(talk.acked.len());
        let mut last = 0;
        for row in rows {
            let (seq, act, body): (u32, String, String) = row.map_err(cannot)?;
            if seq != last + 1 {
                return Err(format!("in the chat {} the record holds {seq} after {last}", talk.id));
            }
            last = seq;
            let event: Event = serde_json::from_str(&body).map_err(|why| format!("an event does not read: {why}"))?;
            let Event::Posted { text, .. } = &event else { continue };
            if !acts.insert(act) {
                return Err(format!("in the chat {} a message is kept twice", talk.id));
            }
            kept.push(Words::read(text).ok_or("a kept message is not ours")?.number);
        }
        if kept != talk.acked {
            return Err(format!(
                "of the chat {}, {} messages were acknowledged and {} are kept, or in another order",
                talk.id,
                talk.acked.len(),
                kept.len()
            ));
        }
        if !world.heard_exactly(talk) {
            return Err(format!("the chat {} was not heard as it is kept", talk.id));
        }
        count += kept.len();
    }
    Ok(count)
}

/// The place in the record behind which a round begins.
pub fn place(database: &Path) -> Outcome<i64> {
    let record = open(database)?;
    record.query_row("select coalesce(max(rowid), 0) from events", [], |row| row.get(0)).map_err(cannot)
}

/// How many messages each transaction carried since then: those of one carry its moment.
pub fn batches(database: &Path, since: i64) -> Outcome<Vec<usize>> {
    let record = open(database)?;
    let mut sizes =
        record.prepare("select count(*) from events where rowid > ?1 group by at order by at").map_err(cannot)?;
    let sizes = sizes.query_map([since], |row| row.get::<_, u32>(0)).map_err(cannot)?;
    sizes.map(|size| size.map(|size| size as usize).map_err(cannot)).collect()
}
