//! What a customer sees, in the order he meets it: [`home`] → [`form`] → [`subject`] → [`chat`].
//!
//! [`visit`] is what the screens share and remembers itself in [`keep`]. A message goes
//! [`composer`] → [`outbox`] → [`door`] (HTTP, with its id), comes back by [`socket`] and is heard by
//! the thread, from which [`log`] draws. [`page`] speaks with the page around the frame.

mod ask;
mod avatar;
mod chat;
mod clock;
mod composer;
mod door;
mod form;
mod home;
mod icon;
mod keep;
mod link;
mod log;
mod outbox;
mod page;
mod place;
mod socket;
mod sound;
mod subject;
mod topbar;
mod visit;
mod words;

use leptos::prelude::*;
use visit::{Screen, Visit};
use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen(start)]
pub fn start() {
    let visit = Visit::new(&ask::read());
    page::listen(visit);
    socket::watch(visit);
    visit.load();
    mount_to_body(move || window(visit));
}

/// The whole window. Every screen is there from the start and only one is shown: toggling is
/// smaller than building, and nothing jumps.
fn window(visit: Visit) -> impl IntoView {
    let is = move |screen: Screen| visit.screen.get() == screen;
    view! {
        <main class="widget" on:keydown=move |key| if key.key() == "Escape" { page::minimise() }>
            <div class="widget__screen" hidden=move || !is(Screen::Loading)>{loading(visit)}</div>
            <div class="widget__screen" hidden=move || !is(Screen::Home)>{home::home(visit)}</div>
            <div class="widget__screen" hidden=move || !is(Screen::Form)>{form::form(visit)}</div>
            <div class="widget__screen" hidden=move || !is(Screen::Subject)>{subject::subject(visit)}</div>
            <div class="widget__screen" hidden=move || !is(Screen::Chat)>{chat::chat(visit)}</div>
            <p class="banner banner--bad" role="alert" hidden=move || visit.trouble.get().is_none()>
                {icon::icon(icon::ALERT)}
                <span class="banner__text">{move || visit.trouble.get()}</span>
                <button class="button button--bare button--s" type="button" hidden=move || visit.application.get().is_some() on:click=move |_| visit.load()>
                    {visit.words.common.retry}
                </button>
            </p>
        </main>
    }
}

/// The shape of what is coming.
fn loading(visit: Visit) -> impl IntoView {
    view! {
        {topbar::topbar(visit, topbar::Bar::Plain)}
        <div class="widget__body" aria-busy="true" hidden=move || visit.trouble.get().is_some()>
            <i class="bone bone--bubble loading__one"></i>
            <i class="bone bone--bubble loading__two"></i>
            <i class="bone bone--bubble loading__three"></i>
        </div>
    }
}
