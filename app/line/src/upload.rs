//! Files of a conversation, from when they are given until the server has them: drawn at once, and sent one
//! after the other, each under its own id. `public/files.js` does what only a browser can, and says here what
//! becomes of them. How they are drawn is for who asked.

use domain::file::FILE_LIMIT;
use domain::wire::POSTCARD;
use domain::{File, FileKind, Refusal};
use js_sys::{Reflect, Uint8Array};
use std::cell::{Cell, RefCell};
use std::ops::Deref;
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

/// A file on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sending {
    /// The act's id; every retry repeats it.
    pub id: String,
    /// As far as it is known here.
    pub about: File,
    /// The browser's own address of a picture.
    pub address: String,
    pub mark: Mark,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mark {
    Sends,
    /// Nobody answered, something broke or it has to wait; it can be tried again. Why, in words.
    Failed(String),
    /// It is not taken, and why in words.
    Refused(String),
}

/// The files of one conversation that are on their way, in the order in which they were given. Its doors are
/// under `door`, where a visitor shows his token.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sendings(Vec<Sending>);

impl Deref for Sendings {
    type Target = [Sending];

    fn deref(&self) -> &[Sending] {
        &self.0
    }
}

impl Sendings {
    /// One that was brought, and in words why it cannot be sent.
    pub fn take(&mut self, taken: Taken, why: Option<String>, door: &str, token: &str) {
        let Taken { id, about, address, .. } = taken;
        self.0.push(Sending { id: id.clone(), about, address, mark: why.map_or(Mark::Sends, Mark::Refused) });
        self.send(&id, door, token);
    }

    /// Sends one after those that are on their way. A repeated id is answered with the first result.
    pub fn send(&mut self, id: &str, door: &str, token: &str) {
        if let Some(file) = self.one(id)
            && !matches!(file.mark, Mark::Refused(_))
        {
            file.mark = Mark::Sends;
            send_up(id, &[door, "/files/", id].concat(), token, POSTCARD);
        }
    }

    /// The line is back: what failed in silence is tried again. Was there any?
    pub fn send_again(&mut self, door: &str, token: &str) -> bool {
        let failed = |file: &Sending| matches!(file.mark, Mark::Failed(_)).then(|| file.id.clone());
        let failed: Vec<String> = self.iter().filter_map(failed).collect();
        failed.iter().for_each(|id| self.send(id, door, token));
        !failed.is_empty()
    }

    /// It was not sent: the server's no, if it was one, and how it is told.
    pub fn fail(&mut self, id: &str, why: Option<&Refusal>, says: String) {
        let again = matches!(why, None | Some(Refusal::TooMany { .. } | Refusal::SignedOut));
        if let Some(file) = self.one(id) {
            file.mark = if again { Mark::Failed(says) } else { Mark::Refused(says) };
        }
    }

    /// The conversation is over: what was not sent will not be. Was there any?
    pub fn give_up(&mut self, why: &str) -> bool {
        let mut any = false;
        for file in self.0.iter_mut().filter(|file| !matches!(file.mark, Mark::Refused(_))) {
            withdraw(&file.id);
            file.mark = Mark::Refused(why.into());
            any = true;
        }
        any
    }

    /// Takes one back, on its way or refused.
    pub fn withdraw(&mut self, id: &str) {
        withdraw(id);
        self.has_arrived(id);
    }

    /// It is told by the server from now on. Was it on its way?
    pub fn has_arrived(&mut self, id: &str) -> bool {
        let before = self.len();
        self.0.retain(|file| file.id != id);
        self.len() < before
    }

    fn one(&mut self, id: &str) -> Option<&mut Sending> {
        self.0.iter_mut().find(|file| file.id == id)
    }
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

fn withdraw(id: &str) {
    if READY.get() {
        take_back(id);
    }
}

/// Another person sits down: nothing of this one is left.
pub fn forget() {
    withdraw("");
}

/// Gives what is drawn of a conversation its addresses.
pub fn show(door: &str, token: &str) {
    let pass = [door, "/pass"].concat();
    if READY.get() {
        return give_addresses(&pass, token);
    }
    DRAWN.set(Some((pass, token.into())));
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

#[cfg(test)]
mod tests {
    use super::*;

    fn sends() -> Sendings {
        let about = File { id: String::new(), name: "a.txt".into(), kind: FileKind::Txt, size: 1, width: 0, height: 0 };
        Sendings(vec![Sending { id: "act".into(), about, address: String::new(), mark: Mark::Sends }])
    }

    fn after(why: Option<Refusal>) -> Mark {
        let mut files = sends();
        files.fail("act", why.as_ref(), "why".into());
        files[0].mark.clone()
    }

    #[test]
    fn what_was_not_taken_now_can_be_sent_again_and_what_is_not_taken_cannot() {
        for why in [None, Some(Refusal::TooMany { seconds: 3_600 }), Some(Refusal::SignedOut)] {
            assert_eq!(after(why.clone()), Mark::Failed("why".into()), "{why:?}");
        }
        for why in [Refusal::FileKind, Refusal::NotYours, Refusal::NoFiles] {
            assert_eq!(after(Some(why)), Mark::Refused("why".into()));
        }
    }

    #[test]
    fn what_the_server_tells_of_is_on_its_way_no_more() {
        let mut files = sends();

        assert!(!files.has_arrived("another"));
        assert!(files.has_arrived("act"));
        assert!(files.is_empty());
    }
}
