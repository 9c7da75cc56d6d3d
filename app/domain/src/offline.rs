//! An offline message: what somebody leaves while nobody attends, and becomes a ticket (R16, R41).

use crate::application::{Answer, Field, Setup, WhenAway, fill};
use crate::chat::checked;
use crate::group::Named;
use crate::ticket::{Birth, Via, subject};
use crate::wire::Open;
use crate::{Refusal, TicketEvent};
use serde::{Deserialize, Serialize};

/// What a customer's browser sends: what it would open a chat with, and the words. The id is the
/// ticket's and makes it repeatable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offline {
    pub open: Open,
    pub text: String,
    /// A field that no person sees: whoever fills it in is a program.
    pub website: String,
}

/// What stays of it in its ticket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    pub text: String,
    pub answers: Vec<Answer>,
    pub page: String,
    pub lang: String,
    /// His site has proved who he is.
    #[serde(default)]
    pub verified: bool,
}

/// The server has it, under this protocol number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    pub number: i64,
}

impl Offline {
    /// What is kept of it. That somebody came online meanwhile is no reason to lose his words.
    pub fn accept(&self, fields: &[Field], setup: &Setup) -> Result<(Vec<Answer>, String), Refusal> {
        if !self.website.is_empty() {
            return Err(Refusal::Malformed);
        }
        if setup.when_away != WhenAway::Message {
            return Err(Refusal::NoMessages);
        }
        Ok((fill(fields, &self.open.answers)?, checked(&self.text)?))
    }
}

/// The ticket of an offline message: its team's, nobody's yet, and saved, as nobody is there to do it.
pub fn birth(number: i64, application: Named, group: Named, customer: Named, message: Message) -> (Birth, TicketEvent) {
    let subject = subject(&message.text, &group);
    let saved = TicketEvent::saved_for_nobody(subject.clone());
    let message = Some(message);
    let via = Via::OfflineMessage;
    (Birth { number, chat: None, via, application, group, customer, subject, owner: None, message }, saved)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::application::FieldKind;
    use crate::world::named;
    use crate::{Ticket, Time};

    fn offline(text: &str) -> Offline {
        let open = Open {
            id: "0123456789abcdef".into(),
            key: "pk".into(),
            group: "sales".into(),
            answers: Vec::new(),
            page: String::new(),
            lang: "es".into(),
            attributes: Vec::new(),
            related: None,
        };
        Offline { open, text: text.into(), website: String::new() }
    }

    #[test]
    fn words_are_accepted_as_those_of_a_chat_are() {
        let accept = |text: &str| offline(text).accept(&[], &Setup::default()).map(|(_, text)| text);

        assert_eq!(accept(" ¿Y en roble?\n\u{0} "), Ok("¿Y en roble?".into()));
        assert_eq!(accept(" \n "), Err(Refusal::Empty));
        assert_eq!(accept(&"a".repeat(4_001)), Err(Refusal::TooLong { limit: 4_000 }));
    }

    #[test]
    fn the_form_asks_the_same_as_before_a_chat() {
        let field = Field {
            key: "name".into(),
            label: "Nombre".into(),
            kind: FieldKind::Name,
            required: true,
            options: Vec::new(),
            consent: None,
        };

        let answer = offline("hola").accept(&[field], &Setup::default());

        assert_eq!(answer, Err(Refusal::FieldMissing { field: "name".into() }));
    }

    #[test]
    fn an_application_may_take_no_messages() {
        let setup = Setup { when_away: WhenAway::Nothing, ..Setup::default() };

        assert_eq!(offline("hola").accept(&[], &setup), Err(Refusal::NoMessages));
    }

    #[test]
    fn who_fills_in_what_nobody_sees_is_a_program() {
        let bot = Offline { website: "https://spam.example".into(), ..offline("hola") };

        assert_eq!(bot.accept(&[], &Setup::default()), Err(Refusal::Malformed));
    }

    #[test]
    fn its_ticket_is_the_teams_new_and_saved() {
        let message = Message {
            text: "Llegó rota\n¿qué hago?".into(),
            answers: Vec::new(),
            page: String::new(),
            lang: "es".into(),
            verified: false,
        };
        let (birth, saved) = birth(7, named("shop"), named("sales"), named("ana"), message.clone());
        let mut ticket = Ticket::open("t".into(), Time(5), &birth);
        ticket.apply(Time(5), &saved);

        assert_eq!((ticket.via, ticket.status, ticket.owner.clone()), (Via::OfflineMessage, crate::Status::New, None));
        assert_eq!((ticket.subject.as_str(), ticket.number, ticket.is_saved()), ("Llegó rota", 7, true));
        assert_eq!(birth.message, Some(message));
    }
}
