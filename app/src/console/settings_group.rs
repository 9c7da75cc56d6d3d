//! Groups: which there are, and one of them: its team in the order of its turn, how it hands out, who is told.

use super::ask::Ask;
use super::board::{Board, board};
use super::browser;
use super::icon::Icon;
use super::live::{derived, does, drawn, live, memo, rows, waits};
use super::note::Kind;
use super::route;
use super::settings::{Fault, Overtaken, Read, at, back, fetch, field, note_saved, of, once, refuse, says};
use super::ticket_form::{Option2, select, typed};
use super::trigger::focus;
use crate::doors::group::{change_group, list_groups};
use crate::doors::{Answer, Failure};
use crate::words::settings::Words;
use domain::distribution::{ANSWER_MOST, Distribution, LIMIT_MOST, Order};
use domain::group::change::{Change, Groups, Line, Member, NAME_LIMIT, Sheet};
use domain::{Refusal, Trouble};
use leptos::prelude::*;
use leptos::task::spawn_local;
use web_sys::SubmitEvent;

const PATH: &str = "/settings/groups";

#[component]
pub fn All(open: Memo<Option<String>>) -> impl IntoView {
    let board = board();
    let groups: Read<Groups> = RwSignal::new(None);
    fetch(board, groups, || Box::pin(list_groups()));
    once(board, groups, move || {
        drawn(move || match open.get() {
            None => view! { <List groups=groups/> }.into_any(),
            Some(id) if id == "new" && system(board) => view! { <Editor groups=groups line=None/> }.into_any(),
            Some(id) => match untrack(|| of(groups)).lines.into_iter().find(|line| line.sheet.id == id) {
                Some(line) => view! { <Editor groups=groups line=Some(line)/> }.into_any(),
                None => view! { <div class="middle"><p class="empty">{board.words.common.refusal(&Refusal::NotYours)}</p></div> }.into_any(),
            },
        })
        .into_any()
    })
}

fn system(board: Board) -> bool {
    board.me.with_untracked(|me| me.agent.system)
}

#[component]
fn List(groups: Read<Groups>) -> impl IntoView {
    let board = board();
    let says = says(board);
    view! {
        <div class="view view--paper">
            <header class="view__head">
                <h2>{says.groups}</h2>
                {system(board).then(|| view! { <a class="button button--s button--act push" href=[PATH, "/new"].concat()><Icon name="plus" small=true/>{says.new_group}</a> })}
            </header>
            <p class="view__say">{says.groups_say}</p>
            <div class="empty empty--s" hidden=live(move || !of(groups).lines.is_empty())><p>{says.none}</p></div>
            <ul class="triggers" aria-label=says.groups>
                {rows(move || of(groups).lines, move |line| [line.sheet.id.as_str(), " ", &line.sheet.name, if line.retired { " - " } else { " + " }, &about(says, line)].concat(), move |line| view! { <Row groups=groups line=line/> })}
            </ul>
        </div>
    }
}

/// What a door answered, on the screen.
fn put(board: Board, groups: Read<Groups>, answer: Answer<Groups>) {
    match answer {
        Ok(now) => {
            groups.try_set(Some(Ok(now)));
            browser::hold_focus(browser::TITLE);
        }
        Err(Failure::Trouble(Trouble::Refused(Refusal::FieldWrong { field }))) => {
            let says = says(board);
            board.note(Kind::Bad, if field == "name" { says.name_taken } else { says.last_subject }.into());
        }
        Err(failure) => board.fail(failure),
    }
}

/// How many belong to it, and how it hands out.
fn about(says: &'static Words, line: &Line) -> String {
    let how = line.sheet.distribution.as_ref().map_or(says.by_choice, |rule| match rule.order {
        Order::Sequence => says.in_sequence,
        Order::LeastBusy => says.least_busy,
    });
    [(says.counts_members)(line.sheet.members.len()).as_str(), " · ", how].concat()
}

#[component]
fn Row(groups: Read<Groups>, line: Line) -> impl IntoView {
    let board = board();
    let says = says(board);
    let about = about(says, &line);
    let Line { sheet, retired } = line;
    let id = StoredValue::new(sheet.id.clone());
    let name = StoredValue::new(sheet.name.clone());
    let retire = move |retired: bool| {
        spawn_local(async move {
            put(board, groups, change_group(Change::Retire { group: id.get_value(), retired }).await);
        })
    };
    let acts = match (system(board), retired) {
        (false, _) => ().into_any(),
        (true, false) => view! { <Ask class="button button--s" label=says.retire of=derived(move || name.get_value()) question=derived(move || (says.gone_ask)(&name.get_value())) say=says.group_retire_say act=Callback::new(move |_| retire(true))/> }.into_any(),
        (true, true) => view! { <button class="button button--s" type="button" aria-label=[says.restore, ": ", &sheet.name].concat() on:click=does(move |_| retire(false))>{says.restore}</button> }.into_any(),
    };
    view! {
        <li class="sheet trigger">
            <span class="trigger__what">
                <a href=[PATH, "/", &sheet.id].concat()>{sheet.name.clone()}</a>
                <span class="trigger__more">" · "{about}</span>
            </span>
            {retired.then(|| view! { <span class="tag">{says.retired}</span> })}
            <span class="trigger__acts">{acts}</span>
        </li>
    }
}

/// One of the team while it is being filled in.
#[derive(Clone, Copy)]
struct Mate {
    agent: StoredValue<String>,
    name: StoredValue<String>,
    attends: RwSignal<bool>,
    administers: RwSignal<bool>,
    limit: RwSignal<String>,
    /// He is not kept as a member yet; until then his limit is as it is.
    joins: bool,
}

#[derive(Clone, Copy)]
struct Form {
    id: StoredValue<String>,
    name: RwSignal<String>,
    /// Empty: its agents choose.
    order: RwSignal<String>,
    limit: RwSignal<String>,
    answer_within: RwSignal<String>,
    alarm_after: RwSignal<String>,
    mates: RwSignal<Vec<Mate>>,
    applications: RwSignal<Vec<String>>,
    read: RwSignal<Option<Sheet>>,
    fault: Fault,
    overtaken: RwSignal<Option<String>>,
    busy: RwSignal<bool>,
}

impl Form {
    fn of(board: Board, groups: Read<Groups>, line: Option<Line>) -> Form {
        let rule = Distribution::default();
        let form = Form {
            id: StoredValue::new(browser::new_id()),
            name: RwSignal::new(String::new()),
            order: RwSignal::new(String::new()),
            limit: RwSignal::new(rule.limit.to_string()),
            answer_within: RwSignal::new(rule.answer_within.to_string()),
            alarm_after: RwSignal::new("0".into()),
            mates: RwSignal::new(Vec::new()),
            applications: RwSignal::new(Vec::new()),
            read: RwSignal::new(None),
            fault: RwSignal::new(None),
            overtaken: RwSignal::new(None),
            busy: RwSignal::new(false),
        };
        if let Some(line) = line {
            form.take(board, groups, line.sheet);
        }
        form
    }

    fn take(self, board: Board, groups: Read<Groups>, sheet: Sheet) {
        self.id.set_value(sheet.id.clone());
        self.name.set(sheet.name.clone());
        if let Some(rule) = &sheet.distribution {
            self.order.set(if rule.order == Order::Sequence { "sequence" } else { "least_busy" }.into());
            self.limit.set(rule.limit.to_string());
            self.answer_within.set(rule.answer_within.to_string());
        } else {
            self.order.set(String::new());
        }
        self.alarm_after.set(sheet.alarm_after.to_string());
        self.mates.set(sheet.members.iter().map(|member| mate(board, groups, member, false)).collect());
        self.applications.set(sheet.applications.clone());
        self.read.set(Some(sheet));
    }

    /// What was typed; what is no number is told at its field.
    fn sheet(self, says: &'static Words) -> Result<Sheet, (&'static str, &'static str)> {
        untrack(|| {
            let number = |typed: RwSignal<String>, name, most: u32, why| {
                let number = typed.with(|typed| typed.trim().parse::<u32>().ok());
                number.filter(|number| *number <= most).ok_or((name, why))
            };
            let order = self.order.get();
            let distribution = if order.is_empty() {
                None
            } else {
                Some(Distribution {
                    order: if order == "sequence" { Order::Sequence } else { Order::LeastBusy },
                    limit: number(self.limit, "limit", LIMIT_MOST, says.limit_wrong)?,
                    answer_within: number(self.answer_within, "answer_within", ANSWER_MOST, says.seconds_wrong)?,
                })
            };
            let members = self.mates.with(|mates| {
                let member = |mate: &Mate| -> Result<Member, (&'static str, &'static str)> {
                    let empty = mate.limit.with(|limit| limit.trim().is_empty());
                    let limit = number(mate.limit, "members", LIMIT_MOST, says.his_limit_wrong);
                    Ok(Member {
                        agent: mate.agent.get_value(),
                        attendant: mate.attends.get(),
                        administrator: mate.administers.get(),
                        limit: if empty { None } else { Some(limit?) },
                    })
                };
                mates.iter().map(member).collect::<Result<Vec<_>, _>>()
            })?;
            Ok(Sheet {
                id: self.id.get_value(),
                name: self.name.get(),
                distribution,
                alarm_after: number(self.alarm_after, "alarm_after", ANSWER_MOST, says.seconds_wrong)?,
                members,
                applications: self.applications.get(),
            })
        })
    }
}

fn mate(board: Board, groups: Read<Groups>, member: &Member, joins: bool) -> Mate {
    let known = untrack(|| of(groups)).people.into_iter().find(|face| face.id == member.agent);
    // Each is as long there as the console, since forms outlive what is drawn of them.
    board.lasting(|| Mate {
        agent: StoredValue::new(member.agent.clone()),
        name: StoredValue::new(known.map_or_else(|| member.agent.clone(), |face| face.name)),
        attends: RwSignal::new(member.attendant),
        administers: RwSignal::new(member.administrator),
        limit: RwSignal::new(member.limit.map(|limit| limit.to_string()).unwrap_or_default()),
        joins,
    })
}

#[component]
fn Editor(groups: Read<Groups>, line: Option<Line>) -> impl IntoView {
    let board = board();
    let (words, says) = (board.words, says(board));
    let form = Form::of(board, groups, line);
    let title =
        move || form.read.with(|read| read.as_ref().map_or(says.new_group.to_owned(), |read| read.name.clone()));
    let save = move || {
        if form.busy.get_untracked() {
            return;
        }
        form.fault.set(None);
        form.overtaken.set(None);
        let sheet = match form.sheet(says) {
            Ok(sheet) => sheet,
            Err((name, why)) => {
                form.fault.set(Some((name.into(), why.into())));
                return focus(name);
            }
        };
        form.busy.set(true);
        let change = Change::Keep { sheet, read: form.read.get_untracked() };
        spawn_local(async move {
            let answer = change_group(change).await;
            form.busy.try_set(false);
            match answer {
                Ok(now) => {
                    groups.try_set(Some(Ok(now)));
                    note_saved(board);
                    route::go(PATH);
                }
                Err(failure) => refuse(board, form.fault, form.overtaken, failure, wrong),
            }
        });
    };
    // As it is now: to be seen, or to be written over knowingly.
    let again = move |mine: bool| {
        let id = form.id.get_value();
        spawn_local(async move {
            let read = list_groups().await;
            let now = read
                .as_ref()
                .ok()
                .and_then(|now| now.lines.iter().find(|line| line.sheet.id == id).map(|line| line.sheet.clone()));
            put(board, groups, read);
            // He may have gone elsewhere meanwhile.
            if form.busy.try_get_untracked().is_none() {
                return;
            }
            match now {
                Some(sheet) if !mine => form.take(board, groups, sheet),
                now if mine => {
                    form.read.set(now);
                    save();
                }
                _ => {}
            }
        });
    };
    let (theirs, mine) = (Callback::new(move |()| again(false)), Callback::new(move |()| again(true)));
    let orders = derived(move || {
        [("", says.by_choice), ("sequence", says.in_sequence), ("least_busy", says.least_busy)]
            .map(|(value, label)| -> Option2 { (value.into(), label.into()) })
            .to_vec()
    });
    let set = move |value: RwSignal<String>| {
        Callback::new(move |typed: String| {
            form.fault.set(None);
            value.set(typed);
        })
    };
    let hands_out = memo(move |_| form.order.with(|order| !order.is_empty()));
    let seconds = move |name, label, hint, value: RwSignal<String>| {
        field(form.fault, name, label, hint, typed(value.into(), set(value), "text", "numeric", 6))
    };
    view! {
        <div class="view view--paper">
            {back(board, PATH)}
            <form class="trigger-form" novalidate on:submit=does(move |event: SubmitEvent| { event.prevent_default(); save() })>
                <header class="view__head"><h2>{live(title)}</h2></header>
                <Overtaken by=form.overtaken take=theirs keep=mine/>
                {field(form.fault, "name", words.name, "", typed(form.name.into(), set(form.name), "text", "text", NAME_LIMIT))}
                <Team form=form groups=groups/>
                <fieldset>
                    <legend>{says.handing}</legend>
                    {field(form.fault, "order", says.handing, "", select(orders, form.order.into(), set(form.order)))}
                    <div class="trigger-form__pair" hidden=live(move || !hands_out.get())>
                        {seconds("limit", says.limit, "", form.limit)}
                        {seconds("answer_within", says.answer_within, says.answer_hint, form.answer_within)}
                    </div>
                    {seconds("alarm_after", says.alarm_after, says.alarm_hint, form.alarm_after)}
                </fieldset>
                {system(board).then(|| view! { <Offered form=form groups=groups/> })}
                <div class="trigger-form__acts">
                    <button class="button button--act" type="submit" aria-disabled=waits(form.busy)>{live(move || if form.busy.get() { words.saving } else { words.save })}</button>
                    <a class="button button--bare" href=PATH>{words.cancel}</a>
                </div>
            </form>
        </div>
    }
}

/// Who belongs to it, in the order of their turn.
#[component]
fn Team(form: Form, groups: Read<Groups>) -> impl IntoView {
    let board = board();
    let says = says(board);
    let why = at(form.fault, "members");
    let chosen = RwSignal::new(String::new());
    let others = derived(move || {
        let mut all: Vec<Option2> = vec![(String::new(), "–".into())];
        form.mates.with(|mates| {
            let is_in = |id: &str| mates.iter().any(|mate| mate.agent.with_value(|agent| agent == id));
            all.extend(of(groups).people.into_iter().filter(|face| !is_in(&face.id)).map(|face| (face.id, face.name)));
        });
        all
    });
    let add = move |_| {
        let agent = chosen.get_untracked();
        if agent.is_empty() {
            return;
        }
        let limits = untrack(|| of(groups)).limits;
        let limit = limits.into_iter().find(|(id, _)| *id == agent).map(|(_, limit)| limit);
        let member = Member { agent, attendant: true, administrator: false, limit };
        form.mates.update(|mates| mates.push(mate(board, groups, &member, true)));
        chosen.set(String::new());
    };
    view! {
        <fieldset data-field="members">
            <legend>{says.members}</legend>
            <p class="view__say">{says.members_say}</p>
            <ol class="settings__team" aria-label=says.members>
                {rows(move || form.mates.get(), |mate| mate.agent.get_value(), move |mate| view! { <One form=form mate=mate/> })}
            </ol>
            <p class="field" class:field--bad=live(move || why.with(Option::is_some))><span class="field__fault" role="alert">{live(move || why.get())}</span></p>
            <div class="settings__add">
                <label class="field"><span class="field__label">{says.add_member}</span>{select(others, chosen.into(), Callback::new(move |id| chosen.set(id)))}</label>
                <button class="button" type="button" on:click=does(add)><Icon name="plus" small=true/>{says.add}</button>
            </div>
        </fieldset>
    }
}

#[component]
fn One(form: Form, mate: Mate) -> impl IntoView {
    let board = board();
    let says = says(board);
    let more = crate::words::trigger::of(board.words.common.lang);
    let name = mate.name.get_value();
    let same = move |other: &Mate| other.agent.with_value(|id| mate.agent.with_value(|mine| id == mine));
    let place = memo(move |_| form.mates.with(|mates| mates.iter().position(same).unwrap_or(0)));
    let count = memo(move |_| form.mates.with(Vec::len));
    let step = move |to: isize| {
        form.mates.update(|mates| {
            if let Some(at) = mates.iter().position(same)
                && let Some(other) = at.checked_add_signed(to).filter(|other| *other < mates.len())
            {
                mates.swap(at, other);
            }
        });
    };
    let flag = |value: RwSignal<bool>, label: &'static str| {
        view! {
            <label class="account__language">
                <input type="checkbox" aria-label=[label, ": ", &name].concat() prop:checked=live(move || value.get()) on:change=does(move |event| value.set(event_target_checked(&event)))/>
                <span>{label}</span>
            </label>
        }
    };
    view! {
        <li class="settings__member">
            <span class="settings__who">{name.clone()}</span>
            {flag(mate.attends, says.attends)}
            {flag(mate.administers, says.administers)}
            <label class="settings__limit">
                <span>{says.his_limit}</span>
                <input class="field__box" type="text" inputmode="numeric" maxlength="2" disabled=mate.joins aria-label=[says.his_limit, " (", says.his_limit_hint, "): ", &name].concat() title=says.his_limit_hint
                    prop:value=live(move || mate.limit.get()) on:input=does(move |event| { form.fault.set(None); mate.limit.set(event_target_value(&event)) })/>
            </label>
            <span class="trigger__acts">
                <button class="button button--bare button--icon button--s" type="button" aria-label=(more.up)(&name) disabled=live(move || place.get() == 0) on:click=does(move |_| step(-1))><Icon name="up" small=true/></button>
                <button class="button button--bare button--icon button--s" type="button" aria-label=(more.down)(&name) disabled=live(move || place.get() + 1 >= count.get()) on:click=does(move |_| step(1))><Icon name="down" small=true/></button>
                <button class="button button--bare button--icon button--s" type="button" aria-label=(says.take_out)(&name) on:click=does(move |_| form.mates.update(|mates| mates.retain(|other| !same(other))))><Icon name="x" small=true/></button>
            </span>
        </li>
    }
}

/// Where customers can choose it.
#[component]
fn Offered(form: Form, groups: Read<Groups>) -> impl IntoView {
    let says = says(board());
    let why = at(form.fault, "applications");
    let one = move |application: domain::group::Named| {
        let id = StoredValue::new(application.id);
        let is_on = move || form.applications.with(|all| id.with_value(|id| all.contains(id)));
        let set = move |on: bool| {
            form.fault.set(None);
            form.applications.update(|all| {
                all.retain(|one| id.with_value(|id| one != id));
                if on {
                    all.push(id.get_value());
                }
            });
        };
        view! {
            <label class="account__language">
                <input type="checkbox" prop:checked=live(is_on) on:change=does(move |event| set(event_target_checked(&event)))/>
                <span>{application.name}</span>
            </label>
        }
    };
    view! {
        <fieldset data-field="applications">
            <legend>{says.offered_in}</legend>
            <p class="view__say">{says.offered_say}</p>
            {rows(move || of(groups).applications, |application| application.id.clone(), one)}
            <p class="field" class:field--bad=live(move || why.with(Option::is_some))><span class="field__fault" role="alert">{live(move || why.get())}</span></p>
        </fieldset>
    }
}

/// What is wrong with a field of this form.
fn wrong(says: &'static Words, field: &str) -> Option<&'static str> {
    match field {
        "name" => Some(says.name_taken),
        "limit" => Some(says.limit_wrong),
        "answer_within" | "alarm_after" => Some(says.seconds_wrong),
        "members.limit" => Some(says.limit_elsewhere),
        "members" => Some(says.his_limit_wrong),
        "applications" => Some(says.last_subject),
        _ => None,
    }
}
