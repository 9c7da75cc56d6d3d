//! Applications: their list, for who administers the system; for who administers a group, what a site owner pastes
//! and what his page must allow.

use super::application_editor::Editor;
use super::ask::Ask;
use super::board::{Board, board};
use super::browser;
use super::clipboard;
use super::icon::Icon;
use super::live::{does, drawn, live, memo, rows, waits};
use super::note;
use super::route::{self, View, place};
use crate::doors::application::{create_application, duplicate_application, list_applications, retire_application};
use crate::snippet::{policy, snippet};
use crate::words::application as says;
use domain::application::{Field, FieldKind, NAME_LIMIT, Settings, Setup, WaitShows};
use domain::wire::{ApplicationLine, Applications as All, Loader};
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use web_sys::SubmitEvent;

/// All of them as they were read last; none: they are on their way.
type Lines = RwSignal<Option<Result<All, String>>>;

#[component]
pub fn Applications() -> impl IntoView {
    let board = board();
    let words = board.words;
    let lines: Lines = RwSignal::new(None);
    let open = memo(move |before: Option<&Option<String>>| match place().shown.get() {
        View::Applications(open, _) => open,
        _ => before.cloned().flatten(),
    });
    let system = board.me.with_untracked(|me| me.agent.system);
    // The list is read anew whenever one comes back to it.
    Effect::new(move || {
        board.round.track();
        if open.with(Option::is_none) || !system {
            spawn_local(read(board, lines));
        }
    });
    // Read again it is the same list: what somebody is asked in it, and has typed, stays.
    let state = super::settings::state(lines);
    let sheets = move || {
        let Some(Ok(All { lines, loader })) = lines.get() else { return ().into_any() };
        let used: Vec<_> = lines.into_iter().filter(|line| !line.retired).collect();
        let none = used.is_empty();
        view! {
            <p class="view__say">{words.applications_say}</p>
            <div class="empty empty--s" hidden=!none><p>{words.no_applications}</p></div>
            {used.into_iter().map(|line| view! { <Sheet line=line loader=loader.clone()/> }).collect_view()}
        }
        .into_any()
    };
    let listed = move || match state.get() {
        None => view! { <p class="visually-hidden" role="status">{words.loading}</p> }.into_any(),
        Some(Some(why)) => {
            view! { <p class="banner banner--bad" role="alert"><span class="banner__text">{why}</span></p> }.into_any()
        }
        Some(None) if system => view! { <List lines=lines/> }.into_any(),
        Some(None) => drawn(sheets).into_any(),
    };
    view! {
        <div class="desk__work">
            {drawn(move || match open.get().filter(|_| system) {
                Some(id) => view! { <Editor id=id/> }.into_any(),
                None => view! { <div class="view view--paper">{drawn(listed)}</div> }.into_any(),
            })}
        </div>
    }
}

async fn read(board: Board, lines: Lines) {
    let read = list_applications().await;
    lines.try_set(Some(read.map_err(|failure| note::why(board.words, &failure))));
}

/// What a new one is made of: all of them, or none, where it is one of its own.
#[derive(Clone, Copy)]
struct Fresh {
    of: RwSignal<Option<ApplicationLine>>,
    name: RwSignal<String>,
    dialog: NodeRef<html::Dialog>,
}

impl Fresh {
    fn ask(self, of: Option<ApplicationLine>, name: String) {
        self.of.set(of);
        self.name.set(name);
        if let Some(dialog) = self.dialog.get_untracked() {
            let _ = dialog.show_modal();
        }
    }
}

#[component]
fn List(lines: Lines) -> impl IntoView {
    let board = board();
    let words = board.words;
    let says = says::of(words.common.lang);
    let fresh = Fresh { of: RwSignal::new(None), name: RwSignal::new(String::new()), dialog: NodeRef::new() };
    let all = move || {
        lines.with(|lines| {
            lines.as_ref().and_then(|read| read.as_ref().ok()).map(|all| all.lines.clone()).unwrap_or_default()
        })
    };
    let row = move |line: ApplicationLine| {
        let line = StoredValue::new(line);
        let (name, retired, path) =
            line.with_value(|line| (line.name.clone(), line.retired, ["/applications/", &line.id].concat()));
        let turn = Callback::new(move |()| {
            spawn_local(async move {
                let (id, retired) = line.with_value(|line| (line.id.clone(), line.retired));
                match retire_application(id, !retired).await {
                    Ok(_) => {
                        read(board, lines).await;
                        browser::hold_focus(browser::TITLE);
                    }
                    Err(failure) if super::trigger::field_of(&failure).is_some_and(|field| field == "groups") => {
                        board.note(note::Kind::Bad, says.wrong_subject.into());
                    }
                    Err(failure) => board.fail(failure),
                }
            });
        });
        let question = (says.retire_ask)(&name);
        let of = name.clone();
        let copy = (says.copy_of)(&name).chars().take(NAME_LIMIT).collect::<String>();
        view! {
            <li class="sheet trigger">
                <span class="trigger__what">
                    <a href=path>{name.clone()}</a>
                    <span class="trigger__more">{line.with_value(|line| line.sites.iter().map(|site| [" · ", site].concat()).collect::<String>())}</span>
                </span>
                <span class="tag" class:tag--good=!retired>{if retired { says.retired } else { says.active }}</span>
                <span class="trigger__acts">
                    <button class="button button--s" type="button" aria-label=[says.duplicate, ": ", &name].concat() on:click=does(move |_| fresh.ask(Some(line.get_value()), copy.clone()))><Icon name="copy" small=true/>{says.duplicate}</button>
                    {if retired {
                        view! { <button class="button button--s" type="button" aria-label=[says.restore, ": ", &name].concat() on:click=does(move |_| turn.run(()))>{says.restore}</button> }.into_any()
                    } else {
                        view! { <Ask class="button button--s" label=says.retire of=super::live::derived(move || of.clone()) question=super::live::derived(move || question.clone()) say=says.retire_say act=Callback::new(move |_: String| turn.run(()))/> }.into_any()
                    }}
                </span>
            </li>
        }
    };
    view! {
        <header class="view__head">
            <h1>{words.menu_applications}</h1>
            <button class="button button--s button--act push" type="button" on:click=does(move |_| fresh.ask(None, String::new()))><Icon name="plus" small=true/>{says.create}</button>
        </header>
        <p class="view__say">{says.say}</p>
        <div class="empty empty--s" hidden=live(move || !all().is_empty())><p>{words.no_applications}</p></div>
        <ol class="triggers">
            {rows(all, |line| [line.id.as_str(), if line.retired { " retired " } else { " " }, &line.name, " ", &line.sites.concat()].concat(), row)}
        </ol>
        <Create fresh=fresh/>
    }
}

/// A name is all that a new one needs; the rest is set where it is.
#[component]
fn Create(fresh: Fresh) -> impl IntoView {
    let board = board();
    let words = board.words;
    let says = says::of(words.common.lang);
    let fault = RwSignal::new(None::<String>);
    let busy = RwSignal::new(false);
    // Of the next one: asked again after a lost answer, it is the same.
    let id = StoredValue::new(browser::new_id());
    let close = move || {
        fault.set(None);
        if let Some(dialog) = fresh.dialog.get_untracked() {
            dialog.close();
        }
    };
    let make = move |event: SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        spawn_local(async move {
            let name = fresh.name.get_untracked();
            let made = match fresh.of.get_untracked() {
                Some(of) => duplicate_application(of.id, id.get_value(), name).await,
                None => create_application(id.get_value(), usual(says, words, name)).await,
            };
            busy.try_set(false);
            match made {
                Ok(kept) => {
                    id.try_set_value(browser::new_id());
                    close();
                    route::go(&["/applications/", &kept.id].concat());
                }
                Err(failure) => {
                    let why = match super::trigger::field_of(&failure).as_deref() {
                        Some("name") => says.wrong_name.into(),
                        Some("groups") => says.wrong_subject.into(),
                        _ => note::why(words, &failure),
                    };
                    fault.try_set(Some(why));
                }
            }
        });
    };
    let (title, text) = (browser::new_id(), browser::new_id());
    view! {
        <dialog class="dialog" node_ref=fresh.dialog aria-labelledby=title.clone() aria-describedby=text.clone()>
            <h2 id=title.clone()>{live(move || if fresh.of.with(Option::is_some) { says.duplicate } else { says.create })}</h2>
            <p id=text.clone()>{live(move || if fresh.of.with(Option::is_some) { says.duplicate_say } else { says.create_say })}</p>
            <form class="dialog__fields" novalidate on:submit=does(make)>
                <label class="field" class:field--bad=live(move || fault.with(Option::is_some))>
                    <span class="field__label">{words.name}</span>
                    <input class="field__box" type="text" autofocus maxlength=NAME_LIMIT.to_string() prop:value=live(move || fresh.name.get())
                        on:input=does(move |event| { fault.set(None); fresh.name.set(event_target_value(&event)) })/>
                    <span class="field__fault" role="alert">{live(move || fault.get())}</span>
                </label>
                <div class="dialog__acts">
                    <button class="button" type="button" on:click=does(move |_| close())>{words.cancel}</button>
                    <button class="button button--act" type="submit" aria-disabled=waits(busy)>{words.save}</button>
                </div>
            </form>
        </dialog>
    }
}

/// What most people begin with.
pub fn usual(says: &'static says::Words, words: &'static crate::words::Words, name: String) -> Settings {
    let field = |key: &str, label: &str, kind| Field {
        key: key.into(),
        label: label.into(),
        kind,
        required: true,
        options: Vec::new(),
        consent: None,
    };
    Settings {
        name,
        accent: "#2a49b8".into(),
        title: words.menu_chat.into(),
        expanded: true,
        patience: 120,
        sites: Vec::new(),
        groups: Vec::new(),
        form: vec![field("name", says.kind_name, FieldKind::Name), field("email", says.kind_email, FieldKind::Email)],
        wait_shows: WaitShows::Both,
        setup: Setup::default(),
    }
}

#[component]
fn Sheet(line: ApplicationLine, loader: Option<Loader>) -> impl IntoView {
    let words = board().words;
    let (name, sites) = (line.name.clone(), line.sites.clone());
    view! {
        <section class="sheet application" aria-label=name.clone()>
            <header class="sheet__head"><h2>{name.clone()}</h2></header>
            <div class="application__body">
                <Codes line=line loader=loader/>
                <h3 class="papers__title">{words.sites}</h3>
                <ul class="application__sites">
                    {sites.into_iter().map(|site| view! { <li><code>{site}</code></li> }).collect_view()}
                </ul>
            </div>
        </section>
    }
}

/// The snippet, the same with the bytes it may run, and what a policy must allow.
#[component]
pub fn Codes(line: ApplicationLine, loader: Option<Loader>) -> impl IntoView {
    let words = board().words;
    let origin = browser::origin();
    let tag = snippet(&origin, &line, None);
    let pinned = loader.map(|loader| snippet(&origin, &line, Some(&loader)));
    view! {
        <Code label=words.snippet say=words.snippet_say text=tag/>
        {pinned.map(|tag| view! { <Code label=words.pinned say=words.pinned_say text=tag/> })}
        <Code label=words.policy say=words.policy_say text=policy(&origin)/>
    }
}

#[component]
fn Code(label: &'static str, say: &'static str, text: String) -> impl IntoView {
    let board = board();
    let words = board.words;
    let copied = text.clone();
    view! {
        <div class="application__code">
            <div class="application__label">
                <h3 class="papers__title">{label}</h3>
                <button class="button button--s" type="button" aria-label=[words.copy, ": ", label].concat() on:click=does(move |_| clipboard::copy(board, copied.clone()))><Icon name="copy" small=true/>{words.copy}</button>
            </div>
            <p class="view__say">{say}</p>
            <pre class="code" tabindex="0"><code>{text}</code></pre>
        </div>
    }
}
