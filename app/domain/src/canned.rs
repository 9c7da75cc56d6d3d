//! Canned answers: what is said often, kept under a shortcut; for the house, for a group, or for oneself.

use crate::act::MESSAGE_LIMIT;
use crate::person::Agent;
use crate::{Refusal, Time, text};
use serde::{Deserialize, Serialize};

/// The longest shortcut, in characters.
pub const SHORTCUT_LIMIT: usize = 32;
/// So many of one scope.
pub const CANNED_LIMIT: usize = 1_000;
/// A page of one scope; a shorter one is the last.
pub const CANNED_PAGE: usize = 200;

/// Whose it is. Variants are only ever appended.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Scope {
    House,
    /// By its id.
    Group(String),
    /// Of the agent who asks: nobody else has it.
    Own,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Canned {
    /// Made by who writes it.
    pub id: String,
    pub scope: Scope,
    pub shortcut: String,
    /// With variables such as `{{customer}}`.
    pub text: String,
    /// When it was changed last, as whoever sends it back has read it; none: he makes a new one.
    pub changed_at: Option<Time>,
}

/// One as it is kept now, and the name of who changed it last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    pub canned: Canned,
    pub by: String,
}

/// What the variables stand for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Values<'v> {
    pub customer: &'v str,
    pub agent: &'v str,
    /// The protocol number, which the ticket has too.
    pub ticket: &'v str,
    pub group: &'v str,
}

/// The names of the variables, as they are written between double braces.
pub const VARIABLES: [&str; 4] = ["customer", "agent", "ticket", "group"];

impl Scope {
    /// May he insert what is kept there: the house's, those of groups he sees, his own?
    pub fn is_used_by(&self, agent: &Agent) -> bool {
        match self {
            Scope::House | Scope::Own => true,
            Scope::Group(group) => agent.sees(group),
        }
    }

    /// May he change it: the house's as system administrator, a group's as its administrator, his own always?
    pub fn is_kept_by(&self, agent: &Agent) -> bool {
        match self {
            Scope::House => agent.system,
            Scope::Group(group) => agent.seat(group).administrator,
            Scope::Own => true,
        }
    }
}

/// As it may be kept. A shortcut is one word in small letters.
pub fn checked(canned: &Canned) -> Result<Canned, Refusal> {
    let field = |name: &str| name.to_owned();
    let shortcut = text::line(&canned.shortcut).to_lowercase();
    let words = text::words(&canned.text);
    if shortcut.is_empty() {
        return Err(Refusal::FieldMissing { field: field("shortcut") });
    }
    if shortcut.chars().count() > SHORTCUT_LIMIT {
        return Err(Refusal::FieldTooLong { field: field("shortcut"), limit: SHORTCUT_LIMIT as u32 });
    }
    if !shortcut.chars().all(|c| c.is_alphanumeric() || "-_.".contains(c)) {
        return Err(Refusal::FieldWrong { field: field("shortcut") });
    }
    if words.is_empty() {
        return Err(Refusal::FieldMissing { field: field("text") });
    }
    if words.chars().count() > MESSAGE_LIMIT {
        return Err(Refusal::FieldTooLong { field: field("text"), limit: MESSAGE_LIMIT as u32 });
    }
    Ok(Canned { shortcut, text: words, ..canned.clone() })
}

/// Is there anything to keep? Not where it stands so already: it is asked again. Whoever has not read a colleague's
/// change does not overwrite it, and what a colleague removed does not come back.
#[cfg(feature = "staff")]
pub fn is_to_keep(wanted: &Canned, standing: Option<&Standing>) -> Result<bool, Refusal> {
    let Some(Standing { canned, by }) = standing else {
        return if wanted.changed_at.is_none() { Ok(true) } else { Err(Refusal::NotYours) };
    };
    if canned.scope != wanted.scope {
        return Err(Refusal::NotYours);
    }
    if (&canned.shortcut, &canned.text) == (&wanted.shortcut, &wanted.text) {
        return Ok(false);
    }
    if canned.changed_at != wanted.changed_at {
        return Err(Refusal::Overtaken { by: by.clone() });
    }
    Ok(true)
}

/// The text with its variables filled.
pub fn filled(text: &str, values: &Values) -> String {
    let [customer, agent, ticket, group] = VARIABLES;
    let all = [(customer, values.customer), (agent, values.agent), (ticket, values.ticket), (group, values.group)];
    text::fill(text, &all)
}

/// Canned answers as they are looked through at every letter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Index {
    rows: Vec<Row>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Row {
    canned: Canned,
    /// Without capitals and accents.
    text: String,
    shortcut: String,
}

impl Index {
    pub fn new(mut all: Vec<Canned>) -> Index {
        let nearest = |scope: &Scope| match scope {
            Scope::Own => 0,
            Scope::Group(_) => 1,
            Scope::House => 2,
        };
        all.sort_by(|a, b| (&a.shortcut, nearest(&a.scope)).cmp(&(&b.shortcut, nearest(&b.scope))));
        let row = |canned: Canned| Row { text: folded(&canned.text), shortcut: folded(&canned.shortcut), canned };
        Index { rows: all.into_iter().map(row).collect() }
    }

    /// What fits what was typed, at the most so many: first where the shortcut is that, then where it begins
    /// so, then where it or the text has all of the words. Of one shortcut one's own comes first, then the
    /// group's.
    pub fn find(&self, typed: &str, most: usize) -> Vec<&Canned> {
        let typed = folded(typed.trim());
        let words: Vec<&str> = typed.split_whitespace().collect();
        let mut found: [Vec<&Canned>; 3] = Default::default();
        for row in &self.rows {
            let rank = if row.shortcut == typed {
                0
            } else if row.shortcut.starts_with(&typed) {
                1
            } else if words.iter().all(|word| row.shortcut.contains(word) || row.text.contains(word)) {
                2
            } else {
                continue;
            };
            if found[rank].len() < most {
                found[rank].push(&row.canned);
            }
        }
        let mut found: Vec<&Canned> = found.into_iter().flatten().collect();
        found.truncate(most);
        found
    }

    pub fn get(&self, id: &str) -> Option<&Canned> {
        self.rows.iter().map(|row| &row.canned).find(|canned| canned.id == id)
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

/// Without capitals, and without the accents of our languages: `Devolución` is found by `devolucion`.
pub fn folded(text: &str) -> String {
    let plain = |c: char| match c {
        'á' | 'à' | 'â' | 'ã' | 'ä' => 'a',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'í' | 'ì' | 'î' | 'ï' => 'i',
        'ó' | 'ò' | 'ô' | 'õ' | 'ö' => 'o',
        'ú' | 'ù' | 'û' | 'ü' => 'u',
        'ñ' => 'n',
        'ç' => 'c',
        other => other,
    };
    text.chars().flat_map(char::to_lowercase).map(plain).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::*;

    fn canned(shortcut: &str, text: &str, scope: Scope) -> Canned {
        Canned {
            id: format!("{shortcut}-{scope:?}"),
            scope,
            shortcut: shortcut.into(),
            text: text.into(),
            changed_at: None,
        }
    }

    fn values() -> Values<'static> {
        Values { customer: "Ana", agent: "Carla", ticket: "42", group: "Ventas" }
    }

    fn found(index: &Index, typed: &str) -> Vec<String> {
        index.find(typed, 5).into_iter().map(|canned| canned.shortcut.clone()).collect()
    }

    #[test]
    fn variables_are_filled_and_what_is_none_of_ours_stays_as_it_is() {
        for (text, says) in [
            (
                "Hola, {{customer}}: soy {{agent}} de {{group}}, ticket {{ticket}}.",
                "Hola, Ana: soy Carla de Ventas, ticket 42.",
            ),
            ("{{ customer }} {{customer}}", "Ana Ana"),
            (
                "{{name}} {{customer.constructor}} ${customer} <%customer%>",
                "{{name}} {{customer.constructor}} ${customer} <%customer%>",
            ),
            ("{{{customer}}} {{customer", "{Ana} {{customer"),
            ("{{x {{agent}}", "{{x Carla"),
            ("{{}} }} {{", "{{}} }} {{"),
        ] {
            assert_eq!(filled(text, &values()), says);
        }
    }

    #[test]
    fn what_is_filled_in_is_not_filled_again() {
        let values = Values { customer: "{{agent}}", ..values() };

        assert_eq!(filled("Hola, {{customer}}", &values), "Hola, {{agent}}");
    }

    #[test]
    fn a_shortcut_is_one_word_in_small_letters_and_a_text_says_something() {
        let check =
            |shortcut: &str, text: &str| checked(&canned(shortcut, text, Scope::Own)).map(|c| (c.shortcut, c.text));
        let field = |name: &str| name.to_owned();

        assert_eq!(check(" Saludo-2 ", " Hola\u{0} "), Ok(("saludo-2".into(), "Hola".into())));
        assert_eq!(check("día", "x"), Ok(("día".into(), "x".into())));
        assert_eq!(check(" ", "x"), Err(Refusal::FieldMissing { field: field("shortcut") }));
        assert_eq!(check("a", "\u{200b}"), Err(Refusal::FieldMissing { field: field("text") }));
        for wrong in ["dos palabras", "a/b", "{{a}}", "¡hola!"] {
            assert_eq!(check(wrong, "x"), Err(Refusal::FieldWrong { field: field("shortcut") }), "{wrong}");
        }
        assert_eq!(check("a\u{202e}b", "x"), Ok(("ab".into(), "x".into())), "what nobody sees is left out");
        let (most, more) = ("a".repeat(SHORTCUT_LIMIT), "ñ".repeat(MESSAGE_LIMIT));
        assert!(check(&most, &more).is_ok());
        let limit = SHORTCUT_LIMIT as u32;
        assert_eq!(check(&(most + "a"), "x"), Err(Refusal::FieldTooLong { field: field("shortcut"), limit }));
        let limit = MESSAGE_LIMIT as u32;
        assert_eq!(check("a", &(more + "ñ")), Err(Refusal::FieldTooLong { field: field("text"), limit }));
    }

    #[test]
    fn nobody_overwrites_or_brings_back_what_he_has_not_read() {
        let read =
            |text: &str, at: Option<i64>| Canned { changed_at: at.map(Time), ..canned("plazo", text, Scope::House) };
        let stands = Standing { canned: read("Quince días.", Some(5)), by: "Marta".into() };
        let elsewhere = Standing { canned: Canned { scope: Scope::Own, ..stands.canned.clone() }, ..stands.clone() };
        let overtaken = Err(Refusal::Overtaken { by: "Marta".into() });

        assert_eq!(is_to_keep(&read("Diez días.", None), None), Ok(true));
        assert_eq!(is_to_keep(&read("Diez días.", Some(5)), Some(&stands)), Ok(true));
        assert_eq!(is_to_keep(&read("Diez días.", Some(4)), Some(&stands)), overtaken);
        assert_eq!(is_to_keep(&read("Diez días.", None), Some(&stands)), overtaken, "made anew, and changed since");
        assert_eq!(is_to_keep(&read("Diez días.", Some(5)), None), Err(Refusal::NotYours), "it was removed");
        assert_eq!(is_to_keep(&read("Diez días.", Some(5)), Some(&elsewhere)), Err(Refusal::NotYours));
        assert_eq!(is_to_keep(&read("Quince días.", Some(4)), Some(&stands)), Ok(false), "asked again");
    }

    #[test]
    fn the_house_s_are_its_administrators_a_group_s_its_own_and_one_s_own_everybody_s() {
        let (sales, post) = (Scope::Group("sales".into()), Scope::Group("post".into()));
        let rights = |who: &str| {
            [&Scope::House, &sales, &post, &Scope::Own]
                .map(|scope| (scope.is_used_by(&agent(who)), scope.is_kept_by(&agent(who))))
        };

        assert_eq!(rights(CARLA), [(true, false), (true, false), (false, false), (true, true)]);
        assert_eq!(rights(ELENA), [(true, false), (true, true), (false, false), (true, true)]);
        assert_eq!(rights(OLGA), [(true, false), (false, false), (true, true), (true, true)]);
        assert_eq!(rights(SIMON), [(true, true), (true, true), (true, true), (true, true)]);
    }

    #[test]
    fn the_shortcut_counts_more_than_the_text_and_one_s_own_more_than_the_house_s() {
        let index = Index::new(vec![
            canned("saludo", "Hola", Scope::House),
            canned("saludo-pm", "Buenas tardes", Scope::House),
            canned("saludo", "¡Buenas!", Scope::Own),
            canned("plazo", "Un saludo, y hasta mañana.", Scope::House),
            canned("envío", "Sale hoy", Scope::House),
        ]);

        assert_eq!(found(&index, "saludo"), ["saludo", "saludo", "saludo-pm", "plazo"]);
        assert_eq!(index.find("saludo", 1)[0].scope, Scope::Own);
        assert_eq!(found(&index, "ENVIO"), ["envío"]);
        assert_eq!(found(&index, "hasta manana"), ["plazo"], "all words, in any place");
        assert_eq!(found(&index, "nada"), [""; 0]);
        assert_eq!(found(&index, "").len(), 5);
    }

    #[test]
    fn one_of_a_thousand_is_found_by_its_shortcut_and_by_a_word() {
        let all = (0..CANNED_LIMIT)
            .map(|n| canned(&format!("r{n:04}"), &format!("palabra{n} {}", "x".repeat(3_900)), Scope::House));
        let index = Index::new(all.collect());

        assert_eq!(found(&index, "r0777"), ["r0777"]);
        assert_eq!(found(&index, "palabra999"), ["r0999"]);
        assert_eq!(found(&index, "r"), ["r0000", "r0001", "r0002", "r0003", "r0004"]);
    }
}
