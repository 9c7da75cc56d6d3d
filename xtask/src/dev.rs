//! While developing: when a file changes, build what it belongs to, restart the server, and the
//! open pages load again.
//!
//! The server helps under RECADO_DEV=1: `/dev/reload.js` listens to `/dev/reload`, whose first
//! event names the running process; another name than before means: load again.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::{Duration, Instant, SystemTime};

use anyhow::{Context, Result};

use crate::compile::Mode;
use crate::front;
use crate::house::{House, SCREENS, files, run};

/// Short enough to feel immediate, long enough that an editor has written all its files.
const LOOK_AGAIN: Duration = Duration::from_millis(300);

const WATCHED: &[&str] = &["app", "widget", "style", "public", "server", "Cargo.toml"];

pub fn watch(house: &House, arguments: Vec<String>) -> Result<()> {
    let site = house.cache.join("site-dev");
    let mut server = None;
    let mut seen = BTreeMap::new();
    loop {
        let now = moments(house)?;
        if now != seen {
            let begun = Instant::now();
            match build(house, &site, &arguments, &mut server) {
                Ok(()) => println!("dev: ready after {:.1} s", begun.elapsed().as_secs_f32()),
                // The old server goes on; the next change tries again.
                Err(broken) => eprintln!("dev: {broken:#}"),
            }
            seen = now;
        }
        std::thread::sleep(LOOK_AGAIN);
    }
}

fn build(house: &House, site: &Path, arguments: &[String], server: &mut Option<Running>) -> Result<()> {
    // Each screen looks for itself whether anything of it changed.
    let screens: Vec<_> = SCREENS.iter().collect();
    front::build(house, Mode::Quick, &screens, site)?;
    let built = house
        .cargo()
        .args(["build", "--quiet", "-p", "server", "--bin", "recado"])
        .env("RECADO_SITE", site)
        .status()?;
    anyhow::ensure!(built.success(), "the server does not compile");

    // A server that still runs would hold the port and the database.
    drop(server.take());
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| house.root.join("target"), PathBuf::from);
    let child = Command::new(target.join("debug/recado"))
        .args(arguments)
        .current_dir(&house.root)
        .env("RECADO_DEV", "1")
        .spawn()
        .context("starting the server")?;
    *server = Some(Running(child));
    Ok(())
}

/// The server, told to stop when it is replaced.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // Politely first: a graceful stop is also what we want to see while developing.
        let asked = run(Command::new("kill").arg(self.0.id().to_string()));
        if asked.is_err() {
            let _ = self.0.kill();
        }
        let _ = self.0.wait();
    }
}

fn moments(house: &House) -> Result<BTreeMap<PathBuf, SystemTime>> {
    let mut moments = BTreeMap::new();
    for folder in WATCHED {
        for file in files(&house.root.join(folder))? {
            // Gone between the listing and here: the next look sees it.
            if let Ok(about) = file.metadata() {
                moments.insert(file, about.modified()?);
            }
        }
    }
    Ok(moments)
}
