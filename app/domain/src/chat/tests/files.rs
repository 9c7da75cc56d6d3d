//! Files: each a message of its own (R24), and only so many (S39).

use crate::application::Terms;
use crate::event::Opening;
use crate::file::{CHAT_LIMIT, FILE_LIMIT, FILES_LIMIT};
use crate::presence::PATIENCE;
use crate::world::*;
use crate::{Act, Refusal, Span};

const FULL: Refusal = Refusal::TooManyFiles { files: FILES_LIMIT, bytes: CHAT_LIMIT };

#[test]
fn a_file_counts_where_a_message_does() {
    let mut world = World::waiting().then(CUSTOMER, attach("foto.txt", 9));
    assert_eq!((world.chat.waiting_messages, world.chat.first_words.as_str()), (1, "foto.txt"));
    assert_eq!(world.chat.subject(), "foto.txt");

    world.act(CARLA, Act::Attend).unwrap();
    world.wait(Span::secs(7));
    world.act(CARLA, attach("etiqueta.txt", 9)).unwrap();

    assert_eq!(world.chat.first_reply_at, Some(START + Span::secs(7)));
    assert_eq!((world.chat.waiting_messages, world.chat.last_words.as_str()), (1, "etiqueta.txt"));
}

#[test]
fn both_sides_share_the_number_of_files_of_a_conversation() {
    let mut world = World::attended();
    for n in 0..FILES_LIMIT {
        world.act(if n % 2 == 0 { CUSTOMER } else { CARLA }, attach("nota.txt", 1)).unwrap();
    }

    assert_eq!(world.act(CUSTOMER, attach("nota.txt", 1)), Err(FULL));
    assert_eq!(world.act(CARLA, attach("nota.txt", 1)), Err(FULL));
    assert!(world.act(CUSTOMER, post("hola")).is_ok(), "the rest of the conversation goes on");
}

#[test]
fn all_files_together_have_a_limit() {
    let mut world = World::attended();
    for _ in 0..CHAT_LIMIT / FILE_LIMIT - 1 {
        world.act(CUSTOMER, attach("nota.txt", FILE_LIMIT)).unwrap();
    }

    world.act(CUSTOMER, attach("nota.txt", FILE_LIMIT - 1)).unwrap();

    assert_eq!(world.act(CUSTOMER, attach("nota.txt", 2)), Err(FULL));
    assert!(world.act(CUSTOMER, attach("nota.txt", 1)).is_ok());
}

#[test]
fn documents_are_taken_where_the_terms_of_the_conversation_say_so() {
    let taken = |documents| {
        let terms = Terms { patience: PATIENCE, documents, ..Terms::default() };
        World::opened(&Opening { terms, ..opening() }).act(CUSTOMER, attach("factura.pdf", 9))
    };

    assert_eq!(taken(false), Err(Refusal::FileKind));
    assert!(taken(true).is_ok());
}

#[test]
fn where_the_terms_allow_no_files_nobody_attaches_any() {
    let terms = Terms { patience: PATIENCE, files: false, ..Terms::default() };
    let mut world = World::opened(&Opening { terms, ..opening() });

    assert_eq!(world.act(CUSTOMER, attach("nota.txt", 1)), Err(Refusal::NoFiles));
    assert!(world.act(CUSTOMER, post("hola")).is_ok());
}

#[test]
fn no_browser_says_that_a_file_has_arrived() {
    assert!(!attach("nota.txt", 1).is_for_people());
}
