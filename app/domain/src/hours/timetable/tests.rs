//! Hours through holidays, exceptions and changes of clock.

use super::*;
use crate::Span;
use chrono::Timelike;
use proptest::prelude::*;

fn hours(zone: &str, rest: &str) -> Hours {
    serde_json::from_str(&format!(r#"{{"zone":"{zone}",{rest}}}"#)).unwrap()
}

const OFFICE: &str = r#""weekly":[{"days":["mon","tue","wed","thu","fri"],"from":"09:00","to":"18:00"}]"#;

/// A moment as the clock on the wall shows it; where it comes twice, the first.
fn at(zone: &str, text: &str) -> Time {
    let local = chrono::NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap();
    let zone: Tz = zone.parse().unwrap();
    Time(zone.from_local_datetime(&local).earliest().unwrap().timestamp_millis())
}

fn wall(zone: &str, at: Time) -> String {
    let zone: Tz = zone.parse().unwrap();
    DateTime::from_timestamp_millis(at.0).unwrap().with_timezone(&zone).format("%Y-%m-%d %H:%M").to_string()
}

fn is_open(hours: &Hours, when: &str) -> bool {
    Timetable::of(hours).unwrap().is_open(at(&hours.zone, when))
}

fn opens(hours: &Hours, when: &str) -> Option<String> {
    let next = Timetable::of(hours).unwrap().next_opening(at(&hours.zone, when));
    next.map(|next| wall(&hours.zone, next))
}

#[test]
fn an_office_opens_at_nine_and_closes_at_six() {
    let office = hours("Europe/Madrid", OFFICE);

    let told: Vec<bool> = ["2026-11-25 08:59", "2026-11-25 09:00", "2026-11-25 17:59", "2026-11-25 18:00"]
        .map(|when| is_open(&office, when))
        .into();

    assert_eq!(told, [false, true, true, false]);
    assert_eq!(opens(&office, "2026-11-25 18:00").as_deref(), Some("2026-11-26 09:00"));
    assert_eq!(opens(&office, "2026-11-27 20:00").as_deref(), Some("2026-11-30 09:00"));
    assert_eq!(opens(&office, "2026-11-25 10:00"), None);
}

#[test]
fn on_a_holiday_nobody_is_there_this_year_or_every_year() {
    let office = hours(
        "Europe/Madrid",
        &[OFFICE, r#","holidays":[{"date":"2026-12-08"},{"date":"2020-12-25","yearly":true}]"#].concat(),
    );

    assert!(!is_open(&office, "2026-12-08 10:00"));
    assert!(is_open(&office, "2027-12-08 10:00"));
    assert!(!is_open(&office, "2026-12-25 10:00"));
    assert_eq!(opens(&office, "2026-12-24 19:00").as_deref(), Some("2026-12-28 09:00"));
}

#[test]
fn an_exception_decides_over_holidays_and_ends_by_itself() {
    let exceptions = r#","holidays":[{"date":"2026-12-25","yearly":true}],"exceptions":[
        {"from":"2026-12-21","to":"2026-12-31","name":"inventory"},
        {"from":"2026-12-25","to":"2026-12-26","open":[{"from":"10:00","to":"12:00"}]}]"#;
    let office = hours("Europe/Madrid", &[OFFICE, exceptions].concat());

    assert!(is_open(&office, "2026-12-18 10:00"));
    assert!(!is_open(&office, "2026-12-21 10:00"));
    assert!(is_open(&office, "2026-12-25 11:00"), "the later exception decides");
    assert!(is_open(&office, "2026-12-26 11:00"), "a Saturday");
    assert!(!is_open(&office, "2026-12-26 12:00"));
    assert_eq!(opens(&office, "2026-12-26 13:00").as_deref(), Some("2027-01-01 09:00"));
}

#[test]
fn a_shift_across_midnight_belongs_to_the_day_it_begins_on() {
    let bar = hours(
        "America/Sao_Paulo",
        r#""weekly":[{"days":["sat"],"from":"20:00","to":"02:00"}],"holidays":[{"date":"2026-11-29"}]"#,
    );

    assert!(!is_open(&bar, "2026-11-28 01:00"), "Friday's night");
    assert!(is_open(&bar, "2026-11-28 23:59"));
    assert!(is_open(&bar, "2026-11-29 01:59"), "Saturday's night, although Sunday is a holiday");
    assert!(!is_open(&bar, "2026-11-29 02:00"));
    assert_eq!(opens(&bar, "2026-11-29 02:00").as_deref(), Some("2026-12-05 20:00"));
}

#[test]
fn two_shifts_that_meet_leave_no_gap() {
    let whole = r#""weekly":[{"days":["mon","tue","wed","thu","fri","sat","sun"],"from":"00:00","to":"24:00"}]"#;
    let always = hours("Asia/Kathmandu", whole);

    assert!(is_open(&always, "2026-11-25 23:59") && is_open(&always, "2026-11-26 00:00"));
    assert_eq!(opens(&always, "2026-11-25 12:00"), None);
}

#[test]
fn who_never_opens_says_so() {
    let never = hours("Europe/Madrid", r#""weekly":[]"#);

    assert_eq!(Timetable::of(&never).unwrap().closed(Time(1_790_000_000_000)), Some(Closed { next: None }));
}

#[test]
fn a_zone_that_there_is_not_is_named() {
    for zone in ["", "Madrid", "Europe/Nowhere", "UTC+3", "../etc/passwd"] {
        assert_eq!(
            Timetable::of(&hours(zone, OFFICE)).err().map(|wrong| wrong.path).as_deref(),
            Some("zone"),
            "{zone}"
        );
    }
}

/// Brazil set its clocks at midnight: the first hour of that Sunday was skipped.
#[test]
fn an_opening_in_an_hour_that_is_skipped_is_the_moment_after_it() {
    let night = hours("America/Sao_Paulo", r#""weekly":[{"days":["sun"],"from":"00:00","to":"06:00"}]"#);

    assert_eq!(opens(&night, "2018-11-03 23:00").as_deref(), Some("2018-11-04 01:00"));
    assert!(!is_open(&night, "2018-11-03 23:59") && is_open(&night, "2018-11-04 01:00"));
}

#[test]
fn a_shift_inside_a_skipped_hour_does_not_take_place() {
    let hour = hours("Europe/Madrid", r#""weekly":[{"days":["sun"],"from":"02:10","to":"02:50"}]"#);

    assert_eq!(opens(&hour, "2026-03-28 12:00").as_deref(), Some("2026-04-05 02:10"));
}

#[test]
fn an_hour_that_comes_twice_is_open_both_times() {
    let night = hours("Europe/Madrid", r#""weekly":[{"days":["sat"],"from":"22:00","to":"02:30"}]"#);
    let table = Timetable::of(&night).unwrap();
    // 02:29 comes at 00:29 and at 01:29 of Greenwich.
    let second = at("UTC", "2026-10-25 01:29");

    assert_eq!(wall("Europe/Madrid", second), "2026-10-25 02:29");
    assert!(table.is_open(second) && !table.is_open(second + Span::minutes(1)));
}

/// Samoa left out the whole of the 30th of December 2011.
#[test]
fn a_day_that_was_skipped_had_no_hours() {
    let office = hours("Pacific/Apia", r#""weekly":[{"days":["thu","fri","sat"],"from":"09:00","to":"17:00"}]"#);

    assert_eq!(opens(&office, "2011-12-29 17:00").as_deref(), Some("2011-12-31 09:00"));
}

/// Zones around their changes of clock: the moment of each, in UTC.
const CHANGES: [(&str, &str); 10] = [
    ("America/Sao_Paulo", "2018-02-18 02:00"),
    ("America/Sao_Paulo", "2018-11-04 03:00"),
    ("Europe/Madrid", "2026-03-29 01:00"),
    ("Europe/Madrid", "2026-10-25 01:00"),
    ("America/New_York", "2026-03-08 07:00"),
    ("America/New_York", "2026-11-01 06:00"),
    // Half an hour only, and offsets of three quarters.
    ("Australia/Lord_Howe", "2026-04-04 15:00"),
    ("Australia/Lord_Howe", "2026-10-03 15:30"),
    ("Pacific/Chatham", "2026-04-04 14:00"),
    ("Asia/Kathmandu", "2026-06-01 00:00"),
];

/// What the clock on the wall says, read minute by minute: the definition, without any instant.
fn wall_says_open(hours: &Hours, zone: Tz, at: Time) -> bool {
    let local = DateTime::from_timestamp_millis(at.0).unwrap().with_timezone(&zone).naive_local();
    let minute = i64::from(local.hour() * 60 + local.minute());
    let on = |date: NaiveDate, minute: i64| {
        let today = hours.weekly.iter().filter(|shift| shift.days.contains(&weekday(date)));
        today.map(|shift| Period { from: shift.from, to: shift.to }.minutes()).any(|(a, b)| (a..b).contains(&minute))
    };
    on(local.date(), minute) || on(local.date().pred_opt().unwrap(), minute + 1440)
}

fn comes_twice(zone: Tz, at: Time) -> bool {
    let local = DateTime::from_timestamp_millis(at.0).unwrap().with_timezone(&zone).naive_local();
    matches!(zone.from_local_datetime(&local), LocalResult::Ambiguous(..))
}

fn any_shifts() -> impl Strategy<Value = String> {
    let days = prop::sample::subsequence(vec!["mon", "tue", "wed", "thu", "fri", "sat", "sun"], 1..=7);
    let shift = (days, 0..1440u32, 1..1440u32).prop_map(|(days, from, long)| {
        let to = (from + long) % 1440;
        let (days, clock) = (days.join("\",\""), |m: u32| format!("{:02}:{:02}", m / 60, m % 60));
        format!(r#"{{"days":["{days}"],"from":"{}","to":"{}"}}"#, clock(from), clock(to))
    });
    prop::collection::vec(shift, 1..4).prop_map(|shifts| format!(r#""weekly":[{}]"#, shifts.join(",")))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    /// Minute by minute for four days around each change of clock.
    #[test]
    fn what_is_open_is_what_the_clock_on_the_wall_says(shifts in any_shifts(), which in 0..CHANGES.len()) {
        let (zone, change) = CHANGES[which];
        let hours = hours(zone, &shifts);
        let (table, tz) = (Timetable::of(&hours).unwrap(), zone.parse::<Tz>().unwrap());
        let start = at("UTC", change) + Span::hours(-48);

        for n in 0..4 * 1440 {
            let now = start + Span::minutes(n);
            let (open, says) = (table.is_open(now), wall_says_open(&hours, tz, now));
            // An hour that comes twice may be open although its reading is not yet, or no longer.
            prop_assert!(open == says || open && comes_twice(tz, now), "{} {shifts}", wall(zone, now));
        }
    }

    #[test]
    fn the_next_opening_is_the_first(shifts in any_shifts(), which in 0..CHANGES.len(), ago in 0..2880i64) {
        let (zone, change) = CHANGES[which];
        let hours = hours(zone, &shifts);
        let table = Timetable::of(&hours).unwrap();
        let now = at("UTC", change) + Span::minutes(-ago);

        match table.next_opening(now) {
            None => prop_assert!(table.is_open(now), "it opens every week"),
            Some(next) => {
                prop_assert!(next > now && table.is_open(next) && !table.is_open(next + Span(-1)));
                let minutes = (next - now).0 / 60_000;
                prop_assert!((0..minutes).all(|n| !table.is_open(now + Span::minutes(n))));
            }
        }
    }
}
