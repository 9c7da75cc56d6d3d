//! A ticket: what a chat leaves behind.

use crate::group::Named;
use crate::offline::Message;
use crate::person::Agent;
use crate::presence::{HOLD, past};
use crate::rating::Rating;
use crate::{Chat, Face, Reason, Refusal, Stage, Time, Who, text};
use serde::{Deserialize, Serialize};

/// The longest subject, in characters.
pub const SUBJECT_LIMIT: usize = 160;
/// The longest internal note, in characters.
pub const NOTE_LIMIT: usize = 4_000;

/// The six base statuses. Variants are only ever appended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Status {
    New,
    InAttendance,
    Stopped,
    Canceled,
    Resolved,
    Closed,
}

impl Status {
    pub const ALL: [Status; 6] =
        [Status::New, Status::InAttendance, Status::Stopped, Status::Canceled, Status::Resolved, Status::Closed];

    /// "No completado": neither resolved, nor closed, nor cancelled (R19).
    pub fn is_open(self) -> bool {
        matches!(self, Status::New | Status::InAttendance | Status::Stopped)
    }
}

/// How a ticket came to be (R41). Variants are only ever appended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Via {
    OnlineChat,
    OfflineMessage,
    Agent,
}

/// A ticket as its events left it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticket {
    pub id: String,
    /// The protocol number of its chat.
    pub number: i64,
    pub chat: Option<String>,
    pub via: Via,
    pub application: Named,
    pub group: Named,
    pub customer: Named,
    pub subject: String,
    pub status: Status,
    pub owner: Option<Face>,
    pub created_at: Time,
    pub changed_at: Time,
    /// None: the chat has ended and its ticket waits to be saved.
    pub saved_at: Option<Time>,
    /// The status of the first save, kept for ever (indicators.md e.1-2).
    pub first_status: Option<Status>,
    pub seq: u32,
    /// What the customer said of the last conversation that it holds.
    #[serde(default)]
    pub rating: Option<Rating>,
}

/// What somebody wants of a ticket. Variants are only ever appended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TicketAct {
    /// The wrap-up, and every later change.
    Save { subject: String, status: Status, note: String },
    /// The clock asks: has its owner been gone since then for too long (R63)?
    Keep { owner_gone_since: Time },
    /// Another conversation that went on with it is over (R18, Q6).
    GoOn { chat: String, number: i64 },
}

/// What happened to a ticket. Variants are only ever appended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TicketEvent {
    Born(Box<Birth>),
    /// The first save; `by` is none when nobody was there to do it.
    Saved {
        by: Option<Face>,
        subject: String,
        status: Status,
        note: String,
    },
    Changed {
        by: Face,
        subject: String,
        status: Status,
        note: String,
    },
    /// The customer rated its conversation.
    Rated(Rating),
    /// A conversation that its customer began to go on with it: its words belong here (Q6).
    WentOn {
        chat: String,
        number: i64,
    },
}

/// Everything a ticket starts with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Birth {
    pub number: i64,
    pub chat: Option<String>,
    pub via: Via,
    pub application: Named,
    pub group: Named,
    pub customer: Named,
    pub subject: String,
    pub owner: Option<Face>,
    /// What it was opened with, when that was an offline message.
    #[serde(default)]
    pub message: Option<Message>,
}

/// The ticket that an ended chat owes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owed {
    pub birth: Birth,
    /// Its first save, where nobody is left to wrap it up.
    pub saved: Option<TicketEvent>,
}

impl Chat {
    /// The ticket that an ended chat owes, in the transaction of its end; none
    /// when none is owed (indicators.md e.1-9, 10; R56, R63).
    pub fn ticket_owed(&self) -> Option<Owed> {
        let Stage::Ended(reason) = self.stage else {
            return None;
        };
        if !self.leaves_ticket() {
            return None;
        }
        let owner = self.agents.first().map(|a| a.face.clone());
        let subject = self.subject();
        let birth = Birth {
            number: self.number,
            chat: Some(self.id.clone()),
            via: Via::OnlineChat,
            application: self.application.clone(),
            group: self.group.clone(),
            customer: self.customer.clone(),
            subject: subject.clone(),
            owner: owner.clone(),
            message: None,
        };
        let nobody_left = owner.is_none() || reason == Reason::AgentLost;
        let saved =
            nobody_left.then(|| TicketEvent::Saved { by: None, subject, status: Status::New, note: String::new() });
        Some(Owed { birth, saved })
    }

    /// Is it over, and does it leave words for a ticket: one of its own, or the one it went on with (Q6)?
    pub fn leaves_ticket(&self) -> bool {
        let Stage::Ended(reason) = self.stage else { return false };
        let left_a_message = self.waiting_messages > 0 && reason != Reason::Staff;
        self.attended_at.is_some() || left_a_message
    }

    /// May its transcript be sent by mail? What nobody of ours has seen goes to no address that anybody
    /// may have typed: words of a stranger, in the name of the house.
    pub fn is_to_mail(&self) -> bool {
        self.leaves_ticket() && (self.verified || self.attended_at.is_some())
    }

    /// What the ticket will be called: his first words, or the subject he chose.
    pub fn subject(&self) -> String {
        subject(&self.first_words, &self.group)
    }
}

impl Ticket {
    pub fn open(id: String, at: Time, birth: &Birth) -> Ticket {
        let b = birth.clone();
        Ticket {
            id,
            number: b.number,
            chat: b.chat,
            via: b.via,
            application: b.application,
            group: b.group,
            customer: b.customer,
            subject: b.subject,
            status: Status::New,
            owner: b.owner,
            created_at: at,
            changed_at: at,
            saved_at: None,
            first_status: None,
            seq: 1,
            rating: None,
        }
    }

    pub fn is_saved(&self) -> bool {
        self.saved_at.is_some()
    }

    /// May its customer go on with it in a new conversation (R18, R19)? Before its first save it is in
    /// the hands of who wraps it up.
    pub fn may_go_on(&self, customer: &str) -> bool {
        self.customer.id == customer && self.status.is_open() && self.is_saved()
    }

    /// May this agent read it: does he see its group, or own it?
    pub fn may_read(&self, agent: &Agent) -> bool {
        agent.sees(&self.group.id) || self.is_owned_by(&agent.face.id)
    }

    /// Does he own it?
    pub fn is_owned_by(&self, agent: &str) -> bool {
        self.owner.as_ref().is_some_and(|o| o.id == agent)
    }

    pub fn decide(&self, who: &Who, act: &TicketAct, now: Time) -> Result<Vec<TicketEvent>, Refusal> {
        match (act, who) {
            (TicketAct::Save { subject, status, note }, Who::Agent(seat)) => {
                let owner = self.is_owned_by(&seat.face.id);
                // Until it is saved it is in the hands of who attended; afterwards of the team.
                if !(owner || seat.administrator || self.is_saved() && seat.attendant) {
                    return Err(Refusal::NotYours);
                }
                let (subject, note) = (checked_subject(subject)?, limited(text::words(note), NOTE_LIMIT)?);
                let (by, status) = (seat.face.clone(), *status);
                Ok(vec![if self.is_saved() {
                    TicketEvent::Changed { by, subject, status, note }
                } else {
                    TicketEvent::Saved { by: Some(by), subject, status, note }
                }])
            }
            (TicketAct::Keep { owner_gone_since }, Who::Clock) => {
                if self.is_saved() {
                    return Ok(Vec::new());
                }
                if now < past(*owner_gone_since, HOLD) {
                    return Err(Refusal::TooSoon);
                }
                let subject = self.subject.clone();
                Ok(vec![TicketEvent::Saved { by: None, subject, status: Status::New, note: String::new() }])
            }
            (TicketAct::GoOn { chat, number }, Who::Clock) => {
                Ok(vec![TicketEvent::WentOn { chat: chat.clone(), number: *number }])
            }
            _ => Err(Refusal::NotYours),
        }
    }

    pub fn apply(&mut self, at: Time, event: &TicketEvent) {
        self.seq += 1;
        self.changed_at = at;
        match event {
            TicketEvent::Born(_) | TicketEvent::WentOn { .. } => {}
            TicketEvent::Saved { subject, status, .. } => {
                self.saved_at.get_or_insert(at);
                self.first_status.get_or_insert(*status);
                self.subject = subject.clone();
                self.status = *status;
            }
            TicketEvent::Changed { subject, status, .. } => {
                self.subject = subject.clone();
                self.status = *status;
            }
            TicketEvent::Rated(rating) => self.rating = Some(rating.clone()),
        }
    }
}

/// The first line of somebody's words; where that says nothing, what it is about.
pub fn subject(words: &str, group: &Named) -> String {
    let line = words.lines().next().map_or(String::new(), text::line);
    let line = if line.is_empty() { &group.name } else { &line };
    line.chars().take(SUBJECT_LIMIT).collect()
}

fn checked_subject(subject: &str) -> Result<String, Refusal> {
    let subject = text::line(subject);
    if subject.is_empty() { Err(Refusal::Empty) } else { limited(subject, SUBJECT_LIMIT) }
}

fn limited(text: String, limit: usize) -> Result<String, Refusal> {
    if text.chars().count() > limit { Err(Refusal::TooLong { limit: limit as u32 }) } else { Ok(text) }
}

#[cfg(test)]
mod tests;
