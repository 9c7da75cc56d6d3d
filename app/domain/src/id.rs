//! Names of things: ordered by the time of their birth, and not to be guessed.

use crate::Time;

/// The longest id that any door takes.
pub const LIMIT: usize = 64;

/// An id from a moment and ten random bytes: a UUID of version 7, written as 32 hex digits.
/// Whoever makes a thing names it, browsers too, so a repeated send is recognised.
pub fn new(at: Time, random: &[u8; 10]) -> String {
    let millis = u64::try_from(at.0).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, random).into_uuid().simple().to_string()
}

/// May this text be an id? What a browser made up is looked at before it is kept.
pub fn is_sound(id: &str) -> bool {
    (16..=LIMIT).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn later_ids_sort_after_earlier_ones() {
        let early = new(Time(1_000), &[255; 10]);
        let late = new(Time(1_001), &[0; 10]);

        assert!(early < late);
        assert!(is_sound(&early));
    }

    #[test]
    fn an_id_holds_nothing_but_letters_digits_and_dashes() {
        assert!(!is_sound("short"));
        assert!(!is_sound("0123456789abcdef'; drop table chats"));
        assert!(!is_sound(&"a".repeat(LIMIT + 1)));
    }
}
