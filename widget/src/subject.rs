//! What it is about: the answers as bubbles (R9), the subjects (R11-R14), who is there (R15-R17).

use crate::keep::Kept;
use crate::state::{Screen, State};
use crate::visit::Visit;
use crate::words::{Words, list};
use crate::{avatar, clock, dom, door, keep, log, page, topbar};
use domain::group::Subject;
use domain::identity::Related;
use domain::wire::Open;
use domain::{Face, Refusal};
use web_sys::Element;

pub fn markup(words: &Words) -> String {
    let act = |id: &str, does: &str, says: &str| {
        [
            "<button class=\"button button--act button--wide\" type=\"button\" data-first id=\"",
            id,
            "\" data-do=\"",
            does,
            "\">",
            says,
            "</button>",
        ]
        .concat()
    };
    [
        "<div class=\"widget__screen\" id=\"subject\" hidden>",
        &topbar::markup(words, "brand-subject", true),
        "<div class=\"widget__body widget__body--log\"><div class=\"log\"><div class=\"log__turn\" id=\"thanks\">",
        "<span class=\"contents\" id=\"thanks-voice\"></span><p class=\"bubble\">",
        words.thanks,
        "</p></div><div class=\"log__turns\" id=\"answers\"></div><div class=\"log__turn\" id=\"question\">",
        "<span class=\"contents\" id=\"question-voice\"></span><p class=\"bubble\">",
        words.ask_subject,
        "</p></div><div class=\"log__turn log__turn--mine\" id=\"choice\"><p class=\"bubble\" id=\"choice-says\"></p></div></div>",
        "<fieldset class=\"subjects\" id=\"subjects\" aria-label=\"",
        words.subject,
        "\"></fieldset><fieldset class=\"subjects\" id=\"tickets\"><legend class=\"widget__lead\">",
        words.go_on_with,
        "</legend><div class=\"contents\" id=\"ticket-list\"></div></fieldset></div><div class=\"widget__dock\">",
        &act("confirm", "confirm", words.confirm),
        "<p class=\"here\" role=\"status\" id=\"here\" hidden><span class=\"avatars\" id=\"here-faces\"></span><span id=\"here-says\"></span></p>",
        &act("start", "start", words.start_chat),
        "<button class=\"button button--bare button--wide\" type=\"button\" id=\"choose\" data-do=\"choose\">",
        words.other_subject,
        "</button></div></div>",
    ]
    .concat()
}

pub fn paint(words: &Words, state: &State) {
    let (asked, only) = (!state.kept.answers.is_empty(), is_only(state));
    let settled = state.confirmed;
    for (id, yes) in [
        ("thanks", asked),
        ("answers", asked),
        ("question", !only),
        ("choice", settled && !only),
        ("subjects", !settled),
        ("confirm", !settled),
        ("tickets", settled && !state.tickets.is_empty()),
        ("here", settled),
        ("start", settled),
        ("choose", settled && !only),
    ] {
        dom::show(id, yes);
    }
    // Whose voice it is while no agent has entered: the application's.
    if let Some(view) = &state.application {
        let face = [Face { id: view.id.clone(), name: view.name.clone() }];
        avatar::fill("thanks-voice", &face, "avatar avatar--s");
        avatar::fill("question-voice", &face, "avatar avatar--s");
    }
    let answers: Vec<&str> = state.kept.answers.iter().flat_map(|a| [&*a.label, &a.value]).collect();
    dom::fill("answers", &answers, &|| state.kept.answers.iter().map(log::answer).collect());
    let round = state.round.to_string();
    let mut subjects: Vec<&str> = subjects(state).iter().flat_map(|subject| [&*subject.id, &subject.name]).collect();
    // Drawn anew with each visit of the screen, so that the choice of who was here before is gone.
    subjects.push(&round);
    dom::fill("subjects", &subjects, &|| choices(state));
    let mut tickets: Vec<&str> = state.tickets.iter().flat_map(|ticket| [&*ticket.id, &ticket.subject]).collect();
    tickets.push(&round);
    dom::fill("ticket-list", &tickets, &|| ticket_choices(words, state));
    dom::say("choice-says", &name(state));
    avatar::fill("here-faces", online(state), "avatar avatar--s");
    dom::say("here-says", &here(state, words));
    dom::enable("confirm", !state.chosen.is_empty() && !state.busy);
    dom::enable("start", !state.busy);
}

fn subjects(state: &State) -> &[Subject] {
    state.application.as_ref().map_or(&[], |view| &view.subjects)
}

pub fn is_only(state: &State) -> bool {
    subjects(state).len() == 1
}

fn chosen(state: &State) -> Option<&Subject> {
    subjects(state).iter().find(|subject| subject.id == state.chosen)
}

pub fn name(state: &State) -> String {
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
    let one = |subject: &Subject| choice("subject", &subject.id, &state.chosen, &subject.name);
    let all: Vec<Element> = subjects(state).iter().map(one).collect();
    if let Some(radio) = all.first().and_then(Element::first_element_child) {
        dom::set(&radio, "data-first", "");
    }
    all
}

/// Something new, or one of his tickets (R18).
fn ticket_choices(words: &Words, state: &State) -> Vec<Element> {
    let ticket = |ticket: &Related| {
        let says = [&ticket.number.to_string(), " · ", &ticket.subject].concat();
        choice("ticket", &ticket.id, &state.related, &says)
    };
    let new = choice("ticket", "", &state.related, words.something_new);
    std::iter::once(new).chain(state.tickets.iter().map(ticket)).collect()
}

fn choice(name: &str, value: &str, chosen: &str, says: &str) -> Element {
    let radio = dom::element("input", "");
    dom::set(&radio, "type", "radio");
    dom::set(&radio, "name", name);
    dom::set(&radio, "value", value);
    if value == chosen {
        dom::set(&radio, "checked", "");
    }
    dom::within(dom::element("label", "choice"), &[&radio, &dom::said("span", "choice__text", says)])
}

impl Visit {
    /// Past the list when there is nothing to choose (R14).
    pub fn ask_subject(self) {
        let only = {
            let state = self.peek();
            let wanted =
                |one: &&Subject| state.hints.wants.as_ref().is_some_and(|it| [&one.id, &one.name].contains(&it));
            match subjects(&state) {
                [one] => Some(one.id.clone()),
                many => many.iter().find(wanted).map(|one| one.id.clone()),
            }
        };
        let is_only = only.is_some();
        {
            let mut state = self.change();
            state.confirmed = false;
            state.round += 1;
            state.chosen = only.unwrap_or_default();
        }
        self.go(Screen::Subject);
        if is_only {
            self.confirm();
        }
    }

    pub fn choose_again(self) {
        {
            let mut state = self.change();
            state.confirmed = false;
        }
        self.go(Screen::Subject);
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
    pub fn confirm(self) {
        if !self.begin_once() {
            return;
        }
        clock::spawn(async move {
            let looked = self.refresh().await;
            self.look_for_tickets().await;
            let (there, wanted) = {
                let mut state = self.change();
                state.busy = false;
                let open = state.application.as_ref().is_some_and(|view| view.closed.is_none());
                let there = open && !online(&state).is_empty();
                state.confirmed = looked && there;
                (there, state.hints.wants.take().is_some() && state.confirmed && state.tickets.is_empty())
            };
            if wanted {
                return self.start();
            }
            if looked {
                self.go(if there { Screen::Subject } else { Screen::Offline });
            }
        });
    }

    /// Only who is known has any that he may go on with.
    async fn look_for_tickets(self) {
        let known = self.peek().known.is_some();
        let token = self.ticket().0;
        if known && let Ok(tickets) = door::tickets(&token).once().await {
            self.change().tickets = tickets;
        }
    }

    pub fn start(self) {
        let earlier = self.peek().kept.opening.clone();
        self.ask_for(self.asks(earlier));
    }

    /// What he asks for with his answers and his choice. Asked for before, without an answer, it is
    /// the same: its id finds what it led to.
    pub fn asks(self, earlier: Option<Open>) -> Open {
        let state = self.peek();
        let kept = &state.kept;
        let related = Some(state.related.clone()).filter(|ticket| !ticket.is_empty());
        let earlier = earlier
            .filter(|open| open.group == state.chosen && open.answers == kept.answers && open.related == related);
        earlier.unwrap_or_else(|| Open {
            id: clock::id(),
            key: self.key().into(),
            group: state.chosen.clone(),
            answers: kept.answers.clone(),
            page: state.address.clone(),
            lang: self.words.common.lang.into(),
            attributes: state.hints.attributes.clone(),
            related,
        })
    }

    /// Asks for the conversation. It is kept first: a reload in between asks again under the same id.
    pub fn ask_for(self, open: Open) {
        if !self.begin_once() {
            return;
        }
        self.become_somebody(|kept| kept.opening = Some(open.clone()));
        let (token, _) = self.ticket();
        clock::spawn(async move {
            let answer = door::open(&token, &open).insist(4).await;
            if self.ticket().0 != token {
                // Somebody else sits here by now (R7): it is not his conversation.
                return door::leave(token, open.id).await;
            }
            self.change().busy = false;
            match answer {
                Ok(page) => {
                    self.keep(|kept| {
                        kept.opening = None;
                        kept.over.clear();
                        kept.chat = open.id.clone();
                        kept.unsent.clear();
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
                Err(snag) => self.not_opened(snag, open.group),
            }
        });
    }

    /// Keeps what he does, and who he is from now on.
    pub fn become_somebody(self, does: impl FnOnce(&mut Kept)) {
        let key = self.key();
        self.keep(|kept| {
            if kept.token.is_empty() {
                // Another tab of his may have acted meanwhile: in both he is the same person.
                let elsewhere = keep::read(key).map(|kept| kept.token).filter(|token| !token.is_empty());
                kept.token = elsewhere.unwrap_or_else(clock::token);
            }
            does(kept);
        });
    }

    fn not_opened(self, snag: door::Snag, group: String) {
        if let Some(why) = snag.refusal() {
            self.keep(|kept| kept.opening = None);
            match why {
                Refusal::AlreadyOpen { chat } => {
                    self.keep(|kept| kept.chat = chat.clone());
                    self.change().screen = Screen::Loading;
                    return self.rejoin();
                }
                // The ticket that he chose has been completed meanwhile.
                Refusal::NotYours if !self.peek().related.is_empty() => {
                    self.change().related.clear();
                    return self.confirm();
                }
                // What he wrote stands in the offline form.
                Refusal::NobodyOnline | Refusal::Closed { .. } => {
                    {
                        let mut state = self.change();
                        state.chosen = group;
                        state.screen = Screen::Subject;
                    }
                    return self.confirm();
                }
                Refusal::FieldMissing { .. } | Refusal::FieldTooLong { .. } | Refusal::FieldWrong { .. } => {
                    return self.fill_again(snag);
                }
                _ => {}
            }
        }
        self.settle_at_home();
        self.fail(&snag);
    }

    /// From a reload that led nowhere.
    pub fn settle_at_home(self) {
        let mut state = self.change();
        if state.screen == Screen::Loading {
            state.screen = Screen::Home;
        }
    }
}
