//! The line that brings news. It carries up only life signs and hints; on any doubt it
//! is closed and opened again, and what is shown is read again.

use super::board::{Board, Connection};
use super::browser;
use ::line::{Heard, Way, Ways};
use domain::wire::{Bye, Down, Up};
use domain::{Refusal, Time};
use leptos::prelude::*;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::prelude::*;

/// How often an echo proves both directions.
const ECHO_EVERY: u64 = 10_000;
/// How long the echo may take.
const ECHO_WITHIN: f64 = 6_000.0;
/// How long a socket may take to open.
const OPEN_WITHIN: u64 = 10_000;
/// The first pause before trying again, and the longest; the pause is drawn between nothing and it.
const PAUSE: u32 = 500;
const LONGEST_PAUSE: u32 = 20_000;
/// The lists are read again now and then: it keeps the session alive, and heals what nobody noticed.
const LOOK_EVERY: u64 = 5 * 60_000;
/// A tick that comes so late was asleep.
const ASLEEP: f64 = 20_000.0;

#[derive(Clone, Default)]
pub struct Line(Rc<Wire>);

#[derive(Default)]
struct Wire {
    end: RefCell<Option<::line::Line>>,
    ways: Ways,
    /// How the last line was tried.
    way: Cell<Option<Way>>,
    tries: Cell<u32>,
    /// The echo that is awaited, and since when.
    echo: Cell<Option<(u32, f64)>>,
    count: Cell<u32>,
    /// How many sockets there were.
    opened: Cell<u32>,
    /// A reopening is planned.
    planned: Cell<bool>,
    /// How long the server asked to stay away.
    away: Cell<u32>,
}

impl Line {
    /// Says something, when there is anybody to hear it: hints may be lost.
    pub fn send(&self, up: &Up) {
        if let Some(end) = &*self.0.end.borrow() {
            end.say(up);
        }
    }
}

/// Opens the line, and keeps it open as long as the console lives.
pub fn start(board: Board) {
    open(board);
    // Where sockets are blocked there is still something to see.
    board.read_lists_first();
    set_interval(move || echo(board), std::time::Duration::from_millis(ECHO_EVERY));
    set_interval(move || board.read_lists(), std::time::Duration::from_millis(LOOK_EVERY));
    watch_for_sleep(board);
    let _ = window_event_listener(leptos::ev::online, move |_| reopen_now(board));
    let _ = window_event_listener(leptos::ev::offline, move |_| lose(board));
    let _ = document_event_listener("visibilitychange", move || {
        if !browser::is_hidden() {
            echo(board);
        }
    });
}

fn document_event_listener(name: &'static str, heard: impl FnMut() + 'static) -> Option<()> {
    let heard = Closure::<dyn FnMut()>::new(heard);
    document().add_event_listener_with_callback(name, heard.as_ref().unchecked_ref()).ok()?;
    // The console listens as long as its document lives.
    heard.forget();
    Some(())
}

/// A machine that slept has a socket that looks alive: read again at once, and open anew.
fn watch_for_sleep(board: Board) {
    let last = StoredValue::new(browser::now());
    set_interval(
        move || {
            let now = browser::now();
            let slept = now - last.get_value() > ASLEEP && !browser::is_hidden();
            last.set_value(now);
            if slept {
                reopen_now(board);
            }
        },
        std::time::Duration::from_secs(1),
    );
}

fn wire(board: Board) -> Rc<Wire> {
    board.line.with_value(|line| line.0.clone())
}

fn open(board: Board) {
    let wire = wire(board);
    wire.planned.set(false);
    wire.echo.set(None);
    let way = wire.ways.next();
    wire.way.set(Some(way));
    let hears = move |heard| match heard {
        Heard::Frame(frame) => match postcard::from_bytes(&frame) {
            Ok(down) => hear(board, down),
            // We cannot read it: somebody newer speaks.
            Err(_) => lose(board),
        },
        Heard::Closed => lose(board),
    };
    let end = ::line::Line::open(way, &browser::new_id(), None, Box::new(hears));
    if end.is_none() {
        return lose(board);
    }
    wire.end.replace(end);
    let count = wire.opened.get() + 1;
    wire.opened.set(count);
    let late = move || {
        let same = self::wire(board).opened.get() == count;
        if same && board.connection.get_untracked() != Connection::Open {
            lose(board);
        }
    };
    set_timeout(late, std::time::Duration::from_millis(OPEN_WITHIN));
}

fn hear(board: Board, down: Down) {
    let wire = wire(board);
    match down {
        Down::Welcome { now, .. } => {
            wire.tries.set(0);
            if let Some(way) = wire.way.get() {
                wire.ways.worked(way);
            }
            board.ahead.set_value(now.0 as f64 - browser::now());
            board.now.set(Time(now.0));
            board.connection.set(Connection::Open);
            // Subscribed first, read then: nothing falls between.
            board.read_me();
        }
        Down::Pong(count) => {
            if wire.echo.get().is_some_and(|(sent, _)| sent == count) {
                wire.echo.set(None);
            }
        }
        Down::Bye(Bye::Version) => board.connection.set(Connection::Outdated),
        Down::Bye(Bye::Refused(Refusal::SignedOut)) => board.fail(Refusal::SignedOut.into()),
        Down::Bye(Bye::Restart { after }) => wire.away.set(after),
        Down::Bye(Bye::Refused(_) | Bye::Slow) => {}
        news => board.hear(news),
    }
}

/// Asks for an echo; the last one that did not come means that nobody is there.
fn echo(board: Board) {
    let wire = wire(board);
    if board.connection.get_untracked() != Connection::Open {
        return;
    }
    match wire.echo.get() {
        Some((_, since)) if browser::now() - since > ECHO_WITHIN => reopen_now(board),
        Some(_) => {}
        None => {
            let count = wire.count.get().wrapping_add(1);
            wire.count.set(count);
            wire.echo.set(Some((count, browser::now())));
            board.line.with_value(|line| line.send(&Up::Ping(count)));
            set_timeout(move || echo_or_reopen(board, count), std::time::Duration::from_millis(ECHO_WITHIN as u64));
        }
    }
}

fn echo_or_reopen(board: Board, count: u32) {
    let missing =
        wire(board).echo.get().is_some_and(|(sent, since)| sent == count && browser::now() - since < 2.0 * ECHO_WITHIN);
    if missing && !browser::is_hidden() {
        reopen_now(board);
    }
}

/// The line is down: says so, and plans to try again (full jitter).
fn lose(board: Board) {
    let wire = wire(board);
    if board.connection.get_untracked() == Connection::Outdated || wire.planned.get() {
        return;
    }
    if board.connection.get_untracked() != Connection::Open {
        wire.ways.failed();
    }
    board.connection.set(Connection::Lost);
    wire.planned.set(true);
    let tries = wire.tries.get();
    wire.tries.set(tries + 1);
    let most = PAUSE.saturating_mul(2_u32.saturating_pow(tries.min(10))).min(LONGEST_PAUSE);
    let pause = wire.away.replace(0) + browser::up_to(most);
    set_timeout(
        move || {
            if self::wire(board).planned.get() {
                open(board);
            }
        },
        std::time::Duration::from_millis(u64::from(pause)),
    );
}

/// There is reason to believe that it works again, or that it only seems to.
fn reopen_now(board: Board) {
    if board.connection.get_untracked() != Connection::Outdated {
        board.connection.set(Connection::Lost);
        open(board);
    }
}
