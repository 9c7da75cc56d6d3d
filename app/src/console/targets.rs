//! Whom a conversation can be handed to, and whom one can ask to help (R46, R59).

use super::board::{Board, board};
use super::icon::Icon;
use super::live::{derived, does, live};
use super::menu::{Item, Items, Menu, Sign};
use super::room::Room;
use crate::doors::group;
use domain::wire::AgentState;
use domain::{Act, Target};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// To another group's queue, or to another agent.
#[component]
pub fn Redirect(room: Room) -> impl IntoView {
    let board = board();
    let words = board.words;
    let menu = Menu::new();
    let agents = RwSignal::new(Vec::new());
    let items = derived(move || {
        let here = room.of(|chat| chat.group.id.clone()).unwrap_or_default();
        let groups = board.me.with(|me| me.groups.clone()).into_iter().filter(|g| g.id != here).map(|group| Item {
            label: group.name,
            more: Some(words.to_group.into()),
            sign: Sign::Icon("redirect"),
            chosen: false,
            barred: false,
            act: redirect(board, room, Target::Group(group.id)),
        });
        let agents = others(room, agents.get()).map(|agent| {
            let act = redirect(board, room, Target::Agent(agent.face.id.clone()));
            item(board, agent, act)
        });
        groups.chain(agents).collect::<Vec<_>>()
    });
    view! {
        <button
            class="button button--bare button--icon button--s" type="button" aria-label=words.redirect title=words.redirect
            aria-haspopup="menu" aria-expanded=live(move || menu.is_open().to_string())
            on:click=does(move |_| { read(board, room, agents); menu.toggle() })
        >
            <Icon name="redirect"/>
        </button>
        <Items menu=menu label=words.redirect items=items/>
    }
}

/// Another agent, into the same conversation.
#[component]
pub fn Invite(room: Room) -> impl IntoView {
    let board = board();
    let words = board.words;
    let menu = Menu::new();
    let agents = RwSignal::new(Vec::new());
    let items = derived(move || {
        others(room, agents.get())
            .map(|agent| {
                let id = agent.face.id.clone();
                let act = Callback::new(move |()| room.wish(board, Act::Invite { agent: id.clone() }));
                item(board, agent, act)
            })
            .collect::<Vec<_>>()
    });
    view! {
        <button
            class="button button--bare button--s" type="button" aria-haspopup="menu" aria-expanded=live(move || menu.is_open().to_string())
            on:click=does(move |_| { read(board, room, agents); menu.toggle() })
        >
            <Icon name="invite" small=true/><span>{words.invite}</span>
        </button>
        <Items menu=menu label=words.invite items=items/>
    }
}

fn read(board: Board, room: Room, agents: RwSignal<Vec<AgentState>>) {
    let Some(here) = untrack(|| room.of(|chat| chat.group.id.clone())) else { return };
    spawn_local(async move {
        match group::read_attendants(here).await {
            Ok(read) => {
                agents.try_set(read);
            }
            Err(failure) => board.fail(failure),
        }
    });
}

/// Those who are not in it yet, who are there first.
fn others(room: Room, mut agents: Vec<AgentState>) -> impl Iterator<Item = AgentState> {
    agents.retain(|a| !room.of(|chat| chat.is_inside(&a.face.id)).unwrap_or(false));
    agents.sort_by_key(|a| (!a.connected, !a.online));
    agents.into_iter()
}

fn redirect(board: Board, room: Room, to: Target) -> Callback<()> {
    Callback::new(move |()| room.wish(board, Act::Redirect { to: to.clone() }))
}

/// Who is not connected hears of nothing, so nothing is handed to him.
fn item(board: Board, agent: AgentState, act: Callback<()>) -> Item {
    let words = board.words;
    let (on, off) = (agent.connected && agent.online, !agent.connected);
    let state = match (on, off) {
        (true, _) => words.online,
        (_, true) => words.common.offline,
        _ => words.offline,
    };
    Item {
        label: agent.face.name,
        more: Some(state.into()),
        sign: Sign::Dot(if on { "dot" } else { "dot dot--off" }),
        chosen: false,
        barred: off,
        act,
    }
}
