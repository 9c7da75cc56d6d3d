//! The chat view: the queue beside the conversation that is open, its tabs above it, its papers to the right.

use super::alert::{Alerts, checks};
use super::board::{Board, board};
use super::browser;
use super::clock;
use super::composer::Composer;
use super::icon::Icon;
use super::live::{derived, does, drawn, live, memo};
use super::log::{Log, Side};
use super::note;
use super::papers::Papers;
use super::queue::{self, Queue};
use super::room::{Reading, Room};
use super::route::{View, place};
use super::tabs::Tabs;
use super::targets::{Invite, Redirect};
use crate::doors::Failure;
use ::line::upload;
use domain::{Act, Refusal, Stage, Trouble};
use leptos::html;
use leptos::prelude::*;
use web_sys::DragEvent;

/// Which of the two is shown where there is no room for both.
#[derive(Clone, Copy)]
struct Narrow(RwSignal<bool>);

#[component]
pub fn Chats() -> impl IntoView {
    let board = board();
    // Another view has no chat; what was open stays until this one goes.
    let open = memo(move |before: Option<&Option<String>>| match place().shown.get() {
        View::Chat(chat) => chat,
        _ => before.cloned().flatten(),
    });
    // An address alone opens its tab: a reload, a link, a notification.
    Effect::new(move || {
        if let Some(chat) = open.get().filter(|_| board.loaded.get()) {
            board.open(&chat);
        }
    });
    // A file that is let go of beside a conversation would be opened in place of the console.
    let stays = |event: DragEvent| {
        if upload::carries(&event) {
            event.prevent_default();
        }
    };
    let (over, dropped) =
        (window_event_listener(leptos::ev::dragover, stays), window_event_listener(leptos::ev::drop, stays));
    on_cleanup(move || {
        over.remove();
        dropped.remove();
    });
    let room = memo(move |_| {
        let chat = open.get()?;
        board.rooms.with(|rooms| rooms.iter().find(|r| r.is(&chat)).copied())
    });
    view! {
        <div class="desk__work desk__work--chat">
            <Queue open=open/>
            <section class="room">
                <Tabs open=open/>
                {drawn(move || match room.get() {
                    Some(room) => view! { <Body room=room/> }.into_any(),
                    None => view! { <Nothing/> }.into_any(),
                })}
            </section>
        </div>
    }
}

/// Nothing is open: what will come, and whether I shall notice.
#[component]
fn Nothing() -> impl IntoView {
    let board = board();
    let words = board.words;
    let alerts = expect_context::<Alerts>();
    let waiting = memo(move |_| board.cards.with(|cards| cards.iter().filter(|c| c.stage == Stage::Waiting).count()));
    let online = move || board.me.with(|me| me.online);
    view! {
        <div class="middle">
            <div class="empty" hidden=live(move || !board.loaded.get())>
                <h2>{live(move || if waiting.get() > 0 { words.somebody_waits } else { words.all_attended })}</h2>
                <p>{words.empty_say}</p>
                <ul class="checks">
                    <li hidden=live(move || !online())><Icon name="check" small=true/><span>{live(move || (words.online_in)(board.me.with(|me| me.groups.len())))}</span></li>
                    <li hidden=live(online) class="checks__off"><Icon name="offline" small=true/><span>{words.you_are_offline}</span></li>
                    {checks(alerts, words)}
                </ul>
                <p><a href="/tickets?filter=open">{words.open_tickets}</a></p>
            </div>
        </div>
    }
}

/// A conversation and its papers.
#[component]
fn Body(room: Room) -> impl IntoView {
    let board = board();
    let papers = RwSignal::new(false);
    provide_context(Narrow(papers));
    let failed = memo(move |_| match room.reading.get() {
        Reading::Failed(failure) => Some(note::why(board.words, &failure)),
        Reading::First | Reading::Ready => None,
    });
    // What is not his to read any more is not shown from before either.
    let ready = memo(move |_| {
        const NOT_YOURS: Failure = Failure::Trouble(Trouble::Refused(Refusal::NotYours));
        room.reading.get() != Reading::Failed(NOT_YOURS) && room.of(|_| ()).is_some()
    });
    drawn(move || {
        match (failed.get().filter(|_| !ready.get()), ready.get()) {
        (Some(why), _) => view! {
            <div class="middle"><div class="empty" role="alert"><p>{why}</p><p><a href="/chat">{board.words.back_to_queue}</a></p></div></div>
        }.into_any(),
        (None, false) => view! { <Ghost/> }.into_any(),
        (None, true) => view! {
            <div class="room__body" class:room__body--talk=live(move || !papers.get()) class:room__body--papers=live(move || papers.get())>
                <Talk room=room/>
                <Papers room=room back=Callback::new(move |()| papers.set(false))/>
            </div>
        }.into_any(),
    }
    })
}

/// The shape of a conversation that is not there yet.
#[component]
fn Ghost() -> impl IntoView {
    view! {
        <div class="room__body" aria-busy="true">
            <div class="talk">
                <p class="visually-hidden" role="status">{board().words.loading}</p>
                <div class="talk__head" aria-hidden="true"><span class="bone" style:--bone-long="9rem"></span></div>
                <div class="talk__log" aria-hidden="true"><div class="log">
                    <div class="ghost"><span class="bone bone--bubble" style:--bone-long="60%"></span><span class="bone bone--bubble" style:--bone-long="38%"></span></div>
                    <div class="ghost ghost--mine"><span class="bone bone--bubble" style:--bone-long="45%"></span></div>
                </div></div>
            </div>
        </div>
    }
}

/// Head, what to know of the connection, the log, and where one writes.
#[component]
fn Talk(room: Room) -> impl IntoView {
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
    let invited = memo(move |_| room.of(|chat| chat.invited.iter().any(|f| f.id == board.my_id())).unwrap_or(false));
    let waits = move || stage.get() == Some(Stage::Waiting);
    let talks = move || stage.get() == Some(Stage::Attending);
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
                <button class="button button--s" type="button" hidden=live(move || inside.get() || !talks() || !(administers() || invited.get())) on:click=does(move |_| room.wish(board, Act::Join))>
                    <Icon name="enter" small=true/><span>{live(move || if invited.get() { words.enter_talk } else { words.intervene })}</span>
                </button>
                <Ask class="button button--s" label=words.remove question=words.remove_ask say=words.remove_say
                    hidden=derived(move || !waits()) act=Callback::new(move |()| room.wish(board, Act::Remove))/>
                <button class="button button--s button--act" type="button" hidden=live(move || !(waits() && attends())) on:click=does(move |_| queue::attend(board, room.chat()))>{words.attend}</button>
                <Ask class="button button--s" label=words.finish question=words.finish_ask say=words.finish_say
                    hidden=derived(move || !inside.get()) act=Callback::new(move |()| room.wish(board, Act::Close))/>
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

/// A button that asks once more: what it does cannot be undone.
#[component]
fn Ask(
    class: &'static str,
    label: &'static str,
    question: &'static str,
    say: &'static str,
    hidden: Signal<bool>,
    act: Callback<()>,
) -> impl IntoView {
    let words = board().words;
    let dialog: NodeRef<html::Dialog> = NodeRef::new();
    let show = move |_| {
        if let Some(dialog) = dialog.get_untracked() {
            let _ = dialog.show_modal();
        }
    };
    let close = move || {
        if let Some(dialog) = dialog.get_untracked() {
            dialog.close();
        }
    };
    let (title, text) = (browser::new_id(), browser::new_id());
    view! {
        <button class=class type="button" aria-haspopup="dialog" hidden=live(move || hidden.get()) on:click=show>{label}</button>
        <dialog class="dialog" node_ref=dialog aria-labelledby=title.clone() aria-describedby=text.clone()>
            <h2 id=title.clone()>{question}</h2>
            <p id=text.clone()>{say}</p>
            <div class="dialog__acts">
                <button class="button" type="button" on:click=does(move |_| close())>{words.cancel}</button>
                <button class="button button--act" type="button" autofocus on:click=does(move |_| { close(); act.run(()) })>{label}</button>
            </div>
        </dialog>
    }
}

/// What stands where one wrote, when it is over.
#[component]
fn Done(room: Room) -> impl IntoView {
    let board = board();
    let words = board.words;
    let ticket = move || room.ticket.get();
    let here: NodeRef<html::P> = NodeRef::new();
    // The box or the button that had the focus went with the conversation.
    Effect::new(move || {
        if here.get().is_some() {
            request_animation_frame(move || take_lost_focus(here));
        }
    });
    view! {
        <p class="talk__done" tabindex="-1" node_ref=here>
            {drawn(move || match ticket() {
                Some(ticket) if !ticket.is_saved() && ticket.is_owned_by(&board.my_id()) => view! { <span><b>{words.now_the_ticket}</b>" "{words.now_the_ticket_say}</span> }.into_any(),
                Some(ticket) => view! {
                    <span><b>{(words.saved_as)(&ticket.number.to_string(), words.common.status(ticket.status))}</b>" "<a href=["/tickets/", &ticket.id].concat()>{words.see_ticket}</a></span>
                }.into_any(),
                None => view! { <span>{words.no_ticket}</span> }.into_any(),
            })}
        </p>
    }
}

fn take_lost_focus(here: NodeRef<html::P>) {
    let active = document().active_element();
    let lost = active.is_none_or(|a| a.tag_name() == "BODY" || a.closest("[hidden]").ok().flatten().is_some());
    if let Some(here) = here.try_get_untracked().flatten().filter(|_| lost) {
        let _ = here.focus();
    }
}
