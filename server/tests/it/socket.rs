//! The socket: who is let in, what is heard, and how it ends.

use crate::client::{Knock, PATIENCE, knock};
use crate::world::{INES, MARTA, World, new_token, words};
use domain::wire::{Bye, Down, FRAME_LIMIT, Up, VERSION};
use domain::{Event, Refusal};
use futures_util::{SinkExt, StreamExt};
use std::time::{Duration, Instant};
use tokio_tungstenite::tungstenite::Message;

#[tokio::test]
async fn a_page_of_another_site_gets_no_socket() {
    let world = World::new().await;
    let session = world.sign_in(INES).await;
    let suffix = format!("http://{}.evil.example", world.at);
    let secure = format!("https://{}", world.at);

    for origin in
        [None, Some("null"), Some("https://evil.example"), Some(&*suffix), Some(&*secure), Some("http://localhost")]
    {
        let refused =
            knock(world.at, &Knock { origin, session: Some(&session), postcard: false, narrow: false }).await.err();
        assert_eq!(refused.map(|status| status.as_u16()), Some(403), "{origin:?}");
    }
}

async fn stranger(world: &World) -> crate::client::Socket {
    let origin = format!("http://{}", world.at);
    knock(world.at, &Knock { origin: Some(&origin), session: None, postcard: false, narrow: false }).await.unwrap()
}

#[tokio::test]
async fn who_does_not_say_who_he_is_is_closed_after_five_seconds() {
    let world = World::new().await;
    let mut silent = stranger(&world).await;
    let start = Instant::now();

    let farewell = silent.farewell().await;

    assert_eq!(farewell, (Bye::Slow, 4008));
    assert!((Duration::from_secs(4)..Duration::from_secs(8)).contains(&start.elapsed()), "{:?}", start.elapsed());
}

#[tokio::test]
async fn the_first_frame_must_be_a_hello_that_we_know() {
    let world = World::new().await;
    for (first, bye) in [
        (Up::Ping(1), Bye::Refused(Refusal::SignedOut)),
        (Up::Hello { version: VERSION + 1, token: Some(new_token()) }, Bye::Version),
        (Up::Hello { version: VERSION, token: Some(new_token()) }, Bye::Refused(Refusal::SignedOut)),
        (Up::Hello { version: VERSION, token: None }, Bye::Refused(Refusal::SignedOut)),
    ] {
        let mut socket = stranger(&world).await;
        socket.say(&first).await;
        assert_eq!(socket.farewell().await, (bye, 1008), "{first:?}");
    }
    assert_eq!(world.running.desk.listeners(), 0);
}

#[tokio::test]
async fn nobody_takes_more_sockets_than_his_own_and_another_still_gets_one() {
    let world = World::with(&[]).await;
    let (_, _console) = world.agent(INES).await;
    let (ana, eva) = (world.customer().await, world.customer().await);
    let mut sockets = Vec::new();
    for _ in 0..20 {
        sockets.push(world.widget_socket(&ana.token).await);
    }
    let origin = format!("http://{}", world.at);
    let way = Knock { origin: Some(&origin), session: None, postcard: true, narrow: false };
    let mut one_more = knock(world.at, &way).await.unwrap();

    one_more.say(&Up::Hello { version: VERSION, token: Some(ana.token.clone()) }).await;

    assert_eq!(one_more.farewell().await, (Bye::Refused(Refusal::Full { limit: 20 }), 1008));
    world.widget_socket(&eva.token).await;
    drop(sockets);
}

#[tokio::test]
async fn what_no_client_of_ours_sends_ends_the_socket() {
    let world = World::new().await;
    let session = world.sign_in(INES).await;
    let big = "x".repeat(FRAME_LIMIT + 1);
    for (message, code) in [
        (Message::text("{"), 1002),
        (Message::binary(vec![1, 2, 3]), 1002),
        (Message::text("{\"Hello\":{\"version\":1,\"token\":null}}"), 1002),
        (Message::text(big), 1009),
    ] {
        let mut socket = world.console_socket(&session).await;
        socket.send(message.clone()).await;
        assert_eq!(socket.farewell().await.1, code, "{message:?}");
    }
}

#[tokio::test]
async fn who_sends_without_end_is_told_to_come_back_later() {
    let world = World::with(&[]).await;
    let session = world.sign_in(INES).await;
    let mut socket = world.console_socket(&session).await;

    for number in 0..600 {
        let ping = serde_json::to_string(&Up::Ping(number)).unwrap();
        if socket.wire.send(Message::text(ping)).await.is_err() {
            break;
        }
    }

    assert!(matches!(socket.farewell().await, (Bye::Refused(Refusal::TooMany { .. }), 1008)));
}

#[tokio::test]
async fn an_echo_proves_both_directions_and_the_server_asks_by_itself() {
    let world = World::new().await;
    let session = world.sign_in(INES).await;
    let mut socket = world.console_socket(&session).await;

    socket.say(&Up::Ping(7)).await;
    let pong = socket.until(|down| if let Down::Pong(number) = down { Some(number) } else { None }).await;
    let asked = tokio::time::timeout(PATIENCE, async {
        while let Some(Ok(message)) = socket.wire.next().await {
            if message.is_ping() {
                return true;
            }
        }
        false
    });

    assert_eq!(pong, 7);
    assert_eq!(asked.await, Ok(true));
}

#[tokio::test]
async fn a_stop_says_goodbye_and_nobody_has_left_because_of_it() {
    let world = World::new().await;
    let (_, mut console) = world.agent(INES).await;
    let ana = world.customer().await;
    let mut widget = world.widget_socket(&ana.token).await;
    let last = ana.told().await.last().unwrap().clone();
    let chat = ana.chat.clone();
    let (at, folder) = (world.at, world.folder);

    let (_, one, other) = tokio::join!(world.running.stop(), console.farewell(), widget.farewell());

    for (bye, code) in [one, other] {
        assert!(matches!(bye, Bye::Restart { after } if after < 3_000), "{bye:?}");
        assert_eq!(code, 1012);
    }
    assert!(tokio::net::TcpStream::connect(at).await.is_err());
    let settings = desk::Settings::embedded(folder.path().join("data"), desk::Clock::system()).unwrap();
    let desk = desk::Desk::open(settings).await.unwrap();
    let step = desk.sign_in(MARTA, crate::world::PASSWORD, &desk::Whence::default()).await.unwrap();
    let desk::Step::Session(token) = step else { panic!("a code is asked for") };
    let agent = desk.session(&token).await.unwrap().agent;
    let told = desk.events(&desk::Caller::Agent(agent), &chat, 0, 0).await.unwrap().told;
    assert!(told.contains(&last));
    assert!(!told.iter().any(|told| matches!(told.event, Event::Left { .. })), "{told:?}");
    desk.stop().await;
}

#[tokio::test]
async fn who_does_not_keep_up_is_told_to_read_again_and_nobody_waits_for_him() {
    let world = World::new().await;
    let session = world.sign_in(INES).await;
    let mut console = world.console_socket(&session).await;
    let ana = world.customer().await;
    let origin = format!("http://{}", world.at);
    let narrow = Knock { origin: Some(&origin), session: None, postcard: true, narrow: true };
    let mut slow = knock(world.at, &narrow).await.unwrap();
    slow.say(&Up::Hello { version: VERSION, token: Some(ana.token.clone()) }).await;
    assert!(matches!(slow.hear().await, Ok(Down::Welcome { .. })));
    let desk = &world.running.desk;
    let caller = desk::Caller::Visitor(desk.visitor(&ana.token).await.unwrap());
    let long = "x".repeat(4_000);

    // He reads nothing; the system takes some megabytes for him, then the desk goes on without him.
    for _ in 0..100 {
        let wishes: Vec<_> = (0..50).map(|_| crate::world::wish(words(&long))).collect();
        let said = wishes.iter().map(|wish| desk.act(&caller, &ana.chat, wish));
        assert!(futures_util::future::join_all(said).await.iter().all(Result::is_ok));
        console.say(&Up::Ping(1)).await;
        console.until(|down| matches!(down, Down::Pong(1)).then_some(())).await;
        if desk.listeners() == 1 {
            break;
        }
    }
    let end = loop {
        if let Err(code) = slow.hear().await {
            break code;
        }
    };

    assert_eq!(desk.listeners(), 1, "only the console is left");
    // Where he reads nothing at all for too long, no last word reaches him.
    assert!(end == 4008 || end == 1006, "{end}");
}
