//! English.

use crate::Words;
use domain::Refusal;
use domain::chat::EndText;
#[cfg(feature = "staff")]
use domain::ticket::Via;
#[cfg(feature = "staff")]
use domain::{Reason, Status};

pub static WORDS: Words = Words {
    decimal: ".",
    lang: "en",
    language: "English",
    sending: "Sending…",
    sent: "Sent",
    amended: "edited",
    retracted: "Message deleted",
    read: "Seen",
    not_sent: "Not sent",
    retry: "Try again",
    connecting: "Connecting…",
    connection_lost: "No connection. Reconnecting…",
    online: "Online",
    offline: "Offline",
    customer: "End user",
    agent: "Agent",
    visitor: |number| ["Visitor ", number].concat(),
    joined: |agent| [agent, " has joined the conversation"].concat(),
    parted: |agent| [agent, " has left the conversation"].concat(),
    redirected: |group| ["The conversation moves to ", group].concat(),
    handed: |agent| ["The conversation continues with ", agent].concat(),
    agent_gone: |agent| [agent, " lost the connection"].concat(),
    agent_back: |agent| [agent, " is connected again"].concat(),
    end: |text| match text {
        EndText::Customer => "End user ended the conversation",
        EndText::Agent => "Agent ended the conversation",
        EndText::Connection => "Chat ended due to a connection failure with the End user",
        EndText::QueueCustomer => "End user ended the chat",
        EndText::QueueAgent => "Agent ended the chat",
    },
    #[cfg(feature = "staff")]
    status: |status| match status {
        Status::New => "New",
        Status::InAttendance => "In service",
        Status::Stopped => "On hold",
        Status::Canceled => "Canceled",
        Status::Resolved => "Resolved",
        Status::Closed => "Closed",
    },
    #[cfg(feature = "staff")]
    reason: |reason| match reason {
        Reason::Customer => "Ended by the customer",
        Reason::Agent => "Ended by the agent",
        Reason::Connection => "Connection failure",
        Reason::Staff => "Removed from the queue",
        Reason::AgentLost => "The agent lost the connection",
        Reason::System => "Service interruption",
    },
    #[cfg(feature = "staff")]
    via: |via| match via {
        Via::OnlineChat => "Online chat",
        Via::OfflineMessage => "Offline message",
        Via::Agent => "Agent",
        Via::Portal => "Portal",
        Via::Api => "API",
    },
    refusal,
    fault: |number| ["Something failed on our side. It was written down under the number ", number, "."].concat(),
};

fn refusal(why: &Refusal) -> String {
    match why {
        Refusal::NotYours => "It does not exist, or you have no access to it.".into(),
        Refusal::SignedOut => "Your session has ended. Please sign in again.".into(),
        #[cfg(feature = "staff")]
        Refusal::WrongPassword => "The e-mail or the password is not correct.".into(),
        Refusal::TooMany { seconds } => ["Too many tries. Wait ", &crate::wait(*seconds), " and try again."].concat(),
        Refusal::ForeignSite => "This site is not allowed to use the chat.".into(),
        Refusal::Malformed => "What was sent could not be read. Reload the page and try again.".into(),
        Refusal::TooBig { limit } => ["It is too big: the most is ", &WORDS.size(*limit), "."].concat(),
        Refusal::Empty => "Write something first.".into(),
        Refusal::TooLong { limit } => ["It is too long: the limit is ", &limit.to_string(), " characters."].concat(),
        Refusal::Ended => "The conversation has already ended.".into(),
        #[cfg(feature = "staff")]
        Refusal::AlreadyAttended { by } if by.is_empty() => "Another agent already attends this conversation.".into(),
        #[cfg(feature = "staff")]
        Refusal::AlreadyAttended { by } => [by, " already attends this conversation."].concat(),
        #[cfg(feature = "staff")]
        Refusal::NotFirst { place } => {
            ["Attend who has waited longest first; this conversation is number ", &place.to_string(), "."].concat()
        }
        Refusal::NotWaiting => "The conversation is not in the queue any more.".into(),
        #[cfg(feature = "staff")]
        Refusal::NotAttended => "Nobody attends this conversation yet.".into(),
        #[cfg(feature = "staff")]
        Refusal::NotInside => "You are not in this conversation.".into(),
        #[cfg(feature = "staff")]
        Refusal::OnlyAttendants => "Only attendants of the group may do this.".into(),
        #[cfg(feature = "staff")]
        Refusal::OnlyAdministrators => "Only administrators of the group may do this.".into(),
        #[cfg(feature = "staff")]
        Refusal::LastAgent => "No other agent is left: end the conversation or redirect it.".into(),
        #[cfg(feature = "staff")]
        Refusal::NoSuchTarget => "There is nobody to pass the conversation to, or he is not connected.".into(),
        #[cfg(feature = "staff")]
        Refusal::TooSoon => "It is not time yet.".into(),
        Refusal::AlreadyOpen { .. } => "You already have an open conversation.".into(),
        Refusal::NobodyOnline => "Nobody is online for this subject now.".into(),
        Refusal::FieldMissing { .. } => "Please fill this in.".into(),
        Refusal::FieldTooLong { limit, .. } => ["At most ", &limit.to_string(), " characters."].concat(),
        Refusal::FieldWrong { .. } => "Please check this: it does not look right.".into(),
        #[cfg(feature = "staff")]
        Refusal::StillRunning => "The conversation is still running: the ticket is saved when it ends.".into(),
        #[cfg(feature = "staff")]
        Refusal::LinkUsed => "This link was used already or is not valid.".into(),
        #[cfg(feature = "staff")]
        Refusal::WeakPassword => "Choose a longer and less common password.".into(),
        Refusal::Full { limit } => ["The limit of ", &limit.to_string(), " is reached."].concat(),
        Refusal::Closed { .. } => "We are outside our hours now.".into(),
        Refusal::NoMessages => "No messages are taken now: please use one of the other channels.".into(),
        Refusal::NoFiles => "Files cannot be sent here.".into(),
        Refusal::Blocked => "You are not allowed to use the chat.".into(),
        #[cfg(feature = "staff")]
        Refusal::Overtaken { by } => [by, " wrote before you: read it and send again."].concat(),
        #[cfg(feature = "staff")]
        Refusal::ShortcutTaken => "Another answer has that shortcut already.".into(),
        #[cfg(feature = "staff")]
        Refusal::NoReader { name } => {
            [name, " may not read this conversation, and cannot be mentioned in it."].concat()
        }
        #[cfg(feature = "staff")]
        Refusal::HeldBy { by } if by.is_empty() => "Somebody was faster: it is nobody's now.".into(),
        #[cfg(feature = "staff")]
        Refusal::HeldBy { by } => ["Somebody was faster: it is with ", by, " now."].concat(),
        Refusal::FileKind => "This kind of file is not accepted. Texts and images can be sent.".into(),
        Refusal::FileBroken => "The file is damaged or incomplete.".into(),
        Refusal::NotUtf8 => "The text is not in UTF-8. Save it in that encoding and send it again.".into(),
        Refusal::TooManyPixels { limit } => {
            ["The image is too large: the most is ", &(limit / 1_000_000).to_string(), " megapixels."].concat()
        }
        Refusal::TooManyFiles { files, bytes } => [
            "This conversation takes no more files: the most is ",
            &files.to_string(),
            " files and ",
            &WORDS.size(*bytes),
            ".",
        ]
        .concat(),
        Refusal::LinkExpired => "This link has expired. Open the file again from the conversation.".into(),
        Refusal::NotEnded => "The conversation has not ended yet.".into(),
        Refusal::NotAsked => "This cannot be done with this conversation.".into(),
        Refusal::TooLate => "It can no longer be changed.".into(),
        Refusal::NoAddress => "We do not know which e-mail address to send it to.".into(),
        Refusal::IdentityExpired => "Your session on this site has expired. Sign in to the site again.".into(),
        Refusal::IdentityRefused => "This site could not prove who you are. You can go on without that.".into(),
        // Staff's: no customer is ever told.
        #[cfg(not(feature = "staff"))]
        _ => "This cannot be done with this conversation.".into(),
    }
}
