//! The folder the server carries: hashed names, a manifest, compressed siblings.
//!
//! `manifest.json`: `{"files": {"widget.js": "widget-0a1b2c3d4e.js", …}, "integrity": {"embed.js": "sha384-…"},
//! "parts": {"chat": ["console-chat.wasm", …]}}`; a part is what a view or a language needs besides the
//! first load. Names are relative to the folder. A hashed name never changes its content; plain names exist only
//! for files of `public/`. Beside a file that shrinks lie `.br` and `.gz` (not in quick builds).

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::json;
use sha2::{Digest, Sha384};

use crate::compile::Mode;
use crate::house::hash;
use crate::split::Parts;

pub struct Folder {
    files: BTreeMap<String, Vec<u8>>,
    names: BTreeMap<String, String>,
    integrity: BTreeMap<String, String>,
    parts: Parts,
}

impl Folder {
    pub fn new() -> Self {
        Self { files: BTreeMap::new(), names: BTreeMap::new(), integrity: BTreeMap::new(), parts: Parts::new() }
    }

    /// Adds a file under a name that says its content.
    pub fn add(&mut self, logical: &str, bytes: Vec<u8>) -> String {
        let (stem, end) = logical.rsplit_once('.').unwrap_or((logical, "bin"));
        let hashed = format!("{stem}-{}.{end}", &hash(&bytes)[..10]);
        self.files.insert(hashed.clone(), bytes);
        self.names.insert(logical.to_owned(), hashed.clone());
        hashed
    }

    /// Adds a file under its own name only.
    pub fn add_plain(&mut self, name: &str, bytes: Vec<u8>) {
        self.files.insert(name.to_owned(), bytes);
    }

    /// Adds a file of `public/`: strangers know it by its plain name, we by the hashed one.
    pub fn add_public(&mut self, name: &str, bytes: Vec<u8>) {
        if name.ends_with(".js") {
            let digest = STANDARD.encode(Sha384::digest(&bytes));
            self.integrity.insert(name.to_owned(), format!("sha384-{digest}"));
        }
        self.files.insert(name.to_owned(), bytes.clone());
        self.add(name, bytes);
    }

    /// Says what views need besides the first load.
    pub fn parts(&mut self, parts: Parts) {
        self.parts.extend(parts);
    }

    /// Puts hashed names in place of logical ones, where a text quotes them whole.
    pub fn rename_in(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (logical, hashed) in &self.names {
            for (open, close) in [("\"", "\""), ("'", "'"), ("`", "`"), ("(", ")")] {
                text = text.replace(&format!("{open}{logical}{close}"), &format!("{open}{hashed}{close}"));
            }
        }
        text
    }

    /// Writes everything beside the old folder, then takes its place at once.
    pub fn write(self, out: &Path, mode: Mode) -> Result<()> {
        let fresh = out.with_extension("new");
        if fresh.exists() {
            fs::remove_dir_all(&fresh)?;
        }
        for (name, bytes) in &self.files {
            write(&fresh.join(name), bytes)?;
        }
        if mode != Mode::Quick {
            compress(&fresh, &self.files)?;
        }
        let manifest = json!({ "files": self.names, "integrity": self.integrity, "parts": self.parts });
        write(&fresh.join("manifest.json"), serde_json::to_string_pretty(&manifest)?.as_bytes())?;
        if out.exists() {
            fs::remove_dir_all(out)?;
        }
        fs::rename(&fresh, out).with_context(|| format!("writing {}", out.display()))
    }
}

fn write(path: &PathBuf, bytes: &[u8]) -> Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, bytes).with_context(|| format!("writing {}", path.display()))
}

/// Brotli at its slowest, once here, so that the server never compresses a file.
fn compress(folder: &Path, files: &BTreeMap<String, Vec<u8>>) -> Result<()> {
    for (name, bytes) in files {
        let br = brotli(bytes)?;
        // Pictures and sounds are compressed already.
        if br.len() * 10 > bytes.len() * 9 {
            continue;
        }
        let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        gz.write_all(bytes)?;
        write(&folder.join(format!("{name}.br")), &br)?;
        write(&folder.join(format!("{name}.gz")), &gz.finish()?)?;
    }
    Ok(())
}

pub fn brotli(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut out = Vec::new();
    let params = brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 22, ..Default::default() };
    brotli::BrotliCompress(&mut &bytes[..], &mut out, &params)?;
    Ok(out)
}
