//! The tags of the house: how many tickets carry each; renamed, merged, retired.

use super::ask::Ask;
use super::board::{Board, board};
use super::browser;
use super::live::{derived, does, drawn, live, memo, rows};
use super::note::Kind;
use super::settings::{Fault, Read, fetch, field, of, once, refuse, says};
use super::ticket_form::{Option2, select, typed};
use crate::doors::tag::{change_tag, list_tags};
use crate::doors::{Answer, Failure};
use crate::words::settings::Words;
use domain::house::TAG_LIMIT;
use domain::tag::{Change, Line, SHOWN};
use domain::{Refusal, Trouble};
use leptos::prelude::*;
use leptos::task::spawn_local;
use web_sys::SubmitEvent;

type Lines = Read<Vec<Line>>;

/// While tickets get another name their numbers change: so often they are read again.
const AGAIN: i32 = 1_500;

#[component]
pub fn All() -> impl IntoView {
    let board = board();
    let says = says(board);
    let lines: Lines = RwSignal::new(None);
    fetch(board, lines, || Box::pin(list_tags()));
    let runs = StoredValue::new(false);
    Effect::new(move || {
        // Asked first: while it runs this hears of what changes as well.
        let some_wait = of(lines).iter().any(|line| line.becomes.is_some());
        if runs.get_value() || !some_wait {
            return;
        }
        runs.set_value(true);
        spawn_local(async move {
            loop {
                browser::sleep(AGAIN).await;
                let Some(before) = lines.try_get_untracked() else { return };
                // While the server is not reached it is asked again; so where something was changed meanwhile.
                let Ok(now) = list_tags().await else { continue };
                if lines.try_get_untracked().is_some_and(|shown| shown != before) {
                    continue;
                }
                let goes_on = now.iter().any(|line| line.becomes.is_some());
                if !goes_on {
                    runs.try_set_value(false);
                }
                lines.try_set(Some(Ok(now)));
                if !goes_on {
                    return;
                }
            }
        });
    });
    // What is as it was stays as it is: who types in a row goes on.
    let key = |line: &Line| {
        let becomes = line.becomes.as_deref().unwrap_or_default();
        let retired = if line.retired { "1" } else { "0" };
        [&line.tag, "\n", retired, "\n", becomes].concat()
    };
    once(board, lines, move || {
        view! {
            <div class="view view--paper">
                <header class="view__head"><h2>{says.tags}</h2></header>
                <p class="view__say">{says.tags_say}</p>
                <p class="view__say" hidden=live(move || of(lines).len() < SHOWN)>{says.tags_more}</p>
                <div class="empty empty--s" hidden=live(move || !of(lines).is_empty())><p>{says.none}</p></div>
                <ul class="triggers" aria-label=says.tags>{rows(move || of(lines), key, move |line| view! { <Row lines=lines line=line/> })}</ul>
            </div>
        }
        .into_any()
    })
}

/// What a door answered, on the screen; what is refused otherwise than at a place is said.
fn put(board: Board, lines: Lines, fault: Fault, answer: Answer<Vec<Line>>) -> bool {
    match answer {
        Ok(now) => {
            lines.try_set(Some(Ok(now)));
            true
        }
        Err(Failure::Trouble(Trouble::Refused(Refusal::StillRunning))) => {
            board.note(Kind::Bad, says(board).tag_busy.into());
            false
        }
        Err(failure) => {
            refuse(board, fault, RwSignal::new(None), failure, wrong);
            false
        }
    }
}

fn wrong(says: &'static Words, name: &str) -> Option<&'static str> {
    (name == "to").then_some(says.tag_taken)
}

/// What one does with it here.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Deed {
    Rename,
    Merge,
}

#[component]
fn Row(lines: Lines, line: Line) -> impl IntoView {
    let board = board();
    let (words, says) = (board.words, says(board));
    let Line { tag, tickets, retired, becomes } = line;
    let tag = StoredValue::new(tag);
    // It changes while tickets get another name, and the row stays.
    let count = memo(move |_| {
        let now = of(lines).into_iter().find(|line| tag.with_value(|tag| line.tag == *tag));
        now.map_or(tickets, |line| line.tickets)
    });
    let deed = RwSignal::new(None::<Deed>);
    let to = RwSignal::new(String::new());
    let busy = RwSignal::new(false);
    let fault: Fault = RwSignal::new(None);
    let ask = move |change: Change| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        fault.set(None);
        spawn_local(async move {
            let answer = change_tag(change).await;
            busy.try_set(false);
            if put(board, lines, fault, answer) {
                deed.try_set(None);
            }
        });
    };
    let begin = move |what: Deed| {
        fault.set(None);
        to.set(if what == Deed::Rename { tag.get_value() } else { String::new() });
        deed.set(Some(what));
    };
    let save = move |event: SubmitEvent| {
        event.prevent_default();
        let (tag, to) = (tag.get_value(), to.get_untracked());
        match deed.get_untracked() {
            Some(Deed::Rename) => ask(Change::Rename { tag, to }),
            Some(Deed::Merge) => ask(Change::Merge { tag, into: to }),
            None => {}
        }
    };
    let others = derived(move || {
        let mut all: Vec<Option2> = vec![(String::new(), says.choose.to_owned())];
        let others =
            of(lines).into_iter().filter(|line| line.becomes.is_none() && tag.with_value(|tag| line.tag != *tag));
        all.extend(others.map(|line| (line.tag.clone(), line.tag)));
        all
    });
    let set = Callback::new(move |typed: String| {
        fault.set(None);
        to.set(typed);
    });
    let form = move |what: Deed| {
        let (label, control) = match what {
            Deed::Rename => (says.tag_to, typed(to.into(), set, "text", "text", TAG_LIMIT)),
            Deed::Merge => (says.tag_into, select(others, to.into(), set)),
        };
        view! {
            <form class="trigger__mishap" novalidate on:submit=does(save)>
                {field(fault, "to", label, "", control)}
                <button class="button button--act button--s" type="submit" disabled=live(move || busy.get())>{words.save}</button>
                <button class="button button--bare button--s" type="button" on:click=does(move |_| deed.set(None))>{words.cancel}</button>
            </form>
        }
    };
    let named = move |label: &str| [label, ": ", &tag.get_value()].concat();
    let name = derived(move || tag.get_value());
    let acts = becomes.is_none().then(|| {
        let retire = move |retired: bool| ask(Change::Retire { tag: tag.get_value(), retired });
        let last = if retired {
            view! { <button class="button button--s" type="button" aria-label=named(says.restore) on:click=does(move |_| retire(false))>{says.restore}</button> }.into_any()
        } else {
            view! { <Ask class="button button--s" label=says.retire of=name question=derived(move || (says.gone_ask)(&tag.get_value())) say=says.retire_say act=Callback::new(move |_| retire(true))/> }.into_any()
        };
        view! {
            <span class="trigger__acts">
                <button class="button button--s" type="button" aria-label=named(says.tag_rename) on:click=does(move |_| begin(Deed::Rename))>{says.tag_rename}</button>
                <button class="button button--s" type="button" aria-label=named(says.tag_merge) on:click=does(move |_| begin(Deed::Merge))>{says.tag_merge}</button>
                {last}
            </span>
        }
    });
    let list = ["/tickets?status=any&tag=", &String::from(js_sys::encode_uri_component(&tag.get_value()))].concat();
    view! {
        <li class="sheet trigger">
            <span class="trigger__what">
                <a href=list>{tag.get_value()}</a>
                <span class="trigger__more">" · "{live(move || (says.tag_tickets)(count.get()))}</span>
            </span>
            {retired.then(|| view! { <span class="tag">{says.retired}</span> })}
            {becomes.map(|to| view! { <span class="tag tag--wait">{(says.tag_becomes)(&to)}</span> })}
            {acts}
            {drawn(move || deed.get().map(form))}
        </li>
    }
}
