//! The API over HTTP: who comes through which of its doors, what is done once, and what it says of what goes wrong.

use crate::client::{Answer, Ask, get, post};
use crate::world::*;
use domain::token::{Made, New, Scope};
use domain::wire::{Lists, Page};
use domain::{Act, Refusal, Span, Ticket};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write;

impl World {
    pub async fn token(&self, scopes: &[Scope]) -> Made {
        let marta = self.sign_in(MARTA).await;
        let new = New { id: new_id(), name: "ERP".into(), scopes: scopes.into(), until: String::new() };
        self.ask(self.function("token/make", &marta, &json!({ "new": new }))).await.ok()
    }

    pub async fn secret(&self, scopes: &[Scope]) -> String {
        self.token(scopes).await.secret
    }

    pub async fn asks_api(&self, token: &str, path: &str) -> Value {
        self.ask(get(path).bearer(token)).await.ok()
    }

    async fn looks(&self) -> sqlx::AnyPool {
        sqlx::any::install_default_drivers();
        let database = format!("sqlite:{}", self.folder.path().join("data/recado.db").display());
        sqlx::AnyPool::connect(&database).await.unwrap()
    }

    /// As if it had been stopped before it answered anything under a key.
    pub async fn loses_its_answers(&self) {
        sqlx::query("update api_once set answer = null").execute(&self.looks().await).await.unwrap();
    }

    /// Returns when all words of tickets can be found.
    async fn until_indexed(&self) {
        let (pool, begun) = (self.looks().await, std::time::Instant::now());
        while sqlx::query("select 1 from tickets_to_index limit 1").fetch_optional(&pool).await.unwrap().is_some() {
            assert!(begun.elapsed() < crate::client::PATIENCE, "they wait for ever");
            tokio::task::yield_now().await;
        }
    }

    pub async fn opens_by_api(&self, token: &str, subject: &str) -> Value {
        let answer = self.ask(post("/api/v1/tickets").bearer(token).json(&a_ticket(subject))).await;
        assert_eq!(answer.status, 201, "{answer:?}");
        answer.value()
    }
}

fn a_ticket(subject: &str) -> Value {
    json!({ "subject": subject, "ownerTeamId": "returns", "client": { "businessName": "Ana", "email": "ana@correo.example" } })
}

/// A problem as RFC 9457 has it; nothing of the inside is in it.
pub fn problem(answer: &Answer) -> Value {
    assert_eq!(answer.header("content-type"), "application/problem+json", "{answer:?}");
    let problem: Value = serde_json::from_slice(&answer.body).unwrap();
    assert_eq!(problem["status"], answer.status.as_u16());
    let correlation = problem["correlation"].as_str().unwrap();
    assert_eq!(correlation.len(), 8);
    // By chance it spells anything.
    let text = answer.text().replace(correlation, "").to_lowercase();
    for inside in ["sql", "select ", ".rs", "panicked", "postgres", env!("CARGO_PKG_VERSION")] {
        assert!(!text.contains(inside), "{text}");
    }
    problem
}

/// What the document says that there is: method, address, and the scope.
async fn operations(world: &World) -> Vec<(String, String, String)> {
    let document: Value = world.ask(get("/api/v1/openapi.json")).await.ok();
    let mut all = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, does) in methods.as_object().unwrap() {
            let scope = does["security"][0]["token"][0].as_str().unwrap_or_else(|| panic!("{path} needs no scope"));
            all.push((method.to_uppercase(), path.clone(), scope.to_owned()));
        }
    }
    all
}

/// Things that are there, by the names that stand in addresses.
async fn things(world: &World) -> BTreeMap<&'static str, String> {
    let all = world.secret(&Scope::ALL).await;
    let (tomas, _console) = world.agent(TOMAS).await;
    let customer = world.customer().await;
    let attend = json!({ "chat": customer.chat, "wish": wish(Act::Attend) });
    world.ask(world.function("chat/act", &tomas, &attend)).await.ok::<Page>();
    let ticket = world.opens_by_api(&all, "Silla").await["id"].as_str().unwrap().to_owned();
    let first = async |path: &str| world.asks_api(&all, path).await["items"][0]["id"].as_str().unwrap().to_owned();
    let leaver = world.ask(post("/api/v1/people").bearer(&all).json(&json!({ "businessName": "Bruno" }))).await;
    BTreeMap::from([
        ("chat", customer.chat.clone()),
        ("ticket", ticket),
        ("leaver", leaver.value::<Value>()["id"].as_str().unwrap().to_owned()),
        (
            "person",
            world.asks_api(&all, &format!("/api/v1/chats/{}", customer.chat)).await["client"]["id"]
                .as_str()
                .unwrap()
                .to_owned(),
        ),
        ("group", first("/api/v1/groups").await),
        ("application", first("/api/v1/applications").await),
        ("article", first("/api/v1/articles").await),
    ])
}

fn asked(method: &str, path: &str, things: &BTreeMap<&'static str, String>) -> Ask {
    // Whoever is erased is not there for the others.
    let mut address = if method == "DELETE" { path.replace("{person}", "{leaver}") } else { path.to_owned() };
    for (name, id) in things {
        address = address.replace(&["{", name, "}"].concat(), id);
    }
    assert!(!address.contains('{'), "{address} names something that nobody made: add it here");
    let ask = get(address).method(method);
    match (method, path) {
        ("POST", "/api/v1/tickets") => ask.json(&a_ticket("Otra")),
        ("POST", "/api/v1/people") => ask.json(&json!({ "businessName": "Carla" })),
        ("POST", "/api/v1/articles") => ask.json(&json!({ "lang": "es", "title": "Otro", "body": "Algo." })),
        ("POST", "/api/v1/people/{person}/block" | "/api/v1/people/{person}/unblock") => {
            ask.json(&json!({ "reason": "x" }))
        }
        ("PATCH", "/api/v1/people/{person}") => ask.json(&json!({ "businessName": "Ana" })),
        ("PATCH", "/api/v1/articles/{article}") => ask.json(&json!({ "published": true })),
        ("PATCH", _) => ask.json(&json!({ "note": "x" })),
        ("POST", _) => ask.json(&json!({ "text": "x" })),
        _ => ask,
    }
}

#[tokio::test]
async fn a_token_comes_through_the_doors_of_its_scope_and_through_no_other() {
    let world = World::new().await;
    let things = things(&world).await;
    let marta = world.sign_in(MARTA).await;
    let revoked = world.token(&Scope::ALL).await;
    let gone = json!({ "token": revoked.line.id });
    assert_eq!(world.ask(world.function("token/revoke", &marta, &gone)).await.status, 200);
    let expired = world.token(&Scope::ALL).await;
    end(&world, &expired.line.id).await;
    let mut holders: Vec<(String, Option<String>)> = vec![
        ("nobody".into(), None),
        ("no token".into(), Some("recado_0".into())),
        ("a session".into(), Some(marta)),
        ("revoked".into(), Some(revoked.secret)),
        ("expired".into(), Some(expired.secret)),
    ];
    for scope in Scope::ALL {
        holders.push((scope.word().into(), Some(world.secret(&[scope]).await)));
    }

    let mut table = String::from(
        "# Who comes through which door of the API. RECADO_GOLDEN=write writes it anew; read what changed.\n",
    );
    for (method, path, scope) in operations(&world).await {
        writeln!(table, "\n{method} {path}").unwrap();
        for (name, token) in &holders {
            let ask = asked(&method, &path, &things);
            let answer = world.ask(match token {
                Some(token) => ask.bearer(token),
                None => ask,
            });
            let answer = answer.await;
            let status = answer.status.as_u16();
            let says = if status < 400 { String::new() } else { problem(&answer)["code"].as_str().unwrap().to_owned() };
            // Mail is not sent from here: whoever may is told that.
            assert_eq!(status < 400 || status == 409, *name == scope, "{name} at {method} {path}: {answer:?}");
            writeln!(table, "  {}", format!("{name:<20}{status} {says}").trim_end()).unwrap();
        }
    }
    let kept = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/api_rights.txt");
    if std::env::var("RECADO_GOLDEN").as_deref() == Ok("write") {
        std::fs::write(kept, &table).unwrap();
    }
    assert_eq!(table, std::fs::read_to_string(kept).unwrap(), "who comes through which door has changed");
}

/// This token has ended.
async fn end(world: &World, token: &str) {
    sqlx::any::install_default_drivers();
    let path = world.folder.path().join("data/recado.db");
    let pool = sqlx::AnyPool::connect(&format!("sqlite:{}", path.display())).await.unwrap();
    sqlx::query("update api_tokens set expires_at = 1 where id = $1").bind(token).execute(&pool).await.unwrap();
}

#[tokio::test]
async fn the_document_names_every_address_and_no_other() {
    let world = World::new().await;
    let source = include_str!("../../src/doors/api/mod.rs");
    let mut addresses: Vec<&str> =
        source.split(".route(\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    addresses.retain(|address| !["/api", "/api/v1/openapi.json"].contains(address));
    addresses.sort_unstable();

    let mut named: Vec<String> = operations(&world).await.into_iter().map(|(_, path, _)| path).collect();
    named.sort_unstable();
    named.dedup();

    assert_eq!(named, addresses);
    let page = world.ask(get("/api").header("accept-language", "en")).await;
    assert_eq!((page.status.as_u16(), page.text().contains("/api/v1/openapi.json")), (200, true));
    assert!(page.header("content-security-policy").contains("script-src 'self';"));
}

#[tokio::test]
async fn what_is_asked_twice_under_a_key_is_done_once_and_another_body_is_refused() {
    let world = World::new().await;
    let token = world.secret(&[Scope::WriteTickets, Scope::ReadTickets]).await;
    let ask = |key: &str, subject: &str| {
        post("/api/v1/tickets").bearer(&token).header("idempotency-key", key).json(&a_ticket(subject))
    };

    let first = world.ask(ask("k-1", "Silla")).await;
    let again = world.ask(ask("k-1", "Silla")).await;
    let other = world.ask(ask("k-1", "Mesa")).await;
    let (one, two) = tokio::join!(world.ask(ask("k-2", "Mesa")), world.ask(ask("k-2", "Mesa")));

    assert_eq!((first.status.as_u16(), again.status.as_u16()), (201, 201));
    assert_eq!(first.body, again.body);
    assert_eq!((other.status.as_u16(), problem(&other)["code"].as_str()), (422, Some("key-reused")));
    assert_eq!((one.status.as_u16(), &one.body), (201, &two.body));
    let list = world.asks_api(&token, "/api/v1/tickets").await;
    assert_eq!(list["items"].as_array().unwrap().len(), 2);

    // What was refused was not done: it may be asked again under its key, and otherwise.
    let id = first.value::<Value>()["id"].as_str().unwrap().to_owned();
    let note = |text: &str| {
        let ask = post(format!("/api/v1/tickets/{id}/notes")).bearer(&token).header("idempotency-key", "k-3");
        ask.json(&json!({ "text": text }))
    };
    for _ in 0..2 {
        let empty = world.ask(note(" ")).await;
        assert_eq!((empty.status.as_u16(), problem(&empty)["code"].as_str()), (422, Some("empty")));
    }
    assert_eq!(world.ask(note("Pedido 12")).await.status, 200);
    assert_eq!(problem(&world.ask(note("Pedido 13")).await)["code"], "key-reused");
    for odd in ["", &"k".repeat(256)] {
        assert_eq!(world.ask(ask(odd, "Silla")).await.status, 400, "{odd}");
    }
}

#[tokio::test]
async fn a_ticket_is_changed_by_the_console_s_rules_and_its_history_names_the_token() {
    let world = World::new().await;
    let token = world.secret(&[Scope::WriteTickets, Scope::ReadTickets, Scope::ReadGroups]).await;
    let id = world.opens_by_api(&token, "Silla").await["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/tickets/{id}");
    let change = |body: Value| get(&path).method("PATCH").bearer(&token).json(&body);
    let groups = world.asks_api(&token, "/api/v1/groups").await;
    let returns = groups["items"].as_array().unwrap().iter().find(|group| group["id"] == "returns").unwrap();
    let tomas = returns["members"].as_array().unwrap().iter().find(|one| one["businessName"] == "Tomás Ferrer");
    let tomas = tomas.unwrap_or(&returns["members"][0])["id"].clone();

    let done = world.ask(change(json!({
        "subject": "Silla coja", "baseStatus": "InAttendance", "ownerId": tomas, "addTags": ["garantía"], "note": "Pedido 12"
    })));
    assert_eq!(done.await.ok::<Value>()["baseStatus"], "InAttendance");
    let solved = world.ask(change(json!({ "baseStatus": "Resolved" }))).await;
    assert_eq!(solved.status, 200);

    let ticket = world.asks_api(&token, &path).await;
    assert_eq!(
        (&ticket["subject"], &ticket["owner"]["id"], &ticket["tags"][0]),
        (&json!("Silla coja"), &tomas, &json!("garantía"))
    );
    let bases: Vec<&str> =
        ticket["statusHistories"].as_array().unwrap().iter().filter_map(|one| one["baseStatus"].as_str()).collect();
    assert_eq!(bases, ["New", "InAttendance", "Resolved"]);
    assert!(ticket["resolvedIn"].is_string() && ticket["resolvedInFirstCall"] == false);
    let history = world.asks_api(&token, &format!("{path}/history?limit=1&after=2")).await;
    assert_eq!(
        (&history["items"][0]["createdBy"]["businessName"], &history["items"][0]["description"]),
        (&json!("API · ERP"), &json!("Pedido 12"))
    );
    assert_eq!(history["next"], "3");

    for (body, status, field) in [
        (json!({ "ownerId": "nobody" }), 422, "ownerId"),
        (json!({ "ownerTeamId": "nowhere" }), 422, "ownerTeamId"),
        (json!({ "statusId": "nothing" }), 422, "statusId"),
        (json!({ "statusId": "x", "baseStatus": "New" }), 422, "statusId"),
        (json!({ "customFieldValues": [{ "customFieldId": "nothing", "value": "x" }] }), 422, "nothing"),
        (json!({ "baseStatus": "Nueva" }), 400, "baseStatus"),
        (json!({ "asunto": "x" }), 400, "asunto"),
    ] {
        let answer = world.ask(change(body)).await;
        assert_eq!((answer.status.as_u16(), problem(&answer)["field"].as_str()), (status, Some(field)));
    }
    let form = get(&path).method("PATCH").bearer(&token).form(&[("subject", "x")]);
    assert_eq!(problem(&world.ask(form).await)["code"], "not-json");
    assert_eq!(
        world.asks_api(&token, &path).await["lastUpdate"],
        ticket["lastUpdate"],
        "what was refused changed nothing"
    );
}

/// b.11 of market.md: what programs that come from elsewhere look for in a ticket.
#[tokio::test]
async fn a_reply_says_by_which_way_it_went_and_a_note_goes_none() {
    let world = World::with(&["--smtp", "smtp://127.0.0.1:1", "--mail-from", "hola@casa.example"]).await;
    let token = world.secret(&[Scope::WriteTickets, Scope::WriteReplies]).await;
    let ticket = world.opens_by_api(&token, "Silla").await["id"].as_str().unwrap().to_owned();
    let write = async |what: &str| -> Value {
        let ask = post(format!("/api/v1/tickets/{ticket}/{what}")).bearer(&token).header("idempotency-key", what);
        world.ask(ask.json(&json!({ "text": "Va de camino." }))).await.ok()
    };

    let (reply, note) = (write("replies").await, write("notes").await);
    world.loses_its_answers().await;
    let again = write("replies").await;

    assert_eq!((&reply["sentBy"], &again["sentBy"]), (&json!("email"), &json!("email")));
    assert_eq!((&note["id"], note.get("sentBy")), (&json!(ticket), None));
}

#[tokio::test]
async fn a_ticket_says_where_its_conversation_was_wherever_it_is_itself_by_now() {
    let world = World::new().await;
    let token = world.secret(&[Scope::WriteTickets, Scope::ReadTickets]).await;
    let (tomas, _console) = world.agent(TOMAS).await;
    let customer = world.customer().await;
    world.attends_and_closes(&tomas, &customer.chat).await;
    let ticket = world.ask(world.function("chat/ticket", &tomas, &json!({ "chat": customer.chat }))).await;
    let id = ticket.ok::<Option<Ticket>>().unwrap().id;
    let act = json!({ "Save": { "changes": [{ "Status": "Resolved" }], "note": "" } });
    let save = world.function("ticket/save", &tomas, &json!({ "ticket": id, "wish": new_id(), "act": act }));
    world.ask(save).await.ok::<Ticket>();
    let path = format!("/api/v1/tickets/{id}");
    let moved = get(&path).method("PATCH").bearer(&token).json(&json!({ "ownerTeamId": "returns" }));
    assert_eq!(world.ask(moved).await.status, 200);

    let ticket = world.asks_api(&token, &path).await;
    let by_hand = world.opens_by_api(&token, "Silla").await["id"].as_str().unwrap().to_owned();
    let by_hand = world.asks_api(&token, &format!("/api/v1/tickets/{by_hand}")).await;

    assert_eq!((&ticket["chatGroup"], &ticket["chatGroupId"]), (&json!("Pedidos y envíos"), &json!("orders")));
    assert_eq!((&ticket["ownerTeamId"], &ticket["chatWidgetId"]), (&json!("returns"), &json!("shop")));
    assert_eq!((&ticket["origin"], &ticket["resolvedInFirstCall"]), (&json!(5), &json!(true)));
    assert!(ticket["chatWaitingTime"].is_u64() && ticket["chatTalkTime"].is_u64(), "{ticket}");
    assert_eq!((&by_hand["chatGroup"], &by_hand["chatGroupId"]), (&json!(""), &json!("")));
}

#[tokio::test]
async fn a_conversation_is_read_with_its_times_and_all_that_was_said() {
    let world = World::new().await;
    let token = world.secret(&[Scope::ReadChats, Scope::ReadIndicators]).await;
    let (tomas, _console) = world.agent(TOMAS).await;
    let customer = world.customer().await;
    let act = |act| world.function("chat/act", &tomas, &json!({ "chat": customer.chat, "wish": wish(act) }));
    customer.wish(words("¿Hola?")).await.ok::<Page>();
    customer.sends("nota.txt", "text/plain", "Pedido 12").await.ok::<Page>();
    world.ask(act(Act::Attend)).await.ok::<Page>();
    world.ask(act(words("Buenos días"))).await.ok::<Page>();
    world.ask(act(Act::Aside { whisper: false, text: "cliente nuevo".into() })).await.ok::<Page>();
    world.ask(act(Act::Close)).await.ok::<Page>();

    let chat = world.asks_api(&token, &format!("/api/v1/chats/{}", customer.chat)).await;

    assert_eq!((&chat["origin"], &chat["status"], &chat["endReason"]), (&json!(5), &json!("ended"), &json!("agent")));
    assert!(chat["chatWaitingTime"].is_u64() && chat["chatTalkTime"].is_u64());
    assert_eq!((&chat["startedFrom"], &chat["requestedGroupId"]), (&json!("widget"), &json!("orders")));
    assert!(chat["firstReplyDate"].as_str() >= chat["attendedDate"].as_str(), "{chat}");
    let file = chat["messages"]["items"].as_array().unwrap().iter().find(|one| one["type"] == "file").unwrap();
    assert_eq!((&file["description"], &file["byClient"]), (&json!("nota.txt"), &json!(true)));
    let about = &file["file"];
    assert_eq!((&about["contentType"], &about["size"]), (&json!("text/plain"), &json!(9)));
    assert!(about["id"].is_string(), "{file}");
    let said: Vec<_> = chat["messages"]["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|one| ["message", "note"].contains(&one["type"].as_str().unwrap()))
        .map(|one| (one["description"].as_str().unwrap(), one["byClient"] == true, one["isInternal"] == true))
        .collect();
    assert_eq!(said, [("¿Hola?", true, false), ("Buenos días", false, false), ("cliente nuevo", false, true)]);
    let mut page = world.asks_api(&token, &format!("/api/v1/chats/{}/messages?limit=1", customer.chat)).await;
    let mut read = 1;
    while let Some(next) = page["next"].as_str() {
        let path = format!("/api/v1/chats/{}/messages?limit=1&after={next}", customer.chat);
        page = world.asks_api(&token, &path).await;
        read += page["items"].as_array().unwrap().len();
    }
    assert_eq!(read, chat["messages"]["items"].as_array().unwrap().len());

    // The same numbers as the console's, of every period and filter.
    let marta = world.sign_in(MARTA).await;
    let tomas =
        chat["agents"].as_array().and_then(|agents| agents.first()).map_or("", |one| one["id"].as_str().unwrap());
    for (asked, attended) in [
        ("period=today".to_owned(), json!(1)),
        ("period=this-year&group=orders".into(), json!(1)),
        ("period=this-year&group=choose&group=returns".into(), json!(0)),
        ("period=last-month".into(), json!(0)),
        ("from=2020-01-01&to=2100-01-01T12:34&application=shop&begun=1".into(), json!(1)),
        ("from=2020-01-01&to=2100-01-01&application=catalogue".into(), json!(0)),
        ("from=2020-01-01&to=2020-01-01".into(), json!(0)),
        (format!("period=this-quarter&agent={tomas}"), json!(1)),
    ] {
        let ours = world.asks_api(&token, &format!("/api/v1/indicators?{asked}")).await;
        let file = world.ask(get(format!("/indicators/export?{asked}&format=json")).cookie(&marta)).await;
        let shown: Value = serde_json::from_slice(&file.body).unwrap();
        for part in ["zone", "figures", "before"] {
            assert_eq!(ours[part], shown[part], "{asked}: {part}");
        }
        assert!(ours["earlier"]["to"].is_string() && shown["earlier"]["to"].is_string());
        assert!(ours["figures"].as_object().unwrap().len() >= 12);
        assert_eq!(ours["figures"]["attended"], attended, "{asked}");
    }
}

/// e.1-10 of indicators.md.
#[tokio::test]
async fn who_gave_up_is_read_with_his_wait_and_so_is_his_ticket() {
    let world = World::new().await;
    let token = world.secret(&[Scope::ReadChats, Scope::ReadTickets]).await;
    let (_tomas, _console) = world.agent(TOMAS).await;
    let customer = world.customer().await;
    customer.wish(words("¿Hola?")).await.ok::<Page>();
    customer.wish(Act::Close).await.ok::<Page>();

    let chat = world.asks_api(&token, &format!("/api/v1/chats/{}", customer.chat)).await;
    let tickets = world.asks_api(&token, "/api/v1/tickets").await;
    let id = tickets["items"][0]["id"].as_str().unwrap();
    let ticket = world.asks_api(&token, &format!("/api/v1/tickets/{id}")).await;

    assert_eq!((&chat["endReason"], &ticket["chats"][0]["id"]), (&json!("customer"), &json!(customer.chat)));
    for one in [&chat, &ticket] {
        assert_eq!(one["chatTalkTime"], 0, "{one}");
        assert!(one["chatWaitingTime"].is_u64(), "{one}");
    }
}

#[tokio::test]
async fn what_cannot_be_read_is_refused_and_says_where() {
    let world = World::new().await;
    let token = world.secret(&Scope::ALL).await;
    for (path, field) in [
        ("/api/v1/chats?limit=0", "limit"),
        ("/api/v1/chats?limit=101", "limit"),
        ("/api/v1/chats?limit=x", "limit"),
        ("/api/v1/chats?after=x", "after"),
        ("/api/v1/chats?from=ayer", "from"),
        ("/api/v1/chats?status=nuevo", "status"),
        ("/api/v1/chats?grupo=x", "grupo"),
        ("/api/v1/chats?=x", "query"),
        ("/api/v1/indicators?begun=1&=", "query"),
        ("/api/v1/chats?chatGroupId=%00", "chatGroupId"),
        ("/api/v1/tickets?status=mine", "status"),
        ("/api/v1/tickets?status=unsaved", "status"),
        ("/api/v1/tickets?queue=mine", "queue"),
        ("/api/v1/tickets?via=x", "via"),
        ("/api/v1/tickets?order=created", "order"),
        ("/api/v1/tickets?order=changed&words=silla", "order"),
        ("/api/v1/tickets/x/history?after=-1", "after"),
        ("/api/v1/indicators?behind=attended", "behind"),
        ("/api/v1/indicators?from=2026-11-01", "to"),
        ("/api/v1/indicators?from=2026-11-02&to=2026-11-01T23:59", "to"),
        ("/api/v1/indicators?grupo=x", "grupo"),
        ("/api/v1/indicators?period=today&from=2026-11-01&to=2026-11-02", "period"),
    ] {
        let answer = world.ask(get(path).bearer(&token)).await;
        assert_eq!((answer.status.as_u16(), problem(&answer)["field"].as_str()), (400, Some(field)), "{path}");
    }
    let turned = get("/api/v1/indicators?from=2100-01-01&to=2020-01-01").bearer(&token).header("accept-language", "en");
    assert!(problem(&world.ask(turned).await)["detail"].as_str().unwrap().contains("ends before it begins"));
    let many = "group=g&".repeat(51);
    for (asked, says) in [("period=today&from=2026-11-01", "go together"), (many.as_str(), "at most 50")] {
        let ask = get(format!("/api/v1/indicators?{asked}")).bearer(&token).header("accept-language", "en");
        let problem = problem(&world.ask(ask).await);
        assert!(problem["detail"].as_str().unwrap().contains(says), "{problem}");
    }
    let marta = world.sign_in(MARTA).await;
    let file = world.ask(get("/indicators/export?from=2100-01-01&to=2020-01-01").cookie(&marta)).await;
    assert_eq!(file.status, 400, "a file of nothing is none");
    for path in ["/api/v1/chats/nobody", "/api/v1/tickets/%00", "/api/v1/people/nobody", "/api/v1/nothing"] {
        let answer = world.ask(get(path).bearer(&token)).await;
        assert_eq!((answer.status.as_u16(), problem(&answer)["code"].as_str()), (404, Some("not-yours")), "{path}");
    }
    for (method, path) in [("DELETE", "/api/v1/chats"), ("PUT", "/api/v1/tickets/x"), ("TRACE", "/api/v1/monitor")] {
        let answer = world.ask(get(path).method(method).bearer(&token)).await;
        assert_eq!(answer.status, 405, "{method} {path}");
        problem(&answer);
    }
    let sentence = |lang: &str| words::of(lang).refusal(&Refusal::NotYours);
    for lang in ["es", "pt", "en"] {
        let ask = get("/api/v1/chats/nobody").bearer(&token).header("accept-language", lang);
        assert_eq!(problem(&world.ask(ask).await)["detail"], sentence(lang));
    }
}

#[tokio::test]
async fn whoever_writes_a_program_is_told_what_of_its_request_does_not_read() {
    let world = World::new().await;
    let token = world.secret(&[Scope::WriteTickets]).await;
    let ask = |body: &'static [u8], lang: &str| {
        let ask = post("/api/v1/tickets").bearer(&token).header("accept-language", lang);
        ask.body("application/json", body)
    };
    let cases: [(&'static [u8], Option<&str>, &str); 11] = [
        (b"", None, "not JSON"),
        (b"{\"subject\": \"Silla\",\n oops}", None, "line 2"),
        (b"{} {}", None, "not JSON"),
        (b"\"\xff\"", None, "UTF-8"),
        (b"{\"subject\": \"\\u0000\"}", None, "U+0000"),
        (b"[]", None, "`object`"),
        (b"{\"client\": {}}", Some("ownerTeamId"), "is missing"),
        (b"{\"client\": {\"nombre\": 1}}", Some("client.nombre"), "`businessName`"),
        (b"{\"ownerTeamId\": 5}", Some("ownerTeamId"), "`string`"),
        (b"{\"baseStatus\": \"Nueva\"}", Some("baseStatus"), "`InAttendance`"),
        (b"{\"baseStatus\": 1}", Some("baseStatus"), "cannot be understood"),
    ];

    for (body, field, says) in cases {
        let answer = world.ask(ask(body, "en")).await;
        let (status, problem) = (answer.status.as_u16(), problem(&answer));
        assert_eq!((status, problem["code"].as_str(), problem["field"].as_str()), (400, Some("malformed"), field));
        assert!(problem["detail"].as_str().unwrap().contains(says), "{problem}");
    }
    // Nor of a page that is to be loaded again.
    for lang in ["es", "pt", "en"] {
        let put = get("/api/v1/tickets").method("PUT").bearer(&token).header("accept-language", lang);
        for answer in [world.ask(ask(b"{", lang)).await, world.ask(put).await] {
            assert_ne!(problem(&answer)["detail"], words::of(lang).refusal(&Refusal::Malformed), "{answer:?}");
        }
    }
}

#[tokio::test]
async fn nothing_is_sent_twice_of_which_one_would_be_taken() {
    let world = World::new().await;
    let token = world.secret(&Scope::ALL).await;
    let mut asks: Vec<(Ask, &str)> = Vec::new();
    for (query, field) in [
        ("chats?limit=1&limit=2", "limit"),
        ("tickets?tag=a&&status=any&%74ag=b", "tag"),
        ("people?after=&after=", "after"),
        ("indicators?begun=1&group=orders&group=returns&begun=1", "begun"),
    ] {
        asks.push((get(format!("/api/v1/{query}")), field));
    }
    for (path, body, field) in [
        ("people", r#"{"businessName":"Ana","businessName":"Ana"}"#, "businessName"),
        ("tickets", r#"{"ownerTeamId":"returns","client":{"id":"a","id":"b"}}"#, "client.id"),
        ("articles", r#"{"title":"a","lang":"es","title":"b"}"#, "title"),
    ] {
        asks.push((post(format!("/api/v1/{path}")).body("application/json", body), field));
    }

    for (ask, field) in asks {
        let answer = world.ask(ask.bearer(&token).header("accept-language", "en")).await;
        let (status, problem) = (answer.status.as_u16(), problem(&answer));
        assert_eq!((status, problem["field"].as_str()), (400, Some(field)));
        assert!(problem["detail"].as_str().unwrap().contains("twice"), "{problem}");
    }
    world.asks_api(&token, "/api/v1/indicators?group=orders&group=returns").await;
}

#[tokio::test]
async fn no_page_of_another_site_asks_the_api_and_a_session_opens_nothing_of_it() {
    let world = World::new().await;
    let token = world.secret(&Scope::ALL).await;
    let marta = world.sign_in(MARTA).await;

    let foreign = post("/api/v1/tickets").bearer(&token).header("origin", "https://evil.example").json(&a_ticket("x"));
    assert_eq!(world.ask(foreign).await.status, 403);
    let read = world.ask(get("/api/v1/chats").bearer(&token).header("origin", "https://evil.example")).await;
    assert!(read.headers.keys().all(|name| !name.as_str().starts_with("access-control")), "{read:?}");
    let cookie = world.ask(get("/api/v1/chats").cookie(&marta)).await;
    assert_eq!((cookie.status.as_u16(), cookie.header("www-authenticate")), (401, "Bearer"));
    assert!(problem(&cookie)["detail"].as_str().unwrap().contains("token"), "nobody has signed out: {cookie:?}");
}

#[tokio::test]
async fn whoever_asks_too_often_is_asked_to_wait_and_no_other_token_is() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("recado.toml");
    std::fs::write(&file, "[rates]\napi = '3/h'").unwrap();
    let world = World::with(&["--config", &file.display().to_string()]).await;
    let (one, other) = (world.secret(&[Scope::ReadChats]).await, world.secret(&[Scope::ReadChats]).await);

    for _ in 0..3 {
        assert_eq!(world.ask(get("/api/v1/chats").bearer(&one)).await.status, 200);
    }
    let more = world.ask(get("/api/v1/chats").bearer(&one)).await;

    assert_eq!((more.status.as_u16(), problem(&more)["code"].as_str()), (429, Some("too-many")));
    assert!(more.header("retry-after").parse::<u32>().unwrap() >= 1);
    assert_eq!(world.ask(get("/api/v1/chats").bearer(&other)).await.status, 200);
}

#[tokio::test]
async fn an_answer_that_waits_to_be_saved_is_listed_and_stays_the_agent_s() {
    let world = World::new().await;
    let token = world.secret(&[Scope::ReadTickets, Scope::WriteTickets]).await;
    let (tomas, _console) = world.agent(TOMAS).await;
    let customer = world.customer().await;
    world.attends_and_closes(&tomas, &customer.chat).await;
    let lists: Lists = world.ask(world.function("console/lists", &tomas, &json!({}))).await.ok();
    let id = &lists.unsaved[0].id;

    let list = world.asks_api(&token, "/api/v1/tickets").await;
    let note = post(format!("/api/v1/tickets/{id}/notes")).bearer(&token).json(&json!({ "text": "x" }));
    let refused = world.ask(note).await;

    assert_eq!((&list["items"][0]["id"], &list["items"][0]["saved"]), (&json!(id), &json!(false)));
    assert_eq!((refused.status.as_u16(), problem(&refused)["code"].as_str()), (409, Some("still-running")));
}

#[tokio::test]
async fn what_a_program_opens_says_so_and_is_found_by_that() {
    let world = World::new().await;
    let token = world.secret(&[Scope::ReadTickets, Scope::WriteTickets]).await;
    let id = world.opens_by_api(&token, "Silla").await["id"].clone();
    let listed = async |via: &str| {
        let list = world.asks_api(&token, &format!("/api/v1/tickets?status=any&via={via}")).await;
        list["items"].as_array().unwrap().iter().map(|one| one["id"].clone()).collect::<Vec<_>>()
    };

    let ticket = world.asks_api(&token, &format!("/api/v1/tickets/{}", id.as_str().unwrap())).await;

    // As Movidesk's API numbers it.
    assert_eq!(ticket["origin"], 9);
    assert_eq!(listed("api").await, [id]);
    assert_eq!(listed("agent").await, Vec::<Value>::new());
}

#[tokio::test]
async fn what_the_house_has_of_its_own_is_read_by_who_writes_it_into_tickets() {
    let world = World::new().await;
    let token = world.secret(&[Scope::ReadTickets, Scope::WriteTickets]).await;
    let marta = world.sign_in(MARTA).await;
    let house = json!({ "change": a_house_change() });
    assert_eq!(world.ask(world.function("house/change", &marta, &house)).await.status, 200);
    let fields = world.asks_api(&token, "/api/v1/custom-fields").await;
    let statuses = world.asks_api(&token, "/api/v1/statuses").await;
    let field =
        fields["items"].as_array().unwrap().iter().find(|one| one["type"] == "text" && one["required"] == false);
    let field = field.unwrap_or_else(|| panic!("{fields}"));
    let status = &statuses["items"][0];

    let id = world.opens_by_api(&token, "Silla").await["id"].as_str().unwrap().to_owned();
    let values = json!([{ "customFieldId": field["id"], "value": "sí" }]);
    let why = status["justifications"].as_array().unwrap().first().cloned().unwrap_or(json!("porque sí"));
    let change = json!({ "statusId": status["id"], "justification": why, "customFieldValues": values });
    let changed = world.ask(get(format!("/api/v1/tickets/{id}")).method("PATCH").bearer(&token).json(&change)).await;

    assert_eq!(changed.ok::<Value>()["baseStatus"], status["baseStatus"]);
    let ticket = world.asks_api(&token, &format!("/api/v1/tickets/{id}")).await;
    assert_eq!((&ticket["statusId"], &ticket["status"]), (&status["id"], &status["name"]));
    assert_eq!(ticket["customFieldValues"][0]["label"], field["label"]);
}

#[tokio::test]
async fn the_ticket_whose_number_is_asked_for_is_the_first_however_short_the_pages() {
    let world = World::new().await;
    let token = world.secret(&Scope::ALL).await;
    let meant = world.opens_by_api(&token, "Silla").await;
    let number = &meant["protocol"];
    for _ in 0..2 {
        world.opens_by_api(&token, &format!("Como en el {number}")).await;
    }
    world.until_indexed().await;

    let (mut read, mut after) = (Vec::new(), String::new());
    while read.len() <= 3 {
        let page = world.asks_api(&token, &format!("/api/v1/tickets?words={number}&limit=1{after}")).await;
        read.extend(page["items"].as_array().unwrap().iter().map(|one| one["protocol"].as_i64().unwrap()));
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => break,
        }
    }

    let number = number.as_i64().unwrap();
    assert!(read[0] == number && read[1] > read[2] && read[2] > number && read.len() == 3, "{read:?}");
}

#[tokio::test]
async fn a_ticket_that_is_changed_between_two_pages_is_in_a_later_one_of_the_first_changed_first() {
    let world = World::new().await;
    let token = world.secret(&Scope::ALL).await;
    let mut ids = Vec::new();
    for subject in ["Silla", "Mesa", "Sofá"] {
        ids.push(world.opens_by_api(&token, subject).await["id"].as_str().unwrap().to_owned());
        world.running.desk.clock().advance(Span::secs(1));
    }
    let page = async |after: &str| {
        world.asks_api(&token, &format!("/api/v1/tickets?order=changed&status=any&limit=2{after}")).await
    };

    let first = page("").await;
    let note = json!({ "addTags": ["garantía"] });
    let changed = get(format!("/api/v1/tickets/{}", ids[2])).method("PATCH").bearer(&token).json(&note);
    assert_eq!(world.ask(changed).await.status, 200);
    world.running.desk.clock().advance(Span(1));
    let second = page(&format!("&after={}", first["next"].as_str().unwrap())).await;
    let last = second["items"][0]["lastUpdate"].as_str().unwrap();
    let later = world.asks_api(&token, &format!("/api/v1/tickets?order=changed&status=any&from={last}")).await;

    let read = |page: &Value| {
        let items = page["items"].as_array().unwrap().iter();
        items.map(|one| one["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!((read(&first), read(&second)), (ids[..2].to_vec(), ids[2..].to_vec()));
    assert_eq!((&second["next"], second["items"][0]["tags"][0].as_str()), (&Value::Null, Some("garantía")));
    assert_eq!(read(&later), ids[2..].to_vec(), "who comes back goes on from what he read last");
}

#[tokio::test]
async fn a_cursor_goes_on_with_the_question_that_it_came_with_and_with_no_other() {
    let world = World::new().await;
    let token = world.secret(&Scope::ALL).await;
    let (_tomas, _console) = world.agent(TOMAS).await;
    let (customer, other) = (world.customer().await, world.customer().await);
    customer.wish(words("¿Hola?")).await.ok::<Page>();
    for subject in ["Silla", "Mesa", "Sofá"] {
        world.opens_by_api(&token, subject).await;
        world.running.desk.clock().advance(Span::secs(1));
    }
    let said = format!("chats/{}/messages?", customer.chat);
    let said_elsewhere = format!("chats/{}/messages?", other.chat);
    let next = async |list: &str| {
        let page = world.asks_api(&token, &format!("/api/v1/{list}limit=1")).await;
        page["next"].as_str().unwrap_or_else(|| panic!("{list}: {page}")).to_owned()
    };
    let (latest, changed) = (next("tickets?").await, next("tickets?order=changed&").await);
    let (people, groups) = (next("people?").await, next("groups?").await);
    let (chats, waiting, messages) = (next("chats?").await, next("chats?status=waiting&").await, next(&said).await);

    for (asked, cursor) in [
        ("tickets?order=changed", &latest),
        ("tickets?", &changed),
        ("tickets?status=any", &latest),
        ("tickets?order=changed&queue=unassigned", &changed),
        ("tickets?", &people),
        ("chats?", &people),
        ("chats?status=waiting", &chats),
        ("chats?chatGroupId=orders", &chats),
        ("chats?chatWidgetId=shop", &chats),
        ("chats?clientId=orders", &chats),
        ("chats?", &waiting),
        ("chats?status=ended", &waiting),
        (said_elsewhere.as_str(), &messages),
        ("chats?", &messages),
        ("applications?", &groups),
        ("articles?", &groups),
    ] {
        let ask = get(format!("/api/v1/{asked}&after={cursor}")).bearer(&token).header("accept-language", "en");
        let answer = world.ask(ask).await;
        assert_eq!(answer.status, 400, "{asked}: {answer:?}");
        let problem = problem(&answer);
        assert_eq!((problem["code"].as_str(), problem["field"].as_str()), (Some("malformed"), Some("after")));
        assert!(problem["detail"].as_str().unwrap().contains("another question"), "{problem}");
    }
    // Another length of a page, another beginning and another end ask nothing else; nor does a cursor of before it said
    // of what it is.
    for (asked, cursor) in [
        ("tickets?order=latest", &latest),
        ("tickets?order=changed", &changed),
        ("chats?", &chats),
        ("chats?status=waiting", &waiting),
        ("people?", &people),
        (said.as_str(), &messages),
    ] {
        let rest = async |more: &str| {
            let page = world.asks_api(&token, &format!("/api/v1/{asked}&after={more}")).await;
            let items = page["items"].as_array().unwrap().iter();
            items.map(|one| one["id"].to_string()).collect::<Vec<_>>()
        };
        let goes_on = rest(cursor).await;
        assert!(!goes_on.is_empty(), "{asked}");
        assert_eq!(rest(cursor.rsplit_once('~').unwrap().0).await, goes_on, "{asked}");
        if asked.starts_with("tickets") || asked.starts_with("chats?") {
            let wide = "limit=99&from=2020-01-01T00:00:00Z&until=2100-01-01T00:00:00Z";
            assert_eq!(rest(&format!("{cursor}&{wide}")).await, goes_on, "{asked}");
            let turned = "from=2100-01-01T00:00:00Z&until=2020-01-01T00:00:00Z";
            for none in ["from=2100-01-01T00:00:00Z", "until=2020-01-01T00:00:00Z", turned] {
                assert!(rest(&format!("{cursor}&{none}")).await.is_empty(), "{asked}: {none}");
            }
        }
    }
}

#[tokio::test]
async fn an_application_says_its_title_of_each_language_that_has_one() {
    let world = World::new().await;
    let token = world.secret(&[Scope::ReadApplications]).await;

    let all = world.asks_api(&token, "/api/v1/applications").await;
    let shop = world.asks_api(&token, "/api/v1/applications/shop").await;

    let titles = json!({ "pt": "Vamos conversar?", "en": "Shall we talk?" });
    let listed = all["items"].as_array().unwrap().iter().find(|one| one["id"] == "shop").unwrap();
    assert_eq!((&listed["title"], &listed["titles"]), (&json!("¿Hablamos?"), &titles));
    assert_eq!((&shop["title"], &shop["titles"]), (&json!("¿Hablamos?"), &titles));
}

#[tokio::test]
async fn every_list_is_read_page_by_page_to_its_end_and_nothing_twice() {
    let world = World::new().await;
    let token = world.secret(&Scope::ALL).await;
    for subject in ["Silla", "Mesa", "Sofá"] {
        world.opens_by_api(&token, subject).await;
    }
    let ids = |page: &Value| {
        let items = page["items"].as_array().unwrap().iter();
        items.map(|one| one["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    for list in ["tickets", "people", "groups", "applications", "articles"] {
        let whole = ids(&world.asks_api(&token, &format!("/api/v1/{list}?limit=100")).await);
        let (mut read, mut after) = (Vec::new(), String::new());
        while read.len() <= whole.len() {
            let page = world.asks_api(&token, &format!("/api/v1/{list}?limit=1{after}")).await;
            read.extend(ids(&page));
            match page["next"].as_str() {
                Some(next) => after = format!("&after={next}"),
                None => break,
            }
        }

        assert!(whole.len() > 1, "{list}: {whole:?}");
        assert_eq!(read, whole, "{list}");
    }
}
