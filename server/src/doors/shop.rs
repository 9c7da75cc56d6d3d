//! The demo shop: somebody else's site, from a port of its own, which shows our widget by the very
//! snippet that the console shows.

use super::console::see_other;
use crate::document::{escaped, page};
use crate::encoding;
use crate::headers::{self, Kind};
use crate::origin::Origin;
use crate::program::Program;
use app::caller;
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, Uri, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::routing::{get, post};
use desk::demo::PEOPLE;
use domain::Time;
use std::sync::Arc;

/// Who has signed in to the shop.
const COOKIE: &str = "casanogal";

#[derive(Clone)]
pub struct Shop {
    pub program: Arc<Program>,
    /// Where the shop finds us.
    pub recado: Origin,
}

pub fn all(shop: Shop) -> Router {
    Router::new()
        .route("/", get(show))
        .route("/account", post(sign_in))
        .route("/{*page}", get(show))
        .layer(from_fn_with_state(shop.clone(), dress))
        .with_state(shop)
}

async fn dress(State(shop): State<Shop>, request: Request, next: Next) -> Response<Body> {
    let mut response = next.run(request).await;
    headers::dress(response.headers_mut(), &Kind::Shop(shop.recado), None);
    response
}

/// Whoever presses the button is who it says: it is a demo, and the shop's own business.
async fn sign_in(headers: HeaderMap, body: Body) -> Response<Body> {
    let who = match encoding::whole(&headers, body).await {
        Ok(body) => PEOPLE.iter().find(|person| body.ends_with(person.subject.as_bytes())),
        Err(_) => None,
    };
    let mut response = see_other("/");
    let cookie = format!("{COOKIE}={}; Path=/; HttpOnly; SameSite=Lax", who.map_or("", |person| person.subject));
    if let Ok(cookie) = HeaderValue::try_from(cookie) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}

/// Who has signed in, as the page shows it and its script tells it.
fn account(now: Time, headers: &HeaderMap) -> String {
    let who = caller::token_in(headers, COOKIE).and_then(|who| PEOPLE.iter().find(|person| person.subject == who));
    let button = |subject: &str, says: &str| format!("<button name=\"who\" value=\"{subject}\">{says}</button>");
    let (proof, inner) = match who {
        Some(person) => (
            format!(" data-jwt=\"{}\"", desk::demo::sign(person, now)),
            format!("<span>{}</span>{}", escaped(person.name), button("", "Salir")),
        ),
        None => {
            let all: Vec<_> = PEOPLE.iter().map(|p| button(p.subject, &format!("Entrar como {}", p.short()))).collect();
            (String::new(), all.concat())
        }
    };
    format!("<form id=\"account\" method=\"post\" action=\"/account\"{proof}>{inner}</form>")
}

/// `/lampara` is `shop/lampara.html`; whatever has an end of its own is a file.
async fn show(State(shop): State<Shop>, uri: Uri, headers: HeaderMap) -> Response<Body> {
    let name = uri.path().trim_matches('/');
    let name = if name.is_empty() { "index" } else { name };
    let found = if name.contains('.') {
        shop.program.site.answer(&format!("shop/{name}"), &headers)
    } else {
        html(&shop, name, &headers).await
    };
    found.unwrap_or_else(|| {
        let mut response = Response::new(Body::from("404"));
        *response.status_mut() = StatusCode::NOT_FOUND;
        response
    })
}

async fn html(shop: &Shop, name: &str, headers: &HeaderMap) -> Option<Response<Body>> {
    let text = shop.program.site.text(&format!("shop/{name}.html"))?;
    let snippet = match shop.program.desk.applications().await {
        Ok(lines) => {
            let line = lines.into_iter().find(|line| line.key == desk::demo::SHOP_KEY && !line.retired)?;
            app::snippet::snippet(&shop.recado.to_string(), &line, None)
        }
        Err(error) => format!("<!-- {} -->", escaped(&format!("{:?}", crate::fault::trouble(error)))),
    };
    let snippet = snippet + "\n  <script src=\"/account.js\" defer></script>";
    let account = account(shop.program.desk.now(), headers);
    let text = text.replace("{{snippet}}", &snippet).replace("{{account}}", &account);
    Some(page(text, Kind::Shop(shop.recado.clone())))
}
