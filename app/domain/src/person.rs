//! Who asks, and what he may do.

use serde::{Deserialize, Serialize};

/// An agent as everybody may see him.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Face {
    pub id: String,
    pub name: String,
}

impl Face {
    /// The first letters of the first and of the last name, for an avatar. Its style makes them capitals:
    /// what knows the capitals of all alphabets would be three kilobytes of the widget.
    pub fn initials(&self) -> String {
        let is_letter = |c: &char| c.is_ascii_alphanumeric() || !c.is_ascii() && !"«»“”‘’¿¡".contains(*c);
        let mut words = self.name.split_whitespace().filter_map(|word| word.chars().find(is_letter));
        let mut letters = String::new();
        letters.extend(words.next());
        letters.extend(words.next_back());
        letters
    }

    /// The hue of his avatar in degrees: the same on every screen, whatever he is called there.
    pub fn hue(&self) -> u32 {
        let sum = self.id.bytes().fold(7_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(u32::from(byte)));
        // Steps of the golden angle: ids that are alike get hues that are not.
        sum % 360 * 137 % 360
    }
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

/// What stands before the id of a token of the API where it acts.
pub const ACTOR: &str = "api-";

/// The token of the API that this is the actor of; none: it is somebody.
pub fn of_actor(id: &str) -> Option<&str> {
    id.strip_prefix(ACTOR)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::*;

    fn member(attendant: bool, administrator: bool) -> Agent {
        let memberships = vec![Membership { group: "sales".into(), attendant, administrator }];
        Agent { face: face("eva"), sequence: false, system: false, memberships }
    }

    #[test]
    fn a_name_becomes_two_letters() {
        for (name, letters) in
            [("Inés Robledo", "IR"), ("ana maría de la o", "ao"), ("Tomás", "T"), ("«Los» (Pérez)", "LP"), (" ", "")]
        {
            assert_eq!(Face { id: String::new(), name: name.into() }.initials(), letters);
        }
    }

    #[test]
    fn a_hue_is_of_the_person_and_not_of_his_name() {
        let ines = |name: &str| Face { id: "ines".into(), name: name.into() };

        assert_eq!(ines("Inés").hue(), ines("Inés Robledo").hue());
        assert_ne!(face("eva").hue(), face("evb").hue());
        assert!((0..50).all(|n| face(&n.to_string()).hue() < 360));
    }

    #[test]
    fn attendant_and_administrator_are_two_flags() {
        for (attendant, administrator) in [(false, false), (true, false), (false, true), (true, true)] {
            let eva = member(attendant, administrator);
            let seat = eva.seat("sales");

            assert_eq!((seat.attendant, seat.administrator), (attendant, administrator));
            let staff = attendant || administrator;
            assert_eq!((seat.is_staff(), eva.may_chat(), eva.sees("sales")), (staff, staff, staff));
        }
    }

    #[test]
    fn rights_end_at_the_door_of_the_group() {
        let eva = member(true, true);

        assert!(!eva.seat("post").is_staff() && !eva.sees("post"));
    }

    #[test]
    fn whoever_belongs_to_no_group_has_no_chat_in_his_menu() {
        let stranger = Agent { memberships: Vec::new(), ..member(false, false) };

        assert!(!stranger.may_chat() && !stranger.sees("sales"));
    }

    #[test]
    fn a_system_administrator_administers_every_group_and_attends_only_his_own() {
        let simon = agent(SIMON);
        let seat = simon.seat("any");

        assert_eq!((seat.attendant, seat.administrator), (false, true));
        assert!(simon.may_chat() && simon.sees("any"));
        let attends = Agent { system: true, ..member(true, false) };
        assert!(attends.seat("sales").attendant && attends.seat("sales").administrator);
    }

    #[test]
    fn sequence_goes_with_the_agent_into_every_group() {
        let sergio = agent(SERGIO);

        assert!(sergio.seat("sales").sequence && sergio.seat("post").sequence);
    }
}
