//! `recado agent`: who works here, what he may, and the way back in for who is locked out. It works beside a server
//! that runs, which follows within seconds. Each of these is in the log of who did what.

use crate::config::At;
use clap::{Subcommand, ValueEnum};
use desk::people::{Listed, Right, Staff};
use desk::{Clock, Error};
use domain::Refusal;
use std::io::Read;

#[derive(Subcommand)]
pub enum Agent {
    /// List who works here
    List {
        #[command(flatten)]
        at: At,
    },
    /// Give rights, or take them
    Rights {
        #[command(flatten)]
        at: At,
        /// The address he signs in with
        #[arg(value_name = "EMAIL")]
        email: String,
        /// Whether he may sign in at all; without, he is signed out everywhere
        #[arg(long, value_enum)]
        access: Option<Has>,
        /// Whether he administers the system
        #[arg(long, value_enum)]
        system: Option<Has>,
        /// The group that the next two are about, by its name; where several are called so, by its id
        #[arg(long, value_name = "NAME")]
        group: Option<String>,
        /// Whether he attends in the group
        #[arg(long, value_enum, requires = "group")]
        attend: Option<Has>,
        /// Whether he administers the group
        #[arg(long, value_enum, requires = "group")]
        administer: Option<Has>,
    },
    /// Set a new password, read from the standard input; he is signed out everywhere
    Password {
        #[command(flatten)]
        at: At,
        /// The address he signs in with
        #[arg(value_name = "EMAIL")]
        email: String,
    },
    /// Take away his photo
    RemovePhoto {
        #[command(flatten)]
        at: At,
        /// The address he signs in with
        #[arg(value_name = "EMAIL")]
        email: String,
    },
    /// Take the second factor off somebody who has lost his device; he is signed out everywhere
    ResetTotp {
        #[command(flatten)]
        at: At,
        /// The address he signs in with
        #[arg(value_name = "EMAIL")]
        email: String,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Has {
    On,
    Off,
}

impl Agent {
    /// Does it, and answers with what to print.
    pub async fn run(self) -> Result<String, String> {
        let (Agent::List { at }
        | Agent::Rights { at, .. }
        | Agent::Password { at, .. }
        | Agent::RemovePhoto { at, .. }
        | Agent::ResetTotp { at, .. }) = &self;
        let database = at.database()?;
        let staff = match self {
            Agent::List { .. } => Staff::look(&database).await,
            _ => Staff::open(&database).await,
        };
        let staff = staff.map_err(|why| format!("The database cannot be reached: {why}."))?;
        let done = self.work(&staff).await;
        staff.close().await;
        done
    }

    async fn work(&self, staff: &Staff) -> Result<String, String> {
        let now = Clock::system().now();
        match self {
            Agent::List { .. } => {
                let all = staff.list().await.map_err(said)?;
                Ok(all.iter().map(line).collect::<Vec<_>>().join("\n"))
            }
            Agent::Rights { email, access, system, group, attend, administer, .. } => {
                let group = group.clone().unwrap_or_default();
                let name = group.clone();
                let asked = [
                    (Right::Access, access),
                    (Right::System, system),
                    (Right::Attend(group.clone()), attend),
                    (Right::Administer(group), administer),
                ];
                let asked: Vec<_> = asked.into_iter().filter_map(|(right, has)| Some((right, (*has)?))).collect();
                if asked.is_empty() {
                    return Err("Say which right: --access, --system, or --group with --attend or --administer.".into());
                }
                let asked: Vec<(Right, bool)> = asked.into_iter().map(|(right, has)| (right, has == Has::On)).collect();
                match staff.set(email, &asked, now).await {
                    Err(Error::Refused(Refusal::FieldWrong { field })) if field != "system" => {
                        return Err(namesakes(&name, &staff.groups_called(&name).await.map_err(said)?));
                    }
                    done => done.map_err(said)?,
                }
                Ok(format!("The rights of {email} are set."))
            }
            Agent::Password { email, .. } => {
                let mut fresh = String::new();
                let cannot = |why: std::io::Error| format!("The password cannot be read: {why}.");
                std::io::stdin().take(4_096).read_to_string(&mut fresh).map_err(cannot)?;
                let fresh = fresh.trim_end_matches(['\r', '\n']);
                staff.set_password(email, fresh, now).await.map_err(said)?;
                Ok(format!("{email} has a new password, and is signed out everywhere."))
            }
            Agent::RemovePhoto { email, .. } => {
                let had = staff.remove_photo(email, now).await.map_err(said)?;
                Ok(if had { format!("The photo of {email} is gone.") } else { format!("{email} has no photo.") })
            }
            Agent::ResetTotp { email, .. } => {
                staff.reset_factor(email, now).await.map_err(said)?;
                Ok(format!("{email} signs in without a second factor, and is signed out everywhere."))
            }
        }
    }
}

/// The groups of one name, told apart.
pub(crate) fn namesakes(name: &str, all: &[(String, Vec<String>)]) -> String {
    let one = |(id, applications): &(String, Vec<String>)| match applications.is_empty() {
        true => format!("{id} (of no application)"),
        false => format!("{id} ({})", applications.join(", ")),
    };
    let all: Vec<String> = all.iter().map(one).collect();
    format!("There are several groups called `{name}`. Say the id of one: {}.", all.join("; "))
}

fn line(one: &Listed) -> String {
    let marks = [(one.system, "system"), (one.factor, "second factor"), (one.disabled, "no access")];
    let marks: Vec<&str> = marks.into_iter().filter_map(|(is, mark)| is.then_some(mark)).collect();
    format!("{:<32} {:<24} {}", one.email, one.name, marks.join(", ")).trim_end().into()
}

fn said(error: Error) -> String {
    match error {
        Error::Refused(Refusal::NotYours) => "Nobody signs in with that address.".into(),
        Error::Refused(Refusal::NoSuchTarget) => "There is no group of that name.".into(),
        Error::Refused(Refusal::FieldWrong { field }) if field == "system" => {
            "He is the last who administers the system: give that to somebody else first.".into()
        }
        Error::Refused(Refusal::TooLate) => "He has no second factor.".into(),
        Error::Refused(why) => words::of("en").refusal(&why),
        Error::Broken(fault) => format!("The database cannot be reached: {fault}."),
    }
}
