//! Periods on a real calendar: where a day begins, through every change of clock. Only where a server counts.

use super::{Moment, Period, STEPS, Stretch};
use crate::application::Wrong;
use crate::hours::{Day, instant};
use crate::{Span, Time};
use chrono::{DateTime, Datelike, Days, Months, NaiveDate, TimeDelta};
use chrono_tz::Tz;

/// Up to so long a trend goes by hours.
const HOURLY: Span = Span::hours(50);

/// The zone of the house, in which its days begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Zone(Tz);

impl Zone {
    /// By its name in the time zone database, like `America/Sao_Paulo`.
    pub fn of(name: &str) -> Result<Zone, Wrong> {
        let wrong = |_| Wrong::at("zone", "it is not a name of the time zone database, like America/Sao_Paulo");
        name.parse().map(Zone).map_err(wrong)
    }

    pub fn name(&self) -> &'static str {
        self.0.name()
    }

    /// The day of a moment, counted from 1970-01-01. Days follow one another without gap or overlap, also where the
    /// clock on the wall is set back over midnight: a day begins when it is first midnight.
    pub fn day(&self, at: Time) -> i64 {
        let local = DateTime::from_timestamp_millis(at.0).map(|at| at.with_timezone(&self.0).date_naive());
        let day = local.map_or(at.0.div_euclid(86_400_000), number);
        if at >= self.start(day + 1) { day + 1 } else { day }
    }

    /// When a day begins. One that a zone skipped begins and ends with the next.
    pub fn start(&self, day: i64) -> Time {
        let date = NaiveDate::from_epoch_days(i32::try_from(day).unwrap_or(i32::MAX));
        let at = date.and_then(|date| instant(self.0, date.and_hms_opt(0, 0, 0)?, false));
        // Out of the calendar: UTC.
        at.unwrap_or(Time(day.saturating_mul(86_400_000)))
    }

    /// When the clock on the wall shows this: the first time where it does so twice, the moment after where it skips it.
    pub fn moment(&self, Moment { day, minute }: Moment) -> Time {
        let date = date(day);
        let local =
            date.and_then(|date| date.and_hms_opt(0, 0, 0)?.checked_add_signed(TimeDelta::minutes(minute.into())));
        local.and_then(|local| instant(self.0, local, false)).unwrap_or(self.start(date.map_or(0, number)))
    }

    /// What a period is now. One that ends before it begins holds nothing, as one that ends when it begins.
    pub fn stretch(&self, period: Period, now: Time) -> Stretch {
        match period {
            Period::Range { from, to } => {
                let from = self.moment(from);
                Stretch { from, to: self.moment(to).max(from) }
            }
            named => self.named(named, now, false),
        }
    }

    /// The period before: of a month the month before, of any other range one as long. Of a named one that runs, as much
    /// of the one before as has passed of it: on the third of a month a whole month says nothing beside it.
    pub fn before(&self, period: Period, now: Time) -> Stretch {
        match period {
            Period::Range { .. } => {
                let Stretch { from, to } = self.stretch(period, now);
                Stretch { from: from + Span((from - to).0), to: from }
            }
            named => {
                let (running, before) = (self.named(named, now, false), self.named(named, now, true));
                let until = if running.holds(now) { self.as_far(before.from, now, running.from) } else { before.to };
                // The one before may be shorter than what has passed, as February is; and on the wall it may have been
                // the evening before when the day began.
                Stretch { to: until.max(before.from).min(before.to), ..before }
            }
        }
    }

    /// As far after one beginning as `now` is after another: as many days, and what the clock on the wall shows. As much
    /// time would be an hour off where clocks changed in between.
    fn as_far(&self, from: Time, now: Time, after: Time) -> Time {
        let later = TimeDelta::try_days(self.day(from) - self.day(after));
        let shown = DateTime::from_timestamp_millis(now.0).map(|now| now.with_timezone(&self.0).naive_local());
        let then = shown.zip(later).and_then(|(shown, later)| shown.checked_add_signed(later));
        // Out of the calendar: as much time.
        then.and_then(|then| instant(self.0, then, false)).unwrap_or(from + (now - after))
    }

    fn named(&self, period: Period, now: Time, before: bool) -> Stretch {
        let today = NaiveDate::from_epoch_days(i32::try_from(self.day(now)).unwrap_or_default()).unwrap_or_default();
        let (month, monday) = (first(today), days_back(today, today.weekday().num_days_from_monday().into()));
        let quarter = back(month, (month.month0() % 3).into());
        let year = back(month, month.month0().into());
        let last = |is: Period| i64::from(period == is) + i64::from(before);
        let (from, to) = match period {
            Period::Today | Period::Yesterday | Period::Range { .. } => {
                let day = days_back(today, last(Period::Yesterday));
                (day, days_back(day, -1))
            }
            Period::ThisWeek | Period::LastWeek => {
                let week = days_back(monday, 7 * last(Period::LastWeek));
                (week, days_back(week, -7))
            }
            Period::ThisMonth | Period::LastMonth => months(month, 1, last(Period::LastMonth)),
            Period::ThisQuarter | Period::LastQuarter => months(quarter, 3, last(Period::LastQuarter)),
            Period::ThisYear | Period::LastYear => months(year, 12, last(Period::LastYear)),
        };
        Stretch { from: self.start(number(from)), to: self.start(number(to)) }
    }

    /// Where the steps of a trend begin, none after `now`; and how many days each is, 0: they are hours. Never more
    /// than [`STEPS`].
    pub fn steps(&self, within: Stretch, now: Time) -> (Vec<Time>, u32) {
        let to = within.to.min(now + Span(1));
        let hourly = (within.to - within.from) <= HOURLY;
        if to <= within.from {
            return (Vec::new(), u32::from(!hourly));
        }
        if hourly {
            let hours = std::iter::successors(Some(within.from), |at| Some(*at + Span::hours(1)));
            return (hours.take_while(|at| *at < to).collect(), 0);
        }
        let (first, last) = (self.day(within.from), self.day(Time(to.0 - 1)));
        let each = (last - first + 1).div_euclid(STEPS as i64) + i64::from((last - first + 1) % STEPS as i64 != 0);
        let each = u32::try_from(each.max(1)).unwrap_or(u32::MAX);
        let days = (first..=last).step_by(each as usize);
        (days.map(|day| self.start(day).max(within.from)).collect(), each)
    }

    /// The whole days of a stretch, from the first on and before the last: what is left is before and after them.
    pub fn whole_days(&self, within: Stretch) -> (i64, i64) {
        let ceiling = |at: Time| {
            let day = self.day(at);
            if self.start(day) == at { day } else { day + 1 }
        };
        let (first, last) = (ceiling(within.from), self.day(within.to));
        (first, last.max(first))
    }
}

fn number(date: NaiveDate) -> i64 {
    i64::from(date.to_epoch_days())
}

fn date(day: Day) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(day.year, day.month, day.day)
}

fn first(date: NaiveDate) -> NaiveDate {
    date.with_day(1).unwrap_or(date)
}

/// So many days earlier; less than none: later.
fn days_back(date: NaiveDate, days: i64) -> NaiveDate {
    let by = Days::new(days.unsigned_abs());
    if days < 0 { date.checked_add_days(by) } else { date.checked_sub_days(by) }.unwrap_or(date)
}

fn back(date: NaiveDate, months: i64) -> NaiveDate {
    let by = Months::new(u32::try_from(months.unsigned_abs()).unwrap_or_default());
    if months < 0 { date.checked_add_months(by) } else { date.checked_sub_months(by) }.unwrap_or(date)
}

fn months(first: NaiveDate, long: i64, ago: i64) -> (NaiveDate, NaiveDate) {
    let from = back(first, long * ago);
    (from, back(from, -long))
}
