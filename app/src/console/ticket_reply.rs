//! What is written on a ticket: to its customer, by e-mail or in the portal, or a note for the team.

use super::board::board;
use super::browser::{self, kept};
use super::live::{does, drawn, live, memo};
use super::ticket_form::offered;
use super::too_long::TooLong;
use super::wish::Wish;
use crate::doors::ticket::save_ticket;
use domain::ticket::{NOTE_LIMIT, Via, Way};
use domain::{Refusal, Ticket, TicketAct, text};
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use web_sys::{KeyboardEvent, SubmitEvent};

/// Under which the browser keeps what is being written on a ticket.
fn draft_name(ticket: &str, note: bool) -> String {
    [if note { "draft.log." } else { "draft.mail." }, ticket].concat()
}

/// `address`: where its customer can be written to. Nobody types one. `portal`: he reads it there without a letter. By
/// which way it will go is said before it is sent; where he cannot be written to from here, why, and what is still
/// possible.
#[component]
pub fn Reply(
    ticket: RwSignal<Option<Ticket>>,
    address: RwSignal<Option<String>>,
    portal: RwSignal<bool>,
) -> impl IntoView {
    let board = board();
    let words = board.words;
    let says = crate::words::ticket::of(words.common.lang);
    // None: it is not known yet whether mail is sent from here.
    let sends = memo(move |_| offered(board).with(|all| all.as_ref().map(|all| all.mails)));
    let way = memo(move |_| Some(Way::of(sends.get()?, address.with(Option::is_some), portal.get())));
    let links = memo(move |_| offered(board).with(|all| all.as_ref().is_some_and(|all| all.links)));
    let promised = memo(move |_| ticket.with(|t| t.as_ref().is_some_and(|t| t.via == Via::OfflineMessage)));
    // Another ticket is another of these.
    let id = StoredValue::new(ticket.with_untracked(|t| t.as_ref().map(|t| t.id.clone())).unwrap_or_default());
    let drafts = [false, true]
        .map(|note| RwSignal::new(id.with_value(|id| kept::read(&draft_name(id, note))).unwrap_or_default()));
    // A letter that was begun is what he finds, unless a note was too.
    let begun = drafts[1].with_untracked(String::is_empty) && drafts[0].with_untracked(|letter| !letter.is_empty());
    let wants_note = RwSignal::new(!begun);
    let note = memo(move |_| wants_note.get() || !matches!(way.get(), Some(Ok(_))));
    let draft = move || drafts[usize::from(note.get())];
    let over = memo(move |_| draft().with(|draft| text::over(draft, NOTE_LIMIT)));
    let sending = RwSignal::new(false);
    let wish = Wish::new();
    let text: NodeRef<html::Textarea> = NodeRef::new();
    let send = move || {
        let (draft, id) = (untrack(draft), id.get_value());
        let said = draft.get_untracked();
        if said.trim().is_empty() || over.get_untracked() > 0 || sending.get_untracked() {
            return;
        }
        let name = draft_name(&id, note.get_untracked());
        let text = said.clone();
        let act = if note.get_untracked() {
            TicketAct::Save { changes: Vec::new(), note: text }
        } else {
            TicketAct::Reply { text }
        };
        let asked = wish.id_of(&act);
        sending.set(true);
        spawn_local(async move {
            let sent = save_ticket(id, asked, act).await;
            sending.try_set(false);
            wish.answered(sent.as_ref().err());
            match sent {
                Ok(now) => {
                    // What was typed since is not said yet. Whoever is elsewhere by now finds nothing to say again.
                    if kept::read(&name).as_ref() == Some(&said) {
                        kept::write(&name, "");
                    }
                    draft.try_update(|draft| {
                        if *draft == said {
                            draft.clear();
                        }
                    });
                    board.keep(now);
                }
                Err(failure) => board.fail(failure),
            }
        });
    };
    let write = move |text: String| {
        id.with_value(|id| kept::write(&draft_name(id, note.get_untracked()), &text));
        untrack(draft).set(text);
    };
    let key = move |key: KeyboardEvent| {
        // A letter has lines; so Enter alone ends none.
        if key.key() == "Enter" && (key.ctrl_key() || key.meta_key()) && !key.is_composing() {
            key.prevent_default();
            send();
        }
    };
    let label = move || match way.get() {
        Some(Ok(Way::Mail)) if !note.get() => (says.write_mail_to)(&address.get().unwrap_or_default()),
        Some(Ok(Way::Portal)) if !note.get() => says.write_in_portal.into(),
        _ => words.write_note.to_owned(),
    };
    // Why he cannot be written to.
    let why_not = memo(move |_| match way.get()? {
        Ok(_) => None,
        Err(Refusal::NoAddress) => Some(says.no_address),
        Err(_) => Some(says.no_mail),
    });
    let goes_by = memo(move |_| match way.get()? {
        Ok(way) if !way.is_in_portal(links.get(), portal.get()) => Some(says.by_mail_alone),
        Ok(Way::Mail) => Some(says.by_mail_and_portal),
        Ok(Way::Portal) => Some(says.in_portal_alone),
        Err(_) => None,
    });
    let goes_by = memo(move |_| goes_by.get().filter(|_| !note.get()));
    let told = browser::new_id();
    let choice = move |this: bool, word: &'static str| {
        view! {
            <label class="segment__item">
                <input class="visually-hidden" type="radio" name="reply" prop:checked=live(move || note.get() == this) on:change=does(move |_| wants_note.set(this))/>
                {word}
            </label>
        }
    };
    view! {
        <form class="composer" class:composer--aside=live(move || note.get()) on:submit=does(move |event: SubmitEvent| { event.prevent_default(); send() })>
            {drawn(move || why_not.get().map(|why| {
                let own = if why == says.no_mail { address.get() } else { None };
                let own = own.map(|own| {
                    let letter = ["mailto:", &own].concat();
                    view! { " "{says.own_mail}" "<a href=letter>{own}</a> }
                });
                let promised = promised.get().then(|| [says.promised, " "].concat());
                view! { <p class="no-mail" role="note">{promised}{why}{own}</p> }
            }))}
            <p class="no-mail" id=told.clone() hidden=live(move || goes_by.get().is_none())>{live(move || goes_by.get().unwrap_or_default())}</p>
            <TooLong over=over limit=NOTE_LIMIT/>
            <div class="composer__box">
                <div class="composer__modes">
                    <fieldset class="segment">
                        <legend class="visually-hidden">{words.to_whom}</legend>
                        {drawn(move || match way.get()? {
                            Ok(Way::Mail) => Some(choice(false, says.reply_by_mail)),
                            Ok(Way::Portal) => Some(choice(false, says.reply_in_portal)),
                            Err(_) => None,
                        })}
                        {choice(true, words.note)}
                    </fieldset>
                </div>
                <textarea dir="auto" class="composer__text" node_ref=text aria-label=live(label) placeholder=live(label) aria-describedby=told aria-invalid=live(move || (over.get() > 0).then_some("true"))
                    prop:value=live(move || draft().get()) on:input=does(move |event| write(event_target_value(&event))) on:keydown=does(key)></textarea>
                <div class="composer__tools">
                    <kbd class="push">{says.control_enter_sends}</kbd>
                    <button class="button button--act button--s" type="submit" aria-disabled=live(move || (sending.get() || over.get() > 0 || draft().with(|d| d.trim().is_empty())).then_some("true"))>{words.send}</button>
                </div>
            </div>
        </form>
    }
}
