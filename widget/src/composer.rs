//! Where he writes. What stands in it survives a reload; what he sends goes to the outbox.

use crate::visit::Visit;
use crate::{clock, dom, icon, socket};
use domain::Stage;
use domain::act::MESSAGE_LIMIT;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::cell::Cell;
use wasm_bindgen::JsCast;
use web_sys::{HtmlTextAreaElement, KeyboardEvent, SubmitEvent};

/// How long after a letter the draft is kept, in milliseconds.
const PAUSE: i32 = 250;

thread_local! {
    static WAITS: Cell<bool> = const { Cell::new(false) };
}

pub fn composer(visit: Visit, hidden: Signal<bool>) -> impl IntoView {
    let words = visit.words;
    // Another conversation, or the same after a reload: its own draft.
    dom::follow(move || {
        let state = visit.see();
        if let Some(text) = text()
            && text.value() != state.kept.draft
        {
            text.set_value(&state.kept.draft);
        }
    });
    let submit: Box<dyn FnMut(SubmitEvent)> = Box::new(move |submit| {
        submit.prevent_default();
        send(visit);
    });
    let press: Box<dyn FnMut(KeyboardEvent)> = Box::new(move |key| {
        // While a word is being composed of several keys, Enter belongs to it.
        if key.key() == "Enter" && !key.shift_key() && !key.is_composing() {
            key.prevent_default();
            send(visit);
        }
    });
    let typed: Box<dyn FnMut(web_sys::Event)> = Box::new(move |_| {
        if let Some(text) = text() {
            visit.write(text.value());
        }
    });
    view! {
        <form class="composer" hidden=hidden on:submit=submit>
            <div class="composer__box">
                <textarea
                    class="composer__text" id="text" rows="1" data-first="" maxlength=MESSAGE_LIMIT.to_string() placeholder=words.write
                    aria-label=words.message on:input=typed on:keydown=press
                ></textarea>
                <button class="button button--act button--icon" type="submit" aria-label=words.send title=words.send disabled=visit.flag(|state| state.blank)>
                    {icon::icon(icon::SEND)}
                </button>
            </div>
        </form>
    }
}

fn text() -> Option<HtmlTextAreaElement> {
    dom::find("text")?.dyn_into().ok()
}

fn send(visit: Visit) {
    let Some(text) = text() else { return };
    let words = text.value();
    if !words.trim().is_empty() {
        text.set_value("");
        socket::hinted();
        visit.post(words.trim());
    }
    let _ = text.focus();
}

impl Visit {
    /// Keeps the draft, soon, and lets the agents know that he is writing.
    fn write(self, draft: String) {
        let blank = draft.trim().is_empty();
        self.note(|kept| kept.draft = draft);
        let (was_blank, attended) = {
            let state = self.peek();
            (state.blank, state.chat().filter(|chat| chat.stage == Stage::Attending).map(|chat| chat.id.clone()))
        };
        if was_blank != blank {
            self.change().blank = blank;
        }
        if !WAITS.replace(true) {
            spawn_local(async move {
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
