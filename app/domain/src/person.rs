//! Who asks, and what he may do.

use serde::{Deserialize, Serialize};

/// An agent as everybody may see him.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Face {
    pub id: String,
    pub name: String,
}

/// One membership of a group: two independent flags (R51, R52, Q10).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Membership {
    pub group: String,
    pub attendant: bool,
    pub administrator: bool,
}

/// An agent with all his rights.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agent {
    pub face: Face,
    /// May attend only the first of the list (R53).
    pub sequence: bool,
    /// System administrator: sees and administers every group.
    pub system: bool,
    pub memberships: Vec<Membership>,
}

impl Agent {
    /// His rights in one group.
    pub fn seat(&self, group: &str) -> Seat {
        let member = self.memberships.iter().find(|m| m.group == group);
        Seat {
            face: self.face.clone(),
            attendant: member.is_some_and(|m| m.attendant),
            administrator: self.system || member.is_some_and(|m| m.administrator),
            sequence: self.sequence,
        }
    }

    /// Does the menu show Chat (R42)?
    pub fn may_chat(&self) -> bool {
        self.system || self.memberships.iter().any(|m| m.attendant || m.administrator)
    }

    /// Does he see the conversations of this group at all?
    pub fn sees(&self, group: &str) -> bool {
        self.system || self.memberships.iter().any(|m| m.group == group && (m.attendant || m.administrator))
    }
}

/// An agent and his rights in the group of the chat that is spoken of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seat {
    pub face: Face,
    pub attendant: bool,
    pub administrator: bool,
    pub sequence: bool,
}

impl Seat {
    pub fn is_staff(&self) -> bool {
        self.attendant || self.administrator
    }
}

/// Who acts. It comes from the session or the token, never from what was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Who {
    /// By the id of the customer that his token stands for.
    Customer(String),
    Agent(Seat),
    /// Time itself: the clock asks through the same rules as people.
    Clock,
}
