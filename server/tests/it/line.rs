//! What is the same on a socket and on the stream that stands in for it.

use crate::client::{Line, Way};
use crate::world::{INES, MARTA, World, wish, words};
use domain::wire::{Down, Page, Up};
use domain::{Act, Event};

const WAYS: [Way; 2] = [Way::Socket, Way::Stream];

fn told(down: Down) -> Option<domain::Told> {
    if let Down::Told(told) = down { Some(told) } else { None }
}

#[tokio::test]
async fn a_message_travels_up_by_a_request_and_down_by_the_line() {
    for way in WAYS {
        let world = World::new().await;
        let session = world.sign_in(INES).await;
        let mut console = Line::of_console(&world, way, &session).await;
        let ana = world.customer().await;
        let mut widget = Line::of_widget(&world, way, &ana.token).await;
        let card = console.until(|down| if let Down::Card(card) = down { Some(card) } else { None }).await;

        let attend = serde_json::json!({ "chat": ana.chat, "wish": wish(Act::Attend) });
        let attended: Page = world.ask(world.function("chat/act", &session, &attend)).await.ok();
        let sent: Page = ana.wish(words("Hola")).await.ok();

        assert_eq!(card.chat, ana.chat, "{way:?}");
        assert!(matches!(attended.told[0].event, Event::Attended { .. }), "{way:?}");
        let posted = |down| told(down).filter(|told| matches!(told.event, Event::Posted { .. }));
        assert_eq!(widget.until(posted).await, sent.told[0], "{way:?}");
        assert_eq!(console.until(posted).await, sent.told[0], "{way:?}");
    }
}

#[tokio::test]
async fn typing_reaches_the_others_and_is_kept_nowhere() {
    for way in WAYS {
        let world = World::new().await;
        let (_, _ines) = world.agent(INES).await;
        let session = world.sign_in(MARTA).await;
        let mut console = Line::of_console(&world, way, &session).await;
        let ana = world.customer().await;
        let mut widget = Line::of_widget(&world, way, &ana.token).await;
        console.say(&Up::Follow { chat: ana.chat.clone() }).await;
        // Frames of one line are taken in their order: after the echo the chat is followed.
        console.say(&Up::Ping(1)).await;
        console.until(|down| matches!(down, Down::Pong(1)).then_some(())).await;
        let before = ana.told().await;

        widget.say(&Up::Typing { chat: ana.chat.clone() }).await;

        let typing = |down| if let Down::Typing { chat, by } = down { Some((chat, by)) } else { None };
        assert_eq!(console.until(typing).await, (ana.chat.clone(), None), "{way:?}");
        assert_eq!(ana.told().await, before, "{way:?}");
    }
}

#[tokio::test]
async fn a_customer_hears_nothing_of_another() {
    for way in WAYS {
        let world = World::new().await;
        let (_, _console) = world.agent(INES).await;
        let (ana, eve) = (world.customer().await, world.customer().await);
        let mut spy = Line::of_widget(&world, way, &eve.token).await;
        for up in [Up::Follow { chat: ana.chat.clone() }, Up::Typing { chat: ana.chat.clone() }] {
            spy.say(&up).await;
        }

        ana.wish(words("only for you")).await;
        eve.wish(words("for me")).await;

        assert_eq!(spy.until(told).await.chat, eve.chat, "{way:?}");
    }
}

#[tokio::test]
async fn a_customer_who_closes_his_browser_is_gone_at_once() {
    for way in WAYS {
        let world = World::new().await;
        let (_, mut console) = world.agent(INES).await;
        let ana = world.customer().await;
        let widget = Line::of_widget(&world, way, &ana.token).await;

        drop(widget);

        let gone = |down| match down {
            Down::Card(card) if card.gone_since.is_some() => Some(card.chat),
            _ => None,
        };
        assert_eq!(console.until(gone).await, ana.chat, "{way:?}");
        assert!(matches!(ana.told().await.last().unwrap().event, Event::Left { .. }), "{way:?}");
    }
}
