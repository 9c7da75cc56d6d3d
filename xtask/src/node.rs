//! What needs Node: making files smaller, and asking a browser's engine about a module.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::house::{House, find_program, run};

/// With `--all-features` wasm-opt writes modules that browsers refuse; these it can be trusted with.
const OPTIMISE: &[&str] = &[
    "-Oz",
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
    "--enable-extended-const",
];

/// Replaces a module by a smaller one; false where the program is missing.
pub fn optimise(house: &House, module: &Path) -> Result<bool> {
    let Some(program) = house.tool("wasm-opt") else { return Ok(false) };
    let smaller = module.with_extension("smaller");
    run(Command::new(program).args(OPTIMISE).arg(module).arg("-o").arg(&smaller))?;
    fs::rename(&smaller, module)?;
    Ok(true)
}

/// One script out of an entry and what it imports; `None` where esbuild is missing.
pub fn bundle(house: &House, entry: &Path) -> Result<Option<Vec<u8>>> {
    let Some(program) = house.tool("esbuild") else { return Ok(None) };
    let output = Command::new(program)
        .arg(entry)
        .args(["--bundle", "--minify", "--format=esm", "--log-level=warning", "--legal-comments=none"])
        .stderr(Stdio::inherit())
        .output()?;
    if !output.status.success() {
        bail!("esbuild did not understand {}", entry.display());
    }
    Ok(Some(output.stdout))
}

/// The same script with fewer bytes; unchanged where esbuild is missing.
pub fn minify(house: &House, script: Vec<u8>) -> Result<Vec<u8>> {
    let Some(program) = house.tool("esbuild") else { return Ok(script) };
    let mut child = Command::new(program)
        .args(["--minify", "--loader=js", "--log-level=warning", "--legal-comments=none"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    child.stdin.take().context("esbuild takes no input")?.write_all(&script)?;
    let output = child.wait_with_output()?;
    if !output.status.success() {
        bail!("esbuild did not understand a script of public/");
    }
    Ok(output.stdout)
}

/// Whether a browser would take the module; `None` where there is no Node to ask.
pub fn is_valid(module: &Path) -> Result<Option<bool>> {
    let Some(node) = find_program("node") else { return Ok(None) };
    let status = Command::new(node)
        .args(["-e", "process.exit(WebAssembly.validate(require('fs').readFileSync(process.argv[1])) ? 0 : 1)"])
        .arg(module)
        .status()?;
    Ok(Some(status.success()))
}
