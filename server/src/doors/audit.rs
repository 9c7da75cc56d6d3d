//! The log of who did what as a file: for whoever may read it on the screen, and no more of it (S19).

use super::download;
use crate::audit::{lines_json, lines_table};
use crate::program::{Call, Program};
use axum::body::Body;
use axum::extract::State;
use axum::http::{Response, Uri};
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
        let (pairs, as_json) = download::asked(&uri, "jsonl")?;
        let filter = Filter::read(pairs.into_iter())?;
        let lines = program.desk.all_audit(&signed, &filter, &call.whence(&program)).await?;
        Ok::<_, Error>((if as_json { lines_json(&lines) } else { lines_table(&lines) }, as_json))
    };
    match answer.await {
        Ok((body, true)) => {
            download::file(body, "application/jsonl; charset=utf-8", "attachment; filename=\"recado-log.jsonl\"")
        }
        Ok((body, false)) => download::file(body, "text/csv; charset=utf-8", "attachment; filename=\"recado-log.csv\""),
        Err(error) => call.page(&program, error),
    }
}
