//! JSON, with every name that stands twice in one object: which of the two was meant, nobody can say.

use serde::de::{DeserializeSeed, MapAccess, SeqAccess, Visitor};
use serde_json::{Deserializer, Map, Value};
use std::fmt;

/// A value, and where in it something is there twice, as in `customer.name` or `transcript[0].at`.
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
            Place::Named(Place::Top, name) => f.write_str(name),
            Place::Named(within, name) => write!(f, "{within}.{name}"),
            Place::Numbered(within, n) => write!(f, "{within}[{n}]"),
        }
    }
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
            if map.contains_key(&name) {
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
    fn what_is_no_json_is_refused_where_it_stops() {
        for text in ["id,group", "{} x", "{", "", r#"{"a": [1,]}"#] {
            let column = serde_json::from_str::<Value>(text).unwrap_err().column();
            assert_eq!(read(text).unwrap_err().column(), column, "{text}");
        }
    }
}
