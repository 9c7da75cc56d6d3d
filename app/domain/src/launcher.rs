//! Where the launcher stands on somebody's page, and what it shows (R3, R4). The loader reads it from its tag.

use crate::application::Wrong;
use serde::{Deserialize, Serialize};

/// Further in, in pixels, it would stand in the way.
pub const OFFSET_LIMIT: u32 = 400;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    #[default]
    Right,
    Left,
    Center,
}

/// Variants are only ever appended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Drawing {
    /// A note with a folded corner: the loader's own.
    #[default]
    Note,
    Bubble,
    Question,
    Letter,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Launcher {
    pub side: Side,
    /// From that side and from below, in pixels.
    pub across: u32,
    pub up: u32,
    /// Above what else lies on the page; none: above nearly all.
    pub z: Option<u32>,
    pub drawing: Drawing,
}

impl Default for Launcher {
    fn default() -> Launcher {
        Launcher { side: Side::Right, across: 20, up: 20, z: None, drawing: Drawing::Note }
    }
}

impl Launcher {
    pub fn check(&self) -> Result<(), Wrong> {
        for (name, offset) in [("across", self.across), ("up", self.up)] {
            if offset > OFFSET_LIMIT {
                return Err(Wrong::at(name, "it is at most 400"));
            }
        }
        Ok(())
    }
}

impl Side {
    /// As the tag says it; none: where it stands by itself.
    pub fn word(self) -> Option<&'static str> {
        match self {
            Side::Right => None,
            Side::Left => Some("left"),
            Side::Center => Some("center"),
        }
    }
}

impl Drawing {
    /// Its path in a square of 24; none: the loader knows it.
    pub fn path(self) -> Option<&'static str> {
        match self {
            Drawing::Note => None,
            Drawing::Bubble => Some(
                "M4 6.5A2.5 2.5 0 0 1 6.5 4h11A2.5 2.5 0 0 1 20 6.5v7a2.5 2.5 0 0 1-2.5 2.5H11l-5 4v-4.1a2.5 2.5 0 0 1-2-2.4z",
            ),
            Drawing::Question => Some(
                "M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0M9.2 9.2a2.8 2.8 0 1 1 4.2 2.4c-.9.5-1.4 1.1-1.4 2.1M12 17v.2",
            ),
            Drawing::Letter => Some(
                "M5.5 5h13A2.5 2.5 0 0 1 21 7.5v9a2.5 2.5 0 0 1-2.5 2.5h-13A2.5 2.5 0 0 1 3 16.5v-9A2.5 2.5 0 0 1 5.5 5M4 7l8 6 8-6",
            ),
        }
    }
}
