//! Rebuild and restart when a file changes.
use crate::house::House;
use anyhow::Result;
pub fn watch(_house: &House, _arguments: Vec<String>) -> Result<()> {
    Ok(())
}
