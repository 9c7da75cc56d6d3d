//! Triggers over HTTP: who may try a webhook, and how often (S62 of quality.md).

use crate::world::*;
use domain::Refusal;
use domain::trigger::{Action, Kept, Line, Tried, Trigger};
use serde_json::json;

fn with_webhook(id: &str) -> Trigger {
    Trigger { actions: vec![Action::Webhook { url: "http://127.0.0.1:1/".into() }], ..a_trigger(id) }
}

#[tokio::test]
async fn a_webhook_is_tested_ten_times_a_minute_and_by_nobody_else() {
    let world = World::with(&["--webhook-host", "127.0.0.1"]).await;
    let (marta, ines) = (world.sign_in(MARTA).await, world.sign_in(INES).await);
    let id = new_id();
    let save = json!({ "wish": new_id(), "trigger": with_webhook(&id) });
    let kept: Kept = world.ask(world.function("trigger/save", &marta, &save)).await.ok();
    assert!(kept.secret.is_some_and(|secret| secret.starts_with("whsec_")));
    let send = |session: &str| world.function("trigger/send", session, &json!({ "trigger": id }));

    world.ask(send(&ines)).await.refused(404, Refusal::NotYours);
    for _ in 0..10 {
        assert!(!world.ask(send(&marta)).await.ok::<bool>(), "nobody listens there");
    }
    let more = world.ask(send(&marta)).await;
    assert_eq!(more.status, 429, "{more:?}");
    // What else she does is not counted with them.
    let lines: Vec<Line> = world.ask(world.function("trigger/list", &marta, &json!({}))).await.ok();
    assert_eq!(lines.len(), 1);
}

#[tokio::test]
async fn what_the_operator_did_not_allow_is_refused_at_the_door_and_so_is_what_is_odd() {
    let world = World::new().await;
    let marta = world.sign_in(MARTA).await;
    let save =
        |trigger: &Trigger| world.function("trigger/save", &marta, &json!({ "wish": new_id(), "trigger": trigger }));

    let why = Refusal::FieldWrong { field: "actions.0".into() };
    world.ask(save(&with_webhook(&new_id()))).await.refused(422, why);
    world.ask(save(&a_trigger("x"))).await.refused(400, Refusal::Malformed);
    let nameless = Trigger { name: " ".into(), ..a_trigger(&new_id()) };
    world.ask(save(&nameless)).await.refused(422, Refusal::FieldMissing { field: "name".into() });
    let odd = json!({ "wish": new_id(), "trigger": { "id": new_id(), "name": { "$ne": null } } });
    world.ask(world.function("trigger/save", &marta, &odd)).await.refused(400, Refusal::Malformed);
    let tried: Vec<Tried> =
        world.ask(world.function("trigger/try", &marta, &json!({ "trigger": a_trigger(&new_id()) }))).await.ok();
    assert_eq!(tried.len(), 0);
}

#[tokio::test]
async fn who_saves_a_trigger_says_which_he_read_and_nothing_newer_is_written_over() {
    let world = World::new().await;
    let marta = world.sign_in(MARTA).await;
    let save = |trigger: &Trigger, read: Option<&Trigger>| {
        world.function("trigger/save", &marta, &json!({ "wish": new_id(), "trigger": trigger, "read": read }))
    };
    let named = |name: &str, one: &Trigger| Trigger { name: name.into(), ..one.clone() };
    let first = world.ask(save(&a_trigger(&new_id()), None)).await.ok::<Kept>().line.trigger;
    let second = world.ask(save(&named("Noches", &first), Some(&first))).await.ok::<Kept>().line.trigger;

    let by = "Marta Ortiz".to_owned();
    world.ask(save(&named("Fiestas", &first), Some(&first))).await.refused(409, Refusal::Overtaken { by });

    let all = async || world.ask(world.function("trigger/list", &marta, &json!({}))).await.ok::<Vec<Line>>();
    assert_eq!(all().await[0].trigger, second);
    world.ask(save(&named("Fiestas", &first), Some(&second))).await.ok::<Kept>();
    assert_eq!(all().await[0].trigger.name, "Fiestas");
}
