//! Settings, for who administers something. Which of them are shown is in the address.

use super::board::{Board, board};
use super::browser;
use super::icon::Icon;
use super::live::{derived, does, drawn, live, memo};
use super::note::{self, Kind};
use super::route::{View, place};
use super::settings_house::Pieces;
use super::trigger::{field_of, focus};
use super::{
    first_run, knowledge, settings_agent, settings_group, settings_hook, settings_parameters, settings_tag,
    settings_token,
};
use crate::doors::{Answer, Failure};
use crate::words::settings::{self, Words};
use domain::house::change::List;
use domain::{Refusal, Trouble};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::future::Future;
use std::pin::Pin;
use web_sys::MouseEvent;

/// What is said here.
pub fn says(board: Board) -> &'static Words {
    settings::of(board.words.common.lang)
}

#[component]
pub fn Settings() -> impl IntoView {
    let board = board();
    let says = says(board);
    let asked = memo(move |before: Option<&(String, Option<String>)>| match place().shown.get() {
        View::Settings(page, one) => (page, one),
        // Another view has no settings; what was asked for stays until this one goes.
        _ => before.cloned().unwrap_or_default(),
    });
    let page = memo(move |_| asked.with(|(page, _)| page.clone()));
    let open = memo(move |_| asked.with(|(_, one)| one.clone()));
    let system = memo(move |_| board.me.with(|me| me.agent.system));
    view! {
        <div class="desk__work">
            {drawn(move || match (page.get().as_str(), system.get()) {
                ("statuses", true) => view! { <Pieces list=List::Statuses open=open/> }.into_any(),
                ("fields", true) => view! { <Pieces list=List::Fields open=open/> }.into_any(),
                ("" | "groups", _) => view! { <settings_group::All open=open/> }.into_any(),
                ("tags", true) => view! { <settings_tag::All/> }.into_any(),
                ("people", true) => view! { <settings_agent::All open=open/> }.into_any(),
                ("parameters", true) => view! { <settings_parameters::All/> }.into_any(),
                ("articles", true) => view! { <knowledge::Knowledge open=open/> }.into_any(),
                ("start", true) => view! { <first_run::Start open=open/> }.into_any(),
                ("webhooks", true) => view! { <settings_hook::All open=open/> }.into_any(),
                ("tokens", true) => view! { <settings_token::All open=open/> }.into_any(),
                ("statuses" | "fields" | "tags" | "people" | "parameters" | "articles" | "start" | "tokens" | "webhooks", false) => {
                    view! { <div class="middle"><p class="empty" role="alert">{says.only_system}</p></div> }.into_any()
                }
                _ => view! { <div class="middle"><p class="empty">{board.words.no_such_view}</p></div> }.into_any(),
            })}
        </div>
    }
}

/// What was read of the server, or why not; none: it is on its way.
pub type Read<T> = RwSignal<Option<Result<T, String>>>;

type Asking<T> = Pin<Box<dyn Future<Output = Answer<T>>>>;

/// Reads it, and again after the line was down.
pub fn fetch<T: Send + Sync + 'static>(board: Board, read: Read<T>, ask: impl Fn() -> Asking<T> + 'static) {
    Effect::new(move || {
        board.round.track();
        let asking = ask();
        spawn_local(async move {
            match asking.await {
                Ok(now) => drop(read.try_set(Some(Ok(now)))),
                // What was read before is still there to be looked at.
                Err(failure) if read.try_with_untracked(|read| matches!(read, Some(Ok(_)))) == Some(true) => {
                    // That the line is down stands in the bar.
                    if failure != Failure::Lost {
                        board.fail(failure);
                    }
                }
                Err(failure) => drop(read.try_set(Some(Err(note::why(board.words, &failure))))),
            }
        });
    });
}

/// Is it read; and if it could not be, why. The same while it is read again: what is drawn by it stays.
pub fn state<T: Send + Sync + 'static>(read: Read<T>) -> Memo<Option<Option<String>>> {
    memo(move |_| read.with(|read| read.as_ref().map(|read| read.as_ref().err().cloned())))
}

/// Draws once it is read; what is drawn stays while it is read again.
pub fn once<T: Send + Sync + 'static>(
    board: Board,
    read: Read<T>,
    draw: impl Fn() -> AnyView + Send + 'static,
) -> AnyView {
    let state = state(read);
    drawn(move || match state.get() {
        None => view! { <div class="view view--paper" aria-busy="true"><p class="visually-hidden" role="status">{board.words.loading}</p></div> }.into_any(),
        Some(Some(why)) => view! { <div class="middle"><div class="empty" role="alert"><p>{why}</p></div></div> }.into_any(),
        Some(None) => draw(),
    })
    .into_any()
}

/// What was read, or as if nothing were there.
pub fn of<T: Clone + Default + Send + Sync + 'static>(read: Read<T>) -> T {
    read.with(|read| read.as_ref().and_then(|read| read.as_ref().ok()).cloned().unwrap_or_default())
}

/// The place that was refused, and why.
pub type Fault = RwSignal<Option<(String, String)>>;

/// A label, what it is for, and the fault under it.
pub fn field(fault: Fault, name: &'static str, label: &'static str, hint: &'static str, control: AnyView) -> AnyView {
    let why = at(fault, name);
    view! {
        <label class="field" class:field--bad=live(move || why.with(Option::is_some)) data-field=name>
            <span class="field__label">{label}" "<span class="field__hint">{hint}</span></span>
            {control}
            <span class="field__fault" role="alert">{live(move || why.get())}</span>
        </label>
    }
    .into_any()
}

pub fn at(fault: Fault, name: &'static str) -> Signal<Option<String>> {
    derived(move || fault.with(|fault| fault.as_ref().filter(|(at, _)| at == name).map(|(_, why)| why.clone())))
}

/// On or off.
pub fn switch(value: RwSignal<bool>, label: &'static str, hint: &'static str) -> AnyView {
    view! {
        <label class="choice choice--bare">
            <span class="switch">
                <input class="visually-hidden" type="checkbox" prop:checked=live(move || value.get()) on:change=does(move |event| value.set(event_target_checked(&event)))/>
                <span class="switch__track"></span>
            </span>
            <span class="choice__text">{label}<span class="choice__more">{hint}</span></span>
        </label>
    }
    .into_any()
}

/// What can be chosen of all there is, several at once: each with its name, and its word for programs.
pub fn among<T: Copy + PartialEq + Send + Sync + 'static>(
    fault: Fault,
    name: &'static str,
    legend: &'static str,
    all: &[T],
    chosen: RwSignal<Vec<T>>,
    says: impl Fn(T) -> (&'static str, &'static str),
) -> AnyView {
    let why = at(fault, name);
    let one = |one: T| {
        let (label, word) = says(one);
        let is_chosen = derived(move || chosen.with(|chosen| chosen.contains(&one)));
        let choose = Callback::new(move |is: bool| {
            fault.set(None);
            chosen.update(|chosen| {
                chosen.retain(|other| *other != one);
                if is {
                    chosen.push(one);
                }
            });
        });
        tick(name, label, word, is_chosen, choose)
    };
    view! {
        <fieldset class="field" class:field--bad=live(move || why.with(Option::is_some)) data-field=name>
            <legend class="field__label">{legend}</legend>
            {all.iter().map(|each| one(*each)).collect_view()}
            <span class="field__fault" role="alert">{live(move || why.get())}</span>
        </fieldset>
    }
    .into_any()
}

fn tick(
    name: &'static str,
    label: &'static str,
    word: &'static str,
    is_chosen: Signal<bool>,
    choose: Callback<bool>,
) -> AnyView {
    view! {
        <label class="choice choice--bare">
            <input type="checkbox" name=name prop:checked=live(move || is_chosen.get()) on:change=does(move |event| choose.run(event_target_checked(&event)))/>
            <span class="choice__text">{label}<span class="choice__more"><code>{word}</code></span></span>
        </label>
    }
    .into_any()
}

/// One line each.
pub fn several(value: RwSignal<String>) -> AnyView {
    view! {
        <textarea class="field__box" rows="4" prop:value=live(move || value.get()) on:input=does(move |event| value.set(event_target_value(&event)))></textarea>
    }
    .into_any()
}

/// What is wrong with a field, where a view says it better than every screen can.
pub type Wrong = fn(&'static Words, &str) -> Option<&'static str>;

/// Something was refused: at its place, which gets the focus; or that a colleague was faster, which is answered by
/// who asked.
pub fn refuse(board: Board, fault: Fault, overtaken: RwSignal<Option<String>>, failure: Failure, wrong: Wrong) {
    if let Failure::Trouble(Trouble::Refused(Refusal::Overtaken { by })) = &failure {
        overtaken.try_set(Some(by.clone()));
        return;
    }
    let Some(place) = field_of(&failure) else { return board.fail(failure) };
    let is_wrong = matches!(&failure, Failure::Trouble(Trouble::Refused(Refusal::FieldWrong { .. })));
    let why =
        wrong(says(board), &place).filter(|_| is_wrong).map_or_else(|| note::why(board.words, &failure), str::to_owned);
    // What is wrong of it may stand behind a point.
    let name = place.split('.').next().unwrap_or_default().to_owned();
    fault.try_set(Some((name.clone(), why)));
    focus(&name);
}

/// A colleague was faster: nothing of mine is lost, and nothing of his.
#[component]
pub fn Overtaken(by: RwSignal<Option<String>>, take: Callback<()>, keep: Callback<()>) -> impl IntoView {
    let says = says(board());
    let answers = move |act: Callback<()>| {
        does(move |_: MouseEvent| {
            by.set(None);
            act.run(());
            browser::hold_focus(browser::TITLE);
        })
    };
    view! {
        <div class="banner banner--bad settings__overtaken" role="alert" hidden=live(move || by.with(Option::is_none))>
            <span class="banner__text">{live(move || by.with(|by| by.as_ref().map(|by| (says.overtaken)(by))))}</span>
            <button class="button button--s" type="button" on:click=answers(take)>{says.take_theirs}</button>
            <button class="button button--s" type="button" on:click=answers(keep)>{says.keep_mine}</button>
        </div>
    }
}

/// The way back to a list.
pub fn back(board: Board, path: &'static str) -> AnyView {
    view! { <p><a class="button button--s" href=path><Icon name="back" small=true/>{says(board).all_of_them}</a></p> }
        .into_any()
}

pub fn note_saved(board: Board) {
    board.note(Kind::Plain, says(board).saved.into());
}
