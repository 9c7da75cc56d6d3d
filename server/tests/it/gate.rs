//! What holds at every door: headers, methods, limits, health.

use crate::client::{Answer, get, post};
use crate::world::{INES, KEY, World, new_id, new_token, opening, wish, words};
use domain::Refusal;
use domain::wire::{Open, POSTCARD};

#[tokio::test]
async fn every_route_denies_by_default() {
    let world = World::new().await;
    let session = world.sign_in(INES).await;
    let frame = format!("/w/frame?key={KEY}");
    let application = format!("/w/v1/applications/{KEY}");
    for path in [
        "/",
        "/chat",
        "/tickets",
        "/applications",
        "/sign-in",
        "/set-up/x",
        "/health",
        "/socket",
        "/stream/0123456789abcdef",
        "/embed.js",
        "/widget-0123456789.wasm",
        "/w/v1/chat",
        "/w/v1/chats/x/events",
        "/api/console/me",
        "/nothing",
        "/.env",
        "/.git/config",
        "/metrics",
        &frame,
        &application,
    ] {
        let answer = world.ask(get(path).cookie(&session)).await;
        let policy = answer.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'"), "{path}: {policy}");
        assert!(policy.contains("base-uri 'none'") && policy.contains("form-action"), "{path}: {policy}");
        assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"), "{path}: {policy}");
        assert_eq!(policy.contains("frame-ancestors 'none'"), path != frame, "{path}: {policy}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("referrer-policy"), "same-origin", "{path}");
        assert!(!answer.header("cross-origin-resource-policy").is_empty(), "{path}");
        assert!(!answer.header("cache-control").is_empty(), "{path}");
        assert_eq!((answer.header("server"), answer.header("x-powered-by")), ("", ""), "{path}");
    }
}

#[tokio::test]
async fn what_is_not_there_is_a_clean_answer() {
    let world = World::new().await;
    for path in [
        "/.env",
        "/.git/config",
        "/metrics",
        "/debug",
        "/manifest.json",
        "/shop/",
        "/chat/a/b",
        "/w/v1/",
        "/api/",
        "/%2e%2e/etc/passwd",
        "/widget-0123456789.wasm.br",
    ] {
        let answer = world.ask(get(path)).await;
        assert_eq!(answer.status, 404, "{path}");
        assert!(!answer.text().contains("panic") && !answer.text().contains("src/"), "{path}: {}", answer.text());
    }
    for (method, path) in [
        ("TRACE", "/"),
        ("DELETE", "/sign-in"),
        ("GET", "/w/v1/chats"),
        ("PUT", "/w/v1/chat"),
        ("BREW", "/health"),
        ("POST", "/embed.js"),
        ("POST", "/chat"),
    ] {
        let answer = world.ask(post(path).method(method).own(world.at)).await;
        assert_eq!(answer.status, 405, "{method} {path}");
    }
}

#[tokio::test]
async fn health_is_tried_and_told_in_short() {
    let world = World::new().await;

    let well = world.ask(get("/health")).await;
    world.running.desk.stop().await;
    let mut unwell = world.ask(get("/health")).await;
    while unwell.status == 200 {
        // The last result is told for a second.
        tokio::task::yield_now().await;
        unwell = world.ask(get("/health")).await;
    }

    assert_eq!((well.status.as_u16(), well.text()), (200, "{\"well\":true}"));
    assert_eq!((unwell.status.as_u16(), unwell.text()), (503, "{\"well\":false}"));
}

#[tokio::test]
async fn a_fault_of_ours_is_told_as_a_number_and_nothing_else() {
    let world = World::new().await;
    world.running.desk.stop().await;

    let answer = world.ask(get(format!("/w/v1/applications/{KEY}"))).await;

    assert_eq!(answer.status, 500);
    let domain::Trouble::Fault { number } = answer.value() else { panic!("{}", answer.text()) };
    assert_eq!(number.len(), 8);
    tells_nothing_of_the_inside("an application", answer.text());
}

/// S67: no place in our source, no panic, no query, no path of the machine, and not which version this is.
fn tells_nothing_of_the_inside(asked: &str, body: &str) {
    let inside =
        ["src/", ".rs:", "panicked", "backtrace", "sqlx", "sqlite", "recado.db", "pool", "/home/", "/usr/", "/tmp/"];
    let told: Vec<&str> = inside.into_iter().filter(|word| body.contains(*word)).collect();
    let lower = body.to_lowercase();
    let query = lower.split("select ").skip(1).any(|rest| rest.contains(" from "));
    let version = body.contains(env!("CARGO_PKG_VERSION"));
    assert!(told.is_empty() && !query && !version, "{asked} tells {told:?}: {body}");
}

#[tokio::test]
async fn no_answer_tells_of_the_inside_whatever_is_asked_or_broken() {
    let world = World::new().await;
    let session = world.sign_in(INES).await;
    let application = format!("/w/v1/applications/{KEY}");
    let articles = format!("{application}/articles?lang=es&q=%FF");
    let frame = format!("/w/frame?key={KEY}");
    let read = [
        &*application,
        &articles,
        &frame,
        "/w/frame",
        "/w/frame?key=%00",
        "/w/v1/applications/%FF",
        "/w/v1/chat",
        "/w/v1/tickets",
        "/w/v1/chats/%00/wait",
        "/w/v1/chats/x/events?after=-1",
        "/w/v1/chats/x/transcript?ahead=x",
        "/files/%00?pass=%FF",
        "/faces/%00/large",
        "/images/%FF",
        "/help/es/%00",
        "/people/%00/export",
        "/indicators/export?from=x",
        "/audit/export?from=x",
        "/portal/enter/%FF",
        "/portal/tickets/%00",
        "/join/%00",
        "/set-up/%FF",
        "/sign-in?next=%FF",
        "/socket",
        "/stream/x?version=x",
        "/api/v1/chats?limit=x",
        "/api/v1/tickets/%00",
        "/api/v1/nothing",
        "/api/nothing",
        "/%2e%2e/etc/passwd",
    ];
    let written = [
        "/w/v1/chats",
        "/w/v1/messages",
        "/w/v1/identity",
        "/w/v1/chats/x/acts",
        "/w/v1/chats/x/mails",
        "/api/chat/act",
        "/api/console/lists",
        "/api/application/save",
        "/api/v1/tickets",
        "/sign-in",
        "/sign-in/code",
        "/portal/link",
        "/portal/tickets",
        "/stream/x",
    ];
    let odd: [(&str, &[u8]); 5] = [
        ("application/json", b"{"),
        ("application/json", b"[1,{\"id\":[]}]"),
        (POSTCARD, &[255; 40]),
        ("application/x-www-form-urlencoded", b"email=%FF&email=1"),
        ("text/plain", b"' or 1=1 --"),
    ];

    for broken in [false, true] {
        if broken {
            world.running.desk.stop().await;
        }
        let mut faults = Vec::new();
        let mut look = |asked: &str, answer: &Answer| {
            if answer.status.is_server_error() {
                faults.push(asked.to_owned());
            }
            tells_nothing_of_the_inside(asked, &String::from_utf8_lossy(&answer.body));
        };
        // With a visitor's token, and as who works here.
        for path in read {
            look(path, &world.ask(get(path).bearer(&new_token())).await);
            look(path, &world.ask(get(path).own(world.at).cookie(&session)).await);
        }
        for path in written {
            for (kind, body) in odd {
                look(path, &world.ask(post(path).body(kind, body).bearer(&new_token())).await);
                look(path, &world.ask(post(path).body(kind, body).own(world.at).cookie(&session)).await);
            }
        }
        assert_eq!(faults.is_empty(), !broken, "{faults:?}");
    }
}

#[tokio::test]
async fn whoever_acts_too_often_is_asked_to_wait_and_nobody_else_is() {
    let world = World::with(&[]).await;
    let (_, _console) = world.agent(INES).await;
    let (ana, eve) = (world.customer().await, world.customer().await);
    let mut taken = 0;

    let refused = loop {
        let answer = ana.wish(words("again")).await;
        if answer.status != 200 {
            break answer;
        }
        taken += 1;
        assert!(taken < 1_000, "nobody asks him to wait");
    };

    assert!(taken >= 100, "only {taken}");
    assert_eq!(refused.status, 429);
    assert!(refused.header("retry-after").parse::<u32>().unwrap() >= 1);
    assert_eq!(eve.wish(words("hello")).await.status, 200);
}

#[tokio::test]
async fn a_visitor_opens_no_more_chats_than_anybody_needs() {
    let world = World::with(&[]).await;
    let (_, _console) = world.agent(INES).await;
    let (token, mut chat) = (new_token(), String::new());
    for _ in 0..6 {
        chat = new_id();
        let open = || post("/w/v1/chats").bearer(&token).postcard(&opening(&chat));
        assert_eq!(world.ask(open()).await.status, 200);
        assert_eq!(world.ask(open()).await.status, 200, "a repeated send is not another chat");
        let close = wish(domain::Act::Close);
        assert_eq!(world.ask(post(format!("/w/v1/chats/{chat}/acts")).bearer(&token).json(&close)).await.status, 200);
    }

    // A chat that is his, and a key that is nobody's: what was not taken is not given back.
    let odd = Open { key: "pk_nobody".into(), ..opening(&chat) };
    world.ask(post("/w/v1/chats").bearer(&token).postcard(&odd)).await.refused(404, Refusal::NotYours);
    let seventh = world.ask(post("/w/v1/chats").bearer(&token).json(&opening(&new_id()))).await;

    assert_eq!(seventh.status, 429);
}

#[tokio::test]
async fn a_forwarded_address_counts_only_from_a_trusted_proxy() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("recado.toml");
    std::fs::write(&file, "[rates]\nrequests = '3/h'").unwrap();
    let file = file.display().to_string();
    let ask = |n: u8| get("/embed.js").header("x-forwarded-for", &format!("203.0.113.{n}"));

    let believing = World::with(&["--config", &file, "--trusted-proxy", "127.0.0.1"]).await;
    let doubting = World::with(&["--config", &file]).await;

    for n in 0..10 {
        assert_eq!(believing.ask(ask(n)).await.status, 200);
        assert_eq!(doubting.ask(ask(n)).await.status, if n < 3 { 200 } else { 429 });
    }
}

#[tokio::test]
async fn a_refusal_on_a_page_is_said_in_the_language_of_the_reader() {
    let world = World::new().await;
    for lang in ["es", "pt", "en"] {
        let answer = world.ask(get("/nothing").header("accept-language", lang)).await;
        assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
        assert!(answer.text().contains(&words::of(lang).refusal(&Refusal::NotYours)), "{lang}: {}", answer.text());
    }
}
