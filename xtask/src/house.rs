//! Where things are, and which toolchain this machine has.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};

use crate::compile::Mode;

/// A front end: one crate that becomes one WASM module, one script and one style sheet.
pub struct Screen {
    pub name: &'static str,
    pub package: &'static str,
    pub features: &'static [&'static str],
    /// The folders whose files it is made of.
    pub folders: &'static [&'static str],
    /// It is cut into parts that are loaded on demand.
    pub split: bool,
}

const WIDGET: &[&str] = &["widget", "app/domain", "app/line", "app/words"];

/// The widget once for each language, as a customer needs no other.
pub const SCREENS: &[Screen] = &[
    Screen { name: "widget-es", package: "widget", features: &["es"], folders: WIDGET, split: false },
    Screen { name: "widget-pt", package: "widget", features: &["pt"], folders: WIDGET, split: false },
    Screen { name: "widget-en", package: "widget", features: &["en"], folders: WIDGET, split: false },
    Screen { name: "console", package: "app", features: &["csr"], folders: &["app"], split: true },
];

impl Screen {
    /// Is it what somebody calls so: `widget-pt`, or all of `widget`?
    pub fn is(&self, name: &str) -> bool {
        self.name == name || self.name.strip_prefix(name).is_some_and(|rest| rest.starts_with('-'))
    }
}

pub struct House {
    /// The clone.
    pub root: PathBuf,
    /// Everything built, shared between clones.
    pub cache: PathBuf,
    /// `rustc -vV`.
    pub compiler: String,
    pub sysroot: PathBuf,
}

impl House {
    pub fn find() -> Result<Self> {
        // Set by `cargo run`, so that a binary shared between clones works in the right one.
        let here = match std::env::var_os("CARGO_MANIFEST_DIR") {
            Some(folder) => PathBuf::from(folder),
            None => std::env::current_dir()?,
        };
        let root = here
            .ancestors()
            .find(|folder| folder.join("xtask/Cargo.toml").is_file())
            .context("run xtask inside the project's folder")?
            .to_owned();
        let cache = match (std::env::var_os("RECADO_CACHE"), std::env::var_os("HOME")) {
            (Some(folder), _) => PathBuf::from(folder),
            (None, Some(home)) => Path::new(&home).join(".cache/recado"),
            (None, None) => bail!("neither RECADO_CACHE nor HOME says where to keep what is built"),
        };
        let compiler = read(Command::new("rustc").arg("-vV"))?;
        let sysroot = read(Command::new("rustc").args(["--print", "sysroot"]))?.trim().into();
        Ok(Self { root, cache, compiler, sysroot })
    }

    /// The smallest build this toolchain can make.
    pub fn smallest(&self) -> Mode {
        let source = self.sysroot.join("lib/rustlib/src/rust/library/std/Cargo.toml").is_file();
        let knows = Command::new("rustc")
            .args(["-Zunstable-options", "-Cpanic=immediate-abort", "--print", "cfg"])
            .env("RUSTC_BOOTSTRAP", "1")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success());
        if source && knows { Mode::Tiny } else { Mode::Plain }
    }

    /// The linker for WASM, where the toolchain does not bring its own.
    pub fn wasm_linker(&self) -> Option<PathBuf> {
        let value = |key: &str| self.compiler.lines().find_map(|line| line.strip_prefix(key)).map(str::trim);
        let own = self.sysroot.join("lib/rustlib").join(value("host:")?).join("bin/rust-lld");
        if own.is_file() {
            return None;
        }
        let number = value("LLVM version:")?.split('.').next()?;
        find_program(&format!("wasm-ld-{number}")).or_else(|| find_program("wasm-ld"))
    }

    /// A program from npm that xtask can do without, installed by `bin/setup`.
    pub fn tool(&self, name: &str) -> Option<PathBuf> {
        let bin = |folder: &Path| folder.join("node_modules/.bin").join(name);
        [bin(&self.cache.join("tools")), bin(&self.root.join("end2end"))]
            .into_iter()
            .find(|path| path.exists())
            .or_else(|| find_program(name))
    }

    /// Held while the shared cache is written: two clones, or two terminals, take turns.
    pub fn turn(&self) -> Result<fs::File> {
        fs::create_dir_all(&self.cache)?;
        let lock = fs::File::create(self.cache.join("front.lock"))?;
        if lock.try_lock().is_err() {
            println!("front: waiting for another build");
            lock.lock()?;
        }
        Ok(lock)
    }

    pub fn cargo(&self) -> Command {
        let mut cargo = Command::new("cargo");
        cargo.current_dir(&self.root);
        cargo
    }
}

pub fn find_program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
}

/// Runs a program to its end; its words go to the terminal.
pub fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("{:?} did not start", command.get_program()))?;
    if !status.success() {
        bail!("{:?} failed ({status})", command.get_program());
    }
    Ok(())
}

/// Runs a program to its end and returns what it printed.
pub fn read(command: &mut Command) -> Result<String> {
    let output = command.output().with_context(|| format!("{:?} did not start", command.get_program()))?;
    if !output.status.success() {
        bail!("{:?} failed: {}", command.get_program(), String::from_utf8_lossy(&output.stderr));
    }
    Ok(String::from_utf8(output.stdout)?)
}

/// Every file below a folder, sorted, so that a hash over them is the same everywhere.
pub fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    if folder.is_file() {
        found.push(folder.to_owned());
    } else if folder.is_dir() {
        for entry in fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))? {
            let path = entry?.path();
            let hidden = path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
            if !hidden {
                found.extend(files(&path)?);
            }
        }
    }
    found.sort();
    Ok(found)
}

pub fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// One hash for the content of many files, and for what else decides the result.
pub fn fingerprint(root: &Path, paths: &[&str], besides: &[&str]) -> Result<String> {
    let mut told = String::new();
    for path in paths {
        for file in files(&root.join(path))? {
            let name = file.strip_prefix(root).unwrap_or(&file).display().to_string();
            let bytes = fs::read(&file).with_context(|| format!("reading {name}"))?;
            told.push_str(&format!("{name} {}\n", hash(&bytes)));
        }
    }
    told.push_str(&besides.join("\n"));
    Ok(hash(told.as_bytes()))
}
