//! The page around the frame: `public/embed.js` at the other end, both checking origin and source.
//!
//! Page to frame: `hello {token?, chat?, draft?, page}`, `open {page}`, `close`, `visible {yes}`,
//! `call {act, arg}`. Frame to page: `ready`, `keep {token, chat, draft}`, `forget`, `unread {n, says}`, `close`,
//! `event {name, detail}`; and `hide`, of an application that is retired (`public/gone.js`). A page may pin an old loader: what is said here is only ever added to.

use crate::dom::{self, window};
use crate::visit::Visit;
use crate::{keep, person};
use js_sys::{Object, Reflect};
use std::cell::RefCell;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{MessageEvent, Window};

thread_local! {
    /// Who embeds us: known from its first answer, and from then on nobody else is heard. That it
    /// may embed us was decided by the `frame-ancestors` of our document.
    static ORIGIN: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// The page around us; none when the window stands alone.
fn around() -> Option<Window> {
    let parent = window().parent().ok().flatten()?;
    (!Object::is(&parent, &window())).then_some(parent)
}

pub fn is_alone() -> bool {
    around().is_none()
}

/// Begins the talk with the page. `ready` goes to whoever it is, as it says nothing.
pub fn listen(visit: Visit) {
    dom::listen(&window(), &["storage"], move |event| {
        if keep::is_forgotten(visit.key(), event.unchecked_ref()) {
            visit.clear();
            // The page of this tab would else bring back who was here.
            forget();
        }
    });
    let Some(page) = around() else { return };
    let around = page.clone();
    dom::listen(&window(), &["message"], move |event| {
        let message: MessageEvent = event.unchecked_into();
        let from_page = message.source().is_some_and(|source| Object::is(&source, &around));
        if from_page && text(&message.data(), "type").is_some() && is_ours(&message.data()) {
            hear(visit, &message);
        }
    });
    let _ = page.post_message(&say("ready", &[]), "*");
}

fn is_ours(data: &JsValue) -> bool {
    Reflect::get(data, &"recado".into()).is_ok_and(|version| version.as_f64() == Some(1.0))
}

fn hear(visit: Visit, message: &MessageEvent) {
    let data = message.data();
    let kind = text(&data, "type").unwrap_or_default();
    let known = ORIGIN.with_borrow(Clone::clone);
    match known {
        None if kind == "hello" => ORIGIN.set(Some(message.origin())),
        Some(origin) if origin == message.origin() => {}
        _ => return,
    }
    match kind.as_str() {
        "hello" => {
            visit.change().address = text(&data, "page").unwrap_or_default();
            visit.resume(text(&data, "token"), text(&data, "chat"), text(&data, "draft"));
        }
        "call" => {
            let arg = Reflect::get(&data, &"arg".into()).unwrap_or_default();
            person::call(visit, &text(&data, "act").unwrap_or_default(), &arg);
        }
        "visible" => visit.look(Reflect::get(&data, &"yes".into()).is_ok_and(|yes| yes.is_truthy())),
        "open" => {
            // A page that draws itself anew has another address than at first.
            visit.change().address = text(&data, "page").unwrap_or_default();
            visit.focus();
        }
        _ => {}
    }
}

fn text(data: &JsValue, name: &str) -> Option<String> {
    Reflect::get(data, &name.into()).ok()?.as_string()
}

fn say(kind: &str, more: &[(&str, JsValue)]) -> JsValue {
    let message = object(more);
    let _ = Reflect::set(&message, &"recado".into(), &1.into());
    let _ = Reflect::set(&message, &"type".into(), &kind.into());
    message.into()
}

fn object(of: &[(&str, JsValue)]) -> Object {
    let object = Object::new();
    for (name, value) in of {
        let _ = Reflect::set(&object, &(*name).into(), value);
    }
    object
}

fn tell(kind: &str, more: &[(&str, JsValue)]) {
    let origin = ORIGIN.with_borrow(Clone::clone);
    if let (Some(page), Some(origin)) = (around(), origin) {
        let _ = page.post_message(&say(kind, more), &origin);
    }
}

/// `draft` is all that the frame could not keep itself. Before he has acted he is nobody, and the page
/// keeps whoever it knows.
pub fn keep(token: String, chat: String, draft: Option<String>) {
    let draft = ("draft", draft.unwrap_or_default().into());
    if token.is_empty() {
        return tell("keep", &[draft]);
    }
    tell("keep", &[("token", token.into()), ("chat", chat.into()), draft]);
}

pub fn forget() {
    tell("forget", &[]);
}

/// How many he has not read, and the same in words.
pub fn unread(count: u32, says: &str) {
    tell("unread", &[("n", count.into()), ("says", says.into())]);
}

pub fn minimise() {
    tell("close", &[]);
}

/// Something happened in this conversation that the page may listen to (`public/recado.d.ts`).
pub fn event(name: &str, chat: &str) {
    happened(name, &[("chat", chat.into())]);
}

pub fn happened(name: &str, detail: &[(&str, JsValue)]) {
    tell("event", &[("name", name.into()), ("detail", object(detail).into())]);
}
