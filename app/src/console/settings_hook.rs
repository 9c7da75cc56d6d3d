//! Webhooks of the house: what is told where, the secret that is shown once, and what came of the last notices.

use super::ask::Ask;
use super::board::{Board, board};
use super::icon::Icon;
use super::live::{derived, does, drawn, live, memo, rows, waits};
use super::note::Kind;
use super::settings::{Fault, Overtaken, Read, among, back, fetch, field, note_saved, of, once, refuse, switch};
use super::ticket_form::typed;
use super::trigger::field_of;
use super::{browser, clipboard, clock, route};
use crate::doors::subscription as door;
use crate::words::subscription::{self, Words};
use domain::Refusal;
use domain::subscription::{Change, Delivery, Kept, Line, NAME_LIMIT, Occasion, Sheet, URL_LIMIT};
use leptos::prelude::*;
use leptos::task::spawn_local;
use web_sys::SubmitEvent;

const PATH: &str = "/settings/webhooks";

#[derive(Clone, Copy)]
struct Page {
    board: Board,
    says: &'static Words,
    lines: Read<Vec<Line>>,
    /// Of which one, and the secret: told once.
    secret: RwSignal<Option<(String, String)>>,
}

#[component]
pub fn All(open: Memo<Option<String>>) -> impl IntoView {
    let board = board();
    let says = subscription::of(board.words.common.lang);
    let page = Page { board, says, lines: RwSignal::new(None), secret: RwSignal::new(None) };
    fetch(board, page.lines, || Box::pin(door::list_subscriptions()));
    once(board, page.lines, move || {
        drawn(move || match open.get() {
            None => view! { <List page=page/> }.into_any(),
            Some(id) if id == "new" => view! { <Editor page=page line=None/> }.into_any(),
            Some(id) => match untrack(|| page.line(&id)) {
                Some(line) => view! { <Editor page=page line=Some(line)/> }.into_any(),
                None => view! { <div class="middle"><p class="empty">{board.words.common.refusal(&Refusal::NotYours)}</p></div> }.into_any(),
            },
        })
        .into_any()
    })
}

impl Page {
    fn line(self, id: &str) -> Option<Line> {
        of(self.lines).into_iter().find(|line| line.sheet.id == id)
    }

    /// What a door answered, on the screen.
    fn take(self, id: &str, kept: Kept) {
        if let Some(secret) = kept.secret {
            self.secret.try_set(Some((id.into(), secret)));
        }
        self.lines.try_set(Some(Ok(kept.lines)));
        browser::hold_focus(browser::TITLE);
    }

    fn ask(self, id: String, change: Change, then: impl FnOnce() + 'static) {
        spawn_local(async move {
            match door::change_subscription(change).await {
                Ok(kept) => {
                    self.take(&id, kept);
                    then();
                }
                Err(failure) => self.board.fail(failure),
            }
        });
    }
}

#[component]
fn List(page: Page) -> impl IntoView {
    let says = page.says;
    // It was shown once.
    page.secret.set(None);
    let row = move |line: Line| {
        let waiting = (line.waiting > 0).then(|| [" · ", &(says.waiting)(line.waiting)].concat());
        let failed = (line.failed > 0).then(|| [" · ", &(says.failed)(line.failed)].concat());
        let dropped = (line.dropped > 0).then(|| [" · ", &(says.dropped)(line.dropped)].concat());
        view! {
            <li class="sheet trigger">
                <span class="trigger__what">
                    <a href=[PATH, "/", &line.sheet.id].concat()>{line.sheet.name}</a>
                    <span class="trigger__more">" · "{line.sheet.url}{waiting}{failed}{dropped}</span>
                </span>
                {(!line.sheet.on).then(|| view! { <span class="tag">{says.off}</span> })}
                {line.full_since.is_some().then(|| view! { <span class="tag tag--bad">{says.full}</span> })}
            </li>
        }
    };
    let key = |line: &Line| {
        let marks =
            [line.waiting, line.failed, line.dropped, u32::from(line.sheet.on), u32::from(line.full_since.is_some())];
        let marks = marks.map(|n| n.to_string()).join(" ");
        [&*line.sheet.id, " ", &line.sheet.name, " ", &line.sheet.url, " ", &marks].concat()
    };
    view! {
        <div class="view view--paper">
            <header class="view__head">
                <h2>{says.webhooks}</h2>
                <a class="button button--s button--act push" href=[PATH, "/new"].concat()><Icon name="plus" small=true/>{says.new}</a>
            </header>
            <p class="view__say">{says.say}</p>
            <div class="empty empty--s" hidden=live(move || !of(page.lines).is_empty())><p>{says.none}</p></div>
            <ul class="triggers" aria-label=says.webhooks>{rows(move || of(page.lines), key, row)}</ul>
        </div>
    }
}

/// What it is signed with: here, and never again.
#[component]
fn Secret(page: Page, id: StoredValue<String>) -> impl IntoView {
    let words = page.board.words;
    let says = crate::words::trigger::of(words.common.lang);
    move || {
        let fresh = page.secret.get().filter(|(of, _)| id.with_value(|id| id == of));
        fresh.map(|(_, secret)| {
            let copied = secret.clone();
            view! {
                <section class="trigger-form__secret trigger-form" role="status" aria-label=says.secret>
                    <h3>{says.secret}</h3>
                    <p>{says.secret_say}</p>
                    <pre class="code" tabindex="0"><code>{secret}</code></pre>
                    <p><button class="button button--s" type="button" on:click=does(move |_| clipboard::copy(page.board, copied.clone()))><Icon name="copy" small=true/>{words.copy}</button></p>
                </section>
            }
        })
    }
}

#[component]
fn Editor(page: Page, line: Option<Line>) -> impl IntoView {
    let Page { board, says, .. } = page;
    let words = board.words;
    let first = line.map(|line| line.sheet);
    // Asked again after a lost answer, it is the same one.
    let id = StoredValue::new(first.as_ref().map_or_else(browser::new_id, |sheet| sheet.id.clone()));
    let (name, url) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let (occasions, on) = (RwSignal::new(Vec::<Occasion>::new()), RwSignal::new(true));
    let read = RwSignal::new(None::<Sheet>);
    let take = move |sheet: Sheet| {
        name.try_set(sheet.name.clone());
        url.try_set(sheet.url.clone());
        occasions.try_set(sheet.occasions.clone());
        on.try_set(sheet.on);
        read.try_set(Some(sheet));
    };
    let is_new = first.is_none();
    if let Some(sheet) = first {
        take(sheet);
    }
    let busy = RwSignal::new(false);
    let fault: Fault = RwSignal::new(None);
    let overtaken = RwSignal::new(None);
    let save = move || {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        fault.set(None);
        overtaken.set(None);
        let this = id.get_value();
        let sheet = Sheet {
            id: this.clone(),
            name: name.get_untracked(),
            url: url.get_untracked(),
            occasions: occasions.get_untracked(),
            on: on.get_untracked(),
        };
        let change = Change::Keep { sheet, read: read.get_untracked() };
        spawn_local(async move {
            let answer = door::change_subscription(change).await;
            busy.try_set(false);
            match answer {
                Ok(kept) => {
                    let now = kept.lines.iter().find(|line| line.sheet.id == this).map(|line| line.sheet.clone());
                    page.take(&this, kept);
                    note_saved(board);
                    if is_new {
                        route::go(&[PATH, "/", &this].concat());
                    } else if let Some(sheet) = now {
                        take(sheet);
                    }
                }
                Err(failure) => {
                    let place = field_of(&failure);
                    let is_wrong = matches!(
                        &failure,
                        crate::doors::Failure::Trouble(domain::Trouble::Refused(Refusal::FieldWrong { .. }))
                    );
                    refuse(board, fault, overtaken, failure, |_, _| None);
                    let why = match place.as_deref() {
                        Some("occasions") => Some(says.occasions_missing),
                        Some("url") if is_wrong => Some(says.url_wrong),
                        _ => None,
                    };
                    if let (Some(place), Some(why)) = (place, why) {
                        fault.try_set(Some((place, why.into())));
                    }
                }
            }
        });
    };
    // As it is now: to be seen, or to be written over knowingly.
    let again = move |mine: bool| {
        spawn_local(async move {
            match door::list_subscriptions().await {
                Ok(lines) => {
                    let now = lines.iter().find(|line| id.with_value(|id| line.sheet.id == *id));
                    let now = now.map(|line| line.sheet.clone());
                    page.lines.try_set(Some(Ok(lines)));
                    match now {
                        Some(sheet) if !mine => take(sheet),
                        now => {
                            read.try_set(now);
                            if mine {
                                save();
                            }
                        }
                    }
                }
                Err(failure) => board.fail(failure),
            }
        });
    };
    let set = move |value: RwSignal<String>| {
        Callback::new(move |typed: String| {
            fault.set(None);
            value.set(typed);
        })
    };
    let title = move || read.with(|read| read.as_ref().map_or(says.new.to_owned(), |sheet| sheet.name.clone()));
    view! {
        <div class="view view--paper">
            {back(board, PATH)}
            <form class="trigger-form" novalidate on:submit=does(move |event: SubmitEvent| { event.prevent_default(); save() })>
                <header class="view__head"><h2>{live(title)}</h2></header>
                <Overtaken by=overtaken take=Callback::new(move |()| again(false)) keep=Callback::new(move |()| again(true))/>
                {field(fault, "name", words.name, "", typed(name.into(), set(name), "text", "text", NAME_LIMIT))}
                {field(fault, "url", says.url, says.url_hint, typed(url.into(), set(url), "url", "url", URL_LIMIT))}
                {among(fault, "occasions", says.occasions, &Occasion::ALL, occasions, |occasion| ((says.occasion)(occasion), occasion.word()))}
                {switch(on, says.on, says.on_hint)}
                <div class="trigger-form__acts">
                    <button class="button button--act" type="submit" aria-disabled=waits(busy)>{live(move || if busy.get() { words.saving } else { words.save })}</button>
                    <a class="button button--bare" href=PATH>{words.cancel}</a>
                </div>
            </form>
            <Secret page=page id=id/>
            {(!is_new).then(|| view! { <Sent page=page id=id name=derived(title)/> })}
        </div>
    }
}

/// What was sent, and what can be done with one that is kept.
#[component]
fn Sent(page: Page, id: StoredValue<String>, #[prop(into)] name: Signal<String>) -> impl IntoView {
    let Page { board, says, .. } = page;
    let more = crate::words::trigger::of(board.words.common.lang);
    let sent: Read<Vec<Delivery>> = RwSignal::new(None);
    let busy = RwSignal::new(false);
    let read = move || {
        spawn_local(async move {
            match door::list_deliveries(id.get_value()).await {
                Ok(all) => drop(sent.try_set(Some(Ok(all)))),
                Err(failure) => board.fail(failure),
            }
        });
    };
    Effect::new(move || {
        board.round.track();
        read();
    });
    let test = move |_| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        spawn_local(async move {
            let answer = door::test_subscription(id.get_value()).await;
            busy.try_set(false);
            match answer {
                Ok(all) => {
                    let came = all.first().is_some_and(|last| last.taken_at.is_some());
                    sent.try_set(Some(Ok(all)));
                    match came {
                        true => board.note(Kind::Plain, says.tested.into()),
                        false => board.note(Kind::Bad, says.not_tested.into()),
                    }
                }
                Err(failure) => board.fail(failure),
            }
        });
    };
    let renew = move |_| page.ask(id.get_value(), Change::Renew { id: id.get_value() }, || {});
    let remove = move |_| page.ask(id.get_value(), Change::Drop { id: id.get_value() }, || route::go(PATH));
    let again = move |delivery: String| {
        spawn_local(async move {
            match door::send_again(id.get_value(), delivery).await {
                Ok(all) => drop(sent.try_set(Some(Ok(all)))),
                Err(failure) => board.fail(failure),
            }
        });
    };
    let row = move |one: Delivery| {
        let lang = board.words.common.lang;
        let what = match one.occasion {
            Some(occasion) => [(says.occasion)(occasion), " · ", &one.number.to_string()].concat(),
            None => says.a_test.to_owned(),
        };
        let state = match (one.taken_at, one.due_at) {
            (Some(_), _) => says.taken,
            (None, Some(_)) => says.to_be_sent,
            (None, None) => says.given_up,
        };
        let answer = one.answer.map_or(says.no_answer.to_owned(), says.answer);
        let came =
            if one.tries == 0 { String::new() } else { [" · ", &answer, " · ", &(says.tries)(one.tries)].concat() };
        let (id, resend) = (one.id.clone(), one.occasion.is_some() && one.due_at.is_none());
        let label = [says.again, ": ", &what].concat();
        view! {
            <tr>
                <td>{what}</td>
                <td>{state}<span class="table__soft">{came}</span></td>
                <td class="table__num table__soft"><time title=clock::whole(lang, one.created_at)>{clock::ago(lang, one.created_at, board.now.get_untracked())}</time></td>
                <td class="table__num">{resend.then(|| view! { <button class="button button--s" type="button" aria-label=label on:click=does(move |_| again(id.clone()))>{says.again}</button> })}</td>
            </tr>
        }
    };
    let key = |one: &Delivery| {
        let marks = [one.tries, u32::from(one.due_at.is_some()), u32::from(one.taken_at.is_some())];
        [&*one.id, " ", &marks.map(|n| n.to_string()).join(" ")].concat()
    };
    let none = memo(move |_| sent.with(|sent| matches!(sent, Some(Ok(all)) if all.is_empty())));
    view! {
        <section class="trigger-form" aria-label=says.deliveries>
            <div class="trigger-form__acts">
                <button class="button button--s" type="button" aria-disabled=waits(busy) on:click=does(test)><Icon name="send" small=true/>{says.test}</button>
                <Ask class="button button--s" label=more.renew question=more.renew_ask say=more.renew_say act=Callback::new(renew)/>
                <Ask class="button button--s" label=says.remove question=derived(move || (says.remove_ask)(&name.get())) say=says.remove_say act=Callback::new(remove)/>
            </div>
            <header class="view__head">
                <h3>{says.deliveries}</h3>
                <button class="button button--s push" type="button" on:click=does(move |_| read())>{says.refresh}</button>
            </header>
            <div class="empty empty--s" hidden=live(move || !none.get())><p>{says.no_deliveries}</p></div>
            <table class="table" hidden=live(move || of(sent).is_empty())>
                <tbody>{rows(move || of(sent), key, row)}</tbody>
            </table>
        </section>
    }
}
