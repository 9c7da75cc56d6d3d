//! Passwords: hashed, compared, changed.

use crate::agent::drop_link;
use crate::audit::{self, Note};
use crate::session::{Signed, Whence};
use crate::{Answer, Desk, Fault, factor, session};
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, PasswordHash, Version};
use domain::audit::Kind;
use domain::{Refusal, password};
use sqlx::{AnyConnection, Row};

/// The hash of a password that nobody has, with the same cost: for names that are not there.
pub const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5IGlzIGhlcmUh$mYVtXq0Y1nzrl4jCBxVDDnDuKXxXo2bYcIwrtjYJ0Jc";

/// A password that was right when it was looked at, which is slow: by then it may be another.
#[derive(Clone)]
pub struct Proven {
    pub(crate) agent: String,
    /// Its hash.
    pub(crate) kept: String,
}

impl Proven {
    /// First of all in a transaction: is it still his password, and may he still sign in? Whether there is a second factor;
    /// none: it is his no more. An update and no select, so that on every database it waits for whoever changes the
    /// account right now.
    pub(crate) async fn hold(&self, conn: &mut AnyConnection) -> Result<Option<bool>, Fault> {
        let row = sqlx::query(
            "update agents set password = password where id = $1 and password = $2 and disabled = 0 \
             returning coalesce(factor, '')",
        )
        .bind(self.agent.as_str())
        .bind(self.kept.as_str())
        .fetch_optional(conn)
        .await?;
        Ok(row.map(|row| row.try_get::<String, _>(0)).transpose()?.map(|factor| !factor.is_empty()))
    }

    /// The same, and the session that proved it is still there. Otherwise it is signed out: somebody threw out whoever
    /// sat there while his request was on its way.
    pub(crate) async fn hold_with(&self, conn: &mut AnyConnection, signed: &Signed) -> Answer<()> {
        self.hold(conn).await?.ok_or(Refusal::SignedOut)?;
        hold_session(conn, signed).await
    }
}

/// Is the session still there? It is held until the end of the transaction.
pub(crate) async fn hold_session(conn: &mut AnyConnection, signed: &Signed) -> Answer<()> {
    let held = sqlx::query("update sessions set seen_at = seen_at where id = $1 and agent_id = $2")
        .bind(signed.session.as_str())
        .bind(signed.agent.face.id.as_str())
        .execute(conn)
        .await?;
    if held.rows_affected() == 1 { Ok(()) } else { Err(Refusal::SignedOut.into()) }
}

impl Desk {
    /// A new one for the present one. Every other session of his ends, and with it its sockets (S9).
    pub async fn change_password(&self, signed: &Signed, present: &str, fresh: &str, from: &Whence) -> Answer<()> {
        let proven = self.prove(signed, present, from).await?;
        self.replace_password(signed, &proven, fresh, from).await
    }

    /// The second half of [`Desk::change_password`].
    pub async fn replace_password(&self, signed: &Signed, proven: &Proven, fresh: &str, from: &Whence) -> Answer<()> {
        let fresh = self.hash(fresh).await?;
        let agent = signed.agent.face.id.as_str();
        let mut tx = self.0.database.begin().await?;
        proven.hold_with(&mut tx, signed).await?;
        sqlx::query("update agents set password = $1 where id = $2").bind(fresh).bind(agent).execute(&mut *tx).await?;
        drop_link(&mut tx, agent).await?;
        let ended = session::end_others(&mut tx, agent, &signed.session).await?;
        let note = Note::by(agent, Kind::PasswordChanged).from(from);
        audit::append(&mut tx, self.now(), &[note]).await?;
        tx.commit().await?;
        self.tell_ended(ended);
        Ok(())
    }

    /// Whoever sits there knows the password: asked again before what protects an account is changed. So often in
    /// ten minutes, and not by a machine.
    pub async fn prove(&self, signed: &Signed, present: &str, from: &Whence) -> Answer<Proven> {
        let agent = signed.agent.face.id.as_str();
        self.may_try(agent, "password", from).await?;
        let row = sqlx::query("select password from agents where id = $1")
            .bind(agent)
            .fetch_one(&self.0.database.reader)
            .await?;
        let kept: String = row.try_get(0)?;
        if !self.verify(present.to_string(), kept.clone()).await? {
            self.count(Note::by(agent, Kind::SignInFailed).from(from));
            return Err(Refusal::WrongPassword.into());
        }
        factor::forget_tries(&self.0.database.writer, agent, "password").await?;
        Ok(Proven { agent: agent.into(), kept })
    }

    /// Hashes a new password, when it is one.
    pub(crate) async fn hash(&self, password: &str) -> Answer<String> {
        checked(password)?;
        let password = password.to_string();
        self.in_the_kitchen(move || hashed(&password)).await
    }

    pub(crate) async fn verify(&self, password: String, kept: String) -> Answer<bool> {
        // What is no password costs as much: nobody learns from the time it takes.
        let fits = password.chars().count() <= password::MOST;
        let password = if fits { password } else { String::new() };
        self.in_the_kitchen(move || {
            let kept =
                PasswordHash::new(&kept).map_err(|e| Fault::new(format!("a kept password does not read: {e}")))?;
            Ok(argon2()?.verify_password(password.as_bytes(), &kept).is_ok() && fits)
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

/// Is it one that may be chosen?
pub fn checked(password: &str) -> Result<(), Refusal> {
    if password::fits(password) && !is_common(password) { Ok(()) } else { Err(Refusal::WeakPassword) }
}

pub fn hashed(password: &str) -> Result<String, Fault> {
    let hash = argon2()?
        .hash_password(password.as_bytes())
        .map_err(|e| Fault::new(format!("a password was not hashed: {e}")))?;
    Ok(hash.to_string())
}

/// 19 MiB, two rounds: what OWASP asks for at the least.
fn argon2() -> Result<Argon2<'static>, Fault> {
    let params = Params::new(19 * 1024, 2, 1, None).map_err(|e| Fault::new(format!("argon2: {e}")))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// Is it among those that are tried first, whatever its capitals?
fn is_common(password: &str) -> bool {
    let password = password.trim().to_lowercase();
    let mut all = include_str!("password/common.txt").lines().filter(|line| !line.starts_with('#'));
    all.any(|common| common == password)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_tried_first_is_refused_and_a_phrase_is_not() {
        for common in ["password", "Password1", "CONTRASEÑA", "12345678", "qwertyuiop", "iloveyou", " senha123 "] {
            assert_eq!(checked(common), Err(Refusal::WeakPassword), "{common}");
        }
        for fine in ["una-clave-de-muestra", "ñandú azul con botas"] {
            assert_eq!(checked(fine), Ok(()), "{fine}");
        }
        let many = include_str!("password/common.txt").lines().filter(|line| !line.starts_with('#')).count();
        assert!(many >= 3_000, "{many}");
    }

    #[test]
    fn who_is_not_there_costs_as_much_as_who_is() {
        let (nobody, somebody) = (PasswordHash::new(NOBODY).unwrap(), hashed("una-clave-de-muestra").unwrap());
        let somebody = PasswordHash::new(&somebody).unwrap();

        assert_eq!(
            (nobody.algorithm, nobody.version, &nobody.params),
            (somebody.algorithm, somebody.version, &somebody.params)
        );
    }
}
