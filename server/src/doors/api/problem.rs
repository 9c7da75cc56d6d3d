//! What went wrong, as RFC 9457 says it, and how a door of the API answers.

use crate::fault;
use crate::program::{Call, Program, spoken};
use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use desk::{Error, Fault};
use domain::token::{Bearer, Scope};
use domain::{Refusal, Trouble};
use serde::Serialize;
use utoipa::{IntoResponses, ToSchema};

pub const MEDIA: &str = "application/problem+json";

/// What went wrong.
#[derive(Debug, Serialize, ToSchema)]
pub struct Problem {
    /// Always `about:blank`: what it is, `code` says.
    #[serde(rename = "type")]
    kind: &'static str,
    /// The phrase of the status.
    title: &'static str,
    /// The status of the answer.
    status: u16,
    /// One sentence for people, in the language that was asked for.
    detail: String,
    /// What it is, for programs.
    code: String,
    /// The part of what was sent that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    /// Say this when you ask us about it.
    correlation: String,
}

/// Every way in which a door of the API says no.
#[derive(IntoResponses)]
#[allow(dead_code, reason = "the document is made from it, and nothing else")]
pub enum Refused {
    /// What was sent does not read.
    #[response(status = 400, content_type = "application/problem+json")]
    Malformed(#[to_schema] Problem),
    /// There is no token, or it is none, was revoked, or has ended.
    #[response(status = 401, content_type = "application/problem+json")]
    NoToken(#[to_schema] Problem),
    /// The token does not reach that.
    #[response(status = 403, content_type = "application/problem+json")]
    OutOfScope(#[to_schema] Problem),
    /// It is not there.
    #[response(status = 404, content_type = "application/problem+json")]
    NotThere(#[to_schema] Problem),
    /// Asked too often: again after the seconds of `Retry-After`.
    #[response(status = 429, content_type = "application/problem+json")]
    TooMany(#[to_schema] Problem),
    /// Ours. It was written down under its correlation.
    #[response(status = 500, content_type = "application/problem+json")]
    Fault(#[to_schema] Problem),
}

/// What only writes are refused for.
#[derive(IntoResponses)]
#[allow(dead_code, reason = "the document is made from it, and nothing else")]
pub enum NotWritten {
    /// As it stands that cannot be done.
    #[response(status = 409, content_type = "application/problem+json")]
    Conflict(#[to_schema] Problem),
    /// It is bigger than a door takes.
    #[response(status = 413, content_type = "application/problem+json")]
    TooBig(#[to_schema] Problem),
    /// It is not JSON.
    #[response(status = 415, content_type = "application/problem+json")]
    NotJson(#[to_schema] Problem),
    /// It reads, and cannot be meant; or its `Idempotency-Key` was used for something else.
    #[response(status = 422, content_type = "application/problem+json")]
    Wrong(#[to_schema] Problem),
}

/// Why something that was sent does not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unread {
    /// It is no JSON, from this line and column on.
    NotJson(usize, usize),
    NotUtf8,
    /// It holds a NUL, and no database does.
    Nul,
    Missing,
    Twice,
    /// Nothing is called so; what is, where that is known.
    Unknown(String),
    /// It is nothing that can stand there; what can, where that is known.
    Wrong(String),
    /// More of them than this.
    TooMany(usize),
    /// A period by its name, and one from a moment to another.
    Both,
    /// The period ends before it begins.
    Turned,
    /// A cursor of another list, another order or other filters.
    AskedOtherwise,
}

/// Why a door of the API does not do it.
#[derive(Debug)]
pub enum No {
    Error(Error),
    /// What was sent does not read, there (empty: as a whole), and why.
    Unread(String, Unread),
    NotJson,
    /// The token does not reach this.
    Beyond(Scope),
    /// Its key was used for something else.
    Reused,
    /// Who somebody is was proved, and is not changed from here.
    Proved,
}

impl<E: Into<Error>> From<E> for No {
    fn from(error: E) -> No {
        No::Error(error.into())
    }
}

/// Who acted, for the log: the gate takes it off.
#[derive(Clone, Debug)]
pub struct Actor(pub String);

/// `FieldMissing { field: … }` → `field-missing`.
fn code(shown: &str) -> String {
    let name = shown.split([' ', '{', '(']).next().unwrap_or_default();
    let mut code = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !code.is_empty() {
            code.push('-');
        }
        code.push(letter.to_ascii_lowercase());
    }
    code
}

/// A trouble as the API tells it.
pub fn tell(headers: &HeaderMap, trouble: &Trouble) -> Response<Body> {
    told(headers, fault::status(trouble), trouble)
}

/// The same with another status.
pub fn told(headers: &HeaderMap, status: StatusCode, trouble: &Trouble) -> Response<Body> {
    let says = app::words::api::of(spoken(headers).lang);
    let detail = match trouble {
        // Nobody signs in here, and what waits to be saved may be long over.
        Trouble::Refused(Refusal::SignedOut) => says.no_token.into(),
        Trouble::Refused(Refusal::StillRunning) => says.unsaved.into(),
        // There is no page to load again.
        Trouble::Refused(Refusal::Malformed) if status == StatusCode::METHOD_NOT_ALLOWED => says.no_method.into(),
        Trouble::Refused(Refusal::Malformed) => says.malformed.into(),
        _ => spoken(headers).trouble(trouble),
    };
    let (code, field, correlation) = match trouble {
        Trouble::Refused(why) => (code(&format!("{why:?}")), why.field().map(str::to_owned), desk::fault_number()),
        Trouble::Fault { number } => ("fault".into(), None, number.clone()),
    };
    let mut response = written(status, detail, code, field, correlation);
    fault::tell_when(trouble, response.headers_mut());
    response
}

fn written(
    status: StatusCode,
    detail: String,
    code: String,
    field: Option<String>,
    correlation: String,
) -> Response<Body> {
    tracing::debug!(%correlation, code, status = status.as_u16(), "the API refused");
    let title = status.canonical_reason().unwrap_or("Error");
    let problem = Problem { kind: "about:blank", title, status: status.as_u16(), detail, code, field, correlation };
    // It holds nothing that fails to encode; were it so, the status would still tell.
    let body = serde_json::to_vec(&problem).unwrap_or_else(|_| b"{}".to_vec());
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA));
    if status == StatusCode::UNAUTHORIZED {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    response
}

/// The name that stands in a message behind these words.
fn named<'m>(message: &'m str, words: &str) -> Option<&'m str> {
    message.strip_prefix(words)?.strip_prefix('`')?.split('`').next()
}

/// What serde says that it expected, in the terms of JSON: they are the same in every language.
fn expected(message: &str) -> String {
    let what = message.rsplit_once(", expected ").map_or("", |(_, what)| what);
    match what {
        "a string" => "`string`".into(),
        "a boolean" => "`boolean`".into(),
        "a sequence" => "`array`".into(),
        _ if what.starts_with("struct ") => "`object`".into(),
        _ if what.contains('`') => what.trim_start_matches("one of ").replace("` or `", "`, `"),
        _ => String::new(),
    }
}

impl No {
    /// The value there is none of those that it can have.
    pub fn wrong(at: &str) -> No {
        No::Unread(at.into(), Unread::Wrong(String::new()))
    }

    /// What serde could not read: where, and what it says of it. Which one is missing, twice there or unknown, it says
    /// nowhere but in its sentence.
    pub fn unread(at: &str, message: &str) -> No {
        let at = if at == "." { "" } else { at };
        let message = message.rsplit_once(" at line ").map_or(message, |(message, _)| message);
        let beneath = |name: &str| if at.is_empty() { name.to_owned() } else { [at, ".", name].concat() };
        if let Some(name) = named(message, "missing field ") {
            return No::Unread(beneath(name), Unread::Missing);
        }
        if let Some(name) = named(message, "duplicate field ") {
            return No::Unread(beneath(name), Unread::Twice);
        }
        let expected = expected(message);
        let is_unknown = message.starts_with("unknown field ");
        No::Unread(at.into(), if is_unknown { Unread::Unknown(expected) } else { Unread::Wrong(expected) })
    }

    pub fn tell(self, headers: &HeaderMap) -> Response<Body> {
        let says = app::words::api::of(spoken(headers).lang);
        let number = desk::fault_number();
        match self {
            No::Error(error) => tell(headers, &fault::trouble(error)),
            No::Unread(at, why) => {
                let name = if at.is_empty() { "body" } else { at.as_str() };
                let detail = match &why {
                    Unread::NotJson(line, column) => (says.bad_json)(&line.to_string(), &column.to_string()),
                    Unread::NotUtf8 => says.not_utf8.into(),
                    Unread::Nul => (says.nul)(name),
                    Unread::Missing => (says.missing)(name),
                    Unread::Twice => (says.twice)(name),
                    Unread::Unknown(known) => (says.unknown)(name, known),
                    Unread::Wrong(expected) => (says.wrong)(name, expected),
                    Unread::TooMany(limit) => (says.too_many)(name, &limit.to_string()),
                    Unread::Both => says.both.into(),
                    Unread::Turned => says.turned.into(),
                    Unread::AskedOtherwise => says.asked_otherwise.into(),
                };
                let field = (!at.is_empty()).then_some(at);
                written(StatusCode::BAD_REQUEST, detail, "malformed".into(), field, number)
            }
            No::NotJson => {
                written(StatusCode::UNSUPPORTED_MEDIA_TYPE, says.not_json.into(), "not-json".into(), None, number)
            }
            No::Beyond(scope) => {
                let detail = (says.out_of_scope)(scope.word());
                written(StatusCode::FORBIDDEN, detail, "out-of-scope".into(), Some(scope.word().into()), number)
            }
            No::Proved => written(StatusCode::CONFLICT, says.proved.into(), "proved".into(), None, number),
            No::Reused => {
                let field = Some("Idempotency-Key".into());
                written(StatusCode::UNPROCESSABLE_ENTITY, says.reused.into(), "key-reused".into(), field, number)
            }
        }
    }
}

/// Lets in who has a token that reaches this, and answers.
pub async fn with(
    program: &Program,
    call: &Call,
    scope: Scope,
    act: impl AsyncFnOnce(&Bearer) -> Result<Response<Body>, No>,
) -> Response<Body> {
    let mut actor = None;
    let answer = async {
        let token = call.token()?;
        // Of each token, and before anybody looks whose it is: whoever holds another one is not held up.
        program.limits.api(token)?;
        let bearer = program.desk.bearer(token).await?;
        actor = Some(Actor(bearer.agent.face.id.clone()));
        if !bearer.may(scope) {
            return Err(No::Beyond(scope));
        }
        act(&bearer).await
    };
    let mut response = answer.await.unwrap_or_else(|no: No| no.tell(&call.headers));
    if let Some(actor) = actor {
        response.extensions_mut().insert(actor);
    }
    response
}

/// A value as JSON.
pub fn json<T: Serialize>(value: &T) -> Result<Response<Body>, No> {
    with_status(StatusCode::OK, serde_json::to_vec(value).map_err(Fault::from)?)
}

pub fn with_status(status: StatusCode, body: Vec<u8>) -> Result<Response<Body>, No> {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_has_a_word_for_programs() {
        for (why, word) in [
            (Refusal::NotYours, "not-yours"),
            (Refusal::FieldTooLong { field: "x".into(), limit: 1 }, "field-too-long"),
            (Refusal::TooMany { seconds: 1 }, "too-many"),
        ] {
            assert_eq!(code(&format!("{why:?}")), word);
        }
    }

    #[test]
    fn what_serde_could_not_read_is_named_and_none_of_our_types_is() {
        #[derive(Debug, serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Inside {
            #[allow(dead_code, reason = "read, and never looked at")]
            text: String,
        }
        for (json, place, why) in [
            ("{}", "client.text", Unread::Missing),
            (r#"{"text":"a","text":"b"}"#, "client.text", Unread::Twice),
            (r#"{"texto":"a"}"#, "client", Unread::Unknown("`text`".into())),
            (r#"{"text":1}"#, "client", Unread::Wrong("`string`".into())),
            ("1", "client", Unread::Wrong("`object`".into())),
            ("[]", "client", Unread::Wrong("`object`".into())),
        ] {
            let message = serde_json::from_str::<Inside>(json).unwrap_err().to_string();

            let No::Unread(at, said) = No::unread("client", &message) else { panic!("{json}") };
            assert_eq!((at.as_str(), said), (place, why), "{json}");
        }
    }
}
