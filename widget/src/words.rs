//! What the window says to its visitor, beside the words all screens share. A build carries the
//! languages of its features: what browsers load, one.

#[cfg(feature = "en")]
mod en;
#[cfg(feature = "es")]
mod es;
#[cfg(feature = "pt")]
mod pt;

/// A language.
pub struct Words {
    pub common: &'static words::Words,

    // Home.
    pub hello_known: fn(&str) -> String,
    /// So many people attend now.
    pub team: fn(usize) -> String,
    pub start: &'static str,
    pub back_to_chat: &'static str,
    pub not_you: fn(&str) -> String,
    pub other_person: &'static str,
    pub minimise: &'static str,
    /// On the launcher, and in the title of the page.
    pub unread: fn(u32) -> String,
    pub go_home: &'static str,

    // Knowledge base.
    pub search: &'static str,
    /// So many articles were found.
    pub found: fn(usize) -> String,
    pub did_it_help: &'static str,
    pub yes: &'static str,
    pub no: &'static str,
    pub it_helped: &'static str,
    pub it_did_not_help: &'static str,

    // Form.
    pub form_title: &'static str,
    pub form_lead: &'static str,
    pub optional: &'static str,
    pub go_on: &'static str,
    pub email_slip: &'static str,
    pub phone_slip: &'static str,
    /// The box of a consent is not ticked.
    pub consent_slip: &'static str,
    /// Nothing of a choice is chosen yet.
    pub choose: &'static str,
    pub read_more: &'static str,

    // Subject.
    pub thanks: &'static str,
    pub ask_subject: &'static str,
    pub subject: &'static str,
    pub confirm: &'static str,
    /// Who is online in the subject.
    pub are_here: fn(&str, bool) -> String,
    pub start_chat: &'static str,
    pub nobody: &'static str,
    pub nobody_in: fn(&str) -> String,
    pub try_again: &'static str,
    pub other_subject: &'static str,

    // Nobody attends.
    pub closed: &'static str,
    /// When it opens again: the day, empty where that is today, and the hour.
    pub back_on: fn(&str, &str) -> String,
    /// What to do instead, and to which address we answer; empty: to none.
    pub message_lead: fn(&str) -> String,
    pub leave_message: &'static str,
    pub ways: &'static str,
    /// The last agent has gone while he waits.
    pub gone: &'static str,
    pub somebody: &'static str,
    pub somebody_more: &'static str,

    pub and: &'static str,

    // Going on with a ticket.
    pub go_on_with: &'static str,
    pub something_new: &'static str,

    // Waiting.
    pub protocol: fn(&str) -> String,
    pub place: &'static str,
    pub wait: &'static str,
    pub wait_range: &'static str,
    pub unknown: &'static str,
    pub soon: &'static str,
    pub minutes: fn(&str) -> String,
    pub write_already: &'static str,
    pub leave_queue: &'static str,
    pub leave_queue_ask: &'static str,

    // Conversation.
    pub write: &'static str,
    pub message: &'static str,
    pub conversation: &'static str,
    pub send: &'static str,
    pub will_send: &'static str,
    pub typing: fn(&str) -> String,
    pub finish: &'static str,
    pub finish_ask: &'static str,
    pub finish_yes: &'static str,
    pub stay: &'static str,
    /// Words that were refused go back to where he writes.
    pub edit: &'static str,
    pub attach: &'static str,
    pub drop_here: &'static str,
    pub cancel: &'static str,
    /// What was not sent is taken off the screen.
    pub remove: &'static str,
    pub cut: &'static str,
    pub silence: &'static str,

    // End.
    pub saved: &'static str,
    pub saved_more: fn(&str, &str) -> String,
    pub again: &'static str,
    pub rate: &'static str,
    /// What one to five stars mean.
    pub stars_mean: [&'static str; 5],
    pub good: &'static str,
    pub bad: &'static str,
    pub comment: &'static str,
    pub rate_send: &'static str,
    pub rated: &'static str,
    pub change: &'static str,
    pub download: &'static str,
    pub mail: &'static str,
    pub mailed: fn(&str) -> String,
    /// One act: it ends, and nothing stays in this browser.
    pub forget: &'static str,
    pub forgotten: &'static str,

    // Notice.
    pub sound: &'static str,
}

/// The languages of this build, the reference first.
const ALL: &[&Words] = &[
    #[cfg(feature = "es")]
    &es::WORDS,
    #[cfg(feature = "pt")]
    &pt::WORDS,
    #[cfg(feature = "en")]
    &en::WORDS,
];

/// The words of a language tag; of the first language of this build where it does not speak it.
pub fn of(lang: &str) -> &'static Words {
    let common = words::of(lang);
    ALL.iter().copied().find(|words| words.common.lang == common.lang).unwrap_or(ALL[0])
}

/// `Inés, Tomás y Lucía`.
pub fn list(names: &[&str], and: &str) -> String {
    match names {
        [] => String::new(),
        [one] => (*one).into(),
        [many @ .., last] => [&many.join(", "), " ", and, " ", last].concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_that_nobody_speaks_here_is_answered_in_spanish() {
        assert_eq!(of("fr-FR").common.lang, "es");
        assert_eq!(of("pt-BR").common.lang, "pt");
        assert_eq!(of("en").common.lang, "en");
    }

    #[test]
    fn names_are_listed_as_people_list_them() {
        assert_eq!(list(&["Inés", "Tomás", "Lucía"], "y"), "Inés, Tomás y Lucía");
        assert_eq!(list(&["Inés"], "y"), "Inés");
    }
}
