//! Numbers, and the chats behind one, as a file: for whoever may see them on the screen, and no more (S19).

use super::download;
use crate::indicators::{figures_table, json, rows_json, rows_table};
use crate::program::{Call, Program};
use axum::body::Body;
use axum::extract::State;
use axum::http::{Response, Uri};
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
        let (pairs, as_json) = download::asked(&uri, "json")?;
        let query = Query::read(pairs.into_iter()).map_err(Refusal::from)?;
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
        Ok::<_, Error>((body, as_json))
    };
    match answer.await {
        Ok((body, true)) => download::file(body, "application/json", "attachment; filename=\"recado-indicators.json\""),
        Ok((body, false)) => {
            download::file(body, "text/csv; charset=utf-8", "attachment; filename=\"recado-indicators.csv\"")
        }
        Err(error) => call.page(&program, error),
    }
}

fn written(value: &serde_json::Value) -> Result<String, Error> {
    serde_json::to_string_pretty(value).map_err(|why| Error::Broken(Fault::from(why)))
}
