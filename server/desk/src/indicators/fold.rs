//! Sums by day: how facts are added to them. Those of everybody are rows of their own by group and application; those
//! of an agent are inside the row of his day (`agents.rs`).

use super::agents;
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
    /// Not what he counts, but what these count each, in the order of their ids; he is one of them.
    pub team: Vec<String>,
}

/// Sums by whom and what; ordered, so that whoever writes them locks them in one order.
pub type Folds = BTreeMap<Key, Sums>;

/// How a fact came to count otherwise than before; new ones counted nothing.
pub fn fact(folds: &mut Folds, kept: Kept, was: Option<&Fact>, is: &Fact) {
    let mut fold = |agent: &str, team: &[String], count: &dyn Fn(&Fact) -> Sums| {
        let (before, now) = (was.map_or_else(Sums::default, count), count(is));
        for days in kept.at(is.queued_at) {
            if is.is_brief(days.least) {
                continue;
            }
            let mut key = key(days, is.queued_at, &is.group, &is.application);
            key.queued = database::flag(is.queues());
            agent.clone_into(&mut key.agent);
            key.team = team.to_vec();
            folds.entry(key).or_default().change(&before, &now);
        }
    };
    fold("", &[], &Sums::of);
    let saved_by = is.saved.as_ref().and_then(|saved| saved.by.clone());
    let ordered = |mut agents: Vec<String>| {
        agents.sort_unstable();
        agents.dedup();
        agents
    };
    for agent in ordered(is.agents.iter().cloned().chain(is.attended_by.clone()).chain(saved_by).collect()) {
        fold(&agent, &[], &|fact| Sums::by(fact, std::slice::from_ref(&agent)));
    }
    let team = ordered(is.agents.clone());
    if let Some((_, all_but_last)) = team.split_last() {
        all_but_last.iter().for_each(|agent| fold(agent, &team, &Sums::shared));
    }
}

pub fn message(folds: &mut Folds, kept: Kept, message: &Message) {
    for days in kept.at(message.at) {
        folds.entry(key(days, message.at, &message.group, &message.application)).or_default().add(&Sums::message());
    }
}

fn key(days: Days, at: Time, group: &str, application: &str) -> Key {
    Key {
        day: days.of(at),
        agent: String::new(),
        group: group.into(),
        application: application.into(),
        queued: 1,
        team: Vec::new(),
    }
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
    let (all, of_agents): (Vec<(&Key, &Sums)>, Vec<_>) =
        folds.iter().filter(|(_, sums)| sums.kept() != [0; KEPT]).partition(|(key, _)| key.agent.is_empty());
    for part in all.chunks(database::ROWS) {
        let sql = format!(
            "insert into indicator_days (day, group_id, application_id, queued, {}) values {} \
             on conflict (day, group_id, application_id, queued) do update set {sets}",
            Sums::COLUMNS.join(", "),
            database::places(part.len(), 4 + KEPT)
        );
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for (key, sums) in part {
            query = query.bind(key.day).bind(key.group.clone()).bind(key.application.clone()).bind(key.queued);
            for number in sums.kept() {
                query = query.bind(number);
            }
        }
        query.execute(&mut *conn).await?;
    }
    agents::add(conn, &of_agents).await
}

/// What is kept of these days, from the first on and before the last; and of which rows of it the columns are otherwise
/// than what is inside, a line each.
pub async fn kept(conn: &mut AnyConnection, from: i64, to: i64) -> Result<(Folds, Vec<String>), Fault> {
    let sql = format!(
        "select day, group_id, application_id, queued, {} from indicator_days where day >= $1 and day < $2",
        Sums::COLUMNS.join(", ")
    );
    let (mut folds, wrong) = agents::kept(conn, from, to).await?;
    for row in bind(&sql, &[Bound::Number(from), Bound::Number(to)]).fetch_all(conn).await? {
        let key = Key {
            day: row.try_get(0)?,
            agent: String::new(),
            group: row.try_get(1)?,
            application: row.try_get(2)?,
            queued: row.try_get(3)?,
            team: Vec::new(),
        };
        folds.insert(key, sums(&row, 4)?);
    }
    Ok((folds, wrong))
}

/// The first and the last day that has sums, from this one on and before that.
pub async fn ends(conn: &mut AnyConnection, (from, to): (i64, i64)) -> Result<Option<(i64, i64)>, Fault> {
    let sql = "select min(day), max(day) from (select day from indicator_days union all select day from indicator_agents) d \
               where day >= $1 and day < $2";
    let row = bind(sql, &[Bound::Number(from), Bound::Number(to)]).fetch_one(conn).await?;
    Ok(row.try_get::<Option<i64>, _>(0)?.zip(row.try_get(1)?))
}

/// Takes the sums of these days away, from the first on and before the last.
pub async fn delete(conn: &mut AnyConnection, from: i64, to: i64) -> Result<(), Fault> {
    for table in ["indicator_days", "indicator_agents"] {
        let sql = format!("delete from {table} where day >= $1 and day < $2");
        bind(&sql, &[Bound::Number(from), Bound::Number(to)]).execute(&mut *conn).await?;
    }
    Ok(())
}

/// The columns of many rows together, in the order of [`Sums::COLUMNS`].
pub fn together(of: &str) -> String {
    let (added, longest) = Sums::COLUMNS.split_at(KEPT - Sums::LONGEST);
    // PostgreSQL's sum of bigints is no bigint.
    let added = added.iter().map(|column| format!("cast(sum({of}.{column}) as bigint)"));
    let longest = longest.iter().map(|column| format!("max({of}.{column})"));
    added.chain(longest).collect::<Vec<_>>().join(", ")
}

/// Reads sums that begin in this column.
pub fn sums(row: &AnyRow, first: usize) -> Result<Sums, Fault> {
    let mut kept = [0; KEPT];
    for (n, number) in kept.iter_mut().enumerate() {
        *number = row.try_get(first + n)?;
    }
    Ok(Sums::from_kept(kept))
}
