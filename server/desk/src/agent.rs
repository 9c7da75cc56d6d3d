//! Who works here, as an administrator of the system keeps it in the console, and the link with which somebody
//! chooses his password. What an operator does on the command line is in [`crate::people`], by the same rule.

use crate::audit::{self, Note};
use crate::database::{can_hold, flag, is_set};
use crate::keeper::Want;
use crate::password::{NOBODY, checked};
use crate::session::{Signed, Whence, end_others};
use crate::settings::{administers, hold_as, say_who};
use crate::{Answer, Desk, Fault, factor, group, parameters, people, random};
use domain::agent::{Change, Kept, LINK_LIFE, Line, RESET_LIFE};
use domain::audit::Kind;
use domain::person::Agent;
use domain::{Face, Refusal, Span, Time};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row};

/// All who work here, by name, the disabled ones too.
pub async fn lines(conn: &mut AnyConnection) -> Result<Vec<Line>, Fault> {
    let rows = sqlx::query(
        "select id, name, email, system, sequence, disabled, \
         cast(case when password = $1 then 1 else 0 end as bigint), \
         cast(case when factor is null then 0 else 1 end as bigint) from agents order by name, id",
    )
    .bind(NOBODY)
    .fetch_all(conn)
    .await?;
    let line = |row: &AnyRow| {
        Ok(Line {
            face: Face { id: row.try_get(0)?, name: row.try_get(1)? },
            email: row.try_get(2)?,
            system: is_set(row, 3)?,
            sequence: is_set(row, 4)?,
            disabled: is_set(row, 5)?,
            invited: is_set(row, 6)?,
            factor: is_set(row, 7)?,
        })
    };
    rows.iter().map(line).collect()
}

/// Keeps what is otherwise than before; answers with the hashes of the sessions that end by it.
pub async fn keep(conn: &mut AnyConnection, change: &Change, after: &Line, now: Time) -> Answer<Vec<String>> {
    let id = after.face.id.as_str();
    sqlx::query("update agents set email = $1, system = $2, sequence = $3, disabled = $4 where id = $5")
        .bind(after.email.as_str())
        .bind(flag(after.system))
        .bind(flag(after.sequence))
        .bind(flag(after.disabled))
        .bind(id)
        .execute(&mut *conn)
        .await?;
    match change {
        Change::Invite { .. } => {
            let new = people::New {
                id: id.into(),
                name: after.face.name.clone(),
                email: after.email.clone(),
                sequence: after.sequence,
                system: after.system,
                lang: parameters::read(&mut *conn).await?.language,
            };
            let there = sqlx::query("select 1 from agents where id = $1").bind(id).fetch_optional(&mut *conn).await?;
            if there.is_none() {
                people::keep(conn, &new, NOBODY, now).await?;
            }
            Ok(Vec::new())
        }
        Change::Disabled(true) => {
            drop_link(conn, id).await?;
            Ok(end_others(conn, id, "").await?)
        }
        // It may have been sent to the address that is his no more.
        Change::Address { .. } => {
            drop_link(conn, id).await?;
            Ok(Vec::new())
        }
        Change::ResetFactor => factor::take_off_and_end(conn, id).await,
        Change::Link | Change::System(_) | Change::Sequence(_) | Change::Disabled(false) => Ok(Vec::new()),
    }
}

/// No link of his is good any more: what protects his account has changed since it was made.
pub async fn drop_link(conn: &mut AnyConnection, agent: &str) -> Result<(), Fault> {
    sqlx::query("delete from invitations where agent_id = $1").bind(agent).execute(conn).await?;
    Ok(())
}

/// How long a link is good, for who has this password.
fn life(password: &str) -> Span {
    if password == NOBODY { LINK_LIFE } else { RESET_LIFE }
}

/// Another link for somebody; its secret is told now and never again.
async fn make_link(conn: &mut AnyConnection, agent: &str, now: Time) -> Answer<String> {
    let secret = random::token()?;
    sqlx::query(
        "insert into invitations (agent_id, token_hash, created_at) values ($1, $2, $3) on conflict (agent_id) \
         do update set token_hash = excluded.token_hash, created_at = excluded.created_at",
    )
    .bind(agent)
    .bind(random::hash(&secret))
    .bind(now.0)
    .execute(conn)
    .await?;
    Ok(secret)
}

impl Desk {
    /// All who work here. Only for system administrators.
    pub async fn agents(&self, agent: &Agent) -> Answer<Vec<Line>> {
        administers(agent)?;
        Ok(lines(&mut *self.0.database.reader.acquire().await?).await?)
    }

    /// Changes one, by his id; he feels it at once, wherever he is signed in.
    pub async fn change_agent(&self, signed: &Signed, id: &str, change: &Change, from: &Whence) -> Answer<Kept> {
        administers(&signed.agent)?;
        if !can_hold(id) {
            return Err(Refusal::NotYours.into());
        }
        let now = self.now();
        let mut tx = self.0.database.begin().await?;
        administers(&hold_as(&mut tx, signed).await?)?;
        let about = ["agent ", id].concat();
        let all = lines(&mut tx).await?;
        let after = say_who(&mut tx, &about, change.apply(id, &all)).await?;
        let links = matches!(change, Change::Invite { .. } | Change::Link);
        let is_same = all.contains(&after) && !links;
        if is_same {
            return Ok(Kept { lines: all, link: None });
        }
        let ended = keep(&mut tx, change, &after, now).await?;
        let link = if links { Some(make_link(&mut tx, id, now).await?) } else { None };
        let by = signed.agent.face.id.as_str();
        let note = match change {
            Change::ResetFactor => Note::by(by, Kind::FactorReset).about_agent(id),
            // The log says who was faster by what it was about.
            Change::Address { .. } => Note::by(by, Kind::SettingsChanged).about_thing(&about),
            Change::Disabled(true) => Note::by(by, Kind::AccessTaken).about_agent(id),
            Change::Disabled(false) => Note::by(by, Kind::AccessGiven).about_agent(id),
            Change::System(true) => Note::by(by, Kind::SystemGiven).about_agent(id),
            Change::System(false) => Note::by(by, Kind::SystemTaken).about_agent(id),
            _ => Note::by(by, Kind::RightsChanged).about_agent(id),
        };
        audit::append(&mut tx, now, &[note.from(from)]).await?;
        tx.commit().await?;
        self.tell_ended(ended);
        self.tell_rights(Some(&[id.to_owned()]));
        let groups = group::memberships(&self.0.database.reader, id).await?;
        self.0.queues.changed(groups.into_iter().filter(|m| m.attendant).map(|m| m.group).collect());
        self.0.keeper.ask(Want::HandOut).await?;
        Ok(Kept { lines: lines(&mut *self.0.database.reader.acquire().await?).await?, link })
    }

    /// Whom this link is for: his name and his address. One that was used, was replaced or is too old is nobody's:
    /// [`LINK_LIFE`], or [`RESET_LIFE`] where he has a password.
    pub async fn invited(&self, secret: &str) -> Answer<(String, String)> {
        let row = sqlx::query(
            "select a.name, a.email, a.password, i.created_at from invitations i join agents a on a.id = i.agent_id \
             where i.token_hash = $1 and a.disabled = 0",
        )
        .bind(random::hash(secret))
        .fetch_optional(&self.0.database.reader)
        .await?
        .ok_or(Refusal::LinkUsed)?;
        if Time(row.try_get(3)?) + life(row.try_get(2)?) < self.now() {
            return Err(Refusal::LinkUsed.into());
        }
        Ok((row.try_get(0)?, row.try_get(1)?))
    }

    /// He has chosen a password, and the link is worth nothing any more. All sessions of his end; a second factor is
    /// asked for as before.
    pub async fn join(&self, secret: &str, password: &str, from: &Whence) -> Answer<()> {
        // What is refused is refused before the link is used up.
        self.invited(secret).await?;
        checked(password)?;
        let password = self.hash(password).await?;
        let now = self.now();
        let mut tx = self.0.database.begin().await?;
        let row = sqlx::query("select agent_id from invitations where token_hash = $1")
            .bind(random::hash(secret))
            .fetch_optional(&mut *tx)
            .await?
            .ok_or(Refusal::LinkUsed)?;
        let agent: String = row.try_get(0)?;
        // The agent's row comes first, and is held; then whoever deletes the link was first.
        let row =
            sqlx::query("update agents set password = password where id = $1 and disabled = 0 returning password")
                .bind(agent.as_str())
                .fetch_optional(&mut *tx)
                .await?
                .ok_or(Refusal::LinkUsed)?;
        let used = sqlx::query("delete from invitations where token_hash = $1 and created_at >= $2")
            .bind(random::hash(secret))
            .bind(now.0 - life(row.try_get(0)?).0)
            .execute(&mut *tx)
            .await?;
        if used.rows_affected() != 1 {
            return Err(Refusal::LinkUsed.into());
        }
        sqlx::query("update agents set password = $1 where id = $2")
            .bind(password)
            .bind(agent.as_str())
            .execute(&mut *tx)
            .await?;
        let ended = end_others(&mut tx, &agent, "").await?;
        audit::append(&mut tx, now, &[Note::by(&agent, Kind::PasswordChanged).from(from)]).await?;
        tx.commit().await?;
        self.tell_ended(ended);
        Ok(())
    }
}
