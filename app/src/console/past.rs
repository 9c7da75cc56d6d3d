//! What the same person asked before: the last few tickets and conversations, beside the one that runs.

use super::board::{Board, board};
use super::clock;
use super::live::{drawn, memo};
use super::room::Room;
use super::ticket::dot;
use crate::doors::customer::{list_chats, list_tickets_of};
use domain::customer::Talked;
use domain::wire::TicketRow;
use domain::{Stage, Time};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// How many are shown; the rest is on his page.
const SHOWN: usize = 3;

/// One line of it.
#[derive(Clone)]
struct Line {
    at: Time,
    path: String,
    subject: String,
    dot: &'static str,
    state: &'static str,
    about: String,
}

#[component]
pub fn Past(room: Room) -> impl IntoView {
    let board = board();
    let lines = RwSignal::new(Vec::<Line>::new());
    let customer = memo(move |_| room.of(|chat| (chat.customer.id.clone(), chat.number)));
    Effect::new(move || {
        let Some((customer, number)) = customer.get() else { return };
        spawn_local(async move {
            // Beside a conversation it is a help and no more: whoever cannot be told it goes on without.
            let (Ok(tickets), Ok(chats)) =
                (list_tickets_of(customer.clone(), None).await, list_chats(customer, None).await)
            else {
                return;
            };
            // A conversation and its ticket have the same number, and are one matter.
            let alone = |chat: &&Talked| chat.number != number && !tickets.iter().any(|t| t.number == chat.number);
            let mut all: Vec<Line> = chats.iter().filter(alone).filter_map(|chat| of_chat(board, chat)).collect();
            all.extend(tickets.iter().filter(|t| t.number != number).map(|ticket| of_ticket(board, ticket)));
            all.sort_by_key(|line| std::cmp::Reverse(line.at));
            all.truncate(SHOWN);
            lines.try_set(all);
        });
    });
    drawn(move || {
        let all = lines.get();
        (!all.is_empty()).then(|| {
            view! {
                <section class="papers__part">
                    <h3 class="papers__title">{board.words.past}</h3>
                    <div class="past">{all.into_iter().map(draw).collect_view()}</div>
                </section>
            }
        })
    })
}

fn of_ticket(board: Board, ticket: &TicketRow) -> Line {
    let words = board.words;
    Line {
        at: ticket.changed_at,
        path: ["/tickets/", &ticket.id].concat(),
        subject: ticket.subject.clone(),
        dot: dot(ticket.status),
        state: if ticket.saved { words.common.status(ticket.status) } else { words.to_save },
        about: about(board, ticket.number, ticket.changed_at, words.common.via(ticket.via)),
    }
}

/// One that left no ticket; of one whose words are not for me there is nothing to show.
fn of_chat(board: Board, chat: &Talked) -> Option<Line> {
    let words = board.words;
    let Stage::Ended(reason) = chat.stage else { return None };
    Some(Line {
        at: chat.queued_at,
        path: ["/chat/", &chat.chat].concat(),
        subject: chat.subject.clone()?,
        dot: "dot dot--off",
        state: words.common.reason(reason),
        about: about(board, chat.number, chat.queued_at, &chat.group.name),
    })
}

fn about(board: Board, number: i64, at: Time, what: &str) -> String {
    let day = clock::day(board.words.common.lang, at, board.now.get_untracked());
    [number.to_string().as_str(), " · ", &day, " · ", what].concat()
}

fn draw(line: Line) -> impl IntoView {
    view! {
        <a class="past__item" href=line.path>
            <b title=line.subject.clone()>{line.subject.clone()}</b>
            <span class="table__state"><span class=line.dot></span>{line.state}</span>
            <small>{line.about}</small>
        </a>
    }
}
