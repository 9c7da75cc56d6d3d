//! What was imported counts as indicators.md says: its worked example, and its edges that a file can hold.

use super::*;
use domain::parameters::Parameters;

const THIRD_GROUP: &str = "Ayuda para elegir";

/// The same so much later.
fn later(line: Value, by: i64) -> Value {
    let Value::Object(map) = line else { panic!("a line is an object") };
    let moved = map.into_iter().map(|(field, value)| match value.as_i64() {
        Some(at) if field.ends_with("_at") => (field, json!(at + by)),
        _ => (field, value),
    });
    Value::Object(moved.collect())
}

fn message(id: &str, group: &str) -> Value {
    json!({ "kind": "offline_message", "id": id, "application": desk::demo::SHOP_KEY, "group": group,
        "received_at": at(0), "text": "¿Abren?" })
}

impl World {
    async fn figures_of(&self, from: &str, to: &str) -> Figures {
        let period = day(from, to);
        show(&self.settings.database, period, &Named::default(), self.clock.now()).await.unwrap().figures
    }
}

/// e.5, all twelve: C8 runs, so it happens here, and the others are imported when the last of them is over.
#[tokio::test]
async fn the_worked_example_counts_as_it_is_written_there() {
    let mut world = World::open().await;
    let begins = world.clock.now();
    world.wait(Span::secs(700)).await;
    let runs = world.starts("c8", "returns").await;
    world.wait(Span::secs(90)).await;
    world.does(INES, &runs, Act::Attend).await.unwrap();
    world.says(INES, &runs, "Buenos días").await;
    world.wait(Span::hours(24)).await;
    world.restart(Span(0)).await;
    let others: Vec<Value> = example().into_iter().map(|line| later(line, begins.0 - NINE)).collect();

    let done = world.imports(&text(&others)).await;

    assert_eq!(done, Outcome::Imported { chats: 11, messages: 0, past: 0 });
    assert_eq!(world.chat(&runs).await.stage, Stage::Attending);
    let figures = world.figures_of("2026-11-22", "2026-11-23").await;
    let expected = [
        (Indicator::Attended, 7),
        (Indicator::Resolved, 2),
        (Indicator::Unresolved, 3),
        (Indicator::Offline, 0),
        (Indicator::LongestTalk, 15 * 60),
        (Indicator::MeanTalk, 7 * 60 + 57),
        (Indicator::LongestWait, 2 * 60),
        (Indicator::MeanWait, 49),
        (Indicator::Deserted, 4),
        (Indicator::WithMessage, 2),
        (Indicator::LongestDesertion, 2 * 60),
        (Indicator::MeanDesertion, 60 + 11),
    ];
    assert_eq!(expected.map(|(indicator, _)| indicator), Indicator::ALL);
    for (indicator, value) in expected {
        assert_eq!(figures.of(indicator), Some(value), "{indicator:?}");
    }
    let beside: std::collections::HashMap<_, _> = figures.beside.named().into_iter().collect();
    let beside = |name: &str| beside[name].unwrap();
    assert_eq!((beside("cancelled"), beside("in-progress"), beside("waiting-to-be-saved")), (1, 1, 0));
    assert_eq!((beside("removed-by-staff"), beside("still-waiting"), beside("lost")), (1, 0, 0));
    assert_eq!(beside("attended-without-reply"), 1, "C10 never wrote");
    // e.4: every request came to one end, every attended one to one ticket.
    assert_eq!(beside("requests"), 7 + 4 + 1);
    assert_eq!(7, 2 + 3 + beside("cancelled") + beside("in-progress") + beside("waiting-to-be-saved"));
    world.is_as_the_log_says().await;
}

/// e.1-7: it does not begin anew.
#[tokio::test]
async fn who_is_redirected_while_he_waits_counts_for_the_last_group() {
    let mut world = World::empty().await;
    let sent = |line: Value| with(line, json!({ "requested_group": OTHER_GROUP }));

    world.imports(&text(&[sent(attended("a", 0, 50, 90, "agent")), sent(chat("b", 0, 40, "customer"))])).await;

    let of = async |group: &str| {
        use Indicator::*;
        let figures = world.october_of(&[], &[group]).await;
        [Attended, LongestWait, Deserted, LongestDesertion].map(|indicator| figures.of(indicator))
    };
    assert_eq!(of(GROUP).await, [Some(1), Some(50), Some(1), Some(40)]);
    assert_eq!(of(OTHER_GROUP).await, [Some(0), None, Some(0), None]);
    world.is_as_the_log_says().await;
}

/// e.0: 1, 5 and 6 are of who took part, 2 and 3 of who saved first, 7 and 8 of who entered first, the others of nobody.
#[tokio::test]
async fn each_number_is_of_the_agents_of_whom_it_is_said_and_counts_a_chat_once() {
    let mut world = World::empty().await;
    let lines = [
        with(
            attended("a", 0, 10, 100, "agent"),
            json!({ "agents": [TOMAS], "first_saved_base_status": "Resolved", "first_saved_by": TOMAS }),
        ),
        with(
            attended("b", 0, 30, 50, "agent"),
            json!({ "attended_by": TOMAS, "first_saved_base_status": "InAttendance" }),
        ),
        with(chat("c", 0, 9, "customer"), json!({ "customer_messages_before_end_of_wait": 1 })),
        message("d", GROUP),
    ];

    world.imports(&text(&lines)).await;

    let of = async |agents: &[&str]| world.october_of(agents, &[]).await.twelve;
    let said = |numbers: [Option<u64>; 7]| {
        let [attended, resolved, unresolved, talk, mean_talk, wait, mean_wait] = numbers;
        [attended, resolved, unresolved, None, talk, mean_talk, wait, mean_wait, None, None, None, None]
    };
    let some = |numbers: [u64; 7]| said(numbers.map(Some));
    assert_eq!(of(&[]).await, [2, 1, 1, 1, 90, 55, 30, 20, 1, 1, 9, 9].map(Some));
    assert_eq!(of(&[INES]).await, some([1, 0, 0, 90, 90, 10, 10]));
    assert_eq!(of(&[TOMAS]).await, some([2, 1, 1, 90, 55, 30, 30]));
    assert_eq!(of(&[INES, TOMAS]).await, some([2, 1, 1, 90, 55, 30, 20]), "a is one chat");
    assert_eq!(of(&[LUCIA]).await, said([Some(0), Some(0), Some(0), None, None, None, None]));
    world.is_as_the_log_says().await;
}

/// e.1-9.
#[tokio::test]
async fn the_minimum_wait_holds_for_what_was_imported_before_and_after_it_was_set() {
    let mut world = World::empty().await;
    let lines = |mark: &str| {
        let id = |n: &str| [mark, n].concat();
        vec![
            chat(&id("1"), 0, 4, "customer"),
            with(chat(&id("2"), 0, 4, "customer"), json!({ "customer_messages_before_end_of_wait": 1 })),
            chat(&id("3"), 0, 5, "customer"),
            // He gave up when he left: the grace was not his wait.
            with(chat(&id("4"), 0, 24, "connection"), json!({ "disconnected_at": at(4) })),
            chat(&id("5"), 0, 4, "staff"),
        ]
    };
    let counted = async |world: &World| {
        let figures = world.october().await;
        (figures.beside.requests.unwrap(), figures.of(Indicator::Deserted).unwrap(), figures.beside.removed.unwrap())
    };

    world.imports(&text(&lines("before"))).await;
    let without = counted(&world).await;
    world.sets_parameters(Parameters { minimum_wait: 5, ..Parameters::default() }).await;
    let set = counted(&world).await;
    world.imports(&text(&lines("after"))).await;
    let after = counted(&world).await;
    world.is_as_the_log_says().await;
    world.sets_parameters(Parameters::default()).await;
    let back = counted(&world).await;

    assert_eq!((without, set, after, back), ((5, 4, 1), (3, 2, 1), (6, 4, 2), (10, 8, 2)));
    world.is_as_the_log_says().await;
}

#[tokio::test]
async fn means_are_rounded_half_up_to_the_second() {
    let mut world = World::empty().await;
    let lines = [
        // Waits of 1 and 2 seconds; talks of 10.000 and 10.998.
        attended("a", 0, 1, 11, "agent"),
        with(attended("b", 0, 2, 13, "agent"), json!({ "ended_at": at(13) - 2 })),
        // Gave up after 1.000 and 1.998.
        chat("c", 0, 1, "customer"),
        with(chat("d", 0, 2, "customer"), json!({ "ended_at": at(2) - 2 })),
    ];

    world.imports(&text(&lines)).await;

    let figures = world.october().await;
    let means = [Indicator::MeanWait, Indicator::MeanTalk, Indicator::MeanDesertion];
    assert_eq!(means.map(|mean| figures.of(mean)), [Some(2), Some(10), Some(1)]);
    world.is_as_the_log_says().await;
}

/// e.0: by the start button, half-open, in the zone of the house.
#[tokio::test]
async fn a_chat_belongs_to_the_day_in_which_it_was_queued_also_when_clocks_change() {
    // (zone, the day before, the day, the day after, the next; when it begins and ends)
    let days = [
        // An hour longer than others.
        (
            "America/New_York",
            ["2026-10-31", "2026-11-01", "2026-11-02", "2026-11-03"],
            ["2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z"],
        ),
        // It has no midnight: an hour shorter, and begins at one o'clock.
        (
            "America/Santiago",
            ["2026-09-05", "2026-09-06", "2026-09-07", "2026-09-08"],
            ["2026-09-06T04:00:00Z", "2026-09-07T03:00:00Z"],
        ),
        (
            "UTC",
            ["2026-10-24", "2026-10-25", "2026-10-26", "2026-10-27"],
            ["2026-10-25T00:00:00Z", "2026-10-26T00:00:00Z"],
        ),
    ];

    for (zone, dates, [begins, ends]) in days {
        let mut world = World::empty().await;
        world.sets_parameters(Parameters { zone: zone.into(), ..Parameters::default() }).await;
        let moment = |text: &str| chrono::DateTime::parse_from_rfc3339(text).unwrap().timestamp_millis();
        let (begins, ends) = (moment(begins), moment(ends));
        // Each is over in another minute, and some of them in another day.
        let line = |(n, queued): (usize, i64)| {
            let id = format!("c{n}");
            with(chat(&id, 0, 0, "customer"), json!({ "queued_at": queued, "ended_at": queued + 60_000 }))
        };
        let lines: Vec<Value> = [begins - 1, begins, ends - 1, ends].into_iter().enumerate().map(line).collect();

        world.imports(&text(&lines)).await;

        let mut counted = Vec::new();
        for days in dates.windows(2) {
            counted.push(world.figures_of(days[0], days[1]).await.of(Indicator::Deserted).unwrap());
        }
        assert_eq!(counted, [1, 2, 1], "{zone}");
        world.is_as_the_log_says().await;
        world.desk.stop().await;
    }
}

/// e.4: each chat has one group.
#[tokio::test]
async fn the_counts_of_all_groups_are_the_count_of_all() {
    let mut world = World::empty().await;
    let groups = [GROUP, OTHER_GROUP, THIRD_GROUP];
    let mut lines: Vec<Value> = example();
    for (n, line) in lines.iter_mut().enumerate() {
        // Some were sent on while they waited, and one after it was attended.
        let (group, requested) = (groups[n % 3], groups[n % 2]);
        *line = with(line.clone(), json!({ "group": group, "requested_group": requested }));
    }
    let moved = json!([{ "at": at(100), "group": THIRD_GROUP, "attended_at": at(200), "attended_by": LUCIA }]);
    lines[0] = with(lines[0].clone(), json!({ "transfers": moved }));
    lines.extend(groups.map(|group| message(group, group)));

    world.imports(&text(&lines)).await;

    let all = world.october().await;
    let mut parts = Vec::new();
    for group in groups {
        parts.push(world.october_of(&[], &[group]).await);
    }
    use Indicator::*;
    for (indicator, count) in
        [(Attended, 6), (Resolved, 2), (Unresolved, 3), (Offline, 3), (Deserted, 4), (WithMessage, 2)]
    {
        let sum: u64 = parts.iter().map(|part| part.of(indicator).unwrap()).sum();
        assert_eq!((all.of(indicator), sum), (Some(count), count), "{indicator:?}");
    }
    world.is_as_the_log_says().await;
}
