//! What is behind a number: how it is made, its trend as a table, and the chats that it counts.

use super::board::board;
use super::clock;
use super::icon::Icon;
use super::indicator_ask::file;
use super::indicators::{Numbers, clock as length, shown};
use super::live::{does, drawn, live, rows};
use crate::words::indicators::Words;
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
    view! {
        <section class="sheet indicators__list" aria-label=name>
            <header class="sheet__head">
                <h2>{name}</h2>
                <p>{(says.formula)(indicator)}</p>
                <span class="push">
                    <a class="button button--plain button--s" download="" href=file("csv")><Icon name="download" small=true/>"CSV"</a>
                    <a class="button button--plain button--s" download="" href=file("json")><Icon name="download" small=true/>"JSON"</a>
                </span>
            </header>
            {drawn(move || numbers.report.get().map(|report| steps(indicator, &report, says)))}
            <div class="indicators__scroll">
                <table class="table table--roomy" hidden=live(empty)>
                    <thead><tr>
                        <th scope="col">{since}</th><th scope="col">{says.customer}</th><th scope="col">{says.group}</th><th scope="col">{says.application}</th>
                        <th scope="col" class="table__num">{says.wait}</th><th scope="col" class="table__num">{says.talk}</th><th scope="col">{says.end}</th>
                        <th scope="col" class="table__num">{says.messages}</th><th scope="col">{says.ticket}</th>
                    </tr></thead>
                    // Whatever changes of a row is another row.
                    <tbody>{rows(all, |row| [row.id.as_str(), if row.end.is_some() { "!" } else { "" }, if row.attended { "+" } else { "" }, if row.ticket.is_some() { "#" } else { "" }, &row.messages.to_string()].concat(), move |row| view! { <One row=row says=says/> })}</tbody>
                </table>
            </div>
            <div class="empty empty--s" hidden=live(move || !empty() || numbers.reading.get())><p>{says.nothing}</p></div>
            <p class="list__more" hidden=live(move || after().is_none())>
                <button class="button" type="button" disabled=live(move || numbers.reading.get()) on:click=does(move |_| if let Some(after) = untrack(after) { numbers.more(after) })>{words.more}</button>
            </p>
        </section>
    }
}

/// The trend, for whoever sees no drawing.
fn steps(indicator: Indicator, report: &Report, says: &'static Words) -> AnyView {
    let lang = board().words.common.lang;
    let when = |at| match report.hourly {
        true => clock::hour_in(lang, &report.zone, at),
        false => clock::day_in(lang, &report.zone, at),
    };
    let row = |step: &domain::indicators::Step| {
        let value = shown(step.twelve[indicator as usize], indicator.is_length());
        view! { <tr><th scope="row">{when(step.from)}</th><td class="table__num">{value}</td></tr> }
    };
    view! {
        <details class="indicators__steps">
            <summary>{says.as_table}</summary>
            <table class="table">
                <thead><tr><th scope="col">{says.when}</th><th scope="col" class="table__num">{says.value}</th></tr></thead>
                <tbody>{report.trend.iter().map(row).collect_view()}</tbody>
            </table>
        </details>
    }
    .into_any()
}

#[component]
fn One(row: Row, says: &'static Words) -> impl IntoView {
    let board = board();
    let words = board.words;
    let lang = words.common.lang;
    let at = row.at;
    let when = [&clock::day(lang, at, board.now.get_untracked()), ", ", &clock::hour_and_second(lang, at)].concat();
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
            <td><time title=clock::whole(lang, at)>{when}</time></td>
            <td><a class="indicators__who" href=to>{name}</a></td>
            <td class="table__soft">{row.group.name}</td>
            <td class="table__soft">{row.application.name}</td>
            <td class="table__num">{seconds(row.wait)}</td>
            <td class="table__num">{seconds(row.talk)}</td>
            <td class="table__soft">{end}</td>
            <td class="table__num">{row.messages.to_string()}</td>
            <td>{match ticket { Some(link) => link.into_any(), None => "–".into_any() }}</td>
        </tr>
    }
}
