//! The bar: where I am, what can be found, whether I am told of news, and my status in the chat (R49).

use super::board::{Board, Connection, board};
use super::browser;
use super::icon::Icon;
use super::live::{does, drawn, live};
use super::note::Kind;
use super::part::{Draw, Part};
use crate::doors::me;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, KeyboardEvent};

/// For so long whoever asks for the search waits for its code before he goes on with what he did, in milliseconds.
const PATIENCE: i32 = 2_000;

/// Is something being looked for? For the part that finds it.
#[derive(Clone, Copy)]
pub struct Finding(pub RwSignal<bool>);

#[component]
pub fn Bar(title: Signal<&'static str>) -> impl IntoView {
    let board = board();
    let came = RwSignal::new(false);
    // The rest comes once the console is there; what did not come is tried again when the line is back.
    Effect::new(move || {
        board.round.track();
        if !came.get_untracked() {
            spawn_local(async move {
                if Part::Mentions.load().await.is_ok() {
                    came.try_set(true);
                }
            });
        }
    });
    let rest = move |part: Part| drawn(move || came.get().then(|| part.here()).flatten().map(|draw| draw()));
    view! {
        <header class="bar">
            <h1 class="bar__title">{live(move || title.get())}</h1>
            <Find/>
            {rest(Part::Alarm)}
            <div class="bar__end"><a class="button button--s" href="/settings/start" hidden=live(move || !board.me.with(|me| me.first_run))>{board.words.first_run}</a>{rest(Part::Mentions)}{rest(Part::Bell)}<Status/></div>
        </header>
    }
}

/// Opens the search, from every view and also while one writes. What it does comes when somebody is about to use it.
#[component]
fn Find() -> impl IntoView {
    let board = board();
    let words = board.words;
    let open = RwSignal::new(false);
    provide_context(Finding(open));
    let part = RwSignal::new(None::<Draw>);
    // He waits for it; and which time it is, for he may have given up before.
    let awaited = RwSignal::new(false);
    let turn = StoredValue::new(0_u32);
    // Where he was when he asked.
    let from = StoredValue::new_local(None::<HtmlElement>);
    let button: NodeRef<html::Button> = NodeRef::new();
    let show = move || {
        if part.get_untracked().is_none() {
            part.set(Part::Find.here());
        }
        open.set(true);
    };
    // True: he waited until now. He is back where he was, if he has not gone elsewhere, and so he will be when it is
    // closed.
    let ends = move |asked: u32| {
        if awaited.try_get_untracked() != Some(true) || turn.try_get_value() != Some(asked) {
            return false;
        }
        awaited.set(false);
        let from = from.try_update_value(Option::take).flatten();
        if let Some(from) = from.filter(|_| has_focus(BUTTON)) {
            let _ = from.focus();
        }
        true
    };
    let find = move || {
        // What stands over everything wants its answer first.
        if awaited.get_untracked() || stands() {
            return;
        }
        if Part::Find.here().is_some() {
            return show();
        }
        awaited.set(true);
        turn.update_value(|turn| *turn += 1);
        let asked = turn.get_value();
        // What is typed until it is here belongs to no answer, and is not sent with one.
        from.set_value(document().active_element().and_then(|from| from.dyn_into::<HtmlElement>().ok()));
        if let Some(button) = button.get_untracked() {
            let _ = button.focus();
        }
        spawn_local(async move {
            let came = Part::Find.load().await.is_ok();
            // Who does something else by now is not interrupted: the next time it is here at once.
            match (came, ends(asked)) {
                (false, _) => board.note(Kind::Bad, words.part_missing.into()),
                (true, true) if !stands() => show(),
                (true, _) => {}
            }
        });
        spawn_local(async move {
            browser::sleep(PATIENCE).await;
            ends(asked);
        });
    };
    let mac = browser::is_mac();
    let _ = window_event_listener(leptos::ev::keydown, move |event: KeyboardEvent| {
        let holds = if mac { event.meta_key() } else { event.ctrl_key() };
        if !holds || event.shift_key() || event.alt_key() || event.is_composing() {
            return;
        }
        if event.key().eq_ignore_ascii_case("k") {
            event.prevent_default();
            if !event.repeat() {
                find();
            }
        }
    });
    let (hint, keys) = if mac { ("⌘K", "Meta+K") } else { ("Ctrl K", "Control+K") };
    view! {
        <button
            class="bar__find" type="button" node_ref=button aria-label=words.find aria-haspopup="dialog" aria-keyshortcuts=keys aria-busy=live(move || awaited.get().then_some("true"))
            on:click=does(move |_| find()) on:pointerenter=does(move |_| Part::Find.expect())
        >
            <Icon name="search" small=true/><span>{words.find}</span><kbd data-keys=hint></kbd>
        </button>
        {drawn(move || part.get().map(|draw| draw()))}
    }
}

const BUTTON: &str = ".bar__find";

fn has_focus(selector: &str) -> bool {
    document().active_element().is_some_and(|at| at.matches(selector).unwrap_or(false))
}

/// Is there a dialog over the page?
fn stands() -> bool {
    document().query_selector("dialog[open]").ok().flatten().is_some()
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
                <Icon name="offline" small=true/><span class="banner__text">{words.common.connection_lost}</span>
            </p>
            <p class="banner banner--wait" hidden=live(move || !outdated())>
                <span class="banner__text">{words.outdated}</span>
                <button class="button button--s" type="button" on:click=does(move |_| browser::reload())>{words.reload}</button>
            </p>
        </div>
    }
}
