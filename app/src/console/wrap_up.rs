//! The wrap-up: when the conversation is over its ticket opens in the same place, and is saved with a
//! status, Resolved and Canceled among them (R64, R65).

use super::board::{Board, board};
use super::browser::{self, kept};
use super::composer::Mode;
use super::icon::Icon;
use super::live::{derived, does, live};
use super::menu::{Item, Items, Menu, Sign};
use super::note::Kind;
use super::papers::Customer;
use super::room::Room;
use super::ticket::dot;
use crate::doors::{Failure, ticket};
use domain::ticket::{NOTE_LIMIT, SUBJECT_LIMIT, Via};
use domain::{Status, Ticket, TicketAct};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// What a ticket can be saved as the first time; closing is for later.
const FIRST: [Status; 5] = [Status::New, Status::InAttendance, Status::Stopped, Status::Resolved, Status::Canceled];

#[component]
pub fn WrapUp(room: Room) -> impl IntoView {
    let board = board();
    let words = board.words;
    let kept_as = move |name: &str| ["wrap.", name, ".", &room.chat()].concat();
    let born = room.ticket.with_untracked(|t| t.as_ref().map_or(String::new(), |t| t.subject.clone()));
    let subject = RwSignal::new(kept::read(&kept_as("subject")).unwrap_or(born));
    let note = RwSignal::new(kept::read(&kept_as("note")).unwrap_or_default());
    let status = RwSignal::new(Status::Resolved);
    let saving = RwSignal::new(false);
    let empty = move || subject.with(|s| s.trim().is_empty());
    let menu = Menu::new();
    let items = derived(move || {
        FIRST
            .map(|this| Item {
                label: words.common.status(this).into(),
                more: match this {
                    Status::Resolved => Some(words.resolved_more.into()),
                    Status::Canceled => Some(words.canceled_more.into()),
                    _ => None,
                },
                sign: Sign::Dot(dot(this)),
                chosen: status.get() == this,
                barred: false,
                act: Callback::new(move |()| status.set(this)),
            })
            .to_vec()
    });
    // One wish for one save: pressing twice, or again after a lost answer, changes nothing.
    let wish = StoredValue::new(browser::new_id());
    let save = move || {
        let Some(ticket) = room.ticket.get_untracked().filter(|_| !saving.get_untracked() && !untrack(empty)) else {
            return;
        };
        saving.set(true);
        let id = wish.get_value();
        let act = TicketAct::Save {
            subject: subject.get_untracked(),
            status: status.get_untracked(),
            note: note.get_untracked(),
        };
        spawn_local(async move {
            let saved = ticket::save_ticket(ticket.id, id, act).await;
            match saved {
                // The form goes with this answer, or went when the socket told it: it is not touched any more.
                Ok(ticket) => {
                    for name in ["subject", "note"] {
                        kept::write(&kept_as(name), "");
                    }
                    done(board, room, ticket);
                }
                Err(failure) => {
                    saving.try_set(false);
                    if let Failure::Trouble(_) = &failure {
                        wish.try_set_value(browser::new_id());
                    }
                    board.fail(failure);
                }
            }
        });
    };
    view! {
        <section class="papers__part">
            <h3 class="papers__title">{words.new_ticket}<span class="tag tag--tint">{words.common.via(Via::OnlineChat)}</span></h3>
            <form class="papers__fields" id="wrap-up" on:submit=does(move |event: web_sys::SubmitEvent| { event.prevent_default(); save() })>
                <label class="field" class:field--bad=live(empty)>
                    <span class="field__label">{words.subject}</span>
                    <input
                        class="field__box" type="text" required maxlength=SUBJECT_LIMIT.to_string() prop:value=live(move || subject.get())
                        on:input=does(move |event| { let typed = event_target_value(&event); kept::write(&kept_as("subject"), &typed); subject.set(typed) })
                    />
                    <span class="field__fault" role="alert">{live(move || empty().then_some(words.subject_missing))}</span>
                </label>
                <div class="papers__pair">
                    <div class="field field--locked"><span class="field__label">{words.group}</span><span>{live(move || room.of(|chat| chat.group.name.clone()))}</span></div>
                    <div class="field field--locked"><span class="field__label">{words.owner}</span><span>{live(move || room.ticket.get().and_then(|t| t.owner).map(|o| o.name))}</span></div>
                </div>
                <label class="field">
                    <span class="field__label">{words.internal_note}" "<span class="field__hint">{words.internal_note_hint}</span></span>
                    <textarea
                        class="field__box" maxlength=NOTE_LIMIT.to_string() prop:value=live(move || note.get())
                        on:input=does(move |event| { let typed = event_target_value(&event); kept::write(&kept_as("note"), &typed); note.set(typed) })
                    ></textarea>
                </label>
            </form>
        </section>
        <Customer room=room/>
        <div class="papers__save">
            <button class="button button--act" type="submit" form="wrap-up" disabled=live(move || saving.get() || empty())>
                {live(move || if saving.get() { words.saving.into() } else { (words.save_as)(words.common.status(status.get())) })}
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
}

fn done(board: Board, room: Room, ticket: Ticket) {
    let words = board.words;
    board.note(Kind::Plain, (words.saved_as)(&ticket.number.to_string(), words.common.status(ticket.status)));
    for mode in Mode::ALL {
        room.write(mode, "");
    }
    board.keep(ticket);
}
