//! The way to an emoji: `public/emoji.js`, which is fetched when somebody wants one, and from then on
//! looks after its button itself. It puts the emoji where he writes as if he had typed it.

use crate::words::Words;
use crate::{dom, icon};

pub fn markup() -> String {
    [
        "<button class=\"button button--bare button--icon\" type=\"button\" id=\"emoji\" data-do=\"emoji\" aria-label=\"Emojis\" title=\"Emojis\" aria-haspopup=\"dialog\">",
        &icon::markup(icon::SMILE),
        "</button>",
    ]
    .concat()
}

pub fn open(words: &Words) {
    let Some(button) = dom::find("emoji") else { return };
    // Once: what it fetches hears the next press.
    let _ = button.remove_attribute("data-do");
    dom::fetch("/emoji.js", &button, words.common.lang);
}
