//! What a desk leaves behind when it has stopped: nobody.

use desk::mail::PostOffice;
use desk::{Clock, Desk, Settings};
use domain::Time;
use std::time::Duration;
use tempfile::TempDir;

/// Whoever is left out of the stop waits for work for ever, and finds the database closed when there is some.
#[tokio::test]
async fn nobody_is_at_work_when_a_desk_has_stopped() {
    let folder = TempDir::new().unwrap();
    let office = PostOffice::read("smtp://127.0.0.1:1", "Casa Nogal <hola@casanogal.example>").unwrap();
    let embedded = Settings::embedded(folder.path(), Clock::hands(Time(1_795_348_800_000))).unwrap();
    let desk = Desk::open(Settings { office: Some(office), ..embedded }).await.unwrap();
    desk.check().await.unwrap();
    let tasks = || tokio::runtime::Handle::current().metrics().num_alive_tasks();
    let at_work = tasks();

    desk.stop().await;

    // What has just let go of the database ends by itself.
    let gone = async {
        while tasks() > 0 {
            tokio::task::yield_now().await;
        }
    };
    assert!(at_work > 0);
    assert!(tokio::time::timeout(Duration::from_secs(10), gone).await.is_ok(), "{} are still at work", tasks());
}
