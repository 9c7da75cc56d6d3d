//! The bar across the top: where one is, the way back, the way out, and minimise.

use crate::visit::{Screen, Visit};
use crate::{avatar, icon, page};
use leptos::prelude::*;

#[derive(Clone, Copy, PartialEq)]
pub enum Bar {
    /// Nothing but minimise.
    Plain,
    Form,
    Subject,
}

pub fn topbar(visit: Visit, bar: Bar) -> impl IntoView {
    let title = move || match bar {
        Bar::Form => visit.words.form_title.into(),
        _ => visit.application.with(|view| view.as_ref().map_or(String::new(), |view| view.name.clone())),
    };
    view! {
        <header class="topbar">
            <span hidden=bar == Bar::Plain>{back(visit)}</span>
            <h1 class="topbar__title">{title}</h1>
            {minimise(visit)}
        </header>
    }
}

/// The designated button that returns to the first screen (R10).
pub fn back(visit: Visit) -> impl IntoView {
    let home = visit.words.go_home;
    view! { <button class="button button--bare button--icon" type="button" aria-label=home title=home on:click=move |_| visit.go(Screen::Home)>{icon::icon(icon::BACK)}</button> }
}

pub fn minimise(visit: Visit) -> impl IntoView {
    let label = visit.words.minimise;
    view! { <button class="button button--bare button--icon" type="button" aria-label=label title=label hidden=page::is_alone() on:click=move |_| page::minimise()>{icon::icon(icon::MINUS)}</button> }
}

/// The first faces of a team, one over the other's edge.
pub fn faces(faces: &[domain::Face], class: &'static str) -> impl IntoView + use<> {
    faces.iter().take(3).map(|face| avatar::avatar(&face.id, &face.name, class)).collect_view()
}
