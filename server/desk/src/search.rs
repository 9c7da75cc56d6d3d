//! How words are found: whatever their case, their accents and their number.
//!
//! A word is kept in all its forms, and is asked for in all its forms. Both databases are given the
//! same forms, so both find the same.

use crate::ticket_index::of_address;
use domain::article::{Piece, QUESTION_LIMIT};
use domain::find::{address, is_of_customer};
use rust_stemmers::{Algorithm, Stemmer};
use std::collections::BTreeSet;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// More words of a question say nothing more.
const WORDS_LIMIT: usize = 8;
/// How long an excerpt is, and how much of it may stand before the first hit, in characters.
const EXCERPT: usize = 120;
const BEFORE: usize = 20;
/// How far into a text an excerpt looks for its hit, in bytes.
const LOOK: usize = 8 * 1024;
/// No index takes a word without end; what is longer is found by its beginning.
const LONGEST: usize = 64;

/// The forms of all words of a text, as the index takes them.
pub fn indexed(lang: &str, text: &str) -> String {
    let tongue = tongue(lang);
    let mut indexed = String::new();
    for form in words(text).flat_map(|(_, word)| forms(&tongue, word)) {
        indexed.push_str(&form);
        indexed.push(' ');
    }
    indexed
}

/// What somebody asks for.
pub struct Question {
    tongue: Tongue,
    /// Every word in its forms; the last is perhaps still being typed.
    words: Vec<BTreeSet<String>>,
    /// The beginning of the last word; none: an address was typed after it.
    start: Option<String>,
    /// Addresses as words of the index of tickets, each perhaps the beginning of one.
    addresses: Vec<Address>,
}

/// An address among the words.
struct Address {
    /// The word of its customer's tickets, or the beginning of it.
    word: String,
    /// Its parts in their forms, where it may have been said; none: only its customer is meant.
    said: Vec<BTreeSet<String>>,
}

/// How a database is asked.
struct Spelling {
    and: &'static str,
    or: &'static str,
    whole: fn(&str) -> String,
    start: fn(&str) -> String,
}

const SQLITE: Spelling =
    Spelling { and: " AND ", or: " OR ", whole: |form| format!("\"{form}\""), start: |start| format!("\"{start}\"*") };
const POSTGRES: Spelling =
    Spelling { and: " & ", or: " | ", whole: |form| format!("'{form}'"), start: |start| format!("'{start}':*") };

impl Spelling {
    /// A word in any of its forms, or as what begins so.
    fn any_form(&self, forms: &BTreeSet<String>, start: Option<&String>) -> String {
        let whole = forms.iter().map(|form| (self.whole)(form));
        let any: Vec<String> = whole.chain(start.map(|start| (self.start)(start))).collect();
        format!("({})", any.join(self.or))
    }

    fn of_readers(&self, asked: String, readers: Option<&[String]>) -> String {
        match readers {
            Some(readers) => format!("({asked}){}({})", self.and, readers.join(self.or)),
            None => asked,
        }
    }
}

/// A language's way to the stem of a word.
struct Tongue {
    stemmer: Stemmer,
    /// Endings that people write and the stemmer does not see through, and what it does.
    endings: &'static [(&'static str, &'static str)],
}

const SPANISH: &[(&str, &str)] = &[("cion", "ción"), ("sion", "sión"), ("ion", "ión")];
/// Without their accents, and the plurals of what ends in l, m and ão.
const PORTUGUESE: &[(&str, &str)] = &[
    ("coes", "ção"),
    ("soes", "são"),
    ("oes", "ão"),
    ("aes", "ão"),
    ("cao", "ção"),
    ("sao", "são"),
    ("ao", "ão"),
    ("ais", "al"),
    ("eis", "el"),
    ("ois", "ol"),
    ("uis", "ul"),
    ("ns", "m"),
];

impl Question {
    /// None: there is no word in it.
    pub fn new(lang: &str, asked: &str) -> Option<Question> {
        Question::of(lang, &within_limit(asked), Vec::new(), true)
    }

    /// The same of tickets: an address is one word, that of their customer, or all of its parts were said. By any of
    /// them everybody would be found who has his at the same house.
    pub fn of_tickets(lang: &str, asked: &str) -> Option<Question> {
        let (tongue, mut rest, mut addresses, mut types) = (tongue(lang), String::new(), Vec::new(), true);
        for word in within_limit(asked).split_whitespace() {
            let address = address(word);
            types = address.is_none();
            let Some(address) = address else {
                rest.extend([word, " "]);
                continue;
            };
            let parts = words(&address).map(|(_, part)| part).filter(|part| !is_short(part) && !is_of_customer(word));
            let said = parts.take(WORDS_LIMIT).map(|part| forms(&tongue, part)).collect();
            addresses.push(Address { word: of_address(&address), said });
        }
        addresses.truncate(WORDS_LIMIT);
        Question::of(lang, &rest, addresses, types)
    }

    /// `types`: the last of these words was typed last.
    fn of(lang: &str, asked: &str, addresses: Vec<Address>, types: bool) -> Option<Question> {
        let tongue = tongue(lang);
        let says = |word: &&str| !fold(&word.to_lowercase()).is_empty();
        let mut found: Vec<&str> = words(asked).map(|(_, word)| word).filter(says).take(WORDS_LIMIT).collect();
        if found.is_empty() && addresses.is_empty() {
            return None;
        }
        let start = found.last().filter(|_| types).map(|last| fold(&last.to_lowercase()));
        // `de`, `do`, `to`: no text is about them.
        if !addresses.is_empty() || found.iter().any(|word| !is_short(word)) {
            let last = start.as_ref().map(|_| found.len() - 1);
            let mut at = 0..;
            found.retain(|word| at.next() == last || !is_short(word));
        }
        let words = found.iter().map(|word| forms(&tongue, word)).collect();
        Some(Question { tongue, words, start, addresses })
    }

    /// For SQLite's FTS5: all words, or `any`. A form is letters and digits only, so that nothing in it is
    /// an operator.
    pub fn for_sqlite(&self, any: bool) -> String {
        self.spelled(&SQLITE, any, true)
    }

    /// For PostgreSQL's `to_tsquery`.
    pub fn for_postgres(&self, any: bool) -> String {
        self.spelled(&POSTGRES, any, true)
    }

    /// All words, of what one of these readers may read; none: whoever reads. `begun`: the last word is perhaps still
    /// being typed. Whatever begins like it is put together by the database before the first is found, in a
    /// time that grows with all of them.
    pub fn for_readers(&self, embedded: bool, readers: Option<&[String]>, begun: bool) -> String {
        let spelling = if embedded { &SQLITE } else { &POSTGRES };
        spelling.of_readers(self.spelled(spelling, false, begun), readers)
    }

    /// The last word alone, as a whole; none where it is short, for with that nobody means whatever begins so, and
    /// where an address comes after it.
    pub fn last_for_readers(&self, embedded: bool, readers: Option<&[String]>) -> Option<String> {
        let spelling = if embedded { &SQLITE } else { &POSTGRES };
        self.start.as_ref().filter(|start| !is_short(start))?;
        Some(spelling.of_readers(spelling.any_form(self.words.last()?, None), readers))
    }

    fn spelled(&self, spelling: &Spelling, any: bool, begun: bool) -> String {
        let begun = self.start.as_ref().filter(|_| begun);
        let one = |(at, forms): (usize, &BTreeSet<String>)| {
            spelling.any_form(forms, begun.filter(|_| at + 1 == self.words.len()))
        };
        let all_of = |said: &[BTreeSet<String>]| {
            said.iter().map(|forms| spelling.any_form(forms, None)).collect::<Vec<_>>().join(spelling.and)
        };
        let addresses = self.addresses.iter().map(|Address { word, said }| match said.is_empty() {
            true => (spelling.start)(word),
            false => format!("({}{}({}))", (spelling.start)(word), spelling.or, all_of(said)),
        });
        let words: Vec<String> = self.words.iter().enumerate().map(one).chain(addresses).collect();
        words.join(if any { spelling.or } else { spelling.and })
    }

    fn hits(&self, word: &str) -> bool {
        let forms = forms(&self.tongue, word);
        let begins = |start: &String| forms.iter().any(|form| form.starts_with(start));
        self.words.iter().any(|asked| !asked.is_disjoint(&forms)) || self.start.as_ref().is_some_and(begins)
    }

    /// A line in pieces, what was asked for marked.
    pub fn marked(&self, line: &str) -> Vec<Piece> {
        let mut pieces: Vec<Piece> = Vec::new();
        let mut done = 0;
        for (at, word) in words(line).filter(|(_, word)| self.hits(word)) {
            if at > done {
                pieces.push(Piece { text: line[done..at].into(), hit: false });
            }
            pieces.push(Piece { text: word.into(), hit: true });
            done = at + word.len();
        }
        if done < line.len() {
            pieces.push(Piece { text: line[done..].into(), hit: false });
        }
        pieces
    }

    /// A line's worth of a text from where the first word stands.
    pub fn excerpt(&self, plain: &str) -> Vec<Piece> {
        let first = words(within(plain, LOOK)).find(|(_, word)| self.hits(word)).map_or(0, |(at, _)| at);
        let before = plain[..first].char_indices().rev().nth(BEFORE - 1).map_or(0, |(at, _)| at);
        // From a word's beginning on.
        let from = if before == 0 { 0 } else { words(plain).map(|(at, _)| at).find(|at| *at >= before).unwrap_or(0) };
        let rest = &plain[from..];
        let mut line: String = if from > 0 { "… ".into() } else { String::new() };
        match rest.char_indices().nth(EXCERPT) {
            Some((end, _)) => {
                let end = rest[..end].rfind(char::is_whitespace).unwrap_or(end);
                line.push_str(rest[..end].trim_end_matches(|c: char| !c.is_alphanumeric()));
                line.push('…');
            }
            None => line.push_str(rest),
        }
        self.marked(&line)
    }
}

fn tongue(lang: &str) -> Tongue {
    let (algorithm, endings) = match lang {
        "pt" => (Algorithm::Portuguese, PORTUGUESE),
        "en" => (Algorithm::English, &[][..]),
        _ => (Algorithm::Spanish, SPANISH),
    };
    Tongue { stemmer: Stemmer::create(algorithm), endings }
}

fn within_limit(asked: &str) -> String {
    asked.chars().take(QUESTION_LIMIT).collect()
}

/// No more of a text than so many bytes, and no letter cut.
fn within(text: &str, most: usize) -> &str {
    &text[..text.floor_char_boundary(most)]
}

fn is_short(word: &str) -> bool {
    word.chars().count() <= 2 && !word.chars().all(|c| c.is_ascii_digit())
}

/// The words of a text, and where they stand.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let part = |(at, part): (usize, &'_ str)| (at, part.len());
    text.split(|c: char| !c.is_alphanumeric() && !is_combining_mark(c))
        .map(move |word| (word.as_ptr() as usize - text.as_ptr() as usize, word))
        .filter(|(_, word)| !word.is_empty())
        .map(move |found| {
            let (at, long) = part(found);
            (at, &text[at..at + long])
        })
}

/// What a word is found by: itself and its stem, with or without the accents that whoever asks left out.
fn forms(tongue: &Tongue, word: &str) -> BTreeSet<String> {
    let lower = word.to_lowercase();
    let plain = fold(&lower);
    let mut forms = BTreeSet::from([fold(&tongue.stemmer.stem(&lower)), tongue.stemmer.stem(&plain).into_owned()]);
    let other = tongue.endings.iter().find_map(|(ending, other)| Some([plain.strip_suffix(ending)?, other].concat()));
    if let Some(other) = other {
        forms.insert(fold(&tongue.stemmer.stem(&other)));
        forms.insert(fold(&other));
    }
    forms.insert(plain);
    forms.remove("");
    forms
}

/// The words of a title as an address has them: small letters without accents, digits, hyphens between them.
pub fn slug(title: &str, limit: usize) -> String {
    let mut slug = String::new();
    for (_, word) in words(title) {
        let word: String = fold(&word.to_lowercase()).chars().filter(char::is_ascii_alphanumeric).collect();
        let room = limit.saturating_sub(slug.len() + usize::from(!slug.is_empty()));
        if word.is_empty() || word.len() > room && !slug.is_empty() {
            continue;
        }
        if !slug.is_empty() {
            slug.push('-');
        }
        slug.extend(word.chars().take(room));
    }
    // A title in letters that no address of ours has.
    if slug.is_empty() { "articulo".into() } else { slug }
}

fn fold(word: &str) -> String {
    word.nfkd().filter(|c| c.is_alphanumeric()).take(LONGEST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finds(lang: &str, asked: &str, text: &str) -> bool {
        let kept = indexed(lang, text);
        let kept: BTreeSet<&str> = kept.split_whitespace().collect();
        let question = Question::new(lang, asked).unwrap();
        let (last, start) = (question.words.len() - 1, question.start.unwrap());
        question.words.iter().enumerate().all(|(at, forms)| {
            forms.iter().any(|form| kept.contains(form.as_str()))
                || at == last && kept.iter().any(|word| word.starts_with(&start))
        })
    }

    fn told(pieces: Vec<Piece>) -> String {
        pieces.into_iter().map(|p| if p.hit { format!("[{}]", p.text) } else { p.text }).collect()
    }

    #[test]
    fn accents_and_plurals_are_forgiven_in_three_languages() {
        for (lang, asked, text) in [
            ("es", "devolucion", "Devoluciones y garantías"),
            ("es", "DEVOLUCIONES", "La devolución es gratis"),
            ("es", "lampara rota", "Lámparas rotas al llegar"),
            ("es", "facturas", "Tu factura, por correo"),
            ("pt", "devolucao", "Devoluções em trinta dias"),
            ("pt", "pedidos", "Onde está o meu pedido?"),
            ("pt", "garantia", "As garantias"),
            ("pt", "moveis novos", "Um móvel novo"),
            ("pt", "devolucao do papel", "Devoluções de papéis"),
            ("es", "devolucion de sillas", "Devoluciones de una silla"),
            ("en", "returns", "How to return a chair"),
            ("en", "deliveries", "Delivery on Saturdays"),
        ] {
            assert!(finds(lang, asked, text), "{lang}: {asked} in {text}");
        }
    }

    #[test]
    fn a_word_is_found_while_it_is_typed() {
        for start in ["d", "dev", "devolu", "devolució", "devolucio", "devolucion", "devoluciones"] {
            assert!(finds("es", start, "Devoluciones"), "{start}");
        }
        assert!(!finds("es", "devuelve", "Devoluciones"));
        assert!(!finds("es", "pedido devolu", "Devoluciones"), "all words are asked for");
    }

    #[test]
    fn nothing_that_is_asked_is_an_operator() {
        for hostile in ["\"", "*", "NEAR(", "') & !", "a OR b", "-x", "^a:b", "col : x", "😀", "%_"] {
            if let Some(question) = Question::new("es", hostile) {
                for form in question.words.iter().flatten() {
                    assert!(form.chars().all(char::is_alphanumeric), "{hostile}: {form}");
                }
            }
        }
        assert!(Question::new("es", " -*\"' ").is_none());
        assert_eq!(
            Question::new("es", "a OR b").unwrap().for_sqlite(false),
            "(\"a\") AND (\"or\") AND (\"b\" OR \"b\"*)"
        );
        assert_eq!(Question::new("en", "x y").unwrap().for_postgres(false), "('x') & ('y' | 'y':*)");
    }

    #[test]
    fn an_address_is_one_word_of_tickets_and_several_of_an_article() {
        let of_tickets = |asked: &str| Question::of_tickets("en", asked).unwrap();

        assert_eq!(of_tickets("<A@b>").for_sqlite(false), "\"zqa614062\"*");
        assert_eq!(of_tickets("12 a@b").for_sqlite(false), "(\"12\") AND \"zqa614062\"*", "typed to its end");
        assert_eq!(of_tickets("a@b 12").for_postgres(false), "('12' | '12':*) & 'zqa614062':*");
        assert_eq!(of_tickets("to a@b").for_postgres(false), "'zqa614062':*", "no text is about that");
        assert_eq!(of_tickets("a@b").last_for_readers(true, None), None);
        assert_eq!(of_tickets("12 a@b").last_for_readers(true, None), None);
        assert_eq!(of_tickets("12@").for_sqlite(false), "(\"12\" OR \"12\"*)", "nothing stands after it");
        assert_eq!(Question::new("en", "12@34").unwrap().for_sqlite(false), "(\"12\") AND (\"34\" OR \"34\"*)");
        assert!(of_tickets(&["a@b"; 40].join(" ")).for_sqlite(false).len() < 300);
    }

    /// What would be no word to an index, or too long for one.
    #[test]
    fn odd_letters_are_no_question_and_no_word_is_endless() {
        assert!(Question::new("es", "\u{301}").is_none());
        let endless = Question::new("es", &"\u{fdfa}".repeat(200)).unwrap().for_postgres(false);
        assert!(endless.len() < 1_000, "{}", endless.len());
        assert!(finds("es", &"a".repeat(200), &"a".repeat(300)));
    }

    #[test]
    fn what_was_asked_for_is_marked_where_it_stands() {
        let question = Question::new("es", "devolucion sillas").unwrap();

        assert_eq!(
            told(question.marked("Devoluciones: la silla, «SILLÓN» y más")),
            "[Devoluciones]: la [silla], «SILLÓN» y más"
        );
        assert_eq!(told(question.marked("Nada")), "Nada");
        assert!(question.marked("").is_empty());
    }

    #[test]
    fn an_excerpt_begins_a_little_before_the_first_hit_and_ends_with_a_word() {
        let text = format!(
            "{}La devolución es gratis durante treinta días.{}",
            "Antes hay mucho que leer. ".repeat(5),
            " Y después también.".repeat(20)
        );

        let excerpt = told(Question::new("es", "gratis").unwrap().excerpt(&text));

        assert_eq!(
            excerpt,
            "… La devolución es [gratis] durante treinta días. Y después también. Y después también. Y después también. Y después…"
        );
        assert_eq!(told(Question::new("es", "nunca").unwrap().excerpt("Corto.")), "Corto.");
    }
}
