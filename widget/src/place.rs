//! Where one stands in the queue: position, average wait, both or neither (R22).

use crate::door;
use crate::visit::Visit;
use domain::application::WaitShows;
use domain::{Span, Stage};
use leptos::prelude::*;

/// More bars than this say nothing more.
const BARS: u32 = 8;

pub fn place(visit: Visit) -> impl IntoView {
    let words = visit.words;
    let shows = move || visit.application.with(|view| view.as_ref().map_or(WaitShows::Nothing, |view| view.wait_shows));
    let is_waiting = move || visit.thread.with(|thread| thread.chat.as_ref().is_some_and(|chat| chat.stage == Stage::Waiting));
    let place = move || visit.wait.with(|wait| wait.as_ref().and_then(|wait| wait.place));
    let average = move || visit.wait.with(|wait| wait.as_ref().and_then(|wait| wait.average));
    let shows_place = move || matches!(shows(), WaitShows::Position | WaitShows::Both) && place().is_some();
    let shows_average = move || matches!(shows(), WaitShows::Average | WaitShows::Both) && visit.wait.with(Option::is_some);
    view! {
        <section class="place" role="status" hidden=move || !is_waiting() || !shows_place() && !shows_average()>
            <p class="place__fact" hidden=move || !shows_place()>
                <span>{words.place}</span>
                <b>{move || place().map(|place| place.to_string())}</b>
            </p>
            <p class="place__fact" hidden=move || !shows_average()>
                <span>{words.wait}</span>
                <b class:place__unknown=move || average().is_none()>{move || average().map_or(words.unknown.into(), |span| minutes(visit, span))}</b>
            </p>
            <p class="place__line" aria-hidden="true" hidden=move || !shows_place()>
                {move || (0..place().unwrap_or(1).min(BARS)).map(|_| view! { <i></i> }).collect_view()}
            </p>
        </section>
    }
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
        let waits = self.thread.with_untracked(|thread| thread.chat.as_ref().filter(|chat| chat.stage == Stage::Waiting).map(|chat| chat.id.clone()));
        let Some(chat) = waits else { return };
        let token = self.kept.with_untracked(|kept| kept.token.clone());
        if let Ok(wait) = door::wait(&token, &chat).await {
            self.wait.set(Some(wait));
        }
    }
}
