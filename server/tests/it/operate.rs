//! What an operator watches, and what is never in it: numbers for machines (S66), other sites' scripts (S58), and a log
//! without words, tokens and addresses of mail (S85).

use crate::client::{get, post};
use crate::world::{INES, KEY, MARTA, PASSWORD, TOMAS, World, new_id, new_token, opening, wish, words};
use domain::Act;
use domain::wire::{PAGE, Page};
use serde_json::json;
use std::io::Write;
use std::sync::{Arc, Mutex};
use tracing_subscriber::fmt::MakeWriter;

/// One number of a scrape.
async fn number(world: &World, name: &str) -> f64 {
    let answer = get("/metrics").send(world.running.metrics.unwrap()).await;
    assert_eq!((answer.status.as_u16(), &answer.header("content-type")[..25]), (200, "text/plain; version=0.0.4"));
    let text = answer.text().to_owned();
    let line = text.lines().find(|line| line.strip_prefix(name).is_some_and(|rest| rest.starts_with(' ')));
    line.unwrap_or_else(|| panic!("{name} is not told: {text}")).rsplit(' ').next().unwrap().parse().unwrap()
}

#[tokio::test]
async fn numbers_are_counted_where_only_an_operator_asks() {
    let world = World::with(&["--limits", "off", "--metrics", "127.0.0.1:0"]).await;
    let quiet = number(&world, "recado_connections{kind=\"socket\"}").await;
    let (ines, _console) = world.agent(INES).await;
    let (marta, _other) = world.agent(MARTA).await;
    let ana = world.customer().await;
    let stream = world.widget_stream(&ana.token).await;
    let read = |name: &'static str| number(&world, name);

    let waiting = read("recado_chats{stage=\"waiting\"}").await;
    let open = (read("recado_connections{kind=\"socket\"}").await, read("recado_connections{kind=\"stream\"}").await);
    let attend =
        |session: &str| world.function("chat/act", session, &json!({ "chat": ana.chat, "wish": wish(Act::Attend) }));
    world.ask(attend(&ines)).await.ok::<Page>();
    assert_eq!(world.ask(attend(&marta)).await.status.as_u16(), 403, "she attends nothing");
    let (tomas, _third) = world.agent(TOMAS).await;
    let claims = read("recado_claim_conflicts_total").await;
    assert_eq!(world.ask(attend(&tomas)).await.status.as_u16(), 409, "somebody was faster");
    assert_eq!((claims, read("recado_claim_conflicts_total").await), (0.0, 1.0));
    ana.wish(words("hola")).await;
    let events = |after: u32| get(format!("/w/v1/chats/{}/events?after={after}", ana.chat)).bearer(&ana.token);
    let none = (read("recado_resyncs_total").await, read("recado_gaps_total").await);
    let missed = world.ask(events(1)).await.ok::<Page>();
    let nothing = world.ask(events(missed.told.last().unwrap().seq)).await.ok::<Page>();
    world.ask(events(0)).await.ok::<Page>();

    assert_eq!((quiet, waiting, open), (0.0, 1.0, (2.0, 1.0)));
    assert_eq!(read("recado_chats{stage=\"waiting\"}").await, 0.0);
    assert_eq!(read("recado_chats{stage=\"attending\"}").await, 1.0);
    assert_eq!(read("recado_messages_total").await, 1.0);
    assert_eq!((none, nothing.told.len()), ((0.0, 0.0), 0));
    assert_eq!(read("recado_resyncs_total").await, 2.0, "who reads from the beginning has missed nothing");
    assert_eq!(read("recado_gaps_total").await, 1.0, "one of them had");
    assert_eq!(read("recado_connections_opened_total{kind=\"stream\"}").await, 1.0);
    assert!(read("recado_commit_batch_size_count").await >= 3.0);
    assert!(read("recado_commit_seconds_sum").await > 0.0);
    assert!(read("recado_disk_free_bytes").await > 0.0);
    let hook = new_id();
    let sheet =
        json!({ "id": hook, "name": "ERP", "url": "https://hooks.example/", "occasions": ["Message"], "on": false });
    let change = json!({ "change": { "Keep": { "sheet": sheet, "read": null } } });
    assert_eq!(world.ask(world.function("subscription/change", &marta, &change)).await.status.as_u16(), 200);
    let dropped = format!("recado_webhooks_dropped_total{{subscription=\"{hook}\"}}");
    for name in [
        &*dropped,
        "recado_outbox{kind=\"mail\"}",
        "recado_outbox{kind=\"webhook\"}",
        "recado_outbox{kind=\"subscription\"}",
        "recado_tickets_unsaved",
        "recado_buffer_overflows_total",
        "recado_write_conflicts_total",
    ] {
        assert_eq!(number(&world, name).await, 0.0, "{name}");
    }
    drop(stream);
    let until = std::time::Instant::now() + std::time::Duration::from_secs(20);
    while read("recado_connections{kind=\"stream\"}").await > 0.0 {
        assert!(std::time::Instant::now() < until, "a stream that is gone is still counted");
    }
    // Of one reading only its first page counts, wherever it begins.
    for n in 0..PAGE {
        assert_eq!(ana.wish(words(&n.to_string())).await.status.as_u16(), 200);
    }
    for (start, counted) in [(0, (2.0, 1.0)), (1, (3.0, 2.0))] {
        let first = world.ask(events(start)).await.ok::<Page>();
        let rest = world.ask(events(first.told.last().unwrap().seq)).await.ok::<Page>();
        assert_eq!((first.told.len(), first.more, rest.told.is_empty(), rest.more), (PAGE, true, false, false));
        assert_eq!((read("recado_resyncs_total").await, read("recado_gaps_total").await), counted, "from {start}");
    }
    // Not at the address that people use; and there is nothing else at this one.
    assert_eq!(world.ask(get("/metrics")).await.status.as_u16(), 404);
    for path in ["/", "/health", "/chat"] {
        assert_eq!(get(path).send(world.running.metrics.unwrap()).await.status.as_u16(), 404, "{path}");
    }
    assert_eq!(post("/metrics").send(world.running.metrics.unwrap()).await.status.as_u16(), 405);
}

#[tokio::test]
async fn without_being_asked_for_they_are_nowhere() {
    let world = World::new().await;

    assert_eq!(world.running.metrics, None);
}

/// S58, and stricter: the frame is ours, so no door has anything to say to a script of another site, be it one that
/// may show the widget.
#[tokio::test]
async fn no_script_of_another_site_reads_an_answer() {
    let world = World::new().await;
    let session = world.sign_in(INES).await;
    let shop = format!("http://{}", world.running.shop.unwrap());
    for origin in [&*shop, "https://evil.example", "null"] {
        for path in ["/w/v1/chat", &format!("/w/v1/applications/{KEY}"), "/chat", "/api/me/read", "/health", "/portal"]
        {
            for method in ["GET", "POST", "OPTIONS"] {
                let ask = get(path).method(method).cookie(&session).header("origin", origin);
                let answer = world.ask(ask.header("access-control-request-method", "POST")).await;
                let told = ["origin", "credentials", "methods", "headers"];
                let allows = told.map(|what| answer.header(&format!("access-control-allow-{what}")).to_owned());
                assert!(allows.iter().all(String::is_empty), "{method} {path} from {origin}: {allows:?}");
            }
        }
    }
}

/// Where all that is logged goes.
#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Written {
    type Writer = Written;

    fn make_writer(&'a self) -> Written {
        self.clone()
    }
}

/// S85: a day of everything that goes right and wrong, logged as it comes.
#[tokio::test]
async fn the_log_holds_no_words_no_token_and_no_address_of_mail() {
    let written = Written::default();
    let log = tracing_subscriber::fmt().with_env_filter("info").with_ansi(false).with_writer(written.clone());
    log.try_init().unwrap();
    let world = World::new().await;
    let (ines, _console) = world.agent(INES).await;
    let marta = world.sign_in(MARTA).await;
    let ana = world.customer().await;
    let act = |session: &str, act| world.function("chat/act", session, &json!({ "chat": ana.chat, "wish": wish(act) }));
    world.ask(act(&ines, Act::Attend)).await.ok::<Page>();
    ana.wish(words("una zanahoria")).await;
    world.ask(act(&ines, Act::Aside { whisper: false, text: "otra zanahoria".into() })).await.ok::<Page>();
    world.ask(act(&ines, words("zanahoria y más"))).await.ok::<Page>();
    let mail = post(format!("/w/v1/chats/{}/mails", ana.chat)).bearer(&ana.token);
    world.ask(mail.json(&json!({ "id": new_id(), "ahead": 0 }))).await;
    // What is refused, and what does not read.
    for wrong in ["zanahoria", PASSWORD] {
        let form = [("email", "nadie-zanahoria@correo.example"), ("password", wrong)];
        world.ask(post("/sign-in").own(world.at).form(&form)).await;
    }
    world.ask(post(ana.acts()).bearer(&ana.token).body("application/json", "{\"zanahoria\":")).await;
    let forged = json!({ "key": KEY, "jwt": "zanahoria.eyJhIjoxfQ.x", "fresh": new_token() });
    world.ask(post("/w/v1/identity").bearer(&new_token()).json(&forged)).await;
    let link = [("email", "ana@correo.example")];
    world.ask(post("/portal/link").own(world.at).form(&link)).await;
    for path in ["/portal/enter/zanahoria-secret", "/join/zanahoria-secret", "/set-up/zanahoria-secret"] {
        world.ask(get(path)).await;
    }
    world.ask(get("/w/v1/chat?token=zanahoria-secret").header("referer", "https://x.example/zanahoria")).await;
    let sent = post(format!("/w/v1/chats/{}/files/{}", ana.chat, new_id())).method("PUT").bearer(&ana.token);
    world.ask(sent.header("x-file-name", "zanahoria.exe").body("application/x-msdownload", "MZ zanahoria")).await;
    world.ask(get(format!("/files/{}?pass=zanahoria-secret", new_id()))).await;
    let open = domain::wire::Open { page: "http://shop.example/zanahoria".into(), ..opening(&new_id()) };
    world
        .ask(
            post("/w/v1/messages")
                .bearer(&new_token())
                .json(&json!({ "open": open, "text": "zanahoria", "website": "" })),
        )
        .await;
    // And a fault of ours.
    sqlx::any::install_default_drivers();
    let database = format!("sqlite:{}", world.folder.path().join("data/recado.db").display());
    let pool = sqlx::AnyPool::connect(&database).await.unwrap();
    sqlx::query("update chats set state = '{}'").execute(&pool).await.unwrap();
    sqlx::query("update events set body = '{\"Posted\":{\"by\":7,\"text\":\"zanahoria\"}}'")
        .execute(&pool)
        .await
        .unwrap();
    let broken = world.ask(get(format!("/w/v1/chats/{}/events?after=0", ana.chat)).bearer(&ana.token)).await;
    assert_eq!(broken.status.as_u16(), 500);
    let (customer, agent) = (ana.token.clone(), [ines, marta]);
    world.running.stop().await;

    let log = String::from_utf8(written.0.lock().unwrap().clone()).unwrap();

    assert!(log.contains(" ERROR ") && log.contains("an identity was refused"), "{log}");
    assert!(
        log.contains("address=127.0.0.0") && !log.contains("address=127.0.0.1"),
        "as far as addresses are kept: {log}"
    );
    for secret in ["zanahoria", "@correo.example", "@casanogal.example", PASSWORD, &customer, &agent[0], &agent[1]] {
        assert!(!log.contains(secret), "{secret} is in the log: {log}");
    }
}
