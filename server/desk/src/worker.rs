//! What goes on beside everything else, until the desk stops.

use std::future::Future;
use std::sync::{Mutex, PoisonError};
use tokio::task::AbortHandle;

/// Holds the one task that does it.
#[derive(Debug, Default)]
pub struct Worker(Mutex<Option<AbortHandle>>);

impl Worker {
    pub fn start(&self, work: impl Future<Output = ()> + Send + 'static) {
        let task = tokio::spawn(work);
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(task.abort_handle());
    }

    /// Where it waits, it goes no further. Stopped again, or never begun, it is nothing.
    pub fn stop(&self) {
        if let Some(task) = self.0.lock().unwrap_or_else(PoisonError::into_inner).take() {
            task.abort();
        }
    }
}
