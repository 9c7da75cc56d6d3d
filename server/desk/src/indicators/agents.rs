//! The day of an agent in a group is one row: its sums, and inside what each application has of them and what of them he
//! shares with whom. So rows are few, and the numbers of several agents are read from them alone: the sums of each are
//! added, and what is counted for more than one of them is taken away.

use super::fact::{Bound, bind};
use super::fold::{self, Folds, Key};
use super::read::Where;
use super::zone::Days;
use crate::{Fault, database};
use domain::Time;
use domain::indicators::{Filter, KEPT, Spread, Sums};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AssertSqlSafe, Row};
use std::collections::BTreeMap;

/// Which row.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Whose {
    agent: String,
    day: i64,
    group: String,
    queued: i64,
}

/// What is inside of it.
#[derive(Debug, Default)]
struct Inside {
    /// By application.
    parts: BTreeMap<String, Sums>,
    /// By who was in it, all of them, and by application.
    teams: BTreeMap<(Vec<String>, String), Sums>,
}

/// Adds to the rows of agents, of which nobody else writes any until the transaction ends.
pub async fn add(conn: &mut AnyConnection, folds: &[(&Key, &Sums)]) -> Result<(), Fault> {
    let mut rows: BTreeMap<Whose, Vec<(&Key, &Sums)>> = BTreeMap::new();
    for (key, sums) in folds {
        let whose = Whose { agent: key.agent.clone(), day: key.day, group: key.group.clone(), queued: key.queued };
        rows.entry(whose).or_default().push((key, sums));
    }
    let rows: Vec<(Whose, Vec<(&Key, &Sums)>)> = rows.into_iter().collect();
    for part in rows.chunks(database::ROWS) {
        let mut kept = read(conn, part.iter().map(|(whose, _)| whose)).await?;
        let added = part.iter().map(|(whose, more)| {
            let mut inside = kept.remove(whose).unwrap_or_default();
            more.iter().for_each(|(key, sums)| inside.add(key, sums));
            (whose, inside)
        });
        write(conn, &added.collect::<Vec<_>>()).await?;
    }
    Ok(())
}

async fn read(conn: &mut AnyConnection, whose: impl Iterator<Item = &Whose>) -> Result<BTreeMap<Whose, Inside>, Fault> {
    let (mut bound, mut any) = (Vec::new(), Vec::new());
    for Whose { agent, day, group, queued } in whose {
        let n = bound.len();
        any.push(format!(
            "agent_id = ${} and day = ${} and group_id = ${} and queued = ${}",
            n + 1,
            n + 2,
            n + 3,
            n + 4
        ));
        let [agent, group] = [agent, group].map(|id| Bound::Text(id.clone()));
        bound.extend([agent, Bound::Number(*day), group, Bound::Number(*queued)]);
    }
    let sql = format!(
        "select agent_id, day, group_id, queued, parts, teams from indicator_agents where {}",
        any.join(" or ")
    );
    let rows = bind(&sql, &bound).fetch_all(conn).await?;
    rows.iter().map(|row| Ok((self::whose(row)?, Inside::read(row, 4)?))).collect()
}

/// From the first four columns.
fn whose(row: &AnyRow) -> Result<Whose, Fault> {
    Ok(Whose { agent: row.try_get(0)?, day: row.try_get(1)?, group: row.try_get(2)?, queued: row.try_get(3)? })
}

async fn write(conn: &mut AnyConnection, rows: &[(&Whose, Inside)]) -> Result<(), Fault> {
    let columns = Sums::COLUMNS.iter().copied().chain(["parts", "teams"]);
    let sets: Vec<String> = columns.map(|column| format!("{column} = excluded.{column}")).collect();
    let sql = format!(
        "insert into indicator_agents (agent_id, day, group_id, queued, {}, parts, teams) values {} \
         on conflict (agent_id, day, group_id, queued) do update set {}",
        Sums::COLUMNS.join(", "),
        database::places(rows.len(), 4 + KEPT + 2),
        sets.join(", ")
    );
    let mut query = sqlx::query(AssertSqlSafe(sql));
    for (whose, inside) in rows {
        query = query.bind(whose.agent.clone()).bind(whose.day).bind(whose.group.clone()).bind(whose.queued);
        for number in inside.sums().kept() {
            query = query.bind(number);
        }
        query = query.bind(inside.parts()?).bind(inside.teams()?);
    }
    query.execute(conn).await?;
    Ok(())
}

impl Inside {
    /// From two columns, `parts` and `teams`.
    fn read(row: &AnyRow, first: usize) -> Result<Inside, Fault> {
        let parts = parts(row.try_get(first)?)?;
        let teams = teams(row.try_get(first + 1)?)?;
        let parts = parts.into_iter().collect();
        Ok(Inside {
            parts,
            teams: teams.into_iter().map(|(of, application, sums)| ((of, application), sums)).collect(),
        })
    }

    fn add(&mut self, key: &Key, more: &Sums) {
        match key.team.is_empty() {
            true => self.parts.entry(key.application.clone()).or_default().add(more),
            false => self.teams.entry((key.team.clone(), key.application.clone())).or_default().add(more),
        }
    }

    /// All parts together.
    fn sums(&self) -> Sums {
        let mut all = Sums::default();
        self.parts.values().for_each(|part| all.add(part));
        all
    }

    fn parts(&self) -> Result<String, Fault> {
        let parts: BTreeMap<&String, [i64; KEPT]> = self.parts.iter().map(|(of, sums)| (of, sums.kept())).collect();
        Ok(serde_json::to_string(&parts)?)
    }

    fn teams(&self) -> Result<String, Fault> {
        if self.teams.is_empty() {
            return Ok(String::new());
        }
        let teams: Vec<(&Vec<String>, &String, [i64; 4])> = self
            .teams
            .iter()
            .map(|((of, application), sums)| {
                (of, application, [sums.attended, sums.unanswered, sums.unsaved, sums.talk.total])
            })
            .collect();
        Ok(serde_json::to_string(&teams)?)
    }
}

fn parts(kept: &str) -> Result<Vec<(String, Sums)>, Fault> {
    let parts: BTreeMap<String, [i64; KEPT]> = serde_json::from_str(kept)?;
    Ok(parts.into_iter().map(|(of, numbers)| (of, Sums::from_kept(numbers))).collect())
}

/// Who was in it, in which application, and what is counted for each of them.
fn teams(kept: &str) -> Result<Vec<(Vec<String>, String, Sums)>, Fault> {
    if kept.is_empty() {
        return Ok(Vec::new());
    }
    let teams: Vec<(Vec<String>, String, [i64; 4])> = serde_json::from_str(kept)?;
    let sums = |[attended, unanswered, unsaved, total]: [i64; 4]| Sums {
        attended,
        unanswered,
        unsaved,
        talk: Spread { many: attended, total, longest: 0 },
        ..Sums::default()
    };
    Ok(teams.into_iter().map(|(of, application, numbers)| (of, application, sums(numbers))).collect())
}

/// What is kept of these days, from the first on and before the last; and of which rows the columns are otherwise than
/// the parts inside, a line each.
pub async fn kept(conn: &mut AnyConnection, from: i64, to: i64) -> Result<(Folds, Vec<String>), Fault> {
    let sql = format!(
        "select agent_id, day, group_id, queued, parts, teams, {} from indicator_agents where day >= $1 and day < $2",
        Sums::COLUMNS.join(", ")
    );
    let (mut folds, mut wrong) = (Folds::new(), Vec::new());
    for row in bind(&sql, &[Bound::Number(from), Bound::Number(to)]).fetch_all(conn).await? {
        let (whose, inside) = (whose(&row)?, Inside::read(&row, 4)?);
        let (columns, parts) = (fold::sums(&row, 6)?.kept(), inside.sums().kept());
        if columns != parts {
            wrong.push(format!("sums of {whose:?}: kept is {columns:?}, and its parts say {parts:?}"));
        }
        let key = |application, team| {
            let Whose { agent, day, group, queued } = whose.clone();
            Key { day, agent, group, application, queued, team }
        };
        folds.extend(inside.parts.into_iter().map(|(application, sums)| (key(application, Vec::new()), sums)));
        folds.extend(inside.teams.into_iter().map(|((team, application), sums)| (key(application, team), sums)));
    }
    Ok((folds, wrong))
}

/// The sums of whole days, from the first on and before the last, for all of these agents together: `agents` in the
/// order of their ids, none twice.
pub async fn days(
    conn: &mut AnyConnection,
    kept: Days,
    (first, last): (i64, i64),
    filter: &Filter,
    agents: &[String],
    found: &mut Vec<(Time, Sums)>,
) -> Result<(), Fault> {
    let mut asked = Where::within("f.day", kept.kept(first), kept.kept(last));
    asked.any_of("f.agent_id", agents);
    asked.any_of("f.group_id", &filter.groups);
    if !filter.begun {
        asked.and("f.queued = 1");
    }
    let means = |application: &String| filter.applications.is_empty() || filter.applications.contains(application);
    if filter.applications.is_empty() {
        let sql =
            format!("select f.day, {} from indicator_agents f where {} group by f.day", fold::together("f"), asked.sql);
        for row in bind(&sql, &asked.bound).fetch_all(&mut *conn).await? {
            found.push((kept.start(row.try_get(0)?), fold::sums(&row, 1)?));
        }
    } else {
        let sql = format!("select f.day, f.parts from indicator_agents f where {}", asked.sql);
        for row in bind(&sql, &asked.bound).fetch_all(&mut *conn).await? {
            let at = kept.start(row.try_get(0)?);
            let meant = parts(row.try_get(1)?)?.into_iter().filter(|(application, _)| means(application));
            found.extend(meant.map(|(_, sums)| (at, sums)));
        }
    }
    if agents.len() < 2 {
        return Ok(());
    }
    let sql =
        format!("select f.agent_id, f.day, f.teams from indicator_agents f where {} and f.teams <> ''", asked.sql);
    for row in bind(&sql, &asked.bound).fetch_all(conn).await? {
        let (agent, at): (&str, _) = (row.try_get(0)?, kept.start(row.try_get(1)?));
        let mut less = Sums::default();
        for (team, application, shared) in teams(row.try_get(2)?)? {
            let mut asked = team.iter().filter(|id| agents.binary_search(id).is_ok());
            // Each of a team but its last has it; the first of those who are asked for says it.
            if means(&application) && asked.next().is_some_and(|first| first == agent) {
                asked.for_each(|_| less.take(&shared));
            }
        }
        found.push((at, less));
    }
    Ok(())
}
