//! `import`: how long a million chats of before take to come in, and that memory does not grow with them.

use crate::program::{Program, binary, new_folder, read};
use crate::{Depth, Outcome};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const CHATS: usize = 1_000_000;
/// Whoever moves here does it in an evening, and tries it more than once.
const LIMIT: Duration = Duration::from_secs(300);
/// What the second half may take more than the first: the file is no part of it.
const GROWTH: u64 = 48 << 20;
const KEY: &str = "pk_casanogal0tiendaweb";
const GROUPS: [&str; 3] = ["Pedidos y envíos", "Devoluciones y garantías", "Ayuda para elegir"];
const AGENTS: [&str; 3] = ["ines@casanogal.example", "tomas@casanogal.example", "lucia@casanogal.example"];
/// The first of them, in 2024.
const FIRST: i64 = 1_704_096_000_000;
const TWO_YEARS: i64 = 2 * 365 * 86_400_000;

pub async fn run(depth: Depth) -> Outcome<()> {
    let count = depth.pick(2_000, CHATS);
    let folder = new_folder("import")?;
    let done = measure(&folder, depth, count);
    let emptied = std::fs::remove_dir_all(&folder).map_err(|why| format!("{} stays: {why}", folder.display()));
    done.and(emptied)
}

fn measure(folder: &Path, depth: Depth, count: usize) -> Outcome<()> {
    let (file, run) = filled(folder, count)?;
    let size = file.metadata().map_err(|why| why.to_string())?.len() >> 20;
    let database = folder.join("recado.db").metadata().map_err(|why| why.to_string())?.len() >> 20;
    println!("{count} chats of {size} MiB became a database of {database} MiB");
    println!("took          {:.1} s, at most {:.0} s", run.took.as_secs_f64(), LIMIT.as_secs_f64());
    println!("              {:.0} chats a second", count as f64 / run.took.as_secs_f64());
    println!(
        "memory        {} MiB in the first half, {} MiB in the second; at most {} MiB more",
        run.first >> 20,
        run.second >> 20,
        GROWTH >> 20
    );
    if depth == Depth::Quick {
        return Ok(());
    }
    if run.took > LIMIT {
        return Err(format!("it took {:.0} s", run.took.as_secs_f64()));
    }
    match run.second > run.first + GROWTH {
        true => Err("memory grows with the file".into()),
        false => Ok(()),
    }
}

/// A folder of the demo's world with so many chats of before, which came in so.
pub fn filled(folder: &Path, count: usize) -> Outcome<(PathBuf, Run)> {
    Program::start(folder, &["--demo", "--shop-listen", "127.0.0.1:0"])?.keeps_its_folder().stop()?;
    let file = folder.join("chats.jsonl");
    write(&file, count).map_err(|why| format!("{} was not written: {why}", file.display()))?;
    let run = watched(&["import-history", &file.display().to_string()], folder)?;
    Ok((file, run))
}

/// A verb of the program while it ran.
pub struct Run {
    pub took: Duration,
    /// The most memory in each half of that time, in bytes.
    pub first: u64,
    pub second: u64,
}

/// A verb of the program on this folder.
pub fn command(words: &[&str], folder: &Path) -> Outcome<Command> {
    let mut command = Command::new(binary()?);
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("RECADO_")) {
        command.env_remove(name);
    }
    command.args(words).arg("--data").arg(folder).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    Ok(command)
}

fn watched(words: &[&str], folder: &Path) -> Outcome<Run> {
    let mut command = command(words, folder)?;
    // Progress would fill a pipe that nobody reads.
    let said = folder.join("said.txt");
    command.stderr(File::create(&said).map_err(|why| format!("{} was not made: {why}", said.display()))?);
    let begun = Instant::now();
    let mut child = command.spawn().map_err(|why| format!("the program does not start: {why}"))?;
    let mut samples: Vec<(Duration, u64)> = Vec::new();
    let status = loop {
        if let Some(status) = child.try_wait().map_err(|why| format!("the program's end was not seen: {why}"))? {
            break status;
        }
        if let Some(memory) = memory(child.id()) {
            samples.push((begun.elapsed(), memory));
        }
        std::thread::sleep(Duration::from_millis(50));
    };
    let took = begun.elapsed();
    if !status.success() {
        let said = std::fs::read_to_string(&said).unwrap_or_default();
        return Err(format!("the program ended with {status}: {}", said.lines().last().unwrap_or_default()));
    }
    let most = |second: bool| {
        samples.iter().filter(|(at, _)| (*at > took / 2) == second).map(|(_, memory)| *memory).max().unwrap_or(0)
    };
    Ok(Run { took, first: most(false), second: most(true) })
}

/// Its resident memory; none: it has just ended.
fn memory(process: u32) -> Option<u64> {
    let status = read(&format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().trim_end_matches(" kB").parse::<u64>().ok().map(|kb| kb * 1024)
}

/// Chats of two years, of every kind.
fn write(path: &Path, count: usize) -> std::io::Result<()> {
    let mut file = BufWriter::new(File::create(path)?);
    for n in 0..count {
        let queued = FIRST + TWO_YEARS / count as i64 * n as i64;
        let (group, agent) = (GROUPS[n % 3], AGENTS[n / 3 % 3]);
        let at = |second: i64| queued + second * 1_000;
        write!(
            file,
            "{{\"id\":\"old-{n}\",\"application\":\"{KEY}\",\"group\":\"{group}\",\"customer\":{{\"id\":\"c-{}\",\
             \"name\":\"Cliente {}\",\"email\":\"c{}@correo.example\"}},\"queued_at\":{queued}",
            n % 300_000,
            n % 300_000,
            n % 300_000
        )?;
        match n % 10 {
            0 => writeln!(file, ",\"ended_at\":{},\"end_reason\":\"customer\"}}", at(45))?,
            1 => writeln!(
                file,
                ",\"disconnected_at\":{},\"ended_at\":{},\"end_reason\":\"connection\",\
                 \"transcript\":[{{\"at\":{},\"by\":\"customer\",\"text\":\"¿Hay alguien ahí?\"}}]}}",
                at(60),
                at(80),
                at(20)
            )?,
            kind => {
                let status =
                    ["Resolved", "Resolved", "Resolved", "Resolved", "InAttendance", "Stopped", "Canceled", "New"]
                        [kind - 2];
                writeln!(
                    file,
                    ",\"attended_at\":{},\"attended_by\":\"{agent}\",\"ended_at\":{},\"end_reason\":\"agent\",\
                     \"first_saved_base_status\":\"{status}\",\"transcript\":[\
                     {{\"at\":{},\"by\":\"customer\",\"text\":\"Buenas tardes, la mesa del pedido {n} llegó con una pata rota.\"}},\
                     {{\"at\":{},\"by\":\"{agent}\",\"text\":\"Lo siento mucho. ¿Me manda una foto?\"}},\
                     {{\"at\":{},\"by\":\"customer\",\"text\":\"Claro, ahora mismo.\"}},\
                     {{\"at\":{},\"by\":\"{agent}\",\"text\":\"Le enviamos otra el lunes.\"}}]}}",
                    at(30 + n as i64 % 60),
                    at(600),
                    at(10),
                    at(120),
                    at(200),
                    at(300)
                )?;
            }
        }
    }
    file.into_inner().map_err(std::io::IntoInnerError::into_error)?.sync_all()
}
