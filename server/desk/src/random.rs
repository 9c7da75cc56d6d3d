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

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}
