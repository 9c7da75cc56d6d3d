//! The doors of the console: who may not, and what cannot be read.

use crate::client::{get, post};
use crate::world::{
    INES, LUCIA, TOMAS, World, a_house_change, a_trigger, an_application, an_article, new_id, wish, words,
};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use domain::ticket_list::Filter;
use domain::wire::{Attendant, Lists, NewTicket, POSTCARD, Page};
use domain::{Act, Refusal};
use serde_json::json;

/// Every function of the console; one that is missing here fails the story below.
const FUNCTIONS: &[&str] = &[
    "agent/change",
    "agent/list",
    "application/add-key",
    "application/create",
    "application/duplicate",
    "application/foresee",
    "application/holidays",
    "application/keys",
    "application/list",
    "application/preview",
    "application/read",
    "application/retire",
    "application/revoke-key",
    "application/save",
    "audit/list",
    "audit/verify",
    "canned/drop",
    "canned/keep",
    "canned/list",
    "chat/act",
    "chat/call",
    "chat/colleagues",
    "chat/events",
    "chat/inner",
    "chat/readers",
    "chat/ticket",
    "console/lists",
    "console/me",
    "customer/block",
    "customer/chats",
    "customer/erase",
    "customer/read",
    "customer/tickets",
    "factor/begin",
    "factor/codes",
    "factor/confirm",
    "factor/end",
    "first-run/end",
    "first-run/read",
    "group/change",
    "group/list",
    "house/change",
    "house/read",
    "indicators/behind",
    "indicators/ranks",
    "indicators/read",
    "knowledge/list",
    "knowledge/pictures",
    "knowledge/preview",
    "knowledge/read",
    "knowledge/remove-picture",
    "knowledge/retire",
    "knowledge/save",
    "knowledge/searches",
    "knowledge/section",
    "me/online",
    "mention/list",
    "mention/see",
    "parameters/keep",
    "parameters/read",
    "password/change",
    "profile/read",
    "profile/remove-photo",
    "profile/save",
    "session/end",
    "session/list",
    "session/revoke",
    "session/revoke-others",
    "subscription/again",
    "subscription/change",
    "subscription/deliveries",
    "subscription/list",
    "subscription/test",
    "tag/change",
    "tag/list",
    "ticket/choices",
    "ticket/list",
    "ticket/open",
    "ticket/reach",
    "ticket/read",
    "ticket/save",
    "token/list",
    "token/make",
    "token/revoke",
    "trigger/delete",
    "trigger/list",
    "trigger/move",
    "trigger/renew",
    "trigger/save",
    "trigger/see",
    "trigger/send",
    "trigger/switch",
    "trigger/try",
];

fn opened() -> NewTicket {
    let (group, customer, note) = ("orders".into(), "Ana".into(), String::new());
    NewTicket { id: new_id(), group, customer, of_ticket: None, changes: Vec::new(), note }
}

#[tokio::test]
async fn no_function_answers_a_stranger_or_another_site() {
    let world = World::new().await;
    let session = world.sign_in(INES).await;
    let ticket =
        json!({ "ticket": "x", "wish": new_id(), "act": { "Save": { "changes": [{ "Subject": "x" }], "note": "" } } });
    let body = |path| match path {
        "application/add-key" => json!({ "application": "x", "key": "x", "public": null }),
        "application/create" => json!({ "application": new_id(), "settings": an_application() }),
        "application/duplicate" => json!({ "of": "x", "application": new_id(), "name": "x" }),
        "application/foresee" => {
            let hours = json!({ "zone": "Europe/Madrid" });
            json!({ "hours": hours, "groups": [], "day": "2026-12-25", "minute": "10:00" })
        }
        "application/holidays" => json!({ "file": "x", "zone": "UTC" }),
        "application/keys" => json!({ "application": "x" }),
        "application/preview" => json!({ "settings": an_application(), "closed": true }),
        "application/read" => json!({ "application": "x" }),
        "application/retire" => json!({ "application": "x", "retired": true }),
        "application/revoke-key" => json!({ "application": "x", "key": "x" }),
        "application/save" => json!({ "application": "x", "revision": 1, "settings": an_application() }),
        "audit/list" => json!({ "filter": domain::audit::Filter::default(), "before": null }),
        "canned/drop" => json!({ "scope": "Own", "id": new_id(), "read_at": null }),
        "canned/keep" => {
            json!({ "canned": { "id": new_id(), "scope": "Own", "shortcut": "x", "text": "x", "changed_at": null } })
        }
        "canned/list" => json!({ "scope": "Own", "after": "" }),
        "chat/act" => json!({ "chat": "x", "wish": wish(Act::Attend) }),
        "chat/events" => json!({ "chat": "x", "after": 0, "asides_after": 0 }),
        "chat/call" | "chat/inner" => json!({ "ticket": "x", "id": new_id() }),
        "chat/colleagues" | "chat/readers" => json!({ "chat": "x" }),
        "mention/see" => json!({ "chat": "x", "aside": 1 }),
        "chat/ticket" => json!({ "chat": "x" }),
        "customer/block" => json!({ "customer": "x", "blocks": true, "reason": "x" }),
        "customer/chats" | "customer/tickets" => json!({ "customer": "x", "before": null }),
        "customer/erase" | "customer/read" => json!({ "customer": "x" }),
        "factor/begin" | "factor/codes" | "factor/end" => json!({ "present": "x" }),
        "factor/confirm" => json!({ "code": "123456" }),
        "indicators/behind" => {
            json!({ "period": "Today", "filter": domain::indicators::Filter::default(), "indicator": "Attended", "after": null })
        }
        "indicators/ranks" | "indicators/read" => {
            json!({ "period": "Today", "filter": domain::indicators::Filter::default() })
        }
        "agent/change" => json!({ "agent": "x", "change": "Link" }),
        "group/change" => json!({ "change": { "Retire": { "group": "x", "retired": true } } }),
        "parameters/keep" => {
            let both = domain::parameters::Parameters::default();
            json!({ "parameters": both, "read": both })
        }
        "house/change" => json!({ "change": a_house_change() }),
        "password/change" => json!({ "present": "x", "fresh": "otra clave bien larga" }),
        "profile/save" => json!({ "change": { "name": "x", "lang": "es", "languages": [], "theme": "System" } }),
        "session/revoke" => json!({ "session": "x" }),
        "knowledge/preview" => json!({ "body": "x" }),
        "knowledge/pictures" | "knowledge/read" => json!({ "article": "x" }),
        "knowledge/remove-picture" => json!({ "picture": new_id() }),
        "knowledge/retire" => json!({ "article": "x", "retired": true }),
        "knowledge/save" => json!({ "revision": 0, "sheet": an_article() }),
        "knowledge/searches" => json!({ "from": "2026-11-01", "to": "2026-11-30" }),
        "knowledge/section" => json!({ "change": { "Retire": { "id": "x", "retired": true } } }),
        "me/online" => json!({ "online": false }),
        "ticket/list" => json!({ "filter": Filter::default(), "after": null }),
        "ticket/open" => json!({ "new": opened() }),
        "ticket/reach" | "ticket/read" => json!({ "ticket": "x" }),
        "ticket/save" => ticket.clone(),
        "subscription/again" => json!({ "subscription": "x", "delivery": "y" }),
        "subscription/change" => json!({ "change": { "Drop": { "id": "x" } } }),
        "subscription/deliveries" | "subscription/test" => json!({ "subscription": "x" }),
        "tag/change" => json!({ "change": { "Retire": { "tag": "x", "retired": true } } }),
        "token/make" => {
            json!({ "new": { "id": new_id(), "name": "x", "scopes": ["ReadChats"], "until": "" } })
        }
        "token/revoke" => json!({ "token": "x" }),
        "trigger/save" => json!({ "wish": new_id(), "trigger": a_trigger(&new_id()) }),
        "trigger/try" => json!({ "trigger": a_trigger(&new_id()) }),
        "trigger/move" => json!({ "trigger": "x", "before": "y" }),
        "trigger/switch" => json!({ "trigger": "x", "on": true }),
        "trigger/delete" | "trigger/renew" | "trigger/see" | "trigger/send" => json!({ "trigger": "x" }),
        _ => json!({}),
    };
    let mut known: Vec<_> =
        server_fn::axum::server_fn_paths().map(|(path, _)| path.trim_start_matches("/api/")).collect();
    known.sort_unstable();

    assert_eq!(known, FUNCTIONS);
    for path in FUNCTIONS {
        let address = format!("/api/{path}");
        let forged = post(&address).cookie(&session).header("origin", "https://evil.example").json(&body(path));
        world.ask(forged).await.refused(403, Refusal::ForeignSite);
        let silent = post(&address).cookie(&session).json(&body(path));
        world.ask(silent).await.refused(403, Refusal::ForeignSite);
        let stranger = world.ask(world.function(path, "nobody", &body(path))).await;
        if *path == "session/end" {
            assert_eq!(stranger.status, 200);
        } else {
            stranger.refused(401, Refusal::SignedOut);
        }
        assert_eq!(world.ask(get(&address)).await.status, 405, "{path}");
    }
    assert!(world.running.desk.session(&session).await.unwrap().online);
}

#[tokio::test]
async fn what_cannot_be_read_is_malformed_here_too() {
    let world = World::new().await;
    let session = world.sign_in(INES).await;
    let ask =
        |body: &str| post("/api/chat/act").own(world.at).cookie(&session).body("application/json", body.to_owned());

    for body in ["", "{", "[]", "{\"chat\":0}", "{\"chat\":{\"$ne\":null},\"wish\":{}}"] {
        world.ask(ask(body)).await.refused(400, Refusal::Malformed);
    }
    let big = format!("{{\"chat\":\"{}\"}}", "x".repeat(domain::wire::BODY_LIMIT));
    world.ask(ask(&big)).await.refused(413, Refusal::TooBig { limit: domain::wire::BODY_LIMIT as u32 });
    let unknown = post("/api/chat/explode").own(world.at).cookie(&session).json(&json!({}));
    world.ask(unknown).await.refused(404, Refusal::NotYours);
}

#[tokio::test]
async fn the_console_hears_postcard_and_everybody_else_json() {
    let world = World::new().await;
    let session = world.sign_in(INES).await;
    let ask = |path: &str| post(format!("/api/{path}")).own(world.at).cookie(&session);

    let lists = world.ask(ask("console/lists").postcard(&())).await;
    assert_eq!((lists.header("content-type"), lists.ok::<Lists>().cards.len()), (POSTCARD, 0));
    let act = world.ask(ask("chat/act").postcard(&(new_id(), wish(Act::Attend)))).await;
    assert_eq!(act.header("content-type"), POSTCARD);
    act.refused(404, Refusal::NotYours);
    for body in [Vec::new(), vec![255; 64]] {
        let read = world.ask(ask("chat/act").body(POSTCARD, body)).await;
        assert_eq!(read.header("content-type"), POSTCARD);
        read.refused(400, Refusal::Malformed);
    }

    let json = world.ask(ask("console/lists").json(&json!({})).header("accept", "*/*")).await;
    assert_eq!((json.header("content-type"), json.ok::<Lists>().cards.len()), ("application/json", 0));
}

#[tokio::test]
async fn whom_a_conversation_can_be_handed_to_is_for_who_is_in_it() {
    let world = World::new().await;
    let (tomas, _console) = world.agent(TOMAS).await;
    let lucia = world.sign_in(LUCIA).await;
    let ana = world.customer().await;
    let attend = json!({ "chat": ana.chat, "wish": wish(Act::Attend) });
    world.ask(world.function("chat/act", &tomas, &attend)).await.ok::<Page>();
    let read = |session: &str| world.function("chat/colleagues", session, &json!({ "chat": ana.chat }));

    let listed = world.ask(read(&tomas)).await.ok::<Vec<Attendant>>();
    assert!(listed.iter().any(|one| one.state.face.name == "Inés Robledo"), "{listed:?}");
    world.ask(read(&lucia)).await.refused(404, Refusal::NotYours);
}

#[tokio::test]
async fn who_comes_second_learns_who_was_first() {
    let world = World::new().await;
    let (ines, _one) = world.agent(INES).await;
    let (tomas, _other) = world.agent(TOMAS).await;
    let ana = world.customer().await;
    let attend = || json!({ "chat": ana.chat, "wish": wish(Act::Attend) });

    world.ask(world.function("chat/act", &ines, &attend())).await.ok::<Page>();
    let second = world.ask(world.function("chat/act", &tomas, &attend())).await;

    second.refused(409, Refusal::AlreadyAttended { by: "Inés Robledo".into() });
}

#[tokio::test]
async fn what_is_refused_to_an_agent_changes_nothing() {
    let world = World::new().await;
    let (session, _console) = world.agent(INES).await;
    let ana = world.customer().await;
    let before = ana.told().await;
    let act = |chat: &str, act| world.function("chat/act", &session, &json!({ "chat": chat, "wish": wish(act) }));

    world.ask(act(&ana.chat, words("before attending"))).await.refused(409, Refusal::NotInside);
    world.ask(act(&ana.chat, Act::Watch)).await.refused(403, Refusal::OnlyAdministrators);
    world.ask(act(&new_id(), Act::Attend)).await.refused(404, Refusal::NotYours);

    assert_eq!(ana.told().await, before);
    let lists: Lists = world.ask(world.function("console/lists", &session, &json!({}))).await.ok();
    assert_eq!(lists.cards.len(), 1);
    assert!(lists.cards[0].agents.is_empty());
}

#[tokio::test]
async fn who_waits_stands_in_the_document_of_whoever_may_see_him_and_of_nobody_else() {
    let world = World::new().await;
    let (ines, _console) = world.agent(INES).await;
    let ana = world.customer().await;
    let lucia = world.sign_in(LUCIA).await;
    let page = async |session: &str, path: &str| {
        let page = world.ask(get(path).cookie(session)).await;
        assert_eq!((page.status.as_u16(), page.header("cache-control")), (200, "no-store"));
        page.text().to_owned()
    };
    let button = format!("data-chat=\"{}\"", ana.chat);

    let (hers, outside) = (page(&ines, "/chat").await, page(&lucia, "/chat").await);
    let elsewhere = page(&ines, "/tickets").await;

    assert!(hers.contains(&button) && hers.contains("ahead-0123456789.js"), "{hers}");
    assert!(!outside.contains(&button) && !elsewhere.contains(&button), "{outside} {elsewhere}");
    // The lists that go with it name nobody else either.
    assert_eq!(lists(&hers).cards.iter().map(|card| &card.chat).collect::<Vec<_>>(), [&ana.chat]);
    assert!(elsewhere.contains("<meta name=\"me\"") && !elsewhere.contains("<meta name=\"lists\""), "{elsewhere}");
    assert!(lists(&outside).cards.is_empty());
    world
        .ask(world.function("chat/act", &ines, &json!({ "chat": ana.chat, "wish": wish(Act::Attend) })))
        .await
        .ok::<Page>();
    assert!(!page(&ines, "/chat").await.contains(&button));
}

fn lists(page: &str) -> Lists {
    let content = page.split("<meta name=\"lists\" content=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    postcard::from_bytes(&BASE64_STANDARD.decode(content).unwrap()).unwrap()
}
