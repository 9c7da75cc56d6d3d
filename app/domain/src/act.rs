//! What somebody wants of a chat.

use crate::group::Named;
use crate::identity::Attribute;
use crate::rating::Score;
use crate::{File, Time};
use serde::{Deserialize, Serialize};

/// The longest message, in characters.
pub const MESSAGE_LIMIT: usize = 4_000;

/// What somebody wants. Variants are only ever appended: the order is on the wire. What only staff wants keeps
/// its place there in a customer's screen, and has nothing in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Act {
    Post {
        text: String,
    },
    /// The last socket of the asker is gone; he was heard until then (R34). Asked by presence,
    /// never by a browser.
    Leave {
        since: Time,
    },
    /// A socket of the asker is back (R37).
    Return,
    /// Take the chat out of the queue (R52).
    Attend,
    /// Enter a conversation that another agent attends: invited (R59), or to intervene (R46).
    Join,
    /// Leave a conversation that other agents go on with.
    Part,
    /// Customer or agent ends it (R38, R60, R61).
    Close,
    /// Staff takes it out of the queue without a conversation (Q3).
    Remove,
    Redirect {
        to: Target,
    },
    /// See a conversation live without being seen (R45, R51).
    Watch,
    Unwatch,
    /// Words for staff only.
    Aside {
        whisper: bool,
        text: String,
    },
    Invite {
        agent: String,
    },
    /// The clock asks: is anybody gone too long (R34, R63)?
    Abandon,
    /// We were down: nobody's absence counts until now (Q8).
    Resume,
    /// Who waits will wait no longer: his words stay as a message, and a ticket (Q14). Empty where he
    /// has written before.
    LeaveMessage {
        text: String,
    },
    /// A file has arrived, was looked at and is kept (R24-R28). Asked by who received it, never by a
    /// browser.
    Attach {
        file: File,
    },
    /// How it was, said by the customer when it is over.
    Rate {
        score: Score,
        comment: String,
    },
    /// The site has proved who the customer is. Asked by the door that looks at proofs, never by a browser.
    Identify {
        customer: Named,
        attributes: Vec<Attribute>,
    },
    /// What the page around the widget says of the customer.
    Describe {
        attributes: Vec<Attribute>,
    },
    /// The queue hands it to this agent. Asked by the clock alone.
    Assign {
        agent: String,
    },
    /// As [`Act::Redirect`], with words for whoever goes on with it; empty: without.
    HandOver {
        to: Target,
        note: String,
    },
    /// Whoever was invited does not come.
    Decline,
    /// As [`Act::Post`], by an agent whose screen showed the conversation up to this event when he sent it:
    /// what a colleague said since is read first.
    Answer {
        #[cfg(feature = "staff")]
        text: String,
        #[cfg(feature = "staff")]
        seen: u32,
    },
    /// An agent says otherwise what he said with the event of this number.
    Amend {
        #[cfg(feature = "staff")]
        seq: u32,
        #[cfg(feature = "staff")]
        text: String,
    },
    /// An agent takes back what he said with the event of this number.
    Retract {
        #[cfg(feature = "staff")]
        seq: u32,
    },
    /// As [`Act::HandOver`], by somebody whose screen said that it was there when he chose where it is to go: an agent
    /// who had it, or the queue of a group. Who was slower is told where it is now. An administrator who names himself
    /// takes over what is being attended, whether he attends in its group or not, while he is connected.
    #[cfg(feature = "staff")]
    HandOn {
        to: Target,
        note: String,
        seen: Target,
    },
}

/// Where to redirect, by id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Target {
    Group(String),
    Agent(String),
}

#[cfg(feature = "staff")]
impl Target {
    /// Where a conversation is: with the first of its agents, or in the queue of its group.
    pub fn holder(first: Option<&crate::Face>, group: &str) -> Target {
        match first {
            Some(agent) => Target::Agent(agent.id.clone()),
            None => Target::Group(group.into()),
        }
    }
}

impl Act {
    /// May it come through a door? The rest is for presence, for the clock, and for who receives files
    /// to ask.
    pub fn is_for_people(&self) -> bool {
        !matches!(
            self,
            Act::Leave { .. }
                | Act::Return
                | Act::Abandon
                | Act::Resume
                | Act::Attach { .. }
                | Act::Identify { .. }
                | Act::Assign { .. }
        )
    }
}
