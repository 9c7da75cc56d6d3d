//! Where one stands in the queue: position, average wait, both or neither (R22).

use crate::state::State;
use crate::visit::Visit;
use crate::words::Words;
use crate::{dom, door};
use domain::application::WaitShows;
use domain::{Span, Stage};

/// More bars than this say nothing more.
const BARS: u32 = 8;

pub fn markup(words: &Words) -> String {
    [
        "<section class=\"place\" role=\"status\" id=\"place\" hidden><p class=\"place__fact\" id=\"place-fact\"><span>",
        words.place,
        "</span><b id=\"place-says\"></b></p><p class=\"place__fact\" id=\"wait-fact\"><span>",
        words.wait,
        "</span><b id=\"wait-says\"></b></p><p class=\"place__line\" id=\"places\" aria-hidden=\"true\"></p></section>",
    ]
    .concat()
}

pub fn paint(words: &Words, state: &State) {
    let (place, shows) = (place_of(state), shows_average(state));
    dom::show("place", place.is_some() || shows);
    dom::show("place-fact", place.is_some());
    dom::show("places", place.is_some());
    dom::show("wait-fact", shows);
    let place = place.unwrap_or(0);
    dom::say("place-says", &place.to_string());
    let bars = place.min(BARS);
    dom::fill("places", &[&*bars.to_string()], &|| (0..bars).map(|_| dom::element("i", "")).collect());
    let average = average(state);
    dom::say("wait-says", &average.map_or(words.unknown.into(), |span| minutes(words, span)));
    if let Some(says) = dom::find("wait-says") {
        says.set_class_name(if average.is_none() { "place__unknown" } else { "" });
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

fn minutes(words: &Words, span: Span) -> String {
    match (span.as_secs() + 30) / 60 {
        0 => words.soon.into(),
        minutes => (words.minutes)(minutes),
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
