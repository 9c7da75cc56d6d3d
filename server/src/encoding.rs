//! The two encodings of everything that travels: postcard for our own widget, JSON for everybody.

use crate::fault;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header};
use desk::Error;
use domain::wire::{BODY_LIMIT, POSTCARD};
use domain::{Refusal, Trouble};
use http_body_util::BodyExt;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::time::Duration;

/// How long a body may take to arrive: a message on a slow phone, and no more.
const PATIENCE: Duration = Duration::from_secs(10);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    Json,
    Postcard,
}

impl Encoding {
    /// What the caller wants to hear: JSON, unless he says otherwise.
    pub fn wanted(headers: &HeaderMap) -> Encoding {
        let says = |name: HeaderName| headers.get(name).is_some_and(|value| is(value, POSTCARD));
        if says(header::ACCEPT) || !headers.contains_key(header::ACCEPT) && says(header::CONTENT_TYPE) {
            Encoding::Postcard
        } else {
            Encoding::Json
        }
    }

    /// What the caller says that his body is.
    fn sent(headers: &HeaderMap) -> Result<Encoding, Refusal> {
        match headers.get(header::CONTENT_TYPE) {
            Some(kind) if is(kind, POSTCARD) => Ok(Encoding::Postcard),
            Some(kind) if is(kind, "application/json") => Ok(Encoding::Json),
            _ => Err(Refusal::Malformed),
        }
    }

    pub fn media(self) -> &'static str {
        match self {
            Encoding::Json => "application/json",
            Encoding::Postcard => POSTCARD,
        }
    }

    pub fn write<T: Serialize>(self, value: &T) -> Result<Vec<u8>, desk::Fault> {
        match self {
            Encoding::Json => serde_json::to_vec(value)
                .map_err(|why| desk::Fault::new(format!("an answer does not become JSON: {why}"))),
            Encoding::Postcard => postcard::to_allocvec(value)
                .map_err(|why| desk::Fault::new(format!("an answer does not become postcard: {why}"))),
        }
    }

    /// Reads the whole of it: what is left over was not meant.
    pub fn read<T: DeserializeOwned>(self, bytes: &[u8]) -> Result<T, Refusal> {
        match self {
            Encoding::Json => serde_json::from_slice(bytes).map_err(|_| Refusal::Malformed),
            Encoding::Postcard => match postcard::take_from_bytes(bytes) {
                Ok((value, [])) => Ok(value),
                _ => Err(Refusal::Malformed),
            },
        }
    }

    /// The answer of a door: 200 and the value, or a status and the trouble, in one encoding.
    pub fn answer<T: Serialize>(self, answer: Result<T, Error>) -> Response<Body> {
        let written = answer.and_then(|value| Ok(self.write(&value)?));
        match written {
            Ok(bytes) => self.response(StatusCode::OK, bytes),
            Err(error) => self.trouble(&fault::trouble(error)),
        }
    }

    pub fn trouble(self, trouble: &Trouble) -> Response<Body> {
        // A trouble holds nothing that fails to encode; were it so, the status would still tell.
        let bytes = self.write(trouble).unwrap_or_else(|_| Vec::new());
        let mut response = self.response(fault::status(trouble), bytes);
        fault::tell_when(trouble, response.headers_mut());
        response
    }

    fn response(self, status: StatusCode, bytes: Vec<u8>) -> Response<Body> {
        let mut response = Response::new(Body::from(bytes));
        *response.status_mut() = status;
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(self.media()));
        response
    }
}

fn is(value: &HeaderValue, media: &str) -> bool {
    let kind = value.as_bytes().split(|b| *b == b';').next().unwrap_or(&[]);
    kind.trim_ascii().eq_ignore_ascii_case(media.as_bytes())
}

/// Reads a body of what it says it is.
pub async fn read<T: DeserializeOwned>(headers: &HeaderMap, body: Body) -> Result<T, Error> {
    let encoding = Encoding::sent(headers)?;
    Ok(encoding.read(&whole(headers, body).await?)?)
}

/// As [`read`], for a frame that may be no bigger than on a socket.
pub async fn read_frame<T: DeserializeOwned>(headers: &HeaderMap, body: Body, limit: usize) -> Result<T, Error> {
    let encoding = Encoding::sent(headers)?;
    Ok(encoding.read(&arrived(headers, body, limit, PATIENCE).await?)?)
}

/// A whole body, unless it is too big or takes too long; of a too big one no more than the limit
/// is read.
pub async fn whole(headers: &HeaderMap, body: Body) -> Result<Bytes, Refusal> {
    arrived(headers, body, BODY_LIMIT, PATIENCE).await
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
    use domain::event::Wish;

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
            assert_eq!(Encoding::wanted(&said), wanted, "{said:?}");
        }
    }

    #[test]
    fn what_is_left_over_is_malformed() {
        let wish = Wish { id: "0123456789abcdef".into(), act: domain::Act::Close };
        for encoding in [Encoding::Json, Encoding::Postcard] {
            let mut bytes = encoding.write(&wish).unwrap();
            assert_eq!(encoding.read::<Wish>(&bytes), Ok(wish.clone()));
            bytes.push(7);
            assert_eq!(encoding.read::<Wish>(&bytes), Err(Refusal::Malformed));
            assert_eq!(encoding.read::<Wish>(&[]), Err(Refusal::Malformed));
            assert_eq!(encoding.read::<Wish>(&[255; 64]), Err(Refusal::Malformed));
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
