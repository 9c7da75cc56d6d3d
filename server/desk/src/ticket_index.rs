//! The words of tickets: what is said in them and around them, as the index takes it.
//!
//! Which tickets have changed is kept with the change; a task of its own makes their words anew a moment
//! later. So no conversation waits for it, and no start forgets one.

use crate::database::Database;
use crate::mail::known_address;
use crate::search::indexed;
use crate::worker::Worker;
use crate::{Fault, chat, portal, ticket};
use domain::amend;
use domain::event::Event;
use domain::portal::ADDRESS_LIMIT;
use domain::{Ticket, TicketEvent, Time};
use sqlx::{AnyConnection, AssertSqlSafe, Row};
use std::collections::HashSet;
use std::fmt::Write;
use std::sync::Arc;
use tokio::sync::Notify;
use tracing::Instrument;

/// Tickets of one transaction: few, for others wait to write.
const AT_ONCE: i64 = 16;
/// The most text of one ticket, in bytes.
const TEXT: usize = 64 * 1024;
/// The most that is kept of the words of one ticket, in bytes: PostgreSQL holds no more than a mebibyte, with
/// the place of each.
const WORDS: usize = 256 * 1024;
/// So often the log is folded until nobody reads it.
const FOLDS: u32 = 40;
const FOLD_PAUSE: std::time::Duration = std::time::Duration::from_millis(250);
/// After a fault it is tried again this much later.
const PAUSE: std::time::Duration = std::time::Duration::from_secs(5);

/// What waits for its words alone, in place of the state that waits: nothing of the ticket has changed, and the row of
/// its address is right. A migration that indexes more than before says so; whatever changes after it says otherwise.
pub const WORDS_ALONE: i64 = -1;

/// A word that nobody types: a ticket of this group.
pub fn of_group(group: &str) -> String {
    marked("zqg", group)
}

/// A ticket that this agent owns.
pub fn of_owner(agent: &str) -> String {
    marked("zqo", agent)
}

/// A ticket whose customer can be written to there. What an address begins with, its word does too.
pub fn of_address(address: &str) -> String {
    let address = address.to_lowercase();
    marked("zqa", &address[..address.floor_char_boundary(ADDRESS_LIMIT)])
}

fn marked(mark: &str, id: &str) -> String {
    id.bytes().fold(mark.to_owned(), |mut word, byte| {
        // A text takes all that is written to it.
        let _ = write!(word, "{byte:02x}");
        word
    })
}

#[derive(Clone)]
pub struct Indexer(Arc<Inside>);

struct Inside {
    database: Database,
    wake: Notify,
    worker: Worker,
}

impl Indexer {
    pub fn start(database: Database) -> Indexer {
        let indexer = Indexer(Arc::new(Inside { database, wake: Notify::new(), worker: Worker::default() }));
        indexer.0.worker.start(indexer.clone().run());
        // Whatever an earlier run has left.
        indexer.wake();
        indexer
    }

    /// Some tickets have changed.
    pub fn wake(&self) {
        self.0.wake.notify_one();
    }

    pub async fn stop(&self) {
        self.0.worker.stop().await;
    }

    async fn run(self) {
        // Tickets that cannot be indexed keep no other waiting; the next start tries them again.
        let mut unreadable = HashSet::new();
        loop {
            self.0.wake.notified().await;
            loop {
                // A stop, or whoever erased from outside, may have left it undone.
                if let Err(fault) = rewrite(&self.0.database).await {
                    tracing::error!("the index of tickets was not rewritten: {fault}");
                    tokio::time::sleep(PAUSE).await;
                    continue;
                }
                match self.some(&mut unreadable).instrument(crate::span!("index")).await {
                    Ok(0) => break,
                    Ok(_) => {}
                    Err(fault) => {
                        tracing::error!("tickets were not indexed: {fault}");
                        tokio::time::sleep(PAUSE).await;
                    }
                }
            }
        }
    }

    /// Indexes some of those that wait, the newest first: after an upgrade all may wait, and who came today is looked
    /// for today. How many these were. Their words are read before anything is locked; one that has changed again
    /// meanwhile waits again, for its row is another then.
    async fn some(&self, unreadable: &mut HashSet<String>) -> Result<usize, Fault> {
        let mut reader = self.0.database.reader.acquire().await?;
        let before = erasures(&mut reader).await?;
        let rows = sqlx::query(
            "select t.state, t.id, i.seq from tickets_to_index i join tickets t on t.id = i.ticket_id order by i.ticket_id desc limit $1",
        )
        .bind(AT_ONCE + unreadable.len() as i64)
        .fetch_all(&mut *reader)
        .await?;
        let (mut made, known) = (Vec::new(), unreadable.len());
        for row in rows {
            let id: String = row.try_get(1)?;
            if unreadable.contains(&id) {
                continue;
            }
            let words = async {
                let ticket = ticket::read_state(&row)?;
                let address = known_address(&mut reader, &ticket).await?;
                let words = words_of(&mut reader, &ticket, address.as_deref()).await?;
                Ok::<_, Fault>((ticket, row.try_get::<i64, _>(2)?, words, address))
            };
            match words.await {
                Ok(one) => made.push(one),
                Err(fault) => {
                    // Is it the ticket, or the database?
                    erasures(&mut reader).await?;
                    tracing::error!(ticket = id, "a ticket was not indexed: {fault}");
                    unreadable.insert(id);
                }
            }
        }
        drop(reader);
        if made.is_empty() {
            return Ok(unreadable.len() - known);
        }
        let mut tx = self.0.database.begin().await?;
        if !self.0.database.embedded {
            // Whoever erases takes them in this order too, and for himself alone: he comes before or after this.
            sqlx::query("lock table tickets, ticket_index in row exclusive mode").execute(&mut *tx).await?;
        }
        // Words that were read before somebody was erased must not come back.
        if erasures(&mut tx).await? != before {
            return Ok(made.len());
        }
        for (ticket, seq, words, address) in &made {
            portal::addresses_in(&mut tx, ticket, address.as_deref()).await?;
            keep(&mut tx, self.0.database.embedded, ticket.number, words).await?;
            sqlx::query("delete from tickets_to_index where ticket_id = $1 and seq = $2")
                .bind(ticket.id.as_str())
                .bind(seq)
                .execute(&mut *tx)
                .await?;
        }
        tx.commit().await?;
        Ok(made.len())
    }
}

/// What is known of a customer has changed, and none of his tickets: they are indexed again. A number below nought
/// is none that a ticket has, so whoever read it before does not take this for done; it is less than `WORDS_ALONE`.
pub async fn again_of(conn: &mut AnyConnection, customer: &str, now: Time) -> Result<(), Fault> {
    again(conn, "customer_id = $1", customer, now).await
}

/// Of this one alone.
pub async fn again_one(conn: &mut AnyConnection, ticket: &str, now: Time) -> Result<(), Fault> {
    again(conn, "id = $1", ticket, now).await
}

/// The same where an application asks for something else.
pub async fn again_in(conn: &mut AnyConnection, application: &str, now: Time) -> Result<(), Fault> {
    again(conn, "application_id = $1", application, now).await
}

async fn again(conn: &mut AnyConnection, which: &str, id: &str, now: Time) -> Result<(), Fault> {
    let sql = format!(
        "insert into tickets_to_index (ticket_id, seq) select id, $2 from tickets where {which} \
         on conflict (ticket_id) do update set seq = \
         case when tickets_to_index.seq < 0 then tickets_to_index.seq - 1 else excluded.seq end"
    );
    sqlx::query(AssertSqlSafe(sql)).bind(id).bind(-now.0).execute(conn).await?;
    Ok(())
}

/// How many people were erased, and how often something had been kept for long enough.
async fn erasures(conn: &mut AnyConnection) -> Result<i64, sqlx::Error> {
    let sql = "select (select count(*) from customer_deeds where deed = 'Erased') + \
               (select n from counters where name = 'expired')";
    sqlx::query(sql).fetch_one(conn).await?.try_get(0)
}

/// This ticket is found by none of its words, until they are made anew.
pub async fn forget(conn: &mut AnyConnection, number: i64) -> Result<(), Fault> {
    let embedded = conn.backend_name() == "SQLite";
    let sql = if embedded {
        "delete from ticket_index where rowid = $1"
    } else {
        "delete from ticket_index where number = $1"
    };
    sqlx::query(sql).bind(number).execute(conn).await?;
    Ok(())
}

const REWRITE: &str = "rewrite the index of tickets";

/// Kept with what was forgotten, until it is done.
pub async fn owe_rewriting(conn: &mut AnyConnection) -> Result<(), Fault> {
    if conn.backend_name() == "SQLite" {
        sqlx::query("insert into chores (name) values ($1) on conflict (name) do nothing")
            .bind(REWRITE)
            .execute(conn)
            .await?;
    }
    Ok(())
}

/// SQLite only notes which tickets are not in its index any more. Where that is owed, rewrites it bit by bit, so
/// that no page of it holds what was forgotten, and others may write in between; then folds the log.
pub async fn rewrite(database: &Database) -> Result<(), Fault> {
    let owed = async || {
        sqlx::query("select 1 from chores where name = $1").bind(REWRITE).fetch_optional(&database.reader).await
    };
    if owed().await?.is_none() {
        return Ok(());
    }
    let mut step = "insert into ticket_index (ticket_index, rank) values ('merge', -500)";
    loop {
        let mut conn = database.writer.acquire().await?;
        let changes = async |conn: &mut AnyConnection| -> Result<i64, sqlx::Error> {
            sqlx::query("select total_changes()").fetch_one(conn).await?.try_get(0)
        };
        let before = changes(&mut conn).await?;
        sqlx::query(step).execute(&mut *conn).await?;
        // One of its own is counted where nothing was left to do.
        if changes(&mut conn).await? - before < 2 {
            break;
        }
        step = "insert into ticket_index (ticket_index, rank) values ('merge', 500)";
    }
    sqlx::query("delete from chores where name = $1").bind(REWRITE).execute(&database.writer).await?;
    // Whoever reads meanwhile keeps the log as it is, and reads for moments only.
    for _ in 0..FOLDS {
        if database.fold().await? {
            return Ok(());
        }
        tokio::time::sleep(FOLD_PAUSE).await;
    }
    // The log is written over from its beginning before it grows.
    tracing::warn!(
        "somebody was erased while the database was read all the time: its log may hold words until it is folded"
    );
    Ok(())
}

async fn keep(conn: &mut AnyConnection, embedded: bool, number: i64, words: &str) -> Result<(), Fault> {
    let sql = if embedded {
        "insert or replace into ticket_index (rowid, words) values ($1, $2)"
    } else {
        "insert into ticket_index (number, words) values ($1, to_tsvector('simple', $2)) \
         on conflict (number) do update set words = excluded.words"
    };
    sqlx::query(AssertSqlSafe(sql.to_owned())).bind(number).bind(words).execute(conn).await?;
    Ok(())
}

/// All its words in all their forms, where its customer can be written to, and who may read it.
async fn words_of(conn: &mut AnyConnection, ticket: &Ticket, address: Option<&str>) -> Result<String, Fault> {
    let mut text = String::new();
    let mut lang = String::new();
    let mut say = |said: &str| {
        if text.len() < TEXT {
            text.push_str(said);
            text.push('\n');
        }
    };
    say(&ticket.number.to_string());
    say(&ticket.subject);
    say(&ticket.customer.name);
    ticket.tags.iter().for_each(|tag| say(tag));
    ticket.fields.iter().for_each(|field| say(&field.value));
    let rows = sqlx::query("select body from ticket_events where ticket_id = $1 order by seq")
        .bind(ticket.id.as_str())
        .fetch_all(&mut *conn)
        .await?;
    for row in rows {
        match serde_json::from_str(row.try_get(0)?)? {
            TicketEvent::Born(birth) => {
                if let Some(message) = birth.message {
                    say(&message.text);
                    lang = message.lang;
                }
            }
            TicketEvent::Saved { note, .. } | TicketEvent::Changed { note, .. } => say(&note),
            TicketEvent::Replied { text, .. } | TicketEvent::Answered { text, .. } => say(&text),
            _ => {}
        }
    }
    for id in ticket.chat.iter().chain(ticket.chats.iter().map(|linked| &linked.chat)) {
        // What was said in another group is for who may open it there: here it would be guessed word by word.
        let chat = chat::load(&mut *conn, id).await?.filter(|chat| chat.group.id == ticket.group.id);
        let Some(chat) = chat else { continue };
        lang.clone_from(&chat.lang);
        // Found by what stands, and not by what was taken back.
        let mut told = chat::all_told(&mut *conn, id).await?;
        if chat.amended {
            let events: Vec<Event> = told.iter().map(|told| told.event.clone()).collect();
            amend::stand(&mut told, &events);
        }
        for told in told {
            match told.event {
                Event::Posted { text, .. } => say(&text),
                Event::Attached { file, .. } => say(&file.name),
                _ => {}
            }
        }
    }
    let mut words = indexed(&lang, &text);
    words.truncate(words.floor_char_boundary(WORDS));
    words.push(' ');
    words.push_str(&of_group(&ticket.group.id));
    if let Some(owner) = &ticket.owner {
        words.push(' ');
        words.push_str(&of_owner(&owner.id));
    }
    if let Some(address) = address {
        words.push(' ');
        words.push_str(&of_address(address));
    }
    Ok(words)
}
