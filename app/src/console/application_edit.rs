//! The settings of an application while somebody changes them, and the controls that change them.
//!
//! All that is typed is in one value, [`Edit::now`]; a control reads its part of it and writes it back. Rows are known
//! by their place. A refusal is told beside the control whose place it names.

use super::board::{Board, board};
use super::browser;
use super::icon::Icon;
use super::live::{derived, does, live, memo};
use super::ticket_form::{Option2, select, typed};
use crate::doors::Failure;
use crate::words::application::{self as says, Words};
use domain::application::{GROUPS_LIMIT, Kept, Settings};
use domain::{Refusal, Trouble, site};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// What a control shows of the settings.
pub type Of = Box<dyn Fn(&Settings) -> String + Send + Sync>;
/// What it makes of them when it is switched.
pub type Turn = Box<dyn Fn(&mut Settings, bool) + Send + Sync>;
/// What it makes of them.
pub type Put = Box<dyn Fn(&mut Settings, String) + Send + Sync>;

#[derive(Clone, Copy)]
pub struct Edit {
    pub board: Board,
    pub says: &'static Words,
    /// As it is kept.
    pub kept: RwSignal<Kept>,
    /// As it is typed.
    pub now: RwSignal<Settings>,
    /// The place that was refused, and why.
    pub fault: RwSignal<Option<(String, String)>>,
    /// Who has saved something else meanwhile.
    pub overtaken: RwSignal<Option<String>>,
    pub busy: RwSignal<bool>,
    pub is_changed: Memo<bool>,
}

impl Edit {
    pub fn of(kept: Kept, typed: Option<Settings>) -> Edit {
        let board = board();
        let now = RwSignal::new(typed.unwrap_or_else(|| kept.settings.clone()));
        let kept = RwSignal::new(kept);
        Edit {
            board,
            says: says::of(board.words.common.lang),
            kept,
            now,
            fault: RwSignal::new(None),
            overtaken: RwSignal::new(None),
            busy: RwSignal::new(false),
            is_changed: memo(move |_| kept.with(|kept| now.with(|now| kept.settings != *now))),
        }
    }

    pub fn with<T: Send + Sync + 'static>(self, of: impl Fn(&Settings) -> T + Send + Sync + 'static) -> Signal<T> {
        derived(move || self.now.with(&of))
    }

    pub fn change(self, change: impl FnOnce(&mut Settings)) {
        self.fault.set(None);
        self.now.update(change);
    }

    /// What is typed becomes what is kept.
    pub fn take(self, kept: Kept) {
        self.fault.try_set(None);
        self.overtaken.try_set(None);
        self.now.try_set(kept.settings.clone());
        self.kept.try_set(kept);
    }

    /// What was sent was kept. What was typed while it was on its way stays typed.
    pub fn saved(self, sent: &Settings, kept: Kept) {
        if self.now.try_with_untracked(|now| now == sent) == Some(true) {
            return self.take(kept);
        }
        self.overtaken.try_set(None);
        self.kept.try_set(kept);
    }

    /// It was retired, or is back. What is typed stays typed; of what a colleague has saved since it was read nothing is
    /// taken, so that the next save still learns of it.
    pub fn turned(self, answer: Kept) {
        self.kept.try_update(|kept| {
            if kept.settings == answer.settings {
                kept.revision = answer.revision;
            }
            kept.retired = answer.retired;
        });
    }

    /// Why a place was refused; none: it was not.
    pub fn why(self, path: String) -> Signal<Option<String>> {
        derived(move || {
            self.fault.with(|fault| fault.as_ref().filter(|(at, _)| *at == path).map(|(_, why)| why.clone()))
        })
    }

    /// The sentence of a refusal, and its place where it names one. None also where who asked has left this page: its
    /// fields are gone.
    pub fn understand(self, failure: &Failure) -> Option<(String, String)> {
        let Failure::Trouble(Trouble::Refused(Refusal::FieldWrong { field })) = failure else { return None };
        let why = self.now.try_with_untracked(|now| why(self.says, field, now))?;
        Some((field.clone(), why.map_or_else(|| super::note::why(self.board.words, failure), str::to_owned)))
    }
}

/// The tab on which a place is drawn.
pub fn tab_of(path: &str) -> &'static str {
    let begins = |start: &str| path.starts_with(start);
    match path {
        _ if begins("form") => "form",
        _ if begins("setup.hours.holidays") => "holidays",
        _ if begins("setup.hours") => "hours",
        _ if begins("setup.texts") => "texts",
        _ if begins("setup.channels") || begins("setup.when_away") => "channels",
        _ if begins("accent") || begins("title") || begins("setup.launcher") => "look",
        _ if begins("name") || begins("sites") || begins("groups") || begins("setup.kind") => "main",
        _ => "parameters",
    }
}

/// What cannot be meant, in words; none: the place says too little.
fn why(says: &'static Words, path: &str, now: &Settings) -> Option<&'static str> {
    let mut shape = String::new();
    let mut place = None;
    for part in path.split(['[', ']']) {
        match part.parse::<usize>() {
            Ok(n) => place = place.or(Some(n)),
            Err(_) => shape.push_str(part),
        }
    }
    Some(match shape.as_str() {
        "name" => says.wrong_name,
        "title" => says.wrong_title,
        "accent" => says.wrong_accent,
        "patience" => says.wrong_patience,
        "sites" => match place.and_then(|n| now.sites.get(n)) {
            None => says.wrong_many,
            Some(typed) => match site::origin(typed) {
                Ok(_) => says.wrong_twice,
                Err(slip) => slip_says(says, slip),
            },
        },
        // It has no place, and there are not too many: there is none that is kept.
        "groups" if place.is_none() && now.groups.len() <= GROUPS_LIMIT => says.wrong_subject,
        "groups" => match place.and_then(|n| Some((n, now.groups.get(n)?))) {
            None => says.wrong_many,
            Some((n, group)) if now.groups[..n].contains(group) => says.wrong_twice,
            Some(_) => says.wrong_group,
        },
        "form"
        | "setup.channels"
        | "setup.hours.weekly"
        | "setup.hours.holidays"
        | "setup.hours.exceptions"
        | "setup.hours.exceptions.open" => says.wrong_many,
        "form.key" => says.wrong_key,
        "form.label" => says.wrong_label,
        "form.options" => says.wrong_options,
        "form.consent" | "form.consent.text" => says.wrong_consent,
        "form.consent.version" => says.wrong_version,
        "form.consent.link" => says.wrong_link,
        "setup.channels.to" => says.wrong_channel,
        "setup.launcher.across" | "setup.launcher.up" => says.wrong_offset,
        "setup.launcher.z" => says.wrong_layer,
        "setup.hours.zone" => says.wrong_zone,
        "setup.hours.weekly.days" => says.wrong_days,
        "setup.hours.exceptions.to" => says.wrong_span,
        "setup.hours.holidays.name" | "setup.hours.exceptions.name" => says.wrong_called,
        "setup.hours.weekly.from"
        | "setup.hours.weekly.to"
        | "setup.hours.exceptions.open.from"
        | "setup.hours.exceptions.open.to" => says.wrong_period,
        at if at.starts_with("setup.texts.") => match at.rsplit('.').next() {
            Some("title") => says.wrong_said_title,
            Some("greeting") => says.wrong_greeting,
            Some("label") => says.wrong_label,
            Some("consent") => says.wrong_consent,
            Some("options") => says.wrong_said_options,
            _ => return None,
        },
        _ => return None,
    })
}

pub fn slip_says(says: &'static Words, slip: site::Slip) -> &'static str {
    match slip {
        site::Slip::Scheme => says.slip_scheme,
        site::Slip::Path => says.slip_path,
        site::Slip::Wildcard => says.slip_wildcard,
        site::Slip::Plain => says.slip_plain,
        site::Slip::Host => says.slip_host,
    }
}

/// The control of a place gets the focus; false: it is not drawn.
pub fn focus(path: &str) -> bool {
    let at = ["[data-field=\"", path, "\"]"].concat();
    let Some(found) = document().query_selector(&at).ok().flatten() else { return false };
    let control = found.query_selector("input, select, textarea, button").ok().flatten();
    if let Some(control) = control.and_then(|control| control.dyn_into::<HtmlElement>().ok()) {
        let _ = control.focus();
    }
    true
}

/// A label, its control, and the fault under it.
pub fn framed(edit: Edit, path: String, label: &'static str, hint: &'static str, control: AnyView) -> AnyView {
    let why = edit.why(path.clone());
    view! {
        <label class="field" class:field--bad=live(move || why.with(Option::is_some)) data-field=path>
            <span class="field__label">{label}{(!hint.is_empty()).then(|| view! { " "<span class="field__hint">{hint}</span> })}</span>
            {control}
            <span class="field__fault" role="alert">{live(move || why.get())}</span>
        </label>
    }
    .into_any()
}

/// A line that is typed.
pub fn line(
    edit: Edit,
    path: impl Into<String>,
    label: &'static str,
    hint: &'static str,
    most: usize,
    of: Of,
    put: Put,
) -> AnyView {
    let set = Callback::new(move |value: String| edit.change(|now| put(now, value)));
    framed(edit, path.into(), label, hint, typed(edit.with(of), set, "text", "text", most))
}

/// What of these settings is a list, and what becomes of it.
pub type ListOf = Box<dyn Fn(&Settings) -> Vec<String> + Send + Sync>;
pub type PutList = Box<dyn Fn(&mut Settings, Vec<String>) + Send + Sync>;

/// The lines of a text that say something.
pub fn lines_of(text: &str) -> Vec<String> {
    text.lines().map(domain::text::line).filter(|line| !line.is_empty()).collect()
}

/// Words, one a line: the first that is wrong is told for all of them. `read` makes the list of what is typed.
pub fn lines(
    edit: Edit,
    path: String,
    label: &'static str,
    hint: String,
    read: fn(&str) -> Vec<String>,
    of: ListOf,
    put: PutList,
) -> AnyView {
    let kept = memo(move |_| edit.now.with(|now| of(now)));
    let typed = RwSignal::new(kept.get_untracked().join("\n"));
    let begins = path.clone();
    let why = memo(move |_| {
        edit.fault.with(|fault| fault.as_ref().filter(|(at, _)| at.starts_with(&begins)).map(|(_, why)| why.clone()))
    });
    // What is discarded, or another did to the same, is followed; blank lines are typed and say nothing.
    Effect::new(move || {
        let kept = kept.get();
        if read(&typed.get_untracked()) != kept {
            typed.set(kept.join("\n"));
        }
    });
    let set = move |event| {
        let text: String = event_target_value(&event);
        let words = read(&text);
        typed.set(text);
        edit.change(|now| put(now, words));
    };
    let id = browser::new_id();
    view! {
        <label class="field trigger-row__wide" for=id.clone() data-field=path class:field--bad=live(move || why.with(Option::is_some))>
            <span class="field__label">{label}</span>
            <textarea class="field__box" id=id.clone() rows="4" maxlength="6200" placeholder=hint prop:value=live(move || typed.get()) on:input=does(set)></textarea>
            <span class="field__fault" role="alert">{live(move || why.get())}</span>
        </label>
    }
    .into_any()
}

/// What stands for a number that is none: every limit refuses it, at its place.
const NO_NUMBER: u32 = u32::MAX;

pub fn digits(number: u32) -> String {
    number.to_string()
}

pub fn number_of(typed: &str) -> u32 {
    typed.trim().parse().unwrap_or(NO_NUMBER)
}

/// As long as the longest that may be meant: the highest layer of a page.
const DIGITS: usize = 10;

/// A whole number. What is none stays as it was typed, so that who is refused sees what.
pub fn number(edit: Edit, path: &'static str, label: &'static str, hint: &'static str, of: Of, put: Put) -> AnyView {
    let none = digits(NO_NUMBER);
    let words = RwSignal::new(String::new());
    let set = Callback::new(move |value: String| {
        words.set(value.clone());
        edit.change(|now| put(now, value));
    });
    let shown = derived(move || {
        let kept = edit.now.with(|now| of(now));
        if kept == none { words.get() } else { kept }
    });
    framed(edit, path.into(), label, hint, typed(shown, set, "text", "numeric", DIGITS))
}

/// One of a list.
pub fn chosen(
    edit: Edit,
    path: impl Into<String>,
    label: &'static str,
    options: Vec<Option2>,
    of: Of,
    put: Put,
) -> AnyView {
    let set = Callback::new(move |value: String| edit.change(|now| put(now, value)));
    framed(edit, path.into(), label, "", select(derived(move || options.clone()), edit.with(of), set))
}

/// A time of day or a day. What is left incomplete becomes again what it was.
pub fn moment(edit: Edit, path: String, label: &'static str, kind: &'static str, of: Of, put: Put) -> AnyView {
    let shown = edit.with(of);
    let change = move |event: web_sys::Event| {
        let typed = event_target_value(&event);
        if !typed.is_empty() {
            edit.change(|now| put(now, typed));
        }
        if let Some(input) = event.target().and_then(|to| to.dyn_into::<web_sys::HtmlInputElement>().ok()) {
            input.set_value(&shown.get_untracked());
        }
    };
    let control = view! {
        <input class="field__box" type=kind prop:value=live(move || shown.get()) on:change=does(change)/>
    };
    framed(edit, path, label, "", control.into_any())
}

/// Two to four states, one of them true.
pub fn segment(
    edit: Edit,
    path: &'static str,
    label: &'static str,
    options: Vec<Option2>,
    of: Of,
    put: Put,
) -> AnyView {
    let (now, put) = (edit.with(of), StoredValue::new(put));
    let name = browser::new_id();
    let one = move |(value, says): Option2| {
        let (this, wanted, name) = (value.clone(), StoredValue::new(value), name.clone());
        view! {
            <label class="segment__item">
                <input class="visually-hidden" type="radio" name=name prop:checked=live(move || now.with(|now| *now == this))
                    on:change=does(move |_| edit.change(|now| put.with_value(|put| put(now, wanted.get_value()))))/>
                {says}
            </label>
        }
    };
    view! {
        <fieldset class="field application-form__fieldset" data-field=path>
            <legend class="field__label">{label}</legend>
            <div><span class="segment application-form__segment">{options.into_iter().map(one).collect_view()}</span></div>
        </fieldset>
    }
    .into_any()
}

/// On or off, and what that means.
pub fn switch(
    edit: Edit,
    label: &'static str,
    say: &'static str,
    of: fn(&Settings) -> bool,
    put: fn(&mut Settings, bool),
) -> AnyView {
    let on = edit.with(of);
    view! {
        <label class="choice choice--bare">
            <span class="switch">
                <input class="visually-hidden" type="checkbox" prop:checked=live(move || on.get()) on:change=does(move |event| { let on = event_target_checked(&event); edit.change(|now| put(now, on)) })/>
                <span class="switch__track"></span>
            </span>
            <span class="choice__text">{label}<span class="choice__more">{say}</span></span>
        </label>
    }
    .into_any()
}

/// A box to tick, in a row.
pub fn tick(edit: Edit, label: &'static str, of: Box<dyn Fn(&Settings) -> bool + Send + Sync>, put: Turn) -> AnyView {
    let on = edit.with(of);
    view! {
        <label class="choice choice--bare application-form__tick">
            <input type="checkbox" prop:checked=live(move || on.get()) on:change=does(move |event| { let on = event_target_checked(&event); edit.change(|now| put(now, on)) })/>
            <span class="choice__text">{label}</span>
        </label>
    }
    .into_any()
}

/// A list whose rows are moved and taken off.
pub trait Rows {
    fn count(&self) -> usize;
    fn swap(&mut self, one: usize, other: usize);
    fn drop_at(&mut self, at: usize);
}

impl<T> Rows for Vec<T> {
    fn count(&self) -> usize {
        self.len()
    }

    fn swap(&mut self, one: usize, other: usize) {
        if one.max(other) < self.len() {
            self.as_mut_slice().swap(one, other);
        }
    }

    fn drop_at(&mut self, at: usize) {
        if at < self.len() {
            self.remove(at);
        }
    }
}

/// Where a list is in the settings.
pub type List = for<'a> fn(&'a mut Settings) -> Option<&'a mut dyn Rows>;

fn count(list: List, now: &Settings) -> usize {
    // A place in a value of one's own: nothing of it is changed.
    list(&mut now.clone()).map_or(0, |rows| rows.count())
}

/// The rows of a list by their places.
pub fn places(edit: Edit, list: List) -> Memo<usize> {
    memo(move |_| edit.now.with(|now| count(list, now)))
}

/// A row: its controls, and the buttons that move it and take it off. `moves`: its order counts.
pub fn row(
    edit: Edit,
    list: List,
    path: String,
    n: usize,
    label: Signal<String>,
    moves: bool,
    parts: AnyView,
) -> AnyView {
    let says = edit.says;
    let many = places(edit, list);
    let why = edit.why(path.clone());
    let id = browser::new_id();
    let whole = id.clone();
    let act = move |act: &dyn Fn(&mut dyn Rows)| {
        edit.change(|now| {
            if let Some(rows) = list(now) {
                act(rows);
            }
        });
    };
    // The row goes, and the focus goes with it.
    let step = move |to: usize, up: bool| {
        act(&|rows| rows.swap(n, to));
        let (kind, other) = if up { ("up", "down") } else { ("down", "up") };
        let id = id.clone();
        request_animation_frame(move || focus_button(&id, to as i32 - n as i32, [kind, other]));
    };
    let (lift, sink) = (step.clone(), step);
    view! {
        <div class="trigger-row application-form__row" id=whole role="group" aria-label=live(move || label.get()) data-field=path class:field--bad=live(move || why.with(Option::is_some))>
            <div class="trigger-row__parts">{parts}</div>
            <span class="application-form__acts">
                {moves.then(|| view! {
                    <button class="button button--bare button--icon button--s" type="button" data-act="up" aria-label=live(move || label.with(|label| (says.up)(label))) disabled={n == 0} on:click=does(move |_| lift(n - 1, true))><Icon name="up" small=true/></button>
                    <button class="button button--bare button--icon button--s" type="button" data-act="down" aria-label=live(move || label.with(|label| (says.down)(label))) disabled=live(move || n + 1 >= many.get()) on:click=does(move |_| sink(n + 1, false))><Icon name="down" small=true/></button>
                })}
                <button class="button button--bare button--icon button--s" type="button" aria-label=live(move || label.with(|label| (says.remove)(label))) on:click=does(move |_| act(&|rows| rows.drop_at(n)))><Icon name="x" small=true/></button>
            </span>
            <span class="field__fault" role="alert">{live(move || why.get())}</span>
        </div>
    }
    .into_any()
}

/// The button of this kind in the row that is so many rows further; the other one where it cannot be pressed.
fn focus_button(row: &str, further: i32, kinds: [&str; 2]) {
    let Some(mut row) = document().get_element_by_id(row) else { return };
    for _ in 0..further.abs() {
        let next = if further > 0 { row.next_element_sibling() } else { row.previous_element_sibling() };
        let Some(next) = next else { return };
        row = next;
    }
    for kind in kinds {
        let button = row.query_selector(&["[data-act=", kind, "]:not(:disabled)"].concat()).ok().flatten();
        if let Some(button) = button.and_then(|button| button.dyn_into::<HtmlElement>().ok()) {
            let _ = button.focus();
            return;
        }
    }
}

/// A button that adds a row.
pub fn adds(label: &'static str, add: impl Fn() + 'static) -> AnyView {
    view! {
        <p><button class="button button--s" type="button" on:click=does(move |_| add())><Icon name="plus" small=true/>{label}</button></p>
    }
    .into_any()
}

/// What a row is called that has no name of its own: by its place.
pub fn nth(says: fn(&str) -> String, n: usize) -> Signal<String> {
    derived(move || says(&(n + 1).to_string()))
}

pub fn pair(value: impl Into<String>, label: impl Into<String>) -> Option2 {
    (value.into(), label.into())
}
