//! What somebody points at does not move, whatever happens meanwhile: of rows that went the place stays, inert, until
//! pointer and focus have left.

use super::live::memo;
use domain::standing::{Held, Run, standing, standing_runs};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, EventTarget, FocusEvent};

/// Rows that somebody points at, or in which he has the focus: one may end while the other lasts.
#[derive(Clone, Copy)]
pub struct Hold {
    pub pointed: RwSignal<bool>,
    pub focused: RwSignal<bool>,
}

impl Hold {
    pub fn new() -> Hold {
        Hold { pointed: RwSignal::new(false), focused: RwSignal::new(false) }
    }

    pub fn is_held(self) -> bool {
        self.pointed.get() || self.focused.get()
    }

    pub fn held(self) -> Held {
        if self.is_held() { Held::Here } else { Held::Nothing }
    }

    /// Lets go; a pointer that moves on over the rows holds them again.
    pub fn lift(self) {
        self.pointed.set(false);
        self.focused.set(false);
    }

    /// The focus comes, by keyboard: whoever presses with a pointer points.
    pub fn came(self, event: &FocusEvent) {
        let at = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        if at.is_some_and(|at| at.matches(":focus-visible").unwrap_or(true)) {
            self.focused.set(true);
        }
    }

    /// The focus leaves something; into another of these rows it has not left them.
    pub fn left(self, event: &FocusEvent) {
        let rows =
            |target: Option<EventTarget>| target?.dyn_into::<Element>().ok()?.closest("tbody, .queue__rows").ok()?;
        let to = rows(event.related_target());
        let stays = to.is_some() && to == rows(event.target());
        self.focused.set(stays && self.focused.get_untracked());
    }
}

/// The keys of rows in their order, as long as nothing holds them where they are. Where something else was chosen, that
/// is obeyed at once.
pub fn stands<C: Clone + PartialEq + Send + Sync + 'static>(
    held: impl Fn() -> Held + Send + Sync + 'static,
    now: impl Fn() -> (C, Vec<String>) + Send + Sync + 'static,
) -> Memo<Vec<String>> {
    stands_by(held, now, standing)
}

/// The same of rows in groups: `held` says in which of them somebody points or has the focus, too.
pub fn runs_stand<C: Clone + PartialEq + Send + Sync + 'static>(
    held: impl Fn() -> (Held, Vec<String>) + Send + Sync + 'static,
    now: impl Fn() -> (C, Vec<Run>) + Send + Sync + 'static,
) -> Memo<Vec<Run>> {
    stands_by(held, now, |before, runs, (held, at)| standing_runs(before, runs, held, &at))
}

fn stands_by<C, H, K>(
    held: impl Fn() -> H + Send + Sync + 'static,
    now: impl Fn() -> (C, Vec<K>) + Send + Sync + 'static,
    rule: fn(&[K], Vec<K>, H) -> Vec<K>,
) -> Memo<Vec<K>>
where
    C: Clone + PartialEq + Send + Sync + 'static,
    H: 'static,
    K: Clone + PartialEq + Send + Sync + 'static,
{
    let stood = memo(move |before: Option<&(C, Vec<K>)>| {
        let ((chosen, rows), held) = (now(), held());
        match before.filter(|before| before.0 == chosen) {
            Some((_, before)) => (chosen, rule(before, rows, held)),
            None => (chosen, rows),
        }
    });
    memo(move |_| stood.with(|stood| stood.1.clone()))
}
