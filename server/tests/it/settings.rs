//! What administrators set, over HTTP.

use crate::client::{Answer, Socket, get, post};
use crate::world::*;
use domain::agent::{Change as AgentChange, Kept, LINK_LIFE, Line, RESET_LIFE};
use domain::application::ApplicationView;
use domain::audit::Filter;
use domain::group::change::{Change as GroupChange, Groups, Member, Sheet};
use domain::house::change::Entry;
use domain::parameters::{Addresses, Parameters};
use domain::wire::{Bye, Choices, Down, Lists, Me, Open, Page, Up};
use domain::{Act, Refusal, Span, Ticket};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

impl World {
    async fn choices(&self, session: &str) -> Choices {
        self.ask(self.function("ticket/choices", session, &json!({}))).await.ok()
    }
}

fn status(name: &str) -> Value {
    let status = json!({ "id": "waits-for-the-bank-0001", "name": name, "base": "Stopped", "asks": true, "reasons": ["Del banco"] });
    json!({ "Status": status })
}

#[tokio::test]
async fn a_status_that_is_refused_says_where_and_one_that_is_kept_is_offered_to_agents() {
    let world = World::new().await;
    let (marta, ines) = (world.sign_in(MARTA).await, world.sign_in(INES).await);
    let keep = |piece: Value, read: Value| {
        let change = json!({ "change": { "Keep": { "piece": piece, "read": read } } });
        world.function("house/change", &marta, &change)
    };

    world.ask(keep(status(" "), Value::Null)).await.refused(422, Refusal::FieldMissing { field: "name".into() });
    world
        .ask(keep(status("EN el taller"), Value::Null))
        .await
        .refused(422, Refusal::FieldWrong { field: "name".into() });
    let long = Refusal::FieldTooLong { field: "name".into(), limit: 60 };
    world.ask(keep(status(&"ñ".repeat(61)), Value::Null)).await.refused(422, long);
    assert_eq!(world.choices(&ines).await.house.statuses.len(), 3);
    let all: Vec<Entry> = world.ask(keep(status("Espera el pago"), Value::Null)).await.ok();

    assert_eq!(all.len(), 9);
    assert_eq!(world.choices(&ines).await.house.statuses.len(), 4);
    // What was read is not what there is.
    let by = "Marta Ortiz".to_owned();
    let older = keep(status("Espera al banco"), status("Espera la luna"));
    world.ask(older).await.refused(409, Refusal::Overtaken { by });
}

impl World {
    async fn groups(&self, session: &str) -> Groups {
        self.ask(self.function("group/list", session, &json!({}))).await.ok()
    }

    /// A group as somebody reads it.
    async fn sheet(&self, session: &str, group: &str) -> Sheet {
        self.groups(session).await.lines.into_iter().find(|line| line.sheet.id == group).unwrap().sheet
    }

    async fn keeps_group(&self, session: &str, sheet: Sheet, read: Option<Sheet>) -> Answer {
        let change = GroupChange::Keep { sheet, read };
        self.ask(self.function("group/change", session, &json!({ "change": change }))).await
    }

    async fn changes_agent(&self, session: &str, agent: &str, change: AgentChange) -> Answer {
        self.ask(self.function("agent/change", session, &json!({ "agent": agent, "change": change }))).await
    }

    async fn id_of(&self, session: &str, email: &str) -> String {
        let all: Vec<Line> = self.ask(self.function("agent/list", session, &json!({}))).await.ok();
        all.into_iter().find(|line| line.email == email).unwrap().face.id
    }

    /// A customer begins in this group; his chat.
    async fn begins_in(&self, group: &str) -> String {
        let chat = new_id();
        let open = Open { group: group.into(), ..opening(&chat) };
        self.ask(post("/w/v1/chats").bearer(&new_token()).postcard(&open)).await.ok::<Page>();
        chat
    }
}

/// Does he hear of this chat before the answer to a ping?
async fn hears_of(socket: &mut Socket, chat: &str) -> bool {
    socket.say(&Up::Ping(77)).await;
    let mut heard = false;
    loop {
        match socket.hear().await.unwrap() {
            Down::Card(card) => heard |= card.chat == chat,
            Down::Pong(77) => return heard,
            _ => {}
        }
    }
}

async fn until_rights(socket: &mut Socket) {
    while socket.hear().await.unwrap() != Down::Rights {}
}

#[tokio::test]
async fn who_is_given_a_group_hears_its_queue_at_once_and_who_is_taken_out_of_it_no_more() {
    let world = World::new().await;
    let (ines, _inside) = world.agent(INES).await;
    let (lucia, mut given) = world.agent(LUCIA).await;
    let (tomas, mut taken) = world.agent(TOMAS).await;
    let marta = world.sign_in(MARTA).await;
    let (lucia_id, tomas_id) = (world.id_of(&marta, LUCIA).await, world.id_of(&marta, TOMAS).await);
    let chat = world.begins_in("returns").await;
    assert!(hears_of(&mut taken, &chat).await && !hears_of(&mut given, &chat).await);

    // Inés administers it: nobody else is needed.
    let read = world.sheet(&ines, "returns").await;
    let mut sheet = read.clone();
    sheet.members.retain(|member| member.agent != tomas_id);
    sheet.members.push(Member { agent: lucia_id, attendant: true, administrator: false, limit: None });
    let begun = Instant::now();
    world.keeps_group(&ines, sheet, Some(read)).await.ok::<Groups>();
    until_rights(&mut given).await;
    until_rights(&mut taken).await;

    // Not at the next look, which is five seconds away.
    assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
    let next = world.begins_in("returns").await;
    assert!(hears_of(&mut given, &next).await && !hears_of(&mut taken, &next).await);
    let lists =
        async |session: &str| world.ask(world.function("console/lists", session, &json!({}))).await.ok::<Lists>();
    assert_eq!((lists(&lucia).await.cards.len(), lists(&tomas).await.cards.len()), (2, 0));
    let attend = json!({ "chat": next, "wish": wish(Act::Attend) });
    world.ask(world.function("chat/act", &tomas, &attend)).await.refused(404, Refusal::NotYours);
    world.ask(world.function("chat/act", &lucia, &attend)).await.ok::<Page>();
}

#[tokio::test]
async fn a_new_group_is_a_subject_of_its_applications_and_heard_by_who_administers_everything() {
    let world = World::new().await;
    let (marta, mut socket) = world.agent(MARTA).await;
    let (_ines, _inside) = world.agent(INES).await;
    let (ines, group) = (world.id_of(&marta, INES).await, new_id());
    let member = Member { agent: ines, attendant: true, administrator: false, limit: None };
    let (name, applications) = ("Garantías".into(), vec!["shop".into()]);
    let sheet =
        Sheet { id: group.clone(), name, distribution: None, alarm_after: 0, members: vec![member], applications };

    world.keeps_group(&marta, sheet.clone(), None).await.ok::<Groups>();
    until_rights(&mut socket).await;

    let subjects = async || {
        let view: ApplicationView = world.ask(get(format!("/w/v1/applications/{KEY}"))).await.ok();
        view.subjects.into_iter().map(|subject| subject.name).collect::<Vec<_>>()
    };
    assert_eq!(subjects().await.last().unwrap(), "Garantías");
    let chat = world.begins_in(&group).await;
    assert!(hears_of(&mut socket, &chat).await);
    let retire = GroupChange::Retire { group: group.clone(), retired: true };
    world.ask(world.function("group/change", &marta, &json!({ "change": retire }))).await.ok::<Groups>();
    assert!(!subjects().await.contains(&"Garantías".to_owned()));
    let open = Open { group, ..opening(&new_id()) };
    let refused = world.ask(post("/w/v1/chats").bearer(&new_token()).postcard(&open)).await;
    assert!(refused.status.is_client_error(), "{refused:?}");
}

#[tokio::test]
async fn who_is_invited_chooses_a_password_once_and_comes_in() {
    let world = World::new().await;
    let marta = world.sign_in(MARTA).await;
    let noa = new_id();
    let invite =
        || AgentChange::Invite { name: "Noa Gil".into(), email: "noa@casanogal.example".into(), system: false };
    let taken = AgentChange::Invite { name: "Otra".into(), email: INES.into(), system: false };
    let wrong = Refusal::FieldWrong { field: "email.taken".into() };
    world.changes_agent(&marta, &new_id(), taken).await.refused(422, wrong);
    let first: Kept = world.changes_agent(&marta, &noa, invite()).await.ok();
    // His answer was lost: another link, and the first is dead.
    let kept: Kept = world.changes_agent(&marta, &noa, invite()).await.ok();
    let path = |kept: &Kept| format!("/join/{}", kept.link.clone().unwrap());
    let chooses = |path: String, password: &str| post(path).own(world.at).form(&[("password", password)]);

    assert_eq!(world.ask(get(path(&first))).await.status, 410);
    let page = world.ask(get(path(&kept))).await;
    assert!(page.status == 200 && page.text().contains("noa@casanogal.example"), "{}", page.text());
    assert_eq!(world.ask(chooses(path(&kept), "corta")).await.status, 422);
    let forged = post(path(&kept)).header("origin", "https://evil.example").form(&[("password", PASSWORD)]);
    assert_eq!(world.ask(forged).await.status, 403);
    let inside = world.ask(chooses(path(&kept), PASSWORD)).await;
    assert_eq!((inside.status.as_u16(), inside.header("location")), (303, "/"));
    let me: Me = world.ask(world.function("console/me", &inside.session(), &json!({}))).await.ok();

    assert_eq!((me.agent.face.name.as_str(), me.agent.system), ("Noa Gil", false));
    assert_eq!(world.ask(chooses(path(&kept), "otra clave bien larga")).await.status, 410);
    world.sign_in("noa@casanogal.example").await;
    let kept: Kept = world.changes_agent(&marta, &noa, AgentChange::Link).await.ok();
    // He has one by now.
    world.running.desk.clock().advance(Span(RESET_LIFE.0 + 1));
    assert_eq!(world.ask(chooses(path(&kept), PASSWORD)).await.status, 410);
}

#[tokio::test]
async fn who_has_no_password_yet_has_a_week_to_choose_one() {
    let world = World::new().await;
    let marta = world.sign_in(MARTA).await;
    let noa = new_id();
    let invite = AgentChange::Invite { name: "Noa Gil".into(), email: "noa@casanogal.example".into(), system: false };
    let kept: Kept = world.changes_agent(&marta, &noa, invite).await.ok();
    let path = format!("/join/{}", kept.link.unwrap());

    // The clock goes on by itself, too.
    let last_minute = Span::minutes(1);
    world.running.desk.clock().advance(Span(LINK_LIFE.0 - last_minute.0));
    assert_eq!(world.ask(get(path.clone())).await.status, 200);
    world.running.desk.clock().advance(last_minute);
    assert_eq!(world.ask(get(path)).await.status, 410);
}

#[tokio::test]
async fn who_is_disabled_is_out_at_once_and_his_conversation_becomes_a_ticket_in_his_queue() {
    let world = World::new().await;
    let marta = world.sign_in(MARTA).await;
    let (tomas, mut socket) = world.agent(TOMAS).await;
    let id = world.id_of(&marta, TOMAS).await;
    let chat = world.begins_in("returns").await;
    let attend = json!({ "chat": chat, "wish": wish(Act::Attend) });
    world.ask(world.function("chat/act", &tomas, &attend)).await.ok::<Page>();

    world.changes_agent(&marta, &id, AgentChange::Disabled(true)).await.ok::<Kept>();
    assert_eq!(socket.farewell().await, (Bye::Refused(Refusal::SignedOut), 1008));
    world.ask(world.function("console/me", &tomas, &json!({}))).await.refused(401, Refusal::SignedOut);
    let ticket = json!({ "chat": chat });
    let until = Instant::now() + Duration::from_secs(20);
    let left = loop {
        // The clock goes on until the keeper has seen that his browser is closed.
        world.running.desk.clock().advance(Span::secs(1));
        match world.ask(world.function("chat/ticket", &marta, &ticket)).await.ok::<Option<Ticket>>() {
            Some(ticket) => break ticket,
            None => assert!(Instant::now() < until, "no ticket was left"),
        }
    };

    assert_eq!(left.owner.unwrap().id, id);
    world.changes_agent(&marta, &id, AgentChange::Disabled(false)).await.ok::<Kept>();
    world.sign_in(TOMAS).await;
    let me = world.id_of(&marta, MARTA).await;
    for change in [AgentChange::Disabled(true), AgentChange::System(false)] {
        let last = Refusal::FieldWrong { field: "system".into() };
        world.changes_agent(&marta, &me, change).await.refused(422, last);
    }
    // Nor by an operator.
    assert!(world.operator(&["agent", "rights", MARTA, "--system", "off"]).await.unwrap_err().contains("last"));
}

#[tokio::test]
async fn parameters_are_kept_in_the_console_as_on_the_command_line() {
    let world = World::new().await;
    let (marta, ines) = (world.sign_in(MARTA).await, world.sign_in(INES).await);
    let of = |invite_customer, invite_owner| Parameters { invite_customer, invite_owner, ..Parameters::default() };
    let keep = |parameters: Parameters, read: Parameters| {
        world.function("parameters/keep", &marta, &json!({ "parameters": parameters, "read": read }))
    };

    world.ask(keep(of(false, true), of(true, true))).await.ok::<Parameters>();
    let database = format!("sqlite:{}", world.folder.path().join("data/recado.db").display());
    assert_eq!(desk::parameters::parameters(&database).await.unwrap(), of(false, true));
    let by = "Marta Ortiz".to_owned();
    world.ask(keep(of(true, false), of(true, true))).await.refused(409, Refusal::Overtaken { by });
    let read = world.ask(world.function("parameters/read", &marta, &json!({}))).await.ok::<Parameters>();
    assert_eq!(read, of(false, true));
    world.ask(world.function("parameters/read", &ines, &json!({}))).await.refused(403, Refusal::OnlyAdministrators);
}

/// What the log has of where somebody was who changes a parameter now.
async fn noted_address(world: &World, session: &str, change: impl FnOnce(&mut Parameters)) -> String {
    let read = world.ask(world.function("parameters/read", session, &json!({}))).await.ok::<Parameters>();
    let mut wanted = read.clone();
    change(&mut wanted);
    let keep = json!({ "parameters": wanted, "read": read });
    world.ask(world.function("parameters/keep", session, &keep)).await.ok::<Parameters>();
    let agent = world.running.desk.session(session).await.unwrap().agent;
    let filter = Filter { about: Some("parameters".into()), ..Filter::default() };
    let mut lines = world.running.desk.audit(&agent, &filter, None).await.unwrap().lines;
    lines.swap_remove(0).address
}

#[tokio::test]
async fn of_addresses_the_house_says_what_is_kept_and_a_flag_keeps_less_and_never_more() {
    for (flag, with_all, with_nothing) in
        [(None, "127.0.0.1", ""), (Some("network"), "127.0.0.0", ""), (Some("nothing"), "", "")]
    {
        let mut words = vec!["--limits", "off"];
        words.extend(flag.into_iter().flat_map(|flag| ["--keep-addresses", flag]));
        let world = World::with(&words).await;
        let marta = world.sign_in(MARTA).await;

        noted_address(&world, &marta, |all| all.keep_addresses = Addresses::Whole).await;
        let all = noted_address(&world, &marta, |all| all.keep_addresses = Addresses::Nothing).await;
        let nothing = noted_address(&world, &marta, |all| all.minimum_wait = 5).await;

        assert_eq!((all.as_str(), nothing.as_str()), (with_all, with_nothing), "{flag:?}");
    }
}
