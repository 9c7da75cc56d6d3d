//! The queue of a group: places and waits, counted each time they are asked for.

use crate::database::Database;
use crate::hub::{Hub, Topic};
use crate::presence::Room;
use crate::worker::Worker;
use crate::{Answer, Clock, Desk, Fault, Visitor, application, group};
use domain::application::{Settings, WaitAs, WaitShows};
use domain::hours::Closed;
use domain::queue::{Range, SAMPLE, SAMPLE_AGE, average, range};
use domain::wire::{Down, Wait};
use domain::{Span, Time};
use sqlx::{AnyExecutor, Row};
use std::collections::{BTreeSet, HashMap, HashSet};
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

/// How long the last chats that were attended in the group had waited, newest first, wherever they went from there
/// (indicators.md e.2).
pub(crate) async fn waits(database: &Database, group: &str, now: Time) -> Result<Vec<Span>, sqlx::Error> {
    let rows = sqlx::query(
        "select attended_at - queued_at from chats where attended_group_id = $1 and attended_at > $2 and origin = 'Widget' \
         order by attended_at desc limit $3",
    )
    .bind(group)
    .bind((now + Span(-SAMPLE_AGE.0)).0)
    .bind(SAMPLE as i64)
    .fetch_all(&database.reader)
    .await?;
    rows.iter().map(|row| row.try_get(0).map(Span)).collect()
}

/// What is the same for everybody who waits for a group.
struct Outlook {
    average: Option<Span>,
    range: Option<Range>,
    away: bool,
}

async fn outlook(database: &Database, room: &Room, group: &str, now: Time) -> Result<Outlook, sqlx::Error> {
    let waits = waits(database, group, now).await?;
    let away = now >= room.settles_at() && group::online(&database.reader, room, group).await?.is_empty();
    Ok(Outlook { average: average(&waits), range: range(&waits), away })
}

/// What an application tells of a wait.
struct Shows {
    what: WaitShows,
    time: WaitAs,
    closed: Option<Closed>,
}

impl Shows {
    fn read(application: &str, what: &str, setup: &str, now: Time) -> Result<Shows, Fault> {
        let setup = application::read_setup(application, setup)?;
        let closed = application::closed(application, &setup, now)?;
        Ok(Shows { what: wait_shows(what)?, time: setup.wait_as, closed })
    }

    fn wait(&self, chat: &str, place: u32, outlook: &Outlook) -> Wait {
        let position = matches!(self.what, WaitShows::Position | WaitShows::Both);
        let time = matches!(self.what, WaitShows::Average | WaitShows::Both);
        Wait {
            chat: chat.into(),
            place: position.then_some(place),
            average: outlook.average.filter(|_| time && self.time == WaitAs::Average),
            range: outlook.range.filter(|_| time && self.time == WaitAs::Range),
            away: outlook.away,
            closed: self.closed.filter(|_| outlook.away),
        }
    }
}

/// What a customer would be told with these settings who comes third, where most have waited a few minutes.
pub(crate) fn sample(settings: &Settings, chat: &str) -> Wait {
    let shows = Shows { what: settings.wait_shows, time: settings.setup.wait_as, closed: None };
    let range = Range { least: Span::minutes(3), most: Span::minutes(6) };
    shows.wait(chat, 3, &Outlook { average: Some(Span::minutes(4)), range: Some(range), away: false })
}

impl Desk {
    /// What a customer is told of his wait (R22), as his application shows it.
    pub async fn wait(&self, visitor: &Visitor, chat: &str) -> Answer<Wait> {
        let chat = self.chat_of(visitor, chat).await?;
        if chat.stage != domain::Stage::Waiting {
            return Ok(Wait { chat: chat.id, ..Wait::default() });
        }
        let (database, now) = (&self.0.database, self.now());
        let row = sqlx::query("select wait_shows, setup from applications where id = $1")
            .bind(chat.application.id.as_str())
            .fetch_one(&database.reader)
            .await?;
        let shows = Shows::read(&chat.application.id, row.try_get(0)?, row.try_get(1)?, now)?;
        let place = place(&database.reader, &chat.group.id, chat.queued_at, &chat.id).await?;
        let outlook = outlook(database, &self.0.presence, &chat.group.id, now).await?;
        Ok(shows.wait(&chat.id, place, &outlook))
    }
}

const SHOWS: [(WaitShows, &str); 4] = [
    (WaitShows::Position, "Position"),
    (WaitShows::Average, "Average"),
    (WaitShows::Both, "Both"),
    (WaitShows::Nothing, "Nothing"),
];

/// Reads the setting as it is kept.
pub fn wait_shows(kept: &str) -> Result<WaitShows, Fault> {
    let known = SHOWS.into_iter().find(|(_, word)| *word == kept).map(|(shows, _)| shows);
    known.ok_or_else(|| Fault::new("an application shows its wait in a way we do not know"))
}

pub fn wait_shows_word(shows: WaitShows) -> &'static str {
    SHOWS[shows as usize].1
}

/// Rounds of telling are at least this far apart: a rush of changes is told once (R22).
const PAUSE: Duration = Duration::from_secs(1);

/// Tells everybody in a queue how he stands, when that has changed.
#[derive(Clone)]
pub struct Teller(Arc<Inside>);

#[derive(Default)]
struct Inside {
    changed: Mutex<HashSet<String>>,
    /// Groups that will have changed by then, if nothing happens.
    due: Mutex<BTreeSet<(Time, String)>>,
    wake: Notify,
    worker: Worker,
}

/// What each in a queue was told last, by chat.
type Told = HashMap<String, Wait>;

impl Teller {
    pub fn start(database: Database, hub: Hub, clock: Clock, room: Room) -> Teller {
        let teller = Teller(Arc::default());
        teller.0.worker.start(teller.clone().run(database, hub, clock, room));
        teller
    }

    pub async fn stop(&self) {
        self.0.worker.stop().await;
    }

    /// Something changed in the queues of these groups, or among those who attend them.
    pub fn changed(&self, groups: HashSet<String>) {
        if groups.is_empty() {
            return;
        }
        self.0.changed.lock().unwrap_or_else(PoisonError::into_inner).extend(groups);
        self.0.wake.notify_one();
    }

    /// It will have changed then.
    pub fn changes_at(&self, at: Time, groups: impl Iterator<Item = String>) {
        self.0.due.lock().unwrap_or_else(PoisonError::into_inner).extend(groups.map(|group| (at, group)));
        self.0.wake.notify_one();
    }

    /// What is to be told now.
    fn take(&self, now: Time) -> HashSet<String> {
        let mut groups = std::mem::take(&mut *self.0.changed.lock().unwrap_or_else(PoisonError::into_inner));
        let mut due = self.0.due.lock().unwrap_or_else(PoisonError::into_inner);
        while due.first().is_some_and(|(at, _)| *at <= now) {
            groups.extend(due.pop_first().map(|(_, group)| group));
        }
        groups
    }

    fn next_due(&self) -> Option<Time> {
        self.0.due.lock().unwrap_or_else(PoisonError::into_inner).first().map(|(at, _)| *at)
    }

    async fn run(self, database: Database, hub: Hub, clock: Clock, room: Room) {
        // Who waited over our start is told who is there as soon as that can be said.
        match waited_for(&database).await {
            Ok(groups) => self.changes_at(room.settles_at(), groups.into_iter()),
            Err(error) => tracing::warn!("who waits was not found out: {}", Fault::from(error)),
        }
        let mut told: HashMap<String, Told> = HashMap::new();
        loop {
            tokio::select! {
                () = self.0.wake.notified() => {}
                () = clock.wait_until(self.next_due()) => {}
            }
            let groups = self.take(clock.now());
            if groups.is_empty() {
                continue;
            }
            for group in groups {
                let before = told.remove(&group).unwrap_or_default();
                // Told too early who is there, it must be told again.
                if clock.now() < room.settles_at() {
                    self.changes_at(room.settles_at(), std::iter::once(group.clone()));
                }
                match tell_group(&database, &hub, &room, clock.now(), &group, &before).await {
                    Ok(now) if now.is_empty() => {}
                    Ok(now) => drop(told.insert(group, now)),
                    Err(fault) => {
                        tracing::warn!("a queue was not told how it stands: {fault}");
                        told.insert(group.clone(), before);
                        self.changed(HashSet::from([group]));
                    }
                }
            }
            tokio::time::sleep(PAUSE).await;
        }
    }
}

/// The groups in whose queue somebody is.
async fn waited_for(database: &Database) -> Result<Vec<String>, sqlx::Error> {
    let rows =
        sqlx::query("select distinct group_id from chats where stage = 'waiting'").fetch_all(&database.reader).await?;
    rows.iter().map(|row| row.try_get(0)).collect()
}

async fn tell_group(
    database: &Database,
    hub: &Hub,
    room: &Room,
    now: Time,
    group: &str,
    before: &Told,
) -> Result<Told, Fault> {
    let rows = sqlx::query(
        "select c.id, c.customer_id, a.id, a.wait_shows, a.setup \
         from chats c join applications a on a.id = c.application_id \
         where c.group_id = $1 and c.stage = 'waiting' order by c.queued_at, c.id",
    )
    .bind(group)
    .fetch_all(&database.reader)
    .await?;
    if rows.is_empty() {
        return Ok(HashMap::new());
    }
    let outlook = outlook(database, room, group, now).await?;
    let mut applications: HashMap<String, Shows> = HashMap::new();
    let mut told = HashMap::with_capacity(rows.len());
    for (n, row) in rows.iter().enumerate() {
        let (chat, customer, application): (String, String, String) =
            (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
        if !applications.contains_key(&application) {
            let shows = Shows::read(&application, row.try_get(3)?, row.try_get(4)?, now)?;
            applications.insert(application.clone(), shows);
        }
        let wait = applications[&application].wait(&chat, u32::try_from(n + 1).unwrap_or(u32::MAX), &outlook);
        if before.get(&chat) != Some(&wait) {
            hub.tell(&[Topic::Customer(customer)], Down::Wait(wait.clone()));
        }
        told.insert(chat, wait);
    }
    Ok(told)
}
