//! What groups hand out who waits, and to whom they could.

use crate::database::Database;
use crate::keeper::Want;
use crate::presence::{Person, Room};
use crate::settings::{hold, overtaken};
use crate::{Answer, Desk, Fault, application, audit, group};
use domain::Face;
use domain::application::Wrong;
use domain::distribution::{Candidate, Distribution};
use domain::group::{Settings, Turn};
use sqlx::{AnyConnection, AnyExecutor, Row};
use std::sync::PoisonError;

use application::NotSet;

/// The groups that hand out, and how.
pub async fn all<'c>(on: impl AnyExecutor<'c>) -> Result<Vec<(String, Distribution)>, Fault> {
    let rows =
        sqlx::query("select id, distribution from groups where distribution <> '' order by id").fetch_all(on).await?;
    let mut all = Vec::new();
    for row in rows {
        let (group, kept): (String, String) = (row.try_get(0)?, row.try_get(1)?);
        all.extend(understood(&group, &kept).map(|rule| (group, rule)));
    }
    Ok(all)
}

/// What cannot be read hands nothing out, and stops nobody.
pub(crate) fn understood(group: &str, kept: &str) -> Option<Distribution> {
    serde_json::from_str(kept)
        .inspect_err(|why| tracing::error!(group, column = why.column(), "how a group hands out does not read"))
        .ok()
}

/// How this group does; none: its agents choose.
pub async fn of<'c>(on: impl AnyExecutor<'c>, group: &str) -> Result<Option<Distribution>, Fault> {
    let row = sqlx::query("select distribution from groups where id = $1 and distribution <> ''")
        .bind(group)
        .fetch_optional(on)
        .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(understood(group, row.try_get(0)?))
}

/// The attendants of a group who are online, with their console open at this moment, in its order. How busy they are is not told here.
pub async fn candidates<'c>(on: impl AnyExecutor<'c>, room: &Room, group: &str) -> Result<Vec<Candidate>, sqlx::Error> {
    let rows = sqlx::query(
        "select a.id, a.name, a.chat_limit from agents a join memberships m on m.agent_id = a.id \
         where m.group_id = $1 and m.attendant = 1 and a.online = 1 and a.disabled = 0 order by m.place, a.name, a.id",
    )
    .bind(group)
    .fetch_all(on)
    .await?;
    let mut candidates = Vec::new();
    for row in rows {
        let face = Face { id: row.try_get(0)?, name: row.try_get(1)? };
        let limit: Option<i64> = row.try_get(2)?;
        if room.is_here(&Person::Agent(face.id.clone())) {
            let limit = limit.and_then(|n| u32::try_from(n).ok());
            candidates.push(Candidate { face, here: 0, busy: 0, limit, last: None });
        }
    }
    Ok(candidates)
}

/// The settings of a group for whoever runs this deployment, by its name or its id; of one that is retired by its id.
pub async fn settings(database: &str, group: &str) -> Result<Settings, NotSet> {
    let database = Database::read(database).await?;
    let read = async { Ok(read(&mut *database.snapshot().await?, group).await?.1) };
    let read = read.await;
    database.close().await;
    read
}

/// Its id, and what is set of it.
async fn read(conn: &mut AnyConnection, group: &str) -> Result<(String, Settings), NotSet> {
    let mut called = group::called(&mut *conn, group).await?;
    if called.len() > 1 {
        return Err(NotSet::Several(called));
    }
    let (group, _) = called.pop().ok_or(NotSet::NoSuch)?;
    let row = sqlx::query("select distribution, alarm_after from groups where id = $1")
        .bind(group.as_str())
        .fetch_one(&mut *conn)
        .await?;
    let distribution: String = row.try_get(0)?;
    let alarm_after = u32::try_from(row.try_get::<i64, _>(1)?).unwrap_or(u32::MAX);
    let rows = sqlx::query(
        "select a.email, a.chat_limit from agents a join memberships m on m.agent_id = a.id \
         where m.group_id = $1 and m.attendant = 1 and a.disabled = 0 order by m.place, a.name, a.id",
    )
    .bind(group.as_str())
    .fetch_all(conn)
    .await?;
    let mut team = Vec::new();
    for row in rows {
        let limit: Option<i64> = row.try_get(1)?;
        team.push(Turn { email: row.try_get(0)?, limit: limit.and_then(|n| u32::try_from(n).ok()) });
    }
    let distribution = if distribution.is_empty() { None } else { Some(serde_json::from_str(&distribution)?) };
    Ok((group, Settings { distribution, alarm_after, team }))
}

/// Sets them in the place of those that were read, `before`, when all of them can be meant. Attendants who are not named
/// come after those who are.
pub async fn set(database: &str, group: &str, before: &Settings, settings: &Settings) -> Result<(), NotSet> {
    settings.check().map_err(NotSet::Wrong)?;
    let database = Database::open_as_it_is(database).await?;
    let set = async {
        let mut tx = database.begin().await?;
        hold(&mut tx).await?;
        let (group, now) = read(&mut tx, group).await?;
        let about = ["group ", &group].concat();
        if now != *before {
            return Err(overtaken(&mut tx, &about).await?);
        }
        keep(&mut tx, &group, settings.distribution.as_ref(), settings.alarm_after).await?;
        place(&mut tx, &group, &settings.team).await?;
        audit::note_settings(&mut tx, &about).await?;
        tx.commit().await?;
        Ok(())
    };
    let set = set.await;
    database.close().await;
    set
}

/// Keeps how a group hands out, and after how long its members are told: what was checked.
pub(crate) async fn keep(
    conn: &mut AnyConnection,
    group: &str,
    distribution: Option<&Distribution>,
    alarm_after: u32,
) -> Result<(), Fault> {
    let distribution = distribution.map(serde_json::to_string).transpose()?;
    sqlx::query("update groups set distribution = $1, alarm_after = $2 where id = $3")
        .bind(distribution.as_deref().unwrap_or(""))
        .bind(i64::from(alarm_after))
        .bind(group)
        .execute(conn)
        .await?;
    Ok(())
}

async fn place(conn: &mut AnyConnection, group: &str, team: &[Turn]) -> Result<(), NotSet> {
    sqlx::query("update memberships set place = $1 where group_id = $2")
        .bind(team.len() as i64)
        .bind(group)
        .execute(&mut *conn)
        .await?;
    for (n, turn) in team.iter().enumerate() {
        let placed = sqlx::query(
            "update memberships set place = $1 where group_id = $2 and attendant = 1 \
             and agent_id = (select id from agents where email = $3 and disabled = 0)",
        )
        .bind(n as i64)
        .bind(group)
        .bind(turn.email.as_str())
        .execute(&mut *conn)
        .await?;
        if placed.rows_affected() == 0 {
            let path = format!("team[{n}].email");
            return Err(NotSet::Wrong(Wrong { path, why: "no attendant of this group has this address" }));
        }
        // A limit is the agent's, in whichever group it is set: where it is not named it stays.
        let Some(limit) = turn.limit else { continue };
        sqlx::query("update agents set chat_limit = $1 where email = $2")
            .bind((limit > 0).then_some(i64::from(limit)))
            .bind(turn.email.as_str())
            .execute(&mut *conn)
            .await?;
    }
    Ok(())
}

impl Desk {
    /// Hands out anew where an operator has changed how: that is done by another process, which tells nobody.
    pub async fn follow_settings(&self) -> Answer<()> {
        let rows = sqlx::query(
            "select g.id, g.distribution, m.agent_id, m.place, coalesce(a.chat_limit, 0) from groups g \
             join memberships m on m.group_id = g.id join agents a on a.id = m.agent_id \
             where g.distribution <> '' order by g.id, m.agent_id",
        )
        .fetch_all(&self.0.database.reader)
        .await?;
        let mut now = String::new();
        for row in rows {
            let [group, rule, agent]: [String; 3] = [row.try_get(0)?, row.try_get(1)?, row.try_get(2)?];
            let [place, limit]: [i64; 2] = [row.try_get(3)?, row.try_get(4)?];
            now.push_str(&format!("{group} {rule} {agent} {place} {limit}\n"));
        }
        let known = || self.0.handed_by.lock().unwrap_or_else(PoisonError::into_inner);
        if *known() != now {
            // Known once that is done: what failed is asked again at the next look.
            self.0.keeper.ask(Want::HandOut).await?;
            *known() = now;
        }
        // Where a form was changed on the command line, tickets wait to be indexed.
        self.0.words.wake();
        Ok(())
    }
}
