//! A group whose customers wait for too long is told by mail: once a rush, and again while they wait.

use crate::post::Post;
use crate::world::*;
use desk::alarm::{PAUSE, Unattended};
use domain::group::Settings;
use domain::parameters::Parameters;
use domain::presence::HOLD;
use domain::{Act, Span};

fn written(unattended: &Unattended) -> (String, String) {
    (format!("{} wait in {}", unattended.waiting, unattended.group.name), unattended.lang.clone())
}

impl World {
    /// *Returns* is told after five minutes.
    async fn alarms(&self) {
        let settings = Settings { alarm_after: 300, ..Settings::default() };
        self.sets_group("returns", &settings).await.unwrap();
    }

    /// Returns when all of them have gone out.
    async fn until_sent(&self, mails: i64) {
        let until = std::time::Instant::now() + std::time::Duration::from_secs(20);
        while self.count("select count(*) from mails where sent_at is not null").await < mails {
            assert!(std::time::Instant::now() < until, "they were not sent");
            tokio::task::yield_now().await;
        }
    }

    async fn mailed(&self) -> i64 {
        self.count("select count(*) from mails").await
    }
}

#[tokio::test]
async fn after_so_long_everybody_of_the_group_is_told_once_and_nobody_else() {
    let mut post = Post::open([]).await;
    let mut world = World::with_post(&post).await;
    world.alarms().await;
    world.starts("ana", "returns").await;
    world.wait(Span::minutes(1)).await;
    world.starts("eva", "returns").await;
    world.starts("ivo", "orders").await;

    let due = world.desk.raise_alarms(written).await.unwrap();
    assert_eq!(due, Some(world.desk.now() + Span::minutes(4)));
    assert_eq!(world.mailed().await, 0);
    world.wait(Span::minutes(4)).await;
    world.desk.raise_alarms(written).await.unwrap();
    world.desk.raise_alarms(written).await.unwrap();

    let mut told = Vec::new();
    for _ in 0..3 {
        let letter = post.letter().await;
        assert_eq!(letter.header("Subject"), "2 wait in Devoluciones y =?utf-8?b?Z2FyYW50w61hcw==?=");
        told.extend(letter.to);
    }
    told.sort();
    assert_eq!(told, [INES, MARTA, TOMAS]);
    assert_eq!(world.mailed().await, 3);
}

#[tokio::test]
async fn while_somebody_waits_it_is_told_again_and_not_when_he_was_attended() {
    let post = Post::open([]).await;
    let mut world = World::with_post(&post).await;
    world.alarms().await;
    let chat = world.starts("ana", "returns").await;
    world.wait(Span::minutes(5)).await;
    world.desk.raise_alarms(written).await.unwrap();
    world.until_sent(3).await;

    world.wait(Span(PAUSE.0 - 1)).await;
    world.desk.raise_alarms(written).await.unwrap();
    assert_eq!(world.mailed().await, 3);
    world.wait(Span(1)).await;
    world.desk.raise_alarms(written).await.unwrap();
    assert_eq!(world.mailed().await, 6);

    world.does(INES, &chat, Act::Attend).await.unwrap();
    world.wait(PAUSE).await;
    assert_eq!(world.desk.raise_alarms(written).await.unwrap(), None);
    assert_eq!(world.mailed().await, 6);
}

/// However long the house keeps his place: nobody could greet him.
#[tokio::test]
async fn who_is_gone_for_longer_than_a_change_of_page_rings_for_nobody_until_he_is_back() {
    let post = Post::open([]).await;
    let mut world = World::with_post(&post).await;
    world.alarms().await;
    world.sets_parameters(Parameters { customer_grace: 600, ..Parameters::default() }).await;
    world.desk.follow_parameters().await.unwrap();
    world.starts("ana", "returns").await;
    world.wait(Span(Span::minutes(5).0 - HOLD.0 - 1)).await;
    world.leaves("ana").await;

    world.wait(HOLD).await;
    let held = world.desk.raise_alarms(written).await.unwrap();
    world.wait(Span(1)).await;
    let gone = world.desk.raise_alarms(written).await.unwrap();
    let for_nobody = world.mailed().await;
    world.comes("ana").await;
    world.desk.raise_alarms(written).await.unwrap();

    assert_eq!((held, gone), (Some(world.desk.now()), None));
    assert_eq!((for_nobody, world.mailed().await), (0, 3));
}

#[tokio::test]
async fn without_a_post_office_or_a_wish_nobody_is_told() {
    let mut world = World::open().await;
    world.alarms().await;
    world.starts("ana", "returns").await;
    world.wait(Span::minutes(9)).await;
    world.desk.raise_alarms(written).await.unwrap();
    assert_eq!(world.mailed().await, 0);

    let post = Post::open([]).await;
    let mut world = World::with_post(&post).await;
    world.starts("ana", "returns").await;
    world.wait(Span::minutes(9)).await;
    world.desk.raise_alarms(written).await.unwrap();
    assert_eq!(world.mailed().await, 0, "nobody asked for it");
}

#[tokio::test]
async fn who_comes_back_into_a_queue_waits_since_then() {
    let post = Post::open([]).await;
    let mut world = World::with_post(&post).await;
    world.alarms().await;
    let chat = world.starts("ana", "orders").await;
    world.does(INES, &chat, Act::Attend).await.unwrap();
    world.wait(Span::minutes(50)).await;
    let moved = Act::Redirect { to: domain::Target::Group("returns".into()) };
    world.does(INES, &chat, moved).await.unwrap();

    let due = world.desk.raise_alarms(written).await.unwrap();

    assert_eq!(due, Some(world.desk.now() + Span::minutes(5)));
    assert_eq!(world.mailed().await, 0);
}

#[tokio::test]
async fn whoever_has_not_got_the_last_mail_yet_gets_no_other() {
    let post = Post::open([crate::post::Says::Busy; 9]).await;
    let mut world = World::with_post(&post).await;
    world.alarms().await;
    world.starts("ana", "returns").await;
    world.wait(Span::minutes(5)).await;
    world.desk.raise_alarms(written).await.unwrap();

    // Nothing is sent before its next try.
    world.clock.advance(Span(PAUSE.0));
    world.desk.raise_alarms(written).await.unwrap();

    assert!(world.mailed().await <= 3, "a day without mail would be a hundred letters afterwards");
}
