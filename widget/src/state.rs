//! All that changes in the window, and the one way to change it.

use crate::clock;
use crate::keep::Kept;
use crate::visit::Visit;
use ::line::upload::Sendings;
use domain::application::ApplicationView;
use domain::article::{ArticleLine, ArticleView};
use domain::identity::{Attribute, Related};
use domain::wire::{Known, Wait};
use domain::{Face, Thread};
use std::cell::{Cell, RefMut};
use std::ops::{Deref, DerefMut};

#[derive(Clone, Copy, Default, PartialEq)]
pub enum Screen {
    #[default]
    Loading,
    Home,
    Form,
    Subject,
    Offline,
    Chat,
    Article,
}

impl Screen {
    /// Each with the id of its place in the document.
    pub const ALL: [(Screen, &str); 7] = [
        (Screen::Loading, "loading"),
        (Screen::Home, "home"),
        (Screen::Form, "ask"),
        (Screen::Subject, "subject"),
        (Screen::Offline, "offline"),
        (Screen::Chat, "chat"),
        (Screen::Article, "article"),
    ];
}

/// All that changes, in one place.
#[derive(Default)]
pub struct State {
    pub screen: Screen,
    pub application: Option<ApplicationView>,
    pub kept: Kept,
    pub thread: Thread,
    pub wait: Option<Wait>,
    /// The agents who are writing, and when each was last heard to.
    pub typing: Vec<(Face, i64)>,
    /// Up to where an agent has read.
    pub agents_read: u32,
    /// The socket is through in both directions.
    pub connected: bool,
    /// It has not been for a while: time to say so.
    pub cut: bool,
    /// The window is open and its tab is in front.
    pub visible: bool,
    /// What went wrong, in words.
    pub trouble: String,
    /// The page he writes from.
    pub address: String,
    /// The group he chose, by id.
    pub chosen: String,
    /// How often the subjects were asked for.
    pub round: u32,
    /// The choice was confirmed, and it was looked who is there.
    pub confirmed: bool,
    /// The protocol number of the message that he has left; zero: none.
    pub receipt: i64,
    /// The conversation, by id, that he is asked about: does he really want to leave it?
    pub asks: String,
    /// Messages, by id, that need no keeping any more.
    pub done: Vec<String>,
    /// The last conversation that was over, by id.
    pub over: String,
    /// The field of the form that is wrong, and why.
    pub fault: (String, String),
    /// What went well, in words.
    pub said: String,
    /// What he is about to say of it: one to five, 6 and 7 for yes and no; none yet.
    pub score: u8,
    /// He wants to say it otherwise.
    pub rates_again: bool,
    /// Files on their way.
    pub files: Sendings,
    /// A request is under way that must not be made twice.
    pub busy: bool,
    /// What he looks for in the knowledge base, and what was found; none: nothing is asked.
    pub question: String,
    pub found: Option<Vec<ArticleLine>>,
    pub article: Option<ArticleView>,
    /// Whether the article helped, once he has said it.
    pub verdict: Option<bool>,
    pub hints: Hints,
    /// It is being looked at.
    pub proving: bool,
    /// Who his site has proved him to be.
    pub known: Option<Known>,
    /// His tickets to go on with.
    pub tickets: Vec<Related>,
    /// The one he chose, by id; empty: none.
    pub related: String,
}

/// What the page said of who is here.
#[derive(Default)]
pub struct Hints {
    /// The proof of who he is, until it was looked at.
    pub jwt: String,
    /// Answers to the form, by field.
    pub prefill: Vec<(String, String)>,
    pub attributes: Vec<Attribute>,
    /// A conversation is wanted about this subject, by id or name; empty: about any.
    pub wants: Option<String>,
}

impl State {
    pub fn chat(&self) -> Option<&domain::Chat> {
        self.thread.chat.as_ref()
    }

    /// There is nothing to send.
    pub fn is_blank(&self) -> bool {
        self.kept.draft.trim().is_empty()
    }
}

/// The state, to be changed. When it is let go of, the window is painted: soon, and once for all that
/// was changed until then.
pub struct Change {
    state: RefMut<'static, State>,
    visit: Visit,
}

thread_local! {
    /// It will be painted.
    static DUE: Cell<bool> = const { Cell::new(false) };
}

impl Change {
    pub fn new(state: RefMut<'static, State>, visit: Visit) -> Change {
        Change { state, visit }
    }
}

impl Deref for Change {
    type Target = State;

    fn deref(&self) -> &State {
        &self.state
    }
}

impl DerefMut for Change {
    fn deref_mut(&mut self) -> &mut State {
        &mut self.state
    }
}

impl Drop for Change {
    fn drop(&mut self) {
        let visit = self.visit;
        if !DUE.replace(true) {
            clock::spawn(async move {
                DUE.set(false);
                visit.paint();
            });
        }
    }
}
