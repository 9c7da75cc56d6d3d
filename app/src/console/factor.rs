//! The second factor of my sign-in: set up, its codes for paper, and off again. Each of these asks for the password.

use super::board::board;
use super::clipboard;
use super::clock;
use super::icon::Icon;
use super::live::{does, drawn, live, memo, waits};
use super::note::Kind;
use super::profile::{Fault, Part, Secret, holds_focus, says, why};
use crate::doors::factor as door;
use domain::factor::Setup;
use domain::profile::Profile;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use web_sys::SubmitEvent;

/// Where one is on the way.
#[derive(Clone, PartialEq, Eq)]
enum Stage {
    /// How it stands, and what may be done.
    Rests,
    /// The password is asked for, before this is done.
    Proves(Deed),
    /// A device is to show its first code.
    Confirms(Setup),
    /// Codes for paper are told, once.
    Tells(Vec<String>),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Deed {
    Begin,
    Renew,
    End,
}

#[component]
pub fn Factor(mine: RwSignal<Option<Profile>>, changed: Callback<()>) -> impl IntoView {
    let says = says(board());
    let stage = RwSignal::new(Stage::Rests);
    Effect::new(move |before: Option<()>| {
        stage.track();
        if before.is_some() {
            holds_focus(says.factor);
        }
    });
    view! {
        <Part title=says.factor say=says.factor_say>
            {drawn(move || match stage.get() {
                Stage::Rests => view! { <Rests mine=mine stage=stage/> }.into_any(),
                Stage::Proves(deed) => view! { <Proves deed=deed stage=stage changed=changed/> }.into_any(),
                Stage::Confirms(setup) => view! { <Confirms setup=setup stage=stage changed=changed/> }.into_any(),
                Stage::Tells(codes) => view! { <Tells codes=codes stage=stage/> }.into_any(),
            })}
        </Part>
    }
}

#[component]
fn Rests(mine: RwSignal<Option<Profile>>, stage: RwSignal<Stage>) -> impl IntoView {
    let board = board();
    let (words, says) = (board.words, says(board));
    let factor = memo(move |_| mine.with(|mine| mine.as_ref().and_then(|mine| mine.factor.clone())));
    let on = memo(move |_| factor.with(Option::is_some));
    let told = move || match factor.get() {
        Some(factor) => {
            let day = clock::day(words.common.lang, factor.since, board.now.get_untracked());
            [(says.factor_on)(&day), ". ".into(), (says.paper_left)(factor.paper)].concat()
        }
        None => says.factor_off.into(),
    };
    let proves = move |deed| does(move |_| stage.set(Stage::Proves(deed)));
    view! {
        <div class="account__fields">
            <p class="account__state"><span class="dot" class:dot--off=live(move || !on.get())></span>{live(told)}</p>
            <div class="account__acts">
                <button class="button" type="button" hidden=live(move || on.get()) on:click=proves(Deed::Begin)>{says.factor_begin}</button>
                <button class="button" type="button" hidden=live(move || !on.get()) on:click=proves(Deed::Renew)>{says.paper_renew}</button>
                <button class="button button--bad" type="button" hidden=live(move || !on.get()) on:click=proves(Deed::End)>{says.factor_end}</button>
            </div>
        </div>
    }
}

#[component]
fn Proves(deed: Deed, stage: RwSignal<Stage>, changed: Callback<()>) -> impl IntoView {
    let board = board();
    let (words, says) = (board.words, says(board));
    let (present, fault, busy) = (RwSignal::new(String::new()), RwSignal::new(String::new()), RwSignal::new(false));
    let go_on = move |event: SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        spawn_local(async move {
            let present = present.get_untracked();
            let next = match deed {
                Deed::Begin => door::begin_factor(present).await.map(Stage::Confirms),
                Deed::Renew => door::renew_paper_codes(present).await.map(Stage::Tells),
                Deed::End => door::end_factor(present).await.map(|()| Stage::Rests),
            };
            busy.try_set(false);
            match next {
                Ok(next) => {
                    if deed == Deed::End {
                        board.note(Kind::Plain, says.factor_ended.into());
                    }
                    stage.try_set(next);
                    changed.run(());
                }
                Err(failure) => drop(fault.try_set(why(board, &failure))),
            }
        });
    };
    view! {
        <form class="account__fields account__fields--narrow" on:submit=does(go_on)>
            <p>{says.factor_prove}</p>
            <Fault fault=fault/>
            <Secret label=says.password_present value=present/>
            <div class="account__acts">
                <button class="button button--act" type="submit" aria-disabled=waits(busy)>{says.go_on}</button>
                <button class="button" type="button" on:click=does(move |_| stage.set(Stage::Rests))>{words.cancel}</button>
            </div>
        </form>
    }
}

#[component]
fn Confirms(setup: Setup, stage: RwSignal<Stage>, changed: Callback<()>) -> impl IntoView {
    let board = board();
    let (words, says) = (board.words, says(board));
    let (code, fault, busy) = (RwSignal::new(String::new()), RwSignal::new(String::new()), RwSignal::new(false));
    let input: NodeRef<html::Input> = NodeRef::new();
    Effect::new(move || {
        if let Some(input) = input.get() {
            request_animation_frame(move || drop(input.focus()));
        }
    });
    let confirm = move |event: SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        spawn_local(async move {
            let codes = door::confirm_factor(code.get_untracked()).await;
            busy.try_set(false);
            match codes {
                Ok(codes) => {
                    stage.try_set(Stage::Tells(codes));
                    changed.run(());
                }
                Err(failure) => drop(fault.try_set(why(board, &failure))),
            }
        });
    };
    view! {
        <form class="account__fields account__fields--narrow" on:submit=does(confirm)>
            <p>{says.factor_scan}</p>
            <img class="account__drawing" src=setup.drawing width="200" height="200" alt=says.factor_drawing/>
            <p class="account__key"><span class="field__label">{says.factor_secret}</span><code>{setup.secret}</code></p>
            <Fault fault=fault/>
            <label class="field">
                <span class="field__label">{says.factor_code}</span>
                <input
                    class="field__box" type="text" inputmode="numeric" autocomplete="one-time-code" required maxlength="12" node_ref=input
                    prop:value=live(move || code.get()) on:input=does(move |event| code.set(event_target_value(&event)))
                />
            </label>
            <div class="account__acts">
                <button class="button button--act" type="submit" aria-disabled=waits(busy)>{says.factor_confirm}</button>
                <button class="button" type="button" on:click=does(move |_| stage.set(Stage::Rests))>{words.cancel}</button>
            </div>
        </form>
    }
}

#[component]
fn Tells(codes: Vec<String>, stage: RwSignal<Stage>) -> impl IntoView {
    let board = board();
    let (words, says) = (board.words, says(board));
    let all = codes.join("\n");
    view! {
        <div class="account__fields account__fields--narrow" role="group" aria-label=says.paper>
            <h3 class="papers__title">{says.paper}</h3>
            <p>{says.paper_say}</p>
            <ul class="account__codes">{codes.into_iter().map(|code| view! { <li><code>{code}</code></li> }).collect_view()}</ul>
            <div class="account__acts">
                <button class="button button--act" type="button" on:click=does(move |_| stage.set(Stage::Rests))>{says.paper_done}</button>
                <button class="button" type="button" on:click=does(move |_| clipboard::copy(board, all.clone()))><Icon name="copy" small=true/>{words.copy}</button>
            </div>
        </div>
    }
}
