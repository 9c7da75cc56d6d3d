//! The stream that stands in for a socket: the same stories, through a GET and POSTs.

use crate::client::post;
use crate::world::{INES, World, listening, new_id, new_token, wish, words};
use domain::wire::{Bye, Down, FRAME_LIMIT, Up, VERSION};
use domain::{Event, Refusal};

fn pong(number: u32) -> impl Fn(Down) -> Option<()> {
    move |down| (down == Down::Pong(number)).then_some(())
}

#[tokio::test]
async fn a_page_of_another_site_hears_nothing_and_says_nothing() {
    let world = World::new().await;
    let session = world.sign_in(INES).await;
    let own = format!("http://{}", world.at);
    for (name, value) in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("sec-fetch-site", "none"),
        ("origin", "https://evil.example"),
        ("origin", "null"),
        ("accept", "text/event-stream"),
    ] {
        let refused = listening("").cookie(&session).header(name, value).listen(world.at, false).await.err().unwrap();
        refused.refused(403, Refusal::ForeignSite);
    }
    let console = world.console_stream(&session).await;
    let forged = console.up().header("origin", "https://evil.example").json(&Up::Ping(1));
    world.ask(forged).await.refused(403, Refusal::ForeignSite);
    assert!(listening("").cookie(&session).header("origin", &own).listen(world.at, false).await.is_ok());
}

#[tokio::test]
async fn who_is_not_known_hears_nothing() {
    let world = World::new().await;
    let refused = |ask: crate::client::Ask| ask.header("sec-fetch-site", "same-origin").listen(world.at, false);

    for nobody in [listening(""), listening("").header("authorization", "Basic YTpi")] {
        refused(nobody).await.err().unwrap().refused(401, Refusal::SignedOut);
    }
    for stranger in [listening("").bearer(&new_token()), listening("").bearer("short"), listening("").cookie("nobody")]
    {
        let mut stream = refused(stranger).await.unwrap();
        assert_eq!(stream.farewell().await, Bye::Refused(Refusal::SignedOut));
    }
    let session = world.sign_in(INES).await;
    let later = crate::client::get(format!("/stream/{}?version={}", new_id(), VERSION + 1)).cookie(&session);
    assert_eq!(refused(later).await.unwrap().farewell().await, Bye::Version);
    for odd in ["/stream/short?version=1", "/stream/%00%00%00%00%00%00%00%00%00%00%00%00%00%00%00%00?version=1"] {
        let answer = refused(crate::client::get(odd).cookie(&session)).await.err().unwrap();
        answer.refused(404, Refusal::NotYours);
    }
    let unsaid = crate::client::get(format!("/stream/{}", new_id())).cookie(&session);
    refused(unsaid).await.err().unwrap().refused(400, Refusal::Malformed);
    assert_eq!(world.running.desk.listeners(), 0);
}

#[tokio::test]
async fn what_no_client_of_ours_says_is_refused_or_ends_the_stream() {
    let world = World::new().await;
    let session = world.sign_in(INES).await;
    let mut stream = world.console_stream(&session).await;
    let json = |body: String| stream.up().body("application/json", body);

    world.ask(json("{".into())).await.refused(400, Refusal::Malformed);
    world.ask(stream.up().body("text/plain", "{}")).await.refused(400, Refusal::Malformed);
    let big = format!("{{\"Typing\":{{\"chat\":\"{}\"}}}}", "x".repeat(FRAME_LIMIT));
    world.ask(json(big)).await.refused(413, Refusal::TooBig { limit: FRAME_LIMIT as u32 });
    stream.say(&Up::Ping(1)).await;
    stream.until(pong(1)).await;
    stream.say(&Up::Hello { version: VERSION, token: None }).await;

    assert_eq!(stream.farewell().await, Bye::Refused(Refusal::Malformed));
}

#[tokio::test]
async fn nobody_else_speaks_on_a_stream() {
    let world = World::new().await;
    let (_, _console) = world.agent(INES).await;
    let (ana, eve) = (world.customer().await, world.customer().await);
    let mut widget = world.widget_stream(&ana.token).await;
    let path = widget.up().bearer(&eve.token).json(&Up::Ping(1));

    world.ask(path).await.refused(404, Refusal::NotYours);
    world.ask(widget.up().bearer(&new_token()).json(&Up::Ping(2))).await.refused(404, Refusal::NotYours);
    let elsewhere = post(format!("/stream/{}", new_id())).own(world.at).bearer(&ana.token).json(&Up::Ping(3));
    world.ask(elsewhere).await.refused(404, Refusal::NotYours);
    widget.say(&Up::Ping(4)).await;

    assert_eq!(widget.hear().await, Some(Down::Pong(4)));
}

#[tokio::test]
async fn who_says_without_end_is_told_to_come_back_later() {
    let world = World::with(&[]).await;
    let session = world.sign_in(INES).await;
    let mut stream = world.console_stream(&session).await;

    for number in 0..600 {
        if world.ask(stream.up().json(&Up::Ping(number))).await.status == 404 {
            break;
        }
    }

    assert!(matches!(stream.farewell().await, Bye::Refused(Refusal::TooMany { .. })));
}

#[tokio::test]
async fn who_does_not_answer_is_gone_and_who_answers_stays() {
    let world = World::new().await;
    let session = world.sign_in(INES).await;
    let mut console = world.console_stream(&session).await;
    let (ana, eve) = (world.customer().await, world.customer().await);
    let mut silent = world.widget_stream(&ana.token).await;
    let mut widget = world.widget_stream(&eve.token).await;
    silent.alive = false;

    let gone = |down| match down {
        Down::Card(card) => card.gone_since.map(|_| card.chat),
        _ => None,
    };
    let (first, heard, end) = tokio::join!(
        console.until(gone),
        async { tokio::time::timeout(std::time::Duration::from_secs(14), widget.until(|_| None::<()>)).await },
        async { while silent.hear().await.is_some() {} }
    );

    assert_eq!((first, heard.is_err(), end), (ana.chat, true, ()));
    let mine = world.ask(crate::client::get("/w/v1/chat").bearer(&eve.token)).await.ok::<Option<String>>();
    assert_eq!(mine, Some(eve.chat.clone()));
    assert!(!eve.told().await.iter().any(|told| matches!(told.event, Event::Left { .. })));
}

#[tokio::test]
async fn a_session_that_ends_ends_its_stream() {
    let world = World::new().await;
    let session = world.sign_in(INES).await;
    let mut stream = world.console_stream(&session).await;

    assert_eq!(world.ask(post("/sign-out").own(world.at).cookie(&session)).await.status, 303);

    assert_eq!(stream.farewell().await, Bye::Refused(Refusal::SignedOut));
    world.ask(stream.up().json(&Up::Ping(1))).await.refused(404, Refusal::NotYours);
}

#[tokio::test]
async fn a_stop_says_goodbye_on_a_stream_too() {
    let world = World::new().await;
    let session = world.sign_in(INES).await;
    let mut console = world.console_stream(&session).await;
    let ana = world.customer().await;
    let mut widget = world.widget_stream(&ana.token).await;

    let (_, one, other) = tokio::join!(world.running.stop(), console.farewell(), widget.farewell());

    for bye in [one, other] {
        assert!(matches!(bye, Bye::Restart { after } if after < 3_000), "{bye:?}");
    }
}

#[tokio::test]
async fn who_does_not_keep_up_is_let_go_and_nobody_waits_for_him() {
    let world = World::new().await;
    let (_, mut console) = world.agent(INES).await;
    let ana = world.customer().await;
    let ask = listening("&postcard=true").bearer(&ana.token);
    let mut slow = ask.listen(world.at, true).await.unwrap();
    assert!(matches!(slow.hear().await, Some(Down::Welcome { .. })));
    let desk = &world.running.desk;
    let caller = desk::Caller::Visitor(desk.visitor(&ana.token).await.unwrap());
    let long = "x".repeat(4_000);

    // He reads nothing; the system takes some megabytes for him, then the desk goes on without him.
    for _ in 0..100 {
        let wishes: Vec<_> = (0..50).map(|_| wish(words(&long))).collect();
        let said = wishes.iter().map(|wish| desk.act(&caller, &ana.chat, wish));
        assert!(futures_util::future::join_all(said).await.iter().all(Result::is_ok));
        console.say(&Up::Ping(1)).await;
        console.until(pong(1)).await;
        if desk.listeners() == 1 {
            break;
        }
    }

    assert_eq!(desk.listeners(), 1, "only the console is left");
}
