//! Files of a conversation: `public/files.js` does what only a browser can, and says here what becomes of
//! them. How they are drawn is for who asked.

use domain::file::FILE_LIMIT;
use domain::wire::POSTCARD;
use domain::{File, FileKind, Refusal};
use js_sys::{Reflect, Uint8Array};
use std::cell::{Cell, RefCell};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Event, MessageEvent};

/// What the window is told by.
pub const EVENT: &str = "recado-file";

/// What becomes of a file.
pub enum Told {
    Taken(Box<Taken>),
    /// Whether it is a yes, and its bytes; none: nobody answered.
    Ended {
        id: String,
        answer: Option<(bool, Vec<u8>)>,
    },
}

/// A file that was brought.
pub struct Taken {
    /// Of its act; every retry repeats it.
    pub id: String,
    pub chat: String,
    /// As far as it is known here; its id and its kind are the server's to say. Width and height are nothing
    /// where a browser draws no picture of it.
    pub about: File,
    /// The browser's own address of a picture.
    pub address: String,
    /// Why it cannot be sent.
    pub why: Option<Refusal>,
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = recadoFiles, js_name = take)]
    fn take_in(list: &JsValue, chat: &str, limit: u32);
    #[wasm_bindgen(js_namespace = recadoFiles, js_name = send)]
    fn send_up(id: &str, door: &str, token: &str, accept: &str);
    #[wasm_bindgen(js_namespace = recadoFiles, js_name = withdraw)]
    fn take_back(id: &str);
    #[wasm_bindgen(js_namespace = recadoFiles, js_name = show)]
    fn give_addresses(door: &str, token: &str);
}

thread_local! {
    static READY: Cell<bool> = const { Cell::new(false) };
    /// What was brought before the script was here.
    static BROUGHT: RefCell<Option<(JsValue, String)>> = const { RefCell::new(None) };
    /// What was to be shown: the door of its pass, and a token.
    static DRAWN: RefCell<Option<(String, String)>> = const { RefCell::new(None) };
}

/// Fetches the script, unless it is here.
pub fn fetch() {
    if !READY.get() {
        super::fetch("/files.js");
    }
}

/// Does this event carry files and nothing else? Where there are words too, as of a spreadsheet, the words
/// are meant.
pub fn carries(event: &Event) -> bool {
    part(&part(&transfer(event), "types"), "0").as_string().as_deref() == Some("Files")
}

/// The list of files that an event brings: pasted, dropped, or chosen in an input.
pub fn brought(event: &Event) -> JsValue {
    part(&transfer(event), "files")
}

fn transfer(event: &Event) -> JsValue {
    let all = ["clipboardData", "dataTransfer", "target"].map(|name| part(event, name));
    all.into_iter().find(JsValue::is_truthy).unwrap_or_default()
}

/// Takes files into a conversation: each is told of.
pub fn take(list: JsValue, chat: &str) {
    if READY.get() {
        return take_in(&list, chat, FILE_LIMIT);
    }
    BROUGHT.set(Some((list, chat.into())));
    fetch();
}

/// Sends one after those that are on their way.
pub fn send(id: &str, door: &str, token: &str) {
    send_up(id, door, token, POSTCARD);
}

/// Takes one back, on its way or not.
pub fn withdraw(id: &str) {
    if READY.get() {
        take_back(id);
    }
}

/// Another person sits down: nothing of this one is left.
pub fn forget() {
    withdraw("");
}

/// Gives what is drawn its addresses, by a pass of this door.
pub fn show(door: &str, token: &str) {
    if READY.get() {
        return give_addresses(door, token);
    }
    DRAWN.set(Some((door.into(), token.into())));
    fetch();
}

/// What an [`EVENT`] tells.
pub fn read(event: &Event) -> Option<Told> {
    let data = event.dyn_ref::<MessageEvent>()?.data();
    let text = |name| part(&data, name).as_string();
    let number = |name| part(&data, name).as_f64().map(|number| number as u32);
    let Some(id) = text("id") else {
        READY.set(true);
        if let Some((list, chat)) = BROUGHT.take() {
            take_in(&list, &chat, FILE_LIMIT);
        }
        if let Some((door, token)) = DRAWN.take() {
            give_addresses(&door, &token);
        }
        return None;
    };
    let Some(name) = text("name") else {
        let answer = part(&data, "answer").dyn_into::<Uint8Array>().ok().map(|answer| answer.to_vec());
        let answer = answer.and_then(|bytes| Some((*bytes.first()? == 1, bytes.get(1..)?.into())));
        return Some(Told::Ended { id, answer });
    };
    let (size, width, height) = (number("size")?, number("width")?, number("height")?);
    let why = match number("why")? {
        0 => None,
        1 => Some(Refusal::TooBig { limit: FILE_LIMIT }),
        _ => Some(Refusal::FileKind),
    };
    let about = File { id: String::new(), name, kind: FileKind::Txt, size, width, height };
    Some(Told::Taken(Box::new(Taken { id, chat: text("chat")?, about, address: text("address")?, why })))
}

fn part(of: &JsValue, name: &str) -> JsValue {
    Reflect::get(of, &name.into()).unwrap_or_default()
}
