//! What is written on a ticket: to its customer by e-mail, or a note for the team.

use super::board::board;
use super::live::{does, drawn, live, memo};
use super::wish::Wish;
use crate::doors::ticket::save_ticket;
use domain::ticket::NOTE_LIMIT;
use domain::{Ticket, TicketAct};
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use web_sys::{KeyboardEvent, SubmitEvent};

/// `address`: where its customer can be written to. Nobody types one.
#[component]
pub fn Reply(ticket: RwSignal<Option<Ticket>>, address: RwSignal<Option<String>>) -> impl IntoView {
    let board = board();
    let words = board.words;
    let says = crate::words::ticket::of(words.common.lang);
    let mails = memo(move |_| address.with(Option::is_some));
    let note = RwSignal::new(true);
    let drafts = [RwSignal::new(String::new()), RwSignal::new(String::new())];
    let draft = move || drafts[usize::from(note.get())];
    let sending = RwSignal::new(false);
    let wish = Wish::new();
    let text: NodeRef<html::Textarea> = NodeRef::new();
    let send = move || {
        let draft = untrack(draft);
        let Some(id) = ticket.with_untracked(|t| t.as_ref().map(|t| t.id.clone())) else { return };
        let said = draft.get_untracked();
        if said.trim().is_empty() || sending.get_untracked() {
            return;
        }
        let act = if note.get_untracked() {
            TicketAct::Save { changes: Vec::new(), note: said }
        } else {
            TicketAct::Reply { text: said }
        };
        let asked = wish.id_of(&act);
        sending.set(true);
        spawn_local(async move {
            let sent = save_ticket(id, asked, act).await;
            sending.try_set(false);
            wish.answered(sent.as_ref().err());
            match sent {
                Ok(now) => {
                    draft.try_set(String::new());
                    board.keep(now);
                }
                Err(failure) => board.fail(failure),
            }
        });
    };
    let key = move |key: KeyboardEvent| {
        // A letter has lines; so Enter alone ends none.
        if key.key() == "Enter" && (key.ctrl_key() || key.meta_key()) && !key.is_composing() {
            key.prevent_default();
            send();
        }
    };
    let label = move || {
        if note.get() { words.write_note.into() } else { (says.write_mail_to)(&address.get().unwrap_or_default()) }
    };
    let choice = move |this: bool, word: &'static str| {
        view! {
            <label class="segment__item">
                <input class="visually-hidden" type="radio" name="reply" prop:checked=live(move || note.get() == this) on:change=does(move |_| note.set(this))/>
                {word}
            </label>
        }
    };
    view! {
        <form class="composer" class:composer--aside=live(move || note.get()) on:submit=does(move |event: SubmitEvent| { event.prevent_default(); send() })>
            <div class="composer__box">
                <div class="composer__modes">
                    <fieldset class="segment">
                        <legend class="visually-hidden">{words.to_whom}</legend>
                        {drawn(move || mails.get().then(|| choice(false, says.reply_by_mail)))}
                        {choice(true, words.note)}
                    </fieldset>
                </div>
                <textarea dir="auto" class="composer__text" node_ref=text aria-label=live(label) placeholder=live(label) maxlength=NOTE_LIMIT.to_string()
                    prop:value=live(move || draft().get()) on:input=does(move |event| untrack(draft).set(event_target_value(&event))) on:keydown=does(key)></textarea>
                <div class="composer__tools">
                    <kbd class="push">{says.control_enter_sends}</kbd>
                    <button class="button button--act button--s" type="submit" disabled=live(move || sending.get() || draft().with(|d| d.trim().is_empty()))>{words.send}</button>
                </div>
            </div>
        </form>
    }
}
