//! The fact of a chat: what all numbers are made of (e.0). It has no word and no name of a customer.

use super::{Indicator, is_among};
use crate::event::Destination;
use crate::ticket::{TicketEvent, Via};
use crate::{Chat, Event, Origin, Reason, Span, Stage, Status, Ticket, Time, Told};

/// Whoever is not back by then was helped: *still resolved after seven days*.
pub const STILL: Span = Span::hours(7 * 24);

/// A chat as the numbers see it. Once it is over nothing of it changes but what is said of its ticket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    pub chat: String,
    pub application: String,
    /// In which he was when he was attended, or when his wait ended.
    pub group: String,
    pub requested_group: String,
    pub origin: Origin,
    pub queued_at: Time,
    /// Set once, whoever else attends afterwards.
    pub attended_at: Option<Time>,
    /// Who entered first.
    pub attended_by: Option<String>,
    pub first_reply_at: Option<Time>,
    /// Since when the connection was gone that it ended by.
    pub disconnected_at: Option<Time>,
    /// None: it goes on.
    pub end: Option<End>,
    pub waiting_messages: u32,
    /// How long he waited again after he had been attended.
    pub waited_again: Span,
    /// Who took part, and did not merely watch.
    pub agents: Vec<String>,
    /// With whom it ended.
    pub left_with: Option<String>,
    /// None: it owes no ticket, or that waits to be saved.
    pub saved: Option<Saved>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct End {
    pub at: Time,
    pub reason: Reason,
}

/// How its ticket was saved first. Of a chat that went on with a ticket: how that stood when the chat was over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saved {
    pub ticket: String,
    pub at: Time,
    /// The base status; never changed later.
    pub status: Status,
    /// Where nobody was there to save it: with whom the chat ended.
    pub by: Option<String>,
    /// When it was opened again for the first time, after it was resolved.
    pub reopened_at: Option<Time>,
}

/// An offline message, as the numbers see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    pub ticket: String,
    pub application: String,
    pub group: String,
    pub at: Time,
}

/// What became of a chat that went into a queue again after it was attended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Again {
    /// The group in which it was first attended.
    pub group: Option<String>,
    pub waited: Span,
}

impl Again {
    /// From all that was told of a chat, in its order.
    pub fn of(told: &[Told]) -> Again {
        let (mut again, mut group, mut attended, mut since) = (Again::default(), None, false, None);
        for Told { at, event, .. } in told {
            match event {
                Event::Opened(opening) => group = Some(opening.group.id.clone()),
                Event::Redirected { to: Destination::Group(to), .. } => {
                    if attended {
                        since.get_or_insert(*at);
                    } else {
                        group = Some(to.id.clone());
                    }
                }
                Event::Attended { .. } | Event::Redirected { to: Destination::Agent(_), .. } | Event::Ended { .. } => {
                    attended |= !matches!(event, Event::Ended { .. });
                    if let Some(since) = since.take() {
                        again.waited = Span(again.waited.0 + (*at - since).0);
                    }
                }
                _ => {}
            }
        }
        again.group = group;
        again
    }
}

/// What a change of a ticket says to the numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Touched {
    /// An offline message was received.
    Received(Message),
    /// The ticket of this chat was saved first, or the one that it went on with stood so.
    Saved { chat: String, saved: Saved },
    /// It had been resolved, and is open again.
    Reopened { ticket: String, at: Time },
}

impl Touched {
    /// `was`: how the ticket stood before this event; `ticket`: as it is after it.
    pub fn by(was: Status, ticket: &Ticket, event: &TicketEvent, at: Time) -> Option<Touched> {
        let saved = |chat: &String, status, by| {
            let saved = Saved { ticket: ticket.id.clone(), at, status, by, reopened_at: None };
            Touched::Saved { chat: chat.clone(), saved }
        };
        match event {
            TicketEvent::Born(birth) if birth.via == Via::OfflineMessage => Some(Touched::Received(Message {
                ticket: ticket.id.clone(),
                application: birth.application.id.clone(),
                group: birth.group.id.clone(),
                at,
            })),
            // Saved is said once: what is saved later is said to have changed.
            TicketEvent::Saved { by, status, .. } => {
                ticket.chat.as_ref().map(|chat| saved(chat, *status, by.as_ref().map(|by| by.id.clone())))
            }
            TicketEvent::WentOn { chat, .. } => Some(saved(chat, ticket.status, None)),
            _ => {
                let reopened = matches!(was, Status::Resolved | Status::Closed) && ticket.status.is_open();
                reopened.then(|| Touched::Reopened { ticket: ticket.id.clone(), at })
            }
        }
    }
}

impl Fact {
    /// Of a chat as it stands. `again` is to be said of one that was requeued; of the others it is nothing.
    pub fn of(chat: &Chat, again: &Again) -> Fact {
        let end = match (chat.stage, chat.ended_at) {
            (Stage::Ended(reason), Some(at)) => Some(End { at, reason }),
            _ => None,
        };
        Fact {
            chat: chat.id.clone(),
            application: chat.application.id.clone(),
            group: again.group.clone().unwrap_or_else(|| chat.group.id.clone()),
            requested_group: chat.requested_group.clone(),
            origin: chat.origin,
            queued_at: chat.queued_at,
            attended_at: chat.attended_at,
            attended_by: chat.attended_by.as_ref().map(|face| face.id.clone()),
            first_reply_at: chat.first_reply_at,
            disconnected_at: chat.gone_since,
            end,
            waiting_messages: chat.waiting_messages,
            waited_again: again.waited,
            agents: chat.served.iter().map(|face| face.id.clone()).collect(),
            left_with: chat.agents.first().map(|agent| agent.face.id.clone()),
            saved: None,
        }
    }

    /// Its ticket was touched; what was said first stays.
    pub fn touch(&mut self, touched: &Touched) {
        match touched {
            Touched::Saved { chat, saved } if *chat == self.chat && self.saved.is_none() => {
                let by = saved.by.clone().or_else(|| self.left_with.clone());
                self.saved = Some(Saved { by, ..saved.clone() });
            }
            Touched::Reopened { ticket, at } => {
                if let Some(saved) = self.saved.as_mut().filter(|saved| saved.ticket == *ticket && saved.is_resolved())
                {
                    saved.reopened_at.get_or_insert(*at);
                }
            }
            _ => {}
        }
    }

    /// Did it wait in a queue (e.0)? What agents began did not.
    pub fn queues(&self) -> bool {
        matches!(self.origin, Origin::Widget | Origin::TicketCustomer)
    }

    /// Is it in the set of this indicator by now, where these agents are asked for?
    pub fn counts(&self, indicator: Indicator, agents: &[String], now: Time) -> bool {
        let (attended, over) = (self.attended_at.is_some(), self.end.is_some());
        let status = self.saved.as_ref().map(|saved| saved.status).filter(|_| attended && over);
        let resolved = matches!(status, Some(Status::Resolved | Status::Closed)) && self.was_saved_by(agents);
        match indicator {
            Indicator::Attended => attended && self.took_part(agents),
            Indicator::Resolved => resolved,
            Indicator::StillResolved => resolved && self.is_settled(now) && !self.was_reopened_soon(),
            Indicator::Reopened => resolved && self.is_settled(now) && self.was_reopened_soon(),
            Indicator::Unresolved => status.is_some_and(Status::is_open) && self.was_saved_by(agents),
            Indicator::Offline => false,
            Indicator::LongestTalk | Indicator::MeanTalk => attended && over && self.took_part(agents),
            // A conversation that an agent began has nobody who waited for him.
            Indicator::LongestWait | Indicator::MeanWait | Indicator::UsualWait => {
                attended && self.queues() && self.entered_first(agents)
            }
            Indicator::Unanswered => attended && self.first_reply_at.is_none() && self.took_part(agents),
            Indicator::FirstReply => self.reply().is_some() && self.entered_first(agents),
            Indicator::Removed => self.is_removed(),
            Indicator::Deserted | Indicator::LongestDesertion | Indicator::MeanDesertion => self.is_deserted(),
            Indicator::WithMessage => self.is_deserted() && self.waiting_messages > 0,
        }
    }

    /// The length that an indicator is about, whether it counts this chat or not. Never less than nothing.
    pub fn length(&self, indicator: Indicator) -> Option<Span> {
        let between = |from: Time, to: Time| Span((to - from).0.max(0));
        match indicator {
            Indicator::LongestTalk | Indicator::MeanTalk => Some(between(self.attended_at?, self.end?.at)),
            Indicator::LongestWait | Indicator::MeanWait | Indicator::UsualWait if self.queues() => {
                Some(between(self.queued_at, self.attended_at?))
            }
            Indicator::LongestDesertion | Indicator::MeanDesertion if self.is_deserted() => {
                let end = self.end?;
                // He gave up when he left: the grace is not his wait (e.1-11).
                let gave_up = self.disconnected_at.filter(|_| end.reason == Reason::Connection).unwrap_or(end.at);
                Some(between(self.queued_at, gave_up))
            }
            Indicator::FirstReply => self.reply(),
            _ => None,
        }
    }

    /// Did something of it happen before what it follows? By construction nothing does; where it did, that length counts
    /// as nothing (e.0).
    pub fn runs_backwards(&self) -> bool {
        let end = self.end.map(|end| end.at);
        let follows = [
            (Some(self.queued_at), self.attended_at),
            (Some(self.queued_at), end),
            (self.attended_at, end),
            (self.attended_at, self.first_reply_at),
        ];
        follows.into_iter().any(|two| matches!(two, (Some(from), Some(to)) if to < from))
    }

    /// Where it stands among what is behind a number, the highest first: behind the longest of a length by its own, else by
    /// when it was queued. Equals go by id.
    pub fn place(&self, indicator: Indicator) -> Time {
        match self.length(indicator) {
            Some(length) if indicator.is_longest() => Time(length.0),
            _ => self.queued_at,
        }
    }

    /// How long he waited, as it is shown beside him, whichever way that ended; none while it goes on. Who was taken out of
    /// the queue waited until then. How long somebody waited whom we lost, nobody can say: our outage is no wait of his.
    pub fn wait(&self) -> Option<Span> {
        let removed = || self.end.filter(|_| self.is_removed()).map(|end| Span((end.at - self.queued_at).0.max(0)));
        self.length(Indicator::MeanWait).or_else(|| self.length(Indicator::MeanDesertion)).or_else(removed)
    }

    /// From the first agent's entering to the first message of an agent.
    pub fn reply(&self) -> Option<Span> {
        Some(Span((self.first_reply_at? - self.attended_at?).0.max(0)))
    }

    pub fn is_deserted(&self) -> bool {
        let left = self.end.is_some_and(|end| matches!(end.reason, Reason::Customer | Reason::Connection));
        left && self.attended_at.is_none()
    }

    /// Who left without a message before he had waited for as long as a house asks for is counted nowhere, as if he had
    /// never pressed the button (e.1-9, *minimum wait*). The rule is asked of the others.
    pub fn is_brief(&self, least: Span) -> bool {
        self.waiting_messages == 0 && self.length(Indicator::MeanDesertion).is_some_and(|wait| wait < least)
    }

    pub fn is_removed(&self) -> bool {
        self.attended_at.is_none() && self.end.is_some_and(|end| end.reason == Reason::Staff)
    }

    pub fn is_lost(&self) -> bool {
        self.attended_at.is_none() && self.end.is_some() && !self.is_deserted() && !self.is_removed()
    }

    pub fn is_unsaved(&self) -> bool {
        self.attended_at.is_some() && self.end.is_some() && self.saved.is_none()
    }

    pub fn is_cancelled(&self) -> bool {
        let cancelled = self.saved.as_ref().is_some_and(|saved| saved.status == Status::Canceled);
        cancelled && self.attended_at.is_some() && self.end.is_some()
    }

    /// Have seven days passed since it was resolved?
    pub fn is_settled(&self, now: Time) -> bool {
        self.saved.as_ref().is_some_and(|saved| saved.at + STILL <= now)
    }

    pub fn was_reopened_soon(&self) -> bool {
        let soon = |saved: &Saved| saved.reopened_at.is_some_and(|at| at < saved.at + STILL);
        self.saved.as_ref().is_some_and(soon)
    }

    /// Nobody asked for is everybody.
    pub fn took_part(&self, agents: &[String]) -> bool {
        agents.is_empty() || self.agents.iter().any(|agent| agents.contains(agent))
    }

    pub fn was_saved_by(&self, agents: &[String]) -> bool {
        let by = self.saved.as_ref().and_then(|saved| saved.by.as_deref());
        is_among(agents, by.unwrap_or_default())
    }

    pub fn entered_first(&self, agents: &[String]) -> bool {
        is_among(agents, self.attended_by.as_deref().unwrap_or_default())
    }
}

impl Saved {
    pub fn is_resolved(&self) -> bool {
        matches!(self.status, Status::Resolved | Status::Closed)
    }
}
