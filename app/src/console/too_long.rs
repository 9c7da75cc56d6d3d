//! Words that are too long to be sent: whoever writes them is told by how much, and nothing of them is cut off.

use super::board::board;
use super::live::live;
use leptos::prelude::*;

/// Beside the box in which they are typed. `over`: so many characters are too many, by [`domain::text::over`].
#[component]
pub fn TooLong(over: Memo<usize>, limit: usize) -> impl IntoView {
    let words = board().words;
    let says = move || match over.get() {
        0 => String::new(),
        over => (words.too_long)(&(limit + over).to_string(), &limit.to_string(), &over.to_string()),
    };
    view! { <span class="too-long" role="status">{live(says)}</span> }
}
