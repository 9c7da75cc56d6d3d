//! A conversation that is open, with its papers to the right: a part of its own, since the queue is there
//! before anybody opens one.

use super::ask::Ask;
use super::board::{Board, board};
use super::browser;
use super::chat::Open;
use super::clock;
use super::composer::Composer;
use super::icon::Icon;
use super::intervene::{Asked, Intervene, Step, tell};
use super::live::{derived, does, drawn, live, memo};
use super::log::{Log, Side};
use super::papers::Papers;
use super::queue;
use super::room::Room;
use super::tabs;
use super::targets::{Invite, Redirect};
use super::ticket::called;
use crate::words::intervene;
use ::line::upload;
use domain::{Act, Chat, Stage, Target};
use leptos::prelude::*;
use leptos::task::spawn_local;
use web_sys::DragEvent;

/// Which of the two is shown where there is no room for both.
#[derive(Clone, Copy)]
struct Narrow(RwSignal<bool>);

/// The conversation that is open, and its papers.
#[component]
pub fn Talk() -> impl IntoView {
    let Open(room) = expect_context();
    let papers = RwSignal::new(false);
    provide_context(Narrow(papers));
    view! {
        <div class="room__body" class:room__body--talk=live(move || !papers.get()) class:room__body--papers=live(move || papers.get())>
            <Conversation room=room/>
            <Papers room=room back=Callback::new(move |()| papers.set(false))/>
        </div>
    }
}

/// Head, what to know of the connection, the log, and where one writes.
#[component]
fn Conversation(room: Room) -> impl IntoView {
    let board = board();
    let words = board.words;
    let name = memo(move |_| room.of(|chat| words.common.name(&chat.customer.name, chat.number)).unwrap_or_default());
    let gone = memo(move |_| room.of(|chat| chat.gone_since.filter(|_| !chat.is_over())).flatten());
    let over = memo(move |_| room.is_over());
    let inside = memo(move |_| room.is_running_with(&board.my_id()));
    // Who looks on and enters goes on in the same box.
    let writes = memo(move |_| inside.get() || room.watching.get());
    let over_it = RwSignal::new(false);
    // Left to the browser, a file would be opened in place of the console.
    let carried = move |event: DragEvent| {
        if !upload::carries(&event) {
            return;
        }
        event.prevent_default();
        let kind = event.type_();
        over_it.set(kind == "dragover" && untrack(|| room.takes_files(board)));
        if kind == "drop" {
            room.attach(board, &event);
        }
    };
    view! {
        <section class="talk" aria-label=live(move || (words.conversation_with)(&name.get()))
            on:dragover=does(carried) on:dragleave=does(carried) on:drop=does(carried)>
            <Head room=room name=name inside=inside/>
            <p class="banner banner--wait" role="status" hidden=live(move || gone.get().is_none())>
                <Icon name="offline" small=true/>
                <span class="banner__text">{live(move || gone.get().map(|since| (words.customer_gone_since)(&clock::hour_and_second(words.common.lang, since))))}</span>
            </p>
            <Log room=room side=Side::Mine/>
            {drawn(move || match (over.get(), writes.get()) {
                (true, _) => view! { <Done room=room/> }.into_any(),
                (false, true) => view! { <Composer room=room name=name/> }.into_any(),
                (false, false) => view! { <p class="talk__done">{words.not_inside}</p> }.into_any(),
            })}
            <p class="drop" hidden=live(move || !over_it.get())><Icon name="clip"/>{words.drop_here}</p>
        </section>
    }
}

#[component]
fn Head(room: Room, name: Memo<String>, inside: Memo<bool>) -> impl IntoView {
    let board = board();
    let words = board.words;
    let Narrow(papers) = expect_context();
    let stage = memo(move |_| room.of(|chat| chat.stage));
    let seat = memo(move |_| room.of(|chat| chat.group.id.clone()).map(|group| board.seat(&group)));
    let administers = move || seat.with(|s| s.as_ref().is_some_and(|s| s.administrator));
    let attends = move || seat.with(|s| s.as_ref().is_some_and(|s| s.attendant));
    let invited = memo(move |_| room.of(|chat| chat.is_invited(&board.my_id())).unwrap_or(false));
    let several = memo(move |_| room.of(|chat| chat.agents.len() > 1).unwrap_or(false));
    let waits = move || stage.get() == Some(Stage::Waiting);
    let talks = move || stage.get() == Some(Stage::Attending);
    let asked = RwSignal::new(None::<Asked>);
    let ask = move |inside: bool| {
        let me = board.my_id();
        let about = |chat: &Chat| Asked {
            chat: room.chat(),
            customer: name.get_untracked(),
            agents: chat.agents.iter().filter(|a| a.face.id != me).map(|a| a.face.name.clone()).collect(),
            held: chat.held(),
            inside,
        };
        asked.set(untrack(|| room.of(about)));
    };
    let take = intervene::of(words.common.lang).take;
    // Who administers and has gone in answers beside whoever has it, until he takes it over.
    let beside = memo(move |_| {
        let me = board.my_id();
        room.of(|chat| !chat.is_inner() && chat.is_inside(&me) && chat.held() != Target::Agent(me.clone()))
            .unwrap_or(false)
    });
    let enter = move |_| {
        // Who was invited is expected.
        if invited.get_untracked() {
            return room.wish(board, Act::Join);
        }
        ask(false);
    };
    let go_in = move |(asked, step): (Asked, Step)| {
        spawn_local(async move {
            match room.wish_now(board, asked.act(board, step)).await {
                Ok(_) => {
                    tell(board, &asked, step);
                    browser::hold_focus(".talk .composer__text, .talk__name");
                }
                Err(failure) => board.fail(failure),
            }
        });
    };
    view! {
        <header class="talk__head">
            <a class="button button--bare button--icon only-phone" href="/chat" aria-label=words.back_to_queue><Icon name="back"/></a>
            <div class="talk__who">
                <h2 class="talk__name">
                    <span>{live(move || name.get())}</span>
                    {drawn(move || room.of(|chat| chat.verified).unwrap_or(false).then(|| view! { <Icon name="verified" small=true/><span class="visually-hidden">{words.verified}</span> }))}
                </h2>
                <p class="talk__about" title=live(move || about(board, room))>{live(move || about(board, room))}</p>
            </div>
            <div class="talk__tools">
                <button class="button button--s only-narrow" type="button" on:click=does(move |_| papers.set(true))><Icon name="ticket" small=true/><span>{words.ticket}</span></button>
                {drawn(move || inside.get().then(|| view! { <Invite room=room/> }))}
                {drawn(move || (inside.get() || administers() && (waits() || talks())).then(|| view! { <Redirect room=room/> }))}
                <button class="button button--s" type="button" aria-haspopup=live(move || (!invited.get()).then_some("dialog")) hidden=live(move || inside.get() || !talks() || !(administers() || invited.get())) on:click=does(enter)>
                    <Icon name="enter" small=true/><span>{live(move || if invited.get() { words.enter_talk } else { words.intervene })}</span>
                </button>
                <button
                    class="button button--bare button--icon button--s" type="button" aria-label=take title=take aria-haspopup="dialog"
                    hidden=live(move || !(beside.get() && talks() && administers())) on:click=does(move |_| ask(true))
                >
                    <Icon name="swap"/>
                </button>
                <Intervene asked=asked act=Callback::new(go_in)/>
                <button class="button button--s" type="button" hidden=live(move || inside.get() || !invited.get()) on:click=does(move |_| tabs::leave(board, room, Act::Decline, true))>{words.decline}</button>
                <button class="button button--s" type="button" title=words.part_say hidden=live(move || !(inside.get() && talks() && several.get())) on:click=does(move |_| tabs::leave(board, room, Act::Part, true))>{words.part}</button>
                <Ask class="button button--s" label=words.remove question=words.remove_ask say=words.remove_say
                    hidden=derived(move || !waits()) sure=true act=Callback::new(move |_| room.wish(board, Act::Remove))/>
                <button class="button button--s button--act" type="button" hidden=live(move || !(waits() && attends())) on:click=does(move |_| queue::attend(board, room.chat()))>{words.attend}</button>
                <Ask class="button button--s" label=words.finish question=words.finish_ask say=words.finish_say
                    hidden=derived(move || !inside.get()) sure=true act=Callback::new(move |_| room.wish(board, Act::Close))/>
            </div>
        </header>
    }
}

/// Group, application, and how long he waited.
fn about(board: Board, room: Room) -> String {
    let words = board.words;
    let about = room.of(|chat| {
        let mut about = vec![chat.group.name.clone(), chat.application.name.clone()];
        if let Some(at) = chat.attended_at {
            about.push([words.waited, " ", &clock::elapsed(at - chat.queued_at)].concat());
            if let Some(end) = chat.ended_at {
                about.push([words.lasted, " ", &clock::elapsed(end - at)].concat());
            }
        }
        about.join(" · ")
    });
    about.unwrap_or_default()
}

/// What stands where one wrote, when it is over.
#[component]
fn Done(room: Room) -> impl IntoView {
    let board = board();
    let words = board.words;
    let ticket = move || room.ticket.get();
    let kept_in = memo(move |_| room.of(|chat| chat.kept_in().cloned()).flatten());
    // The box or the button that had the focus went with the conversation.
    browser::hold_focus(".talk__done");
    view! {
        <p class="talk__done">
            {drawn(move || match ticket() {
                // Its words are in the ticket that it went on with, and it leaves none of its own.
                Some(_) if kept_in.with(Option::is_some) => kept_in.get().map(|about| view! {
                    <span><b>{(words.kept_in)(&about.number.to_string())}</b>" "<a href=["/tickets/", &about.id].concat()>{words.see_ticket}</a></span>
                }).into_any(),
                Some(ticket) if !ticket.is_saved() && ticket.is_owned_by(&board.my_id()) => view! { <span><b>{words.now_the_ticket}</b>" "{words.now_the_ticket_say}</span> }.into_any(),
                Some(ticket) if !ticket.is_saved() => {
                    let owner = ticket.owner.as_ref().map_or("", |owner| &owner.name);
                    view! { <span>{(words.will_be_saved_by)(&ticket.number.to_string(), owner)}</span> }.into_any()
                }
                Some(ticket) => view! {
                    <span><b>{(words.saved_as)(&ticket.number.to_string(), called(board, &ticket))}</b>" "<a href=["/tickets/", &ticket.id].concat()>{words.see_ticket}</a></span>
                }.into_any(),
                None => view! { <span>{live(move || without_ticket(board, room))}</span> }.into_any(),
            })}
        </p>
    }
}

/// Why none is shown: there is none, or it is of a group that is not mine.
fn without_ticket(board: Board, room: Room) -> String {
    let number = room.of(|chat| chat.related.as_ref().map(|ticket| ticket.number.to_string())).flatten();
    number.map_or_else(|| board.words.no_ticket.into(), |number| (board.words.in_ticket)(&number))
}
