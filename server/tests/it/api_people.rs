//! People, as another program adds, changes, keeps out and erases them.

use crate::api::problem;
use crate::client::{Ask, get, post};
use crate::world::*;
use domain::Refusal;
use domain::token::Scope;
use serde_json::{Value, json};

const SCOPES: [Scope; 3] = [Scope::ReadPeople, Scope::WritePeople, Scope::ErasePeople];

async fn added(world: &World, token: &str, name: &str, email: &str) -> String {
    let new = json!({ "businessName": name, "email": email });
    let answer = world.ask(post("/api/v1/people").bearer(token).json(&new)).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    answer.value::<Value>()["id"].as_str().unwrap().to_owned()
}

fn path(id: &str) -> String {
    format!("/api/v1/people/{id}")
}

#[tokio::test]
async fn somebody_is_added_once_and_changed_and_what_cannot_be_meant_is_named() {
    let world = World::new().await;
    let token = world.secret(&SCOPES).await;
    let ask = || {
        let new = json!({ "businessName": " Bruno  Gil ", "email": "Bruno@Correo.example" });
        post("/api/v1/people").bearer(&token).header("idempotency-key", "k-1").json(&new)
    };
    let change = |id: &str, body: Value| get(path(id)).method("PATCH").bearer(&token).json(&body);

    let (one, two) = tokio::join!(world.ask(ask()), world.ask(ask()));
    let id = one.value::<Value>()["id"].as_str().unwrap().to_owned();
    assert_eq!((one.status.as_u16(), &one.body), (201, &two.body));
    let bruno = world.asks_api(&token, &path(&id)).await;
    assert_eq!(
        (&bruno["businessName"], &bruno["email"], &bruno["verified"]),
        (&json!("Bruno Gil"), &json!("bruno@correo.example"), &json!(false))
    );
    let all = world.asks_api(&token, "/api/v1/people").await;
    assert_eq!(all["items"].as_array().unwrap().iter().filter(|one| one["id"] == *id).count(), 1);

    assert_eq!(world.ask(change(&id, json!({ "businessName": "Bruno Gil Díaz" }))).await.status, 200);
    assert_eq!(world.ask(change(&id, json!({ "email": "" }))).await.status, 200);
    let bruno = world.asks_api(&token, &path(&id)).await;
    assert_eq!((&bruno["businessName"], &bruno["email"]), (&json!("Bruno Gil Díaz"), &json!("")));

    for (body, status, field) in [
        (json!({ "businessName": " " }), 422, "businessName"),
        (json!({ "businessName": "a".repeat(300) }), 422, "businessName"),
        (json!({ "email": "nadie" }), 422, "email"),
        (json!({ "verified": true }), 400, "verified"),
    ] {
        let answer = world.ask(change(&id, body)).await;
        assert_eq!((answer.status.as_u16(), problem(&answer)["field"].as_str()), (status, Some(field)));
    }
    let answer = world.ask(change("nobody", json!({ "email": "" }))).await;
    assert_eq!((answer.status.as_u16(), &problem(&answer)["code"]), (404, &json!("not-yours")));
    let answer = world.ask(post("/api/v1/people").bearer(&token).json(&json!({ "businessName": "" }))).await;
    assert_eq!((answer.status.as_u16(), problem(&answer)["field"].as_str()), (422, Some("businessName")));
    assert_eq!(world.asks_api(&token, &path(&id)).await, bruno, "what was refused changed nothing");
}

#[tokio::test]
async fn who_is_kept_out_by_a_program_begins_nothing_until_he_is_let_in() {
    let world = World::new().await;
    let token = world.secret(&[SCOPES[0], SCOPES[1], Scope::ReadChats]).await;
    let (ines, _console) = world.agent(INES).await;
    let ana = world.customer().await;
    world.attends_and_closes(&ines, &ana.chat).await;
    let chat = world.asks_api(&token, &format!("/api/v1/chats/{}", ana.chat)).await;
    let id = chat["client"]["id"].as_str().unwrap().to_owned();
    let ask = |what: &str, reason: &str| {
        post(format!("{}/{what}", path(&id))).bearer(&token).json(&json!({ "reason": reason }))
    };
    let begins = || post("/w/v1/chats").bearer(&ana.token).postcard(&opening(&new_id()));

    let empty = world.ask(ask("block", " ")).await;
    assert_eq!((empty.status.as_u16(), problem(&empty)["field"].as_str()), (422, Some("reason")));
    assert_eq!(world.ask(ask("block", "Insulta")).await.value::<Value>()["blocked"], true);
    world.ask(begins()).await.refused(403, Refusal::Blocked);
    assert_eq!(world.asks_api(&token, &path(&id)).await["blocked"], true);
    assert_eq!(world.ask(ask("unblock", "Un error")).await.value::<Value>()["blocked"], false);
    assert_eq!(world.ask(begins()).await.status, 200);

    // Who did it is in the log, by the name of the token.
    let marta = world.sign_in(MARTA).await;
    let log = world.ask(get("/audit/export").cookie(&marta)).await;
    for kind in ["blocked", "unblocked"] {
        assert!(log.text().lines().any(|line| line.contains(kind) && line.contains("ERP")), "{kind}: {}", log.text());
    }
}

#[tokio::test]
async fn who_is_erased_by_a_program_is_gone_and_no_kept_answer_names_him() {
    let world = World::new().await;
    let token = world.secret(&[SCOPES[0], SCOPES[1], SCOPES[2], Scope::ReadChats]).await;
    let (_ines, _console) = world.agent(INES).await;
    let id = added(&world, &token, "Zanahoria", "zanahoria@correo.example").await;
    let keyed = |ask: Ask, key: &str| ask.bearer(&token).header("idempotency-key", key);
    let why = json!({ "reason": "Zanahoria molesta" });
    world.ask(keyed(post(format!("{}/block", path(&id))).json(&why), "k-1")).await.ok::<Value>();
    let change = json!({ "businessName": "Zanahoria Gil" });
    world.ask(keyed(get(path(&id)).method("PATCH").json(&change), "k-2")).await.ok::<Value>();
    let new = json!({ "businessName": "Zanahoria Dos" });
    world.ask(keyed(post("/api/v1/people").json(&new), "k-3")).await.value::<Value>();
    let erase = |id: &str| get(path(id)).method("DELETE").bearer(&token);

    for _ in 0..2 {
        assert_eq!(world.ask(erase(&id)).await.ok::<Value>()["erased"], true);
    }

    let gone = world.asks_api(&token, &path(&id)).await;
    assert_eq!((&gone["businessName"], &gone["email"], &gone["erased"]), (&json!(""), &json!(""), &json!(true)));
    let change = world.ask(get(path(&id)).method("PATCH").bearer(&token).json(&json!({ "businessName": "x" }))).await;
    assert_eq!((change.status.as_u16(), &problem(&change)["code"]), (404, &json!("not-yours")));
    assert_eq!(world.ask(erase("nobody")).await.status, 404);
    sqlx::any::install_default_drivers();
    let database = format!("sqlite:{}", world.folder.path().join("data/recado.db").display());
    let pool = sqlx::AnyPool::connect(&database).await.unwrap();
    let kept: Vec<(String,)> =
        sqlx::query_as("select answer from api_once where answer is not null").fetch_all(&pool).await.unwrap();
    assert_eq!(kept.len(), 3);
    assert!(!kept.iter().any(|(answer,)| answer.to_lowercase().contains("zanahoria")), "{kept:?}");

    // Who has a conversation that runs is not erased: it ends first.
    let ana = world.customer().await;
    let chat = world.asks_api(&token, &format!("/api/v1/chats/{}", ana.chat)).await;
    let refused = world.ask(erase(chat["client"]["id"].as_str().unwrap())).await;
    assert_eq!((refused.status.as_u16(), &problem(&refused)["code"]), (409, &json!("still-running")));
}

#[tokio::test]
async fn what_was_done_to_somebody_under_a_key_is_not_done_again_over_what_came_after_it() {
    let world = World::new().await;
    let token = world.secret(&SCOPES).await;
    let id = added(&world, &token, "Bruno", "bruno@correo.example").await;
    let call = |name: &str| get(path(&id)).method("PATCH").bearer(&token).json(&json!({ "businessName": name }));
    let put = |what: &str| post(format!("{}/{what}", path(&id))).bearer(&token).json(&json!({ "reason": "Insulta" }));
    let keyed = |ask: Ask, key: &str| ask.header("idempotency-key", key);
    world.ask(keyed(call("Bruno Gil"), "k-1")).await.ok::<Value>();
    world.ask(keyed(put("block"), "k-2")).await.ok::<Value>();
    world.loses_its_answers().await;
    world.ask(call("Bruno Díaz")).await.ok::<Value>();
    world.ask(put("unblock")).await.ok::<Value>();

    world.ask(keyed(call("Bruno Gil"), "k-1")).await.ok::<Value>();
    let again = world.ask(keyed(put("block"), "k-2")).await.ok::<Value>();

    assert_eq!(again["blocked"], false);
    let bruno = world.asks_api(&token, &path(&id)).await;
    assert_eq!((&bruno["businessName"], &bruno["blocked"]), (&json!("Bruno Díaz"), &json!(false)));

    // Who was let in, and kept out since, stays out.
    world.ask(put("block")).await.ok::<Value>();
    world.ask(keyed(put("unblock"), "k-3")).await.ok::<Value>();
    world.loses_its_answers().await;
    world.ask(put("block")).await.ok::<Value>();
    assert_eq!(world.ask(keyed(put("unblock"), "k-3")).await.ok::<Value>()["blocked"], true);

    // And who was erased since is left alone.
    world.ask(get(path(&id)).method("DELETE").bearer(&token)).await.ok::<Value>();
    let again = world.ask(keyed(call("Bruno Gil"), "k-1")).await.ok::<Value>();
    assert_eq!(again["erased"], true);
    assert_eq!(world.asks_api(&token, &path(&id)).await["businessName"], "");
}
