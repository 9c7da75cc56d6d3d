//! What it is about: the answers as bubbles (R9), the subjects (R11-R14), who is there (R15-R17).

use crate::door;
use crate::topbar::{Bar, faces, topbar};
use crate::visit::{Screen, Visit};
use crate::words::list;
use crate::{avatar, clock, page};
use domain::Refusal;
use domain::group::Subject;
use domain::wire::Open;
use leptos::prelude::*;
use leptos::task::spawn_local;

pub fn subject(visit: Visit) -> impl IntoView {
    let words = visit.words;
    let subjects = move || visit.application.with(|view| view.as_ref().map_or(Vec::new(), |view| view.subjects.clone()));
    let chosen = Memo::new(move |_| subjects().into_iter().find(|subject| subject.id == visit.chosen.get()));
    let is_choosing = move || !visit.confirmed.get();
    let is_only = move || visit.application.with(|view| view.as_ref().is_some_and(|view| view.subjects.len() == 1));
    let is_away = move || !is_choosing() && chosen.with(|chosen| chosen.as_ref().is_some_and(|subject| subject.online.is_empty()));
    let name = move || chosen.with(|chosen| chosen.as_ref().map_or(String::new(), |subject| subject.name.clone()));
    let online = move || chosen.with(|chosen| chosen.as_ref().map_or(Vec::new(), |subject| subject.online.clone()));
    let here = move || {
        let online = online();
        let names: Vec<&str> = online.iter().take(3).map(|face| face.name.split_whitespace().next().unwrap_or(&face.name)).collect();
        (words.are_here)(&list(&names, words.and), names.len() > 1)
    };
    let answers = move || visit.kept.with(|kept| kept.answers.clone());
    view! {
        {topbar(visit, Bar::Subject)}
        <div class="widget__body widget__body--log">
            <div class="log">
                <div class="log__turn" hidden=move || answers().is_empty()>{house(visit)}<p class="bubble">{words.thanks}</p></div>
                <div class="log__turn log__turn--mine" hidden=move || answers().is_empty()>
                    {move || answers().into_iter().map(|answer| view! { <p class="bubble"><span class="visually-hidden">{answer.label}": "</span>{answer.value}</p> }).collect_view()}
                </div>
                <div class="log__turn" hidden=is_only>{house(visit)}<p class="bubble">{words.ask_subject}</p></div>
                <div class="log__turn log__turn--mine" hidden=move || is_choosing() || is_only()><p class="bubble">{name}</p></div>
            </div>
            <fieldset class="subjects" hidden=move || !is_choosing()>
                <legend class="visually-hidden">{words.subject}</legend>
                {move || subjects().into_iter().enumerate().map(|(i, one)| choice(visit, &one, i == 0)).collect_view()}
            </fieldset>
            <div class="away" role="status" hidden=move || !is_away()>
                <h2>{words.nobody}</h2>
                <p>{move || (words.nobody_in)(&name())}</p>
            </div>
        </div>
        <div class="widget__dock">
            <button
                class="button button--act button--wide" type="button" hidden=move || !is_choosing()
                disabled=move || visit.chosen.with(String::is_empty) || visit.busy.get() on:click=move |_| visit.confirm()
            >
                {words.confirm}
            </button>
            <p class="here" role="status" hidden=move || is_choosing() || is_away()><span class="avatars">{move || faces(&online(), "avatar avatar--s")}</span>{here}</p>
            <button class="button button--act button--wide" type="button" data-first="" hidden=move || is_choosing() || is_away() disabled=move || visit.busy.get() on:click=move |_| visit.start()>
                {words.start_chat}
            </button>
            <button class="button button--wide" type="button" data-first="" hidden=move || !is_away() disabled=move || visit.busy.get() on:click=move |_| visit.confirm()>
                {words.try_again}
            </button>
            <button class="button button--bare button--wide" type="button" hidden=move || is_choosing() || is_only() on:click=move |_| visit.choose_again()>
                {words.other_subject}
            </button>
        </div>
    }
}

/// Whose voice it is while no agent has entered: the application's.
fn house(visit: Visit) -> impl IntoView {
    move || visit.application.with(|view| view.as_ref().map(|view| avatar::avatar(&view.id, &view.name, "avatar avatar--s")))
}

fn choice(visit: Visit, subject: &Subject, first: bool) -> impl IntoView + use<> {
    let id = subject.id.clone();
    let is_chosen = {
        let id = id.clone();
        move || visit.chosen.with(|chosen| *chosen == id)
    };
    view! {
        <label class="choice">
            <input type="radio" name="subject" value=subject.id.clone() data-first=first.then_some("") prop:checked=is_chosen on:change=move |_| visit.chosen.set(id.clone())/>
            <span class="choice__text">{subject.name.clone()}</span>
        </label>
    }
}

impl Visit {
    /// Past the list when there is nothing to choose (R14).
    pub fn ask_subject(self) {
        let only = self.application.with_untracked(|view| match view.as_ref().map(|view| view.subjects.as_slice()) {
            Some([one]) => Some(one.id.clone()),
            _ => None,
        });
        self.confirmed.set(false);
        self.chosen.set(only.clone().unwrap_or(String::new()));
        self.go(Screen::Subject);
        if only.is_some() {
            self.confirm();
        }
    }

    fn choose_again(self) {
        self.confirmed.set(false);
        self.trouble.set(None);
        self.focus();
    }

    /// Looks who is there now, in that group (R15).
    fn confirm(self) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        spawn_local(async move {
            let looked = self.refresh().await;
            self.busy.set(false);
            if looked {
                self.confirmed.set(true);
                self.focus();
            }
        });
    }

    fn start(self) {
        let group = self.chosen.get_untracked();
        let (earlier, answers) = self.kept.with_untracked(|kept| (kept.opening.clone(), kept.answers.clone()));
        // Asked for before, without an answer: the same id finds the same conversation.
        let open = earlier.filter(|open| open.group == group && open.answers == answers).unwrap_or_else(|| Open {
            id: clock::id(),
            key: self.key.get_value(),
            group,
            answers,
            page: self.address.get_untracked(),
            lang: self.words.common.lang.into(),
        });
        self.ask_for(open);
    }

    /// Asks for the conversation. It is kept first: a reload in between asks again under the same id.
    pub fn ask_for(self, open: Open) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.keep(|kept| {
            if kept.token.is_empty() {
                kept.token = clock::token();
            }
            kept.opening = Some(open.clone());
        });
        let token = self.kept.with_untracked(|kept| kept.token.clone());
        spawn_local(async move {
            let answer = door::insist(|| door::open(&token, &open), 4).await;
            self.busy.set(false);
            match answer {
                Ok(page) => {
                    self.keep(|kept| {
                        kept.opening = None;
                        kept.chat = open.id.clone();
                        kept.seen = 0;
                    });
                    self.thread.set(Default::default());
                    self.wait.set(None);
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
                    let chat = chat.clone();
                    self.keep(|kept| kept.chat = chat);
                    self.screen.set(Screen::Loading);
                    return self.rejoin();
                }
                Refusal::NobodyOnline => {
                    self.screen.set(Screen::Subject);
                    return self.confirm();
                }
                Refusal::FieldMissing { .. } | Refusal::FieldTooLong { .. } | Refusal::FieldWrong { .. } => return self.fill_again(why),
                _ => {}
            }
        }
        if self.screen.get_untracked() == Screen::Loading {
            self.screen.set(Screen::Home);
        }
        self.fail(snag);
    }
}
