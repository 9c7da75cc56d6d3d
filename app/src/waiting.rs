//! Who waits, as the queue shows it: the console and what its document shows before it draw the same rows (R50).

use domain::group::Named;
use domain::person::Agent;
use domain::wire::{Card, Said};
use domain::{Span, Stage};

/// A wait that asks for attention, and one that is too long.
pub const LONG: Span = Span::minutes(2);
pub const LATE: Span = Span::minutes(5);

/// The chats of one group, the one who has waited longest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rows {
    pub group: Named,
    pub chats: Vec<String>,
}

/// Those of these who wait.
pub fn by_group<'a>(cards: impl Iterator<Item = &'a Card>) -> Vec<Rows> {
    let mut waiting: Vec<&Card> = cards.filter(|c| c.stage == Stage::Waiting).collect();
    waiting.sort_by(|a, b| (a.queued_at, &a.chat).cmp(&(b.queued_at, &b.chat)));
    let mut groups: Vec<Rows> = Vec::new();
    for card in waiting {
        match groups.iter_mut().find(|rows| rows.group.id == card.group.id) {
            Some(rows) => rows.chats.push(card.chat.clone()),
            None => groups.push(Rows { group: card.group.clone(), chats: vec![card.chat.clone()] }),
        }
    }
    // Groups stay where they are while people come and go.
    groups.sort_by(|a, b| (&a.group.name, &a.group.id).cmp(&(&b.group.name, &b.group.id)));
    groups
}

/// The next thing to do: of all that he may attend, the one who has waited longest.
pub fn first_of(agent: &Agent, waiting: &[Rows], cards: &[Card]) -> Option<String> {
    let firsts =
        waiting.iter().filter(|rows| agent.seat(&rows.group.id).attendant).filter_map(|rows| rows.chats.first());
    let cards = firsts.filter_map(|chat| cards.iter().find(|card| card.chat == *chat));
    cards.min_by_key(|card| card.queued_at).map(|card| card.chat.clone())
}

/// What he answered before he waited, on one line.
pub fn answers(card: &Card) -> String {
    let one = |said: &Said| match said.label.is_empty() {
        true => said.value.clone(),
        false => [&said.label, ": ", &said.value].concat(),
    };
    card.answers.iter().map(one).collect::<Vec<_>>().join(" · ")
}

/// What he wrote first and what he wrote last.
pub fn said(card: &Card) -> String {
    match card.first_words.is_empty() || card.first_words == card.words {
        true => card.words.clone(),
        false => [&card.first_words, " … ", &card.words].concat(),
    }
}

/// A length as `06:48`, with hours `1:06:48`.
pub fn elapsed(span: Span) -> String {
    let seconds = (span.0 / 1000).max(0);
    let (h, m, s) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if h > 0 { [h.to_string(), two(m), two(s)].join(":") } else { [two(m), two(s)].join(":") }
}

/// A length for a `datetime` attribute: `PT408S`.
pub fn machine(span: Span) -> String {
    ["PT", &(span.0 / 1000).max(0).to_string(), "S"].concat()
}

fn two(n: i64) -> String {
    if n < 10 { ["0", &n.to_string()].concat() } else { n.to_string() }
}
