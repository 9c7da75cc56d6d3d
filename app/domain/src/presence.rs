//! Is somebody there? Sockets are counted per person, so one of two tabs closing means nothing.

use crate::{Span, Time};

/// Twenty seconds cover a change of page on a slow phone, and are short enough that no agent
/// greets an empty room (R34, Q1, Q5, Q7).
pub const HOLD: Span = Span::secs(20);

/// How long one may be gone before it counts, as the house sets it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Graces {
    /// Who waits in a queue (R34). For whom is attended his application has its own patience.
    pub customer: Span,
    /// An agent, before what he has is ended and saved for him (R63, Q5).
    pub agent: Span,
}

impl Default for Graces {
    fn default() -> Graces {
        Graces { customer: HOLD, agent: HOLD }
    }
}

/// Whoever acts before his socket is open has so long to come: nobody hears of an absence that is
/// only the way in. Who does not come has been gone since he acted.
pub const ARRIVAL: Span = Span::secs(5);

/// How long an attended customer may be gone before the conversation is closed, unless the
/// application says otherwise; zero means for ever (Q1).
pub const PATIENCE: Span = Span::minutes(2);

/// The first moment that is *more than* `span` after `since` (Q8).
pub fn past(since: Time, span: Span) -> Time {
    since + span + Span(1)
}

/// The open sockets of one person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Presence {
    sockets: u32,
    /// When he was last heard on a socket that has gone, while others are open.
    heard: Option<Time>,
}

impl Presence {
    /// Another socket; true when it is the first, so that he has come.
    pub fn come(&mut self) -> bool {
        self.sockets += 1;
        self.sockets == 1
    }

    /// One socket less, on which he was heard until `heard`. When it was the last: since when he
    /// is gone, and that is since he was last heard on any of them.
    pub fn go(&mut self, heard: Time) -> Option<Time> {
        self.sockets = self.sockets.checked_sub(1)?;
        let last = self.heard.map_or(heard, |before| before.max(heard));
        self.heard = self.is_here().then_some(last);
        (!self.is_here()).then_some(last)
    }

    pub fn is_here(&self) -> bool {
        self.sockets > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_of_two_tabs_closing_means_nothing() {
        let mut ana = Presence::default();

        assert!(ana.come());
        assert!(!ana.come());
        assert_eq!(ana.go(Time(5)), None);
        assert!(ana.is_here());
        assert_eq!(ana.go(Time(8)), Some(Time(8)));
        assert!(!ana.is_here());
        assert_eq!(ana.go(Time(9)), None);
    }

    /// A tab that fell silent is noticed after the one he went on with and closed.
    #[test]
    fn he_is_gone_since_he_was_last_heard_on_any_tab() {
        let mut ana = Presence::default();
        ana.come();
        ana.come();

        assert_eq!(ana.go(Time(8_000)), None);

        assert_eq!(ana.go(Time(1_000)), Some(Time(8_000)));
    }

    #[test]
    fn what_was_heard_before_he_came_back_counts_no_more() {
        let mut ana = Presence::default();
        ana.come();
        ana.go(Time(8_000));
        ana.come();

        assert_eq!(ana.go(Time(7_000)), Some(Time(7_000)));
    }
}
