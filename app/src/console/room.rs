//! A conversation in a tab: its thread, and what I am about to say in it.

use super::board::Board;
use super::browser::{self, kept};
use super::composer::Mode;
use super::note::Kind;
use super::outbox::{self, Pending};
use crate::doors::{Failure, chat, ticket};
use ::line::upload::Sendings;
use domain::event::Wish;
use domain::wire::{Card, Up};
use domain::{Act, Event, Face, Refusal, Span, Stage, Thread, Ticket, Time, Told, Trouble};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// How long a hint that somebody writes is believed.
const TYPING: Span = Span::secs(6);

/// How far the thread was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reading {
    /// Nothing yet.
    First,
    Ready,
    Failed(Failure),
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Room {
    chat: StoredValue<String>,
    pub thread: RwSignal<Thread>,
    pub reading: RwSignal<Reading>,
    pub pending: RwSignal<Vec<Pending>>,
    /// What is being written: for each mode its own, so that no words change whom they are for.
    drafts: [RwSignal<String>; 3],
    pub mode: RwSignal<Mode>,
    /// Who writes (none: the customer), and since when.
    pub typing: RwSignal<Vec<(Option<Face>, Time)>>,
    /// Up to where the customer has read it.
    pub read_by_customer: RwSignal<u32>,
    /// Up to where I have seen it.
    pub seen: RwSignal<u32>,
    /// And of what is said among agents.
    seen_asides: RwSignal<u32>,
    /// What the conversation left behind.
    pub ticket: RwSignal<Option<Ticket>>,
    /// Whom it is to go to is to be chosen as soon as it is shown.
    pub redirects: StoredValue<bool>,
    /// Words for whoever goes on with it, while they were not sent.
    pub parting: RwSignal<String>,
    /// I look on without being in it.
    pub watching: RwSignal<bool>,
    busy: StoredValue<bool>,
    again: StoredValue<bool>,
    pub sending: StoredValue<bool>,
    /// What the screen had shown when each of the pending was sent, by its id.
    pub shown: StoredValue<Vec<(String, u32)>>,
    /// Who may be mentioned in it, those first whom I chose; none: not read yet.
    pub readers: RwSignal<Option<Vec<Face>>>,
    /// A colleague was faster than what I sent; what the screen had shown until then.
    pub asked: RwSignal<Option<u32>>,
    /// Files on their way.
    pub files: RwSignal<Sendings>,
    typed_at: StoredValue<f64>,
    /// The line was asked to bring all of it.
    following: StoredValue<bool>,
}

impl Room {
    pub fn new(chat: &str) -> Room {
        Room {
            chat: StoredValue::new(chat.to_owned()),
            thread: RwSignal::new(Thread::default()),
            reading: RwSignal::new(Reading::First),
            pending: RwSignal::new(outbox::read(chat)),
            drafts: Mode::ALL.map(|mode| RwSignal::new(kept::read(&draft_name(chat, mode)).unwrap_or_default())),
            mode: RwSignal::new(Mode::Reply),
            typing: RwSignal::new(Vec::new()),
            read_by_customer: RwSignal::new(0),
            seen: RwSignal::new(0),
            seen_asides: RwSignal::new(0),
            ticket: RwSignal::new(None),
            redirects: StoredValue::new(false),
            parting: RwSignal::new(String::new()),
            watching: RwSignal::new(false),
            busy: StoredValue::new(false),
            again: StoredValue::new(false),
            sending: StoredValue::new(false),
            shown: StoredValue::new(Vec::new()),
            readers: RwSignal::new(None),
            asked: RwSignal::new(None),
            files: RwSignal::new(Sendings::default()),
            typed_at: StoredValue::new(0.0),
            following: StoredValue::new(false),
        }
    }

    pub fn chat(&self) -> String {
        self.chat.get_value()
    }

    pub fn is(&self, chat: &str) -> bool {
        self.chat.with_value(|id| id == chat)
    }

    pub fn path(&self) -> String {
        ["/chat/", &self.chat()].concat()
    }

    /// Something of the chat; none while it was not read.
    pub fn of<T>(&self, what: impl FnOnce(&domain::Chat) -> T) -> Option<T> {
        self.thread.with(|thread| thread.chat.as_ref().map(what))
    }

    pub fn is_over(&self) -> bool {
        self.of(domain::Chat::is_over).unwrap_or(false)
    }

    pub fn is_running_with(&self, agent: &str) -> bool {
        self.of(|chat| chat.stage == Stage::Attending && chat.is_inside(agent)).unwrap_or(false)
    }

    pub fn owes_ticket_of(&self, agent: &str) -> bool {
        self.ticket.with(|t| t.as_ref().is_some_and(|t| !t.is_saved() && t.is_owned_by(agent)))
    }

    /// Is it the ticket that this conversation has left, or the one that it went on with and that has its words?
    pub fn has_left(&self, ticket: &Ticket) -> bool {
        let went_on = |chat: &domain::Chat| chat.kept_in().is_some_and(|about| about.id == ticket.id);
        ticket.chat.as_deref().is_some_and(|chat| self.is(chat)) || untrack(|| self.of(went_on)).unwrap_or(false)
    }

    /// May I write so now?
    pub fn takes(&self, mode: Mode, agent: &str) -> bool {
        !self.is_over() && (self.is_running_with(agent) || mode != Mode::Reply && self.watching.get())
    }

    pub fn unread(&self, me: &str) -> u32 {
        let (seen, asides) = (self.seen.get(), self.seen_asides.get());
        self.thread.with(|thread| thread.unread(seen, Some(me)) + thread.whispers(asides, me))
    }

    /// Who write at this moment; none: the customer.
    pub fn typists(&self, now: Time) -> Vec<Option<Face>> {
        let over = self.is_over();
        let writes = |(_, since): &(Option<Face>, Time)| now - *since < TYPING && !over;
        self.typing.get().into_iter().filter(writes).map(|(who, _)| who).collect()
    }

    /// Somebody writes.
    pub fn hear_typing(&self, who: Option<Face>, now: Time) {
        self.typing.update(|typing| {
            typing.retain(|(other, since)| *other != who && now - *since < TYPING);
            typing.push((who, now));
        });
    }

    /// All of it is before my eyes.
    pub fn see(&self, board: Board) {
        let (heard, asides) = self.thread.with_untracked(Thread::heard);
        let (news, whispers) = (self.seen.get_untracked() < heard, self.seen_asides.get_untracked() < asides);
        if whispers {
            self.seen_asides.set(asides);
        }
        if news {
            self.seen.set(heard);
            self.tell_seen(board);
        }
        if news || whispers {
            kept::write(&["seen.", &self.chat()].concat(), &[heard, asides].map(|seq| seq.to_string()).join(" "));
        }
    }

    /// Says how far I have read, and so learns how far the customer has.
    fn tell_seen(&self, board: Board) {
        if self.following.get_value() {
            let seq = self.seen.get_untracked();
            board.line.with_value(|line| line.send(&Up::Read { chat: self.chat(), seq }));
        }
    }

    /// Hears what was told; in doubt it reads again.
    pub fn hear(self, board: Board, told: &[Told]) {
        // What is read at first was before.
        let had = untrack(|| self.reading.get() == Reading::Ready && self.is_running_with(&board.my_id()));
        let (heard, _) = self.thread.with_untracked(Thread::heard);
        let whole = self.thread.try_update(|thread| thread.hear_all(told)).unwrap_or(true);
        self.has_arrived(told);
        if had {
            self.tell_lost(board, told, heard);
        }
        let spoke = |who: &Option<Face>| {
            told.iter().any(|t| matches!(&t.event, Event::Posted { by, .. } | Event::Attached { by, .. } if by == who))
        };
        if self.typing.with_untracked(|typing| typing.iter().any(|(who, _)| spoke(who))) {
            self.typing.update(|typing| typing.retain(|(who, _)| !spoke(who)));
        }
        if told.iter().any(|t| matches!(t.event, Event::Ended { .. })) {
            self.give_up(board);
            self.read_ticket(board);
        }
        // Another group, other rights.
        if told.iter().any(|t| matches!(t.event, Event::Redirected { .. })) {
            self.look(board);
        }
        let inside = untrack(|| self.is_running_with(&board.my_id()));
        if inside && !self.following.get_value() {
            self.follow(board);
        }
        // Who enters does not look on any more.
        if self.watching.get_untracked() && (inside || untrack(|| self.is_over())) {
            self.watching.set(false);
        }
        if !whole {
            self.read(board);
        }
    }

    /// Somebody took it over, or sent it on: I had it, and perhaps look elsewhere. What was heard before is no news.
    fn tell_lost(self, board: Board, told: &[Told], heard: u32) {
        let me = board.my_id();
        let to = told.iter().filter(|t| t.seq > heard).find_map(|t| match &t.event {
            Event::Redirected { by, to } if by.id != me => Some(to),
            _ => None,
        });
        if let (Some(to), Some(name)) = (to, untrack(|| self.of(|chat| board.face(chat).name))) {
            board.note(Kind::Plain, [&name, ": ", &board.words.common.redirected(to)].concat());
        }
    }

    /// Its card changed. Who does not follow it learns no more, and may not be allowed to read on.
    pub fn hear_of(self, board: Board, card: &Card) {
        let heard = self.thread.with_untracked(|thread| thread.heard().0);
        if !self.following.get_value() && self.reading.get_untracked() == Reading::Ready && card.seq > heard {
            self.read(board);
        }
    }

    /// Reads on from where the thread stands: the only recovery there is.
    pub fn read(self, board: Board) {
        if self.busy.get_value() {
            return self.again.set_value(true);
        }
        self.busy.set_value(true);
        spawn_local(async move {
            loop {
                self.again.set_value(false);
                let (after, asides_after) = self.thread.with_untracked(Thread::heard);
                match chat::read_chat(self.chat(), after, asides_after).await {
                    Ok(page) => {
                        let first = self.reading.get_untracked() != Reading::Ready;
                        self.hear(board, &page.told);
                        if page.more && !page.told.is_empty() {
                            continue;
                        }
                        if first {
                            self.begin(board);
                        }
                    }
                    // The line reads again when it is back.
                    Err(Failure::Lost) if self.reading.get_untracked() == Reading::Ready => {}
                    Err(failure @ Failure::Trouble(Trouble::Refused(Refusal::SignedOut))) => board.fail(failure),
                    Err(failure) => self.reading.set(Reading::Failed(failure)),
                }
                if !self.again.get_value() {
                    break;
                }
            }
            self.busy.set_value(false);
        });
    }

    /// Reads what there is, and does no more: for a ticket's transcript, which may be left while it is read.
    pub fn read_only(self, board: Board) {
        let id = self.chat();
        spawn_local(async move {
            loop {
                let Some((after, asides_after)) = self.thread.try_with_untracked(Thread::heard) else { return };
                match chat::read_chat(id.clone(), after, asides_after).await {
                    Ok(page) => {
                        let more = page.more && !page.told.is_empty();
                        self.thread.try_update(|thread| thread.hear_all(&page.told));
                        if !more {
                            break;
                        }
                    }
                    Err(failure @ Failure::Trouble(Trouble::Refused(Refusal::SignedOut))) => {
                        return board.fail(failure);
                    }
                    Err(failure) => {
                        self.reading.try_set(Reading::Failed(failure));
                        return;
                    }
                }
            }
            self.reading.try_set(Reading::Ready);
        });
    }

    /// After the first reading: what was seen in an earlier visit, and my eyes where I am not in it.
    fn begin(self, board: Board) {
        let (heard, asides) = self.thread.with_untracked(Thread::heard);
        let seen = kept::read(&["seen.", &self.chat()].concat()).unwrap_or_default();
        let mut seen = seen.split(' ').map(|seq| seq.parse().ok());
        let mut up_to = |heard: u32| seen.next().flatten().unwrap_or(heard).min(heard);
        self.seen.set(up_to(heard));
        self.seen_asides.set(up_to(asides));
        self.reading.set(Reading::Ready);
        self.look(board);
        if untrack(|| self.is_over()) {
            self.give_up(board);
            self.read_ticket(board);
        }
        self.recall();
        self.send(board);
        self.send_files();
    }

    fn read_ticket(self, board: Board) {
        spawn_local(async move {
            match ticket::read_ticket_of_chat(self.chat()).await {
                Ok(Some(ticket)) => board.keep(ticket),
                Ok(None) | Err(Failure::Lost) => {}
                Err(failure) => board.fail(failure),
            }
        });
    }

    /// What the line has to know of this room: who is in it hears it and is heard to write, and an
    /// administrator who is not looks on (R45).
    pub fn look(self, board: Board) {
        let me = board.my_id();
        let (over, inside) = untrack(|| {
            let in_it = |chat: &domain::Chat| chat.is_inside(&me) || chat.is_invited(&me);
            self.of(|chat| (chat.is_over(), in_it(chat))).unwrap_or((true, false))
        });
        let watches = !over && !inside && untrack(|| self.may_watch(board));
        self.watching.set(watches);
        if !over && (inside || watches) {
            self.follow(board);
        }
        if watches {
            self.wish(board, Act::Watch);
        }
    }

    fn may_watch(self, board: Board) -> bool {
        self.of(|chat| chat.group.id.clone()).is_some_and(|group| board.seat(&group).administrator)
    }

    fn follow(self, board: Board) {
        self.following.set_value(true);
        board.line.with_value(|line| line.send(&Up::Follow { chat: self.chat() }));
        self.tell_seen(board);
    }

    /// Stops hearing it, and looking on.
    pub fn leave(self, board: Board) {
        kept::write(&["seen.", &self.chat()].concat(), "");
        // Whoever closes it has seen what was not sent.
        self.change_pending(|pending| pending.retain(|p| p.failed.is_none()));
        if self.following.get_value() {
            self.following.set_value(false);
            board.line.with_value(|line| line.send(&Up::Unfollow { chat: self.chat() }));
        }
        if self.watching.get_untracked() {
            self.watching.set(false);
            self.wish(board, Act::Unwatch);
        }
    }

    /// Wants something of the chat, and hears what it led to.
    pub fn wish(self, board: Board, act: Act) {
        spawn_local(async move {
            if let Err(failure) = self.wish_now(board, act).await {
                board.fail(failure);
            }
        });
    }

    pub async fn wish_now(self, board: Board, act: Act) -> Result<Vec<Told>, Failure> {
        let page = chat::act_in_chat(self.chat(), Wish { id: browser::new_id(), act }).await?;
        self.hear(board, &page.told);
        Ok(page.told)
    }

    /// Keeps what is being written: a reload loses nothing.
    pub fn write(&self, mode: Mode, text: &str) {
        self.draft(mode).set(text.to_owned());
        kept::write(&draft_name(&self.chat(), mode), text);
    }

    pub fn draft(&self, mode: Mode) -> RwSignal<String> {
        self.drafts[mode as usize]
    }

    /// What was hinted at has been said: the next letter is a new hint.
    pub fn hinted(&self) {
        self.typed_at.set_value(0.0);
    }

    /// Says to the customer that somebody writes, now and then.
    pub fn hint(&self, board: Board) {
        let now = browser::now();
        if self.mode.get_untracked() == Mode::Reply && now - self.typed_at.get_value() > 2_500.0 {
            self.typed_at.set_value(now);
            board.line.with_value(|line| line.send(&Up::Typing { chat: self.chat() }));
        }
    }
}

fn draft_name(chat: &str, mode: Mode) -> String {
    ["draft.", mode.name(), ".", chat].concat()
}
