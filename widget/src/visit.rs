//! A visit: everything the screens share, and how it goes on from a reload.

use crate::dom::{document, window};
use crate::door::{self, Snag};
use crate::keep::{self, Kept};
use crate::state::{Change, Hints, Screen, State};
use crate::words::Words;
use crate::{ask, clock, form, page, socket, sound};
use ::line::upload::{self, Sendings};
use domain::application::ApplicationView;
use domain::{Event, Face, Thread, Told};
use std::cell::{Cell, Ref, RefCell};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

#[derive(Clone, Copy)]
pub struct Visit {
    pub words: &'static Words,
    /// The application's public key.
    key: &'static str,
    state: &'static RefCell<State>,
    paint: fn(Visit),
}

thread_local! {
    /// The page has said what it keeps, or there is no page.
    static GREETED: Cell<bool> = const { Cell::new(false) };
    static READING: Cell<bool> = const { Cell::new(false) };
    /// Somebody wanted to read while it was being read: what he knows of may have come too late.
    static AGAIN: Cell<bool> = const { Cell::new(false) };
}

impl Visit {
    pub fn new(ask: &ask::Ask, paint: fn(Visit)) -> Visit {
        let state = State { visible: page::is_alone(), ..State::default() };
        // As long as the document.
        let state = Box::leak(Box::new(RefCell::new(state)));
        Visit { words: crate::words::of(&ask.lang), key: ask.key.clone().leak(), state, paint }
    }

    pub fn key(self) -> &'static str {
        self.key
    }

    /// Looks. Let go of it before you change anything.
    pub fn peek(self) -> Ref<'static, State> {
        self.state.borrow()
    }

    pub fn change(&self) -> Change {
        Change::new(self.state.borrow_mut(), *self)
    }

    pub fn paint(self) {
        (self.paint)(self);
    }

    /// Changes what no screen shows.
    pub fn note(self, change: impl FnOnce(&mut Kept)) {
        change(&mut self.state.borrow_mut().kept);
    }

    /// Reads what the application asks and shows.
    pub fn load(self) {
        self.change().trouble.clear();
        clock::spawn(async move {
            if page::is_alone() {
                self.resume(None, None, None);
            }
            let told = ask::told().map(|view| self.know(view)).is_some();
            if told || self.refresh().await {
                // Somebody else than our loader has framed us: he will not say hello.
                if !GREETED.get() {
                    clock::sleep(2_000).await;
                    self.resume(None, None, None);
                }
                self.settle();
            }
        });
    }

    /// Reads the application again: who is online changes.
    pub async fn refresh(self) -> bool {
        match door::application(self.key(), self.words.common.lang).insist(3).await {
            Ok(view) => {
                self.know(view);
                true
            }
            Err(snag) => {
                self.fail(&snag);
                false
            }
        }
    }

    fn know(self, view: ApplicationView) {
        ask::paint(&view.accent);
        let mut state = self.change();
        state.application = Some(view);
        state.trouble.clear();
    }

    pub fn fail(self, snag: &Snag) {
        self.change().trouble = snag.words(self.words);
    }

    /// Home, once it is known what to show and that no conversation waits.
    pub fn settle(self) {
        let ready = {
            let state = self.peek();
            let kept = &state.kept;
            let asks = kept.opening.is_some() || kept.message.is_some() || state.proving;
            let idle = kept.chat.is_empty() && kept.over.is_empty() && !asks;
            GREETED.get() && idle && state.application.is_some() && state.screen == Screen::Loading
        };
        if ready {
            self.go(Screen::Home);
            if self.peek().hints.wants.is_some() {
                self.begin();
            }
        }
    }

    /// Goes on where he was. Who he is, is the page's word; what he wrote, the frame's.
    pub fn resume(self, token: Option<String>, chat: Option<String>, draft: Option<String>) {
        if GREETED.replace(true) {
            return;
        }
        let mut kept = keep::read(self.key()).or_else(|| keep::unpack(&draft?)).unwrap_or_default();
        if !page::is_alone() {
            let token = token.unwrap_or_default();
            // His site may have named him in another tab, and this page not have heard of it.
            if kept.token != token && (token.is_empty() || kept.former != token) {
                kept = Kept { token, ..Kept::default() };
                keep::forget(self.key());
            }
            kept.chat = chat.unwrap_or_default();
        }
        let (running, over) = (!kept.chat.is_empty(), !kept.over.is_empty());
        let (opening, message) = (kept.opening.clone(), kept.message.clone());
        self.change().kept = kept;
        if running {
            self.rejoin();
        } else if let Some(open) = opening {
            self.ask_for(open);
        } else if let Some(message) = message {
            self.send_message(message);
        } else if over {
            clock::spawn(self.read());
        } else {
            self.settle();
        }
    }

    /// Into the conversation that is kept.
    pub fn rejoin(self) {
        self.change().thread = Thread::default();
        clock::spawn(async move {
            socket::connect(self);
            self.read().await;
        });
    }

    /// Changes what is kept, and keeps it.
    pub fn keep(self, change: impl FnOnce(&mut Kept)) {
        change(&mut self.change().kept);
        self.save();
    }

    /// Keeps all that outlives a reload. Another tab of his may have kept something meanwhile: who he is
    /// and the conversation he has begun are taken over, and his unsent words are left where they are.
    pub fn save(self) {
        let mut kept = {
            let mut state = self.state.borrow_mut();
            let elsewhere = keep::read(self.key()).unwrap_or_default();
            if state.kept.token.is_empty() || state.kept.token == elsewhere.former {
                state.kept.token = elsewhere.token.clone();
                state.kept.former = elsewhere.former;
            }
            let his = [&state.kept.token, &state.kept.former].contains(&&elsewhere.token);
            if his && state.kept.chat.is_empty() && elsewhere.chat != state.over {
                state.kept.chat = elsewhere.chat;
            }
            let mut kept = state.kept.clone();
            for unsent in elsewhere.unsent.into_iter().filter(|unsent| his && !state.done.contains(&unsent.id)) {
                if !kept.unsent.iter().any(|own| own.id == unsent.id) {
                    kept.unsent.push(unsent);
                }
            }
            kept
        };
        let draft = (!keep::write(self.key(), &kept)).then(|| keep::pack(&kept));
        page::keep(std::mem::take(&mut kept.token), std::mem::take(&mut kept.chat), draft);
    }

    /// His token and his conversation, as the doors want them.
    pub fn ticket(self) -> (String, String) {
        let state = self.peek();
        (state.kept.token.clone(), state.kept.chat.clone())
    }

    /// The conversation that is before him, be it over.
    pub fn shown(self) -> (String, String) {
        let (token, chat) = self.ticket();
        let over = self.peek().kept.over.clone();
        (token, if chat.is_empty() { over } else { chat })
    }

    /// He ends it, and nothing of him stays in this browser: neither with us nor with the page.
    pub fn wipe(self) {
        self.forget();
        self.change().said = self.words.forgotten.into();
    }

    /// Another person sits down: nothing of this one may be left (R7).
    pub fn forget(self) {
        let (token, chat) = self.ticket();
        if !chat.is_empty() {
            clock::spawn(door::leave(token, chat));
        }
        keep::forget(self.key());
        page::forget();
        self.clear();
    }

    /// Nobody has sat here; also said by another tab of his, in which somebody else sat down.
    pub fn clear(self) {
        socket::close(self);
        page::unread(0, "");
        {
            let mut state = self.change();
            state.kept = Kept::default();
            state.busy = false;
            state.hints = Hints::default();
            state.known = None;
        }
        form::recall(&self.peek());
        self.leave();
    }

    /// Out of a conversation that is over, to the first screen.
    pub fn leave(self) {
        upload::forget();
        {
            let mut state = self.change();
            state.files = Sendings::default();
            state.thread = Thread::default();
            state.wait = None;
            state.typing.clear();
            state.agents_read = 0;
            state.score = 0;
            state.rates_again = false;
            state.kept.over.clear();
            state.chosen.clear();
            state.tickets.clear();
            state.related.clear();
            state.receipt = 0;
            // What he could not say any more he finds where he writes next.
            let mut rest = Vec::new();
            for unsent in std::mem::take(&mut state.kept.unsent) {
                state.done.push(unsent.id);
                rest.push(unsent.text);
            }
            rest.push(std::mem::take(&mut state.kept.draft));
            state.kept.draft = rest.join("\n").trim().into();
            state.kept.seen = 0;
        }
        self.go(Screen::Home);
        clock::spawn(async move {
            self.refresh().await;
        });
    }

    pub fn go(self, screen: Screen) {
        {
            let mut state = self.change();
            state.trouble.clear();
            state.said.clear();
            state.screen = screen;
        }
        if document().has_focus().unwrap_or(false) {
            self.focus();
        }
    }

    /// Puts the focus where the next thing is done; where a finger would make a keyboard rise over what
    /// is to be read first, on the heading.
    pub fn focus(self) {
        clock::spawn(async {
            clock::sleep(0).await;
            let find = |what| document().query_selector(what).ok().flatten();
            let first = find("[data-first]:not([hidden], [hidden] *, :disabled)");
            let touch = window().match_media("(hover: none)").ok().flatten().is_some_and(|query| query.matches());
            let typed = first.as_ref().is_none_or(|first| matches!(&*first.tag_name(), "TEXTAREA" | "INPUT"));
            let there = if touch && typed { find(".widget__screen:not([hidden]) h1") } else { first };
            if let Some(there) = there.and_then(|there| there.dyn_into::<HtmlElement>().ok()) {
                let _ = there.focus();
            }
        });
    }

    /// Hears what was told; false: something was missed.
    pub fn hear(self, told: &[Told]) -> bool {
        let (whole, before, after) = {
            let mut state = self.change();
            let before = state.thread.heard().0;
            (state.thread.hear_all(told), before, state.thread.heard().0)
        };
        if after != before {
            self.heard(before);
        }
        whole
    }

    fn heard(self, before: u32) {
        let (fresh, rings, over, enters) = {
            let state = self.peek();
            let thread = &state.thread;
            let fresh = thread.unread(before, None);
            let called =
                thread.told.iter().any(|told| told.seq > before && matches!(told.event, Event::Attended { .. }));
            let rings = before > 0 && (fresh > 0 || called) && !state.visible;
            let over = state.chat().is_some_and(|chat| chat.is_over());
            let enters = match state.screen {
                Screen::Loading => true,
                // What stands in the offline form stands where he writes, too.
                Screen::Offline => called || over,
                _ => false,
            };
            (fresh, rings, over, enters)
        };
        let mute = self.peek().kept.mute;
        if rings && !mute {
            sound::ring();
        }
        if fresh > 0 {
            {
                // Whoever has spoken does not write any more.
                let mut state = self.change();
                let State { typing, thread, .. } = &mut *state;
                let spoke = |face: &Face| {
                    let by_him = |event: &Event| matches!(event, Event::Posted { by: Some(by), .. } | Event::Attached { by: Some(by), .. } if by.id == face.id);
                    thread.told.iter().any(|told| told.seq > before && by_him(&told.event))
                };
                typing.retain(|(face, _)| !spoke(face));
            }
            self.announce(before);
        }
        upload::fetch();
        if enters {
            self.go(Screen::Chat);
        }
        if over {
            self.ended();
        }
        self.count();
    }

    /// Tells the page who said something new.
    fn announce(self, before: u32) {
        let state = self.peek();
        let last = state.thread.told.iter().rev().find_map(|told| match &told.event {
            Event::Posted { by: Some(by), .. } if told.seq > before => Some((&told.chat, &by.name)),
            _ => None,
        });
        if let Some((chat, by)) = last {
            page::happened("message", &[("chat", chat.into()), ("by", by.into())]);
        }
    }

    fn ended(self) {
        let (running, chat) = {
            let mut state = self.change();
            state.typing.clear();
            state.cut = false;
            state.over = state.chat().map_or(String::new(), |chat| chat.id.clone());
            // He has left with these words: they are said.
            if state.thread.told.iter().any(|told| told.act == state.kept.leaving) {
                state.kept.draft.clear();
            }
            state.kept.leaving.clear();
            (!state.kept.chat.is_empty(), state.over.clone())
        };
        socket::close(self);
        self.give_up(&chat);
        if running {
            let keeps = self.peek().chat().is_some_and(domain::Chat::leaves_ticket);
            self.keep(|kept| {
                kept.chat.clear();
                kept.over = if keeps { chat.clone() } else { String::new() };
            });
            page::event("chat-ended", &chat);
        }
        self.prove();
    }

    /// How many messages he has not seen, told to the page.
    fn count(self) {
        let (seq, sees) = {
            let state = self.peek();
            let seq = state.thread.heard().0;
            (seq, state.visible && state.kept.seen != seq)
        };
        if sees {
            self.note(|kept| kept.seen = seq);
            self.save();
            socket::read_up_to(self);
        }
        let state = self.peek();
        let unread = state.thread.unread(state.kept.seen, None);
        page::unread(unread, &(self.words.unread)(unread));
    }

    pub fn look(self, visible: bool) {
        self.change().visible = visible;
        self.prove();
        let talks = self.peek().chat().is_some();
        if talks {
            self.count();
        }
    }

    /// Reads what was missed, to the end. The only recovery there is.
    pub async fn read(self) {
        if READING.replace(true) {
            return AGAIN.set(true);
        }
        let mut tries = 0;
        loop {
            let (token, chat) = self.shown();
            if chat.is_empty() {
                break;
            }
            let after = self.peek().thread.heard().0;
            match door::events(&token, &chat, after).once().await {
                Ok(page) => {
                    self.hear(&page.told);
                    if !page.more && !AGAIN.replace(false) {
                        break;
                    }
                }
                Err(snag) => {
                    if snag.is_of_a_stranger() {
                        if self.renew(&token) {
                            continue;
                        }
                        // Of a new token another tab of his may hear a moment later.
                        if tries > 1 {
                            self.lost();
                            break;
                        }
                    }
                    tries += 1;
                    let loading = self.peek().screen == Screen::Loading;
                    if tries == 3 && loading {
                        self.fail(&snag);
                    }
                    clock::sleep(clock::back_off(tries)).await;
                }
            }
        }
        READING.set(false);
        self.send_all();
        self.ask_wait().await;
    }

    /// This token is nobody's. If his site has named him, here or in another tab, the one that stands for him
    /// now takes its place; false: it was not that.
    pub fn renew(self, old: &str) -> bool {
        if self.ticket().0 == old {
            let elsewhere = keep::read(self.key()).unwrap_or_default();
            let own = self.peek().kept.fresh.clone();
            let fresh = match () {
                () if elsewhere.former == old => elsewhere.token,
                () if own.is_empty() && elsewhere.token == old => elsewhere.fresh,
                () => own,
            };
            if fresh.is_empty() {
                return false;
            }
            self.rise(fresh);
            socket::connect(self);
        }
        true
    }

    /// From now on he is known by this token; false: he is already.
    pub fn rise(self, fresh: String) -> bool {
        let held = self.ticket().0;
        let rises = held != fresh;
        if rises {
            self.note(|kept| {
                kept.token = fresh;
                kept.former.clone_from(&held);
                kept.fresh.clear();
            });
            // Who has not acted yet keeps nothing.
            if !held.is_empty() {
                self.save();
            }
        }
        rises
    }

    /// The server knows nothing of the conversation that we kept.
    fn lost(self) {
        socket::close(self);
        upload::forget();
        self.change().files = Sendings::default();
        let chat = self.ticket().1;
        self.change().over = chat;
        self.keep(|kept| {
            kept.chat.clear();
            kept.over.clear();
            kept.unsent.clear();
        });
        {
            let mut state = self.change();
            state.thread = Thread::default();
            state.screen = Screen::Loading;
        }
        self.settle();
    }
}
