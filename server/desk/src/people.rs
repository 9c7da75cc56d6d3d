//! Agents: who works here.

use crate::audit::{self, Note};
use crate::database::{Database, can_hold, flag, is_set};
use crate::keeper::Want;
use crate::session::Signed;
use crate::{Answer, Desk, Fault, agent, factor, first_run, group, password, session, settings};
use domain::agent::Change;
use domain::application::{FieldKind, is_plausible};
use domain::audit::Kind;
use domain::person::Agent;
use domain::wire::{AgentState, Attendant, Down, Me};
use domain::{Face, Refusal, Time, profile, text};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AnyExecutor, AnyPool, AssertSqlSafe, Row};

/// An agent to be.
#[derive(Clone, Debug)]
pub struct New {
    pub id: String,
    pub name: String,
    pub email: String,
    pub sequence: bool,
    pub system: bool,
    /// Of his console, until he chooses: `es`, `pt` or `en`.
    pub lang: String,
}

/// A name and an address, when they are.
pub fn checked(name: &str, email: &str, lang: &str) -> Result<New, Refusal> {
    let (name, email) = (profile::name(name)?, text::line(email).to_lowercase());
    if !is_plausible(FieldKind::Email, &email) {
        return Err(Refusal::FieldWrong { field: "email".into() });
    }
    Ok(New { id: String::new(), name, email, sequence: false, system: false, lang: lang.into() })
}

pub async fn keep(conn: &mut AnyConnection, new: &New, password: &str, now: Time) -> Result<(), Fault> {
    sqlx::query("insert into agents (id, name, email, password, sequence, system, online, created_at, lang) values ($1, $2, $3, $4, $5, $6, 1, $7, $8)")
        .bind(new.id.as_str())
        .bind(new.name.as_str())
        .bind(new.email.as_str())
        .bind(password)
        .bind(flag(new.sequence))
        .bind(flag(new.system))
        .bind(now.0)
        .bind(new.lang.as_str())
        .execute(conn)
        .await?;
    Ok(())
}

/// Does anybody work here, or did?
pub async fn are_there<'c>(on: impl AnyExecutor<'c>) -> Result<bool, sqlx::Error> {
    Ok(sqlx::query("select 1 from agents limit 1").fetch_optional(on).await?.is_some())
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

/// An agent as an operator lists him.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    pub name: String,
    pub email: String,
    pub system: bool,
    pub disabled: bool,
    /// He signs in with a second factor.
    pub factor: bool,
}

/// A right that an operator gives or takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Right {
    /// To sign in at all.
    Access,
    /// To administer the system.
    System,
    /// In a group, by its name or its id.
    Attend(String),
    Administer(String),
}

/// Agents for whoever runs this deployment, beside a server that may run: it follows within seconds.
pub struct Staff(Database);

impl Staff {
    pub async fn open(database: &str) -> Result<Staff, Fault> {
        Ok(Staff(Database::open_as_it_is(database).await?))
    }

    /// To list them; nothing is set.
    pub async fn look(database: &str) -> Result<Staff, Fault> {
        Ok(Staff(Database::read(database).await?))
    }

    pub async fn close(self) {
        self.0.close().await;
    }

    pub async fn list(&self) -> Answer<Vec<Listed>> {
        let rows =
            sqlx::query("select name, email, system, disabled, cast(case when factor is null then 0 else 1 end as bigint) from agents order by name, id")
                .fetch_all(&self.0.reader)
                .await?;
        let one = |row: &AnyRow| {
            Ok(Listed {
                name: row.try_get(0)?,
                email: row.try_get(1)?,
                system: is_set(row, 2)?,
                disabled: is_set(row, 3)?,
                factor: is_set(row, 4)?,
            })
        };
        rows.iter().map(one).collect()
    }

    /// Gives these rights, or takes them, all or none. Who may not sign in any more is signed out everywhere (S9). A
    /// name that several groups have is refused as wrong: [`Staff::groups_called`] tells them apart. The last who
    /// administers the system stays so: [`domain::agent::Change::apply`].
    pub async fn set(&self, email: &str, rights: &[(Right, bool)], now: Time) -> Answer<()> {
        let mut tx = self.0.begin().await?;
        settings::hold(&mut tx).await?;
        let agent = factor::id_of(&mut tx, email).await?;
        let mut notes = Vec::new();
        for (right, has) in rights {
            notes.extend(set(&mut tx, &agent, right, *has, now).await?);
        }
        audit::append(&mut tx, now, &notes).await?;
        Ok(tx.commit().await?)
    }

    /// The groups of this name, or the one of this id: their ids, and the names of the applications that offer them. One
    /// that is retired is meant by its id alone.
    pub async fn groups_called(&self, group: &str) -> Answer<Vec<(String, Vec<String>)>> {
        Ok(group::called(&mut *self.0.reader.acquire().await?, group).await?)
    }

    /// Takes the second factor off somebody who has lost his device; he is signed out everywhere. Who has none is refused
    /// as too late.
    pub async fn reset_factor(&self, email: &str, now: Time) -> Answer<()> {
        let mut tx = self.0.begin().await?;
        let agent = factor::id_of(&mut tx, email).await?;
        factor::take_off_and_end(&mut tx, &agent).await?;
        audit::append(&mut tx, now, &[Note::by_operator(Kind::FactorReset).about_agent(&agent)]).await?;
        Ok(tx.commit().await?)
    }

    /// Takes away somebody's photo, whoever he is by now; whether he had one.
    pub async fn remove_photo(&self, email: &str, now: Time) -> Answer<bool> {
        let mut tx = self.0.begin().await?;
        let agent = factor::id_of(&mut tx, email).await?;
        let gone = sqlx::query("delete from photos where agent_id = $1").bind(agent.as_str()).execute(&mut *tx).await?;
        if gone.rows_affected() == 0 {
            return Ok(false);
        }
        audit::append(&mut tx, now, &[Note::by_operator(Kind::ProfileChanged).about_agent(&agent)]).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// A new password for who has forgotten his; he is signed out everywhere.
    pub async fn set_password(&self, email: &str, fresh: &str, now: Time) -> Answer<()> {
        password::checked(fresh)?;
        let fresh = password::hashed(fresh)?;
        let mut tx = self.0.begin().await?;
        let agent = factor::id_of(&mut tx, email).await?;
        sqlx::query("update agents set password = $1 where id = $2")
            .bind(fresh)
            .bind(agent.as_str())
            .execute(&mut *tx)
            .await?;
        agent::drop_link(&mut tx, &agent).await?;
        session::end_others(&mut tx, &agent, "").await?;
        audit::append(&mut tx, now, &[Note::by_operator(Kind::PasswordChanged).about_agent(&agent)]).await?;
        Ok(tx.commit().await?)
    }
}

/// Gives a right, or takes it, by the rule that holds in the console, too; answers with what is to be written down,
/// where he had it otherwise.
async fn set(conn: &mut AnyConnection, agent: &str, right: &Right, has: bool, now: Time) -> Answer<Option<Note>> {
    let (change, kind) = match right {
        Right::Access => (Change::Disabled(!has), if has { Kind::AccessGiven } else { Kind::AccessTaken }),
        Right::System => (Change::System(has), if has { Kind::SystemGiven } else { Kind::SystemTaken }),
        Right::Attend(group) => return set_flag(conn, agent, group, "attendant", has).await,
        Right::Administer(group) => return set_flag(conn, agent, group, "administrator", has).await,
    };
    let all = agent::lines(&mut *conn).await?;
    let after = change.apply(agent, &all)?;
    if all.contains(&after) {
        return Ok(None);
    }
    agent::keep(conn, &change, &after, now).await?;
    Ok(Some(Note::by_operator(kind).about_agent(agent)))
}

/// One of the two flags of a membership; a membership that nothing is left of is none.
async fn set_flag(
    conn: &mut AnyConnection,
    agent: &str,
    group: &str,
    column: &'static str,
    has: bool,
) -> Answer<Option<Note>> {
    let called = group::called(&mut *conn, group).await?;
    let group = match called.as_slice() {
        [] => return Err(Refusal::NoSuchTarget.into()),
        [(one, _)] => one.as_str(),
        _ => return Err(Refusal::FieldWrong { field: "group".into() }.into()),
    };
    let sql = match has {
        true => format!(
            "insert into memberships (group_id, agent_id, attendant, administrator) values ($1, $2, {}, {}) \
             on conflict (group_id, agent_id) do update set {column} = 1 where memberships.{column} = 0",
            flag(column == "attendant"),
            flag(column == "administrator"),
        ),
        false => {
            format!("update memberships set {column} = 0 where group_id = $1 and agent_id = $2 and {column} = 1")
        }
    };
    let changed = sqlx::query(AssertSqlSafe(sql)).bind(group).bind(agent).execute(&mut *conn).await?;
    sqlx::query(
        "delete from memberships where group_id = $1 and agent_id = $2 and attendant = 0 and administrator = 0",
    )
    .bind(group)
    .bind(agent)
    .execute(conn)
    .await?;
    let kind = match (column, has) {
        ("attendant", true) => Kind::AttendingGiven,
        ("attendant", false) => Kind::AttendingTaken,
        (_, true) => Kind::AdministeringGiven,
        (_, false) => Kind::AdministeringTaken,
    };
    Ok((changed.rows_affected() > 0).then(|| Note::by_operator(kind).about_agent(agent).in_group(group)))
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
            first_run: first_run::is_for(&self.0.database.reader, &signed.agent).await?,
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

    /// The agents to whom a chat of this group may be handed: its attendants, with their state and what they speak.
    pub async fn attendants(&self, group: &str) -> Answer<Vec<Attendant>> {
        if !can_hold(group) {
            return Ok(Vec::new());
        }
        let rows = sqlx::query(
            "select a.id, a.name, a.online, a.languages from agents a join memberships m on m.agent_id = a.id \
             where m.group_id = $1 and m.attendant = 1 and a.disabled = 0 order by a.name, a.id",
        )
        .bind(group)
        .fetch_all(&self.0.database.reader)
        .await?;
        self.with_state(&rows)
    }

    /// The agents whom this conversation can be handed to, or who can be asked into it: the attendants of its group;
    /// where it is about a ticket, whoever may be asked about that.
    pub async fn colleagues(&self, agent: &Agent, chat: &str) -> Answer<Vec<Attendant>> {
        let chat = self.seen_by(agent, chat).await?;
        if !chat.is_inner() {
            return self.attendants(&chat.group.id).await;
        }
        let sql = format!(
            "select a.id, a.name, a.online, a.languages from agents a where {} order by a.name, a.id",
            crate::chat::ASKED
        );
        let rows = sqlx::query(AssertSqlSafe(sql))
            .bind(chat.group.id.as_str())
            .bind(chat.related.as_ref().map_or("", |ticket| ticket.id.as_str()))
            .fetch_all(&self.0.database.reader)
            .await?;
        self.with_state(&rows)
    }

    fn with_state(&self, rows: &[AnyRow]) -> Answer<Vec<Attendant>> {
        let mut attendants = Vec::new();
        for row in rows {
            let face = Face { id: row.try_get(0)?, name: row.try_get(1)? };
            let connected = self.0.presence.is_connected(&face.id);
            let state = AgentState { face, connected, online: is_set(row, 2)? };
            attendants.push(Attendant { state, languages: serde_json::from_str(row.try_get(3)?)? });
        }
        Ok(attendants)
    }
}
