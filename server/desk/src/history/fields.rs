//! A field of a line as it was written, understood; or what is wrong with it.

use super::{Bad, House};
use domain::act::MESSAGE_LIMIT;
use domain::application::{FieldKind, is_plausible};
use domain::group::Named;
use domain::{Face, Time, text};
use serde_json::{Map, Value};

/// The most words of an id, a name or an address.
pub const ID_LIMIT: usize = 200;
const MANY_LIMIT: u64 = 1_000;
/// Seconds of our days, read as milliseconds, lie before then.
const EARLY: i64 = 10_000_000_000;
/// So much that is wrong with one line is told: a line can be made of nothing else.
const WRONG_LIMIT: usize = 100;

/// The fields that are left, and what was wrong with those before.
pub struct Fields<'a> {
    pub number: u64,
    pub map: Map<String, Value>,
    pub house: &'a House,
    pub bad: Vec<Bad>,
}

impl Fields<'_> {
    /// What nobody has asked for is no field.
    pub fn end(&mut self) {
        for name in std::mem::take(&mut self.map).keys() {
            self.wrong::<()>(name, "there is no such field");
        }
    }

    /// An object within the line; none where anything is wrong with it.
    pub fn part<T>(
        &mut self,
        field: &str,
        map: Map<String, Value>,
        read: impl FnOnce(&mut Fields<'_>) -> Option<T>,
    ) -> Option<T> {
        let mut part = Fields { number: self.number, map, house: self.house, bad: Vec::new() };
        let value = read(&mut part);
        part.end();
        let is_good = part.bad.is_empty();
        for Bad { field: within, why, .. } in part.bad {
            let field = if within.is_empty() { field.to_owned() } else { format!("{field}.{within}") };
            self.wrong::<()>(&field, why);
        }
        value.filter(|_| is_good)
    }

    /// A list of at most so many objects: those of them with which nothing is wrong.
    pub fn parts<T>(
        &mut self,
        field: &str,
        most: usize,
        mut read: impl FnMut(&mut Fields<'_>) -> Option<T>,
    ) -> Option<Vec<T>> {
        let mut all = Vec::new();
        for (n, one) in self.list(field, most)?.into_iter().enumerate() {
            let field = format!("{field}[{n}]");
            let Value::Object(map) = one else { return self.wrong(&field, "it is not an object") };
            all.extend(self.part(&field, map, &mut read));
        }
        Some(all)
    }

    pub fn list(&mut self, field: &str, most: usize) -> Option<Vec<Value>> {
        match self.map.remove(field)? {
            Value::Null => None,
            Value::Array(all) if all.len() > most => self.wrong(field, format!("it has more than {most} entries")),
            Value::Array(all) => Some(all),
            _ => self.wrong(field, "it is not a list"),
        }
    }

    pub fn wrong<T>(&mut self, field: &str, why: impl Into<String>) -> Option<T> {
        match self.bad.len() {
            WRONG_LIMIT => self.bad.push(Bad::new(self.number, "", "and there is more wrong with it")),
            n if n < WRONG_LIMIT => self.bad.push(Bad::new(self.number, field, why)),
            _ => {}
        }
        None
    }

    pub fn group(&mut self, field: &str, name: &str) -> Option<Named> {
        match self.house.groups.get(name).map(Vec::as_slice) {
            Some([group]) => Some(group.clone()),
            Some(_) => self.wrong(field, "several groups are called so"),
            None => self.wrong(field, "there is no group of this name"),
        }
    }

    pub fn agent(&mut self, field: &str) -> Option<Face> {
        let email = self.text(field, ID_LIMIT)?;
        self.agent_of(field, &email)
    }

    pub fn agent_of(&mut self, field: &str, email: &str) -> Option<Face> {
        match self.house.agents.get(&email.trim().to_lowercase()) {
            Some(face) => Some(face.clone()),
            None => self.wrong(field, "nobody signs in with this address"),
        }
    }

    /// Words as they are kept.
    pub fn words(&mut self, field: &str, given: &str) -> Option<String> {
        let words = text::words(given);
        if words.is_empty() {
            return self.wrong(field, "it is empty");
        }
        if words.chars().count() > MESSAGE_LIMIT {
            return self.wrong(field, format!("it has more than {MESSAGE_LIMIT} characters"));
        }
        Some(words)
    }

    /// One line as it is kept: it stands within sentences of ours.
    pub fn seen(&mut self, field: &str, given: &str) -> Option<String> {
        let line = text::line(given);
        if line.is_empty() { self.wrong(field, "there is nothing to see in it") } else { Some(line) }
    }

    /// An address as it is kept, however it comes in.
    pub fn address(&mut self, field: &str, given: &str) -> Option<String> {
        let address = text::line(given).to_lowercase();
        if is_plausible(FieldKind::Email, &address) {
            Some(address)
        } else {
            self.wrong(field, "it is no address of e-mail")
        }
    }

    pub fn needed(&mut self, field: &str, limit: usize) -> Option<String> {
        match self.map.get(field) {
            None | Some(Value::Null) => {
                self.map.remove(field);
                self.wrong(field, "it is missing")
            }
            Some(_) => self.text(field, limit),
        }
    }

    pub fn text(&mut self, field: &str, limit: usize) -> Option<String> {
        match self.map.remove(field)? {
            Value::Null => None,
            Value::String(text) if text.trim().is_empty() => self.wrong(field, "it is empty"),
            Value::String(text) if text.contains('\0') => self.wrong(field, "it has a NUL in it"),
            Value::String(text) if text.chars().count() > limit => {
                self.wrong(field, format!("it has more than {limit} characters"))
            }
            Value::String(text) => Some(text),
            _ => self.wrong(field, "it is not a text"),
        }
    }

    /// What is not there is not so.
    pub fn flag(&mut self, field: &str) -> bool {
        match self.map.remove(field) {
            None | Some(Value::Null) => false,
            Some(Value::Bool(is)) => is,
            Some(_) => {
                self.wrong::<()>(field, "it is neither true nor false");
                false
            }
        }
    }

    pub fn count(&mut self, field: &str) -> Option<u64> {
        match self.map.remove(field)? {
            Value::Null => None,
            value => match value.as_u64() {
                Some(number) if number <= MANY_LIMIT => Some(number),
                _ => self.wrong(field, format!("it is not a number from 0 to {MANY_LIMIT}")),
            },
        }
    }

    pub fn needed_moment(&mut self, field: &str) -> Option<Time> {
        match self.map.get(field) {
            None | Some(Value::Null) => {
                self.map.remove(field);
                self.wrong(field, "it is missing")
            }
            Some(_) => self.moment(field),
        }
    }

    /// A moment of RFC 3339, or milliseconds since 1970.
    pub fn moment(&mut self, field: &str) -> Option<Time> {
        let value = self.map.remove(field)?;
        let is_number = value.is_number();
        let at = match value {
            Value::Null => return None,
            Value::Number(number) => number.as_i64(),
            Value::String(text) => {
                chrono::DateTime::parse_from_rfc3339(&text).ok().map(|moment| moment.timestamp_millis())
            }
            _ => None,
        };
        match at {
            None => self.wrong(field, "it is no moment like 2026-11-01T09:00:30Z, nor milliseconds since 1970"),
            Some(at) if at < 0 => self.wrong(field, "it is negative: nothing was before 1970"),
            Some(at) if is_number && at < EARLY => {
                self.wrong(field, "it is in the first months of 1970: milliseconds are meant, and not seconds")
            }
            Some(at) if at > self.house.now.0 => self.wrong(field, "it is in the future"),
            Some(at) => Some(Time(at)),
        }
    }
}
