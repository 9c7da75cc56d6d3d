//! Reads postcard into any of our types, for who pays for every byte of code.
//!
//! The usual reader may fail at every field, and each of these places needs code that puts away what was
//! read before it: half of all that decodes. This one cannot fail in the middle. Where bytes are not sound it
//! goes on with nothing (no text, zero, the first variant) and says so at the end.

use serde::de::value::U32Deserializer;
use serde::de::{self, DeserializeOwned, DeserializeSeed, Deserializer, Visitor};
use std::fmt::{Display, Formatter};

/// None where the bytes are not sound, as `postcard::from_bytes` would have it.
pub fn read<T: DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    let mut reader = Reader::new(bytes);
    let value = reader.take();
    reader.is_sound().then_some(value)
}

pub struct Reader<'b> {
    rest: &'b [u8],
    sound: bool,
}

impl<'b> Reader<'b> {
    pub fn new(bytes: &'b [u8]) -> Reader<'b> {
        Reader { rest: bytes, sound: true }
    }

    /// The next value. Ask [`Reader::is_sound`] before you believe it.
    pub fn take<T: DeserializeOwned>(&mut self) -> T {
        let Ok(value) = T::deserialize(self);
        value
    }

    pub fn is_sound(&self) -> bool {
        self.sound
    }

    fn fail(&mut self) {
        self.sound = false;
        self.rest = &[];
    }

    fn bytes(&mut self, count: usize) -> &'b [u8] {
        match self.rest.split_at_checked(count) {
            Some((bytes, rest)) => {
                self.rest = rest;
                bytes
            }
            None => {
                self.fail();
                &[]
            }
        }
    }

    fn byte(&mut self) -> u8 {
        self.bytes(1).first().copied().unwrap_or(0)
    }

    /// Seven bits a byte, the least first; the highest bit says that more follow.
    fn number(&mut self, bits: u32) -> u64 {
        let mut number = 0;
        for shift in (0..bits).step_by(7) {
            let byte = self.byte();
            let digit = u64::from(byte & 127);
            if shift + 7 > bits && digit >> (bits - shift) != 0 {
                break;
            }
            number |= digit << shift;
            if byte < 128 {
                return number;
            }
        }
        self.fail();
        0
    }

    fn length(&mut self) -> u32 {
        self.number(32) as u32
    }

    /// Numbers that may be negative: their sign is the last bit.
    fn signed(&mut self, bits: u32) -> i64 {
        let number = self.number(bits);
        (number >> 1) as i64 ^ -((number & 1) as i64)
    }

    fn flag(&mut self) -> bool {
        let byte = self.byte();
        if byte > 1 {
            self.fail();
        }
        byte == 1
    }

    fn text(&mut self) -> String {
        let length = self.length() as usize;
        match std::str::from_utf8(self.bytes(length)) {
            Ok(text) => text.into(),
            Err(_) => {
                self.fail();
                String::new()
            }
        }
    }
}

/// What never happens: so the compiler leaves out all that would follow.
#[derive(Debug)]
pub enum Never {}

impl Display for Never {
    fn fmt(&self, _: &mut Formatter<'_>) -> std::fmt::Result {
        match *self {}
    }
}

impl std::error::Error for Never {}

impl de::Error for Never {
    fn custom<T: Display>(_: T) -> Never {
        unreachable!("what is read here has no rules of its own")
    }
}

type Read<T> = Result<T, Never>;

impl<'de> Deserializer<'de> for &mut Reader<'_> {
    type Error = Never;

    fn is_human_readable(&self) -> bool {
        false
    }

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Read<V::Value> {
        unreachable!("postcard does not say what it holds, and nothing on our wire is of this kind")
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        visitor.visit_bool(self.flag())
    }

    fn deserialize_u8<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        visitor.visit_u8(self.byte())
    }

    fn deserialize_u16<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        visitor.visit_u16(self.number(16) as u16)
    }

    fn deserialize_u32<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        visitor.visit_u32(self.number(32) as u32)
    }

    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        visitor.visit_u64(self.number(64))
    }

    fn deserialize_i32<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        visitor.visit_i32(self.signed(32) as i32)
    }

    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        visitor.visit_i64(self.signed(64))
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        visitor.visit_string(self.text())
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        visitor.visit_string(self.text())
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        if self.flag() { visitor.visit_some(self) } else { visitor.visit_none() }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        visitor.visit_unit()
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Read<V::Value> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        let left = self.length();
        visitor.visit_seq(Items { reader: self, left })
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Read<V::Value> {
        visitor.visit_seq(Fields(self))
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(self, _: &'static str, _: usize, visitor: V) -> Read<V::Value> {
        visitor.visit_seq(Fields(self))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Read<V::Value> {
        visitor.visit_seq(Fields(self))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Read<V::Value> {
        let mut variant = self.length();
        if variant as usize >= variants.len() {
            self.fail();
            variant = 0;
        }
        visitor.visit_enum(Variant { fields: Fields(self), variant })
    }

    serde::forward_to_deserialize_any! {
        i8 i16 i128 u128 f32 f64 char bytes byte_buf unit_struct map identifier ignored_any
    }
}

/// As many as were written.
struct Items<'r, 'b> {
    reader: &'r mut Reader<'b>,
    left: u32,
}

impl<'de> de::SeqAccess<'de> for Items<'_, '_> {
    type Error = Never;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Read<Option<T::Value>> {
        if self.left == 0 || !self.reader.sound {
            return Ok(None);
        }
        self.left -= 1;
        seed.deserialize(&mut *self.reader).map(Some)
    }
}

/// As many as are asked for.
struct Fields<'r, 'b>(&'r mut Reader<'b>);

impl<'de> de::SeqAccess<'de> for Fields<'_, '_> {
    type Error = Never;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Read<Option<T::Value>> {
        seed.deserialize(&mut *self.0).map(Some)
    }
}

struct Variant<'r, 'b> {
    fields: Fields<'r, 'b>,
    variant: u32,
}

impl<'de, 'r, 'b> de::EnumAccess<'de> for Variant<'r, 'b> {
    type Error = Never;
    type Variant = Fields<'r, 'b>;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Read<(V::Value, Fields<'r, 'b>)> {
        Ok((seed.deserialize(U32Deserializer::new(self.variant))?, self.fields))
    }
}

impl<'de> de::VariantAccess<'de> for Fields<'_, '_> {
    type Error = Never;

    fn unit_variant(self) -> Read<()> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Read<T::Value> {
        seed.deserialize(self.0)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Read<V::Value> {
        visitor.visit_seq(self)
    }

    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], visitor: V) -> Read<V::Value> {
        visitor.visit_seq(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::application::ApplicationView;
    use domain::article::{ArticleLine, ArticleView};
    use domain::identity::Related;
    use domain::offline::{Offline, Receipt};
    use domain::wire::{Down, Known, Open, Page, Wait};
    use domain::{Event, Refusal, Trouble};
    use std::fmt::Debug;

    /// Whole, cut short anywhere, and with any bit of it turned.
    fn is_read_as_usual<T: DeserializeOwned + PartialEq + Debug>(bytes: &[u8]) {
        let same = |bytes: &[u8]| assert_eq!(read::<T>(bytes), postcard::from_bytes(bytes).ok(), "{bytes:?}");
        same(bytes);
        for at in 0..bytes.len() {
            same(&bytes[..at]);
            for bit in 0..8 {
                let mut turned = bytes.to_vec();
                turned[at] ^= 1 << bit;
                same(&turned);
            }
        }
    }

    /// Every value that was agreed for a type: in its golden file after the same in JSON.
    fn golden<T: DeserializeOwned + PartialEq + Debug>(name: &str) {
        let file = [env!("CARGO_MANIFEST_DIR"), "/../domain/tests/golden/", name, ".txt"].concat();
        let text = std::fs::read_to_string(&file).expect("its golden file is there");
        let lines: Vec<&str> = text.lines().filter(|line| !line.is_empty()).collect();
        assert!(!lines.is_empty());
        for pair in lines.chunks(2) {
            let digits = pair[1].as_bytes().chunks(2).map(|two| std::str::from_utf8(two).unwrap());
            let bytes: Vec<u8> = digits.map(|two| u8::from_str_radix(two, 16).unwrap()).collect();
            is_read_as_usual::<T>(&bytes);
        }
    }

    #[test]
    fn all_that_the_widget_is_told_is_read_as_usual() {
        golden::<ApplicationView>("application-view");
        golden::<ArticleLine>("article-line");
        golden::<ArticleView>("article-view");
        golden::<Down>("down");
        golden::<Event>("event");
        golden::<Known>("known");
        golden::<Page>("page");
        golden::<Receipt>("receipt");
        golden::<Related>("related");
        golden::<Refusal>("refusal");
        golden::<Trouble>("trouble");
        golden::<Wait>("wait");
    }

    #[test]
    fn all_that_the_widget_keeps_is_read_as_usual() {
        golden::<Open>("open");
        golden::<Offline>("offline");
    }

    #[test]
    fn a_number_is_no_longer_than_its_type() {
        for bytes in [vec![0xff; 22], vec![0x80; 22], postcard::to_allocvec(&(7_u16, -7_i32, -1_i64, true)).unwrap()] {
            is_read_as_usual::<u16>(&bytes);
            is_read_as_usual::<(u32, u64)>(&bytes);
            is_read_as_usual::<(u16, i32, i64, bool)>(&bytes);
        }
    }

    #[test]
    fn a_list_that_claims_to_be_endless_is_given_up_at_once() {
        assert_eq!(read::<Vec<String>>(&[0xff, 0xff, 0xff, 0xff, 0x0f]), None);
    }
}
