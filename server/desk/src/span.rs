//! Spans, for where somebody wants traces (`--otlp`): how long a wish waited, how it was kept and told, and what goes on
//! beside all requests.
//!
//! They say what was done and how long it took: never a word, a name, an address or a token of anybody. They are of a
//! target of their own, which no log shows; where nobody wants traces they are never made.

use std::fmt::{self, Debug, Write};

/// The target of every span.
pub const SPANS: &str = "recado::spans";

/// A span of [`SPANS`], with the syntax of `tracing`.
#[macro_export]
macro_rules! span {
    ($($rest:tt)*) => { ::tracing::trace_span!(target: $crate::span::SPANS, $($rest)*) };
}

/// The name of a variant, and nothing of what it holds.
pub fn word(of: &impl Debug) -> String {
    struct Word(String);
    impl Write for Word {
        fn write_str(&mut self, piece: &str) -> fmt::Result {
            for letter in piece.chars() {
                if !letter.is_ascii_alphanumeric() {
                    return Err(fmt::Error);
                }
                self.0.push(letter);
            }
            Ok(())
        }
    }
    let mut word = Word(String::new());
    // It ends where its name does.
    let _ = write!(word, "{of:?}");
    word.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::Act;

    #[test]
    fn a_span_says_what_was_wanted_and_not_with_which_words() {
        assert_eq!(word(&Act::Post { text: "zanahoria".into() }), "Post");
        assert_eq!(word(&Some("zanahoria")), "Some");
        assert_eq!(word(&Act::Close), "Close");
        assert_eq!(word(&"zanahoria"), "");
    }
}
