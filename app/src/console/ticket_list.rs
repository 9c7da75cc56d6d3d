//! The list of tickets, beside the one that is open. Its filter is in the address.

use super::board::{Board, board};
use super::clock;
use super::face::Avatar;
use super::icon::Icon;
use super::live::{derived, does, drawn, live, memo, rows};
use super::menu::{Item, Items, Menu, Sign};
use super::route::{self, View, place};
use super::ticket::{Paper, dot};
use crate::doors::Failure;
use crate::doors::ticket::list_tickets;
use crate::words::Words;
use domain::Ticket;
use domain::ticket::Via;
use domain::wire::TicketRow;
use domain::wire::{After, Filter};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The server's page; a shorter one was the last.
const PAGE: usize = 50;

#[derive(Clone, Copy)]
struct List {
    filter: Memo<Filter>,
    rows: RwSignal<Vec<TicketRow>>,
    loading: RwSignal<bool>,
    more: RwSignal<bool>,
    failed: RwSignal<bool>,
}

#[component]
pub fn Tickets() -> impl IntoView {
    let board = board();
    let words = board.words;
    // Another view has no list; what was asked for stays until this one goes.
    let asked = memo(move |before: Option<&(Option<String>, Filter)>| match place().shown.get() {
        View::Tickets(ticket, filter) => (ticket, filter),
        _ => before.cloned().unwrap_or_default(),
    });
    let open = memo(move |_| asked.with(|(ticket, _)| ticket.clone()));
    let filter = memo(move |_| asked.with(|(_, filter)| *filter));
    let list = List {
        filter,
        rows: RwSignal::new(Vec::new()),
        loading: RwSignal::new(false),
        more: RwSignal::new(false),
        failed: RwSignal::new(false),
    };
    Effect::new(move |before: Option<Filter>| {
        // After the line was down the list is read anew; what is there stays until then.
        board.round.track();
        let filter = filter.get();
        if before != Some(filter) {
            list.rows.set(Vec::new());
        }
        list.read(board, None);
        filter
    });
    Effect::new(move || {
        if let Some(ticket) = board.changed.get() {
            list.change(board, &ticket);
        }
    });
    view! {
        <div class="desk__work desk__work--tickets">
            <section class="list" aria-label=words.menu_tickets>
                <Head filter=filter/>
                <Table list=list open=open/>
                <div class="empty empty--s" hidden=live(move || list.loading.get() || list.failed.get() || !list.rows.with(Vec::is_empty))><p>{words.no_tickets}</p></div>
                <div class="empty empty--s" role="alert" hidden=live(move || !list.failed.get())>
                    <p>{words.not_reached}</p><p><button class="button button--s" type="button" on:click=does(move |_| list.read(board, None))>{words.common.retry}</button></p>
                </div>
                <p class="list__more" hidden=live(move || !list.more.get())>
                    <button class="button" type="button" disabled=live(move || list.loading.get()) on:click=does(move |_| list.read_more(board))>{words.more}</button>
                </p>
            </section>
            {drawn(move || match open.get() {
                Some(id) => view! { <Paper id=id filter=filter/> }.into_any(),
                None => view! { <div class="middle"><div class="empty"><p>{words.choose_ticket}</p></div></div> }.into_any(),
            })}
        </div>
    }
}

impl List {
    /// The next page, after the last row.
    fn read_more(self, board: Board) {
        let last = |row: &TicketRow| After { changed_at: row.changed_at, id: row.id.clone() };
        self.read(board, self.rows.with_untracked(|rows| rows.last().map(last)));
    }

    fn read(self, board: Board, after: Option<After>) {
        let filter = self.filter.get_untracked();
        self.loading.set(true);
        self.failed.set(false);
        spawn_local(async move {
            let first = after.is_none();
            let read = list_tickets(filter, after).await;
            // Another filter was chosen meanwhile: this answer is nobody's.
            if self.filter.try_get_untracked() != Some(filter) {
                return;
            }
            self.loading.set(false);
            match read {
                Ok(page) => {
                    self.more.set(page.len() >= PAGE);
                    self.rows.update(|rows| {
                        if first {
                            rows.clear();
                        }
                        rows.retain(|row| !page.iter().any(|new| new.id == row.id));
                        rows.extend(page);
                    });
                }
                Err(Failure::Lost) => self.failed.set(true),
                Err(failure) => board.fail(failure),
            }
        });
    }

    /// A ticket changed: its row does, or comes, or goes.
    fn change(self, board: Board, ticket: &Ticket) {
        let mine = ticket.is_owned_by(&board.my_id());
        let shown = match self.filter.get_untracked() {
            Filter::Open => ticket.status.is_open(),
            Filter::Mine => mine,
            Filter::Unsaved => mine && !ticket.is_saved(),
            Filter::All => true,
        };
        let shown = shown && (mine || board.me.with_untracked(|me| me.agent.sees(&ticket.group.id)));
        self.rows.update(|rows| {
            rows.retain(|row| row.id != ticket.id);
            if shown {
                rows.insert(0, row(ticket));
            }
        });
    }
}

fn row(ticket: &Ticket) -> TicketRow {
    TicketRow {
        id: ticket.id.clone(),
        number: ticket.number,
        subject: ticket.subject.clone(),
        status: ticket.status,
        customer: ticket.customer.clone(),
        group: ticket.group.clone(),
        owner: ticket.owner.clone(),
        changed_at: ticket.changed_at,
        via: ticket.via,
        saved: ticket.is_saved(),
    }
}

fn named(words: &'static Words, filter: Filter) -> &'static str {
    match filter {
        Filter::Open => words.filter_open,
        Filter::Mine => words.filter_mine,
        Filter::Unsaved => words.filter_unsaved,
        Filter::All => words.filter_all,
    }
}

/// Which tickets, as a menu of addresses.
#[component]
fn Head(filter: Memo<Filter>) -> impl IntoView {
    let words = board().words;
    let menu = Menu::new();
    let items = derived(move || {
        Filter::ALL
            .map(|this| Item {
                label: named(words, this).into(),
                more: None,
                sign: Sign::None,
                chosen: filter.get() == this,
                barred: false,
                act: Callback::new(move |()| route::go(&["/tickets?filter=", this.word()].concat())),
            })
            .to_vec()
    });
    view! {
        <header class="sheet__head">
            <h2 class="list__filter">
                <button class="button button--bare button--s" type="button" aria-haspopup="menu" aria-expanded=live(move || menu.is_open().to_string()) on:click=does(move |_| menu.toggle())>
                    <span>{live(move || named(words, filter.get()))}</span><Icon name="down" small=true/>
                </button>
                <Items menu=menu label=words.which_tickets items=items choice=true/>
            </h2>
        </header>
    }
}

#[component]
fn Table(list: List, open: Memo<Option<String>>) -> impl IntoView {
    let board = board();
    let words = board.words;
    // The time of the last change is in the key: a changed row is drawn anew.
    let key = |row: &TicketRow| {
        [row.id.as_str(), " ", &row.changed_at.0.to_string(), if row.saved { "" } else { "!" }].concat()
    };
    view! {
        <table class="table table--tall" hidden=live(move || list.rows.with(Vec::is_empty) && !list.loading.get())>
            <thead><tr><th scope="col">{words.ticket}</th><th scope="col">{words.status}</th><th scope="col">{words.owner}</th><th scope="col" class="table__num">{words.changed}</th></tr></thead>
            <tbody>
                {rows(move || list.rows.get(), key, move |row| view! { <Row row=row list=list open=open/> })}
                {drawn(move || (list.loading.get() && list.rows.with(Vec::is_empty)).then(|| (0..6).map(|_| view! {
                    <tr aria-hidden="true"><td><span class="bone" style:--bone-long="70%"></span></td><td><span class="bone"></span></td><td></td><td><span class="bone"></span></td></tr>
                }).collect_view()))}
            </tbody>
        </table>
    }
}

#[component]
fn Row(row: TicketRow, list: List, open: Memo<Option<String>>) -> impl IntoView {
    let board = board();
    let words = board.words;
    let id = StoredValue::new(row.id.clone());
    let current = move || open.with(|open| id.with_value(|id| open.as_ref() == Some(id))).then_some("true");
    let path = move || ["/tickets/", &id.get_value(), "?filter=", list.filter.get().word()].concat();
    let about = [row.number.to_string().as_str(), " · ", &words.common.name(&row.customer.name, row.number)].concat();
    let via = words.common.via(row.via);
    // The minute is enough for a column.
    let minute = memo(move |_| board.now.get().0 / 60_000);
    let changed = move || {
        minute.track();
        clock::ago(words.common.lang, row.changed_at, board.now.get_untracked())
    };
    view! {
        <tr aria-current=live(current)>
            <td class="table__cut">
                <div><a class="table__main" href=live(path)>{row.subject.clone()}</a></div>
                <div class="table__soft"><span class="table__via" title=via><Icon name=via_icon(row.via) small=true/><span class="visually-hidden">{via}" "</span></span>{about}</div>
            </td>
            <td><span class="table__state"><span class=dot(row.status)></span>{if row.saved { words.common.status(row.status) } else { words.to_save }}</span></td>
            <td>{match row.owner {
                Some(owner) => view! { <span title=owner.name.clone()><Avatar face=owner.clone()/><span class="visually-hidden">{owner.name.clone()}</span></span> }.into_any(),
                None => view! { <span class="table__soft">{words.nobody}</span> }.into_any(),
            }}</td>
            <td class="table__num table__soft"><time title=clock::whole(words.common.lang, row.changed_at)>{live(changed)}</time></td>
        </tr>
    }
}

fn via_icon(via: Via) -> &'static str {
    match via {
        Via::OnlineChat => "chat",
        Via::OfflineMessage => "note",
        Via::Agent => "person",
    }
}
