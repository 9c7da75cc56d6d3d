//! The two encodings of everything that travels: postcard for our own front ends, JSON for everybody.

use domain::Refusal;
use domain::wire::POSTCARD;
use serde::Serialize;
use serde::de::DeserializeOwned;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    Json,
    Postcard,
}

impl Encoding {
    /// What a media type names, whatever parameters it has; none: neither.
    pub fn named(media: &str) -> Option<Encoding> {
        let kind = media.split(';').next().unwrap_or("").trim();
        [Encoding::Json, Encoding::Postcard].into_iter().find(|one| kind.eq_ignore_ascii_case(one.media()))
    }

    pub fn media(self) -> &'static str {
        match self {
            Encoding::Json => "application/json",
            Encoding::Postcard => POSTCARD,
        }
    }

    pub fn write<T: Serialize>(self, value: &T) -> Result<Vec<u8>, desk::Fault> {
        match self {
            Encoding::Json => serde_json::to_vec(value)
                .map_err(|why| desk::Fault::new(format!("an answer does not become JSON: {why}"))),
            Encoding::Postcard => postcard::to_allocvec(value)
                .map_err(|why| desk::Fault::new(format!("an answer does not become postcard: {why}"))),
        }
    }

    /// Reads the whole of it: what is left over was not meant.
    pub fn read<T: DeserializeOwned>(self, bytes: &[u8]) -> Result<T, Refusal> {
        match self {
            Encoding::Json => serde_json::from_slice(bytes).map_err(|_| Refusal::Malformed),
            Encoding::Postcard => match postcard::take_from_bytes(bytes) {
                Ok((value, [])) => Ok(value),
                _ => Err(Refusal::Malformed),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::event::Wish;

    #[test]
    fn what_is_left_over_is_malformed() {
        let wish = Wish { id: "0123456789abcdef".into(), act: domain::Act::Close };
        for encoding in [Encoding::Json, Encoding::Postcard] {
            let mut bytes = encoding.write(&wish).unwrap();
            assert_eq!(encoding.read::<Wish>(&bytes), Ok(wish.clone()));
            bytes.push(7);
            assert_eq!(encoding.read::<Wish>(&bytes), Err(Refusal::Malformed));
            assert_eq!(encoding.read::<Wish>(&[]), Err(Refusal::Malformed));
            assert_eq!(encoding.read::<Wish>(&[255; 64]), Err(Refusal::Malformed));
        }
    }
}
