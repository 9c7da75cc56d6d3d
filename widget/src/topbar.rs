//! The bar across the top: where one is, the way back, the way out, and minimise.

use crate::dom::press;
use crate::visit::{Screen, Visit};
use crate::{icon, page};
use leptos::prelude::*;

/// With the application's name where no title is given.
pub fn topbar(visit: Visit, title: &'static str, goes_back: bool) -> impl IntoView {
    let title = visit.text(move |state| match (title, &state.application) {
        ("", Some(view)) => view.name.clone(),
        _ => title.into(),
    });
    view! {
        <header class="topbar">
            <span hidden=!goes_back>{back(visit)}</span>
            <h1 class="topbar__title">{title}</h1>
            {minimise(visit)}
        </header>
    }
}

/// The designated button that returns to the first screen (R10).
pub fn back(visit: Visit) -> impl IntoView {
    button(icon::BACK, visit.words.go_home, false, move || visit.go(Screen::Home))
}

pub fn minimise(visit: Visit) -> impl IntoView {
    button(icon::MINUS, visit.words.minimise, page::is_alone(), page::minimise)
}

fn button(drawing: &'static str, label: &'static str, hidden: bool, does: impl Fn() + 'static) -> impl IntoView {
    view! {
        <button class="button button--bare button--icon" type="button" aria-label=label title=label hidden=hidden on:click=press(does)>
            {icon::icon(drawing)}
        </button>
    }
}
