//! Comings and goings, as the keeper hears of them: who came, who went, who never came, and whose grace
//! begins anew.

use super::batch::Batch;
use super::memory::is_watched;
use super::{Asker, BATCH, Got, Keeper, Want};
use crate::presence::{Note, Person};
use crate::{Answer, Error, Fault, people, random};
use domain::event::{Destination, Wish};
use domain::person::Agent;
use domain::presence::{HOLD, past};
use domain::{Act, Event, Face, Reason, Time};

impl Keeper {
    /// Has the machine slept? Then, as after a restart, nobody was absent in that time.
    pub(super) async fn wake(&mut self) {
        if let Some(slept) = self.clock.catch_up() {
            tracing::warn!(
                ms = slept.0,
                "the machine slept, or its clock was set forward; everybody has a fresh grace"
            );
            self.slept = true;
            self.room.wake();
            let now = self.clock.now();
            self.memory.absent.values_mut().for_each(|since| *since = now);
        }
        if self.slept {
            match self.resume().await {
                Ok(()) => self.slept = false,
                Err(fault) => tracing::error!("nobody has a fresh grace yet: {fault}"),
            }
        }
    }

    /// Somebody should be here; is he not, then he is gone unless he comes.
    pub(super) fn expect(&mut self, person: Person, now: Time) {
        if self.room.expect(&person, now)
            && let Person::Agent(agent) = &person
        {
            self.memory.miss(agent, now);
        }
    }

    /// Somebody's last socket went, or his first came: his chats hear it.
    pub(super) async fn presence(&mut self, batch: &mut Batch, person: &Person, note: &Note) -> Answer<Got> {
        let acts = match note {
            Note::Came => vec![Act::Return],
            Note::Went { since, back: false } => vec![Act::Leave { since: *since }],
            Note::Went { since, back: true } => vec![Act::Return, Act::Leave { since: *since }],
        };
        let asker = match person {
            Person::Customer(id) => {
                // Now he can be greeted.
                batch.stirred |= *note == Note::Came;
                batch.sees(id);
                Asker::Customer(id.clone())
            }
            Person::Agent(id) => {
                match note {
                    Note::Came => drop(self.memory.absent.remove(id)),
                    Note::Went { since, .. } => self.memory.miss(id, *since),
                }
                let Some(agent) = people::agent_in(&mut batch.tx, id).await? else { return Ok(Got::Done) };
                batch.agent_state(&agent.face, *note == Note::Came).await?;
                match note {
                    Note::Came => batch.stirs(attends(&agent)),
                    // Until then it may be a change of page: customers are told of no absence.
                    Note::Went { since, .. } => self.queues.changes_at(past(*since, HOLD), attends(&agent)),
                }
                Asker::Agent(agent)
            }
        };
        for chat in self.memory.chats_of(person) {
            for act in acts.iter().cloned().chain(self.stops_watching(&chat, person, note)) {
                let wish = Wish { id: random::id(batch.now)?, act };
                match self.act(batch, &asker, &chat, &wish).await {
                    Ok(_) | Err(Error::Refused(_)) => {}
                    Err(broken) => return Err(broken),
                }
            }
        }
        Ok(Got::Done)
    }

    /// Whoever has gone watches no more.
    fn stops_watching(&self, chat: &str, person: &Person, note: &Note) -> Option<Act> {
        let Person::Agent(agent) = person else { return None };
        let watches = self.memory.lives.get(chat).is_some_and(|l| is_watched(&l.chat, agent));
        (watches && matches!(note, Note::Went { .. })).then_some(Act::Unwatch)
    }

    /// We were down. Nobody was absent in that time: everybody's grace begins now (Q8).
    pub(super) async fn resume(&mut self) -> Result<(), Fault> {
        let now = self.clock.now();
        let chats: Vec<String> = self.memory.lives.keys().cloned().collect();
        for some in chats.chunks(BATCH) {
            let mut wants = Vec::with_capacity(some.len());
            for chat in some {
                let wish = Wish { id: random::id(now)?, act: Act::Resume };
                wants.push(Want::Act { asker: Asker::Clock, from: String::new(), chat: chat.clone(), wish });
            }
            for outcome in self.attempt(wants.iter()).await? {
                if let Err(why) = outcome {
                    return Err(Fault::new(format!("a chat could not be resumed: {why:?}")));
                }
            }
        }
        Ok(())
    }
}

/// The groups that an agent attends.
pub fn attends(agent: &Agent) -> impl Iterator<Item = String> {
    agent.memberships.iter().filter(|m| m.attendant).map(|m| m.group.clone())
}

/// The agent who with this enters a conversation, looks into it or ends it: that he could ask for
/// it does not say that he listens.
pub fn acts_in_person(event: &Event) -> Option<&Face> {
    match event {
        Event::Attended { by }
        | Event::Joined { by }
        | Event::Watched { by }
        | Event::Ended { by: Some(by), reason: Reason::Agent } => Some(by),
        Event::Redirected { to: Destination::Agent(agent), .. } => Some(agent),
        _ => None,
    }
}
