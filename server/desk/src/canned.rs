//! Canned answers, as they are kept.

use crate::database::can_hold;
use crate::{Answer, Desk, Fault};
use domain::canned::{CANNED_LIMIT, CANNED_PAGE, Canned, Scope, checked};
use domain::person::Agent;
use domain::{Refusal, Time, id};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row};

/// A scope as it stands in its two columns; an agent's own is his.
fn columns<'s>(scope: &'s Scope, agent: &'s Agent) -> (&'static str, &'s str) {
    match scope {
        Scope::House => ("House", ""),
        Scope::Group(group) => ("Group", group),
        Scope::Own => ("Agent", &agent.face.id),
    }
}

/// Adds one to a scope; false: it has that shortcut already.
pub async fn insert(
    conn: &mut AnyConnection,
    canned: &Canned,
    (kind, of): (&str, &str),
    by: &str,
    now: Time,
) -> Result<bool, sqlx::Error> {
    let kept = sqlx::query(
        "insert into canned_answers (id, scope, of_id, shortcut, body, changed_at, changed_by) \
         values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing",
    )
    .bind(canned.id.as_str())
    .bind(kind)
    .bind(of)
    .bind(canned.shortcut.as_str())
    .bind(canned.text.as_str())
    .bind(now.0)
    .bind(by)
    .execute(conn)
    .await?;
    Ok(kept.rows_affected() > 0)
}

impl Desk {
    /// A page of one scope after this shortcut, in the order of the shortcuts; a shorter one than
    /// [`CANNED_PAGE`] is the last.
    pub async fn canned(&self, agent: &Agent, scope: &Scope, after: &str) -> Answer<Vec<Canned>> {
        let (kind, of) = columns(scope, agent);
        if !scope.is_used_by(agent) || !can_hold(of) || !can_hold(after) {
            return Err(Refusal::NotYours.into());
        }
        let rows = sqlx::query(
            "select id, shortcut, body from canned_answers where scope = $1 and of_id = $2 and shortcut > $3 \
             order by shortcut limit $4",
        )
        .bind(kind)
        .bind(of)
        .bind(after)
        .bind(CANNED_PAGE as i64)
        .fetch_all(&self.0.database.reader)
        .await?;
        let one = |row: &AnyRow| -> Result<Canned, Fault> {
            Ok(Canned { id: row.try_get(0)?, scope: scope.clone(), shortcut: row.try_get(1)?, text: row.try_get(2)? })
        };
        Ok(rows.iter().map(one).collect::<Result<_, _>>()?)
    }

    /// Keeps one, a new one or one that was there; asked again, it is the same one.
    pub async fn keep_canned(&self, agent: &Agent, canned: &Canned) -> Answer<Canned> {
        let (kind, of) = columns(&canned.scope, agent);
        if !canned.scope.is_used_by(agent) || !can_hold(of) {
            return Err(Refusal::NotYours.into());
        }
        if !canned.scope.is_kept_by(agent) {
            return Err(Refusal::OnlyAdministrators.into());
        }
        if !id::is_sound(&canned.id) {
            return Err(Refusal::Malformed.into());
        }
        let canned = checked(canned)?;
        let mut tx = self.0.database.begin().await?;
        if let Scope::Group(group) = &canned.scope {
            let there = sqlx::query("select 1 from groups where id = $1").bind(group).fetch_optional(&mut *tx).await?;
            there.ok_or(Refusal::NotYours)?;
        }
        let now = self.now().0;
        let changed = sqlx::query(
            "update canned_answers set shortcut = $1, body = $2, changed_at = $3, changed_by = $4 \
             where id = $5 and scope = $6 and of_id = $7",
        )
        .bind(canned.shortcut.as_str())
        .bind(canned.text.as_str())
        .bind(now)
        .bind(agent.face.id.as_str())
        .bind(canned.id.as_str())
        .bind(kind)
        .bind(of)
        .execute(&mut *tx)
        .await;
        let changed = match changed {
            Err(error) if error.as_database_error().is_some_and(|e| e.is_unique_violation()) => {
                return Err(Refusal::ShortcutTaken.into());
            }
            changed => changed?.rows_affected(),
        };
        if changed == 0 {
            let row = sqlx::query("select count(*) from canned_answers where scope = $1 and of_id = $2")
                .bind(kind)
                .bind(of)
                .fetch_one(&mut *tx)
                .await?;
            if row.try_get::<i64, _>(0)? >= CANNED_LIMIT as i64 {
                return Err(Refusal::Full { limit: CANNED_LIMIT as u32 }.into());
            }
            let kept = insert(&mut tx, &canned, (kind, of), &agent.face.id, self.now()).await?;
            if !kept {
                return taken(&mut tx, &canned, kind, of).await;
            }
        }
        tx.commit().await?;
        Ok(canned)
    }

    /// Removes one of a scope; one that is not there is gone already.
    pub async fn drop_canned(&self, agent: &Agent, scope: &Scope, id: &str) -> Answer<()> {
        let (kind, of) = columns(scope, agent);
        if !scope.is_used_by(agent) || !can_hold(of) || !can_hold(id) {
            return Err(Refusal::NotYours.into());
        }
        if !scope.is_kept_by(agent) {
            return Err(Refusal::OnlyAdministrators.into());
        }
        sqlx::query("delete from canned_answers where id = $1 and scope = $2 and of_id = $3")
            .bind(id)
            .bind(kind)
            .bind(of)
            .execute(&self.0.database.writer)
            .await?;
        Ok(())
    }
}

/// Somebody was first: with the very same, with another under its shortcut, or with its id elsewhere.
async fn taken(conn: &mut AnyConnection, canned: &Canned, kind: &str, of: &str) -> Answer<Canned> {
    let row = sqlx::query("select scope, of_id, shortcut, body from canned_answers where id = $1")
        .bind(canned.id.as_str())
        .fetch_optional(conn)
        .await?;
    let Some(row) = row else { return Err(Refusal::ShortcutTaken.into()) };
    let text = |column| row.try_get::<String, _>(column);
    if text(0)? != kind || text(1)? != of {
        return Err(Refusal::NotYours.into());
    }
    if text(2)? == canned.shortcut && text(3)? == canned.text {
        return Ok(canned.clone());
    }
    Err(Refusal::ShortcutTaken.into())
}
