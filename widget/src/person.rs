//! What the page says of its visitor: who he is, with proof or without, and what he is here for.
//!
//! Proof is looked at by the server, once the window is open or a conversation runs: a page that merely
//! names its visitor asks for nothing.

use crate::door;
use crate::state::Screen;
use crate::visit::Visit;
use crate::{clock, form, page};
use domain::identity::{ATTRIBUTES_LIMIT, Attribute, KEY_LIMIT, VALUE_LIMIT};
use domain::wire::Identify;
use domain::{Act, Refusal, text};
use js_sys::{Array, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};

/// What is called on the page, with what was given to it.
pub fn call(visit: Visit, act: &str, with: &JsValue) {
    match act {
        "identify" => {
            visit.change().jwt = with.as_string().unwrap_or_default();
            visit.prove();
        }
        "prefill" => {
            visit.change().prefill = pairs(with);
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

/// As long as it may be.
fn short(words: &str, limit: usize) -> String {
    text::line(words).chars().take(limit).collect()
}

impl Visit {
    /// Asks the server whether the proof is one, if somebody is here to see what comes of it.
    pub fn prove(self) {
        {
            let mut state = self.change();
            let here = state.visible || !state.kept.chat.is_empty();
            if state.jwt.is_empty() || !here || state.proving {
                return;
            }
            state.proving = true;
            if state.kept.token.is_empty() {
                state.kept.token = clock::token();
            }
            // It is not said who he is and then otherwise.
            if state.screen == Screen::Home {
                state.screen = Screen::Loading;
            }
        }
        clock::spawn(async move {
            loop {
                let (token, jwt) = (self.ticket().0, self.peek().jwt.clone());
                let proof = Identify { key: self.key().into(), jwt };
                let answer = door::insist(&|| Box::pin(door::identify(&token, &proof)), 3).await;
                if self.peek().jwt != proof.jwt || self.ticket().0 != token {
                    // Somebody else was named meanwhile, or nobody any more.
                    if self.peek().jwt.is_empty() {
                        break;
                    }
                    if self.ticket().0.is_empty() {
                        self.change().kept.token = clock::token();
                    }
                    continue;
                }
                if let Err(snag) = &answer
                    && let Some(Refusal::NotYours | Refusal::SignedOut) = snag.refusal()
                {
                    self.change_places(proof.jwt);
                    continue;
                }
                self.proved(answer);
                break;
            }
            self.change().proving = false;
            self.settle();
        });
    }

    /// It is not he who sat here: nothing of that person may be left (R7). What this page has said, it said
    /// of the new one, unless it had proved another before.
    fn change_places(self, jwt: String) {
        let said = {
            let mut state = self.change();
            let said = (std::mem::take(&mut state.prefill), std::mem::take(&mut state.attributes), state.wants.take());
            state.known.is_none().then_some(said)
        };
        self.forget();
        let mut state = self.change();
        if let Some(said) = said {
            (state.prefill, state.attributes, state.wants) = said;
        }
        state.jwt = jwt;
        state.kept.token = clock::token();
        state.screen = Screen::Loading;
    }

    fn proved(self, answer: door::Answer<domain::wire::Known>) {
        match answer {
            Ok(known) => {
                let chat = known.chat.clone().filter(|chat| *chat != self.ticket().1);
                {
                    let mut state = self.change();
                    state.jwt.clear();
                    state.known = Some(known);
                }
                form::recall(&self.peek());
                page::event("identified", "");
                if let Some(chat) = chat {
                    // He began it elsewhere.
                    self.keep(|kept| kept.chat = chat);
                    self.change().screen = Screen::Loading;
                    self.rejoin();
                }
            }
            Err(snag) => match snag.refusal() {
                // The conversation that he began as nobody ends first.
                Some(Refusal::AlreadyOpen { .. }) | None => {}
                Some(why) => {
                    self.change().jwt.clear();
                    page::event(
                        if *why == Refusal::IdentityExpired { "identity-expired" } else { "identity-refused" },
                        "",
                    );
                }
            },
        }
    }

    /// Keeps what the page says of him, and tells it to who attends him now.
    fn describe(self, pairs: Vec<(String, String)>) {
        let attributes = {
            let mut state = self.change();
            for (key, value) in pairs {
                let one = Attribute { key: short(&key, KEY_LIMIT), value: short(&value, VALUE_LIMIT), signed: false };
                state.attributes.retain(|old| old.key != one.key);
                if !one.key.is_empty() && state.attributes.len() < ATTRIBUTES_LIMIT {
                    state.attributes.push(one);
                }
            }
            state.attributes.clone()
        };
        let (token, chat) = self.ticket();
        if !chat.is_empty() {
            let wish = domain::event::Wish { id: clock::id(), act: Act::Describe { attributes } };
            clock::spawn(async move {
                // What the page says is a courtesy: nobody is told when it is lost.
                let _ = door::insist(&|| Box::pin(door::act(&token, &chat, &wish)), 3).await;
            });
        }
    }

    /// The page wants a conversation: as far as that goes without a word that he has to say himself.
    fn want(self, subject: String, message: String) {
        {
            let mut state = self.change();
            state.wants = Some(subject);
            if state.is_blank() {
                state.kept.draft = message;
            }
        }
        if self.peek().screen != Screen::Loading {
            self.begin();
        }
    }
}
