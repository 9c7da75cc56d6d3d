//! Looks now and then at the queues: whether somebody waits for too long, and whether their settings have
//! changed; and at the sessions of the portal, whether one is over.

use crate::letter;
use crate::origin::Origin;
use desk::{Desk, Error};
use domain::Span;
use tokio::sync::watch;

/// Whoever came meanwhile is found after so long.
const LOOK: Span = Span::secs(10);

pub async fn watch(desk: Desk, url: Origin, mut stopping: watch::Receiver<bool>) {
    let console = format!("{url}/chat");
    loop {
        let now = desk.now();
        if let Err(Error::Broken(fault)) = desk.follow_settings().await {
            tracing::error!("who waits was not handed out anew: {fault}");
        }
        if let Err(Error::Broken(fault)) = desk.follow_parameters().await {
            tracing::error!("what the house has set was not looked at: {fault}");
        }
        if let Err(Error::Broken(fault)) = desk.end_late_sessions().await {
            tracing::error!("sessions of the portal that are over were not ended: {fault}");
        }
        let next = match desk.raise_alarms(|unattended| letter::alarm(unattended, now, &console)).await {
            Ok(next) => next.map_or(now + LOOK, |next| next.min(now + LOOK)),
            Err(Error::Broken(fault)) => {
                tracing::error!("nobody was told by mail who waits: {fault}");
                now + LOOK
            }
            Err(Error::Refused(why)) => {
                tracing::error!(?why, "nobody was told by mail who waits");
                now + LOOK
            }
        };
        tokio::select! {
            () = desk.wait_until(Some(next)) => {}
            () = crate::program::stopped(&mut stopping) => return,
        }
    }
}
