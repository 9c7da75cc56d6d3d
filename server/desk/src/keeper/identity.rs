//! How a visitor becomes somebody: the customer whom his site has named, on every device.

use super::batch::{Batch, Replaced};
use super::{Asker, Got, Keeper};
use crate::presence::Person;
use crate::{Answer, Fault, chat, portal, random, ticket_index, visitor};
use domain::event::Wish;
use domain::group::Named;
use domain::identity::{Attribute, Claims};
use domain::wire::Known;
use domain::{Act, Refusal};
use sqlx::{AnyExecutor, Row};

/// A customer as he is kept.
pub struct Customer {
    pub name: String,
    pub email: String,
    pub verified: bool,
    /// What his site signed about him.
    pub attributes: Vec<Attribute>,
}

pub async fn load<'c>(on: impl AnyExecutor<'c>, id: &str) -> Result<Option<Customer>, Fault> {
    let row = sqlx::query("select name, email, verified, attributes from customers where id = $1")
        .bind(id)
        .fetch_optional(on)
        .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(Customer {
        name: row.try_get(0)?,
        email: row.try_get(1)?,
        verified: crate::database::is_set(&row, 2)?,
        attributes: serde_json::from_str(row.try_get(3)?)?,
    }))
}

impl Keeper {
    /// A token changes once, when he rises from nobody to somebody: whoever copied it before must not read
    /// on as him. One that stands for him already stays, whatever fresh one comes along: pages of a site
    /// where he is signed in prove him at every load, and each would cost his other tabs their lines.
    pub(super) async fn identify(
        &mut self,
        batch: &mut Batch,
        token_hash: &str,
        fresh_hash: &str,
        application: &str,
        claims: &Claims,
    ) -> Answer<Got> {
        batch.flush().await?;
        let before = visitor::find(&mut *batch.tx, token_hash).await?;
        let fresh = visitor::find(&mut *batch.tx, fresh_hash).await?;
        if [&before, &fresh].into_iter().flatten().any(|v| v.application != application) {
            return Err(Refusal::SignedOut.into());
        }
        let person = self.person(batch, application, claims).await?;
        let mut chat = chat::open_chat_of(&mut *batch.tx, &person).await?;
        // Whose conversation goes on under the proved name.
        let mut speaker = person.clone();
        let renewed = before.as_ref().is_none_or(|before| before.customer != person);
        match (&before, &fresh) {
            (Some(before), _) if before.customer == person => {}
            (None, None) => visitor::keep(batch, fresh_hash, &person, application).await?,
            // The answer was lost, and is asked for again.
            (None, Some(fresh)) if fresh.customer == person => {}
            (_, Some(_)) => return Err(Refusal::NotYours.into()),
            (Some(before), None) => {
                let known = load(&mut *batch.tx, &before.customer).await?;
                let guest = portal::mail_of(&mut batch.tx, &before.customer).await?.is_some();
                // Whoever came in by the mail of an address is that guest, and stays it.
                if guest || known.is_some_and(|known| known.verified) {
                    return Err(Refusal::NotYours.into());
                }
                if let Some(his) = chat::open_chat_of(&mut *batch.tx, &before.customer).await? {
                    // Nobody has two: the one that runs here ends first, and he is known in the next.
                    if let Some(chat) = chat {
                        return Err(Refusal::AlreadyOpen { chat }.into());
                    }
                    (chat, speaker) = (Some(his), before.customer.clone());
                }
                sqlx::query("update visitors set customer_id = $1, token_hash = $2 where token_hash = $3")
                    .bind(person.as_str())
                    .bind(fresh_hash)
                    .bind(token_hash)
                    .execute(&mut *batch.tx)
                    .await?;
                // What he did as nobody is his.
                sqlx::query("update customers set became = $1 where id = $2")
                    .bind(person.as_str())
                    .bind(before.customer.as_str())
                    .execute(&mut *batch.tx)
                    .await?;
                let old = Replaced { token_hash: token_hash.into(), customer: before.customer.clone() };
                batch.replaces(old, fresh_hash);
            }
        }
        if let Some(chat) = &chat {
            let customer = Named { id: person.clone(), name: claims.name.clone() };
            let act = Act::Identify { customer, attributes: claims.attributes.clone() };
            let wish = Wish { id: random::id(batch.now)?, act };
            self.act(batch, &Asker::Customer(speaker.clone()), chat, &wish).await?;
            if speaker != person {
                self.expect(Person::Customer(person.clone()), batch.now);
            }
        }
        Ok(Got::Known(Known { name: claims.name.clone(), email: claims.email.clone(), chat, renewed }))
    }

    /// The customer of this name of the site's, with what was signed of him last.
    async fn person(&self, batch: &mut Batch, application: &str, claims: &Claims) -> Result<String, Fault> {
        let attributes = serde_json::to_string(&claims.attributes)?;
        let row = sqlx::query("select customer_id from identities where application_id = $1 and subject = $2")
            .bind(application)
            .bind(claims.subject.as_str())
            .fetch_optional(&mut *batch.tx)
            .await?;
        if let Some(row) = row {
            let id: String = row.try_get(0)?;
            let moves = sqlx::query("select 1 from customers where id = $1 and email <> $2")
                .bind(id.as_str())
                .bind(claims.email.as_str())
                .fetch_optional(&mut *batch.tx)
                .await?;
            if moves.is_some() {
                ticket_index::again_of(&mut batch.tx, &id, batch.now).await?;
                batch.reindexes();
            }
            sqlx::query("update customers set name = $1, email = $2, attributes = $3, seen_at = $4 where id = $5")
                .bind(claims.name.as_str())
                .bind(claims.email.as_str())
                .bind(attributes)
                .bind(batch.now.0)
                .bind(id.as_str())
                .execute(&mut *batch.tx)
                .await?;
            return Ok(id);
        }
        let id = random::id(batch.now)?;
        sqlx::query(
            "insert into customers (id, name, email, verified, created_at, seen_at, attributes) \
             values ($1, $2, $3, 1, $4, $4, $5)",
        )
        .bind(id.as_str())
        .bind(claims.name.as_str())
        .bind(claims.email.as_str())
        .bind(batch.now.0)
        .bind(attributes)
        .execute(&mut *batch.tx)
        .await?;
        sqlx::query("insert into identities (application_id, subject, customer_id) values ($1, $2, $3)")
            .bind(application)
            .bind(claims.subject.as_str())
            .bind(id.as_str())
            .execute(&mut *batch.tx)
            .await?;
        Ok(id)
    }
}
