//! A group: a subject the customer chooses, and a team.

use crate::Face;
use serde::{Deserialize, Serialize};

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
