//! What this house has of its own for its tickets, as it is kept.

use crate::database::{flag, is_set};
use crate::{Answer, Desk, Fault};
use domain::group::Named;
use domain::house::{House, OwnField, OwnKind, OwnStatus};
use domain::person::{Agent, Membership};
use domain::wire::Choices;
use domain::{Face, Status};
use sqlx::{AnyConnection, Row};
use std::collections::HashMap;

pub async fn read(conn: &mut AnyConnection) -> Result<House, Fault> {
    let rows = sqlx::query("select id, name, base, asks, reasons from ticket_statuses order by place, id")
        .fetch_all(&mut *conn)
        .await?;
    let status = |row: &sqlx::any::AnyRow| {
        let word: String = row.try_get(2)?;
        let base = Status::ALL.into_iter().find(|s| crate::ticket::status_word(*s) == word);
        Ok(OwnStatus {
            id: row.try_get(0)?,
            name: row.try_get(1)?,
            base: base.ok_or_else(|| Fault::new("a status of the house has an unknown base"))?,
            asks: is_set(row, 3)?,
            reasons: serde_json::from_str(row.try_get(4)?)?,
        })
    };
    let statuses = rows.iter().map(status).collect::<Result<_, Fault>>()?;
    let rows = sqlx::query("select id, label, kind, required, options from ticket_fields order by place, id")
        .fetch_all(&mut *conn)
        .await?;
    let field = |row: &sqlx::any::AnyRow| {
        let word: String = row.try_get(2)?;
        let kind = OwnKind::ALL.into_iter().find(|k| kind_word(*k) == word);
        Ok(OwnField {
            id: row.try_get(0)?,
            label: row.try_get(1)?,
            kind: kind.ok_or_else(|| Fault::new("a field of the house has an unknown kind"))?,
            required: is_set(row, 3)?,
            options: serde_json::from_str(row.try_get(4)?)?,
        })
    };
    let fields = rows.iter().map(field).collect::<Result<_, Fault>>()?;
    Ok(House { statuses, fields })
}

pub async fn keep(conn: &mut AnyConnection, house: &House) -> Result<(), Fault> {
    for (place, status) in house.statuses.iter().enumerate() {
        sqlx::query(
            "insert into ticket_statuses (id, name, base, asks, reasons, place) values ($1, $2, $3, $4, $5, $6)",
        )
        .bind(status.id.as_str())
        .bind(status.name.as_str())
        .bind(crate::ticket::status_word(status.base))
        .bind(flag(status.asks))
        .bind(serde_json::to_string(&status.reasons)?)
        .bind(place as i64)
        .execute(&mut *conn)
        .await?;
    }
    for (place, field) in house.fields.iter().enumerate() {
        sqlx::query(
            "insert into ticket_fields (id, label, kind, required, options, place) values ($1, $2, $3, $4, $5, $6)",
        )
        .bind(field.id.as_str())
        .bind(field.label.as_str())
        .bind(kind_word(field.kind))
        .bind(flag(field.required))
        .bind(serde_json::to_string(&field.options)?)
        .bind(place as i64)
        .execute(&mut *conn)
        .await?;
    }
    Ok(())
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
        Ok(Choices { mails: self.0.mails.is_open(), ..choices(&mut conn).await? })
    }
}

/// All but whether mail is sent.
pub async fn choices(conn: &mut AnyConnection) -> Result<Choices, Fault> {
    let house = read(&mut *conn).await?;
    let groups = named(&mut *conn, "select id, name from groups order by name, id").await?;
    let applications = named(&mut *conn, "select id, name from applications order by name, id").await?;
    let owners = owners(conn).await?;
    Ok(Choices { house, groups, owners, applications, mails: false })
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
