//! Where one stands in the queue: position, average wait, both or neither (R22).

use crate::visit::{State, Visit};
use crate::{dom, door};
use domain::application::WaitShows;
use domain::{Span, Stage};
use leptos::prelude::*;

/// More bars than this say nothing more.
const BARS: u32 = 8;

pub fn place(visit: Visit) -> impl IntoView {
    let words = visit.words;
    visit.fill("places", |state| (0..place_of(state).unwrap_or(0).min(BARS)).map(|_| dom::element("i", "")).collect());
    let no_place = visit.flag(|state| place_of(state).is_none());
    view! {
        <section class="place" role="status" hidden=visit.flag(|state| place_of(state).is_none() && !shows_average(state))>
            <p class="place__fact" hidden=no_place>
                <span>{words.place}</span>
                <b>{visit.text(|state| place_of(state).map_or(String::new(), |place| place.to_string()))}</b>
            </p>
            <p class="place__fact" hidden=visit.flag(|state| !shows_average(state))>
                <span>{words.wait}</span>
                <b class:place__unknown=visit.flag(|state| average(state).is_none())>
                    {visit.text(move |state| average(state).map_or(words.unknown.into(), |span| minutes(visit, span)))}
                </b>
            </p>
            <p class="place__line" id="places" aria-hidden="true" hidden=no_place></p>
        </section>
    }
}

fn is_waiting(state: &State) -> bool {
    state.chat().is_some_and(|chat| chat.stage == Stage::Waiting)
}

fn shows(state: &State) -> WaitShows {
    state.application.as_ref().map_or(WaitShows::Nothing, |view| view.wait_shows)
}

fn place_of(state: &State) -> Option<u32> {
    let shows = is_waiting(state) && matches!(shows(state), WaitShows::Position | WaitShows::Both);
    state.wait.as_ref().filter(|_| shows)?.place
}

fn shows_average(state: &State) -> bool {
    is_waiting(state) && state.wait.is_some() && matches!(shows(state), WaitShows::Average | WaitShows::Both)
}

fn average(state: &State) -> Option<Span> {
    state.wait.as_ref()?.average
}

fn minutes(visit: Visit, span: Span) -> String {
    match (span.as_secs() + 30) / 60 {
        0 => visit.words.soon.into(),
        minutes => (visit.words.minutes)(minutes),
    }
}

impl Visit {
    /// Asks where he stands; from then on the socket tells him.
    pub async fn ask_wait(self) {
        let waits = {
            let state = self.peek();
            state.chat().filter(|chat| chat.stage == Stage::Waiting).map(|chat| chat.id.clone())
        };
        let Some(chat) = waits else { return };
        let (token, _) = self.ticket();
        if let Ok(wait) = door::wait(&token, &chat).await {
            self.change().wait = Some(wait);
        }
    }
}
