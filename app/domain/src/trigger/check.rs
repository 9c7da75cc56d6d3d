//! What is wrong with a trigger, told at its place.

use super::{
    ACTIONS, ADDRESS_LIMIT, Action, CONDITIONS, Condition, LONGEST, MAIL_LIMIT, NAME_LIMIT, SUBJECT_LIMIT, Trigger,
    What,
};
use crate::house;
use crate::wire::Choices;
use crate::{Refusal, text};

impl Trigger {
    /// As it is kept; or what is wrong with it. The field of a refusal is `name`, `actions`, or the place of
    /// a condition or an action: `all.0`, `any.2`, `actions.1`. What stands behind the address of a webhook is
    /// for others to say.
    pub fn checked(self, choices: &Choices) -> Result<Trigger, Refusal> {
        let name = text::line(&self.name);
        if name.is_empty() {
            return Err(missing("name"));
        }
        limited(&name, NAME_LIMIT, "name")?;
        if self.all.len() + self.any.len() > CONDITIONS {
            return Err(Refusal::Full { limit: CONDITIONS as u32 });
        }
        if self.actions.is_empty() {
            return Err(missing("actions"));
        }
        if self.actions.len() > ACTIONS {
            return Err(Refusal::Full { limit: ACTIONS as u32 });
        }
        let mut waits = false;
        let mut check = |list: &str, conditions: Vec<Condition>| {
            let one = |(place, condition): (usize, Condition)| {
                let field = place_of(list, place);
                if matches!(condition.what, What::Stands { .. }) && std::mem::replace(&mut waits, true) {
                    return Err(wrong(&field));
                }
                condition.checked(&field, choices)
            };
            conditions.into_iter().enumerate().map(one).collect::<Result<Vec<_>, _>>()
        };
        let (all, any) = (check("all", self.all)?, check("any", self.any)?);
        let mut actions: Vec<Action> = Vec::new();
        for (place, action) in self.actions.into_iter().enumerate() {
            let field = place_of("actions", place);
            if actions.iter().any(|before| before.is_of_the_kind_of(&action)) {
                return Err(wrong(&field));
            }
            actions.push(action.checked(&field, choices)?);
        }
        Ok(Trigger { name, all, any, actions, ..self })
    }
}

impl Condition {
    fn checked(self, field: &str, choices: &Choices) -> Result<Condition, Refusal> {
        let known = match &self.what {
            What::Via(_) | What::Base(_) | What::Owned | What::Verified => true,
            What::Group(id) => choices.groups.iter().any(|group| group.id == *id),
            What::Application(id) => choices.applications.iter().any(|one| one.id == *id),
            What::Own(id) => choices.house.status(id).is_some(),
            What::Stands { minutes } => self.is && (1..=LONGEST).contains(minutes),
            What::Tag(tag) => {
                let tag = one_tag(tag, field)?;
                return Ok(Condition { what: What::Tag(tag), ..self });
            }
            What::Field { id, value } => {
                let own = choices.house.field(id).ok_or_else(|| wrong(field))?;
                let what = What::Field { id: id.clone(), value: own.check(value).map_err(at(field))? };
                return Ok(Condition { what, ..self });
            }
        };
        if known { Ok(self) } else { Err(wrong(field)) }
    }
}

impl Action {
    /// Would both in one trigger undo or repeat each other?
    fn is_of_the_kind_of(&self, other: &Action) -> bool {
        match (self, other) {
            (Action::Mail { to, .. }, Action::Mail { to: also, .. }) => to == also,
            (Action::Field { id, .. }, Action::Field { id: also, .. }) => id == also,
            (Action::Status(_) | Action::Own { .. }, Action::Status(_) | Action::Own { .. }) => true,
            (one, other) => std::mem::discriminant(one) == std::mem::discriminant(other),
        }
    }

    fn checked(self, field: &str, choices: &Choices) -> Result<Action, Refusal> {
        Ok(match self {
            Action::Status(base) => Action::Status(base),
            Action::Own { id, reason } => {
                let status = choices.house.status(&id).ok_or_else(|| wrong(field))?;
                let reason = status.reason(&reason).map_err(at(field))?;
                Action::Own { id, reason }
            }
            Action::Group(id) if choices.groups.iter().any(|group| group.id == id) => Action::Group(id),
            Action::Owner(None) => Action::Owner(None),
            Action::Owner(Some(id)) if choices.owners.iter().any(|owner| owner.face.id == id) => {
                Action::Owner(Some(id))
            }
            Action::Group(_) | Action::Owner(_) => return Err(wrong(field)),
            Action::AddTags(tags) => Action::AddTags(some_tags(&tags, field)?),
            Action::RemoveTags(tags) => Action::RemoveTags(some_tags(&tags, field)?),
            Action::Field { id, value } => {
                let own = choices.house.field(&id).ok_or_else(|| wrong(field))?;
                let value = own.check(&value).map_err(at(field))?;
                if own.required && value.is_empty() {
                    return Err(missing(field));
                }
                Action::Field { id, value }
            }
            Action::Mail { to, subject, text } => {
                let (subject, text) = (text::line(&subject), text::words(&text));
                if subject.is_empty() || text.is_empty() {
                    return Err(missing(field));
                }
                limited(&subject, SUBJECT_LIMIT, field)?;
                limited(&text, MAIL_LIMIT, field)?;
                Action::Mail { to, subject, text }
            }
            Action::Webhook { url } => {
                let url = text::line(&url);
                if url.is_empty() {
                    return Err(missing(field));
                }
                limited(&url, ADDRESS_LIMIT, field)?;
                Action::Webhook { url }
            }
        })
    }
}

fn place_of(list: &str, place: usize) -> String {
    [list, ".", &place.to_string()].concat()
}

pub(super) fn missing(field: &str) -> Refusal {
    Refusal::FieldMissing { field: field.into() }
}

pub(super) fn wrong(field: &str) -> Refusal {
    Refusal::FieldWrong { field: field.into() }
}

fn limited(text: &str, limit: usize, field: &str) -> Result<(), Refusal> {
    if text.chars().count() <= limit {
        return Ok(());
    }
    Err(Refusal::FieldTooLong { field: field.into(), limit: limit as u32 })
}

/// A refusal of the house's, at the place where it was asked for.
fn at(field: &str) -> impl Fn(Refusal) -> Refusal {
    let field = field.to_owned();
    move |why| match why {
        Refusal::FieldMissing { .. } => Refusal::FieldMissing { field: field.clone() },
        Refusal::FieldTooLong { limit, .. } => Refusal::FieldTooLong { field: field.clone(), limit },
        Refusal::FieldWrong { .. } => Refusal::FieldWrong { field: field.clone() },
        other => other,
    }
}

fn some_tags(given: &[String], field: &str) -> Result<Vec<String>, Refusal> {
    let tags = house::tags(given).map_err(at(field))?;
    if tags.is_empty() { Err(missing(field)) } else { Ok(tags) }
}

fn one_tag(given: &str, field: &str) -> Result<String, Refusal> {
    some_tags(&[given.to_owned()], field)?.pop().ok_or_else(|| missing(field))
}
