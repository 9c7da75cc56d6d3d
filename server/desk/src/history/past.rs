//! What a line becomes: a conversation from its events, as if it had been here, and its ticket. So everything that is
//! made from the log is made of it, too.

use super::line::{Kind, Line};
use super::record::{Course, Left, Past as Chatted, Said};
use crate::{Fault, ticket};
use domain::application::{Answer, FieldKind};
use domain::event::{Destination, Opening};
use domain::group::Named;
use domain::identity::Related;
use domain::indicators::{Again, Fact, Message, Touched};
use domain::offline;
use domain::ticket::Birth;
use domain::{Chat, Event, Face, Origin, Reason, Status, Ticket, TicketEvent, Time, Told};
use std::sync::Arc;

/// A customer who wrote.
pub struct Customer {
    pub id: String,
    pub name: String,
    pub email: String,
    pub at: Time,
}

/// One line, as it is kept.
pub struct Past {
    /// None: agents spoke among themselves.
    customer: Option<Customer>,
    chat: Option<(Arc<Chat>, Vec<Told>, Fact)>,
    ticket: Option<Written>,
    message: Option<Message>,
}

/// Several of them, by where they are kept.
#[derive(Default)]
pub struct Made {
    pub customers: Vec<Customer>,
    pub chats: Vec<Arc<Chat>>,
    pub told: Vec<Told>,
    pub facts: Vec<Fact>,
    pub tickets: Vec<Ticket>,
    pub history: Vec<ticket::Kept>,
    pub messages: Vec<Message>,
}

impl Made {
    pub fn add(&mut self, past: Past) {
        // One statement takes each of them once.
        let is_new = |who: &Customer| !self.customers.iter().any(|customer| customer.id == who.id);
        let customer = past.customer.filter(is_new);
        self.customers.extend(customer);
        if let Some((chat, told, fact)) = past.chat {
            self.chats.push(chat);
            self.told.extend(told);
            self.facts.push(fact);
        }
        if let Some((ticket, history)) = past.ticket {
            self.tickets.push(ticket);
            self.history.extend(history);
        }
        self.messages.extend(past.message);
    }
}

impl Past {
    /// `known`: the customer's id, where lines may name him again; `goes_on`: the ticket that it went on with.
    pub fn of(line: Line, number: i64, known: Option<String>, goes_on: Option<Ticket>) -> Result<Past, Fault> {
        let who = Named { id: known.unwrap_or_else(|| line.stranger()), name: line.customer.name.clone() };
        let customer =
            Customer { id: who.id.clone(), name: who.name.clone(), email: line.customer.email.clone(), at: line.at };
        match &line.kind {
            Kind::Chat(past) => chat(&line, past, number, who, goes_on).map(|(chat, ticket)| Past {
                customer: Some(customer).filter(|_| past.origin != Origin::AgentAgent),
                chat: Some(chat),
                ticket,
                message: None,
            }),
            Kind::OfflineMessage(text) => {
                let (ticket, message) = message(&line, text, number, who)?;
                Ok(Past { customer: Some(customer), chat: None, ticket: Some(ticket), message: Some(message) })
            }
        }
    }
}

fn answers(line: &Line) -> Vec<Answer> {
    let given = |kind| match kind {
        FieldKind::Name => line.customer.name.clone(),
        _ => line.customer.email.clone(),
    };
    let one = |field: &domain::application::Field| {
        let (key, label, value) = (field.key.clone(), field.label.clone(), given(field.kind));
        Answer { key, label, value, ..Answer::default() }
    };
    line.application.fields.iter().map(one).filter(|answer| !answer.value.is_empty()).collect()
}

type Kept = ((Arc<Chat>, Vec<Told>, Fact), Option<Written>);

fn chat(line: &Line, past: &Chatted, number: i64, customer: Named, goes_on: Option<Ticket>) -> Result<Kept, Fault> {
    // What stands where his name would is what agents speak of.
    let customer = match &goes_on {
        Some(of) if past.origin == Origin::AgentAgent => {
            Named { id: String::new(), name: format!("Ticket {} · {}", of.number, of.subject) }
        }
        _ => customer,
    };
    let opening = Opening {
        number,
        origin: past.origin,
        application: line.application.application.clone(),
        group: past.requested.clone(),
        customer,
        verified: false,
        answers: answers(line),
        page: String::new(),
        lang: line.lang.clone(),
        terms: line.application.terms,
        attributes: Vec::new(),
        related: goes_on.as_ref().map(|ticket| {
            let (id, number, subject) = (ticket.id.clone(), ticket.number, ticket.subject.clone());
            Related { id, number, subject }
        }),
    };
    let id = line.kept_as();
    let mut chat = Chat::open(id.clone(), line.at, &opening);
    let mut told = vec![Told::of(&chat, line.at, &id, Event::Opened(Box::new(opening)))];
    for (at, event) in events(line, past) {
        chat.apply(at, &event);
        let act = format!("{id}-{}", told.len());
        told.push(Told::of(&chat, at, &act, event));
    }
    let again = if chat.requeued_at.is_some() { Again::of(&told) } else { Again::default() };
    let mut fact = Fact::of(&chat, &again);
    fact.agents.sort_unstable();
    let ticket = match (chat.ticket_owed(), goes_on) {
        (None, _) => None,
        (Some(owed), None) => Some(ticket_of(line, past, &mut fact, owed.birth)),
        (Some(_), Some(ticket)) => Some(went_on(past, &chat, ticket, &mut fact)?),
    };
    Ok(((Arc::new(chat), told, fact), ticket))
}

/// What happened after the opening, in its order.
fn events(line: &Line, past: &Chatted) -> Vec<(Time, Event)> {
    let course = &past.course;
    let mut to_come = ToCome { events: Vec::new(), inside: Vec::new() };
    if past.requested.id != line.group.id {
        // By whom, nobody wrote down.
        let by = course.attended.as_ref().map_or(Face { id: String::new(), name: "—".into() }, |(_, by)| by.clone());
        to_come.moves(line.at, &by, &line.group);
    }
    let mut said = past.said.iter().peekable();
    if let Some((attended_at, first)) = &course.attended {
        let waits = |one: &&Said, until: &Time| one.by.is_none() && one.at < *until;
        while let Some(one) = said.next_if(|one| waits(one, attended_at)) {
            to_come.says(one);
        }
        to_come.attends(*attended_at, first);
        // Of who never wrote nobody knows when he came in; who attended later did so then.
        let comes_later = |agent: &Face| {
            let attends = course.transfers.iter().filter_map(|transfer| transfer.attended.as_ref()).map(|(_, by)| by);
            past.said.iter().filter_map(|said| said.by.as_ref()).chain(attends).any(|by| by.id == agent.id)
        };
        let silent = past.agents.iter().filter(|agent| !comes_later(agent));
        silent.for_each(|agent| to_come.joins(*attended_at, agent));
        let mut holder = first;
        for transfer in &course.transfers {
            while let Some(one) = said.next_if(|one| one.at <= transfer.at) {
                to_come.says(one);
            }
            to_come.moves(transfer.at, holder, &transfer.to);
            let Some((again_at, by)) = &transfer.attended else { break };
            while let Some(one) = said.next_if(|one| waits(one, again_at)) {
                to_come.says(one);
            }
            to_come.attends(*again_at, by);
            holder = by;
        }
    }
    said.for_each(|one| to_come.says(one));
    end(course, &mut to_come.events);
    to_come.events
}

/// Events, and who is in the conversation by them.
struct ToCome {
    events: Vec<(Time, Event)>,
    inside: Vec<String>,
}

impl ToCome {
    fn attends(&mut self, at: Time, by: &Face) {
        self.events.push((at, Event::Attended { by: by.clone() }));
        self.inside.push(by.id.clone());
    }

    fn joins(&mut self, at: Time, by: &Face) {
        if !self.inside.contains(&by.id) {
            self.events.push((at, Event::Joined { by: by.clone() }));
            self.inside.push(by.id.clone());
        }
    }

    /// Into the queue of a group, from which nobody has it any more.
    fn moves(&mut self, at: Time, by: &Face, to: &Named) {
        self.events.push((at, Event::Redirected { by: by.clone(), to: Destination::Group(to.clone()) }));
        self.inside.clear();
    }

    fn says(&mut self, said: &Said) {
        if let Some(by) = &said.by {
            self.joins(said.at, by);
        }
        self.events.push((said.at, Event::Posted { by: said.by.clone(), text: said.text.clone() }));
    }
}

fn end(course: &Course, all: &mut Vec<(Time, Event)>) {
    let (at, reason) = course.ended;
    if let Some(since) = course.disconnected_at {
        // What was said later is told later.
        let after = all.iter().filter(|(at, _)| *at <= since).count();
        all.insert(after, (since, Event::Left { since }));
    }
    let by = course.holder().filter(|_| reason == Reason::Agent).cloned();
    all.push((at, Event::Ended { reason, by }));
}

type Written = (Ticket, Vec<ticket::Kept>);

/// A ticket from its birth on.
fn born(
    id: String,
    at: Time,
    birth: Birth,
    then: Vec<(Time, TicketEvent)>,
    mut touched: impl FnMut(&Touched),
) -> Written {
    let mut ticket = Ticket::open(id, at, &birth);
    let mut history = Vec::new();
    let born = TicketEvent::Born(Box::new(birth));
    Touched::by(ticket.status, &ticket, &born, at).iter().for_each(&mut touched);
    history.push(kept(&ticket, at, born));
    history.extend(goes(&mut ticket, then, touched));
    (ticket, history)
}

/// What happened to a ticket that is there.
fn goes(ticket: &mut Ticket, then: Vec<(Time, TicketEvent)>, mut touched: impl FnMut(&Touched)) -> Vec<ticket::Kept> {
    let mut history = Vec::with_capacity(then.len());
    for (at, event) in then {
        let was = ticket.status;
        ticket.apply(at, &event);
        Touched::by(was, ticket, &event, at).iter().for_each(&mut touched);
        history.push(kept(ticket, at, event));
    }
    history
}

fn kept(ticket: &Ticket, at: Time, event: TicketEvent) -> ticket::Kept {
    let act = format!("{}-{}", ticket.id, ticket.seq);
    ticket::Kept { ticket: ticket.id.clone(), seq: ticket.seq, at, act, event }
}

/// Its words go to a ticket that is there (Q6): as it is changed by then, and opened again later.
fn went_on(past: &Chatted, chat: &Chat, mut ticket: Ticket, fact: &mut Fact) -> Result<Written, Fault> {
    let Left::WentOn(went) = &past.left else { return Err(Fault::new("a chat that went on left a ticket of its own")) };
    let (ended_at, _) = past.course.ended;
    let changed = |status| {
        let by = went.by.clone().ok_or_else(|| Fault::new("a ticket was changed by nobody"))?;
        let (subject, note, edits) = (ticket.subject.clone(), String::new(), Vec::new());
        Ok::<_, Fault>(TicketEvent::Changed { by, subject, status, note, edits })
    };
    let mut then = Vec::new();
    if let Some(status) = went.status.filter(|status| *status != ticket.status) {
        then.push((ended_at, changed(status)?));
    }
    then.push((ended_at, TicketEvent::WentOn { chat: chat.id.clone(), number: chat.number }));
    if let Some(at) = went.reopened_at {
        then.push((at, changed(Status::InAttendance)?));
    }
    let history = goes(&mut ticket, then, |touched| fact.touch(touched));
    Ok((ticket, history))
}

fn ticket_of(line: &Line, past: &Chatted, fact: &mut Fact, birth: Birth) -> Written {
    let subject = birth.subject.clone();
    let mut then = Vec::new();
    if let Left::Saved(saved) = &past.left {
        let (by, status, note, edits) = (saved.by.clone(), saved.status, String::new(), Vec::new());
        then.push((saved.at, TicketEvent::Saved { by, subject: subject.clone(), status, note, edits }));
        if let (Some(at), Some(by)) = (saved.reopened_at, saved.by.clone()) {
            let (status, note, edits) = (Status::InAttendance, String::new(), Vec::new());
            then.push((at, TicketEvent::Changed { by, subject, status, note, edits }));
        }
    }
    born(line.ticket(), past.course.ended.0, birth, then, |touched| fact.touch(touched))
}

type Received = (Written, Message);

fn message(line: &Line, text: &str, number: i64, customer: Named) -> Result<Received, Fault> {
    let kept = offline::Message {
        text: text.into(),
        answers: answers(line),
        page: String::new(),
        lang: line.lang.clone(),
        verified: false,
    };
    let application = line.application.application.clone();
    let (birth, saved) = offline::birth(number, application, line.group.clone(), customer, kept);
    let mut received = None;
    let ticket = born(line.kept_as(), line.at, birth, vec![(line.at, saved)], |touched| {
        if let Touched::Received(message) = touched {
            received = Some(message.clone());
        }
    });
    let received = received.ok_or_else(|| Fault::new("an offline message was received by nobody"))?;
    Ok((ticket, received))
}
