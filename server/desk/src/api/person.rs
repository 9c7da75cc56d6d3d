//! People that another program adds and changes. What was proved of somebody stays as it was proved.

use super::is_first;
use crate::audit::{self, Note};
use crate::customer::Selves;
use crate::database::{can_hold, is_set};
use crate::{Answer, Desk, Whence, portal, ticket_index};
use domain::Refusal;
use domain::application::{FieldKind, is_plausible};
use domain::audit::Kind;
use domain::profile::NAME_LIMIT;
use domain::text;
use domain::token::Bearer;
use sqlx::Row;

/// A name as it is kept; `at` is what it was sent as.
pub(crate) fn name(given: &str, at: &str) -> Result<String, Refusal> {
    let name = text::line(given);
    match name.chars().count() {
        0 => Err(Refusal::FieldMissing { field: at.into() }),
        long if long > NAME_LIMIT => Err(Refusal::FieldTooLong { field: at.into(), limit: NAME_LIMIT as u32 }),
        _ if can_hold(&name) => Ok(name),
        _ => Err(Refusal::FieldWrong { field: at.into() }),
    }
}

/// An address as it is kept; empty: none.
pub(crate) fn email(given: &str, at: &str) -> Result<String, Refusal> {
    let email = text::line(given).to_lowercase();
    let sound = email.is_empty() || is_plausible(FieldKind::Email, &email) && can_hold(&email);
    if sound { Ok(email) } else { Err(Refusal::FieldWrong { field: at.into() }) }
}

impl Desk {
    /// Adds somebody under this id, once: he is written to at that address, and nobody says that he has proved it.
    pub async fn api_person(&self, bearer: &Bearer, id: &str, called: &str, at: &str, from: &Whence) -> Answer<()> {
        let (called, at) = (name(called, "businessName")?, email(at, "email")?);
        let now = self.now();
        let mut tx = self.0.database.begin().await?;
        let added = sqlx::query(
            "insert into customers (id, name, email, verified, created_at, given_by, seen_at) values ($1, $2, $3, 0, $4, $5, $4) \
             on conflict (id) do nothing",
        )
        .bind(id)
        .bind(called)
        .bind(at)
        .bind(now.0)
        .bind(bearer.token.id.as_str())
        .execute(&mut *tx)
        .await?;
        if added.rows_affected() > 0 {
            let note = Note::by(&bearer.agent.face.id, Kind::PersonChanged).from(from).about_customer(id);
            audit::append(&mut tx, now, &[note]).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// Changes what is known of somebody, once under this `act`; false: his site or he himself has proved it, and nothing
    /// was changed. What he is called in conversations and tickets stays as it was when they began.
    pub async fn api_change_person(
        &self,
        bearer: &Bearer,
        act: &str,
        id: &str,
        called: Option<&str>,
        at: Option<&str>,
        from: &Whence,
    ) -> Answer<bool> {
        let called = called.map(|given| name(given, "businessName")).transpose()?;
        let at = at.map(|given| email(given, "email")).transpose()?;
        let now = self.now();
        let mut tx = self.0.database.begin().await?;
        let selves = Selves::of(&mut tx, id).await?.ok_or(Refusal::NotYours)?;
        if !is_first(&mut tx, act, now).await? {
            return Ok(true);
        }
        let row = sqlx::query("select name, email, verified from customers where id = $1 and erased_at is null")
            .bind(selves.id.as_str())
            .fetch_optional(&mut *tx)
            .await?
            .ok_or(Refusal::NotYours)?;
        let (had_name, had_email): (String, String) = (row.try_get(0)?, row.try_get(1)?);
        let (called, at) = (called.unwrap_or_else(|| had_name.clone()), at.unwrap_or_else(|| had_email.clone()));
        if called == had_name && at == had_email {
            tx.commit().await?;
            return Ok(true);
        }
        if is_set(&row, 2)? || portal::mail_of(&mut tx, &selves.id).await?.is_some() {
            return Ok(false);
        }
        if at != had_email {
            // Which tickets are at an address is kept with their words; and first of all, as the keeper locks them.
            ticket_index::again_of(&mut tx, &selves.id, now).await?;
        }
        // Whoever proves it meanwhile, or is erased, is left alone: then nothing is changed, and it is asked again.
        let changed = sqlx::query(
            // What he typed himself is not given by a program, only because his name was.
            "update customers set name = $1, email = $2, given_by = case when email = $2 then given_by else $3 end \
             where id = $4 and verified = 0 and erased_at is null",
        )
        .bind(called)
        .bind(at.as_str())
        .bind(bearer.token.id.as_str())
        .bind(selves.id.as_str())
        .execute(&mut *tx)
        .await?;
        if changed.rows_affected() == 0 {
            return Ok(false);
        }
        let note = Note::by(&bearer.agent.face.id, Kind::PersonChanged).from(from).about_customer(&selves.id);
        audit::append(&mut tx, now, &[note]).await?;
        tx.commit().await?;
        self.0.words.wake();
        Ok(true)
    }
}
