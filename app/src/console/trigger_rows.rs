//! What a trigger asks and does, a row each: what, and what of it.

use super::board::{Board, board};
use super::icon::Icon;
use super::live::{derived, does, drawn, live, memo, rows};
use super::ticket_form::{Option2, choices, filling, select, typed};
use domain::house::{REASON_LIMIT, TAG_LIMIT};
use domain::ticket::Via;
use domain::trigger::{ADDRESS_LIMIT, Action, Condition, MAIL_LIMIT, SUBJECT_LIMIT, What, Whom};
use domain::{Status, house};
use leptos::prelude::*;

/// One row; it keeps its own value while others come and go.
pub struct One<T: 'static> {
    key: u32,
    pub value: RwSignal<T>,
}

impl<T> Clone for One<T> {
    fn clone(&self) -> One<T> {
        *self
    }
}

impl<T> Copy for One<T> {}

pub type Several<T> = RwSignal<Vec<One<T>>>;

pub fn several<T: Send + Sync + 'static>(values: Vec<T>) -> Several<T> {
    let one = |(key, value): (usize, T)| One { key: key as u32, value: RwSignal::new(value) };
    RwSignal::new(values.into_iter().enumerate().map(one).collect())
}

pub fn values<T: Clone + Send + Sync + 'static>(rows: Several<T>) -> Vec<T> {
    rows.with(|rows| rows.iter().map(|row| row.value.get()).collect())
}

fn add<T: Send + Sync + 'static>(rows: Several<T>, value: T) {
    rows.update(|rows| {
        let key = rows.iter().map(|row| row.key + 1).max().unwrap_or(0);
        rows.push(One { key, value: RwSignal::new(value) });
    });
}

/// Others in the place of these.
pub fn replace<T: Clone + Send + Sync + 'static>(rows: Several<T>, values: &[T]) {
    rows.try_update(|rows| {
        let next = rows.iter().map(|row| row.key + 1).max().unwrap_or(0);
        let one = |(key, value): (u32, &T)| One { key, value: RwSignal::new(value.clone()) };
        *rows = (next..).zip(values).map(one).collect();
    });
}

/// The place that was refused, and why.
pub type Fault = RwSignal<Option<(String, String)>>;

/// The conditions of one list.
#[component]
pub fn Conditions(list: &'static str, rows_of: Several<Condition>, fault: Fault) -> impl IntoView {
    let words = board().words;
    let says = crate::words::trigger::of(words.common.lang);
    let fresh = || Condition { what: What::Via(Via::OfflineMessage), is: true };
    view! {
        <div class="trigger-form__rows">
            {rows(move || rows_of.get(), |row| row.key.to_string(), move |row| framed(list, rows_of, row, fault, condition(row.value, fault)))}
        </div>
        <p><button class="button button--s" type="button" on:click=does(move |_| { fault.set(None); add(rows_of, fresh()) })><Icon name="plus" small=true/>{says.add_condition}</button></p>
    }
}

#[component]
pub fn Actions(rows_of: Several<Action>, fault: Fault) -> impl IntoView {
    let words = board().words;
    let says = crate::words::trigger::of(words.common.lang);
    view! {
        <div class="trigger-form__rows" data-field="actions">
            {rows(move || rows_of.get(), |row| row.key.to_string(), move |row| framed("actions", rows_of, row, fault, action(row.value, fault)))}
            <p><button class="button button--s" type="button" on:click=does(move |_| { fault.set(None); add(rows_of, Action::AddTags(Vec::new())) })><Icon name="plus" small=true/>{says.add_action}</button></p>
        </div>
    }
}

/// A row, what takes it off, and the fault under it.
fn framed<T: Send + Sync + 'static>(
    list: &'static str,
    all: Several<T>,
    row: One<T>,
    fault: Fault,
    parts: AnyView,
) -> AnyView {
    let says = crate::words::trigger::of(board().words.common.lang);
    let field = memo(move |_| {
        let place = all.with(|rows| rows.iter().position(|one| one.key == row.key).unwrap_or(0));
        [list, ".", &place.to_string()].concat()
    });
    let why = derived(move || {
        fault.with(|fault| fault.as_ref().filter(|(at, _)| field.with(|field| at == field)).map(|(_, why)| why.clone()))
    });
    let take_off = move |_| {
        fault.set(None);
        all.update(|rows| rows.retain(|one| one.key != row.key));
    };
    view! {
        <div class="trigger-row" role="group" class:field--bad=live(move || why.with(Option::is_some)) data-field=live(move || field.get())>
            <div class="trigger-row__parts">{parts}</div>
            <button class="button button--bare button--icon button--s" type="button" aria-label=says.take_off title=says.take_off on:click=does(take_off)><Icon name="x" small=true/></button>
            <span class="field__fault" role="alert">{live(move || why.get())}</span>
        </div>
    }
    .into_any()
}

fn labelled(label: impl Into<String>, control: AnyView) -> AnyView {
    let label: String = label.into();
    view! { <label class="field"><span class="field__label">{label}</span>{control}</label> }.into_any()
}

fn fixed(options: Vec<Option2>) -> Signal<Vec<Option2>> {
    derived(move || options.clone())
}

fn named(board: Board, what: fn(&domain::wire::Choices) -> Vec<Option2>, first: &'static str) -> Signal<Vec<Option2>> {
    derived(move || {
        let mut all = vec![(String::new(), first.to_owned())];
        all.extend(choices(board, what));
        all
    })
}

fn groups(all: &domain::wire::Choices) -> Vec<Option2> {
    all.groups.iter().map(|one| (one.id.clone(), one.name.clone())).collect()
}

fn applications(all: &domain::wire::Choices) -> Vec<Option2> {
    all.applications.iter().map(|one| (one.id.clone(), one.name.clone())).collect()
}

fn owners(all: &domain::wire::Choices) -> Vec<Option2> {
    all.owners.iter().map(|one| (one.face.id.clone(), one.face.name.clone())).collect()
}

fn place_of<T: PartialEq>(all: &[T], one: &T) -> String {
    all.iter().position(|each| each == one).unwrap_or(0).to_string()
}

fn at_place<T: Copy>(all: &[T], word: &str) -> Option<T> {
    word.parse::<usize>().ok().and_then(|place| all.get(place).copied())
}

/// The base statuses, each with the house's own; a base by its place, an own one as `=id`.
fn statuses(board: Board) -> Signal<Vec<Option2>> {
    derived(move || {
        let mut all = Vec::new();
        for base in Status::ALL {
            all.push((place_of(&Status::ALL, &base), board.words.common.status(base).to_owned()));
            all.extend(choices(board, |choices| {
                let own = choices.house.statuses.iter().filter(|own| own.base == base);
                own.map(|own| (["=", &own.id].concat(), ["\u{2003}", &own.name].concat())).collect::<Vec<_>>()
            }));
        }
        all
    })
}

/// What of a condition is asked, as a word.
fn kind(what: &What) -> String {
    match what {
        What::Via(_) => "via".into(),
        What::Group(_) => "group".into(),
        What::Application(_) => "application".into(),
        What::Base(_) | What::Own(_) => "status".into(),
        What::Tag(_) => "tag".into(),
        What::Field { id, .. } => ["=", id].concat(),
        What::Owned => "owned".into(),
        What::Stands { .. } => "stands".into(),
        What::Verified => "verified".into(),
    }
}

fn fresh(kind: &str) -> What {
    match kind {
        "group" => What::Group(String::new()),
        "application" => What::Application(String::new()),
        "status" => What::Base(Status::New),
        "tag" => What::Tag(String::new()),
        "owned" => What::Owned,
        "stands" => What::Stands { minutes: 60 },
        "verified" => What::Verified,
        _ => match kind.strip_prefix('=') {
            Some(id) => What::Field { id: id.into(), value: String::new() },
            None => What::Via(Via::OfflineMessage),
        },
    }
}

/// `Ticket: es... >> Abierto vía >> Mensaje fuera de línea` (R41).
fn condition(value: RwSignal<Condition>, fault: Fault) -> AnyView {
    let board = board();
    let words = board.words;
    let says = crate::words::trigger::of(words.common.lang);
    let more = crate::words::ticket::of(words.common.lang);
    let change = move |change: &dyn Fn(&mut Condition)| {
        fault.set(None);
        value.update(change);
    };
    let asked = memo(move |_| value.with(|one| kind(&one.what)));
    let kinds = derived(move || {
        let mut all: Vec<Option2> = [
            ("via", words.opened_via),
            ("group", words.group),
            ("application", words.application),
            ("status", words.status),
            ("stands", says.stands),
            ("owned", words.owner),
            ("tag", more.tag),
            ("verified", says.verified),
        ]
        .map(|(kind, label)| (kind.to_owned(), label.to_owned()))
        .into();
        all.extend(choices(board, |all| {
            let fields = all.house.fields.iter();
            fields.map(|field| (["=", &field.id].concat(), (says.field)(&field.label))).collect::<Vec<_>>()
        }));
        all
    });
    let is = derived(move || value.with(|one| one.is.to_string()));
    let is_or_not = fixed(vec![("true".into(), says.ticket_is.into()), ("false".into(), says.ticket_is_not.into())]);
    let set_is = Callback::new(move |word: String| change(&|one| one.is = word == "true"));
    // Of some there is no opposite to choose here: they say it in their own words.
    let opposite = memo(move |_| !["owned", "stands", "verified"].contains(&asked.get().as_str()));
    let set_kind = Callback::new(move |word: String| {
        change(&|one| *one = Condition { what: fresh(&word), is: true });
    });
    view! {
        {drawn(move || {
            if opposite.get() {
                labelled(words.ticket, select(is_or_not, is, set_is))
            } else {
                view! { <span class="field"><span class="field__label">{words.ticket}</span><span class="field__box">{says.ticket_is}</span></span> }.into_any()
            }
        })}
        {labelled(says.condition, select(kinds, asked.into(), set_kind))}
        {drawn(move || criterion(board, value, &asked.get(), change))}
    }
    .into_any()
}

fn criterion(
    board: Board,
    value: RwSignal<Condition>,
    kind: &str,
    change: impl Fn(&dyn Fn(&mut Condition)) + Copy + Send + Sync + 'static,
) -> AnyView {
    let words = board.words;
    let says = crate::words::trigger::of(words.common.lang);
    let more = crate::words::ticket::of(words.common.lang);
    let text = move |of: fn(&What) -> String| derived(move || value.with(|one| of(&one.what)));
    let set =
        move |of: fn(String) -> What| Callback::new(move |word: String| change(&|one| one.what = of(word.clone())));
    let is = derived(move || value.with(|one| one.is.to_string()));
    let set_is = Callback::new(move |word: String| change(&|one| one.is = word == "true"));
    let control = match kind {
        "via" => {
            let all = Via::ALL.map(|via| (place_of(&Via::ALL, &via), words.common.via(via).to_owned()));
            let now = text(|what| if let What::Via(via) = what { place_of(&Via::ALL, via) } else { String::new() });
            let to = set(|word| What::Via(at_place(&Via::ALL, &word).unwrap_or(Via::OnlineChat)));
            select(fixed(all.into()), now, to)
        }
        "group" => {
            let now = text(|what| if let What::Group(id) = what { id.clone() } else { String::new() });
            select(named(board, groups, more.choose), now, set(What::Group))
        }
        "application" => {
            let now = text(|what| if let What::Application(id) = what { id.clone() } else { String::new() });
            select(named(board, applications, more.choose), now, set(What::Application))
        }
        "status" => {
            let now = text(|what| match what {
                What::Base(base) => place_of(&Status::ALL, base),
                What::Own(id) => ["=", id].concat(),
                _ => String::new(),
            });
            let to = set(|word| match word.strip_prefix('=') {
                Some(id) => What::Own(id.into()),
                None => What::Base(at_place(&Status::ALL, &word).unwrap_or(Status::New)),
            });
            select(statuses(board), now, to)
        }
        "tag" => {
            let now = text(|what| if let What::Tag(tag) = what { tag.clone() } else { String::new() });
            typed(now, set(What::Tag), "text", "text", TAG_LIMIT)
        }
        "owned" => {
            let all = vec![("true".to_owned(), says.somebody.to_owned()), ("false".into(), words.nobody.into())];
            select(fixed(all), is, set_is)
        }
        "verified" => {
            let all = vec![("true".to_owned(), more.yes.to_owned()), ("false".into(), more.no.into())];
            select(fixed(all), is, set_is)
        }
        "stands" => {
            let now =
                text(|what| if let What::Stands { minutes } = what { minutes.to_string() } else { String::new() });
            // What is no number is refused where it is kept, and stays as it was typed until then.
            let to = set(|word| What::Stands { minutes: word.trim().parse().unwrap_or(0) });
            return view! {
                <label class="field"><span class="field__label">{says.minutes_or_more}</span>
                    <input class="field__box" type="number" min="1" max=domain::trigger::LONGEST.to_string() step="1" prop:value=live(move || now.get()) on:change=does(move |event| to.run(event_target_value(&event)))/>
                </label>
            }
            .into_any();
        }
        other => {
            let id = other.strip_prefix('=').unwrap_or_default().to_owned();
            let own = choices(board, |all| all.house.field(&id).cloned());
            let now = text(|what| if let What::Field { value, .. } = what { value.clone() } else { String::new() });
            let to = Callback::new(move |word: String| {
                let (id, word) = (id.clone(), word.clone());
                change(&|one| one.what = What::Field { id: id.clone(), value: word.clone() });
            });
            match own {
                Some(own) => filling(board, own, now, to),
                None => typed(now, to, "text", "text", house::ANSWER_LIMIT),
            }
        }
    };
    labelled(says.criterion, control)
}

fn action_kind(action: &Action) -> String {
    match action {
        Action::Status(_) | Action::Own { .. } => "status".into(),
        Action::Group(_) => "group".into(),
        Action::Owner(_) => "owner".into(),
        Action::AddTags(_) => "add".into(),
        Action::RemoveTags(_) => "remove".into(),
        Action::Field { id, .. } => ["=", id].concat(),
        Action::Mail { .. } => "mail".into(),
        Action::Webhook { .. } => "webhook".into(),
    }
}

fn fresh_action(kind: &str) -> Action {
    match kind {
        "status" => Action::Status(Status::InAttendance),
        "group" => Action::Group(String::new()),
        "owner" => Action::Owner(None),
        "remove" => Action::RemoveTags(Vec::new()),
        "mail" => Action::Mail { to: Whom::Customer, subject: String::new(), text: String::new() },
        "webhook" => Action::Webhook { url: String::new() },
        _ => match kind.strip_prefix('=') {
            Some(id) => Action::Field { id: id.into(), value: String::new() },
            None => Action::AddTags(Vec::new()),
        },
    }
}

fn action(value: RwSignal<Action>, fault: Fault) -> AnyView {
    let board = board();
    let words = board.words;
    let says = crate::words::trigger::of(words.common.lang);
    let change = move |to: Action| {
        fault.set(None);
        value.set(to);
    };
    let asked = memo(move |_| value.with(action_kind));
    let kinds = derived(move || {
        let mut all: Vec<Option2> = [
            ("add", says.add_tags),
            ("remove", says.remove_tags),
            ("status", says.set_status),
            ("group", says.set_group),
            ("owner", says.set_owner),
            ("mail", says.mail),
            ("webhook", says.webhook),
        ]
        .map(|(kind, label)| (kind.to_owned(), label.to_owned()))
        .into();
        all.extend(choices(board, |all| {
            let fields = all.house.fields.iter();
            fields.map(|field| (["=", &field.id].concat(), (says.set_field)(&field.label))).collect::<Vec<_>>()
        }));
        all
    });
    let set_kind = Callback::new(move |word: String| change(fresh_action(&word)));
    view! {
        {labelled(says.action, select(kinds, asked.into(), set_kind))}
        {drawn(move || what_of(board, value, &asked.get(), change))}
    }
    .into_any()
}

fn what_of(
    board: Board,
    value: RwSignal<Action>,
    kind: &str,
    change: impl Fn(Action) + Copy + Send + Sync + 'static,
) -> AnyView {
    let words = board.words;
    let says = crate::words::trigger::of(words.common.lang);
    let more = crate::words::ticket::of(words.common.lang);
    let text = move |of: fn(&Action) -> String| derived(move || value.with(of));
    let set = move |of: fn(String) -> Action| Callback::new(move |word: String| change(of(word)));
    let tags = |tags: &[String]| tags.join(", ");
    match kind {
        "status" => {
            let now = text(|action| match action {
                Action::Status(base) => place_of(&Status::ALL, base),
                Action::Own { id, .. } => ["=", id].concat(),
                _ => String::new(),
            });
            let to = set(|word| match word.strip_prefix('=') {
                Some(id) => Action::Own { id: id.into(), reason: String::new() },
                None => Action::Status(at_place(&Status::ALL, &word).unwrap_or(Status::New)),
            });
            view! { {labelled(words.status, select(statuses(board), now, to))}{drawn(move || why(board, value, change))} }.into_any()
        }
        "group" => {
            let now = text(|action| if let Action::Group(id) = action { id.clone() } else { String::new() });
            labelled(words.group, select(named(board, groups, more.choose), now, set(Action::Group)))
        }
        "owner" => {
            let now = text(|action| if let Action::Owner(Some(id)) = action { id.clone() } else { String::new() });
            let to = set(|word| Action::Owner((!word.is_empty()).then_some(word)));
            labelled(words.owner, select(named(board, owners, words.nobody), now, to))
        }
        "add" | "remove" => {
            let add = kind == "add";
            let now = derived(move || {
                value.with(|action| match action {
                    Action::AddTags(all) | Action::RemoveTags(all) => tags(all),
                    _ => String::new(),
                })
            });
            let to = Callback::new(move |word: String| {
                let all = word.split(',').map(|tag| tag.trim().to_owned()).filter(|tag| !tag.is_empty()).collect();
                change(if add { Action::AddTags(all) } else { Action::RemoveTags(all) });
            });
            let label = view! { {more.tags}" "<span class="field__hint">"("{says.tags_hint}")"</span> };
            view! {
                <label class="field"><span class="field__label">{label}</span>
                    <input class="field__box" type="text" maxlength=((TAG_LIMIT + 2) * house::TAGS).to_string() prop:value=live(move || now.get()) on:change=does(move |event| to.run(event_target_value(&event)))/>
                </label>
            }
            .into_any()
        }
        "mail" => mail(board, value, change),
        "webhook" => {
            let now = text(|action| if let Action::Webhook { url } = action { url.clone() } else { String::new() });
            let to = set(|url| Action::Webhook { url });
            view! { <div class="trigger-row__wide">{labelled(says.address, typed(now, to, "text", "url", ADDRESS_LIMIT))}</div> }.into_any()
        }
        other => {
            let id = other.strip_prefix('=').unwrap_or_default().to_owned();
            let own = choices(board, |all| all.house.field(&id).cloned());
            let now =
                text(|action| if let Action::Field { value, .. } = action { value.clone() } else { String::new() });
            let to = Callback::new(move |value: String| change(Action::Field { id: id.clone(), value }));
            let control = match own {
                Some(own) => filling(board, own, now, to),
                None => typed(now, to, "text", "text", house::ANSWER_LIMIT),
            };
            labelled(says.criterion, control)
        }
    }
}

/// Why it is to have that status, where the house asks.
fn why(
    board: Board,
    value: RwSignal<Action>,
    change: impl Fn(Action) + Copy + Send + Sync + 'static,
) -> Option<AnyView> {
    let more = crate::words::ticket::of(board.words.common.lang);
    let id =
        memo(move |_| value.with(|action| if let Action::Own { id, .. } = action { Some(id.clone()) } else { None }));
    let id = id.get()?;
    let own = choices(board, |all| all.house.status(&id).cloned()).filter(|own| own.asks)?;
    let now = derived(move || {
        value.with(|action| if let Action::Own { reason, .. } = action { reason.clone() } else { String::new() })
    });
    let to = Callback::new(move |reason: String| change(Action::Own { id: id.clone(), reason }));
    let control = if own.reasons.is_empty() {
        typed(now, to, "text", "text", REASON_LIMIT)
    } else {
        let mut options = vec![(String::new(), more.choose.to_owned())];
        options.extend(own.reasons.into_iter().map(|reason| (reason.clone(), reason)));
        select(fixed(options), now, to)
    };
    Some(labelled(more.reason_why, control))
}

fn mail(board: Board, value: RwSignal<Action>, change: impl Fn(Action) + Copy + Send + Sync + 'static) -> AnyView {
    let says = crate::words::trigger::of(board.words.common.lang);
    let parts = move || match value.get_untracked() {
        Action::Mail { to, subject, text } => (to, subject, text),
        _ => (Whom::Customer, String::new(), String::new()),
    };
    let of = move |of: fn(&Whom, &str, &str) -> String| {
        derived(move || {
            value.with(|action| match action {
                Action::Mail { to, subject, text } => of(to, subject, text),
                _ => String::new(),
            })
        })
    };
    let whom = Whom::ALL.map(|whom| (place_of(&Whom::ALL, &whom), (says.whom)(whom).to_owned()));
    let set_whom = Callback::new(move |word: String| {
        let (_, subject, text) = parts();
        change(Action::Mail { to: at_place(&Whom::ALL, &word).unwrap_or(Whom::Customer), subject, text });
    });
    let set_subject = Callback::new(move |subject: String| {
        let (to, _, text) = parts();
        change(Action::Mail { to, subject, text });
    });
    let set_text = move |text: String| {
        let (to, subject, _) = parts();
        change(Action::Mail { to, subject, text });
    };
    let (subject, text) = (of(|_, subject, _| subject.into()), of(|_, _, text| text.into()));
    view! {
        {labelled(says.to, select(fixed(whom.into()), of(|to, _, _| place_of(&Whom::ALL, to)), set_whom))}
        <div class="trigger-row__wide">{labelled(says.mail_subject, typed(subject, set_subject, "text", "text", SUBJECT_LIMIT))}</div>
        <label class="field trigger-row__wide"><span class="field__label">{says.mail_text}</span>
            <textarea class="field__box" rows="4" maxlength=MAIL_LIMIT.to_string() prop:value=live(move || text.get()) on:input=does(move |event| set_text(event_target_value(&event)))></textarea>
            <span class="field__hint">{says.variables}</span>
            <span class="field__hint" hidden=live(move || choices(board, |all| all.mails))>{says.no_mail}</span>
        </label>
    }
    .into_any()
}
