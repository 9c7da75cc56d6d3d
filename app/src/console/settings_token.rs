//! Tokens of the API: made, shown once, revoked.

use super::ask::Ask;
use super::board::{Board, board};
use super::icon::Icon;
use super::live::{derived, does, drawn, live, rows, waits};
use super::settings::{Fault, Read, among, back, fetch, field, of, once, refuse};
use super::ticket_form::typed;
use super::{browser, clipboard, clock, route};
use crate::doors::token::{list_tokens, make_token, revoke_token};
use crate::words::token::{self, Words};
use domain::token::{Line, NAME_LIMIT, New, Scope};
use leptos::prelude::*;
use leptos::task::spawn_local;
use web_sys::SubmitEvent;

const PATH: &str = "/settings/tokens";

fn says(board: Board) -> &'static Words {
    token::of(board.words.common.lang)
}

#[derive(Clone, Copy)]
struct Page {
    lines: Read<Vec<Line>>,
    /// Of the one that was just made: told once.
    secret: RwSignal<Option<String>>,
}

#[component]
pub fn All(open: Memo<Option<String>>) -> impl IntoView {
    let board = board();
    let page = Page { lines: RwSignal::new(None), secret: RwSignal::new(None) };
    fetch(board, page.lines, || Box::pin(list_tokens()));
    once(board, page.lines, move || {
        drawn(move || match open.get() {
            None => view! { <List page=page/> }.into_any(),
            Some(_) => view! { <Make page=page/> }.into_any(),
        })
        .into_any()
    })
}

#[component]
fn List(page: Page) -> impl IntoView {
    let board = board();
    let (words, says) = (board.words, says(board));
    let revoke = move |id: String| {
        spawn_local(async move {
            match revoke_token(id).await {
                Ok(lines) => {
                    page.lines.try_set(Some(Ok(lines)));
                    browser::hold_focus(browser::TITLE);
                }
                Err(failure) => board.fail(failure),
            }
        });
    };
    let row = move |line: Line| {
        let now = board.now.get_untracked();
        let (lang, name) = (words.common.lang, line.name.clone());
        let day = |at| clock::day(lang, at, now);
        let used = line.used_at.map_or(says.never_used.to_owned(), |at| (says.used)(&day(at)));
        let ends = line.expires_at.map(|at| (says.ends)(&day(domain::Time(at.0 - 1))));
        let by = line.by.as_ref().map_or(says.operator, |face| &face.name);
        let about = [Some(used), ends, Some((says.made_by)(by))].into_iter().flatten().collect::<Vec<_>>().join(" · ");
        let scopes = line.scopes.iter().map(|scope| (says.scope)(*scope)).collect::<Vec<_>>().join(" · ");
        let mark = match (line.revoked_at, line.is_good(now)) {
            (Some(_), _) => Some(says.revoked),
            (None, false) => Some(says.expired),
            (None, true) => None,
        };
        let id = line.id.clone();
        let act = line.revoked_at.is_none().then(|| {
            let (of, question) = (name.clone(), (says.revoke_ask)(&name));
            view! { <span class="trigger__acts"><Ask class="button button--s" label=says.revoke of=derived(move || of.clone()) question=derived(move || question.clone()) say=says.revoke_say act=Callback::new(move |_| revoke(id.clone()))/></span> }
        });
        view! {
            <li class="sheet trigger">
                <span class="trigger__what">
                    <strong>{name}</strong>" "<code>{line.prefix}"…"</code>
                    <span class="trigger__more">" · "{scopes}</span>
                    <br/><span class="trigger__more">{about}</span>
                </span>
                {mark.map(|mark| view! { <span class="tag">{mark}</span> })}
                {act}
            </li>
        }
    };
    let key = |line: &Line| {
        let used = line.used_at.map_or(0, |at| at.0).to_string();
        [&*line.id, if line.revoked_at.is_some() { " 1 " } else { " 0 " }, &*used].concat()
    };
    view! {
        <div class="view view--paper">
            <header class="view__head">
                <h2>{says.tokens}</h2>
                <a class="button button--s button--act push" href=[PATH, "/new"].concat()><Icon name="plus" small=true/>{says.new}</a>
            </header>
            <p class="view__say">{says.say}" "<a href="/api" rel="external" target="_blank">{says.document}</a></p>
            <Secret page=page/>
            <div class="empty empty--s" hidden=live(move || !of(page.lines).is_empty())><p>{says.none}</p></div>
            <ul class="triggers" aria-label=says.tokens>{rows(move || of(page.lines), key, row)}</ul>
        </div>
    }
}

/// Here, and never again.
#[component]
fn Secret(page: Page) -> impl IntoView {
    let board = board();
    let says = says(board);
    move || {
        page.secret.get().map(|secret| {
            let copied = secret.clone();
            view! {
                <section class="trigger-form__secret trigger-form" role="status" aria-label=says.secret>
                    <h3>{says.secret}</h3>
                    <p>{says.secret_say}</p>
                    <pre class="code" tabindex="0"><code>{secret}</code></pre>
                    <p><button class="button button--s" type="button" on:click=does(move |_| clipboard::copy(board, copied.clone()))><Icon name="copy" small=true/>{board.words.copy}</button></p>
                </section>
            }
        })
    }
}

#[component]
fn Make(page: Page) -> impl IntoView {
    let board = board();
    let (words, says) = (board.words, says(board));
    page.secret.set(None);
    // Asked again after a lost answer, it is the same token.
    let id = StoredValue::new(browser::new_id());
    let (name, until) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let scopes = RwSignal::new(Vec::<Scope>::new());
    let busy = RwSignal::new(false);
    let fault: Fault = RwSignal::new(None);
    let overtaken = RwSignal::new(None);
    let save = move |event: SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        fault.set(None);
        let new = New {
            id: id.get_value(),
            name: name.get_untracked(),
            scopes: scopes.get_untracked(),
            until: until.get_untracked(),
        };
        spawn_local(async move {
            let answer = make_token(new).await;
            busy.try_set(false);
            match answer {
                Ok(made) => {
                    page.secret.try_set(Some(made.secret));
                    page.lines.try_update(|lines| {
                        if let Some(Ok(lines)) = lines {
                            lines.retain(|line| line.id != made.line.id);
                            lines.insert(0, made.line);
                        }
                    });
                    route::go(PATH);
                }
                Err(failure) => {
                    // Where it is missing a sentence of its own stands under it.
                    let is_scopes = super::trigger::field_of(&failure).as_deref() == Some("scopes");
                    refuse(board, fault, overtaken, failure, |_, _| None);
                    let better = fault.try_with_untracked(|fault| match fault {
                        Some((name, _)) if is_scopes && name == "scopes" => Some(("scopes", says.scopes_missing)),
                        Some((name, _)) if name == "until" => Some(("until", says.until_wrong)),
                        _ => None,
                    });
                    if let Some((at, why)) = better.flatten() {
                        fault.try_set(Some((at.into(), why.into())));
                    }
                }
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
                <header class="view__head"><h2>{says.new}</h2></header>
                <p class="view__say">{says.say}</p>
                {field(fault, "name", words.name, says.name_hint, typed(name.into(), set(name), "text", "text", NAME_LIMIT))}
                {among(fault, "scopes", says.scopes, &Scope::ALL, scopes, |scope| ((says.scope)(scope), scope.word()))}
                {field(fault, "until", says.until, says.until_hint, typed(until.into(), set(until), "date", "text", 10))}
                <div class="trigger-form__acts">
                    <button class="button button--act" type="submit" aria-disabled=waits(busy)>{says.make}</button>
                    <a class="button button--bare" href=PATH>{words.cancel}</a>
                </div>
            </form>
        </div>
    }
}
