//! Who a site says its customer is, in claims that it signed; and what else is said of him (S73-S78).
//!
//! Whether the signature is right is desk's business. Here is what a right one may say, and for how long.

use crate::{Refusal, Span, Time, text};
use serde::{Deserialize, Serialize};

/// How far ahead claims may end: a stolen token is soon worth nothing.
pub const AHEAD: Span = Span::hours(1);
/// How far the site's clock may be from ours.
pub const SKEW: Span = Span::secs(60);
/// The biggest token, in bytes.
pub const TOKEN_LIMIT: usize = 8 * 1024;
/// The longest name that a site has for a person, in characters.
pub const SUBJECT_LIMIT: usize = 128;
/// The longest name or address of a person, in characters.
pub const NAME_LIMIT: usize = 200;
/// Things said of one customer.
pub const ATTRIBUTES_LIMIT: usize = 20;
/// The longest name of one, in characters.
pub const KEY_LIMIT: usize = 40;
/// The longest value of one, in characters.
pub const VALUE_LIMIT: usize = 200;

/// Something said of a customer, as `plan: pro`; by his site's program, or by its page only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attribute {
    pub key: String,
    pub value: String,
    /// The site's program signed it. Anything else may have been typed by anybody.
    pub signed: bool,
}

/// The key under which a customer's attributes hold the address of e-mail that he has proved, by opening what was
/// mailed there (S11). No site and no page can say it: what they say is a line. It is less than what a site signs.
const PROVED_MAIL: &str = "\nmail";

/// The attribute of who has proved that he reads the mail of this address.
pub fn proved_mail(address: &str) -> Attribute {
    Attribute { key: PROVED_MAIL.into(), value: address.into(), signed: true }
}

/// The address that he has proved, and what else is said of him.
pub fn part_mail(all: &[Attribute]) -> (Option<&str>, Vec<Attribute>) {
    let is_mail = |one: &&Attribute| one.signed && one.key == PROVED_MAIL;
    let mail = all.iter().find(is_mail).map(|one| one.value.as_str());
    (mail, all.iter().filter(|one| !is_mail(one)).cloned().collect())
}

/// What was signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claims {
    /// The site's own name for the person.
    pub subject: String,
    pub name: String,
    pub email: String,
    /// Whom they are for.
    pub audience: Vec<String>,
    pub until: Time,
    pub from: Option<Time>,
    pub issued: Option<Time>,
    pub attributes: Vec<Attribute>,
}

/// Why claims are not believed. Told to the log, and to the site's page as one of two refusals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doubt {
    Expired,
    /// They hold longer than [`AHEAD`].
    TooLong,
    /// They begin, or were made, later than now.
    NotYet,
    /// They are for another application.
    Audience,
    /// Nobody is meant, or something in them is longer than it may be.
    Unsound,
}

impl Doubt {
    pub fn refusal(self) -> Refusal {
        if self == Doubt::Expired { Refusal::IdentityExpired } else { Refusal::IdentityRefused }
    }
}

impl Claims {
    /// May they be believed, in this application and now?
    pub fn check(&self, key: &str, now: Time) -> Result<(), Doubt> {
        if !self.audience.iter().any(|one| one == key) {
            return Err(Doubt::Audience);
        }
        if self.until + SKEW <= now {
            return Err(Doubt::Expired);
        }
        if now + AHEAD + SKEW < self.until {
            return Err(Doubt::TooLong);
        }
        let early = |at: &Time| now + SKEW < *at;
        if self.from.as_ref().is_some_and(early) || self.issued.as_ref().is_some_and(early) {
            return Err(Doubt::NotYet);
        }
        let long = |what: &str, limit| what.chars().count() > limit;
        let unsound = text::line(&self.subject) != self.subject
            || self.subject.is_empty()
            || long(&self.subject, SUBJECT_LIMIT)
            || long(&self.name, NAME_LIMIT)
            || long(&self.email, NAME_LIMIT)
            || check(&self.attributes).is_err();
        if unsound { Err(Doubt::Unsound) } else { Ok(()) }
    }
}

/// Are these few enough and short enough?
pub fn check(attributes: &[Attribute]) -> Result<(), Refusal> {
    if attributes.len() > ATTRIBUTES_LIMIT {
        return Err(Refusal::Full { limit: ATTRIBUTES_LIMIT as u32 });
    }
    let sound = |one: &Attribute| {
        !one.key.is_empty()
            && text::line(&one.key) == one.key
            && one.key.chars().count() <= KEY_LIMIT
            && text::line(&one.value) == one.value
            && one.value.chars().count() <= VALUE_LIMIT
    };
    if attributes.iter().all(sound) { Ok(()) } else { Err(Refusal::Malformed) }
}

/// What a page says, whatever it says of its own signature. Its slip must cost its visitor nothing: what
/// is too long is cut, and nothing of it refused but more than there may be.
pub fn unsigned(said: &[Attribute]) -> Result<Vec<Attribute>, Refusal> {
    let short = |words: &str, limit| text::line(words).chars().take(limit).collect();
    let one = |one: &Attribute| Attribute {
        key: short(&one.key, KEY_LIMIT),
        value: short(&one.value, VALUE_LIMIT),
        signed: false,
    };
    let mut cut: Vec<Attribute> = said.iter().map(one).collect();
    cut.retain(|one| !one.key.is_empty());
    if cut.len() > ATTRIBUTES_LIMIT { Err(Refusal::Full { limit: ATTRIBUTES_LIMIT as u32 }) } else { Ok(cut) }
}

/// What is known after this was said, too: one value a key, and none that was signed is said otherwise
/// by anybody who does not sign (S78).
pub fn merge(known: &mut Vec<Attribute>, said: &[Attribute]) {
    for one in said {
        let room = known.len() < ATTRIBUTES_LIMIT || one.signed;
        match known.iter_mut().find(|old| old.key.eq_ignore_ascii_case(&one.key)) {
            Some(old) if old.signed && !one.signed => {}
            Some(old) => *old = one.clone(),
            None if room => known.push(one.clone()),
            None => {}
        }
    }
}

/// The same where claims are new: what earlier ones said is forgotten.
pub fn sign(known: &mut Vec<Attribute>, said: &[Attribute]) {
    known.retain(|old| !old.signed);
    merge(known, said);
}

/// A ticket that its own customer may go on with (R18, R19).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Related {
    pub id: String,
    pub number: i64,
    pub subject: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Time = Time(1_000_000_000);

    fn claims() -> Claims {
        Claims {
            subject: "u-1".into(),
            name: "Ana".into(),
            email: "ana@correo.example".into(),
            audience: vec!["pk_1".into()],
            until: NOW + Span::minutes(5),
            from: None,
            issued: None,
            attributes: Vec::new(),
        }
    }

    fn attribute(key: &str, value: &str, signed: bool) -> Attribute {
        Attribute { key: key.into(), value: value.into(), signed }
    }

    fn doubt(change: impl FnOnce(&mut Claims)) -> Result<(), Doubt> {
        let mut claims = claims();
        change(&mut claims);
        claims.check("pk_1", NOW)
    }

    #[test]
    fn claims_hold_for_an_hour_at_most_and_a_minute_of_a_wrong_clock() {
        let until = |span: Span| doubt(|c| c.until = NOW + span);

        assert_eq!(until(Span::secs(-59)), Ok(()));
        assert_eq!(until(Span::secs(-60)), Err(Doubt::Expired));
        assert_eq!(until(Span::secs(3_660)), Ok(()));
        assert_eq!(until(Span::secs(3_661)), Err(Doubt::TooLong));
        assert_eq!(doubt(|c| c.until = Time(i64::MAX / 2)), Err(Doubt::TooLong));
    }

    #[test]
    fn claims_of_tomorrow_are_not_believed_today() {
        for change in [|c: &mut Claims, at| c.from = Some(at), |c: &mut Claims, at| c.issued = Some(at)] {
            assert_eq!(doubt(|c| change(c, NOW + Span::secs(60))), Ok(()));
            assert_eq!(doubt(|c| change(c, NOW + Span::secs(61))), Err(Doubt::NotYet));
        }
    }

    #[test]
    fn claims_for_another_application_are_nothing_here() {
        assert_eq!(doubt(|c| c.audience = vec!["pk_2".into()]), Err(Doubt::Audience));
        assert_eq!(doubt(|c| c.audience.clear()), Err(Doubt::Audience));
        assert_eq!(doubt(|c| c.audience.push("pk_2".into())), Ok(()));
    }

    #[test]
    fn somebody_must_be_meant_and_everything_has_a_limit() {
        for subject in ["", " ", "a\nb", "a\0b", &"x".repeat(SUBJECT_LIMIT + 1)] {
            assert_eq!(doubt(|c| c.subject = subject.into()), Err(Doubt::Unsound), "{subject:?}");
        }
        assert_eq!(doubt(|c| c.name = "x".repeat(NAME_LIMIT + 1)), Err(Doubt::Unsound));
        let many = vec![attribute("a", "b", true); ATTRIBUTES_LIMIT + 1];
        assert_eq!(doubt(|c| c.attributes = many), Err(Doubt::Unsound));
    }

    #[test]
    fn what_was_signed_is_not_said_otherwise() {
        let mut known = vec![attribute("plan", "pro", true), attribute("cart", "1", false)];

        merge(&mut known, &[attribute("Plan", "gold", false), attribute("cart", "2", false)]);

        assert_eq!(known, [attribute("plan", "pro", true), attribute("cart", "2", false)]);
        sign(&mut known, &[attribute("cart", "0", true)]);
        assert_eq!(known, [attribute("cart", "0", true)]);
    }

    #[test]
    fn what_a_page_says_is_cut_and_never_signed() {
        let said = [attribute(" a\nb ", &"x".repeat(999), true), attribute("", "nothing", false)];

        let cut = unsigned(&said).unwrap();

        assert_eq!(cut, [attribute("a b", &"x".repeat(VALUE_LIMIT), false)]);
        let many: Vec<_> = std::iter::repeat_n(said[0].clone(), 21).collect();
        assert_eq!(unsigned(&many), Err(Refusal::Full { limit: 20 }));
    }

    #[test]
    fn nothing_said_pushes_out_what_is_signed() {
        let said: Vec<_> = (0..2 * ATTRIBUTES_LIMIT).map(|n| attribute(&n.to_string(), "x", false)).collect();
        let mut known = Vec::new();

        merge(&mut known, &said);
        assert_eq!(known.len(), ATTRIBUTES_LIMIT);
        sign(&mut known, &[attribute("plan", "pro", true)]);

        assert!(known.contains(&attribute("plan", "pro", true)));
    }

    #[test]
    fn no_site_and_no_page_says_that_an_address_was_proved() {
        let proof = proved_mail("ana@correo.example");
        let said = Attribute { signed: false, ..proof.clone() };

        assert_eq!(check(std::slice::from_ref(&proof)), Err(Refusal::Malformed));
        let page = unsigned(&[said, proof.clone()]).unwrap();

        assert_eq!(part_mail(&page).0, None);
        let other = Attribute { key: "plan".into(), value: "pro".into(), signed: true };
        let all = [other.clone(), proof];
        assert_eq!(part_mail(&all), (Some("ana@correo.example"), vec![other]));
    }
}
