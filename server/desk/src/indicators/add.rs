//! A great many facts at once: their sums are held in memory until the end, and the days of the house must be the same
//! then. Whoever folds holds the row of the zone first; who would hold sums before it, and for long, could be waited
//! for by one whom he waits for.

use super::fact;
use super::fold::{self, Folds};
use super::zone::{self, Days, Kept};
use crate::Fault;
use domain::indicators::{Fact, Message};
use sqlx::AnyConnection;

/// Sums that are held before they are added to what is kept, where nobody else can hold anything.
const MANY: usize = 10_000;

pub struct Adding {
    days: Days,
    folds: Folds,
    alone: bool,
}

impl Adding {
    /// `alone`: nobody else has the database.
    pub async fn begin(conn: &mut AnyConnection, alone: bool) -> Result<Adding, Fault> {
        Ok(Adding { days: zone::read(conn).await?, folds: Folds::new(), alone })
    }

    pub async fn add(&mut self, conn: &mut AnyConnection, facts: &[Fact], messages: &[Message]) -> Result<(), Fault> {
        fact::insert(conn, &facts.iter().collect::<Vec<_>>()).await?;
        fact::insert_messages(conn, messages).await?;
        let kept = Kept::only(self.days);
        facts.iter().for_each(|fact| fold::fact(&mut self.folds, kept, None, fact));
        messages.iter().for_each(|message| fold::message(&mut self.folds, kept, message));
        if self.alone && self.folds.len() >= MANY {
            fold::add(conn, &std::mem::take(&mut self.folds)).await?;
        }
        Ok(())
    }

    /// The rest of the sums; who folds meanwhile waits for the end of the transaction.
    pub async fn end(self, conn: &mut AnyConnection) -> Result<(), Fault> {
        let held = zone::hold(conn).await?;
        if !held.is_some_and(|held| held.is_only(self.days)) {
            return Err(Fault::new("the sums of indicators are being made in another zone right now; ask again"));
        }
        fold::add(conn, &self.folds).await
    }
}
