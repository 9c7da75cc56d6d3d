//! The knowledge base: its articles in a list, its sections, and what is asked of it (R5).

use super::ask::Ask;
use super::board::{Board, board};
use super::browser;
use super::clock;
use super::icon::Icon;
use super::knowledge_article::Editor;
use super::knowledge_search::Searched;
use super::live::{derived, does, drawn, live, memo, rows, waits};
use super::note::{self, Kind};
use super::settings::{Fault, Read, at, fetch, of, once};
use super::step::{Rows, Step};
use super::ticket_form::{Option2, select, typed};
use super::trigger::{field_of, focus};
use crate::doors::knowledge::{change_section, list_articles};
use crate::doors::{Answer, Failure};
use crate::words::knowledge::{self as says, Words};
use domain::knowledge::{Base, Change, Entry, Line, NAME_LIMIT, Section};
use domain::profile::{TONGUES, tongue};
use domain::{Refusal, Trouble};
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use web_sys::SubmitEvent;

pub const PATH: &str = "/articles";

/// All of it as it was read last, and what is said of it.
#[derive(Clone, Copy)]
pub struct Shelf {
    pub board: Board,
    pub says: &'static Words,
    pub base: Read<Base>,
}

impl Shelf {
    /// What a door answered, on the screen; whether it was done.
    fn put(self, answer: Answer<Base>) -> bool {
        match answer {
            Ok(now) => {
                self.base.try_set(Some(Ok(now)));
                browser::hold_focus(browser::TITLE);
                true
            }
            Err(failure) => {
                self.board.fail(failure);
                false
            }
        }
    }

    /// The sections that articles can be in, as options; the first is none of them.
    pub fn sections(self, none: &str) -> Vec<Option2> {
        let lang = self.board.words.common.lang;
        let all = of(self.base).sections.into_iter().filter(|entry| !entry.retired);
        let named = all.map(|entry| (entry.section.id.clone(), entry.section.name(lang).to_owned()));
        std::iter::once((String::new(), none.to_owned())).chain(named).collect()
    }
}

#[component]
pub fn Knowledge(open: Memo<Option<String>>) -> impl IntoView {
    let board = board();
    let shelf = Shelf { board, says: says::of(board.words.common.lang), base: RwSignal::new(None) };
    fetch(board, shelf.base, || Box::pin(list_articles()));
    once(board, shelf.base, move || {
        drawn(move || match open.get().as_deref() {
            None => view! { <List shelf=shelf/> }.into_any(),
            Some("sections") => view! { <Sections shelf=shelf/> }.into_any(),
            Some("searches") => view! { <Searched shelf=shelf/> }.into_any(),
            Some(id) => view! { <Editor shelf=shelf id=id.to_owned()/> }.into_any(),
        })
        .into_any()
    })
}

/// The heads of the three lists.
pub fn head(shelf: Shelf, here: &'static str, act: AnyView) -> AnyView {
    let says = shelf.says;
    let pages = [(PATH, says.articles), ("/articles/sections", says.sections), ("/articles/searches", says.searches)];
    let links = pages.map(|(path, label)| {
        view! { <a class="tabs__tab" href=path aria-current={(path == here).then_some("page")}>{label}</a> }
    });
    view! {
        <header class="view__head"><h2>{says.title}</h2>{act}</header>
        <nav class="tabs tabs--plain application-form__tabs" aria-label=says.pages>{links.into_iter().collect_view()}</nav>
    }
    .into_any()
}

/// Which of them are listed.
#[derive(Clone, Copy)]
struct Filter {
    typed: RwSignal<String>,
    /// Empty: all that are in use.
    state: RwSignal<String>,
    lang: RwSignal<String>,
    section: RwSignal<String>,
}

impl Filter {
    fn passes(self, line: &Line) -> bool {
        let (typed, state, lang, section) =
            (self.typed.get().trim().to_lowercase(), self.state.get(), self.lang.get(), self.section.get());
        let is = |title: &domain::knowledge::Title| {
            (lang.is_empty() || title.lang == lang)
                && (typed.is_empty() || title.title.to_lowercase().contains(&typed))
                && match state.as_str() {
                    "published" => title.published,
                    "draft" => !title.published,
                    _ => true,
                }
        };
        line.retired == (state == "retired")
            && (section.is_empty() || line.section.as_ref() == Some(&section))
            && line.titles.iter().any(is)
    }
}

#[component]
fn List(shelf: Shelf) -> impl IntoView {
    let says = shelf.says;
    let new = || RwSignal::new(String::new());
    let filter = Filter { typed: new(), state: new(), lang: new(), section: new() };
    let shown = memo(move |_| of(shelf.base).lines.into_iter().filter(|line| filter.passes(line)).collect::<Vec<_>>());
    let states = move || {
        [("", says.any_state), ("published", says.published), ("draft", says.draft), ("retired", says.retired)]
            .map(|(value, label)| (value.to_owned(), label.to_owned()))
            .to_vec()
    };
    let langs = move || {
        let ours = TONGUES.iter().map(|tag| ((*tag).to_owned(), tongue(tag).to_owned()));
        std::iter::once((String::new(), says.any_language.to_owned())).chain(ours).collect()
    };
    let choice = move |label: &'static str, options: Signal<Vec<Option2>>, value: RwSignal<String>| {
        view! { <label class="field"><span class="field__label">{label}</span>{select(options, value.into(), Callback::new(move |chosen| value.set(chosen)))}</label> }
    };
    let none = move || match (of(shelf.base).lines.is_empty(), shown.with(Vec::is_empty)) {
        (true, _) => Some(says.none),
        (false, true) => Some(says.none_found),
        _ => None,
    };
    let create = view! { <a class="button button--s button--act push" href="/articles/new"><Icon name="plus" small=true/>{says.create}</a> };
    let key = |line: &Line| [line.id.as_str(), " ", &line.changed_at.0.to_string()].concat();
    view! {
        <div class="view view--paper">
            {head(shelf, PATH, create.into_any())}
            <p class="view__say">{says.say}</p>
            <div class="answers__head">
                <label class="field answers__search">
                    <span class="field__label">{says.search}</span>
                    <input class="field__box" type="search" maxlength="60" prop:value=live(move || filter.typed.get()) on:input=does(move |event| filter.typed.set(event_target_value(&event)))/>
                </label>
                {choice(says.state, derived(states), filter.state)}
                {choice(says.language, derived(langs), filter.lang)}
                {choice(says.section, derived(move || shelf.sections(says.any_section)), filter.section)}
            </div>
            <section class="sheet answers" aria-label=says.articles>
                <table class="table table--tall" hidden=live(move || shown.with(Vec::is_empty))>
                    <thead><tr><th scope="col">{says.article}</th><th scope="col">{says.languages}</th><th scope="col">{says.section}</th><th scope="col">{says.helped}</th><th scope="col">{says.changed}</th></tr></thead>
                    <tbody>{rows(move || shown.get(), key, move |line| view! { <Row shelf=shelf line=line/> })}</tbody>
                </table>
                <div class="empty empty--s" role="status" hidden=live(move || none().is_none())><p>{live(none)}</p></div>
            </section>
            <p class="visually-hidden" role="status">{live(move || shown.with(Vec::len).to_string())}" "{says.articles}</p>
        </div>
    }
}

#[component]
fn Row(shelf: Shelf, line: Line) -> impl IntoView {
    let (board, says) = (shelf.board, shelf.says);
    let lang = board.words.common.lang;
    let own = line.titles.iter().find(|title| title.lang == lang).or(line.titles.first());
    let title = own.map(|title| title.title.clone()).unwrap_or_default();
    let sum = |of: fn(&domain::knowledge::Title) -> u32| line.titles.iter().map(of).sum::<u32>();
    let helped = (says.helped_say)(sum(|title| title.helped), sum(|title| title.missed));
    let when = clock::ago(lang, line.changed_at, board.now.get_untracked());
    let section = of(shelf.base).sections.into_iter().find(|entry| line.section.as_ref() == Some(&entry.section.id));
    let section = section.filter(|entry| !entry.retired).map(|entry| entry.section.name(lang).to_owned());
    let tags = line.titles.iter().map(|title| {
        let state = if title.published { says.published } else { says.draft };
        view! { <span class="tag" class:tag--good={title.published && !line.retired} title=state>{title.lang.to_uppercase()}<span class="visually-hidden">{[" ", state].concat()}</span></span>" " }
    });
    let tags = tags.collect_view();
    view! {
        <tr>
            <td class="table__cut"><a class="table__main" href=[PATH, "/", &line.id].concat()>{title}</a></td>
            <td>{tags}{line.retired.then(|| view! { <span class="tag">{says.retired}</span> })}</td>
            <td class="table__soft">{section.unwrap_or_else(|| says.no_section.to_owned())}</td>
            <td class="table__soft">{helped}</td>
            <td class="table__soft">{(says.changed_by)(&when, &line.changed_by)}</td>
        </tr>
    }
}

#[component]
fn Sections(shelf: Shelf) -> impl IntoView {
    let says = shelf.says;
    let dialog: NodeRef<html::Dialog> = NodeRef::new();
    let form = Form {
        shelf,
        read: RwSignal::new(None),
        names: [(); 3].map(|()| RwSignal::new(String::new())),
        id: StoredValue::new(String::new()),
        fault: RwSignal::new(None),
        busy: RwSignal::new(false),
        dialog,
    };
    let create = view! { <button class="button button--s button--act push" type="button" on:click=does(move |_| form.open(None))><Icon name="plus" small=true/>{says.new_section}</button> };
    let entries = move || of(shelf.base).sections;
    let ids = derived(move || entries().into_iter().map(|entry| entry.section.id).collect());
    let moved = RwSignal::new(String::new());
    view! {
        <div class="view view--paper">
            {head(shelf, "/articles/sections", create.into_any())}
            <p class="view__say">{says.sections_say}</p>
            <p class="visually-hidden" role="status">{live(move || moved.get())}</p>
            <div class="empty empty--s" hidden=live(move || !entries().is_empty())><p>{says.no_sections}</p></div>
            <ol class="triggers" aria-label=says.sections>
                {rows(entries, |entry| [entry.section.id.as_str(), &entry.section.es, &entry.section.pt, &entry.section.en, if entry.retired { "-" } else { "+" }].join(" "), move |entry| view! { <SectionRow form=form ids=ids moved=moved entry=entry/> })}
            </ol>
            <Write form=form/>
        </div>
    }
}

#[component]
fn SectionRow(form: Form, ids: Rows, moved: RwSignal<String>, entry: Entry) -> impl IntoView {
    let shelf = form.shelf;
    let says = shelf.says;
    let lang = shelf.board.words.common.lang;
    let Entry { section, retired } = entry;
    let name = section.name(lang).to_owned();
    let (id, called) = (StoredValue::new(section.id.clone()), StoredValue::new(name.clone()));
    let change = move |change: Change| {
        spawn_local(async move {
            shelf.put(change_section(change).await);
        });
    };
    let step = Step::new(id, derived(move || called.get_value()), ids, moved, move |id, before| async move {
        shelf.put(change_section(Change::Move { id, before }).await)
    });
    let retire = move |retired: bool| change(Change::Retire { id: id.get_value(), retired });
    let (asked, of_it) = (name.clone(), name.clone());
    let others = TONGUES.iter().filter(|tag| **tag != lang).map(|tag| match *tag {
        "pt" => section.pt.clone(),
        "en" => section.en.clone(),
        _ => section.es.clone(),
    });
    let others: String = others.filter(|name| !name.is_empty()).map(|name| [" · ", &name].concat()).collect();
    view! {
        <li class="sheet trigger" on:keydown=step.key()>
            <span class="trigger__what"><b>{name.clone()}</b><span class="trigger__more">{others}</span></span>
            {retired.then(|| view! { <span class="tag">{says.retired}</span> })}
            <span class="trigger__acts">
                {step.buttons()}
                <button class="button button--s" type="button" aria-label=(says.edit)(&name) on:click=does(move |_| form.open(Some(section.clone())))>{says.edit_it}</button>
                {match retired {
                    false => view! { <Ask class="button button--s" label=says.retire of=derived(move || of_it.clone()) question=derived(move || (says.retire_ask)(&asked)) say=says.section_retire_say act=Callback::new(move |_: String| retire(true))/> }.into_any(),
                    true => view! { <button class="button button--s" type="button" aria-label=[says.restore, ": ", &name].concat() on:click=does(move |_| retire(false))>{says.restore}</button> }.into_any(),
                }}
            </span>
        </li>
    }
}

/// A section while it is named.
#[derive(Clone, Copy)]
struct Form {
    shelf: Shelf,
    read: RwSignal<Option<Section>>,
    /// In the order of [`TONGUES`].
    names: [RwSignal<String>; 3],
    id: StoredValue<String>,
    fault: Fault,
    busy: RwSignal<bool>,
    dialog: NodeRef<html::Dialog>,
}

impl Form {
    fn open(self, section: Option<Section>) {
        let now = section.clone().unwrap_or_else(|| Section { id: browser::new_id(), ..Section::default() });
        self.id.set_value(now.id);
        for (name, value) in self.names.into_iter().zip([now.es, now.pt, now.en]) {
            name.set(value);
        }
        self.fault.set(None);
        self.read.set(section);
        if let Some(dialog) = self.dialog.get_untracked() {
            let _ = dialog.show_modal();
        }
    }

    fn close(self) {
        if let Some(dialog) = self.dialog.try_get_untracked().flatten() {
            dialog.close();
        }
    }

    fn save(self) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.fault.set(None);
        let [es, pt, en] = self.names.map(|name| name.get_untracked());
        let section = Section { id: self.id.get_value(), es, pt, en };
        let change = Change::Keep { section, read: self.read.get_untracked() };
        spawn_local(async move {
            let answer = change_section(change).await;
            self.busy.try_set(false);
            match answer {
                Ok(now) => {
                    self.shelf.base.try_set(Some(Ok(now)));
                    self.shelf.board.note(Kind::Plain, self.shelf.says.saved.into());
                    self.close();
                }
                // It is as the colleague left it, behind this dialog; what was typed is still in it.
                Err(failure @ Failure::Trouble(Trouble::Refused(Refusal::Overtaken { .. }))) => {
                    self.fault.try_set(Some(("es".into(), note::why(self.shelf.board.words, &failure))));
                    let Ok(now) = list_articles().await else { return };
                    let id = self.id.get_value();
                    self.read.try_set(now.sections.iter().map(|entry| entry.section.clone()).find(|one| one.id == id));
                    self.shelf.base.try_set(Some(Ok(now)));
                }
                Err(failure) => match field_of(&failure) {
                    Some(place) => {
                        let missing =
                            matches!(&failure, Failure::Trouble(Trouble::Refused(Refusal::FieldMissing { .. })));
                        let why = note::why(self.shelf.board.words, &failure);
                        let why = if missing { self.shelf.says.name_missing.to_owned() } else { why };
                        self.fault.try_set(Some((place.clone(), why)));
                        focus(&place);
                    }
                    None => self.shelf.board.fail(failure),
                },
            }
        });
    }
}

#[component]
fn Write(form: Form) -> impl IntoView {
    let (words, says) = (form.shelf.board.words, form.shelf.says);
    let title = browser::new_id();
    let boxes = TONGUES.into_iter().zip(form.names).map(|(tag, value)| {
        let set = Callback::new(move |typed: String| {
            form.fault.set(None);
            value.set(typed);
        });
        field_in(form.fault, tag, (says.name_in)(tongue(tag)), typed(value.into(), set, "text", "text", NAME_LIMIT))
    });
    view! {
        <dialog class="dialog" node_ref=form.dialog aria-labelledby=title.clone()>
            <h2 id=title.clone()>{live(move || if form.read.with(Option::is_some) { says.edit_section } else { says.new_section })}</h2>
            <form class="dialog__fields" novalidate on:submit=does(move |event: SubmitEvent| { event.prevent_default(); form.save() })>
                {boxes.collect_view()}
                <div class="dialog__acts">
                    <button class="button" type="button" on:click=does(move |_| form.close())>{words.cancel}</button>
                    <button class="button button--act" type="submit" aria-disabled=waits(form.busy)>{words.save}</button>
                </div>
            </form>
        </dialog>
    }
}

/// A control under a label that is put together.
pub fn field_in(fault: Fault, name: &'static str, label: String, control: AnyView) -> AnyView {
    let why = at(fault, name);
    view! {
        <label class="field" class:field--bad=live(move || why.with(Option::is_some)) data-field=name>
            <span class="field__label">{label}</span>
            {control}
            <span class="field__fault" role="alert">{live(move || why.get())}</span>
        </label>
    }
    .into_any()
}
