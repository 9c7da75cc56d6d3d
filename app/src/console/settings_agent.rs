//! Who works here: invited with a link, given rights, disabled.

use super::ask::Ask;
use super::board::{Board, board};
use super::icon::Icon;
use super::live::{derived, does, drawn, live, memo, rows, waits};
use super::note::Kind;
use super::settings::{Fault, Overtaken, Read, back, fetch, field, of, once, refuse, says, switch};
use super::ticket_form::typed;
use super::{browser, clipboard, route};
use crate::doors::agent::{change_agent, list_agents};
use crate::doors::{Answer, Failure};
use crate::words::settings::Words;
use domain::agent::{Change, EMAIL_LIMIT, Kept, Line};
use domain::profile::NAME_LIMIT;
use domain::{Refusal, Trouble};
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;
use web_sys::{HtmlInputElement, SubmitEvent};

const PATH: &str = "/settings/people";

#[derive(Clone, Copy)]
struct Page {
    board: Board,
    says: &'static Words,
    lines: Read<Vec<Line>>,
    /// For whom, and the address: told once; and whether he has no password yet.
    link: RwSignal<Option<(String, String, bool)>>,
}

#[component]
pub fn All(open: Memo<Option<String>>) -> impl IntoView {
    let board = board();
    let page = Page { board, says: says(board), lines: RwSignal::new(None), link: RwSignal::new(None) };
    fetch(board, page.lines, || Box::pin(list_agents()));
    once(board, page.lines, move || {
        drawn(move || match open.get() {
            None => view! { <List page=page/> }.into_any(),
            Some(id) if id == "new" => view! { <Invite page=page/> }.into_any(),
            Some(id) => match untrack(|| page.line(&id)) {
                Some(line) => view! { <One page=page line=line/> }.into_any(),
                None => view! { <div class="middle"><p class="empty">{board.words.common.refusal(&Refusal::NotYours)}</p></div> }.into_any(),
            },
        })
        .into_any()
    })
}

impl Page {
    fn line(self, id: &str) -> Option<Line> {
        of(self.lines).into_iter().find(|line| line.face.id == id)
    }

    /// What a door answered, on the screen; with the address of a link, if it made one.
    fn take(self, id: &str, kept: Kept) {
        let line = kept.lines.iter().find(|line| line.face.id == id);
        if let (Some(secret), Some(line)) = (kept.link, line) {
            let address = [&browser::origin(), "/join/", &secret].concat();
            self.link.try_set(Some((line.face.name.clone(), address, line.invited)));
        }
        self.lines.try_set(Some(Ok(kept.lines)));
        browser::hold_focus(browser::TITLE);
    }

    /// Answers whether it was done.
    fn put(self, id: &str, answer: Answer<Kept>) -> bool {
        match answer {
            Ok(kept) => {
                self.take(id, kept);
                return true;
            }
            Err(Failure::Trouble(Trouble::Refused(Refusal::FieldWrong { field }))) if field == "system" => {
                self.board.note(Kind::Bad, self.says.last_system.into());
            }
            Err(failure) => self.board.fail(failure),
        }
        false
    }

    fn ask(self, id: StoredValue<String>, change: Change) {
        let id = id.get_value();
        spawn_local(async move {
            let answer = change_agent(id.clone(), change).await;
            self.put(&id, answer);
        });
    }
}

/// With what somebody comes in: here, and never again.
#[component]
fn Link(page: Page) -> impl IntoView {
    let words = page.board.words;
    let says = page.says;
    move || {
        page.link.get().map(|(name, address, first)| {
            let copied = address.clone();
            view! {
                <section class="trigger-form__secret trigger-form" role="status" aria-label=says.link>
                    <h3>{says.link}</h3>
                    <p>{(says.link_say)(&name, first)}</p>
                    <pre class="code" tabindex="0"><code>{address}</code></pre>
                    <p><button class="button button--s" type="button" on:click=does(move |_| clipboard::copy(page.board, copied.clone()))><Icon name="copy" small=true/>{words.copy}</button></p>
                </section>
            }
        })
    }
}

#[component]
fn List(page: Page) -> impl IntoView {
    let says = page.says;
    // It was shown once.
    page.link.set(None);
    let marks = move |line: &Line| {
        [
            (line.system, says.system),
            (line.invited, says.invited),
            (line.disabled, says.disabled),
            (line.factor, says.has_factor),
        ]
    };
    let row = move |line: Line| {
        let tags =
            marks(&line).into_iter().filter(|(is, _)| *is).map(|(_, mark)| view! { <span class="tag">{mark}</span> });
        let tags = tags.collect_view();
        view! {
            <li class="sheet trigger">
                <span class="trigger__what">
                    <a href=[PATH, "/", &line.face.id].concat()>{line.face.name}</a>
                    <span class="trigger__more">" · "{line.email}</span>
                </span>
                {tags}
            </li>
        }
    };
    let key = move |line: &Line| {
        let marks = marks(line).map(|(is, _)| if is { "1" } else { "0" }).concat();
        [line.face.id.as_str(), " ", &line.face.name, " ", &line.email, " ", &marks].concat()
    };
    view! {
        <div class="view view--paper">
            <header class="view__head">
                <h2>{says.people}</h2>
                <a class="button button--s button--act push" href=[PATH, "/new"].concat()><Icon name="plus" small=true/>{says.invite}</a>
            </header>
            <p class="view__say">{says.people_say}</p>
            <ul class="triggers" aria-label=says.people>{rows(move || of(page.lines), key, row)}</ul>
        </div>
    }
}

#[component]
fn Invite(page: Page) -> impl IntoView {
    let Page { board, says, .. } = page;
    let words = board.words;
    // Asked again after a lost answer, it is the same person.
    let id = StoredValue::new(browser::new_id());
    let (name, email) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let (system, busy) = (RwSignal::new(false), RwSignal::new(false));
    let fault: Fault = RwSignal::new(None);
    let overtaken = RwSignal::new(None);
    let save = move |event: SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        fault.set(None);
        let this = id.get_value();
        let change =
            Change::Invite { name: name.get_untracked(), email: email.get_untracked(), system: system.get_untracked() };
        spawn_local(async move {
            let answer = change_agent(this.clone(), change).await;
            busy.try_set(false);
            match answer {
                Ok(kept) => {
                    page.take(&this, kept);
                    route::go(&[PATH, "/", &this].concat());
                }
                Err(failure) => refuse(board, fault, overtaken, failure, wrong),
            }
        });
    };
    let set = move |value: RwSignal<String>| {
        Callback::new(move |typed: String| {
            fault.set(None);
            value.set(typed);
        })
    };
    view! {
        <div class="view view--paper">
            {back(board, PATH)}
            <form class="trigger-form" novalidate on:submit=does(save)>
                <header class="view__head"><h2>{says.invite}</h2></header>
                <p class="view__say">{says.invite_say}</p>
                {field(fault, "name", words.name, "", typed(name.into(), set(name), "text", "text", NAME_LIMIT))}
                {field(fault, "email", words.email, "", typed(email.into(), set(email), "email", "email", EMAIL_LIMIT))}
                {switch(system, says.system, says.system_hint)}
                <div class="trigger-form__acts">
                    <button class="button button--act" type="submit" aria-disabled=waits(busy)>{says.invite}</button>
                    <a class="button button--bare" href=PATH>{words.cancel}</a>
                </div>
            </form>
        </div>
    }
}

/// One of them: what he is, and what can be done.
#[component]
fn One(page: Page, line: Line) -> impl IntoView {
    let Page { board, says, .. } = page;
    let words = board.words;
    let id = StoredValue::new(line.face.id.clone());
    let now = memo(move |_| id.with_value(|id| page.line(id)));
    let is = move |what: fn(&Line) -> bool| memo(move |_| now.with(|now| now.as_ref().is_some_and(what)));
    let (disabled, has_factor, invited) = (is(|line| line.disabled), is(|line| line.factor), is(|line| line.invited));
    let name = move || now.with(|now| now.as_ref().map(|now| now.face.name.clone()).unwrap_or_default());
    let email = RwSignal::new(line.email.clone());
    let read = RwSignal::new(line.email);
    let fault: Fault = RwSignal::new(None);
    let overtaken = RwSignal::new(None);
    let save = move || {
        fault.set(None);
        overtaken.set(None);
        let change = Change::Address { email: email.get_untracked(), read: read.get_untracked() };
        let id = id.get_value();
        spawn_local(async move {
            match change_agent(id.clone(), change).await {
                Ok(kept) => {
                    page.take(&id, kept);
                    if let Some(line) = now.try_get_untracked().flatten() {
                        email.try_set(line.email.clone());
                        read.try_set(line.email);
                    }
                    super::settings::note_saved(board);
                }
                Err(failure) => refuse(board, fault, overtaken, failure, wrong),
            }
        });
    };
    let again = move |mine: bool| {
        spawn_local(async move {
            match list_agents().await {
                Ok(lines) => {
                    page.lines.try_set(Some(Ok(lines)));
                    // He may have gone elsewhere meanwhile.
                    let Some(line) = now.try_get_untracked().flatten() else { return };
                    read.try_set(line.email.clone());
                    if mine {
                        save();
                    } else {
                        email.try_set(line.email);
                    }
                }
                Err(failure) => board.fail(failure),
            }
        });
    };
    let at_once = move |label: &'static str,
                        hint: &'static str,
                        what: fn(&Line) -> bool,
                        change: fn(bool) -> Change| {
        let is = is(what);
        let set = move |event: web_sys::Event| {
            let (wanted, id) = (event_target_checked(&event), id.get_value());
            spawn_local(async move {
                let answer = change_agent(id.clone(), change(wanted)).await;
                if !page.put(&id, answer)
                    && let Some(input) = event.target().and_then(|to| to.dyn_into::<HtmlInputElement>().ok())
                {
                    // What is drawn is what is so.
                    input.set_checked(is.try_get_untracked().unwrap_or(!wanted));
                }
            });
        };
        view! {
            <label class="choice choice--bare">
                <span class="switch">
                    <input class="visually-hidden" type="checkbox" prop:checked=live(move || is.get()) on:change=does(set)/>
                    <span class="switch__track"></span>
                </span>
                <span class="choice__text">{label}<span class="choice__more">{hint}</span></span>
            </label>
        }
        .into_any()
    };
    let set_email = Callback::new(move |typed: String| {
        fault.set(None);
        email.set(typed);
    });
    view! {
        <div class="view view--paper">
            {back(board, PATH)}
            <header class="view__head">
                <h2>{live(name)}</h2>
                <span class="tag" hidden=live(move || !invited.get())>{says.invited}</span>
                <span class="tag tag--bad" hidden=live(move || !disabled.get())>{says.disabled}</span>
            </header>
            <Link page=page/>
            <form class="trigger-form" novalidate on:submit=does(move |event: SubmitEvent| { event.prevent_default(); save() })>
                <Overtaken by=overtaken take=Callback::new(move |()| again(false)) keep=Callback::new(move |()| again(true))/>
                {field(fault, "email", words.email, "", typed(email.into(), set_email, "email", "email", EMAIL_LIMIT))}
                <div class="trigger-form__acts"><button class="button" type="submit">{says.change_address}</button></div>
            </form>
            <section class="trigger-form" aria-label=says.roles>
                <h3>{says.roles}</h3>
                {at_once(says.system, says.system_hint, |line| line.system, Change::System)}
                {at_once(says.sequence, says.sequence_hint, |line| line.sequence, Change::Sequence)}
            </section>
            <section class="trigger-form" aria-label=says.access>
                <h3>{says.access}</h3>
                <div class="trigger-form__acts">
                    <span hidden=live(move || disabled.get())><Ask class="button button--s" label=says.make_link question=derived(move || says.make_link.to_owned()) say=says.make_link_say act=Callback::new(move |_| page.ask(id, Change::Link))/></span>
                    <span hidden=live(move || !has_factor.get())><Ask class="button button--s" label=says.reset_factor question=derived(move || (says.reset_ask)(&name())) say=says.reset_say act=Callback::new(move |_| page.ask(id, Change::ResetFactor))/></span>
                    <span hidden=live(move || disabled.get())><Ask class="button button--s" label=says.disable question=derived(move || (says.disable_ask)(&name())) say=says.disable_say act=Callback::new(move |_| page.ask(id, Change::Disabled(true)))/></span>
                    <button class="button button--s" type="button" hidden=live(move || !disabled.get()) on:click=does(move |_| page.ask(id, Change::Disabled(false)))>{says.enable}</button>
                </div>
            </section>
        </div>
    }
}

/// What is wrong with a field of these forms.
fn wrong(says: &'static Words, field: &str) -> Option<&'static str> {
    match field {
        "email" => Some(says.email_wrong),
        "email.taken" => Some(says.email_taken),
        _ => None,
    }
}
