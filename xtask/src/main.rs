//! The house's tools. `bin/` calls them; `cargo run --profile xtask -p xtask -- help` lists them.

mod compile;
mod dev;
mod front;
mod house;
mod node;
mod pack;
mod prune;
mod split;
mod style;
mod walls;
mod weigh;
mod why;

use anyhow::{Result, bail};

use compile::Mode;
use house::{House, SCREENS};

const HELP: &str = "\
xtask front [--release | --tiny] [--out DIR] [console | widget]
      builds the front ends into one folder that the server carries.
      without a flag quickly, for developing; --release as small as this
      machine's toolchain can; --tiny insists on the smallest
xtask weigh [--out DIR]    what a browser has to fetch, beside its limits
xtask why widget           whose code makes a module heavy, or: why console
xtask walls                what may import what
xtask dev -- ARGUMENTS     rebuild and restart the server when a file changes;
                           ARGUMENTS go to `recado`";

fn main() {
    if let Err(broken) = run() {
        eprintln!("xtask: {broken:#}");
        std::process::exit(1);
    }
}

fn run() -> Result<()> {
    let mut words = std::env::args().skip(1);
    let command = words.next().unwrap_or_default();
    let rest: Vec<String> = words.collect();

    let house = House::find()?;
    match command.as_str() {
        "front" => {
            let asked = Asked::read(&house, &rest)?;
            front::build(&house, asked.mode, &asked.screens, &asked.out)
        }
        "weigh" => weigh::weigh(&house, &Asked::read(&house, &rest)?.out),
        "why" => why::explain(&house, rest.first().map_or("", String::as_str)),
        "walls" => walls::check(&house),
        "dev" => dev::watch(&house, rest.iter().skip_while(|word| *word == "--").cloned().collect()),
        "" | "help" | "--help" | "-h" => {
            println!("{HELP}");
            Ok(())
        }
        other => bail!("there is no command `{other}`.\n{HELP}"),
    }
}

/// What stands behind `front` and `weigh` on the command line.
struct Asked {
    mode: Mode,
    out: std::path::PathBuf,
    screens: Vec<&'static house::Screen>,
}

impl Asked {
    fn read(house: &House, words: &[String]) -> Result<Self> {
        let mut asked = Self { mode: Mode::Quick, out: house.cache.join("site"), screens: Vec::new() };
        let mut words = words.iter();
        while let Some(word) = words.next() {
            let meant: Vec<_> = SCREENS.iter().filter(|screen| screen.is(word)).collect();
            match word.as_str() {
                "--release" => asked.mode = house.smallest(),
                "--tiny" => {
                    asked.mode = Mode::Tiny;
                    if house.smallest() != Mode::Tiny {
                        bail!("--tiny needs the source of Rust's standard library; see bin/setup");
                    }
                }
                "--out" => match words.next() {
                    Some(folder) => asked.out = folder.into(),
                    None => bail!("--out needs a folder"),
                },
                _ if !meant.is_empty() => asked.screens.extend(meant),
                _ => bail!("`{word}` is not understood.\n{HELP}"),
            }
        }
        if asked.screens.is_empty() {
            asked.screens = SCREENS.iter().collect();
        }
        Ok(asked)
    }
}
