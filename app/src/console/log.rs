//! The log: what was said and what happened, as turns. Words of one person in a row are one turn.

use super::amend::{Amend, Amending, Amendments, Was};
use super::board::{Board, board};
use super::clipboard;
use super::clock;
use super::composer::Mode;
use super::face::Avatar;
use super::file::{self, Attached, OnItsWay};
use super::icon::Icon;
use super::live::{does, drawn, live, memo, rows};
use super::outbox::Pending;
use super::room::Room;
use super::text;
use domain::amend;
use domain::mention::{self, Piece};
use domain::rating::Rating;
use domain::{Chat, Event, Face, File, Span, Thread, Time, Told};
use leptos::html;
use leptos::prelude::*;

/// A silence after which the same person's words are another turn.
const TURN: Span = Span::minutes(5);
/// So near to its end the log follows what comes.
const NEAR: i32 = 120;

/// Whose words stand on the right.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Mine: in a conversation.
    Mine,
    /// Those of the house: in a ticket.
    House,
    /// The same, of another conversation that is unfolded there: its files are opened where it stands itself, since one
    /// page has the pass for those of one. It scrolls with the ticket, and nothing of it is news.
    Linked,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tone {
    Said,
    Noted,
    Whispered,
}

/// What is drawn in one piece.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Turn {
    Notice { key: String, text: String, at: Time, ruled: bool },
    Words(Words),
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Words {
    key: String,
    /// None: the customer.
    by: Option<Face>,
    /// Who it is, the customer too.
    face: Face,
    right: bool,
    tone: Tone,
    at: Time,
    until: Time,
    /// The number of its last words.
    seq: u32,
    /// Said while nobody attended yet.
    waiting: bool,
    bubbles: Vec<Bubble>,
    /// The last words on the right: they have the mark that says they arrived.
    last_of_mine: bool,
}

/// One message.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Bubble {
    seq: u32,
    said: Said,
    /// What it was before, each time it was said otherwise.
    was: Vec<String>,
}

/// What stands in one bubble.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Said {
    /// An agent took it back.
    Nothing,
    Text(String),
    /// A note that names agents: each piece, and whether it is a name.
    Note(Vec<(bool, String)>),
    /// With the id of the act that attached it.
    File(File, String),
}

impl Turn {
    fn has_files(&self) -> bool {
        matches!(self, Turn::Words(words) if words.bubbles.iter().any(|bubble| matches!(bubble.said, Said::File(..))))
    }

    /// Changes with what is drawn, so that only the turn that grew is drawn anew.
    fn key(&self) -> String {
        match self {
            Turn::Notice { key, .. } => key.clone(),
            Turn::Words(w) => {
                // Whom a note names is heard a moment after it.
                let amended: usize = w.bubbles.iter().map(|bubble| bubble.was.len() + names(&bubble.said)).sum();
                let count = w.bubbles.len().to_string();
                [w.key.as_str(), "-", &count, "-", &amended.to_string(), if w.last_of_mine { "!" } else { "" }].concat()
            }
        }
    }
}

fn names(said: &Said) -> usize {
    match said {
        Said::Note(pieces) => pieces.iter().filter(|(name, _)| *name).count(),
        _ => 0,
    }
}

#[component]
pub fn Log(
    room: Room,
    side: Side,
    /// What it is called, where it is not the only one.
    #[prop(optional)]
    label: Option<String>,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    let board = board();
    let words = board.words;
    file::start(board);
    let turns = memo(move |_| room.thread.with(|thread| turns(board, thread, side)));
    let frame: NodeRef<html::Div> = NodeRef::new();
    let follows = StoredValue::new(true);
    let typists = memo(move |_| room.typists(board.now.get()));
    let amending = Amending::new();
    let whole = side != Side::Linked;
    let has_files = memo(move |_| turns.with(|turns| turns.iter().any(Turn::has_files)));
    Effect::new(move || {
        turns.track();
        room.files.track();
        if has_files.get() && whole {
            request_animation_frame(move || room.show_files());
        }
    });
    Effect::new(move || {
        turns.track();
        room.pending.track();
        room.files.with(|files| files.len());
        typists.track();
        if !super::browser::is_hidden() && side == Side::Mine {
            room.see(board);
        }
        if follows.get_value() {
            request_animation_frame(move || to_the_end(frame));
        }
    });
    let seen = window_event_listener(leptos::ev::focus, move |_| room.see(board));
    on_cleanup(move || seen.remove());
    view! {
        <div class="talk__log" class:talk__log--top={side != Side::Mine} node_ref=frame tabindex=whole.then_some("0") role="region" aria-label=label.unwrap_or_else(|| words.log.into())
            on:scroll=does(move |_| follows.set_value(is_near_the_end(frame)))>
            {(side == Side::Mine).then(|| view! { <Amendments room=room amending=amending/> })}
            <div class="log" role=whole.then_some("log") aria-live=whole.then_some("polite")>
                {rows(move || turns.get(), Turn::key, move |turn| draw(board, room, amending, turn, side))}
                {rows(
                    move || room.pending.get(),
                    |p| [p.id.as_str(), p.failed.as_deref().unwrap_or_default()].concat(),
                    move |pending| view! { <Unsent room=room pending=pending/> },
                )}
                {rows(move || room.files.with(|files| files.to_vec()), file::key, move |sending| view! { <OnItsWay room=room sending=sending/> })}
                {children.map(|children| children())}
                {drawn(move || typists.get().into_iter().filter_map(|who| {
                    let customer = who.is_none();
                    let face = who.or_else(|| room.of(|chat| board.face(chat)))?;
                    let writes = (words.writes)(&face.name);
                    Some(view! {
                        <div class="log__turn"><Avatar face=face customer=customer/><p class="visually-hidden">{writes}</p><span class="typing" aria-hidden="true"><i></i><i></i><i></i></span></div>
                    })
                }).collect_view())}
            </div>
        </div>
    }
}

fn to_the_end(frame: NodeRef<html::Div>) {
    // The next frame may come when the view has gone.
    if let Some(frame) = frame.try_get_untracked().flatten() {
        frame.set_scroll_top(frame.scroll_height());
    }
}

fn is_near_the_end(frame: NodeRef<html::Div>) -> bool {
    frame.try_get_untracked().flatten().is_none_or(|f| f.scroll_height() - f.scroll_top() - f.client_height() < NEAR)
}

fn turns(board: Board, thread: &Thread, side: Side) -> Vec<Turn> {
    let Some(chat) = &thread.chat else { return Vec::new() };
    let customer = board.face(chat);
    let me = board.my_id();
    let mut turns: Vec<Turn> = Vec::new();
    let mut attended = false;
    for told in &thread.told {
        attended |= matches!(told.event, Event::Attended { .. } | Event::Redirected { .. });
        let Some((by, tone, said)) = said(thread, told) else {
            if let Some(turn) = notice(board, chat, told, &customer.name) {
                turns.push(turn);
            }
            continue;
        };
        let right = by.is_some_and(|face| side != Side::Mine || face.id == me);
        if let Some(Turn::Words(last)) = turns.last_mut()
            && last.by.as_ref() == by
            && last.tone == tone
            && told.at - last.until < TURN
            && last.waiting != attended
        {
            last.bubbles.push(bubble(thread, told, said));
            last.until = told.at;
            last.seq = told.seq;
            continue;
        }
        turns.push(Turn::Words(Words {
            key: key(told),
            by: by.cloned(),
            face: by.unwrap_or(&customer).clone(),
            right,
            tone,
            at: told.at,
            until: told.at,
            seq: told.seq,
            waiting: !attended,
            bubbles: vec![bubble(thread, told, said)],
            last_of_mine: false,
        }));
    }
    let last = turns.iter_mut().rev().find_map(|turn| match turn {
        Turn::Words(words) if words.right && words.tone == Tone::Said => Some(words),
        _ => None,
    });
    if let Some(last) = last {
        last.last_of_mine = true;
    }
    turns
}

fn key(told: &Told) -> String {
    [if told.event.is_aside() { "a" } else { "e" }, &told.seq.to_string()].concat()
}

/// A message as it stands, and what it was.
fn bubble(thread: &Thread, told: &Told, said: Said) -> Bubble {
    let mut was: Vec<String> = amend::versions(&thread.told, told).into_iter().map(str::to_owned).collect();
    let said = match was.pop() {
        Some(now) if now.is_empty() => Said::Nothing,
        Some(now) => Said::Text(now),
        None => said,
    };
    Bubble { seq: told.seq, said, was }
}

fn said<'t>(thread: &Thread, told: &'t Told) -> Option<(Option<&'t Face>, Tone, Said)> {
    let words = |text: &String| Said::Text(text.clone());
    match &told.event {
        Event::Posted { by, text } => Some((by.as_ref(), Tone::Said, words(text))),
        Event::Attached { by, file } => Some((by.as_ref(), Tone::Said, Said::File(file.clone(), told.act.clone()))),
        Event::Noted { by, text } => Some((Some(by), Tone::Noted, note(thread, text))),
        Event::Whispered { by, text } => Some((Some(by), Tone::Whispered, words(text))),
        _ => None,
    }
}

/// A note with the names of whom it mentions, as they were called then.
fn note(thread: &Thread, text: &str) -> Said {
    let face = |id: &str| {
        thread.told.iter().find_map(|told| match &told.event {
            Event::Mentioned { agents, .. } => agents.iter().find(|face| face.id == id),
            _ => None,
        })
    };
    let mut pieces: Vec<(bool, String)> = Vec::new();
    for piece in mention::pieces(text) {
        pieces.push(match piece {
            Piece::Words(words) => (false, words.to_owned()),
            Piece::Agent(id) => match face(id) {
                Some(face) => (true, ["@", &face.name].concat()),
                None => (false, ["@[", id, "]"].concat()),
            },
        });
    }
    if pieces.iter().any(|(name, _)| *name) { Said::Note(pieces) } else { Said::Text(text.to_owned()) }
}

/// What the system says of an event; of some it says nothing, since the banner shows them.
fn notice(board: Board, chat: &Chat, told: &Told, customer: &str) -> Option<Turn> {
    let (words, common) = (board.words, board.words.common);
    let mut ruled = false;
    let text = match &told.event {
        Event::Opened(opening) => {
            let day = clock::day(common.lang, told.at, board.now.get_untracked());
            return Some(Turn::Notice {
                key: key(told),
                text: (words.protocol)(&opening.number.to_string(), &day),
                at: told.at,
                ruled: false,
            });
        }
        Event::Attended { by } | Event::Joined { by } => common.joined(&by.name),
        Event::Parted { by } => common.parted(&by.name),
        Event::Redirected { to, .. } => common.redirected(to),
        // The required sentence (R38-R40): the thread knows which, since it heard all of it.
        Event::Ended { .. } => {
            ruled = true;
            chat.end_text().map_or_else(String::new, |text| common.end(text).to_owned())
        }
        Event::Rated(rating) => rated(board, customer, rating),
        Event::Left { .. } => (words.left)(customer),
        Event::Returned => (words.returned)(customer),
        Event::AgentGone { by, .. } => common.agent_gone(&by.name),
        Event::AgentBack { by } => common.agent_back(&by.name),
        Event::Invited { by, agent } => (words.invited)(&by.name, &agent.name),
        Event::Assigned { agent, .. } => (words.assigned)(&agent.name),
        Event::Unanswered { by } => (words.unanswered)(&by.name),
        Event::Declined { by } => (words.declined)(&by.name),
        // Who looks on is not announced, not even to agents: it would come and go with every glance.
        Event::Watched { .. } | Event::Unwatched { .. } | Event::Resumed => return None,
        Event::Identified { customer, .. } => (words.identified)(&customer.name),
        // It stands in the papers.
        Event::Described { .. } => return None,
        // It stands in the note, and in the words.
        Event::Mentioned { .. } | Event::Amended { .. } => return None,
        Event::Posted { .. } | Event::Noted { .. } | Event::Whispered { .. } | Event::Attached { .. } => return None,
    };
    let text = [text.as_str(), " · ", &clock::hour(common.lang, told.at)].concat();
    Some(Turn::Notice { key: key(told), text, at: told.at, ruled })
}

/// How the customer found it, with what he said to it.
pub fn rated(board: Board, customer: &str, rating: &Rating) -> String {
    let words = board.words;
    let line = (words.rated_by)(customer, &(words.score)(rating.score));
    if rating.comment.is_empty() { line } else { [&line, ". «", &rating.comment, "»"].concat() }
}

fn draw(board: Board, room: Room, amending: Amending, turn: Turn, side: Side) -> AnyView {
    match turn {
        Turn::Notice { text, at, ruled, .. } => {
            let whole = clock::whole(board.words.common.lang, at);
            view! { <p class="notice" class:notice--ruled=ruled title=whole>{text}</p> }.into_any()
        }
        Turn::Words(words) => draw_words(board, room, amending, words, side).into_any(),
    }
}

fn draw_words(board: Board, room: Room, amending: Amending, turn: Words, side: Side) -> impl IntoView {
    let words = board.words;
    let aside = turn.tone != Tone::Said;
    let hour = clock::hour(words.common.lang, turn.at);
    let who = match turn.tone {
        Tone::Said if turn.waiting && turn.by.is_none() => [" · ", &hour, ", ", words.while_waiting].concat(),
        Tone::Said => [" · ", &hour].concat(),
        Tone::Noted => [" · ", words.note_mark, " · ", &hour].concat(),
        Tone::Whispered => [" · ", words.whisper_mark, " · ", &hour].concat(),
    };
    let last = turn.bubbles.len().saturating_sub(1);
    let mine = side == Side::Mine && turn.by.as_ref().is_some_and(|by| by.id == board.my_id());
    let meta = (turn.right && !aside && (turn.last_of_mine || side != Side::Mine)).then(|| {
        let hour = clock::hour(words.common.lang, turn.until);
        if side != Side::Mine {
            view! { <p class="log__meta">{[&turn.face.name, " · ", &hour].concat()}</p> }.into_any()
        } else {
            let seen = memo(move |_| room.read_by_customer.get() >= turn.seq);
            let mark = move || match seen.get() {
                true => view! { <Icon name="checks"/>{words.common.read} }.into_any(),
                false => view! { <Icon name="check"/>{words.common.sent} }.into_any(),
            };
            view! { <p class="log__meta" class:log__meta--seen=live(move || seen.get())>{hour}" "{drawn(mark)}</p> }
                .into_any()
        }
    });
    view! {
        <div class="log__turn" class:log__turn--mine=turn.right>
            {(!turn.right).then(|| view! { <Avatar face=turn.face.clone() customer=turn.by.is_none()/> })}
            <p class="log__who" class:visually-hidden={turn.right && !aside}><b>{turn.face.name.clone()}</b>{who}</p>
            {turn.bubbles.into_iter().enumerate().map(|(n, Bubble { seq, said, was })| match said {
                Said::Nothing => view! {
                    <p class="bubble bubble--gone" class:bubble--last={n == last}>{words.common.retracted}</p><Was versions=was gone=true/>
                }.into_any(),
                Said::Text(said) if mine && !aside => {
                    let text = said.clone();
                    view! {
                        <div class="own"><Amend room=room amending=amending seq=seq text=text/><p dir="auto" class="bubble" class:bubble--last={n == last}>{text::words(&said)}</p></div>
                        {(!was.is_empty()).then(|| view! { <Was versions=was/> })}
                    }.into_any()
                }
                Said::Text(said) if !was.is_empty() => view! {
                    <p dir="auto" class="bubble" class:bubble--last={n == last} class:bubble--aside=aside>{text::words(&said)}</p><Was versions=was/>
                }.into_any(),
                Said::Text(said) => view! { <p dir="auto" class="bubble" class:bubble--last={n == last} class:bubble--aside=aside>{text::words(&said)}</p> }.into_any(),
                Said::Note(pieces) => view! {
                    <p dir="auto" class="bubble bubble--aside" class:bubble--last={n == last}>{pieces.into_iter().map(|(name, piece)| match name {
                        true => view! { <b class="mention">{piece}</b> }.into_any(),
                        false => text::words(&piece).into_any(),
                    }).collect_view()}</p>
                }.into_any(),
                Said::File(file, _) if side == Side::Linked => view! {
                    <p class="bubble" class:bubble--last={n == last}><a href=room.path()>{file.name}</a></p>
                }.into_any(),
                Said::File(file, act) => view! { <Attached file=file act=act/> }.into_any(),
            }).collect_view()}
            {meta}
        </div>
    }
}

/// What I said and the server has not told yet.
#[component]
fn Unsent(room: Room, pending: Pending) -> impl IntoView {
    let board = board();
    let words = board.words;
    let id = StoredValue::new(pending.id);
    let failed = pending.failed.is_some();
    let aside = pending.mode != Mode::Reply;
    let text = StoredValue::new(pending.text.clone());
    // Where it cannot be sent any more it can still be copied.
    let takes = memo(move |_| room.takes(pending.mode, &board.my_id()));
    view! {
        <div class="log__turn log__turn--mine">
            <p dir="auto" class="bubble bubble--last" class:bubble--pending={!failed && !aside} class:bubble--failed=failed class:bubble--aside={aside && !failed}>{text::words(&room.typed(&pending.text))}</p>
            {match pending.failed {
                None => view! { <p class="log__meta"><Icon name="clock"/>{words.common.sending}</p> }.into_any(),
                Some(why) => view! {
                    <p class="log__meta log__meta--failed" role="alert">
                        <Icon name="alert"/><span>{words.common.not_sent}": "{why}</span>
                        <button class="linklike" type="button" hidden=live(move || !takes.get()) on:click=does(move |_| room.retry(board, &id.get_value()))>{words.common.retry}</button>
                        <button class="linklike" type="button" hidden=live(move || !takes.get()) on:click=does(move |_| room.take_back(&id.get_value()))>{words.take_back}</button>
                        <button class="linklike" type="button" hidden=live(move || takes.get()) on:click=does(move |_| clipboard::copy(board, text.get_value()))>{words.copy}</button>
                    </p>
                }.into_any(),
            }}
        </div>
    }
}
