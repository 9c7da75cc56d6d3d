//! What narrows a list of tickets: words and conditions, all of them in its address.

use super::board::{Board, board};
use super::clock;
use super::icon::Icon;
use super::live::{derived, does, live};
use super::route;
use super::ticket_form::{Option2, offered, select};
use domain::ticket::Via;
use domain::ticket_list::{Filter, Wanted};
use domain::wire::Choices;
use domain::{Status, Time};
use js_sys::Date;
use leptos::prelude::*;
use wasm_bindgen::JsValue;

/// A search begins when nobody has typed for so long, in milliseconds.
const PAUSE: u64 = 300;
const DAY: i64 = 86_400_000;

/// What an address asks for.
pub fn read(search: &str) -> Filter {
    let plain = |text: &str| {
        let text = text.replace('+', " ");
        js_sys::decode_uri_component(&text).map_or(text, String::from)
    };
    let pairs = search.split('&').filter_map(|pair| pair.split_once('='));
    Filter::of(pairs.map(|(key, value)| (plain(key), plain(value))))
}

/// The address of a list, and of a ticket beside it.
pub fn path(ticket: Option<&str>, filter: &Filter) -> String {
    let mut path = "/tickets".to_owned();
    if let Some(ticket) = ticket {
        path.push('/');
        path.push_str(ticket);
    }
    for (at, (key, value)) in filter.pairs().into_iter().enumerate() {
        path.push(if at == 0 { '?' } else { '&' });
        path.push_str(key);
        path.push('=');
        path.push_str(&String::from(js_sys::encode_uri_component(&value)));
    }
    path
}

/// Words that are said in them, or a number.
#[component]
pub fn Search(filter: Memo<Filter>) -> impl IntoView {
    let words = board().words;
    let says = crate::words::ticket::of(words.common.lang);
    let text = RwSignal::new(filter.with_untracked(|filter| filter.words.clone()));
    Effect::new(move || {
        let asked = filter.with(|filter| filter.words.clone());
        if text.get_untracked().trim() != asked {
            text.set(asked);
        }
    });
    let ask = move || {
        let mut to = filter.get_untracked();
        let asked = text.get_untracked().trim().to_owned();
        if to.words != asked {
            to.words = asked;
            route::go(&path(None, &to));
        }
    };
    let round = StoredValue::new(0_u32);
    let typed = move |typed: String| {
        text.set(typed);
        round.update_value(|round| *round += 1);
        let this = round.get_value();
        let later = move || {
            if round.try_get_value() == Some(this) {
                ask();
            }
        };
        set_timeout(later, std::time::Duration::from_millis(PAUSE));
    };
    view! {
        <form class="list__search" role="search" on:submit=does(move |event: web_sys::SubmitEvent| { event.prevent_default(); ask() })>
            <label class="field__box">
                <Icon name="search" small=true/>
                <input type="search" aria-label=says.search_tickets placeholder=says.search_tickets maxlength="120" prop:value=live(move || text.get())
                    on:input=does(move |event| typed(event_target_value(&event)))/>
            </label>
        </form>
    }
}

/// Each condition, as a list to choose from.
#[component]
pub fn Conditions(filter: Memo<Filter>) -> impl IntoView {
    let board = board();
    let words = board.words;
    let says = crate::words::ticket::of(words.common.lang);
    let set = move |change: &dyn Fn(&mut Filter)| {
        let mut to = filter.get_untracked();
        change(&mut to);
        route::go(&path(None, &to));
    };
    let some = |value: String| (!value.is_empty()).then_some(value);
    let statuses = derived(move || {
        let mut all = vec![("open".to_owned(), words.filter_open.to_owned()), ("any".into(), says.anything.into())];
        for base in Status::ALL {
            all.push((word(&Wanted::Base(base)), words.common.status(base).into()));
            all.extend(of(board, |choices| {
                let own = choices.house.statuses.iter().filter(|own| own.base == base);
                own.map(|own| (word(&Wanted::Own(own.id.clone())), ["\u{2003}", &own.name].concat())).collect()
            }));
        }
        all
    });
    let vias = derived(move || {
        let named = |via: Via| (via_word(via), words.common.via(via).to_owned());
        any(says.anything, Via::ALL.map(named).into())
    });
    let groups = derived(move || {
        let seen = board.me.with(|me| me.groups.clone());
        any(says.anything, seen.into_iter().map(|group| (group.id, group.name)).collect())
    });
    let owners = derived(move || {
        let all = of(board, |all| all.owners.iter().map(|o| (o.face.id.clone(), o.face.name.clone())).collect());
        any(says.anything, all)
    });
    let applications = derived(move || {
        let all = of(board, |all| all.applications.iter().map(|a| (a.id.clone(), a.name.clone())).collect());
        any(says.anything, all)
    });
    let chosen = move |what: fn(&Filter) -> String| derived(move || filter.with(what));
    let day = move |what: fn(&Filter) -> Option<Time>, after: i64| {
        derived(move || filter.with(what).map_or(String::new(), |at| date(Time(at.0 - after))))
    };
    let tag = RwSignal::new(filter.with_untracked(|filter| filter.tag.clone().unwrap_or_default()));
    view! {
        <div class="list__conditions" role="group" aria-label=says.filter>
            {labelled(words.status, select(statuses, chosen(|f| word(&f.status)), Callback::new(move |value: String| set(&|f| f.status = wanted(&value)))))}
            {labelled(words.group, select(groups, chosen(|f| f.group.clone().unwrap_or_default()), Callback::new(move |value: String| set(&|f| f.group = some(value.clone())))))}
            {labelled(words.owner, select(owners, chosen(|f| f.owner.clone().unwrap_or_default()), Callback::new(move |value: String| set(&|f| f.owner = some(value.clone())))))}
            {labelled(words.opened_via, select(vias, chosen(|f| f.via.map_or(String::new(), via_word)), Callback::new(move |value: String| set(&|f| f.via = via(&value)))))}
            {labelled(words.application, select(applications, chosen(|f| f.application.clone().unwrap_or_default()), Callback::new(move |value: String| set(&|f| f.application = some(value.clone())))))}
            {labelled(says.tag, view! {
                <input class="field__box" type="text" maxlength="40" prop:value=live(move || tag.get()) on:input=does(move |event| tag.set(event_target_value(&event)))
                    on:change=does(move |_| set(&|f| f.tag = some(domain::text::line(&tag.get_untracked()).to_lowercase())))/>
            }.into_any())}
            {labelled(says.changed_from, dated(day(|f| f.from, 0), Callback::new(move |value: String| set(&|f| f.from = midnight(&value)))))}
            {labelled(says.changed_until, dated(day(|f| f.until, DAY / 2), Callback::new(move |value: String| set(&|f| f.until = midnight(&value).map(next_day)))))}
            <button class="button button--s" type="button" disabled=live(move || filter.with(Filter::chosen) == 0) on:click=does(move |_| {
                tag.set(String::new());
                set(&|f| *f = Filter { queue: f.queue, status: f.status.clone(), words: f.words.clone(), ..Filter::default() });
            })>{says.no_filter}</button>
        </div>
    }
}

fn labelled(label: &'static str, control: AnyView) -> AnyView {
    view! { <label class="field"><span class="field__label">{label}</span>{control}</label> }.into_any()
}

fn dated(value: Signal<String>, set: Callback<String>) -> AnyView {
    view! { <input class="field__box" type="date" prop:value=live(move || value.get()) on:change=does(move |event| set.run(event_target_value(&event)))/> }.into_any()
}

fn of(board: Board, what: impl Fn(&Choices) -> Vec<Option2>) -> Vec<Option2> {
    offered(board).with(|all| all.as_ref().map(what)).unwrap_or_default()
}

fn any(label: &str, options: Vec<Option2>) -> Vec<Option2> {
    let mut all = vec![(String::new(), label.to_owned())];
    all.extend(options);
    all
}

/// A status as its address says it.
fn word(status: &Wanted) -> String {
    let said = Filter { status: status.clone(), ..Filter::default() }.pairs();
    said.into_iter().find(|(key, _)| *key == "status").map_or("open".into(), |(_, value)| value)
}

fn wanted(word: &str) -> Wanted {
    Filter::of([("status".to_owned(), word.to_owned())].into_iter()).status
}

fn via_word(via: Via) -> String {
    let said = Filter { via: Some(via), ..Filter::default() }.pairs();
    said.into_iter().find(|(key, _)| *key == "via").map_or(String::new(), |(_, value)| value)
}

fn via(word: &str) -> Option<Via> {
    Filter::of([("via".to_owned(), word.to_owned())].into_iter()).via
}

/// The day of a moment, here, as a field of dates takes it.
fn date(at: Time) -> String {
    clock::iso(at)
}

/// The first moment of a day, here.
fn midnight(day: &str) -> Option<Time> {
    let at = Date::new(&JsValue::from_str(&[day, "T00:00:00"].concat())).get_time();
    at.is_finite().then_some(Time(at as i64))
}

/// The first moment of the day after it: a day may be an hour shorter or longer.
fn next_day(at: Time) -> Time {
    midnight(&date(Time(at.0 + DAY + DAY / 2))).unwrap_or(at)
}
