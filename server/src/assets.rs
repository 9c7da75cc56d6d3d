//! What browsers load: inside the binary, compressed when it was built, under names that say
//! their content.

use crate::headers::Kind;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use domain::wire::Loader;
use rust_embed::EmbeddedFile;
use serde::Deserialize;
use std::borrow::Cow;
use std::collections::HashMap;
use std::path::{Component, Path, PathBuf};

#[cfg(not(debug_assertions))]
#[derive(rust_embed::RustEmbed)]
#[folder = "$RECADO_SITE"]
struct Carried;

/// A year: the name of a file changes with its content.
const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// A plain name: a new release is everywhere within minutes.
const A_WHILE: HeaderValue = HeaderValue::from_static("public, max-age=300");

/// What pages include.
pub const LOADER: &str = "embed.js";

/// What xtask wrote: the hashed name of each file.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Manifest {
    files: HashMap<String, String>,
    /// What a view of the console needs besides what all share, by the first step of its address, and
    /// what a language does.
    #[serde(default)]
    parts: HashMap<String, Vec<String>>,
    /// What a page pins a script of ours by.
    #[serde(default)]
    integrity: HashMap<String, String>,
}

impl Manifest {
    fn read(file: Option<EmbeddedFile>) -> Manifest {
        file.and_then(|file| serde_json::from_slice(&file.data).ok()).unwrap_or_default()
    }
}

pub enum Site {
    /// Inside the binary.
    #[cfg(not(debug_assertions))]
    Carried(Manifest),
    /// In a folder, read anew each time: while developing, and in stories.
    Folder(PathBuf),
}

impl Site {
    /// What this binary serves: a release carries it inside.
    pub fn own() -> Site {
        #[cfg(not(debug_assertions))]
        return Site::Carried(Manifest::read(Carried::get("manifest.json")));
        #[cfg(debug_assertions)]
        return Site::Folder(env!("RECADO_SITE").into());
    }

    fn read(&self, name: &str) -> Option<EmbeddedFile> {
        match self {
            #[cfg(not(debug_assertions))]
            Site::Carried(_) => Carried::get(name),
            Site::Folder(folder) => {
                let inside = Path::new(name).components().all(|part| matches!(part, Component::Normal(_)));
                let path = folder.join(name);
                if inside && path.is_file() { rust_embed::utils::read_file_from_fs(&path).ok() } else { None }
            }
        }
    }

    fn manifest(&self) -> Cow<'_, Manifest> {
        match self {
            #[cfg(not(debug_assertions))]
            Site::Carried(manifest) => Cow::Borrowed(manifest),
            Site::Folder(_) => Cow::Owned(Manifest::read(self.read("manifest.json"))),
        }
    }

    /// Where a file is, by the name it has in the project; none: it was not built.
    pub fn address(&self, name: &str) -> Option<String> {
        self.manifest().files.get(name).map(|hashed| format!("/{hashed}"))
    }

    /// The loader under the name that never changes its content, and what a page pins it by.
    pub fn loader(&self) -> Option<Loader> {
        let integrity = self.manifest().integrity.get(LOADER)?.clone();
        Some(Loader { path: self.address(LOADER)?, integrity })
    }

    /// Where the modules are that a view or a language needs.
    pub fn part(&self, view: &str) -> Vec<String> {
        let manifest = self.manifest();
        let names = manifest.parts.get(view).into_iter().flatten();
        names.filter_map(|name| Some(format!("/{}", manifest.files.get(name)?))).collect()
    }

    /// The text of a page that is served with something put in.
    pub fn text(&self, name: &str) -> Option<String> {
        String::from_utf8(self.read(name)?.data.into_owned()).ok()
    }

    /// Answers with a file, in the smallest form that the caller takes; none: there is none.
    pub fn answer(&self, name: &str, headers: &HeaderMap) -> Option<Response<Body>> {
        // Compressed siblings and the manifest are for us.
        if name.ends_with(".br") || name.ends_with(".gz") || name == "manifest.json" {
            return None;
        }
        let (mut file, mut encoding) = (self.read(name)?, None);
        let wants_part = headers.get(header::RANGE);
        if wants_part.is_none() {
            for (coding, end) in [("br", ".br"), ("gzip", ".gz")] {
                if takes(headers, coding)
                    && let Some(small) = self.read(&format!("{name}{end}"))
                {
                    (file, encoding) = (small, Some(coding));
                    break;
                }
            }
        }
        let tag = tag(&file);
        let mut response = Response::new(Body::empty());
        let hashed = self.manifest().files.values().any(|hashed| hashed == name);
        let about = response.headers_mut();
        about.insert(header::CACHE_CONTROL, if hashed { FOR_EVER } else { A_WHILE });
        about.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
        about.insert(header::CONTENT_TYPE, HeaderValue::from_static(media(name)));
        if let Ok(tag) = HeaderValue::try_from(&tag) {
            about.insert(header::ETAG, tag);
        }
        if let Some(coding) = encoding {
            about.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
        }
        if name == LOADER || self.manifest().files.get(LOADER).is_some_and(|loader| loader == name) {
            // A page that pins our loader by its hash must be allowed to read it.
            about.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
            response.extensions_mut().insert(Kind::Loader);
        }
        let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
        if known.is_some_and(|all| all.split(',').any(|known| known.trim().trim_start_matches("W/") == tag)) {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            return Some(response);
        }
        fill(&mut response, bytes(file), wants_part);
        Some(response)
    }
}

/// The whole file, or the part that a player of sounds asks for.
fn fill(response: &mut Response<Body>, bytes: Bytes, range: Option<&HeaderValue>) {
    let whole = bytes.len();
    response.headers_mut().insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    match range.and_then(|range| part(range.to_str().ok()?, whole)) {
        Some((first, last)) => {
            *response.status_mut() = StatusCode::PARTIAL_CONTENT;
            if let Ok(which) = HeaderValue::try_from(format!("bytes {first}-{last}/{whole}")) {
                response.headers_mut().insert(header::CONTENT_RANGE, which);
            }
            *response.body_mut() = Body::from(bytes.slice(first..=last));
        }
        None => *response.body_mut() = Body::from(bytes),
    }
}

/// `bytes=0-1`, `bytes=5-`, `bytes=-5`: the first and the last byte. Anything else may be
/// answered with the whole.
fn part(range: &str, whole: usize) -> Option<(usize, usize)> {
    let (first, last) = range.strip_prefix("bytes=")?.split_once('-')?;
    let end = whole.checked_sub(1)?;
    let (first, last) = match (first, last) {
        ("", count) => (whole.saturating_sub(count.parse().ok().filter(|n| *n > 0)?), end),
        (first, "") => (first.parse().ok()?, end),
        (first, last) => (first.parse().ok()?, last.parse::<usize>().ok()?.min(end)),
    };
    (first <= last).then_some((first, last))
}

/// A loader of an earlier release, for a page that has pinned it.
pub fn earlier_loader(body: String) -> Response<Body> {
    let mut response = Response::new(Body::from(body));
    let about = response.headers_mut();
    about.insert(header::CACHE_CONTROL, FOR_EVER);
    about.insert(header::CONTENT_TYPE, HeaderValue::from_static(media(LOADER)));
    about.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response.extensions_mut().insert(Kind::Loader);
    response
}

fn bytes(file: EmbeddedFile) -> Bytes {
    match file.data {
        Cow::Borrowed(bytes) => Bytes::from_static(bytes),
        Cow::Owned(bytes) => Bytes::from(bytes),
    }
}

fn tag(file: &EmbeddedFile) -> String {
    let hash: String = file.metadata.sha256_hash().iter().take(12).map(|byte| format!("{byte:02x}")).collect();
    format!("\"{hash}\"")
}

/// Does the caller take this coding? `br;q=0` is a no.
fn takes(headers: &HeaderMap, coding: &str) -> bool {
    let all = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    all.flat_map(|list| list.split(',')).any(|one| {
        let mut parts = one.split(';').map(str::trim);
        let named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case(coding));
        let refused =
            parts.any(|part| part.strip_prefix("q=").is_some_and(|q| q.parse::<f32>().is_ok_and(|q| q <= 0.0)));
        named && !refused
    })
}

fn media(name: &str) -> &'static str {
    match name.rsplit_once('.').map_or("", |(_, end)| end) {
        "css" => "text/css; charset=utf-8",
        "gif" => "image/gif",
        "html" => "text/html; charset=utf-8",
        "ico" => "image/x-icon",
        "jpg" | "jpeg" => "image/jpeg",
        "js" => "text/javascript; charset=utf-8",
        "json" => "application/json",
        "mp3" => "audio/mpeg",
        "ogg" => "audio/ogg",
        "png" => "image/png",
        "svg" => "image/svg+xml",
        "txt" => "text/plain; charset=utf-8",
        "ts" => "text/plain; charset=utf-8",
        "wasm" => "application/wasm",
        "wav" => "audio/wav",
        "webmanifest" => "application/manifest+json",
        "webp" => "image/webp",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site() -> (tempfile::TempDir, Site) {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in [
            (
                "manifest.json",
                r#"{"files": {"widget.wasm": "widget-0a1b.wasm", "embed.js": "embed-2c3d.js"}, "integrity": {}}"#,
            ),
            ("widget-0a1b.wasm", "plain wasm"),
            ("widget-0a1b.wasm.br", "br"),
            ("widget-0a1b.wasm.gz", "gz"),
            ("embed.js", "loader"),
        ] {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        std::fs::write(folder.path().parent().unwrap().join("recado-outside.txt"), "outside").unwrap();
        let site = Site::Folder(folder.path().into());
        (folder, site)
    }

    fn asking(name: &'static str, value: &'static str) -> HeaderMap {
        [(name.parse().unwrap(), HeaderValue::from_static(value))].into_iter().collect()
    }

    #[test]
    fn the_smallest_form_that_the_caller_takes() {
        let (_folder, site) = site();
        for (accepts, coding) in [
            ("gzip, deflate, br", Some("br")),
            ("gzip", Some("gzip")),
            ("br;q=0, gzip;q=0.5", Some("gzip")),
            ("identity", None),
        ] {
            let answer = site.answer("widget-0a1b.wasm", &asking("accept-encoding", accepts)).unwrap();
            let headers = answer.headers();
            assert_eq!(headers.get(header::CONTENT_ENCODING).map(|c| c.to_str().unwrap()), coding, "{accepts}");
            assert_eq!(headers[header::CONTENT_TYPE], "application/wasm");
            assert_eq!(headers[header::CACHE_CONTROL], FOR_EVER);
            assert_eq!(headers[header::VARY], "Accept-Encoding");
        }
    }

    #[test]
    fn what_the_caller_has_is_not_sent_again() {
        let (_folder, site) = site();
        let first = site.answer("embed.js", &HeaderMap::new()).unwrap();
        let mut again = HeaderMap::new();
        again.insert(header::IF_NONE_MATCH, first.headers()[header::ETAG].clone());

        let second = site.answer("embed.js", &again).unwrap();

        assert_eq!(second.status(), StatusCode::NOT_MODIFIED);
        assert_eq!(second.headers()[header::CACHE_CONTROL], A_WHILE);
    }

    #[test]
    fn nothing_but_the_site_is_served() {
        let (_folder, site) = site();
        for name in ["../recado-outside.txt", "/etc/passwd", "manifest.json", "widget-0a1b.wasm.br", "", "nothing.js"] {
            assert!(site.answer(name, &HeaderMap::new()).is_none(), "{name}");
        }
    }

    #[test]
    fn a_player_gets_the_part_it_asks_for() {
        let (_folder, site) = site();

        let answer = site.answer("embed.js", &asking("range", "bytes=0-1")).unwrap();

        assert_eq!(answer.status(), StatusCode::PARTIAL_CONTENT);
        assert_eq!(answer.headers()[header::CONTENT_RANGE], "bytes 0-1/6");
        assert_eq!(part("bytes=-2", 6), Some((4, 5)));
        assert_eq!(part("bytes=4-99", 6), Some((4, 5)));
        for odd in ["bytes=9-", "bytes=3-1", "bytes=-0", "lines=1-2", "bytes=a-b", "bytes=0-1,3-4"] {
            assert_eq!(part(odd, 6), None, "{odd}");
        }
    }
}
