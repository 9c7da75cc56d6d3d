//! What travels: frames of the socket and bodies of the doors, in postcard and in JSON alike.
//!
//! Postcard counts on order: variants and fields are only ever appended, and nothing is skipped
//! or flattened. Golden files show any change in review.

use crate::application::{Answer, Settings};
#[cfg(feature = "staff")]
use crate::chat::WORDS_SHOWN;
use crate::group::{Named, Subject};
use crate::hours::Closed;
use crate::house::House;
use crate::identity::Attribute;
#[cfg(feature = "staff")]
use crate::identity::Related;
use crate::launcher::Launcher;
use crate::person::Agent;
use crate::queue::Range;
use crate::ticket::Change;
use crate::ticket_list::After;
use crate::{Chat, Face, Refusal, Span, Stage, Status, Ticket, TicketEvent, Time, Told};
use serde::{Deserialize, Serialize};

/// What both ends speak. A server that cannot speak it says goodbye with [`Bye::Version`].
pub const VERSION: u16 = 2;
/// The names of the two encodings in `Sec-WebSocket-Protocol`.
pub const PROTOCOL_POSTCARD: &str = "recado.v1.postcard";
pub const PROTOCOL_JSON: &str = "recado.v1.json";
/// The media type of a postcard body.
pub const POSTCARD: &str = "application/x-postcard";
/// How many events a page of history holds at the most.
pub const PAGE: usize = 200;
/// The biggest frame a client may send, in bytes.
pub const FRAME_LIMIT: usize = 4 * 1024;
/// The biggest body of an act or a form, in bytes: a message of four-byte characters and room.
pub const BODY_LIMIT: usize = 64 * 1024;
/// Bits of a visitor's token, which his browser makes of its own randomness: 32 bytes in
/// base64url without padding. Made there, so that a lost answer to the first act can be repeated.
pub const TOKEN_LENGTH: usize = 43;

/// What a customer's browser sends to start a chat. `id` is the chat's id and makes it repeatable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Open {
    pub id: String,
    /// The application's public key, as in the snippet.
    pub key: String,
    pub group: String,
    pub answers: Vec<Answer>,
    pub page: String,
    pub lang: String,
    /// What the page says of him; nothing of it counts as proved.
    #[serde(default)]
    pub attributes: Vec<Attribute>,
    /// The ticket of his that this goes on with, by id (R18).
    #[serde(default)]
    pub related: Option<String>,
}

/// Proof of who he is, from the program of his site.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identify {
    /// The application's public key, as in the snippet.
    pub key: String,
    pub jwt: String,
    /// The token that stands for him once he is proved: whoever copied the other one is nobody then. Made by
    /// his browser like any token, and the same when a lost answer is asked for again.
    pub fresh: String,
}

/// Who that is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    pub name: String,
    pub email: String,
    /// His conversation that runs, wherever he began it.
    pub chat: Option<String>,
    /// The fresh token stands for him from now on, and the one he came with for nobody.
    pub renewed: bool,
}

/// A customer wants his conversation by mail. The id is the mail's: asked again, it is the same one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskMail {
    pub id: String,
    /// What his clock is ahead of UTC, in minutes.
    pub ahead: i32,
}

/// A page of a conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page {
    pub told: Vec<Told>,
    /// There is more: read on.
    pub more: bool,
}

/// What a customer is told of his wait; pushed only when changed, and at most once a second (R22).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wait {
    pub chat: String,
    /// None: not in the queue, or the application does not show it.
    pub place: Option<u32>,
    /// None: we do not know yet, or the application does not show it.
    pub average: Option<Span>,
    /// Likewise, where a range is shown.
    pub range: Option<Range>,
    /// Nobody of the group is online: he keeps his place, and may leave a message (Q14).
    pub away: bool,
    /// Then, outside the hours: when they begin again.
    pub closed: Option<Closed>,
}

/// Up the socket: life signs and hints, never an act.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Up {
    /// The first frame. The widget gives its token; the console's session is in its cookie.
    Hello {
        version: u16,
        token: Option<String>,
    },
    /// Echoed: proves both directions.
    Ping(u32),
    /// Somebody is writing: a hint, never kept.
    Typing {
        chat: String,
    },
    /// Staff: hear this chat from now on.
    Follow {
        chat: String,
    },
    Unfollow {
        chat: String,
    },
    /// The conversation was before somebody's eyes up to this event: a hint, kept now and then.
    Read {
        chat: String,
        seq: u32,
    },
    /// Staff: hear the monitor from now on, or no more.
    Monitor {
        #[cfg(feature = "staff")]
        open: bool,
    },
}

/// Down the socket.
// Of frames that are kept a console has one, and cards are most of them.
#[cfg_attr(feature = "staff", allow(clippy::large_enum_variant))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Down {
    /// The answer to Hello. Another epoch means that the server was restarted: read again.
    Welcome {
        epoch: String,
        now: Time,
    },
    Pong(u32),
    Told(Told),
    /// `by` is none for the customer.
    Typing {
        chat: String,
        by: Option<Face>,
    },
    Wait(Wait),
    /// Staff: a row of the queue as it is now.
    Card(Card),
    /// Staff: a ticket as it is now.
    Ticket(Box<Ticket>),
    /// Staff: an agent's presence changed.
    Agent(AgentState),
    /// Who is online in a group, for a customer who has yet to choose.
    Subject(Subject),
    /// The last frame before the server closes.
    Bye(Bye),
    /// Up to where a conversation was read; also the answer to [`Up::Read`].
    Read(Read),
    /// Staff: what is to be told of the monitor, as postcard of [`crate::monitor::News`]. Only the part of the console
    /// that shows it carries code to read it.
    Monitor {
        #[cfg(feature = "staff")]
        news: Vec<u8>,
    },
    /// Staff: what he may, or what there is to see, is otherwise: he asks again who he is.
    Rights,
    /// Staff: a number of a group of his is another, by what happened where he hears nothing.
    #[cfg(feature = "staff")]
    Counted,
}

/// Up to which event each side has read a conversation. Only who is in it counts: whoever looks on is
/// not noticed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Read {
    pub chat: String,
    pub customer: u32,
    /// By any of the agents.
    pub agents: u32,
}

/// Why the server closes a socket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Bye {
    Version,
    Refused(Refusal),
    /// It did not keep up: come back and read again.
    Slow,
    /// The server stops; come back after so many milliseconds.
    Restart {
        after: u32,
    },
}

/// A row of the two lists (R50).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    pub chat: String,
    pub number: i64,
    pub application: Named,
    pub group: Named,
    pub customer: Named,
    pub verified: bool,
    pub stage: Stage,
    pub queued_at: Time,
    pub attended_at: Option<Time>,
    pub gone_since: Option<Time>,
    pub agents: Vec<Face>,
    pub words: String,
    /// Of two cards of one chat the higher is the newer.
    pub seq: u32,
    /// The group it came from, when a redirection has just moved it: whoever does not see the
    /// new group lets it go.
    pub was_group: Option<String>,
    /// While he waits: what he wrote first, and what he answered before that.
    #[cfg(feature = "staff")]
    #[serde(default)]
    pub first_words: String,
    #[cfg(feature = "staff")]
    #[serde(default)]
    pub answers: Vec<Said>,
    /// While he waits: the ticket of his that he goes on with (R18).
    #[cfg(feature = "staff")]
    #[serde(default)]
    pub related: Option<Related>,
    /// Who was asked in and has not answered (R59).
    #[cfg(feature = "staff")]
    #[serde(default)]
    pub invited: Vec<Face>,
    /// Of two cards with the same `seq` the higher is the newer: who was asked in is an aside.
    #[cfg(feature = "staff")]
    #[serde(default)]
    pub asides: u32,
}

/// An answer of his form, as far as a row shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    pub label: String,
    pub value: String,
}

/// So many answers stand in a row.
#[cfg(feature = "staff")]
pub const SAID_SHOWN: usize = 6;

impl Card {
    pub fn of(chat: &Chat) -> Card {
        #[cfg(feature = "staff")]
        let waits = chat.stage == Stage::Waiting;
        Card {
            chat: chat.id.clone(),
            number: chat.number,
            application: chat.application.clone(),
            group: chat.group.clone(),
            customer: chat.customer.clone(),
            verified: chat.verified,
            stage: chat.stage,
            queued_at: chat.queued_at,
            attended_at: chat.attended_at,
            gone_since: chat.gone_since,
            agents: chat.agents.iter().map(|a| a.face.clone()).collect(),
            words: chat.last_words.clone(),
            seq: chat.seq,
            was_group: None,
            #[cfg(feature = "staff")]
            first_words: if waits { chat.first_words.clone() } else { String::new() },
            #[cfg(feature = "staff")]
            answers: if waits { said(chat) } else { Vec::new() },
            #[cfg(feature = "staff")]
            related: chat.related.clone().filter(|_| waits),
            #[cfg(feature = "staff")]
            invited: chat.invited.clone(),
            #[cfg(feature = "staff")]
            asides: chat.aside_seq,
        }
    }

    /// Was it made before this happened in its chat?
    #[cfg(feature = "staff")]
    pub fn is_before(&self, told: &Told) -> bool {
        self.chat == told.chat && if told.event.is_aside() { self.asides < told.seq } else { self.seq < told.seq }
    }

    /// Is it among agents? Then there is no customer.
    pub fn is_inner(&self) -> bool {
        self.customer.id.is_empty()
    }

    /// As the whole group may see it: what is said to an agent is not for his colleagues (R51).
    pub fn without_words(mut self) -> Card {
        if self.stage == Stage::Attending {
            self.words.clear();
        }
        self
    }

    /// Has it this text in his name, in what he wrote, in what he answered or in the ticket that he goes on with? Nobody
    /// has to type accents or capitals.
    #[cfg(feature = "staff")]
    pub fn is_about(&self, text: &str) -> bool {
        let text = crate::canned::folded(text.trim());
        let related = self.related.iter().map(|ticket| ticket.subject.as_str());
        let answers = self.answers.iter().map(|said| said.value.as_str());
        let own = [self.customer.name.as_str(), &self.first_words, &self.words];
        text.is_empty()
            || own.into_iter().chain(answers).chain(related).any(|said| crate::canned::folded(said).contains(&text))
    }
}

/// What he answered, but his name, which stands above it, and what he agreed to.
#[cfg(feature = "staff")]
fn said(chat: &Chat) -> Vec<Said> {
    let tells =
        |answer: &&Answer| answer.version.is_empty() && !answer.value.is_empty() && answer.value != chat.customer.name;
    let short = |text: &str| text.chars().take(WORDS_SHOWN).collect();
    let one = |answer: &Answer| Said { label: short(&answer.label), value: short(&answer.value) };
    chat.answers.iter().filter(tells).take(SAID_SHOWN).map(one).collect()
}

/// An agent's two states (R49, indicators.md e.3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentState {
    pub face: Face,
    /// A socket of his is open.
    pub connected: bool,
    /// What he chose; counts only while connected.
    pub online: bool,
}

/// An attendant of a group, as a colleague sees him who may hand him a chat. It goes to no customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attendant {
    pub state: AgentState,
    /// Tags of [`crate::profile::LANGUAGES`] that he speaks.
    pub languages: Vec<String>,
}

/// Who I am, for the console.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Me {
    pub agent: Agent,
    pub email: String,
    pub online: bool,
    /// The groups he sees.
    pub groups: Vec<Named>,
    pub lang: String,
    /// The first run of this house is his to finish.
    pub first_run: bool,
}

/// The console's lists in one read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lists {
    pub cards: Vec<Card>,
    /// My ended chats whose ticket waits to be saved (R62).
    pub unsaved: Vec<Ticket>,
    pub now: Time,
}

/// A row of the ticket list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TicketRow {
    pub id: String,
    pub number: i64,
    pub subject: String,
    pub status: Status,
    pub customer: Named,
    pub group: Named,
    pub owner: Option<Face>,
    pub changed_at: Time,
    pub via: crate::ticket::Via,
    pub saved: bool,
    /// The status of the house that it has.
    #[serde(default)]
    pub own: Option<Named>,
    #[serde(default)]
    pub tags: Vec<String>,
}

impl TicketRow {
    pub fn of(ticket: &Ticket) -> TicketRow {
        let t = ticket.clone();
        TicketRow {
            saved: t.is_saved(),
            id: t.id,
            number: t.number,
            subject: t.subject,
            status: t.status,
            customer: t.customer,
            group: t.group,
            owner: t.owner,
            changed_at: t.changed_at,
            via: t.via,
            own: t.own,
            tags: t.tags,
        }
    }
}

/// A page of a list of tickets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TicketPage {
    pub rows: Vec<TicketRow>,
    /// There is more after here, or may be: a page may have fewer rows than it could.
    pub next: Option<After>,
}

/// What a ticket can be given, and what its lists can be asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choices {
    pub house: House,
    /// All groups.
    pub groups: Vec<Named>,
    /// Whoever may own a ticket, and of which groups.
    pub owners: Vec<Agent>,
    pub applications: Vec<Named>,
    /// Mail can be sent at all.
    pub mails: bool,
    /// Agents may begin to speak about a ticket (R66).
    pub talks: bool,
    /// Tags that tickets carry and that are offered to who tags one.
    pub tags: Vec<String>,
    /// Whoever reads the mail of an address can be sent a link into the portal.
    #[serde(default)]
    pub links: bool,
}

/// A ticket that an agent opens by hand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewTicket {
    /// Its id, made by who asks: asked again, it is the same ticket.
    pub id: String,
    pub group: String,
    /// Whom it is about, by his name; what is typed names nobody who is known.
    pub customer: String,
    /// Or a customer who is known: of a ticket that the agent may read, by its id.
    pub of_ticket: Option<String>,
    pub changes: Vec<Change>,
    pub note: String,
}

/// One event of a ticket's history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    pub seq: u32,
    pub at: Time,
    pub event: TicketEvent,
}

/// A ticket and all that happened to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paper {
    pub ticket: Ticket,
    pub history: Vec<Entry>,
    /// Where its customer can be written to, from here if [`Choices::mails`]; none: no address is known.
    #[serde(default)]
    pub address: Option<String>,
    /// He is handed over to the portal without a letter, and reads it there.
    #[serde(default)]
    pub portal: bool,
}

/// An application as the console lists it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApplicationLine {
    pub id: String,
    pub name: String,
    /// The public key of the snippet.
    pub key: String,
    /// The origins that may show it.
    pub sites: Vec<String>,
    pub accent: String,
    pub title: String,
    pub expanded: bool,
    pub launcher: Launcher,
    /// Nobody is shown it any more.
    pub retired: bool,
    /// The languages whose title is another, each with it.
    pub titles: Vec<(String, String)>,
}

impl ApplicationLine {
    pub fn of(id: String, key: String, settings: Settings, retired: bool) -> ApplicationLine {
        let Settings { name, accent, title, expanded, sites, setup, .. } = settings;
        let (titles, launcher) = (setup.titles(), setup.launcher);
        ApplicationLine { id, name, key, sites, accent, title, expanded, launcher, retired, titles }
    }
}

/// All that the page of the applications shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Applications {
    pub lines: Vec<ApplicationLine>,
    /// None: it was not built.
    pub loader: Option<Loader>,
}

/// The loader as a page may pin it: under this address it never changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Loader {
    pub path: String,
    /// For the attribute of the same name.
    pub integrity: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::*;
    use crate::{Act, event::Opening};

    fn answer(label: &str, value: &str, version: &str) -> Answer {
        Answer { key: label.into(), label: label.into(), value: value.into(), version: version.into() }
    }

    fn filled_in() -> Opening {
        Opening {
            answers: vec![
                answer("Nombre", "Ana", ""),
                answer("Pedido", "N-20714", ""),
                answer("Privacidad", "Acepto que me respondan.", "2"),
            ],
            related: Some(Related { id: "t1".into(), number: 4790, subject: "Lámpara rota".into() }),
            ..opening()
        }
    }

    #[test]
    fn a_row_of_who_waits_has_his_answers_his_first_words_and_his_ticket() {
        let world = World::opened(&filled_in()).then(CUSTOMER, post("Llegó rota")).then(CUSTOMER, post("¿Hola?"));

        let card = Card::of(&world.chat);

        assert_eq!((card.first_words.as_str(), card.words.as_str()), ("Llegó rota", "¿Hola?"));
        assert_eq!(card.answers, [Said { label: "Pedido".into(), value: "N-20714".into() }]);
        assert_eq!(card.related.map(|ticket| ticket.number), Some(4790));
    }

    #[test]
    fn who_is_attended_is_a_row_without_them() {
        let world = World::opened(&filled_in()).then(CUSTOMER, post("Llegó rota")).then(CARLA, Act::Attend);

        let card = Card::of(&world.chat);

        assert_eq!((card.first_words.as_str(), card.answers.len(), card.related), ("", 0, None));
    }

    #[test]
    fn a_row_of_before_an_answer_is_told_from_one_after_it_and_from_another_invitation() {
        let invited = World::attended().then(CARLA, invite(DIEGO));
        let before = Card::of(&invited.chat);
        let declined = invited.then(DIEGO, Act::Decline);
        let (after, answer) = (Card::of(&declined.chat), declined.told.last().unwrap().clone());
        let again = Card::of(&declined.then(CARLA, invite(DIEGO)).chat);
        let parting = World::with_two();
        let with_him = Card::of(&parting.chat);
        let parted = parting.then(DIEGO, Act::Part);

        assert_eq!(before.seq, again.seq, "the public stream has no trace of it");
        assert!(before.is_before(&answer));
        assert!(!after.is_before(&answer) && !again.is_before(&answer));
        assert!(with_him.is_before(parted.told.last().unwrap()));
        assert!(!Card::of(&parted.chat).is_before(parted.told.last().unwrap()));
        assert!(!Card { chat: "another".into(), ..before }.is_before(&answer));
    }

    #[test]
    fn a_row_is_found_by_its_name_its_words_its_answers_and_its_ticket_and_by_nothing_else() {
        let card = Card::of(&World::opened(&filled_in()).then(CUSTOMER, post("Devolución")).chat);

        for text in ["", " ana ", "devolucion", "n-207", "LÁMPARA"] {
            assert!(card.is_about(text), "{text}");
        }
        assert!(!card.is_about("acepto"));
        assert!(!card.is_about("Casa Nogal"));
    }
}
