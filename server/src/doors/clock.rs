//! The hands of the clock, for browser stories: twenty seconds in no time. Never in a release.

use crate::program::{Call, Program};
use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use desk::Error;
use domain::{Span, Time};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

#[derive(Deserialize)]
struct Move {
    advance_ms: i64,
}

#[derive(Serialize)]
struct Now {
    now: Time,
}

pub async fn advance(State(program): State<Arc<Program>>, call: Call, body: Body) -> Response {
    let answer = async {
        let Move { advance_ms } = call.read(body).await?;
        program.desk.clock().advance(Span(advance_ms));
        Ok::<_, Error>(Now { now: program.desk.now() })
    };
    call.answer(answer.await)
}

pub async fn now(State(program): State<Arc<Program>>, call: Call) -> Response {
    call.answer(Ok(Now { now: program.desk.now() }))
}
