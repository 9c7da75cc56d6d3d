//! Keys with which the program of a site signs who its customer is (S73-S78), as they are made and listed.

use crate::Time;
use serde::{Deserialize, Serialize};

/// Keys of one application that hold at once: enough to change them, few enough to try them all.
pub const KEYS_LIMIT: usize = 8;
/// The longest text in which a public half is handed in.
pub const PUBLIC_LIMIT: usize = 1_000;

/// How a site signs. Nothing else is believed, whatever a token says of itself (S74).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Algorithm {
    Hs256,
    EdDsa,
}

impl Algorithm {
    pub const ALL: [Algorithm; 2] = [Algorithm::Hs256, Algorithm::EdDsa];

    /// As a token and the database name it.
    pub fn word(self) -> &'static str {
        match self {
            Algorithm::Hs256 => "HS256",
            Algorithm::EdDsa => "EdDSA",
        }
    }

    pub fn of(word: &str) -> Option<Algorithm> {
        Algorithm::ALL.into_iter().find(|one| one.word() == word)
    }
}

/// A key as it is listed: without what it is made of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Key {
    /// The `kid` of what it signs.
    pub id: String,
    pub algorithm: Algorithm,
    pub created_at: Time,
    pub revoked_at: Option<Time>,
    /// When something that it signed was believed last, to the minute; none: never.
    pub used_at: Option<Time>,
}

/// A key that was added.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Added {
    pub id: String,
    /// Told once: of HS256, what the site signs with.
    pub secret: Option<String>,
}
