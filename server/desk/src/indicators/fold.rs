//! Sums by day: how facts are added to them.

use super::fact::{Bound, bind};
use super::zone::{Days, Kept};
use crate::{Fault, database};
use domain::Time;
use domain::indicators::{Fact, KEPT, Message, Sums};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AssertSqlSafe, Row};
use std::collections::BTreeMap;

/// Whose sums, and of what.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// As it is kept.
    pub day: i64,
    /// Empty: everybody's.
    pub agent: String,
    pub group: String,
    pub application: String,
    pub queued: i64,
}

/// Sums by whom and what; ordered, so that whoever writes them locks them in one order.
pub type Folds = BTreeMap<Key, Sums>;

/// How a fact came to count otherwise than before; new ones counted nothing.
pub fn fact(folds: &mut Folds, kept: Kept, was: Option<&Fact>, is: &Fact) {
    let saved_by = is.saved.as_ref().and_then(|saved| saved.by.clone());
    let mut agents: Vec<String> = is.agents.iter().cloned().chain(is.attended_by.clone()).chain(saved_by).collect();
    agents.sort_unstable();
    agents.dedup();
    let everybody: &[String] = &[];
    for asked in std::iter::once(everybody).chain(agents.iter().map(std::slice::from_ref)) {
        let (before, now) = (was.map_or_else(Sums::default, |was| Sums::by(was, asked)), Sums::by(is, asked));
        for days in kept.at(is.queued_at) {
            if is.is_brief(days.least) {
                continue;
            }
            let mut key = key(days, is.queued_at, &is.group, &is.application);
            key.queued = database::flag(is.queues());
            key.agent = asked.first().cloned().unwrap_or_default();
            folds.entry(key).or_default().change(&before, &now);
        }
    }
}

pub fn message(folds: &mut Folds, kept: Kept, message: &Message) {
    for days in kept.at(message.at) {
        folds.entry(key(days, message.at, &message.group, &message.application)).or_default().add(&Sums::message());
    }
}

fn key(days: Days, at: Time, group: &str, application: &str) -> Key {
    let (agent, queued) = (String::new(), 1);
    Key { day: days.of(at), agent, group: group.into(), application: application.into(), queued }
}

/// Adds to what is kept, in few statements.
pub async fn add(conn: &mut AnyConnection, folds: &Folds) -> Result<(), Fault> {
    let (added, longest) = Sums::COLUMNS.split_at(KEPT - Sums::LONGEST);
    let mut sets: Vec<String> =
        added.iter().map(|column| format!("{column} = indicator_days.{column} + excluded.{column}")).collect();
    sets.extend(longest.iter().map(|column| {
        format!(
            "{column} = case when excluded.{column} > indicator_days.{column} then excluded.{column} else indicator_days.{column} end"
        )
    }));
    let sets = sets.join(", ");
    let all: Vec<(&Key, &Sums)> = folds.iter().filter(|(_, sums)| sums.kept() != [0; KEPT]).collect();
    for part in all.chunks(database::ROWS) {
        let sql = format!(
            "insert into indicator_days (day, agent_id, group_id, application_id, queued, {}) values {} \
             on conflict (agent_id, day, group_id, application_id, queued) do update set {sets}",
            Sums::COLUMNS.join(", "),
            database::places(part.len(), 5 + KEPT)
        );
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for (key, sums) in part {
            query = query
                .bind(key.day)
                .bind(key.agent.clone())
                .bind(key.group.clone())
                .bind(key.application.clone())
                .bind(key.queued);
            for number in sums.kept() {
                query = query.bind(number);
            }
        }
        query.execute(&mut *conn).await?;
    }
    Ok(())
}

/// What is kept of these days, from the first on and before the last.
pub async fn kept(conn: &mut AnyConnection, from: i64, to: i64) -> Result<Folds, Fault> {
    let sql = format!(
        "select day, agent_id, group_id, application_id, queued, {} from indicator_days where day >= $1 and day < $2",
        Sums::COLUMNS.join(", ")
    );
    let rows = bind(&sql, &[Bound::Number(from), Bound::Number(to)]).fetch_all(conn).await?;
    let one = |row: &AnyRow| {
        let key = Key {
            day: row.try_get(0)?,
            agent: row.try_get(1)?,
            group: row.try_get(2)?,
            application: row.try_get(3)?,
            queued: row.try_get(4)?,
        };
        Ok((key, sums(row, 5)?))
    };
    rows.iter().map(one).collect()
}

/// Reads sums that begin in this column.
pub fn sums(row: &AnyRow, first: usize) -> Result<Sums, Fault> {
    let mut kept = [0; KEPT];
    for (n, number) in kept.iter_mut().enumerate() {
        *number = row.try_get(first + n)?;
    }
    Ok(Sums::from_kept(kept))
}
