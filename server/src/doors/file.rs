//! The doors of files: up in pieces, down by an address that is good for some minutes.

use crate::places::{Holder, Place};
use crate::program::{Call, Program};
use axum::body::{Body, Bytes};
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::Response;
use desk::file::{Announced, Arriving, Begun, Opened};
use desk::{Caller, Error, Fault};
use domain::file::FILE_LIMIT;
use domain::wire::Page;
use domain::{File, Refusal};
use futures_util::stream::try_unfold;
use http_body_util::BodyExt;
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde::Deserialize;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::AsyncReadExt;

/// How long a whole file may take: ten megabytes on the slowest line that anybody calls one.
pub const PATIENCE: Duration = Duration::from_secs(15 * 60);
/// How long between two pieces of it.
const SILENCE: Duration = Duration::from_secs(20);
/// So long is heard of a file that may not come now.
const BRIEFLY: Duration = Duration::from_secs(5);
/// When who sends too much at a time may try again, in seconds.
pub(super) const SOON: u32 = 5;
/// The name of a file, percent-encoded: an address would leave it in the books of every proxy.
const NAME: HeaderName = HeaderName::from_static("x-file-name");
const PIECE: usize = 64 * 1024;

type Which = Result<Path<(String, String)>, PathRejection>;

/// A customer's file.
pub async fn from_visitor(State(program): State<Arc<Program>>, call: Call, which: Which, body: Body) -> Response {
    let answer = async {
        let token = call.token()?;
        let visitor = program.desk.visitor(token).await?;
        // Who says nothing of its size may send the biggest; what did not come is given back.
        let counted = said_size(&call.headers).filter(|size| *size <= u64::from(FILE_LIMIT));
        let counted = counted.unwrap_or(u64::from(FILE_LIMIT));
        let place = program
            .limits
            .act(token)
            .and_then(|()| place(&program, &visitor.customer))
            .and_then(|place| program.limits.file(call.address, counted).map(|()| place));
        let is_counted = place.is_ok();
        let (answer, came) = receive(&program, &call, Caller::Visitor(visitor), place, which, body).await;
        if is_counted {
            program.limits.file_not_sent(call.address, counted.saturating_sub(came));
        }
        answer
    };
    call.answer(answer.await)
}

/// An agent's file.
pub async fn from_agent(State(program): State<Arc<Program>>, call: Call, which: Which, body: Body) -> Response {
    let answer = async {
        let token = program.session(&call.headers).ok_or(Refusal::SignedOut)?;
        let agent = program.desk.session(&token).await?.agent;
        let place = program.limits.staff_act(&token).and_then(|()| place(&program, &agent.face.id));
        receive(&program, &call, Caller::Agent(agent), place, which, body).await.0
    };
    call.answer(answer.await)
}

/// A place for who sends. The others are his own files, and do not take long.
pub(super) fn place(program: &Program, who: &str) -> Result<Place, Refusal> {
    program.places.take(Holder::Sender(who.into())).map_err(|_| Refusal::TooMany { seconds: SOON })
}

/// What came of it, and how much of it came.
async fn receive(
    program: &Program,
    call: &Call,
    caller: Caller,
    place: Result<Place, Refusal>,
    which: Which,
    mut body: Body,
) -> (Result<Page, Error>, u64) {
    let size = said_size(&call.headers);
    let _place = match place {
        Ok(place) => place,
        Err(why) => {
            // Whoever lets it drip would hold a line for nothing. What has not come by then hears of it, or
            // of a line that was cut.
            let _ = tokio::time::timeout(BRIEFLY, hear_out(size, &mut body)).await;
            return (Err(why.into()), 0);
        }
    };
    let Ok(Path((chat, id))) = which else { return (Err(Refusal::NotYours.into()), 0) };
    let name = call.headers.get(NAME).and_then(|name| name.to_str().ok()).unwrap_or_default();
    let name = percent_decode_str(name).decode_utf8_lossy().into_owned();
    let declared = call.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let said = Announced { id, name, declared: declared.into(), size };
    let begun = program.desk.begin_file(&caller, &chat, &said).await;
    if !matches!(begun, Ok(Begun::Arriving(_))) {
        hear_out(size, &mut body).await;
    }
    let (told, came) = match begun {
        Ok(Begun::Arriving(mut arriving)) => {
            let taken = take_in(&mut arriving, &mut body).await;
            let came = u64::from(arriving.size());
            match taken {
                Ok(()) => (arriving.finish().await, came),
                Err(why) => (Err(why), came),
            }
        }
        Ok(Begun::Told(told)) => (Ok(told), 0),
        Err(why) => (Err(why), 0),
    };
    (told.map(|told| Page { told, more: false }), came)
}

pub(super) fn said_size(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// Writes what comes, as it comes, and nothing after the piece that is too many (S32).
async fn take_in(arriving: &mut Arriving, body: &mut Body) -> Result<(), Error> {
    while let Some(piece) = next(body).await? {
        arriving.write(&piece).await?;
    }
    Ok(())
}

/// A browser that is still sending does not hear the answer when the line is cut under it: what is
/// within the limit is let come, and forgotten.
pub(super) async fn hear_out(size: Option<u64>, body: &mut Body) {
    if size.is_some_and(|size| size <= u64::from(FILE_LIMIT)) {
        while let Ok(Some(_)) = next(body).await {}
    }
}

/// The next piece; none: that was all.
pub(super) async fn next(body: &mut Body) -> Result<Option<Bytes>, Refusal> {
    loop {
        let frame = tokio::time::timeout(SILENCE, body.frame()).await.map_err(|_| Refusal::Malformed)?;
        let Some(frame) = frame else { return Ok(None) };
        // He hung up, or the line did.
        if let Ok(piece) = frame.map_err(|_| Refusal::Malformed)?.into_data() {
            return Ok(Some(piece));
        }
    }
}

/// A pass for the files of a conversation, for its customer.
pub async fn pass_for_visitor(State(program): State<Arc<Program>>, call: Call, chat: super::Id) -> Response {
    let answer = async {
        let visitor = program.desk.visitor(call.token()?).await?;
        program.desk.pass(&Caller::Visitor(visitor), None, &super::id(chat)?).await
    };
    call.answer(answer.await)
}

/// The same for an agent, good with this session only.
pub async fn pass_for_agent(State(program): State<Arc<Program>>, call: Call, chat: super::Id) -> Response {
    let answer = async {
        let token = program.session(&call.headers).ok_or(Refusal::SignedOut)?;
        program.limits.staff_act(&token)?;
        let agent = program.desk.session(&token).await?.agent;
        program.desk.pass(&Caller::Agent(agent), Some(&token), &super::id(chat)?).await
    };
    call.answer(answer.await)
}

#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    pass: String,
}

/// A file, for who shows a pass.
pub async fn open(
    State(program): State<Arc<Program>>,
    call: Call,
    file: super::Id,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Response {
    let answer = async {
        program.limits.link(call.address)?;
        let session = program.session(&call.headers);
        let Query(asked) = asked.map_err(|_| Refusal::NotYours)?;
        let opened = program.desk.open_file(&super::id(file)?, &asked.pass, session.as_deref()).await;
        // Only a guess costs something.
        if !matches!(opened, Err(Error::Refused(Refusal::NotYours))) {
            program.limits.link_held(call.address);
        }
        served(opened?)
    };
    answer.await.unwrap_or_else(|error| call.page(&program, error))
}

fn served(Opened { file, body }: Opened) -> Result<Response, Error> {
    let cannot = |_| Fault::new("a file's name is no header");
    let body = try_unfold(body, |mut body| async move {
        let mut piece = vec![0; PIECE];
        let read = body.read(&mut piece).await?;
        piece.truncate(read);
        Ok::<_, std::io::Error>((read > 0).then(|| (Bytes::from(piece), body)))
    });
    let mut response = Response::new(Body::from_stream(body));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(served_as(&file)));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(file.size));
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::try_from(disposition(&file)).map_err(cannot)?);
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("sandbox; default-src 'none'"));
    // A file never changes; its address is good for as long.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=600"));
    Ok(response)
}

/// From our list, whatever its sender said; a text is in UTF-8, which was looked at.
fn served_as(file: &File) -> &'static str {
    if file.kind.is_text() { "text/plain; charset=utf-8" } else { file.kind.types()[0] }
}

/// Only what was made anew is shown where it is; the rest is saved (RFC 6266).
fn disposition(file: &File) -> String {
    let manner = if file.kind.is_picture() { "inline" } else { "attachment" };
    let plain: String =
        file.name.chars().map(|c| if c.is_ascii_alphanumeric() || "-_. ".contains(c) { c } else { '_' }).collect();
    format!("{manner}; filename=\"{plain}\"; filename*=UTF-8''{}", utf8_percent_encode(&file.name, NON_ALPHANUMERIC))
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::FileKind;

    fn file(name: &str, kind: FileKind) -> File {
        File { id: String::new(), name: name.into(), kind, size: 1, width: 0, height: 0 }
    }

    #[test]
    fn a_name_is_told_to_every_browser_and_ends_no_header() {
        assert_eq!(
            disposition(&file("lámpara \"x\";.png", FileKind::Png)),
            "inline; filename=\"l_mpara _x__.png\"; filename*=UTF-8''l%C3%A1mpara%20%22x%22%3B%2Epng"
        );
        assert!(disposition(&file("a.txt", FileKind::Txt)).starts_with("attachment; filename=\"a.txt\""));
        assert!(disposition(&file("a.pdf", FileKind::Pdf)).starts_with("attachment"));
    }

    #[test]
    fn a_text_is_never_served_as_anything_a_browser_would_read_more_into() {
        for kind in [FileKind::Txt, FileKind::Csv, FileKind::Json, FileKind::Md, FileKind::Log] {
            assert_eq!(served_as(&file("a", kind)), "text/plain; charset=utf-8");
        }
        assert_eq!(served_as(&file("a", FileKind::Jpeg)), "image/jpeg");
    }
}
