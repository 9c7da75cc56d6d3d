//! The pages that work without scripts: sign in, sign out, and the set-up of the first day.

use super::console::see_other;
use crate::headers::Kind;
use crate::program::{Call, Program};
use crate::{document, encoding, fault};
use app::caller;
use app::pages::{CodePage, Join, SetUp, SignIn};
use axum::body::Body;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, Response, StatusCode, header};
use desk::{Error, Step};
use domain::{Refusal, Trouble};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::sync::Arc;

#[derive(Deserialize)]
pub struct Next {
    #[serde(default)]
    next: String,
}

#[derive(Deserialize)]
struct Credentials {
    email: String,
    password: String,
    #[serde(default)]
    next: String,
}

/// A path of our own, whatever was asked for: nobody is led elsewhere from here.
fn own_path(next: &str) -> &str {
    let second = next.as_bytes().get(1);
    let inside = next.starts_with('/')
        && !matches!(second, Some(b'/' | b'\\'))
        && next.bytes().all(|b| (0x21..0x7f).contains(&b) && b != b'\\');
    if inside && next.len() <= 512 { next } else { "/" }
}

pub async fn form<T: DeserializeOwned>(call: &Call, body: Body) -> Result<T, Error> {
    let bytes = encoding::whole(&call.headers, body).await?;
    Ok(serde_urlencoded::from_bytes(&bytes).map_err(|_| Refusal::Malformed)?)
}

pub async fn ask_sign_in(
    State(program): State<Arc<Program>>,
    call: Call,
    next: Result<Query<Next>, QueryRejection>,
) -> Response<Body> {
    let next = next.map_or(String::new(), |Query(next)| next.next);
    let next = own_path(&next);
    let Some(token) = program.session(&call.headers) else {
        return sign_in_page(&program, &call, next, "", None);
    };
    match program.desk.session(&token).await {
        Ok(_) => see_other(next),
        // He had a session: without a word he would wonder why he is here again.
        Err(error) => sign_in_page(&program, &call, next, "", Some(fault::trouble(error))),
    }
}

pub async fn sign_in(State(program): State<Arc<Program>>, call: Call, body: Body) -> Response<Body> {
    let asked: Credentials = match form(&call, body).await {
        Ok(asked) => asked,
        Err(error) => return sign_in_page(&program, &call, "/", "", Some(fault::trouble(error))),
    };
    let next = own_path(&asked.next);
    let answer = async {
        program.limits.sign_in(call.address, &asked.email)?;
        program.desk.sign_in(&asked.email, &asked.password, &call.whence(&program)).await
    };
    match answer.await {
        Ok(step) => {
            program.limits.signed_in(call.address, &asked.email);
            match step {
                Step::Session(token) => {
                    tracing::info!(address = %call.kept(&program), "signed in");
                    admit(&program, &call, &token, next).await
                }
                Step::Code(step) => code_page(&program, &call, next, &step, None),
            }
        }
        Err(error) => {
            let trouble = fault::trouble(error);
            tracing::info!(address = %call.kept(&program), status = fault::status(&trouble).as_u16(), "a sign-in was refused");
            sign_in_page(&program, &call, next, &asked.email, Some(trouble))
        }
    }
}

#[derive(Deserialize)]
struct Code {
    step: String,
    code: String,
    #[serde(default)]
    next: String,
}

/// The question for a code comes after a password, and never before.
pub async fn ask_code() -> Response<Body> {
    see_other("/sign-in")
}

/// The second step of a sign-in, for who has a second factor.
pub async fn sign_in_with_code(State(program): State<Arc<Program>>, call: Call, body: Body) -> Response<Body> {
    let asked: Code = match form(&call, body).await {
        Ok(asked) => asked,
        Err(error) => return sign_in_page(&program, &call, "/", "", Some(fault::trouble(error))),
    };
    let next = own_path(&asked.next);
    let answer = async {
        program.limits.knock(call.address)?;
        program.desk.sign_in_with_code(&asked.step, &asked.code, &call.whence(&program)).await
    };
    match answer.await {
        Ok(token) => {
            program.limits.admitted(call.address);
            tracing::info!(address = %call.kept(&program), "signed in with a second factor");
            admit(&program, &call, &token, next).await
        }
        Err(error) => {
            let trouble = fault::trouble(error);
            tracing::info!(address = %call.kept(&program), status = fault::status(&trouble).as_u16(), "a code was refused");
            // It took too long, or was somebody else's: he begins again.
            if trouble == Trouble::Refused(Refusal::SignedOut) {
                return sign_in_page(&program, &call, next, "", Some(trouble));
            }
            code_page(&program, &call, next, &asked.step, Some(trouble))
        }
    }
}

fn code_page(program: &Program, call: &Call, next: &str, step: &str, trouble: Option<Trouble>) -> Response<Body> {
    let style = program.style();
    let html =
        app::pages::code(&CodePage { lang: call.words().lang, style: &style, next, step, trouble: trouble.as_ref() });
    page(html, trouble.as_ref())
}

/// A new session, and the end of the one that this browser had.
async fn admit(program: &Program, call: &Call, token: &str, next: &str) -> Response<Body> {
    if let Some(old) = program.session(&call.headers)
        && let Err(error) = program.desk.sign_out(&old, &call.whence(program)).await
    {
        return call.page(program, error);
    }
    let mut response = see_other(next);
    set_cookie(&mut response, &caller::cookie(program.cookie_name(), token, None));
    response
}

pub async fn sign_out(State(program): State<Arc<Program>>, call: Call) -> Response<Body> {
    if let Some(token) = program.session(&call.headers)
        && let Err(error) = program.desk.sign_out(&token, &call.whence(&program)).await
    {
        return call.page(&program, error);
    }
    let mut response = see_other("/sign-in");
    set_cookie(&mut response, &caller::cookie(program.cookie_name(), "", Some(0)));
    response
}

pub fn set_cookie(response: &mut Response<Body>, cookie: &str) {
    if let Ok(cookie) = HeaderValue::try_from(cookie) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
}

fn sign_in_page(program: &Program, call: &Call, next: &str, email: &str, trouble: Option<Trouble>) -> Response<Body> {
    let style = program.style();
    let html =
        app::pages::sign_in(&SignIn { lang: call.words().lang, style: &style, next, email, trouble: trouble.as_ref() });
    page(html, trouble.as_ref())
}

fn page(html: String, trouble: Option<&Trouble>) -> Response<Body> {
    let mut response = document::page(html, Kind::Page);
    if let Some(trouble) = trouble {
        *response.status_mut() = fault::status(trouble);
        fault::tell_when(trouble, response.headers_mut());
    }
    response
}

#[derive(Deserialize)]
struct First {
    name: String,
    email: String,
    password: String,
}

type Link = Result<Path<String>, PathRejection>;

fn secret(link: Link) -> Result<String, Error> {
    Ok(link.map(|Path(link)| link).map_err(|_| Refusal::LinkUsed)?)
}

/// The page behind the link that was printed at the first start.
pub async fn ask_set_up(State(program): State<Arc<Program>>, call: Call, link: Link) -> Response<Body> {
    let answer = async {
        let link = secret(link)?;
        program.limits.knock(call.address)?;
        if !program.desk.is_set_up_link(&link).await? {
            return Err(Refusal::LinkUsed.into());
        }
        program.limits.admitted(call.address);
        Ok(link)
    };
    match answer.await {
        Ok(link) => set_up_page(&program, &call, Some(&link), ("", ""), None),
        Err(error) => set_up_page(&program, &call, None, ("", ""), Some(fault::trouble(error))),
    }
}

/// Makes the first administrator and signs him in; the link is worth nothing afterwards.
pub async fn set_up(State(program): State<Arc<Program>>, call: Call, link: Link, body: Body) -> Response<Body> {
    let answer = async {
        let link = secret(link)?;
        program.limits.knock(call.address)?;
        Ok((link, form::<First>(&call, body).await?))
    };
    let (link, asked) = match answer.await {
        Ok(asked) => asked,
        Err(error) => return set_up_page(&program, &call, None, ("", ""), Some(fault::trouble(error))),
    };
    let from = call.whence(&program);
    let (name, email, password) = (&*asked.name, &*asked.email, &*asked.password);
    match program.desk.set_up(&link, &desk::First { name, email, password, lang: call.words().lang }, &from).await {
        Ok(token) => {
            program.limits.admitted(call.address);
            tracing::info!(address = %call.kept(&program), "the first administrator is there");
            admit(&program, &call, &token, "/settings/start").await
        }
        Err(error) => {
            let trouble = fault::trouble(error);
            let over = matches!(trouble, Trouble::Refused(Refusal::LinkUsed));
            set_up_page(&program, &call, (!over).then_some(&link), (&asked.name, &asked.email), Some(trouble))
        }
    }
}

fn set_up_page(
    program: &Program,
    call: &Call,
    link: Option<&str>,
    (name, email): (&str, &str),
    trouble: Option<Trouble>,
) -> Response<Body> {
    let style = program.style();
    let html = app::pages::set_up(&SetUp {
        lang: call.words().lang,
        style: &style,
        link,
        name,
        email,
        trouble: trouble.as_ref(),
    });
    let mut response = page(html, trouble.as_ref());
    if let Some(Trouble::Refused(Refusal::LinkUsed)) = trouble {
        *response.status_mut() = StatusCode::GONE;
    }
    response
}

#[derive(Deserialize)]
struct Chosen {
    password: String,
}

/// The page behind the link that an administrator made for somebody.
pub async fn ask_join(State(program): State<Arc<Program>>, call: Call, link: Link) -> Response<Body> {
    let answer = async {
        let link = secret(link)?;
        program.limits.knock(call.address)?;
        let who = program.desk.invited(&link).await?;
        program.limits.admitted(call.address);
        Ok::<_, Error>((link, who))
    };
    match answer.await {
        Ok((link, (name, email))) => join_page(&program, &call, Some((&link, &name, &email)), None),
        Err(error) => join_page(&program, &call, None, Some(fault::trouble(error))),
    }
}

/// He has chosen a password, and signs in with it; the link is worth nothing afterwards.
pub async fn join(State(program): State<Arc<Program>>, call: Call, link: Link, body: Body) -> Response<Body> {
    let answer = async {
        let link = secret(link)?;
        program.limits.knock(call.address)?;
        let who = program.desk.invited(&link).await?;
        Ok::<_, Error>((link, who, form::<Chosen>(&call, body).await?))
    };
    let (link, (name, email), asked) = match answer.await {
        Ok(asked) => asked,
        Err(error) => return join_page(&program, &call, None, Some(fault::trouble(error))),
    };
    let from = call.whence(&program);
    if let Err(error) = program.desk.join(&link, &asked.password, &from).await {
        let trouble = fault::trouble(error);
        let over = matches!(trouble, Trouble::Refused(Refusal::LinkUsed));
        return join_page(&program, &call, (!over).then_some((&*link, &*name, &*email)), Some(trouble));
    }
    program.limits.admitted(call.address);
    tracing::info!(address = %call.kept(&program), "somebody has chosen a password");
    match program.desk.sign_in(&email, &asked.password, &from).await {
        Ok(Step::Session(token)) => admit(&program, &call, &token, "/").await,
        Ok(Step::Code(step)) => code_page(&program, &call, "/", &step, None),
        Err(error) => sign_in_page(&program, &call, "/", &email, Some(fault::trouble(error))),
    }
}

fn join_page(
    program: &Program,
    call: &Call,
    link: Option<(&str, &str, &str)>,
    trouble: Option<Trouble>,
) -> Response<Body> {
    let style = program.style();
    let html = app::pages::join(&Join { lang: call.words().lang, style: &style, link, trouble: trouble.as_ref() });
    let mut response = page(html, trouble.as_ref());
    if let Some(Trouble::Refused(Refusal::LinkUsed)) = trouble {
        *response.status_mut() = StatusCode::GONE;
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_led_to_another_site() {
        for next in [
            "https://evil.example",
            "//evil.example",
            "/\\evil.example",
            "/a\\b",
            "",
            "chat",
            "/a\r\nb",
            "javascript:alert(1)",
            "/a b",
        ] {
            assert_eq!(own_path(next), "/", "{next}");
        }
        assert_eq!(own_path("/chat/abc?tab=1"), "/chat/abc?tab=1");
    }
}
