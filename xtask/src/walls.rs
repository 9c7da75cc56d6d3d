//! What may import what: the arrows of ARCHITECTURE.md, read from what cargo would build.

use std::collections::BTreeSet;

use anyhow::{Result, bail};
use serde_json::Value;

use crate::house::{House, files, read};
use std::path::Path;

/// All that `domain` may bring: data that travels, ids, dates. Nothing that can wait, read or write.
const HARMLESS: &[&str] = &[
    "domain",
    "serde",
    "serde_core",
    "serde_derive",
    "proc-macro2",
    "quote",
    "syn",
    "unicode-ident",
    "uuid",
    "chrono",
    "chrono-tz",
    "num-traits",
    "autocfg",
    "phf",
    "phf_shared",
    "siphasher",
    "percent-encoding",
];

/// What must never reach a browser.
const NATIVE: &[&str] = &["sqlx", "sqlx-core", "axum", "tokio", "hyper", "argon2", "desk", "server"];

const HOST: &[&str] = &[];
const BROWSER: &[&str] = &["--target", "wasm32-unknown-unknown"];

pub fn check(house: &House) -> Result<()> {
    let mut walls = Walls { broken: Vec::new(), held: 0 };

    let domain = tree(house, "domain", &["--target", "all"])?;
    walls.hold("domain does no I/O", domain.iter().filter(|name| !HARMLESS.contains(&name.as_str())));
    walls.without("the widget carries nothing of the server", &tree(house, "widget", BROWSER)?, NATIVE);
    walls.without("the widget carries nothing of the console", &tree(house, "widget", BROWSER)?, &["app", "leptos"]);
    let console = tree(house, "app", &[BROWSER, &["--features", "csr"]].concat())?;
    walls.without("the console in a browser carries nothing of the server", &console, NATIVE);
    walls.without("app reaches desk only under ssr", &tree(house, "app", HOST)?, &["desk", "sqlx"]);
    let desk = tree(house, "desk", HOST)?;
    // It sends by clients of its own, letters by lettre and webhooks by hyper's; it serves nobody.
    walls.without("desk serves no HTTP and knows no HTML", &desk, &["axum", "leptos", "app", "words"]);

    let packages = packages(house)?;
    for roof in ["server", "widget"] {
        let below = packages.iter().filter(|one| one.uses.contains(roof)).map(|one| &one.name);
        walls.hold(&format!("nothing imports {roof}"), below);
    }
    let unlinted = packages.iter().filter(|one| !one.linted).map(|one| &one.name);
    walls.hold("every crate takes the house's lints", unlinted);

    let table = std::fs::read_to_string(house.root.join("end2end/README.md"))?;
    walls.hold("each requirement has one row, and no line of attack has two", misplaced(&table).iter());
    let (named, missing) = stories(&house.root, &table)?;
    walls.hold("the rows of end2end/README.md name stories that there are", missing.iter());
    anyhow::ensure!(named > 0, "end2end/README.md names no story");

    if !walls.broken.is_empty() {
        bail!(
            "{} of {} walls are broken:\n  {}",
            walls.broken.len(),
            walls.held + walls.broken.len(),
            walls.broken.join("\n  ")
        );
    }
    println!("{} walls hold", walls.held);
    Ok(())
}

/// The requirements of `requirements.md`: R1 to this one.
const REQUIREMENTS: usize = 88;

/// What of the tables has not its one row: a requirement without one, and whatever is named twice.
fn misplaced(table: &str) -> Vec<String> {
    let is_name = |name: &&str| {
        name.strip_prefix(['R', 'S']).is_some_and(|number| {
            let number = number.trim_end_matches(|last: char| last.is_ascii_lowercase());
            !number.is_empty() && number.bytes().all(|digit| digit.is_ascii_digit())
        })
    };
    let names = table.lines().filter_map(|line| line.strip_prefix("| ")?.split_once(" |")).map(|(name, _)| name);
    let names: Vec<&str> = names.filter(is_name).collect();
    let asked = (1..=REQUIREMENTS).map(|number| format!("R{number}"));
    let without = asked.filter(|name| !names.contains(&name.as_str())).map(|name| format!("{name} has no row"));
    let twice = names.iter().enumerate().filter(|(at, name)| names[..*at].contains(name));
    without.chain(twice.map(|(_, name)| format!("{name} has a row before"))).collect()
}

/// How many stories and tests the tables name, and which of them are not there.
fn stories(root: &Path, table: &str) -> Result<(usize, Vec<String>)> {
    let mut tests = String::new();
    for folder in ["app", "server", "widget"] {
        for file in files(&root.join(folder))?.iter().filter(|file| file.extension().is_some_and(|end| end == "rs")) {
            tests.push_str(&std::fs::read_to_string(file)?);
        }
    }
    let mut missing = Vec::new();
    let rows = table.lines().filter(|line| line.starts_with("| "));
    let names: Vec<&str> = rows
        .filter_map(|row| row.rsplit_once(" | "))
        .flat_map(|(_, held)| held.split('`').skip(1).step_by(2))
        .collect();
    for name in &names {
        let there = match name.split_once(": ") {
            Some((file, title)) => std::fs::read_to_string(root.join("end2end/stories").join(file))
                .is_ok_and(|story| story.contains(title)),
            None if name.contains('/') => root.join(name).exists(),
            None => tests.contains(&format!("fn {name}(")),
        };
        if !there {
            missing.push(format!("`{name}`"));
        }
    }
    Ok((names.len(), missing))
}

struct Walls {
    broken: Vec<String>,
    held: usize,
}

impl Walls {
    fn hold<'a>(&mut self, rule: &str, against: impl Iterator<Item = &'a String>) {
        let against: Vec<&str> = against.map(String::as_str).collect();
        if against.is_empty() {
            self.held += 1;
        } else {
            self.broken.push(format!("{rule}: {}", against.join(", ")));
        }
    }

    fn without(&mut self, rule: &str, tree: &BTreeSet<String>, forbidden: &[&str]) {
        self.hold(rule, tree.iter().filter(|name| forbidden.contains(&name.as_str())));
    }
}

/// The names of everything that would be compiled into a package.
fn tree(house: &House, package: &str, how: &[&str]) -> Result<BTreeSet<String>> {
    let mut cargo = house.cargo();
    cargo.args(["tree", "-p", package, "-e", "normal,no-proc-macro", "--prefix", "none", "--format", "{p}"]);
    let printed = read(cargo.args(how))?;
    Ok(printed.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect())
}

struct Package {
    name: String,
    /// Crates of the workspace it names, for building or testing.
    uses: BTreeSet<String>,
    linted: bool,
}

fn packages(house: &House) -> Result<Vec<Package>> {
    let printed = read(house.cargo().args(["metadata", "--no-deps", "--format-version", "1"]))?;
    let metadata: Value = serde_json::from_str(&printed)?;
    let mut packages = Vec::new();
    for package in metadata["packages"].as_array().into_iter().flatten() {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let dependencies = package["dependencies"].as_array().into_iter().flatten();
        let manifest = std::fs::read_to_string(text(&package["manifest_path"]))?;
        packages.push(Package {
            name: text(&package["name"]),
            uses: dependencies.filter(|one| one["path"].is_string()).map(|one| text(&one["name"])).collect(),
            linted: manifest.contains("[lints]\nworkspace = true"),
        });
    }
    Ok(packages)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(names: impl IntoIterator<Item = String>) -> String {
        names.into_iter().map(|name| format!("| {name} | what | `held` |\n")).collect()
    }

    fn requirements() -> impl Iterator<Item = String> {
        (1..=REQUIREMENTS).map(|number| format!("R{number}"))
    }

    #[test]
    fn each_requirement_has_one_row_and_no_line_of_attack_has_two() {
        let races = ["R14 of `quality.md`", "Settings, issue 5", "S11", "S11b"].map(str::to_owned);
        let good = rows(requirements().chain(races));
        let without = rows(requirements().filter(|name| name != "R7"));
        let twice = rows(requirements().chain(["R44", "S19b", "S19", "S19b"].map(str::to_owned)));

        assert_eq!(misplaced(&good), Vec::<String>::new());
        assert_eq!(misplaced(&without), ["R7 has no row"]);
        assert_eq!(misplaced(&twice), ["R44 has a row before", "S19b has a row before"]);
    }
}
