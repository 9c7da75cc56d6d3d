//! The doors of the console: its document at each of its addresses, and the functions it calls,
//! which `app` wrote and registered.

use crate::program::{Call, Program};
use crate::{document, encoding};
use app::caller::CookieName;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Response, StatusCode, Uri, header};
use axum::response::IntoResponse;
use axum::routing::{MethodFilter, MethodRouter, on};
use desk::Error;
use domain::hours::CALENDAR_LIMIT;
use domain::person::Agent;
use domain::profile::TONGUES;
use domain::wire::Lists;
use domain::{Refusal, article, wire};
use leptos::prelude::provide_context;
use std::sync::Arc;

/// Every view has an address, so that a reload keeps it.
pub const PATHS: &[&str] = &[
    "/",
    "/chat",
    "/chat/{chat}",
    "/tickets",
    "/tickets/{ticket}",
    "/applications",
    "/people/{customer}",
    "/answers",
    "/articles",
    "/articles/{article}",
    "/triggers",
    "/triggers/{trigger}",
    "/profile",
    "/audit",
    "/indicators",
    "/applications/{application}",
    "/applications/{application}/{tab}",
    "/monitor",
    "/settings",
    "/settings/{page}",
    "/settings/{page}/{one}",
];

/// The console, for who has signed in; anybody else is asked to.
pub async fn document(State(program): State<Arc<Program>>, call: Call, uri: Uri) -> Response<Body> {
    let answer = async {
        let token = program.session(&call.headers).ok_or(Refusal::SignedOut)?;
        let signed = program.desk.session(&token).await?;
        let path = if uri.path() == "/" { app::doors::me::home(&signed.agent) } else { uri.path() };
        let mut steps = path.split('/').skip(1);
        let view = steps.next().unwrap_or_default();
        // The conversation beside the queue is a part of its own.
        let talk = steps.next().filter(|_| view == "chat").map_or("", |_| "talk");
        let lang = words::of(&signed.lang).lang;
        // What is set seldom and by few is one part.
        let part = match view {
            "answers" | "audit" | "profile" | "triggers" => "house",
            "applications" | "articles" | "settings" => "administration",
            "indicators" | "monitor" => "numbers",
            view => view,
        };
        let me = program.desk.me(&signed).await?;
        // Without them the console asks by itself, and says what is wrong.
        let lists = match part {
            "chat" => lists(&program, &signed.agent).await,
            _ => None,
        };
        let told = document::told(&me, lists.as_ref())?;
        let queue = lists.as_ref().filter(|_| talk.is_empty()).map(|lists| (&me, lists));
        let document = document::console(&program.site, lang, signed.theme, &[part, talk], &told, queue);
        document.ok_or_else(|| Error::Broken(desk::Fault::new("the console was not built into this program")))
    };
    match answer.await {
        Ok(document) => document,
        Err(Error::Refused(Refusal::SignedOut)) => {
            let path = uri.path_and_query().map_or("/", |path| path.as_str());
            see_other(&if path == "/" { "/sign-in".into() } else { format!("/sign-in?next={}", quoted(path)) })
        }
        Err(error) => call.page(&program, error),
    }
}

/// The lists for a document, if they can be read now.
async fn lists(program: &Program, agent: &Agent) -> Option<Lists> {
    let read = program.desk.lists(agent).await;
    if let Err(Error::Broken(fault)) = &read {
        tracing::error!("the lists of a document were not read: {fault}");
    }
    read.ok()
}

/// Go there, and ask with GET.
pub fn see_other(path: &str) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SEE_OTHER;
    if let Ok(path) = HeaderValue::try_from(path) {
        response.headers_mut().insert(header::LOCATION, path);
    }
    response
}

/// A path as the value of a query.
fn quoted(path: &str) -> String {
    path.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' | b'~' => char::from(byte).to_string(),
            other => format!("%{other:02X}"),
        })
        .collect()
}

/// The server functions that registered themselves.
pub fn functions() -> Vec<(&'static str, MethodRouter<Arc<Program>>)> {
    let known = server_fn::axum::server_fn_paths();
    known.filter_map(|(path, method)| Some((path, on(MethodFilter::try_from(method).ok()?, call)))).collect()
}

/// What sends something at once, as often as its caller wishes.
const TESTS: [&str; 3] = ["/api/trigger/send", "/api/subscription/test", "/api/subscription/again"];

/// The longest body of a function, in bytes. A calendar is a file; an article comes in all its languages at once, with its titles and what
/// it is sent in.
fn limit(path: &str) -> usize {
    match path {
        "/api/knowledge/save" | "/api/knowledge/preview" => TONGUES.len() * article::BODY_LIMIT + wire::BODY_LIMIT,
        "/api/application/holidays" => CALENDAR_LIMIT + wire::BODY_LIMIT,
        _ => wire::BODY_LIMIT,
    }
}

/// Calls a server function, with the desk in its context.
async fn call(State(program): State<Arc<Program>>, call: Call, request: Request) -> Response<Body> {
    let token = program.session(&call.headers);
    let ready = async {
        if let Some(token) = &token {
            program.limits.staff_act(token)?;
            if TESTS.contains(&request.uri().path()) {
                program.limits.webhook_test(token)?;
            }
        }
        let (mut parts, body) = request.into_parts();
        let body = encoding::whole_within(&parts.headers, body, limit(parts.uri.path())).await?;
        // With these two a server function would answer a form with a redirection.
        parts.headers.remove(header::REFERER);
        parts.headers.insert(header::ACCEPT, HeaderValue::from_static(call.encoding.media()));
        Ok::<_, Error>(Request::from_parts(parts, Body::from(body)))
    };
    let request = match ready.await {
        Ok(request) => request,
        Err(error) => return call.answer::<()>(Err(error)),
    };
    let context = {
        let (desk, cookie) = (program.desk.clone(), CookieName(program.cookie_name()));
        let (loader, whence) = (program.site.loader(), call.whence(&program));
        move || {
            provide_context(loader.clone());
            provide_context(desk.clone());
            provide_context(whence.clone());
            provide_context(cookie);
        }
    };
    leptos_axum::handle_server_fns_with_context(context, request).await.into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_in_a_query_stays_one_value() {
        assert_eq!(quoted("/chat/abc?x=1&y=ñ#"), "/chat/abc%3Fx%3D1%26y%3D%C3%B1%23");
    }

    #[test]
    fn the_functions_of_the_console_are_known_by_their_fixed_addresses() {
        let all: Vec<_> = functions().into_iter().map(|(path, _)| path).collect();

        for path in [
            "/api/console/me",
            "/api/console/lists",
            "/api/chat/act",
            "/api/chat/events",
            "/api/session/end",
            "/api/ticket/save",
        ] {
            assert!(all.contains(&path), "{path} is not among {all:?}");
        }
    }
}
