//! A trigger: what is done by itself with a ticket that comes to stand in a certain way (R41).
//!
//! [`cycle()`] is the rule: which triggers answer what happened, in their order, and what they change. A
//! trigger runs once for each thing that happens, so no two of them can chase each other for ever.

use crate::group::Named;
use crate::house::House;
use crate::person::Agent;
use crate::ticket::{Change, Edit, Ground, Via};
use crate::{Refusal, Span, Status, Ticket, Time};
use serde::{Deserialize, Serialize};

mod check;
mod cycle;

pub use cycle::{Occasion, Step, cycle, is_answered};

/// The most triggers of a house.
pub const TRIGGERS: usize = 100;
/// The longest name, in characters.
pub const NAME_LIMIT: usize = 80;
/// The most conditions of a trigger, all and any together.
pub const CONDITIONS: usize = 20;
/// The most actions of a trigger.
pub const ACTIONS: usize = 10;
/// The longest subject of a mail, in characters.
pub const SUBJECT_LIMIT: usize = 160;
/// The longest text of a mail, in characters.
pub const MAIL_LIMIT: usize = 4_000;
/// The longest address of a webhook, in characters.
pub const ADDRESS_LIMIT: usize = 500;
/// The longest time in a status that can be waited for: a year, in minutes.
pub const LONGEST: u32 = 525_600;
/// So many triggers may follow from each other; what would come after is cut, and reported.
pub const DEPTH: usize = 8;
/// Of so many tickets, those that changed last, a trial says what would be done.
pub const TRIAL: usize = 100;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trigger {
    pub id: String,
    pub name: String,
    pub on: bool,
    pub when: When,
    /// Every one of these must hold.
    pub all: Vec<Condition>,
    /// And one of these, where there are any.
    pub any: Vec<Condition>,
    pub actions: Vec<Action>,
}

/// When it runs. Variants are only ever appended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum When {
    /// When its conditions begin to hold: once, until they have ceased to.
    #[default]
    Begins,
    /// At every change of a ticket for which they hold.
    Changes,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Condition {
    pub what: What,
    /// False: it must not be so.
    pub is: bool,
}

/// What can be asked of a ticket; groups, applications, statuses and fields by id. Variants are only ever
/// appended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum What {
    /// "Abierto vía".
    Via(Via),
    Group(String),
    Application(String),
    /// The base of its status, whichever of the house's own it has.
    Base(Status),
    Own(String),
    Tag(String),
    /// What it says in a field of the house; empty: nothing.
    Field {
        id: String,
        value: String,
    },
    /// Somebody owns it.
    Owned,
    /// In its present status for so long or longer.
    Stands {
        minutes: u32,
    },
    /// Its customer's site has proved who he is.
    Verified,
}

/// What can be done. Variants are only ever appended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Action {
    Status(Status),
    /// One of the house's own, and why where it asks.
    Own {
        id: String,
        reason: String,
    },
    Group(String),
    /// None: nobody's.
    Owner(Option<String>),
    AddTags(Vec<String>),
    RemoveTags(Vec<String>),
    /// A field of the house; empty: no answer.
    Field {
        id: String,
        value: String,
    },
    /// Subject and text may hold variables: [`crate::text::fill`].
    Mail {
        to: Whom,
        subject: String,
        text: String,
    },
    /// A signed POST to this address (docs/triggers.md).
    Webhook {
        url: String,
    },
}

/// To whom a mail goes. Variants are only ever appended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Whom {
    /// At the address that is known of him.
    Customer,
    Owner,
    /// Everybody who attends or administers its group.
    Group,
}

impl Whom {
    pub const ALL: [Whom; 3] = [Whom::Customer, Whom::Owner, Whom::Group];
}

/// What a trigger did to a ticket, as its history keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Triggered {
    pub trigger: Named,
    pub edits: Vec<Edit>,
    /// What was handed in to be sent.
    pub sent: Vec<Sent>,
    pub failed: Vec<Failed>,
}

/// Variants are only ever appended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Sent {
    Mail {
        to: Whom,
        subject: String,
        text: String,
    },
    /// To this host; the rest of an address may be a secret.
    Webhook {
        host: String,
    },
}

/// What of it could not be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failed {
    pub what: Deed,
    pub why: Refusal,
}

/// A kind of action. Variants are only ever appended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Deed {
    Status,
    Group,
    Owner,
    Tags,
    /// By its label; by its id where the house has no such field any more.
    Field(String),
    Mail(Whom),
    Webhook,
}

/// Why a trigger was not let run, though its conditions hold. Variants are only ever appended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Cut {
    /// What others did in answer to it would have it do the same again.
    Loop,
    /// More than [`DEPTH`] follow from each other.
    Depth,
}

/// What went wrong with a trigger last, for who administers it. Variants of `what` are only ever appended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mishap {
    pub at: Time,
    pub what: Mischance,
    /// With this ticket.
    pub ticket: String,
    pub number: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Mischance {
    Cut(Cut),
    /// A webhook was given up.
    Undelivered,
    /// It would have written more mails than one trigger may within an hour; this one was not sent.
    TooMany,
}

/// A trigger as its administrator sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    pub trigger: Trigger,
    /// Webhooks that are on their way, or tried again.
    pub waiting: u32,
    pub mishap: Option<Mishap>,
}

/// It is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    pub line: Line,
    /// What its webhooks are signed with from now on: told once, when it is made.
    pub secret: Option<String>,
}

/// What a trigger would do with one ticket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tried {
    pub ticket: String,
    pub number: i64,
    pub subject: String,
    pub would: Triggered,
}

/// What the rules have to know besides the ticket.
#[derive(Clone, Debug)]
pub struct Known {
    pub now: Time,
    pub house: House,
    /// All groups.
    pub groups: Vec<Named>,
    /// Whoever works here.
    pub owners: Vec<Agent>,
    /// The site of its customer has proved who he is.
    pub verified: bool,
}

impl Trigger {
    pub fn named(&self) -> Named {
        Named { id: self.id.clone(), name: self.name.clone() }
    }

    /// Do its conditions hold for this ticket, now?
    pub fn holds(&self, ticket: &Ticket, now: Time, verified: bool) -> bool {
        let holds = |condition: &Condition| condition.holds(ticket, now, verified);
        self.all.iter().all(holds) && (self.any.is_empty() || self.any.iter().any(holds))
    }

    /// How long it waits for, where it waits.
    pub fn waits(&self) -> Option<Span> {
        self.conditions().find_map(|condition| match condition.what {
            What::Stands { minutes } => Some(Span::minutes(minutes.into())),
            _ => None,
        })
    }

    /// When the clock must look at this ticket again for this trigger: when it will have stood in its status
    /// for so long. Past, if it has already; none, if no time matters to it.
    pub fn due(&self, ticket: &Ticket) -> Option<Time> {
        Some(ticket.stands_since() + self.waits().filter(|_| self.on)?)
    }

    pub fn asks_who_the_customer_is(&self) -> bool {
        self.conditions().any(|condition| condition.what == What::Verified)
    }

    /// Where its webhook goes.
    pub fn url(&self) -> Option<&str> {
        self.actions.iter().find_map(|action| match action {
            Action::Webhook { url } => Some(url.as_str()),
            _ => None,
        })
    }

    fn conditions(&self) -> impl Iterator<Item = &Condition> {
        self.all.iter().chain(&self.any)
    }

    /// What of its actions changes a ticket: each kind of change, and what it comes to.
    fn changes(&self, ticket: &Ticket) -> Vec<(Deed, Change)> {
        let mut changes = Vec::new();
        let mut tags = ticket.tags.clone();
        for action in &self.actions {
            match action {
                Action::Status(base) => changes.push((Deed::Status, Change::Status(*base))),
                Action::Own { id, reason } => {
                    changes.push((Deed::Status, Change::Own { id: id.clone(), reason: reason.clone() }));
                }
                // The group first: whoever is to own it must see it.
                Action::Group(id) => changes.insert(0, (Deed::Group, Change::Group(id.clone()))),
                Action::Owner(id) => changes.push((Deed::Owner, Change::Owner(id.clone()))),
                Action::AddTags(more) => tags.extend(more.iter().filter(|tag| !ticket.tags.contains(tag)).cloned()),
                Action::RemoveTags(less) => tags.retain(|tag| !less.contains(tag)),
                Action::Field { id, value } => {
                    changes.push((Deed::Field(id.clone()), Change::Field { id: id.clone(), value: value.clone() }))
                }
                Action::Mail { .. } | Action::Webhook { .. } => {}
            }
        }
        if tags != ticket.tags {
            changes.push((Deed::Tags, Change::Tags(tags)));
        }
        changes
    }

    /// What it changes of a ticket, by the rules that hold for everybody; what they refuse is left out. Nothing
    /// is closed while the house misses an answer, and no required answer is taken away. Whoever does not see
    /// the group where it goes owns it no more.
    pub fn edits(&self, ticket: &Ticket, known: &Known) -> (Vec<Edit>, Vec<Failed>) {
        let (mut then, mut edits, mut failed) = (ticket.clone(), Vec::new(), Vec::new());
        let changes = self.changes(ticket);
        let missing = known.missing_after(ticket, &changes);
        for (deed, change) in changes {
            let decided = match known.refuses(&then, &change, missing.as_deref()) {
                Some(why) => Err(why),
                None => then.edits(std::slice::from_ref(&change), &known.ground(&change)),
            };
            match decided {
                Ok(more) => {
                    more.iter().for_each(|edit| then.edit(edit));
                    edits.extend(more);
                }
                Err(why) => failed.push(Failed { what: deed.labelled(&known.house), why }),
            }
        }
        if then.group.id != ticket.group.id
            && let Some(owner) = then.owner.clone()
            && !known.owners.iter().any(|one| one.face.id == owner.id && one.sees(&then.group.id))
        {
            edits.push(Edit::Owner { from: Some(owner), to: None });
        }
        (edits, failed)
    }
}

impl Condition {
    fn holds(&self, ticket: &Ticket, now: Time, verified: bool) -> bool {
        let so = match &self.what {
            What::Via(via) => ticket.via == *via,
            What::Group(id) => ticket.group.id == *id,
            What::Application(id) => ticket.application.id == *id,
            What::Base(status) => ticket.status == *status,
            What::Own(id) => ticket.own.as_ref().is_some_and(|own| own.id == *id),
            What::Tag(tag) => ticket.tags.contains(tag),
            What::Field { id, value } => ticket.filled(id) == value,
            What::Owned => ticket.owner.is_some(),
            What::Stands { minutes } => now - ticket.stands_since() >= Span::minutes((*minutes).into()),
            What::Verified => verified,
        };
        so == self.is
    }
}

impl Deed {
    fn labelled(self, house: &House) -> Deed {
        match self {
            Deed::Field(id) => Deed::Field(house.field(&id).map_or(id, |field| field.label.clone())),
            deed => deed,
        }
    }
}

impl Known {
    /// The first required field that the ticket leaves out when these have answered what they answer.
    fn missing_after(&self, ticket: &Ticket, changes: &[(Deed, Change)]) -> Option<String> {
        let mut filled = ticket.clone();
        for (_, change) in changes.iter().filter(|(_, change)| matches!(change, Change::Field { .. })) {
            // What is refused here is refused, and told, where it is done.
            if self.refuses(&filled, change, None).is_none()
                && let Ok(edits) = filled.edits(std::slice::from_ref(change), &self.ground(change))
            {
                edits.iter().for_each(|edit| filled.edit(edit));
            }
        }
        self.house.missing(&filled.fields).map(|field| field.id.clone())
    }

    /// What the house asks of everybody who saves a ticket, and so of triggers.
    fn refuses(&self, then: &Ticket, change: &Change, missing: Option<&str>) -> Option<Refusal> {
        let base = match change {
            Change::Status(base) => *base,
            Change::Own { id, .. } => self.house.status(id)?.base,
            Change::Field { id, value } => {
                let empties = value.is_empty() && self.house.field(id)?.required;
                return empties.then(|| Refusal::FieldMissing { field: id.clone() });
            }
            _ => return None,
        };
        let closes = then.status.is_open() && !base.is_open();
        missing.filter(|_| closes).map(|field| Refusal::FieldMissing { field: field.into() })
    }

    /// What a decision about this change has to know.
    fn ground(&self, change: &Change) -> Ground {
        let mut ground = Ground { house: self.house.clone(), ..Ground::at(self.now) };
        match change {
            Change::Group(id) => ground.group = self.groups.iter().find(|group| group.id == *id).cloned(),
            Change::Owner(Some(id)) => ground.owner = self.owners.iter().find(|agent| agent.face.id == *id).cloned(),
            _ => {}
        }
        ground
    }
}

#[cfg(test)]
mod tests;
