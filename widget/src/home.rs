//! The first screen: a greeting and one button (R5-R7).

use crate::state::{Screen, State};
use crate::visit::Visit;
use crate::words::Words;
use crate::{article, avatar, dom, form, icon, offline, topbar};
use domain::Face;
use domain::application::{FieldKind, fill};

pub fn markup(words: &Words) -> String {
    [
        "<div class=\"widget__screen\" id=\"home\" hidden><header class=\"welcome\"><div class=\"welcome__bar\">",
        "<span class=\"brand\"><span class=\"brand__mark\" aria-hidden=\"true\" id=\"letter\"></span><span id=\"brand-home\"></span></span>",
        &topbar::minimise(words),
        "</div><h1 class=\"welcome__hello\" id=\"hello\" tabindex=\"-1\"></h1>",
        "<p class=\"welcome__team\"><span class=\"avatars\" id=\"team\"></span><span id=\"team-says\"></span></p></header>",
        "<div class=\"widget__body widget__body--home\">",
        "<button class=\"button button--act button--wide\" type=\"button\" id=\"begin\" data-first data-do=\"begin\">",
        &icon::markup(icon::CHAT),
        "<span id=\"begin-says\"></span></button>",
        &article::search(words),
        "<div class=\"widget__foot\" id=\"not-you\"><p id=\"not-you-says\"></p>",
        "<button class=\"button button--bare button--s button--link\" type=\"button\" data-do=\"other\">",
        &icon::markup(icon::SWAP),
        words.other_person,
        "</button></div></div></div>",
    ]
    .concat()
}

pub fn paint(words: &Words, state: &State) {
    let name = name(state);
    let brand = state.application.as_ref().map_or("", |view| &view.name);
    let letter = brand.split_whitespace().last().and_then(|word| word.chars().next());
    dom::say("letter", &letter.map_or(String::new(), String::from));
    let hello = state.application.as_ref().map_or("", |view| &view.greeting);
    dom::say("hello", &if name.is_empty() { hello.into() } else { (words.hello_known)(name) });
    let team = team(state);
    dom::show("team", !team.is_empty());
    avatar::fill("team", &team, "avatar avatar--s");
    let closed = state.application.as_ref().and_then(|view| view.closed);
    let says = match closed {
        Some(_) => [words.closed, " ", &offline::opening(words, closed)].concat(),
        None => (words.team)(team.len()),
    };
    dom::say("team-says", says.trim());
    dom::say("begin-says", if state.kept.chat.is_empty() { words.start } else { words.back_to_chat });
    dom::show("not-you", !name.is_empty());
    dom::say("not-you-says", &(words.not_you)(name));
}

/// The name that his site has proved, or that he gave when the form asked for it before.
fn name(state: &State) -> &str {
    if let Some(known) = state.known.as_ref().filter(|known| !known.name.is_empty()) {
        return &known.name;
    }
    let field =
        state.application.as_ref().and_then(|view| view.fields.iter().find(|field| field.kind == FieldKind::Name));
    let answer = field.and_then(|field| state.kept.answers.iter().find(|answer| answer.key == field.key));
    answer.map_or("", |answer| &answer.value)
}

/// Everybody who is online in any subject, once; outside the hours nobody.
fn team(state: &State) -> Vec<Face> {
    let mut team: Vec<Face> = Vec::new();
    let open = state.application.iter().filter(|view| view.closed.is_none());
    for face in open.flat_map(|view| &view.subjects).flat_map(|subject| &subject.online) {
        if !team.iter().any(|one| one.id == face.id) {
            team.push(face.clone());
        }
    }
    team
}

impl Visit {
    /// Back into the conversation that runs; or to the form, or past it when all it asks is known
    /// already (R13).
    pub fn begin(self) {
        self.change().receipt = 0;
        let (running, known) = {
            let mut state = self.change();
            let fields = state.application.as_ref().map_or(&[][..], |view| &view.fields);
            let given = form::answers(&state);
            let filled = fill(fields, &given).ok().filter(|_| fields.is_empty() || !given.is_empty());
            let known = filled.is_some();
            if let Some(answers) = filled {
                state.kept.answers = answers;
            }
            (!state.kept.chat.is_empty(), known)
        };
        if running && self.peek().chat().is_none() {
            // Begun in another tab of his.
            self.change().screen = Screen::Loading;
            self.rejoin();
        } else if running {
            self.go(Screen::Chat);
        } else if known {
            self.ask_subject();
        } else {
            form::recall(&self.peek());
            self.go(Screen::Form);
        }
    }
}
