//! Up to where each side has read a conversation. A hint: told at once, and kept now and then, many
//! in one statement, so that reading costs no write a message.

use crate::database::{self, Database};
use crate::hub::Topic;
use crate::worker::Worker;
use crate::{Answer, Caller, Desk, Fault};
use domain::wire::{Down, Read};
use sqlx::{AssertSqlSafe, Row};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;

/// Kept so long after the first that is not: a crash loses what was read in a few seconds.
const PAUSE: Duration = Duration::from_secs(3);
/// Chats known by heart; beyond that, the database is asked again.
const KNOWN: usize = 10_000;

#[derive(Clone)]
pub struct Reads(Arc<Inside>);

struct Inside {
    database: Database,
    known: Mutex<HashMap<String, Known>>,
    wake: Notify,
    worker: Worker,
}

struct Known {
    read: Read,
    kept: bool,
}

impl Reads {
    pub fn start(database: Database) -> Reads {
        let known = Mutex::default();
        let reads = Reads(Arc::new(Inside { database, known, wake: Notify::new(), worker: Worker::default() }));
        reads.0.worker.start(reads.clone().run());
        reads
    }

    /// Keeps what is not yet.
    pub async fn stop(&self) {
        self.0.worker.stop().await;
        if let Err(fault) = self.keep().await {
            tracing::warn!("what was read last was not kept: {fault}");
        }
    }

    async fn run(self) {
        loop {
            self.0.wake.notified().await;
            tokio::time::sleep(PAUSE).await;
            if let Err(fault) = self.keep().await {
                tracing::warn!("what was read was not kept, and will be tried again: {fault}");
                self.0.wake.notify_one();
            }
        }
    }

    /// How it stands, and whether this has moved it.
    async fn read(&self, chat: &str, moved: impl FnOnce(&mut Read)) -> Result<(Read, bool), Fault> {
        if !self.lock().contains_key(chat) {
            let read = self.load(chat).await?;
            self.lock().entry(chat.into()).or_insert(Known { read, kept: true });
        }
        let mut known = self.lock();
        let Some(known) = known.get_mut(chat) else {
            return Err(Fault::new("what was just learnt is not known"));
        };
        let before = known.read.clone();
        moved(&mut known.read);
        let has_moved = known.read != before;
        if has_moved {
            known.kept = false;
            self.0.wake.notify_one();
        }
        Ok((known.read.clone(), has_moved))
    }

    async fn load(&self, chat: &str) -> Result<Read, Fault> {
        let row = sqlx::query("select customer, agents from reads where chat_id = $1")
            .bind(chat)
            .fetch_optional(&self.0.database.reader)
            .await?;
        let number = |n: i64| u32::try_from(n).map_err(|_| Fault::new("a chat was read to an impossible number"));
        let (customer, agents) = match row {
            Some(row) => (number(row.try_get(0)?)?, number(row.try_get(1)?)?),
            None => (0, 0),
        };
        Ok(Read { chat: chat.into(), customer, agents })
    }

    async fn keep(&self) -> Result<(), Fault> {
        let fresh: Vec<Read> =
            self.lock().values().filter(|known| !known.kept).map(|known| known.read.clone()).collect();
        for part in fresh.chunks(database::ROWS) {
            let sql = format!(
                "insert into reads (chat_id, customer, agents) values {} on conflict (chat_id) do update set \
                 customer = excluded.customer, agents = excluded.agents",
                database::places(part.len(), 3)
            );
            let mut query = sqlx::query(AssertSqlSafe(sql));
            for read in part {
                query = query.bind(read.chat.clone()).bind(i64::from(read.customer)).bind(i64::from(read.agents));
            }
            query.execute(&self.0.database.writer).await?;
        }
        let mut known = self.lock();
        for read in fresh {
            if let Some(known) = known.get_mut(&read.chat) {
                known.kept = known.read == read;
            }
        }
        if known.len() > KNOWN {
            known.retain(|_, known| !known.kept);
        }
        if known.values().any(|known| !known.kept) {
            self.0.wake.notify_one();
        }
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Known>> {
        self.0.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Desk {
    /// Somebody has it before his eyes up to there. Who is in the conversation hears it; what moved nothing
    /// is for the asker alone, who learns how it stands. Whoever only looks on moves nothing (R45).
    pub(crate) async fn read(&self, caller: &Caller, chat: &str, seq: u32) -> Answer<Option<Read>> {
        let (found, counts) = match caller {
            Caller::Visitor(visitor) => (self.chat_of(visitor, chat).await?, true),
            Caller::Agent(agent) => {
                let found = self.seen_by(agent, chat).await?;
                let inside = found.is_inside(&agent.face.id);
                (found, inside)
            }
        };
        let seq = if counts { seq.min(found.seq) } else { 0 };
        let moved = |read: &mut Read| match caller {
            Caller::Visitor(_) => read.customer = read.customer.max(seq),
            Caller::Agent(_) => read.agents = read.agents.max(seq),
        };
        let (read, has_moved) = self.0.reads.read(chat, moved).await?;
        if !has_moved {
            return Ok(Some(read));
        }
        let mut topics = vec![Topic::Chat(chat.into()), Topic::Customer(found.customer.id.clone())];
        topics.extend(found.agents.iter().map(|agent| Topic::Agent(agent.face.id.clone())));
        self.0.hub.tell(&topics, Down::Read(read));
        Ok(None)
    }
}
