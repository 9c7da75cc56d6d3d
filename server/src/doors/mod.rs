//! The doors: one file for each kind of caller.

pub mod api;
mod article;
mod audit;
#[cfg(feature = "test-clock")]
mod clock;
mod console;
mod customer;
pub mod dev;
mod download;
mod face;
pub mod file;
mod health;
mod image;
mod indicators;
mod pages;
mod portal;
pub mod shop;
mod socket;
mod stream;
mod widget;

use crate::assets::earlier_loader;
use crate::program::{Call, Program, gate, not_so, nothing};
use axum::Router;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::http::Method;
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use axum::routing::{get, post, put};
use domain::Refusal;
use std::sync::Arc;

type Id = Result<Path<String>, PathRejection>;

/// An id of the address. What cannot be one is not there.
fn id(path: Id) -> Result<String, Refusal> {
    path.map(|Path(id)| id).map_err(|_| Refusal::NotYours)
}

/// Every address of the program.
pub fn all(program: Arc<Program>) -> Router {
    let mut doors = Router::new()
        .route("/health", get(health::check))
        .route("/socket", get(socket::enter))
        .route("/stream/{line}", get(stream::listen).post(stream::say))
        .route("/w/frame", get(widget::frame))
        .route("/w/host", get(widget::host))
        .route("/w/v1/applications/{key}", get(widget::application))
        .route("/w/v1/applications/{key}/articles", get(article::find))
        .route("/w/v1/applications/{key}/articles/{article}", get(article::read))
        .route("/w/v1/applications/{key}/articles/{article}/votes", post(article::vote))
        .route("/w/v1/identity", post(widget::identify))
        .route("/w/v1/tickets", get(widget::tickets))
        .route("/w/v1/chat", get(widget::chat))
        .route("/w/v1/chats", post(widget::open))
        .route("/w/v1/messages", post(widget::leave_message))
        .route("/w/v1/chats/{chat}/events", get(widget::events))
        .route("/w/v1/chats/{chat}/wait", get(widget::wait))
        .route("/w/v1/chats/{chat}/acts", post(widget::act))
        .route("/w/v1/chats/{chat}/pass", get(file::pass_for_visitor))
        .route("/w/v1/chats/{chat}/files/{id}", put(file::from_visitor))
        .route("/api/me/photo", put(face::take))
        .route("/faces/{agent}", get(face::small))
        .route("/faces/{agent}/large", get(face::large))
        .route("/api/images/{image}", put(image::take))
        .route("/images/{image}", get(image::show))
        .route("/help/{lang}/{slug}", get(article::page))
        .route("/api/chats/{chat}/pass", get(file::pass_for_agent))
        .route("/api/chats/{chat}/files/{id}", put(file::from_agent))
        .route("/files/{file}", get(file::open))
        .route("/w/v1/chats/{chat}/transcript", get(widget::transcript))
        .route("/w/v1/chats/{chat}/mails", post(widget::mail))
        .route("/people/{customer}/export", get(customer::export))
        .route("/indicators/export", get(indicators::export))
        .route("/audit/export", get(audit::export))
        .route("/w/v1/call", get(portal::widget_line))
        .route("/portal", get(portal::home))
        .route("/portal/link", post(portal::ask_link))
        .route("/portal/enter/{secret}", get(portal::ask_enter).post(portal::enter))
        .route("/portal/identity", post(portal::identify))
        .route("/portal/new", get(portal::ask_new))
        .route("/portal/tickets", post(portal::open))
        .route("/portal/tickets/{ticket}", get(portal::read))
        .route("/portal/tickets/{ticket}/line", get(portal::follow))
        .route("/portal/tickets/{ticket}/files/{file}", get(portal::file))
        .route("/portal/tickets/{ticket}/replies", post(portal::reply))
        .route("/portal/tickets/{ticket}/chat", post(portal::talk))
        .route("/portal/line", get(portal::line))
        .route("/portal/frame", get(portal::frame))
        .route("/portal/sign-out", post(portal::sign_out))
        .route("/sign-in", get(pages::ask_sign_in).post(pages::sign_in))
        .route("/sign-in/code", get(pages::ask_code).post(pages::sign_in_with_code))
        .route("/sign-out", post(pages::sign_out))
        .route("/set-up/{link}", get(pages::ask_set_up).post(pages::set_up))
        .route("/join/{link}", get(pages::ask_join).post(pages::join));
    for path in console::PATHS {
        doors = doors.route(path, get(console::document));
    }
    for (path, method) in console::functions() {
        doors = doors.route(path, method);
    }
    let doors = api::add(doors);
    #[cfg(feature = "test-clock")]
    let doors = doors.route("/test/clock", post(clock::advance)).route("/test/now", get(clock::now));
    #[cfg(debug_assertions)]
    let doors = dev::add(doors);
    doors
        .fallback(file)
        .method_not_allowed_fallback(not_so)
        .layer(from_fn_with_state(program.clone(), gate))
        .with_state(program)
}

/// Everything else is a file of the site, or nothing.
async fn file(state: State<Arc<Program>>, call: Call, request: Request) -> Response {
    let name = request.uri().path().trim_start_matches('/');
    // The shop is another site's; it is served over there.
    let found = if name.starts_with("shop/") { None } else { state.site.answer(name, &call.headers) };
    let found = match found {
        None if name.starts_with("embed-") => match state.desk.loader(name).await {
            Ok(body) => body.map(earlier_loader),
            Err(error) => return call.page(&state, error),
        },
        found => found,
    };
    match (found, request.method()) {
        (Some(file), &Method::GET | &Method::HEAD) => file,
        (Some(_), _) => not_so(state, request).await,
        (None, _) => nothing(state, request).await,
    }
}
