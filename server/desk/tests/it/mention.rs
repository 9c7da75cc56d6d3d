//! Mentions: who may be named, who is told, and until when.

use crate::world::*;
use domain::wire::Down;
use domain::{Act, Event, Refusal, Span};
use sqlx::{AssertSqlSafe, Executor};

impl World {
    fn id_of(&self, who: &str) -> String {
        self.agent(who).face.id.clone()
    }

    /// A note that names these.
    fn names(&self, whom: &[&str]) -> Act {
        let marks: Vec<String> = whom.iter().map(|who| format!("@[{}]", self.id_of(who))).collect();
        Act::Aside { whisper: false, text: format!("Mirad esto: {}", marks.join(" ")) }
    }

    /// The chats where he was mentioned and has not looked.
    async fn mentions_of(&self, who: &str) -> Vec<String> {
        let all = self.desk.mentions(self.agent(who)).await.unwrap();
        all.into_iter().map(|mention| mention.chat).collect()
    }
}

fn mentioned(down: &Down) -> Option<Vec<String>> {
    match down {
        Down::Told(told) => match &told.event {
            Event::Mentioned { agents, .. } => Some(agents.iter().map(|face| face.id.clone()).collect()),
            _ => None,
        },
        _ => None,
    }
}

#[tokio::test]
async fn whoever_is_mentioned_hears_of_it_at_once_and_finds_it_when_he_comes_back() {
    let (mut world, chat) = World::with_conversation().await;

    world.does(INES, &chat, world.names(&[MARTA])).await.unwrap();
    let heard = world.hears_next(MARTA, mentioned).await;
    world.leaves(MARTA).await;
    world.wait(Span::minutes(1)).await;
    world.does(INES, &chat, world.names(&[MARTA])).await.unwrap();
    world.restart(Span::secs(1)).await;

    assert_eq!(heard, [world.id_of(MARTA)]);
    let all = world.desk.mentions(world.agent(MARTA)).await.unwrap();
    assert_eq!(all.len(), 2);
    assert!(all[0].at > all[1].at, "the newest first");
    assert_eq!((all[0].by.name.as_str(), all[0].customer.name.as_str(), all[0].aside), ("Inés Robledo", "ana", 4));

    world.desk.see_mentions(world.agent(MARTA), &chat, 2).await.unwrap();
    assert_eq!(world.mentions_of(MARTA).await.len(), 1, "what came after is still news");
    world.desk.see_mentions(world.agent(TOMAS), &chat, 99).await.unwrap();
    assert_eq!(world.mentions_of(MARTA).await.len(), 1, "nobody looks for another");
    world.desk.see_mentions(world.agent(MARTA), &chat, 99).await.unwrap();
    assert_eq!(world.mentions_of(MARTA).await, [""; 0]);
}

#[tokio::test]
async fn only_whoever_may_read_it_is_mentioned_and_he_is_offered() {
    let (world, chat) = World::with_conversation().await;
    let offered = async |who: &str| {
        let all = world.desk.readers(world.agent(who), &chat).await?;
        Ok::<_, desk::Error>(all.into_iter().map(|face| face.name).collect::<Vec<_>>())
    };

    assert_eq!(offered(INES).await.unwrap(), ["Marta Ortiz"]);
    assert_eq!(refusal(offered(TOMAS).await), Refusal::NotYours);
    for stranger in [TOMAS, LUCIA] {
        let refused = refusal(world.does(INES, &chat, world.names(&[MARTA, stranger])).await);
        assert_eq!(refused, Refusal::NoReader { name: world.agent(stranger).face.name.clone() });
        assert_eq!(world.mentions_of(stranger).await, [""; 0]);
    }
    assert_eq!(world.mentions_of(MARTA).await, [""; 0], "what is refused tells nobody");

    world.does(INES, &chat, Act::Invite { agent: world.id_of(TOMAS) }).await.unwrap();
    assert_eq!(offered(INES).await.unwrap(), ["Marta Ortiz", "Tomás Vidal"]);
    world.does(INES, &chat, world.names(&[TOMAS])).await.unwrap();
    assert_eq!(world.mentions_of(TOMAS).await, std::slice::from_ref(&chat));
    world.does(TOMAS, &chat, Act::Decline).await.unwrap();
    assert_eq!(world.mentions_of(TOMAS).await, [""; 0], "a mention gives no right");
}

#[tokio::test]
async fn the_customer_hears_nothing_of_it_and_whoever_works_here_no_more_is_words() {
    let (mut world, chat) = World::with_conversation().await;
    let gone = format!("update agents set disabled = 1 where id = '{}'", world.id_of(MARTA));
    world.look().await.execute(AssertSqlSafe(gone)).await.unwrap();

    let told = world.does(INES, &chat, world.names(&[MARTA])).await.unwrap();
    world.says(INES, &chat, "Hola").await;

    assert_eq!(told.len(), 1);
    let heard = world
        .hears_next("ana", |down| match down {
            Down::Told(told) => Some((told.event.is_aside(), told.event.words().map(str::to_owned))),
            _ => None,
        })
        .await;
    assert!(!heard.0);
    assert!(world.screen("ana", &chat).await.told.iter().all(|told| !told.event.is_aside()));
}

#[tokio::test]
async fn a_name_after_many_that_are_nobody_s_is_still_mentioned_and_a_full_note_may_mention() {
    let (world, chat) = World::with_conversation().await;
    let note = |text: String| Act::Aside { whisper: false, text };
    let marta = format!("@[{}]", world.id_of(MARTA));
    let strangers: String = (0..150).map(|n| format!("@[nobody-{n}] ")).collect();
    // As long as the box lets it be typed, though its mark is longer than her name.
    let typed = domain::act::MESSAGE_LIMIT - 1 - world.agent(MARTA).face.name.chars().count();

    world.does(INES, &chat, note(strangers + &marta)).await.unwrap();
    world.does(INES, &chat, note("ñ".repeat(typed) + &marta)).await.unwrap();
    let more = world.does(INES, &chat, note("ñ".repeat(typed + 1) + &marta)).await;

    assert_eq!(refusal(more), Refusal::TooLong { limit: 4_000 });
    assert_eq!(world.mentions_of(MARTA).await, [chat.clone(), chat]);
}

#[tokio::test]
async fn a_note_that_is_sent_again_mentions_once() {
    let (world, chat) = World::with_conversation().await;
    let wish = domain::event::Wish { id: world.id(), act: world.names(&[MARTA, MARTA]) };
    let caller = world.caller(INES).await;

    let first = world.desk.act(&caller, &chat, &wish).await.unwrap();
    let again = world.desk.act(&caller, &chat, &wish).await.unwrap();

    assert_eq!((first.len(), &first), (2, &again));
    assert_eq!(world.mentions_of(MARTA).await, [chat]);
}
