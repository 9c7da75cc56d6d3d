//! How the desk is doing, for machines that watch it: what it counts as it works, and what it is asked for.
//! Numbers alone: no name, no id and no word of anybody. A webhook of the house is nobody, and told by its id.

use crate::database::Database;
use crate::{Answer, Desk};
use sqlx::Row;

/// Messages that people wrote, kept.
pub const MESSAGES: &str = "recado_messages_total";
/// Wishes that one transaction kept.
pub const BATCH: &str = "recado_commit_batch_size";
/// From its beginning until it was durable.
pub const COMMIT: &str = "recado_commit_seconds";
/// Somebody wrote first in another process, and the decision was made again.
pub const CONFLICTS: &str = "recado_write_conflicts_total";
/// Agents who wanted whom somebody attended already.
pub const CLAIMS: &str = "recado_claim_conflicts_total";
/// Reads of a conversation from its middle on: after a break, or where something may have been missed.
pub const RESYNCS: &str = "recado_resyncs_total";
/// Those of them that brought something: it had been missed.
pub const GAPS: &str = "recado_gaps_total";

/// How much there is of what waits or goes on, at this moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gauges {
    pub waiting: i64,
    pub attending: i64,
    /// Since when the first one waits, in seconds; nobody: 0.
    pub waits_longest: i64,
    /// Tickets that wait for their first save.
    pub unsaved: i64,
    /// Letters and webhooks of triggers that wait to be sent, or to be tried again.
    pub mails: i64,
    pub webhooks: i64,
    /// What the webhooks of the house that are on are yet to be told.
    pub subscriptions: i64,
    /// What each of those that are there, by its id, was not told, because too much waited.
    pub dropped: Vec<(String, i64)>,
    /// Tickets whose words are not in the index yet.
    pub to_index: i64,
}

const ALL: &str = "select \
    (select count(*) from chats where ended_at is null and stage = 'waiting'), \
    (select count(*) from chats where ended_at is null and stage = 'attending'), \
    (select coalesce(min(coalesce(waits_since, queued_at)), 0) from chats where ended_at is null and stage = 'waiting'), \
    (select count(*) from tickets where saved_at is null), \
    (select count(*) from mails where due_at is not null), \
    (select count(*) from webhooks where due_at is not null), \
    (select count(*) from webhook_deliveries d join webhook_subscriptions s on s.id = d.subscription_id \
     where d.due_at is not null and s.is_on = 1), \
    (select count(*) from tickets_to_index)";

async fn read(database: &Database, now: i64) -> Answer<Gauges> {
    let row = sqlx::query(ALL).fetch_one(&database.reader).await?;
    let since: i64 = row.try_get(2)?;
    let rows =
        sqlx::query("select id, dropped from webhook_subscriptions order by id").fetch_all(&database.reader).await?;
    let dropped = rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect::<Result<_, sqlx::Error>>()?;
    Ok(Gauges {
        waiting: row.try_get(0)?,
        attending: row.try_get(1)?,
        waits_longest: if since == 0 { 0 } else { ((now - since) / 1_000).max(0) },
        unsaved: row.try_get(3)?,
        mails: row.try_get(4)?,
        webhooks: row.try_get(5)?,
        subscriptions: row.try_get(6)?,
        dropped,
        to_index: row.try_get(7)?,
    })
}

impl Desk {
    /// For whoever runs this deployment, and for nobody else.
    pub async fn gauges(&self) -> Answer<Gauges> {
        read(&self.0.database, self.now().0).await
    }
}
