//! A customer at the doors: seen, kept out, taken along, erased; by the console and on the command line.

use crate::client::{Ask, get, post};
use crate::world::{INES, MARTA, TOMAS, World, new_id, new_token, opening, words};
use clap::Parser;
use domain::customer::Customer;
use domain::{Act, Refusal};
use serde_json::{Value, json};
use server::config::{Command, Verb};

impl World {
    async fn customer_read(&self, session: &str, id: &str) -> crate::client::Answer {
        self.ask(self.function("customer/read", session, &json!({ "customer": id }))).await
    }

    fn exported(&self, session: &str, id: &str) -> Ask {
        get(format!("/people/{id}/export")).cookie(session)
    }

    /// As an operator types it, beside the server that runs.
    async fn person(&self, verb: &str, id: &str) -> Result<String, String> {
        let data = self.folder.path().join("data").display().to_string();
        let command = Command::try_parse_from(["recado", "person", verb, "--data", &data, id]).unwrap();
        let Verb::Person(person) = command.verb else { panic!("it is not about a person") };
        person.run().await
    }
}

#[tokio::test]
async fn a_customer_is_seen_kept_out_taken_along_and_erased_by_who_may() {
    let world = World::new().await;
    let (tomas, _line) = world.agent(TOMAS).await;
    let (marta, ines) = (world.sign_in(MARTA).await, world.sign_in(INES).await);
    let ana = world.customer().await;
    ana.wish(words("La lámpara llegó rota.")).await;
    let id = world.running.desk.visitor(&ana.token).await.unwrap().customer;
    let block = |session: &str, blocks: bool| {
        world.function("customer/block", session, &json!({ "customer": id, "blocks": blocks, "reason": "Insulta" }))
    };

    let seen: Customer = world.customer_read(&tomas, &id).await.ok();
    assert_eq!((seen.name.as_str(), seen.may_block), ("Ana", false));
    // Inés attends orders and administers another group.
    for session in [&tomas, &ines] {
        world.ask(block(session, true)).await.refused(403, Refusal::OnlyAdministrators);
        let erase = world.function("customer/erase", session, &json!({ "customer": id }));
        world.ask(erase).await.refused(403, Refusal::OnlyAdministrators);
        assert_eq!(world.ask(world.exported(session, &id)).await.status, 403);
    }
    assert!(world.ask(block(&marta, true)).await.ok::<Customer>().blocked);
    ana.wish(Act::Close).await;
    let again = post("/w/v1/chats").bearer(&ana.token).json(&opening(&new_id()));
    world.ask(again).await.refused(403, Refusal::Blocked);
    let other = post("/w/v1/chats").bearer(&new_token()).json(&opening(&new_id()));
    assert_eq!(world.ask(other).await.status, 200);

    let taken = world.ask(world.exported(&marta, &id)).await;
    assert_eq!((taken.status.as_u16(), taken.header("cache-control")), (200, "no-store"));
    assert_eq!(taken.header("content-disposition"), "attachment; filename=\"recado-person.json\"");
    assert!(taken.value::<Value>()["chats"][0]["events"].to_string().contains("lámpara"));
    let erase = world.function("customer/erase", &marta, &json!({ "customer": id }));
    let erased: Customer = world.ask(erase).await.ok();
    assert!(erased.erased && erased.name.is_empty());
    let told = get(format!("/w/v1/chats/{}/events?after=0", ana.chat)).bearer(&ana.token);
    world.ask(told).await.refused(401, Refusal::SignedOut);
    for nobody in ["x", "%00", "..%2F"] {
        assert_eq!(world.ask(world.exported(&marta, nobody)).await.status, 404, "{nobody}");
    }
    assert_eq!(world.ask(get(format!("/people/{id}/export"))).await.status, 401);
}

#[tokio::test]
async fn an_operator_takes_a_person_along_and_erases_her_on_the_command_line() {
    let world = World::new().await;
    let (_tomas, _line) = world.agent(TOMAS).await;
    let ana = world.customer().await;
    ana.wish(words("La lámpara llegó rota.")).await;
    let id = world.running.desk.visitor(&ana.token).await.unwrap().customer;

    let taken = world.person("export", &id).await.unwrap();
    let running = world.person("erase", &id).await.unwrap_err();
    ana.wish(Act::Close).await;
    let done = world.person("erase", &id).await.unwrap();
    let after = world.person("export", &id).await.unwrap();

    assert!(taken.contains("La lámpara llegó rota.") && taken.contains("ana@correo.example"));
    assert!(running.contains("running"), "{running}");
    assert_eq!(done, format!("{id} is erased."));
    assert!(!after.contains("lámpara") && !after.contains("ana@correo.example"), "{after}");
    assert!(world.person("erase", "nobody").await.unwrap_err().contains("nobody"));
}
