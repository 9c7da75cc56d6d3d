//! Tickets: born with the end, saved once for the first time, never lost.

use crate::world::*;
use domain::wire::{After, Filter};
use domain::{Act, Refusal, Span, Status, Ticket, TicketAct};

fn save(subject: &str, status: Status) -> TicketAct {
    TicketAct::Save { subject: subject.into(), status, note: String::new() }
}

async fn wrap_up() -> (World, Ticket) {
    let (world, chat) = World::with_conversation().await;
    world.says("ana", &chat, "La lámpara llegó rota").await;
    world.does(INES, &chat, Act::Close).await.unwrap();
    let ticket = world.desk.ticket_of_chat(world.agent(INES), &chat).await.unwrap().unwrap();
    (world, ticket)
}

#[tokio::test]
async fn there_is_no_ticket_until_the_end() {
    let (world, chat) = World::with_conversation().await;

    assert_eq!(world.desk.ticket_of_chat(world.agent(INES), &chat).await.unwrap(), None);
    world.does(INES, &chat, Act::Close).await.unwrap();
    assert!(world.desk.ticket_of_chat(world.agent(INES), &chat).await.unwrap().is_some());
}

#[tokio::test]
async fn a_ticket_is_called_by_his_first_words_and_waits_to_be_saved() {
    let (world, ticket) = wrap_up().await;

    assert_eq!((ticket.subject.as_str(), ticket.is_saved()), ("La lámpara llegó rota", false));
    assert_eq!(world.desk.lists(world.agent(INES)).await.unwrap().unsaved, [ticket]);
}

#[tokio::test]
async fn a_chats_ticket_may_be_resolved_or_cancelled_at_its_first_save() {
    for status in [Status::Resolved, Status::Canceled] {
        let (world, ticket) = wrap_up().await;

        let saved =
            world.desk.save_ticket(world.agent(INES), &ticket.id, &world.id(), &save("Lámpara", status)).await.unwrap();

        assert_eq!((saved.status, saved.first_status), (status, Some(status)));
        assert!(world.desk.lists(world.agent(INES)).await.unwrap().unsaved.is_empty());
    }
}

#[tokio::test]
async fn the_first_saved_status_is_kept_for_ever() {
    let (world, ticket) = wrap_up().await;
    let ines = world.agent(INES);
    world.desk.save_ticket(ines, &ticket.id, &world.id(), &save("Lámpara", Status::Resolved)).await.unwrap();

    let reopened =
        world.desk.save_ticket(ines, &ticket.id, &world.id(), &save("Lámpara", Status::InAttendance)).await.unwrap();

    assert_eq!((reopened.status, reopened.first_status), (Status::InAttendance, Some(Status::Resolved)));
}

#[tokio::test]
async fn a_repeated_save_is_one_save() {
    let (world, ticket) = wrap_up().await;
    let wish = world.id();

    let first =
        world.desk.save_ticket(world.agent(INES), &ticket.id, &wish, &save("Lámpara", Status::Resolved)).await.unwrap();
    let again =
        world.desk.save_ticket(world.agent(INES), &ticket.id, &wish, &save("Lámpara", Status::Canceled)).await.unwrap();

    assert_eq!(first, again);
    assert_eq!(world.desk.ticket_history(world.agent(INES), &ticket.id).await.unwrap().len(), 2);
}

#[tokio::test]
async fn closing_twice_makes_one_ticket() {
    let (world, chat) = World::with_conversation().await;

    let (one, other) = tokio::join!(world.does(INES, &chat, Act::Close), world.does("ana", &chat, Act::Close));

    assert!(one.is_ok() != other.is_ok());
    assert_eq!(world.count("select count(*) from tickets").await, 1);
}

#[tokio::test]
async fn a_deserter_who_wrote_leaves_a_ticket_for_the_team() {
    let (mut world, chat) = World::with_waiting_customer().await;
    world.says("ana", &chat, "¿Hay alguien?").await;

    world.leaves("ana").await;
    world.wait(Span::secs(21)).await;

    let ticket = world.desk.ticket_of_chat(world.agent(INES), &chat).await.unwrap().unwrap();
    assert_eq!((ticket.status, ticket.owner.clone(), ticket.is_saved()), (Status::New, None, true));
}

#[tokio::test]
async fn a_deserter_who_wrote_nothing_leaves_none() {
    let (world, chat) = World::with_waiting_customer().await;

    world.does("ana", &chat, Act::Close).await.unwrap();

    assert_eq!(world.desk.ticket_of_chat(world.agent(INES), &chat).await.unwrap(), None);
}

#[tokio::test]
async fn nobody_else_saves_an_agents_wrap_up() {
    let (world, ticket) = wrap_up().await;

    for who in [TOMAS, LUCIA] {
        let refused =
            world.desk.save_ticket(world.agent(who), &ticket.id, &world.id(), &save("x", Status::Resolved)).await;
        assert_eq!(refusal(refused), Refusal::NotYours);
    }
}

#[tokio::test]
async fn a_ticket_without_a_subject_is_not_saved() {
    let (world, ticket) = wrap_up().await;

    let refused =
        world.desk.save_ticket(world.agent(INES), &ticket.id, &world.id(), &save("  ", Status::Resolved)).await;

    assert_eq!(refusal(refused), Refusal::Empty);
    assert!(!world.desk.ticket(world.agent(INES), &ticket.id).await.unwrap().is_saved());
}

#[tokio::test]
async fn the_list_is_read_page_by_page_without_holes_or_doubles() {
    let mut world = World::open().await;
    for n in 0..120 {
        let name = format!("customer{n}");
        let chat = world.starts(&name, "orders").await;
        world.says(&name, &chat, &format!("mensaje {n}")).await;
        world.does(&name, &chat, Act::Close).await.unwrap();
    }

    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let page = world.desk.tickets(world.agent(INES), Filter::Open, after).await.unwrap();
        let Some(last) = page.last() else { break };
        after = Some(After { changed_at: last.changed_at, id: last.id.clone() });
        seen.extend(page.into_iter().map(|row| row.number));
    }

    seen.sort_unstable();
    assert_eq!(seen, (1..=120).collect::<Vec<_>>());
    assert!(world.desk.tickets(world.agent(LUCIA), Filter::All, None).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_save_that_is_repeated_by_somebody_else_shows_him_nothing() {
    let (world, ticket) = wrap_up().await;
    let (wish, act) = (world.id(), save("Lámpara", Status::Resolved));
    world.desk.save_ticket(world.agent(INES), &ticket.id, &wish, &act).await.unwrap();

    let replayed = world.desk.save_ticket(world.agent(LUCIA), &ticket.id, &wish, &act).await;

    assert_eq!(refusal(replayed), Refusal::NotYours);
}
