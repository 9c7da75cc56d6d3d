//! What a customer says of a conversation that is over.

use crate::world::*;
use domain::rating::{Rating, Score};
use domain::wire::Down;
use domain::{Act, Event, Refusal, Span, TicketAct, TicketEvent};

fn rate(stars: u8, comment: &str) -> Act {
    Act::Rate { score: Score::Stars(stars), comment: comment.into() }
}

async fn over() -> (World, String) {
    let (world, chat) = World::with_conversation().await;
    world.says("ana", &chat, "La lámpara llegó rota").await;
    world.does(INES, &chat, Act::Close).await.unwrap();
    (world, chat)
}

#[tokio::test]
async fn a_rating_is_kept_with_the_chat_and_with_its_ticket() {
    let (mut world, chat) = over().await;

    world.does("ana", &chat, rate(4, "Muy amable.")).await.unwrap();
    world.restart(Span(0)).await;

    let rating = Rating { score: Score::Stars(4), comment: "Muy amable.".into() };
    assert_eq!(world.chat(&chat).await.rated.map(|rated| rated.rating), Some(rating.clone()));
    let ticket = world.desk.ticket_of_chat(world.agent(INES), &chat).await.unwrap().unwrap();
    let history = world.desk.ticket_history(world.agent(INES), &ticket.id).await.unwrap();
    assert_eq!(ticket.rating, Some(rating.clone()));
    assert_eq!(history.last().map(|entry| entry.event.clone()), Some(TicketEvent::Rated(rating)));
    assert!(!ticket.is_saved());
}

#[tokio::test]
async fn the_agent_hears_it_and_no_ticket_is_born_of_it() {
    let (mut world, chat) = over().await;

    world.does("ana", &chat, rate(5, "")).await.unwrap();

    let heard = world
        .hears_next(INES, |down| match down {
            Down::Told(told) if matches!(told.event, Event::Rated(_)) => Some(told.clone()),
            _ => None,
        })
        .await;
    assert_eq!(heard.seq, world.chat(&chat).await.seq);
    assert_eq!(world.count("select count(*) from tickets").await, 1);
    assert!(world.desk.lists(world.agent(INES)).await.unwrap().cards.is_empty());
}

#[tokio::test]
async fn a_rating_that_is_sent_twice_is_one_and_changed_it_is_the_last() {
    let (world, chat) = over().await;
    let wish = domain::event::Wish { id: world.id(), act: rate(2, "") };
    let ana = world.caller("ana").await;

    let first = world.desk.act(&ana, &chat, &wish).await.unwrap();
    let again = world.desk.act(&ana, &chat, &wish).await.unwrap();
    world.does("ana", &chat, rate(3, "Mejor así.")).await.unwrap();

    assert_eq!(first, again);
    assert_eq!(world.count("select count(*) from events where body like '%Rated%'").await, 2);
    let ticket = world.desk.ticket_of_chat(world.agent(INES), &chat).await.unwrap().unwrap();
    assert_eq!(ticket.rating.map(|rating| rating.score), Some(Score::Stars(3)));
}

#[tokio::test]
async fn an_end_and_its_rating_in_one_batch_are_both_kept() {
    let (world, chat) = World::with_conversation().await;

    let (end, rated) = tokio::join!(world.does("ana", &chat, Act::Close), world.does("ana", &chat, rate(5, "")));

    end.unwrap();
    rated.unwrap();
    let ticket = world.desk.ticket_of_chat(world.agent(INES), &chat).await.unwrap().unwrap();
    assert_eq!(ticket.rating.map(|rating| rating.score), Some(Score::Stars(5)));
}

#[tokio::test]
async fn nobody_else_rates_and_what_nobody_attended_is_not_rated() {
    let (mut world, chat) = over().await;
    world.starts("bruno", "returns").await;
    let left = world.starts("eva", "returns").await;
    world.says("eva", &left, "¿Hola?").await;
    world.does("eva", &left, Act::Close).await.unwrap();

    assert_eq!(refusal(world.does("bruno", &chat, rate(1, "")).await), Refusal::NotYours);
    assert_eq!(refusal(world.does(INES, &chat, rate(1, "")).await), Refusal::NotYours);
    assert_eq!(refusal(world.does("eva", &left, rate(1, "")).await), Refusal::NotAsked);
    assert_eq!(refusal(world.does("ana", &chat, rate(9, "")).await), Refusal::Malformed);
    assert_eq!(world.chat(&chat).await.rated, None);
}

#[tokio::test]
async fn rated_after_its_ticket_was_merged_it_is_the_whole_one_that_knows() {
    let (world, chat) = over().await;
    let ticket = world.desk.ticket_of_chat(world.agent(INES), &chat).await.unwrap().unwrap();
    world.changes(INES, &ticket, vec![]).await.unwrap();
    let other = world.opens_ticket(INES, "returns", "Pantalla").await;
    let merge = TicketAct::Merge { number: other.number };
    world.desk.save_ticket(world.agent(INES), &ticket.id, &world.id(), &merge).await.unwrap();
    let merged = world.desk.ticket(world.agent(INES), &ticket.id).await.unwrap();

    world.does("ana", &chat, rate(4, "")).await.unwrap();

    let whole = world.desk.ticket(world.agent(INES), &other.id).await.unwrap();
    assert_eq!(whole.rating, Some(Rating { score: Score::Stars(4), comment: String::new() }));
    assert_eq!(world.desk.ticket(world.agent(INES), &ticket.id).await.unwrap(), merged);
}
