//! Tickets as the API says them, and all that happened to one.

use super::{Reference, Survey, moment, seconds, talk_time, waiting_time};
use domain::group::Named;
use domain::ticket::{Edit, Linked, Standing, Via};
use domain::wire::{Entry, TicketRow};
use domain::{Chat, Face, Status, Ticket, TicketEvent, Time};
use serde::Serialize;
use utoipa::ToSchema;

pub use desk::ticket::status_word as base_status;

/// How it came to be, by the numbers of Movidesk: 1 portal, 2 by an agent, 5 chat, 6 offline message, 9 with the API.
fn origin(via: Via) -> u8 {
    match via {
        Via::Portal => 1,
        Via::Agent => 2,
        Via::OnlineChat => 5,
        Via::OfflineMessage => 6,
        Via::Api => 9,
    }
}

/// The house's own name for it, else that of its base.
fn status_name(base: Status, own: Option<&Named>) -> String {
    own.map_or_else(|| base_status(base).to_owned(), |own| own.name.clone())
}

/// A ticket in a list.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TicketLine {
    pub id: String,
    pub protocol: i64,
    pub subject: String,
    /// 1: portal, 2: by an agent, 5: chat, 6: offline message, 9: with the API.
    pub origin: u8,
    /// `New`, `InAttendance`, `Stopped`, `Canceled`, `Resolved` or `Closed`.
    pub base_status: &'static str,
    /// The house's own name for its status, else that of its base.
    pub status: String,
    /// The id of the house's own status.
    pub status_id: Option<String>,
    /// The name of its group.
    pub owner_team: String,
    pub owner_team_id: String,
    pub owner: Option<Reference>,
    pub clients: Vec<Reference>,
    pub tags: Vec<String>,
    /// False: an agent has yet to save it, and it takes no changes from here.
    pub saved: bool,
    pub last_update: String,
}

impl From<&TicketRow> for TicketLine {
    fn from(row: &TicketRow) -> TicketLine {
        TicketLine {
            id: row.id.clone(),
            protocol: row.number,
            subject: row.subject.clone(),
            origin: origin(row.via),
            base_status: base_status(row.status),
            status: status_name(row.status, row.own.as_ref()),
            status_id: row.own.as_ref().map(|own| own.id.clone()),
            owner_team: row.group.name.clone(),
            owner_team_id: row.group.id.clone(),
            owner: row.owner.as_ref().map(Into::into),
            clients: vec![(&row.customer).into()],
            tags: row.tags.clone(),
            saved: row.saved,
            last_update: moment(row.changed_at),
        }
    }
}

/// What a ticket says in a field of the house.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FieldValue {
    pub custom_field_id: String,
    pub label: String,
    pub value: String,
}

/// A status that a ticket had, and for how long.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StatusHistory {
    pub base_status: &'static str,
    pub status: String,
    pub justification: String,
    /// How long it had it, until now where it still has it, in seconds.
    pub permanency_time_full_time: u64,
    pub changed_by: Option<Reference>,
    pub changed_date: String,
}

/// A conversation of a ticket.
#[derive(Serialize, ToSchema)]
pub struct LinkedChat {
    pub id: String,
    pub protocol: i64,
}

/// A ticket with all that it says.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TicketWhole {
    #[serde(flatten)]
    pub ticket: TicketLine,
    /// Why it has its status, where the house asks.
    pub justification: String,
    /// The name of its application; empty: it came from none.
    pub chat_widget: String,
    pub chat_widget_id: String,
    /// The name of the group that its conversation was in at its end; empty: it came of none. Where the ticket is by
    /// now, `ownerTeam` says.
    pub chat_group: String,
    pub chat_group_id: String,
    pub custom_field_values: Vec<FieldValue>,
    pub created_date: String,
    pub resolved_in: Option<String>,
    pub closed_in: Option<String>,
    pub reopened_in: Option<String>,
    /// It was resolved when it was saved first; null: it is not saved.
    pub resolved_in_first_call: Option<bool>,
    /// How long the customer of its conversation waited to be attended, or until he gave up, in seconds; null: there is no
    /// such conversation, staff took him out of the queue, or we were down while he waited (`system`).
    pub chat_waiting_time: Option<u64>,
    /// How long its conversation lasted from its attendance on, in seconds; 0: the customer gave up before.
    pub chat_talk_time: Option<u64>,
    pub satisfaction_survey_responses: Vec<Survey>,
    pub status_histories: Vec<StatusHistory>,
    pub chats: Vec<LinkedChat>,
    /// The ticket that it was merged into.
    pub merged_into: Option<LinkedChat>,
}

/// How a ticket stood from a moment on.
struct Stood {
    standing: Standing,
    at: Time,
    by: Option<Reference>,
}

/// All that it has stood like, in order.
fn stood(ticket: &Ticket, history: &[Entry]) -> Vec<Stood> {
    let mut all: Vec<Stood> = Vec::new();
    let mut then: Option<Ticket> = None;
    for entry in history {
        match (&entry.event, &mut then) {
            (TicketEvent::Born(birth), _) => then = Some(Ticket::open(ticket.id.clone(), entry.at, birth)),
            (event, Some(then)) => then.apply(entry.at, event),
            (_, None) => continue,
        }
        let Some(then) = &then else { continue };
        let standing = then.standing();
        if all.last().is_none_or(|last| last.standing != standing) {
            all.push(Stood { standing, at: entry.at, by: action_by(&entry.event) });
        }
    }
    all
}

impl TicketWhole {
    pub fn new(ticket: &Ticket, history: &[Entry], chat: Option<&Chat>, now: Time) -> TicketWhole {
        let stood = stood(ticket, history);
        let entered = |is: &dyn Fn(Status) -> bool| {
            let mut last = None;
            for (n, one) in stood.iter().enumerate() {
                let before = n.checked_sub(1).and_then(|n| stood.get(n));
                if is(one.standing.base) && before.is_some_and(|before| !is(before.standing.base)) {
                    last = Some(moment(one.at));
                }
            }
            last
        };
        let histories = stood.iter().enumerate().map(|(n, one)| StatusHistory {
            base_status: base_status(one.standing.base),
            status: status_name(one.standing.base, one.standing.own.as_ref()),
            justification: one.standing.reason.clone(),
            permanency_time_full_time: seconds(one.at, stood.get(n + 1).map_or(now, |next| next.at)),
            changed_by: one.by.clone(),
            changed_date: moment(one.at),
        });
        let own = ticket.chat.iter().map(|id| LinkedChat { id: id.clone(), protocol: ticket.number });
        let more =
            ticket.chats.iter().map(|Linked { chat, number, .. }| LinkedChat { id: chat.clone(), protocol: *number });
        let group = chat.map(|chat| chat.group.clone());
        let group = group.unwrap_or_else(|| Named { id: String::new(), name: String::new() });
        TicketWhole {
            justification: ticket.reason.clone(),
            chat_widget: ticket.application.name.clone(),
            chat_widget_id: ticket.application.id.clone(),
            chat_group: group.name,
            chat_group_id: group.id,
            custom_field_values: ticket
                .fields
                .iter()
                .map(|field| FieldValue {
                    custom_field_id: field.id.clone(),
                    label: field.label.clone(),
                    value: field.value.clone(),
                })
                .collect(),
            created_date: moment(ticket.created_at),
            resolved_in: entered(&|status| status == Status::Resolved),
            closed_in: entered(&|status| status == Status::Closed),
            reopened_in: entered(&Status::is_open),
            resolved_in_first_call: ticket
                .first_status
                .map(|status| matches!(status, Status::Resolved | Status::Closed)),
            chat_waiting_time: chat.and_then(waiting_time),
            chat_talk_time: chat.and_then(talk_time),
            satisfaction_survey_responses: ticket.rating.iter().map(Into::into).collect(),
            status_histories: histories.collect(),
            chats: own.chain(more).collect(),
            merged_into: ticket.merged.as_ref().map(|into| LinkedChat { id: into.id.clone(), protocol: into.number }),
            ticket: (&TicketRow::of(ticket)).into(),
        }
    }
}

/// One thing that was changed of a ticket.
#[derive(Serialize, ToSchema)]
pub struct ChangeOf {
    /// `subject`, `status`, `ownerTeam`, `owner`, `tags`, or the label of a field.
    pub field: String,
    pub from: String,
    pub to: String,
}

impl From<&Edit> for ChangeOf {
    fn from(edit: &Edit) -> ChangeOf {
        let name = |face: &Option<Face>| face.as_ref().map_or(String::new(), |face| face.name.clone());
        let status = |standing: &Standing| status_name(standing.base, standing.own.as_ref());
        let (field, from, to) = match edit {
            Edit::Subject { from, to } => ("subject".into(), from.clone(), to.clone()),
            Edit::Status { from, to } => ("status".into(), status(from), status(to)),
            Edit::Group { from, to } => ("ownerTeam".into(), from.name.clone(), to.name.clone()),
            Edit::Owner { from, to } => ("owner".into(), name(from), name(to)),
            Edit::Tags { from, to } => ("tags".into(), from.join(", "), to.join(", ")),
            Edit::Field { label, from, to, .. } => (label.clone(), from.clone(), to.clone()),
        };
        ChangeOf { field, from, to }
    }
}

/// Something that happened to a ticket.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Action {
    pub id: u32,
    /// `opened`, `saved`, `changed`, `reply`, `answer`, `rated`, `chat`, `linked`, `unlinked`, `merged`, `took-in`,
    /// `trigger` or `webhook-failed`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    pub created_date: String,
    /// Null: nobody, or the customer.
    pub created_by: Option<Reference>,
    /// The customer does not see it.
    pub is_internal: bool,
    /// What was written: a note, a reply, an answer, an offline message.
    pub description: String,
    pub changes: Vec<ChangeOf>,
}

fn action_by(event: &TicketEvent) -> Option<Reference> {
    match event {
        TicketEvent::Saved { by, .. } => by.as_ref().map(Into::into),
        TicketEvent::Changed { by, .. }
        | TicketEvent::Linked { by, .. }
        | TicketEvent::Unlinked { by, .. }
        | TicketEvent::Merged { by, .. }
        | TicketEvent::TookIn { by, .. }
        | TicketEvent::Replied { by, .. } => Some(by.into()),
        TicketEvent::Answered { by, .. } => Some(by.into()),
        TicketEvent::Triggered(triggered) => Some((&triggered.trigger).into()),
        TicketEvent::Cut { trigger, .. } | TicketEvent::Undelivered { trigger, .. } => Some(trigger.into()),
        TicketEvent::Born(_) | TicketEvent::Rated(_) | TicketEvent::WentOn { .. } | TicketEvent::Returned { .. } => {
            None
        }
    }
}

impl From<&Entry> for Action {
    fn from(entry: &Entry) -> Action {
        let (kind, is_internal, description, edits): (&str, bool, String, &[Edit]) = match &entry.event {
            TicketEvent::Born(birth) => {
                let text = birth.message.as_ref().map_or(String::new(), |message| message.text.clone());
                ("opened", false, text, &[])
            }
            TicketEvent::Saved { note, edits, .. } => ("saved", true, note.clone(), edits),
            TicketEvent::Changed { note, edits, .. } => ("changed", true, note.clone(), edits),
            TicketEvent::Rated(rating) => ("rated", false, rating.comment.clone(), &[]),
            TicketEvent::WentOn { number, .. } => ("chat", false, number.to_string(), &[]),
            TicketEvent::Linked { number, .. } => ("linked", true, number.to_string(), &[]),
            TicketEvent::Unlinked { number, .. } => ("unlinked", true, number.to_string(), &[]),
            TicketEvent::Merged { into, .. } => ("merged", true, into.number.to_string(), &[]),
            TicketEvent::TookIn { other, .. } => ("took-in", true, other.number.to_string(), &[]),
            TicketEvent::Replied { text, .. } => ("reply", false, text.clone(), &[]),
            TicketEvent::Answered { text, edits, .. } => ("answer", false, text.clone(), edits),
            TicketEvent::Triggered(triggered) => ("trigger", true, triggered.trigger.name.clone(), &triggered.edits),
            TicketEvent::Cut { trigger, .. } => ("trigger-cut", true, trigger.name.clone(), &[]),
            TicketEvent::Undelivered { host, .. } => ("webhook-failed", true, host.clone(), &[]),
            TicketEvent::Returned { to, .. } => ("mail-returned", true, to.clone(), &[]),
        };
        Action {
            id: entry.seq,
            kind,
            created_date: moment(entry.at),
            created_by: action_by(&entry.event),
            is_internal,
            description,
            changes: edits.iter().map(Into::into).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::named;
    use super::*;
    use domain::ticket::Birth;

    #[test]
    fn a_ticket_says_which_status_it_had_and_for_how_long() {
        let birth = Birth {
            number: 7,
            chat: None,
            via: Via::Agent,
            application: named("shop"),
            group: named("sales"),
            customer: named("ana"),
            subject: "Silla".into(),
            owner: None,
            message: None,
        };
        let by = Face { id: "api-t".into(), name: "API · ERP".into() };
        let changed = |from: Status, to: Status| TicketEvent::Changed {
            by: by.clone(),
            subject: "Silla".into(),
            status: to,
            note: String::new(),
            edits: vec![Edit::Status { from: Standing::of(from), to: Standing::of(to) }],
        };
        let saved = TicketEvent::saved_for_nobody("Silla".into());
        let events = [
            (0, TicketEvent::Born(Box::new(birth.clone()))),
            (1_000, saved),
            (60_000, changed(Status::New, Status::Resolved)),
            (90_000, changed(Status::Resolved, Status::InAttendance)),
        ];
        let entries: Vec<Entry> =
            (1..).zip(events).map(|(seq, (at, event))| Entry { seq, at: Time(at), event }).collect();
        let mut ticket = Ticket::open("t".into(), Time(0), &birth);
        for entry in entries.iter().skip(1) {
            ticket.apply(entry.at, &entry.event);
        }

        let whole = TicketWhole::new(&ticket, &entries, None, Time(100_000));

        let histories: Vec<_> =
            whole.status_histories.iter().map(|one| (one.base_status, one.permanency_time_full_time)).collect();
        assert_eq!(histories, [("New", 60), ("Resolved", 30), ("InAttendance", 10)]);
        assert_eq!(whole.resolved_in.as_deref(), Some("1970-01-01T00:01:00.000Z"));
        assert_eq!(whole.reopened_in.as_deref(), Some("1970-01-01T00:01:30.000Z"));
        assert_eq!((whole.closed_in, whole.resolved_in_first_call), (None, Some(false)));
        assert_eq!(
            whole.status_histories[1].changed_by.as_ref().map(|by| by.business_name.as_str()),
            Some("API · ERP")
        );
    }
}
