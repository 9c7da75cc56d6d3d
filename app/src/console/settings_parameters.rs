//! The parameters of this house (R66).

use super::board::board;
use super::live::{derived, does, live, waits};
use super::note::Kind;
use super::settings::{Fault, Overtaken, Read, fetch, field, note_saved, of, once, refuse, says, switch};
use super::ticket_form::{Option2, select, typed};
use super::trigger::focus;
use crate::doors::parameters::{keep_parameters, read_parameters};
use crate::words::settings::Words;
use domain::parameters::{Addresses, KEEP_LIMIT, ORGANISATION_LIMIT, Parameters};
use domain::profile::{LANGUAGES, TONGUES};
use leptos::prelude::*;
use leptos::task::spawn_local;
use web_sys::SubmitEvent;

#[component]
pub fn All() -> impl IntoView {
    let board = board();
    let now: Read<Parameters> = RwSignal::new(None);
    fetch(board, now, || Box::pin(read_parameters()));
    once(board, now, move || view! { <Form now=now/> }.into_any())
}

#[component]
fn Form(now: Read<Parameters>) -> impl IntoView {
    let board = board();
    let (words, says) = (board.words, says(board));
    let read = RwSignal::new(untrack(|| of(now)));
    let [customer, owner, unsaved, inner]: [RwSignal<bool>; 4] = std::array::from_fn(|_| RwSignal::new(false));
    let zone = RwSignal::new(String::new());
    let (organisation, language) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let addresses = RwSignal::new(String::new());
    // As they are typed, in the order of `Parameters::seconds` and of `Parameters::kept`.
    let seconds: [RwSignal<String>; 3] = std::array::from_fn(|_| RwSignal::new(String::new()));
    let days: [RwSignal<String>; 4] = std::array::from_fn(|_| RwSignal::new(String::new()));
    let fault: Fault = RwSignal::new(None);
    let (overtaken, busy) = (RwSignal::new(None), RwSignal::new(false));
    let take = move |parameters: Parameters| {
        customer.set(parameters.invite_customer);
        owner.set(parameters.invite_owner);
        unsaved.set(parameters.unsaved_takes_room);
        inner.set(parameters.count_inner);
        zone.set(parameters.zone.clone());
        organisation.set(parameters.organisation.clone());
        language.set(parameters.language.clone());
        for (typed, (_, number, _)) in seconds.into_iter().zip(parameters.seconds()) {
            typed.set(number.to_string());
        }
        for (typed, (_, kept)) in days.into_iter().zip(parameters.kept()) {
            typed.set(if kept == 0 { String::new() } else { kept.to_string() });
        }
        addresses.set(place_of(parameters.keep_addresses));
        read.set(parameters);
    };
    take(read.get_untracked());
    // As it stands here; none: something of it cannot be meant, and is told at its place.
    let form = move || {
        let names = Parameters::default().kept().map(|(name, _)| name);
        let read_days = days.map(|typed| typed.with_untracked(|typed| up_to(KEEP_LIMIT, typed)));
        if let Some((name, _)) = names.into_iter().zip(read_days).find(|(_, days)| days.is_none()) {
            fault.set(Some((name.into(), says.days_wrong.into())));
            focus(name);
            return None;
        }
        let mut read_seconds = [0; 3];
        for ((typed, (name, _, within)), read) in
            seconds.into_iter().zip(Parameters::default().seconds()).zip(&mut read_seconds)
        {
            let number = typed.with_untracked(|typed| up_to(*within.end(), typed));
            let Some(number) = number.filter(|number| within.contains(number)) else {
                fault.set(wrong(says, name).map(|why| (name.into(), why.into())));
                focus(name);
                return None;
            };
            *read = number;
        }
        let [minimum_wait, customer_grace, agent_grace] = read_seconds;
        let [keep_messages, keep_files, keep_tickets, keep_people] = read_days.map(Option::unwrap_or_default);
        Some(Parameters {
            invite_customer: customer.get_untracked(),
            invite_owner: owner.get_untracked(),
            zone: zone.get_untracked().trim().to_owned(),
            organisation: organisation.get_untracked(),
            language: language.get_untracked(),
            minimum_wait,
            keep_messages,
            keep_files,
            keep_tickets,
            keep_addresses: addresses.with_untracked(|place| at_place(place)),
            keep_people,
            customer_grace,
            agent_grace,
            unsaved_takes_room: unsaved.get_untracked(),
            count_inner: inner.get_untracked(),
        })
    };
    let save = move || {
        if busy.get_untracked() {
            return;
        }
        let Some(parameters) = form() else { return };
        busy.set(true);
        overtaken.set(None);
        fault.set(None);
        let was = read.get_untracked();
        spawn_local(async move {
            let kept = keep_parameters(parameters, was).await;
            busy.try_set(false);
            match kept {
                Ok(kept) => {
                    take(kept);
                    note_saved(board);
                }
                Err(failure) => refuse(board, fault, overtaken, failure, wrong),
            }
        });
    };
    let again = move |mine: bool| {
        spawn_local(async move {
            let answer = read_parameters().await;
            // Who went to another page meanwhile took with him what was typed.
            if read.try_with_untracked(|_| ()).is_none() {
                return;
            }
            match answer {
                Ok(theirs) if mine => {
                    let (Some(typed), was) = (form(), read.get_untracked()) else { return };
                    let both = contested(says, &was, &typed, &theirs);
                    if !both.is_empty() {
                        board.note(Kind::Plain, (says.both_changed)(&both.join(" · ")));
                    }
                    take(typed.over(was, theirs.clone()));
                    read.set(theirs);
                    save();
                }
                Ok(parameters) => take(parameters),
                Err(failure) => board.fail(failure),
            }
        });
    };
    view! {
        <div class="view view--paper">
            <form class="trigger-form" on:submit=does(move |event: SubmitEvent| { event.prevent_default(); save() })>
                <header class="view__head"><h2>{says.parameters}</h2></header>
                <p class="view__say">{says.parameters_say}</p>
                <Overtaken by=overtaken take=Callback::new(move |()| again(false)) keep=Callback::new(move |()| again(true))/>
                {switch(customer, says.invite_customer, "")}
                {switch(owner, says.invite_owner, "")}
                {switch(unsaved, says.unsaved_takes_room, "")}
                {switch(inner, says.count_inner, "")}
                {field(fault, "organisation", says.organisation, says.organisation_hint, typed(derived(move || organisation.get()), Callback::new(move |name| organisation.set(name)), "text", "text", ORGANISATION_LIMIT))}
                {field(fault, "language", says.language, says.language_hint, select(derived(tongues), derived(move || language.get()), Callback::new(move |tag| language.set(tag))))}
                {field(fault, "zone", says.zone, says.zone_hint, view! {
                    <input class="field__box" type="text" autocapitalize="none" spellcheck="false" maxlength="60" prop:value=live(move || zone.get()) on:input=does(move |event| zone.set(event_target_value(&event)))/>
                }.into_any())}
                {Parameters::default().seconds().into_iter().zip(seconds).map(|((name, ..), typed)| number(fault, says, name, typed)).collect_view()}
                <fieldset>
                    <legend>{says.keep}</legend>
                    <p class="view__say">{says.keep_say}</p>
                    {field(fault, "keep_addresses", says.keep_addresses, says.keep_addresses_hint, select(derived(move || kinds(says)), derived(move || addresses.get()), Callback::new(move |place| addresses.set(place))))}
                    {Parameters::default().kept().into_iter().zip(days).map(|((name, _), typed)| number(fault, says, name, typed)).collect_view()}
                </fieldset>
                <div class="trigger-form__acts">
                    <button class="button button--act" type="submit" aria-disabled=waits(busy)>{live(move || if busy.get() { words.saving } else { words.save })}</button>
                </div>
            </form>
        </div>
    }
}

/// The languages of our screens, by their own names.
pub fn tongues() -> Vec<Option2> {
    let ours = LANGUAGES.iter().filter(|(tag, _)| TONGUES.contains(tag));
    ours.map(|(tag, name)| ((*tag).to_owned(), (*name).to_owned())).collect()
}

fn kinds(says: &'static Words) -> Vec<Option2> {
    Addresses::ALL.into_iter().map(|kind| (place_of(kind), (says.addresses)(kind).to_owned())).collect()
}

fn place_of(kind: Addresses) -> String {
    Addresses::ALL.iter().position(|one| *one == kind).unwrap_or(0).to_string()
}

fn at_place(place: &str) -> Addresses {
    place.parse().ok().and_then(|place: usize| Addresses::ALL.get(place).copied()).unwrap_or_default()
}

/// Nothing typed is nought. None: that is no such number.
fn up_to(most: u32, typed: &str) -> Option<u32> {
    match typed.trim() {
        "" => Some(0),
        typed => typed.parse().ok().filter(|number| *number <= most),
    }
}

/// What a colleague and who asks have both changed, each otherwise, as it is called here.
fn contested(says: &'static Words, read: &Parameters, mine: &Parameters, theirs: &Parameters) -> Vec<&'static str> {
    let (his, apart) = (read.changed(theirs), mine.changed(theirs));
    let both = read.changed(mine).into_iter().filter(|name| his.contains(name) && apart.contains(name));
    both.map(|name| called(says, name)).collect()
}

fn called(says: &'static Words, name: &str) -> &'static str {
    match name {
        "invite_customer" => says.invite_customer,
        "invite_owner" => says.invite_owner,
        "zone" => says.zone,
        "organisation" => says.organisation,
        "language" => says.language,
        "unsaved_takes_room" => says.unsaved_takes_room,
        "count_inner" => says.count_inner,
        "minimum_wait" => says.least,
        "customer_grace" => says.customer_grace,
        "agent_grace" => says.agent_grace,
        "keep_messages" => says.keep_messages,
        "keep_files" => says.keep_files,
        "keep_tickets" => says.keep_tickets,
        "keep_addresses" => says.keep_addresses,
        _ => says.keep_people,
    }
}

fn wrong(says: &'static Words, name: &str) -> Option<&'static str> {
    match name {
        "zone" => Some(says.zone_wrong),
        "minimum_wait" => Some(says.least_wrong),
        "customer_grace" | "agent_grace" => Some(says.grace_wrong),
        name if name.starts_with("keep_") => Some(says.days_wrong),
        _ => None,
    }
}

fn number(fault: Fault, says: &'static Words, name: &'static str, typed: RwSignal<String>) -> AnyView {
    let hint = match name {
        "minimum_wait" => says.least_hint,
        "customer_grace" => says.customer_grace_hint,
        "agent_grace" => says.agent_grace_hint,
        "keep_messages" => says.keep_messages_hint,
        "keep_files" => says.keep_files_hint,
        "keep_tickets" => says.keep_tickets_hint,
        _ => says.keep_people_hint,
    };
    field(fault, name, called(says, name), hint, view! {
        <input class="field__box" type="text" inputmode="numeric" maxlength="5" prop:value=live(move || typed.get()) on:input=does(move |event| typed.set(event_target_value(&event)))/>
    }.into_any())
}
