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
    /// The parts whose own modules belong to it.
    parts: &'static [&'static str],
    limit: usize,
    goal: usize,
}

/// What every page of every customer of ours pays, then what his visitors and agents pay once.
/// A limit above its goal is a debt: it only ever goes down.
const LOADS: &[Load] = &[
    Load { title: "loader", names: &["embed.js"], parts: &[], limit: 2_048, goal: 2_048 },
    widget("widget in Spanish", &["widget-es.wasm", "widget-es.js", "widget.css"]),
    widget("widget in Portuguese", &["widget-pt.wasm", "widget-pt.js", "widget.css"]),
    widget("widget in English", &["widget-en.wasm", "widget-en.js", "widget.css"]),
    Load { title: "where sockets are blocked", names: &["stream.js"], parts: &[], limit: 1_024, goal: 1_024 },
    Load { title: "files, in a conversation", names: &["files.js"], parts: &[], limit: 1_536, goal: 1_536 },
    Load { title: "who may be called", names: &["call.js"], parts: &[], limit: 768, goal: 768 },
    Load { title: "portal", names: &["portal.js", "pages.css"], parts: &[], limit: 6_144, goal: 6_144 },
    Load { title: "portal, ticket open", names: &["follow.js"], parts: &[], limit: 1_280, goal: 1_280 },
    Load { title: "emoji, when wanted", names: &["emoji.js"], parts: &[], limit: 6_144, goal: 6_144 },
    Load { title: "notices, where possible", names: &["notice.js"], parts: &[], limit: 1_024, goal: 1_024 },
    Load {
        title: "console, first load",
        names: &["console.wasm", "console.js", "console.css", "ahead.js"],
        parts: &["chat", "es"],
        limit: 233_000,
        goal: 170_000,
    },
    // Cut in two it packs less well than it did in one, when it weighed the goal; what came since is owed.
    Load {
        title: "console, conversation open",
        names: &["console.wasm", "console.js", "console.css"],
        parts: &["chat", "talk", "es"],
        limit: 338_500,
        goal: 226_000,
    },
];

/// After opening, in one language.
const fn widget(title: &'static str, names: &'static [&'static str]) -> Load {
    Load { title, names, parts: &[], limit: 80 * 1024, goal: 80 * 1024 }
}

pub fn weigh(_house: &House, out: &Path) -> Result<()> {
    let manifest = out.join("manifest.json");
    let text = fs::read_to_string(&manifest)
        .with_context(|| format!("{} is missing: run `xtask front --release` first", manifest.display()))?;
    let manifest = serde_json::from_str(&text)?;
    let mut scales = Scales { out, manifest, broken: Vec::new() };

    println!("{:<26} {:>10} {:>10} {:>10} {:>10}", "", "raw", "brotli", "limit", "goal");
    let mut seen = Vec::new();
    for Load { title, names, parts, limit, goal } in LOADS {
        let mut names: Vec<String> = names.iter().map(|name| name.to_string()).collect();
        for shared in parts.iter().flat_map(|part| scales.part(part)) {
            if !names.contains(&shared) {
                names.push(shared);
            }
        }
        let (raw, small) = scales.sum(&names)?;
        println!("{title:<26} {raw:>10} {small:>10} {limit:>10} {goal:>10}");
        if small > *goal {
            println!("  over its goal by {} bytes", small - goal);
        }
        if small > *limit {
            scales.broken.push(format!("{title} weighs {small} bytes, {} too many", small - limit));
        }
        seen.extend(names);
    }
    for part in scales.parts() {
        let names: Vec<_> = scales.part(&part).into_iter().filter(|name| !seen.contains(name)).collect();
        if !names.is_empty() {
            let (raw, small) = scales.sum(&names)?;
            println!("{:<26} {raw:>10} {small:>10}", format!("then, for {part}"));
        }
    }
    if !scales.broken.is_empty() {
        bail!("too heavy or broken:\n  {}", scales.broken.join("\n  "));
    }
    println!("every weight is within its limit, every module is valid");
    Ok(())
}

struct Scales<'a> {
    out: &'a Path,
    manifest: Value,
    broken: Vec<String>,
}

impl Scales<'_> {
    fn parts(&self) -> Vec<String> {
        self.manifest["parts"].as_object().into_iter().flatten().map(|(part, _)| part.clone()).collect()
    }

    /// The modules that a part is made of.
    fn part(&self, part: &str) -> Vec<String> {
        let names = self.manifest["parts"][part].as_array().into_iter().flatten();
        names.filter_map(|name| name.as_str().map(str::to_owned)).collect()
    }

    /// Raw and after brotli, each file on a line of its own.
    fn sum(&mut self, names: &[String]) -> Result<(usize, usize)> {
        let (mut raw, mut small) = (0, 0);
        for name in names {
            let Some(hashed) = self.manifest["files"][name].as_str() else {
                self.broken.push(format!("{name} was not built"));
                continue;
            };
            let file = self.out.join(hashed);
            let bytes = fs::read(&file)?;
            let packed = fs::read(self.out.join(format!("{hashed}.br"))).map_or_else(|_| pack::brotli(&bytes), Ok)?;
            println!("  {name:<24} {:>10} {:>10}", bytes.len(), packed.len());
            (raw, small) = (raw + bytes.len(), small + packed.len());
            if name.ends_with(".wasm") {
                match node::is_valid(&file)? {
                    Some(true) => {}
                    Some(false) => self.broken.push(format!("{name} fails WebAssembly.validate")),
                    None => println!("  {name} was not validated: there is no Node here"),
                }
            }
        }
        Ok((raw, small))
    }
}
