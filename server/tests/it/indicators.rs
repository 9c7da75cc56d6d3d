//! Indicators at the doors: who may, what a file holds, and what an operator prints.

use crate::client::{get, post};
use crate::world::{INES, LUCIA, MARTA, World, new_id, new_token, opening, wish};
use domain::indicators::{Filter, Indicator, Page, Report};
use domain::wire::{Down, Page as Events};
use domain::{Act, Refusal, Target, Ticket};
use serde_json::{Value, json};

impl World {
    async fn numbers(&self, session: &str, period: Value) -> Report {
        let read = json!({ "period": period, "filter": Filter::default() });
        self.ask(self.function("indicators/read", session, &read)).await.ok()
    }
}

#[tokio::test]
async fn numbers_move_and_the_chat_behind_one_is_listed_and_exported() {
    let world = World::new().await;
    let (ines, _line) = world.agent(INES).await;
    let marta = world.sign_in(MARTA).await;
    let before = world.numbers(&marta, json!("Today")).await;
    let ana = world.customer().await;
    let attend = world.function("chat/act", &ines, &json!({ "chat": ana.chat, "wish": wish(Act::Attend) }));
    world.ask(attend).await.ok::<Events>();

    let after = world.numbers(&marta, json!("Today")).await;
    let behind = json!({ "period": "Today", "filter": Filter::default(), "indicator": "Attended", "after": null });
    let page: Page = world.ask(world.function("indicators/behind", &marta, &behind)).await.ok();
    let csv = world.ask(get("/indicators/export?period=today&behind=attended").cookie(&marta)).await;
    let rows: Value =
        world.ask(get("/indicators/export?period=today&behind=attended&format=json").cookie(&marta)).await.ok();
    let all: Value = world.ask(get("/indicators/export?period=today&format=json").cookie(&marta)).await.ok();

    assert_eq!((before.figures.of(Indicator::Attended), after.figures.of(Indicator::Attended)), (Some(0), Some(1)));
    assert_eq!(page.rows.iter().map(|row| row.id.as_str()).collect::<Vec<_>>(), [ana.chat.as_str()]);
    assert_eq!(csv.header("content-disposition"), "attachment; filename=\"recado-indicators.csv\"");
    assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8");
    let text = csv.text();
    let lines: Vec<&str> = text.split("\r\n").collect();
    assert!(lines[0].starts_with("\u{feff}id,number,at,customer"), "{lines:?}");
    assert!(lines[1].starts_with(&ana.chat), "{lines:?}");
    assert_eq!(rows[0]["id"], json!(ana.chat));
    assert_eq!((&all["figures"]["attended"], &all["figures"]["mean-talk"]), (&json!(1), &Value::Null));
}

/// What was attended in a group counts there, also when its end and its ticket are told to another one alone.
#[tokio::test]
async fn who_administers_a_group_hears_that_its_numbers_are_others_by_what_happens_elsewhere() {
    let world = World::new().await;
    let (ines, mut line) = world.agent(INES).await;
    let (lucia, _console) = world.agent(LUCIA).await;
    let (chat, mut open) = (new_id(), opening(&new_id()));
    (open.id, open.group) = (chat.clone(), "returns".into());
    world.ask(post("/w/v1/chats").bearer(&new_token()).postcard(&open)).await.ok::<Events>();
    let does = async |session: &str, act: Act| {
        let asked = json!({ "chat": chat, "wish": wish(act) });
        world.ask(world.function("chat/act", session, &asked)).await.ok::<Events>();
    };
    does(&ines, Act::Attend).await;
    does(&ines, Act::Redirect { to: Target::Group("choose".into()) }).await;
    let counted = |down: Down| match down {
        Down::Counted => Some(()),
        // She is in no conversation and sees no ticket of that group.
        Down::Ticket(ticket) => panic!("she heard of {}", ticket.id),
        _ => None,
    };

    does(&lucia, Act::Attend).await;
    line.until(counted).await;
    does(&lucia, Act::Post { text: "Buenas".into() }).await;
    line.until(counted).await;
    does(&lucia, Act::Close).await;
    line.until(counted).await;
    let asked = world.function("chat/ticket", &lucia, &json!({ "chat": chat }));
    let ticket = world.ask(asked).await.ok::<Option<Ticket>>().unwrap().id;
    let act = json!({ "Save": { "changes": [{ "Status": "Resolved" }], "note": "" } });
    let saves = json!({ "ticket": ticket, "wish": new_id(), "act": act });
    world.ask(world.function("ticket/save", &lucia, &saves)).await.ok::<Ticket>();
    line.until(counted).await;

    let marta = world.sign_in(MARTA).await;
    assert_eq!(world.numbers(&marta, json!("Today")).await.figures.of(Indicator::Resolved), Some(1));
}

#[tokio::test]
async fn who_administers_nothing_reads_no_numbers_and_gets_no_file() {
    let world = World::new().await;
    let lucia = world.sign_in(LUCIA).await;
    let read = |period: Value| {
        world.function("indicators/read", &lucia, &json!({ "period": period, "filter": Filter::default() }))
    };

    world.ask(read(json!("Today"))).await.refused(403, Refusal::OnlyAdministrators);
    world.ask(read(json!("Yesteryear"))).await.refused(400, Refusal::Malformed);
    world
        .ask(read(json!({ "Range": { "from": "2026-02-30", "to": "2026-03-01" } })))
        .await
        .refused(400, Refusal::Malformed);
    let file = |path: &str, session: &str| world.ask(get(format!("/indicators/export{path}")).cookie(session));
    let marta = world.sign_in(MARTA).await;
    assert_eq!(file("", &lucia).await.status.as_u16(), 403);
    assert_eq!(file("?format=xls", &marta).await.status.as_u16(), 400);
    assert_eq!(file("", &marta).await.status.as_u16(), 200);
    // Another question than was asked is no answer.
    for wrong in ["?period=yesteryear", "?from=2026-02-30&to=2026-03-01", "?from=2026-02-01", "?behind=all", "?grupo=x"]
    {
        let refused = file(wrong, &marta).await;
        assert_eq!((refused.status.as_u16(), refused.text().contains("No se entendió")), (400, true), "{wrong}");
    }
    let table = file("?from=2026-02-01&to=2026-03-01", &marta).await;
    let table = table.text();
    let lines: Vec<&str> = table.split("\r\n").collect();
    assert_eq!(lines[1], "from,2026-02-01T00:00:00Z,2026-01-04T00:00:00Z");
    assert_eq!(lines[2..4], ["to,2026-03-01T00:00:00Z,2026-02-01T00:00:00Z", "zone,UTC,UTC"]);
    assert_eq!(world.ask(get("/indicators/export")).await.status.as_u16(), 401);
}

#[tokio::test]
async fn an_operator_prints_numbers_and_rebuilds_them() {
    let world = World::new().await;
    let (_ines, _line) = world.agent(INES).await;
    world.customer().await;

    let rebuilt = world.operator(&["indicators", "rebuild"]).await.unwrap();
    let shown = world.operator(&["indicators", "show", "--from", "2000-01-01", "--to", "2100-01-01"]).await.unwrap();
    let of = ["indicators", "show", "--period", "this-year", "--group", "Devoluciones y garantías", "--json"];
    let as_json: Value = serde_json::from_str(&world.operator(&of).await.unwrap()).unwrap();

    assert!(rebuilt.ends_with("Differences: none."), "{rebuilt}");
    assert!(
        shown.contains("UTC") && shown.lines().any(|line| line.starts_with("attended ") && line.ends_with(" 0")),
        "{shown}"
    );
    assert!(shown.lines().any(|line| line.starts_with("longest-talk ") && line.ends_with("—")), "{shown}");
    assert!(as_json["figures"]["desertions"].is_number(), "{as_json}");
    for (wrong, says) in [
        (vec!["--from", "2026-02-01", "--to", "2026-01-01"], "ends before it begins"),
        (vec!["--from", "2026-02-30", "--to", "2026-03-01"], "2026-02-30"),
        (vec!["--period", "yesteryear"], "this-month"),
        (vec!["--group", "Nadie"], "Nadie"),
    ] {
        let told = world.operator(&[vec!["indicators", "show"], wrong].concat()).await.unwrap_err();
        assert!(told.contains(says), "{told}");
    }
}

#[tokio::test]
async fn whose_right_is_taken_away_while_he_looks_reads_nothing_more() {
    let world = World::new().await;
    let (ines, _line) = world.agent(INES).await;
    let read = json!({ "period": "Today", "filter": Filter::default() });
    let behind = json!({ "period": "Today", "filter": Filter::default(), "indicator": "Attended", "after": null });
    world.ask(world.function("indicators/read", &ines, &read)).await.ok::<Report>();
    world.ask(world.function("indicators/behind", &ines, &behind)).await.ok::<Page>();

    world.operator(&["agent", "rights", INES, "--group", "returns", "--administer", "off"]).await.unwrap();

    let signed = world.sign_in(INES).await;
    for session in [&ines, &signed] {
        for (door, asked) in [("indicators/read", &read), ("indicators/behind", &behind)] {
            let answer = world.ask(world.function(door, session, asked)).await;
            answer.refused(403, Refusal::OnlyAdministrators);
        }
        let file = world.ask(get("/indicators/export?behind=attended").cookie(session)).await;
        assert_eq!(file.status.as_u16(), 403);
    }
}

#[tokio::test]
async fn no_name_of_a_customer_is_calculated_by_whoever_opens_the_file() {
    let world = World::new().await;
    let (ines, _line) = world.agent(INES).await;
    let marta = world.sign_in(MARTA).await;
    let mut open = opening(&new_id());
    open.answers[0].value = "=1+1".into();
    world.ask(post("/w/v1/chats").bearer(&new_token()).postcard(&open)).await.ok::<Events>();
    let attend = world.function("chat/act", &ines, &json!({ "chat": open.id, "wish": wish(Act::Attend) }));
    world.ask(attend).await.ok::<Events>();

    let file = world.ask(get("/indicators/export?period=today&behind=attended").cookie(&marta)).await;

    let text = file.text();
    assert!(text.contains(",\"'=1+1\","), "{text}");
    assert!(!text.contains(",=1+1"), "{text}");
}
