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
mod dom;
mod door;
mod form;
mod home;
mod icon;
mod keep;
mod line;
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
    let ask = ask::read();
    mount_to_body(move || {
        let visit = Visit::new(&ask);
        page::listen(visit);
        socket::watch(visit);
        visit.load();
        window(visit)
    });
}

/// The whole window. Every screen is there from the start and only one is shown: toggling is
/// smaller than building, and nothing jumps.
fn window(visit: Visit) -> impl IntoView {
    let not = move |screen: Screen| visit.flag(move |state| state.screen != screen);
    let escape: Box<dyn FnMut(web_sys::KeyboardEvent)> = Box::new(|key| {
        if key.key() == "Escape" {
            page::minimise();
        }
    });
    view! {
        <main class="widget" on:keydown=escape>
            <div class="widget__screen" hidden=not(Screen::Loading)>{loading(visit)}</div>
            <div class="widget__screen" hidden=not(Screen::Home)>{home::home(visit)}</div>
            <div class="widget__screen" hidden=not(Screen::Form)>{form::form(visit)}</div>
            <div class="widget__screen" hidden=not(Screen::Subject)>{subject::subject(visit)}</div>
            <div class="widget__screen" hidden=not(Screen::Chat)>{chat::chat(visit)}</div>
            <p class="banner banner--bad" role="alert" hidden=visit.flag(|state| state.trouble.is_empty())>
                {icon::icon(icon::ALERT)}
                <span class="banner__text">{visit.text(|state| state.trouble.clone())}</span>
                <button class="button button--bare button--s" type="button" hidden=visit.flag(|state| state.application.is_some()) on:click=dom::press(move || visit.load())>
                    {visit.words.common.retry}
                </button>
            </p>
        </main>
    }
}

/// The shape of what is coming.
fn loading(visit: Visit) -> impl IntoView {
    view! {
        {topbar::topbar(visit, "", false)}
        <div class="widget__body" aria-busy="true" hidden=visit.flag(|state| !state.trouble.is_empty())>
            <i class="bone bone--bubble loading__one"></i>
            <i class="bone bone--bubble loading__two"></i>
            <i class="bone bone--bubble loading__three"></i>
        </div>
    }
}
