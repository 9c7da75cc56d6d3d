//! What somebody chose to see of the monitor: filters, orders, and the address that holds them.

use crate::standing::{Held, standing};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use std::cmp::Ordering;

/// *Selecciona un filtro*: Grupo and Aplicativo, one of each (R87).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    pub group: Option<String>,
    pub application: Option<String>,
}

impl Filter {
    pub fn is_none(&self) -> bool {
        *self == Filter::default()
    }

    /// Without what is not there to be chosen: a right that was taken away, an address that somebody else shared.
    pub fn within(&self, scope: &super::Scope) -> Filter {
        let group = self.group.clone().filter(|id| scope.groups.iter().any(|group| group.id == *id));
        let application = self.application.clone().filter(|id| scope.applications.iter().any(|one| one.id == *id));
        Filter { group, application }
    }

    /// Does it take in what is of this group and of this application?
    pub fn takes(&self, group: &str, application: &str) -> bool {
        self.group.as_ref().is_none_or(|id| id == group) && self.application.as_ref().is_none_or(|id| id == application)
    }
}

/// The columns of agents that can be sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    Name,
    Connected,
    Available,
    Talks,
    ToSave,
}

/// The columns of conversations that can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TalkColumn {
    Customer,
    Group,
    Last,
    Since,
}

/// By a column, and which way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Order<C> {
    pub by: C,
    pub down: bool,
}

impl<C: Copy + PartialEq> Order<C> {
    pub(super) fn of(&self, ordering: Ordering) -> Ordering {
        if self.down { ordering.reverse() } else { ordering }
    }

    /// After a press on the head of a column: up, down, and as it was at first.
    pub fn pressed(now: Option<Order<C>>, by: C) -> Option<Order<C>> {
        match now.filter(|order| order.by == by) {
            None => Some(Order { by, down: false }),
            Some(Order { down: false, .. }) => Some(Order { by, down: true }),
            Some(Order { down: true, .. }) => None,
        }
    }
}

const COLUMNS: [(Column, &str); 5] = [
    (Column::Name, "name"),
    (Column::Connected, "connected"),
    (Column::Available, "available"),
    (Column::Talks, "talks"),
    (Column::ToSave, "to-save"),
];
const TALK_COLUMNS: [(TalkColumn, &str); 4] = [
    (TalkColumn::Customer, "customer"),
    (TalkColumn::Group, "group"),
    (TalkColumn::Last, "last"),
    (TalkColumn::Since, "since"),
];

/// What may not stand in an address as it is.
const SPOKEN_FOR: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// What an address asks to see.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Look {
    pub filter: Filter,
    pub agents: Option<Order<Column>>,
    pub talks: Option<Order<TalkColumn>>,
}

impl Look {
    /// Reads what stands behind the question mark; what it asks for besides is nothing.
    pub fn read(search: &str) -> Look {
        let mut look = Look::default();
        for (name, value) in search.split('&').filter_map(|pair| pair.split_once('=')) {
            let id = || Some(percent_decode_str(value).decode_utf8_lossy().into_owned()).filter(|id| !id.is_empty());
            match name {
                "group" => look.filter.group = id(),
                "application" => look.filter.application = id(),
                "agents" => look.agents = order(value, &COLUMNS),
                "talks" => look.talks = order(value, &TALK_COLUMNS),
                _ => {}
            }
        }
        look
    }

    /// The address of it, from the first slash.
    pub fn path(&self) -> String {
        let id = |name: &str, id: &Option<String>| {
            id.as_ref().map(|id| [name, "=", &utf8_percent_encode(id, SPOKEN_FOR).to_string()].concat())
        };
        let asked: Vec<String> = [
            id("group", &self.filter.group),
            id("application", &self.filter.application),
            word("agents", self.agents, &COLUMNS),
            word("talks", self.talks, &TALK_COLUMNS),
        ]
        .into_iter()
        .flatten()
        .collect();
        if asked.is_empty() { "/monitor".into() } else { ["/monitor?", &asked.join("&")].concat() }
    }
}

fn order<C: Copy>(value: &str, columns: &[(C, &str)]) -> Option<Order<C>> {
    let (down, word) = value.strip_prefix('-').map_or((false, value), |word| (true, word));
    columns.iter().find(|(_, known)| *known == word).map(|(by, _)| Order { by: *by, down })
}

fn word<C: PartialEq>(name: &str, order: Option<Order<C>>, columns: &[(C, &str)]) -> Option<String> {
    let order = order?;
    let (_, word) = columns.iter().find(|(by, _)| *by == order.by)?;
    Some([name, "=", if order.down { "-" } else { "" }, word].concat())
}

/// The rows of a table as they stand on a screen, and what was chosen when they took their places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing<C> {
    pub filter: Filter,
    pub order: Option<Order<C>>,
    pub keys: Vec<String>,
}

impl<C: Copy + PartialEq> Standing<C> {
    /// While it is held nothing that happens moves a row ([`standing`]). What somebody chooses himself is obeyed at once.
    pub fn after(self, before: Option<&Standing<C>>, held: Held) -> Standing<C> {
        let same = before.filter(|before| before.filter == self.filter && before.order == self.order);
        let Some(before) = same else { return self };
        Standing { keys: standing(&before.keys, self.keys, held), ..self }
    }
}
