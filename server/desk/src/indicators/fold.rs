//! Sums by day: how facts are added to them. Those of everybody are rows of their own by group and application; those
//! of an agent are inside the row of his day (`agents.rs`).

use super::fact::{Bound, bind};
use super::zone::{Days, Kept};
use super::{agents, lengths};
use crate::{Fault, database};
use domain::Time;
use domain::indicators::{Fact, Indicator, KEPT, Message, Sums, Tally};
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

/// What a row has; how long each took only where it is everybody's.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fold {
    pub sums: Sums,
    pub waits: Tally,
    pub replies: Tally,
}

impl Fold {
    fn is_nothing(&self) -> bool {
        self.sums.kept() == [0; KEPT] && self.has_no_lengths()
    }

    fn has_no_lengths(&self) -> bool {
        self.waits.is_empty() && self.replies.is_empty()
    }

    /// So many chats took as long as this one.
    fn took(&mut self, fact: &Fact, many: i64) {
        if let Some(wait) = fact.length(Indicator::MeanWait) {
            self.waits.add(wait, many);
        }
        if let Some(reply) = fact.reply() {
            self.replies.add(reply, many);
        }
    }
}

impl From<Sums> for Fold {
    fn from(sums: Sums) -> Fold {
        Fold { sums, ..Fold::default() }
    }
}

/// Sums by whom and what; ordered, so that whoever writes them locks them in one order.
pub type Folds = BTreeMap<Key, Fold>;

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
            let fold = folds.entry(key).or_default();
            fold.sums.change(&before, &now);
            if agent.is_empty() {
                was.into_iter().for_each(|was| fold.took(was, -1));
                fold.took(is, 1);
            }
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
        folds
            .entry(key(days, message.at, &message.group, &message.application))
            .or_default()
            .sums
            .add(&Sums::message());
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

/// Everybody's, from the first four columns.
pub fn everybodys(row: &AnyRow) -> Result<Key, Fault> {
    Ok(Key {
        day: row.try_get(0)?,
        agent: String::new(),
        group: row.try_get(1)?,
        application: row.try_get(2)?,
        queued: row.try_get(3)?,
        team: Vec::new(),
    })
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
    let (all, of_agents): (Vec<(&Key, &Fold)>, Vec<_>) =
        folds.iter().filter(|(_, fold)| !fold.is_nothing()).partition(|(key, _)| key.agent.is_empty());
    for part in all.chunks(database::ROWS) {
        // Few of what changes later changes how long something took.
        let takes = part.iter().any(|(_, fold)| !fold.has_no_lengths());
        let took = if takes { lengths::of(conn, part).await? } else { Vec::new() };
        let lengths = if takes { lengths::COLUMNS.as_slice() } else { &[] };
        let columns: Vec<&str> = Sums::COLUMNS.iter().chain(lengths).copied().collect();
        let sets: Vec<String> =
            sets.iter().cloned().chain(lengths.iter().map(|column| format!("{column} = excluded.{column}"))).collect();
        let sql = format!(
            "insert into indicator_days (day, group_id, application_id, queued, {}) values {} \
             on conflict (day, group_id, application_id, queued) do update set {}",
            columns.join(", "),
            database::places(part.len(), 4 + columns.len()),
            sets.join(", ")
        );
        let mut query = sqlx::query(AssertSqlSafe(sql));
        let mut took = took.into_iter();
        for (key, fold) in part {
            query = query.bind(key.day).bind(key.group.clone()).bind(key.application.clone()).bind(key.queued);
            for number in fold.sums.kept() {
                query = query.bind(number);
            }
            for text in took.next().into_iter().flatten() {
                query = query.bind(text);
            }
        }
        query.execute(&mut *conn).await?;
    }
    let of_agents: Vec<(&Key, &Sums)> = of_agents.into_iter().map(|(key, fold)| (key, &fold.sums)).collect();
    agents::add(conn, &of_agents).await
}

/// What is kept of these days, from the first on and before the last; and of which rows of it the columns are otherwise
/// than what is inside, a line each.
pub async fn kept(conn: &mut AnyConnection, from: i64, to: i64) -> Result<(Folds, Vec<String>), Fault> {
    let sql = format!(
        "select day, group_id, application_id, queued, {}, {} from indicator_days where day >= $1 and day < $2",
        lengths::COLUMNS.join(", "),
        Sums::COLUMNS.join(", ")
    );
    let (mut folds, mut wrong) = agents::kept(conn, from, to).await?;
    for row in bind(&sql, &[Bound::Number(from), Bound::Number(to)]).fetch_all(conn).await? {
        let key = everybodys(&row)?;
        let lengths = lengths::read(&row, 4)?;
        if lengths.is_none() {
            wrong.push(format!("lengths of {key:?} do not read"));
        }
        let [waits, replies] = lengths.unwrap_or_default();
        folds.insert(key, Fold { sums: sums(&row, 6)?, waits, replies });
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
