//! What other programs ask for with a token: lists by pages, and writes that are done once.
//!
//! Whoever asks acts as the API ([`domain::token::actor`]) and by the rules of who administers; how far his token
//! reaches is looked at by the door.

use crate::customer::Selves;
use crate::database::{can_hold, is_set};
use crate::keeper::{Got, Want};
use crate::{Answer, Desk, Error, Fault, chat, random};
use domain::amend::stand;
use domain::token::{Bearer, KEY_LIMIT, Opening};
use domain::{Chat, Event, Refusal, Span, Ticket, Time, Told};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AssertSqlSafe, Row};

mod article;
pub(crate) mod person;

pub use article::{ArticleLine, ArticleWhole};

/// What was asked once under a key is known for so long.
pub const KNOWN: Span = Span::hours(24 * 7);

/// A page, and where the next one begins; none: there is no more.
pub type Page<T, At> = (Vec<T>, Option<At>);

/// The place of a row in a list that is read from the newest on.
pub type Place = (i64, String);

/// The place of an event in a conversation: after which public event, whether for staff only, its number.
pub type EventPlace = (u32, bool, u32);

/// Which conversations.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChatFilter {
    /// `waiting`, `attending` or `ended`.
    pub stage: Option<&'static str>,
    pub group: Option<String>,
    pub application: Option<String>,
    pub customer: Option<String>,
    /// Queued from then on, and before then.
    pub from: Option<Time>,
    pub until: Option<Time>,
}

/// A person, as a list of them says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonLine {
    pub id: String,
    pub name: String,
    pub email: String,
    pub verified: bool,
    pub since: Time,
    pub blocked: bool,
    pub erased: bool,
}

/// A write that is done once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Once {
    /// Under this id it is done, however often it is asked for.
    pub act: String,
    /// When it was asked first.
    pub since: Time,
    /// What was answered to it.
    pub answer: Option<String>,
}

/// What there is of one more than a page, and where the next one begins.
fn paged<T, At>(mut rows: Vec<T>, limit: usize, at: impl Fn(&T) -> At) -> Page<T, At> {
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| more).map(at);
    (rows, next)
}

/// In the transaction of a write that changes what is there, before it changes anything: it is done under this id. False:
/// it was done before, and nothing is to be done.
pub(crate) async fn is_first(conn: &mut AnyConnection, act: &str, now: Time) -> Result<bool, Fault> {
    let noted = sqlx::query("insert into api_done (act, at) values ($1, $2) on conflict (act) do nothing")
        .bind(act)
        .bind(now.0)
        .execute(&mut *conn)
        .await?;
    // Its key is forgotten by then, too: that was kept before this.
    sqlx::query("delete from api_done where at < $1").bind(now.0 - KNOWN.0).execute(conn).await?;
    Ok(noted.rows_affected() > 0)
}

impl Desk {
    /// Conversations with customers, the last queued first.
    pub async fn api_chats(
        &self,
        filter: &ChatFilter,
        before: Option<&Place>,
        limit: usize,
    ) -> Answer<Page<Chat, Place>> {
        let (until, id) = before.map_or((i64::MAX, ""), |(at, id)| (*at, id.as_str()));
        let mut sql = String::from(
            "select state from chats where (queued_at, id) < ($1, $2) and queued_at >= $3 and queued_at < $4 \
             and origin <> 'AgentAgent'",
        );
        let texts = [
            ("stage", filter.stage),
            ("group_id", filter.group.as_deref()),
            ("application_id", filter.application.as_deref()),
        ];
        let mut conn = self.0.database.snapshot().await?;
        // Who turned out to be somebody is him, with all that he was.
        let selves = match filter.customer.as_deref() {
            None => None,
            Some(id) => match Selves::of(&mut conn, id).await? {
                Some(selves) => Some(selves),
                None => return Ok((Vec::new(), None)),
            },
        };
        let texts: Vec<(&str, &str)> = texts.into_iter().filter_map(|(column, is)| Some((column, is?))).collect();
        if texts.iter().any(|(_, text)| !can_hold(text)) || !can_hold(id) {
            return Err(Refusal::Malformed.into());
        }
        for (n, (column, _)) in texts.iter().enumerate() {
            sql.push_str(&format!(" and {column} = ${}", n + 5));
        }
        if let Some(selves) = &selves {
            let places: Vec<String> = (0..selves.all.len()).map(|n| format!("${}", texts.len() + 5 + n)).collect();
            sql.push_str(&format!(" and customer_id in ({})", places.join(", ")));
        }
        // Of those there are few, and an index of their own.
        if filter.stage.is_some_and(|stage| stage != "ended") {
            sql.push_str(" and ended_at is null");
        }
        sql.push_str(&format!(" order by queued_at desc, id desc limit {}", limit + 1));
        let mut query = sqlx::query(AssertSqlSafe(sql))
            .bind(until)
            .bind(id)
            .bind(filter.from.map_or(i64::MIN, |from| from.0))
            .bind(filter.until.map_or(i64::MAX, |until| until.0));
        for (_, text) in texts {
            query = query.bind(text);
        }
        for id in selves.iter().flat_map(|selves| &selves.all) {
            query = query.bind(id.as_str());
        }
        let rows = query.fetch_all(&mut *conn).await?;
        let chats = rows.iter().map(|row| chat::read_state(row, 0)).collect::<Result<Vec<_>, _>>()?;
        Ok(paged(chats, limit, |chat| (chat.queued_at.0, chat.id.clone())))
    }

    /// A conversation with a customer. What colleagues say among themselves is nobody's here.
    pub async fn api_chat(&self, id: &str) -> Answer<Chat> {
        let found = chat::load(&self.0.database.reader, id).await?;
        found.filter(|chat| !chat.is_inner()).ok_or_else(|| Refusal::NotYours.into())
    }

    /// What happened in it, as it stands by now: what was said otherwise is told so, and what was taken back is empty.
    pub async fn api_events(
        &self,
        chat: &Chat,
        after: Option<EventPlace>,
        limit: usize,
    ) -> Answer<Page<Told, EventPlace>> {
        let (after, aside, seq) = after.unwrap_or_default();
        let rows = sqlx::query(AssertSqlSafe(format!(
            "select seq, after_seq, at, act, body from events where chat_id = $1 and (after_seq, aside, seq) > ($2, $3, $4) \
             order by after_seq, aside, seq limit {}",
            limit + 1
        )))
        .bind(chat.id.as_str())
        .bind(i64::from(after))
        .bind(i64::from(aside))
        .bind(i64::from(seq))
        .fetch_all(&self.0.database.reader)
        .await?;
        let told = rows.iter().map(|row| chat::read_told(&chat.id, row)).collect::<Result<Vec<_>, _>>()?;
        let (mut told, next) = paged(told, limit, |told| told.order());
        if chat.amended {
            stand(&mut told, &self.api_amendments(chat).await?);
        }
        Ok((told, next))
    }

    /// All that was said otherwise in it, in its order.
    pub async fn api_amendments(&self, chat: &Chat) -> Answer<Vec<Event>> {
        if !chat.amended {
            return Ok(Vec::new());
        }
        Ok(chat::amendments(&self.0.database.reader, &chat.id).await?)
    }

    /// Everybody who is known, the last first. Who turned out to be somebody is in it as him.
    pub async fn api_people(&self, before: Option<&Place>, limit: usize) -> Answer<Page<PersonLine, Place>> {
        let (until, id) = before.map_or((i64::MAX, ""), |(at, id)| (*at, id.as_str()));
        if !can_hold(id) {
            return Err(Refusal::Malformed.into());
        }
        let rows = sqlx::query(AssertSqlSafe(format!(
            "select id, name, email, verified, created_at, \
             case when blocked_at is not null or exists (select 1 from customers o where o.became = customers.id \
             and o.blocked_at is not null) then 1 else 0 end, erased_at from customers where became is null and (created_at, id) < ($1, $2) order by created_at desc, id desc limit {}",
            limit + 1
        )))
        .bind(until)
        .bind(id)
        .fetch_all(&self.0.database.reader)
        .await?;
        let one = |row: &AnyRow| {
            Ok(PersonLine {
                id: row.try_get(0)?,
                name: row.try_get(1)?,
                email: row.try_get(2)?,
                verified: is_set(row, 3)?,
                since: Time(row.try_get(4)?),
                blocked: is_set(row, 5)?,
                erased: row.try_get::<Option<i64>, _>(6)?.is_some(),
            })
        };
        let people = rows.iter().map(one).collect::<Result<Vec<_>, sqlx::Error>>()?;
        Ok(paged(people, limit, |person| (person.since.0, person.id.clone())))
    }

    /// Opens a ticket, or answers with the one that this very request has opened.
    pub async fn api_ticket(&self, bearer: &Bearer, opening: &Opening) -> Answer<Ticket> {
        let want = Want::ApiTicket { agent: bearer.agent.clone(), opening: Box::new(opening.clone()) };
        match self.0.keeper.ask(want).await? {
            Got::Ticket(ticket) => Ok(*ticket),
            _ => Err(Error::Broken(Fault::new("the keeper answered with something else"))),
        }
    }

    /// How this request is done once. `request` says all of it. None: under this key something else was asked.
    ///
    /// Kept before it is done, and done under an id that follows from key, request, and when it was kept: where an answer
    /// is lost, or we stop in between, the same request finds what it has done; what was forgotten is done anew.
    pub async fn api_once(&self, bearer: &Bearer, key: &str, request: &str) -> Answer<Option<Once>> {
        if key.is_empty() || key.len() > KEY_LIMIT {
            return Err(Refusal::FieldWrong { field: "Idempotency-Key".into() }.into());
        }
        let (now, token) = (self.now(), bearer.token.id.as_str());
        let (key, request) = (random::hash(key), random::hash(request));
        let mut tx = self.0.database.begin().await?;
        sqlx::query("delete from api_once where created_at < $1").bind(now.0 - KNOWN.0).execute(&mut *tx).await?;
        sqlx::query(
            "insert into api_once (token_id, key, request, created_at) values ($1, $2, $3, $4) \
             on conflict (token_id, key) do nothing",
        )
        .bind(token)
        .bind(key.as_str())
        .bind(request.as_str())
        .bind(now.0)
        .execute(&mut *tx)
        .await?;
        let row = sqlx::query("select request, answer, created_at from api_once where token_id = $1 and key = $2")
            .bind(token)
            .bind(key.as_str())
            .fetch_one(&mut *tx)
            .await?;
        let (kept, answer): (String, Option<String>) = (row.try_get(0)?, row.try_get(1)?);
        let since: i64 = row.try_get(2)?;
        tx.commit().await?;
        let act = random::hash(&[token, &key, &request, &since.to_string()].concat());
        let act = act.get(..32).unwrap_or(&act).to_owned();
        Ok((kept == request).then_some(Once { act, since: Time(since), answer }))
    }

    /// It was refused, so nothing was done: under the same key it may be asked otherwise.
    pub async fn api_refused(&self, bearer: &Bearer, key: &str, once: &Once) -> Answer<()> {
        sqlx::query("delete from api_once where token_id = $1 and key = $2 and created_at = $3 and answer is null")
            .bind(bearer.token.id.as_str())
            .bind(random::hash(key))
            .bind(once.since.0)
            .execute(&self.0.database.writer)
            .await?;
        Ok(())
    }

    /// It was done, and this is the answer; of two that were given at once the first stays.
    pub async fn api_answered(
        &self,
        bearer: &Bearer,
        key: &str,
        request: &str,
        once: &Once,
        answer: &str,
    ) -> Answer<String> {
        let (token, key, request) = (bearer.token.id.as_str(), random::hash(key), random::hash(request));
        let mut tx = self.0.database.begin().await?;
        // The row is gone where the same was asked at once and refused just before: it was done all the same.
        sqlx::query(
            "insert into api_once (token_id, key, request, created_at, answer) values ($1, $2, $3, $4, $5) \
             on conflict (token_id, key) do update set answer = excluded.answer \
             where api_once.answer is null and api_once.request = excluded.request \
             and api_once.created_at = excluded.created_at",
        )
        .bind(token)
        .bind(key.as_str())
        .bind(request.as_str())
        .bind(once.since.0)
        .bind(answer)
        .execute(&mut *tx)
        .await?;
        let row = sqlx::query(
            "select answer from api_once where token_id = $1 and key = $2 and request = $3 and created_at = $4",
        )
        .bind(token)
        .bind(key.as_str())
        .bind(request.as_str())
        .bind(once.since.0)
        .fetch_optional(&mut *tx)
        .await?;
        let kept: Option<String> = row.map(|row| row.try_get(0)).transpose()?.flatten();
        tx.commit().await?;
        // Its key stands for something else by now.
        Ok(kept.unwrap_or_else(|| answer.to_owned()))
    }

    /// A new id of this moment, for a write without a key.
    pub fn api_act(&self) -> Answer<String> {
        Ok(random::id(self.now())?)
    }
}
