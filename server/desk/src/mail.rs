//! Mail to customers: kept first, sent afterwards by a task of its own, tried again until somebody takes
//! it. No chat ever waits for it. At least once, and always under the same Message-ID.

use crate::database::{Database, can_hold, is_set};
use crate::keeper::{Door, Want};
use crate::worker::Worker;
use crate::{Answer, Clock, Desk, Error, Fault, Visitor, application};
use domain::application::{Answer as FormAnswer, Field, email_of};
use domain::portal::{LINK, signer};
use domain::{Chat, Face, Refusal, Span, Thread, Ticket, Time, Told, text};
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp::AsyncSmtpTransport;
use lettre::{Address, AsyncTransport, Tokio1Executor};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row};
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::sync::Notify;
use tracing::Instrument;

/// Mails about one chat.
pub const CHAT_LIMIT: usize = 3;
/// Mails to one address within a day, whoever asks for them.
const RECIPIENT_LIMIT: i64 = 3;
/// Answers to the customer of one ticket within a day, by mail or in the portal.
const REPLY_LIMIT: i64 = 30;
/// Tried again after so long, each time twice as long, up to six hours.
const PAUSE: Span = Span::minutes(1);
const LONGEST_PAUSE: Span = Span::hours(6);
/// Who could not be reached for so long is given up.
const PATIENCE: Span = Span::hours(72);
/// A server of mail that is silent for so long is asked again later.
const SILENCE: Duration = Duration::from_secs(30);
/// The most of one look.
const LOOK: i64 = 20;

/// Where mail is handed in, and in whose name.
#[derive(Clone, Debug)]
pub struct PostOffice {
    url: String,
    from: Mailbox,
}

impl PostOffice {
    /// `smtp://USER:PASSWORD@HOST:PORT` or `smtps://…`, and an address like `Casa Nogal <hola@casa.example>`.
    /// Off this machine it speaks TLS, unless the URL says otherwise. Or says which of both is wrong.
    pub fn read(url: &str, from: &str) -> Result<PostOffice, Wrong> {
        let from = from.parse().map_err(|_| Wrong::From)?;
        let (scheme, rest) = url.split_once("://").ok_or(Wrong::Url)?;
        let host = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
        let (place, asks) = host.split_once(['/', '?']).unwrap_or((host, ""));
        let name = place.rsplit_once(':').filter(|(_, port)| !port.ends_with(']')).map_or(place, |(name, _)| name);
        let here = ["localhost", "127.0.0.1", "[::1]"].contains(&name);
        let url = match scheme {
            "smtps" => url.to_owned(),
            "smtp" if here || asks.contains("tls=") => url.to_owned(),
            "smtp" => format!("{url}{}tls=required", if url.contains('?') { '&' } else { '?' }),
            _ => return Err(Wrong::Url),
        };
        AsyncSmtpTransport::<Tokio1Executor>::from_url(&url).map_err(|_| Wrong::Url)?;
        Ok(PostOffice { url, from })
    }
}

/// What of a post office does not read. It may hold a password, so it is not repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    Url,
    From,
}

/// What somebody writes to a customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// Made by who asks for it: asked again, it is the same mail.
    pub id: String,
    pub subject: String,
    pub text: String,
}

#[derive(Clone)]
pub struct Mails(Arc<Inside>);

struct Inside {
    database: Database,
    clock: Clock,
    office: Option<PostOffice>,
    wake: Notify,
    worker: Worker,
    keeper: OnceLock<Door>,
}

/// One mail as it is kept.
struct Kept {
    /// It holds a link into the portal, and is worth nothing when that is over.
    is_link: bool,
    id: String,
    recipient: String,
    subject: String,
    body: String,
    created_at: Time,
    tries: i64,
    /// An agent wrote it.
    by_hand: bool,
}

impl Mails {
    pub fn new(database: Database, clock: Clock, office: Option<PostOffice>) -> Mails {
        let (wake, worker, keeper) = (Notify::new(), Worker::default(), OnceLock::new());
        Mails(Arc::new(Inside { database, clock, office, wake, worker, keeper }))
    }

    /// Begins to send; what is given up is told to the keeper.
    pub fn start(&self, keeper: Door) -> Result<(), Fault> {
        let _ = self.0.keeper.set(keeper);
        if let Some(office) = &self.0.office {
            let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(&office.url)
                .map_err(|_| Fault::new("the address of the mail server does not read"))?
                .timeout(Some(SILENCE))
                .build();
            self.0.worker.start(self.clone().run(transport, office.from.clone()));
        }
        Ok(())
    }

    /// Something new is to be sent.
    pub fn wake(&self) {
        self.0.wake.notify_one();
    }

    /// Can anything be sent at all?
    pub fn is_open(&self) -> bool {
        self.0.office.is_some()
    }

    /// What is under way is sent again after the next start, under the same id.
    pub async fn stop(&self) {
        self.0.worker.stop().await;
    }

    async fn run(self, transport: AsyncSmtpTransport<Tokio1Executor>, from: Mailbox) {
        loop {
            let looked = self.look(&transport, &from).await;
            let next = match looked {
                Ok(next) => next,
                Err(fault) => {
                    tracing::error!("the mail was not looked through: {fault}");
                    Some(self.0.clock.now() + PAUSE)
                }
            };
            tokio::select! {
                () = self.0.wake.notified() => {}
                () = self.0.clock.wait_until(next) => {}
            }
        }
    }

    /// Sends what is due, one after the other; answers when something will be.
    async fn look(
        &self,
        transport: &AsyncSmtpTransport<Tokio1Executor>,
        from: &Mailbox,
    ) -> Result<Option<Time>, Fault> {
        let due = sqlx::query("select id from mails where due_at <= $1 order by due_at, id limit $2")
            .bind(self.0.clock.now().0)
            .bind(LOOK)
            .fetch_all(&self.0.database.reader)
            .await?;
        for row in due {
            let id: String = row.try_get(0)?;
            if let Err(fault) = self.send_one(transport, from, &id).await {
                // It is in no other's way. Where nothing can be written at all, this cannot be either.
                tracing::error!(mail = id, "a mail was not sent, and waits: {fault}");
                sqlx::query("update mails set due_at = $1 where id = $2 and due_at is not null")
                    .bind((self.0.clock.now() + PAUSE).0)
                    .bind(id.as_str())
                    .execute(&self.0.database.writer)
                    .await?;
            }
        }
        let row = sqlx::query("select min(due_at) from mails where due_at is not null")
            .fetch_one(&self.0.database.reader)
            .await?;
        Ok(row.try_get::<Option<i64>, _>(0)?.map(Time))
    }

    /// Read when its turn comes: whoever was erased meanwhile is written to no more.
    async fn send_one(
        &self,
        transport: &AsyncSmtpTransport<Tokio1Executor>,
        from: &Mailbox,
        id: &str,
    ) -> Result<(), Fault> {
        match self.kept(id).await? {
            Some(kept) => {
                self.send(transport, from, kept).instrument(crate::span!("letter", otel.kind = "client")).await
            }
            None => Ok(()),
        }
    }

    async fn kept(&self, id: &str) -> Result<Option<Kept>, Fault> {
        let row = sqlx::query(
            "select id, recipient, subject, body, created_at, tries, case when ticket_id is null or trigger_id is not null then 0 else 1 end, case when link_hash is null then 0 else 1 end from mails \
             where id = $1 and due_at is not null",
        )
        .bind(id)
        .fetch_optional(&self.0.database.reader)
        .await?;
        let read = |row: AnyRow| -> Result<Kept, Fault> {
            Ok(Kept {
                id: row.try_get(0)?,
                recipient: row.try_get(1)?,
                subject: row.try_get(2)?,
                body: row.try_get(3)?,
                created_at: Time(row.try_get(4)?),
                tries: row.try_get(5)?,
                by_hand: is_set(&row, 6)?,
                is_link: is_set(&row, 7)?,
            })
        };
        row.map(read).transpose()
    }

    async fn send(
        &self,
        transport: &AsyncSmtpTransport<Tokio1Executor>,
        from: &Mailbox,
        kept: Kept,
    ) -> Result<(), Fault> {
        let over = |kept: &Kept, now: Time| now - kept.created_at > if kept.is_link { LINK } else { PATIENCE };
        if kept.is_link && over(&kept, self.0.clock.now()) {
            tracing::warn!(mail = kept.id, "the letter of a link came to be sent when that was over");
            sqlx::query("update mails set due_at = null, body = '' where id = $1")
                .bind(kept.id)
                .execute(&self.0.database.writer)
                .await?;
            return Ok(());
        }
        let sent = match written(from, &kept) {
            // Nothing is held while a slow server thinks, least of all the database.
            Ok(message) => match tokio::time::timeout(SILENCE * 2, transport.send(message)).await {
                Ok(Ok(_)) => Ok(()),
                Ok(Err(why)) => {
                    let status = why.status().map_or(0, u16::from);
                    // Of the others it is us that the server does not want: a password that has changed.
                    Err(((550..=554).contains(&status), status))
                }
                Err(_) => Err((false, 0)),
            },
            Err(_) => Err((true, 0)),
        };
        let now = self.0.clock.now();
        let tries = kept.tries + 1;
        let (due, sent_at) = match sent {
            Ok(()) => (None, Some(now)),
            Err((for_ever, status)) => {
                let late = over(&kept, now);
                tracing::warn!(mail = kept.id, status, tries, given_up = for_ever || late, "a mail was not taken");
                ((!(for_ever || late)).then(|| now + pause(tries)), None)
            }
        };
        if due.is_none() && sent_at.is_none() {
            let keeper = self.0.keeper.get().ok_or_else(|| Fault::new("the mails were not started"))?;
            let tries = u32::try_from(tries).unwrap_or(u32::MAX);
            return match keeper.ask(Want::Return { mail: kept.id, tries }).await {
                Err(Error::Broken(fault)) => Err(fault),
                _ => Ok(()),
            };
        }
        // Its text is kept no longer than it is needed; the conversation has its own.
        sqlx::query(
            "update mails set tries = $1, due_at = $2, sent_at = $3, body = case when $4 = 1 then body else '' end where id = $5",
        )
        .bind(tries)
        .bind(due.map(|at| at.0))
        .bind(sent_at.map(|at| at.0))
        .bind(i64::from(due.is_some()))
        .bind(kept.id)
        .execute(&self.0.database.writer)
        .await?;
        Ok(())
    }
}

fn pause(tries: i64) -> Span {
    let doubled = u32::try_from(tries - 1).map_or(16, |n| n.min(16));
    Span((PAUSE.0 << doubled).min(LONGEST_PAUSE.0))
}

/// As it goes out. What people wrote is one line in a header, and encoded: it begins no other header.
fn written(from: &Mailbox, kept: &Kept) -> Result<Message, Fault> {
    let cannot = |why: &dyn std::fmt::Display| Fault::new(format!("a mail cannot be written: {why}"));
    let to: Address = kept.recipient.parse().map_err(|why| cannot(&why))?;
    let mut message = Message::builder()
        .from(from.clone())
        .to(Mailbox::new(None, to))
        .subject(text::line(&kept.subject))
        .message_id(Some(format!("<{}@{}>", kept.id, from.email.domain())))
        .header(ContentType::TEXT_PLAIN)
        .body(kept.body.clone())
        .map_err(|why| cannot(&why))?;
    // Nobody's machine needs to answer a machine.
    if !kept.by_hand {
        message
            .headers_mut()
            .insert_raw(HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".into()));
    }
    Ok(message)
}

impl Desk {
    /// All that a customer may read of a chat of his, from its beginning.
    pub async fn transcript(&self, visitor: &Visitor, chat: &str) -> Answer<(Chat, Vec<Told>)> {
        let caller = crate::Caller::Visitor(visitor.clone());
        let mut thread = Thread::default();
        loop {
            let page = self.events(&caller, chat, thread.heard().0, 0).await?;
            thread.hear_all(&page.told);
            if !page.more || page.told.is_empty() {
                break;
            }
        }
        let chat = thread.chat.ok_or(Refusal::NotYours)?;
        Ok((chat, thread.told))
    }

    /// Sends it to the customer of a chat that is over: to the address that is known of him, never to
    /// another. Answers with that address.
    pub async fn mail(&self, visitor: &Visitor, chat: &str, mail: &Mail) -> Answer<String> {
        if !domain::id::is_sound(&mail.id) || !can_hold(&mail.text) {
            return Err(Refusal::Malformed.into());
        }
        let chat = self.chat_of(visitor, chat).await?;
        if !chat.is_over() {
            return Err(Refusal::NotEnded.into());
        }
        let row = sqlx::query("select fields, setup from applications where id = $1")
            .bind(&chat.application.id)
            .fetch_one(&self.0.database.reader)
            .await?;
        let setup = application::read_setup(&chat.application.id, row.try_get(1)?)?;
        if !setup.transcript_by_mail || !self.0.mails.is_open() || !chat.is_to_mail() {
            return Err(Refusal::NotAsked.into());
        }
        let fields: Vec<Field> = serde_json::from_str(row.try_get(0)?)?;
        let recipient = self.address_of(&chat, &fields).await?.ok_or(Refusal::NoAddress)?;
        let now = self.now();
        let mut tx = self.0.database.begin().await?;
        // Locks the chat's row, so that of several at once none is too many.
        sqlx::query("update chats set id = id where id = $1").bind(&chat.id).execute(&mut *tx).await?;
        // What was gathered before somebody was erased is not kept after it.
        let erased = sqlx::query("select 1 from customers where id = $1 and erased_at is not null")
            .bind(&chat.customer.id)
            .fetch_optional(&mut *tx)
            .await?;
        if erased.is_some() {
            return Err(Refusal::NotYours.into());
        }
        let asked: Vec<String> = sqlx::query("select id from mails where chat_id = $1 and ticket_id is null")
            .bind(&chat.id)
            .fetch_all(&mut *tx)
            .await?
            .iter()
            .map(|row| row.try_get(0))
            .collect::<Result<_, _>>()?;
        if asked.contains(&mail.id) {
            return Ok(recipient);
        }
        if asked.len() >= CHAT_LIMIT {
            return Err(Refusal::Full { limit: CHAT_LIMIT as u32 }.into());
        }
        let lately =
            sqlx::query("select count(*) from mails where lower(recipient) = lower($1) and created_at > $2 and ticket_id is null and chat_id <> ''")
                .bind(&recipient)
                .bind(now.0 - Span::hours(24).0)
                .fetch_one(&mut *tx)
                .await?
                .try_get::<i64, _>(0)?;
        if lately >= RECIPIENT_LIMIT {
            return Err(Refusal::TooMany { seconds: 86_400 }.into());
        }
        let kept = sqlx::query(
            "insert into mails (id, chat_id, recipient, subject, body, created_at, tries, due_at, sent_at) \
             values ($1, $2, $3, $4, $5, $6, 0, $6, null) on conflict (id) do nothing",
        )
        .bind(&mail.id)
        .bind(&chat.id)
        .bind(&recipient)
        .bind(text::line(&mail.subject))
        .bind(&mail.text)
        .bind(now.0)
        .execute(&mut *tx)
        .await?;
        if kept.rows_affected() == 0 {
            return Err(Refusal::Malformed.into());
        }
        tx.commit().await?;
        self.0.mails.wake();
        Ok(recipient)
    }

    /// The one that the site vouches for; else what he typed into the form of this very chat.
    async fn address_of(&self, chat: &Chat, fields: &[Field]) -> Answer<Option<String>> {
        let mut conn = self.0.database.reader.acquire().await?;
        let known = said_address(&mut conn, &chat.customer.id, chat.verified, fields, &chat.answers).await?;
        Ok(known.filter(|email| is_address(email)))
    }

    /// Where the customer of a ticket can be written to, whether mail is sent from here ([`Desk::choices`]) or not.
    pub async fn address_of_ticket(&self, ticket: &Ticket) -> Answer<Option<String>> {
        Ok(known_address(&mut *self.0.database.reader.acquire().await?, ticket).await?)
    }
}

fn is_address(email: &str) -> bool {
    email.parse::<Address>().is_ok()
}

/// The address that the site of a customer says is his.
pub async fn vouched_for(conn: &mut AnyConnection, customer: &str) -> Result<Option<String>, sqlx::Error> {
    let row = sqlx::query("select email from customers where id = $1 and verified = 1")
        .bind(customer)
        .fetch_optional(conn)
        .await?;
    row.map(|row| row.try_get(0)).transpose()
}

/// The one that another program has given, with a token of the house's: he has not proved that it is his.
async fn given(conn: &mut AnyConnection, customer: &str) -> Result<Option<String>, sqlx::Error> {
    let row = sqlx::query("select email from customers where id = $1 and given_by is not null")
        .bind(customer)
        .fetch_optional(conn)
        .await?;
    row.map(|row| row.try_get(0)).transpose()
}

/// The one that his site vouches for, or that he has proved; else what he typed into the form.
async fn said_address(
    conn: &mut AnyConnection,
    customer: &str,
    verified: bool,
    fields: &[Field],
    answers: &[FormAnswer],
) -> Result<Option<String>, sqlx::Error> {
    if verified {
        return vouched_for(conn, customer).await;
    }
    let proved = crate::portal::mail_of(conn, customer).await?;
    Ok(proved.or_else(|| Some(email_of(fields, answers).to_owned())))
}

async fn fields_of(conn: &mut AnyConnection, application: &str) -> Result<Vec<Field>, Fault> {
    let row =
        sqlx::query("select fields from applications where id = $1").bind(application).fetch_optional(conn).await?;
    // What no application asked has no form.
    row.map_or(Ok(Vec::new()), |row| Ok(serde_json::from_str(row.try_get(0)?)?))
}

/// The address that is known of the customer of a conversation, as that of a ticket.
pub async fn known_address_in(conn: &mut AnyConnection, chat: &Chat) -> Result<Option<String>, Fault> {
    let fields = fields_of(&mut *conn, &chat.application.id).await?;
    let known = said_address(conn, &chat.customer.id, chat.verified, &fields, &chat.answers).await?;
    Ok(known.filter(|email| is_address(email)))
}

/// The address that is known of the customer of a ticket: the one that his site vouches for, or that he has
/// proved; else what he answered in the form that the ticket came from, or what a program of the house has given with
/// the ticket that it opened. No agent types one for him.
pub async fn known_address(conn: &mut AnyConnection, ticket: &Ticket) -> Result<Option<String>, Fault> {
    let chat = match &ticket.chat {
        Some(id) => crate::chat::load(&mut *conn, id).await?,
        None => None,
    };
    let said = match chat {
        Some(chat) => Some((chat.verified, chat.answers)),
        None => {
            crate::ticket::message(&mut *conn, &ticket.id).await?.map(|message| (message.verified, message.answers))
        }
    };
    let known = match said {
        Some((false, answers)) => {
            let fields = fields_of(&mut *conn, &ticket.application.id).await?;
            said_address(conn, &ticket.customer.id, false, &fields, &answers).await?
        }
        Some((true, _)) => vouched_for(conn, &ticket.customer.id).await?,
        None => match vouched_for(&mut *conn, &ticket.customer.id).await? {
            Some(email) => Some(email),
            None => given(conn, &ticket.customer.id).await?,
        },
    };
    Ok(known.filter(|email| is_address(email)))
}

/// Is the address that is known of him his? His site vouches for it, or somebody of ours has spoken with him.
/// Any other is what anybody may have typed.
pub async fn is_vouched_for(conn: &mut AnyConnection, ticket: &Ticket) -> Answer<bool> {
    Ok(match &ticket.chat {
        // He wrote it where he came in by the mail of that address, or by his site's word.
        None if ticket.via == domain::ticket::Via::Portal => true,
        Some(id) => crate::chat::load(conn, id).await?.is_some_and(|chat| chat.is_to_mail()),
        None => match crate::ticket::message(&mut *conn, &ticket.id).await? {
            Some(message) => message.verified,
            None => vouched_for(conn, &ticket.customer.id).await?.is_some(),
        },
    })
}

/// May the customer of a ticket be written to once more today, by whichever way he reads it?
pub async fn may_reply(conn: &mut AnyConnection, ticket: &Ticket, now: Time) -> Answer<()> {
    let today = sqlx::query(
        "select count(*) from ticket_events where ticket_id = $1 and at > $2 and body like '{\"Replied\":%'",
    )
    .bind(ticket.id.as_str())
    .bind(now.0 - Span::hours(24).0)
    .fetch_one(conn)
    .await?
    .try_get::<i64, _>(0)?;
    if today < REPLY_LIMIT { Ok(()) } else { Err(Refusal::TooMany { seconds: 86_400 }.into()) }
}

/// Keeps what an agent writes to a customer, with the event that tells of it.
pub async fn keep_reply(conn: &mut AnyConnection, reply: &Reply<'_>) -> Answer<()> {
    let Reply { id, ticket, by, to, text, now } = reply;
    let house = text::line(&ticket.application.name);
    let name = text::line(&signer(ticket, by).name);
    let mut signs: Vec<&str> = [name.as_str(), &house].into_iter().filter(|sign| !sign.is_empty()).collect();
    // The house signs once.
    signs.dedup();
    let signed = [*text, "\n\n-- \n", &signs.join(" · ")].concat();
    sqlx::query(
        "insert into mails (id, chat_id, ticket_id, recipient, subject, body, created_at, tries, due_at, sent_at) \
         values ($1, $2, $3, $4, $5, $6, $7, 0, $7, null)",
    )
    .bind(*id)
    .bind(ticket.chat.as_deref().unwrap_or(""))
    .bind(ticket.id.as_str())
    .bind(*to)
    .bind([&text::line(&ticket.subject), " (", &ticket.number.to_string(), ")"].concat())
    .bind(signed)
    .bind(now.0)
    .execute(conn)
    .await?;
    Ok(())
}

/// An agent's words to the customer of a ticket.
pub struct Reply<'r> {
    /// The wish's, which is the mail's: asked again, it is the same mail.
    pub id: &'r str,
    pub ticket: &'r Ticket,
    pub by: &'r Face,
    pub to: &'r str,
    pub text: &'r str,
    pub now: Time,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(url: &str) -> String {
        PostOffice::read(url, "hola@casa.example").unwrap().url
    }

    #[test]
    fn only_on_this_machine_and_where_it_was_asked_for_mail_goes_in_the_clear() {
        for here in ["smtp://localhost", "smtp://127.0.0.1:25", "smtp://u:p@[::1]:25", "smtps://mail.example"] {
            assert_eq!(url(here), here);
        }
        for elsewhere in ["smtp://localhost.mail.example", "smtp://u:tls=none@mail.example:587", "smtp://mail.example"]
        {
            assert_eq!(url(elsewhere), format!("{elsewhere}?tls=required"));
        }
        assert_eq!(url("smtp://mail.example?tls=opportunistic"), "smtp://mail.example?tls=opportunistic");
    }
}
