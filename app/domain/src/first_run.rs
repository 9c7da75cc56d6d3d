//! The first run of a house: what its first administrator sets, in this order, until a site of his has called in.

use crate::application::Called;
use crate::group::Named;
use serde::{Deserialize, Serialize};

/// What there is of it. Found in what is kept, so whatever way it was set by, it counts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FirstRun {
    /// It was begun, and neither finished nor dismissed.
    pub begun: bool,
    /// What the house is called; empty: nobody has said so.
    pub organisation: String,
    /// The first of its groups that is in use.
    pub group: Option<Named>,
    /// The first of its applications that is.
    pub application: Option<Named>,
    /// May any page show that?
    pub has_site: bool,
    /// When its widget was asked for last.
    pub called: Option<Called>,
}

/// One after the other; each can be gone back to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    House,
    Group,
    Application,
    Site,
}

impl Step {
    pub const ALL: [Step; 4] = [Step::House, Step::Group, Step::Application, Step::Site];

    /// As its address names it.
    pub fn word(self) -> &'static str {
        match self {
            Step::House => "house",
            Step::Group => "group",
            Step::Application => "application",
            Step::Site => "site",
        }
    }

    pub fn of(word: &str) -> Option<Step> {
        Step::ALL.into_iter().find(|step| step.word() == word)
    }
}

impl FirstRun {
    pub fn is_done(&self, step: Step) -> bool {
        match step {
            Step::House => !self.organisation.is_empty(),
            Step::Group => self.group.is_some(),
            Step::Application => self.application.is_some() && self.has_site,
            // Somebody who opens our frame by hand is no site.
            Step::Site => self.called.as_ref().is_some_and(|called| !called.from.is_empty()),
        }
    }

    /// The first that is missing; none: a site has called in, and nothing is.
    pub fn next(&self) -> Option<Step> {
        Step::ALL.into_iter().find(|step| !self.is_done(*step))
    }
}

/// What a house may be called that its first administrator has not named: by the address that he gave.
pub fn guessed_name(email: &str) -> String {
    let host = email.rsplit_once('@').map_or("", |(_, host)| host);
    let label = host.split('.').next().unwrap_or_default().replace(['-', '_'], " ");
    let mut letters = label.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}

/// The site that somebody means who pastes the address of one of its pages.
pub fn guessed_site(typed: &str) -> String {
    let typed = typed.trim();
    if typed.is_empty() {
        return String::new();
    }
    let (scheme, rest) = typed.split_once("://").unwrap_or(("https", typed));
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    [scheme, "://", host].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Time;

    fn nothing() -> FirstRun {
        FirstRun { begun: true, ..FirstRun::default() }
    }

    #[test]
    fn what_is_missing_comes_in_its_order_and_what_was_set_elsewhere_counts() {
        let named = || Some(Named { id: "x".into(), name: "X".into() });
        let called = |from: &str| Some(Called { at: Time(1), from: from.into() });
        let house = FirstRun { organisation: "Casa Nogal".into(), ..nothing() };
        let group = FirstRun { group: named(), ..house.clone() };
        let blind = FirstRun { application: named(), ..group.clone() };
        let application = FirstRun { has_site: true, ..blind.clone() };
        let by_hand = FirstRun { called: called(""), ..application.clone() };
        let done = FirstRun { called: called("https://shop.example"), ..application.clone() };

        assert_eq!(nothing().next(), Some(Step::House));
        assert_eq!(FirstRun { group: named(), ..nothing() }.next(), Some(Step::House));
        assert_eq!(house.next(), Some(Step::Group));
        assert_eq!(group.next(), Some(Step::Application));
        assert_eq!(blind.next(), Some(Step::Application), "no page may show it");
        assert_eq!(application.next(), Some(Step::Site));
        assert_eq!(by_hand.next(), Some(Step::Site));
        assert_eq!(done.next(), None);
    }

    #[test]
    fn each_step_is_found_by_its_word() {
        for step in Step::ALL {
            assert_eq!(Step::of(step.word()), Some(step));
        }
        assert_eq!(Step::of("nowhere"), None);
    }

    #[test]
    fn a_house_is_called_like_its_address_until_it_is_named() {
        assert_eq!(guessed_name("marta@casa-nogal.example"), "Casa nogal");
        assert_eq!(guessed_name("marta"), "");
    }

    #[test]
    fn a_page_is_taken_for_its_site() {
        for (typed, site) in [
            ("https://shop.example/tienda?x=1#y", "https://shop.example"),
            (" shop.example ", "https://shop.example"),
            ("http://127.0.0.1:8081/", "http://127.0.0.1:8081"),
            ("shop.example:8443/a", "https://shop.example:8443"),
            ("", ""),
        ] {
            assert_eq!(guessed_site(typed), site, "{typed}");
        }
    }
}
