//! How many waits and first replies took how long, beside the sums of everybody's day: medians of a period are read from
//! few rows. Of agents there are none: theirs are counted over facts.

use super::fact::{Bound, bind};
use super::fold::{self, Fold, Key};
use crate::Fault;
use domain::indicators::Tally;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Where they are kept: waits, and first replies.
pub const COLUMNS: [&str; 2] = ["wait_lengths", "reply_lengths"];

/// Somebody else has written there.
pub const UNREADABLE: &str = "how long the chats of a day took does not read, and medians leave it out; `recado indicators rebuild` puts it right";

/// Lengths up to so many seconds have a place each while they are counted; longer ones are few.
const SHORT: usize = 7_200;

/// What these rows have when this is added, in their order; nobody else writes any until the transaction ends.
pub async fn of(conn: &mut AnyConnection, part: &[(&Key, &Fold)]) -> Result<Vec<[String; 2]>, Fault> {
    let (mut bound, mut any) = (Vec::new(), Vec::new());
    for (Key { day, group, application, queued, .. }, _) in part {
        let n = bound.len();
        let [day_at, group_at, application_at, queued_at] = [1, 2, 3, 4].map(|place| n + place);
        any.push(format!(
            "day = ${day_at} and group_id = ${group_at} and application_id = ${application_at} and queued = ${queued_at}"
        ));
        let [group, application] = [group, application].map(|id| Bound::Text(id.clone()));
        bound.extend([Bound::Number(*day), group, application, Bound::Number(*queued)]);
    }
    let columns = COLUMNS.join(", ");
    let sql = format!(
        "select day, group_id, application_id, queued, {columns} from indicator_days where {}",
        any.join(" or ")
    );
    let mut kept: BTreeMap<Key, [Tally; 2]> = BTreeMap::new();
    for row in bind(&sql, &bound).fetch_all(conn).await? {
        let (key, lengths) = (fold::everybodys(&row)?, read(&row, 4)?);
        if lengths.is_none() {
            // No chat waits for its end because of a median.
            tracing::error!("{UNREADABLE}: {key:?} begins again");
        }
        kept.insert(key, lengths.unwrap_or_default());
    }
    let added = part.iter().map(|(key, fold)| {
        let [mut waits, mut replies] = kept.remove(*key).unwrap_or_default();
        fold.waits.iter().for_each(|(seconds, many)| waits.add_seconds(seconds, many));
        fold.replies.iter().for_each(|(seconds, many)| replies.add_seconds(seconds, many));
        [written(&waits), written(&replies)]
    });
    Ok(added.collect())
}

/// From two columns in the order of [`COLUMNS`]; none: somebody else has written there, and it does not read.
pub fn read(row: &AnyRow, first: usize) -> Result<Option<[Tally; 2]>, Fault> {
    let mut counts = [Counts::default(), Counts::default()];
    for (n, counts) in counts.iter_mut().enumerate() {
        if !counts.add(row.try_get(first + n)?) {
            return Ok(None);
        }
    }
    Ok(Some(counts.map(Counts::tally)))
}

/// `12 57*3 `: one took 12 seconds, three took 57; from the shortest on, and a space after each, so that the texts of many
/// rows are one.
pub fn written(tally: &Tally) -> String {
    let mut text = String::new();
    for (seconds, many) in tally.iter() {
        // A text takes all that is written to it.
        let _ = match many {
            1 => write!(text, "{seconds} "),
            many => write!(text, "{seconds}*{many} "),
        };
    }
    text
}

/// While they are counted: a year has millions of them.
#[derive(Debug, Default)]
pub struct Counts {
    short: Vec<i64>,
    long: Tally,
}

impl Counts {
    /// As they are written; false: what does not read is left out.
    pub fn add(&mut self, text: &str) -> bool {
        let mut reads = true;
        for each in text.split_terminator(' ') {
            let (seconds, many) = each.split_once('*').unwrap_or((each, "1"));
            match (seconds.parse(), many.parse()) {
                (Ok(seconds), Ok(many)) => self.put(seconds, many),
                _ => reads = false,
            }
        }
        reads
    }

    /// So many took so many seconds.
    pub fn put(&mut self, seconds: u64, many: i64) {
        match usize::try_from(seconds) {
            Ok(place) if place < SHORT => {
                if place >= self.short.len() {
                    self.short.resize(place + 1, 0);
                }
                self.short[place] += many;
            }
            _ => self.long.add_seconds(seconds, many),
        }
    }

    pub fn tally(self) -> Tally {
        let mut tally = self.long;
        for (seconds, many) in self.short.into_iter().enumerate().filter(|(_, many)| *many != 0) {
            tally.add_seconds(seconds as u64, many);
        }
        tally
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_read_as_they_were_written_and_those_of_two_rows_are_added() {
        let tally = |all: &[(u64, i64)]| {
            let mut tally = Tally::default();
            all.iter().for_each(|(seconds, many)| tally.add_seconds(*seconds, *many));
            tally
        };
        let (one, other) = (tally(&[(0, 1), (57, 3), (90_000, 2)]), tally(&[(12, 1), (57, 2), (7_199, 1), (7_200, 1)]));
        assert_eq!(written(&one), "0 57*3 90000*2 ");

        let mut counts = Counts::default();
        assert!(counts.add(&[written(&one), written(&other)].concat()));

        assert_eq!(counts.tally(), tally(&[(0, 1), (12, 1), (57, 5), (7_199, 1), (7_200, 1), (90_000, 2)]));
        for odd in ["12", "", "x ", "12* ", "-1 ", "1  2 "] {
            assert_eq!(Counts::default().add(odd), ["12", ""].contains(&odd), "{odd}");
        }
    }
}
