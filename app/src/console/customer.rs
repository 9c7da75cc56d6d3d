//! A customer: who he is, what there was with him, and what was done about him.

use super::ask::Ask;
use super::board::{Board, board};
use super::browser;
use super::clock;
use super::face::Avatar;
use super::icon::Icon;
use super::live::{derived, does, drawn, live, memo, rows, waits};
use super::note::{self, Kind};
use super::papers::tag;
use super::route::{View, place};
use super::ticket::dot;
use crate::doors::customer as door;
use crate::doors::{Answer, Failure};
use crate::words::Words;
use domain::chat::Stage;
use domain::customer::{Customer, Deed, Done, Earlier, PAGE, Talked};
use domain::wire::TicketRow;
use domain::{Face, Refusal, Trouble};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::future::Future;

#[component]
pub fn People() -> impl IntoView {
    let id = memo(move |before: Option<&String>| match place().shown.get() {
        View::Customer(id) => id,
        _ => before.cloned().unwrap_or_default(),
    });
    view! {
        <div class="desk__work">{drawn(move || view! { <Whole id=id.get()/> })}</div>
    }
}

#[component]
fn Whole(id: String) -> impl IntoView {
    let board = board();
    let words = board.words;
    let id = StoredValue::new(id);
    let him = RwSignal::new(None::<Customer>);
    let failed = RwSignal::new(None::<String>);
    Effect::new(move || {
        board.round.track();
        spawn_local(async move {
            match door::read_customer(id.get_value()).await {
                Ok(read) => {
                    failed.try_set(None);
                    him.try_set(Some(read));
                }
                Err(failure) => {
                    failed.try_set(Some(note::why(words, &failure)));
                }
            }
        });
    });
    // None: he is known. Whatever is read of him afterwards, his page stays.
    let unknown = memo(move |_| him.with(Option::is_none).then(|| failed.get()));
    drawn(move || {
        match unknown.get() {
        None => view! { <Sheet id=id him=him/> }.into_any(),
        Some(Some(why)) => view! { <div class="middle"><div class="empty" role="alert"><p>{why}</p></div></div> }.into_any(),
        Some(None) => view! { <div class="view view--paper" aria-busy="true"><p class="visually-hidden" role="status">{words.loading}</p></div> }.into_any(),
    }
    })
}

#[component]
fn Sheet(id: StoredValue<String>, him: RwSignal<Option<Customer>>) -> impl IntoView {
    // He is read again whenever the line was down, and it is down before it is open for the first time: what is the
    // same is no news.
    let now = memo(move |_| him.get().expect("he is known"));
    view! {
        <div class="view view--paper person">
            <Head id=id him=him now=now/>
            <div class="person__body">
                {drawn(move || view! { <Facts now=now.get()/> })}
                <div class="person__past"><Talks id=id/><Tickets id=id/></div>
            </div>
        </div>
    }
}

fn name(words: &'static Words, him: &Customer) -> String {
    match (him.erased, him.name.trim().is_empty()) {
        (true, _) => words.erased_one.into(),
        (false, true) => words.nameless.into(),
        (false, false) => him.name.clone(),
    }
}

/// Each piece is drawn anew when that is another, and only then: a button stays under whoever presses it.
#[component]
fn Head(id: StoredValue<String>, him: RwSignal<Option<Customer>>, now: Memo<Customer>) -> impl IntoView {
    let board = board();
    let words = board.words;
    let system = board.me.with_untracked(|me| me.agent.system);
    let face = memo(move |_| now.with(|now| Face { id: now.id.clone(), name: name(words, now) }));
    let erased = memo(move |_| now.with(|now| now.erased));
    let proof = memo(move |_| now.with(|now| (!now.erased).then_some((now.verified, now.mail.is_some()))));
    let blocked = memo(move |_| now.with(|now| now.blocked));
    let last = memo(move |_| {
        let is_about = |done: &&Done| matches!(done.deed, Deed::Blocked | Deed::Unblocked);
        now.with(|now| now.deeds.iter().find(is_about).filter(|_| now.blocked).cloned())
    });
    // What a press would do; none: he may not.
    let blocks = memo(move |_| now.with(|now| (now.may_block && !now.erased).then_some(!now.blocked)));
    let block = move |blocks: bool| {
        let act = move |reason: String| {
            spawn_local(async move { put(board, him, door::block_customer(id.get_value(), blocks, reason).await) });
        };
        let (label, question, say) = match blocks {
            true => (words.block, words.block_ask, words.block_say),
            false => (words.unblock, words.unblock_ask, words.unblock_say),
        };
        view! { <Ask class="button button--s" label=label question=question say=say reason=true act=Callback::new(act)/> }
    };
    let erase = move |_: String| {
        spawn_local(async move {
            match door::erase_customer(id.get_value()).await {
                Err(Failure::Trouble(Trouble::Refused(Refusal::StillRunning))) => {
                    board.note(Kind::Bad, words.erase_running.into());
                }
                // What was read of him before is in this page's memory, too.
                Ok(_) => browser::reload(),
                Err(failure) => board.fail(failure),
            }
        });
    };
    view! {
        <header class="view__head">
            {drawn(move || view! { <Avatar face=face.get() large=true customer=true/> })}
            <h1>{live(move || face.with(|face| face.name.clone()))}</h1>
            {drawn(move || proof.get().map(|(verified, mail)| tag(words, verified, mail)))}
            {drawn(move || blocked.get().then(|| view! { <span class="tag tag--bad"><Icon name="lock" small=true/>{words.blocked}</span> }))}
            <div class="person__acts">
                {drawn(move || blocks.get().map(block))}
                {system.then(|| view! {
                    <a class="button button--s" href=["/people/", &id.get_value(), "/export"].concat() download=""><Icon name="download" small=true/>{words.export}</a>
                })}
                {drawn(move || (system && !erased.get()).then(|| view! { <Ask class="button button--s button--bad" label=words.erase question=words.erase_ask say=words.erase_say act=Callback::new(erase)/> }))}
            </div>
        </header>
        {drawn(move || last.get().map(|done| view! {
            <p class="banner banner--bad person__banner"><Icon name="lock" small=true/><span class="banner__text">{told(board, &done)}</span></p>
        }))}
    }
}

/// What a door answered about him, on the screen.
fn put(board: Board, him: RwSignal<Option<Customer>>, answer: Answer<Customer>) {
    match answer {
        Ok(now) => drop(him.try_set(Some(now))),
        Err(failure) => board.fail(failure),
    }
}

#[component]
fn Facts(now: Customer) -> impl IntoView {
    let board = board();
    let words = board.words;
    let since = clock::whole(words.common.lang, now.since);
    let day = clock::day(words.common.lang, now.since, board.now.get_untracked());
    let email = if now.email.is_empty() { "–".to_owned() } else { now.email.clone() };
    let said = now.attributes.clone();
    view! {
        <div class="person__who">
            <section class="papers__part">
                <h2 class="papers__title">{words.customer}</h2>
                <dl class="facts">
                    <dt>{words.email}</dt><dd title=email.clone()>{email.clone()}</dd>
                    <dt>{words.since}</dt><dd title=since>{day}</dd>
                </dl>
            </section>
            {(!now.known_as.is_empty()).then(|| view! {
                <section class="papers__part">
                    <h2 class="papers__title">{words.known_as}</h2>
                    <dl class="facts">
                        {now.known_as.iter().map(|one| view! { <dt>{one.application.clone()}</dt><dd title=one.subject.clone()>{one.subject.clone()}</dd> }).collect_view()}
                    </dl>
                </section>
            })}
            {(!said.is_empty()).then(|| view! { <section class="papers__part">{super::papers::said(words, said)}</section> })}
            {(!now.deeds.is_empty()).then(|| view! {
                <section class="papers__part">
                    <h2 class="papers__title">{words.done_about_him}</h2>
                    <ul class="person__deeds">
                        {now.deeds.iter().map(|done| view! { <li>{told(board, done)}</li> }).collect_view()}
                    </ul>
                </section>
            })}
        </div>
    }
}

/// What was done, by whom, when and why.
fn told(board: Board, done: &Done) -> String {
    let words = board.words;
    let by = done.by.as_ref().map_or(words.by_command, |face| &face.name);
    let day = clock::day(words.common.lang, done.at, board.now.get_untracked());
    let when = [&day, ", ", &clock::hour(words.common.lang, done.at)].concat();
    let told = [(words.deed)(done.deed), " · ", by, " · ", &when].concat();
    if done.reason.is_empty() { told } else { [&told, ": ", &done.reason].concat() }
}

/// A list that grows page by page.
struct Pages<T: 'static> {
    all: RwSignal<Vec<T>>,
    loading: RwSignal<bool>,
    more: RwSignal<bool>,
}

impl<T> Clone for Pages<T> {
    fn clone(&self) -> Pages<T> {
        *self
    }
}

impl<T> Copy for Pages<T> {}

impl<T: Send + Sync + 'static> Pages<T> {
    fn new() -> Pages<T> {
        Pages { all: RwSignal::new(Vec::new()), loading: RwSignal::new(true), more: RwSignal::new(false) }
    }

    fn take(self, board: Board, page: impl Future<Output = Answer<Vec<T>>> + 'static) {
        self.loading.set(true);
        spawn_local(async move {
            let page = page.await;
            self.loading.try_set(false);
            match page {
                Ok(page) => {
                    self.more.try_set(page.len() >= PAGE);
                    self.all.try_update(|all| all.extend(page));
                }
                Err(failure) => board.fail(failure),
            }
        });
    }

    fn is_empty(self) -> bool {
        !self.loading.get() && self.all.with(Vec::is_empty)
    }
}

#[component]
fn Talks(id: StoredValue<String>) -> impl IntoView {
    let board = board();
    let words = board.words;
    let pages = Pages::<Talked>::new();
    let read = move || {
        let last = pages.all.with_untracked(|all| all.last().map(|t| Earlier { at: t.queued_at, id: t.chat.clone() }));
        pages.take(board, door::list_chats(id.get_value(), last));
    };
    read();
    view! {
        <section class="sheet" aria-label=words.his_chats>
            <header class="sheet__head"><h2>{words.his_chats}</h2></header>
            <table class="table table--tall" hidden=live(move || pages.all.with(Vec::is_empty))>
                <thead><tr><th scope="col">{words.conversation}</th><th scope="col">{words.ended_how}</th><th scope="col">{words.common.agent}</th><th scope="col" class="table__num">{words.lasted_for}</th><th scope="col" class="table__num">{words.when}</th></tr></thead>
                <tbody>{rows(move || pages.all.get(), |talk| talk.chat.clone(), move |talk| view! { <Talk talk=talk/> })}</tbody>
            </table>
            <Foot none=words.no_chats_of_his empty=derived(move || pages.is_empty()) more=pages.more loading=pages.loading read=Callback::new(move |()| read())/>
        </section>
    }
}

#[component]
fn Talk(talk: Talked) -> impl IntoView {
    let board = board();
    let words = board.words;
    let stage = match talk.stage {
        Stage::Ended(reason) => words.common.reason(reason),
        Stage::Waiting => words.waits,
        Stage::Attending => words.runs,
    };
    let about = [talk.number.to_string().as_str(), " · ", &talk.group.name].concat();
    let lasted = talk.lasted.map_or_else(|| "–".into(), clock::elapsed);
    view! {
        <tr>
            <td class="table__cut">
                <div>{match talk.subject {
                    Some(subject) => view! { <a class="table__main" href=["/chat/", &talk.chat].concat()>{subject}</a> }.into_any(),
                    None => view! { <span class="table__soft">{words.not_for_you}</span> }.into_any(),
                }}</div>
                <div class="table__soft">{about}</div>
            </td>
            <td><span class="table__state">{stage}</span></td>
            <td>{who(words, talk.agent)}</td>
            <td class="table__num">{lasted}</td>
            <td class="table__num table__soft">{ago(board, talk.queued_at)}</td>
        </tr>
    }
}

#[component]
fn Tickets(id: StoredValue<String>) -> impl IntoView {
    let board = board();
    let words = board.words;
    let pages = Pages::<TicketRow>::new();
    let read = move || {
        let last = pages.all.with_untracked(|all| all.last().map(|t| Earlier { at: t.changed_at, id: t.id.clone() }));
        pages.take(board, door::list_tickets_of(id.get_value(), last));
    };
    read();
    view! {
        <section class="sheet" aria-label=words.menu_tickets>
            <header class="sheet__head"><h2>{words.menu_tickets}</h2></header>
            <table class="table table--tall" hidden=live(move || pages.all.with(Vec::is_empty))>
                <thead><tr><th scope="col">{words.ticket}</th><th scope="col">{words.status}</th><th scope="col">{words.owner}</th><th scope="col" class="table__num">{words.changed}</th></tr></thead>
                <tbody>{rows(move || pages.all.get(), |row| row.id.clone(), move |row| view! { <Ticket row=row/> })}</tbody>
            </table>
            <Foot none=words.no_tickets empty=derived(move || pages.is_empty()) more=pages.more loading=pages.loading read=Callback::new(move |()| read())/>
        </section>
    }
}

#[component]
fn Ticket(row: TicketRow) -> impl IntoView {
    let board = board();
    let words = board.words;
    let about = [row.number.to_string().as_str(), " · ", words.common.via(row.via), " · ", &row.group.name].concat();
    let status = if row.saved { words.common.status(row.status) } else { words.to_save };
    view! {
        <tr>
            <td class="table__cut">
                <div><a class="table__main" href=["/tickets/", &row.id].concat()>{row.subject}</a></div>
                <div class="table__soft">{about}</div>
            </td>
            <td><span class="table__state"><span class=dot(row.status)></span>{status}</span></td>
            <td>{who(words, row.owner)}</td>
            <td class="table__num table__soft">{ago(board, row.changed_at)}</td>
        </tr>
    }
}

fn who(words: &'static Words, face: Option<Face>) -> AnyView {
    match face {
        Some(face) => {
            view! { <span class="table__state"><Avatar face=face.clone()/>{face.name.clone()}</span> }.into_any()
        }
        None => view! { <span class="table__soft">{words.nobody}</span> }.into_any(),
    }
}

fn ago(board: Board, at: domain::Time) -> impl IntoView {
    let lang = board.words.common.lang;
    view! { <time title=clock::whole(lang, at)>{clock::ago(lang, at, board.now.get_untracked())}</time> }
}

/// Under a list: that there is nothing, or that there is more.
#[component]
fn Foot(
    none: &'static str,
    empty: Signal<bool>,
    more: RwSignal<bool>,
    loading: RwSignal<bool>,
    read: Callback<()>,
) -> impl IntoView {
    let words = board().words;
    view! {
        <div class="empty empty--s" hidden=live(move || !empty.get())><p>{none}</p></div>
        <p class="list__more" hidden=live(move || !more.get())>
            <button class="button" type="button" aria-disabled=waits(loading) on:click=does(move |_| if !loading.get_untracked() { read.run(()) })>{words.more}</button>
        </p>
    }
}
