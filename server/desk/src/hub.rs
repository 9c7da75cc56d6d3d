//! Telling: who listens to what, and one small frame to each, encoded once per format.
//!
//! Nobody hears what is not durable: the keeper tells after its commit. Buffers are bounded; a
//! listener that does not keep up is dropped and reads again.

use crate::{Answer, Caller, Desk, Error};
use bytes::Bytes;
use domain::person::Agent;
use domain::wire::{Bye, Down, Read};
use domain::{Event, Face, Refusal, Time};
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use tokio::sync::{Notify, mpsc};

/// Frames that may wait for one listener. Who is further behind reads the history instead.
const BACKLOG: usize = 256;

/// What one may listen to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Topic {
    /// All that a customer may hear of his chats.
    Customer(String),
    /// All that staff hears of one chat.
    Chat(String),
    /// The cards of a group.
    Group(String),
    /// What concerns one agent: the chats he is in, his tickets.
    Agent(String),
    /// Pages on which the customer of a ticket reads it: that it changed. What he may see of it they ask themselves.
    Ticket(String),
    /// Everybody who works here.
    Staff,
    /// The health check.
    Check,
}

/// One frame, encoded at most once in each format, however many hear it.
pub struct Frame {
    down: Down,
    postcard: OnceLock<Option<Bytes>>,
    json: OnceLock<Option<Bytes>>,
}

impl Frame {
    pub fn new(down: Down) -> Arc<Frame> {
        Arc::new(Frame { down, postcard: OnceLock::new(), json: OnceLock::new() })
    }

    pub fn down(&self) -> &Down {
        &self.down
    }

    /// None is a fault of ours: a frame that cannot be written.
    pub fn postcard(&self) -> Option<Bytes> {
        self.postcard.get_or_init(|| postcard::to_allocvec(&self.down).ok().map(Bytes::from)).clone()
    }

    /// As [`Frame::postcard`], in JSON.
    pub fn json(&self) -> Option<Bytes> {
        self.json.get_or_init(|| serde_json::to_vec(&self.down).ok().map(Bytes::from)).clone()
    }
}

/// Who listens to what in this process.
#[derive(Clone, Default)]
pub struct Hub(Arc<Inside>);

#[derive(Default)]
struct Inside {
    listeners: Mutex<Listeners>,
    overheard: Notify,
}

#[derive(Default)]
struct Listeners {
    last: u64,
    all: HashMap<u64, Listener>,
    by_topic: HashMap<Topic, Vec<u64>>,
    /// None: nobody overhears, and nothing is noted.
    overheard: Option<Overheard>,
}

/// What was told to anybody, for who keeps a view of all: of which chats, and whether of agents and of tickets.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Overheard {
    pub chats: HashSet<String>,
    pub people: bool,
    pub tickets: bool,
}

impl Overheard {
    fn is_empty(&self) -> bool {
        *self == Overheard::default()
    }

    fn note(&mut self, down: &Down) {
        match down {
            Down::Told(told) => drop(self.chats.insert(told.chat.clone())),
            Down::Card(card) => drop(self.chats.insert(card.chat.clone())),
            Down::Ticket(_) => self.tickets = true,
            Down::Agent(_) | Down::Rights => self.people = true,
            Down::Welcome { .. }
            | Down::Pong(_)
            | Down::Typing { .. }
            | Down::Wait(_)
            | Down::Subject(_)
            | Down::Bye(_)
            | Down::Read(_)
            | Down::Monitor { .. }
            | Down::Counted => {}
        }
    }
}

struct Listener {
    frames: mpsc::Sender<Arc<Frame>>,
    topics: Vec<Topic>,
}

impl Hub {
    pub(crate) fn listen(&self, topics: Vec<Topic>) -> Listening {
        let (frames, heard) = mpsc::channel(BACKLOG);
        let mut listeners = self.lock();
        listeners.last += 1;
        let id = listeners.last;
        for topic in &topics {
            listeners.by_topic.entry(topic.clone()).or_default().push(id);
        }
        listeners.all.insert(id, Listener { frames, topics });
        Listening { hub: self.clone(), id, heard }
    }

    /// Tells everybody who listens to any of these, each once.
    pub(crate) fn tell(&self, topics: &[Topic], down: Down) {
        self.tell_others(topics, &[], down);
    }

    /// As [`Hub::tell`], but nobody who listens to any of those: he is told something else.
    pub(crate) fn tell_others(&self, topics: &[Topic], but: &[Topic], down: Down) {
        let mut listeners = self.lock();
        if let Some(overheard) = &mut listeners.overheard {
            overheard.note(&down);
            if !overheard.is_empty() {
                self.0.overheard.notify_one();
            }
        }
        let mut ids: Vec<u64> = topics.iter().filter_map(|t| listeners.by_topic.get(t)).flatten().copied().collect();
        if ids.is_empty() {
            return;
        }
        ids.sort_unstable();
        ids.dedup();
        let spared: Vec<u64> = but.iter().filter_map(|t| listeners.by_topic.get(t)).flatten().copied().collect();
        ids.retain(|id| !spared.contains(id));
        let frame = Frame::new(down);
        for id in ids {
            let Some(listener) = listeners.all.get(&id) else { continue };
            if listener.frames.try_send(frame.clone()).is_err() {
                listeners.forget(id);
            }
        }
    }

    /// Whoever listens to this hears that he is signed out, and nothing after it.
    pub(crate) fn dismiss(&self, topic: &Topic) {
        let mut listeners = self.lock();
        let frame = Frame::new(Down::Bye(Bye::Refused(Refusal::SignedOut)));
        for id in listeners.by_topic.get(topic).cloned().unwrap_or_else(Vec::new) {
            if let Some(listener) = listeners.all.get(&id) {
                // Who does not keep up is let go of all the same.
                let _ = listener.frames.try_send(frame.clone());
            }
            listeners.forget(id);
        }
    }

    /// Tells one listener, and nobody else; false: he listens no more.
    pub(crate) fn tell_one(&self, id: u64, down: Down) -> bool {
        let mut listeners = self.lock();
        let Some(listener) = listeners.all.get(&id) else { return false };
        let told = listener.frames.try_send(Frame::new(down)).is_ok();
        if !told {
            listeners.forget(id);
        }
        told
    }

    /// Notes from now on what is told to anybody, or no more.
    pub(crate) fn overhear(&self, on: bool) {
        let mut listeners = self.lock();
        if on {
            listeners.overheard.get_or_insert_with(Overheard::default);
        } else {
            listeners.overheard = None;
        }
    }

    /// Returns when there may be something to take.
    pub(crate) async fn overheard(&self) {
        self.0.overheard.notified().await;
    }

    /// What was told since this was asked last.
    pub(crate) fn take_overheard(&self) -> Overheard {
        self.lock().overheard.as_mut().map(std::mem::take).unwrap_or_default()
    }

    /// How many listen: for the operator and for tests.
    pub fn count(&self) -> usize {
        self.lock().all.len()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Listeners> {
        self.0.listeners.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Listeners {
    /// Lets a listener go; dropping its sender is how it learns.
    fn forget(&mut self, id: u64) {
        let Some(listener) = self.all.remove(&id) else { return };
        for topic in listener.topics {
            self.leave(id, &topic);
        }
    }

    fn leave(&mut self, id: u64, topic: &Topic) {
        if let Some(ids) = self.by_topic.get_mut(topic) {
            ids.retain(|other| *other != id);
            if ids.is_empty() {
                self.by_topic.remove(topic);
            }
        }
    }
}

/// What an ear hears.
pub enum Heard {
    Frame(Arc<Frame>),
    /// It fell behind, and must read again.
    Slow,
    /// It could not be found out whether it may still hear what was told.
    Broken(Error),
}

/// A place among the listeners, given up when dropped.
pub(crate) struct Listening {
    hub: Hub,
    id: u64,
    heard: mpsc::Receiver<Arc<Frame>>,
}

impl Listening {
    pub(crate) async fn hear(&mut self) -> Heard {
        match self.heard.recv().await {
            Some(frame) => Heard::Frame(frame),
            None => Heard::Slow,
        }
    }

    fn follow(&self, topic: Topic) {
        let mut listeners = self.hub.lock();
        let Some(listener) = listeners.all.get_mut(&self.id) else { return };
        if !listener.topics.contains(&topic) {
            listener.topics.push(topic.clone());
            listeners.by_topic.entry(topic).or_default().push(self.id);
        }
    }

    fn unfollow(&self, topic: &Topic) {
        let mut listeners = self.hub.lock();
        if let Some(listener) = listeners.all.get_mut(&self.id) {
            listener.topics.retain(|t| t != topic);
        }
        listeners.leave(self.id, topic);
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.hub.lock().forget(self.id);
    }
}

/// Chats that one console may follow at a time.
const FOLLOW_LIMIT: usize = 200;

/// An open socket: while it lives, its person is here.
pub struct Ear {
    desk: Desk,
    caller: Caller,
    listening: Listening,
    /// The groups that he hears of.
    groups: Vec<String>,
    /// The chats that staff follows, each with its customer.
    following: Vec<(String, String)>,
    /// Chats that he followed until they went where he may not look. Frames of theirs may still
    /// be on their way to him.
    left: HashSet<String>,
    /// What is being looked at before he hears it.
    held: Option<Arc<Frame>>,
    /// Counted until then; none: until it is dropped.
    last_heard: Option<Time>,
    /// He signed out.
    signed_out: bool,
    /// He has the monitor open.
    monitors: bool,
}

impl Desk {
    /// Listens for somebody, and counts him as present until the ear is dropped.
    pub async fn listen(&self, caller: &Caller) -> Answer<Ear> {
        let groups: Vec<String> = match caller {
            Caller::Visitor(_) => Vec::new(),
            Caller::Agent(agent) => self.groups_seen_by(agent).await?.into_iter().map(|group| group.id).collect(),
        };
        let topics = match caller {
            Caller::Visitor(visitor) => vec![Topic::Customer(visitor.customer.clone())],
            Caller::Agent(agent) => {
                let mine = [Topic::Agent(agent.face.id.clone()), Topic::Staff];
                mine.into_iter().chain(groups.iter().cloned().map(Topic::Group)).collect()
            }
        };
        let listening = self.0.hub.listen(topics);
        self.0.presence.come(caller.person());
        Ok(Ear {
            desk: self.clone(),
            caller: caller.clone(),
            listening,
            groups,
            following: Vec::new(),
            left: HashSet::new(),
            held: None,
            last_heard: None,
            signed_out: false,
            monitors: false,
        })
    }

    pub fn listeners(&self) -> usize {
        self.0.hub.count()
    }
}

impl Ear {
    /// The next frame. Nothing is lost when whoever waits for it stops waiting.
    pub async fn hear(&mut self) -> Heard {
        loop {
            let frame = match self.held.clone() {
                Some(frame) => frame,
                None => match self.listening.hear().await {
                    Heard::Frame(frame) => frame,
                    other => return other,
                },
            };
            self.held = Some(frame.clone());
            let may = self.may_hear(frame.down()).await;
            self.held = None;
            match may {
                Ok(true) => return Heard::Frame(frame),
                Ok(false) => {}
                Err(broken) => return Heard::Broken(broken),
            }
        }
    }

    /// A chat that he follows may go to a group that is not his: that it went is the last he hears.
    async fn may_hear(&mut self, down: &Down) -> Answer<bool> {
        let (chat, moved) = match down {
            Down::Told(told) => (&told.chat, self.sends_away(&told.event)),
            Down::Typing { chat, .. } => (chat, false),
            Down::Read(read) => (&read.chat, false),
            _ => return Ok(true),
        };
        if moved && self.following.iter().any(|(id, _)| id == chat) {
            self.follow_if_may(chat).await?;
            return Ok(true);
        }
        Ok(!self.left.contains(chat) || self.may_see(chat).await?)
    }

    /// May he see less of it from now on?
    fn sends_away(&self, event: &Event) -> bool {
        let me = |face: &Face| matches!(&self.caller, Caller::Agent(agent) if agent.face.id == face.id);
        match event {
            Event::Redirected { .. } => true,
            Event::Declined { by } | Event::Parted { by } => me(by),
            _ => false,
        }
    }

    async fn may_see(&mut self, chat: &str) -> Answer<bool> {
        let Caller::Agent(agent) = &self.caller else { return Ok(true) };
        match self.desk.seen_by(agent, chat).await {
            Ok(_) => {
                self.left.remove(chat);
                Ok(true)
            }
            Err(Error::Refused(_)) => Ok(false),
            Err(broken) => Err(broken),
        }
    }

    async fn follow_if_may(&mut self, chat: &str) -> Answer<()> {
        if !self.may_see(chat).await? {
            self.unfollow(chat);
            self.left.insert(chat.into());
        }
        Ok(())
    }

    /// His rights as they are now: what he may not hear any more he hears no more. Where they are as they were it is
    /// looked only if `there_may_be_others`: what groups there are may be otherwise. Answers whether it was looked.
    pub async fn renew(&mut self, agent: Agent, there_may_be_others: bool) -> Answer<bool> {
        let Caller::Agent(before) = &self.caller else { return Ok(false) };
        if *before == agent && !there_may_be_others {
            return Ok(false);
        }
        let seen: Vec<String> = self.desk.groups_seen_by(&agent).await?.into_iter().map(|group| group.id).collect();
        for group in self.groups.iter().filter(|group| !seen.contains(group)) {
            self.listening.unfollow(&Topic::Group(group.clone()));
        }
        seen.iter().for_each(|group| self.listening.follow(Topic::Group(group.clone())));
        self.groups = seen;
        self.caller = Caller::Agent(agent);
        for (chat, _) in self.following.clone() {
            self.follow_if_may(&chat).await?;
        }
        Ok(true)
    }

    /// Staff hears this chat from now on; whoever may not see what is said in it is refused.
    pub async fn follow(&mut self, chat: &str) -> Answer<()> {
        let Caller::Agent(agent) = &self.caller else {
            return Err(Refusal::NotYours.into());
        };
        if self.following.iter().any(|(id, _)| id == chat) {
            return Ok(());
        }
        if self.following.len() >= FOLLOW_LIMIT {
            return Err(Refusal::Full { limit: FOLLOW_LIMIT as u32 }.into());
        }
        let customer = self.desk.seen_by(agent, chat).await?.customer.id;
        self.listening.follow(Topic::Chat(chat.into()));
        self.following.push((chat.into(), customer));
        self.left.remove(chat);
        Ok(())
    }

    pub fn unfollow(&mut self, chat: &str) {
        self.following.retain(|(id, _)| id != chat);
        self.listening.unfollow(&Topic::Chat(chat.into()));
    }

    /// He hears the monitor from now on, all of it first, or no more. Who administers nothing is told so.
    pub fn monitor(&mut self, open: bool) -> Answer<()> {
        let Caller::Agent(agent) = &self.caller else {
            return Err(Refusal::NotYours.into());
        };
        let monitor = &self.desk.0.monitor;
        if open {
            monitor.open(self.listening.id, agent);
        } else if self.monitors {
            monitor.close(self.listening.id);
        }
        self.monitors = open;
        Ok(())
    }

    /// A hint that somebody writes: told to the others, never kept.
    pub async fn typing(&mut self, chat: &str) -> Answer<()> {
        let by = match &self.caller {
            Caller::Agent(agent) => Some(agent.face.clone()),
            Caller::Visitor(_) => None,
        };
        let mut topics = vec![Topic::Chat(chat.into())];
        match &self.caller {
            Caller::Visitor(visitor) => {
                let mine = (chat.to_string(), visitor.customer.clone());
                if !self.following.contains(&mine) {
                    self.desk.chat_of(visitor, chat).await?;
                    self.following = vec![mine];
                }
            }
            Caller::Agent(agent) => {
                let followed = self.following.iter().find(|(id, _)| id == chat);
                let Some((_, customer)) = followed else {
                    return Err(Refusal::NotInside.into());
                };
                // Who only watches is not seen (R45).
                if self.desk.is_inside(agent, chat).await? {
                    topics.push(Topic::Customer(customer.clone()));
                }
            }
        }
        self.desk.0.hub.tell(&topics, Down::Typing { chat: chat.into(), by });
        Ok(())
    }

    /// He has it before his eyes up to there; answers with how it stands, where nothing has moved.
    pub async fn read(&self, chat: &str, seq: u32) -> Answer<Option<Read>> {
        self.desk.read(&self.caller, chat, seq).await
    }

    /// The socket ends because its session has: what looks like a change of page is none.
    pub fn signed_out(&mut self) {
        self.signed_out = true;
    }

    /// The socket has ended; its last byte was heard then.
    pub fn gone(mut self, last_heard: Time) {
        self.last_heard = Some(last_heard);
    }
}

impl Drop for Ear {
    fn drop(&mut self) {
        if self.monitors {
            self.desk.0.monitor.close(self.listening.id);
        }
        let since = self.last_heard.unwrap_or_else(|| self.desk.now());
        self.desk.0.presence.go(self.caller.person(), since);
        if let (true, Caller::Agent(agent)) = (self.signed_out, &self.caller) {
            self.desk.0.presence.sign_out(&agent.face.id);
        }
    }
}
