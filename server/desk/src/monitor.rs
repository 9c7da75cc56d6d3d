//! The monitor, as it is pushed to whoever has it open (R45, R86-R88): what it shows is decided in `domain`.
//!
//! It costs nothing while nobody looks. Somebody does: all is read once, then that of which something was told, and
//! everything again every few seconds. Each is told what of his own is another by now, with the rights that were read
//! with it. Who has none of them stays, for one may be given to him; for his sake nothing but rights is read.

use crate::database::{Database, ROWS, is_set};
use crate::hub::{Hub, Overheard};
use crate::presence::{Person, Room};
use crate::worker::Worker;
use crate::{Answer, Clock, Desk, Fault, distribution, parameters, queue};
use domain::monitor::{
    Facts, Group, LOOK_EVERY, LastWord, News, PAUSE, Person as Colleague, Served, Table, Talk, Unsaved, Waiting,
    may_monitor,
};
use domain::parameters::Parameters;
use domain::person::{Agent, Membership};
use domain::queue::average;
use domain::session::Lasts;
use domain::wire::Down;
use domain::{Chat, Event, Face, Span, Time};
use sqlx::any::AnyRow;
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
    /// He was told that it is not for him.
    closed: bool,
}

/// For whom is read.
struct Expected {
    somebody_new: bool,
    agents: HashSet<String>,
}

impl Monitor {
    pub fn start(database: Database, hub: Hub, clock: Clock, room: Room, lasts: Lasts) -> Monitor {
        let inside = Inside { hub, viewers: Mutex::default(), wake: Notify::new(), worker: Worker::default() };
        let monitor = Monitor(Arc::new(inside));
        monitor.0.worker.start(monitor.clone().run(Source { database, clock, room, lasts }));
        monitor
    }

    pub async fn stop(&self) {
        self.0.worker.stop().await;
    }

    /// Tells this listener from now on; opened again, it is told all of it once more.
    pub fn open(&self, listening: u64, agent: &Agent) {
        let closed = !may_monitor(agent);
        if closed {
            self.tell(listening, &News::Closed);
        }
        let mut viewers = self.lock();
        viewers.insert(listening, Viewer { agent: agent.face.id.clone(), told: None, expected: false, closed });
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
            let Some(expected) = self.expects() else {
                known = Known::default();
                continue;
            };
            if expected.somebody_new {
                known.look_at = None;
            }
            match known.read(&source, self.0.hub.take_overheard(), &expected.agents).await {
                Ok(facts) => self.tell_all(&facts),
                Err(fault) => {
                    tracing::warn!("the monitor could not be read: {fault}");
                    // What was overheard is lost with it: all is read again, but who cannot answer is not pressed.
                    known = Known::default();
                    source.clock.wait(LOOK_EVERY).await;
                }
            }
            tokio::time::sleep(Duration::from_millis(PAUSE.0.unsigned_abs())).await;
        }
    }

    /// Whoever has it open by now is told what is read from here on. None: nobody has.
    fn expects(&self) -> Option<Expected> {
        let mut expected = Expected { somebody_new: false, agents: HashSet::new() };
        for viewer in self.lock().values_mut() {
            expected.somebody_new |= !std::mem::replace(&mut viewer.expected, true);
            expected.agents.insert(viewer.agent.clone());
        }
        (!expected.agents.is_empty()).then_some(expected)
    }

    fn tell_all(&self, facts: &Facts) {
        let mut viewers = self.lock();
        viewers.retain(|listening, viewer| {
            if !viewer.expected {
                return true;
            }
            let Some(now) = facts.seen_by(&viewer.agent) else {
                viewer.told = None;
                return std::mem::replace(&mut viewer.closed, true) || self.tell(*listening, &News::Closed);
            };
            viewer.closed = false;
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

impl Desk {
    /// What whoever administers this sees of it at this moment; none: nothing.
    pub async fn monitored(&self, viewer: &Agent) -> Answer<Option<Table>> {
        let inside = &self.0;
        let source = Source {
            database: inside.database.clone(),
            clock: inside.clock.clone(),
            room: inside.presence.clone(),
            lasts: inside.lasts,
        };
        let mut house = House::read(&source.database).await?;
        // He works here for as long as he looks.
        let (agent, id) = (viewer.clone(), viewer.face.id.clone());
        house.people.push(Colleague { agent, connected: false, online: false, limit: None });
        let look_at = Some(source.clock.now() + LOOK_EVERY);
        let mut known = Known { look_at, house: Some(house), ..Known::default() };
        let facts = known.read(&source, Overheard::default(), &HashSet::from([id.clone()])).await?;
        Ok(facts.seen_by(&id))
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
    house: Option<House>,
    /// None: nobody may see any.
    chats: Option<HashMap<String, Live>>,
    /// How long one waits, by group.
    averages: HashMap<String, Option<Span>>,
    unsaved: Vec<Unsaved>,
    /// Chats that do not read: said once of each.
    unreadable: HashSet<String>,
}

/// What seldom changes.
struct House {
    /// How long one waits in them is not known here.
    groups: Vec<Group>,
    applications: Vec<Served>,
    /// Who of them is connected is not known here.
    people: Vec<Colleague>,
    parameters: Parameters,
}

/// A chat that has not ended.
struct Live {
    chat: Chat,
    last: Option<LastWord>,
}

impl Known {
    /// For these agents: where none of them may see anything, nothing but rights is read.
    async fn read(&mut self, source: &Source, overheard: Overheard, viewers: &HashSet<String>) -> Result<Facts, Fault> {
        let (now, database) = (source.clock.now(), &source.database);
        let look = self.look_at.is_none_or(|at| at <= now);
        if look {
            self.look_at = Some(now + LOOK_EVERY);
            self.averages.clear();
        }
        let house = match self.house.take().filter(|_| !look && !overheard.people) {
            Some(house) => house,
            None => House::read(database).await?,
        };
        if !house.people.iter().any(|person| viewers.contains(&person.agent.face.id) && may_monitor(&person.agent)) {
            *self = Known { look_at: self.look_at, house: Some(house), ..Known::default() };
            return Ok(Facts::default());
        }
        let (chats, some_ended) = match self.chats.take() {
            Some(chats) if !look => self.read_some(database, chats, overheard.chats).await?,
            before => (self.read_all(database, before.unwrap_or_default()).await?, true),
        };
        if some_ended || overheard.tickets {
            self.unsaved = unsaved(database).await?;
        }
        let facts = Facts {
            groups: self.groups(database, &house, now).await?,
            applications: house.applications.clone(),
            people: people(source, &house, now).await?,
            talks: chats.values().filter_map(|live| Talk::of(&live.chat, live.last.clone())).collect(),
            waiting: chats.values().filter_map(|live| Waiting::of(&live.chat)).collect(),
            unsaved: self.unsaved.clone(),
            unsaved_takes_room: house.parameters.unsaved_takes_room,
            inner: if house.parameters.count_inner { inner(&chats) } else { Vec::new() },
        };
        (self.house, self.chats) = (Some(house), Some(chats));
        Ok(facts)
    }

    async fn read_all(
        &mut self,
        database: &Database,
        before: HashMap<String, Live>,
    ) -> Result<HashMap<String, Live>, Fault> {
        let sql = "select id, state from chats where ended_at is null";
        let rows = sqlx::query(sql).fetch_all(&database.reader).await?;
        let mut chats = HashMap::new();
        self.take(database, &mut chats, &rows, before).await?;
        Ok(chats)
    }

    /// Reads these anew; answers whether one of them lives no more, too.
    async fn read_some(
        &mut self,
        database: &Database,
        mut chats: HashMap<String, Live>,
        told: HashSet<String>,
    ) -> Result<(HashMap<String, Live>, bool), Fault> {
        let ids: Vec<String> = told.into_iter().collect();
        let mut before = HashMap::new();
        for id in &ids {
            if let Some(live) = chats.remove(id) {
                // Who was attended changes how long one waits.
                self.averages.remove(&live.chat.group.id);
                before.insert(id.clone(), live);
            }
        }
        let rows = load_some(database, &ids).await?;
        self.take(database, &mut chats, &rows, before).await?;
        let some_ended = ids.iter().any(|id| !chats.contains_key(id));
        Ok((chats, some_ended))
    }

    /// Adds these to the others; whose last word was known before is not looked for again.
    async fn take(
        &mut self,
        database: &Database,
        chats: &mut HashMap<String, Live>,
        rows: &[AnyRow],
        mut before: HashMap<String, Live>,
    ) -> Result<(), Fault> {
        let mut asked = Vec::new();
        for row in rows {
            let Some(chat) = self.understood(row)?.filter(|chat| !chat.is_over()) else { continue };
            let old = before.remove(&chat.id).filter(|old| old.chat.last_said == chat.last_said);
            if old.is_none() && chat.last_said > 0 && !chat.is_inner() {
                asked.push((chat.id.clone(), chat.last_said));
            }
            self.averages.remove(&chat.group.id);
            let last = old.and_then(|old| old.last);
            chats.insert(chat.id.clone(), Live { chat, last });
        }
        for (id, last) in last_words(database, &asked).await? {
            if let Some(live) = chats.get_mut(&id) {
                live.last = Some(last);
            }
        }
        Ok(())
    }

    /// One that does not read is left out: it does not darken the monitor of everybody.
    fn understood(&mut self, row: &AnyRow) -> Result<Option<Chat>, sqlx::Error> {
        let (chat, kept): (String, &str) = (row.try_get(0)?, row.try_get(1)?);
        match serde_json::from_str(kept) {
            Ok(understood) => Ok(Some(understood)),
            Err(why) => {
                if self.unreadable.insert(chat.clone()) {
                    tracing::error!(chat, column = why.column(), "a conversation does not read");
                }
                Ok(None)
            }
        }
    }

    async fn groups(&mut self, database: &Database, house: &House, now: Time) -> Result<Vec<Group>, Fault> {
        let mut groups = Vec::with_capacity(house.groups.len());
        for group in &house.groups {
            let average = match self.averages.get(&group.id) {
                Some(known) => *known,
                None => average(&queue::waits(database, &group.id, now).await?),
            };
            self.averages.insert(group.id.clone(), average);
            groups.push(Group { average, ..group.clone() });
        }
        Ok(groups)
    }
}

impl House {
    async fn read(database: &Database) -> Result<House, Fault> {
        Ok(House {
            groups: groups(database).await?,
            applications: applications(database).await?,
            people: staff(database).await?,
            parameters: parameters::read(&database.reader).await?,
        })
    }
}

/// Who is among colleagues, once for each conversation.
fn inner(chats: &HashMap<String, Live>) -> Vec<String> {
    let among_agents = chats.values().map(|live| &live.chat).filter(|chat| chat.is_inner());
    among_agents.flat_map(|chat| chat.agents.iter().map(|inside| inside.face.id.clone())).collect()
}

/// Those of these chats that there are: each with its id, then its state.
async fn load_some(database: &Database, ids: &[String]) -> Result<Vec<AnyRow>, sqlx::Error> {
    let mut chats = Vec::with_capacity(ids.len());
    for some in ids.chunks(ROWS) {
        let places: Vec<String> = (1..=some.len()).map(|n| format!("${n}")).collect();
        let sql = format!("select id, state from chats where id in ({})", places.join(", "));
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for id in some {
            query = query.bind(id.as_str());
        }
        chats.extend(query.fetch_all(&database.reader).await?);
    }
    Ok(chats)
}

/// Who said these events, by chat and number, and when. What does not read was said by nobody.
async fn last_words(database: &Database, asked: &[(String, u32)]) -> Result<Vec<(String, LastWord)>, sqlx::Error> {
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
            let chat: String = row.try_get(0)?;
            match serde_json::from_str(row.try_get(2)?) {
                Ok(Event::Posted { by, .. } | Event::Attached { by, .. }) => {
                    words.push((chat, LastWord { by_customer: by.is_none(), at: Time(row.try_get(1)?) }));
                }
                Ok(_) => {}
                Err(why) => {
                    tracing::error!(chat, column = why.column(), "the last word of a conversation does not read")
                }
            }
        }
    }
    Ok(words)
}

/// A retired one is among them as long as somebody waits or speaks there.
async fn groups(database: &Database) -> Result<Vec<Group>, Fault> {
    let limits: HashMap<String, u32> =
        distribution::all(&database.reader).await?.into_iter().map(|(group, rule)| (group, rule.limit)).collect();
    let rows = sqlx::query(
        "select id, name from groups \
         where retired = 0 or id in (select group_id from chats where ended_at is null) order by name, id",
    )
    .fetch_all(&database.reader)
    .await?;
    let mut groups = Vec::with_capacity(rows.len());
    for row in rows {
        let id: String = row.try_get(0)?;
        groups.push(Group { limit: limits.get(&id).copied(), name: row.try_get(1)?, average: None, id });
    }
    Ok(groups)
}

/// As groups are.
async fn applications(database: &Database) -> Result<Vec<Served>, sqlx::Error> {
    let rows = sqlx::query(
        "select id, name from applications \
         where retired_at is null or id in (select application_id from chats where ended_at is null) order by name, id",
    )
    .fetch_all(&database.reader)
    .await?;
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

/// Everybody who may sign in, with his rights.
async fn staff(database: &Database) -> Result<Vec<Colleague>, sqlx::Error> {
    let reader = &database.reader;
    let mut memberships: HashMap<String, Vec<Membership>> = HashMap::new();
    let rows = sqlx::query("select agent_id, group_id, attendant, administrator from memberships order by group_id")
        .fetch_all(reader)
        .await?;
    for row in rows {
        let (group, attendant, administrator) = (row.try_get(1)?, is_set(&row, 2)?, is_set(&row, 3)?);
        memberships.entry(row.try_get(0)?).or_default().push(Membership { group, attendant, administrator });
    }
    let rows = sqlx::query(
        "select id, name, sequence, system, online, chat_limit from agents where disabled = 0 order by name, id",
    )
    .fetch_all(reader)
    .await?;
    let mut people = Vec::with_capacity(rows.len());
    for row in rows {
        let face = Face { id: row.try_get(0)?, name: row.try_get(1)? };
        let limit: Option<i64> = row.try_get(5)?;
        let memberships = memberships.remove(&face.id).unwrap_or_default();
        people.push(Colleague {
            agent: Agent { face, sequence: is_set(&row, 2)?, system: is_set(&row, 3)?, memberships },
            connected: false,
            online: is_set(&row, 4)?,
            limit: limit.and_then(|limit| u32::try_from(limit).ok()),
        });
    }
    Ok(people)
}

/// All of them, and whether they are here at this moment.
async fn people(source: &Source, house: &House, now: Time) -> Result<Vec<Colleague>, sqlx::Error> {
    let mut people = house.people.clone();
    for person in &mut people {
        let id = &person.agent.face.id;
        // A change of page is no absence; who signed out has not changed the page.
        person.connected = source.room.is_here(&Person::Agent(id.clone()))
            || source.room.is_connected(id) && is_signed_in(source, id, now).await?;
    }
    Ok(people)
}

async fn is_signed_in(source: &Source, agent: &str, now: Time) -> Result<bool, sqlx::Error> {
    let row = sqlx::query("select 1 from sessions where agent_id = $1 and seen_at >= $2 and created_at >= $3 limit 1")
        .bind(agent)
        .bind(now.0 - source.lasts.idle.0)
        .bind(now.0 - source.lasts.life.0)
        .fetch_optional(&source.database.reader)
        .await?;
    Ok(row.is_some())
}

/// What waits for its first save of ended conversations, by agent, group and application.
async fn unsaved(database: &Database) -> Result<Vec<Unsaved>, sqlx::Error> {
    let rows = sqlx::query(
        "select owner_id, group_id, application_id, count(*) from tickets \
         where saved_at is null and owner_id is not null and chat_id is not null \
         group by owner_id, group_id, application_id",
    )
    .fetch_all(&database.reader)
    .await?;
    let one = |row: &AnyRow| {
        let count = u32::try_from(row.try_get::<i64, _>(3)?).unwrap_or(u32::MAX);
        Ok(Unsaved { agent: row.try_get(0)?, group: row.try_get(1)?, application: row.try_get(2)?, count })
    };
    rows.iter().map(one).collect()
}
