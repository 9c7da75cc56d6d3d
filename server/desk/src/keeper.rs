//! The keeper: the one who writes chats and tickets.
//!
//! He takes what is queued, decides in memory against the live chats, keeps the whole batch in
//! one transaction of a few statements, commits, and only then answers and tells. The longer a
//! commit takes, the more it carries: the batch clocks itself. Time is a caller like any other.

use crate::audit::{self, Hidden};
use crate::database::Database;
use crate::gauge;
use crate::hub::{Hub, Topic};
use crate::mail::Mails;
use crate::presence::{Note, Person, Room};
use crate::retention::{self, Due, Here};
use crate::session::{Signed, Whence};
use crate::tag as tags;
use crate::ticket as tickets;
use crate::ticket_index::Indexer;
use crate::trigger::{Looked, Task};
use crate::webhook::Hooks;
use crate::{
    Answer, Clock, Error, Fault, chat, customer, mention, queue, random, trigger as triggers, visitor, webhook,
};
use domain::audit::Kind;
use domain::event::Wish;
use domain::identity::Claims;
use domain::mention::NOTE_LIMIT;
use domain::offline::{Offline, Receipt};
use domain::person::Agent;
use domain::portal::{Guest, Request};
use domain::presence::{HOLD, past};
use domain::rating::Rating;
use domain::tag::Change as TagChange;
use domain::ticket::Ground;
use domain::token::Opening;
use domain::wire::{Known, NewTicket, Open};
use domain::{Act, Chat, Event, Face, Refusal, Scene, Span, Ticket, TicketAct, TicketEvent, Time, Told, Who};
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::mpsc;
use tracing::Instrument;

mod api;
mod batch;
mod distribution;
mod door;
mod identity;
mod inner;
mod memory;
mod offline;
mod opening;
mod outer;
mod presence;
mod tag;
mod ticket;
mod trigger;

pub use batch::Batch;
use batch::{After, Before, Replaced, Tell};
pub use door::Door;
use door::{Job, answer, noted};
use memory::{Live, Memory};
pub use outer::Beginner;
use presence::acts_in_person;

/// Wishes that may wait; whoever comes then waits at the door.
const BACKLOG: usize = 1024;
/// Wishes of one batch.
const BATCH: usize = 128;
/// How often a wish is decided again when somebody else wrote first.
const TRIES: usize = 5;
/// After a fault the clock asks again this much later, not at once.
const PAUSE: Span = Span(500);
/// The most due chats of one look of the clock.
const LOOK: usize = 500;

/// What somebody wants of the keeper.
#[derive(Clone, Debug)]
pub enum Want {
    Open {
        token_hash: String,
        open: Box<Open>,
    },
    Offline {
        token_hash: String,
        offline: Box<Offline>,
    },
    /// An agent wants to speak with colleagues about a ticket (R66, R70).
    Inner {
        agent: Agent,
        lang: String,
        ticket: String,
        id: String,
    },
    /// An agent wants to speak with the customer of a ticket, or he with its owner (R67, R68).
    Outer {
        by: Box<Beginner>,
        lang: String,
        ticket: String,
        id: String,
    },
    Act {
        asker: Asker,
        /// From which address, where that is known: for the log of who did what.
        from: String,
        chat: String,
        wish: Wish,
    },
    Ticket {
        agent: Agent,
        ticket: String,
        wish: String,
        act: TicketAct,
    },
    /// Its customer writes to it, through the portal.
    Answer {
        guest: Guest,
        ticket: String,
        wish: String,
        text: String,
    },
    /// A guest of the portal opens one.
    GuestTicket {
        guest: Guest,
        request: Box<Request>,
    },
    /// An agent opens one by hand.
    NewTicket {
        agent: Agent,
        new: Box<NewTicket>,
    },
    /// Another program opens one.
    ApiTicket {
        agent: Agent,
        opening: Box<Opening>,
    },
    /// A site has proved who holds this token; the fresh one is to stand for him.
    Identify {
        token_hash: String,
        fresh_hash: String,
        application: String,
        claims: Box<Claims>,
    },
    /// The clock: is anybody in this chat gone for too long?
    Abandon {
        chat: String,
    },
    /// The clock: has the owner of an unsaved ticket been gone for too long?
    KeepTicket {
        ticket: String,
        since: Time,
    },
    /// Somebody came or went.
    Presence {
        person: Person,
        note: Note,
    },
    /// Somebody may have room for who waits, though nothing happened to a chat.
    HandOut,
    /// A customer is here.
    Seen {
        customer: String,
    },
    /// An administrator takes away all that is known of a person.
    Erase {
        by: Face,
        from: String,
        customer: String,
    },
    /// The clock: this has been kept for as long as the house keeps it (S84).
    Expire {
        due: Due,
    },
    /// An administrator changes a tag.
    ChangeTag {
        signed: Box<Signed>,
        change: TagChange,
        from: Whence,
    },
    /// These tickets carry a tag that is getting another name.
    Retag {
        from: String,
        tickets: Vec<String>,
    },
    /// An administrator changes what is done by itself (R41).
    Triggers {
        signed: Box<Signed>,
        from: Whence,
        task: Box<Task>,
    },
    /// The clock: these tickets have stood for as long as a trigger waits for.
    Crossed {
        looked: Box<Looked>,
    },
    /// An administrator has changed who is told of what.
    Subscriptions,
    /// Nobody takes this mail of a ticket.
    Return {
        mail: String,
        tries: u32,
    },
    /// Nobody takes this webhook.
    GiveUp {
        webhook: String,
        tries: u32,
    },
    /// A write that proves that writing works.
    Check,
    /// Everything before this is kept; there is nothing after.
    Stop,
}

/// Who wants it; his rights depend on the chat's group, so they are looked at when deciding.
#[derive(Clone, Debug)]
pub enum Asker {
    Customer(String),
    /// Who was the customer of this chat when his file began to come. A chat changes its customer only where
    /// he turns out to be somebody, so whoever it is now is him.
    ItsCustomer,
    Agent(Agent),
    Clock,
}

impl Asker {
    fn who(&self, chat: &Chat) -> Who {
        match self {
            Asker::Customer(id) => Who::Customer(id.clone()),
            Asker::ItsCustomer => Who::Customer(chat.customer.id.clone()),
            Asker::Agent(agent) => Who::Agent(agent.seat(&chat.group.id)),
            Asker::Clock => Who::Clock,
        }
    }
}

/// What came of it.
#[derive(Clone, Debug)]
pub enum Got {
    Told(Vec<Told>),
    Ticket(Box<Ticket>),
    Receipt(Receipt),
    Known(Known),
    /// Of triggers: whether a secret is to be told.
    Sealed(bool),
    /// Of a look of their clock: false, if the trigger is another by now, and there is no more of it to look through.
    Looked(bool),
    /// Who waits for the answer knows whether it is written down.
    Hidden(Hidden),
    Done,
}

impl Want {
    /// It waits for whoever changes settings, as the first thing in a transaction of its own: behind what others have
    /// written, each of the two might wait for the other. Who comes second is told who was first, which the log says once
    /// that is kept.
    fn holds_settings(&self) -> bool {
        matches!(self, Want::ChangeTag { .. } | Want::Triggers { .. })
    }
}

struct Keeper {
    database: Database,
    clock: Clock,
    hub: Hub,
    queues: queue::Teller,
    room: Room,
    visitors: visitor::Known,
    words: Indexer,
    mails: Mails,
    hooks: Hooks,
    memory: Memory,
    /// Memory and record may differ: read everything again before the next decision.
    in_doubt: bool,
    /// The machine slept, and not everybody has his fresh grace yet.
    slept: bool,
    /// What will be told if it turns out to be kept.
    unanswered: Option<batch::Unanswered>,
}

/// Who goes on with what the keeper has kept.
pub struct Outgoing {
    pub words: Indexer,
    pub mails: Mails,
    pub hooks: Hooks,
}

/// Reads the live chats, gives everybody a fresh grace, and begins to serve.
pub async fn start(
    database: Database,
    clock: Clock,
    hub: Hub,
    queues: queue::Teller,
    room: Room,
    visitors: visitor::Known,
    Outgoing { words, mails, hooks }: Outgoing,
) -> Result<Door, Fault> {
    let (door, jobs) = mpsc::channel(BACKLOG);
    let memory = Memory { graces: room.graces(), ..Memory::default() };
    let mut keeper = Keeper {
        database,
        clock,
        hub,
        queues,
        room,
        visitors,
        words,
        mails,
        hooks,
        memory,
        in_doubt: false,
        slept: false,
        unanswered: None,
    };
    keeper.read_again().await?;
    keeper.resume().await?;
    let door = Door::new(door);
    door.task.start(keeper.run(jobs));
    Ok(door)
}

impl Keeper {
    async fn run(mut self, mut jobs: mpsc::Receiver<Job>) {
        let mut stops = Vec::new();
        loop {
            let due = if self.in_doubt || self.slept || self.room.is_noted() {
                Some(self.clock.now() + PAUSE)
            } else {
                self.next_due()
            };
            let mut batch = Vec::new();
            tokio::select! {
                // Whatever wakes it, who came or went and the clock have their turn below: and once it is asked to stop, it
                // ends with the last who asked before.
                biased;
                job = jobs.recv() => match job {
                    Some(job) => batch.push(job),
                    None => break,
                },
                () = self.room.noted() => {}
                () = self.clock.wait_until(due) => {}
            }
            while batch.len() < BATCH
                && let Ok(job) = jobs.try_recv()
            {
                batch.push(job);
            }
            self.wake().await;
            self.memory.allow(self.room.graces());
            // Who is there is settled before anybody's absence is.
            let notes = if self.slept { Vec::new() } else { self.room.take_notes() };
            let (late, notes) = notes.into_iter().partition(|(_, note)| note.is_past(HOLD, self.clock.now()));
            // What they leave behind is due at once: the clock must know of it before it looks.
            self.serve(noted(late).collect()).await;
            let asked = noted(notes).chain(self.due_wants().into_iter().map(Job::of_the_clock));
            let (stop, batch): (Vec<Job>, Vec<Job>) = batch.into_iter().partition(|job| matches!(job.want, Want::Stop));
            let (alone, batch): (Vec<Job>, Vec<Job>) = batch.into_iter().partition(|job| job.want.holds_settings());
            self.serve(asked.chain(batch).collect()).await;
            for job in alone {
                self.serve(vec![job]).await;
            }
            if !stop.is_empty() {
                jobs.close();
                stops.extend(stop);
            }
        }
        // Whoever stops it closes the database then: until here the clock may have asked for something.
        stops.into_iter().for_each(|job| answer(job, Ok(Got::Done)));
    }

    fn next_due(&self) -> Option<Time> {
        [self.memory.next_due(), self.room.next_late()].into_iter().flatten().min()
    }

    /// What the clock has to ask for now.
    fn due_wants(&self) -> Vec<Want> {
        if self.slept {
            return Vec::new();
        }
        let now = self.clock.now();
        let due = self.memory.due.iter().take_while(|(due, _)| *due <= now).take(LOOK);
        let mut wants: Vec<Want> = due.map(|(_, chat)| Want::Abandon { chat: chat.clone() }).collect();
        for ticket in self.memory.unsaved.values() {
            let is_late = |since: &Time| past(*since, self.memory.graces.agent) <= now;
            if let Some(since) = self.memory.owner_gone(ticket).filter(is_late) {
                wants.push(Want::KeepTicket { ticket: ticket.id.clone(), since });
            }
        }
        wants
    }

    /// The whole batch in one transaction; when that breaks, each alone, so that one bad wish
    /// cannot take the others with it.
    async fn serve(&mut self, jobs: Vec<Job>) {
        if jobs.is_empty() {
            return;
        }
        let span = Job::transaction(&jobs);
        match self.attempt(jobs.iter().map(|job| &job.want)).instrument(span).await {
            Ok(answers) => jobs.into_iter().zip(answers).for_each(|(job, got)| answer(job, got.map_err(Error::from))),
            Err(_) => {
                for job in jobs {
                    let span = Job::transaction(std::slice::from_ref(&job));
                    let got = self.serve_alone(&job.want).instrument(span).await;
                    // A coming or a going that could not be kept is not forgotten.
                    if let (Err(Error::Broken(_)), Want::Presence { person, note }) = (&got, &job.want) {
                        self.room.put_back(person.clone(), note.clone());
                    }
                    answer(job, got);
                }
            }
        }
    }

    async fn serve_alone(&mut self, want: &Want) -> Answer<Got> {
        for _ in 1..TRIES {
            match self.attempt(std::iter::once(want)).await {
                Ok(mut answers) => return answers.pop().unwrap_or(Ok(Got::Done)).map_err(Error::from),
                // Somebody was faster. Look again: the rules may now say no.
                Err(fault) if fault.beaten => metrics::counter!(gauge::CONFLICTS).increment(1),
                Err(fault) => return Err(fault.into()),
            }
        }
        Err(Fault::new("somebody else always wrote first").into())
    }

    /// Decides, keeps, commits, tells. A fault leaves the record as it was, and memory in doubt.
    async fn attempt<'w>(&mut self, wants: impl Iterator<Item = &'w Want>) -> Result<Vec<Result<Got, Refusal>>, Fault> {
        if self.in_doubt {
            self.read_again().await?;
        }
        let result = self.try_attempt(wants).await;
        match result {
            Ok((answers, after)) => {
                self.tell(after);
                Ok(answers)
            }
            Err(fault) => {
                self.in_doubt = true;
                Err(fault)
            }
        }
    }

    async fn try_attempt<'w>(
        &mut self,
        wants: impl Iterator<Item = &'w Want>,
    ) -> Result<(Vec<Result<Got, Refusal>>, After), Fault> {
        let began = Instant::now();
        let mut batch = Batch::begin(&self.database, self.clock.now()).await?;
        batch.watched = self.memory.subscriptions.clone();
        let mut answers = Vec::new();
        for want in wants {
            match self.fulfil(&mut batch, want).await {
                Ok(got) => answers.push(Ok(self.with_triggers(&mut batch, got).await?)),
                Err(Error::Refused(why)) => {
                    if matches!(why, Refusal::AlreadyAttended { .. }) {
                        metrics::counter!(gauge::CLAIMS).increment(1);
                    }
                    answers.push(Err(why));
                }
                Err(Error::Broken(fault)) => return Err(fault),
            }
        }
        if batch.stirred {
            self.hand_out(&mut batch).await?;
            self.with_triggers(&mut batch, Got::Done).await?;
        }
        match batch.commit().await {
            Ok(after) => {
                metrics::histogram!(gauge::BATCH).record(answers.len() as f64);
                metrics::histogram!(gauge::COMMIT).record(began.elapsed().as_secs_f64());
                self.unanswered = None;
                Ok((answers, after))
            }
            Err((fault, unanswered)) => {
                self.unanswered = unanswered.or(self.unanswered.take());
                Err(fault)
            }
        }
    }

    /// What triggers do about it, and the answer as they leave it.
    async fn with_triggers(&mut self, batch: &mut Batch, mut got: Got) -> Result<Got, Fault> {
        let changed = match self.answer_triggers(batch).await {
            Ok(changed) => changed,
            Err(Error::Broken(fault)) => return Err(fault),
            Err(Error::Refused(why)) => {
                return Err(Fault::new(format!("a trigger was refused what is nobody's: {why:?}")));
            }
        };
        if let Got::Ticket(ticket) = &mut got
            && let Some(now) = changed.into_iter().find(|now| now.id == ticket.id)
        {
            **ticket = now;
        }
        Ok(got)
    }

    fn tell(&self, after: After) {
        let _span = crate::span!("fan-out", frames = after.tells.len()).entered();
        metrics::counter!(gauge::MESSAGES).increment(after.messages);
        // First of all: whoever holds a token that was replaced hears nothing of what it led to.
        for Replaced { token_hash, customer } in after.replaced {
            self.visitors.forget(&token_hash);
            self.hub.dismiss(&Topic::Customer(customer));
        }
        for Tell { to, but, down } in after.tells {
            self.hub.tell_others(&to, &but, down);
        }
        self.queues.changed(after.queues);
        if after.tickets {
            self.words.wake();
        }
        if after.mails {
            self.mails.wake();
        }
        if after.webhooks {
            self.hooks.wake();
        }
    }

    async fn fulfil(&mut self, batch: &mut Batch, want: &Want) -> Answer<Got> {
        match want {
            Want::Open { token_hash, open } => self.open(batch, token_hash, open).await,
            Want::Offline { token_hash, offline } => self.offline(batch, token_hash, offline).await,
            Want::Inner { agent, lang, ticket, id } => self.inner(batch, agent, lang, ticket, id).await,
            Want::Outer { by, lang, ticket, id } => self.outer(batch, by, lang, ticket, id).await,
            Want::Act { asker, from, chat, wish } => {
                // What an agent does is written down; what follows from it by itself is not.
                batch.from = matches!(asker, Asker::Agent(_)).then(|| from.clone());
                let got = self.act(batch, asker, chat, wish).await;
                batch.from = None;
                got
            }
            Want::Ticket { agent, ticket, wish, act } => self.ticket(batch, agent, ticket, wish, act).await,
            Want::Answer { guest, ticket, wish, text } => self.answer_ticket(batch, guest, ticket, wish, text).await,
            Want::GuestTicket { guest, request } => self.guest_ticket(batch, guest, request).await,
            Want::NewTicket { agent, new } => self.new_ticket(batch, agent, new).await,
            Want::ApiTicket { agent, opening } => self.api_ticket(batch, agent, opening).await,
            Want::Identify { token_hash, fresh_hash, application, claims } => {
                self.identify(batch, token_hash, fresh_hash, application, claims).await
            }
            Want::Abandon { chat } => {
                let wish = Wish { id: random::id(batch.now)?, act: Act::Abandon };
                self.act(batch, &Asker::Clock, chat, &wish).await
            }
            Want::KeepTicket { ticket, since } => self.keep_ticket(batch, ticket, *since).await,
            Want::Presence { person, note } => self.presence(batch, person, note).await,
            Want::HandOut => {
                batch.stirred = true;
                Ok(Got::Done)
            }
            Want::Seen { customer } => {
                batch.sees(customer);
                Ok(Got::Done)
            }
            Want::Erase { by, from, customer } => self.erase(batch, by, from, customer).await,
            Want::Expire { due } => self.expire(batch, due).await,
            Want::ChangeTag { signed, change, from } => self.change_tag(batch, signed, change, from).await,
            Want::Retag { from, tickets } => self.retag(batch, from, tickets).await,
            Want::Triggers { signed, from, task } => self.set_triggers(batch, signed, from, task).await,
            Want::Subscriptions => {
                self.memory.subscriptions = Arc::new(webhook::subscriptions(&mut *batch.tx).await?);
                batch.watched = self.memory.subscriptions.clone();
                Ok(Got::Done)
            }
            Want::Crossed { looked } => self.crossed(batch, looked).await,
            Want::Return { mail, tries } => self.return_mail(batch, mail, *tries).await,
            Want::GiveUp { webhook, tries } => self.give_up(batch, webhook, *tries).await,
            Want::Check => {
                batch.check().await?;
                Ok(Got::Done)
            }
            Want::Stop => Ok(Got::Done),
        }
    }

    /// act → decide → event → apply.
    async fn act(&mut self, batch: &mut Batch, asker: &Asker, chat: &str, wish: &Wish) -> Answer<Got> {
        if !domain::id::is_sound(&wish.id) {
            return Err(Refusal::Malformed.into());
        }
        self.fetch(batch, chat).await?;
        let Some(live) = self.memory.lives.get(chat).or_else(|| batch.ended.get(chat)) else {
            return Err(Refusal::NotYours.into());
        };
        let who = asker.who(&live.chat);
        let done = live.acts.contains(&wish.id);
        let mine = match &who {
            Who::Customer(id) => *id == live.chat.customer.id,
            // What his wish has led to is read by who may see what is said.
            Who::Agent(seat) if done => live.chat.may_see(seat),
            Who::Agent(seat) => live.chat.may_read(seat),
            Who::Clock => true,
        };
        // Whoever has declined sees it no more, and it is done.
        if done && !mine && wish.act == Act::Decline {
            return Ok(Got::Told(Vec::new()));
        }
        if !mine {
            return match who {
                Who::Agent(seat) => Ok(Got::Hidden(Hidden::from(&seat.face, chat))),
                _ => Err(Refusal::NotYours.into()),
            };
        }
        if done {
            batch.flush().await?;
            let mut told = chat::told_of_act(&mut *batch.tx, chat, &wish.id).await?;
            // Whoever's wish it was: no customer reads what staff says among itself.
            told.retain(|t| !t.event.is_aside() || !matches!(who, Who::Customer(_)));
            return Ok(Got::Told(told));
        }
        let mut scene = Scene { graces: self.memory.graces, ..Scene::at(batch.now) };
        match (&wish.act, self.memory.lives.get(chat)) {
            (Act::Attend, Some(live)) => {
                batch.flush().await?;
                scene.place = queue::place(&mut *batch.tx, &live.chat.group.id, live.chat.queued_at, chat).await?;
            }
            (Act::Redirect { to } | Act::HandOver { to, .. } | Act::HandOn { to, .. }, Some(live)) => {
                scene.target = match (&wish.act, &who) {
                    (Act::HandOn { .. }, Who::Agent(seat)) if live.chat.is_taken_over(seat, to) => {
                        chat::taker(&self.room, seat)
                    }
                    _ => chat::destination(&mut batch.tx, &self.room, &live.chat, to).await?,
                };
            }
            (Act::Invite { agent }, Some(live)) => {
                let to = domain::Target::Agent(agent.clone());
                scene.target = chat::destination(&mut batch.tx, &self.room, &live.chat, &to).await?;
            }
            (Act::Assign { agent }, Some(live)) => {
                let (to, chat) = (domain::Target::Agent(agent.clone()), live.chat.clone());
                scene.target = chat::destination(&mut batch.tx, &self.room, &chat, &to).await?;
                scene.answer_by = self.answer_by(batch, &chat.group.id).await?;
            }
            (Act::Aside { whisper: false, text }, Some(live)) => {
                // For whoever may write none, and for what is too long, nobody is looked up: it is refused.
                let writes = matches!(&who, Who::Agent(seat) if live.chat.may_see(seat));
                if writes && text.len() <= NOTE_LIMIT {
                    scene.named = mention::seats(&mut batch.tx, &live.chat, text).await?;
                }
            }
            (Act::Abandon, Some(live)) if live.chat.assigned.is_some() => {
                let chat = live.chat.clone();
                (scene.target, scene.answer_by) = self.next_of(batch, &chat).await?;
            }
            _ => {}
        }
        let Some(live) = self.memory.lives.get(chat).or_else(|| batch.ended.get(chat)) else {
            return Err(Refusal::NotYours.into());
        };
        let events = live.chat.decide(&who, &wish.act, &scene)?;
        let told = self.apply(batch, chat, &wish.id, events)?;
        for t in &told {
            if let (Event::Rated(rating), Some(live)) = (&t.event, batch.ended.get(chat)) {
                let chat = live.chat.clone();
                self.rate_ticket(batch, &chat, &wish.id, rating).await?;
            }
        }
        if told.iter().any(|t| t.event.is_end()) {
            self.go_on(batch, chat, &wish.id).await?;
        }
        Ok(Got::Told(told))
    }

    /// Brings a chat into memory; one that has ended into the batch, for its length.
    async fn fetch(&mut self, batch: &mut Batch, id: &str) -> Result<(), Fault> {
        if self.memory.lives.contains_key(id) || batch.ended.contains_key(id) {
            return Ok(());
        }
        batch.flush().await?;
        let Some(chat) = chat::load(&mut *batch.tx, id).await? else { return Ok(()) };
        let acts = chat::acts_of(&mut *batch.tx, id).await?.into_iter().collect();
        let live = Live { chat: chat.into(), acts };
        if live.chat.is_over() {
            batch.ended.insert(id.into(), live);
        } else {
            self.memory.hold(live);
        }
        Ok(())
    }

    /// Applies what was decided, and notes what must be kept and told.
    fn apply(&mut self, batch: &mut Batch, id: &str, act: &str, events: Vec<Event>) -> Result<Vec<Told>, Fault> {
        let Some(mut live) = self.memory.let_go(id).or_else(|| batch.ended.remove(id)) else { return Ok(Vec::new()) };
        let before = Before::of(&live.chat);
        let mut told = Vec::with_capacity(events.len());
        for event in events {
            Arc::make_mut(&mut live.chat).apply(batch.now, &event);
            told.push(Told::of(&live.chat, batch.now, act, event));
        }
        for told in &told {
            if let Event::Assigned { agent, .. } = &told.event {
                self.memory.handed.insert(agent.id.clone(), batch.now);
            }
            if let Some(agent) = acts_in_person(&told.event) {
                self.expect(Person::Agent(agent.id.clone()), batch.now);
            }
        }
        if !told.is_empty() {
            live.acts.insert(act.into());
            batch.note(&before, &live.chat, &told);
        }
        let ends = told.iter().any(|t| t.event.is_end());
        let owed = live.chat.ticket_owed().filter(|_| ends && live.chat.related.is_none());
        if let Some(owed) = owed {
            let ticket = batch.bear(random::id(batch.now)?, act, owed);
            self.watch_over(ticket, batch.now);
        }
        if live.chat.is_over() {
            batch.ended.insert(id.into(), live);
        } else {
            self.memory.hold(live);
        }
        Ok(told)
    }

    /// A conversation that went on with a ticket and is over: its words belong there, and it leaves no
    /// ticket of its own (Q6).
    async fn go_on(&mut self, batch: &mut Batch, id: &str, act: &str) -> Answer<()> {
        let Some(chat) = batch.ended.get(id).map(|live| live.chat.clone()) else { return Ok(()) };
        let Some(related) = chat.kept_in() else { return Ok(()) };
        batch.flush().await?;
        let Some(mut ticket) = tickets::load_whole(&mut batch.tx, &related.id).await? else {
            return Err(Fault::new("a conversation went on with a ticket that is gone").into());
        };
        self.by_new_names(&mut ticket);
        let more = TicketAct::GoOn { chat: id.into(), number: chat.number };
        let events = ticket.decide(&Who::Clock, &more, &Ground::at(batch.now))?;
        batch.change(&mut ticket, act, events);
        Ok(())
    }

    /// The ticket of a chat knows how its customer found it.
    async fn rate_ticket(&mut self, batch: &mut Batch, chat: &Chat, act: &str, rating: &Rating) -> Result<(), Fault> {
        batch.flush().await?;
        let Some(of_chat) = tickets::of_chat(&mut *batch.tx, chat).await? else { return Ok(()) };
        if let Some(mut ticket) = tickets::load_whole(&mut batch.tx, &of_chat.id).await? {
            self.by_new_names(&mut ticket);
            batch.change(&mut ticket, act, vec![TicketEvent::Rated(rating.clone())]);
        }
        Ok(())
    }

    /// A ticket that waits for its first save has a deadline once its owner is gone.
    fn watch_over(&mut self, ticket: Ticket, now: Time) {
        if ticket.is_saved() {
            self.memory.unsaved.remove(&ticket.id);
            return;
        }
        if let Some(owner) = ticket.owner.as_ref().filter(|owner| !self.memory.absent.contains_key(&owner.id)) {
            self.expect(Person::Agent(owner.id.clone()), now);
        }
        self.memory.unsaved.insert(ticket.id.clone(), ticket);
    }

    /// In the one place that writes, so that nothing of him is on its way into the record meanwhile.
    async fn erase(&mut self, batch: &mut Batch, by: &Face, from: &str, id: &str) -> Answer<Got> {
        batch.flush().await?;
        let Some(erased) = customer::erase(&mut batch.tx, id, Some(by), batch.now).await? else {
            return Ok(Got::Done);
        };
        batch.ended.retain(|_, live| !erased.customers.contains(&live.chat.customer.id));
        for ticket in &erased.tickets {
            self.watch_over(ticket.clone(), batch.now);
        }
        batch.notes.push(audit::Note::by(&by.id, Kind::Erased).at(Some(from)).about_customer(id));
        batch.erased(erased);
        Ok(Got::Done)
    }

    /// What has been kept for long enough is erased; whoever looks at it reads it again.
    async fn expire(&mut self, batch: &mut Batch, due: &Due) -> Answer<Got> {
        batch.flush().await?;
        let is_here = Here { room: &self.room, visitors: &self.visitors };
        let expired = retention::expire(&mut batch.tx, due, batch.now, &is_here).await?;
        batch.ended.retain(|id, live| {
            let is_his = |erased: &customer::Erased| erased.customers.contains(&live.chat.customer.id);
            !expired.chats.contains(id) && !expired.people.iter().any(is_his)
        });
        for erased in expired.people {
            batch.erased(erased);
        }
        Ok(Got::Done)
    }

    /// The record is right; memory is made like it.
    async fn read_again(&mut self) -> Result<(), Fault> {
        let (absent, handed) = (std::mem::take(&mut self.memory.absent), std::mem::take(&mut self.memory.handed));
        // In one picture: a commit without an answer may come to pass meanwhile, and half of it would be known by heart,
        // or all of it be told and nothing known.
        let mut seen = self.database.snapshot().await?;
        let triggers = Arc::new(triggers::load(&mut seen).await?);
        let subscriptions = Arc::new(webhook::subscriptions(&mut *seen).await?);
        let renames = tags::pending(&mut seen).await?;
        let graces = self.memory.graces;
        let mut memory = Memory { absent, handed, triggers, subscriptions, renames, graces, ..Memory::default() };
        let mut acts = chat::acts_of_live(&mut *seen).await?;
        for chat in chat::load_live(&mut *seen).await? {
            let acts = acts.remove(&chat.id).unwrap_or_else(HashSet::new);
            memory.hold(Live { chat: chat.into(), acts });
        }
        let unsaved = tickets::load_unsaved(&mut *seen).await?;
        let kept = match &self.unanswered {
            Some(unanswered) => unanswered.is_kept(&mut seen).await?,
            None => false,
        };
        drop(seen);
        // A repeated wish will only find it done: whoever has not heard of it hears of it now. What is not there may still
        // be on its way: it is looked for again until something else is kept.
        if kept && let Some(unanswered) = self.unanswered.take() {
            self.tell(unanswered.after);
        }
        self.memory = memory;
        let now = self.clock.now();
        unsaved.into_iter().for_each(|ticket| self.watch_over(ticket, now));
        self.in_doubt = false;
        Ok(())
    }
}
