//! What a trigger writes: to whom, with which words, and how often.

use crate::{Answer, mail, random};
use domain::trigger::{Mischance, Mishap, Whom};
use domain::{Refusal, Span, Ticket, Time, text};
use sqlx::{AnyConnection, Row};

/// How often one trigger writes within an hour. What goes to all of a group at once is written once.
const LETTERS_AN_HOUR: i64 = 200;
/// Mails of triggers to one customer within a day; to one whose address is only what somebody typed.
const CUSTOMER_LIMIT: i64 = 20;
const STRANGER_LIMIT: i64 = 3;
/// The most members of a group that are written to.
const MEMBERS: usize = 100;

/// A mail as it will be sent, and to whom.
pub struct Letter {
    pub to: Vec<String>,
    pub subject: String,
    pub text: String,
    /// Whoever typed this address may be anybody: nothing that he wrote is sent there.
    pub stranger: bool,
}

/// The mail of an action about this ticket; refused where there is nobody to write to.
pub async fn letter(
    conn: &mut AnyConnection,
    ticket: &Ticket,
    whom: Whom,
    subject: &str,
    text: &str,
) -> Answer<Result<Letter, Refusal>> {
    let (to, stranger) = match whom {
        Whom::Customer => {
            let known = mail::known_address(&mut *conn, ticket).await?;
            let stranger = known.is_some() && !mail::is_vouched_for(&mut *conn, ticket).await?;
            (known.into_iter().collect(), stranger)
        }
        Whom::Owner => {
            let owner = ticket.owner.as_ref().map_or("", |owner| &owner.id);
            (emails(conn, "select email from agents where id = $1 and disabled = 0", owner).await?, false)
        }
        Whom::Group => (emails(conn, MEMBERS_OF, &ticket.group.id).await?, false),
    };
    if to.is_empty() {
        return Ok(Err(Refusal::NoAddress));
    }
    let number = ticket.number.to_string();
    let nameless = ["#", &number].concat();
    let name = text::line(&ticket.customer.name);
    let line = |text: &str| text::line(text);
    let (customer, about) = if stranger {
        (nameless, line(&ticket.group.name))
    } else {
        (if name.is_empty() { nameless } else { name }, line(&ticket.subject))
    };
    let agent = ticket.owner.as_ref().map_or_else(String::new, |owner| line(&owner.name));
    let (group, application) = (line(&ticket.group.name), line(&ticket.application.name));
    let values = [
        ("customer", customer.as_str()),
        ("ticket", &number),
        ("subject", &about),
        ("group", &group),
        ("application", &application),
        ("agent", &agent),
    ];
    Ok(Ok(Letter { to, subject: line(&text::fill(subject, &values)), text: text::fill(text, &values), stranger }))
}

const MEMBERS_OF: &str = "select a.email from agents a join memberships m on m.agent_id = a.id \
     where m.group_id = $1 and (m.attendant = 1 or m.administrator = 1) and a.disabled = 0 order by a.email";

async fn emails(conn: &mut AnyConnection, sql: &'static str, of: &str) -> Answer<Vec<String>> {
    let rows = sqlx::query(sql).bind(of).fetch_all(conn).await?;
    let emails: Vec<String> = rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?;
    Ok(emails.into_iter().take(MEMBERS).collect())
}

/// Hands it in to be sent; refused where that would be too many. That a trigger writes too often, whoever
/// administers it is told.
pub async fn keep_letter(
    conn: &mut AnyConnection,
    trigger: &str,
    ticket: &Ticket,
    whom: Whom,
    letter: &Letter,
    now: Time,
) -> Answer<Result<(), Refusal>> {
    let written = sqlx::query(
        "select count(*) from (select 1 as one from mails where trigger_id = $1 and created_at > $2 \
         and not (ticket_id = $3 and created_at = $4) group by ticket_id, created_at limit $5) as few",
    )
    .bind(trigger)
    .bind(now.0 - Span::hours(1).0)
    .bind(ticket.id.as_str())
    .bind(now.0)
    .bind(LETTERS_AN_HOUR)
    .fetch_one(&mut *conn)
    .await?
    .try_get::<i64, _>(0)?;
    if written >= LETTERS_AN_HOUR {
        let mishap = Mishap { at: now, what: Mischance::TooMany, ticket: ticket.id.clone(), number: ticket.number };
        super::keep_mishap(conn, trigger, &mishap).await?;
        return Ok(Err(Refusal::TooMany { seconds: 3_600 }));
    }
    for to in &letter.to {
        if whom == Whom::Customer {
            let limit = if letter.stranger { STRANGER_LIMIT } else { CUSTOMER_LIMIT };
            // In small letters on both sides: another way to write it is no other address.
            let sql = "select count(*) from mails where lower(recipient) = lower($1) and created_at > $2 and trigger_id is not null";
            if count(&mut *conn, sql, to, now.0 - Span::hours(24).0).await? >= limit {
                return Ok(Err(Refusal::TooMany { seconds: 86_400 }));
            }
        }
        sqlx::query(
            "insert into mails (id, chat_id, ticket_id, trigger_id, recipient, subject, body, created_at, tries, due_at, sent_at) \
             values ($1, $2, $3, $4, $5, $6, $7, $8, 0, $8, null)",
        )
        .bind(random::id(now)?)
        // What staff is written is no part of the conversation with its customer.
        .bind(ticket.chat.as_deref().filter(|_| whom == Whom::Customer).unwrap_or(""))
        .bind(ticket.id.as_str())
        .bind(trigger)
        .bind(to.as_str())
        .bind(letter.subject.as_str())
        .bind(letter.text.as_str())
        .bind(now.0)
        .execute(&mut *conn)
        .await?;
    }
    Ok(Ok(()))
}

async fn count(conn: &mut AnyConnection, sql: &'static str, of: &str, since: i64) -> Result<i64, sqlx::Error> {
    sqlx::query(sql).bind(of).bind(since).fetch_one(conn).await?.try_get(0)
}
