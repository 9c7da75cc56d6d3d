//! What the program says for a moment, above everything: a refusal, a fault with its number.

use super::board::{Board, board};
use super::browser;
use super::icon::Icon;
use super::live::{does, rows};
use crate::doors::Failure;
use crate::words::Words;
use leptos::prelude::*;

/// How long a note stays when nobody closes it.
const STAYS: u64 = 9_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Plain,
    Bad,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    pub id: String,
    pub kind: Kind,
    pub text: String,
}

/// Why a door did not answer, in words.
pub fn why(words: &'static Words, failure: &Failure) -> String {
    match failure {
        Failure::Lost => words.not_reached.into(),
        Failure::Trouble(domain::Trouble::Fault { number }) if number.is_empty() => words.not_reached.into(),
        Failure::Trouble(trouble) => words.common.trouble(trouble),
    }
}

pub fn show(board: Board, kind: Kind, text: String) {
    let id = browser::new_id();
    board.notes.update(|notes| {
        notes.retain(|note| note.text != text);
        notes.push(Note { id: id.clone(), kind, text });
    });
    set_timeout(move || drop_note(board, &id), std::time::Duration::from_millis(STAYS));
}

fn drop_note(board: Board, id: &str) {
    board.notes.update(|notes| notes.retain(|note| note.id != id));
}

#[component]
pub fn Notes() -> impl IntoView {
    let board = board();
    view! {
        <div class="notes" role="status" aria-live="assertive">
            {rows(move || board.notes.get(), |note| note.id.clone(), move |note: Note| view! {
                <p class="note" class:note--bad={note.kind == Kind::Bad}>
                    <span>{note.text}</span>
                    <button
                        class="button button--bare button--icon button--s" type="button" aria-label=board.words.dismiss
                        on:click=does(move |_| drop_note(board, &note.id))
                    >
                        <Icon name="x" small=true/>
                    </button>
                </p>
            })}
        </div>
    }
}
