//! The tabs: the conversations I hold, and those I look at. What I hold cannot be closed (R62).

use super::ask::Ask;
use super::board::{Board, board};
use super::face::Avatar;
use super::icon::Icon;
use super::live::{derived, does, drawn, live, memo, rows};
use super::room::Room;
use super::route;
use domain::Act;
use leptos::prelude::*;
use leptos::task::spawn_local;

#[component]
pub fn Tabs(open: Memo<Option<String>>) -> impl IntoView {
    let board = board();
    view! {
        <nav class="tabs" aria-label=board.words.open_conversations hidden=live(move || board.rooms.with(Vec::is_empty))>
            {rows(move || board.rooms.get(), Room::chat, move |room| view! { <Tab room=room open=open/> })}
        </nav>
    }
}

#[component]
fn Tab(room: Room, open: Memo<Option<String>>) -> impl IntoView {
    let board = board();
    let words = board.words;
    let me = StoredValue::new(board.my_id());
    let current = memo(move |_| open.with(|open| open.as_deref().is_some_and(|chat| room.is(chat))));
    let face = memo(move |_| room.of(|chat| board.face(chat)));
    let name = memo(move |_| face.get().map_or_else(|| words.conversation.into(), |face| face.name));
    let owes = memo(move |_| room.owes_ticket_of(&me.get_value()));
    let saved = memo(move |_| room.is_over() && !owes.get());
    let unread = memo(move |_| if current.get() || room.is_over() { 0 } else { room.unread(&me.get_value()) });
    let held = memo(move |_| board.holds(room));
    let is_invited = move |chat: &domain::Chat| me.with_value(|me| chat.is_invited(me));
    let invited = memo(move |_| room.of(is_invited).unwrap_or(false));
    view! {
        <span class="tabs__tab" aria-current=live(move || current.get().then_some("page"))>
            {drawn(move || if owes.get() {
                view! { <Icon name="hourglass" small=true/> }.into_any()
            } else if saved.get() {
                view! { <Icon name="check" small=true/> }.into_any()
            } else if room.watching.get() {
                view! { <Icon name="eye" small=true/> }.into_any()
            } else {
                face.get().map(|face| view! { <Avatar face=face customer=true/> }).into_any()
            })}
            <a href=room.path() aria-current=live(move || current.get().then_some("page"))>{live(move || name.get())}</a>
            <span class="badge" hidden=live(move || unread.get() == 0)>
                <span aria-hidden="true">{live(move || unread.get())}</span><span class="visually-hidden">{live(move || (words.count_unread)(unread.get()))}</span>
            </span>
            <span class="tag tag--wait" hidden=live(move || !owes.get())>{words.to_save}</span>
            <button
                class="tabs__close" type="button" hidden=live(move || held.get() || invited.get()) aria-label=live(move || [words.close_tab, ": ", &name.get()].concat())
                on:click=does(move |_| close(board, room, current.get_untracked()))
            >
                <Icon name="x" small=true/>
            </button>
            // Nobody waits for who has closed it (R59).
            <Ask class="tabs__close" label=words.close_tab icon="x" of=derived(move || name.get()) question=words.decline_ask say=words.decline_say
                hidden=derived(move || held.get() || !invited.get()) sure=true
                act=Callback::new(move |_| leave(board, room, Act::Decline, current.get_untracked()))/>
        </span>
    }
}

/// Whoever does not come, or leaves it to the others, has no more to do with it.
pub fn leave(board: Board, room: Room, act: Act, was_open: bool) {
    spawn_local(async move {
        match room.wish_now(board, act).await {
            Ok(told) => {
                board.answered(&room.chat(), told);
                close(board, room, was_open);
            }
            Err(failure) => board.fail(failure),
        }
    });
}

pub fn close(board: Board, room: Room, was_open: bool) {
    board.close(room);
    if was_open {
        let next = board.rooms.with_untracked(|rooms| rooms.last().map(Room::path));
        route::go(next.as_deref().unwrap_or("/chat"));
    }
}
