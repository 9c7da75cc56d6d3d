//! Tickets by the API: listed as the console lists them, and changed by the same rules.

use super::cursor::Asked;
use super::once::{Key, Write, renamed, write};
use super::problem::{No, NotWritten, Refused, json, with};
use super::view::{Action, Page, TicketLine, TicketWhole, base_status, moment};
use super::{limit, query, written};
use crate::doors::{Id, id};
use crate::program::{Call, Program, spoken};
use axum::body::Body;
use axum::extract::State;
use axum::http::{Response, Uri};
use desk::Error;
use domain::ticket::{Change, Way};
use domain::ticket_list::{After, Filter};
use domain::token::{Bearer, Client, Opening, Scope};
use domain::{Refusal, Status, Ticket, TicketAct};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};

type At = State<Arc<Program>>;

/// Pages of the console's list that are read for one of ours.
const LOOKS: usize = 4;

/// Which tickets: the filters of the console.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Tickets {
    /// `all` or `unassigned`; without, `all`.
    queue: Option<String>,
    /// `open`, `any`, `new`, `in-attendance`, `stopped`, `canceled`, `resolved`, `closed`, or `own-` and the id of a
    /// status of the house; without, `open`.
    status: Option<String>,
    /// Of this group, by id.
    group: Option<String>,
    /// Of this agent, by id.
    owner: Option<String>,
    tag: Option<String>,
    /// `chat`, `offline`, `agent`, `portal` or `api`.
    via: Option<String>,
    /// Of this application, by id.
    application: Option<String>,
    /// Last changed from then on, like `2026-11-28T00:00:00Z`.
    from: Option<String>,
    /// Last changed before then.
    until: Option<String>,
    /// Words that are said in them.
    words: Option<String>,
    /// `latest` without: the last changed first; `changed`: the first changed first, for who reads them all.
    order: Option<Order>,
    /// The `next` of the page before, with the same order and filters; without, the first page.
    after: Option<String>,
    /// Rows of a page; 50 without. There may be fewer, and more after them.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
}

/// In which order tickets are listed.
#[derive(Clone, Copy, Deserialize, PartialEq, Eq, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Order {
    Latest,
    Changed,
}

impl Tickets {
    /// What is unknown is refused: whoever asks does not see what was understood.
    fn filter(&self) -> Result<Filter, No> {
        let time = |name, text: &Option<String>| {
            Ok::<_, No>(super::moment(name, text.as_deref())?.map(|time| time.0.to_string()))
        };
        let asked = [
            ("queue", self.queue.clone()),
            ("status", self.status.clone()),
            ("group", self.group.clone()),
            ("owner", self.owner.clone()),
            ("tag", self.tag.clone()),
            ("via", self.via.clone()),
            ("application", self.application.clone()),
            ("from", time("from", &self.from)?),
            ("until", time("until", &self.until)?),
            ("words", self.words.clone()),
        ];
        let asked: Vec<(&str, String)> = asked.into_iter().filter_map(|(key, value)| Some((key, value?))).collect();
        let filter = Filter::of(asked.iter().map(|(key, value)| ((*key).to_owned(), value.clone())));
        let understood = filter.pairs();
        for (key, value) in asked {
            let is_usual = [("queue", "all"), ("status", "open")].contains(&(key, &value));
            // Nobody's own but an agent's.
            let is_his = [("queue", "mine"), ("queue", "groups"), ("status", "unsaved")].contains(&(key, &value));
            if is_his || !is_usual && !understood.contains(&(key, value)) {
                return Err(No::wrong(key));
            }
        }
        Ok(filter)
    }

    /// What its pages are of: the order and every filter, one after another in an order that stays.
    pub(super) fn asked(&self) -> Asked {
        let order = if self.order == Some(Order::Changed) { "changed" } else { "latest" };
        let queue = self.queue.as_deref().unwrap_or("all");
        let status = self.status.as_deref().unwrap_or("open");
        let others = [&self.group, &self.owner, &self.tag, &self.via, &self.application, &self.words];
        let [group, owner, tag, via, application, words] = others.map(|one| one.as_deref().unwrap_or_default());
        Asked::of(&["tickets", order, queue, status, group, owner, tag, via, application, words])
    }
}

/// Lists tickets, the last changed first; of words the newest first, and before them the one whose number they are. A
/// ticket that is changed meanwhile goes to the head, where who pages on does not see it: to read all, `order=changed`.
#[utoipa::path(
    get,
    path = "/api/v1/tickets",
    tag = "tickets",
    params(Tickets),
    security(("token" = ["tickets:read"])),
    responses((status = 200, body = Page<TicketLine>), Refused)
)]
pub async fn list(State(program): At, call: Call, uri: Uri) -> Response<Body> {
    with(&program, &call, Scope::ReadTickets, async |bearer| {
        let tickets: Tickets = query(&uri)?;
        let (filter, limit, asked) = (tickets.filter()?, limit(tickets.limit)?, tickets.asked());
        let mut after = super::place(asked.place(tickets.after.as_deref())?)?.map(|(at, id)| After { at, id });
        if tickets.order == Some(Order::Changed) {
            // Words are found by number.
            if !filter.words.trim().is_empty() {
                return Err(No::wrong("order"));
            }
            let page = program.desk.tickets_by_change(&bearer.agent, &filter, after.as_ref(), limit).await?;
            let next = page.next.map(|After { at, id }| asked.next(written((at, id))));
            return json(&Page { items: page.rows.iter().map(TicketLine::from).collect(), next });
        }
        let lang = spoken(&call.headers).lang;
        let (mut rows, mut looks) = (Vec::new(), 0);
        let next = loop {
            let page = program.desk.tickets(&bearer.agent, lang, &filter, after.as_ref()).await?;
            rows.extend(page.rows);
            looks += 1;
            if rows.len() > limit {
                rows.truncate(limit);
                break rows.last().map(|row| After::row(&filter, row));
            }
            match page.next {
                Some(next) if rows.len() < limit && looks < LOOKS => after = Some(next),
                next => break next,
            }
        };
        let next = next.map(|After { at, id }| asked.next(written((at, id))));
        json(&Page { items: rows.iter().map(TicketLine::from).collect(), next })
    })
    .await
}

/// Reads a ticket.
#[utoipa::path(
    get,
    path = "/api/v1/tickets/{ticket}",
    tag = "tickets",
    params(("ticket" = String, Path)),
    security(("token" = ["tickets:read"])),
    responses((status = 200, body = TicketWhole), Refused)
)]
pub async fn read(State(program): At, call: Call, ticket: Id) -> Response<Body> {
    with(&program, &call, Scope::ReadTickets, async |bearer| {
        let ticket = program.desk.ticket(&bearer.agent, &id(ticket)?).await?;
        let history = program.desk.ticket_history(&bearer.agent, &ticket.id).await?;
        let chat = match &ticket.chat {
            Some(chat) => program.desk.api_chat(chat).await.ok(),
            None => None,
        };
        json(&TicketWhole::new(&ticket, &history, chat.as_ref(), program.desk.now()))
    })
    .await
}

/// Reads what happened to a ticket, in its order.
#[utoipa::path(
    get,
    path = "/api/v1/tickets/{ticket}/history",
    tag = "tickets",
    params(("ticket" = String, Path), History),
    security(("token" = ["tickets:read"])),
    responses((status = 200, body = Page<Action>), Refused)
)]
pub async fn history(State(program): At, call: Call, ticket: Id, uri: Uri) -> Response<Body> {
    with(&program, &call, Scope::ReadTickets, async |bearer| {
        let asked: History = query(&uri)?;
        let (after, limit) = (asked.after.unwrap_or(0), limit(asked.limit)?);
        let all = program.desk.ticket_history(&bearer.agent, &id(ticket)?).await?;
        let mut items: Vec<Action> = all.iter().filter(|entry| entry.seq > after).map(Action::from).collect();
        let more = items.len() > limit;
        items.truncate(limit);
        let next = items.last().filter(|_| more).map(|action| action.id.to_string());
        json(&Page { items, next })
    })
    .await
}

/// Which page of a history.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct History {
    /// The `next` of the page before; without, the first page.
    after: Option<u32>,
    /// Rows of a page; 50 without.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
}

/// One of the six that every status derives from.
#[derive(Clone, Copy, Deserialize, ToSchema)]
pub enum BaseStatus {
    New,
    InAttendance,
    Stopped,
    Canceled,
    Resolved,
    Closed,
}

impl From<BaseStatus> for Status {
    fn from(status: BaseStatus) -> Status {
        match status {
            BaseStatus::New => Status::New,
            BaseStatus::InAttendance => Status::InAttendance,
            BaseStatus::Stopped => Status::Stopped,
            BaseStatus::Canceled => Status::Canceled,
            BaseStatus::Resolved => Status::Resolved,
            BaseStatus::Closed => Status::Closed,
        }
    }
}

/// What a ticket is to say in a field of the house.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct NewValue {
    custom_field_id: String,
    /// Empty: nothing.
    value: String,
}

/// What is to be otherwise of a ticket; what is left out stays as it is.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Changes {
    subject: Option<String>,
    base_status: Option<BaseStatus>,
    /// A status of the house, by id, in the place of `baseStatus`.
    status_id: Option<String>,
    /// Why, where the status asks for a reason.
    justification: Option<String>,
    /// The group, by id.
    owner_team_id: Option<String>,
    /// The agent, by id; empty: nobody's.
    owner_id: Option<String>,
    /// All of its tags.
    tags: Option<Vec<String>>,
    /// Tags more.
    #[serde(default)]
    add_tags: Vec<String>,
    /// Tags less.
    #[serde(default)]
    remove_tags: Vec<String>,
    #[serde(default)]
    custom_field_values: Vec<NewValue>,
    /// An internal note.
    #[serde(default)]
    note: String,
}

impl Changes {
    fn read(self) -> Result<(Vec<Change>, String), No> {
        let mut changes = Vec::new();
        changes.extend(self.subject.map(Change::Subject));
        match (self.base_status, self.status_id) {
            (Some(_), Some(_)) => return Err(Refusal::FieldWrong { field: "statusId".into() }.into()),
            (Some(base), None) => changes.push(Change::Status(base.into())),
            (None, Some(id)) => changes.push(Change::Own { id, reason: self.justification.unwrap_or_default() }),
            (None, None) => {}
        }
        // Before the owner, who must see the group.
        changes.extend(self.owner_team_id.map(Change::Group));
        changes.extend(self.owner_id.map(|id| Change::Owner(Some(id).filter(|id| !id.is_empty()))));
        changes.extend(self.tags.map(Change::Tags));
        changes.extend(self.add_tags.into_iter().map(Change::Tag));
        changes.extend(self.remove_tags.into_iter().map(Change::Untag));
        let fields = self.custom_field_values.into_iter();
        changes.extend(fields.map(|field| Change::Field { id: field.custom_field_id, value: field.value }));
        Ok((changes, self.note))
    }
}

/// A refusal names what was sent as it was sent.
fn as_sent(why: Error, changes: &[Change]) -> No {
    renamed(why, |field| match field.as_str() {
        "group" => "ownerTeamId".into(),
        "owner" => "ownerId".into(),
        "reason" => "justification".into(),
        "status" if changes.iter().any(|change| matches!(change, Change::Own { .. })) => "statusId".into(),
        "status" => "baseStatus".into(),
        _ => field,
    })
}

/// Whom a new ticket is about: somebody who is known, or somebody new.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct NewClient {
    /// Somebody who is known, by id.
    id: Option<String>,
    /// Or the name of somebody new.
    business_name: Option<String>,
    /// And the address to write to. Nobody has proved that it is his.
    email: Option<String>,
}

/// A ticket that is to be opened.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct NewTicket {
    subject: Option<String>,
    client: NewClient,
    /// The group, by id.
    owner_team_id: String,
    /// The application, by id.
    chat_widget_id: Option<String>,
    base_status: Option<BaseStatus>,
    /// A status of the house, by id, in the place of `baseStatus`.
    status_id: Option<String>,
    /// Why, where the status asks for a reason.
    justification: Option<String>,
    /// The agent, by id.
    owner_id: Option<String>,
    #[serde(default)]
    tags: Vec<String>,
    #[serde(default)]
    custom_field_values: Vec<NewValue>,
    /// An internal note.
    #[serde(default)]
    note: String,
}

impl NewTicket {
    fn read(self, id: &str) -> Result<Opening, No> {
        let wrong = |field: &str| No::from(Refusal::FieldWrong { field: field.into() });
        let client = match (self.client.id, self.client.business_name, self.client.email) {
            (Some(id), None, None) => Client::Known(id),
            (Some(_), ..) => return Err(wrong("client.id")),
            (None, name, email) => Client::New { name: name.unwrap_or_default(), email: email.unwrap_or_default() },
        };
        let changes = Changes {
            subject: self.subject,
            base_status: self.base_status,
            status_id: self.status_id,
            justification: self.justification,
            owner_id: self.owner_id,
            tags: Some(self.tags),
            custom_field_values: self.custom_field_values,
            note: self.note,
            ..Changes::default()
        };
        let (changes, note) = changes.read()?;
        Ok(Opening {
            id: id.into(),
            group: self.owner_team_id,
            application: self.chat_widget_id,
            client,
            changes,
            note,
        })
    }
}

/// Something that is to be written.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Text {
    text: String,
}

/// What was written.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Written {
    /// Of the ticket.
    id: String,
    protocol: i64,
    base_status: String,
    last_update: String,
    /// Of a reply: by which way the customer reads it.
    #[serde(skip_serializing_if = "Option::is_none")]
    sent_by: Option<SentBy>,
}

/// By which way the customer reads what was written to him.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum SentBy {
    /// By e-mail, and in the portal as well.
    Email,
    /// In the portal alone.
    Portal,
}

impl From<Way> for SentBy {
    fn from(way: Way) -> SentBy {
        match way {
            Way::Mail => SentBy::Email,
            Way::Portal => SentBy::Portal,
        }
    }
}

impl From<&Ticket> for Written {
    fn from(ticket: &Ticket) -> Written {
        Written {
            sent_by: None,
            id: ticket.id.clone(),
            protocol: ticket.number,
            base_status: base_status(ticket.status).into(),
            last_update: moment(ticket.changed_at),
        }
    }
}

/// Opens a ticket. It is nobody's until it is given to an agent.
#[utoipa::path(
    post,
    path = "/api/v1/tickets",
    tag = "tickets",
    params(Key),
    request_body = NewTicket,
    security(("token" = ["tickets:write"])),
    responses((status = 201, body = Written), Refused, NotWritten)
)]
pub async fn open(State(program): At, call: Call, sent: Body) -> Response<Body> {
    let act = async |bearer: &Bearer, act: &str, new: NewTicket| {
        let opening = new.read(act)?;
        let opened = program.desk.api_ticket(bearer, &opening).await;
        opened.map(|ticket| Written::from(&ticket)).map_err(|why| as_sent(why, &opening.changes))
    };
    write(&program, &call, Write::new(Scope::WriteTickets, "POST /api/v1/tickets"), sent, act).await
}

/// Changes a ticket: all of it, or nothing.
#[utoipa::path(
    patch,
    path = "/api/v1/tickets/{ticket}",
    tag = "tickets",
    params(("ticket" = String, Path), Key),
    request_body = Changes,
    security(("token" = ["tickets:write"])),
    responses((status = 200, body = Written), Refused, NotWritten)
)]
pub async fn change(State(program): At, call: Call, ticket: Id, sent: Body) -> Response<Body> {
    let ticket = id(ticket).unwrap_or_default();
    let act = async |bearer: &Bearer, act: &str, changes: Changes| {
        let (changes, note) = changes.read()?;
        let save = TicketAct::Save { changes: changes.clone(), note };
        let saved = program.desk.save_ticket(&bearer.agent, &ticket, act, &save).await;
        saved.map(|ticket| Written::from(&ticket)).map_err(|why| as_sent(why, &changes))
    };
    write(&program, &call, Write::of(Scope::WriteTickets, &["PATCH ", &ticket].concat()), sent, act).await
}

/// Adds an internal note to a ticket.
#[utoipa::path(
    post,
    path = "/api/v1/tickets/{ticket}/notes",
    tag = "tickets",
    params(("ticket" = String, Path), Key),
    request_body = Text,
    security(("token" = ["tickets:write"])),
    responses((status = 200, body = Written), Refused, NotWritten)
)]
pub async fn note(State(program): At, call: Call, ticket: Id, sent: Body) -> Response<Body> {
    let ticket = id(ticket).unwrap_or_default();
    let act = async |bearer: &Bearer, act: &str, note: Text| {
        if domain::text::words(&note.text).is_empty() {
            return Err(Refusal::Empty.into());
        }
        let save = TicketAct::Save { changes: Vec::new(), note: note.text };
        Ok(Written::from(&program.desk.save_ticket(&bearer.agent, &ticket, act, &save).await?))
    };
    write(&program, &call, Write::of(Scope::WriteTickets, &["POST note ", &ticket].concat()), sent, act).await
}

/// Writes to the customer of a ticket: by e-mail at the address that is known, or in the portal alone, where he reads
/// it without one. `sentBy` says which.
#[utoipa::path(
    post,
    path = "/api/v1/tickets/{ticket}/replies",
    tag = "tickets",
    params(("ticket" = String, Path), Key),
    request_body = Text,
    security(("token" = ["replies:write"])),
    responses((status = 200, body = Written), Refused, NotWritten)
)]
pub async fn reply(State(program): At, call: Call, ticket: Id, sent: Body) -> Response<Body> {
    let ticket = id(ticket).unwrap_or_default();
    let act = async |bearer: &Bearer, act: &str, reply: Text| {
        program.limits.api_reply(&bearer.token.id)?;
        let reply = TicketAct::Reply { text: reply.text };
        let saved = program.desk.save_ticket(&bearer.agent, &ticket, act, &reply).await?;
        let sent_by = program.desk.way_of_reply(&saved, act).await?.map(SentBy::from);
        Ok(Written { sent_by, ..Written::from(&saved) })
    };
    write(&program, &call, Write::of(Scope::WriteReplies, &["POST reply ", &ticket].concat()), sent, act).await
}
