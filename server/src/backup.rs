//! `recado backup` and `recado restore`: a copy of everything while it is served, and the way back. And
//! `recado doctor`: is everything in order?

use crate::config::At;
use crate::transfer::ill;
use clap::Args;
use desk::backup::Copied;
use desk::{Clock, Fault};
use std::path::PathBuf;

#[derive(Args)]
#[command(after_help = "What is in it, and how it is kept from others, is told in docs/backup.md.")]
pub struct Backup {
    #[command(flatten)]
    at: At,
    /// A new folder for it: in one that is there, and outside of the data folder
    #[arg(value_name = "DIR")]
    into: PathBuf,
}

impl Backup {
    /// Does it, and answers with what to print.
    pub async fn run(self) -> Result<String, String> {
        let (data, database) = self.at.deployed()?;
        step_back();
        let made = desk::backup::make(&database, &data, &self.into, Clock::system().now()).await;
        let copied = made.map_err(|why| not_done("No backup was made", &why))?;
        let says = format!("{} is a backup: {}.", self.into.display(), said(&copied));
        match ill(&copied.missing, &copied.damaged) {
            None => Ok(says),
            Some(ill) => Err([says, ill].join("\n")),
        }
    }
}

#[derive(Args)]
#[command(after_help = "The data folder must be empty, or not there yet.")]
pub struct Restore {
    #[command(flatten)]
    at: At,
    /// The folder of a backup
    #[arg(value_name = "DIR")]
    from: PathBuf,
    /// Only look whether it is whole, and put nothing back
    #[arg(long)]
    check: bool,
}

impl Restore {
    /// Does it, and answers with what to print.
    pub async fn run(self) -> Result<String, String> {
        let from = self.from.display();
        if self.check {
            let copied =
                desk::backup::check(&self.from).await.map_err(|why| not_done("This is no whole backup", &why))?;
            return Ok(with_ill(format!("{from} is whole: {}.", said(&copied)), &copied));
        }
        let (data, database) = self.at.place()?;
        let put = desk::backup::restore(&self.from, &data, &database).await;
        let copied = put.map_err(|why| not_done("Nothing was put back", &why))?;
        Ok(with_ill(format!("{from} was put back into {}: {}.", data.display(), said(&copied)), &copied))
    }
}

#[derive(Args)]
#[command(after_help = "It never writes, and works beside a running server. It fails where something is wrong.")]
pub struct Doctor {
    #[command(flatten)]
    at: At,
}

impl Doctor {
    /// Looks, and answers with what to print.
    pub async fn run(self) -> Result<String, String> {
        let (data, database) = self.at.place()?;
        let found = desk::doctor::look(&database, &data, Clock::system().now()).await;
        let found = found.map_err(|why| not_done("It could not be looked at", &why))?;
        let mut lines = Vec::new();
        for finding in &found {
            match &finding.wrong {
                None => lines.push(format!("good   {}: {}", finding.what, finding.says)),
                Some(so) => {
                    lines.push(format!("WRONG  {}: {}", finding.what, finding.says));
                    if !so.is_empty() {
                        lines.push(format!("       {so}"));
                    }
                }
            }
        }
        let text = lines.join("\n");
        match found.iter().filter(|finding| finding.wrong.is_some()).count() {
            0 => Ok(text),
            1 => Err(format!("{text}\nOne thing is wrong.")),
            n => Err(format!("{text}\n{n} things are wrong.")),
        }
    }
}

fn said(copied: &Copied) -> String {
    let files = if copied.files == 1 { "1 file".into() } else { format!("{} files", copied.files) };
    let erased = match copied.erased {
        0 => String::new(),
        n => format!("; {n} of its files were erased while it was made"),
    };
    format!("the database, its key and {files}, {:.1} MiB{erased}", copied.bytes as f64 / f64::from(1 << 20))
}

fn with_ill(says: String, copied: &Copied) -> String {
    match ill(&copied.missing, &copied.damaged) {
        None => says,
        Some(ill) => [says, ill].join("\n"),
    }
}

fn not_done(what: &str, why: &Fault) -> String {
    format!("{what}: {why}.")
}

/// A copy can wait; who writes a message cannot.
fn step_back() {
    #[cfg(unix)]
    if let Err(why) = rustix::process::nice(19) {
        tracing::warn!("the copy is made as fast as everything else: {why}");
    }
}
