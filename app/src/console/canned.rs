//! Canned answers: one's own, those of the groups that one administers, and the house's.

use super::board::{Board, board};
use super::browser;
use super::icon::Icon;
use super::live::{derived, does, live, memo, rows, waits};
use super::note;
use super::stock::{self, read_scope};
use super::ticket_form::select;
use crate::doors::Failure;
use crate::doors::canned::{drop_canned, keep_canned};
use crate::words::canned::{self as says, Words};
use domain::act::MESSAGE_LIMIT;
use domain::canned::{Canned, Index, SHORTCUT_LIMIT, Scope};
use domain::{Refusal, Trouble};
use leptos::html;
use leptos::prelude::*;
use leptos::task::{spawn_local, tick};
use web_sys::{KeyboardEvent, SubmitEvent};

#[derive(Clone, Copy)]
struct Page {
    board: Board,
    says: &'static Words,
    scope: RwSignal<Scope>,
    /// None: on their way.
    all: RwSignal<Option<Vec<Canned>>>,
    failed: RwSignal<Option<String>>,
    typed: RwSignal<String>,
    /// What is being written; none: nothing.
    writes: RwSignal<Option<Canned>>,
    is_new: RwSignal<bool>,
    form: NodeRef<html::Dialog>,
    removes: RwSignal<Option<Canned>>,
    /// Why it was not removed.
    stays: RwSignal<Option<String>>,
    ask: NodeRef<html::Dialog>,
}

#[component]
pub fn Answers() -> impl IntoView {
    let board = board();
    let page = Page {
        board,
        says: says::of(board.words.common.lang),
        scope: RwSignal::new(Scope::Own),
        all: RwSignal::new(None),
        failed: RwSignal::new(None),
        typed: RwSignal::new(String::new()),
        writes: RwSignal::new(None),
        is_new: RwSignal::new(false),
        form: NodeRef::new(),
        removes: RwSignal::new(None),
        stays: RwSignal::new(None),
        ask: NodeRef::new(),
    };
    Effect::new(move || {
        board.round.track();
        page.read(page.scope.get());
    });
    let (words, says) = (board.words, page.says);
    let options = derived(move || page.scopes().into_iter().map(|(scope, name)| (word(&scope), name)).collect());
    let set = Callback::new(move |value: String| {
        if let Some((scope, _)) = untrack(|| page.scopes()).into_iter().find(|(scope, _)| word(scope) == value) {
            page.all.set(None);
            page.scope.set(scope);
        }
    });
    // A thousand long texts are folded when they come, and not at each letter.
    let index = memo(move |_| Index::new(page.all.get().unwrap_or_default()));
    let found = memo(move |_| {
        let typed = page.typed.get();
        index.with(|index| {
            index.find(typed.trim_start_matches('/'), usize::MAX).into_iter().cloned().collect::<Vec<_>>()
        })
    });
    let shown = move || found.get();
    let none = move || match (page.all.with(|all| all.as_ref().map(Vec::is_empty)), found.with(Vec::is_empty)) {
        (Some(true), _) => Some(says.none),
        (Some(false), true) => Some(says.none_found),
        _ => None,
    };
    view! {
        <div class="desk__work">
            <div class="view view--paper">
                <p class="view__say">{says.say}</p>
                <div class="answers__head">
                    <label class="field"><span class="field__label">{says.whose}</span>{select(options, derived(move || word(&page.scope.get())), set)}</label>
                    <label class="field answers__search">
                        <span class="field__label">{says.search}</span>
                        <input class="field__box" type="search" maxlength="60" prop:value=live(move || page.typed.get()) on:input=does(move |event| page.typed.set(event_target_value(&event)))/>
                    </label>
                    <button class="button button--act" type="button" on:click=does(move |_| page.write(None))><Icon name="plus" small=true/>{says.new}</button>
                </div>
                <p class="banner banner--bad" role="alert" hidden=live(move || page.failed.with(Option::is_none))><span class="banner__text">{live(move || page.failed.get())}</span></p>
                <section class="sheet answers" aria-label=says.canned aria-busy=live(move || page.all.with(Option::is_none).to_string())>
                    <table class="table table--tall" hidden=live(move || found.with(Vec::is_empty))>
                        <thead><tr><th scope="col">{says.shortcut}</th><th scope="col">{says.text}</th><th scope="col"><span class="visually-hidden">{says.remove}</span></th></tr></thead>
                        <tbody>{rows(shown, |canned| canned.id.clone(), move |canned| view! { <Row page=page canned=canned/> })}</tbody>
                    </table>
                    <div class="empty empty--s" role="status" hidden=live(move || none().is_none())><p>{live(none)}</p></div>
                    <p class="visually-hidden" role="status" hidden=live(move || page.all.with(Option::is_some))>{words.loading}</p>
                </section>
            </div>
            <Write page=page/>
            <Remove page=page/>
        </div>
    }
}

/// A scope as the value of an option.
fn word(scope: &Scope) -> String {
    match scope {
        Scope::House => "house".into(),
        Scope::Group(group) => ["group ", group].concat(),
        Scope::Own => "own".into(),
    }
}

impl Page {
    /// Those that he may change.
    fn scopes(self) -> Vec<(Scope, String)> {
        self.board.me.with(|me| {
            let groups = me.groups.iter().map(|group| (Scope::Group(group.id.clone()), group.name.clone()));
            let all = std::iter::once((Scope::Own, self.says.own.to_owned()))
                .chain(groups)
                .chain(std::iter::once((Scope::House, self.says.house.to_owned())));
            all.filter(|(scope, _)| scope.is_kept_by(&me.agent)).collect()
        })
    }

    fn read(self, scope: Scope) {
        spawn_local(async move {
            let read = read_scope(scope.clone()).await;
            // Another may have been chosen meanwhile.
            if self.scope.try_get_untracked() != Some(scope) {
                return;
            }
            match read {
                Ok(all) => {
                    self.failed.set(None);
                    self.all.set(Some(all));
                }
                Err(failure) => self.failed.set(Some(note::why(self.board.words, &failure))),
            }
        });
    }

    fn write(self, canned: Option<Canned>) {
        self.is_new.set(canned.is_none());
        self.writes.set(Some(canned.unwrap_or_else(|| Canned {
            id: browser::new_id(),
            scope: self.scope.get_untracked(),
            shortcut: String::new(),
            text: String::new(),
            changed_at: None,
        })));
        if let Some(form) = self.form.get_untracked() {
            let _ = form.show_modal();
        }
    }

    fn ask(self, canned: Canned) {
        self.stays.set(None);
        self.removes.set(Some(canned));
        if let Some(ask) = self.ask.get_untracked() {
            let _ = ask.show_modal();
        }
    }

    /// A colleague was faster: what he did, and that saving again, now that it is read, goes past it. What was typed
    /// stays in the form. None: it failed for another reason.
    async fn behind(self, canned: &Canned, failure: &Failure) -> Option<String> {
        let Failure::Trouble(Trouble::Refused(why @ (Refusal::Overtaken { .. } | Refusal::NotYours))) = failure else {
            return None;
        };
        let all = read_scope(canned.scope.clone()).await.ok()?;
        let stands = all.iter().find(|one| one.id == canned.id).cloned();
        // Nothing that is drawn changes: what is said of it would be cleared.
        let read_at = stands.as_ref().and_then(|stands| stands.changed_at);
        self.writes.try_update_untracked(|writes| {
            writes.iter_mut().filter(|one| one.id == canned.id).for_each(|one| one.changed_at = read_at)
        })?;
        if self.scope.try_get_untracked().as_ref() == Some(&canned.scope) {
            self.all.set(Some(all));
        }
        Some(match (why, stands) {
            (Refusal::Overtaken { by }, Some(stands)) => (self.says.overtaken)(by, &stands.shortcut, &stands.text),
            (_, Some(stands)) => (self.says.overtaken)("", &stands.shortcut, &stands.text),
            (_, None) => self.says.gone.into(),
        })
    }

    fn still_writes(self, id: &str) -> bool {
        self.writes.try_with_untracked(|writes| writes.as_ref().is_some_and(|one| one.id == id)) == Some(true)
    }

    /// As the server has it now, without reading all again. Another scope may be shown by now.
    fn put(self, canned: Canned) {
        stock::forget();
        if self.scope.try_get_untracked().as_ref() != Some(&canned.scope) {
            return;
        }
        self.all.try_update(|all| {
            let all = all.get_or_insert_with(Vec::new);
            match all.iter_mut().find(|one| one.id == canned.id) {
                Some(one) => *one = canned,
                None => all.push(canned),
            }
        });
    }

    fn take_out(self, id: &str) {
        stock::forget();
        self.all.try_update(|all| all.iter_mut().for_each(|all| all.retain(|one| one.id != id)));
        browser::hold_focus(".answers__search input");
    }

    /// A colleague was faster: what it says now, and that removing again, now that it is read, takes it with it. None:
    /// it failed for another reason, or is gone by now.
    async fn changed(self, canned: &Canned, failure: &Failure) -> Option<String> {
        let Failure::Trouble(Trouble::Refused(Refusal::Overtaken { by })) = failure else { return None };
        let all = read_scope(canned.scope.clone()).await.ok()?;
        let stands = all.iter().find(|one| one.id == canned.id).cloned()?;
        let text = (self.says.changed)(by, &stands.shortcut, &stands.text);
        self.removes.try_update(|removes| {
            removes.iter_mut().filter(|one| one.id == stands.id).for_each(|one| one.clone_from(&stands))
        })?;
        if self.scope.try_get_untracked().as_ref() == Some(&canned.scope) {
            self.all.try_set(Some(all));
        }
        Some(text)
    }
}

fn close(dialog: NodeRef<html::Dialog>) {
    if let Some(dialog) = dialog.try_get_untracked().flatten() {
        dialog.close();
    }
}

/// It stays the same row when it is changed: whoever has opened the form from it is back there when he has saved.
#[component]
fn Row(page: Page, canned: Canned) -> impl IntoView {
    let one = memo(move |before: Option<&Canned>| {
        let now = page.all.with(|all| all.iter().flatten().find(|one| one.id == canned.id).cloned());
        // Removed: the row is about to go.
        now.or_else(|| before.cloned()).unwrap_or_else(|| canned.clone())
    });
    let shortcut = move || one.with(|one| ["/", &one.shortcut].concat());
    view! {
        <tr>
            <td><button class="linklike table__main" type="button" on:click=does(move |_| page.write(Some(one.get_untracked())))>{live(shortcut)}</button></td>
            <td class="table__cut" dir="auto">{live(move || one.with(|one| one.text.clone()))}</td>
            <td class="table__num">
                <button class="button button--bare button--icon button--s" type="button" aria-label=live(move || [page.says.remove, " ", &shortcut()].concat()) on:click=does(move |_| page.ask(one.get_untracked()))><Icon name="x" small=true/></button>
            </td>
        </tr>
    }
}

/// A new one, or one as it is to be. What was typed stays while it was not kept.
#[component]
fn Write(page: Page) -> impl IntoView {
    let (words, says) = (page.board.words, page.says);
    let saving = RwSignal::new(false);
    let fault = RwSignal::new(None::<(String, String)>);
    Effect::new(move || {
        page.writes.with(|writes| writes.as_ref().map(|w| w.id.clone()));
        fault.set(None);
    });
    let save = move || {
        let Some(canned) = page.writes.get_untracked().filter(|_| !saving.get_untracked()) else { return };
        saving.set(true);
        fault.set(None);
        spawn_local(async move {
            let kept = keep_canned(canned.clone()).await;
            saving.try_set(false);
            match kept {
                Ok(kept) => {
                    page.put(kept);
                    // The row moves where its shortcut is another: only then the browser takes him back to it.
                    tick().await;
                    if page.still_writes(&canned.id) {
                        close(page.form);
                        page.writes.set(None);
                    }
                }
                Err(failure) => {
                    let text = match page.behind(&canned, &failure).await {
                        Some(text) => text,
                        None => note::why(words, &failure),
                    };
                    // He may be writing another by now.
                    if page.still_writes(&canned.id) {
                        fault.set(Some((field(&failure).to_owned(), text)));
                    }
                }
            }
        });
    };
    let key = move |event: KeyboardEvent| {
        if event.key() == "Enter" && (event.ctrl_key() || event.meta_key()) {
            event.prevent_default();
            save();
        }
    };
    let change = move |change: &dyn Fn(&mut Canned)| page.writes.update(|writes| writes.iter_mut().for_each(change));
    let of = move |what: fn(&Canned) -> &String| {
        page.writes.with(|writes| writes.as_ref().map(what).cloned()).unwrap_or_default()
    };
    let at = move |name: &'static str| {
        fault.with(|fault| fault.as_ref().filter(|(field, _)| field == name).map(|(_, why)| why.clone()))
    };
    let title = browser::new_id();
    view! {
        <dialog class="dialog" node_ref=page.form aria-labelledby=title.clone() on:keydown=does(key)>
            <h2 id=title.clone()>{live(move || if page.is_new.get() { says.new } else { says.edit })}</h2>
            <form class="dialog__fields" on:submit=does(move |event: SubmitEvent| { event.prevent_default(); save() })>
                <label class="field" class:field--bad=live(move || at("shortcut").is_some())>
                    <span class="field__label">{says.shortcut}" "<span class="field__hint">{says.shortcut_hint}</span></span>
                    <input class="field__box" type="text" autofocus autocapitalize="none" maxlength=SHORTCUT_LIMIT.to_string() prop:value=live(move || of(|canned| &canned.shortcut))
                        on:input=does(move |event| { let typed = event_target_value(&event); change(&|canned| canned.shortcut = typed.clone()) })/>
                    <span class="field__fault" role="alert">{live(move || at("shortcut"))}</span>
                </label>
                <label class="field" class:field--bad=live(move || at("text").is_some())>
                    <span class="field__label">{says.text}" "<span class="field__hint">{says.text_hint}</span></span>
                    <textarea class="field__box" rows="6" dir="auto" maxlength=MESSAGE_LIMIT.to_string() prop:value=live(move || of(|canned| &canned.text))
                        on:input=does(move |event| { let typed = event_target_value(&event); change(&|canned| canned.text = typed.clone()) })></textarea>
                    <span class="field__fault" role="alert">{live(move || at("text"))}</span>
                </label>
                <p class="banner banner--bad" role="alert" hidden=live(move || at("").is_none())><span class="banner__text">{live(move || at(""))}</span></p>
                <div class="dialog__acts">
                    <button class="button" type="button" on:click=does(move |_| close(page.form))>{words.cancel}</button>
                    <button class="button button--act" type="submit" aria-disabled=waits(saving)>{live(move || if saving.get() { words.saving } else { words.save })}</button>
                </div>
            </form>
        </dialog>
    }
}

/// The field that a refusal is about; empty: the whole.
fn field(failure: &Failure) -> &str {
    match failure {
        Failure::Trouble(Trouble::Refused(Refusal::ShortcutTaken)) => "shortcut",
        Failure::Trouble(Trouble::Refused(why)) => why.field().unwrap_or_default(),
        _ => "",
    }
}

/// It cannot be undone, so it is asked once more.
#[component]
fn Remove(page: Page) -> impl IntoView {
    let (words, says) = (page.board.words, page.says);
    let (title, text) = (browser::new_id(), browser::new_id());
    let removing = RwSignal::new(false);
    let remove = move |_| {
        let Some(canned) = page.removes.get_untracked().filter(|_| !removing.get_untracked()) else { return };
        removing.set(true);
        page.stays.set(None);
        spawn_local(async move {
            let gone = drop_canned(canned.scope.clone(), canned.id.clone(), canned.changed_at).await;
            let stays = match gone {
                Ok(()) => {
                    page.take_out(&canned.id);
                    None
                }
                Err(failure) => {
                    let changed = page.changed(&canned, &failure).await;
                    if changed.is_none() {
                        page.board.fail(failure);
                    }
                    changed
                }
            };
            removing.try_set(false);
            // He may be asked about another by now.
            let asked = page.removes.try_with_untracked(|one| one.as_ref().is_some_and(|one| one.id == canned.id));
            if asked != Some(true) {
                return;
            }
            if stays.is_none() {
                close(page.ask);
            }
            page.stays.try_set(stays);
        });
    };
    let question = move || page.removes.with(|one| one.as_ref().map(|one| (says.remove_ask)(&one.shortcut)));
    view! {
        <dialog class="dialog" node_ref=page.ask aria-labelledby=title.clone() aria-describedby=text.clone()>
            <h2 id=title.clone()>{live(question)}</h2>
            <p id=text.clone()>{says.remove_say}</p>
            <p class="banner banner--bad" role="alert" hidden=live(move || page.stays.with(Option::is_none))><span class="banner__text">{live(move || page.stays.get())}</span></p>
            <div class="dialog__acts">
                <button class="button" type="button" on:click=does(move |_| close(page.ask))>{words.cancel}</button>
                <button class="button button--act" type="button" autofocus on:click=does(remove)>{says.remove}</button>
            </div>
        </dialog>
    }
}
