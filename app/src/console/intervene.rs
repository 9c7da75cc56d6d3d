//! An administrator goes into a conversation, or takes it over: before it he is told who stays and what the customer
//! reads, and afterwards who has seen it (R46).

use super::board::{Board, board};
use super::browser;
use super::live::{does, drawn, live};
use super::note::Kind;
use crate::words::intervene;
use domain::event::Destination;
use domain::{Act, Face, Target};
use leptos::html;
use leptos::prelude::*;

/// The conversation that is asked about.
#[derive(Clone)]
pub struct Asked {
    pub chat: String,
    pub customer: String,
    /// The others who are in it.
    pub agents: Vec<String>,
    /// Who had it when he was asked: of two who take it over at once one wins.
    pub held: Target,
    /// He is in it already, and can but take it over.
    pub inside: bool,
}

/// How he goes on with it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Step {
    In,
    Over,
}

impl Asked {
    pub fn act(&self, board: Board, step: Step) -> Act {
        match step {
            Step::In => Act::Join,
            Step::Over => {
                Act::HandOn { to: Target::Agent(board.my_id()), note: String::new(), seen: self.held.clone() }
            }
        }
    }
}

/// Asks once a conversation is put there; what is to be done with it when he is sure.
#[component]
pub fn Intervene(asked: RwSignal<Option<Asked>>, act: Callback<(Asked, Step)>) -> impl IntoView {
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
    let go = move |step: Step| {
        let now = asked.get_untracked();
        close();
        if let Some(now) = now {
            act.run((now, step));
        }
    };
    let of = move |what: fn(&Asked) -> String| asked.with(|asked| asked.as_ref().map(what)).unwrap_or_default();
    let inside = move || asked.with(|asked| asked.as_ref().is_some_and(|asked| asked.inside));
    let question = move || {
        let ask = if inside() { says.ask_take } else { says.ask };
        ask(&of(|asked| asked.customer.clone()))
    };
    // Who stays or leaves, and what the customer reads: for going in, and for taking it over.
    let what = move |step: Step| {
        asked.with(|asked| {
            let asked = asked.as_ref()?;
            let (agents, n) = (says.all(&asked.agents), asked.agents.len());
            let reads = (says.reads)(&sentence(board, step));
            let parts = match (step, asked.inside) {
                (Step::In, true) => return None,
                (Step::In, false) => [&(says.stay)(&agents, n), " ", &reads].concat(),
                (Step::Over, true) => [&(says.taken_beside)(&agents, n), " ", &reads].concat(),
                (Step::Over, false) => [says.if_taken, " ", &(says.leave)(&agents, n), " ", &reads].concat(),
            };
            Some(parts)
        })
    };
    let (title, text) = (browser::new_id(), browser::new_id());
    view! {
        <dialog class="dialog" node_ref=dialog aria-labelledby=title.clone() aria-describedby=text.clone() on:close=does(move |_: web_sys::Event| asked.set(None))>
            <h2 id=title.clone()>{live(question)}</h2>
            <div id=text.clone()>
                {drawn(move || [Step::In, Step::Over].into_iter().filter_map(what).map(|what| view! { <p>{what}</p> }).collect_view())}
            </div>
            <div class="dialog__acts">
                <button class="button" type="button" on:click=does(move |_| close())>{words.cancel}</button>
                <button class="button" type="button" on:click=does(move |_| go(Step::Over))>{says.take}</button>
                <button class="button button--act" type="button" autofocus hidden=live(inside) on:click=does(move |_| go(Step::In))>{words.intervene}</button>
            </div>
        </dialog>
    }
}

/// What everybody in it reads.
fn sentence(board: Board, step: Step) -> String {
    let (id, name) = (board.my_id(), board.me.with_untracked(|me| me.agent.face.name.clone()));
    match step {
        Step::In => board.words.common.joined(&name),
        Step::Over => board.words.common.redirected(&Destination::Agent(Face { id, name })),
    }
}

/// He is in it, or has it: who has been told.
pub fn tell(board: Board, asked: &Asked, step: Step) {
    let says = intervene::of(board.words.common.lang);
    let people = [std::slice::from_ref(&asked.customer), &asked.agents[..]].concat().join(", ");
    board.note(Kind::Plain, (says.told)(&sentence(board, step), &people));
}
