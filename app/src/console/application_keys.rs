//! The keys with which the program of a site signs who its customer is (S73-S78): several hold at once, so that a site
//! changes from one to the next without a gap.

use super::application_edit::Edit;
use super::browser::new_id;
use super::clipboard;
use super::clock;
use super::icon::Icon;
use super::live::{does, drawn, live, waits};
use super::note;
use crate::doors::Failure;
use crate::doors::application::{add_key, list_keys, revoke_key};
use domain::key::{Added, KEYS_LIMIT, Key, PUBLIC_LIMIT};
use domain::{Refusal, Trouble};
use leptos::prelude::*;
use leptos::task::spawn_local;

#[derive(Clone, Copy)]
struct Keys {
    edit: Edit,
    all: RwSignal<Option<Vec<Key>>>,
    /// Told once.
    added: RwSignal<Option<Added>>,
    /// Whether this one is to be retired is asked: no dialog, for a form in this form would save it.
    asked: RwSignal<Option<String>>,
}

impl Keys {
    fn id(self) -> String {
        self.edit.kept.with_untracked(|kept| kept.id.clone())
    }

    fn read(self) {
        let (board, id) = (self.edit.board, self.id());
        spawn_local(async move {
            match list_keys(id).await {
                Ok(all) => drop(self.all.try_set(Some(all))),
                Err(failure) => board.fail(failure),
            }
        });
    }
}

pub fn keys(edit: Edit) -> AnyView {
    let says = edit.says;
    let keys = Keys { edit, all: RwSignal::new(None), added: RwSignal::new(None), asked: RwSignal::new(None) };
    Effect::new(move || {
        edit.board.round.track();
        keys.read();
    });
    view! {
        <p class="view__say">{says.keys_say}</p>
        {drawn(move || keys.asked.get().map(|id| ask(keys, id)))}
        {drawn(move || keys.all.get().map(|all| table(keys, all)))}
        {drawn(move || keys.added.get().map(|added| told(keys, added)))}
        {fresh(keys)}
    }
    .into_any()
}

fn table(keys: Keys, mut all: Vec<Key>) -> AnyView {
    let says = keys.edit.says;
    if all.is_empty() {
        return view! { <p class="view__say">{says.keys_none}</p> }.into_any();
    }
    // Those that hold first, the newest before the others.
    all.sort_by(|one, other| {
        (one.revoked_at.is_some(), other.created_at, &other.id).cmp(&(
            other.revoked_at.is_some(),
            one.created_at,
            &one.id,
        ))
    });
    view! {
        <table class="table">
            <thead><tr><th scope="col">{says.key}</th><th scope="col">{says.key_kind}</th><th scope="col">{says.key_since}</th><th scope="col">{says.key_used}</th><th scope="col">{says.key_holds}</th></tr></thead>
            <tbody>{all.into_iter().map(|key| row(keys, key)).collect_view()}</tbody>
        </table>
    }
    .into_any()
}

fn row(keys: Keys, key: Key) -> AnyView {
    let (board, says) = (keys.edit.board, keys.edit.says);
    let when = |at| clock::whole(board.words.common.lang, at);
    let (id, name) = (key.id.clone(), [says.key_retire, ": ", &key.id].concat());
    let state = match key.revoked_at {
        Some(at) => view! { <span class="table__soft">{(says.key_retired)(&when(at))}</span> }.into_any(),
        None => view! {
            <button class="button button--s" type="button" aria-label=name on:click=does(move |_| keys.asked.set(Some(id.clone())))>{says.key_retire}</button>
        }
        .into_any(),
    };
    view! {
        <tr>
            <td><code>{key.id}</code></td>
            <td>{key.algorithm.word()}</td>
            <td class="table__soft">{when(key.created_at)}</td>
            <td class="table__soft">{key.used_at.map_or_else(|| says.key_never.to_owned(), when)}</td>
            <td>{state}</td>
        </tr>
    }
    .into_any()
}

fn ask(keys: Keys, id: String) -> AnyView {
    let (board, says) = (keys.edit.board, keys.edit.says);
    let asked = id.clone();
    let retire = move |_| {
        let (application, id) = (keys.id(), asked.clone());
        keys.asked.set(None);
        spawn_local(async move {
            match revoke_key(application, id).await {
                Ok(all) => drop(keys.all.try_set(Some(all))),
                Err(failure) => board.fail(failure),
            }
        });
    };
    view! {
        <div class="banner banner--bad" role="alert">
            <span class="banner__text"><b>{says.key_retire_ask}</b>" "<code>{id}</code>" "{says.key_retire_say}</span>
            <button class="button button--s" type="button" on:click=does(move |_| keys.asked.set(None))>{board.words.cancel}</button>
            <button class="button button--s button--act" type="button" on:click=does(retire)>{says.key_retire}</button>
        </div>
    }
    .into_any()
}

/// What was made, and what is never shown again.
fn told(keys: Keys, added: Added) -> AnyView {
    let (board, says) = (keys.edit.board, keys.edit.says);
    let words = board.words;
    let secret = added.secret.map(|secret| {
        let copied = secret.clone();
        view! {
            <p class="view__say">{says.key_once}</p>
            <pre class="code" tabindex="0" data-field="secret"><code>{secret}</code></pre>
            <p><button class="button button--s" type="button" on:click=does(move |_| clipboard::copy(board, copied.clone()))><Icon name="copy" small=true/>{words.copy}</button></p>
        }
    });
    view! {
        <div class="application__code" role="status">
            <p><b>{says.key_made}</b>" "<code>{added.id}</code></p>
            {secret}
        </div>
    }
    .into_any()
}

/// A secret that is made here, or the public half of a pair.
fn fresh(keys: Keys) -> AnyView {
    let (board, says) = (keys.edit.board, keys.edit.says);
    let (pair, public) = (RwSignal::new(false), RwSignal::new(String::new()));
    let fault = RwSignal::new(None::<String>);
    let busy = RwSignal::new(false);
    // The same until it is made: whose answer was lost asks for the same key again.
    let next = StoredValue::new(new_id());
    let full =
        move || keys.all.with(|all| all.iter().flatten().filter(|key| key.revoked_at.is_none()).count() >= KEYS_LIMIT);
    let make = move |_| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        fault.set(None);
        keys.added.set(None);
        let (application, handed) = (keys.id(), pair.get_untracked().then(|| public.get_untracked()));
        spawn_local(async move {
            let made = add_key(application, next.get_value(), handed).await;
            busy.try_set(false);
            match made {
                Ok(added) => {
                    next.set_value(new_id());
                    public.try_set(String::new());
                    keys.added.try_set(Some(added));
                    keys.read();
                }
                Err(Failure::Trouble(Trouble::Refused(Refusal::FieldWrong { .. }))) => {
                    fault.try_set(Some(says.key_public_wrong.into()));
                }
                Err(failure) => drop(fault.try_set(Some(note::why(board.words, &failure)))),
            }
        });
    };
    view! {
        <fieldset>
            <legend>{says.key_new}</legend>
            <label class="field">
                <span class="field__label">{says.key_kind}</span>
                <select class="field__box" on:change=does(move |event| { fault.set(None); next.set_value(new_id()); pair.set(event_target_value(&event) == "pair") })>
                    <option value="secret">{says.key_secret}</option>
                    <option value="pair">{says.key_pair}</option>
                </select>
            </label>
            <label class="field" hidden=live(move || !pair.get()) data-field="public">
                <span class="field__label">{says.key_public}" "<span class="field__hint">{says.key_public_hint}</span></span>
                <textarea class="field__box" rows="4" spellcheck="false" autocapitalize="none" maxlength=PUBLIC_LIMIT.to_string() prop:value=live(move || public.get()) on:input=does(move |event| { next.set_value(new_id()); public.set(event_target_value(&event)) })></textarea>
            </label>
            <p class="field__fault" role="alert">{live(move || fault.get())}</p>
            <p><button class="button" type="button" aria-disabled=waits(busy) disabled=live(full) on:click=does(make)>{says.key_make}</button></p>
        </fieldset>
    }
    .into_any()
}
