//! Numbers, and the chats behind one, as a file: for whoever may see them on the screen, and no more (S19).

use crate::indicators::{figures_table, json, rows_json, rows_table};
use crate::program::{Call, Program};
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderValue, Response, Uri, header};
use desk::{Error, Fault};
use domain::Refusal;
use domain::indicators::Query;
use std::sync::Arc;

/// `?behind=…` and whatever else the address of the screen says; `format` is `csv` or `json`.
pub async fn export(State(program): State<Arc<Program>>, call: Call, uri: Uri) -> Response<Body> {
    let answer = async {
        let token = program.session(&call.headers).ok_or(Refusal::SignedOut)?;
        program.limits.staff_act(&token)?;
        let agent = program.desk.session(&token).await?.agent;
        let pairs: Vec<(String, String)> =
            serde_urlencoded::from_str(uri.query().unwrap_or_default()).map_err(|_| Refusal::Malformed)?;
        let format = pairs.iter().find(|(key, _)| key == "format").map_or("csv", |(_, value)| value.as_str());
        let as_json = match format {
            "csv" => false,
            "json" => true,
            _ => return Err(Error::from(Refusal::Malformed)),
        };
        let query = Query::read(pairs.into_iter().filter(|(key, _)| key != "format"))?;
        let body = match query.behind {
            Some(indicator) => {
                let rows = program.desk.all_behind(&agent, &query, indicator, &call.whence(&program)).await?;
                if as_json { written(&rows_json(&rows))? } else { rows_table(&rows) }
            }
            None => {
                let report = program.desk.indicators(&agent, query.period, &query.filter).await?;
                if as_json { written(&json(&report))? } else { figures_table(&report) }
            }
        };
        Ok((body, as_json))
    };
    match answer.await {
        Ok((body, as_json)) => {
            let mut response = Response::new(Body::from(body));
            let (media, name) = match as_json {
                true => ("application/json", "attachment; filename=\"recado-indicators.json\""),
                false => ("text/csv; charset=utf-8", "attachment; filename=\"recado-indicators.csv\""),
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

fn written(value: &serde_json::Value) -> Result<String, Error> {
    serde_json::to_string_pretty(value).map_err(|why| Error::Broken(Fault::from(why)))
}
