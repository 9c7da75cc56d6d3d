//! The portal's own doorkeeping: who comes in by a link that was mailed or by his site's word, and for how long.
//!
//! A link and a session are kept as hashes. Whoever has proved an address is a customer of his own, and not
//! whoever typed that address somewhere.

mod call;
mod ticket;

pub use call::{Call, Callee, key_for, language_of, reach_of, talks_with};
pub use ticket::{addresses_in, count_answer, may_open_more, may_read, tickets_at, topic};

use crate::keeper::{Got, Want};
use crate::{Answer, Desk, Error, Fault, application, customer, mail, random, ticket as tickets, visitor};
use domain::group::Named;
use domain::portal::{Guest, IDLE, LIFE, LINK, LINKS, SESSIONS, address};
use domain::{Refusal, Span, Ticket, Time, text};
use sqlx::{AnyConnection, Row};

/// How exactly the last use of a session is written down.
const TOUCH: Span = Span::minutes(1);

/// What the letter with a link is written from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// The secret of the address that lets him in, once.
    pub secret: String,
    /// Whose tickets he will find: the name of the application of the last one; empty: of none.
    pub house: String,
}

impl Desk {
    /// Can anybody be mailed a link?
    pub fn mails_are_open(&self) -> bool {
        self.0.mails.is_open()
    }

    /// An id for something that a form of ours will ask for.
    pub fn new_id(&self) -> Answer<String> {
        Ok(random::id(self.now())?)
    }

    /// Mails a link to this address, if it is one at which the customer of a ticket can be written to; else
    /// does nothing, and says so to nobody. `write` makes subject and text.
    pub async fn mail_portal_link(
        &self,
        typed: &str,
        write: impl FnOnce(&Invitation) -> (String, String) + Send,
    ) -> Answer<()> {
        let Some(address) = address(typed).filter(|_| self.0.mails.is_open()) else { return Ok(()) };
        let now = self.now();
        let mut tx = self.0.database.begin().await?;
        let Some(house) = ticket::house_of(&mut tx, &address).await? else { return Ok(()) };
        sqlx::query("delete from portal_links where created_at < $1")
            .bind(now.0 - Span::hours(24).0)
            .execute(&mut *tx)
            .await?;
        // Those that were used are of who reads the mail there, and count against nobody.
        let unused = "select count(*) from portal_links where address = $1 and used_at is null and created_at > $2";
        let unused = sqlx::query(unused)
            .bind(address.as_str())
            .bind(now.0 - LINK.0 / 2)
            .fetch_one(&mut *tx)
            .await?
            .try_get::<i64, _>(0)?;
        if unused >= LINKS {
            tracing::info!("an address has links enough that nobody has used");
            tx.commit().await?;
            return Ok(());
        }
        let secret = random::token()?;
        let hash = random::hash(&secret);
        let (subject, body) = write(&Invitation { secret, house });
        sqlx::query("insert into portal_links (secret_hash, address, created_at) values ($1, $2, $3)")
            .bind(hash.as_str())
            .bind(address.as_str())
            .bind(now.0)
            .execute(&mut *tx)
            .await?;
        sqlx::query(
            "insert into mails (id, chat_id, recipient, subject, body, created_at, tries, due_at, sent_at, link_hash) \
             values ($1, '', $2, $3, $4, $5, 0, $5, null, $6)",
        )
        .bind(random::id(now)?)
        .bind(address.as_str())
        .bind(text::line(&subject))
        .bind(body)
        .bind(now.0)
        .bind(hash)
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        self.0.mails.wake();
        Ok(())
    }

    /// May the page behind this link be shown? It is not used up by that: programs look at mail, too.
    pub async fn is_portal_link(&self, secret: &str) -> Answer<bool> {
        let row =
            sqlx::query("select 1 from portal_links where secret_hash = $1 and used_at is null and created_at > $2")
                .bind(random::hash(secret))
                .bind(self.now().0 - LINK.0)
                .fetch_optional(&self.0.database.reader)
                .await?;
        Ok(row.is_some())
    }

    /// Lets somebody in by a link, once; answers with his session's token (S11).
    pub async fn enter_by_link(&self, secret: &str) -> Answer<String> {
        let now = self.now();
        let mut tx = self.0.database.begin().await?;
        // Whoever marks it was first; the link is then used.
        let row = sqlx::query(
            "update portal_links set used_at = $1 where secret_hash = $2 and used_at is null and created_at > $3 \
             returning address",
        )
        .bind(now.0)
        .bind(random::hash(secret))
        .bind(now.0 - LINK.0)
        .fetch_optional(&mut *tx)
        .await?;
        let address: String = row.ok_or(Refusal::LinkUsed)?.try_get(0)?;
        let customer = holder(&mut tx, &address, now).await?;
        let token = random::token()?;
        let late = begin(&mut tx, &token, &customer, Some(&address), now).await?;
        tx.commit().await?;
        self.are_nobody_s(late);
        Ok(token)
    }

    /// Lets somebody in by what his site has signed about him.
    pub async fn enter_by_identity(&self, key: &str, jwt: &str) -> Answer<String> {
        let claims = self.0.keys.read(key, jwt).await?;
        let application = application::id_of(&self.0.database.reader, key).await?;
        let (token, frame) = (random::token()?, call::frame_token()?);
        let (stranger, frame) = (random::hash(&random::token()?), random::hash(&frame));
        let want = Want::Identify {
            token_hash: stranger,
            fresh_hash: frame.clone(),
            application: application.clone(),
            claims: Box::new(claims),
        };
        match self.0.keeper.ask(want).await? {
            Got::Known(_) => {}
            _ => return Err(Error::Broken(Fault::new("the keeper answered with something else"))),
        }
        let mut tx = self.0.database.begin().await?;
        let known = visitor::find(&mut *tx, &frame).await?.ok_or_else(|| Fault::new("whoever was proved is nobody"))?;
        // It was needed to learn who he is, and nobody holds it.
        sqlx::query("delete from visitors where token_hash = $1").bind(&frame).execute(&mut *tx).await?;
        let late = begin(&mut tx, &token, &known.customer, None, self.now()).await?;
        sqlx::query("update applications set hands_over = 1 where id = $1 and hands_over = 0")
            .bind(application)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        self.are_nobody_s(late);
        self.0.visitors.forget(&frame);
        Ok(token)
    }

    /// Does the customer of a ticket read it in the portal without having been sent a letter?
    pub async fn is_read_in_portal(&self, ticket: &Ticket) -> Answer<bool> {
        Ok(is_signed(&mut *self.0.database.reader.acquire().await?, ticket).await?)
    }

    /// Who a session's token stands for; using it keeps it alive.
    pub async fn guest(&self, token: &str) -> Answer<Guest> {
        self.guest_of(token, true).await
    }

    /// The same for what asks by itself: a page that was left open does not keep a session alive.
    pub async fn guest_quietly(&self, token: &str) -> Answer<Guest> {
        self.guest_of(token, false).await
    }

    async fn guest_of(&self, token: &str, used: bool) -> Answer<Guest> {
        let hash = random::hash(token);
        let row = sqlx::query(
            "select s.created_at, s.seen_at, s.customer_id, c.name, s.address from portal_sessions s \
             join customers c on c.id = s.customer_id where s.token_hash = $1",
        )
        .bind(&hash)
        .fetch_optional(&self.0.database.reader)
        .await?
        .ok_or(Refusal::SignedOut)?;
        let (created_at, seen_at, now) = (Time(row.try_get(0)?), Time(row.try_get(1)?), self.now());
        if now - created_at > LIFE || now - seen_at > IDLE {
            self.leave_portal(token).await?;
            return Err(Refusal::SignedOut.into());
        }
        if used {
            self.sees(row.try_get(2)?);
        }
        if used && now - seen_at > TOUCH {
            sqlx::query("update portal_sessions set seen_at = $1 where token_hash = $2")
                .bind(now.0)
                .bind(&hash)
                .execute(&self.0.database.writer)
                .await?;
        }
        Ok(Guest { customer: Named { id: row.try_get(2)?, name: row.try_get(3)? }, address: row.try_get(4)? })
    }

    /// Signs out: neither the session nor the frame that it gave a token speaks for him any more.
    pub async fn leave_portal(&self, token: &str) -> Answer<()> {
        let hash = random::hash(token);
        let mut tx = self.0.database.begin().await?;
        let gone = end(&mut tx, &hash).await?;
        tx.commit().await?;
        self.are_nobody_s(gone);
        Ok(())
    }

    /// Ends the sessions that nobody used for too long, or for long enough anyway, and the tokens of frames whose
    /// session is gone: a browser that was closed does not come back to have them ended.
    pub async fn end_late_sessions(&self) -> Answer<()> {
        let now = self.now();
        let late =
            sqlx::query(LATE).bind(now.0 - IDLE.0).bind(now.0 - LIFE.0).fetch_optional(&self.0.database.reader).await?;
        if late.is_none() {
            return Ok(());
        }
        let mut tx = self.0.database.begin().await?;
        let gone = end_late(&mut tx, now).await?;
        tx.commit().await?;
        self.are_nobody_s(gone);
        Ok(())
    }

    fn are_nobody_s(&self, tokens: Vec<(String, String)>) {
        for (visitor, customer) in tokens {
            self.0.visitors.forget(&visitor);
            // Whose other pages have another token come back by themselves.
            self.0.hub.dismiss(&crate::hub::Topic::Customer(customer));
        }
    }

    /// May he do anything but read?
    async fn may_act(&self, guest: &Guest) -> Answer<()> {
        let mut conn = self.0.database.reader.acquire().await?;
        if customer::is_blocked(&mut conn, &guest.customer.id).await? {
            return Err(Refusal::Blocked.into());
        }
        Ok(())
    }
}

/// Does the customer of a ticket come in without a letter: can his site still say who he is, and does it hand anybody
/// over? One that proves in its widget who he is may have no form that leads to the portal.
pub async fn is_signed(conn: &mut AnyConnection, ticket: &Ticket) -> Result<bool, Fault> {
    let row = sqlx::query(
        "select 1 from identities i \
         join applications a on a.id = i.application_id and a.retired_at is null and a.hands_over = 1 \
         join identity_keys k on k.application_id = a.id and k.revoked_at is null where i.customer_id = $1 limit 1",
    )
    .bind(ticket.customer.id.as_str())
    .fetch_optional(conn)
    .await?;
    Ok(row.is_some())
}

/// The address whose mail a customer reads, if that is how he came in.
pub async fn mail_of(conn: &mut AnyConnection, customer: &str) -> Result<Option<String>, sqlx::Error> {
    let row = sqlx::query("select address from addresses where customer_id = $1 limit 1")
        .bind(customer)
        .fetch_optional(conn)
        .await?;
    row.map(|row| row.try_get(0)).transpose()
}

/// The customer who reads the mail of an address; made when nobody was it yet. He is called by that address: the
/// name of a ticket there is what anybody may have typed, and of nothing else does he have a proof.
async fn holder(conn: &mut AnyConnection, address: &str, now: Time) -> Answer<String> {
    let known = async |conn: &mut AnyConnection| -> Answer<Option<String>> {
        let row = sqlx::query("select customer_id from addresses where address = $1")
            .bind(address)
            .fetch_optional(conn)
            .await?;
        Ok(row.map(|row| row.try_get(0)).transpose()?)
    };
    if let Some(customer) = known(&mut *conn).await? {
        return Ok(customer);
    }
    let id = random::id(now)?;
    sqlx::query(
        "insert into customers (id, name, email, verified, created_at, seen_at) values ($1, $2, $2, 0, $3, $3)",
    )
    .bind(id.as_str())
    .bind(address)
    .bind(now.0)
    .execute(&mut *conn)
    .await?;
    let first =
        sqlx::query("insert into addresses (address, customer_id) values ($1, $2) on conflict (address) do nothing")
            .bind(address)
            .bind(id.as_str())
            .execute(&mut *conn)
            .await?;
    if first.rows_affected() == 1 {
        return Ok(id);
    }
    // Somebody used another link of this address at the same moment.
    sqlx::query("delete from customers where id = $1").bind(id.as_str()).execute(&mut *conn).await?;
    Ok(known(conn).await?.ok_or_else(|| Fault::new("an address is neither taken nor free"))?)
}

const LATE: &str = "select token_hash from portal_sessions where seen_at < $1 or created_at < $2 union \
     select session_hash from portal_frames where session_hash not in (select token_hash from portal_sessions)";

async fn end_late(conn: &mut AnyConnection, now: Time) -> Result<Vec<(String, String)>, Fault> {
    let late = sqlx::query(LATE).bind(now.0 - IDLE.0).bind(now.0 - LIFE.0).fetch_all(&mut *conn).await?;
    let mut gone = Vec::new();
    for row in late {
        gone.extend(end(&mut *conn, row.try_get(0)?).await?);
    }
    Ok(gone)
}

/// Begins a session, and clears away those that were left to end by themselves, and his oldest of very many.
async fn begin(
    conn: &mut AnyConnection,
    token: &str,
    customer: &str,
    address: Option<&str>,
    now: Time,
) -> Result<Vec<(String, String)>, Fault> {
    let mut gone = end_late(&mut *conn, now).await?;
    let his = "select token_hash from portal_sessions where customer_id = $1 order by created_at desc, token_hash";
    let his = sqlx::query(his).bind(customer).fetch_all(&mut *conn).await?;
    for row in his.iter().skip(SESSIONS - 1) {
        gone.extend(end(&mut *conn, row.try_get(0)?).await?);
    }
    sqlx::query(
        "insert into portal_sessions (token_hash, customer_id, address, created_at, seen_at) values ($1, $2, $3, $4, $4)",
    )
    .bind(random::hash(token))
    .bind(customer)
    .bind(address)
    .bind(now.0)
    .execute(conn)
    .await?;
    Ok(gone)
}

/// Ends a session; answers with the tokens of its frames, and for whom they stood.
pub async fn end(conn: &mut AnyConnection, session_hash: &str) -> Result<Vec<(String, String)>, Fault> {
    // First of all: whoever gives a frame a token at the same moment holds this row, or finds none.
    sqlx::query("delete from portal_sessions where token_hash = $1").bind(session_hash).execute(&mut *conn).await?;
    let rows = sqlx::query(
        "select f.visitor_hash, v.customer_id from portal_frames f join visitors v on v.token_hash = f.visitor_hash \
         where f.session_hash = $1",
    )
    .bind(session_hash)
    .fetch_all(&mut *conn)
    .await?;
    let gone: Vec<(String, String)> =
        rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect::<Result<_, sqlx::Error>>()?;
    for sql in [
        "delete from visitors where token_hash in (select visitor_hash from portal_frames where session_hash = $1)",
        "delete from portal_frames where session_hash = $1",
    ] {
        sqlx::query(sql).bind(session_hash).execute(&mut *conn).await?;
    }
    Ok(gone)
}

/// Nothing is left of the sessions, the links and the address of a customer. His visitors' tokens are the
/// caller's business.
pub async fn forget(conn: &mut AnyConnection, customer: &str) -> Result<(), Fault> {
    for sql in [
        "delete from portal_frames where session_hash in (select token_hash from portal_sessions where customer_id = $1)",
        "delete from portal_sessions where customer_id = $1",
        "delete from portal_links where address in (select address from addresses where customer_id = $1)",
        "delete from mails where link_hash is not null and recipient in (select address from addresses where customer_id = $1)",
        "delete from addresses where customer_id = $1",
        "delete from ticket_guests where customer_id = $1",
    ] {
        sqlx::query(sql).bind(customer).execute(&mut *conn).await?;
    }
    Ok(())
}

/// These tickets are under no address any more, and nobody has written to them.
pub async fn forget_tickets(conn: &mut AnyConnection, tickets: &[String]) -> Result<(), Fault> {
    for ticket in tickets {
        for sql in
            ["delete from ticket_addresses where ticket_id = $1", "delete from ticket_guests where ticket_id = $1"]
        {
            sqlx::query(sql).bind(ticket.as_str()).execute(&mut *conn).await?;
        }
    }
    Ok(())
}

/// The addresses at which there are these tickets and no others, whether their words are made yet or not.
pub async fn addresses_of(conn: &mut AnyConnection, these: &[String]) -> Result<Vec<String>, Fault> {
    let mut addresses = Vec::new();
    for id in these {
        if let Some(ticket) = tickets::load(&mut *conn, id).await? {
            addresses.extend(mail::known_address(&mut *conn, &ticket).await?.as_deref().and_then(address));
        }
    }
    addresses.sort();
    addresses.dedup();
    let mut all = Vec::new();
    for address in addresses {
        let there = tickets_at(&mut *conn, std::slice::from_ref(&address)).await?;
        if there.iter().all(|id| these.contains(id)) {
            all.push(address);
        }
    }
    Ok(all)
}

/// Those who have proved one of these addresses.
pub async fn holders_of(conn: &mut AnyConnection, addresses: &[String]) -> Result<Vec<String>, Fault> {
    let mut all = Vec::new();
    for address in addresses {
        let sql = "select customer_id from addresses where address = $1";
        let row = sqlx::query(sql).bind(address.as_str()).fetch_optional(&mut *conn).await?;
        all.extend(row.map(|row| row.try_get(0)).transpose()?);
    }
    Ok(all)
}

/// No link to these addresses is left, on the way or there.
pub async fn forget_links(conn: &mut AnyConnection, addresses: &[String]) -> Result<(), Fault> {
    for address in addresses {
        for sql in [
            "delete from portal_links where address = $1",
            "delete from mails where link_hash is not null and recipient = $1",
        ] {
            sqlx::query(sql).bind(address.as_str()).execute(&mut *conn).await?;
        }
    }
    Ok(())
}
