//! The bar: where I am, whether I am told of news, and my status in the chat (R49).

use super::alarm::Alarm;
use super::alert::Bell;
use super::board::{Board, Connection, board};
use super::live::{does, drawn, live};
use super::part::{Draw, Part};
use crate::doors::me;
use leptos::prelude::*;
use leptos::task::spawn_local;

#[component]
pub fn Bar(title: Signal<&'static str>) -> impl IntoView {
    let board = board();
    let mentions = RwSignal::new(None::<Draw>);
    // It comes once the console is there; one that did not come is tried again when the line is back.
    Effect::new(move || {
        board.round.track();
        if Part::Mentions.here().is_none() || mentions.get_untracked().is_none() {
            spawn_local(async move {
                let _ = Part::Mentions.load().await;
                mentions.try_set(Part::Mentions.here());
            });
        }
    });
    view! {
        <header class="bar">
            <h1 class="bar__title">{live(move || title.get())}</h1>
            <Alarm/>
            <div class="bar__end"><a class="button button--s" href="/settings/start" hidden=live(move || !board.me.with(|me| me.first_run))>{board.words.first_run}</a>{drawn(move || mentions.get().map(|draw| draw()))}<Bell/><Status/></div>
        </header>
    }
}

/// Online or Offline: whether I can be asked to attend.
#[component]
fn Status() -> impl IntoView {
    let board = board();
    let words = board.words;
    let online = move || board.me.with(|me| me.online);
    view! {
        <fieldset class="segment" hidden=live(move || board.me.with(|me| !me.agent.may_chat()))>
            <legend class="visually-hidden">{words.status_in_chat}</legend>
            <label class="segment__item">
                <input class="visually-hidden" type="radio" name="status" prop:checked=live(online) on:change=does(move |_| choose(board, true))/>
                <span class="dot" hidden=live(move || !online())></span>{words.online}
            </label>
            <label class="segment__item">
                <input class="visually-hidden" type="radio" name="status" prop:checked=live(move || !online()) on:change=does(move |_| choose(board, false))/>
                <span class="dot dot--off" hidden=live(online)></span>{words.offline}
            </label>
        </fieldset>
    }
}

/// Shown at once, and taken back when the server does not take it.
fn choose(board: Board, online: bool) {
    board.me.update(|me| me.online = online);
    spawn_local(async move {
        if let Err(failure) = me::set_online(online).await {
            board.me.update(|me| me.online = !online);
            board.fail(failure);
        }
    });
}

/// Across the top while the line is down.
#[component]
pub fn Banner() -> impl IntoView {
    let board = board();
    let words = board.words;
    let lost = move || matches!(board.connection.get(), Connection::Lost);
    let outdated = move || matches!(board.connection.get(), Connection::Outdated);
    view! {
        <div class="desk__banner" role="status">
            <p class="banner banner--wait" hidden=live(move || !lost())>
                <super::icon::Icon name="offline" small=true/><span class="banner__text">{words.common.connection_lost}</span>
            </p>
            <p class="banner banner--wait" hidden=live(move || !outdated())>
                <span class="banner__text">{words.outdated}</span>
                <button class="button button--s" type="button" on:click=does(move |_| super::browser::reload())>{words.reload}</button>
            </p>
        </div>
    }
}
