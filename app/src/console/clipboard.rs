//! To the clipboard, and said.

use super::board::Board;
use super::note::Kind;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen_futures::JsFuture;

pub fn copy(board: Board, text: String) {
    spawn_local(async move {
        // Without a secure address there is no clipboard; the text can be marked by hand.
        let done = if window().is_secure_context() {
            JsFuture::from(window().navigator().clipboard().write_text(&text)).await.is_ok()
        } else {
            false
        };
        let (kind, text) = if done { (Kind::Plain, board.words.copied) } else { (Kind::Bad, board.words.not_copied) };
        board.note(kind, text.into());
    });
}
