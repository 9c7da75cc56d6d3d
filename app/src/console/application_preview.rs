//! How the widget would look, in a real frame beside the form: what is typed is sent when nobody has typed for a
//! moment, and the frame is loaded with the key of the answer.

use super::application_edit::Edit;
use super::browser;
use super::live::{does, drawn, live};
use crate::doors::application::preview_application;
use domain::profile::TONGUES;
use js_sys::{Object, Reflect};
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::time::Duration;
use wasm_bindgen::JsValue;
use web_sys::MessageEvent;

/// Nobody types more slowly while he is typing.
const PAUSE: Duration = Duration::from_millis(500);

#[component]
pub fn Preview(edit: Edit) -> impl IntoView {
    let says = edit.says;
    let closed = RwSignal::new(false);
    let key = RwSignal::new(None::<String>);
    let is_wrong = RwSignal::new(false);
    let turn = StoredValue::new(0_u32);
    Effect::new(move || {
        let settings = edit.now.get();
        let closed = closed.get();
        turn.update_value(|turn| *turn += 1);
        let mine = turn.get_value();
        // Only what was typed last is sent, and only its answer is shown.
        let is_last = move || turn.try_get_value() == Some(mine);
        set_timeout(
            move || {
                if !is_last() {
                    return;
                }
                spawn_local(async move {
                    let answer = preview_application(settings, closed).await;
                    if is_last() {
                        is_wrong.try_set(answer.is_err());
                        if let Ok(fresh) = answer {
                            key.try_set(Some(fresh));
                        }
                    }
                });
            },
            PAUSE,
        );
    });
    let frame: NodeRef<html::Iframe> = NodeRef::new();
    let heard = window_event_listener(leptos::ev::message, move |event| greet(frame, &event));
    on_cleanup(move || heard.remove());
    let name = browser::new_id();
    let state = move |away: bool, label: &'static str| {
        let name = name.clone();
        view! {
            <label class="segment__item">
                <input class="visually-hidden" type="radio" name=name prop:checked=live(move || closed.get() == away) on:change=does(move |_| closed.set(away))/>
                {label}
            </label>
        }
    };
    let lang = RwSignal::new(edit.board.words.common.lang.to_owned());
    let address = move |key: &str, lang: &str| {
        let accent = edit.now.with_untracked(|now| now.accent.trim().replace('#', "%23"));
        ["/w/frame?key=", key, "&lang=", lang, "&accent=", &accent].concat()
    };
    let spoken = TONGUES.map(|one| {
        view! { <option value=one selected=one == lang.get_untracked()>{one.to_uppercase()}</option> }
    });
    view! {
        <aside class="preview" aria-label=says.preview>
            <fieldset class="application-form__fieldset">
                <legend class="visually-hidden">{says.preview}</legend>
                <span class="segment">{state(false, says.preview_home)}{state(true, says.preview_closed)}</span>
                <select class="field__box preview__lang" aria-label=says.preview_lang on:change=does(move |event| lang.set(event_target_value(&event)))>
                    {spoken.into_iter().collect_view()}
                </select>
            </fieldset>
            <p class="preview__say">{says.preview_say}</p>
            <p class="preview__say" role="status" hidden=live(move || !is_wrong.get())>{says.preview_fault}</p>
            {drawn(move || key.get().map(|key| view! {
                <iframe class="preview__frame" node_ref=frame title=says.preview src=address(&key, &lang.get()) sandbox="allow-scripts allow-same-origin allow-forms"></iframe>
            }))}
        </aside>
    }
}

/// What the loader says to a frame that is ready: here is a page, and somebody looks. Only to the frame that is shown.
fn greet(frame: NodeRef<html::Iframe>, event: &MessageEvent) {
    let Some(inside) = frame.try_get_untracked().flatten().and_then(|frame| frame.content_window()) else { return };
    let is_it =
        event.source().is_some_and(|source| Object::is(&source, &inside)) && event.origin() == browser::origin();
    let said = |name: &str| Reflect::get(&event.data(), &name.into()).unwrap_or(JsValue::UNDEFINED);
    if !is_it || said("recado").as_f64() != Some(1.0) || said("type").as_string().as_deref() != Some("ready") {
        return;
    }
    let origin = browser::origin();
    for (kind, name, value) in [("hello", "page", JsValue::from(&origin)), ("visible", "yes", JsValue::TRUE)] {
        let message = Object::new();
        for (name, value) in [("recado", JsValue::from(1)), ("type", kind.into()), (name, value)] {
            let _ = Reflect::set(&message, &name.into(), &value);
        }
        let _ = inside.post_message(&message, &origin);
    }
}
