//! What the API is only read for: chats, groups, applications, what the house has of its own, indicators, the monitor.

use super::cursor::Asked;
use super::problem::{No, Refused, Unread, json, with};
use super::view::{ChatLine, ChatWhole, Message, Page, Reference, base_status, message, moment, place};
use super::{limit, pairs, query, written};
use crate::doors::{Id, id};
use crate::program::{Call, Program};
use axum::body::Body;
use axum::extract::State;
use axum::http::{Response, Uri};
use desk::api::{ChatFilter, EventPlace};
use domain::application::Field;
use domain::house::{self, OwnField, OwnKind};
use domain::indicators::{CHOICES, Figures, Query, Wrong};
use domain::monitor::{self, Row, Table};
use domain::token::Scope;
use domain::{Chat, Refusal};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};

type At = State<Arc<Program>>;

/// Which page of a list.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Pages {
    /// The `next` of the page before, of this list; without, the first page.
    pub after: Option<String>,
    /// Rows of a page; 50 without.
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u32>,
}

/// Which conversations.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct Chats {
    status: Option<ChatStatus>,
    /// Of this group, by id.
    chat_group_id: Option<String>,
    /// Of this application, by id.
    chat_widget_id: Option<String>,
    /// Of this person, by id.
    client_id: Option<String>,
    /// Queued from then on, like `2026-11-28T00:00:00Z`.
    from: Option<String>,
    /// Queued before then.
    until: Option<String>,
    /// The `next` of the page before, with the same filters; without, the first page.
    after: Option<String>,
    /// Rows of a page; 50 without.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
}

/// How a conversation stands.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ChatStatus {
    Waiting,
    Attending,
    Ended,
}

impl ChatStatus {
    fn word(self) -> &'static str {
        match self {
            ChatStatus::Waiting => "waiting",
            ChatStatus::Attending => "attending",
            ChatStatus::Ended => "ended",
        }
    }
}

impl Chats {
    /// What its pages are of: every filter, in an order that stays.
    pub(super) fn asked(&self) -> Asked {
        let ids = [&self.chat_group_id, &self.chat_widget_id, &self.client_id];
        let [group, application, customer] = ids.map(|id| id.as_deref().unwrap_or_default());
        Asked::of(&["chats", self.status.map_or("", ChatStatus::word), group, application, customer])
    }
}

/// Lists conversations with customers, the last queued first.
#[utoipa::path(
    get,
    path = "/api/v1/chats",
    tag = "chats",
    params(Chats),
    security(("token" = ["chats:read"])),
    responses((status = 200, body = Page<ChatLine>), Refused)
)]
pub async fn chats(State(program): At, call: Call, uri: Uri) -> Response<Body> {
    with(&program, &call, Scope::ReadChats, async |_| {
        let chats: Chats = query(&uri)?;
        let asked = chats.asked();
        let before = super::place(asked.place(chats.after.as_deref())?)?;
        let filter = ChatFilter {
            stage: chats.status.map(ChatStatus::word),
            group: chats.chat_group_id,
            application: chats.chat_widget_id,
            customer: chats.client_id,
            from: super::moment("from", chats.from.as_deref())?,
            until: super::moment("until", chats.until.as_deref())?,
        };
        let (rows, next) = program.desk.api_chats(&filter, before.as_ref(), limit(chats.limit)?).await?;
        let next = next.map(|next| asked.next(written(next)));
        json(&Page { items: rows.iter().map(ChatLine::from).collect(), next })
    })
    .await
}

/// Reads a conversation, and the first of what was said in it.
#[utoipa::path(
    get,
    path = "/api/v1/chats/{chat}",
    tag = "chats",
    params(("chat" = String, Path)),
    security(("token" = ["chats:read"])),
    responses((status = 200, body = ChatWhole), Refused)
)]
pub async fn chat(State(program): At, call: Call, chat: Id) -> Response<Body> {
    with(&program, &call, Scope::ReadChats, async |_| {
        let chat = program.desk.api_chat(&id(chat)?).await?;
        let messages = said(&program, &chat, None, super::MOST).await?;
        json(&ChatWhole::new(&chat, messages))
    })
    .await
}

/// Reads what was said and done in a conversation, in its order.
#[utoipa::path(
    get,
    path = "/api/v1/chats/{chat}/messages",
    tag = "chats",
    params(("chat" = String, Path), Pages),
    security(("token" = ["chats:read"])),
    responses((status = 200, body = Page<Message>), Refused)
)]
pub async fn messages(State(program): At, call: Call, chat: Id, uri: Uri) -> Response<Body> {
    with(&program, &call, Scope::ReadChats, async |_| {
        let pages: Pages = query(&uri)?;
        let chat = program.desk.api_chat(&id(chat)?).await?;
        json(&said(&program, &chat, pages.after.as_deref(), limit(pages.limit)?).await?)
    })
    .await
}

fn event_place(text: &str) -> Result<EventPlace, No> {
    let mut parts = text.split('-').map(str::parse::<u32>);
    match (parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some(Ok(after)), Some(Ok(aside @ (0 | 1))), Some(Ok(seq)), None) => Ok((after, aside == 1, seq)),
        _ => Err(No::wrong("after")),
    }
}

async fn said(program: &Program, chat: &Chat, after: Option<&str>, limit: usize) -> Result<Page<Message>, No> {
    let asked = Asked::of(&["messages", &chat.id]);
    let after = asked.place(after)?.map(event_place).transpose()?;
    let amendments = program.desk.api_amendments(chat).await?;
    let (told, next) = program.desk.api_events(chat, after, limit).await?;
    let items = told.iter().filter_map(|told| message(told, &amendments)).collect();
    Ok(Page { items, next: next.map(|next| asked.next(place(next))) })
}

/// Somebody of a group.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Member {
    id: String,
    business_name: String,
    attends: bool,
    administers: bool,
}

/// A group, and who is in it.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Group {
    id: String,
    name: String,
    /// No customer is offered it any more.
    retired: bool,
    members: Vec<Member>,
    /// The applications in which a customer can choose it, by id.
    chat_widget_ids: Vec<String>,
}

async fn all_groups(program: &Program, bearer: &domain::token::Bearer) -> Result<Vec<Group>, No> {
    let all = program.desk.groups(&bearer.agent).await?;
    let name = |agent: &str| all.people.iter().find(|face| face.id == agent).map_or("", |face| &face.name).to_owned();
    let mut groups: Vec<Group> = all
        .lines
        .iter()
        .map(|line| Group {
            id: line.sheet.id.clone(),
            name: line.sheet.name.clone(),
            retired: line.retired,
            members: line
                .sheet
                .members
                .iter()
                .map(|member| Member {
                    id: member.agent.clone(),
                    business_name: name(&member.agent),
                    attends: member.attendant,
                    administers: member.administrator,
                })
                .collect(),
            chat_widget_ids: line.sheet.applications.clone(),
        })
        .collect();
    groups.sort_by(|one, other| one.id.cmp(&other.id));
    Ok(groups)
}

/// A page of what there is few of, by the name of the list and in the order of its ids.
fn few<T>(list: &str, all: Vec<T>, pages: Pages, id: impl Fn(&T) -> &str) -> Result<Page<T>, No> {
    let asked = Asked::of(&[list]);
    let (after, limit) = (asked.place(pages.after.as_deref())?.unwrap_or_default(), limit(pages.limit)?);
    let mut items: Vec<T> = all.into_iter().filter(|one| after.is_empty() || id(one) > after).collect();
    let more = items.len() > limit;
    items.truncate(limit);
    let next = items.last().filter(|_| more).map(|one| asked.next(id(one).to_owned()));
    Ok(Page { items, next })
}

/// Lists the groups.
#[utoipa::path(
    get,
    path = "/api/v1/groups",
    tag = "groups",
    params(Pages),
    security(("token" = ["groups:read"])),
    responses((status = 200, body = Page<Group>), Refused)
)]
pub async fn groups(State(program): At, call: Call, uri: Uri) -> Response<Body> {
    with(&program, &call, Scope::ReadGroups, async |bearer| {
        let pages: Pages = query(&uri)?;
        json(&few("groups", all_groups(&program, bearer).await?, pages, |group| &group.id)?)
    })
    .await
}

/// Reads a group.
#[utoipa::path(
    get,
    path = "/api/v1/groups/{group}",
    tag = "groups",
    params(("group" = String, Path)),
    security(("token" = ["groups:read"])),
    responses((status = 200, body = Group), Refused)
)]
pub async fn group(State(program): At, call: Call, group: Id) -> Response<Body> {
    with(&program, &call, Scope::ReadGroups, async |bearer| {
        let wanted = id(group)?;
        let all = all_groups(&program, bearer).await?;
        json(&all.into_iter().find(|group| group.id == wanted).ok_or(Refusal::NotYours)?)
    })
    .await
}

/// An application.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Application {
    id: String,
    name: String,
    /// The public key of its snippet.
    key: String,
    /// What stands beside its launcher, on a page in a language that has no other.
    title: String,
    /// The languages whose title is another (`es`, `pt`, `en`), each with it.
    titles: BTreeMap<String, String>,
    /// The sites that may show it.
    sites: Vec<String>,
    /// Nobody is shown it any more.
    retired: bool,
}

/// A question of its form.
#[derive(Serialize, ToSchema)]
pub struct Question {
    key: String,
    label: String,
    required: bool,
}

impl From<&Field> for Question {
    fn from(field: &Field) -> Question {
        Question { key: field.key.clone(), label: field.label.clone(), required: field.required }
    }
}

/// An application, with its groups and its form.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ApplicationWhole {
    #[serde(flatten)]
    application: Application,
    groups: Vec<Reference>,
    form: Vec<Question>,
}

/// Lists the applications.
#[utoipa::path(
    get,
    path = "/api/v1/applications",
    tag = "applications",
    params(Pages),
    security(("token" = ["applications:read"])),
    responses((status = 200, body = Page<Application>), Refused)
)]
pub async fn applications(State(program): At, call: Call, uri: Uri) -> Response<Body> {
    with(&program, &call, Scope::ReadApplications, async |_| {
        let pages: Pages = query(&uri)?;
        let mut all: Vec<Application> = program
            .desk
            .applications()
            .await?
            .into_iter()
            .map(|line| Application {
                id: line.id,
                name: line.name,
                key: line.key,
                title: line.title,
                titles: line.titles.into_iter().collect(),
                sites: line.sites,
                retired: line.retired,
            })
            .collect();
        all.sort_by(|one, other| one.id.cmp(&other.id));
        json(&few("applications", all, pages, |application| &application.id)?)
    })
    .await
}

/// Reads an application.
#[utoipa::path(
    get,
    path = "/api/v1/applications/{application}",
    tag = "applications",
    params(("application" = String, Path)),
    security(("token" = ["applications:read"])),
    responses((status = 200, body = ApplicationWhole), Refused)
)]
pub async fn application(State(program): At, call: Call, application: Id) -> Response<Body> {
    with(&program, &call, Scope::ReadApplications, async |bearer| {
        let kept = program.desk.application_settings(&bearer.agent, &id(application)?).await?;
        let settings = kept.settings;
        let groups = kept.offered.iter().filter(|group| settings.groups.contains(&group.id)).map(Into::into).collect();
        json(&ApplicationWhole {
            groups,
            form: settings.form.iter().map(Into::into).collect(),
            application: Application {
                id: kept.id,
                key: kept.key,
                name: settings.name,
                title: settings.title,
                titles: settings.setup.titles().into_iter().collect(),
                sites: settings.sites,
                retired: kept.retired,
            },
        })
    })
    .await
}

/// A status of the house.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OwnStatus {
    /// The `statusId` of a ticket.
    id: String,
    name: String,
    base_status: &'static str,
    /// Whoever sets it says why.
    asks_justification: bool,
    /// One of these; where there are none, in any words.
    justifications: Vec<String>,
}

/// Lists the statuses of the house, in their order.
#[utoipa::path(
    get,
    path = "/api/v1/statuses",
    tag = "tickets",
    security(("token" = ["tickets:read"])),
    responses((status = 200, body = Page<OwnStatus>), Refused)
)]
pub async fn statuses(State(program): At, call: Call) -> Response<Body> {
    with(&program, &call, Scope::ReadTickets, async |_| {
        let one = |own: house::OwnStatus| OwnStatus {
            base_status: base_status(own.base),
            id: own.id,
            name: own.name,
            asks_justification: own.asks,
            justifications: own.reasons,
        };
        let all = program.desk.choices().await?.house.statuses;
        json(&Page { items: all.into_iter().map(one).collect(), next: None })
    })
    .await
}

/// A field of the house.
#[derive(Serialize, ToSchema)]
pub struct CustomField {
    /// The `customFieldId` of a value.
    id: String,
    label: String,
    /// `text`, `number`, `choice`, `date` (`2026-11-25`) or `yes-no` (`yes` or `no`).
    #[serde(rename = "type")]
    kind: &'static str,
    required: bool,
    /// Of a choice.
    options: Vec<String>,
}

/// Lists the fields of the house, in their order.
#[utoipa::path(
    get,
    path = "/api/v1/custom-fields",
    tag = "tickets",
    security(("token" = ["tickets:read"])),
    responses((status = 200, body = Page<CustomField>), Refused)
)]
pub async fn custom_fields(State(program): At, call: Call) -> Response<Body> {
    with(&program, &call, Scope::ReadTickets, async |_| {
        let kind = |kind| match kind {
            OwnKind::Text => "text",
            OwnKind::Number => "number",
            OwnKind::Choice => "choice",
            OwnKind::Date => "date",
            OwnKind::YesNo => "yes-no",
        };
        let one = |own: OwnField| CustomField {
            kind: kind(own.kind),
            id: own.id,
            label: own.label,
            required: own.required,
            options: own.options,
        };
        let all = program.desk.choices().await?.house.fields;
        json(&Page { items: all.into_iter().map(one).collect(), next: None })
    })
    .await
}

/// Of which period, and whose.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "the document is made from it; it is read as the console's address is")]
pub struct Period {
    /// `today`, `yesterday`, `this-week`, `last-week`, `this-month`, `last-month`, `this-quarter`, `last-quarter`,
    /// `this-year` or `last-year`; without, `this-month`. Not with `from` and `to`.
    period: Option<String>,
    /// Or from a moment on the clock of the house, like `2026-11-01` or `2026-11-01T09:30`, and before another: `to`.
    from: Option<String>,
    /// Not before `from`; where they are the same, it is an empty period.
    to: Option<String>,
    /// Of these groups, by id; up to 50 times.
    group: Option<Vec<String>>,
    /// Of these applications, by id; up to 50 times.
    application: Option<Vec<String>>,
    /// Of these agents, by id; up to 50 times.
    agent: Option<Vec<String>>,
    /// `1`: also conversations that agents began. They waited in no queue.
    begun: Option<String>,
}

/// The numbers of a period: the same as the console's. Counts, and lengths in seconds.
#[derive(Serialize, ToSchema)]
pub struct Indicators {
    from: String,
    to: String,
    /// In which days are counted.
    zone: String,
    /// By the names of docs/indicators.md; null: there is nothing to say it of.
    figures: BTreeMap<String, Option<u64>>,
    /// The same of the period before; where a named one runs, of as much of the one before as has passed of it.
    before: BTreeMap<String, Option<u64>>,
    /// Which that is.
    earlier: Earlier,
}

/// From a moment on, and before another.
#[derive(Serialize, ToSchema)]
pub struct Earlier {
    from: String,
    to: String,
}

/// A part of the address that cannot be meant, by its name.
fn as_asked(why: Wrong) -> No {
    match why {
        Wrong::Unknown(name) => No::Unread(name, Unread::Unknown(String::new())),
        Wrong::Value(name) => No::wrong(name),
        Wrong::Twice(name) => No::Unread(name, Unread::Twice),
        Wrong::Missing(name) => No::Unread(name.into(), Unread::Missing),
        Wrong::TooMany(name) => No::Unread(name.into(), Unread::TooMany(CHOICES)),
        Wrong::Both => No::Unread("period".into(), Unread::Both),
        Wrong::Turned => No::Unread("to".into(), Unread::Turned),
    }
}

/// Reads the numbers of a period.
#[utoipa::path(
    get,
    path = "/api/v1/indicators",
    tag = "indicators",
    params(Period),
    security(("token" = ["indicators:read"])),
    responses((status = 200, body = Indicators), Refused)
)]
pub async fn indicators(State(program): At, call: Call, uri: Uri) -> Response<Body> {
    with(&program, &call, Scope::ReadIndicators, async |bearer| {
        let asked = Query::read(pairs(&uri)?.into_iter()).map_err(as_asked)?;
        if asked.behind.is_some() {
            return Err(No::Unread("behind".into(), Unread::Unknown(String::new())));
        }
        let report = program.desk.indicators(&bearer.agent, asked.period, &asked.filter).await?;
        let named = |figures: &Figures| {
            crate::indicators::all(figures).into_iter().map(|(word, value, _)| (word.to_owned(), value)).collect()
        };
        json(&Indicators {
            from: moment(report.within.from),
            to: moment(report.within.to),
            figures: named(&report.figures),
            before: named(&report.before),
            earlier: Earlier { from: moment(report.earlier.from), to: moment(report.earlier.to) },
            zone: report.zone,
        })
    })
    .await
}

/// Somebody who works here.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Worker {
    id: String,
    business_name: String,
    connected: bool,
    /// What was chosen; it counts only while connected.
    online: bool,
    /// Conversations, of all groups; with those among agents, which are of none, where the house counts them.
    chats: u32,
    /// Tickets that wait to be saved.
    to_save: u32,
    group_ids: Vec<String>,
    /// The groups of which he has as many as he may have: conversations and, where the house counts them, tickets that
    /// wait to be saved.
    full_group_ids: Vec<String>,
    /// The groups that nobody else who is available attends.
    alone_group_ids: Vec<String>,
}

/// A conversation that runs.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Running {
    id: String,
    protocol: i64,
    chat_widget: String,
    chat_group: String,
    client: Reference,
    agents: Vec<Reference>,
    since: String,
    /// Since when the customer is not connected.
    disconnected_since: Option<String>,
    last_message_date: Option<String>,
    last_message_by_client: Option<bool>,
}

/// The queue of a group.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Queue {
    chat_group_id: String,
    waiting: u32,
    /// Since when the first of it waits.
    oldest: Option<String>,
    /// In seconds; null: not known yet.
    average_waiting_time: Option<i64>,
    /// Attendants who are connected and online.
    available: u32,
}

/// Who works at this moment, and on what.
#[derive(Serialize, ToSchema)]
pub struct Monitor {
    agents: Vec<Worker>,
    chats: Vec<Running>,
    queues: Vec<Queue>,
}

impl From<&Row> for Worker {
    fn from(row: &Row) -> Worker {
        let of = |count: fn(&monitor::Load) -> u32| row.loads.iter().map(count).sum::<u32>();
        let groups = |is: fn(&monitor::Place) -> bool| {
            row.places.iter().filter(|place| is(place)).map(|place| place.group.clone()).collect()
        };
        Worker {
            id: row.face.id.clone(),
            business_name: row.face.name.clone(),
            connected: row.connected,
            online: row.online,
            chats: of(|load| load.talks) + row.elsewhere,
            to_save: of(|load| load.to_save) + row.to_save_elsewhere,
            group_ids: groups(|_| true),
            full_group_ids: groups(|place| place.full),
            alone_group_ids: groups(|place| place.alone),
        }
    }
}

impl From<&monitor::Talk> for Running {
    fn from(talk: &monitor::Talk) -> Running {
        Running {
            id: talk.chat.clone(),
            protocol: talk.number,
            chat_widget: talk.application.name.clone(),
            chat_group: talk.group.name.clone(),
            client: (&talk.customer).into(),
            agents: talk.agents.iter().map(Into::into).collect(),
            since: moment(talk.since),
            disconnected_since: talk.gone_since.map(moment),
            last_message_date: talk.last.as_ref().map(|last| moment(last.at)),
            last_message_by_client: talk.last.as_ref().map(|last| last.by_customer),
        }
    }
}

impl From<&Table> for Monitor {
    fn from(table: &Table) -> Monitor {
        let queue = |queue: &monitor::Queue| Queue {
            chat_group_id: queue.group.clone(),
            waiting: queue.lines.iter().map(|line| line.waiting).sum(),
            oldest: queue.lines.iter().map(|line| line.oldest).min().map(moment),
            average_waiting_time: queue.average.map(|average| average.as_secs()),
            available: queue.available,
        };
        Monitor {
            agents: table.agents.iter().map(Into::into).collect(),
            chats: table.talks.iter().map(Into::into).collect(),
            queues: table.queues.iter().map(queue).collect(),
        }
    }
}

/// Reads who works at this moment, and on what.
#[utoipa::path(
    get,
    path = "/api/v1/monitor",
    tag = "monitor",
    security(("token" = ["monitor:read"])),
    responses((status = 200, body = Monitor), Refused)
)]
pub async fn monitor(State(program): At, call: Call) -> Response<Body> {
    with(&program, &call, Scope::ReadMonitor, async |bearer| {
        let table = program.desk.monitored(&bearer.agent).await?.ok_or(Refusal::NotYours)?;
        json(&Monitor::from(&table))
    })
    .await
}
