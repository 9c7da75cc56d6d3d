//! A guest's tickets: which are his, what he sees of one, and what he writes to it.

use super::call::{key_in, owner_is_there};
use crate::database::{can_hold, flag};
use crate::hub::{self, Heard};
use crate::keeper::{Got, Want};
use crate::mail::{known_address, known_address_in, vouched_for};
use crate::{Answer, Desk, Error, Fault, application, chat, parameters, ticket, ticket_index};
use domain::customer::Earlier;
use domain::group::Named;
use domain::portal::{
    ANSWERS, Guest, OPENED, OPENED_WITHIN, PAGE, Request, Row as Line, SHOWN, Sheet, Spoken, Topic, lines,
};
use domain::{Chat, Refusal, Ticket, Time};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row};
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// Rows of the index that are looked at to find one that is still right.
const LOOK: i64 = 20;

/// Is it a ticket of his? Asked of what is known now: the index follows a moment later.
pub async fn may_read(conn: &mut AnyConnection, guest: &Guest, ticket: &Ticket) -> Result<bool, Fault> {
    let address = if guest.address.is_some() { address_of(conn, ticket).await? } else { None };
    Ok(guest.may_read(ticket, address.as_deref()))
}

/// Where the customer of a ticket can be written to, in small letters.
pub(super) async fn address_of(conn: &mut AnyConnection, ticket: &Ticket) -> Result<Option<String>, Fault> {
    Ok(known_address(conn, ticket).await?.as_deref().and_then(domain::portal::address))
}

/// Does the site of its customer vouch for the address by which a guest came in? What somebody typed is no word of it.
async fn vouches(conn: &mut AnyConnection, guest: &Guest, ticket: &Ticket) -> Result<bool, Fault> {
    let Some(own) = &guest.address else { return Ok(false) };
    let known = vouched_for(conn, &ticket.customer.id).await?;
    Ok(known.as_deref().and_then(domain::portal::address).is_some_and(|known| known == *own))
}

/// May he read this conversation of a ticket of his? Answers with where its customer can be written to.
async fn may_see(
    conn: &mut AnyConnection,
    guest: &Guest,
    ticket: &Ticket,
    chat: &Chat,
) -> Result<Option<Option<String>>, Fault> {
    if chat.is_inner() {
        return Ok(None);
    }
    let address = known_address_in(conn, chat).await?.as_deref().and_then(domain::portal::address);
    Ok(guest.may_see(ticket, chat, address.as_deref()).then_some(address))
}

/// The tickets at these addresses as it is now, saved or not: also those whose place in the index is not made yet.
pub async fn tickets_at(conn: &mut AnyConnection, addresses: &[String]) -> Result<Vec<String>, Fault> {
    if addresses.is_empty() {
        return Ok(Vec::new());
    }
    let mut rows = Vec::new();
    for address in addresses {
        let sql = "select t.state from ticket_addresses a join tickets t on t.id = a.ticket_id where a.address = $1";
        rows.extend(sqlx::query(sql).bind(address.as_str()).fetch_all(&mut *conn).await?);
    }
    for address in addresses {
        rows.extend(waiting_at(&mut *conn, address).await?);
    }
    let mut found = Vec::new();
    for row in &rows {
        let ticket = ticket::read_state(row)?;
        let address = address_of(&mut *conn, &ticket).await?;
        if !found.contains(&ticket.id) && address.is_some_and(|address| addresses.contains(&address)) {
            found.push(ticket.id);
        }
    }
    found.sort();
    Ok(found)
}

/// Of the tickets that wait to be indexed those that may be at this address, though no row says so. It stands with the
/// customer, or in what was answered before the conversation or the message. Of what waits for its words alone the row is
/// right: after an upgrade that may be nearly all, and everybody waits for whoever looks at them here.
async fn waiting_at(conn: &mut AnyConnection, address: &str) -> Result<Vec<AnyRow>, Fault> {
    // Letters that no database makes small, and signs that JSON writes otherwise: then all of them are looked at.
    let is_plain = address.is_ascii() && !address.contains(['"', '\\']);
    // The sign of Kelvin is the only other letter of which a small one of ours is made.
    let sql = "select t.state from tickets_to_index i join tickets t on t.id = i.ticket_id where i.seq <> $3 and ($2 = 0 \
         or exists (select 1 from customers p where p.id = t.customer_id and lower(replace(p.email, '\u{212a}', 'k')) = $1) \
         or exists (select 1 from addresses a where a.customer_id = t.customer_id and a.address = $1) \
         or exists (select 1 from chats c where c.id = t.chat_id \
           and lower(replace(c.state, '\u{212a}', 'k')) like '%' || $1 || '%') \
         or exists (select 1 from ticket_events e where e.ticket_id = t.id and e.seq = 1 \
           and lower(replace(e.body, '\u{212a}', 'k')) like '%' || $1 || '%'))";
    let query = sqlx::query(sql).bind(address).bind(flag(is_plain)).bind(ticket_index::WORDS_ALONE);
    Ok(query.fetch_all(conn).await?)
}

/// Counts what he writes to a ticket: it is not without end, and his words are found by it.
pub async fn count_answer(conn: &mut AnyConnection, guest: &Guest, ticket: &str) -> Answer<()> {
    let row = sqlx::query(
        "insert into ticket_guests (customer_id, ticket_id, answers) values ($1, $2, 1) \
         on conflict (customer_id, ticket_id) do update set answers = ticket_guests.answers + 1 \
         where ticket_guests.answers < $3 returning answers",
    )
    .bind(guest.customer.id.as_str())
    .bind(ticket)
    .bind(ANSWERS)
    .fetch_optional(conn)
    .await?;
    if row.is_some() { Ok(()) } else { Err(Refusal::Full { limit: ANSWERS as u32 }.into()) }
}

/// Keeps the address of a ticket with its words, or that it has none.
pub async fn addresses_in(conn: &mut AnyConnection, ticket: &Ticket, address: Option<&str>) -> Result<(), Fault> {
    let address = address.and_then(domain::portal::address);
    let Some(address) = address else {
        sqlx::query("delete from ticket_addresses where ticket_id = $1").bind(ticket.id.as_str()).execute(conn).await?;
        return Ok(());
    };
    sqlx::query(
        "insert into ticket_addresses (ticket_id, address, changed_at) values ($1, $2, $3) on conflict (ticket_id) \
         do update set address = excluded.address, changed_at = excluded.changed_at",
    )
    .bind(ticket.id.as_str())
    .bind(address)
    .bind(ticket.changed_at.0)
    .execute(conn)
    .await?;
    Ok(())
}

/// The name of the application of the last ticket of an address; none: nobody is known there.
pub(super) async fn house_of(conn: &mut AnyConnection, address: &str) -> Result<Option<String>, Fault> {
    let rows = sqlx::query(
        "select t.state from ticket_addresses x join tickets t on t.id = x.ticket_id where x.address = $1 \
         and t.saved_at is not null order by x.changed_at desc, x.ticket_id desc limit $2",
    )
    .bind(address)
    .bind(LOOK)
    .fetch_all(&mut *conn)
    .await?;
    Ok(first_at(conn, address, &rows).await?.map(|ticket| ticket.application.name))
}

/// The first of them that is at this address now: the index follows a moment later.
async fn first_at(conn: &mut AnyConnection, address: &str, rows: &[AnyRow]) -> Result<Option<Ticket>, Fault> {
    for row in rows {
        let ticket = ticket::read_state(row)?;
        if address_of(&mut *conn, &ticket).await?.as_deref() == Some(address) {
            return Ok(Some(ticket));
        }
    }
    Ok(None)
}

/// An application that may know him.
struct House {
    key: String,
    /// The tickets at his address that are held there, by application and group; of whom his site has signed: none.
    tickets: Vec<(String, String)>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Known {
    Yes,
    /// But only by tickets of somebody who was kept out.
    Blocked,
    No,
}

/// What he may open a ticket about: the subjects of the applications whose sites have signed who he is, or in which
/// the tickets at his address are held.
async fn topics(conn: &mut AnyConnection, guest: &Guest) -> Result<Vec<Topic>, Fault> {
    let mut topics = Vec::new();
    for house in houses(&mut *conn, guest, "").await? {
        if known(&mut *conn, guest, &house).await? == Known::Yes {
            topics.extend(subjects(&mut *conn, &house.key).await?);
        }
    }
    Ok(topics)
}

/// The one of this word. Only its application is asked whether it knows him.
pub async fn topic(conn: &mut AnyConnection, guest: &Guest, word: &str) -> Answer<Topic> {
    let wrong = || Refusal::FieldWrong { field: "topic".into() };
    let (application, _) = word.split_once(' ').filter(|(application, _)| !application.is_empty()).ok_or_else(wrong)?;
    let row = sqlx::query("select key from applications where id = $1").bind(application).fetch_optional(&mut *conn);
    let key: String = row.await?.ok_or_else(wrong)?.try_get(0)?;
    let subjects = subjects(&mut *conn, &key).await?;
    let topic = subjects.into_iter().find(|topic| topic.word() == word).ok_or_else(wrong)?;
    let houses = houses(&mut *conn, guest, application).await?;
    let house = houses.iter().find(|house| house.key == key).ok_or_else(wrong)?;
    match known(conn, guest, house).await? {
        Known::Yes => Ok(topic),
        Known::Blocked => Err(Refusal::Blocked.into()),
        Known::No => Err(wrong().into()),
    }
}

/// The subjects of an application; none where it has no chat.
async fn subjects(conn: &mut AnyConnection, key: &str) -> Result<Vec<Topic>, Fault> {
    let ground = application::ground(&mut *conn, key, "").await?;
    let Some(ground) = ground.filter(|ground| ground.setup.kind.has_chat()) else { return Ok(Vec::new()) };
    let rows = sqlx::query(
        "select g.id, g.name from application_groups o join groups g on g.id = o.group_id \
         where o.application_id = $1 and g.retired = 0 order by o.place, g.id",
    )
    .bind(ground.application.id.as_str())
    .fetch_all(conn)
    .await?;
    let one = |row: &AnyRow| {
        let group = Named { id: row.try_get(0)?, name: row.try_get(1)? };
        Ok(Topic { application: ground.application.clone(), group })
    };
    rows.iter().map(one).collect()
}

/// The applications that may know him, each once, that of the last changed ticket first. Where `only` is the id of
/// one, others come along only by tickets whose own application is gone.
async fn houses(conn: &mut AnyConnection, guest: &Guest, only: &str) -> Result<Vec<House>, Fault> {
    let Some(address) = &guest.address else {
        let rows = sqlx::query(
            "select distinct a.key from identities i join applications a on a.id = i.application_id \
             where i.customer_id = $1 and $2 in ('', a.id) order by a.key",
        )
        .bind(guest.customer.id.as_str())
        .bind(only)
        .fetch_all(conn)
        .await?;
        return rows.iter().map(|row| Ok(House { key: row.try_get(0)?, tickets: Vec::new() })).collect();
    };
    // However many tickets there are, of each application and group there is one row. Of those whose application is
    // not there, their group says which it is.
    let rows = sqlx::query(
        "select t.application_id, t.group_id from ticket_addresses x join tickets t on t.id = x.ticket_id \
         where x.address = $1 and t.saved_at is not null and ($2 in ('', t.application_id) \
         or not exists (select 1 from applications a where a.id = t.application_id and a.retired_at is null)) \
         group by t.application_id, t.group_id order by max(x.changed_at) desc, t.application_id, t.group_id",
    )
    .bind(address.as_str())
    .bind(only)
    .fetch_all(&mut *conn)
    .await?;
    let mut houses: Vec<House> = Vec::new();
    for row in &rows {
        let (application, group): (String, String) = (row.try_get(0)?, row.try_get(1)?);
        let Some(key) = key_in(&mut *conn, &application, &group).await? else { continue };
        match houses.iter_mut().find(|house| house.key == key) {
            Some(house) => house.tickets.push((application, group)),
            None => houses.push(House { key, tickets: vec![(application, group)] }),
        }
    }
    Ok(houses)
}

/// Does it know him? By his address it does where one of the tickets is at it now, of a customer who was not kept
/// out: whoever was blocked as nobody is not let in by his address.
async fn known(conn: &mut AnyConnection, guest: &Guest, house: &House) -> Result<Known, Fault> {
    let Some(address) = &guest.address else { return Ok(Known::Yes) };
    for (blocked, known) in [(false, Known::Yes), (true, Known::Blocked)] {
        for (application, group) in &house.tickets {
            let rows = sqlx::query(
                "select t.state from ticket_addresses x join tickets t on t.id = x.ticket_id where x.address = $1 \
                 and t.saved_at is not null and t.application_id = $2 and t.group_id = $3 \
                 and case when exists (select 1 from customers p where p.blocked_at is not null \
                 and (p.id = t.customer_id or p.became = t.customer_id)) then 1 else 0 end = $4 \
                 order by x.changed_at desc, x.ticket_id desc limit $5",
            )
            .bind(address.as_str())
            .bind(application.as_str())
            .bind(group.as_str())
            .bind(flag(blocked))
            .bind(LOOK)
            .fetch_all(&mut *conn)
            .await?;
            if first_at(&mut *conn, address, &rows).await?.is_some() {
                return Ok(known);
            }
        }
    }
    Ok(Known::No)
}

/// Has he opened as many as anybody may?
pub async fn may_open_more(conn: &mut AnyConnection, guest: &Guest, now: Time) -> Answer<()> {
    let lately =
        sqlx::query("select count(*) from tickets where customer_id = $1 and via = 'Portal' and created_at > $2")
            .bind(guest.customer.id.as_str())
            .bind(now.0 - OPENED_WITHIN.0)
            .fetch_one(conn)
            .await?
            .try_get::<i64, _>(0)?;
    if lately < OPENED { Ok(()) } else { Err(Refusal::Full { limit: OPENED as u32 }.into()) }
}

impl Desk {
    /// What he may open a ticket about; nothing: no application knows him.
    pub async fn topics_of_guest(&self, guest: &Guest) -> Answer<Vec<Topic>> {
        Ok(topics(&mut *self.0.database.snapshot().await?, guest).await?)
    }

    /// Opens one of his (R66); asked again under the same id, it is the same ticket.
    pub async fn open_ticket_of_guest(&self, guest: &Guest, request: Request) -> Answer<Ticket> {
        self.may_act(guest).await?;
        match self.0.keeper.ask(Want::GuestTicket { guest: guest.clone(), request: Box::new(request) }).await? {
            Got::Ticket(ticket) => Ok(*ticket),
            _ => Err(Error::Broken(Fault::new("the keeper answered with something else"))),
        }
    }

    /// A page of his tickets, open and over, last changed first; a shorter one is the last.
    pub async fn tickets_of_guest(&self, guest: &Guest, before: Option<Earlier>) -> Answer<Vec<Line>> {
        let mut before = before.unwrap_or(Earlier { at: Time(i64::MAX), id: String::new() });
        if !can_hold(&before.id) {
            return Err(Refusal::Malformed.into());
        }
        let (sql, whose) = match &guest.address {
            Some(address) => (
                "select t.state, a.changed_at, a.ticket_id from ticket_addresses a join tickets t on t.id = a.ticket_id \
                 where a.address = $1 and t.saved_at is not null and (a.changed_at, a.ticket_id) < ($2, $3) \
                 order by a.changed_at desc, a.ticket_id desc limit $4",
                address,
            ),
            None => (
                "select state, changed_at, id from tickets where customer_id = $1 and (changed_at, id) < ($2, $3) \
                 and saved_at is not null order by changed_at desc, id desc limit $4",
                &guest.customer.id,
            ),
        };
        // In one picture: one that is changed between two looks would be behind the second, and in neither.
        let mut conn = self.0.database.snapshot().await?;
        let mut lines = Vec::new();
        loop {
            let rows = sqlx::query(sql)
                .bind(whose.as_str())
                .bind(before.at.0)
                .bind(before.id.as_str())
                .bind(PAGE as i64)
                .fetch_all(&mut *conn)
                .await?;
            for row in &rows {
                let ticket = ticket::read_state(row)?;
                if may_read(&mut conn, guest, &ticket).await? {
                    lines.push(Line::of(&ticket));
                }
            }
            let Some(last) = rows.last().filter(|_| rows.len() == PAGE && lines.len() < PAGE) else { break };
            before = Earlier { at: Time(last.try_get(1)?), id: last.try_get(2)? };
        }
        lines.truncate(PAGE);
        Ok(lines)
    }

    /// A ticket of his, and what was said in it. Not his and not there are the same answer.
    pub async fn ticket_of_guest(&self, guest: &Guest, id: &str) -> Answer<Sheet> {
        // In one picture: what was said since it is his no more is not for him.
        let mut conn = self.0.database.snapshot().await?;
        let ticket = his(&mut conn, guest, id).await?;
        let history: Vec<_> =
            ticket::history(&mut *conn, id).await?.into_iter().map(|kept| (kept.at, kept.event)).collect();
        let mut chats = Vec::new();
        for id in ticket.chat.iter().chain(ticket.chats.iter().map(|linked| &linked.chat)) {
            let Some(chat) = chat::load(&mut *conn, id).await? else { continue };
            if let Some(address) = may_see(&mut conn, guest, &ticket, &chat).await? {
                let mut told = chat::all_told(&mut *conn, id).await?;
                told.retain(|told| !told.event.is_aside());
                let spare = told.len().saturating_sub(SHOWN + 1);
                told.drain(..spare);
                chats.push(Spoken { chat, address, told });
            }
        }
        let vouched = vouches(&mut conn, guest, &ticket).await?;
        let (lines, cut) = lines(guest, vouched, &ticket, &history, &chats);
        let talks = parameters::read(&mut *conn).await?.invite_owner
            && ticket.may_talk()
            && chat::open_chat_of(&mut *conn, &guest.customer.id).await?.is_none()
            && owner_is_there(&mut conn, &self.0.presence, &ticket).await?.is_some();
        Ok(Sheet {
            row: Line::of(&ticket),
            created_at: ticket.created_at,
            may_answer: ticket.may_be_answered(),
            may_talk: talks,
            owner: ticket.owner,
            lines,
            cut,
        })
    }

    /// The same, as soon as it is another than the one that his page has by this mark; none: so long it was not.
    pub async fn ticket_of_guest_after(
        &self,
        guest: &Guest,
        id: &str,
        mark: &str,
        most: Duration,
    ) -> Answer<Option<Sheet>> {
        // Before it is read: what happens in between is heard.
        let mut ear = self.0.hub.listen(vec![hub::Topic::Ticket(id.into())]);
        let until = Instant::now() + most;
        loop {
            let sheet = self.ticket_of_guest(guest, id).await?;
            if sheet.mark() != mark {
                return Ok(Some(sheet));
            }
            match timeout_at(until, ear.hear()).await {
                Ok(Heard::Frame(_)) => {}
                Err(_) | Ok(Heard::Slow | Heard::Broken(_)) => return Ok(None),
            }
        }
    }

    /// A pass for a file of a conversation that he reads in a ticket of his; it is good for some minutes.
    pub async fn pass_of_guest(&self, guest: &Guest, id: &str, file: &str) -> Answer<String> {
        if !can_hold(file) {
            return Err(Refusal::NotYours.into());
        }
        let mut conn = self.0.database.snapshot().await?;
        let ticket = his(&mut conn, guest, id).await?;
        let row = sqlx::query("select chat_id from files where id = $1").bind(file).fetch_optional(&mut *conn).await?;
        let chat: String = row.ok_or(Refusal::NotYours)?.try_get(0)?;
        if !ticket.chat.iter().chain(ticket.chats.iter().map(|linked| &linked.chat)).any(|one| *one == chat) {
            return Err(Refusal::NotYours.into());
        }
        let chat = chat::load(&mut *conn, &chat).await?.ok_or(Refusal::NotYours)?;
        may_see(&mut conn, guest, &ticket, &chat).await?.ok_or(Refusal::NotYours)?;
        Ok(self.pass_for_customer(&chat.id))
    }

    /// He writes to a ticket of his. A repeated wish changes nothing.
    pub async fn answer_ticket(&self, guest: &Guest, ticket: &str, wish: &str, text: &str) -> Answer<()> {
        self.may_act(guest).await?;
        let (ticket, wish, text) = (ticket.into(), wish.into(), text.into());
        match self.0.keeper.ask(Want::Answer { guest: guest.clone(), ticket, wish, text }).await? {
            Got::Ticket(_) => Ok(()),
            _ => Err(Error::Broken(Fault::new("the keeper answered with something else"))),
        }
    }
}

async fn his(conn: &mut AnyConnection, guest: &Guest, id: &str) -> Answer<Ticket> {
    let found = ticket::load(&mut *conn, id).await?.ok_or(Refusal::NotYours)?;
    if may_read(conn, guest, &found).await? { Ok(found) } else { Err(Refusal::NotYours.into()) }
}
