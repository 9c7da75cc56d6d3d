//! The wrap-up: when the conversation is over its ticket opens in the same place, and is saved with a
//! status, Resolved and Canceled among them (R64, R65).

use super::board::{Board, board};
use super::browser::kept;
use super::chat::Open;
use super::composer::Mode;
use super::icon::Icon;
use super::live::{derived, does, live, memo};
use super::menu::{Item, Items, Menu, Sign};
use super::note::Kind;
use super::papers::Customer;
use super::room::Room;
use super::ticket::{called, dot};
use super::ticket_form::{self, Fields, Form, Pick, offered};
use super::too_long::TooLong;
use super::wish::Wish;
use crate::doors::ticket;
use domain::ticket::{NOTE_LIMIT, Via};
use domain::{Status, Ticket, TicketAct, text};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// What a ticket can be saved as the first time; closing is for later.
const FIRST: [Status; 5] = [Status::New, Status::InAttendance, Status::Stopped, Status::Resolved, Status::Canceled];

#[component]
pub fn WrapUp() -> impl IntoView {
    let board = board();
    let Open(room) = expect_context::<Open>();
    let words = board.words;
    ticket_form::fetch(board);
    let Some(born) = room.ticket.get_untracked() else { return ().into_any() };
    let form = Form::new(born, Pick::Base(Status::Resolved), Some(room.chat()));
    let (chat, note_name) = (StoredValue::new(room.chat()), ["wrap.note.", &room.chat()].concat());
    let note = RwSignal::new(kept::read(&note_name).unwrap_or_default());
    let note_name = StoredValue::new(note_name);
    let over = memo(move |_| note.with(|note| text::over(note, NOTE_LIMIT)));
    let saving = RwSignal::new(false);
    let menu = Menu::new();
    let items = derived(move || items(board, form));
    let wish = Wish::new();
    let save = move || {
        let Some(ticket) = room.ticket.get_untracked().filter(|_| !saving.get_untracked()) else { return };
        if over.get_untracked() > 0 {
            return;
        }
        saving.set(true);
        let (chat, note_name) = (chat.get_value(), note_name.get_value());
        let act = TicketAct::Save { changes: untrack(|| form.changes()), note: note.get_untracked() };
        let id = wish.id_of(&act);
        spawn_local(async move {
            let saved = ticket::save_ticket(ticket.id, id, act).await;
            match saved {
                // The form goes with this answer, or went when the socket told it: it is not touched any more.
                Ok(ticket) => {
                    ticket_form::forget(&chat);
                    kept::write(&note_name, "");
                    done(board, room, ticket);
                }
                Err(failure) => {
                    saving.try_set(false);
                    wish.answered(Some(&failure));
                    form.refuse(board, failure);
                }
            }
        });
    };
    view! {
        <section class="papers__part">
            <h3 class="papers__title">{words.new_ticket}<span class="tag tag--tint">{words.common.via(Via::OnlineChat)}</span></h3>
            <form class="papers__fields" id="wrap-up" on:submit=does(move |event: web_sys::SubmitEvent| { event.prevent_default(); save() })>
                <Fields form=form status=false/>
                <label class="field">
                    <span class="field__label">{words.internal_note}" "<span class="field__hint">{words.internal_note_hint}</span></span>
                    <textarea
                        class="field__box" aria-invalid=live(move || (over.get() > 0).then_some("true")) prop:value=live(move || note.get())
                        on:input=does(move |event| { let typed = event_target_value(&event); kept::write(&note_name.get_value(), &typed); note.set(typed) })
                    ></textarea>
                    <TooLong over=over limit=NOTE_LIMIT/>
                </label>
            </form>
        </section>
        <Customer room=room/>
        <div class="papers__save">
            <button class="button button--act" type="submit" form="wrap-up" aria-disabled=live(move || (saving.get() || over.get() > 0).then_some("true"))>
                {live(move || if saving.get() { words.saving.into() } else { (words.save_as)(&form.called(board)) })}
            </button>
            <button
                class="button button--act button--icon" type="button" aria-label=words.save_as_what title=words.save_as_what
                aria-haspopup="menu" aria-expanded=live(move || menu.is_open().to_string()) on:click=does(move |_| menu.toggle())
            >
                <Icon name="down"/>
            </button>
            <Items menu=menu label=words.save_as_what items=items choice=true/>
        </div>
    }
    .into_any()
}

/// As what it can be saved: the base statuses, each with the house's own that derive from it. None before those
/// are known: nothing moves under the hand of who chooses.
fn items(board: Board, form: Form) -> Vec<Item> {
    let words = board.words;
    let Some(own) = offered(board).with(|choices| choices.as_ref().map(|choices| choices.house.statuses.clone()))
    else {
        return Vec::new();
    };
    let item = |label: String, more: Option<&str>, base: Status, pick: Pick| Item {
        label,
        more: more.map(Into::into),
        tag: None,
        sign: Sign::Dot(dot(base)),
        chosen: form.pick.get() == pick,
        barred: false,
        act: Callback::new(move |()| form.set_pick(pick.clone())),
    };
    let mut all = Vec::new();
    for base in FIRST {
        let more = match base {
            Status::Resolved => Some(words.resolved_more),
            Status::Canceled => Some(words.canceled_more),
            _ => None,
        };
        all.push(item(words.common.status(base).into(), more, base, Pick::Base(base)));
        let own = own.iter().filter(|own| own.base == base);
        all.extend(
            own.map(|own| item(own.name.clone(), Some(words.common.status(base)), base, Pick::Own(own.id.clone()))),
        );
    }
    all
}

fn done(board: Board, room: Room, ticket: Ticket) {
    let words = board.words;
    board.note(Kind::Plain, (words.saved_as)(&ticket.number.to_string(), called(board, &ticket)));
    for mode in Mode::ALL {
        room.write(mode, "");
    }
    board.keep(ticket);
}
