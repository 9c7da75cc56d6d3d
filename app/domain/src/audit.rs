//! What is written down of who did what (S88): no words of anybody, no secret, and no name, since a name may be
//! erased and the log may not.

use crate::event::Destination;
use crate::group::Named;
use crate::hours::Day;
use crate::person::Agent;
use crate::{Event, Face, Reason, Refusal, Time};
use serde::{Deserialize, Serialize};

/// Rows of one page.
pub const PAGE: usize = 50;

/// What happened. Variants are only ever appended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Kind {
    SignedIn,
    SignInFailed,
    SignedOut,
    SessionRevoked,
    PasswordChanged,
    FactorOn,
    FactorOff,
    /// By an operator, for who has lost his device.
    FactorReset,
    PaperCodesMade,
    /// A sign-in with a code from paper.
    PaperCodeUsed,
    /// The first administrator.
    SetUp,
    ProfileChanged,
    RightsChanged,
    Watched,
    Whispered,
    /// An administrator went into a conversation that nobody had invited him to.
    Intervened,
    /// He redirected it to himself.
    TookOver,
    Redirected,
    /// Out of the queue.
    Removed,
    Blocked,
    Unblocked,
    Exported,
    Erased,
    KeyAdded,
    KeyRevoked,
    /// Of an application, a group or the house.
    SettingsChanged,
    /// A door that is not his.
    Denied,
    /// Somebody was asked to slow down.
    LimitHit,
    /// A socket or a stream that was not opened.
    HandshakeRefused,
    /// To sign in at all.
    AccessGiven,
    AccessTaken,
    /// To administer the system.
    SystemGiven,
    SystemTaken,
    /// In the group of the row.
    AttendingGiven,
    AttendingTaken,
    AdministeringGiven,
    AdministeringTaken,
    /// Written by a newer program than this: [`Line::word`] is all that is known of it.
    Other,
    /// Kept for as long as the house keeps it, and gone (S84).
    Expired,
    /// Of the API.
    TokenMade,
    TokenRevoked,
    /// He asked a colleague into a conversation (R59).
    Invited,
    /// He was asked, and went in.
    Accepted,
    /// He was asked, and did not.
    Declined,
    /// He left it to the others.
    Parted,
    /// Somebody was added, or what is known of him changed, by a program.
    PersonChanged,
    /// Of the house.
    WebhookOn,
    WebhookOff,
    /// By hand: a test, or one again.
    WebhookSent,
    /// The secret of a webhook of the house, to who had set its address and may not have heard it.
    SecretToldAgain,
}

impl Kind {
    /// Those that are written, and may be asked for.
    pub const ALL: [Kind; 49] = [
        Kind::SignedIn,
        Kind::SignInFailed,
        Kind::SignedOut,
        Kind::SessionRevoked,
        Kind::PasswordChanged,
        Kind::FactorOn,
        Kind::FactorOff,
        Kind::FactorReset,
        Kind::PaperCodesMade,
        Kind::PaperCodeUsed,
        Kind::SetUp,
        Kind::ProfileChanged,
        Kind::RightsChanged,
        Kind::Watched,
        Kind::Whispered,
        Kind::Intervened,
        Kind::TookOver,
        Kind::Redirected,
        Kind::Removed,
        Kind::Blocked,
        Kind::Unblocked,
        Kind::Exported,
        Kind::Erased,
        Kind::KeyAdded,
        Kind::KeyRevoked,
        Kind::SettingsChanged,
        Kind::Denied,
        Kind::LimitHit,
        Kind::HandshakeRefused,
        Kind::AccessGiven,
        Kind::AccessTaken,
        Kind::SystemGiven,
        Kind::SystemTaken,
        Kind::AttendingGiven,
        Kind::AttendingTaken,
        Kind::AdministeringGiven,
        Kind::AdministeringTaken,
        Kind::Expired,
        Kind::TokenMade,
        Kind::TokenRevoked,
        Kind::Invited,
        Kind::Accepted,
        Kind::Declined,
        Kind::Parted,
        Kind::PersonChanged,
        Kind::WebhookOn,
        Kind::WebhookOff,
        Kind::WebhookSent,
        Kind::SecretToldAgain,
    ];

    /// As it is kept, and as an address names it.
    pub fn word(self) -> &'static str {
        match self {
            Kind::SignedIn => "signed-in",
            Kind::SignInFailed => "sign-in-failed",
            Kind::SignedOut => "signed-out",
            Kind::SessionRevoked => "session-revoked",
            Kind::PasswordChanged => "password-changed",
            Kind::FactorOn => "factor-on",
            Kind::FactorOff => "factor-off",
            Kind::FactorReset => "factor-reset",
            Kind::PaperCodesMade => "paper-codes-made",
            Kind::PaperCodeUsed => "paper-code-used",
            Kind::SetUp => "set-up",
            Kind::ProfileChanged => "profile-changed",
            Kind::RightsChanged => "rights-changed",
            Kind::Watched => "watched",
            Kind::Whispered => "whispered",
            Kind::Intervened => "intervened",
            Kind::TookOver => "took-over",
            Kind::Redirected => "redirected",
            Kind::Removed => "removed",
            Kind::Blocked => "blocked",
            Kind::Unblocked => "unblocked",
            Kind::Exported => "exported",
            Kind::Erased => "erased",
            Kind::KeyAdded => "key-added",
            Kind::KeyRevoked => "key-revoked",
            Kind::SettingsChanged => "settings-changed",
            Kind::Denied => "denied",
            Kind::LimitHit => "limit-hit",
            Kind::HandshakeRefused => "handshake-refused",
            Kind::AccessGiven => "access-given",
            Kind::AccessTaken => "access-taken",
            Kind::SystemGiven => "system-given",
            Kind::SystemTaken => "system-taken",
            Kind::AttendingGiven => "attending-given",
            Kind::AttendingTaken => "attending-taken",
            Kind::AdministeringGiven => "administering-given",
            Kind::AdministeringTaken => "administering-taken",
            Kind::Expired => "expired",
            Kind::Other => "other",
            Kind::TokenMade => "token-made",
            Kind::TokenRevoked => "token-revoked",
            Kind::Invited => "invited",
            Kind::Accepted => "accepted",
            Kind::Declined => "declined",
            Kind::Parted => "parted",
            Kind::PersonChanged => "person-changed",
            Kind::WebhookOn => "webhook-on",
            Kind::WebhookOff => "webhook-off",
            Kind::WebhookSent => "webhook-sent",
            Kind::SecretToldAgain => "secret-told-again",
        }
    }

    pub fn of_word(word: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// What an agent's act in a conversation is written down as; none: it is his ordinary work. `invited`: somebody
    /// had asked him in before.
    pub fn of(event: &Event, invited: bool) -> Option<Kind> {
        match event {
            Event::Watched { .. } => Some(Kind::Watched),
            Event::Whispered { .. } => Some(Kind::Whispered),
            Event::Joined { .. } => Some(if invited { Kind::Accepted } else { Kind::Intervened }),
            Event::Invited { .. } => Some(Kind::Invited),
            Event::Declined { .. } => Some(Kind::Declined),
            Event::Parted { .. } => Some(Kind::Parted),
            Event::Redirected { by, to: Destination::Agent(to) } if to.id == by.id => Some(Kind::TookOver),
            Event::Redirected { .. } => Some(Kind::Redirected),
            Event::Ended { reason: Reason::Staff, .. } => Some(Kind::Removed),
            _ => None,
        }
    }
}

/// Who did it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum By {
    Agent(Face),
    /// On the command line of the server.
    Operator,
    /// Nobody who is known, or a customer.
    Nobody,
    /// This program, when its time had come.
    Clock,
    /// Another program, with a token of the API.
    Token(Named),
}

/// What it was done to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum About {
    Nothing,
    Agent(Face),
    /// An empty name: he is erased, or never had one.
    Customer(Named),
    Chat(String),
    /// A door, a rate, a key, a name of what was set: words of ours, and never anybody's.
    Thing(String),
}

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Dense from 1.
    pub number: i64,
    pub at: Time,
    pub kind: Kind,
    pub by: By,
    pub about: About,
    /// The group of the conversation, or the one in which a right is; of two of one name with its id.
    pub group: Option<Named>,
    /// As far as addresses are kept; empty: not at all, or not known.
    pub address: String,
    /// So often until the next row of the same; more than once where it is only counted.
    pub times: u32,
    /// The kind as it is kept, whether this program knows it or not.
    pub word: String,
    /// Where who did it signs in, for names change; empty: no agent, or not known.
    pub by_email: String,
    /// The same of the agent it is about.
    pub about_email: String,
}

/// Which rows: all conditions hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Filter {
    pub kind: Option<Kind>,
    /// Who did it, by his id.
    pub by: Option<String>,
    /// What it is about: an id, a thing, or where an agent or a customer is written to.
    pub about: Option<String>,
    /// From this day of the house on.
    pub from: Option<Day>,
    /// And up to this one, with all of it.
    pub to: Option<Day>,
}

/// The longest value of one condition.
const VALUE_LIMIT: usize = 200;
/// The most rows of a file.
pub const EXPORT_LIMIT: usize = 50_000;

impl Filter {
    /// From the parts of an address; what is unknown asks for nothing.
    pub fn of(pairs: impl Iterator<Item = (String, String)>) -> Filter {
        let mut filter = Filter::default();
        for (name, value) in pairs {
            filter.take(&name, value);
        }
        filter
    }

    /// The same for whoever takes the answer away and does not see what was asked: what is unknown is refused.
    pub fn read(pairs: impl Iterator<Item = (String, String)>) -> Result<Filter, Refusal> {
        let mut filter = Filter::default();
        for (name, value) in pairs {
            if !filter.take(&name, value) {
                return Err(Refusal::Malformed);
            }
        }
        Ok(filter)
    }

    fn take(&mut self, name: &str, value: String) -> bool {
        let value = value.trim().to_owned();
        if value.is_empty() || value.len() > VALUE_LIMIT {
            return false;
        }
        match name {
            "kind" => self.kind = Kind::of_word(&value),
            "by" => self.by = Some(value),
            "about" => self.about = Some(value),
            "from" => self.from = Day::try_from(value).ok(),
            "to" => self.to = Day::try_from(value).ok(),
            _ => return false,
        }
        match name {
            "kind" => self.kind.is_some(),
            "from" => self.from.is_some(),
            "to" => self.to.is_some(),
            _ => true,
        }
    }

    /// The parts of its address.
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let day = |day: &Day| String::from(*day);
        let all = [
            ("kind", self.kind.map(|kind| kind.word().to_owned())),
            ("by", self.by.clone()),
            ("about", self.about.clone()),
            ("from", self.from.as_ref().map(day)),
            ("to", self.to.as_ref().map(day)),
        ];
        all.into_iter().filter_map(|(name, value)| value.map(|value| (name, value))).collect()
    }
}

/// What was found when the chain was looked at (S89).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verdict {
    /// The number and the hash of the last row: written down elsewhere, they prove later that nothing before it has
    /// changed.
    Whole { number: i64, hash: String },
    /// The first row that is not what it was, or is missing.
    Broken { number: i64 },
}

/// A page of the log, the newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page {
    pub lines: Vec<Line>,
    /// There is more before this number.
    pub before: Option<i64>,
    /// Whose acts the asker may ask for.
    pub people: Vec<Face>,
    /// Where they sign in, in the same order.
    pub emails: Vec<String>,
}

/// How much of the log somebody reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sight {
    All,
    /// What was done in conversations of these groups, by id.
    Groups(Vec<String>),
    None,
}

impl Sight {
    /// System administrators read all of it; who administers a group, what was done in its conversations.
    pub fn of(agent: &Agent) -> Sight {
        if agent.system {
            return Sight::All;
        }
        let groups: Vec<String> =
            agent.memberships.iter().filter(|m| m.administrator).map(|m| m.group.clone()).collect();
        if groups.is_empty() { Sight::None } else { Sight::Groups(groups) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::person::Membership;
    use crate::world::*;

    #[test]
    fn a_kind_is_found_by_its_word() {
        assert!(Kind::ALL.into_iter().all(|kind| Kind::of_word(kind.word()) == Some(kind)));
        assert_eq!(Kind::of_word("posted"), None);
        assert_eq!(Kind::of_word(Kind::Other.word()), None, "nothing is written down as that");
    }

    #[test]
    fn an_address_says_which_rows_and_what_is_unknown_in_it_is_left_out_or_refused() {
        let day = |text: &str| Day::try_from(text.to_owned()).ok();
        let filter = Filter {
            kind: Some(Kind::Watched),
            by: Some("a1".into()),
            about: Some("eva@correo.example".into()),
            from: day("2026-11-01"),
            to: day("2026-11-30"),
        };
        let pairs = || filter.pairs().into_iter().map(|(name, value)| (name.to_owned(), value));
        let one = |name: &str, value: &str| std::iter::once((name.to_owned(), value.to_owned()));

        assert_eq!((Filter::of(pairs()), Filter::read(pairs())), (filter.clone(), Ok(filter.clone())));
        for (name, value) in [("kind", "posted"), ("from", "2026-13-01"), ("by", ""), ("x", "y"), ("to", "today")] {
            assert_eq!(Filter::of(one(name, value)), Filter::default(), "{name}");
            assert_eq!(Filter::read(one(name, value)), Err(Refusal::Malformed), "{name}");
        }
    }

    #[test]
    fn what_is_more_than_ordinary_work_is_written_down() {
        let by = face(CARLA);
        let to_himself = Event::Redirected { by: by.clone(), to: Destination::Agent(by.clone()) };

        assert_eq!(Kind::of(&Event::Watched { by: by.clone() }, false), Some(Kind::Watched));
        assert_eq!(Kind::of(&Event::Joined { by: by.clone() }, false), Some(Kind::Intervened));
        assert_eq!(Kind::of(&Event::Joined { by: by.clone() }, true), Some(Kind::Accepted));
        assert_eq!(Kind::of(&Event::Declined { by: by.clone() }, true), Some(Kind::Declined));
        assert_eq!(Kind::of(&to_himself, false), Some(Kind::TookOver));
        let removed = Event::Ended { reason: Reason::Staff, by: Some(by.clone()) };
        assert_eq!(Kind::of(&removed, false), Some(Kind::Removed));
        assert_eq!(Kind::of(&Event::Posted { by: Some(by.clone()), text: "hola".into() }, false), None);
        assert_eq!(Kind::of(&Event::Ended { reason: Reason::Agent, by: Some(by) }, false), None);
    }

    #[test]
    fn a_group_s_administrator_reads_of_his_groups_and_who_only_attends_reads_nothing() {
        let member = |administrator| Agent {
            memberships: vec![Membership { group: "sales".into(), attendant: true, administrator }],
            system: false,
            ..agent(SIMON)
        };

        assert_eq!(Sight::of(&agent(SIMON)), Sight::All);
        assert_eq!(Sight::of(&member(true)), Sight::Groups(vec!["sales".into()]));
        assert_eq!(Sight::of(&member(false)), Sight::None);
    }
}
