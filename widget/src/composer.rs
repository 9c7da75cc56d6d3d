//! Where he writes. What stands in it survives a reload; what he sends goes to the outbox.

use crate::state::State;
use crate::visit::Visit;
use crate::words::Words;
use crate::{clock, dom, emoji, icon, socket};
use domain::Stage;
use domain::act::MESSAGE_LIMIT;
use std::cell::Cell;
use web_sys::KeyboardEvent;

/// How long after a letter the draft is kept, in milliseconds.
const PAUSE: i32 = 250;

thread_local! {
    static WAITS: Cell<bool> = const { Cell::new(false) };
}

pub fn markup(words: &Words) -> String {
    [
        "<form class=\"composer\" id=\"composer\" hidden><div class=\"composer__box\">",
        "<label class=\"button button--bare button--icon\" id=\"clip\" title=\"",
        words.attach,
        "\"><input class=\"visually-hidden\" type=\"file\" id=\"files\" multiple aria-label=\"",
        words.attach,
        "\">",
        &icon::markup(icon::CLIP),
        "</label>",
        "<textarea class=\"composer__text\" id=\"text\" dir=\"auto\" rows=\"1\" data-first maxlength=\"",
        &MESSAGE_LIMIT.to_string(),
        "\" placeholder=\"",
        words.write,
        "\" aria-label=\"",
        words.message,
        "\"></textarea>",
        &emoji::markup(),
        "<button class=\"button button--act button--icon\" type=\"submit\" id=\"send\" aria-label=\"",
        words.send,
        "\" title=\"",
        words.send,
        "\">",
        &icon::markup(icon::SEND),
        "</button></div></form>",
    ]
    .concat()
}

pub fn paint(state: &State) {
    if let (Some(input), Some(chat)) = (dom::find("files"), state.chat()) {
        dom::set(&input, "accept", domain::file::accepted(&chat.terms));
        dom::show("clip", chat.terms.files);
    }
    // Another conversation, or the same after a reload: its own draft.
    dom::put("text", &state.kept.draft);
    dom::enable("send", !state.is_blank());
}

/// Enter sends. While a word is being composed of several keys, it belongs to the word.
pub fn enter(visit: Visit, key: &KeyboardEvent) {
    if !key.shift_key() && !key.is_composing() {
        key.prevent_default();
        send(visit);
    }
}

/// Here, or in an offline message: one draft, so that nothing is typed twice.
pub fn typed(visit: Visit, id: &str) {
    visit.write(dom::value(id));
}

pub fn send(visit: Visit) {
    let words = dom::value("text");
    if !words.trim().is_empty() {
        dom::put("text", "");
        socket::hinted();
        visit.post(words.trim());
    }
    if let Some(text) = dom::find("text") {
        let _ = text.focus();
    }
}

impl Visit {
    /// Keeps the draft, soon, and lets the agents know that he is writing.
    fn write(self, draft: String) {
        let blank = draft.trim().is_empty();
        let was_blank = self.peek().is_blank();
        // A letter more is painted by the browser; whether there is something to send, by us.
        if was_blank == blank {
            self.note(|kept| kept.draft = draft);
        } else {
            self.change().kept.draft = draft;
        }
        let attended = {
            let state = self.peek();
            state.chat().filter(|chat| chat.stage == Stage::Attending).map(|chat| chat.id.clone())
        };
        if !WAITS.replace(true) {
            clock::spawn(async move {
                clock::sleep(PAUSE).await;
                WAITS.set(false);
                self.save();
            });
        }
        if let (Some(chat), false) = (attended, blank) {
            socket::hint(&chat);
        }
    }
}
