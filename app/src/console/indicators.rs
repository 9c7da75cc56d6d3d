//! Indicators: the twelve numbers of a period and what is behind one (R71-R85). What they show is in the address.
//!
//! Whatever changes a number is heard on the line as a card or a ticket, or as a bare `Counted` where it happened in
//! another group than counts it, or among agents. That makes them be read again, at most twice a second, less often
//! where answers take long, and only while somebody looks.

use super::board::board;
use super::indicator_ask::{Ask, path, read};
use super::indicator_list::Behind;
use super::live::{drawn, live, memo};
use super::route::{View, place};
use super::trend::trend;
use super::{browser, note};
use crate::doors::Failure;
use crate::doors::indicators::{list_behind, read_indicators, read_ranks};
use crate::words::indicators::{self, Words};
use domain::indicators::{After, Beside, Choices, Filter, Indicator, Page, Period, Query, Ranks, Report};
use domain::{Refusal, Trouble};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::time::Duration;

/// How often it is looked whether something changed, in milliseconds.
///
/// What happens is to be on the screen within a second, also over a line of [`WAY`]. At worst it happens just after an
/// answer was counted, half a way after it was asked for. The next one is asked for [`PAUSE`] and this after that, and
/// the sums, the list that is open and the ranks take a way each: 500 + 150 - 50 + 3 * 100 = 900.
const LOOK: u64 = 150;
/// They are asked for again at most so often.
const PAUSE: f64 = 500.0;
/// So long an answer is on its way: that is no load for anybody, and no reason to rest.
const WAY: f64 = 100.0;
/// Nor before so many times as long as the last answer took beyond its way have passed, but for [`OLD`] at the most: many
/// who look are not to be a load. Nothing is waited for what failed: it may be over.
const REST: f64 = 10.0;
/// Also where nothing was heard: a day may be over.
const OLD: f64 = 30_000.0;

/// How long to rest for what took so long, beyond its ways.
fn rest_for(took: f64) -> f64 {
    (REST * took).clamp(0.0, OLD)
}

/// What is shown.
#[derive(Clone, Copy)]
pub struct Numbers {
    pub query: Memo<Query>,
    /// Nothing as long as it is read for another period or filter: no number stands under the name of another.
    pub report: RwSignal<Option<Report>>,
    /// What may be chosen, of the last report: that is of no period.
    pub choices: RwSignal<Choices>,
    /// What is behind the number that is open.
    pub page: RwSignal<Option<Page>>,
    pub failed: RwSignal<Option<String>>,
    /// Somebody waits for it: for another question, or for more of the list.
    pub reading: RwSignal<bool>,
    /// Somebody points at the list or has the focus there: nothing of it moves.
    pub held: RwSignal<bool>,
    /// All that is shown is read again, and nobody waits for it.
    renewing: StoredValue<bool>,
    /// Something may have changed since it was read.
    stale: StoredValue<bool>,
    /// They are not for him, or not any more.
    closed: RwSignal<bool>,
    words: &'static crate::words::Words,
    /// When it was asked for last.
    read_at: StoredValue<f64>,
    /// From then on nobody rests any more for what the last answers took, in milliseconds.
    rest: StoredValue<f64>,
    ranks: StoredValue<Ranked>,
}

/// The ranks that were read last. They come after the sums: in a house of millions they take seconds.
#[derive(Clone, Default)]
struct Ranked {
    /// What they were asked for, and what was answered.
    last: Option<(Period, Filter, Ranks)>,
    reading: bool,
    /// They were wanted again while they were read.
    wanted: bool,
    /// Somebody comes back when the rest is over.
    rests: bool,
    /// From then on they are read again.
    rest: f64,
}

impl Ranked {
    /// Those of this question; nothing of another.
    fn of(&self, query: &Query) -> Option<Ranks> {
        let (period, filter, ranks) = self.last.as_ref()?;
        (*period == query.period && *filter == query.filter).then(|| ranks.clone())
    }

    /// So long those of this question are not read again.
    fn rest(&self, query: &Query, now: f64) -> f64 {
        if self.of(query).is_some() { self.rest - now } else { 0.0 }
    }
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
        choices: RwSignal::new(Choices::default()),
        page: RwSignal::new(None),
        failed: RwSignal::new(None),
        reading: RwSignal::new(true),
        held: RwSignal::new(false),
        renewing: StoredValue::new(false),
        stale: StoredValue::new(false),
        closed: RwSignal::new(false),
        words,
        read_at: StoredValue::new(0.0),
        rest: StoredValue::new(0.0),
        ranks: StoredValue::new(Ranked::default()),
    };
    Effect::new(move |before: Option<Query>| {
        let query = query.get();
        // What was listed for another question is none of this one's.
        if before.as_ref().is_some_and(|before| *before != query) {
            numbers.page.set(None);
            numbers.held.set(false);
            numbers.failed.set(None);
        }
        if before.is_some_and(|before| !before.counts_as(&query)) {
            numbers.report.set(None);
        }
        numbers.reading.set(true);
        numbers.take(true);
        query
    });
    Effect::new(move |before: Option<()>| {
        board.round.track();
        board.cards.track();
        board.changed.track();
        board.counted.track();
        if before.is_some() {
            numbers.stale.set_value(true);
        }
    });
    let look = move || {
        let Some(read_at) = numbers.read_at.try_get_value() else { return };
        let now = browser::now();
        let age = now - read_at;
        let may = age >= PAUSE && now >= numbers.rest.get_value() && !numbers.renewing.get_value();
        let stale = may && (age >= OLD || numbers.stale.get_value());
        let busy = numbers.reading.get_untracked() || numbers.closed.get_untracked();
        if stale && !browser::is_hidden() && !busy {
            numbers.renewing.set_value(true);
            numbers.take(false);
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

    /// One of its numbers; "…" as long as it is read.
    fn number(self, say: impl Fn(&Report) -> String) -> String {
        self.report.with(|report| match report {
            Some(report) => say(report),
            None if self.reading.get() => "…".into(),
            None => String::new(),
        })
    }

    /// Reads all of it; what comes too late for another question is nobody's. `asked`: somebody waits for it.
    fn take(self, asked: bool) {
        let query = self.query.get_untracked();
        self.stale.set_value(false);
        let began = browser::now();
        self.read_at.set_value(began);
        let words = self.words;
        spawn_local(async move {
            let report = read_indicators(query.period, query.filter.clone()).await;
            if self.query.try_get_untracked().as_ref() == Some(&query)
                && report.as_ref().is_ok_and(|now| self.sees_others(now))
            {
                // Of groups that are his no more no row stays.
                self.page.set(None);
            }
            let page = match report.is_ok() {
                true => self.fresh(&query).await,
                false => Ok(None),
            };
            let Some(now) = self.query.try_get_untracked() else { return };
            if asked && now == query {
                self.reading.set(false);
            }
            if !asked {
                self.renewing.set_value(false);
            }
            // More of the list was asked for meanwhile: that goes on from what is shown.
            if now != query || !asked && self.reading.get_untracked() {
                return self.stale.set_value(true);
            }
            let ways = if query.behind.is_some() { 2.0 } else { 1.0 };
            match (report, page) {
                (Ok(mut report), Ok(page)) => {
                    let ended = browser::now();
                    self.rest.set_value(ended + rest_for(ended - began - ways * WAY));
                    self.failed.set(None);
                    self.closed.set(false);
                    let ranks = self.ranks.with_value(|ranked| ranked.of(&query)).unwrap_or_default();
                    report.figures.beside = report.figures.beside.with(ranks);
                    if self.choices.with_untracked(|before| *before != report.choices) {
                        self.choices.set(report.choices.clone());
                    }
                    // How far the period before is looked at goes on by itself, and alone it draws nothing anew.
                    let like = |was: &Report| *was == Report { earlier: was.earlier, ..report.clone() };
                    if !self.report.with_untracked(|was| was.as_ref().is_some_and(like)) {
                        self.report.set(Some(report));
                    }
                    self.show(page);
                    self.rank(query);
                }
                (Err(failure), _) | (_, Err(failure)) => {
                    if matches!(failure, Failure::Trouble(Trouble::Refused(Refusal::OnlyAdministrators))) {
                        self.closed.set(true);
                        self.report.set(None);
                        self.choices.set(Choices::default());
                        self.page.set(None);
                    }
                    self.failed.set(Some(note::why(words, &failure)));
                }
            }
        });
    }

    /// Reads the ranks of what is asked, one question after the other. What is wanted while they are read or rest is
    /// read after that: nobody else comes for it before something happens again.
    fn rank(self, query: Query) {
        let began = browser::now();
        let (reading, rest) = self.ranks.with_value(|ranked| (ranked.reading, ranked.rest(&query, began)));
        if reading {
            return self.ranks.update_value(|ranked| ranked.wanted = true);
        }
        if rest > 0.0 {
            return self.rank_after(rest);
        }
        self.ranks.update_value(|ranked| (ranked.reading, ranked.wanted) = (true, false));
        let words = self.words;
        spawn_local(async move {
            let read = read_ranks(query.period, query.filter.clone()).await;
            let Some(now) = self.query.try_get_untracked() else { return };
            let ended = browser::now();
            self.ranks.update_value(|ranked| {
                ranked.reading = false;
                if let Ok(ranks) = &read {
                    ranked.last = Some((query.period, query.filter.clone(), ranks.clone()));
                    ranked.rest = ended + rest_for(ended - began - WAY);
                }
            });
            if !now.counts_as(&query) {
                return self.rank(now);
            }
            match read {
                Ok(ranks) => self.report.maybe_update(|report| match report {
                    Some(report) => {
                        let with = report.figures.beside.clone().with(ranks);
                        let differs = report.figures.beside != with;
                        report.figures.beside = with;
                        differs
                    }
                    None => false,
                }),
                Err(failure) => self.failed.set(Some(note::why(words, &failure))),
            }
            if self.ranks.with_value(|ranked| ranked.wanted) {
                self.rank(now);
            }
        });
    }

    /// Once, when the rest is over.
    fn rank_after(self, rest: f64) {
        if self.ranks.with_value(|ranked| ranked.rests) {
            return;
        }
        self.ranks.update_value(|ranked| ranked.rests = true);
        let again = move || {
            let Some(now) = self.query.try_get_untracked() else { return };
            self.ranks.update_value(|ranked| ranked.rests = false);
            if browser::is_hidden() || self.closed.get_untracked() {
                // With the sums, when somebody looks again.
                self.stale.set_value(true);
            } else {
                self.rank(now);
            }
        };
        set_timeout(again, Duration::from_millis(rest.ceil() as u64));
    }

    /// Are his groups others than they were?
    fn sees_others(self, now: &Report) -> bool {
        self.report.with_untracked(|was| was.as_ref().is_some_and(|was| was.choices.groups != now.choices.groups))
    }

    /// As many rows as are shown, from the first on; none where no number is open. Where what is read meets what is
    /// shown, the rest of that stays; not where they go by length: what is new there stands anywhere.
    async fn fresh(self, query: &Query) -> Result<Option<Page>, Failure> {
        let Some(indicator) = query.behind else { return Ok(None) };
        let ask = |after| list_behind(query.period, query.filter.clone(), indicator, after);
        let mut fresh = ask(None).await?;
        while let Some(after) = fresh.after.clone() {
            let Some(Some(mut shown)) = self.page.try_get_untracked() else { break };
            let whole = shown.rows.len();
            if fresh.rows.len() >= whole {
                break;
            }
            let meets = match indicator.is_longest() {
                true => None,
                false => shown.rows.iter().position(|row| row.id == after.id),
            };
            match meets {
                Some(meets) => {
                    let (rest, mut tail) = (whole - fresh.rows.len(), shown.rows.split_off(meets + 1));
                    fresh.after = shown.after;
                    if tail.len() > rest {
                        tail.truncate(rest);
                        fresh.after = tail.last().map(|row| After { at: row.at, id: row.id.clone() });
                    }
                    fresh.rows.extend(tail);
                    break;
                }
                None => {
                    let more = ask(Some(after)).await?;
                    fresh.rows.extend(more.rows);
                    fresh.after = more.after;
                }
            }
        }
        Ok(Some(fresh))
    }

    /// Where somebody points at the list, what he sees of it is as it is now, and what is new waits.
    fn show(self, fresh: Option<Page>) {
        let held = self.held.get_untracked();
        self.page.update(|page| {
            let Some(fresh) = fresh else { return *page = None };
            let shown = match page {
                Some(shown) if held && !shown.rows.is_empty() => &mut shown.rows,
                _ => return *page = Some(fresh),
            };
            if !shown.iter().map(|row| &row.id).eq(fresh.rows.iter().map(|row| &row.id)) {
                self.stale.set_value(true);
            }
            for row in fresh.rows {
                if let Some(is) = shown.iter_mut().find(|is| is.id == row.id) {
                    *is = row;
                }
            }
        });
    }

    /// One page more of what is behind the number that is open.
    pub fn more(self, after: After) {
        let query = self.query.get_untracked();
        let Some(indicator) = query.behind.filter(|_| !self.reading.get_untracked()) else { return };
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
                    // What was read for another question meanwhile goes on from elsewhere.
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
        <section class="sheet indicators__sheet" aria-label=says.title aria-busy=live(move || (numbers.report.with(Option::is_none) && numbers.reading.get()).to_string())>
            {drawn(move || numbers.report.with(|report| match report {
                Some(report) => sums(report, says),
                // Its line keeps its place.
                None if numbers.reading.get() => view! { <p class="sums">"…"</p> }.into_any(),
                None => ().into_any(),
            }))}
            <div class="gauges">
                {row(says.result, 0)}{row(says.time, 4)}{row(says.desertion, 8)}
            </div>
            <section class="besides" aria-label=says.besides>
                <h3 class="besides__name">{says.besides}</h3>
                <div class="besides__all">{Indicator::BESIDE.map(|indicator| aside(indicator, numbers, says)).into_iter().collect_view()}</div>
            </section>
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
    let class = move || if is_open(indicator, numbers) { "gauge gauge--open" } else { "gauge" };
    let value = move || numbers.number(|report| shown(report.figures.of(indicator), is_length));
    let before = move || numbers.of(|report| said_before(indicator, report, says));
    let drawing = move || {
        let draw = |report: &Report| {
            let per = if report.hourly { says.by_hour.into() } else { (says.by_days)(report.every.max(1)) };
            trend(indicator, &report.trend, &[name, ", ", &per].concat())
        };
        numbers.report.with(|report| report.as_ref().map(draw))
    };
    view! {
        <a class=live(class) href=live(move || way(indicator, numbers)) title=(says.formula)(indicator) aria-expanded=live(move || is_open(indicator, numbers).to_string())>
            <span class="gauge__name">{name}</span>
            <span class="gauge__value"><span>{live(value)}</span>" "<small>{live(move || numbers.of(|report| more(indicator, report, says)))}</small></span>
            <span class="gauge__foot"><span>{live(before)}</span>{drawn(drawing)}</span>
        </a>
    }
    .into_any()
}

/// What a number was in the period before, or in as much of that as has passed of this one.
fn said_before(indicator: Indicator, report: &Report, says: &'static Words) -> String {
    let say = if report.is_beside_a_part() { says.before_so_far } else { says.before };
    say(&shown(report.before.of(indicator), indicator.is_length()))
}

/// What is said beside a number.
fn more(indicator: Indicator, report: &Report, says: &'static Words) -> String {
    let figures = &report.figures;
    match (indicator, figures.of(indicator)) {
        (Indicator::Resolved | Indicator::Unresolved, Some(value)) => match figures.of(Indicator::Attended) {
            Some(all) if all > 0 => [&*((200 * value + all) / (2 * all)).to_string(), " %"].concat(),
            _ => String::new(),
        },
        (Indicator::MeanWait, Some(_)) => {
            [says.median, " ", &ranked(&figures.beside, figures.beside.median_wait, true)].concat()
        }
        (Indicator::WithMessage, _) => match figures.of(Indicator::Deserted) {
            Some(all) => [says.of, " ", &all.to_string()].concat(),
            None => String::new(),
        },
        _ => String::new(),
    }
}

/// A rank as it is shown; "…" as long as it is not read.
fn ranked(beside: &Beside, value: Option<u64>, is_length: bool) -> String {
    // How many were resolved is said of every period.
    if beside.settled.is_none() { "…".into() } else { shown(value, is_length) }
}

/// A number beside the twelve, with whatever is said in the same breath.
fn said_beside(indicator: Indicator, beside: &Beside, says: &'static Words) -> String {
    let length = |value| ranked(beside, value, true);
    let count = |value| ranked(beside, value, false);
    let typical = |median, ninth| [says.median, " ", &length(median), " · ", says.ninth, " ", &length(ninth)].concat();
    match indicator {
        Indicator::Unanswered => shown(beside.unanswered, false),
        Indicator::Removed => shown(beside.removed, false),
        Indicator::FirstReply => {
            let mean = shown(beside.mean_reply, true);
            [&mean, " ", says.mean, " · ", &typical(beside.median_reply, beside.ninth_reply)].concat()
        }
        Indicator::UsualWait => typical(beside.median_wait, beside.ninth_wait),
        Indicator::StillResolved => {
            [&*count(beside.still_resolved), " ", says.of, " ", &count(beside.settled)].concat()
        }
        Indicator::Reopened => {
            count(beside.settled.zip(beside.still_resolved).map(|(all, still)| all.saturating_sub(still)))
        }
        _ => String::new(),
    }
}

/// What is published besides the twelve: each shows what it counts, as they do. Of what walks all chats there is no
/// number of the period before, which is "—".
fn aside(indicator: Indicator, numbers: Numbers, says: &'static Words) -> AnyView {
    let class = move || if is_open(indicator, numbers) { "aside aside--open" } else { "aside" };
    let value = move || numbers.number(|report| said_beside(indicator, &report.figures.beside, says));
    let before = move || numbers.of(|report| said_before(indicator, report, says));
    view! {
        <a class=live(class) href=live(move || way(indicator, numbers)) title=(says.formula)(indicator) aria-expanded=live(move || is_open(indicator, numbers).to_string())>
            <span class="aside__name">{(says.name)(indicator)}</span>
            <span class="aside__value">{live(value)}</span>
            <span class="aside__before">{live(before)}</span>
        </a>
    }
    .into_any()
}

fn is_open(indicator: Indicator, numbers: Numbers) -> bool {
    numbers.query.with(|query| query.behind == Some(indicator))
}

/// Where a number leads: to what it counts; open, away from it.
fn way(indicator: Indicator, numbers: Numbers) -> String {
    let behind = (!is_open(indicator, numbers)).then_some(indicator);
    numbers.query.with(|query| path(&Query { behind, ..query.clone() }))
}
