//! Writes: each is done once, where it is asked for under a key.

use super::body_within;
use super::problem::{No, with, with_status};
use crate::program::{Call, Program};
use axum::body::Body;
use axum::http::{HeaderMap, Response, StatusCode};
use desk::{Error, Fault};
use domain::Refusal;
use domain::token::{Bearer, KEY_LIMIT, Scope};
use domain::wire::BODY_LIMIT;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

/// The key under which a write is asked for, as the document tells of it.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[allow(dead_code, reason = "the document is made from it, and nothing else")]
pub struct Key {
    /// Sent again with the same key and body, it is done once and answered alike.
    #[param(rename = "Idempotency-Key")]
    key: Option<String>,
}

/// Which write it is.
pub struct Write<'w> {
    pub scope: Scope,
    /// What it is, and of which thing: under the same key nothing else is asked.
    pub name: &'w str,
    /// The status of its answer.
    pub status: StatusCode,
    /// The largest body, in bytes.
    pub limit: usize,
}

impl<'w> Write<'w> {
    /// One that changes what is there.
    pub fn of(scope: Scope, name: &'w str) -> Write<'w> {
        Write { scope, name, status: StatusCode::OK, limit: BODY_LIMIT }
    }

    /// One that makes something.
    pub fn new(scope: Scope, name: &'w str) -> Write<'w> {
        Write { status: StatusCode::CREATED, ..Write::of(scope, name) }
    }
}

/// An answer as it is kept under its key.
#[derive(Serialize, Deserialize)]
struct Kept {
    status: u16,
    body: serde_json::Value,
}

/// What a write is asked under, if it is to be done once.
fn key(headers: &HeaderMap) -> Result<Option<String>, No> {
    let Some(value) = headers.get("idempotency-key") else { return Ok(None) };
    let key = value.to_str().ok().filter(|key| !key.is_empty() && key.len() <= KEY_LIMIT);
    key.map(|key| Some(key.to_owned())).ok_or_else(|| No::wrong("Idempotency-Key"))
}

/// Does it once, where it is asked for under a key: again, it is answered as it was. `act` gets the id under which it is
/// done, however often it is asked for.
pub async fn write<B: DeserializeOwned, T: Serialize>(
    program: &Program,
    call: &Call,
    what: Write<'_>,
    sent: Body,
    act: impl AsyncFnOnce(&Bearer, &str, B) -> Result<T, No>,
) -> Response<Body> {
    with(program, call, what.scope, async |bearer| {
        let (value, text) = body_within::<B>(&call.headers, sent, what.limit).await?;
        let Some(key) = key(&call.headers)? else {
            let done = act(bearer, &program.desk.api_act()?, value).await?;
            return with_status(what.status, serde_json::to_vec(&done).map_err(Fault::from)?);
        };
        let request = [what.name, "\n", &text].concat();
        let once = program.desk.api_once(bearer, &key, &request).await?.ok_or(No::Reused)?;
        let answer = match &once.answer {
            Some(answer) => answer.clone(),
            None => {
                let done = match act(bearer, &once.act, value).await {
                    Ok(done) => done,
                    // Whether a fault did it or not is not known.
                    Err(fault @ No::Error(Error::Broken(_))) => return Err(fault),
                    Err(refused) => {
                        program.desk.api_refused(bearer, &key, &once).await?;
                        return Err(refused);
                    }
                };
                let body = serde_json::to_value(&done).map_err(Fault::from)?;
                let kept = Kept { status: what.status.as_u16(), body };
                let kept = serde_json::to_string(&kept).map_err(Fault::from)?;
                program.desk.api_answered(bearer, &key, &request, &once, &kept).await?
            }
        };
        let kept: Kept = serde_json::from_str(&answer).map_err(Fault::from)?;
        let status = StatusCode::from_u16(kept.status)
            .map_err(|_| Error::Broken(Fault::new("an answer was kept with an impossible status")))?;
        with_status(status, serde_json::to_vec(&kept.body).map_err(Fault::from)?)
    })
    .await
}

/// A refusal of a part, by the name under which that was sent.
pub fn renamed(why: Error, name: impl Fn(String) -> String) -> No {
    No::from(match why {
        Error::Refused(Refusal::FieldWrong { field }) => Refusal::FieldWrong { field: name(field) }.into(),
        Error::Refused(Refusal::FieldMissing { field }) => Refusal::FieldMissing { field: name(field) }.into(),
        Error::Refused(Refusal::FieldTooLong { field, limit }) => {
            Refusal::FieldTooLong { field: name(field), limit }.into()
        }
        other => other,
    })
}
