//! A row that is moved up and down among others: by its two buttons, and by Alt with an arrow.

use super::board::board;
use super::icon::Icon;
use super::live::{does, live, memo};
use crate::words::trigger::{self, Words};
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use web_sys::KeyboardEvent;

/// The rows by their ids, in their order.
pub type Rows = Signal<Vec<String>>;

type Asking = Pin<Box<dyn Future<Output = bool>>>;

/// Asks the server to put a row before another, none: at the end; whether it did.
type Asks = Arc<dyn Fn(String, Option<String>) -> Asking + Send + Sync>;

/// One row. It stays drawn while others move around it, so that nobody loses the focus.
#[derive(Clone, Copy)]
pub struct Step {
    says: &'static Words,
    id: StoredValue<String>,
    name: Signal<String>,
    all: Rows,
    pub place: Memo<usize>,
    up: NodeRef<html::Button>,
    down: NodeRef<html::Button>,
    asks: StoredValue<Asks>,
    moved: RwSignal<String>,
}

impl Step {
    /// `moved` is said aloud once it is done.
    pub fn new<F: Future<Output = bool> + 'static>(
        id: StoredValue<String>,
        name: Signal<String>,
        all: Rows,
        moved: RwSignal<String>,
        asks: impl Fn(String, Option<String>) -> F + Send + Sync + 'static,
    ) -> Step {
        let asks: Asks = Arc::new(move |id: String, before: Option<String>| -> Asking { Box::pin(asks(id, before)) });
        Step {
            says: trigger::of(board().words.common.lang),
            id,
            name,
            all,
            place: memo(move |_| all.with(|all| all.iter().position(|one| id.with_value(|id| one == id)).unwrap_or(0))),
            up: NodeRef::new(),
            down: NodeRef::new(),
            asks: StoredValue::new(asks),
            moved,
        }
    }

    fn count(self) -> usize {
        self.all.with(Vec::len)
    }

    fn act(self, up: bool) {
        // Where to is said as it is seen now: asked twice, it moves once.
        let before = untrack(|| {
            let (at, all) = (self.place.get(), self.all.get());
            match up {
                true => at.checked_sub(1).map(|at| all.get(at).cloned()),
                false => (at + 1 < all.len()).then(|| all.get(at + 2).cloned()),
            }
        });
        let Some(before) = before else { return };
        let asked = (self.asks.get_value())(self.id.get_value(), before);
        spawn_local(async move {
            if !asked.await {
                return;
            }
            // The list may be gone meanwhile.
            let (Some(name), Some(place)) = (self.name.try_get_untracked(), self.place.try_get_untracked()) else {
                return;
            };
            self.moved.try_set((self.says.moved)(&name, place + 1, untrack(|| self.count())));
            // The row was taken out and put in elsewhere: the focus goes with it.
            let both = if up { [self.up, self.down] } else { [self.down, self.up] };
            request_animation_frame(move || {
                for button in both {
                    if let Some(button) = button.try_get_untracked().flatten().filter(|button| !button.disabled()) {
                        let _ = button.focus();
                        return;
                    }
                }
            });
        });
    }

    /// For the row.
    pub fn key(self) -> Box<dyn FnMut(KeyboardEvent)> {
        does(move |event: KeyboardEvent| {
            let up = match event.key().as_str() {
                "ArrowUp" => true,
                "ArrowDown" => false,
                _ => return,
            };
            if event.alt_key() {
                event.prevent_default();
                self.act(up);
            }
        })
    }

    pub fn buttons(self) -> AnyView {
        let (says, place, name) = (self.says, self.place, self.name);
        view! {
            <button class="button button--bare button--icon button--s" type="button" node_ref=self.up aria-label=live(move || (says.up)(&name.get())) disabled=live(move || place.get() == 0) on:click=does(move |_| self.act(true))><Icon name="up" small=true/></button>
            <button class="button button--bare button--icon button--s" type="button" node_ref=self.down aria-label=live(move || (says.down)(&name.get())) disabled=live(move || place.get() + 1 >= self.count()) on:click=does(move |_| self.act(false))><Icon name="down" small=true/></button>
        }
        .into_any()
    }
}
