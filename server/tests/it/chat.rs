//! The doors of the widget: what goes right.

use crate::client::{get, post};
use crate::world::{INES, KEY, World, new_id, new_token, opening, wish, words};
use domain::application::ApplicationView;
use domain::wire::{Page, Wait};

#[tokio::test]
async fn both_encodings_say_the_same() {
    let world = World::new().await;
    let (_, _console) = world.agent(INES).await;
    let ana = world.customer().await;
    let path = format!("/w/v1/chats/{}/events?after=0", ana.chat);

    let json = world.ask(get(&path).bearer(&ana.token)).await;
    let postcard = world.ask(get(&path).bearer(&ana.token).header("accept", "application/x-postcard")).await;

    assert_eq!(json.header("content-type"), "application/json");
    assert_eq!(postcard.header("content-type"), "application/x-postcard");
    assert_eq!(json.ok::<Page>(), postcard.ok::<Page>());
    assert_eq!(json.header("cache-control"), "no-store");
}

#[tokio::test]
async fn a_repeated_send_is_answered_with_the_first_result() {
    let world = World::new().await;
    let (_, _console) = world.agent(INES).await;
    let (token, chat) = (new_token(), new_id());
    let open = || post("/w/v1/chats").bearer(&token).postcard(&opening(&chat));

    let (one, other) = tokio::join!(world.ask(open()), world.ask(open()));
    let say = wish(words("Hola"));
    let path = format!("/w/v1/chats/{chat}/acts");
    let first: Page = world.ask(post(&path).bearer(&token).json(&say)).await.ok();
    let second: Page = world.ask(post(&path).bearer(&token).postcard(&say)).await.ok();

    assert_eq!(one.ok::<Page>(), other.ok::<Page>());
    assert_eq!(first, second);
    assert_eq!(first.told.len(), 1);
}

#[tokio::test]
async fn a_customer_learns_of_the_application_of_his_chat_and_of_his_wait() {
    let world = World::new().await;
    let (_, _console) = world.agent(INES).await;

    let view: ApplicationView = world.ask(get(format!("/w/v1/applications/{KEY}?lang=es"))).await.ok();
    let ana = world.customer().await;
    let open: Option<String> = world.ask(get("/w/v1/chat").bearer(&ana.token)).await.ok();
    let wait: Wait = world.ask(get(format!("/w/v1/chats/{}/wait", ana.chat)).bearer(&ana.token)).await.ok();

    assert!(view.subjects.iter().any(|subject| subject.id == "orders" && !subject.online.is_empty()), "{view:?}");
    assert_eq!(open, Some(ana.chat.clone()));
    assert_eq!(wait.place, Some(1));
}

#[tokio::test]
async fn the_frame_names_the_sites_that_may_show_it() {
    let world = World::new().await;
    let shop = format!("http://{}", world.running.shop.unwrap());

    let frame = world.ask(get(format!("/w/frame?key={KEY}&lang=pt"))).await;
    let unknown = world.ask(get("/w/frame?key=pk_nobody")).await;

    assert_eq!(frame.status, 200);
    assert!(frame.text().contains("<html lang=\"pt\">"), "{}", frame.text());
    assert!(frame.text().contains("/widget-pt-0123456789.js"), "{}", frame.text());
    let policy = frame.header("content-security-policy");
    assert!(policy.contains("frame-ancestors http://") && policy.contains(&shop), "{policy}");
    assert!(policy.contains(&format!("connect-src 'self' ws://{}", world.at)), "{policy}");
    assert_eq!(frame.header("x-frame-options"), "");
    assert_eq!(unknown.status, 404);
}

#[tokio::test]
async fn the_demo_shop_shows_the_snippet_of_the_console() {
    let world = World::new().await;
    let shop = world.running.shop.unwrap();

    let page = get("/").send(shop).await;
    let style = get("/shop.css").send(shop).await;
    let missing = get("/lampara").send(shop).await;

    let snippet = format!("<script src=\"http://{}/embed.js\" data-key=\"{KEY}\"", world.at);
    assert!(page.text().contains(&snippet), "{}", page.text());
    assert!(!page.text().contains("{{"));
    assert!(page.header("content-security-policy").contains(&format!("frame-src http://{}", world.at)));
    assert_eq!((style.status.as_u16(), missing.status.as_u16()), (200, 404));
    assert_eq!(world.ask(get("/shop/index.html")).await.status, 404);
}
