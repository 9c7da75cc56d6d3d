//! A ticket opened by hand: for what came another way than by chat (R65).

use super::board::board;
use super::browser::{self, kept};
use super::icon::Icon;
use super::live::{does, live, memo};
use super::note::Kind;
use super::route;
use super::ticket_form::{self, Fields, Form, Pick};
use super::too_long::TooLong;
use crate::doors::ticket::open_ticket;
use domain::group::Named;
use domain::person::Agent;
use domain::ticket::{Birth, NOTE_LIMIT, Via};
use domain::wire::NewTicket;
use domain::{Status, Ticket, text};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// It as it would be, before anybody has said anything of it.
fn blank(me: &Agent, group: Named) -> Ticket {
    let nobody = || Named { id: String::new(), name: String::new() };
    let birth = Birth {
        number: 0,
        chat: None,
        via: Via::Agent,
        application: nobody(),
        group,
        customer: nobody(),
        subject: String::new(),
        owner: Some(me.face.clone()),
        message: None,
    };
    Ticket::open(String::new(), domain::Time(0), &birth)
}

/// `of`: the ticket whose customer it is about; his name is typed otherwise.
#[component]
pub fn New(of: Option<String>, back: Signal<String>) -> impl IntoView {
    let board = board();
    let words = board.words;
    let says = crate::words::ticket::of(words.common.lang);
    let (me, groups) = board.me.with_untracked(|me| (me.agent.clone(), me.groups.clone()));
    let group = groups.first().cloned().unwrap_or(Named { id: String::new(), name: String::new() });
    // One that nobody has saved yet outlives the page: one for each customer, and one for who is typed.
    let name = of.as_ref().map_or_else(|| "new".to_owned(), |of| ["new.", of].concat());
    let form = Form::new(blank(&me, group), Pick::Base(Status::New), Some(name.clone()));
    let name = StoredValue::new(name);
    let line = move |part: &str| ["wrap.", part, ".", &name.get_value()].concat();
    let typed = move |part: &str| RwSignal::new(kept::read(&line(part)).unwrap_or_default());
    let (customer, note) = (typed("customer"), typed("note"));
    let write = move |part: &str, into: RwSignal<String>, text: String| {
        kept::write(&line(part), &text);
        into.set(text);
    };
    let begun =
        memo(move |_| !(form.changes().is_empty() && customer.with(String::is_empty) && note.with(String::is_empty)));
    let discard = move || {
        write("customer", customer, String::new());
        write("note", note, String::new());
        form.discard();
    };
    let over = memo(move |_| note.with(|note| text::over(note, NOTE_LIMIT)));
    let saving = RwSignal::new(false);
    let id = StoredValue::new(browser::new_id());
    let known = StoredValue::new(of);
    let save = move || {
        if saving.get_untracked() || over.get_untracked() > 0 {
            return;
        }
        saving.set(true);
        let new = NewTicket {
            id: id.get_value(),
            group: form.group.get_untracked(),
            customer: customer.get_untracked(),
            of_ticket: known.get_value(),
            changes: untrack(|| form.opening()),
            note: note.get_untracked(),
        };
        let under = name.get_value();
        spawn_local(async move {
            let opened = open_ticket(new).await;
            saving.try_set(false);
            match opened {
                Ok(ticket) => {
                    ticket_form::forget(&under);
                    for part in ["customer", "note"] {
                        kept::write(&["wrap.", part, ".", &under].concat(), "");
                    }
                    board.note(
                        Kind::Plain,
                        (words.saved_as)(&ticket.number.to_string(), words.common.status(ticket.status)),
                    );
                    let path = ["/tickets/", &ticket.id].concat();
                    board.keep(ticket);
                    route::go(&path);
                }
                Err(failure) => form.refuse(board, failure),
            }
        });
    };
    view! {
        <section class="room room--paper talk">
            <header class="talk__head">
                <a class="button button--bare button--icon" href=live(move || back.get()) aria-label=words.back_to_list><Icon name="back"/></a>
                <div class="talk__who"><h2 class="talk__name"><span>{words.new_ticket}</span></h2><p class="talk__about">{says.new_ticket_say}</p></div>
                <div class="talk__tools">
                    <button class="button button--act button--s" type="submit" form="new-ticket" aria-disabled=live(move || (saving.get() || over.get() > 0).then_some("true"))>{live(move || if saving.get() { words.saving } else { words.save })}</button>
                </div>
            </header>
            <form class="papers__fields papers__fields--page" id="new-ticket" on:submit=does(move |event: web_sys::SubmitEvent| { event.prevent_default(); save() })>
                <label class="field" hidden=known.with_value(Option::is_some) data-field="customer">
                    <span class="field__label">{words.customer}" "<span class="field__hint">{says.customer_hint}</span></span>
                    <input class="field__box" type="text" maxlength="80" prop:value=live(move || customer.get()) on:input=does(move |event| write("customer", customer, event_target_value(&event)))/>
                </label>
                <Fields form=form status=true/>
                <label class="field">
                    <span class="field__label">{words.internal_note}" "<span class="field__hint">{words.internal_note_hint}</span></span>
                    <textarea class="field__box" aria-invalid=live(move || (over.get() > 0).then_some("true")) prop:value=live(move || note.get()) on:input=does(move |event| write("note", note, event_target_value(&event)))></textarea>
                    <TooLong over=over limit=NOTE_LIMIT/>
                </label>
                <button class="button button--bare button--s" type="button" hidden=live(move || !begun.get()) on:click=does(move |_| discard())>{says.discard}</button>
            </form>
        </section>
    }
}
