//! The log of who did what, at the doors: what is counted in it, who reads it, and what an operator prints (S88, S89).

use crate::client::{Knock, get, knock, post};
use crate::world::{INES, LUCIA, MARTA, TOMAS, World, new_id, wish};
use domain::audit::{About, By, Filter, Kind, Line, Page, Verdict};
use domain::wire::{Lists, NewTicket, Page as Events, Paper, Up};
use domain::{Act, Refusal, Ticket, TicketAct};
use serde_json::json;

impl World {
    async fn log(&self, session: &str, kind: Option<Kind>) -> Vec<Line> {
        let filter = Filter { kind, ..Filter::default() };
        let list = self.function("audit/list", session, &json!({ "filter": filter, "before": null }));
        self.ask(list).await.ok::<Page>().lines
    }
}

#[tokio::test]
async fn what_was_refused_is_written_down_with_who_and_where() {
    let world = World::with(&[]).await;
    let (marta, tomas) = (world.sign_in(MARTA).await, world.sign_in(TOMAS).await);

    let erase = world.function("customer/erase", &tomas, &json!({ "customer": "x" }));
    world.ask(erase).await.refused(403, Refusal::OnlyAdministrators);
    for _ in 0..3 {
        assert_eq!(world.ask(get("/people/x/export").cookie(&tomas)).await.status, 403);
    }
    let foreign = Knock { origin: Some("https://evil.example"), session: Some(&tomas), postcard: false, narrow: false };
    assert_eq!(knock(world.at, &foreign).await.err().map(|status| status.as_u16()), Some(403));
    let origin = format!("http://{}", world.at);
    let stranger = Knock { origin: Some(&origin), session: None, postcard: false, narrow: false };
    let mut socket = knock(world.at, &stranger).await.unwrap();
    socket.say(&Up::Hello { version: domain::wire::VERSION, token: None }).await;
    socket.farewell().await;
    // Who leaves before he has said a word, or has a page of before, is nobody's deed.
    drop(knock(world.at, &stranger).await.unwrap());
    let mut old = knock(world.at, &stranger).await.unwrap();
    old.say(&Up::Hello { version: 0, token: None }).await;
    old.farewell().await;
    for _ in 0..30 {
        world.ask(post("/sign-in").own(world.at).form(&[("email", INES), ("password", "not-this-one")])).await;
    }

    let denied = world.log(&marta, Some(Kind::Denied)).await;
    let told: Vec<_> = denied.iter().map(|line| (line.about.clone(), line.times)).collect();
    assert_eq!(told.len(), 2, "{denied:?}");
    assert!(told.contains(&(About::Thing("/people/{customer}/export".into()), 3)), "{told:?}");
    assert!(told.contains(&(About::Thing("/api/customer/erase".into()), 1)), "{told:?}");
    let tomas = world.running.desk.session(&tomas).await.unwrap().agent.face;
    assert!(denied.iter().all(|line| line.by == By::Agent(tomas.clone()) && line.address == "127.0.0.0"), "{denied:?}");
    let refused = world.log(&marta, Some(Kind::HandshakeRefused)).await;
    let mut doors: Vec<_> = refused.iter().map(|line| format!("{:?}", line.about)).collect();
    doors.sort();
    assert_eq!(doors, ["Thing(\"/socket\")", "Thing(\"hello\")"]);
    // Strangers come from nowhere that is written down.
    let of_strangers = refused.iter().filter(|line| line.about == About::Thing("hello".into()));
    assert!(
        of_strangers.clone().count() == 1
            && of_strangers.clone().all(|line| line.address.is_empty() && line.times == 1)
    );
    let limits = world.log(&marta, Some(Kind::LimitHit)).await;
    assert_eq!(
        limits.iter().map(|line| (line.about.clone(), line.times)).collect::<Vec<_>>(),
        [(About::Thing("/sign-in".into()), 20)]
    );
    let failed = world.log(&marta, Some(Kind::SignInFailed)).await;
    assert_eq!(failed.iter().map(|line| line.times).sum::<u32>(), 10);
}

/// S88: he reads that there is no such thing, and an administrator that there is, and that he asked.
#[tokio::test]
async fn who_asks_for_what_is_there_and_not_his_is_written_down_and_who_asks_for_what_is_not_is_not() {
    let world = World::new().await;
    let (ines, _line) = world.agent(INES).await;
    let (marta, lucia) = (world.sign_in(MARTA).await, world.sign_in(LUCIA).await);
    let ana = world.customer().await;
    let act = |session: &str, chat: &str, act| {
        world.function("chat/act", session, &json!({ "chat": chat, "wish": wish(act) }))
    };
    world.ask(act(&ines, &ana.chat, Act::Attend)).await.ok::<Events>();
    let lists = world.ask(world.function("console/lists", &ines, &json!({}))).await.ok::<Lists>();
    let customer = lists.cards[0].customer.id.clone();
    world.ask(act(&ines, &ana.chat, Act::Close)).await.ok::<Events>();
    let ticket = world.ask(world.function("chat/ticket", &ines, &json!({ "chat": ana.chat }))).await;
    let ticket = ticket.ok::<Option<Ticket>>().expect("it left one").id;
    let events = |chat: &str| json!({ "chat": chat, "after": 0, "asides_after": 0 });

    for _ in 0..3 {
        world.ask(world.function("chat/events", &lucia, &events(&ana.chat))).await.refused(404, Refusal::NotYours);
    }
    for (door, asked) in [
        ("ticket/read", json!({ "ticket": ticket })),
        ("customer/read", json!({ "customer": customer })),
        // And what is not there at all, which is answered alike.
        ("chat/events", events(&new_id())),
        ("ticket/read", json!({ "ticket": new_id() })),
        ("customer/read", json!({ "customer": new_id() })),
    ] {
        world.ask(world.function(door, &lucia, &asked)).await.refused(404, Refusal::NotYours);
    }
    for chat in [&ana.chat, &new_id()] {
        world.ask(act(&lucia, chat, Act::Watch)).await.refused(404, Refusal::NotYours);
    }

    let denied = world.log(&marta, Some(Kind::Denied)).await;
    let mut told: Vec<_> = denied.iter().map(|line| (format!("{:?}", line.about), line.times)).collect();
    told.sort();
    let rows = [("chat/act", 1), ("chat/events", 3), ("customer/read", 1), ("ticket/read", 1)];
    assert_eq!(told, rows.map(|(door, times)| (format!("{:?}", About::Thing(format!("/api/{door}"))), times)));
    let lucia = world.running.desk.session(&lucia).await.unwrap().agent.face;
    assert!(denied.iter().all(|line| line.by == By::Agent(lucia.clone()) && line.address == "127.0.0.0"), "{denied:?}");
}

/// S88: a page reads again by itself what it shows, when somebody has changed it; and a ticket names what is not for all
/// who read it.
#[tokio::test]
async fn who_asks_again_for_what_he_was_shown_and_what_has_gone_from_him_is_not_written_down() {
    let world = World::new().await;
    let (ines, _line) = world.agent(INES).await;
    let (marta, tomas, lucia) = (world.sign_in(MARTA).await, world.sign_in(TOMAS).await, world.sign_in(LUCIA).await);
    let ana = world.customer().await;
    world.attends_and_closes(&ines, &ana.chat).await;
    let left = world.ask(world.function("chat/ticket", &ines, &json!({ "chat": ana.chat }))).await;
    let ticket = left.ok::<Option<Ticket>>().expect("it left one").id;
    let save = |who: &str, act: serde_json::Value| {
        world.function("ticket/save", who, &json!({ "ticket": ticket, "wish": new_id(), "act": { "Save": act } }))
    };
    let read = |who: &str| world.function("ticket/read", who, &json!({ "ticket": ticket }));
    let events =
        |who: &str| world.function("chat/events", who, &json!({ "chat": ana.chat, "after": 0, "asides_after": 0 }));
    let denied = async || world.log(&marta, Some(Kind::Denied)).await;
    world.ask(save(&ines, json!({ "changes": [{ "Status": "Stopped" }], "note": "" }))).await.ok::<Ticket>();
    world.ask(read(&tomas)).await.ok::<Paper>();

    // It goes from his group to hers: what was said in it stays with his.
    world.ask(save(&marta, json!({ "changes": [{ "Group": "choose" }], "note": "" }))).await.ok::<Ticket>();
    world.ask(read(&tomas)).await.refused(404, Refusal::NotYours);
    let note = json!({ "changes": [], "note": "La pantalla está rota" });
    world.ask(save(&tomas, note)).await.refused(404, Refusal::NotYours);
    world.ask(read(&lucia)).await.ok::<Paper>();
    world.ask(events(&lucia)).await.refused(404, Refusal::NotYours);
    let ordinary = denied().await.len();
    // Of another she knows nothing.
    let eva = world.customer().await;
    let other = json!({ "chat": eva.chat, "after": 0, "asides_after": 0 });
    world.ask(world.function("chat/events", &lucia, &other)).await.refused(404, Refusal::NotYours);

    assert_eq!((ordinary, denied().await.len()), (0, 1));
}

/// S88: numbers go up by one, so whoever asks with one need not know it.
#[tokio::test]
async fn who_tries_numbers_that_are_not_his_is_written_down_and_who_tries_those_of_nothing_is_not() {
    let world = World::new().await;
    let (ines, _line) = world.agent(INES).await;
    let (marta, lucia) = (world.sign_in(MARTA).await, world.sign_in(LUCIA).await);
    let ana = world.customer().await;
    world.attends_and_closes(&ines, &ana.chat).await;
    let ticket = world.ask(world.function("chat/ticket", &ines, &json!({ "chat": ana.chat }))).await;
    let ticket = ticket.ok::<Option<Ticket>>().expect("it left one");
    let new = |of_ticket: Option<&str>| {
        let (id, customer, of_ticket) = (new_id(), "Eva".to_owned(), of_ticket.map(str::to_owned));
        let (group, changes, note) = ("choose".to_owned(), Vec::new(), String::new());
        let new = NewTicket { id, group, customer, of_ticket, changes, note };
        world.function("ticket/open", &lucia, &json!({ "new": new }))
    };
    let hers = world.ask(new(None)).await.ok::<Ticket>().id;

    for number in [ticket.number, 999_999] {
        for act in [TicketAct::Merge { number }, TicketAct::Link { number }] {
            let asked = json!({ "ticket": hers, "wish": new_id(), "act": act });
            world.ask(world.function("ticket/save", &lucia, &asked)).await.refused(404, Refusal::NotYours);
        }
    }
    for id in [&ticket.id, &new_id()] {
        world.ask(new(Some(id))).await.refused(404, Refusal::NotYours);
        for door in ["chat/inner", "chat/call"] {
            let asked = json!({ "ticket": id, "id": new_id() });
            world.ask(world.function(door, &lucia, &asked)).await.refused(404, Refusal::NotYours);
        }
    }

    let denied = world.log(&marta, Some(Kind::Denied)).await;
    let mut told: Vec<_> = denied.iter().map(|line| (format!("{:?}", line.about), line.times)).collect();
    told.sort();
    let rows = [("chat/call", 1), ("chat/inner", 1), ("ticket/open", 1), ("ticket/save", 2)];
    assert_eq!(told, rows.map(|(door, times)| (format!("{:?}", About::Thing(format!("/api/{door}"))), times)));
}

#[tokio::test]
async fn an_intervention_has_its_address_and_an_operator_prints_and_proves_it() {
    let world = World::new().await;
    let (ines, _line) = world.agent(INES).await;
    let ana = world.customer().await;
    let act = |session: &str, act| world.function("chat/act", session, &json!({ "chat": ana.chat, "wish": wish(act) }));
    world.ask(act(&ines, Act::Attend)).await.ok::<Events>();
    let marta = world.sign_in(MARTA).await;

    world.ask(act(&marta, Act::Watch)).await.ok::<Events>();
    let whisper = Act::Aside { whisper: true, text: "un secreto".into() };
    world.ask(act(&marta, whisper)).await.ok::<Events>();

    let lines = world.log(&marta, Some(Kind::Whispered)).await;
    assert_eq!((lines.len(), lines[0].address.as_str()), (1, "127.0.0.0"));
    let printed = world.operator(&["audit", "list", "--agent", MARTA]).await.unwrap();
    let first = printed.lines().next().unwrap();
    assert!(first.contains("whispered  Marta Ortiz") && first.contains(&ana.chat), "{printed}");
    assert!(!printed.contains("secreto"), "{printed}");
    let one = world.operator(&["audit", "list", "--kind", "watched", "--most", "1"]).await.unwrap();
    assert_eq!(one.lines().count(), 1);
    assert!(world.operator(&["audit", "list", "--kind", "posted"]).await.unwrap_err().contains("whispered"));
    let proof = world.operator(&["audit", "verify"]).await.unwrap();
    let known = proof.rsplit(' ').next().unwrap().to_owned();
    world.sign_in(TOMAS).await;
    world.operator(&["audit", "verify", "--known", &known]).await.unwrap();
    let other = format!("1:{}", "0".repeat(64));
    assert!(world.operator(&["audit", "verify", "--known", &other]).await.unwrap_err().contains("row 1"));
}

#[tokio::test]
async fn an_attendant_reads_no_log() {
    let world = World::new().await;
    let tomas = world.sign_in(TOMAS).await;
    let list =
        |filter: serde_json::Value| world.function("audit/list", &tomas, &json!({ "filter": filter, "before": null }));

    world.ask(list(json!({ "kind": null, "by": null }))).await.refused(403, Refusal::OnlyAdministrators);
    world.ask(list(json!({ "kind": "Nothing", "by": null }))).await.refused(400, Refusal::Malformed);
    world.ask(list(json!({ "kind": null, "by": { "$ne": null } }))).await.refused(400, Refusal::Malformed);
}

/// S88: what is counted of customers says how often and where, and not whence.
#[tokio::test]
async fn nobody_who_is_no_agent_leaves_his_address() {
    let world = World::with(&[]).await;
    let marta = world.sign_in(MARTA).await;

    for _ in 0..30 {
        let hand = post("/portal/identity").own(world.at).form(&[("key", "pk_nobody"), ("jwt", "x.y.z")]);
        world.ask(hand).await;
    }

    let limits = world.log(&marta, Some(Kind::LimitHit)).await;
    let told: Vec<_> = limits.iter().map(|line| (line.about.clone(), line.address.as_str())).collect();
    assert_eq!(told, [(About::Thing("/portal/identity".into()), "")]);
}

/// S28, S89: it opens without calculating, and whoever changed a row of it is found by who looks.
#[tokio::test]
async fn an_administrator_takes_it_along_and_sees_that_a_row_was_changed() {
    let world = World::new().await;
    let (marta, ines, tomas) = (world.sign_in(MARTA).await, world.sign_in(INES).await, world.sign_in(TOMAS).await);
    let named = world.running.desk.session(&ines).await.unwrap().agent.face.id;
    sqlx::any::install_default_drivers();
    let database = format!("sqlite:{}", world.folder.path().join("data/recado.db").display());
    let pool = sqlx::AnyPool::connect(&database).await.unwrap();
    let rename = sqlx::AssertSqlSafe(format!("update agents set name = '=1+1' where id = '{named}'"));
    sqlx::query(rename).execute(&pool).await.unwrap();
    let file = |asked: &str, session: &str| world.ask(get(format!("/audit/export{asked}")).cookie(session));

    let csv = file("?kind=signed-in", &marta).await;
    let lines = file(&format!("?kind=signed-in&by={named}&format=jsonl"), &marta).await;

    assert_eq!(csv.header("content-disposition"), "attachment; filename=\"recado-log.csv\"");
    let text = csv.text();
    assert!(text.starts_with("\u{feff}number,at,kind,by,by_name,by_email"), "{text}");
    assert!(text.contains(",\"'=1+1\",") && !text.contains(",=1+1"), "{text}");
    let rows: Vec<serde_json::Value> = lines.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((rows.len(), &rows[0]["by_name"], &rows[0]["kind"]), (1, &json!("=1+1"), &json!("signed-in")));
    for wrong in ["?format=xls", "?kind=posted", "?from=2026-02-30", "?quien=x"] {
        assert_eq!(file(wrong, &marta).await.status.as_u16(), 400, "{wrong}");
    }
    assert_eq!(file("", &tomas).await.status.as_u16(), 403);
    assert_eq!(world.ask(get("/audit/export")).await.status.as_u16(), 401);
    let verify = |session: &str| world.ask(world.function("audit/verify", session, &json!({})));
    assert!(matches!(verify(&marta).await.ok::<Verdict>(), Verdict::Whole { .. }));
    for sql in ["drop trigger audit_is_not_changed", "update audit set who = 'x' where number = 2"] {
        sqlx::query(sql).execute(&pool).await.unwrap();
    }
    assert_eq!(verify(&marta).await.ok::<Verdict>(), Verdict::Broken { number: 2 });
    verify(&ines).await.refused(403, Refusal::OnlyAdministrators);
}
