//! The portal's doors: how one comes in and no other does, what other sites cannot do, and that nothing that was
//! typed is lost (S5, S11, S16, S18, S29, S87).

use crate::client::{Answer, Ask, get, post};
use crate::world::*;
use desk::demo::{PEOPLE, sign};
use domain::ticket::NOTE_LIMIT;
use domain::wire::{Lists, Page};
use domain::{Act, Refusal, Time};
use serde_json::json;
use sqlx::{AnyPool, AssertSqlSafe, Row};

const ANA: &str = "ana@correo.example";

struct Scene {
    world: World,
    ticket: String,
    ines: String,
    _console: crate::client::Socket,
}

impl Scene {
    /// Ana was attended in *orders*, and Inés has saved the ticket.
    async fn new(more: &[&str]) -> Scene {
        let world = World::with(&[&SMTP, more].concat()).await;
        let (ines, console) = world.agent(INES).await;
        let ana = world.customer().await;
        let act = |act| world.function("chat/act", &ines, &json!({ "chat": ana.chat, "wish": wish(act) }));
        world.ask(act(Act::Attend)).await.ok::<Page>();
        ana.wish(words("Llegó <b>rota</b>")).await.ok::<Page>();
        world.ask(act(Act::Close)).await.ok::<Page>();
        let lists: Lists = world.ask(world.function("console/lists", &ines, &json!({}))).await.ok();
        let ticket = lists.unsaved[0].id.clone();
        let change = json!([{ "Subject": "Lámpara" }, { "Status": "Stopped" }]);
        let save =
            json!({ "ticket": ticket, "wish": new_id(), "act": { "Save": { "changes": change, "note": "SECRETO" } } });
        assert_eq!(world.ask(world.function("ticket/save", &ines, &save)).await.status, 200);
        let scene = Scene { world, ticket, ines, _console: console };
        scene.until("select count(*) from tickets_to_index", 0).await;
        scene
    }

    async fn pool(&self) -> AnyPool {
        sqlx::any::install_default_drivers();
        let path = self.world.folder.path().join("data/recado.db");
        AnyPool::connect(&format!("sqlite:{}", path.display())).await.unwrap()
    }

    async fn count(&self, sql: &str) -> i64 {
        sqlx::query(AssertSqlSafe(sql.to_owned())).fetch_one(&self.pool().await).await.unwrap().get(0)
    }

    /// Returns when it is so many.
    async fn until(&self, sql: &str, count: i64) {
        let until = std::time::Instant::now() + std::time::Duration::from_secs(20);
        while self.count(sql).await != count {
            assert!(std::time::Instant::now() < until, "{sql}");
            tokio::task::yield_now().await;
        }
    }

    async fn asks_for_link(&self, email: &str) -> Answer {
        self.world.ask(post("/portal/link").own(self.world.at).form(&[("email", email)])).await
    }

    /// The address in the last letter.
    async fn link(&self) -> String {
        let before = self.count("select count(*) from mails").await;
        assert_eq!(self.asks_for_link(ANA).await.status, 200);
        self.until("select count(*) from mails", before + 1).await;
        let row = sqlx::query("select body from mails order by id desc limit 1").fetch_one(&self.pool().await).await;
        let body: String = row.unwrap().get(0);
        let link = body.lines().find(|line| line.contains("/portal/enter/")).unwrap();
        let (origin, path) = link.split_once("/portal/").unwrap();
        assert_eq!(origin, format!("http://{}", self.world.at));
        format!("/portal/{path}")
    }

    /// Ana has come in by mail; her session.
    async fn guest(&self) -> String {
        guest_of(&self.world.ask(post(self.link().await).own(self.world.at)).await)
    }

    fn page(&self) -> String {
        format!("/portal/tickets/{}", self.ticket)
    }

    async fn reply(&self, guest: &str, fields: &[(&str, &str)]) -> Answer {
        let ask = post(format!("{}/replies", self.page())).own(self.world.at).form(fields);
        self.world.ask(as_guest(ask, guest)).await
    }

    async fn answers(&self) -> i64 {
        self.count("select count(*) from ticket_events where body like '%Answered%'").await
    }
}

fn as_guest(ask: Ask, guest: &str) -> Ask {
    ask.header("cookie", &format!("recado-portal={guest}"))
}

fn guest_of(answer: &Answer) -> String {
    assert_eq!((answer.status.as_u16(), answer.header("location")), (303, "/portal"), "{answer:?}");
    let cookie = answer.header("set-cookie");
    assert!(cookie.ends_with("; Path=/; HttpOnly; SameSite=Lax"), "{cookie}");
    cookie.split(';').next().unwrap().strip_prefix("recado-portal=").unwrap().into()
}

/// S11.
#[tokio::test]
async fn a_link_lets_in_once_and_looking_at_it_does_not_use_it_up() {
    let scene = Scene::new(&[]).await;
    let link = scene.link().await;

    for _ in 0..2 {
        let look = scene.world.ask(get(link.clone())).await;
        assert!(look.status == 200 && look.header("set-cookie").is_empty(), "{look:?}");
    }
    let guest = guest_of(&scene.world.ask(post(link.clone()).own(scene.world.at)).await);
    let again = scene.world.ask(post(link.clone()).own(scene.world.at)).await;
    let looked = scene.world.ask(get(link)).await;

    assert_eq!((again.status.as_u16(), looked.status.as_u16()), (410, 410));
    assert!(again.text().contains("Pedir otro enlace") && again.header("set-cookie").is_empty());
    let list = scene.world.ask(as_guest(get("/portal"), &guest)).await;
    assert!(list.status == 200 && list.text().contains("Lámpara"), "{list:?}");
    let page = scene.world.ask(as_guest(get(scene.page()), &guest)).await;
    assert!(page.text().contains("Llegó &lt;b&gt;rota") && !page.text().contains("SECRETO"), "{page:?}");
}

#[tokio::test]
async fn whoever_asks_for_a_link_learns_nothing_of_the_address() {
    let scene = Scene::new(&["--limits", "off"]).await;

    let known = scene.asks_for_link(ANA).await;
    scene.until("select count(*) from mails", 1).await;
    let unknown = scene.asks_for_link("eva@correo.example").await;
    let slip = scene.asks_for_link("ana@<b>").await;

    assert_eq!((known.status, known.text()), (unknown.status, unknown.text()));
    assert_eq!(slip.status, 422);
    assert!(slip.text().contains("value=\"ana@&lt;b&gt;\""), "what was typed is still there: {}", slip.text());
    // A letter leads to where we are, whatever we were called.
    let called = post("/portal/link").own(scene.world.at).header("host", "evil.example");
    let called = called.header("origin", "http://evil.example").form(&[("email", ANA)]);
    assert_ne!(scene.world.ask(called).await.status, 200);
    assert_eq!(scene.count("select count(*) from mails").await, 1);
}

#[tokio::test]
async fn an_address_asks_for_five_links_an_hour_and_is_told_when_again() {
    let scene = Scene::new(&[]).await;

    for n in 0..5 {
        assert_eq!(scene.asks_for_link(&format!("n{n}@correo.example")).await.status, 200);
    }
    let sixth = scene.asks_for_link(ANA).await;

    assert_eq!(sixth.status, 429, "{sixth:?}");
    assert!((1..=720).contains(&sixth.header("retry-after").parse::<u32>().unwrap()));
    assert!(sixth.text().contains(ANA));
}

/// Behind a proxy, and without `--url`.
#[tokio::test]
async fn where_no_letter_leads_here_nobody_is_offered_a_link_and_it_is_said_where_to_go() {
    let scene = Scene::new(&["--limits", "off", "--trusted-proxy", "10.0.0.0/8"]).await;

    let asked = scene.asks_for_link(ANA).await;
    let over = scene.world.ask(get("/portal/enter/x")).await;
    let late = scene.reply("x", &[("id", &new_id()), ("text", "Lo que escribí")]).await;

    for (lang, says) in [("es", "entra desde el sitio"), ("pt-BR", "entre pelo site"), ("en", "come from the site")] {
        let entry = scene.world.ask(get("/portal").header("accept-language", lang)).await;
        assert!(entry.status == 200 && entry.text().contains(says), "{entry:?}");
        assert!(!entry.text().contains("<form"), "{entry:?}");
    }
    for (answer, status) in [(&asked, 404), (&over, 410), (&late, 401)] {
        assert_eq!(answer.status.as_u16(), status, "{answer:?}");
        assert!(answer.text().contains("entra desde el sitio"), "{answer:?}");
        assert!(!answer.text().contains("<form") && !answer.text().contains("Pedir otro enlace"), "{answer:?}");
    }
    assert!(late.text().contains("Lo que escribí"), "{late:?}");
    assert_eq!(scene.count("select count(*) from mails").await, 0);
}

/// S5.
#[tokio::test]
async fn another_site_does_nothing_in_a_guests_name() {
    let scene = Scene::new(&["--limits", "off"]).await;
    let guest = scene.guest().await;
    let link = scene.link().await;
    let at = scene.page();
    let doors = [
        ("/portal/link".into(), vec![("email", ANA)]),
        (link.clone(), vec![]),
        ("/portal/sign-out".into(), vec![]),
        (format!("{at}/replies"), vec![("id", "0123456789abcdef0123456789abcdef"), ("text", "x")]),
        (format!("{at}/chat"), vec![("id", "0123456789abcdef0123456789abcdee")]),
        ("/portal/identity".into(), vec![("key", KEY), ("jwt", "x.y.z")]),
    ];

    for (door, form) in &doors {
        let ask = || as_guest(post(door.clone()), &guest).form(form);
        for forged in [
            ask().header("origin", "https://evil.example"),
            ask().header("origin", "null").header("sec-fetch-site", "cross-site"),
            ask().header("sec-fetch-site", "same-site"),
            ask(),
        ] {
            let answer = scene.world.ask(forged).await;
            assert_eq!((answer.status.as_u16(), answer.header("set-cookie")), (403, ""), "{door}");
        }
    }
    let line = as_guest(get("/portal/line?have=x"), &guest);
    scene.world.ask(line.header("sec-fetch-site", "cross-site")).await.refused(403, Refusal::ForeignSite);

    assert_eq!((scene.answers().await, scene.count("select count(*) from mails").await), (0, 2));
    assert_eq!(scene.world.ask(as_guest(get("/portal"), &guest)).await.status, 200);
    assert_eq!(scene.world.ask(get(link)).await.status, 200, "it is still good");
}

#[tokio::test]
async fn a_site_of_the_application_hands_its_person_over_and_nobody_forges_one() {
    let scene = Scene::new(&["--limits", "off"]).await;
    let shop = format!("http://{}", scene.world.running.shop.unwrap());
    let now = Time(std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_millis() as i64);
    let jwt = sign(&PEOPLE[0], now);
    let hand = |origin: &str, jwt: &str| {
        post("/portal/identity")
            .header("origin", origin)
            .header("sec-fetch-site", "cross-site")
            .form(&[("key", KEY), ("jwt", jwt)])
    };

    let guest = guest_of(&scene.world.ask(hand(&shop, &jwt)).await);
    let list = scene.world.ask(as_guest(get("/portal"), &guest)).await;

    assert!(
        list.text().contains("Ana Belmonte") && !list.text().contains("Lámpara"),
        "a typed address is nobody's: {list:?}"
    );
    assert_eq!(scene.world.ask(as_guest(get(scene.page()), &guest)).await.status, 404);
    for (origin, jwt, status) in [
        (shop.as_str(), "x.y.z", 401),
        (shop.as_str(), &jwt[..jwt.len() - 1], 401),
        ("https://evil.example", jwt.as_str(), 403),
        ("null", jwt.as_str(), 403),
    ] {
        let answer = scene.world.ask(hand(origin, jwt)).await;
        assert_eq!((answer.status.as_u16(), answer.header("set-cookie")), (status, ""), "{origin} {answer:?}");
    }
    let unknown = post("/portal/identity").header("origin", &shop).form(&[("key", "pk_nobody"), ("jwt", &jwt)]);
    assert_eq!(scene.world.ask(unknown).await.status, 403);
}

/// S18.
#[tokio::test]
async fn a_reply_sent_twice_is_one_and_what_nobody_asked_for_makes_no_difference() {
    let scene = Scene::new(&[]).await;
    let (guest, id) = (scene.guest().await, new_id());
    let more = [("id", id.as_str()), ("text", "Sigue rota."), ("by", "Inés"), ("status", "Closed"), ("at", "0")];

    for _ in 0..2 {
        let answer = scene.reply(&guest, &more).await;
        assert_eq!((answer.status.as_u16(), answer.header("location")), (303, &*format!("{}?sent=1", scene.page())));
    }

    assert_eq!(scene.answers().await, 1);
    let page = scene.world.ask(as_guest(get(format!("{}?sent=1", scene.page())), &guest)).await;
    assert!(page.text().contains("Sigue rota.") && page.text().contains("Tu respuesta se ha enviado."), "{page:?}");
    assert!(page.text().contains("En atención"), "it waits no longer: {page:?}");
}

#[tokio::test]
async fn a_reply_that_is_refused_says_why_and_is_still_there() {
    let scene = Scene::new(&["--limits", "off"]).await;
    let (guest, id) = (scene.guest().await, new_id());
    let long = "á".repeat(NOTE_LIMIT + 1);

    let refused = scene.reply(&guest, &[("id", &id), ("text", &long)]).await;
    let empty = scene.reply(&guest, &[("id", &id), ("text", " \r\n")]).await;
    let odd = scene.reply(&guest, &[("id", "../x"), ("text", "Hola")]).await;
    let missing = scene.reply(&guest, &[("text", "Hola")]).await;

    assert_eq!(refused.status, 422);
    assert!(refused.text().contains(&long) && refused.text().contains("el límite es de 4000 caracteres"));
    assert!(refused.text().contains(&id), "sent again, it is the same one");
    assert_eq!((empty.status.as_u16(), odd.status.as_u16(), missing.status.as_u16()), (422, 400, 400));
    assert!(odd.text().contains("Hola"));
    let over = scene.reply("x", &[("id", &id), ("text", "Lo que escribí")]).await;
    assert_eq!(over.status, 401);
    assert!(over.text().contains("Lo que escribí") && over.text().contains("La sesión ha terminado"), "{over:?}");
    assert_eq!(scene.answers().await, 0);
    let close = json!({ "ticket": scene.ticket, "wish": new_id(), "act": { "Save": { "changes": [{ "Status": "Closed" }], "note": "" } } });
    assert_eq!(scene.world.ask(scene.world.function("ticket/save", &scene.ines, &close)).await.status, 200);
    let late = scene.reply(&guest, &[("id", &new_id()), ("text", "¿Y ahora?")]).await;
    assert_eq!(late.status, 409);
    assert!(late.text().contains("¿Y ahora?") && late.text().contains("abre uno nuevo"), "{late:?}");
}

/// S16: what an address or a body points to, and is another's.
#[tokio::test]
async fn another_persons_ticket_is_not_there() {
    let scene = Scene::new(&["--limits", "off"]).await;
    let now = Time(std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_millis() as i64);
    let hand = post("/portal/identity").own(scene.world.at).form(&[("key", KEY), ("jwt", &sign(&PEOPLE[1], now))]);
    let bruno = guest_of(&scene.world.ask(hand).await);
    let nowhere = format!("/portal/tickets/{}", new_id());

    for (there, not_there) in [(scene.page(), nowhere.clone())] {
        let mut texts = Vec::new();
        for at in [there, not_there] {
            let read = scene.world.ask(as_guest(get(at.clone()), &bruno)).await;
            let reply = post(format!("{at}/replies")).own(scene.world.at).form(&[("id", &new_id()), ("text", "x")]);
            let reply = scene.world.ask(as_guest(reply, &bruno)).await;
            let talk = post(format!("{at}/chat")).own(scene.world.at).form(&[("id", &new_id())]);
            let talk = scene.world.ask(as_guest(talk, &bruno)).await;
            for answer in [&read, &reply, &talk] {
                assert_eq!(answer.status, 404, "{answer:?}");
            }
            texts.push(read.text().to_owned());
        }
        assert_eq!(texts[0], texts[1], "not yours and not there are the same");
    }
    assert_eq!(scene.answers().await, 0);
}

/// What is answered comes to the page that is open, with the rights of that page: of another it is not there (S16).
#[tokio::test]
async fn an_open_page_of_a_ticket_is_told_what_is_new_in_it() {
    let scene = Scene::new(&["--limits", "off"]).await;
    let guest = scene.guest().await;
    let open = scene.world.ask(as_guest(get(scene.page()), &guest)).await;
    let (have, line) = (chosen(&open, "data-have=\""), chosen(&open, "data-line=\""));
    let asks = |have: &str| get(format!("{line}?have={have}")).own(scene.world.at);
    let desk = &scene.world.running.desk;
    let listened = desk.listeners();
    let answers = async {
        let until = std::time::Instant::now() + std::time::Duration::from_secs(20);
        while desk.listeners() == listened {
            assert!(std::time::Instant::now() < until, "the page does not wait");
            tokio::task::yield_now().await;
        }
        let act = json!({ "Reply": { "text": "Mañana sale <b>otra</b>." } });
        let reply = json!({ "ticket": scene.ticket, "wish": new_id(), "act": act });
        scene.world.ask(scene.world.function("ticket/save", &scene.ines, &reply)).await
    };

    let (heard, answered) = tokio::join!(scene.world.ask(as_guest(asks(&have), &guest)), answers);

    assert_eq!(line, format!("{}/line", scene.page()));
    assert_eq!(answered.status, 200, "{answered:?}");
    assert_eq!((heard.status.as_u16(), heard.header("cache-control")), (200, "no-store"));
    assert!(heard.text().contains("Mañana sale &lt;b&gt;otra") && !heard.text().contains("SECRETO"), "{heard:?}");
    let again = scene.world.ask(as_guest(get(scene.page()), &guest)).await;
    assert_eq!(chosen(&heard, "data-have=\""), chosen(&again, "data-have=\""), "it is the page that he would load");
    let now = Time(std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_millis() as i64);
    let hand = post("/portal/identity").own(scene.world.at).form(&[("key", KEY), ("jwt", &sign(&PEOPLE[1], now))]);
    let bruno = guest_of(&scene.world.ask(hand).await);
    let another = as_guest(asks(&have), &guest).header("sec-fetch-site", "cross-site");
    for (ask, status) in [
        (as_guest(asks(&have), &bruno), 404),
        (as_guest(asks(&have), "x"), 401),
        (as_guest(asks(&have), &scene.ines), 401),
        (another, 403),
    ] {
        let answer = scene.world.ask(ask).await;
        assert_eq!((answer.status.as_u16(), answer.header("cache-control")), (status, "no-store"), "{answer:?}");
        assert!(!answer.text().contains("Llegó"), "{answer:?}");
    }
}

#[tokio::test]
async fn whoever_has_as_many_tickets_open_as_may_be_followed_is_called_all_the_same() {
    let scene = Scene::new(&[]).await;
    let guest = scene.guest().await;
    let open = scene.world.ask(as_guest(get(scene.page()), &guest)).await;
    let line = format!("{}?have={}", chosen(&open, "data-line=\""), chosen(&open, "data-have=\""));
    let follows = || as_guest(get(line.clone()).own(scene.world.at), &guest).send(scene.world.at);
    let desk = &scene.world.running.desk;
    let listened = desk.listeners();
    let pages: Vec<_> = (0..20).map(|_| tokio::spawn(follows())).collect();
    let until = std::time::Instant::now() + std::time::Duration::from_secs(20);
    while desk.listeners() < listened + pages.len() {
        assert!(std::time::Instant::now() < until, "not all pages wait");
        tokio::task::yield_now().await;
    }

    let one_more = follows().await;
    let called = scene.world.ask(as_guest(get("/portal/line?have=x").own(scene.world.at), &guest)).await;

    assert_eq!((one_more.status.as_u16(), called.status.as_u16()), (409, 200), "{one_more:?} {called:?}");
    for page in pages {
        page.abort();
    }
}

/// S87, and the policy of each kind of page.
#[tokio::test]
async fn no_page_is_kept_and_each_may_do_only_what_it_needs() {
    let scene = Scene::new(&["--limits", "off"]).await;
    let guest = scene.guest().await;
    let (inside, gate) =
        ("script-src 'self'; connect-src 'self'; frame-src 'self'", "default-src 'none'; style-src 'self'");

    for (ask, status, policy) in [
        (get("/portal"), 200, gate),
        (post("/portal/link").own(scene.world.at).form(&[("email", ANA)]), 200, gate),
        (get("/portal/enter/x"), 410, gate),
        (as_guest(get("/portal"), &guest), 200, inside),
        (as_guest(get(scene.page()), &guest), 200, inside),
        (as_guest(get("/portal/new"), &guest), 200, inside),
        (get(scene.page()), 303, "default-src 'none'"),
        (as_guest(get("/portal/tickets/x"), &guest), 404, gate),
        (as_guest(get("/portal/line?have=x").own(scene.world.at), &guest), 200, "default-src 'none'"),
    ] {
        let answer = scene.world.ask(ask).await;
        let csp = answer.header("content-security-policy");
        assert_eq!((answer.status.as_u16(), answer.header("cache-control")), (status, "no-store"), "{answer:?}");
        assert!(csp.contains(policy) && csp.contains("frame-ancestors 'none'") && !csp.contains("unsafe"), "{csp}");
        assert_eq!(answer.header("referrer-policy"), "same-origin");
    }
    let frame = as_guest(get(format!("/portal/frame?key={KEY}&lang=es")), &guest);
    let frame = scene.world.ask(frame).await;
    let csp = frame.header("content-security-policy");
    assert!(csp.contains(&format!("frame-ancestors http://{};", scene.world.at)), "{csp}");
    assert_eq!(scene.world.ask(get(format!("/portal/frame?key={KEY}"))).await.status, 401);
}

#[tokio::test]
async fn whoever_signs_out_is_out_and_an_agents_session_is_no_guests() {
    let scene = Scene::new(&["--limits", "off"]).await;
    let guest = scene.guest().await;

    let out = scene.world.ask(as_guest(post("/portal/sign-out").own(scene.world.at), &guest)).await;

    assert!(out.status == 303 && out.header("set-cookie").contains("Max-Age=0"), "{out:?}");
    for session in [guest.as_str(), &scene.ines, "x", &"x".repeat(10_000)] {
        let page = scene.world.ask(as_guest(get(scene.page()), session)).await;
        assert_eq!((page.status.as_u16(), page.header("location")), (303, "/portal"));
        let line = as_guest(get("/portal/line").own(scene.world.at), session);
        scene.world.ask(line).await.refused(401, Refusal::SignedOut);
    }
    // Nor is a guest an agent.
    let guest = scene.guest().await;
    scene.world.ask(scene.world.function("console/lists", &guest, &json!({}))).await.refused(401, Refusal::SignedOut);
}

#[tokio::test]
async fn a_guest_who_begins_to_talk_is_given_what_his_page_needs_and_the_owner_hears_him() {
    let scene = Scene::new(&["--limits", "off"]).await;
    let (guest, id) = (scene.guest().await, new_id());
    let page = scene.world.ask(as_guest(get(scene.page()), &guest)).await;
    assert!(page.text().contains("Inés Robledo está en línea."), "{page:?}");

    let talk = post(format!("{}/chat", scene.page())).own(scene.world.at).form(&[("id", &id)]);
    let begun = scene.world.ask(as_guest(talk, &guest)).await;
    let line = scene.world.ask(as_guest(get("/portal/line?have=").own(scene.world.at), &guest)).await;

    assert_eq!((begun.status.as_u16(), begun.header("location")), (303, scene.page().as_str()));
    let called: serde_json::Value = line.ok();
    assert_eq!((called["chat"].as_str(), called["key"].as_str()), (Some(id.as_str()), Some(KEY)));
    let says = post(format!("/w/v1/chats/{id}/acts")).bearer(called["token"].as_str().unwrap());
    scene.world.ask(says.postcard(&wish(words("Hola, Inés")))).await.ok::<Page>();
    let read = json!({ "chat": id, "after": 0, "asides_after": 0 });
    let told: Page = scene.world.ask(scene.world.function("chat/events", &scene.ines, &read)).await.ok();
    assert!(told.told.iter().any(|told| told.event.words() == Some("Hola, Inés")));
    let token = scene.world.secret(&[domain::token::Scope::ReadChats]).await;
    let chat = scene.world.asks_api(&token, &format!("/api/v1/chats/{id}")).await;
    assert_eq!((&chat["startedFrom"], &chat["origin"]), (&json!("ticket_customer"), &json!(5)));
    let odd = post(format!("{}/chat", scene.page())).own(scene.world.at).form(&[("id", "x")]);
    assert_eq!(scene.world.ask(as_guest(odd, &guest)).await.status, 400);
}

/// Bruno's page was left open; he has signed out, and Ana come in at the same browser: it asks with her session (S16).
#[tokio::test]
async fn a_page_that_was_left_open_hears_at_once_that_another_has_come_in_and_nothing_of_what_is_hers() {
    let scene = Scene::new(&["--limits", "off"]).await;
    let now = Time(std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_millis() as i64);
    let hand = post("/portal/identity").own(scene.world.at).form(&[("key", KEY), ("jwt", &sign(&PEOPLE[1], now))]);
    let (bruno, ana, id) = (guest_of(&scene.world.ask(hand).await), scene.guest().await, new_id());
    let left = chosen(&scene.world.ask(as_guest(get("/portal"), &bruno)).await, "data-guest=\"");
    let mut hers = Vec::new();
    for path in ["/portal", "/portal/new", &scene.page()] {
        hers.push(chosen(&scene.world.ask(as_guest(get(path), &ana)).await, "data-guest=\""));
    }
    let mark = hers[0].clone();
    let talk = post(format!("{}/chat", scene.page())).own(scene.world.at).form(&[("id", &id)]);
    assert_eq!(scene.world.ask(as_guest(talk, &ana)).await.status, 303);

    let asks = async |page: &str, have: &str| -> serde_json::Value {
        let line = get(format!("/portal/line?have={have}&guest={page}")).own(scene.world.at);
        scene.world.ask(as_guest(line, &ana)).await.ok()
    };
    let own = asks(&mark, "").await;
    assert!(own["chat"] == id.as_str() && own["guest"].is_null(), "{own}");
    for have in ["", &id] {
        assert_eq!(asks(&left, have).await, json!({ "guest": mark }), "whatever it has already");
    }
    assert!(hers.iter().all(|page| *page == mark), "each page of hers is known as hers: {hers:?}");
}

impl Scene {
    async fn opens(&self, guest: &str, fields: &[(&str, &str)]) -> Answer {
        self.world.ask(as_guest(post("/portal/tickets").own(self.world.at).form(fields), guest)).await
    }

    async fn opened(&self) -> i64 {
        self.count("select count(*) from tickets where via = 'Portal'").await
    }
}

/// What the form for a new ticket says under this name.
fn chosen(page: &Answer, start: &str) -> String {
    let text = page.text();
    let (_, rest) = text.split_once(start).unwrap_or_else(|| panic!("{start}: {text}"));
    rest.split('"').next().unwrap().into()
}

/// R66.
#[tokio::test]
async fn a_guest_opens_a_ticket_once_however_often_its_form_is_sent() {
    let scene = Scene::new(&[]).await;
    let guest = scene.guest().await;
    let form = scene.world.ask(as_guest(get("/portal/new"), &guest)).await;
    let (id, topic) = (chosen(&form, "name=\"id\" value=\""), chosen(&form, "<option value=\""));
    let fields = [
        ("id", id.as_str()),
        ("topic", topic.as_str()),
        ("subject", "Silla <i>coja</i>"),
        ("text", "Le falta una pata."),
        ("status", "Closed"),
        ("customer", "bruno"),
    ];

    let mut leads = Vec::new();
    for _ in 0..2 {
        let answer = scene.opens(&guest, &fields).await;
        assert_eq!(answer.status, 303, "{answer:?}");
        leads.push(answer.header("location").to_owned());
    }

    assert_eq!(leads, [format!("/portal/tickets/{id}?sent=new"), format!("/portal/tickets/{id}?sent=new")]);
    assert_eq!(scene.opened().await, 1);
    let page = scene.world.ask(as_guest(get(leads[0].clone()), &guest)).await;
    assert!(page.text().contains("Tu ticket está abierto.") && page.text().contains("Le falta una pata."), "{page:?}");
    assert!(!page.text().contains("<i>coja") && page.text().contains("Nuevo"), "{page:?}");
    assert_eq!(scene.opens("x", &fields).await.status, 401);
    let other_site = post("/portal/tickets").header("origin", "https://evil.example").form(&fields);
    assert_eq!(scene.world.ask(as_guest(other_site, &guest)).await.status, 403);
}

#[tokio::test]
async fn the_form_for_a_new_ticket_is_not_drawn_without_end() {
    let scene = Scene::new(&[]).await;
    let guest = scene.guest().await;
    let asks = async || scene.world.ask(as_guest(get("/portal/new"), &guest)).await;

    for n in 0..60 {
        assert_eq!(asks().await.status, 200, "{n}");
    }
    let late = asks().await;

    assert_eq!(late.status, 429, "{late:?}");
    assert!((1..=60).contains(&late.header("retry-after").parse::<u32>().unwrap()));
    let ticket = scene.world.ask(as_guest(get(scene.page()), &guest)).await;
    assert_eq!(ticket.status, 200, "what he has is still read");
}

#[tokio::test]
async fn a_new_ticket_that_is_refused_says_why_and_is_still_there() {
    let scene = Scene::new(&["--limits", "off"]).await;
    let (guest, id) = (scene.guest().await, new_id());
    let form = scene.world.ask(as_guest(get("/portal/new"), &guest)).await;
    let topic = chosen(&form, "<option value=\"");
    let long = "á".repeat(NOTE_LIMIT + 1);
    let with = |id: &str, topic: &str, subject: &str, text: &str| {
        [("id", id), ("topic", topic), ("subject", subject), ("text", text)].map(|(key, value)| (key, value.to_owned()))
    };

    for (fields, status, says) in [
        (with(&id, &topic, "Silla", &long), 422, "Como máximo 4000 caracteres."),
        (with(&id, &topic, " ", "Le falta una pata."), 422, "Completa este dato."),
        (with(&id, "nowhere", "Silla", "Le falta una pata."), 422, "Revisa este dato"),
        (with("../x", &topic, "Silla", "Le falta una pata."), 400, "No se entendió"),
    ] {
        let fields: Vec<(&str, &str)> = fields.iter().map(|(key, value)| (*key, value.as_str())).collect();
        let answer = scene.opens(&guest, &fields).await;
        assert_eq!(answer.status, status, "{answer:?}");
        assert!(answer.text().contains(says) && answer.text().contains(fields[3].1), "{says}: {answer:?}");
    }
    let missing = scene.opens(&guest, &[("text", "Hola")]).await;
    assert_eq!(missing.status, 400);
    let fields = [("id", id.as_str()), ("subject", "Silla"), ("text", "Lo que escribí")];
    let over = scene.opens("x", &fields).await;
    assert_eq!(over.status, 401);
    assert!(over.text().contains("Lo que escribí") && over.text().contains("La sesión ha terminado"), "{over:?}");
    assert_eq!(scene.opened().await, 0);
}
