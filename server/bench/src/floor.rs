//! The floor: the best that bare SQLite does here with the same tables, the same settings, the
//! same rows and the same number of them in a transaction, and with nothing else around it.

use crate::Outcome;
use rusqlite::types::Value;
use rusqlite::{Connection, params, params_from_iter};
use std::path::Path;
use std::time::{Duration, Instant};

/// As the program sets them.
const PRAGMAS: &str = "pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on; \
     pragma temp_store = memory; pragma cache_size = -65536; pragma mmap_size = 268435456; \
     pragma wal_autocheckpoint = 2000;";

const EVENT: &str =
    "insert into events (chat_id, aside, seq, after_seq, at, act, body) values (?1, 0, ?2, ?2, ?3, ?4, ?5)";

/// The columns of a chat that change with a message, as the program writes them.
const CHANGING: [&str; 11] = [
    "group_id",
    "stage",
    "end_reason",
    "attended_at",
    "attended_by",
    "first_reply_at",
    "disconnected_at",
    "ended_at",
    "waiting_messages",
    "aside_seq",
    "state",
];

pub struct Floor {
    bare: Connection,
    chats: Vec<Row>,
    upsert: String,
    next: usize,
    messages: u64,
}

/// A chat's row, and a message's body, taken from the program's own database.
struct Row {
    columns: Vec<Value>,
    seq: i64,
    body: String,
}

pub struct Block {
    pub messages: u64,
    pub took: Duration,
}

impl Block {
    pub fn rate(&self) -> f64 {
        self.messages as f64 / self.took.as_secs_f64()
    }
}

fn cannot(why: rusqlite::Error) -> String {
    format!("the floor: {why}")
}

impl Floor {
    /// A database like the program's, beside it on the same disk. The program must have kept at
    /// least one message of each chat.
    pub fn like(database: &Path, chats: &[String]) -> Outcome<Floor> {
        let bare = Connection::open(database.with_file_name("floor.db")).map_err(cannot)?;
        bare.execute_batch(PRAGMAS).map_err(cannot)?;
        copy(&bare, database)?;
        let names: Vec<String> = {
            let about = bare.prepare("select * from chats limit 0").map_err(cannot)?;
            about.column_names().into_iter().map(Into::into).collect()
        };
        let places: Vec<String> = (1..=names.len()).map(|n| format!("?{n}")).collect();
        let sets: Vec<String> =
            CHANGING.iter().chain(&["seq"]).map(|name| format!("{name} = excluded.{name}")).collect();
        let upsert = format!(
            "insert into chats ({}) values ({}) on conflict (id) do update set {}",
            names.join(", "),
            places.join(", "),
            sets.join(", ")
        );
        let chats = chats.iter().map(|chat| row(&bare, chat, names.len())).collect::<Outcome<_>>()?;
        Ok(Floor { bare, chats, upsert, next: 0, messages: 0 })
    }

    /// What was read back: the settings that count.
    pub fn settings(&self) -> Outcome<String> {
        let names = ["journal_mode", "synchronous", "page_size", "wal_autocheckpoint", "cache_size"];
        let all = names.iter().map(|name| {
            let value: Value = self.bare.pragma_query_value(None, name, |row| row.get(0)).map_err(cannot)?;
            Ok(match value {
                Value::Text(text) => format!("{name} {text}"),
                Value::Integer(number) => format!("{name} {number}"),
                _ => format!("{name} ?"),
            })
        });
        Ok(all.collect::<Outcome<Vec<_>>>()?.join(", "))
    }

    /// Keeps messages for so long, in transactions of these sizes, one after the other.
    pub fn run(&mut self, length: Duration, sizes: &[usize]) -> Outcome<Block> {
        let (mut begin, mut commit) =
            (self.bare.prepare("begin immediate").map_err(cannot)?, self.bare.prepare("commit").map_err(cannot)?);
        let mut event = self.bare.prepare(EVENT).map_err(cannot)?;
        let mut upsert = self.bare.prepare(&self.upsert).map_err(cannot)?;
        let begun = Instant::now();
        let mut messages = 0;
        for size in sizes.iter().filter(|size| **size > 0).cycle() {
            if begun.elapsed() >= length {
                break;
            }
            begin.execute([]).map_err(cannot)?;
            for _ in 0..*size {
                let chats = self.chats.len();
                let chat = &mut self.chats[self.next % chats];
                self.next += 1;
                self.messages += 1;
                chat.seq += 1;
                chat.columns[SEQ] = Value::Integer(chat.seq);
                let act = format!("{:032x}", self.messages);
                event
                    .execute(params![chat.columns[ID], chat.seq, self.messages as i64, act, chat.body])
                    .map_err(cannot)?;
                upsert.execute(params_from_iter(&chat.columns)).map_err(cannot)?;
            }
            commit.execute([]).map_err(cannot)?;
            messages += *size as u64;
        }
        Ok(Block { messages, took: begun.elapsed() })
    }
}

const ID: usize = 0;
/// Where the table of chats keeps the number of the last event; checked when a row is read.
const SEQ: usize = 16;

/// The same tables with the same rows.
fn copy(bare: &Connection, database: &Path) -> Outcome<()> {
    bare.execute("attach ?1 as program", [database.display().to_string()]).map_err(cannot)?;
    let mut all = bare
        .prepare(
            "select type, name, sql from program.sqlite_master where sql is not null and name not like 'sqlite_%' \
             and tbl_name not like '_sqlx%' order by type = 'index', rowid",
        )
        .map_err(cannot)?;
    let all = all
        .query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get::<_, String>(2)?)))
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(cannot)?;
    for (kind, name, sql) in all {
        bare.execute_batch(&sql).map_err(cannot)?;
        if kind == "table" {
            bare.execute_batch(&format!("insert into main.{name} select * from program.{name}")).map_err(cannot)?;
        }
    }
    bare.execute_batch("detach program").map_err(cannot)
}

fn row(bare: &Connection, chat: &str, columns: usize) -> Outcome<Row> {
    let columns: Vec<Value> = bare
        .query_row("select * from chats where id = ?1", [chat], |row| (0..columns).map(|n| row.get(n)).collect())
        .map_err(cannot)?;
    let (seq, body) = bare
        .query_row(
            "select seq, body from events where chat_id = ?1 and aside = 0 order by seq desc limit 1",
            [chat],
            |row| Ok((row.get::<_, i64>(0)?, row.get(1)?)),
        )
        .map_err(cannot)?;
    if columns.get(SEQ) != Some(&Value::Integer(seq)) {
        return Err("the table of chats has changed: column 17 is not the last number any more".into());
    }
    Ok(Row { columns, seq, body })
}
