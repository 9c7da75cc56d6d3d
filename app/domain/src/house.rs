//! What a house has of its own for its tickets: statuses that derive from a base, and fields.

use crate::group::Named;
use crate::{Refusal, Status, text};
use serde::{Deserialize, Serialize};

#[cfg(feature = "staff")]
pub mod change;

/// The longest answer to a field of the house, in characters.
pub const ANSWER_LIMIT: usize = 500;
/// The longest reason for a status, in characters.
pub const REASON_LIMIT: usize = 200;
/// The most tags of a ticket.
pub const TAGS: usize = 20;
/// The longest tag, in characters.
pub const TAG_LIMIT: usize = 40;
/// Digits of a number before and after its point: what every database and browser keeps exactly.
const DIGITS: (usize, usize) = (12, 6);

/// All that this house has of its own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct House {
    pub statuses: Vec<OwnStatus>,
    pub fields: Vec<OwnField>,
}

/// A status of the house: to every rule and number it is its base.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnStatus {
    pub id: String,
    pub name: String,
    pub base: Status,
    /// Whoever sets it says why.
    pub asks: bool,
    /// One of these; where there are none, in his own words.
    pub reasons: Vec<String>,
}

/// What a field takes. Variants are only ever appended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum OwnKind {
    Text,
    /// With a point, whichever sign was typed.
    Number,
    Choice,
    /// `2026-11-25`.
    Date,
    /// `yes` or `no`.
    YesNo,
}

impl OwnKind {
    pub const ALL: [OwnKind; 5] = [OwnKind::Text, OwnKind::Number, OwnKind::Choice, OwnKind::Date, OwnKind::YesNo];
}

/// A field of the house.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnField {
    pub id: String,
    pub label: String,
    pub kind: OwnKind,
    /// No person saves a ticket without it.
    pub required: bool,
    /// Of a choice.
    pub options: Vec<String>,
}

/// What a ticket says in a field, under the label that it had then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filled {
    pub id: String,
    pub label: String,
    pub value: String,
}

impl House {
    pub const NONE: House = House { statuses: Vec::new(), fields: Vec::new() };

    pub fn status(&self, id: &str) -> Option<&OwnStatus> {
        self.statuses.iter().find(|status| status.id == id)
    }

    pub fn field(&self, id: &str) -> Option<&OwnField> {
        self.fields.iter().find(|field| field.id == id)
    }

    /// The first required field that these answers leave out.
    pub fn missing(&self, filled: &[Filled]) -> Option<&OwnField> {
        let is_missing = |field: &&OwnField| field.required && !filled.iter().any(|f| f.id == field.id);
        self.fields.iter().find(is_missing)
    }
}

impl OwnStatus {
    pub fn named(&self) -> Named {
        Named { id: self.id.clone(), name: self.name.clone() }
    }

    /// The reason as it is kept; none is asked for: none is kept.
    pub fn reason(&self, given: &str) -> Result<String, Refusal> {
        let field = || "reason".to_owned();
        if !self.asks {
            return Ok(String::new());
        }
        let given = text::line(given);
        if given.is_empty() {
            return Err(Refusal::FieldMissing { field: field() });
        }
        if given.chars().count() > REASON_LIMIT {
            return Err(Refusal::FieldTooLong { field: field(), limit: REASON_LIMIT as u32 });
        }
        if self.reasons.is_empty() || self.reasons.contains(&given) {
            return Ok(given);
        }
        Err(Refusal::FieldWrong { field: field() })
    }
}

impl OwnField {
    /// The answer as it is kept; empty: there is none.
    pub fn check(&self, given: &str) -> Result<String, Refusal> {
        let given = text::line(given);
        if given.is_empty() {
            return Ok(given);
        }
        if given.chars().count() > ANSWER_LIMIT {
            return Err(Refusal::FieldTooLong { field: self.id.clone(), limit: ANSWER_LIMIT as u32 });
        }
        let kept = match self.kind {
            OwnKind::Text => Some(given),
            OwnKind::Number => number(&given),
            OwnKind::Choice => self.options.contains(&given).then_some(given),
            OwnKind::Date => is_date(&given).then_some(given),
            OwnKind::YesNo => ["yes", "no"].contains(&given.as_str()).then_some(given),
        };
        kept.ok_or_else(|| Refusal::FieldWrong { field: self.id.clone() })
    }
}

/// With a point and without zeros that say nothing, so that the same number is the same text.
fn number(given: &str) -> Option<String> {
    let (sign, digits) = given.strip_prefix('-').map_or(("", given), |rest| ("-", rest));
    let (whole, part) = digits.split_once([',', '.']).unwrap_or((digits, ""));
    let all_digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let ends_with_digits = !digits.ends_with([',', '.']);
    let fits = whole.len() <= DIGITS.0 && part.len() <= DIGITS.1;
    if whole.is_empty() || !all_digits(whole) || !all_digits(part) || !fits || !ends_with_digits {
        return None;
    }
    let (whole, part) = (whole.trim_start_matches('0'), part.trim_end_matches('0'));
    let whole = if whole.is_empty() { "0" } else { whole };
    let sign = if whole == "0" && part.is_empty() { "" } else { sign };
    Some(if part.is_empty() { [sign, whole].concat() } else { [sign, whole, ".", part].concat() })
}

/// A day that there is, written as the machines of all countries write it.
fn is_date(given: &str) -> bool {
    let bytes = given.as_bytes();
    if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
        return false;
    }
    let part = |from: usize, to: usize| {
        let digits = &bytes[from..to];
        digits.iter().all(u8::is_ascii_digit).then(|| digits.iter().fold(0_u32, |n, b| n * 10 + u32::from(b - b'0')))
    };
    let (Some(year), Some(month), Some(day)) = (part(0, 4), part(5, 7), part(8, 10)) else { return false };
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 => 28 + u32::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return false,
    };
    year >= 1 && (1..=days).contains(&day)
}

/// Tags as they are kept: one line each, in small letters, none twice, no more than a ticket may have.
pub fn tags(given: &[String]) -> Result<Vec<String>, Refusal> {
    let mut kept: Vec<String> = Vec::new();
    for tag in given {
        let tag = text::line(tag).to_lowercase();
        if tag.chars().count() > TAG_LIMIT {
            return Err(Refusal::FieldTooLong { field: "tags".into(), limit: TAG_LIMIT as u32 });
        }
        if !tag.is_empty() && !kept.contains(&tag) {
            kept.push(tag);
        }
    }
    if kept.len() > TAGS { Err(Refusal::Full { limit: TAGS as u32 }) } else { Ok(kept) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(kind: OwnKind) -> OwnField {
        let options = vec!["Nogal".into(), "Roble".into()];
        OwnField { id: "wood".into(), label: "Madera".into(), kind, required: false, options }
    }

    #[test]
    fn each_kind_of_field_takes_what_it_is_for_and_nothing_else() {
        let wrong = Err(Refusal::FieldWrong { field: "wood".into() });
        for (kind, given, kept) in [
            (OwnKind::Text, " dos\n patas ", Some("dos patas")),
            (OwnKind::Number, "007,50", Some("7.5")),
            (OwnKind::Number, "-0.0", Some("0")),
            (OwnKind::Number, "-12.25", Some("-12.25")),
            (OwnKind::Number, "1e5", None),
            (OwnKind::Number, "1.", None),
            (OwnKind::Number, "1,2,3", None),
            (OwnKind::Number, ".5", None),
            (OwnKind::Number, "1234567890123", None),
            (OwnKind::Number, "٣", None),
            (OwnKind::Choice, "Nogal", Some("Nogal")),
            (OwnKind::Choice, "nogal", None),
            (OwnKind::Date, "2028-02-29", Some("2028-02-29")),
            (OwnKind::Date, "2026-02-29", None),
            (OwnKind::Date, "2026-13-01", None),
            (OwnKind::Date, "26-1-1", None),
            (OwnKind::Date, "2026-11-ñ", None),
            (OwnKind::YesNo, "yes", Some("yes")),
            (OwnKind::YesNo, "sí", None),
            (OwnKind::Date, " ", Some("")),
        ] {
            let answer = kept.map_or(wrong.clone(), |kept| Ok(kept.into()));
            assert_eq!(field(kind).check(given), answer, "{kind:?}: {given}");
        }
        let long = "ñ".repeat(ANSWER_LIMIT + 1);
        assert_eq!(
            field(OwnKind::Text).check(&long),
            Err(Refusal::FieldTooLong { field: "wood".into(), limit: ANSWER_LIMIT as u32 })
        );
    }

    #[test]
    fn whoever_sets_a_status_that_asks_says_why() {
        let asks = |asks, reasons: &[&str]| OwnStatus {
            id: "waits".into(),
            name: "Espera la pieza".into(),
            base: Status::Stopped,
            asks,
            reasons: reasons.iter().map(|r| (*r).to_owned()).collect(),
        };
        let missing = Err(Refusal::FieldMissing { field: "reason".into() });

        assert_eq!(asks(false, &[]).reason("porque sí"), Ok(String::new()));
        assert_eq!(asks(true, &[]).reason(" "), missing);
        assert_eq!(asks(true, &[]).reason(" porque  sí"), Ok("porque sí".into()));
        assert_eq!(asks(true, &["Proveedor"]).reason("Proveedor"), Ok("Proveedor".into()));
        assert_eq!(asks(true, &["Proveedor"]).reason("otra"), Err(Refusal::FieldWrong { field: "reason".into() }));
    }

    #[test]
    fn tags_are_cut_made_alike_and_counted() {
        let given = |tags: &[&str]| tags.iter().map(|t| (*t).to_owned()).collect::<Vec<_>>();

        assert_eq!(tags(&given(&[" Rota ", "ROTA", "", "envío  lento"])), Ok(given(&["rota", "envío lento"])));
        let long = Err(Refusal::FieldTooLong { field: "tags".into(), limit: TAG_LIMIT as u32 });
        assert_eq!(tags(&["x".repeat(TAG_LIMIT + 1)]), long);
        let many: Vec<String> = (0..=TAGS).map(|n| n.to_string()).collect();
        assert_eq!(tags(&many), Err(Refusal::Full { limit: TAGS as u32 }));
        assert_eq!(tags(&many[1..]).map(|kept| kept.len()), Ok(TAGS));
    }
}
