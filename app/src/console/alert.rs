//! Telling an agent who looks elsewhere: a sound, a notification of the browser, a count in the title
//! (R47). Where the browser cannot or may not, it is said plainly (R48).

use super::board::{Board, Connection, board};
use super::browser::{self, kept};
use super::icon::Icon;
use super::live::{does, drawn, live};
use super::note::Kind;
use super::room::Room;
use super::route::{self, View};
use crate::words::alarm;
use domain::wire::Card;
use domain::{Event, Span, Stage, Time};
use js_sys::Reflect;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::cell::RefCell;
use std::collections::HashSet;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AudioContext, AudioContextState, Notification, NotificationOptions, NotificationPermission, OscillatorType,
};

/// What the browser lets us do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permission {
    Granted,
    /// Not asked yet.
    Open,
    Denied,
    /// There are no notifications here.
    Missing,
}

/// Whoever waits and was not looked at is heard of again after so long (R47).
const REMIND: Span = Span::secs(15);

/// A player that may play at all has begun after this long.
const STARTING: std::time::Duration = std::time::Duration::from_secs(1);

/// What is on the screen counts as seen after this long.
const SEEING: std::time::Duration = std::time::Duration::from_millis(200);

thread_local! {
    // Browsers allow a sound after the first touch only: one player is kept, and woken by it.
    static PLAYER: RefCell<Option<AudioContext>> = const { RefCell::new(None) };
}

#[derive(Clone, Copy)]
pub struct Alerts {
    pub permission: RwSignal<Permission>,
    pub sound: RwSignal<bool>,
    /// The browser lets nothing be heard.
    pub is_mute: RwSignal<bool>,
}

pub fn start(board: Board) {
    let alerts = Alerts {
        permission: RwSignal::new(permission()),
        sound: RwSignal::new(kept::read("sound").as_deref() != Some("off")),
        is_mute: RwSignal::new(false),
    };
    provide_context(alerts);
    watch(alerts);
    let _ = window_event_listener(leptos::ev::pointerdown, |_| wake());
    let _ = window_event_listener(leptos::ev::keydown, |_| wake());
    tell_of_new_chats(board, alerts);
    tell_of_new_words(board, alerts);
    tell_of_mine(board, alerts);
    tell_of_invitations(board, alerts);
    count_in_title(board);
    remind(board, alerts);
}

/// A chat that came into the queue of a group that I attend.
fn tell_of_new_chats(board: Board, alerts: Alerts) {
    let known = StoredValue::new(None::<HashSet<String>>);
    Effect::new(move || {
        if !board.loaded.get() {
            return;
        }
        let waiting: Vec<Card> = board.cards.with(|cards| {
            cards.iter().filter(|c| c.stage == Stage::Waiting && board.seat(&c.group.id).attendant).cloned().collect()
        });
        let ids: HashSet<String> = waiting.iter().map(|c| c.chat.clone()).collect();
        let before = known.try_update_value(|known| known.replace(ids)).flatten();
        // What was there when I came is not news.
        let Some(before) = before else { return };
        if !board.me.with_untracked(|me| me.online) {
            return;
        }
        for card in waiting.iter().filter(|c| !before.contains(&c.chat)) {
            let title = (board.words.new_chat)(&board.customer(card));
            tell(alerts, &title, &[card.group.name.as_str(), &card.words].join(" · "), "/chat");
        }
    });
}

/// A conversation that the queue or a colleague handed to me. Whoever has nothing else before him is in it at once.
fn tell_of_mine(board: Board, alerts: Alerts) {
    Effect::new(move || {
        let Some(room) = board.handed.get().and_then(|chat| board.room(&chat)) else { return };
        let others = board.rooms.with_untracked(|rooms| rooms.len() > 1);
        if !others && matches!(View::here(), View::Home | View::Chat(None)) {
            route::go(&room.path());
        } else {
            board.note(Kind::Plain, board.words.handed_to_you.into());
        }
        tell(alerts, board.words.handed_to_you, "", &room.path());
    });
}

/// A conversation into which a colleague wants me (R59).
fn tell_of_invitations(board: Board, alerts: Alerts) {
    let known = StoredValue::new(HashSet::<String>::new());
    Effect::new(move || {
        let me = board.my_id();
        let invites = |room: &Room| {
            room.thread.with(|thread| {
                let chat = thread.chat.as_ref().filter(|chat| !chat.is_over())?;
                chat.invited.iter().find(|face| face.id == me)?;
                thread.told.iter().rev().find_map(|told| match &told.event {
                    Event::Invited { by, agent } if agent.id == me => Some(by.name.clone()),
                    _ => None,
                })
            })
        };
        let all: Vec<(Room, String)> =
            board.rooms.get().into_iter().filter_map(|room| invites(&room).map(|by| (room, by))).collect();
        for (room, by) in all.iter().filter(|(room, _)| !known.with_value(|known| known.contains(&room.chat()))) {
            if looked_at().as_deref() != Some(room.chat().as_str()) {
                tell(alerts, &(board.words.invites_you)(by), "", &room.path());
            }
        }
        known.set_value(all.into_iter().map(|(room, _)| room.chat()).collect());
    });
}

/// The conversation that is before my eyes.
fn looked_at() -> Option<String> {
    match View::here() {
        View::Chat(chat) if !browser::is_hidden() => chat,
        _ => None,
    }
}

/// Words for me, of a customer of mine or whispered, while I look elsewhere.
fn tell_of_new_words(board: Board, alerts: Alerts) {
    let before = StoredValue::new(0_u32);
    let unread = move || {
        let me = board.my_id();
        board.rooms.get().iter().filter(|room| room.is_running_with(&me)).map(|room| room.unread(&me)).sum::<u32>()
    };
    let look = move || {
        let me = board.my_id();
        let rooms = board.rooms.get_untracked();
        let unread = untrack(unread);
        if unread > before.get_value() && board.connection.get_untracked() == Connection::Open {
            let last = rooms.iter().find(|room| untrack(|| room.unread(&me)) > 0);
            if browser::is_hidden()
                && let Some((name, words, path)) = last.and_then(|room| untrack(|| last_words(board, *room)))
            {
                tell(alerts, &name, &words, &path);
            } else if alerts.sound.get_untracked() {
                play();
            }
        }
        before.set_value(unread);
    };
    Effect::new(move || {
        unread();
        // What is open before my eyes is seen in the meantime.
        set_timeout(look, SEEING);
    });
}

fn last_words(board: Board, room: Room) -> Option<(String, String, String)> {
    let name = room.of(|chat| board.words.common.name(&chat.customer.name, chat.number))?;
    let words = room.thread.with(|thread| {
        thread.told.iter().rev().find_map(|t| match &t.event {
            Event::Posted { text, .. } => Some(text.chars().take(120).collect::<String>()),
            Event::Attached { file, .. } => Some(file.name.clone()),
            Event::Whispered { by, text } => {
                let text = text.chars().take(120).collect::<String>();
                Some([by.name.as_str(), " · ", board.words.whisper_mark, ": ", &text].concat())
            }
            _ => None,
        })
    })?;
    Some((name, words, room.path()))
}

/// Who waits for me and what I have not read, before the name of the page.
fn count_in_title(board: Board) {
    Effect::new(move || {
        let me = board.my_id();
        let waiting = board.cards.with(|cards| {
            cards.iter().filter(|c| c.stage == Stage::Waiting && board.seat(&c.group.id).attendant).count()
        });
        let unread: u32 =
            board.rooms.get().iter().filter(|room| room.is_running_with(&me)).map(|room| room.unread(&me)).sum();
        let count = waiting + unread as usize;
        let title = if count > 0 { ["(", &count.to_string(), ") Recado"].concat() } else { "Recado".into() };
        document().set_title(&title);
        draw_icon(count);
    });
}

/// The same count on the page's icon, for a tab that is too narrow for its title.
fn draw_icon(count: usize) {
    let Ok(Some(link)) = document().query_selector("link[rel=icon]") else { return };
    let own = link.get_attribute("data-own").or_else(|| link.get_attribute("href")).unwrap_or_default();
    let _ = link.set_attribute("data-own", &own);
    let count = match count {
        0 => return drop(link.set_attribute("href", &own)),
        1..=9 => count.to_string(),
        _ => "9+".into(),
    };
    let drawing = [
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'><rect width='32' height='32' rx='9' fill='#a11d1d'/>",
        "<text x='16' y='24' font-family='system-ui' font-size='22' font-weight='700' fill='#fff' text-anchor='middle'>",
        &count,
        "</text></svg>",
    ]
    .concat();
    let _ = link.set_attribute(
        "href",
        &["data:image/svg+xml,", &String::from(js_sys::encode_uri_component(&drawing))].concat(),
    );
}

/// Who waits for a group of mine is heard of again and again, until I have looked at the queue; so is a conversation
/// that waits for my first word, or into which I am invited, until I have looked at it.
fn remind(board: Board, alerts: Alerts) {
    let seen = StoredValue::new(HashSet::<String>::new());
    let rang = StoredValue::new(Time(0));
    // Seen in the queue is not seen when it is mine.
    let mine = |chat: &str| ["mine ", chat].concat();
    Effect::new(move || {
        let now = board.now.get();
        let me = board.my_id();
        let waiting: Vec<String> = board.cards.with(|cards| {
            let mine = cards.iter().filter(|c| c.stage == Stage::Waiting && board.seat(&c.group.id).attendant);
            mine.map(|c| c.chat.clone()).collect()
        });
        let rooms = board.rooms.get().into_iter();
        // Who has looked at one that he is in has seen it, whichever page that was.
        let looked = |room: &Room| room.is_running_with(&me) && kept::read(&["seen.", &room.chat()].concat()).is_some();
        let awaits = rooms.filter(|room| room.thread.with(|thread| thread.awaits(&me)) && !looked(room));
        let awaits: Vec<String> = awaits.map(|room| mine(&room.chat())).collect();
        let looks = !browser::is_hidden() && matches!(View::here(), View::Chat(_));
        seen.update_value(|seen| {
            if looks {
                seen.extend(waiting.iter().cloned());
                seen.extend(looked_at().map(|chat| mine(&chat)));
            }
            seen.retain(|one| waiting.contains(one) || awaits.contains(one));
        });
        let is_new = |all: &[String]| seen.with_value(|seen| all.iter().any(|one| !seen.contains(one)));
        let news = is_new(&awaits) || is_new(&waiting) && board.me.with_untracked(|me| me.online);
        if !news {
            return rang.set_value(now);
        }
        if alerts.sound.get_untracked() && now - rang.get_value() >= REMIND {
            rang.set_value(now);
            play();
        }
    });
}

pub fn tell(alerts: Alerts, title: &str, body: &str, path: &str) {
    if alerts.sound.get_untracked() {
        play();
    }
    if alerts.permission.get_untracked() == Permission::Granted && !notify(title, body, path) {
        alerts.permission.set(Permission::Missing);
    }
}

/// False: the browser has the name, but not the thing (phones).
fn notify(title: &str, body: &str, path: &str) -> bool {
    let options = NotificationOptions::new();
    options.set_body(body);
    options.set_tag(path);
    let Ok(notification) = Notification::new_with_options(title, &options) else {
        return false;
    };
    let path = path.to_owned();
    let clicked = Closure::once_into_js({
        let notification = notification.clone();
        move || {
            notification.close();
            let _ = window().focus();
            route::go(&path);
        }
    });
    notification.set_onclick(Some(clicked.unchecked_ref()));
    true
}

fn permission() -> Permission {
    if !Reflect::has(&window(), &"Notification".into()).unwrap_or(false) || !window().is_secure_context() {
        return Permission::Missing;
    }
    match Notification::permission() {
        NotificationPermission::Granted => Permission::Granted,
        NotificationPermission::Denied => Permission::Denied,
        _ => Permission::Open,
    }
}

fn ask(alerts: Alerts) {
    let Ok(promise) = Notification::request_permission() else {
        return alerts.permission.set(Permission::Missing);
    };
    spawn_local(async move {
        let _ = JsFuture::from(promise).await;
        alerts.permission.set(permission());
    });
}

/// Follows whether a sound can be heard: what it is after a moment, and whenever that is otherwise.
fn watch(alerts: Alerts) {
    let look = move || {
        let runs = PLAYER.with_borrow(|player| player.as_ref().map(|p| p.state() == AudioContextState::Running));
        alerts.is_mute.set(runs == Some(false));
    };
    PLAYER.with_borrow_mut(|player| {
        *player = AudioContext::new().ok();
        if let Some(player) = player {
            let hears = Closure::<dyn FnMut()>::new(look).into_js_value();
            player.set_onstatechange(Some(hears.unchecked_ref()));
        }
    });
    set_timeout(look, STARTING);
}

/// Wakes the player: browsers ask for a touch or a key first.
pub fn wake() {
    PLAYER.with_borrow(|player| {
        if let Some(player) = player.as_ref().filter(|p| p.state() != AudioContextState::Running) {
            let _ = player.resume();
        }
    });
}

/// Two soft tones, one above the other.
fn play() {
    PLAYER.with_borrow(|player| {
        let Some(player) = player.as_ref().filter(|p| p.state() == AudioContextState::Running) else {
            return;
        };
        for (tone, after) in [(660.0, 0.0), (880.0, 0.14)] {
            let _ = ring(player, tone, player.current_time() + after);
        }
    });
}

fn ring(player: &AudioContext, tone: f32, at: f64) -> Result<(), JsValue> {
    let (voice, gain) = (player.create_oscillator()?, player.create_gain()?);
    voice.set_type(OscillatorType::Sine);
    voice.frequency().set_value(tone);
    gain.gain().set_value_at_time(0.0001, at)?;
    gain.gain().exponential_ramp_to_value_at_time(0.16, at + 0.02)?;
    gain.gain().exponential_ramp_to_value_at_time(0.0001, at + 0.32)?;
    voice.connect_with_audio_node(&gain)?.connect_with_audio_node(&player.destination())?;
    voice.start_with_when(at)?;
    voice.stop_with_when(at + 0.34)
}

/// The bell of the top bar: its word is the state, and what it opens says the rest.
#[component]
pub fn Bell() -> impl IntoView {
    let board = board();
    let alerts = expect_context::<Alerts>();
    let words = board.words;
    let open = RwSignal::new(false);
    let works = move || alerts.permission.get() == Permission::Granted;
    let opener: NodeRef<leptos::html::Button> = NodeRef::new();
    let escape = move |key: web_sys::KeyboardEvent| {
        if key.key() == "Escape" && open.get_untracked() {
            open.set(false);
            if let Some(opener) = opener.get_untracked() {
                let _ = opener.focus();
            }
        }
    };
    let label = move || match alerts.permission.get() {
        Permission::Granted => words.alerts_on,
        Permission::Open => words.alerts_ask,
        Permission::Denied => words.alerts_denied,
        Permission::Missing => words.alerts_missing,
    };
    view! {
        <div class="bell" on:keydown=does(escape)>
            <button
                class="button button--bare button--s" type="button" node_ref=opener aria-expanded=live(move || open.get().to_string()) title=live(label)
                on:click=does(move |_| open.update(|open| *open = !*open))
            >
                {drawn(move || if works() { view! { <Icon name="bell" small=true/> } } else { view! { <Icon name="bell-off" small=true/> } })}
                <span>{live(label)}</span>
            </button>
            <div class="menu bell__menu" hidden=live(move || !open.get())>
                <p class="bell__say">{live(move || match alerts.permission.get() {
                    Permission::Granted => words.alerts_on_say,
                    Permission::Open => words.alerts_ask_say,
                    Permission::Denied => words.alerts_denied_say,
                    Permission::Missing => words.alerts_missing_say,
                })}</p>
                <button class="button button--s button--act" type="button" hidden=live(move || alerts.permission.get() != Permission::Open) on:click=does(move |_| ask(alerts))>
                    {words.alerts_allow}
                </button>
                <label class="choice choice--bare">
                    <input type="checkbox" prop:checked=live(move || alerts.sound.get()) on:change=does(move |_| sound(alerts))/>
                    <span class="choice__text">{words.sound}</span>
                    <button class="button button--s" type="button" on:click=does(move |_| { wake(); tell(alerts, words.alert_try_title, words.alert_try, "/chat") })>{words.try_it}</button>
                </label>
            </div>
        </div>
    }
}

fn sound(alerts: Alerts) {
    alerts.sound.update(|sound| *sound = !*sound);
    kept::write("sound", if alerts.sound.get_untracked() { "" } else { "off" });
}

/// What the empty view says of it.
pub fn checks(alerts: Alerts, words: &'static crate::words::Words) -> impl IntoView {
    let granted = move || alerts.permission.get() == Permission::Granted;
    view! {
        <li hidden=live(move || !granted())><Icon name="check" small=true/><span>{words.alerts_check}</span></li>
        <li hidden=live(granted) class="checks__off"><Icon name="bell-off" small=true/><span>{live(move || match alerts.permission.get() {
            Permission::Denied => words.alerts_denied_say,
            Permission::Missing => words.alerts_missing_say,
            Permission::Granted | Permission::Open => words.alerts_ask_say,
        })}</span></li>
        <li hidden=live(move || !alerts.sound.get() || alerts.is_mute.get())><Icon name="check" small=true/><span>{words.sound_check}</span></li>
        <li hidden=live(move || !alerts.sound.get() || !alerts.is_mute.get()) class="checks__off"><Icon name="bell-off" small=true/><span>{alarm::of(words.common.lang).sound}</span></li>
    }
}
