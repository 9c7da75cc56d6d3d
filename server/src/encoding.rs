//! What a caller sends and wants to hear, in one of the two encodings: bodies in, answers out.

use crate::fault;
pub use app::encoding::Encoding;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use desk::Error;
use domain::wire::BODY_LIMIT;
use domain::{Refusal, Trouble};
use http_body_util::BodyExt;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::time::Duration;

/// How long a body may take to arrive: a message on a slow phone, and no more.
const PATIENCE: Duration = Duration::from_secs(10);

/// What the caller wants to hear: JSON, unless he says otherwise.
pub fn wanted(headers: &HeaderMap) -> Encoding {
    let asked = headers.get(header::ACCEPT).or_else(|| headers.get(header::CONTENT_TYPE));
    asked.and_then(named).unwrap_or(Encoding::Json)
}

/// What the caller says that his body is.
fn sent(headers: &HeaderMap) -> Result<Encoding, Refusal> {
    headers.get(header::CONTENT_TYPE).and_then(named).ok_or(Refusal::Malformed)
}

fn named(media: &HeaderValue) -> Option<Encoding> {
    Encoding::named(media.to_str().ok()?)
}

/// The answer of a door: 200 and the value, or a status and the trouble, in one encoding.
pub fn answer<T: Serialize>(encoding: Encoding, answer: Result<T, Error>) -> Response<Body> {
    let written = answer.and_then(|value| Ok(encoding.write(&value)?));
    match written {
        Ok(bytes) => response(encoding, StatusCode::OK, bytes),
        Err(error) => trouble(encoding, &fault::trouble(error)),
    }
}

pub fn trouble(encoding: Encoding, trouble: &Trouble) -> Response<Body> {
    // A trouble holds nothing that fails to encode; were it so, the status would still tell.
    let bytes = encoding.write(trouble).unwrap_or_else(|_| Vec::new());
    let mut response = response(encoding, fault::status(trouble), bytes);
    fault::tell_when(trouble, response.headers_mut());
    response
}

fn response(encoding: Encoding, status: StatusCode, bytes: Vec<u8>) -> Response<Body> {
    let mut response = Response::new(Body::from(bytes));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(encoding.media()));
    response
}

/// Reads a body of what it says it is.
pub async fn read<T: DeserializeOwned>(headers: &HeaderMap, body: Body) -> Result<T, Error> {
    let encoding = sent(headers)?;
    Ok(encoding.read(&whole(headers, body).await?)?)
}

/// As [`read`], for a frame that may be no bigger than on a socket.
pub async fn read_frame<T: DeserializeOwned>(headers: &HeaderMap, body: Body, limit: usize) -> Result<T, Error> {
    let encoding = sent(headers)?;
    Ok(encoding.read(&arrived(headers, body, limit, PATIENCE).await?)?)
}

/// A whole body, unless it is too big or takes too long; of a too big one no more than the limit
/// is read.
pub async fn whole(headers: &HeaderMap, body: Body) -> Result<Bytes, Refusal> {
    whole_within(headers, body, BODY_LIMIT).await
}

/// As [`whole`], for what has a limit of its own.
pub async fn whole_within(headers: &HeaderMap, body: Body, limit: usize) -> Result<Bytes, Refusal> {
    arrived(headers, body, limit, PATIENCE).await
}

async fn arrived(headers: &HeaderMap, mut body: Body, limit: usize, within: Duration) -> Result<Bytes, Refusal> {
    let too_big = Refusal::TooBig { limit: limit as u32 };
    let said = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if said.is_some_and(|length| length > limit) {
        return Err(too_big);
    }
    let read = async {
        let mut bytes = Vec::with_capacity(said.unwrap_or(0));
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|_| Refusal::Malformed)?;
            if let Some(data) = frame.data_ref() {
                if bytes.len() + data.len() > limit {
                    return Err(too_big);
                }
                bytes.extend_from_slice(data);
            }
        }
        Ok(Bytes::from(bytes))
    };
    tokio::time::timeout(within, read).await.unwrap_or(Err(Refusal::Malformed))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderName;
    use domain::wire::POSTCARD;

    fn headers(all: &[(HeaderName, &str)]) -> HeaderMap {
        all.iter().map(|(name, value)| (name.clone(), value.parse().unwrap())).collect()
    }

    #[test]
    fn json_is_spoken_unless_the_caller_says_otherwise() {
        for (said, wanted) in [
            (headers(&[]), Encoding::Json),
            (headers(&[(header::ACCEPT, "*/*"), (header::CONTENT_TYPE, POSTCARD)]), Encoding::Json),
            (headers(&[(header::CONTENT_TYPE, POSTCARD)]), Encoding::Postcard),
            (headers(&[(header::ACCEPT, "Application/X-Postcard; v=1")]), Encoding::Postcard),
        ] {
            assert_eq!(super::wanted(&said), wanted, "{said:?}");
        }
    }

    #[tokio::test]
    async fn a_body_that_never_ends_is_read_up_to_the_limit() {
        let endless = futures_util::stream::repeat_with(|| Ok::<_, std::io::Error>(Bytes::from_static(&[b' '; 1024])));

        let read = whole(&HeaderMap::new(), Body::from_stream(endless)).await;

        assert_eq!(read, Err(Refusal::TooBig { limit: BODY_LIMIT as u32 }));
    }

    #[tokio::test]
    async fn a_body_that_never_comes_is_given_up() {
        let never = futures_util::stream::pending::<Result<Bytes, std::io::Error>>();

        let read = arrived(&HeaderMap::new(), Body::from_stream(never), BODY_LIMIT, Duration::from_millis(1)).await;

        assert_eq!(read, Err(Refusal::Malformed));
    }
}
