//! The house's own statuses and fields, as an administrator changes them.

use super::kind_word;
use crate::audit::{self, Note};
use crate::database::{can_hold, flag, is_set};
use crate::session::{Signed, Whence};
use crate::settings::{administers, hold_as, say_who};
use crate::ticket::status_word;
use crate::{Answer, Desk, Fault};
use domain::Status;
use domain::audit::Kind;
use domain::house::change::{Change, Entry, List, Piece};
use domain::house::{OwnField, OwnKind, OwnStatus};
use domain::person::Agent;
use domain::refusal::Refusal;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row};

/// All of them in their order, retired ones too; the statuses first. Every save of a ticket reads them, so only who
/// administers them has it looked up whether a status is used.
pub async fn entries(conn: &mut AnyConnection, looks_up: bool) -> Result<Vec<Entry>, Fault> {
    let sql = if looks_up {
        "select id, name, base, asks, reasons, retired, \
         cast(case when exists (select 1 from tickets t where t.own_id = s.id) then 1 else 0 end as bigint) \
         from ticket_statuses s order by place, id"
    } else {
        "select id, name, base, asks, reasons, retired, cast(1 as bigint) from ticket_statuses order by place, id"
    };
    let rows = sqlx::query(sql).fetch_all(&mut *conn).await?;
    let status = |row: &AnyRow| {
        let word: String = row.try_get(2)?;
        let base = Status::ALL.into_iter().find(|s| status_word(*s) == word);
        let status = OwnStatus {
            id: row.try_get(0)?,
            name: row.try_get(1)?,
            base: base.ok_or_else(|| Fault::new("a status of the house has an unknown base"))?,
            asks: is_set(row, 3)?,
            reasons: serde_json::from_str(row.try_get(4)?)?,
        };
        Ok(Entry { piece: Piece::Status(status), retired: is_set(row, 5)?, used: is_set(row, 6)? })
    };
    let mut all = rows.iter().map(status).collect::<Result<Vec<_>, Fault>>()?;
    let rows = sqlx::query("select id, label, kind, required, options, retired from ticket_fields order by place, id")
        .fetch_all(conn)
        .await?;
    for row in &rows {
        let word: String = row.try_get(2)?;
        let kind = OwnKind::ALL.into_iter().find(|k| kind_word(*k) == word);
        let field = OwnField {
            id: row.try_get(0)?,
            label: row.try_get(1)?,
            kind: kind.ok_or_else(|| Fault::new("a field of the house has an unknown kind"))?,
            required: is_set(row, 3)?,
            options: serde_json::from_str(row.try_get(4)?)?,
        };
        // Which tickets answer it stands in their states alone: it counts as used.
        all.push(Entry { piece: Piece::Field(field), retired: is_set(row, 5)?, used: true });
    }
    Ok(all)
}

/// Keeps what is otherwise than before.
pub async fn keep(conn: &mut AnyConnection, before: &[Entry], after: &[Entry]) -> Result<(), Fault> {
    for list in [List::Statuses, List::Fields] {
        let of = |all: &[Entry]| all.iter().filter(|one| one.piece.list() == list).cloned().collect::<Vec<_>>();
        let (before, after) = (of(before), of(after));
        for gone in before.iter().filter(|one| after.iter().all(|other| other.piece.id() != one.piece.id())) {
            let sql = match list {
                List::Statuses => "delete from ticket_statuses where id = $1",
                List::Fields => "delete from ticket_fields where id = $1",
            };
            sqlx::query(sql).bind(gone.piece.id()).execute(&mut *conn).await?;
        }
        for (place, entry) in after.iter().enumerate().filter(|(place, entry)| before.get(*place) != Some(*entry)) {
            upsert(conn, entry, place as i64).await?;
        }
    }
    Ok(())
}

async fn upsert(conn: &mut AnyConnection, entry: &Entry, place: i64) -> Result<(), Fault> {
    let (sql, word, asks, lines) = match &entry.piece {
        Piece::Status(status) => (
            "insert into ticket_statuses (id, name, base, asks, reasons, place, retired) values ($1, $2, $3, $4, $5, $6, $7) \
             on conflict (id) do update set name = excluded.name, base = excluded.base, asks = excluded.asks, \
             reasons = excluded.reasons, place = excluded.place, retired = excluded.retired",
            status_word(status.base),
            status.asks,
            &status.reasons,
        ),
        Piece::Field(field) => (
            "insert into ticket_fields (id, label, kind, required, options, place, retired) values ($1, $2, $3, $4, $5, $6, $7) \
             on conflict (id) do update set label = excluded.label, kind = excluded.kind, required = excluded.required, \
             options = excluded.options, place = excluded.place, retired = excluded.retired",
            kind_word(field.kind),
            field.required,
            &field.options,
        ),
    };
    sqlx::query(sql)
        .bind(entry.piece.id())
        .bind(entry.piece.name())
        .bind(word)
        .bind(flag(asks))
        .bind(serde_json::to_string(lines)?)
        .bind(place)
        .bind(flag(entry.retired))
        .execute(conn)
        .await?;
    Ok(())
}

/// As the log names it.
fn about(list: List, id: &str) -> String {
    match list {
        List::Statuses => ["status ", id].concat(),
        List::Fields => ["field ", id].concat(),
    }
}

/// What the log calls a change. Who saves over another is told who changed what stands in it, and that is not who moved
/// it, or retired it.
fn said(change: &Change, about: &str) -> String {
    let what = match change {
        Change::Keep { .. } | Change::Drop { .. } => "",
        Change::Move { .. } => " moved",
        Change::Retire { retired: true, .. } => " retired",
        Change::Retire { retired: false, .. } => " restored",
    };
    [about, what].concat()
}

impl Desk {
    /// All statuses and fields of the house, retired ones too. Only for system administrators.
    pub async fn house(&self, agent: &Agent) -> Answer<Vec<Entry>> {
        administers(agent)?;
        Ok(entries(&mut *self.0.database.reader.acquire().await?, true).await?)
    }

    /// Changes one of them; answers with all as they are then. Whoever saves a ticket from now on meets it.
    pub async fn change_house(&self, signed: &Signed, change: &Change, from: &Whence) -> Answer<Vec<Entry>> {
        administers(&signed.agent)?;
        let (list, id) = match change {
            Change::Keep { piece, .. } => (piece.list(), piece.id()),
            Change::Move { list, id, .. } | Change::Retire { list, id, .. } | Change::Drop { list, id } => {
                (*list, id.as_str())
            }
        };
        if !can_hold(id) {
            return Err(Refusal::NotYours.into());
        }
        let mut tx = self.0.database.begin().await?;
        administers(&hold_as(&mut tx, signed).await?)?;
        let before = entries(&mut tx, true).await?;
        let about = about(list, id);
        let after = say_who(&mut tx, &about, change.apply(&before)).await?;
        if after == before {
            return Ok(after);
        }
        keep(&mut tx, &before, &after).await?;
        let note = Note::by(&signed.agent.face.id, Kind::SettingsChanged).about_thing(&said(change, &about)).from(from);
        audit::append(&mut tx, self.now(), &[note]).await?;
        tx.commit().await?;
        Ok(after)
    }
}
