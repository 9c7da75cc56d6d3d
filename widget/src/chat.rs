//! The conversation: waiting (R21-R23), with agents (R29, R30), without a line, and over (R38-R40).

use crate::topbar::{back, faces, minimise};
use crate::visit::Visit;
use crate::words::list;
use crate::{clock, composer, door, icon, log, place};
use domain::application::{FieldKind, is_plausible};
use domain::event::Wish;
use domain::{Act, Chat, Face, Reason, Stage};
use leptos::prelude::*;
use leptos::task::spawn_local;

pub fn chat(visit: Visit) -> impl IntoView {
    let words = visit.words;
    let is_waiting = move || of(visit, false, |chat| chat.stage == Stage::Waiting);
    let is_over = move || of(visit, false, Chat::is_over);
    // Leaving is asked twice: the place in the queue, or the person, would be gone.
    let asks = RwSignal::new(false);
    let leave = move || if is_waiting() { words.leave_queue } else { words.finish };
    let end = move |_| {
        asks.set(false);
        visit.end();
    };
    view! {
        <header class="topbar">
            <span hidden=move || !is_waiting()>{back(visit)}</span>
            <span class="avatars" hidden=is_waiting>{move || faces(&agents(visit), "avatar")}</span>
            <h1 class="topbar__title">{move || title(visit)}<small>{move || subtitle(visit)}</small></h1>
            <button class="button button--bare button--icon" type="button" aria-label=leave title=leave hidden=is_over on:click=move |_| { asks.set(true); visit.focus(); }>
                {icon::icon(icon::LEAVE)}
            </button>
            {minimise(visit)}
        </header>
        <p class="banner banner--wait" role="status" hidden=move || !visit.cut.get()>
            {icon::icon(icon::OFFLINE)}
            <span class="banner__text">{words.cut}</span>
        </p>
        {place::place(visit)}
        {log::log(visit)}
        {composer::composer(visit, move || !is_over() && !asks.get())}
        <div class="widget__dock" role="alertdialog" aria-label=leave hidden=move || is_over() || !asks.get()>
            <p>{move || if is_waiting() { words.leave_queue_ask } else { words.finish_ask }}</p>
            <div class="pair">
                <button class="button" type="button" data-first="" on:click=move |_| { asks.set(false); visit.focus(); }>{words.stay}</button>
                <button class="button button--act" type="button" disabled=move || visit.busy.get() on:click=end>
                    {move || if is_waiting() { words.leave_queue } else { words.finish_yes }}
                </button>
            </div>
        </div>
        <div class="widget__dock" hidden=move || !is_over()>
            <p class="kept" hidden=move || !of(visit, false, is_kept)>
                <b>{icon::icon(icon::CHECK)}{words.saved}</b>
                {move || of(visit, String::new(), |chat| (words.saved_more)(&chat.number.to_string(), email(chat)))}
            </p>
            <button class="button button--act button--wide" type="button" data-first="" on:click=move |_| visit.leave()>{words.again}</button>
        </div>
    }
}

/// Something about the chat, once there is one.
fn of<T>(visit: Visit, none: T, read: impl Fn(&Chat) -> T) -> T {
    visit.thread.with(|thread| thread.chat.as_ref().map_or(none, read))
}

/// Who is in the conversation; when it is over, who was at its end.
fn agents(visit: Visit) -> Vec<Face> {
    of(visit, Vec::new(), |chat| chat.agents.iter().map(|inside| inside.face.clone()).collect())
}

/// One agent by his whole name, several by their first; before that, the subject.
fn title(visit: Visit) -> String {
    let agents = agents(visit);
    match agents.as_slice() {
        [] => of(visit, String::new(), |chat| chat.group.name.clone()),
        [one] => one.name.clone(),
        many => {
            let names: Vec<&str> = many.iter().map(|face| face.name.split_whitespace().next().unwrap_or(&face.name)).collect();
            list(&names, visit.words.and)
        }
    }
}

fn subtitle(visit: Visit) -> String {
    of(visit, String::new(), |chat| {
        if chat.agents.is_empty() { (visit.words.protocol)(&chat.number.to_string()) } else { chat.group.name.clone() }
    })
}

/// Did it end before anybody answered, with words of his that became a ticket?
fn is_kept(chat: &Chat) -> bool {
    matches!(chat.stage, Stage::Ended(Reason::Customer | Reason::Connection)) && chat.attended_at.is_none() && chat.waiting_messages > 0
}

fn email(chat: &Chat) -> &str {
    let email = chat.answers.iter().find(|answer| is_plausible(FieldKind::Email, &answer.value));
    email.map_or("", |answer| answer.value.as_str())
}

impl Visit {
    /// Ends the conversation, or leaves the queue (R38, R40, R61).
    fn end(self) {
        let (token, chat) = self.kept.with_untracked(|kept| (kept.token.clone(), kept.chat.clone()));
        if chat.is_empty() || self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        let wish = Wish { id: clock::id(), act: Act::Close };
        spawn_local(async move {
            let answer = door::insist(|| door::act(&token, &chat, &wish), 5).await;
            self.busy.set(false);
            match answer {
                Ok(page) if self.hear(&page.told) => self.focus(),
                // Somebody ended it first, or something was missed: what happened is to be read.
                Ok(_) => self.read().await,
                Err(snag) if snag.refusal().is_some() => self.read().await,
                Err(snag) => self.fail(&snag),
            }
        });
    }
}
