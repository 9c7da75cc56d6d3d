//! A bar when the browser keeps an agent from hearing or seeing what he asked to be told (R48). It stands in the bar of
//! the page, where it moves nothing when it comes or goes.

use super::alert::{Alerts, Permission, wake};
use super::board::board;
use super::icon::Icon;
use super::live::{does, live, memo};
use crate::words::alarm as says;
use leptos::prelude::*;

/// What was put away in this tab, until it is closed.
const AWAY: &str = "recado.alarm";

/// Which of it is blocked; the sound first, which is mended by a press.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Blocked {
    Sound,
    Notices,
}

impl Blocked {
    fn name(self) -> &'static str {
        match self {
            Blocked::Sound => "sound",
            Blocked::Notices => "notices",
        }
    }
}

#[component]
pub fn Alarm() -> impl IntoView {
    let board = board();
    let alerts = expect_context::<Alerts>();
    let says = says::of(board.words.common.lang);
    let away = RwSignal::new(read());
    let blocked = memo(move |_| {
        let sound = (alerts.sound.get() && alerts.is_mute.get()).then_some(Blocked::Sound);
        let notices = (alerts.permission.get() == Permission::Denied).then_some(Blocked::Notices);
        let shown = |one: &Blocked| away.with(|away| !away.split(' ').any(|name| name == one.name()));
        // Who takes no chats is told of none.
        let told = board.me.with(|me| me.agent.may_chat());
        sound.filter(shown).or(notices.filter(shown)).filter(|_| told)
    });
    // A touch wakes the sound before it is a click: what is put away is what was read when it began.
    let pressed = StoredValue::new(None::<Blocked>);
    let hide = move |_: web_sys::MouseEvent| {
        if let Some(one) = pressed.get_value().or_else(|| blocked.get_untracked()) {
            pressed.set_value(None);
            away.update(|away| *away = [away.as_str(), " ", one.name()].concat());
            away.with_untracked(|away| write(away));
        }
    };
    view! {
        <div class="alarm" role="status">
            <p class="alarm__say" hidden=live(move || blocked.get().is_none())>
                <Icon name="bell-off" small=true/>
                <span class="alarm__text">{live(move || match blocked.get() {
                    Some(Blocked::Notices) => says.notices,
                    Some(Blocked::Sound) | None => says.sound,
                })}</span>
                <button class="button button--s" type="button" hidden=live(move || blocked.get() != Some(Blocked::Sound)) on:click=does(move |_| wake())>{says.let_sound}</button>
                <button class="button button--bare button--icon button--s" type="button" aria-label=says.hide title=says.hide on:pointerdown=does(move |_| pressed.set_value(blocked.get_untracked())) on:click=does(hide)><Icon name="x" small=true/></button>
            </p>
        </div>
    }
}

fn read() -> String {
    let storage = window().session_storage().ok().flatten();
    storage.and_then(|storage| storage.get_item(AWAY).ok().flatten()).unwrap_or_default()
}

fn write(away: &str) {
    if let Ok(Some(storage)) = window().session_storage() {
        let _ = storage.set_item(AWAY, away);
    }
}
