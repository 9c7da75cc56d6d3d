//! The queue: places without holes, the first of the list, honest waits.

use crate::world::*;
use domain::application::WaitAs;
use domain::wire::{Down, Wait};
use domain::{Act, Chat, Refusal, Span, Target};

#[tokio::test]
async fn with_sequence_only_the_first_may_be_attended() {
    let mut world = World::open().await;
    let first = world.starts("ana", "orders").await;
    let second = world.starts("eva", "orders").await;

    assert_eq!(refusal(world.does(TOMAS, &second, Act::Attend).await), Refusal::NotFirst { place: 2 });
    world.does(TOMAS, &first, Act::Attend).await.unwrap();
    world.does(TOMAS, &second, Act::Attend).await.unwrap();
}

#[tokio::test]
async fn who_only_administers_cannot_attend() {
    let (world, chat) = World::with_waiting_customer().await;

    assert_eq!(refusal(world.does(MARTA, &chat, Act::Attend).await), Refusal::OnlyAttendants);
}

#[tokio::test]
async fn the_next_one_moves_up_when_the_first_deserts() {
    let (mut world, _) = World::with_waiting_customer().await;
    let second = world.starts("eva", "returns").await;
    let place = |down: &Down| match down {
        Down::Wait(Wait { chat, place, .. }) if *chat == second => *place,
        _ => None,
    };
    assert_eq!(world.hears_next("eva", place).await, 2);

    world.leaves("ana").await;
    world.wait(Span(20_001)).await;

    assert_eq!(world.hears_next("eva", place).await, 1);
}

#[tokio::test]
async fn places_by_sql_are_places_by_the_rule() {
    let mut world = World::open().await;
    let mut chats = Vec::new();
    for n in 0..30 {
        let group = ["orders", "returns", "choose"][n % 3];
        chats.push(world.starts(&format!("customer{n}"), group).await);
        if n % 4 == 0 {
            world.wait(Span(1)).await;
        }
    }
    world.does(INES, &chats[3], Act::Attend).await.unwrap();
    world.does("customer6", &chats[6], Act::Close).await.unwrap();

    let mut all: Vec<Chat> = Vec::new();
    for chat in &chats {
        all.push(world.chat(chat).await);
    }
    for (n, chat) in all.iter().enumerate() {
        let visitor = world.desk.visitor(&token(&format!("customer{n}"))).await.unwrap();
        let by_sql = world.desk.wait(&visitor, &chat.id).await.unwrap().place;
        assert_eq!(by_sql, domain::queue::position(all.iter(), chat), "{n}");
    }
}

#[tokio::test]
async fn a_wait_is_of_the_group_in_which_it_ended_and_not_of_where_he_was_passed_on_to() {
    let mut world = World::open().await;
    world.sets(|settings| settings.setup.wait_as = WaitAs::Average).await;
    for (name, secs) in [("a", 10), ("b", 20), ("c", 60)] {
        let chat = world.starts(name, "returns").await;
        world.wait(Span::secs(secs)).await;
        world.does(INES, &chat, Act::Attend).await.unwrap();
        world.does(INES, &chat, Act::Redirect { to: Target::Group("orders".into()) }).await.unwrap();
        world.does(TOMAS, &chat, Act::Attend).await.unwrap();
    }

    let mut said = Vec::new();
    for (name, group) in [("ana", "returns"), ("bea", "orders")] {
        let chat = world.starts(name, group).await;
        let visitor = world.desk.visitor(&token(name)).await.unwrap();
        said.push(world.desk.wait(&visitor, &chat).await.unwrap().average);
    }

    assert_eq!(said, [Some(Span::secs(30)), None]);
}

#[tokio::test]
async fn the_average_wait_is_told_when_there_is_enough_to_know() {
    let mut world = World::open().await;
    world.sets(|settings| settings.setup.wait_as = WaitAs::Average).await;
    for (name, secs) in [("a", 10), ("b", 20), ("c", 60)] {
        let chat = world.starts(name, "returns").await;
        world.wait(Span::secs(secs)).await;
        world.does(INES, &chat, Act::Attend).await.unwrap();
    }

    let chat = world.starts("ana", "returns").await;

    let ana = world.desk.visitor(&token("ana")).await.unwrap();
    let wait = world.desk.wait(&ana, &chat).await.unwrap();
    assert_eq!((wait.place, wait.average), (Some(1), Some(Span::secs(30))));
}
