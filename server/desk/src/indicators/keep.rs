//! What the keeper's batch means for the numbers, kept in its own transaction.

use super::fact::{self, Bound};
use super::fold::{self, Folds};
use super::zone;
use crate::Fault;
use domain::Chat;
use domain::indicators::{Fact, Message, Touched};
use sqlx::AnyConnection;
use std::collections::HashMap;
use std::sync::Arc;

/// What happened, in its order.
pub enum Change {
    /// A chat is over.
    Over(Arc<Chat>),
    Touched(Touched),
}

/// A fact as it was kept, if it was, and as it is.
struct Held {
    was: Option<Fact>,
    is: Fact,
}

/// Keeps it: facts, and the sums that they change. Answers with the groups whose numbers are others by it.
pub async fn keep(conn: &mut AnyConnection, changes: &[Change]) -> Result<Vec<String>, Fault> {
    let kept = zone::hold(conn).await?.ok_or_else(|| Fault::new("there are no sums of indicators yet"))?;
    let mut held: HashMap<String, Held> = HashMap::new();
    let mut messages: Vec<Message> = Vec::new();
    for change in changes {
        match change {
            Change::Over(chat) => {
                let is = fact::of(conn, chat).await?;
                if is.runs_backwards() {
                    tracing::warn!(chat = is.chat, "a chat ran backwards: a length of it counts as nothing");
                }
                held.insert(is.chat.clone(), Held { was: None, is });
            }
            Change::Touched(touched) => {
                match touched {
                    Touched::Received(message) => messages.push(message.clone()),
                    Touched::Saved { chat, .. } => fetch(conn, &mut held, "f.chat_id = $1", chat).await?,
                    Touched::Reopened { ticket, .. } => fetch(conn, &mut held, "f.ticket_id = $1", ticket).await?,
                }
                held.values_mut().for_each(|held| held.is.touch(touched));
            }
        }
    }
    let fresh: Vec<&Fact> = held.values().filter(|held| held.was.is_none()).map(|held| &held.is).collect();
    fact::insert(conn, &fresh).await?;
    fact::insert_messages(conn, &messages).await?;
    let (mut folds, mut groups) = (Folds::new(), Vec::new());
    for Held { was, is } in held.values().filter(|held| held.was.as_ref() != Some(&held.is)) {
        if was.is_some() {
            fact::update_saved(conn, is).await?;
        }
        fold::fact(&mut folds, kept, was.as_ref(), is);
        groups.push(is.group.clone());
    }
    messages.iter().for_each(|message| fold::message(&mut folds, kept, message));
    fold::add(conn, &folds).await?;
    Ok(groups)
}

async fn fetch(
    conn: &mut AnyConnection,
    held: &mut HashMap<String, Held>,
    condition: &str,
    of: &str,
) -> Result<(), Fault> {
    for found in fact::find(conn, condition, &[Bound::Text(of.into())]).await? {
        held.entry(found.chat.clone()).or_insert_with(|| Held { was: Some(found.clone()), is: found });
    }
    Ok(())
}
