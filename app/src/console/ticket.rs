//! A ticket: its transcript, what was noted since, and its fields.

use super::board::{Board, board};
use super::browser;
use super::clock;
use super::icon::Icon;
use super::live::{does, drawn, live, memo, rows, waits};
use super::log::{Log, Side};
use super::note::{self, Kind};
use super::papers::{Customer, Sender};
use super::room::{Reading, Room};
use super::ticket_form::{self, Fields, Form, Pick};
use super::ticket_history::Since;
use super::ticket_options::Options;
use super::ticket_reply::Reply;
use super::wish::Wish;
use crate::doors::ticket as door;
use domain::offline::Message;
use domain::ticket::Linked;
use domain::wire::Entry;
use domain::{Status, Ticket, TicketAct, TicketEvent};
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
pub fn Paper(id: String, back: Signal<String>) -> impl IntoView {
    let board = board();
    let words = board.words;
    let id = StoredValue::new(id);
    let ticket = RwSignal::new(None::<Ticket>);
    let history = RwSignal::new(Vec::<Entry>::new());
    let address = RwSignal::new(None::<String>);
    let portal = RwSignal::new(false);
    let failed = RwSignal::new(None::<String>);
    let read = move || {
        spawn_local(async move {
            match door::read_ticket(id.get_value()).await {
                Ok(paper) => {
                    failed.try_set(None);
                    history.try_set(paper.history);
                    address.try_set(paper.address);
                    portal.try_set(paper.portal);
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
    // Read again and well again is no news: what is being written here would be drawn anew, and lost.
    let failed = memo(move |_| failed.get());
    drawn(move || {
        match (known.get(), failed.get()) {
        (true, _) => view! { <Whole ticket=ticket history=history address=address portal=portal back=back/> }.into_any(),
        (false, Some(why)) => view! { <div class="middle"><div class="empty" role="alert"><p>{why}</p></div></div> }.into_any(),
        (false, None) => view! { <section class="room room--paper" aria-busy="true"><p class="visually-hidden" role="status">{words.loading}</p></section> }.into_any(),
    }
    })
}

#[component]
fn Whole(
    ticket: RwSignal<Option<Ticket>>,
    history: RwSignal<Vec<Entry>>,
    address: RwSignal<Option<String>>,
    portal: RwSignal<bool>,
    back: Signal<String>,
) -> impl IntoView {
    let board = board();
    let words = board.words;
    let says = crate::words::ticket::of(words.common.lang);
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
    // What is noted in it is read here as well.
    Effect::new(move || {
        let read = room.get().filter(|room| room.reading.get() == Reading::Ready);
        board.reads.set(read.map(|room| room.chat()));
    });
    on_cleanup(move || drop(board.reads.try_set(None)));
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
    let merged = memo(move |_| ticket.with(|t| t.as_ref().and_then(|t| t.merged.clone())));
    let saving = RwSignal::new(false);
    view! {
        <section class="room room--paper">
            <header class="talk__head">
                <a class="button button--bare button--icon only-narrow" href=live(move || back.get()) aria-label=words.back_to_list><Icon name="back"/></a>
                <div class="talk__who">
                    <h2 class="talk__name"><span>{live(of(|t| t.subject.clone()))}</span></h2>
                    <p class="talk__about">{live(about)}</p>
                </div>
                <div class="talk__tools">
                    <Options ticket=ticket/>
                    <button class="button button--act button--s" type="submit" form="ticket-form" hidden=live(move || merged.get().is_some()) aria-disabled=waits(saving)>{live(move || if saving.get() { words.saving } else { words.save })}</button>
                </div>
            </header>
            <div class="room__body room__body--narrow">
                <section class="talk" aria-label=live(move || (words.conversation_with)(&name()))>
                    {drawn(move || match room.get() {
                        Some(room) => view! { <Story room=room history=history/> }.into_any(),
                        None => view! { <div class="talk__log talk__log--top"><div class="log"><Since history=history/></div></div> }.into_any(),
                    })}
                    {drawn(move || match merged.get() {
                        Some(into) => view! {
                            <p class="talk__done"><span>{(says.merged_into)(&into.number.to_string())}" "<a href=["/tickets/", &into.id].concat()>{words.see_ticket}</a></span></p>
                        }.into_any(),
                        None => view! { <Reply ticket=ticket address=address portal=portal/> }.into_any(),
                    })}
                </section>
                <aside class="papers" aria-label=words.papers>
                    <Sheet ticket=ticket saving=saving/>
                    {drawn(move || room.get().map(|room| view! { <Customer room=room/> }))}
                    {drawn(move || message.get().map(|message| view! { <Sender customer=of(|t| t.customer.id.clone())() name=name() message=message/> }))}
                    <Chats ticket=ticket/>
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

/// What can be changed of it.
#[component]
fn Sheet(ticket: RwSignal<Option<Ticket>>, saving: RwSignal<bool>) -> impl IntoView {
    let board = board();
    let words = board.words;
    let says = crate::words::ticket::of(words.common.lang);
    ticket_form::fetch(board);
    let Some(start) = ticket.get_untracked() else { return ().into_any() };
    let pick = Pick::of(&start);
    let kept = start.id.clone();
    let form = Form::new(start, pick, Some(kept));
    let wish = Wish::new();
    Effect::new(move || {
        if let Some(now) = ticket.get() {
            form.follow(&now);
        }
    });
    let saved = move || ticket.with(|t| t.as_ref().is_some_and(Ticket::is_saved));
    let gone = memo(move |_| ticket.with(|t| t.as_ref().is_some_and(|t| t.merged.is_some())));
    let changed = memo(move |_| !form.changes().is_empty());
    let save = move || {
        let Some(now) = ticket.get_untracked().filter(|_| !saving.get_untracked()) else { return };
        saving.set(true);
        let act = TicketAct::Save { changes: untrack(|| form.changes()), note: String::new() };
        let id = wish.id_of(&act);
        spawn_local(async move {
            let answer = door::save_ticket(now.id, id, act).await;
            saving.try_set(false);
            wish.answered(answer.as_ref().err());
            match answer {
                Ok(now) => {
                    ticket_form::forget(&now.id);
                    form.accept();
                    board.note(Kind::Plain, (words.saved_as)(&now.number.to_string(), called(board, &now)));
                    board.keep(now);
                }
                Err(failure) => form.refuse(board, failure),
            }
        });
    };
    view! {
        <section class="papers__part">
            <h3 class="papers__title">{words.ticket}<span class="tag tag--wait" hidden=live(saved)>{words.to_save}</span></h3>
            <form id="ticket-form" on:submit=does(move |event: web_sys::SubmitEvent| { event.prevent_default(); save() })>
                <fieldset class="papers__fields" disabled=live(move || gone.get())><Fields form=form status=true/></fieldset>
                <button class="button button--bare button--s" type="button" hidden=live(move || gone.get() || !changed.get()) on:click=does(move |_| form.discard())>{says.discard}</button>
            </form>
        </section>
    }
    .into_any()
}

/// What its status is called here: the house's own name, or the base's.
pub fn called(board: Board, ticket: &Ticket) -> &str {
    ticket.own.as_ref().map_or(board.words.common.status(ticket.status), |own| &own.name)
}

/// The other conversations that belong to it; what was linked by hand can be unlinked.
#[component]
fn Chats(ticket: RwSignal<Option<Ticket>>) -> impl IntoView {
    let board = board();
    let words = board.words;
    let says = crate::words::ticket::of(words.common.lang);
    let all = memo(move |_| ticket.with(|t| t.as_ref().map(|t| t.chats.clone()).unwrap_or_default()));
    let unlink = move |chat: String| {
        let Some(here) = ticket.get_untracked() else { return };
        spawn_local(async move {
            match door::save_ticket(here.id, browser::new_id(), TicketAct::Unlink { chat }).await {
                Ok(now) => board.keep(now),
                Err(failure) => board.fail(failure),
            }
        });
    };
    let draw = move |linked: Linked| {
        let (number, chat) = (linked.number.to_string(), linked.chat.clone());
        let label = (says.unlink)(&number);
        let off = linked.by_hand.then(|| view! {
            <button class="button button--bare button--icon button--s push" type="button" aria-label=label.clone() title=label on:click=does(move |_| unlink(chat.clone()))><Icon name="x" small=true/></button>
        });
        view! { <li class="papers__chat"><Icon name="chat" small=true/><a href=["/chat/", &linked.chat].concat()>{(says.conversation_number)(&number)}</a>{off}</li> }
    };
    view! {
        <section class="papers__part" hidden=live(move || all.with(Vec::is_empty))>
            <h3 class="papers__title">{says.other_chats}</h3>
            <ul class="papers__chats">{rows(move || all.get(), |linked: &Linked| linked.chat.clone(), draw)}</ul>
        </section>
    }
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
