//! What an administrator makes of a group: its name, its team, how it hands out, when it is told.

use super::{Named, Settings};
use crate::distribution::{Distribution, LIMIT_MOST};
use crate::person::Agent;
use crate::settings::may_keep;
use crate::{Face, Refusal, text};
use serde::{Deserialize, Serialize};

/// The longest name of a group, in characters.
pub const NAME_LIMIT: usize = 60;
/// The most members of a group.
pub const MEMBERS: usize = 500;
/// The most groups of a house.
pub const GROUPS: usize = 500;

/// Who belongs to a group: two independent flags (R51, R52, Q10).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// By his id.
    pub agent: String,
    pub attendant: bool,
    pub administrator: bool,
    /// As many chats may he be handed of all groups together; it is the agent's, in whichever group it is set. Of who
    /// is new here it is as it was: [`Sheet::limits`].
    pub limit: Option<u32>,
}

/// All that is set of a group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sheet {
    pub id: String,
    pub name: String,
    /// None: its agents choose whom they attend.
    pub distribution: Option<Distribution>,
    /// Its members are told by mail when somebody has waited for so many seconds; 0: never.
    pub alarm_after: u32,
    /// In the order in which their turn comes.
    pub members: Vec<Member>,
    /// The applications in which a customer can choose it, by id.
    pub applications: Vec<String>,
}

/// A group as it is administered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    pub sheet: Sheet,
    /// Offered to no customer, and nothing is passed to it.
    pub retired: bool,
}

/// All that whoever administers groups is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Groups {
    /// Those that he administers.
    pub lines: Vec<Line>,
    /// Whoever can belong to one.
    pub people: Vec<Face>,
    pub applications: Vec<Named>,
    /// As many chats each of them may be handed who has a limit of his own, by his id.
    pub limits: Vec<(String, u32)>,
}

/// What an administrator wants. Variants are only ever appended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Change {
    /// `read`: as it was before his eyes; none: it is new. Its id is made by who asks.
    Keep {
        sheet: Sheet,
        read: Option<Sheet>,
    },
    Retire {
        group: String,
        retired: bool,
    },
}

impl Change {
    pub fn group(&self) -> &str {
        match self {
            Change::Keep { sheet, .. } => &sheet.id,
            Change::Retire { group, .. } => group,
        }
    }

    /// The group as it is afterwards; none: it is so already. `now`: as it is, if it is there; `others`: all other
    /// groups that are offered. Who administers a group changes that one; which there are, and where customers
    /// find them, is for system administrators.
    pub fn apply(&self, by: &Agent, now: Option<&Line>, others: &[Named]) -> Result<Option<Line>, Refusal> {
        let seat = by.seat(self.group());
        if !seat.is_staff() && now.is_some() {
            return Err(Refusal::NotYours);
        }
        if !seat.administrator || now.is_none() && !by.system {
            return Err(if now.is_none() && !by.system { Refusal::NotYours } else { Refusal::OnlyAdministrators });
        }
        match self {
            Change::Keep { sheet, read } => {
                let wanted = sheet.checked()?;
                let here = now.map_or(&[][..], |now| &now.sheet.applications[..]);
                if !by.system && here != wanted.applications {
                    return Err(Refusal::OnlyAdministrators);
                }
                if !may_keep(now.map(|now| &now.sheet), read.as_ref(), &wanted)? {
                    return Ok(None);
                }
                if now.is_none() && !crate::id::is_sound(&wanted.id) {
                    return Err(Refusal::Malformed);
                }
                if now.is_none() && others.len() >= GROUPS {
                    return Err(Refusal::Full { limit: GROUPS as u32 });
                }
                let retired = now.is_some_and(|now| now.retired);
                if !retired {
                    is_free(&wanted.name, others)?;
                }
                Ok(Some(Line { sheet: wanted, retired }))
            }
            Change::Retire { retired, .. } => {
                let now = now.ok_or(Refusal::NotYours)?;
                if !by.system {
                    return Err(Refusal::OnlyAdministrators);
                }
                if now.retired == *retired {
                    return Ok(None);
                }
                if !retired {
                    is_free(&now.sheet.name, others)?;
                }
                Ok(Some(Line { sheet: now.sheet.clone(), retired: *retired }))
            }
        }
    }
}

fn is_free(name: &str, others: &[Named]) -> Result<(), Refusal> {
    let name = name.to_lowercase();
    let taken = others.iter().any(|other| other.name.to_lowercase() == name);
    if taken { Err(Refusal::FieldWrong { field: "name".into() }) } else { Ok(()) }
}

impl Sheet {
    /// As it is kept, when all of it can be meant.
    fn checked(&self) -> Result<Sheet, Refusal> {
        let name = text::line(&self.name);
        match name.chars().count() {
            0 => return Err(Refusal::FieldMissing { field: "name".into() }),
            long if long > NAME_LIMIT => {
                return Err(Refusal::FieldTooLong { field: "name".into(), limit: NAME_LIMIT as u32 });
            }
            _ => {}
        }
        // The same rule as on the command line.
        let settings =
            Settings { distribution: self.distribution.clone(), alarm_after: self.alarm_after, team: Vec::new() };
        settings.check().map_err(|wrong| {
            let field = wrong.path.rsplit('.').next().unwrap_or_default();
            Refusal::FieldWrong { field: field.into() }
        })?;
        let mut members: Vec<Member> = Vec::new();
        for member in self.members.iter().filter(|member| member.attendant || member.administrator) {
            if members.iter().any(|other| other.agent == member.agent) {
                return Err(Refusal::Malformed);
            }
            if member.limit.is_some_and(|limit| !(1..=LIMIT_MOST).contains(&limit)) {
                return Err(Refusal::FieldWrong { field: "members".into() });
            }
            members.push(member.clone());
        }
        if members.len() > MEMBERS {
            return Err(Refusal::Full { limit: MEMBERS as u32 });
        }
        let mut applications = self.applications.clone();
        applications.sort_unstable();
        applications.dedup();
        Ok(Sheet { name, members, applications, ..self.clone() })
    }

    pub fn named(&self) -> Named {
        Named { id: self.id.clone(), name: self.name.clone() }
    }

    /// Whether he attends, and whether he administers.
    pub fn member(&self, agent: &str) -> Option<(bool, bool)> {
        let member = self.members.iter().find(|member| member.agent == agent);
        member.map(|member| (member.attendant, member.administrator))
    }

    /// Whose limit is another than `before`, where he was a member: nobody's is taken from him because he joins. It
    /// counts in the whole house, so it is changed by who administers all groups of `all` that he is in; otherwise
    /// refused at `members.limit`.
    pub fn limits(
        &self,
        by: &Agent,
        before: Option<&Sheet>,
        all: &[Line],
    ) -> Result<Vec<(&str, Option<u32>)>, Refusal> {
        let before = before.map_or(&[][..], |before| &before.members[..]);
        let is_other = |one: &&Member| before.iter().any(|was| was.agent == one.agent && was.limit != one.limit);
        let changed: Vec<_> = self.members.iter().filter(is_other).map(|one| (one.agent.as_str(), one.limit)).collect();
        let theirs = all.iter().filter(|line| !line.retired && !by.seat(&line.sheet.id).administrator);
        let reach = |line: &Line| changed.iter().any(|(agent, _)| line.sheet.member(agent).is_some());
        match theirs.into_iter().any(reach) {
            true => Err(Refusal::FieldWrong { field: "members.limit".into() }),
            false => Ok(changed),
        }
    }

    /// Whose rights are others than they were before.
    pub fn concerned(&self, before: Option<&Sheet>) -> Vec<String> {
        let all = self.members.iter().chain(before.into_iter().flat_map(|before| &before.members));
        let mut concerned: Vec<String> = all.map(|member| member.agent.clone()).collect();
        concerned.sort_unstable();
        concerned.dedup();
        concerned.retain(|agent| self.member(agent) != before.and_then(|before| before.member(agent)));
        concerned
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::person::Membership;
    use crate::world::*;

    const GROUP: &str = "sales-0123456789abcdef";

    fn member(agent: &str, attendant: bool, administrator: bool) -> Member {
        Member { agent: agent.into(), attendant, administrator, limit: None }
    }

    fn line() -> Line {
        let members = vec![member("eva", true, false), member("carla", true, true)];
        let (id, name, applications) = (GROUP.into(), "Ventas".into(), vec!["shop".into()]);
        Line { sheet: Sheet { id, name, distribution: None, alarm_after: 0, members, applications }, retired: false }
    }

    fn administrator(administrator: bool) -> Agent {
        let memberships = vec![Membership { group: GROUP.into(), attendant: true, administrator }];
        Agent { memberships, system: false, ..agent(CARLA) }
    }

    fn keep(change: impl FnOnce(&mut Sheet)) -> Change {
        let mut sheet = line().sheet;
        change(&mut sheet);
        Change::Keep { sheet, read: Some(line().sheet) }
    }

    fn wrong(field: &str) -> Result<Option<Line>, Refusal> {
        Err(Refusal::FieldWrong { field: field.into() })
    }

    #[test]
    fn who_administers_a_group_changes_that_one_and_makes_retires_or_places_none() {
        let (carla, eva, simon) = (administrator(true), administrator(false), agent(SIMON));
        let stranger = Agent { memberships: Vec::new(), ..administrator(true) };
        let renamed = keep(|sheet| sheet.name = "Venta".into());
        let elsewhere = keep(|sheet| sheet.applications.clear());
        let new = Change::Keep { sheet: line().sheet, read: None };
        let retire = Change::Retire { group: GROUP.into(), retired: true };

        assert!(renamed.apply(&carla, Some(&line()), &[]).is_ok());
        assert_eq!(renamed.apply(&eva, Some(&line()), &[]), Err(Refusal::OnlyAdministrators));
        assert_eq!(renamed.apply(&stranger, Some(&line()), &[]), Err(Refusal::NotYours));
        for change in [elsewhere, retire] {
            assert_eq!(change.apply(&carla, Some(&line()), &[]), Err(Refusal::OnlyAdministrators));
            assert!(change.apply(&simon, Some(&line()), &[]).is_ok());
        }
        assert_eq!(new.apply(&stranger, None, &[]), Err(Refusal::NotYours));
        assert_eq!(new.apply(&simon, None, &[]), Ok(Some(line())));
    }

    #[test]
    fn what_cannot_be_meant_is_refused_at_its_field() {
        let simon = agent(SIMON);
        let says = |change: Change| {
            change.apply(&simon, Some(&line()), &[Named { id: "post".into(), name: "Posventa".into() }])
        };
        let limits = |limit, answer_within| Some(Distribution { limit, answer_within, ..Distribution::default() });

        assert_eq!(
            says(keep(|sheet| sheet.name = " \u{200b}".into())),
            Err(Refusal::FieldMissing { field: "name".into() })
        );
        assert_eq!(says(keep(|sheet| sheet.name = "POSVENTA".into())), wrong("name"));
        assert_eq!(says(keep(|sheet| sheet.distribution = limits(51, 0))), wrong("limit"));
        assert_eq!(says(keep(|sheet| sheet.distribution = limits(1, 86_401))), wrong("answer_within"));
        assert_eq!(says(keep(|sheet| sheet.alarm_after = 86_401)), wrong("alarm_after"));
        assert_eq!(says(keep(|sheet| sheet.members[0].limit = Some(0))), wrong("members"));
        assert_eq!(says(keep(|sheet| sheet.members.push(member("eva", true, true)))), Err(Refusal::Malformed));
    }

    #[test]
    fn who_has_neither_flag_is_no_member_and_whose_flags_change_is_concerned() {
        let simon = agent(SIMON);
        let change = keep(|sheet| {
            sheet.members = vec![member("carla", true, true), member("eva", false, false), member("noa", true, false)];
        });
        let then = change.apply(&simon, Some(&line()), &[]).unwrap().unwrap().sheet;

        assert_eq!(then.members.iter().map(|m| m.agent.as_str()).collect::<Vec<_>>(), ["carla", "noa"]);
        assert_eq!(then.concerned(Some(&line().sheet)), ["eva", "noa"]);
        assert_eq!(then.concerned(Some(&then)), [""; 0]);
    }

    #[test]
    fn a_limit_is_changed_by_who_administers_all_his_groups_and_never_by_joining() {
        let (carla, simon) = (administrator(true), agent(SIMON));
        let limit = |agent: &str, limit| Member { limit, ..member(agent, true, false) };
        let before = Sheet { members: vec![limit("eva", Some(3)), limit("noa", None)], ..line().sheet };
        let elsewhere = Sheet { id: "post".into(), members: vec![limit("eva", Some(3))], ..line().sheet };
        let all =
            |retired| [Line { sheet: before.clone(), retired: false }, Line { sheet: elsewhere.clone(), retired }];
        let then = |members| Sheet { members, ..line().sheet };

        let joins = then(vec![limit("eva", Some(3)), limit("noa", None), limit("leo", None)]);
        assert_eq!(joins.limits(&carla, Some(&before), &all(false)), Ok(vec![]));
        let noa = then(vec![limit("eva", Some(3)), limit("noa", Some(2))]);
        assert_eq!(noa.limits(&carla, Some(&before), &all(false)), Ok(vec![("noa", Some(2))]));
        let eva = then(vec![limit("eva", None), limit("noa", None)]);
        let refused = Err(Refusal::FieldWrong { field: "members.limit".into() });
        assert_eq!(eva.limits(&carla, Some(&before), &all(false)), refused);
        assert_eq!(eva.limits(&carla, Some(&before), &all(true)), Ok(vec![("eva", None)]));
        assert_eq!(eva.limits(&simon, Some(&before), &all(false)), Ok(vec![("eva", None)]));
    }

    #[test]
    fn a_colleague_s_newer_change_is_not_undone() {
        let simon = agent(SIMON);
        let now = keep(|sheet| sheet.alarm_after = 60).apply(&simon, Some(&line()), &[]).unwrap().unwrap();

        let later = keep(|sheet| sheet.name = "Venta".into()).apply(&simon, Some(&now), &[]);
        assert_eq!(later, Err(Refusal::Overtaken { by: String::new() }));
        assert_eq!(keep(|sheet| sheet.alarm_after = 60).apply(&simon, Some(&now), &[]), Ok(None));
    }
}
