//! The documents that hold the two front ends, and the page for what went wrong: static HTML that
//! names files by their content.

use crate::assets::Site;
use crate::encoding::Encoding;
use crate::headers::Kind;
use app::pages::Standing;
use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, header};
use base64::Engine;
use base64::prelude::BASE64_STANDARD as BASE64;
use desk::Fault;
use domain::profile::Theme;
use domain::wire::{Lists, Me};
use words::Words;

/// The page of a screen that draws itself, in one of its builds.
struct Shell<'a> {
    style: &'a str,
    build: &'a str,
    lang: &'a str,
    /// Light or dark, whatever the machine says.
    theme: Theme,
    title: &'a str,
    /// What these are made of is fetched at once, and not when the screen has noticed that it needs them.
    parts: &'a [&'a str],
    /// More for its head.
    told: &'a str,
    body: &'a str,
}

/// None: it was not built.
fn written(shell: &Shell, site: &Site) -> Option<String> {
    let Shell { style, build, lang, theme, title, parts, told, body } = shell;
    let style = site.address(style)?;
    let (script, module) = (site.address(&format!("{build}.js"))?, site.address(&format!("{build}.wasm"))?);
    let icon = site
        .address("favicon.svg")
        .map_or(String::new(), |icon| format!("<link rel=\"icon\" href=\"{icon}\" type=\"image/svg+xml\">\n"));
    let ahead: String = std::iter::once(module)
        .chain(parts.iter().flat_map(|part| site.part(part)))
        .map(|file| {
            format!("<link rel=\"preload\" href=\"{file}\" as=\"fetch\" type=\"application/wasm\" crossorigin>\n")
        })
        .collect();
    Some(format!(
        "<!doctype html>\n<html lang=\"{lang}\"{theme}>\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1, interactive-widget=resizes-content\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{title}</title>\n{icon}\
         <link rel=\"stylesheet\" href=\"{style}\">\n\
         {ahead}{told}<script type=\"module\" src=\"{script}\"></script>\n{dev}</head>\n<body>{body}</body>\n</html>\n",
        theme = if *theme == Theme::System { String::new() } else { format!(" data-theme=\"{}\"", theme.word()) },
        dev = crate::doors::dev::tag(),
    ))
}

/// So many rows of the lists travel with the document; more would hold up what comes after it.
const LISTED: usize = 64;

/// What the console's document brings: who reads it, and the lists where they are short, `Me` and `Lists` in postcard.
/// Ways to the server less before anything is to be done.
pub fn told(me: &Me, lists: Option<&Lists>) -> Result<String, Fault> {
    let meta = |name: &str, bytes: Vec<u8>| format!("<meta name=\"{name}\" content=\"{}\">\n", BASE64.encode(bytes));
    let mut told = meta("me", Encoding::Postcard.write(me)?);
    if let Some(lists) = lists.filter(|lists| lists.cards.len() + lists.unsaved.len() <= LISTED) {
        told += &meta("lists", Encoding::Postcard.write(lists)?);
    }
    Ok(told)
}

/// The console, where these parts are seen, with what it is [`told`]. The frame of it is painted as soon as its style is
/// there, and with it the queue, where that is seen.
pub fn console(
    site: &Site,
    lang: &str,
    theme: Theme,
    parts: &[&str],
    told: &str,
    queue: Option<(&Me, &Lists)>,
) -> Option<Response<Body>> {
    let ahead = site.address("ahead.js");
    let standing = queue.zip(ahead.as_deref()).map(|((me, lists), script)| Standing { me, lists, script });
    let shell = Shell {
        style: "console.css",
        build: "console",
        lang,
        theme,
        title: "Recado",
        parts: &[&[lang], parts].concat(),
        told,
        body: &app::pages::shell(lang, standing),
    };
    Some(page(written(&shell, site)?, Kind::Console))
}

/// The widget's frame in one of its languages, for these sites. It holds what the widget asks first, the
/// `ApplicationView` in postcard: a way to the server less before anything is to be seen. `called`: somebody may
/// call its visitor to a conversation.
pub fn frame(site: &Site, lang: &str, sites: Vec<String>, application: &[u8], called: bool) -> Option<Response<Body>> {
    let build = format!("widget-{lang}");
    let mut told = format!("<meta name=\"application\" content=\"{}\">\n", BASE64.encode(application));
    if let Some(call) = site.address("call.js").filter(|_| called) {
        told += &format!("<script type=\"module\" src=\"{call}\"></script>\n");
    }
    let (theme, parts) = (Theme::System, &[][..]);
    let shell = Shell { style: "widget.css", build: &build, lang, theme, title: "Chat", parts, told: &told, body: "" };
    Some(page(written(&shell, site)?, Kind::Frame(sites)))
}

/// A page that holds this tag and nothing else. It is looked at: nothing in it can be pressed, so that nothing is kept
/// of who looks.
pub fn host(lang: &str, tag: &str) -> Response<Body> {
    let html = format!(
        "<!doctype html>\n<html lang=\"{lang}\" inert>\n<head>\n<meta charset=\"utf-8\">\n<title>Chat</title>\n\
         {tag}\n</head>\n<body></body>\n</html>\n"
    );
    page(html, Kind::Host)
}

/// The frame of an application that is retired: it takes the launcher off the page, wherever its snippet still stands.
pub fn gone(site: &Site, sites: Vec<String>) -> Option<Response<Body>> {
    let script = site.address("gone.js")?;
    let html = format!(
        "<!doctype html>\n<html>\n<head>\n<meta charset=\"utf-8\">\n<title>Chat</title>\n\
         <script src=\"{script}\" defer></script>\n</head>\n<body></body>\n</html>\n"
    );
    let mut response = page(html, Kind::Frame(sites));
    *response.status_mut() = StatusCode::NOT_FOUND;
    Some(response)
}

/// What went wrong, in one sentence.
pub fn trouble(words: &Words, style: &str, sentence: &str) -> Response<Body> {
    page(
        format!(
            "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n<title>Recado</title>\n<link rel=\"stylesheet\" href=\"{style}\">\n</head>\n\
             <body><main class=\"gate\"><div class=\"gate__note\"><div class=\"gate__form\">\
             <p class=\"gate__brand\"><span>Recado</span></p><h1 class=\"gate__hello\" role=\"alert\">{}</h1>\
             <p class=\"gate__foot\"><a href=\"/\">Recado</a></p></div></div></main></body>\n</html>\n",
            words.lang,
            escaped(sentence)
        ),
        Kind::Page,
    )
}

pub fn page(html: String, kind: Kind) -> Response<Body> {
    let mut response = Response::new(Body::from(html));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("Accept-Language, Cookie"));
    response.extensions_mut().insert(kind);
    response
}

pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body_util::BodyExt;

    #[test]
    fn a_front_end_that_was_not_built_has_no_page() {
        let folder = tempfile::tempdir().unwrap();

        assert!(console(&Site::Folder(folder.path().into()), "es", Theme::System, &["chat"], "", None).is_none());
    }

    #[tokio::test]
    async fn what_a_view_needs_is_fetched_with_its_page() {
        let folder = tempfile::tempdir().unwrap();
        let manifest = r#"{
            "files": { "console.css": "c.css", "console.js": "c.js", "console.wasm": "c.wasm", "console-chat.wasm": "c-chat.wasm", "console-es.wasm": "c-es.wasm" },
            "parts": { "chat": ["console-chat.wasm"], "es": ["console-es.wasm"], "pt": [] }
        }"#;
        std::fs::write(folder.path().join("manifest.json"), manifest).unwrap();
        let site = Site::Folder(folder.path().into());

        for (view, ahead) in [("chat", true), ("tickets", false)] {
            let page = console(&site, "es", Theme::Dark, &[view], "", None).unwrap();
            let page = page.into_body().collect().await.unwrap().to_bytes();
            let page = std::str::from_utf8(&page).unwrap();
            assert!(page.contains("href=\"/c.wasm\" as=\"fetch\""), "{page}");
            assert!(page.contains("href=\"/c-es.wasm\" as=\"fetch\""), "{page}");
            assert!(page.contains("<html lang=\"es\" data-theme=\"dark\">"), "{page}");
            assert_eq!(page.contains("href=\"/c-chat.wasm\" as=\"fetch\""), ahead, "{page}");
        }
    }

    #[test]
    fn words_do_not_become_tags() {
        assert_eq!(escaped("<script>\"&"), "&lt;script&gt;&quot;&amp;");
    }
}
