//! What is looked for everywhere at once: in the conversations on a board, and in the tickets that a search found.

use crate::canned::folded;
use crate::wire::{Card, TicketRow};
use crate::{Seat, Stage};

/// So many of each kind are offered.
pub const CHATS: usize = 5;
pub const PEOPLE: usize = 5;
pub const TICKETS: usize = 8;

/// What was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sought {
    /// Without capitals and accents, and a number without its sign.
    words: Vec<String>,
    /// An address of mail is among them: it stands in no name, and tickets are found by that of their customer alone.
    has_address: bool,
}

/// Where a card leads somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leads {
    /// Into the conversation.
    Inside,
    /// To its row in the queue, where he may attend it.
    ToRow,
}

/// Where a card leads who has this seat in its group; none: nowhere, for he may not open it (R51, R52).
pub fn leads(card: &Card, me: &str, seat: &Seat) -> Option<Leads> {
    let takes_part = card.agents.iter().chain(&card.invited).any(|face| face.id == me);
    match card.stage {
        _ if takes_part || seat.administrator => Some(Leads::Inside),
        Stage::Waiting if seat.attendant => Some(Leads::ToRow),
        _ => None,
    }
}

/// The address of mail that a typed word is, or the beginning of one, in small letters; none where nothing stands
/// before its sign or after it. `mailto:` and a name that leans on it are none of it.
pub fn address(word: &str) -> Option<String> {
    let word = word.rsplit(['<', ':', '(']).find(|part| part.contains('@')).unwrap_or(word);
    let word = word.trim_matches(|c: char| "<>()[]\"',;:.".contains(c));
    let (user, host) = word.split_once('@')?;
    let says = |part: &str| part.contains(char::is_alphanumeric);
    (says(user) && says(host)).then(|| word.to_lowercase())
}

/// Is only the customer meant who has this address, and no ticket in which it was said? `<ana@correo.example>`.
pub fn is_of_customer(word: &str) -> bool {
    word.starts_with('<') && word.ends_with('>') && address(word).is_some()
}

/// What finds the customers of the addresses among these words, if there are any.
pub fn of_customers(typed: &str) -> Option<String> {
    let mut has_address = false;
    let one = |word: &str| match address(word) {
        Some(address) => {
            has_address = true;
            ["<", &address, ">"].concat()
        }
        None => word.to_owned(),
    };
    let words: Vec<String> = typed.split_whitespace().map(one).collect();
    has_address.then(|| words.join(" "))
}

/// The number of a ticket, where nothing else was typed.
pub fn number(typed: &str) -> Option<i64> {
    let typed = typed.trim().trim_start_matches('#');
    typed.parse().ok().filter(|_| typed.bytes().all(|byte| byte.is_ascii_digit()))
}

impl Sought {
    pub fn new(typed: &str) -> Sought {
        let words = folded(typed);
        let words = words.split_whitespace().map(|word| word.trim_start_matches('#').to_owned());
        let has_address = typed.split_whitespace().any(|word| address(word).is_some());
        Sought { words: words.filter(|word| !word.is_empty()).collect(), has_address }
    }

    /// Are all of the words in what is known of a conversation? `name` is what its customer is called here.
    pub fn finds(&self, card: &Card, name: &str) -> bool {
        let answers = card.answers.iter().map(|said| said.value.as_str());
        let own = [name, &card.application.name, &card.first_words, &card.words];
        self.is_in(&own.into_iter().chain(answers).collect::<Vec<_>>())
    }

    /// The customers of these tickets who are called so, each once: by the first of his tickets. Where an address was
    /// typed these are the tickets of [`of_customers`], and all of theirs are meant.
    pub fn people<'r>(&self, rows: &'r [TicketRow]) -> Vec<&'r TicketRow> {
        let mut people: Vec<&TicketRow> = Vec::new();
        for row in rows.iter().filter(|row| !row.customer.id.is_empty()) {
            let is_meant = self.has_address || self.is_in(&[row.customer.name.as_str()]);
            if is_meant && people.iter().all(|one| one.customer.id != row.customer.id) {
                people.push(row);
            }
        }
        people.truncate(PEOPLE);
        people
    }

    /// Each word may stand in another of the texts.
    fn is_in(&self, texts: &[&str]) -> bool {
        let said = folded(&texts.join("\n"));
        !self.words.is_empty() && self.words.iter().all(|word| said.contains(word.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::group::Named;
    use crate::ticket::Via;
    use crate::wire::Said;
    use crate::world::*;
    use crate::{Status, Time};

    fn card() -> Card {
        let order = Said { label: "Pedido".into(), value: "10-442".into() };
        let words = "La lámpara llegó rota".to_owned();
        Card { first_words: words, answers: vec![order], ..Card::of(&World::waiting().chat) }
    }

    fn row(number: i64, customer: &str, name: &str) -> TicketRow {
        TicketRow {
            id: format!("t{number}"),
            number,
            subject: "Lámpara".into(),
            status: Status::Stopped,
            customer: Named { id: customer.into(), name: name.into() },
            group: named("sales"),
            owner: None,
            changed_at: Time(0),
            via: Via::OnlineChat,
            saved: true,
            own: None,
            tags: Vec::new(),
        }
    }

    fn numbers(rows: Vec<&TicketRow>) -> Vec<i64> {
        rows.into_iter().map(|row| row.number).collect()
    }

    #[test]
    fn a_conversation_is_found_by_all_of_the_words_wherever_they_stand() {
        let finds = |typed: &str| Sought::new(typed).finds(&card(), "Ána Belmonte");

        for typed in ["ana", "BELMONTE", "nogal", "lampara rota", "rota ana", "#10-442", "  ána  "] {
            assert!(finds(typed), "{typed}");
        }
        for typed in ["bruno", "ana bruno", "lámparas", "", "  ", "#"] {
            assert!(!finds(typed), "{typed}");
        }
    }

    #[test]
    fn a_card_leads_where_somebody_may_go() {
        let waits = Card::of(&World::waiting().chat);
        let attended = Card::of(&World::attended().chat);
        let invited = Card::of(&World::attended().then(CARLA, invite(DIEGO)).chat);
        let leads = |card: &Card, who: &str| leads(card, who, &agent(who).seat(&card.group.id));

        for (who, when_he_waits, when_attended) in [
            (CARLA, Some(Leads::ToRow), Some(Leads::Inside)),
            (DIEGO, Some(Leads::ToRow), None),
            (ELENA, Some(Leads::Inside), Some(Leads::Inside)),
            (MARTA, Some(Leads::Inside), Some(Leads::Inside)),
            (OLGA, None, None),
            (SIMON, Some(Leads::Inside), Some(Leads::Inside)),
        ] {
            assert_eq!((leads(&waits, who), leads(&attended, who)), (when_he_waits, when_attended), "{who}");
        }
        assert_eq!(leads(&invited, DIEGO), Some(Leads::Inside));
    }

    #[test]
    fn of_the_customers_of_found_tickets_those_are_people_whose_name_was_typed_each_once() {
        let rows = [row(9, "a", "Ana Núñez"), row(8, "b", "Bruno"), row(7, "a", "Ana Núñez"), row(6, "", "Ana")];
        let people = |typed: &str| numbers(Sought::new(typed).people(&rows));

        assert_eq!(people("nunez ana"), [9]);
        assert_eq!(people("lámpara"), [0; 0], "that was said, and nobody is called so");
    }

    #[test]
    fn whoever_has_the_address_that_was_typed_is_meant_whatever_he_is_called() {
        // As the server finds them: by the address of their customer, and no other.
        let rows = [row(9, "a", "Belmonte"), row(7, "a", "Belmonte")];
        let people = |typed: &str| numbers(Sought::new(typed).people(&rows));

        for typed in ["ana@correo.example", "Ana@c", "lámpara <ana@correo.example>"] {
            assert_eq!(people(typed), [9], "{typed}");
        }
        for typed in ["@", "ana@", "@correo.example", "ana @ correo", "ana@."] {
            assert_eq!(people(typed), [0; 0], "{typed}");
        }
    }

    #[test]
    fn an_address_is_read_out_of_what_stands_around_it() {
        for typed in ["ana.b@correo.example", "<Ana.B@Correo.example>,", "(ana.b@correo.example)."] {
            assert_eq!(address(typed).as_deref(), Some("ana.b@correo.example"), "{typed}");
        }
        assert_eq!(address("_@correo.example"), None);
    }

    #[test]
    fn no_more_are_offered_than_are_read_at_a_glance() {
        let rows: Vec<TicketRow> = (0..20).map(|n| row(n, &n.to_string(), "Ana")).collect();

        assert_eq!(Sought::new("ana").people(&rows).len(), PEOPLE);
    }

    #[test]
    fn a_number_with_or_without_its_sign_is_that_of_a_ticket_and_with_words_it_is_none() {
        for (typed, meant) in [("4812", Some(4_812)), (" #4812 ", Some(4_812)), ("4812 lámpara", None), ("+4812", None)]
        {
            assert_eq!(number(typed), meant, "{typed}");
        }
        for typed in ["", "#", "-1", "١٢", "99999999999999999999"] {
            assert_eq!(number(typed), None, "{typed}");
        }
    }
}
