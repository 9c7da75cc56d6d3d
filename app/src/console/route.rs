//! Every view has an address.

use super::application::Applications;
use super::bar::{Banner, Bar};
use super::board::board;
use super::chat::Chats;
use super::rail::Rail;
use super::ticket_list::Tickets;
use leptos::prelude::*;
use leptos_router::components::{Outlet, ParentRoute, Redirect, Route, Router, Routes};
use leptos_router::hooks::{use_location, use_navigate};
use leptos_router::path;
use std::cell::RefCell;

type Navigate = Box<dyn Fn(&str)>;

thread_local! {
    // Tabs are closed and chats attended outside of any view: the way to another address is kept here.
    static NAVIGATE: RefCell<Option<Navigate>> = const { RefCell::new(None) };
}

/// Goes to another view.
pub fn go(path: &str) {
    NAVIGATE.with_borrow(|navigate| {
        if let Some(navigate) = navigate {
            navigate(path);
        }
    });
}

#[component]
pub fn Views() -> impl IntoView {
    let board = board();
    let words = board.words;
    let home = move || if board.me.with_untracked(|me| me.agent.may_chat()) { "/chat" } else { "/tickets" };
    let lost = move || view! { <div class="middle"><p class="empty">{words.no_such_view}</p></div> };
    view! {
        <Router>
            <Keep/>
            <Routes fallback=lost>
                <Route path=path!("/") view=move || view! { <Redirect path=home()/> }/>
                <ParentRoute path=path!("") view=Desk>
                    <Route path=path!("/chat/:id?") view=Chats/>
                    <Route path=path!("/tickets/:id?") view=Tickets/>
                    <Route path=path!("/applications") view=Applications/>
                    <Route path=path!("/*any") view=lost/>
                </ParentRoute>
            </Routes>
        </Router>
    }
}

#[component]
fn Keep() -> impl IntoView {
    let navigate = use_navigate();
    NAVIGATE.set(Some(Box::new(move |path| navigate(path, Default::default()))));
}

/// The frame around every view: rail, bar, work.
#[component]
fn Desk() -> impl IntoView {
    let words = board().words;
    let path = use_location().pathname;
    let title = Signal::derive(move || match path.get().split('/').nth(1) {
        Some("chat") => words.menu_chat,
        Some("tickets") => words.menu_tickets,
        Some("applications") => words.menu_applications,
        _ => "Recado",
    });
    view! {
        <div class="desk">
            <Rail/>
            <Bar title=title/>
            <main class="desk__stage"><Banner/><Outlet/></main>
        </div>
    }
}
