//! What it is about: the answers as bubbles (R9), the subjects (R11-R14), who is there (R15-R17).

use crate::dom::{self, press};
use crate::door;
use crate::topbar::topbar;
use crate::visit::{Screen, State, Visit};
use crate::words::{Words, list};
use crate::{avatar, clock, keep, log, page};
use domain::group::Subject;
use domain::wire::Open;
use domain::{Face, Refusal};
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlInputElement};

pub fn subject(visit: Visit) -> impl IntoView {
    let words = visit.words;
    visit.fill("answers", |state| state.kept.answers.iter().map(log::answer).collect());
    visit.fill("subjects", choices);
    visit.fill("here", |state| avatar::faces(online(state), "avatar avatar--s"));
    dom::follow(move || {
        // Whose voice it is while no agent has entered: the application's.
        let state = visit.see();
        let Some(view) = &state.application else { return };
        let face = Face { id: view.id.clone(), name: view.name.clone() };
        for turn in ["thanks", "question"].into_iter().filter_map(dom::find) {
            if turn.child_element_count() == 1 {
                let _ = turn.prepend_with_node_1(&avatar::avatar(&face, "avatar avatar--s"));
            }
        }
    });
    let choose: Box<dyn FnMut(web_sys::Event)> = Box::new(move |event| {
        if let Some(radio) = dom::target(&event).and_then(|radio| radio.dyn_into::<HtmlInputElement>().ok()) {
            visit.change().chosen = radio.value();
        }
    });
    let no_answers = visit.flag(|state| state.kept.answers.is_empty());
    let is_busy = visit.flag(|state| state.busy);
    let is_settled = visit.flag(|state| state.confirmed);
    let not_away = visit.flag(|state| !state.confirmed || !online(state).is_empty());
    let not_here = visit.flag(|state| !state.confirmed || online(state).is_empty());
    view! {
        {topbar(visit, "", true)}
        <div class="widget__body widget__body--log">
            <div class="log">
                <div class="log__turn" id="thanks" hidden=no_answers><p class="bubble">{words.thanks}</p></div>
                <div class="log__turns" id="answers" hidden=no_answers></div>
                <div class="log__turn" id="question" hidden=visit.flag(is_only)><p class="bubble">{words.ask_subject}</p></div>
                <div class="log__turn log__turn--mine" hidden=visit.flag(|state| !state.confirmed || is_only(state))><p class="bubble">{visit.text(name)}</p></div>
            </div>
            <fieldset class="subjects" id="subjects" aria-label=words.subject hidden=is_settled on:change=choose></fieldset>
            <div class="away" id="away" role="status" hidden=not_away>
                <h2>{words.nobody}</h2>
                <p>{visit.text(|state| (words.nobody_in)(&name(state)))}</p>
            </div>
        </div>
        <div class="widget__dock">
            <button
                class="button button--act button--wide" type="button" hidden=is_settled
                disabled=visit.flag(|state| state.chosen.is_empty() || state.busy) on:click=press(move || visit.confirm())
            >
                {words.confirm}
            </button>
            <p class="here" role="status" hidden=not_here><span class="avatars" id="here"></span>{visit.text(|state| here(state, words))}</p>
            <button class="button button--act button--wide" type="button" data-first="" hidden=not_here disabled=is_busy on:click=press(move || visit.start())>
                {words.start_chat}
            </button>
            <button class="button button--act button--wide" type="button" data-first="" hidden=not_away disabled=is_busy on:click=press(move || visit.confirm())>
                {words.try_again}
            </button>
            <button class="button button--bare button--wide" type="button" hidden=visit.flag(|state| !state.confirmed || is_only(state)) on:click=press(move || visit.choose_again())>
                {words.other_subject}
            </button>
        </div>
    }
}

fn subjects(state: &State) -> &[Subject] {
    state.application.as_ref().map_or(&[], |view| &view.subjects)
}

fn is_only(state: &State) -> bool {
    subjects(state).len() == 1
}

fn chosen(state: &State) -> Option<&Subject> {
    subjects(state).iter().find(|subject| subject.id == state.chosen)
}

fn name(state: &State) -> String {
    chosen(state).map_or(String::new(), |subject| subject.name.clone())
}

fn online(state: &State) -> &[Face] {
    chosen(state).map_or(&[], |subject| &subject.online)
}

fn here(state: &State, words: &Words) -> String {
    let names: Vec<&str> =
        online(state).iter().take(3).map(|face| face.name.split_whitespace().next().unwrap_or(&face.name)).collect();
    (words.are_here)(&list(&names, words.and), names.len() > 1)
}

fn choices(state: &State) -> Vec<Element> {
    let choice = |(i, subject): (usize, &Subject)| {
        let radio = dom::element("input", "");
        dom::set(&radio, "type", "radio");
        dom::set(&radio, "name", "subject");
        dom::set(&radio, "value", &subject.id);
        if subject.id == state.chosen {
            dom::set(&radio, "checked", "");
        }
        if i == 0 {
            dom::set(&radio, "data-first", "");
        }
        dom::within(dom::element("label", "choice"), &[&radio, &dom::said("span", "choice__text", &subject.name)])
    };
    subjects(state).iter().enumerate().map(choice).collect()
}

impl Visit {
    /// Past the list when there is nothing to choose (R14).
    pub fn ask_subject(self) {
        let only = match subjects(&self.peek()) {
            [one] => Some(one.id.clone()),
            _ => None,
        };
        let is_only = only.is_some();
        {
            let mut state = self.change();
            state.confirmed = false;
            state.chosen = only.unwrap_or_default();
        }
        self.go(Screen::Subject);
        if is_only {
            self.confirm();
        }
    }

    fn choose_again(self) {
        {
            let mut state = self.change();
            state.confirmed = false;
            state.trouble.clear();
        }
        self.focus();
    }

    /// True for the first who asks; the others come too late.
    pub fn begin_once(self) -> bool {
        let busy = self.peek().busy;
        if !busy {
            self.change().busy = true;
        }
        !busy
    }

    /// Looks who is there now, in that group (R15).
    fn confirm(self) {
        if !self.begin_once() {
            return;
        }
        spawn_local(async move {
            let looked = self.refresh().await;
            {
                let mut state = self.change();
                state.busy = false;
                state.confirmed |= looked;
            }
            self.focus();
            clock::sleep(0).await;
            if let Some(away) = dom::find("away") {
                away.scroll_into_view();
            }
        });
    }

    fn start(self) {
        let open = {
            let state = self.peek();
            let kept = &state.kept;
            // Asked for before, without an answer: the same id finds the same conversation.
            let earlier =
                kept.opening.clone().filter(|open| open.group == state.chosen && open.answers == kept.answers);
            earlier.unwrap_or_else(|| Open {
                id: clock::id(),
                key: self.key().into(),
                group: state.chosen.clone(),
                answers: kept.answers.clone(),
                page: state.address.clone(),
                lang: self.words.common.lang.into(),
            })
        };
        self.ask_for(open);
    }

    /// Asks for the conversation. It is kept first: a reload in between asks again under the same id.
    pub fn ask_for(self, open: Open) {
        if !self.begin_once() {
            return;
        }
        self.keep(|kept| {
            if kept.token.is_empty() {
                // Another tab of his may have acted meanwhile: in both he is the same person.
                let elsewhere = keep::read(self.key()).map(|kept| kept.token).filter(|token| !token.is_empty());
                kept.token = elsewhere.unwrap_or_else(clock::token);
            }
            kept.opening = Some(open.clone());
        });
        let (token, _) = self.ticket();
        spawn_local(async move {
            let answer = door::insist(|| door::open(&token, &open), 4).await;
            self.change().busy = false;
            match answer {
                Ok(page) => {
                    self.keep(|kept| {
                        kept.opening = None;
                        kept.chat = open.id.clone();
                        kept.seen = 0;
                    });
                    {
                        let mut state = self.change();
                        state.thread = Default::default();
                        state.wait = None;
                    }
                    self.go(Screen::Chat);
                    self.hear(&page.told);
                    page::event("chat-started", &open.id);
                    crate::socket::connect(self);
                    self.ask_wait().await;
                }
                Err(snag) => self.not_opened(&snag),
            }
        });
    }

    fn not_opened(self, snag: &door::Snag) {
        if let Some(why) = snag.refusal() {
            self.keep(|kept| kept.opening = None);
            match why {
                Refusal::AlreadyOpen { chat } => {
                    self.keep(|kept| kept.chat = chat.clone());
                    self.change().screen = Screen::Loading;
                    return self.rejoin();
                }
                Refusal::NobodyOnline => {
                    self.change().screen = Screen::Subject;
                    return self.confirm();
                }
                Refusal::FieldMissing { .. } | Refusal::FieldTooLong { .. } | Refusal::FieldWrong { .. } => {
                    return self.fill_again(why);
                }
                _ => {}
            }
        }
        {
            let mut state = self.change();
            if state.screen == Screen::Loading {
                state.screen = Screen::Home;
            }
        }
        self.fail(snag);
    }
}
