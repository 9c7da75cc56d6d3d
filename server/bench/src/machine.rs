//! The machine: what every figure depends on, printed before them.

use crate::Outcome;
use crate::program::read;
use crate::report::{histogram, milliseconds};
use rustix::process::{Resource, getrlimit};
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

/// Blocks written to learn what this disk takes to make one durable.
const BLOCKS: usize = 200;

pub fn describe(binary: &Path, folder: &Path) -> Outcome<()> {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let load = read("/proc/loadavg")?;
    let load = load.split_whitespace().take(3).collect::<Vec<_>>().join(" ");
    let descriptors = getrlimit(Resource::Nofile).current.map_or("unlimited".into(), |n| n.to_string());
    let (half, most) = sync_times(folder)?;
    println!("machine");
    println!("  kernel       {}", read("/proc/sys/kernel/osrelease")?.trim());
    println!("  cores        {cores}, load {load}, {}", stolen()?);
    println!("  descriptors  {descriptors}");
    println!("  disk         {}, fdatasync of 4 KB: p50 {half}, p99 {most}", kind_of(folder)?);
    println!("  program      {} ({} bytes)", binary.display(), size(binary)?);
    println!("  revision     {}", revision());
    Ok(())
}

pub fn size(file: &Path) -> Outcome<u64> {
    std::fs::metadata(file).map(|about| about.len()).map_err(|why| format!("{} does not read: {why}", file.display()))
}

/// How much of the time somebody else used our processors, since the machine began.
fn stolen() -> Outcome<String> {
    let stat = read("/proc/stat")?;
    let all: Vec<f64> =
        stat.lines().next().unwrap_or("").split_whitespace().skip(1).filter_map(|n| n.parse().ok()).collect();
    let total: f64 = all.iter().take(8).sum();
    Ok(format!("steal {:.1} %", 100.0 * all.get(7).copied().unwrap_or(0.0) / total.max(1.0)))
}

/// The file system that holds a folder: the longest mount that it begins with.
fn kind_of(folder: &Path) -> Outcome<String> {
    let mounts = read("/proc/mounts")?;
    let all = mounts.lines().filter_map(|line| {
        let mut words = line.split(' ').skip(1);
        Some((words.next()?, words.next()?))
    });
    let best = all.filter(|(at, _)| folder.starts_with(at)).max_by_key(|(at, _)| at.len());
    Ok(best.map_or("unknown", |(_, kind)| kind).into())
}

fn sync_times(folder: &Path) -> Outcome<(String, String)> {
    let cannot = |why: std::io::Error| format!("{} cannot be written: {why}", folder.display());
    let path = folder.join("sync");
    let mut file = File::create(&path).map_err(cannot)?;
    let mut times = histogram();
    for _ in 0..BLOCKS {
        let begun = Instant::now();
        file.write_all(&[7; 4096]).and_then(|()| file.sync_data()).map_err(cannot)?;
        times.saturating_record(begun.elapsed().as_micros() as u64);
    }
    std::fs::remove_file(&path).map_err(cannot)?;
    Ok((milliseconds(times.value_at_quantile(0.5)), milliseconds(times.value_at_quantile(0.99))))
}

fn revision() -> String {
    let git = |words: &[&str]| {
        let said = Command::new("git").args(words).output().ok().filter(|said| said.status.success())?;
        Some(String::from_utf8_lossy(&said.stdout).trim().to_string())
    };
    let Some(revision) = git(&["rev-parse", "--short", "HEAD"]) else { return "unknown".into() };
    let changed = git(&["status", "--porcelain", "--untracked-files=no"]).is_some_and(|said| !said.is_empty());
    if changed { format!("{revision}, with changes") } else { revision }
}
