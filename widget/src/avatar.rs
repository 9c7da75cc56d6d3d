//! A person as two letters on a colour of his own.

use leptos::prelude::*;

/// The first letters of the first and of the last word.
pub fn initials(name: &str) -> String {
    let mut words = name.split_whitespace().filter_map(|word| word.chars().next());
    let first = words.next();
    first.into_iter().chain(words.next_back()).flat_map(char::to_uppercase).collect()
}

/// The same person has the same hue everywhere.
fn hue(id: &str) -> String {
    let sum = id.bytes().fold(7u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(u32::from(byte)));
    (sum % 360).to_string()
}

pub fn avatar(id: &str, name: &str, class: &'static str) -> impl IntoView + use<> {
    view! { <span class=class style:--hue=hue(id) aria-hidden="true">{initials(name)}</span> }
}

#[cfg(test)]
mod tests {
    use super::initials;

    #[test]
    fn a_name_becomes_two_letters() {
        assert_eq!(initials("Inés Robledo"), "IR");
        assert_eq!(initials("ana maría de la o"), "AO");
        assert_eq!(initials("Tomás"), "T");
        assert_eq!(initials(" "), "");
    }
}
