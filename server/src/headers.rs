//! What every answer says besides its body: deny by default, and say so on every route.

use crate::origin::Origin;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

/// What an answer is, as far as a browser's permissions go.
#[derive(Clone, Debug)]
pub enum Kind {
    /// Data, scripts, pictures: a document of it may do nothing at all.
    Data,
    /// A page that is drawn here, with forms and without scripts.
    Page,
    /// A page of the portal: the same, and the script that shows a conversation in a frame of ours.
    Portal,
    /// The console: scripts of ours, a socket to us, and a frame of ours to look at.
    Console,
    /// The widget's frame, inside the pages of these sites.
    Frame(Vec<String>),
    /// A page that runs the loader and may do nothing else, inside of the console.
    Host,
    /// The loader and what else other sites' pages include.
    Loader,
    /// The demo shop: a site of somebody else, which includes our loader and our frame.
    Shop(Origin),
}

const NOWHERE: &str = "base-uri 'none'; frame-ancestors 'none'; form-action 'none'";
const SCRIPTS: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; font-src 'self'; img-src 'self' data: blob:; media-src 'self'; base-uri 'none'";

fn policy(kind: &Kind, own: Option<&Origin>) -> String {
    // Some browsers take 'self' for pages only, and not for sockets.
    let socket = own.map(|own| format!(" {}", own.socket())).unwrap_or_default();
    match kind {
        Kind::Data | Kind::Loader => format!("default-src 'none'; {NOWHERE}"),
        Kind::Page => "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'; form-action 'self'".into(),
        Kind::Portal => "default-src 'none'; script-src 'self'; connect-src 'self'; frame-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'; form-action 'self'".into(),
        Kind::Console => format!("{SCRIPTS}; connect-src 'self'{socket}; frame-src 'self'; frame-ancestors 'none'; form-action 'self'"),
        Kind::Frame(sites) => {
            let sites: Vec<_> = sites.iter().filter_map(|site| ancestor(site)).collect();
            let sites = if sites.is_empty() { "'none'".into() } else { sites.join(" ") };
            format!("{SCRIPTS}; connect-src 'self'{socket}; frame-ancestors {sites}; form-action 'none'")
        }
        Kind::Host => "default-src 'none'; script-src 'self'; base-uri 'none'; frame-ancestors 'self'; form-action 'none'".into(),
        Kind::Shop(recado) => format!(
            "default-src 'none'; script-src 'self' {recado}; frame-src {recado}; style-src 'self' 'unsafe-inline'; font-src 'self'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
        ),
    }
}

/// A site as it may stand in the policy: `https://shop.example`, or `https://*.shop.example`.
/// Anything else could end the list and begin another.
fn ancestor(site: &str) -> Option<String> {
    let (wild, plain) = match site.split_once("://*.") {
        Some((scheme, host)) => (true, format!("{scheme}://{host}")),
        None => (false, site.to_string()),
    };
    let origin = Origin::read(&plain)?.to_string();
    Some(if wild { origin.replacen("://", "://*.", 1) } else { origin })
}

/// Dresses an answer. What a door has set itself stays.
pub fn dress(headers: &mut HeaderMap, kind: &Kind, own: Option<&Origin>) {
    let mut set = |name: HeaderName, value: HeaderValue| {
        headers.entry(name).or_insert(value);
    };
    if let Ok(policy) = HeaderValue::try_from(policy(kind, own)) {
        set(header::CONTENT_SECURITY_POLICY, policy);
    }
    set(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    // Not "no-referrer": browsers then send `Origin: null` with our own forms.
    set(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    let others = match kind {
        Kind::Frame(_) | Kind::Loader => "cross-origin",
        _ => "same-origin",
    };
    set(HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static(others));
    if !matches!(kind, Kind::Frame(_) | Kind::Host) {
        set(HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin"));
        set(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    }
    set(
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static("camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    );
    if own.is_some_and(Origin::is_secure) {
        set(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
    // What does not say how long it may be kept is somebody's own.
    set(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dressed(kind: &Kind, own: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        dress(&mut headers, kind, Origin::read(own).as_ref());
        headers
    }

    fn csp(kind: &Kind) -> String {
        dressed(kind, "https://chat.example")[header::CONTENT_SECURITY_POLICY].to_str().unwrap().into()
    }

    #[test]
    fn the_frame_is_shown_by_the_sites_of_its_application_and_by_nobody_else() {
        let sites = ["https://shop.example/", "https://*.shop.example", "http://localhost:8081"].map(String::from);
        let policy = csp(&Kind::Frame(sites.to_vec()));

        assert!(
            policy.contains(
                "frame-ancestors https://shop.example https://*.shop.example http://localhost:8081; form-action 'none'"
            ),
            "{policy}"
        );
        assert!(policy.contains("connect-src 'self' wss://chat.example;"), "{policy}");
        assert!(csp(&Kind::Frame(Vec::new())).contains("frame-ancestors 'none'"));
    }

    #[test]
    fn a_hostile_site_does_not_change_the_policy() {
        let sites = [
            "https://a.example; script-src *",
            "*",
            "https://a.example b.example",
            "javascript:alert(1)",
            "https://*.*",
        ]
        .map(String::from);

        assert!(csp(&Kind::Frame(sites.to_vec())).contains("frame-ancestors 'none'"));
    }

    #[test]
    fn nothing_of_ours_may_run_what_it_was_told() {
        let frame = Kind::Frame(Vec::new());
        for kind in [Kind::Data, Kind::Page, Kind::Portal, Kind::Console, frame, Kind::Host, Kind::Loader] {
            let policy = csp(&kind);
            assert!(policy.starts_with("default-src 'none'"), "{policy}");
            assert!(!policy.contains("'unsafe-inline'") && !policy.contains("'unsafe-eval'"), "{policy}");
            assert!(policy.contains("base-uri 'none'"), "{policy}");
        }
    }

    #[test]
    fn only_over_tls_it_is_asked_for_for_ever() {
        assert!(dressed(&Kind::Data, "https://chat.example").contains_key(header::STRICT_TRANSPORT_SECURITY));
        assert!(!dressed(&Kind::Data, "http://localhost:8080").contains_key(header::STRICT_TRANSPORT_SECURITY));
    }

    #[test]
    fn what_a_door_said_itself_stays() {
        let mut headers = HeaderMap::new();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));

        dress(&mut headers, &Kind::Data, None);

        assert_eq!(headers[header::CACHE_CONTROL], "no-cache");
        assert_eq!(headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
    }
}
