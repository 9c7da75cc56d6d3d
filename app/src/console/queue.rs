//! The queue: who waits, by group and told by the clock, and who is being attended (R50).

use super::board::ahead::{self, Left};
use super::board::{Board, board};
use super::browser;
use super::clock;
use super::face::Avatar;
use super::hold::{Hold, runs_stand, stands};
use super::icon::Icon;
use super::live::{does, drawn, live, memo, rows};
use super::queue_filter::{Filter, Narrowing, Narrows, Tune};
use super::route;
use crate::doors::Failure;
use crate::doors::chat::act_in_chat;
use crate::waiting::{self, LATE, LONG, Rows, answers, by_group, first_of};
use crate::words::queue as says;
use domain::event::Wish;
use domain::standing::{Held, Run};
use domain::wire::Card;
use domain::{Act, Face, Refusal, Span, Stage, Time, Trouble};
use leptos::prelude::*;
use leptos::task::spawn_local;
use web_sys::MouseEvent;

/// What somebody points at, list by list: each stands above the next.
#[derive(Clone, Copy)]
struct Holds {
    waiting: Hold,
    /// The group of those who wait into which the pointer came last, and the focus.
    pointed: RwSignal<String>,
    focused: RwSignal<String>,
    mine: Hold,
    others: Hold,
}

impl Holds {
    fn new() -> Holds {
        let group = || RwSignal::new(String::new());
        Holds { waiting: Hold::new(), pointed: group(), focused: group(), mine: Hold::new(), others: Hold::new() }
    }

    /// With the groups in which he points or has the focus.
    fn waiting(self) -> (Held, Vec<String>) {
        if self.mine.is_held() || self.others.is_held() {
            return (Held::Below, Vec::new());
        }
        let pointed = self.waiting.pointed.get().then(|| self.pointed.get());
        let focused = self.waiting.focused.get().then(|| self.focused.get());
        (self.waiting.held(), pointed.into_iter().chain(focused).collect())
    }

    fn mine(self) -> Held {
        if self.others.is_held() { Held::Below } else { self.mine.held() }
    }
}

/// Who waits, as every row has to know it.
#[derive(Clone, Copy)]
struct Waiting {
    /// All of them: places are counted among these, whatever is filtered.
    all: Memo<Vec<Rows>>,
    /// Those that the filter takes.
    taken: Memo<Vec<Rows>>,
    /// As they stand on the screen.
    runs: Memo<Vec<Run>>,
    first: Memo<Option<String>>,
    narrows: Narrows,
    holds: Holds,
    /// Whom I have attended by a row: once he waits no more, the rows are let go.
    own: RwSignal<Option<String>>,
    /// They were let go, and the pointer rests where it was: what is under it now nobody has pointed at.
    slid: StoredValue<bool>,
}

/// `open` is the chat that is shown beside the lists.
#[component]
pub fn Queue(open: Memo<Option<String>>) -> impl IntoView {
    let board = board();
    let (words, says) = (board.words, says::of(board.words.common.lang));
    let narrows = Narrows::read(board);
    let holds = Holds::new();
    let all = memo(move |_| board.cards.with(|cards| by_group(cards.iter())));
    let taken = memo(move |_| {
        let filter = narrows.filter.get();
        board.cards.with(|cards| by_group(cards.iter().filter(|card| filter.takes(board, card))))
    });
    let runs = runs_stand(move || holds.waiting(), move || (narrows.filter.get(), taken.with(|rows| runs_of(rows))));
    let first =
        memo(move |_| board.cards.with(|cards| all.with(|all| board.me.with(|me| first_of(&me.agent, all, cards)))));
    let own = RwSignal::new(None::<String>);
    let slid = StoredValue::new(false);
    let waiting = Waiting { all, taken, runs, first, narrows, holds, own, slid };
    Effect::new(move || {
        let waits = |chat: &String| board.card(chat).is_some_and(|card| card.stage == Stage::Waiting);
        if own.with(|own| own.as_ref().is_some_and(|chat| !waits(chat))) {
            own.set(None);
            slid.set_value(true);
            holds.waiting.lift();
        }
    });
    Effect::new(move || {
        let Some(card) = board.sought.get().and_then(|chat| untrack(|| board.card(&chat))) else { return };
        narrows.show(board, &card);
        // Nothing that he pointed at before keeps the row from coming, and nothing that came under his pointer is meant.
        for hold in [holds.waiting, holds.mine, holds.others] {
            hold.lift();
        }
        slid.set_value(true);
    });
    let count = memo(move |_| taken.with(|rows| rows.iter().map(|r| r.chats.len()).sum::<usize>()));
    let (held, others) =
        (memo(move |_| attended(board, None)), memo(move |_| attended(board, Some(narrows.filter.get()))));
    let mine_stand = stands(move || holds.mine(), move || ((), held.get()));
    let others_stand = stands(move || holds.others.held(), move || (narrows.filter.get(), others.get()));
    let attending = move || held.with(Vec::len) + others.with(Vec::len);
    // Those that wait for the pointer to leave.
    let more =
        memo(move |_| taken.with(|all| runs.with(|runs| all.iter().map(|rows| unseen_of(rows, runs)).sum::<usize>())));
    let more_of_mine = memo(move |_| held.with(|held| unseen(held, &mine_stand.get())));
    let nobody = move || runs.with(Vec::is_empty) && narrows.filter.with(Filter::is_none);
    let none = move || mine_stand.with(Vec::is_empty) && others_stand.with(Vec::is_empty);
    let loading = move || !board.loaded.get();
    // Who was pressed in the document is attended by the wish that was sent then.
    let Left { wishes, focus } = ahead::left();
    for (chat, id) in wishes {
        spawn_local(async move {
            if take(board, chat.clone(), id).await {
                own.try_set(Some(chat));
            }
        });
    }
    if let Some(place) = focus {
        request_animation_frame(move || browser::focus(&place));
    }
    view! {
        <section class="queue" aria-label=words.queue on:mousemove=does(move |_| slid.set_value(false))>
            <header class="queue__head">
                <h2>{words.list_waiting}</h2>
                {later(more)}
                <span class="badge badge--quiet" hidden=live(loading)>{live(move || count.get())}</span>
                <Tune narrows=narrows/>
            </header>
            <Narrowing narrows=narrows count=count all=memo(move |_| all.with(|rows| rows.iter().map(|r| r.chats.len()).sum::<usize>()))/>
            <div class="empty empty--s" hidden=live(move || loading() || !nobody())><p>{words.nobody_waits}</p></div>
            <Bones/>
            {held_by(holds.waiting, rows(move || runs.get(), |run| run.group.clone(), move |run| view! { <Group id=run.group waiting=waiting/> }))}
            <div class="queue__rule"></div>
            <header class="queue__head">
                <h2>{words.list_attending}</h2>
                {later(more_of_mine)}
                <span class="badge badge--quiet" hidden=live(loading)>{live(attending)}</span>
            </header>
            <div class="empty empty--s" hidden=live(move || loading() || !none() || !narrows.filter.with(Filter::is_none))><p>{words.nobody_attended}</p></div>
            <p class="queue__group" hidden=live(move || mine_stand.with(Vec::is_empty))>{words.mine}</p>
            {held_by(holds.mine, rows(move || mine_stand.get(), String::clone, move |chat| view! { <Talk chat=chat open=open mine=true says=says/> }))}
            <p class="queue__group" hidden=live(move || others_stand.with(Vec::is_empty))>{words.of_others}</p>
            {held_by(holds.others, rows(move || others_stand.get(), String::clone, move |chat| view! { <Talk chat=chat open=open mine=false says=says/> }))}
        </section>
    }
}

/// Rows that stay where they are while somebody points at one of them.
fn held_by(hold: Hold, rows: AnyView) -> AnyView {
    view! {
        <div
            class="queue__rows"
            on:mouseenter=does(move |_| hold.pointed.set(true)) on:mouseleave=does(move |_| hold.pointed.set(false))
            on:mousemove=does(move |_| if !hold.pointed.get_untracked() { hold.pointed.set(true) })
            on:focusin=does(move |event| hold.came(&event)) on:focusout=does(move |event| hold.left(&event))
        >
            {rows}
        </div>
    }
    .into_any()
}

/// How many more there are than are shown yet.
fn later(more: Memo<usize>) -> AnyView {
    let says = says::of(board().words.common.lang);
    view! { <span class="queue__more" title=says.more_say hidden=live(move || more.get() == 0)>{live(move || (says.more)(more.get()))}</span> }
        .into_any()
}

fn unseen(now: &[String], shown: &[String]) -> usize {
    now.iter().filter(|key| !shown.contains(key)).count()
}

fn unseen_of(rows: &Rows, runs: &[Run]) -> usize {
    let shown = runs.iter().find(|run| run.group == rows.group.id);
    shown.map_or(rows.chats.len(), |run| unseen(&rows.chats, &run.rows))
}

/// The shape of what comes.
#[component]
fn Bones() -> impl IntoView {
    let board = board();
    let row = || {
        view! {
            <div class="call" aria-hidden="true">
                <span></span><span class="call__who"><span class="bone" style:--bone-long="55%"></span></span><span></span>
                <span class="call__words"><span class="bone" style:--bone-long="85%"></span></span>
            </div>
        }
    };
    drawn(move || (!board.loaded.get()).then(|| view! { {row()}{row()}{row()} }))
}

fn runs_of(groups: &[Rows]) -> Vec<Run> {
    groups.iter().map(|rows| Run { group: rows.group.id.clone(), rows: rows.chats.clone() }).collect()
}

/// Those being attended, the longest first: mine, or those of others that a filter takes.
fn attended(board: Board, others: Option<Filter>) -> Vec<String> {
    let takes = |card: &Card| match &others {
        None => is_mine(board, card),
        Some(filter) => !is_mine(board, card) && filter.takes(board, card),
    };
    board.cards.with(|cards| {
        let mut held: Vec<&Card> = cards.iter().filter(|c| c.stage == Stage::Attending && takes(c)).collect();
        held.sort_by(|a, b| (a.attended_at, &a.chat).cmp(&(b.attended_at, &b.chat)));
        held.into_iter().map(|c| c.chat.clone()).collect()
    })
}

fn is_mine(board: Board, card: &Card) -> bool {
    let me = board.my_id();
    card.agents.iter().any(|a| a.id == me)
}

/// The rows of one group, below its name, which folds them up.
#[component]
fn Group(id: String, waiting: Waiting) -> impl IntoView {
    let board = board();
    let Waiting { taken, runs, narrows, holds, .. } = waiting;
    let group = StoredValue::new(id);
    let is_its = move |other: &str| group.with_value(|group| group == other);
    let in_sequence = move || group.with_value(|id| board.seat(id).attendant) && board.me.with(|me| me.agent.sequence);
    let name = memo(move |before: Option<&Option<String>>| {
        let here = taken.with(|all| all.iter().find(|rows| is_its(&rows.group.id)).map(|rows| rows.group.name.clone()));
        let seen = || board.me.with(|me| me.groups.iter().find(|g| is_its(&g.id)).map(|g| g.name.clone()));
        here.or_else(seen).or_else(|| before.cloned().flatten())
    });
    let count = memo(move |_| {
        taken.with(|all| all.iter().find(|rows| is_its(&rows.group.id)).map_or(0, |rows| rows.chats.len()))
    });
    let folded = memo(move |_| group.with_value(|group| narrows.is_folded(group)));
    let chats = memo(move |_| {
        let of = |all: &Vec<Run>| all.iter().find(|run| is_its(&run.group)).map(|run| run.rows.clone());
        if folded.get() { Vec::new() } else { runs.with(of).unwrap_or_default() }
    });
    view! {
        <div
            on:mouseenter=does(move |_| holds.pointed.set(group.get_value()))
            on:focusin=does(move |_| holds.focused.set(group.get_value()))
        >
            <p class="queue__group">
                <button class="queue__fold" type="button" aria-expanded=live(move || (!folded.get()).to_string()) on:click=does(move |_| group.with_value(|group| narrows.fold(group)))>
                    <Icon name="down" small=true/>
                    {drawn(move || in_sequence().then(|| view! { <Icon name="lock"/> }))}
                    <span>{live(move || name.get())}{live(move || in_sequence().then(|| [" · ", board.words.sequence].concat()))}</span>
                    <span class="queue__count">{live(move || count.get())}</span>
                </button>
            </p>
            {rows(move || chats.get(), String::clone, move |chat| view! { <Call chat=chat group=group.get_value() waiting=waiting/> })}
        </div>
    }
}

/// A card as it is, or as it was when its row was gone from its list.
type Seen = (Option<Card>, bool);

/// The card of a row, as long as it belongs there.
fn seen(
    board: Board,
    chat: StoredValue<String>,
    belongs: impl Fn(&Card) -> bool + Send + Sync + 'static,
) -> Memo<Seen> {
    memo(move |before: Option<&Seen>| match chat.with_value(|chat| board.card(chat)).filter(|card| belongs(card)) {
        Some(card) => (Some(card), false),
        None => (before.and_then(|(card, _)| card.clone()), true),
    })
}

/// The time, which stands still in a row that is gone.
fn time(board: Board, gone: Memo<bool>) -> Memo<Time> {
    memo(move |before: Option<&Time>| match before {
        Some(then) if gone.get() => *then,
        _ => board.now.get(),
    })
}

/// What is not there any more is not gone to.
fn stays(gone: Memo<bool>) -> Box<dyn FnMut(MouseEvent)> {
    does(move |event: MouseEvent| {
        if gone.get_untracked() {
            event.prevent_default();
        }
    })
}

/// One who waits.
#[component]
fn Call(chat: String, group: String, waiting: Waiting) -> impl IntoView {
    let board = board();
    let (words, says) = (board.words, says::of(board.words.common.lang));
    let Waiting { all, first, own, slid, .. } = waiting;
    let id = StoredValue::new(chat);
    let group = StoredValue::new(group);
    let seen =
        seen(board, id, move |card| card.stage == Stage::Waiting && group.with_value(|group| card.group.id == *group));
    let card = memo(move |_| seen.with(|(card, _)| card.clone()));
    let gone = memo(move |_| seen.with(|(_, gone)| *gone));
    let now = time(board, gone);
    // Whoever waits no more has none.
    let place = memo(move |_| {
        let of = |rows: &Rows| id.with_value(|id| rows.chats.iter().position(|chat| chat == id));
        let its =
            |all: &Vec<Rows>| all.iter().find(|rows| group.with_value(|group| rows.group.id == *group)).and_then(of);
        all.with(its).map(|n| n + 1)
    });
    let seat = memo(move |_| card.get().map(|card| board.seat(&card.group.id)));
    let attends = move || seat.with(|s| s.as_ref().is_some_and(|s| s.attendant));
    let administers = move || seat.with(|s| s.as_ref().is_some_and(|s| s.administrator));
    let locked = move || seat.with(|s| s.as_ref().is_some_and(|s| s.sequence)) && place.get().is_some_and(|n| n > 1);
    let wait = move || card.with(|c| c.as_ref().map_or(Span(0), |c| now.get() - c.queued_at));
    let long = memo(move |_| wait() >= LONG);
    let late = memo(move |_| wait() >= LATE);
    let name = move || card.with(|c| c.as_ref().map_or(String::new(), |c| board.customer(c)));
    let said = move || match gone.get() {
        true => id.with_value(|id| board.card(id)).filter(|card| !card.agents.is_empty()).map_or_else(
            || says.gone.to_owned(),
            |card| (words.with_agents)(&card.agents.iter().map(|a| a.name.as_str()).collect::<Vec<_>>().join(", ")),
        ),
        false => card.with(|c| c.as_ref().map_or(String::new(), |c| said(board, c))),
    };
    let answers = memo(move |_| card.with(|c| c.as_ref().map_or(String::new(), answers)));
    let related = memo(move |_| card.with(|c| c.as_ref().and_then(|c| c.related.clone())));
    let next = memo(move |_| !gone.get() && first.with(|f| id.with_value(|id| f.as_ref() == Some(id))));
    // Not disabled: the focus would be lost.
    let inert = move || live(move || gone.get().then_some("true"));
    let busy = StoredValue::new(false);
    let act = move |event: MouseEvent| {
        // A double click is one wish: its second click may already be over another row. One that comes later is meant
        // for this row only if the pointer was moved; by keyboard there is none.
        let by_chance = event.detail() > 1 || event.detail() > 0 && slid.get_value();
        if gone.get_untracked() || busy.get_value() || by_chance {
            return;
        }
        busy.set_value(true);
        let chat = id.get_value();
        spawn_local(async move {
            let is_mine = take(board, chat.clone(), browser::new_id()).await;
            busy.try_set_value(false);
            if is_mine {
                own.try_set(Some(chat));
            }
        });
    };
    view! {
        <article class="call" class:call--next=live(move || next.get()) class:call--gone=live(move || gone.get())>
            <span class="call__place">{drawn(move || place.get().map(|n| view! { <span class="visually-hidden">{words.place}" "</span>{n} }))}</span>
            <h3 class="call__who">{live(name)}</h3>
            <time
                class="call__wait" class:call__wait--long=live(move || long.get() && !late.get()) class:call__wait--late=live(move || late.get())
                datetime=live(move || clock::machine(wait()))
            >
                {drawn(move || long.get().then(|| view! { <Icon name="clock"/> }))}{live(move || clock::elapsed(wait()))}
            </time>
            <p class="call__words" title=live(said)>{live(said)}</p>
            <p class="call__words call__words--said" hidden=live(move || answers.with(String::is_empty)) title=live(move || answers.get())>{live(move || answers.get())}</p>
            <div class="call__foot">
                <span class="call__app">
                    {drawn(move || card.with(|c| c.as_ref().is_some_and(|c| c.verified)).then(|| view! { <Icon name="verified" small=true/><span class="visually-hidden">{words.verified}" "</span> }))}
                    {live(move || card.with(|c| c.as_ref().map(|c| c.application.name.clone())))}
                    {drawn(move || related.get().map(|ticket| view! {
                        " · "<a href=["/tickets/", &ticket.id].concat() title=ticket.subject.clone() aria-disabled=inert() on:click=stays(gone)><span class="visually-hidden">{words.related}" "</span>{["#", &ticket.number.to_string()].concat()}</a>
                    }))}
                </span>
                <a class="button button--s button--bare" hidden=live(move || !administers()) href=["/chat/", &id.get_value()].concat() aria-label=live(move || [words.view, ": ", &name()].concat())
                    aria-disabled=inert() on:click=stays(gone)
                >
                    {words.view}
                </a>
                <button
                    class="button button--s" class:button--act=live(move || next.get())
                    type="button" data-chat=id.get_value() hidden=live(move || !attends()) disabled=live(locked) title=live(move || locked().then_some(words.sequence_first))
                    aria-label=live(move || [words.attend, ": ", &name()].concat()) aria-disabled=inert() on:click=does(act)
                >
                    {drawn(move || locked().then(|| view! { <Icon name="lock" small=true/> }))}
                    {words.attend}
                </button>
            </div>
        </article>
    }
}

/// What he wrote first and what he wrote last, or that he is gone: that is said before, since he may be abandoned any
/// second.
fn said(board: Board, card: &Card) -> String {
    match card.gone_since {
        Some(since) => (board.words.gone_since)(&clock::hour_and_second(board.words.common.lang, since)),
        None => waiting::said(card),
    }
}

/// Takes a chat out of the queue, and opens its tab (R54). Who was slower is told who won.
pub fn attend(board: Board, chat: String) {
    spawn_local(async move {
        take(board, chat, browser::new_id()).await;
    });
}

/// Whether I was the fastest; `id` is that of the wish.
async fn take(board: Board, chat: String, id: String) -> bool {
    board.taking.update_value(|taking| taking.push(chat.clone()));
    let answer = act_in_chat(chat.clone(), Wish { id, act: Act::Attend }).await;
    board.taking.update_value(|taking| taking.retain(|one| *one != chat));
    // First the act, then the room: a room that opens before looks on.
    match answer {
        Ok(page) => {
            let room = board.open(&chat);
            room.hear(board, &page.told);
            route::go(&room.path());
            true
        }
        Err(failure) => {
            use Refusal::{AlreadyAttended, Ended, NotWaiting};
            if matches!(&failure, Failure::Trouble(Trouble::Refused(AlreadyAttended { .. } | Ended | NotWaiting))) {
                board.read_lists();
            }
            board.fail(failure);
            false
        }
    }
}

/// One who is being attended.
#[component]
fn Talk(chat: String, open: Memo<Option<String>>, mine: bool, says: &'static says::Words) -> impl IntoView {
    let board = board();
    let words = board.words;
    let id = StoredValue::new(chat);
    let seen = seen(board, id, move |card| card.stage == Stage::Attending && is_mine(board, card) == mine);
    let card = memo(move |_| seen.with(|(card, _)| card.clone()));
    let gone = memo(move |_| seen.with(|(_, gone)| *gone));
    let now = time(board, gone);
    let is_open = memo(move |_| open.with(|open| id.with_value(|id| open.as_ref() == Some(id))));
    let name = memo(move |_| card.with(|c| c.as_ref().map_or(String::new(), |c| board.customer(c))));
    let agents = memo(move |_| card.with(|c| c.as_ref().map_or(Vec::new(), |c| c.agents.clone())));
    let room = memo(move |_| board.rooms.with(|rooms| rooms.iter().find(|r| id.with_value(|id| r.is(id))).copied()));
    let unread = memo(move |_| room.get().filter(|_| mine).map_or(0, |room| room.unread(&board.my_id())));
    let opens = move |c: &Card| board.seat(&c.group.id).administrator || board.am_invited(c);
    let may_open = move || mine || card.with(|c| c.as_ref().is_some_and(opens));
    let duration =
        move || card.with(|c| c.as_ref().map_or(Span(0), |c| now.get() - c.attended_at.unwrap_or(c.queued_at)));
    let said = move || {
        if gone.get() {
            return says.gone_talk.into();
        }
        if room.get().is_some_and(|room| mine && room.typists(board.now.get()).contains(&None)) {
            return words.is_writing.into();
        }
        match card.get() {
            Some(card) if card.gone_since.is_some() => said(board, &card),
            Some(card) if mine => card.words,
            Some(_) => (words.with_agents)(
                &agents.with(|all| all.iter().map(|a| a.name.as_str()).collect::<Vec<_>>().join(", ")),
            ),
            None => String::new(),
        }
    };
    let customer = move || card.with(|c| c.as_ref().map(|c| Face { id: c.customer.id.clone(), name: name.get() }));
    let faces = move || if mine { customer().into_iter().collect() } else { agents.get() };
    view! {
        <article class="call call--talk" class:call--open=live(move || is_open.get()) class:call--gone=live(move || gone.get())>
            <span class="avatars">{drawn(move || faces().into_iter().take(2).map(|face| view! { <Avatar face=face/> }).collect_view())}</span>
            <h3 class="call__who">
                {drawn(move || if may_open() {
                    view! { <a href=["/chat/", &id.get_value()].concat() aria-current=live(move || is_open.get().then_some("true")) aria-disabled=live(move || gone.get().then_some("true")) on:click=stays(gone)>{live(move || name.get())}</a> }.into_any()
                } else {
                    view! { <span>{live(move || name.get())}</span> }.into_any()
                })}
            </h3>
            <time class="call__wait" datetime=live(move || clock::machine(duration()))>{live(move || clock::elapsed(duration()))}</time>
            <p class="call__words">{live(said)}</p>
            <span class="call__end" hidden=live(move || unread.get() == 0)>
                <span class="badge"><span aria-hidden="true">{live(move || unread.get())}</span><span class="visually-hidden">{live(move || (words.count_unread)(unread.get()))}</span></span>
            </span>
        </article>
    }
}
