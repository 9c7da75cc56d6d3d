//! The first screen: a greeting and one button (R5-R7).

use crate::dom::press;
use crate::visit::{Screen, State, Visit};
use crate::{avatar, icon, topbar};
use domain::Face;
use domain::application::{FieldKind, fill};
use leptos::prelude::*;

pub fn home(visit: Visit) -> impl IntoView {
    let words = visit.words;
    let brand = |state: &State| state.application.as_ref().map_or(String::new(), |view| view.name.clone());
    let letter = move |state: &State| {
        brand(state).split_whitespace().last().and_then(|word| word.chars().next()).map_or(String::new(), String::from)
    };
    let hello = visit.text(|state| match name(state) {
        "" => words.hello.into(),
        name => (words.hello_known)(name),
    });
    let start = visit.text(|state| if state.kept.chat.is_empty() { words.start } else { words.back_to_chat }.into());
    visit.fill("team", |state| avatar::faces(&team(state), "avatar avatar--s"));
    view! {
        <header class="welcome">
            <div class="welcome__bar">
                <span class="brand"><span class="brand__mark" aria-hidden="true">{visit.text(letter)}</span>{visit.text(brand)}</span>
                {topbar::minimise(visit)}
            </div>
            <h1 class="welcome__hello">{hello}</h1>
            <p class="welcome__team"><span class="avatars" id="team"></span>{visit.text(|state| (words.team)(team(state).len()))}</p>
        </header>
        <div class="widget__body widget__body--home">
            <button class="button button--act button--wide" type="button" data-first="" on:click=press(move || visit.begin())>
                {icon::icon(icon::CHAT)}
                {start}
            </button>
            <div class="widget__foot" hidden=visit.flag(|state| name(state).is_empty())>
                <p>{visit.text(|state| (words.not_you)(name(state)))}</p>
                <button class="button button--bare button--s button--link" type="button" on:click=press(move || visit.forget())>
                    {icon::icon(icon::SWAP)}
                    {words.other_person}
                </button>
            </div>
        </div>
    }
}

/// His name, where the form asked for it before.
fn name(state: &State) -> &str {
    let field =
        state.application.as_ref().and_then(|view| view.fields.iter().find(|field| field.kind == FieldKind::Name));
    let answer = field.and_then(|field| state.kept.answers.iter().find(|answer| answer.key == field.key));
    answer.map_or("", |answer| &answer.value)
}

/// Everybody who is online in any subject, once.
fn team(state: &State) -> Vec<Face> {
    let mut team: Vec<Face> = Vec::new();
    for face in state.application.iter().flat_map(|view| &view.subjects).flat_map(|subject| &subject.online) {
        if !team.iter().any(|one| one.id == face.id) {
            team.push(face.clone());
        }
    }
    team
}

impl Visit {
    /// Back into the conversation that runs; or to the form, or past it when all it asks is known
    /// already (R13).
    fn begin(self) {
        let (running, known) = {
            let state = self.peek();
            let fields = state.application.as_ref().map_or(&[][..], |view| &view.fields);
            let given = &state.kept.answers;
            (!state.kept.chat.is_empty(), fields.is_empty() || !given.is_empty() && fill(fields, given).is_ok())
        };
        if running {
            self.go(Screen::Chat);
        } else if known {
            self.ask_subject();
        } else {
            self.go(Screen::Form);
        }
    }
}
