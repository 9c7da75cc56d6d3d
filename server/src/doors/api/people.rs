//! People by the API: read, added, changed, kept out and erased.

use super::cursor::Asked;
use super::lists::Pages;
use super::once::{Key, Write, write};
use super::problem::{No, NotWritten, Refused, json, with};
use super::view::{Page, PersonRow, PersonWhole};
use super::{limit, query, written};
use crate::doors::{Id, id};
use crate::program::{Call, Program};
use axum::body::Body;
use axum::extract::State;
use axum::http::{Response, Uri};
use desk::Error;
use domain::Refusal;
use domain::token::{Bearer, Scope};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

type At = State<Arc<Program>>;

/// Lists everybody who is known, the last first.
#[utoipa::path(
    get,
    path = "/api/v1/people",
    tag = "people",
    params(Pages),
    security(("token" = ["people:read"])),
    responses((status = 200, body = Page<PersonRow>), Refused)
)]
pub async fn list(State(program): At, call: Call, uri: Uri) -> Response<Body> {
    with(&program, &call, Scope::ReadPeople, async |_| {
        let pages: Pages = query(&uri)?;
        let asked = Asked::of(&["people"]);
        let before = super::place(asked.place(pages.after.as_deref())?)?;
        let (rows, next) = program.desk.api_people(before.as_ref(), limit(pages.limit)?).await?;
        let next = next.map(|next| asked.next(written(next)));
        json(&Page { items: rows.iter().map(PersonRow::from).collect(), next })
    })
    .await
}

/// Reads somebody who is known.
#[utoipa::path(
    get,
    path = "/api/v1/people/{person}",
    tag = "people",
    params(("person" = String, Path)),
    security(("token" = ["people:read"])),
    responses((status = 200, body = PersonWhole), Refused)
)]
pub async fn read(State(program): At, call: Call, person: Id) -> Response<Body> {
    with(&program, &call, Scope::ReadPeople, async |bearer| {
        json(&PersonWhole::from(&program.desk.customer(&bearer.agent, &id(person)?).await?))
    })
    .await
}

/// Who was written. No name and no address: the answer is kept under its key, and would outlive an erasure.
#[derive(Serialize, ToSchema)]
pub struct WrittenPerson {
    id: String,
    blocked: bool,
    erased: bool,
}

async fn person(program: &Program, bearer: &Bearer, id: &str) -> Result<WrittenPerson, No> {
    let customer = program.desk.customer(&bearer.agent, id).await?;
    Ok(WrittenPerson { id: customer.id, blocked: customer.blocked, erased: customer.erased })
}

/// Somebody new.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct NewPerson {
    business_name: String,
    /// The address to write to, of a ticket that is opened with the API. Nobody has proved that it is his.
    #[serde(default)]
    email: String,
}

/// Adds somebody. Nobody says that it was proved who he is.
#[utoipa::path(
    post,
    path = "/api/v1/people",
    tag = "people",
    params(Key),
    request_body = NewPerson,
    security(("token" = ["people:write"])),
    responses((status = 201, body = WrittenPerson), Refused, NotWritten)
)]
pub async fn add(State(program): At, call: Call, sent: Body) -> Response<Body> {
    let from = call.whence(&program);
    let act = async |bearer: &Bearer, act: &str, new: NewPerson| {
        program.desk.api_person(bearer, act, &new.business_name, &new.email, &from).await?;
        person(&program, bearer, act).await
    };
    write(&program, &call, Write::new(Scope::WritePeople, "POST /api/v1/people"), sent, act).await
}

/// What is to be otherwise of somebody; what is left out stays as it is.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct PersonChanges {
    business_name: Option<String>,
    /// Empty: none is known any more.
    email: Option<String>,
}

/// Changes what is known of somebody. What a site or he himself has proved is not changed from here.
#[utoipa::path(
    patch,
    path = "/api/v1/people/{person}",
    tag = "people",
    params(("person" = String, Path), Key),
    request_body = PersonChanges,
    security(("token" = ["people:write"])),
    responses((status = 200, body = WrittenPerson), Refused, NotWritten)
)]
pub async fn change(State(program): At, call: Call, who: Id, sent: Body) -> Response<Body> {
    let (who, from) = (id(who).unwrap_or_default(), call.whence(&program));
    let act = async |bearer: &Bearer, act: &str, changes: PersonChanges| {
        let (name, email) = (changes.business_name.as_deref(), changes.email.as_deref());
        match program.desk.api_change_person(bearer, act, &who, name, email, &from).await? {
            true => person(&program, bearer, &who).await,
            false => Err(No::Proved),
        }
    };
    write(&program, &call, Write::of(Scope::WritePeople, &["PATCH person ", &who].concat()), sent, act).await
}

/// Why somebody is kept out, or let in again.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Why {
    reason: String,
}

/// Keeps somebody out: he starts no conversation and leaves no message. What runs goes on.
#[utoipa::path(
    post,
    path = "/api/v1/people/{person}/block",
    tag = "people",
    params(("person" = String, Path), Key),
    request_body = Why,
    security(("token" = ["people:write"])),
    responses((status = 200, body = WrittenPerson), Refused, NotWritten)
)]
pub async fn block(State(program): At, call: Call, who: Id, sent: Body) -> Response<Body> {
    keep_out(&program, &call, who, sent, true).await
}

/// Lets somebody in again.
#[utoipa::path(
    post,
    path = "/api/v1/people/{person}/unblock",
    tag = "people",
    params(("person" = String, Path), Key),
    request_body = Why,
    security(("token" = ["people:write"])),
    responses((status = 200, body = WrittenPerson), Refused, NotWritten)
)]
pub async fn unblock(State(program): At, call: Call, who: Id, sent: Body) -> Response<Body> {
    keep_out(&program, &call, who, sent, false).await
}

/// A refusal of the reason names it.
fn reason(why: Error) -> No {
    No::from(match why {
        Error::Refused(Refusal::Empty) => Refusal::FieldMissing { field: "reason".into() }.into(),
        Error::Refused(Refusal::TooLong { limit }) => Refusal::FieldTooLong { field: "reason".into(), limit }.into(),
        other => other,
    })
}

async fn keep_out(program: &Program, call: &Call, who: Id, sent: Body, blocks: bool) -> Response<Body> {
    let (who, from) = (id(who).unwrap_or_default(), call.whence(program));
    let act = async |bearer: &Bearer, act: &str, why: Why| {
        program.desk.api_block(bearer, act, &who, blocks, &why.reason, &from).await.map_err(reason)?;
        person(program, bearer, &who).await
    };
    let name = [if blocks { "POST block " } else { "POST unblock " }, &who].concat();
    write(program, call, Write::of(Scope::WritePeople, &name), sent, act).await
}

/// Erases somebody: his words, and all that says who he is. That cannot be undone; asked again, he is erased already.
#[utoipa::path(
    delete,
    path = "/api/v1/people/{person}",
    tag = "people",
    params(("person" = String, Path)),
    security(("token" = ["people:erase"])),
    responses((status = 200, body = WrittenPerson), Refused, NotWritten)
)]
pub async fn erase(State(program): At, call: Call, who: Id) -> Response<Body> {
    with(&program, &call, Scope::ErasePeople, async |bearer| {
        let (who, from) = (id(who)?, call.whence(&program));
        program.desk.erase_customer(&bearer.agent, &who, &from).await?;
        json(&person(&program, bearer, &who).await?)
    })
    .await
}
