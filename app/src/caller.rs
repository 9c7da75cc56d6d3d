//! Who calls: the token of a session in the cookie of a request.

use axum::http::{HeaderMap, HeaderValue, header};
use leptos::prelude::{expect_context, use_context};
use leptos_axum::{ResponseOptions, extract};

/// The cookie where the public address is https.
pub const SECURE: &str = "__Host-recado";
/// The cookie on plain http: browsers keep nothing `__Host-` there.
pub const PLAIN: &str = "recado";

/// The same two for the guests of the portal.
pub const PORTAL_SECURE: &str = "__Host-recado-portal";
pub const PORTAL_PLAIN: &str = "recado-portal";

/// Which of the two this server uses. The server puts it into the context beside the desk.
#[derive(Clone, Copy, Debug)]
pub struct CookieName(pub &'static str);

/// The token in the headers of a request.
pub fn token_in<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    cookies.flat_map(|line| line.split(';')).find_map(|pair| {
        let (key, value) = pair.trim().split_once('=')?;
        (key == name && !value.is_empty()).then_some(value)
    })
}

/// The token of the request that is being answered.
pub async fn token() -> Option<String> {
    let CookieName(name) = expect_context::<CookieName>();
    let headers: HeaderMap = extract().await.ok()?;
    token_in(&headers, name).map(str::to_owned)
}

/// Tells the browser to forget its cookie.
pub fn forget() {
    let CookieName(name) = expect_context::<CookieName>();
    let Some(response) = use_context::<ResponseOptions>() else {
        return;
    };
    if let Ok(value) = HeaderValue::from_str(&cookie(name, "", Some(0))) {
        response.append_header(header::SET_COOKIE, value);
    }
}

/// The line that sets the cookie; `age` in seconds, or as long as the browser runs.
pub fn cookie(name: &str, token: &str, age: Option<u32>) -> String {
    let secure = if name.starts_with("__Host-") { "; Secure" } else { "" };
    let age = age.map_or(String::new(), |age| format!("; Max-Age={age}"));
    format!("{name}={token}; Path=/; HttpOnly; SameSite=Lax{secure}{age}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(cookie: &str) -> HeaderMap {
        HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_str(cookie).unwrap())])
    }

    #[test]
    fn a_cookie_is_found_by_its_whole_name() {
        let headers = headers("theme=dark; recado=abc; not-recado=x");

        assert_eq!(token_in(&headers, PLAIN), Some("abc"));
        assert_eq!(token_in(&headers, SECURE), None);
    }

    #[test]
    fn an_empty_cookie_is_none() {
        assert_eq!(token_in(&headers("recado="), PLAIN), None);
    }

    #[test]
    fn the_secure_cookie_says_so() {
        assert_eq!(cookie(SECURE, "t", None), "__Host-recado=t; Path=/; HttpOnly; SameSite=Lax; Secure");
        assert!(cookie(PORTAL_SECURE, "t", None).ends_with("; Secure"));
        assert!(
            !cookie(PLAIN, "t", Some(60)).contains("Secure") && !cookie(PORTAL_PLAIN, "t", None).contains("Secure")
        );
    }
}
