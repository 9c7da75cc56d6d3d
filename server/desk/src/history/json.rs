//! JSON, with every name that stands twice in one object: which of the two was meant, nobody can say.

use serde::de::{DeserializeSeed, MapAccess, SeqAccess, Visitor};
use serde_json::{Deserializer, Map, Value};
use std::fmt;

/// So many places of what is there twice are told, and so much of each name: more of it helps nobody, and a line could
/// name a long one as often as it likes.
const TWICE_LIMIT: usize = 20;
const NAME_LIMIT: usize = 200;

/// A value, and where in it something is there twice, as in `customer.name` or `transcript[0].at`; the first of them.
pub fn read(text: &str) -> Result<(Value, Vec<String>), serde_json::Error> {
    let mut from = Deserializer::from_str(text);
    let mut twice = Vec::new();
    let value = Once { place: &Place::Top, twice: &mut twice }.deserialize(&mut from)?;
    from.end()?;
    Ok((value, twice))
}

enum Place<'a> {
    Top,
    Named(&'a Place<'a>, &'a str),
    Numbered(&'a Place<'a>, usize),
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Top => Ok(()),
            Place::Named(Place::Top, name) => f.write_str(cut(name)),
            Place::Named(within, name) => write!(f, "{within}.{}", cut(name)),
            Place::Numbered(within, n) => write!(f, "{within}[{n}]"),
        }
    }
}

fn cut(name: &str) -> &str {
    name.char_indices().nth(NAME_LIMIT).map_or(name, |(at, _)| &name[..at])
}

/// The value of a place, read as any other.
struct Once<'p, 't> {
    place: &'p Place<'p>,
    twice: &'t mut Vec<String>,
}

impl<'de> DeserializeSeed<'de> for Once<'_, '_> {
    type Value = Value;

    fn deserialize<D: serde::Deserializer<'de>>(self, from: D) -> Result<Value, D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Once<'_, '_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value of JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut from: A) -> Result<Value, A::Error> {
        let mut all = Vec::new();
        loop {
            let place = Place::Numbered(self.place, all.len());
            match from.next_element_seed(Once { place: &place, twice: &mut *self.twice })? {
                Some(one) => all.push(one),
                None => return Ok(Value::Array(all)),
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut from: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(name) = from.next_key::<String>()? {
            let place = Place::Named(self.place, &name);
            let value = from.next_value_seed(Once { place: &place, twice: &mut *self.twice })?;
            if self.twice.len() < TWICE_LIMIT && map.contains_key(&name) {
                self.twice.push(place.to_string());
            }
            map.insert(name, value);
        }
        Ok(Value::Object(map))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_read_as_it_is_read_everywhere() {
        let text = r#" {"a": [1, -2, 2.5, true, null, "ñ\n", 18446744073709551615], "b": {"c": {}}} "#;

        let (value, twice) = read(text).unwrap();

        assert_eq!(value, serde_json::from_str::<Value>(text).unwrap());
        assert_eq!(twice, Vec::<String>::new());
    }

    #[test]
    fn what_is_there_twice_is_named_by_its_place() {
        let text =
            r#"{"id": "a", "customer": {"name": "A", "name": "A"}, "list": [{"at": 1}, {"at": 1, "at": 2}], "id": 1}"#;

        let (value, twice) = read(text).unwrap();

        assert_eq!(twice, ["customer.name", "list[1].at", "id"]);
        assert_eq!(value["id"], 1);
    }

    #[test]
    fn however_often_and_however_long_a_name_is_there_twice_little_of_it_is_told() {
        let long = "ñ".repeat(100_000);
        let text = format!(r#"{{"a": {{{}}}}}"#, vec![format!(r#""{long}": 1"#); 50].join(", "));

        let (_, twice) = read(&text).unwrap();

        assert_eq!(twice, vec![format!("a.{}", "ñ".repeat(NAME_LIMIT)); TWICE_LIMIT]);
    }

    #[test]
    fn what_is_no_json_is_refused_where_it_stops() {
        for text in ["id,group", "{} x", "{", "", r#"{"a": [1,]}"#] {
            let column = serde_json::from_str::<Value>(text).unwrap_err().column();
            assert_eq!(read(text).unwrap_err().column(), column, "{text}");
        }
    }
}
