//! One transaction of the keeper's: what it will write, and what it will tell afterwards.

use super::Live;
use super::distribution::stirs;
use crate::audit::{self, Note};
use crate::chat as chats;
use crate::database::Database;
use crate::hub::Topic;
use crate::indicators::{self, Change};
use crate::webhook::Watched;
use crate::{Fault, customer, file, mention, ticket, visitor, webhook};
use domain::audit::Kind;
use domain::indicators::Touched;
use domain::subscription::{Happened, Occasion};
use domain::ticket::Owed;
use domain::wire::{AgentState, Card, Down};
use domain::{Chat, Event, Face, Stage, Status, Ticket, TicketEvent, Time, Told};
use sqlx::{Any, AnyConnection, Row, Transaction};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

pub struct Batch {
    pub tx: Transaction<'static, Any>,
    pub now: Time,
    /// Chats that have ended, in this batch or long ago, that somebody spoke of.
    pub ended: HashMap<String, Live>,
    told: Vec<Told>,
    states: HashMap<String, Arc<Chat>>,
    kept: Vec<ticket::Kept>,
    tickets: HashMap<String, Ticket>,
    /// Tickets that were changed and that no trigger was asked about yet: as they were, and as they are.
    moved: Vec<(Option<Ticket>, Ticket)>,
    after: After,
    proof: Option<Proof>,
    /// Somebody may have room now, or somebody new waits.
    pub stirred: bool,
    /// An agent acts, and from which address, as far as that is known.
    pub from: Option<String>,
    /// What of it is written down in the log of who did what.
    pub notes: Vec<Note>,
    /// What of it the numbers count, in its order.
    counted: Vec<Change>,
    /// The groups whose numbers change.
    counting: HashSet<String>,
    /// Who is told of what happens.
    pub watched: Arc<Vec<Watched>>,
    /// What they may be told, in its order.
    happened: Vec<Happened>,
    /// Customers who are here.
    seen: BTreeSet<String>,
}

/// Something that is kept if the transaction is: an event by its act, a visitor by his fresh token.
enum Proof {
    Chat { chat: String, act: String },
    Ticket { ticket: String, act: String },
    Visitor { token_hash: String },
}

/// A commit without an answer, as when the connection is cut: it may be kept all the same.
pub struct Unanswered {
    pub after: After,
    proof: Proof,
}

impl Unanswered {
    pub async fn is_kept(&self, conn: &mut AnyConnection) -> Result<bool, Fault> {
        Ok(match &self.proof {
            Proof::Chat { chat, act } => !chats::told_of_act(conn, chat, act).await?.is_empty(),
            Proof::Ticket { ticket, act } => ticket::is_done(conn, ticket, act).await?,
            Proof::Visitor { token_hash } => visitor::find(conn, token_hash).await?.is_some(),
        })
    }
}

/// What to tell once it is durable.
#[derive(Default)]
pub struct After {
    pub tells: Vec<Tell>,
    pub queues: HashSet<String>,
    pub replaced: Vec<Replaced>,
    /// The words of tickets may be others now.
    pub tickets: bool,
    /// There is something to be sent.
    pub mails: bool,
    pub webhooks: bool,
    /// How many messages people wrote.
    pub messages: u64,
}

/// A token that stands for nobody any more, and for whom it stood.
pub struct Replaced {
    pub token_hash: String,
    pub customer: String,
}

/// One frame, for whom, and for whom not.
pub struct Tell {
    pub to: Vec<Topic>,
    pub but: Vec<Topic>,
    pub down: Down,
}

impl After {
    fn tell(&mut self, to: Vec<Topic>, down: Down) {
        self.tells.push(Tell { to, but: Vec::new(), down });
    }
}

/// How a chat stood before something happened in it, as far as others must hear of it.
pub struct Before {
    group: String,
    stage: Stage,
    agents: Vec<String>,
    invited: Vec<String>,
    replied: bool,
}

impl Before {
    pub fn of(chat: &Chat) -> Before {
        let agents = chat.agents.iter().map(|a| a.face.id.clone()).collect();
        let invited = chat.invited.iter().map(|face| face.id.clone()).collect();
        let replied = chat.first_reply_at.is_some();
        Before { group: chat.group.id.clone(), stage: chat.stage, agents, invited, replied }
    }

    /// Is it another chat to the numbers?
    fn counts_otherwise(&self, chat: &Chat) -> bool {
        let agents = chat.agents.iter().map(|a| &a.face.id);
        self.stage != chat.stage || self.replied != chat.first_reply_at.is_some() || !agents.eq(&self.agents)
    }

    /// Who is inside now, and who was.
    fn inside<'a>(&'a self, chat: &'a Chat) -> impl Iterator<Item = &'a String> {
        self.agents.iter().chain(chat.agents.iter().map(|a| &a.face.id))
    }
}

impl Batch {
    pub async fn begin(database: &Database, now: Time) -> Result<Batch, Fault> {
        let tx = database.begin().await?;
        Ok(Batch {
            tx,
            now,
            ended: HashMap::new(),
            told: Vec::new(),
            states: HashMap::new(),
            kept: Vec::new(),
            tickets: HashMap::new(),
            moved: Vec::new(),
            after: After::default(),
            proof: None,
            stirred: false,
            from: None,
            notes: Vec::new(),
            counted: Vec::new(),
            counting: HashSet::new(),
            watched: Arc::default(),
            happened: Vec::new(),
            seen: BTreeSet::new(),
        })
    }

    /// Notes what happened in a chat, who will hear it, and whose place it may have moved.
    pub fn note(&mut self, before: &Before, chat: &Arc<Chat>, told: &[Told]) {
        for t in told {
            let mut topics: Vec<Topic> = vec![Topic::Chat(chat.id.clone())];
            let invited = chat.invited.iter().map(|f| &f.id);
            topics.extend(before.inside(chat).chain(invited).map(|id| Topic::Agent(id.clone())));
            if let Event::Mentioned { agents, .. } = &t.event {
                topics.extend(agents.iter().map(|agent| Topic::Agent(agent.id.clone())));
            }
            if !t.event.is_aside() && !chat.is_inner() {
                topics.push(Topic::Customer(chat.customer.id.clone()));
            }
            self.after.tell(topics, Down::Told(t.clone()));
        }
        self.write_down(before, chat, told);
        if !self.watched.is_empty() {
            self.happened.extend(told.iter().filter_map(|t| Happened::in_chat(chat, t)));
        }
        if let Some(t) = told.first() {
            self.proof.get_or_insert_with(|| Proof::Chat { chat: t.chat.clone(), act: t.act.clone() });
        }
        self.stirred |= stirs(told);
        self.told.extend_from_slice(told);
        self.states.insert(chat.id.clone(), chat.clone());
        if told.iter().any(|t| t.event.is_end()) {
            self.counted.push(Change::Over(chat.clone()));
        }
        // No list shows what is over, whatever is said of it afterwards.
        let was_over = matches!(before.stage, Stage::Ended(_));
        let in_row =
            |event: &Event| !event.is_aside() || matches!(event, Event::Invited { .. } | Event::Declined { .. });
        if !was_over && told.iter().any(|t| in_row(&t.event)) {
            self.note_card(before, chat);
        }
    }

    /// What an agent did in it that is more than ordinary work (S88).
    fn write_down(&mut self, before: &Before, chat: &Chat, told: &[Told]) {
        let Some(from) = &self.from else { return };
        // Where colleagues speak among themselves nobody administers.
        let group = if chat.is_inner() { "" } else { &before.group };
        for t in told {
            let Some(by) = author(&t.event) else { continue };
            let invited = before.invited.contains(&by.id);
            if let Some(kind) = Kind::of(&t.event, invited) {
                self.notes.push(Note::by(&by.id, kind).at(Some(from)).about_chat(&chat.id, group));
            }
        }
    }

    /// The row of the lists, and the queues it came from and went to.
    fn note_card(&mut self, before: &Before, chat: &Chat) {
        let moved = before.group != chat.group.id;
        let mut card = Card::of(chat);
        card.was_group = moved.then(|| before.group.clone());
        // Whoever was asked in sees the row as who is inside, and lets it go when he is not any more.
        let invited = before.invited.iter().chain(chat.invited.iter().map(|face| &face.id));
        let inside: Vec<Topic> = before.inside(chat).chain(invited).map(|id| Topic::Agent(id.clone())).collect();
        // Numbers count it also where only who is in it knows of it: to the others it is that a number is another.
        if before.counts_otherwise(chat) {
            self.counting.insert(chat.counted_group().to_owned());
        }
        if chat.is_inner() {
            // Whoever was in it lets its row go.
            let others = chat.served.iter().map(|face| Topic::Agent(face.id.clone()));
            let all: Vec<Topic> = inside.into_iter().chain(others).collect();
            return self.after.tell(all, Down::Card(card.without_words()));
        }
        let mut groups = vec![Topic::Group(chat.group.id.clone())];
        if moved {
            groups.push(Topic::Group(before.group.clone()));
        }
        // Two frames: what is said in a conversation is in the row of who is in it, and of nobody else.
        self.after.tell(inside.clone(), Down::Card(card.clone()));
        self.after.tells.push(Tell { to: groups, but: inside, down: Down::Card(card.without_words()) });
        let waits = chat.stage == Stage::Waiting;
        if moved || before.stage != chat.stage || waits && chat.seq == 1 {
            self.after.queues.insert(before.group.clone());
            self.after.queues.insert(chat.group.id.clone());
        }
    }

    /// A ticket is born with what was owed.
    pub fn bear(&mut self, id: String, act: &str, owed: Owed) -> Ticket {
        let mut ticket = Ticket::open(id, self.now, &owed.birth);
        self.keep(ticket.status, &ticket, act, TicketEvent::Born(Box::new(owed.birth)));
        self.changed(&mut ticket, act, owed.saved.into_iter().collect());
        self.tells_of(&ticket, Occasion::TicketOpened);
        self.tickets.insert(ticket.id.clone(), ticket.clone());
        self.note_ticket(&ticket);
        ticket
    }

    /// Applies what was decided about a ticket.
    pub fn change(&mut self, ticket: &mut Ticket, act: &str, events: Vec<TicketEvent>) {
        if !events.is_empty() {
            self.changed(ticket, act, events);
            self.tells_of(ticket, Occasion::TicketChanged);
        }
    }

    fn changed(&mut self, ticket: &mut Ticket, act: &str, events: Vec<TicketEvent>) {
        if events.is_empty() {
            return;
        }
        let was = ticket.clone();
        let before = (ticket.group.id.clone(), ticket.owner.as_ref().map(|owner| owner.id.clone()));
        for event in events {
            let was = ticket.status;
            ticket.apply(self.now, &event);
            self.keep(was, ticket, act, event);
        }
        // Until then it may have taken the room of a conversation.
        self.stirred |= !was.is_saved() && ticket.is_saved();
        self.tickets.insert(ticket.id.clone(), ticket.clone());
        self.note_ticket(ticket);
        // Whose it was hears of it too: it goes from his lists.
        let mut gone = Vec::new();
        if before.0 != ticket.group.id {
            gone.push(Topic::Group(before.0));
        }
        if let Some(owner) = before.1.filter(|owner| !ticket.is_owned_by(owner)) {
            gone.push(Topic::Agent(owner));
        }
        if !gone.is_empty() {
            self.after.tell(gone, Down::Ticket(Box::new(ticket.clone())));
        }
        match self.moved.iter_mut().find(|(_, moved)| moved.id == ticket.id) {
            Some((_, moved)) => *moved = ticket.clone(),
            None => self.moved.push((Some(was), ticket.clone())),
        }
    }

    /// Once of each ticket and occasion, as all that happened to it here leaves it.
    fn tells_of(&mut self, ticket: &Ticket, occasion: Occasion) {
        if self.watched.is_empty() {
            return;
        }
        let is_it = |one: &Happened| one.ticket.as_ref().is_some_and(|of| of.id == ticket.id);
        for told in self.happened.iter_mut().filter(|one| is_it(one)) {
            *told = Happened::to_ticket(ticket, told.occasion);
        }
        if !self.happened.iter().any(|one| is_it(one) && one.occasion == occasion) {
            self.happened.push(Happened::to_ticket(ticket, occasion));
        }
    }

    /// The tickets that were changed since this was asked last: as they were before all of it, and as they are.
    pub fn take_moved(&mut self) -> Vec<(Option<Ticket>, Ticket)> {
        std::mem::take(&mut self.moved)
    }

    /// This customer is here.
    pub fn sees(&mut self, customer: &str) {
        self.seen.insert(customer.into());
    }

    /// There will be mail to send.
    pub fn sends_mail(&mut self) {
        self.after.mails = true;
    }

    pub fn sends_webhooks(&mut self) {
        self.after.webhooks = true;
    }

    /// `was`: its status before this event.
    fn keep(&mut self, was: Status, ticket: &Ticket, act: &str, event: TicketEvent) {
        self.counted.extend(Touched::by(was, ticket, &event, self.now).map(Change::Touched));
        self.proof.get_or_insert_with(|| Proof::Ticket { ticket: ticket.id.clone(), act: act.into() });
        self.kept.push(ticket::Kept {
            ticket: ticket.id.clone(),
            seq: ticket.seq,
            at: self.now,
            act: act.into(),
            event,
        });
    }

    fn note_ticket(&mut self, ticket: &Ticket) {
        self.after.tickets = true;
        let mut topics = vec![Topic::Group(ticket.group.id.clone()), Topic::Ticket(ticket.id.clone())];
        topics.extend(ticket.owner.iter().map(|o| Topic::Agent(o.id.clone())));
        self.after.tell(topics, Down::Ticket(Box::new(ticket.clone())));
    }

    /// Tells staff that an agent came or went.
    pub async fn agent_state(&mut self, face: &Face, connected: bool) -> Result<(), Fault> {
        let row = sqlx::query("select online from agents where id = $1")
            .bind(face.id.as_str())
            .fetch_one(&mut *self.tx)
            .await?;
        let online = row.try_get::<i64, _>(0)? != 0;
        self.after.tell(vec![Topic::Staff], Down::Agent(AgentState { face: face.clone(), connected, online }));
        Ok(())
    }

    /// A fresh token stands for somebody in the place of the one he came with.
    pub fn replaces(&mut self, old: Replaced, fresh: &str) {
        self.after.replaced.push(old);
        self.proof.get_or_insert_with(|| Proof::Visitor { token_hash: fresh.into() });
    }

    /// Tickets wait to be indexed that did not change.
    pub fn reindexes(&mut self) {
        self.after.tickets = true;
    }

    /// Whoever was him is nobody; whose screens show his tickets see them as they are now.
    pub fn erased(&mut self, erased: customer::Erased) {
        for ticket in &erased.tickets {
            self.note_ticket(ticket);
        }
        let gone = erased.tokens.into_iter().map(|(token_hash, customer)| Replaced { token_hash, customer });
        self.after.replaced.extend(gone);
    }

    /// Who is there to attend these groups has changed.
    pub fn stirs(&mut self, groups: impl Iterator<Item = String>) {
        self.after.queues.extend(groups);
        self.stirred = true;
    }

    /// A write and a telling, for the health check.
    pub async fn check(&mut self) -> Result<(), Fault> {
        sqlx::query("insert into settings (name, value) values ('checked', $1) on conflict (name) do update set value = excluded.value")
            .bind(self.now.0.to_string())
            .execute(&mut *self.tx)
            .await?;
        self.after.tell(vec![Topic::Check], Down::Pong(0));
        Ok(())
    }

    /// Writes what was noted so far, so that the next question to the database sees it.
    pub async fn flush(&mut self) -> Result<(), Fault> {
        let told = std::mem::take(&mut self.told);
        if !told.is_empty() {
            let written = told.iter().filter(|told| matches!(told.event, Event::Posted { .. }));
            self.after.messages += written.count() as u64;
            chats::keep_events(&mut self.tx, &told).await?;
            file::keep_rows(&mut self.tx, &told).await?;
            mention::keep_rows(&mut self.tx, &told).await?;
        }
        if !self.states.is_empty() {
            let states: Vec<Arc<Chat>> = self.states.drain().map(|(_, chat)| chat).collect();
            chats::keep_states(&mut self.tx, &states).await?;
        }
        if !self.kept.is_empty() {
            ticket::keep_events(&mut self.tx, &std::mem::take(&mut self.kept)).await?;
        }
        if !self.tickets.is_empty() {
            let tickets: Vec<Ticket> = self.tickets.drain().map(|(_, ticket)| ticket).collect();
            ticket::keep_states(&mut self.tx, &tickets).await?;
        }
        Ok(())
    }

    pub async fn commit(mut self) -> Result<After, (Fault, Option<Unanswered>)> {
        self.flush().await.map_err(|fault| (fault, None))?;
        let seen: Vec<String> = std::mem::take(&mut self.seen).into_iter().collect();
        visitor::keep_seen(&mut self.tx, &seen, self.now).await.map_err(|fault| (fault, None))?;
        // After the log, which is asked of a chat that waited twice; and late, as the row below: whoever else folds
        // waits from here to the end. Always in this order, so that no two wait for one another.
        if !self.counted.is_empty() {
            let counted = std::mem::take(&mut self.counted);
            let groups = indicators::keep(&mut self.tx, &counted).await.map_err(|fault| (fault, None))?;
            self.counting.extend(groups);
        }
        self.tell_counted();
        let (watched, happened) = (self.watched.clone(), std::mem::take(&mut self.happened));
        self.after.webhooks |= webhook::keep_for_house(&mut self.tx, &watched, &happened, self.now)
            .await
            .map_err(|fault| (fault, None))?;
        // Last of all: whoever else writes something down waits from here to the end.
        audit::append(&mut self.tx, self.now, &self.notes).await.map_err(|fault| (fault, None))?;
        let (after, proof) = (self.after, self.proof);
        match self.tx.commit().await {
            Ok(()) => Ok(after),
            Err(error) => Err((error.into(), proof.map(|proof| Unanswered { after, proof }))),
        }
    }

    /// Who hears neither a card nor a ticket of what his group's numbers count hears that they are others.
    fn tell_counted(&mut self) {
        let tells_rows = |tell: &&Tell| matches!(tell.down, Down::Card(_) | Down::Ticket(_));
        let hear: HashSet<&Topic> = self.after.tells.iter().filter(tells_rows).flat_map(|tell| &tell.to).collect();
        let counting = self.counting.iter().cloned().map(Topic::Group);
        let groups: Vec<Topic> = counting.filter(|group| !hear.contains(group)).collect();
        if !groups.is_empty() {
            self.after.tell(groups, Down::Counted);
        }
    }
}

/// Whose act in a conversation may be written down.
fn author(event: &Event) -> Option<&Face> {
    match event {
        Event::Watched { by }
        | Event::Whispered { by, .. }
        | Event::Joined { by }
        | Event::Parted { by }
        | Event::Invited { by, .. }
        | Event::Declined { by }
        | Event::Redirected { by, .. } => Some(by),
        Event::Ended { by, .. } => by.as_ref(),
        _ => None,
    }
}
