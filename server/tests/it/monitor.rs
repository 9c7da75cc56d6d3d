//! The monitor over the line: pushed within a second, by socket and by what stands in for it (R45, R86-R88).

use crate::client::{Line, Way, get};
use crate::world::{INES, LUCIA, MARTA, TOMAS, World, wish, words};
use domain::Act;
use domain::monitor::{Changes, LOOK_EVERY, News, Table};
use domain::wire::{Down, Page, Up};
use serde_json::json;
use std::time::{Duration, Instant};

/// How soon a change is there; the machine that tries it may be busy with all other stories.
const SOON: Duration = Duration::from_secs(2);

fn read(down: Down) -> Option<News> {
    match down {
        Down::Monitor { news } => Some(postcard::from_bytes(&news).unwrap()),
        _ => None,
    }
}

/// He opens it, and is told all of it.
async fn opens(line: &mut Line) -> Table {
    line.say(&Up::Monitor { open: true }).await;
    match line.until(read).await {
        News::Whole(table) => table,
        other => panic!("{other:?}"),
    }
}

/// Waits until these changes are told; others may come before.
async fn until(line: &mut Line, told: impl Fn(&Changes) -> bool) {
    loop {
        match line.until(read).await {
            News::Changed(changes) if told(&changes) => return,
            News::Changed(_) => {}
            other => panic!("{other:?}"),
        }
    }
}

fn row_is(changes: &Changes, name: &str, is: impl Fn(&domain::monitor::Row) -> bool) -> bool {
    changes.agents.iter().any(|row| row.face.name.starts_with(name) && is(row))
}

#[tokio::test]
async fn what_changes_is_pushed_within_a_second_over_each_way_a_line_can_go() {
    for way in [Way::Socket, Way::Stream] {
        let world = World::new().await;
        let (tomas, _console) = world.agent(TOMAS).await;
        let marta = world.sign_in(MARTA).await;
        let mut line = Line::of_console(&world, way, &marta).await;
        let table = opens(&mut line).await;
        assert_eq!((table.scope.groups.len(), table.agents.len(), table.talks.len()), (3, 4, 0), "{way:?}");

        let ana = world.customer().await;
        let start = Instant::now();
        let attend = json!({ "chat": ana.chat, "wish": wish(Act::Attend) });
        world.ask(world.function("chat/act", &tomas, &attend)).await.ok::<Page>();
        until(&mut line, |changes| {
            changes.talks.iter().any(|talk| talk.chat == ana.chat)
                && row_is(changes, "Tomás", |row| row.loads[0].talks == 1)
        })
        .await;
        assert!(start.elapsed() < SOON, "{way:?}: {:?}", start.elapsed());

        assert_eq!(ana.wish(words("¿Hola?")).await.status, 200);
        until(&mut line, |changes| {
            changes.agents.is_empty() && changes.talks.iter().any(|t| t.last.as_ref().is_some_and(|l| l.by_customer))
        })
        .await;
    }
}

#[tokio::test]
async fn it_has_an_address_for_who_has_signed_in() {
    let world = World::new().await;
    let marta = world.sign_in(MARTA).await;

    assert_eq!(world.ask(get("/monitor?group=returns").cookie(&marta)).await.status, 200);
    let stranger = world.ask(get("/monitor?group=returns")).await;
    assert_eq!(
        (stranger.status.as_u16(), stranger.header("location")),
        (303, "/sign-in?next=/monitor%3Fgroup%3Dreturns")
    );
}

#[tokio::test]
async fn who_signs_out_is_disconnected_at_once_and_who_chooses_offline_is_not_available() {
    let world = World::new().await;
    let (lucia, _console) = world.agent(LUCIA).await;
    let marta = world.sign_in(MARTA).await;
    let mut line = Line::of_console(&world, Way::Socket, &marta).await;
    let table = opens(&mut line).await;
    assert!(table.agents.iter().any(|row| row.face.name.starts_with("Lucía") && row.is_available()));

    let offline = world.function("me/online", &lucia, &json!({ "online": false }));
    assert_eq!(world.ask(offline).await.status, 200);
    until(&mut line, |changes| row_is(changes, "Lucía", |row| row.connected && !row.is_available())).await;

    let start = Instant::now();
    assert_eq!(world.ask(world.function("session/end", &lucia, &json!({}))).await.status, 200);
    until(&mut line, |changes| row_is(changes, "Lucía", |row| !row.connected)).await;
    assert!(start.elapsed() < SOON, "{:?}", start.elapsed());
}

#[tokio::test]
async fn who_signs_out_here_is_not_connected_by_a_session_that_sleeps_elsewhere() {
    let world = World::new().await;
    world.sign_in(LUCIA).await;
    let (lucia, _console) = world.agent(LUCIA).await;
    let marta = world.sign_in(MARTA).await;
    let mut line = Line::of_console(&world, Way::Socket, &marta).await;
    let table = opens(&mut line).await;
    assert!(table.agents.iter().any(|row| row.face.name.starts_with("Lucía") && row.connected));

    let start = Instant::now();
    assert_eq!(world.ask(world.function("session/end", &lucia, &json!({}))).await.status, 200);
    until(&mut line, |changes| row_is(changes, "Lucía", |row| !row.connected)).await;

    assert!(start.elapsed() < SOON, "{:?}", start.elapsed());
}

#[tokio::test]
async fn a_right_that_an_operator_takes_away_stops_it_within_seconds() {
    let world = World::new().await;
    let (_, mut console) = world.agent(INES).await;
    console.say(&Up::Monitor { open: true }).await;
    assert!(matches!(console.until(read).await, News::Whole(_)));
    let database = format!("sqlite:{}", world.folder.path().join("data/recado.db").display());
    let staff = desk::people::Staff::open(&database).await.unwrap();

    let start = Instant::now();
    let right = desk::people::Right::Administer("returns".into());
    staff.set(INES, &[(right, false)], world.running.desk.now()).await.unwrap();

    assert_eq!(console.until(read).await, News::Closed);
    let within = Duration::from_millis(LOOK_EVERY.0 as u64) + SOON;
    assert!(start.elapsed() < within, "{:?}", start.elapsed());
    staff.close().await;
}
