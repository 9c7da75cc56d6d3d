//! Groups that hand out who waits: to the right one, never to more than he may have, and to the next where nobody
//! answers.

use crate::world::*;
use desk::Error;
use desk::people::{Right, Staff};
use domain::distribution::{Distribution, Order};
use domain::group::{Settings, Turn};
use domain::parameters::Parameters;
use domain::presence::HOLD;
use domain::ticket::Change;
use domain::wire::Down;
use domain::{Act, Event, Span, Stage, Status, TicketAct};
use std::sync::Arc;

fn rule(limit: u32) -> Distribution {
    Distribution { order: Order::Sequence, limit, answer_within: 60 }
}

impl World {
    /// *Returns* hands out, first to Tomás and then to Inés.
    async fn hands_out(&self, distribution: Distribution) {
        let team = [TOMAS, INES].map(|email| Turn { email: email.into(), limit: None }).to_vec();
        self.settles("returns", Some(distribution), team).await.unwrap();
    }

    async fn settles(
        &self,
        group: &str,
        distribution: Option<Distribution>,
        team: Vec<Turn>,
    ) -> Result<(), desk::application::NotSet> {
        self.sets_group(group, &Settings { distribution, team, ..Settings::default() }).await
    }

    /// Who is in it, by his address.
    async fn attended_by(&self, chat: &str) -> Vec<&'static str> {
        let inside = self.chat(chat).await.agents;
        let by_id = |id: &str| [INES, TOMAS, LUCIA, MARTA].into_iter().find(|who| self.agent(who).face.id == id);
        inside.iter().filter_map(|agent| by_id(&agent.face.id)).collect()
    }
}

#[tokio::test]
async fn whoever_starts_is_with_the_first_of_the_order_at_once() {
    let mut world = World::open().await;
    world.hands_out(rule(2)).await;

    let chat = world.starts("ana", "returns").await;

    assert_eq!(world.attended_by(&chat).await, [TOMAS]);
    let told = world.screen(MARTA, &chat).await.told;
    let events: Vec<_> = told.iter().map(|t| &t.event).collect();
    assert!(matches!(events[..], [Event::Opened(_), Event::Assigned { .. }, Event::Attended { .. }]));
    assert!(world.screen("ana", &chat).await.told.iter().all(|t| !t.event.is_aside()), "she hears that he is there");
}

#[tokio::test]
async fn a_group_without_distribution_leaves_the_choice_to_its_agents() {
    let mut world = World::open().await;
    world.hands_out(rule(2)).await;

    let chat = world.starts("ana", "orders").await;

    assert_eq!(world.chat(&chat).await.stage, Stage::Waiting);
}

#[tokio::test]
async fn fifty_who_start_at_once_are_handed_out_up_to_the_limit_and_the_others_wait() {
    let world = World::open().await;
    world.hands_out(rule(3)).await;

    let names: Vec<String> = (0..50).map(|n| format!("customer{n}")).collect();
    let world = Arc::new(world);
    let starts = names.into_iter().map(|name| {
        let world = world.clone();
        tokio::spawn(async move { world.sends_the_form(&name, "returns").await })
    });
    let mut chats = Vec::new();
    for start in starts.collect::<Vec<_>>() {
        chats.push(start.await.unwrap());
    }
    let mut world = Arc::into_inner(world).unwrap();
    assert_eq!(world.count("select count(*) from chats where stage = 'waiting'").await, 50, "nobody is there yet");
    for n in 0..50 {
        world.comes(&format!("customer{n}")).await;
    }

    for who in [TOMAS, INES] {
        let id = &world.agent(who).face.id;
        let sql = format!("select count(*) from chats where stage = 'attending' and attended_by = '{id}'");
        assert_eq!(world.count(&sql).await, 3);
    }
    assert_eq!(world.count("select count(*) from chats where stage = 'waiting'").await, 44);
}

#[tokio::test]
async fn whoever_ends_one_gets_the_first_who_waits() {
    let mut world = World::open().await;
    world.hands_out(rule(1)).await;
    let mut chats = Vec::new();
    for name in ["ana", "eva", "ivo", "leo"] {
        chats.push(world.starts(name, "returns").await);
    }
    assert_eq!(world.attended_by(&chats[1]).await, [INES]);
    assert_eq!(world.attended_by(&chats[2]).await, [""; 0]);

    world.does(INES, &chats[1], Act::Close).await.unwrap();

    assert_eq!(world.attended_by(&chats[2]).await, [INES]);
    assert_eq!(world.attended_by(&chats[3]).await, [""; 0]);
}

/// He saves what he has of it.
async fn saves(world: &World, who: &str, chat: &str) {
    let ticket = world.desk.ticket_of_chat(world.agent(who), chat).await.unwrap().unwrap();
    let changes = vec![Change::Subject("Lámpara".into()), Change::Status(Status::Resolved)];
    let save = TicketAct::Save { changes, note: String::new() };
    world.desk.save_ticket(world.agent(who), &ticket.id, &world.id(), &save).await.unwrap();
}

/// Who waits goes on waiting until he has saved, or until the house wants it no more.
#[tokio::test]
async fn what_somebody_has_ended_and_not_saved_takes_his_room_where_the_house_wants_it() {
    for saved in [true, false] {
        let mut world = World::open().await;
        let wants = Parameters { unsaved_takes_room: true, ..Parameters::default() };
        world.sets_parameters(wants).await;
        world.desk.follow_parameters().await.unwrap();
        world.hands_out(rule(1)).await;
        let mut chats = Vec::new();
        for name in ["ana", "eva", "ivo"] {
            chats.push(world.starts(name, "returns").await);
        }

        world.does(INES, &chats[1], Act::Close).await.unwrap();
        assert_eq!(world.attended_by(&chats[2]).await, [""; 0]);
        if saved {
            saves(&world, INES, &chats[1]).await;
        } else {
            world.sets_parameters(Parameters::default()).await;
            world.desk.follow_parameters().await.unwrap();
        }

        assert_eq!(world.attended_by(&chats[2]).await, [INES], "{saved}");
    }
}

/// Nobody waits for the clock to look at what was set.
#[tokio::test]
async fn whoever_sets_in_the_console_that_it_takes_none_lets_who_waits_in_at_once() {
    let mut world = World::open().await;
    let marta = world.signed(MARTA).await;
    let usual = world.desk.parameters(world.agent(MARTA)).await.unwrap();
    let wants = Parameters { unsaved_takes_room: true, ..usual.clone() };
    world.desk.keep_parameters(&marta, &wants, &usual, &here()).await.unwrap();
    world.hands_out(rule(1)).await;
    let mut chats = Vec::new();
    for name in ["ana", "eva", "ivo"] {
        chats.push(world.starts(name, "returns").await);
    }
    world.does(INES, &chats[1], Act::Close).await.unwrap();
    let before = world.attended_by(&chats[2]).await;

    world.desk.keep_parameters(&marta, &usual, &wants, &here()).await.unwrap();

    assert_eq!((before, world.attended_by(&chats[2]).await), (vec![], vec![INES]));
}

#[tokio::test]
async fn what_somebody_has_to_save_takes_his_room_in_its_own_group_alone() {
    let mut world = World::open().await;
    world.sets_parameters(Parameters { unsaved_takes_room: true, ..Parameters::default() }).await;
    world.hands_out(rule(1)).await;
    let chat = world.starts("eva", "orders").await;
    world.does(TOMAS, &chat, Act::Attend).await.unwrap();
    world.does(TOMAS, &chat, Act::Close).await.unwrap();

    let first = world.starts("ana", "returns").await;
    world.does(TOMAS, &first, Act::Close).await.unwrap();
    let second = world.starts("ivo", "returns").await;

    assert_eq!(world.chat(&first).await.attended_by.map(|face| face.id), Some(world.agent(TOMAS).face.id.clone()));
    assert_eq!(world.attended_by(&second).await, [INES]);
}

#[tokio::test]
async fn whoever_goes_online_or_comes_gets_who_waits() {
    let mut world = World::empty().await;
    world.comes(LUCIA).await;
    world.comes(INES).await;
    world.hands_out(Distribution { limit: 1, ..rule(1) }).await;
    let first = world.starts("ana", "returns").await;
    let second = world.starts("eva", "returns").await;
    assert_eq!(world.attended_by(&first).await, [INES]);

    world.desk.set_online(&world.agent(TOMAS).face.id, false).await.unwrap();
    world.comes(TOMAS).await;
    assert_eq!(world.attended_by(&second).await, [""; 0], "he is not online");
    world.desk.set_online(&world.agent(TOMAS).face.id, true).await.unwrap();

    assert_eq!(world.attended_by(&second).await, [TOMAS]);
}

#[tokio::test]
async fn one_with_a_limit_of_his_own_gets_no_more_than_that_in_all_groups_together() {
    let mut world = World::open().await;
    let team = [TOMAS, INES].map(|email| Turn { email: email.into(), limit: (email == TOMAS).then_some(1) }).to_vec();
    world.settles("returns", Some(rule(5)), team.clone()).await.unwrap();
    world.settles("orders", Some(rule(5)), team).await.unwrap();

    let first = world.starts("ana", "orders").await;
    let second = world.starts("eva", "returns").await;

    assert_eq!((world.attended_by(&first).await, world.attended_by(&second).await), (vec![TOMAS], vec![INES]));
}

#[tokio::test]
async fn the_least_busy_gets_it_and_of_two_the_one_who_got_none_for_longest() {
    let mut world = World::open().await;
    world.hands_out(Distribution { order: Order::LeastBusy, ..rule(5) }).await;
    let mut got = Vec::new();
    for name in ["ana", "eva", "ivo", "leo"] {
        let chat = world.starts(name, "returns").await;
        got.extend(world.attended_by(&chat).await);
        world.wait(Span::secs(1)).await;
    }

    assert_eq!(got, [TOMAS, INES, TOMAS, INES]);
}

#[tokio::test]
async fn without_an_answer_in_time_the_next_one_has_it_and_then_the_queue() {
    let mut world = World::open().await;
    world.hands_out(rule(2)).await;
    let chat = world.starts("ana", "returns").await;

    world.wait(Span(Span::minutes(1).0 - 1)).await;
    assert_eq!(world.attended_by(&chat).await, [TOMAS]);
    world.wait(Span(1)).await;
    assert_eq!(world.attended_by(&chat).await, [INES]);
    world.wait(Span::minutes(1)).await;

    let left = world.chat(&chat).await;
    assert_eq!((left.stage, left.assigned), (Stage::Waiting, None), "nobody gets twice what he left unanswered");
    assert_eq!(left.attended_at, Some(left.queued_at), "set once (indicators.md)");
    world.does(TOMAS, &chat, Act::Attend).await.unwrap();
}

#[tokio::test]
async fn an_answer_keeps_it_across_a_restart_and_silence_does_not() {
    let mut world = World::open().await;
    world.hands_out(rule(2)).await;
    let answered = world.starts("ana", "returns").await;
    let silent = world.starts("eva", "returns").await;
    world.says(TOMAS, &answered, "Hola, Ana").await;

    world.restart(Span::secs(5)).await;
    for who in [TOMAS, INES, "ana", "eva"] {
        world.comes(who).await;
    }
    world.wait(Span::minutes(1)).await;

    assert_eq!((world.attended_by(&answered).await, world.attended_by(&silent).await), (vec![TOMAS], vec![INES]));
}

#[tokio::test]
async fn whoever_is_handed_one_and_vanishes_without_a_word_leaves_it_to_the_next() {
    let mut world = World::open().await;
    world.hands_out(Distribution { answer_within: 0, ..rule(2) }).await;
    let chat = world.starts("ana", "returns").await;

    world.leaves(TOMAS).await;
    world.wait(just_over(HOLD)).await;

    assert_eq!(world.attended_by(&chat).await, [INES]);
    assert_eq!(world.count("select count(*) from tickets").await, 0);
}

#[tokio::test]
async fn whoever_has_it_hears_that_it_is_his() {
    let mut world = World::open().await;
    world.hands_out(rule(2)).await;

    let chat = world.starts("ana", "returns").await;

    let told = world
        .hears_next(TOMAS, |down| match down {
            Down::Told(told) if matches!(told.event, Event::Assigned { .. }) => Some(told.clone()),
            _ => None,
        })
        .await;
    assert_eq!(told.chat, chat);
}

#[tokio::test]
async fn the_record_is_the_fold_of_its_events() {
    let mut world = World::open().await;
    world.hands_out(rule(1)).await;
    let chat = world.starts("ana", "returns").await;
    world.wait(Span::minutes(1)).await;
    world.wait(Span::minutes(1)).await;

    let folded = world.chat(&chat).await;
    let kept: String = sqlx::Row::try_get(
        &sqlx::Executor::fetch_one(
            &world.look().await,
            sqlx::AssertSqlSafe(format!("select state from chats where id = '{chat}'")),
        )
        .await
        .unwrap(),
        0,
    )
    .unwrap();

    assert_eq!(serde_json::from_str::<domain::Chat>(&kept).unwrap(), folded);
    assert_eq!(folded.passed.len(), 2);
}

#[tokio::test]
async fn what_cannot_be_meant_is_refused_by_its_place_and_nothing_is_set() {
    use desk::application::NotSet::{NoSuch, Wrong};
    let world = World::open().await;
    let turn = |email: &str, limit| Turn { email: email.into(), limit };

    let stranger = world.settles("returns", Some(rule(2)), vec![turn(INES, None), turn(LUCIA, None)]).await;
    assert!(matches!(stranger, Err(Wrong(wrong)) if wrong.path == "team[1].email"));
    let twice = world.settles("returns", None, vec![turn(INES, None), turn(INES, None)]).await;
    assert!(matches!(twice, Err(Wrong(wrong)) if wrong.path == "team[1].email"));
    let none = world.settles("returns", None, vec![turn(INES, Some(51))]).await;
    assert!(matches!(none, Err(Wrong(wrong)) if wrong.path == "team[0].limit"));
    let never = world.settles("returns", Some(rule(0)), Vec::new()).await;
    assert!(matches!(never, Err(Wrong(wrong)) if wrong.path == "distribution.limit"));
    assert!(matches!(world.settles("nowhere", None, Vec::new()).await, Err(NoSuch)));

    assert_eq!(desk::distribution::settings(&world.settings.database, "returns").await.unwrap().distribution, None);
}

#[tokio::test]
async fn by_its_name_no_retired_group_is_meant_and_of_two_in_use_none() {
    use desk::application::NotSet::Several;
    let world = World::open().await;
    let all = world.desk.groups(world.agent(MARTA)).await.unwrap().lines;
    let name = all.into_iter().find(|line| line.sheet.id == "returns").unwrap().sheet.name;
    let pool = world.look().await;
    let namesake = "insert into groups (id, name, retired) select 'another', name, 1 from groups where id = 'returns'";
    sqlx::Executor::execute(&pool, namesake).await.unwrap();
    let staff = Staff::open(&world.settings.database).await.unwrap();
    let attends = async |group: &str| {
        staff
            .set(LUCIA, &[(Right::Attend(group.into()), true)], world.desk.now())
            .await
            .map_err(|why| format!("{why:?}"))
    };

    world.settles(&name, Some(rule(2)), Vec::new()).await.unwrap();
    attends(&name).await.unwrap();
    for (group, distribution) in [("returns", Some(rule(2))), ("another", None)] {
        let kept = desk::distribution::settings(&world.settings.database, group).await.unwrap();
        assert_eq!(kept.distribution, distribution, "{group}");
    }
    let hers = "select count(*) from memberships m join agents a on a.id = m.agent_id where a.email = ";
    let hers = format!("{hers}'{LUCIA}' and m.group_id = 'returns'");
    assert_eq!(world.count(&hers).await, 1);

    sqlx::Executor::execute(&pool, "update groups set retired = 0 where id = 'another'").await.unwrap();
    let both = world.settles(&name, None, Vec::new()).await;
    assert!(matches!(both, Err(Several(all)) if all.iter().map(|(id, _)| id.as_str()).eq(["another", "returns"])));
    assert!(attends(&name).await.is_err());
    world.settles("another", Some(rule(1)), Vec::new()).await.unwrap();
    staff.close().await;
}

#[tokio::test]
async fn nobody_but_the_clock_hands_out() {
    let (world, chat) = World::with_waiting_customer().await;
    let act = || Act::Assign { agent: world.agent(INES).face.id.clone() };

    for who in ["ana", INES, MARTA] {
        assert!(matches!(world.does(who, &chat, act()).await, Err(Error::Refused(domain::Refusal::NotYours))));
    }
}

#[tokio::test]
async fn a_place_that_two_groups_share_goes_to_who_has_waited_longest() {
    let mut world = World::open().await;
    let one = |email: &str, limit| vec![Turn { email: email.into(), limit }];
    world.desk.set_online(&world.agent(TOMAS).face.id, false).await.unwrap();
    world.settles("returns", Some(rule(9)), one(INES, Some(1))).await.unwrap();
    world.settles("orders", Some(rule(9)), one(INES, None)).await.unwrap();
    let running = world.starts("ana", "orders").await;
    let mut waiting = Vec::new();
    for (name, group) in [("eva", "returns"), ("ivo", "orders"), ("leo", "orders")] {
        waiting.push(world.starts(name, group).await);
        world.wait(Span::secs(1)).await;
    }

    world.does(INES, &running, Act::Close).await.unwrap();

    assert_eq!(
        world.attended_by(&waiting[0]).await,
        [INES],
        "her limit in one group is hers in the other, and it stays"
    );
    assert_eq!(world.attended_by(&waiting[1]).await, [""; 0]);
}

#[tokio::test]
async fn whoever_sends_one_to_another_group_of_his_does_not_get_it_back() {
    let mut world = World::open().await;
    world.hands_out(rule(2)).await;
    let team = [INES, TOMAS].map(|email| Turn { email: email.into(), limit: None }).to_vec();
    world.settles("orders", Some(rule(2)), team).await.unwrap();
    world.desk.set_online(&world.agent(TOMAS).face.id, false).await.unwrap();
    let chat = world.starts("ana", "returns").await;
    assert_eq!(world.attended_by(&chat).await, [INES]);

    let away = Act::Redirect { to: domain::Target::Group("orders".into()) };
    world.does(INES, &chat, away).await.unwrap();

    assert_eq!(world.chat(&chat).await.stage, Stage::Waiting);
}

#[tokio::test]
async fn nobody_is_handed_one_who_has_closed_his_console() {
    let mut world = World::open().await;
    world.hands_out(rule(2)).await;

    world.leaves(TOMAS).await;
    let chat = world.starts("ana", "returns").await;

    assert_eq!(world.attended_by(&chat).await, [INES]);
}

#[tokio::test]
async fn whoever_waits_when_it_is_switched_on_is_handed_out_soon() {
    let mut world = World::open().await;
    world.desk.follow_settings().await.unwrap();
    let chat = world.starts("ana", "returns").await;
    world.hands_out(rule(2)).await;
    world.settle().await;
    assert_eq!(world.attended_by(&chat).await, [""; 0]);

    world.desk.follow_settings().await.unwrap();

    assert_eq!(world.attended_by(&chat).await, [TOMAS]);
}

#[tokio::test]
async fn a_setting_that_does_not_read_hands_nothing_out_and_stops_nobody() {
    let mut world = World::open().await;
    sqlx::Executor::execute(&world.look().await, "update groups set distribution = '{\"order\":\"later\"}'")
        .await
        .unwrap();

    let chat = world.starts("ana", "returns").await;

    assert_eq!(world.chat(&chat).await.stage, Stage::Waiting);
    world.does(INES, &chat, Act::Attend).await.unwrap();
    world.does(INES, &chat, Act::Close).await.unwrap();
}
