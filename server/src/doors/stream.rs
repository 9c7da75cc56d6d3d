//! The way to the line where WebSocket is blocked: a GET that listens, and a POST for each frame up.

use crate::encoding::{self, Encoding};
use crate::line::Line;
use crate::origin;
use crate::program::{Call, Program};
use crate::socket::{self, Greeting};
use crate::stream::Credential;
use axum::body::Body;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::Response;
use desk::Error;
use domain::wire::{FRAME_LIMIT, Up};
use domain::{Refusal, id};
use serde::Deserialize;
use std::sync::Arc;

type Name = Result<Path<String>, PathRejection>;

/// What a socket says in its first frame and in its protocol. Who asks is in the headers: what is
/// in an address is written down in many places.
#[derive(Deserialize)]
pub struct Asked {
    version: u16,
    #[serde(default)]
    postcard: bool,
}

type Asking = Result<Query<Asked>, QueryRejection>;

/// The visitor whose token it gives, or else the agent of its cookie: our widget's frame may come
/// with an agent's.
fn credential(program: &Program, call: &Call) -> Result<Credential, Refusal> {
    if call.headers.contains_key(header::AUTHORIZATION) {
        return Ok(Credential::Visitor(call.token()?.into()));
    }
    program.session(&call.headers).map(Credential::Session).ok_or(Refusal::SignedOut)
}

fn name(name: Name) -> Result<String, Refusal> {
    name.ok().map(|Path(name)| name).filter(|name| id::is_sound(name)).ok_or(Refusal::NotYours)
}

pub async fn listen(State(program): State<Arc<Program>>, call: Call, line: Name, asked: Asking) -> Response {
    let ready = || {
        let credential = credential(&program, &call)?;
        // A page of another site would come with our agent's cookie, and never with a token.
        let strict = matches!(credential, Credential::Session(_));
        if !origin::is_read_by_own(program.url.as_ref(), &call.headers, strict) {
            tracing::info!(address = %call.kept(&program), "refused: a stream for another site");
            return Err(Refusal::ForeignSite);
        }
        let Query(asked) = asked.map_err(|_| Refusal::Malformed)?;
        program.limits.socket(call.address)?;
        let greeting = Greeting::begin(&program, call.address)?;
        let (token, session) = match credential.clone() {
            Credential::Visitor(token) => (Some(token), None),
            Credential::Session(token) => (None, Some(token)),
        };
        let name = name(line)?;
        let (stream, body) = program.streams.open(&name, credential.clone())?;
        program.streams.say(&name, &credential, Up::Hello { version: asked.version, token })?;
        let encoding = if asked.postcard { Encoding::Postcard } else { Encoding::Json };
        Ok((Line::stream(stream, encoding), body, session, greeting))
    };
    let (line, body, session, greeting) = match ready() {
        Ok(ready) => ready,
        Err(why) => return call.answer::<()>(Err(why.into())),
    };
    tokio::spawn(socket::serve(program, line, session, greeting));
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    // A proxy that collects answers would keep this one for ever.
    headers.insert(HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
    response
}

pub async fn say(State(program): State<Arc<Program>>, call: Call, line: Name, body: Body) -> Response {
    let answer = async {
        let (name, credential) = (name(line)?, credential(&program, &call)?);
        let up = encoding::read_frame(&call.headers, body, FRAME_LIMIT).await?;
        Ok::<_, Error>(program.streams.say(&name, &credential, up)?)
    };
    call.answer(answer.await)
}
