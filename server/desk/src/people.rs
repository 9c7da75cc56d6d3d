//! Agents: who works here.

use crate::database::{can_hold, flag};
use crate::keeper::Want;
use crate::session::Signed;
use crate::{Answer, Desk, Fault, group};
use domain::application::{FieldKind, is_plausible};
use domain::person::Agent;
use domain::wire::{AgentState, Down, Me};
use domain::{Face, Refusal, Time, text};
use sqlx::{AnyConnection, AnyPool, Row};

/// The longest name, in characters.
pub const NAME_LIMIT: usize = 80;

/// An agent to be.
#[derive(Clone, Debug)]
pub struct New {
    pub id: String,
    pub name: String,
    pub email: String,
    pub sequence: bool,
    pub system: bool,
}

/// A name and an address, when they are.
pub fn checked(name: &str, email: &str) -> Result<New, Refusal> {
    let (name, email) = (text::line(name), text::line(email).to_lowercase());
    if name.is_empty() {
        return Err(Refusal::FieldMissing { field: "name".into() });
    }
    if name.chars().count() > NAME_LIMIT {
        return Err(Refusal::FieldTooLong { field: "name".into(), limit: NAME_LIMIT as u32 });
    }
    if !is_plausible(FieldKind::Email, &email) {
        return Err(Refusal::FieldWrong { field: "email".into() });
    }
    Ok(New { id: String::new(), name, email, sequence: false, system: false })
}

pub async fn keep(conn: &mut AnyConnection, new: &New, password: &str, now: Time) -> Result<(), Fault> {
    sqlx::query("insert into agents (id, name, email, password, sequence, system, online, created_at) values ($1, $2, $3, $4, $5, $6, 1, $7)")
        .bind(new.id.as_str())
        .bind(new.name.as_str())
        .bind(new.email.as_str())
        .bind(password)
        .bind(flag(new.sequence))
        .bind(flag(new.system))
        .bind(now.0)
        .execute(conn)
        .await?;
    Ok(())
}

pub async fn are_there(pool: &AnyPool) -> Result<bool, sqlx::Error> {
    Ok(sqlx::query("select 1 from agents limit 1").fetch_optional(pool).await?.is_some())
}

/// An agent with all his rights, whether he may sign in or not.
pub async fn agent(pool: &AnyPool, id: &str) -> Result<Option<Agent>, sqlx::Error> {
    agent_in(&mut *pool.acquire().await?, id).await
}

/// As [`agent`], inside a transaction.
pub async fn agent_in(conn: &mut AnyConnection, id: &str) -> Result<Option<Agent>, sqlx::Error> {
    let row = sqlx::query("select name, sequence, system from agents where id = $1")
        .bind(id)
        .fetch_optional(&mut *conn)
        .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(Agent {
        face: Face { id: id.into(), name: row.try_get(0)? },
        sequence: row.try_get::<i64, _>(1)? != 0,
        system: row.try_get::<i64, _>(2)? != 0,
        memberships: group::memberships(&mut *conn, id).await?,
    }))
}

/// Is there an agent of this id who may sign in?
pub async fn works_here(conn: &mut AnyConnection, id: &str) -> Result<bool, sqlx::Error> {
    let row = sqlx::query("select 1 from agents where id = $1 and disabled = 0").bind(id).fetch_optional(conn).await?;
    Ok(row.is_some())
}

impl Desk {
    pub async fn me(&self, signed: &Signed) -> Answer<Me> {
        let groups = self.groups_seen_by(&signed.agent).await?;
        Ok(Me {
            agent: signed.agent.clone(),
            email: signed.email.clone(),
            online: signed.online,
            groups,
            lang: signed.lang.clone(),
        })
    }

    /// The chat status of the top bar (R49).
    pub async fn set_online(&self, agent: &str, online: bool) -> Answer<()> {
        sqlx::query("update agents set online = $1 where id = $2")
            .bind(flag(online))
            .bind(agent)
            .execute(&self.0.database.writer)
            .await?;
        let row =
            sqlx::query("select name from agents where id = $1").bind(agent).fetch_one(&self.0.database.reader).await?;
        let face = Face { id: agent.into(), name: row.try_get(0)? };
        let connected = self.0.presence.is_connected(agent);
        let groups = group::memberships(&self.0.database.reader, agent).await?;
        self.0.queues.changed(groups.into_iter().filter(|m| m.attendant).map(|m| m.group).collect());
        self.0.hub.tell(&[crate::hub::Topic::Staff], Down::Agent(AgentState { face, connected, online }));
        if online {
            self.0.keeper.ask(Want::HandOut).await?;
        }
        Ok(())
    }

    /// The agents to whom a chat of this group may be handed: its attendants, with their state.
    pub async fn attendants(&self, group: &str) -> Answer<Vec<AgentState>> {
        if !can_hold(group) {
            return Ok(Vec::new());
        }
        let rows = sqlx::query(
            "select a.id, a.name, a.online from agents a join memberships m on m.agent_id = a.id \
             where m.group_id = $1 and m.attendant = 1 and a.disabled = 0 order by a.name, a.id",
        )
        .bind(group)
        .fetch_all(&self.0.database.reader)
        .await?;
        let mut states = Vec::new();
        for row in rows {
            let face = Face { id: row.try_get(0)?, name: row.try_get(1)? };
            let connected = self.0.presence.is_connected(&face.id);
            states.push(AgentState { face, connected, online: row.try_get::<i64, _>(2)? != 0 });
        }
        Ok(states)
    }
}
