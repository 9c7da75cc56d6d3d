//! Applications: how they are set, and what a widget is told of it.

use crate::world::World;
use desk::Error;
use desk::demo::{CATALOGUE_KEY, SHOP_KEY};
use sqlx::{AssertSqlSafe, Executor};

async fn set(world: &World, setup: &str) {
    let sql = format!("update applications set setup = '{setup}' where key = '{SHOP_KEY}'");
    world.look().await.execute(AssertSqlSafe(sql)).await.unwrap();
}

#[tokio::test]
async fn a_customer_is_told_where_else_he_may_turn() {
    let world = World::empty().await;

    let shop = world.desk.application(SHOP_KEY).await.unwrap();
    let catalogue = world.desk.application(CATALOGUE_KEY).await.unwrap();

    let told: Vec<_> = shop.channels.iter().map(|channel| (channel.says.as_str(), channel.href.as_str())).collect();
    assert_eq!(told[0], ("WhatsApp", "https://wa.me/34600000123"));
    assert_eq!(told.len(), 3);
    assert!(catalogue.channels.is_empty());
}

#[tokio::test]
async fn a_channel_that_somebody_wrote_into_the_database_is_told_only_if_it_is_safe() {
    let world = World::empty().await;

    set(&world, r#"{"channels":[{"kind":"link","to":"javascript:alert(1)"},{"kind":"phone","to":"910 000 000"}]}"#)
        .await;

    let shop = world.desk.application(SHOP_KEY).await.unwrap();
    assert_eq!(shop.channels.iter().map(|channel| channel.href.as_str()).collect::<Vec<_>>(), ["tel:910000000"]);
}

#[tokio::test]
async fn settings_that_do_not_read_are_a_fault_that_says_where_and_not_what() {
    let world = World::empty().await;

    for setup in [r#"{"channels":"secret"}"#, "secret", ""] {
        set(&world, setup).await;

        let Err(Error::Broken(fault)) = world.desk.application(SHOP_KEY).await else { panic!("{setup} was read") };
        let fault = fault.to_string();
        assert!(fault.contains("application shop") && fault.contains("column"), "{fault}");
        assert!(!fault.contains("secret"), "{fault}");
        world.desk.application(CATALOGUE_KEY).await.unwrap();
    }
}
