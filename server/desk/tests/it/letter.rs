//! What triggers write: to whom, with which words, and how often (R41).

use crate::post::Post;
use crate::trigger::{adds, offline};
use crate::world::*;
use domain::Refusal;
use domain::trigger::{Action, Deed, Failed, Mischance, Sent, Whom};
use sqlx::{AssertSqlSafe, Executor};

pub fn mail(to: Whom, text: &str) -> Action {
    Action::Mail { to, subject: "Sobre {{subject}}".into(), text: text.into() }
}

#[tokio::test]
async fn mail_goes_to_the_customer_the_owner_or_the_group_with_what_is_known() {
    let mut post = Post::open([]).await;
    let world = World::with_post(&post).await;
    world.identifies("ana", "ana").await.unwrap();
    let ines = world.agent(INES).face.id.clone();
    world
        .makes(
            "Avisa",
            offline(),
            vec![
                Action::Owner(Some(ines)),
                mail(Whom::Customer, "Hola, {{customer}}: {{ticket}} está con {{agent}}. {{unknown}}"),
                mail(Whom::Owner, "De {{customer}} en {{group}} ({{application}})"),
                mail(Whom::Group, "Uno más"),
            ],
        )
        .await;

    let ticket = world.is_left("ana", "Llegó rota").await;

    let mut letters = Vec::new();
    for _ in 0..5 {
        letters.push(post.letter().await);
    }
    let to = |who: &str| letters.iter().filter(|letter| letter.to == [who]).collect::<Vec<_>>();
    let mine = to("ana@shop.example");
    assert_eq!(mine.len(), 1);
    assert_eq!(
        mine[0].text(),
        format!("Hola, ana of the shop: {} est=C3=A1 con In=C3=A9s Robledo. {{{{unknown}}}}", ticket.number)
    );
    assert!(mine[0].header("Subject").contains("Sobre") && mine[0].header("Auto-Submitted") == "auto-generated");
    assert_eq!((to(INES).len(), to(TOMAS).len(), to(MARTA).len(), to(LUCIA).len()), (2, 1, 1, 0));
    let sent = &world.triggered(&ticket.id).await[0].sent;
    assert_eq!(sent.len(), 3);
    assert!(
        matches!(&sent[0], Sent::Mail { to: Whom::Customer, text, .. } if text.starts_with("Hola, ana of the shop"))
    );
    // An agent's answers to her are counted for themselves.
    assert_eq!(world.count("select count(*) from mails where trigger_id is null").await, 0);
}

/// Words of a stranger, in the name of the house, to whoever he names: not even once.
#[tokio::test]
async fn nothing_that_a_stranger_wrote_is_sent_to_the_address_that_he_typed() {
    let mut post = Post::open([]).await;
    let world = World::with_post(&post).await;
    world.makes("Acuse", offline(), vec![mail(Whom::Customer, "Hola, {{customer}}. Lo leemos: {{subject}}")]).await;

    let mut message = world.message("ana", "Gana un premio en evil.example");
    message.open.answers[0].value = "Gana un premio en evil.example".into();
    let receipt = world.desk.leave_message(&world.token("ana"), &message).await.unwrap();
    let ticket = world.ticket_of_number(receipt.number).await;
    let letter = post.letter().await;
    for (n, address) in ["ANA@correo.example", "Ana@Correo.Example", "ana@CORREO.example"].iter().enumerate() {
        let mut message = world.message("otro", "hola");
        message.open.answers[1].value = (*address).into();
        world.desk.leave_message(&world.token(&format!("otro{n}")), &message).await.unwrap();
    }

    assert_eq!(letter.to, ["ana@correo.example"]);
    assert!(!letter.raw.contains("premio"), "{}", letter.raw);
    assert!(letter.text().starts_with(&format!("Hola, #{}. Lo leemos: Devoluciones", ticket.number)), "{}", letter.raw);
    // And no more than three a day to one address, whoever types it, and however.
    assert_eq!(world.count("select count(*) from mails").await, 3);
    let last = world.ticket_of_number(ticket.number + 3).await;
    let why = Refusal::TooMany { seconds: 86_400 };
    assert_eq!(world.triggered(&last.id).await[0].failed, [Failed { what: Deed::Mail(Whom::Customer), why }]);
}

#[tokio::test]
async fn what_cannot_be_mailed_is_told_and_holds_nothing_up() {
    let world = World::empty().await;
    world.makes("Avisa", offline(), vec![mail(Whom::Owner, "x"), adds(&["x"])]).await;
    let off = world.is_left("ana", "Hola").await;
    let failed = |why| [Failed { what: Deed::Mail(Whom::Owner), why }];
    assert_eq!(world.triggered(&off.id).await[0].failed, failed(Refusal::NotAsked));

    let post = Post::open([]).await;
    let world = World::with_post(&post).await;
    world.makes("Avisa", offline(), vec![mail(Whom::Owner, "x"), adds(&["x"])]).await;
    let nobody = world.is_left("ana", "Hola").await;
    assert_eq!(
        (nobody.tags.as_slice(), world.triggered(&nobody.id).await[0].failed.as_slice()),
        (&["x".to_owned()][..], &failed(Refusal::NoAddress)[..])
    );
}

#[tokio::test]
async fn a_letter_to_a_group_is_one_letter_and_too_many_are_told() {
    let post = Post::open([]).await;
    let world = World::with_post(&post).await;
    let id = world.makes("Avisa", offline(), vec![mail(Whom::Group, "Uno más")]).await.line.trigger.id;
    let now = world.desk.now().0 - 1;
    let row =
        |ticket: &str, n: i32| format!("('{ticket} {n}', '', '{ticket}', '{id}', 'x', '', '', {now}, 1, null, {now})");
    let sent = async |rows: Vec<String>| {
        let columns =
            "id, chat_id, ticket_id, trigger_id, recipient, subject, body, created_at, tries, due_at, sent_at";
        let sql = format!("insert into mails ({columns}) values {}", rows.join(", "));
        world.look().await.execute(AssertSqlSafe(sql)).await.unwrap();
    };
    sent((0..300).map(|n| row("todos", n)).collect()).await;

    let one = world.is_left("ana", "Hola").await;
    sent((0..198).map(|n| row(&n.to_string(), n)).collect()).await;
    let two = world.is_left("bea", "Hola").await;

    assert_eq!(world.triggered(&one.id).await[0].failed, []);
    let why = Refusal::TooMany { seconds: 3_600 };
    assert_eq!(world.triggered(&two.id).await[0].failed, [Failed { what: Deed::Mail(Whom::Group), why }]);
    let mishap = world.desk.triggers(world.agent(MARTA)).await.unwrap().remove(0).mishap.unwrap();
    assert_eq!((mishap.what, mishap.number), (Mischance::TooMany, two.number));
}
