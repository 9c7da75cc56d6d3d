//! Tickets: how they are kept, listed and saved.

use crate::audit::Hidden;
use crate::keeper::{Got, Want};
use crate::{Answer, Desk, Error, Fault, Visitor, database, visitor};
use domain::offline::{Message, Offline, Receipt};
use domain::person::Agent;
use domain::ticket::{Via, Way};
use domain::wire::{Entry, NewTicket};
use domain::{Chat, Refusal, Status, Ticket, TicketAct, TicketEvent, Time};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AnyExecutor, AssertSqlSafe, Row};

impl Desk {
    /// A ticket that this agent may see.
    pub async fn ticket(&self, agent: &Agent, id: &str) -> Answer<Ticket> {
        let found = load(&self.0.database.reader, id).await?.ok_or(Refusal::NotYours)?;
        if !found.may_read(agent) {
            return Err(self.hidden(Hidden::from(&agent.face, id)).into());
        }
        self.shows_ticket(agent, &found);
        Ok(found)
    }

    /// And what it names, which may be for others: its conversations, and where it was merged.
    fn shows_ticket(&self, agent: &Agent, ticket: &Ticket) {
        self.shows(agent, &ticket.id);
        let chats = ticket.chats.iter().map(|linked| &linked.chat);
        let into = ticket.merged.iter().map(|into| &into.id);
        ticket.chat.iter().chain(chats).chain(into).for_each(|named| self.shows(agent, named));
    }

    /// What happened to a ticket.
    pub async fn ticket_history(&self, agent: &Agent, id: &str) -> Answer<Vec<Entry>> {
        self.ticket(agent, id).await?;
        let kept = history(&self.0.database.reader, id).await?;
        kept.iter().filter_map(|kept| named_in(&kept.event)).for_each(|named| self.shows(agent, named));
        Ok(kept.into_iter().map(|kept| Entry { seq: kept.seq, at: kept.at, event: kept.event }).collect())
    }

    /// The ticket of a chat, once it has ended. One that it went on with may be another group's: then it is
    /// none to him.
    pub async fn ticket_of_chat(&self, agent: &Agent, chat: &str) -> Answer<Option<Ticket>> {
        let chat = self.seen_by(agent, chat).await?;
        let found = of_chat(&self.0.database.reader, &chat).await?;
        let found = found.filter(|ticket| ticket.may_read(agent));
        found.iter().for_each(|ticket| self.shows_ticket(agent, ticket));
        Ok(found)
    }

    /// The wrap-up (R64, R65), and every later change. A repeated wish changes nothing.
    pub async fn save_ticket(&self, agent: &Agent, id: &str, wish: &str, act: &TicketAct) -> Answer<Ticket> {
        let writes = matches!(act, TicketAct::Reply { .. });
        let want = Want::Ticket { agent: agent.clone(), ticket: id.into(), wish: wish.into(), act: act.clone() };
        match self.0.keeper.ask(want).await? {
            Got::Ticket(ticket) => {
                if writes {
                    self.0.mails.wake();
                }
                self.shows_ticket(agent, &ticket);
                Ok(*ticket)
            }
            Got::Hidden(hidden) => Err(self.hidden(hidden).into()),
            _ => Err(Error::Broken(Fault::new("the keeper answered with something else"))),
        }
    }

    /// By which way that went which this wish has written to the customer of a ticket; none: it has written nothing.
    pub async fn way_of_reply(&self, ticket: &Ticket, wish: &str) -> Answer<Option<Way>> {
        let rows = sqlx::query("select body from ticket_events where ticket_id = $1 and act = $2 order by seq")
            .bind(ticket.id.as_str())
            .bind(wish)
            .fetch_all(&self.0.database.reader)
            .await?;
        for row in &rows {
            let event: TicketEvent = serde_json::from_str(row.try_get(0)?)?;
            if let TicketEvent::Replied { to, .. } = event {
                return Ok(Some(Way::of_reply(&to)));
            }
        }
        Ok(None)
    }

    /// Opens a ticket by hand, or answers with the one that this very request has opened.
    pub async fn new_ticket(&self, agent: &Agent, new: &NewTicket) -> Answer<Ticket> {
        match self.0.keeper.ask(Want::NewTicket { agent: agent.clone(), new: Box::new(new.clone()) }).await? {
            Got::Ticket(ticket) => {
                self.shows_ticket(agent, &ticket);
                Ok(*ticket)
            }
            Got::Hidden(hidden) => Err(self.hidden(hidden).into()),
            _ => Err(Error::Broken(Fault::new("the keeper answered with something else"))),
        }
    }

    /// Leaves a message while nobody attends, or answers with the number that this very message was
    /// given (R16, R41).
    pub async fn leave_message(&self, token: &str, offline: &Offline) -> Answer<Receipt> {
        let want = Want::Offline { token_hash: visitor::checked_hash(token)?, offline: Box::new(offline.clone()) };
        match self.0.keeper.ask(want).await? {
            Got::Receipt(receipt) => Ok(receipt),
            _ => Err(Error::Broken(Fault::new("the keeper answered with something else"))),
        }
    }

    /// Has this visitor left this very message before?
    pub async fn has_message(&self, visitor: &Visitor, id: &str) -> Answer<bool> {
        let found = load(&self.0.database.reader, id).await?;
        Ok(found.is_some_and(|ticket| ticket.customer.id == visitor.customer))
    }

    pub(crate) async fn unsaved_of(&self, agent: &str) -> Answer<Vec<Ticket>> {
        let rows =
            sqlx::query("select state from tickets where owner_id = $1 and saved_at is null order by created_at, id")
                .bind(agent)
                .fetch_all(&self.0.database.reader)
                .await?;
        Ok(rows.iter().map(read_state).collect::<Result<_, _>>()?)
    }
}

/// Which conversation or other ticket a line of its history leads to.
fn named_in(event: &TicketEvent) -> Option<&str> {
    match event {
        TicketEvent::WentOn { chat, .. } | TicketEvent::Linked { chat, .. } | TicketEvent::Unlinked { chat, .. } => {
            Some(chat)
        }
        TicketEvent::Merged { into: other, .. } | TicketEvent::TookIn { other, .. } => Some(&other.id),
        _ => None,
    }
}

pub async fn load<'c>(on: impl AnyExecutor<'c>, id: &str) -> Result<Option<Ticket>, Fault> {
    if !database::can_hold(id) {
        return Ok(None);
    }
    let row = sqlx::query("select state from tickets where id = $1").bind(id).fetch_optional(on).await?;
    row.as_ref().map(read_state).transpose()
}

/// A ticket, or the one that took it in.
pub async fn load_whole(conn: &mut AnyConnection, id: &str) -> Result<Option<Ticket>, Fault> {
    let mut found = load(&mut *conn, id).await?;
    while let Some(into) = found.as_ref().and_then(|ticket| ticket.merged.clone()) {
        found = load(&mut *conn, &into.id).await?;
    }
    Ok(found)
}

/// The ticket that a conversation left, or the one that it went on with; merged or not.
pub async fn of_chat<'c>(on: impl AnyExecutor<'c>, chat: &Chat) -> Result<Option<Ticket>, Fault> {
    let row = sqlx::query("select state from tickets where chat_id = $1 or id = $2")
        .bind(chat.id.as_str())
        .bind(chat.related.as_ref().map_or("", |ticket| &ticket.id))
        .fetch_optional(on)
        .await?;
    row.as_ref().map(read_state).transpose()
}

/// The offline message that it was opened with.
pub async fn message(conn: &mut AnyConnection, id: &str) -> Result<Option<Message>, Fault> {
    let row = sqlx::query("select body from ticket_events where ticket_id = $1 and seq = 1")
        .bind(id)
        .fetch_optional(conn)
        .await?;
    let Some(row) = row else { return Ok(None) };
    match serde_json::from_str(row.try_get(0)?)? {
        TicketEvent::Born(birth) => Ok(birth.message),
        _ => Ok(None),
    }
}

/// The ticket of this protocol number.
pub async fn by_number<'c>(on: impl AnyExecutor<'c>, number: i64) -> Result<Option<Ticket>, Fault> {
    let row = sqlx::query("select state from tickets where number = $1").bind(number).fetch_optional(on).await?;
    row.as_ref().map(read_state).transpose()
}

/// Every ticket that waits for its first save.
pub async fn load_unsaved<'c>(on: impl AnyExecutor<'c>) -> Result<Vec<Ticket>, Fault> {
    let rows = sqlx::query("select state from tickets where saved_at is null").fetch_all(on).await?;
    rows.iter().map(read_state).collect()
}

pub fn read_state(row: &AnyRow) -> Result<Ticket, Fault> {
    Ok(serde_json::from_str(row.try_get(0)?)?)
}

/// Has this wish been fulfilled before?
pub async fn is_done<'c>(on: impl AnyExecutor<'c>, ticket: &str, wish: &str) -> Result<bool, sqlx::Error> {
    let row = sqlx::query("select 1 from ticket_events where ticket_id = $1 and act = $2 limit 1")
        .bind(ticket)
        .bind(wish)
        .fetch_optional(on)
        .await?;
    Ok(row.is_some())
}

/// One event of one ticket, as it is kept.
pub struct Kept {
    pub ticket: String,
    pub seq: u32,
    pub at: Time,
    pub act: String,
    pub event: TicketEvent,
}

/// What happened to a ticket, in its order.
pub async fn history<'c>(on: impl AnyExecutor<'c>, ticket: &str) -> Result<Vec<Kept>, Fault> {
    let rows = sqlx::query("select seq, at, act, body from ticket_events where ticket_id = $1 order by seq")
        .bind(ticket)
        .fetch_all(on)
        .await?;
    let one = |row: &AnyRow| {
        let seq = u32::try_from(row.try_get::<i64, _>(0)?)
            .map_err(|_| Fault::new("a ticket's event has an impossible number"))?;
        let event = serde_json::from_str(row.try_get(3)?)?;
        Ok(Kept { ticket: ticket.into(), seq, at: Time(row.try_get(1)?), act: row.try_get(2)?, event })
    };
    rows.iter().map(one).collect()
}

pub async fn keep_events(conn: &mut AnyConnection, kept: &[Kept]) -> Result<(), Fault> {
    for part in kept.chunks(database::ROWS) {
        let sql = format!(
            "insert into ticket_events (ticket_id, seq, at, act, body) values {}",
            database::places(part.len(), 5)
        );
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for k in part {
            query = query
                .bind(k.ticket.clone())
                .bind(i64::from(k.seq))
                .bind(k.at.0)
                .bind(k.act.clone())
                .bind(serde_json::to_string(&k.event)?);
        }
        query.execute(&mut *conn).await?;
    }
    Ok(())
}

const COLUMNS: usize = 17;

pub async fn keep_states(conn: &mut AnyConnection, tickets: &[Ticket]) -> Result<(), Fault> {
    for part in tickets.chunks(database::ROWS) {
        let sql = format!(
            "insert into tickets (id, number, chat_id, group_id, application_id, customer_id, owner_id, status, first_status, \
             created_at, changed_at, saved_at, seq, state, via, own_id, stands_since) values {} on conflict (id) do update set \
             group_id = excluded.group_id, owner_id = excluded.owner_id, status = excluded.status, \
             first_status = excluded.first_status, changed_at = excluded.changed_at, saved_at = excluded.saved_at, \
             seq = excluded.seq, state = excluded.state, own_id = excluded.own_id, \
             stands_since = excluded.stands_since, expired_at = null",
            database::places(part.len(), COLUMNS)
        );
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for t in part {
            query = query
                .bind(t.id.clone())
                .bind(t.number)
                .bind(t.chat.clone())
                .bind(t.group.id.clone())
                .bind(t.application.id.clone())
                .bind(t.customer.id.clone())
                .bind(t.owner.as_ref().map(|o| o.id.clone()))
                .bind(status_word(t.status))
                .bind(t.first_status.map(status_word))
                .bind(t.created_at.0)
                .bind(t.changed_at.0)
                .bind(t.saved_at.map(|at| at.0))
                .bind(i64::from(t.seq))
                .bind(serde_json::to_string(t)?)
                .bind(via_word(t.via))
                .bind(t.own.as_ref().map(|own| own.id.clone()))
                .bind(t.stands_since().0);
        }
        query.execute(&mut *conn).await?;
    }
    keep_found(conn, tickets).await
}

/// A status as its column holds it: the names of Movidesk's API.
pub fn status_word(status: Status) -> &'static str {
    match status {
        Status::New => "New",
        Status::InAttendance => "InAttendance",
        Status::Stopped => "Stopped",
        Status::Canceled => "Canceled",
        Status::Resolved => "Resolved",
        Status::Closed => "Closed",
    }
}

/// How it came to be, as its column holds it.
pub fn via_word(via: Via) -> &'static str {
    match via {
        Via::OnlineChat => "OnlineChat",
        Via::OfflineMessage => "OfflineMessage",
        Via::Agent => "Agent",
        Via::Portal => "Portal",
        Via::Api => "Api",
    }
}

/// The words under which it is found, and what it is about, are kept with it.
async fn keep_found(conn: &mut AnyConnection, tickets: &[Ticket]) -> Result<(), Fault> {
    for part in tickets.chunks(database::ROWS) {
        let places: Vec<String> = (1..=part.len()).map(|n| format!("${n}")).collect();
        let places = places.join(", ");
        for table in ["ticket_tags", "ticket_chats"] {
            let mut query = sqlx::query(AssertSqlSafe(format!("delete from {table} where ticket_id in ({places})")));
            for t in part {
                query = query.bind(t.id.clone());
            }
            query.execute(&mut *conn).await?;
        }
        let index = format!(
            "insert into tickets_to_index (ticket_id, seq) values {} on conflict (ticket_id) do update set seq = excluded.seq",
            database::places(part.len(), 2)
        );
        let mut query = sqlx::query(AssertSqlSafe(index));
        for t in part {
            query = query.bind(t.id.clone()).bind(i64::from(t.seq));
        }
        query.execute(&mut *conn).await?;
    }
    let tags: Vec<(&String, &Ticket)> = tickets.iter().flat_map(|t| t.tags.iter().map(move |tag| (tag, t))).collect();
    for part in tags.chunks(database::ROWS) {
        let sql =
            format!("insert into ticket_tags (tag, changed_at, ticket_id) values {}", database::places(part.len(), 3));
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for (tag, t) in part {
            query = query.bind((*tag).clone()).bind(t.changed_at.0).bind(t.id.clone());
        }
        query.execute(&mut *conn).await?;
    }
    let chats: Vec<(&String, &Ticket)> =
        tickets.iter().flat_map(|t| t.chats.iter().map(move |linked| (&linked.chat, t))).collect();
    for part in chats.chunks(database::ROWS) {
        let sql = format!("insert into ticket_chats (chat_id, ticket_id) values {}", database::places(part.len(), 2));
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for (chat, t) in part {
            query = query.bind((*chat).clone()).bind(t.id.clone());
        }
        query.execute(&mut *conn).await?;
    }
    Ok(())
}
