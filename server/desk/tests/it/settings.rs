//! Groups and who works here, as administrators set them: nothing is undone unseen, on either database.

use crate::world::*;
use desk::Error;
use desk::application::NotSet;
use desk::people::Staff;
use domain::agent::{Change as AgentChange, Kept, RESET_LIFE};
use domain::application::{Kind, Settings};
use domain::distribution::{Distribution, Order};
use domain::group::Settings as GroupSettings;
use domain::group::change::{Change, Groups, Line, Member, Sheet};
use domain::house::OwnField;
use domain::house::change::{Change as HouseChange, List, Piece};
use domain::parameters::Parameters;
use domain::{Act, Refusal, Span, Target};
use sqlx::{AssertSqlSafe, Executor};

impl World {
    async fn settles_group(&self, who: &str, change: Change) -> Result<Groups, Error> {
        self.desk.change_group(&self.signed(who).await, &change, &here()).await
    }

    async fn group_line(&self, group: &str) -> Line {
        let all = self.desk.groups(self.agent(MARTA)).await.unwrap();
        all.lines.into_iter().find(|line| line.sheet.id == group).unwrap()
    }

    async fn group_sheet(&self, group: &str) -> Sheet {
        self.group_line(group).await.sheet
    }

    async fn settles_agent(&self, who: &str, agent: &str, change: AgentChange) -> Result<Kept, Error> {
        self.desk.change_agent(&self.signed(who).await, agent, &change, &here()).await
    }

    fn face_id(&self, who: &str) -> String {
        self.agent(who).face.id.clone()
    }
}

fn keep(sheet: &Sheet, change: impl FnOnce(&mut Sheet)) -> Change {
    let mut then = sheet.clone();
    change(&mut then);
    Change::Keep { sheet: then, read: Some(sheet.clone()) }
}

#[tokio::test]
async fn what_is_set_in_the_console_is_what_the_command_line_shows() {
    let world = World::open().await;
    let read = world.group_sheet("returns").await;
    let rule = Distribution { order: Order::LeastBusy, limit: 2, answer_within: 90 };
    let [tomas, ines] = [TOMAS, INES].map(|who| world.face_id(who));
    let change = keep(&read, |sheet| {
        sheet.distribution = Some(rule.clone());
        sheet.alarm_after = 300;
        let member = |agent: &String, administrator, limit| Member {
            agent: agent.clone(),
            attendant: true,
            administrator,
            limit,
        };
        sheet.members = vec![member(&tomas, false, Some(4)), member(&ines, true, None)];
    });
    world.settles_group(MARTA, change).await.unwrap();

    let shown = desk::distribution::settings(&world.settings.database, "returns").await.unwrap();
    assert_eq!((shown.distribution, shown.alarm_after), (Some(rule), 300));
    assert_eq!(
        shown.team.iter().map(|turn| (turn.email.as_str(), turn.limit)).collect::<Vec<_>>(),
        [(TOMAS, Some(4)), (INES, None)]
    );
    let log = "select count(*) from audit where kind = 'settings-changed' and about = 'group returns'";
    assert_eq!(world.count(log).await, 1);
}

#[tokio::test]
async fn of_two_who_change_a_group_at_once_the_second_is_told_who_was_first() {
    let world = World::open().await;
    let read = world.group_sheet("returns").await;
    let alarm = keep(&read, |sheet| sheet.alarm_after = 60);
    let name = keep(&read, |sheet| sheet.name = "Cambios".into());

    let (first, second) = tokio::join!(world.settles_group(INES, alarm), world.settles_group(MARTA, name));

    let (told, by) = if first.is_ok() { (second, INES) } else { (first, MARTA) };
    assert_eq!(refusal(told), Refusal::Overtaken { by: world.agent(by).face.name.clone() });
    let now = world.group_sheet("returns").await;
    assert_eq!((now.alarm_after == 60, now.name == "Cambios"), (by == INES, by == MARTA));
}

#[tokio::test]
async fn who_comes_too_late_is_told_who_changed_it_last_and_no_other() {
    let world = World::open().await;
    let by = |name: &str| Refusal::Overtaken { by: name.into() };
    let ines = world.agent(INES).face.name.clone();
    let read = world.group_sheet("returns").await;
    let late = || keep(&read, |sheet| sheet.name = "Cambios".into());
    world.settles_group(INES, keep(&read, |sheet| sheet.alarm_after = 60)).await.unwrap();

    // Nothing that she has read is otherwise by that.
    for retired in [true, false] {
        world.settles_group(MARTA, Change::Retire { group: "returns".into(), retired }).await.unwrap();
    }
    assert_eq!(refusal(world.settles_group(MARTA, late()).await), by(&ines));
    let later = GroupSettings { alarm_after: 90, ..GroupSettings::default() };
    world.sets_group("returns", &later).await.unwrap();
    assert_eq!(refusal(world.settles_group(MARTA, late()).await), by(""), "an operator has no name");
}

#[tokio::test]
async fn who_only_moved_or_retired_a_field_is_not_who_was_faster() {
    let world = World::open().await;
    world.settles_agent(MARTA, &world.face_id(INES), AgentChange::System(true)).await.unwrap();
    let settles = async |who: &str, change: HouseChange| {
        world.desk.change_house(&world.signed(who).await, &change, &here()).await
    };
    let all = world.desk.house(world.agent(MARTA)).await.unwrap();
    let read = all.into_iter().map(|one| one.piece).find(|piece| piece.id() == "service").unwrap();
    let Piece::Field(field) = read.clone() else { panic!("it is a field") };
    let named = |label: &str| {
        let piece = Piece::Field(OwnField { label: label.into(), ..field.clone() });
        HouseChange::Keep { piece, read: Some(read.clone()) }
    };

    settles(INES, named("Qué servicio")).await.unwrap();
    let (list, id) = (List::Fields, "service".to_owned());
    settles(MARTA, HouseChange::Move { list, id: id.clone(), before: None }).await.unwrap();
    settles(MARTA, HouseChange::Retire { list, id, retired: true }).await.unwrap();

    let by = world.agent(INES).face.name.clone();
    assert_eq!(refusal(settles(MARTA, named("Cuál")).await), Refusal::Overtaken { by });
    for said in ["field service", "field service moved", "field service retired"] {
        assert_eq!(world.count(&format!("select count(*) from audit where about = '{said}'")).await, 1, "{said}");
    }
}

#[tokio::test]
async fn an_operator_undoes_nothing_that_was_saved_after_he_had_read() {
    let world = World::open().await;
    let database = &world.settings.database;
    let is_late = |set: Result<(), NotSet>, who: &str| match set {
        Err(NotSet::Overtaken(by)) => assert_eq!(by, world.agent(who).face.name),
        other => panic!("{other:?}"),
    };

    let read = desk::parameters::parameters(database).await.unwrap();
    let named = Parameters { organisation: "Casa Nogal".into(), ..read.clone() };
    world.desk.keep_parameters(&world.signed(MARTA).await, &named, &read, &here()).await.unwrap();
    let alone = Parameters { invite_owner: false, ..read.clone() };
    is_late(desk::parameters::set(database, &read, &alone).await, MARTA);
    assert_eq!(desk::parameters::parameters(database).await.unwrap(), named);

    let read = desk::distribution::settings(database, "returns").await.unwrap();
    let sheet = world.group_sheet("returns").await;
    world.settles_group(INES, keep(&sheet, |sheet| sheet.alarm_after = 60)).await.unwrap();
    let rule = Distribution { order: Order::LeastBusy, limit: 2, answer_within: 90 };
    let handed = GroupSettings { distribution: Some(rule), ..read.clone() };
    is_late(desk::distribution::set(database, "returns", &read, &handed).await, INES);
    let now = desk::distribution::settings(database, "returns").await.unwrap();
    assert_eq!(now, GroupSettings { alarm_after: 60, ..read });
}

#[tokio::test]
async fn nothing_goes_into_a_retired_group_and_what_is_in_it_goes_on() {
    let mut world = World::open().await;
    let waiting = world.starts("ana", "returns").await;
    let elsewhere = world.starts("bruno", "orders").await;
    world.does(INES, &elsewhere, Act::Attend).await.unwrap();
    let retire = |retired| Change::Retire { group: "returns".into(), retired };

    assert_eq!(refusal(world.settles_group(INES, retire(true)).await), Refusal::OnlyAdministrators);
    let only = Change::Retire { group: "choose".into(), retired: true };
    assert_eq!(refusal(world.settles_group(MARTA, only).await), Refusal::FieldWrong { field: "applications".into() });
    world.settles_group(MARTA, retire(true)).await.unwrap();

    let to = Act::Redirect { to: Target::Group("returns".into()) };
    assert_eq!(refusal(world.does(INES, &elsewhere, to).await), Refusal::NoSuchTarget);
    let open = world.form("carmen", "returns");
    assert_eq!(refusal(world.desk.open_chat(&world.token("carmen"), &open).await), Refusal::NotYours);
    assert!(world.desk.choices().await.unwrap().groups.iter().all(|group| group.id != "returns"));
    world.does(TOMAS, &waiting, Act::Attend).await.unwrap();
    world.settles_group(MARTA, retire(false)).await.unwrap();
    assert!(!world.group_line("returns").await.retired);
    world.starts("carmen", "returns").await;
}

#[tokio::test]
async fn two_who_take_the_system_from_each_other_at_once_leave_one() {
    let world = World::open().await;
    let [marta, ines] = [MARTA, INES].map(|who| world.face_id(who));
    world.settles_agent(MARTA, &ines, AgentChange::System(true)).await.unwrap();

    let (first, second) = (world.signed(MARTA).await, world.signed(INES).await);
    let from = here();
    let (one, other) = tokio::join!(
        world.desk.change_agent(&first, &ines, &AgentChange::Disabled(true), &from),
        world.desk.change_agent(&second, &marta, &AgentChange::System(false), &from),
    );

    assert!(one.is_ok() != other.is_ok());
    assert_eq!(world.count("select count(*) from agents where system = 1 and disabled = 0").await, 1);
}

#[tokio::test]
async fn an_address_is_changed_by_who_read_it_and_a_link_is_good_once() {
    let world = World::open().await;
    let ines = world.face_id(INES);
    let to = |email: &str, read: &str| AgentChange::Address { email: email.into(), read: read.into() };

    world.settles_agent(MARTA, &ines, to("ines.robledo@casanogal.example", INES)).await.unwrap();
    let by = world.agent(MARTA).face.name.clone();
    let older = world.settles_agent(MARTA, &ines, to("otra@casanogal.example", INES)).await;
    assert_eq!(refusal(older), Refusal::Overtaken { by });
    assert_eq!(refusal(world.settles_agent(TOMAS, &ines, AgentChange::Link).await), Refusal::OnlyAdministrators);

    let link = world.settles_agent(MARTA, &ines, AgentChange::Link).await.unwrap().link.unwrap();
    let before = world.desk.sign_in("ines.robledo@casanogal.example", PASSWORD, &here()).await;
    assert!(before.is_ok(), "her password is good until she has chosen another");
    assert_eq!(refusal(world.desk.join(&link, "password", &here()).await), Refusal::WeakPassword);
    let from = here();
    let (one, other) = tokio::join!(
        world.desk.join(&link, "la primera que llega", &from),
        world.desk.join(&link, "la segunda que llega", &from),
    );
    assert!(one.is_ok() != other.is_ok());
    let told = if one.is_ok() { other } else { one };
    assert_eq!(refusal(told), Refusal::LinkUsed);
    let again = world.desk.sign_in("ines.robledo@casanogal.example", PASSWORD, &here()).await;
    assert_eq!(refusal(again), Refusal::WrongPassword);
}

#[tokio::test]
async fn a_link_for_who_has_a_password_is_good_for_an_hour_and_no_longer_than_what_it_would_replace() {
    let world = World::open().await;
    let ines = world.face_id(INES);
    let link = async || world.settles_agent(MARTA, &ines, AgentChange::Link).await.unwrap().link.unwrap();
    let is_good = async |link: &str| match world.desk.invited(link).await {
        Ok(_) => true,
        Err(Error::Refused(Refusal::LinkUsed)) => false,
        Err(other) => panic!("{other:?}"),
    };

    let one = link().await;
    world.clock.advance(RESET_LIFE);
    assert!(is_good(&one).await);
    world.clock.advance(Span(1));
    assert!(!is_good(&one).await);
    assert_eq!(refusal(world.desk.join(&one, "una clave bien larga", &here()).await), Refusal::LinkUsed);
    let fresh = "otra clave bien larga";
    let one = link().await;
    world.desk.change_password(&world.signed(INES).await, PASSWORD, fresh, &here()).await.unwrap();
    assert!(!is_good(&one).await, "she has chosen another herself");
    let one = link().await;
    let staff = Staff::open(&world.settings.database).await.unwrap();
    staff.set_password(INES, PASSWORD, world.desk.now()).await.unwrap();
    assert!(!is_good(&one).await, "an operator has set another");
    let one = link().await;
    let device = format!("update agents set factor = 'x' where id = '{ines}'");
    world.look().await.execute(AssertSqlSafe(device.clone())).await.unwrap();
    world.settles_agent(MARTA, &ines, AgentChange::ResetFactor).await.unwrap();
    assert!(!is_good(&one).await, "her factor was taken off");
    let one = link().await;
    world.look().await.execute(AssertSqlSafe(device)).await.unwrap();
    staff.reset_factor(INES, world.desk.now()).await.unwrap();
    staff.close().await;
    assert!(!is_good(&one).await, "an operator has taken it off");
    let one = link().await;
    let moved = AgentChange::Address { email: "ines.robledo@casanogal.example".into(), read: INES.into() };
    world.settles_agent(MARTA, &ines, moved).await.unwrap();
    assert!(!is_good(&one).await, "it may lie in a mailbox that is hers no more");
}

#[tokio::test]
async fn the_order_of_a_team_is_kept_whatever_its_places_were() {
    let world = World::open().await;
    let team = async || {
        let sheet = world.group_sheet("returns").await;
        sheet.members.into_iter().map(|member| member.agent).collect::<Vec<_>>()
    };
    assert_eq!(world.count("select count(*) from memberships where group_id = 'returns' and place = 0").await, 3);
    let before = team().await;

    let read = world.group_sheet("returns").await;
    world.settles_group(INES, keep(&read, |sheet| sheet.members.swap(0, 1))).await.unwrap();

    assert_eq!(team().await, [before[1].clone(), before[0].clone(), before[2].clone()]);
}

#[tokio::test]
async fn who_joins_a_group_keeps_his_limit_and_it_is_changed_by_who_administers_all_his_groups() {
    let world = World::open().await;
    let [tomas, lucia] = [TOMAS, LUCIA].map(|who| world.face_id(who));
    let set = format!("update agents set chat_limit = 3 where id in ('{tomas}', '{lucia}')");
    world.look().await.execute(AssertSqlSafe(set)).await.unwrap();
    let limits = async || world.count("select count(*) from agents where chat_limit = 3").await;
    let read = world.group_sheet("returns").await;
    assert!(world.desk.groups(world.agent(INES)).await.unwrap().limits.contains(&(lucia.clone(), 3)));

    let member = Member { agent: lucia.clone(), attendant: true, administrator: false, limit: None };
    world.settles_group(INES, keep(&read, |sheet| sheet.members.push(member))).await.unwrap();
    assert_eq!(limits().await, 2);

    // Inés administers returns, and Tomás attends orders, too.
    let read = world.group_sheet("returns").await;
    let free = keep(&read, |sheet| {
        sheet.members.iter_mut().filter(|member| member.agent == tomas).for_each(|member| member.limit = None);
    });
    let refused = world.settles_group(INES, free.clone()).await;
    assert_eq!(refusal(refused), Refusal::FieldWrong { field: "members.limit".into() });
    assert_eq!(limits().await, 2);
    world.settles_group(MARTA, free).await.unwrap();
    assert_eq!(limits().await, 1);
}

#[tokio::test]
async fn what_a_retired_group_was_a_subject_of_is_read_anew_before_it_is_saved() {
    let world = World::open().await;
    let marta = world.signed(MARTA).await;
    let retire = |retired| Change::Retire { group: "returns".into(), retired };
    world.settles_group(MARTA, retire(true)).await.unwrap();
    let read = world.desk.application_settings(&marta.agent, "shop").await.unwrap();
    world.settles_group(MARTA, retire(false)).await.unwrap();

    let settings = Settings { title: "Sin devoluciones".into(), ..read.settings };
    let save = world.desk.save_application(&marta, "shop", read.revision, settings, &here()).await;

    assert_eq!(refusal(save), Refusal::Overtaken { by: marta.agent.face.name.clone() });
    let now = world.desk.application_settings(&marta.agent, "shop").await.unwrap();
    assert!(now.settings.groups.contains(&"returns".to_owned()));
}

#[tokio::test]
async fn a_group_is_the_last_subject_only_where_customers_chat() {
    let world = World::open().await;
    let marta = world.signed(MARTA).await;
    let retire = |retired| Change::Retire { group: "choose".into(), retired };
    assert_eq!(
        refusal(world.settles_group(MARTA, retire(true)).await),
        Refusal::FieldWrong { field: "applications".into() }
    );

    let read = world.desk.application_settings(&marta.agent, "catalogue").await.unwrap();
    let mut settings = read.settings.clone();
    settings.setup.kind = Kind::Knowledge;
    let kept = world.desk.save_application(&marta, "catalogue", read.revision, settings, &here()).await.unwrap();
    world.settles_group(MARTA, retire(true)).await.unwrap();
    world.settles_group(MARTA, retire(false)).await.unwrap();
    let revision = world.desk.application_settings(&marta.agent, "catalogue").await.unwrap().revision;
    let again = world.desk.save_application(&marta, "catalogue", revision, read.settings, &here()).await.unwrap();
    assert!(again.revision > kept.revision);
    world.desk.retire_application(&marta, "catalogue", true, &here()).await.unwrap();
    world.settles_group(MARTA, retire(true)).await.unwrap();
    let back = world.desk.retire_application(&marta, "catalogue", false, &here()).await;
    assert_eq!(refusal(back), Refusal::FieldWrong { field: "groups".into() });
}

#[tokio::test]
async fn rights_that_were_taken_while_a_change_waited_change_nothing_any_more() {
    let world = World::open().await;
    let ines = world.face_id(INES);
    let read = world.group_sheet("returns").await;
    let application = world.desk.application_settings(world.agent(MARTA), "shop").await.unwrap();
    world.settles_agent(MARTA, &ines, AgentChange::System(true)).await.unwrap();
    // His request was read when he still had them.
    let waits = world.signed(INES).await;
    world.settles_agent(MARTA, &ines, AgentChange::System(false)).await.unwrap();
    let out = keep(&read, |sheet| sheet.members.retain(|member| member.agent != ines));
    world.settles_group(MARTA, out).await.unwrap();

    let from = here();
    let agent = world.desk.change_agent(&waits, &world.face_id(TOMAS), &AgentChange::Sequence(false), &from).await;
    assert_eq!(refusal(agent), Refusal::OnlyAdministrators);
    let now = world.group_sheet("returns").await;
    let group = world.desk.change_group(&waits, &keep(&now, |sheet| sheet.alarm_after = 60), &from).await;
    assert_eq!(refusal(group), Refusal::NotYours);
    let order = HouseChange::Move { list: List::Fields, id: "service".into(), before: None };
    assert_eq!(refusal(world.desk.change_house(&waits, &order, &from).await), Refusal::OnlyAdministrators);
    let parameters = world.desk.parameters(world.agent(MARTA)).await.unwrap();
    let keeps = world.desk.keep_parameters(&waits, &parameters, &parameters, &from).await;
    assert_eq!(refusal(keeps), Refusal::OnlyAdministrators);
    let save = world.desk.save_application(&waits, "shop", application.revision, application.settings, &from).await;
    assert_eq!(refusal(save), Refusal::NotYours);
    let retire = world.desk.retire_application(&waits, "shop", true, &from).await;
    assert_eq!(refusal(retire), Refusal::NotYours);
    // Who is out altogether is signed out.
    world.settles_agent(MARTA, &ines, AgentChange::Disabled(true)).await.unwrap();
    let group = world.desk.change_group(&waits, &keep(&now, |sheet| sheet.alarm_after = 60), &from).await;
    assert_eq!(refusal(group), Refusal::SignedOut);
}

#[tokio::test]
async fn the_log_says_which_right_in_which_group_was_given_and_taken() {
    let world = World::open().await;
    let [ines, tomas, lucia] = [INES, TOMAS, LUCIA].map(|who| world.face_id(who));
    let read = world.group_sheet("returns").await;
    let change = keep(&read, |sheet| {
        sheet.members.retain(|member| member.agent != tomas);
        sheet.members.iter_mut().filter(|one| one.agent == ines).for_each(|one| one.attendant = false);
        let member = Member { agent: lucia.clone(), attendant: true, administrator: true, limit: None };
        sheet.members.push(member);
    });
    world.settles_group(MARTA, change).await.unwrap();

    let noted = async |kind: &str, about: &str| {
        let sql = format!(
            "select count(*) from audit where kind = '{kind}' and about = '{about}' and group_id = 'returns' \
             and address = '203.0.113.0'"
        );
        world.count(&sql).await
    };
    for (kind, about) in [
        ("attending-taken", &tomas),
        ("attending-taken", &ines),
        ("attending-given", &lucia),
        ("administering-given", &lucia),
    ] {
        assert_eq!(noted(kind, about).await, 1, "{kind}");
    }
    assert_eq!(world.count("select count(*) from audit where group_id = 'returns'").await, 4);
}
