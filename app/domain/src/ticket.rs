//! A ticket: what a chat leaves behind.

use crate::group::Named;
use crate::house::{Filled, House};
use crate::identity::Related;
use crate::offline::Message;
use crate::person::Agent;
use crate::presence::{Graces, past};
use crate::rating::Rating;
use crate::trigger::{Cut, Triggered};
use crate::{Chat, Face, Reason, Refusal, Seat, Stage, Time, Who, text};
use serde::{Deserialize, Serialize};

mod edit;

pub use edit::{Change, Edit, Standing};

/// The longest subject, in characters.
pub const SUBJECT_LIMIT: usize = 160;
/// The longest internal note, in characters.
pub const NOTE_LIMIT: usize = 4_000;
/// The most conversations of a ticket besides its own.
pub const CHATS: usize = 100;

/// The six base statuses. Variants are only ever appended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
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
    /// By hand: a direct ticket (R65).
    Agent,
    /// By its customer, in the portal: a direct one too.
    Portal,
    /// By another program, with a token: likewise.
    Api,
}

impl Via {
    pub const ALL: [Via; 5] = [Via::OnlineChat, Via::OfflineMessage, Via::Agent, Via::Portal, Via::Api];

    /// Was it opened as a ticket, and not by a conversation (R65)?
    pub fn is_direct(self) -> bool {
        matches!(self, Via::Agent | Via::Portal | Via::Api)
    }
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
    /// The status of the house that it has; `status` is its base.
    #[serde(default)]
    pub own: Option<Named>,
    /// Why it has that one, where the house asks.
    #[serde(default)]
    pub reason: String,
    #[serde(default)]
    pub tags: Vec<String>,
    #[serde(default)]
    pub fields: Vec<Filled>,
    /// Conversations that belong to it besides the one that it came from.
    #[serde(default)]
    pub chats: Vec<Linked>,
    /// The ticket that it was merged into; then nothing of it changes any more.
    #[serde(default)]
    pub merged: Option<Pointer>,
    /// Since when it has the status that it has. None: it is older than we keep that.
    #[serde(default)]
    pub stands_since: Option<Time>,
}

/// A conversation that belongs to a ticket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Linked {
    pub chat: String,
    pub number: i64,
    /// An agent linked it, and an agent may unlink it; the others have no other ticket (Q6).
    pub by_hand: bool,
}

/// Another ticket, as people speak of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pointer {
    pub id: String,
    pub number: i64,
}

/// What somebody wants of a ticket. Variants are only ever appended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TicketAct {
    /// The wrap-up, and every later change.
    Save {
        changes: Vec<Change>,
        note: String,
    },
    /// The clock asks: has its owner been gone since then for too long (R63)?
    Keep {
        owner_gone_since: Time,
    },
    /// Another conversation that went on with it is over (R18, Q6).
    GoOn {
        chat: String,
        number: i64,
    },
    /// A conversation that is over belongs here too (R20); which, by its protocol number.
    Link {
        number: i64,
    },
    Unlink {
        chat: String,
    },
    /// It is the same matter as another ticket: that one takes it in.
    Merge {
        number: i64,
    },
    /// The customer is written to, by the [`Way`] that there is.
    Reply {
        text: String,
    },
    /// The customer writes, through the portal.
    Answer {
        text: String,
    },
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
        /// What it changed, from what to what.
        #[serde(default)]
        edits: Vec<Edit>,
    },
    Changed {
        by: Face,
        subject: String,
        status: Status,
        note: String,
        #[serde(default)]
        edits: Vec<Edit>,
    },
    /// The customer rated its conversation.
    Rated(Rating),
    /// A conversation that its customer began to go on with it: its words belong here (Q6).
    WentOn {
        chat: String,
        number: i64,
    },
    Linked {
        by: Face,
        chat: String,
        number: i64,
    },
    Unlinked {
        by: Face,
        chat: String,
        number: i64,
    },
    /// It is closed, and points to the ticket that took it in.
    Merged {
        by: Face,
        into: Pointer,
    },
    /// It took another in, with its conversations.
    TookIn {
        by: Face,
        other: Pointer,
        subject: String,
        chats: Vec<Linked>,
    },
    /// The customer was written to, at the address that is known of him; an empty one: in the portal alone.
    Replied {
        by: Face,
        to: String,
        text: String,
    },
    /// A trigger ran (R41).
    Triggered(Box<Triggered>),
    /// A trigger was not let run.
    Cut {
        trigger: Named,
        why: Cut,
    },
    /// A webhook of a trigger was given up after so many tries.
    Undelivered {
        trigger: Named,
        host: String,
        tries: u32,
    },
    /// The customer wrote, through the portal; what was over, or stood still, is in attendance again.
    Answered {
        by: Named,
        text: String,
        #[serde(default)]
        edits: Vec<Edit>,
    },
    /// What was written to an address was not delivered, and is tried no more.
    Returned {
        to: String,
        tries: u32,
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
        let saved = nobody_left.then(|| TicketEvent::saved_for_nobody(subject));
        Some(Owed { birth, saved })
    }

    /// Is it over, and does it leave words for a ticket: one of its own, or the one it went on with (Q6)?
    pub fn leaves_ticket(&self) -> bool {
        let Stage::Ended(reason) = self.stage else { return false };
        let left_a_message = self.waiting_messages > 0 && reason != Reason::Staff;
        self.attended_at.is_some() || left_a_message
    }

    /// The ticket that has its words, where it is over and went on with one: then it leaves none of its own (Q6).
    pub fn kept_in(&self) -> Option<&Related> {
        self.related.as_ref().filter(|_| self.leaves_ticket())
    }

    /// May its transcript be sent by mail? What nobody of ours has seen goes to no address that anybody
    /// may have typed: words of a stranger, in the name of the house.
    pub fn is_to_mail(&self) -> bool {
        self.leaves_ticket() && (self.verified || self.was_seen())
    }

    /// What the ticket will be called: his first words, or the subject he chose.
    pub fn subject(&self) -> String {
        subject(&self.first_words, &self.group)
    }
}

impl TicketEvent {
    /// The first save of a ticket that nobody was there to save.
    pub fn saved_for_nobody(subject: String) -> TicketEvent {
        TicketEvent::Saved { by: None, subject, status: Status::New, note: String::new(), edits: Vec::new() }
    }
}

/// What a decision about a ticket has to know besides it.
#[derive(Clone, Debug)]
pub struct Ground {
    pub now: Time,
    /// How long one may be gone by now; looked at for [`TicketAct::Keep`] only.
    pub graces: Graces,
    pub house: House,
    /// The group that a change names, if there is one of that id.
    pub group: Option<Named>,
    /// The agent whom a change makes its owner, if he works here.
    pub owner: Option<Agent>,
    /// The conversation that is to be linked, if it is over and the asker may read it.
    pub chat: Option<Pointer>,
    /// Where the customer can be written to, as it is known of him.
    pub address: Option<String>,
    /// Mail is sent from here.
    pub mails: bool,
    /// The customer is handed over to the portal without a letter, and reads it there.
    pub portal: bool,
    /// Who has come through the portal, if this is a ticket of his.
    pub guest: Option<Named>,
}

impl Ground {
    /// Nothing but the time.
    pub fn at(now: Time) -> Ground {
        Ground {
            now,
            graces: Graces::default(),
            house: House::NONE,
            group: None,
            owner: None,
            chat: None,
            address: None,
            mails: false,
            portal: false,
            guest: None,
        }
    }
}

/// By which way the customer of a ticket reads what is written to him.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// By e-mail; and in the portal, where he comes in ([`Way::is_in_portal`]).
    Mail,
    /// In the portal alone: his site says who he is, and hands its customers over.
    Portal,
}

impl Way {
    /// The one that was taken, by the address in [`TicketEvent::Replied`].
    pub fn of_reply(to: &str) -> Way {
        if to.is_empty() { Way::Portal } else { Way::Mail }
    }

    /// The refusal says why there is none. `mails`: mail is sent from here; `address`: one is known of him; `portal`:
    /// he comes in there without a letter.
    pub fn of(mails: bool, address: bool, portal: bool) -> Result<Way, Refusal> {
        match (mails, portal) {
            (true, _) if address => Ok(Way::Mail),
            (_, true) => Ok(Way::Portal),
            (true, false) => Err(Refusal::NoAddress),
            (false, false) => Err(Refusal::NotAsked),
        }
    }

    /// Does he find it in the portal? `links`: letters of ours lead there; `portal`: he comes in without one.
    pub fn is_in_portal(self, links: bool, portal: bool) -> bool {
        match self {
            Way::Mail => links || portal,
            Way::Portal => true,
        }
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
            own: None,
            reason: String::new(),
            tags: Vec::new(),
            fields: Vec::new(),
            chats: Vec::new(),
            merged: None,
            stands_since: Some(at),
        }
    }

    /// Since when it has the status that it has; of an old one that changed before this was kept, since then.
    pub fn stands_since(&self) -> Time {
        self.stands_since.unwrap_or(self.changed_at)
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

    /// May he change it? Until it is saved it is in the hands of who attended; afterwards of the team.
    pub fn may_change(&self, seat: &Seat) -> bool {
        self.is_owned_by(&seat.face.id) || seat.administrator || self.is_saved() && seat.attendant
    }

    pub fn decide(&self, who: &Who, act: &TicketAct, ground: &Ground) -> Result<Vec<TicketEvent>, Refusal> {
        match (act, who) {
            (TicketAct::Keep { owner_gone_since }, Who::Clock) => {
                if self.is_saved() {
                    return Ok(Vec::new());
                }
                if ground.now < past(*owner_gone_since, ground.graces.agent) {
                    return Err(Refusal::TooSoon);
                }
                Ok(vec![TicketEvent::saved_for_nobody(self.subject.clone())])
            }
            (TicketAct::Answer { text }, Who::Customer(id)) => match &ground.guest {
                Some(by) if by.id == *id => self.answer(by, text),
                _ => Err(Refusal::NotYours),
            },
            (TicketAct::GoOn { chat, number }, Who::Clock) => {
                Ok(vec![TicketEvent::WentOn { chat: chat.clone(), number: *number }])
            }
            (act, Who::Agent(seat)) if self.may_change(seat) => {
                // What was merged is read, and changed where it went.
                if self.merged.is_some() {
                    return Err(Refusal::TooLate);
                }
                self.decide_for(&seat.face, act, ground)
            }
            _ => Err(Refusal::NotYours),
        }
    }

    /// What one who may change it wants of it.
    fn decide_for(&self, by: &Face, act: &TicketAct, ground: &Ground) -> Result<Vec<TicketEvent>, Refusal> {
        match act {
            TicketAct::Save { changes, note } => self.save(by, changes, note, ground),
            TicketAct::Link { .. } => self.link(by, ground),
            TicketAct::Unlink { chat } => self.unlink(by, chat),
            TicketAct::Reply { text } => self.reply(by, text, ground),
            // Two tickets change: `Ticket::merge`. The clock's own are the clock's, and the customer's his.
            TicketAct::Merge { .. } | TicketAct::Keep { .. } | TicketAct::GoOn { .. } | TicketAct::Answer { .. } => {
                Err(Refusal::NotYours)
            }
        }
    }

    fn save(&self, by: &Face, changes: &[Change], note: &str, ground: &Ground) -> Result<Vec<TicketEvent>, Refusal> {
        let note = limited(text::words(note), NOTE_LIMIT)?;
        let edits = self.edits(changes, ground)?;
        let mut then = self.clone();
        edits.iter().for_each(|edit| then.edit(edit));
        // A note alone says nothing of the fields.
        let asks = !self.is_saved() || !edits.is_empty();
        if let Some(missing) = ground.house.missing(&then.fields).filter(|_| asks) {
            return Err(Refusal::FieldMissing { field: missing.id.clone() });
        }
        let (by, subject, status) = (by.clone(), then.subject, then.status);
        if !self.is_saved() {
            return Ok(vec![TicketEvent::Saved { by: Some(by), subject, status, note, edits }]);
        }
        let says_nothing = edits.is_empty() && note.is_empty();
        Ok(if says_nothing { Vec::new() } else { vec![TicketEvent::Changed { by, subject, status, note, edits }] })
    }

    fn link(&self, by: &Face, ground: &Ground) -> Result<Vec<TicketEvent>, Refusal> {
        let chat = ground.chat.as_ref().ok_or(Refusal::NotYours)?;
        let is_here = self.chat.as_ref() == Some(&chat.id) || self.chats.iter().any(|l| l.chat == chat.id);
        if is_here {
            return Ok(Vec::new());
        }
        if self.chats.len() >= CHATS {
            return Err(Refusal::Full { limit: CHATS as u32 });
        }
        Ok(vec![TicketEvent::Linked { by: by.clone(), chat: chat.id.clone(), number: chat.number }])
    }

    fn unlink(&self, by: &Face, chat: &str) -> Result<Vec<TicketEvent>, Refusal> {
        let linked = self.chats.iter().find(|l| l.chat == chat && l.by_hand).ok_or(Refusal::NotYours)?;
        Ok(vec![TicketEvent::Unlinked { by: by.clone(), chat: chat.into(), number: linked.number }])
    }

    fn reply(&self, by: &Face, text: &str, ground: &Ground) -> Result<Vec<TicketEvent>, Refusal> {
        // What waits to be saved has no history yet that an answer could stand in.
        if !self.is_saved() {
            return Err(Refusal::NotAsked);
        }
        let to = match (Way::of(ground.mails, ground.address.is_some(), ground.portal)?, &ground.address) {
            (Way::Mail, Some(address)) => address.clone(),
            _ => String::new(),
        };
        let text = limited(text::words(text), NOTE_LIMIT)?;
        if text.is_empty() {
            return Err(Refusal::Empty);
        }
        Ok(vec![TicketEvent::Replied { by: by.clone(), to, text }])
    }

    /// May its customer write to it? What is closed stays so: he begins anew.
    pub fn may_be_answered(&self) -> bool {
        self.is_saved() && self.merged.is_none() && (self.status.is_open() || self.status == Status::Resolved)
    }

    /// May somebody begin to speak with its customer? While it is saved, and its own.
    pub fn may_be_called(&self) -> bool {
        self.is_saved() && self.merged.is_none()
    }

    /// May its customer begin to speak with its owner (R68)? While it is worth it.
    pub fn may_talk(&self) -> bool {
        self.may_be_called() && !matches!(self.status, Status::Closed | Status::Canceled)
    }

    /// May this agent begin to speak with its customer (R67), and be the one who attends? Who could attend him in the
    /// queue of its group may.
    pub fn may_call(&self, seat: &Seat) -> Result<(), Refusal> {
        match seat.attendant {
            _ if !self.may_be_called() => Err(Refusal::TooLate),
            true => Ok(()),
            false => Err(Refusal::OnlyAttendants),
        }
    }

    /// Who waits for its customer waits no longer, and what was thought to be resolved is not.
    fn answer(&self, by: &Named, text: &str) -> Result<Vec<TicketEvent>, Refusal> {
        if !self.may_be_answered() {
            return Err(Refusal::TooLate);
        }
        let text = limited(text::words(text), NOTE_LIMIT)?;
        if text.is_empty() {
            return Err(Refusal::Empty);
        }
        let wakes = matches!(self.status, Status::Stopped | Status::Resolved);
        let to = Standing::of(Status::InAttendance);
        let edits = if wakes { vec![Edit::Status { from: self.standing(), to }] } else { Vec::new() };
        Ok(vec![TicketEvent::Answered { by: by.clone(), text, edits }])
    }

    /// It goes into another ticket, with its conversations: what happens to this one, and to that one. Each
    /// goes once, into one that has gone nowhere itself, so that no two point at each other.
    pub fn merge(&self, into: &Ticket, seats: [&Seat; 2]) -> Result<(TicketEvent, TicketEvent), Refusal> {
        if !self.may_change(seats[0]) || !into.may_change(seats[1]) || self.id == into.id {
            return Err(Refusal::NotYours);
        }
        if self.merged.is_some() || into.merged.is_some() || !self.is_saved() || !into.is_saved() {
            return Err(Refusal::TooLate);
        }
        let own = self.chat.iter().map(|chat| Linked { chat: chat.clone(), number: self.number, by_hand: false });
        let is_new = |l: &Linked| into.chat.as_ref() != Some(&l.chat) && !into.chats.iter().any(|m| m.chat == l.chat);
        let chats: Vec<Linked> = own.chain(self.chats.clone()).filter(is_new).collect();
        if into.chats.len() + chats.len() > CHATS {
            return Err(Refusal::Full { limit: CHATS as u32 });
        }
        let by = seats[0].face.clone();
        let pointer = |ticket: &Ticket| Pointer { id: ticket.id.clone(), number: ticket.number };
        Ok((
            TicketEvent::Merged { by: by.clone(), into: pointer(into) },
            TicketEvent::TookIn { by, other: pointer(self), subject: self.subject.clone(), chats },
        ))
    }

    pub fn apply(&mut self, at: Time, event: &TicketEvent) {
        let stood = (self.status, self.own.as_ref().map(|own| own.id.clone()), self.stands_since());
        self.change(at, event);
        let stands = (self.status, self.own.as_ref().map(|own| &own.id)) == (stood.0, stood.1.as_ref());
        self.stands_since = Some(if stands { stood.2 } else { at });
    }

    fn change(&mut self, at: Time, event: &TicketEvent) {
        self.seq += 1;
        self.changed_at = at;
        match event {
            TicketEvent::Born(_)
            | TicketEvent::Replied { .. }
            | TicketEvent::Cut { .. }
            | TicketEvent::Undelivered { .. }
            | TicketEvent::Returned { .. } => {}
            TicketEvent::Triggered(triggered) => triggered.edits.iter().for_each(|edit| self.edit(edit)),
            TicketEvent::Saved { subject, status, edits, .. } => {
                self.saved_at.get_or_insert(at);
                self.first_status.get_or_insert(*status);
                self.stand(subject, *status, edits);
            }
            TicketEvent::Changed { subject, status, edits, .. } => self.stand(subject, *status, edits),
            TicketEvent::Answered { edits, .. } => edits.iter().for_each(|edit| self.edit(edit)),
            TicketEvent::Rated(rating) => self.rating = Some(rating.clone()),
            TicketEvent::WentOn { chat, number } => self.add(chat, *number, false),
            TicketEvent::Linked { chat, number, .. } => self.add(chat, *number, true),
            TicketEvent::Unlinked { chat, .. } => self.chats.retain(|l| l.chat != *chat),
            TicketEvent::Merged { into, .. } => {
                self.merged = Some(into.clone());
                self.edit(&Edit::Status { from: self.standing(), to: Standing::of(Status::Closed) });
            }
            TicketEvent::TookIn { chats, .. } => self.chats.extend(chats.iter().cloned()),
        }
    }

    fn stand(&mut self, subject: &str, status: Status, edits: &[Edit]) {
        self.subject = subject.into();
        self.status = status;
        edits.iter().for_each(|edit| self.edit(edit));
    }

    fn add(&mut self, chat: &str, number: i64, by_hand: bool) {
        self.chats.push(Linked { chat: chat.into(), number, by_hand });
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
