//! Chats: how they are kept, read and acted in.

use crate::audit::Hidden;
use crate::keeper::{Asker, Got, Want};
use crate::presence::{Person, Room};
use crate::{Answer, Desk, Error, Fault, Signed, Visitor, Whence, database, visitor};
use domain::act::Target;
use domain::amend;
use domain::event::{Destination, Wish};
use domain::person::Agent;
use domain::wire::{Card, Lists, Open, PAGE, Page};
use domain::{Chat, Event, Reason, Refusal, Seat, Stage, Time, Told};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AnyExecutor, AssertSqlSafe, Row};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// Who calls: from the token or the session, never from what was sent.
#[derive(Clone, Debug)]
pub enum Caller {
    Visitor(Visitor),
    Agent(Agent),
}

impl Caller {
    pub(crate) fn person(&self) -> Person {
        match self {
            Caller::Visitor(visitor) => Person::Customer(visitor.customer.clone()),
            Caller::Agent(agent) => Person::Agent(agent.face.id.clone()),
        }
    }
}

impl Desk {
    /// Starts a chat, or answers with the one that this very request has started (R8-R21).
    pub async fn open_chat(&self, token: &str, open: &Open) -> Answer<Vec<Told>> {
        let token_hash = visitor::checked_hash(token)?;
        let want = Want::Open { token_hash, open: Box::new(open.clone()) };
        self.0.keeper.ask(want).await.and_then(|got| self.told(got))
    }

    /// An agent begins to speak with colleagues about a ticket that he may read (R66, R70); asked again with the
    /// same id, it is the same conversation.
    pub async fn open_inner(&self, signed: &Signed, ticket: &str, id: &str) -> Answer<Vec<Told>> {
        let (agent, lang) = (signed.agent.clone(), signed.lang.clone());
        self.0
            .keeper
            .ask(Want::Inner { agent, lang, ticket: ticket.into(), id: id.into() })
            .await
            .and_then(|got| self.told(got))
    }

    /// The visitor's chat that has not ended.
    pub async fn open_chat_of(&self, visitor: &Visitor) -> Answer<Option<String>> {
        Ok(open_chat_of(&self.0.database.reader, &visitor.customer).await?)
    }

    /// Somebody wants something of a chat. A repeated wish is answered with the first result.
    pub async fn act(&self, caller: &Caller, chat: &str, wish: &Wish) -> Answer<Vec<Told>> {
        self.act_from(&Whence::default(), caller, chat, wish).await
    }

    /// As [`Desk::act`], by somebody of whom it is known where he is.
    pub async fn act_from(&self, from: &Whence, caller: &Caller, chat: &str, wish: &Wish) -> Answer<Vec<Told>> {
        if !wish.act.is_for_people() {
            return Err(Refusal::NotYours.into());
        }
        let asker = match caller {
            Caller::Visitor(visitor) => Asker::Customer(visitor.customer.clone()),
            Caller::Agent(agent) => Asker::Agent(agent.clone()),
        };
        let from = from.address.clone();
        let want = Want::Act { asker, from, chat: chat.into(), wish: wish.clone() };
        self.0.keeper.ask(want).await.and_then(|got| self.told(got))
    }

    /// The events after these two counters; a customer's page holds no asides.
    pub async fn events(&self, caller: &Caller, chat: &str, after: u32, asides_after: u32) -> Answer<Page> {
        let (staff, amended) = match caller {
            Caller::Visitor(visitor) => (false, self.chat_of(visitor, chat).await?.amended),
            Caller::Agent(agent) => {
                self.seen_by(agent, chat).await?;
                (true, false)
            }
        };
        let rows = sqlx::query(
            "select seq, after_seq, at, act, body from events where chat_id = $1 and \
             ((aside = 0 and seq > $2) or (aside = 1 and $3 = 1 and seq > $4)) order by after_seq, aside, seq limit $5",
        )
        .bind(chat)
        .bind(i64::from(after))
        .bind(i64::from(staff))
        .bind(i64::from(asides_after))
        .bind(PAGE as i64 + 1)
        .fetch_all(&self.0.database.reader)
        .await?;
        let more = rows.len() > PAGE;
        let mut told = rows.iter().take(PAGE).map(|row| read_told(chat, row)).collect::<Result<Vec<_>, _>>()?;
        let place = |after: u32, asides: u32| (caller.person(), chat.to_owned(), after, asides);
        // Who knows the beginning has missed something, or had reason to fear so; unless he reads on where a page that he
        // was just given ended.
        if after > 0 && !self.0.pages.holds(place(after, asides_after)) {
            metrics::counter!(crate::gauge::RESYNCS).increment(1);
            metrics::counter!(crate::gauge::GAPS).increment(u64::from(!told.is_empty()));
        }
        if more {
            let last = |aside: bool| told.iter().filter(|t| t.event.is_aside() == aside).map(|t| t.seq).max();
            self.0.pages.note(place(last(false).unwrap_or(after), last(true).unwrap_or(asides_after)));
        }
        // What an agent took back reaches no customer anew; staff reads what it was before.
        if amended {
            amend::stand(&mut told, &amendments(&self.0.database.reader, chat).await?);
        }
        Ok(Page { told, more })
    }

    /// The rows of the two lists that an agent sees (R43, R50), and what he has yet to save.
    pub async fn lists(&self, agent: &Agent) -> Answer<Lists> {
        let rows = sqlx::query("select state from chats where ended_at is null order by queued_at, id")
            .fetch_all(&self.0.database.reader)
            .await?;
        let mut cards = Vec::new();
        for row in rows {
            let chat = read_state(&row, 0)?;
            let seat = agent.seat(&chat.group.id);
            if chat.may_read(&seat) {
                let card = Card::of(&chat);
                cards.push(if chat.may_see(&seat) { card } else { card.without_words() });
            }
        }
        Ok(Lists { cards, unsaved: self.unsaved_of(&agent.face.id).await?, now: self.now() })
    }

    /// A visitor's own chat; not his and not there are the same answer.
    pub(crate) async fn chat_of(&self, visitor: &Visitor, chat: &str) -> Answer<Chat> {
        let found = load(&self.0.database.reader, chat).await?;
        found.filter(|c| c.customer.id == visitor.customer).ok_or_else(|| Refusal::NotYours.into())
    }

    /// A chat in which this agent may see what is said.
    pub(crate) async fn seen_by(&self, agent: &Agent, chat: &str) -> Answer<Chat> {
        let found = load(&self.0.database.reader, chat).await?.ok_or(Refusal::NotYours)?;
        if !found.may_see(&agent.seat(&found.group.id)) {
            return Err(self.hidden(Hidden::from(&agent.face, chat)).into());
        }
        self.shows(agent, chat);
        if let Some(ticket) = &found.related {
            self.shows(agent, &ticket.id);
        }
        Ok(found)
    }

    pub(crate) async fn is_inside(&self, agent: &Agent, chat: &str) -> Answer<bool> {
        Ok(self.seen_by(agent, chat).await?.is_inside(&agent.face.id))
    }

    pub(crate) fn told(&self, got: Got) -> Answer<Vec<Told>> {
        match got {
            Got::Told(told) => Ok(told),
            Got::Hidden(hidden) => Err(self.hidden(hidden).into()),
            _ => Err(Error::Broken(Fault::new("the keeper answered with something else"))),
        }
    }
}

pub async fn open_chat_of<'c>(on: impl AnyExecutor<'c>, customer: &str) -> Result<Option<String>, sqlx::Error> {
    let row = sqlx::query(
        "select id from chats where customer_id = $1 and stage in ('waiting', 'attending') order by id desc limit 1",
    )
    .bind(customer)
    .fetch_optional(on)
    .await?;
    row.map(|row| row.try_get(0)).transpose()
}

pub async fn load<'c>(on: impl AnyExecutor<'c>, chat: &str) -> Result<Option<Chat>, Fault> {
    if !database::can_hold(chat) {
        return Ok(None);
    }
    let row = sqlx::query("select state from chats where id = $1").bind(chat).fetch_optional(on).await?;
    row.map(|row| read_state(&row, 0)).transpose()
}

/// The chat of this protocol number.
pub async fn by_number<'c>(on: impl AnyExecutor<'c>, number: i64) -> Result<Option<Chat>, Fault> {
    let row = sqlx::query("select state from chats where number = $1").bind(number).fetch_optional(on).await?;
    row.map(|row| read_state(&row, 0)).transpose()
}

/// All amendments of a chat, in their order.
pub async fn amendments<'c>(on: impl AnyExecutor<'c>, chat: &str) -> Result<Vec<Event>, Fault> {
    let rows = sqlx::query(
        "select body from events where chat_id = $1 and aside = 0 and body like '{\"Amended\":%' order by seq",
    )
    .bind(chat)
    .fetch_all(on)
    .await?;
    rows.iter().map(|row| Ok(serde_json::from_str(row.try_get(0)?)?)).collect()
}

/// Every chat that has not ended.
pub async fn load_live<'c>(on: impl AnyExecutor<'c>) -> Result<Vec<Chat>, Fault> {
    let rows = sqlx::query("select state from chats where ended_at is null").fetch_all(on).await?;
    rows.iter().map(|row| read_state(row, 0)).collect()
}

pub fn read_state(row: &AnyRow, column: usize) -> Result<Chat, Fault> {
    Ok(serde_json::from_str(row.try_get(column)?)?)
}

/// The ids of all acts that led to something in a chat: a repeated one is recognised.
pub async fn acts_of<'c>(on: impl AnyExecutor<'c>, chat: &str) -> Result<Vec<String>, sqlx::Error> {
    let rows = sqlx::query("select act from events where chat_id = $1").bind(chat).fetch_all(on).await?;
    rows.iter().map(|row| row.try_get(0)).collect()
}

/// The same for every chat that has not ended, by chat.
pub async fn acts_of_live<'c>(on: impl AnyExecutor<'c>) -> Result<HashMap<String, HashSet<String>>, sqlx::Error> {
    let rows =
        sqlx::query("select chat_id, act from events where chat_id in (select id from chats where ended_at is null)")
            .fetch_all(on)
            .await?;
    let mut acts: HashMap<String, HashSet<String>> = HashMap::new();
    for row in rows {
        acts.entry(row.try_get(0)?).or_default().insert(row.try_get(1)?);
    }
    Ok(acts)
}

/// What an act led to when it was first asked for.
pub async fn told_of_act<'c>(on: impl AnyExecutor<'c>, chat: &str, act: &str) -> Result<Vec<Told>, Fault> {
    let rows = sqlx::query("select seq, after_seq, at, act, body from events where chat_id = $1 and act = $2 order by after_seq, aside, seq")
        .bind(chat)
        .bind(act)
        .fetch_all(on)
        .await?;
    rows.iter().map(|row| read_told(chat, row)).collect()
}

/// Everything that happened in a chat, asides too, in its order.
pub async fn all_told<'c>(on: impl AnyExecutor<'c>, chat: &str) -> Result<Vec<Told>, Fault> {
    let rows = sqlx::query(
        "select seq, after_seq, at, act, body from events where chat_id = $1 order by after_seq, aside, seq",
    )
    .bind(chat)
    .fetch_all(on)
    .await?;
    rows.iter().map(|row| read_told(chat, row)).collect()
}

pub fn read_told(chat: &str, row: &AnyRow) -> Result<Told, Fault> {
    let number = |column| {
        u32::try_from(row.try_get::<i64, _>(column)?).map_err(|_| Fault::new("an event has an impossible number"))
    };
    let event: Event = serde_json::from_str(row.try_get(4)?)?;
    Ok(Told {
        chat: chat.into(),
        seq: number(0)?,
        after: number(1)?,
        at: Time(row.try_get(2)?),
        act: row.try_get(3)?,
        event,
    })
}

/// Which agents (`a`) may be asked about the ticket `$2` of the group `$1`.
pub const ASKED: &str = "a.disabled = 0 and (a.system = 1 \
    or exists (select 1 from memberships m where m.agent_id = a.id and m.group_id = $1 \
    and (m.attendant = 1 or m.administrator = 1)) \
    or exists (select 1 from tickets t where t.id = $2 and t.owner_id = a.id))";

/// Whom a redirection or an invitation means; none when he may not be meant. An agent who is not
/// connected may not: the customer would soon be lost with him.
pub async fn destination(
    conn: &mut AnyConnection,
    room: &Room,
    chat: &Chat,
    to: &Target,
) -> Result<Option<Destination>, sqlx::Error> {
    let named = match to {
        Target::Group(id) | Target::Agent(id) if !database::can_hold(id) => None,
        Target::Agent(id) if !room.is_connected(id) => None,
        // About a ticket whoever may read it may be asked, and above all its owner (R66).
        Target::Agent(id) if chat.is_inner() => {
            sqlx::query(AssertSqlSafe(format!("select a.id, a.name from agents a where {ASKED} and a.id = $3")))
                .bind(chat.group.id.as_str())
                .bind(chat.related.as_ref().map_or("", |ticket| ticket.id.as_str()))
                .bind(id.as_str())
                .fetch_optional(conn)
                .await?
        }
        Target::Group(id) => {
            sqlx::query("select id, name from groups where id = $1 and retired = 0")
                .bind(id.as_str())
                .fetch_optional(conn)
                .await?
        }
        Target::Agent(id) => {
            sqlx::query(
                "select a.id, a.name from agents a join memberships m on m.agent_id = a.id \
                 where a.id = $1 and m.group_id = $2 and m.attendant = 1 and a.disabled = 0",
            )
            .bind(id.as_str())
            .bind(chat.group.id.as_str())
            .fetch_optional(conn)
            .await?
        }
    };
    let Some(row) = named else { return Ok(None) };
    let (id, name) = (row.try_get(0)?, row.try_get(1)?);
    Ok(Some(match to {
        Target::Group(_) => Destination::Group(domain::group::Named { id, name }),
        Target::Agent(_) => Destination::Agent(domain::Face { id, name }),
    }))
}

/// Who takes a conversation over himself, whether he attends in its group or not; none while he is not connected, as for
/// whoever is sent one.
pub fn taker(room: &Room, seat: &Seat) -> Option<Destination> {
    room.is_connected(&seat.face.id).then(|| Destination::Agent(seat.face.clone()))
}

/// Keeps what happened, in few statements.
pub async fn keep_events(conn: &mut AnyConnection, told: &[Told]) -> Result<(), Fault> {
    for part in told.chunks(database::ROWS) {
        let sql = format!(
            "insert into events (chat_id, aside, seq, after_seq, at, act, body) values {}",
            database::places(part.len(), 7)
        );
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for t in part {
            query = query
                .bind(t.chat.clone())
                .bind(i64::from(t.event.is_aside()))
                .bind(i64::from(t.seq))
                .bind(i64::from(t.after))
                .bind(t.at.0)
                .bind(t.act.clone())
                .bind(serde_json::to_string(&t.event)?);
        }
        query.execute(&mut *conn).await?;
    }
    Ok(())
}

const COLUMNS: usize = 22;

/// Keeps how chats now stand, in few statements.
pub async fn keep_states(conn: &mut AnyConnection, chats: &[Arc<Chat>]) -> Result<(), Fault> {
    for part in chats.chunks(database::ROWS) {
        let sql = format!(
            "insert into chats (id, number, application_id, group_id, requested_group_id, origin, customer_id, stage, \
             end_reason, queued_at, attended_at, attended_by, first_reply_at, disconnected_at, ended_at, waiting_messages, \
             seq, aside_seq, state, waits_since, related_id, attended_group_id) values {} on conflict (id) do update set group_id = excluded.group_id, \
             customer_id = excluded.customer_id, stage = excluded.stage, end_reason = excluded.end_reason, attended_at = excluded.attended_at, \
             attended_by = excluded.attended_by, first_reply_at = excluded.first_reply_at, \
             disconnected_at = excluded.disconnected_at, ended_at = excluded.ended_at, \
             waiting_messages = excluded.waiting_messages, seq = excluded.seq, aside_seq = excluded.aside_seq, \
             state = excluded.state, waits_since = excluded.waits_since, \
             attended_group_id = excluded.attended_group_id, expired_at = null",
            database::places(part.len(), COLUMNS)
        );
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for c in part {
            let (stage, reason) = stage_words(c.stage);
            query = query
                .bind(c.id.clone())
                .bind(c.number)
                .bind(c.application.id.clone())
                .bind(c.group.id.clone())
                .bind(c.requested_group.clone())
                .bind(format!("{:?}", c.origin))
                .bind(c.customer.id.clone())
                .bind(stage)
                .bind(reason)
                .bind(c.queued_at.0)
                .bind(c.attended_at.map(|t| t.0))
                .bind(c.attended_by.as_ref().map(|f| f.id.clone()))
                .bind(c.first_reply_at.map(|t| t.0))
                .bind(c.gone_since.map(|t| t.0))
                .bind(c.ended_at.map(|t| t.0))
                .bind(i64::from(c.waiting_messages))
                .bind(i64::from(c.seq))
                .bind(i64::from(c.aside_seq))
                .bind(serde_json::to_string(&**c)?)
                .bind(c.requeued_at.unwrap_or(c.queued_at).0)
                .bind(c.related.as_ref().map(|ticket| ticket.id.clone()))
                .bind(c.attended_at.map(|_| c.counted_group().to_owned()));
        }
        query.execute(&mut *conn).await?;
    }
    Ok(())
}

fn stage_words(stage: Stage) -> (&'static str, Option<&'static str>) {
    match stage {
        Stage::Waiting => ("waiting", None),
        Stage::Attending => ("attending", None),
        Stage::Ended(reason) => ("ended", Some(reason_word(reason))),
    }
}

/// The word under which an end is kept.
pub fn reason_word(reason: Reason) -> &'static str {
    match reason {
        Reason::Customer => "customer",
        Reason::Agent => "agent",
        Reason::Connection => "connection",
        Reason::Staff => "staff",
        Reason::AgentLost => "agent_lost",
        Reason::System => "system",
    }
}
