//! The monitor, as it is pushed to whoever has it open (R45, R86-R88): what it shows is decided in `domain`.
//!
//! It costs nothing while nobody looks. Somebody does: all is read once, then the chats of which something was told,
//! and everything again every few seconds. Each is told what of his own is another by now, with the rights that he has
//! at that moment.

use crate::database::{Database, ROWS, is_set};
use crate::hub::{Hub, Overheard};
use crate::presence::{Person, Room};
use crate::worker::Worker;
use crate::{Clock, Fault, chat, distribution, queue};
use domain::monitor::{
    Facts, Group, LOOK_EVERY, LastWord, News, PAUSE, Person as Colleague, Served, Table, Talk, Unsaved, Waiting,
    may_monitor,
};
use domain::person::{Agent, Membership};
use domain::queue::average;
use domain::session::Lasts;
use domain::wire::Down;
use domain::{Chat, Event, Face, Span, Time};
use sqlx::{AssertSqlSafe, Row};
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;

#[derive(Clone)]
pub struct Monitor(Arc<Inside>);

struct Inside {
    hub: Hub,
    /// By the number of their listening.
    viewers: Mutex<HashMap<u64, Viewer>>,
    wake: Notify,
    worker: Worker,
}

/// Somebody who has it open.
struct Viewer {
    agent: String,
    /// None: he was told nothing yet.
    told: Option<Table>,
    /// What he is told is read since he came: before that nobody may have overheard what happened.
    expected: bool,
}

impl Monitor {
    pub fn start(database: Database, hub: Hub, clock: Clock, room: Room, lasts: Lasts) -> Monitor {
        let inside = Inside { hub, viewers: Mutex::default(), wake: Notify::new(), worker: Worker::default() };
        let monitor = Monitor(Arc::new(inside));
        monitor.0.worker.start(monitor.clone().run(Source { database, clock, room, lasts }));
        monitor
    }

    pub fn stop(&self) {
        self.0.worker.stop();
    }

    /// Tells this listener from now on; opened again, it is told all of it once more.
    pub fn open(&self, listening: u64, agent: &Agent) {
        // Nothing is read for who may see nothing. Whether he still may is looked at whenever he is told something.
        if !may_monitor(agent) {
            self.tell(listening, &News::Closed);
            return;
        }
        let mut viewers = self.lock();
        viewers.insert(listening, Viewer { agent: agent.face.id.clone(), told: None, expected: false });
        // Before anything is read: what is told meanwhile is not missed.
        self.0.hub.overhear(true);
        self.0.wake.notify_one();
    }

    pub fn close(&self, listening: u64) {
        let mut viewers = self.lock();
        viewers.remove(&listening);
        if viewers.is_empty() {
            self.0.hub.overhear(false);
        }
    }

    /// False: nobody is there to hear it.
    fn tell(&self, listening: u64, news: &News) -> bool {
        match postcard::to_allocvec(news) {
            Ok(news) => self.0.hub.tell_one(listening, Down::Monitor { news }),
            Err(why) => {
                tracing::error!("what the monitor tells cannot be written: {why}");
                false
            }
        }
    }

    fn is_open(&self) -> bool {
        !self.lock().is_empty()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<u64, Viewer>> {
        self.0.viewers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn run(self, source: Source) {
        let mut known = Known::default();
        loop {
            let due = self.is_open().then(|| known.look_at.unwrap_or(source.clock.now()));
            tokio::select! {
                () = self.0.wake.notified() => {}
                () = self.0.hub.overheard() => {}
                () = source.clock.wait_until(due) => {}
            }
            match self.expects() {
                None => {
                    known = Known::default();
                    continue;
                }
                Some(somebody_new) if somebody_new => known.look_at = None,
                Some(_) => {}
            }
            match known.read(&source, self.0.hub.take_overheard()).await {
                Ok(facts) => self.tell_all(&facts),
                Err(fault) => {
                    tracing::warn!("the monitor could not be read: {fault}");
                    // What was overheard is lost with it: all is read again.
                    known = Known::default();
                    self.0.wake.notify_one();
                }
            }
            tokio::time::sleep(Duration::from_millis(PAUSE.0.unsigned_abs())).await;
        }
    }

    /// Whoever has it open by now is told what is read from here on; whether somebody is new among them. None: nobody has.
    fn expects(&self) -> Option<bool> {
        let mut viewers = self.lock();
        let mut somebody_new = false;
        for viewer in viewers.values_mut() {
            somebody_new |= !std::mem::replace(&mut viewer.expected, true);
        }
        (!viewers.is_empty()).then_some(somebody_new)
    }

    fn tell_all(&self, facts: &Facts) {
        let mut viewers = self.lock();
        viewers.retain(|listening, viewer| {
            if !viewer.expected {
                return true;
            }
            let Some(now) = facts.seen_by(&viewer.agent) else {
                self.tell(*listening, &News::Closed);
                return false;
            };
            let news = match &viewer.told {
                None => Some(News::Whole(now.clone())),
                Some(before) => now.news_since(before),
            };
            viewer.told = Some(now);
            news.is_none_or(|news| self.tell(*listening, &news))
        });
        if viewers.is_empty() {
            self.0.hub.overhear(false);
        }
    }
}

/// From where it is read.
struct Source {
    database: Database,
    clock: Clock,
    room: Room,
    lasts: Lasts,
}

/// What was read, while somebody looks.
#[derive(Default)]
struct Known {
    /// When everything is to be read again; none: at once.
    look_at: Option<Time>,
    chats: HashMap<String, Live>,
    /// How long one waits, by group.
    averages: HashMap<String, Option<Span>>,
}

/// A chat that has not ended.
struct Live {
    chat: Chat,
    last: Option<LastWord>,
}

impl Known {
    async fn read(&mut self, source: &Source, overheard: Overheard) -> Result<Facts, Fault> {
        let now = source.clock.now();
        if self.look_at.is_none_or(|at| at <= now) {
            self.look_at = Some(now + LOOK_EVERY);
            self.averages.clear();
            let all = chat::load_live(&source.database.reader).await?;
            let mut before = std::mem::take(&mut self.chats);
            self.take(&source.database, all, &mut before).await?;
        } else if !overheard.chats.is_empty() {
            let ids: Vec<String> = overheard.chats.into_iter().collect();
            let mut before = HashMap::new();
            for id in &ids {
                if let Some(live) = self.chats.remove(id) {
                    // Who was attended changes how long one waits.
                    self.averages.remove(&live.chat.group.id);
                    before.insert(id.clone(), live);
                }
            }
            let changed = load_some(&source.database, &ids).await?;
            self.take(&source.database, changed, &mut before).await?;
        }
        self.facts(source, now).await
    }

    /// Knows these from now on; whose last word is known already is not looked for again.
    async fn take(
        &mut self,
        database: &Database,
        chats: Vec<Chat>,
        before: &mut HashMap<String, Live>,
    ) -> Result<(), Fault> {
        let mut asked = Vec::new();
        for chat in chats.into_iter().filter(|chat| !chat.is_over() && !chat.is_inner()) {
            let old = before.remove(&chat.id).filter(|old| old.chat.last_said == chat.last_said);
            if old.is_none() && chat.last_said > 0 {
                asked.push((chat.id.clone(), chat.last_said));
            }
            self.averages.remove(&chat.group.id);
            let last = old.and_then(|old| old.last);
            self.chats.insert(chat.id.clone(), Live { chat, last });
        }
        for (id, last) in last_words(database, &asked).await? {
            if let Some(live) = self.chats.get_mut(&id) {
                live.last = Some(last);
            }
        }
        Ok(())
    }

    async fn facts(&mut self, source: &Source, now: Time) -> Result<Facts, Fault> {
        let lives = || self.chats.values();
        let talks = lives().filter_map(|live| Talk::of(&live.chat, live.last.clone())).collect();
        let waiting = lives().filter_map(|live| Waiting::of(&live.chat)).collect();
        Ok(Facts {
            groups: self.groups(&source.database, now).await?,
            applications: applications(&source.database).await?,
            people: people(source, now).await?,
            talks,
            waiting,
            unsaved: unsaved(&source.database).await?,
        })
    }

    async fn groups(&mut self, database: &Database, now: Time) -> Result<Vec<Group>, Fault> {
        let limits: HashMap<String, u32> =
            distribution::all(&database.reader).await?.into_iter().map(|(group, rule)| (group, rule.limit)).collect();
        let rows = sqlx::query("select id, name from groups order by name, id").fetch_all(&database.reader).await?;
        let mut groups = Vec::with_capacity(rows.len());
        for row in rows {
            let id: String = row.try_get(0)?;
            let average = match self.averages.get(&id) {
                Some(known) => *known,
                None => average(&queue::waits(database, &id, now).await?),
            };
            self.averages.insert(id.clone(), average);
            groups.push(Group { limit: limits.get(&id).copied(), name: row.try_get(1)?, average, id });
        }
        Ok(groups)
    }
}

/// Those of these chats that there are.
async fn load_some(database: &Database, ids: &[String]) -> Result<Vec<Chat>, Fault> {
    let mut chats = Vec::with_capacity(ids.len());
    for some in ids.chunks(ROWS) {
        let places: Vec<String> = (1..=some.len()).map(|n| format!("${n}")).collect();
        let sql = format!("select state from chats where id in ({})", places.join(", "));
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for id in some {
            query = query.bind(id.as_str());
        }
        for row in query.fetch_all(&database.reader).await? {
            chats.push(chat::read_state(&row, 0)?);
        }
    }
    Ok(chats)
}

/// Who said these events, by chat and number, and when.
async fn last_words(database: &Database, asked: &[(String, u32)]) -> Result<Vec<(String, LastWord)>, Fault> {
    let mut words = Vec::with_capacity(asked.len());
    for some in asked.chunks(ROWS) {
        let either: Vec<String> =
            (0..some.len()).map(|n| format!("(chat_id = ${} and seq = ${})", 2 * n + 1, 2 * n + 2)).collect();
        let sql = format!("select chat_id, at, body from events where aside = 0 and ({})", either.join(" or "));
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for (chat, seq) in some {
            query = query.bind(chat.as_str()).bind(i64::from(*seq));
        }
        for row in query.fetch_all(&database.reader).await? {
            if let Event::Posted { by, .. } | Event::Attached { by, .. } = serde_json::from_str(row.try_get(2)?)? {
                words.push((row.try_get(0)?, LastWord { by_customer: by.is_none(), at: Time(row.try_get(1)?) }));
            }
        }
    }
    Ok(words)
}

async fn applications(database: &Database) -> Result<Vec<Served>, sqlx::Error> {
    let rows = sqlx::query("select id, name from applications order by name, id").fetch_all(&database.reader).await?;
    let mut all = Vec::with_capacity(rows.len());
    for row in rows {
        all.push(Served { id: row.try_get(0)?, name: row.try_get(1)?, groups: Vec::new() });
    }
    let rows = sqlx::query("select application_id, group_id from application_groups order by application_id, place")
        .fetch_all(&database.reader)
        .await?;
    for row in rows {
        let (application, group): (String, String) = (row.try_get(0)?, row.try_get(1)?);
        if let Some(served) = all.iter_mut().find(|served: &&mut Served| served.id == application) {
            served.groups.push(group);
        }
    }
    Ok(all)
}

/// Everybody who may sign in, with his rights and whether he is here.
async fn people(source: &Source, now: Time) -> Result<Vec<Colleague>, sqlx::Error> {
    let reader = &source.database.reader;
    let mut memberships: HashMap<String, Vec<Membership>> = HashMap::new();
    let rows = sqlx::query("select agent_id, group_id, attendant, administrator from memberships order by group_id")
        .fetch_all(reader)
        .await?;
    for row in rows {
        let (group, attendant, administrator) = (row.try_get(1)?, is_set(&row, 2)?, is_set(&row, 3)?);
        memberships.entry(row.try_get(0)?).or_default().push(Membership { group, attendant, administrator });
    }
    let rows = sqlx::query("select distinct agent_id from sessions where seen_at >= $1 and created_at >= $2")
        .bind(now.0 - source.lasts.idle.0)
        .bind(now.0 - source.lasts.life.0)
        .fetch_all(reader)
        .await?;
    let signed_in: HashSet<String> = rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?;
    let rows = sqlx::query(
        "select id, name, sequence, system, online, chat_limit from agents where disabled = 0 order by name, id",
    )
    .fetch_all(reader)
    .await?;
    let mut people = Vec::with_capacity(rows.len());
    for row in rows {
        let face = Face { id: row.try_get(0)?, name: row.try_get(1)? };
        // A change of page is no absence; who signed out has not changed the page.
        let is_here = source.room.is_here(&Person::Agent(face.id.clone()));
        let connected = is_here || source.room.is_connected(&face.id) && signed_in.contains(&face.id);
        let limit: Option<i64> = row.try_get(5)?;
        let memberships = memberships.remove(&face.id).unwrap_or_default();
        people.push(Colleague {
            agent: Agent { face, sequence: is_set(&row, 2)?, system: is_set(&row, 3)?, memberships },
            connected,
            online: is_set(&row, 4)?,
            limit: limit.and_then(|limit| u32::try_from(limit).ok()),
        });
    }
    Ok(people)
}

/// What waits for its first save, by agent, group and application.
async fn unsaved(database: &Database) -> Result<Vec<Unsaved>, sqlx::Error> {
    let rows = sqlx::query(
        "select owner_id, group_id, application_id, count(*) from tickets \
         where saved_at is null and owner_id is not null group by owner_id, group_id, application_id",
    )
    .fetch_all(&database.reader)
    .await?;
    let one = |row: &sqlx::any::AnyRow| {
        let count = u32::try_from(row.try_get::<i64, _>(3)?).unwrap_or(u32::MAX);
        Ok(Unsaved { agent: row.try_get(0)?, group: row.try_get(1)?, application: row.try_get(2)?, count })
    };
    rows.iter().map(one).collect()
}
