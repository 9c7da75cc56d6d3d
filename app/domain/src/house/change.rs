//! What an administrator makes of the house's own statuses and fields: made, named, ordered, retired.
//!
//! What is retired is offered no more, and tickets that carry it keep it.

use super::{House, OwnField, OwnKind, OwnStatus, REASON_LIMIT};
use crate::settings::may_keep;
use crate::{Refusal, text};
use serde::{Deserialize, Serialize};

/// The most statuses, and the most fields, of a house.
pub const PIECES: usize = 50;
/// The longest name of a status or a field, in characters.
pub const NAME_LIMIT: usize = 60;
/// The most options of a choice, and the most reasons of a status.
pub const OPTIONS: usize = 100;
/// The longest option of a choice, in characters.
pub const OPTION_LIMIT: usize = 120;

/// One of the two lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum List {
    Statuses,
    Fields,
}

/// A status or a field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Piece {
    Status(OwnStatus),
    Field(OwnField),
}

/// One of them as it is administered; in its order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    pub piece: Piece,
    pub retired: bool,
    /// Tickets carry it, or may: of fields that is not looked up.
    pub used: bool,
}

/// What an administrator wants. Variants are only ever appended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Change {
    /// `read`: as it was before his eyes; none: it is new. Its id is made by who asks.
    Keep {
        piece: Piece,
        read: Option<Piece>,
    },
    /// Before another one; none: behind all of its list.
    Move {
        list: List,
        id: String,
        before: Option<String>,
    },
    Retire {
        list: List,
        id: String,
        retired: bool,
    },
    /// One that no ticket carries.
    Drop {
        list: List,
        id: String,
    },
}

impl Piece {
    pub fn list(&self) -> List {
        match self {
            Piece::Status(_) => List::Statuses,
            Piece::Field(_) => List::Fields,
        }
    }

    pub fn id(&self) -> &str {
        match self {
            Piece::Status(status) => &status.id,
            Piece::Field(field) => &field.id,
        }
    }

    pub fn name(&self) -> &str {
        match self {
            Piece::Status(status) => &status.name,
            Piece::Field(field) => &field.label,
        }
    }

    /// As it is kept, when all of it can be meant.
    fn checked(&self) -> Result<Piece, Refusal> {
        match self {
            Piece::Status(status) => {
                let reasons = if status.asks { lines(&status.reasons, "reasons", REASON_LIMIT)? } else { Vec::new() };
                Ok(Piece::Status(OwnStatus { name: name(&status.name)?, reasons, ..status.clone() }))
            }
            Piece::Field(field) => {
                let is_choice = field.kind == OwnKind::Choice;
                let options = if is_choice { lines(&field.options, "options", OPTION_LIMIT)? } else { Vec::new() };
                if is_choice && options.is_empty() {
                    return Err(Refusal::FieldMissing { field: "options".into() });
                }
                Ok(Piece::Field(OwnField { label: name(&field.label)?, options, ..field.clone() }))
            }
        }
    }
}

impl Change {
    /// All pieces as they are afterwards.
    pub fn apply(&self, all: &[Entry]) -> Result<Vec<Entry>, Refusal> {
        let mut all = all.to_vec();
        let place = |all: &[Entry], list: List, id: &str| {
            let at = all.iter().position(|entry| entry.piece.list() == list && entry.piece.id() == id);
            at.ok_or(Refusal::NotYours)
        };
        match self {
            Change::Keep { piece, read } => keep(&mut all, piece, read.as_ref())?,
            Change::Move { list, id, before } => {
                let at = place(&all, *list, id)?;
                if before.as_ref() == Some(id) {
                    return Ok(all);
                }
                if let Some(before) = before {
                    place(&all, *list, before)?;
                }
                let entry = all.remove(at);
                let to = match before {
                    Some(before) => place(&all, *list, before)?,
                    None => all.len(),
                };
                all.insert(to, entry);
            }
            Change::Retire { list, id, retired } => {
                let at = place(&all, *list, id)?;
                if !retired && all[at].retired {
                    is_free(&all, &all[at].piece)?;
                }
                all[at].retired = *retired;
            }
            Change::Drop { list, id } => {
                // One that is not there is gone already.
                let Ok(at) = place(&all, *list, id) else { return Ok(all) };
                if all[at].used {
                    return Err(Refusal::TooLate);
                }
                all.remove(at);
            }
        }
        Ok(all)
    }
}

fn keep(all: &mut Vec<Entry>, piece: &Piece, read: Option<&Piece>) -> Result<(), Refusal> {
    let wanted = piece.checked()?;
    let at = all.iter().position(|entry| entry.piece.list() == wanted.list() && entry.piece.id() == wanted.id());
    if !may_keep(at.map(|at| &all[at].piece), read, &wanted)? {
        return Ok(());
    }
    let Some(at) = at else {
        if !crate::id::is_sound(wanted.id()) {
            return Err(Refusal::Malformed);
        }
        is_free(all, &wanted)?;
        if all.iter().filter(|entry| entry.piece.list() == wanted.list()).count() >= PIECES {
            return Err(Refusal::Full { limit: PIECES as u32 });
        }
        let used = wanted.list() == List::Fields;
        all.push(Entry { piece: wanted, retired: false, used });
        return Ok(());
    };
    let wrong = |field: &str| Err(Refusal::FieldWrong { field: field.into() });
    match (&all[at].piece, &wanted) {
        // To every rule and number it is its base: what tickets carry must not become something else.
        (Piece::Status(now), Piece::Status(then)) if now.base != then.base && all[at].used => return wrong("base"),
        // What was answered would not be an answer any more.
        (Piece::Field(now), Piece::Field(then)) if now.kind != then.kind => return wrong("kind"),
        _ => {}
    }
    if !all[at].retired {
        is_free(all, &wanted)?;
    }
    all[at].piece = wanted;
    Ok(())
}

/// No other one that is offered is called so.
fn is_free(all: &[Entry], piece: &Piece) -> Result<(), Refusal> {
    let name = piece.name().to_lowercase();
    let same = |entry: &&Entry| entry.piece.list() == piece.list() && entry.piece.id() != piece.id() && !entry.retired;
    if all.iter().filter(same).any(|entry| entry.piece.name().to_lowercase() == name) {
        return Err(Refusal::FieldWrong { field: "name".into() });
    }
    Ok(())
}

fn name(given: &str) -> Result<String, Refusal> {
    let name = text::line(given);
    match name.chars().count() {
        0 => Err(Refusal::FieldMissing { field: "name".into() }),
        long if long > NAME_LIMIT => Err(Refusal::FieldTooLong { field: "name".into(), limit: NAME_LIMIT as u32 }),
        _ => Ok(name),
    }
}

/// One line each, none empty and none twice.
fn lines(given: &[String], field: &str, most: usize) -> Result<Vec<String>, Refusal> {
    let mut kept: Vec<String> = Vec::new();
    for line in given.iter().map(|line| text::line(line)) {
        if line.chars().count() > most {
            return Err(Refusal::FieldTooLong { field: field.into(), limit: most as u32 });
        }
        if !line.is_empty() && !kept.contains(&line) {
            kept.push(line);
        }
    }
    if kept.len() > OPTIONS { Err(Refusal::Full { limit: OPTIONS as u32 }) } else { Ok(kept) }
}

/// What is offered.
pub fn offered(all: &[Entry]) -> House {
    let mut house = House::NONE;
    for entry in all.iter().filter(|entry| !entry.retired) {
        match &entry.piece {
            Piece::Status(status) => house.statuses.push(status.clone()),
            Piece::Field(field) => house.fields.push(field.clone()),
        }
    }
    house
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Status;

    fn status(id: &str, name: &str) -> OwnStatus {
        let (id, name, reasons) = ([id, "-0123456789abcdef"].concat(), name.into(), Vec::new());
        OwnStatus { id, name, base: Status::Stopped, asks: false, reasons }
    }

    fn field(kind: OwnKind, options: &[&str]) -> OwnField {
        let options = options.iter().map(|o| (*o).to_owned()).collect();
        OwnField { id: "wood-0123456789abcdef".into(), label: "Madera".into(), kind, required: true, options }
    }

    fn new(piece: Piece) -> Change {
        Change::Keep { piece, read: None }
    }

    fn house(names: &[&str]) -> Vec<Entry> {
        names.iter().fold(Vec::new(), |all, name| new(Piece::Status(status(name, name))).apply(&all).unwrap())
    }

    fn names(all: &[Entry]) -> Vec<&str> {
        all.iter().map(|entry| entry.piece.name()).collect()
    }

    fn wrong(field: &str) -> Result<Vec<Entry>, Refusal> {
        Err(Refusal::FieldWrong { field: field.into() })
    }

    #[test]
    fn what_is_kept_is_clean_and_what_cannot_be_meant_is_refused_at_its_field() {
        let asking = OwnStatus {
            asks: true,
            reasons: vec![" Del  taller ".into(), "".into(), "Del taller".into()],
            ..status("a", " Espera\nla pieza ")
        };
        let all = new(Piece::Status(asking)).apply(&[]).unwrap();
        assert_eq!(names(&all), ["Espera la pieza"]);
        assert!(matches!(&all[0].piece, Piece::Status(one) if one.reasons == ["Del taller"]));

        let missing = |field: &str| Err(Refusal::FieldMissing { field: field.into() });
        assert_eq!(new(Piece::Status(status("b", " \u{200b}"))).apply(&all), missing("name"));
        assert_eq!(new(Piece::Status(status("b", "ESPERA la pieza"))).apply(&all), wrong("name"));
        let long = Err(Refusal::FieldTooLong { field: "name".into(), limit: NAME_LIMIT as u32 });
        assert_eq!(new(Piece::Status(status("b", &"ñ".repeat(NAME_LIMIT + 1)))).apply(&all), long);
        assert_eq!(new(Piece::Field(field(OwnKind::Choice, &[" "]))).apply(&all), missing("options"));
        assert!(new(Piece::Field(field(OwnKind::Choice, &["Nogal"]))).apply(&all).is_ok());
        let nameless = OwnStatus { id: "x".into(), ..status("b", "b") };
        assert_eq!(new(Piece::Status(nameless)).apply(&all), Err(Refusal::Malformed));
    }

    #[test]
    fn options_are_of_choices_alone_and_no_kind_becomes_another() {
        let all = new(Piece::Field(field(OwnKind::Date, &["Nogal"]))).apply(&[]).unwrap();
        assert!(matches!(&all[0].piece, Piece::Field(one) if one.options.is_empty()));
        assert!(all[0].used);

        let other = Piece::Field(field(OwnKind::Text, &[]));
        assert_eq!(Change::Keep { piece: other, read: Some(all[0].piece.clone()) }.apply(&all), wrong("kind"));
    }

    #[test]
    fn a_status_that_tickets_carry_keeps_its_base_and_is_retired_not_dropped() {
        let mut all = house(&["a", "b"]);
        let id = all[0].piece.id().to_owned();
        let read = Some(all[0].piece.clone());
        let solved = Piece::Status(OwnStatus { base: Status::Resolved, ..status("a", "a") });
        let keep = Change::Keep { piece: solved, read };
        let drop = Change::Drop { list: List::Statuses, id: id.clone() };
        assert!(keep.apply(&all).is_ok());
        assert_eq!(names(&drop.apply(&all).unwrap()), ["b"]);

        all[0].used = true;
        assert_eq!(keep.apply(&all), wrong("base"));
        assert_eq!(drop.apply(&all), Err(Refusal::TooLate));
        let retired = Change::Retire { list: List::Statuses, id: id.clone(), retired: true }.apply(&all).unwrap();
        assert_eq!(offered(&retired).statuses, [status("b", "b")]);

        // Meanwhile another has its name.
        let other = new(Piece::Status(status("c", "A"))).apply(&retired).unwrap();
        assert_eq!(Change::Retire { list: List::Statuses, id, retired: false }.apply(&other), wrong("name"));
    }

    #[test]
    fn who_read_it_before_a_colleague_changed_it_undoes_nothing() {
        let all = house(&["a"]);
        let renamed =
            |name: &str| Change::Keep { piece: Piece::Status(status("a", name)), read: Some(all[0].piece.clone()) };
        let now = renamed("uno").apply(&all).unwrap();

        assert_eq!(renamed("dos").apply(&now), Err(Refusal::Overtaken { by: String::new() }));
        assert_eq!(renamed("uno").apply(&now), Ok(now.clone()));
        assert_eq!(new(Piece::Status(status("a", "tres"))).apply(&now), Err(Refusal::Overtaken { by: String::new() }));
    }

    #[test]
    fn each_moves_before_another_or_behind_all() {
        let all = house(&["a", "b", "c"]);
        let id = |n: usize| all[n].piece.id().to_owned();
        let moved = |n: usize, before: Option<usize>| {
            Change::Move { list: List::Statuses, id: id(n), before: before.map(id) }.apply(&all)
        };

        assert_eq!(names(&moved(2, Some(0)).unwrap()), ["c", "a", "b"]);
        assert_eq!(names(&moved(0, None).unwrap()), ["b", "c", "a"]);
        assert_eq!(names(&moved(1, Some(1)).unwrap()), ["a", "b", "c"]);
        let of_the_other_list = Change::Move { list: List::Fields, id: id(0), before: None };
        assert_eq!(of_the_other_list.apply(&all), Err(Refusal::NotYours));
    }

    #[test]
    fn a_house_has_so_many_and_no_more() {
        let many: Vec<String> = (0..PIECES).map(|n| n.to_string()).collect();
        let all = house(&many.iter().map(String::as_str).collect::<Vec<_>>());

        assert_eq!(new(Piece::Status(status("x", "x"))).apply(&all), Err(Refusal::Full { limit: PIECES as u32 }));
        assert!(new(Piece::Field(field(OwnKind::Text, &[]))).apply(&all).is_ok());
    }
}
