//! Visitors: browsers that have acted, known by a token of which only the hash is kept.

use crate::keeper::Batch;
use crate::{Answer, Desk, random};
use domain::Refusal;
use domain::wire::TOKEN_LENGTH;
use sqlx::{AnyExecutor, Row};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Visitors known by heart at the most; of more, those who were not asked for lately are asked for again.
const KNOWN: usize = 10_000;

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
            return Ok(visitor);
        }
        let round = self.0.visitors.round();
        let visitor = find(&self.0.database.reader, &hash).await?.ok_or(Refusal::SignedOut)?;
        self.0.visitors.learn(hash, visitor.clone(), round);
        Ok(visitor)
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
