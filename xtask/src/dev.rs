//! Rebuild and restart when a file changes.
use anyhow::Result;
use crate::house::House;
pub fn watch(_house: &House, _arguments: Vec<String>) -> Result<()> { Ok(()) }
