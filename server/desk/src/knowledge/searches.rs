//! What is asked for in the help of the widgets, counted by day and never by whom.
//!
//! A widget asks while somebody types, so a question is counted when it was left alone for a moment. Until then it
//! waits in memory as it was typed, under who asks; what is written down knows only the words that are nobody's.

use crate::database::{Database, ROWS, flag, places};
use crate::settings::administers;
use crate::worker::Worker;
use crate::{Answer, Clock, Desk, Fault, parameters};
use domain::hours::Day;
use domain::indicators::{Moment, Zone};
use domain::knowledge::{Asked, Searches, counted, goes_on};
use domain::person::Agent;
use domain::{Span, Time, text};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AssertSqlSafe, Row};
use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// So long nobody types on before a question counts.
const QUIET: Span = Span::secs(5);
/// More questions that are being typed at the same moment are not counted: they may be beginnings.
const WAITING: usize = 2_000;
/// The longest that waits, in characters: of what is longer the whole words until there.
const LONGEST: usize = 400;
/// More different questions of one day and language are counted together, without their words.
const DAILY: i64 = 500;
/// So many days they are kept.
const KEPT: i64 = 400;
/// So many stand in a list.
const LIST: i64 = 100;

/// As it was typed: only of all that is compared can it be said what is a beginning, and of what.
#[derive(Clone, Debug)]
struct Question {
    asker: String,
    line: String,
    lang: String,
    missed: bool,
    at: Time,
}

/// The questions that are perhaps still being typed, and the one task that counts those that are not. Behind an
/// address there may be many who ask, and many questions.
#[derive(Clone)]
pub struct Waiting(Arc<Inside>);

struct Inside {
    database: Database,
    clock: Clock,
    questions: Mutex<Vec<Question>>,
    /// Held while some are written: what is taken out meanwhile is counted, or back, before anybody else looks.
    writing: tokio::sync::Mutex<()>,
    wake: Notify,
    worker: Worker,
}

impl Waiting {
    pub fn start(database: Database, clock: Clock) -> Waiting {
        let (questions, writing) = (Mutex::default(), tokio::sync::Mutex::default());
        let inside = Inside { database, clock, questions, writing, wake: Notify::new(), worker: Worker::default() };
        let waiting = Waiting(Arc::new(inside));
        waiting.0.worker.start(waiting.clone().run());
        waiting
    }

    /// Nothing waits any more.
    pub async fn stop(&self) {
        let writing = self.0.writing.lock().await;
        self.0.worker.stop().await;
        drop(writing);
        if let Err(fault) = self.count(|_| true).await {
            tracing::warn!("what was searched for last was not counted: {fault}");
        }
    }

    /// Many together, and no more often than somebody can stop typing.
    async fn run(self) {
        let mut rested = Time(0);
        loop {
            self.0.wake.notified().await;
            let Some(earliest) = self.all().iter().map(|question| question.at).min() else { continue };
            let next = rested.max(earliest + QUIET);
            while self.0.clock.now() < next {
                self.0.clock.wait_until(Some(next)).await;
            }
            rested = self.0.clock.now() + QUIET;
            if let Err(fault) = self.count_left().await {
                tracing::warn!("what was searched for was not counted, and will be tried again: {fault}");
            }
            if !self.all().is_empty() {
                self.0.wake.notify_one();
            }
        }
    }

    fn all(&self) -> MutexGuard<'_, Vec<Question>> {
        self.0.questions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self, question: Question) {
        let mut all = self.all();
        let is_full = all.len() >= WAITING;
        // What was left alone is not typed on.
        let goes_on = |one: &Question| {
            question.at - one.at < QUIET && one.asker == question.asker && goes_on(&one.line, &question.line)
        };
        match all.iter_mut().find(|one| goes_on(one)) {
            // Letters that were taken away again were asked for.
            Some(before) if question.line.len() < before.line.len() => before.at = question.at,
            Some(before) => *before = question,
            None if question.line.is_empty() || is_full => (),
            None => all.push(question),
        }
        self.0.wake.notify_one();
    }

    /// Counts those that were left alone for long enough.
    async fn count_left(&self) -> Result<(), Fault> {
        let now = self.0.clock.now();
        self.count(|question| now - question.at >= QUIET).await
    }

    /// Counts these; what could not be counted waits on.
    async fn count(&self, wanted: impl Fn(&Question) -> bool) -> Result<(), Fault> {
        let _writing = self.0.writing.lock().await;
        let due: Vec<Question> = self.all().extract_if(.., |question| wanted(question)).collect();
        let counted = count(&self.0.database, &due, self.0.clock.now()).await;
        if counted.is_err() {
            self.all().extend(due);
        }
        counted
    }
}

/// What waits of a question: a word that was cut could be the beginning of what is somebody's.
fn waits(asked: &str) -> String {
    let line = text::line(asked).to_lowercase();
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => line[..end].rsplit_once(' ').map_or_else(String::new, |(whole, _)| whole.to_owned()),
        None => line,
    }
}

impl Desk {
    /// Somebody asked, and so many articles were found: it is counted when it was left alone, and nobody waits for
    /// that. `asker` is forgotten with it.
    pub fn note_search(&self, lang: &str, asked: &str, found: usize, asker: &str) {
        let (at, line) = (self.now(), waits(asked));
        self.0.searches.take(Question { asker: asker.into(), line, lang: lang.into(), missed: found == 0, at });
    }

    /// What was asked for from one day to another, both included. Only for system administrators.
    pub async fn searches(&self, agent: &Agent, from: Day, to: Day) -> Answer<Searches> {
        administers(agent)?;
        // Beside whoever asks: what was taken out to be counted is not lost with him.
        let searches = self.0.searches.clone();
        let counted = tokio::spawn(async move { searches.count_left().await });
        counted.await.map_err(|_| Fault::new("the counting of what was searched for broke off"))??;
        let mut conn = self.0.database.snapshot().await?;
        let zone = zone(&mut conn).await?;
        let number = |day: Day| zone.day(zone.moment(Moment { day, minute: 0 }));
        let (from, to) = (number(from), number(to));
        let sum = sqlx::query(
            "select cast(coalesce(sum(times), 0) as bigint), cast(coalesce(sum(missed), 0) as bigint) \
             from article_searches where day between $1 and $2",
        )
        .bind(from)
        .bind(to)
        .fetch_one(&mut *conn)
        .await?;
        Ok(Searches {
            all: list(&mut conn, from, to, false).await?,
            missed: list(&mut conn, from, to, true).await?,
            times: small(sum.try_get(0)?),
            without: small(sum.try_get(1)?),
        })
    }
}

async fn zone(conn: &mut AnyConnection) -> Result<Zone, Fault> {
    Zone::of(&parameters::read(conn).await?.zone).map_err(|_| Fault::new("the zone of the house is none"))
}

fn small(number: i64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// What is to be added to a question of a day: how often it was asked, and how often nothing was found.
type Times = (i64, i64);

/// Without what could say who asked; of some nothing is left.
async fn count(database: &Database, due: &[Question], now: Time) -> Result<(), Fault> {
    let due: Vec<(&Question, String)> =
        due.iter().filter_map(|question| Some((question, counted(&question.line)?))).collect();
    if due.is_empty() {
        return Ok(());
    }
    let mut tx = database.begin().await?;
    let zone = zone(&mut tx).await?;
    let mut days: BTreeMap<(i64, &str), BTreeMap<String, Times>> = BTreeMap::new();
    for (question, words) in due {
        let day = days.entry((zone.day(question.at), question.lang.as_str())).or_default();
        let (times, missed) = day.entry(words).or_default();
        (*times, *missed) = (*times + 1, *missed + flag(question.missed));
    }
    for ((day, lang), asked) in days {
        let asked = within_limit(&mut tx, day, lang, asked).await?;
        add(&mut tx, day, lang, &asked).await?;
    }
    sqlx::query("delete from article_searches where day < $1").bind(zone.day(now) - KEPT).execute(&mut *tx).await?;
    Ok(tx.commit().await?)
}

/// Those that a day has no more room for, without their words.
async fn within_limit(
    conn: &mut AnyConnection,
    day: i64,
    lang: &str,
    asked: BTreeMap<String, Times>,
) -> Result<BTreeMap<String, Times>, Fault> {
    let rows = sqlx::query("select asked from article_searches where day = $1 and lang = $2")
        .bind(day)
        .bind(lang)
        .fetch_all(conn)
        .await?;
    let mut there: HashSet<String> = rows.iter().map(|row| row.try_get(0)).collect::<Result<_, sqlx::Error>>()?;
    let mut within: BTreeMap<String, Times> = BTreeMap::new();
    for (words, (times, missed)) in asked {
        let has_room = (there.len() as i64) < DAILY || there.contains(&words);
        let words = if has_room { words } else { String::new() };
        there.insert(words.clone());
        let sum = within.entry(words).or_default();
        *sum = (sum.0 + times, sum.1 + missed);
    }
    Ok(within)
}

/// In their order, so that no two who write wait for one another.
async fn add(conn: &mut AnyConnection, day: i64, lang: &str, asked: &BTreeMap<String, Times>) -> Result<(), Fault> {
    let asked: Vec<_> = asked.iter().collect();
    for part in asked.chunks(ROWS) {
        let sql = format!(
            "insert into article_searches (day, lang, asked, times, missed) values {} \
             on conflict (day, lang, asked) do update set times = article_searches.times + excluded.times, \
             missed = article_searches.missed + excluded.missed",
            places(part.len(), 5)
        );
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for (words, (times, missed)) in part {
            query = query.bind(day).bind(lang.to_owned()).bind((*words).clone()).bind(*times).bind(*missed);
        }
        query.execute(&mut *conn).await?;
    }
    Ok(())
}

async fn list(conn: &mut AnyConnection, from: i64, to: i64, missed: bool) -> Result<Vec<Asked>, Fault> {
    let sql = if missed {
        "select asked, lang, cast(sum(times) as bigint), cast(sum(missed) as bigint), max(day) from article_searches \
         where day between $1 and $2 and asked <> '' group by asked, lang having sum(missed) > 0 \
         order by sum(missed) desc, max(day) desc, asked limit $3"
    } else {
        "select asked, lang, cast(sum(times) as bigint), cast(sum(missed) as bigint), max(day) from article_searches \
         where day between $1 and $2 and asked <> '' group by asked, lang \
         order by sum(times) desc, max(day) desc, asked limit $3"
    };
    let rows = sqlx::query(sql).bind(from).bind(to).bind(LIST).fetch_all(conn).await?;
    let one = |row: &AnyRow| {
        // A day by its number, as a calendar without zones says it.
        let last = Time(row.try_get::<i64, _>(4)?.saturating_mul(86_400_000)).civil(0).day();
        let (times, missed) = (small(row.try_get(2)?), small(row.try_get(3)?));
        Ok(Asked { words: row.try_get(0)?, lang: row.try_get(1)?, times, missed, last })
    };
    rows.iter().map(one).collect()
}
