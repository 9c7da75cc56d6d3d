//! A visit: everything the screens share, and how it goes on from a reload.

use crate::door::{self, Snag};
use crate::keep::{self, Kept};
use crate::words::Words;
use crate::{ask, clock, page, socket, sound};
use domain::application::{ApplicationView, FieldKind};
use domain::wire::Wait;
use domain::{Event, Face, Refusal, Thread, Told};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::cell::Cell;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

#[derive(Clone, Copy, PartialEq)]
pub enum Screen {
    Loading,
    Home,
    Form,
    Subject,
    Chat,
}

#[derive(Clone, Copy)]
pub struct Visit {
    pub words: &'static Words,
    /// The application's public key.
    pub key: StoredValue<String>,
    pub screen: RwSignal<Screen>,
    pub application: RwSignal<Option<ApplicationView>>,
    pub kept: RwSignal<Kept>,
    pub thread: RwSignal<Thread>,
    pub wait: RwSignal<Option<Wait>>,
    /// The agent who is writing.
    pub typing: RwSignal<Option<Face>>,
    /// The socket is through in both directions.
    pub connected: RwSignal<bool>,
    /// It has not been for a while: time to say so.
    pub cut: RwSignal<bool>,
    /// The window is open and its tab is in front.
    pub visible: RwSignal<bool>,
    /// What went wrong, in words.
    pub trouble: RwSignal<Option<String>>,
    /// The page he writes from.
    pub address: RwSignal<String>,
    /// The group he chose, by id.
    pub chosen: RwSignal<String>,
    /// The choice was confirmed, and it was looked who is there.
    pub confirmed: RwSignal<bool>,
    /// A request is under way that must not be made twice.
    pub busy: RwSignal<bool>,
}

thread_local! {
    /// The page has said what it keeps, or there is no page.
    static GREETED: Cell<bool> = const { Cell::new(false) };
    static READING: Cell<bool> = const { Cell::new(false) };
    /// Somebody wanted to read while it was being read: what he knows of may have come too late.
    static AGAIN: Cell<bool> = const { Cell::new(false) };
}

impl Visit {
    pub fn new(ask: &ask::Ask) -> Visit {
        Visit {
            words: crate::words::of(&ask.lang),
            key: StoredValue::new(ask.key.clone()),
            screen: RwSignal::new(Screen::Loading),
            application: RwSignal::new(None),
            kept: RwSignal::new(Kept::default()),
            thread: RwSignal::new(Thread::default()),
            wait: RwSignal::new(None),
            typing: RwSignal::new(None),
            connected: RwSignal::new(false),
            cut: RwSignal::new(false),
            visible: RwSignal::new(page::is_alone()),
            trouble: RwSignal::new(None),
            address: RwSignal::new(String::new()),
            chosen: RwSignal::new(String::new()),
            confirmed: RwSignal::new(false),
            busy: RwSignal::new(false),
        }
    }

    /// Reads what the application asks and shows.
    pub fn load(self) {
        self.trouble.set(None);
        spawn_local(async move {
            if page::is_alone() {
                self.resume(None, None, None);
            }
            if self.refresh().await {
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
        let key = self.key.get_value();
        match door::insist(|| door::application(&key, self.words.common.lang), 3).await {
            Ok(view) => {
                ask::paint(&view.accent);
                self.application.set(Some(view));
                self.trouble.set(None);
                true
            }
            Err(snag) => {
                self.fail(&snag);
                false
            }
        }
    }

    pub fn fail(self, snag: &Snag) {
        self.trouble.set(Some(snag.words(self.words)));
    }

    /// Home, once it is known what to show and that no conversation waits.
    fn settle(self) {
        let ready = GREETED.get() && self.application.with_untracked(Option::is_some);
        if ready && self.screen.get_untracked() == Screen::Loading && self.kept.with_untracked(|kept| kept.chat.is_empty() && kept.opening.is_none()) {
            self.go(Screen::Home);
        }
    }

    /// Goes on where he was. Who he is, is the page's word; what he wrote, the frame's.
    pub fn resume(self, token: Option<String>, chat: Option<String>, draft: Option<String>) {
        if GREETED.replace(true) {
            return;
        }
        let mut kept = keep::read(&self.key.get_value()).or_else(|| keep::unpack(&draft?)).unwrap_or(Kept::default());
        if let Some(token) = token {
            if kept.token != token {
                kept = Kept { token, ..Kept::default() };
            }
            kept.chat = chat.unwrap_or(String::new());
        }
        self.kept.set(kept.clone());
        if !kept.chat.is_empty() {
            self.rejoin();
        } else if let Some(open) = kept.opening {
            self.ask_for(open);
        } else {
            self.settle();
        }
    }

    /// Into the conversation that is kept.
    pub fn rejoin(self) {
        self.thread.set(Thread::default());
        spawn_local(async move {
            socket::connect(self);
            self.read().await;
        });
    }

    /// Changes what is kept, and keeps it.
    pub fn keep(self, change: impl FnOnce(&mut Kept)) {
        self.kept.update(change);
        self.save();
    }

    pub fn save(self) {
        self.kept.with_untracked(|kept| {
            let draft = (!keep::write(&self.key.get_value(), kept)).then(|| keep::pack(kept));
            page::keep(&kept.token, &kept.chat, draft);
        });
    }

    /// Another person sits down: nothing of this one may be left (R7).
    pub fn forget(self) {
        let (token, chat) = self.kept.with_untracked(|kept| (kept.token.clone(), kept.chat.clone()));
        if !chat.is_empty() {
            let wish = domain::event::Wish { id: clock::id(), act: domain::Act::Close };
            spawn_local(async move {
                let _ = door::insist(|| door::act(&token, &chat, &wish), 3).await;
            });
        }
        socket::close();
        keep::forget(&self.key.get_value());
        page::forget();
        page::unread(0);
        self.kept.set(Kept::default());
        self.leave();
    }

    /// Out of a conversation that is over, to the first screen.
    pub fn leave(self) {
        self.thread.set(Thread::default());
        self.wait.set(None);
        self.typing.set(None);
        self.chosen.set(String::new());
        self.trouble.set(None);
        self.kept.update_untracked(|kept| {
            kept.draft.clear();
            kept.unsent.clear();
            kept.seen = 0;
        });
        self.go(Screen::Home);
        spawn_local(async move {
            self.refresh().await;
        });
    }

    pub fn go(self, screen: Screen) {
        self.trouble.set(None);
        self.screen.set(screen);
        if document().has_focus().unwrap_or(false) {
            self.focus();
        }
    }

    /// Puts the focus where the next thing is done. Not where a finger would make a keyboard rise.
    pub fn focus(self) {
        set_timeout(
            || {
                let first = document().query_selector("[data-first]:not([hidden], [hidden] *, :disabled)").ok().flatten();
                let touch = window().match_media("(hover: none)").ok().flatten().is_some_and(|query| query.matches());
                if let (Some(first), false) = (first.and_then(|first| first.dyn_into::<HtmlElement>().ok()), touch) {
                    let _ = first.focus();
                }
            },
            std::time::Duration::ZERO,
        );
    }

    /// Hears what was told; false: something was missed.
    pub fn hear(self, told: &[Told]) -> bool {
        let before = self.thread.with_untracked(|thread| thread.heard().0);
        let whole = self.thread.try_update(|thread| thread.hear_all(told)).unwrap_or(true);
        if self.thread.with_untracked(|thread| thread.heard().0) != before {
            self.heard(before);
        }
        whole
    }

    fn heard(self, before: u32) {
        let (fresh, called, over) = self.thread.with_untracked(|thread| {
            let called = thread.told.iter().any(|told| told.seq > before && matches!(told.event, Event::Attended { .. }));
            (thread.unread(before, None), called, thread.chat.as_ref().is_some_and(|chat| chat.is_over()))
        });
        if before > 0 && (fresh > 0 || called) && !self.visible.get_untracked() {
            sound::ring();
        }
        if fresh > 0 {
            self.typing.set(None);
            page::event("message", "");
        }
        if self.screen.get_untracked() == Screen::Loading {
            self.go(Screen::Chat);
        }
        if over {
            self.ended();
        }
        self.count();
    }

    fn ended(self) {
        self.typing.set(None);
        self.cut.set(false);
        socket::close();
        if self.kept.with_untracked(|kept| !kept.chat.is_empty()) {
            self.keep(|kept| kept.chat.clear());
            page::event("chat-ended", "");
        }
    }

    /// How many messages he has not seen, told to the page.
    fn count(self) {
        let seq = self.thread.with_untracked(|thread| thread.heard().0);
        if self.visible.get_untracked() && self.kept.with_untracked(|kept| kept.seen != seq) {
            self.kept.update_untracked(|kept| kept.seen = seq);
            self.save();
        }
        let seen = self.kept.with_untracked(|kept| kept.seen);
        page::unread(self.thread.with_untracked(|thread| thread.unread(seen, None)));
    }

    pub fn look(self, visible: bool) {
        self.visible.set(visible);
        if self.thread.with_untracked(|thread| thread.chat.is_some()) {
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
            let (token, chat) = self.kept.with_untracked(|kept| (kept.token.clone(), kept.chat.clone()));
            if chat.is_empty() {
                break;
            }
            let after = self.thread.with_untracked(|thread| thread.heard().0);
            match door::events(&token, &chat, after).await {
                Ok(page) => {
                    self.hear(&page.told);
                    if !page.more && !AGAIN.replace(false) {
                        break;
                    }
                }
                Err(snag) if matches!(snag.refusal(), Some(Refusal::NotYours | Refusal::SignedOut)) => {
                    self.lost();
                    break;
                }
                Err(snag) => {
                    tries += 1;
                    if tries == 3 && self.screen.get_untracked() == Screen::Loading {
                        self.fail(&snag);
                    }
                    clock::sleep(clock::back_off(tries)).await;
                }
            }
        }
        READING.set(false);
        self.ask_wait().await;
    }

    /// The server knows nothing of the conversation that we kept.
    fn lost(self) {
        socket::close();
        self.keep(|kept| kept.chat.clear());
        self.thread.set(Thread::default());
        self.screen.set(Screen::Loading);
        self.settle();
    }

    /// His name, where the form asked for it before.
    pub fn name(self) -> String {
        self.answer_of(FieldKind::Name)
    }

    fn answer_of(self, kind: FieldKind) -> String {
        self.application.with(|view| {
            let field = view.as_ref().and_then(|view| view.fields.iter().find(|field| field.kind == kind));
            self.kept.with(|kept| {
                let answer = field.and_then(|field| kept.answers.iter().find(|answer| answer.key == field.key));
                answer.map_or(String::new(), |answer| answer.value.clone())
            })
        })
    }
}
