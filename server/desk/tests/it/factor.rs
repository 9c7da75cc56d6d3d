//! The second factor: asked for once a device was confirmed, each code good once, and few tried (S11d).

use crate::world::*;
use desk::people::Staff;
use desk::{Signed, Step};
use domain::audit::{About, Filter, Kind};
use domain::factor::{PAPER, PATIENCE, TRIES, WINDOW};
use domain::{Refusal, Span, Time};
use sqlx::{Executor, Row};
use totp_rs::{Builder, Secret};

fn wrong_code() -> Refusal {
    Refusal::FieldWrong { field: "code".into() }
}

/// All of them at once.
async fn join_all<T: Send + 'static>(all: Vec<impl Future<Output = T> + Send + 'static>) -> Vec<T> {
    let running: Vec<_> = all.into_iter().map(tokio::spawn).collect();
    let mut done = Vec::new();
    for one in running {
        done.push(one.await.unwrap());
    }
    done
}

/// What a device of this secret shows at a moment.
fn code(secret: &str, at: Time) -> String {
    let secret = Secret::try_from_base32(secret).unwrap();
    let device = Builder::new().with_secret(secret).with_account_name("x").build().unwrap();
    device.generate(u64::try_from(at.0 / 1000).unwrap()).to_string()
}

impl World {
    /// Inés has a device; what is on it, and her codes on paper.
    async fn with_device(&self) -> (Signed, String, Vec<String>) {
        let ines = self.signed(INES).await;
        let setup = self.desk.begin_factor(&ines, PASSWORD, &here()).await.unwrap();
        let paper = self.desk.confirm_factor(&ines, &code(&setup.secret, self.desk.now()), &here()).await.unwrap();
        self.clock.advance(Span::secs(60));
        (ines, setup.secret, paper)
    }

    /// The password was right; the token for the code.
    async fn first_step(&self) -> String {
        match self.desk.sign_in(INES, PASSWORD, &here()).await.unwrap() {
            Step::Code(token) => token,
            Step::Session(_) => panic!("no code is asked for"),
        }
    }
}

#[tokio::test]
async fn a_code_is_asked_for_once_a_device_was_confirmed() {
    let world = World::empty().await;
    let ines = world.signed(INES).await;
    let setup = world.desk.begin_factor(&ines, PASSWORD, &here()).await.unwrap();
    // It was shown, and counts for nothing yet.
    world.signs_in(INES).await;

    let wrong = world.desk.confirm_factor(&ines, "000000", &here()).await;
    let first = code(&setup.secret, world.desk.now());
    let paper = world.desk.confirm_factor(&ines, &first, &here()).await.unwrap();

    assert_eq!(refusal(wrong), wrong_code());
    assert_eq!(paper.len(), PAPER);
    assert!(setup.drawing.starts_with("data:image/svg+xml;base64,"));
    let step = world.first_step().await;
    // Its code was used to confirm.
    assert_eq!(refusal(world.desk.sign_in_with_code(&step, &first, &here()).await), wrong_code());
    world.clock.advance(Span::secs(30));
    let next = code(&setup.secret, world.desk.now());
    let spaced = format!("{} {}", &next[..3], &next[3..]);
    let session = world.desk.sign_in_with_code(&step, &spaced, &here()).await.unwrap();
    assert_eq!(world.desk.session(&session).await.unwrap().email, INES);
    assert_eq!(refusal(world.desk.sign_in_with_code(&step, &next, &here()).await), Refusal::SignedOut);
    assert_eq!(world.desk.profile(&ines).await.unwrap().factor.unwrap().paper as usize, PAPER);
}

#[tokio::test]
async fn a_code_that_was_used_opens_nothing_again_however_many_come_at_once() {
    let world = World::empty().await;
    let (_, secret, _) = world.with_device().await;
    let code = code(&secret, world.desk.now());
    let mut steps = Vec::new();
    for _ in 0..TRIES {
        steps.push(world.first_step().await);
    }

    let tries = steps.into_iter().map(|step| {
        let (desk, code) = (world.desk.clone(), code.clone());
        async move { desk.sign_in_with_code(&step, &code, &here()).await.is_ok() }
    });
    let opened = join_all(tries.collect()).await.into_iter().filter(|opened| *opened).count();

    assert_eq!(opened, 1);
}

#[tokio::test]
async fn a_first_step_leads_in_once_however_many_good_codes_come_with_it() {
    let world = World::empty().await;
    let (_, _, paper) = world.with_device().await;
    let step = world.first_step().await;

    let tries = paper.iter().take(TRIES as usize - 1).map(|code| {
        let (desk, step, code) = (world.desk.clone(), step.clone(), code.clone());
        async move { desk.sign_in_with_code(&step, &code, &here()).await.is_ok() }
    });
    let opened = join_all(tries.collect()).await.into_iter().filter(|opened| *opened).count();

    assert_eq!(opened, 1);
}

#[tokio::test]
async fn of_many_codes_at_once_five_are_looked_at_and_then_one_waits_ten_minutes() {
    let world = World::empty().await;
    let (_, secret, _) = world.with_device().await;
    let step = world.first_step().await;

    let tries = (0..30).map(|n| {
        let (desk, step) = (world.desk.clone(), step.clone());
        async move { refusal(desk.sign_in_with_code(&step, &format!("{n:06}"), &here()).await) }
    });
    let answers = join_all(tries.collect()).await;
    let right = refusal(world.desk.sign_in_with_code(&step, &code(&secret, world.desk.now()), &here()).await);

    assert_eq!(answers.iter().filter(|why| **why == wrong_code()).count(), TRIES as usize);
    assert_eq!(right, Refusal::TooMany { seconds: 600 });
    world.clock.advance(WINDOW);
    let step = world.first_step().await;
    world.desk.sign_in_with_code(&step, &code(&secret, world.desk.now()), &here()).await.unwrap();
}

#[tokio::test]
async fn between_the_password_and_the_code_there_are_ten_minutes() {
    let world = World::empty().await;
    let (_, secret, _) = world.with_device().await;
    let step = world.first_step().await;

    world.clock.advance(Span(WINDOW.0 + 1));
    let late = world.desk.sign_in_with_code(&step, &code(&secret, world.desk.now()), &here()).await;
    let strange = world.desk.sign_in_with_code("nobody's", &code(&secret, world.desk.now()), &here()).await;

    assert_eq!((refusal(late), refusal(strange)), (Refusal::SignedOut, Refusal::SignedOut));
}

#[tokio::test]
async fn a_code_from_paper_is_good_once_and_new_ones_replace_them() {
    let world = World::empty().await;
    let (ines, _, paper) = world.with_device().await;
    let step = world.first_step().await;

    world.desk.sign_in_with_code(&step, &paper[3].to_uppercase(), &here()).await.unwrap();
    let again = world.first_step().await;
    let twice = world.desk.sign_in_with_code(&again, &paper[3], &here()).await;
    let left = world.desk.profile(&ines).await.unwrap().factor.unwrap().paper;
    let fresh = world.desk.renew_paper_codes(&ines, PASSWORD, &here()).await.unwrap();
    let old = world.desk.sign_in_with_code(&again, &paper[4], &here()).await;

    assert_eq!((refusal(twice), left as usize, refusal(old)), (wrong_code(), PAPER - 1, wrong_code()));
    world.desk.sign_in_with_code(&again, &fresh[0], &here()).await.unwrap();
}

#[tokio::test]
async fn its_secret_is_sealed_and_its_paper_is_hashed() {
    let world = World::empty().await;
    let (ines, secret, paper) = world.with_device().await;
    let plain = Secret::try_from_base32(&secret).unwrap();
    let hex: String = plain.as_bytes().iter().map(|byte| format!("{byte:02x}")).collect();

    let pool = world.look().await;
    let row = pool.fetch_one("select factor from agents where factor is not null").await.unwrap();
    let sealed: String = row.try_get(0).unwrap();
    let hashes: Vec<String> = pool
        .fetch_all("select code_hash from paper_codes")
        .await
        .unwrap()
        .iter()
        .map(|r| r.try_get(0).unwrap())
        .collect();

    assert!(!sealed.contains(&secret) && !sealed.contains(&hex), "{sealed}");
    assert_eq!(hashes.len(), PAPER);
    assert!(paper.iter().all(|code| !hashes.contains(&code.replace('-', ""))));
    assert_eq!(ines.email, INES);
}

#[tokio::test]
async fn on_and_off_end_every_other_session_and_want_the_password() {
    let world = World::empty().await;
    let elsewhere = world.signs_in(INES).await;
    let ines = world.signed(INES).await;
    assert_eq!(refusal(world.desk.begin_factor(&ines, "no es esta", &here()).await), Refusal::WrongPassword);
    let setup = world.desk.begin_factor(&ines, PASSWORD, &here()).await.unwrap();
    world.desk.confirm_factor(&ines, &code(&setup.secret, world.desk.now()), &here()).await.unwrap();
    assert_eq!(refusal(world.desk.session(&elsewhere).await), Refusal::SignedOut);
    // Whoever has one does not get another beside it.
    assert_eq!(refusal(world.desk.begin_factor(&ines, PASSWORD, &here()).await), Refusal::TooLate);
    world.clock.advance(Span::secs(30));
    let step = world.first_step().await;
    let second = world.desk.sign_in_with_code(&step, &code(&setup.secret, world.desk.now()), &here()).await.unwrap();

    assert_eq!(refusal(world.desk.end_factor(&ines, "no es esta", &here()).await), Refusal::WrongPassword);
    world.desk.end_factor(&ines, PASSWORD, &here()).await.unwrap();

    assert_eq!(refusal(world.desk.session(&second).await), Refusal::SignedOut);
    world.signs_in(INES).await;
    assert_eq!(world.desk.profile(&ines).await.unwrap().factor, None);
    assert_eq!(world.count("select count(*) from paper_codes").await, 0);
}

#[tokio::test]
async fn an_operator_takes_it_off_who_has_lost_his_device() {
    let world = World::empty().await;
    let (ines, _, _) = world.with_device().await;
    let session = world.signs_in(TOMAS).await;
    let staff = Staff::open(&world.settings.database).await.unwrap();

    staff.reset_factor(INES, world.desk.now()).await.unwrap();

    world.signs_in(INES).await;
    let his = format!("select count(*) from sessions where id = '{}'", ines.session);
    assert_eq!(world.count(&his).await, 0);
    world.desk.session(&session).await.unwrap();
    assert_eq!(refusal(staff.reset_factor(INES, world.desk.now()).await), Refusal::TooLate);
    assert_eq!(refusal(staff.reset_factor("nadie@x.example", world.desk.now()).await), Refusal::NotYours);
    staff.close().await;
}

#[tokio::test]
async fn who_guesses_codes_does_not_shut_out_who_has_paper() {
    let world = World::empty().await;
    let (_, _, paper) = world.with_device().await;
    let step = world.first_step().await;
    for _ in 0..TRIES {
        assert_eq!(refusal(world.desk.sign_in_with_code(&step, "000000", &here()).await), wrong_code());
    }
    let shut_out = world.desk.sign_in_with_code(&step, "000000", &here()).await;

    world.desk.sign_in_with_code(&step, &paper[0], &here()).await.unwrap();

    assert_eq!(refusal(shut_out), Refusal::TooMany { seconds: 600 });
    let log = Filter { kind: Some(Kind::LimitHit), ..Filter::default() };
    let lines = world.desk.audit(world.agent(MARTA), &log, None).await.unwrap().lines;
    assert_eq!(lines.len(), 1);
    assert_eq!(lines[0].about, About::Agent(world.agent(INES).face.clone()));
    let step = world.first_step().await;
    for _ in 0..TRIES {
        refusal(world.desk.sign_in_with_code(&step, "aaaa-aaaa-aaaa-aaaa", &here()).await);
    }
    let paper = world.desk.sign_in_with_code(&step, &paper[1], &here()).await;
    assert_eq!(refusal(paper), Refusal::TooMany { seconds: 600 });
}

#[tokio::test]
async fn a_secret_that_was_shown_is_confirmed_soon_or_not_at_all() {
    let world = World::empty().await;
    let ines = world.signed(INES).await;
    let confirm = async |secret: &str| world.desk.confirm_factor(&ines, &code(secret, world.desk.now()), &here()).await;

    let late = world.desk.begin_factor(&ines, PASSWORD, &here()).await.unwrap();
    world.clock.advance(Span(PATIENCE.0 + 1));
    assert_eq!(refusal(confirm(&late.secret).await), Refusal::TooLate);
    let thrown_out = world.desk.begin_factor(&ines, PASSWORD, &here()).await.unwrap();
    world.desk.change_password(&ines, PASSWORD, "otra clave bien larga", &here()).await.unwrap();
    assert_eq!(refusal(confirm(&thrown_out.secret).await), Refusal::TooLate);

    let soon = world.desk.begin_factor(&ines, "otra clave bien larga", &here()).await.unwrap();
    world.clock.advance(PATIENCE);
    confirm(&soon.secret).await.unwrap();
}

#[tokio::test]
async fn a_sign_in_on_its_way_is_asked_for_a_code_of_a_factor_that_was_just_switched_on() {
    let world = World::empty().await;
    let proven = world.desk.look_at_password(INES, PASSWORD, &here()).await.unwrap();

    world.with_device().await;

    let step = world.desk.admit(&proven, &here()).await.unwrap();
    assert!(matches!(step, Step::Code(_)), "{step:?}");
}

#[tokio::test]
async fn who_was_thrown_out_changes_nothing_with_what_is_on_its_way() {
    let world = World::empty().await;
    let (ines, _, _) = world.with_device().await;
    let proven = world.desk.prove(&ines, PASSWORD, &here()).await.unwrap();
    world.desk.revoke_session(&ines, &ines.session, &here()).await.unwrap();

    let answers = [
        world.desk.replace_password(&ines, &proven, "otra clave bien larga", &here()).await.err(),
        world.desk.renew_paper_codes(&ines, PASSWORD, &here()).await.err(),
        world.desk.end_factor(&ines, PASSWORD, &here()).await.err(),
        world.desk.begin_factor(&ines, PASSWORD, &here()).await.err(),
    ];

    for answer in answers {
        assert!(matches!(answer, Some(desk::Error::Refused(Refusal::SignedOut))), "{answer:?}");
    }
    world.first_step().await;
}
