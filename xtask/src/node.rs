//! What needs Node: making files smaller, and asking a browser's engine about a module.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::num::NonZero;
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::house::{House, find_program, read};

/// What makes a module small, in the words of wasm-opt, which the library beside it is given as well.
///
/// With `--all-features` wasm-opt writes modules that browsers refuse; these it can be trusted with.
///
/// Code that is taken apart first, and whose loops and branches are found anew, is 2 % smaller after brotli;
/// with one round less or one more it is larger. Nothing of ours lies below the stack, whose end is at zero.
const OPTIMISE: &[&str] = &[
    "--low-memory-unused",
    "--flatten",
    "--rereloop",
    "-Oz",
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

/// Replaces a module by a smaller one, and with its glue the names between the two by short ones: they
/// are long, hold a hash, and stand in both. False where the program is missing.
pub fn optimise(house: &House, module: &Path, glue: Option<&Path>) -> Result<bool> {
    let Some(program) = house.tool("wasm-opt") else { return Ok(false) };
    let smaller = module.with_extension("smaller");
    let mut shrink = Command::new(program);
    shrink.args(OPTIMISE).arg(module).arg("-o").arg(&smaller);
    let Some(glue) = glue else {
        // It warns of every module that a linker has named; what it says is told where it fails.
        read(&mut shrink)?;
        fs::rename(&smaller, module)?;
        return Ok(true);
    };
    shrink.arg(SHORT_NAMES);
    let names: Value =
        serde_json::from_str(&read(&mut shrink)?).context("wasm-opt says which names it has made short")?;
    fs::write(glue, rename(&fs::read_to_string(glue)?, &names)?)?;
    fs::rename(&smaller, module)?;
    Ok(true)
}

/// The same for many modules, without short names, by the library beside wasm-opt in a process for each core: most
/// of what a small module costs is the start of the program. False where there is no library, or no Node.
pub fn optimise_all(house: &House, modules: &[PathBuf]) -> Result<bool> {
    let library = house.tool("wasm-opt").and_then(|program| program.canonicalize().ok());
    let library = library.as_deref().and_then(|program| program.ancestors().nth(2)).map(|home| home.join("index.js"));
    let (Some(library), Some(node)) = (library.filter(|file| file.is_file()), find_program("node")) else {
        return Ok(false);
    };
    let workers = thread::available_parallelism().map_or(1, NonZero::get);
    let share = |worker| {
        let mut small = Command::new(&node);
        small.arg(house.root.join("xtask/src/small.mjs")).arg(&library).args(OPTIMISE).arg("--");
        small.args(modules.iter().skip(worker).step_by(workers));
        read(&mut small)
    };
    thread::scope(|scope| {
        let share = &share;
        let all: Vec<_> = (0..workers).map(|worker| scope.spawn(move || share(worker))).collect();
        all.into_iter().try_for_each(|one| one.join().unwrap_or_else(|panic| resume_unwind(panic)).map(drop))
    })?;
    Ok(true)
}

const SHORT_NAMES: &str = "--minify-imports-and-exports-and-modules";

/// The glue with the names that the module has now: `{"imports": [[module, old, new], …], "exports":
/// [[old, new], …]}`. All modules are called `a`.
fn rename(glue: &str, names: &Value) -> Result<String> {
    let mut imports = BTreeMap::new();
    let mut exports = BTreeMap::new();
    for name in names["imports"].as_array().context("no imports")? {
        let (Some(module), Some(old), Some(new)) = (name[0].as_str(), name[1].as_str(), name[2].as_str()) else {
            bail!("wasm-opt names an import otherwise: {name}");
        };
        imports.insert(module, "a");
        imports.insert(old, new);
    }
    for name in names["exports"].as_array().context("no exports")? {
        let (Some(old), Some(new)) = (name[0].as_str(), name[1].as_str()) else {
            bail!("wasm-opt names an export otherwise: {name}");
        };
        exports.insert(old, new);
    }
    let mut renamed = String::with_capacity(glue.len());
    let is_part = |c: char| c.is_ascii_alphanumeric() || "_$./-".contains(c);
    let mut rest = glue;
    while let Some(start) = rest.find(is_part) {
        let (before, from) = rest.split_at(start);
        let (word, after) = from.split_at(from.find(|c| !is_part(c)).unwrap_or(from.len()));
        renamed.push_str(before);
        // An export, and perhaps something of it: `wasm.memory.buffer`.
        let export = word.strip_prefix("wasm.").map(|path| path.split_at(path.find('.').unwrap_or(path.len())));
        match (imports.get(word), export.and_then(|(name, of)| Some((exports.get(name)?, of)))) {
            (_, Some((new, of))) => renamed.push_str(&["wasm.", new, of].concat()),
            (Some(new), _) if before.ends_with('"') => renamed.push_str(new),
            (Some(new), _) => renamed.push_str(&["\"", new, "\""].concat()),
            _ => renamed.push_str(word),
        }
        rest = after;
    }
    renamed.push_str(rest);
    Ok(renamed)
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

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_glue_takes_the_short_names_of_its_module() {
        let names = json!({
            "imports": [["./widget_bg.js", "__wbg_body_5f97", "b"], ["./widget_bg.js", "__wbg_body_5f975", "c"]],
            "exports": [["start", "d"], ["memory", "e"]],
        });
        let glue = "__wbg_body_5f97: (x) => 1, __wbg_body_5f975: function() { start(wasm.memory.buffer); wasm.start(); }\n\
                    return { \"./widget_bg.js\": import0 };";

        let renamed = rename(glue, &names).unwrap();

        assert_eq!(
            renamed,
            "\"b\": (x) => 1, \"c\": function() { start(wasm.e.buffer); wasm.d(); }\nreturn { \"a\": import0 };"
        );
    }
}
