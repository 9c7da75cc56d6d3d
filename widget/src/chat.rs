//! The conversation: waiting (R21-R23), with agents (R29, R30), without a line, and over (R38-R40).

use crate::state::State;
use crate::topbar::{back, button, minimise};
use crate::visit::Visit;
use crate::words::{Words, list};
use crate::{avatar, clock, composer, dom, door, end, icon, log, notice, offline, place};
use domain::{Act, Chat, Face, Stage};

pub fn markup(words: &Words) -> String {
    [
        "<div class=\"widget__screen\" id=\"chat\" hidden><header class=\"topbar\"><span id=\"back\">",
        &back(words),
        "</span><span class=\"avatars\" id=\"agents\"></span><h1 class=\"topbar__title\" tabindex=\"-1\"><span id=\"title\"></span><small id=\"subtitle\"></small></h1>",
        &button(icon::BELL, words.sound, "sound", " id=\"sound\""),
        &button(icon::LEAVE, words.finish, "leave", " id=\"leave\""),
        &minimise(words),
        "</header><p class=\"banner banner--wait\" role=\"status\" id=\"cut\" hidden>",
        &icon::markup(icon::OFFLINE),
        "<span class=\"banner__text\">",
        words.cut,
        "</span></p>",
        &place::markup(words),
        "<div class=\"banner banner--wait\" id=\"gone\" hidden><span class=\"banner__text\" role=\"status\" id=\"gone-says\"></span>",
        "<button class=\"button button--s\" type=\"button\" id=\"gone-do\" data-do=\"message\"></button></div>",
        &log::markup(words),
        "<p class=\"keep\" id=\"notices\" hidden></p>",
        &composer::markup(words),
        "<p class=\"drop\" id=\"drop\" hidden>",
        &icon::markup(icon::CLIP),
        words.drop_here,
        "</p>",
        "<div class=\"widget__dock\" role=\"alertdialog\" aria-describedby=\"asks-says\" id=\"asks\" hidden><p id=\"asks-says\"></p><div class=\"pair\">",
        "<button class=\"button\" type=\"button\" data-first data-do=\"stay\">",
        words.stay,
        "</button><button class=\"button button--act\" type=\"button\" data-do=\"end\" id=\"yes\"></button></div><p class=\"rate__links\">",
        &end::forget(words),
        "</p></div>",
        &end::markup(words),
        "</div>",
    ]
    .concat()
}

pub fn paint(words: &Words, state: &State) {
    let (waits, asks) = (is_waiting(state), asks(state));
    let over = of(state, false, Chat::is_over);
    let agents = agents(state);
    for (id, yes) in [
        ("back", waits),
        ("agents", !agents.is_empty()),
        ("leave", of(state, false, |chat| !chat.is_over())),
        ("cut", state.cut),
        ("gone", is_away(state)),
        ("composer", of(state, false, |chat| !chat.is_over()) && !asks),
        ("asks", asks),
        ("sound", of(state, false, |chat| !chat.is_over())),
    ] {
        dom::show(id, yes);
    }
    avatar::fill("agents", &agents, "avatar");
    dom::say("title", &title(state, words));
    dom::say("subtitle", &subtitle(state, words));
    let leave = if waits { words.leave_queue } else { words.finish };
    dom::call("leave", leave);
    dom::call("asks", leave);
    dom::say("asks-says", if waits { words.leave_queue_ask } else { words.finish_ask });
    dom::say("yes", if waits { words.leave_queue } else { words.finish_yes });
    if let Some(sound) = dom::find("sound") {
        dom::set(&sound, "aria-pressed", if state.kept.mute { "false" } else { "true" });
    }
    if let Some(lines) = dom::find("lines") {
        lines.set_class_name(if over { "log log--over" } else { "log" });
    }
    let closed = state.wait.as_ref().and_then(|wait| wait.closed);
    dom::say("gone-says", [words.gone, " ", &offline::opening(words, closed)].concat().trim());
    let takes = state.application.as_ref().is_some_and(|view| view.takes_messages);
    dom::say("gone-do", if takes { words.leave_message } else { words.ways });
    place::paint(words, state);
    log::paint(words, state);
    notice::paint(words, state);
    composer::paint(state);
    end::paint(words, state);
}

/// Something about the chat, once there is one.
pub fn of<T>(state: &State, none: T, read: impl Fn(&Chat) -> T) -> T {
    state.chat().map_or(none, read)
}

pub fn is_waiting(state: &State) -> bool {
    of(state, false, |chat| chat.stage == Stage::Waiting)
}

/// Does he wait for nobody (Q14)?
pub fn is_away(state: &State) -> bool {
    is_waiting(state) && state.wait.as_ref().is_some_and(|wait| wait.away)
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

impl Visit {
    /// Leaving is asked twice: the place in the queue, or the person, would be gone.
    pub fn ask_to_leave(self, yes: bool) {
        let chat = of(&self.peek(), String::new(), |chat| chat.id.clone());
        self.change().asks = if yes { chat } else { String::new() };
        self.focus();
    }

    /// Ends the conversation, or leaves the queue (R38, R40, R61).
    pub fn end(self) {
        self.ask_to_leave(false);
        let (token, chat) = self.ticket();
        if chat.is_empty() || !self.begin_once() {
            return;
        }
        let asked = door::act(&token, &chat, clock::id(), Act::Close);
        clock::spawn(async move {
            let answer = asked.insist(5).await;
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
