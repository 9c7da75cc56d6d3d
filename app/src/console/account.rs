//! My account: who I am, the way to what is mine, and the way out.

use super::board::{Board, board};
use super::browser::{self, kept};
use super::face::Avatar;
use super::live::{derived, does, drawn, live};
use super::menu::{Item, Items, Menu, Sign};
use super::route;
use crate::doors::application::may_see;
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
        let item = |label: &str, icon, act| Item {
            label: label.into(),
            more: None,
            tag: None,
            sign: Sign::Icon(icon),
            chosen: false,
            barred: false,
            act,
        };
        let goes = |path: &'static str| Callback::new(move |()| route::go(path));
        let mut items = vec![item(words.menu_profile, "person", goes("/profile"))];
        if board.me.with(|me| may_see(&me.agent)) {
            items.push(item(words.menu_audit, "eye", goes("/audit")));
        }
        let leave = item(words.sign_out, "leave", Callback::new(move |()| sign_out(board)));
        items.push(Item { more: Some(board.me.with(|me| me.email.clone())), ..leave });
        items
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
    browser::leaves(true);
    spawn_local(async move {
        match session::end_session().await {
            Ok(()) => {
                kept::forget();
                browser::sign_in();
            }
            Err(failure) => {
                board.fail(failure);
                browser::leaves(false);
            }
        }
    });
}
