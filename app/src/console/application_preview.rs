//! How the widget would look, in a real frame beside the form: what is typed is sent when nobody has typed for a
//! moment, and the frame is loaded with the key of the answer. What of it is shown is said to the frame as a page says
//! it, so the widget knows nothing of this. The launcher is drawn by the loader itself, on a page of nobody's.

use super::application_edit::Edit;
use super::browser;
use super::live::{does, drawn, live, memo};
use crate::doors::application::preview_application;
use domain::application::Settings;
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
/// By what the frame knows somebody who has a conversation. It is nobody's: only the draft's own is found by it.
const TOKEN: &str = "preview";

/// What of it is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shown {
    Icon,
    Home,
    Form,
    Wait,
    Talk,
    /// Outside its hours: the message.
    Away,
}

impl Shown {
    fn is_of(self, settings: &Settings) -> bool {
        match self {
            Shown::Icon | Shown::Home => true,
            Shown::Form => settings.setup.kind.has_chat() && !settings.form.is_empty(),
            Shown::Wait | Shown::Talk | Shown::Away => settings.setup.kind.has_chat(),
        }
    }
}

/// A frame: the key of its draft, and what of it is shown.
#[derive(Clone)]
struct Framed {
    key: String,
    shown: Shown,
    /// The subject that somebody chooses.
    subject: String,
}

#[component]
pub fn Preview(edit: Edit) -> impl IntoView {
    let says = edit.says;
    let chosen = RwSignal::new(Shown::Home);
    let shown = memo(move |_| {
        let chosen = chosen.get();
        if edit.now.with(|now| chosen.is_of(now)) { chosen } else { Shown::Home }
    });
    let framed = RwSignal::new(None::<Framed>);
    let is_wrong = RwSignal::new(false);
    let turn = StoredValue::new(0_u32);
    Effect::new(move || {
        let settings = edit.now.get();
        let shown = shown.get();
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
                    let subject = settings.groups.first().cloned().unwrap_or_default();
                    let answer = preview_application(settings, shown == Shown::Away).await;
                    if is_last() {
                        is_wrong.try_set(answer.is_err());
                        if let Ok(key) = answer {
                            framed.try_set(Some(Framed { key, shown, subject }));
                        }
                    }
                });
            },
            PAUSE,
        );
    });
    let frame: NodeRef<html::Iframe> = NodeRef::new();
    let lang = RwSignal::new(edit.board.words.common.lang.to_owned());
    let heard = window_event_listener(leptos::ev::message, move |event| {
        if let Some(framed) = framed.try_get_untracked().flatten() {
            greet(frame, &event, &framed, &lang.get_untracked());
        }
    });
    on_cleanup(move || heard.remove());
    let name = browser::new_id();
    let state = move |one: Shown, label: &'static str| {
        let name = name.clone();
        view! {
            <label class="segment__item" hidden=live(move || !edit.now.with(|now| one.is_of(now)))>
                <input class="visually-hidden" type="radio" name=name prop:checked=live(move || shown.get() == one) on:change=does(move |_| chosen.set(one))/>
                {label}
            </label>
        }
    };
    let address = move |key: &str, shown: Shown, lang: &str| {
        if shown == Shown::Icon {
            return ["/w/host?key=", key, "&lang=", lang].concat();
        }
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
                <span class="segment application-form__segment">
                    {state(Shown::Icon, says.icon)}{state(Shown::Home, says.preview_home)}{state(Shown::Form, says.preview_form)}
                    {state(Shown::Wait, says.preview_wait)}{state(Shown::Talk, says.preview_talk)}
                    {state(Shown::Away, says.preview_closed)}
                </span>
                <select class="field__box preview__lang" aria-label=says.preview_lang on:change=does(move |event| lang.set(event_target_value(&event)))>
                    {spoken.into_iter().collect_view()}
                </select>
            </fieldset>
            <p class="preview__say">{says.preview_say}</p>
            <p class="preview__say" role="status" hidden=live(move || !is_wrong.get())>{says.preview_fault}</p>
            {drawn(move || framed.get().map(|Framed { key, shown, .. }| view! {
                <iframe class="preview__frame" node_ref=frame title=says.preview src=address(&key, shown, &lang.get()) sandbox="allow-scripts allow-same-origin allow-forms"></iframe>
            }))}
        </aside>
    }
}

/// What the loader says to a frame that is ready: here is a page, and somebody looks. Only to the frame that is shown.
fn greet(frame: NodeRef<html::Iframe>, event: &MessageEvent, framed: &Framed, lang: &str) {
    let Some(inside) = frame.try_get_untracked().flatten().and_then(|frame| frame.content_window()) else { return };
    let is_it =
        event.source().is_some_and(|source| Object::is(&source, &inside)) && event.origin() == browser::origin();
    let said = |name: &str| Reflect::get(&event.data(), &name.into()).unwrap_or(JsValue::UNDEFINED);
    if !is_it || said("recado").as_f64() != Some(1.0) || said("type").as_string().as_deref() != Some("ready") {
        return;
    }
    let origin = browser::origin();
    for (kind, mut more) in says(framed, lang) {
        more.extend([("recado", JsValue::from(1)), ("type", kind.into())]);
        let _ = inside.post_message(&object(more), &origin);
    }
}

type Said = Vec<(&'static str, JsValue)>;

/// What is said, one after the other, so that it stands where it is shown.
fn says(framed: &Framed, lang: &str) -> Vec<(&'static str, Said)> {
    let mut hello: Said = vec![("page", JsValue::from_str(&browser::origin()))];
    let looks = ("visible", vec![("yes", JsValue::TRUE)]);
    let begins = |subject: &str| {
        let subject = object(vec![("subject", JsValue::from_str(subject))]);
        ("call", vec![("act", JsValue::from_str("startChat")), ("arg", subject)])
    };
    match framed.shown {
        Shown::Icon | Shown::Home => vec![("hello", hello), looks],
        Shown::Form => vec![("hello", hello), looks, begins("")],
        // Nothing is asked, nobody is there: his subject leads to the message.
        Shown::Away => vec![("hello", hello), looks, begins(&framed.subject)],
        // Nobody looks: what somebody has read is kept in this browser.
        Shown::Wait | Shown::Talk => {
            let chat =
                [framed.key.as_str(), "-", lang, if framed.shown == Shown::Wait { "-waits" } else { "" }].concat();
            hello.extend([("token", JsValue::from_str(TOKEN)), ("draft", JsValue::from_str(&kept(&chat)))]);
            vec![("hello", hello)]
        }
    }
}

fn object(of: Said) -> JsValue {
    let object = Object::new();
    for (name, value) in of {
        let _ = Reflect::set(&object, &name.into(), &value);
    }
    object.into()
}

/// What a frame keeps of somebody who has this conversation before him, as `widget/src/keep.rs` packs it: there its
/// story holds this very text. Under `over` no line is opened, since nothing more will be told.
fn kept(over: &str) -> String {
    const NOTHING: u8 = 0;
    let mut bytes = Vec::new();
    // Shorter than 128 bytes, so that one says how long it is.
    let text = |bytes: &mut Vec<u8>, text: &str| {
        bytes.push(text.len() as u8);
        bytes.extend(text.bytes());
    };
    text(&mut bytes, TOKEN);
    // Chat, answers, opening, draft, unsent, seen.
    bytes.extend([NOTHING; 6]);
    text(&mut bytes, over);
    // Mute, message, leaving, fresh, former.
    bytes.extend([NOTHING; 5]);
    let half = |n: u8| char::from(b'a' + (n & 15));
    bytes.iter().flat_map(|byte| [half(byte >> 4), half(*byte)]).collect()
}
