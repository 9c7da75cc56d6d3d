//! Both front ends, the styles and `public/` become the folder that the server carries.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::compile::{self, Mode};
use crate::house::{House, SCREENS, Screen, files, fingerprint, hash};
use crate::pack::Folder;
use crate::{node, style};

pub fn build(house: &House, mode: Mode, asked: &[&Screen], out: &Path) -> Result<()> {
    if mode == Mode::Plain {
        println!("front: no source of the standard library here, the modules stay some percent larger");
    }
    let _turn = house.turn()?;
    let mut compiled = Vec::new();
    for screen in SCREENS {
        if asked.iter().any(|one| one.name == screen.name) {
            compiled.push((screen, compile::compile(house, screen, mode)?));
        } else if let Some(earlier) = compile::compiled(house, screen, mode) {
            compiled.push((screen, earlier));
        }
    }

    let mut made_of = vec![mode.name().to_owned(), format!("{:?}", house.tool("esbuild"))];
    for (_, part) in &compiled {
        made_of.push(hash(&part.wasm));
        made_of.push(hash(&part.script));
        made_of.extend(part.chunks.iter().map(|(_, bytes)| hash(bytes)));
    }
    let made_of: Vec<&str> = made_of.iter().map(String::as_str).collect();
    let key = fingerprint(&house.root, &["style", "public", "xtask/src"], &made_of)?;
    let kept = out.with_extension("key");
    // The manifest counts too: somebody may have put another folder in its place.
    let manifest = fs::read(out.join("manifest.json")).map(|bytes| format!("{key} {}", hash(&bytes)));
    if manifest.is_ok_and(|now| fs::read_to_string(&kept).is_ok_and(|then| then == now)) {
        println!("front: {} is up to date", out.display());
        return Ok(());
    }

    let mut folder = Folder::new();
    add_public(house, mode, &mut folder)?;
    for (name, sheet) in style::sheets(&house.root.join("style"))? {
        let sheet = if mode == Mode::Quick { sheet } else { style::minify(&sheet) };
        let sheet = folder.rename_in(&sheet);
        folder.add(&name, sheet.into_bytes());
    }
    for (screen, part) in compiled {
        folder.add(&format!("{}.wasm", screen.name), part.wasm);
        for (name, bytes) in part.chunks {
            folder.add(&name, bytes);
        }
        folder.parts(part.parts);
        let script = folder.rename_in(&String::from_utf8(part.script)?);
        folder.add(&format!("{}.js", screen.name), script.into_bytes());
        for (name, bytes) in part.beside {
            folder.add_plain(&name, bytes);
        }
    }
    folder.write(out, mode)?;
    let manifest = hash(&fs::read(out.join("manifest.json"))?);
    fs::write(&kept, format!("{key} {manifest}")).with_context(|| format!("writing {}", kept.display()))?;
    println!("front: wrote {} ({})", out.display(), mode.name());
    Ok(())
}

fn add_public(house: &House, mode: Mode, folder: &mut Folder) -> Result<()> {
    let public = house.root.join("public");
    for file in files(&public)? {
        let name = file.strip_prefix(&public)?.display().to_string();
        let bytes = fs::read(&file)?;
        let script = name.ends_with(".js") && mode != Mode::Quick;
        folder.add_public(&name, if script { node::minify(house, bytes)? } else { bytes });
    }
    Ok(())
}
