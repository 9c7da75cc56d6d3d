//! Who belongs to no group sees neither chats nor tickets (R42): why, and who can change it. Once it is changed the
//! console has both, without a reload.

use super::board::{Board, board};
use super::live::memo;
use leptos::prelude::*;

pub fn is_groupless(board: Board) -> Memo<bool> {
    memo(move |_| board.me.with(|me| !me.agent.may_chat()))
}

#[component]
pub fn Groupless() -> impl IntoView {
    let words = board().words;
    view! {
        <div class="empty">
            <h2>{words.no_group}</h2>
            <p>{words.no_group_say}</p>
            <p><a href="/profile">{words.menu_profile}</a></p>
        </div>
    }
}
