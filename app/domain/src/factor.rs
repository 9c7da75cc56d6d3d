//! The second factor of a sign-in: codes of six digits from a device of one's own (RFC 6238), and codes on paper
//! for when it is lost. How they are computed is a library's business; here is how many may be tried, and what is
//! told of them.

use crate::{Refusal, Span, Time};
use serde::{Deserialize, Serialize};

/// Wrong tries within [`WINDOW`], of codes and of the password that is asked for again (S11d).
pub const TRIES: u32 = 5;
pub const WINDOW: Span = Span::minutes(10);
/// Between the password and the code.
pub const PATIENCE: Span = Span::minutes(10);
/// Codes on paper, each good for one sign-in.
pub const PAPER: usize = 10;
/// The longest text that is looked at as a code.
pub const CODE_LIMIT: usize = 40;

/// What is there of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Factor {
    pub since: Time,
    /// Codes on paper that were not used.
    pub paper: u32,
}

/// What a device needs to make codes. Shown once, and worth nothing before a code was seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Setup {
    /// To be typed, in base32.
    pub secret: String,
    /// To be looked at: an address of the scheme `data:` with a drawing of a QR code.
    pub drawing: String,
}

/// What somebody typed as a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Typed {
    /// Six digits.
    Digits(String),
    /// One from paper, as it is kept: without what it is written with.
    Paper(String),
}

/// Reads what was typed: blanks and dashes are for the eye, and it is the same in capitals. None: it is no code.
pub fn read(typed: &str) -> Option<Typed> {
    if typed.len() > CODE_LIMIT {
        return None;
    }
    let code: String = typed.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    let code = code.to_ascii_lowercase();
    let is_all = |of: fn(&u8) -> bool| code.bytes().all(|b| of(&b));
    match code.len() {
        6 if is_all(u8::is_ascii_digit) => Some(Typed::Digits(code)),
        16 if is_all(u8::is_ascii_alphanumeric) => Some(Typed::Paper(code)),
        _ => None,
    }
}

/// A code as it is written on paper: `abcd-efgh-…`.
pub fn written(code: &str) -> String {
    let letters: Vec<char> = code.chars().collect();
    letters.chunks(4).map(|four| four.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}

/// How many tries there were, since when.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tries {
    pub count: u32,
    pub since: Time,
}

impl Tries {
    /// Counts one more; or how long to wait.
    pub fn again(self, now: Time) -> Result<Tries, Refusal> {
        if self.count == 0 || now - self.since >= WINDOW {
            return Ok(Tries { count: 1, since: now });
        }
        if self.count < TRIES {
            return Ok(Tries { count: self.count + 1, ..self });
        }
        let left = self.since + WINDOW - now;
        Err(Refusal::TooMany { seconds: u32::try_from((left.0 + 999) / 1000).unwrap_or(u32::MAX) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_however_it_is_written() {
        assert_eq!(read(" 123 456 "), Some(Typed::Digits("123456".into())));
        assert_eq!(read("ABCD-efgh-2345-wxyz"), Some(Typed::Paper("abcdefgh2345wxyz".into())));
        for none in ["", "12345", "1234567", "12345a", "١٢٣٤٥٦", "abcd-efgh", &"1".repeat(41), "{\"$ne\":null}"] {
            assert_eq!(read(none), None, "{none}");
        }
        assert_eq!(written("abcdefgh2345wxyz"), "abcd-efgh-2345-wxyz");
    }

    #[test]
    fn five_tries_in_ten_minutes_and_then_a_wait_that_is_told() {
        let start = Time(1_000_000);
        let mut tries = Tries::default();
        for _ in 0..TRIES {
            tries = tries.again(start).unwrap();
        }

        assert_eq!(tries.again(start + Span::minutes(4)), Err(Refusal::TooMany { seconds: 360 }));
        assert_eq!(tries.again(start + Span(WINDOW.0 - 1)), Err(Refusal::TooMany { seconds: 1 }));
        assert_eq!(tries.again(start + WINDOW), Ok(Tries { count: 1, since: start + WINDOW }));
    }
}
