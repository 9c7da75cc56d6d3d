//! An agent's account at the doors: password, second factor, sessions, photo; and what ends with them.

use crate::client::{Answer, Way, get, post};
use crate::world::{INES, LUCIA, MARTA, PASSWORD, TOMAS, World, new_id, new_token, opening};
use clap::Parser;
use domain::factor::Setup;
use domain::profile::Profile;
use domain::session::Session;
use domain::wire::{Bye, Down, Open, Page, Up};
use domain::{Refusal, Span, Trouble};
use image::{ImageFormat, RgbImage};
use serde_json::{Value, json};
use server::config::{Command, Verb};
use std::io::Cursor;
use std::time::{Duration, Instant};
use totp_rs::{Builder, Secret};

const FRESH: &str = "otra clave bien larga";

impl World {
    /// As an operator types it, beside the server that runs.
    pub async fn operator(&self, words: &[&str]) -> Result<String, String> {
        let data = self.folder.path().join("data").display().to_string();
        let command = Command::try_parse_from([&["recado"], words, &["--data", &data]].concat()).unwrap();
        match command.verb {
            Verb::Agent(agent) => agent.run().await,
            Verb::Audit(audit) => audit.run().await,
            Verb::Indicators(indicators) => indicators.run().await,
            Verb::Health(health) => health.run().await,
            _ => panic!("it is about something else"),
        }
    }

    /// What a device shows now.
    fn code(&self, secret: &str) -> String {
        let device = Builder::new().with_secret(Secret::try_from_base32(secret).unwrap()).build_noncompliant();
        device.generate(u64::try_from(self.running.desk.now().0 / 1000).unwrap()).to_string()
    }

    async fn with_device(&self, session: &str) -> (String, Vec<String>) {
        let begin = self.function("factor/begin", session, &json!({ "present": PASSWORD }));
        let setup: Setup = self.ask(begin).await.ok();
        let confirm = self.function("factor/confirm", session, &json!({ "code": self.code(&setup.secret) }));
        let paper = self.ask(confirm).await.ok();
        self.running.desk.clock().advance(Span::secs(60));
        (setup.secret, paper)
    }

    async fn password(&self, email: &str) -> Answer {
        let form = [("email", email), ("password", PASSWORD), ("next", "/tickets")];
        self.ask(post("/sign-in").own(self.at).form(&form)).await
    }

    async fn gives_code(&self, page: &Answer, code: &str) -> Answer {
        let step = page.text().split("name=\"step\" value=\"").nth(1).unwrap().split('"').next().unwrap();
        let form = [("step", step), ("code", code), ("next", "/tickets")];
        self.ask(post("/sign-in/code").own(self.at).form(&form)).await
    }
}

fn photo() -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    RgbImage::from_pixel(300, 200, image::Rgb([200, 60, 60])).write_to(&mut bytes, ImageFormat::Png).unwrap();
    bytes.into_inner()
}

#[tokio::test]
async fn a_second_factor_is_asked_for_on_a_page_of_its_own() {
    let world = World::new().await;
    let first = world.sign_in(INES).await;
    let (secret, paper) = world.with_device(&first).await;

    let page = world.password(INES).await;
    let wrong = world.gives_code(&page, "000000").await;
    let right = world.gives_code(&wrong, &world.code(&secret)).await;

    assert_eq!((page.status.as_u16(), page.header("set-cookie")), (200, ""));
    assert!(page.text().contains("action=\"/sign-in/code\"") && !page.text().contains("<script"), "{}", page.text());
    assert_eq!((wrong.status.as_u16(), wrong.header("set-cookie")), (422, ""));
    assert!(wrong.text().contains("ya se usó"), "{}", wrong.text());
    assert_eq!((right.status.as_u16(), right.header("location")), (303, "/tickets"));
    let session = right.session();
    assert_eq!(world.ask(world.function("console/me", &session, &json!({}))).await.status, 200);
    // The same code again, and one from paper.
    let again = world.password(INES).await;
    assert_eq!(world.gives_code(&again, &world.code(&secret)).await.status, 422);
    assert_eq!(world.gives_code(&again, &paper[0]).await.status, 303);
    assert_eq!(world.ask(get("/sign-in/code")).await.header("location"), "/sign-in");
    let stranger = post("/sign-in/code").own(world.at).form(&[("step", "x"), ("code", "123456")]);
    assert_eq!(world.ask(stranger).await.status, 401);
    let profile: Profile = world.ask(world.function("profile/read", &session, &json!({}))).await.ok();
    assert_eq!(profile.factor.map(|factor| factor.paper), Some(9));
}

#[tokio::test]
async fn a_new_password_closes_every_other_line_within_five_seconds() {
    for way in [Way::Socket, Way::Stream] {
        let world = World::new().await;
        let (first, mut mine) = world.agent(INES).await;
        let second = world.sign_in(INES).await;
        let mut other = crate::client::Line::of_console(&world, way, &second).await;
        let change =
            |present: &str| world.function("password/change", &first, &json!({ "present": present, "fresh": FRESH }));

        world.ask(change("no es esta")).await.refused(401, Refusal::WrongPassword);
        let begun = Instant::now();
        assert_eq!(world.ask(change(PASSWORD)).await.status, 200);
        let bye = other.until(|down| if let Down::Bye(bye) = down { Some(bye) } else { None }).await;

        assert_eq!(bye, Bye::Refused(Refusal::SignedOut), "{way:?}");
        assert!(begun.elapsed() < Duration::from_secs(5));
        world.ask(world.function("console/me", &second, &json!({}))).await.refused(401, Refusal::SignedOut);
        mine.say(&Up::Ping(7)).await;
        mine.until(|down| matches!(down, Down::Pong(7)).then_some(())).await;
    }
}

#[tokio::test]
async fn who_is_revoked_is_out_at_once_and_nobody_revokes_another() {
    let world = World::new().await;
    let first = world.sign_in(INES).await;
    let (second, mut socket) = world.agent(INES).await;
    let tomas = world.sign_in(TOMAS).await;
    let list = || world.function("session/list", &first, &json!({}));
    let all: Vec<Session> = world.ask(list()).await.ok();
    let other = all.iter().find(|one| !one.here).unwrap().id.clone();
    let revoke = |session: &str| world.function("session/revoke", session, &json!({ "session": other }));

    assert_eq!((all.len(), all.iter().filter(|one| one.here).count()), (2, 1));
    assert!(all.iter().all(|one| one.address == "127.0.0.0"), "{all:?}");
    world.ask(revoke(&tomas)).await.refused(404, Refusal::NotYours);
    assert_eq!(world.ask(revoke(&first)).await.status, 200);

    assert_eq!(socket.farewell().await, (Bye::Refused(Refusal::SignedOut), 1008));
    world.ask(world.function("console/me", &second, &json!({}))).await.refused(401, Refusal::SignedOut);
    let (_, mut third) = world.agent(INES).await;
    assert_eq!(world.ask(world.function("session/revoke-others", &first, &json!({}))).await.status, 200);
    assert_eq!(third.farewell().await, (Bye::Refused(Refusal::SignedOut), 1008));
    assert_eq!(world.ask(list()).await.ok::<Vec<Session>>().len(), 1);
}

#[tokio::test]
async fn an_open_line_ends_with_its_session_and_keeps_one_alive_that_is_used() {
    let world = World::with(&["--limits", "off", "--session-idle", "30min", "--session-life", "12h"]).await;
    let (session, mut socket) = world.agent(INES).await;
    let clock = world.running.desk.clock().clone();
    // Nobody presses anything; the console is open, and its line looks at its session every few seconds.
    for number in 1..=2 {
        clock.advance(Span::minutes(29));
        let touched = format!("select count(*) from sessions where seen_at >= {}", world.running.desk.now().0 - 60_000);
        let before = Instant::now();
        while count(&world, &touched).await == 0 {
            assert!(before.elapsed() < Duration::from_secs(15), "its console did not keep it alive");
            // As a browser does all the time, it answers what it is asked.
            socket.say(&Up::Ping(number)).await;
            socket.until(|down| matches!(down, Down::Pong(_)).then_some(())).await;
        }
    }
    world.running.desk.session(&session).await.unwrap();

    clock.advance(Span::hours(12));
    let begun = Instant::now();

    assert_eq!(socket.farewell().await, (Bye::Refused(Refusal::SignedOut), 1008));
    assert!(begun.elapsed() < Duration::from_secs(8));
    world.ask(world.function("console/me", &session, &json!({}))).await.refused(401, Refusal::SignedOut);
}

async fn count(world: &World, sql: &str) -> i64 {
    use sqlx::{AnyPool, AssertSqlSafe, Row};
    sqlx::any::install_default_drivers();
    let path = world.folder.path().join("data/recado.db");
    let pool = AnyPool::connect(&format!("sqlite:{}", path.display())).await.unwrap();
    let row = sqlx::query(AssertSqlSafe(sql.to_owned())).fetch_one(&pool).await.unwrap();
    pool.close().await;
    row.try_get(0).unwrap()
}

#[tokio::test]
async fn an_operator_takes_away_the_right_to_sign_in_and_the_open_line_with_it() {
    let world = World::new().await;
    let (session, mut socket) = world.agent(TOMAS).await;

    let listed = world.operator(&["agent", "list"]).await.unwrap();
    world.operator(&["agent", "rights", TOMAS, "--access", "off"]).await.unwrap();
    let begun = Instant::now();

    assert!(listed.contains(TOMAS) && listed.contains("system"), "{listed}");
    assert_eq!(socket.farewell().await, (Bye::Refused(Refusal::SignedOut), 1008));
    assert!(begun.elapsed() < Duration::from_secs(7));
    world.ask(world.function("console/me", &session, &json!({}))).await.refused(401, Refusal::SignedOut);
    assert_eq!(world.password(TOMAS).await.status, 401);
    world.operator(&["agent", "rights", TOMAS, "--access", "on"]).await.unwrap();
    world.sign_in(TOMAS).await;
    for wrong in [vec!["agent", "rights", "nadie@x.example", "--system", "on"], vec!["agent", "rights", TOMAS]] {
        assert!(world.operator(&wrong).await.is_err(), "{wrong:?}");
    }
}

#[tokio::test]
async fn a_right_that_is_given_is_there_on_an_open_line() {
    let world = World::new().await;
    let (_ines, _line) = world.agent(INES).await;
    let (_, mut lucia) = world.agent(LUCIA).await;
    let group = ["agent", "rights", LUCIA, "--group", "returns", "--attend", "on"];

    world.operator(&group).await.unwrap();
    let begun = Instant::now();

    // Until she hears of a chat in it, one begins after the other.
    let mut number = 0;
    'until: loop {
        let (token, chat) = (new_token(), new_id());
        let open = Open { group: "returns".into(), ..opening(&chat) };
        world.ask(post("/w/v1/chats").bearer(&token).postcard(&open)).await.ok::<Page>();
        number += 1;
        lucia.say(&Up::Ping(number)).await;
        loop {
            match lucia.hear().await.unwrap() {
                Down::Card(card) if card.chat == chat => break 'until,
                Down::Pong(back) if back == number => break,
                _ => {}
            }
        }
        assert!(begun.elapsed() < Duration::from_secs(15), "she does not hear of it");
    }
    assert!(begun.elapsed() < Duration::from_secs(7), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn an_operator_helps_who_has_lost_his_device() {
    let world = World::new().await;
    let session = world.sign_in(INES).await;
    world.with_device(&session).await;
    assert_eq!(world.password(INES).await.status, 200);

    let said = world.operator(&["agent", "reset-totp", INES]).await.unwrap();

    assert!(said.contains(INES), "{said}");
    world.ask(world.function("console/me", &session, &json!({}))).await.refused(401, Refusal::SignedOut);
    assert_eq!(world.password(INES).await.status, 303);
    assert_eq!(world.operator(&["agent", "reset-totp", INES]).await.unwrap_err(), "He has no second factor.");
}

#[tokio::test]
async fn of_a_hundred_wrong_passwords_at_once_ten_are_looked_at_wherever_they_come_from() {
    for places in [1, 100] {
        let world = World::with(&["--trusted-proxy", "127.0.0.1"]).await;
        let form = |n: u32| {
            let from = format!("10.0.0.{}", n % places + 1);
            let form = [("email", INES), ("password", "not-this-one")];
            post("/sign-in").own(world.at).header("x-forwarded-for", &from).form(&form)
        };

        let answers = futures_util::future::join_all((0..100).map(|n| world.ask(form(n)))).await;

        let count = |status: u16| answers.iter().filter(|answer| answer.status == status).count();
        assert_eq!((count(401), count(429)), (10, 90), "{places}");
    }
}

#[tokio::test]
async fn a_photo_is_sent_by_its_owner_and_seen_by_who_knows_him() {
    let world = World::new().await;
    let session = world.sign_in(INES).await;
    let me: Profile = world.ask(world.function("profile/read", &session, &json!({}))).await.ok();
    let put = |kind: &str, bytes: Vec<u8>| get("/api/me/photo").method("PUT").body(kind, bytes);
    let (small, large) = (format!("/faces/{}", me.id), format!("/faces/{}/large", me.id));
    assert_eq!(world.ask(get(&small)).await.status, 204);

    world.ask(put("image/png", photo()).own(world.at)).await.refused(401, Refusal::SignedOut);
    let forged = put("image/png", photo()).cookie(&session).header("origin", "https://evil.example");
    world.ask(forged).await.refused(403, Refusal::ForeignSite);
    let text = put("text/html", b"<script>".to_vec()).own(world.at).cookie(&session);
    world.ask(text).await.refused(415, Refusal::FileKind);
    assert_eq!(world.ask(put("image/png", photo()).own(world.at).cookie(&session)).await.status, 200);

    let seen = world.ask(get(&small)).await;
    assert_eq!((seen.status.as_u16(), seen.header("content-type")), (200, "image/jpeg"));
    assert_eq!(seen.header("content-security-policy"), "sandbox; default-src 'none'");
    assert_eq!(
        (seen.header("x-content-type-options"), seen.header("cache-control")),
        ("nosniff", "public, max-age=60")
    );
    let known = get(&small).header("if-none-match", seen.header("etag"));
    assert_eq!(world.ask(known).await.status, 304);
    assert!(world.ask(get(&large)).await.body.len() > seen.body.len());
    for nobody in ["/faces/nobody", "/faces/nobody/large", "/faces/%00"] {
        assert_eq!(world.ask(get(nobody)).await.status, 204, "{nobody}");
    }
    assert_eq!(world.ask(world.function("profile/remove-photo", &session, &json!({}))).await.status, 200);
    assert_eq!(world.ask(get(&small)).await.status, 204);
}

#[tokio::test]
async fn what_does_not_fit_a_profile_is_said_and_a_theme_is_in_the_document() {
    let world = World::new().await;
    let session = world.sign_in(INES).await;
    let save = |change: Value| world.function("profile/save", &session, &json!({ "change": change }));
    let change = |name: &str, lang: &str| json!({ "name": name, "lang": lang, "languages": ["es"], "theme": "Dark" });

    for (change, status, field) in [
        (change("", "es"), 422, "name"),
        (change("x", "fr"), 422, "lang"),
        (json!({ "name": "x", "lang": "es", "languages": ["klingon"], "theme": "Dark" }), 422, "languages"),
    ] {
        let answer = world.ask(save(change)).await;
        assert_eq!(answer.status, status);
        assert!(format!("{:?}", answer.value::<Trouble>()).contains(field), "{answer:?}");
    }
    let typed = json!({ "name": { "$ne": null }, "lang": "es", "languages": [], "theme": "Dark", "system": true });
    world.ask(save(typed)).await.refused(400, Refusal::Malformed);
    assert_eq!(world.ask(save(change("Inés", "pt"))).await.status, 200);

    let document = world.ask(get("/profile").cookie(&session)).await;
    assert!(document.text().contains("<html lang=\"pt\" data-theme=\"dark\">"), "{}", document.text());
    let marta = world.ask(get("/audit").cookie(&world.sign_in(MARTA).await)).await;
    assert!(marta.text().contains("<html lang=\"es\">"), "{}", marta.text());
}
