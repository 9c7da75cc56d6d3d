//! Everything out, and into another deployment: JSON Lines, a file a noun, between SQLite and PostgreSQL too.
//! `docs/export.md` tells what is in them.

mod bad;
mod import;
mod line;
mod noun;
mod whole;
mod write;

pub(crate) use import::SEALED;
pub use import::{Imported, import, look};
pub use write::{Exported, export};

use serde::{Deserialize, Serialize};

/// How an export is laid out. Another number is another layout.
const FORMAT: u32 = 1;
const MANIFEST: &str = "export.json";

/// What an export says of itself.
#[derive(Debug, Serialize, Deserialize)]
struct Manifest {
    format: u32,
    /// The version of the program that made it.
    program: String,
    /// The last migration of its database: another program reads other lines.
    schema: i64,
    made_at: i64,
    /// Lines of each noun, in the order in which they are read.
    nouns: Vec<Counted>,
    files: u64,
}

#[derive(Debug, Serialize, Deserialize)]
struct Counted {
    noun: String,
    lines: u64,
}
