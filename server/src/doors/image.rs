//! Pictures of articles: sent by who administers the system, and shown to whoever reads.

use super::file::{hear_out, next, place, said_size};
use crate::program::{Call, Program};
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderValue, Response, StatusCode, header};
use desk::Error;
use domain::Refusal;
use std::sync::Arc;

/// What an id shows never changes.
const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

/// One of his own making, as the body of the request. Answers with its width and height.
pub async fn take(State(program): State<Arc<Program>>, call: Call, image: super::Id, mut body: Body) -> Response<Body> {
    let answer = async {
        let token = program.session(&call.headers).ok_or(Refusal::SignedOut)?;
        program.limits.staff_act(&token)?;
        let signed = program.desk.session(&token).await?;
        let image = super::id(image)?;
        let _place = place(&program, &signed.agent.face.id)?;
        let size = said_size(&call.headers);
        let declared = call.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let mut arriving = match program.desk.begin_image(&signed, &image, declared, size).await {
            Ok(arriving) => arriving,
            Err(why) => {
                hear_out(size, &mut body).await;
                return Err(why);
            }
        };
        while let Some(piece) = next(&mut body).await? {
            arriving.write(&piece).await?;
        }
        arriving.finish(&signed).await
    };
    call.answer(answer.await)
}

/// A picture as it was made here, and nothing that a browser could take for anything else.
pub async fn show(State(program): State<Arc<Program>>, call: Call, image: super::Id) -> Response<Body> {
    let answer = async { program.desk.image(&super::id(image)?).await };
    let (bytes, media) = match answer.await {
        Ok(Some(found)) => found,
        Ok(None) | Err(Error::Refused(_)) => {
            let mut response = Response::new(Body::empty());
            *response.status_mut() = StatusCode::NOT_FOUND;
            return response;
        }
        Err(broken) => return call.page(&program, broken),
    };
    let mut response = Response::new(Body::empty());
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, FOR_EVER);
    // It was one of three kinds when it was kept.
    let media = HeaderValue::try_from(media).unwrap_or(HeaderValue::from_static("application/octet-stream"));
    headers.insert(header::CONTENT_TYPE, media);
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(bytes.len()));
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static("inline"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("sandbox; default-src 'none'"));
    *response.body_mut() = Body::from(bytes);
    response
}
