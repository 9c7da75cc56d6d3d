//! `cold`: how soon the program answers after it was started on an empty folder, and how big it is.

use crate::line::{Head, Line};
use crate::program::{Program, binary, new_folder};
use crate::report::Spread;
use crate::{Depth, Outcome, machine};
use std::time::Instant;

/// Milliseconds from the start of the process to the first good answer of its health check.
const SOON: f64 = 500.0;
/// Bytes.
const LARGE: u64 = 40 * 1024 * 1024;

pub async fn run(depth: Depth) -> Outcome<()> {
    let mut took = Vec::new();
    let mut memory = 0;
    for _ in 0..5 {
        let folder = new_folder("cold")?;
        let begun = Instant::now();
        let program = Program::start(&folder, &[])?;
        let answer = Line::to(program.at).ask(&Head::get(program.at, "/health"), b"").await?;
        if answer.status != 200 {
            return Err(format!("the health check answered with {}", answer.status));
        }
        took.push(begun.elapsed().as_secs_f64() * 1000.0);
        memory = program.memory()?;
        program.stop()?;
    }
    let took = Spread::of(took);
    let size = machine::size(&binary()?)?;
    println!("first 200  {:.0} ms ({:.0}–{:.0}), at most {SOON}", took.middle, took.least, took.most);
    println!("memory     {} KiB when it has just answered", memory / 1024);
    println!("size       {size} bytes, at most {LARGE}");
    if depth == Depth::Quick {
        return Ok(());
    }
    if took.middle > SOON {
        return Err(format!("the first answer took {:.0} ms", took.middle));
    }
    if size > LARGE { Err(format!("the program has {size} bytes")) } else { Ok(()) }
}
