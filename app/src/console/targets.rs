//! Whom a conversation can be handed to, and whom one can ask to help (R46, R59).

use super::board::{Board, board};
use super::browser;
use super::icon::Icon;
use super::live::{derived, does, live, memo};
use super::menu::{Item, Items, Menu, Sign};
use super::note::Kind;
use super::room::Room;
use super::too_long::TooLong;
use crate::doors::{chat, ticket};
use crate::words::intervene;
use domain::act::MESSAGE_LIMIT;
use domain::event::Destination;
use domain::group::Named;
use domain::profile::spoken;
use domain::wire::Attendant;
use domain::{Act, Chat, Face, Target, text};
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use web_sys::KeyboardEvent;

/// To another group's queue, or to another agent.
#[component]
pub fn Redirect(room: Room) -> impl IntoView {
    let board = board();
    let words = board.words;
    let menu = Menu::new();
    let agents = RwSignal::new(Vec::new());
    // None: not read yet. They stand above the agents, who wait for them: nothing moves when they come.
    let groups = RwSignal::new(None::<Vec<Named>>);
    let chosen = RwSignal::new(None::<Chosen>);
    let dialog: NodeRef<html::Dialog> = NodeRef::new();
    let choose = move |to: Target, name: &str| {
        let name = name.to_owned();
        Callback::new(move |()| {
            let Some(seen) = untrack(|| room.of(domain::Chat::held)) else { return };
            chosen.set(Some(Chosen { to: to.clone(), name: name.clone(), seen }));
            if let Some(dialog) = dialog.get_untracked() {
                let _ = dialog.show_modal();
            }
        })
    };
    let items = derived(move || {
        let here = room.of(|chat| chat.group.id.clone()).unwrap_or_default();
        let Some(groups) = groups.get() else { return Vec::new() };
        let groups = groups.into_iter().filter(|group| group.id != here).map(|group| Item {
            act: choose(Target::Group(group.id), &group.name),
            label: group.name,
            more: Some(words.to_group.into()),
            tag: None,
            sign: Sign::Icon("redirect"),
            chosen: false,
            barred: false,
        });
        let agents = others(room, agents.get()).map(|agent| {
            let act = choose(Target::Agent(agent.state.face.id.clone()), &agent.state.face.name);
            item(board, agent, act)
        });
        groups.chain(agents).collect::<Vec<_>>()
    });
    if room.redirects.try_update_value(std::mem::take) == Some(true) {
        read(board, room, agents);
        read_groups(board, room, groups);
        // Its button must be there for it to come back to.
        request_animation_frame(move || menu.toggle());
    }
    view! {
        <button
            class="button button--bare button--icon button--s" type="button" aria-label=words.redirect title=words.redirect
            aria-haspopup="menu" aria-expanded=live(move || menu.is_open().to_string())
            on:click=does(move |_| { read(board, room, agents); read_groups(board, room, groups); menu.toggle() })
        >
            <Icon name="redirect"/>
        </button>
        <Items menu=menu label=words.redirect items=items/>
        <HandOver room=room chosen=chosen dialog=dialog/>
    }
}

/// To whom it is to go.
#[derive(Clone)]
struct Chosen {
    to: Target,
    name: String,
    /// Where it was then.
    seen: Target,
}

impl Chosen {
    /// What everybody in it reads.
    fn sentence(&self, board: Board) -> String {
        let name = self.name.clone();
        board.words.common.redirected(&match self.to.clone() {
            Target::Group(id) => Destination::Group(Named { id, name }),
            Target::Agent(id) => Destination::Agent(Face { id, name }),
        })
    }
}

/// The others who are in it.
fn colleagues(board: Board, room: Room) -> Vec<String> {
    let me = board.my_id();
    let names = |chat: &Chat| {
        let others = chat.agents.iter().filter(|agent| agent.face.id != me);
        others.map(|agent| agent.face.name.clone()).collect()
    };
    room.of(names).unwrap_or_default()
}

/// Who leaves it, and what the customer reads.
fn before(board: Board, room: Room, chosen: &Chosen) -> String {
    let says = intervene::of(board.words.common.lang);
    let (others, inside) = (colleagues(board, room), room.is_running_with(&board.my_id()));
    let to_group = matches!(chosen.to, Target::Group(_));
    let leaves = match (inside, others.len()) {
        (false, 0) => String::new(),
        (false, n) => (says.leave)(&says.all(&others), n),
        (true, 1..) if to_group => says.all_leave.into(),
        (true, _) => says.you_leave.into(),
    };
    // Agents among themselves have no customer.
    let customer = !room.of(Chat::is_inner).unwrap_or(false);
    let waits = (to_group && !leaves.is_empty()).then(|| says.waits.to_owned());
    let reads = customer.then(|| (says.reads)(&chosen.sentence(board)));
    [Some(leaves), waits, reads].into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Whom it was told.
fn after(board: Board, room: Room, chosen: &Chosen) -> String {
    let says = intervene::of(board.words.common.lang);
    let customer = room.of(|chat| (!chat.is_inner()).then(|| board.face(chat).name)).flatten();
    let mut people: Vec<String> = customer.into_iter().chain(colleagues(board, room)).collect();
    let me = board.my_id();
    if !people.contains(&chosen.name) && !matches!(&chosen.to, Target::Agent(id) if *id == me) {
        people.push(chosen.name.clone());
    }
    (says.told)(&chosen.sentence(board), &people.join(", "))
}

/// Asks for a word to whoever goes on with it. What was typed stays while it was not sent.
#[component]
fn HandOver(room: Room, chosen: RwSignal<Option<Chosen>>, dialog: NodeRef<html::Dialog>) -> impl IntoView {
    let board = board();
    let words = board.words;
    // It outlives these buttons: they go with the right to press them, when somebody was faster.
    let note = room.parting;
    let close = move || {
        if let Some(dialog) = dialog.get_untracked() {
            dialog.close();
        }
    };
    let over = memo(move |_| note.with(|note| text::over(note, MESSAGE_LIMIT)));
    let send = move || {
        let Some(chosen) = chosen.get_untracked().filter(|_| over.get_untracked() == 0) else { return };
        close();
        let told = untrack(|| after(board, room, &chosen));
        spawn_local(async move {
            let Chosen { to, seen, .. } = chosen;
            match room.wish_now(board, Act::HandOn { to, note: note.get_untracked(), seen }).await {
                Ok(_) => {
                    note.try_set(String::new());
                    board.note(Kind::Plain, told);
                }
                Err(failure) => board.fail(failure),
            }
        });
    };
    let key = move |event: KeyboardEvent| {
        if event.key() == "Enter" && (event.ctrl_key() || event.meta_key()) {
            event.prevent_default();
            send();
        }
    };
    let (title, text, id) = (browser::new_id(), browser::new_id(), browser::new_id());
    let to = move || chosen.with(|chosen| chosen.as_ref().map(|to| (words.redirect_to)(&to.name)).unwrap_or_default());
    let what = move || chosen.with(|chosen| chosen.as_ref().map(|to| before(board, room, to)));
    view! {
        <dialog class="dialog" node_ref=dialog aria-labelledby=title.clone() aria-describedby=text.clone() on:keydown=does(key)>
            <h2 id=title.clone()>{live(to)}</h2>
            <p id=text.clone()>{live(what)}</p>
            <div class="dialog__fields">
                <div class="field">
                    <label class="field__label" for=id.clone()>{words.hand_over_note}</label>
                    <textarea
                        class="field__box" id=id rows="3" aria-invalid=live(move || (over.get() > 0).then_some("true")) autofocus prop:value=live(move || note.get())
                        on:input=does(move |event| note.set(event_target_value(&event)))
                    ></textarea>
                    <TooLong over=over limit=MESSAGE_LIMIT/>
                </div>
            </div>
            <div class="dialog__acts">
                <button class="button" type="button" on:click=does(move |_| close())>{words.cancel}</button>
                <button class="button button--act" type="button" disabled=live(move || over.get() > 0) on:click=does(move |_| send())>{words.redirect}</button>
            </div>
        </dialog>
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
                let id = agent.state.face.id.clone();
                let act = Callback::new(move |()| room.wish(board, Act::Invite { agent: id.clone() }));
                item(board, agent, act)
            })
            .collect::<Vec<_>>()
    });
    view! {
        <button
            class="button button--bare button--s" type="button" title=words.invite aria-haspopup="menu" aria-expanded=live(move || menu.is_open().to_string())
            on:click=does(move |_| { read(board, room, agents); menu.toggle() })
        >
            <Icon name="invite" small=true/><span>{words.invite}</span>
        </button>
        <Items menu=menu label=words.invite items=items/>
    }
}

fn read(board: Board, room: Room, agents: RwSignal<Vec<Attendant>>) {
    spawn_local(async move {
        match chat::read_colleagues(room.chat()).await {
            Ok(read) => {
                agents.try_set(read);
            }
            Err(failure) => board.fail(failure),
        }
    });
}

/// Of all the house, and not of mine alone: a customer may have asked in the wrong one. What is among agents has no queue.
fn read_groups(board: Board, room: Room, groups: RwSignal<Option<Vec<Named>>>) {
    if untrack(|| room.of(domain::Chat::is_inner)).unwrap_or(true) {
        return groups.set(Some(Vec::new()));
    }
    spawn_local(async move {
        match ticket::read_choices().await {
            Ok(read) => drop(groups.try_set(Some(read.groups))),
            Err(failure) => {
                groups.try_set(Some(Vec::new()));
                board.fail(failure);
            }
        }
    });
}

/// Those who are not in it yet, who are there first.
fn others(room: Room, mut agents: Vec<Attendant>) -> impl Iterator<Item = Attendant> {
    agents.retain(|a| !room.of(|chat| chat.is_inside(&a.state.face.id)).unwrap_or(false));
    agents.sort_by_key(|a| (!a.state.connected, !a.state.online));
    agents.into_iter()
}

/// Who is not connected hears of nothing, so nothing is handed to him.
fn item(board: Board, agent: Attendant, act: Callback<()>) -> Item {
    let (words, speaks) = (board.words, spoken(&agent.languages).join(", "));
    let agent = agent.state;
    let (on, off) = (agent.connected && agent.online, !agent.connected);
    let state = match (on, off) {
        (true, _) => words.online,
        (_, true) => words.common.offline,
        _ => words.offline,
    };
    Item {
        label: agent.face.name,
        more: Some(state.into()),
        tag: (!speaks.is_empty()).then_some(speaks),
        sign: Sign::Dot(if on { "dot" } else { "dot dot--off" }),
        chosen: false,
        barred: off,
        act,
    }
}
