//! One's own last words, said otherwise or taken back: two buttons beside them, and a question each.

use super::board::board;
use super::browser;
use super::live::{does, live, memo};
use super::note;
use super::room::Room;
use super::too_long::TooLong;
use crate::words::amend as says;
use domain::act::MESSAGE_LIMIT;
use domain::{Act, text};
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use web_sys::{KeyboardEvent, SubmitEvent};

/// Which message is about to be changed, for the two dialogs; they stand beside the log, for a turn that grows
/// is drawn anew.
#[derive(Clone, Copy)]
pub struct Amending {
    /// Its number, and what it says.
    of: RwSignal<Option<(u32, String)>>,
    draft: RwSignal<String>,
    edit: NodeRef<html::Dialog>,
    ask: NodeRef<html::Dialog>,
}

impl Amending {
    pub fn new() -> Amending {
        Amending {
            of: RwSignal::new(None),
            draft: RwSignal::new(String::new()),
            edit: NodeRef::new(),
            ask: NodeRef::new(),
        }
    }

    fn open(self, dialog: NodeRef<html::Dialog>, seq: u32, text: String) {
        self.draft.set(text.clone());
        self.of.set(Some((seq, text)));
        if let Some(dialog) = dialog.get_untracked() {
            let _ = dialog.show_modal();
        }
    }
}

/// Beside a message of mine, as long as it may be changed.
#[component]
pub fn Amend(room: Room, amending: Amending, seq: u32, text: String) -> impl IntoView {
    let board = board();
    let says = says::of(board.words.common.lang);
    let me = board.my_id();
    let may = memo(move |_| room.of(|chat| chat.may_amend(&me, seq, board.now.get())).unwrap_or(false));
    let text = StoredValue::new(text);
    view! {
        <span class="amend" hidden=live(move || !may.get())>
            <button class="linklike" type="button" on:click=does(move |_| amending.open(amending.edit, seq, text.get_value()))>{says.edit}</button>
            <button class="linklike" type="button" on:click=does(move |_| amending.open(amending.ask, seq, text.get_value()))>{says.retract}</button>
        </span>
    }
}

fn close(dialog: NodeRef<html::Dialog>) {
    if let Some(dialog) = dialog.try_get_untracked().flatten() {
        dialog.close();
    }
}

#[component]
pub fn Amendments(room: Room, amending: Amending) -> impl IntoView {
    view! { <Edit room=room amending=amending/><Retract room=room amending=amending/> }
}

/// What was typed stays while it was not sent.
#[component]
fn Edit(room: Room, amending: Amending) -> impl IntoView {
    let board = board();
    let (words, says) = (board.words, says::of(board.words.common.lang));
    let Amending { of, draft, edit: dialog, .. } = amending;
    let fault = RwSignal::new(None::<String>);
    let busy = RwSignal::new(false);
    Effect::new(move || {
        of.track();
        fault.set(None);
    });
    let over = memo(move |_| draft.with(|draft| text::over(draft, MESSAGE_LIMIT)));
    let send = move || {
        let now = draft.get_untracked();
        let Some((seq, text)) = of.get_untracked() else { return };
        if busy.get_untracked() || over.get_untracked() > 0 || now.trim().is_empty() {
            return;
        }
        if now == text {
            return close(dialog);
        }
        busy.set(true);
        fault.set(None);
        spawn_local(async move {
            let sent = room.wish_now(board, Act::Amend { seq, text: now }).await;
            busy.try_set(false);
            match sent {
                Ok(_) => close(dialog),
                Err(failure) => drop(fault.try_set(Some(note::why(words, &failure)))),
            }
        });
    };
    let key = move |event: KeyboardEvent| {
        if event.key() == "Enter" && !event.shift_key() && !event.is_composing() {
            event.prevent_default();
            send();
        }
    };
    let title = browser::new_id();
    view! {
        <dialog class="dialog" node_ref=dialog aria-labelledby=title.clone()>
            <h2 id=title.clone()>{says.edit_title}</h2>
            <form class="dialog__fields" on:submit=does(move |event: SubmitEvent| { event.prevent_default(); send() })>
                <label class="field" class:field--bad=live(move || fault.with(Option::is_some))>
                    <span class="field__label">{says.message}</span>
                    <textarea
                        class="field__box" rows="4" dir="auto" autofocus aria-invalid=live(move || (over.get() > 0).then_some("true")) prop:value=live(move || draft.get())
                        on:input=does(move |event| draft.set(event_target_value(&event))) on:keydown=does(key)
                    ></textarea>
                    <TooLong over=over limit=MESSAGE_LIMIT/>
                    <span class="field__fault" role="alert">{live(move || fault.get())}</span>
                </label>
                <div class="dialog__acts">
                    <button class="button" type="button" on:click=does(move |_| close(dialog))>{words.cancel}</button>
                    <button class="button button--act" type="submit" disabled=live(move || busy.get() || over.get() > 0 || draft.with(|draft| draft.trim().is_empty()))>{words.save}</button>
                </div>
            </form>
        </dialog>
    }
}

#[component]
fn Retract(room: Room, amending: Amending) -> impl IntoView {
    let board = board();
    let (words, says) = (board.words, says::of(board.words.common.lang));
    let dialog = amending.ask;
    let (title, text) = (browser::new_id(), browser::new_id());
    let retract = move |_| {
        close(dialog);
        if let Some((seq, _)) = amending.of.get_untracked() {
            room.wish(board, Act::Retract { seq });
        }
    };
    view! {
        <dialog class="dialog" node_ref=dialog aria-labelledby=title.clone() aria-describedby=text.clone()>
            <h2 id=title.clone()>{says.retract_ask}</h2>
            <p id=text.clone()>{says.retract_say}</p>
            <div class="dialog__acts">
                <button class="button" type="button" on:click=does(move |_| close(dialog))>{words.cancel}</button>
                <button class="button button--act" type="button" autofocus on:click=does(retract)>{says.retract}</button>
            </div>
        </dialog>
    }
}

/// What a message was before, for staff: every time it was said otherwise, the first first.
#[component]
pub fn Was(versions: Vec<String>, #[prop(optional)] gone: bool) -> impl IntoView {
    let board = board();
    let says = says::of(board.words.common.lang);
    view! {
        <details class="was">
            <summary>{if gone { says.said } else { board.words.common.amended }}</summary>
            {versions.into_iter().map(|text| view! { <p dir="auto">{(says.was)(&text)}</p> }).collect_view()}
        </details>
    }
}
