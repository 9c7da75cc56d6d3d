//! Whatever is wrong with a file is named, line by line, in words that are safe to read; and nothing of it is imported.

use super::*;

#[tokio::test]
async fn a_chat_goes_on_only_with_what_its_ticket_was_by_then() {
    let mut world = World::empty().await;
    let stopped = || of_ana(attended("a", 0, 5, 60, "agent"), json!({ "first_saved_base_status": "Stopped" }));
    let resolved = || with(stopped(), json!({ "first_saved_base_status": "Resolved" }));
    let next = |more: Value| with(of_ana(attended("b", 100, 110, 160, "agent"), json!({ "related": "a" })), more);
    let inner = |more: Value| {
        let among = json!({ "origin": "agent_agent", "related": "a", "first_saved_base_status": "Resolved" });
        with(with(attended("b", 100, 110, 160, "agent"), among), more)
    };
    let gives_up = |more: Value| with(of_ana(chat("b", 100, 110, "customer"), json!({ "related": "a" })), more);
    let words = json!({ "customer_messages_before_end_of_wait": 1, "first_saved_base_status": "Resolved" });
    let cases = [
        (
            with(stopped(), json!({ "first_saved_base_status": null, "unsaved": true })),
            next(json!({})),
            "related: its ticket waits to be saved",
        ),
        (stopped(), next(json!({ "customer": { "id": "c2" } })), "related: its ticket is of another customer"),
        (resolved(), next(json!({})), "related: its ticket was not open any more"),
        (with(stopped(), json!({ "first_saved_at": at(101) })), next(json!({})), "related: the lines above say"),
        (stopped(), gives_up(words), "first_saved_base_status: nobody attended"),
        (stopped(), next(json!({ "first_saved_at": at(170) })), "first_saved_at: with `related` it is how"),
        (stopped(), next(json!({ "first_saved_by": LUCIA })), "first_saved_by: with `related` it is who"),
        (
            stopped(),
            next(json!({ "first_saved_base_status": null, "unsaved": true })),
            "unsaved: its words belong to the ticket",
        ),
        (stopped(), next(json!({ "reopened_at": at(170) })), "reopened_at: it was not resolved"),
        (resolved(), inner(json!({ "reopened_at": at(170) })), "reopened_at: its ticket was resolved before"),
        (
            resolved(),
            inner(json!({ "first_saved_base_status": "New" })),
            "first_saved_base_status: its ticket was resolved before",
        ),
    ];

    for (above, line, says) in cases {
        let told = world.refused(&text(&[above, line])).await;
        assert!(told.len() == 1 && told[0].starts_with("line 2, ") && told[0].contains(says), "{says}: {told:?}");
    }
    // Below it nothing is above.
    let told = world.refused(&text(&[next(json!({})), stopped()])).await;
    assert!(told.len() == 1 && told[0].starts_with("line 1, related: no line above"), "{told:?}");
    // What was imported before has gone on here.
    world.imports(&text(&[stopped()])).await;
    let told = world.refused(&text(&[next(json!({}))])).await;
    assert!(told.len() == 1 && told[0].starts_with("line 1, related: no line above"), "{told:?}");
}

#[tokio::test]
async fn whatever_is_wrong_is_named_and_nothing_is_imported() {
    let mut world = World::empty().await;
    world.look().await.execute("update agents set disabled = 1 where name = 'Lucía Cano'").await.unwrap();
    let good = || attended("good", 0, 10, 60, "agent");
    let unsaved = || with(good(), json!({ "first_saved_base_status": null, "unsaved": true }));
    let moved = |second: i64, again: Option<i64>| {
        let by = again.map(|_| INES);
        json!({ "at": at(second), "group": OTHER_GROUP, "attended_at": again.map(at), "attended_by": by })
    };
    let says = |at: i64, by: &str, text: &str| json!({ "transcript": [{ "at": at, "by": by, "text": text }] });
    let without = |mut line: Value, field: &str| {
        line.as_object_mut().unwrap().remove(field);
        line
    };
    let cases: Vec<(Value, &str)> = vec![
        (with(good(), json!({ "group": "Nadie" })), "line 2, group: there is no group"),
        (with(good(), json!({ "requested_group": "Nadie" })), "line 2, requested_group: there is no group"),
        (with(good(), json!({ "application": "pk_nadie" })), "line 2, application: there is no application"),
        (with(good(), json!({ "attended_by": "nadie@x.example" })), "line 2, attended_by: nobody signs in"),
        (with(good(), json!({ "agents": ["nadie@x.example"] })), "line 2, agents: nobody signs in"),
        (with(good(), json!({ "agents": vec![INES; 51] })), "line 2, agents: it has more than 50 entries"),
        (
            with(good(), json!({ "transfers": vec![moved(20, Some(40)); 1_001] })),
            "line 2, transfers: it has more than 1000 entries",
        ),
        (
            with(good(), json!({ "transcript": vec![json!({}); 20_001] })),
            "line 2, transcript: it has more than 20000 entries",
        ),
        (with(good(), json!({ "queued_at": -1 })), "line 2, queued_at: it is negative"),
        (with(good(), json!({ "queued_at": 1_790_845_200 })), "line 2, queued_at: it is in the first months of 1970"),
        (with(good(), json!({ "queued_at": "ayer" })), "line 2, queued_at: it is no moment"),
        (with(good(), json!({ "queued_at": 1.5 })), "line 2, queued_at: it is no moment"),
        (with(good(), json!({ "ended_at": world.clock.now().0 + 1 })), "line 2, ended_at: it is in the future"),
        (with(good(), json!({ "attended_at": at(-1) })), "line 2, attended_at: it is before queued_at"),
        (with(good(), json!({ "ended_at": at(9) })), "line 2, ended_at: it is before attended_at"),
        (with(good(), json!({ "first_reply_at": at(9) })), "line 2, first_reply_at: it is before attended_at"),
        (with(good(), json!({ "first_reply_at": at(61) })), "line 2, ended_at: it is before first_reply_at"),
        (with(good(), json!({ "disconnected_at": at(61) })), "line 2, ended_at: it is before disconnected_at"),
        (
            with(good(), json!({ "first_saved_base_status": "Resolved", "first_saved_at": at(59) })),
            "line 2, first_saved_at: it is before ended_at",
        ),
        (
            with(good(), json!({ "first_saved_base_status": "Resolved", "reopened_at": at(59) })),
            "line 2, reopened_at: it is before first_saved_at",
        ),
        (
            with(good(), json!({ "first_saved_base_status": "New", "reopened_at": at(70) })),
            "line 2, reopened_at: it was not resolved",
        ),
        (
            with(good(), json!({ "first_saved_base_status": "Hecho" })),
            "line 2, first_saved_base_status: it is none of New",
        ),
        (
            with(good(), json!({ "first_saved_base_status": null, "first_saved_at": at(70) })),
            "line 2, first_saved_base_status: it is missing",
        ),
        (
            with(good(), json!({ "first_saved_base_status": null })),
            "line 2, first_saved_base_status: it is missing: how was the ticket saved first?",
        ),
        (with(good(), json!({ "end_reason": "system" })), "line 2, end_reason: it is none of"),
        (with(good(), json!({ "end_reason": "connection" })), "line 2, disconnected_at: it is missing"),
        (with(good(), json!({ "origin": "call" })), "line 2, origin: it is none of"),
        (with(good(), json!({ "origin": "agent_agent" })), "line 2, related: it is missing"),
        (
            with(good(), json!({ "origin": "agent_agent", "related": "first", "customer": { "id": "c1" } })),
            "line 2, customer: there was none",
        ),
        (
            with(good(), json!({ "origin": "agent_agent", "related": "first", "end_reason": "customer" })),
            "line 2, end_reason: among agents it ended by",
        ),
        (with(good(), json!({ "related": "first" })), "line 2, customer.id: it is missing"),
        (
            with(good(), json!({ "related": "first", "customer": { "id": "c1" } })),
            "line 2, related: that line left no ticket of its own",
        ),
        (
            with(good(), json!({ "related": "nobody", "customer": { "id": "c1" } })),
            "line 2, related: no line above is called so",
        ),
        (
            with(good(), json!({ "transfers": [moved(9, Some(20))] })),
            "line 2, transfers[0].at: it is before somebody attended",
        ),
        (
            with(good(), json!({ "transfers": [moved(20, Some(15))] })),
            "line 2, transfers[0].at: it is after its `attended_at`",
        ),
        (with(good(), json!({ "transfers": [moved(20, Some(61))] })), "line 2, transfers[0].at: it is after ended_at"),
        (
            with(good(), json!({ "transfers": [moved(20, None), moved(30, Some(40))] })),
            "line 2, transfers[0].at: nobody attended after it",
        ),
        (with(good(), json!({ "transfers": [moved(20, None)] })), "line 2, end_reason: it waited again"),
        (
            with(good(), json!({ "transfers": [{ "at": at(20), "group": "Nadie" }] })),
            "line 2, transfers[0].group: there is no group",
        ),
        (
            with(chat("good", 0, 9, "customer"), json!({ "transfers": [moved(5, None)] })),
            "line 2, transfers: nobody attended",
        ),
        (
            with(with(good(), json!({ "transfers": [moved(20, Some(40))] })), says(at(30), INES, "hola")),
            "line 2, transcript: an agent wrote while it waited again",
        ),
        (with(good(), json!({ "unsaved": true })), "line 2, unsaved: the line says how it was saved"),
        (with(good(), json!({ "unsaved": "yes" })), "line 2, unsaved: it is neither true nor false"),
        (with(unsaved(), json!({ "end_reason": "agent_lost" })), "line 2, unsaved: nobody had it at its end"),
        (with(unsaved(), json!({ "attended_by": LUCIA })), "line 2, unsaved: who had it at its end works here no more"),
        (with(chat("good", 0, 9, "customer"), json!({ "unsaved": true })), "line 2, unsaved: this chat left no ticket"),
        (with(good(), json!({ "language": "fr" })), "line 2, language: it is none of"),
        (with(good(), json!({ "kind": "call" })), "line 2, kind: it is neither"),
        (with(good(), json!({ "colour": "green" })), "line 2, colour: there is no such field"),
        (with(good(), json!({ "id": "" })), "line 2, id: it is empty"),
        (with(good(), json!({ "id": 7 })), "line 2, id: it is not a text"),
        (with(good(), json!({ "customer": { "phone": "1" } })), "line 2, customer.phone: there is no such field"),
        (with(good(), json!({ "customer": { "name": "\u{200b}" } })), "line 2, customer.name: there is nothing to see"),
        (with(good(), json!({ "customer": { "email": "no es correo" } })), "line 2, customer.email: it is no address"),
        (
            with(good(), json!({ "customer_messages_before_end_of_wait": -1 })),
            "line 2, customer_messages_before_end_of_wait: it is not a number",
        ),
        (without(good(), "id"), "line 2, id: it is missing"),
        (without(good(), "group"), "line 2, group: it is missing"),
        (without(good(), "application"), "line 2, application: it is missing"),
        (without(good(), "queued_at"), "line 2, queued_at: it is missing"),
        (without(good(), "ended_at"), "line 2, ended_at: it is missing"),
        (without(good(), "end_reason"), "line 2, end_reason: it is missing"),
        (without(good(), "attended_by"), "line 2, attended_by: it is missing"),
        (without(good(), "attended_at"), "line 2, attended_at: it is missing"),
        (chat("good", 0, 9, "agent"), "line 2, end_reason: nobody attended"),
        (
            with(chat("good", 0, 9, "customer"), json!({ "first_saved_base_status": "New" })),
            "line 2, first_saved_base_status: this chat left no ticket",
        ),
        (with(good(), says(at(9), INES, "hola")), "line 2, transcript: an agent wrote before attended_at"),
        (with(good(), says(at(61), INES, "hola")), "line 2, transcript: something was said"),
        (with(good(), says(at(20), "nadie@x.example", "hola")), "line 2, transcript[0].by: nobody signs in"),
        (with(good(), says(at(20), INES, "  ")), "line 2, transcript[0].text: it is empty"),
        (with(good(), says(at(20), INES, &"a".repeat(4_001))), "line 2, transcript[0].text: it has more than"),
        (
            with(good(), json!({ "transcript": [{ "at": at(20), "by": INES, "text": "hola", "file": "a.png" }] })),
            "line 2, transcript[0].file: a message is words or a file",
        ),
        (
            with(good(), json!({ "transcript": [{ "at": at(20), "by": INES }] })),
            "line 2, transcript[0].text: it is missing",
        ),
        (
            with(with(good(), says(at(20), INES, "hola")), json!({ "first_reply_at": at(21) })),
            "line 2, first_reply_at: it is not when",
        ),
        (
            with(with(good(), says(at(5), "customer", "hola")), json!({ "customer_messages_before_end_of_wait": 2 })),
            "the transcript has 1",
        ),
        (chat("first", 0, 9, "customer"), "line 2, id: it is in this file twice"),
    ];
    let before = world.kept().await;

    for (line, says) in cases {
        let told = world.refused(&text(&[chat("first", 0, 9, "customer"), line])).await;
        assert!(told.len() == 1 && told[0].contains(says), "{says}: {told:?}");
        assert_eq!(world.kept().await, before, "{says}");
    }
    for (bytes, says) in [
        (&b"{\"id\": \"a\xf1o\"}\n"[..], "line 1: it is not UTF-8"),
        (b"\xff\xfe{\0}\0\n\0", "line 1: it is not UTF-8"),
        (b"id,group\n", "line 1: it is not JSON, at column 1"),
        (b"\n[]\n", "line 1: it is empty"),
        (b"\xef\xbb\xbf \r\n[]", "line 1: it is empty"),
        (b"[]\n", "line 1: it is not an object"),
        (br#"{"id":"a","id":"b"}"#, "line 1, id: it is there twice"),
        (br#"{"id":"a","customer":{"name":"A","name":"B"}}"#, "line 1, customer.name: it is there twice"),
    ] {
        let told = world.refused(bytes).await;
        assert!(told[0].contains(says), "{says}: {told:?}");
    }
    assert_eq!(world.kept().await, before);
}

#[tokio::test]
async fn no_field_gives_orders_to_the_terminal_of_who_imports_nor_fills_it() {
    let world = World::empty().await;
    let field = format!("\u{1b}]0;a\u{7}\n\u{202e}{}", "b".repeat(1_000));
    let lines = [with(chat("a", 0, 9, "customer"), json!({ &field: 1, "customer": { &field: 1 } }))];

    let told = world.would_be_refused(&text(&lines)).await;

    assert_eq!(told.len(), 2, "{told:?}");
    for one in told {
        assert!(one.starts_with("line 1, ") && one.ends_with(": there is no such field") && one.contains("]0;a b"));
        assert!(one.chars().count() < 250 && !one.chars().any(|c| c.is_control() || c == '\u{202e}'), "{one:?}");
    }
}

#[tokio::test]
async fn of_a_line_that_is_nothing_but_wrong_a_hundred_things_are_told() {
    let world = World::empty().await;
    let unknown = Value::Object((0..300).map(|n| (format!("x{n}"), json!(n))).collect());
    let said = json!({ "transcript": vec![json!({}); 300] });
    let lines = [
        with(chat("a", 0, 9, "customer"), unknown.clone()),
        with(chat("b", 0, 9, "customer"), said),
        with(chat("c", 0, 9, "customer"), json!({ "customer": unknown })),
    ];

    let told = world.would_be_refused(&text(&lines)).await;

    assert_eq!(told.len(), 3 * 101);
    for (n, of_line) in told.chunks(101).enumerate() {
        let line = format!("line {}", n + 1);
        assert!(of_line.iter().all(|one| one.starts_with(&line)), "{of_line:?}");
        assert_eq!(of_line[100], format!("{line}: and there is more wrong with it"));
    }
}

#[tokio::test]
async fn fifty_took_part_in_a_conversation_and_no_more_however_often_one_is_named() {
    let world = World::empty().await;
    let address = |n: i64| format!("n{n}@x.example");
    let rows: Vec<String> = (0..50).map(|n| format!("('n{n}', 'N{n}', '{}', '', 1)", address(n))).collect();
    let sql = format!("insert into agents (id, name, email, password, created_at) values {}", rows.join(", "));
    world.look().await.execute(sqlx::AssertSqlSafe(sql)).await.unwrap();
    let others = |many: i64, more: &[String]| {
        let agents = (0..many).map(address).chain(more.iter().cloned()).collect::<Vec<_>>();
        text(&[with(attended("a", 0, 10, 60, "agent"), json!({ "agents": agents }))])
    };

    let fifty = world.tries_to_import(&others(49, &[address(0)])).await;
    let more = world.would_be_refused(&others(50, &[])).await;

    assert_eq!(fifty, Outcome::Imported { chats: 1, messages: 0, past: 0 });
    assert_eq!(more, ["line 1, agents: more than 50 took part"]);
}

#[tokio::test]
async fn every_bad_line_is_named_in_its_order_however_many_there_are() {
    let mut world = World::empty().await;
    // Of three lines one ends before it begins, one is called as the one above it, and one is good.
    let line = |n: i64| match n % 3 {
        0 => chat(&format!("b{n}"), 9, 0, "customer"),
        1 => chat(&format!("b{n}"), 0, 9, "customer"),
        _ => chat(&format!("b{}", n - 1), 0, 9, "customer"),
    };
    let lines: Vec<Value> = (0..3_000).map(line).collect();

    let told = world.refused(&text(&lines)).await;

    let wrong = (1..=3_000_i64).filter_map(|number| match number % 3 {
        1 => Some(format!("line {number}, ended_at: it is before queued_at")),
        0 => Some(format!("line {number}, id: it is in this file twice")),
        _ => None,
    });
    assert_eq!(told, wrong.collect::<Vec<_>>());
}
