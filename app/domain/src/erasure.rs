//! What stays of a conversation and of a ticket when the person they were with is erased (S82): when it
//! was, how long, with whom of ours, and how it ended. No word that anybody said, and nothing of who he is.
//!
//! What is kept of a chat and of a ticket is the fold of these events, so it holds no word that they do not.
//! Each variant is named here: a new one does not compile before somebody has said what stays of it.

use crate::event::Opening;
use crate::group::Named;
use crate::identity::Related;
use crate::offline::Message;
use crate::rating::Rating;
use crate::ticket::{Birth, Edit, Standing};
use crate::trigger::{Sent, Triggered};
use crate::{Event, File, TicketEvent};

/// Stands where words stood, in every language.
pub const ERASED: &str = "[…]";

impl Event {
    pub fn erased(&self) -> Event {
        match self {
            Event::Opened(opening) => Event::Opened(Box::new(Opening {
                customer: nobody(&opening.customer),
                answers: Vec::new(),
                page: String::new(),
                attributes: Vec::new(),
                related: opening.related.as_ref().map(|r| Related { subject: ERASED.into(), ..r.clone() }),
                ..(**opening).clone()
            })),
            // Whoever said it: an answer speaks of him, and to him.
            Event::Posted { by, text } => Event::Posted { by: by.clone(), text: mark(text) },
            Event::Noted { by, text } => Event::Noted { by: by.clone(), text: mark(text) },
            Event::Whispered { by, text } => Event::Whispered { by: by.clone(), text: mark(text) },
            Event::Amended { seq, text } => Event::Amended { seq: *seq, text: mark(text) },
            Event::Attached { by, file } => Event::Attached { by: by.clone(), file: gone(file) },
            Event::Rated(rating) => Event::Rated(score(rating)),
            Event::Identified { customer, .. } => {
                Event::Identified { customer: nobody(customer), attributes: Vec::new() }
            }
            Event::Described { .. } => Event::Described { attributes: Vec::new() },
            Event::Attended { .. }
            | Event::Joined { .. }
            | Event::Parted { .. }
            | Event::Left { .. }
            | Event::Returned
            | Event::AgentGone { .. }
            | Event::AgentBack { .. }
            | Event::Redirected { .. }
            | Event::Ended { .. }
            | Event::Resumed
            | Event::Watched { .. }
            | Event::Unwatched { .. }
            | Event::Invited { .. }
            | Event::Assigned { .. }
            | Event::Unanswered { .. }
            | Event::Declined { .. }
            | Event::Mentioned { .. } => self.clone(),
        }
    }
}

impl TicketEvent {
    pub fn erased(&self) -> TicketEvent {
        match self {
            TicketEvent::Born(birth) => TicketEvent::Born(Box::new(Birth {
                customer: nobody(&birth.customer),
                subject: mark(&birth.subject),
                message: birth.message.as_ref().map(|message| Message {
                    text: mark(&message.text),
                    answers: Vec::new(),
                    page: String::new(),
                    ..message.clone()
                }),
                ..(**birth).clone()
            })),
            TicketEvent::Saved { by, subject, status, note, edits } => TicketEvent::Saved {
                by: by.clone(),
                subject: mark(subject),
                status: *status,
                note: mark(note),
                edits: edits.iter().map(Edit::erased).collect(),
            },
            TicketEvent::Changed { by, subject, status, note, edits } => TicketEvent::Changed {
                by: by.clone(),
                subject: mark(subject),
                status: *status,
                note: mark(note),
                edits: edits.iter().map(Edit::erased).collect(),
            },
            TicketEvent::TookIn { by, other, subject, chats } => TicketEvent::TookIn {
                by: by.clone(),
                other: other.clone(),
                subject: mark(subject),
                chats: chats.clone(),
            },
            TicketEvent::Replied { by, to, text } => {
                TicketEvent::Replied { by: by.clone(), to: mark(to), text: mark(text) }
            }
            TicketEvent::Answered { by, text, edits } => TicketEvent::Answered {
                by: nobody(by),
                text: mark(text),
                edits: edits.iter().map(Edit::erased).collect(),
            },
            TicketEvent::Rated(rating) => TicketEvent::Rated(score(rating)),
            TicketEvent::Returned { tries, .. } => TicketEvent::Returned { to: String::new(), tries: *tries },
            // Its name and its host are the house's; what it wrote speaks of him.
            TicketEvent::Triggered(triggered) => TicketEvent::Triggered(Box::new(Triggered {
                edits: triggered.edits.iter().map(Edit::erased).collect(),
                sent: triggered.sent.iter().map(Sent::erased).collect(),
                ..(**triggered).clone()
            })),
            TicketEvent::WentOn { .. }
            | TicketEvent::Linked { .. }
            | TicketEvent::Unlinked { .. }
            | TicketEvent::Merged { .. }
            | TicketEvent::Cut { .. }
            | TicketEvent::Undelivered { .. } => self.clone(),
        }
    }
}

impl Sent {
    fn erased(&self) -> Sent {
        match self {
            Sent::Mail { to, subject, text } => Sent::Mail { to: *to, subject: mark(subject), text: mark(text) },
            Sent::Webhook { .. } => self.clone(),
        }
    }
}

impl Edit {
    /// What it was about and who was to do it stays, for tickets are counted by that; what was written into a
    /// field, or as a reason, does not.
    fn erased(&self) -> Edit {
        let standing = |one: &Standing| Standing { reason: mark(&one.reason), ..one.clone() };
        match self {
            Edit::Subject { from, to } => Edit::Subject { from: mark(from), to: mark(to) },
            Edit::Status { from, to } => Edit::Status { from: standing(from), to: standing(to) },
            Edit::Field { id, label, from, to } => {
                Edit::Field { id: id.clone(), label: label.clone(), from: mark(from), to: mark(to) }
            }
            Edit::Group { .. } | Edit::Owner { .. } | Edit::Tags { .. } => self.clone(),
        }
    }
}

/// The mark in the place of words; where there were none, none.
pub fn mark(words: &str) -> String {
    if words.is_empty() { String::new() } else { ERASED.into() }
}

/// The same customer, without his name.
fn nobody(customer: &Named) -> Named {
    Named { id: customer.id.clone(), name: String::new() }
}

fn score(rating: &Rating) -> Rating {
    Rating { score: rating.score, comment: mark(&rating.comment) }
}

/// How big it was. It leads nowhere, and nothing is drawn of it.
fn gone(file: &File) -> File {
    File { id: String::new(), name: ERASED.into(), kind: file.kind, size: file.size, width: 0, height: 0 }
}
