//! Cuts a module at the functions marked `wasm_split`, before wasm-bindgen sees it: a main module,
//! a chunk for each part that is loaded on demand, and chunks that several parts share.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, anyhow};
use wasm_split_cli_support::{Options, transform};

use crate::house::Screen;
use crate::prune;

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

/// A shared chunk that is smaller, in bytes, travels with the parts that need it: a request costs more.
const ALONE: usize = 8 * 1024;
/// One of these parts is always there, and what all of them have.
const LANGUAGES: [&str; 3] = ["es", "pt", "en"];
/// Whoever asks for the first of these parts has, but for a few, asked for the others before.
const BEFORE: [(&str, &[&str]); 2] = [("talk", &["chat"]), ("wrap_up", &["chat", "talk"])];

impl Cut {
    /// Puts small chunks and each part's own into one file for each part, a module without code that holds them as
    /// custom sections. Several files may hold a chunk; the script takes it from one that it has asked for, and
    /// asks for another only where it has none.
    pub fn pack(&mut self, screen: &Screen) -> Result<()> {
        let chunks: BTreeMap<String, Vec<u8>> = std::mem::take(&mut self.chunks).into_iter().collect();
        let file = |part: &str| format!("{}-{part}.wasm", screen.name);
        let owns: BTreeSet<String> = self.parts.keys().map(|part| file(part)).collect();
        let small = |name: &String| owns.contains(name) || chunks.get(name).is_some_and(|bytes| bytes.len() < ALONE);
        let needs = |part: &str| self.parts.get(part).into_iter().flatten().filter(|name| small(name));
        let mut everywhere: BTreeSet<&String> = needs(LANGUAGES[0]).collect();
        everywhere.retain(|name| LANGUAGES.iter().all(|language| needs(language).any(|one| one == *name)));

        let mut held: BTreeMap<&String, Vec<&str>> = BTreeMap::new();
        for part in self.parts.keys() {
            let before = BEFORE.iter().find(|(asked, _)| asked == part).map_or(&[][..], |(_, before)| before);
            let there = |name: &String| {
                (everywhere.contains(name) && !LANGUAGES.contains(&part.as_str()))
                    || before.iter().any(|before| needs(before).any(|one| one == name))
            };
            for name in needs(part).filter(|name| !there(name)) {
                held.entry(name).or_default().push(part);
            }
        }

        let short =
            |name: &str| name.trim_start_matches(screen.name).trim_matches('-').trim_end_matches(".wasm").to_owned();
        let mut packs: BTreeMap<&str, Vec<u8>> = BTreeMap::new();
        for (name, parts) in &held {
            let bytes = chunks.get(*name).with_context(|| format!("{name} is no chunk"))?;
            for part in parts {
                prune::section(packs.entry(*part).or_insert_with(|| MODULE.to_vec()), 0, &custom(&short(name), bytes));
            }
        }
        let mut script = self.loader.clone();
        for name in held.keys() {
            script = from_pack(&script, name, &short(name))?;
        }
        for part in packs.keys() {
            script = opened_first(&script, part)?;
        }
        let names: Vec<String> = packs.keys().map(|part| format!("{part:?}: {:?}", file(part))).collect();
        let holders: Vec<String> = held.iter().map(|(name, parts)| format!("{:?}: {parts:?}", short(name))).collect();
        self.loader = format!(
            "const packs = {{ {} }};\nconst held = {{ {} }};\n{OPENS}{script}",
            names.join(", "),
            holders.join(", ")
        );

        let parts = self.parts.iter().map(|(part, all)| {
            let alone = all.iter().filter(|name| !small(name)).cloned();
            (part.clone(), packs.contains_key(part.as_str()).then(|| file(part)).into_iter().chain(alone).collect())
        });
        let parts: Parts = parts.collect();
        self.chunks = packs.into_iter().map(|(part, pack)| (file(part), pack)).collect();
        self.chunks
            .extend(chunks.iter().filter(|(name, _)| !small(name)).map(|(name, bytes)| (name.clone(), bytes.clone())));
        self.parts = parts;
        Ok(())
    }
}

/// How every module begins.
const MODULE: &[u8] = b"\0asm\x01\0\0\0";

/// What a custom section holds: its name, and the bytes.
fn custom(name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    prune::number(&mut body, name.len() as u32);
    body.extend(name.as_bytes());
    body.extend(bytes);
    body
}

/// A file that did not come is asked for again the next time. A chunk is taken from the first of its files that is
/// here or on its way and comes; where none does, from the one that was wanted last.
const OPENS: &str = r#"const opened = {};
const wanted = new Set();
function openPack(part) {
    wanted.delete(part);
    wanted.add(part);
    return opened[part] ??= WebAssembly.compileStreaming(fetch(new URL(packs[part], import.meta.url))).catch(why => {
        delete opened[part];
        throw why;
    });
}
async function piece(name) {
    const holders = held[name];
    const pack = await Promise.any(holders.map(part => opened[part]).filter(Boolean))
        .catch(() => openPack([...wanted].findLast(part => holders.includes(part)) ?? holders[0]));
    return WebAssembly.Module.customSections(pack, name)[0];
}
"#;

/// The script with this chunk taken from a pack.
fn from_pack(script: &str, name: &str, short: &str) -> Result<String> {
    let (before, after) = script
        .split_once(&format!("fetch(new URL({name:?}, import.meta.url))"))
        .with_context(|| format!("the loader does not ask for {name} as is known here"))?;
    let after = after.replacen("instantiateStreaming(src, imports)", "instantiate(await src, imports)", 1);
    Ok(format!("{before}piece({short:?}){after}"))
}

/// The script that asks for this part's pack before it asks for any chunk of the part.
fn opened_first(script: &str, part: &str) -> Result<String> {
    let unknown = || format!("the loader does not load {part} as is known here");
    let begin = script.find(&format!("export const __wasm_split_load_{part} = ")).with_context(unknown)?;
    let end = begin + script[begin..].find("]))").with_context(unknown)?;
    let needs = begin + script[begin..end].rfind('[').with_context(unknown)? + 1;
    Ok(format!("{}() => openPack({part:?}), {}", &script[..needs], &script[needs..]))
}

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

    const LOADS: &str = "/* chat, es */\nconst __chunk_1 = makeLoad(() => {\n    const src = fetch(new URL(\"desk-shared-1.wasm\", import.meta.url));\n    return async (imports) => (WebAssembly.instantiateStreaming(src, imports));\n}\n, []);\nconst __chunk_2 = makeLoad(() => {\n    const src = fetch(new URL(\"desk-shared-2.wasm\", import.meta.url));\n    return async (imports) => (WebAssembly.instantiateStreaming(src, imports));\n}\n, []);\nexport const __wasm_split_load_chat = wrapAsyncCb(makeLoad(() => {\n    const src = fetch(new URL(\"desk-chat.wasm\", import.meta.url));\n    return async (imports) => (WebAssembly.instantiateStreaming(src, imports));\n}\n, [__chunk_1, __chunk_2]));\n";

    #[test]
    fn what_is_small_travels_with_its_part_and_what_is_large_alone() {
        let screen = Screen { name: "desk", ..*crate::house::SCREENS.iter().find(|screen| screen.split).unwrap() };
        let name = |name: &str| format!("desk-{name}.wasm");
        let chunks = vec![
            (name("chat"), b"own".to_vec()),
            (name("shared-1"), b"small".to_vec()),
            (name("shared-2"), vec![7; ALONE]),
        ];
        let parts = Parts::from([("chat".into(), vec![name("shared-1"), name("shared-2"), name("chat")])]);
        let mut cut = Cut { main: Vec::new(), chunks, parts, loader: LOADS.into() };

        cut.pack(&screen).unwrap();

        assert_eq!(cut.parts["chat"], [name("chat"), name("shared-2")]);
        let [(pack, held), (alone, large)] = &cut.chunks[..] else { panic!("{:?}", cut.parts) };
        assert_eq!((pack, alone, large.len()), (&name("chat"), &name("shared-2"), ALONE));
        assert_eq!(held, b"\0asm\x01\0\0\0\0\x08\x04chatown\0\x0e\x08shared-1small");
        wasmparser::Validator::new().validate_all(held).unwrap();
        let script = &cut.loader;
        assert!(script.contains("const src = piece(\"shared-1\");\n    return async (imports) => (WebAssembly.instantiate(await src, imports));"));
        assert!(script.contains("fetch(new URL(\"desk-shared-2.wasm\", import.meta.url));\n    return async (imports) => (WebAssembly.instantiateStreaming(src, imports));"));
        assert!(script.contains(", [() => openPack(\"chat\"), __chunk_1, __chunk_2]));"));
        assert!(script.contains("const held = { \"chat\": [\"chat\"], \"shared-1\": [\"chat\"] };"));
    }

    #[test]
    fn another_kind_of_import_is_noticed() {
        let cut = Cut { main: Vec::new(), chunks: Vec::new(), parts: Parts::new(), loader: String::new() };

        assert!(join(&cut, "import { load_chat } from \"./split.js\";\n").is_err());
    }
}
