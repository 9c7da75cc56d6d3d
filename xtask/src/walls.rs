//! What may import what.
use crate::house::House;
use anyhow::Result;
pub fn check(_house: &House) -> Result<()> {
    Ok(())
}
