//! The last step of telling a group that somebody waits: by mail, to who could attend or send somebody (R47).
//! Not per chat: a rush is one mail, and another while somebody still waits.

use crate::{Answer, Desk, random};
use domain::group::Named;
use domain::presence::HOLD;
use domain::{Span, Time, text};
use sqlx::Row;

/// A group is told again after so long, while somebody waits for too long.
pub const PAUSE: Span = Span::minutes(15);

/// A group in whose queue somebody waits for too long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unattended {
    pub group: Named,
    pub waiting: u32,
    /// Since when the first one waits.
    pub since: Time,
    /// Who is told of it reads this language.
    pub lang: String,
}

struct Alarm {
    group: Named,
    after: Span,
    alarmed_at: Time,
    waiting: u32,
    since: Time,
}

impl Alarm {
    fn due(&self) -> Time {
        (self.since + self.after).max(self.alarmed_at + PAUSE)
    }
}

impl Desk {
    /// Mails to the members of groups whose customers wait for too long; `write` makes subject and text. Answers
    /// when somebody else will have waited for too long, if he is there already.
    pub async fn raise_alarms(&self, write: impl Fn(&Unattended) -> (String, String)) -> Answer<Option<Time>> {
        if !self.0.mails.is_open() {
            return Ok(None);
        }
        let now = self.now();
        let mut next = None::<Time>;
        for alarm in self.alarms(now).await? {
            let due = alarm.due();
            if due > now {
                next = Some(next.map_or(due, |next| next.min(due)));
            } else {
                self.raise(&alarm, now, &write).await?;
            }
        }
        Ok(next)
    }

    /// Who is gone for longer than a change of page waits for nobody, however long the house keeps his place.
    async fn alarms(&self, now: Time) -> Answer<Vec<Alarm>> {
        let rows = sqlx::query(
            "select g.id, g.name, g.alarm_after, g.alarmed_at, count(*), min(coalesce(c.waits_since, c.queued_at)) \
             from groups g join chats c on c.group_id = g.id and c.stage = 'waiting' \
             and (c.disconnected_at is null or c.disconnected_at >= $1) \
             where g.alarm_after > 0 group by g.id, g.name, g.alarm_after, g.alarmed_at order by g.id",
        )
        .bind(now.0 - HOLD.0)
        .fetch_all(&self.0.database.reader)
        .await?;
        let mut alarms = Vec::new();
        for row in rows {
            alarms.push(Alarm {
                group: Named { id: row.try_get(0)?, name: row.try_get(1)? },
                after: Span::secs(row.try_get(2)?),
                alarmed_at: Time(row.try_get(3)?),
                waiting: u32::try_from(row.try_get::<i64, _>(4)?).unwrap_or(u32::MAX),
                since: Time(row.try_get(5)?),
            });
        }
        Ok(alarms)
    }

    async fn raise(&self, alarm: &Alarm, now: Time, write: impl Fn(&Unattended) -> (String, String)) -> Answer<()> {
        let mut tx = self.0.database.begin().await?;
        // Of two who look at once, one tells.
        let mine = sqlx::query("update groups set alarmed_at = $1 where id = $2 and alarmed_at = $3")
            .bind(now.0)
            .bind(alarm.group.id.as_str())
            .bind(alarm.alarmed_at.0)
            .execute(&mut *tx)
            .await?;
        if mine.rows_affected() == 0 {
            return Ok(());
        }
        // Whoever has not got the last one yet needs no other.
        let members = sqlx::query(
            "select a.email, a.lang from agents a join memberships m on m.agent_id = a.id \
             where m.group_id = $1 and (m.attendant = 1 or m.administrator = 1) and a.disabled = 0 \
             and not exists (select 1 from mails w where w.recipient = a.email and w.chat_id = '' and w.ticket_id is null and w.link_hash is null and w.due_at is not null) \
             order by a.email",
        )
        .bind(alarm.group.id.as_str())
        .fetch_all(&mut *tx)
        .await?;
        for member in members {
            let (email, lang): (String, String) = (member.try_get(0)?, member.try_get(1)?);
            let Alarm { group, waiting, since, .. } = alarm;
            let (subject, body) = write(&Unattended { group: group.clone(), waiting: *waiting, since: *since, lang });
            sqlx::query(
                "insert into mails (id, chat_id, recipient, subject, body, created_at, tries, due_at, sent_at) \
                 values ($1, '', $2, $3, $4, $5, 0, $5, null)",
            )
            .bind(random::id(now)?)
            .bind(email)
            .bind(text::line(&subject))
            .bind(body)
            .bind(now.0)
            .execute(&mut *tx)
            .await?;
        }
        tx.commit().await?;
        self.0.mails.wake();
        Ok(())
    }

    /// Returns at that moment of the desk's clock; never, without one.
    pub async fn wait_until(&self, at: Option<Time>) {
        self.0.clock.wait_until(at).await;
    }
}
