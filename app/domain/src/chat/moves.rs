//! A conversation moves: to a group, to an agent, or to the administrator who takes it over (R46, R59).

use super::{Chat, Decided, STAFF, Scene, Stage, checked};
#[cfg(feature = "staff")]
use crate::act::Target;
use crate::event::Destination;
use crate::{Event, Face, Refusal, Seat, Time, text};

impl Chat {
    /// Administrators redirect any chat of their group (R46); an agent inside hands his own over.
    pub(super) fn redirect(&self, seat: &Seat, scene: &Scene) -> Decided {
        self.running()?;
        if !seat.administrator && !self.is_inside(&seat.face.id) {
            return Err(Refusal::OnlyAdministrators);
        }
        let to = scene.target.clone().ok_or(Refusal::NoSuchTarget)?;
        if self.is_inner() && matches!(to, Destination::Group(_)) {
            return Err(Refusal::NoSuchTarget);
        }
        let same = match &to {
            Destination::Group(group) => self.stage == Stage::Waiting && group.id == self.group.id,
            Destination::Agent(agent) => {
                let to_himself = agent.id == seat.face.id;
                self.is_inside(&agent.id) && (self.agents.len() == 1 || to_himself)
            }
        };
        Ok(self.when(!same, Event::Redirected { by: seat.face.clone(), to }))
    }

    pub(super) fn hand_over(&self, seat: &Seat, note: &str, scene: &Scene) -> Decided {
        self.with_note(seat, note, self.redirect(seat, scene)?)
    }

    /// The note comes first: whoever goes on finds it before him.
    fn with_note(&self, seat: &Seat, note: &str, mut events: Vec<Event>) -> Decided {
        if !events.is_empty() && !text::words(note).is_empty() {
            events.insert(0, Event::Noted { by: seat.face.clone(), text: checked(note)? });
        }
        Ok(events)
    }

    /// Of two who hand it on at once, or take it, the second is told where it is.
    #[cfg(feature = "staff")]
    pub(super) fn hand_on(&self, seat: &Seat, to: &Target, note: &str, seen: &Target, scene: &Scene) -> Decided {
        self.running()?;
        if self.held() != *seen {
            let by = self.agents.first().map_or(&self.group.name, |agent| &agent.face.name);
            return Err(Refusal::HeldBy { by: by.clone() });
        }
        if self.is_taken_over(seat, to) {
            return self.with_note(seat, note, self.take(seat, scene)?);
        }
        self.hand_over(seat, note, scene)
    }

    /// Is this an administrator who takes over what is being attended (R46)? He need not attend in its group, as he need
    /// not to go into it; who waits is attended by attendants (R52).
    #[cfg(feature = "staff")]
    pub fn is_taken_over(&self, seat: &Seat, to: &Target) -> bool {
        let himself = matches!(to, Target::Agent(id) if *id == seat.face.id);
        himself && seat.administrator && self.stage == Stage::Attending && !self.is_inner()
    }

    /// From outside he takes the place of all; of those with whom he is in it he becomes the first.
    #[cfg(feature = "staff")]
    fn take(&self, seat: &Seat, scene: &Scene) -> Decided {
        if self.agents.first().is_some_and(|agent| agent.face.id == seat.face.id) {
            return Ok(Vec::new());
        }
        let to = scene.target.clone().ok_or(Refusal::NoSuchTarget)?;
        Ok(vec![Event::Redirected { by: seat.face.clone(), to }])
    }

    /// Who has it: the first of its agents, or the queue of its group.
    #[cfg(feature = "staff")]
    pub fn held(&self) -> Target {
        Target::holder(self.agents.first().map(|agent| &agent.face), &self.group.id)
    }

    /// To a group: back into a queue, with the time it was first queued. To an agent: he takes
    /// the place of who hands over, or of all when an administrator redirects from outside.
    pub(super) fn redirected(&mut self, at: Time, by: &Face, to: &Destination) {
        self.assigned = None;
        match to {
            Destination::Group(group) => {
                if self.stage == Stage::Attending {
                    self.requeued_at = Some(at);
                }
                if STAFF && group.id != self.group.id {
                    self.passed.clear();
                }
                #[cfg(feature = "staff")]
                if self.attended_at.is_some() {
                    self.attended_group.get_or_insert_with(|| self.group.id.clone());
                }
                // Whoever gives it away does not want it back; whose line was lost may.
                if STAFF && self.is_here(by) {
                    self.had(by);
                }
                self.group = group.clone();
                self.stage = Stage::Waiting;
                self.agents.clear();
                self.invited.clear();
                self.watchers.clear();
            }
            Destination::Agent(agent) => {
                if self.is_inside(&by.id) {
                    self.agents.retain(|a| a.face.id != by.id);
                } else {
                    self.agents.clear();
                }
                self.stage = Stage::Attending;
                self.attended_at.get_or_insert(at);
                self.attended_by.get_or_insert_with(|| agent.clone());
                self.enter(agent);
                // It is his now, whoever else stays: the first of them wraps it up.
                if STAFF && let Some(n) = self.agents.iter().position(|a| a.face.id == agent.id) {
                    self.agents[..=n].rotate_right(1);
                }
            }
        }
    }
}
