//! What a browser has to fetch, and how much of it we allow.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::house::House;
use crate::{node, pack};

/// A load of files, in bytes after brotli. Above the limit the build fails; above the goal it says so.
struct Load {
    title: &'static str,
    names: &'static [&'static str],
    limit: usize,
    goal: usize,
}

/// What every page of every customer of ours pays, then what his visitors and agents pay once.
/// A limit above its goal is a debt: it only ever goes down.
const LOADS: &[Load] = &[
    Load { title: "loader", names: &["embed.js"], limit: 2_048, goal: 2_048 },
    widget("widget in Spanish", &["widget-es.wasm", "widget-es.js", "widget.css"]),
    widget("widget in Portuguese", &["widget-pt.wasm", "widget-pt.js", "widget.css"]),
    widget("widget in English", &["widget-en.wasm", "widget-en.js", "widget.css"]),
    Load {
        title: "console, first load",
        names: &["console.wasm", "console.js", "console.css"],
        limit: 372_000,
        goal: 256_000,
    },
];

/// After opening, in one language.
const fn widget(title: &'static str, names: &'static [&'static str]) -> Load {
    Load { title, names, limit: 64 * 1024, goal: 64 * 1024 }
}

pub fn weigh(_house: &House, out: &Path) -> Result<()> {
    let manifest = out.join("manifest.json");
    let text = fs::read_to_string(&manifest)
        .with_context(|| format!("{} is missing: run `xtask front --release` first", manifest.display()))?;
    let manifest: Value = serde_json::from_str(&text)?;

    let mut broken = Vec::new();
    println!("{:<24} {:>10} {:>10} {:>10} {:>10}", "", "raw", "brotli", "limit", "goal");
    for Load { title, names, limit, goal } in LOADS {
        let (mut raw, mut small) = (0, 0);
        for name in *names {
            let Some(hashed) = manifest["files"][name].as_str() else {
                broken.push(format!("{name} was not built"));
                continue;
            };
            let file = out.join(hashed);
            let bytes = fs::read(&file)?;
            let packed = fs::read(out.join(format!("{hashed}.br"))).map_or_else(|_| pack::brotli(&bytes), Ok)?;
            println!("  {name:<22} {:>10} {:>10}", bytes.len(), packed.len());
            (raw, small) = (raw + bytes.len(), small + packed.len());
            if name.ends_with(".wasm") {
                match node::is_valid(&file)? {
                    Some(true) => {}
                    Some(false) => broken.push(format!("{name} fails WebAssembly.validate")),
                    None => println!("  {name} was not validated: there is no Node here"),
                }
            }
        }
        println!("{title:<24} {raw:>10} {small:>10} {limit:>10} {goal:>10}");
        if small > *goal {
            println!("  over its goal by {} bytes", small - goal);
        }
        if small > *limit {
            broken.push(format!("{title} weighs {small} bytes, {} too many", small - limit));
        }
    }
    if !broken.is_empty() {
        bail!("too heavy or broken:\n  {}", broken.join("\n  "));
    }
    println!("every weight is within its limit, every module is valid");
    Ok(())
}
