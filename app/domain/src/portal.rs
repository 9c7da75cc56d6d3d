//! The portal: who a guest of it is, which tickets are his, and what he sees of one.
//!
//! A guest has proved something: that he reads the mail of an address, or, by his site's signature, who he
//! is. What somebody typed makes no guest. Of a ticket he sees what was said to him and by him, and never what
//! staff says among itself, nor what was said with another customer.

use crate::chat::EndText;
use crate::event::Told;
use crate::group::Named;
use crate::offline::Message;
use crate::person::of_actor;
use crate::ticket::{Birth, NOTE_LIMIT, SUBJECT_LIMIT, Via};
use crate::{Chat, Event, Face, File, Origin, Refusal, Span, Status, Ticket, TicketEvent, Time, text};
use serde::{Deserialize, Serialize};
use std::hash::{DefaultHasher, Hash, Hasher};

/// How long the link of a mail may be used, once (S11).
pub const LINK: Span = Span::hours(1);
/// Links to one address that may lie unused in its mailbox while each is good for half an hour or longer. Whoever
/// asks for more in somebody else's name locks nobody out: these links are hers to use.
pub const LINKS: i64 = 3;
/// Sessions of one guest at a time; the oldest makes room.
pub const SESSIONS: usize = 10;
/// What one guest may write to one ticket, altogether.
pub const ANSWERS: i64 = 500;
/// So many tickets one guest opens within [`OPENED_WITHIN`].
pub const OPENED: i64 = 20;
pub const OPENED_WITHIN: Span = Span::hours(24);
/// A session that nobody used for so long has ended.
pub const IDLE: Span = Span::hours(2);
/// However busy it was.
pub const LIFE: Span = Span::hours(12);
/// Whoever is typing elsewhere when he is called to a conversation is waited for so long, so that neither what he
/// writes is lost nor an agent waits for ever.
pub const TYPES: Span = Span::minutes(5);
/// And so long after he was heard to type last.
pub const TYPED: Span = Span::secs(15);
/// The longest address of e-mail that is looked at, in characters (RFC 5321).
pub const ADDRESS_LIMIT: usize = 254;
/// Rows of one page of his tickets.
pub const PAGE: usize = 20;
/// What is shown of a ticket at the most: the last so many things that were said.
pub const SHOWN: usize = 400;

/// Somebody in the portal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guest {
    pub customer: Named,
    /// The address whose mail he reads, in small letters; none: his site has said who he is.
    pub address: Option<String>,
}

impl Guest {
    /// By what his pages are known to be his, whichever session they were drawn in.
    pub fn mark(&self) -> String {
        mark(&self.customer.id)
    }

    /// Is it a ticket of his? `address` is where its customer can be written to, in small letters. What waits
    /// for its first save is in the hands of who wraps it up.
    pub fn may_read(&self, ticket: &Ticket, address: Option<&str>) -> bool {
        let by_mail = self.address.as_deref().is_some_and(|own| address == Some(own));
        ticket.is_saved() && (ticket.customer.id == self.customer.id || by_mail)
    }

    /// May he read a conversation of a ticket of his? Tickets that were merged, or conversations that were
    /// linked, may bring those of others: also of others at the same browser, who are the same customer to us.
    /// `address` is where the customer of the conversation can be written to, in small letters.
    pub fn may_see(&self, ticket: &Ticket, chat: &Chat, address: Option<&str>) -> bool {
        let own = ticket.chat.as_ref() == Some(&chat.id) || chat.related.as_ref().is_some_and(|r| r.id == ticket.id);
        let by_mail = |mail: &String| own || address == Some(mail.as_str());
        let of_ticket = || chat.customer.id == ticket.customer.id && self.address.as_ref().is_none_or(by_mail);
        !chat.is_inner() && (chat.customer.id == self.customer.id || of_ticket())
    }
}

/// An address as it is looked for: without blanks, in small letters; none for what cannot be one.
pub fn address(typed: &str) -> Option<String> {
    let typed = typed.trim().to_lowercase();
    let sound = typed.len() <= ADDRESS_LIMIT
        && !typed.chars().any(|c| c.is_control() || c.is_whitespace())
        && typed.split_once('@').is_some_and(|(user, host)| !user.is_empty() && host.contains('.'));
    sound.then_some(typed)
}

/// What a new ticket may be about: a subject of an application that knows him.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Topic {
    pub application: Named,
    pub group: Named,
}

impl Topic {
    /// As a form says which one is chosen.
    pub fn word(&self) -> String {
        [&self.application.id, " ", &self.group.id].concat()
    }
}

/// A ticket that a guest opens (R66).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The ticket's, made by who asks: repeated, it is the same ticket.
    pub id: String,
    /// The word of a [`Topic`].
    pub topic: String,
    pub subject: String,
    pub text: String,
    pub lang: String,
}

impl Request {
    /// Subject and words as they are kept.
    pub fn checked(&self) -> Result<(String, String), Refusal> {
        let (subject, words) = (text::line(&self.subject), text::words(&self.text));
        for (field, text, limit) in [("subject", &subject, SUBJECT_LIMIT), ("text", &words, NOTE_LIMIT)] {
            if text.is_empty() {
                return Err(Refusal::FieldMissing { field: field.into() });
            }
            if text.chars().count() > limit {
                return Err(Refusal::FieldTooLong { field: field.into(), limit: limit as u32 });
            }
        }
        Ok((subject, words))
    }

    /// Its ticket: its team's, nobody's yet, new as a direct one is (R65), and saved, as nobody is there to do it.
    pub fn birth(&self, number: i64, topic: Topic, guest: &Guest) -> Result<(Birth, TicketEvent), Refusal> {
        let (subject, text) = self.checked()?;
        let message = Message {
            text,
            answers: Vec::new(),
            page: String::new(),
            lang: self.lang.clone(),
            // Whoever reads the mail of an address has not proved by that who he is.
            verified: guest.address.is_none(),
        };
        let birth = Birth {
            number,
            chat: None,
            via: Via::Portal,
            application: topic.application,
            group: topic.group,
            customer: guest.customer.clone(),
            subject: subject.clone(),
            owner: None,
            message: Some(message),
        };
        Ok((birth, TicketEvent::saved_for_nobody(subject)))
    }
}

/// A row of his list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    pub id: String,
    pub number: i64,
    pub subject: String,
    pub status: Status,
    pub changed_at: Time,
}

impl Row {
    pub fn of(ticket: &Ticket) -> Row {
        Row {
            id: ticket.id.clone(),
            number: ticket.number,
            subject: ticket.subject.clone(),
            status: ticket.status,
            changed_at: ticket.changed_at,
        }
    }
}

/// A ticket as its customer sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheet {
    pub row: Row,
    pub created_at: Time,
    pub owner: Option<Face>,
    pub lines: Vec<Line>,
    /// There was more before that.
    pub cut: bool,
    pub may_answer: bool,
    /// May he begin to speak with its owner now (R68)?
    pub may_talk: bool,
}

impl Sheet {
    /// By what a page of it is known: by something else as soon as there is something else to read or to do on it. What
    /// the team writes among itself makes no difference, nor does whether its owner is there, who comes and goes.
    pub fn mark(&self) -> String {
        let Sheet { row, created_at: _, owner, lines, cut, may_answer, may_talk: _ } = self;
        mark(&(&row.subject, row.status, owner, lines, cut, may_answer))
    }
}

/// By what a page knows something again without knowing it.
fn mark(of: &impl Hash) -> String {
    let mut mark = DefaultHasher::new();
    of.hash(&mut mark);
    mark.finish().to_string()
}

/// One thing that was said.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Line {
    pub at: Time,
    /// None: the customer.
    pub by: Option<Face>,
    pub what: What,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum What {
    Text(String),
    File(File),
    /// The conversation of this number begins here.
    Began(i64),
    Ended(EndText),
}

/// A conversation of a ticket.
pub struct Spoken {
    pub chat: Chat,
    /// Where its customer can be written to, in small letters.
    pub address: Option<String>,
    pub told: Vec<Told>,
}

/// What he sees of a ticket, in the order in which it was said; and whether there was more before. `vouched`: the site of
/// its customer says that the address by which he came in is that customer's.
pub fn lines(
    guest: &Guest,
    vouched: bool,
    ticket: &Ticket,
    history: &[(Time, TicketEvent)],
    spoken: &[Spoken],
) -> (Vec<Line>, bool) {
    let mut all: Vec<Line> = Vec::new();
    for Spoken { chat, told, .. } in spoken.iter().filter(|s| guest.may_see(ticket, &s.chat, s.address.as_deref())) {
        all.extend(told.iter().filter_map(|told| said(chat, told)));
    }
    all.extend(history.iter().filter_map(|(at, event)| written(guest, vouched, ticket, *at, event)));
    // Stable: what was said in one moment stays in its order.
    all.sort_by_key(|line| line.at);
    let cut = all.len() > SHOWN;
    all.drain(..all.len().saturating_sub(SHOWN));
    (all, cut)
}

fn written(guest: &Guest, vouched: bool, ticket: &Ticket, at: Time, event: &TicketEvent) -> Option<Line> {
    let (by, text) = match event {
        TicketEvent::Born(birth) => (None, birth.message.as_ref()?.text.clone()),
        TicketEvent::Replied { by, to, text } => {
            // It was written to whoever could be written to then; without an address, to whom his site has signed, and
            // that is nobody else than whoever reads an address which that site vouches for. Who merely typed one would
            // have it read by its owner.
            let to_him = match guest.address.as_deref() {
                Some(_) if to.is_empty() => vouched,
                Some(own) => to.to_lowercase() == own,
                None => true,
            };
            (Some(signer(ticket, by)), to_him.then(|| text.clone())?)
        }
        TicketEvent::Answered { by, text, .. } => {
            let his = [&guest.customer.id, &ticket.customer.id].contains(&&by.id);
            (None, his.then(|| text.clone())?)
        }
        _ => return None,
    };
    Some(Line { at, by, what: What::Text(text) })
}

/// Who signs what a customer reads. Which program wrote it is nobody's business but the house's: then it is the house.
pub fn signer(ticket: &Ticket, by: &Face) -> Face {
    match of_actor(&by.id) {
        None => by.clone(),
        Some(_) => {
            let names = [&ticket.application.name, &ticket.group.name];
            let name = names.into_iter().find(|name| !name.is_empty()).cloned().unwrap_or_default();
            Face { id: String::new(), name }
        }
    }
}

fn said(chat: &Chat, told: &Told) -> Option<Line> {
    let (by, what) = match &told.event {
        Event::Opened(opening) => (None, What::Began(opening.number)),
        Event::Posted { by, text } => (by.clone(), What::Text(text.clone())),
        Event::Attached { by, file } => (by.clone(), What::File(file.clone())),
        Event::Ended { .. } => (None, What::Ended(chat.end_text()?)),
        _ => return None,
    };
    Some(Line { at: told.at, by, what })
}

/// Until when is he awaited, who was called to this conversation and types elsewhere? None: it is not he, or it was long
/// enough.
pub fn awaited_until(chat: &Chat, customer: &str, now: Time) -> Option<Time> {
    let his = chat.origin == Origin::TicketAgent && chat.customer.id == customer && !chat.is_over();
    let until = (now + TYPED).min(chat.queued_at + TYPES);
    (his && until > now).then_some(until)
}

/// Can an agent begin to speak with the customer of a ticket (R67)? Variants are only ever appended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reach {
    Here,
    /// Neither his widget nor the portal is open.
    Away,
    /// He is in a conversation.
    Busy,
    /// The house does not allow it.
    Off,
    /// The ticket waits for its first save, or went into another.
    Unready,
    /// The asker does not attend in the group of the ticket.
    Attendants,
}

impl Reach {
    pub const ALL: [Reach; 6] = [Reach::Here, Reach::Away, Reach::Busy, Reach::Off, Reach::Unready, Reach::Attendants];
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::*;
    use crate::{Act, Refusal, Seat, Who};

    fn guest(id: &str, address: Option<&str>) -> Guest {
        Guest { customer: Named { id: id.into(), name: String::new() }, address: address.map(Into::into) }
    }

    fn ticket_of(world: &World) -> Ticket {
        let owed = world.chat.ticket_owed().expect("it leaves one");
        let mut ticket = Ticket::open("ticket".into(), world.now, &owed.birth);
        ticket.apply(world.now, &TicketEvent::saved_for_nobody("Lámpara".into()));
        ticket
    }

    /// Carla and Diego speak with Ana, and about her.
    fn talked() -> (World, Ticket) {
        let world = World::with_two()
            .then(CUSTOMER, post("Llegó rota"))
            .then(CARLA, note("SECRETO de Carla"))
            .then(DIEGO, post("Te mando otra"))
            .then(CARLA, Act::Close);
        let ticket = ticket_of(&world);
        (world, ticket)
    }

    fn texts(lines: &[Line]) -> Vec<&str> {
        let text = |line: &'_ Line| matches!(&line.what, What::Text(_));
        lines
            .iter()
            .filter(|line| text(line))
            .map(|line| match &line.what {
                What::Text(text) => text.as_str(),
                _ => "",
            })
            .collect()
    }

    #[test]
    fn what_was_typed_makes_nobody_s_ticket_somebody_else_s() {
        let (_, ticket) = talked();

        assert!(guest(CUSTOMER, None).may_read(&ticket, None));
        assert!(guest("p", Some("ana@correo.example")).may_read(&ticket, Some("ana@correo.example")));
        for (stranger, known) in [
            (guest("p", Some("eva@correo.example")), Some("ana@correo.example")),
            (guest("p", Some("ana@correo.example")), None),
            (guest("p", None), Some("ana@correo.example")),
            (guest("p", None), None),
        ] {
            assert!(!stranger.may_read(&ticket, known), "{stranger:?}");
        }
    }

    #[test]
    fn a_page_is_known_by_what_is_read_on_it_and_not_by_who_is_there_or_when_it_changed() {
        let (world, ticket) = talked();
        let line = |text: &str| Line { at: world.now, by: None, what: What::Text(text.into()) };
        let sheet = Sheet {
            row: Row { status: Status::Stopped, ..Row::of(&ticket) },
            created_at: ticket.created_at,
            owner: None,
            lines: vec![line("Llegó rota")],
            cut: false,
            may_answer: true,
            may_talk: false,
        };
        let row = || sheet.row.clone();

        for other in [
            Sheet { lines: vec![line("Llegó rota"), line("Va otra")], ..sheet.clone() },
            Sheet { lines: vec![line("Llegó entera")], ..sheet.clone() },
            Sheet { row: Row { status: Status::Resolved, ..row() }, ..sheet.clone() },
            Sheet { row: Row { subject: "Silla".into(), ..row() }, ..sheet.clone() },
            Sheet { owner: Some(face(CARLA)), ..sheet.clone() },
            Sheet { may_answer: false, ..sheet.clone() },
        ] {
            assert_ne!(other.mark(), sheet.mark(), "{other:?}");
        }
        let later = Row { changed_at: world.now + Span::secs(1), ..row() };
        assert_eq!(Sheet { row: later, may_talk: true, ..sheet.clone() }.mark(), sheet.mark());
    }

    #[test]
    fn what_waits_to_be_saved_is_not_there_yet() {
        let (world, _) = talked();
        let unsaved = Ticket::open("ticket".into(), world.now, &world.chat.ticket_owed().unwrap().birth);

        assert!(!guest(CUSTOMER, None).may_read(&unsaved, None));
    }

    #[test]
    fn what_a_program_wrote_to_him_is_signed_by_the_house() {
        let (world, ticket) = talked();
        let by = Face { id: "api-0123".into(), name: "API · ERP viejo".into() };
        let replied = TicketEvent::Replied { by, to: "ana@correo.example".into(), text: "Va de camino".into() };

        let (lines, _) = lines(&guest("p", Some("ana@correo.example")), false, &ticket, &[(world.now, replied)], &[]);

        let Some(Face { id, name }) = &lines[0].by else { panic!("{lines:?}") };
        assert_eq!((id.as_str(), name), ("", &ticket.application.name));
        assert_eq!(signer(&ticket, &face(CARLA)), face(CARLA));
    }

    #[test]
    fn he_sees_what_was_said_to_him_and_by_him_and_nothing_that_staff_says_among_itself() {
        let (world, ticket) = talked();
        let named = |id: &str| Named { id: id.into(), name: String::new() };
        let reply = |to: &str, text: &str| TicketEvent::Replied { by: face(CARLA), to: to.into(), text: text.into() };
        let answer = |by, text: &str| TicketEvent::Answered { by, text: text.into(), edits: Vec::new() };
        let noted = TicketEvent::Changed {
            by: face(CARLA),
            subject: "SECRETO".into(),
            status: Status::Stopped,
            note: "SECRETO".into(),
            edits: Vec::new(),
        };
        let later = |n| world.now + Span::secs(n);
        let history = vec![
            (later(1), noted),
            (later(2), reply("Ana@correo.example", "Sale mañana")),
            (later(3), answer(named("p"), "Gracias")),
            (later(4), reply("eva@correo.example", "SECRETO de Eva")),
            (later(5), answer(named("another"), "SECRETO de otro")),
        ];

        let ana = guest("p", Some("ana@correo.example"));
        let spoken = Spoken { chat: world.chat.clone(), address: None, told: world.told.clone() };
        let (lines, cut) = lines(&ana, false, &ticket, &history, &[spoken]);

        assert_eq!(texts(&lines), ["Llegó rota", "Te mando otra", "Sale mañana", "Gracias"]);
        assert!(!cut && !format!("{lines:?}").contains("SECRETO"));
    }

    #[test]
    fn what_stands_in_the_portal_alone_is_read_by_an_address_that_his_site_vouches_for_and_by_none_that_was_typed() {
        let (world, ticket) = talked();
        let alone = TicketEvent::Replied { by: face(CARLA), to: String::new(), text: "Sale mañana".into() };
        let history = [(world.now, alone)];
        let seen = |guest: &Guest, vouched| texts(&lines(guest, vouched, &ticket, &history, &[]).0).len();

        let ana = guest("p", Some("ana@correo.example"));
        assert_eq!((seen(&ana, true), seen(&ana, false)), (1, 0));
        assert_eq!(seen(&guest(CUSTOMER, None), false), 1, "his site says that it is he");
    }

    #[test]
    fn who_types_when_he_is_called_is_awaited_and_not_for_ever() {
        let (world, _) = talked();
        let mut call = Chat { origin: Origin::TicketAgent, stage: crate::Stage::Attending, ..world.chat.clone() };
        let at = |span: Span| call.queued_at + span;
        let until = |who: &str, now| awaited_until(&call, who, now);

        assert_eq!(until(CUSTOMER, at(Span::secs(1))), Some(at(Span::secs(1)) + TYPED));
        assert_eq!(until(CUSTOMER, at(Span(TYPES.0 - 1_000))), Some(at(TYPES)));
        assert_eq!((until(CUSTOMER, at(TYPES)), until("eva", at(Span::secs(1)))), (None, None));
        let now = at(Span::secs(1));
        call.origin = Origin::TicketCustomer;
        assert_eq!(awaited_until(&call, CUSTOMER, now), None, "he began it himself");
        assert_eq!(awaited_until(&world.chat, CUSTOMER, now), None, "it is over");
    }

    #[test]
    fn what_others_said_or_agents_among_themselves_is_not_his() {
        let (world, ticket) = talked();
        let mut inner = world.chat.clone();
        inner.origin = crate::Origin::AgentAgent;
        let mut foreign = world.chat.clone();
        foreign.customer.id = "eva".into();
        let spoken = |chat| Spoken { chat, address: None, told: world.told.clone() };

        let (lines, _) = lines(&guest(CUSTOMER, None), false, &ticket, &[], &[spoken(inner), spoken(foreign)]);

        assert_eq!(lines, []);
    }

    #[test]
    fn a_ticket_that_he_opens_is_new_his_and_its_team_s_and_he_finds_his_words_in_it() {
        let ana = guest("p", Some("ana@correo.example"));
        let topic = Topic { application: named("shop"), group: named("sales") };
        let request = Request {
            id: "0123456789abcdef".into(),
            topic: topic.word(),
            subject: " Silla\n coja ".into(),
            text: " Le falta una pata.\u{0} ".into(),
            lang: "es".into(),
        };

        let (birth, saved) = request.birth(7, topic.clone(), &ana).unwrap();
        let mut ticket = Ticket::open(request.id.clone(), Time(5), &birth);
        ticket.apply(Time(5), &saved);

        assert_eq!((ticket.via, ticket.status, ticket.first_status), (Via::Portal, Status::New, Some(Status::New)));
        assert_eq!((ticket.subject.as_str(), ticket.owner.clone(), ticket.chat.clone()), ("Silla coja", None, None));
        assert!(ana.may_read(&ticket, None) && !guest("other", None).may_read(&ticket, None));
        let history = [(Time(5), TicketEvent::Born(Box::new(birth.clone()))), (Time(5), saved)];
        assert_eq!(texts(&lines(&ana, false, &ticket, &history, &[]).0), ["Le falta una pata."]);
        assert!(!birth.message.unwrap().verified);
        let (of_site, _) = request.birth(7, topic, &guest("p", None)).unwrap();
        assert!(of_site.message.unwrap().verified);
    }

    #[test]
    fn a_new_ticket_says_what_it_is_about_and_no_more_than_fits() {
        let check = |subject: &str, text: &str| {
            let [id, topic, lang] = [const { String::new() }; 3];
            Request { id, topic, subject: subject.into(), text: text.into(), lang }.checked()
        };
        let missing = |field: &str| Err(Refusal::FieldMissing { field: field.into() });
        let too_long = |field: &str, limit: usize| {
            Err(Refusal::FieldTooLong { field: field.into(), limit: u32::try_from(limit).unwrap() })
        };

        assert!(check(&"ñ".repeat(SUBJECT_LIMIT), &"ñ".repeat(NOTE_LIMIT)).is_ok());
        assert_eq!(check(" \u{200b}", "x"), missing("subject"));
        assert_eq!(check("x", "\n"), missing("text"));
        assert_eq!(check(&"a".repeat(SUBJECT_LIMIT + 1), "x"), too_long("subject", SUBJECT_LIMIT));
        assert_eq!(check("x", &"a".repeat(NOTE_LIMIT + 1)), too_long("text", NOTE_LIMIT));
    }

    /// An anonymous customer is a browser, and several may sit down at it.
    #[test]
    fn of_a_shared_browser_he_sees_what_was_said_at_his_address_and_what_its_ticket_began_with() {
        let (world, ticket) = talked();
        let (ana, site) = (guest("p", Some("ana@correo.example")), guest(CUSTOMER, None));
        let own = &world.chat;
        let linked = Chat { id: "linked".into(), ..world.chat.clone() };

        let seen = |who: &Guest, chat: &Chat, address| who.may_see(&ticket, chat, address);

        assert!(seen(&ana, own, None) && seen(&ana, &linked, Some("ana@correo.example")));
        assert!(!seen(&ana, &linked, Some("eva@correo.example")) && !seen(&ana, &linked, None));
        assert!(seen(&site, &linked, Some("eva@correo.example")), "his site has signed that all of it is his");
    }

    #[test]
    fn only_who_attends_in_its_group_calls_its_customer_and_only_while_it_is_a_ticket_of_its_own() {
        let (world, ticket) = talked();
        let unsaved = Ticket::open("ticket".into(), world.now, &world.chat.ticket_owed().unwrap().birth);
        let merged = Ticket { merged: Some(crate::ticket::Pointer { id: "t".into(), number: 1 }), ..ticket.clone() };
        let attends = Seat { face: face(CARLA), attendant: true, administrator: false, sequence: false };
        let administers = Seat { attendant: false, administrator: true, ..attends.clone() };

        assert_eq!(ticket.may_call(&attends), Ok(()));
        assert_eq!(ticket.may_call(&administers), Err(Refusal::OnlyAttendants));
        for other in [unsaved, merged] {
            assert_eq!((other.may_call(&attends), other.may_talk()), (Err(Refusal::TooLate), false));
        }
        for (status, may) in
            [(Status::New, true), (Status::Resolved, true), (Status::Closed, false), (Status::Canceled, false)]
        {
            assert_eq!(Ticket { status, ..ticket.clone() }.may_talk(), may, "{status:?}");
        }
    }

    #[test]
    fn of_very_much_the_last_is_shown_and_said_to_be() {
        let (world, ticket) = talked();
        let answer =
            |n: usize| TicketEvent::Answered { by: ticket.customer.clone(), text: n.to_string(), edits: Vec::new() };
        let history: Vec<_> = (0..SHOWN + 1).map(|n| (world.now + Span::secs(n as i64), answer(n))).collect();

        let (lines, cut) = lines(&guest(CUSTOMER, None), false, &ticket, &history, &[]);

        assert!(cut && texts(&lines).len() == SHOWN && texts(&lines)[0] == "1");
    }

    #[test]
    fn a_guest_takes_no_part_in_what_he_may_read() {
        let (world, _) = talked();

        assert!(world.chat.decide(&Who::Customer("p".into()), &post("hola"), &crate::Scene::at(world.now)).is_err());
    }

    #[test]
    fn an_address_is_looked_for_as_everybody_writes_it() {
        assert_eq!(address(" Ana@Correo.Example "), Some("ana@correo.example".into()));
        for none in ["", "ana", "@correo.example", "ana@correo", "a b@correo.example", "a\r\nBcc:@b.example"] {
            assert_eq!(address(none), None, "{none:?}");
        }
        assert_eq!(address(&["a".repeat(ADDRESS_LIMIT), "@b.example".into()].concat()), None);
    }
}
