//! What is asked for in the help of the widgets, counted by day and never by whom.
//!
//! A widget asks while somebody types, so a question is counted when it was left alone for a moment. Until then it
//! waits in memory as it was typed, under who asks; what is written down knows only the words that are nobody's.

use crate::settings::administers;
use crate::{Answer, Desk, Fault, parameters};
use domain::hours::Day;
use domain::indicators::{Moment, Zone};
use domain::knowledge::{Asked, Searches, counted, goes_on};
use domain::person::Agent;
use domain::{Span, Time, text};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row};
use std::sync::{Mutex, MutexGuard, PoisonError};

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

/// The questions that are perhaps still being typed. Behind an address there may be many who ask, and many questions.
#[derive(Default)]
pub struct Waiting(Mutex<Vec<Question>>);

impl Waiting {
    fn all(&self) -> MutexGuard<'_, Vec<Question>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self, question: Question) {
        let mut all = self.all();
        let is_full = all.len() >= WAITING;
        let before = all.iter_mut().find(|one| one.asker == question.asker && goes_on(&one.line, &question.line));
        match before {
            // Letters that were taken away again were asked for.
            Some(before) if question.line.len() < before.line.len() => before.at = question.at,
            Some(before) => *before = question,
            None if question.line.is_empty() || is_full => (),
            None => all.push(question),
        }
    }

    /// Those that were left alone for long enough.
    fn left(&self, now: Time) -> Vec<Question> {
        self.all().extract_if(.., |question| now - question.at >= QUIET).collect()
    }

    fn rest(&self) -> Vec<Question> {
        std::mem::take(&mut *self.all())
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
    /// Somebody asked, and so many articles were found. `asker` is forgotten with the next question.
    pub async fn note_search(&self, lang: &str, asked: &str, found: usize, asker: &str) -> Answer<()> {
        let (now, line) = (self.now(), waits(asked));
        let due = self.0.searches.left(now);
        self.0.searches.take(Question { asker: asker.into(), line, lang: lang.into(), missed: found == 0, at: now });
        self.count_searches(due).await
    }

    /// Before a stop: nothing waits any more.
    pub(crate) async fn count_rest(&self) -> Answer<()> {
        let rest = self.0.searches.rest();
        self.count_searches(rest).await
    }

    async fn count_searches(&self, due: Vec<Question>) -> Answer<()> {
        // Without what could say who asked; of some nothing is left.
        let due: Vec<(&Question, String)> =
            due.iter().filter_map(|question| Some((question, counted(&question.line)?))).collect();
        if due.is_empty() {
            return Ok(());
        }
        let mut tx = self.0.database.begin().await?;
        let zone = zone(&mut tx).await?;
        for (question, words) in &due {
            count_one(&mut tx, zone.day(question.at), question, words).await?;
        }
        sqlx::query("delete from article_searches where day < $1")
            .bind(zone.day(self.now()) - KEPT)
            .execute(&mut *tx)
            .await?;
        Ok(tx.commit().await?)
    }

    /// What was asked for from one day to another, both included. Only for system administrators.
    pub async fn searches(&self, agent: &Agent, from: Day, to: Day) -> Answer<Searches> {
        administers(agent)?;
        let due = self.0.searches.left(self.now());
        self.count_searches(due).await?;
        let mut conn = self.0.database.reader.acquire().await?;
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

async fn count_one(conn: &mut AnyConnection, day: i64, question: &Question, words: &str) -> Result<(), Fault> {
    let row = sqlx::query(
        "select cast(count(*) as bigint), cast(coalesce(max(case when asked = $3 then 1 else 0 end), 0) as bigint) \
         from article_searches where day = $1 and lang = $2",
    )
    .bind(day)
    .bind(question.lang.as_str())
    .bind(words)
    .fetch_one(&mut *conn)
    .await?;
    let (many, is_there) = (row.try_get::<i64, _>(0)?, row.try_get::<i64, _>(1)? == 1);
    let words = if many >= DAILY && !is_there { "" } else { words };
    sqlx::query(
        "insert into article_searches (day, lang, asked, times, missed) values ($1, $2, $3, 1, $4) \
         on conflict (day, lang, asked) do update set times = article_searches.times + 1, \
         missed = article_searches.missed + excluded.missed",
    )
    .bind(day)
    .bind(question.lang.as_str())
    .bind(words)
    .bind(crate::database::flag(question.missed))
    .execute(conn)
    .await?;
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
