//! The bar across the top: where one is, the way back, the way out, and minimise.

use crate::state::State;
use crate::words::Words;
use crate::{dom, icon};

/// A bar whose title is said under an id.
pub fn markup(words: &Words, title: &str, goes_back: bool) -> String {
    [
        "<header class=\"topbar\">",
        &if goes_back { back(words) } else { String::new() },
        "<h1 class=\"topbar__title\" tabindex=\"-1\" id=\"",
        title,
        "\"></h1>",
        &minimise(words),
        "</header>",
    ]
    .concat()
}

/// The application's name, on the screens that have no title of their own.
pub fn paint(state: &State) {
    let brand = state.application.as_ref().map_or("", |view| &view.name);
    for bar in ["brand-loading", "brand-home", "brand-subject", "brand-offline"] {
        dom::say(bar, brand);
    }
}

/// The designated button that returns to the first screen (R10).
pub fn back(words: &Words) -> String {
    button(icon::BACK, words.go_home, "home", "")
}

/// Not seen where the window stands alone (`.widget--alone`).
pub fn minimise(words: &Words) -> String {
    button(icon::MINUS, words.minimise, "minimise", "")
}

pub fn button(drawing: &str, label: &str, does: &str, more: &str) -> String {
    [
        "<button class=\"button button--bare button--icon\" type=\"button\" aria-label=\"",
        label,
        "\" title=\"",
        label,
        "\" data-do=\"",
        does,
        "\"",
        more,
        ">",
        &icon::markup(drawing),
        "</button>",
    ]
    .concat()
}
