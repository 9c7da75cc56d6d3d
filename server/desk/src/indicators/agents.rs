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
use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AssertSqlSafe, Row};
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;

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
        query = query.bind(inside.parts(whose)).bind(inside.teams(whose));
    }
    query.execute(conn).await?;
    Ok(())
}

impl Inside {
    /// From two columns, `parts` and `teams`.
    fn read(row: &AnyRow, first: usize) -> Result<Inside, Fault> {
        let (parts, teams): (&str, &str) = (row.try_get(first)?, row.try_get(first + 1)?);
        let mut inside = Inside::default();
        for line in parts.lines() {
            let Part { application, numbers, .. } = Part::read(line)?;
            inside.parts.insert(plain(application).into(), Sums::from_kept(read_numbers(numbers)?));
        }
        for line in teams.lines() {
            let Team { owner, others, application, numbers, .. } = Team::read(line)?;
            let mut team: Vec<String> = others.split(',').chain([owner]).map(|id| plain(id).into()).collect();
            team.sort_unstable();
            inside.teams.insert((team, plain(application).into()), shared(read_numbers(numbers)?));
        }
        Ok(inside)
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

    fn parts(&self, whose: &Whose) -> String {
        let mut lines = String::new();
        for (application, sums) in &self.parts {
            // A text takes all that is written to it.
            let _ = write!(lines, "{}\t{}", whose.day, escaped(application));
            write_numbers(&mut lines, &sums.kept());
        }
        lines
    }

    fn teams(&self, whose: &Whose) -> String {
        let mut lines = String::new();
        for ((team, application), sums) in &self.teams {
            let others: Vec<Cow<str>> = team.iter().filter(|id| **id != whose.agent).map(|id| escaped(id)).collect();
            let (owner, application) = (escaped(&whose.agent), escaped(application));
            let _ = write!(lines, "{}\t{owner}\t{}\t{application}", whose.day, others.join(","));
            write_numbers(&mut lines, &[sums.attended, sums.unanswered, sums.unsaved, sums.talk.total]);
        }
        lines
    }
}

/// A line of `parts`: the day, the application, and its numbers in the order of [`Sums::COLUMNS`]; tabs between. Lines
/// say of what day they are, so that those of many rows are read as one text: a row by itself costs more than what is
/// in it.
struct Part<'l> {
    day: i64,
    application: &'l str,
    numbers: &'l str,
}

/// A line of `teams`: the day, he, who shared it with him, the application, and four numbers.
struct Team<'l> {
    day: &'l str,
    owner: &'l str,
    others: &'l str,
    application: &'l str,
    numbers: &'l str,
}

impl<'l> Part<'l> {
    fn read(line: &'l str) -> Result<Part<'l>, Fault> {
        let mut fields = line.splitn(3, '\t');
        let mut next = || fields.next().ok_or_else(unreadable);
        Ok(Part { day: number(next()?)?, application: next()?, numbers: next()? })
    }
}

impl<'l> Team<'l> {
    fn read(line: &'l str) -> Result<Team<'l>, Fault> {
        let mut fields = line.splitn(5, '\t');
        let mut next = || fields.next().ok_or_else(unreadable);
        Ok(Team { day: next()?, owner: next()?, others: next()?, application: next()?, numbers: next()? })
    }
}

fn unreadable() -> Fault {
    Fault::new("what is inside the day of an agent does not read")
}

fn number(text: &str) -> Result<i64, Fault> {
    text.parse().map_err(|_| unreadable())
}

fn read_numbers<const N: usize>(text: &str) -> Result<[i64; N], Fault> {
    let (mut numbers, mut fields) = ([0; N], text.split('\t'));
    for n in &mut numbers {
        *n = number(fields.next().ok_or_else(unreadable)?)?;
    }
    if fields.next().is_some() { Err(unreadable()) } else { Ok(numbers) }
}

fn write_numbers(line: &mut String, numbers: &[i64]) {
    for n in numbers {
        let _ = write!(line, "\t{n}");
    }
    line.push('\n');
}

/// What is counted for each of a team.
fn shared([attended, unanswered, unsaved, total]: [i64; 4]) -> Sums {
    let talk = Spread { many: attended, total, longest: 0 };
    Sums { attended, unanswered, unsaved, talk, ..Sums::default() }
}

/// What parts the fields of a line; it is in no id of ours, and whatever is called so all the same breaks no line.
const PARTS: &AsciiSet = &CONTROLS.add(b'%').add(b',');

fn escaped(id: &str) -> Cow<'_, str> {
    utf8_percent_encode(id, PARTS).into()
}

fn plain(field: &str) -> Cow<'_, str> {
    percent_decode_str(field).decode_utf8_lossy()
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
    let mut days: HashMap<i64, Sums> = HashMap::new();
    let applications: Vec<Cow<str>> = filter.applications.iter().map(|id| escaped(id)).collect();
    let means = |application: &str| applications.is_empty() || applications.iter().any(|id| id == application);
    if applications.is_empty() {
        let sql =
            format!("select f.day, {} from indicator_agents f where {} group by f.day", fold::together("f"), asked.sql);
        for row in bind(&sql, &asked.bound).fetch_all(&mut *conn).await? {
            found.push((kept.start(row.try_get(0)?), fold::sums(&row, 1)?));
        }
    } else {
        for text in all_of(conn, "parts", &asked).await? {
            for line in text.lines() {
                let Part { day, application, numbers } = Part::read(line)?;
                if means(application) {
                    days.entry(day).or_default().add(&Sums::from_kept(read_numbers(numbers)?));
                }
            }
        }
    }
    if agents.len() > 1 {
        let places = agents.iter().enumerate().map(|(place, id)| (escaped(id), place)).collect();
        for text in all_of(conn, "teams", &asked).await? {
            take_shared(&text, &places, means, &mut days)?;
        }
    }
    found.extend(days.into_iter().map(|(day, sums)| (kept.start(day), sums)));
    Ok(())
}

/// Takes away from their days what these lines of `teams`, all of one agent, count for others of those who are asked for
/// as well; `places`: where these stand in the order of their ids. A year of many agents has a hundred thousand lines: of
/// one that says nothing its numbers are not read, and lines of a day stand together.
fn take_shared(
    lines: &str,
    places: &HashMap<Cow<str>, usize>,
    means: impl Fn(&str) -> bool,
    days: &mut HashMap<i64, Sums>,
) -> Result<(), Fault> {
    let (mut owner, mut own) = ("", None);
    let (mut day, mut taken) = ("", [0; 4]);
    for line in lines.lines() {
        let team = Team::read(line)?;
        if team.owner != owner {
            (owner, own) = (team.owner, places.get(team.owner));
        }
        // Each of a team but its last has it; the first of those who are asked for says it.
        let (mut beside, mut says) = (0, true);
        for place in team.others.split(',').filter_map(|id| places.get(id)) {
            beside += 1;
            says &= own < Some(place);
        }
        if beside == 0 || !says || !means(team.application) {
            continue;
        }
        if team.day != day {
            take(days, day, taken)?;
            (day, taken) = (team.day, [0; 4]);
        }
        let numbers: [i64; 4] = read_numbers(team.numbers)?;
        taken.iter_mut().zip(numbers).for_each(|(taken, more)| *taken += beside * more);
    }
    take(days, day, taken)
}

fn take(days: &mut HashMap<i64, Sums>, day: &str, numbers: [i64; 4]) -> Result<(), Fault> {
    if numbers != [0; 4] {
        days.entry(number(day)?).or_default().take(&shared(numbers));
    }
    Ok(())
}

/// The lines of a column in all rows that are asked for, a text for each agent.
async fn all_of(conn: &mut AnyConnection, column: &str, asked: &Where) -> Result<Vec<String>, Fault> {
    let sql = format!(
        "select string_agg(f.{column}, '') from indicator_agents f where {} and f.{column} <> '' group by f.agent_id",
        asked.sql
    );
    let rows = bind(&sql, &asked.bound).fetch_all(conn).await?;
    Ok(rows.iter().map(|row| row.try_get(0)).collect::<Result<_, sqlx::Error>>()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_reads_as_it_was_written_whatever_people_are_called() {
        for id in ["bench-agent-7", "", "a,b", "50 %", "50%25", "é\t\n\r", "日本"] {
            assert!(!escaped(id).contains(['\t', '\n', '\r', ',']), "{id}");
            assert_eq!(plain(&escaped(id)), id);
        }
    }
}
