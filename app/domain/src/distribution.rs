//! Automatic distribution: a group hands out who waits, instead of leaving the choice to its agents (R43,
//! market.md b.2). Off until an administrator wants it.

use crate::application::Wrong;
use crate::chat::{Decided, Scene};
use crate::event::Destination;
use crate::{Chat, Event, Face, Refusal, Span, Stage, Time};
use serde::{Deserialize, Serialize};

/// Who gets the next one. Variants are only ever appended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// The first in the order of the group who has room.
    #[default]
    Sequence,
    /// Whoever has the fewest; of those, who got none for longest.
    LeastBusy,
}

/// How a group hands out who waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Distribution {
    pub order: Order,
    /// As many of the group's chats may an agent have at once; from 1.
    pub limit: u32,
    /// So many seconds may one that was handed out stay without an answer, then it goes to the next; 0: for ever.
    pub answer_within: u32,
}

impl Default for Distribution {
    fn default() -> Distribution {
        Distribution { order: Order::default(), limit: 3, answer_within: 0 }
    }
}

/// The most chats that anybody may be handed at once.
pub const LIMIT_MOST: u32 = 50;
/// The longest time for an answer, in seconds: a day.
pub const ANSWER_MOST: u32 = 86_400;

/// An attendant of the group who is online and connected; in the order of the group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    pub face: Face,
    /// In how many chats of this group he is; where the house counts them, with those that he has ended and not saved.
    pub here: u32,
    /// The same of any group.
    pub busy: u32,
    /// As many may he have of all groups together; none: he has no limit of his own.
    pub limit: Option<u32>,
    /// When he was handed his last one; before all others: never.
    pub last: Option<Time>,
}

impl Distribution {
    /// Can it be meant?
    pub fn check(&self) -> Result<(), Wrong> {
        if !(1..=LIMIT_MOST).contains(&self.limit) {
            return Err(Wrong { path: "limit".into(), why: "it must be from 1 to 50" });
        }
        if self.answer_within > ANSWER_MOST {
            return Err(Wrong { path: "answer_within".into(), why: "it must be at most 86400 seconds, a day" });
        }
        Ok(())
    }

    /// May he be handed another?
    pub fn has_room(&self, candidate: &Candidate) -> bool {
        candidate.here < self.limit && candidate.limit.is_none_or(|own| candidate.busy < own)
    }

    /// Whose turn it is; nobody's, where all have enough or had this one and left it unanswered.
    pub fn choose<'a>(&self, candidates: &'a [Candidate], chat: &Chat) -> Option<&'a Candidate> {
        let mut able = candidates
            .iter()
            .filter(|c| self.has_room(c) && !chat.is_inside(&c.face.id))
            .filter(|c| chat.passed.iter().all(|had| had.id != c.face.id));
        match self.order {
            Order::Sequence => able.next(),
            Order::LeastBusy => able.min_by_key(|c| (c.busy, c.last)),
        }
    }

    /// Until when one that is handed out now must be answered.
    pub fn answer_by(&self, now: Time) -> Option<Time> {
        (self.answer_within > 0).then(|| now + Span::secs(i64::from(self.answer_within)))
    }
}

/// A chat that was handed out and is not answered yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assigned {
    pub agent: Face,
    /// None: for ever.
    pub answer_by: Option<Time>,
}

impl Chat {
    /// The queue gives him to somebody. He who was taken in the meantime, or is not there to be greeted, stays.
    pub(crate) fn assign(&self, scene: &Scene) -> Decided {
        let Some(Destination::Agent(agent)) = scene.target.clone() else {
            return Err(Refusal::NoSuchTarget);
        };
        if self.stage != Stage::Waiting || self.gone_since.is_some() {
            return Ok(Vec::new());
        }
        let by = agent.clone();
        Ok(vec![Event::Assigned { agent, answer_by: scene.answer_by }, Event::Attended { by }])
    }

    /// Has anybody of ours seen it? That it was handed to somebody does not say so, until he has answered.
    pub fn was_seen(&self) -> bool {
        let only_handed = self.assigned.is_some() || !self.passed.is_empty();
        self.first_reply_at.is_some() || self.attended_at.is_some() && !only_handed
    }

    /// To whom it was handed, while he has not answered and there is somebody to answer.
    pub(crate) fn unanswered(&self) -> Option<&Assigned> {
        self.assigned.as_ref().filter(|_| self.gone_since.is_none())
    }

    /// He had it and did not answer: the next one has it, or the queue again; unless `another` is inside.
    pub(crate) fn pass_on(&self, assigned: &Assigned, another: bool, scene: &Scene) -> Vec<Event> {
        let by = assigned.agent.clone();
        let mut events = Vec::new();
        // Who lost his line has not left it unanswered: he may have it again.
        if self.is_here(&by) {
            events.push(Event::Unanswered { by: by.clone() });
        }
        // Somebody else came in, and goes on with it.
        if another {
            events.push(Event::Parted { by });
            return events;
        }
        match &scene.target {
            Some(to @ Destination::Agent(agent)) if !self.is_inside(&agent.id) && self.gone_since.is_none() => {
                events.push(Event::Redirected { by, to: to.clone() });
                events.push(Event::Assigned { agent: agent.clone(), answer_by: scene.answer_by });
            }
            _ => events.push(Event::Redirected { by, to: Destination::Group(self.group.clone()) }),
        }
        events
    }

    /// Is he inside, with his line open?
    pub(crate) fn is_here(&self, agent: &Face) -> bool {
        self.agents.iter().any(|a| a.face.id == agent.id && a.gone_since.is_none())
    }

    /// It will not be handed to him again while it is in this queue.
    pub(crate) fn had(&mut self, by: &Face) {
        if self.passed.iter().all(|had| had.id != by.id) {
            self.passed.push(by.clone());
        }
    }
}

#[cfg(test)]
mod tests;
