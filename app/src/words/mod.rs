//! What the console and the server's pages say. What everybody says is in `common`.

pub mod account;
#[cfg(feature = "ssr")]
pub mod address;
pub mod alarm;
pub mod amend;
#[cfg(feature = "ssr")]
pub mod api;
pub mod application;
pub mod audit;
pub mod canned;
pub mod en;
pub mod es;
pub mod find;
pub mod first_run;
pub mod indicators;
pub mod intervene;
#[cfg(feature = "ssr")]
pub mod join;
pub mod knowledge;
pub mod mention;
pub mod monitor;
#[cfg(feature = "ssr")]
pub mod portal;
pub mod pt;
pub mod queue;
pub mod settings;
pub mod subscription;
pub mod ticket;
pub mod token;
pub mod trigger;

use domain::customer::Deed;
use domain::rating::Score;

/// A language of the console. A sentence with parts is a function.
pub struct Words {
    pub common: &'static ::words::Words,

    // Pages drawn on the server.
    pub sign_in: &'static str,
    pub sign_in_hello: &'static str,
    pub email: &'static str,
    pub password: &'static str,
    pub enter: &'static str,
    pub set_up: &'static str,
    pub set_up_hello: &'static str,
    pub set_up_say: &'static str,
    pub your_name: &'static str,
    pub password_hint: &'static str,
    pub begin: &'static str,
    pub needs_script: &'static str,

    // The frame.
    pub loading: &'static str,
    pub main_menu: &'static str,
    pub menu_chat: &'static str,
    pub menu_tickets: &'static str,
    pub menu_applications: &'static str,
    pub menu_answers: &'static str,
    pub menu_triggers: &'static str,
    pub my_account: &'static str,
    pub menu_profile: &'static str,
    pub menu_audit: &'static str,
    pub menu_indicators: &'static str,
    pub menu_monitor: &'static str,
    pub menu_settings: &'static str,
    pub find: &'static str,
    pub first_run: &'static str,
    pub sign_out: &'static str,
    pub status_in_chat: &'static str,
    pub online: &'static str,
    pub offline: &'static str,
    pub dismiss: &'static str,
    pub not_reached: &'static str,
    pub outdated: &'static str,
    pub reload: &'static str,
    pub part_missing: &'static str,
    pub part_missing_say: &'static str,
    pub no_such_view: &'static str,
    pub cancel: &'static str,
    pub copy: &'static str,
    pub copied: &'static str,
    pub not_copied: &'static str,
    pub more: &'static str,
    pub try_it: &'static str,

    // News: sound, notifications, title.
    pub new_chat: fn(&str) -> String,
    pub alerts_on: &'static str,
    pub alerts_ask: &'static str,
    pub alerts_denied: &'static str,
    pub alerts_missing: &'static str,
    pub alerts_on_say: &'static str,
    pub alerts_ask_say: &'static str,
    pub alerts_denied_say: &'static str,
    pub alerts_missing_say: &'static str,
    pub alerts_allow: &'static str,
    pub alerts_check: &'static str,
    pub alert_try_title: &'static str,
    pub alert_try: &'static str,
    pub sound: &'static str,
    pub sound_check: &'static str,

    // The queue.
    pub queue: &'static str,
    pub list_waiting: &'static str,
    pub list_attending: &'static str,
    pub nobody_waits: &'static str,
    pub nobody_attended: &'static str,
    pub mine: &'static str,
    pub of_others: &'static str,
    pub sequence: &'static str,
    pub sequence_first: &'static str,
    pub place: &'static str,
    pub view: &'static str,
    pub attend: &'static str,
    pub is_writing: &'static str,
    pub with_agents: fn(&str) -> String,
    pub gone_since: fn(&str) -> String,
    pub all_attended: &'static str,
    pub somebody_waits: &'static str,
    pub empty_say: &'static str,
    pub you_are_offline: &'static str,
    pub no_group: &'static str,
    pub no_group_say: &'static str,
    pub open_tickets: &'static str,

    // A conversation.
    pub conversation: &'static str,
    pub conversation_with: fn(&str) -> String,
    pub open_conversations: &'static str,
    pub close_tab: &'static str,
    pub to_save: &'static str,
    pub back_to_queue: &'static str,
    pub verified: &'static str,
    /// The site has proved who the customer is.
    pub identified: fn(&str) -> String,
    /// A ticket went on in another conversation, of this number.
    pub went_on: fn(&str) -> String,
    /// He has opened what was mailed to an address, which says nothing of his name.
    pub mail_proved: &'static str,
    pub unverified: &'static str,
    pub unverified_say: &'static str,
    pub said_of_him: &'static str,
    pub related: &'static str,
    pub waited: &'static str,
    pub lasted: &'static str,
    pub finish: &'static str,
    pub finish_ask: &'static str,
    pub finish_say: &'static str,
    pub remove: &'static str,
    pub remove_ask: &'static str,
    pub remove_say: &'static str,
    pub intervene: &'static str,
    pub enter_talk: &'static str,
    pub invites_you: fn(&str) -> String,
    pub redirect: &'static str,
    pub to_group: &'static str,
    pub invite: &'static str,
    pub customer_gone_since: fn(&str) -> String,
    pub not_inside: &'static str,
    pub log: &'static str,
    pub protocol: fn(&str, &str) -> String,
    pub while_waiting: &'static str,
    pub left: fn(&str) -> String,
    pub returned: fn(&str) -> String,
    pub invited: fn(&str, &str) -> String,
    /// The queue gave it to him by itself; he did not answer in time.
    pub assigned: fn(&str) -> String,
    pub unanswered: fn(&str) -> String,
    pub decline: &'static str,
    pub decline_ask: &'static str,
    pub decline_say: &'static str,
    pub part: &'static str,
    pub part_say: &'static str,
    pub declined: fn(&str) -> String,
    pub redirect_to: fn(&str) -> String,
    pub hand_over_note: &'static str,
    pub handed_to_you: &'static str,
    pub writes: fn(&str) -> String,
    pub note_mark: &'static str,
    pub whisper_mark: &'static str,
    pub take_back: &'static str,

    // Writing.
    pub to_whom: &'static str,
    pub reply: &'static str,
    pub whisper: &'static str,
    pub note: &'static str,
    pub write_to: fn(&str) -> String,
    pub write_whisper: &'static str,
    pub write_note: &'static str,
    pub enter_sends: &'static str,
    pub send: &'static str,
    /// How many characters it has, how many fit, and how many are too many.
    pub too_long: fn(&str, &str, &str) -> String,
    pub attach: &'static str,
    pub drop_here: &'static str,
    /// A colleague of this name wrote meanwhile.
    pub ahead: fn(&str) -> String,
    pub send_anyway: &'static str,
    pub review: &'static str,
    pub files_go_to_customer: &'static str,
    /// What was not sent is taken off the screen.
    pub take_off: &'static str,

    // The papers.
    pub papers: &'static str,
    pub ticket: &'static str,
    pub new_ticket: &'static str,
    pub locked: &'static str,
    pub subject: &'static str,
    pub subject_missing: &'static str,
    pub group: &'static str,
    pub owner: &'static str,
    pub status: &'static str,
    pub nobody: &'static str,
    pub opened_via: &'static str,
    pub customer: &'static str,
    pub name: &'static str,
    pub connection: &'static str,
    pub page: &'static str,
    pub internal_note: &'static str,
    pub internal_note_hint: &'static str,
    pub now_the_ticket: &'static str,
    pub now_the_ticket_say: &'static str,
    pub no_ticket: &'static str,
    /// It belongs to one that the reader may not see.
    pub in_ticket: fn(&str) -> String,
    /// The conversation went on with a ticket, of this number.
    pub kept_in: fn(&str) -> String,
    pub save: &'static str,
    pub save_as: fn(&str) -> String,
    pub save_as_what: &'static str,
    pub saving: &'static str,
    pub will_be_saved_by: fn(&str, &str) -> String,
    pub saved_as: fn(&str, &str) -> String,
    pub resolved_more: &'static str,
    pub canceled_more: &'static str,
    pub see_ticket: &'static str,

    // Tickets.
    pub which_tickets: &'static str,
    pub filter_open: &'static str,
    pub filter_mine: &'static str,
    pub filter_unsaved: &'static str,
    pub filter_all: &'static str,
    pub no_tickets: &'static str,
    pub choose_ticket: &'static str,
    pub back_to_list: &'static str,
    pub changed: &'static str,
    pub opened_by: fn(&str, &str, &str) -> String,
    pub saved_by: fn(&str, &str) -> String,
    /// Who said how it was, and what he said.
    pub rated_by: fn(&str, &str) -> String,
    pub rating: &'static str,
    pub score: fn(Score) -> String,
    pub by_itself: &'static str,
    pub the_chat: &'static str,
    pub application: &'static str,
    pub waited_for: &'static str,
    pub lasted_for: &'static str,

    // A customer.
    pub erased_one: &'static str,
    pub nameless: &'static str,
    pub since: &'static str,
    pub known_as: &'static str,
    pub his_chats: &'static str,
    pub no_chats_of_his: &'static str,
    pub ended_how: &'static str,
    pub when: &'static str,
    pub waits: &'static str,
    pub runs: &'static str,
    pub not_for_you: &'static str,
    pub block: &'static str,
    pub block_ask: &'static str,
    pub block_say: &'static str,
    pub unblock: &'static str,
    pub unblock_ask: &'static str,
    pub unblock_say: &'static str,
    pub blocked: &'static str,
    pub reason: &'static str,
    pub export: &'static str,
    pub erase: &'static str,
    pub erase_ask: &'static str,
    pub erase_say: &'static str,
    pub erase_running: &'static str,
    pub done_about_him: &'static str,
    pub by_command: &'static str,
    pub past: &'static str,
    pub deed: fn(Deed) -> &'static str,

    // Applications.
    pub applications_say: &'static str,
    pub no_applications: &'static str,
    pub snippet: &'static str,
    pub snippet_say: &'static str,
    /// The snippet with the hash of what may run.
    pub pinned: &'static str,
    pub pinned_say: &'static str,
    pub policy: &'static str,
    pub policy_say: &'static str,
    pub sites: &'static str,

    // Counts.
    pub count_waiting: fn(usize) -> String,
    pub count_unread: fn(u32) -> String,
    pub online_in: fn(usize) -> String,
}

/// The words of a language tag; Spanish where we do not speak it. All of them come with it: the console
/// loads the one it speaks instead.
pub fn of(lang: &str) -> &'static Words {
    match tongue(lang) {
        "pt" => &pt::WORDS,
        "en" => &en::WORDS,
        _ => &es::WORDS,
    }
}

/// Which of our languages a tag asks for.
pub fn tongue(lang: &str) -> &'static str {
    let asked = lang.split(['-', '_']).next().unwrap_or_default();
    ["es", "pt", "en"].into_iter().find(|tongue| asked.eq_ignore_ascii_case(tongue)).unwrap_or("es")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_are_named_as_required() {
        assert_eq!(of("es").list_waiting, "Conversaciones en espera de atención");
        assert_eq!(of("pt-BR").list_attending, "Conversas em atendimento");
        assert_eq!(of("en").list_waiting, "Conversations waiting for service");
        assert_eq!(of("fr").attend, "Atender");
    }

    #[test]
    fn a_tag_means_here_what_it_means_everywhere() {
        for tag in ["es", "es-AR", "pt", "pt_BR", "PT-br", "en", "EN-GB", "fr", ""] {
            assert_eq!((tongue(tag), of(tag).common.lang), (::words::of(tag).lang, ::words::of(tag).lang), "{tag}");
        }
    }

    #[test]
    fn one_is_not_many() {
        assert_eq!((of("es").online_in)(1), "Estás Online en un grupo");
        assert_eq!((of("es").online_in)(2), "Estás Online en 2 grupos");
    }
}
