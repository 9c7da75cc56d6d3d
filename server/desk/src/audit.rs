//! The log of who did what (S88): appended in the transaction of what it tells of, and chained, so that a row that
//! was changed is found (S89).
//!
//! What may happen without end is counted in memory and kept a minute later: refused sign-ins, doors, rates,
//! handshakes. So nobody fills the log, and nobody learns from the time a refusal takes whom there is.

use crate::database::{Database, can_hold};
use crate::session::{Signed, Whence};
use crate::worker::Worker;
use crate::{Answer, Clock, Desk, Error, Fault, parameters};
use domain::audit::{About, By, EXPORT_LIMIT, Filter, Kind, Line, PAGE, Page, Sight};
use domain::group::Named;
use domain::hours::Day;
use domain::indicators::{Moment, Zone};
use domain::person::Agent;
use domain::token::of_actor;
use domain::{Face, Refusal, Time};
use sha2::{Digest, Sha256};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AnyPool, AssertSqlSafe, Row};
use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;

pub use domain::audit::Verdict;

/// What stands for whoever works on the command line.
const OPERATOR: &str = "operator";
/// What stands for what is done by itself.
const CLOCK: &str = "clock";
/// Counted so long before it is kept: a crash loses a minute of refusals, and nothing that was done.
const PAUSE: Duration = Duration::from_secs(60);
/// Different things that are counted at a time. Of more it is only known how many there were.
const COUNTED: usize = 200;
/// Rows that one statement inserts.
const TOGETHER: usize = 50;
/// Rows that are looked at together when the chain is.
const PIECE: i64 = 1_000;

tokio::task_local! {
    /// To whom something was refused that is there, by his id.
    static HIDDEN: RefCell<Option<String>>;
}

/// Does it, and says to which agent anything was refused in it as if it were not there, and is (S88). So nobody looks up
/// who asked: it takes no longer than what is not there.
pub async fn overheard<T>(done: impl Future<Output = T>) -> (T, Option<String>) {
    let both = async {
        let done = done.await;
        (done, HIDDEN.with(RefCell::take))
    };
    HIDDEN.scope(RefCell::default(), both).await
}

/// Something that is there, and not for the agent who asked.
#[derive(Clone, Debug)]
pub struct Hidden {
    agent: String,
    /// The id of what he asked for.
    thing: String,
}

impl Hidden {
    pub fn from(agent: &Face, thing: &str) -> Hidden {
        Hidden { agent: agent.id.clone(), thing: thing.into() }
    }
}

impl Desk {
    /// He was shown that it is there. When it has gone where he may not look, his page asks for it again by itself:
    /// neither that nor that he presses what it offered is worth a row.
    pub(crate) fn shows(&self, agent: &Agent, thing: &str) {
        self.0.shown.note((agent.face.id.as_str(), thing));
    }

    /// He is told what he is told of what is not there, and the door hears of it, unless he knew. Where no door asked, as
    /// of a line that looks again at what it may hear, nobody is to be written down.
    pub(crate) fn hidden(&self, Hidden { agent, thing }: Hidden) -> Refusal {
        if !self.0.shown.holds((agent.as_str(), thing.as_str())) {
            let _ = HIDDEN.try_with(|hidden| hidden.replace(Some(agent)));
        }
        Refusal::NotYours
    }
}

/// What is to be written down.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Note {
    kind: Kind,
    /// An agent's id, [`OPERATOR`], [`CLOCK`] or nothing.
    who: String,
    about_kind: &'static str,
    about: String,
    group: String,
    address: String,
}

impl Note {
    fn of(who: &str, kind: Kind) -> Note {
        let [about, group, address] = [const { String::new() }; 3];
        Note { kind, who: who.into(), about_kind: "", about, group, address }
    }

    /// An agent did it, by his id.
    pub fn by(agent: &str, kind: Kind) -> Note {
        Note::of(agent, kind)
    }

    /// It was done on the command line of the server.
    pub fn by_operator(kind: Kind) -> Note {
        Note::of(OPERATOR, kind)
    }

    /// It was done by itself, when its time had come.
    pub fn by_clock(kind: Kind) -> Note {
        Note::of(CLOCK, kind)
    }

    /// Nobody who is known.
    pub fn by_nobody(kind: Kind) -> Note {
        Note::of("", kind)
    }

    pub fn about_agent(self, id: &str) -> Note {
        Note { about_kind: "agent", about: id.into(), ..self }
    }

    pub fn about_customer(self, id: &str) -> Note {
        Note { about_kind: "customer", about: id.into(), ..self }
    }

    /// A conversation, and its group.
    pub fn about_chat(self, id: &str, group: &str) -> Note {
        Note { about_kind: "chat", about: id.into(), group: group.into(), ..self }
    }

    /// A right in this group.
    pub fn in_group(self, id: &str) -> Note {
        Note { group: id.into(), ..self }
    }

    /// A word of ours: a door, a rate, the id of a key. Never anybody's words.
    pub fn about_thing(self, word: &str) -> Note {
        Note { about_kind: "thing", about: word.into(), ..self }
    }

    pub fn from(self, whence: &Whence) -> Note {
        Note { address: whence.address.clone(), ..self }
    }

    /// From an address, where it is known.
    pub fn at(self, address: Option<&str>) -> Note {
        Note { address: address.unwrap_or_default().into(), ..self }
    }
}

/// Appends, last of all in a transaction: whoever appends next waits for its end.
pub async fn append(conn: &mut AnyConnection, now: Time, notes: &[Note]) -> Result<(), Fault> {
    let counted: Vec<(Note, Time, u32)> = notes.iter().map(|note| (note.clone(), now, 1)).collect();
    append_counted(conn, &counted).await
}

/// Each with its moment and how often it was.
pub async fn append_counted(conn: &mut AnyConnection, notes: &[(Note, Time, u32)]) -> Result<(), Fault> {
    if notes.is_empty() {
        return Ok(());
    }
    let row = sqlx::query("update audit_head set number = number + $1 where one = 1 returning number, hash")
        .bind(notes.len() as i64)
        .fetch_one(&mut *conn)
        .await?;
    let (last, mut hash): (i64, String) = (row.try_get(0)?, row.try_get(1)?);
    let mut rows = Vec::with_capacity(notes.len());
    for ((note, at, times), number) in notes.iter().zip(last - notes.len() as i64 + 1..) {
        let row = Kept {
            number,
            at: at.0,
            kind: note.kind.word().into(),
            who: note.who.clone(),
            about_kind: note.about_kind.into(),
            about: note.about.clone(),
            group: note.group.clone(),
            address: note.address.clone(),
            times: i64::from(*times),
        };
        hash = row.hash(&hash)?;
        rows.push((row, hash.clone()));
    }
    for rows in rows.chunks(TOGETHER) {
        insert(conn, rows).await?;
    }
    sqlx::query("update audit_head set hash = $1 where one = 1").bind(hash).execute(conn).await?;
    Ok(())
}

/// Each with its hash.
async fn insert(conn: &mut AnyConnection, rows: &[(Kept, String)]) -> Result<(), Fault> {
    let places: Vec<String> = (0..rows.len())
        .map(|row| format!("({})", (1..=10).map(|n| format!("${}", row * 10 + n)).collect::<Vec<_>>().join(", ")))
        .collect();
    let sql = format!("insert into audit ({COLUMNS}, hash) values {}", places.join(", "));
    let mut query = sqlx::query(AssertSqlSafe(sql));
    for (row, hash) in rows {
        query = query
            .bind(row.number)
            .bind(row.at)
            .bind(row.kind.as_str())
            .bind(row.who.as_str())
            .bind(row.about_kind.as_str())
            .bind(row.about.as_str())
            .bind(row.group.as_str())
            .bind(row.address.as_str())
            .bind(row.times)
            .bind(hash.as_str());
    }
    query.execute(conn).await?;
    Ok(())
}

/// Settings were changed on the command line, by the clock of its machine.
pub async fn note_settings(conn: &mut AnyConnection, what: &str) -> Result<(), Fault> {
    append(conn, Clock::system().now(), &[Note::by_operator(Kind::SettingsChanged).about_thing(what)]).await
}

const COLUMNS: &str = "number, at, kind, who, about_kind, about, group_id, address, times";

/// A row as it is kept, but for its hash.
struct Kept {
    number: i64,
    at: i64,
    kind: String,
    who: String,
    about_kind: String,
    about: String,
    group: String,
    address: String,
    times: i64,
}

impl Kept {
    fn read(row: &AnyRow) -> Result<Kept, sqlx::Error> {
        Ok(Kept {
            number: row.try_get(0)?,
            at: row.try_get(1)?,
            kind: row.try_get(2)?,
            who: row.try_get(3)?,
            about_kind: row.try_get(4)?,
            about: row.try_get(5)?,
            group: row.try_get(6)?,
            address: row.try_get(7)?,
            times: row.try_get(8)?,
        })
    }

    /// Of this row and all before it. JSON tells where one text ends and the next begins.
    fn hash(&self, before: &str) -> Result<String, Fault> {
        let whole = serde_json::to_string(&(
            before,
            self.number,
            self.at,
            &self.kind,
            &self.who,
            &self.about_kind,
            &self.about,
            &self.group,
            &self.address,
            self.times,
        ))?;
        Ok(crate::random::hex(&Sha256::digest(whole.as_bytes())))
    }
}

/// Looks at the whole chain; `known` is a number and a hash that were told before.
pub(crate) async fn verify(database: &Database, known: Option<(i64, &str)>) -> Result<Verdict, Fault> {
    // One picture of head and rows: what is appended while we look is in neither.
    let mut on = database.snapshot().await?;
    let sql = format!("select {COLUMNS}, hash from audit where number > $1 order by number limit $2");
    let head = sqlx::query("select number, hash from audit_head where one = 1").fetch_one(&mut *on).await?;
    let (last, end): (i64, String) = (head.try_get(0)?, head.try_get(1)?);
    let (mut number, mut hash) = (0, String::new());
    loop {
        let rows = sqlx::query(AssertSqlSafe(sql.clone())).bind(number).bind(PIECE).fetch_all(&mut *on).await?;
        for row in &rows {
            let (kept, claimed): (Kept, String) = (Kept::read(row)?, row.try_get(9)?);
            hash = kept.hash(&hash)?;
            let is_known = known.is_none_or(|(at, known)| at != kept.number || known == hash);
            if kept.number != number + 1 || claimed != hash || !is_known {
                return Ok(Verdict::Broken { number: number + 1 });
            }
            number += 1;
        }
        if rows.is_empty() {
            break;
        }
    }
    if number > last {
        // Well chained, and not by us.
        return Ok(Verdict::Broken { number: last + 1 });
    }
    let is_cut = number < last || hash != end || known.is_some_and(|(at, _)| at > number);
    Ok(if is_cut { Verdict::Broken { number: number + 1 } } else { Verdict::Whole { number, hash } })
}

/// What is counted and not kept yet.
#[derive(Clone)]
pub struct Tally(Arc<Inside>);

struct Inside {
    database: Database,
    clock: Clock,
    /// Since when, and how often.
    counts: Mutex<HashMap<Note, (Time, u32)>>,
    wake: Notify,
    /// One keeps at a time, so that who stops waits for it.
    keeping: tokio::sync::Mutex<()>,
    worker: Worker,
}

impl Tally {
    pub fn start(database: Database, clock: Clock) -> Tally {
        let inside = Inside {
            database,
            clock,
            counts: Mutex::default(),
            wake: Notify::new(),
            keeping: tokio::sync::Mutex::default(),
            worker: Worker::default(),
        };
        let tally = Tally(Arc::new(inside));
        tally.0.worker.start(tally.clone().run());
        tally
    }

    /// Keeps what is not yet.
    pub async fn stop(&self) {
        self.0.worker.stop().await;
        if let Err(fault) = self.keep().await {
            tracing::warn!("what was counted last was not written down: {fault}");
        }
    }

    async fn run(self) {
        loop {
            self.0.wake.notified().await;
            tokio::time::sleep(PAUSE).await;
            if let Err(fault) = self.keep().await {
                tracing::warn!("what was counted was not written down, and will be tried again: {fault}");
                self.0.wake.notify_one();
            }
        }
    }

    pub fn count(&self, note: Note) {
        let now = self.0.clock.now();
        let mut counts = self.lock();
        let is_full = counts.len() >= COUNTED && !counts.contains_key(&note);
        let note = if is_full { Note::by_nobody(note.kind) } else { note };
        let (_, times) = counts.entry(note).or_insert((now, 0));
        *times = times.saturating_add(1);
        self.0.wake.notify_one();
    }

    /// In a task of its own: whoever waits for it may go away, and nothing that was taken is lost.
    async fn keep(&self) -> Result<(), Fault> {
        let tally = self.clone();
        let kept = tokio::spawn(async move { tally.keep_here().await }).await;
        kept.map_err(|why| Fault::new(format!("writing down what was counted broke off: {why}")))?
    }

    async fn keep_here(&self) -> Result<(), Fault> {
        let _alone = self.0.keeping.lock().await;
        let taken = std::mem::take(&mut *self.lock());
        let mut counted: Vec<(Note, Time, u32)> =
            taken.into_iter().map(|(note, (since, times))| (note, since, times)).collect();
        if counted.is_empty() {
            return Ok(());
        }
        counted.sort_by(|a, b| (a.1, a.0.kind.word(), &a.0.about).cmp(&(b.1, b.0.kind.word(), &b.0.about)));
        let kept = async {
            let mut tx = self.0.database.begin().await?;
            append_counted(&mut tx, &counted).await?;
            Ok::<_, Fault>(tx.commit().await?)
        };
        let kept = kept.await;
        if kept.is_err() {
            // Not lost: it is tried again.
            let mut counts = self.lock();
            for (note, since, times) in counted {
                let (first, all) = counts.entry(note).or_insert((since, 0));
                (*first, *all) = ((*first).min(since), all.saturating_add(times));
            }
        }
        kept
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Note, (Time, u32)>> {
        self.0.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Desk {
    /// Counts what may happen without end: kept within a minute, as one row.
    pub fn count(&self, note: Note) {
        self.0.tally.count(note);
    }

    /// A page of the log, for who may read it; before a number, the newest first.
    pub async fn audit(&self, agent: &Agent, filter: &Filter, before: Option<i64>) -> Answer<Page> {
        let sight = Sight::of(agent);
        if sight == Sight::None {
            return Err(Refusal::OnlyAdministrators.into());
        }
        // What was counted until now stands in it, too.
        self.0.tally.keep().await?;
        let asked = Asked::of(&self.0.database.reader, &sight, filter).await?;
        let mut rows = rows(&mut *self.0.database.snapshot().await?, &asked, before.unwrap_or(i64::MAX), PAGE).await?;
        let more = rows.len() > PAGE;
        rows.truncate(PAGE);
        let lines = Names::told_apart(&self.0.database.reader).lines(rows).await?;
        let (people, emails) = people(&self.0.database.reader, &sight).await?.into_iter().unzip();
        Ok(Page { before: lines.last().filter(|_| more).map(|line| line.number), lines, people, emails })
    }

    /// All rows that he may read and asks for, the newest first, or a refusal where that is too much for one file. That
    /// he took them is written down.
    pub async fn all_audit(&self, signed: &Signed, filter: &Filter, from: &Whence) -> Answer<Vec<Line>> {
        let sight = Sight::of(&signed.agent);
        if sight == Sight::None {
            return Err(Refusal::OnlyAdministrators.into());
        }
        self.0.tally.keep().await?;
        let asked = Asked::of(&self.0.database.reader, &sight, filter).await?;
        let rows = rows(&mut *self.0.database.snapshot().await?, &asked, i64::MAX, EXPORT_LIMIT).await?;
        if rows.len() > EXPORT_LIMIT {
            return Err(Refusal::Full { limit: EXPORT_LIMIT as u32 }.into());
        }
        let note = Note::by(&signed.agent.face.id, Kind::Exported).about_thing("audit").from(from);
        let mut tx = self.0.database.begin().await?;
        append(&mut tx, self.now(), &[note]).await?;
        tx.commit().await?;
        Ok(Names::told_apart(&self.0.database.reader).lines(rows).await?)
    }

    /// Looks at the whole chain, for who administers the system.
    pub async fn verify_audit(&self, agent: &Agent) -> Answer<Verdict> {
        if !agent.system {
            return Err(Refusal::OnlyAdministrators.into());
        }
        Ok(verify(&self.0.database, None).await?)
    }
}

/// What is asked for, in the words of the columns.
struct Asked {
    /// None: whatever group.
    groups: Vec<Option<String>>,
    kind: Option<&'static str>,
    who: Option<String>,
    /// An id, a thing or an address; none: whatever.
    about: Option<String>,
    /// From the first on, and before the last.
    at: (i64, i64),
}

impl Asked {
    async fn of(on: &AnyPool, sight: &Sight, filter: &Filter) -> Answer<Asked> {
        if [&filter.by, &filter.about].into_iter().flatten().any(|text| !can_hold(text)) {
            return Err(Refusal::Malformed.into());
        }
        let groups = match sight {
            Sight::All => vec![None],
            Sight::Groups(groups) => groups.iter().cloned().map(Some).collect(),
            Sight::None => Vec::new(),
        };
        let about = filter.about.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
        let mut at = (i64::MIN, i64::MAX);
        if filter.from.is_some() || filter.to.is_some() {
            let zone = Zone::of(&parameters::read(on).await?.zone).map_err(|wrong| Fault::new(wrong.why))?;
            let start = |day: Day| zone.moment(Moment { day, minute: 0 });
            at.0 = filter.from.map_or(i64::MIN, |day| start(day).0);
            at.1 = filter.to.map_or(i64::MAX, |day| zone.start(zone.day(start(day)) + 1).0);
        }
        Ok(Asked { groups, kind: filter.kind.map(Kind::word), who: filter.by.clone(), about, at })
    }
}

/// One more than so many. Each group is a range of an index, and they are merged: no page reads past what it shows. Of
/// several in one picture, or a row that comes in between is passed over for good.
async fn rows(conn: &mut AnyConnection, asked: &Asked, before: i64, most: usize) -> Answer<Vec<Kept>> {
    let mut found = Vec::new();
    for group in &asked.groups {
        let mut sql = format!("select {COLUMNS} from audit where number < $1");
        let texts: Vec<(&str, &str)> = [
            group.as_deref().map(|group| ("group_id", group)),
            asked.kind.map(|kind| ("kind", kind)),
            asked.who.as_deref().map(|who| ("who", who)),
        ]
        .into_iter()
        .flatten()
        .collect();
        for (n, (column, _)) in texts.iter().enumerate() {
            sql.push_str(&format!(" and {column} = ${}", n + 2));
        }
        let mut next = texts.len() + 2;
        if asked.about.is_some() {
            // However many share an address, two places are bound.
            let (text, email) = (next, next + 1);
            sql.push_str(&format!(
                " and about in (select cast(${text} as text) union select id from agents where lower(email) = ${email} \
                 union select id from customers where lower(email) = ${email})"
            ));
            next += 2;
        }
        let bounded = asked.at != (i64::MIN, i64::MAX);
        if bounded {
            sql.push_str(&format!(" and at >= ${next} and at < ${}", next + 1));
        }
        sql.push_str(&format!(" order by number desc limit {}", most + 1));
        let mut query = sqlx::query(AssertSqlSafe(sql)).bind(before);
        for (_, text) in texts {
            query = query.bind(text.to_owned());
        }
        if let Some(about) = &asked.about {
            query = query.bind(about.clone()).bind(about.to_lowercase());
        }
        if bounded {
            query = query.bind(asked.at.0).bind(asked.at.1);
        }
        for row in query.fetch_all(&mut *conn).await? {
            found.push(Kept::read(&row)?);
        }
    }
    found.sort_by_key(|row| std::cmp::Reverse(row.number));
    found.truncate(most + 1);
    Ok(found)
}

/// Whose acts may be asked for, and where they sign in.
async fn people(on: &AnyPool, sight: &Sight) -> Result<Vec<(Face, String)>, Fault> {
    let (of, groups) = match sight {
        Sight::All => (String::new(), &Vec::new()),
        Sight::Groups(groups) => {
            let places: Vec<String> = (1..=groups.len()).map(|n| format!("${n}")).collect();
            (
                format!("where id in (select agent_id from memberships where group_id in ({}))", places.join(", ")),
                groups,
            )
        }
        Sight::None => return Ok(Vec::new()),
    };
    let sql = format!("select id, name, email from agents {of} order by name, id");
    let mut query = sqlx::query(AssertSqlSafe(sql));
    for group in groups {
        query = query.bind(group.as_str());
    }
    let one = |row: &AnyRow| Ok((Face { id: row.try_get(0)?, name: row.try_get(1)? }, row.try_get(2)?));
    query.fetch_all(on).await?.iter().map(one).collect()
}

/// What people, groups and customers are called now, each asked for once.
struct Names<'a> {
    on: &'a AnyPool,
    /// Who prints ids anyway needs none in a name.
    tells_apart: bool,
    known: HashMap<(&'static str, String), (String, String)>,
}

const AGENT: &str = "select name, email from agents where id = $1";
const TOKEN: &str = "select name, '' from api_tokens where id = $1";
const CUSTOMER: &str = "select name, '' from customers where id = $1";
/// And how many are called so.
const GROUP: &str =
    "select name, cast((select count(*) from groups g where g.name = groups.name) as text) from groups where id = $1";

impl Names<'_> {
    /// Where groups are called alike, with their ids.
    fn told_apart(on: &AnyPool) -> Names<'_> {
        Names { on, tells_apart: true, known: HashMap::new() }
    }

    /// As they are called.
    fn plain(on: &AnyPool) -> Names<'_> {
        Names { on, tells_apart: false, known: HashMap::new() }
    }

    async fn lines(mut self, rows: Vec<Kept>) -> Result<Vec<Line>, Fault> {
        let mut lines = Vec::with_capacity(rows.len());
        for row in rows {
            lines.push(self.line(row).await?);
        }
        Ok(lines)
    }

    async fn line(&mut self, row: Kept) -> Result<Line, Fault> {
        // Written by a newer program, and not to be hidden by an older one.
        let kind = Kind::of_word(&row.kind).unwrap_or(Kind::Other);
        let (mut by_email, mut about_email) = (String::new(), String::new());
        let by = match (row.who.as_str(), of_actor(&row.who)) {
            ("", _) => By::Nobody,
            (OPERATOR, _) => By::Operator,
            (CLOCK, _) => By::Clock,
            (_, Some(token)) => {
                let (name, _) = self.called(TOKEN, token).await?;
                By::Token(Named { id: token.into(), name })
            }
            (id, None) => {
                let (name, email) = self.called(AGENT, id).await?;
                by_email = email;
                By::Agent(Face { id: id.into(), name })
            }
        };
        let about = match row.about_kind.as_str() {
            "agent" => {
                let (name, email) = self.called(AGENT, &row.about).await?;
                about_email = email;
                About::Agent(Face { id: row.about, name })
            }
            "customer" => {
                let (name, _) = self.called(CUSTOMER, &row.about).await?;
                About::Customer(Named { id: row.about, name })
            }
            "chat" => About::Chat(row.about),
            "thing" => About::Thing(row.about),
            _ => About::Nothing,
        };
        let group = match row.group.is_empty() {
            true => None,
            false => {
                let (name, namesakes) = self.called(GROUP, &row.group).await?;
                let is_one = !self.tells_apart || ["1", ""].contains(&&*namesakes);
                let name = if is_one { name } else { format!("{name} ({})", row.group) };
                Some(Named { id: row.group, name })
            }
        };
        let times = u32::try_from(row.times).unwrap_or(u32::MAX);
        let (number, at, address, word) = (row.number, Time(row.at), row.address, row.kind);
        Ok(Line { number, at, kind, by, about, group, address, times, word, by_email, about_email })
    }

    /// His name and what tells him from others. Empty: there is nobody of that id, or he has no name any more.
    async fn called(&mut self, sql: &'static str, id: &str) -> Result<(String, String), Fault> {
        let key = (sql, id.to_owned());
        if let Some(called) = self.known.get(&key) {
            return Ok(called.clone());
        }
        let row = sqlx::query(sql).bind(id).fetch_optional(self.on).await?;
        let called = match row {
            Some(row) => (row.try_get(0)?, row.try_get(1)?),
            None => Default::default(),
        };
        self.known.insert(key, called.clone());
        Ok(called)
    }
}

/// The log for whoever runs this deployment, beside a server that may run.
pub struct Log(Database);

impl Log {
    pub async fn open(database: &str) -> Result<Log, Fault> {
        Ok(Log(Database::read(database).await?))
    }

    /// The last rows, the newest first; groups by their names, whoever else has them.
    pub async fn list(&self, filter: &Filter, most: usize) -> Answer<Vec<Line>> {
        let (mut lines, mut before) = (Vec::new(), i64::MAX);
        let asked = Asked::of(&self.0.reader, &Sight::All, filter).await?;
        while lines.len() < most {
            let mut rows = rows(&mut *self.0.reader.acquire().await?, &asked, before, PAGE).await?;
            let more = rows.len() > PAGE;
            rows.truncate(PAGE.min(most - lines.len()));
            lines.extend(Names::plain(&self.0.reader).lines(rows).await?);
            match lines.last().filter(|_| more) {
                Some(last) => before = last.number,
                None => break,
            }
        }
        Ok(lines)
    }

    pub async fn verify(&self, known: Option<(i64, &str)>) -> Result<Verdict, Fault> {
        verify(&self.0, known).await
    }

    /// The id of whoever signs in with this address.
    pub async fn agent(&self, email: &str) -> Answer<String> {
        let row = sqlx::query("select id from agents where email = $1")
            .bind(email.trim().to_lowercase())
            .fetch_optional(&self.0.reader)
            .await?;
        let row = row.ok_or(Error::Refused(Refusal::NotYours))?;
        Ok(row.try_get(0)?)
    }

    pub async fn close(self) {
        self.0.close().await;
    }
}
