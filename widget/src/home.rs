//! The first screen: a greeting and one button (R5-R7).

use crate::visit::{Screen, Visit};
use crate::{icon, topbar};
use domain::Face;
use domain::application::fill;
use leptos::prelude::*;

pub fn home(visit: Visit) -> impl IntoView {
    let words = visit.words;
    let brand = move || visit.application.with(|view| view.as_ref().map_or(String::new(), |view| view.name.clone()));
    let letter = move || brand().split_whitespace().last().and_then(|word| word.chars().next()).map(String::from);
    let hello = move || match visit.name().as_str() {
        "" => words.hello.into(),
        name => (words.hello_known)(name),
    };
    let running = move || visit.kept.with(|kept| !kept.chat.is_empty());
    let start = move |_| {
        if running() {
            visit.go(Screen::Chat);
        } else {
            visit.begin();
        }
    };
    view! {
        <header class="welcome">
            <div class="welcome__bar">
                <span class="brand"><span class="brand__mark" aria-hidden="true">{letter}</span>{brand}</span>
                {topbar::minimise(visit)}
            </div>
            <h1 class="welcome__hello">{hello}</h1>
            <p class="welcome__team">
                <span class="avatars">{move || topbar::faces(&team(visit), "avatar avatar--s")}</span>
                {move || (words.team)(team(visit).len())}
            </p>
        </header>
        <div class="widget__body widget__body--home">
            <button class="button button--act button--wide" type="button" data-first="" on:click=start>
                {icon::icon(icon::CHAT)}
                {move || if running() { words.back_to_chat } else { words.start }}
            </button>
            <div class="widget__foot" hidden=move || visit.name().is_empty()>
                <p>{move || (words.not_you)(&visit.name())}</p>
                <button class="button button--bare button--s button--link" type="button" on:click=move |_| visit.forget()>
                    {icon::icon(icon::SWAP)}
                    {words.other_person}
                </button>
            </div>
        </div>
    }
}

/// Everybody who is online in any subject, once.
fn team(visit: Visit) -> Vec<Face> {
    let mut team: Vec<Face> = Vec::new();
    visit.application.with(|view| {
        for face in view.iter().flat_map(|view| &view.subjects).flat_map(|subject| &subject.online) {
            if !team.iter().any(|one| one.id == face.id) {
                team.push(face.clone());
            }
        }
    });
    team
}

impl Visit {
    /// To the form, or past it when all it asks is known already (R13).
    pub fn begin(self) {
        let known = self.application.with_untracked(|view| {
            let fields = view.as_ref().map_or(&[][..], |view| &view.fields);
            let given = self.kept.with_untracked(|kept| kept.answers.clone());
            fields.is_empty() || !given.is_empty() && fill(fields, &given).is_ok()
        });
        if known {
            self.ask_subject();
        } else {
            self.go(Screen::Form);
        }
    }
}
