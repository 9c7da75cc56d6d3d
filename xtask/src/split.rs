//! Cuts a module at the functions marked `wasm_split`, before wasm-bindgen sees it: a main module,
//! a chunk for each part that is loaded on demand, and chunks that several parts share.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, anyhow};
use wasm_split_cli_support::{Options, transform};

use crate::house::Screen;

/// Which chunks each part is made of, by their logical names.
pub type Parts = BTreeMap<String, Vec<String>>;

pub struct Cut {
    pub main: Vec<u8>,
    pub chunks: Vec<(String, Vec<u8>)>,
    pub parts: Parts,
    /// A script that loads chunks; [`join`] puts it before wasm-bindgen's.
    loader: String,
}

/// How the script of the main module names the loader.
const LOADER: &str = "./split.js";

/// The module must have been linked with [`FLAG`].
pub fn cut(screen: &Screen, module: &[u8], folder: &Path) -> Result<Cut> {
    fs::create_dir_all(folder)?;
    let main = folder.join("main.wasm");
    let mut options = Options::new(module);
    options.output_dir = folder;
    options.main_out_path = &main;
    options.link_name = LOADER;
    let made = transform(options).map_err(|why| anyhow!("{} cannot be cut: {why:#}", screen.name))?;

    // Shared chunks have a number that says nothing; here they are counted.
    let mut names = BTreeMap::new();
    let mut stems: Vec<_> = made.split_modules.iter().filter_map(|path| path.file_stem()?.to_str()).collect();
    stems.sort_by_key(|stem| (stem.len(), *stem));
    for stem in stems {
        let name = match stem.strip_prefix("split_") {
            Some(part) => format!("{}-{part}.wasm", screen.name),
            None => format!("{}-shared-{}.wasm", screen.name, names.len() + 1),
        };
        names.insert(stem, name);
    }

    let mut loader = fs::read_to_string(folder.join(LOADER))?;
    let mut chunks = Vec::new();
    for (stem, name) in &names {
        loader = loader.replace(&format!("\"./{stem}.wasm\""), &format!("\"{name}\""));
        chunks.push((name.clone(), fs::read(folder.join(format!("{stem}.wasm")))?));
    }
    let named = |stems: Vec<String>| stems.iter().filter_map(|stem| names.get(stem.as_str()).cloned()).collect();
    let parts = made.prefetch_map.into_iter().map(|(part, stems)| (part, named(stems))).collect();
    Ok(Cut { main: fs::read(main)?, chunks, parts, loader })
}

/// What the linker must leave in the module, so that it can be cut.
pub const FLAG: &str = "-Clink-args=--emit-relocs";

/// One script out of the loader and wasm-bindgen's: they import each other, and only as one file
/// can they have a name that says their content.
pub fn join(cut: &Cut, glue: &str) -> Result<String> {
    let (mut script, mut exported) = (String::new(), Vec::new());
    for line in cut.loader.lines().filter(|line| !line.starts_with("import ")) {
        let line = match line.strip_prefix("export const ") {
            Some(rest) => {
                exported.extend(rest.split(' ').next());
                format!("const {rest}")
            }
            None => line.to_owned(),
        };
        script.push_str(&line);
        script.push('\n');
    }
    // wasm-bindgen names the loader once for each function that it takes from it.
    let again = format!("\"{LOADER}\": ");
    let mut named = false;
    for line in glue.lines() {
        if line.trim_start().starts_with(&again) && std::mem::replace(&mut named, true) {
            continue;
        }
        let star = line.strip_prefix("import * as ").and_then(|rest| rest.split_once(" from "));
        match star.filter(|(_, from)| from.contains(LOADER)) {
            Some((name, _)) => script.push_str(&format!("const {name} = {{ {} }};", exported.join(", "))),
            None => script.push_str(line),
        }
        script.push('\n');
    }
    let imports = script.lines().any(|line| line.starts_with("import ") && line.contains(LOADER));
    (!imports).then_some(script).context("the loader is imported in a way that is not known here")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loader_and_glue_become_one_script() {
        let loader = "import { initSync } from \"./main.js\";\nlet shared;\nexport const load_chat = wrap(shared);\nexport const load_es = wrap(shared);\n";
        let cut = Cut { main: Vec::new(), chunks: Vec::new(), parts: Parts::new(), loader: loader.into() };
        let glue = "import * as import1 from \"./split.js\"\nimport * as import2 from \"./split.js\"\nfunction imports() {\n    return {\n        \"./split.js\": import1,\n        \"./split.js\": import2,\n    };\n}\n";

        let script = join(&cut, glue).unwrap();

        assert_eq!(
            script,
            "let shared;\nconst load_chat = wrap(shared);\nconst load_es = wrap(shared);\nconst import1 = { load_chat, load_es };\nconst import2 = { load_chat, load_es };\nfunction imports() {\n    return {\n        \"./split.js\": import1,\n    };\n}\n"
        );
    }

    #[test]
    fn another_kind_of_import_is_noticed() {
        let cut = Cut { main: Vec::new(), chunks: Vec::new(), parts: Parts::new(), loader: String::new() };

        assert!(join(&cut, "import { load_chat } from \"./split.js\";\n").is_err());
    }
}
