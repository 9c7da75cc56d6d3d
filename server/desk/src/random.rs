//! Randomness from the system, for ids and tokens.

use crate::Fault;
use domain::Time;
use sha2::{Digest, Sha256};

/// A new id of this moment.
pub fn id(at: Time) -> Result<String, Fault> {
    Ok(domain::id::new(at, &bytes()?))
}

/// A secret of 256 bits, as 64 hex digits.
pub fn token() -> Result<String, Fault> {
    Ok(hex(&bytes::<32>()?))
}

/// What is kept of a secret.
pub fn hash(token: &str) -> String {
    hex(&Sha256::digest(token.as_bytes()))
}

pub fn bytes<const N: usize>() -> Result<[u8; N], Fault> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|e| Fault::new(format!("no randomness: {e}")))?;
    Ok(bytes)
}

/// As hex digits.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digits = bytes.iter().flat_map(|b| [b >> 4, b & 15]);
    digits.map(|digit| char::from(DIGITS[usize::from(digit)])).collect()
}

/// None where it is not hex.
pub fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> = text.chars().map(|c| c.to_digit(16).map(|digit| digit as u8)).collect::<Option<_>>()?;
    let (bytes, rest) = digits.as_chunks::<2>();
    rest.is_empty().then(|| bytes.iter().map(|[high, low]| high << 4 | low).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hex_is_read_as_it_is_written() {
        assert_eq!(unhex(&hex(&[0, 9, 255])).unwrap(), [0, 9, 255]);
        assert_eq!((unhex("abc"), unhex("zz")), (None, None));
    }

    #[test]
    fn what_is_kept_of_a_secret_never_changes() {
        // Of an empty text, as FIPS 180-4 has it: an old session must still be found.
        assert_eq!(hash(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }
}
