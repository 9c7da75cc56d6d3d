//! What happened to a ticket: saves and changes, each with who, when, and from what to what; and what was said in the
//! conversations that belong to it.

use super::board::{Board, board};
use super::clock;
use super::face::Avatar;
use super::live::{does, drawn, memo, rows};
use super::log::{Log, Side};
use super::note;
use super::room::{Reading, Room};
use domain::group::Named;
use domain::offline::Message;
use domain::ticket::{Birth, Edit, Standing};
use domain::trigger::{Deed, Failed, Sent, Triggered, Whom};
use domain::wire::Entry;
use domain::{Face, Refusal, TicketEvent};
use leptos::prelude::*;

/// Notes are for staff only.
#[component]
pub fn Since(history: RwSignal<Vec<Entry>>) -> impl IntoView {
    let board = board();
    view! {
        {rows(
            move || history.with(|all| with_chats(all)),
            |(entry, here)| [entry.seq.to_string().as_str(), if *here { "+" } else { "" }].concat(),
            move |(entry, here)| draw(board, &entry, here),
        )}
    }
}

/// What happened, and whether it brought a conversation that still belongs to the ticket.
fn with_chats(all: &[Entry]) -> Vec<(Entry, bool)> {
    let leaves = |entry: &Entry, seq: u32, chat: &String| {
        entry.seq > seq && matches!(&entry.event, TicketEvent::Unlinked { chat: gone, .. } if gone == chat)
    };
    let here = |entry: &Entry| match &entry.event {
        TicketEvent::WentOn { chat, .. } | TicketEvent::Linked { chat, .. } => {
            !all.iter().any(|later| leaves(later, entry.seq, chat))
        }
        _ => false,
    };
    all.iter().map(|entry| (entry.clone(), here(entry))).collect()
}

fn draw(board: Board, entry: &Entry, here: bool) -> Option<AnyView> {
    let words = board.words;
    let says = crate::words::ticket::of(words.common.lang);
    let hour = clock::hour(words.common.lang, entry.at);
    let when = if clock::is_same_day(entry.at, board.now.get_untracked()) {
        hour
    } else {
        [clock::day(words.common.lang, entry.at, board.now.get_untracked()).as_str(), ", ", &hour].concat()
    };
    let drawn = match &entry.event {
        TicketEvent::Born(birth) => return birth.message.as_ref().map(|message| left(board, birth, message, &when)),
        // It stands in the conversation above.
        TicketEvent::Rated(_) => return None,
        TicketEvent::WentOn { chat, number } => {
            let line = linked(chat, (words.went_on)(&number.to_string()), &when);
            let spoken = here.then(|| view! { <Spoken chat=chat.clone() number=*number/> });
            view! { {line}{spoken} }.into_any()
        }
        TicketEvent::Linked { by, chat, number } => {
            let line = linked(chat, (says.linked_by)(&by.name, &number.to_string()), &when);
            let spoken = here.then(|| view! { <Spoken chat=chat.clone() number=*number/> });
            view! { {line}{spoken} }.into_any()
        }
        TicketEvent::Unlinked { by, chat, number } => {
            linked(chat, (says.unlinked_by)(&by.name, &number.to_string()), &when)
        }
        TicketEvent::Merged { by, into } => {
            pointed(&into.id, (says.merged_by)(&by.name, &into.number.to_string()), &when)
        }
        TicketEvent::TookIn { by, other, subject, .. } => {
            let number = [&other.number.to_string(), ", ", subject].concat();
            pointed(&other.id, (says.took_in_by)(&by.name, &number), &when)
        }
        TicketEvent::Replied { by, to, text } => {
            let way = if to.is_empty() { says.shown_in_portal.to_owned() } else { (says.mailed_to)(to) };
            let about = [" · ", &way, " · ", &when].concat();
            said(&by.name, about, text, "bubble bubble--mine bubble--last")
        }
        TicketEvent::Answered { by, text, edits } => answered(board, by, text, edits, &when),
        TicketEvent::Saved { by, status, note, edits, .. } => {
            let who = by.as_ref().map_or(words.by_itself, |face| &face.name);
            let line = (words.saved_by)(who, words.common.status(*status));
            saved(board, who, line, edits, note, &when)
        }
        TicketEvent::Changed { by, note, edits, .. } => {
            let line = if edits.is_empty() { String::new() } else { (says.changed_by)(&by.name) };
            saved(board, &by.name, line, edits, note, &when)
        }
        TicketEvent::Triggered(done) => triggered(board, done, &when),
        TicketEvent::Cut { trigger, why } => {
            let acts = crate::words::trigger::of(words.common.lang);
            noticed((acts.cut)(&trigger.name, *why), &when)
        }
        TicketEvent::Undelivered { trigger, host, tries } => {
            let acts = crate::words::trigger::of(words.common.lang);
            noticed((acts.undelivered)(&trigger.name, host, *tries), &when)
        }
        TicketEvent::Returned { to, tries } => noticed((says.returned)(to, *tries), &when),
    };
    Some(drawn)
}

fn saved(board: Board, who: &str, line: String, edits: &[Edit], note: &str, when: &str) -> AnyView {
    let words = board.words;
    let note = (!note.is_empty()).then(|| {
        let about = [" · ", words.note_mark, " · ", when].concat();
        said(who, about, note, "bubble bubble--aside bubble--last")
    });
    let said = (!line.is_empty()).then(|| view! { <p class="notice">{[&line, " · ", when].concat()}</p> });
    let changes = edits.iter().map(|edit| view! { <p class="notice notice--part">{told(board, edit)}</p> });
    view! { {said}{changes.collect_view()}{note} }.into_any()
}

fn noticed(line: String, when: &str) -> AnyView {
    view! { <p class="notice">{[&line, " · ", when].concat()}</p> }.into_any()
}

/// What a trigger did, under its name; what it wrote to the customer, as he got it.
fn triggered(board: Board, done: &Triggered, when: &str) -> AnyView {
    let acts = crate::words::trigger::of(board.words.common.lang);
    let wrote = done.sent.iter().find_map(|sent| match sent {
        Sent::Mail { to: Whom::Customer, subject, text } => {
            let about = [" · ", &(acts.mailed)(Whom::Customer, subject), " · ", when].concat();
            Some(said(&done.trigger.name, about, text, "bubble bubble--mine bubble--last"))
        }
        _ => None,
    });
    let parts = outcome(board, done).into_iter().map(|line| view! { <p class="notice notice--part">{line}</p> });
    view! { {noticed((acts.ran)(&done.trigger.name), when)}{parts.collect_view()}{wrote} }.into_any()
}

/// What it changed, what it sent, and what it could not do: a line each.
pub fn outcome(board: Board, done: &Triggered) -> Vec<String> {
    let acts = crate::words::trigger::of(board.words.common.lang);
    let mut lines: Vec<String> = done.edits.iter().map(|edit| told(board, edit)).collect();
    lines.extend(done.sent.iter().map(|sent| match sent {
        Sent::Mail { to, subject, .. } => (acts.mailed)(*to, subject),
        Sent::Webhook { host } => (acts.posted)(host),
    }));
    lines.extend(done.failed.iter().map(|Failed { what, why }| {
        let why = match (what, why) {
            (Deed::Mail(_), Refusal::NotAsked) => acts.no_mail_here.to_owned(),
            (_, why) => board.words.common.refusal(why),
        };
        [&(acts.failed)(what), ": ", &why].concat()
    }));
    lines
}

/// `Estado: Nuevo → Parado`.
fn told(board: Board, edit: &Edit) -> String {
    let words = board.words;
    let says = crate::words::ticket::of(words.common.lang);
    let some = |text: &str| if text.is_empty() { "–".to_owned() } else { text.to_owned() };
    let name = |face: &Option<Face>| face.as_ref().map_or(words.nobody.to_owned(), |face| face.name.clone());
    let value = |text: &str| match text {
        "yes" => says.yes.to_owned(),
        "no" => says.no.to_owned(),
        text => some(text),
    };
    let (what, from, to): (&str, String, String) = match edit {
        Edit::Subject { from, to } => (words.subject, from.clone(), to.clone()),
        Edit::Status { from, to } => (words.status, standing(board, from), standing(board, to)),
        Edit::Group { from, to } => (words.group, from.name.clone(), to.name.clone()),
        Edit::Owner { from, to } => (words.owner, name(from), name(to)),
        Edit::Tags { from, to } => (says.tags, some(&from.join(", ")), some(&to.join(", "))),
        Edit::Field { label, from, to, .. } => (label, value(from), value(to)),
    };
    [what, ": ", &from, " → ", &to].concat()
}

fn standing(board: Board, standing: &Standing) -> String {
    let name = standing.own.as_ref().map_or(board.words.common.status(standing.base), |own| &own.name);
    if standing.reason.is_empty() { name.to_owned() } else { [name, " (", &standing.reason, ")"].concat() }
}

fn said(who: &str, about: String, text: &str, bubble: &'static str) -> AnyView {
    view! {
        <div class="log__turn log__turn--mine">
            <p class="log__who"><b>{who.to_owned()}</b>{about}</p>
            <p dir="auto" class=bubble>{super::text::words(text)}</p>
        </div>
    }
    .into_any()
}

/// What its customer wrote, through the portal, and what that led to.
fn answered(board: Board, by: &Named, text: &str, edits: &[Edit], when: &str) -> AnyView {
    let says = crate::words::ticket::of(board.words.common.lang);
    let name = if by.name.is_empty() { board.words.common.customer } else { &by.name };
    let face = Face { id: by.id.clone(), name: name.into() };
    let about = [" · ", says.through_portal, " · ", when].concat();
    let changes = edits.iter().map(|edit| view! { <p class="notice notice--part">{told(board, edit)}</p> });
    view! {
        <div class="log__turn">
            <Avatar face=face.clone()/>
            <p class="log__who"><b>{face.name}</b>{about}</p>
            <p dir="auto" class="bubble bubble--last">{super::text::words(text)}</p>
        </div>
        {changes.collect_view()}
    }
    .into_any()
}

/// What was said in another conversation, once somebody unfolds it. Whoever may not read it sees that there is one.
#[component]
fn Spoken(chat: String, number: i64) -> impl IntoView {
    let board = board();
    let says = crate::words::ticket::of(board.words.common.lang);
    let number = number.to_string();
    let (chat, label) = (StoredValue::new(chat), StoredValue::new((says.conversation_number)(&number)));
    let presses = RwSignal::new(0_u32);
    let unfolded = memo(move |_| presses.get() > 0);
    // What happens to the ticket is read aloud around it; this was said long ago.
    view! {
        <details class="log__linked" aria-live="off">
            <summary on:click=does(move |_: web_sys::MouseEvent| presses.update(|presses| *presses += 1))>{(says.said_in)(&number)}</summary>
            {drawn(move || unfolded.get().then(|| view! { <Unfolded chat=chat.get_value() label=label.get_value() presses=presses/> }))}
        </details>
    }
}

#[component]
fn Unfolded(chat: String, label: String, presses: RwSignal<u32>) -> impl IntoView {
    let board = board();
    let room = Room::new(&chat);
    // As long as it was not read: whenever it is unfolded again, and when the line is back.
    Effect::new(move || {
        presses.track();
        board.round.track();
        if room.reading.get_untracked() != Reading::Ready {
            room.read_only(board);
        }
    });
    drawn(move || match room.reading.get() {
        Reading::First => view! { <p class="notice" role="status">{board.words.loading}</p> }.into_any(),
        Reading::Failed(failure) => {
            view! { <p class="notice" role="status">{note::why(board.words, &failure)}</p> }.into_any()
        }
        Reading::Ready => view! { <Log room=room side=Side::Linked label=label.clone()/> }.into_any(),
    })
}

/// Another conversation about it (Q6), told by its number; where it stands itself is one press away.
fn linked(chat: &str, line: String, when: &str) -> AnyView {
    view! { <p class="notice"><a href=["/chat/", chat].concat()>{line}</a>{[" · ", when].concat()}</p> }.into_any()
}

fn pointed(ticket: &str, line: String, when: &str) -> AnyView {
    view! { <p class="notice"><a href=["/tickets/", ticket].concat()>{line}</a>{[" · ", when].concat()}</p> }.into_any()
}

/// The offline message it was opened with.
fn left(board: Board, birth: &Birth, message: &Message, when: &str) -> AnyView {
    let name = board.words.common.name(&birth.customer.name, birth.number);
    let face = Face { id: birth.customer.id.clone(), name };
    let about = [" · ", board.words.common.via(birth.via), " · ", when].concat();
    view! {
        <div class="log__turn">
            <Avatar face=face.clone() customer=true/>
            <p class="log__who"><b>{face.name}</b>{about}</p>
            <p class="bubble bubble--last">{super::text::words(&message.text)}</p>
        </div>
    }
    .into_any()
}
