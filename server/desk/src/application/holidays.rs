//! Holidays from a calendar that somebody else keeps: an `.ics` file (RFC 5545), event by event, so that one that
//! is not understood costs no other, and is told by its line.

use domain::hours::{CALENDAR_LIMIT, Calendar, Day, HOLIDAY_LIMIT, HOURS_LIMIT, Holiday, Misread, Why};
use domain::{Refusal, text};
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

/// The holidays of a calendar. Refused: more than [`CALENDAR_LIMIT`].
pub fn read(file: &str) -> Result<Calendar, Refusal> {
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
        let fault = match holidays(&block) {
            Ok((days, fault)) => {
                let free = HOURS_LIMIT - calendar.holidays.len();
                let more = days.len() > free;
                calendar.holidays.extend(days.into_iter().take(free));
                if more { Some(Why::TooMany) } else { fault }
            }
            Err(why) => Some(why),
        };
        if let Some(why) = fault
            && calendar.faults.len() < FAULTS
        {
            calendar.faults.push(Misread { line, why });
        }
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
fn holidays(block: &Block<'_>) -> Result<(Vec<Holiday>, Option<Why>), Why> {
    if !block.has_end {
        return Err(Why::Unreadable);
    }
    let whole = ["BEGIN:VEVENT\r\n", &block.lines.join("\r\n"), "\r\nEND:VEVENT\r\n"].concat();
    let whole = unfold(&whole);
    let events = read_components(&whole).map_err(|_| Why::Unreadable)?;
    let event = events.first().ok_or(Why::Unreadable)?;
    let first = day(event, "DTSTART").ok_or(Why::NoDay)?;
    // The day after the last, where whole days are meant.
    let after = day(event, "DTEND");
    let days = match after.filter(|after| *after > first) {
        Some(after) => first.on(LONGEST).into_iter().take_while(|day| *day < after).collect(),
        None => vec![first],
    };
    let says = |name: &str| event.find_prop(name).map(|property| property.val.as_str().to_owned());
    let name: String =
        text::line(&unescaped(&says("SUMMARY").unwrap_or_default())).chars().take(HOLIDAY_LIMIT).collect();
    let rule = says("RRULE").map(|rule| rule.to_ascii_uppercase());
    let (yearly, fault) = match rule {
        None => (false, None),
        Some(rule) if is_each_year(&rule) => (true, None),
        Some(_) => (false, Some(Why::Repeats)),
    };
    let holiday = |date: Day| Holiday { name: name.trim().into(), date, yearly };
    Ok((days.into_iter().map(holiday).collect(), fault))
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

/// `20261225`, or the day of `20261225T090000Z`.
fn day(event: &Component<'_>, name: &str) -> Option<Day> {
    let value = event.find_prop(name)?.val.as_str().trim().to_owned();
    let digits = value.get(..8).filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()))?;
    if !matches!(value.as_bytes().get(8), None | Some(b'T' | b't')) {
        return None;
    }
    Day::try_from(format!("{}-{}-{}", &digits[..4], &digits[4..6], &digits[6..])).ok()
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

    fn days(file: &str) -> Vec<(String, String, bool)> {
        let all = read(file).unwrap().holidays;
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
    fn what_is_not_understood_is_told_by_its_line_and_costs_no_other() {
        let file = calendar(
            "BEGIN:VEVENT\nSUMMARY:Sin día\nEND:VEVENT\n\
             BEGIN:VEVENT\nDTSTART:20260231\nEND:VEVENT\n\
             BEGIN:VEVENT\nDTSTART:20261224\nRRULE:FREQ=WEEKLY\nEND:VEVENT\n\
             BEGIN:VEVENT\nDTSTART:20261108\nRRULE:FREQ=YEARLY;BYDAY=2SU\nEND:VEVENT\n\
             BEGIN:VEVENT\nDTSTART:20261231\nEND:VEVENT\n\
             BEGIN:VEVENT\nDTSTART:20270101\n",
        );

        let read = read(&file).unwrap();

        let faults: Vec<_> = read.faults.iter().map(|fault| (fault.line, fault.why)).collect();
        use Why::*;
        assert_eq!(faults, [(3, NoDay), (6, NoDay), (9, Repeats), (13, Repeats), (20, Unreadable)]);
        let days: Vec<_> = read.holidays.iter().map(|one| String::from(one.date)).collect();
        assert_eq!(days, ["2026-12-24", "2026-11-08", "2026-12-31"]);
    }

    #[test]
    fn a_file_that_is_no_calendar_says_so_and_nothing_is_without_end() {
        assert_eq!(read("fecha;nombre\n").unwrap().faults, [Misread { line: 1, why: Why::NoCalendar }]);
        assert_eq!(read(&"x".repeat(CALENDAR_LIMIT + 1)), Err(Refusal::TooBig { limit: CALENDAR_LIMIT as u32 }));
        let event = "BEGIN:VEVENT\nDTSTART:20260101\nDTEND:20270101\nEND:VEVENT\n";
        let many = read(&calendar(&event.repeat(20))).unwrap();
        assert_eq!(many.holidays.len(), HOURS_LIMIT);
        assert_eq!(many.faults[0].why, Why::TooMany);
    }
}
