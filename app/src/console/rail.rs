//! The rail: the main menu, and who I am. Chat is there for who may chat only (R42).

use super::account::Account;
use super::board::board;
use super::icon::Icon;
use super::live::{does, live, memo};
use super::part::Part;
use super::route::place;
use crate::doors::application::may_see;
use domain::Stage;
use leptos::prelude::*;

#[component]
pub fn Rail() -> impl IntoView {
    let board = board();
    let words = board.words;
    let asked = memo(move |_| place().asked.with(|view| view.part()));
    let here = move |part: Part| live(move || (asked.get() == Some(part)).then_some("page"));
    let chats = move || board.me.with(|me| me.agent.may_chat());
    let applications = move || board.me.with(|me| may_see(&me.agent));
    let waiting = memo(move |_| board.cards.with(|cards| cards.iter().filter(|c| c.stage == Stage::Waiting).count()));
    let unread = memo(move |_| {
        let me = board.my_id();
        let rooms = board.rooms.get();
        rooms.iter().filter(|room| room.is_running_with(&me)).map(|room| room.unread(&me) as usize).sum::<usize>()
    });
    let said = move || {
        let (waiting, unread) = (waiting.get(), unread.get());
        [(words.count_waiting)(waiting), ", ".into(), (words.count_unread)(unread as u32)].concat()
    };
    let calls = move || waiting.get() + unread.get();
    view! {
        <nav class="rail" aria-label=words.main_menu>
            <a class="rail__mark" href="/" aria-label="Recado"><Icon name="note"/></a>
            <a class="rail__link" href="/chat" hidden=live(move || !chats()) aria-current=here(Part::Chat) on:pointerenter=does(move |_| Part::Chat.expect())>
                <Icon name="chat"/>{words.menu_chat}
                <span class="badge" hidden=live(move || calls() == 0)>
                    <span aria-hidden="true">{live(calls)}</span>
                    <span class="visually-hidden">{live(said)}</span>
                </span>
            </a>
            <a class="rail__link" href="/tickets" aria-current=here(Part::Tickets) on:pointerenter=does(move |_| Part::Tickets.expect())><Icon name="ticket"/>{words.menu_tickets}</a>
            <a class="rail__link" href="/monitor" hidden=live(move || !applications()) aria-current=here(Part::Monitor) on:pointerenter=does(move |_| Part::Monitor.expect())><Icon name="pulse"/><span class="rail__word">{words.menu_monitor}</span></a>
            <a class="rail__link" href="/indicators" hidden=live(move || !applications()) aria-current=here(Part::Indicators) on:pointerenter=does(move |_| Part::Indicators.expect())>
                <Icon name="chart"/><span class="rail__word">{words.menu_indicators}</span>
            </a>
            <a class="rail__link" href="/answers" hidden=live(move || !chats()) aria-current=here(Part::Answers)><Icon name="bolt"/><span class="rail__word">{words.menu_answers}</span></a>
            <a class="rail__link rail__link--last" href="/settings" hidden=live(move || !applications()) aria-current=live(move || asked.get().is_some_and(|part| matches!(part, Part::Settings | Part::Applications | Part::Triggers | Part::Audit)).then_some("page")) on:pointerenter=does(move |_| Part::Settings.expect())>
                <Icon name="tune"/><span class="rail__word">{words.menu_settings}</span>
            </a>
            <Account/>
        </nav>
    }
}
