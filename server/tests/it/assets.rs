//! What browsers load.

use crate::client::get;
use crate::world::World;

#[tokio::test]
async fn a_module_comes_compressed_typed_and_for_ever() {
    let world = World::new().await;

    let small = world.ask(get("/widget-0123456789.wasm").header("accept-encoding", "gzip, br")).await;
    let plain = world.ask(get("/widget-0123456789.wasm")).await;

    assert_eq!((small.header("content-encoding"), small.text()), ("br", "brotli"));
    assert_eq!((plain.header("content-encoding"), plain.header("content-type")), ("", "application/wasm"));
    assert_eq!(small.header("cache-control"), "public, max-age=31536000, immutable");
    assert_eq!(small.header("vary"), "Accept-Encoding");
    assert_ne!(small.header("etag"), plain.header("etag"));
}

#[tokio::test]
async fn the_loader_may_be_included_by_anybody_and_is_asked_for_again_soon() {
    let world = World::new().await;

    let loader = world.ask(get("/embed.js").header("origin", "https://shop.example")).await;
    let again = world.ask(get("/embed.js").header("if-none-match", loader.header("etag"))).await;

    assert_eq!(loader.header("cross-origin-resource-policy"), "cross-origin");
    assert_eq!(loader.header("access-control-allow-origin"), "*");
    assert_eq!(loader.header("cache-control"), "public, max-age=300");
    assert_eq!((again.status.as_u16(), again.text()), (304, ""));
}

#[tokio::test]
async fn a_browser_that_asks_for_the_icon_by_itself_gets_it() {
    let world = World::new().await;

    let icon = world.ask(get("/favicon.ico")).await;

    assert_eq!((icon.status.as_u16(), icon.header("content-type")), (200, "image/x-icon"));
    assert_eq!(icon.body[..4], [0, 0, 1, 0], "it is an icon");
}
