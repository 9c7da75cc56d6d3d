//! The first run: what is missing is found in what is kept, on either database.

use crate::world::*;
use desk::{Desk, First, Signed};
use domain::Refusal;
use domain::agent::Change as AgentChange;
use domain::application::{Kind, Settings, Setup, WaitShows};
use domain::first_run::{FirstRun, Step};
use domain::group::change::{Change, Member, Sheet};
use domain::parameters::Parameters;

const GROUP: &str = "service-0123456789abcdef";
const APPLICATION: &str = "window-0123456789abcdef";
const SITE: &str = "https://shop.example";

/// A house in which nobody has worked yet, and its first administrator.
async fn begin(folder: &tempfile::TempDir) -> (Desk, Signed) {
    let settings = desk::Settings::embedded(folder.path(), desk::Clock::system()).unwrap();
    let desk = Desk::open(settings).await.unwrap();
    let link = desk.set_up_link().await.unwrap().unwrap();
    let first = First { name: "Eva Sanz", email: "eva@casa-nogal.example", password: "una buena clave", lang: "pt" };
    let token = desk.set_up(&link, &first, &here()).await.unwrap();
    let eva = desk.session(&token).await.unwrap();
    (desk, eva)
}

fn sheet(members: Vec<Member>) -> Change {
    let (id, name) = (GROUP.into(), "Atendimento".into());
    let sheet = Sheet { id, name, distribution: None, alarm_after: 0, members, applications: Vec::new() };
    Change::Keep { sheet, read: None }
}

fn window(sites: &[&str]) -> Settings {
    Settings {
        name: "Casa Nogal".into(),
        accent: "#2a49b8".into(),
        title: "Chat".into(),
        expanded: true,
        patience: 120,
        sites: sites.iter().map(|site| (*site).to_owned()).collect(),
        groups: vec![GROUP.into()],
        form: Vec::new(),
        wait_shows: WaitShows::Both,
        setup: Setup { kind: Kind::Chat, ..Setup::default() },
    }
}

#[tokio::test]
async fn a_house_begins_with_its_first_administrator_and_is_ready_when_a_site_of_his_has_called_in() {
    let folder = tempfile::tempdir().unwrap();
    let (desk, eva) = begin(&folder).await;
    let read = async || desk.first_run(&eva.agent).await.unwrap();

    assert_eq!(read().await, FirstRun { begun: true, ..FirstRun::default() });
    assert!(desk.me(&eva).await.unwrap().first_run);
    let named = Parameters { organisation: " Casa  Nogal".into(), language: "pt".into(), ..Parameters::default() };
    desk.keep_parameters(&eva, &named, &Parameters::default(), &here()).await.unwrap();
    assert_eq!((desk.organisation().await.unwrap().as_str(), read().await.next()), ("Casa Nogal", Some(Step::Group)));
    let me = Member { agent: eva.agent.face.id.clone(), attendant: true, administrator: true, limit: None };
    desk.change_group(&eva, &sheet(vec![me]), &here()).await.unwrap();
    assert_eq!(read().await.next(), Some(Step::Application));
    let kept = desk.create_application(&eva, APPLICATION, window(&[]), &here()).await.unwrap();
    assert_eq!(read().await.next(), Some(Step::Application), "no page may show it");
    desk.save_application(&eva, APPLICATION, kept.revision, window(&[SITE]), &here()).await.unwrap();
    assert_eq!(read().await.next(), Some(Step::Site));
    desk.asked_for(&kept.key, Some(SITE)).await.unwrap();

    assert_eq!(read().await.next(), None);
    assert!(desk.me(&eva).await.unwrap().first_run, "until he says that it is over");
    for _ in 0..2 {
        desk.end_first_run(&eva, &here()).await.unwrap();
    }
    assert!(!desk.me(&eva).await.unwrap().first_run);
    let log = desk.audit(&eva.agent, &domain::audit::Filter::default(), None).await.unwrap();
    let ends = log.lines.iter().filter(|line| line.about == domain::audit::About::Thing("first run".into()));
    assert_eq!(ends.count(), 1);
    desk.stop().await;
}

#[tokio::test]
async fn who_is_invited_reads_his_console_in_the_language_of_the_house() {
    let folder = tempfile::tempdir().unwrap();
    let (desk, eva) = begin(&folder).await;
    assert_eq!(eva.lang, "pt", "what her browser asked for");
    let named = Parameters { language: "en".into(), ..Parameters::default() };
    desk.keep_parameters(&eva, &named, &Parameters::default(), &here()).await.unwrap();
    let invite = AgentChange::Invite { name: "Leo".into(), email: "leo@casa-nogal.example".into(), system: false };

    let link = desk.change_agent(&eva, "leo-0123456789abcdef", &invite, &here()).await.unwrap().link.unwrap();

    desk.join(&link, "otra buena clave", &here()).await.unwrap();
    let desk::Step::Session(token) = desk.sign_in("leo@casa-nogal.example", "otra buena clave", &here()).await.unwrap()
    else {
        panic!("nobody asks for a code")
    };
    assert_eq!(desk.session(&token).await.unwrap().lang, "en");
    desk.stop().await;
}

#[tokio::test]
async fn a_house_that_was_there_has_no_first_run_and_only_the_system_s_may_look() {
    let world = World::empty().await;

    let run = world.desk.first_run(world.agent(MARTA)).await.unwrap();
    let me = world.desk.me(&world.signed(MARTA).await).await.unwrap();

    assert!(!run.begun && !me.first_run);
    assert!(run.group.is_some() && run.application.is_some());
    assert_eq!(refusal(world.desk.first_run(world.agent(INES)).await), Refusal::OnlyAdministrators);
    assert_eq!(
        refusal(world.desk.end_first_run(&world.signed(INES).await, &here()).await),
        Refusal::OnlyAdministrators
    );
}

#[tokio::test]
async fn a_house_is_named_in_one_line_and_speaks_a_language_of_ours() {
    let world = World::empty().await;
    let marta = world.signed(MARTA).await;
    let keep = async |organisation: &str, language: &str| {
        let (organisation, language) = (organisation.into(), language.into());
        let wanted = Parameters { organisation, language, ..Parameters::default() };
        world.desk.keep_parameters(&marta, &wanted, &Parameters::default(), &here()).await
    };

    assert_eq!(refusal(keep(&"a".repeat(61), "es").await), Refusal::FieldWrong { field: "organisation".into() });
    assert_eq!(refusal(keep("Casa Nogal", "fr").await), Refusal::FieldWrong { field: "language".into() });
    assert_eq!(world.desk.organisation().await.unwrap(), "");
    keep("Casa\u{0}\nNogal", "en").await.unwrap();
    assert_eq!(world.desk.organisation().await.unwrap(), "Casa Nogal");
}
