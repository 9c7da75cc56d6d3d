//! The doors of the console: each asks who, asks the desk, answers. Their addresses are fixed: `/api/…`.
//!
//! Every door is a POST, in postcard or in JSON ([`door`]). What it cannot answer it says with a [`Failure`].

pub mod agent;
pub mod application;
pub mod audit;
pub mod canned;
pub mod chat;
pub mod customer;
pub mod door;
pub mod factor;
pub mod first_run;
pub mod group;
pub mod house;
pub mod indicators;
pub mod knowledge;
pub mod me;
pub mod mention;
pub mod parameters;
pub mod password;
pub mod profile;
pub mod queue;
pub mod session;
pub mod subscription;
pub mod tag;
pub mod ticket;
pub mod token;
pub mod trigger;

use domain::{Refusal, Trouble};
use serde::{Deserialize, Serialize};
use server_fn::codec::JsonEncoding;
use server_fn::error::{FromServerFnError, ServerFnErrorErr};

pub type Answer<T> = Result<T, Failure>;

/// Why there is no answer. On the wire it is a [`Trouble`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Trouble", into = "Trouble")]
pub enum Failure {
    Trouble(Trouble),
    /// The server was not reached, or what came back was not its own: a retry is safe.
    Lost,
}

impl From<Trouble> for Failure {
    fn from(trouble: Trouble) -> Failure {
        Failure::Trouble(trouble)
    }
}

impl From<Refusal> for Failure {
    fn from(why: Refusal) -> Failure {
        Failure::Trouble(Trouble::Refused(why))
    }
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Trouble {
        match failure {
            Failure::Trouble(trouble) => trouble,
            Failure::Lost => Trouble::Fault { number: String::new() },
        }
    }
}

impl FromServerFnError for Failure {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Failure {
        use ServerFnErrorErr::{Args, Deserialization, MissingArg, Request, Response};
        match error {
            Args(_) | MissingArg(_) => Refusal::Malformed.into(),
            // The server could not read a body; a browser could not read an answer.
            Deserialization(_) if cfg!(feature = "ssr") => Refusal::Malformed.into(),
            Request(_) | Response(_) | Deserialization(_) => Failure::Lost,
            _ => Trouble::Fault { number: String::new() }.into(),
        }
    }
}

#[cfg(feature = "ssr")]
mod answering {
    use super::Failure;
    use crate::caller;
    use axum::http::StatusCode;
    use domain::{Refusal, Trouble};
    use leptos::prelude::{expect_context, use_context};
    use leptos_axum::ResponseOptions;

    /// The desk, which the server put into the context of the call.
    pub fn desk() -> desk::Desk {
        expect_context::<desk::Desk>()
    }

    /// Who calls: from his session, never from what was sent.
    pub async fn caller() -> super::Answer<desk::Signed> {
        let Some(token) = caller::token().await else {
            return Err(refused(Refusal::SignedOut));
        };
        Ok(desk().session(&token).await?)
    }

    /// Where the call comes from, which the server put into its context.
    pub fn whence() -> desk::Whence {
        expect_context::<desk::Whence>()
    }

    impl From<desk::Error> for Failure {
        fn from(error: desk::Error) -> Failure {
            match error {
                desk::Error::Refused(why) => refused(why),
                desk::Error::Broken(fault) => {
                    let number = desk::fault_number();
                    tracing::error!(%number, %fault, "a door broke");
                    status(StatusCode::INTERNAL_SERVER_ERROR);
                    Trouble::Fault { number }.into()
                }
            }
        }
    }

    pub fn refused(why: Refusal) -> Failure {
        status(status_of(&why));
        why.into()
    }

    fn status(status: StatusCode) {
        if let Some(response) = use_context::<ResponseOptions>() {
            response.set_status(status);
        }
    }

    /// The HTTP status of a refusal: the same table at every door.
    pub fn status_of(why: &Refusal) -> StatusCode {
        match why {
            Refusal::NotYours => StatusCode::NOT_FOUND,
            Refusal::ForeignSite
            | Refusal::OnlyAttendants
            | Refusal::OnlyAdministrators
            | Refusal::LinkExpired
            | Refusal::Blocked => StatusCode::FORBIDDEN,
            Refusal::SignedOut | Refusal::WrongPassword | Refusal::IdentityExpired | Refusal::IdentityRefused => {
                StatusCode::UNAUTHORIZED
            }
            Refusal::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
            Refusal::TooBig { .. } | Refusal::TooManyFiles { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Refusal::FileKind | Refusal::NoFiles => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Refusal::Malformed => StatusCode::BAD_REQUEST,
            Refusal::Empty
            | Refusal::TooLong { .. }
            | Refusal::FieldMissing { .. }
            | Refusal::FieldTooLong { .. }
            | Refusal::FieldWrong { .. }
            | Refusal::WeakPassword
            | Refusal::FileBroken
            | Refusal::NotUtf8
            | Refusal::TooManyPixels { .. }
            | Refusal::NoAddress => StatusCode::UNPROCESSABLE_ENTITY,
            Refusal::Ended
            | Refusal::AlreadyAttended { .. }
            | Refusal::NotFirst { .. }
            | Refusal::Overtaken { .. }
            | Refusal::ShortcutTaken
            | Refusal::NoReader { .. }
            | Refusal::HeldBy { .. }
            | Refusal::NotWaiting
            | Refusal::NotAttended
            | Refusal::NotInside
            | Refusal::LastAgent
            | Refusal::NoSuchTarget
            | Refusal::TooSoon
            | Refusal::AlreadyOpen { .. }
            | Refusal::NobodyOnline
            | Refusal::Closed { .. }
            | Refusal::NoMessages
            | Refusal::StillRunning
            | Refusal::LinkUsed
            | Refusal::NotEnded
            | Refusal::NotAsked
            | Refusal::TooLate
            | Refusal::Full { .. } => StatusCode::CONFLICT,
        }
    }
}

#[cfg(feature = "ssr")]
pub use answering::{caller, desk, refused, status_of, whence};
