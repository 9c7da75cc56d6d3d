//! The chat view: the queue beside the conversation that is open, and the tabs above it.

use super::alert::{Alerts, checks};
use super::board::board;
use super::groupless::{Groupless, is_groupless};
use super::icon::Icon;
use super::live::{drawn, live, memo};
use super::note;
use super::part::Part;
use super::queue::Queue;
use super::room::{Reading, Room};
use super::route::{Gone, View, place};
use super::tabs::Tabs;
use crate::doors::Failure;
use ::line::upload;
use domain::{Refusal, Stage, Trouble};
use leptos::prelude::*;
use leptos::task::spawn_local;
use web_sys::DragEvent;

/// The conversation that is open, for the part that draws it.
#[derive(Clone, Copy)]
pub struct Open(pub Room);

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
    // Whoever looks at the queue opens somebody's conversation next.
    request_animation_frame(|| Part::Talk.expect());
    let room = memo(move |_| {
        let chat = open.get()?;
        board.rooms.with(|rooms| rooms.iter().find(|r| r.is(&chat)).copied())
    });
    // He may still be in a conversation that was his before.
    let groupless = is_groupless(board);
    let nothing = memo(move |_| groupless.get() && board.rooms.with(Vec::is_empty) && open.with(Option::is_none));
    drawn(move || match nothing.get() {
        true => view! { <div class="middle"><Groupless/></div> }.into_any(),
        false => view! {
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
        .into_any(),
    })
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
                <p><a href="/tickets">{words.open_tickets}</a></p>
            </div>
        </div>
    }
}

/// A conversation and its papers, when their part is here.
#[component]
fn Body(room: Room) -> impl IntoView {
    let board = board();
    provide_context(Open(room));
    let failed = memo(move |_| match room.reading.get() {
        Reading::Failed(failure) => Some(note::why(board.words, &failure)),
        Reading::First | Reading::Ready => None,
    });
    // What is not his to read any more is not shown from before either.
    let ready = memo(move |_| {
        const NOT_YOURS: Failure = Failure::Trouble(Trouble::Refused(Refusal::NotYours));
        room.reading.get() != Reading::Failed(NOT_YOURS) && room.of(|_| ()).is_some()
    });
    // None while it is on its way.
    let came = RwSignal::new(Part::Talk.here().map(|_| true));
    if came.get_untracked().is_none() {
        spawn_local(async move {
            let is_here = Part::Talk.load().await.is_ok();
            came.try_set(Some(is_here));
        });
    }
    drawn(move || {
        match (failed.get().filter(|_| !ready.get()), came.get().filter(|_| ready.get())) {
        (Some(why), _) => view! {
            <div class="middle"><div class="empty" role="alert"><p>{why}</p><p><a href="/chat">{board.words.back_to_queue}</a></p></div></div>
        }.into_any(),
        (None, None) => view! { <Ghost/> }.into_any(),
        (None, Some(_)) => match Part::Talk.here() {
            Some(draw) => draw(),
            None => view! { <Gone part=Part::Talk tried=Callback::new(move |came_now| came.set(Some(came_now)))/> }.into_any(),
        },
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
