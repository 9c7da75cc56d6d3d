//! `recado person`: what is kept about one person, taken along or erased. It works beside a server that runs.

use crate::config::At;
use clap::Subcommand;
use desk::{Clock, Error};
use domain::Refusal;

#[derive(Subcommand)]
pub enum Person {
    /// Print everything that is kept about one person as JSON
    Export {
        #[command(flatten)]
        at: At,
        /// The person: the last part of the address of his page in the console
        #[arg(value_name = "ID")]
        id: String,
    },
    /// Take away every word of one person, and all that says who he is. It cannot be undone
    #[command(after_help = "Backups that were made before hold it still: docs/people.md.")]
    Erase {
        #[command(flatten)]
        at: At,
        /// The person: the last part of the address of his page in the console
        #[arg(value_name = "ID")]
        id: String,
    },
}

impl Person {
    /// Does it, and answers with what to print.
    pub async fn run(self) -> Result<String, String> {
        let now = Clock::system().now();
        match &self {
            Person::Export { at, id } => desk::customer::export_in(&at.database()?, id, now).await.map_err(said),
            Person::Erase { at, id } => {
                let (data, database) = at.deployed()?;
                desk::customer::erase_in(&database, &data.join("files"), id, now).await.map_err(said)?;
                Ok(format!("{id} is erased."))
            }
        }
    }
}

fn said(error: Error) -> String {
    match error {
        Error::Refused(Refusal::NotYours) => "There is nobody with that id.".into(),
        Error::Refused(Refusal::StillRunning) => {
            "This person has a conversation that is running. It ends first.".into()
        }
        Error::Refused(why) => words::of("en").refusal(&why),
        Error::Broken(fault) => format!("The database cannot be reached: {fault}."),
    }
}
