//! The conversation as lines: a bubble each, or a notice of the system.
//!
//! A line never changes its form once drawn, so that a screen reader reads it once: which bubble is
//! the last of a turn is the style sheet's business, and only the mark of an own message is alive.

use crate::outbox::Mark;
use crate::visit::Visit;
use crate::{avatar, clock, icon, link};
use domain::chat::EndText;
use domain::event::Told;
use domain::{Chat, Event, Face, Stage, Thread, Time};
use leptos::html::Div;
use leptos::prelude::*;
use std::time::Duration;

/// What is drawn of one event, or of one message that is on its way.
#[derive(Clone, PartialEq)]
pub struct Line {
    pub key: String,
    pub kind: Kind,
    /// Said right after the line above, by the same person: part of the same turn.
    pub next: bool,
}

#[derive(Clone, PartialEq)]
pub enum Kind {
    /// His own words, by the id of their act.
    Mine(String),
    /// An answer of the form: what was asked, and what he said.
    Answer(String, String),
    Theirs(Face, String, Time),
    Came(Face),
    Parted(Face),
    Gone(Face),
    Back(Face),
    Moved(domain::event::Destination),
    /// He can write already.
    Wait,
    Ended(EndText, Time),
}

/// The lines of a conversation, and behind them what is on its way.
pub fn lines(thread: &Thread, unsent: &[crate::outbox::Unsent]) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    let mut add = |key: String, kind: Kind| {
        let next = lines.last().is_some_and(|last| is_same_voice(&last.kind, &kind));
        // The key holds the form, as a line that changes place may begin or go on a turn.
        lines.push(Line { key: if next { [&key, "+"].concat() } else { key }, kind, next });
    };
    let is_waiting = thread.chat.as_ref().is_some_and(|chat| chat.stage == Stage::Waiting);
    let mut chat: Option<Chat> = None;
    for told in &thread.told {
        match (&mut chat, &told.event) {
            (None, Event::Opened(opening)) => chat = Some(Chat::open(told.chat.clone(), told.at, opening)),
            (Some(chat), event) => chat.apply(told.at, event),
            _ => {}
        }
        each(told, chat.as_ref(), is_waiting, &mut add);
    }
    for unsent in unsent {
        if !thread.told.iter().any(|told| told.act == unsent.id) {
            add(unsent.id.clone(), Kind::Mine(unsent.text.clone()));
        }
    }
    lines
}

fn each(told: &Told, chat: Option<&Chat>, is_waiting: bool, add: &mut impl FnMut(String, Kind)) {
    let key = || told.seq.to_string();
    match &told.event {
        Event::Opened(opening) => {
            for answer in &opening.answers {
                add(["a-", &answer.key].concat(), Kind::Answer(answer.label.clone(), answer.value.clone()));
            }
            if is_waiting {
                add(key(), Kind::Wait);
            }
        }
        Event::Posted { by: None, text } => add(told.act.clone(), Kind::Mine(text.clone())),
        Event::Posted { by: Some(by), text } => add(key(), Kind::Theirs(by.clone(), text.clone(), told.at)),
        Event::Attended { by } | Event::Joined { by } => add(key(), Kind::Came(by.clone())),
        Event::Parted { by } => add(key(), Kind::Parted(by.clone())),
        Event::AgentGone { by, .. } => add(key(), Kind::Gone(by.clone())),
        Event::AgentBack { by } => add(key(), Kind::Back(by.clone())),
        Event::Redirected { to, .. } => add(key(), Kind::Moved(to.clone())),
        Event::Ended { .. } => {
            if let Some(text) = chat.and_then(Chat::end_text) {
                add(key(), Kind::Ended(text, told.at));
            }
        }
        // His own comings and goings are no news to him; the rest is not for his eyes.
        _ => {}
    }
}

fn is_same_voice(above: &Kind, below: &Kind) -> bool {
    match (above, below) {
        (Kind::Mine(_), Kind::Mine(_)) | (Kind::Answer(..), Kind::Answer(..)) => true,
        (Kind::Theirs(above, ..), Kind::Theirs(below, ..)) => above.id == below.id,
        _ => false,
    }
}

pub fn log(visit: Visit) -> impl IntoView {
    let body = NodeRef::<Div>::new();
    let typing = move || visit.typing.get();
    let lines = Memo::new(move |_| visit.thread.with(|thread| visit.kept.with(|kept| lines(thread, &kept.unsent))));

    // A new line is followed, unless he reads further up; his own words he always follows.
    Effect::new(move || {
        let mine = lines.with(|lines| matches!(lines.last().map(|line| &line.kind), Some(Kind::Mine(_))));
        let _ = (visit.visible.get(), visit.typing.with(Option::is_some), visit.screen.get());
        if let Some(body) = body.get()
            && (mine || body.scroll_height() - body.scroll_top() - body.client_height() < 160)
        {
            set_timeout(move || body.set_scroll_top(body.scroll_height()), Duration::ZERO);
        }
    });

    view! {
        <div class="widget__body widget__body--log" node_ref=body tabindex="0" role="region" aria-label=visit.words.conversation>
            <div class="log" role="log" aria-live="polite">
                <For each=move || lines.get() key=|line| line.key.clone() children=move |line| draw(visit, line)/>
                <div class="log__turn" hidden=move || typing().is_none()>
                    {move || typing().map(|face| view! {
                        {avatar::avatar(&face.id, &face.name, "avatar avatar--s")}
                        <p class="visually-hidden">{(visit.words.typing)(&face.name)}</p>
                    })}
                    <span class="typing" aria-hidden="true"><i></i><i></i><i></i></span>
                </div>
            </div>
        </div>
    }
}

fn draw(visit: Visit, line: Line) -> AnyView {
    let words = visit.words.common;
    let notice = |face: Option<&Face>, text: String| {
        let face = face.map(|face| avatar::avatar(&face.id, &face.name, "avatar avatar--s"));
        view! { <p class="notice">{face}<span>{text}</span></p> }.into_any()
    };
    match line.kind {
        Kind::Mine(text) => mine(visit, line.key, text, line.next).into_any(),
        Kind::Answer(label, value) => view! {
            <div class="log__turn log__turn--mine" class:log__turn--next=line.next>
                <p class="bubble"><span class="visually-hidden">{label}": "</span>{value}</p>
            </div>
        }
        .into_any(),
        Kind::Theirs(face, text, at) => view! {
            <div class="log__turn" class:log__turn--next=line.next>
                {avatar::avatar(&face.id, &face.name, "avatar avatar--s")}
                <p class="log__who"><b>{face.name}</b></p>
                <p class="bubble" title=clock::hour(at, words.lang)>{bubble(&text)}</p>
            </div>
        }
        .into_any(),
        Kind::Came(face) => notice(Some(&face), words.joined(&face.name)),
        Kind::Parted(face) => notice(None, words.parted(&face.name)),
        Kind::Gone(face) => notice(None, words.agent_gone(&face.name)),
        Kind::Back(face) => notice(None, words.agent_back(&face.name)),
        Kind::Moved(to) => notice(None, words.redirected(&to)),
        Kind::Wait => notice(None, visit.words.write_already.into()),
        Kind::Ended(text, at) => view! { <p class="notice notice--ruled"><span>{words.end(text)}" · "{clock::hour(at, words.lang)}</span></p> }.into_any(),
    }
}

/// How an own message stands: alive, while its line stays the same.
#[derive(Clone, PartialEq)]
enum Stand {
    Sent(Time),
    Sending,
    /// It waits for the connection.
    Held,
    Failed,
    Refused(String),
}

fn stand(visit: Visit, act: &str) -> Stand {
    if let Some(at) = visit.thread.with(|thread| thread.told.iter().find(|told| told.act == act).map(|told| told.at)) {
        return Stand::Sent(at);
    }
    match visit.kept.with(|kept| kept.unsent.iter().find(|unsent| unsent.id == act).map(|unsent| unsent.mark.clone())) {
        Some(Mark::Failed) => Stand::Failed,
        Some(Mark::Refused(why)) => Stand::Refused(why),
        _ if visit.cut.get() => Stand::Held,
        _ => Stand::Sending,
    }
}

fn mine(visit: Visit, key: String, text: String, next: bool) -> impl IntoView {
    let words = visit.words.common;
    let act = key.trim_end_matches('+').to_owned();
    let stand = Memo::new({
        let act = act.clone();
        move |_| stand(visit, &act)
    });
    let is_failed = move || stand.with(|stand| matches!(stand, Stand::Failed | Stand::Refused(_)));
    let is_pending = move || stand.with(|stand| matches!(stand, Stand::Sending | Stand::Held));
    let mark = move || match stand.get() {
        Stand::Sent(_) => icon::CHECK,
        Stand::Sending | Stand::Held => icon::CLOCK,
        Stand::Failed | Stand::Refused(_) => icon::ALERT,
    };
    let hour = move || match stand.get() {
        Stand::Sent(at) => clock::hour(at, words.lang),
        _ => String::new(),
    };
    let says = move || match stand.get() {
        Stand::Sent(_) => words.sent.into(),
        Stand::Sending => words.sending.into(),
        Stand::Held => visit.words.will_send.into(),
        Stand::Failed => [words.not_sent, "."].concat(),
        Stand::Refused(why) => [words.not_sent, ". ", &why].concat(),
    };
    view! {
        <div class="log__turn log__turn--mine" class:log__turn--next=next>
            <p class="bubble" class:bubble--pending=is_pending class:bubble--failed=is_failed>{bubble(&text)}</p>
            <p class="log__meta" class:log__meta--failed=is_failed class:log__meta--live=move || is_failed() || is_pending()>
                <span>{hour}</span>
                {move || icon::icon(mark())}
                <span>{says}</span>
                <button class="linklike" type="button" hidden=move || stand.get() != Stand::Failed on:click=move |_| visit.retry(&act)>{words.retry}</button>
            </p>
        </div>
    }
}

/// Text as text; an address of the web in it as a link that takes nothing along.
fn bubble(text: &str) -> impl IntoView + use<> {
    let piece = |piece: link::Piece| {
        let text = piece.text.to_owned();
        if piece.link {
            let address = text.clone();
            view! { <a href=address target="_blank" rel="noopener noreferrer nofollow">{text}</a> }.into_any()
        } else {
            text.into_any()
        }
    };
    link::pieces(text).into_iter().map(piece).collect_view()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outbox::Unsent;
    use domain::application::{Answer, Terms};
    use domain::event::Opening;
    use domain::group::Named;
    use domain::{Origin, Reason, Span};

    fn named(name: &str) -> Named {
        Named { id: name.to_lowercase(), name: name.into() }
    }

    fn opening() -> Event {
        Event::Opened(Box::new(Opening {
            number: 7,
            origin: Origin::Widget,
            application: named("Casa Nogal"),
            group: named("Facturas"),
            customer: named("Ana"),
            verified: false,
            answers: vec![Answer { key: "name".into(), label: "Nombre".into(), value: "Ana".into() }],
            page: String::new(),
            lang: "es".into(),
            terms: Terms { patience: Span(0) },
        }))
    }

    fn thread(events: &[Event]) -> Thread {
        let mut thread = Thread::default();
        for (i, event) in std::iter::once(&opening()).chain(events).enumerate() {
            let seq = i as u32 + 1;
            let told = Told { chat: "c".into(), seq, at: Time(i64::from(seq)), act: format!("act{seq}"), event: event.clone() };
            assert!(thread.hear(&told));
        }
        thread
    }

    fn ines() -> Face {
        Face { id: "ines".into(), name: "Inés".into() }
    }

    fn said(by: Option<Face>) -> Event {
        Event::Posted { by, text: "hola".into() }
    }

    #[test]
    fn words_of_one_person_in_a_row_are_one_turn() {
        let thread = thread(&[Event::Attended { by: ines() }, said(Some(ines())), said(Some(ines())), said(None), said(Some(ines()))]);

        let turns: Vec<bool> = lines(&thread, &[]).iter().map(|line| line.next).collect();

        assert_eq!(turns, [false, false, false, true, false, false]);
    }

    #[test]
    fn a_message_keeps_its_line_when_it_has_been_told() {
        let unsent = Unsent { id: "act3".into(), text: "hola".into(), mark: Mark::Sending };
        let before = lines(&thread(&[said(None)]), std::slice::from_ref(&unsent));
        let after = lines(&thread(&[said(None), said(None)]), &[unsent]);

        assert_eq!(before, after);
    }

    #[test]
    fn his_own_absence_is_no_news_to_him() {
        let quiet = lines(&thread(&[]), &[]);

        assert_eq!(lines(&thread(&[Event::Left { since: Time(1) }, Event::Returned, Event::Resumed]), &[]), quiet);
    }

    #[test]
    fn the_end_has_the_sentence_of_its_reason() {
        let end = |reason| lines(&thread(&[Event::Ended { reason, by: None }]), &[]).pop().map(|line| line.kind);

        assert!(matches!(end(Reason::Connection), Some(Kind::Ended(EndText::Connection, _))));
        assert!(matches!(end(Reason::Customer), Some(Kind::Ended(EndText::QueueCustomer, _))));
    }
}
