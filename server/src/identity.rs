//! `recado identity`: the keys with which a site's program signs who its customer is. It works beside a server that
//! runs, which knows of each change at once; as does the tab *Identidad* of an application.

use crate::config::{Of, wrong};
use clap::{Subcommand, ValueEnum};
use desk::identity::{Algorithm, Key, Keys};
use desk::{Clock, Error, Fault};
use domain::{Refusal, Time};
use std::io::Read;
use std::path::PathBuf;

#[derive(Subcommand)]
pub enum Identity {
    /// Add a key. Of HS256 the secret is made here and printed once; of EdDSA the public half is read
    Add {
        #[command(flatten)]
        of: Of,
        /// How it signs
        #[arg(long, value_enum, default_value_t = Way::Hs256)]
        alg: Way,
        /// The file with the public half of an Ed25519 key, in PEM or base64; `-` reads it from the input
        #[arg(long, value_name = "FILE", required_if_eq("alg", "EdDSA"))]
        public: Option<PathBuf>,
    },
    /// List the keys, without what they are made of
    List {
        #[command(flatten)]
        of: Of,
    },
    /// Believe nothing any more that a key signs or has signed
    Revoke {
        #[command(flatten)]
        of: Of,
        /// The key, by its id
        #[arg(value_name = "KID")]
        kid: String,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Way {
    /// A secret that the site and we share
    #[value(name = "HS256")]
    Hs256,
    /// A key pair of which the site keeps the private half
    #[value(name = "EdDSA")]
    EdDsa,
}

impl Identity {
    /// Does it, and answers with what to print.
    pub async fn run(self) -> Result<String, String> {
        match &self {
            Identity::List { of } => list(&of.at.database()?, &of.key).await,
            Identity::Add { of, alg, public } => {
                let keys = open(of).await?;
                let done = add(&keys, &of.key, *alg, public.as_ref()).await;
                keys.close().await;
                done
            }
            Identity::Revoke { of, kid } => {
                let keys = open(of).await?;
                let done = keys.revoke(&of.key, kid).await.map_err(said);
                keys.close().await;
                done.map(|()| format!("{kid} is revoked."))
            }
        }
    }
}

async fn open(of: &Of) -> Result<Keys, String> {
    let (data, database) = of.at.deployed()?;
    Keys::open(&database, &data, Clock::system()).await.map_err(unreached)
}

fn unreached(why: Fault) -> String {
    format!("The keys cannot be reached: {why}.")
}

async fn list(database: &str, application: &str) -> Result<String, String> {
    let all = match desk::identity::list(database, application).await {
        Ok(all) => all,
        Err(Error::Broken(why)) => return Err(unreached(why)),
        Err(why) => return Err(said(why)),
    };
    if all.is_empty() {
        return Ok("This application has no keys: nobody is identified.".into());
    }
    Ok(all.iter().map(line).collect::<Vec<_>>().join("\n"))
}

async fn add(keys: &Keys, application: &str, alg: Way, public: Option<&PathBuf>) -> Result<String, String> {
    let public = public.filter(|_| alg == Way::EdDsa).map(read).transpose()?;
    let algorithm = if alg == Way::EdDsa { Algorithm::EdDsa } else { Algorithm::Hs256 };
    let added = keys.add(application, algorithm, public.as_deref()).await.map_err(said)?;
    Ok(match added.secret {
        Some(secret) => format!(
            "kid     {}\nsecret  {secret}\n\nKeep the secret in your server's settings and never in a page: it is not shown again.",
            added.id
        ),
        None => format!("kid     {}", added.id),
    })
}

fn line(key: &Key) -> String {
    let revoked = key.revoked_at.map_or(String::new(), |at| format!("  revoked {}", day(at)));
    let used = key.used_at.map_or("never used".into(), |at| format!("last used {}", day(at)));
    format!("{}  {:<5}  since {}  {used}{revoked}", key.id, key.algorithm.word(), day(key.created_at))
}

/// `2026-11-25`, in universal time.
fn day(at: Time) -> String {
    at.civil(0).day()
}

fn read(path: &PathBuf) -> Result<String, String> {
    let cannot = |why: std::io::Error| wrong("public", &format!("{} cannot be read: {why}", path.display()));
    if path.as_os_str() == "-" {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).map_err(cannot)?;
        return Ok(text);
    }
    std::fs::read_to_string(path).map_err(cannot)
}

fn said(error: Error) -> String {
    match error {
        Error::Refused(Refusal::NotYours) => "There is no such application, or no such key that holds.".into(),
        Error::Refused(Refusal::Malformed | Refusal::FieldWrong { .. }) => {
            "That is not the public half of an Ed25519 key.".into()
        }
        Error::Refused(Refusal::Full { limit }) => {
            format!("{limit} keys hold at once at the most: revoke one first.")
        }
        Error::Refused(why) => format!("It was refused: {why:?}."),
        Error::Broken(fault) => format!("It broke: {fault}."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_the_calendar_s() {
        for (millis, said) in [(0, "1970-01-01"), (951_782_400_000, "2000-02-29"), (1_795_348_800_000, "2026-11-22")] {
            assert_eq!(day(Time(millis)), said);
        }
    }
}
