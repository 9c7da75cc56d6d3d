//! `recado export` and `recado import`: everything out, and into another deployment.

use crate::config::At;
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
        let (data, database) = self.at.deployed()?;
        let now = Clock::system().now();
        let done = desk::transfer::export(&database, &data, &self.into, self.with_key, now).await;
        let done = done.map_err(|why| format!("Nothing was exported: {why}."))?;
        let erased = match done.erased {
            0 => String::new(),
            n => format!(" {n} of its files were erased meanwhile."),
        };
        let said = format!("{}: {} lines and {} files.{erased}", self.into.display(), done.lines, done.files);
        match ill(&done.missing, &done.damaged) {
            None => Ok(said),
            Some(ill) => Err([said, ill].join("\n")),
        }
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
        // Whoever mistyped its name gets no new deployment.
        desk::transfer::look(&self.from).map_err(|why| format!("Nothing was imported: {why}."))?;
        make_folder(&data)?;
        make_file(&database)?;
        let done = desk::transfer::import(&database, &data, &self.from, self.leave_secrets).await;
        let done = done.map_err(|why| format!("Nothing was imported: {why}."))?;
        let old_key = done.old_key.iter().map(|old| format!("The key that was there is {} now.", old.display()));
        if let Some(why) = done.unknown {
            let mut lines = vec![
                format!("It is not known whether all of it is imported or nothing: {why}."),
                "Files and key are left for it. Look at `recado agent list`: if it names any, all of it is imported; if \
                 not, import it again."
                    .into(),
            ];
            lines.extend(old_key);
            return Err(lines.join("\n"));
        }
        let mut lines = vec![format!("{} lines and {} files are imported.", done.lines, done.files)];
        lines.extend(done.left.iter().map(|left| format!("Left out: {left}.")));
        lines.extend(old_key);
        lines.extend(ill(&done.missing, &done.damaged));
        match done.after {
            None => Ok(lines.join("\n")),
            Some(why) => Err(format!("{}\nAll of it is imported, but afterwards: {why}.", lines.join("\n"))),
        }
    }
}

/// Which files have lost their bytes, or some of them. None: all of them are whole; all else is anyhow.
pub fn ill(missing: &[String], damaged: &[String]) -> Option<String> {
    let kinds = [(missing, "a row and no bytes"), (damaged, "another size than the row says, copied as it is")];
    let mut lines = Vec::new();
    for (files, what) in kinds.into_iter().filter(|(files, _)| !files.is_empty()) {
        let many = if files.len() == 1 { "1 file has".into() } else { format!("{} files have", files.len()) };
        lines.push(format!("{many} {what}: {}. `recado doctor` says what to do.", files.join(", ")));
    }
    (!lines.is_empty()).then(|| lines.join("\n"))
}
