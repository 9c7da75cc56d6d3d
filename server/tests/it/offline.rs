//! Offline messages: how often, by whom, and what is no message. And how an application is set.

use crate::client::{Ask, post};
use crate::world::{World, new_id, new_token, opening};
use clap::Parser;
use domain::Refusal;
use domain::offline::{Offline, Receipt};
use serde_json::json;
use server::config::{Command, Verb};

fn message(id: &str) -> Offline {
    Offline { open: opening(id), text: "Llegó rota".into(), website: String::new() }
}

fn leave(token: &str, offline: &Offline) -> Ask {
    post("/w/v1/messages").bearer(token).postcard(offline)
}

#[tokio::test]
async fn an_address_leaves_five_messages_an_hour_and_the_sixth_is_told_when() {
    let world = World::with(&[]).await;
    let (token, first) = (new_token(), message(&new_id()));

    let receipt: Receipt = world.ask(leave(&token, &first)).await.ok();
    for _ in 1..5 {
        // Neither a repeated send nor a slip uses up a turn.
        assert_eq!(world.ask(leave(&token, &first)).await.ok::<Receipt>(), receipt);
        let slip = Offline { text: " ".into(), ..message(&new_id()) };
        world.ask(leave(&token, &slip)).await.refused(422, Refusal::Empty);
        world.ask(leave(&new_token(), &message(&new_id()))).await.ok::<Receipt>();
    }
    let sixth = world.ask(leave(&new_token(), &message(&new_id()))).await;

    assert_eq!(sixth.status, 429, "{sixth:?}");
    let seconds: u32 = sixth.header("retry-after").parse().unwrap();
    assert!((1..=720).contains(&seconds), "{seconds}");
    assert_eq!(world.ask(leave(&token, &first)).await.ok::<Receipt>(), receipt);
}

#[tokio::test]
async fn what_was_never_taken_is_not_given_back() {
    let world = World::with(&[]).await;
    let (token, first) = (new_token(), message(&new_id()));
    world.ask(leave(&token, &first)).await.ok::<Receipt>();
    for _ in 1..5 {
        world.ask(leave(&new_token(), &message(&new_id()))).await.ok::<Receipt>();
    }

    // The id of a message that is there, and a key that is not.
    let mut odd = first.clone();
    odd.open.key = "pk_nobody".into();
    for _ in 0..5 {
        world.ask(leave(&token, &odd)).await.refused(404, Refusal::NotYours);
    }

    assert_eq!(world.ask(leave(&new_token(), &message(&new_id()))).await.status, 429);
}

#[tokio::test]
async fn who_fills_in_what_nobody_sees_is_refused_and_has_had_his_turn() {
    let world = World::with(&[]).await;

    for _ in 0..5 {
        let bot = Offline { website: "https://spam.example".into(), ..message(&new_id()) };
        world.ask(leave(&new_token(), &bot)).await.refused(400, Refusal::Malformed);
    }

    assert_eq!(world.ask(leave(&new_token(), &message(&new_id()))).await.status, 429);
}

#[tokio::test]
async fn what_is_no_message_is_malformed_and_more_than_was_asked_is_left_out() {
    let world = World::new().await;
    let send = |body: serde_json::Value| post("/w/v1/messages").bearer(&new_token()).json(&body);
    let whole = json!(message(&new_id()));

    for (name, odd) in [
        ("text", json!({"$ne": null})),
        ("text", json!(["a"])),
        ("text", json!(null)),
        ("id", json!(1)),
        ("id", json!(true)),
        ("group", json!({"$gt": ""})),
        ("answers", json!("name=Ana")),
        ("answers", json!([{"key": "name", "label": "", "value": {"$ne": 1}}])),
    ] {
        let mut body = whole.clone();
        *if name == "text" { &mut body["text"] } else { &mut body["open"][name] } = odd;
        world.ask(send(body)).await.refused(400, Refusal::Malformed);
    }
    let mut more = whole.clone();
    for (name, value) in
        [("number", json!(1)), ("owner", json!("marta")), ("via", json!("Agent")), ("status", json!("Closed"))]
    {
        more[name] = value;
    }
    let receipt: Receipt = world.ask(send(more)).await.ok();
    let marta = world.running.desk.session(&world.sign_in(crate::world::MARTA).await).await.unwrap().agent;
    let rows =
        world.running.desk.tickets(&marta, "es", &domain::ticket_list::Filter::default(), None).await.unwrap().rows;
    let told: Vec<_> = rows.iter().map(|r| (r.number, r.via, r.owner.clone(), r.status)).collect();
    assert_eq!(told, [(receipt.number, domain::ticket::Via::OfflineMessage, None, domain::Status::New)]);
}

#[tokio::test]
async fn without_a_token_there_is_nobody_to_leave_a_message() {
    let world = World::new().await;

    world.ask(post("/w/v1/messages").postcard(&message(&new_id()))).await.refused(401, Refusal::SignedOut);
    world.ask(leave("short", &message(&new_id()))).await.refused(401, Refusal::SignedOut);
}

/// Runs `recado application …` on the data folder of a world that serves.
async fn application(world: &World, words: &[&str]) -> Result<String, String> {
    let data = world.folder.path().join("data").display().to_string();
    let (verb, rest) = words.split_first().unwrap();
    let basis = ["recado", "application", verb, "--data", &data, "--key", crate::world::KEY];
    let command = Command::try_parse_from([&basis, rest].concat()).unwrap();
    let Verb::Application(verb) = command.verb else { panic!("it serves") };
    server::application::run(verb).await
}

#[tokio::test]
async fn a_running_server_follows_what_the_command_sets() {
    let world = World::new().await;
    let file = world.folder.path().join("settings.json");
    let set = async |settings: serde_json::Value| {
        std::fs::write(&file, settings.to_string()).unwrap();
        application(&world, &["set", &file.display().to_string()]).await
    };

    let never = json!({"setup": {"hours": {"zone": "America/Sao_Paulo"}, "when_away": "nothing"}});
    set(never).await.unwrap();

    let open = post("/w/v1/chats").bearer(&new_token()).postcard(&opening(&new_id()));
    world.ask(open).await.refused(409, Refusal::Closed { next: None });
    world.ask(leave(&new_token(), &message(&new_id()))).await.refused(409, Refusal::NoMessages);
    let shown: serde_json::Value = serde_json::from_str(&application(&world, &["show"]).await.unwrap()).unwrap();
    assert_eq!(shown["setup"]["hours"]["zone"], "America/Sao_Paulo");
    assert_eq!(shown["setup"]["channels"].as_array().unwrap().len(), 3, "what was not named stays");
    assert_eq!(shown["form"][0]["key"], "name");
}

#[tokio::test]
async fn a_slip_in_the_file_is_named_by_its_place_and_sets_nothing() {
    let world = World::new().await;
    let file = world.folder.path().join("settings.json");
    let before = application(&world, &["show"]).await.unwrap();

    for (text, named) in [
        ("{", "no JSON"),
        (r#"{"setup":{"hours":{"zone":"Europe/Nowhere"}}}"#, "`setup.hours.zone`"),
        (
            r#"{"setup":{"hours":{"zone":"Europe/Madrid","weekly":[{"days":["mon"],"from":"9","to":"10:00"}]}}}"#,
            "`setup.hours.weekly[0].from`",
        ),
        (
            r#"{"setup":{"hours":{"zone":"Europe/Madrid","weekly":[{"days":["mon"],"from":"10:00","to":"10:00"}]}}}"#,
            "`setup.hours.weekly[0].to`",
        ),
        (r#"{"setup":{"channels":[{"kind":"link","to":"javascript:alert(1)"}]}}"#, "`setup.channels[0].to`"),
        (r#"{"form":[{"key":"a","label":"A","kind":"Choice","required":true}]}"#, "`form[0].options`"),
    ] {
        std::fs::write(&file, text).unwrap();
        let why = application(&world, &["set", &file.display().to_string()]).await.unwrap_err();
        assert!(why.contains(named), "{text}: {why}");
    }

    assert_eq!(application(&world, &["show"]).await.unwrap(), before);
    assert!(application(&world, &["set", "/nowhere.json"]).await.unwrap_err().contains("/nowhere.json"));
}
