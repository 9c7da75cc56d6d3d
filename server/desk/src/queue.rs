//! The queue of a group: places and waits, counted each time they are asked for.

use crate::database::Database;
use crate::hub::{Hub, Topic};
use crate::{Answer, Clock, Desk, Fault, Visitor};
use domain::application::WaitShows;
use domain::queue::{SAMPLE, SAMPLE_AGE, average};
use domain::wire::{Down, Wait};
use domain::{Span, Time};
use sqlx::{AnyExecutor, Row};
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;

/// A place in the queue is a count, not a column: it can never be wrong.
pub async fn place<'c>(on: impl AnyExecutor<'c>, group: &str, queued_at: Time, chat: &str) -> Result<u32, sqlx::Error> {
    let row = sqlx::query(
        "select count(*) from chats where group_id = $1 and stage = 'waiting' \
         and (queued_at < $2 or (queued_at = $2 and id < $3))",
    )
    .bind(group)
    .bind(queued_at.0)
    .bind(chat)
    .fetch_one(on)
    .await?;
    Ok(u32::try_from(row.try_get::<i64, _>(0)?).unwrap_or(u32::MAX).saturating_add(1))
}

/// How long the group's last attended chats had waited, newest first (indicators.md e.2).
async fn waits(database: &Database, group: &str, now: Time) -> Result<Vec<Span>, sqlx::Error> {
    let rows = sqlx::query(
        "select attended_at - queued_at from chats where group_id = $1 and attended_at > $2 \
         order by attended_at desc limit $3",
    )
    .bind(group)
    .bind((now + Span(-SAMPLE_AGE.0)).0)
    .bind(SAMPLE as i64)
    .fetch_all(&database.reader)
    .await?;
    rows.iter().map(|row| row.try_get(0).map(Span)).collect()
}

impl Desk {
    /// What a customer is told of his wait (R22), as his application shows it.
    pub async fn wait(&self, visitor: &Visitor, chat: &str) -> Answer<Wait> {
        let chat = self.chat_of(visitor, chat).await?;
        if chat.stage != domain::Stage::Waiting {
            return Ok(Wait { chat: chat.id, place: None, average: None });
        }
        let database = &self.0.database;
        let shows = self.wait_shows(&chat.application.id).await?;
        let place = place(&database.reader, &chat.group.id, chat.queued_at, &chat.id).await?;
        let average = average(&waits(database, &chat.group.id, self.now()).await?);
        Ok(shown(&chat.id, shows, place, average))
    }

    async fn wait_shows(&self, application: &str) -> Answer<WaitShows> {
        let row = sqlx::query("select wait_shows from applications where id = $1")
            .bind(application)
            .fetch_one(&self.0.database.reader)
            .await?;
        Ok(wait_shows(row.try_get(0)?)?)
    }
}

/// Reads the setting as it is kept.
pub fn wait_shows(kept: &str) -> Result<WaitShows, Fault> {
    Ok(match kept {
        "Position" => WaitShows::Position,
        "Average" => WaitShows::Average,
        "Both" => WaitShows::Both,
        "Nothing" => WaitShows::Nothing,
        _ => return Err(Fault::new("an application shows its wait in a way we do not know")),
    })
}

fn shown(chat: &str, shows: WaitShows, place: u32, average: Option<Span>) -> Wait {
    let position = matches!(shows, WaitShows::Position | WaitShows::Both);
    let time = matches!(shows, WaitShows::Average | WaitShows::Both);
    Wait { chat: chat.into(), place: position.then_some(place), average: average.filter(|_| time) }
}

/// Rounds of telling are at least this far apart: a rush of changes is told once.
const PAUSE: Duration = Duration::from_millis(250);

/// Tells everybody in a queue his place, when it has changed.
#[derive(Clone)]
pub struct Teller(Arc<Inside>);

struct Inside {
    changed: Mutex<HashSet<String>>,
    wake: Notify,
    task: Mutex<Option<tokio::task::AbortHandle>>,
}

impl Teller {
    pub fn start(database: Database, hub: Hub, clock: Clock) -> Teller {
        let teller =
            Teller(Arc::new(Inside { changed: Mutex::default(), wake: Notify::new(), task: Mutex::default() }));
        let task = tokio::spawn(teller.clone().run(database, hub, clock));
        *teller.0.task.lock().unwrap_or_else(PoisonError::into_inner) = Some(task.abort_handle());
        teller
    }

    pub fn stop(&self) {
        if let Some(task) = self.0.task.lock().unwrap_or_else(PoisonError::into_inner).take() {
            task.abort();
        }
    }

    /// Something changed in the queues of these groups.
    pub fn changed(&self, groups: HashSet<String>) {
        if groups.is_empty() {
            return;
        }
        self.0.changed.lock().unwrap_or_else(PoisonError::into_inner).extend(groups);
        self.0.wake.notify_one();
    }

    async fn run(self, database: Database, hub: Hub, clock: Clock) {
        let mut told: HashMap<String, HashMap<String, Wait>> = HashMap::new();
        loop {
            self.0.wake.notified().await;
            let groups = std::mem::take(&mut *self.0.changed.lock().unwrap_or_else(PoisonError::into_inner));
            for group in groups {
                let before = told.remove(&group).unwrap_or_default();
                match tell_group(&database, &hub, clock.now(), &group, &before).await {
                    Ok(now) if now.is_empty() => {}
                    Ok(now) => drop(told.insert(group, now)),
                    Err(error) => {
                        tracing::warn!("places of a queue were not told: {}", Fault::from(error));
                        told.insert(group.clone(), before);
                        self.changed(HashSet::from([group]));
                    }
                }
            }
            tokio::time::sleep(PAUSE).await;
        }
    }
}

async fn tell_group(
    database: &Database,
    hub: &Hub,
    now: Time,
    group: &str,
    before: &HashMap<String, Wait>,
) -> Result<HashMap<String, Wait>, sqlx::Error> {
    let rows = sqlx::query(
        "select c.id, c.customer_id, a.wait_shows from chats c join applications a on a.id = c.application_id \
         where c.group_id = $1 and c.stage = 'waiting' order by c.queued_at, c.id",
    )
    .bind(group)
    .fetch_all(&database.reader)
    .await?;
    if rows.is_empty() {
        return Ok(HashMap::new());
    }
    let average = average(&waits(database, group, now).await?);
    let mut told = HashMap::with_capacity(rows.len());
    for (n, row) in rows.iter().enumerate() {
        let (chat, customer): (String, String) = (row.try_get(0)?, row.try_get(1)?);
        let shows = wait_shows(row.try_get(2)?).unwrap_or(WaitShows::Position);
        let wait = shown(&chat, shows, u32::try_from(n + 1).unwrap_or(u32::MAX), average);
        if before.get(&chat) != Some(&wait) {
            hub.tell(&[Topic::Customer(customer)], Down::Wait(wait.clone()));
        }
        told.insert(chat, wait);
    }
    Ok(told)
}
