//! A crate becomes a WASM module and the script that starts it.

use std::fs;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use wasm_bindgen_cli_support::Bindgen;

use crate::house::{House, Screen, fingerprint, hash, run};
use crate::split::{self, Parts};
use crate::{node, prune};

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Seconds to build, megabytes to load.
    Quick,
    /// The smallest a plain stable toolchain makes.
    Plain,
    /// With a standard library built for size, and panics that say nothing.
    Tiny,
}

const TARGET: &str = "wasm32-unknown-unknown";

impl Mode {
    pub fn name(self) -> &'static str {
        match self {
            Self::Quick => "quick",
            Self::Plain => "plain",
            Self::Tiny => "tiny",
        }
    }

    fn profile(self) -> &'static str {
        if self == Self::Quick { "wasm-dev" } else { "wasm" }
    }
}

/// What a screen's crate became.
pub struct Compiled {
    pub wasm: Vec<u8>,
    /// Loads and starts `{screen}.wasm`, named so in one string of it.
    pub script: Vec<u8>,
    /// Scripts of dependencies beside it, where nothing could bundle them.
    pub beside: Vec<(String, Vec<u8>)>,
    /// Modules that are loaded on demand, by the names that the script knows.
    pub chunks: Vec<(String, Vec<u8>)>,
    pub parts: Parts,
}

/// Builds what changed and nothing else.
pub fn compile(house: &House, screen: &Screen, mode: Mode) -> Result<Compiled> {
    let folder = folder(house, screen, mode);
    fs::create_dir_all(&folder)?;

    let mut paths = vec!["Cargo.toml", "Cargo.lock"];
    paths.extend(screen.folders);
    let steps = fingerprint(
        &house.root,
        &[
            "xtask/src/compile.rs",
            "xtask/src/node.rs",
            "xtask/src/prune.rs",
            "xtask/src/small.mjs",
            "xtask/src/split.rs",
        ],
        &[],
    )?;
    let tools = format!("{steps} {:?} {:?}", house.tool("wasm-opt"), house.tool("esbuild"));
    let sources = fingerprint(&house.root, &paths, &[&house.compiler, mode.name(), &tools])?;
    if !is(&folder.join("sources.key"), &sources) {
        println!("front: compiling {} ({})", screen.name, mode.name());
        let module = cargo(house, screen, mode)?;
        bind(house, screen, mode, &module, &folder, &tools)?;
        fs::write(folder.join("sources.key"), sources)?;
    }
    read(screen, &folder)
}

/// What an earlier build left, when only another screen is asked for.
pub fn compiled(house: &House, screen: &Screen, mode: Mode) -> Option<Compiled> {
    read(screen, &folder(house, screen, mode)).ok()
}

fn folder(house: &House, screen: &Screen, mode: Mode) -> PathBuf {
    house.cache.join("front").join(format!("{}-{}", screen.name, mode.name()))
}

fn is(key: &Path, value: &str) -> bool {
    fs::read_to_string(key).is_ok_and(|kept| kept == value)
}

fn cargo(house: &House, screen: &Screen, mode: Mode) -> Result<PathBuf> {
    let mut cargo = house.cargo();
    cargo.args([
        "rustc",
        "--lib",
        "--crate-type",
        "cdylib",
        "--target",
        TARGET,
        "--profile",
        mode.profile(),
        "-p",
        screen.package,
    ]);
    cargo.arg("--target-dir").arg(house.cache.join("wasm"));
    // Somebody who waits sees how far it is; a log does not need four hundred names.
    if !std::io::stderr().is_terminal() {
        cargo.arg("--quiet");
    }
    cargo.args(["--no-default-features", "--features", &screen.features.join(",")]);
    if let (None, Some(linker)) = (std::env::var_os(LINKER), house.wasm_linker()) {
        cargo.env(LINKER, linker);
    }
    if mode == Mode::Tiny {
        let tiny = "-Zunstable-options -Cpanic=immediate-abort -Zlocation-detail=none -Zfmt-debug=none";
        cargo
            .args(["-Zbuild-std=std,panic_abort", "-Zbuild-std-features=optimize_for_size"])
            .env("RUSTC_BOOTSTRAP", "1")
            .env("RUSTFLAGS", format!("{tiny} {ERASED}"));
    } else {
        // The shell may have said here where it keeps a standard library.
        let flags = std::env::var(FLAGS).unwrap_or_default();
        cargo.env(FLAGS, format!("{flags} {ERASED}").trim());
    }
    if screen.split {
        // For the last step alone: the crates below are the same for every screen.
        cargo.args(["--", split::FLAG]);
    }
    run(&mut cargo).with_context(|| format!("{} does not compile", screen.name))?;
    Ok(module(house, screen, mode))
}

fn module(house: &House, screen: &Screen, mode: Mode) -> PathBuf {
    house.cache.join("wasm").join(TARGET).join(mode.profile()).join(format!("{}.wasm", screen.package))
}

/// A small build as the compiler left it, with the names of its functions.
pub fn raw(house: &House, screen: &Screen) -> PathBuf {
    module(house, screen, Mode::Plain)
}

const LINKER: &str = "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER";
/// leptos then draws every element and every attribute by the same few functions. For the widget too, which
/// has none: so the standard library is built once for both.
const ERASED: &str = "--cfg erase_components";
const FLAGS: &str = "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS";

/// wasm-bindgen, then everything that makes its output smaller.
fn bind(house: &House, screen: &Screen, mode: Mode, module: &Path, folder: &Path, tools: &str) -> Result<()> {
    let raw = fs::read(module).with_context(|| format!("reading {}", module.display()))?;
    let key = hash(format!("{} {tools}", hash(&raw)).as_bytes());
    if is(&folder.join("module.key"), &key) {
        return Ok(());
    }

    let small = mode != Mode::Quick;
    let bound = folder.join("bound");
    if bound.exists() {
        fs::remove_dir_all(&bound)?;
    }
    let mut cut = if screen.split { Some(split::cut(screen, &raw, &bound.join("cut"))?) } else { None };
    let mut bindgen = Bindgen::new();
    bindgen
        .input_bytes(screen.name, cut.as_ref().map_or(raw, |cut| cut.main.clone()))
        .web(true)?
        .typescript(false)
        .omit_default_module_path(true)
        // Chunks call through the table of the main module.
        .keep_lld_exports(screen.split)
        .keep_debug(false)
        .remove_name_section(small)
        .remove_producers_section(small);
    bindgen.generate(&bound)?;

    // What is small enough to travel with others is known when all are as small as they get.
    if let Some(cut) = &mut cut {
        finish_all(house, &mut cut.chunks, &bound, small)?;
        cut.pack(screen)?;
    }

    let glue = bound.join(format!("{}.js", screen.name));
    let mut script = prune::classes(&fs::read_to_string(&glue)?);
    if let Some(cut) = &cut {
        script = split::join(cut, &script)?;
    }
    fs::write(&glue, &script)?;
    // What is cut calls its parts by the names that it has.
    let glue_alone = cut.is_none().then(|| glue.clone());
    let wasm = bound.join(format!("{}_bg.wasm", screen.name));
    fs::write(&wasm, prune::exports(&fs::read(&wasm)?, &script)?)?;
    finish(house, &wasm, glue_alone.as_deref(), small)?;
    let chunks = folder.join("chunks");
    if chunks.exists() {
        fs::remove_dir_all(&chunks)?;
    }
    if let Some(cut) = &cut {
        fs::create_dir_all(&chunks)?;
        for (name, bytes) in &cut.chunks {
            fs::write(chunks.join(name), bytes)?;
        }
    }
    let parts = cut.map(|cut| cut.parts).unwrap_or_default();
    fs::write(folder.join("parts.json"), serde_json::to_string(&parts)?)?;

    let entry = bound.join("entry.js");
    let start = format!(
        "import start from \"./{0}.js\";\nstart({{ module_or_path: new URL(\"{0}.wasm\", import.meta.url) }});\n",
        screen.name
    );
    fs::write(&entry, start)?;
    let script = folder.join(format!("{}.js", screen.name));
    let bundled = if small { node::bundle(house, &entry)? } else { None };
    if let Some(bundled) = &bundled {
        fs::write(&script, bundled)?;
    } else {
        // The glue starts itself, so that a page needs no script of its own.
        let glue = fs::read_to_string(&glue)?;
        fs::write(
            &script,
            format!("{glue}\n__wbg_init({{ module_or_path: new URL(\"{}.wasm\", import.meta.url) }});\n", screen.name),
        )?;
    }

    let snippets = folder.join("snippets");
    if snippets.exists() {
        fs::remove_dir_all(&snippets)?;
    }
    if bundled.is_none() && bound.join("snippets").exists() {
        fs::rename(bound.join("snippets"), &snippets)?;
    }
    fs::rename(&wasm, folder.join(format!("{}.wasm", screen.name)))?;
    fs::write(folder.join("module.key"), key)?;
    Ok(())
}

/// Many small modules. Where the library is at hand they share a process for each core; else each has its own.
fn finish_all(house: &House, chunks: &mut [(String, Vec<u8>)], folder: &Path, small: bool) -> Result<()> {
    let paths: Vec<_> = chunks.iter().map(|(name, _)| folder.join(name)).collect();
    for ((_, bytes), path) in chunks.iter().zip(&paths) {
        fs::write(path, bytes)?;
    }
    if !(small && node::optimise_all(house, &paths)?) {
        paths.iter().try_for_each(|path| finish(house, path, None, small))?;
    }
    for ((_, bytes), path) in chunks.iter_mut().zip(&paths) {
        *bytes = fs::read(path)?;
    }
    Ok(())
}

/// A module as it is served: small where there is time for it, and valid always.
fn finish(house: &House, module: &Path, glue: Option<&Path>, small: bool) -> Result<()> {
    if small && !node::optimise(house, module, glue)? {
        println!("front: wasm-opt is not installed, {} stays some percent larger", module.display());
    }
    if node::is_valid(module)? == Some(false) {
        bail!("no browser would take {}: WebAssembly.validate says no", module.display());
    }
    Ok(())
}

fn read(screen: &Screen, folder: &Path) -> Result<Compiled> {
    let mut beside = Vec::new();
    for file in crate::house::files(&folder.join("snippets"))? {
        let name = file.strip_prefix(folder)?.display().to_string();
        beside.push((name, fs::read(file)?));
    }
    let chunks = crate::house::files(&folder.join("chunks"))?.into_iter().map(|file| {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Ok((name, fs::read(file)?))
    });
    Ok(Compiled {
        chunks: chunks.collect::<Result<_>>()?,
        parts: serde_json::from_str(&fs::read_to_string(folder.join("parts.json"))?)?,
        wasm: fs::read(folder.join(format!("{}.wasm", screen.name)))?,
        script: fs::read(folder.join(format!("{}.js", screen.name)))?,
        beside,
    })
}
