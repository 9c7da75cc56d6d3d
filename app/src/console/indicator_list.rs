//! What is behind a number: how it is made, its trend as a table, and the chats that it counts.

use super::board::board;
use super::clock;
use super::icon::Icon;
use super::indicator_ask::{file, is_turned};
use super::indicators::{Numbers, clock as length, shown};
use super::live::{does, drawn, live, rows};
use crate::words::indicators::Words;
use domain::Time;
use domain::indicators::{Indicator, Report, Row};
use leptos::prelude::*;

#[component]
pub fn Behind(numbers: Numbers, says: &'static Words) -> impl IntoView {
    let behind = Memo::new(move |_| numbers.query.with(|query| query.behind));
    view! {
        {drawn(move || match behind.get() {
            Some(indicator) => view! { <List indicator=indicator numbers=numbers says=says/> }.into_any(),
            None => view! { <p class="view__say">{says.choose}</p> }.into_any(),
        })}
    }
}

#[component]
fn List(indicator: Indicator, numbers: Numbers, says: &'static Words) -> impl IntoView {
    let words = board().words;
    let name = (says.name)(indicator);
    let all = move || numbers.page.with(|page| page.as_ref().map_or(Vec::new(), |page| page.rows.clone()));
    let empty = move || numbers.page.with(|page| page.as_ref().is_none_or(|page| page.rows.is_empty()));
    let after = move || numbers.page.with(|page| page.as_ref().and_then(|page| page.after.clone()));
    let file = move |format| live(move || numbers.query.with(|query| file(query, format)));
    let is_message = indicator == Indicator::Offline;
    let since = if is_message { says.received } else { says.queued };
    let is_reply = indicator == Indicator::FirstReply;
    let lasted = if is_reply { name } else { says.talk };
    view! {
        <section class="sheet indicators__list" aria-label=name aria-busy=live(move || numbers.reading.get().to_string())>
            <header class="sheet__head">
                <h2>{name}</h2>
                <p>{(says.formula)(indicator)}</p>
                <span class="push" hidden=live(move || numbers.query.with(|query| is_turned(query.period)))>
                    <a class="button button--plain button--s" download="" href=file("csv")><Icon name="download" small=true/>"CSV"</a>
                    <a class="button button--plain button--s" download="" href=file("json")><Icon name="download" small=true/>"JSON"</a>
                </span>
            </header>
            // Drawn once: whoever has opened it keeps it open while numbers change.
            <details class="indicators__steps" hidden=live(move || !indicator.is_of_twelve() || numbers.report.with(Option::is_none))>
                <summary>{says.as_table}</summary>
                <table class="table">
                    <thead><tr><th scope="col">{says.when}</th><th scope="col" class="table__num">{says.value}</th></tr></thead>
                    <tbody>{drawn(move || numbers.report.with(|report| report.as_ref().map(|report| steps(indicator, report))))}</tbody>
                </table>
            </details>
            <div class="indicators__scroll">
                <table class="table table--roomy" hidden=live(empty)
                    on:mouseenter=does(move |_| numbers.held.set(true)) on:mouseleave=does(move |_| numbers.held.set(false))
                    on:focusin=does(move |_| numbers.held.set(true)) on:focusout=does(move |_| numbers.held.set(false))
                >
                    <thead><tr>
                        <th scope="col">{since}</th><th scope="col">{says.customer}</th><th scope="col">{says.group}</th><th scope="col">{says.application}</th>
                        <th scope="col" class="table__num">{says.wait}</th><th scope="col" class="table__num">{lasted}</th><th scope="col">{says.end}</th>
                        <th scope="col" class="table__num">{says.messages}</th><th scope="col">{says.ticket}</th>
                    </tr></thead>
                    // Whatever changes of a row is another row.
                    <tbody>{rows(all, |row| [row.id.as_str(), if row.end.is_some() { "!" } else { "" }, if row.attended { "+" } else { "" }, if row.reply.is_some() { "=" } else { "" }, if row.ticket.is_some() { "#" } else { "" }, &row.messages.to_string()].concat(), move |row| view! { <One row=row is_reply=is_reply numbers=numbers says=says/> })}</tbody>
                </table>
            </div>
            <div class="empty empty--s" hidden=live(move || !empty() || numbers.reading.get())><p>{says.nothing}</p></div>
            <p class="list__more" hidden=live(move || after().is_none())>
                <button class="button" type="button" aria-disabled=live(move || numbers.reading.get().to_string()) on:click=does(move |_| if let Some(after) = untrack(after) { numbers.more(after) })>{words.more}</button>
            </p>
        </section>
    }
}

/// The trend, for whoever sees no drawing.
fn steps(indicator: Indicator, report: &Report) -> AnyView {
    let lang = board().words.common.lang;
    let day = |at| clock::day_in(lang, &report.zone, at);
    let when = |n: usize, from: Time| {
        if report.hourly {
            return clock::hour_in(lang, &report.zone, from);
        }
        // It ends where the next begins; the last, where the period does. Noon of its last day, whatever the clock did.
        let noon = from.0 + i64::from(report.every) * 86_400_000 - 43_200_000;
        let last = report.trend.get(n + 1).map_or(noon.min(report.within.to.0 - 1), |next| next.from.0 - 1);
        let (first, last) = (day(from), day(Time(last)));
        if first == last { first } else { [&first, " – ", &last].concat() }
    };
    let row = |(n, step): (usize, &domain::indicators::Step)| {
        let value = shown(step.twelve.get(indicator as usize).copied().flatten(), indicator.is_length());
        view! { <tr><th scope="row">{when(n, step.from)}</th><td class="table__num">{value}</td></tr> }
    };
    report.trend.iter().enumerate().map(row).collect_view().into_any()
}

#[component]
fn One(row: Row, is_reply: bool, numbers: Numbers, says: &'static Words) -> impl IntoView {
    let words = board().words;
    let lang = words.common.lang;
    let at = row.at;
    // In the zone in which the periods are, wherever he is who reads it.
    let zone =
        numbers.report.with_untracked(|report| report.as_ref().map_or("UTC".into(), |report| report.zone.clone()));
    let name = words.common.name(&row.customer.name, row.number);
    let seconds = |value: Option<u64>| value.map_or("–".into(), length);
    let end = match row.end {
        _ if !row.is_chat => says.message,
        Some(reason) => (says.ended)(reason),
        None if row.attended => says.is_running,
        None => says.is_waiting,
    };
    let to = match (&row.ticket, row.is_chat) {
        (Some(ticket), false) => ["/tickets/", &ticket.id].concat(),
        _ => ["/chat/", &row.id].concat(),
    };
    let ticket = row.ticket.map(|ticket| {
        view! { <a class="audit__link" href=["/tickets/", &ticket.id].concat()>{ticket.number.to_string()}</a> }
    });
    view! {
        <tr>
            <td><time title=clock::whole_in(lang, &zone, at)>{clock::moment_in(lang, &zone, at)}</time></td>
            <td><a class="indicators__who" href=to>{name}</a></td>
            <td class="table__soft">{row.group.name}</td>
            <td class="table__soft">{row.application.name}</td>
            <td class="table__num">{seconds(row.wait)}</td>
            <td class="table__num">{seconds(if is_reply { row.reply } else { row.talk })}</td>
            <td class="table__soft">{end}</td>
            <td class="table__num">{row.messages.to_string()}</td>
            <td>{match ticket { Some(link) => link.into_any(), None => "–".into_any() }}</td>
        </tr>
    }
}
