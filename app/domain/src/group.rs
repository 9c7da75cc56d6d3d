//! A group: a subject the customer chooses, and a team.

use crate::Face;
use crate::application::Wrong;
use crate::distribution::{ANSWER_MOST, Distribution, LIMIT_MOST};
use serde::{Deserialize, Serialize};

#[cfg(feature = "staff")]
pub mod change;

/// Something with an id and a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    pub id: String,
    pub name: String,
}

/// What a customer learns of a group before he chooses it (R11, R15).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    pub id: String,
    pub name: String,
    /// Attendants who are online and connected. Full ones count (Q12); administrators who do
    /// not attend do not. Empty: nobody is there.
    pub online: Vec<Face>,
}

/// What is settled for a group.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// None: its agents choose whom they attend.
    pub distribution: Option<Distribution>,
    /// Who belongs to it is told by mail when somebody has waited for so many seconds; 0: never.
    pub alarm_after: u32,
    /// Its attendants in the order in which their turn comes.
    pub team: Vec<Turn>,
}

/// An attendant of a group, by his address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Turn {
    pub email: String,
    /// As many chats may he be handed of all groups together; 0: as each group says; none: as it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
}

impl Settings {
    /// Can all of it be meant?
    pub fn check(&self) -> Result<(), Wrong> {
        if let Some(distribution) = &self.distribution {
            distribution.check().map_err(|wrong| wrong.within("distribution"))?;
        }
        if self.alarm_after > ANSWER_MOST {
            return Err(Wrong::at("alarm_after", "it must be at most 86400 seconds, a day"));
        }
        for (n, turn) in self.team.iter().enumerate() {
            let at = |path: &str| format!("team[{n}].{path}");
            if turn.limit.is_some_and(|limit| limit > LIMIT_MOST) {
                return Err(Wrong { path: at("limit"), why: "it must be at most 50" });
            }
            if self.team[..n].iter().any(|before| before.email == turn.email) {
                return Err(Wrong { path: at("email"), why: "it stands there twice" });
            }
        }
        Ok(())
    }
}
