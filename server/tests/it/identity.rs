//! Identity at the doors (S58, S73-S76), the command that makes its keys, and what the docs say of it.

use crate::client::{Knock, Socket, get, knock, post};
use crate::world::{INES, KEY, MARTA, World, listening, new_id, new_token, opening, wish, words};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use clap::Parser;
use desk::demo::{PEOPLE, SHOP_SECRET, sign};
use domain::identity::Related;
use domain::wire::{AskMail, Bye, Down, Identify, Known, Page, Up, VERSION};
use domain::{Act, Refusal};
use serde_json::json;
use server::config::{Command, Verb};
use std::process::Stdio;
use std::time::{SystemTime, UNIX_EPOCH};

const DOCS: &str = include_str!("../../../docs/identity.md");

/// The first block of this language in the docs.
fn block(language: &str) -> &'static str {
    let (_, from) = DOCS.split_once(&format!("```{language}\n")).unwrap();
    from.split_once("```").unwrap().0
}

fn proof(jwt: String) -> Identify {
    Identify { key: KEY.into(), jwt, fresh: new_token() }
}

async fn recado(world: &World, words: &[&str]) -> Result<String, String> {
    let data = world.folder.path().join("data").display().to_string();
    let command = Command::try_parse_from([&["recado", "identity"], words, &["--data", &data]].concat());
    let Verb::Identity(verb) = command.map_err(|why| why.to_string())?.verb else { panic!("another verb") };
    verb.run().await
}

#[tokio::test]
async fn a_token_is_believed_at_its_door_and_nothing_else_is() {
    let world = World::new().await;
    world.agent(crate::world::INES).await;
    let (nobody, mallory) = (new_token(), new_token());
    let jwt = sign(&PEOPLE[0], world.running.desk.now());
    let first = proof(jwt.clone());

    let known: Known = world.ask(post("/w/v1/identity").bearer(&nobody).postcard(&first)).await.ok();
    let ana = first.fresh;
    let (head, rest) = jwt.split_once('.').unwrap();
    let forged = format!("{}.{rest}", BASE64_URL_SAFE_NO_PAD.encode(br#"{"alg":"none"}"#));
    assert_ne!(head, "");

    assert_eq!((known.name.as_str(), known.chat), ("Ana Belmonte", None));
    let refused = world.ask(post("/w/v1/identity").bearer(&mallory).json(&proof(forged))).await;
    assert_eq!(refused.status, 401);
    assert!(refused.text().contains("IdentityRefused"), "{}", refused.text());
    assert_eq!(world.ask(post("/w/v1/identity").json(&proof(jwt.clone()))).await.status, 401, "no browser");
    let elsewhere = post("/w/v1/identity").bearer(&mallory).json(&proof(jwt)).header("origin", "http://evil.example");
    assert_eq!(world.ask(elsewhere).await.status, 403);
    for token in [&ana, &mallory] {
        let answer = world.ask(get("/w/v1/tickets").bearer(token)).await;
        if token == &ana {
            assert_eq!(answer.ok::<Vec<Related>>(), []);
        } else {
            assert_eq!(answer.status, 401);
        }
    }
    let mut open = opening(&new_id());
    open.related = Some("0123456789abcdef".into());
    let answer = world.ask(post("/w/v1/chats").bearer(&ana).postcard(&open)).await;
    assert_eq!(answer.status, 404, "{:?}", Refusal::NotYours);
    open = opening(&new_id());
    let page: Page = world.ask(post("/w/v1/chats").bearer(&ana).postcard(&open)).await.ok();
    assert!(format!("{page:?}").contains("Ana Belmonte"));
}

#[tokio::test]
async fn a_copied_token_is_told_nothing_once_its_holder_is_proved() {
    let world = World::new().await;
    let (session, _console) = world.agent(INES).await;
    let ana = world.customer().await;
    let agent = |act| world.function("chat/act", &session, &json!({ "chat": ana.chat, "wish": wish(act) }));
    assert_eq!(world.ask(agent(Act::Attend)).await.status, 200);
    let (mut socket, mut stream) = (world.widget_socket(&ana.token).await, world.widget_stream(&ana.token).await);
    let identify = Identify { fresh: new_token(), ..proof(sign(&PEOPLE[0], world.running.desk.now())) };

    let known: Known = world.ask(post("/w/v1/identity").bearer(&ana.token).postcard(&identify)).await.ok();
    let again: Known = world.ask(post("/w/v1/identity").bearer(&ana.token).postcard(&identify)).await.ok();
    assert_eq!(world.ask(agent(words("Your card ends in 4242."))).await.status, 200);

    assert_eq!((known.chat.as_deref(), known.renewed), (Some(&*ana.chat), true));
    assert_eq!(again, known);
    // No word of what came after, nor of who he is.
    let gone = Bye::Refused(Refusal::SignedOut);
    assert_eq!(all_of(&mut socket).await, [Ok(Down::Bye(gone.clone())), Err(1008)]);
    assert_eq!((stream.hear().await, stream.hear().await), (Some(Down::Bye(gone.clone())), None));
    let chat = format!("/w/v1/chats/{}", ana.chat);
    for ask in [
        get("/w/v1/chat"),
        get("/w/v1/tickets"),
        get(format!("{chat}/events?after=0")),
        get(format!("{chat}/wait")),
        get(format!("{chat}/pass")),
        get(format!("{chat}/transcript")),
        post(format!("{chat}/acts")).postcard(&wish(words("It is me."))),
        post(format!("{chat}/mails")).postcard(&AskMail { id: new_id(), ahead: 0 }),
        get(format!("{chat}/files/{}", new_id())).method("PUT").body("text/plain", "x").header("x-file-name", "a.txt"),
    ] {
        world.ask(ask.bearer(&ana.token)).await.refused(401, Refusal::SignedOut);
    }
    let stream = listening("").bearer(&ana.token).header("sec-fetch-site", "same-origin");
    assert_eq!(stream.listen(world.at, false).await.unwrap().farewell().await, gone);
    let origin = format!("http://{}", world.at);
    let about = Knock { origin: Some(&origin), session: None, postcard: true, narrow: false };
    let mut late = knock(world.at, &about).await.unwrap();
    late.say(&Up::Hello { version: VERSION, token: Some(ana.token.clone()) }).await;
    assert_eq!(late.farewell().await, (gone, 1008));
    // He himself goes on.
    world.widget_socket(&identify.fresh).await;
    let page: Page = world.ask(get(format!("{chat}/events?after=0")).bearer(&identify.fresh)).await.ok();
    assert!(format!("{page:?}").contains("4242"));
}

/// All that it is told, and the code that it is closed with.
async fn all_of(socket: &mut Socket) -> Vec<Result<Down, u16>> {
    let mut heard = Vec::new();
    loop {
        heard.push(socket.hear().await);
        if heard.last().is_some_and(Result::is_err) {
            return heard;
        }
    }
}

#[tokio::test]
async fn keys_are_made_listed_and_revoked_beside_a_running_server() {
    let world = World::new().await;
    let added = recado(&world, &["add", "--key", KEY]).await.unwrap();
    let said = |name: &str| {
        let line = added.lines().find(|line| line.starts_with(name)).unwrap();
        line.split_whitespace().nth(1).unwrap().to_owned()
    };
    let (kid, secret) = (said("kid"), said("secret"));
    let jwt = token(&User { id: 7, name: "Eva", email: "eva@shop.example", plan: "pro" }, KEY, &secret, seconds());
    let identify = || post("/w/v1/identity").bearer(&new_token()).json(&proof(jwt.clone()));

    assert_eq!(world.ask(identify()).await.status, 200);
    let listed = recado(&world, &["list", "--key", KEY]).await.unwrap();
    recado(&world, &["revoke", &kid, "--key", KEY]).await.unwrap();

    assert!(listed.contains(&kid) && !listed.contains(&secret), "{listed}");
    assert_eq!(world.ask(identify()).await.status, 401);
    assert!(recado(&world, &["list", "--key", KEY]).await.unwrap().contains("revoked"));
    for (words, named) in [
        (vec!["revoke", "nobody", "--key", KEY], "no such key"),
        (vec!["add", "--key", "pk_nobody"], "no such application"),
        (vec!["add", "--key", KEY, "--alg", "EdDSA"], "--public"),
        (vec!["add", "--key", KEY, "--alg", "EdDSA", "--public", "/nowhere"], "/nowhere"),
        (vec!["add", "--key", KEY, "--alg", "none"], "HS256"),
    ] {
        let why = recado(&world, &words).await.unwrap_err();
        assert!(why.contains(named), "{words:?}: {why}");
    }
}

#[tokio::test]
async fn who_lists_keys_makes_none_for_the_house() {
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite:{}", folder.path().join("recado.db").display());
    desk::make_as_of(&database, i64::MAX).await.unwrap();
    let data = folder.path().display().to_string();
    let words = ["recado", "identity", "list", "--key", KEY, "--data", &data];
    let Verb::Identity(verb) = Command::try_parse_from(words).unwrap().verb else { panic!("another verb") };

    let refused = verb.run().await.unwrap_err();

    assert!(refused.contains("no such application"), "{refused}");
    assert!(!folder.path().join("recado.key").exists());
}

struct User {
    id: u32,
    name: &'static str,
    email: &'static str,
    plan: &'static str,
}

/// As the docs show it.
fn token(user: &User, key: &str, secret: &str, now: u64) -> String {
    let part = |data: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(data);
    let claims = serde_json::json!({
        "aud": key, "sub": user.id.to_string(), "exp": now + 300,
        "name": user.name, "email": user.email, "attributes": { "plan": user.plan },
    });
    let text = [part(br#"{"alg":"HS256","typ":"JWT"}"#), part(claims.to_string().as_bytes())].join(".");
    let secret = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, secret.as_bytes());
    format!("{text}.{}", part(ring::hmac::sign(&secret, text.as_bytes()).as_ref()))
}

fn seconds() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

/// What a snippet signs, in its own language; none where that is not spoken here.
fn run(program: &str, flags: &[&str], language: &str, call: &str) -> Option<String> {
    // PHP's `-r` takes no opening tag.
    let code = format!("{}\n{call}\n", block(language).trim_start_matches("<?php"));
    let output = std::process::Command::new(program)
        .args(flags)
        .arg(&code)
        .env("RECADO_KEY", KEY)
        .env("RECADO_SECRET", SHOP_SECRET)
        .stderr(Stdio::piped())
        .output()
        .ok()?;
    assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8(output.stdout).unwrap().trim().to_owned())
}

#[tokio::test]
async fn what_the_docs_sign_is_believed() {
    let world = World::new().await;
    let node = "console.log(token({ id: 7, name: 'Eva', email: 'eva@shop.example', plan: 'pro' }))";
    let python = "print(token({'id': 7, 'name': 'Eva', 'email': 'eva@shop.example', 'plan': 'pro'}))";
    let php = "echo token(['id' => 7, 'name' => 'Eva', 'email' => 'eva@shop.example', 'plan' => 'pro']);";
    let code: String = include_str!("identity.rs").split_whitespace().collect();
    let shown: String = block("rust").split_once("fn token").unwrap().1.split_whitespace().collect();
    assert!(code.contains(&shown), "the snippet in Rust is not the one that runs here");

    for (language, jwt) in [
        (
            "rust",
            Some(token(
                &User { id: 7, name: "Eva", email: "eva@shop.example", plan: "pro" },
                KEY,
                SHOP_SECRET,
                seconds(),
            )),
        ),
        ("node", run("node", &["--input-type=module", "-e"], "js", node)),
        ("python", run("python3", &["-c"], "python", python)),
        ("php", run("php", &["-r"], "php", php)),
    ] {
        let Some(jwt) = jwt else {
            eprintln!("nobody here speaks {language}: its snippet was not tried");
            continue;
        };
        let known = world.ask(post("/w/v1/identity").bearer(&new_token()).json(&proof(jwt))).await.ok::<Known>();
        assert_eq!((known.name.as_str(), known.email.as_str()), ("Eva", "eva@shop.example"), "{language}");
    }
}

#[tokio::test]
async fn a_pinned_loader_outlives_our_next_release_and_is_all_that_others_may_read() {
    let world = World::new().await;
    let desk = &world.running.desk;
    desk.keep_loader("embed-0a1b2c3d4e.js", "an earlier loader").await.unwrap();

    let earlier = world.ask(get("/embed-0a1b2c3d4e.js")).await;
    assert_eq!((earlier.status.as_u16(), earlier.text()), (200, "an earlier loader"));
    assert_eq!(earlier.header("access-control-allow-origin"), "*");
    assert!(earlier.header("cache-control").contains("immutable"));
    assert_eq!(earlier.header("cross-origin-resource-policy"), "cross-origin");
    assert_eq!(world.ask(get("/embed-ffffffffff.js")).await.status, 404);

    let plain = world.ask(get("/embed.js")).await;
    assert_eq!(plain.header("access-control-allow-origin"), "*");
    assert!(plain.header("cache-control").contains("max-age=300") && !plain.header("etag").is_empty());
    // Nothing else of ours is for other sites' scripts (S58).
    let session = world.sign_in(MARTA).await;
    for path in [
        format!("/w/v1/applications/{KEY}"),
        "/w/v1/chat".into(),
        "/api/console/me".into(),
        format!("/w/frame?key={KEY}"),
    ] {
        let answer = world.ask(get(path.as_str()).cookie(&session).header("origin", "http://evil.example")).await;
        assert_eq!(answer.header("access-control-allow-origin"), "", "{path}");
    }
}
