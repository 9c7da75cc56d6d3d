//! Canned answers, as they are kept.

use crate::audit::{self, Note};
use crate::database::can_hold;
use crate::session::{Signed, Whence};
use crate::settings::hold_as;
use crate::{Answer, Desk, Fault};
use domain::audit::Kind;
use domain::canned::{CANNED_LIMIT, CANNED_PAGE, Canned, Scope, Standing, checked, is_to_keep};
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

/// May he change what is kept there?
fn may_change(scope: &Scope, agent: &Agent) -> Result<(), Refusal> {
    if !scope.is_used_by(agent) {
        return Err(Refusal::NotYours);
    }
    if scope.is_kept_by(agent) { Ok(()) } else { Err(Refusal::OnlyAdministrators) }
}

/// As the log names it. One's own are nobody else's matter.
fn note(scope: &Scope, id: &str, agent: &Agent, from: &Whence) -> Option<Note> {
    let note = Note::by(&agent.face.id, Kind::SettingsChanged).about_thing(&["canned answer ", id].concat()).from(from);
    match scope {
        Scope::House => Some(note),
        Scope::Group(group) => Some(note.in_group(group)),
        Scope::Own => None,
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
            "select id, shortcut, body, changed_at from canned_answers where scope = $1 and of_id = $2 and shortcut > $3 \
             order by shortcut limit $4",
        )
        .bind(kind)
        .bind(of)
        .bind(after)
        .bind(CANNED_PAGE as i64)
        .fetch_all(&self.0.database.reader)
        .await?;
        let one = |row: &AnyRow| -> Result<Canned, Fault> {
            let changed_at = Some(Time(row.try_get(3)?));
            Ok(Canned {
                id: row.try_get(0)?,
                scope: scope.clone(),
                shortcut: row.try_get(1)?,
                text: row.try_get(2)?,
                changed_at,
            })
        };
        Ok(rows.iter().map(one).collect::<Result<_, _>>()?)
    }

    /// Keeps one, a new one or one as it was read; asked again, it is the same one. Its answer is what the next change
    /// has read.
    pub async fn keep_canned(&self, signed: &Signed, canned: &Canned, from: &Whence) -> Answer<Canned> {
        let (kind, of) = columns(&canned.scope, &signed.agent);
        if !can_hold(of) {
            return Err(Refusal::NotYours.into());
        }
        may_change(&canned.scope, &signed.agent)?;
        if !id::is_sound(&canned.id) {
            return Err(Refusal::Malformed.into());
        }
        let mut canned = checked(canned)?;
        let mut tx = self.0.database.begin().await?;
        let agent = &hold_as(&mut tx, signed).await?;
        may_change(&canned.scope, agent)?;
        if let Scope::Group(group) = &canned.scope {
            let there = sqlx::query("select 1 from groups where id = $1").bind(group).fetch_optional(&mut *tx).await?;
            there.ok_or(Refusal::NotYours)?;
        }
        let stands = standing(&mut tx, &canned.id, &canned.scope, (kind, of)).await?;
        if !is_to_keep(&canned, stands.as_ref())? {
            return stands.map(|stands| stands.canned).ok_or(Refusal::NotYours.into());
        }
        let now = self.now();
        let kept = match &stands {
            Some(stands) => change(&mut tx, &canned, stands.canned.changed_at, &agent.face.id, now).await?,
            None => {
                let row = sqlx::query("select count(*) from canned_answers where scope = $1 and of_id = $2")
                    .bind(kind)
                    .bind(of)
                    .fetch_one(&mut *tx)
                    .await?;
                if row.try_get::<i64, _>(0)? >= CANNED_LIMIT as i64 {
                    return Err(Refusal::Full { limit: CANNED_LIMIT as u32 }.into());
                }
                insert(&mut tx, &canned, (kind, of), &agent.face.id, now).await?.then_some(now)
            }
        };
        if kept.is_none() {
            // Somebody was faster. Look again: with the very same, with this one, or with another under its shortcut.
            let stands = standing(&mut tx, &canned.id, &canned.scope, (kind, of)).await?;
            if stands.is_some() && !is_to_keep(&canned, stands.as_ref())? {
                return stands.map(|stands| stands.canned).ok_or(Refusal::NotYours.into());
            }
            return Err(if canned.changed_at.is_some() { Refusal::NotYours } else { Refusal::ShortcutTaken }.into());
        }
        let note = note(&canned.scope, &canned.id, agent, from);
        audit::append(&mut tx, now, note.as_slice()).await?;
        tx.commit().await?;
        canned.changed_at = kept;
        Ok(canned)
    }

    /// Removes one of a scope, as it was read then; one that is not there is gone already. Whoever has not read a
    /// colleague's change does not remove it.
    pub async fn drop_canned(
        &self,
        signed: &Signed,
        scope: &Scope,
        id: &str,
        read_at: Option<Time>,
        from: &Whence,
    ) -> Answer<()> {
        let (kind, of) = columns(scope, &signed.agent);
        if !can_hold(of) || !can_hold(id) {
            return Err(Refusal::NotYours.into());
        }
        may_change(scope, &signed.agent)?;
        let mut tx = self.0.database.begin().await?;
        let agent = &hold_as(&mut tx, signed).await?;
        may_change(scope, agent)?;
        let sql = "delete from canned_answers where id = $1 and scope = $2 and of_id = $3 and changed_at = $4";
        let gone = sqlx::query(sql).bind(id).bind(kind).bind(of).bind(read_at.map(|at| at.0)).execute(&mut *tx).await?;
        if gone.rows_affected() == 0 {
            return match standing(&mut tx, id, scope, (kind, of)).await? {
                Some(stands) if stands.canned.scope == *scope => Err(Refusal::Overtaken { by: stands.by }.into()),
                _ => Ok(()),
            };
        }
        let note = note(scope, id, agent, from);
        audit::append(&mut tx, self.now(), note.as_slice()).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// The one of this id as it is kept, and who changed it last; it may lie in another scope.
async fn standing(
    conn: &mut AnyConnection,
    id: &str,
    scope: &Scope,
    (kind, of): (&str, &str),
) -> Result<Option<Standing>, Fault> {
    let row = sqlx::query(
        "select c.scope, c.of_id, c.shortcut, c.body, c.changed_at, coalesce(a.name, '') from canned_answers c \
         left join agents a on a.id = c.changed_by where c.id = $1",
    )
    .bind(id)
    .fetch_optional(conn)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let text = |column| row.try_get::<String, _>(column);
    let scope = match (text(0)?.as_str(), text(1)?) {
        (is, whose) if is == kind && whose == of => scope.clone(),
        ("House", _) => Scope::House,
        ("Group", group) => Scope::Group(group),
        // Another agent's own is of no scope that he has.
        _ => Scope::Group(String::new()),
    };
    let changed_at = Some(Time(row.try_get(4)?));
    let canned = Canned { id: id.into(), scope, shortcut: text(2)?, text: text(3)?, changed_at };
    Ok(Some(Standing { canned, by: text(5)? }))
}

/// Changes one that was read as it was then; when it was changed, or none: somebody was faster. No two changes have
/// the same moment.
async fn change(
    conn: &mut AnyConnection,
    canned: &Canned,
    read_at: Option<Time>,
    by: &str,
    now: Time,
) -> Answer<Option<Time>> {
    let Some(read_at) = read_at else { return Ok(None) };
    let changed_at = now.max(Time(read_at.0 + 1));
    let changed = sqlx::query(
        "update canned_answers set shortcut = $1, body = $2, changed_at = $3, changed_by = $4 \
         where id = $5 and changed_at = $6",
    )
    .bind(canned.shortcut.as_str())
    .bind(canned.text.as_str())
    .bind(changed_at.0)
    .bind(by)
    .bind(canned.id.as_str())
    .bind(read_at.0)
    .execute(conn)
    .await;
    match changed {
        Err(error) if error.as_database_error().is_some_and(|e| e.is_unique_violation()) => {
            Err(Refusal::ShortcutTaken.into())
        }
        changed => Ok((changed?.rows_affected() > 0).then_some(changed_at)),
    }
}
