//! What has been kept for as long as the house keeps it is erased (S84): once an hour, in small pieces, by the one
//! place that writes. Numbers stay, for they are made of facts and those hold no words.

use crate::audit::{self, Note};
use crate::customer::{self, Erased, erase_chat, erase_taken_in, erase_ticket, rewrite_chat, strings, take_away};
use crate::database::Database;
use crate::file::Store;
use crate::keeper::{Door, Want};
use crate::ticket_index::{self, Indexer};
use crate::worker::Worker;
use crate::{Answer, Clock, Error, Fault, indicators, parameters, ticket};
use domain::audit::Kind;
use domain::parameters::kept_since;
use domain::{Event, Refusal, Span, Time};
use sqlx::{AnyConnection, Row};
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::Notify;

/// So often it is looked for what has been kept for long enough.
const EVERY: Span = Span::hours(1);
/// After a fault it is looked again this much later.
const PAUSE: Span = Span::minutes(1);
/// Of one transaction, for which others wait.
const AT_ONCE: usize = 8;

/// Conversations that are over and have words.
const CHATS: &str = "select id, ended_at from chats where ended_at is not null and expired_at is null and ended_at < $1 \
                     and (ended_at > $2 or ended_at = $2 and id > $3) order by ended_at, id limit $4";
/// Conversations that are over and have files of before.
const FILES: &str = "select distinct f.chat_id, cast($2 as bigint) from files f join chats c on c.id = f.chat_id \
                     where f.created_at < $1 and c.ended_at is not null and f.chat_id > $3 order by f.chat_id limit $4";
/// Tickets that are complete and have words.
const TICKETS: &str = "select id, changed_at from tickets where expired_at is null and changed_at < $1 \
                       and saved_at is not null and status in ('Resolved', 'Closed', 'Canceled') \
                       and (changed_at > $2 or changed_at = $2 and id > $3) order by changed_at, id limit $4";
/// Who was not here since, under none of his ids, and has nothing that is still to be done. Who is kept out stays
/// known, or he would be let in.
const PEOPLE: &str = "select c.id, cast($2 as bigint) from customers c where c.erased_at is null and c.became is null \
    and c.blocked_at is null and c.created_at < $1 and c.id > $3 \
    and not exists (select 1 from customers s join chats h on h.customer_id = s.id \
      where (s.id = c.id or s.became = c.id) and (h.ended_at is null or h.ended_at >= $1)) \
    and not exists (select 1 from customers s join tickets t on t.customer_id = s.id \
      where (s.id = c.id or s.became = c.id) \
      and (t.changed_at >= $1 or t.saved_at is null or t.status in ('New', 'InAttendance', 'Stopped'))) \
    and not exists (select 1 from customers s join visitors v on v.customer_id = s.id \
      where (s.id = c.id or s.became = c.id) and v.created_at >= $1) \
    and not exists (select 1 from portal_sessions p where p.customer_id = c.id and p.seen_at >= $1) \
    order by c.id limit $4";

/// What is to be erased in one transaction, by id.
#[derive(Clone, Debug)]
pub enum Due {
    Chats(Vec<String>),
    /// In these conversations, what was sent before.
    Files(Vec<String>, Time),
    Tickets(Vec<String>),
    People(Vec<String>),
}

impl Due {
    fn of(parameter: &str, ids: Vec<String>, before: Time) -> Due {
        match parameter {
            "keep_messages" => Due::Chats(ids),
            "keep_files" => Due::Files(ids, before),
            "keep_tickets" => Due::Tickets(ids),
            _ => Due::People(ids),
        }
    }

    /// The parameter that says for how long.
    fn parameter(&self) -> &'static str {
        match self {
            Due::Chats(_) => "keep_messages",
            Due::Files(..) => "keep_files",
            Due::Tickets(_) => "keep_tickets",
            Due::People(_) => "keep_people",
        }
    }

    fn query(&self) -> &'static str {
        match self {
            Due::Chats(_) => CHATS,
            Due::Files(..) => FILES,
            Due::Tickets(_) => TICKETS,
            Due::People(_) => PEOPLE,
        }
    }
}

/// What whoever knows it by heart must forget.
#[derive(Debug, Default)]
pub struct Expired {
    pub chats: Vec<String>,
    pub people: Vec<Erased>,
}

/// Erases it, and counts what is gone. In the keeper's transaction.
pub async fn expire(conn: &mut AnyConnection, due: &Due, now: Time) -> Answer<Expired> {
    customer::lock(conn).await?;
    let (mut expired, mut times) = (Expired::default(), 0);
    match due {
        Due::Chats(ids) => {
            for id in ids {
                erase_chat(conn, id, now).await?;
                find_again(conn, id, now).await?;
                expired.chats.push(id.clone());
                times += 1;
            }
        }
        Due::Files(ids, before) => {
            for id in ids {
                times += erase_files(conn, id, *before).await?;
                find_again(conn, id, now).await?;
                expired.chats.push(id.clone());
            }
        }
        Due::Tickets(ids) => {
            for id in ids {
                let ticket = erase_ticket(conn, id, now).await?;
                ticket_index::forget(conn, ticket.number).await?;
                if let Some(into) = &ticket.merged {
                    erase_taken_in(conn, &into.id, std::slice::from_ref(id)).await?;
                    forget_words(conn, &into.id, now).await?;
                }
                times += 1;
            }
        }
        Due::People(ids) => {
            for id in ids {
                match take_away(conn, id, now).await {
                    Ok(erased) => expired.people.push(erased),
                    // About his ticket somebody speaks at this moment: another time.
                    Err(Error::Refused(Refusal::StillRunning | Refusal::NotYours)) => continue,
                    Err(error) => return Err(error),
                }
                times += 1;
            }
        }
    }
    ticket_index::owe_rewriting(conn).await?;
    sqlx::query("update counters set n = n + 1 where name = 'expired'").execute(&mut *conn).await?;
    sqlx::query(
        "insert into expired (what, since, times) values ($1, $2, $3) \
         on conflict (what) do update set times = expired.times + excluded.times",
    )
    .bind(due.parameter())
    .bind(now.0)
    .bind(times)
    .execute(conn)
    .await?;
    Ok(expired)
}

/// How many they were.
async fn erase_files(conn: &mut AnyConnection, chat: &str, before: Time) -> Result<i64, Fault> {
    let rows = sqlx::query("select id from files where chat_id = $1 and created_at < $2")
        .bind(chat)
        .bind(before.0)
        .fetch_all(&mut *conn)
        .await?;
    let ids: Vec<String> = rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?;
    rewrite_chat(conn, chat, |event| match event {
        Event::Attached { file, .. } if ids.contains(&file.id) => event.erased(),
        _ => event.clone(),
    })
    .await?;
    for sql in [
        "insert into erased_files (id) select id from files where chat_id = $1 and created_at < $2",
        "delete from files where chat_id = $1 and created_at < $2",
    ] {
        sqlx::query(sql).bind(chat).bind(before.0).execute(&mut *conn).await?;
    }
    Ok(ids.len() as i64)
}

/// Tickets that hold this conversation are found by what is left of it.
async fn find_again(conn: &mut AnyConnection, chat: &str, now: Time) -> Result<(), Fault> {
    let holding =
        "select id from tickets where chat_id = $1 union select ticket_id from ticket_chats where chat_id = $1";
    for id in strings(conn, holding, chat).await? {
        forget_words(conn, &id, now).await?;
    }
    Ok(())
}

async fn forget_words(conn: &mut AnyConnection, ticket: &str, now: Time) -> Result<(), Fault> {
    if let Some(ticket) = ticket::load(&mut *conn, ticket).await? {
        ticket_index::forget(conn, ticket.number).await?;
        ticket_index::again_one(conn, &ticket.id, now).await?;
    }
    Ok(())
}

/// The one task that looks, until the desk stops.
#[derive(Clone)]
pub struct Retention(Arc<Inside>);

struct Inside {
    database: Database,
    clock: Clock,
    keeper: Door,
    files: Store,
    words: Indexer,
    wake: Notify,
    worker: Worker,
}

impl Retention {
    pub fn start(database: Database, clock: Clock, keeper: Door, files: Store, words: Indexer) -> Retention {
        let inside = Inside { database, clock, keeper, files, words, wake: Notify::new(), worker: Worker::default() };
        let retention = Retention(Arc::new(inside));
        retention.0.worker.start(retention.clone().run());
        retention
    }

    /// The house keeps things for another time now.
    pub fn wake(&self) {
        self.0.wake.notify_one();
    }

    pub fn stop(&self) {
        self.0.worker.stop();
    }

    async fn run(self) {
        loop {
            let pause = match self.look().await {
                Ok(()) => EVERY,
                Err(error) => {
                    tracing::error!("what has been kept for long enough was not erased: {error}");
                    PAUSE
                }
            };
            let next = self.0.clock.now() + pause;
            tokio::select! {
                () = self.0.wake.notified() => {}
                () = async { while self.0.clock.now() < next { self.0.clock.wait_until(Some(next)).await } } => {}
            }
        }
    }

    async fn look(&self) -> Answer<()> {
        let Inside { database, clock, files, words, .. } = &*self.0;
        let kept = parameters::read(&database.reader).await?.kept();
        for (parameter, days) in kept {
            if let Some(before) = kept_since(days, clock.now()) {
                self.expire_all(parameter, before).await?;
            }
        }
        // What an earlier run had no time to say, too.
        if self.note().await? {
            customer::sweep(&database.writer, files).await?;
            words.wake();
        }
        Ok(())
    }

    /// Piece by piece: others have their turn between.
    async fn expire_all(&self, parameter: &'static str, before: Time) -> Answer<()> {
        let Inside { database, keeper, .. } = &*self.0;
        let query = Due::of(parameter, Vec::new(), before).query();
        let mut after = (0_i64, String::new());
        loop {
            let began = Instant::now();
            let rows = sqlx::query(query)
                .bind(before.0)
                .bind(after.0)
                .bind(after.1.as_str())
                .bind(AT_ONCE as i64)
                .fetch_all(&database.reader)
                .await?;
            let Some(last) = rows.last() else { return Ok(()) };
            after = (last.try_get(1)?, last.try_get(0)?);
            let ids: Vec<String> = rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?;
            let due = |ids| Want::Expire { due: Due::of(parameter, ids, before) };
            if let Err(error) = keeper.ask(due(ids.clone())).await {
                tracing::warn!("{} of {parameter} were not erased together: {error}", ids.len());
                for id in ids {
                    if let Err(error) = keeper.ask(due(vec![id.clone()])).await {
                        // It keeps no other waiting, and is tried again with the next look.
                        tracing::error!("{id} of {parameter} was not erased: {error}");
                    }
                }
            }
            indicators::rest(began).await;
        }
    }

    /// Writes down how many of what are gone. False: none.
    async fn note(&self) -> Result<bool, Fault> {
        let Inside { database, .. } = &*self.0;
        let sql = "select what, since, times from expired where times > 0 order by what";
        if sqlx::query(sql).fetch_optional(&database.reader).await?.is_none() {
            return Ok(false);
        }
        let mut tx = database.begin().await?;
        let mut notes = Vec::new();
        for row in sqlx::query(sql).fetch_all(&mut *tx).await? {
            let (what, since, times): (String, i64, i64) = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
            let note = Note::by_clock(Kind::Expired).about_thing(&what);
            notes.push((note, Time(since), u32::try_from(times).unwrap_or(u32::MAX)));
        }
        sqlx::query("delete from expired").execute(&mut *tx).await?;
        audit::append_counted(&mut tx, &notes).await?;
        tx.commit().await?;
        Ok(true)
    }
}
