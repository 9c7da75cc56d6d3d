//! Is it well? Tried, not assumed: a write that becomes durable, then a telling that is heard.

use crate::program::Program;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

/// Who asks more often hears the same again: each try is a write.
const FRESH: Duration = Duration::from_secs(1);
const PATIENCE: Duration = Duration::from_secs(5);

#[derive(Serialize)]
pub struct Health {
    well: bool,
}

pub async fn check(State(program): State<Arc<Program>>) -> (StatusCode, Json<Health>) {
    let known = *program.health.lock().unwrap_or_else(PoisonError::into_inner);
    let well = match known {
        Some((at, well)) if at.elapsed() < FRESH => well,
        _ => {
            let well = try_it(&program).await;
            *program.health.lock().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), well));
            well
        }
    };
    (if well { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }, Json(Health { well }))
}

async fn try_it(program: &Program) -> bool {
    match tokio::time::timeout(PATIENCE, program.desk.check()).await {
        Ok(Ok(())) => true,
        Ok(Err(error)) => {
            tracing::error!(%error, "not well");
            false
        }
        Err(_) => {
            tracing::error!("not well: the check did not end in time");
            false
        }
    }
}
