//! The log of who did what: what stands in it, who reads it, and that no row of it changes (S88, S89).

use crate::world::*;
use desk::Signed;
use desk::audit::{Log, Note, Verdict};
use desk::people::{Right, Staff};
use domain::audit::{About, By, Filter, Kind, Line, PAGE};
use domain::hours::Day;
use domain::parameters::Parameters;
use domain::{Act, Refusal, Span, Target};
use sha2::{Digest, Sha256};
use sqlx::Executor;

impl World {
    async fn log(&self, who: &str, filter: &Filter) -> Vec<Line> {
        let (mut lines, mut before) = (Vec::new(), None);
        loop {
            let page = self.desk.audit(self.agent(who), filter, before).await.unwrap();
            lines.extend(page.lines);
            match page.before {
                Some(number) => before = Some(number),
                None => return lines,
            }
        }
    }

    /// What is written down, the oldest first, of these kinds.
    async fn kinds(&self, who: &str) -> Vec<Kind> {
        self.log(who, &Filter::default()).await.iter().rev().map(|line| line.kind).collect()
    }

    async fn verdict(&self, known: Option<(i64, &str)>) -> Verdict {
        let log = Log::open(&self.settings.database).await.unwrap();
        let verdict = log.verify(known).await.unwrap();
        log.close().await;
        verdict
    }

    async fn acts(&self, who: &str, chat: &str, act: Act) {
        let wish = domain::event::Wish { id: self.id(), act };
        self.desk.act_from(&here(), &self.caller(who).await, chat, &wish).await.unwrap();
    }
}

#[tokio::test]
async fn what_an_administrator_does_in_a_conversation_is_written_down_with_it() {
    let (mut world, chat) = World::with_conversation().await;
    let before = world.log(MARTA, &Filter::default()).await.len();

    world.acts(MARTA, &chat, Act::Watch).await;
    world.acts(MARTA, &chat, Act::Aside { whisper: true, text: "un secreto".into() }).await;
    world.acts(MARTA, &chat, Act::Aside { whisper: false, text: "una nota".into() }).await;
    world.acts(MARTA, &chat, Act::Join).await;
    let id = |who: &str| Target::Agent(world.agent(who).face.id.clone());
    let take = Act::HandOn { to: id(MARTA), note: String::new(), seen: id(INES) };
    world.acts(MARTA, &chat, take).await;
    world.acts(INES, &chat, Act::Invite { agent: world.agent(TOMAS).face.id.clone() }).await;
    world.acts(TOMAS, &chat, Act::Join).await;
    world.acts(TOMAS, &chat, Act::Part).await;
    world.acts(INES, &chat, Act::Invite { agent: world.agent(TOMAS).face.id.clone() }).await;
    world.acts(TOMAS, &chat, Act::Decline).await;
    world.acts(MARTA, &chat, Act::Redirect { to: Target::Group("orders".into()) }).await;
    let spam = world.starts("bruno", "returns").await;
    world.acts(INES, &spam, Act::Remove).await;

    let mut lines = world.log(MARTA, &Filter::default()).await;
    lines.truncate(lines.len() - before);
    lines.reverse();
    let told: Vec<_> = lines.iter().map(|line| line.kind).collect();
    use Kind::{Accepted, Declined, Intervened, Invited, Parted, Redirected, Removed, TookOver, Watched, Whispered};
    let asked = [Invited, Accepted, Parted, Invited, Declined];
    assert_eq!(told, [&[Watched, Whispered, Intervened, TookOver][..], &asked, &[Redirected, Removed]].concat());
    for line in &lines {
        let who = match line.kind {
            Removed | Invited => INES,
            Accepted | Parted | Declined => TOMAS,
            _ => MARTA,
        };
        let about = if line.kind == Removed { &spam } else { &chat };
        assert_eq!(line.by, By::Agent(world.agent(who).face.clone()), "{line:?}");
        assert_eq!(line.about, About::Chat(about.clone()));
        assert_eq!(line.group.as_ref().map(|group| group.id.as_str()), Some("returns"), "{line:?}");
        assert_eq!((line.address.as_str(), line.at, line.times), ("203.0.113.0", world.desk.now(), 1));
    }
    let words = world.count("select count(*) from audit where kind || who || about || address like '%secreto%'").await;
    assert_eq!(words, 0);
}

#[tokio::test]
async fn what_was_refused_or_rolled_back_is_no_act() {
    let (world, chat) = World::with_conversation().await;
    let before = world.kinds(MARTA).await;

    for act in [Act::Watch, Act::Join] {
        let wish = domain::event::Wish { id: world.id(), act };
        let caller = world.caller(TOMAS).await;
        assert!(world.desk.act_from(&here(), &caller, &chat, &wish).await.is_err());
    }
    // Twice the same wish is one act.
    let wish = domain::event::Wish { id: world.id(), act: Act::Watch };
    for _ in 0..2 {
        world.desk.act_from(&here(), &world.caller(MARTA).await, &chat, &wish).await.unwrap();
    }

    assert_eq!(world.kinds(MARTA).await[before.len()..], [Kind::Watched]);
}

#[tokio::test]
async fn an_account_s_life_is_written_down() {
    let world = World::empty().await;
    let before = world.kinds(MARTA).await.len();

    let token = world.signs_in(INES).await;
    let other = world.signs_in(INES).await;
    let ines = world.desk.session(&token).await.unwrap();
    for session in world.desk.sessions(&ines).await.unwrap().iter().filter(|one| !one.here) {
        world.desk.revoke_session(&ines, &session.id, &here()).await.unwrap();
    }
    assert_eq!(refusal(world.desk.session(&other).await), Refusal::SignedOut);
    world.desk.change_password(&ines, PASSWORD, "otra clave bien larga", &here()).await.unwrap();
    world.desk.sign_out(&token, &here()).await.unwrap();
    world.desk.sign_out(&token, &here()).await.unwrap();

    let kinds = &world.kinds(MARTA).await[before..];
    let revoked = kinds.iter().filter(|kind| **kind == Kind::SessionRevoked).count();
    let rest: Vec<Kind> = kinds.iter().copied().filter(|kind| *kind != Kind::SessionRevoked).collect();
    assert_eq!(rest, [Kind::SignedIn, Kind::SignedIn, Kind::PasswordChanged, Kind::SignedOut]);
    // The one of before, made with the world, is ended with the other.
    assert_eq!(revoked, 2);
}

#[tokio::test]
async fn what_may_happen_without_end_is_counted_and_tells_whose_account_it_was() {
    let world = World::empty().await;
    let before = world.log(MARTA, &Filter::default()).await.len();

    for _ in 0..40 {
        refusal(world.desk.sign_in(INES, "no es esta", &here()).await);
    }
    for n in 0..3 {
        refusal(world.desk.sign_in(&format!("secreto{n}@x.example"), "no es esta", &here()).await);
    }
    let lines = world.log(MARTA, &Filter { kind: Some(Kind::SignInFailed), ..Filter::default() }).await;

    assert_eq!(world.log(MARTA, &Filter::default()).await.len(), before + 2);
    let about = |line: &Line| (line.by.clone(), line.about.clone(), line.times);
    let mut told: Vec<_> = lines.iter().map(about).collect();
    told.sort_by_key(|(_, _, times)| *times);
    let ines = About::Agent(world.agent(INES).face.clone());
    assert_eq!(told, [(By::Nobody, About::Nothing, 3), (By::Nobody, ines, 40)]);
}

#[tokio::test]
async fn more_different_things_than_are_counted_are_still_a_number() {
    let world = World::empty().await;
    let before = world.log(MARTA, &Filter::default()).await.len();

    for n in 0..500 {
        world.desk.count(Note::by_nobody(Kind::LimitHit).at(Some(&format!("10.0.{}.{}", n / 250, n % 250))));
    }

    let lines = world.log(MARTA, &Filter { kind: Some(Kind::LimitHit), ..Filter::default() }).await;
    assert_eq!(lines.iter().map(|line| line.times).sum::<u32>(), 500);
    assert_eq!(lines.len(), 201);
    assert_eq!(world.log(MARTA, &Filter::default()).await.len(), before + 201);
}

#[tokio::test]
async fn who_administers_a_group_reads_of_its_conversations_and_who_attends_nothing() {
    let (world, chat) = World::with_conversation().await;
    world.acts(MARTA, &chat, Act::Watch).await;
    world.acts(INES, &chat, Act::Redirect { to: Target::Group("orders".into()) }).await;
    world.acts(MARTA, &chat, Act::Redirect { to: Target::Group("choose".into()) }).await;

    let seen = world.log(INES, &Filter::default()).await;
    let by_marta = Filter { by: Some(world.agent(MARTA).face.id.clone()), ..Filter::default() };

    // The last was done in orders, which she does not administer.
    assert_eq!(seen.iter().map(|line| line.kind).collect::<Vec<_>>(), [Kind::Redirected, Kind::Watched]);
    assert_eq!(world.log(INES, &by_marta).await.len(), 1);
    let people = world.desk.audit(world.agent(INES), &Filter::default(), None).await.unwrap().people;
    assert!(
        people.iter().any(|face| face.name == "Marta Ortiz") && !people.iter().any(|face| face.name == "Lucía Cano")
    );
    for who in [TOMAS, LUCIA] {
        let why = refusal(world.desk.audit(world.agent(who), &Filter::default(), None).await);
        assert_eq!(why, Refusal::OnlyAdministrators);
    }
    let nul = Filter { by: Some("a\0".into()), ..Filter::default() };
    assert_eq!(refusal(world.desk.audit(world.agent(MARTA), &nul, None).await), Refusal::Malformed);
}

#[tokio::test]
async fn a_page_ends_where_the_next_begins() {
    let world = World::empty().await;
    let many = PAGE / 2 + 5;
    for _ in 0..many {
        let token = world.signs_in(LUCIA).await;
        world.desk.sign_out(&token, &here()).await.unwrap();
    }

    let all = world.log(MARTA, &Filter::default()).await;
    let outs = world.log(MARTA, &Filter { kind: Some(Kind::SignedOut), ..Filter::default() }).await;
    let hers =
        Filter { kind: Some(Kind::SignedOut), by: Some(world.agent(LUCIA).face.id.clone()), ..Filter::default() };

    assert!(all.windows(2).all(|two| two[0].number == two[1].number + 1), "no row is missing and none comes twice");
    assert!(all.len() > PAGE);
    assert_eq!((outs.len(), world.log(MARTA, &hers).await.len()), (many, many));
}

#[tokio::test]
async fn whoever_is_erased_has_no_name_in_it_and_no_number_changes() {
    let mut world = World::open().await;
    let chat = world.starts("zanahoria", "returns").await;
    world.acts(INES, &chat, Act::Attend).await;
    world.acts(MARTA, &chat, Act::Watch).await;
    world.does("zanahoria", &chat, Act::Close).await.unwrap();
    let customer = world.desk.visitor(&world.token("zanahoria")).await.unwrap().customer;
    world.desk.block(world.agent(INES), &customer, true, "Insulta", &here()).await.unwrap();
    world.desk.export_customer(world.agent(MARTA), &customer, &here()).await.unwrap();
    let named = world.log(MARTA, &Filter { kind: Some(Kind::Blocked), ..Filter::default() }).await;
    assert!(matches!(&named[0].about, About::Customer(one) if one.name == "zanahoria"), "{named:?}");

    world.desk.erase_customer(world.agent(MARTA), &customer, &here()).await.unwrap();

    let lines = world.log(MARTA, &Filter::default()).await;
    let told: Vec<Kind> = lines[..4].iter().map(|line| line.kind).collect();
    assert_eq!(told, [Kind::Erased, Kind::Exported, Kind::Blocked, Kind::Watched]);
    for line in &lines[..3] {
        assert!(matches!(&line.about, About::Customer(one) if one.id == customer && one.name.is_empty()), "{line:?}");
    }
    assert!(matches!(world.verdict(None).await, Verdict::Whole { .. }));
}

#[tokio::test]
async fn an_operator_is_written_down_as_one() {
    let world = World::empty().await;
    let staff = Staff::open(&world.settings.database).await.unwrap();

    let (returns, choose) = (Right::Administer("returns".into()), Right::Attend("Ayuda para elegir".into()));
    staff.set(TOMAS, &[(returns.clone(), true), (choose, true)], world.desk.now()).await.unwrap();
    staff.set(LUCIA, &[(Right::System, true)], world.desk.now()).await.unwrap();
    let nowhere = Right::Attend("nowhere".into());
    let nowhere = staff.set(TOMAS, &[(Right::System, true), (nowhere, true)], world.desk.now()).await;
    // What he has already changes nothing, and is no act; nor is taking what nobody has.
    staff.set(TOMAS, &[(returns, true), (Right::Administer("orders".into()), false)], world.desk.now()).await.unwrap();
    world.sets(|settings| settings.setup.files = false).await;

    let lines = world.log(MARTA, &Filter::default()).await;
    assert_eq!(refusal(nowhere), Refusal::NoSuchTarget);
    assert!(matches!(&lines[0].about, About::Thing(thing) if thing.starts_with("application ")), "{lines:?}");
    let face = |who: &str| About::Agent(world.agent(who).face.clone());
    let group = |line: &Line| line.group.as_ref().map(|group| group.id.clone());
    let rights: Vec<_> = lines[1..4].iter().map(|line| (line.kind, line.about.clone(), group(line))).collect();
    assert_eq!(
        rights,
        [
            (Kind::SystemGiven, face(LUCIA), None),
            (Kind::AttendingGiven, face(TOMAS), Some("choose".into())),
            (Kind::AdministeringGiven, face(TOMAS), Some("returns".into())),
        ]
    );
    assert!(lines[1..4].iter().all(|line| line.by == By::Operator), "{lines:?}");
    assert_eq!(lines[1].about_email, LUCIA);
    assert!(!lines[4..].iter().any(|line| matches!(line.kind, Kind::SystemGiven | Kind::AdministeringTaken)));
    let tomas = world.signed(TOMAS).await.agent;
    assert!(tomas.seat("returns").administrator && tomas.seat("returns").attendant && tomas.seat("choose").attendant);
    assert!(!tomas.system, "of what was refused nothing is kept");
    assert!(world.signed(LUCIA).await.agent.system);
    staff.set(TOMAS, &[(Right::Attend("choose".into()), false)], world.desk.now()).await.unwrap();
    assert!(!world.signed(TOMAS).await.agent.sees("choose"));
    staff.close().await;
}

#[tokio::test]
async fn groups_of_one_name_are_told_apart() {
    let world = World::empty().await;
    let staff = Staff::open(&world.settings.database).await.unwrap();
    let name = "update groups set name = (select name from groups where id = 'returns') where id = 'orders'";
    world.look().await.execute(name).await.unwrap();
    let called =
        world.count("select count(*) from groups g join groups o on o.name = g.name where g.id = 'orders'").await;
    let name: String = {
        use sqlx::Row;
        world.look().await.fetch_one("select name from groups where id = 'orders'").await.unwrap().get(0)
    };

    let by_name = staff.set(LUCIA, &[(Right::Attend(name.clone()), true)], world.desk.now()).await;
    staff.set(LUCIA, &[(Right::Attend("returns".into()), true)], world.desk.now()).await.unwrap();

    assert_eq!((called, refusal(by_name)), (2, Refusal::FieldWrong { field: "group".into() }));
    let all = staff.groups_called(&name).await.unwrap();
    assert_eq!(all.iter().map(|(id, _)| id.as_str()).collect::<Vec<_>>(), ["orders", "returns"]);
    assert!(all.iter().all(|(_, applications)| !applications.is_empty()), "{all:?}");
    let line = &world.log(MARTA, &Filter::default()).await[0];
    assert_eq!(line.group.as_ref().unwrap().name, format!("{name} (returns)"));
    // Whoever prints it says the id himself.
    let log = Log::open(&world.settings.database).await.unwrap();
    let printed = log.list(&Filter::default(), 1).await.unwrap();
    let group = printed[0].group.as_ref().unwrap();
    assert_eq!((group.id.as_str(), group.name.as_str()), ("returns", name.as_str()));
    log.close().await;
    staff.close().await;
}

#[tokio::test]
async fn whoever_changed_his_name_is_known_by_his_address() {
    let world = World::empty().await;
    world.signs_in(LUCIA).await;
    let renamed = "update agents set name = (select name from agents where email = 'marta@casanogal.example') \
                   where email = 'lucia@casanogal.example'";
    world.look().await.execute(renamed).await.unwrap();

    let page = world.desk.audit(world.agent(MARTA), &Filter::default(), None).await.unwrap();

    let line = page.lines.iter().find(|line| line.by_email == LUCIA).unwrap();
    assert!(matches!(&line.by, By::Agent(face) if face.name == world.agent(MARTA).face.name), "{line:?}");
    assert_eq!(page.emails.len(), page.people.len());
    assert!(page.emails.contains(&LUCIA.to_owned()) && page.emails.contains(&MARTA.to_owned()));
}

#[tokio::test]
async fn what_a_newer_program_has_written_is_shown_as_it_is_kept() {
    let world = World::empty().await;
    world.signs_in(INES).await;
    let sql = "insert into audit (number, at, kind, who, about_kind, about, group_id, address, times, hash) \
               select number + 1, 1, 'moon-landed', 'x', '', '', '', '', 1, '' from audit_head";
    world.look().await.execute(sql).await.unwrap();

    let lines = world.log(MARTA, &Filter::default()).await;

    assert_eq!((lines[0].kind, lines[0].word.as_str()), (Kind::Other, "moon-landed"));
    assert!(lines[1..].iter().any(|line| line.kind == Kind::SignedIn && line.word == "signed-in"));
    let log = Log::open(&world.settings.database).await.unwrap();
    assert_eq!(log.list(&Filter::default(), 1).await.unwrap(), lines[..1]);
    log.close().await;
}

#[tokio::test]
async fn a_row_that_was_changed_taken_out_or_cut_off_is_found() {
    let world = World::empty().await;
    for _ in 0..5 {
        world.signs_in(INES).await;
    }
    let Verdict::Whole { number: last, hash } = world.verdict(None).await else { panic!("it is broken") };
    world.signs_in(INES).await;
    assert!(matches!(world.verdict(Some((last, &hash))).await, Verdict::Whole { number, .. } if number == last + 1));
    let pool = world.look().await;

    // The database itself takes no change,
    for sql in ["update audit set who = 'x' where number = 3", "delete from audit where number = 3"] {
        assert!(pool.execute(sql).await.is_err(), "{sql}");
    }
    // and who takes its guard away is found.
    let unguarded: &[&str] = if world.is_on_a_server() {
        &["drop trigger audit_is_not_changed on audit"]
    } else {
        &["drop trigger audit_is_not_changed", "drop trigger audit_is_not_cut"]
    };
    for sql in unguarded {
        pool.execute(*sql).await.unwrap();
    }
    pool.execute("update audit set who = 'x' where number = 3").await.unwrap();
    assert_eq!(world.verdict(None).await, Verdict::Broken { number: 3 });
    pool.execute("delete from audit where number = 3").await.unwrap();
    assert_eq!(world.verdict(None).await, Verdict::Broken { number: 3 });
    pool.execute("delete from audit where number > 2").await.unwrap();
    assert_eq!(world.verdict(None).await, Verdict::Broken { number: 3 });
    // Whoever makes the rest anew is found by what was written down elsewhere.
    let remade = "update audit_head set number = 2, hash = (select hash from audit where number = 2)";
    pool.execute(remade).await.unwrap();
    assert!(matches!(world.verdict(None).await, Verdict::Whole { number: 2, .. }));
    assert_eq!(world.verdict(Some((last, &hash))).await, Verdict::Broken { number: 3 });
}

#[tokio::test]
async fn every_part_of_a_row_is_under_its_hash() {
    let world = World::empty().await;
    for _ in 0..5 {
        world.signs_in(INES).await;
    }
    let pool = world.look().await;
    let guard = if world.is_on_a_server() { "audit_is_not_changed on audit" } else { "audit_is_not_changed" };
    pool.execute(sqlx::AssertSqlSafe(format!("drop trigger {guard}"))).await.unwrap();
    pool.execute("create table audit_before as select * from audit").await.unwrap();

    for (column, other) in [
        ("at", "7"),
        ("kind", "'erased'"),
        ("who", "'x'"),
        ("about_kind", "'thing'"),
        ("about", "'x'"),
        ("group_id", "'x'"),
        ("address", "'x'"),
        ("times", "7"),
    ] {
        let change = format!("update audit set {column} = {other} where number = 3");
        let back = format!(
            "update audit set {column} = (select {column} from audit_before where number = 3) where number = 3"
        );
        pool.execute(sqlx::AssertSqlSafe(change)).await.unwrap();
        assert_eq!(world.verdict(None).await, Verdict::Broken { number: 3 }, "{column}");
        pool.execute(sqlx::AssertSqlSafe(back)).await.unwrap();
        assert!(matches!(world.verdict(None).await, Verdict::Whole { .. }), "{column}");
    }
}

#[tokio::test]
async fn a_row_that_was_put_behind_the_last_is_found_however_well_it_is_chained() {
    let world = World::empty().await;
    let Verdict::Whole { number: last, hash } = world.verdict(None).await else { panic!("it is broken") };
    let whole = (&hash, last + 1, 1, "signed-in", "x", "", "", "", "", 1);
    let whole = serde_json::to_string(&whole).unwrap();
    let made: String = Sha256::digest(whole.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();

    let sql = format!(
        "insert into audit (number, at, kind, who, about_kind, about, group_id, address, times, hash) \
         values ({}, 1, 'signed-in', 'x', '', '', '', '', 1, '{made}')",
        last + 1
    );
    world.look().await.execute(sqlx::AssertSqlSafe(sql)).await.unwrap();

    assert_eq!(world.verdict(None).await, Verdict::Broken { number: last + 1 });
}

#[tokio::test]
async fn no_row_is_put_in_the_place_of_another() {
    let world = World::empty().await;
    world.signs_in(INES).await;
    let row = "into audit (number, at, kind, who, about_kind, about, group_id, address, times, hash) \
               values (1, 1, 'signed-in', 'x', '', '', '', '', 1, '')";
    let sql = if world.is_on_a_server() {
        format!("insert {row} on conflict (number) do update set who = excluded.who")
    } else {
        format!("insert or replace {row}")
    };

    assert!(world.look().await.execute(sqlx::AssertSqlSafe(sql)).await.is_err());
    assert!(matches!(world.verdict(None).await, Verdict::Whole { .. }));
}

#[tokio::test]
async fn what_was_counted_outlives_whoever_went_away_while_it_was_kept() {
    let world = World::empty().await;
    world.desk.count(Note::by_nobody(Kind::LimitHit));

    // Asked once, and gone.
    let filter = Filter::default();
    tokio::select! {
        biased;
        _ = world.desk.audit(world.agent(MARTA), &filter, None) => panic!("it was kept at once"),
        () = std::future::ready(()) => {}
    }

    let lines = world.log(MARTA, &Filter { kind: Some(Kind::LimitHit), ..Filter::default() }).await;
    assert_eq!(lines.len(), 1);
}

#[tokio::test]
async fn what_could_not_be_kept_is_still_counted() {
    let world = World::empty().await;
    let pool = world.look().await;
    world.desk.count(Note::by_nobody(Kind::LimitHit));
    pool.execute("alter table audit_head rename to audit_elsewhere").await.unwrap();

    let broken = world.desk.audit(world.agent(MARTA), &Filter::default(), None).await;
    world.desk.count(Note::by_nobody(Kind::LimitHit));
    pool.execute("alter table audit_elsewhere rename to audit_head").await.unwrap();

    assert!(matches!(broken, Err(desk::Error::Broken(_))));
    let lines = world.log(MARTA, &Filter { kind: Some(Kind::LimitHit), ..Filter::default() }).await;
    assert_eq!(lines.iter().map(|line| line.times).sum::<u32>(), 2);
}

#[tokio::test]
async fn many_who_write_at_once_make_one_chain() {
    let (world, chat) = World::with_conversation().await;

    let mut running = Vec::new();
    for n in 0..24 {
        let (desk, chat) = (world.desk.clone(), chat.clone());
        let (caller, id) = (world.caller(MARTA).await, world.id());
        running.push(tokio::spawn(async move {
            if n % 2 == 0 {
                let wish = domain::event::Wish { id, act: Act::Aside { whisper: true, text: format!("susurro {n}") } };
                desk.act_from(&here(), &caller, &chat, &wish).await.unwrap();
            } else {
                desk.sign_in(LUCIA, PASSWORD, &here()).await.unwrap();
            }
        }));
    }
    for one in running {
        one.await.unwrap();
    }
    world.settle().await;

    let whispers = world.log(MARTA, &Filter { kind: Some(Kind::Whispered), ..Filter::default() }).await.len();
    let all = world.count("select count(*) from audit").await;
    assert_eq!((whispers, world.verdict(None).await), (12, Verdict::Whole { number: all, hash: head(&world).await }));
}

async fn head(world: &World) -> String {
    use sqlx::Row;
    world.look().await.fetch_one("select hash from audit_head").await.unwrap().try_get(0).unwrap()
}

#[tokio::test]
async fn it_outlives_a_restart() {
    let mut world = World::empty().await;
    refusal(world.desk.sign_in(INES, "no es esta", &here()).await);

    world.restart(Span::secs(1)).await;

    let failed = world.log(MARTA, &Filter { kind: Some(Kind::SignInFailed), ..Filter::default() }).await;
    assert_eq!(failed.len(), 1);
}

#[tokio::test]
async fn it_is_asked_about_somebody_or_something_and_for_the_days_of_the_house() {
    let mut world = World::open().await;
    let chat = world.starts("ana", "returns").await;
    world.acts(INES, &chat, Act::Attend).await;
    world.acts(MARTA, &chat, Act::Watch).await;
    let ana = world.desk.visitor(&world.token("ana")).await.unwrap().customer;
    world.desk.block(world.agent(INES), &ana, true, "Insulta", &here()).await.unwrap();
    let today = world.log(MARTA, &Filter::default()).await.len();
    // It was noon; thirteen hours later it is tomorrow there, and thirteen hours earlier than there it is still today.
    world.wait(Span::hours(13)).await;
    world.desk.block(world.agent(INES), &ana, false, "Se disculpó", &here()).await.unwrap();
    let day = |text: &str| Day::try_from(text.to_owned()).ok();
    let (first, second) = (day("2026-11-22"), day("2026-11-23"));
    let on = async |from, to| world.log(MARTA, &Filter { from, to, ..Filter::default() }).await;
    let about = async |who: &str, text: &str| {
        let filter = Filter { about: Some(text.into()), ..Filter::default() };
        world.log(who, &filter).await.iter().map(|line| line.kind).collect::<Vec<_>>()
    };

    let kinds: Vec<_> = on(second, None).await.iter().map(|line| line.kind).collect();
    assert_eq!(kinds, [Kind::Unblocked]);
    assert_eq!((on(None, first).await.len(), on(first, second).await.len()), (today, today + 1));
    assert_eq!((on(second, first).await.len(), on(None, day("2026-11-21")).await.len()), (0, 0));
    assert_eq!(about(MARTA, &ana).await, [Kind::Unblocked, Kind::Blocked]);
    assert_eq!(about(MARTA, " ana@correo.example ").await, [Kind::Unblocked, Kind::Blocked], "by her address");
    let many = "update customers set email = 'Ana@Correo.example' where email = 'ana@correo.example'";
    world.look().await.execute(many).await.unwrap();
    assert_eq!(about(MARTA, "ANA@correo.example").await, [Kind::Unblocked, Kind::Blocked], "however it was written");
    assert_eq!(about(MARTA, "  ").await.len(), today + 1, "nothing is asked for");
    assert_eq!(about(MARTA, &chat).await, [Kind::Watched]);
    assert_eq!(about(INES, &chat).await, [Kind::Watched], "of her group");
    assert!(about(INES, &ana).await.is_empty(), "nobody's group");
    assert!(about(MARTA, "nobody@correo.example").await.is_empty());
    let west = Parameters { zone: "America/Sao_Paulo".into(), ..Parameters::default() };
    world.sets_parameters(west).await;
    assert!(
        on(second, second).await.iter().all(|line| line.kind != Kind::Unblocked),
        "there it is still the day before"
    );
    assert!(on(first, first).await.iter().any(|line| line.kind == Kind::Unblocked));
}

#[tokio::test]
async fn who_takes_the_log_along_gets_what_he_may_read_and_is_written_down() {
    let (world, chat) = World::with_conversation().await;
    world.acts(MARTA, &chat, Act::Watch).await;
    let (marta, ines, tomas) = (world.signed(MARTA).await, world.signed(INES).await, world.signed(TOMAS).await);
    let take = async |signed: &Signed| world.desk.all_audit(signed, &Filter::default(), &here()).await;

    let all = take(&marta).await.unwrap();
    let hers = take(&ines).await.unwrap();

    assert_eq!(hers.iter().map(|line| line.kind).collect::<Vec<_>>(), [Kind::Watched]);
    assert!(all.len() > hers.len());
    let taken = Filter { about: Some("audit".into()), ..Filter::default() };
    let by: Vec<_> = world.log(MARTA, &taken).await.into_iter().map(|line| (line.kind, line.by)).collect();
    let face = |signed: &Signed| By::Agent(signed.agent.face.clone());
    assert_eq!(by, [(Kind::Exported, face(&ines)), (Kind::Exported, face(&marta))]);
    assert_eq!(refusal(take(&tomas).await), Refusal::OnlyAdministrators);
    assert_eq!(refusal(world.desk.verify_audit(&ines.agent).await), Refusal::OnlyAdministrators);
    assert!(matches!(world.desk.verify_audit(&marta.agent).await.unwrap(), Verdict::Whole { .. }));
    // A file is whole, or there is none.
    let many = "with recursive n(i) as (select 1 union all select i + 1 from n where i < 50000) \
                insert into audit (number, at, kind, who, about_kind, about, group_id, address, times, hash) \
                select 1000000 + i, 0, 'signed-out', '', '', '', '', '', 1, '' from n";
    let before = world.count("select count(*) from audit").await;
    world.look().await.execute(many).await.unwrap();
    assert_eq!(refusal(take(&marta).await), Refusal::Full { limit: 50_000 });
    assert_eq!(world.count("select count(*) from audit").await, before + 50_000, "that is no file that was taken");
    assert_eq!(take(&ines).await.unwrap().len(), 1);
}
