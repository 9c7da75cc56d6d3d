//! Hours on a real calendar: which instants are open, through every change of clock. Only where a
//! server counts: the tables of all time zones are too heavy for a browser.

use super::{Closed, DAY, Day, Exception, Holiday, Hours, Minute, Period, Special, Weekday};
use crate::Time;
use crate::application::Wrong;
use chrono::{DateTime, Datelike, Days, LocalResult, NaiveDate, NaiveDateTime, TimeDelta, TimeZone};
use chrono_tz::Tz;

/// So many days ahead an opening is looked for.
const HORIZON: u64 = 400;

/// The clock on the wall of a time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clock(Tz);

impl Clock {
    pub const UTC: Clock = Clock(Tz::UTC);

    /// By the zone's name in the time zone database, like `America/Sao_Paulo`; none: it is no such name.
    pub fn of(zone: &str) -> Option<Clock> {
        zone.parse().ok().map(Clock)
    }

    /// The instant at which it shows so many seconds of a day; the first where it does so twice, the moment after where
    /// it skips it.
    pub fn at(self, day: Day, seconds: u32) -> Option<Time> {
        let midnight = NaiveDate::from_ymd_opt(day.year, day.month, day.day)?.and_hms_opt(0, 0, 0)?;
        instant(self.0, midnight.checked_add_signed(TimeDelta::seconds(seconds.into()))?, false)
    }

    /// What it shows at an instant: the day, and so many seconds of it.
    pub fn shows(self, at: Time) -> Option<(Day, u32)> {
        let local = DateTime::from_timestamp_millis(at.0)?.with_timezone(&self.0).naive_local();
        let midnight = local.date().and_hms_opt(0, 0, 0)?;
        Some((day(local.date()), local.signed_duration_since(midnight).num_seconds().try_into().ok()?))
    }
}

/// Hours whose time zone is known.
pub struct Timetable<'a> {
    hours: &'a Hours,
    zone: Tz,
}

impl<'a> Timetable<'a> {
    pub fn of(hours: &'a Hours) -> Result<Timetable<'a>, Wrong> {
        hours.check()?;
        let zone = hours
            .zone
            .parse()
            .map_err(|_| Wrong::at("zone", "it is not a name of the time zone database, like America/Sao_Paulo"))?;
        Ok(Timetable { hours, zone })
    }

    pub fn is_open(&self, now: Time) -> bool {
        self.around(now, 1).any(|(from, to)| from <= now && now < to)
    }

    /// When it opens next; none when it is open, or stays closed for more than a year.
    pub fn next_opening(&self, now: Time) -> Option<Time> {
        if self.is_open(now) {
            return None;
        }
        self.around(now, HORIZON).map(|(from, _)| from).find(|from| *from > now)
    }

    /// The instant at which the clock on the wall shows this minute of a day; the first where it comes twice, and
    /// none where the zone skips the whole day.
    pub fn at(&self, day: Day, minute: Minute) -> Option<Time> {
        let date = NaiveDate::from_ymd_opt(day.year, day.month, day.day)?;
        self.instant(date, i64::from(minute.0), false)
    }

    /// What decides over this day; none: its day of the week.
    pub fn special(&self, day: Day) -> Option<Special> {
        let exception = self.exception(day).map(|one| Special::Exception(one.name.clone()));
        exception.or_else(|| self.holiday(day).map(|one| Special::Holiday(one.name.clone())))
    }

    pub fn closed(&self, now: Time) -> Option<Closed> {
        (!self.is_open(now)).then(|| Closed { next: self.next_opening(now) })
    }

    /// All that is open from before `now` until so many days after it, in order.
    fn around(&self, now: Time, days: u64) -> impl Iterator<Item = (Time, Time)> {
        // A shift may reach into the next day, and a zone may skip a whole one.
        let first = self.local_date(now).and_then(|date| date.checked_sub_days(Days::new(2)));
        let dates = first.into_iter().flat_map(move |first| first.iter_days().take(days as usize + 4));
        dates.flat_map(|date| self.on(date))
    }

    fn local_date(&self, now: Time) -> Option<NaiveDate> {
        Some(DateTime::from_timestamp_millis(now.0)?.with_timezone(&self.zone).date_naive())
    }

    /// What is open from a day on, as instants.
    fn on(&self, date: NaiveDate) -> Vec<(Time, Time)> {
        let instants = |period: Period| {
            let (from, to) = period.minutes();
            // Where the clock is set back, an hour comes twice: it opens with the first and closes
            // with the second, so that nobody is shut out while the clock on the wall says open.
            Some((self.instant(date, from, false)?, self.instant(date, to, true)?))
        };
        // Both ends in an hour that is skipped: it does not take place.
        let mut open: Vec<_> = self.periods(date).into_iter().filter_map(instants).filter(|(a, b)| a < b).collect();
        open.sort_unstable();
        open
    }

    fn periods(&self, date: NaiveDate) -> Vec<Period> {
        let today = day(date);
        if let Some(exception) = self.exception(today) {
            return exception.open.clone();
        }
        if self.holiday(today).is_some() {
            return Vec::new();
        }
        let weekday = weekday(date);
        let shifts = self.hours.weekly.iter().filter(|shift| shift.days.contains(&weekday));
        shifts.map(|shift| Period { from: shift.from, to: shift.to }).collect()
    }

    fn exception(&self, day: Day) -> Option<&Exception> {
        self.hours.exceptions.iter().rev().find(|one| (one.from..=one.to).contains(&day))
    }

    fn holiday(&self, day: Day) -> Option<&Holiday> {
        let falls = |date: Day, yearly: bool| date == day || yearly && (date.month, date.day) == (day.month, day.day);
        self.hours.holidays.iter().find(|one| falls(one.date, one.yearly))
    }

    /// The instant at which the clock on the wall shows so many minutes of a day.
    fn instant(&self, date: NaiveDate, minutes: i64, late: bool) -> Option<Time> {
        instant(self.zone, date.and_hms_opt(0, 0, 0)?.checked_add_signed(TimeDelta::minutes(minutes))?, late)
    }
}

/// The instant at which the clock on the wall shows this. Where it does so twice: the first, or the second if `late`.
/// Where it skips it: the moment after the gap.
pub(crate) fn instant(zone: Tz, mut local: NaiveDateTime, late: bool) -> Option<Time> {
    // No zone has ever skipped more than a day and a half.
    for _ in 0..36 * 60 {
        match zone.from_local_datetime(&local) {
            LocalResult::Single(at) => return Some(Time(at.timestamp_millis())),
            LocalResult::Ambiguous(first, second) => {
                return Some(Time(if late { second } else { first }.timestamp_millis()));
            }
            LocalResult::None => local = local.checked_add_signed(TimeDelta::minutes(1))?,
        }
    }
    None
}

impl Period {
    /// In minutes since the day began; the end may lie on the next day.
    fn minutes(self) -> (i64, i64) {
        let (from, to) = (i64::from(self.from.0), i64::from(self.to.0));
        (from, if to < from { to + i64::from(DAY) } else { to })
    }
}

impl Day {
    /// So many days from this one on, itself the first.
    pub fn on(self, days: usize) -> Vec<Day> {
        let first = NaiveDate::from_ymd_opt(self.year, self.month, self.day);
        first.into_iter().flat_map(|first| first.iter_days().take(days)).map(day).collect()
    }

    /// So many days later; none: that is in no calendar.
    pub fn after(self, days: u32) -> Option<Day> {
        let first = NaiveDate::from_ymd_opt(self.year, self.month, self.day)?;
        first.checked_add_days(Days::new(days.into())).map(day)
    }
}

fn day(date: NaiveDate) -> Day {
    Day { year: date.year(), month: date.month(), day: date.day() }
}

fn weekday(date: NaiveDate) -> Weekday {
    use Weekday::*;
    [Mon, Tue, Wed, Thu, Fri, Sat, Sun][date.weekday().num_days_from_monday() as usize]
}

#[cfg(test)]
mod tests;
