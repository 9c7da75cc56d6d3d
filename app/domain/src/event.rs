//! What happened in a chat.

use crate::application::{Answer, Terms};
use crate::group::Named;
use crate::identity::{Attribute, Related};
use crate::rating::Rating;
use crate::{Act, Chat, Face, File, Origin, Reason, Time};
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
    // From here on for everybody again.
    /// A file of the customer's (`by` is none) or of an agent's: a message of its own (R24).
    Attached {
        by: Option<Face>,
        file: File,
    },
    /// The customer said how it was; once more when he changed his mind.
    Rated(Rating),
    /// The site has proved who the customer is; he may have been somebody without a name until now.
    Identified {
        customer: Named,
        attributes: Vec<Attribute>,
    },
    /// The page around the widget said something of the customer.
    Described {
        attributes: Vec<Attribute>,
    },
    // For staff only again.
    /// The queue handed it to him; he is to answer by then.
    Assigned {
        agent: Face,
        answer_by: Option<Time>,
    },
    /// He was handed it and did not answer in time.
    Unanswered {
        by: Face,
    },
    /// He was invited and does not come.
    Declined {
        by: Face,
    },
    /// The note before it names these agents.
    Mentioned {
        #[cfg(feature = "staff")]
        by: Face,
        #[cfg(feature = "staff")]
        agents: Vec<Face>,
    },
    // For everybody again.
    /// An agent said otherwise what he said with the event of this number; empty: he took it back.
    Amended {
        seq: u32,
        text: String,
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
    /// What his site and its page say of him.
    #[serde(default)]
    pub attributes: Vec<Attribute>,
    /// The ticket of his that this goes on with (R18).
    #[serde(default)]
    pub related: Option<Related>,
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
                | Event::Assigned { .. }
                | Event::Unanswered { .. }
                | Event::Declined { .. }
                | Event::Mentioned { .. }
        )
    }

    /// With this it is over, and its ticket is born.
    pub fn is_end(&self) -> bool {
        matches!(self, Event::Ended { .. })
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Chat;
    use crate::world::{CARLA, face, opening};

    fn asides() -> [Event; 9] {
        let (by, text) = (face(CARLA), "psst".to_owned());
        [
            Event::Watched { by: by.clone() },
            Event::Unwatched { by: by.clone() },
            Event::Noted { by: by.clone(), text: text.clone() },
            Event::Whispered { by: by.clone(), text },
            Event::Invited { by: by.clone(), agent: by.clone() },
            Event::Assigned { agent: by.clone(), answer_by: None },
            Event::Unanswered { by: by.clone() },
            Event::Declined { by: by.clone() },
            Event::Mentioned { by: by.clone(), agents: vec![by] },
        ]
    }

    #[test]
    fn asides_are_what_staff_does_among_itself() {
        assert!(asides().iter().all(Event::is_aside));
        assert!(!Event::Posted { by: None, text: "hola".into() }.is_aside());
        assert!(!Event::Resumed.is_aside());
    }

    #[test]
    fn words_are_what_people_write() {
        assert_eq!(Event::Posted { by: None, text: "hola".into() }.words(), Some("hola"));
        assert_eq!(asides().iter().filter_map(Event::words).collect::<Vec<_>>(), ["psst", "psst"]);
        assert_eq!(Event::Returned.words(), None);
    }

    #[test]
    fn an_aside_stands_after_the_public_event_that_it_followed() {
        let mut chat = Chat::open("chat".into(), Time(0), &opening());
        let mut told = Vec::new();
        for event in [asides()[2].clone(), Event::Returned, asides()[3].clone(), asides()[2].clone(), Event::Resumed] {
            chat.apply(Time(0), &event);
            told.push(Told::of(&chat, Time(0), "act", event));
        }

        let order: Vec<_> = told.iter().map(Told::order).collect();

        assert_eq!(order, [(1, true, 1), (2, false, 2), (2, true, 2), (2, true, 3), (3, false, 3)]);
        assert!(order.is_sorted());
    }
}
