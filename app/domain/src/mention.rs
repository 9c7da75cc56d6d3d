//! Mentions: a colleague who may read the conversation is named in a note, and told of it.
//!
//! A note holds his id between `@[` and `]`, so that it means him whatever he is called; screens draw his name.

use crate::act::MESSAGE_LIMIT;
use crate::group::Named;
use crate::{Face, Refusal, Time, text};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

/// So many are named in one note.
pub const MENTIONS_LIMIT: usize = 20;
/// Of so many an agent is told at once, the newest first.
pub const MENTIONS_SHOWN: usize = 50;
/// The longest id of an agent.
const ID_LIMIT: usize = 64;
/// The longest note as it is kept, in bytes: its words, and a hundred marks.
pub const NOTE_LIMIT: usize = 4 * MESSAGE_LIMIT + 100 * (ID_LIMIT + 3);

/// An agent was mentioned, and has not looked yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mention {
    pub chat: String,
    /// The protocol number of the chat.
    pub number: i64,
    pub customer: Named,
    pub group: Named,
    pub by: Face,
    pub at: Time,
    /// The number of the aside that tells of it.
    pub aside: u32,
}

/// A piece of a note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece<'t> {
    Words(&'t str),
    /// An agent, by his id.
    Agent(&'t str),
}

/// A note in pieces. What looks like a mark and holds no id is words.
pub fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let (mut from, mut at) = (0, 0);
    while let Some(open) = text[at..].find("@[").map(|open| at + open) {
        let after = &text[open + 2..];
        // No further than an id is long: whoever writes many marks without an end costs no more than others.
        let end = after.bytes().take(ID_LIMIT + 1).position(|byte| byte == b']');
        let id = end.map(|end| &after[..end]).filter(|id| is_id(id));
        let Some(id) = id else {
            at = open + 2;
            continue;
        };
        if open > from {
            pieces.push(Piece::Words(&text[from..open]));
        }
        pieces.push(Piece::Agent(id));
        from = open + 2 + id.len() + 1;
        at = from;
    }
    if from < text.len() {
        pieces.push(Piece::Words(&text[from..]));
    }
    pieces
}

fn is_id(id: &str) -> bool {
    (1..=ID_LIMIT).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

/// The ids in a note, each once. How many of them may be named is asked when it is known who they are.
pub fn named(text: &str) -> Vec<&str> {
    let (mut named, mut seen) = (Vec::new(), HashSet::new());
    for piece in pieces(text) {
        if let Piece::Agent(id) = piece
            && seen.insert(id)
        {
            named.push(id);
        }
    }
    named
}

/// A note as it may be kept. It is as long as it is to read, as any message: what a mark of these agents takes more
/// than a name is not what he wrote.
pub fn checked(note: &str, agents: &[Face]) -> Result<String, Refusal> {
    let words = text::words(note);
    if words.is_empty() {
        return Err(Refusal::Empty);
    }
    if words.len() > NOTE_LIMIT || typed(&words, agents).chars().count() > MESSAGE_LIMIT {
        return Err(Refusal::TooLong { limit: MESSAGE_LIMIT as u32 });
    }
    Ok(words)
}

/// A note as it is typed becomes one as it is kept: `@Name` of these agents, of two of one name the first. A
/// longer name goes before a shorter one that it begins with.
pub fn marked(text: &str, agents: &[Face]) -> String {
    let is_part_of_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut marked = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('@') {
        let (before, from) = rest.split_at(at);
        marked.push_str(before);
        rest = &from[1..];
        // Not within an address of mail.
        let begins = !marked.chars().next_back().is_some_and(is_part_of_word);
        let fits = |face: &&Face| {
            let after = rest.strip_prefix(face.name.as_str());
            !face.name.is_empty() && after.is_some_and(|after| !after.chars().next().is_some_and(is_part_of_word))
        };
        let longest = agents.iter().filter(|_| begins).filter(fits).rev().max_by_key(|face| face.name.len());
        match longest {
            Some(face) => {
                marked.push_str(&["@[", &face.id, "]"].concat());
                rest = &rest[face.name.len()..];
            }
            None => marked.push('@'),
        }
    }
    marked.push_str(rest);
    marked
}

/// A note as it was typed; the mark of somebody else stays.
pub fn typed(text: &str, agents: &[Face]) -> String {
    let mut typed = String::with_capacity(text.len());
    for piece in pieces(text) {
        match piece {
            Piece::Words(words) => typed.push_str(words),
            Piece::Agent(id) => match agents.iter().find(|face| face.id == id) {
                Some(face) => typed.push_str(&["@", &face.name].concat()),
                None => typed.push_str(&["@[", id, "]"].concat()),
            },
        }
    }
    typed
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faces() -> Vec<Face> {
        [("a1", "Ana"), ("a2", "Ana María"), ("a3", "Ana")]
            .map(|(id, name)| Face { id: id.into(), name: name.into() })
            .to_vec()
    }

    #[test]
    fn a_note_is_kept_with_ids_and_typed_with_names() {
        for (typed, kept) in [
            ("@Ana, mira", "@[a1], mira"),
            ("¿@Ana María?", "¿@[a2]?"),
            ("(@Ana)@Ana María", "(@[a1])@[a2]"),
            ("@Anabel y ana@Ana.example @", "@Anabel y ana@Ana.example @"),
            ("@ana @Nadie @[x", "@ana @Nadie @[x"),
        ] {
            assert_eq!(marked(typed, &faces()), kept);
            assert_eq!(super::typed(kept, &faces()), typed);
        }
    }

    #[test]
    fn of_two_of_one_name_the_first_is_meant_and_his_mark_stays_his() {
        let mut turned = faces();
        turned.reverse();

        assert_eq!(marked("@Ana", &turned), "@[a3]");
        assert_eq!(typed("@[a3] @[gone]", &turned), "@Ana @[gone]");
    }

    #[test]
    fn what_holds_no_id_is_words() {
        for text in ["@[]", "@[a b]", "@[ñ]", "@[", "@[[a]", &["@[", &"a".repeat(ID_LIMIT + 1), "]"].concat()] {
            assert_eq!(pieces(text), [Piece::Words(text)], "{text}");
        }
        assert_eq!(pieces(""), []);
        assert_eq!(pieces("@[@[a]"), [Piece::Words("@["), Piece::Agent("a")]);
    }

    #[test]
    fn of_very_many_each_is_named_and_what_is_no_mark_costs_nothing() {
        let many: String = (0..1_000).map(|n| format!("@[a{n}]")).collect();

        assert_eq!(named(&many).len(), 1_000);
        assert_eq!(pieces(&"@[".repeat(10_000)).len(), 1);
    }

    #[test]
    fn a_note_is_as_long_as_it_is_to_read() {
        let id = "a".repeat(ID_LIMIT);
        let agents = [Face { id: id.clone(), name: "Ana".into() }];
        let mark = ["@[", &id, "]"].concat();
        let of = |letters: usize, marks: usize| checked(&["x".repeat(letters), mark.repeat(marks)].concat(), &agents);
        let too_long = Err(Refusal::TooLong { limit: MESSAGE_LIMIT as u32 });

        assert!(of(MESSAGE_LIMIT - 4, 1).is_ok() && of(MESSAGE_LIMIT - 400, 100).is_ok());
        assert_eq!(of(MESSAGE_LIMIT - 3, 1), too_long);
        assert_eq!(checked(&["x".repeat(MESSAGE_LIMIT - 4), mark.clone()].concat(), &[]), too_long, "it names nobody");
        assert_eq!(of(0, MESSAGE_LIMIT / 4), too_long, "marks have an end, too");
        assert_eq!(checked(" \n", &agents), Err(Refusal::Empty));
    }

    #[test]
    fn each_is_named_once() {
        assert_eq!(named("@[a] y @[b], @[a]"), ["a", "b"]);
    }
}
