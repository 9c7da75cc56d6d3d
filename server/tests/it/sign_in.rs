//! Signing in and out, and the set-up of the first day.

use crate::client::{Knock, get, knock, post};
use crate::world::{INES, PASSWORD, World};
use domain::wire::{Bye, Me};
use domain::{Refusal, Span};
use serde_json::json;

#[tokio::test]
async fn a_right_password_opens_the_console() {
    let world = World::new().await;

    let before = world.ask(get("/chat/abc?tab=1")).await;
    let session = world.sign_in(INES).await;
    let after = world.ask(get("/chat/abc").cookie(&session)).await;
    let me: Me = world.ask(world.function("console/me", &session, &json!({}))).await.ok();

    assert_eq!((before.status.as_u16(), before.header("location")), (303, "/sign-in?next=/chat/abc%3Ftab%3D1"));
    assert_eq!(after.status, 200);
    assert!(
        after.text().contains("/console-0123456789.js") && after.text().contains("id=\"shell\""),
        "{}",
        after.text()
    );
    assert_eq!((me.email.as_str(), after.header("cache-control")), (INES, "no-store"));
}

#[tokio::test]
async fn a_wrong_password_gets_the_same_page_and_the_same_words_as_a_wrong_name() {
    let world = World::new().await;
    let form = |email| {
        post("/sign-in").own(world.at).form(&[("email", email), ("password", "not-this-one"), ("next", "/chat")])
    };

    for (lang, sentence) in [
        ("es", "El correo o la contraseña no son correctos."),
        ("pt-BR", words::of("pt").refusal(&Refusal::WrongPassword).as_str()),
        ("en", words::of("en").refusal(&Refusal::WrongPassword).as_str()),
    ] {
        for email in [INES, "nobody@casanogal.example"] {
            let answer = world.ask(form(email).header("accept-language", lang)).await;
            assert_eq!(answer.status, 401);
            assert!(answer.text().contains(sentence), "{lang}: {}", answer.text());
            assert_eq!(answer.header("set-cookie"), "");
        }
    }
}

#[tokio::test]
async fn of_many_tries_at_once_only_the_first_are_looked_at() {
    let world = World::with(&[]).await;
    let form = || post("/sign-in").own(world.at).form(&[("email", INES), ("password", "not-this-one")]);

    let tries = (0..30).map(|_| world.ask(form()));
    let answers = futures_util::future::join_all(tries).await;
    let right = post("/sign-in").own(world.at).form(&[("email", INES), ("password", PASSWORD)]);
    let right = world.ask(right).await;

    let count = |status: u16| answers.iter().filter(|answer| answer.status == status).count();
    assert_eq!((count(401), count(429)), (10, 20));
    assert_eq!(right.status, 429);
    assert!(right.header("retry-after").parse::<u32>().unwrap() > 0);
}

#[tokio::test]
async fn the_cookie_is_out_of_reach_for_scripts_and_other_sites() {
    let secure = World::with(&["--url", "https://chat.example"]).await;
    let sign_in =
        post("/sign-in").header("origin", "https://chat.example").form(&[("email", INES), ("password", PASSWORD)]);

    let answer = secure.ask(sign_in).await;

    let cookie = answer.header("set-cookie");
    let (token, about) = cookie.split_once(';').unwrap();
    assert!(token.strip_prefix("__Host-recado=").is_some_and(|token| token.len() >= 43), "{cookie}");
    assert_eq!(about, " Path=/; HttpOnly; SameSite=Lax; Secure");
    assert!(answer.header("strict-transport-security").contains("max-age=31536000"));
}

#[tokio::test]
async fn nobody_is_led_to_another_site_by_signing_in() {
    let world = World::new().await;
    for next in ["https://evil.example/", "//evil.example", "/\\evil.example"] {
        let form = post("/sign-in").own(world.at).form(&[("email", INES), ("password", PASSWORD), ("next", next)]);
        let answer = world.ask(form).await;
        assert_eq!((answer.status.as_u16(), answer.header("location")), (303, "/"));
    }
}

#[tokio::test]
async fn who_signs_in_again_gets_another_session() {
    let world = World::new().await;
    let first = world.sign_in(INES).await;

    let form = post("/sign-in").own(world.at).cookie(&first).form(&[("email", INES), ("password", PASSWORD)]);
    let second = world.ask(form).await.session();

    assert_ne!(first, second);
    world.ask(world.function("console/me", &first, &json!({}))).await.refused(401, Refusal::SignedOut);
}

#[tokio::test]
async fn signing_out_ends_the_session_and_its_sockets() {
    let world = World::new().await;
    for by_function in [false, true] {
        let (session, mut socket) = world.agent(INES).await;

        let answer = if by_function {
            world.ask(world.function("session/end", &session, &json!({}))).await
        } else {
            world.ask(post("/sign-out").own(world.at).cookie(&session)).await
        };

        assert!(answer.header("set-cookie").contains("Max-Age=0"), "{answer:?}");
        assert_eq!(socket.farewell().await, (Bye::Refused(Refusal::SignedOut), 1008));
        world.ask(world.function("console/me", &session, &json!({}))).await.refused(401, Refusal::SignedOut);
    }
}

#[tokio::test]
async fn an_expired_session_opens_nothing() {
    let world = World::new().await;
    let session = world.sign_in(INES).await;

    world.running.desk.clock().advance(Span::hours(13));

    world.ask(world.function("console/lists", &session, &json!({}))).await.refused(401, Refusal::SignedOut);
    assert_eq!(world.ask(get("/tickets").cookie(&session)).await.header("location"), "/sign-in?next=/tickets");
    let origin = format!("http://{}", world.at);
    let mut socket =
        knock(world.at, &Knock { origin: Some(&origin), session: Some(&session), postcard: false, narrow: false })
            .await
            .unwrap();
    socket.say(&domain::wire::Up::Hello { version: domain::wire::VERSION, token: None }).await;
    assert_eq!(socket.farewell().await, (Bye::Refused(Refusal::SignedOut), 1008));
}

#[tokio::test]
async fn the_set_up_link_works_once() {
    let world = World::new().await;
    let link = "0".repeat(64);

    let shown = world.ask(get(format!("/set-up/{link}"))).await;
    let form = post(format!("/set-up/{link}")).own(world.at).form(&[
        ("name", "Ana"),
        ("email", "ana@x.example"),
        ("password", PASSWORD),
    ]);
    let tried = world.ask(form).await;

    assert_eq!(world.running.set_up, None);
    assert_eq!((shown.status.as_u16(), tried.status.as_u16()), (410, 410));
    assert!(!shown.text().contains("<input") && shown.text().contains("href=\"/sign-in\""), "{shown:?}");
    assert_eq!(tried.header("set-cookie"), "");
}

#[tokio::test]
async fn a_form_that_was_opened_at_another_address_is_told_which_is_ours() {
    const URL: &str = "https://chat.example";
    let world = World::with(&["--limits", "off", "--url", URL]).await;
    let (set_up, near) = (format!("/set-up/{}", "0".repeat(64)), format!("http://{}", world.at));
    let form = |path: &str| post(path).form(&[("name", "Ana"), ("email", INES), ("password", PASSWORD)]);

    for path in ["/sign-in", &set_up] {
        for lang in ["es", "pt", "en"] {
            let sentence = (app::words::address::of(lang).elsewhere)(URL);
            // A browser that says whence it asks, and one that does not.
            for ask in [form(path).own(world.at), form(path).header("origin", &near)] {
                let answer = world.ask(ask.header("accept-language", lang)).await;
                assert_eq!((answer.status.as_u16(), answer.header("set-cookie")), (403, ""), "{path}");
                assert!(sentence.contains(URL) && answer.text().contains(&sentence), "{path}: {}", answer.text());
            }
        }
        let foreign = form(path).header("origin", "https://evil.example").header("sec-fetch-site", "cross-site");
        let answer = world.ask(foreign.header("accept-language", "en")).await;
        assert_eq!(answer.status, 403);
        assert!(answer.text().contains(&words::of("en").refusal(&Refusal::ForeignSite)), "{}", answer.text());
    }
}

#[tokio::test]
async fn behind_a_proxy_that_was_not_named_who_signs_in_is_told_what_to_set() {
    let world = World::new().await;
    let form = || {
        let far = post("/sign-in").header("origin", "https://chat.example");
        far.form(&[("email", INES), ("password", PASSWORD)])
    };

    for lang in ["es", "pt", "en"] {
        let sentence = (app::words::address::of(lang).unknown)("https://chat.example");
        // It passes on by which name it was called; or it does not, and the browser says that the page is its own.
        let [named, unnamed] = [("host", "chat.example"), ("sec-fetch-site", "same-origin")];
        for (name, value) in [named, unnamed] {
            let answer = world.ask(form().header(name, value).header("accept-language", lang)).await;
            assert_eq!((answer.status.as_u16(), answer.header("set-cookie")), (403, ""), "{name}");
            assert!(sentence.contains("--url https://chat.example"), "{sentence}");
            assert!(answer.text().contains(&sentence), "{name}: {}", answer.text());
        }
    }
    let foreign = world.ask(form().header("sec-fetch-site", "cross-site").header("accept-language", "en")).await;
    assert!(foreign.text().contains(&words::of("en").refusal(&Refusal::ForeignSite)), "{}", foreign.text());
}
