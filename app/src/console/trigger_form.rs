//! One trigger: what it is called, when it runs, what it asks, what it does; and what it would do today.

use super::ask::Ask;
use super::board::{Board, board};
use super::browser;
use super::clipboard;
use super::icon::Icon;
use super::live::{derived, does, drawn, live, memo, waits};
use super::note::{self, Kind};
use super::settings::Overtaken;
use super::ticket_form::typed;
use super::ticket_history::outcome;
use super::trigger::{Fresh, Lines, field_of, focus, kept, leave, note_kept};
use super::trigger_rows::{Actions, Conditions, Fault, Several, replace, several, values};
use crate::doors::Failure;
use crate::doors::trigger as door;
use domain::trigger::{Action, Condition, Kept, Line, NAME_LIMIT, Tried, Trigger, What, When};
use domain::{Refusal, Trouble, ticket::Via};
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// What is being filled in.
#[derive(Clone, Copy)]
struct Form {
    id: StoredValue<String>,
    /// Of the next save: asked again after a lost answer, it is the same.
    wish: StoredValue<String>,
    name: RwSignal<String>,
    on: RwSignal<bool>,
    when: RwSignal<When>,
    all: Several<Condition>,
    any: Several<Condition>,
    actions: Several<Action>,
    fault: Fault,
    /// As it is kept, as far as it was read here; none: it is not yet.
    kept: RwSignal<Option<Trigger>>,
    /// Who changed it meanwhile.
    overtaken: RwSignal<Option<String>>,
    /// Told once.
    secret: RwSignal<Option<String>>,
    tried: RwSignal<Option<Vec<Tried>>>,
    busy: RwSignal<bool>,
}

impl Form {
    fn of(line: Option<Line>) -> Form {
        let kept = line.map(|line| line.trigger);
        let Trigger { id, name, on, when, all, any, actions } = kept.clone().unwrap_or_else(fresh);
        Form {
            id: StoredValue::new(id),
            wish: StoredValue::new(browser::new_id()),
            name: RwSignal::new(name),
            on: RwSignal::new(on),
            when: RwSignal::new(when),
            all: several(all),
            any: several(any),
            actions: several(actions),
            fault: RwSignal::new(None),
            kept: RwSignal::new(kept),
            overtaken: RwSignal::new(None),
            secret: RwSignal::new(None),
            tried: RwSignal::new(None),
            busy: RwSignal::new(false),
        }
    }

    fn trigger(self) -> Trigger {
        Trigger {
            id: self.id.get_value(),
            name: self.name.get(),
            on: self.on.get(),
            when: self.when.get(),
            all: values(self.all),
            any: values(self.any),
            actions: values(self.actions),
        }
    }

    fn has_webhook(self) -> bool {
        self.kept.with(|kept| kept.as_ref().is_some_and(|kept| kept.url().is_some()))
    }

    /// At its place, if it names one that is here.
    fn refuse(self, board: Board, failure: Failure) {
        let says = crate::words::trigger::of(board.words.common.lang);
        if let Failure::Trouble(Trouble::Refused(Refusal::Overtaken { by })) = &failure {
            self.overtaken.try_set(Some(by.clone()));
            return;
        }
        let Some(field) = field_of(&failure) else { return board.fail(failure) };
        let actions = values(self.actions);
        let action =
            field.strip_prefix("actions.").and_then(|at| at.parse().ok()).and_then(|at: usize| actions.get(at));
        let wrong = matches!(&failure, Failure::Trouble(Trouble::Refused(Refusal::FieldWrong { .. })));
        let why = match (&*field, action) {
            ("actions", _) => says.needs_action.to_owned(),
            (_, Some(Action::Webhook { .. })) if wrong => says.address_wrong.into(),
            _ if wrong => says.repeated.into(),
            _ => note::why(board.words, &failure),
        };
        self.fault.try_set(Some((field.clone(), why)));
        focus(&field);
    }
}

/// The one that most people begin with.
fn fresh() -> Trigger {
    Trigger {
        id: browser::new_id(),
        name: String::new(),
        on: true,
        when: When::Begins,
        all: vec![Condition { what: What::Via(Via::OfflineMessage), is: true }],
        any: Vec::new(),
        actions: vec![Action::AddTags(Vec::new())],
    }
}

#[component]
pub fn Editor(lines: Lines, fresh: Fresh, line: Option<Line>) -> impl IntoView {
    let board = board();
    let words = board.words;
    let says = crate::words::trigger::of(words.common.lang);
    let form = Form::of(line);
    let told = fresh.try_update_untracked(Option::take).flatten();
    form.secret.set(told.filter(|(of, _)| form.id.with_value(|id| id == of)).map(|(_, secret)| secret));
    let title = move || form.kept.with(|kept| kept.as_ref().map_or(says.create.to_owned(), |kept| kept.name.clone()));
    let changed = memo(move |_| form.kept.with(|kept| kept.as_ref() != Some(&form.trigger())));
    let save = move || {
        if form.busy.get_untracked() {
            return;
        }
        form.busy.set(true);
        form.overtaken.set(None);
        let read = form.kept.get_untracked();
        let trigger = untrack(|| form.trigger());
        // Whether it is on is asked for itself, and only where it was changed here.
        let switched = form.kept.with_untracked(|kept| kept.as_ref().is_some_and(|kept| kept.on != trigger.on));
        spawn_local(async move {
            let (id, on) = (trigger.id.clone(), trigger.on);
            let answer = door::save_trigger(form.wish.get_value(), trigger, read).await;
            match answer {
                Ok(Kept { mut line, secret }) => {
                    form.wish.try_set_value(browser::new_id());
                    if switched {
                        match door::switch_trigger(id, on).await {
                            Ok(all) => {
                                let now = all.into_iter().find(|one| one.trigger.id == line.trigger.id);
                                line = now.unwrap_or(line);
                            }
                            Err(failure) => board.fail(failure),
                        }
                    }
                    form.busy.try_set(false);
                    form.fault.try_set(None);
                    // As it is kept: cleaned, and so what is seen is what is so.
                    take(form, &line.trigger);
                    if secret.is_some() {
                        form.secret.try_set(secret);
                    }
                    note_kept(board, says);
                    kept(lines, line);
                }
                Err(failure) => {
                    form.busy.try_set(false);
                    form.refuse(board, failure);
                }
            }
        });
    };
    // As it is now: to be seen, or to be written over knowingly.
    let again = move |mine: bool| {
        spawn_local(async move {
            match door::list_triggers().await {
                Ok(all) => {
                    let now = all.iter().find(|line| form.id.with_value(|id| line.trigger.id == *id));
                    let now = now.map(|line| line.trigger.clone());
                    lines.try_set(Some(Ok(all)));
                    // Deleted meanwhile it stays so: what was typed can but be read here.
                    let Some(now) = now else {
                        return board.fail(Failure::Trouble(Trouble::Refused(Refusal::NotYours)));
                    };
                    if mine {
                        form.kept.try_set(Some(now));
                        save();
                    } else {
                        show(form, &now);
                    }
                }
                Err(failure) => board.fail(failure),
            }
        });
    };
    let dry_run = move |_| {
        if form.busy.get_untracked() {
            return;
        }
        form.busy.set(true);
        let trigger = untrack(|| form.trigger());
        spawn_local(async move {
            let answer = door::try_trigger(trigger).await;
            form.busy.try_set(false);
            match answer {
                Ok(tried) => {
                    form.fault.try_set(None);
                    form.tried.try_set(Some(tried));
                }
                Err(failure) => form.refuse(board, failure),
            }
        });
    };
    let bad = derived(move || {
        form.fault.with(|fault| fault.as_ref().filter(|(field, _)| field == "name").map(|(_, why)| why.clone()))
    });
    let no_action = derived(move || {
        form.fault.with(|fault| fault.as_ref().filter(|(field, _)| field == "actions").map(|(_, why)| why.clone()))
    });
    let set_name = Callback::new(move |name: String| {
        form.fault.set(None);
        form.name.set(name);
    });
    let whens = [(When::Begins, says.when_begins), (When::Changes, says.when_changes)];
    view! {
        <div class="view view--paper">
            <p><a class="button button--s" href="/triggers"><Icon name="back" small=true/>{says.back}</a></p>
            <form class="trigger-form" novalidate on:submit=does(move |event: web_sys::SubmitEvent| { event.prevent_default(); save() })>
                <header class="view__head"><h1>{live(title)}</h1></header>
                <Overtaken by=form.overtaken take=Callback::new(move |()| again(false)) keep=Callback::new(move |()| again(true))/>
                <label class="field" class:field--bad=live(move || bad.with(Option::is_some)) data-field="name">
                    <span class="field__label">{words.name}</span>
                    {typed(form.name.into(), set_name, "text", "text", NAME_LIMIT)}
                    <span class="field__fault" role="alert">{live(move || bad.get())}</span>
                </label>
                <label class="choice choice--bare">
                    <span class="switch">
                        <input class="visually-hidden" type="checkbox" prop:checked=live(move || form.on.get()) on:change=does(move |event| form.on.set(event_target_checked(&event)))/>
                        <span class="switch__track"></span>
                    </span>
                    <span class="choice__text">{says.active}</span>
                </label>
                <fieldset>
                    <legend>{says.when}</legend>
                    {whens.map(|(when, label)| view! {
                        <label class="choice choice--bare">
                            <input type="radio" name="when" prop:checked=live(move || form.when.get() == when) on:change=does(move |_| form.when.set(when))/>
                            <span class="choice__text">{label}</span>
                        </label>
                    }).into_iter().collect_view()}
                </fieldset>
                <fieldset>
                    <legend>{says.all}</legend>
                    <p class="view__say">{says.all_say}</p>
                    <Conditions list="all" rows_of=form.all fault=form.fault/>
                </fieldset>
                <fieldset>
                    <legend>{says.any}</legend>
                    <p class="view__say">{says.any_say}</p>
                    <Conditions list="any" rows_of=form.any fault=form.fault/>
                </fieldset>
                <fieldset>
                    <legend>{says.then}</legend>
                    <Actions rows_of=form.actions fault=form.fault/>
                    <p class="field" class:field--bad=live(move || no_action.with(Option::is_some))><span class="field__fault" role="alert">{live(move || no_action.get())}</span></p>
                </fieldset>
                <div class="trigger-form__acts">
                    <button class="button button--act" type="submit" aria-disabled=waits(form.busy)>{words.save}</button>
                    <button class="button" type="button" aria-disabled=waits(form.busy) on:click=does(dry_run)>{says.dry_run}</button>
                    <button class="button button--bare" type="button" on:click=does(move |_| leave())>{words.cancel}</button>
                </div>
            </form>
            {drawn(move || form.secret.get().map(|secret| view! { <Secret secret=secret/> }))}
            {drawn(move || form.has_webhook().then(|| view! { <Webhook form=form changed=changed/> }))}
            {drawn(move || form.tried.get().map(|tried| view! { <Trial tried=tried/> }))}
        </div>
    }
}

/// As a colleague has left it, in the place of what was typed.
fn show(form: Form, now: &Trigger) {
    replace(form.all, &now.all);
    replace(form.any, &now.any);
    replace(form.actions, &now.actions);
    form.when.try_set(now.when);
    form.fault.try_set(None);
    take(form, now);
}

fn take(form: Form, now: &Trigger) {
    form.name.try_set(now.name.clone());
    form.on.try_set(now.on);
    for (rows, values) in [(form.all, &now.all), (form.any, &now.any)] {
        rows.with_untracked(|rows| {
            rows.iter().zip(values).for_each(|(row, value)| drop(row.value.try_set(value.clone())))
        });
    }
    form.actions.with_untracked(|rows| {
        rows.iter().zip(&now.actions).for_each(|(row, value)| drop(row.value.try_set(value.clone())));
    });
    form.kept.try_set(Some(now.clone()));
}

/// What its webhooks are signed with: here, and never again.
#[component]
fn Secret(secret: String) -> impl IntoView {
    let board = board();
    let words = board.words;
    let says = crate::words::trigger::of(words.common.lang);
    let copied = secret.clone();
    view! {
        <section class="trigger-form__secret trigger-form" role="status" aria-label=says.secret>
            <h2>{says.secret}</h2>
            <p>{says.secret_say}</p>
            <pre class="code" tabindex="0"><code>{secret}</code></pre>
            <p><button class="button button--s" type="button" on:click=does(move |_| clipboard::copy(board, copied.clone()))><Icon name="copy" small=true/>{words.copy}</button></p>
        </section>
    }
}

/// What can be done with the webhook of one that is kept.
#[component]
fn Webhook(form: Form, changed: Memo<bool>) -> impl IntoView {
    let board = board();
    let says = crate::words::trigger::of(board.words.common.lang);
    let test = move |_| {
        if changed.get_untracked() {
            return board.note(Kind::Bad, says.unsaved.into());
        }
        if form.busy.get_untracked() {
            return;
        }
        form.busy.set(true);
        spawn_local(async move {
            let answer = door::send_test(form.id.get_value()).await;
            form.busy.try_set(false);
            match answer {
                Ok(true) => board.note(Kind::Plain, says.test_came.into()),
                Ok(false) => board.note(Kind::Bad, says.test_lost.into()),
                Err(failure) => board.fail(failure),
            }
        });
    };
    let renew = move |_| {
        spawn_local(async move {
            match door::renew_secret(form.id.get_value()).await {
                Ok(secret) => drop(form.secret.try_set(Some(secret))),
                Err(failure) => board.fail(failure),
            }
        });
    };
    view! {
        <section class="trigger-form" aria-label=says.webhook>
            <div class="trigger-form__acts">
                <button class="button button--s" type="button" aria-disabled=waits(form.busy) on:click=does(test)><Icon name="send" small=true/>{says.test}</button>
                <Ask class="button button--s" label=says.renew question=says.renew_ask say=says.renew_say act=Callback::new(renew)/>
            </div>
        </section>
    }
}

/// What it would do today.
#[component]
fn Trial(tried: Vec<Tried>) -> impl IntoView {
    let board = board();
    let says = crate::words::trigger::of(board.words.common.lang);
    // Under a long form nobody sees that it came: it is gone to, and so it is read aloud.
    let head: NodeRef<html::H2> = NodeRef::new();
    Effect::new(move || {
        if let Some(head) = head.get() {
            request_animation_frame(move || drop(head.focus()));
        }
    });
    let one = move |tried: Tried| {
        let mut lines = outcome(board, &tried.would);
        if lines.is_empty() {
            lines.push(says.nothing_to_do.into());
        }
        view! {
            <li>
                <a href=["/tickets/", &tried.ticket].concat()>{[&tried.number.to_string(), " · ", &tried.subject].concat()}</a>
                {lines.into_iter().map(|line| view! { <p>{line}</p> }).collect_view()}
            </li>
        }
    };
    view! {
        <section class="trigger-form" aria-label=says.dry_run>
            <h2 class="trigger-form__found" tabindex="-1" node_ref=head>{(says.tried)(tried.len())}</h2>
            <ul class="trigger-form__tried">{tried.into_iter().map(one).collect_view()}</ul>
        </section>
    }
}
