//! Everything that is kept about one person, as a file for who administers the system (S83).

use crate::program::{Call, Program};
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderValue, Response, header};
use domain::Refusal;
use std::sync::Arc;

pub async fn export(State(program): State<Arc<Program>>, call: Call, customer: super::Id) -> Response<Body> {
    let answer = async {
        let token = program.session(&call.headers).ok_or(Refusal::SignedOut)?;
        program.limits.staff_act(&token)?;
        let agent = program.desk.session(&token).await?.agent;
        program.desk.export_customer(&agent, &super::id(customer)?, &call.whence(&program)).await
    };
    match answer.await {
        Ok(all) => {
            let mut response = Response::new(Body::from(all));
            let headers = response.headers_mut();
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
            // No name of his: it would stay in a list of downloads.
            let name = HeaderValue::from_static("attachment; filename=\"recado-person.json\"");
            headers.insert(header::CONTENT_DISPOSITION, name);
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
            response
        }
        Err(error) => call.page(&program, error),
    }
}
