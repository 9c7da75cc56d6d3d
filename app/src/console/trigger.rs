//! Triggers: their list in the order in which they are asked, for who administers the system (R41).

use super::ask::Ask;
use super::board::{Board, board};
use super::browser;
use super::icon::Icon;
use super::live::{derived, does, drawn, live, memo, rows};
use super::note::{self, Kind};
use super::route::{self, View, place};
use super::step::{Rows, Step};
use super::ticket_form;
use super::trigger_form::Editor;
use crate::doors::trigger as door;
use crate::doors::{Answer, Failure};
use domain::trigger::{Kept, Line, Trigger};
use domain::{Refusal, Trouble};
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// The triggers as they were read last; none: they are on their way.
pub type Lines = RwSignal<Option<Result<Vec<Line>, String>>>;

/// The secret of the copy that was just made, and whose it is: its editor shows it once.
pub type Fresh = RwSignal<Option<(String, String)>>;

#[component]
pub fn Triggers() -> impl IntoView {
    let board = board();
    let words = board.words;
    let lines: Lines = RwSignal::new(None);
    let fresh: Fresh = RwSignal::new(None);
    let open = memo(move |before: Option<&Option<String>>| match place().shown.get() {
        View::Triggers(open) => open,
        _ => before.cloned().flatten(),
    });
    ticket_form::fetch(board);
    Effect::new(move || {
        board.round.track();
        spawn_local(async move {
            match door::list_triggers().await {
                Ok(read) => drop(lines.try_set(Some(Ok(read)))),
                // What was read before is still there to be looked at.
                Err(Failure::Lost) if lines.with_untracked(|lines| matches!(lines, Some(Ok(_)))) => {}
                Err(failure) => drop(lines.try_set(Some(Err(note::why(words, &failure))))),
            }
        });
    });
    let state = memo(move |_| lines.with(|lines| lines.as_ref().map(|read| read.as_ref().err().cloned())));
    view! {
        <div class="desk__work">
            {drawn(move || match (state.get(), open.get()) {
                (None, _) => view! { <div class="view view--paper" aria-busy="true"><p class="visually-hidden" role="status">{words.loading}</p></div> }.into_any(),
                (Some(Some(why)), _) => view! { <div class="middle"><div class="empty" role="alert"><p>{why}</p></div></div> }.into_any(),
                (Some(None), None) => view! { <List lines=lines fresh=fresh/> }.into_any(),
                (Some(None), Some(id)) => match found(lines, &id) {
                    Some(line) => view! { <Editor lines=lines fresh=fresh line=line/> }.into_any(),
                    None => view! { <div class="middle"><p class="empty">{words.common.refusal(&Refusal::NotYours)}</p></div> }.into_any(),
                },
            })}
        </div>
    }
}

/// The one of this address; a fresh one where it says `new`.
fn found(lines: Lines, id: &str) -> Option<Option<Line>> {
    if id == "new" {
        return Some(None);
    }
    let all = lines.get_untracked()?.ok()?;
    all.into_iter().find(|line| line.trigger.id == id).map(Some)
}

/// What a door answered, on the screen.
fn put(board: Board, lines: Lines, answer: Answer<Vec<Line>>) -> bool {
    match answer {
        Ok(now) => {
            lines.try_set(Some(Ok(now)));
            browser::hold_focus(browser::TITLE);
            true
        }
        Err(failure) => {
            board.fail(failure);
            false
        }
    }
}

fn all(lines: Lines) -> Vec<Line> {
    lines.with(|lines| lines.as_ref().and_then(|read| read.as_ref().ok()).cloned().unwrap_or_default())
}

#[component]
fn List(lines: Lines, fresh: Fresh) -> impl IntoView {
    let words = board().words;
    let says = crate::words::trigger::of(words.common.lang);
    let moved = RwSignal::new(String::new());
    let ids = derived(move || all(lines).into_iter().map(|line| line.trigger.id).collect());
    view! {
        <div class="view view--paper">
            <header class="view__head">
                <h1>{words.menu_triggers}</h1>
                <a class="button button--s button--act push" href="/triggers/new"><Icon name="plus" small=true/>{says.create}</a>
            </header>
            <p class="view__say">{says.say}</p>
            <p class="visually-hidden" role="status">{live(move || moved.get())}</p>
            <div class="empty empty--s" hidden=live(move || !all(lines).is_empty())><p>{says.none}</p></div>
            <ol class="triggers">
                {rows(move || all(lines), |line| line.trigger.id.clone(), move |line| view! { <Row lines=lines fresh=fresh ids=ids moved=moved id=line.trigger.id/> })}
            </ol>
        </div>
    }
}

/// One of the list. It stays while others move around it, so that nobody loses the focus.
#[component]
fn Row(lines: Lines, fresh: Fresh, ids: Rows, moved: RwSignal<String>, id: String) -> impl IntoView {
    let board = board();
    let words = board.words;
    let says = crate::words::trigger::of(words.common.lang);
    let id = StoredValue::new(id);
    let line = memo(move |_| all(lines).into_iter().find(|line| id.with_value(|id| line.trigger.id == *id)));
    let name = move || line.with(|line| line.as_ref().map(|line| line.trigger.name.clone()).unwrap_or_default());
    let on = move || line.with(|line| line.as_ref().is_some_and(|line| line.trigger.on));
    let step = Step::new(id, derived(name), ids, moved, move |id, before| async move {
        put(board, lines, door::move_trigger(id, before).await)
    });
    let switch = move |event: web_sys::Event| {
        let wanted = event_target_checked(&event);
        spawn_local(async move {
            if !put(board, lines, door::switch_trigger(id.get_value(), wanted).await) {
                // What is drawn is what is so.
                if let Some(input) = event.target().and_then(|to| to.dyn_into::<web_sys::HtmlInputElement>().ok()) {
                    input.set_checked(untrack(on));
                }
            }
        });
    };
    // The id of the next copy, and of the wish for it: asked again after a lost answer, they are the same.
    let next = StoredValue::new((browser::new_id(), browser::new_id()));
    let copy = move |_| {
        let Some(Line { trigger, .. }) = line.get_untracked() else { return };
        let name: String = (says.clone_of)(&trigger.name).chars().take(domain::trigger::NAME_LIMIT).collect();
        let (copy, wish) = next.get_value();
        let copy = Trigger { id: copy, name, on: false, ..trigger };
        spawn_local(async move {
            let answer = door::save_trigger(wish, copy, None).await;
            if !matches!(answer, Err(Failure::Lost)) {
                next.try_set_value((browser::new_id(), browser::new_id()));
            }
            match answer {
                Ok(Kept { line, secret }) => {
                    let id = line.trigger.id.clone();
                    fresh.try_set(secret.map(|secret| (id.clone(), secret)));
                    keep_line(lines, line);
                    route::go(&["/triggers/", &id].concat());
                }
                Err(failure) => board.fail(failure),
            }
        });
    };
    let delete = move |_| {
        spawn_local(async move {
            put(board, lines, door::delete_trigger(id.get_value()).await);
        });
    };
    let see = move |_| {
        spawn_local(async move {
            put(board, lines, door::see_mishap(id.get_value()).await);
        });
    };
    let waiting = memo(move |_| line.with(|line| line.as_ref().map_or(0, |line| line.waiting)));
    let mishap = memo(move |_| line.with(|line| line.as_ref().and_then(|line| line.mishap.clone())));
    let counts = move || {
        line.with(|line| {
            let Some(Line { trigger, .. }) = line else { return String::new() };
            (says.counts)(trigger.all.len() + trigger.any.len(), trigger.actions.len())
        })
    };
    view! {
        <li class="sheet trigger" on:keydown=step.key()>
            <span class="trigger__place">{live(move || step.place.get() + 1)}</span>
            <label class="switch">
                <input class="visually-hidden" type="checkbox" aria-label=live(move || (says.switch)(&name())) prop:checked=live(on) on:change=does(switch)/>
                <span class="switch__track"></span>
            </label>
            <span class="trigger__what">
                <a href=["/triggers/", &id.get_value()].concat()>{live(name)}</a>
                <span class="trigger__more">" · "{live(counts)}</span>
            </span>
            <span class="tag tag--wait" hidden=live(move || waiting.get() == 0)>{live(move || (says.waiting)(waiting.get()))}</span>
            <span class="trigger__acts">
                {step.buttons()}
                <button class="button button--s" type="button" aria-label=live(move || [says.clone, ": ", &name()].concat()) on:click=does(copy)><Icon name="copy" small=true/>{says.clone}</button>
                <Ask class="button button--s" label=says.delete of=derived(name) question=derived(move || (says.delete_ask)(&name())) say=says.delete_say act=Callback::new(delete)/>
            </span>
            {drawn(move || mishap.get().map(|mishap| view! {
                <span class="trigger__mishap">
                    <span class="tag tag--bad"><Icon name="alert" small=true/><a href=["/tickets/", &mishap.ticket].concat()>{(says.mishap)(mishap.what, &mishap.number.to_string())}</a></span>
                    <button class="button button--s" type="button" on:click=does(see)>{says.seen}</button>
                </span>
            }))}
        </li>
    }
}

/// It was kept: the list has it as it is now, and the address is its own.
pub fn kept(lines: Lines, line: Line) {
    let id = line.trigger.id.clone();
    keep_line(lines, line);
    let path = ["/triggers/", &id].concat();
    if browser::path() != path {
        let _ = browser::history().replace_state_with_url(&wasm_bindgen::JsValue::NULL, "", Some(&path));
    }
}

fn keep_line(lines: Lines, line: Line) {
    lines.try_update(|lines| {
        if let Some(Ok(all)) = lines {
            match all.iter_mut().find(|one| one.trigger.id == line.trigger.id) {
                Some(one) => *one = line,
                None => all.push(line),
            }
        }
    });
}

/// The place of a refusal, if it names one.
pub fn field_of(failure: &Failure) -> Option<String> {
    let Failure::Trouble(Trouble::Refused(why)) = failure else { return None };
    why.field().map(str::to_owned)
}

/// The first control of a place gets the focus.
pub fn focus(field: &str) {
    let place = ["[data-field=\"", field, "\"]"].concat();
    let control = document().query_selector(&place).ok().flatten();
    let control = control.and_then(|place| place.query_selector("input, select, textarea, button").ok().flatten());
    if let Some(control) = control.and_then(|control| control.dyn_into::<HtmlElement>().ok()) {
        let _ = control.focus();
    }
}

pub fn note_kept(board: Board, says: &'static crate::words::trigger::Words) {
    board.note(Kind::Plain, says.saved.into());
}

pub fn leave() {
    route::go("/triggers");
}
