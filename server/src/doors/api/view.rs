//! Chats, tickets and people as the API says them: by the names that Movidesk's API has, where it has one.

use desk::api::PersonLine;
use domain::application::Answer;
use domain::customer::Customer;
use domain::event::Destination;
use domain::group::Named;
use domain::indicators::{Again, Fact, Indicator};
use domain::rating::{Rating, Score};
use domain::{Chat, Event, Face, File, Origin, Reason, Span, Stage, Time, Told};
use serde::Serialize;
use utoipa::ToSchema;

mod ticket;

pub use ticket::{Action, TicketLine, TicketWhole, base_status};

/// A page of a list.
#[derive(Serialize, ToSchema)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// Ask with it as `after` for what comes next; null: there is no more.
    pub next: Option<String>,
}

/// A moment: `2026-11-28T17:12:03.250Z`.
pub fn moment(at: Time) -> String {
    at.utc_exact()
}

/// Whole seconds from one moment to another.
fn seconds(from: Time, to: Time) -> u64 {
    u64::try_from((to.0 - from.0).div_euclid(1_000)).unwrap_or(0)
}

/// Somebody or something with an id and a name.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Reference {
    pub id: String,
    /// Empty: there is none, or it is not known any more.
    pub business_name: String,
}

impl From<&Named> for Reference {
    fn from(named: &Named) -> Reference {
        Reference { id: named.id.clone(), business_name: named.name.clone() }
    }
}

impl From<&Face> for Reference {
    fn from(face: &Face) -> Reference {
        Reference { id: face.id.clone(), business_name: face.name.clone() }
    }
}

/// A conversation in a list.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ChatLine {
    pub id: String,
    pub protocol: i64,
    /// 5: chat. Of a conversation it is always that; `startedFrom` tells them apart.
    pub origin: u8,
    /// `widget`, or a ticket: `ticket_customer` where its customer began it in the portal, `ticket_agent` where an agent
    /// called him.
    pub started_from: &'static str,
    /// `waiting`, `attending` or `ended`.
    pub status: &'static str,
    /// `customer`, `agent`, `connection`, `staff`, `agent-lost` or `system` (we were down while he waited, and he did not
    /// come back); null: it goes on.
    pub end_reason: Option<&'static str>,
    /// The name of its application.
    pub chat_widget: String,
    pub chat_widget_id: String,
    /// The name of its group.
    pub chat_group: String,
    pub chat_group_id: String,
    /// The group that the customer chose, by id, wherever he was redirected to.
    pub requested_group_id: String,
    pub client: Reference,
    /// The site has proved who the customer is.
    pub verified: bool,
    /// Who attended first.
    pub owner: Option<Reference>,
    /// Who is in it, or was at its end.
    pub agents: Vec<Reference>,
    /// When the customer was queued.
    pub created_date: String,
    pub attended_date: Option<String>,
    /// When an agent first said something.
    pub first_reply_date: Option<String>,
    /// Since when the customer is not connected, or was not at its end.
    pub disconnected_since: Option<String>,
    pub closed_in: Option<String>,
    /// How long the customer waited to be attended, or until he gave up, in seconds; null: he still waits, staff took him
    /// out of the queue, or we were down while he waited (`system`).
    pub chat_waiting_time: Option<u64>,
    /// How long it lasted from its attendance on, in seconds; 0: the customer gave up before.
    pub chat_talk_time: Option<u64>,
}

impl From<&Chat> for ChatLine {
    fn from(chat: &Chat) -> ChatLine {
        let (status, end_reason) = match chat.stage {
            Stage::Waiting => ("waiting", None),
            Stage::Attending => ("attending", None),
            Stage::Ended(reason) => ("ended", Some(reason_word(reason))),
        };
        ChatLine {
            id: chat.id.clone(),
            protocol: chat.number,
            origin: 5,
            started_from: started_from(chat.origin),
            status,
            end_reason,
            chat_widget: chat.application.name.clone(),
            chat_widget_id: chat.application.id.clone(),
            chat_group: chat.group.name.clone(),
            chat_group_id: chat.group.id.clone(),
            requested_group_id: chat.requested_group.clone(),
            client: (&chat.customer).into(),
            verified: chat.verified,
            owner: chat.attended_by.as_ref().map(Into::into),
            agents: chat.agents.iter().map(|inside| (&inside.face).into()).collect(),
            created_date: moment(chat.queued_at),
            attended_date: chat.attended_at.map(moment),
            first_reply_date: chat.first_reply_at.map(moment),
            disconnected_since: chat.gone_since.map(moment),
            closed_in: chat.ended_at.map(moment),
            chat_waiting_time: waiting_time(chat),
            chat_talk_time: talk_time(chat),
        }
    }
}

/// As indicators.md (e.0) has it, and `docs/import.md`.
fn started_from(origin: Origin) -> &'static str {
    match origin {
        Origin::Widget => "widget",
        Origin::TicketCustomer => "ticket_customer",
        Origin::TicketAgent => "ticket_agent",
        Origin::AgentAgent => "agent_agent",
    }
}

pub fn waiting_time(chat: &Chat) -> Option<u64> {
    let until = chat.attended_at.or_else(|| Some(chat.queued_at + desertion(chat)?));
    until.map(|at| seconds(chat.queued_at, at))
}

pub fn talk_time(chat: &Chat) -> Option<u64> {
    let talk = chat.attended_at.zip(chat.ended_at).map(|(from, to)| seconds(from, to));
    talk.or_else(|| desertion(chat).map(|_| 0))
}

/// How long the customer of a deserted chat waited, as the indicators count it: the grace is not his wait (e.1-10).
fn desertion(chat: &Chat) -> Option<Span> {
    Fact::of(chat, &Again::default()).length(Indicator::MeanDesertion)
}

fn reason_word(reason: Reason) -> &'static str {
    match reason {
        Reason::Customer => "customer",
        Reason::Agent => "agent",
        Reason::Connection => "connection",
        Reason::Staff => "staff",
        Reason::AgentLost => "agent-lost",
        Reason::System => "system",
    }
}

/// What somebody answered in a form.
#[derive(Serialize, ToSchema)]
pub struct FormAnswer {
    pub key: String,
    pub label: String,
    pub value: String,
}

fn answers(answers: &[Answer]) -> Vec<FormAnswer> {
    let one = |answer: &Answer| FormAnswer {
        key: answer.key.clone(),
        label: answer.label.clone(),
        value: answer.value.clone(),
    };
    answers.iter().map(one).collect()
}

/// A conversation with how it began and what was said in it.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ChatWhole {
    #[serde(flatten)]
    pub chat: ChatLine,
    /// The page that the customer wrote from; empty: not known.
    pub page: String,
    /// The customer's language.
    pub lang: String,
    pub answers: Vec<FormAnswer>,
    pub satisfaction_survey_responses: Vec<Survey>,
    /// The first of what was said and done in it.
    pub messages: Page<Message>,
}

impl ChatWhole {
    pub fn new(chat: &Chat, messages: Page<Message>) -> ChatWhole {
        ChatWhole {
            chat: chat.into(),
            page: chat.page.clone(),
            lang: chat.lang.clone(),
            answers: answers(&chat.answers),
            satisfaction_survey_responses: chat.rated.iter().map(|rated| (&rated.rating).into()).collect(),
            messages,
        }
    }
}

/// What a customer said of a conversation.
#[derive(Serialize, ToSchema)]
pub struct Survey {
    /// `stars`, of which there are one to five, or `satisfied`, which is 1 or 0.
    #[serde(rename = "type")]
    pub kind: &'static str,
    pub value: u8,
    pub comments: String,
}

impl From<&Rating> for Survey {
    fn from(rating: &Rating) -> Survey {
        let (kind, value) = match rating.score {
            Score::Stars(stars) => ("stars", stars),
            Score::Satisfied(is) => ("satisfied", u8::from(is)),
        };
        Survey { kind, value, comments: rating.comment.clone() }
    }
}

/// A file that was attached. Its bytes are not read from here.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FileOf {
    pub id: String,
    /// What it is, like `image/png`.
    pub content_type: &'static str,
    /// In bytes.
    pub size: u32,
}

impl From<&File> for FileOf {
    fn from(file: &File) -> FileOf {
        let content_type = file.kind.types().first().copied().unwrap_or_default();
        FileOf { id: file.id.clone(), content_type, size: file.size }
    }
}

/// Something that was said or done in a conversation.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Message {
    pub id: String,
    /// `message`, `file`, `note`, `whisper`, or another word for what was done.
    #[serde(rename = "type")]
    pub kind: &'static str,
    pub created_date: String,
    /// The agent who did it; null: the customer or nobody.
    pub created_by: Option<Reference>,
    /// The customer said it.
    pub by_client: bool,
    /// The customer does not see it.
    pub is_internal: bool,
    /// What was said, the name of a file, or whom it went to.
    pub description: String,
    /// Of a `file`.
    pub file: Option<FileOf>,
    /// It was said otherwise afterwards, as it stands here; empty: it was taken back.
    pub amended: bool,
}

/// What the API tells of an event; none: it is told with another one.
pub fn message(told: &Told, amendments: &[Event]) -> Option<Message> {
    let mut by_client = false;
    let (kind, by, description): (&str, Option<&Face>, String) = match &told.event {
        Event::Amended { .. } => return None,
        Event::Posted { by, text } => {
            by_client = by.is_none();
            ("message", by.as_ref(), text.clone())
        }
        Event::Attached { by, file } => {
            by_client = by.is_none();
            ("file", by.as_ref(), file.name.clone())
        }
        Event::Noted { by, text } => ("note", Some(by), text.clone()),
        Event::Whispered { by, text } => ("whisper", Some(by), text.clone()),
        Event::Opened(_) => ("opened", None, String::new()),
        Event::Attended { by } => ("attended", Some(by), String::new()),
        Event::Joined { by } => ("joined", Some(by), String::new()),
        Event::Parted { by } => ("parted", Some(by), String::new()),
        Event::Left { .. } => ("left", None, String::new()),
        Event::Returned => ("returned", None, String::new()),
        Event::AgentGone { by, .. } => ("agent-gone", Some(by), String::new()),
        Event::AgentBack { by } => ("agent-back", Some(by), String::new()),
        Event::Redirected { by, to } => {
            let name = match to {
                Destination::Group(group) => &group.name,
                Destination::Agent(agent) => &agent.name,
            };
            ("redirected", Some(by), name.clone())
        }
        Event::Ended { reason, by } => ("ended", by.as_ref(), reason_word(*reason).into()),
        Event::Resumed => ("resumed", None, String::new()),
        Event::Watched { by } => ("watched", Some(by), String::new()),
        Event::Unwatched { by } => ("unwatched", Some(by), String::new()),
        Event::Invited { by, agent } => ("invited", Some(by), agent.name.clone()),
        Event::Rated(rating) => ("rated", None, rating.comment.clone()),
        Event::Identified { customer, .. } => ("identified", None, customer.name.clone()),
        Event::Described { .. } => ("described", None, String::new()),
        Event::Assigned { agent, .. } => ("assigned", None, agent.name.clone()),
        Event::Unanswered { by } => ("unanswered", Some(by), String::new()),
        Event::Declined { by } => ("declined", Some(by), String::new()),
        Event::Mentioned { by, agents } => {
            let names: Vec<&str> = agents.iter().map(|agent| agent.name.as_str()).collect();
            ("mentioned", Some(by), names.join(", "))
        }
    };
    let file = match &told.event {
        Event::Attached { file, .. } => Some(file.into()),
        _ => None,
    };
    let is_internal = told.event.is_aside();
    let amends = |event: &Event| matches!(event, Event::Amended { seq, .. } if *seq == told.seq);
    Some(Message {
        id: place(told.order()),
        kind,
        created_date: moment(told.at),
        created_by: by.map(Into::into),
        by_client,
        is_internal,
        description,
        file,
        amended: !is_internal && kind == "message" && amendments.iter().any(amends),
    })
}

/// The place of an event, as an address says it.
pub fn place((after, aside, seq): (u32, bool, u32)) -> String {
    format!("{after}-{}-{seq}", u8::from(aside))
}

/// Somebody who is known, in a list.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PersonRow {
    pub id: String,
    /// Empty: nobody knows it, or it was erased.
    pub business_name: String,
    /// Empty: not known.
    pub email: String,
    /// A site has proved who this is.
    pub verified: bool,
    pub blocked: bool,
    pub erased: bool,
    pub created_date: String,
}

impl From<&PersonLine> for PersonRow {
    fn from(person: &PersonLine) -> PersonRow {
        PersonRow {
            id: person.id.clone(),
            business_name: person.name.clone(),
            email: person.email.clone(),
            verified: person.verified,
            blocked: person.blocked,
            erased: person.erased,
            created_date: moment(person.since),
        }
    }
}

/// What a site or its page says of somebody.
#[derive(Serialize, ToSchema)]
pub struct AttributeOf {
    pub key: String,
    pub value: String,
    /// The site's program signed it; anything else may have been typed by anybody.
    pub signed: bool,
}

/// By what a site knows somebody.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct KnownAs {
    /// The name of the application.
    pub chat_widget: String,
    pub code_reference: String,
}

/// Somebody who is known.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PersonWhole {
    #[serde(flatten)]
    pub person: PersonRow,
    pub attributes: Vec<AttributeOf>,
    pub known_as: Vec<KnownAs>,
}

impl From<&Customer> for PersonWhole {
    fn from(customer: &Customer) -> PersonWhole {
        PersonWhole {
            person: PersonRow {
                id: customer.id.clone(),
                business_name: customer.name.clone(),
                email: customer.email.clone(),
                verified: customer.verified,
                blocked: customer.blocked,
                erased: customer.erased,
                created_date: moment(customer.since),
            },
            attributes: customer
                .attributes
                .iter()
                .map(|one| AttributeOf { key: one.key.clone(), value: one.value.clone(), signed: one.signed })
                .collect(),
            known_as: customer
                .known_as
                .iter()
                .map(|one| KnownAs { chat_widget: one.application.clone(), code_reference: one.subject.clone() })
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::application::Terms;
    use domain::event::Opening;

    pub(super) fn named(id: &str) -> Named {
        Named { id: id.into(), name: id.into() }
    }

    #[test]
    fn a_moment_is_universal_and_exact() {
        assert_eq!(moment(Time(1_795_348_805_250)), "2026-11-22T12:00:05.250Z");
        assert_eq!(moment(Time(-1)), "1969-12-31T23:59:59.999Z");
    }

    /// One that began at nought, with what happened in it and when.
    fn chat(events: &[(i64, Event)]) -> Chat {
        let opening = Opening {
            number: 7,
            origin: Origin::Widget,
            application: named("shop"),
            group: named("sales"),
            customer: named("ana"),
            verified: false,
            answers: Vec::new(),
            page: String::new(),
            lang: "es".into(),
            terms: Terms::default(),
            attributes: Vec::new(),
            related: None,
        };
        let mut chat = Chat::open("c".into(), Time(0), &opening);
        events.iter().for_each(|(at, event)| chat.apply(Time(*at), event));
        chat
    }

    #[test]
    fn who_gave_up_waited_until_then_and_talked_for_no_time() {
        let by = Face { id: "ines".into(), name: "Inés".into() };
        let ended = |reason| Event::Ended { reason, by: None };
        for (events, waited, talked) in [
            (vec![], None, None),
            (vec![(45_900, ended(Reason::Customer))], Some(45), Some(0)),
            // The grace is not his wait.
            (
                vec![(40_000, Event::Left { since: Time(39_500) }), (59_501, ended(Reason::Connection))],
                Some(39),
                Some(0),
            ),
            (vec![(60_000, ended(Reason::Staff))], None, None),
            (vec![(60_000, ended(Reason::System))], None, None),
            (vec![(30_000, Event::Attended { by: by.clone() })], Some(30), None),
            (vec![(30_000, Event::Attended { by }), (630_000, ended(Reason::Connection))], Some(30), Some(600)),
        ] {
            let line = ChatLine::from(&chat(&events));

            assert_eq!((line.chat_waiting_time, line.chat_talk_time), (waited, talked), "{events:?}");
        }
    }
}
