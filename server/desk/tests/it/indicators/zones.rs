//! Days begin where the house is: periods of its zone, and what is kept when it comes to be in another.

use super::*;

#[tokio::test]
async fn in_another_zone_a_day_begins_at_another_moment() {
    let mut world = World::open().await;
    // Sunday noon in UTC is Monday in Kiritimati, fourteen hours ahead.
    world.starts("ana", "returns").await;
    let of =
        async |world: &World, period| world.report(MARTA, period, &Filter::default()).await.figures.beside.requests;
    let monday = range("2026-11-23", "2026-11-24");

    let utc = of(&world, monday).await;
    world.in_zone("Pacific/Kiritimati").await;
    let ahead = of(&world, monday).await;

    assert_eq!((utc, ahead), (Some(0), Some(1)));
    let wrong = Parameters { zone: "Casa/Nogal".into(), ..Parameters::default() };
    assert!(desk::parameters::set(&world.settings.database, &Parameters::default(), &wrong).await.is_err());
}

#[tokio::test]
async fn a_month_that_runs_is_compared_with_as_much_of_the_month_before() {
    let world = World::open().await;
    // On the 22nd of November, at noon.
    let chat = world.sends_the_form("ana", "returns").await;
    world.does("ana", &chat, Act::Close).await.unwrap();
    let requests = async || {
        let report = world.report(MARTA, Period::ThisMonth, &Filter::default()).await;
        (report.before.beside.requests, report.is_beside_a_part())
    };

    world.wait(Span::hours(24 * 11)).await;
    let on_the_third = requests().await;
    world.wait(Span::hours(24 * 20)).await;
    let on_the_twenty_third = requests().await;

    assert_eq!((on_the_third, on_the_twenty_third), ((Some(0), true), (Some(1), true)));
}

#[tokio::test]
async fn everybody_works_while_the_days_come_to_begin_in_another_zone() {
    let mut world = World::open().await;
    weeks(&mut world, 30).await;
    let url = world.settings.database.clone();
    let before = Parameters::default();
    let parameters = Parameters { zone: "Pacific/Kiritimati".into(), ..Parameters::default() };

    let (set, many) = meanwhile(&mut world, desk::parameters::set(&url, &before, &parameters)).await;

    set.unwrap();
    assert!(many > 1, "nobody could work: {many}");
    let zone = Zone::of("Pacific/Kiritimati").unwrap();
    let all = world.brute_force().await;
    world.agree(zone, always(), &Filter::default(), &all).await;
    assert_eq!(world.figures().await.of(Indicator::Attended), Some(30 + many as u64));
    assert_eq!(world.count("select count(*) from settings where name = 'indicators'").await, 0);
    let days = world.count("select count(distinct day) from indicator_days").await;
    assert!(days <= 31, "what was kept of the zone before is still there: {days}");
    assert_eq!(desk::indicators::rebuild(&world.settings.database).await.unwrap().differences, Vec::<String>::new());
}

#[tokio::test]
async fn a_change_of_zone_that_broke_off_is_read_as_before_and_goes_on_at_the_next_start() {
    let mut world = World::open().await;
    weeks(&mut world, 30).await;
    let before = world.figures().await;
    let url = world.settings.database.clone();
    let read = Parameters::default();
    let parameters = Parameters { zone: "Pacific/Kiritimati".into(), ..Parameters::default() };

    let is_broken_off = tokio::select! {
        _ = desk::parameters::set(&url, &read, &parameters) => false,
        () = world.until("select count(*) from settings where name = 'indicators'", 1) => true,
    };
    let while_broken = world.report(MARTA, always(), &Filter::default()).await;
    weeks(&mut world, 1).await;
    world.restart(Span(0)).await;
    let after = world.report(MARTA, always(), &Filter::default()).await;

    assert!(is_broken_off, "it was done before it could break off");
    assert_eq!((while_broken.zone.as_str(), while_broken.figures), ("UTC", before));
    assert_eq!((after.zone.as_str(), after.figures.of(Indicator::Attended)), ("Pacific/Kiritimati", Some(31)));
    assert_eq!(desk::indicators::rebuild(&world.settings.database).await.unwrap().differences, Vec::<String>::new());
}
