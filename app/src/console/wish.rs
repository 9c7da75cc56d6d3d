//! The id under which something is wanted of a ticket.

use super::browser;
use crate::doors::Failure;
use domain::TicketAct;
use leptos::prelude::*;

/// Wanted again after a lost answer, it is the same wish and done once; when something else is wanted by then, it
/// is another, and nothing that was typed since is lost in the answer to the first.
#[derive(Clone, Copy)]
pub struct Wish(StoredValue<Option<(String, TicketAct)>>);

impl Wish {
    pub fn new() -> Wish {
        Wish(StoredValue::new(None))
    }

    pub fn id_of(self, act: &TicketAct) -> String {
        let known = self.0.with_value(|last| last.as_ref().filter(|last| last.1 == *act).map(|last| last.0.clone()));
        known.unwrap_or_else(|| {
            let id = browser::new_id();
            self.0.set_value(Some((id.clone(), act.clone())));
            id
        })
    }

    /// Whatever the server has answered, the next one is another.
    pub fn answered(self, answer: Option<&Failure>) {
        if !matches!(answer, Some(Failure::Lost)) {
            self.0.try_set_value(None);
        }
    }
}
