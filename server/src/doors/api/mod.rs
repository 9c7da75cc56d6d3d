//! The API: what other programs read and write here, each with a token (`docs/api.md`).
//!
//! What it says is made of the same answers as the console's, and what it changes goes by the same rules; it answers no
//! page of another site.

mod articles;
mod cursor;
mod lists;
mod once;
mod page;
mod people;
pub mod problem;
mod tickets;
mod view;

use crate::encoding::whole_within;
use crate::program::Program;
use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Response, Uri, header};
use axum::routing::{get, post};
use domain::Time;
use problem::{No, Unread};
use serde::de::{DeserializeOwned, IgnoredAny};
use std::sync::Arc;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

/// Rows of a page, where nobody says how many.
const USUAL: usize = 50;
/// The most rows of a page.
const MOST: usize = 100;

/// All of its addresses.
pub fn add(doors: Router<Arc<Program>>) -> Router<Arc<Program>> {
    doors
        .route("/api", get(page::show))
        .route("/api/v1/openapi.json", get(document))
        .route("/api/v1/chats", get(lists::chats))
        .route("/api/v1/chats/{chat}", get(lists::chat))
        .route("/api/v1/chats/{chat}/messages", get(lists::messages))
        .route("/api/v1/tickets", get(tickets::list).post(tickets::open))
        .route("/api/v1/tickets/{ticket}", get(tickets::read).patch(tickets::change))
        .route("/api/v1/tickets/{ticket}/history", get(tickets::history))
        .route("/api/v1/tickets/{ticket}/notes", post(tickets::note))
        .route("/api/v1/tickets/{ticket}/replies", post(tickets::reply))
        .route("/api/v1/statuses", get(lists::statuses))
        .route("/api/v1/custom-fields", get(lists::custom_fields))
        .route("/api/v1/people", get(people::list).post(people::add))
        .route("/api/v1/people/{person}", get(people::read).patch(people::change).delete(people::erase))
        .route("/api/v1/people/{person}/block", post(people::block))
        .route("/api/v1/people/{person}/unblock", post(people::unblock))
        .route("/api/v1/groups", get(lists::groups))
        .route("/api/v1/groups/{group}", get(lists::group))
        .route("/api/v1/applications", get(lists::applications))
        .route("/api/v1/applications/{application}", get(lists::application))
        .route("/api/v1/articles", get(articles::list).post(articles::add))
        .route("/api/v1/articles/{article}", get(articles::read).patch(articles::change))
        .route("/api/v1/sections", get(articles::sections))
        .route("/api/v1/indicators", get(lists::indicators))
        .route("/api/v1/monitor", get(lists::monitor))
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Recado",
        version = "1",
        description = "What another program reads and writes in this house. Every request shows a token, which an \
                       administrator makes under Ajustes → Tokens de API; it reaches what it was made for."
    ),
    paths(
        lists::chats,
        lists::chat,
        lists::messages,
        tickets::list,
        tickets::open,
        tickets::read,
        tickets::change,
        tickets::history,
        tickets::note,
        tickets::reply,
        lists::statuses,
        lists::custom_fields,
        people::list,
        people::add,
        people::read,
        people::change,
        people::erase,
        people::block,
        people::unblock,
        lists::groups,
        lists::group,
        lists::applications,
        lists::application,
        articles::list,
        articles::add,
        articles::read,
        articles::change,
        articles::sections,
        lists::indicators,
        lists::monitor,
    ),
    components(schemas(problem::Problem)),
    modifiers(&Secured)
)]
struct Document;

struct Secured;

impl Modify for Secured {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("token", SecurityScheme::Http(bearer));
    }
}

/// The document, for whoever asks: it holds nothing of this house.
async fn document(State(_): State<Arc<Program>>) -> Response<Body> {
    // Types of ours say all of it; were one of them not to encode, the answer would be empty, and its story fails.
    let mut response = Response::new(Body::from(Document::openapi().to_json().unwrap_or_default()));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}

/// What stands behind the question mark, in parts.
fn pairs(uri: &Uri) -> Result<Vec<(String, String)>, No> {
    let text = uri.query().unwrap_or_default();
    let pairs: Vec<(String, String)> =
        serde_urlencoded::from_str(text).map_err(|why| No::unread("query", &why.to_string()))?;
    // No database holds a NUL, and nothing is called so; nor is anything called nothing.
    match pairs.iter().find(|(name, value)| name.is_empty() || name.contains('\0') || value.contains('\0')) {
        Some((name, _)) if name.is_empty() => Err(No::wrong("query")),
        Some((name, _)) => Err(No::Unread(name.clone(), Unread::Nul)),
        None => Ok(pairs),
    }
}

/// The same as one value of optional fields: each is there once.
fn query<T: DeserializeOwned>(uri: &Uri) -> Result<T, No> {
    let text = uri.query().unwrap_or_default();
    let mut seen: Vec<String> = Vec::new();
    for (part, (name, _)) in text.split('&').filter(|part| !part.is_empty()).zip(pairs(uri)?) {
        if seen.contains(&name) {
            return Err(No::Unread(name, Unread::Twice));
        }
        // By itself, since what is wrong with all of them is said without a name; none needs another.
        serde_urlencoded::from_str::<T>(part).map_err(|why| No::unread(&name, &why.to_string()))?;
        seen.push(name);
    }
    serde_urlencoded::from_str(text).map_err(|why| No::unread("query", &why.to_string()))
}

/// A body of JSON of so many bytes at the most, and its text.
async fn body_within<T: DeserializeOwned>(headers: &HeaderMap, body: Body, limit: usize) -> Result<(T, String), No> {
    let media = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media = media.split(';').next().unwrap_or_default().trim();
    if !media.eq_ignore_ascii_case("application/json") {
        return Err(No::NotJson);
    }
    let bytes = whole_within(headers, body, limit).await?;
    let whole = |why| No::Unread(String::new(), why);
    let text = String::from_utf8(bytes.to_vec()).map_err(|_| whole(Unread::NotUtf8))?;
    // First of all, since what is JSON and no word of a list fails below as if it were none.
    serde_json::from_str::<IgnoredAny>(&text).map_err(|why| whole(Unread::NotJson(why.line(), why.column())))?;
    // No database holds it.
    if holds_nul(&text) {
        return Err(whole(Unread::Nul));
    }
    let mut reader = serde_json::Deserializer::from_str(&text);
    let value = serde_path_to_error::deserialize(&mut reader)
        .map_err(|why| No::unread(&why.path().to_string(), &why.inner().to_string()))?;
    Ok((value, text))
}

/// Does a text in this JSON hold a NUL? After a backslash that is one itself, these letters are only letters.
fn holds_nul(json: &str) -> bool {
    json.match_indices("\\u0000").any(|(at, _)| {
        let before = json.as_bytes()[..at].iter().rev().take_while(|byte| **byte == b'\\').count();
        before % 2 == 0
    })
}

fn limit(asked: Option<u32>) -> Result<usize, No> {
    match asked {
        None => Ok(USUAL),
        Some(n) if (1..=MOST as u32).contains(&n) => Ok(n as usize),
        Some(_) => Err(No::wrong("limit")),
    }
}

/// Where a page of a list from the newest on begins.
fn place(after: Option<&str>) -> Result<Option<(i64, String)>, No> {
    let Some(after) = after else { return Ok(None) };
    let place = after.rsplit_once('~').and_then(|(id, at)| Some((at.parse().ok()?, id.to_owned())));
    place.filter(|(_, id)| !id.is_empty()).map(Some).ok_or_else(|| No::wrong("after"))
}

fn written((at, id): (i64, String)) -> String {
    format!("{id}~{at}")
}

/// A moment as RFC 3339 writes it.
fn moment(name: &str, text: Option<&str>) -> Result<Option<Time>, No> {
    let Some(text) = text else { return Ok(None) };
    let read = chrono::DateTime::parse_from_rfc3339(text).map_err(|_| No::wrong(name))?;
    Ok(Some(Time(read.timestamp_millis())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_read_as_it_is_written() {
        let at = (1_795_348_805_250, "0123-ab".to_owned());

        assert_eq!(place(Some(&written(at.clone()))).unwrap(), Some(at));
        for odd in ["", "x", "x~y", "~5", "a~99999999999999999999"] {
            assert!(place(Some(odd)).is_err(), "{odd}");
        }
    }

    #[test]
    fn a_nul_is_found_and_a_text_about_one_is_not() {
        for nul in [r#"{"a":"\u0000"}"#, r#"["x\\\u0000"]"#] {
            assert!(holds_nul(nul) && serde_json::from_str::<serde_json::Value>(nul).is_ok(), "{nul}");
        }
        for none in [r#"{"a":"\\u0000"}"#, r#"["\u0001", "u0000", "\\"]"#] {
            assert!(!holds_nul(none), "{none}");
        }
    }

    #[test]
    fn a_moment_says_its_zone() {
        assert_eq!(moment("from", Some("2026-11-22T12:00:05.250Z")).unwrap(), Some(Time(1_795_348_805_250)));
        assert_eq!(moment("from", Some("2026-11-22T09:00:05-03:00")).unwrap(), Some(Time(1_795_348_805_000)));
        for odd in ["2026-11-22", "2026-11-22T12:00:05", "x"] {
            assert!(moment("from", Some(odd)).is_err(), "{odd}");
        }
    }
}
