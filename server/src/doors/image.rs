//! Pictures of articles: sent by who administers the system, and shown to whoever reads.

use super::file::{SOON, hear_out, next, place, said_size};
use crate::places::{Holder, Place};
use crate::program::{Call, Program};
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderValue, Response, StatusCode, header};
use desk::Error;
use domain::Refusal;
use futures_util::stream;
use std::convert::Infallible;
use std::sync::Arc;

/// What an id shows never changes.
const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

/// So much of one is given out at a time, in bytes.
const PIECE: usize = 64 * 1024;

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
        arriving.finish(&signed, &call.whence(&program)).await
    };
    call.answer(answer.await)
}

/// A picture as it was made here, and nothing that a browser could take for anything else.
pub async fn show(State(program): State<Arc<Program>>, call: Call, image: super::Id) -> Response<Body> {
    let answer = async {
        let image = super::id(image)?;
        // Before anything of it is read, and until the last of it is sent or nobody wants it.
        let place =
            program.places.take(Holder::Picture(call.address)).map_err(|_| Refusal::TooMany { seconds: SOON })?;
        Ok(program.desk.image(&image).await?.map(|(bytes, media)| (place, bytes, media)))
    };
    let (place, bytes, media) = match answer.await {
        Ok(Some(found)) => found,
        Err(full @ Error::Refused(Refusal::TooMany { .. })) => return call.page(&program, full),
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
    *response.body_mut() = sent(bytes.into(), place);
    response
}

/// In pieces, so that the place is held as long as somebody takes them.
fn sent(bytes: Bytes, place: Place) -> Body {
    let pieces = stream::unfold((bytes, place), |(mut rest, place)| async move {
        let piece = rest.split_to(rest.len().min(PIECE));
        (!piece.is_empty()).then_some((Ok::<_, Infallible>(piece), (rest, place)))
    });
    Body::from_stream(pieces)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::places::Places;
    use futures_util::StreamExt;

    #[tokio::test]
    async fn a_picture_holds_its_place_until_it_is_sent_or_nobody_wants_it() {
        let places = Places::new(true);
        let take = || places.take(Holder::Picture([203, 0, 113, 7].into()));
        let picture = Bytes::from(vec![7; 2 * PIECE + 1]);
        let mut all: Vec<_> = std::iter::from_fn(|| take().ok()).map(|place| sent(picture.clone(), place)).collect();
        assert!(!all.is_empty() && take().is_err());

        let mut pieces = all.pop().unwrap().into_data_stream();
        let mut come = Vec::new();
        while let Some(piece) = pieces.next().await {
            assert!(take().is_err() || come.len() + piece.as_ref().unwrap().len() == picture.len());
            come.extend_from_slice(&piece.unwrap());
        }
        assert_eq!(come, picture);
        drop(pieces);
        let place = take().unwrap();
        assert!(take().is_err());
        drop((place, all));

        assert!(take().is_ok());
    }
}
