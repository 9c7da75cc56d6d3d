//! The monitor: who works at this moment and on what, for who administers groups (R45, R86-R88). What it shows is told
//! over the line while it is open; which of it, and in what order, stands in its address.

use super::board::{Board, Connection, board};
use super::browser;
use super::clock;
use super::composer::Mode;
use super::face::Avatar;
use super::hold::Hold;
use super::icon::Icon;
use super::intervene::{Asked, Intervene, Step, tell};
use super::live::{derived, does, drawn, live, memo, rows};
use super::part::Part;
use super::route::{self, View, place};
use crate::doors::chat::act_in_chat;
use crate::words::monitor::{self, Words};
use domain::event::Wish;
use domain::monitor::{Column, Filter, Held, Look, News, Order, Queue, Row, Scope, Standing, Table, Talk, TalkColumn};
use domain::wire::Up;
use domain::{Face, Span, Target, Time};
use leptos::prelude::*;
use leptos::task::spawn_local;
use web_sys::MouseEvent;

/// So many places are drawn one by one.
const PIPS: u32 = 10;
/// Not answered for so long, it is asked for again: behind a proxy that blocks sockets a frame may be lost.
const AGAIN: Span = Span::secs(4);

#[derive(Clone, Copy)]
struct Screen {
    board: Board,
    says: &'static Words,
    look: Memo<Look>,
    /// None: not told yet.
    table: RwSignal<Option<Table>>,
    /// It is not for me, or not any more.
    closed: RwSignal<bool>,
    scope: Memo<Scope>,
    /// As far as it can be chosen.
    filter: Memo<Filter>,
    /// What somebody points at or has the focus in, by table.
    agents: Hold,
    talks: Hold,
}

#[component]
pub fn Monitor() -> impl IntoView {
    let board = board();
    let says = monitor::of(board.words.common.lang);
    let look = memo(move |before: Option<&Look>| match place().shown.get() {
        View::Monitor(search) => Look::read(&search),
        // Another view has no monitor; what was looked at stays until this one goes.
        _ => before.cloned().unwrap_or_default(),
    });
    let table = RwSignal::new(None::<Table>);
    let scope = memo(move |_| table.with(|table| table.as_ref().map(|table| table.scope.clone()).unwrap_or_default()));
    let filter = memo(move |_| {
        let asked = look.with(|look| look.filter.clone());
        // What can be chosen is known with the table.
        if table.with(Option::is_some) { scope.with(|scope| asked.within(scope)) } else { asked }
    });
    let (agents, talks, closed) = (Hold::new(), Hold::new(), RwSignal::new(false));
    let screen = Screen { board, says, look, table, closed, scope, filter, agents, talks };
    screen.listen();
    // Whoever looks on opens somebody's conversation next.
    request_animation_frame(|| Part::Talk.expect());
    let missing = move || table.with(Option::is_none);
    view! {
        <div class="desk__work">
            <div class="view monitor">
                <p class="visually-hidden" role="status" hidden=live(move || !missing() || screen.closed.get())>{board.words.loading}</p>
                <div class="empty empty--s" hidden=live(move || !screen.closed.get())><p role="alert">{says.closed}</p></div>
                {drawn(move || (!screen.closed.get()).then(|| view! {
                    <Head screen=screen/>
                    <Agents screen=screen/>
                    <Queues screen=screen/>
                    <Talks screen=screen/>
                }))}
            </div>
        </div>
    }
}

impl Screen {
    /// Hears it as long as this view is here, and all of it again whenever the line is back.
    fn listen(self) {
        let Screen { board, .. } = self;
        let says = move |open| board.line.with_value(|line| line.send(&Up::Monitor { open }));
        // Since when an answer is awaited; none: it has come.
        let asked = StoredValue::new(None::<Time>);
        let ask = move || {
            asked.set_value(Some(board.now.get_untracked()));
            says(true);
        };
        board.monitor.set_value(Some(Callback::new(move |news: Vec<u8>| {
            if self.hear(&news) {
                asked.set_value(None);
            }
        })));
        Effect::new(move || {
            board.round.track();
            ask();
        });
        Effect::new(move || {
            let now = board.now.get();
            if asked.get_value().is_some_and(|at| now - at >= AGAIN) {
                ask();
            }
        });
        on_cleanup(move || {
            board.monitor.set_value(None);
            says(false);
        });
    }

    /// True: it was the answer to whoever opens it.
    fn hear(self, news: &[u8]) -> bool {
        match postcard::from_bytes(news) {
            Ok(News::Whole(table)) => {
                self.closed.set(false);
                self.table.set(Some(table));
                return true;
            }
            // Of a monitor that was open before: this one is told all of it first.
            Ok(News::Changed(_)) if self.table.with_untracked(Option::is_none) => {}
            Ok(News::Changed(changes)) => self.table.update(|table| {
                if let Some(table) = table {
                    table.hear(changes);
                }
            }),
            Ok(News::Closed) => {
                // Its rows go without anybody's leaving them.
                [self.agents, self.talks].into_iter().for_each(Hold::lift);
                self.table.set(None);
                self.closed.set(true);
                return true;
            }
            // We cannot read it: somebody newer speaks.
            Err(_) => self.board.connection.set(Connection::Outdated),
        }
        false
    }

    /// Something of the table; none while it was not told.
    fn of<T>(self, what: impl FnOnce(&Table) -> T) -> Option<T> {
        self.table.with(|table| table.as_ref().map(what))
    }

    fn filter(self) -> Filter {
        self.filter.get()
    }

    /// What keeps still whatever stands above the conversations: who points at one of these acts on it next.
    fn above(self, rows: Held) -> Held {
        if self.talks.pointed.get() { Held::Below } else { rows }
    }

    fn asks(self, change: impl FnOnce(&mut Look)) {
        let mut look = self.look.get_untracked();
        look.filter = self.filter.get_untracked();
        change(&mut look);
        route::go(&look.path());
    }
}

/// How it stands, and which of it is shown.
#[component]
fn Head(screen: Screen) -> impl IntoView {
    let Screen { board, says, .. } = screen;
    let sum = memo(move |_| screen.of(|table| table.sum(&screen.filter())));
    let oldest = move || sum.get().and_then(|sum| sum.oldest).map(|at| clock::elapsed(board.now.get() - at));
    view! {
        <header class="view__head">
            <p class="view__say" hidden=live(move || sum.with(Option::is_none))>
                <b>{live(move || sum.get().map(|sum| sum.waiting))}</b>{says.waiting}
                <span hidden=live(move || oldest().is_none())>{says.oldest}<b>{live(move || oldest().unwrap_or_default())}</b></span>". "
                <b>{live(move || sum.get().map(|sum| sum.talks))}</b>{says.attended}
                <b>{live(move || sum.get().map(|sum| sum.available))}</b>{live(move || sum.get().map(|sum| (says.available_of)(sum.agents)))}
            </p>
            <fieldset class="monitor__filters push">
                <legend>{says.choose_filter}</legend>
                {choice(says.group, says.all_groups, options(screen, |scope| scope.groups.iter().map(|g| (g.id.clone(), g.name.clone())).collect()),
                    derived(move || screen.filter().group.unwrap_or_default()), Callback::new(move |id: Option<String>| screen.asks(|look| look.filter.group = id)))}
                {choice(says.application, says.all_applications, options(screen, |scope| scope.applications.iter().map(|a| (a.id.clone(), a.name.clone())).collect()),
                    derived(move || screen.filter().application.unwrap_or_default()), Callback::new(move |id: Option<String>| screen.asks(|look| look.filter.application = id)))}
            </fieldset>
        </header>
    }
}

type Choice = (String, String);

/// Drawn anew only when they are others: a list that somebody has opened stays as it is.
fn options(screen: Screen, of: fn(&Scope) -> Vec<Choice>) -> Memo<Vec<Choice>> {
    memo(move |_| screen.scope.with(of))
}

fn choice(
    label: &'static str,
    all: &'static str,
    options: Memo<Vec<Choice>>,
    chosen: Signal<String>,
    choose: Callback<Option<String>>,
) -> AnyView {
    let chose =
        move |event: web_sys::Event| choose.run(Some(event_target_value(&event)).filter(|id: &String| !id.is_empty()));
    view! {
        <label class="monitor__filter">
            <span>{label}</span>
            <select class="field__box" on:change=does(chose)>
                {drawn(move || {
                    let mut offered = vec![(String::new(), all.to_owned())];
                    offered.extend(options.get());
                    offered.into_iter().map(|(id, name)| view! { <option value=id.clone() selected={chosen.get() == id}>{name}</option> }).collect_view()
                })}
            </select>
        </label>
    }
    .into_any()
}

/// The head of a column: one sorts by it by pressing it.
fn head(label: &'static str, class: &'static str, down: Signal<Option<bool>>, press: Callback<()>) -> AnyView {
    let sorted = move || match down.get() {
        None => "none",
        Some(false) => "ascending",
        Some(true) => "descending",
    };
    view! {
        <th scope="col" class=class aria-sort=live(sorted)>
            <button class="monitor__sort" type="button" on:click=does(move |_| press.run(()))>
                {label}{drawn(move || down.get().map(|down| view! { <Icon name={if down { "down" } else { "up" }} small=true/> }))}
            </button>
        </th>
    }
    .into_any()
}

fn agents_by(screen: Screen, label: &'static str, class: &'static str, by: Column) -> AnyView {
    let down =
        derived(move || screen.look.with(|look| look.agents.filter(|order| order.by == by).map(|order| order.down)));
    let press = Callback::new(move |()| screen.asks(|look| look.agents = Order::pressed(look.agents, by)));
    head(label, class, down, press)
}

fn talks_by(screen: Screen, label: &'static str, class: &'static str, by: TalkColumn) -> AnyView {
    let down =
        derived(move || screen.look.with(|look| look.talks.filter(|order| order.by == by).map(|order| order.down)));
    let press = Callback::new(move |()| screen.asks(|look| look.talks = Order::pressed(look.talks, by)));
    head(label, class, down, press)
}

/// The keys of rows in their order, as long as nothing holds them where they are.
fn keys<C: Copy + PartialEq + Send + Sync + 'static>(
    held: impl Fn() -> Held + Send + Sync + 'static,
    now: impl Fn() -> Standing<C> + Send + Sync + 'static,
) -> Memo<Vec<String>> {
    let standing = memo(move |before: Option<&Standing<C>>| now().after(before, held()));
    memo(move |_| standing.with(|standing| standing.keys.clone()))
}

#[component]
fn Agents(screen: Screen) -> impl IntoView {
    let Screen { says, look, agents: hold, .. } = screen;
    let agents = keys(
        move || screen.above(hold.held()),
        move || {
            let (filter, order) = (screen.filter(), look.with(|look| look.agents));
            let ids =
                |table: &Table| table.agents_in(&filter, order).into_iter().map(|row| row.face.id.clone()).collect();
            Standing { keys: screen.of(ids).unwrap_or_default(), filter, order }
        },
    );
    let none = move || screen.table.with(Option::is_some) && agents.with(Vec::is_empty);
    view! {
        <section class="sheet" aria-label=says.agents>
            <table class="table table--roomy">
                <thead><tr>
                    {agents_by(screen, says.agent, "", Column::Name)}
                    {agents_by(screen, says.state_in_recado, "", Column::Connected)}
                    {agents_by(screen, says.state_in_chat, "", Column::Available)}
                    {agents_by(screen, says.talks, "", Column::Talks)}
                    <th scope="col">{says.groups}</th>
                    {agents_by(screen, says.to_save, "table__num", Column::ToSave)}
                </tr></thead>
                <tbody
                    on:mouseenter=does(move |_| hold.pointed.set(true)) on:mouseleave=does(move |_| hold.pointed.set(false))
                >
                    {rows(move || agents.get(), String::clone, move |id| view! { <Agent screen=screen id=id/> })}
                </tbody>
            </table>
            <div class="empty empty--s" hidden=live(move || !none())><p>{says.nobody}</p></div>
        </section>
    }
}

/// What a row shows, as one value: it is drawn anew when that is another, and only then.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Shown {
    name: String,
    connected: bool,
    available: bool,
    talks: u32,
    busy: u32,
    room: Option<u32>,
    full: bool,
    /// With a filter.
    in_all: Option<u32>,
    groups: String,
    alone: Vec<String>,
    to_save: u32,
}

impl Shown {
    fn of(row: &Row, filter: &Filter, scope: &Scope) -> Shown {
        let name = |group: &str| {
            scope.groups.iter().find(|known| known.id == group).map_or(String::new(), |known| known.name.clone())
        };
        let groups: Vec<String> = row.places_in(filter, scope).map(|place| name(&place.group)).collect();
        Shown {
            name: row.face.name.clone(),
            connected: row.connected,
            available: row.is_available(),
            talks: row.talks(filter),
            busy: row.busy(filter),
            room: row.room(filter, scope),
            full: row.is_full(filter, scope),
            in_all: (!filter.is_none()).then(|| row.all_talks()),
            groups: groups.join(", "),
            alone: row.alone_in(filter, scope).map(|place| name(&place.group)).collect(),
            to_save: row.to_save(filter),
        }
    }

    /// Without a line more or less than before.
    fn at_the_height_of(self, before: &Shown) -> Shown {
        Shown { full: before.full, groups: before.groups.clone(), alone: before.alone.clone(), ..self }
    }
}

#[component]
fn Agent(screen: Screen, id: String) -> impl IntoView {
    let says = screen.says;
    let key = StoredValue::new(id.clone());
    // Who went says what he said last, until nothing holds his row any more.
    let shown = memo(move |before: Option<&Option<Shown>>| {
        let filter = screen.filter();
        let row = |table: &Table| {
            let row = table.agents.iter().find(|row| key.with_value(|id| row.face.id == *id))?;
            Some(Shown::of(row, &filter, &table.scope))
        };
        let before = before.and_then(Option::as_ref);
        match (screen.of(row).flatten(), before) {
            (Some(shown), Some(before)) if screen.above(Held::Nothing) == Held::Below => {
                Some(shown.at_the_height_of(before))
            }
            (shown, before) => shown.or_else(|| before.cloned()),
        }
    });
    let gone = move || {
        let there = |table: &Table| table.agents.iter().any(|row| key.with_value(|id| row.face.id == *id));
        screen.of(there) != Some(true)
    };
    let of = move |what: fn(&Shown) -> bool| shown.with(|shown| shown.as_ref().is_some_and(what));
    let face =
        move || shown.with(|shown| shown.as_ref().map(|shown| Face { id: key.get_value(), name: shown.name.clone() }));
    let face = memo(move |_| face());
    view! {
        <tr class:table__soft=live(move || gone() || !of(|shown| shown.connected))>
            <th scope="row"><span class="table__state">{drawn(move || face.get().map(|face| { let name = face.name.clone(); view! { <Avatar face=face/><span class="table__main">{name}</span> } }))}</span></th>
            <td>{state(derived(move || of(|shown| shown.connected)), says.connected, says.disconnected)}</td>
            <td>{state(derived(move || of(|shown| shown.available)), says.available, says.not_available)}</td>
            <td>{drawn(move || shown.get().map(|shown| load(says, shown)))}</td>
            <td class="table__soft">
                {live(move || shown.get().map(|shown| shown.groups))}
                {drawn(move || shown.get().map(|shown| shown.alone.into_iter().map(|group| view! { " "<span class="tag tag--wait">{(says.alone_in)(&group)}</span> }).collect_view()))}
            </td>
            <td class="table__num">{live(move || shown.get().map(|shown| dash(shown.to_save)))}</td>
        </tr>
    }
}

fn dash(count: u32) -> String {
    if count == 0 { "–".into() } else { count.to_string() }
}

fn state(on: Signal<bool>, yes: &'static str, no: &'static str) -> AnyView {
    view! { <span class="table__state"><span class="dot" class:dot--off=live(move || !on.get())></span>{live(move || if on.get() { yes } else { no })}</span> }.into_any()
}

/// How many; and of how many he may have, how many are taken.
fn load(says: &'static Words, shown: Shown) -> AnyView {
    let Shown { talks, busy, room, full, in_all, .. } = shown;
    let pips = room.filter(|room| *room <= PIPS).map(|room| {
        let each = (0..room).map(|n| view! { <i class:on={n < busy}></i> }).collect_view();
        let label = (says.of_room)(busy, room);
        view! { <span class="load__pips" role="img" aria-label=label>{each}</span> }
    });
    let in_all = in_all.map(says.in_all);
    let title = in_all.clone();
    view! {
        <span class="load" class:load--full=full title=title>
            <b class="load__count">{talks}</b>{in_all.map(|all| view! { <span class="visually-hidden">" ("{all}")"</span> })}{pips}
        </span>
        {full.then(|| view! { " "<span class="tag tag--wait">{says.full}</span> })}
    }
    .into_any()
}

#[component]
fn Queues(screen: Screen) -> impl IntoView {
    let says = screen.says;
    let queues = keys(
        move || screen.above(Held::Nothing),
        move || {
            let filter = screen.filter();
            let ids = |table: &Table| table.queues_in(&filter).into_iter().map(|queue| queue.group.clone()).collect();
            Standing { keys: screen.of(ids).unwrap_or_default(), filter, order: None::<Order<Column>> }
        },
    );
    view! {
        <section class="sheet" aria-label=says.queues>
            <header class="sheet__head"><h2>{says.queues}</h2></header>
            <table class="table table--roomy">
                <thead><tr>
                    <th scope="col">{says.group}</th><th scope="col" class="table__num">{says.in_queue}</th><th scope="col" class="table__num">{says.longest_wait}</th>
                    <th scope="col" class="table__num">{says.expected_wait}</th><th scope="col" class="table__num">{says.attendants_available}</th>
                </tr></thead>
                <tbody>{rows(move || queues.get(), String::clone, move |group| view! { <QueueRow screen=screen group=group/> })}</tbody>
            </table>
        </section>
    }
}

#[component]
fn QueueRow(screen: Screen, group: String) -> impl IntoView {
    let Screen { board, says, scope, .. } = screen;
    let key = StoredValue::new(group);
    let name = memo(move |_| {
        scope.with(|scope| scope.groups.iter().find(|g| key.with_value(|id| g.id == *id)).map(|g| g.name.clone()))
    });
    let queue = memo(move |_| {
        let found = |table: &Table| table.queues.iter().find(|queue| key.with_value(|id| queue.group == *id)).cloned();
        screen.of(found).flatten()
    });
    let waiting = move || queue.get().map_or(0, |queue| queue.waiting(&screen.filter()));
    let oldest = move || queue.get().and_then(|queue: Queue| queue.oldest(&screen.filter()));
    let expected =
        move || queue.get().and_then(|queue| queue.average).map_or(says.not_known.to_owned(), clock::elapsed);
    let nobody = move || queue.with(|queue| queue.as_ref().is_some_and(|queue| queue.available == 0));
    view! {
        <tr>
            <th scope="row">{live(move || name.get())}</th>
            <td class="table__num">{live(waiting)}</td>
            <td class="table__num">{live(move || oldest().map_or("–".to_owned(), |at| clock::elapsed(board.now.get() - at)))}</td>
            <td class="table__num">{live(expected)}</td>
            <td class="table__num"><span class:tag=live(nobody) class:tag--wait=live(nobody)>{live(move || queue.get().map(|queue| queue.available))}</span></td>
        </tr>
    }
}

#[component]
fn Talks(screen: Screen) -> impl IntoView {
    let Screen { says, look, talks: hold, .. } = screen;
    let talks = keys(
        move || hold.held(),
        move || {
            let (filter, order) = (screen.filter(), look.with(|look| look.talks));
            let ids =
                |table: &Table| table.talks_in(&filter, order).into_iter().map(|talk| talk.chat.clone()).collect();
            Standing { keys: screen.of(ids).unwrap_or_default(), filter, order }
        },
    );
    let asked = RwSignal::new(None::<Asked>);
    let many = move || screen.of(|table| table.talks_in(&screen.filter(), None).len());
    let none = move || screen.table.with(Option::is_some) && talks.with(Vec::is_empty);
    view! {
        <section class="sheet" aria-label=says.conversations>
            <header class="sheet__head"><h2>{says.conversations}</h2><p>{live(many)}</p></header>
            <table class="table table--roomy" hidden=live(none)>
                <thead><tr>
                    {talks_by(screen, says.customer, "", TalkColumn::Customer)}
                    <th scope="col">{says.agent}</th>
                    {talks_by(screen, says.group, "", TalkColumn::Group)}
                    {talks_by(screen, says.last_word, "", TalkColumn::Last)}
                    {talks_by(screen, says.duration, "table__num", TalkColumn::Since)}
                    <th scope="col"><span class="visually-hidden">{says.acts}</span></th>
                </tr></thead>
                <tbody
                    on:mouseenter=does(move |_| hold.pointed.set(true)) on:mouseleave=does(move |_| hold.pointed.set(false))
                    on:focusin=does(move |_| hold.focused.set(true)) on:focusout=does(move |event| hold.left(&event))
                >
                    {rows(move || talks.get(), String::clone, move |chat| view! { <Conversation screen=screen asked=asked chat=chat/> })}
                </tbody>
            </table>
            <div class="empty empty--s" hidden=live(move || !none())><p>{says.no_conversations}</p></div>
            <Intervene asked=asked act=Callback::new(move |(asked, step): (Asked, Step)| intervene(screen.board, asked, step))/>
        </section>
    }
}

#[component]
fn Conversation(screen: Screen, asked: RwSignal<Option<Asked>>, chat: String) -> impl IntoView {
    let Screen { board, says, .. } = screen;
    let words = board.words;
    let key = StoredValue::new(chat);
    // What went says what it said last, and nothing can be done with it, until nobody points at it any more.
    let talk = memo(move |before: Option<&Option<Talk>>| {
        let found = |table: &Table| table.talks.iter().find(|talk| key.with_value(|id| talk.chat == *id)).cloned();
        screen.of(found).flatten().or_else(|| before.cloned().flatten())
    });
    let gone = memo(move |_| {
        let there = |table: &Table| table.talks.iter().any(|talk| key.with_value(|id| talk.chat == *id));
        screen.of(there) != Some(true)
    });
    let now = memo(move |before: Option<&Time>| match before {
        Some(then) if gone.get() => *then,
        _ => board.now.get(),
    });
    let name = memo(move |_| {
        talk.with(|talk| talk.as_ref().map_or(String::new(), |t| words.common.name(&t.customer.name, t.number)))
    });
    let agents = move || {
        talk.with(|talk| {
            talk.as_ref()
                .map_or(String::new(), |t| t.agents.iter().map(|a| a.name.as_str()).collect::<Vec<_>>().join(", "))
        })
    };
    let inside =
        memo(move |_| talk.with(|talk| talk.as_ref().is_some_and(|t| t.agents.iter().any(|a| a.id == board.my_id()))));
    let length = move || talk.with(|talk| talk.as_ref().map_or(Span(0), |talk| now.get() - talk.since));
    let last = memo(move |_| match gone.get() {
        true => Some(("table__soft", says.gone.to_owned())),
        false => talk.with(|talk| talk.as_ref().map(|talk| last_word(words, says, talk, now.get()))),
    });
    // Not disabled: the focus would be lost.
    let inert = move || live(move || gone.get().then_some("true"));
    let stays = move |event: MouseEvent| {
        if gone.get_untracked() {
            event.prevent_default();
        }
    };
    let acts = move |act: fn(Board, &str)| {
        does(move |_: MouseEvent| {
            if !gone.get_untracked() {
                act(board, &key.get_value());
            }
        })
    };
    let ask = move |_: MouseEvent| {
        if gone.get_untracked() {
            return;
        }
        asked.set(talk.with_untracked(|talk| {
            talk.as_ref().map(|talk| Asked {
                chat: key.get_value(),
                customer: name.get_untracked(),
                agents: talk.agents.iter().map(|agent| agent.name.clone()).collect(),
                held: Target::holder(talk.agents.first(), &talk.group.id),
                inside: false,
            })
        }));
    };
    let named = move |what: &'static str| live(move || [what, ": ", &name.get()].concat());
    let path = ["/chat/", &key.get_value()].concat();
    view! {
        <tr class:table__soft=live(move || gone.get())>
            <th scope="row"><a class="monitor__link" href=path.clone() aria-disabled=inert() on:click=does(stays)>{live(move || name.get())}</a></th>
            <td>{live(agents)}</td>
            <td class="table__soft">{live(move || talk.with(|talk| talk.as_ref().map(|talk| talk.group.name.clone())))}</td>
            <td>{drawn(move || last.get().map(|(class, text)| view! { <span class=class>{text}</span> }))}</td>
            <td class="table__num"><time datetime=live(move || clock::machine(length()))>{live(move || clock::elapsed(length()))}</time></td>
            <td class="monitor__acts">
                <a class="button button--bare button--icon button--s" href=path aria-label=named(says.watch) title=says.watch aria-disabled=inert() on:click=does(stays)><Icon name="eye"/></a>
                <button class="button button--bare button--icon button--s" type="button" hidden=live(move || inside.get()) aria-label=named(words.whisper) title=words.whisper
                    aria-disabled=inert() on:click=acts(whisper)><Icon name="whisper"/></button>
                <button class="button button--bare button--icon button--s" type="button" hidden=live(move || inside.get()) aria-label=named(words.intervene) title=words.intervene aria-haspopup="dialog"
                    aria-disabled=inert() on:click=does(ask)><Icon name="enter"/></button>
                <button class="button button--bare button--icon button--s" type="button" aria-label=named(words.redirect) title=words.redirect
                    aria-disabled=inert() on:click=acts(redirect)><Icon name="redirect"/></button>
            </td>
        </tr>
    }
}

/// Who spoke last and how long ago, or that the customer is gone: that is said first, since it may end any second.
fn last_word(
    words: &'static crate::words::Words,
    says: &'static Words,
    talk: &Talk,
    now: Time,
) -> (&'static str, String) {
    if let Some(since) = talk.gone_since {
        return ("tag tag--wait", (words.gone_since)(&clock::hour_and_second(words.common.lang, since)));
    }
    let Some(last) = &talk.last else { return ("table__soft", says.no_word.into()) };
    let ago = clock::elapsed(now - last.at);
    match (last.by_customer, last.is_neglected(now)) {
        (true, true) => ("tag tag--bad", (says.unanswered)(&ago)),
        (true, false) => ("table__soft", (says.customer_ago)(&ago)),
        (false, _) => ("table__soft", (says.agent_ago)(&ago)),
    }
}

/// Goes there, and writes to the agent.
fn whisper(board: Board, chat: &str) {
    let room = board.open(chat);
    room.mode.set(Mode::Whisper);
    route::go(&room.path());
}

/// Enters or takes it over, then goes there: a room that opens before looks on.
fn intervene(board: Board, asked: Asked, step: Step) {
    spawn_local(async move {
        let act = asked.act(board, step);
        match act_in_chat(asked.chat.clone(), Wish { id: browser::new_id(), act }).await {
            Ok(page) => {
                tell(board, &asked, step);
                let room = board.open(&asked.chat);
                room.hear(board, &page.told);
                route::go(&room.path());
            }
            Err(failure) => board.fail(failure),
        }
    });
}

/// Goes there, where the choice of whom it is to go to is open.
fn redirect(board: Board, chat: &str) {
    let room = board.open(chat);
    room.redirects.set_value(true);
    route::go(&room.path());
}
