//! Where the weight of a module comes from: its code by crate, and the heaviest functions.
//!
//! Read before wasm-bindgen and wasm-opt take the names away, so sums are larger than what is shipped;
//! the proportions are what helps.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use wasmparser::{KnownCustom, Name, Parser, Payload, TypeRef};

use crate::compile;
use crate::house::{House, SCREENS};

const CRATES: usize = 25;
const FUNCTIONS: usize = 25;

pub fn explain(house: &House, screen: &str) -> Result<()> {
    let screen = SCREENS.iter().rfind(|one| one.is(screen)).context("--why needs `widget` or `console`")?;
    let module = compile::raw(house, screen);
    let bytes = std::fs::read(&module)
        .with_context(|| format!("reading {}; `xtask front --release` makes it", module.display()))?;

    let mut functions = functions(&bytes)?;
    functions.sort_by_key(|function| std::cmp::Reverse(function.size));
    let mut crates: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for function in &functions {
        let sum = crates.entry(&function.owner).or_default();
        *sum = (sum.0 + function.size, sum.1 + 1);
    }
    let mut crates: Vec<_> = crates.into_iter().collect();
    crates.sort_by_key(|(_, (size, _))| std::cmp::Reverse(*size));

    println!("{:>9} {:>9}  crate", "bytes", "functions");
    for (name, (size, count)) in crates.iter().take(CRATES) {
        println!("{size:>9} {count:>9}  {name}");
    }
    println!("\n{:>9}  function", "bytes");
    for function in functions.iter().take(FUNCTIONS) {
        println!("{:>9}  {}", function.size, function.name.chars().take(160).collect::<String>());
    }
    Ok(())
}

struct Function {
    name: String,
    owner: String,
    size: usize,
}

fn functions(bytes: &[u8]) -> Result<Vec<Function>> {
    let (mut imported, mut sizes, mut names) = (0, Vec::new(), BTreeMap::new());
    for payload in Parser::new(0).parse_all(bytes) {
        match payload? {
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    imported += usize::from(matches!(import?.ty, TypeRef::Func(_)));
                }
            }
            Payload::CodeSectionEntry(body) => sizes.push(body.range().len()),
            Payload::CustomSection(section) => {
                let KnownCustom::Name(sections) = section.as_known() else { continue };
                for section in sections {
                    let Name::Function(list) = section? else { continue };
                    for naming in list {
                        let naming = naming?;
                        names.insert(naming.index as usize, naming.name.to_owned());
                    }
                }
            }
            _ => {}
        }
    }
    let function = |(index, size)| {
        let raw = names.get(&(imported + index)).map_or("?", String::as_str);
        let name = format!("{:#}", rustc_demangle::demangle(raw));
        Function { owner: owner(&name), name, size }
    };
    Ok(sizes.into_iter().enumerate().map(function).collect())
}

/// The first crate a name tells of: who wrote the code, not who asked for one more copy of it.
fn owner(name: &str) -> String {
    if name.contains("__wbindgen_describe") || name.contains("describe_invoke") {
        return "(wasm-bindgen's descriptions, taken out later)".into();
    }
    let path = name.trim_start_matches(['<', '&', '*', '(', '[']);
    let path = path.strip_prefix("mut ").or_else(|| path.strip_prefix("dyn ")).unwrap_or(path);
    let word: String = path.chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect();
    if path[word.len()..].starts_with("::") { word } else { "(others)".into() }
}
