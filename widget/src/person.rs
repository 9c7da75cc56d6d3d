//! What the page says of its visitor: who he is, with proof or without, and what he is here for.
//!
//! Proof is looked at by the server, once the window is open or a conversation runs: a page that merely
//! names its visitor asks for nothing.

use crate::door;
use crate::state::{Hints, Screen};
use crate::visit::Visit;
use crate::{clock, form, keep, page, socket};
use domain::identity::{ATTRIBUTES_LIMIT, Attribute};
use domain::wire::{Identify, Known};
use domain::{Act, Refusal};
use js_sys::{Array, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};

/// So many bytes of a name or a value are taken along; the server cuts it further.
const LONG: usize = 1_000;

/// What is called on the page, with what was given to it.
pub fn call(visit: Visit, act: &str, with: &JsValue) {
    match act {
        "identify" => {
            visit.change().hints.jwt = with.as_string().unwrap_or_default();
            visit.prove();
        }
        "prefill" => {
            visit.change().hints.prefill = pairs(with);
            form::fill_gaps(&visit.peek());
        }
        "set" => visit.describe(pairs(with)),
        "startChat" => visit.want(said(with, "subject"), said(with, "message")),
        "logout" => visit.forget(),
        _ => {}
    }
}

/// The names and values of an object; what is no text, number or yes and no is left out.
fn pairs(object: &JsValue) -> Vec<(String, String)> {
    let Some(object) = object.dyn_ref::<Object>() else { return Vec::new() };
    let pair = |pair: JsValue| {
        let pair: Array = pair.unchecked_into();
        Some((pair.get(0).as_string()?, plain(&pair.get(1))?))
    };
    Object::entries(object).iter().filter_map(pair).collect()
}

fn said(object: &JsValue, name: &str) -> String {
    let value = Reflect::get(object, &name.into()).ok();
    value.and_then(|value| plain(&value)).unwrap_or_default()
}

fn plain(value: &JsValue) -> Option<String> {
    let told = value.is_string() || value.as_f64().is_some() || value.as_bool().is_some();
    told.then(|| value.unchecked_ref::<Object>().to_string().into())
}

impl Visit {
    /// Asks the server whether the proof is one, if somebody is here to see what comes of it.
    pub fn prove(self) {
        let (jwt, held) = {
            let mut state = self.change();
            let here = state.visible || !state.kept.chat.is_empty();
            if state.hints.jwt.is_empty() || !here || state.proving {
                return;
            }
            state.proving = true;
            // It is not said who he is and then otherwise.
            if state.screen == Screen::Home {
                state.screen = Screen::Loading;
            }
            (state.hints.jwt.clone(), state.kept.token.clone())
        };
        // Another tab of his may be about it: then both become the same.
        let begun = keep::read(self.key()).filter(|kept| kept.token == held && !kept.fresh.is_empty());
        let fresh = begun.map_or_else(clock::token, |kept| kept.fresh);
        if !held.is_empty() {
            // Kept before it is sent, so that a lost answer leaves nobody without a token.
            self.keep(|kept| kept.fresh.clone_from(&fresh));
        }
        let held = self.ticket().0;
        let proof = Identify { key: self.key().into(), jwt, fresh };
        clock::spawn(async move {
            let token = if held.is_empty() { clock::token() } else { held.clone() };
            let answer = door::identify(&token, &proof).insist(3).await;
            self.change().proving = false;
            let stands = {
                let state = self.peek();
                state.hints.jwt == proof.jwt && [&held, &proof.fresh].contains(&&state.kept.token)
            };
            if stands {
                self.proved(answer, proof.fresh);
            } else {
                // Somebody else was named meanwhile, or nobody any more.
                self.prove();
            }
            self.settle();
        });
    }

    /// It is not he who sat here: nothing of that person may be left (R7). What this page has said, it said
    /// of the new one, unless it had proved another before.
    fn change_places(self) {
        let said = {
            let mut state = self.change();
            let mut said = std::mem::take(&mut state.hints);
            if state.known.is_some() {
                said = Hints { jwt: said.jwt, ..Hints::default() };
            }
            said
        };
        self.forget();
        self.change().hints = said;
        self.prove();
    }

    fn proved(self, answer: door::Answer<Known>, fresh: String) {
        match answer {
            Ok(known) => {
                let risen = known.renewed && self.rise(fresh);
                let chat = known.chat.clone().filter(|chat| *chat != self.ticket().1);
                {
                    let mut state = self.change();
                    state.hints.jwt.clear();
                    state.known = Some(known);
                }
                form::recall(&self.peek());
                page::event("identified", "");
                if let Some(chat) = chat {
                    // He began it elsewhere.
                    self.keep(|kept| kept.chat = chat);
                    self.change().screen = Screen::Loading;
                    self.rejoin();
                } else if risen {
                    // The line of the old token is cut.
                    socket::connect(self);
                }
            }
            Err(snag) => {
                // Whatever was kept for long may have been copied: the next proof has another one.
                if snag.refusal().is_some() && !self.ticket().0.is_empty() {
                    self.keep(|kept| kept.fresh.clear());
                }
                self.refused(&snag);
            }
        }
    }

    fn refused(self, snag: &door::Snag) {
        match snag.refusal() {
            // The conversation that he began as nobody ends first.
            Some(Refusal::AlreadyOpen { .. }) | None => {}
            Some(Refusal::NotYours | Refusal::SignedOut) => self.change_places(),
            Some(why) => {
                self.change().hints.jwt.clear();
                page::event(if *why == Refusal::IdentityExpired { "identity-expired" } else { "identity-refused" }, "");
            }
        }
    }

    /// Keeps what the page says of him, and tells it to who attends him now.
    fn describe(self, pairs: Vec<(String, String)>) {
        let attributes = {
            let mut state = self.change();
            for (mut key, mut value) in pairs {
                for said in [&mut key, &mut value] {
                    said.truncate(said.floor_char_boundary(LONG));
                }
                let attributes = &mut state.hints.attributes;
                attributes.retain(|old| old.key != key);
                if attributes.len() < ATTRIBUTES_LIMIT {
                    attributes.push(Attribute { key, value, signed: false });
                }
            }
            state.hints.attributes.clone()
        };
        let (token, chat) = self.ticket();
        if !chat.is_empty() {
            let asked = door::act(&token, &chat, clock::id(), Act::Describe { attributes });
            // What the page says is a courtesy: nobody is told when it is lost.
            clock::spawn(async move { drop(asked.insist(3).await) });
        }
    }

    /// The page wants a conversation: as far as that goes without a word that he has to say himself.
    fn want(self, subject: String, message: String) {
        {
            let mut state = self.change();
            state.hints.wants = Some(subject);
            if state.is_blank() {
                state.kept.draft = message;
            }
        }
        if self.peek().screen != Screen::Loading {
            self.begin();
        }
    }
}
