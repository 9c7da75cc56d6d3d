//! What no constraint says of what came in: logs without gaps, of what there is, people who are there, and bytes for
//! every file.

use super::bad::Bad;
use crate::Fault;
use futures_util::TryStreamExt;
use sqlx::{AnyConnection, Row};

/// Of which noun an id is answered where something is wrong, and what that is. Numbers in a log are unique, so it is
/// whole where there are as many as its last, none of them outside.
const CHECKS: [(&str, &str, &str); 7] = [
    (
        "chats",
        "its log in events.jsonl is not whole",
        "select c.id from chats c \
         where c.seq <> (select count(*) from events e where e.chat_id = c.id and e.aside = 0) \
         or c.seq <> (select count(*) from events e where e.chat_id = c.id and e.aside = 0 and e.seq between 1 and c.seq) \
         or c.aside_seq <> (select count(*) from events e where e.chat_id = c.id and e.aside = 1) \
         or c.aside_seq <> (select count(*) from events e where e.chat_id = c.id and e.aside = 1 \
           and e.seq between 1 and c.aside_seq) order by c.id",
    ),
    (
        "events",
        "it tells of a chat that is not there",
        "select distinct e.chat_id from events e where not exists (select 1 from chats c where c.id = e.chat_id) order by 1",
    ),
    (
        "tickets",
        "its history in ticket-events.jsonl is not whole",
        "select t.id from tickets t where t.seq <> (select count(*) from ticket_events e where e.ticket_id = t.id) \
         or t.seq <> (select count(*) from ticket_events e where e.ticket_id = t.id and e.seq between 1 and t.seq) \
         order by t.id",
    ),
    (
        "ticket-events",
        "it tells of a ticket that is not there",
        "select distinct e.ticket_id from ticket_events e \
         where not exists (select 1 from tickets t where t.id = e.ticket_id) order by 1",
    ),
    // What agents began may be nobody's.
    (
        "chats",
        "its customer is not there",
        "select c.id from chats c where c.customer_id <> '' \
         and not exists (select 1 from customers p where p.id = c.customer_id) order by c.id",
    ),
    (
        "tickets",
        "its customer is not there",
        "select t.id from tickets t where t.customer_id <> '' \
         and not exists (select 1 from customers p where p.id = t.customer_id) order by t.id",
    ),
    (
        "customers",
        "the one that he turned out to be is not there",
        "select c.id from customers c where c.became is not null \
         and not exists (select 1 from customers p where p.id = c.became) order by c.id",
    ),
];

/// Looks at all of it.
pub async fn whole(conn: &mut AnyConnection, files: &[&str], bad: &mut Bad) -> Result<(), Fault> {
    for (noun, says, sql) in CHECKS {
        let mut rows = sqlx::query(sql).fetch(&mut *conn);
        while let Some(row) = rows.try_next().await? {
            bad.add(format!("{noun}.jsonl, {}: {says}", row.try_get::<String, _>(0)?));
        }
    }
    for id in files {
        let row = sqlx::query("select 1 from files where id = $1").bind((*id).to_owned()).fetch_optional(&mut *conn);
        if row.await?.is_none() {
            bad.add(format!("files/{id} has no line in files.jsonl"));
        }
    }
    Ok(())
}
