//! Groups that hand out who waits: as soon as somebody has room, and in the transaction in which he has it,
//! so that no two of fifty who come at once are handed to the same last place.

use super::batch::Batch;
use super::{Asker, Keeper};
use crate::presence::Person;
use crate::{Error, Fault, distribution, parameters, random};
use domain::distribution::Candidate;
use domain::event::{Destination, Wish};
use domain::{Act, Chat, Stage, Time, Told};
use std::collections::HashMap;

/// How many chats an agent has, of each group.
#[derive(Default)]
struct Loads(HashMap<(String, String), u32>);

impl Loads {
    fn of<'a>(chats: impl Iterator<Item = &'a Chat>) -> Loads {
        let mut loads = Loads::default();
        for chat in chats.filter(|chat| !chat.is_inner()) {
            for agent in &chat.agents {
                loads.add(&agent.face.id, &chat.group.id);
            }
        }
        loads
    }

    fn add(&mut self, agent: &str, group: &str) {
        *self.0.entry((agent.into(), group.into())).or_default() += 1;
    }

    fn here(&self, agent: &str, group: &str) -> u32 {
        self.0.get(&(agent.to_owned(), group.to_owned())).copied().unwrap_or(0)
    }

    fn of_all(&self, agent: &str) -> u32 {
        self.0.iter().filter(|((who, _), _)| who == agent).map(|(_, n)| n).sum()
    }
}

/// Somebody may have room now, or somebody new waits. Words give nobody room.
pub(super) fn stirs(told: &[Told]) -> bool {
    use domain::Event::{AgentBack, Ended, Opened, Parted, Redirected, Returned};
    told.iter().any(|t| {
        matches!(t.event, Opened(_) | Returned | Ended { .. } | Parted { .. } | Redirected { .. } | AgentBack { .. })
    })
}

async fn unsaved_takes_room(batch: &mut Batch) -> Result<bool, Fault> {
    Ok(parameters::read(&mut *batch.tx).await?.unsaved_takes_room)
}

impl Keeper {
    /// Hands out who waits, as far as anybody has room.
    pub(super) async fn hand_out(&mut self, batch: &mut Batch) -> Result<(), Fault> {
        let rules = distribution::all(&mut *batch.tx).await?;
        let mut queues: Vec<_> = rules.into_iter().map(|(group, rule)| (self.waiting(&group), group, rule)).collect();
        queues.retain(|(waiting, ..)| !waiting.is_empty());
        // Who has waited longest comes first: a place that two groups share goes to neither of them for ever.
        queues.sort_by(|(one, ..), (other, ..)| one.first().cmp(&other.first()));
        let unsaved = !queues.is_empty() && unsaved_takes_room(batch).await?;
        for (waiting, group, rule) in queues {
            let mut candidates = self.candidates(batch, &group, unsaved).await?;
            for (_, id) in waiting {
                if candidates.iter().all(|c| !rule.has_room(c)) {
                    break;
                }
                let Some(live) = self.memory.lives.get(&id) else { continue };
                let Some(chosen) = rule.choose(&candidates, &live.chat).map(|c| c.face.id.clone()) else { continue };
                if !self.assign(batch, &id, &chosen).await? {
                    continue;
                }
                for candidate in candidates.iter_mut().filter(|c| c.face.id == chosen) {
                    candidate.here += 1;
                    candidate.busy += 1;
                    candidate.last = Some(batch.now);
                }
            }
        }
        Ok(())
    }

    /// Who waits in this queue and can be greeted, the first first. Whoever has sent a form and nothing else is not
    /// there yet.
    fn waiting(&self, group: &str) -> Vec<(Time, String)> {
        let lives = self.memory.lives.values().map(|live| &live.chat);
        let waits = |chat: &&std::sync::Arc<Chat>| {
            chat.stage == Stage::Waiting
                && chat.gone_since.is_none()
                && chat.group.id == group
                && self.room.is_here(&Person::Customer(chat.customer.id.clone()))
        };
        let mut queue: Vec<_> = lives.filter(waits).map(|chat| (chat.queued_at, chat.id.clone())).collect();
        queue.sort_unstable();
        queue
    }

    /// Gives it to him; false where the rules say no.
    async fn assign(&mut self, batch: &mut Batch, id: &str, agent: &str) -> Result<bool, Fault> {
        let wish = Wish { id: random::id(batch.now)?, act: Act::Assign { agent: agent.into() } };
        match self.act(batch, &Asker::Clock, id, &wish).await {
            Ok(_) => Ok(true),
            Err(Error::Refused(why)) => {
                tracing::debug!(?why, "nobody was handed a chat");
                Ok(false)
            }
            Err(Error::Broken(fault)) => Err(fault),
        }
    }

    /// Whose turn it is when one was left unanswered, and how long he has; nobody: it goes back into its queue.
    pub(super) async fn next_of(
        &self,
        batch: &mut Batch,
        chat: &Chat,
    ) -> Result<(Option<Destination>, Option<Time>), Fault> {
        let Some(rule) = distribution::of(&mut *batch.tx, &chat.group.id).await? else { return Ok((None, None)) };
        let unsaved = unsaved_takes_room(batch).await?;
        let candidates = self.candidates(batch, &chat.group.id, unsaved).await?;
        let next = rule.choose(&candidates, chat).map(|c| Destination::Agent(c.face.clone()));
        Ok((next, rule.answer_by(batch.now)))
    }

    /// Until when whoever is handed one of this group now is to answer.
    pub(super) async fn answer_by(&self, batch: &mut Batch, group: &str) -> Result<Option<Time>, Fault> {
        let rule = distribution::of(&mut *batch.tx, group).await?;
        Ok(rule.and_then(|rule| rule.answer_by(batch.now)))
    }

    /// Who could be handed one of this group, with all that he has; `unsaved`: with what he has to save, too.
    async fn candidates(&self, batch: &mut Batch, group: &str, unsaved: bool) -> Result<Vec<Candidate>, Fault> {
        let mut candidates = distribution::candidates(&mut *batch.tx, &self.room, group).await?;
        let mut loads = Loads::of(self.memory.lives.values().map(|live| &*live.chat));
        if unsaved {
            for ticket in self.memory.unsaved.values() {
                if let Some(owner) = &ticket.owner {
                    loads.add(&owner.id, &ticket.group.id);
                }
            }
        }
        for candidate in &mut candidates {
            candidate.here = loads.here(&candidate.face.id, group);
            candidate.busy = loads.of_all(&candidate.face.id);
            candidate.last = self.memory.handed.get(&candidate.face.id).copied();
        }
        Ok(candidates)
    }
}
