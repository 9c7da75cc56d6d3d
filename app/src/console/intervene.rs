//! An administrator goes into a conversation: before it he is told who stays and what the customer reads, and
//! afterwards who has seen it (R46).

use super::board::{Board, board};
use super::browser;
use super::live::{does, live};
use super::note::Kind;
use crate::words::intervene;
use leptos::html;
use leptos::prelude::*;

/// The conversation that is asked about.
#[derive(Clone, Default)]
pub struct Asked {
    pub chat: String,
    pub customer: String,
    pub agents: Vec<String>,
}

/// Asks once a conversation is put there; what is to be done with it when he is sure.
#[component]
pub fn Intervene(asked: RwSignal<Option<Asked>>, act: Callback<Asked>) -> impl IntoView {
    let board = board();
    let words = board.words;
    let says = intervene::of(words.common.lang);
    let dialog: NodeRef<html::Dialog> = NodeRef::new();
    Effect::new(move || {
        if let (true, Some(dialog)) = (asked.with(Option::is_some), dialog.get()) {
            let _ = dialog.show_modal();
        }
    });
    let close = move || {
        if let Some(dialog) = dialog.get_untracked() {
            dialog.close();
        }
    };
    let go_in = move |_| {
        let now = asked.get_untracked();
        close();
        if let Some(now) = now {
            act.run(now);
        }
    };
    let of = move |what: fn(&Asked) -> String| asked.with(|asked| asked.as_ref().map(what)).unwrap_or_default();
    let stay = move || {
        asked.with(|asked| asked.as_ref().map(|asked| (says.stay)(&says.all(&asked.agents), asked.agents.len())))
    };
    let (title, text) = (browser::new_id(), browser::new_id());
    view! {
        <dialog class="dialog" node_ref=dialog aria-labelledby=title.clone() aria-describedby=text.clone() on:close=does(move |_: web_sys::Event| asked.set(None))>
            <h2 id=title.clone()>{live(move || (says.ask)(&of(|asked| asked.customer.clone())))}</h2>
            <p id=text.clone()>{live(stay)}" "{(says.reads)(&sentence(board))}</p>
            <div class="dialog__acts">
                <button class="button" type="button" on:click=does(move |_| close())>{words.cancel}</button>
                <button class="button button--act" type="button" autofocus on:click=does(go_in)>{words.intervene}</button>
            </div>
        </dialog>
    }
}

/// What everybody in it reads.
fn sentence(board: Board) -> String {
    board.words.common.joined(&board.me.with_untracked(|me| me.agent.face.name.clone()))
}

/// He is in it: who has been told.
pub fn tell(board: Board, asked: &Asked) {
    let says = intervene::of(board.words.common.lang);
    let people = [std::slice::from_ref(&asked.customer), &asked.agents[..]].concat().join(", ");
    board.note(Kind::Plain, (says.told)(&sentence(board), &people));
}
