//! One application: its tabs, what is saved and discarded, and a word before what is typed is left.
//!
//! What is typed is kept in memory while somebody is elsewhere in the console, so the way back loses nothing.

use super::application::Codes;
use super::application_edit::{Edit, focus, tab_of};
use super::application_preview::Preview;
use super::board::board;
use super::browser;
use super::clock;
use super::icon::Icon;
use super::live::{does, drawn, live, memo, waits};
use super::note::{self, Kind};
use super::route::{self, View, place};
use super::{
    application_form, application_hours, application_keys, application_main, application_more, application_texts,
};
use crate::doors::Failure;
use crate::doors::application::{list_applications, read_application, retire_application, save_application};
use domain::application::{Kept, Settings};
use domain::wire::{ApplicationLine, Loader};
use domain::{Refusal, Trouble};
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::cell::RefCell;
use std::collections::HashMap;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, Event, HtmlAnchorElement, MouseEvent};

thread_local! {
    /// What was typed and not saved, with what it was typed over.
    static TYPED: RefCell<HashMap<String, (Kept, Settings)>> = RefCell::default();
}

#[component]
pub fn Editor(id: String) -> impl IntoView {
    let board = board();
    let words = board.words;
    let read = RwSignal::new(None::<Result<Edit, String>>);
    let typed = TYPED.with_borrow_mut(|typed| typed.remove(&id));
    // What it is made of outlives the answer that makes it, and goes with this view.
    let owner = Owner::current();
    let make = move |kept: Kept, typed: Option<Settings>| match &owner {
        Some(owner) => owner.with(|| Edit::of(kept, typed)),
        None => Edit::of(kept, typed),
    };
    if let Some((kept, typed)) = typed {
        read.set(Some(Ok(make(kept, Some(typed)))));
    } else {
        spawn_local(async move {
            let answer = read_application(id).await;
            if read.try_get_untracked().is_some() {
                read.try_set(Some(answer.map(|kept| make(kept, None)).map_err(|failure| note::why(words, &failure))));
            }
        });
    }
    view! {
        {drawn(move || match read.get() {
            None => view! { <div class="view view--paper" aria-busy="true"><p class="visually-hidden" role="status">{words.loading}</p></div> }.into_any(),
            Some(Err(why)) => view! { <div class="middle"><div class="empty" role="alert"><p>{why}</p></div></div> }.into_any(),
            Some(Ok(edit)) => form(edit),
        })}
    }
}

/// The tabs, as their addresses name them.
fn tabs(edit: Edit) -> [(&'static str, &'static str); 10] {
    let says = edit.says;
    [
        ("main", says.tab_main),
        ("look", says.tab_look),
        ("form", says.tab_form),
        ("texts", says.tab_texts),
        ("hours", says.tab_hours),
        ("holidays", says.tab_holidays),
        ("channels", says.tab_channels),
        ("parameters", says.tab_parameters),
        ("identity", says.tab_identity),
        ("code", says.tab_code),
    ]
}

fn path_of(id: &str, tab: &str) -> String {
    ["/applications/", id, "/", tab].concat()
}

fn form(edit: Edit) -> AnyView {
    let (board, says) = (edit.board, edit.says);
    let words = board.words;
    let id = edit.kept.with_untracked(|kept| kept.id.clone());
    let tab = memo(move |before: Option<&&'static str>| match place().shown.get() {
        View::Applications(Some(_), asked) => {
            tabs(edit).into_iter().map(|(tab, _)| tab).find(|tab| asked.as_deref() == Some(*tab)).unwrap_or("main")
        }
        _ => before.copied().unwrap_or("main"),
    });
    guard(edit, &id);
    let links = tabs(edit).map(|(name, label)| {
        view! { <a class="tabs__tab" href=path_of(&id, name) aria-current=live(move || (tab.get() == name).then_some("page"))>{label}</a> }
    });
    let save = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        store(edit);
    };
    let discard = move |_| {
        if edit.busy.get_untracked() || !edit.is_changed.get_untracked() {
            return;
        }
        let kept = edit.kept.get_untracked();
        edit.take(kept);
    };
    view! {
        <div class="application-desk">
        <form class="view view--paper application-form" novalidate on:submit=does(save)>
            <p><a class="button button--s" href="/applications"><Icon name="back" small=true/>{says.back}</a></p>
            <header class="view__head application-form__head">
                <h1>{live(move || edit.kept.with(|kept| kept.settings.name.clone()))}</h1>
                <span class="tag" class:tag--good=live(move || edit.kept.with(|kept| !kept.retired))>
                    {live(move || if edit.kept.with(|kept| kept.retired) { says.retired } else { says.active })}
                </span>
                <span class="application-form__save push">
                    <span class="application-form__unsaved" role="status">{live(move || if edit.is_changed.get() { says.unsaved } else { "" })}</span>
                    <button class="button" type="button" aria-disabled=live(move || (!edit.is_changed.get() || edit.busy.get()).then_some("true")) on:click=does(discard)>{says.discard}</button>
                    <button class="button button--act" type="submit" aria-disabled=waits(edit.busy)>{live(move || if edit.busy.get() { words.saving } else { words.save })}</button>
                </span>
            </header>
            {drawn(move || edit.overtaken.get().map(|by| overtaken(edit, &by)))}
            <nav class="tabs tabs--plain application-form__tabs" aria-label=says.tabs>{links.into_iter().collect_view()}</nav>
            <div class="trigger-form application-form__body">
                {drawn(move || match tab.get() {
                    "look" => application_main::look(edit),
                    "form" => application_form::fields(edit),
                    "texts" => application_texts::texts(edit),
                    "hours" => application_hours::weekly(edit),
                    "holidays" => application_hours::holidays(edit),
                    "channels" => application_more::channels(edit),
                    "parameters" => application_more::parameters(edit),
                    "identity" => application_keys::keys(edit),
                    "code" => code(edit),
                    _ => application_main::main(edit),
                })}
            </div>
        </form>
        <Preview edit=edit/>
        </div>
        <Leaving edit=edit/>
    }
    .into_any()
}

/// Saves over the revision that was read.
fn store(edit: Edit) {
    if edit.busy.get_untracked() {
        return;
    }
    edit.busy.set(true);
    let (id, revision) = edit.kept.with_untracked(|kept| (kept.id.clone(), kept.revision));
    let typed = edit.now.get_untracked();
    spawn_local(async move {
        let answer = save_application(id, revision, typed.clone()).await;
        edit.busy.try_set(false);
        match answer {
            Ok(kept) => {
                edit.saved(&typed, kept);
                browser::hold_focus(browser::TITLE);
                edit.board.note(Kind::Plain, edit.says.saved.into());
            }
            Err(Failure::Trouble(Trouble::Refused(Refusal::Overtaken { by }))) => {
                edit.overtaken.try_set(Some(by));
            }
            Err(failure) => refuse(edit, failure),
        }
    });
}

/// Told beside its field, on the tab that has it; where none does, as a note.
fn refuse(edit: Edit, failure: Failure) {
    let Some((path, why)) = edit.understand(&failure) else { return edit.board.fail(failure) };
    // Who has left this page is not led back to it.
    let Some(id) = edit.kept.try_with_untracked(|kept| kept.id.clone()) else { return };
    let there = path_of(&id, tab_of(&path));
    if browser::path() != there {
        route::go(&there);
    }
    edit.fault.try_set(Some((path.clone(), why.clone())));
    // Once its tab is drawn. What is wrong with a whole list has no field of its own.
    request_animation_frame(move || {
        let place = [path.as_str(), whole(&path)].into_iter().find(|place| focus(place));
        if !place.is_some_and(is_told) {
            edit.board.note(Kind::Bad, why);
        }
    });
}

/// Does it stand beside its field?
fn is_told(place: &str) -> bool {
    let at = ["[data-field=\"", place, "\"].field--bad"].concat();
    document().query_selector(&at).ok().flatten().is_some()
}

/// The list or the field that a place is in: `form[1].options[0]` is told at `form[1].options`.
fn whole(path: &str) -> &str {
    path.rsplit_once('[').map_or(path, |(outer, _)| outer)
}

fn overtaken(edit: Edit, by: &str) -> AnyView {
    let says = edit.says;
    let who = if by.is_empty() { says.operator } else { by };
    let again = move |mine: bool| {
        let id = edit.kept.with_untracked(|kept| kept.id.clone());
        spawn_local(async move {
            match read_application(id).await {
                // What he never touched stays as it is by now.
                Ok(kept) if mine => {
                    let now = edit.now.try_get_untracked().zip(edit.kept.try_get_untracked());
                    let Some((typed, read)) = now else { return };
                    edit.now.try_set(typed.over(read.settings, kept.settings.clone()));
                    edit.kept.try_set(kept);
                    store(edit);
                }
                Ok(kept) => edit.take(kept),
                Err(failure) => edit.board.fail(failure),
            }
            browser::hold_focus(browser::TITLE);
        });
    };
    view! {
        <p class="banner banner--bad" role="alert">
            <span class="banner__text">{(says.overtaken)(who)}</span>
            <button class="button button--s" type="button" on:click=does(move |_| again(false))>{says.take_theirs}</button>
            <button class="button button--s" type="button" on:click=does(move |_| again(true))>{says.keep_mine}</button>
        </p>
    }
    .into_any()
}

/// What a site owner pastes, of what is kept; and whether it was heard of.
fn code(edit: Edit) -> AnyView {
    let (board, says) = (edit.board, edit.says);
    let words = board.words;
    let loader = RwSignal::new(None::<Option<Loader>>);
    spawn_local(async move {
        match list_applications().await {
            Ok(all) => drop(loader.try_set(Some(all.loader))),
            Err(failure) => board.fail(failure),
        }
    });
    let heard = move || {
        edit.kept.with(|kept| match &kept.called {
            None => says.never_called.to_owned(),
            Some(called) => {
                let when = clock::whole(words.common.lang, called.at);
                if called.from.is_empty() {
                    (says.called_in_somewhere)(&when)
                } else {
                    (says.called_in)(&when, &called.from)
                }
            }
        })
    };
    let turn = move |_| {
        let (id, retired) = edit.kept.with_untracked(|kept| (kept.id.clone(), kept.retired));
        spawn_local(async move {
            match retire_application(id, !retired).await {
                Ok(kept) => edit.turned(kept),
                Err(failure) => refuse(edit, failure),
            }
        });
    };
    let shown = move || {
        let loader = loader.get()?;
        Some(edit.kept.with(|kept| {
            match kept.retired {
                true => view! {
                    <p class="view__say">{says.retired_code}</p>
                    <p><button class="button" type="button" on:click=does(turn)>{says.restore}</button></p>
                }
                .into_any(),
                false => view! { <Codes line=line_of(kept) loader=loader/> }.into_any(),
            }
        }))
    };
    let one = move |site: String| {
        let called =
            edit.kept.with(|kept| kept.sites_called.iter().find(|called| called.from == site).map(|one| one.at));
        let says = called.map_or(says.never_from_there.to_owned(), |at| clock::whole(words.common.lang, at));
        view! { <li><code>{site}</code>" · "{says}</li> }
    };
    let sites = move || {
        let sites = edit.kept.with(|kept| kept.settings.sites.clone());
        (!sites.is_empty()).then(|| view! { <ul class="view__say">{sites.into_iter().map(one).collect_view()}</ul> })
    };
    view! {
        <p class="view__say">{live(heard)}</p>
        {drawn(sites)}
        <p class="view__say" hidden=live(move || !edit.is_changed.get())>{says.save_first}</p>
        {drawn(shown)}
    }
    .into_any()
}

fn line_of(kept: &Kept) -> ApplicationLine {
    ApplicationLine::of(kept.id.clone(), kept.key.clone(), kept.settings.clone(), kept.retired)
}

/// Where somebody wants to go who has not saved.
#[derive(Clone, Copy)]
struct Way(RwSignal<Option<String>>);

/// While something is not saved: the browser asks before it closes, a link asks before it leaves, and what another
/// way leads from is kept.
fn guard(edit: Edit, id: &str) {
    let way = Way(RwSignal::new(None));
    provide_context(way);
    let closing = window_event_listener(leptos::ev::beforeunload, move |event| {
        if edit.is_changed.try_get_untracked() == Some(true) {
            event.prevent_default();
            if let Some(event) = event.dyn_ref::<web_sys::BeforeUnloadEvent>() {
                event.set_return_value("1");
            }
        }
    });
    let own = path_of(id, "");
    // Before the console's own links are followed.
    let asks = Closure::<dyn Fn(Event)>::new(move |event: Event| {
        let Some(path) = leads_away(&event, &own) else { return };
        if edit.is_changed.try_get_untracked() == Some(true) {
            event.prevent_default();
            event.stop_propagation();
            way.0.set(Some(path));
        }
    });
    let _ = document().add_event_listener_with_callback_and_bool("click", asks.as_ref().unchecked_ref(), true);
    let (asks, id) = (send_wrapper::SendWrapper::new(asks), id.to_owned());
    on_cleanup(move || {
        closing.remove();
        let _ = document().remove_event_listener_with_callback_and_bool("click", asks.as_ref().unchecked_ref(), true);
        let kept = edit.kept.try_get_untracked();
        if let (Some(true), Some(kept), Some(now)) =
            (edit.is_changed.try_get_untracked(), kept, edit.now.try_get_untracked())
        {
            TYPED.with_borrow_mut(|typed| typed.insert(id, (kept, now)));
        }
    });
}

/// The address behind a click that leaves this application and stays in this page.
fn leads_away(event: &Event, own: &str) -> Option<String> {
    let click = event.dyn_ref::<MouseEvent>()?;
    if click.button() != 0 || click.ctrl_key() || click.meta_key() || click.shift_key() || click.alt_key() {
        return None;
    }
    let link = event.target()?.dyn_into::<Element>().ok()?.closest("a[href]").ok()??;
    let link: HtmlAnchorElement = link.dyn_into().ok()?;
    let path = [link.pathname(), link.search()].concat();
    (link.target().is_empty() && link.origin() == browser::origin() && !path.starts_with(own)).then_some(path)
}

#[component]
fn Leaving(edit: Edit) -> impl IntoView {
    let says = edit.says;
    let Way(way) = expect_context::<Way>();
    let dialog: NodeRef<html::Dialog> = NodeRef::new();
    Effect::new(move || {
        if let (true, Some(dialog)) = (way.with(Option::is_some), dialog.get()) {
            let _ = dialog.show_modal();
        }
    });
    let close = move || {
        if let Some(dialog) = dialog.get_untracked() {
            dialog.close();
        }
    };
    let leave = move |_| {
        let Some(path) = way.get_untracked() else { return };
        close();
        let kept = edit.kept.get_untracked();
        edit.take(kept);
        route::go(&path);
    };
    let (title, text) = (browser::new_id(), browser::new_id());
    view! {
        <dialog class="dialog" node_ref=dialog aria-labelledby=title.clone() aria-describedby=text.clone() on:close=does(move |_: Event| way.set(None))>
            <h2 id=title.clone()>{says.leave_ask}</h2>
            <p id=text.clone()>{says.leave_say}</p>
            <div class="dialog__acts">
                <button class="button" type="button" autofocus on:click=does(move |_| close())>{says.stay}</button>
                <button class="button button--act" type="button" on:click=does(leave)>{says.leave}</button>
            </div>
        </dialog>
    }
}
