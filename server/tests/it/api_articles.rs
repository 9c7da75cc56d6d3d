//! Articles, as another program writes them, and what customers find of that.

use crate::api::problem;
use crate::client::{get, post};
use crate::world::*;
use domain::article::ArticleLine;
use domain::token::Scope;
use serde_json::{Value, json};

const SCOPES: [Scope; 3] = [Scope::ReadArticles, Scope::WriteArticles, Scope::ReadApplications];

/// The ids of what a customer finds.
async fn found(world: &World, lang: &str, words: &str) -> Vec<String> {
    let ask = get(format!("/w/v1/applications/{KEY}/articles?lang={lang}&q={words}"));
    world.ask(ask).await.ok::<Vec<ArticleLine>>().into_iter().map(|line| line.id).collect()
}

/// The application of the demo's widget.
async fn shop(world: &World, token: &str) -> String {
    let all = world.asks_api(token, "/api/v1/applications").await;
    let shop = all["items"].as_array().unwrap().iter().find(|one| one["key"] == KEY).unwrap();
    shop["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn what_a_program_writes_is_found_once_it_is_published_and_not_after_it_was_taken_back() {
    let world = World::new().await;
    let token = world.secret(&SCOPES).await;
    let new = json!({
        "lang": "es", "title": "Zanahorias", "body": "Llegan **frescas**.", "chatWidgetIds": [shop(&world, &token).await]
    });
    let ask = || post("/api/v1/articles").bearer(&token).header("idempotency-key", "k-1").json(&new);
    let (one, two) = tokio::join!(world.ask(ask()), world.ask(ask()));
    assert_eq!((one.status.as_u16(), &one.body), (201, &two.body));
    let id = one.value::<Value>()["id"].as_str().unwrap().to_owned();
    let change = |body: Value| get(format!("/api/v1/articles/{id}")).method("PATCH").bearer(&token).json(&body);

    assert_eq!(found(&world, "es", "zanahorias").await, Vec::<String>::new(), "a draft");
    let published = world.ask(change(json!({ "published": true }))).await.ok::<Value>();
    assert_eq!((&published["published"], &published["slug"]), (&json!(true), &json!("zanahorias")));
    assert_eq!(found(&world, "es", "zanahorias").await, [id.as_str()]);
    world.ask(change(json!({ "body": "Llegan **heladas**." }))).await.ok::<Value>();
    assert_eq!(found(&world, "es", "heladas").await, [id.as_str()]);
    assert_eq!(found(&world, "es", "frescas").await, Vec::<String>::new());
    assert_eq!(world.ask(change(json!({ "published": false }))).await.ok::<Value>()["published"], false);
    assert_eq!(found(&world, "es", "heladas").await, Vec::<String>::new());
    let kept = world.asks_api(&token, &format!("/api/v1/articles/{id}")).await;
    assert_eq!((&kept["title"], &kept["body"]), (&json!("Zanahorias"), &json!("Llegan **heladas**.")));

    for (body, status, field) in [
        (json!({ "title": "" }), 422, "title"),
        (json!({ "title": "", "body": " " }), 422, "title"),
        (json!({ "body": "a".repeat(100_001) }), 422, "body"),
        (json!({ "slug": "a b" }), 422, "slug"),
        (json!({ "chatWidgetIds": ["nowhere"] }), 422, "chatWidgetIds"),
        (json!({ "sectionId": "nowhere" }), 422, "sectionId"),
        (json!({ "lang": "pt" }), 400, "lang"),
    ] {
        let answer = world.ask(change(body)).await;
        assert_eq!((answer.status.as_u16(), problem(&answer)["field"].as_str()), (status, Some(field)));
    }
    assert_eq!(
        world.asks_api(&token, &format!("/api/v1/articles/{id}")).await,
        kept,
        "what was refused changed nothing"
    );
    let answer = world.ask(get("/api/v1/articles/nothing").method("PATCH").bearer(&token).json(&json!({}))).await;
    assert_eq!(answer.status, 404);
}

#[tokio::test]
async fn an_article_is_written_in_another_language_and_shares_what_is_around_it() {
    let world = World::new().await;
    let token = world.secret(&SCOPES).await;
    let shop = shop(&world, &token).await;
    let write = |body: Value| post("/api/v1/articles").bearer(&token).json(&body);
    let new = json!({
        "lang": "es", "title": "Zanahorias", "body": "Frescas.", "published": true, "chatWidgetIds": [shop]
    });
    let es = world.ask(write(new)).await.value::<Value>();
    let of = &es["translationsId"];

    let pt = world.ask(write(json!({
        "lang": "pt", "title": "Cenouras", "body": "Frescas.", "published": true, "translationsId": of
    })));
    let pt = pt.await.value::<Value>();

    assert_eq!(
        (&pt["translationsId"], found(&world, "pt", "cenouras").await),
        (of, vec![pt["id"].as_str().unwrap().to_owned()])
    );
    assert_eq!(found(&world, "es", "zanahorias").await.len(), 1, "the other language is still there");
    for (body, field) in [
        (json!({ "lang": "pt", "title": "Outras", "body": "x", "translationsId": of }), "lang"),
        (json!({ "lang": "en", "title": "Carrots", "body": "x", "translationsId": "nothing" }), "translationsId"),
        (json!({ "lang": "fr", "title": "Carottes", "body": "x" }), "lang"),
        (json!({ "lang": "en", "title": " ", "body": "", "translationsId": of }), "title"),
    ] {
        let answer = world.ask(write(body)).await;
        assert_eq!((answer.status.as_u16(), problem(&answer)["field"].as_str()), (422, Some(field)));
    }
    let path = format!("/api/v1/articles/{}", pt["id"].as_str().unwrap());
    let hide = get(path).method("PATCH").bearer(&token).json(&json!({ "chatWidgetIds": [] }));
    assert_eq!(world.ask(hide).await.status, 200);
    assert_eq!(found(&world, "es", "zanahorias").await, Vec::<String>::new(), "whoever shows it shows all of it");

    // Who administers sees which program it was.
    let marta = world.sign_in(MARTA).await;
    let base: domain::knowledge::Base = world.ask(world.function("knowledge/list", &marta, &json!({}))).await.ok();
    let line = base.lines.iter().find(|line| line.id == of.as_str().unwrap()).unwrap();
    assert_eq!((line.changed_by.as_str(), line.titles.len()), ("API · ERP", 2));
}

#[tokio::test]
async fn an_article_that_was_changed_under_a_key_is_not_changed_again_over_what_came_after_it() {
    let world = World::new().await;
    let token = world.secret(&SCOPES).await;
    let new = json!({ "lang": "es", "title": "Zanahorias", "body": "Frescas." });
    let id = world.ask(post("/api/v1/articles").bearer(&token).json(&new)).await.value::<Value>()["id"].clone();
    let path = format!("/api/v1/articles/{}", id.as_str().unwrap());
    let change = |body: &str| get(path.clone()).method("PATCH").bearer(&token).json(&json!({ "body": body }));
    let keyed = |body: &str| change(body).header("idempotency-key", "k-1");
    world.ask(keyed("Heladas.")).await.ok::<Value>();
    world.loses_its_answers().await;
    world.ask(change("Cocidas.")).await.ok::<Value>();

    world.ask(keyed("Heladas.")).await.ok::<Value>();

    assert_eq!(world.asks_api(&token, &path).await["body"], "Cocidas.");
}

#[tokio::test]
async fn a_token_that_only_writes_reads_no_draft_by_what_it_is_answered() {
    let world = World::new().await;
    let (reads, writes) = (world.secret(&SCOPES).await, world.secret(&[Scope::WriteArticles]).await);
    let new = json!({ "lang": "es", "title": "Zanahorias", "body": "Frescas." });
    let id = world.ask(post("/api/v1/articles").bearer(&reads).json(&new)).await.value::<Value>()["id"].clone();
    let path = format!("/api/v1/articles/{}", id.as_str().unwrap());

    let answer = world.ask(get(path).method("PATCH").bearer(&writes).json(&json!({}))).await;

    let seen = answer.ok::<Value>();
    assert_eq!((&seen["id"], &seen["published"]), (&id, &json!(false)));
    assert!(!answer.text().to_lowercase().contains("zanahoria"), "{}", answer.text());
}
