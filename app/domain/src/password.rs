//! Passwords: how long one is. Nothing is asked of what it is made of (S6).

/// In characters.
pub const LEAST: usize = 8;
pub const MOST: usize = 200;

/// Is it one by its length?
pub fn fits(password: &str) -> bool {
    (LEAST..=MOST).contains(&password.chars().count())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_its_length_is_asked() {
        for (password, fit) in [
            ("1234567".to_owned(), false),
            ("12345678".to_owned(), true),
            ("ñandúñan".to_owned(), true),
            ("frase larga con espacios y 👋".to_owned(), true),
            ("a".repeat(MOST), true),
            ("a".repeat(MOST + 1), false),
        ] {
            assert_eq!(fits(&password), fit, "{password}");
        }
    }
}
