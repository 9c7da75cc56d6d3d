//! What every door needs, and the way in that all of them share.

use crate::address::{self, Keeps, Network};
use crate::assets::Site;
use crate::doors::api::problem;
use crate::doors::file;
use crate::encoding::{self, Encoding};
use crate::headers::{self, Kind};
use crate::limits::Limits;
use crate::origin::{self, Origin, Strays};
use crate::places::Places;
use crate::stream::Streams;
use crate::{audit, document, fault, trace};
use app::caller;
use axum::body::Body;
use axum::extract::{FromRequestParts, MatchedPath, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use desk::{Desk, Ear, Error, Whence};
use domain::session::device;
use domain::{Refusal, Trouble};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::watch;
use tracing::Instrument;
use words::Words;

/// No door thinks longer than this: whoever waits may as well ask again. A file, the one thing that is
/// PUT here, may take its time to come.
const PATIENCE: Duration = Duration::from_secs(30);

pub struct Program {
    pub desk: Desk,
    pub site: Site,
    pub limits: Limits,
    /// Our public address; none: whatever name a browser found us by.
    pub url: Option<Origin>,
    pub listens: SocketAddr,
    pub proxies: Vec<Network>,
    /// Who has how many sockets and streams open.
    pub places: Places,
    /// What stands in for sockets where they are blocked.
    pub streams: Streams,
    /// The most that is kept of addresses; none: what the house says.
    pub keeps: Option<Keeps>,
    /// Turns true when the program stops. Whoever must finish first holds a receiver.
    pub stopping: watch::Sender<bool>,
    /// Whoever was here when the program stopped: for the desk he stays until it has stopped too.
    pub here: Mutex<Vec<Ear>>,
    pub health: Mutex<Option<(Instant, bool)>>,
    /// By which other addresses than ours an operator was told that people come.
    pub strays: Strays,
}

/// The other end of the connection, which [`crate::listener`] notes on every request.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub SocketAddr);

impl Program {
    pub fn own(&self, headers: &HeaderMap) -> Option<Origin> {
        origin::own(self.url.as_ref(), headers)
    }

    pub fn is_own(&self, headers: &HeaderMap) -> bool {
        origin::is_own(self.url.as_ref(), headers)
    }

    /// By which name a letter leads here whoever asks for it.
    pub fn in_letters(&self, headers: &HeaderMap) -> Option<Origin> {
        origin::in_letters(self.url.as_ref(), self.listens, &self.proxies, self.own(headers))
    }

    pub fn is_secure(&self) -> bool {
        self.url.as_ref().is_some_and(Origin::is_secure)
    }

    pub fn cookie_name(&self) -> &'static str {
        if self.is_secure() { caller::SECURE } else { caller::PLAIN }
    }

    /// The cookie of the portal's guests: another one than the agents'.
    pub fn portal_cookie(&self) -> &'static str {
        if self.is_secure() { caller::PORTAL_SECURE } else { caller::PORTAL_PLAIN }
    }

    /// The script of the portal's pages.
    pub fn portal_script(&self) -> String {
        self.site.address("portal.js").unwrap_or_else(|| "/portal.js".into())
    }

    /// The module that follows a ticket: the one that this page was drawn for, and no older one of the same name.
    pub fn follow_script(&self) -> String {
        self.site.address("follow.js").unwrap_or_else(|| "/follow.js".into())
    }

    /// What is kept of this address, as the house says by now.
    pub fn kept(&self, address: IpAddr) -> String {
        let house = self.desk.addresses();
        address::kept(self.keeps.map_or(house, |most| most.at_most(house)), address)
    }

    /// Whoever asks says himself by which address he does: whether it is one of ours only an operator knows.
    fn warn_of_address(&self, opened: &Origin, own: Option<&Origin>) {
        if !self.strays.note(opened) {
            return;
        }
        let expected = own.map(ToString::to_string).unwrap_or_default();
        tracing::warn!(
            origin = %opened,
            %expected,
            "a page of ours was opened at another address than ours, and refused: if this origin is an address of yours, \
             the setting `url` has to say what people type (--url), and behind a proxy `trusted-proxy` from where that \
             comes (--trusted-proxy)"
        );
    }

    pub fn keep_here(&self, ear: Ear) {
        self.here.lock().unwrap_or_else(PoisonError::into_inner).push(ear);
    }

    /// The style of the pages that are drawn here.
    pub fn style(&self) -> String {
        self.site.address("pages.css").unwrap_or_else(|| "/pages.css".into())
    }

    /// The token of the caller's session.
    pub fn session(&self, headers: &HeaderMap) -> Option<String> {
        caller::token_in(headers, self.cookie_name()).filter(|token| token.len() <= 256).map(Into::into)
    }
}

/// Returns when the program stops.
pub async fn stopped(stopping: &mut watch::Receiver<bool>) {
    // Without a sender there is no program any more.
    let _ = stopping.wait_for(|stops| *stops).await;
}

/// Who asks, and how he wants to be answered.
#[derive(Clone, Debug)]
pub struct Call {
    pub headers: HeaderMap,
    pub address: IpAddr,
    pub encoding: Encoding,
}

impl FromRequestParts<Arc<Program>> for Call {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, program: &Arc<Program>) -> Result<Call, Infallible> {
        let headers = parts.headers.clone();
        Ok(Call {
            address: asker(program, parts.extensions.get(), &headers),
            encoding: encoding::wanted(&headers),
            headers,
        })
    }
}

fn asker(program: &Program, peer: Option<&Peer>, headers: &HeaderMap) -> IpAddr {
    let peer = peer.map_or(IpAddr::from([0, 0, 0, 0]), |peer| peer.0.ip());
    address::neighbourhood(address::of(peer, headers, &program.proxies))
}

impl Call {
    /// The token of a visitor.
    pub fn token(&self) -> Result<&str, Refusal> {
        let value = self.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let (scheme, token) = value.and_then(|value| value.split_once(' ')).ok_or(Refusal::SignedOut)?;
        if scheme.eq_ignore_ascii_case("bearer") { Ok(token.trim()) } else { Err(Refusal::SignedOut) }
    }

    /// His address, as far as it is kept: the log is kept, too.
    pub fn kept(&self, program: &Program) -> String {
        program.kept(self.address)
    }

    /// Where he is, as far as it is kept.
    pub fn whence(&self, program: &Program) -> Whence {
        let (browser, system) =
            device(self.headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default());
        Whence { address: self.kept(program), browser: browser.into(), system: system.into() }
    }

    pub async fn read<T: DeserializeOwned>(&self, body: Body) -> Result<T, Error> {
        encoding::read(&self.headers, body).await
    }

    pub fn answer<T: Serialize>(&self, answer: Result<T, Error>) -> Response {
        encoding::answer(self.encoding, answer)
    }

    pub fn words(&self) -> &'static Words {
        spoken(&self.headers)
    }

    /// An error as a page, for a person.
    pub fn page(&self, program: &Program, error: Error) -> Response {
        Speech::page(program, &self.headers).tell(&fault::trouble(error))
    }
}

pub fn spoken(headers: &HeaderMap) -> &'static Words {
    words::accepted(headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or(""))
}

/// How a trouble is told: to a program in its encoding, to a person on a page.
pub enum Speech {
    Data(Encoding),
    /// To a program of somebody else's, as RFC 9457 has it.
    Problem(HeaderMap),
    Page(&'static Words, String),
}

impl Speech {
    fn of(program: &Program, path: &str, headers: &HeaderMap) -> Speech {
        if path.starts_with(API) {
            Speech::Problem(headers.clone())
        } else if ["/w/v1/", "/api/", "/socket", "/stream/", "/health", "/test/", "/portal/line"]
            .iter()
            .any(|start| path.starts_with(start))
        {
            Speech::Data(encoding::wanted(headers))
        } else {
            Speech::page(program, headers)
        }
    }

    fn page(program: &Program, headers: &HeaderMap) -> Speech {
        Speech::Page(spoken(headers), program.style())
    }

    pub fn tell(&self, trouble: &Trouble) -> Response {
        match self {
            Speech::Data(encoding) => encoding::trouble(*encoding, trouble),
            Speech::Problem(headers) => problem::tell(headers, trouble),
            Speech::Page(words, style) => shown(words, style, trouble, &words.trouble(trouble)),
        }
    }

    /// A page of ours was opened elsewhere: a person is told where it works, or what has to be set where we do not know.
    fn tell_address(&self, url: Option<&Origin>, opened: &Origin) -> Response {
        let why = Trouble::Refused(Refusal::ForeignSite);
        let Speech::Page(words, style) = self else { return self.tell(&why) };
        let says = app::words::address::of(words.lang);
        let sentence = match url {
            Some(url) => (says.elsewhere)(&url.to_string()),
            None => (says.unknown)(&opened.to_string()),
        };
        shown(words, style, &why, &sentence)
    }
}

fn shown(words: &Words, style: &str, trouble: &Trouble, sentence: &str) -> Response {
    let mut response = document::trouble(words, style, sentence);
    *response.status_mut() = fault::status(trouble);
    fault::tell_when(trouble, response.headers_mut());
    response
}

/// What other programs ask, with tokens of their own.
pub const API: &str = "/api/v1/";

/// The way in: nobody asks too often or for another site, no panic leaves the request it happened
/// in, and every answer is dressed.
pub async fn gate(State(program): State<Arc<Program>>, request: Request, next: Next) -> Response {
    let (path, headers) = (request.uri().path(), request.headers());
    let speech = Speech::of(&program, path, headers);
    let own = program.own(headers);
    let address = asker(&program, request.extensions().get(), headers);
    // Where a door trusts a cookie, a request that says nothing about its page is not enough.
    let strict = !["/w/v1/", API, "/test/"].iter().any(|start| path.starts_with(start));
    let route = request.extensions().get::<MatchedPath>().map_or("-", MatchedPath::as_str).to_owned();
    let method = request.method().clone();
    let session = strict.then(|| program.session(headers)).flatten();
    let start = Instant::now();
    let span = trace::request(&program, request.extensions().get(), headers, &method, &route);

    // Who may post there, the door itself asks: sites that may show the application.
    let handed_over = path == "/portal/identity";
    let refused = if !handed_over && !origin::may_ask(program.url.as_ref(), &method, headers, strict) {
        tracing::info!(%method, route, address = program.kept(address), "refused: another site asked");
        Some(match origin::astray(program.url.as_ref(), headers) {
            Some(opened) => {
                program.warn_of_address(&opened, own.as_ref());
                speech.tell_address(program.url.as_ref(), &opened)
            }
            None => speech.tell(&Refusal::ForeignSite.into()),
        })
    } else {
        program.limits.request(address).err().map(|why| speech.tell(&why.into()))
    };
    let at_gate = refused.is_some();
    let (mut response, hidden) = match refused {
        Some(response) => (response, None),
        None => {
            let patience = if method == Method::PUT { file::PATIENCE } else { PATIENCE };
            let answer = async {
                tokio::time::timeout(patience, next.run(request)).await.unwrap_or_else(|_| {
                    speech.tell(&fault::trouble(desk::Fault::new("a door did not answer in time").into()))
                })
            };
            let answer = fault::survive(answer, |trouble| speech.tell(&trouble)).instrument(span.clone());
            desk::audit::overheard(answer).await
        }
    };
    trace::answered(&span, response.status());
    let from = Whence { address: program.kept(address), ..Whence::default() };
    let actor = response.extensions_mut().remove::<problem::Actor>().map(|problem::Actor(id)| id);
    let asker = audit::Asker { session: session.as_deref(), actor, hidden, at_gate, from: &from };
    audit::count(&program, &route, response.status(), &asker).await;
    let kind = response.extensions_mut().remove::<Kind>().unwrap_or(Kind::Data);
    headers::dress(response.headers_mut(), &kind, own.as_ref());
    // The route, never the path: a path may hold a one-time link.
    tracing::debug!(%method, route, status = response.status().as_u16(), ms = start.elapsed().as_millis() as u64, "answered");
    response
}

/// There is nothing here; or there is, but it is not asked for so.
pub async fn nothing(State(program): State<Arc<Program>>, request: Request) -> Response {
    Speech::of(&program, request.uri().path(), request.headers()).tell(&Refusal::NotYours.into())
}

pub async fn not_so(State(program): State<Arc<Program>>, request: Request) -> Response {
    let (path, headers) = (request.uri().path(), request.headers());
    if path.starts_with(API) {
        return problem::told(headers, StatusCode::METHOD_NOT_ALLOWED, &Refusal::Malformed.into());
    }
    let mut response = Speech::of(&program, path, headers).tell(&Refusal::Malformed.into());
    *response.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
    response
}
