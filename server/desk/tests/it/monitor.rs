//! The monitor: who sees whom, what is told of it, and when it stops (R45, R86-R88, indicators.md e.3).

use crate::world::*;
use desk::people::{Right, Staff};
use domain::distribution::Distribution;
use domain::group::Settings;
use domain::group::change::Change as GroupChange;
use domain::monitor::{Filter, LOOK_EVERY, LastWord, News, Row, Table};
use domain::parameters::Parameters;
use domain::presence::HOLD;
use domain::ticket::Change;
use domain::wire::Down;
use domain::{Act, Status, Target, TicketAct};
use sqlx::{AssertSqlSafe, Executor};

/// Somebody's screen: what he was told so far.
struct Screen {
    who: &'static str,
    table: Table,
}

/// He opens it, and is told all of it.
async fn opens(world: &mut World, who: &'static str) -> Screen {
    world.monitors(who, true).unwrap();
    let table = loop {
        if let News::Whole(table) = hears(world, who).await {
            break table;
        }
    };
    Screen { who, table }
}

async fn hears(world: &mut World, who: &str) -> News {
    world.hears_next(who, read).await
}

fn read(down: &Down) -> Option<News> {
    match down {
        Down::Monitor { news } => Some(postcard::from_bytes(news).unwrap()),
        _ => None,
    }
}

impl Screen {
    /// Hears what is told until his screen shows this.
    async fn until(&mut self, world: &mut World, shows: impl Fn(&Screen) -> bool) {
        while !shows(self) {
            match hears(world, self.who).await {
                News::Whole(table) => self.table = table,
                News::Changed(changes) => self.table.hear(changes),
                News::Closed => panic!("it was closed"),
            }
        }
    }

    fn row(&self, name: &str) -> &Row {
        self.table.agents.iter().find(|row| row.face.name.starts_with(name)).unwrap()
    }

    fn names(&self) -> Vec<&str> {
        let rows = self.table.agents_in(&Filter::default(), None);
        rows.into_iter().filter_map(|row| row.face.name.split(' ').next()).collect()
    }

    fn talks(&self, name: &str) -> u32 {
        self.row(name).all_talks()
    }

    fn waiting(&self, group: &str) -> u32 {
        let queue = self.table.queues.iter().find(|queue| queue.group == group).unwrap();
        queue.waiting(&Filter::default())
    }
}

fn of_group(id: &str) -> Filter {
    Filter { group: Some(id.into()), application: None }
}

/// Tomás and Inés are in Ana's conversation in *returns*, Marta looks on and whispers; Tomás is in Bruno's in *orders*,
/// Lucía in Eva's in *choose*; Dora waits for *returns*.
async fn busy() -> (World, String) {
    let mut world = World::open().await;
    let ana = world.starts("ana", "returns").await;
    world.does(TOMAS, &ana, Act::Attend).await.unwrap();
    let ines = world.agent(INES).face.id.clone();
    world.does(TOMAS, &ana, Act::Invite { agent: ines }).await.unwrap();
    world.does(INES, &ana, Act::Join).await.unwrap();
    world.does(MARTA, &ana, Act::Watch).await.unwrap();
    world.does(MARTA, &ana, Act::Aside { whisper: true, text: "Ofrécele el cambio.".into() }).await.unwrap();
    let bruno = world.starts("bruno", "orders").await;
    world.does(TOMAS, &bruno, Act::Attend).await.unwrap();
    let eva = world.starts("eva", "choose").await;
    world.does(LUCIA, &eva, Act::Attend).await.unwrap();
    world.starts("dora", "returns").await;
    (world, ana)
}

#[tokio::test]
async fn an_administrator_sees_the_agents_and_the_conversations_of_his_groups_and_no_others() {
    let (mut world, ana) = busy().await;

    let ines = opens(&mut world, INES).await;
    let marta = opens(&mut world, MARTA).await;

    assert_eq!(ines.names(), ["Inés", "Marta", "Tomás"]);
    assert_eq!(marta.names(), ["Inés", "Lucía", "Marta", "Tomás"]);
    let groups = |screen: &Screen| screen.table.scope.groups.iter().map(|g| g.id.clone()).collect::<Vec<_>>();
    assert_eq!((groups(&ines), groups(&marta).len()), (vec!["returns".to_owned()], 3));
    let chats: Vec<&str> = ines.table.talks.iter().map(|talk| talk.chat.as_str()).collect();
    assert_eq!((chats, marta.table.talks.len()), (vec![ana.as_str()], 3));
    // With two in it, it counts for both; who looks on and whispers is in none.
    assert_eq!((ines.talks("Inés"), ines.talks("Tomás"), ines.talks("Marta")), (1, 2, 0));
    assert_eq!((marta.talks("Inés"), marta.talks("Tomás"), marta.talks("Marta"), marta.talks("Lucía")), (1, 2, 0, 1));
    assert_eq!((ines.row("Tomás").talks(&of_group("returns")), marta.row("Tomás").talks(&of_group("orders"))), (1, 1));
    assert_eq!(ines.row("Tomás").loads.len(), 1, "of another group there is a number and no more");
    assert_eq!((ines.table.queues.len(), ines.waiting("returns"), marta.waiting("orders")), (1, 1, 0));
    let rows = &ines.table.agents;
    assert!(rows.iter().all(|row| row.places.iter().all(|place| place.group == "returns")));
}

#[tokio::test]
async fn what_is_retired_is_left_out_as_soon_as_nobody_waits_or_speaks_there() {
    let (mut world, _ana) = busy().await;
    let signed = world.signed(MARTA).await;
    let mut marta = opens(&mut world, MARTA).await;
    let groups = |screen: &Screen| screen.table.scope.groups.iter().map(|g| g.id.clone()).collect::<Vec<_>>();
    let bruno = marta.table.talks.iter().find(|talk| talk.group.id == "orders").unwrap().chat.clone();

    let retire = GroupChange::Retire { group: "orders".into(), retired: true };
    world.desk.change_group(&signed, &retire, &here()).await.unwrap();
    // Bruno still speaks there, and somebody waits for the shop.
    let during = world.desk.monitored(world.agent(MARTA)).await.unwrap().unwrap();
    world.does(TOMAS, &bruno, Act::Close).await.unwrap();
    world.wait(LOOK_EVERY).await;
    marta.until(&mut world, |screen| groups(screen).len() == 2).await;
    for application in ["shop", "catalogue"] {
        world.desk.retire_application(&signed, application, true, &here()).await.unwrap();
    }
    let after = world.desk.monitored(world.agent(MARTA)).await.unwrap().unwrap();

    assert_eq!((during.scope.groups.len(), during.scope.applications.len()), (3, 2));
    assert!(marta.table.agents.iter().all(|row| row.places.iter().all(|place| place.group != "orders")));
    assert_eq!(marta.table.queues.len(), 2);
    assert_eq!(after.scope.applications.iter().map(|one| one.id.as_str()).collect::<Vec<_>>(), ["shop"]);
}

#[tokio::test]
async fn who_administers_nothing_is_told_so_and_customers_are_refused() {
    let (mut world, _) = busy().await;

    for who in [TOMAS, LUCIA] {
        world.monitors(who, true).unwrap();
        assert_eq!(hears(&mut world, who).await, News::Closed);
    }
    assert_eq!(refusal(world.monitors("ana", true)), domain::Refusal::NotYours);
}

#[tokio::test]
async fn counts_move_with_every_coming_and_going_and_only_rows_that_changed_are_told() {
    let (mut world, ana) = busy().await;
    let mut ines = opens(&mut world, INES).await;
    let tomas = world.agent(TOMAS).face.id.clone();

    // Transferred away, it is his no more.
    let choose = Target::Group("returns".into());
    world.does(INES, &ana, Act::Part).await.unwrap();
    ines.until(&mut world, |ines| ines.talks("Inés") == 0).await;
    assert_eq!(ines.talks("Tomás"), 2);
    world.does(TOMAS, &ana, Act::Redirect { to: choose }).await.unwrap();
    ines.until(&mut world, |ines| ines.talks("Tomás") == 1 && ines.waiting("returns") == 2).await;
    assert!(ines.table.talks.is_empty());

    world.does(INES, &ana, Act::Attend).await.unwrap();
    let changes = loop {
        match hears(&mut world, INES).await {
            News::Changed(changes) if !changes.talks.is_empty() => break changes,
            News::Changed(changes) => ines.table.hear(changes),
            other => panic!("{other:?}"),
        }
    };

    assert!(changes.agents.iter().all(|row| row.face.id != tomas), "his row is what it was");
    assert!(postcard::to_allocvec(&News::Changed(changes.clone())).unwrap().len() < 600);
    ines.table.hear(changes);
    ines.until(&mut world, |ines| ines.talks("Inés") == 1 && ines.waiting("returns") == 1).await;
}

#[tokio::test]
async fn what_is_said_elsewhere_or_while_it_is_closed_costs_nobody_a_frame() {
    let (mut world, ana) = busy().await;
    let mut ines = opens(&mut world, INES).await;
    opens(&mut world, MARTA).await;
    world.monitors(MARTA, false).unwrap();
    let fito = world.starts("fito", "choose").await;
    world.does(LUCIA, &fito, Act::Attend).await.unwrap();
    world.says(LUCIA, &fito, "Hola").await;

    world.says("ana", &ana, "¿Sigues ahí?").await;
    let first = hears(&mut world, INES).await;

    let News::Changed(changes) = first else { panic!("{first:?}") };
    assert_eq!(changes.talks.iter().map(|talk| &talk.chat).collect::<Vec<_>>(), [&ana]);
    assert!(changes.agents.is_empty() && changes.over.is_empty() && changes.queues.is_empty(), "{changes:?}");
    ines.table.hear(changes);
    assert_eq!(ines.table.talks[0].last, Some(LastWord { by_customer: true, at: world.desk.now() }));
    // Marta hears all that was told until now, and nothing of it is of the monitor.
    world.does(MARTA, &ana, Act::Aside { whisper: false, text: "nota".into() }).await.unwrap();
    world.follows(MARTA, &ana).await;
    world.says(TOMAS, &ana, "Aquí estoy.").await;
    ines.until(&mut world, |ines| ines.table.talks[0].last.as_ref().is_some_and(|last| !last.by_customer)).await;
    world
        .hears_next(MARTA, |down| {
            assert_eq!(read(down), None);
            matches!(down, Down::Told(told) if told.event.words() == Some("Aquí estoy.")).then_some(())
        })
        .await;
}

#[tokio::test]
async fn ended_and_unsaved_is_a_number_of_its_own_until_it_is_saved() {
    let (mut world, ana) = busy().await;
    let mut ines = opens(&mut world, INES).await;

    world.does(INES, &ana, Act::Close).await.unwrap();
    let to_save =
        |screen: &Screen| -> u32 { screen.table.agents.iter().map(|r| r.to_save(&of_group("returns"))).sum() };
    ines.until(&mut world, |ines| to_save(ines) == 1 && ines.talks("Inés") == 0).await;
    assert!(ines.table.talks.is_empty());

    let ticket = world.desk.ticket_of_chat(world.agent(INES), &ana).await.unwrap().unwrap();
    let owner = ticket.owner.clone().unwrap();
    let who = if owner.id == world.agent(INES).face.id { INES } else { TOMAS };
    let save = TicketAct::Save {
        changes: vec![Change::Subject("Lámpara".into()), Change::Status(Status::Resolved)],
        note: String::new(),
    };
    world.desk.save_ticket(world.agent(who), &ticket.id, &world.id(), &save).await.unwrap();
    ines.until(&mut world, |ines| to_save(ines) == 0).await;
}

#[tokio::test]
async fn what_is_ended_and_not_saved_fills_who_is_to_save_it_where_the_house_wants_it() {
    let mut world = World::open().await;
    let distribution = Some(Distribution { limit: 1, ..Distribution::default() });
    world.sets_group("choose", &Settings { distribution, ..Settings::default() }).await.unwrap();
    let chat = world.starts("eva", "choose").await;
    world.does(LUCIA, &chat, Act::Close).await.unwrap();
    let lucia = async |world: &World| {
        let table = world.desk.monitored(world.agent(MARTA)).await.unwrap().unwrap();
        let (screen, all) = (Screen { who: MARTA, table }, Filter::default());
        let row = screen.row("Lucía");
        (row.is_full(&all, &screen.table.scope), row.busy(&all), row.talks(&all))
    };

    let before = lucia(&world).await;
    world.sets_parameters(Parameters { unsaved_takes_room: true, ..Parameters::default() }).await;

    assert_eq!((before, lucia(&world).await), ((false, 0, 0), (true, 1, 0)));
}

/// It is looked at with everything else, every few seconds.
#[tokio::test]
async fn a_conversation_among_agents_counts_for_who_is_in_it_where_the_house_wants_it() {
    let mut world = World::open().await;
    let ticket = world.opens_ticket(INES, "returns", "Lámpara").await;
    let chat = world.id();
    let mut marta = opens(&mut world, MARTA).await;

    world.begins(INES, &ticket.id, &chat).await.unwrap();
    let counted = async |world: &World| {
        let table = world.desk.monitored(world.agent(MARTA)).await.unwrap().unwrap();
        let screen = Screen { who: MARTA, table };
        (screen.talks("Inés"), screen.row("Inés").talks(&of_group("returns")), screen.table.talks.len())
    };
    let before = counted(&world).await;
    world.sets_parameters(Parameters { count_inner: true, ..Parameters::default() }).await;
    let after = counted(&world).await;

    assert_eq!((before, after), ((0, 0, 0), (1, 0, 0)));
    world.wait(LOOK_EVERY).await;
    marta.until(&mut world, |marta| marta.talks("Inés") == 1).await;
    world.does(INES, &chat, Act::Close).await.unwrap();
    marta.until(&mut world, |marta| marta.talks("Inés") == 0).await;
}

#[tokio::test]
async fn whose_last_tab_closed_is_disconnected_within_thirty_seconds_and_comes_back_as_he_chose() {
    let (mut world, _) = busy().await;
    let mut marta = opens(&mut world, MARTA).await;

    world.leaves(LUCIA).await;
    world.wait(HOLD).await;
    marta.until(&mut world, |marta| marta.row("Lucía").is_available()).await;
    world.wait(LOOK_EVERY).await;
    marta.until(&mut world, |marta| !marta.row("Lucía").connected).await;
    assert!(!marta.row("Lucía").is_available() && marta.row("Lucía").online, "what he chose is kept");

    world.comes(LUCIA).await;
    marta.until(&mut world, |marta| marta.row("Lucía").is_available()).await;
    world.desk.set_online(&world.agent(LUCIA).face.id, false).await.unwrap();
    marta.until(&mut world, |marta| !marta.row("Lucía").is_available()).await;
    assert!(marta.row("Lucía").connected);
}

#[tokio::test]
async fn who_signs_out_is_disconnected_at_once() {
    let (mut world, _) = busy().await;
    let mut marta = opens(&mut world, MARTA).await;
    let token = world.signs_in(LUCIA).await;
    let signed = world.desk.session(&token).await.unwrap();
    world.desk.revoke_other_sessions(&signed, &here()).await.unwrap();

    world.desk.sign_out(&token, &here()).await.unwrap();
    world.leaves(LUCIA).await;

    // The clock stands still.
    marta.until(&mut world, |marta| !marta.row("Lucía").connected).await;
}

#[tokio::test]
async fn a_right_that_is_taken_away_stops_it_and_one_that_is_given_tells_it_whole() {
    let (mut world, ana) = busy().await;
    let mut ines = opens(&mut world, INES).await;
    let staff = Staff::open(&world.settings.database).await.unwrap();
    let set = async |group: &str, has| {
        let right = Right::Administer(group.into());
        staff.set(INES, &[(right, has)], world.clock.now()).await.unwrap();
    };

    set("orders", true).await;
    world.wait(LOOK_EVERY).await;
    ines.until(&mut world, |ines| ines.table.scope.groups.len() == 2).await;
    assert_eq!(ines.table.talks.len(), 2);

    let set = async |world: &World, group: &str| {
        let right = Right::Administer(group.into());
        staff.set(INES, &[(right, false)], world.clock.now()).await.unwrap();
    };
    set(&world, "orders").await;
    set(&world, "returns").await;
    world.wait(LOOK_EVERY).await;
    let last = loop {
        match hears(&mut world, INES).await {
            News::Changed(_) => {}
            other => break other,
        }
    };
    assert_eq!(last, News::Closed);
    // From now on nothing is told, whatever happens to what he saw.
    let mut marta = opens(&mut world, MARTA).await;
    world.says("ana", &ana, "¿Hola?").await;
    marta.until(&mut world, |m| m.table.talks.iter().any(|talk| talk.last.is_some())).await;
    world.says(TOMAS, &ana, "Hola, Ana.").await;
    world
        .hears_next(INES, |down| {
            assert_eq!(read(down), None);
            matches!(down, Down::Told(told) if told.event.words() == Some("Hola, Ana.")).then_some(())
        })
        .await;
}

#[tokio::test]
async fn opened_again_or_after_our_restart_it_is_told_whole() {
    let (mut world, _) = busy().await;
    let first = opens(&mut world, MARTA).await;

    let again = opens(&mut world, MARTA).await;
    world.restart(Default::default()).await;
    for who in [MARTA, INES, TOMAS, LUCIA, "ana", "bruno", "eva", "dora"] {
        world.comes(who).await;
    }
    let mut after = opens(&mut world, MARTA).await;

    assert_eq!(first.table, again.table);
    after.until(&mut world, |after| after.table.agents.iter().all(|row| row.connected)).await;
    assert_eq!(after.table.agents, first.table.agents);
    assert_eq!(after.table.queues, first.table.queues);
    assert_eq!(after.table.talks.len(), first.table.talks.len());
}

#[tokio::test]
async fn at_the_limit_and_alone_are_said_where_they_are_so() {
    let (mut world, _) = busy().await;
    let distribution = Some(Distribution { limit: 1, ..Distribution::default() });
    let settings = Settings { distribution, ..Settings::default() };
    world.sets_group("choose", &settings).await.unwrap();

    let mut marta = opens(&mut world, MARTA).await;

    let (none, scope) = (Filter::default(), marta.table.scope.clone());
    assert!(marta.row("Lucía").is_full(&none, &scope));
    assert!(!marta.row("Tomás").is_full(&none, &scope));
    let alone: Vec<_> = marta.row("Lucía").alone_in(&none, &scope).map(|place| place.group.clone()).collect();
    assert_eq!(alone, ["choose"]);
    assert_eq!(marta.row("Tomás").alone_in(&none, &scope).count(), 0);
    world.desk.set_online(&world.agent(INES).face.id, false).await.unwrap();
    marta.until(&mut world, |marta| marta.row("Tomás").alone_in(&none, &scope).count() == 2).await;
}

#[tokio::test]
async fn a_conversation_that_does_not_read_is_left_out_and_all_others_are_told() {
    let (mut world, ana) = busy().await;
    let broken = format!("update chats set state = '{{}}' where id = '{ana}'");
    world.look().await.execute(AssertSqlSafe(broken)).await.unwrap();

    let mut marta = opens(&mut world, MARTA).await;

    let groups: Vec<&str> = marta.table.talks.iter().map(|talk| talk.group.id.as_str()).collect();
    assert_eq!((groups.len(), groups.contains(&"returns"), marta.waiting("returns")), (2, false, 1));
    // And it goes on.
    world.starts("fito", "returns").await;
    marta.until(&mut world, |marta| marta.waiting("returns") == 2).await;
}

#[tokio::test]
async fn a_right_that_comes_back_or_comes_first_opens_it_and_until_then_it_is_said_once_that_there_is_none() {
    let (mut world, _) = busy().await;
    let staff = Staff::open(&world.settings.database).await.unwrap();
    let mut ines = opens(&mut world, INES).await;
    let right = |has| [(Right::Administer("returns".into()), has)];
    staff.set(INES, &right(false), world.clock.now()).await.unwrap();
    world.monitors(TOMAS, true).unwrap();
    for who in [INES, TOMAS] {
        world.wait(LOOK_EVERY).await;
        let told = loop {
            match hears(&mut world, who).await {
                News::Changed(_) => {}
                other => break other,
            }
        };
        assert_eq!(told, News::Closed, "{who}");
    }
    // All who have it open are told in the same round.
    for _ in 0..2 {
        opens(&mut world, MARTA).await;
    }

    for who in [INES, TOMAS] {
        staff.set(who, &right(true), world.clock.now()).await.unwrap();
    }
    world.wait(LOOK_EVERY).await;

    let mut tomas = Screen { who: TOMAS, table: Table::default() };
    for screen in [&mut ines, &mut tomas] {
        let News::Whole(table) = hears(&mut world, screen.who).await else { panic!("{}", screen.who) };
        screen.table = table;
        assert_eq!((screen.names(), screen.waiting("returns")), (vec!["Inés", "Marta", "Tomás"], 1));
    }
    world.starts("fito", "returns").await;
    for screen in [&mut ines, &mut tomas] {
        screen.until(&mut world, |screen| screen.waiting("returns") == 2).await;
    }
    staff.close().await;
}

#[tokio::test]
async fn a_ticket_that_was_opened_by_hand_is_no_conversation_that_waits_to_be_saved() {
    let (mut world, _) = busy().await;
    let ticket = world.opens_ticket(TOMAS, "returns", "Lámpara rota").await;
    let unsaved = format!("update tickets set saved_at = null where id = '{}' and owner_id is not null", ticket.id);
    let result = world.look().await.execute(AssertSqlSafe(unsaved)).await.unwrap();
    assert_eq!(result.rows_affected(), 1);

    let ines = opens(&mut world, INES).await;

    assert!(ines.table.agents.iter().all(|row| row.to_save(&Filter::default()) == 0));
}
