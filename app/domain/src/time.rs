//! Moments and lengths of time, in milliseconds. Only the server's clock counts.

use core::ops::{Add, Sub};
use serde::{Deserialize, Serialize};

/// A moment: milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Time(pub i64);

/// A length of time, in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Span(pub i64);

impl Span {
    pub const fn secs(n: i64) -> Span {
        Span(n * 1000)
    }

    pub const fn minutes(n: i64) -> Span {
        Span::secs(n * 60)
    }

    pub const fn hours(n: i64) -> Span {
        Span::minutes(n * 60)
    }

    /// Whole seconds, rounded half up: how every mean is shown.
    pub const fn as_secs(self) -> i64 {
        (self.0 + 500).div_euclid(1000)
    }
}

impl Add<Span> for Time {
    type Output = Time;
    fn add(self, span: Span) -> Time {
        Time(self.0 + span.0)
    }
}

impl Sub<Time> for Time {
    type Output = Span;
    fn sub(self, before: Time) -> Span {
        Span(self.0 - before.0)
    }
}
