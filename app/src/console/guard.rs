//! The browser asks before it closes while I hold conversations or tickets to save (R62).

use super::board::Board;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

pub fn start(board: Board) {
    let _ = window_event_listener(leptos::ev::beforeunload, move |event| {
        // Without a session there is nothing to hold.
        let holds = board.loaded.get_untracked() && untrack(|| board.rooms.get().iter().any(|room| board.holds(*room)));
        if holds {
            event.prevent_default();
            if let Some(event) = event.dyn_ref::<web_sys::BeforeUnloadEvent>() {
                event.set_return_value("1");
            }
        }
    });
}
