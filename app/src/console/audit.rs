//! The log of who did what. What it shows is in its address.

use super::board::board;
use super::clock;
use super::live::{does, drawn, live, memo, rows, waits};
use super::note;
use super::route::{self, View, place};
use crate::doors::audit::{list_audit, verify_audit};
use crate::words::audit::{self, Words};
use domain::Face;
use domain::audit::{About, By, Filter, Kind, Line, Verdict};
use domain::hours::Day;
use leptos::prelude::*;
use leptos::task::spawn_local;
use web_sys::Event;

/// What an address asks for; what it asks for besides is nothing.
fn read(search: &str) -> Filter {
    let plain = |text: &str| {
        let text = text.replace('+', " ");
        js_sys::decode_uri_component(&text).map_or(text, String::from)
    };
    let pairs = search.split('&').filter_map(|pair| pair.split_once('='));
    Filter::of(pairs.map(|(name, value)| (plain(name), plain(value))))
}

fn search(filter: &Filter) -> String {
    let pairs = filter.pairs();
    let asked =
        pairs.iter().map(|(name, value)| [name, "=", &String::from(js_sys::encode_uri_component(value))].concat());
    asked.collect::<Vec<_>>().join("&")
}

fn path(filter: &Filter) -> String {
    let asked = search(filter);
    if asked.is_empty() { "/audit".into() } else { ["/audit?", &asked].concat() }
}

/// The address of the same as a file.
fn file(filter: &Filter, format: &str) -> String {
    let asked = search(filter);
    let and = if asked.is_empty() { "" } else { "&" };
    ["/audit/export?", &asked, and, "format=", format].concat()
}

#[derive(Clone, Copy)]
struct List {
    filter: Memo<Filter>,
    lines: RwSignal<Vec<Line>>,
    /// And where each signs in.
    people: RwSignal<Vec<(Face, String)>>,
    before: RwSignal<Option<i64>>,
    loading: RwSignal<bool>,
    failed: RwSignal<Option<String>>,
    words: &'static crate::words::Words,
}

#[component]
pub fn Audit() -> impl IntoView {
    let board = board();
    let words = board.words;
    let says = audit::of(words.common.lang);
    let filter = memo(move |before: Option<&Filter>| match place().shown.get() {
        View::Audit(search) => read(&search),
        // Another view has no log; what was asked for stays until this one goes.
        _ => before.cloned().unwrap_or_default(),
    });
    let list = List {
        filter,
        lines: RwSignal::new(Vec::new()),
        people: RwSignal::new(Vec::new()),
        before: RwSignal::new(None),
        loading: RwSignal::new(true),
        failed: RwSignal::new(None),
        words,
    };
    Effect::new(move || {
        board.round.track();
        filter.track();
        list.take(None);
    });
    let system = board.me.with_untracked(|me| me.agent.system);
    let empty = move || list.lines.with(Vec::is_empty);
    view! {
        <div class="desk__work">
            <div class="view view--paper audit">
                <p class="view__say">{if system { says.say } else { says.say_groups }}</p>
                <Conditions list=list/>
                <div class="audit__acts">
                    <a class="button button--s" href=live(move || filter.with(|filter| file(filter, "csv"))) download="">"CSV"</a>
                    <a class="button button--s" href=live(move || filter.with(|filter| file(filter, "jsonl"))) download="">"JSON Lines"</a>
                    {system.then(|| view! { <Chain/> })}
                </div>
                <p class="banner banner--bad" role="alert" hidden=live(move || list.failed.with(Option::is_none))>
                    <span class="banner__text">{live(move || list.failed.get().unwrap_or_default())}</span>
                </p>
                <section class="sheet" aria-label=words.menu_audit tabindex="0">
                    <table class="table table--tall" hidden=live(empty)>
                        <thead><tr><th scope="col">{says.what}</th><th scope="col">{says.whom}</th><th scope="col">{says.about}</th><th scope="col">{says.address}</th><th scope="col" class="table__num">{says.when}</th></tr></thead>
                        <tbody>{rows(move || list.lines.get(), |line| line.number.to_string(), move |line| view! { <Row line=line/> })}</tbody>
                    </table>
                    <div class="empty empty--s" hidden=live(move || !empty() || list.loading.get())><p>{says.nothing}</p></div>
                    <p class="list__more" hidden=live(move || list.before.with(Option::is_none))>
                        <button class="button" type="button" aria-disabled=waits(list.loading) on:click=does(move |_| if !list.loading.get_untracked() { list.take(list.before.get_untracked()) })>{words.more}</button>
                    </p>
                </section>
            </div>
        </div>
    }
}

impl List {
    fn take(self, before: Option<i64>) {
        let (words, filter) = (self.words, self.filter.get_untracked());
        self.loading.set(true);
        spawn_local(async move {
            let read = list_audit(filter.clone(), before).await;
            // Something else was asked for meanwhile: this answer is nobody's.
            if self.filter.try_get_untracked() != Some(filter) {
                return;
            }
            self.loading.set(false);
            match read {
                Ok(page) => {
                    self.failed.set(None);
                    self.before.set(page.before);
                    self.people.set(page.people.into_iter().zip(page.emails).collect());
                    self.lines.update(|lines| {
                        if before.is_none() {
                            lines.clear();
                        }
                        lines.extend(page.lines);
                    });
                }
                Err(failure) => self.failed.set(Some(note::why(words, &failure))),
            }
        });
    }
}

#[component]
fn Conditions(list: List) -> impl IntoView {
    let says = audit::of(board().words.common.lang);
    let mut kinds: Vec<(&str, &str)> = Kind::ALL.iter().map(|kind| (kind.word(), (says.kind)(*kind))).collect();
    kinds.sort_by_key(|(_, name)| name.to_lowercase());
    let asks = move |change: &dyn Fn(&mut Filter)| {
        let mut filter = list.filter.get_untracked();
        change(&mut filter);
        route::go(&path(&filter));
    };
    let kind = move || list.filter.with(|filter| filter.kind.map_or("", Kind::word));
    let by = move || list.filter.with(|filter| filter.by.clone().unwrap_or_default());
    let about = move || list.filter.with(|filter| filter.about.clone().unwrap_or_default());
    let day = |day: Option<Day>| day.map(String::from).unwrap_or_default();
    let (from, to) =
        (move || list.filter.with(|filter| day(filter.from)), move || list.filter.with(|filter| day(filter.to)));
    view! {
        <div class="audit__conditions">
            <label class="field">
                <span class="field__label">{says.what}</span>
                <select class="field__box" prop:value=live(kind) on:change=does(move |event| asks(&|filter| filter.kind = Kind::of_word(&event_target_value(&event))))>
                    <option value="">{says.everything}</option>
                    {kinds.into_iter().map(|(word, name)| view! { <option value=word selected={kind() == word}>{name}</option> }).collect_view()}
                </select>
            </label>
            <label class="field">
                <span class="field__label">{says.whom}</span>
                <select class="field__box" on:change=does(move |event| asks(&|filter| filter.by = Some(event_target_value(&event)).filter(|by| !by.is_empty())))>
                    <option value="">{says.everybody}</option>
                    {drawn(move || list.people.get().into_iter().map(|(face, email)| view! { <option value=face.id.clone() selected={by() == face.id}>{[face.name.as_str(), " · ", &email].concat()}</option> }).collect_view())}
                </select>
            </label>
            <label class="field">
                <span class="field__label">{says.about}" "<span class="field__hint">{says.about_hint}</span></span>
                <input class="field__box" type="search" maxlength="200" autocapitalize="none" spellcheck="false" prop:value=live(about)
                    on:change=does(move |event: Event| asks(&|filter| filter.about = Some(typed(&event)).filter(|about| !about.is_empty())))/>
            </label>
            <label class="field">
                <span class="field__label">{says.from}</span>
                <input class="field__box" type="date" prop:value=live(from) on:change=does(move |event: Event| asks(&|filter| filter.from = Day::try_from(typed(&event)).ok()))/>
            </label>
            <label class="field">
                <span class="field__label">{says.to}</span>
                <input class="field__box" type="date" prop:value=live(to) on:change=does(move |event: Event| asks(&|filter| filter.to = Day::try_from(typed(&event)).ok()))/>
            </label>
        </div>
    }
}

fn typed(event: &Event) -> String {
    event_target_value(event).trim().to_owned()
}

/// Whether any row was changed: asked for, for all of them are read.
#[component]
fn Chain() -> impl IntoView {
    let board = board();
    let says = audit::of(board.words.common.lang);
    let (busy, found) = (RwSignal::new(false), RwSignal::new(None::<Verdict>));
    let look = move |_| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        found.set(None);
        spawn_local(async move {
            let answer = verify_audit().await;
            busy.try_set(false);
            match answer {
                Ok(verdict) => drop(found.try_set(Some(verdict))),
                Err(failure) => board.fail(failure),
            }
        });
    };
    let shown = move || {
        found.get().map(|verdict| match verdict {
            Verdict::Whole { number, hash } => view! {
                <span>{(says.whole)(number)}" "<code class="audit__thing">{[&*number.to_string(), ":", &hash].concat()}</code></span>
            }
            .into_any(),
            Verdict::Broken { number } => view! { <strong class="audit__broken">{(says.broken)(number)}</strong> }.into_any(),
        })
    };
    view! {
        <button class="button button--s" type="button" aria-disabled=waits(busy) on:click=does(look)>{says.verify}</button>
        <span class="audit__verdict" role="status">{drawn(shown)}</span>
    }
}

#[component]
fn Row(line: Line) -> impl IntoView {
    let board = board();
    let words = board.words;
    let says = audit::of(words.common.lang);
    let lang = words.common.lang;
    let when =
        [&clock::day(lang, line.at, board.now.get_untracked()), ", ", &clock::hour_and_second(lang, line.at)].concat();
    let by = match line.by {
        By::Agent(face) => person(face, line.by_email),
        By::Operator => says.operator.into_any(),
        By::Nobody => says.stranger.into_any(),
        By::Clock => says.clock.into_any(),
        By::Token(token) => ["API · ", &token.name].concat().into_any(),
    };
    let what = match line.kind {
        Kind::Other => view! { {(says.kind)(Kind::Other)}" " <code class="audit__thing">{line.word}</code> }.into_any(),
        kind => (says.kind)(kind).into_any(),
    };
    let times = (line.times > 1).then(|| [" · ", &(says.times)(line.times)].concat());
    view! {
        <tr>
            <td>{what}<span class="table__soft">{times}</span></td>
            <td>{by}</td>
            <td>{about(says, words, line.about, line.about_email)}{line.group.map(|group| view! { <span class="table__soft">" · "{group.name}</span> })}</td>
            <td class="table__soft">{line.address}</td>
            <td class="table__num table__soft"><time title=clock::whole(lang, line.at)>{when}</time></td>
        </tr>
    }
}

/// Names change: where he signs in says who it is.
fn person(face: Face, email: String) -> AnyView {
    let name = if face.name.is_empty() { face.id } else { face.name };
    let email = (!email.is_empty()).then(|| view! { <span class="table__soft">" · "{email}</span> });
    view! { <span>{name}{email}</span> }.into_any()
}

fn about(says: &'static Words, words: &'static crate::words::Words, about: About, email: String) -> AnyView {
    match about {
        About::Nothing => ().into_any(),
        About::Agent(face) => person(face, email),
        About::Customer(customer) => {
            let name = if customer.name.is_empty() { words.nameless.to_owned() } else { customer.name };
            view! { <a class="audit__link" href=["/people/", &customer.id].concat()>{name}</a> }.into_any()
        }
        About::Chat(chat) => {
            view! { <a class="audit__link" href=["/chat/", &chat].concat()>{says.chat}</a> }.into_any()
        }
        About::Thing(thing) => view! { <code class="audit__thing">{thing}</code> }.into_any(),
    }
}
