//! The conversation as lines: a bubble each, or a notice of the system.
//!
//! A line never changes its form once drawn, so that a screen reader reads it once: which bubble is
//! the last of a turn is the style sheet's business, and only the mark of an own message is alive.
//! Lines are built by hand, see [`crate::dom`].

use crate::line::{Kind, Line, What, lines};
use crate::outbox::Mark;
use crate::state::State;
use crate::words::Words;
use crate::{avatar, clock, dom, file, icon, link};
use ::line::upload;
use domain::{Face, Time};
use std::cell::RefCell;
use web_sys::Element;

/// How an own message stands.
#[derive(Clone, PartialEq)]
enum Stand {
    Sent(Time),
    /// An agent has it before his eyes.
    Read(Time),
    Sending,
    /// It waits for the connection.
    Held,
    /// Why, in words, where that is known; and whether it can be tried again as it is.
    NotSent(String, bool),
}

/// A line as it is drawn: all of it once, its mark whenever it stands differently.
struct Row {
    key: String,
    stand: Option<Stand>,
    line: Element,
    /// What an own one is drawn as.
    part: &'static str,
    /// What is drawn of a file.
    file: Option<Element>,
}

/// So near the end, in pixels, that new words are followed.
const NEAR: i32 = 160;

thread_local! {
    static ROWS: RefCell<Vec<Row>> = const { RefCell::new(Vec::new()) };
}

pub fn markup(words: &Words) -> String {
    [
        "<div class=\"widget__body widget__body--log\" id=\"body\" tabindex=\"0\" role=\"region\" aria-label=\"",
        words.conversation,
        "\"><div class=\"log\" role=\"log\" aria-live=\"polite\"><div class=\"log\" id=\"lines\"></div>",
        "<div class=\"log__turns\" id=\"typing\" hidden></div></div></div>",
    ]
    .concat()
}

pub fn paint(words: &Words, state: &State) {
    typing(words, state);
    let (Some(list), Some(body)) = (dom::find("lines"), dom::find("body")) else { return };
    let near = body.scroll_height() - body.scroll_top() - body.client_height() < NEAR;
    let lines = lines(&state.thread, &state.kept.unsent, &state.files);
    let last_is_his = lines.last().is_some_and(|last| matches!(last.kind, Kind::Mine(_)));
    let more = ROWS.with_borrow_mut(|rows| {
        let before = rows.len();
        lay(words, state, &list, lines, rows);
        rows.len() > before
    });
    // A new line is followed, unless he reads further up; his own words he always follows.
    if near || more && last_is_his {
        clock::spawn(async move {
            clock::sleep(0).await;
            body.set_scroll_top(body.scroll_height());
        });
    }
}

fn typing(words: &Words, state: &State) {
    dom::show("typing", !state.typing.is_empty());
    let key: Vec<&str> = state.typing.iter().map(|(face, _)| &*face.id).collect();
    dom::fill("typing", &key, &|| {
        let writes = |(face, _): &(Face, i64)| {
            let dots = [dom::element("i", ""), dom::element("i", ""), dom::element("i", "")];
            let dots = dom::within(dom::element("span", "typing"), &dots.each_ref());
            let says = dom::said("p", "visually-hidden", &(words.typing)(&face.name));
            let face = avatar::avatar(face, "avatar avatar--s");
            dom::within(dom::element("div", "log__turn"), &[&face, &says, &dots])
        };
        state.typing.iter().map(writes).collect()
    });
}

/// Brings the list to these lines: what is drawn already stays as it is and where it is.
fn lay(words: &Words, state: &State, list: &Element, lines: Vec<Line>, rows: &mut Vec<Row>) {
    let mut old = std::mem::take(rows);
    let mut here = list.first_child();
    let mut shows = false;
    for line in lines {
        let stand = matches!(line.kind, Kind::Mine(_)).then(|| stand(state, &line.key));
        let known = old.iter().position(|row| row.key == line.key).map(|at| old.remove(at));
        let mut row = known.unwrap_or_else(|| row(words, state, &line));
        if let (Some(card), Kind::Mine(What::File(file)) | Kind::Theirs(_, What::File(file), _)) =
            (&row.file, &line.kind)
            && !file.id.is_empty()
        {
            dom::set(card, "data-file", &file.id);
            shows = true;
        }
        if row.stand != stand {
            mark(words, &row, stand.as_ref());
            row.stand = stand;
        }
        if row.line.is_same_node(here.as_ref()) {
            here = row.line.next_sibling();
        } else {
            let _ = list.insert_before(&row.line, here.as_ref());
        }
        rows.push(row);
    }
    for row in old {
        row.line.remove();
    }
    if shows {
        file::show(state);
    }
}

fn row(words: &Words, state: &State, line: &Line) -> Row {
    let drawn = draw(words, state, line);
    let file = drawn.query_selector(":scope > a").ok().flatten();
    let part = match &line.kind {
        Kind::Mine(What::File(about)) => file::part(about),
        _ => "bubble",
    };
    Row { line: drawn, key: line.key.clone(), stand: None, part, file }
}

fn draw(words: &Words, state: &State, line: &Line) -> Element {
    let turn = |class: &str| dom::element("div", &[class, if line.next { " log__turn--next" } else { "" }].concat());
    let notice = |face: Option<&Face>, text: &str| {
        let text = dom::said("span", "", text);
        let notice = dom::element("p", "notice");
        match face {
            Some(face) => dom::within(notice, &[&avatar::avatar(face, "avatar avatar--s"), &text]),
            None => dom::within(notice, &[&text]),
        }
    };
    let common = words.common;
    match &line.kind {
        Kind::Mine(what) => {
            let said = said(words, state, line, what);
            dom::within(turn("log__turn log__turn--mine"), &[&said, &dom::element("p", "log__meta")])
        }
        Kind::Answer(label, value) => dom::within(turn("log__turn log__turn--mine"), &[&labelled(label, value)]),
        Kind::Theirs(face, what, at) => {
            let who = dom::within(dom::element("p", "log__who"), &[&dom::said("b", "", &face.name)]);
            let bubble = said(words, state, line, what);
            dom::set(&bubble, "title", &clock::hour(*at, common.lang));
            dom::within(turn("log__turn"), &[&avatar::avatar(face, "avatar avatar--s"), &who, &bubble])
        }
        Kind::Came(face) => notice(Some(face), &common.joined(&face.name)),
        Kind::Parted(face) => notice(None, &common.parted(&face.name)),
        Kind::Gone(face) => notice(None, &common.agent_gone(&face.name)),
        Kind::Back(face) => notice(None, &common.agent_back(&face.name)),
        Kind::Moved(to) => notice(None, &common.redirected(to)),
        Kind::Wait => notice(None, words.write_already),
        Kind::Ended(text, at) => {
            let end = notice(None, &[common.end(*text), " · ", &clock::hour(*at, common.lang)].concat());
            end.set_class_name("notice notice--ruled");
            end
        }
    }
}

/// An answer of the form as a bubble of his own; what was asked is for those who only hear it.
pub fn answer(answer: &domain::application::Answer) -> Element {
    dom::within(
        dom::element("div", "log__turn log__turn--mine log__turn--next"),
        &[&labelled(&answer.label, &answer.value)],
    )
}

fn labelled(label: &str, value: &str) -> Element {
    let label = dom::said("span", "visually-hidden", &[label, ": "].concat());
    dom::within(dom::element("p", "bubble"), &[&label, &dom::said("span", "", value)])
}

fn said(words: &Words, state: &State, line: &Line, what: &What) -> Element {
    match what {
        What::Text(text) => bubble(text),
        What::Amended(text) => amended(words, text),
        What::File(about) => file::draw(state, about, line.key.trim_end_matches('+'), &words.common.size(about.size)),
    }
}

fn stand(state: &State, key: &str) -> Stand {
    let act = key.trim_end_matches('+');
    if let Some(told) = state.thread.told.iter().find(|told| told.act == act) {
        return if told.seq <= state.agents_read { Stand::Read(told.at) } else { Stand::Sent(told.at) };
    }
    if let Some(file) = state.files.iter().find(|file| file.id == act) {
        return match &file.mark {
            upload::Mark::Sends => Stand::Sending,
            upload::Mark::Failed(why) => Stand::NotSent(why.clone(), true),
            upload::Mark::Refused(why) => Stand::NotSent(why.clone(), false),
        };
    }
    match state.kept.unsent.iter().find(|unsent| unsent.id == act).map(|unsent| &unsent.mark) {
        Some(Mark::Failed) => Stand::NotSent(String::new(), true),
        Some(Mark::Refused(why)) => Stand::NotSent(why.clone(), false),
        _ if state.cut => Stand::Held,
        _ => Stand::Sending,
    }
}

/// Writes how an own message stands: an icon and a word, and what can be done about it.
fn mark(words: &Words, row: &Row, stand: Option<&Stand>) {
    let (Some(bubble), Some(meta), Some(stand)) =
        (row.line.first_element_child(), row.line.last_element_child(), stand)
    else {
        return;
    };
    let common = words.common;
    let (look, state, drawing, says) = match stand {
        Stand::Sent(_) => ("", "log__meta", icon::CHECK, common.sent.into()),
        Stand::Read(_) => ("", "log__meta log__meta--seen", icon::CHECKS, common.read.into()),
        Stand::Sending => ("--pending", "log__meta log__meta--live", icon::CLOCK, common.sending.into()),
        Stand::Held => ("--pending", "log__meta log__meta--live", icon::CLOCK, words.will_send.into()),
        Stand::NotSent(why, _) => (
            "--failed",
            "log__meta log__meta--live log__meta--failed",
            icon::ALERT,
            [common.not_sent, ". ", why].concat(),
        ),
    };
    bubble.set_class_name(&if look.is_empty() { row.part.into() } else { [row.part, " ", row.part, look].concat() });
    meta.set_class_name(state);
    meta.set_text_content(None);
    if let Stand::Sent(at) | Stand::Read(at) = stand {
        let _ = meta.append_child(&dom::said("span", "", &clock::hour(*at, common.lang)));
    }
    if let Some(drawing) = icon::drawn(drawing) {
        let _ = meta.append_child(&drawing);
    }
    let _ = meta.append_child(&dom::said("span", "", &says));
    let offers: &[(&str, &str)] = match (stand, row.file.is_some()) {
        (Stand::NotSent(_, true), true) => &[("resend", common.retry), ("withdraw", words.remove)],
        (Stand::NotSent(_, true), false) => &[("retry", common.retry)],
        (Stand::NotSent(..), true) => &[("withdraw", words.remove)],
        // It would be refused again: he can write it otherwise, or leave it.
        (Stand::NotSent(..), false) => &[("edit", words.edit)],
        (Stand::Sending, true) => &[("withdraw", words.cancel)],
        _ => &[],
    };
    for (does, says) in offers {
        let button = dom::said("button", "linklike", says);
        dom::set(&button, "type", "button");
        dom::set(&button, "data-do", does);
        dom::set(&button, "data-act", row.key.trim_end_matches('+'));
        let _ = meta.append_child(&button);
    }
}

/// What an agent says now instead, and that he does; or that he took it back.
fn amended(words: &Words, text: &str) -> Element {
    let bubble = bubble(text);
    let (tag, says) = if text.is_empty() { ("i", words.common.retracted) } else { ("small", words.common.amended) };
    dom::within(bubble, &[&dom::said(tag, "", &[" ", says].concat())])
}

/// Text as text; an address of the web in it as a link that takes nothing along.
fn bubble(text: &str) -> Element {
    let bubble = dom::element("p", "bubble");
    // Each runs as its own first letter does.
    dom::set(&bubble, "dir", "auto");
    for piece in link::pieces(text) {
        let part = if piece.link { dom::outward(piece.text) } else { dom::element("span", "") };
        part.set_text_content(Some(piece.text));
        let _ = bubble.append_child(&part);
    }
    bubble
}
