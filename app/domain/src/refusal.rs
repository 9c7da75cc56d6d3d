//! Why not. A refusal is an answer; each has its own words in every language.

use crate::Time;
use serde::{Deserialize, Serialize};

/// Why an act, a form or a request was refused. Variants are only ever appended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Refusal {
    /// Not yours and not there are the same answer.
    NotYours,
    /// The asker is not signed in, or the session has ended.
    SignedOut,
    /// Wrong name or wrong password: we do not say which.
    WrongPassword,
    /// Too many tries; again after so many seconds.
    TooMany {
        seconds: u32,
    },
    /// The page that asks is not on the list of allowed sites.
    ForeignSite,
    /// What was sent cannot be read.
    Malformed,
    /// What was sent is bigger than this door takes, in bytes.
    TooBig {
        limit: u32,
    },
    Empty,
    /// Longer than so many characters.
    TooLong {
        limit: u32,
    },
    /// The conversation has ended.
    Ended,
    /// Somebody was faster; his name.
    AlreadyAttended {
        by: String,
    },
    /// An agent with sequence wanted another than the first (R53).
    NotFirst {
        place: u32,
    },
    /// The chat is not in the queue any more.
    NotWaiting,
    /// Nobody attends it yet.
    NotAttended,
    /// The agent is not in this conversation.
    NotInside,
    /// Only attendants of the group may.
    OnlyAttendants,
    /// Only administrators of the group may.
    OnlyAdministrators,
    /// The last agent cannot just leave: close or redirect.
    LastAgent,
    /// Nobody to redirect to or to invite under that name.
    NoSuchTarget,
    /// The clock looked too early.
    TooSoon,
    /// The customer has an open conversation already; its id.
    AlreadyOpen {
        chat: String,
    },
    /// Nobody attends that subject now.
    NobodyOnline,
    FieldMissing {
        field: String,
    },
    FieldTooLong {
        field: String,
        limit: u32,
    },
    FieldWrong {
        field: String,
    },
    /// The conversation is still running: its ticket is locked (R55).
    StillRunning,
    /// The one-time link was used, or is not ours.
    LinkUsed,
    /// The password is too short, or one of the most common.
    WeakPassword,
    /// Too many things of one kind; the limit.
    Full {
        limit: u32,
    },
    /// Outside the hours; when they begin again, where that is known.
    Closed {
        next: Option<Time>,
    },
    /// The application takes no offline messages.
    NoMessages,
    /// Not a kind of file that is taken; or name, declaration and content do not say the same (Q2).
    FileKind,
    /// A file of a kind that is taken, and damaged or cut off.
    FileBroken,
    /// A text in another encoding than UTF-8.
    NotUtf8,
    /// A picture of more pixels than this.
    TooManyPixels {
        limit: u32,
    },
    /// The conversation has so many files already, or so many bytes of them.
    TooManyFiles {
        files: u32,
        bytes: u32,
    },
    /// The address of a file was good for some minutes, and they are over.
    LinkExpired,
    /// It has not ended yet.
    NotEnded,
    /// The application does not ask for it, or there is nothing to say it of.
    NotAsked,
    /// It was possible for a time, and is no more.
    TooLate,
    /// Nobody has told us an address to send it to.
    NoAddress,
    /// What the site signed about its customer holds no longer: it must sign anew.
    IdentityExpired,
    /// What the site signed about its customer is not believed; why is in the log.
    IdentityRefused,
    /// The application takes no files.
    NoFiles,
    /// The customer was blocked: he starts no conversation and leaves no message.
    Blocked,
    /// A colleague said or changed something that the asker's screen had not shown; his name.
    Overtaken {
        #[cfg(feature = "staff")]
        by: String,
    },
    /// Another canned answer of that scope has this shortcut.
    ShortcutTaken,
    /// This agent may not read the conversation, so he is not mentioned in it; his name.
    NoReader {
        #[cfg(feature = "staff")]
        name: String,
    },
    /// It changed hands since the asker saw whose it was; who has it now, an agent or a group; empty: nobody.
    #[cfg(feature = "staff")]
    HeldBy {
        by: String,
    },
}

impl Refusal {
    /// The field that it is about, by its name; none: the whole.
    pub fn field(&self) -> Option<&str> {
        match self {
            Refusal::FieldMissing { field } | Refusal::FieldTooLong { field, .. } | Refusal::FieldWrong { field } => {
                Some(field)
            }
            _ => None,
        }
    }
}

/// What a door answers when it cannot answer: a refusal, or a fault of ours under a number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Trouble {
    Refused(Refusal),
    /// It is our fault; it was written down under this number.
    Fault {
        number: String,
    },
}

impl From<Refusal> for Trouble {
    fn from(why: Refusal) -> Trouble {
        Trouble::Refused(why)
    }
}
