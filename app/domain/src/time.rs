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

/// A moment as a calendar and a clock on the wall say it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Civil {
    pub year: i64,
    pub month: i64,
    pub day: i64,
    pub hour: i64,
    pub minute: i64,
}

impl Time {
    /// Where clocks are so many minutes ahead of UTC, by the rules of the proleptic Gregorian calendar.
    pub fn civil(self, ahead: i32) -> Civil {
        let minutes = self.0.div_euclid(60_000) + i64::from(ahead);
        let (days, minute) = (minutes.div_euclid(1_440), minutes.rem_euclid(1_440));
        // Howard Hinnant's `civil_from_days`: years begin in March, so that a leap day is the last.
        let z = days + 719_468;
        let (era, doe) = (z.div_euclid(146_097), z.rem_euclid(146_097));
        let yoe = (doe - doe / 1_460 + doe / 36_524 - doe / 146_096) / 365;
        let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
        let mp = (5 * doy + 2) / 153;
        let month = if mp < 10 { mp + 3 } else { mp - 9 };
        Civil {
            year: yoe + era * 400 + i64::from(month <= 2),
            month,
            day: doy - (153 * mp + 2) / 5 + 1,
            hour: minute / 60,
            minute: minute % 60,
        }
    }

    /// `2026-11-28T17:12:03Z`: as other programs read it, and who operates ours.
    pub fn utc(self) -> String {
        format!("{}Z", self.utc_second())
    }

    /// The same to the millisecond: `2026-11-28T17:12:03.250Z`.
    pub fn utc_exact(self) -> String {
        format!("{}.{:03}Z", self.utc_second(), self.0.rem_euclid(1_000))
    }

    fn utc_second(self) -> String {
        let civil = self.civil(0);
        format!("{}T{}:{:02}", civil.day(), civil.hour(), self.0.div_euclid(1_000).rem_euclid(60))
    }
}

impl Civil {
    /// `2026-11-28`: as it is written where dates must not be misread.
    pub fn day(&self) -> String {
        format!("{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }

    /// `17:05`.
    pub fn hour(&self) -> String {
        format!("{:02}:{:02}", self.hour, self.minute)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_told_so_that_nobody_misreads_it() {
        let leap = Time(1_709_242_200_000);

        assert_eq!((leap.civil(0).day(), leap.civil(0).hour()), ("2024-02-29".into(), "21:30".into()));
        assert_eq!(leap.civil(180).day(), "2024-03-01");
        assert_eq!((Time(0).civil(0).day(), Time(-1).civil(0).hour()), ("1970-01-01".into(), "23:59".into()));
    }

    #[test]
    fn other_programs_are_told_a_moment_in_universal_time() {
        let at = Time(1_795_348_805_250);

        assert_eq!((at.utc(), at.utc_exact()), ("2026-11-22T12:00:05Z".into(), "2026-11-22T12:00:05.250Z".into()));
        assert_eq!(
            (Time(-1).utc(), Time(-1).utc_exact()),
            ("1969-12-31T23:59:59Z".into(), "1969-12-31T23:59:59.999Z".into())
        );
    }
}
