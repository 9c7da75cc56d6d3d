//! Where he writes. What stands in it survives a reload; what he sends goes to the outbox.

use crate::visit::Visit;
use crate::{icon, socket};
use domain::Stage;
use domain::act::MESSAGE_LIMIT;
use leptos::html::Textarea;
use leptos::prelude::*;
use std::cell::Cell;
use std::time::Duration;
use web_sys::SubmitEvent;

/// How long after a letter the draft is kept.
const PAUSE: Duration = Duration::from_millis(250);

thread_local! {
    static WAITS: Cell<bool> = const { Cell::new(false) };
}

pub fn composer(visit: Visit, shown: impl Fn() -> bool + Send + Sync + 'static) -> impl IntoView {
    let words = visit.words;
    let text = NodeRef::<Textarea>::new();
    let blank = RwSignal::new(true);

    // Another conversation, or the same after a reload: its own draft.
    Effect::new(move || {
        visit.thread.track();
        let draft = visit.kept.with_untracked(|kept| kept.draft.clone());
        if let Some(text) = text.get()
            && text.value() != draft
        {
            blank.set(draft.trim().is_empty());
            text.set_value(&draft);
        }
    });

    let send = move || {
        let Some(text) = text.get_untracked() else { return };
        let words = text.value();
        if !words.trim().is_empty() {
            text.set_value("");
            blank.set(true);
            socket::hinted();
            visit.post(words.trim());
        }
        let _ = text.focus();
    };
    let typed = move |_| {
        let Some(text) = text.get_untracked() else { return };
        let draft = text.value();
        blank.set(draft.trim().is_empty());
        visit.write(draft);
    };
    view! {
        <form class="composer" hidden=move || !shown() on:submit=move |submit: SubmitEvent| { submit.prevent_default(); send(); }>
            <div class="composer__box">
                <textarea
                    class="composer__text" rows="1" data-first="" maxlength=MESSAGE_LIMIT.to_string() placeholder=words.write aria-label=words.message
                    node_ref=text on:input=typed
                    on:keydown=move |key| {
                        // While a word is being composed of several keys, Enter belongs to it.
                        if key.key() == "Enter" && !key.shift_key() && !key.is_composing() {
                            key.prevent_default();
                            send();
                        }
                    }
                ></textarea>
                <button class="button button--act button--icon" type="submit" aria-label=words.send title=words.send disabled=move || blank.get()>
                    {icon::icon(icon::SEND)}
                </button>
            </div>
        </form>
    }
}

impl Visit {
    /// Keeps the draft, soon, and lets the agents know that he is writing.
    fn write(self, draft: String) {
        let empty = draft.is_empty();
        self.kept.update_untracked(|kept| kept.draft = draft);
        if !WAITS.replace(true) {
            set_timeout(
                move || {
                    WAITS.set(false);
                    self.save();
                },
                PAUSE,
            );
        }
        let attended = self.thread.with_untracked(|thread| thread.chat.as_ref().filter(|chat| chat.stage == Stage::Attending).map(|chat| chat.id.clone()));
        if let (Some(chat), false) = (attended, empty) {
            socket::hint(&chat);
        }
    }
}
