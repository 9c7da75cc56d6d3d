//! Words on their way: drawn at once, sent one after the other, each under its own id, until the
//! server has them. The browser keeps them until then: a crash or a reload loses none, and as a
//! repeated id is answered with the first result, none is doubled.

use super::board::{Board, Connection};
use super::browser::{self, kept};
use super::composer::Mode;
use super::note;
use super::room::{Reading, Room};
use super::route::{View, place};
use crate::doors::mention::list_readers;
use crate::doors::{Failure, chat};
use domain::act::MESSAGE_LIMIT;
use domain::event::Wish;
use domain::{Refusal, Told, Trouble, mention, text};
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::{Deserialize, Serialize};

/// How often a message is tried by itself before it waits for a person.
const TRIES: u32 = 4;
/// Under which the browser keeps what a chat has not sent.
const KEPT: &str = "unsent.";

/// What I said and the server has not told yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    /// The act's id; every retry repeats it.
    pub id: String,
    pub mode: Mode,
    pub text: String,
    /// Why it was not sent; none: it is on its way.
    pub failed: Option<String>,
}

/// What an earlier visit wrote in a chat and could not send.
pub fn read(chat: &str) -> Vec<Pending> {
    kept::read(&[KEPT, chat].concat()).and_then(|text| unpack(&text)).unwrap_or_default()
}

/// The chats in which something was not sent.
pub fn chats() -> Vec<String> {
    kept::names(KEPT)
}

/// As text: a character per byte.
fn pack(pending: &[Pending]) -> String {
    let bytes = postcard::to_allocvec(pending).expect("memory takes what is written");
    bytes.into_iter().map(char::from).collect()
}

/// None for what another version of us wrote.
fn unpack(text: &str) -> Option<Vec<Pending>> {
    let bytes: Option<Vec<u8>> = text.chars().map(|c| u8::try_from(c).ok()).collect();
    postcard::from_bytes(&bytes?).ok()
}

impl Room {
    /// Takes what is written, and sends it after what is still on its way.
    pub fn say(self, board: Board) {
        let mode = self.mode.get_untracked();
        let text = self.draft(mode).get_untracked();
        // What is too long stays in its box, which says so.
        if text.trim().is_empty() || text::over(&text, MESSAGE_LIMIT) > 0 {
            return;
        }
        // Whom it names is known when it is known who may read it: of a draft that was kept, not yet.
        if mode == Mode::Note && text.contains('@') && self.readers.with_untracked(Option::is_none) {
            return self.say_to_readers(board);
        }
        // In a note a name means the agent, whatever he will be called.
        let named = self.readers.with_untracked(|readers| match (mode, readers) {
            (Mode::Note, Some(readers)) => Some(mention::marked(&text, readers)),
            _ => None,
        });
        let text = named.unwrap_or(text);
        let id = browser::new_id();
        self.shown.update_value(|shown| shown.push((id.clone(), self.seen.get_untracked())));
        self.change_pending(|pending| pending.push(Pending { id, mode, text, failed: None }));
        self.write(mode, "");
        if mode == Mode::Reply {
            self.asked.set(None);
        }
        self.hinted();
        self.send(board);
    }

    fn say_to_readers(self, board: Board) {
        spawn_local(async move {
            match list_readers(self.chat()).await {
                Ok(read) => {
                    self.readers.set(Some(read));
                    self.say(board);
                }
                // Its words stay in their box.
                Err(failure) => board.fail(failure),
            }
        });
    }

    /// What an earlier visit left was sent when the screen had shown as much as it says it had.
    pub fn recall(&self) {
        let seen = self.seen.get_untracked();
        let left: Vec<_> = self.pending.with_untracked(|p| p.iter().map(|p| (p.id.clone(), seen)).collect());
        self.shown.update_value(|shown| shown.extend(left));
    }

    /// What the screen had shown when this was sent.
    fn shown_with(&self, id: &str) -> u32 {
        let shown = self.shown.with_value(|shown| shown.iter().find(|(other, _)| other == id).map(|(_, seen)| *seen));
        shown.unwrap_or_else(|| self.seen.get_untracked())
    }

    /// A colleague was faster: what was on its way goes back into its box, in its order and before what is
    /// being written there, and the composer shows what he said. The mode stays: nobody's words change whom
    /// they are for.
    fn ask_first(&self, id: &str) {
        let goes_back = |p: &Pending| p.mode == Mode::Reply && p.failed.is_none();
        let draft = self.draft(Mode::Reply);
        let mut texts: Vec<String> = self
            .pending
            .with_untracked(|pending| pending.iter().filter(|p| goes_back(p)).map(|p| p.text.clone()).collect());
        texts.push(draft.get_untracked());
        texts.retain(|text| !text.trim().is_empty());
        let seen = self.shown_with(id);
        self.write(Mode::Reply, &texts.join("\n"));
        self.change_pending(|pending| pending.retain(|p| !goes_back(p)));
        self.asked.set(Some(seen));
    }

    fn is_shown(&self) -> bool {
        place().shown.with_untracked(|view| matches!(view, View::Chat(Some(open)) if self.is(open)))
    }

    pub fn retry(self, board: Board, id: &str) {
        self.mark(id, None);
        self.send(board);
    }

    /// Back into its own box, to be changed.
    pub fn take_back(&self, id: &str) {
        let taken = self.pending.with_untracked(|pending| pending.iter().find(|p| p.id == id).cloned());
        if let Some(Pending { mode, text, .. }) = taken {
            let text = self.typed(&text);
            let draft = self.draft(mode).get_untracked();
            self.write(mode, &if draft.is_empty() { text } else { [text.as_str(), "\n", &draft].concat() });
            self.mode.set(mode);
            self.forget(id);
        }
    }

    /// A note as it was typed.
    pub fn typed(&self, text: &str) -> String {
        self.readers.with(|readers| mention::typed(text, readers.as_deref().unwrap_or_default()))
    }

    pub fn forget(&self, id: &str) {
        self.change_pending(|pending| pending.retain(|p| p.id != id));
    }

    /// What was told has arrived.
    pub fn has_arrived(&self, told: &[Told]) {
        let waits = |p: &Pending| !told.iter().any(|t| t.act == p.id);
        if !self.pending.with_untracked(|pending| pending.iter().all(waits)) {
            self.change_pending(|pending| pending.retain(waits));
        }
        self.files.maybe_update(|files| told.iter().filter(|t| files.has_arrived(&t.act)).count() > 0);
    }

    /// It is over: what was written and not sent says so, and stays to be copied.
    pub fn give_up(&self, board: Board) {
        let why = board.words.common.refusal(&Refusal::Ended);
        self.change_pending(|pending| {
            for mode in Mode::ALL {
                let text = self.draft(mode).get_untracked();
                if !text.trim().is_empty() {
                    pending.push(Pending { id: browser::new_id(), mode, text, failed: None });
                }
            }
            for p in pending.iter_mut().filter(|p| p.failed.is_none()) {
                p.failed = Some(why.clone());
            }
        });
        for mode in Mode::ALL {
            self.write(mode, "");
        }
        self.files.maybe_update(|files| files.give_up(&why));
    }

    fn mark(&self, id: &str, failed: Option<&str>) {
        self.change_pending(|pending| {
            for p in pending.iter_mut().filter(|p| p.id == id) {
                p.failed = failed.map(str::to_owned);
            }
        });
    }

    /// Changes what waits, and keeps it.
    pub fn change_pending(&self, change: impl FnOnce(&mut Vec<Pending>)) {
        self.pending.update(change);
        let text = self.pending.with_untracked(|p| if p.is_empty() { String::new() } else { pack(p) });
        kept::write(&[KEPT, &self.chat()].concat(), &text);
    }

    /// One after the other, so that words arrive in the order in which they were written.
    pub fn send(self, board: Board) {
        // What an earlier visit left is sent when it is known how the chat stands.
        if self.sending.get_value() || self.reading.get_untracked() != Reading::Ready {
            return;
        }
        self.sending.set_value(true);
        spawn_local(async move {
            while let Some(next) = self.pending.with_untracked(|p| p.iter().find(|p| p.failed.is_none()).cloned()) {
                match self.deliver(next.clone()).await {
                    Ok(told) => {
                        self.hear(board, &told);
                        self.forget(&next.id);
                    }
                    // Nobody answers and the line is down: the rest waits with it, so that nothing overtakes
                    // it. The line calls again when it is back.
                    Err(Failure::Lost) if board.connection.get_untracked() != Connection::Open => break,
                    // It goes on when he has signed in.
                    Err(failure @ Failure::Trouble(Trouble::Refused(Refusal::SignedOut))) => {
                        board.fail(failure);
                        break;
                    }
                    Err(Failure::Trouble(Trouble::Refused(Refusal::TooMany { seconds }))) => {
                        browser::sleep(seconds.clamp(1, 60) as i32 * 1_000).await;
                    }
                    Err(failure @ Failure::Trouble(Trouble::Refused(Refusal::Overtaken { .. }))) => {
                        self.ask_first(&next.id);
                        self.read(board);
                        // Whoever has moved on is told that he has not answered yet.
                        if !self.is_shown() {
                            board.fail(failure);
                        }
                    }
                    Err(failure) => self.mark(&next.id, Some(&note::why(board.words, &failure))),
                }
            }
            self.sending.set_value(false);
        });
    }

    async fn deliver(self, pending: Pending) -> Result<Vec<Told>, Failure> {
        let act = pending.mode.act(pending.text, self.shown_with(&pending.id));
        let mut tries = 1;
        loop {
            match chat::act_in_chat(self.chat(), Wish { id: pending.id.clone(), act: act.clone() }).await {
                Ok(page) => return Ok(page.told),
                Err(Failure::Lost) if tries < TRIES => {
                    browser::sleep(400 * 2_i32.pow(tries) + browser::up_to(400) as i32).await;
                    tries += 1;
                }
                Err(failure) => return Err(failure),
            }
        }
    }
}
