//! What was asked for in the widgets, and what nothing was found for: what is still to be written.

use super::board::Board;
use super::clock;
use super::knowledge::{Shelf, head};
use super::live::{does, live, rows};
use super::note::{self, Kind};
use crate::doors::knowledge::read_searches;
use crate::words::knowledge::Words;
use domain::Span;
use domain::hours::Day;
use domain::knowledge::{Asked, Searches};
use domain::profile::tongue;
use leptos::prelude::*;
use leptos::task::spawn_local;
use web_sys::SubmitEvent;

/// So long a time is looked at first.
const FIRST: Span = Span::hours(29 * 24);

#[derive(Clone, Copy)]
struct Page {
    board: Board,
    says: &'static Words,
    from: RwSignal<String>,
    to: RwSignal<String>,
    /// None: it is on its way.
    read: RwSignal<Option<Result<Searches, String>>>,
}

impl Page {
    fn look(self) {
        let day = |typed: RwSignal<String>| Day::try_from(typed.get_untracked()).ok();
        let (Some(from), Some(to)) = (day(self.from), day(self.to)) else {
            return self.board.note(Kind::Bad, self.says.wrong_days.into());
        };
        spawn_local(async move {
            let read = read_searches(from, to).await;
            self.read.try_set(Some(read.map_err(|failure| note::why(self.board.words, &failure))));
        });
    }

    fn now(self) -> Searches {
        self.read.with(|read| read.as_ref().and_then(|read| read.as_ref().ok()).cloned().unwrap_or_default())
    }
}

#[component]
pub fn Searched(shelf: Shelf) -> impl IntoView {
    let (board, says) = (shelf.board, shelf.says);
    let now = board.now.get_untracked();
    let page = Page {
        board,
        says,
        from: RwSignal::new(clock::iso(now + Span(-FIRST.0))),
        to: RwSignal::new(clock::iso(now)),
        read: RwSignal::new(None),
    };
    Effect::new(move || {
        board.round.track();
        page.look();
    });
    let day = move |label: &'static str, value: RwSignal<String>| {
        view! {
            <label class="field"><span class="field__label">{label}</span>
                <input class="field__box" type="date" min="1970-01-01" max="9998-12-31" prop:value=live(move || value.get()) on:input=does(move |event| value.set(event_target_value(&event)))/>
            </label>
        }
    };
    let failed = move || page.read.with(|read| read.as_ref().and_then(|read| read.as_ref().err().cloned()));
    let is_read = move || page.read.with(|read| matches!(read, Some(Ok(_))));
    let none = move || is_read() && page.now().times == 0;
    let counts = move || {
        is_read().then(|| {
            let now = page.now();
            (says.counts)(now.times, now.without)
        })
    };
    view! {
        <div class="view view--paper">
            {head(shelf, "/articles/searches", ().into_any())}
            <p class="view__say">{says.searches_say}</p>
            <form class="answers__head" on:submit=does(move |event: SubmitEvent| { event.prevent_default(); page.look() })>
                {day(says.from, page.from)}
                {day(says.to, page.to)}
                <button class="button" type="submit">{says.look}</button>
            </form>
            <p class="banner banner--bad" role="alert" hidden=live(move || failed().is_none())><span class="banner__text">{live(failed)}</span></p>
            <p class="view__say" role="status">{live(counts)}</p>
            <div class="empty empty--s" hidden=live(move || !none())><p>{says.no_searches}</p></div>
            {list(page, says.missed, says.missed_say, true)}
            {list(page, says.most, "", false)}
        </div>
    }
}

fn list(page: Page, title: &'static str, say: &'static str, missed: bool) -> AnyView {
    let says = page.says;
    let all = move || if missed { page.now().missed } else { page.now().all };
    let row = move |asked: Asked| {
        let address =
            ["/articles/new?lang=", &asked.lang, "&title=", &String::from(js_sys::encode_uri_component(&asked.words))]
                .concat();
        view! {
            <tr>
                <td dir="auto">{asked.words.clone()}</td>
                <td class="table__soft">{tongue(&asked.lang)}</td>
                <td class="table__num">{asked.times.to_string()}</td>
                <td class="table__num">{asked.missed.to_string()}</td>
                <td class="table__soft">{asked.last}</td>
                <td class="table__num"><a class="button button--s" href=address aria-label=(says.write_about)(&asked.words)>{says.write}</a></td>
            </tr>
        }
    };
    let key = |asked: &Asked| {
        [asked.lang.as_str(), &asked.words, &asked.times.to_string(), &asked.missed.to_string()].join(" ")
    };
    view! {
        <section class="sheet answers" aria-label=title hidden=live(move || all().is_empty())>
            <header class="sheet__head"><h3>{title}</h3><p class="view__say">{say}</p></header>
            <table class="table table--roomy">
                <thead><tr><th scope="col">{says.asked}</th><th scope="col">{says.language}</th><th scope="col" class="table__num">{says.times}</th><th scope="col" class="table__num">{says.without}</th><th scope="col">{says.last}</th><th scope="col"><span class="visually-hidden">{says.write}</span></th></tr></thead>
                <tbody>{rows(all, key, row)}</tbody>
            </table>
        </section>
    }
    .into_any()
}
