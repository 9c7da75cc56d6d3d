//! What the console's document shows until the console itself is there: the frame of the page, with the shape of what
//! comes; and of the queue its rows, for whoever comes to attend need not wait for a program to see who waits.

use super::Mark;
use crate::waiting::{self, LATE, LONG, Rows};
use crate::words::{self, Words};
use domain::group::Named;
use domain::wire::{Card, Lists, Me};
use leptos::prelude::*;

/// So many rows fill any screen; what is below them comes with the console.
pub const ROWS: usize = 24;

/// The queue as it is when the document is written.
#[derive(Clone, Copy)]
pub struct Standing<'a> {
    pub me: &'a Me,
    pub lists: &'a Lists,
    /// The address of what lets a row be pressed before the console is there (`public/ahead.js`).
    pub script: &'a str,
}

/// The inside of the console's `<body>`, to be put before its scripts. The console takes `#shell`
/// away when it is ready to draw.
pub fn shell(lang: &str, standing: Option<Standing>) -> String {
    let words = words::of(lang);
    Owner::new().with(|| {
        let all = standing.map_or(Vec::new(), |standing| waiting::by_group(standing.lists.cards.iter()));
        let queue = match standing.filter(|_| !all.is_empty()) {
            Some(standing) => queue(words, standing, &all),
            None => view! { <div class="queue" aria-busy="true" aria-hidden="true">{bones()}</div> }.into_any(),
        };
        view! {
            <div class="desk" id="shell" data-me=standing.map(|standing| standing.me.agent.face.id.clone())>
                <div class="rail"><span class="rail__mark"><Mark/></span></div>
                <header class="bar"><p class="bar__title">{standing.map_or("Recado", |_| words.menu_chat)}</p></header>
                <div class="desk__work desk__work--chat">
                    {queue}
                    <div class="middle"><p class="visually-hidden" role="status" data-sending=words.common.sending>{words.loading}</p></div>
                </div>
                <noscript><p class="banner banner--wait">{words.needs_script}</p></noscript>
            </div>
            {standing.map(|standing| view! { <script src=standing.script.to_owned()></script> })}
        }
        .to_html()
    })
}

fn bones() -> AnyView {
    let row = || {
        view! {
            <div class="call">
                <span></span>
                <span class="call__who"><span class="bone"></span></span>
                <span></span>
                <span class="call__words"><span class="bone"></span></span>
            </div>
        }
    };
    view! { {row()}{row()}{row()} }.into_any()
}

/// As `console/queue.rs` draws it: nothing moves when that takes its place.
fn queue(words: &'static Words, standing: Standing, all: &[Rows]) -> AnyView {
    let cards = &standing.lists.cards;
    let first = waiting::first_of(&standing.me.agent, all, cards);
    let count: usize = all.iter().map(|rows| rows.chats.len()).sum();
    let mut left = ROWS;
    let groups: Vec<AnyView> = all
        .iter()
        .map_while(|rows| {
            let shown = rows.chats.iter().take(left).enumerate();
            let drawn: Vec<AnyView> = shown
                .filter_map(|(n, chat)| Some((n + 1, cards.iter().find(|card| card.chat == *chat)?)))
                .map(|(place, card)| row(words, standing, card, place, first.as_ref() == Some(&card.chat)))
                .collect();
            let full = left == 0;
            left = left.saturating_sub(rows.chats.len());
            (!full).then(|| group(words, standing, &rows.group, rows.chats.len(), drawn))
        })
        .collect();
    view! {
        <section class="queue" aria-label=words.queue>
            <svg hidden aria-hidden="true">{["clock", "verified", "lock", "down", "tune"].map(|name| view! { <g inner_html=symbol(name)></g> })}</svg>
            <header class="queue__head">
                <h2>{words.list_waiting}</h2>
                <span class="badge badge--quiet">{count}</span>
                <span class="button button--bare button--icon button--s" aria-hidden="true">{icon(SMALL, "tune")}</span>
            </header>
            {groups}
            <div data-bones hidden aria-hidden="true">{bones()}</div>
        </section>
    }
    .into_any()
}

fn group(words: &'static Words, standing: Standing, group: &Named, count: usize, rows: Vec<AnyView>) -> AnyView {
    let agent = &standing.me.agent;
    let sequence = agent.seat(&group.id).attendant && agent.sequence;
    view! {
        <div data-group=group.id.clone()>
            <p class="queue__group">
                <span class="queue__fold">
                    {icon(SMALL, "down")}
                    {sequence.then(|| icon("icon", "lock"))}
                    <span>{group.name.clone()}{sequence.then(|| [" · ", words.sequence].concat())}</span>
                    <span class="queue__count">{count}</span>
                </span>
            </p>
            {rows}
        </div>
    }
    .into_any()
}

/// One who waits. When he was lost sight of the document cannot say, for it does not know its reader's zone. Until
/// `ahead.js` is there his button does nothing, and says so.
fn row(words: &'static Words, standing: Standing, card: &Card, place: usize, next: bool) -> AnyView {
    let seat = standing.me.agent.seat(&card.group.id);
    let (name, wait) = (words.common.name(&card.customer.name, card.number), standing.lists.now - card.queued_at);
    let (long, late) = (wait >= LONG, wait >= LATE);
    let (said, answers) = (waiting::said(card), waiting::answers(card));
    let said = if card.gone_since.is_some() { String::new() } else { said };
    let locked = seat.sequence && place > 1;
    let path = ["/chat/", &card.chat].concat();
    view! {
        <article class="call" class:call--next=next>
            <span class="call__place"><span class="visually-hidden">{words.place}" "</span>{place}</span>
            <h3 class="call__who">{name.clone()}</h3>
            <time class="call__wait" class:call__wait--long=long && !late class:call__wait--late=late datetime=waiting::machine(wait)>
                {long.then(|| icon("icon", "clock"))}{waiting::elapsed(wait)}
            </time>
            <p class="call__words">{said}</p>
            {(!answers.is_empty()).then(|| view! { <p class="call__words call__words--said">{answers.clone()}</p> })}
            <div class="call__foot">
                <span class="call__app">
                    {card.verified.then(|| view! { {icon(SMALL, "verified")}<span class="visually-hidden">{words.verified}" "</span> })}
                    {card.application.name.clone()}
                    {card.related.clone().map(|ticket| view! {
                        " · "<a href=["/tickets/", &ticket.id].concat()><span class="visually-hidden">{words.related}" "</span>{["#", &ticket.number.to_string()].concat()}</a>
                    })}
                </span>
                {seat.administrator.then(|| view! {
                    <a class="button button--s button--bare" href=path aria-label=[words.view, ": ", &name].concat()>{words.view}</a>
                })}
                {seat.attendant.then(|| view! {
                    <button class="button button--s" class:button--act=next type="button" disabled=locked aria-disabled="true" data-chat=card.chat.clone() aria-label=[words.attend, ": ", &name].concat()>
                        {locked.then(|| icon(SMALL, "lock"))}{words.attend}
                    </button>
                })}
            </div>
        </article>
    }
    .into_any()
}

const SMALL: &str = "icon icon--s";

fn icon(class: &'static str, name: &'static str) -> AnyView {
    view! { <svg class=class aria-hidden="true"><use href=["#", name].concat()></use></svg> }.into_any()
}

/// One drawing of the sprite, which comes as a whole with the console only.
fn symbol(name: &str) -> &'static str {
    const SPRITE: &str = include_str!("../../../public/icons.svg");
    const END: &str = "</symbol>";
    let begins = SPRITE.find(&["<symbol id=\"", name, "\""].concat());
    let rest = begins.and_then(|at| SPRITE.get(at..)).unwrap_or_default();
    rest.find(END).and_then(|at| rest.get(..at + END.len())).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::person::{Agent, Membership};
    use domain::{Face, Stage, Time};

    const NOW: Time = Time(1_800_000_000_000);

    fn ines() -> Me {
        let seat = |group: &str, administrator| Membership { group: group.into(), attendant: true, administrator };
        Me {
            agent: Agent {
                face: Face { id: "ines".into(), name: "Inés".into() },
                sequence: true,
                system: false,
                memberships: vec![seat("returns", true), seat("orders", false)],
            },
            email: String::new(),
            online: true,
            groups: Vec::new(),
            lang: "es".into(),
            first_run: false,
        }
    }

    fn waits(id: &str, name: &str, group: &str, since: i64) -> Card {
        let named = |id: &str| Named { id: id.into(), name: id.into() };
        Card {
            chat: id.into(),
            number: 1,
            application: named("shop"),
            group: named(group),
            customer: Named { id: id.into(), name: name.into() },
            verified: false,
            stage: Stage::Waiting,
            queued_at: Time(NOW.0 - since),
            attended_at: None,
            gone_since: None,
            agents: Vec::new(),
            words: "¿Hola? <b>".into(),
            seq: 1,
            was_group: None,
            first_words: String::new(),
            answers: Vec::new(),
            related: None,
            invited: Vec::new(),
            asides: 0,
        }
    }

    fn shown(cards: Vec<Card>) -> String {
        let lists = Lists { cards, unsaved: Vec::new(), now: NOW };
        shell("es", Some(Standing { me: &ines(), lists: &lists, script: "/ahead.js" }))
    }

    #[test]
    fn who_waits_stands_in_the_document_the_longest_first() {
        let html = shown(vec![waits("a", "Ana", "returns", 30_000), waits("b", "Bea", "returns", 408_000)]);

        let (bea, ana) = (html.find("Bea").unwrap(), html.find("Ana").unwrap());
        assert!(bea < ana, "{html}");
        assert!(html.contains("06:48") && html.contains("00:30"), "{html}");
        assert!(html.contains("¿Hola? &lt;b&gt;") && html.contains("id=\"clock\""), "{html}");
        assert!(html.contains("<script src=\"/ahead.js\">"), "{html}");
    }

    #[test]
    fn by_sequence_only_the_first_of_each_group_can_be_pressed_and_one_is_next() {
        let cards = vec![
            waits("a", "Ana", "returns", 9_000),
            waits("b", "Bea", "returns", 8_000),
            waits("c", "Eva", "orders", 7_000),
        ];
        let html = shown(cards);

        let buttons = html.split("<button").skip(1).filter_map(|rest| rest.split('>').next());
        assert_eq!(buttons.map(|b| b.contains(" disabled")).collect::<Vec<_>>(), [false, false, true], "{html}");
        assert_eq!(html.matches("call--next").count(), 1, "{html}");
        // Who administers a group may look in; who only attends there may not.
        assert_eq!(html.matches("href=\"/chat/").count(), 2, "{html}");
    }

    #[test]
    fn where_nobody_waits_there_is_the_shape_of_what_comes() {
        for html in [shown(Vec::new()), shell("pt", None)] {
            assert!(html.contains("class=\"bone\"") && !html.contains("<article"), "{html}");
            assert!(html.contains("aria-busy=\"true\""), "{html}");
        }
    }

    #[test]
    fn of_a_long_queue_stands_what_fills_a_screen() {
        let cards = (0..40).map(|n| waits(&format!("c{n}"), "Ana", "returns", n)).collect();

        let html = shown(cards);

        assert_eq!(html.matches("<article").count(), ROWS);
        assert!(html.contains("<span class=\"queue__count\">40</span>"), "{html}");
    }
}
