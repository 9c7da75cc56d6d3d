//! A line to the database that is cut at the worst moment: between a commit and its answer.

use crate::world::*;
use domain::wire::Down;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Passes everything on to the server of this address, until it is told to swallow the answer to
/// the next commit; the address to speak to instead.
async fn line(database: &str, swallow: Arc<AtomicBool>) -> String {
    let (_, rest) = database.split_once('@').unwrap();
    let (server, _) = rest.split_once('/').unwrap();
    let server = server.to_owned();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let ours = database.replace(&server, &listener.local_addr().unwrap().to_string());
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            tokio::spawn(pass(client, TcpStream::connect(server.clone()).await.unwrap(), swallow.clone()));
        }
    });
    ours
}

async fn pass(mut client: TcpStream, mut server: TcpStream, swallow: Arc<AtomicBool>) {
    let (mut up, mut down, mut swallows) = (vec![0; 65_536], vec![0; 65_536], false);
    loop {
        tokio::select! {
            read = client.read(&mut up) => {
                let Ok(said @ 1..) = read else { return };
                let commits = up[..said].windows(6).any(|word| word.eq_ignore_ascii_case(b"commit"));
                swallows |= commits && swallow.swap(false, Ordering::AcqRel);
                if server.write_all(&up[..said]).await.is_err() {
                    return;
                }
            }
            read = server.read(&mut down) => {
                let Ok(said @ 1..) = read else { return };
                // The server has committed, and nobody will know.
                if swallows || client.write_all(&down[..said]).await.is_err() {
                    return;
                }
            }
        }
    }
}

#[tokio::test]
async fn what_was_kept_by_a_commit_without_an_answer_is_told() {
    let (mut world, chat) = World::with_conversation().await;
    if !world.is_on_a_server() {
        return;
    }
    let swallow = Arc::new(AtomicBool::new(false));
    world.speaks_over(async |database| line(database, swallow.clone()).await).await;
    for who in ["ana", INES] {
        world.comes(who).await;
    }

    swallow.store(true, Ordering::Release);
    let said = world.says("ana", &chat, "Hola").await;

    assert!(!swallow.load(Ordering::Acquire), "no commit was cut");
    world.hears_next(INES, |down| matches!(down, Down::Told(t) if *t == said[0]).then_some(())).await;
    assert_eq!(world.count("select count(*) from events where body like '{\"Posted\"%'").await, 1);
}
