//! Visitors: browsers that have acted, known by a token of which only the hash is kept.

use crate::keeper::Batch;
use crate::{Answer, Desk, random};
use domain::Refusal;
use domain::wire::TOKEN_LENGTH;
use sqlx::{AnyExecutor, Row};
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Visitors known by heart; beyond that, the database is asked again.
const KNOWN: usize = 10_000;

/// A visitor: low-privilege, for his own chats only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visitor {
    pub customer: String,
    pub application: String,
}

/// Who a token's hash stands for, by heart: it changes once at the most, and every message asks.
#[derive(Default)]
pub struct Known(Mutex<HashMap<String, Visitor>>);

impl Known {
    fn find(&self, token_hash: &str) -> Option<Visitor> {
        self.lock().get(token_hash).cloned()
    }

    fn learn(&self, token_hash: String, visitor: Visitor) {
        // Who was named meanwhile stands: this may have been read before.
        self.with_room().entry(token_hash).or_insert(visitor);
    }

    /// His site has named him: he stands for somebody else than before.
    pub fn relearn(&self, token_hash: String, visitor: Visitor) {
        self.with_room().insert(token_hash, visitor);
    }

    fn with_room(&self) -> MutexGuard<'_, HashMap<String, Visitor>> {
        let mut all = self.lock();
        if all.len() >= KNOWN {
            all.clear();
        }
        all
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Visitor>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
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
        let visitor = find(&self.0.database.reader, &hash).await?.ok_or(Refusal::SignedOut)?;
        self.0.visitors.learn(hash, visitor.clone());
        Ok(visitor)
    }
}
