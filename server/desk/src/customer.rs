//! Customers, as agents see them: who one is, what there was with him, and whether he may begin anything.
//!
//! An agent sees of him what he may read anyway; of whom he may read nothing, that one is not there for him.
//! Whoever was nobody until his site proved who he is, is the same person: his token says so, and nothing
//! that anybody typed.

mod erasure;
mod export;

pub use erasure::{
    Erased, Whole, erase, erase_chat, erase_in, erase_taken_in, erase_ticket, lock, rewrite_chat, strings, sweep,
    take_away, whole,
};
pub use export::{export, export_in};

use crate::audit::{self, Hidden, Note};
use crate::database::{can_hold, flag, is_set};
use crate::keeper::{Got, Want};
use crate::{Answer, Desk, Error, Fault, Whence, api, chat, portal, random, ticket, ticket_index};
use domain::audit::Kind;
use domain::customer::{Account, Customer, Deed, Done, Earlier, PAGE, Talked, may_block, reason};
use domain::identity::{Attribute, merge};
use domain::person::Agent;
use domain::token::Bearer;
use domain::wire::TicketRow;
use domain::{Chat, Face, Refusal, TicketEvent, Time};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AssertSqlSafe, Row};
use tokio::task::JoinHandle;
use tracing::Instrument;

/// Whoever erases somebody waits so long for the last of it.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(20);

/// A person by all the ids that he had.
pub struct Selves {
    /// The one that he is by now.
    pub id: String,
    pub all: Vec<String>,
}

impl Selves {
    /// None: nobody has that id.
    pub async fn of(conn: &mut AnyConnection, id: &str) -> Result<Option<Selves>, Fault> {
        if !can_hold(id) {
            return Ok(None);
        }
        let row = sqlx::query("select coalesce(became, id) from customers where id = $1")
            .bind(id)
            .fetch_optional(&mut *conn)
            .await?;
        let Some(row) = row else { return Ok(None) };
        let id: String = row.try_get(0)?;
        let rows = sqlx::query("select id from customers where id = $1 or became = $1 order by id")
            .bind(id.as_str())
            .fetch_all(conn)
            .await?;
        Ok(Some(Selves { id, all: rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()? }))
    }

    /// `$1, $2`: the places of his ids, which are bound first.
    pub fn places(&self) -> String {
        places(1, self.all.len())
    }

    /// The first column of what this asks about all of his ids; they stand between the two halves.
    async fn read(&self, conn: &mut AnyConnection, head: &str, tail: &str) -> Result<Vec<String>, Fault> {
        let mut query = sqlx::query(AssertSqlSafe([head, &self.places(), tail].concat()));
        for id in &self.all {
            query = query.bind(id.as_str());
        }
        Ok(query.fetch_all(conn).await?.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?)
    }
}

/// Where he is spoken of: in his conversations and tickets, and in what agents said among themselves about
/// those. By id, the oldest first.
pub struct About {
    pub chats: Vec<String>,
    pub tickets: Vec<String>,
    /// Tickets of others, by now, in which he wrote an answer as a guest of the portal.
    pub answered: Vec<String>,
}

impl About {
    pub async fn of(conn: &mut AnyConnection, selves: &Selves) -> Result<About, Fault> {
        let mut about = About {
            chats: selves.read(conn, "select id from chats where customer_id in (", ") order by queued_at, id").await?,
            tickets: selves
                .read(conn, "select id from tickets where customer_id in (", ") order by created_at, id")
                .await?,
            answered: selves
                .read(
                    conn,
                    "select distinct ticket_id from ticket_guests where customer_id in (",
                    ") order by ticket_id",
                )
                .await?,
        };
        // What he reads by the mail of an address is about him, whatever he was called when it began.
        let addresses = selves.read(conn, "select address from addresses where customer_id in (", ")").await?;
        for id in portal::tickets_at(&mut *conn, &addresses).await? {
            if about.tickets.contains(&id) {
                continue;
            }
            if let Some(ticket) = ticket::load(&mut *conn, &id).await? {
                for chat in ticket.chat.iter().chain(ticket.chats.iter().map(|linked| &linked.chat)) {
                    let whose = chat::load(&mut *conn, chat).await?.map(|chat| chat.customer.id);
                    if whose.as_ref() == Some(&ticket.customer.id) && !about.chats.contains(chat) {
                        about.chats.push(chat.clone());
                    }
                }
            }
            about.tickets.push(id);
        }
        about.answered.retain(|id| !about.tickets.contains(id));
        for ticket in &about.tickets {
            let mut more = Vec::new();
            for kept in ticket::history(&mut *conn, ticket).await? {
                if let TicketEvent::WentOn { chat, .. } = kept.event {
                    more.push(chat);
                }
            }
            // Its words may have gone to the ticket that took this one in while they spoke.
            let sql = "select id from chats where related_id = $1 and origin <> 'Widget' order by queued_at, id";
            for row in sqlx::query(sql).bind(ticket.as_str()).fetch_all(&mut *conn).await? {
                more.push(row.try_get(0)?);
            }
            for chat in more {
                if !about.chats.contains(&chat) {
                    about.chats.push(chat);
                }
            }
        }
        Ok(about)
    }

    /// Is this chat his, or about him alone? What was said of another's ticket that his took in is not.
    pub fn is_his(&self, selves: &Selves, chat: &Chat) -> bool {
        selves.all.contains(&chat.customer.id)
            || chat.related.as_ref().is_some_and(|related| self.tickets.contains(&related.id))
    }
}

fn places(first: usize, many: usize) -> String {
    (first..first + many).map(|n| format!("${n}")).collect::<Vec<_>>().join(", ")
}

/// Whose customer may not begin anything.
pub async fn is_blocked(conn: &mut AnyConnection, id: &str) -> Result<bool, sqlx::Error> {
    let row = sqlx::query("select 1 from customers where blocked_at is not null and (id = $1 or became = $1) limit 1")
        .bind(id)
        .fetch_optional(conn)
        .await?;
    Ok(row.is_some())
}

/// Writes down what was done about him.
pub async fn keep_deed(conn: &mut AnyConnection, customer: &str, done: &Done) -> Result<(), Fault> {
    sqlx::query(
        "insert into customer_deeds (id, customer_id, deed, at, agent_id, agent_name, reason) values ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(random::id(done.at)?)
    .bind(customer)
    .bind(format!("{:?}", done.deed))
    .bind(done.at.0)
    .bind(done.by.as_ref().map(|face| face.id.as_str()))
    .bind(done.by.as_ref().map(|face| face.name.as_str()))
    .bind(done.reason.as_str())
    .execute(conn)
    .await?;
    Ok(())
}

async fn deeds(conn: &mut AnyConnection, selves: &Selves) -> Result<Vec<Done>, Fault> {
    let sql = format!(
        "select deed, at, agent_id, agent_name, reason from customer_deeds where customer_id in ({}) order by at desc, id desc",
        selves.places()
    );
    let mut query = sqlx::query(AssertSqlSafe(sql));
    for id in &selves.all {
        query = query.bind(id.as_str());
    }
    query.fetch_all(conn).await?.iter().map(read_deed).collect()
}

fn read_deed(row: &AnyRow) -> Result<Done, Fault> {
    let word: String = row.try_get(0)?;
    let deed = Deed::ALL.into_iter().find(|deed| format!("{deed:?}") == word);
    let by: Option<String> = row.try_get(2)?;
    let name: Option<String> = row.try_get(3)?;
    Ok(Done {
        deed: deed.ok_or_else(|| Fault::new("something unknown was done about a customer"))?,
        at: Time(row.try_get(1)?),
        by: by.zip(name).map(|(id, name)| Face { id, name }),
        reason: row.try_get(4)?,
    })
}

async fn accounts(conn: &mut AnyConnection, selves: &Selves) -> Result<Vec<Account>, Fault> {
    let rows = sqlx::query(
        "select a.name, i.subject from identities i join applications a on a.id = i.application_id \
         where i.customer_id = $1 order by a.name, i.subject",
    )
    .bind(selves.id.as_str())
    .fetch_all(conn)
    .await?;
    rows.iter().map(|row| Ok(Account { application: row.try_get(0)?, subject: row.try_get(1)? })).collect()
}

/// The groups in which he wrote.
async fn groups(conn: &mut AnyConnection, selves: &Selves) -> Result<Vec<String>, Fault> {
    let mut groups = selves.read(conn, "select distinct group_id from chats where customer_id in (", ")").await?;
    groups.extend(selves.read(conn, "select distinct group_id from tickets where customer_id in (", ")").await?);
    Ok(groups)
}

impl Desk {
    /// Who he is, for an agent who may read anything of him.
    pub async fn customer(&self, agent: &Agent, id: &str) -> Answer<Customer> {
        let seen = self.groups_of(agent).await?;
        // In one picture: while he becomes somebody, what was his would be nobody's, and whoever may read it refused.
        let mut conn = self.0.database.snapshot().await?;
        let selves = Selves::of(&mut conn, id).await?.ok_or(Refusal::NotYours)?;
        let last = chats(&mut conn, agent, &seen, &selves, None, 1).await?.pop();
        let known =
            agent.system || last.is_some() || !tickets(&mut conn, agent, &seen, &selves, None, 1).await?.is_empty();
        if !known {
            return Err(self.hidden(Hidden::from(&agent.face, &selves.id)).into());
        }
        self.shows(agent, &selves.id);
        let row =
            sqlx::query("select name, email, verified, created_at, attributes, erased_at from customers where id = $1")
                .bind(selves.id.as_str())
                .fetch_one(&mut *conn)
                .await?;
        let mut attributes: Vec<Attribute> = serde_json::from_str(row.try_get(4)?)?;
        // What his page says of him is kept where it was said: that of the last conversation counts.
        if let Some(chat) = last.filter(|chat| chat.may_see(&agent.seat(&chat.group.id))) {
            let unsigned: Vec<Attribute> = chat.attributes.into_iter().filter(|one| !one.signed).collect();
            merge(&mut attributes, &unsigned);
        }
        Ok(Customer {
            name: row.try_get(0)?,
            email: row.try_get(1)?,
            verified: is_set(&row, 2)?,
            since: Time(row.try_get(3)?),
            known_as: accounts(&mut conn, &selves).await?,
            attributes,
            blocked: is_blocked(&mut conn, &selves.id).await?,
            erased: row.try_get::<Option<i64>, _>(5)?.is_some(),
            deeds: deeds(&mut conn, &selves).await?,
            may_block: may_block(agent, &groups(&mut conn, &selves).await?),
            mail: portal::mail_of(&mut conn, &selves.id).await?,
            id: selves.id,
        })
    }

    /// A page of his conversations that this agent may know of, the newest first.
    pub async fn chats_of_customer(&self, agent: &Agent, id: &str, before: Option<Earlier>) -> Answer<Vec<Talked>> {
        let seen = self.groups_of(agent).await?;
        let mut conn = self.0.database.snapshot().await?;
        // Not there, and nothing for him, are the same answer.
        let Some(selves) = Selves::of(&mut conn, id).await? else { return Ok(Vec::new()) };
        let found = chats(&mut conn, agent, &seen, &selves, before, PAGE).await?;
        Ok(found.iter().filter_map(|chat| Talked::of(chat, agent)).collect())
    }

    /// A page of his tickets that this agent may read, last changed first.
    pub async fn tickets_of_customer(
        &self,
        agent: &Agent,
        id: &str,
        before: Option<Earlier>,
    ) -> Answer<Vec<TicketRow>> {
        let seen = self.groups_of(agent).await?;
        let mut conn = self.0.database.snapshot().await?;
        let Some(selves) = Selves::of(&mut conn, id).await? else { return Ok(Vec::new()) };
        tickets(&mut conn, agent, &seen, &selves, before, PAGE).await
    }

    /// Keeps him out, or lets him in again, for a reason. What runs goes on.
    pub async fn block(&self, agent: &Agent, id: &str, blocks: bool, why: &str, from: &Whence) -> Answer<Customer> {
        self.keep_out(agent, None, id, blocks, why, from).await
    }

    /// The same for another program, once under this `act`.
    pub async fn api_block(
        &self,
        bearer: &Bearer,
        act: &str,
        id: &str,
        blocks: bool,
        why: &str,
        from: &Whence,
    ) -> Answer<Customer> {
        self.keep_out(&bearer.agent, Some(act), id, blocks, why, from).await
    }

    async fn keep_out(
        &self,
        agent: &Agent,
        act: Option<&str>,
        id: &str,
        blocks: bool,
        why: &str,
        from: &Whence,
    ) -> Answer<Customer> {
        let customer = self.customer(agent, id).await?;
        if !customer.may_block {
            return Err(Refusal::OnlyAdministrators.into());
        }
        let reason = reason(why)?;
        let mut tx = self.0.database.begin().await?;
        let selves = Selves::of(&mut tx, &customer.id).await?.ok_or(Refusal::NotYours)?;
        let now = self.now();
        let first = match act {
            Some(act) => api::is_first(&mut tx, act, now).await?,
            None => true,
        };
        // Of two at once the second finds it done.
        if first && is_blocked(&mut tx, &selves.id).await? != blocks {
            sqlx::query("update customers set blocked_at = $1 where id = $2 or $3 = 0 and became = $2")
                .bind(blocks.then_some(now.0))
                .bind(selves.id.as_str())
                .bind(flag(blocks))
                .execute(&mut *tx)
                .await?;
            let deed = if blocks { Deed::Blocked } else { Deed::Unblocked };
            let done = Done { deed, at: now, by: Some(agent.face.clone()), reason };
            keep_deed(&mut tx, &selves.id, &done).await?;
            let kind = if blocks { Kind::Blocked } else { Kind::Unblocked };
            let note = Note::by(&agent.face.id, kind).from(from).about_customer(&selves.id);
            audit::append(&mut tx, now, &[note]).await?;
        }
        tx.commit().await?;
        self.customer(agent, id).await
    }

    /// Everything that is kept about him, as one text of JSON (S83).
    pub async fn export_customer(&self, agent: &Agent, id: &str, from: &Whence) -> Answer<String> {
        if !agent.system {
            return Err(Refusal::OnlyAdministrators.into());
        }
        export(&self.0.database, id, Some(&agent.face), from, self.now()).await
    }

    /// Takes away every word of his, and all that says who he is (S82). It goes on without whoever asked: asked again, only
    /// what of it is left is done.
    pub async fn erase_customer(&self, agent: &Agent, id: &str, from: &Whence) -> Answer<()> {
        if !agent.system {
            return Err(Refusal::OnlyAdministrators.into());
        }
        let want = Want::Erase { by: agent.face.clone(), from: from.address.clone(), customer: id.into() };
        let desk = self.clone();
        let taken = tokio::spawn(async move { desk.take_away(want).await }.in_current_span());
        let rewriting = taken.await.map_err(|_| Fault::new("an erasure broke off"))??;
        // Of very many tickets this takes longer than whoever asked waits.
        match tokio::time::timeout(PATIENCE, rewriting).await {
            Ok(done) => Ok(done.map_err(|_| Fault::new("the rewriting of an index broke off"))??),
            Err(_) => Ok(()),
        }
    }

    /// Erases him and the bytes of his files; what is left is the index of tickets, which is being rewritten.
    async fn take_away(&self, want: Want) -> Answer<JoinHandle<Result<(), Fault>>> {
        match self.0.keeper.ask(want).await? {
            Got::Done => {}
            _ => return Err(Error::Broken(Fault::new("the keeper answered with something else"))),
        }
        sweep(&self.0.database.writer, &self.0.files).await?;
        self.0.words.wake();
        let database = self.0.database.clone();
        Ok(tokio::spawn(async move { ticket_index::rewrite(&database).await }))
    }

    /// By id, the groups whose conversations he sees.
    async fn groups_of(&self, agent: &Agent) -> Answer<Vec<String>> {
        Ok(self.groups_seen_by(agent).await?.into_iter().map(|group| group.id).collect())
    }
}

/// Those of his chats that this agent may know of: of his groups, or he took part.
async fn chats(
    conn: &mut AnyConnection,
    agent: &Agent,
    seen: &[String],
    selves: &Selves,
    before: Option<Earlier>,
    most: usize,
) -> Answer<Vec<Chat>> {
    let mut before = checked(before)?;
    let many = selves.all.len();
    let sql = format!(
        "select state from chats where customer_id in ({}) and (queued_at, id) < (${}, ${}) \
         and (state like ${} {}) order by queued_at desc, id desc limit ${}",
        selves.places(),
        many + 1,
        many + 2,
        many + 3,
        in_groups(many + 5, seen.len()),
        many + 4,
    );
    let mut found = Vec::new();
    loop {
        let mut query = sqlx::query(AssertSqlSafe(sql.clone()));
        for id in &selves.all {
            query = query.bind(id.as_str());
        }
        // Who took part is in the state; whether he did is asked of it below.
        query = query.bind(before.at.0).bind(before.id.clone()).bind(format!("%{}%", agent.face.id)).bind(PAGE as i64);
        for group in seen {
            query = query.bind(group.as_str());
        }
        let rows = query.fetch_all(&mut *conn).await?;
        for row in &rows {
            let chat = chat::read_state(row, 0)?;
            before = Earlier { at: chat.queued_at, id: chat.id.clone() };
            if chat.may_read(&agent.seat(&chat.group.id)) {
                found.push(chat);
            }
            if found.len() == most {
                return Ok(found);
            }
        }
        if rows.len() < PAGE {
            return Ok(found);
        }
    }
}

async fn tickets(
    conn: &mut AnyConnection,
    agent: &Agent,
    seen: &[String],
    selves: &Selves,
    before: Option<Earlier>,
    most: usize,
) -> Answer<Vec<TicketRow>> {
    let before = checked(before)?;
    let many = selves.all.len();
    let sql = format!(
        "select state from tickets where customer_id in ({}) and (changed_at, id) < (${}, ${}) \
         and (owner_id = ${} {}) order by changed_at desc, id desc limit ${}",
        selves.places(),
        many + 1,
        many + 2,
        many + 3,
        in_groups(many + 5, seen.len()),
        many + 4,
    );
    let mut query = sqlx::query(AssertSqlSafe(sql));
    for id in &selves.all {
        query = query.bind(id.as_str());
    }
    query = query.bind(before.at.0).bind(before.id).bind(agent.face.id.as_str()).bind(most as i64);
    for group in seen {
        query = query.bind(group.as_str());
    }
    let rows = query.fetch_all(conn).await?;
    Ok(rows.iter().map(|row| ticket::read_state(row).map(|ticket| TicketRow::of(&ticket))).collect::<Result<_, _>>()?)
}

fn in_groups(first: usize, many: usize) -> String {
    if many == 0 { String::new() } else { format!("or group_id in ({})", places(first, many)) }
}

fn checked(before: Option<Earlier>) -> Result<Earlier, Refusal> {
    let before = before.unwrap_or(Earlier { at: Time(i64::MAX), id: String::new() });
    if can_hold(&before.id) { Ok(before) } else { Err(Refusal::Malformed) }
}
