//! Two kinds of answer besides a yes: a refusal, which is told, and a fault of ours, which is
//! written down once under a number that the person sees.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use desk::Error;
use domain::{Refusal, Trouble};
use futures_util::FutureExt;
use std::cell::RefCell;
use std::panic::AssertUnwindSafe;

/// What to tell of an error. A fault is logged here, and nowhere else.
pub fn trouble(error: Error) -> Trouble {
    match error {
        Error::Refused(why) => Trouble::Refused(why),
        Error::Broken(fault) => {
            let number = desk::fault_number();
            tracing::error!(%number, %fault, "a fault");
            Trouble::Fault { number }
        }
    }
}

/// Refusals have the same status at every door, the console's too.
pub fn status(trouble: &Trouble) -> StatusCode {
    match trouble {
        Trouble::Refused(why) => app::doors::status_of(why),
        Trouble::Fault { .. } => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// When to come back, for who asked too often.
pub fn tell_when(trouble: &Trouble, headers: &mut HeaderMap) {
    if let Trouble::Refused(Refusal::TooMany { seconds }) = trouble {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(*seconds));
    }
}

thread_local! {
    /// The number of the panic that is being unwound on this thread.
    static PANICKED: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Logs where a panic happened, under a number; never what it said, which may be people's words.
pub fn log_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let number = desk::fault_number();
        let place = panic.location().map(ToString::to_string).unwrap_or_else(|| "an unknown place".into());
        tracing::error!(%number, %place, "a panic");
        PANICKED.with(|slot| *slot.borrow_mut() = Some(number));
    }));
}

/// A panic kills the request it happened in, and nothing else.
pub async fn survive(
    answer: impl Future<Output = Response<Body>>,
    instead: impl FnOnce(Trouble) -> Response<Body>,
) -> Response<Body> {
    match AssertUnwindSafe(answer).catch_unwind().await {
        Ok(response) => response,
        Err(_) => {
            let number = PANICKED.with(|slot| slot.borrow_mut().take());
            instead(Trouble::Fault { number: number.unwrap_or_else(desk::fault_number) })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encoding::{self, Encoding};

    #[test]
    fn a_number_can_be_read_out() {
        let one = desk::fault_number();

        assert_eq!(one.len(), 8);
        assert!(one.bytes().all(|b| b.is_ascii_alphanumeric() && !b"01OI".contains(&b)), "{one}");
        assert_ne!(one, desk::fault_number());
    }

    #[tokio::test]
    async fn a_panic_becomes_an_answer() {
        let answer = survive(async { panic!("somebody's words") }, |trouble| {
            assert!(matches!(trouble, Trouble::Fault { .. }));
            encoding::trouble(Encoding::Json, &trouble)
        });

        assert_eq!(answer.await.status(), StatusCode::INTERNAL_SERVER_ERROR);
    }
}
