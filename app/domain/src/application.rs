//! An application: one widget with its look, its form and its groups.

use crate::channel::{Channel, ChannelView};
use crate::group::Subject;
use crate::{Refusal, Span, text};
use serde::{Deserialize, Serialize};

/// The longest answer a form field takes, in characters.
pub const ANSWER_LIMIT: usize = 200;
/// More answers than any form has.
pub const ANSWERS_LIMIT: usize = 20;

/// What a form field asks for. Variants are only ever appended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FieldKind {
    /// The person's name: becomes the name of the chat.
    Name,
    Email,
    Phone,
    Text,
}

/// One field of the form before the chat (R8).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    pub key: String,
    pub label: String,
    pub kind: FieldKind,
    pub required: bool,
}

/// What the customer answered to one field; becomes a bubble (R9).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    pub key: String,
    pub label: String,
    pub value: String,
}

/// What is shown to somebody who waits (R22). Variants are only ever appended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum WaitShows {
    Position,
    Average,
    Both,
    Nothing,
}

/// What the widget needs to know before anybody is asked for anything.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApplicationView {
    pub id: String,
    pub name: String,
    /// A CSS colour, `#rrggbb`.
    pub accent: String,
    /// Collapsed or expanded launcher, and the expanded title (R4).
    pub expanded: bool,
    pub title: String,
    pub fields: Vec<Field>,
    pub subjects: Vec<Subject>,
    pub wait_shows: WaitShows,
    /// Where else he may turn.
    pub channels: Vec<ChannelView>,
}

/// The settings that only rules and screens read, kept as one JSON. What it does not name has its usual
/// value, so a setting is a field appended here, and no migration.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Setup {
    /// Where else a customer may turn (R16).
    pub channels: Vec<Channel>,
}

/// What a conversation keeps of its application's settings from its start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// How long a customer may be gone while attended; zero: for ever (Q1).
    pub patience: Span,
}

/// Checks the answers of a form, gives them the labels of the fields and the order of the form.
/// What the form does not ask is left out.
pub fn fill(fields: &[Field], answers: &[Answer]) -> Result<Vec<Answer>, Refusal> {
    if answers.len() > ANSWERS_LIMIT {
        return Err(Refusal::Malformed);
    }
    let mut filled = Vec::new();
    for field in fields {
        let given = answers.iter().find(|a| a.key == field.key).map_or(String::new(), |a| text::line(&a.value));
        if given.is_empty() {
            if field.required {
                return Err(Refusal::FieldMissing { field: field.key.clone() });
            }
            continue;
        }
        if given.chars().count() > ANSWER_LIMIT {
            return Err(Refusal::FieldTooLong { field: field.key.clone(), limit: ANSWER_LIMIT as u32 });
        }
        if !is_plausible(field.kind, &given) {
            return Err(Refusal::FieldWrong { field: field.key.clone() });
        }
        filled.push(Answer { key: field.key.clone(), label: field.label.clone(), value: given });
    }
    Ok(filled)
}

/// Catches slips of the finger, and nobody's real address.
pub fn is_plausible(kind: FieldKind, value: &str) -> bool {
    match kind {
        FieldKind::Name | FieldKind::Text => true,
        FieldKind::Email => value.split_once('@').is_some_and(|(user, host)| {
            let (name, end) = host.rsplit_once('.').unwrap_or(("", ""));
            !user.is_empty()
                && !name.is_empty()
                && end.len() >= 2
                && !value.contains(char::is_whitespace)
                && !host.contains('@')
        }),
        FieldKind::Phone => {
            let digits = value.chars().filter(char::is_ascii_digit).count();
            (5..=20).contains(&digits) && value.chars().all(|c| c.is_ascii_digit() || "+-(). /x".contains(c))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(key: &str, kind: FieldKind, required: bool) -> Field {
        Field { key: key.into(), label: key.to_uppercase(), kind, required }
    }

    fn answer(key: &str, value: &str) -> Answer {
        Answer { key: key.into(), label: "what a browser claims".into(), value: value.into() }
    }

    #[test]
    fn answers_come_out_in_the_order_and_with_the_labels_of_the_form() {
        let fields = [field("name", FieldKind::Name, true), field("order", FieldKind::Text, false)];

        let filled =
            fill(&fields, &[answer("order", " N-1 "), answer("name", "Ana"), answer("role", "admin")]).unwrap();

        let told: Vec<_> = filled.iter().map(|a| (a.label.as_str(), a.value.as_str())).collect();
        assert_eq!(told, [("NAME", "Ana"), ("ORDER", "N-1")]);
    }

    #[test]
    fn a_required_answer_may_not_be_blank() {
        let fields = [field("name", FieldKind::Name, true)];

        assert_eq!(fill(&fields, &[answer("name", "  ")]), Err(Refusal::FieldMissing { field: "name".into() }));
    }

    #[test]
    fn an_address_without_an_end_is_a_slip() {
        for slip in ["ana", "ana@correo", "@correo.es", "ana@.es", "ana @correo.es", "ana@correo.e", "a@b@c.es"] {
            assert!(!is_plausible(FieldKind::Email, slip), "{slip}");
        }
        for sound in ["ana@correo.es", "a+b@sub.correo.com.br", "ñandú@correo.es"] {
            assert!(is_plausible(FieldKind::Email, sound), "{sound}");
        }
    }

    #[test]
    fn an_answer_is_one_line_without_what_no_screen_can_show() {
        let fields = [field("name", FieldKind::Name, true)];
        let filled = |value: &str| fill(&fields, &[answer("name", value)]).map(|f| f[0].value.clone());

        assert_eq!(filled(" Ana\r\nBcc:\u{0} all\u{1b} "), Ok("Ana Bcc: all".into()));
        assert_eq!(filled("\u{0}\u{7}"), Err(Refusal::FieldMissing { field: "name".into() }));
    }

    #[test]
    fn an_optional_answer_may_be_left_out() {
        let fields = [field("name", FieldKind::Name, true), field("email", FieldKind::Email, false)];

        let filled = fill(&fields, &[answer("name", "Ana"), answer("email", " ")]).unwrap();

        assert_eq!(filled.len(), 1);
    }

    #[test]
    fn an_answer_has_a_limit_in_characters() {
        let fields = [field("name", FieldKind::Name, true)];
        let filled = |n: usize| fill(&fields, &[answer("name", &"ñ".repeat(n))]);

        filled(ANSWER_LIMIT).unwrap();
        let limit = ANSWER_LIMIT as u32;
        assert_eq!(filled(ANSWER_LIMIT + 1), Err(Refusal::FieldTooLong { field: "name".into(), limit }));
    }

    #[test]
    fn a_slip_names_its_field() {
        let fields = [field("email", FieldKind::Email, false)];

        assert_eq!(fill(&fields, &[answer("email", "ana")]), Err(Refusal::FieldWrong { field: "email".into() }));
    }

    #[test]
    fn no_form_has_so_many_answers() {
        let many = |n: usize| fill(&[], &vec![answer("x", "y"); n]);

        assert_eq!(many(ANSWERS_LIMIT), Ok(vec![]));
        assert_eq!(many(ANSWERS_LIMIT + 1), Err(Refusal::Malformed));
    }

    #[test]
    fn a_telephone_number_is_made_of_digits() {
        assert!(is_plausible(FieldKind::Phone, "+34 600 123 456"));
        assert!(!is_plausible(FieldKind::Phone, "call me"));
        assert!(!is_plausible(FieldKind::Phone, "12"));
    }
}
