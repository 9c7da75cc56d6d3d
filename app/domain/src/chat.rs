//! A chat: waiting → attending → ended, and who may do what to it.

use crate::act::MESSAGE_LIMIT;
use crate::application::{Answer, Terms};
use crate::distribution::Assigned;
use crate::event::{Destination, Opening};
use crate::group::Named;
use crate::identity::{self, Attribute, Related};
use crate::presence::{Graces, HOLD, past};
use crate::rating::Rated;
use crate::{Act, Event, Face, Refusal, Seat, Span, Time, Who, queue, text};
use serde::{Deserialize, Serialize};

mod moves;
mod words;

/// Agents in one conversation, invited ones included.
pub const AGENTS_LIMIT: usize = 20;

/// Where a chat stands. Variants are only ever appended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stage {
    Waiting,
    Attending,
    Ended(Reason),
}

/// Why a chat ended (indicators.md e.0). Variants are only ever appended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reason {
    Customer,
    Agent,
    /// The customer was gone too long (R34, Q1).
    Connection,
    /// Staff took it out of the queue.
    Staff,
    /// The agents' browsers were gone too long (R63).
    AgentLost,
    /// We were down while the customer waited, and he has not come back since.
    System,
}

/// Which sentence ends the conversation on every screen (R38-R40, Q3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EndText {
    Customer,
    Agent,
    Connection,
    QueueCustomer,
    QueueAgent,
}

/// Where a chat came from. Variants are only ever appended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Origin {
    Widget,
    TicketCustomer,
    TicketAgent,
    AgentAgent,
}

/// An agent in the conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inside {
    pub face: Face,
    pub gone_since: Option<Time>,
}

/// A chat as its events left it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chat {
    pub id: String,
    pub number: i64,
    pub origin: Origin,
    pub application: Named,
    pub group: Named,
    /// His first choice, before any redirection.
    pub requested_group: String,
    pub customer: Named,
    pub verified: bool,
    pub answers: Vec<Answer>,
    pub page: String,
    pub lang: String,
    pub terms: Terms,
    pub stage: Stage,
    /// The start button; the form is not waiting. Never reset by a redirection.
    pub queued_at: Time,
    /// Back in a queue after it was attended.
    pub requeued_at: Option<Time>,
    /// Set once.
    pub attended_at: Option<Time>,
    pub attended_by: Option<Face>,
    pub first_reply_at: Option<Time>,
    pub ended_at: Option<Time>,
    /// The customer's last socket is gone (*disconnected_at*).
    pub gone_since: Option<Time>,
    /// In the conversation now; when it has ended: at its end.
    pub agents: Vec<Inside>,
    /// Everybody who ever was.
    pub served: Vec<Face>,
    pub invited: Vec<Face>,
    pub watchers: Vec<Face>,
    /// Messages of the customer before the end of his wait (indicators.md e.1-10).
    pub waiting_messages: u32,
    pub first_words: String,
    pub last_words: String,
    pub seq: u32,
    pub aside_seq: u32,
    /// How many files were attached, and of how many bytes together.
    #[serde(default)]
    pub files: u32,
    #[serde(default)]
    pub file_bytes: u32,
    /// What the customer said of it when it was over.
    #[serde(default)]
    pub rated: Option<Rated>,
    /// What his site and its page say of him.
    #[serde(default)]
    pub attributes: Vec<Attribute>,
    /// The ticket of his that this goes on with (R18).
    #[serde(default)]
    pub related: Option<Related>,
    /// To whom the queue handed it, until he answers.
    #[serde(default)]
    pub assigned: Option<Assigned>,
    /// Who had it from this queue and did not answer, or gave it back.
    #[serde(default)]
    pub passed: Vec<Face>,
    /// What each agent said last, in the order in which it was said.
    #[serde(default)]
    pub recent: Vec<Recent>,
    /// The number of the event that has the last words.
    #[serde(default)]
    pub last_said: u32,
    /// Some words were said otherwise, or taken back.
    #[serde(default)]
    pub amended: bool,
    /// The group in which it was attended first, where it went on from there to another.
    #[cfg(feature = "staff")]
    #[serde(default)]
    pub attended_group: Option<String>,
    /// We were down, and the customer has not been here since.
    #[serde(default)]
    pub lost_by_us: bool,
}

/// Words or a file of an agent's that were said lately.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recent {
    /// The number of its event.
    pub seq: u32,
    pub by: Face,
    pub at: Time,
    /// Words, which he may still say otherwise, and no file.
    pub words: bool,
}

/// Of so many messages of each agent the chat knows when they were said.
pub const RECENT: usize = 5;

/// Is this a screen or a server of staff's? A customer's hears no aside, and has no code for what follows from one.
const STAFF: bool = cfg!(feature = "staff");

/// How much of a message a list shows, in characters.
pub const WORDS_SHOWN: usize = 120;

/// What a decision must know besides the chat.
#[derive(Clone, Debug)]
pub struct Scene {
    pub now: Time,
    /// The chat's place in its queue; looked at for [`Act::Attend`] only.
    pub place: u32,
    /// Whom [`Act::Redirect`], [`Act::HandOver`], `HandOn`, [`Act::Invite`] or [`Act::Assign`] means, when he exists and
    /// may be meant: a group, an attendant of the chat's group who is connected, or whoever takes it over and is
    /// connected. For [`Act::Abandon`]: who is next, where the queue hands out.
    pub target: Option<Destination>,
    /// Until when whoever is handed it is to answer.
    pub answer_by: Option<Time>,
    /// The agents whom a note names, with their rights in the chat's group; looked at for [`Act::Aside`] only.
    pub named: Vec<Seat>,
    /// How long one may be gone by now; looked at for [`Act::Abandon`] only.
    pub graces: Graces,
}

impl Scene {
    pub fn at(now: Time) -> Scene {
        Scene { now, place: 1, target: None, answer_by: None, named: Vec::new(), graces: Graces::default() }
    }
}

/// What a decision leads to: nothing where the wish is already so.
pub type Decided = Result<Vec<Event>, Refusal>;

impl Chat {
    /// A chat from its first event.
    pub fn open(id: String, at: Time, opening: &Opening) -> Chat {
        let o = opening.clone();
        Chat {
            id,
            number: o.number,
            origin: o.origin,
            application: o.application,
            requested_group: o.group.id.clone(),
            group: o.group,
            customer: o.customer,
            verified: o.verified,
            answers: o.answers,
            page: o.page,
            lang: o.lang,
            terms: o.terms,
            stage: Stage::Waiting,
            queued_at: at,
            requeued_at: None,
            attended_at: None,
            attended_by: None,
            first_reply_at: None,
            ended_at: None,
            gone_since: None,
            agents: Vec::new(),
            served: Vec::new(),
            invited: Vec::new(),
            watchers: Vec::new(),
            waiting_messages: 0,
            first_words: String::new(),
            last_words: String::new(),
            seq: 1,
            aside_seq: 0,
            files: 0,
            file_bytes: 0,
            rated: None,
            attributes: o.attributes,
            related: o.related,
            assigned: None,
            passed: Vec::new(),
            recent: Vec::new(),
            last_said: 0,
            amended: false,
            #[cfg(feature = "staff")]
            attended_group: None,
            lost_by_us: false,
        }
    }

    /// The group to which the numbers count it: in which it was attended, or in which it is (indicators.md e.0).
    #[cfg(feature = "staff")]
    pub fn counted_group(&self) -> &str {
        self.attended_group.as_deref().unwrap_or(&self.group.id)
    }

    pub fn is_over(&self) -> bool {
        matches!(self.stage, Stage::Ended(_))
    }

    pub fn is_inside(&self, agent: &str) -> bool {
        self.agents.iter().any(|a| a.face.id == agent)
    }

    pub fn is_invited(&self, agent: &str) -> bool {
        self.invited.iter().any(|f| f.id == agent)
    }

    /// Is it among agents, without a customer (R66)? It has no queue, and is nobody else's while it runs.
    pub fn is_inner(&self) -> bool {
        self.origin == Origin::AgentAgent
    }

    /// May this agent know of it: a member of its group, or somebody who took part?
    pub fn may_read(&self, seat: &Seat) -> bool {
        seat.is_staff() && (!self.is_inner() || self.is_over()) || self.took_part(seat)
    }

    /// May he see what is said in it? While it runs, only administrators and who takes part (R45,
    /// R51); once it is over it belongs to its group.
    pub fn may_see(&self, seat: &Seat) -> bool {
        seat.administrator && !self.is_inner() || self.took_part(seat) || self.is_over() && seat.is_staff()
    }

    fn took_part(&self, seat: &Seat) -> bool {
        let was_in_it = match self.is_inner() && !self.is_over() {
            true => self.is_inside(&seat.face.id),
            false => is_among(&self.served, &seat.face),
        };
        was_in_it || self.is_invited(&seat.face.id)
    }

    /// The rules: who may do what, now. What is not listed is refused.
    pub fn decide(&self, who: &Who, act: &Act, scene: &Scene) -> Decided {
        if let Who::Customer(id) = who
            && *id != self.customer.id
        {
            return Err(Refusal::NotYours);
        }
        if let Who::Agent(seat) = who
            && !self.may_read(seat)
        {
            return Err(Refusal::NotYours);
        }
        match (act, who) {
            (Act::Post { text }, Who::Customer(_)) => self.post(None, text),
            (Act::Post { text }, Who::Agent(seat)) => self.post(Some(seat), text),
            #[cfg(feature = "staff")]
            (Act::Answer { text, seen }, Who::Agent(seat)) => self.answer(seat, text, *seen),
            #[cfg(feature = "staff")]
            (Act::Amend { seq, text }, Who::Agent(seat)) => self.amend(seat, *seq, checked(text), scene.now),
            #[cfg(feature = "staff")]
            (Act::Retract { seq }, Who::Agent(seat)) => self.amend(seat, *seq, Ok(String::new()), scene.now),
            (Act::Attach { file }, Who::Customer(_)) => self.attach(None, file),
            (Act::Attach { file }, Who::Agent(seat)) => self.attach(Some(seat), file),
            (Act::Leave { since }, Who::Customer(_)) => {
                // His socket may have been heard last before he asked for this chat; nobody waits
                // for less than nothing (indicators.md e.0).
                let since = (*since).max(self.queued_at).min(scene.now);
                Ok(self.when(!self.is_over() && self.gone_since.is_none(), Event::Left { since }))
            }
            (Act::Return, Who::Customer(_)) => {
                Ok(self.when(!self.is_over() && self.gone_since.is_some(), Event::Returned))
            }
            (Act::Leave { since }, Who::Agent(seat)) => Ok(self.agent_gone(seat, (*since).min(scene.now))),
            (Act::Return, Who::Agent(seat)) => Ok(self.agent_back(seat)),
            (Act::Attend, Who::Agent(seat)) => self.attend(seat, scene),
            (Act::Join, Who::Agent(seat)) => self.join(seat),
            (Act::Part, Who::Agent(seat)) => self.part(seat),
            (Act::Close, Who::Customer(_)) => self.close(Reason::Customer, None),
            (Act::LeaveMessage { text }, Who::Customer(_)) => self.leave_message(text),
            (Act::Close, Who::Agent(seat)) => self.close_by_agent(seat),
            (Act::Rate { score, comment }, Who::Customer(_)) => self.rate(*score, comment, scene.now),
            (Act::Remove, Who::Agent(seat)) => self.remove(seat),
            (Act::Redirect { to: _ }, Who::Agent(seat)) => self.redirect(seat, scene),
            (Act::HandOver { to: _, note }, Who::Agent(seat)) => self.hand_over(seat, note, scene),
            #[cfg(feature = "staff")]
            (Act::HandOn { to, note, seen }, Who::Agent(seat)) => self.hand_on(seat, to, note, seen, scene),
            (Act::Decline, Who::Agent(seat)) => {
                Ok(self.when(self.is_invited(&seat.face.id), Event::Declined { by: seat.face.clone() }))
            }
            (Act::Watch, Who::Agent(seat)) => self.watch(seat),
            (Act::Unwatch, Who::Agent(seat)) => {
                Ok(self.when(is_among(&self.watchers, &seat.face), Event::Unwatched { by: seat.face.clone() }))
            }
            (Act::Aside { whisper, text }, Who::Agent(seat)) => self.aside(seat, *whisper, text, scene),
            (Act::Invite { agent: _ }, Who::Agent(seat)) => self.invite(seat, scene),
            (Act::Identify { customer, attributes }, Who::Customer(_)) => self.identify(customer, attributes),
            (Act::Describe { attributes }, Who::Customer(_)) => self.describe(attributes),
            (Act::Assign { agent: _ }, Who::Clock) => self.assign(scene),
            (Act::Abandon, Who::Clock) => self.abandon(scene),
            (Act::Resume, Who::Clock) => Ok(self.when(!self.is_over(), Event::Resumed)),
            _ => Err(Refusal::NotYours),
        }
    }

    fn when(&self, so: bool, event: Event) -> Vec<Event> {
        if so { vec![event] } else { Vec::new() }
    }

    fn running(&self) -> Result<(), Refusal> {
        if self.is_over() { Err(Refusal::Ended) } else { Ok(()) }
    }

    fn attend(&self, seat: &Seat, scene: &Scene) -> Decided {
        if !seat.attendant {
            return Err(Refusal::OnlyAttendants);
        }
        match self.stage {
            Stage::Waiting => {
                queue::may_take(seat.sequence, scene.place)?;
                Ok(vec![Event::Attended { by: seat.face.clone() }])
            }
            Stage::Attending if self.is_inside(&seat.face.id) => Ok(Vec::new()),
            Stage::Attending => {
                let by = self.agents.first().map_or(String::new(), |a| a.face.name.clone());
                Err(Refusal::AlreadyAttended { by })
            }
            Stage::Ended(_) => Err(Refusal::Ended),
        }
    }

    fn join(&self, seat: &Seat) -> Decided {
        self.attended()?;
        if self.is_inside(&seat.face.id) {
            return Ok(Vec::new());
        }
        if !seat.administrator && !self.is_invited(&seat.face.id) {
            return Err(Refusal::OnlyAdministrators);
        }
        if self.agents.len() >= AGENTS_LIMIT {
            return Err(Refusal::Full { limit: AGENTS_LIMIT as u32 });
        }
        Ok(vec![Event::Joined { by: seat.face.clone() }])
    }

    fn attended(&self) -> Result<(), Refusal> {
        match self.stage {
            Stage::Waiting => Err(Refusal::NotAttended),
            Stage::Attending => Ok(()),
            Stage::Ended(_) => Err(Refusal::Ended),
        }
    }

    fn part(&self, seat: &Seat) -> Decided {
        self.attended()?;
        if !self.is_inside(&seat.face.id) {
            return Ok(Vec::new());
        }
        if self.agents.len() == 1 {
            return Err(Refusal::LastAgent);
        }
        Ok(vec![Event::Parted { by: seat.face.clone() }])
    }

    fn close(&self, reason: Reason, by: Option<Face>) -> Decided {
        self.running()?;
        Ok(vec![Event::Ended { reason, by }])
    }

    /// One act, so that nobody can attend between his last words and his leaving. What he wrote is
    /// in the chat, and the chat owes its one ticket: a desertion with a message (indicators.md e.1-4,
    /// 10), never an offline message beside it.
    fn leave_message(&self, text: &str) -> Decided {
        self.running()?;
        if self.stage != Stage::Waiting {
            return Err(Refusal::NotWaiting);
        }
        let mut events = match checked(text) {
            Ok(text) => vec![Event::Posted { by: None, text }],
            Err(Refusal::Empty) if self.waiting_messages > 0 || self.attended_at.is_some() => Vec::new(),
            Err(why) => return Err(why),
        };
        events.push(Event::Ended { reason: Reason::Customer, by: None });
        Ok(events)
    }

    fn close_by_agent(&self, seat: &Seat) -> Decided {
        self.running()?;
        if self.stage == Stage::Waiting {
            return self.remove(seat);
        }
        if !self.is_inside(&seat.face.id) {
            return Err(Refusal::NotInside);
        }
        self.close(Reason::Agent, Some(seat.face.clone()))
    }

    fn remove(&self, seat: &Seat) -> Decided {
        self.running()?;
        if self.stage != Stage::Waiting {
            return Err(Refusal::NotWaiting);
        }
        if !seat.is_staff() {
            return Err(Refusal::OnlyAdministrators);
        }
        self.close(Reason::Staff, Some(seat.face.clone()))
    }

    fn watch(&self, seat: &Seat) -> Decided {
        self.running()?;
        if !seat.administrator {
            return Err(Refusal::OnlyAdministrators);
        }
        let sees = is_among(&self.watchers, &seat.face) || self.is_inside(&seat.face.id);
        Ok(self.when(!sees, Event::Watched { by: seat.face.clone() }))
    }

    fn invite(&self, seat: &Seat, scene: &Scene) -> Decided {
        self.attended()?;
        if !seat.administrator && !self.is_inside(&seat.face.id) {
            return Err(Refusal::NotInside);
        }
        let Some(Destination::Agent(agent)) = scene.target.clone() else {
            return Err(Refusal::NoSuchTarget);
        };
        if self.is_inside(&agent.id) {
            return Ok(Vec::new());
        }
        // Asked again, he is told again: the first time he may have been elsewhere.
        let again = self.is_invited(&agent.id);
        if !again && self.agents.len() + self.invited.len() >= AGENTS_LIMIT {
            return Err(Refusal::Full { limit: AGENTS_LIMIT as u32 });
        }
        Ok(vec![Event::Invited { by: seat.face.clone(), agent }])
    }

    /// The site proves who he is: for the first time, or anew with something else to say.
    fn identify(&self, customer: &Named, attributes: &[Attribute]) -> Decided {
        self.running()?;
        let mut known = self.attributes.clone();
        identity::sign(&mut known, attributes);
        let news = !self.verified || self.customer != *customer || self.attributes != known;
        Ok(self.when(news, Event::Identified { customer: customer.clone(), attributes: attributes.to_vec() }))
    }

    /// What is said of him without a signature; that it has one is not the page's to say.
    fn describe(&self, attributes: &[Attribute]) -> Decided {
        self.running()?;
        let attributes = identity::unsigned(attributes)?;
        let mut known = self.attributes.clone();
        identity::merge(&mut known, &attributes);
        Ok(self.when(known != self.attributes, Event::Described { attributes }))
    }

    fn agent_gone(&self, seat: &Seat, since: Time) -> Vec<Event> {
        self.when(self.is_here(&seat.face) && !self.is_over(), Event::AgentGone { by: seat.face.clone(), since })
    }

    fn agent_back(&self, seat: &Seat) -> Vec<Event> {
        let gone = self.agents.iter().any(|a| a.face.id == seat.face.id && a.gone_since.is_some());
        self.when(gone && !self.is_over(), Event::AgentBack { by: seat.face.clone() })
    }

    /// When the clock must look again, while one may be gone for so long; none: nobody is missing.
    pub fn due(&self, graces: Graces) -> Option<Time> {
        let customer = self.gone_since.and_then(|since| self.hold(graces).map(|hold| past(since, hold)));
        let agent = self.agents.iter().filter_map(|a| self.lost_at(a, graces)).min();
        let answer = self.unanswered().and_then(|assigned| assigned.answer_by);
        if self.is_over() { None } else { [customer, agent, answer].into_iter().flatten().min() }
    }

    /// How long the customer may be gone: the house's grace in the queue (R34), the application's
    /// patience while attended (Q1); none: for ever.
    fn hold(&self, graces: Graces) -> Option<Span> {
        match self.stage {
            Stage::Waiting => Some(graces.customer),
            Stage::Attending => (self.terms.patience > Span(0)).then_some(self.terms.patience),
            Stage::Ended(_) => None,
        }
    }

    /// When an agent will have been gone for too long; none: he is here. Whoever was handed it and has not spoken yet has
    /// a change of page, however long the house waits for others: there is nothing that he could come back to.
    fn lost_at(&self, agent: &Inside, graces: Graces) -> Option<Time> {
        let is_handed = self.assigned.as_ref().is_some_and(|assigned| assigned.agent.id == agent.face.id);
        Some(past(agent.gone_since?, if is_handed { HOLD } else { graces.agent }))
    }

    /// The clock looks: is anybody gone for too long (R34, R63), or has one that was handed out no answer?
    fn abandon(&self, scene: &Scene) -> Decided {
        self.running()?;
        let (now, graces) = (scene.now, scene.graces);
        if let (Some(since), Some(hold)) = (self.gone_since, self.hold(graces))
            && now >= past(since, hold)
        {
            return self.close(self.customer_lost(), None);
        }
        let lost: Vec<&Inside> =
            self.agents.iter().filter(|a| self.lost_at(a, graces).is_some_and(|at| now >= at)).collect();
        // Whoever was handed it and never spoke takes nobody's conversation with him.
        if let Some(assigned) = &self.assigned {
            let is_his = |a: &Inside| a.face.id == assigned.agent.id;
            let another = self.agents.iter().any(|a| !is_his(a) && a.gone_since.is_none());
            let is_lost = lost.iter().any(|a| is_his(a)) && !another;
            // In its queue it would be over at once.
            if is_lost && self.gone_since.is_some_and(|since| now >= past(since, graces.customer)) {
                return self.close(Reason::Connection, None);
            }
            let is_late = self.gone_since.is_none() && assigned.answer_by.is_some_and(|by| by <= now);
            if is_lost || is_late {
                // Whoever came in beside him and is gone as well goes on with nothing.
                let beside = self.agents.iter().filter(|a| !another && !is_his(a));
                let mut events: Vec<Event> = beside.map(|a| Event::Parted { by: a.face.clone() }).collect();
                events.extend(self.pass_on(assigned, another, scene));
                return Ok(events);
            }
        }
        let Some(first) = lost.first() else {
            return Err(Refusal::TooSoon);
        };
        if lost.len() == self.agents.len() {
            return self.close(Reason::AgentLost, Some(first.face.clone()));
        }
        Ok(lost.iter().map(|a| Event::Parted { by: a.face.clone() }).collect())
    }

    /// Why it ends when the customer is gone for too long. Whoever waited through our own outage may have given up on
    /// it and not on the queue: he is no deserter (indicators.md e.1-9). Who was attended is none anyway.
    fn customer_lost(&self) -> Reason {
        if self.lost_by_us && self.attended_at.is_none() { Reason::System } else { Reason::Connection }
    }

    /// The only place a chat changes. Total: an event was decided, so it happened.
    pub fn apply(&mut self, at: Time, event: &Event) {
        if event.is_aside() {
            self.aside_seq += 1;
            if STAFF {
                self.apply_aside(event);
            }
            return;
        }
        self.seq += 1;
        match event {
            Event::Opened(_) => {}
            Event::Posted { by, text } => self.posted(at, by.as_ref(), text, true),
            Event::Attached { by, file } => {
                self.files += 1;
                self.file_bytes = self.file_bytes.saturating_add(file.size);
                // Lists show it by its name, as they show words.
                self.posted(at, by.as_ref(), &file.name, false);
            }
            Event::Attended { by } => {
                self.stage = Stage::Attending;
                self.attended_at.get_or_insert(at);
                self.attended_by.get_or_insert_with(|| by.clone());
                self.agents.clear();
                self.enter(by);
            }
            Event::Joined { by } => self.enter(by),
            Event::Parted { by } => {
                self.agents.retain(|a| a.face.id != by.id);
                if STAFF {
                    self.assigned.take_if(|assigned| assigned.agent.id == by.id);
                }
            }
            Event::Left { since } => self.gone_since = Some(*since),
            Event::Returned => {
                self.gone_since = None;
                if STAFF {
                    self.lost_by_us = false;
                }
            }
            Event::AgentGone { by, since } => self.mark(by, Some(*since)),
            Event::AgentBack { by } => self.mark(by, None),
            Event::Redirected { by, to } => self.redirected(at, by, to),
            Event::Ended { reason, .. } => {
                self.stage = Stage::Ended(*reason);
                self.ended_at = Some(at);
                self.watchers.clear();
                self.invited.clear();
            }
            Event::Resumed => {
                self.gone_since = (!self.is_inner()).then_some(at);
                if STAFF {
                    self.lost_by_us = self.gone_since.is_some();
                }
                self.watchers.clear();
                self.agents.iter_mut().for_each(|a| a.gone_since = Some(at));
                // Of what has happened it is always the same: no parameter that is another by now.
                if STAFF && let Some(by) = self.assigned.as_mut().and_then(|assigned| assigned.answer_by.as_mut()) {
                    *by = (*by).max(at + HOLD);
                }
            }
            Event::Rated(rating) => self.keep_rating(at, rating),
            Event::Identified { customer, attributes } => {
                self.customer = customer.clone();
                self.verified = true;
                identity::sign(&mut self.attributes, attributes);
            }
            Event::Described { attributes } => identity::merge(&mut self.attributes, attributes),
            Event::Amended { seq, text } => {
                if STAFF {
                    self.amended(*seq, text);
                }
            }
            // Asides.
            Event::Watched { .. }
            | Event::Unwatched { .. }
            | Event::Noted { .. }
            | Event::Whispered { .. }
            | Event::Invited { .. }
            | Event::Assigned { .. }
            | Event::Unanswered { .. }
            | Event::Declined { .. }
            | Event::Mentioned { .. } => {}
        }
    }

    /// What staff does among itself. A screen may hear it after the public events that followed it.
    fn apply_aside(&mut self, event: &Event) {
        match event {
            Event::Watched { by } if self.may_expect(by) => self.watchers.push(by.clone()),
            Event::Unwatched { by } => self.watchers.retain(|w| w.id != by.id),
            Event::Invited { agent, .. } if self.may_expect(agent) && !self.is_invited(&agent.id) => {
                self.invited.push(agent.clone())
            }
            Event::Assigned { agent, answer_by } if !self.is_over() => {
                self.assigned = Some(Assigned { agent: agent.clone(), answer_by: *answer_by });
            }
            Event::Unanswered { by } => self.had(by),
            Event::Declined { by } => self.invited.retain(|f| f.id != by.id),
            _ => {}
        }
    }

    fn may_expect(&self, agent: &Face) -> bool {
        !self.is_over() && !self.is_inside(&agent.id)
    }

    fn enter(&mut self, by: &Face) {
        self.invited.retain(|f| f.id != by.id);
        self.watchers.retain(|w| w.id != by.id);
        if !self.is_inside(&by.id) {
            self.agents.push(Inside { face: by.clone(), gone_since: None });
        }
        if !is_among(&self.served, by) {
            self.served.push(by.clone());
        }
    }

    fn mark(&mut self, by: &Face, gone_since: Option<Time>) {
        self.agents.iter_mut().filter(|a| a.face.id == by.id).for_each(|a| a.gone_since = gone_since);
    }

    /// The sentence for its end; none while it runs.
    pub fn end_text(&self) -> Option<EndText> {
        let Stage::Ended(reason) = self.stage else {
            return None;
        };
        Some(match (reason, self.attended_at.is_some()) {
            (Reason::Connection | Reason::System, _) => EndText::Connection,
            (Reason::Customer, true) => EndText::Customer,
            (Reason::Customer, false) => EndText::QueueCustomer,
            (Reason::Agent | Reason::AgentLost, _) | (Reason::Staff, true) => EndText::Agent,
            (Reason::Staff, false) => EndText::QueueAgent,
        })
    }
}

/// Known by his id: a name may change.
fn is_among(faces: &[Face], face: &Face) -> bool {
    faces.iter().any(|f| f.id == face.id)
}

/// Words as they are kept: not blank and not endless.
pub(crate) fn checked(words: &str) -> Result<String, Refusal> {
    let words = text::words(words);
    if words.is_empty() {
        return Err(Refusal::Empty);
    }
    if words.chars().count() > MESSAGE_LIMIT {
        return Err(Refusal::TooLong { limit: MESSAGE_LIMIT as u32 });
    }
    Ok(words)
}

#[cfg(test)]
mod tests;
