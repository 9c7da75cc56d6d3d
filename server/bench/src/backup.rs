//! `backup`: what people who write notice of a backup that is made meanwhile.

use crate::import::{command, filled};
use crate::load::{self, Plan, Round};
use crate::program::new_folder;
use crate::report::{histogram, milliseconds, times};
use crate::world::World;
use crate::{Depth, Outcome, record};
use hdrhistogram::Histogram;
use rusqlite::{Connection, OpenFlags};
use std::path::{Path, PathBuf};
use std::process::Child;
use std::time::{Duration, Instant};

/// How much longer one message in a hundred may take.
const LIMIT: f64 = 2.0;
const RATE: f64 = 100.0;
/// Chats that are there already, so that a copy takes its time.
const CHATS: usize = 200_000;

pub async fn run(depth: Depth) -> Outcome<()> {
    let count = depth.pick(1_000, CHATS);
    let folder = new_folder("backup")?;
    let copies = folder.with_extension("copies");
    std::fs::create_dir_all(&copies).map_err(|why| format!("{} was not made: {why}", copies.display()))?;
    let done = within(&folder, &copies, depth, count).await;
    for left in [&copies, &folder] {
        if left.exists() {
            std::fs::remove_dir_all(left).map_err(|why| format!("{} stays: {why}", left.display()))?;
        }
    }
    done
}

async fn within(folder: &Path, copies: &Path, depth: Depth, count: usize) -> Outcome<()> {
    let (file, _) = filled(folder, count)?;
    std::fs::remove_file(&file).map_err(|why| format!("{} stays: {why}", file.display()))?;
    // The search of what came in would run beside everything that is measured.
    let cannot = |why: rusqlite::Error| format!("the tickets of before were not set aside: {why}");
    let kept = Connection::open_with_flags(folder.join("recado.db"), OpenFlags::SQLITE_OPEN_READ_WRITE);
    kept.and_then(|kept| kept.execute_batch("delete from tickets_to_index")).map_err(cannot)?;
    let size = folder.join("recado.db").metadata().map_err(|why| why.to_string())?.len() >> 20;
    let mut world = World::new(folder, depth.pick(10, 50)).await?;
    println!("{} customers write {RATE} messages a second; the database has {size} MiB", world.chats.len());
    let done = measure(&mut world, folder, copies, depth).await;
    let checked = record::check(&world);
    world.program.stop()?;
    done?;
    println!("sent = acknowledged = kept = delivered to both ends: {} messages", checked?);
    Ok(())
}

async fn measure(world: &mut World, folder: &Path, copies: &Path, depth: Depth) -> Outcome<()> {
    let length = depth.pick(Duration::from_secs(2), Duration::from_secs(20));
    let plan = Plan { rate: RATE, length };
    load::run(world, Plan { rate: RATE, length: length / 4 }).await?;
    let (mut without, mut beside) = (histogram(), histogram());
    let mut made = 0;
    for _ in 0..depth.pick(1, 3) {
        add(&mut without, &load::run(world, plan).await?)?;
        let copying = Copying::start(folder.to_owned(), copies.to_owned(), made, Instant::now() + length);
        let written = write_until(world, plan, &copying, &mut beside).await;
        made = copying.wait()?;
        written?;
    }
    let last = copies.join(format!("{}", made - 1));
    let restored = command(&["restore", "--check", &last.display().to_string()], folder)?
        .status()
        .map_err(|why| format!("the backup was not looked at: {why}"))?;
    if !restored.success() {
        return Err("the last backup is not whole".into());
    }
    let at = |times: &Histogram<u64>| times.value_at_quantile(0.99);
    let ratio = at(&beside) as f64 / at(&without).max(1) as f64;
    println!("without       {}", times(&without));
    println!("beside        {} ({made} backups, the last of them whole)", times(&beside));
    println!(
        "p99           {} beside {}: {ratio:.2} times, at most {LIMIT}",
        milliseconds(at(&beside)),
        milliseconds(at(&without))
    );
    match depth == Depth::Full && ratio > LIMIT {
        true => Err(format!("who writes waits {ratio:.2} times as long")),
        false => Ok(()),
    }
}

/// Until the last copy is made, for whoever writes nothing for long is thought to be gone.
async fn write_until(world: &mut World, plan: Plan, copying: &Copying, times: &mut Histogram<u64>) -> Outcome<()> {
    while !copying.0.is_finished() {
        add(times, &load::run(world, Plan { length: plan.length / 4, ..plan }).await?)?;
    }
    Ok(())
}

fn add(times: &mut Histogram<u64>, round: &Round) -> Outcome<()> {
    if round.unsent > 0 {
        return Err(format!("{} messages were not sent in time", round.unsent));
    }
    times.add(&round.acked).map_err(|why| format!("the times do not add up: {why}"))
}

/// One backup after the other until a moment.
struct Copying(std::thread::JoinHandle<Outcome<usize>>);

impl Copying {
    fn start(folder: PathBuf, copies: PathBuf, first: usize, until: Instant) -> Copying {
        Copying(std::thread::spawn(move || {
            let mut n = first;
            loop {
                let into = copies.join(n.to_string()).display().to_string();
                let child = command(&["backup", &into], &folder)?.spawn();
                let child: Child = child.map_err(|why| format!("the backup does not start: {why}"))?;
                let output = child.wait_with_output().map_err(|why| format!("the backup's end was not seen: {why}"))?;
                if !output.status.success() {
                    return Err(String::from_utf8_lossy(&output.stderr).into_owned());
                }
                n += 1;
                if Instant::now() > until {
                    return Ok(n);
                }
                // Only the last is looked at; disks are not endless.
                std::fs::remove_dir_all(&into).map_err(|why| format!("{into} stays: {why}"))?;
            }
        }))
    }

    fn wait(self) -> Outcome<usize> {
        self.0.join().map_err(|_| "the backups broke off".to_owned())?
    }
}
