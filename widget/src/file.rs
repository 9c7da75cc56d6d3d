//! Files: pasted, dropped or chosen, drawn at once, and sent one after the other, each under its own id.
//! What only a browser knows of them is in `public/files.js`.

use crate::state::{Screen, State};
use crate::visit::Visit;
use crate::{clock, dom, door, icon};
use ::line::upload::{self, Taken, Told};
use domain::File;
use domain::wire::Page;
use wasm_bindgen::JsValue;
use web_sys::Element;

/// A file on its way.
pub struct Sending {
    pub id: String,
    /// As far as it is known here.
    pub about: File,
    /// The browser's own address of a picture.
    pub address: String,
    pub mark: Mark,
}

#[derive(PartialEq)]
pub enum Mark {
    Sends,
    /// Nobody answered; it can be tried again.
    Failed,
    /// It is not taken, and why in words.
    Refused(String),
}

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
    let takes = |visit: Visit| visit.is_talking() && visit.peek().chat().is_some_and(|chat| chat.terms.files);
    dom::show("drop", kind == "dragover" && carries && takes(visit));
    if carries && matches!(&*kind, "paste" | "drop") {
        visit.attach(upload::brought(event));
    }
}

impl Visit {
    fn is_talking(self) -> bool {
        let state = self.peek();
        state.screen == Screen::Chat && state.chat().is_some_and(|chat| !chat.is_over())
    }

    pub fn attach(self, list: JsValue) {
        if self.is_talking() {
            let chat = self.ticket().1;
            upload::take(list, &chat);
        }
    }

    fn taken(self, taken: Taken) {
        if taken.chat != self.ticket().1 {
            return;
        }
        let Taken { id, about, address, why, .. } = taken;
        let mark = why.map_or(Mark::Sends, |why| Mark::Refused(self.words.common.refusal(&why)));
        self.change().files.push(Sending { id: id.clone(), about, address, mark });
        self.send_file(&id);
    }

    /// Under its own id: a repeated one is answered with the first result.
    pub fn send_file(self, id: &str) {
        let (token, chat) = self.ticket();
        if let Some(file) = self.change().files.iter_mut().find(|file| file.id == id)
            && !matches!(file.mark, Mark::Refused(_))
        {
            file.mark = Mark::Sends;
            upload::send(id, &["/w/v1/chats/", &chat, "/files/", id].concat(), &token);
        }
    }

    /// The connection is back: what failed in silence is tried again.
    pub fn send_files(self) {
        let failed: Vec<String> = {
            let state = self.peek();
            let failed = state.files.iter().filter(|file| file.mark == Mark::Failed);
            failed.map(|file| file.id.clone()).collect()
        };
        failed.iter().for_each(|id| self.send_file(id));
    }

    /// Takes it back, on its way or refused.
    pub fn withdraw(self, id: &str) {
        upload::withdraw(id);
        self.change().files.retain(|file| file.id != id);
        self.focus();
    }

    /// The conversation is over.
    pub fn give_up_files(self, why: &str) {
        for file in self.change().files.iter_mut().filter(|file| !matches!(file.mark, Mark::Refused(_))) {
            upload::withdraw(&file.id);
            file.mark = Mark::Refused(why.into());
        }
    }

    fn sent(self, id: &str, answer: Option<(bool, Vec<u8>)>) {
        let mark = match door::answered(answer).map(|page| ::line::read::<Page>(&page)) {
            Ok(Some(page)) => {
                let whole = self.hear(&page.told);
                self.change().files.retain(|file| file.id != id);
                if !whole {
                    clock::spawn(self.read());
                }
                return;
            }
            Err(snag) if snag.refusal().is_some() => Mark::Refused(snag.words(self.words)),
            // It is tried again when the connection is back, or when he says so.
            _ => Mark::Failed,
        };
        if let Some(file) = self.change().files.iter_mut().find(|file| file.id == id) {
            file.mark = mark;
        }
    }
}

/// A picture as big as it will be, or a card with what it is called and how big it is. It shows what the
/// browser holds of a picture, until it has an address.
pub fn draw(state: &State, file: &File, act: &str, size: &str) -> Element {
    let is_picture = file.width > 0;
    let card = dom::element("a", if is_picture { "picture" } else { "file" });
    dom::set(&card, "target", "_blank");
    dom::set(&card, "rel", "noopener");
    dom::set(&card, "data-sending", act);
    if is_picture {
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
    upload::show(&["/w/v1/chats/", state.chat().map_or("", |chat| &chat.id), "/pass"].concat(), &state.kept.token);
}
