//! What the search leads to: a row for each conversation, person and ticket, and one for the list of all.

use super::board::Board;
use super::browser;
use super::ticket::dot;
use super::ticket_filter::path;
use super::ticket_list::named_status;
use crate::words::find::Words;
use domain::Stage;
use domain::find::{CHATS, Leads, Sought, leads};
use domain::ticket_list::{Filter, Wanted};
use domain::wire::{Card, TicketRow};
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// For so many looks a row of the queue is waited for, and so long between two, in milliseconds.
const LOOKS: u32 = 40;
const BETWEEN: i32 = 50;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Chat,
    Person,
    Ticket,
    /// The list of all tickets with these words.
    All,
}

/// A row by its kind and the id of what it leads to.
pub type Key = (Kind, String);

/// A way to go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    pub key: Key,
    pub path: String,
    pub label: String,
    pub more: String,
    /// The class of a dot, and its word.
    pub state: Option<(&'static str, String)>,
    /// He is gone to in the queue, where he may be attended.
    pub waits: bool,
}

/// The conversations in memory, the oldest first: on the board those that he may open or attend, and those in tabs.
pub fn chats(board: Board, typed: &str) -> Vec<Row> {
    let (sought, me) = (Sought::new(typed), board.my_id());
    let cards = board.cards.get();
    let is_on_board = |card: &Card| cards.iter().any(|other| other.chat == card.chat);
    let open = board.rooms.get().into_iter().filter_map(|room| room.of(Card::of)).filter(|card| !is_on_board(card));
    let listed = cards.iter().filter_map(|card| Some((card.clone(), leads(card, &me, &board.seat(&card.group.id))?)));
    let mut all: Vec<(Card, Leads)> = listed.chain(open.map(|card| (card, Leads::Inside))).collect();
    all.retain(|(card, _)| sought.finds(card, &board.customer(card)));
    all.sort_by(|(a, _), (b, _)| (a.queued_at, &a.chat).cmp(&(b.queued_at, &b.chat)));
    all.truncate(CHATS);
    all.into_iter().map(|(card, leads)| chat(board, card, leads)).collect()
}

fn chat(board: Board, card: Card, leads: Leads) -> Row {
    let said = if card.first_words.is_empty() { card.words.as_str() } else { card.first_words.as_str() };
    let more: Vec<&str> = [card.application.name.as_str(), said].into_iter().filter(|part| !part.is_empty()).collect();
    Row {
        path: match leads {
            Leads::Inside => ["/chat/", &card.chat].concat(),
            Leads::ToRow => "/chat".into(),
        },
        label: board.customer(&card),
        more: more.join(" · "),
        state: match card.stage {
            Stage::Waiting => Some(("dot dot--wait", board.words.waits.into())),
            Stage::Attending => Some(("dot dot--work", board.words.runs.into())),
            Stage::Ended(_) => None,
        },
        waits: leads == Leads::ToRow,
        key: (Kind::Chat, card.chat),
    }
}

/// The customer of a ticket.
pub fn person(board: Board, row: &TicketRow) -> Row {
    Row {
        key: (Kind::Person, row.customer.id.clone()),
        path: ["/people/", &row.customer.id].concat(),
        label: board.words.common.name(&row.customer.name, row.number),
        more: String::new(),
        state: None,
        waits: false,
    }
}

pub fn ticket(board: Board, row: &TicketRow) -> Row {
    let customer = board.words.common.name(&row.customer.name, row.number);
    Row {
        key: (Kind::Ticket, row.id.clone()),
        path: ["/tickets/", &row.id].concat(),
        label: row.subject.clone(),
        more: [row.number.to_string().as_str(), " · ", &customer].concat(),
        state: Some((dot(row.status), named_status(board.words, row))),
        waits: false,
    }
}

pub fn all(says: &Words, words: &str) -> Row {
    Row {
        key: (Kind::All, String::new()),
        path: path(None, &Filter { status: Wanted::Any, words: words.into(), ..Filter::default() }),
        label: (says.all)(words),
        more: String::new(),
        state: None,
        waits: false,
    }
}

/// He is not opened but attended: on to his row, once the queue has drawn it.
pub fn to_row(board: Board, chat: &str) {
    let button = ["button[data-chat='", chat, "']"].concat();
    board.sought.set(Some(chat.to_owned()));
    spawn_local(async move {
        for _ in 0..LOOKS {
            browser::sleep(BETWEEN).await;
            let Some(button) = document().query_selector(&button).ok().flatten() else { continue };
            if let Ok(Some(row)) = button.closest(".call") {
                row.scroll_into_view();
            }
            if let Ok(button) = button.dyn_into::<HtmlElement>() {
                let _ = button.focus();
            }
            break;
        }
        board.sought.set(None);
    });
}
