//! What else can be done with a ticket: another conversation linked, another ticket merged, one more opened.

use super::board::{Board, board};
use super::browser;
use super::icon::Icon;
use super::live::{derived, does, drawn, live, waits};
use super::menu::{Item, Items, Menu, Sign};
use super::note::{self, Kind};
use super::{route, ticket_form};
use crate::doors::chat::{call_customer, open_inner};
use crate::doors::ticket::{list_tickets, read_reach, save_ticket};
use domain::portal::Reach;
use domain::ticket_list::{Filter, Wanted};
use domain::wire::TicketRow;
use domain::{Ticket, TicketAct};
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// What is asked for by a number.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Asks {
    Link,
    Merge,
}

/// Begins to speak about it: with colleagues (R66, R70), whom one invites in its tab, or with its customer (R67).
fn start(board: Board, ticket: RwSignal<Option<Ticket>>, with_customer: bool) {
    let Some(about) = ticket.with_untracked(|t| t.as_ref().map(|t| t.id.clone())) else { return };
    spawn_local(async move {
        let id = browser::new_id();
        let begun =
            if with_customer { call_customer(about, id.clone()).await } else { open_inner(about, id.clone()).await };
        match begun {
            Ok(_) => {
                let room = board.open(&id);
                route::go(&room.path());
            }
            Err(failure) => board.fail(failure),
        }
    });
}

#[component]
pub fn Options(ticket: RwSignal<Option<Ticket>>) -> impl IntoView {
    let board = board();
    let words = board.words;
    let says = crate::words::ticket::of(words.common.lang);
    let menu = Menu::new();
    let asks = RwSignal::new(Asks::Link);
    let dialog: NodeRef<html::Dialog> = NodeRef::new();
    let number = RwSignal::new(String::new());
    let found = RwSignal::new(None::<TicketRow>);
    let fault = RwSignal::new(None::<String>);
    let busy = RwSignal::new(false);
    // Whether its customer is there is asked when the menu opens; its items wait for that.
    let reach = RwSignal::new(None::<Reach>);
    let opens = move || {
        menu.toggle();
        if !untrack(|| menu.is_open()) {
            return;
        }
        let Some(id) = ticket.with_untracked(|t| t.as_ref().map(|t| t.id.clone())) else { return };
        reach.set(None);
        // What the house allows may be otherwise since the page was drawn.
        ticket_form::read_again(board);
        spawn_local(async move {
            match read_reach(id).await {
                Ok(now) => drop(reach.try_set(Some(now))),
                Err(failure) => {
                    reach.try_set(Some(Reach::Away));
                    board.fail(failure);
                }
            }
        });
    };
    let show = move |this: Asks| {
        asks.set(this);
        number.set(String::new());
        found.set(None);
        fault.set(None);
        if let Some(dialog) = dialog.get_untracked() {
            let _ = dialog.show_modal();
        }
    };
    let close = move || {
        if let Some(dialog) = dialog.try_get_untracked().flatten() {
            dialog.close();
        }
    };
    let items = derived(move || {
        let item = |label: &str, sign, barred, act: Callback<()>| Item {
            label: label.into(),
            more: None,
            tag: None,
            sign: Sign::Icon(sign),
            chosen: false,
            barred,
            act,
        };
        let is = |what: fn(&Ticket) -> bool| ticket.with(|t| t.as_ref().is_some_and(what));
        let gone = is(|t| t.merged.is_some());
        let merges = gone || !is(Ticket::is_saved);
        let Some(reach) = reach.get() else { return Vec::new() };
        let why = match reach {
            Reach::Here => None,
            Reach::Away => Some(says.customer_away),
            Reach::Busy => Some(says.customer_busy),
            Reach::Off => Some(says.customer_off),
            Reach::Unready => Some(says.ticket_unready),
            Reach::Attendants => Some(says.only_attendants_call),
        };
        let calls = item(says.start_chat, "chat", why.is_some(), Callback::new(move |()| start(board, ticket, true)));
        let talks = ticket_form::offered(board).with(|all| all.as_ref().is_none_or(|all| all.talks));
        let why_no_talk = match (talks, merges) {
            (false, _) => Some(says.talk_off),
            (true, true) => Some(says.ticket_unready),
            (true, false) => None,
        };
        let talk = Callback::new(move |()| start(board, ticket, false));
        vec![
            Item { more: why.map(Into::into), ..calls },
            Item { more: why_no_talk.map(Into::into), ..item(says.start_talk, "person", why_no_talk.is_some(), talk) },
            item(says.link_chat, "link", gone, Callback::new(move |()| show(Asks::Link))),
            item(says.merge_ticket, "swap", merges, Callback::new(move |()| show(Asks::Merge))),
            item(
                says.new_ticket_same,
                "plus",
                false,
                Callback::new(move |()| {
                    if let Some(id) = ticket.with_untracked(|t| t.as_ref().map(|t| t.id.clone())) {
                        route::go(&["/tickets/new?of=", &id].concat());
                    }
                }),
            ),
        ]
    });
    let act = move || {
        let Some(here) = ticket.get_untracked().filter(|_| !busy.get_untracked()) else { return };
        let Ok(asked) = number.with_untracked(|number| number.trim().parse::<i64>()) else {
            fault.set(Some(says.number_missing.into()));
            return;
        };
        let merges = asks.get_untracked() == Asks::Merge;
        let sure = found.with_untracked(|found| found.as_ref().is_some_and(|found| found.number == asked));
        busy.set(true);
        spawn_local(async move {
            if merges && !sure {
                // Which one it is, before anything is done.
                let filter = Filter { words: asked.to_string(), status: Wanted::Any, ..Filter::default() };
                let listed = list_tickets(filter, None).await;
                busy.try_set(false);
                match listed {
                    Ok(page) => {
                        let row = page.rows.into_iter().find(|row| row.number == asked && row.id != here.id);
                        fault.try_set(row.is_none().then(|| says.no_such_ticket.into()));
                        found.try_set(row);
                    }
                    Err(failure) => drop(fault.try_set(Some(note::why(words, &failure)))),
                }
                return;
            }
            let act = if merges { TicketAct::Merge { number: asked } } else { TicketAct::Link { number: asked } };
            let done = save_ticket(here.id, browser::new_id(), act).await;
            busy.try_set(false);
            match done {
                Ok(now) => {
                    close();
                    let (id, told) = (now.id.clone(), now.number.to_string());
                    board.keep(now);
                    if merges {
                        board.note(Kind::Plain, (says.merged_into)(&told));
                        route::go(&["/tickets/", &id].concat());
                    }
                }
                Err(failure) => drop(fault.try_set(Some(note::why(words, &failure)))),
            }
        });
    };
    let title = browser::new_id();
    let merges = move || asks.get() == Asks::Merge;
    let sure = move || found.with(Option::is_some);
    view! {
            <button class="button button--s" type="button" aria-haspopup="menu" aria-expanded=live(move || menu.is_open().to_string()) on:click=does(move |_| opens())>
                <span>{says.options}</span><Icon name="down" small=true/>
            </button>
            <Items menu=menu label=says.options items=items/>
        <dialog class="dialog" node_ref=dialog aria-labelledby=title.clone()>
            <form on:submit=does(move |event: web_sys::SubmitEvent| { event.prevent_default(); act() })>
                <h2 id=title.clone()>{live(move || if merges() { says.merge_ticket } else { says.link_chat })}</h2>
                <p>{live(move || if merges() { says.merge_say } else { says.link_say })}</p>
                <div class="dialog__fields">
                    <label class="field" class:field--bad=live(move || fault.with(Option::is_some))>
                        <span class="field__label">{says.number}</span>
                        <input class="field__box" type="text" inputmode="numeric" autofocus maxlength="18" prop:value=live(move || number.get())
                            on:input=does(move |event| { number.set(event_target_value(&event)); found.set(None); fault.set(None) })/>
                        <span class="field__fault" role="alert">{live(move || fault.get())}</span>
                    </label>
                    {drawn(move || found.get().map(|row| view! {
                        <p role="status"><b>{row.subject.clone()}</b>{[" · ", &words.common.name(&row.customer.name, row.number), " · ", &row.group.name].concat()}</p>
                    }))}
                </div>
                <div class="dialog__acts">
                    <button class="button" type="button" on:click=does(move |_| close())>{words.cancel}</button>
                    <button class="button button--act" type="submit" aria-disabled=waits(busy)>
                        {live(move || match (merges(), sure()) { (false, _) => says.link, (true, false) => says.look_up, (true, true) => says.merge })}
                    </button>
                </div>
            </form>
        </dialog>
    }
}
