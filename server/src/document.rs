//! The documents that hold the two front ends, and the page for what went wrong: static HTML that
//! names files by their content.

use crate::assets::Site;
use crate::headers::Kind;
use axum::body::Body;
use axum::http::{HeaderValue, Response, header};
use words::Words;

/// The page of a screen that draws itself, in one of its builds; none: it was not built.
fn shell(site: &Site, screen: &str, build: &str, lang: &str, title: &str, body: &str) -> Option<String> {
    let style = site.address(&format!("{screen}.css"))?;
    let (script, module) = (site.address(&format!("{build}.js"))?, site.address(&format!("{build}.wasm"))?);
    let icon = site
        .address("favicon.svg")
        .map_or(String::new(), |icon| format!("<link rel=\"icon\" href=\"{icon}\" type=\"image/svg+xml\">\n"));
    Some(format!(
        "<!doctype html>\n<html lang=\"{lang}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1, interactive-widget=resizes-content\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{title}</title>\n{icon}\
         <link rel=\"stylesheet\" href=\"{style}\">\n\
         <link rel=\"preload\" href=\"{module}\" as=\"fetch\" type=\"application/wasm\" crossorigin>\n\
         <script type=\"module\" src=\"{script}\"></script>\n{dev}</head>\n<body>{body}</body>\n</html>\n",
        dev = crate::doors::dev::tag(),
    ))
}

/// The console. The frame of it is painted as soon as its style is there.
pub fn console(site: &Site, lang: &str) -> Option<Response<Body>> {
    Some(page(shell(site, "console", "console", lang, "Recado", &app::pages::shell(lang))?, Kind::Console))
}

/// The widget's frame in one of its languages, for these sites.
pub fn frame(site: &Site, lang: &str, sites: Vec<String>) -> Option<Response<Body>> {
    Some(page(shell(site, "widget", &format!("widget-{lang}"), lang, "Chat", "")?, Kind::Frame(sites)))
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

    #[test]
    fn a_front_end_that_was_not_built_has_no_page() {
        let folder = tempfile::tempdir().unwrap();

        assert!(console(&Site::Folder(folder.path().into()), "es").is_none());
    }

    #[test]
    fn words_do_not_become_tags() {
        assert_eq!(escaped("<script>\"&"), "&lt;script&gt;&quot;&amp;");
    }
}
