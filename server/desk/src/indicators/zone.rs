//! In which zone the days of the sums begin, and how they come to begin in another while everybody works; and whose
//! desertion is too brief to be in them, which changes in the same way.
//!
//! Sums are kept in one of two halves of the numbers of days. In another zone they are made in the half that is spare,
//! a week in each short transaction; who keeps a fact meanwhile adds it to both, where the spare half has come as far.
//! When it has all of them it is the one that is read, and the other is taken away.

use super::rebuild::{ends, folded, rest};
use super::{fold, named_zone};
use crate::database::Database;
use crate::{Fault, parameters};
use domain::indicators::{Stretch, Zone};
use domain::parameters::Parameters;
use domain::{Span, Time};
use serde::{Deserialize, Serialize};
use sqlx::{AnyConnection, Row};
use std::time::{Duration, Instant};

/// From a day of the first half to the same day of the second: more than any calendar has.
const HALF: i64 = 1 << 40;
/// Sums of so many days are made, or taken away, in one transaction.
pub const DAYS: i64 = 7;
/// So often it is said how far they have come.
const SAY: Duration = Duration::from_secs(10);
/// Where it is kept how far the sums of another zone have come.
const NEXT: &str = "indicators";

/// Sums of one zone, in one half.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Days {
    pub zone: Zone,
    /// Desertions of less are in no sum.
    pub least: Span,
    half: i64,
}

impl Days {
    /// What sums are made by, as it is kept: `UTC`, or `UTC>5` where five seconds are the least.
    fn made(by: &str, half: i64) -> Result<Days, Fault> {
        let (name, least) = by.split_once('>').unwrap_or((by, "0"));
        let least = least.parse().map_err(|_| Fault::new("the least wait of the sums of indicators does not read"))?;
        Ok(Days { zone: named_zone(name)?, least: Span::secs(least), half })
    }

    /// The day of a moment, as it is kept.
    pub fn of(&self, at: Time) -> i64 {
        self.kept(self.zone.day(at))
    }

    pub fn kept(&self, day: i64) -> i64 {
        day + self.half * HALF
    }

    /// When a day begins that is kept so.
    pub fn start(&self, kept: i64) -> Time {
        self.zone.start(kept - self.half * HALF)
    }

    /// From the first on, and before the last.
    pub fn ends(&self) -> (i64, i64) {
        ends_of(self.half)
    }
}

fn ends_of(half: i64) -> (i64, i64) {
    (half * HALF - HALF / 2, half * HALF + HALF / 2)
}

/// Where a fact is folded into: what is read, and what will be.
#[derive(Clone, Copy, Debug)]
pub struct Kept {
    pub days: Days,
    next: Option<(Days, Time)>,
}

impl Kept {
    pub fn only(days: Days) -> Kept {
        Kept { days, next: None }
    }

    /// Are sums made in these days, and in no others?
    pub fn is_only(&self, days: Days) -> bool {
        self.days == days && self.next.is_none()
    }

    /// All days of this moment.
    pub fn at(&self, at: Time) -> impl Iterator<Item = Days> {
        let next = self.next.filter(|(_, upto)| at < *upto).map(|(days, _)| days);
        std::iter::once(self.days).chain(next)
    }
}

/// The sums of another zone on their way: those of all facts before this moment are made.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Next {
    zone: String,
    upto: i64,
}

/// The row of the zone, as it is held.
struct Held {
    /// Empty: there are no sums yet.
    name: String,
    half: i64,
    next: Option<Next>,
}

/// The zone and the half that are read.
pub async fn read(conn: &mut AnyConnection) -> Result<Days, Fault> {
    let row = sqlx::query("select zone from indicator_zone where one = 1").fetch_one(conn).await?;
    let (name, half) = parts(row.try_get(0)?);
    Days::made(name, half)
}

/// Are there sums? An upgrade may have taken them away: the next start makes them.
pub async fn are_made(conn: &mut AnyConnection) -> Result<bool, Fault> {
    let made = sqlx::query("select zone from indicator_zone where one = 1 and zone <> ''").fetch_optional(conn).await?;
    Ok(made.is_some())
}

/// What the parameters ask for.
pub fn wanted(parameters: &Parameters) -> String {
    match parameters.minimum_wait {
        0 => parameters.zone.clone(),
        least => format!("{}>{least}", parameters.zone),
    }
}

/// `UTC`, or in the second half `UTC 1`.
fn parts(kept: &str) -> (&str, i64) {
    kept.strip_suffix(" 1").map_or((kept, 0), |name| (name, 1))
}

/// Held until the transaction ends: nobody else folds meanwhile. None: there are no sums yet.
pub async fn hold(conn: &mut AnyConnection) -> Result<Option<Kept>, Fault> {
    let Held { name, half, next } = held(conn).await?;
    if name.is_empty() {
        return Ok(None);
    }
    let next = match next {
        Some(next) => Some((Days::made(&next.zone, 1 - half)?, Time(next.upto))),
        None => None,
    };
    Ok(Some(Kept { days: Days::made(&name, half)?, next }))
}

async fn held(conn: &mut AnyConnection) -> Result<Held, Fault> {
    let sql = "update indicator_zone set zone = zone where one = 1 returning zone";
    let row = sqlx::query(sql).fetch_one(&mut *conn).await?;
    let (name, half) = parts(row.try_get(0)?);
    let next = sqlx::query("select value from settings where name = $1").bind(NEXT).fetch_optional(conn).await?;
    let next = match next {
        Some(next) => Some(serde_json::from_str(next.try_get(0)?)?),
        None => None,
    };
    Ok(Held { name: name.to_owned(), half, next })
}

/// Begins again with the sums of another zone, where some were being made: facts are no longer what they were.
pub async fn forget_next(conn: &mut AnyConnection) -> Result<(), Fault> {
    sqlx::query("delete from settings where name = $1").bind(NEXT).execute(conn).await?;
    Ok(())
}

async fn keep_next(conn: &mut AnyConnection, next: &Next) -> Result<(), Fault> {
    sqlx::query(
        "insert into settings (name, value) values ($1, $2) on conflict (name) do update set value = excluded.value",
    )
    .bind(NEXT)
    .bind(serde_json::to_string(next)?)
    .execute(conn)
    .await?;
    Ok(())
}

/// Makes the sums begin their days in the zone that is set, in short transactions; until the last of them those of the
/// zone before are read. Whoever else does the same meanwhile helps. Broken off, it goes on at the next start.
pub async fn settle_zone(database: &Database, gently: bool) -> Result<(), Fault> {
    let mut said = Instant::now();
    loop {
        let began = Instant::now();
        let Some(upto) = step(database).await? else { return Ok(()) };
        if said.elapsed() > SAY {
            tracing::info!("indicators: sums are being made; they are there up to {}", upto.utc());
            said = Instant::now();
        }
        if gently {
            rest(began).await;
        }
    }
}

/// One transaction of it, and up to when sums are made; none: nothing is left to do.
async fn step(database: &Database) -> Result<Option<Time>, Fault> {
    let mut tx = database.begin().await?;
    let Held { name, half, next } = held(&mut tx).await?;
    let wanted = wanted(&parameters::read(&mut *tx).await?);
    // The first sums of all have no others to stand beside.
    let spare = Days::made(&wanted, if name.is_empty() { half } else { 1 - half })?;
    let Some(next) = next.filter(|next| next.zone == wanted && name != wanted) else {
        // Of a change that was given up, or is done, something may be left there.
        forget_next(&mut tx).await?;
        let cleaned = clean(&mut tx, spare.half).await?;
        let more = cleaned || name != wanted;
        if more && !cleaned {
            let upto = ends(&mut tx).await?.map_or(0, |(first, _)| first.0);
            keep_next(&mut tx, &Next { zone: wanted, upto }).await?;
        }
        tx.commit().await?;
        return Ok(more.then_some(Time(0)));
    };
    let mut upto = next.upto;
    match ends(&mut tx).await?.filter(|(_, last)| next.upto <= last.0) {
        Some((_, last)) => {
            let to = next.upto.saturating_add(DAYS * 86_400_000).min(last.0.saturating_add(1));
            let within = Stretch { from: Time(next.upto), to: Time(to) };
            let folds = folded(&mut tx, spare, within).await?;
            fold::add(&mut tx, &folds).await?;
            upto = to;
            keep_next(&mut tx, &Next { upto, ..next }).await?;
        }
        None => {
            let kept = if spare.half == 1 { [&wanted, " 1"].concat() } else { wanted };
            sqlx::query("update indicator_zone set zone = $1 where one = 1").bind(kept).execute(&mut *tx).await?;
            forget_next(&mut tx).await?;
        }
    }
    tx.commit().await?;
    Ok(Some(Time(upto)))
}

/// Takes away the first days of what is left in a half; false: nothing was left.
async fn clean(conn: &mut AnyConnection, half: i64) -> Result<bool, Fault> {
    let all = ends_of(half);
    let Some((first, _)) = fold::ends(conn, all).await? else { return Ok(false) };
    fold::delete(conn, first, (first + DAYS).min(all.1)).await?;
    Ok(true)
}
