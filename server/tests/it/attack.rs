//! The doors of the widget: bad input. Each gets its own clear answer, and changes nothing.

use crate::client::{Ask, get, post};
use crate::world::{Customer, INES, World, new_id, new_token, opening, wish, words};
use domain::act::MESSAGE_LIMIT;
use domain::wire::BODY_LIMIT;
use domain::{Act, Event, Refusal, Stage};

/// Asks, and looks whether the conversation is as it was.
async fn refused(ana: &Customer<'_>, ask: Ask, status: u16, why: Refusal) {
    // She has no socket here; where this machine is slow, that is noticed in between.
    let told = async || {
        let all = ana.told().await;
        all.into_iter().filter(|told| !matches!(told.event, Event::Left { .. })).collect::<Vec<_>>()
    };
    let before = told().await;

    let answer = ana.world.ask(ask).await;

    answer.refused(status, why);
    assert_eq!(told().await, before);
}

#[tokio::test]
async fn a_foreign_token_finds_nothing() {
    let world = World::new().await;
    let (_, _console) = world.agent(INES).await;
    let (ana, eve) = (world.customer().await, world.customer().await);
    let say = wish(words("mine"));

    refused(&ana, post(ana.acts()).bearer(&eve.token).json(&say), 404, Refusal::NotYours).await;
    for part in ["events", "wait"] {
        let ask = get(format!("/w/v1/chats/{}/{part}", ana.chat)).bearer(&eve.token);
        refused(&ana, ask, 404, Refusal::NotYours).await;
    }
    let stolen = post("/w/v1/chats").bearer(&eve.token).json(&opening(&ana.chat));
    refused(&ana, stolen, 404, Refusal::NotYours).await;
}

#[tokio::test]
async fn without_a_known_token_nobody_is_there() {
    let world = World::new().await;
    let (_, _console) = world.agent(INES).await;
    let ana = world.customer().await;
    let say = wish(words("mine"));

    refused(&ana, post(ana.acts()).json(&say), 401, Refusal::SignedOut).await;
    refused(&ana, post(ana.acts()).bearer(&new_token()).json(&say), 401, Refusal::SignedOut).await;
    refused(&ana, post(ana.acts()).bearer("short").json(&say), 401, Refusal::SignedOut).await;
    refused(&ana, post(ana.acts()).header("authorization", "Basic YTpi").json(&say), 401, Refusal::SignedOut).await;
    refused(&ana, post("/w/v1/chats").bearer("short").json(&opening(&new_id())), 401, Refusal::SignedOut).await;
}

#[tokio::test]
async fn an_id_that_is_not_there_is_not_yours() {
    let world = World::new().await;
    let (_, _console) = world.agent(INES).await;
    let ana = world.customer().await;

    for id in [&new_id(), "0", "-1", "GENERAL", "%00", "%FF%FE", "null", "..", "1e1", "9007199254740993"] {
        let ask = get(format!("/w/v1/chats/{id}/events")).bearer(&ana.token);
        refused(&ana, ask, 404, Refusal::NotYours).await;
    }
}

#[tokio::test]
async fn what_cannot_be_read_is_malformed() {
    let world = World::new().await;
    let (_, _console) = world.agent(INES).await;
    let ana = world.customer().await;
    let ask = |kind: &str, body: &[u8]| post(ana.acts()).bearer(&ana.token).body(kind, body.to_vec());

    for json in [
        "",
        "{",
        "[]",
        "null",
        "{\"id\":1,\"act\":\"Close\"}",
        "{\"id\":{\"$ne\":null},\"act\":\"Close\"}",
        "{\"id\":\"0123456789abcdef\",\"act\":\"Explode\"}",
    ] {
        refused(&ana, ask("application/json", json.as_bytes()), 400, Refusal::Malformed).await;
    }
    refused(&ana, ask("application/json", b"\xff\xfe"), 400, Refusal::Malformed).await;
    refused(&ana, ask("text/plain", b"{}"), 400, Refusal::Malformed).await;
    for bytes in [&[][..], &[255; 40], &[0x80; 3], b"{\"id\":\"0123456789abcdef\"}"] {
        let postcard = ask("application/x-postcard", bytes).header("accept", "application/x-postcard");
        refused(&ana, postcard, 400, Refusal::Malformed).await;
    }
    let events = get(format!("/w/v1/chats/{}/events?after=-1", ana.chat)).bearer(&ana.token);
    refused(&ana, events, 400, Refusal::Malformed).await;
    let odd_id = domain::event::Wish { id: "'; drop table chats".into(), act: words("x") };
    refused(&ana, post(ana.acts()).bearer(&ana.token).json(&odd_id), 400, Refusal::Malformed).await;
}

#[tokio::test]
async fn what_stands_where_a_text_should_is_malformed_and_never_somebody_else() {
    let world = World::new().await;
    let (_, _console) = world.agent(INES).await;
    let ana = world.customer().await;
    let odd = ["0", "1e1", "9007199254740993", "[]", "[\"x\"]", "null", "true", "{\"$ne\":null}", "{\"$gt\":\"\"}"];
    let opening = serde_json::to_value(opening(&new_id())).unwrap();
    let say = serde_json::to_value(wish(words("mine"))).unwrap();

    for odd in odd {
        let odd: serde_json::Value = serde_json::from_str(odd).unwrap();
        for field in ["id", "key", "group", "answers", "page", "lang"] {
            let mut open = opening.clone();
            open[field] = if odd.is_array() && field == "answers" { serde_json::json!([odd]) } else { odd.clone() };
            refused(&ana, post("/w/v1/chats").bearer(&new_token()).json(&open), 400, Refusal::Malformed).await;
        }
        let mut wish = say.clone();
        wish["id"] = odd.clone();
        refused(&ana, post(ana.acts()).bearer(&ana.token).json(&wish), 400, Refusal::Malformed).await;
    }
}

#[tokio::test]
async fn what_nobody_asked_for_makes_nobody_more_than_he_is() {
    let world = World::new().await;
    let (_, _console) = world.agent(INES).await;
    let ana = world.customer().await;
    let eve = new_token();
    let mut open = serde_json::to_value(opening(&new_id())).unwrap();
    for (field, value) in [
        ("role", "system".into()),
        ("is_admin", true.into()),
        ("owner", ana.token.clone().into()),
        ("visitor", ana.chat.clone().into()),
        ("verified", "ana".into()),
        ("group_id", "returns".into()),
        ("stage", "Attended".into()),
        ("created_at", 0.into()),
        ("opened_via", "Agent".into()),
    ] {
        open[field] = value;
    }

    let before = world.running.desk.now();
    let opened = world.ask(post("/w/v1/chats").bearer(&eve).json(&open)).await;

    assert_eq!(opened.status, 200, "{}", opened.text());
    let agent = world.running.desk.session(&world.sign_in(INES).await).await.unwrap().agent;
    let cards = world.running.desk.lists(&agent).await.unwrap().cards;
    let card = cards.iter().find(|card| card.chat == open["id"]).unwrap();
    assert_eq!((card.stage, card.group.id.as_str(), card.verified), (Stage::Waiting, "orders", false));
    assert!(card.queued_at >= before, "{:?}", card.queued_at);
    let hers = get(format!("/w/v1/chats/{}/events", ana.chat)).bearer(&eve);
    refused(&ana, hers, 404, Refusal::NotYours).await;
}

#[tokio::test]
async fn empty_and_endless_words_are_refused_each_in_its_own_way() {
    let world = World::new().await;
    let (_, _console) = world.agent(INES).await;
    let ana = world.customer().await;
    let say = |text: &str| post(ana.acts()).bearer(&ana.token).postcard(&wish(words(text)));
    let limit = MESSAGE_LIMIT as u32;

    for empty in ["", "   ", "\n\t", "\u{1}"] {
        refused(&ana, say(empty), 422, Refusal::Empty).await;
    }
    refused(&ana, say(&"ñ".repeat(MESSAGE_LIMIT + 1)), 422, Refusal::TooLong { limit }).await;
    let big = "x".repeat(BODY_LIMIT + 1);
    refused(&ana, say(&big), 413, Refusal::TooBig { limit: BODY_LIMIT as u32 }).await;
    assert_eq!(ana.wish(words(&"😀".repeat(MESSAGE_LIMIT))).await.status, 200);
}

#[tokio::test]
async fn a_form_is_checked_here_whatever_the_browser_checked() {
    let world = World::new().await;
    let (_, _console) = world.agent(INES).await;
    let ana = world.customer().await;
    let form = |answers: &[(usize, &str)]| {
        let mut open = opening(&new_id());
        for (n, value) in answers {
            open.answers[*n].value = (*value).into();
        }
        post("/w/v1/chats").bearer(&new_token()).json(&open)
    };

    refused(&ana, form(&[(0, " ")]), 422, Refusal::FieldMissing { field: "name".into() }).await;
    refused(&ana, form(&[(1, "ana@")]), 422, Refusal::FieldWrong { field: "email".into() }).await;
    refused(&ana, form(&[(0, &"a".repeat(201))]), 422, Refusal::FieldTooLong { field: "name".into(), limit: 200 })
        .await;
    let mut elsewhere = opening(&new_id());
    elsewhere.group = "nobody".into();
    refused(&ana, post("/w/v1/chats").bearer(&new_token()).json(&elsewhere), 404, Refusal::NotYours).await;
}

#[tokio::test]
async fn a_second_chat_by_a_double_click_is_the_first() {
    let world = World::new().await;
    let (_, _console) = world.agent(INES).await;
    let ana = world.customer().await;
    let second = post("/w/v1/chats").bearer(&ana.token).json(&opening(&new_id()));

    refused(&ana, second, 409, Refusal::AlreadyOpen { chat: ana.chat.clone() }).await;
}

#[tokio::test]
async fn nothing_is_said_in_an_ended_chat() {
    let world = World::new().await;
    let (_, _console) = world.agent(INES).await;
    let ana = world.customer().await;
    assert_eq!(ana.wish(Act::Close).await.status, 200);

    refused(&ana, post(ana.acts()).bearer(&ana.token).json(&wish(words("late"))), 409, Refusal::Ended).await;
    assert!(matches!(ana.told().await.last().unwrap().event, Event::Ended { .. }));
}

#[tokio::test]
async fn a_customer_may_not_do_what_staff_and_the_clock_do() {
    let world = World::new().await;
    let (_, _console) = world.agent(INES).await;
    let ana = world.customer().await;

    for act in [
        Act::Attend,
        Act::Abandon,
        Act::Leave { since: domain::Time(0) },
        Act::Resume,
        Act::Watch,
        Act::Aside { whisper: false, text: "x".into() },
    ] {
        let ask = post(ana.acts()).bearer(&ana.token).json(&wish(act));
        refused(&ana, ask, 404, Refusal::NotYours).await;
    }
    let card = world
        .running
        .desk
        .lists(&world.running.desk.session(&world.sign_in(INES).await).await.unwrap().agent)
        .await
        .unwrap()
        .cards;
    assert_eq!(card[0].stage, Stage::Waiting);
}

#[tokio::test]
async fn where_nobody_is_online_no_chat_begins() {
    let world = World::new().await;

    let answer = world.ask(post("/w/v1/chats").bearer(&new_token()).json(&opening(&new_id()))).await;

    answer.refused(409, Refusal::NobodyOnline);
}

#[tokio::test]
async fn another_site_asks_in_vain() {
    let world = World::new().await;
    let (_, _console) = world.agent(INES).await;
    let ana = world.customer().await;
    let say = || post(ana.acts()).bearer(&ana.token).json(&wish(words("forged")));

    for origin in ["https://evil.example", "null", "http://127.0.0.1:1"] {
        refused(&ana, say().header("origin", origin), 403, Refusal::ForeignSite).await;
    }
    refused(&ana, say().header("sec-fetch-site", "cross-site"), 403, Refusal::ForeignSite).await;
}
