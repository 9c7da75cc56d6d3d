//! Files in a conversation: attached, on their way one after the other, and shown. What only a browser
//! knows of them is in `public/files.js`.

use super::board::{Board, board};
use super::composer::Mode;
use super::icon::Icon;
use super::live::{does, live, memo};
use super::note::{self, Kind};
use super::room::Room;
use crate::doors::Failure;
use ::line::upload::{self, Taken, Told};
use domain::wire::Page;
use domain::{File, Refusal, Trouble};
use leptos::prelude::*;

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
    /// Nobody answered, or something broke; it can be tried again.
    Failed(String),
    /// It is not taken.
    Refused(String),
}

impl Sending {
    /// Changes with what is drawn; how much has gone is told beside it.
    pub fn key(&self) -> String {
        let mark = match &self.mark {
            Mark::Sends => "",
            Mark::Failed(why) | Mark::Refused(why) => why,
        };
        [self.id.as_str(), mark].concat()
    }
}

/// Hears what becomes of files, in whichever room they are.
pub fn start(board: Board) {
    let hears = move |event: web_sys::Event| {
        let rooms = board.rooms.get_untracked();
        match upload::read(&event) {
            Some(Told::Taken(taken)) => {
                if let Some(room) = rooms.iter().find(|room| room.is(&taken.chat)) {
                    room.taken(board, *taken);
                }
            }
            Some(Told::Ended { id, answer }) => {
                let has = |files: &Vec<Sending>| files.iter().any(|file| file.id == id);
                if let Some(room) = rooms.iter().find(|room| room.files.with_untracked(has)) {
                    room.sent(board, &id, answer);
                }
            }
            None => {}
        }
    };
    let _ = window_event_listener_untyped(upload::EVENT, hears);
}

impl Room {
    /// May files be attached now: to the customer, by who is in it?
    pub fn takes_files(self, board: Board) -> bool {
        self.mode.get() == Mode::Reply && self.is_running_with(&board.my_id())
    }

    /// Whoever writes for staff only would be surprised where his files go.
    pub fn attach(self, board: Board, event: &web_sys::Event) {
        if untrack(|| self.takes_files(board)) {
            upload::take(upload::brought(event), &self.chat());
        } else {
            board.note(Kind::Bad, board.words.files_go_to_customer.into());
        }
    }

    fn taken(self, board: Board, taken: Taken) {
        let Taken { id, about, address, why, .. } = taken;
        let mark = why.map_or(Mark::Sends, |why| Mark::Refused(board.words.common.refusal(&why)));
        let sends = mark == Mark::Sends;
        self.files.update(|files| files.push(Sending { id: id.clone(), about, address, mark }));
        if sends {
            self.send_file(&id);
        }
    }

    /// Under its own id: a repeated one is answered with the first result.
    pub fn send_file(self, id: &str) {
        self.mark_file(id, &Mark::Sends);
        upload::send(id, &["/api/chats/", &self.chat(), "/files/", id].concat(), "");
    }

    /// The line is back: what failed in silence is tried again.
    pub fn send_files(self) {
        let failed = |file: &Sending| matches!(file.mark, Mark::Failed(_)).then(|| file.id.clone());
        let failed: Vec<String> = self.files.with_untracked(|files| files.iter().filter_map(failed).collect());
        failed.iter().for_each(|id| self.send_file(id));
    }

    /// Takes it back, on its way or refused.
    pub fn withdraw(self, id: &str) {
        upload::withdraw(id);
        self.files.update(|files| files.retain(|file| file.id != id));
    }

    pub fn give_up_files(self, why: &str) {
        let goes = |file: &Sending| !matches!(file.mark, Mark::Refused(_));
        if self.files.with_untracked(|files| files.iter().any(goes)) {
            self.files.update(|files| {
                for file in files.iter_mut().filter(|file| goes(file)) {
                    upload::withdraw(&file.id);
                    file.mark = Mark::Refused(why.into());
                }
            });
        }
    }

    fn mark_file(self, id: &str, mark: &Mark) {
        self.files.update(|files| {
            for file in files.iter_mut().filter(|file| file.id == id) {
                file.mark = mark.clone();
            }
        });
    }

    fn sent(self, board: Board, id: &str, answer: Option<(bool, Vec<u8>)>) {
        let answer = match answer {
            Some((true, page)) => postcard::from_bytes::<Page>(&page).map_err(|_| Failure::Lost),
            Some((false, why)) => Err(postcard::from_bytes(&why).map_or(Failure::Lost, Failure::Trouble)),
            None => Err(Failure::Lost),
        };
        match answer {
            Ok(page) => {
                self.hear(board, &page.told);
                self.files.update(|files| files.retain(|file| file.id != id));
            }
            Err(Failure::Trouble(Trouble::Refused(why))) if why != Refusal::SignedOut => {
                self.mark_file(id, &Mark::Refused(board.words.common.refusal(&why)));
            }
            // It is tried again when the line is back, when he has signed in, or when he says so.
            Err(failure) => {
                self.mark_file(id, &Mark::Failed(note::why(board.words, &failure)));
                if failure != Failure::Lost {
                    board.fail(failure);
                }
            }
        }
    }

    /// Asks for the addresses of what is drawn.
    pub fn show_files(self) {
        upload::show(&["/api/chats/", &self.chat(), "/pass"].concat(), "");
    }
}

/// A picture as big as it will be, or a card with what it is called and how big it is; `kind` is how it
/// stands, as the end of a class. Its address comes when it is drawn; until then it shows what the browser
/// holds of a picture.
#[component]
pub fn Attached(
    file: File,
    act: String,
    #[prop(optional)] address: String,
    #[prop(optional)] kind: &'static str,
) -> impl IntoView {
    let size = board().words.common.size(file.size);
    let is_picture = file.width > 0;
    let class = [if is_picture { "picture " } else { "file " }, kind].concat();
    let inner = if is_picture {
        let source = (!address.is_empty()).then_some(address);
        view! { <img width=file.width.to_string() height=file.height.to_string() alt=file.name.clone() title=file.name src=source/> }
            .into_any()
    } else {
        view! {
            <span class="file__sign"><Icon name="file"/></span>
            <span class="file__says"><b class="file__name" title=file.name.clone()>{file.name.clone()}</b><small>{size}</small></span>
        }
        .into_any()
    };
    view! {
        <a class=class target="_blank" rel="noopener" data-sending=act data-file={(!file.id.is_empty()).then_some(file.id)}>{inner}</a>
    }
}

/// A file that the server has not told yet, and what can be done about it.
#[component]
pub fn OnItsWay(room: Room, sending: Sending) -> impl IntoView {
    let board = board();
    let words = board.words;
    let id = StoredValue::new(sending.id.clone());
    let takes = memo(move |_| room.takes_files(board));
    let (why, again) = match sending.mark {
        Mark::Sends => (None, false),
        Mark::Failed(why) => (Some(why), true),
        Mark::Refused(why) => (Some(why), false),
    };
    let failed = why.is_some();
    let says = why.map_or_else(|| words.common.sending.to_owned(), |why| [words.common.not_sent, ": ", &why].concat());
    view! {
        <div class="log__turn log__turn--mine">
            <Attached file=sending.about act=sending.id address=sending.address kind={if failed { "file--failed picture--failed" } else { "file--pending picture--pending" }}/>
            <p class="log__meta" class:log__meta--failed=failed role=failed.then_some("alert")>
                <Icon name={if failed { "alert" } else { "clock" }}/><span>{says}</span>
                <button class="linklike" type="button" hidden=live(move || !(again && takes.get())) on:click=does(move |_| room.send_file(&id.get_value()))>{words.common.retry}</button>
                <button class="linklike" type="button" on:click=does(move |_| room.withdraw(&id.get_value()))>{if failed { words.take_off } else { words.cancel }}</button>
            </p>
        </div>
    }
}
