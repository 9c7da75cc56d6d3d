//! When somebody attends: weekly hours, holidays, and exceptions that end by themselves, on the
//! clock of the application's own time zone.
//!
//! A shift belongs to the day on which it begins, also where it ends after midnight: Saturday's
//! night shift is not cut short because Sunday is a holiday.

use crate::Time;
use crate::application::Wrong;
use serde::{Deserialize, Serialize};

#[cfg(feature = "hours")]
mod timetable;
#[cfg(all(feature = "hours", feature = "staff"))]
pub(crate) use timetable::instant;
#[cfg(feature = "hours")]
pub use timetable::{Clock, Timetable};

/// More shifts, holidays or exceptions than this are a slip.
pub const HOURS_LIMIT: usize = 400;

/// The hours of an application. Outside them nobody is asked to attend, whoever is online (Q11).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hours {
    /// A name of the time zone database: `America/Sao_Paulo`.
    pub zone: String,
    #[serde(default)]
    pub weekly: Vec<Shift>,
    /// Closed on these days.
    #[serde(default)]
    pub holidays: Vec<Holiday>,
    /// Other hours, or none, from one day to another. They decide over weekly hours and holidays;
    /// of two for one day the later in the list does.
    #[serde(default)]
    pub exceptions: Vec<Exception>,
}

/// Attended on these days of the week, from then until then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shift {
    pub days: Vec<Weekday>,
    pub from: Minute,
    /// Earlier than `from`: on the next day.
    pub to: Minute,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Weekday {
    Mon,
    Tue,
    Wed,
    Thu,
    Fri,
    Sat,
    Sun,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Holiday {
    #[serde(default)]
    pub name: String,
    pub date: Day,
    /// On this day of every year.
    #[serde(default)]
    pub yearly: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exception {
    #[serde(default)]
    pub name: String,
    /// The first day and the last.
    pub from: Day,
    pub to: Day,
    /// Empty: closed.
    #[serde(default)]
    pub open: Vec<Period>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Period {
    pub from: Minute,
    /// Earlier than `from`: on the next day.
    pub to: Minute,
}

/// A minute of a day, written `09:30`; `24:00` is its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Minute(u16);

/// A day of the calendar, written `2026-12-25`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Day {
    pub(crate) year: i32,
    pub(crate) month: u32,
    pub(crate) day: u32,
}

/// Holidays as a calendar of somebody else's has them, and what in it was not understood (RFC 5545).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Calendar {
    pub holidays: Vec<Holiday>,
    pub faults: Vec<Misread>,
}

/// What was not understood, and on which line it begins, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Misread {
    pub line: u32,
    pub why: Why,
}

/// Variants are only ever appended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Why {
    /// The file is no calendar.
    NoCalendar,
    /// The event does not end, or is not written as one.
    Unreadable,
    /// It has no day on which it begins, or one that is not in the calendar.
    NoDay,
    /// It comes again otherwise than every year: it is taken once.
    Repeats,
    /// There are more than an application has holidays.
    TooMany,
    /// It lasts longer than any holiday: its first days are taken.
    TooLong,
    /// It names further days, or days on which it is not: those are not looked at.
    Listed,
}

/// The longest calendar that is read, in bytes.
pub const CALENDAR_LIMIT: usize = 1 << 20;
/// The longest name of a holiday or an exception, in characters.
pub const HOLIDAY_LIMIT: usize = 120;

/// Outside the hours, and when they begin again; none: not within a year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closed {
    pub next: Option<Time>,
}

/// What decides over a day in the place of its day of the week, by its name, which may be empty. Variants are only
/// ever appended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Special {
    Holiday(String),
    Exception(String),
}

const DAY: u16 = 24 * 60;

impl TryFrom<String> for Minute {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Minute, &'static str> {
        let wrong = "a time is written like 09:30, from 00:00 to 24:00";
        let (hours, minutes) = text.split_once(':').ok_or(wrong)?;
        let (hours, minutes) = (number(hours, 2).ok_or(wrong)?, number(minutes, 2).ok_or(wrong)?);
        let all = hours * 60 + minutes;
        u16::try_from(all).ok().filter(|all| minutes < 60 && *all <= DAY).map(Minute).ok_or(wrong)
    }
}

impl From<Minute> for String {
    fn from(Minute(all): Minute) -> String {
        format!("{:02}:{:02}", all / 60, all % 60)
    }
}

impl TryFrom<String> for Day {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Day, &'static str> {
        let wrong = "a day is written like 2026-12-25, and must be in the calendar";
        let mut parts = text.split('-');
        let mut part = |digits| parts.next().and_then(|part| number(part, digits)).ok_or(wrong);
        let (year, month, day) = (part(4)?, part(2)?, part(2)?);
        let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let last = match month {
            2 if is_leap => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            1..=12 => 31,
            _ => 0,
        };
        if parts.next().is_some() || !(1..=last).contains(&day) {
            return Err(wrong);
        }
        Ok(Day { year: year as i32, month, day })
    }
}

impl From<Day> for String {
    fn from(Day { year, month, day }: Day) -> String {
        format!("{year:04}-{month:02}-{day:02}")
    }
}

/// So many digits and nothing else.
fn number(text: &str, digits: usize) -> Option<u32> {
    (text.len() == digits && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok()).flatten()
}

impl Hours {
    /// What in them cannot be meant, and where. Whether the zone exists is looked at by the timetable.
    pub fn check(&self) -> Result<(), Wrong> {
        for (name, many) in
            [("weekly", self.weekly.len()), ("holidays", self.holidays.len()), ("exceptions", self.exceptions.len())]
        {
            if many > HOURS_LIMIT {
                return Err(Wrong::at(name, "there are too many of them"));
            }
        }
        for (list, n, name) in self.names() {
            if crate::text::line(name) != name || name.chars().count() > HOLIDAY_LIMIT {
                return Err(Wrong::at(&format!("{list}[{n}].name"), "it is one line of at most 120 characters"));
            }
        }
        for (n, shift) in self.weekly.iter().enumerate() {
            if shift.days.is_empty() {
                return Err(Wrong::at(&format!("weekly[{n}].days"), "name at least one day"));
            }
            Period { from: shift.from, to: shift.to }.check(&format!("weekly[{n}]"))?;
        }
        for (n, exception) in self.exceptions.iter().enumerate() {
            if exception.to < exception.from {
                return Err(Wrong::at(&format!("exceptions[{n}].to"), "it ends before it begins"));
            }
            if exception.open.len() > HOURS_LIMIT {
                return Err(Wrong::at(&format!("exceptions[{n}].open"), "there are too many of them"));
            }
            for (m, period) in exception.open.iter().enumerate() {
                period.check(&format!("exceptions[{n}].open[{m}]"))?;
            }
        }
        Ok(())
    }

    /// What days are called, and where that stands.
    fn names(&self) -> impl Iterator<Item = (&'static str, usize, &str)> {
        let holidays = self.holidays.iter().enumerate().map(|(n, holiday)| ("holidays", n, holiday.name.as_str()));
        let exceptions = self.exceptions.iter().enumerate().map(|(n, one)| ("exceptions", n, one.name.as_str()));
        holidays.chain(exceptions)
    }
}

impl Period {
    fn check(self, at: &str) -> Result<(), Wrong> {
        if self.from.0 == DAY {
            return Err(Wrong::at(&[at, ".from"].concat(), "a day begins at 00:00"));
        }
        if self.from == self.to {
            return Err(Wrong::at(&[at, ".to"].concat(), "it ends when it begins; a whole day is 00:00 to 24:00"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn minute(text: &str) -> Result<Minute, &'static str> {
        Minute::try_from(text.to_owned())
    }

    fn day(text: &str) -> Result<Day, &'static str> {
        Day::try_from(text.to_owned())
    }

    #[test]
    fn a_time_of_day_is_read_as_it_is_written() {
        for text in ["00:00", "09:05", "23:59", "24:00"] {
            assert_eq!(String::from(minute(text).unwrap()), text);
        }
        for odd in ["", "9:00", "09:60", "24:01", "25:00", "09:00:00", "+9:00", "ab:cd", "-1:00", "0９:00"] {
            assert!(minute(odd).is_err(), "{odd}");
        }
    }

    #[test]
    fn a_day_must_be_in_the_calendar() {
        for text in ["2026-12-25", "2028-02-29", "2000-02-29", "0001-01-01"] {
            assert_eq!(String::from(day(text).unwrap()), text);
        }
        for odd in ["2026-02-29", "2100-02-29", "2026-13-01", "2026-00-10", "2026-04-31", "26-1-1", "2026-12-25-1", "x"]
        {
            assert!(day(odd).is_err(), "{odd}");
        }
    }

    #[test]
    fn what_cannot_be_meant_is_named_by_its_place() {
        let wrong = |json: &str| {
            let hours: Hours = serde_json::from_str(json).unwrap();
            hours.check().unwrap_err().path
        };

        for (rest, path) in [
            (r#""weekly":[{"days":[],"from":"09:00","to":"18:00"}]"#, "weekly[0].days"),
            (r#""weekly":[{"days":["mon"],"from":"09:00","to":"09:00"}]"#, "weekly[0].to"),
            (r#""weekly":[{"days":["mon"],"from":"24:00","to":"09:00"}]"#, "weekly[0].from"),
            (r#""exceptions":[{"from":"2026-12-25","to":"2026-12-24"}]"#, "exceptions[0].to"),
            (
                r#""exceptions":[{"from":"2026-12-24","to":"2026-12-24","open":[{"from":"10:00","to":"10:00"}]}]"#,
                "exceptions[0].open[0].to",
            ),
        ] {
            assert_eq!(wrong(&format!(r#"{{"zone":"Europe/Madrid",{rest}}}"#)), path);
        }
    }
}
