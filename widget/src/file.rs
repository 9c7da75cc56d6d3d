//! Files: pasted, dropped or chosen, and drawn. How they are sent is in [`::line::upload`].

use crate::state::{Screen, State};
use crate::visit::Visit;
use crate::{clock, dom, door, icon};
use ::line::upload::{self, Taken, Told};
use domain::File;
use domain::wire::Page;
use wasm_bindgen::JsValue;
use web_sys::Element;

pub fn listen(visit: Visit) {
    dom::listen(&dom::window(), &[upload::EVENT], move |event| match upload::read(&event) {
        Some(Told::Taken(taken)) => visit.taken(*taken),
        Some(Told::Ended { id, answer }) => visit.sent(&id, answer),
        None => {}
    });
}

/// Something is pasted, carried over the window or out of it, or let go of in it. Left to the browser, what
/// is let go of would be opened in place of the conversation.
pub fn carried(visit: Visit, event: &web_sys::Event) {
    let kind = event.type_();
    let carries = upload::carries(event);
    if carries || kind != "paste" {
        event.prevent_default();
    }
    dom::show("drop", kind == "dragover" && carries && visit.takes_files());
    if carries && matches!(&*kind, "paste" | "drop") {
        visit.attach(upload::brought(event));
    }
}

impl Visit {
    fn takes_files(self) -> bool {
        let state = self.peek();
        state.screen == Screen::Chat && state.chat().is_some_and(|chat| !chat.is_over() && chat.terms.files)
    }

    pub fn attach(self, list: JsValue) {
        if self.takes_files() {
            let chat = self.ticket().1;
            upload::take(list, &chat);
        }
    }

    fn taken(self, taken: Taken) {
        let (token, chat) = self.ticket();
        if taken.chat == chat {
            let why = taken.why.as_ref().map(|why| self.words.common.refusal(why));
            self.change().files.take(taken, why, &doors(&chat), &token);
        }
    }

    pub fn send_file(self, id: &str) {
        let (token, chat) = self.ticket();
        self.change().files.send(id, &doors(&chat), &token);
    }

    pub fn send_files(self) {
        let (token, chat) = self.ticket();
        self.change().files.send_again(&doors(&chat), &token);
    }

    pub fn withdraw(self, id: &str) {
        self.change().files.withdraw(id);
        self.focus();
    }

    fn sent(self, id: &str, answer: Option<(bool, Vec<u8>)>) {
        match door::answered(answer).map(|page| ::line::read::<Page>(&page)) {
            Ok(Some(page)) => {
                let whole = self.hear(&page.told);
                self.change().files.has_arrived(id);
                if !whole {
                    clock::spawn(self.read());
                }
            }
            Err(snag) => {
                let says = snag.refusal().map_or(String::new(), |why| self.words.common.refusal(why));
                self.change().files.fail(id, snag.refusal(), says);
            }
            Ok(None) => self.change().files.fail(id, None, String::new()),
        }
    }
}

/// The doors of a conversation.
fn doors(chat: &str) -> String {
    ["/w/v1/chats/", chat].concat()
}

/// What it is drawn as.
pub fn part(file: &File) -> &'static str {
    if file.width > 0 { "picture" } else { "file" }
}

/// A picture as big as it will be, or a card with what it is called and how big it is. It shows what the
/// browser holds of a picture, until it has an address.
pub fn draw(state: &State, file: &File, act: &str, size: &str) -> Element {
    let part = part(file);
    let card = dom::element("a", part);
    dom::set(&card, "target", "_blank");
    dom::set(&card, "rel", "noopener");
    dom::set(&card, "data-sending", act);
    if part == "picture" {
        let picture = dom::element("img", "");
        dom::set(&picture, "width", &file.width.to_string());
        dom::set(&picture, "height", &file.height.to_string());
        dom::set(&picture, "alt", &file.name);
        if let Some(sending) = state.files.iter().find(|file| file.id == act) {
            dom::set(&picture, "src", &sending.address);
        }
        return dom::within(card, &[&picture]);
    }
    let sign = dom::element("span", "file__sign");
    if let Some(drawing) = icon::drawn(icon::FILE) {
        let _ = sign.append_child(&drawing);
    }
    let says = dom::within(
        dom::element("span", "file__says"),
        &[&dom::said("b", "file__name", &file.name), &dom::said("small", "", size)],
    );
    dom::within(card, &[&sign, &says])
}

/// Asks for the addresses of what is drawn.
pub fn show(state: &State) {
    upload::show(&doors(state.chat().map_or("", |chat| &chat.id)), &state.kept.token);
}
