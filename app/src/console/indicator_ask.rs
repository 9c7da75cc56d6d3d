//! Which period and which chats the numbers are of: all of it in their address.

use super::board::board;
use super::clock;
use super::icon::Icon;
use super::indicators::Numbers;
use super::live::{derived, does, drawn, live};
use super::menu::{Item, Items, Menu, Sign};
use super::route;
use crate::words::indicators::Words;
use domain::indicators::{Choice, Choices, Filter, Moment, Period, Query};
use domain::{Span, Time};
use js_sys::Date;
use leptos::prelude::*;
use wasm_bindgen::JsValue;

const DAY: Span = Span::hours(24);

/// What an address asks for.
pub fn read(search: &str) -> Query {
    let plain = |text: &str| {
        let text = text.replace('+', " ");
        js_sys::decode_uri_component(&text).map_or(text, String::from)
    };
    let pairs = search.split('&').filter_map(|pair| pair.split_once('='));
    Query::of(pairs.map(|(key, value)| (plain(key), plain(value))))
}

/// The address of the numbers.
pub fn path(query: &Query) -> String {
    ["/indicators", &search(query)].concat()
}

/// The address of the same as a file.
pub fn file(query: &Query, format: &str) -> String {
    let search = search(query);
    let and = if search.is_empty() { "?" } else { "&" };
    ["/indicators/export", &search, and, "format=", format].concat()
}

fn search(query: &Query) -> String {
    let mut search = String::new();
    for (key, value) in query.pairs() {
        search.push(if search.is_empty() { '?' } else { '&' });
        search.push_str(key);
        search.push('=');
        search.push_str(&String::from(js_sys::encode_uri_component(&value)));
    }
    search
}

/// Whose values a filter names.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Agents,
    Applications,
    Groups,
}

impl Kind {
    const ALL: [Kind; 3] = [Kind::Agents, Kind::Applications, Kind::Groups];

    fn name(self, says: &Words) -> &'static str {
        match self {
            Kind::Agents => says.agents,
            Kind::Applications => says.applications,
            Kind::Groups => says.groups,
        }
    }

    fn ids(self, filter: &Filter) -> &Vec<String> {
        match self {
            Kind::Agents => &filter.agents,
            Kind::Applications => &filter.applications,
            Kind::Groups => &filter.groups,
        }
    }

    fn ids_mut(self, filter: &mut Filter) -> &mut Vec<String> {
        match self {
            Kind::Agents => &mut filter.agents,
            Kind::Applications => &mut filter.applications,
            Kind::Groups => &mut filter.groups,
        }
    }

    fn offered(self, choices: &Choices) -> &Vec<Choice> {
        match self {
            Kind::Agents => &choices.agents,
            Kind::Applications => &choices.applications,
            Kind::Groups => &choices.groups,
        }
    }
}

/// The head of the view: period, filters, and all numbers as a file.
#[component]
pub fn Ask(numbers: Numbers, says: &'static Words) -> impl IntoView {
    let query = numbers.query;
    let choices = numbers.choices;
    let filtering = RwSignal::new(false);
    let opener: NodeRef<leptos::html::Button> = NodeRef::new();
    let ranging = RwSignal::new(query.with_untracked(|query| matches!(query.period, Period::Range { .. })));
    let all = move |format| live(move || query.with(|query| file(&Query { behind: None, ..query.clone() }, format)));
    let no_file = move || live(move || query.with(|query| is_turned(query.period)));
    view! {
        <header class="view__head">
            <h2 class="indicators__title">{says.title}</h2>
            <Periods numbers=numbers says=says ranging=ranging/>
            <button class="button button--s" type="button" node_ref=opener aria-expanded=live(move || filtering.get().to_string()) aria-controls="indicator-filter" on:click=does(move |_| filtering.update(|open| *open = !*open))>
                {says.filter}<Icon name="down" small=true/>
            </button>
            {drawn(move || Kind::ALL.into_iter().map(|kind| tag(kind, choices, numbers, opener, says)).collect_view())}
            <span class="push"></span>
            <a class="button button--s" download="" href=all("csv") hidden=no_file()><Icon name="download" small=true/>"CSV"</a>
            <a class="button button--s" download="" href=all("json") hidden=no_file()><Icon name="download" small=true/>"JSON"</a>
        </header>
        <Range numbers=numbers says=says open=ranging/>
        <div class="sheet indicators__filter" id="indicator-filter" role="group" aria-label=says.filter hidden=live(move || !filtering.get())>
            {drawn(move || Kind::ALL.into_iter().map(|kind| offers(kind, choices, numbers, says)).collect_view())}
            <label class="check">
                <input type="checkbox" prop:checked=live(move || query.with(|query| query.filter.begun)) on:change=does(move |_| set(query, &|query| query.filter.begun = !query.filter.begun))/>
                <span>{says.begun}</span>
            </label>
            <button class="button button--s" type="button" disabled=live(move || query.with(|query| query.filter == Filter::default())) on:click=does(move |_| set(query, &|query| query.filter = Filter::default()))>{says.remove_all}</button>
        </div>
    }
}

fn set(query: Memo<Query>, change: &dyn Fn(&mut Query)) {
    let mut to = query.get_untracked();
    change(&mut to);
    route::go(&path(&to));
}

#[component]
fn Periods(numbers: Numbers, says: &'static Words, ranging: RwSignal<bool>) -> impl IntoView {
    let query = numbers.query;
    let menu = Menu::new();
    let lang = board().words.common.lang;
    let shown = move || match query.with(|query| query.period) {
        Period::Range { .. } => {
            let (from, to) = ends(query.with(|query| query.period));
            let day = |day: &str| midnight(day).map_or(String::new(), |at| clock::day_in(lang, "UTC", at));
            [&day(&from), " – ", &day(&to)].concat()
        }
        named => (says.period)(named).to_owned(),
    };
    let items = derived(move || {
        let now = query.with(|query| query.period);
        let item = |label: &str, chosen, act| {
            let (label, more, sign, barred) = (label.to_owned(), None, Sign::None, false);
            Item { label, more, sign, chosen, barred, act, tag: None }
        };
        let mut items: Vec<Item> = Period::NAMED
            .into_iter()
            .map(|period| {
                let act = Callback::new(move |()| {
                    ranging.set(false);
                    set(query, &|query| query.period = period);
                });
                item((says.period)(period), period == now, act)
            })
            .collect();
        let another = Callback::new(move |()| ranging.set(true));
        items.push(item(says.other_period, matches!(now, Period::Range { .. }), another));
        items
    });
    view! {
        <div class="indicators__period">
            <button class="button button--s" type="button" aria-haspopup="menu" aria-expanded=live(move || menu.is_open().to_string()) on:click=does(move |_| menu.toggle())>
                <Icon name="calendar" small=true/>{live(shown)}<Icon name="down" small=true/>
            </button>
            <Items menu=menu label=says.when items=items choice=true/>
        </div>
    }
}

/// From one day to another, both of them in it.
#[component]
fn Range(numbers: Numbers, says: &'static Words, open: RwSignal<bool>) -> impl IntoView {
    let query = numbers.query;
    let (from, to, turned) = (RwSignal::new(String::new()), RwSignal::new(String::new()), RwSignal::new(false));
    let period = Memo::new(move |_| query.with(|query| query.period));
    // Also what an address asks for that nobody has chosen here.
    Effect::new(move |_: Option<()>| {
        let period = period.get();
        let (first, last) = ends(period);
        from.set(first);
        to.set(last);
        turned.set(is_turned(period));
        if is_turned(period) {
            open.set(true);
        }
    });
    let apply = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let moment = |day: String| Moment::try_from(day).ok();
        let after = midnight(&to.get_untracked()).map(|at| (at + DAY).civil(0).day());
        let (Some(begin), Some(end)) = (moment(from.get_untracked()), after.and_then(moment)) else { return };
        turned.set(end <= begin);
        if begin < end {
            set(query, &|query| query.period = Period::Range { from: begin, to: end });
        }
    };
    view! {
        <form class="indicators__range" hidden=live(move || !open.get()) on:submit=does(apply)>
            {day(says.from, from)}{day(says.until, to)}
            <button class="button" type="submit" disabled=live(move || from.with(String::is_empty) || to.with(String::is_empty))>{says.apply}</button>
            <p class="field__error" role="alert" hidden=live(move || !turned.get())>{says.turned}</p>
        </form>
    }
}

fn day(label: &'static str, value: RwSignal<String>) -> AnyView {
    view! {
        <label class="field">
            <span class="field__label">{label}</span>
            <input class="field__box" type="date" min="1970-01-01" max="9998-12-31" prop:value=live(move || value.get()) on:input=does(move |event| value.set(event_target_value(&event)))/>
        </label>
    }
    .into_any()
}

/// Does it end before it has begun? Then there is no file of it.
pub fn is_turned(period: Period) -> bool {
    matches!(period, Period::Range { from, to } if to <= from)
}

/// The first day of a range and the last.
fn ends(period: Period) -> (String, String) {
    let Period::Range { from, to } = period else { return Default::default() };
    // What ends at midnight ends with the day before.
    let last = midnight(&String::from(to.day)).map(|at| if to.minute == 0 { Time(at.0 - DAY.0) } else { at });
    (String::from(from.day), last.map_or(String::new(), |at| at.civil(0).day()))
}

/// A day as a moment of UTC, for counting days alone.
fn midnight(day: &str) -> Option<Time> {
    let at = Date::new(&JsValue::from_str(&[day, "T00:00:00Z"].concat())).get_time();
    at.is_finite().then_some(Time(at as i64))
}

/// What is filtered by, in a few words, and the way to take it away.
fn tag(
    kind: Kind,
    choices: RwSignal<Choices>,
    numbers: Numbers,
    opener: NodeRef<leptos::html::Button>,
    says: &'static Words,
) -> Option<AnyView> {
    let ids = numbers.query.with(|query| kind.ids(&query.filter).clone());
    let first = ids.first()?.clone();
    let named = choices.with(|all| kind.offered(all).iter().find(|one| one.id == first).map(|one| one.name.clone()));
    let name = named.unwrap_or_else(|| "…".into());
    let more = if ids.len() > 1 { [" +", &(ids.len() - 1).to_string()].concat() } else { String::new() };
    let text = [kind.name(says), ": ", &name, &more].concat();
    let label = (says.remove)(&text);
    let away = move |_| {
        set(numbers.query, &|query| kind.ids_mut(&mut query.filter).clear());
        // What was pressed is gone: he goes on where filters are.
        if let Some(opener) = opener.get_untracked() {
            drop(opener.focus());
        }
    };
    Some(
        view! {
            <span class="tag">{text}<button type="button" aria-label=label on:click=does(away)><Icon name="x" small=true/></button></span>
        }
        .into_any(),
    )
}

/// All values of one kind, to be ticked.
fn offers(kind: Kind, choices: RwSignal<Choices>, numbers: Numbers, says: &'static Words) -> AnyView {
    let all = choices.with(|choices| kind.offered(choices).clone());
    let query = numbers.query;
    let one = move |Choice { id, name, gone }: Choice| {
        let name = if gone { (says.gone)(&name) } else { name };
        let (is, of) = (id.clone(), id);
        let toggle = move |_| {
            set(query, &|query| {
                let ids = kind.ids_mut(&mut query.filter);
                match ids.iter().position(|one| *one == of) {
                    Some(at) => drop(ids.remove(at)),
                    None => ids.push(of.clone()),
                }
            });
        };
        view! {
            <label class="check">
                <input type="checkbox" prop:checked=live(move || query.with(|query| kind.ids(&query.filter).contains(&is))) on:change=does(toggle)/>
                <span>{name}</span>
            </label>
        }
    };
    view! {
        <fieldset class="indicators__offers"><legend>{kind.name(says)}</legend>{all.into_iter().map(one).collect_view()}</fieldset>
    }
    .into_any()
}
