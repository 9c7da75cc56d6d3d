//! My sessions: where my account is open, and their end.

use super::board::{Board, board};
use super::clock;
use super::live::{does, live, memo, rows};
use super::note::Kind;
use super::profile::{Part, holds_focus, says};
use crate::doors::session as door;
use crate::doors::{Answer, Failure};
use domain::session::Session;
use domain::{Refusal, Trouble};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::future::Future;

/// `deeds` counts what was done to the account: it may have ended some of them.
#[component]
pub fn Sessions(deeds: RwSignal<u32>) -> impl IntoView {
    let board = board();
    let says = says(board);
    let all = RwSignal::new(Vec::<Session>::new());
    Effect::new(move || {
        board.round.track();
        deeds.track();
        spawn_local(read(board, all));
    });
    // They end elsewhere, too, and by themselves: whoever comes back to this page sees which there are.
    let back = window_event_listener(leptos::ev::focus, move |_| spawn_local(read(board, all)));
    on_cleanup(move || back.remove());
    let others = memo(move |_| all.with(|all| all.iter().any(|one| !one.here)));
    view! {
        <Part title=says.sessions say=says.sessions_say>
            <ul class="account__sessions">
                {rows(move || all.get(), |one| [one.id.as_str(), " ", &one.seen_at.0.to_string()].concat(), move |one| view! { <One one=one all=all/> })}
            </ul>
            <div class="account__fields" hidden=live(move || !others.get())><div class="account__acts">
                <button class="button" type="button" on:click=does(move |_| end(board, all, door::revoke_other_sessions()))>{says.revoke_others}</button>
            </div></div>
        </Part>
    }
}

async fn read(board: Board, all: RwSignal<Vec<Session>>) {
    match door::list_sessions().await {
        Ok(read) => drop(all.try_set(read)),
        // That the line is down stands in the bar.
        Err(Failure::Lost) => {}
        Err(failure) => board.fail(failure),
    }
}

fn end(board: Board, all: RwSignal<Vec<Session>>, ending: impl Future<Output = Answer<()>> + 'static) {
    spawn_local(async move {
        match ending.await {
            // It had ended before: it has all the same.
            Ok(()) | Err(Failure::Trouble(Trouble::Refused(Refusal::NotYours))) => {
                board.note(Kind::Plain, says(board).revoked.into());
            }
            Err(failure) => board.fail(failure),
        }
        read(board, all).await;
        holds_focus(says(board).sessions);
    });
}

#[component]
fn One(one: Session, all: RwSignal<Vec<Session>>) -> impl IntoView {
    let board = board();
    let (words, says) = (board.words, says(board));
    let (lang, now) = (words.common.lang, board.now.get_untracked());
    let device = match (one.browser.as_str(), one.system.as_str()) {
        ("", "") => says.unknown_device.to_owned(),
        (one, "") | ("", one) => one.to_owned(),
        (browser, system) => (says.on_system)(browser, system),
    };
    let since = [&clock::day(lang, one.since, now), ", ", &clock::hour(lang, one.since)].concat();
    let mut about = vec![(says.since)(&since), (says.seen)(&clock::ago(lang, one.seen_at, now))];
    if !one.address.is_empty() {
        about.insert(0, one.address.clone());
    }
    let id = one.id.clone();
    view! {
        <li class="account__session">
            <span class="account__device"><b>{device.clone()}</b>{one.here.then(|| view! { <span class="tag tag--tint">{says.this_session}</span> })}</span>
            <span class="account__more">{about.join(" · ")}</span>
            {(!one.here).then(|| view! {
                <button class="button button--s" type="button" aria-label=[says.revoke, ": ", &device].concat() on:click=does(move |_| end(board, all, door::revoke_session(id.clone())))>{says.revoke}</button>
            })}
        </li>
    }
}
