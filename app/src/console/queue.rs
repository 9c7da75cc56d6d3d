//! The queue: who waits, by group and told by the clock, and who is being attended (R50).

use super::board::{Board, board};
use super::browser;
use super::clock;
use super::face::Avatar;
use super::icon::Icon;
use super::live::{does, drawn, live, memo, rows};
use super::route;
use crate::doors::Failure;
use crate::doors::chat::act_in_chat;
use domain::event::Wish;
use domain::group::Named;
use domain::wire::Card;
use domain::{Act, Face, Refusal, Span, Stage, Trouble};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// A wait that asks for attention, and one that is too long.
const LONG: Span = Span::minutes(2);
const LATE: Span = Span::minutes(5);

/// The chats of one group, the one who has waited longest first.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Rows {
    group: Named,
    chats: Vec<String>,
}

/// `open` is the chat that is shown beside the lists.
#[component]
pub fn Queue(open: Memo<Option<String>>) -> impl IntoView {
    let board = board();
    let words = board.words;
    let waiting = memo(move |_| board.cards.with(|cards| by_group(cards)));
    let first = memo(move |_| first_of_mine(board, &waiting.get()));
    let count = move || waiting.with(|rows| rows.iter().map(|r| r.chats.len()).sum::<usize>());
    let (mine, others) = (memo(move |_| attended(board, true)), memo(move |_| attended(board, false)));
    let empty = move || board.loaded.get();
    view! {
        <section class="queue" aria-label=words.queue>
            <header class="queue__head">
                <h2>{words.list_waiting}</h2><span class="badge badge--quiet" hidden=live(move || !board.loaded.get())>{live(count)}</span>
            </header>
            <div class="empty empty--s" hidden=live(move || !empty() || count() != 0)><p>{words.nobody_waits}</p></div>
            <Bones/>
            {rows(
                move || waiting.get(),
                |rows| rows.group.id.clone(),
                move |rows| view! { <Group group=rows.group waiting=waiting first=first/> },
            )}
            <div class="queue__rule"></div>
            <header class="queue__head">
                <h2>{words.list_attending}</h2>
                <span class="badge badge--quiet" hidden=live(move || !board.loaded.get())>{live(move || mine.with(Vec::len) + others.with(Vec::len))}</span>
            </header>
            <div class="empty empty--s" hidden=live(move || !empty() || mine.with(Vec::len) + others.with(Vec::len) != 0)><p>{words.nobody_attended}</p></div>
            <p class="queue__group" hidden=live(move || mine.with(Vec::is_empty))>{words.mine}</p>
            {rows(move || mine.get(), String::clone, move |chat| view! { <Talk chat=chat open=open mine=true/> })}
            <p class="queue__group" hidden=live(move || others.with(Vec::is_empty))>{words.of_others}</p>
            {rows(move || others.get(), String::clone, move |chat| view! { <Talk chat=chat open=open mine=false/> })}
        </section>
    }
}

/// The shape of what comes.
#[component]
fn Bones() -> impl IntoView {
    let board = board();
    let row = || {
        view! {
            <div class="call" aria-hidden="true">
                <span></span><span class="call__who"><span class="bone" style:--bone-long="55%"></span></span><span></span>
                <span class="call__words"><span class="bone" style:--bone-long="85%"></span></span>
            </div>
        }
    };
    drawn(move || (!board.loaded.get()).then(|| view! { {row()}{row()}{row()} }))
}

fn by_group(cards: &[Card]) -> Vec<Rows> {
    let mut waiting: Vec<&Card> = cards.iter().filter(|c| c.stage == Stage::Waiting).collect();
    waiting.sort_by(|a, b| (a.queued_at, &a.chat).cmp(&(b.queued_at, &b.chat)));
    let mut groups: Vec<Rows> = Vec::new();
    for card in waiting {
        match groups.iter_mut().find(|rows| rows.group.id == card.group.id) {
            Some(rows) => rows.chats.push(card.chat.clone()),
            None => groups.push(Rows { group: card.group.clone(), chats: vec![card.chat.clone()] }),
        }
    }
    // Groups stay where they are while people come and go.
    groups.sort_by(|a, b| (&a.group.name, &a.group.id).cmp(&(&b.group.name, &b.group.id)));
    groups
}

/// The next thing to do: of all that I may attend, the one who has waited longest.
fn first_of_mine(board: Board, waiting: &[Rows]) -> Option<String> {
    let firsts =
        waiting.iter().filter(|rows| board.seat(&rows.group.id).attendant).filter_map(|rows| rows.chats.first());
    firsts.filter_map(|chat| board.card(chat)).min_by_key(|card| card.queued_at).map(|card| card.chat)
}

/// Those being attended, the longest first: mine, or those of others.
fn attended(board: Board, mine: bool) -> Vec<String> {
    let me = board.my_id();
    board.cards.with(|cards| {
        let mut held: Vec<&Card> = cards
            .iter()
            .filter(|c| c.stage == Stage::Attending && c.agents.iter().any(|a| a.id == me) == mine)
            .collect();
        held.sort_by(|a, b| (a.attended_at, &a.chat).cmp(&(b.attended_at, &b.chat)));
        held.into_iter().map(|c| c.chat.clone()).collect()
    })
}

#[component]
fn Group(group: Named, waiting: Memo<Vec<Rows>>, first: Memo<Option<String>>) -> impl IntoView {
    let board = board();
    let id = group.id.clone();
    let in_sequence = {
        let id = id.clone();
        move || board.seat(&id).attendant && board.me.with(|me| me.agent.sequence)
    };
    let chats = memo(move |_| {
        waiting.with(|groups| groups.iter().find(|r| r.group.id == id).map_or(Vec::new(), |r| r.chats.clone()))
    });
    let locked = in_sequence.clone();
    view! {
        <p class="queue__group">
            {drawn(move || locked().then(|| view! { <Icon name="lock"/> }))}
            {group.name}{live(move || in_sequence().then(|| [" · ", board.words.sequence].concat()))}
        </p>
        {rows(move || chats.get(), String::clone, move |chat| view! { <Call chat=chat chats=chats first=first/> })}
    }
}

/// One who waits.
#[component]
fn Call(chat: String, chats: Memo<Vec<String>>, first: Memo<Option<String>>) -> impl IntoView {
    let board = board();
    let words = board.words;
    let id = StoredValue::new(chat);
    let card = memo(move |_| board.card(&id.get_value()));
    let place =
        memo(move |_| chats.with(|chats| id.with_value(|id| chats.iter().position(|c| c == id))).map_or(0, |n| n + 1));
    let seat = memo(move |_| card.get().map(|card| board.seat(&card.group.id)));
    let attends = move || seat.with(|s| s.as_ref().is_some_and(|s| s.attendant));
    let administers = move || seat.with(|s| s.as_ref().is_some_and(|s| s.administrator));
    let locked = move || seat.with(|s| s.as_ref().is_some_and(|s| s.sequence)) && place.get() > 1;
    let wait = move || card.with(|c| c.as_ref().map_or(Span(0), |c| board.now.get() - c.queued_at));
    let long = memo(move |_| wait() >= LONG);
    let late = memo(move |_| wait() >= LATE);
    let name = move || card.with(|c| c.as_ref().map_or(String::new(), |c| board.customer(c)));
    let said = move || card.with(|c| c.as_ref().map_or(String::new(), |c| said(board, c)));
    view! {
        <article class="call" class:call--next=live(move || first.with(|f| id.with_value(|id| f.as_ref() == Some(id))))>
            <span class="call__place"><span class="visually-hidden">{words.place}" "</span>{live(move || place.get())}</span>
            <h3 class="call__who">{live(name)}</h3>
            <time
                class="call__wait" class:call__wait--long=live(move || long.get() && !late.get()) class:call__wait--late=live(move || late.get())
                datetime=live(move || clock::machine(wait()))
            >
                {drawn(move || long.get().then(|| view! { <Icon name="clock"/> }))}{live(move || clock::elapsed(wait()))}
            </time>
            <p class="call__words">{live(said)}</p>
            <div class="call__foot">
                <span class="call__app">{drawn(move || card.with(|c| c.as_ref().is_some_and(|c| c.verified)).then(|| view! { <Icon name="verified" small=true/><span class="visually-hidden">{words.verified}" "</span> }))}{live(move || card.with(|c| c.as_ref().map(|c| c.application.name.clone())))}</span>
                <a class="button button--s button--bare" hidden=live(move || !administers()) href=["/chat/", &id.get_value()].concat() aria-label=live(move || [words.view, ": ", &name()].concat())>
                    {words.view}
                </a>
                <button
                    class="button button--s" class:button--act=live(move || first.with(|f| id.with_value(|id| f.as_ref() == Some(id))))
                    type="button" hidden=live(move || !attends()) disabled=live(locked) title=live(move || locked().then_some(words.sequence_first))
                    aria-label=live(move || [words.attend, ": ", &name()].concat()) on:click=does(move |_| attend(board, id.get_value()))
                >
                    {drawn(move || locked().then(|| view! { <Icon name="lock" small=true/> }))}
                    {words.attend}
                </button>
            </div>
        </article>
    }
}

/// His last words, or that he is gone: that is said first, since he may be abandoned any second.
fn said(board: Board, card: &Card) -> String {
    match card.gone_since {
        Some(since) => (board.words.gone_since)(&clock::hour_and_second(board.words.common.lang, since)),
        None => card.words.clone(),
    }
}

/// Takes a chat out of the queue, and opens its tab (R54). Who was slower is told who won.
pub fn attend(board: Board, chat: String) {
    spawn_local(async move {
        // First the act, then the room: a room that opens before looks on.
        match act_in_chat(chat.clone(), Wish { id: browser::new_id(), act: Act::Attend }).await {
            Ok(page) => {
                let room = board.open(&chat);
                room.hear(board, &page.told);
                route::go(&room.path());
            }
            Err(failure) => {
                use Refusal::{AlreadyAttended, Ended, NotWaiting};
                if let Failure::Trouble(Trouble::Refused(AlreadyAttended { .. } | Ended | NotWaiting)) = &failure {
                    board.read_lists();
                }
                board.fail(failure);
            }
        }
    });
}

/// One who is being attended.
#[component]
fn Talk(chat: String, open: Memo<Option<String>>, mine: bool) -> impl IntoView {
    let board = board();
    let words = board.words;
    let id = StoredValue::new(chat);
    let card = memo(move |_| board.card(&id.get_value()));
    let is_open = memo(move |_| open.with(|open| id.with_value(|id| open.as_ref() == Some(id))));
    let name = memo(move |_| card.with(|c| c.as_ref().map_or(String::new(), |c| board.customer(c))));
    let agents = memo(move |_| card.with(|c| c.as_ref().map_or(Vec::new(), |c| c.agents.clone())));
    let room = memo(move |_| board.rooms.with(|rooms| rooms.iter().find(|r| id.with_value(|id| r.is(id))).copied()));
    let unread = memo(move |_| room.get().filter(|_| mine).map_or(0, |room| room.unread(&board.my_id())));
    let opens = move |c: &Card| board.seat(&c.group.id).administrator || board.am_invited(c);
    let may_open = move || mine || card.with(|c| c.as_ref().is_some_and(opens));
    let duration =
        move || card.with(|c| c.as_ref().map_or(Span(0), |c| board.now.get() - c.attended_at.unwrap_or(c.queued_at)));
    let said = move || {
        if room.get().is_some_and(|room| mine && room.typists(board.now.get()).contains(&None)) {
            return words.is_writing.into();
        }
        match card.get() {
            Some(card) if card.gone_since.is_some() => said(board, &card),
            Some(card) if mine => card.words,
            Some(_) => (words.with_agents)(
                &agents.with(|all| all.iter().map(|a| a.name.as_str()).collect::<Vec<_>>().join(", ")),
            ),
            None => String::new(),
        }
    };
    let customer = move || card.with(|c| c.as_ref().map(|c| Face { id: c.customer.id.clone(), name: name.get() }));
    let faces = move || if mine { customer().into_iter().collect() } else { agents.get() };
    view! {
        <article class="call call--talk" class:call--open=live(move || is_open.get())>
            <span class="avatars">{drawn(move || faces().into_iter().take(2).map(|face| view! { <Avatar face=face/> }).collect_view())}</span>
            <h3 class="call__who">
                {drawn(move || if may_open() {
                    view! { <a href=["/chat/", &id.get_value()].concat() aria-current=live(move || is_open.get().then_some("true"))>{live(move || name.get())}</a> }.into_any()
                } else {
                    view! { <span>{live(move || name.get())}</span> }.into_any()
                })}
            </h3>
            <time class="call__wait" datetime=live(move || clock::machine(duration()))>{live(move || clock::elapsed(duration()))}</time>
            <p class="call__words">{live(said)}</p>
            <span class="call__end" hidden=live(move || unread.get() == 0)>
                <span class="badge"><span aria-hidden="true">{live(move || unread.get())}</span><span class="visually-hidden">{live(move || (words.count_unread)(unread.get()))}</span></span>
            </span>
        </article>
    }
}
