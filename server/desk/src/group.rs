//! Groups: who belongs, who sees them, who is there.

use crate::database::can_hold;
use crate::{Answer, Desk, Fault, presence};
use domain::Face;
use domain::group::Named;
use domain::person::{Agent, Membership};
use sqlx::{AnyConnection, AnyExecutor, Row};

mod change;

/// The attendants of a group who chose to be online and are connected (R15).
pub async fn online<'c>(
    on: impl AnyExecutor<'c>,
    room: &presence::Room,
    group: &str,
) -> Result<Vec<Face>, sqlx::Error> {
    let rows = sqlx::query(
        "select a.id, a.name from agents a join memberships m on m.agent_id = a.id \
         where m.group_id = $1 and m.attendant = 1 and a.online = 1 and a.disabled = 0 order by a.name, a.id",
    )
    .bind(group)
    .fetch_all(on)
    .await?;
    let mut faces = Vec::new();
    for row in rows {
        let face = Face { id: row.try_get(0)?, name: row.try_get(1)? };
        if room.is_connected(&face.id) {
            faces.push(face);
        }
    }
    Ok(faces)
}

/// A group by its id, and the names of the applications that offer it.
pub type Called = (String, Vec<String>);

/// Which an operator may mean: the one of this id, whoever else is called so, or those of this name. One that is retired
/// is meant by its id alone: its name may be another's by now.
pub async fn called(conn: &mut AnyConnection, group: &str) -> Result<Vec<Called>, Fault> {
    if !can_hold(group) {
        return Ok(Vec::new());
    }
    let rows = sqlx::query(
        "select g.id, a.name from groups g left join application_groups o on o.group_id = g.id \
         left join applications a on a.id = o.application_id \
         where g.id = $1 or (g.name = $1 and g.retired = 0) order by g.id, a.name",
    )
    .bind(group)
    .fetch_all(conn)
    .await?;
    let mut all: Vec<Called> = Vec::new();
    for row in rows {
        let (id, application): (String, Option<String>) = (row.try_get(0)?, row.try_get(1)?);
        if all.last().is_none_or(|(last, _)| *last != id) {
            all.push((id, Vec::new()));
        }
        all.last_mut().expect("one was just put there").1.extend(application);
    }
    if all.iter().any(|(id, _)| id == group) {
        all.retain(|(id, _)| id == group);
    }
    Ok(all)
}

/// The memberships of an agent.
pub async fn memberships<'c>(on: impl AnyExecutor<'c>, agent: &str) -> Result<Vec<Membership>, sqlx::Error> {
    let rows =
        sqlx::query("select group_id, attendant, administrator from memberships where agent_id = $1 order by group_id")
            .bind(agent)
            .fetch_all(on)
            .await?;
    rows.iter()
        .map(|row| {
            let (attendant, administrator) = (crate::database::is_set(row, 1)?, crate::database::is_set(row, 2)?);
            Ok(Membership { group: row.try_get(0)?, attendant, administrator })
        })
        .collect()
}

impl Desk {
    /// The groups whose conversations an agent sees, by name.
    pub async fn groups_seen_by(&self, agent: &Agent) -> Answer<Vec<Named>> {
        let rows =
            sqlx::query("select id, name from groups order by name, id").fetch_all(&self.0.database.reader).await?;
        let mut groups = Vec::new();
        for row in rows {
            let group = Named { id: row.try_get(0)?, name: row.try_get(1)? };
            if agent.sees(&group.id) {
                groups.push(group);
            }
        }
        Ok(groups)
    }
}
