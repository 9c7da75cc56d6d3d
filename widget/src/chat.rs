//! The conversation: waiting (R21-R23), with agents (R29, R30), without a line, and over (R38-R40).

use crate::dom::press;
use crate::topbar::{back, minimise};
use crate::visit::{State, Visit};
use crate::words::{Words, list};
use crate::{avatar, clock, composer, door, icon, log, place};
use domain::application::{FieldKind, is_plausible};
use domain::event::Wish;
use domain::{Act, Chat, Face, Reason, Stage};
use leptos::prelude::*;
use leptos::task::spawn_local;

pub fn chat(visit: Visit) -> impl IntoView {
    let words = visit.words;
    let is_over = visit.flag(|state| of(state, false, Chat::is_over));
    let runs = visit.flag(|state| of(state, true, |chat| !chat.is_over()));
    // Leaving is asked twice: the place in the queue, or the person, would be gone.
    let ask = move |yes: bool| {
        let chat = of(&visit.peek(), String::new(), |chat| chat.id.clone());
        visit.change().asks = if yes { chat } else { String::new() };
        visit.focus();
    };
    let end = move || {
        ask(false);
        visit.end();
    };
    let leave = move |state: &State| if is_waiting(state) { words.leave_queue } else { words.finish }.into();
    let leave_ask =
        visit.text(move |state| if is_waiting(state) { words.leave_queue_ask } else { words.finish_ask }.into());
    let leave_yes =
        visit.text(move |state| if is_waiting(state) { words.leave_queue } else { words.finish_yes }.into());
    let kept = move |chat: &Chat| (words.saved_more)(&chat.number.to_string(), email(chat));
    visit.fill("agents", |state| avatar::faces(&agents(state), "avatar"));
    view! {
        <header class="topbar">
            <span hidden=visit.flag(|state| !is_waiting(state))>{back(visit)}</span>
            <span class="avatars" id="agents" hidden=visit.flag(|state| agents(state).is_empty())></span>
            <h1 class="topbar__title">{visit.text(move |state| title(state, words))}<small>{visit.text(move |state| subtitle(state, words))}</small></h1>
            <button class="button button--bare button--icon" type="button" aria-label=visit.text(leave) title=visit.text(leave) hidden=is_over on:click=press(move || ask(true))>
                {icon::icon(icon::LEAVE)}
            </button>
            {minimise(visit)}
        </header>
        <p class="banner banner--wait" role="status" hidden=visit.flag(|state| !state.cut)>
            {icon::icon(icon::OFFLINE)}
            <span class="banner__text">{words.cut}</span>
        </p>
        {place::place(visit)}
        {log::log(visit)}
        {composer::composer(visit, visit.flag(|state| of(state, true, Chat::is_over) || asks(state)))}
        <div class="widget__dock" role="alertdialog" aria-label=visit.text(leave) hidden=visit.flag(|state| !asks(state))>
            <p>{leave_ask}</p>
            <div class="pair">
                <button class="button" type="button" data-first="" on:click=press(move || ask(false))>{words.stay}</button>
                <button class="button button--act" type="button" on:click=press(end)>{leave_yes}</button>
            </div>
        </div>
        <div class="widget__dock" hidden=runs>
            <p class="kept" hidden=visit.flag(|state| !of(state, false, is_kept))>
                <b>{icon::icon(icon::CHECK)}{words.saved}</b>
                {visit.text(move |state| of(state, String::new(), kept))}
            </p>
            <button class="button button--act button--wide" type="button" data-first="" on:click=press(move || visit.leave())>{words.again}</button>
        </div>
    }
}

/// Something about the chat, once there is one.
fn of<T>(state: &State, none: T, read: impl Fn(&Chat) -> T) -> T {
    state.chat().map_or(none, read)
}

fn is_waiting(state: &State) -> bool {
    of(state, false, |chat| chat.stage == Stage::Waiting)
}

fn asks(state: &State) -> bool {
    of(state, false, |chat| !chat.is_over() && state.asks == chat.id)
}

/// Who is in the conversation; when it is over, who was at its end.
fn agents(state: &State) -> Vec<Face> {
    of(state, Vec::new(), |chat| chat.agents.iter().map(|inside| inside.face.clone()).collect())
}

/// One agent by his whole name, several by their first; before that, the subject.
fn title(state: &State, words: &Words) -> String {
    let agents = agents(state);
    match agents.as_slice() {
        [] => of(state, String::new(), |chat| chat.group.name.clone()),
        [one] => one.name.clone(),
        many => {
            let names: Vec<&str> =
                many.iter().map(|face| face.name.split_whitespace().next().unwrap_or(&face.name)).collect();
            list(&names, words.and)
        }
    }
}

fn subtitle(state: &State, words: &Words) -> String {
    of(state, String::new(), |chat| {
        if chat.agents.is_empty() { (words.protocol)(&chat.number.to_string()) } else { chat.group.name.clone() }
    })
}

/// Did it end before anybody answered, with words of his that became a ticket?
fn is_kept(chat: &Chat) -> bool {
    matches!(chat.stage, Stage::Ended(Reason::Customer | Reason::Connection))
        && chat.attended_at.is_none()
        && chat.waiting_messages > 0
}

fn email(chat: &Chat) -> &str {
    let email = chat.answers.iter().find(|answer| is_plausible(FieldKind::Email, &answer.value));
    email.map_or("", |answer| answer.value.as_str())
}

impl Visit {
    /// Ends the conversation, or leaves the queue (R38, R40, R61).
    fn end(self) {
        let (token, chat) = self.ticket();
        if chat.is_empty() || !self.begin_once() {
            return;
        }
        let wish = Wish { id: clock::id(), act: Act::Close };
        spawn_local(async move {
            let answer = door::insist(|| door::act(&token, &chat, &wish), 5).await;
            self.change().busy = false;
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
