//! All that lives in the console: who I am, the lists, the rooms, and the state of the line.

use super::line::Line;
use super::note::{Kind, Note};
use super::room::Room;
use super::{browser, note, outbox};
use crate::doors::{Failure, me, queue};
use crate::words::Words;
use domain::wire::{AgentState, Card, Down, Lists, Me, Up};
use domain::{Chat, Event, Face, Origin, Refusal, Seat, Stage, Ticket, Time, Told, Trouble};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The lists that were asked for before there was a board.
pub mod ahead {
    use domain::wire::Lists;
    use std::cell::{Cell, RefCell};

    thread_local! {
        static LISTS: Cell<Option<Lists>> = const { Cell::new(None) };
        static LEFT: RefCell<Left> = const { RefCell::new(Left { wishes: Vec::new(), focus: None }) };
    }

    /// What was done in the queue of the document (`public/ahead.js`).
    #[derive(Default)]
    pub struct Left {
        /// The chats that were to be attended, each with the id of that wish.
        pub wishes: Vec<(String, String)>,
        /// Where the focus was, as a selector that finds the same in the console.
        pub focus: Option<String>,
    }

    pub fn leave(left: Left) {
        LEFT.replace(left);
    }

    pub fn left() -> Left {
        LEFT.take()
    }

    pub fn put(lists: Lists) {
        LISTS.set(Some(lists));
    }

    pub fn take() -> Option<Lists> {
        LISTS.take()
    }
}

/// The state of the socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Connection {
    /// Not yet once.
    Opening,
    Open,
    Lost,
    /// The server speaks another version: only a reload helps.
    Outdated,
}

#[derive(Clone, Copy)]
pub struct Board {
    pub words: &'static Words,
    pub me: RwSignal<Me>,
    /// What the two lists show, in no order.
    pub cards: RwSignal<Vec<Card>>,
    /// My tickets that wait to be saved.
    pub unsaved: RwSignal<Vec<Ticket>>,
    /// Numbers changed by what nobody here was told of.
    pub counted: RwSignal<u32>,
    /// The ticket that changed last, for the views that show it.
    pub changed: RwSignal<Option<Ticket>>,
    /// The agents whose state was heard.
    pub agents: RwSignal<Vec<AgentState>>,
    /// The conversations in tabs, in the order in which they were opened.
    pub rooms: RwSignal<Vec<Room>>,
    pub connection: RwSignal<Connection>,
    /// The lists were read once.
    pub loaded: RwSignal<bool>,
    /// How often the line came back: whoever shows something reads it again.
    pub round: RwSignal<u32>,
    /// The server's time, by the second.
    pub now: RwSignal<Time>,
    pub notes: RwSignal<Vec<Note>>,
    /// What the server's clock is ahead of the browser's, in milliseconds.
    pub ahead: StoredValue<f64>,
    pub line: StoredValue<Line, LocalStorage>,
    /// How often I was mentioned since I came.
    pub mentioned: RwSignal<u32>,
    /// The conversation whose words are before my eyes on the page of its ticket.
    pub reads: RwSignal<Option<String>>,
    /// The conversation that the queue handed to me last.
    pub handed: RwSignal<Option<String>>,
    /// Who waits and was looked for: his row is to be seen.
    pub sought: RwSignal<Option<String>>,
    /// What I am about to attend: that I am in it may be told before my wish is answered.
    pub taking: StoredValue<Vec<String>>,
    /// Who hears what is told of the monitor, while it is shown.
    pub monitor: StoredValue<Option<Callback<Vec<u8>>>>,
    /// Cards that came while the lists were being read: newer than what was read.
    late: StoredValue<Vec<Card>>,
    /// How I answered invitations here, and left: a row of before does not bring its tab back.
    answers: StoredValue<Vec<Told>>,
    reading: StoredValue<bool>,
    /// How often it was asked who I am, and whether that was answered.
    asks: StoredValue<u32>,
    sure: StoredValue<bool>,
    /// Rooms live as long as the console, wherever they are opened.
    owner: StoredValue<Owner>,
}

impl Board {
    pub fn new(me: Me, words: &'static Words) -> Board {
        Board {
            words,
            me: RwSignal::new(me),
            cards: RwSignal::new(Vec::new()),
            unsaved: RwSignal::new(Vec::new()),
            counted: RwSignal::new(0),
            changed: RwSignal::new(None),
            agents: RwSignal::new(Vec::new()),
            rooms: RwSignal::new(Vec::new()),
            connection: RwSignal::new(Connection::Opening),
            loaded: RwSignal::new(false),
            round: RwSignal::new(0),
            now: RwSignal::new(Time(browser::now() as i64)),
            notes: RwSignal::new(Vec::new()),
            ahead: StoredValue::new(0.0),
            line: StoredValue::new_local(Line::default()),
            mentioned: RwSignal::new(0),
            reads: RwSignal::new(None),
            handed: RwSignal::new(None),
            sought: RwSignal::new(None),
            taking: StoredValue::new(Vec::new()),
            monitor: StoredValue::new(None),
            late: StoredValue::new(Vec::new()),
            answers: StoredValue::new(Vec::new()),
            reading: StoredValue::new(false),
            asks: StoredValue::new(0),
            sure: StoredValue::new(false),
            owner: StoredValue::new(Owner::current().unwrap_or_default()),
        }
    }

    pub fn my_id(&self) -> String {
        self.me.with_untracked(|me| me.agent.face.id.clone())
    }

    /// My rights in a group.
    pub fn seat(&self, group: &str) -> Seat {
        self.me.with(|me| me.agent.seat(group))
    }

    /// What the customer of a card is called.
    pub fn customer(&self, card: &Card) -> String {
        self.words.common.name(&card.customer.name, card.number)
    }

    /// The customer of a chat, under the name that he has here.
    pub fn face(&self, chat: &Chat) -> Face {
        Face { id: chat.customer.id.clone(), name: self.words.common.name(&chat.customer.name, chat.number) }
    }

    pub fn card(&self, chat: &str) -> Option<Card> {
        self.cards.with(|cards| cards.iter().find(|c| c.chat == chat).cloned())
    }

    /// The lists for the first picture: as they were read ahead, or read now.
    pub fn read_lists_first(self) {
        match ahead::take() {
            Some(lists) => self.take(lists),
            None => self.read_lists(),
        }
    }

    /// Reads the lists; what is heard meanwhile is newer and stays.
    pub fn read_lists(self) {
        if self.reading.get_value() {
            return;
        }
        self.reading.set_value(true);
        self.late.set_value(Vec::new());
        spawn_local(async move {
            let read = queue::read_lists().await;
            self.reading.set_value(false);
            match read {
                Ok(lists) => self.take(lists),
                // The line notices by itself, and reads again when it is back.
                Err(Failure::Lost) => {}
                Err(failure) => self.fail(failure),
            }
        });
    }

    fn take(self, lists: Lists) {
        self.ahead.set_value(lists.now.0 as f64 - browser::now());
        self.cards.set(lists.cards.into_iter().map(|card| self.as_answered(card)).collect());
        for card in self.late.get_value() {
            self.place(card);
        }
        self.unsaved.set(lists.unsaved);
        self.loaded.set(true);
        self.open_mine();
    }

    /// Hears a frame of the socket.
    pub fn hear(self, down: Down) {
        match down {
            Down::Told(told) => match (self.room(&told.chat), &told.event) {
                (room, Event::Assigned { agent, .. }) if agent.id == self.my_id() => {
                    let known = room.is_some();
                    if let Some(room) = room {
                        room.hear(self, std::slice::from_ref(&told));
                    } else {
                        self.open(&told.chat);
                    }
                    // Its card may have come first.
                    if !known || self.handed.with_untracked(|handed| handed.as_ref() != Some(&told.chat)) {
                        self.handed.set(Some(told.chat));
                    }
                }
                (room, Event::Mentioned { agents, .. }) if agents.iter().any(|a| a.id == self.my_id()) => {
                    if let Some(room) = room {
                        room.hear(self, std::slice::from_ref(&told));
                    }
                    self.mentioned.update(|count| *count += 1);
                }
                // Somebody wants me in it: its tab opens, and I decide (R59).
                (room, Event::Invited { by, agent }) if agent.id == self.my_id() => {
                    if let Some(room) = room {
                        room.hear(self, std::slice::from_ref(&told));
                    } else {
                        self.open(&told.chat);
                    }
                    self.note(Kind::Plain, (self.words.invites_you)(&by.name));
                }
                (Some(room), _) => room.hear(self, &[told]),
                // The customer of a ticket of mine wants to speak with me: as if it were handed to me (R68).
                (None, Event::Opened(opening)) if opening.origin == Origin::TicketCustomer => {
                    self.open(&told.chat);
                    self.handed.set(Some(told.chat));
                }
                (None, _) => {}
            },
            Down::Typing { chat, by } => {
                let me = self.my_id();
                if let Some(room) = self.room(&chat)
                    && by.as_ref().is_none_or(|face| face.id != me)
                {
                    room.hear_typing(by, self.now.get_untracked());
                }
            }
            Down::Card(card) => {
                if self.reading.get_value() {
                    self.late.update_value(|late| late.push(card.clone()));
                }
                if let Some(room) = self.room(&card.chat) {
                    room.hear_of(self, &card);
                }
                let (chat, inside) = (card.chat.clone(), card.agents.iter().any(|a| a.id == self.my_id()));
                let own = self.taking.with_value(|taking| taking.contains(&chat));
                let fresh = self.loaded.get_untracked() && self.room(&chat).is_none() && !own;
                self.place(card);
                self.open_mine();
                // What I attend myself I wished for before: this one somebody handed to me.
                if fresh && inside && self.room(&chat).is_some() {
                    self.handed.set(Some(chat));
                }
            }
            Down::Ticket(ticket) => self.keep(*ticket),
            Down::Agent(state) => {
                if state.face.id == self.my_id() {
                    self.me.update(|me| me.online = state.online);
                }
                self.agents.update(|agents| {
                    agents.retain(|a| a.face.id != state.face.id);
                    agents.push(state);
                });
            }
            Down::Read(read) => {
                if let Some(room) = self.room(&read.chat) {
                    room.read_by_customer.set(read.customer);
                }
            }
            Down::Monitor { news } => match self.monitor.get_value() {
                Some(hears) => hears.run(news),
                // That it was closed was lost on its way.
                None => self.line.with_value(|line| line.send(&Up::Monitor { open: false })),
            },
            Down::Rights => self.read_me(),
            Down::Counted => self.counted.update(|count| *count = count.wrapping_add(1)),
            Down::Welcome { .. } | Down::Pong(_) | Down::Bye(_) | Down::Wait(_) | Down::Subject(_) => {}
        }
    }

    /// Puts a card where it belongs: the newer of two stays, an ended or foreign one goes.
    fn place(self, card: Card) {
        let card = self.as_answered(card);
        let sees = !card.is_inner() && self.me.with_untracked(|me| me.agent.sees(&card.group.id));
        let inside = card.agents.iter().any(|a| a.id == self.my_id());
        let shown = (sees || inside || self.am_invited(&card)) && !matches!(card.stage, Stage::Ended(_));
        self.cards.update(|cards| match cards.iter_mut().find(|c| c.chat == card.chat) {
            Some(old) if (old.seq, old.asides) > (card.seq, card.asides) => {}
            Some(old) if shown => *old = card,
            Some(_) => cards.retain(|c| c.chat != card.chat),
            None if shown => cards.push(card),
            None => {}
        });
    }

    /// Was I asked in, and have not answered (R59)?
    pub fn am_invited(&self, card: &Card) -> bool {
        let me = self.my_id();
        card.invited.iter().any(|face| face.id == me)
    }

    /// I have answered, or went: its tab does not come again with a row of before.
    pub fn answered(self, chat: &str, told: Vec<Told>) {
        self.answers.update_value(|answers| {
            answers.retain(|answer| answer.chat != chat);
            answers.extend(told);
        });
        self.cards
            .update(|cards| cards.iter_mut().filter(|card| card.chat == chat).for_each(|card| self.leave_out(card)));
    }

    /// A row as it is since I answered: one that was read before may come after.
    fn as_answered(self, mut card: Card) -> Card {
        if self.answers.with_value(|answers| answers.iter().any(|answer| card.is_before(answer))) {
            self.leave_out(&mut card);
        }
        card
    }

    fn leave_out(self, card: &mut Card) {
        let me = self.my_id();
        card.invited.retain(|face| face.id != me);
        card.agents.retain(|face| face.id != me);
    }

    /// A ticket as it is now.
    pub fn keep(self, ticket: Ticket) {
        let waits = ticket.is_owned_by(&self.my_id()) && !ticket.is_saved();
        self.unsaved.update(|unsaved| {
            unsaved.retain(|t| t.id != ticket.id);
            if waits {
                unsaved.push(ticket.clone());
            }
        });
        for room in self.rooms.get_untracked() {
            if room.has_left(&ticket) {
                room.ticket.set(Some(ticket.clone()));
            }
        }
        self.changed.set(Some(ticket));
        self.open_mine();
    }

    /// Everything of mine has a tab: what I attend, where I was asked in, and what I have to save.
    fn open_mine(self) {
        let me = self.my_id();
        let mut mine: Vec<(Time, String)> = self.cards.with_untracked(|cards| {
            let mine = |c: &&Card| c.agents.iter().chain(&c.invited).any(|a| a.id == me);
            let held = cards.iter().filter(|c| c.stage == Stage::Attending).filter(mine);
            held.map(|c| (c.attended_at.unwrap_or(c.queued_at), c.chat.clone())).collect()
        });
        self.unsaved.with_untracked(|unsaved| {
            mine.extend(unsaved.iter().filter_map(|t| t.chat.clone().map(|chat| (t.created_at, chat))))
        });
        mine.sort();
        for (_, chat) in mine {
            self.open(&chat);
        }
        for ticket in self.unsaved.get_untracked() {
            if let Some(room) = ticket.chat.as_deref().and_then(|chat| self.room(chat)) {
                room.ticket.set(Some(ticket));
            }
        }
    }

    pub fn room(&self, chat: &str) -> Option<Room> {
        self.rooms.with_untracked(|rooms| rooms.iter().find(|r| r.is(chat)).copied())
    }

    /// Something that lives as long as the console, wherever it is made.
    pub fn lasting<T>(&self, make: impl FnOnce() -> T) -> T {
        self.owner.get_value().with(make)
    }

    /// The room of a chat; opened, and read, if it is not open yet.
    pub fn open(self, chat: &str) -> Room {
        if let Some(room) = self.room(chat) {
            return room;
        }
        let room = self.lasting(|| Room::new(chat));
        self.rooms.update(|rooms| rooms.push(room));
        room.read(self);
        room
    }

    /// Is a conversation running in which I am, or is its ticket mine to save? Then its tab stays (R62).
    pub fn holds(&self, room: Room) -> bool {
        room.is_running_with(&self.my_id()) || room.owes_ticket_of(&self.my_id())
    }

    /// Takes a tab away, and stops looking on.
    pub fn close(self, room: Room) {
        if untrack(|| self.holds(room)) {
            return;
        }
        room.leave(self);
        self.rooms.update(|rooms| rooms.retain(|r| *r != room));
    }

    /// Asks who I am, and reads again whatever is shown: after the line was down, or when my rights are others. The
    /// document may be older than what this browser is signed in with: of another agent nothing is drawn from then on,
    /// and nothing of his sent. While the line is open it is asked until there is an answer.
    pub fn read_me(self) {
        self.asks.update_value(|asks| *asks = asks.wrapping_add(1));
        let this = self.asks.get_value();
        spawn_local(async move {
            loop {
                let failure = match me::read_me().await {
                    // Who asked later is answered later.
                    _ if self.asks.get_value() != this => return,
                    Ok(me) => return self.is_me(me),
                    Err(failure) => failure,
                };
                let pause = match &failure {
                    Failure::Trouble(Trouble::Refused(Refusal::SignedOut)) => return self.fail(failure),
                    // It asks when it is back.
                    _ if self.connection.get_untracked() != Connection::Open => return,
                    Failure::Trouble(Trouble::Refused(Refusal::TooMany { seconds })) => (*seconds).clamp(1, 60) as i32,
                    _ => 1,
                };
                browser::sleep(pause * 1_000).await;
            }
        });
    }

    fn is_me(self, me: Me) {
        if me.agent.face.id != self.my_id() {
            return browser::reload();
        }
        if self.me.with_untracked(|was| *was != me) {
            self.me.set(me);
        }
        // What an earlier visit could not send is shown, wherever that was.
        if !self.sure.get_value() {
            self.sure.set_value(true);
            for chat in outbox::chats() {
                self.open(&chat);
            }
        }
        self.read_again();
    }

    /// After the line was down: whatever is shown is read again.
    pub fn read_again(self) {
        self.round.update(|round| *round += 1);
        self.read_lists();
        for room in self.rooms.get_untracked() {
            room.look(self);
            room.read(self);
            room.send(self);
            room.send_files();
        }
    }

    /// Says why a door did not answer; without a session there is only the way to sign in.
    pub fn fail(self, failure: Failure) {
        match failure {
            Failure::Trouble(Trouble::Refused(Refusal::SignedOut)) => {
                self.loaded.set(false);
                browser::sign_in();
            }
            failure => {
                let text = note::why(self.words, &failure);
                self.note(Kind::Bad, text);
            }
        }
    }

    pub fn note(self, kind: Kind, text: String) {
        note::show(self, kind, text);
    }
}

/// The board of this console.
pub fn board() -> Board {
    expect_context::<Board>()
}
