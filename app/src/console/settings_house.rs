//! The house's own statuses and fields: their order, and one of them.

use super::ask::Ask;
use super::board::{Board, board};
use super::browser;
use super::icon::Icon;
use super::live::{derived, does, drawn, live, memo, rows, waits};
use super::route;
use super::settings::{
    Fault, Overtaken, Read, back, fetch, field, note_saved, of, once, refuse, says, several, switch,
};
use super::step::{Rows, Step};
use super::ticket_form::{Option2, select, typed};
use crate::doors::house::{change_house, read_house};
use crate::doors::{Answer, Failure};
use crate::words::settings::Words;
use domain::house::change::{Change, Entry, List, NAME_LIMIT, Piece};
use domain::house::{OwnField, OwnKind, OwnStatus};
use domain::{Refusal, Status, Trouble};
use leptos::prelude::*;
use leptos::task::spawn_local;
use web_sys::SubmitEvent;

type Entries = Read<Vec<Entry>>;

fn path(list: List) -> &'static str {
    match list {
        List::Statuses => "/settings/statuses",
        List::Fields => "/settings/fields",
    }
}

#[component]
pub fn Pieces(list: List, open: Memo<Option<String>>) -> impl IntoView {
    let board = board();
    let entries: Entries = RwSignal::new(None);
    fetch(board, entries, || Box::pin(read_house()));
    once(board, entries, move || {
        drawn(move || match open.get() {
            None => view! { <All list=list entries=entries/> }.into_any(),
            Some(id) if id == "new" => view! { <Editor list=list entries=entries entry=None/> }.into_any(),
            Some(id) => match untrack(|| all(entries, list)).into_iter().find(|entry| entry.piece.id() == id) {
                Some(entry) => view! { <Editor list=list entries=entries entry=Some(entry)/> }.into_any(),
                None => view! { <div class="middle"><p class="empty">{board.words.common.refusal(&Refusal::NotYours)}</p></div> }.into_any(),
            },
        })
        .into_any()
    })
}

fn all(entries: Entries, list: List) -> Vec<Entry> {
    of(entries).into_iter().filter(|entry| entry.piece.list() == list).collect()
}

/// What a door answered, on the screen.
fn put(board: Board, entries: Entries, answer: Answer<Vec<Entry>>) -> bool {
    match answer {
        Ok(now) => {
            entries.try_set(Some(Ok(now)));
            browser::hold_focus(browser::TITLE);
            true
        }
        Err(failure) => {
            match &failure {
                Failure::Trouble(Trouble::Refused(Refusal::TooLate)) => {
                    board.note(super::note::Kind::Bad, says(board).still_used.into());
                }
                Failure::Trouble(Trouble::Refused(Refusal::FieldWrong { .. })) => {
                    board.note(super::note::Kind::Bad, says(board).name_taken.into());
                }
                _ => board.fail(failure),
            }
            false
        }
    }
}

#[component]
fn All(list: List, entries: Entries) -> impl IntoView {
    let board = board();
    let says = says(board);
    let (title, say, new) = match list {
        List::Statuses => (says.statuses, says.statuses_say, says.new_status),
        List::Fields => (says.fields, says.fields_say, says.new_field),
    };
    let moved = RwSignal::new(String::new());
    let ids = derived(move || all(entries, list).iter().map(|entry| entry.piece.id().to_owned()).collect());
    view! {
        <div class="view view--paper">
            <header class="view__head">
                <h2>{title}</h2>
                <a class="button button--s button--act push" href=[path(list), "/new"].concat()><Icon name="plus" small=true/>{new}</a>
            </header>
            <p class="view__say">{say}</p>
            <p class="visually-hidden" role="status">{live(move || moved.get())}</p>
            <div class="empty empty--s" hidden=live(move || !all(entries, list).is_empty())><p>{says.none}</p></div>
            <ol class="triggers" aria-label=title>
                {rows(move || all(entries, list), |entry| entry.piece.id().to_owned(), move |entry| view! { <Row list=list entries=entries ids=ids moved=moved id=entry.piece.id().to_owned()/> })}
            </ol>
        </div>
    }
}

/// One of the list. It stays while others move around it, so that nobody loses the focus.
#[component]
fn Row(list: List, entries: Entries, ids: Rows, moved: RwSignal<String>, id: String) -> impl IntoView {
    let board = board();
    let (words, says) = (board.words, says(board));
    let more = crate::words::trigger::of(words.common.lang);
    let id = StoredValue::new(id);
    let entry = memo(move |_| all(entries, list).into_iter().find(|entry| id.with_value(|id| entry.piece.id() == id)));
    let name =
        move || entry.with(|entry| entry.as_ref().map(|entry| entry.piece.name().to_owned()).unwrap_or_default());
    let retired = memo(move |_| entry.with(|entry| entry.as_ref().is_some_and(|entry| entry.retired)));
    let used = memo(move |_| entry.with(|entry| entry.as_ref().is_none_or(|entry| entry.used)));
    let step = Step::new(id, derived(name), ids, moved, move |id, before| async move {
        put(board, entries, change_house(Change::Move { list, id, before }).await)
    });
    let ask = move |change: Change| {
        spawn_local(async move {
            put(board, entries, change_house(change).await);
        })
    };
    let retire = move |retired: bool| ask(Change::Retire { list, id: id.get_value(), retired });
    let about = move || {
        entry.with(|entry| match entry.as_ref().map(|entry| &entry.piece) {
            Some(Piece::Status(status)) if status.asks => [words.common.status(status.base), " · ", says.asks].concat(),
            Some(Piece::Status(status)) => words.common.status(status.base).to_owned(),
            Some(Piece::Field(field)) if field.required => {
                [(says.kinds)(field.kind), " · ", says.required_short].concat()
            }
            Some(Piece::Field(field)) => (says.kinds)(field.kind).to_owned(),
            None => String::new(),
        })
    };
    view! {
        <li class="sheet trigger" on:keydown=step.key()>
            <span class="trigger__place">{live(move || step.place.get() + 1)}</span>
            <span class="trigger__what">
                <a href=[path(list), "/", &id.get_value()].concat()>{live(name)}</a>
                <span class="trigger__more">" · "{live(about)}</span>
            </span>
            <span class="tag" hidden=live(move || !retired.get())>{says.retired}</span>
            <span class="trigger__acts">
                {step.buttons()}
                {drawn(move || match (used.get(), retired.get()) {
                    (false, _) => view! { <Ask class="button button--s" label=more.delete of=derived(name) question=derived(move || (more.delete_ask)(&name())) say=says.drop_say act=Callback::new(move |_| ask(Change::Drop { list, id: id.get_value() }))/> }.into_any(),
                    (true, false) => view! { <Ask class="button button--s" label=says.retire of=derived(name) question=derived(move || (says.gone_ask)(&name())) say=says.retire_say act=Callback::new(move |_| retire(true))/> }.into_any(),
                    (true, true) => view! { <button class="button button--s" type="button" aria-label=live(move || [says.restore, ": ", &name()].concat()) on:click=does(move |_| retire(false))>{says.restore}</button> }.into_any(),
                })}
            </span>
        </li>
    }
}

/// What is being filled in, of either list.
#[derive(Clone, Copy)]
struct Form {
    list: List,
    id: StoredValue<String>,
    name: RwSignal<String>,
    base: RwSignal<String>,
    kind: RwSignal<String>,
    /// A status asks for a reason, a field for an answer.
    asks: RwSignal<bool>,
    /// Reasons or options, a line each.
    lines: RwSignal<String>,
    /// As it was read; none: it is new.
    read: RwSignal<Option<Piece>>,
    fault: Fault,
    overtaken: RwSignal<Option<String>>,
    busy: RwSignal<bool>,
}

fn place_of<T: PartialEq>(all: &[T], one: &T) -> String {
    all.iter().position(|each| each == one).unwrap_or(0).to_string()
}

fn at_place<T: Copy>(all: &[T], word: &str, or: T) -> T {
    word.parse::<usize>().ok().and_then(|place| all.get(place).copied()).unwrap_or(or)
}

impl Form {
    fn of(list: List, read: Option<Piece>) -> Form {
        let form = Form {
            list,
            id: StoredValue::new(browser::new_id()),
            name: RwSignal::new(String::new()),
            base: RwSignal::new(place_of(&Status::ALL, &Status::InAttendance)),
            kind: RwSignal::new(place_of(&OwnKind::ALL, &OwnKind::Text)),
            asks: RwSignal::new(false),
            lines: RwSignal::new(String::new()),
            read: RwSignal::new(None),
            fault: RwSignal::new(None),
            overtaken: RwSignal::new(None),
            busy: RwSignal::new(false),
        };
        if let Some(piece) = read {
            form.take(piece);
        }
        form
    }

    fn take(self, piece: Piece) {
        self.id.set_value(piece.id().to_owned());
        self.name.set(piece.name().to_owned());
        match &piece {
            Piece::Status(status) => {
                self.base.set(place_of(&Status::ALL, &status.base));
                self.asks.set(status.asks);
                self.lines.set(status.reasons.join("\n"));
            }
            Piece::Field(field) => {
                self.kind.set(place_of(&OwnKind::ALL, &field.kind));
                self.asks.set(field.required);
                self.lines.set(field.options.join("\n"));
            }
        }
        self.read.set(Some(piece));
    }

    fn piece(self) -> Piece {
        let (id, name, asks) = (self.id.get_value(), self.name.get_untracked(), self.asks.get_untracked());
        let lines = self.lines.with_untracked(|lines| lines.lines().map(str::to_owned).collect());
        match self.list {
            List::Statuses => {
                let base = at_place(&Status::ALL, &self.base.get_untracked(), Status::New);
                Piece::Status(OwnStatus { id, name, base, asks, reasons: lines })
            }
            List::Fields => {
                let kind = at_place(&OwnKind::ALL, &self.kind.get_untracked(), OwnKind::Text);
                Piece::Field(OwnField { id, label: name, kind, required: asks, options: lines })
            }
        }
    }
}

#[component]
fn Editor(list: List, entries: Entries, entry: Option<Entry>) -> impl IntoView {
    let board = board();
    let (words, says) = (board.words, says(board));
    let form = Form::of(list, entry.as_ref().map(|entry| entry.piece.clone()));
    let new = if list == List::Statuses { says.new_status } else { says.new_field };
    let title = move || form.read.with(|read| read.as_ref().map_or(new.to_owned(), |read| read.name().to_owned()));
    let save = move || {
        if form.busy.get_untracked() {
            return;
        }
        form.busy.set(true);
        form.fault.set(None);
        form.overtaken.set(None);
        let change = Change::Keep { piece: form.piece(), read: form.read.get_untracked() };
        spawn_local(async move {
            let answer = change_house(change).await;
            form.busy.try_set(false);
            match answer {
                Ok(now) => {
                    entries.try_set(Some(Ok(now)));
                    note_saved(board);
                    route::go(path(list));
                }
                Err(failure) => refuse(board, form.fault, form.overtaken, failure, wrong),
            }
        });
    };
    // As it is now: to be seen, or to be written over knowingly.
    let again = move |mine: bool| {
        let id = form.id.get_value();
        spawn_local(async move {
            let read = read_house().await;
            let now = read.as_ref().ok().and_then(|all| {
                let this = all.iter().find(|one| one.piece.list() == list && one.piece.id() == id);
                this.map(|one| one.piece.clone())
            });
            // He may have gone elsewhere meanwhile.
            if !put(board, entries, read) || form.busy.try_get_untracked().is_none() {
                return;
            }
            match now {
                Some(piece) if !mine => form.take(piece),
                now if mine => {
                    form.read.set(now);
                    save();
                }
                _ => {}
            }
        });
    };
    let (theirs, mine) = (Callback::new(move |()| again(false)), Callback::new(move |()| again(true)));
    let bases = derived(move || {
        Status::ALL
            .iter()
            .map(|base| (place_of(&Status::ALL, base), words.common.status(*base).to_owned()))
            .collect::<Vec<Option2>>()
    });
    let kinds = derived(move || {
        OwnKind::ALL
            .iter()
            .map(|kind| (place_of(&OwnKind::ALL, kind), (says.kinds)(*kind).to_owned()))
            .collect::<Vec<Option2>>()
    });
    let is_choice = memo(move |_| form.kind.with(|kind| *kind == place_of(&OwnKind::ALL, &OwnKind::Choice)));
    let set = move |value: RwSignal<String>| {
        Callback::new(move |typed: String| {
            form.fault.set(None);
            value.set(typed);
        })
    };
    let is_kept = form.read.with_untracked(Option::is_some);
    let parts = match list {
        List::Statuses => view! {
            {field(form.fault, "base", says.base, "", select(bases, form.base.into(), set(form.base)))}
            {switch(form.asks, says.asks, "")}
            <div hidden=live(move || !form.asks.get())>{field(form.fault, "reasons", says.reasons, says.reasons_hint, several(form.lines))}</div>
        }
        .into_any(),
        List::Fields => view! {
            {field(form.fault, "kind", says.kind, if is_kept { says.kind_fixed } else { "" }, select(kinds, form.kind.into(), set(form.kind)))}
            {switch(form.asks, says.required, "")}
            <div hidden=live(move || !is_choice.get())>{field(form.fault, "options", says.options, says.options_hint, several(form.lines))}</div>
        }
        .into_any(),
    };
    view! {
        <div class="view view--paper">
            {back(board, path(list))}
            <form class="trigger-form" novalidate on:submit=does(move |event: SubmitEvent| { event.prevent_default(); save() })>
                <header class="view__head"><h2>{live(title)}</h2></header>
                <Overtaken by=form.overtaken take=theirs keep=mine/>
                {field(form.fault, "name", words.name, "", typed(form.name.into(), set(form.name), "text", "text", NAME_LIMIT))}
                {parts}
                <div class="trigger-form__acts">
                    <button class="button button--act" type="submit" aria-disabled=waits(form.busy)>{live(move || if form.busy.get() { words.saving } else { words.save })}</button>
                    <a class="button button--bare" href=path(list)>{words.cancel}</a>
                </div>
            </form>
        </div>
    }
}

/// What is wrong with a field of this form.
fn wrong(says: &'static Words, field: &str) -> Option<&'static str> {
    match field {
        "name" => Some(says.name_taken),
        "base" => Some(says.base_used),
        "kind" => Some(says.kind_fixed),
        _ => None,
    }
}
