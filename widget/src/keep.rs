//! What outlives a reload: kept by the frame in its own storage, and by the page around it.
//!
//! Nothing is written before the visitor acts. Browsers may refuse storage to a frame, by throwing;
//! then the page keeps all of it, and if it cannot either, memory lasts as long as the window.

use crate::outbox::Unsent;
use domain::application::Answer;
use domain::offline::Offline;
use domain::wire::Open;
use serde::{Deserialize, Serialize};
use web_sys::{Storage, StorageEvent};

#[derive(Clone, Default, Serialize, Deserialize)]
pub struct Kept {
    pub token: String,
    /// The open conversation.
    pub chat: String,
    /// What the form was answered, so that nobody types it twice (R13).
    pub answers: Vec<Answer>,
    /// A conversation that was asked for, until the answer is here: asked again under the same id.
    pub opening: Option<Open>,
    pub draft: String,
    pub unsent: Vec<Unsent>,
    /// The last event he has seen.
    pub seen: u32,
    /// The conversation that is over and still before him, to be rated and taken along.
    pub over: String,
    /// He wants no sound.
    pub mute: bool,
    /// An offline message, until the server has it: left again under the same id.
    pub message: Option<Offline>,
    /// The id under which he leaves the queue with a message: asked again it is the same.
    pub leaving: String,
    /// The token under which he is being proved, until the answer is here.
    pub fresh: String,
    /// The token in whose place his own came when he was proved: his other tabs may still hold it.
    pub former: String,
}

fn storage() -> Option<Storage> {
    crate::dom::window().local_storage().ok().flatten()
}

fn name(key: &str) -> String {
    ["recado:", key].concat()
}

/// Reads what the frame kept.
pub fn read(key: &str) -> Option<Kept> {
    unpack(&storage()?.get_item(&name(key)).ok().flatten()?)
}

/// Keeps it in the frame's storage; false when the browser does not let us.
pub fn write(key: &str, kept: &Kept) -> bool {
    storage().is_some_and(|storage| storage.set_item(&name(key), &pack(kept)).is_ok())
}

/// Nothing of him is left here: these are all that we ever write.
pub fn forget(key: &str) {
    if let Some(storage) = storage() {
        let _ = storage.remove_item(&name(key));
        for beside in ["recado:emoji", "recado:notices"] {
            let _ = storage.remove_item(beside);
        }
    }
}

/// Was it this that an event of the storage tells of: that it has been forgotten, elsewhere?
pub fn is_forgotten(key: &str, event: &StorageEvent) -> bool {
    event.new_value().is_none() && event.key().is_none_or(|what| what == name(key))
}

/// As text: two letters per byte.
pub fn pack(kept: &Kept) -> String {
    let bytes = postcard::to_allocvec(kept).unwrap_or_default();
    let half = |n: u8| char::from(b'a' + (n & 15));
    bytes.iter().flat_map(|byte| [half(byte >> 4), half(*byte)]).collect()
}

/// None for what another version of us wrote.
pub fn unpack(text: &str) -> Option<Kept> {
    let half = |byte: u8| byte.checked_sub(b'a').filter(|n| *n < 16);
    let bytes: Option<Vec<u8>> = text
        .as_bytes()
        .chunks(2)
        .map(|two| match two {
            [high, low] => Some(half(*high)? << 4 | half(*low)?),
            _ => None,
        })
        .collect();
    line::read(&bytes?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_packed_is_unpacked() {
        let kept = Kept { token: "t".into(), draft: "¿Y en roble? 🪵".into(), seen: 7, ..Kept::default() };

        let read = unpack(&pack(&kept)).unwrap();

        assert_eq!((read.token, read.draft, read.seen), (kept.token, kept.draft, 7));
    }

    /// The console packs it by itself, to show how a conversation looks (`app/src/console/application_preview.rs`).
    #[test]
    fn what_the_preview_of_an_application_packs_is_unpacked() {
        let read = unpack("ahhahcgfhggjgfhhaaaaaaaaaaaaabgdaaaaaaaaaa").unwrap();

        assert_eq!((read.token.as_str(), read.over.as_str(), read.seen), ("preview", "c", 0));
        assert_eq!((read.chat.as_str(), read.draft.as_str()), ("", ""));
    }

    #[test]
    fn what_somebody_else_wrote_is_nothing() {
        for odd in ["", "a", "zz", "{\"token\":1}", "ffff"] {
            assert!(unpack(odd).is_none(), "{odd}");
        }
    }
}
