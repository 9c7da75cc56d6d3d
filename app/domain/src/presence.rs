//! Is somebody there? Sockets are counted per person, so one of two tabs closing means nothing.

use crate::{Span, Time};

/// Twenty seconds cover a change of page on a slow phone, and are short enough that no agent
/// greets an empty room (R34, Q1, Q5, Q7).
pub const HOLD: Span = Span::secs(20);

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
}

impl Presence {
    /// Another socket; true when it is the first, so that he has come.
    pub fn come(&mut self) -> bool {
        self.sockets += 1;
        self.sockets == 1
    }

    /// One socket less; true when it was the last, so that he is gone.
    pub fn go(&mut self) -> bool {
        let was = self.sockets;
        self.sockets = was.saturating_sub(1);
        was == 1
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
        assert!(!ana.go());
        assert!(ana.is_here());
        assert!(ana.go());
        assert!(!ana.is_here());
        assert!(!ana.go());
    }
}
