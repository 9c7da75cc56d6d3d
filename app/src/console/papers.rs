//! The papers: the ticket, and the person. Locked while the conversation runs; fields when it is over.

use super::board::board;
use super::browser;
use super::icon::Icon;
use super::live::{does, drawn, live, memo};
use super::part::Part;
use super::past::Past;
use super::room::Room;
use super::route::Gone;
use super::ticket::called;
use crate::doors::Failure;
use crate::doors::ticket::read_ticket_of_chat;
use crate::words::Words;
use domain::application::Answer;
use domain::identity::{Attribute, part_mail};
use domain::offline::Message;
use domain::ticket::Via;
use leptos::prelude::*;
use leptos::task::spawn_local;

#[component]
pub fn Papers(room: Room, back: Callback<()>) -> impl IntoView {
    let board = board();
    let words = board.words;
    // Whoever talks will have a ticket to save.
    request_animation_frame(|| Part::WrapUp.expect());
    // What is typed must stay when the ticket is told again: the form depends on which, not on what.
    let owed = memo(move |_| {
        room.owes_ticket_of(&board.my_id()).then(|| room.ticket.with(|t| t.as_ref().map(|t| t.id.clone()))).flatten()
    });
    // The form that had the focus goes when it is saved.
    Effect::new(move |owed_before: Option<bool>| {
        let owes = owed.with(Option::is_some);
        if owed_before == Some(true) && !owes {
            browser::hold_focus(".papers__title");
        }
        owes
    });
    // Agents among themselves have none.
    let customer = memo(move |_| !room.of(domain::Chat::is_inner).unwrap_or(false));
    view! {
        <aside class="papers" aria-label=words.papers>
            <button class="button button--bare button--s only-narrow" type="button" on:click=does(move |_| back.run(()))><Icon name="back" small=true/>{words.conversation}</button>
            {drawn(move || match owed.get() {
                Some(_) => view! { <Late/> }.into_any(),
                None => view! { <Locked room=room/>{drawn(move || customer.get().then(|| view! { <Customer room=room/><Past room=room/> }))} }.into_any(),
            })}
        </aside>
    }
}

/// The wrap-up, whose code comes after the conversation is drawn.
#[component]
fn Late() -> impl IntoView {
    let words = board().words;
    // None while it is on its way.
    let came = RwSignal::new(Part::WrapUp.here().map(|_| true));
    if came.get_untracked().is_none() {
        spawn_local(async move {
            let is_here = Part::WrapUp.load().await.is_ok();
            came.try_set(Some(is_here));
        });
    }
    drawn(move || {
        match (came.get(), Part::WrapUp.here()) {
        (None, _) => view! { <section class="papers__part" aria-busy="true"><p class="visually-hidden" role="status">{words.loading}</p></section> }.into_any(),
        (Some(_), Some(draw)) => draw(),
        (Some(_), None) => view! { <Gone part=Part::WrapUp tried=Callback::new(move |came_now| came.set(Some(came_now)))/> }.into_any(),
    }
    })
}

/// The ticket to be: plain text with a padlock (R55).
#[component]
fn Locked(room: Room) -> impl IntoView {
    let board = board();
    let words = board.words;
    let subject = move || match room.ticket.get() {
        Some(ticket) => ticket.subject,
        None => room.of(domain::Chat::subject).unwrap_or_default(),
    };
    let owner = move || {
        let inside = room.of(|chat| chat.agents.first().map(|a| a.face.name.clone())).flatten();
        inside.unwrap_or_else(|| words.nobody.into())
    };
    let saved = move || room.ticket.get().filter(domain::Ticket::is_saved);
    // What goes on with a ticket came as that did; none: not known yet, or it is not mine to read.
    let related = RwSignal::new(None::<Via>);
    let is_related = memo(move |_| room.of(|chat| chat.related.is_some()));
    Effect::new(move || {
        if is_related.get() != Some(true) {
            return;
        }
        spawn_local(async move {
            match read_ticket_of_chat(room.chat()).await {
                Ok(ticket) => drop(related.try_set(ticket.map(|ticket| ticket.via))),
                Err(Failure::Lost) => {}
                Err(failure) => board.fail(failure),
            }
        });
    });
    let via = move || match room.ticket.with(|ticket| ticket.as_ref().map(|ticket| ticket.via)) {
        None if is_related.get() == Some(false) => Some(Via::OnlineChat),
        None => related.get(),
        known => known,
    };
    view! {
        <section class="papers__part">
            <h3 class="papers__title">{words.ticket}</h3>
            <p class="papers__note" hidden=live(move || room.is_over())><Icon name="lock" small=true/>{words.locked}</p>
            <dl class="facts">
                <dt>{words.subject}</dt><dd title=live(subject)>{live(subject)}</dd>
                <dt>{words.group}</dt><dd>{live(move || room.of(|chat| chat.group.name.clone()))}</dd>
                <dt>{words.owner}</dt><dd>{live(owner)}</dd>
                {drawn(move || saved().map(|ticket| view! { <dt>{words.status}</dt><dd>{called(board, &ticket).to_owned()}</dd> }))}
                {drawn(move || via().map(|via| view! { <dt>{words.opened_via}</dt><dd>{words.common.via(via)}</dd> }))}
            </dl>
            {drawn(move || saved().map(|ticket| view! { <a class="button button--s papers__act" href=["/tickets/", &ticket.id].concat()>{words.see_ticket}</a> }))}
        </section>
    }
}

/// Who he is: what he answered, and where he wrote from.
#[component]
pub fn Customer(room: Room) -> impl IntoView {
    let board = board();
    let words = board.words;
    let here = move || room.of(|chat| (chat.is_over(), chat.gone_since.is_some()));
    view! {
        <section class="papers__part">
            <h3 class="papers__title">{words.customer}{drawn(move || room.of(|chat| (chat.verified, part_mail(&chat.attributes).0.is_some())).map(|(yes, mail)| tag(words, yes, mail)))}</h3>
            <dl class="facts">
                <dt>{words.name}</dt><dd>{drawn(move || room.of(|chat| see(&chat.customer.id, words.common.name(&chat.customer.name, chat.number))))}</dd>
                {drawn(move || here().filter(|(over, _)| !over).map(|(_, gone)| view! {
                    <dt>{words.connection}</dt>
                    <dd><span class="dot" class:dot--off=gone></span>{if gone { words.common.offline } else { words.common.online }}</dd>
                }))}
                {drawn(move || room.of(|chat| part_mail(&chat.attributes).0.map(str::to_owned)).flatten().map(|mail| view! {
                    <dt>{words.mail_proved}</dt><dd>{super::text::words(&mail)}</dd>
                }))}
                {drawn(move || room.of(|chat| facts(&chat.answers, &chat.customer.name, words.page, &chat.page)))}
                {drawn(move || room.of(|chat| chat.related.clone()).flatten().map(|ticket| view! {
                    <dt>{words.related}</dt>
                    <dd><a href=["/tickets/", &ticket.id].concat()>{[&ticket.number.to_string(), " · ", &ticket.subject].concat()}</a></dd>
                }))}
            </dl>
            {drawn(move || room.of(|chat| part_mail(&chat.attributes).1).filter(|all| !all.is_empty()).map(|all| said(words, all)))}
        </section>
    }
}

/// His name, which leads to all that is known of him.
pub fn see(customer: &str, name: String) -> impl IntoView + use<> {
    view! { <a href=["/people/", customer].concat()>{name}</a> }
}

/// Whether his site has proved who he is, or he that he reads the mail of an address: otherwise all of it may be
/// anybody's.
pub fn tag(words: &'static Words, verified: bool, mail: bool) -> impl IntoView {
    if mail && !verified {
        view! { <span class="tag"><Icon name="mail" small=true/>{words.mail_proved}</span> }.into_any()
    } else if verified {
        view! { <span class="tag tag--good"><Icon name="verified" small=true/>{words.verified}</span> }.into_any()
    } else {
        view! { <span class="tag" title=words.unverified_say>{words.unverified}</span> }.into_any()
    }
}

/// What his site and its page say of him; what nobody signed is marked as that.
pub fn said(words: &'static Words, all: Vec<Attribute>) -> impl IntoView {
    let one = |one: Attribute| {
        let mark =
            (!one.signed).then(|| view! { " "<span class="tag" title=words.unverified_say>{words.unverified}</span> });
        view! { <dt>{one.key}</dt><dd title=one.value.clone()>{super::text::words(&one.value)}{mark}</dd> }
    };
    view! {
        <h3 class="papers__title">{words.said_of_him}</h3>
        <dl class="facts">{all.into_iter().map(one).collect_view()}</dl>
    }
}

/// Who left an offline message: the same, from the message.
#[component]
pub fn Sender(customer: String, name: String, message: Message) -> impl IntoView {
    let words = board().words;
    view! {
        <section class="papers__part">
            <h3 class="papers__title">{words.customer}{tag(words, message.verified, false)}</h3>
            <dl class="facts">
                <dt>{words.name}</dt><dd>{see(&customer, name.clone())}</dd>
                {facts(&message.answers, &name, words.page, &message.page)}
            </dl>
        </section>
    }
}

/// What he answered and where he wrote from; his name stands above already. A consent is what was agreed
/// to, in which version.
fn facts(answers: &[Answer], name: &str, of_page: &'static str, page: &str) -> AnyView {
    let mut facts: Vec<(String, String)> = Vec::new();
    for answer in answers.iter().filter(|answer| answer.value != name) {
        let mut value = answer.value.clone();
        if !answer.version.is_empty() {
            value = [&value, " · ", &answer.version].concat();
        }
        facts.push((answer.label.clone(), value));
    }
    if !page.is_empty() {
        facts.push((of_page.into(), page.into()));
    }
    let fact = |(label, value): (String, String)| {
        let shown = super::text::words(&value);
        view! { <dt>{label}</dt><dd title=value>{shown}</dd> }
    };
    facts.into_iter().map(fact).collect_view().into_any()
}
