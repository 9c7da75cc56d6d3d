//! What an administrator takes away as a file: how it is asked for, and how it is sent.

use axum::body::Body;
use axum::http::{HeaderValue, Response, Uri, header};
use desk::Error;
use domain::Refusal;

/// The parts of an address but for its `format`, and whether that is this kind of JSON; else it is `csv`, as it comes.
pub fn asked(uri: &Uri, json: &str) -> Result<(Vec<(String, String)>, bool), Error> {
    let mut pairs: Vec<(String, String)> =
        serde_urlencoded::from_str(uri.query().unwrap_or_default()).map_err(|_| Refusal::Malformed)?;
    let format = pairs.iter().find(|(key, _)| key == "format").map_or("csv", |(_, value)| value.as_str());
    let as_json = format == json;
    if !as_json && format != "csv" {
        return Err(Refusal::Malformed.into());
    }
    pairs.retain(|(key, _)| key != "format");
    Ok((pairs, as_json))
}

/// To be kept as `disposition` says, and by no cache.
pub fn file(body: String, media: &'static str, disposition: &'static str) -> Response<Body> {
    let mut response = Response::new(Body::from(body));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media));
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static(disposition));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
