//! The tags of a house as an administrator changes them: on every ticket that carries one, and in what triggers say.

use crate::house;
use crate::ticket::Change as TicketChange;
use crate::trigger::{Action, Trigger, What};
use crate::{Refusal, text};
use serde::{Deserialize, Serialize};

/// The most that are shown to who administers them, and the most that are offered while one types.
pub const SHOWN: usize = 2_000;
pub const OFFERED: usize = 300;

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    pub tag: String,
    /// How many tickets carry it.
    pub tickets: u32,
    /// It is offered no more.
    pub retired: bool,
    /// It is becoming this one, ticket by ticket.
    pub becomes: Option<String>,
}

/// What an administrator wants of one. Variants are only ever appended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Change {
    /// A name that no other has.
    Rename {
        tag: String,
        to: String,
    },
    /// All that carry it carry this other one.
    Merge {
        tag: String,
        into: String,
    },
    Retire {
        tag: String,
        retired: bool,
    },
}

/// One tag as it is kept; what is none is refused at `to`.
pub fn checked(given: &str) -> Result<String, Refusal> {
    let field = || "to".to_owned();
    let tags = house::tags(&[given.to_owned()]).map_err(|why| match why {
        Refusal::FieldTooLong { limit, .. } => Refusal::FieldTooLong { field: field(), limit },
        other => other,
    })?;
    tags.into_iter().next().ok_or(Refusal::FieldMissing { field: field() })
}

/// With one in the place of another, once.
pub fn replaced(tags: &[String], from: &str, to: &str) -> Vec<String> {
    let mut now: Vec<String> = Vec::new();
    for tag in tags {
        let tag = if tag == from { to } else { tag };
        if !now.iter().any(|one| one == tag) {
            now.push(tag.to_owned());
        }
    }
    now
}

/// Who still types the old name means the new one.
pub fn renamed(change: &mut TicketChange, from: &str, to: &str) {
    match change {
        TicketChange::Tag(tag) | TicketChange::Untag(tag) if text::line(tag).to_lowercase() == from => {
            *tag = to.to_owned();
        }
        TicketChange::Tags(tags) => {
            for tag in tags.iter_mut().filter(|tag| text::line(tag).to_lowercase() == from) {
                *tag = to.to_owned();
            }
        }
        _ => {}
    }
}

impl Trigger {
    pub fn names_tag(&self, tag: &str) -> bool {
        self.clone().rename_tag(tag, "")
    }

    /// It asks and does by the new name what it did by the old one. False: it names no such tag.
    pub fn rename_tag(&mut self, from: &str, to: &str) -> bool {
        let mut names = false;
        for condition in self.all.iter_mut().chain(&mut self.any) {
            if let What::Tag(tag) = &mut condition.what
                && tag == from
            {
                *tag = to.to_owned();
                names = true;
            }
        }
        for action in &mut self.actions {
            if let Action::AddTags(tags) | Action::RemoveTags(tags) = action
                && tags.iter().any(|tag| tag == from)
            {
                *tags = replaced(tags, from, to);
                names = true;
            }
        }
        names
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trigger::{Condition, When};

    fn texts(tags: &[&str]) -> Vec<String> {
        tags.iter().map(|tag| (*tag).to_owned()).collect()
    }

    #[test]
    fn a_tag_takes_the_place_of_another_and_stands_there_once() {
        assert_eq!(replaced(&texts(&["a", "rota", "b"]), "rota", "roto"), texts(&["a", "roto", "b"]));
        assert_eq!(replaced(&texts(&["rota", "b", "roto"]), "rota", "roto"), texts(&["roto", "b"]));
        assert_eq!(checked(" Envío  LENTO "), Ok("envío lento".into()));
        assert_eq!(checked(" "), Err(Refusal::FieldMissing { field: "to".into() }));
        let long = Refusal::FieldTooLong { field: "to".into(), limit: house::TAG_LIMIT as u32 };
        assert_eq!(checked(&"x".repeat(house::TAG_LIMIT + 1)), Err(long));
    }

    #[test]
    fn whoever_types_the_old_name_meanwhile_means_the_new_one() {
        for (mut change, then) in [
            (TicketChange::Tag(" Rota".into()), TicketChange::Tag("roto".into())),
            (TicketChange::Untag("rota".into()), TicketChange::Untag("roto".into())),
            (TicketChange::Tag("otra".into()), TicketChange::Tag("otra".into())),
            (TicketChange::Tags(texts(&["a", "rota"])), TicketChange::Tags(texts(&["a", "roto"]))),
            (TicketChange::Subject("rota".into()), TicketChange::Subject("rota".into())),
        ] {
            renamed(&mut change, "rota", "roto");
            assert_eq!(change, then);
        }
    }

    #[test]
    fn a_trigger_goes_on_under_the_new_name() {
        let tagged = |tag: &str| Condition { what: What::Tag(tag.into()), is: false };
        let trigger = |tag: &str, more: &[&str]| Trigger {
            id: "t".into(),
            name: "rota".into(),
            on: true,
            when: When::Begins,
            all: vec![tagged(tag)],
            any: vec![tagged("otra")],
            actions: vec![Action::RemoveTags(texts(more))],
        };
        let mut one = trigger("rota", &["roto", "rota"]);

        assert!(one.names_tag("rota") && one.rename_tag("rota", "roto"));

        assert_eq!(one, trigger("roto", &["roto"]));
        assert!(!one.rename_tag("rota", "x"));
    }
}
