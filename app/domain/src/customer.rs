//! A customer as agents see him: who he is, what there was with him, and what was done about him.

use crate::group::Named;
use crate::identity::Attribute;
use crate::person::Agent;
use crate::{Chat, Face, Refusal, Span, Stage, Time, text};
use serde::{Deserialize, Serialize};

/// Rows of one page of what there was with him.
pub const PAGE: usize = 20;
/// The longest reason for a block, in characters.
pub const REASON_LIMIT: usize = 300;

/// Who he is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Customer {
    pub id: String,
    pub name: String,
    pub email: String,
    /// His site has proved who he is; otherwise all of it may be anybody's.
    pub verified: bool,
    pub since: Time,
    pub known_as: Vec<Account>,
    /// What his site and its page say of him.
    pub attributes: Vec<Attribute>,
    /// He begins nothing until that is annulled.
    pub blocked: bool,
    /// His words are gone.
    pub erased: bool,
    /// What was done about him, the last first.
    pub deeds: Vec<Done>,
    /// May the asker block him?
    pub may_block: bool,
    /// The address whose mail he reads: he has opened what was sent there. That says nothing of his name.
    pub mail: Option<String>,
}

/// By what a site knows him.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    pub application: String,
    pub subject: String,
}

/// What may be done about a customer. Variants are only ever appended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Deed {
    Blocked,
    Unblocked,
    Exported,
    Erased,
}

impl Deed {
    pub const ALL: [Deed; 4] = [Deed::Blocked, Deed::Unblocked, Deed::Exported, Deed::Erased];
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    pub deed: Deed,
    pub at: Time,
    /// None: on the command line of the server.
    pub by: Option<Face>,
    pub reason: String,
}

/// A conversation of his.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Talked {
    pub chat: String,
    pub number: i64,
    pub queued_at: Time,
    /// None: what is said in it is not for the asker.
    pub subject: Option<String>,
    pub group: Named,
    pub stage: Stage,
    /// Who attended it first.
    pub agent: Option<Face>,
    /// From his attendance to its end.
    pub lasted: Option<Span>,
}

/// Where a page ended: its last row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Earlier {
    pub at: Time,
    pub id: String,
}

impl Talked {
    /// As this agent may know of it; none: it does not exist for him.
    pub fn of(chat: &Chat, agent: &Agent) -> Option<Talked> {
        let seat = agent.seat(&chat.group.id);
        chat.may_read(&seat).then(|| Talked {
            chat: chat.id.clone(),
            number: chat.number,
            queued_at: chat.queued_at,
            subject: chat.may_see(&seat).then(|| chat.subject()),
            group: chat.group.clone(),
            stage: chat.stage,
            agent: chat.attended_by.clone(),
            lasted: chat.ended_at.zip(chat.attended_at).map(|(end, at)| end - at),
        })
    }
}

/// May this agent block who wrote in these groups: does he administer one of them?
pub fn may_block(agent: &Agent, groups: &[String]) -> bool {
    agent.system || groups.iter().any(|group| agent.seat(group).administrator)
}

/// A reason as it is kept: nobody is kept out without one.
pub fn reason(given: &str) -> Result<String, Refusal> {
    let reason = text::line(given);
    match reason.chars().count() {
        0 => Err(Refusal::Empty),
        long if long > REASON_LIMIT => Err(Refusal::TooLong { limit: REASON_LIMIT as u32 }),
        _ => Ok(reason),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::person::Membership;
    use crate::world::*;

    fn eva(attendant: bool, administrator: bool) -> Agent {
        let memberships = vec![Membership { group: "sales".into(), attendant, administrator }];
        Agent { face: face("eva"), sequence: false, system: false, memberships }
    }

    #[test]
    fn who_administers_a_group_in_which_he_wrote_may_block_him_and_nobody_else() {
        let groups = |all: &[&str]| all.iter().map(|g| (*g).to_owned()).collect::<Vec<_>>();

        assert!(may_block(&eva(false, true), &groups(&["post", "sales"])));
        assert!(!may_block(&eva(true, false), &groups(&["sales"])));
        assert!(!may_block(&eva(true, true), &groups(&["post"])));
        assert!(!may_block(&eva(true, true), &[]));
        assert!(may_block(&agent(SIMON), &[]));
    }

    #[test]
    fn nobody_is_kept_out_without_a_reason() {
        assert_eq!(reason(" Insulta\n a todos "), Ok("Insulta a todos".into()));
        assert_eq!(reason(" \n"), Err(Refusal::Empty));
        assert_eq!(reason(&"a".repeat(REASON_LIMIT + 1)), Err(Refusal::TooLong { limit: 300 }));
    }
}
