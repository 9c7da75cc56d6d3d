//! What goes on beside everything else, until the desk stops.

use std::future::Future;
use std::sync::{Mutex, PoisonError};
use tokio::task::JoinHandle;

/// Holds the one task that does it.
#[derive(Debug, Default)]
pub struct Worker(Mutex<Option<JoinHandle<()>>>);

impl Worker {
    pub fn start(&self, work: impl Future<Output = ()> + Send + 'static) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(tokio::spawn(work));
    }

    /// Where it waits, it goes no further; returns when it is gone, so that it finds nothing closed that it needs. Stopped
    /// again, or never begun, it is nothing.
    pub async fn stop(&self) {
        let task = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(task) = task {
            task.abort();
            // It ends by that; a panic of its own was told where it happened.
            let _ = task.await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::poll_fn;
    use std::pin::pin;
    use std::sync::{Arc, mpsc};
    use std::task::Poll;

    #[tokio::test(flavor = "multi_thread", worker_threads = 1)]
    async fn whoever_stops_it_waits_until_it_is_gone() {
        let (worker, held) = (Worker::default(), Arc::new(()));
        let (began, begun) = tokio::sync::oneshot::channel();
        let (let_go, wait) = mpsc::channel::<()>();
        let its = held.clone();
        worker.start(async move {
            let _its = its;
            began.send(()).unwrap();
            // In the middle of its work, where it waits for nobody.
            wait.recv().unwrap();
            std::future::pending::<()>().await;
        });
        begun.await.unwrap();

        let mut stopping = pin!(worker.stop());
        let early = poll_fn(|context| Poll::Ready(stopping.as_mut().poll(context).is_ready())).await;
        let_go.send(()).unwrap();
        stopping.await;

        assert!(!early, "it was still at work");
        assert_eq!(Arc::strong_count(&held), 1);
        worker.stop().await;
    }
}
