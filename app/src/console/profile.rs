//! My own account: who I am, my photo, how the console is; and what keeps it mine.

use super::board::{Board, board};
use super::browser;
use super::live::{does, drawn, live, memo, waits};
use super::note::{self, Kind};
use super::{factor, password, session};
use crate::doors::profile as door;
use crate::doors::{Answer, Failure};
use crate::words::account::{self, Words};
use domain::profile::{Change, LANGUAGES, NAME_LIMIT, Profile as Mine, TONGUES, Theme, tongue};
use domain::wire::POSTCARD;
use domain::{Refusal, Trouble};
use js_sys::{ArrayBuffer, Reflect, Uint8Array};
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Headers, HtmlElement, RequestInit, Response, SubmitEvent};

#[component]
pub fn Profile() -> impl IntoView {
    let board = board();
    let words = board.words;
    let mine = RwSignal::new(None::<Mine>);
    let failed = RwSignal::new(None::<String>);
    // What is done here may end sessions elsewhere: they are read again.
    let deeds = RwSignal::new(0);
    let done = Callback::new(move |()| {
        deeds.try_update(|deeds| *deeds += 1);
    });
    Effect::new(move || {
        board.round.track();
        read(board, mine, failed);
    });
    // Whoever acts here has it read again: what is shown stays, and what is half typed in it.
    let state = memo(move |_| (mine.with(Option::is_some), failed.get()));
    view! {
        <div class="desk__work">
            <div class="view view--paper account">
                {drawn(move || match state.get() {
                    (true, _) => view! {
                        <About mine=mine/>
                        <password::Password changed=done/>
                        <factor::Factor mine=mine changed=Callback::new(move |()| { read(board, mine, failed); done.run(()) })/>
                        <session::Sessions deeds=deeds/>
                    }.into_any(),
                    (false, Some(why)) => view! { <div class="empty" role="alert"><p>{why}</p></div> }.into_any(),
                    (false, None) => view! { <p class="visually-hidden" role="status">{words.loading}</p> }.into_any(),
                })}
            </div>
        </div>
    }
}

fn read(board: Board, mine: RwSignal<Option<Mine>>, failed: RwSignal<Option<String>>) {
    spawn_local(async move {
        match door::read_profile().await {
            Ok(read) => {
                failed.try_set(None);
                mine.try_set(Some(read));
            }
            Err(failure) => {
                failed.try_set(Some(note::why(board.words, &failure)));
                board.fail(failure);
            }
        }
    });
}

/// What this view is about says some refusals better than every screen can.
pub fn why(board: Board, failure: &Failure) -> String {
    let says = account::of(board.words.common.lang);
    match failure {
        Failure::Trouble(Trouble::Refused(Refusal::WrongPassword)) => says.password_wrong.into(),
        Failure::Trouble(Trouble::Refused(Refusal::FieldWrong { .. })) => says.code_wrong.into(),
        Failure::Trouble(Trouble::Refused(Refusal::FileKind | Refusal::FileBroken)) => says.photo_kind.into(),
        failure => note::why(board.words, failure),
    }
}

/// A part of the account, under its name.
#[component]
pub fn Part(title: &'static str, say: &'static str, children: Children) -> impl IntoView {
    view! {
        <section class="sheet account__part" aria-label=title>
            <header class="account__head"><h2>{title}</h2><p class="view__say">{say}</p></header>
            {children()}
        </section>
    }
}

/// What had the focus in a part may have gone.
pub fn holds_focus(title: &str) {
    browser::hold_focus(&[".account__part[aria-label=\"", title, "\"] h2"].concat());
}

/// Why something was not taken, beside it.
#[component]
pub fn Fault(fault: RwSignal<String>) -> impl IntoView {
    view! {
        <p class="banner banner--bad" role="alert" hidden=live(move || fault.with(String::is_empty))>
            <span class="banner__text">{live(move || fault.get())}</span>
        </p>
    }
}

#[component]
fn About(mine: RwSignal<Option<Mine>>) -> impl IntoView {
    let board = board();
    let words = board.words;
    let says = account::of(words.common.lang);
    let was = mine.get_untracked().expect("it is known");
    let name = RwSignal::new(was.name.clone());
    let lang = RwSignal::new(was.lang.clone());
    let languages = RwSignal::new(was.languages.clone());
    let theme = RwSignal::new(was.theme);
    let (fault, saving) = (RwSignal::new(String::new()), RwSignal::new(false));
    let save = move |event: SubmitEvent| {
        event.prevent_default();
        let change = Change {
            name: name.get_untracked(),
            lang: lang.get_untracked(),
            languages: languages.get_untracked(),
            theme: theme.get_untracked(),
        };
        if saving.get_untracked() {
            return;
        }
        saving.set(true);
        spawn_local(async move {
            let saved = door::save_profile(change.clone()).await;
            saving.try_set(false);
            match saved {
                Ok(()) => {
                    fault.try_set(String::new());
                    dress(change.theme);
                    board.me.update(|me| me.agent.face.name = change.name.trim().into());
                    board.note(Kind::Plain, says.saved.into());
                    // Its words are a part of what was loaded.
                    if change.lang != words.common.lang {
                        browser::reload();
                    }
                }
                Err(failure) => drop(fault.try_set(why(board, &failure))),
            }
        });
    };
    let toggle = move |tag: &'static str, speaks: bool| {
        languages.update(|all| {
            all.retain(|one| one != tag);
            if speaks {
                all.push(tag.into());
            }
        });
    };
    view! {
        <Part title=says.about_me say=says.email_say>
            <Photo mine=mine/>
            <form class="account__fields" on:submit=does(save)>
                <Fault fault=fault/>
                <label class="field">
                    <span class="field__label">{says.shown_name}" "<span class="field__hint">{says.shown_name_hint}</span></span>
                    <input class="field__box" type="text" required autocomplete="name" maxlength=NAME_LIMIT.to_string() prop:value=live(move || name.get()) on:input=does(move |event| name.set(event_target_value(&event)))/>
                </label>
                <p class="field"><span class="field__label">{words.email}</span><span>{was.email.clone()}</span></p>
                <label class="field">
                    <span class="field__label">{says.tongue}</span>
                    <select class="field__box" on:change=does(move |event| lang.set(event_target_value(&event)))>
                        {TONGUES.into_iter().map(|tag| view! { <option value=tag selected={was.lang == tag}>{tongue(tag)}</option> }).collect_view()}
                    </select>
                </label>
                <label class="field">
                    <span class="field__label">{says.theme}</span>
                    <select class="field__box" on:change=does(move |event| theme.set(Theme::of(&event_target_value(&event)).unwrap_or_default()))>
                        {Theme::ALL.into_iter().map(|one| view! { <option value=one.word() selected={was.theme == one}>{(says.themes)(one)}</option> }).collect_view()}
                    </select>
                </label>
                <fieldset class="account__languages">
                    <legend class="field__label">{says.languages}</legend>
                    {LANGUAGES.into_iter().map(|(tag, called)| view! {
                        <label class="account__language">
                            <input type="checkbox" checked={was.languages.iter().any(|one| one == tag)} on:change=does(move |event| toggle(tag, event_target_checked(&event)))/>
                            <span lang=tag>{called}</span>
                        </label>
                    }).collect_view()}
                </fieldset>
                <div class="account__acts"><button class="button button--act" type="submit" aria-disabled=waits(saving)>{words.save}</button></div>
            </form>
        </Part>
    }
}

/// The document as this theme wants it, at once; the server draws the next one so.
fn dress(theme: Theme) {
    let Some(root) = document().document_element() else { return };
    let _ = match theme {
        Theme::System => root.remove_attribute("data-theme"),
        theme => root.set_attribute("data-theme", theme.word()),
    };
}

#[component]
fn Photo(mine: RwSignal<Option<Mine>>) -> impl IntoView {
    let board = board();
    let says = account::of(board.words.common.lang);
    let input: NodeRef<html::Input> = NodeRef::new();
    let (fault, sending) = (RwSignal::new(String::new()), RwSignal::new(false));
    let since = memo(move |_| mine.with(|mine| mine.as_ref().and_then(|mine| mine.photo)));
    let me = board.me.with_untracked(|me| me.agent.face.clone());
    let told = move |answer: Answer<()>| {
        sending.try_set(false);
        holds_focus(says.about_me);
        match answer {
            Ok(()) => {
                fault.try_set(String::new());
                spawn_local(async move {
                    if let Ok(read) = door::read_profile().await {
                        show_anew(&read);
                        mine.try_set(Some(read));
                    }
                });
            }
            Err(failure) => drop(fault.try_set(why(board, &failure))),
        }
    };
    let send = move |event: web_sys::Event| {
        let list = event.target().and_then(|input| Reflect::get(&input, &"files".into()).ok());
        let file = list.and_then(|list| Reflect::get_u32(&list, 0).ok()).filter(JsValue::is_truthy);
        let Some(file) = file.filter(|_| !sending.get_untracked()) else { return };
        sending.set(true);
        spawn_local(async move {
            told(put(&file).await);
            // The same file may be chosen again.
            if let Some(input) = input.try_get_untracked().flatten() {
                input.set_value("");
            }
        });
    };
    let remove = move |_| {
        if sending.get_untracked() {
            return;
        }
        sending.set(true);
        spawn_local(async move { told(door::remove_photo().await) });
    };
    let id = StoredValue::new(me.id.clone());
    view! {
        <div class="account__photo">
            {drawn(move || match since.get() {
                Some(since) => {
                    let address = ["/faces/", &id.get_value(), "/large?since=", &since.0.to_string()].concat();
                    view! { <img class="account__picture" src=address width="96" height="96" alt=says.photo/> }.into_any()
                }
                None => view! { <super::face::Avatar face=board.me.with(|me| me.agent.face.clone()) large=true/> }.into_any(),
            })}
            <div class="account__beside">
                <p class="view__say">{says.photo_say}</p>
                <Fault fault=fault/>
                <div class="account__acts">
                    <button class="button" type="button" aria-disabled=waits(sending) on:click=does(move |_| if let Some(input) = input.get_untracked() { input.click() })>{says.photo_choose}</button>
                    <button class="button" type="button" hidden=live(move || since.get().is_none()) aria-disabled=waits(sending) on:click=does(remove)>{says.photo_remove}</button>
                </div>
                <input class="visually-hidden" type="file" tabindex="-1" aria-label=says.photo accept="image/png,image/jpeg,image/webp" node_ref=input on:change=does(send)/>
            </div>
        </div>
    }
}

/// Wherever I am drawn already, as in the rail: a browser asks for an address once.
fn show_anew(me: &Mine) {
    let since = me.photo.map_or(0, |since| since.0).to_string();
    let photo = ["url(/faces/", &me.id, "?since=", &since, ")"].concat();
    let Ok(all) = document().query_selector_all(".avatar") else { return };
    for avatar in (0..all.length()).filter_map(|n| all.get(n)?.dyn_into::<HtmlElement>().ok()) {
        let style = avatar.style();
        if style.get_property_value("--face").is_ok_and(|face| face.contains(&me.id)) {
            let _ = style.set_property("--face", &photo);
        }
    }
}

/// Sends a file as it is; what it is, its browser says and the server looks at.
async fn put(file: &JsValue) -> Answer<()> {
    let answer = fetch(file).await.map_err(|_| Failure::Lost)?;
    match answer {
        (true, _) => Ok(()),
        (false, why) => Err(postcard::from_bytes(&why).map_or(Failure::Lost, Failure::Trouble)),
    }
}

async fn fetch(file: &JsValue) -> Result<(bool, Vec<u8>), JsValue> {
    let kind = Reflect::get(file, &"type".into())?.as_string().unwrap_or_default();
    let headers = Headers::new()?;
    headers.set("Accept", POSTCARD)?;
    headers.set("Content-Type", if kind.is_empty() { "application/octet-stream" } else { &kind })?;
    let request = RequestInit::new();
    request.set_method("PUT");
    request.set_headers(&headers);
    request.set_body(file);
    let answer = JsFuture::from(window().fetch_with_str_and_init("/api/me/photo", &request)).await?;
    let answer: Response = answer.dyn_into()?;
    let body: ArrayBuffer = JsFuture::from(answer.array_buffer()?).await?.dyn_into()?;
    Ok((answer.ok(), Uint8Array::new(&body).to_vec()))
}

/// A field for a password.
#[component]
pub fn Secret(
    label: &'static str,
    value: RwSignal<String>,
    #[prop(optional)] hint: &'static str,
    /// It is being chosen, not asked for.
    #[prop(optional)]
    fresh: bool,
) -> impl IntoView {
    let box_: NodeRef<html::Input> = NodeRef::new();
    if !fresh {
        Effect::new(move || {
            if let Some(input) = box_.get() {
                request_animation_frame(move || drop(input.focus()));
            }
        });
    }
    let autocomplete = if fresh { "new-password" } else { "current-password" };
    view! {
        <label class="field">
            <span class="field__label">{label}" "<span class="field__hint">{hint}</span></span>
            <input
                class="field__box" type="password" required autocomplete=autocomplete node_ref=box_
                minlength=fresh.then(|| domain::password::LEAST.to_string()) maxlength=domain::password::MOST.to_string()
                prop:value=live(move || value.get()) on:input=does(move |event| value.set(event_target_value(&event)))
            />
        </label>
    }
}

/// Words of this view.
pub fn says(board: Board) -> &'static Words {
    account::of(board.words.common.lang)
}
