//! Webhooks of the house: which programs are told of what, at which address.
//!
//! What they are told names things by their ids, and says nothing of what anybody wrote or is called: whoever may know
//! more asks the API. So nothing of a person is left with a program that takes none of it, and there is nothing in what
//! waits to be erased.

use crate::ticket::Status;
use crate::{Chat, Event, Refusal, Stage, Ticket, Time, Told, text};
use serde::{Deserialize, Serialize};

/// The longest name, in characters.
pub const NAME_LIMIT: usize = 60;
/// The longest address, in bytes.
pub const URL_LIMIT: usize = 500;
/// The most of them.
pub const LIMIT: usize = 20;
/// Deliveries that are shown of each.
pub const SHOWN: usize = 50;

/// What somebody may be told of. Variants are only ever appended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Occasion {
    ChatStarted,
    ChatAttended,
    ChatEnded,
    TicketOpened,
    TicketChanged,
    /// Somebody said something, or sent a file, that a customer reads.
    Message,
}

impl Occasion {
    pub const ALL: [Occasion; 6] = [
        Occasion::ChatStarted,
        Occasion::ChatAttended,
        Occasion::ChatEnded,
        Occasion::TicketOpened,
        Occasion::TicketChanged,
        Occasion::Message,
    ];

    pub fn word(self) -> &'static str {
        match self {
            Occasion::ChatStarted => "chat.started",
            Occasion::ChatAttended => "chat.attended",
            Occasion::ChatEnded => "chat.ended",
            Occasion::TicketOpened => "ticket.opened",
            Occasion::TicketChanged => "ticket.changed",
            Occasion::Message => "message",
        }
    }

    pub fn of_word(word: &str) -> Option<Occasion> {
        Occasion::ALL.into_iter().find(|occasion| occasion.word() == word)
    }

    /// What an event of a conversation is to others; none: nothing.
    pub fn of(event: &Event) -> Option<Occasion> {
        match event {
            Event::Opened(_) => Some(Occasion::ChatStarted),
            Event::Attended { .. } => Some(Occasion::ChatAttended),
            Event::Ended { .. } => Some(Occasion::ChatEnded),
            Event::Posted { .. } | Event::Attached { .. } => Some(Occasion::Message),
            _ => None,
        }
    }
}

/// One that is set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sheet {
    pub id: String,
    pub name: String,
    pub url: String,
    pub occasions: Vec<Occasion>,
    pub on: bool,
}

impl Sheet {
    /// As it is kept. Whether a webhook may go there is looked at by who sends it.
    pub fn checked(&self) -> Result<Sheet, Refusal> {
        if !crate::id::is_sound(&self.id) {
            return Err(Refusal::Malformed);
        }
        let (name, url) = (text::line(&self.name), self.url.trim().to_owned());
        let missing = |field: &str| Err(Refusal::FieldMissing { field: field.into() });
        let long = |field: &str, limit| Err(Refusal::FieldTooLong { field: field.into(), limit: limit as u32 });
        let occasions: Vec<Occasion> =
            Occasion::ALL.into_iter().filter(|occasion| self.occasions.contains(occasion)).collect();
        match () {
            () if name.is_empty() => missing("name"),
            () if name.chars().count() > NAME_LIMIT => long("name", NAME_LIMIT),
            () if url.is_empty() => missing("url"),
            () if url.len() > URL_LIMIT => long("url", URL_LIMIT),
            () if occasions.is_empty() => missing("occasions"),
            () => Ok(Sheet { id: self.id.clone(), name, url, occasions, on: self.on }),
        }
    }

    pub fn wants(&self, occasion: Occasion) -> bool {
        self.on && self.occasions.contains(&occasion)
    }
}

/// One in the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    pub sheet: Sheet,
    /// To be sent.
    pub waiting: u32,
    /// Given up, of those that are still known.
    pub failed: u32,
    /// Since when so many wait that no more are taken.
    pub full_since: Option<Time>,
    /// So many were dropped because of that, since it was set up.
    pub dropped: u32,
}

/// Something that was sent, or is to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    pub id: String,
    /// None: an administrator tried the way.
    pub occasion: Option<Occasion>,
    /// The protocol number of what it tells of.
    pub number: i64,
    pub created_at: Time,
    pub tries: u32,
    /// When it is tried next; none: it was taken, or given up.
    pub due_at: Option<Time>,
    pub taken_at: Option<Time>,
    /// What was answered last; none: nothing.
    pub answer: Option<u16>,
}

/// What an administrator wants. Variants are only ever appended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Change {
    /// `read`: as it was before his eyes; none: it is new. Its id is made by who asks.
    Keep {
        sheet: Sheet,
        read: Option<Sheet>,
    },
    Switch {
        id: String,
        on: bool,
    },
    /// Another secret; what was signed with the old one is not signed any more.
    Renew {
        id: String,
    },
    /// With what of it waits to be sent.
    Drop {
        id: String,
    },
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    pub lines: Vec<Line>,
    /// What is signed with from now on, told this once.
    pub secret: Option<String>,
}

/// What happened, as others may know of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Happened {
    #[serde(skip)]
    pub occasion: Occasion,
    #[serde(skip)]
    pub number: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chat: Option<ChatOf>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<MessageOf>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ticket: Option<TicketOf>,
}

/// A conversation by its ids.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ChatOf {
    pub id: String,
    pub protocol: i64,
    pub status: &'static str,
    pub chat_group_id: String,
    pub chat_widget_id: String,
    pub client_id: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MessageOf {
    /// As the API names it.
    pub id: String,
    pub by_client: bool,
}

/// A ticket by its ids.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TicketOf {
    pub id: String,
    pub protocol: i64,
    pub base_status: Status,
    pub owner_team_id: String,
    pub owner_id: Option<String>,
    pub chat_widget_id: String,
    pub client_id: String,
}

impl Happened {
    /// What an event of a conversation with a customer is to others.
    pub fn in_chat(chat: &Chat, told: &Told) -> Option<Happened> {
        let occasion = Occasion::of(&told.event).filter(|_| !chat.is_inner())?;
        let by_client = match &told.event {
            Event::Posted { by, .. } | Event::Attached { by, .. } => Some(by.is_none()),
            _ => None,
        };
        let (after, aside, seq) = told.order();
        let id = [after.to_string(), u8::from(aside).to_string(), seq.to_string()].join("-");
        Some(Happened {
            occasion,
            number: chat.number,
            chat: Some(ChatOf {
                id: chat.id.clone(),
                protocol: chat.number,
                status: match chat.stage {
                    Stage::Waiting => "waiting",
                    Stage::Attending => "attending",
                    Stage::Ended(_) => "ended",
                },
                chat_group_id: chat.group.id.clone(),
                chat_widget_id: chat.application.id.clone(),
                client_id: chat.customer.id.clone(),
            }),
            message: by_client.map(|by_client| MessageOf { id, by_client }),
            ticket: None,
        })
    }

    pub fn to_ticket(ticket: &Ticket, occasion: Occasion) -> Happened {
        Happened {
            occasion,
            number: ticket.number,
            chat: None,
            message: None,
            ticket: Some(TicketOf {
                id: ticket.id.clone(),
                protocol: ticket.number,
                base_status: ticket.status,
                owner_team_id: ticket.group.id.clone(),
                owner_id: ticket.owner.as_ref().map(|owner| owner.id.clone()),
                chat_widget_id: ticket.application.id.clone(),
                client_id: ticket.customer.id.clone(),
            }),
        }
    }
}

/// What is sent, as JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Payload<'h> {
    /// Whoever gets it twice knows by this that it is the same.
    pub id: &'h str,
    #[serde(rename = "type")]
    pub kind: &'h str,
    pub created_date: String,
    /// An administrator tries the way; nothing happened.
    pub test: bool,
    #[serde(flatten)]
    pub happened: Option<&'h Happened>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::*;
    use crate::{Act, Face};

    fn sheet() -> Sheet {
        Sheet {
            id: "0123456789abcdef".into(),
            name: " ERP ".into(),
            url: " https://erp.example/hook ".into(),
            occasions: vec![Occasion::Message, Occasion::ChatStarted, Occasion::Message],
            on: true,
        }
    }

    #[test]
    fn an_occasion_is_found_by_its_word() {
        assert!(Occasion::ALL.into_iter().all(|one| Occasion::of_word(one.word()) == Some(one)));
        assert_eq!(Occasion::of_word("chat"), None);
    }

    #[test]
    fn one_has_a_name_an_address_and_something_to_tell() {
        let kept = sheet().checked().unwrap();

        assert_eq!((&*kept.name, &*kept.url), ("ERP", "https://erp.example/hook"));
        assert_eq!(kept.occasions, [Occasion::ChatStarted, Occasion::Message]);
        let missing = |field: &str| Err(Refusal::FieldMissing { field: field.into() });
        assert_eq!(Sheet { name: " ".into(), ..sheet() }.checked(), missing("name"));
        assert_eq!(Sheet { url: " ".into(), ..sheet() }.checked(), missing("url"));
        assert_eq!(Sheet { occasions: vec![], ..sheet() }.checked(), missing("occasions"));
        let long = Sheet { url: "x".repeat(URL_LIMIT + 1), ..sheet() }.checked();
        assert_eq!(long, Err(Refusal::FieldTooLong { field: "url".into(), limit: 500 }));
        assert!(kept.wants(Occasion::Message) && !kept.wants(Occasion::ChatEnded));
        assert!(!Sheet { on: false, ..kept }.wants(Occasion::Message));
    }

    #[test]
    fn what_others_are_told_names_nobody_and_repeats_nothing() {
        let world = World::with_two()
            .then(CUSTOMER, Act::Post { text: "mi secreto".into() })
            .then(CARLA, Act::Aside { whisper: false, text: "nota".into() });

        let all: Vec<Happened> = world.told.iter().filter_map(|told| Happened::in_chat(&world.chat, told)).collect();

        let occasions: Vec<Occasion> = all.iter().map(|one| one.occasion).collect();
        assert!(occasions.contains(&Occasion::ChatAttended), "{occasions:?}");
        assert_eq!(occasions.last(), Some(&Occasion::Message), "a note is nobody's outside");
        let payload =
            Payload { id: "x", kind: "message", created_date: String::new(), test: false, happened: all.last() };
        let text = serde_json::to_string(&payload).unwrap();
        let Face { name, .. } = face(CARLA);
        for word in ["mi secreto", "nota", &name, &world.chat.group.name] {
            assert!(word.is_empty() || !text.contains(&["\"", word, "\""].concat()), "{text}");
        }
        assert!(text.contains(&world.chat.id) && text.contains("\"byClient\":true"), "{text}");
    }
}
