//! Where one stands in the queue: position, expected wait, both or neither (R22).

use crate::chat::is_waiting;
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
        "</span><b id=\"place-says\"></b></p><p class=\"place__fact\" id=\"wait-fact\"><span id=\"wait-called\"></span>",
        "<b id=\"wait-says\"></b></p><p class=\"place__line\" id=\"places\" aria-hidden=\"true\"></p></section>",
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
    let wait = wait(words, state);
    let ranges = state.application.as_ref().is_some_and(|view| view.wait_ranges);
    dom::say("wait-called", if ranges { words.wait_range } else { words.wait });
    dom::say("wait-says", wait.as_deref().unwrap_or(words.unknown));
    if let Some(says) = dom::find("wait-says") {
        says.set_class_name(if wait.is_none() { "place__unknown" } else { "" });
    }
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

/// From how long to how long, or how long on average; none: we do not know yet.
fn wait(words: &Words, state: &State) -> Option<String> {
    let wait = state.wait.as_ref()?;
    let Some(range) = wait.range else { return wait.average.map(|span| minutes(words, span)) };
    let (least, most) = (range.least.as_secs() / 60, range.most.as_secs() / 60);
    Some(match (least, most) {
        (0, 1) => words.soon.into(),
        (least, most) if least == most => (words.minutes)(&most.to_string()),
        (least, most) => (words.minutes)(&[&least.to_string(), "–", &most.to_string()].concat()),
    })
}

fn minutes(words: &Words, span: Span) -> String {
    match (span.as_secs() + 30) / 60 {
        0 => words.soon.into(),
        minutes => (words.minutes)(&minutes.to_string()),
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
        if let Ok(wait) = door::wait(&token, &chat).once().await {
            self.change().wait = Some(wait);
        }
    }
}
