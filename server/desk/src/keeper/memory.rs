//! What the keeper knows by heart: the chats that run, the tickets that wait to be saved, who is
//! missing, and when the clock must look.

use crate::presence::Person;
use crate::tag::Rename;
use crate::webhook::Watched;
use domain::presence::{Graces, past};
use domain::trigger::Trigger;
use domain::{Chat, Ticket, Time};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

/// A chat in memory, with what was asked of it.
pub struct Live {
    /// Shared with what waits to be written: it is copied only when it changes twice in a batch.
    pub chat: Arc<Chat>,
    pub acts: HashSet<String>,
}

/// What the keeper knows by heart. The database is the record: when in doubt, it is read again.
#[derive(Default)]
pub struct Memory {
    pub lives: HashMap<String, Live>,
    /// The live chat of a customer: he has one at the most.
    pub customers: HashMap<String, String>,
    /// With these graces.
    pub due: BTreeSet<(Time, String)>,
    pub graces: Graces,
    /// Tickets that wait for their first save.
    pub unsaved: HashMap<String, Ticket>,
    /// Agents who are not here, and since when.
    pub absent: HashMap<String, Time>,
    /// When each agent was handed his last chat. Not kept: after a start nobody has waited for one for longer.
    pub handed: HashMap<String, Time>,
    /// In their order.
    pub triggers: Arc<Vec<Trigger>>,
    /// Tags that are getting another name.
    pub renames: Vec<Rename>,
    /// Who is told of what happens.
    pub subscriptions: Arc<Vec<Watched>>,
}

impl Memory {
    /// One may be gone for so long from now on: the clock looks at other times.
    pub fn allow(&mut self, graces: Graces) {
        if graces == self.graces {
            return;
        }
        self.graces = graces;
        let dues = self.lives.values().filter_map(|live| Some((live.chat.due(graces)?, live.chat.id.clone())));
        self.due = dues.collect();
    }

    pub fn hold(&mut self, live: Live) {
        self.let_go(&live.chat.id);
        if live.chat.is_over() {
            return;
        }
        if let Some(due) = live.chat.due(self.graces) {
            self.due.insert((due, live.chat.id.clone()));
        }
        if !live.chat.is_inner() {
            self.customers.insert(live.chat.customer.id.clone(), live.chat.id.clone());
        }
        self.lives.insert(live.chat.id.clone(), live);
    }

    pub fn let_go(&mut self, chat: &str) -> Option<Live> {
        let live = self.lives.remove(chat)?;
        if let Some(due) = live.chat.due(self.graces) {
            self.due.remove(&(due, chat.into()));
        }
        if !live.chat.is_inner() {
            self.customers.remove(&live.chat.customer.id);
        }
        Some(live)
    }

    /// Chats in which this person is, or which he watches.
    pub fn chats_of(&self, person: &Person) -> Vec<String> {
        match person {
            Person::Customer(id) => self.customers.get(id).cloned().into_iter().collect(),
            Person::Agent(id) => {
                let with = |l: &&Live| l.chat.is_inside(id) || is_watched(&l.chat, id);
                self.lives.values().filter(with).map(|l| l.chat.id.clone()).collect()
            }
        }
    }

    /// An agent is gone since then; of two absences the later counts, for he was there between.
    pub fn miss(&mut self, agent: &str, since: Time) {
        let known = self.absent.entry(agent.into()).or_insert(since);
        *known = since.max(*known);
    }

    pub fn next_due(&self) -> Option<Time> {
        let chat = self.due.first().map(|(due, _)| *due);
        let gone = self.unsaved.values().filter_map(|t| self.owner_gone(t));
        let ticket = gone.map(|since| past(since, self.graces.agent)).min();
        match (chat, ticket) {
            (Some(c), Some(t)) => Some(c.min(t)),
            (one, other) => one.or(other),
        }
    }

    pub fn owner_gone(&self, ticket: &Ticket) -> Option<Time> {
        ticket.owner.as_ref().and_then(|owner| self.absent.get(&owner.id)).copied()
    }
}

/// By his id: a name may change.
pub fn is_watched(chat: &Chat, agent: &str) -> bool {
    chat.watchers.iter().any(|w| w.id == agent)
}
