//! Text as it is kept: without the characters that no screen can show, or that would upset one.

/// Shown by no screen, and not blank to `char::is_whitespace`: zero-width space, joiners, mark.
const INVISIBLE: [char; 5] = ['\u{200b}', '\u{200c}', '\u{200d}', '\u{2060}', '\u{feff}'];

/// Words with their lines; empty when there is nothing to see.
pub fn words(text: &str) -> String {
    visible(text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect())
}

/// One line, for names and subjects: they stand within sentences of ours, so nothing in them may
/// turn the direction of what follows.
pub fn line(text: &str) -> String {
    let shown = text.chars().filter(|c| c.is_whitespace() || !(c.is_control() || turns(*c))).collect::<String>();
    visible(shown.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// So many characters of what is typed are more than may be kept; 0: it is short enough.
pub fn over(typed: &str, limit: usize) -> usize {
    // Of most there is nothing to count: no character is less than a byte.
    if typed.len() <= limit { 0 } else { words(typed).chars().count().saturating_sub(limit) }
}

/// Puts values where their names stand, as in `{{customer}}`. A name that is not known stays as it is, and so does
/// what looks like one inside a value (S26 of quality.md).
pub fn fill(text: &str, values: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = rest.find("{{") {
        let (before, from) = rest.split_at(open);
        filled.push_str(before);
        let known = from[2..].split_once("}}").and_then(|(name, after)| {
            values.iter().find(|(known, _)| *known == name.trim()).map(|(_, value)| (*value, after))
        });
        match known {
            Some((value, after)) => {
                filled.push_str(value);
                rest = after;
            }
            None => {
                filled.push('{');
                // Another pair of braces may begin within.
                rest = &from[1..];
            }
        }
    }
    filled.push_str(rest);
    filled
}

fn visible(text: String) -> String {
    if text.chars().all(|c| c.is_whitespace() || INVISIBLE.contains(&c)) { String::new() } else { text.trim().into() }
}

/// Embeddings, overrides and isolates of writing direction.
fn turns(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_long_is_counted_as_it_would_be_kept() {
        assert_eq!((over("ñandú", 5), over("ñandúes", 5), over("", 0)), (0, 2, 0));
        assert_eq!((over(" \n ñandú\u{0} \n ", 5), over("ñan dú", 5)), (0, 1));
    }

    #[test]
    fn words_keep_their_lines_and_lose_what_no_screen_can_show() {
        assert_eq!(words(" one\r\n\ttwo\u{0}\u{1b}\u{7f} \n"), "one\n\ttwo");
    }

    #[test]
    fn a_line_is_one_line() {
        assert_eq!(line(" Ana\r\nBcc:\u{0}\tall \u{2028}x "), "Ana Bcc: all x");
    }

    #[test]
    fn a_name_turns_nobody_s_direction() {
        assert_eq!(line("\u{202e}gnp.exe\u{2066}"), "gnp.exe");
    }

    #[test]
    fn what_nobody_can_see_is_empty() {
        for nothing in ["", " \n ", "\u{0}", "\u{200b}", " \u{feff}\u{200d} ", "\u{3000}\u{a0}"] {
            assert_eq!((words(nothing), line(nothing)), (String::new(), String::new()), "{nothing:?}");
        }
    }

    #[test]
    fn joined_signs_stay_together() {
        assert_eq!(words("👩‍🔧"), "👩‍🔧");
        assert_eq!(line("👩‍🔧"), "👩‍🔧");
    }

    #[test]
    fn variables_are_filled_once_and_what_is_no_variable_stays() {
        let values = [("customer", "Ana {{ticket}}"), ("ticket", "7")];
        for (text, filled) in [
            ("Hola {{customer}}: {{ ticket }}.", "Hola Ana {{ticket}}: 7."),
            ("{{unknown}} {{ticket}}", "{{unknown}} 7"),
            ("{{{{ticket}}}}", "{{7}}"),
            ("{{{ticket}}}", "{7}"),
            ("{{x {{ticket}}", "{{x 7"),
            ("{{ticket", "{{ticket"),
            ("}} {{", "}} {{"),
            ("{{}} }} {{", "{{}} }} {{"),
            ("${ticket} <%= ticket %>", "${ticket} <%= ticket %>"),
            ("{{constructor.constructor('x')()}}", "{{constructor.constructor('x')()}}"),
        ] {
            assert_eq!(fill(text, &values), filled);
        }
    }
}
