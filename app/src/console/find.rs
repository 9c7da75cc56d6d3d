//! Whatever can be gone to, found by words from wherever one is: conversations, people, tickets.

use super::bar::Finding;
use super::board::{Board, board};
use super::browser;
use super::find_row::{Key, Kind, Row, all, chats, person, ticket, to_row};
use super::icon::Icon;
use super::live::{does, drawn, live, memo};
use super::note;
use super::route::place;
use crate::doors::Failure;
use crate::doors::ticket::list_tickets;
use crate::words::find::{self as says, Words};
use domain::find::{Sought, TICKETS, of_customers};
use domain::ticket_list::{Filter, Wanted};
use domain::wire::TicketRow;
use domain::{Refusal, Trouble};
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;
use web_sys::{
    Event, HtmlDialogElement, HtmlElement, KeyboardEvent, MouseEvent, ScrollIntoViewOptions, ScrollLogicalPosition,
};

/// A search begins when nobody has typed for so long, in milliseconds.
const PAUSE: u64 = 200;

/// What the server found last, and for which words.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Found {
    words: String,
    people: Vec<Row>,
    tickets: Vec<Row>,
}

#[derive(Clone, Copy)]
struct Search {
    board: Board,
    says: &'static Words,
    dialog: NodeRef<html::Dialog>,
    list: NodeRef<html::Div>,
    typed: RwSignal<String>,
    found: RwSignal<Option<Found>>,
    /// Why the server found nothing.
    failed: RwSignal<Option<String>>,
    rows: Memo<Vec<Row>>,
    /// Where he stepped to; none: what fits best comes first.
    at: RwSignal<Option<Key>>,
    /// What Enter would open.
    marked: Memo<Option<Key>>,
    /// Enter was pressed before the answer was here.
    pressed: StoredValue<bool>,
    /// Counts what was typed.
    turn: StoredValue<u32>,
    /// The id of the list.
    id: StoredValue<String>,
}

#[component]
pub fn Find() -> impl IntoView {
    let board = board();
    let Finding(open) = expect_context::<Finding>();
    let search = Search::new(board);
    let Search { says, dialog, typed, rows, .. } = search;
    Effect::new(move || {
        if let (true, Some(dialog)) = (open.get(), dialog.get()) {
            let _ = dialog.show_modal();
        }
    });
    // Whatever leads elsewhere closes it: the way back, and a page that first asked whether it may be left.
    Effect::new(move |before: Option<()>| {
        place().asked.track();
        if before.is_some() {
            search.close();
        }
    });
    Effect::new(move || {
        board.round.track();
        if search.failed.with_untracked(Option::is_some) {
            search.look();
        }
    });
    let closed = move |_: Event| {
        open.set(false);
        search.types(String::new());
    };
    // Beside it there is only what it stands over.
    let beside = move |event: MouseEvent| {
        if event.target().is_some_and(|target| target.dyn_ref::<HtmlDialogElement>().is_some()) {
            event.prevent_default();
            search.close();
        }
    };
    let none = move || rows.with(Vec::is_empty);
    let name = board.words.find;
    view! {
        <dialog class="dialog find" node_ref=dialog aria-label=name on:close=does(closed) on:mousedown=does(beside)>
            <div class="find__head">
                <Icon name="search"/>
                <input
                    class="find__box" type="text" role="combobox" autofocus autocomplete="off" autocapitalize="none" spellcheck="false" enterkeyhint="go" maxlength="120"
                    aria-label=name placeholder=name aria-autocomplete="list" aria-controls=search.id.get_value() aria-expanded=live(move || (!none()).to_string())
                    aria-activedescendant=live(move || search.marked.get().map(|key| search.option(&key)))
                    prop:value=live(move || typed.get()) on:input=does(move |event| search.types(event_target_value(&event)))
                    on:keydown=does(move |event: KeyboardEvent| search.hears(&event))
                />
                <button class="button button--bare button--icon button--s" type="button" aria-label=says.close title=says.close on:click=does(move |_| search.close())>
                    <Icon name="x" small=true/>
                </button>
            </div>
            <div
                class="find__list" role="listbox" tabindex="-1" aria-label=name id=search.id.get_value() node_ref=search.list hidden=live(none)
                aria-busy=live(move || search.is_searching().to_string()) on:mousedown=does(|event: MouseEvent| event.prevent_default())
            >
                {group(search, Kind::Chat, says.chats)}
                {group(search, Kind::Person, says.people)}
                {group(search, Kind::Ticket, says.tickets)}
                {options(search, Kind::All)}
            </div>
            <p class="find__say" role="status">{live(move || search.state())}</p>
        </dialog>
    }
}

impl Search {
    fn new(board: Board) -> Search {
        let says = says::of(board.words.common.lang);
        let (typed, found, at) =
            (RwSignal::new(String::new()), RwSignal::new(None::<Found>), RwSignal::new(None::<Key>));
        // As they are when somebody types: what he reads does not move.
        let chats = memo(move |_| {
            board.loaded.track();
            let typed = typed.get();
            untrack(|| chats(board, &typed))
        });
        let rows = memo(move |_| {
            let mut rows = chats.get();
            found.with(|found| {
                let Some(found) = found else { return };
                rows.extend(found.people.iter().chain(&found.tickets).cloned());
                if !found.tickets.is_empty() {
                    rows.push(typed.with(|typed| all(says, typed.trim())));
                }
            });
            rows
        });
        let marked = memo(move |_| {
            rows.with(|rows| {
                let stepped = at.with(|at| at.clone().filter(|at| rows.iter().any(|row| row.key == *at)));
                stepped.or_else(|| rows.first().map(|row| row.key.clone()))
            })
        });
        Search {
            board,
            says,
            dialog: NodeRef::new(),
            list: NodeRef::new(),
            typed,
            found,
            failed: RwSignal::new(None),
            rows,
            at,
            marked,
            pressed: StoredValue::new(false),
            turn: StoredValue::new(0),
            id: StoredValue::new(browser::new_id()),
        }
    }

    fn words(self) -> String {
        self.typed.with(|typed| typed.trim().to_owned())
    }

    /// Something was typed; nothing: it is looked for nothing any more.
    fn types(self, typed: String) {
        self.typed.set(typed);
        self.at.set(None);
        self.pressed.set_value(false);
        // Why other words were not answered says nothing of these.
        self.failed.set(None);
        self.turn.update_value(|turn| *turn += 1);
        if let Some(list) = self.list.get_untracked() {
            list.set_scroll_top(0);
        }
        if untrack(|| self.words()).is_empty() {
            self.found.set(None);
            return;
        }
        let turn = self.turn.get_value();
        let later = move || {
            if self.turn.try_get_value() == Some(turn) {
                self.look();
            }
        };
        set_timeout(later, std::time::Duration::from_millis(PAUSE));
    }

    /// Asks the server, which alone knows what was said in a ticket.
    fn look(self) {
        let (words, turn) = (untrack(|| self.words()), self.turn.get_value());
        if !untrack(|| self.is_asking()) {
            return;
        }
        let filter = Filter { status: Wanted::Any, words: words.clone(), ..Filter::default() };
        spawn_local(async move {
            let read = list_tickets(filter.clone(), None).await;
            // Whose address it is, and not who spoke of it.
            let people = match (&read, of_customers(&filter.words)) {
                (Ok(_), Some(words)) => list_tickets(Filter { words, ..filter }, None).await.map(Some),
                _ => Ok(None),
            };
            // He has typed on: this answer is nobody's.
            if self.turn.try_get_value() != Some(turn) {
                return;
            }
            match read.and_then(|page| Ok((page, people?))) {
                Ok((page, people)) => {
                    self.failed.set(None);
                    let of_people = people.as_ref().unwrap_or(&page);
                    self.found.set(Some(Found::of(self.board, words, &page.rows, &of_people.rows)));
                    if self.pressed.get_value() {
                        // Its rows are drawn by then.
                        request_animation_frame(move || self.enter());
                    }
                }
                Err(failure) => self.fails(failure),
            }
        });
    }

    /// What was found without the server stays.
    fn fails(self, failure: Failure) {
        self.pressed.set_value(false);
        self.found.set(None);
        match failure {
            Failure::Trouble(Trouble::Refused(Refusal::SignedOut)) => self.board.fail(failure),
            Failure::Lost => self.failed.set(Some(self.says.lost.into())),
            failure => self.failed.set(Some(note::why(self.board.words, &failure))),
        }
    }

    /// There are words to which the server has not answered.
    fn is_asking(self) -> bool {
        let words = self.words();
        !words.is_empty() && self.found.with(|found| found.as_ref().is_none_or(|found| found.words != words))
    }

    /// Its answer is awaited.
    fn is_searching(self) -> bool {
        self.failed.with(Option::is_none) && self.is_asking()
    }

    /// What there is to say besides the rows.
    fn state(self) -> Option<String> {
        let words = self.words();
        if words.is_empty() {
            return Some(self.says.hint.into());
        }
        self.failed.get().or_else(|| match (self.rows.with(Vec::is_empty), self.is_searching()) {
            (false, _) => None,
            (true, true) => Some(self.says.searching.into()),
            (true, false) => Some((self.says.none)(&words)),
        })
    }

    fn hears(self, event: &KeyboardEvent) {
        if event.is_composing() {
            return;
        }
        match event.key().as_str() {
            "ArrowDown" => self.step(1),
            "ArrowUp" => self.step(-1),
            "Enter" => self.enter(),
            _ => return,
        }
        event.prevent_default();
    }

    fn step(self, by: i32) {
        let keys: Vec<Key> = self.rows.with_untracked(|rows| rows.iter().map(|row| row.key.clone()).collect());
        let here = self.marked.get_untracked().and_then(|marked| keys.iter().position(|key| *key == marked));
        let Some(here) = here else { return };
        let next = &keys[(here as i32 + by).rem_euclid(keys.len() as i32) as usize];
        self.at.set(Some(next.clone()));
        if let Some(row) = document().get_element_by_id(&self.option(next)) {
            let nearest = ScrollIntoViewOptions::new();
            nearest.set_block(ScrollLogicalPosition::Nearest);
            row.scroll_into_view_with_scroll_into_view_options(&nearest);
        }
    }

    /// Opens what is marked. What was found for other words he did not mean, unless he stepped there: it waits for the
    /// answer.
    fn enter(self) {
        let searching = untrack(|| self.is_searching());
        let stepped = self.at.with_untracked(Option::is_some);
        match self.marked.get_untracked() {
            Some(key) if !searching || stepped || key.0 == Kind::Chat => {
                self.pressed.set_value(false);
                self.follow(&key);
            }
            _ => self.pressed.set_value(searching),
        }
    }

    /// By its link: whatever guards what is not saved hears of it.
    fn follow(self, key: &Key) {
        let link = document().get_element_by_id(&self.option(key)).and_then(|link| link.dyn_into::<HtmlElement>().ok());
        if let Some(link) = link {
            link.click();
        }
    }

    /// The link of a row was pressed, and is about to be followed.
    fn goes(self, event: &MouseEvent, key: &Key, waits: bool) {
        // In another tab; here nothing changes.
        if event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key() {
            return;
        }
        self.close();
        if waits {
            to_row(self.board, &key.1);
        }
    }

    fn close(self) {
        if let Some(dialog) = self.dialog.try_get_untracked().flatten() {
            dialog.close();
        }
    }

    /// The id of a row's element.
    fn option(self, (kind, id): &Key) -> String {
        let kind = match kind {
            Kind::Chat => "chat",
            Kind::Person => "person",
            Kind::Ticket => "ticket",
            Kind::All => "all",
        };
        [self.id.get_value().as_str(), kind, id].join("-")
    }
}

impl Found {
    fn of(board: Board, words: String, rows: &[TicketRow], of_people: &[TicketRow]) -> Found {
        let sought = Sought::new(&words);
        let people = sought.people(of_people).into_iter().map(|row| person(board, row)).collect();
        let tickets = rows.iter().take(TICKETS).map(|row| ticket(board, row)).collect();
        Found { words, people, tickets }
    }
}

/// The rows of a kind, below its name.
fn group(search: Search, kind: Kind, title: &'static str) -> AnyView {
    let none = move || search.rows.with(|rows| rows.iter().all(|row| row.key.0 != kind));
    view! {
        <div role="group" aria-label=title hidden=live(none)>
            <div class="find__title" aria-hidden="true">{title}</div>
            {options(search, kind)}
        </div>
    }
    .into_any()
}

fn options(search: Search, kind: Kind) -> AnyView {
    let rows = memo(move |_| {
        search.rows.with(|rows| rows.iter().filter(|row| row.key.0 == kind).cloned().collect::<Vec<_>>())
    });
    view! { {drawn(move || rows.get().into_iter().map(|row| option(search, row)).collect_view())} }.into_any()
}

fn option(search: Search, row: Row) -> AnyView {
    let Row { key, path, label, more, state, waits } = row;
    let icon = match key.0 {
        Kind::Chat => "chat",
        Kind::Person => "person",
        Kind::Ticket => "ticket",
        Kind::All => "search",
    };
    let id = search.option(&key);
    let its = key.clone();
    let here = memo(move |_| search.marked.with(|marked| marked.as_ref() == Some(&its)));
    view! {
        <a
            class="menu__item find__row" class:menu__item--on=live(move || here.get()) role="option" id=id href=path tabindex="-1" aria-selected=live(move || here.get().to_string())
            on:click=does(move |event: MouseEvent| search.goes(&event, &key, waits))
        >
            <Icon name=icon small=true/>
            <span class="find__one">
                <span class="find__label" dir="auto">{label}</span>
                {(!more.is_empty()).then(|| view! { <span class="menu__more find__label" dir="auto">{more}</span> })}
            </span>
            {state.map(|(dot, word)| view! { <span class="find__state"><span class=dot></span>{word}</span> })}
        </a>
    }
    .into_any()
}
