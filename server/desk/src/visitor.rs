//! Visitors: browsers that have acted, known by a token of which only the hash is kept.

use crate::database::ROWS;
use crate::keeper::{Batch, Want};
use crate::{Answer, Desk, Fault, random};
use domain::wire::TOKEN_LENGTH;
use domain::{Refusal, Span, Time};
use sqlx::{AnyConnection, AnyExecutor, AssertSqlSafe, Row};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Visitors known by heart at the most; of more, those who were not asked for lately are asked for again.
const KNOWN: usize = 10_000;
/// So long a customer who is here is not noted anew, and so long what is kept of it is not written anew.
const NOTED: Span = Span::minutes(30);
/// So far may lie behind what is kept of when a customer was here last.
pub const BEHIND: Span = Span(2 * NOTED.0);

/// A visitor: low-privilege, for his own chats only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visitor {
    pub customer: String,
    pub application: String,
}

/// Who a token's hash stands for, by heart: it changes once at the most, and every message asks.
#[derive(Clone, Default)]
pub struct Known(Arc<Mutex<ByHeart>>);

#[derive(Default)]
struct ByHeart {
    lately: HashMap<String, Visitor>,
    earlier: HashMap<String, Visitor>,
    /// Customers who were here lately, and when that was noted.
    seen: HashMap<String, Time>,
    /// How often something was forgotten.
    round: u64,
}

impl Known {
    fn find(&self, token_hash: &str) -> Option<Visitor> {
        let mut by_heart = self.lock();
        if let Some(visitor) = by_heart.lately.get(token_hash) {
            return Some(visitor.clone());
        }
        let (token_hash, visitor) = by_heart.earlier.remove_entry(token_hash)?;
        by_heart.keep(token_hash, visitor.clone());
        Some(visitor)
    }

    fn round(&self) -> u64 {
        self.lock().round
    }

    /// What was read since that round; it may have been read before its token was replaced.
    fn learn(&self, token_hash: String, visitor: Visitor, round: u64) {
        let mut by_heart = self.lock();
        if by_heart.round == round {
            by_heart.keep(token_hash, visitor);
        }
    }

    /// This token stands for nobody any more.
    pub fn forget(&self, token_hash: &str) {
        let mut by_heart = self.lock();
        by_heart.round += 1;
        by_heart.lately.remove(token_hash);
        by_heart.earlier.remove(token_hash);
    }

    /// A customer is here. True: that is to be kept.
    fn sees(&self, customer: &str, now: Time) -> bool {
        let seen = &mut self.lock().seen;
        if seen.get(customer).is_some_and(|at| now - *at < NOTED) {
            return false;
        }
        if seen.len() >= KNOWN {
            // It is kept, or on its way; at worst they are noted once more.
            seen.clear();
        }
        seen.insert(customer.into(), now);
        true
    }

    /// It could not be kept that he was here.
    fn misses(&self, customer: &str) {
        self.lock().seen.remove(customer);
    }

    /// Was he here since then, whether that is kept already or not?
    pub fn has_seen(&self, customer: &str, since: Time) -> bool {
        self.lock().seen.get(customer).is_some_and(|at| *at >= since)
    }

    fn lock(&self) -> MutexGuard<'_, ByHeart> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ByHeart {
    fn keep(&mut self, token_hash: String, visitor: Visitor) {
        if self.lately.len() >= KNOWN / 2 {
            self.earlier = std::mem::take(&mut self.lately);
        }
        self.lately.insert(token_hash, visitor);
    }
}

/// Who a token's hash stands for.
pub async fn find<'c>(on: impl AnyExecutor<'c>, token_hash: &str) -> Result<Option<Visitor>, sqlx::Error> {
    let row = sqlx::query("select customer_id, application_id from visitors where token_hash = $1")
        .bind(token_hash)
        .fetch_optional(on)
        .await?;
    row.map(|row| Ok(Visitor { customer: row.try_get(0)?, application: row.try_get(1)? })).transpose()
}

pub async fn keep(batch: &mut Batch, token_hash: &str, customer: &str, application: &str) -> Result<(), sqlx::Error> {
    sqlx::query("insert into visitors (token_hash, customer_id, application_id, created_at) values ($1, $2, $3, $4)")
        .bind(token_hash)
        .bind(customer)
        .bind(application)
        .bind(batch.now.0)
        .execute(&mut *batch.tx)
        .await?;
    Ok(())
}

/// Keeps that these customers are here.
pub async fn keep_seen(conn: &mut AnyConnection, customers: &[String], now: Time) -> Result<(), Fault> {
    for part in customers.chunks(ROWS) {
        let ids: Vec<String> = (3..3 + part.len()).map(|n| format!("${n}")).collect();
        let sql = format!(
            "update customers set seen_at = $1 where (seen_at is null or seen_at <= $2) and id in ({})",
            ids.join(", ")
        );
        let mut query = sqlx::query(AssertSqlSafe(sql)).bind(now.0).bind(now.0 - NOTED.0);
        for id in part {
            query = query.bind(id.clone());
        }
        query.execute(&mut *conn).await?;
    }
    Ok(())
}

/// The hash of a token that a browser made, when it looks like one.
pub fn checked_hash(token: &str) -> Result<String, Refusal> {
    let sound =
        token.len() == TOKEN_LENGTH && token.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    if sound { Ok(random::hash(token)) } else { Err(Refusal::SignedOut) }
}

impl Desk {
    /// Who a token stands for.
    pub async fn visitor(&self, token: &str) -> Answer<Visitor> {
        let hash = checked_hash(token)?;
        if let Some(visitor) = self.0.visitors.find(&hash) {
            self.sees(&visitor.customer);
            return Ok(visitor);
        }
        let round = self.0.visitors.round();
        let visitor = find(&self.0.database.reader, &hash).await?.ok_or(Refusal::SignedOut)?;
        self.0.visitors.learn(hash, visitor.clone(), round);
        self.sees(&visitor.customer);
        Ok(visitor)
    }

    /// A customer is here: kept by the hour, beside what he does.
    pub(crate) fn sees(&self, customer: &str) {
        if !self.0.visitors.sees(customer, self.now()) {
            return;
        }
        let (keeper, visitors, customer) = (self.0.keeper.clone(), self.0.visitors.clone(), customer.to_owned());
        tokio::spawn(async move {
            if let Err(error) = keeper.ask(Want::Seen { customer: customer.clone() }).await {
                visitors.misses(&customer);
                tracing::debug!("that a customer is here was not kept: {error}");
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn visitor(n: usize) -> Visitor {
        Visitor { customer: n.to_string(), application: String::new() }
    }

    #[test]
    fn whoever_writes_stays_known_however_many_pass_by() {
        let known = Known::default();
        known.learn("ana".into(), visitor(0), 0);

        for n in 1..3 * KNOWN {
            known.learn(n.to_string(), visitor(n), 0);
            if n % 1_000 == 0 {
                assert_eq!(known.find("ana"), Some(visitor(0)), "after {n}");
            }
        }

        let all = known.lock();
        assert!(all.lately.len() + all.earlier.len() <= KNOWN);
    }

    #[test]
    fn whoever_is_forgotten_is_so_however_long_he_was_known() {
        let known = Known::default();
        known.learn("ana".into(), visitor(0), 0);
        for n in 1..=KNOWN / 2 {
            known.learn(n.to_string(), visitor(n), 0);
        }
        assert!(known.lock().earlier.contains_key("ana"), "she has not been asked for lately");

        known.forget("ana");

        assert_eq!(known.find("ana"), None);
    }

    #[test]
    fn what_was_read_before_its_token_was_replaced_is_not_learnt() {
        let known = Known::default();
        let round = known.round();

        known.forget("ana");
        known.learn("ana".into(), visitor(0), round);

        assert_eq!(known.find("ana"), None);
    }
}
