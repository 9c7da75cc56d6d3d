//! `recado import-history`: chats of before, from another program.

use crate::config::At;
use clap::Args;
use desk::Clock;
use desk::history::{Outcome, Progress, import, look};
use std::path::PathBuf;

#[derive(Args)]
#[command(
    after_help = "What a line holds is told in docs/import.md. On SQLite the server must not run while something is imported."
)]
pub struct ImportHistory {
    #[command(flatten)]
    at: At,
    /// A file of JSON Lines in UTF-8
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Only look whether all of it could be imported; the database stays as it is, and the server may run
    #[arg(long)]
    dry_run: bool,
}

impl ImportHistory {
    /// Does it, and answers with what to print.
    pub async fn run(self) -> Result<String, String> {
        let database = self.at.database()?;
        let tell = |progress| match progress {
            Progress::Checked(lines) => eprintln!("{lines} lines checked"),
            Progress::Wrong(bad) => eprintln!("{bad}"),
            Progress::Kept(lines) => eprintln!("{lines} lines imported"),
        };
        let now = Clock::system().now();
        let done = match self.dry_run {
            true => look(&database, &self.file, now, tell).await,
            false => import(&database, &self.file, now, tell).await,
        };
        match done.map_err(|why| format!("Nothing was imported: {why}."))? {
            Outcome::Imported { chats, messages, past } => {
                let what = if self.dry_run { "could be imported; nothing was" } else { "are imported" };
                let past = match past {
                    0 => String::new(),
                    n => format!(
                        "\n{n} of the chats ended before what this house keeps (keep_messages): the server takes the \
                         words of those whose tickets are complete when it starts."
                    ),
                };
                Ok(format!("{chats} chats and {messages} offline messages {what}.{past}"))
            }
            Outcome::ImportedBut { chats, messages, why } => {
                Err(format!("{chats} chats and {messages} offline messages are imported, but afterwards: {why}."))
            }
            Outcome::Refused { count: 1 } => Err("One thing is wrong. Nothing was imported.".into()),
            Outcome::Refused { count } => Err(format!("{count} things are wrong. Nothing was imported.")),
        }
    }
}
