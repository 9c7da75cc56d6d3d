//! Indicators: the twelve numbers of a period and what is behind one (R71-R85). What they show is in the address.
//!
//! Whatever changes a number is heard on the line as a card or a ticket, so that is what makes them be read again, at
//! most once a second and only while somebody looks.

use super::board::board;
use super::indicator_ask::{Ask, path, read};
use super::indicator_list::Behind;
use super::live::{drawn, live, memo};
use super::route::{View, place};
use super::trend::trend;
use super::{browser, note};
use crate::doors::indicators::{list_behind, read_indicators};
use crate::words::indicators::{self, Words};
use domain::indicators::{After, Beside, Indicator, Page, Query, Report};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::time::Duration;

/// How often it is looked whether something changed, in milliseconds.
const LOOK: u64 = 250;
/// They are read again at most so often.
const PAUSE: f64 = 750.0;
/// Also where nothing was heard: a day may be over, and what went to another team is told to that one.
const OLD: f64 = 30_000.0;

/// What is shown.
#[derive(Clone, Copy)]
pub struct Numbers {
    pub query: Memo<Query>,
    pub report: RwSignal<Option<Report>>,
    /// What is behind the number that is open.
    pub page: RwSignal<Option<Page>>,
    pub failed: RwSignal<Option<String>>,
    pub reading: RwSignal<bool>,
    /// Something may have changed since it was read.
    stale: StoredValue<bool>,
    words: &'static crate::words::Words,
    read_at: StoredValue<f64>,
}

#[component]
pub fn Indicators() -> impl IntoView {
    let board = board();
    let words = board.words;
    let says = indicators::of(words.common.lang);
    let query = memo(move |before: Option<&Query>| match place().shown.get() {
        View::Indicators(search) => read(&search),
        // Another view has no numbers; what was asked for stays until this one goes.
        _ => before.cloned().unwrap_or_default(),
    });
    let numbers = Numbers {
        query,
        report: RwSignal::new(None),
        page: RwSignal::new(None),
        failed: RwSignal::new(None),
        reading: RwSignal::new(false),
        stale: StoredValue::new(false),
        words,
        read_at: StoredValue::new(0.0),
    };
    Effect::new(move |before: Option<Query>| {
        let query = query.get();
        // What was listed for another question is none of this one's.
        if before.as_ref().is_some_and(|before| *before != query) {
            numbers.page.set(None);
        }
        numbers.take();
        query
    });
    Effect::new(move |before: Option<()>| {
        board.round.track();
        board.cards.track();
        board.changed.track();
        if before.is_some() {
            numbers.stale.set_value(true);
        }
    });
    let look = move || {
        let Some(read_at) = numbers.read_at.try_get_value() else { return };
        let age = browser::now() - read_at;
        let stale = age >= OLD || age >= PAUSE && numbers.stale.get_value();
        if stale && !browser::is_hidden() && !numbers.reading.try_get_untracked().unwrap_or(true) {
            numbers.take();
        }
    };
    if let Ok(interval) = set_interval_with_handle(look, Duration::from_millis(LOOK)) {
        on_cleanup(move || interval.clear());
    }
    view! {
        <div class="desk__work">
            <div class="view indicators">
                <Ask numbers=numbers says=says/>
                <p class="banner banner--bad" role="alert" hidden=live(move || numbers.failed.with(Option::is_none))>
                    <span class="banner__text">{live(move || numbers.failed.get().unwrap_or_default())}</span>
                </p>
                <Sheet numbers=numbers says=says/>
                <Behind numbers=numbers says=says/>
            </div>
        </div>
    }
}

impl Numbers {
    /// A text of the report; nothing until there is one.
    fn of(self, say: impl Fn(&Report) -> String) -> String {
        self.report.with(|report| report.as_ref().map_or(String::new(), say))
    }

    /// Reads all of it; what comes too late for another question is nobody's.
    fn take(self) {
        let query = self.query.get_untracked();
        self.stale.set_value(false);
        self.read_at.set_value(browser::now());
        self.reading.set(true);
        let words = self.words;
        spawn_local(async move {
            let report = read_indicators(query.period, query.filter.clone()).await;
            let page = match query.behind {
                Some(indicator) => list_behind(query.period, query.filter.clone(), indicator, None).await.map(Some),
                None => Ok(None),
            };
            if self.query.try_get_untracked() != Some(query) {
                return;
            }
            self.reading.set(false);
            match (report, page) {
                (Ok(report), Ok(page)) => {
                    self.failed.set(None);
                    if self.report.with_untracked(|before| before.as_ref() != Some(&report)) {
                        self.report.set(Some(report));
                    }
                    self.renew(page);
                }
                (Err(failure), _) | (_, Err(failure)) => self.failed.set(Some(note::why(words, &failure))),
            }
        });
    }

    /// The first page anew; what was read after it stays.
    fn renew(self, fresh: Option<Page>) {
        self.page.update(|page| {
            let Some(mut fresh) = fresh else { return *page = None };
            if let (Some(old), Some(after)) = (page.take(), &fresh.after) {
                let is_later = |at, id: &str| (at, id) < (after.at, after.id.as_str());
                let rest: Vec<_> = old.rows.into_iter().filter(|row| is_later(row.at, &row.id)).collect();
                if !rest.is_empty() {
                    fresh.rows.extend(rest);
                    fresh.after = old.after;
                }
            }
            *page = Some(fresh);
        });
    }

    /// One page more of what is behind the number that is open.
    pub fn more(self, after: After) {
        let query = self.query.get_untracked();
        let Some(indicator) = query.behind else { return };
        let words = self.words;
        self.reading.set(true);
        spawn_local(async move {
            let more = list_behind(query.period, query.filter.clone(), indicator, Some(after.clone())).await;
            if self.query.try_get_untracked() != Some(query) {
                return;
            }
            self.reading.set(false);
            match more {
                Ok(more) => self.page.update(|page| {
                    // What was read anew meanwhile may go on from elsewhere.
                    let Some(page) = page.as_mut().filter(|page| page.after.as_ref() == Some(&after)) else { return };
                    page.rows.extend(more.rows);
                    page.after = more.after;
                }),
                Err(failure) => self.failed.set(Some(note::why(words, &failure))),
            }
        });
    }
}

/// `00:07:57`; hours go on after a day.
pub fn clock(seconds: u64) -> String {
    let two = |n: u64| if n < 10 { ["0", &n.to_string()].concat() } else { n.to_string() };
    [two(seconds / 3_600), two(seconds / 60 % 60), two(seconds % 60)].join(":")
}

/// A number as it is shown; "—" where there is nothing to say it of.
pub fn shown(value: Option<u64>, is_length: bool) -> String {
    match value {
        None => "—".into(),
        Some(value) if is_length => clock(value),
        Some(value) => value.to_string(),
    }
}

/// Drawn once; its numbers change where they stand, so that nobody loses the place where he is.
#[component]
fn Sheet(numbers: Numbers, says: &'static Words) -> impl IntoView {
    let row = move |name: &'static str, first: usize| {
        let gauges = Indicator::ALL[first..first + 4].iter().map(|indicator| gauge(*indicator, numbers, says));
        view! { <h3 class="gauges__side">{name}</h3>{gauges.collect_view()} }
    };
    view! {
        <section class="sheet indicators__sheet" aria-label=says.title aria-busy=live(move || numbers.report.with(Option::is_none).to_string())>
            {drawn(move || numbers.report.with(|report| report.as_ref().map(|report| sums(report, says))))}
            <div class="gauges">
                {row(says.result, 0)}{row(says.time, 4)}{row(says.desertion, 8)}
            </div>
            {drawn(move || numbers.report.with(|report| report.as_ref().map(|report| beside(&report.figures.beside, says))))}
            <p class="indicators__zone">{live(move || numbers.of(|report| (says.zone)(&report.zone)))}</p>
        </section>
    }
}

/// The sums that close (indicators.md e.4); with agents asked for there are none.
fn sums(report: &Report, says: &'static Words) -> AnyView {
    let of = |indicator| report.figures.of(indicator);
    let beside = &report.figures.beside;
    let (Some(requests), Some(attended)) = (beside.requests, of(Indicator::Attended)) else { return ().into_any() };
    let part = |value: Option<u64>, name: &'static str, plus: &'static str| {
        view! { {plus}<b>{value.unwrap_or_default().to_string()}</b>" "{name} }
    };
    let lost = beside.lost.filter(|lost| *lost > 0).map(|lost| part(Some(lost), says.lost, " + "));
    view! {
        <p class="sums">
            <span>
                <b>{requests.to_string()}</b>" "{says.requests}
                {part(Some(attended), says.attended, " = ")}{part(of(Indicator::Deserted), says.desertions, " + ")}
                {part(beside.removed, says.removed, " + ")}{part(beside.waiting, says.waiting, " + ")}{lost}
            </span>
            <span>
                <b>{attended.to_string()}</b>
                {part(of(Indicator::Resolved), says.resolved, " = ")}{part(of(Indicator::Unresolved), says.unresolved, " + ")}
                {part(beside.cancelled, says.cancelled, " + ")}{part(beside.running, says.running, " + ")}{part(beside.unsaved, says.unsaved, " + ")}
            </span>
        </p>
    }
    .into_any()
}

/// One number, its trend, and what it was in the period before. Chosen, it shows what it counts; chosen again, not.
fn gauge(indicator: Indicator, numbers: Numbers, says: &'static Words) -> AnyView {
    let is_length = indicator.is_length();
    let name = (says.name)(indicator);
    let open = move || numbers.query.with(|query| query.behind == Some(indicator));
    let class = move || if open() { "gauge gauge--open" } else { "gauge" };
    let to = move || {
        let behind = (!open()).then_some(indicator);
        numbers.query.with(|query| path(&Query { behind, ..query.clone() }))
    };
    let value = move || numbers.of(|report| shown(report.figures.of(indicator), is_length));
    let before = move || numbers.of(|report| (says.before)(&shown(report.before.of(indicator), is_length)));
    let drawing = move || {
        let draw = |report: &Report| {
            let per = if report.hourly { says.by_hour } else { says.by_day };
            trend(indicator, &report.trend, &[name, ", ", per].concat())
        };
        numbers.report.with(|report| report.as_ref().map(draw))
    };
    view! {
        <a class=live(class) href=live(to) title=(says.formula)(indicator) aria-expanded=live(move || open().to_string())>
            <span class="gauge__name">{name}</span>
            <span class="gauge__value"><span>{live(value)}</span>" "<small>{live(move || numbers.of(|report| more(indicator, report, says)))}</small></span>
            <span class="gauge__foot"><span>{live(before)}</span>{drawn(drawing)}</span>
        </a>
    }
    .into_any()
}

/// What is said beside a number.
fn more(indicator: Indicator, report: &Report, says: &'static Words) -> String {
    let figures = &report.figures;
    match (indicator, figures.of(indicator)) {
        (Indicator::Resolved | Indicator::Unresolved, Some(value)) => match figures.of(Indicator::Attended) {
            Some(all) if all > 0 => [&*((200 * value + all) / (2 * all)).to_string(), " %"].concat(),
            _ => String::new(),
        },
        (Indicator::MeanWait, _) => match figures.beside.median_wait {
            Some(median) => [says.median, " ", &clock(median)].concat(),
            None => String::new(),
        },
        (Indicator::WithMessage, _) => match figures.of(Indicator::Deserted) {
            Some(all) => [says.of, " ", &all.to_string()].concat(),
            None => String::new(),
        },
        _ => String::new(),
    }
}

/// What is published besides the twelve.
fn beside(beside: &Beside, says: &'static Words) -> AnyView {
    let length = |value| shown(value, true);
    let three = |mean, median, ninth| {
        [
            &length(mean),
            " ",
            says.mean,
            " · ",
            says.median,
            " ",
            &length(median),
            " · ",
            says.ninth,
            " ",
            &length(ninth),
        ]
        .concat()
    };
    let waits = [says.median, " ", &length(beside.median_wait), " · ", says.ninth, " ", &length(beside.ninth_wait)];
    let still = [&*shown(beside.still_resolved, false), " ", says.of, " ", &shown(beside.settled, false)].concat();
    let facts = [
        (says.unanswered, shown(beside.unanswered, false)),
        (says.reply, three(beside.mean_reply, beside.median_reply, beside.ninth_reply)),
        (says.wait, waits.concat()),
        (says.still, still),
    ];
    view! {
        <section class="besides" aria-label=says.besides>
            <h3 class="besides__name">{says.besides}</h3>
            <dl class="besides__all">
                {facts.into_iter().map(|(name, value)| view! { <div><dt>{name}</dt><dd>{value}</dd></div> }).collect_view()}
            </dl>
        </section>
    }
    .into_any()
}
