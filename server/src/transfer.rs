//! `recado export` and `recado import`: everything out, and into another deployment.

use crate::config::{At, wrong};
use crate::start::{make_file, make_folder};
use clap::Args;
use desk::Clock;
use std::path::PathBuf;

#[derive(Args)]
#[command(after_help = "What is in it, file by file, is told in docs/export.md.")]
pub struct Export {
    #[command(flatten)]
    at: At,
    /// A new folder for it
    #[arg(value_name = "DIR")]
    into: PathBuf,
    /// With recado.key, which opens the sealed secrets in it
    #[arg(long)]
    with_key: bool,
}

impl Export {
    /// Does it, and answers with what to print.
    pub async fn run(self) -> Result<String, String> {
        let (data, database) = self.at.place()?;
        if !data.is_dir() {
            return Err(wrong("data", &format!("there is no folder {}", data.display())));
        }
        let now = Clock::system().now();
        let done = desk::transfer::export(&database, &data, &self.into, self.with_key, now).await;
        let done = done.map_err(|why| format!("Nothing was exported: {why}."))?;
        let erased = match done.erased {
            0 => String::new(),
            n => format!(" {n} of its files were erased meanwhile."),
        };
        Ok(format!("{}: {} lines and {} files.{erased}", self.into.display(), done.lines, done.files))
    }
}

#[derive(Args)]
#[command(
    after_help = "The database and the data folder must be empty. All of it is taken, or nothing. What an export \
                        does not hold is told in docs/export.md."
)]
pub struct Import {
    #[command(flatten)]
    at: At,
    /// The folder of an export
    #[arg(value_name = "DIR")]
    from: PathBuf,
    /// Leave out sealed secrets that the key here does not open, and say which
    #[arg(long)]
    leave_secrets: bool,
}

impl Import {
    /// Does it, and answers with what to print.
    pub async fn run(self) -> Result<String, String> {
        let (data, database) = self.at.place()?;
        make_folder(&data)?;
        make_file(&database)?;
        let done = desk::transfer::import(&database, &data, &self.from, self.leave_secrets).await;
        let done = done.map_err(|why| format!("Nothing was imported: {why}."))?;
        let mut lines = vec![format!("{} lines and {} files are imported.", done.lines, done.files)];
        lines.extend(done.left.iter().map(|left| format!("Left out: {left}.")));
        Ok(lines.join("\n"))
    }
}
