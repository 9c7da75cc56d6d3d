//! What of a ticket is changed: as somebody wants it, and as it is kept, from what to what.

use super::{Ground, Status, Ticket, checked_subject};
use crate::group::Named;
use crate::house::{self, Filled};
use crate::{Face, Refusal};
use serde::{Deserialize, Serialize};

/// One thing that somebody wants otherwise; what he does not name stays, whoever changed it meanwhile.
/// Variants are only ever appended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Change {
    Subject(String),
    /// A base status, and none of the house's own.
    Status(Status),
    /// One of the house's own, by id, and why where it asks.
    Own {
        id: String,
        reason: String,
    },
    Group(String),
    /// None: nobody's.
    Owner(Option<String>),
    /// All of them.
    Tags(Vec<String>),
    /// A field of the house; empty: no answer.
    Field {
        id: String,
        value: String,
    },
    /// One tag more: what others put there meanwhile stays.
    Tag(String),
    /// One tag less.
    Untag(String),
    /// As [`Change::Owner`], by somebody who saw whose it was; none: nobody's. Who was slower is told whose it is now.
    #[cfg(feature = "staff")]
    OwnerOf {
        seen: Option<String>,
        to: Option<String>,
    },
}

/// One thing as it was and as it is. Variants are only ever appended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Edit {
    Subject { from: String, to: String },
    Status { from: Standing, to: Standing },
    Group { from: Named, to: Named },
    Owner { from: Option<Face>, to: Option<Face> },
    Tags { from: Vec<String>, to: Vec<String> },
    Field { id: String, label: String, from: String, to: String },
}

/// A status with all that belongs to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    pub base: Status,
    pub own: Option<Named>,
    pub reason: String,
}

impl Standing {
    pub fn of(base: Status) -> Standing {
        Standing { base, own: None, reason: String::new() }
    }
}

impl Ticket {
    pub fn standing(&self) -> Standing {
        Standing { base: self.status, own: self.own.clone(), reason: self.reason.clone() }
    }

    /// What it says in a field of the house.
    pub fn filled(&self, field: &str) -> &str {
        self.fields.iter().find(|f| f.id == field).map_or("", |f| &f.value)
    }

    /// What these changes come to; what is so already is none.
    pub fn edits(&self, changes: &[Change], ground: &Ground) -> Result<Vec<Edit>, Refusal> {
        let mut then = self.clone();
        let mut edits = Vec::new();
        for change in changes {
            if let Some(edit) = then.edit_of(change, ground)? {
                then.edit(&edit);
                edits.push(edit);
            }
        }
        let edits = with_tags_told_once(edits);
        // A ticket that was opened directly goes through attention before it is over (R65).
        if !self.is_saved() && self.via.is_direct() && !then.status.is_open() {
            return Err(Refusal::FieldWrong { field: "status".into() });
        }
        Ok(edits)
    }

    fn edit_of(&self, change: &Change, ground: &Ground) -> Result<Option<Edit>, Refusal> {
        let wrong = |field: &str| Refusal::FieldWrong { field: field.into() };
        let edit = match change {
            Change::Subject(subject) => Edit::Subject { from: self.subject.clone(), to: checked_subject(subject)? },
            Change::Status(base) => Edit::Status { from: self.standing(), to: Standing::of(*base) },
            Change::Own { id, reason } => {
                let status = ground.house.status(id).ok_or_else(|| wrong("status"))?;
                let to = Standing { base: status.base, own: Some(status.named()), reason: status.reason(reason)? };
                Edit::Status { from: self.standing(), to }
            }
            Change::Group(id) => {
                let to = ground.group.clone().filter(|g| g.id == *id).ok_or_else(|| wrong("group"))?;
                Edit::Group { from: self.group.clone(), to }
            }
            Change::Owner(None) => Edit::Owner { from: self.owner.clone(), to: None },
            Change::Owner(Some(id)) => {
                // Who does not see the group could not work on it.
                let owner = ground.owner.as_ref().filter(|a| a.face.id == *id && a.sees(&self.group.id));
                let to = Some(owner.ok_or_else(|| wrong("owner"))?.face.clone());
                Edit::Owner { from: self.owner.clone(), to }
            }
            #[cfg(feature = "staff")]
            Change::OwnerOf { seen, to } => {
                let now = self.owner.as_ref().map(|owner| &owner.id);
                if now != seen.as_ref() && now != to.as_ref() {
                    let by = self.owner.as_ref().map_or(String::new(), |owner| owner.name.clone());
                    return Err(Refusal::HeldBy { by });
                }
                return self.edit_of(&Change::Owner(to.clone()), ground);
            }
            Change::Tags(tags) => Edit::Tags { from: self.tags.clone(), to: house::tags(tags)? },
            Change::Tag(tag) => {
                let with = self.tags.iter().chain([tag]).cloned().collect::<Vec<_>>();
                Edit::Tags { from: self.tags.clone(), to: house::tags(&with)? }
            }
            Change::Untag(tag) => {
                let less = house::tags(std::slice::from_ref(tag))?;
                let without = self.tags.iter().filter(|one| !less.contains(one)).cloned().collect();
                Edit::Tags { from: self.tags.clone(), to: without }
            }
            Change::Field { id, value } => {
                let field = ground.house.field(id).ok_or_else(|| wrong(id))?;
                let (from, to) = (self.filled(id).to_owned(), field.check(value)?);
                Edit::Field { id: id.clone(), label: field.label.clone(), from, to }
            }
        };
        Ok(edit.says_something().then_some(edit))
    }

    /// The only place where one of these changes.
    pub(crate) fn edit(&mut self, edit: &Edit) {
        match edit {
            Edit::Subject { to, .. } => self.subject = to.clone(),
            Edit::Status { to, .. } => {
                self.status = to.base;
                self.own = to.own.clone();
                self.reason = to.reason.clone();
            }
            Edit::Group { to, .. } => self.group = to.clone(),
            Edit::Owner { to, .. } => self.owner = to.clone(),
            Edit::Tags { to, .. } => self.tags = to.clone(),
            Edit::Field { id, label, to, .. } => {
                let place = self.fields.iter().position(|f| f.id == *id);
                let filled = Filled { id: id.clone(), label: label.clone(), value: to.clone() };
                match place {
                    Some(at) if to.is_empty() => drop(self.fields.remove(at)),
                    Some(at) => self.fields[at] = filled,
                    None if to.is_empty() => {}
                    None => self.fields.push(filled),
                }
            }
        }
    }
}

/// One save says once what became of the tags, however many of them it names; nothing, if it is as it was.
fn with_tags_told_once(edits: Vec<Edit>) -> Vec<Edit> {
    let mut told: Vec<Edit> = Vec::new();
    for edit in edits {
        if let Edit::Tags { to, .. } = &edit
            && let Some(Edit::Tags { to: last, .. }) = told.iter_mut().find(|one| matches!(one, Edit::Tags { .. }))
        {
            last.clone_from(to);
        } else {
            told.push(edit);
        }
    }
    told.retain(Edit::says_something);
    told
}

impl Edit {
    fn says_something(&self) -> bool {
        match self {
            Edit::Subject { from, to } => from != to,
            Edit::Status { from, to } => from != to,
            Edit::Group { from, to } => from.id != to.id,
            Edit::Owner { from, to } => from.as_ref().map(|f| &f.id) != to.as_ref().map(|f| &f.id),
            Edit::Tags { from, to } => from != to,
            Edit::Field { from, to, .. } => from != to,
        }
    }
}
