//! Words on their way: drawn at once, sent one after the other, each under its own id, until the
//! server has them. A repeated id is answered with the first result, so nothing is ever doubled.

use crate::clock;
use crate::door::{self, Snag};
use crate::visit::Visit;
use domain::{Act, Refusal};
use serde::{Deserialize, Serialize};
use std::cell::Cell;

#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(Debug))]
pub struct Unsent {
    pub id: String,
    /// The conversation it belongs to: it is never said in another.
    pub chat: String,
    pub text: String,
    pub mark: Mark,
}

#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(Debug))]
pub enum Mark {
    Sending,
    /// Nobody answered; it can be tried again.
    Failed,
    /// The server will not take it, and why in words.
    Refused(String),
}

/// After so many tries without an answer the writer is told.
const TRIES: u32 = 4;

thread_local! {
    static SENDING: Cell<bool> = const { Cell::new(false) };
}

impl Visit {
    pub fn post(self, text: &str) {
        let (id, text) = (clock::id(), text.into());
        self.keep(|kept| {
            kept.unsent.push(Unsent { id, chat: kept.chat.clone(), text, mark: Mark::Sending });
            kept.draft.clear();
        });
        self.send();
    }

    pub fn retry(self, id: &str) {
        self.mark(id, Mark::Sending);
        self.send();
    }

    /// Words that were refused go back to where he writes, before what stands there.
    pub fn take_back(self, id: &str) {
        self.done(id);
        self.keep(|kept| {
            if let Some(at) = kept.unsent.iter().position(|unsent| unsent.id == id) {
                let text = kept.unsent.remove(at).text;
                kept.draft = if kept.draft.is_empty() { text } else { [&text, "\n", &kept.draft].concat() };
            }
        });
        self.focus();
    }

    /// Another tab of his need not keep it any more.
    fn done(self, id: &str) {
        self.change().done.push(id.into());
    }

    /// The conversation is over: what was not sent will not be, and it is said why.
    pub fn give_up(self, chat: &str) {
        let why = self.words.common.refusal(&Refusal::Ended);
        self.keep(|kept| {
            let late = kept.unsent.iter_mut().filter(|unsent| unsent.chat == chat);
            late.for_each(|unsent| unsent.mark = Mark::Refused(why.clone()));
        });
        self.change().files.give_up(&why);
    }

    /// The connection is back: what failed in silence is tried again.
    pub fn send_all(self) {
        self.send_files();
        let failed = self.peek().kept.unsent.iter().any(|unsent| unsent.mark == Mark::Failed);
        if failed {
            self.keep(|kept| {
                kept.unsent
                    .iter_mut()
                    .filter(|unsent| unsent.mark == Mark::Failed)
                    .for_each(|unsent| unsent.mark = Mark::Sending)
            });
        }
        self.send();
    }

    /// Is anything of this conversation still on its way?
    pub fn has_unsent(self) -> bool {
        let state = self.peek();
        let mut unsent = state.kept.unsent.iter().filter(|unsent| unsent.chat == state.kept.chat);
        unsent.any(|unsent| !matches!(unsent.mark, Mark::Refused(_)))
    }

    pub fn send(self) {
        if !SENDING.replace(true) {
            clock::spawn(async move {
                self.deliver().await;
                SENDING.set(false);
            });
        }
    }

    fn mark(self, id: &str, mark: Mark) {
        self.keep(|kept| {
            if let Some(unsent) = kept.unsent.iter_mut().find(|unsent| unsent.id == id) {
                unsent.mark = mark;
            }
        });
    }

    async fn deliver(self) {
        let mut tries = 0;
        loop {
            let (token, next) = {
                let state = self.peek();
                let chat = state.chat().map_or("", |chat| &chat.id);
                let is_next = |unsent: &&Unsent| unsent.mark == Mark::Sending && unsent.chat == chat;
                (state.kept.token.clone(), state.kept.unsent.iter().find(is_next).cloned())
            };
            let Some(next) = next else { return };
            match door::act(&token, &next.chat, next.id.clone(), Act::Post { text: next.text }).once().await {
                Ok(page) => {
                    tries = 0;
                    let whole = self.hear(&page.told);
                    self.done(&next.id);
                    self.keep(|kept| kept.unsent.retain(|unsent| unsent.id != next.id));
                    if !whole {
                        self.read().await;
                    }
                }
                Err(Snag::Trouble(domain::Trouble::Refused(Refusal::TooMany { seconds }))) => {
                    clock::sleep(i32::try_from(seconds).unwrap_or(60).clamp(1, 60) * 1_000).await;
                }
                Err(snag) if snag.is_of_a_stranger() && self.renew(&token) => {}
                Err(snag) if snag.refusal().is_some() => self.mark(&next.id, Mark::Refused(snag.words(self.words))),
                Err(_) => {
                    tries += 1;
                    // Without a connection it waits for it: the socket calls again when it is through.
                    let connected = self.peek().connected;
                    if !connected {
                        return;
                    }
                    if tries >= TRIES {
                        tries = 0;
                        self.mark(&next.id, Mark::Failed);
                    } else {
                        clock::sleep(clock::back_off(tries)).await;
                    }
                }
            }
        }
    }
}
