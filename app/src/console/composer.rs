//! The composer: one box for what the customer reads, and for what only staff does.

use super::board::board;
use super::icon::Icon;
use super::insert::{Offered, Offers};
use super::live::{does, drawn, live, memo, rows};
use super::room::Room;
use super::too_long::TooLong;
use ::line::upload;
use domain::act::MESSAGE_LIMIT;
use domain::{Act, Event, Told, text};
use leptos::html;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use wasm_bindgen::JsCast;
use web_sys::{ClipboardEvent, KeyboardEvent, SubmitEvent};

/// To whom one writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Mode {
    /// The customer.
    Reply,
    /// The agent in the conversation: only he shall read it now.
    Whisper,
    /// Staff, for later.
    Note,
}

impl Mode {
    pub const ALL: [Mode; 3] = [Mode::Reply, Mode::Whisper, Mode::Note];

    /// Under which its draft is kept.
    pub fn name(self) -> &'static str {
        match self {
            Mode::Reply => "reply",
            Mode::Whisper => "whisper",
            Mode::Note => "note",
        }
    }

    /// `seen`: the last event that the screen had shown when it was sent.
    pub fn act(self, text: String, seen: u32) -> Act {
        match self {
            Mode::Reply => Act::Answer { text, seen },
            Mode::Whisper => Act::Aside { whisper: true, text },
            Mode::Note => Act::Aside { whisper: false, text },
        }
    }
}

#[component]
pub fn Composer(room: Room, name: Memo<String>) -> impl IntoView {
    let board = board();
    let words = board.words;
    let mode = move || room.mode.get();
    let whispered = move || room.draft(Mode::Whisper).with(|draft| !draft.trim().is_empty());
    Effect::new(move || {
        let mode = room.mode.get_untracked();
        match (room.watching.get(), mode) {
            // Who looks on is not heard by the customer.
            (true, Mode::Reply) => room.mode.set(Mode::Whisper),
            // A whisper that was begun stays one: its words, and those still being typed, are for staff
            // until its writer himself chooses otherwise.
            (false, Mode::Whisper) if !untrack(whispered) => room.mode.set(Mode::Reply),
            _ => {}
        }
    });
    let replies = memo(move |_| !room.watching.get());
    let whispers = memo(move |_| room.watching.get() || mode() == Mode::Whisper || whispered());
    let label = move || match mode() {
        Mode::Reply => (words.write_to)(&name.get()),
        Mode::Whisper => words.write_whisper.into(),
        Mode::Note => words.write_note.into(),
    };
    let text: NodeRef<html::Textarea> = NodeRef::new();
    // A conversation that was just opened is written in at once, where there is a keyboard.
    Effect::new(move || {
        if let Some(text) = text.get()
            && window().match_media("(any-hover: hover)").ok().flatten().is_some_and(|m| m.matches())
        {
            let _ = text.focus();
        }
    });
    // What asked whether to send it has nothing to ask when there is nothing to send.
    Effect::new(move || {
        if room.asked.get().is_some() && room.draft(Mode::Reply).with(|draft| draft.trim().is_empty()) {
            room.asked.set(None);
        }
    });
    let over = memo(move |_| room.draft(mode()).with(|draft| text::over(draft, MESSAGE_LIMIT)));
    let send = move || room.say(board);
    let offers = Offers::new(room, name, text);
    let key = move |key: KeyboardEvent| {
        if offers.hears(&key) {
            return;
        }
        if key.key() == "Escape" && room.asked.get_untracked().is_some() {
            room.asked.set(None);
        }
        if key.key() == "Enter" && !key.shift_key() && !key.is_composing() {
            key.prevent_default();
            send();
        }
    };
    let accepts = memo(move |_| room.of(|chat| domain::file::accepted(&chat.terms)).unwrap_or_default());
    let takes = memo(move |_| room.of(|chat| chat.terms.files).unwrap_or_default());
    // What is pasted or dropped does not wait for a script.
    upload::fetch();
    let pasted = move |event: web_sys::Event| {
        if upload::carries(&event) {
            event.prevent_default();
            room.attach(board, &event);
        }
    };
    let choice = move |this: Mode, word: &'static str| {
        view! {
            <label class="segment__item">
                <input class="visually-hidden" type="radio" name="mode" prop:checked=live(move || mode() == this) on:change=does(move |_| room.mode.set(this))/>
                {word}
            </label>
        }
    };
    let send_anyway = move |_| {
        room.mode.set(Mode::Reply);
        send();
    };
    // Also after it is sent: its button has nothing to send any more, and cannot keep the focus.
    let write_on = move || {
        if let Some(text) = text.get_untracked() {
            let _ = text.focus();
        }
    };
    let review = move || {
        room.asked.set(None);
        room.mode.set(Mode::Reply);
        write_on();
    };
    let names = memo(move |_| ahead(room, &board.my_id()).into_iter().map(|(name, _)| name).next().unwrap_or_default());
    view! {
        <form class="composer" class:composer--aside=live(move || mode() != Mode::Reply) on:submit=does(move |event: SubmitEvent| { event.prevent_default(); send(); write_on() })>
            <section class="ahead" role="alert" hidden=live(move || room.asked.get().is_none())>
                {drawn(move || room.asked.get().is_some().then(|| view! {
                    <p class="ahead__say">{live(move || (words.ahead)(&names.get()))}</p>
                    {rows(move || ahead(room, &board.my_id()), |(_, told)| told.seq.to_string(), |(name, told)| view! {
                        <p class="ahead__said" dir="auto"><b>{name}</b>" "{said(&told)}</p>
                    })}
                    <div class="ahead__acts">
                        <button class="button button--s" type="button" on:click=does(move |_| review())>{words.review}</button>
                        <button class="button button--act button--s" type="button" on:click=does(send_anyway)>{words.send_anyway}</button>
                    </div>
                }))}
            </section>
            <TooLong over=over limit=MESSAGE_LIMIT/>
            <div class="composer__box">
                <Offered offers=offers/>
                <div class="composer__modes">
                    <fieldset class="segment">
                        <legend class="visually-hidden">{words.to_whom}</legend>
                        {drawn(move || replies.get().then(|| choice(Mode::Reply, words.reply)))}
                        {drawn(move || whispers.get().then(|| choice(Mode::Whisper, words.whisper)))}
                        {choice(Mode::Note, words.note)}
                    </fieldset>
                </div>
                <textarea dir="auto"
                    class="composer__text" node_ref=text aria-label=live(label) placeholder=live(label) aria-invalid=live(move || (over.get() > 0).then_some("true")) enterkeyhint="send"
                    prop:value=live(move || room.draft(mode()).get())
                    aria-autocomplete="list" aria-controls=offers.choices.list() aria-activedescendant=live(move || offers.choices.active())
                    on:input=does(move |event| { room.write(room.mode.get_untracked(), &event_target_value(&event)); offers.look(); room.hint(board) })
                    on:keydown=does(key)
                    on:blur=does(move |_| offers.close())
                    on:paste=does(move |event: ClipboardEvent| pasted(event.unchecked_into()))
                ></textarea>
                <div class="composer__tools">
                    <label class="button button--bare button--icon button--s" hidden=live(move || !takes.get()) class:button--off=live(move || mode() != Mode::Reply) title=words.attach>
                        <input class="visually-hidden" type="file" multiple aria-label=words.attach accept=live(move || accepts.get()) disabled=live(move || mode() != Mode::Reply)
                            on:change=does(move |event: web_sys::Event| room.attach(board, &event))/>
                        <Icon name="clip"/>
                    </label>
                    <button
                        class="button button--bare button--icon button--s" type="button" title=offers.says.insert aria-label=offers.says.insert
                        hidden=live(move || mode() != Mode::Reply) on:click=does(move |_| offers.open())
                    >
                        <Icon name="bolt"/>
                    </button>
                    <kbd class="push">{words.enter_sends}</kbd>
                    <button class="button button--act button--s" type="submit" disabled=live(move || over.get() > 0 || room.draft(mode()).with(|d| d.trim().is_empty()))>{words.send}</button>
                </div>
            </div>
        </form>
    }
}

/// What colleagues said that the screen had not shown when I sent.
fn ahead(room: Room, me: &str) -> Vec<(String, Told)> {
    let Some(seen) = room.asked.get() else { return Vec::new() };
    let theirs = |told: &Told| match &told.event {
        Event::Posted { by: Some(by), .. } | Event::Attached { by: Some(by), .. } if by.id != me && told.seq > seen => {
            Some((by.name.clone(), told.clone()))
        }
        _ => None,
    };
    room.thread.with(|thread| thread.told.iter().filter_map(theirs).collect())
}

fn said(told: &Told) -> String {
    match &told.event {
        Event::Posted { text, .. } => text.clone(),
        Event::Attached { file, .. } => file.name.clone(),
        _ => String::new(),
    }
}
