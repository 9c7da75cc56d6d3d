//! An answer, or a fault. Refused is an answer; only broken is a fault, and only it is logged.

use domain::Refusal;
use std::fmt;

pub type Answer<T> = Result<T, Error>;

#[derive(Debug)]
pub enum Error {
    Refused(Refusal),
    /// Ours. It is logged once, at the door, under a number.
    Broken(Fault),
}

/// What went wrong, for the log. Never shown to people, never with their words in it.
#[derive(Debug)]
pub struct Fault {
    what: String,
    /// Somebody else wrote the same event first: look again.
    pub(crate) beaten: bool,
    /// It says what to do as well.
    pub(crate) advises: bool,
}

impl Fault {
    pub fn new(what: impl Into<String>) -> Fault {
        Fault { what: what.into(), beaten: false, advises: false }
    }

    /// What went wrong, and what to do.
    pub(crate) fn advice(what: impl Into<String>) -> Fault {
        Fault { advises: true, ..Fault::new(what) }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

impl std::error::Error for Fault {}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Refused(why) => write!(f, "refused: {why:?}"),
            Error::Broken(fault) => write!(f, "broken: {fault}"),
        }
    }
}

impl From<Refusal> for Error {
    fn from(why: Refusal) -> Error {
        Error::Refused(why)
    }
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Error {
        Error::Broken(fault)
    }
}

impl From<sqlx::Error> for Fault {
    fn from(error: sqlx::Error) -> Fault {
        let beaten = error.as_database_error().is_some_and(|e| e.is_unique_violation());
        // A database may quote the row it refused; the log must not hold people's words.
        let what = match &error {
            sqlx::Error::Database(e) if beaten => {
                format!("database: a row with that key is there already ({})", e.code().unwrap_or_default())
            }
            other => format!("database: {other}"),
        };
        Fault { what, beaten, advises: false }
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Error {
        Error::Broken(error.into())
    }
}

impl From<serde_json::Error> for Fault {
    fn from(error: serde_json::Error) -> Fault {
        // The message names a place, never the text.
        Fault::new(format!("kept JSON does not read: {:?} at column {}", error.classify(), error.column()))
    }
}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Error {
        Error::Broken(error.into())
    }
}

/// The number under which a fault is written down, and which the person sees. Short enough to be
/// read out on the telephone, without letters that sound or look alike.
pub fn fault_number() -> String {
    const LETTERS: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    let Ok(random) = crate::random::bytes::<8>() else {
        return "00000000".into();
    };
    random.iter().map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect()
}
