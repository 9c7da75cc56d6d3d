//! While nobody attends: hours, offline messages, and customers who wait for nobody.

use crate::world::{INES, MARTA, TOMAS, World, just_over, refusal, token};
use desk::demo::{CATALOGUE_KEY, SHOP_KEY};
use domain::application::{Answer, Field, FieldKind, Kind, WhenAway};
use domain::hours::{Closed, Hours};
use domain::presence::HOLD;
use domain::ticket::Via;
use domain::ticket_list::Filter;
use domain::wire::{Down, Wait};
use domain::{Act, Reason, Refusal, Span, Stage, Status, TicketAct, TicketEvent, Time};

/// From Monday to Friday, in Madrid.
fn office() -> Hours {
    let hours =
        r#"{"zone":"Europe/Madrid","weekly":[{"days":["mon","tue","wed","thu","fri"],"from":"09:00","to":"18:00"}]}"#;
    serde_json::from_str(hours).unwrap()
}

/// The stories begin on a Sunday at noon of Greenwich; so much later it is nine on Monday in Madrid.
const UNTIL_MONDAY: Span = Span::hours(20);

fn monday(world: &World) -> Option<Time> {
    Some(world.desk.now() + UNTIL_MONDAY)
}

#[tokio::test]
async fn outside_the_hours_no_chat_begins_whoever_is_online() {
    let world = World::open().await;
    world.sets(|settings| settings.setup.hours = Some(office())).await;
    let next = monday(&world);

    let view = world.desk.application(SHOP_KEY, "es").await.unwrap();
    let why = refusal(world.desk.open_chat(&token("ana"), &world.form("ana", "returns")).await);

    assert_eq!((view.closed, why), (Some(Closed { next }), Refusal::Closed { next }));
    assert!(!view.subjects[1].online.is_empty());
    world.clock.advance(Span(UNTIL_MONDAY.0 - 1));
    assert!(world.desk.application(SHOP_KEY, "es").await.unwrap().closed.is_some());
    world.clock.advance(Span(1));
    assert_eq!(world.desk.application(SHOP_KEY, "es").await.unwrap().closed, None);
}

/// So that whoever opens its ticket is told, and may write to him by himself.
#[tokio::test]
async fn where_no_mail_is_sent_it_is_known_where_he_wanted_his_answer_and_none_is_taken() {
    let world = World::empty().await;
    let message = world.message("ana", "Llegó rota.");
    world.desk.leave_message(&token("ana"), &message).await.unwrap();
    let ticket = world.desk.ticket(world.agent(INES), &message.open.id).await.unwrap();

    let reply = TicketAct::Reply { text: "Te mando otra.".into() };
    let replied = world.desk.save_ticket(world.agent(INES), &ticket.id, &world.id(), &reply).await;

    assert!(!world.desk.choices().await.unwrap().mails);
    let address = world.desk.address_of_ticket(&ticket).await.unwrap();
    assert_eq!(address.as_deref(), Some("ana@correo.example"));
    assert_eq!(refusal(replied), Refusal::NotAsked);
}

#[tokio::test]
async fn a_message_becomes_a_ticket_of_the_group_that_is_nobodys_yet() {
    let world = World::empty().await;

    let receipt =
        world.desk.leave_message(&token("ana"), &world.message("ana", "Llegó rota.\n¿Qué hago?")).await.unwrap();

    let rows = world.desk.tickets(world.agent(INES), "es", &Filter::default(), None).await.unwrap().rows;
    let [row] = rows.as_slice() else { panic!("{rows:?}") };
    assert_eq!((row.number, row.via, row.status), (receipt.number, Via::OfflineMessage, Status::New));
    assert_eq!((row.subject.as_str(), row.customer.name.as_str(), row.owner.as_ref()), ("Llegó rota.", "ana", None));
    assert!(row.saved);
    let history = world.desk.ticket_history(world.agent(INES), &row.id).await.unwrap();
    let TicketEvent::Born(birth) = &history[0].event else { panic!("{history:?}") };
    let message = birth.message.as_ref().unwrap();
    assert_eq!(
        (message.text.as_str(), message.answers[1].value.as_str()),
        ("Llegó rota.\n¿Qué hago?", "ana@correo.example")
    );
    assert!(world.desk.lists(world.agent(INES)).await.unwrap().unsaved.is_empty());
}

#[tokio::test]
async fn the_team_hears_of_a_message() {
    let mut world = World::open().await;

    world.desk.leave_message(&token("ana"), &world.message("ana", "Llegó rota")).await.unwrap();

    let heard = world.hears_next(INES, |down| if let Down::Ticket(t) = down { Some(t.clone()) } else { None }).await;
    assert_eq!((heard.via, heard.owner), (Via::OfflineMessage, None));
}

#[tokio::test]
async fn a_message_that_is_sent_again_is_one_ticket_with_one_number() {
    let mut world = World::empty().await;
    let (ana, message) = (token("ana"), world.message("ana", "Llegó rota"));

    let first = world.desk.leave_message(&ana, &message).await.unwrap();
    let both = tokio::join!(world.desk.leave_message(&ana, &message), world.desk.leave_message(&ana, &message));
    world.restart(Span::hours(2)).await;
    let late = world.desk.leave_message(&ana, &message).await.unwrap();

    assert_eq!((both.0.unwrap(), both.1.unwrap(), late), (first, first, first));
    assert_eq!(world.count("select count(*) from tickets").await, 1);
    assert_eq!(world.count("select count(*) from customers").await, 1);
}

/// The answer was cut off each time, and each browser sent its message again.
#[tokio::test]
async fn a_thousand_messages_that_are_all_sent_twice_are_a_thousand_tickets() {
    let world = World::empty().await;
    let mut sends = tokio::task::JoinSet::new();

    for n in 0..1_000 {
        let (desk, token) = (world.desk.clone(), token(&format!("c{n}")));
        let message = world.message(&format!("c{n}"), "Llegó rota");
        sends.spawn(async move {
            let first = desk.leave_message(&token, &message).await.unwrap();
            (first, desk.leave_message(&token, &message).await.unwrap())
        });
    }
    let receipts = sends.join_all().await;

    assert!(receipts.iter().all(|(first, again)| first == again));
    let numbers: std::collections::HashSet<i64> = receipts.iter().map(|(first, _)| first.number).collect();
    assert_eq!(numbers.len(), 1_000);
    assert_eq!(world.count("select count(*) from tickets where state like '%OfflineMessage%'").await, 1_000);
}

#[tokio::test]
async fn the_number_of_a_message_is_told_to_nobody_else() {
    let (world, chat) = World::with_conversation().await;
    let message = world.message("ana", "Llegó rota");
    world.desk.leave_message(&token("ana"), &message).await.unwrap();
    world.does(INES, &chat, Act::Close).await.unwrap();
    let ticket = world.desk.ticket_of_chat(world.agent(INES), &chat).await.unwrap().unwrap();

    let again = |id: &str| {
        let mut again = message.clone();
        again.open.id = id.into();
        again
    };
    assert_eq!(refusal(world.desk.leave_message(&token("eva"), &message).await), Refusal::NotYours);
    // Her own ticket, but of a chat: no message of hers has this id.
    assert_eq!(refusal(world.desk.leave_message(&token("ana"), &again(&ticket.id)).await), Refusal::NotYours);
    assert_eq!(refusal(world.desk.leave_message(&token("ana"), &again("x")).await), Refusal::Malformed);
}

#[tokio::test]
async fn a_message_of_another_application_or_for_a_foreign_group_is_not_taken() {
    let world = World::empty().await;
    world.desk.leave_message(&token("ana"), &world.message("ana", "hola")).await.unwrap();
    let ask = async |change: fn(&mut domain::offline::Offline)| {
        let mut message = world.message("ana", "hola");
        change(&mut message);
        refusal(world.desk.leave_message(&token("ana"), &message).await)
    };

    assert_eq!(ask(|m| m.open.key = "pk_nobody".into()).await, Refusal::NotYours);
    assert_eq!(ask(|m| m.open.key = CATALOGUE_KEY.into()).await, Refusal::SignedOut);
    assert_eq!(ask(|m| m.open.group = "nobody".into()).await, Refusal::NotYours);
    assert_eq!(ask(|m| m.text = " \n".into()).await, Refusal::Empty);
    assert_eq!(ask(|m| m.open.answers.clear()).await, Refusal::FieldMissing { field: "name".into() });
    assert_eq!(ask(|m| m.website = "https://spam.example".into()).await, Refusal::Malformed);
    assert_eq!(world.count("select count(*) from tickets").await, 1);
}

#[tokio::test]
async fn an_application_may_take_no_messages() {
    let world = World::empty().await;
    world.sets(|settings| settings.setup.when_away = WhenAway::Nothing).await;

    let why = refusal(world.desk.leave_message(&token("ana"), &world.message("ana", "hola")).await);

    assert_eq!(why, Refusal::NoMessages);
}

#[tokio::test]
async fn a_consent_is_kept_with_its_text_and_asked_again_when_it_has_changed() {
    let world = World::open().await;
    let consent = |version: &str| domain::application::Consent {
        text: "Acepto la política.".into(),
        version: version.into(),
        link: String::new(),
    };
    let field = Field {
        key: "policy".into(),
        label: "Privacidad".into(),
        kind: FieldKind::Consent,
        required: true,
        options: Vec::new(),
        consent: Some(consent("1")),
    };
    world.sets(|settings| settings.form.push(field.clone())).await;
    let mut form = world.form("ana", "returns");
    let without = refusal(world.desk.open_chat(&token("ana"), &form).await);
    form.answers.push(Answer {
        key: "policy".into(),
        label: String::new(),
        value: "Acepto la política.".into(),
        version: "1".into(),
    });

    world.desk.open_chat(&token("ana"), &form).await.unwrap();
    world.sets(|settings| settings.form[3].consent = Some(consent("2"))).await;
    let late =
        refusal(world.desk.open_chat(&token("eva"), &domain::wire::Open { id: world.id(), ..form.clone() }).await);

    assert_eq!((without, late.clone()), (late, Refusal::FieldMissing { field: "policy".into() }));
    let kept = world.chat(&form.id).await.answers.pop().unwrap();
    assert_eq!(
        (kept.value.as_str(), kept.version.as_str(), kept.label.as_str()),
        ("Acepto la política.", "1", "Privacidad")
    );
}

/// What Ana is told next of her wait.
async fn told(world: &mut World, who: &str, wanted: impl Fn(&Wait) -> bool) -> Wait {
    world
        .hears_next(who, |down| if let Down::Wait(wait) = down { Some(wait.clone()).filter(&wanted) } else { None })
        .await
}

#[tokio::test]
async fn who_waits_is_told_when_the_last_one_leaves_and_when_somebody_is_back() {
    let (mut world, chat) = World::with_waiting_customer().await;
    world.wait(just_over(HOLD)).await;

    world.leaves(INES).await;
    world.leaves(TOMAS).await;
    let within = world.desk.wait(&visitor(&world).await, &chat).await.unwrap();
    world.wait(just_over(HOLD)).await;
    let away = told(&mut world, "ana", |wait| wait.away).await;
    world.comes(TOMAS).await;
    let back = told(&mut world, "ana", |wait| !wait.away).await;

    assert!(!within.away, "it may be a change of page");
    assert_eq!((away.place, away.closed, back.place), (Some(1), None, Some(1)));
    assert_eq!(world.chat(&chat).await.stage, Stage::Waiting, "she keeps her place");
}

#[tokio::test]
async fn who_waits_is_told_when_the_last_one_is_online_no_more() {
    let (mut world, _) = World::with_waiting_customer().await;
    let next = monday(&world);
    world.wait(just_over(HOLD)).await;
    world.sets(|settings| settings.setup.hours = Some(office())).await;

    for email in [INES, TOMAS] {
        world.desk.set_online(&world.agent(email).face.id, false).await.unwrap();
    }
    let away = told(&mut world, "ana", |wait| wait.away).await;
    world.desk.set_online(&world.agent(INES).face.id, true).await.unwrap();
    let back = told(&mut world, "ana", |wait| !wait.away).await;

    assert_eq!((away.closed, back.closed), (Some(Closed { next }), None));
}

/// For twenty seconds after a start it cannot be said yet that nobody is there.
#[tokio::test]
async fn who_waits_for_nobody_from_the_first_moment_on_is_told_as_soon_as_that_can_be_said() {
    let (mut world, _) = World::with_waiting_customer().await;
    for email in [INES, TOMAS] {
        world.desk.set_online(&world.agent(email).face.id, false).await.unwrap();
    }
    let at_first = told(&mut world, "ana", |_| true).await;

    world.wait(just_over(HOLD)).await;
    let away = told(&mut world, "ana", |wait| wait.away).await;

    assert!(!at_first.away && away.away);
}

#[tokio::test]
async fn a_start_of_ours_is_nobodys_absence() {
    let (mut world, chat) = World::with_waiting_customer().await;

    world.restart(Span::minutes(1)).await;
    world.comes("ana").await;
    let at_first = world.desk.wait(&visitor(&world).await, &chat).await.unwrap();
    world.wait(just_over(HOLD)).await;
    let away = told(&mut world, "ana", |wait| wait.away).await;

    assert!(!at_first.away && away.away);
}

#[tokio::test]
async fn who_stays_is_attended_and_who_leaves_a_message_has_one_ticket() {
    let mut world = World::open().await;
    let (stays, goes) = (world.starts("ana", "returns").await, world.starts("eva", "returns").await);
    world.says("eva", &goes, "Mi pedido no llegó").await;

    world.does("eva", &goes, Act::LeaveMessage { text: "Llámenme mañana".into() }).await.unwrap();
    world.does(INES, &stays, Act::Attend).await.unwrap();

    assert_eq!(world.chat(&goes).await.stage, Stage::Ended(Reason::Customer));
    let ticket = world.desk.ticket_of_chat(world.agent(MARTA), &goes).await.unwrap().unwrap();
    assert_eq!((ticket.via, ticket.owner, ticket.subject.as_str()), (Via::OnlineChat, None, "Mi pedido no llegó"));
    let words: Vec<_> =
        world.screen(MARTA, &goes).await.told.iter().filter_map(|t| t.event.words().map(String::from)).collect();
    assert_eq!(words, ["Mi pedido no llegó", "Llámenme mañana"]);
    assert_eq!(world.count("select count(*) from tickets").await, 1);
    assert_eq!(world.chat(&stays).await.stage, Stage::Attending);
}

#[tokio::test]
async fn a_message_left_twice_while_waiting_is_one() {
    let (world, chat) = World::with_waiting_customer().await;
    let wish = domain::event::Wish { id: world.id(), act: Act::LeaveMessage { text: "Llámenme".into() } };
    let caller = world.caller("ana").await;

    let first = world.desk.act(&caller, &chat, &wish).await.unwrap();
    let again = world.desk.act(&caller, &chat, &wish).await.unwrap();

    assert_eq!((first.len(), &first), (2, &again));
    assert_eq!(world.count("select count(*) from tickets").await, 1);
}

async fn visitor(world: &World) -> desk::Visitor {
    world.desk.visitor(&token("ana")).await.unwrap()
}

#[tokio::test]
async fn a_range_is_told_once_five_were_attended_and_the_average_where_it_is_set() {
    let mut world = World::open().await;
    let ahead = world.starts("ana", "returns").await;
    world.wait(Span::minutes(30)).await;
    let unknown = world.desk.wait(&visitor(&world).await, &ahead).await.unwrap();
    for (n, minutes) in [4, 4, 5, 5, 6].into_iter().enumerate() {
        let chat = world.starts(&format!("c{n}"), "returns").await;
        world.wait(Span::minutes(minutes)).await;
        world.does(INES, &chat, Act::Attend).await.unwrap();
    }

    let range = world.desk.wait(&visitor(&world).await, &ahead).await.unwrap();
    world.sets(|settings| settings.setup.wait_as = domain::application::WaitAs::Average).await;
    let average = world.desk.wait(&visitor(&world).await, &ahead).await.unwrap();

    assert_eq!((unknown.range, unknown.average), (None, None));
    let minutes = range.range.map(|r| (r.least, r.most));
    assert_eq!((minutes, range.average), (Some((Span::minutes(4), Span::minutes(6))), None));
    assert_eq!((average.range, average.average), (None, Some(Span::secs(288))));
}

#[tokio::test]
async fn where_there_is_only_help_nobody_is_asked_and_nobody_writes() {
    let world = World::open().await;
    world.sets(|settings| settings.setup.kind = Kind::Knowledge).await;
    let open = world.form("ana", "returns");
    let offline = world.message("ana", "Hola");

    assert_eq!(refusal(world.desk.open_chat(&token("ana"), &open).await), Refusal::NotYours);
    assert_eq!(refusal(world.desk.leave_message(&token("ana"), &offline).await), Refusal::NotYours);
}
