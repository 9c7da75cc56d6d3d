//! What is kept beside what it is made of: one rule for who only looks and for who puts it right.

use super::fact::{self, Bound, bind};
use super::fold::{self, Folds};
use super::rebuild::{chat, ends, folded, message};
use super::zone::Days;
use crate::Fault;
use domain::indicators::{Fact, KEPT, Message, Stretch, Sums};
use sqlx::{AnyConnection, Row};
use std::collections::BTreeSet;

/// What facts are made of.
#[derive(Clone, Copy, Debug)]
pub enum Noun {
    Chat,
    Message,
}

/// A fact that is otherwise than the log says.
pub struct Wrong {
    /// How, in a line.
    pub said: String,
    id: String,
    is: Is,
}

/// As the log says it; none: there should be none.
enum Is {
    Chat(Box<Option<Fact>>),
    Message(Option<Message>),
}

impl Noun {
    pub const ALL: [Noun; 2] = [Noun::Chat, Noun::Message];

    /// Those of which there should be a fact, so many after this one.
    pub async fn after(self, conn: &mut AnyConnection, id: &str, most: usize) -> Result<Vec<String>, Fault> {
        let sql = match self {
            Noun::Chat => "select id from chats where ended_at is not null and id > $1 order by id limit $2",
            Noun::Message => "select id from tickets where via = 'OfflineMessage' and id > $1 order by id limit $2",
        };
        let rows = bind(sql, &[Bound::Text(id.into()), Bound::Number(most as i64)]).fetch_all(conn).await?;
        Ok(rows.iter().map(|row| row.try_get(0)).collect::<Result<_, sqlx::Error>>()?)
    }

    /// Is its fact as the log says?
    pub async fn look(self, conn: &mut AnyConnection, id: &str) -> Result<Option<Wrong>, Fault> {
        let bound = [Bound::Text(id.into())];
        let (said, is) = match self {
            Noun::Chat => {
                let is = chat(conn, id).await?;
                let was = fact::find(conn, "f.chat_id = $1", &bound).await?.pop();
                (differs("chat", id, was.as_ref(), is.as_ref()), Is::Chat(Box::new(is)))
            }
            Noun::Message => {
                let is = message(conn, id).await?;
                let was = fact::find_messages(conn, "f.ticket_id = $1", &bound).await?.pop();
                (differs("message", id, was.as_ref(), is.as_ref()), Is::Message(is))
            }
        };
        Ok(said.map(|said| Wrong { said, id: id.into(), is }))
    }

    /// Facts of what should have none, so many at the most.
    pub async fn alone(self, conn: &mut AnyConnection, most: usize) -> Result<Vec<Wrong>, Fault> {
        let sql = match self {
            Noun::Chat => {
                "select f.chat_id from chat_facts f where not exists \
                 (select 1 from chats c where c.id = f.chat_id and c.ended_at is not null) order by f.chat_id limit $1"
            }
            Noun::Message => {
                "select f.ticket_id from offline_facts f where not exists \
                 (select 1 from tickets t where t.id = f.ticket_id and t.via = 'OfflineMessage') order by f.ticket_id limit $1"
            }
        };
        let rows = bind(sql, &[Bound::Number(most as i64)]).fetch_all(conn).await?;
        let wrong = |id: String| match self {
            Noun::Chat => {
                Wrong { said: format!("chat {id}: it has a fact and is not over"), id, is: Is::Chat(Box::new(None)) }
            }
            Noun::Message => {
                let said = format!("message {id}: it has a fact and there is no such message");
                Wrong { said, id, is: Is::Message(None) }
            }
        };
        rows.iter().map(|row| Ok(wrong(row.try_get(0)?))).collect()
    }
}

impl Wrong {
    /// Makes its fact as the log says.
    pub async fn put_right(&self, conn: &mut AnyConnection) -> Result<(), Fault> {
        match &self.is {
            Is::Chat(is) => {
                fact::delete(conn, &self.id).await?;
                fact::insert(conn, (**is).as_ref().as_slice()).await
            }
            Is::Message(is) => {
                sqlx::query("delete from offline_facts where ticket_id = $1")
                    .bind(self.id.as_str())
                    .execute(&mut *conn)
                    .await?;
                fact::insert_messages(conn, is.as_slice()).await
            }
        }
    }
}

fn differs<T: PartialEq + std::fmt::Debug>(what: &str, id: &str, was: Option<&T>, is: Option<&T>) -> Option<String> {
    (was != is).then(|| format!("{what} {id}: kept is {was:?}, and the log says {is:?}"))
}

/// From the first day that has facts or sums to the last; none: there is none.
pub async fn all_days(conn: &mut AnyConnection, days: Days) -> Result<Option<(i64, i64)>, Fault> {
    let kept = fold::ends(conn, days.ends()).await?;
    let facts = ends(conn).await?.map(|(first, last)| (days.of(first), days.of(last)));
    let both = || kept.into_iter().chain(facts);
    Ok(both().map(|(first, _)| first).min().zip(both().map(|(_, last)| last).max()))
}

/// What the facts of these days say, from the first on and before the last, and how what is kept differs from it.
pub async fn sums(
    conn: &mut AnyConnection,
    days: Days,
    (from, end): (i64, i64),
) -> Result<(Folds, Vec<String>), Fault> {
    let within = Stretch { from: days.start(from), to: days.start(end) };
    let is = folded(conn, days, within).await?;
    let (was, mut differences) = fold::kept(conn, from, end).await?;
    let keys: BTreeSet<_> = is.keys().chain(was.keys()).collect();
    for key in keys {
        let said = |folds: &Folds| folds.get(key).map(Sums::kept).unwrap_or([0; KEPT]);
        let (kept, wanted) = (said(&was), said(&is));
        if kept != wanted {
            differences.push(format!("sums of {key:?}: kept is {kept:?}, and the facts say {wanted:?}"));
        }
    }
    let sql = format!("select f.chat_id from chat_facts f where {} order by f.chat_id limit {SAID}", miscounted("f"));
    for row in bind(&sql, &[Bound::Number(within.from.0), Bound::Number(within.to.0)]).fetch_all(conn).await? {
        let chat: &str = row.try_get(0)?;
        differences.push(format!("chat {chat}: whether several took part in it is not as it is kept who did"));
    }
    Ok((is, differences))
}

/// So many are named in one stretch.
const SAID: usize = 50;

/// Of this stretch, and said to be of several agents or not as it is not.
pub fn miscounted(of: &str) -> String {
    let is = is_several(of);
    format!("{of}.queued_at >= $1 and {of}.queued_at < $2 and {of}.several <> {is}")
}

pub fn is_several(of: &str) -> String {
    format!(
        "(case when (select count(*) from chat_fact_agents a where a.chat_id = {of}.chat_id) > 1 then 1 else 0 end)"
    )
}

/// What is said where the sums were made anew while they were compared.
pub const ANEW: &str = "sums: they were made anew in another zone meanwhile; ask again";
