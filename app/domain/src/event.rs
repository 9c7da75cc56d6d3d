//! What happened in a chat.

use crate::application::{Answer, Terms};
use crate::group::Named;
use crate::{Act, Chat, Face, Origin, Reason, Time};
use serde::{Deserialize, Serialize};

/// What happened. Variants are only ever appended: the order is on the wire and on the disk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    Opened(Box<Opening>),
    /// A customer's words (`by` is none) or an agent's.
    Posted {
        by: Option<Face>,
        text: String,
    },
    /// The first agent entered: the wait is over.
    Attended {
        by: Face,
    },
    /// Another agent entered.
    Joined {
        by: Face,
    },
    /// An agent left, others go on.
    Parted {
        by: Face,
    },
    /// The customer's last socket is gone; he was heard until then.
    Left {
        since: Time,
    },
    /// The customer is back in time: the date of disconnection is annulled (R37).
    Returned,
    /// The last socket of an agent in the conversation is gone (Q5).
    AgentGone {
        by: Face,
        since: Time,
    },
    AgentBack {
        by: Face,
    },
    Redirected {
        by: Face,
        to: Destination,
    },
    Ended {
        reason: Reason,
        by: Option<Face>,
    },
    /// We were down and are back: everybody's grace begins again (Q8).
    Resumed,
    // From here on for staff only.
    Watched {
        by: Face,
    },
    Unwatched {
        by: Face,
    },
    Noted {
        by: Face,
        text: String,
    },
    Whispered {
        by: Face,
        text: String,
    },
    Invited {
        by: Face,
        agent: Face,
    },
}

/// Everything a conversation starts with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opening {
    /// The protocol number; its ticket will carry the same.
    pub number: i64,
    pub origin: Origin,
    pub application: Named,
    pub group: Named,
    /// The customer's id and the name he gave; an empty name is shown as *visitor + number*.
    pub customer: Named,
    pub verified: bool,
    pub answers: Vec<Answer>,
    /// The page he wrote from; empty when unknown.
    pub page: String,
    /// His language: `es`, `pt` or `en`.
    pub lang: String,
    pub terms: Terms,
}

/// Where a conversation was redirected to, with the name of that moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Destination {
    Group(Named),
    Agent(Face),
}

impl Event {
    /// Staff-only events have a counter of their own: a customer's stream has no gap and no
    /// trace of them (R45).
    pub fn is_aside(&self) -> bool {
        matches!(
            self,
            Event::Watched { .. }
                | Event::Unwatched { .. }
                | Event::Noted { .. }
                | Event::Whispered { .. }
                | Event::Invited { .. }
        )
    }

    /// Words by a person, as opposed to what the system says.
    pub fn words(&self) -> Option<&str> {
        match self {
            Event::Posted { text, .. } | Event::Noted { text, .. } | Event::Whispered { text, .. } => Some(text),
            _ => None,
        }
    }
}

/// One event as it is kept and told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    pub chat: String,
    /// Dense from 1, counted apart for asides.
    pub seq: u32,
    /// The public event it came after; of a public event its own number. Where the two streams
    /// meet, this is the order.
    pub after: u32,
    pub at: Time,
    /// The id of the act behind it, made by the writer; he finds his own bubble by it.
    pub act: String,
    pub event: Event,
}

/// An act with the id its writer gave it: a repeated id answers with the first result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wish {
    pub id: String,
    pub act: Act,
}

impl Destination {
    pub fn name(&self) -> &str {
        match self {
            Destination::Group(group) => &group.name,
            Destination::Agent(agent) => &agent.name,
        }
    }
}

impl Told {
    /// What has just been applied to a chat, numbered as the chat now counts.
    pub fn of(chat: &Chat, at: Time, act: &str, event: Event) -> Told {
        let seq = if event.is_aside() { chat.aside_seq } else { chat.seq };
        Told { chat: chat.id.clone(), seq, after: chat.seq, at, act: act.into(), event }
    }

    /// The order of all that staff hears of one chat.
    pub fn order(&self) -> (u32, bool, u32) {
        (self.after, self.event.is_aside(), self.seq)
    }
}
