//! Photos of agents: sent by themselves, and shown to whoever knows them.

use super::file::{hear_out, next, place, said_size};
use crate::program::{Call, Program};
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderValue, Response, StatusCode, header};
use desk::Error;
use domain::Refusal;
use std::sync::Arc;

/// So long a browser asks no more, in seconds.
const FRESH: HeaderValue = HeaderValue::from_static("public, max-age=60");

/// My own, as the body of the request.
pub async fn take(State(program): State<Arc<Program>>, call: Call, mut body: Body) -> Response<Body> {
    let answer = async {
        let token = program.session(&call.headers).ok_or(Refusal::SignedOut)?;
        program.limits.staff_act(&token)?;
        let signed = program.desk.session(&token).await?;
        let _place = place(&program, &signed.agent.face.id)?;
        let size = said_size(&call.headers);
        let declared = call.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let mut photo = match program.desk.begin_photo(declared, size).await {
            Ok(photo) => photo,
            Err(why) => {
                hear_out(size, &mut body).await;
                return Err(why);
            }
        };
        while let Some(piece) = next(&mut body).await? {
            photo.write(&piece).await?;
        }
        photo.finish(&signed, &call.whence(&program)).await
    };
    call.answer(answer.await)
}

pub async fn small(state: State<Arc<Program>>, call: Call, agent: super::Id) -> Response<Body> {
    shown(state, call, agent, false).await
}

pub async fn large(state: State<Arc<Program>>, call: Call, agent: super::Id) -> Response<Body> {
    shown(state, call, agent, true).await
}

/// Nobody there and nothing to show are the same answer, and no error: whoever asks has letters to draw instead.
async fn shown(State(program): State<Arc<Program>>, call: Call, agent: super::Id, large: bool) -> Response<Body> {
    let answer = async { program.desk.photo(&super::id(agent)?, large).await };
    let photo = match answer.await {
        Ok(photo) => photo,
        Err(Error::Refused(_)) => None,
        Err(broken) => return call.page(&program, broken),
    };
    let mut response = Response::new(Body::empty());
    response.headers_mut().insert(header::CACHE_CONTROL, FRESH);
    let Some((bytes, since)) = photo else {
        *response.status_mut() = StatusCode::NO_CONTENT;
        return response;
    };
    let tag = format!("\"{}\"", since.0);
    let known = call.headers.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes());
    if let Ok(tag) = HeaderValue::try_from(tag) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    if known {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        return response;
    }
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("image/jpeg"));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(bytes.len()));
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static("inline"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("sandbox; default-src 'none'"));
    *response.body_mut() = Body::from(bytes);
    response
}
