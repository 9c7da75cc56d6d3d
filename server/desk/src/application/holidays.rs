//! Holidays from a calendar that somebody else keeps: an `.ics` file (RFC 5545), event by event, so that one that
//! is not understood costs no other, and is told by its line. Its moments are read on the application's own clock, on
//! which its holidays are.

use domain::hours::{CALENDAR_LIMIT, Calendar, Clock, Day, HOLIDAY_LIMIT, HOURS_LIMIT, Holiday, Misread, Why};
use domain::{Refusal, Span, text};
use icalendar::parser::{Component, read_components, unfold};

/// As many days is one event taken for at most: a week of holidays is one, a school year is a slip.
const LONGEST: usize = 31;
/// More that was not understood is not told.
const FAULTS: usize = 20;

/// An event as it stands in the file.
struct Block<'a> {
    /// The line on which it begins.
    line: u32,
    lines: Vec<&'a str>,
    has_end: bool,
}

/// A moment as it is written: so many seconds of a day, by some clock. A day alone is by none, and is its begin.
struct Moment {
    day: Day,
    seconds: u32,
    clock: Clock,
}

/// How long an event is: so many days on its clock, and so many seconds more.
struct Length {
    days: u32,
    seconds: u32,
}

/// The holidays of a calendar for an application with this clock. Refused: more than [`CALENDAR_LIMIT`].
pub fn read(file: &str, clock: Clock) -> Result<Calendar, Refusal> {
    if file.len() > CALENDAR_LIMIT {
        return Err(Refusal::TooBig { limit: CALENDAR_LIMIT as u32 });
    }
    // Some programs begin a file with a mark of its encoding.
    let file = file.trim_start_matches('\u{feff}');
    let mut calendar = Calendar::default();
    if !file.lines().any(|line| is(line, "BEGIN:VCALENDAR")) {
        calendar.faults.push(Misread { line: 1, why: Why::NoCalendar });
        return Ok(calendar);
    }
    for block in blocks(file) {
        let line = block.line;
        let faults = match holidays(&block, clock) {
            Ok((days, mut faults)) => {
                let free = HOURS_LIMIT - calendar.holidays.len();
                if days.len() > free {
                    faults.push(Why::TooMany);
                }
                calendar.holidays.extend(days.into_iter().take(free));
                faults
            }
            Err(why) => vec![why],
        };
        let room = FAULTS - calendar.faults.len();
        calendar.faults.extend(faults.into_iter().take(room).map(|why| Misread { line, why }));
    }
    Ok(calendar)
}

fn is(line: &str, word: &str) -> bool {
    line.trim_end().eq_ignore_ascii_case(word)
}

/// The events, without what lies inside of them: alarms.
fn blocks(file: &str) -> Vec<Block<'_>> {
    let mut blocks: Vec<Block<'_>> = Vec::new();
    let (mut inside, mut deeper) = (false, 0);
    for (n, line) in file.lines().enumerate() {
        if is(line, "BEGIN:VEVENT") {
            (inside, deeper) = (true, 0);
            blocks.push(Block { line: n as u32 + 1, lines: Vec::new(), has_end: false });
            continue;
        }
        let Some(block) = blocks.last_mut().filter(|_| inside) else { continue };
        let begins = line.len() > 6 && line.is_char_boundary(6) && line[..6].eq_ignore_ascii_case("BEGIN:");
        if is(line, "END:VEVENT") {
            block.has_end = true;
            inside = false;
        } else if begins {
            deeper += 1;
        } else if deeper > 0 {
            let ends = line.len() > 4 && line.is_char_boundary(4) && line[..4].eq_ignore_ascii_case("END:");
            deeper -= i32::from(ends);
        } else {
            block.lines.push(line);
        }
    }
    blocks
}

/// The days of an event, and what of it was not taken.
fn holidays(block: &Block<'_>, clock: Clock) -> Result<(Vec<Holiday>, Vec<Why>), Why> {
    if !block.has_end {
        return Err(Why::Unreadable);
    }
    let whole = ["BEGIN:VEVENT\r\n", &block.lines.join("\r\n"), "\r\nEND:VEVENT\r\n"].concat();
    let whole = unfold(&whole);
    let events = read_components(&whole).map_err(|_| Why::Unreadable)?;
    let event = events.first().ok_or(Why::Unreadable)?;
    let says = |name: &str| event.find_prop(name).map(|property| property.val.as_str().to_owned());
    let begins = moment(event, "DTSTART", clock).ok_or(Why::NoDay)?;
    let ends = match (says("DTEND"), says("DURATION")) {
        (Some(_), _) => Some(moment(event, "DTEND", clock).and_then(|ends| ends.on(clock)).ok_or(Why::Unreadable)?),
        (None, Some(length)) => {
            Some(length_of(&length).and_then(|length| begins.after(length, clock)).ok_or(Why::Unreadable)?)
        }
        (None, None) => None,
    };
    let first = begins.on(clock).ok_or(Why::NoDay)?;
    let mut faults = Vec::new();
    let mut days: Vec<Day> = match ends.filter(|ends| *ends > first) {
        // An end at the begin of a day is the day after the last. A clock that skips midnight shows one o'clock then.
        Some((last, seconds)) if clock.at(last, seconds) == clock.at(last, 0) => {
            first.0.on(LONGEST + 1).into_iter().take_while(|day| *day < last).collect()
        }
        Some((last, _)) => first.0.on(LONGEST + 1).into_iter().take_while(|day| *day <= last).collect(),
        None => vec![first.0],
    };
    if days.len() > LONGEST {
        days.truncate(LONGEST);
        faults.push(Why::TooLong);
    }
    let name: String =
        text::line(&unescaped(&says("SUMMARY").unwrap_or_default())).chars().take(HOLIDAY_LIMIT).collect();
    let rule = says("RRULE").map(|rule| rule.to_ascii_uppercase());
    let yearly = rule.as_deref().is_some_and(is_each_year);
    if rule.is_some() && !yearly {
        faults.push(Why::Repeats);
    }
    if says("RDATE").is_some() || says("EXDATE").is_some() {
        faults.push(Why::Listed);
    }
    let holiday = |date: Day| Holiday { name: name.trim().into(), date, yearly };
    Ok((days.into_iter().map(holiday).collect(), faults))
}

/// Every year on this very day, for ever.
fn is_each_year(rule: &str) -> bool {
    let mut parts = rule.split(';').filter(|part| !part.is_empty());
    rule.contains("FREQ=YEARLY")
        && parts.all(|part| {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            matches!(name, "FREQ" | "WKST" | "BYMONTH" | "BYMONTHDAY") || name == "INTERVAL" && value == "1"
        })
}

/// `20261225`, `20261225T090000Z`, or the same without its `Z` on the clock of a zone that is named beside it. A zone of
/// the file's own making is taken for the application's.
fn moment(event: &Component<'_>, name: &str, own: Clock) -> Option<Moment> {
    let property = event.find_prop(name)?;
    let value = property.val.as_str().trim().to_ascii_uppercase();
    let (date, time) = value.split_once('T').map_or((value.as_str(), None), |(date, time)| (date, Some(time)));
    let date = digits(date, 8)?;
    let day = Day::try_from(format!("{}-{}-{}", &date[..4], &date[4..6], &date[6..])).ok()?;
    let Some(time) = time else { return Some(Moment { day, seconds: 0, clock: own }) };
    let zone = property.params.iter().find(|param| param.key.as_str().eq_ignore_ascii_case("TZID"));
    let zone = zone.and_then(|zone| Clock::of(zone.val.as_ref()?.as_str().trim_matches('"')));
    let (time, clock) = match time.strip_suffix('Z') {
        Some(time) => (time, Clock::UTC),
        None => (time, zone.unwrap_or(own)),
    };
    let time = digits(time, 6)?;
    let part = |at: usize, most: u32| time[at..at + 2].parse::<u32>().ok().filter(|part| *part <= most);
    // A second that is put in has no place on our clocks.
    let seconds = part(0, 23)? * 3_600 + part(2, 59)? * 60 + part(4, 60)?.min(59);
    Some(Moment { day, seconds, clock })
}

/// So many digits and nothing else.
fn digits(text: &str, many: usize) -> Option<&str> {
    (text.len() == many && text.bytes().all(|b| b.is_ascii_digit())).then_some(text)
}

/// `P1W`, `P3D`, `P1DT12H30M`; not backwards.
fn length_of(text: &str) -> Option<Length> {
    let text = text.trim().to_ascii_uppercase();
    let text = text.trim_start_matches('+').strip_prefix('P')?;
    let (mut length, mut number, mut in_time) = (Length { days: 0, seconds: 0 }, String::new(), false);
    for letter in text.chars() {
        if letter.is_ascii_digit() {
            number.push(letter);
            continue;
        }
        if letter == 'T' && number.is_empty() {
            in_time = true;
            continue;
        }
        let many: u32 = std::mem::take(&mut number).parse().ok()?;
        let (sum, unit) = match (letter, in_time) {
            ('W', false) => (&mut length.days, 7),
            ('D', false) => (&mut length.days, 1),
            ('H', true) => (&mut length.seconds, 3_600),
            ('M', true) => (&mut length.seconds, 60),
            ('S', true) => (&mut length.seconds, 1),
            _ => return None,
        };
        *sum = sum.checked_add(many.checked_mul(unit)?)?;
    }
    number.is_empty().then_some(length)
}

impl Moment {
    /// The day and the second of it on another clock.
    fn on(&self, clock: Clock) -> Option<(Day, u32)> {
        if self.clock == clock {
            return Some((self.day, self.seconds));
        }
        clock.shows(self.clock.at(self.day, self.seconds)?)
    }

    /// The same when it is so much later: days go by on its own clock, through every change of it.
    fn after(&self, length: Length, clock: Clock) -> Option<(Day, u32)> {
        let later = Moment { day: self.day.after(length.days)?, ..*self };
        if length.seconds == 0 {
            return later.on(clock);
        }
        clock.shows(self.clock.at(later.day, later.seconds)? + Span::secs(length.seconds.into()))
    }
}

/// `\,` is a comma, `\n` a new line.
fn unescaped(text: &str) -> String {
    let mut said = String::new();
    let mut all = text.chars();
    while let Some(one) = all.next() {
        match (one, one == '\\') {
            (_, true) => match all.next() {
                Some('n' | 'N') => said.push(' '),
                Some(other) => said.push(other),
                None => {}
            },
            (one, false) => said.push(one),
        }
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calendar(events: &str) -> String {
        format!("BEGIN:VCALENDAR\nVERSION:2.0\n{events}END:VCALENDAR\n")
    }

    fn madrid() -> Clock {
        Clock::of("Europe/Madrid").unwrap()
    }

    fn days(file: &str) -> Vec<(String, String, bool)> {
        let all = read(file, madrid()).unwrap().holidays;
        all.into_iter().map(|one| (String::from(one.date), one.name, one.yearly)).collect()
    }

    #[test]
    fn what_calendars_say_is_read() {
        let file = calendar(
            "BEGIN:VEVENT\r\nUID:1\r\nDTSTART;VALUE=DATE:20261225\r\nDTEND;VALUE=DATE:20261226\r\nSUMMARY;LANGUAGE=es:Navidad\\, día de\r\n  fiesta\r\nRRULE:FREQ=YEARLY\r\nBEGIN:VALARM\r\nTRIGGER:-P1D\r\nEND:VALARM\r\nEND:VEVENT\r\n\
             BEGIN:VEVENT\r\nDTSTART;TZID=Europe/Madrid:20270104T090000\r\nSUMMARY:Inventario\r\nEND:VEVENT\r\n\
             BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20270228\r\nDTEND;VALUE=DATE:20270303\r\nEND:VEVENT\r\n",
        );

        let expected = [
            ("2026-12-25", "Navidad, día de fiesta", true),
            ("2027-01-04", "Inventario", false),
            ("2027-02-28", "", false),
            ("2027-03-01", "", false),
            ("2027-03-02", "", false),
        ];
        let expected = expected.map(|(day, name, yearly)| (day.to_owned(), name.to_owned(), yearly));
        assert_eq!(days(&file), expected);
        assert_eq!(days(&format!("\u{feff}{file}")), expected);
    }

    #[test]
    fn a_moment_is_on_the_day_that_the_clock_of_the_application_shows() {
        let on = |lines: &str, zone: &str| {
            let file = calendar(&format!("BEGIN:VEVENT\n{lines}\nEND:VEVENT\n"));
            let read = read(&file, Clock::of(zone).unwrap()).unwrap();
            assert_eq!(read.faults, [], "{lines}");
            read.holidays.into_iter().map(|one| String::from(one.date)[5..].to_owned()).collect::<Vec<_>>()
        };

        // Whole days of Madrid, as programs write them that know UTC alone.
        let utc = "DTSTART:20261224T230000Z\nDTEND:20261225T230000Z";
        assert_eq!(on(utc, "Europe/Madrid"), ["12-25"]);
        assert_eq!(on(utc, "UTC"), ["12-24", "12-25"]);
        // An end within a day is of that day; one at its begin is not.
        assert_eq!(on("DTSTART:20261224T090000\nDTEND:20261226T140000", "Europe/Madrid"), ["12-24", "12-25", "12-26"]);
        assert_eq!(on("DTSTART:20261224T090000\nDTEND:20261226T000000", "Europe/Madrid"), ["12-24", "12-25"]);
        assert_eq!(on("DTSTART:20261224T090000\nDTEND:20261224T090000", "Europe/Madrid"), ["12-24"]);
        // A day that begins an hour later than it should begins then.
        let until = |end: &str| format!("DTSTART:20260905T040000Z\nDTEND:{end}");
        assert_eq!(on(&until("20260906T040000Z"), "America/Santiago"), ["09-05"]);
        assert_eq!(on(&until("20260906T043000Z"), "America/Santiago"), ["09-05", "09-06"]);
        // In another zone than the application's; of a zone that the file makes itself only the name is known.
        let tokyo = "DTSTART;TZID=Asia/Tokyo:20261225T030000\nDTEND;TZID=\"Asia/Tokyo\":20261225T090000";
        assert_eq!(on(tokyo, "Europe/Madrid"), ["12-24", "12-25"]);
        assert_eq!(on("DTSTART;TZID=Casa:20261225T030000", "Europe/Madrid"), ["12-25"]);
        // A day is a day everywhere, also one that begins an hour later than it should.
        assert_eq!(on("DTSTART;VALUE=DATE:20181103\nDTEND;VALUE=DATE:20181104", "America/Sao_Paulo"), ["11-03"]);
    }

    #[test]
    fn how_long_it_is_may_be_said_instead_of_when_it_ends() {
        let lasts = |start: &str, length: &str| {
            let file = calendar(&format!("BEGIN:VEVENT\nDTSTART{start}\nDURATION:{length}\nEND:VEVENT\n"));
            let read = read(&file, madrid()).unwrap();
            let faults: Vec<_> = read.faults.iter().map(|fault| fault.why).collect();
            (read.holidays.len(), faults)
        };

        assert_eq!(lasts(";VALUE=DATE:20261224", "P3D"), (3, vec![]));
        assert_eq!(lasts(";VALUE=DATE:20261224", "P1W"), (7, vec![]));
        assert_eq!(lasts(":20261224T220000", "PT2H"), (1, vec![]));
        assert_eq!(lasts(":20261224T220000", "P1DT2H30M"), (3, vec![]));
        // The day on which the clock is set back has 25 hours.
        assert_eq!(lasts(":20261025T000000", "P1D"), (1, vec![]));
        assert_eq!(lasts(":20261025T000000", "PT25H"), (1, vec![]));
        for odd in ["-P1D", "P", "3D", "P1H", "PT1D", "P1", "P99999999999D", "P4294967295D"] {
            let is = lasts(":20261224T220000", odd);
            assert!(odd == "P" && is == (1, vec![]) || is == (0, vec![Why::Unreadable]), "{odd}: {is:?}");
        }
    }

    #[test]
    fn what_is_not_understood_is_told_by_its_line_and_costs_no_other() {
        let file = calendar(
            "BEGIN:VEVENT\nSUMMARY:Sin día\nEND:VEVENT\n\
             BEGIN:VEVENT\nDTSTART:20260231\nEND:VEVENT\n\
             BEGIN:VEVENT\nDTSTART:20261224\nRRULE:FREQ=WEEKLY\nEND:VEVENT\n\
             BEGIN:VEVENT\nDTSTART:20261108\nRRULE:FREQ=YEARLY;BYDAY=2SU\nEND:VEVENT\n\
             BEGIN:VEVENT\nDTSTART:20261231\nEND:VEVENT\n\
             BEGIN:VEVENT\nDTSTART:20270101\nRDATE;VALUE=DATE:20270102\nEND:VEVENT\n\
             BEGIN:VEVENT\nDTSTART:20270601\nDTEND:20270901\nRRULE:FREQ=DAILY\nEXDATE:20270602\nEND:VEVENT\n\
             BEGIN:VEVENT\nDTSTART:20271001T2500\nEND:VEVENT\n\
             BEGIN:VEVENT\nDTSTART:20271001\nDTEND:soon\nEND:VEVENT\n\
             BEGIN:VEVENT\nDTSTART:20270101\n",
        );

        let read = read(&file, madrid()).unwrap();

        let faults: Vec<_> = read.faults.iter().map(|fault| (fault.line, fault.why)).collect();
        use Why::*;
        let expected = [
            (3, NoDay),
            (6, NoDay),
            (9, Repeats),
            (13, Repeats),
            (20, Listed),
            (24, TooLong),
            (24, Repeats),
            (24, Listed),
            (30, NoDay),
            (33, Unreadable),
            (37, Unreadable),
        ];
        assert_eq!(faults, expected);
        let days: Vec<_> = read.holidays.iter().map(|one| String::from(one.date)).collect();
        assert_eq!(days[..4], ["2026-12-24", "2026-11-08", "2026-12-31", "2027-01-01"]);
        assert_eq!((days.len(), days.last().map(String::as_str)), (4 + LONGEST, Some("2027-07-01")));
    }

    #[test]
    fn a_file_that_is_no_calendar_says_so_and_nothing_is_without_end() {
        let none = read("fecha;nombre\n", madrid()).unwrap();
        assert_eq!(none.faults, [Misread { line: 1, why: Why::NoCalendar }]);
        let big = read(&"x".repeat(CALENDAR_LIMIT + 1), madrid());
        assert_eq!(big, Err(Refusal::TooBig { limit: CALENDAR_LIMIT as u32 }));
        let event = "BEGIN:VEVENT\nDTSTART:20260101\nDTEND:20270101\nEND:VEVENT\n";
        let many = read(&calendar(&event.repeat(20)), madrid()).unwrap();
        assert_eq!(many.holidays.len(), HOURS_LIMIT);
        assert_eq!((many.faults.len(), many.faults[0].why), (FAULTS, Why::TooLong));
        assert_eq!(many.faults[FAULTS - 1].why, Why::TooMany);
    }
}
