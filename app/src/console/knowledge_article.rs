//! One article: in each language what it says, beside it how it reads, where it is found and in which section.
//!
//! What is typed is kept in memory while somebody is elsewhere in the console, so the way back loses nothing.

use super::ask::Ask;
use super::board::Board;
use super::browser;
use super::clock;
use super::knowledge::{PATH, Shelf};
use super::live::{derived, does, drawn, live, memo, rows, waits};
use super::note::{self, Kind};
use super::route;
use super::settings::{Fault, Overtaken, at, of};
use super::ticket_form::{select, typed};
use super::trigger::{field_of, focus};
use crate::doors::knowledge::{
    list_pictures, preview_article, read_article, remove_picture, retire_article, save_article,
};
use crate::doors::{Answer, Failure};
use crate::words::knowledge::Words;
use domain::article::TITLE_LIMIT;
use domain::knowledge::{Kept, Picture, SLUG_LIMIT, Sheet, Version};
use domain::profile::{TONGUES, tongue};
use domain::wire::POSTCARD;
use domain::{Refusal, Trouble};
use js_sys::{ArrayBuffer, Reflect, Uint8Array};
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::cell::RefCell;
use std::collections::HashMap;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Headers, RequestInit, Response, SubmitEvent};

/// So long nobody types before it is asked how it reads, in milliseconds.
const PAUSE: i32 = 250;

thread_local! {
    /// What was typed and not saved, with what it was typed over; none: it is new.
    static TYPED: RefCell<HashMap<String, (Option<Kept>, Sheet)>> = RefCell::default();
}

#[derive(Clone, Copy)]
struct Writing {
    shelf: Shelf,
    /// None: it is not kept yet.
    kept: RwSignal<Option<Kept>>,
    /// As it is typed, in all languages.
    now: RwSignal<Sheet>,
    lang: RwSignal<String>,
    fault: Fault,
    overtaken: RwSignal<Option<String>>,
    busy: RwSignal<bool>,
    sending: RwSignal<bool>,
    text: NodeRef<html::Textarea>,
}

/// With every language, whether something is written in it or not.
fn whole(sheet: &Sheet) -> Sheet {
    let version = |lang: &str| {
        sheet.version(lang).cloned().unwrap_or_else(|| Version { lang: lang.into(), ..Version::default() })
    };
    Sheet { versions: TONGUES.into_iter().map(version).collect(), ..sheet.clone() }
}

/// Without those in which nothing is.
fn written(sheet: &Sheet) -> Sheet {
    let versions = sheet.versions.iter().filter(|version| !version.is_blank()).cloned().collect();
    Sheet { versions, ..sheet.clone() }
}

/// What the address asks a new one to begin with: a language and a title.
fn asked() -> (Option<&'static str>, String) {
    let search = window().location().search().unwrap_or_default();
    let value = |name: &str| {
        let found = search.trim_start_matches('?').split('&').find_map(|pair| pair.strip_prefix(name));
        found.and_then(|value| js_sys::decode_uri_component(value).ok()).map(String::from)
    };
    let lang = value("lang=").and_then(|lang| TONGUES.into_iter().find(|tag| *tag == lang));
    (lang, value("title=").unwrap_or_default())
}

/// A new one: found wherever there is a search.
fn fresh(shelf: Shelf) -> (String, Sheet) {
    let (lang, title) = asked();
    let lang = lang.unwrap_or(shelf.board.words.common.lang);
    let all = of(shelf.base).shelves;
    let some = all.iter().any(|one| one.searches);
    let applications = all.into_iter().filter(|one| one.searches || !some).map(|one| one.id).collect();
    let version = Version { lang: lang.into(), title, ..Version::default() };
    let sheet = Sheet { id: browser::new_id(), section: None, applications, versions: vec![version] };
    (lang.to_owned(), whole(&sheet))
}

#[component]
pub fn Editor(shelf: Shelf, id: String) -> impl IntoView {
    let words = shelf.board.words;
    let read = RwSignal::new(None::<Result<Option<Kept>, String>>);
    if id == "new" || TYPED.with_borrow(|typed| typed.contains_key(&id)) {
        read.set(Some(Ok(None)));
    } else {
        let id = id.clone();
        spawn_local(async move {
            let answer = read_article(id).await;
            read.try_set(Some(answer.map(Some).map_err(|failure| note::why(words, &failure))));
        });
    }
    view! {
        {drawn(move || match read.get() {
            None => view! { <div class="view view--paper" aria-busy="true"><p class="visually-hidden" role="status">{words.loading}</p></div> }.into_any(),
            Some(Err(why)) => view! { <div class="middle"><div class="empty" role="alert"><p>{why}</p></div></div> }.into_any(),
            Some(Ok(kept)) => form(begin(shelf, &id, kept)),
        })}
    }
}

fn begin(shelf: Shelf, id: &str, read: Option<Kept>) -> Writing {
    let own = shelf.board.words.common.lang;
    let typed = TYPED.with_borrow_mut(|typed| typed.remove(id));
    let (kept, lang, sheet) = match (typed, read) {
        (Some((kept, sheet)), _) => (kept, None, sheet),
        (None, Some(kept)) => (Some(kept.clone()), None, whole(&kept.sheet)),
        (None, None) => {
            let (lang, sheet) = fresh(shelf);
            (None, Some(lang), sheet)
        }
    };
    // The language that is written, one's own first.
    let is_written = |lang: &str| sheet.version(lang).is_some_and(|version| !version.is_blank());
    let lang = lang
        .unwrap_or_else(|| [own].into_iter().chain(TONGUES).find(|lang| is_written(lang)).unwrap_or(own).to_owned());
    let writing = Writing {
        shelf,
        kept: RwSignal::new(kept),
        now: RwSignal::new(sheet),
        lang: RwSignal::new(lang),
        fault: RwSignal::new(None),
        overtaken: RwSignal::new(None),
        busy: RwSignal::new(false),
        sending: RwSignal::new(false),
        text: NodeRef::new(),
    };
    guard(writing);
    writing
}

/// While something is not saved the browser asks before it closes, and what another way leads from is kept.
fn guard(writing: Writing) {
    let closing = window_event_listener(leptos::ev::beforeunload, move |event| {
        if writing.is_changed() == Some(true) {
            event.prevent_default();
            if let Some(event) = event.dyn_ref::<web_sys::BeforeUnloadEvent>() {
                event.set_return_value("1");
            }
        }
    });
    on_cleanup(move || {
        closing.remove();
        if let (Some(true), Some(kept), Some(now)) =
            (writing.is_changed(), writing.kept.try_get_untracked(), writing.now.try_get_untracked())
        {
            let id = if kept.is_some() { now.id.clone() } else { "new".to_owned() };
            TYPED.with_borrow_mut(|typed| typed.insert(id, (kept, now)));
        }
    });
}

impl Writing {
    fn says(self) -> &'static Words {
        self.shelf.says
    }

    fn board(self) -> Board {
        self.shelf.board
    }

    /// None: this view is gone.
    fn is_changed(self) -> Option<bool> {
        let now = written(&self.now.try_get_untracked()?);
        let kept = self.kept.try_get_untracked()?;
        Some(kept.map_or(!now.versions.is_empty(), |kept| written(&kept.sheet) != now))
    }

    /// The version that is written now.
    fn with<T>(self, of: impl Fn(&Version) -> T) -> T {
        let lang = self.lang.get();
        self.now.with(|now| match now.version(&lang) {
            Some(version) => of(version),
            None => of(&Version::default()),
        })
    }

    fn change(self, change: impl FnOnce(&mut Version)) {
        self.fault.set(None);
        let lang = self.lang.get_untracked();
        self.now.update(|now| {
            if let Some(version) = now.versions.iter_mut().find(|version| version.lang == lang) {
                change(version);
            }
        });
    }

    fn take(self, kept: Kept) {
        self.fault.try_set(None);
        self.overtaken.try_set(None);
        self.now.try_set(whole(&kept.sheet));
        self.kept.try_set(Some(kept));
    }

    /// Over this revision, or over the one that was read.
    fn save(self, over: Option<u32>) {
        if self.busy.get_untracked() || self.sending.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.fault.set(None);
        self.overtaken.set(None);
        let sent = self.now.get_untracked();
        let revision =
            over.unwrap_or_else(|| self.kept.with_untracked(|kept| kept.as_ref().map_or(0, |kept| kept.revision)));
        spawn_local(async move {
            let answer = save_article(revision, sent.clone()).await;
            self.busy.try_set(false);
            match answer {
                Ok(kept) => self.saved(&sent, kept),
                Err(Failure::Trouble(Trouble::Refused(Refusal::Overtaken { by }))) => {
                    self.overtaken.try_set(Some(by));
                }
                Err(failure) => self.refuse(failure),
            }
        });
    }

    /// What was typed while it was on its way stays typed.
    fn saved(self, sent: &Sheet, kept: Kept) {
        let is_new = self.kept.try_with_untracked(Option::is_none) == Some(true);
        let id = kept.sheet.id.clone();
        if self.now.try_with_untracked(|now| now == sent) == Some(true) {
            self.take(kept);
        } else {
            self.kept.try_set(Some(kept));
        }
        self.board().note(Kind::Plain, self.says().saved.into());
        self.shelf.read_again();
        if is_new {
            route::go(&[PATH, "/", &id].concat());
        }
    }

    /// Beside its field, in its language.
    fn refuse(self, failure: Failure) {
        let says = self.says();
        let Some(place) = field_of(&failure) else { return self.board().fail(failure) };
        let (lang, name) = place.split_once('.').map_or(("", place.as_str()), |(lang, name)| (lang, name));
        if TONGUES.contains(&lang) {
            self.lang.try_set(lang.to_owned());
        }
        let missing = matches!(&failure, Failure::Trouble(Trouble::Refused(Refusal::FieldMissing { .. })));
        let why = match name {
            "title" if missing => says.title_missing.to_owned(),
            "body" if missing => says.body_missing.to_owned(),
            "slug" => says.slug_wrong.to_owned(),
            _ => note::why(self.board().words, &failure),
        };
        self.fault.try_set(Some((name.to_owned(), why)));
        let name = name.to_owned();
        request_animation_frame(move || focus(&name));
    }

    fn again(self, mine: bool) {
        let id = self.now.with_untracked(|now| now.id.clone());
        spawn_local(async move {
            match read_article(id).await {
                Ok(kept) if mine => {
                    let revision = kept.revision;
                    self.kept.try_set(Some(kept));
                    self.save(Some(revision));
                }
                Ok(kept) => self.take(kept),
                Err(failure) => self.board().fail(failure),
            }
        });
    }

    fn turn(self, retired: bool) {
        let id = self.now.with_untracked(|now| now.id.clone());
        spawn_local(async move {
            match retire_article(id, retired).await {
                // What is typed stays typed.
                Ok(now) => {
                    self.kept.try_update(|kept| {
                        if let Some(kept) = kept {
                            kept.retired = now.retired;
                            if kept.sheet == now.sheet {
                                kept.revision = now.revision;
                            }
                        }
                    });
                    self.shelf.read_again();
                    browser::hold_focus(browser::TITLE);
                }
                Err(failure) => self.board().fail(failure),
            }
        });
    }

    /// Sends a picture, and puts it where he writes.
    fn send(self, file: JsValue) {
        if self.sending.get_untracked() {
            return;
        }
        self.sending.set(true);
        let lang = self.lang.get_untracked();
        spawn_local(async move {
            let id = browser::new_id();
            let answer = put(&id, &file).await;
            self.sending.try_set(false);
            match answer {
                Ok((width, height)) => self.insert(&lang, &picture(self.says(), &id, &file, width, height)),
                Err(Failure::Trouble(Trouble::Refused(Refusal::FileKind | Refusal::FileBroken))) => {
                    self.board().note(Kind::Bad, self.says().image_kind.into());
                }
                Err(failure) => self.board().fail(failure),
            }
        });
    }

    fn insert(self, lang: &str, words: &str) {
        // He may be writing in another language by now.
        let text = self.text.try_get_untracked().flatten().filter(|_| self.lang.get_untracked() == lang);
        match text {
            Some(text) => {
                let _ = text.set_range_text(words);
                let body = text.value();
                self.change(|version| version.body = body);
                let _ = text.focus();
            }
            None => {
                self.now.try_update(|now| {
                    if let Some(version) = now.versions.iter_mut().find(|version| version.lang == lang) {
                        version.body.push_str(words);
                    }
                });
            }
        }
    }
}

impl Shelf {
    /// The list, after something of it was changed.
    pub fn read_again(self) {
        spawn_local(async move {
            match crate::doors::knowledge::list_articles().await {
                Ok(now) => drop(self.base.try_set(Some(Ok(now)))),
                Err(failure) => self.board.fail(failure),
            }
        });
    }
}

fn form(writing: Writing) -> AnyView {
    let (board, says) = (writing.board(), writing.says());
    let words = board.words;
    let lang = words.common.lang;
    let changed = memo(move |_| {
        writing.now.track();
        writing.kept.track();
        writing.is_changed() == Some(true)
    });
    let title = move || {
        let kept = writing.kept.with(|kept| {
            kept.as_ref().and_then(|kept| kept.sheet.versions.first().map(|version| version.title.clone()))
        });
        kept.unwrap_or_else(|| says.new_article.to_owned())
    };
    let retired = memo(move |_| writing.kept.with(|kept| kept.as_ref().is_some_and(|kept| kept.retired)));
    let is_kept = memo(move |_| writing.kept.with(Option::is_some));
    let about = move || {
        writing.kept.with(|kept| {
            kept.as_ref().map(|kept| (says.changed_by)(&clock::whole(lang, kept.changed_at), &kept.changed_by))
        })
    };
    let acts = drawn(move || {
        match (is_kept.get(), retired.get()) {
        (false, _) => ().into_any(),
        (true, false) => view! { <Ask class="button" label=says.retire of=derived(title) question=derived(move || (says.retire_ask)(&title())) say=says.retire_say act=Callback::new(move |_: String| writing.turn(true))/> }.into_any(),
        (true, true) => view! { <button class="button" type="button" on:click=does(move |_| writing.turn(false))>{says.restore}</button> }.into_any(),
    }
    });
    view! {
        <div class="application-desk">
        <form class="view view--paper application-form" novalidate on:submit=does(move |event: SubmitEvent| { event.prevent_default(); writing.save(None) })>
            <p><a class="button button--s" href=PATH><super::icon::Icon name="back" small=true/>{says.all_of_them}</a></p>
            <header class="view__head application-form__head">
                <h2>{live(title)}</h2>
                <span class="tag" hidden=live(move || !retired.get())>{says.retired}</span>
                <span class="application-form__save push">
                    <span class="application-form__unsaved" role="status">{live(move || if changed.get() { says.unsaved } else { "" })}</span>
                    {acts}
                    <button class="button button--act" type="submit" aria-disabled=live(move || (writing.busy.get() || writing.sending.get()).then_some("true"))>{live(move || if writing.busy.get() { words.saving } else { words.save })}</button>
                </span>
            </header>
            <p class="view__say" hidden=live(move || !is_kept.get())>{live(about)}</p>
            <Overtaken by=writing.overtaken take=Callback::new(move |()| writing.again(false)) keep=Callback::new(move |()| writing.again(true))/>
            <div class="trigger-form application-form__body">
                {tongues(writing)}
                {fields(writing)}
                {place(writing)}
                {pictures(writing)}
            </div>
        </form>
        <Preview writing=writing/>
        </div>
    }
    .into_any()
}

/// The languages, and in which of them customers find something.
fn tongues(writing: Writing) -> AnyView {
    let says = writing.says();
    let name = browser::new_id();
    let one = move |tag: &'static str| {
        let name = name.clone();
        let state = move || {
            writing.now.with(|now| {
                now.version(tag)
                    .filter(|version| !version.is_blank())
                    .map(|version| [" · ", if version.published { says.published } else { says.draft }].concat())
            })
        };
        view! {
            <label class="segment__item">
                <input class="visually-hidden" type="radio" name=name prop:checked=live(move || writing.lang.with(|lang| lang == tag)) on:change=does(move |_| { writing.fault.set(None); writing.lang.set(tag.to_owned()) })/>
                {tongue(tag)}<span class="field__hint">{live(state)}</span>
            </label>
        }
    };
    view! {
        <fieldset class="field application-form__fieldset">
            <legend class="field__label">{says.language}</legend>
            <div><span class="segment application-form__segment">{TONGUES.into_iter().map(one).collect_view()}</span></div>
        </fieldset>
    }
    .into_any()
}

/// What is written in the language that was chosen.
fn fields(writing: Writing) -> AnyView {
    let says = writing.says();
    let line = move |name: &'static str,
                     label: &'static str,
                     hint: &'static str,
                     most: usize,
                     of: fn(&Version) -> &String,
                     put: fn(&mut Version, String)| {
        let value = derived(move || writing.with(|version| of(version).clone()));
        let set = Callback::new(move |typed: String| writing.change(|version| put(version, typed)));
        super::settings::field(writing.fault, name, label, hint, typed(value, set, "text", "text", most))
    };
    let why = at(writing.fault, "body");
    let input: NodeRef<html::Input> = NodeRef::new();
    let chosen = move |event: web_sys::Event| {
        let list = event.target().and_then(|input| Reflect::get(&input, &"files".into()).ok());
        if let Some(file) = list.and_then(|list| Reflect::get_u32(&list, 0).ok()).filter(JsValue::is_truthy) {
            writing.send(file);
        }
        // The same file may be chosen again.
        if let Some(input) = input.get_untracked() {
            input.set_value("");
        }
    };
    view! {
        {line("title", says.heading, "", TITLE_LIMIT, |version| &version.title, |version, typed| version.title = typed)}
        <div class="field" class:field--bad=live(move || why.with(Option::is_some)) data-field="body">
            <span class="article__bar">
                <label class="field__label" for="article-body">{says.body}" "<span class="field__hint">{says.body_hint}</span></label>
                <button class="button button--s" type="button" aria-disabled=waits(writing.sending) on:click=does(move |_| if let Some(input) = input.get_untracked() { input.click() })>
                    <super::icon::Icon name="file" small=true/>{live(move || if writing.sending.get() { says.image_busy } else { says.image })}
                </button>
                <input class="visually-hidden" type="file" tabindex="-1" aria-label=says.image accept="image/png,image/jpeg,image/webp" node_ref=input on:change=does(chosen)/>
            </span>
            <textarea class="field__box article__text" id="article-body" rows="18" dir="auto" node_ref=writing.text lang=live(move || writing.lang.get()) prop:value=live(move || writing.with(|version| version.body.clone()))
                on:input=does(move |event| { let typed = event_target_value(&event); writing.change(|version| version.body = typed) })></textarea>
            <span class="field__fault" role="alert">{live(move || why.get())}</span>
        </div>
        {line("slug", says.slug, says.slug_hint, SLUG_LIMIT, |version| &version.slug, |version, typed| version.slug = typed)}
        <label class="choice choice--bare">
            <span class="switch">
                <input class="visually-hidden" type="checkbox" prop:checked=live(move || writing.with(|version| version.published)) on:change=does(move |event| { let on = event_target_checked(&event); writing.change(|version| version.published = on) })/>
                <span class="switch__track"></span>
            </span>
            <span class="choice__text">{says.is_published}<span class="choice__more">{says.is_published_say}</span></span>
        </label>
    }
    .into_any()
}

/// Of the whole article: its section, and where it is found.
fn place(writing: Writing) -> AnyView {
    let (shelf, says) = (writing.shelf, writing.says());
    let section = derived(move || writing.now.with(|now| now.section.clone()).unwrap_or_default());
    let set = Callback::new(move |id: String| {
        writing.now.update(|now| now.section = Some(id).filter(|id| !id.is_empty()));
    });
    let tick = move |one: domain::knowledge::Shelf| {
        let id = StoredValue::new(one.id);
        let on = move || writing.now.with(|now| id.with_value(|id| now.applications.contains(id)));
        let turn = move |on: bool| {
            writing.now.update(|now| {
                now.applications.retain(|one| id.with_value(|id| one != id));
                if on {
                    now.applications.push(id.get_value());
                    now.applications.sort_unstable();
                }
            });
        };
        let label = if one.searches { one.name } else { (says.no_search)(&one.name) };
        view! {
            <label class="choice choice--bare application-form__tick">
                <input type="checkbox" prop:checked=live(on) on:change=does(move |event| turn(event_target_checked(&event)))/>
                <span class="choice__text">{label}</span>
            </label>
        }
    };
    let none = move || writing.now.with(|now| now.applications.is_empty());
    view! {
        {super::settings::field(writing.fault, "section", says.section, "", select(derived(move || shelf.sections(says.no_section)), section, set))}
        <fieldset data-field="applications">
            <legend>{says.shown_in}</legend>
            <p class="view__say">{says.shown_say}</p>
            {rows(move || of(shelf.base).shelves, |one| one.id.clone(), tick)}
            <p class="view__say" role="status" hidden=live(move || !none())>{says.nowhere}</p>
        </fieldset>
    }
    .into_any()
}

/// The pictures that stand in it, and those that no article shows: those can be removed.
fn pictures(writing: Writing) -> AnyView {
    let (board, says) = (writing.board(), writing.says());
    let all = RwSignal::new(None::<Vec<Picture>>);
    let read = move || {
        let id = writing.now.with_untracked(|now| now.id.clone());
        spawn_local(async move {
            match list_pictures(id).await {
                Ok(read) => drop(all.try_set(Some(read))),
                Err(failure) => board.fail(failure),
            }
        });
    };
    // Once it is saved, it shows others.
    Effect::new(move || {
        writing.kept.track();
        if untrack(|| all.with(Option::is_some)) {
            read();
        }
    });
    let remove = move |id: String| {
        spawn_local(async move {
            match remove_picture(id).await {
                Ok(()) => board.note(Kind::Plain, says.picture_removed.into()),
                Err(failure) => board.fail(failure),
            }
            read();
        });
    };
    let one = move |one: Picture| {
        let id = StoredValue::new(one.id.clone());
        // Also what was typed and is not saved yet.
        let used = derived(move || {
            one.used
                || writing
                    .now
                    .with(|now| id.with_value(|id| now.versions.iter().any(|version| version.body.contains(id))))
        });
        view! {
            <li class="article__picture">
                <img class="article__thumb" src=["/images/", &one.id].concat() alt=says.alt loading="lazy"/>
                <span class="field__hint">{live(move || if used.get() { says.picture_used } else { says.picture_unused })}</span>
                <Ask class="button button--s" label=says.picture_remove hidden=used question=derived(move || says.picture_ask.to_owned()) say=says.picture_ask_say act=Callback::new(move |_: String| remove(id.get_value()))/>
            </li>
        }
    };
    let listed = move || all.get().unwrap_or_default();
    view! {
        <fieldset>
            <legend>{says.pictures}</legend>
            <p class="view__say">{says.pictures_say}</p>
            <button class="button button--s" type="button" hidden=live(move || all.with(Option::is_some)) on:click=does(move |_| read())>{says.pictures_look}</button>
            <ul class="article__pictures">{rows(listed, |one| [one.id.as_str(), if one.used { " used" } else { "" }].concat(), one)}</ul>
            <p class="view__say" role="status" hidden=live(move || !all.with(|all| all.as_ref().is_some_and(Vec::is_empty)))>{says.pictures_none}</p>
        </fieldset>
    }
    .into_any()
}

/// As customers read it, drawn and made harmless by what draws it for them.
#[component]
fn Preview(writing: Writing) -> impl IntoView {
    let says = writing.says();
    let paper: NodeRef<html::Div> = NodeRef::new();
    let body = memo(move |_| writing.with(|version| version.body.clone()));
    let title = memo(move |_| writing.with(|version| version.title.clone()));
    Effect::new(move || {
        let typed = body.get();
        spawn_local(async move {
            browser::sleep(PAUSE).await;
            let current = || body.try_get_untracked().as_ref() == Some(&typed);
            if !current() {
                return;
            }
            let answer = if typed.trim().is_empty() { Ok(String::new()) } else { preview_article(typed.clone()).await };
            if !current() {
                return;
            }
            match answer {
                Ok(html) => {
                    if let Some(paper) = paper.try_get_untracked().flatten() {
                        paper.set_inner_html(&html);
                    }
                }
                // That the line is down stands in the bar.
                Err(Failure::Lost) => {}
                Err(failure) => writing.board().fail(failure),
            }
        });
    });
    let is_blank = move || body.with(|body| body.trim().is_empty()) && title.with(|title| title.trim().is_empty());
    view! {
        <aside class="preview" aria-label=says.preview>
            <p class="preview__say">{live(move || if is_blank() { says.preview_none } else { says.preview })}</p>
            <div class="article-paper" tabindex="0" role="region" aria-label=says.preview lang=live(move || writing.lang.get())>
                <h3 class="article-paper__title">{live(move || title.get())}</h3>
                <div class="prose"><div node_ref=paper></div></div>
            </div>
        </aside>
    }
}

/// Where a picture stands in Markdown; how large it is goes with its address, so that a page knows before it is here.
fn picture(says: &'static Words, id: &str, file: &JsValue, width: u32, height: u32) -> String {
    let name = Reflect::get(file, &"name".into()).ok().and_then(|name| name.as_string()).unwrap_or_default();
    let stem = name.rsplit_once('.').map_or(name.as_str(), |(stem, _)| stem);
    let alt: String = stem.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_' | '.')).collect();
    let alt = if alt.trim().is_empty() { says.alt.to_owned() } else { alt };
    ["\n\n![", &alt, "](/images/", id, "?w=", &width.to_string(), "&h=", &height.to_string(), ")\n\n"].concat()
}

/// Sends a picture as it is; what it is, its browser says and the server looks at. Answers with its width and height.
async fn put(id: &str, file: &JsValue) -> Answer<(u32, u32)> {
    let (ok, answer) = fetch(id, file).await.map_err(|_| Failure::Lost)?;
    if ok {
        postcard::from_bytes(&answer).map_err(|_| Failure::Lost)
    } else {
        Err(postcard::from_bytes(&answer).map_or(Failure::Lost, Failure::Trouble))
    }
}

async fn fetch(id: &str, file: &JsValue) -> Result<(bool, Vec<u8>), JsValue> {
    let kind = Reflect::get(file, &"type".into())?.as_string().unwrap_or_default();
    let headers = Headers::new()?;
    headers.set("Accept", POSTCARD)?;
    headers.set("Content-Type", if kind.is_empty() { "application/octet-stream" } else { &kind })?;
    let request = RequestInit::new();
    request.set_method("PUT");
    request.set_headers(&headers);
    request.set_body(file);
    let door = ["/api/images/", id].concat();
    let answer = JsFuture::from(window().fetch_with_str_and_init(&door, &request)).await?;
    let answer: Response = answer.dyn_into()?;
    let body: ArrayBuffer = JsFuture::from(answer.array_buffer()?).await?.dyn_into()?;
    Ok((answer.ok(), Uint8Array::new(&body).to_vec()))
}
