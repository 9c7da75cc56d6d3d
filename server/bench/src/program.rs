//! The program under measurement: started on a folder of its own, paused, weighed, stopped.

use crate::Outcome;
use rustix::process::{Pid, Resource, Rlimit, Signal, getrlimit, kill_process, setrlimit};
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

/// How long it may take to begin or to end.
const PATIENCE: Duration = Duration::from_secs(30);
const READY: &str = "Recado is ready: http://";
/// Linux counts the time of a processor in hundredths of a second.
const TICKS: f64 = 100.0;

pub struct Program {
    child: Child,
    pub at: SocketAddr,
    pub folder: PathBuf,
    keeps: bool,
}

/// Which program is measured.
pub fn binary() -> Outcome<PathBuf> {
    let path = std::env::var_os("RECADO_BIN").map_or_else(
        || {
            let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| PathBuf::from("target"), PathBuf::from);
            target.join("release/recado")
        },
        PathBuf::from,
    );
    if path.is_file() { Ok(path) } else { Err(format!("there is no program at {}; set RECADO_BIN", path.display())) }
}

/// Sockets are descriptors, here and in the program, which inherits the limit.
pub fn raise_descriptors() -> Outcome<()> {
    let limit = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum })
        .map_err(|why| format!("the limit of descriptors was not raised: {why}"))
}

/// A new and empty folder, beside the reports: on a real disk.
pub fn new_folder(name: &str) -> Outcome<PathBuf> {
    let folder = crate::report::folder()?.join(format!("{name}-{}", std::process::id()));
    if folder.exists() {
        std::fs::remove_dir_all(&folder).map_err(|why| format!("{} was not emptied: {why}", folder.display()))?;
    }
    Ok(folder)
}

impl Program {
    /// Starts it and waits until it says that it is ready.
    pub fn start(folder: &Path, words: &[&str]) -> Outcome<Program> {
        Program::start_within(PATIENCE, folder, words)
    }

    /// The same, where there is more to be done before: so long it may take.
    pub fn start_within(patience: Duration, folder: &Path, words: &[&str]) -> Outcome<Program> {
        let mut command = Command::new(binary()?);
        command.args(["serve", "--listen", "127.0.0.1:0", "--log", "warn", "--limits", "off", "--data"]);
        command.arg(folder).args(words);
        // What this shell is set to must not change what is measured.
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("RECADO_")) {
            command.env_remove(name);
        }
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|why| format!("the program does not start: {why}"))?;
        let said = child.stdout.take().ok_or("the program has no output")?;
        let (tell, ready) = mpsc::channel();
        // Read to its end, or the program would stand still at a full pipe.
        std::thread::spawn(move || {
            for line in BufReader::new(said).lines().map_while(Result::ok) {
                if let Some(at) = line.strip_prefix(READY) {
                    let _ = tell.send(at.trim().to_string());
                }
            }
        });
        let mut program = Program { child, at: ([127, 0, 0, 1], 0).into(), folder: folder.into(), keeps: false };
        let at = ready.recv_timeout(patience).map_err(|_| "the program did not become ready")?;
        program.at = at.parse().map_err(|_| format!("the program listens at `{at}`, which is no address"))?;
        Ok(program)
    }

    /// Its folder is there after its end.
    pub fn keeps_its_folder(mut self) -> Program {
        self.keeps = true;
        self
    }

    pub fn database(&self) -> PathBuf {
        self.folder.join("recado.db")
    }

    pub fn reins(&self) -> Reins {
        Reins(Pid::from_child(&self.child))
    }

    /// Its resident memory, in bytes.
    pub fn memory(&self) -> Outcome<u64> {
        let status = read(&format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kilobytes = line.and_then(|rest| rest.trim().trim_end_matches(" kB").parse::<u64>().ok());
        kilobytes.map(|kb| kb * 1024).ok_or_else(|| "the program's memory does not read".into())
    }

    /// Seconds of a processor it has used.
    pub fn processor(&self) -> Outcome<f64> {
        processor(&self.child.id().to_string())
    }

    /// Asks it to end, and waits; its folder is thrown away, unless it is kept.
    pub fn stop(mut self) -> Outcome<()> {
        self.reins().signal(Signal::TERM)?;
        let begun = Instant::now();
        loop {
            match self.child.try_wait().map_err(|why| format!("the program's end was not seen: {why}"))? {
                Some(status) if status.success() => return Ok(()),
                Some(status) => return Err(format!("the program ended with {status}")),
                None if begun.elapsed() > PATIENCE => return Err("the program did not end when asked".into()),
                None => std::thread::sleep(Duration::from_millis(10)),
            }
        }
    }
}

/// What holds a program back, for as long as it runs.
pub struct Reins(Pid);

impl Reins {
    /// It stands still until [`Reins::go_on`]: nothing is read, answered or kept.
    pub fn pause(&self) -> Outcome<()> {
        self.signal(Signal::STOP)
    }

    pub fn go_on(&self) -> Outcome<()> {
        self.signal(Signal::CONT)
    }

    fn signal(&self, signal: Signal) -> Outcome<()> {
        kill_process(self.0, signal).map_err(|why| format!("the program took no signal: {why}"))
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // After a good end there is nobody left to kill.
        let _ = self.child.kill();
        let _ = self.child.wait();
        if !self.keeps {
            let _ = std::fs::remove_dir_all(&self.folder);
        }
    }
}

/// Seconds of a processor that a process has used; `self` is this one.
pub fn processor(process: &str) -> Outcome<f64> {
    let stat = read(&format!("/proc/{process}/stat"))?;
    // The name in brackets may hold spaces.
    let after_name = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let numbers: Vec<f64> = after_name.split_whitespace().skip(11).take(2).filter_map(|n| n.parse().ok()).collect();
    if numbers.len() == 2 {
        Ok(numbers.iter().sum::<f64>() / TICKS)
    } else {
        Err("/proc/…/stat does not read".into())
    }
}

pub fn read(path: &str) -> Outcome<String> {
    std::fs::read_to_string(path).map_err(|why| format!("{path} does not read: {why}"))
}
