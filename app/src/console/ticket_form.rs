//! What a ticket carries, as fields: the same in the wrap-up, on the ticket's page and for a new one.

use super::board::{Board, board};
use super::browser::{self, kept};
use super::icon::Icon;
use super::live::{derived, does, drawn, live, rows};
use super::note;
use crate::doors::Failure;
use crate::doors::ticket::read_choices;
use domain::house::{OwnField, OwnKind, OwnStatus, REASON_LIMIT, TAG_LIMIT};
use domain::ticket::{Change, SUBJECT_LIMIT};
use domain::wire::Choices;
use domain::{Refusal, Status, Ticket, Trouble};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::cell::Cell;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, KeyboardEvent};

/// A base status, or one of the house's own, by id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pick {
    Base(Status),
    Own(String),
}

impl Pick {
    pub fn of(ticket: &Ticket) -> Pick {
        ticket.own.as_ref().map_or(Pick::Base(ticket.status), |own| Pick::Own(own.id.clone()))
    }

    /// Its word in a list of choices.
    fn word(&self) -> String {
        match self {
            Pick::Base(status) => Status::ALL.iter().position(|s| s == status).unwrap_or(0).to_string(),
            Pick::Own(id) => ["=", id].concat(),
        }
    }

    fn of_word(word: &str) -> Pick {
        match word.strip_prefix('=') {
            Some(id) => Pick::Own(id.into()),
            None => {
                Pick::Base(word.parse().ok().and_then(|n: usize| Status::ALL.get(n).copied()).unwrap_or(Status::New))
            }
        }
    }
}

thread_local! {
    // Known to the views of tickets alone: what every view holds comes with the first load.
    static CHOICES: Cell<Option<RwSignal<Option<Choices>>>> = const { Cell::new(None) };
}

/// What tickets can be given; none: it is on its way.
pub fn offered(board: Board) -> RwSignal<Option<Choices>> {
    CHOICES.get().unwrap_or_else(|| {
        let offered = board.lasting(|| RwSignal::new(None));
        CHOICES.set(Some(offered));
        offered
    })
}

/// Reads what the house offers; again after the line was down.
pub fn fetch(board: Board) {
    Effect::new(move || {
        board.round.track();
        read_again(board);
    });
}

pub fn read_again(board: Board) {
    let offered = offered(board);
    spawn_local(async move {
        match read_choices().await {
            // What is as it was moves nothing on the screen.
            Ok(choices) if offered.with_untracked(|offered| offered.as_ref() == Some(&choices)) => {}
            Ok(choices) => offered.set(Some(choices)),
            Err(Failure::Lost) => {}
            Err(failure) => board.fail(failure),
        }
    });
}

/// Nothing of a form is kept any more that was kept under this name.
pub fn forget(name: &str) {
    for part in ["subject", "status", "reason", "group", "owner", "tags", "answers"] {
        kept::write(&["wrap.", part, ".", name].concat(), "");
    }
}

/// What is being filled in.
#[derive(Clone, Copy)]
pub struct Form {
    pub subject: RwSignal<String>,
    pub pick: RwSignal<Pick>,
    reason: RwSignal<String>,
    pub group: RwSignal<String>,
    owner: RwSignal<String>,
    /// Whose it was when another was chosen here: if it is somebody else's by then, that is said, and not undone.
    owner_seen: RwSignal<Option<String>>,
    tags: RwSignal<Vec<String>>,
    /// The tag that is being typed.
    tag: RwSignal<String>,
    /// What was answered here, by field; of the others the ticket knows.
    answers: RwSignal<Vec<(String, String)>>,
    /// The field that was refused, and why.
    fault: RwSignal<Option<(String, String)>>,
    /// The ticket as it was taken from.
    ticket: RwSignal<Ticket>,
    /// Under which name what is typed outlives the page.
    kept: StoredValue<Option<String>>,
}

impl Form {
    pub fn new(ticket: Ticket, pick: Pick, kept: Option<String>) -> Form {
        let form = Form {
            subject: RwSignal::new(ticket.subject.clone()),
            pick: RwSignal::new(pick),
            reason: RwSignal::new(ticket.reason.clone()),
            group: RwSignal::new(ticket.group.id.clone()),
            owner: RwSignal::new(owner(&ticket)),
            owner_seen: RwSignal::new(None),
            tags: RwSignal::new(ticket.tags.clone()),
            tag: RwSignal::new(String::new()),
            answers: RwSignal::new(Vec::new()),
            fault: RwSignal::new(None),
            ticket: RwSignal::new(ticket),
            kept: StoredValue::new(kept),
        };
        form.recall();
        form
    }

    fn recall(self) {
        let read = |name: &str| self.name(name).and_then(|name| kept::read(&name));
        let ticket = self.ticket.get_untracked();
        if let Some(subject) = self.chosen("subject", &ticket.subject) {
            self.subject.set(subject);
        }
        if let Some(reason) = self.chosen("reason", &ticket.reason) {
            self.reason.set(reason);
        }
        if let Some(pick) = self.chosen("status", &Pick::of(&ticket).word()) {
            self.pick.set(Pick::of_word(&pick));
        }
        if let Some(group) = self.chosen("group", &ticket.group.id) {
            self.group.set(group);
        }
        if let Some(chosen) = self.chosen("owner", &owner(&ticket)) {
            self.owner.set(chosen);
        }
        if let Some(kept) = read("tags") {
            // What was put there and taken off here; what others did meanwhile stays.
            self.tags.update(|tags| {
                for line in kept.lines() {
                    if let Some(tag) = line.strip_prefix('-') {
                        tags.retain(|one| one != tag);
                    } else if let Some(tag) = line.strip_prefix('+').filter(|tag| tags.iter().all(|one| one != tag)) {
                        tags.push(tag.to_owned());
                    }
                }
            });
        }
        if let Some(answers) = read("answers") {
            let one = |line: &str| {
                let mut parts = line.splitn(3, '\t');
                let (id, then, value) = (parts.next()?, parts.next()?, parts.next()?);
                (ticket.filled(id) == then).then(|| (id.to_owned(), value.to_owned()))
            };
            self.answers.set(answers.lines().filter_map(one).collect());
        }
    }

    fn name(self, name: &str) -> Option<String> {
        self.kept.with_value(|kept| kept.as_ref().map(|kept| ["wrap.", name, ".", kept].concat()))
    }

    fn keep(self, name: &str, value: &str) {
        if let Some(name) = self.name(name) {
            kept::write(&name, value);
        }
    }

    /// A choice is kept with what the ticket said then: where somebody has changed that since, his counts. What is as it
    /// was is none.
    fn keep_choice(self, name: &str, then: &str, now: &str) {
        let kept = if then == now { String::new() } else { [then, "\n", now].concat() };
        self.keep(name, &kept);
    }

    fn chosen(self, name: &str, now: &str) -> Option<String> {
        let kept = self.name(name).and_then(|name| kept::read(&name))?;
        kept.split_once('\n').filter(|(then, _)| *then == now).map(|(_, chosen)| chosen.to_owned())
    }

    pub fn set_pick(self, pick: Pick) {
        self.keep_choice("status", &self.ticket.with_untracked(|t| Pick::of(t).word()), &pick.word());
        self.pick.set(pick);
    }

    fn set_group(self, group: String) {
        self.keep_choice("group", &self.ticket.with_untracked(|t| t.group.id.clone()), &group);
        self.group.set(group);
    }

    /// It was changed elsewhere: what is not being edited here follows.
    pub fn follow(self, now: &Ticket) {
        let before = self.ticket.get_untracked();
        self.ticket.set(now.clone());
        follow(self.subject, before.subject.clone(), now.subject.clone());
        follow(self.pick, Pick::of(&before), Pick::of(now));
        follow(self.reason, before.reason.clone(), now.reason.clone());
        follow(self.group, before.group.id.clone(), now.group.id.clone());
        follow(self.owner, owner(&before), owner(now));
        // Tag by tag: one that is being put there here stays, and so does one that somebody else put there.
        self.tags.update(|tags| {
            let (more, less) = (without(&now.tags, &before.tags), without(&before.tags, &now.tags));
            tags.retain(|tag| !less.contains(tag));
            let more = without(&more, tags);
            tags.extend(more);
        });
        self.answers.update(|answers| answers.retain(|(id, value)| now.filled(id) != value));
    }

    /// What is otherwise than the ticket is.
    pub fn changes(self) -> Vec<Change> {
        let mut changes = Vec::new();
        self.ticket.with(|ticket| {
            let subject = self.subject.get();
            if subject != ticket.subject {
                changes.push(Change::Subject(subject));
            }
            let (pick, reason) = (self.pick.get(), self.reason.get());
            if pick != Pick::of(ticket) || matches!(pick, Pick::Own(_)) && reason != ticket.reason {
                changes.push(match pick {
                    Pick::Base(status) => Change::Status(status),
                    Pick::Own(id) => Change::Own { id, reason },
                });
            }
            // The group first: whoever owns it must see it.
            let group = self.group.get();
            if group != ticket.group.id {
                changes.push(Change::Group(group));
            }
            let to = self.owner.get();
            if to != owner(ticket) {
                let somebody = |id: String| (!id.is_empty()).then_some(id);
                let seen = self.owner_seen.get().unwrap_or_else(|| owner(ticket));
                changes.push(Change::OwnerOf { seen: somebody(seen), to: somebody(to) });
            }
            let tags = self.all_tags();
            changes.extend(without(&ticket.tags, &tags).into_iter().map(Change::Untag));
            changes.extend(without(&tags, &ticket.tags).into_iter().map(Change::Tag));
            let answers = self.answers.get().into_iter().filter(|(id, value)| ticket.filled(id) != value);
            changes.extend(answers.map(|(id, value)| Change::Field { id, value }));
        });
        changes
    }

    /// What a new ticket is to be: its subject is said even where it is empty, so that it is asked for.
    pub fn opening(self) -> Vec<Change> {
        let mut changes = self.changes();
        if !changes.iter().any(|change| matches!(change, Change::Subject(_))) {
            changes.push(Change::Subject(self.subject.get()));
        }
        changes.retain(|change| !matches!(change, Change::Group(_)));
        // Nobody had it before.
        for change in &mut changes {
            if let Change::OwnerOf { to, .. } = change {
                *change = Change::Owner(to.take());
            }
        }
        changes
    }

    /// Also the one that nobody has finished.
    fn all_tags(self) -> Vec<String> {
        let mut tags = self.tags.get();
        let typed = domain::text::line(&self.tag.get()).to_lowercase();
        if !typed.is_empty() && !tags.contains(&typed) {
            tags.push(typed);
        }
        tags
    }

    fn set_owner(self, id: String) {
        let now = self.ticket.with_untracked(owner);
        self.keep_choice("owner", &now, &id);
        self.owner_seen.update(|seen| {
            seen.get_or_insert(now);
        });
        self.owner.set(id);
        self.fault.set(None);
    }

    fn add_tag(self) {
        let tags = untrack(|| self.all_tags());
        self.tag.set(String::new());
        self.set_tags(tags);
    }

    fn set_tags(self, tags: Vec<String>) {
        let now = self.ticket.with_untracked(|ticket| ticket.tags.clone());
        let line = |sign: &str, tag: &String| [sign, tag].concat();
        let (less, more) = (without(&now, &tags), without(&tags, &now));
        let lines = less.iter().map(|tag| line("-", tag)).chain(more.iter().map(|tag| line("+", tag)));
        self.keep("tags", &lines.collect::<Vec<_>>().join("\n"));
        self.tags.set(tags);
    }

    fn answer(self, field: &str) -> String {
        let here = self.answers.with(|all| all.iter().find(|(id, _)| id == field).map(|(_, value)| value.clone()));
        here.unwrap_or_else(|| self.ticket.with(|ticket| ticket.filled(field).to_owned()))
    }

    fn set_answer(self, field: &str, value: String) {
        self.answers.update(|all| {
            all.retain(|(id, _)| id != field);
            all.push((field.to_owned(), value));
        });
        let lines = self.ticket.with_untracked(|ticket| {
            // With what the ticket said then, as every choice.
            let line = |(id, value): &(String, String)| {
                let then = ticket.filled(id);
                (then != value).then(|| [id.as_str(), "\t", then, "\t", value].concat())
            };
            self.answers.with_untracked(|all| all.iter().filter_map(line).collect::<Vec<_>>())
        });
        self.keep("answers", &lines.join("\n"));
    }

    /// A save was refused: at its field, if it names one that is here.
    pub fn refuse(self, board: Board, failure: Failure) {
        let field: String = match &failure {
            Failure::Trouble(Trouble::Refused(Refusal::Full { .. })) => "tags".into(),
            // Whoever has read whose it is now, and saves again, means it.
            Failure::Trouble(Trouble::Refused(Refusal::HeldBy { .. })) => {
                self.owner_seen.try_set(None);
                "owner".into()
            }
            Failure::Trouble(Trouble::Refused(Refusal::Empty | Refusal::TooLong { .. })) => "subject".into(),
            Failure::Trouble(Trouble::Refused(why)) => match why.field() {
                Some(field) => field.to_owned(),
                None => return board.fail(failure),
            },
            _ => return board.fail(failure),
        };
        let place = ["[data-field=\"", &field, "\"]"].concat();
        let Some(place) = document().query_selector(&place).ok().flatten() else {
            // It may be a field that an administrator has just made: then it is here a moment later.
            read_again(board);
            return board.fail(failure);
        };
        self.fault.try_set(Some((field, note::why(board.words, &failure))));
        let control = place.query_selector("input, select, textarea").ok().flatten();
        if let Some(control) = control.and_then(|control| control.dyn_into::<HtmlElement>().ok()) {
            let _ = control.focus();
        }
    }

    /// It is saved; whoever saved it may look at something else by now.
    pub fn accept(self) {
        self.fault.try_set(None);
        self.owner_seen.try_set(None);
        self.answers.try_set(Vec::new());
        self.tag.try_set(String::new());
    }

    /// All as the ticket is: nothing of what was typed here stays.
    pub fn discard(self) {
        if let Some(name) = self.kept.get_value() {
            forget(&name);
        }
        let ticket = self.ticket.get_untracked();
        self.subject.set(ticket.subject.clone());
        self.pick.set(Pick::of(&ticket));
        self.reason.set(ticket.reason.clone());
        self.group.set(ticket.group.id.clone());
        self.owner.set(owner(&ticket));
        self.tags.set(ticket.tags.clone());
        self.accept();
        // What was pressed is gone.
        let subject = document().query_selector("[data-field=\"subject\"] input").ok().flatten();
        if let Some(subject) = subject.and_then(|subject| subject.dyn_into::<HtmlElement>().ok()) {
            let _ = subject.focus();
        }
    }

    /// The status of the house that is chosen.
    fn own(self, board: Board) -> Option<OwnStatus> {
        let Pick::Own(id) = self.pick.get() else { return None };
        offered(board).with(|all| all.as_ref().and_then(|all| all.house.status(&id).cloned()))
    }

    /// What the chosen status is called.
    pub fn called(self, board: Board) -> String {
        match self.pick.get() {
            Pick::Base(status) => board.words.common.status(status).into(),
            Pick::Own(_) => self.own(board).map_or(String::new(), |own| own.name),
        }
    }
}

fn follow<T: Clone + PartialEq + Send + Sync + 'static>(value: RwSignal<T>, before: T, now: T) {
    if value.with_untracked(|value| *value == before) && before != now {
        value.set(now);
    }
}

/// Those of the one that are none of the other.
fn without(tags: &[String], others: &[String]) -> Vec<String> {
    tags.iter().filter(|tag| !others.contains(tag)).cloned().collect()
}

fn owner(ticket: &Ticket) -> String {
    ticket.owner.as_ref().map_or(String::new(), |owner| owner.id.clone())
}

/// A value and what it is called.
pub type Option2 = (String, String);

/// A list to choose from; the browser's own.
pub fn select(options: Signal<Vec<Option2>>, chosen: Signal<String>, set: Callback<String>) -> AnyView {
    let option = move |(value, label): Option2| {
        let this = value.clone();
        view! { <option value=value prop:selected=live(move || chosen.with(|chosen| *chosen == this))>{label}</option> }
    };
    view! {
        <select class="field__box" on:change=does(move |event| set.run(event_target_value(&event)))>
            {rows(move || options.get(), |(value, label)| [value.as_str(), " ", label].concat(), option)}
        </select>
    }
    .into_any()
}

/// A label, what it is for, and the fault under it.
fn field(form: Form, id: &str, label: AnyView, control: AnyView) -> AnyView {
    let id = StoredValue::new(id.to_owned());
    let why = derived(move || {
        form.fault.with(|fault| {
            fault.as_ref().filter(|(field, _)| id.with_value(|id| field == id)).map(|(_, why)| why.clone())
        })
    });
    view! {
        <label class="field" class:field--bad=live(move || why.with(Option::is_some)) data-field=id.get_value()>
            <span class="field__label">{label}</span>
            {control}
            <span class="field__fault" role="alert">{live(move || why.get())}</span>
        </label>
    }
    .into_any()
}

pub fn typed(
    value: Signal<String>,
    set: Callback<String>,
    kind: &'static str,
    mode: &'static str,
    most: usize,
) -> AnyView {
    view! {
        <input class="field__box" type=kind inputmode=mode maxlength=most.to_string() prop:value=live(move || value.get())
            on:input=does(move |event| set.run(event_target_value(&event)))/>
    }
    .into_any()
}

pub fn choices<T: Default>(board: Board, what: impl Fn(&Choices) -> T) -> T {
    offered(board).with(|all| all.as_ref().map(what)).unwrap_or_default()
}

/// All fields. `status`: whether it is chosen here, or where one saves.
#[component]
pub fn Fields(form: Form, status: bool) -> impl IntoView {
    let board = board();
    let words = board.words;
    let says = crate::words::ticket::of(words.common.lang);
    let subject = typed(
        form.subject.into(),
        Callback::new(move |typed: String| {
            form.keep_choice("subject", &form.ticket.with_untracked(|t| t.subject.clone()), &typed);
            form.subject.set(typed);
            form.fault.set(None);
        }),
        "text",
        "text",
        SUBJECT_LIMIT,
    );
    let groups = derived(move || {
        let here = form.ticket.with(|t| (t.group.id.clone(), t.group.name.clone()));
        let mut all =
            choices(board, |all| all.groups.iter().map(|g| (g.id.clone(), g.name.clone())).collect::<Vec<_>>());
        if all.iter().all(|(id, _)| *id != here.0) && !here.0.is_empty() {
            all.push(here);
        }
        all
    });
    let owners = derived(move || {
        let group = form.group.get();
        let here = form.ticket.with(|t| t.owner.as_ref().map(|o| (o.id.clone(), o.name.clone())));
        let mut all = vec![(String::new(), words.nobody.to_owned())];
        all.extend(choices(board, |all| {
            let may = all.owners.iter().filter(|owner| owner.sees(&group));
            may.map(|owner| (owner.face.id.clone(), owner.face.name.clone())).collect::<Vec<_>>()
        }));
        all.extend(here.filter(|(id, _)| all.iter().all(|(known, _)| known != id)));
        all
    });
    view! {
        {field(form, "subject", words.subject.into_any(), subject)}
        {status.then(|| field(form, "status", words.status.into_any(), select(statuses(board, form), derived(move || form.pick.get().word()), Callback::new(move |word: String| {
            form.fault.set(None);
            form.set_pick(Pick::of_word(&word));
        }))))}
        {drawn(move || form.own(board).filter(|own| own.asks).map(|own| field(form, "reason", says.reason_why.into_any(), why(board, form, own))))}
        <div class="papers__pair">
            {field(form, "group", words.group.into_any(), select(groups, form.group.into(), Callback::new(move |id| form.set_group(id))))}
            {field(form, "owner", words.owner.into_any(), select(owners, form.owner.into(), Callback::new(move |id| form.set_owner(id))))}
        </div>
        {rows(move || choices(board, |all| all.house.fields.clone()), |field: &OwnField| [&field.id, " ", &field.label].concat(), move |own| answer(board, form, own))}
        <Tags form=form/>
    }
}

/// The base statuses, each with the house's own that derive from it.
fn statuses(board: Board, form: Form) -> Signal<Vec<Option2>> {
    let words = board.words;
    derived(move || {
        // By hand it is not over before it began (R65).
        let all_of_them = form.ticket.with(|t| t.is_saved() || t.via != domain::ticket::Via::Agent);
        let mut all = Vec::new();
        for base in Status::ALL.into_iter().filter(|base| all_of_them || base.is_open()) {
            all.push((Pick::Base(base).word(), words.common.status(base).to_owned()));
            all.extend(choices(board, |choices| {
                let own = choices.house.statuses.iter().filter(|own| own.base == base);
                own.map(|own| (Pick::Own(own.id.clone()).word(), ["\u{2003}", &own.name].concat())).collect::<Vec<_>>()
            }));
        }
        all
    })
}

/// Why it has that status: one of the house's reasons, or in one's own words.
fn why(board: Board, form: Form, own: OwnStatus) -> AnyView {
    let set = Callback::new(move |reason: String| {
        form.keep_choice("reason", &form.ticket.with_untracked(|t| t.reason.clone()), &reason);
        form.reason.set(reason);
        form.fault.set(None);
    });
    if own.reasons.is_empty() {
        return typed(form.reason.into(), set, "text", "text", REASON_LIMIT);
    }
    let says = crate::words::ticket::of(board.words.common.lang);
    let mut options = vec![(String::new(), says.choose.to_owned())];
    options.extend(own.reasons.into_iter().map(|reason| (reason.clone(), reason)));
    select(derived(move || options.clone()), form.reason.into(), set)
}

/// A field of the house.
fn answer(board: Board, form: Form, own: OwnField) -> AnyView {
    let says = crate::words::ticket::of(board.words.common.lang);
    let id = StoredValue::new(own.id.clone());
    let value = derived(move || id.with_value(|id| form.answer(id)));
    let set = Callback::new(move |value: String| {
        id.with_value(|id| form.set_answer(id, value));
        form.fault.set(None);
    });
    let hint = own.required.then(|| view! { " "<span class="field__hint">{says.required}</span> });
    let label = own.label.clone();
    field(form, &own.id.clone(), view! { {label}{hint} }.into_any(), filling(board, own, value, set))
}

/// What fills in a field of the house.
pub fn filling(board: Board, own: OwnField, value: Signal<String>, set: Callback<String>) -> AnyView {
    let says = crate::words::ticket::of(board.words.common.lang);
    let among = |options: Vec<Option2>| {
        let mut all = vec![(String::new(), says.choose.to_owned())];
        all.extend(options);
        select(derived(move || all.clone()), value, set)
    };
    match own.kind {
        OwnKind::Text => typed(value, set, "text", "text", domain::house::ANSWER_LIMIT),
        OwnKind::Number => typed(value, set, "text", "decimal", 24),
        OwnKind::Date => typed(value, set, "date", "text", 10),
        OwnKind::Choice => among(own.options.into_iter().map(|option| (option.clone(), option)).collect()),
        OwnKind::YesNo => among(vec![("yes".into(), says.yes.into()), ("no".into(), says.no.into())]),
    }
}

/// Its tags: Enter or a comma ends one, and the last is taken back with the same key as a letter.
#[component]
fn Tags(form: Form) -> impl IntoView {
    let board = board();
    let says = crate::words::ticket::of(board.words.common.lang);
    let offered = browser::new_id();
    let press = move |event: KeyboardEvent, key: &str| match key {
        "Enter" | "," if !event.is_composing() && !form.tag.with_untracked(|tag| tag.trim().is_empty()) => {
            event.prevent_default();
            form.add_tag();
        }
        "Backspace" if form.tag.with_untracked(String::is_empty) => {
            let mut tags = form.tags.get_untracked();
            tags.pop();
            form.set_tags(tags);
        }
        _ => {}
    };
    let key = move |event: KeyboardEvent| {
        // What is chosen from a list comes as a key that has no name.
        if let Some(key) = js_sys::Reflect::get(&event, &"key".into()).ok().and_then(|key| key.as_string()) {
            press(event, &key);
        }
    };
    let tag = move |tag: String| {
        let (this, label) = (tag.clone(), (says.remove_tag)(&tag));
        view! {
            <span class="tags__one">
                <span>{tag}</span>
                <button class="tags__off" type="button" aria-label=label on:click=does(move |_| {
                    let rest = form.tags.with_untracked(|tags| tags.iter().filter(|t| **t != this).cloned().collect());
                    form.set_tags(rest);
                })><Icon name="x" small=true/></button>
            </span>
        }
    };
    let control = view! {
        <span class="field__box tags">
            {rows(move || form.tags.get(), Clone::clone, tag)}
            <input class="tags__new" type="text" list=offered.clone() autocomplete="off" aria-label=says.new_tag maxlength=TAG_LIMIT.to_string() prop:value=live(move || form.tag.get())
                on:input=does(move |event| { form.tag.set(event_target_value(&event)); form.fault.set(None) }) on:keydown=does(key)/>
            <datalist id=offered>{rows(move || choices(board, |all| all.tags.clone()), Clone::clone, |tag: String| view! { <option value=tag></option> })}</datalist>
        </span>
    };
    // Not a label: it would press the first of the buttons.
    let id = StoredValue::new("tags");
    let fault = derived(move || {
        form.fault.with(|f| f.as_ref().filter(|(field, _)| field == id.get_value()).map(|(_, why)| why.clone()))
    });
    view! {
        <div class="field" class:field--bad=live(move || fault.with(Option::is_some)) data-field="tags">
            <span class="field__label">{says.tags}" "<span class="field__hint">{says.tags_hint}</span></span>
            {control}
            <span class="field__fault" role="alert">{live(move || fault.get())}</span>
        </div>
    }
}
