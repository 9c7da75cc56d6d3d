//! Sessions: signing in and out, and the first start.

use crate::{Answer, Desk, Fault, database, people, random};
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, PasswordHash, Version};
use domain::person::Agent;
use domain::{Refusal, Span, Time};
use sqlx::Row;

/// A session that nobody used for so long has ended; an open console uses it.
pub const IDLE: Span = Span::minutes(30);
/// However busy it was.
pub const LIFE: Span = Span::hours(12);
/// How exactly the last use is written down.
const TOUCH: Span = Span::minutes(1);

pub const PASSWORD_LEAST: usize = 8;
pub const PASSWORD_MOST: usize = 128;
/// What the first start's link is kept under.
const SET_UP: &str = "set_up";

/// Somebody who has signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    pub agent: Agent,
    pub email: String,
    pub lang: String,
    pub online: bool,
}

impl Desk {
    /// A new session's token. A wrong name and a wrong password take the same time and get the
    /// same answer.
    pub async fn sign_in(&self, email: &str, password: &str) -> Answer<String> {
        if !database::can_hold(email) {
            return Err(Refusal::WrongPassword.into());
        }
        let row = sqlx::query("select id, password from agents where email = $1 and disabled = 0")
            .bind(email.trim().to_lowercase())
            .fetch_optional(&self.0.database.reader)
            .await?;
        let (agent, kept): (Option<String>, String) = match row {
            Some(row) => (Some(row.try_get(0)?), row.try_get(1)?),
            None => (None, NOBODY.into()),
        };
        let right = self.verify(password.to_string(), kept).await?;
        match agent {
            Some(agent) if right => self.begin_session(&agent).await,
            _ => Err(Refusal::WrongPassword.into()),
        }
    }

    async fn begin_session(&self, agent: &str) -> Answer<String> {
        let (token, now) = (random::token()?, self.now());
        // Those that were left to end by themselves: nobody else clears them away.
        sqlx::query("delete from sessions where agent_id = $1 and (seen_at < $2 or created_at < $3)")
            .bind(agent)
            .bind(now.0 - IDLE.0)
            .bind(now.0 - LIFE.0)
            .execute(&self.0.database.writer)
            .await?;
        sqlx::query("insert into sessions (token_hash, agent_id, created_at, seen_at) values ($1, $2, $3, $3)")
            .bind(random::hash(&token))
            .bind(agent)
            .bind(now.0)
            .execute(&self.0.database.writer)
            .await?;
        Ok(token)
    }

    /// Who a session's token stands for; using it keeps it alive.
    pub async fn session(&self, token: &str) -> Answer<Signed> {
        let hash = random::hash(token);
        let row = sqlx::query(
            "select s.created_at, s.seen_at, a.id, a.email, a.lang, a.online from sessions s \
             join agents a on a.id = s.agent_id where s.token_hash = $1 and a.disabled = 0",
        )
        .bind(&hash)
        .fetch_optional(&self.0.database.reader)
        .await?
        .ok_or(Refusal::SignedOut)?;
        let (created_at, seen_at, now) = (Time(row.try_get(0)?), Time(row.try_get(1)?), self.now());
        if now - created_at > LIFE || now - seen_at > IDLE {
            self.sign_out(token).await?;
            return Err(Refusal::SignedOut.into());
        }
        if now - seen_at > TOUCH {
            sqlx::query("update sessions set seen_at = $1 where token_hash = $2")
                .bind(now.0)
                .bind(&hash)
                .execute(&self.0.database.writer)
                .await?;
        }
        let id: String = row.try_get(2)?;
        let agent = people::agent(&self.0.database.reader, &id).await?.ok_or(Refusal::SignedOut)?;
        let online = row.try_get::<i64, _>(5)? != 0;
        Ok(Signed { agent, email: row.try_get(3)?, lang: row.try_get(4)?, online })
    }

    pub async fn sign_out(&self, token: &str) -> Answer<()> {
        sqlx::query("delete from sessions where token_hash = $1")
            .bind(random::hash(token))
            .execute(&self.0.database.writer)
            .await?;
        Ok(())
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

    /// May the page behind this link be shown?
    pub async fn is_set_up_link(&self, secret: &str) -> Answer<bool> {
        let row = sqlx::query("select 1 from settings where name = $1 and value = $2")
            .bind(SET_UP)
            .bind(random::hash(secret))
            .fetch_optional(&self.0.database.reader)
            .await?;
        Ok(row.is_some())
    }

    /// The first administrator, by the one-time link; answers with his session's token.
    pub async fn set_up(&self, secret: &str, name: &str, email: &str, password: &str) -> Answer<String> {
        let agent = people::checked(name, email)?;
        let password = self.hash(password).await?;
        let mut tx = self.0.database.begin().await?;
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
        tx.commit().await?;
        self.begin_session(&id).await
    }

    /// Hashes a new password, when it is one.
    pub(crate) async fn hash(&self, password: &str) -> Answer<String> {
        let length = password.chars().count();
        if !(PASSWORD_LEAST..=PASSWORD_MOST).contains(&length) || is_common(password) {
            return Err(Refusal::WeakPassword.into());
        }
        let password = password.to_string();
        self.in_the_kitchen(move || {
            let hash = argon2()?
                .hash_password(password.as_bytes())
                .map_err(|e| Fault::new(format!("a password was not hashed: {e}")))?;
            Ok(hash.to_string())
        })
        .await
    }

    async fn verify(&self, password: String, kept: String) -> Answer<bool> {
        if password.chars().count() > PASSWORD_MOST {
            return Ok(false);
        }
        self.in_the_kitchen(move || {
            let kept =
                PasswordHash::new(&kept).map_err(|e| Fault::new(format!("a kept password does not read: {e}")))?;
            Ok(argon2()?.verify_password(password.as_bytes(), &kept).is_ok())
        })
        .await
    }

    /// Hashing is slow by design: beside the tasks that serve people, and two at a time.
    async fn in_the_kitchen<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, Fault> + Send + 'static,
    ) -> Answer<T> {
        let _turn = self.0.hashing.acquire().await.map_err(|_| Fault::new("the desk is closing"))?;
        let done =
            tokio::task::spawn_blocking(work).await.map_err(|e| Fault::new(format!("hashing broke off: {e}")))?;
        Ok(done?)
    }
}

/// 19 MiB, two rounds: what OWASP asks for at the least.
fn argon2() -> Result<Argon2<'static>, Fault> {
    let params = Params::new(19 * 1024, 2, 1, None).map_err(|e| Fault::new(format!("argon2: {e}")))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// The hash of a password that nobody has, with the same cost: for names that are not there.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5IGlzIGhlcmUh$mYVtXq0Y1nzrl4jCBxVDDnDuKXxXo2bYcIwrtjYJ0Jc";

/// The passwords that are tried first.
fn is_common(password: &str) -> bool {
    const COMMON: [&str; 24] = [
        "password",
        "12345678",
        "123456789",
        "1234567890",
        "qwertyuiop",
        "contraseña",
        "contrasena",
        "administrador",
        "password1",
        "password123",
        "iloveyou",
        "11111111",
        "00000000",
        "87654321",
        "qwerty123",
        "abc12345",
        "senha123",
        "mudar123",
        "bienvenido",
        "letmein1",
        "welcome1",
        "sunshine",
        "princess",
        "recadorecado",
    ];
    COMMON.contains(&password.to_lowercase().as_str())
}
