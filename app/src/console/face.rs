//! Faces: initials on a colour of one's own.

use leptos::prelude::*;

/// A person's avatar; his name stands beside it, so it is not read aloud.
#[component]
pub fn Avatar(name: String, #[prop(optional)] large: bool) -> impl IntoView {
    let hue = hue(&name).to_string();
    let class = if large { "avatar" } else { "avatar avatar--s" };
    view! { <span class=class style:--hue=hue aria-hidden="true">{initials(&name)}</span> }
}

/// The first letters of the first and the last name.
fn initials(name: &str) -> String {
    let mut words = name.split_whitespace().filter_map(|word| word.chars().find(|c| c.is_alphanumeric()));
    let first = words.next();
    [first, words.next_back()].into_iter().flatten().flat_map(char::to_uppercase).collect()
}

/// The same name has the same colour everywhere.
fn hue(name: &str) -> u32 {
    name.bytes().fold(7_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(u32::from(byte))) % 360
}
