//! The portal, `/portal`: pages that work without scripts, for customers who have proved who they are.
//!
//! They come in by a link that was mailed, which is used by pressing a button (programs look at mail, too), or by
//! what their site has signed, which its page posts. Their session is of another cookie than the agents'.

use super::console::see_other;
use super::pages::{form, set_cookie};
use super::{Id, id};
use crate::encoding::Encoding;
use crate::headers::Kind;
use crate::origin::{self, Origin};
use crate::places::Holder;
use crate::program::{Call, Program, stopped};
use crate::{document, fault, letter};
use app::caller;
use app::pages::portal::{Done, Frame, Gate, Paper, gate, list, new, ticket};
use axum::body::Body;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::{Response, StatusCode};
use desk::{Error, Fault};
use domain::customer::Earlier;
use domain::portal::{Guest, Request, Sheet, address};
use domain::{Refusal, Time, Trouble};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::time::Duration;

/// How long a page waits for a conversation, or for what is new in a ticket, before it asks again: less than a door may
/// think.
const WAIT: Duration = Duration::from_secs(25);
/// The longest token of a session that is looked at.
const TOKEN_LIMIT: usize = 256;

/// The token of the caller's session here.
fn session(program: &Program, call: &Call) -> Result<String, Refusal> {
    let token = caller::token_in(&call.headers, program.portal_cookie()).filter(|token| token.len() <= TOKEN_LIMIT);
    token.map(Into::into).ok_or(Refusal::SignedOut)
}

async fn guest(program: &Program, call: &Call) -> Result<(Guest, String), Error> {
    let token = session(program, call)?;
    Ok((program.desk.guest(&token).await?, token))
}

/// Whoever has no session is asked to come in; anything else is told on a page.
fn turned_away(program: &Program, call: &Call, error: Error) -> Response<Body> {
    match error {
        Error::Refused(Refusal::SignedOut) => see_other("/portal"),
        error => call.page(program, error),
    }
}

/// A page with its status: what was refused says so to programs, too.
fn page(html: String, kind: Kind, trouble: Option<&Trouble>) -> Response<Body> {
    let mut response = document::page(html, kind);
    if let Some(trouble) = trouble {
        *response.status_mut() = fault::status(trouble);
        fault::tell_when(trouble, response.headers_mut());
    }
    response
}

fn gate_page(program: &Program, call: &Call, what: Gate<'_>, trouble: Option<&Trouble>) -> Response<Body> {
    let style = program.style();
    let frame = Frame { lang: call.words().lang, style: &style, script: None, house: "", guest: "", trouble };
    let links = leads(program, call).is_some();
    let mut response = page(gate(&frame, what, links), Kind::Page, trouble);
    if what == Gate::Over {
        *response.status_mut() = StatusCode::GONE;
    }
    response
}

/// By which name a letter leads him here; none: nobody is mailed a link.
fn leads(program: &Program, call: &Call) -> Option<Origin> {
    program.in_letters(&call.headers).filter(|_| program.desk.mails_are_open())
}

/// Where a list goes on.
#[derive(Deserialize)]
pub struct Onward {
    at: Option<i64>,
    #[serde(default)]
    id: String,
}

/// His tickets; before the door, the way in.
pub async fn home(
    State(program): State<Arc<Program>>,
    call: Call,
    from: Result<Query<Onward>, QueryRejection>,
) -> Response<Body> {
    let answer = async {
        let (guest, _) = guest(&program, &call).await?;
        let Query(from) = from.map_err(|_| Refusal::Malformed)?;
        let before = from.at.map(|at| Earlier { at: Time(at), id: from.id });
        let first = before.is_none();
        let rows = program.desk.tickets_of_guest(&guest, before).await?;
        Ok((rows, guest, first, program.desk.organisation().await?))
    };
    match answer.await {
        Ok((rows, guest, first, house)) => {
            let (style, script, whose) = (program.style(), program.portal_script(), guest.mark());
            let lang = call.words().lang;
            let frame =
                Frame { lang, style: &style, script: Some(&script), house: &house, guest: &whose, trouble: None };
            page(list(&frame, &name_of(&guest), &rows, first), Kind::Portal, None)
        }
        Err(Error::Refused(Refusal::SignedOut)) => gate_page(&program, &call, Gate::Ask(""), None),
        Err(error) => call.page(&program, error),
    }
}

/// What a guest is called: by his name, or by the address that he has proved.
fn name_of(guest: &Guest) -> String {
    let address = || guest.address.clone().unwrap_or_default();
    if guest.customer.name.is_empty() { address() } else { guest.customer.name.clone() }
}

#[derive(Deserialize)]
struct AskedLink {
    email: String,
}

/// Mails a link, if the address is known; the answer is the same for any, and takes the same time.
pub async fn ask_link(State(program): State<Arc<Program>>, call: Call, body: Body) -> Response<Body> {
    let mut typed = String::new();
    let answer = async {
        // Where none is mailed the form is not offered: there is no such door.
        let url = leads(&program, &call).ok_or(Refusal::NotYours)?;
        let asked: AskedLink = form(&call, body).await?;
        typed.clone_from(&asked.email);
        let address = address(&asked.email).ok_or_else(|| Refusal::FieldWrong { field: "email".into() })?;
        program.limits.portal_link(call.address)?;
        let (program, lang) = (program.clone(), call.words().lang);
        tokio::spawn(async move {
            let write = |invitation: &desk::portal::Invitation| letter::portal(invitation, &url, lang);
            if let Err(error) = program.desk.mail_portal_link(&address, write).await {
                fault::trouble(error);
            }
        });
        Ok::<_, Error>(())
    };
    match answer.await {
        Ok(()) => gate_page(&program, &call, Gate::Sent, None),
        Err(error) => {
            let trouble = fault::trouble(error);
            gate_page(&program, &call, Gate::Ask(&typed), Some(&trouble))
        }
    }
}

type Secret = Result<Path<String>, PathRejection>;

fn secret(secret: Secret) -> Result<String, Error> {
    Ok(secret.map(|Path(secret)| secret).map_err(|_| Refusal::LinkUsed)?)
}

/// The page behind a link that was mailed. To look at it does not use it up.
pub async fn ask_enter(State(program): State<Arc<Program>>, call: Call, link: Secret) -> Response<Body> {
    let answer = async {
        let link = secret(link)?;
        program.limits.knock(call.address)?;
        if !program.desk.is_portal_link(&link).await? {
            return Err(Refusal::LinkUsed.into());
        }
        program.limits.admitted(call.address);
        Ok(link)
    };
    match answer.await {
        Ok(link) => gate_page(&program, &call, Gate::Link(&link), None),
        Err(error) => over(&program, &call, error),
    }
}

/// Lets him in, once.
pub async fn enter(State(program): State<Arc<Program>>, call: Call, link: Secret) -> Response<Body> {
    let answer = async {
        let link = secret(link)?;
        program.limits.knock(call.address)?;
        program.desk.enter_by_link(&link).await
    };
    match answer.await {
        Ok(token) => {
            program.limits.admitted(call.address);
            tracing::info!(address = %call.kept(&program), "somebody came into the portal by a link");
            admit(&program, &call, &token).await
        }
        Err(error) => over(&program, &call, error),
    }
}

fn over(program: &Program, call: &Call, error: Error) -> Response<Body> {
    match error {
        Error::Refused(Refusal::LinkUsed) => gate_page(program, call, Gate::Over, None),
        error => call.page(program, error),
    }
}

#[derive(Deserialize)]
struct Handed {
    /// The application's public key.
    key: String,
    jwt: String,
}

/// A page of his site hands him over, with what its program has signed. In the body: addresses are written down.
pub async fn identify(State(program): State<Arc<Program>>, call: Call, body: Body) -> Response<Body> {
    let answer = async {
        program.limits.knock(call.address)?;
        let handed: Handed = form(&call, body).await?;
        // The one door of ours that another site may post to: one that may show the application.
        let sites = program.desk.sites(&handed.key).await.map_err(foreign)?;
        if !origin::is_among(&sites, &call.headers) && !program.is_own(&call.headers) {
            return Err(Refusal::ForeignSite.into());
        }
        program.desk.enter_by_identity(&handed.key, &handed.jwt).await
    };
    match answer.await {
        Ok(token) => {
            program.limits.admitted(call.address);
            tracing::info!(address = %call.kept(&program), "somebody came into the portal by his site");
            admit(&program, &call, &token).await
        }
        Err(error) => {
            let trouble = fault::trouble(error);
            gate_page(&program, &call, Gate::Ask(""), Some(&trouble))
        }
    }
}

/// Which keys there are is nobody's business.
fn foreign(error: Error) -> Error {
    match error {
        Error::Refused(Refusal::NotYours) => Refusal::ForeignSite.into(),
        error => error,
    }
}

/// A new session, and the end of the one that this browser had.
async fn admit(program: &Program, call: &Call, token: &str) -> Response<Body> {
    if let Ok(old) = session(program, call)
        && let Err(error) = program.desk.leave_portal(&old).await
    {
        return call.page(program, error);
    }
    let mut response = see_other("/portal");
    set_cookie(&mut response, &caller::cookie(program.portal_cookie(), token, None));
    response
}

pub async fn sign_out(State(program): State<Arc<Program>>, call: Call) -> Response<Body> {
    if let Ok(token) = session(&program, &call)
        && let Err(error) = program.desk.leave_portal(&token).await
    {
        return call.page(&program, error);
    }
    let mut response = see_other("/portal");
    set_cookie(&mut response, &caller::cookie(program.portal_cookie(), "", Some(0)));
    response
}

#[derive(Deserialize)]
pub struct Shown {
    #[serde(default)]
    sent: String,
}

/// A ticket of his.
pub async fn read(
    State(program): State<Arc<Program>>,
    call: Call,
    about: Id,
    shown: Result<Query<Shown>, QueryRejection>,
) -> Response<Body> {
    let answer = async {
        let (guest, _) = guest(&program, &call).await?;
        Ok((guest, id(about)?))
    };
    let done = shown.map_or(Done::Nothing, |Query(shown)| match shown.sent.as_str() {
        "" => Done::Nothing,
        "new" => Done::Opened,
        _ => Done::Answered,
    });
    match answer.await {
        Ok((guest, about)) => paper(&program, &call, &guest, &about, Said { done, ..Said::default() }, None).await,
        Err(error) => turned_away(&program, &call, error),
    }
}

/// What the page of a ticket says of what was just done there.
#[derive(Default)]
struct Said {
    done: Done,
    draft: String,
    /// The id of an answer that was not taken: sent again, it is the same.
    wish: String,
}

async fn paper(
    program: &Program,
    call: &Call,
    guest: &Guest,
    about: &str,
    said: Said,
    trouble: Option<Trouble>,
) -> Response<Body> {
    match program.desk.ticket_of_guest(guest, about).await {
        Ok(sheet) => sheet_page(program, call, guest, &sheet, said, trouble).await,
        Err(error) => turned_away(program, call, error),
    }
}

async fn sheet_page(
    program: &Program,
    call: &Call,
    guest: &Guest,
    sheet: &Sheet,
    said: Said,
    trouble: Option<Trouble>,
) -> Response<Body> {
    let answer = async {
        let (fresh, chat) = (program.desk.new_id()?, program.desk.new_id()?);
        Ok((fresh, chat, program.desk.organisation().await?))
    };
    match answer.await {
        Ok((fresh, chat, house)) => {
            let (style, script, follow) = (program.style(), program.portal_script(), program.follow_script());
            let (lang, whose, trouble) = (call.words().lang, guest.mark(), trouble.as_ref());
            let frame = Frame { lang, style: &style, script: Some(&script), house: &house, guest: &whose, trouble };
            let wish = if said.wish.is_empty() { &fresh } else { &said.wish };
            let paper = Paper { wish, chat: &chat, draft: &said.draft, done: said.done, follow: &follow };
            page(ticket(&frame, &name_of(guest), sheet, &paper), Kind::Portal, trouble)
        }
        Err(error) => turned_away(program, call, error),
    }
}

/// The page of a ticket of his as soon as it is another than the one that is open, or nothing after a while. It is asked
/// for by a script, which takes from it what is new, and not by him: it keeps no session alive.
pub async fn follow(
    State(program): State<Arc<Program>>,
    call: Call,
    about: Id,
    have: Result<Query<Have>, QueryRejection>,
) -> Response<Body> {
    let answer = async {
        let token = session(&program, &call)?;
        let guest = program.desk.guest_quietly(&token).await?;
        if !origin::is_read_by_own(program.url.as_ref(), &call.headers, true) {
            return Err(Refusal::ForeignSite.into());
        }
        let (about, Query(Have { have, .. })) = (id(about)?, have.map_err(|_| Refusal::Malformed)?);
        let changed = program.desk.ticket_of_guest_after(&guest, &about, &have, WAIT);
        let places = [Holder::Following(call.address), Holder::Follower(guest.customer.id.clone())];
        let Some(sheet) = wait(&program, places, changed).await? else { return Ok(None) };
        // His session may have ended meanwhile.
        Ok(Some((program.desk.guest_quietly(&token).await?, sheet)))
    };
    match answer.await {
        Ok(Some((guest, sheet))) => sheet_page(&program, &call, &guest, &sheet, Said::default(), None).await,
        Ok(None) => {
            let mut nothing = Response::new(Body::empty());
            *nothing.status_mut() = StatusCode::NO_CONTENT;
            nothing
        }
        // Not led to the entry: a script asks. What it has stays before his eyes, and it asks once more when he looks.
        Err(error) => call.page(&program, error),
    }
}

/// A form for a new ticket. What it may be about is looked for among all of his tickets, so it is asked for as often
/// as anything else that he does here.
pub async fn ask_new(State(program): State<Arc<Program>>, call: Call) -> Response<Body> {
    let answer = async {
        let (guest, _) = guest(&program, &call).await?;
        program.limits.reply(&guest.customer.id)?;
        Ok((guest, program.desk.new_id()?))
    };
    match answer.await {
        Ok((guest, id)) => {
            let [topic, subject, text] = [const { String::new() }; 3];
            let lang = call.words().lang.into();
            form_page(&program, &call, &guest, &Request { id, topic, subject, text, lang }, None).await
        }
        Err(error) => turned_away(&program, &call, error),
    }
}

async fn form_page(
    program: &Program,
    call: &Call,
    guest: &Guest,
    draft: &Request,
    trouble: Option<Trouble>,
) -> Response<Body> {
    let answer = async { Ok((program.desk.topics_of_guest(guest).await?, program.desk.organisation().await?)) };
    match answer.await {
        Ok((topics, house)) => {
            let (style, script) = (program.style(), program.portal_script());
            let (lang, whose, trouble) = (call.words().lang, guest.mark(), trouble.as_ref());
            let frame = Frame { lang, style: &style, script: Some(&script), house: &house, guest: &whose, trouble };
            page(new(&frame, &name_of(guest), &topics, draft), Kind::Portal, trouble)
        }
        Err(error) => turned_away(program, call, error),
    }
}

#[derive(Deserialize)]
struct Opened {
    id: String,
    #[serde(default)]
    topic: String,
    subject: String,
    text: String,
}

/// He opens a ticket (R66). Sent twice it is one; what is refused is still there, with the reason.
pub async fn open(State(program): State<Arc<Program>>, call: Call, body: Body) -> Response<Body> {
    let opened = form::<Opened>(&call, body).await;
    let guest = match (guest(&program, &call).await, &opened) {
        (Ok((guest, _)), _) => guest,
        (Err(Error::Refused(Refusal::SignedOut)), Ok(opened)) => {
            let over = Trouble::Refused(Refusal::SignedOut);
            return gate_page(
                &program,
                &call,
                Gate::Again(&[&opened.subject, "\n\n", &opened.text].concat()),
                Some(&over),
            );
        }
        (Err(error), _) => return turned_away(&program, &call, error),
    };
    let lang: String = call.words().lang.into();
    let mut draft = match &opened {
        Ok(Opened { id, topic, subject, text }) => {
            let [id, topic, subject, text] = [id, topic, subject, text].map(Clone::clone);
            Request { id, topic, subject, text, lang }
        }
        Err(_) => {
            let [id, topic, subject, text] = [const { String::new() }; 4];
            Request { id, topic, subject, text, lang }
        }
    };
    let answer = async {
        opened?;
        program.limits.reply(&guest.customer.id)?;
        program.desk.open_ticket_of_guest(&guest, draft.clone()).await
    };
    let error = match answer.await {
        Ok(ticket) => return see_other(&["/portal/tickets/", &ticket.id, "?sent=new"].concat()),
        Err(error) => error,
    };
    // Under an id that is not one, or is somebody else's, it can never be taken: it is sent again under another.
    let anew = !domain::id::is_sound(&draft.id) || matches!(error, Error::Refused(Refusal::NotYours));
    if anew {
        match program.desk.new_id() {
            Ok(id) => draft.id = id,
            Err(fault) => return call.page(&program, fault),
        }
    }
    let trouble = fault::trouble(error);
    form_page(&program, &call, &guest, &draft, Some(trouble)).await
}

/// A file of a ticket of his: leads to where it lies, with a pass that was made for it now. So a link in a page that
/// was left open still opens.
pub async fn file(
    State(program): State<Arc<Program>>,
    call: Call,
    about: Result<Path<(String, String)>, PathRejection>,
) -> Response<Body> {
    let answer = async {
        let (guest, _) = guest(&program, &call).await?;
        let Path((ticket, file)) = about.map_err(|_| Refusal::NotYours)?;
        let pass = program.desk.pass_of_guest(&guest, &ticket, &file).await?;
        Ok(["/files/", &file, "?pass=", &pass].concat())
    };
    match answer.await {
        Ok(address) => see_other(&address),
        Err(error) => turned_away(&program, &call, error),
    }
}

#[derive(Deserialize)]
struct Reply {
    id: String,
    text: String,
}

/// He writes to a ticket. Sent twice it is once; what is refused is still there, with the reason.
pub async fn reply(State(program): State<Arc<Program>>, call: Call, about: Id, body: Body) -> Response<Body> {
    let reply = form::<Reply>(&call, body).await;
    let known = async {
        let (guest, _) = guest(&program, &call).await?;
        Ok((guest, id(about)?))
    };
    let (guest, about) = match (known.await, &reply) {
        (Ok(known), _) => known,
        (Err(Error::Refused(Refusal::SignedOut)), Ok(reply)) => {
            let over = Trouble::Refused(Refusal::SignedOut);
            return gate_page(&program, &call, Gate::Again(&reply.text), Some(&over));
        }
        (Err(error), _) => return turned_away(&program, &call, error),
    };
    let mut said = Said::default();
    let answer = async {
        let reply = reply?;
        said.draft.clone_from(&reply.text);
        if domain::id::is_sound(&reply.id) {
            said.wish.clone_from(&reply.id);
        }
        program.limits.reply(&guest.customer.id)?;
        program.desk.answer_ticket(&guest, &about, &reply.id, &reply.text).await
    };
    match answer.await {
        Ok(()) => see_other(&["/portal/tickets/", &about, "?sent=1"].concat()),
        // It is not there for him: nothing of the page is, either.
        Err(Error::Refused(Refusal::NotYours)) => call.page(&program, Refusal::NotYours.into()),
        Err(error) => {
            let trouble = fault::trouble(error);
            paper(&program, &call, &guest, &about, said, Some(trouble)).await
        }
    }
}

#[derive(Deserialize)]
struct Talk {
    id: String,
}

/// He begins to speak with the owner of a ticket; the page then shows the conversation.
pub async fn talk(State(program): State<Arc<Program>>, call: Call, about: Id, body: Body) -> Response<Body> {
    let known = async {
        let (guest, _) = guest(&program, &call).await?;
        Ok((guest, id(about)?))
    };
    let (guest, about) = match known.await {
        Ok(known) => known,
        Err(error) => return turned_away(&program, &call, error),
    };
    let answer = async {
        let talk: Talk = form(&call, body).await?;
        program.limits.reply(&guest.customer.id)?;
        program.desk.call_owner(&guest, call.words().lang, &about, &talk.id).await
    };
    match answer.await {
        // One that runs is shown anyway.
        Ok(_) | Err(Error::Refused(Refusal::AlreadyOpen { .. })) => see_other(&["/portal/tickets/", &about].concat()),
        Err(Error::Refused(Refusal::NotYours)) => call.page(&program, Refusal::NotYours.into()),
        Err(error) => {
            let trouble = fault::trouble(error);
            paper(&program, &call, &guest, &about, Said::default(), Some(trouble)).await
        }
    }
}

#[derive(Deserialize)]
pub struct Have {
    #[serde(default)]
    have: String,
    /// The conversation to which he was called, and types elsewhere.
    #[serde(default)]
    typing: String,
    /// The mark of whose page asks.
    #[serde(default)]
    guest: String,
}

/// What a page of his hears.
#[derive(Serialize)]
#[serde(untagged)]
enum Heard {
    /// A conversation, as its script needs it.
    Called { chat: String, key: String, accent: String, token: String },
    /// It is somebody else's, and the session of this one: nothing of either is for the other's eyes.
    Another { guest: String },
}

/// Answers when another conversation runs with him than the one that his page has, or after a while; at once where the
/// page is not his.
pub async fn line(
    State(program): State<Arc<Program>>,
    call: Call,
    have: Result<Query<Have>, QueryRejection>,
) -> Response<Body> {
    let call = Call { encoding: Encoding::Json, ..call };
    let answer = async {
        let token = session(&program, &call)?;
        let guest = program.desk.guest_quietly(&token).await?;
        if !origin::is_read_by_own(program.url.as_ref(), &call.headers, true) {
            return Err(Refusal::ForeignSite.into());
        }
        let Query(Have { have, guest: page, .. }) = have.map_err(|_| Refusal::Malformed)?;
        let mark = guest.mark();
        // In another tab of that browser its guest has signed out, and this one has come in.
        if !page.is_empty() && page != mark {
            return Ok(Some(Heard::Another { guest: mark }));
        }
        let called = program.desk.called(&guest.customer.id, &have, WAIT);
        let runs = wait(&program, waiting(&call, &guest.customer.id), called).await?;
        // His session may have ended meanwhile. Whoever speaks with somebody uses it; a page that is open does not.
        let guest = match runs {
            Some(_) => program.desk.guest(&token).await?,
            None => program.desk.guest_quietly(&token).await?,
        };
        let called = program.desk.call_of(&guest, &token).await?;
        Ok(called.map(|c| Heard::Called { chat: c.chat, key: c.key, accent: c.accent, token: c.token }))
    };
    call.answer(answer.await)
}

/// The same for a widget that is open without a conversation: the id of the one that runs. Where he types, it says
/// so, and is answered at once.
pub async fn widget_line(
    State(program): State<Arc<Program>>,
    call: Call,
    have: Result<Query<Have>, QueryRejection>,
) -> Response<Body> {
    let answer = async {
        let visitor = program.desk.visitor(call.token()?).await?;
        let Query(Have { have, typing, .. }) = have.map_err(|_| Refusal::Malformed)?;
        if !typing.is_empty() {
            program.desk.types(&visitor.customer, &typing).await?;
            return Ok(Some(typing));
        }
        let called = program.desk.called(&visitor.customer, &have, WAIT);
        wait(&program, waiting(&call, &visitor.customer), called).await
    };
    call.answer(answer.await)
}

/// The places of a page that waits to be called.
fn waiting(call: &Call, customer: &str) -> [Holder; 2] {
    [Holder::Waiting(call.address), Holder::Waiter(customer.into())]
}

/// A page of his waits for this, if there are places for it, and until the program stops.
async fn wait<T>(
    program: &Program,
    [address, customer]: [Holder; 2],
    comes: impl Future<Output = Result<Option<T>, Error>>,
) -> Result<Option<T>, Error> {
    let _address = program.places.take(address)?;
    let _customer = program.places.take(customer)?;
    let mut stopping = program.stopping.subscribe();
    tokio::select! {
        come = comes => come,
        () = stopped(&mut stopping) => Ok(None),
    }
}

#[derive(Deserialize)]
pub struct Asked {
    key: String,
    #[serde(default)]
    lang: String,
}

/// The widget's own document, in a page of ours and in no other.
pub async fn frame(
    State(program): State<Arc<Program>>,
    call: Call,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Response<Body> {
    let answer = async {
        guest(&program, &call).await?;
        let Query(asked) = asked.map_err(|_| Refusal::NotYours)?;
        let own = program.own(&call.headers).ok_or(Refusal::ForeignSite)?;
        let words = if asked.lang.is_empty() { call.words() } else { words::of(&asked.lang) };
        let application = program.desk.application(&asked.key, words.lang).await?;
        let told = Encoding::Postcard.write(&application)?;
        let frame = document::frame(&program.site, words.lang, vec![own.to_string()], &told, false);
        frame.ok_or_else(|| Error::Broken(Fault::new("the widget was not built into this program")))
    };
    answer.await.unwrap_or_else(|error| call.page(&program, error))
}
