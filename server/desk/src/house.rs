//! What this house has of its own for its tickets, as it is kept.

use crate::database::is_set;
use crate::{Answer, Desk, Fault, parameters, tag};
use domain::Face;
use domain::group::Named;
use domain::house::change::{Entry, Piece, offered};
use domain::house::{House, OwnKind};
use domain::person::{Agent, Membership};
use domain::wire::Choices;
use sqlx::{AnyConnection, Row};
use std::collections::HashMap;

mod change;

/// What is offered; what is retired is not.
pub async fn read(conn: &mut AnyConnection) -> Result<House, Fault> {
    Ok(offered(&change::entries(conn, false).await?))
}

/// A house as it begins.
pub async fn keep(conn: &mut AnyConnection, house: &House) -> Result<(), Fault> {
    let statuses = house.statuses.iter().cloned().map(Piece::Status);
    let pieces = statuses.chain(house.fields.iter().cloned().map(Piece::Field));
    let all: Vec<Entry> = pieces.map(|piece| Entry { piece, retired: false, used: false }).collect();
    change::keep(conn, &[], &all).await
}

fn kind_word(kind: OwnKind) -> &'static str {
    match kind {
        OwnKind::Text => "Text",
        OwnKind::Number => "Number",
        OwnKind::Choice => "Choice",
        OwnKind::Date => "Date",
        OwnKind::YesNo => "YesNo",
    }
}

impl Desk {
    /// What a ticket can be given, and what its lists can be asked for.
    pub async fn choices(&self) -> Answer<Choices> {
        let mut conn = self.0.database.reader.acquire().await.map_err(Fault::from)?;
        let talks = parameters::read(&mut *conn).await?.invite_owner;
        let tags = tag::offered(&mut conn).await?;
        let mails = self.0.mails.is_open();
        Ok(Choices { mails, talks, tags, links: mails && self.0.links, ..choices(&mut conn).await? })
    }
}

/// All but whether mail is sent and leads into the portal, conversations are begun, and the tags.
pub async fn choices(conn: &mut AnyConnection) -> Result<Choices, Fault> {
    let house = read(&mut *conn).await?;
    let groups = named(&mut *conn, "select id, name from groups where retired = 0 order by name, id").await?;
    let applications = named(&mut *conn, "select id, name from applications order by name, id").await?;
    let owners = owners(conn).await?;
    let (talks, tags) = (false, Vec::new());
    Ok(Choices { house, groups, owners, applications, mails: false, talks, tags, links: false })
}

async fn named(conn: &mut AnyConnection, sql: &'static str) -> Result<Vec<Named>, Fault> {
    let rows = sqlx::query(sql).fetch_all(conn).await?;
    rows.iter().map(|row| Ok(Named { id: row.try_get(0)?, name: row.try_get(1)? })).collect()
}

/// Everybody who works here, in two statements however many they are.
pub async fn owners(conn: &mut AnyConnection) -> Result<Vec<Agent>, Fault> {
    let mut memberships: HashMap<String, Vec<Membership>> = HashMap::new();
    let rows = sqlx::query("select agent_id, group_id, attendant, administrator from memberships order by group_id")
        .fetch_all(&mut *conn)
        .await?;
    for row in rows {
        let (attendant, administrator) = (is_set(&row, 2)?, is_set(&row, 3)?);
        let membership = Membership { group: row.try_get(1)?, attendant, administrator };
        memberships.entry(row.try_get(0)?).or_default().push(membership);
    }
    let rows = sqlx::query("select id, name, sequence, system from agents where disabled = 0 order by name, id")
        .fetch_all(&mut *conn)
        .await?;
    let agent = |row: &sqlx::any::AnyRow| {
        let face = Face { id: row.try_get(0)?, name: row.try_get(1)? };
        let mine = memberships.get(&face.id).cloned();
        Ok(Agent {
            face,
            sequence: is_set(row, 2)?,
            system: is_set(row, 3)?,
            memberships: mine.into_iter().flatten().collect(),
        })
    };
    rows.iter().map(agent).collect()
}
