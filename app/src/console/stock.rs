//! The canned answers that may be inserted in a conversation: read once for each group, and looked through here,
//! so that the list narrows as fast as somebody types.

use super::board::Board;
use crate::doors::Answer;
use crate::doors::canned::list_canned;
use domain::Span;
use domain::canned::{CANNED_PAGE, Canned, Index, Scope};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::cell::RefCell;

/// What was read longer ago is read again when somebody is about to use it.
const FRESH: Span = Span::minutes(1);

#[derive(Clone, Copy)]
pub struct Stock {
    group: StoredValue<String>,
    pub index: RwSignal<Index>,
    /// It was read once.
    pub here: RwSignal<bool>,
    read_at: StoredValue<Option<domain::Time>>,
}

thread_local! {
    static ALL: RefCell<Vec<Stock>> = const { RefCell::new(Vec::new()) };
}

/// Of the house, of this group, and one's own. What is there at once may be replaced a moment later.
pub fn stock(board: Board, group: &str) -> Stock {
    let known = ALL.with_borrow(|all| all.iter().find(|s| s.group.with_value(|g| g == group)).copied());
    let stock = known.unwrap_or_else(|| {
        let stock = board.lasting(|| Stock {
            group: StoredValue::new(group.to_owned()),
            index: RwSignal::new(Index::default()),
            here: RwSignal::new(false),
            read_at: StoredValue::new(None),
        });
        ALL.with_borrow_mut(|all| all.push(stock));
        stock
    });
    stock.refresh(board);
    stock
}

/// Somebody has changed some of them: they are read again when they are wanted next.
pub fn forget() {
    ALL.with_borrow(|all| all.iter().for_each(|stock| stock.read_at.set_value(None)));
}

impl Stock {
    /// They were asked for, and none is here yet.
    pub fn comes(self) -> bool {
        !self.here.get_untracked() && self.read_at.with_value(Option::is_some)
    }

    pub fn refresh(self, board: Board) {
        let now = board.now.get_untracked();
        if self.read_at.get_value().is_some_and(|at| now - at < FRESH) {
            return;
        }
        self.read_at.set_value(Some(now));
        spawn_local(async move {
            match self.read(board).await {
                Ok(all) => {
                    self.index.set(Index::new(all));
                    self.here.set(true);
                }
                Err(failure) => {
                    self.read_at.set_value(None);
                    board.fail(failure);
                }
            }
        });
    }

    async fn read(self, board: Board) -> Answer<Vec<Canned>> {
        let scopes = [Scope::Own, Scope::Group(self.group.get_value()), Scope::House];
        let mut all = Vec::new();
        // Whoever was invited from elsewhere does not have those of the group.
        for scope in scopes.into_iter().filter(|scope| board.me.with_untracked(|me| scope.is_used_by(&me.agent))) {
            all.extend(read_scope(scope).await?);
        }
        Ok(all)
    }
}

/// All of one scope, page by page.
pub async fn read_scope(scope: Scope) -> Answer<Vec<Canned>> {
    let mut all: Vec<Canned> = Vec::new();
    loop {
        let after = all.last().map_or(String::new(), |canned| canned.shortcut.clone());
        let page = list_canned(scope.clone(), after).await?;
        let more = page.len() == CANNED_PAGE;
        all.extend(page);
        if !more {
            return Ok(all);
        }
    }
}
