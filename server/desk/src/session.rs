//! Sessions: signing in and out, which there are, and the first start.

use crate::audit::{self, Note};
use crate::password::{self, Proven};
use crate::{Answer, Desk, Fault, database, factor, first_run, people, random, settings};
use domain::audit::Kind;
use domain::person::Agent;
use domain::profile::Theme;
use domain::session::Session;
use domain::{Refusal, Span, Time};
use sqlx::{AnyConnection, Row};
use std::sync::Arc;
use tokio::sync::broadcast;

/// How exactly the last use is written down.
const TOUCH: Span = Span::minutes(1);
/// What the first start's link is kept under.
const SET_UP: &str = "set_up";
/// Sessions that may end before a socket has looked; whoever missed one looks at its session within seconds.
pub(crate) const ENDED: usize = 256;

/// Where a request comes from, as far as it is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Whence {
    /// Empty: not known, or not kept.
    pub address: String,
    /// As [`domain::session::device`] tells it.
    pub browser: String,
    pub system: String,
}

/// Somebody who has signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    pub agent: Agent,
    pub email: String,
    pub lang: String,
    pub online: bool,
    pub theme: Theme,
    /// What his session is called in a list.
    pub session: String,
}

/// What comes after a right password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// The token of a session.
    Session(String),
    /// He is asked for a code, which is taken with this token.
    Code(String),
}

/// What is told of a session's end: its token's hash, as [`Desk::ended_sessions`] tells it.
pub fn hash(token: &str) -> String {
    random::hash(token)
}

/// The first administrator, as he says who he is.
#[derive(Clone, Copy, Debug)]
pub struct First<'a> {
    pub name: &'a str,
    pub email: &'a str,
    pub password: &'a str,
    /// That he reads: `es`, `pt` or `en`.
    pub lang: &'a str,
}

impl Desk {
    /// A new session, or the question for a code. A wrong name and a wrong password take the same time and get the
    /// same answer (S11b).
    pub async fn sign_in(&self, email: &str, password: &str, from: &Whence) -> Answer<Step> {
        let proven = self.look_at_password(email, password, from).await?;
        self.admit(&proven, from).await
    }

    /// The first half of [`Desk::sign_in`]: slow, and nothing is held meanwhile.
    pub async fn look_at_password(&self, email: &str, password: &str, from: &Whence) -> Answer<Proven> {
        if !database::can_hold(email) {
            return Err(Refusal::WrongPassword.into());
        }
        let row = sqlx::query("select id, password from agents where email = $1 and disabled = 0")
            .bind(email.trim().to_lowercase())
            .fetch_optional(&self.0.database.reader)
            .await?;
        let (agent, kept): (Option<String>, String) = match row {
            Some(row) => (Some(row.try_get(0)?), row.try_get(1)?),
            None => (None, password::NOBODY.into()),
        };
        let right = self.verify(password.to_string(), kept.clone()).await?;
        match agent {
            Some(agent) if right => Ok(Proven { agent, kept }),
            known => {
                // Counted in memory, whoever it is: a write would tell by its time that there is such a name.
                let note = Note::by_nobody(Kind::SignInFailed).from(from);
                self.count(match known {
                    Some(agent) => note.about_agent(&agent),
                    None => note,
                });
                Err(Refusal::WrongPassword.into())
            }
        }
    }

    /// The second half of [`Desk::sign_in`]. What was proved may have been changed since: then it is a wrong password,
    /// and a second factor that was just switched on is asked for (S9).
    pub async fn admit(&self, proven: &Proven, from: &Whence) -> Answer<Step> {
        let agent = proven.agent.as_str();
        let mut tx = self.0.database.begin().await?;
        let has_factor = proven.hold(&mut tx).await?.ok_or(Refusal::WrongPassword)?;
        let step = if has_factor {
            Step::Code(self.ask_for_code(&mut tx, agent).await?)
        } else {
            Step::Session(self.begin_session_in(&mut tx, agent, from, &[Kind::SignedIn]).await?)
        };
        tx.commit().await?;
        Ok(step)
    }

    /// Inside a transaction, and written down as these.
    pub(crate) async fn begin_session_in(
        &self,
        conn: &mut AnyConnection,
        agent: &str,
        from: &Whence,
        kinds: &[Kind],
    ) -> Answer<String> {
        let (token, now) = (random::token()?, self.now());
        let lasts = self.0.lasts;
        // Those that were left to end by themselves: nobody else clears them away.
        sqlx::query("delete from sessions where agent_id = $1 and (seen_at < $2 or created_at < $3)")
            .bind(agent)
            .bind(now.0 - lasts.idle.0)
            .bind(now.0 - lasts.life.0)
            .execute(&mut *conn)
            .await?;
        sqlx::query(
            "insert into sessions (token_hash, agent_id, created_at, seen_at, id, browser, system, address) \
             values ($1, $2, $3, $3, $4, $5, $6, $7)",
        )
        .bind(random::hash(&token))
        .bind(agent)
        .bind(now.0)
        .bind(random::hex(&random::bytes::<16>()?))
        .bind(from.browser.as_str())
        .bind(from.system.as_str())
        .bind(from.address.as_str())
        .execute(&mut *conn)
        .await?;
        let notes: Vec<Note> = kinds.iter().map(|kind| Note::by(agent, *kind).from(from)).collect();
        audit::append(conn, now, &notes).await?;
        Ok(token)
    }

    /// Who a session's token stands for; using it keeps it alive.
    pub async fn session(&self, token: &str) -> Answer<Signed> {
        let hash = random::hash(token);
        let row = sqlx::query(
            "select s.created_at, s.seen_at, a.id, a.email, a.lang, a.online, a.theme, s.id from sessions s \
             join agents a on a.id = s.agent_id where s.token_hash = $1 and a.disabled = 0",
        )
        .bind(&hash)
        .fetch_optional(&self.0.database.reader)
        .await?
        .ok_or(Refusal::SignedOut)?;
        let (created_at, seen_at, now) = (Time(row.try_get(0)?), Time(row.try_get(1)?), self.now());
        if self.0.lasts.is_over(created_at, seen_at, now) {
            // By itself: nobody did it, and nothing is written down.
            sqlx::query("delete from sessions where token_hash = $1")
                .bind(&hash)
                .execute(&self.0.database.writer)
                .await?;
            self.tell_ended(vec![hash]);
            return Err(Refusal::SignedOut.into());
        }
        // Where sessions are short, a minute would be all of one.
        if now - seen_at > TOUCH.min(Span(self.0.lasts.idle.0 / 4)) {
            sqlx::query("update sessions set seen_at = $1 where token_hash = $2")
                .bind(now.0)
                .bind(&hash)
                .execute(&self.0.database.writer)
                .await?;
        }
        let id: String = row.try_get(2)?;
        let agent = people::agent(&self.0.database.reader, &id).await?.ok_or(Refusal::SignedOut)?;
        let online = row.try_get::<i64, _>(5)? != 0;
        let theme: String = row.try_get(6)?;
        let theme = Theme::of(&theme).ok_or_else(|| Fault::new("a console looks as nobody knows"))?;
        Ok(Signed { agent, email: row.try_get(3)?, lang: row.try_get(4)?, online, theme, session: row.try_get(7)? })
    }

    /// Ends the session of this token; one that is not there has ended.
    pub async fn sign_out(&self, token: &str, from: &Whence) -> Answer<()> {
        let hash = random::hash(token);
        let mut tx = self.0.database.begin().await?;
        let row = sqlx::query("delete from sessions where token_hash = $1 returning agent_id")
            .bind(&hash)
            .fetch_optional(&mut *tx)
            .await?;
        let Some(row) = row else { return Ok(()) };
        let agent: String = row.try_get(0)?;
        audit::append(&mut tx, self.now(), &[Note::by(&agent, Kind::SignedOut).from(from)]).await?;
        tx.commit().await?;
        self.tell_ended(vec![hash]);
        Ok(())
    }

    /// His sessions, the one that was used last first.
    pub async fn sessions(&self, signed: &Signed) -> Answer<Vec<Session>> {
        let rows = sqlx::query(
            "select id, browser, system, address, created_at, seen_at from sessions where agent_id = $1 \
             order by seen_at desc, created_at desc, id",
        )
        .bind(signed.agent.face.id.as_str())
        .fetch_all(&self.0.database.reader)
        .await?;
        let (mut sessions, now) = (Vec::new(), self.now());
        for row in rows {
            let id: String = row.try_get(0)?;
            let session = Session {
                here: id == signed.session,
                id,
                browser: row.try_get(1)?,
                system: row.try_get(2)?,
                address: row.try_get(3)?,
                since: Time(row.try_get(4)?),
                seen_at: Time(row.try_get(5)?),
            };
            if !self.0.lasts.is_over(session.since, session.seen_at, now) {
                sessions.push(session);
            }
        }
        Ok(sessions)
    }

    /// Ends one of his sessions, and its sockets.
    pub async fn revoke_session(&self, signed: &Signed, id: &str, from: &Whence) -> Answer<()> {
        if !database::can_hold(id) {
            return Err(Refusal::NotYours.into());
        }
        let agent = signed.agent.face.id.as_str();
        let mut tx = self.0.database.begin().await?;
        let row = sqlx::query("delete from sessions where id = $1 and agent_id = $2 returning token_hash")
            .bind(id)
            .bind(agent)
            .fetch_optional(&mut *tx)
            .await?
            .ok_or(Refusal::NotYours)?;
        let hash: String = row.try_get(0)?;
        audit::append(&mut tx, self.now(), &[Note::by(agent, Kind::SessionRevoked).from(from)]).await?;
        tx.commit().await?;
        self.tell_ended(vec![hash]);
        Ok(())
    }

    /// Ends all of his sessions but the one that asks.
    pub async fn revoke_other_sessions(&self, signed: &Signed, from: &Whence) -> Answer<()> {
        let agent = signed.agent.face.id.as_str();
        let mut tx = self.0.database.begin().await?;
        let ended = end_others(&mut tx, agent, &signed.session).await?;
        let notes = vec![Note::by(agent, Kind::SessionRevoked).from(from); ended.len()];
        audit::append(&mut tx, self.now(), &notes).await?;
        tx.commit().await?;
        self.tell_ended(ended);
        Ok(())
    }

    /// The hashes of tokens whose sessions end from now on, in this process: their sockets close at once. What another
    /// process ends is found by looking.
    pub fn ended_sessions(&self) -> broadcast::Receiver<Arc<str>> {
        self.0.ended.subscribe()
    }

    /// Whose rights change from now on, in this process, by his id: his sockets look at once. None: everybody looks.
    /// What another process changes is found by looking.
    pub fn changed_rights(&self) -> broadcast::Receiver<Option<Arc<str>>> {
        self.0.rights.subscribe()
    }

    /// None: everybody's.
    pub(crate) fn tell_rights(&self, agents: Option<&[String]>) {
        // Without a receiver there is no socket to look.
        match agents {
            Some(agents) => agents.iter().for_each(|agent| drop(self.0.rights.send(Some(agent.as_str().into())))),
            None => drop(self.0.rights.send(None)),
        }
    }

    pub(crate) fn tell_ended(&self, hashes: Vec<String>) {
        for hash in hashes {
            // Without a receiver there is no socket to close.
            let _ = self.0.ended.send(hash.into());
        }
    }

    /// The secret of the one-time link that makes the first administrator; none once there is one.
    pub async fn set_up_link(&self) -> Answer<Option<String>> {
        if people::are_there(&self.0.database.reader).await? {
            return Ok(None);
        }
        let secret = random::token()?;
        sqlx::query("insert into settings (name, value) values ($1, $2) on conflict (name) do update set value = excluded.value")
            .bind(SET_UP)
            .bind(random::hash(&secret))
            .execute(&self.0.database.writer)
            .await?;
        Ok(Some(secret))
    }

    /// May the page behind this link be shown? Not once somebody works here, however he came.
    pub async fn is_set_up_link(&self, secret: &str) -> Answer<bool> {
        let row =
            sqlx::query("select 1 from settings where name = $1 and value = $2 and not exists (select 1 from agents)")
                .bind(SET_UP)
                .bind(random::hash(secret))
                .fetch_optional(&self.0.database.reader)
                .await?;
        Ok(row.is_some())
    }

    /// The first administrator, by the one-time link; answers with his session's token. With him the first run begins.
    /// Whoever came first, by this link or in another way, is the only first.
    pub async fn set_up(&self, secret: &str, first: &First<'_>, from: &Whence) -> Answer<String> {
        let agent = people::checked(first.name, first.email, first.lang)?;
        let password = self.hash(first.password).await?;
        let mut tx = self.0.database.begin().await?;
        // The link was printed when nobody worked here, and may lie in a log ever since.
        settings::hold(&mut tx).await?;
        if people::are_there(&mut *tx).await? {
            return Err(Refusal::LinkUsed.into());
        }
        // Whoever deletes the secret was first; the link is then used.
        let used = sqlx::query("delete from settings where name = $1 and value = $2")
            .bind(SET_UP)
            .bind(random::hash(secret))
            .execute(&mut *tx)
            .await?;
        if used.rows_affected() != 1 {
            return Err(Refusal::LinkUsed.into());
        }
        let id = random::id(self.now())?;
        people::keep(
            &mut tx,
            &people::New { id: id.clone(), sequence: false, system: true, ..agent },
            &password,
            self.now(),
        )
        .await?;
        first_run::begin(&mut tx).await?;
        let token = self.begin_session_in(&mut tx, &id, from, &[Kind::SetUp, Kind::SignedIn]).await?;
        tx.commit().await?;
        Ok(token)
    }

    /// A token for the code that is asked for next. Tokens that were left are cleared away with it.
    async fn ask_for_code(&self, conn: &mut AnyConnection, agent: &str) -> Answer<String> {
        let (token, now) = (random::token()?, self.now());
        sqlx::query("delete from sign_ins where agent_id = $1 and created_at < $2")
            .bind(agent)
            .bind(now.0 - factor::PATIENCE.0)
            .execute(&mut *conn)
            .await?;
        sqlx::query("insert into sign_ins (token_hash, agent_id, created_at) values ($1, $2, $3)")
            .bind(random::hash(&token))
            .bind(agent)
            .bind(now.0)
            .execute(conn)
            .await?;
        Ok(token)
    }
}

/// Ends all sessions of somebody but this one, what he has begun to sign in with, and a second factor that was shown and
/// not confirmed; answers with the hashes of the sessions.
pub(crate) async fn end_others(conn: &mut AnyConnection, agent: &str, but: &str) -> Result<Vec<String>, Fault> {
    sqlx::query("update agents set factor_asked = null, factor_asked_at = null where id = $1")
        .bind(agent)
        .execute(&mut *conn)
        .await?;
    sqlx::query("delete from sign_ins where agent_id = $1").bind(agent).execute(&mut *conn).await?;
    let rows = sqlx::query("delete from sessions where agent_id = $1 and id <> $2 returning token_hash")
        .bind(agent)
        .bind(but)
        .fetch_all(conn)
        .await?;
    Ok(rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?)
}
