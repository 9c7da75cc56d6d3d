//! Periods, as people name them and as an address says them.

use crate::hours::Day;
use serde::{Deserialize, Serialize};

/// A moment on the clock of the house: a day, or a minute of it. Written `2026-11-28` or `2026-11-28T09:30`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Moment {
    pub day: Day,
    /// Since the day began, below 1440.
    pub minute: u16,
}

/// Which period. Weeks begin on Monday. Variants are only ever appended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Period {
    Today,
    Yesterday,
    ThisWeek,
    LastWeek,
    /// What the screen opens with (R72).
    #[default]
    ThisMonth,
    LastMonth,
    ThisQuarter,
    LastQuarter,
    ThisYear,
    LastYear,
    /// From a moment on, and before another.
    Range {
        from: Moment,
        to: Moment,
    },
}

impl Period {
    /// All that have a name.
    pub const NAMED: [Period; 10] = [
        Period::Today,
        Period::Yesterday,
        Period::ThisWeek,
        Period::LastWeek,
        Period::ThisMonth,
        Period::LastMonth,
        Period::ThisQuarter,
        Period::LastQuarter,
        Period::ThisYear,
        Period::LastYear,
    ];

    /// Its word in an address.
    pub fn word(self) -> &'static str {
        match self {
            Period::Today => "today",
            Period::Yesterday => "yesterday",
            Period::ThisWeek => "this-week",
            Period::LastWeek => "last-week",
            Period::ThisMonth => "this-month",
            Period::LastMonth => "last-month",
            Period::ThisQuarter => "this-quarter",
            Period::LastQuarter => "last-quarter",
            Period::ThisYear => "this-year",
            Period::LastYear => "last-year",
            Period::Range { .. } => "range",
        }
    }

    pub fn of_word(word: &str) -> Option<Period> {
        Period::NAMED.into_iter().find(|period| period.word() == word)
    }
}

impl From<Day> for Moment {
    fn from(day: Day) -> Moment {
        Moment { day, minute: 0 }
    }
}

impl TryFrom<String> for Moment {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Moment, &'static str> {
        let wrong = "a moment is written like 2026-11-28 or 2026-11-28T09:30";
        let (day, time) = text.split_once('T').unwrap_or((&text, "00:00"));
        let day = Day::try_from(day.to_owned()).map_err(|_| wrong)?;
        let (hour, minute) = time.split_once(':').ok_or(wrong)?;
        let two = |text: &str| {
            let digits = text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit());
            digits.then(|| text.parse::<u16>().ok()).flatten().ok_or(wrong)
        };
        let (hour, minute) = (two(hour)?, two(minute)?);
        if hour > 23 || minute > 59 { Err(wrong) } else { Ok(Moment { day, minute: hour * 60 + minute }) }
    }
}

impl From<Moment> for String {
    fn from(Moment { day, minute }: Moment) -> String {
        let day = String::from(day);
        match minute {
            0 => day,
            _ => format!("{day}T{:02}:{:02}", minute / 60, minute % 60),
        }
    }
}
