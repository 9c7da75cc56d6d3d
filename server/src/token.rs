//! `recado token`: with what other programs use the API. It works beside a server that runs, which follows at once.

use crate::config::At;
use clap::Subcommand;
use desk::token::Tokens;
use desk::{Clock, Error};
use domain::token::{Line, New, Scope};
use domain::{Refusal, Time};

#[derive(Subcommand)]
pub enum Token {
    /// List the tokens, and when each was used last; times are universal
    List {
        #[command(flatten)]
        at: At,
    },
    /// Make a token, and print it: it is shown this once
    Make {
        #[command(flatten)]
        at: At,
        /// Which program it is for
        #[arg(value_name = "NAME")]
        name: String,
        /// What it reaches, like `tickets:read`; several times, or with commas
        #[arg(long = "scope", value_name = "SCOPE", required = true, value_delimiter = ',')]
        scopes: Vec<String>,
        /// The last day on which it is good, like 2026-12-31
        #[arg(long, value_name = "DAY", default_value = "")]
        until: String,
    },
    /// Let nobody in with it any more
    Revoke {
        #[command(flatten)]
        at: At,
        /// Its id, or how it begins, as they are listed
        #[arg(value_name = "TOKEN")]
        token: String,
    },
}

impl Token {
    /// Does it, and answers with what to print.
    pub async fn run(self) -> Result<String, String> {
        let (Token::List { at } | Token::Make { at, .. } | Token::Revoke { at, .. }) = &self;
        let database = at.database()?;
        let tokens = match self {
            Token::List { .. } => Tokens::look(&database).await,
            Token::Make { .. } | Token::Revoke { .. } => Tokens::open(&database).await,
        };
        let tokens = tokens.map_err(|why| format!("The database cannot be reached: {why}."))?;
        let done = self.work(&tokens).await;
        tokens.close().await;
        done
    }

    async fn work(&self, tokens: &Tokens) -> Result<String, String> {
        let now = Clock::system().now();
        match self {
            Token::List { .. } => {
                let all = tokens.list(now).await.map_err(said)?;
                if all.is_empty() {
                    return Ok("There are no tokens.".into());
                }
                Ok(all.iter().map(|one| line(one, now)).collect::<Vec<_>>().join("\n"))
            }
            Token::Make { name, scopes, until, .. } => {
                let scopes = scopes.iter().map(|word| scope(word)).collect::<Result<Vec<_>, _>>()?;
                let new = New { id: String::new(), name: name.clone(), scopes, until: until.clone() };
                Ok(tokens.make(&new, now).await.map_err(said)?.secret)
            }
            Token::Revoke { token, .. } => {
                let line = tokens.revoke(token, now).await.map_err(said)?;
                Ok(format!("{} ({}…) is revoked.", domain::text::line(&line.name), line.prefix))
            }
        }
    }
}

fn scope(word: &str) -> Result<Scope, String> {
    Scope::of_word(word.trim()).ok_or_else(|| {
        let all: Vec<&str> = Scope::ALL.iter().map(|scope| scope.word()).collect();
        format!("There is no scope `{word}`. There are: {}.", all.join(", "))
    })
}

fn line(one: &Line, now: Time) -> String {
    let state = match (one.revoked_at, one.is_good(now)) {
        (Some(_), _) => "revoked",
        (None, false) => "expired",
        (None, true) => "good",
    };
    let scopes: Vec<&str> = one.scopes.iter().map(|scope| scope.word()).collect();
    let used = one.used_at.map_or_else(|| "never used".into(), |at| format!("used {}", at.utc()));
    let until = one.expires_at.map(|at| format!(", until {}", at.utc())).unwrap_or_default();
    // A name is one line; nothing in it moves what is printed.
    let name = domain::text::line(&one.name);
    format!("{}  {}…  {state:<8}{name}: {}, {used}{until}", one.id, one.prefix, scopes.join(" "))
}

fn said(error: Error) -> String {
    match error {
        Error::Refused(Refusal::NotYours) => "There is no such token, or several begin so: say its id.".into(),
        Error::Refused(Refusal::FieldWrong { .. }) => {
            "The day is written like 2026-12-31, and must not be over.".into()
        }
        Error::Refused(why) => words::of("en").refusal(&why),
        Error::Broken(fault) => format!("The database cannot be reached: {fault}."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_told_in_one_line_and_without_its_secret() {
        let one = Line {
            id: "0123".into(),
            name: "Facturación\nx".into(),
            prefix: "recado_1a2b3c4d".into(),
            scopes: vec![Scope::ReadTickets, Scope::WriteTickets],
            created_at: Time(0),
            by: None,
            expires_at: Some(Time(86_400_000)),
            revoked_at: None,
            used_at: None,
        };

        assert_eq!(
            line(&one, Time(1)),
            "0123  recado_1a2b3c4d…  good    Facturación x: tickets:read tickets:write, never used, until 1970-01-02T00:00:00Z"
        );
        assert!(line(&one, Time(86_400_000)).contains("expired"));
        assert!(scope("chats:write").unwrap_err().contains("tickets:write"));
    }
}
