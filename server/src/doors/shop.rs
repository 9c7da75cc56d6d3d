//! The demo shop: somebody else's site, from a port of its own, which shows our widget by the very
//! snippet that the console shows.

use crate::document::{escaped, page};
use crate::headers::{self, Kind};
use crate::origin::Origin;
use crate::program::Program;
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Response, StatusCode, Uri};
use axum::middleware::{Next, from_fn_with_state};
use axum::routing::get;
use std::sync::Arc;

#[derive(Clone)]
pub struct Shop {
    pub program: Arc<Program>,
    /// Where the shop finds us.
    pub recado: Origin,
}

pub fn all(shop: Shop) -> Router {
    Router::new()
        .route("/", get(show))
        .route("/{*page}", get(show))
        .layer(from_fn_with_state(shop.clone(), dress))
        .with_state(shop)
}

async fn dress(State(shop): State<Shop>, request: Request, next: Next) -> Response<Body> {
    let mut response = next.run(request).await;
    headers::dress(response.headers_mut(), &Kind::Shop(shop.recado), None);
    response
}

/// `/lampara` is `shop/lampara.html`; whatever has an end of its own is a file.
async fn show(State(shop): State<Shop>, uri: Uri, headers: HeaderMap) -> Response<Body> {
    let name = uri.path().trim_matches('/');
    let name = if name.is_empty() { "index" } else { name };
    let found = if name.contains('.') {
        shop.program.site.answer(&format!("shop/{name}"), &headers)
    } else {
        html(&shop, name).await
    };
    found.unwrap_or_else(|| {
        let mut response = Response::new(Body::from("404"));
        *response.status_mut() = StatusCode::NOT_FOUND;
        response
    })
}

async fn html(shop: &Shop, name: &str) -> Option<Response<Body>> {
    let text = shop.program.site.text(&format!("shop/{name}.html"))?;
    let snippet = match shop.program.desk.applications().await {
        Ok(lines) => {
            let line = lines.into_iter().find(|line| line.key == desk::demo::SHOP_KEY)?;
            app::snippet::snippet(&shop.recado.to_string(), &line, None)
        }
        Err(error) => format!("<!-- {} -->", escaped(&format!("{:?}", crate::fault::trouble(error)))),
    };
    Some(page(text.replace("{{snippet}}", &snippet), Kind::Shop(shop.recado.clone())))
}
