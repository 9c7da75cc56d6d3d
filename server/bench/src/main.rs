//! Measures the program as it is released, from outside: by HTTP, sockets and its own folder.
//!
//! Everything is on this machine, and bounded in count and in time.

mod backup;
mod cold;
mod console;
mod dice;
mod durable;
mod fanout;
mod files;
mod floor;
mod idle;
mod import;
mod line;
mod listener;
mod load;
mod machine;
mod program;
mod races;
mod record;
mod report;
mod reports;
mod world;

use std::process::ExitCode;

const HELP: &str = "\
bench [--quick] [durable] [idle] [cold] [files] [races] [console] [fanout] [reports] [import] [backup]
      (none named: the first four)
  durable   acknowledged messages per second, beside bare SQLite
  idle      memory of an idle socket
  files     memory of a file while it is received, twenty at once
  console   how soon its lists are answered, with a million tickets, which are made once and kept
  races     who reaches for the same chat at the same time: one wins, and the record is one order of it
  fanout    a long queue that many agents watch while it changes: who sees it how soon, and what it costs
  reports   how soon the numbers of a period are answered, with ten million chats, which are made once and kept
  import    a million chats of before come in: how long it takes, and how much memory
  backup    what people who write notice of a backup that is made meanwhile
  cold      from the start of the process to its first answer, and its size
  --quick   short, and gates nothing but correctness: the figures mean nothing
RECADO_BIN names the program; without it, the release build in the target folder.";

/// What went wrong, in one sentence.
type Outcome<T> = Result<T, String>;

/// How thorough a run is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    Quick,
    Full,
}

impl Depth {
    fn pick<T>(self, quick: T, full: T) -> T {
        if self == Depth::Quick { quick } else { full }
    }
}

fn main() -> ExitCode {
    let mut depth = Depth::Full;
    let mut names: Vec<String> = Vec::new();
    for word in std::env::args().skip(1) {
        match word.as_str() {
            "--quick" => depth = Depth::Quick,
            "durable" | "idle" | "cold" | "files" | "races" | "console" | "fanout" | "reports" | "import"
            | "backup" => names.push(word),
            "-h" | "--help" => {
                println!("{HELP}");
                return ExitCode::SUCCESS;
            }
            _ => {
                eprintln!("bench: `{word}` is not understood.\n{HELP}");
                return ExitCode::FAILURE;
            }
        }
    }
    if names.is_empty() {
        names = ["cold", "idle", "files", "durable"].map(Into::into).into();
    }
    match run(depth, &names) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("bench: {why}");
            ExitCode::FAILURE
        }
    }
}

fn run(depth: Depth, names: &[String]) -> Outcome<()> {
    program::raise_descriptors()?;
    machine::describe(&program::binary()?, &report::folder()?)?;
    // One thread: what the generator costs stays below one core, and is measured.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|why| format!("no runtime: {why}"))?;
    let mut missed = Vec::new();
    for name in names {
        println!("\n== {name}{}", depth.pick(" (quick: the figures mean nothing)", ""));
        let done = match name.as_str() {
            "durable" => runtime.block_on(durable::run(depth)),
            "idle" => runtime.block_on(idle::run(depth)),
            "console" => runtime.block_on(console::run(depth)),
            "files" => runtime.block_on(files::run(depth)),
            "fanout" => runtime.block_on(fanout::run(depth)),
            "reports" => runtime.block_on(reports::run(depth)),
            "races" => runtime.block_on(races::run(depth)),
            "import" => runtime.block_on(import::run(depth)),
            "backup" => runtime.block_on(backup::run(depth)),
            _ => runtime.block_on(cold::run(depth)),
        };
        if let Err(why) = done {
            println!("failed: {why}");
            missed.push(name.as_str());
        }
    }
    if missed.is_empty() { Ok(()) } else { Err(format!("{} failed", missed.join(", "))) }
}
