//! The list of tickets, beside the one that is open. What it shows is in the address.

use super::board::{Board, board};
use super::clock;
use super::face::Avatar;
use super::groupless::{Groupless, is_groupless};
use super::hold::{Hold, stands};
use super::icon::Icon;
use super::live::{derived, does, drawn, live, memo, rows, waits};
use super::menu::{Item, Items, Menu, Sign};
use super::route::{self, View, place};
use super::ticket::{Paper, dot};
use super::ticket_filter::{Conditions, Search, path, read};
use super::ticket_form;
use super::ticket_new::New;
use crate::doors::Failure;
use crate::doors::ticket::list_tickets;
use crate::words::{Words, ticket as says};
use domain::Ticket;
use domain::ticket::Via;
use domain::ticket_list::{After, Filter, Queue, Wanted};
use domain::wire::TicketRow;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, KeyboardEvent, MouseEvent};

/// Pages without a row that are passed over by themselves, one after the other, before somebody is asked.
const PASSED: usize = 20;

#[derive(Clone, Copy)]
struct List {
    filter: Memo<Filter>,
    rows: RwSignal<Vec<TicketRow>>,
    loading: RwSignal<bool>,
    next: RwSignal<Option<After>>,
    failed: RwSignal<bool>,
    /// Counts the lists that were asked for: another one is obeyed at once, whatever somebody points at.
    turn: RwSignal<u32>,
    hold: Hold,
    /// The rows as they stand.
    keys: Memo<Vec<String>>,
    /// Came while they were held, and stand below.
    fresh: RwSignal<usize>,
}

#[component]
pub fn Tickets() -> impl IntoView {
    let board = board();
    let words = board.words;
    ticket_form::fetch(board);
    // Another view has no list; what was asked for stays until this one goes.
    let asked = memo(move |before: Option<&(Option<String>, String)>| match place().shown.get() {
        View::Tickets(ticket, search) => (ticket, search),
        _ => before.cloned().unwrap_or_default(),
    });
    let open = memo(move |_| asked.with(|(ticket, _)| ticket.clone()));
    let filter = memo(move |_| asked.with(|(_, search)| read(search)));
    // Of one that is opened by hand; another customer's is another.
    let of = memo(move |_| {
        asked.with(|(open, search)| {
            let of = search.strip_prefix("of=").map(str::to_owned);
            of.filter(|_| open.as_deref() == Some("new"))
        })
    });
    let (turn, hold, rows) = (RwSignal::new(0_u32), Hold::new(), RwSignal::new(Vec::<TicketRow>::new()));
    let ids = move || rows.with(|rows| rows.iter().map(|row| row.id.clone()).collect::<Vec<_>>());
    let list = List {
        filter,
        rows,
        loading: RwSignal::new(false),
        next: RwSignal::new(None),
        failed: RwSignal::new(false),
        turn,
        hold,
        keys: stands(move || hold.held(), move || (turn.get(), ids())),
        fresh: RwSignal::new(0),
    };
    Effect::new(move |before: Option<Filter>| {
        // After the line was down the list is read anew; what is there stays until then.
        board.round.track();
        let filter = filter.get();
        if before.as_ref() != Some(&filter) {
            list.rows.set(Vec::new());
            list.turn.update(|turn| *turn += 1);
        }
        list.read(board, None);
        filter
    });
    Effect::new(move || {
        if let Some(ticket) = board.changed.get() {
            list.change(board, &ticket);
        }
    });
    let groupless = is_groupless(board);
    Effect::new(move || {
        turn.track();
        if !hold.is_held() {
            list.fresh.set(0);
        }
    });
    let back = derived(move || filter.with(|filter| path(None, filter)));
    view! {
        <div class="desk__work desk__work--tickets">
            <section class="list" aria-label=words.menu_tickets>
                <Head filter=filter fresh=list.fresh/>
                <Table list=list open=open/>
                {drawn(move || groupless.get().then(|| view! { <div class="only-narrow"><Groupless/></div> }))}
                <div class="empty empty--s" hidden=live(move || list.loading.get() || list.failed.get() || list.next.with(Option::is_some) || !list.keys.with(Vec::is_empty))><p>{words.no_tickets}</p></div>
                <div class="empty empty--s" role="alert" hidden=live(move || !list.failed.get())>
                    <p>{words.not_reached}</p><p><button class="button button--s" type="button" on:click=does(move |_| list.read(board, None))>{words.common.retry}</button></p>
                </div>
                <p class="list__more" hidden=live(move || list.next.with(Option::is_none))>
                    <button class="button" type="button" aria-disabled=waits(list.loading) on:click=does(move |_| if !list.loading.get_untracked() { list.read(board, list.next.get_untracked()) })>{words.more}</button>
                </p>
            </section>
            {drawn(move || match open.get() {
                Some(id) if id == "new" => view! { <New of=of.get() back=back/> }.into_any(),
                Some(id) => view! { <Paper id=id back=back/> }.into_any(),
                None if groupless.get() => view! { <div class="middle"><Groupless/></div> }.into_any(),
                None => view! { <div class="middle"><div class="empty"><p>{words.choose_ticket}</p></div></div> }.into_any(),
            })}
        </div>
    }
}

impl List {
    fn read(self, board: Board, after: Option<After>) {
        let filter = self.filter.get_untracked();
        self.loading.set(true);
        self.failed.set(false);
        spawn_local(async move {
            let first = after.is_none();
            let mut read = list_tickets(filter.clone(), after).await;
            // What few have is looked for on; a page without a row shows nobody anything.
            for _ in 0..PASSED {
                let next = match &read {
                    Ok(page) if page.rows.is_empty() => page.next.clone(),
                    _ => None,
                };
                let Some(next) = next else { break };
                read = list_tickets(filter.clone(), Some(next)).await;
            }
            // Another filter was chosen meanwhile: this answer is nobody's.
            if self.filter.try_get_untracked() != Some(filter) {
                return;
            }
            self.loading.set(false);
            match read {
                Ok(page) => {
                    self.next.set(page.next);
                    self.rows.update(|rows| {
                        if first {
                            rows.clear();
                        }
                        rows.retain(|row| !page.rows.iter().any(|new| new.id == row.id));
                        rows.extend(page.rows);
                    });
                }
                Err(Failure::Lost) => self.failed.set(true),
                Err(failure) => board.fail(failure),
            }
        });
    }

    /// A ticket changed: its row does, or comes, or goes. Whether it has the words of a search only the
    /// server knows: there no row comes by itself.
    fn change(self, board: Board, ticket: &Ticket) {
        let filter = self.filter.get_untracked();
        let shown = board.me.with_untracked(|me| filter.shows(ticket, &me.agent));
        let known = |rows: &Vec<TicketRow>| rows.iter().any(|row| row.id == ticket.id);
        if shown && filter.words.is_empty() && untrack(|| self.hold.is_held()) && !self.rows.with_untracked(known) {
            self.fresh.update(|fresh| *fresh += 1);
        }
        self.rows.update(|rows| match rows.iter().position(|row| row.id == ticket.id) {
            Some(at) if shown && !filter.words.is_empty() => rows[at] = TicketRow::of(ticket),
            known => {
                if let Some(at) = known {
                    rows.remove(at);
                }
                if shown && filter.words.is_empty() {
                    rows.insert(0, TicketRow::of(ticket));
                }
            }
        });
    }
}

/// A list that has a name.
type Named = (Queue, Wanted, fn(&Words, &says::Words) -> &'static str);

/// Filters narrow them.
const LISTS: [Named; 6] = [
    (Queue::All, Wanted::Open, |words, _| words.filter_open),
    (Queue::Mine, Wanted::Open, |words, _| words.filter_mine),
    (Queue::Groups, Wanted::Open, |_, says| says.filter_groups),
    (Queue::Unassigned, Wanted::Open, |_, says| says.filter_unassigned),
    (Queue::All, Wanted::Unsaved, |words, _| words.filter_unsaved),
    (Queue::All, Wanted::Any, |words, _| words.filter_all),
];

fn named(board: Board, filter: &Filter) -> &'static str {
    let words = board.words;
    let named = LISTS.iter().find(|(queue, status, _)| *queue == filter.queue && *status == filter.status);
    let of_queue = || LISTS[..4].iter().find(|(queue, ..)| *queue == filter.queue && filter.queue != Queue::All);
    named.or_else(of_queue).map_or(words.filter_all, |(_, _, name)| name(words, says::of(words.common.lang)))
}

/// Which tickets, as a menu of addresses; what narrows them; and one more by hand.
#[component]
fn Head(filter: Memo<Filter>, fresh: RwSignal<usize>) -> impl IntoView {
    let board = board();
    let words = board.words;
    let says = crate::words::ticket::of(words.common.lang);
    let menu = Menu::new();
    let narrows = RwSignal::new(false);
    let items = derived(move || {
        let item = |(queue, status, name): &Named| {
            // What he looks for he looks for in the other list, too.
            let sought = filter.with(|filter| filter.words.clone());
            let to = Filter { queue: *queue, status: status.clone(), words: sought, ..Filter::default() };
            Item {
                label: name(words, says).into(),
                more: None,
                tag: None,
                sign: Sign::None,
                chosen: filter.with(|f| f.queue == to.queue && f.status == to.status),
                barred: false,
                act: Callback::new(move |()| route::go(&path(None, &to))),
            }
        };
        LISTS.iter().map(item).collect()
    });
    let chosen = memo(move |_| filter.with(Filter::chosen));
    let groupless = is_groupless(board);
    view! {
        <header class="list__head">
            <div class="sheet__head">
                <h2 class="list__filter">
                    <button class="button button--bare button--s" type="button" aria-haspopup="menu" aria-expanded=live(move || menu.is_open().to_string()) on:click=does(move |_| menu.toggle())>
                        <span>{live(move || filter.with(|filter| named(board, filter)))}</span><Icon name="down" small=true/>
                    </button>
                    <Items menu=menu label=words.which_tickets items=items choice=true/>
                </h2>
                <div class="push">
                    <span class="tag" hidden=live(move || fresh.get() == 0)>{live(move || (says.more_below)(fresh.get()))}</span>
                    <button class="button button--s" type="button" aria-expanded=live(move || narrows.get().to_string()) on:click=does(move |_| narrows.update(|open| *open = !*open))>
                        <Icon name="tune" small=true/><span>{says.filter}</span>
                        <span class="tag tag--tint" hidden=live(move || chosen.get() == 0)>{live(move || chosen.get())}</span>
                    </button>
                    <a class="button button--s" href="/tickets/new" hidden=live(move || groupless.get())><Icon name="plus" small=true/><span>{says.new_direct}</span></a>
                </div>
            </div>
            <Search filter=filter/>
            {drawn(move || narrows.get().then(|| view! { <Conditions filter=filter/> }))}
        </header>
    }
}

#[component]
fn Table(list: List, open: Memo<Option<String>>) -> impl IntoView {
    let board = board();
    let words = board.words;
    // Up and down between the rows, as in every list.
    let key = move |event: KeyboardEvent| {
        let down = match event.key().as_str() {
            "ArrowDown" => true,
            "ArrowUp" => false,
            _ => return,
        };
        let row = document().active_element().and_then(|here| here.closest("tr").ok().flatten());
        let next = row.and_then(|row| if down { row.next_element_sibling() } else { row.previous_element_sibling() });
        let link = next.and_then(|next| next.query_selector("a").ok().flatten());
        if let Some(link) = link.and_then(|link| link.dyn_into::<HtmlElement>().ok()) {
            event.prevent_default();
            let _ = link.focus();
        }
    };
    view! {
        <table class="table table--tall" on:keydown=does(key) hidden=live(move || list.keys.with(Vec::is_empty) && !list.loading.get())>
            <thead><tr><th scope="col">{words.ticket}</th><th scope="col">{words.status}</th><th scope="col">{words.owner}</th><th scope="col" class="table__num">{words.changed}</th></tr></thead>
            <tbody
                on:mouseenter=does(move |_| list.hold.pointed.set(true)) on:mouseleave=does(move |_| list.hold.pointed.set(false))
                on:focusin=does(move |event| list.hold.came(&event)) on:focusout=does(move |event| list.hold.left(&event))
            >
                {rows(move || list.keys.get(), String::clone, move |id| view! { <Row id=id list=list open=open/> })}
                {drawn(move || (list.loading.get() && list.keys.with(Vec::is_empty)).then(|| (0..6).map(|_| view! {
                    <tr aria-hidden="true"><td><span class="bone" style:--bone-long="70%"></span></td><td><span class="bone"></span></td><td></td><td><span class="bone"></span></td></tr>
                }).collect_view()))}
            </tbody>
        </table>
    }
}

#[component]
fn Row(id: String, list: List, open: Memo<Option<String>>) -> impl IntoView {
    let board = board();
    let words = board.words;
    let says = says::of(words.common.lang);
    let id = StoredValue::new(id);
    // What went says what it said last, until nobody points at it any more.
    type Seen = (Option<TicketRow>, bool);
    let seen = memo(move |before: Option<&Seen>| {
        let found = |rows: &Vec<TicketRow>| rows.iter().find(|row| id.with_value(|id| row.id == *id)).cloned();
        match list.rows.with(found) {
            Some(row) => (Some(row), false),
            None => (before.and_then(|(row, _)| row.clone()), true),
        }
    });
    let of = move |what: fn(&Words, &TicketRow) -> String| {
        live(move || seen.with(|(row, _)| row.as_ref().map(|row| what(words, row))))
    };
    let gone = memo(move |_| seen.with(|(_, gone)| *gone));
    let current = move || open.with(|open| id.with_value(|id| open.as_ref() == Some(id))).then_some("true");
    let path = move || list.filter.with(|filter| path(Some(&id.get_value()), filter));
    let about = move || match gone.get() {
        true => Some(says.gone.to_owned()),
        false => seen.with(|(row, _)| {
            let name = |row: &TicketRow| words.common.name(&row.customer.name, row.number);
            row.as_ref().map(|row| [row.number.to_string().as_str(), " · ", &name(row)].concat())
        }),
    };
    let via = memo(move |_| seen.with(|(row, _)| row.as_ref().map(|row| row.via)));
    let owner = memo(move |_| seen.with(|(row, _)| row.as_ref().and_then(|row| row.owner.clone())));
    let status = memo(move |_| seen.with(|(row, _)| row.as_ref().map(|row| row.status)));
    let changed_at = memo(move |_| seen.with(|(row, _)| row.as_ref().map(|row| row.changed_at)));
    // The minute is enough for a column.
    let minute = memo(move |_| board.now.get().0 / 60_000);
    let changed = move || {
        minute.track();
        changed_at.get().map(|at| clock::ago(words.common.lang, at, board.now.get_untracked()))
    };
    let stays = move |event: MouseEvent| {
        if gone.get_untracked() {
            event.prevent_default();
        }
    };
    view! {
        <tr aria-current=live(current) class:table__gone=live(move || gone.get())>
            <td class="table__cut">
                <div><a class="table__main" href=live(path) aria-disabled=live(move || gone.get().then_some("true")) on:click=does(stays)>{of(|_, row| row.subject.clone())}</a></div>
                <div class="table__soft">
                    {drawn(move || via.get().map(|via| {
                        let name = words.common.via(via);
                        view! { <span class="table__via" title=name><Icon name=via_icon(via) small=true/><span class="visually-hidden">{name}" "</span></span> }
                    }))}
                    {live(about)}
                </div>
            </td>
            <td><span class="table__state">{drawn(move || status.get().map(|status| view! { <span class=dot(status)></span> }))}{of(named_status)}</span></td>
            <td>{drawn(move || match owner.get() {
                Some(owner) => view! { <span title=owner.name.clone()><Avatar face=owner.clone()/><span class="visually-hidden">{owner.name.clone()}</span></span> }.into_any(),
                None => view! { <span class="table__soft">{words.nobody}</span> }.into_any(),
            })}</td>
            <td class="table__num table__soft"><time title=live(move || changed_at.get().map(|at| clock::whole(words.common.lang, at)))>{live(changed)}</time></td>
        </tr>
    }
}

pub fn named_status(words: &Words, row: &TicketRow) -> String {
    match &row.own {
        _ if !row.saved => words.to_save.to_owned(),
        Some(own) => own.name.clone(),
        None => words.common.status(row.status).to_owned(),
    }
}

fn via_icon(via: Via) -> &'static str {
    match via {
        Via::OnlineChat => "chat",
        Via::OfflineMessage => "note",
        Via::Agent => "person",
        Via::Portal => "enter",
        Via::Api => "bolt",
    }
}
