//! Whose page asks: our own, or somebody else's.
//!
//! The algorithm is the one of fetch metadata: `Sec-Fetch-Site` where a browser sends it, else
//! `Origin` against our own. No page of another site can forge either.

use crate::address::Network;
use axum::http::{HeaderMap, Method, header};
use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Mutex, PoisonError};

/// `https://chat.example.com`, as a browser writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    secure: bool,
    /// Host, and port where it is not the scheme's own.
    host: String,
}

impl Origin {
    pub fn read(text: &str) -> Option<Origin> {
        let text = text.trim();
        let (secure, host) = match text.split_once("://")? {
            ("https", host) => (true, host),
            ("http", host) => (false, host),
            _ => return None,
        };
        Origin::at(secure, host.strip_suffix('/').unwrap_or(host))
    }

    /// What is reached over plain http under this name.
    pub fn plain(host: &str) -> Option<Origin> {
        Origin::at(false, host)
    }

    fn at(secure: bool, host: &str) -> Option<Origin> {
        let sound = !host.is_empty()
            && host.len() <= 255
            && host.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._:[]".contains(&b))
            && host.rsplit_once(':').is_none_or(|(_, port)| port.ends_with(']') || port.parse::<u16>().is_ok());
        if !sound {
            return None;
        }
        let host = host.to_ascii_lowercase();
        let own_port = if secure { ":443" } else { ":80" };
        Some(Origin { secure, host: host.strip_suffix(own_port).unwrap_or(&host).into() })
    }

    pub fn is_secure(&self) -> bool {
        self.secure
    }

    /// Can only this machine reach it? Then a browser trusts it without TLS.
    pub fn is_local(&self) -> bool {
        // What is in brackets has colons of its own.
        let name = match self.host.rsplit_once(':') {
            Some((name, port)) if !port.ends_with(']') => name,
            _ => &self.host,
        };
        // An address, and no name that begins like one: anybody may have such a name.
        ["localhost", "[::1]"].contains(&name) || name.parse::<Ipv4Addr>().is_ok_and(|at| at.is_loopback())
    }

    /// The same place, for a socket.
    pub fn socket(&self) -> String {
        format!("{}://{}", if self.secure { "wss" } else { "ws" }, self.host)
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", if self.secure { "https" } else { "http" }, self.host)
    }
}

/// Our own origin, as this caller knows us: the one of the settings, else the name he called.
pub fn own(url: Option<&Origin>, headers: &HeaderMap) -> Option<Origin> {
    url.cloned().or_else(|| text(headers, header::HOST).and_then(Origin::plain))
}

/// By which name a letter leads here: the one of the settings. Without it the one that was called, and only where nobody
/// but this machine reaches us: whoever calls says that name himself.
pub fn in_letters(
    url: Option<&Origin>,
    listens: SocketAddr,
    proxies: &[Network],
    called: Option<Origin>,
) -> Option<Origin> {
    let is_alone = listens.ip().is_loopback() && proxies.is_empty();
    url.cloned().or_else(|| called.filter(|called| is_alone && called.is_local()))
}

/// Does the page that asks come from our own origin? Missing is not ours: browsers always send
/// it with a socket and with whatever changes something.
pub fn is_own(url: Option<&Origin>, headers: &HeaderMap) -> bool {
    let asker = text(headers, header::ORIGIN).and_then(Origin::read);
    asker.is_some() && asker == own(url, headers)
}

/// May this request come from a page of ours? Reading is free; what changes something must not
/// be asked by another site. A caller that says nothing about pages is no browser, and carries
/// no cookie it does not own: where a door trusts cookies it must be `strict`.
pub fn may_ask(url: Option<&Origin>, method: &Method, headers: &HeaderMap, strict: bool) -> bool {
    let typed = headers.get("sec-fetch-site").is_some_and(|site| site == "none");
    method.is_safe() || typed && !headers.contains_key(header::ORIGIN) || is_read_by_own(url, headers, strict)
}

/// Does a page of ours ask, or where it is not `strict` perhaps no page at all? Also for what is
/// only read: browsers then send no origin to our own site, but say that it is the same.
pub fn is_read_by_own(url: Option<&Origin>, headers: &HeaderMap, strict: bool) -> bool {
    let site = headers.get("sec-fetch-site").map(|site| site.as_bytes());
    match (site, headers.contains_key(header::ORIGIN)) {
        (Some(b"same-origin"), false) => true,
        (Some(b"same-origin" | b"none") | None, true) => is_own(url, headers),
        (None, false) => !strict,
        (Some(_), _) => false,
    }
}

/// By which address a page of ours was opened that is refused because that address is not ours. Its browser says that it
/// asks where it comes from, which no page of another site can make it say. None: it is of another site.
pub fn astray(url: Option<&Origin>, headers: &HeaderMap) -> Option<Origin> {
    let asker = text(headers, header::ORIGIN).and_then(Origin::read)?;
    let is_of_ours = match headers.get("sec-fetch-site") {
        Some(site) => site == "same-origin",
        // Over plain http browsers do not say it, but whom they called.
        None => text(headers, header::HOST).and_then(|host| Origin::at(asker.secure, host)).as_ref() == Some(&asker),
    };
    let is_ours = own(url, headers).as_ref() == Some(&asker);
    (is_of_ours && !is_ours).then_some(asker)
}

/// The most of them that an operator is told of.
const STRAYS: usize = 8;

/// The addresses of which an operator was told that our pages are opened at them, and are refused.
#[derive(Default)]
pub struct Strays(Mutex<Vec<Origin>>);

impl Strays {
    /// Notes one. True: he is to be told of it. Once of each, for everybody who comes would be a line of it; and of so
    /// many, for any program can make them up.
    pub fn note(&self, opened: &Origin) -> bool {
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_new = told.len() < STRAYS && !told.contains(opened);
        if is_new {
            told.push(opened.clone());
        }
        is_new
    }
}

/// Does a page of one of these sites ask: `https://shop.example`, or `https://*.shop.example`? Browsers send the
/// origin with whatever is posted, and no page writes it itself.
pub fn is_among(sites: &[String], headers: &HeaderMap) -> bool {
    let Some(asker) = text(headers, header::ORIGIN).and_then(Origin::read) else { return false };
    sites.iter().any(|site| match site.split_once("://*.") {
        Some((scheme, rest)) => Origin::read(&[scheme, "://", rest].concat()).is_some_and(|rest| {
            let below = asker.host.strip_suffix(&rest.host).is_some_and(|name| name.len() > 1 && name.ends_with('.'));
            rest.secure == asker.secure && below
        }),
        None => Origin::read(site).as_ref() == Some(&asker),
    })
}

/// The origin of the page that asks, as a browser says it: with whatever is posted, else as the referrer, which is all
/// that comes with the document of a frame. No proof of anything: any program may say it.
pub fn of_page(headers: &HeaderMap) -> Option<String> {
    let said = text(headers, header::ORIGIN).and_then(Origin::read);
    let referrer = || {
        let page = text(headers, header::REFERER)?;
        let host = page.find("://")? + 3;
        let end = page[host..].find(['/', '?', '#']).map_or(page.len(), |end| host + end);
        Origin::read(&page[..end])
    };
    said.or_else(referrer).map(|origin| origin.to_string())
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(all: &[(&'static str, &'static str)]) -> HeaderMap {
        all.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    #[test]
    fn only_the_exact_origin_is_ours() {
        let ours = Origin::read("https://good.example");
        for (origin, own) in [
            ("https://good.example", true),
            ("https://good.example:443", true),
            ("https://GOOD.example", true),
            ("http://good.example", false),
            ("https://good.example:8443", false),
            ("https://good.example.evil", false),
            ("https://evil.example", false),
            ("null", false),
            ("", false),
        ] {
            assert_eq!(
                is_own(ours.as_ref(), &headers(&[("origin", origin), ("host", "good.example")])),
                own,
                "{origin}"
            );
        }
        assert!(!is_own(ours.as_ref(), &headers(&[("host", "good.example")])));
    }

    #[test]
    fn without_a_public_address_the_name_that_was_called_is_ours() {
        let called = [("host", "localhost:8080"), ("origin", "http://localhost:8080")];

        assert!(is_own(None, &headers(&called)));
        assert!(!is_own(None, &headers(&[called[0], ("origin", "http://127.0.0.1:8080")])));
    }

    #[test]
    fn a_name_that_begins_like_one_of_this_machine_is_anybodys() {
        for (host, local) in [
            ("localhost", true),
            ("LOCALHOST:8080", true),
            ("127.0.0.1", true),
            ("127.0.0.1:8080", true),
            ("127.8.9.10:8080", true),
            ("[::1]", true),
            ("[::1]:8080", true),
            ("127.evil.example", false),
            ("127.evil.example:8080", false),
            ("127.0.0.1.evil.example", false),
            ("127.0.0.1.evil.example:8080", false),
            ("localhost.evil.example", false),
            ("localhost.evil.example:8080", false),
            ("[::1].evil.example", false),
            ("[::2]:8080", false),
            ("128.0.0.1:8080", false),
            ("good.example", false),
        ] {
            assert_eq!(Origin::plain(host).is_some_and(|origin| origin.is_local()), local, "{host}");
        }
    }

    #[test]
    fn a_letter_leads_where_the_settings_say_and_else_only_where_nobody_else_reaches_us() {
        let [url, local, far, alike] =
            ["https://good.example", "http://localhost:8080", "http://good.example", "http://127.evil.example"]
                .map(Origin::read);
        let [here, all] = ["127.0.0.1:8080", "0.0.0.0:8080"].map(|at| at.parse::<SocketAddr>().unwrap());
        let proxies = [Network::read("10.0.0.0/8").unwrap()];
        let (behind, bare) = (&proxies[..], &proxies[..0]);

        for (url, listens, proxies, called, leads) in [
            (&url, all, behind, &far, &url),
            (&None, here, bare, &local, &local),
            (&None, here, bare, &far, &None),
            (&None, here, bare, &alike, &None),
            (&None, here, bare, &None, &None),
            (&None, here, behind, &local, &None),
            (&None, all, bare, &local, &None),
        ] {
            let named = in_letters(url.as_ref(), listens, proxies, called.clone());
            assert_eq!(named, *leads, "{url:?} {listens} {called:?}");
        }
    }

    #[test]
    fn another_site_changes_nothing() {
        let host = ("host", "chat.example");
        let (own, foreign) = (("origin", "http://chat.example"), ("origin", "http://evil.example"));
        for (all, strict, may) in [
            (vec![host, ("sec-fetch-site", "same-origin"), own], true, true),
            (vec![host, ("sec-fetch-site", "same-origin")], true, true),
            (vec![host, own], true, true),
            (vec![host], true, false),
            (vec![host], false, true),
            (vec![host, foreign], false, false),
            (vec![host, ("sec-fetch-site", "cross-site"), own], false, false),
            (vec![host, ("sec-fetch-site", "same-site")], false, false),
            (vec![host, ("sec-fetch-site", "same-origin"), foreign], false, false),
        ] {
            assert_eq!(may_ask(None, &Method::POST, &headers(&all), strict), may, "{all:?}");
            assert!(may_ask(None, &Method::GET, &headers(&all), strict));
        }
    }

    #[test]
    fn a_page_of_ours_at_another_address_is_told_from_another_sites() {
        let url = Origin::read("https://chat.example");
        let (host, near) = (("host", "127.0.0.1:8080"), ("origin", "http://127.0.0.1:8080"));
        let (same, cross) = (("sec-fetch-site", "same-origin"), ("sec-fetch-site", "cross-site"));
        let (far, foreign) = (("origin", "https://chat.example"), ("origin", "https://evil.example"));
        for (url, all, opened) in [
            (&url, vec![host, near, same], Some("http://127.0.0.1:8080")),
            (&url, vec![host, near], Some("http://127.0.0.1:8080")),
            (&url, vec![host, far, same], None),
            (&url, vec![host, near, cross], None),
            (&url, vec![host, foreign], None),
            (&url, vec![host, foreign, cross], None),
            (&url, vec![host, same], None),
            // A proxy speaks TLS, and passes on whom people called, or does not.
            (&None, vec![("host", "chat.example"), far], Some("https://chat.example")),
            (&None, vec![("host", "chat.example:443"), far], Some("https://chat.example")),
            (&None, vec![host, far, same], Some("https://chat.example")),
            (&None, vec![host, far], None),
            (&None, vec![host, near, same], None),
        ] {
            let told = astray(url.as_ref(), &headers(&all)).map(|opened| opened.to_string());
            assert_eq!(told.as_deref(), opened, "{all:?}");
        }
    }

    #[test]
    fn each_address_where_our_pages_are_refused_is_told_once_and_of_many_only_the_first() {
        let strays = Strays::default();
        let at = |n: usize| Origin::plain(&format!("made-up-{n}.example")).unwrap();

        let told: Vec<usize> = (0..STRAYS + 3).flat_map(|n| [n, n]).filter(|n| strays.note(&at(*n))).collect();

        assert_eq!(told, (0..STRAYS).collect::<Vec<_>>());
        assert!(!strays.note(&at(0)));
    }

    #[test]
    fn a_site_hands_over_its_own_people_and_no_other_does() {
        let sites = ["https://shop.example/", "https://*.nogal.example"].map(String::from);
        for (origin, may) in [
            ("https://shop.example", true),
            ("https://SHOP.example:443", true),
            ("https://es.nogal.example", true),
            ("https://a.es.nogal.example", true),
            ("https://nogal.example", false),
            ("https://.nogal.example", false),
            ("https://evilnogal.example", false),
            ("http://es.nogal.example", false),
            ("http://shop.example", false),
            ("https://shop.example.evil", false),
            ("null", false),
        ] {
            assert_eq!(is_among(&sites, &headers(&[("origin", origin)])), may, "{origin}");
        }
        assert!(!is_among(&sites, &headers(&[("referer", "https://shop.example/")])));
    }

    #[test]
    fn the_page_around_a_frame_is_told_by_its_referrer() {
        let page = |all: &[(&'static str, &'static str)]| of_page(&headers(all));

        assert_eq!(page(&[("referer", "https://Shop.example:443/a?b=c#d")]).as_deref(), Some("https://shop.example"));
        assert_eq!(page(&[("referer", "http://127.0.0.1:8081/")]).as_deref(), Some("http://127.0.0.1:8081"));
        let both = [("origin", "https://a.example"), ("referer", "https://b.example/")];
        assert_eq!(page(&both).as_deref(), Some("https://a.example"));
        for odd in ["", "about:blank", "https://", "shop.example/a", "https://a b/"] {
            assert_eq!(page(&[("referer", odd)]), None, "{odd}");
        }
    }

    #[test]
    fn an_address_with_a_path_or_a_gap_is_no_origin() {
        for text in [
            "chat.example",
            "ftp://chat.example",
            "https://chat.example/chat",
            "https://",
            "https://a b",
            "https://a:99999",
            "https://a;b",
        ] {
            assert_eq!(Origin::read(text), None, "{text}");
        }
        assert_eq!(Origin::read("http://[::1]:8080/").unwrap().to_string(), "http://[::1]:8080");
    }
}
