//! Tells the server where the front ends are that it carries inside; `xtask front` builds them.

use std::env;
use std::path::{Path, PathBuf};

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-env-changed=RECADO_SITE");

    let site = site();
    let manifest = site.join("manifest.json");
    println!("cargo:rerun-if-changed={}", manifest.display());
    assert!(
        manifest.is_file(),
        "\n\n  The front ends are not built: there is no {}.\n  Run `cargo xtask front` first, or `bin/run`, which does all of it.\n\n",
        manifest.display()
    );
    println!("cargo:rustc-env=RECADO_SITE={}", site.display());
}

/// The same folder that xtask writes when nobody says otherwise. Another RECADO_CACHE is another
/// target folder too, so a change of it needs no second look.
fn site() -> PathBuf {
    if let Some(folder) = env::var_os("RECADO_SITE") {
        return folder.into();
    }
    let cache = env::var_os("RECADO_CACHE")
        .map_or_else(|| Path::new(&env::var_os("HOME").unwrap_or_default()).join(".cache/recado"), PathBuf::from);
    cache.join("site")
}
