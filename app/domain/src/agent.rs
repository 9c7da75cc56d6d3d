//! Who works here, as an administrator of the system keeps it: invited, given rights, disabled. In which groups he is
//! stands in [`crate::group::change`].

use crate::application::{FieldKind, is_plausible};
use crate::settings::may_keep;
use crate::{Face, Refusal, Span, profile, text};
use serde::{Deserialize, Serialize};

/// How long a link is good with which somebody chooses his first password.
pub const LINK_LIFE: Span = Span::hours(7 * 24);
/// The same for who has a password already: whoever finds his link would take a living account.
pub const RESET_LIFE: Span = Span::hours(1);
/// The longest address, in characters.
pub const EMAIL_LIMIT: usize = 254;
/// The most who work in a house, the disabled ones too.
pub const AGENTS: usize = 5_000;

/// One who works here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    pub face: Face,
    /// He signs in with it.
    pub email: String,
    /// Administers the system.
    pub system: bool,
    /// May attend only the first of the list (R53).
    pub sequence: bool,
    /// He may not sign in.
    pub disabled: bool,
    /// He has not chosen a password yet.
    pub invited: bool,
    /// He signs in with a second factor.
    pub factor: bool,
}

/// What an administrator wants of one. Variants are only ever appended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Change {
    /// A new one; his id is made by who asks. Asked again, he is there, and another link is made.
    Invite {
        name: String,
        email: String,
        system: bool,
    },
    /// A link with which he chooses another password; the one that was made before is dead.
    Link,
    /// `read`: as it was before the asker's eyes.
    Address {
        email: String,
        read: String,
    },
    System(bool),
    Sequence(bool),
    /// True: his sessions end, and his conversations as if he had closed his browser (R63).
    Disabled(bool),
    /// Takes his second factor off; his sessions end.
    ResetFactor,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// All who work here, by name.
    pub lines: Vec<Line>,
    /// The secret of a link, told once.
    pub link: Option<String>,
}

impl Change {
    /// The agent as he is afterwards. `all`: as all are.
    pub fn apply(&self, id: &str, all: &[Line]) -> Result<Line, Refusal> {
        let here = all.iter().find(|line| line.face.id == id);
        if let Change::Invite { name, email, system } = self {
            return invited(id, [name, email], *system, all);
        }
        let mut line = here.ok_or(Refusal::NotYours)?.clone();
        match self {
            Change::Invite { .. } => {}
            Change::Link if line.disabled => return Err(Refusal::TooLate),
            Change::Link => {}
            Change::Address { email, read } => {
                let wanted = address(email)?;
                if may_keep(Some(&line.email), Some(read), &wanted)? {
                    is_free(&wanted, id, all)?;
                    line.email = wanted;
                }
            }
            Change::System(system) => line.system = *system,
            Change::Sequence(sequence) => line.sequence = *sequence,
            Change::Disabled(disabled) => line.disabled = *disabled,
            Change::ResetFactor if line.factor => line.factor = false,
            Change::ResetFactor => return Err(Refusal::TooLate),
        }
        let others = all.iter().filter(|other| other.face.id != id);
        let is_last = here.is_some_and(rules) && !others.into_iter().any(rules);
        if is_last && !rules(&line) {
            // A house that nobody administers could not be helped from within.
            return Err(Refusal::FieldWrong { field: "system".into() });
        }
        Ok(line)
    }
}

/// Does he administer the system, and can he sign in?
fn rules(line: &Line) -> bool {
    line.system && !line.disabled && !line.invited
}

fn invited(id: &str, [name, email]: [&String; 2], system: bool, all: &[Line]) -> Result<Line, Refusal> {
    let (name, email) = (profile::name(name)?, address(email)?);
    is_free(&email, id, all)?;
    if let Some(line) = all.iter().find(|line| line.face.id == id) {
        let same = line.invited && line.email == email;
        return if same { Ok(line.clone()) } else { Err(Refusal::NotYours) };
    }
    if !crate::id::is_sound(id) {
        return Err(Refusal::Malformed);
    }
    if all.len() >= AGENTS {
        return Err(Refusal::Full { limit: AGENTS as u32 });
    }
    let face = Face { id: id.into(), name };
    Ok(Line { face, email, system, sequence: false, disabled: false, invited: true, factor: false })
}

/// As it is kept: in small letters.
fn address(given: &str) -> Result<String, Refusal> {
    let email = text::line(given).to_lowercase();
    match email.chars().count() {
        0 => Err(Refusal::FieldMissing { field: "email".into() }),
        long if long > EMAIL_LIMIT => Err(Refusal::FieldTooLong { field: "email".into(), limit: EMAIL_LIMIT as u32 }),
        _ if !is_plausible(FieldKind::Email, &email) => Err(Refusal::FieldWrong { field: "email".into() }),
        _ => Ok(email),
    }
}

fn is_free(email: &str, id: &str, all: &[Line]) -> Result<(), Refusal> {
    let taken = all.iter().any(|line| line.email == email && line.face.id != id);
    if taken { Err(Refusal::FieldWrong { field: "email.taken".into() }) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::*;

    fn line(id: &str, system: bool) -> Line {
        let email = [id, "@casa.example"].concat();
        Line { face: face(id), email, system, sequence: false, disabled: false, invited: false, factor: false }
    }

    fn wrong(field: &str) -> Result<Line, Refusal> {
        Err(Refusal::FieldWrong { field: field.into() })
    }

    #[test]
    fn the_last_who_administers_the_system_stays_so() {
        let all = [line("marta", true), line("ines", false)];
        let invited = Line { invited: true, ..line("noa", true) };
        let disabled = Line { disabled: true, ..line("leo", true) };

        for change in [Change::System(false), Change::Disabled(true)] {
            assert_eq!(change.apply("marta", &all), wrong("system"));
            // Neither of these could sign in and help.
            let others = [all[0].clone(), invited.clone(), disabled.clone()];
            assert_eq!(change.apply("marta", &others), wrong("system"));
            assert!(change.apply("marta", &[all[0].clone(), line("olga", true)]).is_ok());
            assert!(change.apply("ines", &all).is_ok());
            assert_eq!(change.apply("nobody", &all), Err(Refusal::NotYours));
        }
        assert!(Change::Sequence(true).apply("marta", &all).is_ok());
    }

    #[test]
    fn an_address_is_one_s_own() {
        let all = [line("marta", true), line("ines", false)];
        let id = "0123456789abcdef-noa";
        let invite = |name: &str, email: &str| {
            Change::Invite { name: name.into(), email: email.into(), system: false }.apply(id, &all)
        };

        let noa = invite(" Noa\n Gil ", " Noa@Casa.example ").unwrap();
        assert_eq!((noa.face.name.as_str(), noa.email.as_str(), noa.invited), ("Noa Gil", "noa@casa.example", true));
        assert_eq!(invite("", "noa@casa.example"), Err(Refusal::FieldMissing { field: "name".into() }));
        assert_eq!(invite("Noa", " "), Err(Refusal::FieldMissing { field: "email".into() }));
        assert_eq!(invite("Noa", "noa"), wrong("email"));
        assert_eq!(invite("Noa", "INES@casa.example"), wrong("email.taken"));
        let long = format!("{}@casa.example", "n".repeat(EMAIL_LIMIT));
        assert!(matches!(invite("Noa", &long), Err(Refusal::FieldTooLong { .. })));
        // Asked again after a lost answer he is there already; nobody else is taken over by his id.
        let again = Change::Invite { name: "Noa Gil".into(), email: "noa@casa.example".into(), system: false };
        assert_eq!(again.apply(id, std::slice::from_ref(&noa)), Ok(noa.clone()));
        let joined = Line { invited: false, ..noa };
        assert_eq!(again.apply(id, &[joined]), Err(Refusal::NotYours));
    }

    #[test]
    fn who_read_an_older_address_is_told_and_a_factor_is_reset_where_there_is_one() {
        let all = [line("marta", true), Line { factor: true, ..line("ines", false) }];
        let to = |email: &str, read: &str| Change::Address { email: email.into(), read: read.into() };

        let moved = to("ines.robledo@casa.example", "ines@casa.example").apply("ines", &all).unwrap();
        assert_eq!(moved.email, "ines.robledo@casa.example");
        let older = to("other@casa.example", "older@casa.example").apply("ines", &all);
        assert_eq!(older, Err(Refusal::Overtaken { by: String::new() }));
        assert!(Change::ResetFactor.apply("ines", &all).is_ok_and(|line| !line.factor));
        assert_eq!(Change::ResetFactor.apply("marta", &all), Err(Refusal::TooLate));
        let disabled = [all[0].clone(), Line { disabled: true, ..line("leo", false) }];
        assert_eq!(Change::Link.apply("leo", &disabled), Err(Refusal::TooLate));
    }
}
