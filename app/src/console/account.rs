//! My account: who I am, and the way out.

use super::board::{Board, board};
use super::browser::kept;
use super::face::Avatar;
use super::live::{derived, does, drawn, live};
use super::menu::{Item, Items, Menu, Sign};
use crate::doors::session;
use leptos::prelude::*;
use leptos::task::spawn_local;

#[component]
pub fn Account() -> impl IntoView {
    let board = board();
    let words = board.words;
    let menu = Menu::new();
    let face = move || board.me.with(|me| me.agent.face.clone());
    let items = derived(move || {
        vec![Item {
            label: words.sign_out.into(),
            more: Some(board.me.with(|me| me.email.clone())),
            sign: Sign::Icon("leave"),
            chosen: false,
            barred: false,
            act: Callback::new(move |()| sign_out(board)),
        }]
    });
    view! {
        <div class="rail__end">
            <button
                class="rail__me" type="button" aria-haspopup="menu" aria-expanded=live(move || menu.is_open().to_string())
                on:click=does(move |_| menu.toggle())
            >
                {drawn(move || view! { <Avatar face=face() large=true/> })}
                <span class="visually-hidden">{live(move || [face().name.as_str(), ", ", words.my_account].concat())}</span>
            </button>
            <Items menu=menu label=words.my_account items=items/>
        </div>
    }
}

fn sign_out(board: Board) {
    spawn_local(async move {
        match session::end_session().await {
            Ok(()) => {
                kept::forget();
                let _ = window().location().set_href("/sign-in");
            }
            Err(failure) => board.fail(failure),
        }
    });
}
