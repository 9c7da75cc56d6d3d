//! Tokens of the API: what another program may read and write, until when, and as whom it acts.

use crate::group::Named;
pub use crate::person::of_actor;
use crate::person::{ACTOR, Agent};
use crate::ticket::Change;
use crate::{Face, Refusal, Time, text};
use serde::{Deserialize, Serialize};

/// What every secret begins with, so that who finds one knows what it is.
pub const PREFIX: &str = "recado_";
/// So much of a secret is shown afterwards, to tell it from others.
pub const SHOWN: usize = PREFIX.len() + 8;
/// The longest name, in characters.
pub const NAME_LIMIT: usize = 60;
/// The most tokens that are good at a time.
pub const LIMIT: usize = 100;
/// The longest `Idempotency-Key`, in bytes.
pub const KEY_LIMIT: usize = 255;

/// A noun, and whether it is read or written. Variants are only ever appended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Scope {
    ReadChats,
    ReadTickets,
    WriteTickets,
    ReadPeople,
    ReadGroups,
    ReadApplications,
    ReadArticles,
    ReadIndicators,
    ReadMonitor,
    /// Write to customers by e-mail.
    WriteReplies,
    /// Add, change, and keep out.
    WritePeople,
    /// For good (S83).
    ErasePeople,
    WriteArticles,
}

impl Scope {
    pub const ALL: [Scope; 13] = [
        Scope::ReadChats,
        Scope::ReadTickets,
        Scope::WriteTickets,
        Scope::ReadPeople,
        Scope::ReadGroups,
        Scope::ReadApplications,
        Scope::ReadArticles,
        Scope::ReadIndicators,
        Scope::ReadMonitor,
        Scope::WriteReplies,
        Scope::WritePeople,
        Scope::ErasePeople,
        Scope::WriteArticles,
    ];

    pub fn word(self) -> &'static str {
        match self {
            Scope::ReadChats => "chats:read",
            Scope::ReadTickets => "tickets:read",
            Scope::WriteTickets => "tickets:write",
            Scope::ReadPeople => "people:read",
            Scope::ReadGroups => "groups:read",
            Scope::ReadApplications => "applications:read",
            Scope::ReadArticles => "articles:read",
            Scope::ReadIndicators => "indicators:read",
            Scope::ReadMonitor => "monitor:read",
            Scope::WriteReplies => "replies:write",
            Scope::WritePeople => "people:write",
            Scope::ErasePeople => "people:erase",
            Scope::WriteArticles => "articles:write",
        }
    }

    pub fn of_word(word: &str) -> Option<Scope> {
        Scope::ALL.into_iter().find(|scope| scope.word() == word)
    }
}

/// A token that an administrator wants.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct New {
    /// Made by who asks: asked again because an answer was lost, it is the same token.
    pub id: String,
    pub name: String,
    pub scopes: Vec<Scope>,
    /// The last day on which it is good, on the clock of the house, like `2026-12-31`; empty: it has no end.
    pub until: String,
}

impl New {
    /// As it is kept; its end is not looked at.
    pub fn checked(&self) -> Result<New, Refusal> {
        if !crate::id::is_sound(&self.id) {
            return Err(Refusal::Malformed);
        }
        let name = text::line(&self.name);
        if name.is_empty() {
            return Err(Refusal::FieldMissing { field: "name".into() });
        }
        if name.chars().count() > NAME_LIMIT {
            return Err(Refusal::FieldTooLong { field: "name".into(), limit: NAME_LIMIT as u32 });
        }
        let scopes: Vec<Scope> = Scope::ALL.into_iter().filter(|scope| self.scopes.contains(scope)).collect();
        if scopes.is_empty() {
            return Err(Refusal::FieldMissing { field: "scopes".into() });
        }
        Ok(New { id: self.id.clone(), name, scopes, until: self.until.trim().to_owned() })
    }
}

/// A token as it is listed: never its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    pub id: String,
    pub name: String,
    /// How its secret begins.
    pub prefix: String,
    pub scopes: Vec<Scope>,
    pub created_at: Time,
    /// None: on the command line of the server.
    pub by: Option<Face>,
    pub expires_at: Option<Time>,
    pub revoked_at: Option<Time>,
    /// To the minute.
    pub used_at: Option<Time>,
}

impl Line {
    pub fn is_good(&self, now: Time) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|at| now < at)
    }
}

/// A token that was made, and its secret, which is told this once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Made {
    pub line: Line,
    pub secret: String,
}

/// Who acts with this token: the API, by the name of the token. It administers, for whoever made it does; how far it
/// reaches its scopes say.
pub fn actor(id: &str, name: &str) -> Agent {
    let face = Face { id: [ACTOR, id].concat(), name: ["API · ", name].concat() };
    Agent { face, sequence: false, system: true, memberships: Vec::new() }
}

/// A ticket that another program opens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opening {
    /// Its id: asked again, it is the same ticket.
    pub id: String,
    pub group: String,
    pub application: Option<String>,
    pub client: Client,
    pub changes: Vec<Change>,
    pub note: String,
}

/// Whom it is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Client {
    /// Somebody who is known.
    Known(String),
    /// Somebody new. Nobody has proved that the address is his; he is written to there.
    New { name: String, email: String },
}

/// What a program is told of a token: who it is, and what it may.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bearer {
    pub token: Named,
    pub scopes: Vec<Scope>,
    pub agent: Agent,
}

impl Bearer {
    pub fn may(&self, scope: Scope) -> bool {
        self.scopes.contains(&scope)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new(name: &str, scopes: &[Scope]) -> New {
        New { id: "0123456789abcdef".into(), name: name.into(), scopes: scopes.into(), until: String::new() }
    }

    #[test]
    fn a_scope_is_found_by_its_word() {
        assert!(Scope::ALL.into_iter().all(|scope| Scope::of_word(scope.word()) == Some(scope)));
        assert_eq!(Scope::of_word("chats:write"), None);
    }

    #[test]
    fn a_token_has_a_name_and_reaches_something() {
        let twice = [Scope::WriteTickets, Scope::ReadChats, Scope::ReadChats];

        let checked = new(" Facturación ", &twice).checked().unwrap();

        assert_eq!((&*checked.name, &*checked.scopes), ("Facturación", &[Scope::ReadChats, Scope::WriteTickets][..]));
        assert_eq!(new(" ", &twice).checked(), Err(Refusal::FieldMissing { field: "name".into() }));
        assert_eq!(new("x", &[]).checked(), Err(Refusal::FieldMissing { field: "scopes".into() }));
        let long = new(&"x".repeat(NAME_LIMIT + 1), &twice).checked();
        assert_eq!(long, Err(Refusal::FieldTooLong { field: "name".into(), limit: 60 }));
        assert_eq!(New { id: "x".into(), ..new("x", &twice) }.checked(), Err(Refusal::Malformed));
    }

    #[test]
    fn it_is_good_until_its_end_and_not_after_it_was_revoked() {
        let line = Line {
            id: "t".into(),
            name: "x".into(),
            prefix: "recado_0".into(),
            scopes: vec![Scope::ReadChats],
            created_at: Time(0),
            by: None,
            expires_at: Some(Time(10)),
            revoked_at: None,
            used_at: None,
        };

        assert!(line.is_good(Time(9)) && !line.is_good(Time(10)));
        assert!(!Line { revoked_at: Some(Time(1)), ..line.clone() }.is_good(Time(9)));
        assert!(Line { expires_at: None, ..line }.is_good(Time(i64::MAX)));
    }

    #[test]
    fn who_acts_is_the_token_and_nobody_who_works_here() {
        let agent = actor("0123", "Facturación");

        assert_eq!((of_actor(&agent.face.id), agent.face.name.as_str()), (Some("0123"), "API · Facturación"));
        assert_eq!(of_actor("0123"), None);
    }

    #[test]
    fn a_token_reaches_its_scopes_and_no_other() {
        let token = Named { id: "t".into(), name: "x".into() };
        let bearer = Bearer { agent: actor("t", "x"), token, scopes: vec![Scope::ReadTickets] };

        for scope in Scope::ALL {
            assert_eq!(bearer.may(scope), scope == Scope::ReadTickets, "{scope:?}");
        }
    }
}
