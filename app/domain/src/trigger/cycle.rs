//! Which triggers answer what happened to a ticket, in which order, and where that is cut.

use super::{Cut, DEPTH, Failed, Known, Trigger, Triggered, When};
use crate::ticket::Edit;
use crate::{Ticket, TicketEvent, Time};

/// What happened.
#[derive(Clone, Copy, Debug)]
pub enum Occasion<'t> {
    /// A ticket was created (`before`: none) or changed. What waits for its first save is not created yet.
    Changed { before: Option<&'t Ticket>, after: &'t Ticket },
    /// It has stood in its status for as long as this trigger waits for.
    Crossed { trigger: &'t str, ticket: &'t Ticket },
}

/// What follows, one after the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// The trigger of this place ran; what it sends is not sent yet.
    Ran {
        place: usize,
        edits: Vec<Edit>,
        failed: Vec<Failed>,
    },
    Cut {
        place: usize,
        why: Cut,
    },
}

impl<'t> Occasion<'t> {
    fn ticket(&self) -> &'t Ticket {
        match self {
            Occasion::Changed { after, .. } => after,
            Occasion::Crossed { ticket, .. } => ticket,
        }
    }

    /// What is nobody's business: a ticket that waits to be saved is in the hands of who wraps it up, and one
    /// that was merged changes no more.
    pub fn concerns_nobody(&self) -> bool {
        !self.ticket().is_saved() || self.ticket().merged.is_some()
    }

    /// Does it answer, now that the ticket stands like this?
    fn is_answered(&self, trigger: &Trigger, stands: &Ticket, now: Time, verified: bool) -> bool {
        if !trigger.on || !trigger.holds(stands, now, verified) {
            return false;
        }
        let began = trigger.when == When::Begins;
        match self {
            Occasion::Changed { before, .. } => {
                !(began && before.is_some_and(|t| t.is_saved() && trigger.holds(t, now, verified)))
            }
            Occasion::Crossed { trigger: id, ticket } if *id == trigger.id => {
                let Some(due) = trigger.due(ticket) else { return false };
                !(began && trigger.holds(ticket, Time(due.0 - 1), verified))
            }
            // The others answer what was done then, and not the clock.
            Occasion::Crossed { ticket, .. } => {
                if began {
                    !trigger.holds(ticket, now, verified)
                } else {
                    *ticket != stands
                }
            }
        }
    }
}

/// Is there any trigger that answers this? Most of what happens is answered by none.
pub fn is_answered(triggers: &[Trigger], occasion: &Occasion, now: Time, verified: bool) -> bool {
    let stands = occasion.ticket();
    !occasion.concerns_nobody() && triggers.iter().any(|one| occasion.is_answered(one, stands, now, verified))
}

/// Which triggers answer, in their order, each to the ticket as those before it left it; after a change the
/// first is asked again. Each runs once. Where what others did would have one do the same again, or too many
/// follow from each other, it is cut.
pub fn cycle(triggers: &[Trigger], occasion: &Occasion, known: &Known) -> Vec<Step> {
    let (now, verified) = (known.now, known.verified);
    let (mut steps, mut ran) = (Vec::new(), Vec::new());
    if occasion.concerns_nobody() {
        return steps;
    }
    // How the ticket stood after each change, and how many triggers had followed from each other by then.
    let mut states = vec![(occasion.ticket().clone(), 0)];
    let mut place = 0;
    while let Some(trigger) = triggers.get(place) {
        let answers = |stands: &Ticket| occasion.is_answered(trigger, stands, now, verified);
        let stands = states[states.len() - 1].0.clone();
        if ran.contains(&place) || !answers(&stands) {
            place += 1;
            continue;
        }
        let deep = states.iter().find(|(stood, _)| answers(stood)).map_or(1, |(_, deep)| deep + 1);
        ran.push(place);
        if deep > DEPTH {
            steps.push(Step::Cut { place, why: Cut::Depth });
            continue;
        }
        let (edits, failed) = trigger.edits(&stands, known);
        let mut then = stands.clone();
        let changes = !edits.is_empty();
        if changes {
            let (trigger, edits) = (trigger.named(), edits.clone());
            let event = Triggered { trigger, edits, sent: Vec::new(), failed: Vec::new() };
            then.apply(now, &TicketEvent::Triggered(Box::new(event)));
        }
        steps.push(Step::Ran { place, edits, failed });
        if !changes {
            continue;
        }
        for other in ran.iter().copied().filter(|other| *other != place) {
            let one = &triggers[other];
            let again = one.holds(&then, now, verified)
                && (one.when == When::Changes || !one.holds(&stands, now, verified))
                && !one.edits(&then, known).0.is_empty();
            let cut = Step::Cut { place: other, why: Cut::Loop };
            if again && !steps.contains(&cut) {
                steps.push(cut);
            }
        }
        states.push((then, deep));
        place = 0;
    }
    steps
}
