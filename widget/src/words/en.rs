//! English.

use super::Words;

pub static WORDS: Words = Words {
    common: &words::en::WORDS,

    hello_known: |name| ["Hello, ", name].concat(),
    team: |count| match count {
        0 => "Nobody is online now".into(),
        1 => "One person is here now".into(),
        2 => "Two people are here now".into(),
        3 => "Three people are here now".into(),
        many => [&many.to_string(), " people are here now"].concat(),
    },
    start: "Start a conversation",
    back_to_chat: "Back to the conversation",
    not_you: |name| ["Not ", name, "?"].concat(),
    other_person: "Log in with another user",
    minimise: "Minimise",
    unread: |count| match count {
        1 => "1 new message".into(),
        many => [&many.to_string(), " new messages"].concat(),
    },
    go_home: "Back to the first screen",

    search: "Search the help",
    found: |count| match count {
        0 => "Nothing with these words. Try others, or write to us.".into(),
        1 => "One article".into(),
        many => [&many.to_string(), " articles"].concat(),
    },
    did_it_help: "Did this help?",
    yes: "Yes",
    no: "No",
    it_helped: "Thank you. Glad to hear it.",
    it_did_not_help: "Thank you for telling us. Shall we talk?",

    form_title: "Before we start",
    form_lead: "So that we know who we are talking to, and can answer if the line breaks.",
    optional: "(optional)",
    go_on: "Continue",
    email_slip: "Something is missing: for example, ana@mail.com",
    phone_slip: "Digits only, for example 020 7946 0018",
    consent_slip: "Tick the box to continue.",
    choose: "Choose an option",
    read_more: "Read more",

    thanks: "Thank you. This is what you told us:",
    ask_subject: "What would you like to talk about?",
    subject: "Subject",
    confirm: "Confirm",
    are_here: |names, many| [names, if many { " are online" } else { " is online" }].concat(),
    start_chat: "Start chat",
    nobody: "Nobody is here now.",
    nobody_in: |group| {
        [
            "The people who attend ",
            group,
            " are not online at the moment. You can choose another subject, or try again in a while.",
        ]
        .concat()
    },
    try_again: "Try again",
    other_subject: "Choose another subject",

    closed: "We are closed now.",
    back_on: |day, hour| {
        let day = if day.is_empty() { "today".into() } else { ["on ", day].concat() };
        ["We are back ", &day, " at ", hour, "."].concat()
    },
    message_lead: |email| match email {
        "" => "Leave a message and we will answer as soon as we are back.".into(),
        email => ["Leave a message and we will answer to ", email, "."].concat(),
    },
    leave_message: "Leave a message",
    ways: "Or this way",
    gone: "Nobody is here right now. You keep your place.",
    somebody: "Somebody is online now.",
    somebody_more: "You are still in the queue: go back to the conversation, or leave the message.",

    and: "and",

    go_on_with: "Is it about a ticket you already have?",
    something_new: "It is something new",

    protocol: |number| ["Protocol ", number].concat(),
    place: "Your place in the queue",
    wait: "Average wait",
    wait_range: "Estimated wait",
    unknown: "We do not know yet",
    soon: "Less than 1 min",
    minutes: |minutes| [minutes, " min"].concat(),
    write_already: "You can write already. Whoever attends you will read it all.",
    leave_queue: "Leave the queue",
    leave_queue_ask: "Leave the queue? You will lose your place.",

    write: "Write a message",
    message: "Message",
    conversation: "Conversation",
    send: "Send",
    will_send: "Will be sent when the connection is back",
    typing: |name| [name, " is writing"].concat(),
    finish: "End the conversation",
    finish_ask: "End the conversation?",
    finish_yes: "End it",
    stay: "Stay here",
    edit: "Edit",
    attach: "Attach text or image, up to 10 MB",
    drop_here: "Drop the files here",
    cancel: "Cancel",
    remove: "Remove",
    cut: "No connection. We keep trying; nothing you write is lost.",
    silence: "There is no connection. Check your network and try again.",

    saved: "Your message is kept",
    saved_more: |number, email| match email {
        "" => ["Request ", number, "."].concat(),
        email => ["Request ", number, ". We will answer to ", email, "."].concat(),
    },
    again: "Another conversation",
    rate: "How did we do?",
    stars_mean: ["Very bad", "Bad", "Fair", "Good", "Very good"],
    good: "Good",
    bad: "Bad",
    comment: "Anything to improve?",
    rate_send: "Send rating",
    rated: "Thank you for your rating.",
    change: "Change",
    download: "Download",
    mail: "Send by e-mail",
    mailed: |address| ["The conversation is on its way to ", address, "."].concat(),
    forget: "End and forget",
    forgotten: "Done: nothing of yours is left in this browser.",

    sound: "Sound",
};
