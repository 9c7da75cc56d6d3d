//! Mentions: whom a note names, and what he has not looked at yet.

use crate::{Answer, Desk, Fault, chat, database, house, people};
use domain::mention::{MENTIONS_LIMIT, MENTIONS_SHOWN, Mention, named};
use domain::person::Agent;
use domain::{Chat, Event, Face, Seat, Time, Told};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AssertSqlSafe, Row};

/// Ids that one statement looks for.
const TOGETHER: usize = 100;

/// The agents whom this note names and who work here, with their rights where the chat is. More than may be named,
/// and its writer, are enough to refuse.
pub async fn seats(conn: &mut AnyConnection, chat: &Chat, text: &str) -> Result<Vec<Seat>, Fault> {
    let (all, mut seats) = (named(text), Vec::new());
    for part in all.chunks(TOGETHER) {
        let places: Vec<String> = (1..=part.len()).map(|n| format!("${n}")).collect();
        let sql = format!("select id from agents where disabled = 0 and id in ({})", places.join(", "));
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for id in part {
            query = query.bind((*id).to_owned());
        }
        let rows = query.fetch_all(&mut *conn).await?;
        let here: Vec<String> = rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?;
        for id in part.iter().filter(|id| here.iter().any(|one| one == *id)) {
            if let Some(agent) = people::agent_in(conn, id).await? {
                seats.push(agent.seat(&chat.group.id));
            }
            if seats.len() > MENTIONS_LIMIT + 1 {
                return Ok(seats);
            }
        }
    }
    Ok(seats)
}

/// Keeps who was mentioned, with the events that say so.
pub async fn keep_rows(conn: &mut AnyConnection, told: &[Told]) -> Result<(), Fault> {
    let mut rows: Vec<(&Told, &Face, &Face)> = Vec::new();
    for told in told {
        if let Event::Mentioned { by, agents } = &told.event {
            rows.extend(agents.iter().map(|agent| (told, by, agent)));
        }
    }
    for part in rows.chunks(database::ROWS) {
        let sql = format!(
            "insert into mentions (agent_id, chat_id, aside_seq, at, by_id, by_name, seen) values {}",
            database::places(part.len(), 7)
        );
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for (told, by, agent) in part {
            query = query
                .bind(agent.id.clone())
                .bind(told.chat.clone())
                .bind(i64::from(told.seq))
                .bind(told.at.0)
                .bind(by.id.clone())
                .bind(by.name.clone())
                .bind(0_i64);
        }
        query.execute(&mut *conn).await?;
    }
    Ok(())
}

impl Desk {
    /// Where he was mentioned and has not looked, the newest first; what he may not read any more is left out.
    pub async fn mentions(&self, agent: &Agent) -> Answer<Vec<Mention>> {
        let rows = sqlx::query(
            "select m.by_id, m.by_name, m.at, m.aside_seq, c.state from mentions m join chats c on c.id = m.chat_id \
             where m.agent_id = $1 and m.seen = 0 order by m.at desc, m.chat_id, m.aside_seq desc limit $2",
        )
        .bind(agent.face.id.as_str())
        .bind(MENTIONS_SHOWN as i64)
        .fetch_all(&self.0.database.reader)
        .await?;
        let one = |row: &AnyRow| -> Result<(Chat, Mention), Fault> {
            let chat = chat::read_state(row, 4)?;
            let aside = u32::try_from(row.try_get::<i64, _>(3)?);
            let mention = Mention {
                chat: chat.id.clone(),
                number: chat.number,
                customer: chat.customer.clone(),
                group: chat.group.clone(),
                by: Face { id: row.try_get(0)?, name: row.try_get(1)? },
                at: Time(row.try_get(2)?),
                aside: aside.map_err(|_| Fault::new("a mention has an impossible number"))?,
            };
            Ok((chat, mention))
        };
        let all = rows.iter().map(one).collect::<Result<Vec<_>, Fault>>()?;
        let may_see = |chat: &Chat| chat.may_see(&agent.seat(&chat.group.id));
        Ok(all.into_iter().filter(|(chat, _)| may_see(chat)).map(|(_, mention)| mention).collect())
    }

    /// He has looked at this chat, up to this aside: his mentions there are no news any more.
    pub async fn see_mentions(&self, agent: &Agent, chat: &str, aside: u32) -> Answer<()> {
        if !database::can_hold(chat) {
            return Ok(());
        }
        sqlx::query(
            "update mentions set seen = 1 where agent_id = $1 and chat_id = $2 and aside_seq <= $3 and seen = 0",
        )
        .bind(agent.face.id.as_str())
        .bind(chat)
        .bind(i64::from(aside))
        .execute(&self.0.database.writer)
        .await?;
        Ok(())
    }

    /// Who else may read what is said in this chat, and so be mentioned in it; by name.
    pub async fn readers(&self, agent: &Agent, chat: &str) -> Answer<Vec<Face>> {
        let chat = self.seen_by(agent, chat).await?;
        let mut conn = self.0.database.reader.acquire().await.map_err(Fault::from)?;
        let others = house::owners(&mut conn).await?.into_iter().filter(|other| other.face.id != agent.face.id);
        Ok(others.filter(|other| chat.may_see(&other.seat(&chat.group.id))).map(|other| other.face).collect())
    }
}
