//! Conversations with the customer of a ticket: who calls whom, and that the ticket has their words (R66-R68).

use crate::portal::{ANA, texts};
use crate::post::Post;
use crate::world::*;
use desk::Error;
use domain::act::Target;
use domain::identity::part_mail;
use domain::parameters::Parameters;
use domain::portal::{Guest, Reach, TYPED, TYPES};
use domain::ticket::Change;
use domain::{Act, Origin, Refusal, Span, Stage, Status, Ticket, TicketEvent, Told};
use sqlx::Executor;
use std::time::Duration;
use tokio::task::JoinHandle;

const WAIT: Duration = Duration::from_secs(30);

impl World {
    /// A page of his is open and waits; what it is told when a conversation begins.
    pub async fn waits(&self, guest: &Guest, ticket: &Ticket) -> JoinHandle<Result<Option<String>, Error>> {
        let (desk, customer) = (self.desk.clone(), guest.customer.id.clone());
        let page = tokio::spawn(async move { desk.called(&customer, "", WAIT).await });
        let until = std::time::Instant::now() + Duration::from_secs(20);
        while self.reach(INES, ticket).await != Reach::Here {
            assert!(std::time::Instant::now() < until, "his page does not wait");
            tokio::task::yield_now().await;
        }
        page
    }

    async fn reach(&self, who: &str, ticket: &Ticket) -> Reach {
        self.desk.reach(&self.signed(who).await, &ticket.id).await.unwrap()
    }

    pub async fn calls(&self, who: &str, ticket: &Ticket, chat: &str) -> Result<Vec<Told>, Error> {
        self.desk.call_customer(&self.signed(who).await, &ticket.id, chat).await
    }

    /// His page waits, Inés calls him, and it hears that; the conversation.
    pub async fn called(&self, guest: &Guest, ticket: &Ticket) -> String {
        let page = self.waits(guest, ticket).await;
        let chat = self.id();
        self.calls(INES, ticket, &chat).await.unwrap();
        page.await.unwrap().unwrap();
        chat
    }

    /// The keeper has heard that its customer is not gone.
    async fn until_here(&self, chat: &str) {
        let until = std::time::Instant::now() + Duration::from_secs(20);
        while self.chat(chat).await.gone_since.is_some() {
            assert!(std::time::Instant::now() < until, "he is still taken for gone");
            self.settle().await;
        }
    }
}

/// Whoever only administers the group, or owns the ticket, does not become who attends.
#[tokio::test]
async fn only_who_attends_in_its_group_calls_or_is_called() {
    let mut post = Post::open([]).await;
    let mut world = World::with_post(&post).await;
    let ticket = world.saved_for("ana", ANA).await;
    let (_, ana) = world.guest(&mut post, ANA).await;
    world.waits(&ana, &ticket).await;
    let mut ines = world.signed(INES).await;
    ines.agent.memberships.iter_mut().for_each(|m| (m.attendant, m.administrator) = (false, true));

    assert_eq!(world.desk.reach(&ines, &ticket.id).await.unwrap(), Reach::Attendants);
    assert_eq!(refusal(world.desk.call_customer(&ines, &ticket.id, &world.id()).await), Refusal::OnlyAttendants);
    let merge = domain::TicketAct::Merge { number: ticket.number };
    let other = world.saved_for("bruno", "bruno@correo.example").await;
    world.desk.save_ticket(world.agent(INES), &other.id, &world.id(), &merge).await.unwrap();
    assert_eq!(world.reach(INES, &other).await, Reach::Unready);
    world.look().await.execute("update memberships set attendant = 0, administrator = 1").await.unwrap();
    assert!(!world.sheet(&ana, &ticket).await.unwrap().may_talk);
    assert_eq!(refusal(world.desk.call_owner(&ana, "es", &ticket.id, &world.id()).await), Refusal::NobodyOnline);
}

#[tokio::test]
async fn an_agent_calls_the_customer_whose_page_waits_and_the_ticket_has_their_words() {
    let mut post = Post::open([]).await;
    let mut world = World::with_post(&post).await;
    let ticket = world.saved_for("ana", ANA).await;
    let (session, ana) = world.guest(&mut post, ANA).await;
    let chat = world.id();
    assert_eq!(world.reach(INES, &ticket).await, Reach::Away);
    assert_eq!(refusal(world.calls(INES, &ticket, &chat).await), Refusal::NoSuchTarget);

    let page = world.waits(&ana, &ticket).await;
    let begun = world.calls(INES, &ticket, &chat).await.unwrap();
    let called = page.await.unwrap().unwrap();
    let again = world.calls(INES, &ticket, &chat).await.unwrap();

    assert_eq!((called.as_ref(), &again), (Some(&chat), &begun));
    assert_eq!(refusal(world.calls(TOMAS, &ticket, &chat).await), Refusal::NotYours);
    let seen = world.chat(&chat).await;
    assert_eq!(
        (seen.stage, seen.origin, seen.customer.id.clone()),
        (Stage::Attending, Origin::TicketAgent, ana.customer.id.clone())
    );
    assert_eq!((seen.related.unwrap().id, seen.verified), (ticket.id.clone(), false));
    assert_eq!(part_mail(&seen.attributes).0, Some(ANA));
    let (shown, token) = world.sees_the_call(&ana, &session).await;
    assert_eq!(shown, chat);
    let visitor = world.desk.visitor(&token).await.unwrap();
    let caller = desk::Caller::Visitor(visitor.clone());
    let wish = domain::event::Wish { id: world.id(), act: Act::Post { text: "Sí, dime.".into() } };
    let ear = world.desk.listen(&caller).await.unwrap();
    world.desk.act(&caller, &chat, &wish).await.unwrap();
    world.says(INES, &chat, "Sale hoy.").await;
    let page = world.desk.events(&caller, &chat, 0, 0).await.unwrap();
    assert_eq!(page.told.iter().filter_map(|t| t.event.words()).collect::<Vec<_>>(), ["Sí, dime.", "Sale hoy."]);
    world.does(INES, &chat, Act::Close).await.unwrap();
    drop(ear);

    let history = world.desk.ticket_history(world.agent(INES), &ticket.id).await.unwrap();
    let went_on = history.iter().filter(|e| matches!(&e.event, TicketEvent::WentOn { chat: c, .. } if *c == chat));
    assert_eq!(went_on.count(), 1);
    assert_eq!(world.count("select count(*) from tickets").await, 1);
    let kept_in = world.desk.ticket_of_chat(world.agent(INES), &chat).await.unwrap().unwrap();
    let [linked] = kept_in.chats.as_slice() else { panic!("{kept_in:?}") };
    assert_eq!((kept_in.id.as_str(), linked.chat.as_str()), (ticket.id.as_str(), chat.as_str()));
    assert_eq!(world.chat(&chat).await.kept_in().map(|related| related.number), Some(ticket.number));
    assert!(texts(&world.sheet(&ana, &ticket).await.unwrap()).ends_with(&["Sí, dime.", "Sale hoy."]));
}

#[tokio::test]
async fn who_is_in_a_conversation_is_called_to_no_other_and_where_the_house_says_no_nobody_is() {
    let mut post = Post::open([]).await;
    let mut world = World::with_post(&post).await;
    let ticket = world.saved_for("ana", ANA).await;
    let (_, ana) = world.guest(&mut post, ANA).await;
    world.called(&ana, &ticket).await;

    assert_eq!(world.reach(INES, &ticket).await, Reach::Busy);
    assert_eq!(refusal(world.calls(INES, &ticket, &world.id()).await), Refusal::NoSuchTarget);
    assert_eq!(refusal(world.desk.reach(&world.signed(LUCIA).await, &ticket.id).await), Refusal::NotYours);
    assert_eq!(refusal(world.calls(LUCIA, &ticket, &world.id()).await), Refusal::NotYours);
    world.sets_parameters(Parameters { invite_customer: false, ..Parameters::default() }).await;
    assert_eq!(world.reach(INES, &ticket).await, Reach::Off);
    assert_eq!(refusal(world.calls(INES, &ticket, &world.id()).await), Refusal::NotYours);
}

#[tokio::test]
async fn whoever_typed_the_address_of_another_hears_nothing_of_what_is_said_to_her() {
    let mut post = Post::open([]).await;
    let mut world = World::with_post(&post).await;
    let ticket = world.saved_for("impostor", ANA).await;
    let (_, ana) = world.guest(&mut post, ANA).await;
    let chat = world.called(&ana, &ticket).await;

    let impostor = world.caller("impostor").await;
    assert_eq!(refusal(world.desk.events(&impostor, &chat, 0, 0).await), Refusal::NotYours);
    let visitor = world.desk.visitor(&world.token("impostor")).await.unwrap();
    assert_eq!(world.desk.open_chat_of(&visitor).await.unwrap(), None);
    assert_ne!(ana.customer.id, ticket.customer.id);
}

#[tokio::test]
async fn a_widget_that_is_open_without_a_conversation_is_called_as_well() {
    let post = Post::open([]).await;
    let mut world = World::with_post(&post).await;
    let ticket = world.saved_for("ana", ANA).await;
    let ana = Guest { customer: ticket.customer.clone(), address: None };

    let page = world.waits(&ana, &ticket).await;
    let chat = world.id();
    world.calls(INES, &ticket, &chat).await.unwrap();

    assert_eq!(page.await.unwrap().unwrap(), Some(chat.clone()));
    assert!(!world.chat(&chat).await.verified, "she has proved nothing");
    world.comes("ana").await;
    world.says("ana", &chat, "Aquí estoy.").await;
}

#[tokio::test]
async fn a_customer_calls_the_owner_who_is_online_and_nobody_else() {
    let mut post = Post::open([]).await;
    let mut world = World::with_post(&post).await;
    let ticket = world.saved_for("ana", ANA).await;
    let (_, ana) = world.guest(&mut post, ANA).await;
    let ines = world.agent(INES).face.id.clone();
    let start = async |world: &World, id: &str| world.desk.call_owner(&ana, "pt", &ticket.id, id).await;

    world.desk.set_online(&ines, false).await.unwrap();
    assert!(!world.sheet(&ana, &ticket).await.unwrap().may_talk);
    assert_eq!(refusal(start(&world, &world.id()).await), Refusal::NobodyOnline);
    world.desk.set_online(&ines, true).await.unwrap();
    world.sets_parameters(Parameters { invite_owner: false, ..Parameters::default() }).await;
    assert!(!world.sheet(&ana, &ticket).await.unwrap().may_talk);
    assert_eq!(refusal(start(&world, &world.id()).await), Refusal::NotYours);
    world.sets_parameters(Parameters::default()).await;
    assert!(world.sheet(&ana, &ticket).await.unwrap().may_talk);
    let chat = world.id();
    let begun = start(&world, &chat).await.unwrap();

    assert_eq!(start(&world, &chat).await.unwrap(), begun);
    assert!(!world.sheet(&ana, &ticket).await.unwrap().may_talk, "she does already");
    let seen = world.chat(&chat).await;
    assert_eq!((seen.stage, seen.origin, seen.lang.as_str()), (Stage::Attending, Origin::TicketCustomer, "pt"));
    assert_eq!(seen.agents.iter().map(|a| a.face.id.as_str()).collect::<Vec<_>>(), [ines.as_str()]);
    assert_eq!(refusal(start(&world, &world.id()).await), Refusal::AlreadyOpen { chat: chat.clone() });
    assert_eq!(refusal(start(&world, "x").await), Refusal::Malformed);
    // As any other, it may be handed over.
    let tomas = world.agent(TOMAS).face.id.clone();
    world.does(INES, &chat, Act::Redirect { to: Target::Agent(tomas) }).await.unwrap();
    world.does(TOMAS, &chat, Act::Close).await.unwrap();
    world.changes(INES, &ticket, vec![Change::Status(Status::Closed)]).await.unwrap();
    assert_eq!(refusal(start(&world, &world.id()).await), Refusal::TooLate);
}

#[tokio::test]
async fn who_was_called_and_does_not_come_is_gone_as_anybody_else() {
    let mut post = Post::open([]).await;
    let mut world = World::with_post(&post).await;
    let ticket = world.saved_for("ana", ANA).await;
    let (_, ana) = world.guest(&mut post, ANA).await;
    let chat = world.called(&ana, &ticket).await;

    world.wait(domain::presence::PATIENCE).await;
    world.wait(Span(1)).await;

    assert_eq!(world.chat(&chat).await.stage, Stage::Ended(domain::Reason::Connection));
    assert_eq!(world.count("select count(*) from tickets").await, 1);
}

#[tokio::test]
async fn who_is_called_while_he_fills_in_a_form_is_waited_for_and_not_for_ever() {
    let post = Post::open([]).await;
    let mut world = World::with_post(&post).await;
    let ticket = world.saved_for("ana", ANA).await;
    let ana = Guest { customer: ticket.customer.clone(), address: None };
    let chat = world.called(&ana, &ticket).await;
    let types = async |world: &World, who: &str| world.desk.types(who, &chat).await;

    // More than twice as long as anybody else is waited for.
    for _ in 1..TYPES.0 / Span::secs(10).0 {
        types(&world, &ana.customer.id).await.unwrap();
        world.wait(Span::secs(10)).await;
    }
    let waited = world.chat(&chat).await;
    world.wait(Span::secs(10)).await;
    let too_long = types(&world, &ana.customer.id).await;
    world.wait(domain::presence::PATIENCE).await;
    world.wait(TYPED).await;

    assert_eq!((waited.stage, waited.gone_since), (Stage::Attending, None));
    assert_eq!(refusal(too_long), Refusal::TooLate);
    assert_eq!(refusal(types(&world, "eva").await), Refusal::NotYours);
    assert_eq!(world.chat(&chat).await.stage, Stage::Ended(domain::Reason::Connection));
}

#[tokio::test]
async fn who_stops_typing_is_gone_and_who_goes_on_before_the_end_has_come_back() {
    let post = Post::open([]).await;
    let mut world = World::with_post(&post).await;
    let ticket = world.saved_for("ana", ANA).await;
    let ana = Guest { customer: ticket.customer.clone(), address: None };
    let chat = world.called(&ana, &ticket).await;

    world.desk.types(&ana.customer.id, &chat).await.unwrap();
    world.wait(TYPED).await;
    world.wait(Span(1)).await;
    let gone = world.chat(&chat).await.gone_since;
    world.desk.types(&ana.customer.id, &chat).await.unwrap();
    world.until_here(&chat).await;
    world.comes("ana").await;
    world.says("ana", &chat, "Aquí estoy.").await;

    assert!(gone.is_some());
    assert_eq!(world.chat(&chat).await.stage, Stage::Attending);
}
