//! Where the launcher stands on somebody's page, and what it shows (R3, R4). The loader reads it from its tag.

use crate::application::Wrong;
use serde::{Deserialize, Serialize};

/// Further in, in pixels, it would stand in the way.
pub const OFFSET_LIMIT: u32 = 400;
/// No browser knows a higher `z-index`.
pub const LAYER_LIMIT: u32 = i32::MAX as u32;

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
        if self.z.is_some_and(|z| z > LAYER_LIMIT) {
            return Err(Wrong::at("z", "it is at most 2147483647"));
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
    /// Its path in a square of 24, filled by even-odd; none: the loader knows it.
    pub fn path(self) -> Option<&'static str> {
        match self {
            Drawing::Note => None,
            Drawing::Bubble => Some(
                "M4 6.5A2.5 2.5 0 0 1 6.5 4h11A2.5 2.5 0 0 1 20 6.5v7a2.5 2.5 0 0 1-2.5 2.5H11l-5 4v-4.1a2.5 2.5 0 0 1-2-2.4z",
            ),
            Drawing::Question => Some(
                "M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18zM8.9 10a3.1 3.1 0 1 1 4.8 2.6c-.6.4-.8.8-.8 1.4h-1.8c0-1.4.6-2.2 1.5-2.8a1.3 1.3 0 1 0-1.9-1.2zM12 15.5a1.1 1.1 0 1 1 0 2.2 1.1 1.1 0 0 1 0-2.2z",
            ),
            Drawing::Letter => Some(
                "M5.5 5h13A2.5 2.5 0 0 1 21 7.5l-9 6-9-6A2.5 2.5 0 0 1 5.5 5zM3 9.3l9 6 9-6v7.2a2.5 2.5 0 0 1-2.5 2.5h-13A2.5 2.5 0 0 1 3 16.5z",
            ),
        }
    }
}
