//! Agents among themselves about a ticket: whoever is in it hears it, nobody else, and the ticket has it afterwards.

use crate::world::*;
use desk::Error;
use domain::act::Target;
use domain::parameters::Parameters;
use domain::presence::HOLD;
use domain::wire::Down;
use domain::{Act, Refusal, Span, Stage, Told};
use sqlx::{AssertSqlSafe, Executor, Row};

impl World {
    /// A ticket of *returns* that is saved, and its number.
    async fn saved_ticket() -> (World, String) {
        let (mut world, _) = World::with_conversation().await;
        world.leaves(INES).await;
        world.wait(just_over(HOLD)).await;
        world.comes(INES).await;
        let row = world.look().await.fetch_one("select id from tickets").await.unwrap();
        (world, row.try_get(0).unwrap())
    }

    pub async fn begins(&self, who: &str, ticket: &str, id: &str) -> Result<Vec<Told>, Error> {
        let (agent, theme) = (self.agent(who).clone(), domain::profile::Theme::System);
        let (lang, session) = ("es".into(), String::new());
        let signed = desk::Signed { agent, email: who.into(), lang, online: true, theme, session };
        self.desk.open_inner(&signed, ticket, id).await
    }

    async fn history(&self, ticket: &str) -> String {
        let sql = format!("select body from ticket_events where ticket_id = '{ticket}' order by seq desc limit 1");
        self.look().await.fetch_one(AssertSqlSafe(sql)).await.unwrap().try_get(0).unwrap()
    }
}

#[tokio::test]
async fn two_agents_speak_about_a_ticket_and_it_has_their_words_afterwards() {
    let (mut world, ticket) = World::saved_ticket().await;
    let chat = world.id();

    world.begins(INES, &ticket, &chat).await.unwrap();
    let tomas = world.agent(TOMAS).face.id.clone();
    world.does(INES, &chat, Act::Invite { agent: tomas }).await.unwrap();
    world.does(TOMAS, &chat, Act::Join).await.unwrap();
    world.says(TOMAS, &chat, "¿Qué le decimos?").await;
    let heard = world
        .hears_next(INES, |down| match down {
            Down::Told(told) if told.event.words().is_some() => Some(told.event.words().unwrap().to_owned()),
            _ => None,
        })
        .await;
    world.does(INES, &chat, Act::Close).await.unwrap();

    assert_eq!(heard, "¿Qué le decimos?");
    assert!(world.history(&ticket).await.contains(&chat), "it went on there");
    assert_eq!(world.count("select count(*) from tickets").await, 1);
    assert_eq!(world.count("select count(*) from chats where origin = 'AgentAgent' and customer_id = ''").await, 1);
}

#[tokio::test]
async fn nobody_outside_knows_of_it_while_it_runs_not_even_who_administers() {
    let (world, ticket) = World::saved_ticket().await;
    let chat = world.id();
    world.begins(INES, &ticket, &chat).await.unwrap();
    world.says(INES, &chat, "Entre nosotros").await;

    for who in [MARTA, TOMAS, LUCIA] {
        assert_eq!(refusal(world.desk.events(&world.caller(who).await, &chat, 0, 0).await), Refusal::NotYours);
        assert_eq!(refusal(world.does(who, &chat, Act::Join).await), Refusal::NotYours);
        let lists = world.desk.lists(world.agent(who)).await.unwrap();
        assert!(lists.cards.iter().all(|card| card.chat != chat));
    }
    assert_eq!(refusal(world.does("ana", &chat, Act::Post { text: "hola".into() }).await), Refusal::NotYours);
    let mine = world.desk.lists(world.agent(INES)).await.unwrap();
    assert!(mine.cards.iter().any(|card| card.chat == chat && card.is_inner()));
    world.does(INES, &chat, Act::Close).await.unwrap();
    assert!(world.desk.events(&world.caller(TOMAS).await, &chat, 0, 0).await.is_ok(), "it is the team's afterwards");
}

#[tokio::test]
async fn asked_again_it_is_the_same_one_and_a_strangers_id_is_refused() {
    let (world, ticket) = World::saved_ticket().await;
    let chat = world.id();

    let first = world.begins(INES, &ticket, &chat).await.unwrap();
    let again = world.begins(INES, &ticket, &chat).await.unwrap();

    assert_eq!(first, again);
    assert_eq!(refusal(world.begins(TOMAS, &ticket, &chat).await), Refusal::NotYours);
}

#[tokio::test]
async fn whoever_may_not_read_the_ticket_begins_nothing_and_neither_does_a_house_without_it() {
    let (world, ticket) = World::saved_ticket().await;

    assert_eq!(refusal(world.begins(LUCIA, &ticket, &world.id()).await), Refusal::NotYours);
    assert_eq!(refusal(world.begins(INES, "nowhere", &world.id()).await), Refusal::NotYours);
    assert_eq!(refusal(world.begins(INES, &ticket, "x").await), Refusal::Malformed);
    assert!(world.desk.choices().await.unwrap().talks);
    world.sets_parameters(Parameters { invite_owner: false, ..Parameters::default() }).await;
    assert_eq!(refusal(world.begins(INES, &ticket, &world.id()).await), Refusal::NotYours);
    assert!(!world.desk.choices().await.unwrap().talks, "so it is not offered");
}

#[tokio::test]
async fn it_has_no_queue_and_two_of_one_agent_are_two() {
    let (mut world, ticket) = World::saved_ticket().await;
    let (first, second) = (world.id(), world.id());
    world.begins(INES, &ticket, &first).await.unwrap();
    world.begins(INES, &ticket, &second).await.unwrap();

    let to_group = Act::Redirect { to: Target::Group("orders".into()) };
    assert_eq!(refusal(world.does(INES, &first, to_group).await), Refusal::NoSuchTarget);
    world.restart(Span::secs(1)).await;
    world.comes(INES).await;
    world.wait(Span::minutes(5)).await;

    for chat in [&first, &second] {
        let chat = world.screen(INES, chat).await.chat.unwrap();
        assert_eq!((chat.stage, chat.gone_since), (Stage::Attending, None));
    }
}

#[tokio::test]
async fn when_the_last_of_them_is_gone_it_is_over_and_in_the_ticket() {
    let (mut world, ticket) = World::saved_ticket().await;
    let chat = world.id();
    world.begins(INES, &ticket, &chat).await.unwrap();
    world.says(INES, &chat, "¿Alguien sabe?").await;

    world.leaves(INES).await;
    world.wait(just_over(HOLD)).await;

    assert!(world.history(&ticket).await.contains(&chat));
    assert_eq!(world.count("select count(*) from tickets").await, 1);
}

#[tokio::test]
async fn whoever_left_or_declined_hears_and_reads_no_more() {
    let (mut world, ticket) = World::saved_ticket().await;
    let chat = world.id();
    world.begins(INES, &ticket, &chat).await.unwrap();
    for who in [TOMAS, MARTA] {
        let agent = world.agent(who).face.id.clone();
        world.does(INES, &chat, Act::Invite { agent }).await.unwrap();
        world.follows(who, &chat).await;
    }
    world.does(TOMAS, &chat, Act::Join).await.unwrap();
    world.does(TOMAS, &chat, Act::Part).await.unwrap();
    world.does(MARTA, &chat, Act::Decline).await.unwrap();

    world.says(INES, &chat, "Ya se han ido").await;
    world.desk.set_online(&world.agent(INES).face.id, true).await.unwrap();

    for who in [TOMAS, MARTA] {
        assert_eq!(refusal(world.desk.events(&world.caller(who).await, &chat, 0, 0).await), Refusal::NotYours);
        let heard = world
            .hears_next(who, |down| match down {
                Down::Told(told) if told.event.words() == Some("Ya se han ido") => Some("words"),
                Down::Agent(state) if state.face.name == "Inés Robledo" => Some("only that"),
                _ => None,
            })
            .await;
        assert_eq!(heard, "only that");
    }
}

#[tokio::test]
async fn an_invitation_is_in_the_lists_until_it_is_answered_and_is_told_again() {
    let (mut world, ticket) = World::saved_ticket().await;
    let (chat, tomas) = (world.id(), world.agent(TOMAS).face.clone());
    world.begins(INES, &ticket, &chat).await.unwrap();
    let invite = || Act::Invite { agent: tomas.id.clone() };
    let invited = async |world: &World| {
        let cards = world.desk.lists(world.agent(TOMAS)).await.unwrap().cards;
        cards.into_iter().find(|card| card.chat == chat).map(|card| card.invited)
    };
    world.does(INES, &chat, invite()).await.unwrap();

    // As after a reload: what was told live is gone.
    assert_eq!(invited(&world).await, Some(vec![tomas.clone()]));
    world.comes(TOMAS).await;
    world.does(INES, &chat, invite()).await.unwrap();
    let again = |down: &Down| {
        matches!(down, Down::Told(told) if matches!(&told.event, domain::Event::Invited { agent, .. } if *agent == tomas)).then_some(())
    };
    world.hears_next(TOMAS, again).await;
    world.does(TOMAS, &chat, Act::Decline).await.unwrap();

    assert_eq!(invited(&world).await, None);
}

#[tokio::test]
async fn a_declined_invitation_that_is_declined_again_is_done() {
    let (world, ticket) = World::saved_ticket().await;
    let chat = world.id();
    world.begins(INES, &ticket, &chat).await.unwrap();
    let agent = world.agent(TOMAS).face.id.clone();
    world.does(INES, &chat, Act::Invite { agent }).await.unwrap();
    let wish = domain::event::Wish { id: world.id(), act: Act::Decline };
    let caller = world.caller(TOMAS).await;

    assert_eq!(world.desk.act(&caller, &chat, &wish).await.unwrap().len(), 1);
    assert_eq!(world.desk.act(&caller, &chat, &wish).await.unwrap(), []);
}

#[tokio::test]
async fn an_owner_who_does_not_attend_its_group_may_be_asked() {
    let (world, ticket) = World::saved_ticket().await;
    let (chat, lucia) = (world.id(), world.agent(LUCIA).face.id.clone());
    world.begins(INES, &ticket, &chat).await.unwrap();
    let invite = || Act::Invite { agent: lucia.clone() };
    let listed = async || {
        let all = world.desk.colleagues(world.agent(INES), &chat).await.unwrap();
        all.into_iter().map(|one| one.state.face.id).collect::<Vec<_>>()
    };
    assert!(listed().await.contains(&world.agent(MARTA).face.id) && !listed().await.contains(&lucia));
    assert_eq!(refusal(world.does(INES, &chat, invite()).await), Refusal::NoSuchTarget);

    let owns = format!("update tickets set owner_id = '{lucia}' where id = '{ticket}'");
    world.look().await.execute(AssertSqlSafe(owns)).await.unwrap();

    assert!(listed().await.contains(&lucia));
    world.does(INES, &chat, invite()).await.unwrap();
    world.does(LUCIA, &chat, Act::Join).await.unwrap();
}

#[tokio::test]
async fn they_speak_about_a_ticket_that_is_of_no_application_too() {
    let world = World::open().await;
    let (ticket, chat) = (world.opens_ticket(MARTA, "returns", "Silla").await, world.id());
    assert_eq!(ticket.application.id, "");

    world.begins(MARTA, &ticket.id, &chat).await.unwrap();

    let of = format!(
        "select count(*) from chats c join application_groups g on g.application_id = c.application_id \
         and g.group_id = 'returns' where c.id = '{chat}'"
    );
    assert_eq!(world.count(&of).await, 1, "of one that offers its group");
    world.says(MARTA, &chat, "¿De quién es?").await;
}
