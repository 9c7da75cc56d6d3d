//! The browser's own notices, for who wants them: `public/notice.js`, which asks when he says so, never
//! before (S96).
//!
//! Browsers let a frame of another site show none, and say so beforehand: then nothing is fetched and
//! nothing is offered. They work where the window stands alone, or on a page of its own site.

use crate::dom;
use crate::state::State;
use crate::words::Words;
use js_sys::Reflect;

pub fn paint(words: &Words, state: &State) {
    let offered = state.application.as_ref().is_some_and(|view| view.notices);
    let runs = state.chat().is_some_and(|chat| !chat.is_over());
    let Some(place) = dom::find("notices") else { return };
    if offered && runs && place.first_child().is_none() && may_be() {
        dom::fetch("/notice.js", &place, words.common.lang);
    }
}

fn may_be() -> bool {
    let permission = Reflect::get(&dom::window(), &"Notification".into())
        .and_then(|notification| Reflect::get(&notification, &"permission".into()));
    permission.ok().and_then(|permission| permission.as_string()).is_some_and(|permission| permission != "denied")
}
