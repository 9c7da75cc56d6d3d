//! An application: one widget with its look, its form and its groups.

use crate::channel::{CHANNELS_LIMIT, Channel, ChannelView};
use crate::group::Subject;
use crate::hours::{Closed, Hours};
use crate::launcher::Launcher;
use crate::rating::Scale;
use crate::{Refusal, Span, channel, text};
use serde::{Deserialize, Serialize};

mod settings;
mod texts;
pub use settings::{
    APPLICATIONS, Called, Foreseen, GROUPS_LIMIT, Kept, NAME_LIMIT, PATIENCE_MOST, SITES_LIMIT, Settings, TITLE_LIMIT,
};
pub use texts::{FieldTexts, GREETING_LIMIT, Texts, usual_greeting};

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
    /// One of its options.
    Choice,
    /// A box to tick, under a text that is agreed to.
    Consent,
}

/// One field of the form before the chat (R8).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    pub key: String,
    pub label: String,
    pub kind: FieldKind,
    pub required: bool,
    /// What a choice offers, in this order.
    #[serde(default)]
    pub options: Vec<String>,
    #[serde(default)]
    pub consent: Option<Consent>,
}

/// What a consent agrees to. Whoever changes the text gives it another version: then everybody is
/// asked again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Consent {
    pub text: String,
    pub version: String,
    /// Where it is explained at length; empty: nowhere.
    #[serde(default)]
    pub link: String,
}

/// What the customer answered to one field; becomes a bubble (R9).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    pub key: String,
    pub label: String,
    pub value: String,
    /// Of a consent: the version of the text that stands in `value`. Both are kept with the
    /// conversation, whose beginning says when: the proof of what was agreed to.
    #[serde(default)]
    pub version: String,
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
    /// While nobody attends, a message may be left.
    pub takes_messages: bool,
    /// None: it is open.
    pub closed: Option<Closed>,
    /// A wait is told as a range.
    pub wait_ranges: bool,
    pub kind: Kind,
    /// How he is asked to rate what is over.
    pub rating: Scale,
    /// He may have his conversation sent to him.
    pub mails: bool,
    /// The window may offer the browser's own notices.
    pub notices: bool,
    /// What greets who is not known by name.
    pub greeting: String,
}

/// The settings that only rules and screens read, kept as one JSON. What it does not name has its usual
/// value, so a setting is a field appended here, and no migration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Setup {
    /// Where else a customer may turn (R16).
    pub channels: Vec<Channel>,
    /// None: whenever somebody is online.
    pub hours: Option<Hours>,
    pub when_away: WhenAway,
    pub wait_as: WaitAs,
    /// May documents (pdf, docx) be attached (Q2)?
    pub documents: bool,
    pub kind: Kind,
    /// How a customer is asked to rate what is over.
    pub rating: Scale,
    /// A customer may have his conversation sent to the address that is known of him, where the
    /// server can send mail at all.
    pub transcript_by_mail: bool,
    /// The widget may offer the browser's own notices.
    pub browser_notices: bool,
    /// Who is not identified by his site has no name here, whatever he typed (S73).
    pub identity_required: bool,
    pub launcher: Launcher,
    /// May files be attached (R24)?
    pub files: bool,
    /// What is read in one language otherwise than in the form itself; each language once.
    pub texts: Vec<Texts>,
}

impl Default for Setup {
    fn default() -> Setup {
        Setup {
            channels: Vec::new(),
            hours: None,
            when_away: WhenAway::default(),
            wait_as: WaitAs::default(),
            documents: false,
            kind: Kind::default(),
            rating: Scale::Stars,
            transcript_by_mail: true,
            browser_notices: true,
            identity_required: false,
            launcher: Launcher::default(),
            files: true,
            texts: Vec::new(),
        }
    }
}

/// What is offered while nobody attends (R16). Variants are only ever appended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WhenAway {
    /// The offline form.
    #[default]
    Message,
    /// A word that nobody is there, and the channels.
    Nothing,
}

/// How a wait is told where [`WaitShows`] tells it (R22). Variants are only ever appended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WaitAs {
    /// From how long to how long most of the last ones waited: a mean is nobody's wait.
    #[default]
    Range,
    Average,
}

/// Something in a setting that cannot be meant, and where: for who sets it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// `hours.weekly[0].to`
    pub path: String,
    pub why: &'static str,
}

impl Wrong {
    pub fn at(path: &str, why: &'static str) -> Wrong {
        Wrong { path: path.into(), why }
    }

    /// The same, inside of something.
    pub fn within(self, outer: &str) -> Wrong {
        Wrong { path: [outer, ".", &self.path].concat(), ..self }
    }
}

impl Setup {
    fn check(&self) -> Result<(), Wrong> {
        if self.channels.len() > CHANNELS_LIMIT {
            return Err(Wrong::at("channels", "there are too many of them"));
        }
        for (n, channel) in self.channels.iter().enumerate() {
            if channel.view().is_none() {
                let why = "it is no number, no address, or no link that begins with https://";
                return Err(Wrong::at(&format!("channels[{n}].to"), why));
            }
        }
        self.launcher.check().map_err(|wrong| wrong.within("launcher"))?;
        self.hours.as_ref().map_or(Ok(()), |hours| hours.check().map_err(|wrong| wrong.within("hours")))
    }
}

/// What an application is for (R5). Variants are only ever appended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    #[default]
    Chat,
    Knowledge,
    Both,
}

impl Kind {
    pub fn has_chat(self) -> bool {
        self != Kind::Knowledge
    }

    pub fn has_knowledge(self) -> bool {
        self != Kind::Chat
    }
}

/// What a conversation keeps of its application's settings from its start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Terms {
    /// How long a customer may be gone while attended; zero: for ever (Q1).
    pub patience: Span,
    /// May documents (pdf, docx) be attached (Q2)?
    pub documents: bool,
    /// How the customer is asked to rate it.
    pub rating: Scale,
    /// May files be attached (R24)?
    pub files: bool,
}

impl Default for Terms {
    fn default() -> Terms {
        Terms { patience: Span::default(), documents: false, rating: Scale::default(), files: true }
    }
}

/// Checks the answers of a form, gives them the labels of the fields and the order of the form.
/// What the form does not ask is left out.
pub fn fill(fields: &[Field], answers: &[Answer]) -> Result<Vec<Answer>, Refusal> {
    if answers.len() > ANSWERS_LIMIT {
        return Err(Refusal::Malformed);
    }
    let mut filled = Vec::new();
    for field in fields {
        let answer = answers.iter().find(|a| a.key == field.key);
        if let Some(consent) = &field.consent {
            // Agreed to another text is not agreed to this one: he is asked again.
            if answer.is_some_and(|a| a.value == consent.text && a.version == consent.version) {
                let (value, version) = (consent.text.clone(), consent.version.clone());
                filled.push(Answer { key: field.key.clone(), label: field.label.clone(), value, version });
            } else if field.required {
                return Err(Refusal::FieldMissing { field: field.key.clone() });
            }
            continue;
        }
        let given = answer.map_or(String::new(), |a| text::line(&a.value));
        if given.is_empty() {
            if field.required {
                return Err(Refusal::FieldMissing { field: field.key.clone() });
            }
            continue;
        }
        if given.chars().count() > ANSWER_LIMIT {
            return Err(Refusal::FieldTooLong { field: field.key.clone(), limit: ANSWER_LIMIT as u32 });
        }
        let offered = field.kind != FieldKind::Choice || field.options.contains(&given);
        if !offered || !is_plausible(field.kind, &given) {
            return Err(Refusal::FieldWrong { field: field.key.clone() });
        }
        filled.push(Answer {
            key: field.key.clone(),
            label: field.label.clone(),
            value: given,
            version: String::new(),
        });
    }
    Ok(filled)
}

/// The longest label of a field, in characters.
pub const LABEL_LIMIT: usize = 80;
/// The longest text of a consent, in characters.
pub const CONSENT_LIMIT: usize = 500;
/// The longest name of a consent's version, in characters.
pub const VERSION_LIMIT: usize = 40;
/// More options than this nobody reads.
pub const OPTIONS_LIMIT: usize = 30;

/// What in a form cannot be meant.
pub fn check_form(fields: &[Field]) -> Result<(), Wrong> {
    if fields.len() > ANSWERS_LIMIT {
        return Err(Wrong::at("form", "there are too many fields"));
    }
    for (n, field) in fields.iter().enumerate() {
        let wrong = |name: &str, why| Err(Wrong::at(&format!("form[{n}].{name}"), why));
        let is_sound = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-' || c == b'_';
        if !(1..=40).contains(&field.key.len()) || !field.key.bytes().all(is_sound) {
            return wrong("key", "it is made of 1 to 40 letters from a to z, digits, - and _");
        }
        if fields.iter().take(n).any(|before| before.key == field.key) {
            return wrong("key", "another field has the same");
        }
        if !is_line(&field.label, LABEL_LIMIT) {
            return wrong("label", "it is one line of 1 to 80 characters");
        }
        let is_choice = field.kind == FieldKind::Choice;
        if is_choice == field.options.is_empty() || field.options.len() > OPTIONS_LIMIT {
            return wrong("options", "a choice has 1 to 30 of them, and nothing else has any");
        }
        for (m, option) in field.options.iter().enumerate() {
            if !is_line(option, ANSWER_LIMIT) || field.options.iter().take(m).any(|before| before == option) {
                return wrong(&format!("options[{m}]"), "it is one line of 1 to 200 characters, and said once");
            }
        }
        if (field.kind == FieldKind::Consent) != field.consent.is_some() {
            return wrong("consent", "a consent says what is agreed to, and nothing else does");
        }
        let Some(consent) = &field.consent else { continue };
        if !is_line(&consent.text, CONSENT_LIMIT) {
            return wrong("consent.text", "it is one line of 1 to 500 characters");
        }
        if !is_line(&consent.version, VERSION_LIMIT) {
            return wrong("consent.version", "it is one line of 1 to 40 characters");
        }
        if !consent.link.is_empty() && !channel::leads_somewhere(&consent.link) {
            return wrong("consent.link", "it is no link that begins with https://");
        }
    }
    Ok(())
}

/// As it would be kept: nothing about it to be taken away.
fn is_line(text: &str, limit: usize) -> bool {
    !text.is_empty() && text::line(text) == text && text.chars().count() <= limit
}

/// The answers of somebody whose name and address his site has signed: these, whatever he answered.
pub fn prove(fields: &[Field], answers: &[Answer], name: &str, email: &str) -> Vec<Answer> {
    let mut proved = answers.to_vec();
    for field in fields {
        let value = match field.kind {
            FieldKind::Name => name,
            // A site may know its people by what is no address of the web; that would be refused.
            FieldKind::Email if is_plausible(field.kind, email) => email,
            _ => "",
        };
        if !value.is_empty() {
            proved.retain(|answer| answer.key != field.key);
            proved.push(Answer {
                key: field.key.clone(),
                label: field.label.clone(),
                value: value.into(),
                version: String::new(),
            });
        }
    }
    proved
}

/// Where he may be written to: what he answered first where the form asks for an address. Empty: nowhere.
/// What merely looks like an address, in another answer, may be anybody's.
pub fn email_of<'a>(fields: &[Field], answers: &'a [Answer]) -> &'a str {
    let asked = fields.iter().filter(|field| field.kind == FieldKind::Email);
    let mut given = asked.filter_map(|field| answers.iter().find(|answer| answer.key == field.key));
    let email = given.find(|answer| is_plausible(FieldKind::Email, &answer.value));
    email.map_or("", |answer| &answer.value)
}

/// Catches slips of the finger, and nobody's real address.
pub fn is_plausible(kind: FieldKind, value: &str) -> bool {
    match kind {
        FieldKind::Name | FieldKind::Text | FieldKind::Choice | FieldKind::Consent => true,
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
        Field { key: key.into(), label: key.to_uppercase(), kind, required, options: Vec::new(), consent: None }
    }

    fn answer(key: &str, value: &str) -> Answer {
        let label = "what a browser claims".into();
        Answer { key: key.into(), label, value: value.into(), version: String::new() }
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
    fn what_a_site_has_signed_is_answered_so() {
        let fields = [
            field("name", FieldKind::Name, true),
            field("email", FieldKind::Email, true),
            field("order", FieldKind::Text, false),
        ];
        let typed = [answer("name", "Eva"), answer("order", "N-1")];

        let filled = fill(&fields, &prove(&fields, &typed, "Ana", "ana@correo.es")).unwrap();

        assert_eq!(filled.iter().map(|a| a.value.as_str()).collect::<Vec<_>>(), ["Ana", "ana@correo.es", "N-1"]);
        assert_eq!(prove(&fields, &typed, "", ""), typed);
        // What his site knows him by is no address: what he typed is better.
        assert_eq!(prove(&fields, &typed, "", "ana@intranet"), typed);
    }

    #[test]
    fn he_is_written_to_where_he_was_asked_for_an_address() {
        let fields = [
            field("name", FieldKind::Name, true),
            field("account", FieldKind::Text, false),
            field("email", FieldKind::Email, false),
            field("other", FieldKind::Email, false),
        ];
        let (ana, eva) = (answer("email", "ana@correo.es"), answer("other", "eva@correo.es"));

        assert_eq!(email_of(&fields, &[eva.clone(), ana]), "ana@correo.es");
        assert_eq!(email_of(&fields, &[answer("email", ""), eva]), "eva@correo.es");
        assert_eq!(email_of(&fields, &[answer("account", "bruno@correo.es"), answer("email", "ana")]), "");
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
    fn a_choice_is_one_of_its_options() {
        let size = Field { options: vec!["Grande".into(), "Chica".into()], ..field("size", FieldKind::Choice, true) };
        let filled = |value: &str| fill(std::slice::from_ref(&size), &[answer("size", value)]);

        assert_eq!(filled("Chica").unwrap()[0].value, "Chica");
        for odd in ["chica", "Mediana", "Grande, Chica", "0"] {
            assert_eq!(filled(odd), Err(Refusal::FieldWrong { field: "size".into() }), "{odd}");
        }
        assert_eq!(filled(" "), Err(Refusal::FieldMissing { field: "size".into() }));
    }

    fn policy(required: bool) -> Field {
        let consent = Consent { text: "Acepto la política.".into(), version: "2".into(), link: String::new() };
        Field { consent: Some(consent), ..field("policy", FieldKind::Consent, required) }
    }

    fn agreed(text: &str, version: &str) -> Answer {
        Answer { version: version.into(), ..answer("policy", text) }
    }

    #[test]
    fn a_consent_is_kept_with_its_text_and_its_version() {
        let filled = fill(&[policy(true)], &[agreed("Acepto la política.", "2")]).unwrap();

        assert_eq!((filled[0].value.as_str(), filled[0].version.as_str()), ("Acepto la política.", "2"));
    }

    #[test]
    fn agreed_to_another_text_is_not_agreed() {
        for (text, version) in
            [("", ""), ("Acepto la política.", "1"), ("Acepto todo.", "2"), ("yes", "2"), ("true", "")]
        {
            let answers = [agreed(text, version)];

            assert_eq!(fill(&[policy(true)], &answers), Err(Refusal::FieldMissing { field: "policy".into() }));
            assert_eq!(fill(&[policy(false)], &answers), Ok(vec![]), "{text} {version}");
        }
    }

    #[test]
    fn what_a_form_cannot_mean_is_named_by_its_place() {
        let consent = |text: &str, version: &str, link: &str| {
            let consent = Consent { text: text.into(), version: version.into(), link: link.into() };
            Field { consent: Some(consent), ..field("ok", FieldKind::Consent, true) }
        };
        let choice = |options: &[&str]| Field {
            options: options.iter().map(|&o| o.into()).collect(),
            ..field("a", FieldKind::Choice, true)
        };
        let wrong = |fields: &[Field]| check_form(fields).unwrap_err().path;

        let name = field("name", FieldKind::Name, true);
        check_form(&[name.clone(), choice(&["A", "B"]), consent("Acepto.", "1", "https://a.example/privacidad")])
            .unwrap();
        assert_eq!(wrong(&[name.clone(), name.clone()]), "form[1].key");
        assert_eq!(wrong(&[field("Name!", FieldKind::Name, true)]), "form[0].key");
        assert_eq!(wrong(&[Field { label: " ".into(), ..name.clone() }]), "form[0].label");
        assert_eq!(wrong(&[choice(&[])]), "form[0].options");
        assert_eq!(wrong(&[choice(&["A", "A"])]), "form[0].options[1]");
        assert_eq!(wrong(&[Field { options: vec!["A".into()], ..name.clone() }]), "form[0].options");
        assert_eq!(wrong(&[field("ok", FieldKind::Consent, true)]), "form[0].consent");
        assert_eq!(wrong(&[consent("", "1", "")]), "form[0].consent.text");
        assert_eq!(wrong(&[consent("Acepto.", "", "")]), "form[0].consent.version");
        assert_eq!(wrong(&[consent("Acepto.", "1", "javascript:alert(1)")]), "form[0].consent.link");
        assert_eq!(wrong(&vec![name; 21]), "form");
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
