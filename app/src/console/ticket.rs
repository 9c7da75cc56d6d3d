//! A ticket: its transcript, what was noted since, and its fields.

use super::board::{Board, board};
use super::browser;
use super::clock;
use super::face::Avatar;
use super::icon::Icon;
use super::live::{does, drawn, live, memo, rows};
use super::log::{Log, Side};
use super::note::{self, Kind};
use super::papers::{Customer, Sender};
use super::room::{Reading, Room};
use crate::doors::ticket as door;
use domain::offline::Message;
use domain::ticket::{Birth, NOTE_LIMIT, SUBJECT_LIMIT};
use domain::wire::{Entry, Filter};
use domain::{Face, Status, Ticket, TicketAct, TicketEvent};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The class of a status's dot; its word stands beside it.
pub fn dot(status: Status) -> &'static str {
    match status {
        Status::New | Status::Closed => "dot dot--off",
        Status::InAttendance => "dot dot--work",
        Status::Stopped => "dot dot--wait",
        Status::Resolved => "dot",
        Status::Canceled => "dot dot--bad",
    }
}

/// A ticket in the list's other half.
#[component]
pub fn Paper(id: String, filter: Memo<Filter>) -> impl IntoView {
    let board = board();
    let words = board.words;
    let id = StoredValue::new(id);
    let ticket = RwSignal::new(None::<Ticket>);
    let history = RwSignal::new(Vec::<Entry>::new());
    let failed = RwSignal::new(None::<String>);
    let read = move || {
        spawn_local(async move {
            match door::read_ticket(id.get_value()).await {
                Ok(paper) => {
                    failed.try_set(None);
                    history.try_set(paper.history);
                    ticket.try_set(Some(paper.ticket));
                }
                Err(failure) => {
                    failed.try_set(Some(note::why(words, &failure)));
                }
            }
        });
    };
    // At first, and after the line was down; then whenever somebody changes it, here or elsewhere.
    Effect::new(move || {
        board.round.track();
        read();
    });
    Effect::new(move |before: Option<()>| {
        let changed = board.changed.with(|t| t.as_ref().is_some_and(|t| id.with_value(|id| *id == t.id)));
        if changed && before.is_some() {
            read();
        }
    });
    let known = memo(move |_| ticket.with(Option::is_some));
    drawn(move || {
        match (known.get(), failed.get()) {
        (true, _) => view! { <Whole ticket=ticket history=history filter=filter/> }.into_any(),
        (false, Some(why)) => view! { <div class="middle"><div class="empty" role="alert"><p>{why}</p></div></div> }.into_any(),
        (false, None) => view! { <section class="room room--paper" aria-busy="true"><p class="visually-hidden" role="status">{words.loading}</p></section> }.into_any(),
    }
    })
}

#[component]
fn Whole(ticket: RwSignal<Option<Ticket>>, history: RwSignal<Vec<Entry>>, filter: Memo<Filter>) -> impl IntoView {
    let board = board();
    let words = board.words;
    let of = move |what: fn(&Ticket) -> String| move || ticket.with(|t| t.as_ref().map(what)).unwrap_or_default();
    let name =
        move || ticket.with(|t| t.as_ref().map(|t| words.common.name(&t.customer.name, t.number))).unwrap_or_default();
    // The transcript is read for this view alone: it opens no tab.
    let room = memo(move |_| ticket.with(|t| t.as_ref().and_then(|t| t.chat.clone())));
    let room = memo(move |_| room.get().map(|chat| Room::new(&chat)));
    // Again whenever the ticket changes: its customer may have rated the conversation.
    Effect::new(move || {
        ticket.track();
        if let Some(room) = room.get() {
            room.read_only(board);
        }
    });
    let message = memo(move |_| history.with(|all| all.iter().find_map(message)));
    let about = move || {
        ticket.with(|t| {
            t.as_ref().map(|t| {
                let day = clock::day(words.common.lang, t.created_at, board.now.get_untracked());
                [
                    (words.opened_by)(&t.number.to_string(), &words.common.name(&t.customer.name, t.number), &day)
                        .as_str(),
                    " · ",
                    words.common.via(t.via),
                ]
                .concat()
            })
        })
    };
    view! {
        <section class="room room--paper">
            <header class="talk__head">
                <a class="button button--bare button--icon only-narrow" href=live(move || ["/tickets?filter=", filter.get().word()].concat()) aria-label=words.back_to_list><Icon name="back"/></a>
                <div class="talk__who">
                    <h2 class="talk__name"><span>{live(of(|t| t.subject.clone()))}</span></h2>
                    <p class="talk__about">{live(about)}</p>
                </div>
            </header>
            <div class="room__body room__body--narrow">
                <section class="talk" aria-label=live(move || (words.conversation_with)(&name()))>
                    {drawn(move || match room.get() {
                        Some(room) => view! { <Story room=room history=history/> }.into_any(),
                        None => view! { <div class="talk__log talk__log--top"><Since history=history/></div> }.into_any(),
                    })}
                </section>
                <aside class="papers" aria-label=words.papers>
                    {drawn(move || room.get().map(|room| view! { <Customer room=room/> }))}
                    {drawn(move || message.get().map(|message| view! { <Sender name=name() message=message/> }))}
                    <Fields ticket=ticket/>
                    {drawn(move || room.get().map(|room| view! { <TheChat room=room/> }))}
                </aside>
            </div>
        </section>
    }
}

fn message(entry: &Entry) -> Option<Message> {
    if let TicketEvent::Born(birth) = &entry.event { birth.message.clone() } else { None }
}

/// The conversation, and what happened to the ticket after it.
#[component]
fn Story(room: Room, history: RwSignal<Vec<Entry>>) -> impl IntoView {
    let board = board();
    let failed = move || match room.reading.get() {
        Reading::Failed(failure) => Some(note::why(board.words, &failure)),
        Reading::First | Reading::Ready => None,
    };
    view! {
        {drawn(move || failed().map(|why| view! { <p class="banner banner--bad" role="alert"><span class="banner__text">{why}</span></p> }))}
        <Log room=room side=Side::House><Since history=history/></Log>
    }
}

/// Saves and changes, each with who and when; notes are for staff only.
#[component]
fn Since(history: RwSignal<Vec<Entry>>) -> impl IntoView {
    let board = board();
    view! {
        {rows(move || history.get(), |entry| entry.seq.to_string(), move |entry| draw(board, &entry))}
    }
}

fn draw(board: Board, entry: &Entry) -> Option<AnyView> {
    let words = board.words;
    let hour = clock::hour(words.common.lang, entry.at);
    let when = if clock::is_same_day(entry.at, board.now.get_untracked()) {
        hour
    } else {
        [clock::day(words.common.lang, entry.at, board.now.get_untracked()).as_str(), ", ", &hour].concat()
    };
    let (by, status, note): (Option<&Face>, Status, &str) = match &entry.event {
        TicketEvent::Born(birth) => return birth.message.as_ref().map(|message| left(board, birth, message, &when)),
        // It stands in the conversation above.
        TicketEvent::Rated(_) => return None,
        TicketEvent::WentOn { chat, number } => return Some(went_on(board, chat, *number, &when)),
        TicketEvent::Saved { by, status, note, .. } => (by.as_ref(), *status, note),
        TicketEvent::Changed { by, status, note, .. } => (Some(by), *status, note),
    };
    let who = by.map_or_else(|| words.by_itself.to_owned(), |face| face.name.clone());
    let line = [(words.saved_by)(&who, words.common.status(status)).as_str(), " · ", &when].concat();
    let note = (!note.is_empty()).then(|| {
        view! {
            <div class="log__turn log__turn--mine">
                <p class="log__who"><b>{who.clone()}</b>{[" · ", words.note_mark, " · ", &when].concat()}</p>
                <p dir="auto" class="bubble bubble--aside bubble--last">{super::text::words(note)}</p>
            </div>
        }
    });
    Some(view! { <p class="notice">{line}</p>{note} }.into_any())
}

/// Another conversation about it (Q6), told by its number; its words are one press away.
fn went_on(board: Board, chat: &str, number: i64, when: &str) -> AnyView {
    let words = board.words;
    view! {
        <p class="notice"><a href=["/chat/", chat].concat()>{(words.went_on)(&number.to_string())}</a>{[" · ", when].concat()}</p>
    }
    .into_any()
}

/// The offline message it was opened with.
fn left(board: Board, birth: &Birth, message: &Message, when: &str) -> AnyView {
    let name = board.words.common.name(&birth.customer.name, birth.number);
    let face = Face { id: birth.customer.id.clone(), name };
    let about = [" · ", board.words.common.via(birth.via), " · ", when].concat();
    view! {
        <div class="log__turn">
            <Avatar face=face.clone()/>
            <p class="log__who"><b>{face.name}</b>{about}</p>
            <p class="bubble bubble--last">{super::text::words(&message.text)}</p>
        </div>
    }
    .into_any()
}

/// What can be changed of it.
#[component]
fn Fields(ticket: RwSignal<Option<Ticket>>) -> impl IntoView {
    let board = board();
    let words = board.words;
    let start = ticket.get_untracked();
    let subject = RwSignal::new(start.as_ref().map_or(String::new(), |t| t.subject.clone()));
    let status = RwSignal::new(start.as_ref().map_or(Status::New, |t| t.status));
    let note = RwSignal::new(String::new());
    let saving = RwSignal::new(false);
    let wish = StoredValue::new(browser::new_id());
    // Changed elsewhere: what is not being edited here follows.
    Effect::new(move |before: Option<Option<Ticket>>| {
        let now = ticket.get();
        if let (Some(Some(before)), Some(now)) = (before, &now) {
            if subject.get_untracked() == before.subject {
                subject.set(now.subject.clone());
            }
            if status.get_untracked() == before.status {
                status.set(now.status);
            }
        }
        now
    });
    let saved = move || ticket.with(|t| t.as_ref().is_some_and(Ticket::is_saved));
    let dirty = move || {
        !note.with(|n| n.trim().is_empty())
            || ticket.with(|t| t.as_ref().is_some_and(|t| t.subject != subject.get() || t.status != status.get()))
    };
    let ready = move || (dirty() || !saved()) && !saving.get() && !subject.with(|s| s.trim().is_empty());
    let save = move || {
        let Some(now) = ticket.get_untracked().filter(|_| untrack(ready)) else { return };
        saving.set(true);
        let id = wish.get_value();
        let act = TicketAct::Save {
            subject: subject.get_untracked(),
            status: status.get_untracked(),
            note: note.get_untracked(),
        };
        spawn_local(async move {
            let answer = door::save_ticket(now.id, id, act).await;
            saving.try_set(false);
            match answer {
                Ok(now) => {
                    wish.try_set_value(browser::new_id());
                    note.try_set(String::new());
                    subject.try_set(now.subject.clone());
                    board.note(Kind::Plain, (words.saved_as)(&now.number.to_string(), words.common.status(now.status)));
                    board.keep(now);
                }
                Err(failure) => board.fail(failure),
            }
        });
    };
    let owner = move || {
        ticket
            .with(|t| t.as_ref().and_then(|t| t.owner.as_ref().map(|o| o.name.clone())))
            .unwrap_or_else(|| words.nobody.into())
    };
    view! {
        <section class="papers__part">
            <h3 class="papers__title">{words.ticket}<span class="tag tag--wait" hidden=live(saved)>{words.to_save}</span></h3>
            <form class="papers__fields" on:submit=does(move |event: web_sys::SubmitEvent| { event.prevent_default(); save() })>
                <label class="field">
                    <span class="field__label">{words.subject}</span>
                    <input class="field__box" type="text" required maxlength=SUBJECT_LIMIT.to_string() prop:value=live(move || subject.get()) on:input=does(move |event| subject.set(event_target_value(&event)))/>
                </label>
                <label class="field">
                    <span class="field__label">{words.status}</span>
                    <select class="field__box" on:change=does(move |event| if let Some(chosen) = chosen(&event_target_value(&event)) { status.set(chosen) })>
                        {Status::ALL.iter().enumerate().map(|(n, this)| view! {
                            <option value=n.to_string() prop:selected=live(move || status.get() == *this)>{words.common.status(*this)}</option>
                        }).collect_view()}
                    </select>
                </label>
                <div class="field field--locked"><span class="field__label">{words.owner}</span><span>{live(owner)}</span></div>
                <label class="field">
                    <span class="field__label">{words.internal_note}" "<span class="field__hint">{words.internal_note_hint}</span></span>
                    <textarea class="field__box" maxlength=NOTE_LIMIT.to_string() prop:value=live(move || note.get()) on:input=does(move |event| note.set(event_target_value(&event)))></textarea>
                </label>
                <button class="button button--act" type="submit" disabled=live(move || !ready())>{live(move || if saving.get() { words.saving } else { words.save })}</button>
            </form>
        </section>
    }
}

fn chosen(value: &str) -> Option<Status> {
    Status::ALL.get(value.parse::<usize>().ok()?).copied()
}

/// What the chat was.
#[component]
fn TheChat(room: Room) -> impl IntoView {
    let words = board().words;
    let length = move |what: fn(&domain::Chat) -> Option<domain::Span>| {
        live(move || room.of(what).flatten().map_or_else(|| "–".into(), clock::elapsed))
    };
    view! {
        <section class="papers__part">
            <h3 class="papers__title">{words.the_chat}</h3>
            <dl class="facts facts--narrow">
                {drawn(move || room.of(|c| c.rated.clone()).flatten().map(|rated| view! {
                    <dt>{words.rating}</dt><dd>{(words.score)(rated.rating.score)}</dd>
                }))}
                <dt>{words.application}</dt><dd>{live(move || room.of(|c| c.application.name.clone()))}</dd>
                <dt>{words.group}</dt><dd>{live(move || room.of(|c| c.group.name.clone()))}</dd>
                <dt>{words.waited_for}</dt><dd>{length(|c| c.attended_at.or(c.ended_at).map(|at| at - c.queued_at))}</dd>
                <dt>{words.lasted_for}</dt><dd>{length(|c| c.ended_at.zip(c.attended_at).map(|(end, at)| end - at))}</dd>
            </dl>
        </section>
    }
}
