//! The log of who did what as a file: for whoever may read it on the screen, and no more of it (S19).

use crate::audit::{lines_json, lines_table};
use crate::program::{Call, Program};
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderValue, Response, Uri, header};
use desk::Error;
use domain::Refusal;
use domain::audit::Filter;
use std::sync::Arc;

/// Whatever the address of the screen says; `format` is `csv` or `jsonl`.
pub async fn export(State(program): State<Arc<Program>>, call: Call, uri: Uri) -> Response<Body> {
    let answer = async {
        let token = program.session(&call.headers).ok_or(Refusal::SignedOut)?;
        program.limits.staff_act(&token)?;
        let signed = program.desk.session(&token).await?;
        let pairs: Vec<(String, String)> =
            serde_urlencoded::from_str(uri.query().unwrap_or_default()).map_err(|_| Refusal::Malformed)?;
        let format = pairs.iter().find(|(key, _)| key == "format").map_or("csv", |(_, value)| value.as_str());
        let as_json = match format {
            "csv" => false,
            "jsonl" => true,
            _ => return Err(Error::from(Refusal::Malformed)),
        };
        let filter = Filter::read(pairs.into_iter().filter(|(key, _)| key != "format"))?;
        let lines = program.desk.all_audit(&signed, &filter, &call.whence(&program)).await?;
        Ok((if as_json { lines_json(&lines) } else { lines_table(&lines) }, as_json))
    };
    match answer.await {
        Ok((body, as_json)) => {
            let mut response = Response::new(Body::from(body));
            let (media, name) = match as_json {
                true => ("application/jsonl; charset=utf-8", "attachment; filename=\"recado-log.jsonl\""),
                false => ("text/csv; charset=utf-8", "attachment; filename=\"recado-log.csv\""),
            };
            let headers = response.headers_mut();
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media));
            headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static(name));
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
            response
        }
        Err(error) => call.page(&program, error),
    }
}
