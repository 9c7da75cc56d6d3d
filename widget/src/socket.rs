//! The socket: what happens comes down it, life signs and typing go up.
//!
//! It proves itself in both directions by an echo, is given up without one, and comes back after
//! full jitter. Whatever it may have missed is read over HTTP once it is through.

use crate::clock::{self, later};
use crate::dom::{self, document, window};
use crate::page;
use crate::visit::Visit;
use domain::wire::{Bye, Down, Up};
use line::{Heard, Line, Reader, Way, Ways};
use std::cell::{Cell, RefCell};
use web_sys::VisibilityState;

/// A life sign is asked for so often; if none came until the next time, the line is dead.
const BEAT: i32 = 8_000;
/// After a sleep or a change of network the answer must come sooner.
const PROOF: i32 = 3_000;
/// A line that is back sooner was not worth a word.
const PATIENCE: i32 = 2_000;
/// How long somebody counts as writing after the last hint.
const WRITES: i32 = 5_000;
/// How often we hint.
const HINT: i64 = 3_000;

thread_local! {
    static LINE: RefCell<Option<Line>> = const { RefCell::new(None) };
    static WAYS: Ways = const { Ways::new() };
    static WAY: Cell<Way> = const { Cell::new(Way::Socket) };
    /// Counts the lines, so that what was planned for an old one is known as such.
    static TURN: Cell<u32> = const { Cell::new(0) };
    static TRIES: Cell<u32> = const { Cell::new(0) };
    /// The echo that we wait for.
    static AWAITED: Cell<Option<u32>> = const { Cell::new(None) };
    static HINTED: Cell<i64> = const { Cell::new(0) };
}

/// Listens to what may have cut or brought back the line.
pub fn watch(visit: Visit) {
    clock::spawn(async move {
        loop {
            clock::sleep(BEAT).await;
            beat(visit);
        }
    });
    dom::listen(&window(), &["online", "pageshow"], move |_| wake(visit));
    dom::listen(&document(), &["visibilitychange"], move |_| wake(visit));
}

fn wake(visit: Visit) {
    let hidden = document().visibility_state() == VisibilityState::Hidden;
    if page::is_alone() {
        visit.look(!hidden);
    }
    if hidden && wanted(visit) {
        visit.save();
    }
    if hidden || LINE.with_borrow(Option::is_none) && !wanted(visit) {
        return;
    }
    let connected = visit.peek().connected;
    if connected {
        ping();
        let turn = TURN.get();
        later(PROOF, move || {
            if turn == TURN.get() && AWAITED.get().is_some() {
                lose(visit)
            }
        });
    } else {
        TRIES.set(0);
        connect(visit);
    }
}

fn wanted(visit: Visit) -> bool {
    let (token, chat) = visit.ticket();
    !chat.is_empty() && !token.is_empty()
}

/// Opens the line of the open conversation, in place of an older one.
pub fn connect(visit: Visit) {
    close(visit);
    if !wanted(visit) {
        return;
    }
    let (turn, token) = (TURN.get(), visit.ticket().0);
    let way = WAYS.with(Ways::next);
    WAY.set(way);
    let hears = move |heard| match heard {
        Heard::Frame(bytes) => {
            if let Some(down) = read(&bytes) {
                hear(visit, down);
            }
        }
        Heard::Closed => lose(visit),
    };
    LINE.set(Line::open(way, &clock::id(), Some(&token), Box::new(hears)));

    // A server that takes the call and says nothing is no server.
    let silent = move || turn == TURN.get() && !visit.peek().connected;
    later(BEAT, move || {
        if silent() {
            lose(visit)
        }
    });
}

/// Closes for good; nobody calls again.
pub fn close(visit: Visit) {
    visit.change().connected = false;
    TURN.set(TURN.get().wrapping_add(1));
    AWAITED.set(None);
    drop(LINE.take());
}

/// The line is dead: call again after full jitter.
fn lose(visit: Visit) {
    let connected = visit.peek().connected;
    if !connected {
        WAYS.with(Ways::failed);
    }
    let tries = TRIES.get();
    TRIES.set(tries.saturating_add(1));
    call_again(visit, clock::back_off(tries));
}

fn call_again(visit: Visit, millis: i32) {
    close(visit);
    let silent = move || wanted(visit) && !visit.peek().connected;
    later(PATIENCE, move || {
        if silent() {
            visit.change().cut = true
        }
    });
    let turn = TURN.get();
    later(millis, move || {
        if turn == TURN.get() {
            connect(visit)
        }
    });
}

fn up(frame: &Up) {
    LINE.with_borrow(|line| line.as_ref().map(|line| line.say(frame)));
}

fn ping() {
    let number = AWAITED.get().unwrap_or(TURN.get()).wrapping_add(1);
    AWAITED.set(Some(number));
    up(&Up::Ping(number));
}

fn beat(visit: Visit) {
    let connected = visit.peek().connected;
    match AWAITED.get() {
        _ if !connected => {}
        Some(_) => lose(visit),
        None => ping(),
    }
}

/// Says that he is writing, at most every few seconds.
pub fn hint(chat: &str) {
    let now = clock::now().0;
    if now - HINTED.get() > HINT {
        HINTED.set(now);
        up(&Up::Typing { chat: chat.into() });
    }
}

/// Says how far he has read, and so learns how far the agents have.
pub fn read_up_to(visit: Visit) {
    let (_, chat) = visit.ticket();
    let seq = visit.peek().kept.seen;
    if !chat.is_empty() {
        up(&Up::Read { chat, seq });
    }
}

/// He has sent: the next letter is a new hint.
pub fn hinted() {
    HINTED.set(0);
}

/// Reads what a visitor may hear. The rest of [`Down`] is for staff; to read it would weigh ten
/// kilobytes, and it is never sent here. Variants are only ever appended, so their numbers stay.
fn read(bytes: &[u8]) -> Option<Down> {
    let mut reader = Reader::new(bytes);
    let down = match reader.take::<u32>() {
        0 => Down::Welcome { epoch: reader.take(), now: reader.take() },
        1 => Down::Pong(reader.take()),
        2 => Down::Told(reader.take()),
        3 => Down::Typing { chat: reader.take(), by: reader.take() },
        4 => Down::Wait(reader.take()),
        9 => Down::Bye(reader.take()),
        10 => Down::Read(reader.take()),
        _ => return None,
    };
    reader.is_sound().then_some(down)
}

fn hear(visit: Visit, down: Down) {
    match down {
        Down::Welcome { .. } => {
            TRIES.set(0);
            WAYS.with(|ways| ways.worked(WAY.get()));
            {
                let mut state = visit.change();
                state.connected = true;
                state.cut = false;
            }
            // Subscribed first, then read: nothing can fall between.
            clock::spawn(async move {
                visit.read().await;
                read_up_to(visit);
                visit.send_all();
            });
        }
        Down::Pong(number) if AWAITED.get() == Some(number) => AWAITED.set(None),
        Down::Told(told) => {
            let whole = visit.hear(&[told]);
            if !whole {
                clock::spawn(visit.read());
            }
        }
        Down::Typing { by: Some(face), .. } => {
            let now = clock::now().0;
            let mut state = visit.change();
            state.typing.retain(|(one, _)| one.id != face.id);
            state.typing.push((face, now));
            later(WRITES, move || visit.change().typing.retain(|(_, heard)| *heard > now));
        }
        Down::Read(read) => visit.change().agents_read = read.agents,
        Down::Wait(wait) => visit.change().wait = Some(wait),
        Down::Bye(Bye::Restart { after }) => call_again(visit, i32::try_from(after).unwrap_or(1_000)),
        // Read again at once; whoever left us behind has room now.
        Down::Bye(Bye::Slow) => call_again(visit, 0),
        // The server has moved on without us: the new window speaks its language.
        Down::Bye(Bye::Version) => {
            close(visit);
            let _ = window().location().reload();
        }
        // Reading tells whether he is still let in, and under which token; if so, he was only not understood.
        Down::Bye(Bye::Refused(_)) => {
            close(visit);
            let turn = TURN.get();
            clock::spawn(async move {
                visit.read().await;
                if turn == TURN.get() && wanted(visit) {
                    lose(visit);
                }
            });
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::wire::{Read, Wait};
    use domain::{Event, Face, Time, Told};

    #[test]
    fn what_a_visitor_may_hear_is_read_as_it_was_said() {
        let told = Told { chat: "c".into(), seq: 2, after: 2, at: Time(7), act: "a".into(), event: Event::Returned };
        let all = [
            Down::Welcome { epoch: "e".into(), now: Time(5) },
            Down::Pong(9),
            Down::Told(told),
            Down::Typing { chat: "c".into(), by: Some(Face { id: "i".into(), name: "Inés".into() }) },
            Down::Wait(Wait { chat: "c".into(), place: Some(3), ..Wait::default() }),
            Down::Bye(Bye::Restart { after: 400 }),
            Down::Read(Read { chat: "c".into(), customer: 3, agents: 4 }),
        ];

        for down in all {
            let bytes = postcard::to_allocvec(&down).unwrap();
            assert_eq!(read(&bytes), Some(down));
        }
    }
}
