//! A ticket that another program opens: by the rules of one that an agent opens by hand, and nobody's until somebody is
//! given it.

use super::batch::Batch;
use super::opening::next_number;
use super::ticket::{ground, group};
use super::{Got, Keeper};
use crate::api::person;
use crate::database::can_hold;
use crate::ticket as tickets;
use crate::{Answer, random};
use domain::group::Named;
use domain::person::Agent;
use domain::ticket::{Birth, Ground, Owed, Via, subject};
use domain::token::{Client, Opening, of_actor};
use domain::{Refusal, Ticket, TicketAct, Who};
use sqlx::{AnyConnection, Row};

/// Whom it is about, and his address where he is to be kept.
struct About {
    customer: Named,
    email: Option<String>,
}

impl Keeper {
    /// The ticket's id names the wish: repeated, it is answered with the ticket it has opened.
    pub(super) async fn api_ticket(&mut self, batch: &mut Batch, agent: &Agent, opening: &Opening) -> Answer<Got> {
        if !domain::id::is_sound(&opening.id) {
            return Err(Refusal::Malformed.into());
        }
        batch.flush().await?;
        if let Some(ticket) = tickets::load(&mut *batch.tx, &opening.id).await? {
            return match ticket.via {
                // Before it was told apart, it was opened as if by an agent.
                Via::Api | Via::Agent => Ok(Got::Ticket(Box::new(ticket))),
                _ => Err(Refusal::NotYours.into()),
            };
        }
        let wrong = |field: &str| Refusal::FieldWrong { field: field.into() };
        let group = group(&mut batch.tx, &opening.group).await?.ok_or_else(|| wrong("ownerTeamId"))?;
        let application = match &opening.application {
            Some(id) => application(&mut batch.tx, id).await?.ok_or_else(|| wrong("chatWidgetId"))?,
            None => Named { id: String::new(), name: String::new() },
        };
        let about = match &opening.client {
            Client::Known(id) => {
                About { customer: known(&mut batch.tx, id).await?.ok_or_else(|| wrong("client.id"))?, email: None }
            }
            Client::New { name, email } => newcomer(random::id(batch.now)?, name, email)?,
        };
        let birth = Birth {
            number: next_number(batch).await?,
            chat: None,
            via: Via::Api,
            application,
            subject: subject("", &group),
            group,
            customer: about.customer,
            owner: None,
            message: None,
        };
        let ticket = Ticket::open(opening.id.clone(), batch.now, &birth);
        let act = self.meant(&TicketAct::Save { changes: opening.changes.clone(), note: opening.note.clone() });
        let ground = ground(&mut batch.tx, &ticket, &act, Ground::at(batch.now)).await?;
        let saved = ticket.decide(&Who::Agent(agent.seat(&ticket.group.id)), &act, &ground)?.pop();
        // Only now: a refusal leaves nobody behind.
        if let Some(email) = about.email {
            // He is written to there, and nobody says that it was proved to be his.
            sqlx::query(
                "insert into customers (id, name, email, verified, created_at, seen_at, given_by) values ($1, $2, $3, 0, $4, $4, $5)",
            )
                .bind(birth.customer.id.as_str())
                .bind(birth.customer.name.as_str())
                .bind(email.as_str())
                .bind(batch.now.0)
                .bind(of_actor(&agent.face.id))
                .execute(&mut *batch.tx)
                .await?;
        }
        let ticket = batch.bear(opening.id.clone(), &opening.id, Owed { birth, saved });
        Ok(Got::Ticket(Box::new(ticket)))
    }
}

async fn application(conn: &mut AnyConnection, id: &str) -> Answer<Option<Named>> {
    named(conn, "select id, name from applications where id = $1", id).await
}

/// Somebody who is known, as he is by now. Who was erased is nobody.
async fn known(conn: &mut AnyConnection, id: &str) -> Answer<Option<Named>> {
    let sql = "select c.id, c.name from customers c where c.erased_at is null \
         and c.id = (select coalesce(became, id) from customers where id = $1)";
    named(conn, sql, id).await
}

async fn named(conn: &mut AnyConnection, sql: &'static str, id: &str) -> Answer<Option<Named>> {
    if !can_hold(id) {
        return Ok(None);
    }
    let row = sqlx::query(sql).bind(id).fetch_optional(conn).await?;
    let one = row.map(|row| Ok::<_, sqlx::Error>(Named { id: row.try_get(0)?, name: row.try_get(1)? }));
    Ok(one.transpose()?)
}

fn newcomer(id: String, name: &str, email: &str) -> Result<About, Refusal> {
    let (name, email) = (person::name(name, "client.businessName")?, person::email(email, "client.email")?);
    Ok(About { customer: Named { id, name }, email: Some(email) })
}
