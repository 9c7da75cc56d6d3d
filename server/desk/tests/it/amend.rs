//! Words that were said otherwise or taken back: what each side reads, what is found, and what is taken along.

use crate::world::*;
use domain::ticket_list::Filter;
use domain::wire::Down;
use domain::{Act, Event, Refusal, Span};
use sqlx::{AssertSqlSafe, Executor, Row};

fn words_of(thread: &domain::Thread) -> String {
    thread.told.iter().map(|told| format!("{:?}\n", told.event)).collect()
}

/// Inés said two things to Ana: one she says otherwise, one she takes back. Their numbers.
async fn two_slips() -> (World, String) {
    let (world, chat) = World::with_conversation().await;
    let first = world.says(INES, &chat, "Cuesta treinta euros").await[0].seq;
    let second = world.says(INES, &chat, "La clave de Bruno es mariposa").await[0].seq;
    world.does(INES, &chat, Act::Amend { seq: first, text: "Cuesta veinte euros".into() }).await.unwrap();
    world.does(INES, &chat, Act::Retract { seq: second }).await.unwrap();
    (world, chat)
}

#[tokio::test]
async fn the_customer_reads_how_it_stands_and_staff_what_it_was() {
    let (world, chat) = two_slips().await;

    let (hers, ours) = (words_of(&world.screen("ana", &chat).await), words_of(&world.screen(MARTA, &chat).await));

    assert!(hers.contains("veinte") && !hers.contains("treinta") && !hers.contains("mariposa"), "{hers}");
    assert!(ours.contains("veinte") && ours.contains("treinta") && ours.contains("mariposa"), "{ours}");
    let caller = world.caller("ana").await;
    let page = world.desk.events(&caller, &chat, 3, 0).await.unwrap();
    assert!(!format!("{page:?}").contains("mariposa"), "from the middle on neither");
}

#[tokio::test]
async fn it_is_heard_at_once_and_the_lists_show_what_stands() {
    let (mut world, chat) = World::with_conversation().await;
    let seq = world.says(INES, &chat, "Cuesta treinta euros").await[0].seq;

    world.does(INES, &chat, Act::Amend { seq, text: "Cuesta veinte euros".into() }).await.unwrap();

    for who in ["ana", INES] {
        let heard = world
            .hears_next(who, |down| match down {
                Down::Told(told) => match &told.event {
                    Event::Amended { seq, text } => Some((*seq, text.clone())),
                    _ => None,
                },
                _ => None,
            })
            .await;
        assert_eq!(heard, (seq, "Cuesta veinte euros".into()), "{who}");
    }
    assert_eq!(world.desk.lists(world.agent(INES)).await.unwrap().cards[0].words, "Cuesta veinte euros");
    world.does(INES, &chat, Act::Retract { seq }).await.unwrap();
    assert_eq!(world.desk.lists(world.agent(INES)).await.unwrap().cards[0].words, "");
}

#[tokio::test]
async fn it_may_be_changed_for_ten_minutes_across_a_restart_and_by_nobody_else() {
    let (mut world, chat) = World::with_conversation().await;
    let seq = world.says(INES, &chat, "Cuesta treinta euros").await[0].seq;
    let amend = |text: &str| Act::Amend { seq, text: text.into() };

    assert_eq!(refusal(world.does(TOMAS, &chat, amend("x")).await), Refusal::NotInside);
    assert_eq!(refusal(world.does("ana", &chat, amend("x")).await), Refusal::NotYours);
    world.restart(Span::minutes(9)).await;
    world.comes("ana").await;
    world.comes(INES).await;
    world.does(INES, &chat, amend("Cuesta veinte euros")).await.unwrap();
    world.wait(just_over(Span::minutes(1))).await;
    assert_eq!(refusal(world.does(INES, &chat, amend("Cuesta diez euros")).await), Refusal::TooLate);
    assert_eq!(refusal(world.does(INES, &chat, Act::Retract { seq }).await), Refusal::TooLate);
}

#[tokio::test]
async fn its_ticket_is_found_by_what_stands() {
    let (world, chat) = two_slips().await;
    world.does(INES, &chat, Act::Close).await.unwrap();
    world.until_indexed().await;
    let found = async |words: &str| {
        let filter = Filter { words: words.into(), ..Filter::default() };
        world.desk.tickets(world.agent(MARTA), "es", &filter, None).await.unwrap().rows.len()
    };

    assert_eq!((found("veinte").await, found("treinta").await, found("mariposa").await), (1, 0, 0));
}

#[tokio::test]
async fn she_takes_along_what_stands_and_whoever_is_erased_leaves_nothing_of_it() {
    let (world, chat) = two_slips().await;
    world.does(INES, &chat, Act::Close).await.unwrap();
    let row =
        world.look().await.fetch_one(AssertSqlSafe(format!("select customer_id from chats where id = '{chat}'"))).await;
    let ana: String = row.unwrap().try_get(0).unwrap();
    let marta = world.agent(MARTA);

    let taken = world.desk.export_customer(marta, &ana, &here()).await.unwrap();
    world.desk.erase_customer(marta, &ana, &here()).await.unwrap();

    assert!(taken.contains("veinte") && !taken.contains("treinta") && !taken.contains("mariposa"));
    for word in ["veinte", "treinta", "mariposa"] {
        for (table, column) in [("events", "body"), ("chats", "state"), ("tickets", "state"), ("ticket_events", "body")]
        {
            let sql = format!("select count(*) from {table} where {column} like '%{word}%'");
            assert_eq!(world.count(&sql).await, 0, "{word} in {table}");
        }
    }
    let thread = world.screen(MARTA, &chat).await;
    assert!(thread.told.iter().any(|told| matches!(&told.event, Event::Amended { text, .. } if text.is_empty())));
}
