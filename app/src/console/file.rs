//! Files in a conversation: attached, and shown. How they are sent is in [`::line::upload`].

use super::board::{Board, board};
use super::composer::Mode;
use super::icon::Icon;
use super::live::{does, live, memo};
use super::note::{self, Kind};
use super::room::Room;
use crate::doors::Failure;
use ::line::upload::{self, Mark, Sending, Taken, Told};
use domain::wire::Page;
use domain::{File, Refusal, Trouble};
use leptos::prelude::*;
use std::cell::Cell;

/// Changes with what is drawn of a sending; how much has gone is told beside it.
pub fn key(sending: &Sending) -> String {
    let why = match &sending.mark {
        Mark::Sends => "",
        Mark::Failed(why) | Mark::Refused(why) => why,
    };
    [sending.id.as_str(), why].concat()
}

thread_local! {
    static STARTED: Cell<bool> = const { Cell::new(false) };
}

/// From now on hears what becomes of files, in whichever room they are: as soon as one is shown.
pub fn start(board: Board) {
    if STARTED.replace(true) {
        return;
    }
    let hears = move |event: web_sys::Event| {
        let rooms = board.rooms.get_untracked();
        match upload::read(&event) {
            Some(Told::Taken(taken)) => {
                if let Some(room) = rooms.iter().find(|room| room.is(&taken.chat)) {
                    room.taken(board, *taken);
                }
            }
            Some(Told::Ended { id, answer }) => {
                let has = |room: &&Room| room.files.with_untracked(|files| files.iter().any(|file| file.id == id));
                if let Some(room) = rooms.iter().find(has) {
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
        let takes = self.of(|chat| chat.terms.files).unwrap_or_default();
        takes && self.mode.get() == Mode::Reply && self.is_running_with(&board.my_id())
    }

    /// Whoever writes for staff only would be surprised where his files go.
    pub fn attach(self, board: Board, event: &web_sys::Event) {
        if untrack(|| self.takes_files(board)) {
            return upload::take(upload::brought(event), &self.chat());
        }
        let takes = untrack(|| self.of(|chat| chat.terms.files)).unwrap_or_default();
        let why =
            if takes { board.words.files_go_to_customer.into() } else { board.words.common.refusal(&Refusal::NoFiles) };
        board.note(Kind::Bad, why);
    }

    fn taken(self, board: Board, taken: Taken) {
        let why = taken.why.as_ref().map(|why| board.words.common.refusal(why));
        self.files.update(|files| files.take(taken, why, &self.doors(), ""));
    }

    pub fn send_file(self, id: &str) {
        self.files.update(|files| files.send(id, &self.doors(), ""));
    }

    pub fn send_files(self) {
        self.files.maybe_update(|files| files.send_again(&self.doors(), ""));
    }

    pub fn withdraw(self, id: &str) {
        self.files.update(|files| files.withdraw(id));
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
                self.files.maybe_update(|files| files.has_arrived(id));
            }
            Err(failure) => {
                let why = match &failure {
                    Failure::Trouble(Trouble::Refused(why)) => Some(why),
                    _ => None,
                };
                self.files.update(|files| files.fail(id, why, note::why(board.words, &failure)));
                if why.is_none_or(|why| *why == Refusal::SignedOut) && failure != Failure::Lost {
                    board.fail(failure);
                }
            }
        }
    }

    /// Asks for the addresses of what is drawn.
    pub fn show_files(self) {
        upload::show(&self.doors(), "");
    }

    fn doors(self) -> String {
        ["/api/chats/", &self.chat()].concat()
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
