//! The way into the one socket: whose page asks, how often, and in which encoding.

use crate::encoding::Encoding;
use crate::line::Line;
use crate::program::{Call, Program};
use crate::socket::{self, Greeting};
use axum::extract::State;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::response::Response;
use desk::Error;
use domain::Refusal;
use domain::wire::{FRAME_LIMIT, PROTOCOL_JSON, PROTOCOL_POSTCARD};
use std::sync::Arc;

/// Left alone the stack takes 128 KiB for each socket, and most sockets are idle.
const READ_BUFFER: usize = 1024;
/// Frames that are told at once go in one write, up to here.
const WRITE_BUFFER: usize = 4 * 1024;
const WRITE_BUFFER_MOST: usize = 64 * 1024;

type Upgrade = Result<WebSocketUpgrade, WebSocketUpgradeRejection>;

pub async fn enter(State(program): State<Arc<Program>>, call: Call, upgrade: Upgrade) -> Response {
    // A page of another site would come with our agent's cookie.
    if !program.is_own(&call.headers) {
        tracing::info!(address = %call.kept(&program), "refused: a socket for another site");
        return call.answer::<()>(Err(Refusal::ForeignSite.into()));
    }
    let ready = || {
        let upgrade = upgrade.map_err(|_| Refusal::Malformed)?;
        program.limits.socket(call.address)?;
        let greeting = Greeting::begin(&program, call.address)?;
        Ok::<_, Error>((upgrade, greeting))
    };
    let (upgrade, greeting) = match ready() {
        Ok(ready) => ready,
        Err(error) => return call.answer::<()>(Err(error)),
    };
    let session = program.session(&call.headers);
    let upgrade = upgrade
        .protocols([PROTOCOL_POSTCARD, PROTOCOL_JSON])
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(WRITE_BUFFER)
        .max_write_buffer_size(WRITE_BUFFER_MOST)
        .max_message_size(FRAME_LIMIT)
        .max_frame_size(FRAME_LIMIT);
    let postcard = upgrade.selected_protocol().is_some_and(|protocol| protocol == PROTOCOL_POSTCARD);
    let encoding = if postcard { Encoding::Postcard } else { Encoding::Json };
    upgrade.on_upgrade(move |wire| socket::serve(program, Line::socket(wire, encoding), session, greeting))
}
