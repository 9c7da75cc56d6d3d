//! While nobody attends: a message instead of a chat, and where else he may turn (R15, R16). Also for
//! who waits when the last agent goes: his words and his leaving are one act (Q14).

use crate::door::{self, Snag};
use crate::state::{Screen, State};
use crate::visit::Visit;
use crate::words::Words;
use crate::{chat, clock, dom, end, form, icon, page, subject, topbar};
use domain::act::MESSAGE_LIMIT;
use domain::application::ApplicationView;
use domain::channel::{ChannelKind, ChannelView};
use domain::hours::Closed;
use domain::offline::Offline;
use domain::{Act, Refusal};
use web_sys::Element;

pub fn markup(words: &Words) -> String {
    [
        "<div class=\"widget__screen\" id=\"offline\" hidden>",
        &topbar::markup(words, "brand-offline", true),
        "<form class=\"widget__body widget__body--form\" id=\"message\" novalidate>",
        "<div class=\"away\" role=\"status\"><h2 id=\"offline-title\"></h2><p id=\"offline-says\"></p></div>",
        "<label class=\"field\" id=\"words-field\"><span class=\"field__label\">",
        words.message,
        "</span><textarea class=\"field__box field__box--tall\" id=\"words\" data-first maxlength=\"",
        &MESSAGE_LIMIT.to_string(),
        "\"></textarea></label>",
        // Nobody sees it: whoever fills it in is a program.
        "<input class=\"visually-hidden\" id=\"website\" name=\"website\" tabindex=\"-1\" autocomplete=\"off\" aria-hidden=\"true\"/>",
        "<div class=\"widget__actions\"><button class=\"button button--act button--wide\" type=\"submit\" id=\"leave-message\">",
        words.leave_message,
        "</button><div class=\"pair\" id=\"otherwise\"><button class=\"button\" type=\"button\" data-do=\"confirm\" id=\"try\">",
        words.try_again,
        "</button><button class=\"button\" type=\"button\" data-do=\"choose\" id=\"choose-other\">",
        words.other_subject,
        "</button></div></div><section class=\"ways\" id=\"ways\"><h2 class=\"ways__title\">",
        words.ways,
        "</h2><ul id=\"ways-list\"></ul></section></form>",
        "<div class=\"widget__body widget__body--log\" id=\"left\" hidden>",
        &end::kept(words, "left-says"),
        "<button class=\"button button--act button--wide\" type=\"button\" data-first data-do=\"again\">",
        words.again,
        "</button></div></div>",
    ]
    .concat()
}

pub fn paint(words: &Words, state: &State) {
    let Some(view) = &state.application else { return };
    let (waits, takes) = (chat::is_waiting(state), view.takes_messages);
    for (id, yes) in [
        ("message", state.receipt == 0),
        ("left", state.receipt != 0),
        ("words-field", takes),
        ("leave-message", takes),
        // Outside the hours it is the same for every subject, and for some time.
        ("otherwise", !waits && view.closed.is_none()),
        ("choose-other", !subject::is_only(state)),
        ("ways", !view.channels.is_empty()),
    ] {
        dom::show(id, yes);
    }
    let closed = if waits { state.wait.as_ref().and_then(|wait| wait.closed) } else { view.closed };
    let somebody = waits && !chat::is_away(state);
    dom::say(
        "offline-title",
        match closed {
            _ if somebody => words.somebody,
            Some(_) => words.closed,
            None => words.nobody,
        },
    );
    dom::say("offline-says", &says(words, state, closed, somebody, takes));
    dom::put("words", &state.kept.draft);
    dom::enable("leave-message", !state.is_blank() && !state.busy);
    dom::enable("try", !state.busy);
    dom::say("left-says", &(words.saved_more)(&state.receipt.to_string(), &form::email(state)));
    ways(view);
}

fn says(words: &Words, state: &State, closed: Option<Closed>, somebody: bool, takes: bool) -> String {
    if somebody {
        return words.somebody_more.into();
    }
    let more = if takes {
        (words.message_lead)(&form::email(state))
    } else if closed.is_none() {
        (words.nobody_in)(&subject::name(state))
    } else {
        String::new()
    };
    [&opening(words, closed), " ", &more].concat().trim().into()
}

/// When it opens again, in his own time zone; empty where that is not known.
pub fn opening(words: &Words, closed: Option<Closed>) -> String {
    closed.and_then(|closed| closed.next).map_or(String::new(), |at| {
        (words.back_on)(&clock::day(at, words.common.lang), &clock::hour(at, words.common.lang))
    })
}

fn ways(view: &ApplicationView) {
    let key: Vec<&str> = view.channels.iter().flat_map(|way| [&*way.says, &way.href]).collect();
    dom::fill("ways-list", &key, &|| view.channels.iter().map(way).collect());
}

fn way(way: &ChannelView) -> Element {
    let link = dom::outward(&way.href);
    link.set_class_name("ways__way");
    let drawing = match way.kind {
        ChannelKind::Whatsapp => icon::CHAT,
        ChannelKind::Phone => icon::PHONE,
        ChannelKind::Email => icon::MAIL,
        ChannelKind::Link => icon::LEAVE,
    };
    if let Some(drawing) = icon::drawn(drawing) {
        let _ = link.append_child(&drawing);
    }
    dom::within(dom::element("li", ""), &[&dom::within(link, &[&dom::said("span", "", &way.says)])])
}

pub fn send(visit: Visit) {
    let (blank, waits) = {
        let state = visit.peek();
        (state.is_blank(), chat::is_waiting(&state))
    };
    match (blank, waits) {
        (true, _) => {}
        (false, true) => visit.leave_queue(),
        (false, false) => visit.leave_message(),
    }
}

impl Visit {
    /// Leaves his words; kept first, so that a reload in between leaves them under the same id.
    fn leave_message(self) {
        let (earlier, text) = {
            let state = self.peek();
            (state.kept.message.clone(), state.kept.draft.trim().to_owned())
        };
        // Other words are another message.
        let earlier = earlier.filter(|earlier| earlier.text == text).map(|earlier| earlier.open);
        let offline = Offline { open: self.asks(earlier), text, website: dom::value("website") };
        self.send_message(offline);
    }

    /// Sends a message until the server has it.
    pub fn send_message(self, offline: Offline) {
        if !self.begin_once() {
            return;
        }
        self.become_somebody(|kept| kept.message = Some(offline.clone()));
        let (token, _) = self.ticket();
        clock::spawn(async move {
            let answer = door::leave_message(&token, &offline).insist(4).await;
            if self.ticket().0 != token {
                return;
            }
            self.change().busy = false;
            match answer {
                Ok(receipt) => {
                    self.keep(|kept| {
                        kept.message = None;
                        kept.draft.clear();
                    });
                    self.change().receipt = receipt.number;
                    page::event("offline-sent", &receipt.number.to_string());
                    self.go(Screen::Offline);
                }
                Err(snag) => self.not_left(snag),
            }
        });
    }

    fn not_left(self, snag: Snag) {
        if let Some(why) = snag.refusal() {
            self.keep(|kept| kept.message = None);
            if let Refusal::FieldMissing { .. } | Refusal::FieldTooLong { .. } | Refusal::FieldWrong { .. } = why {
                return self.fill_again(snag);
            }
        }
        self.settle_at_home();
        self.fail(&snag);
    }

    /// Leaves the queue with a message. What is on its way must have arrived before: nothing of it
    /// could be said afterwards.
    fn leave_queue(self) {
        if !self.begin_once() {
            return;
        }
        self.keep(|kept| {
            if kept.leaving.is_empty() {
                kept.leaving = clock::id();
            }
        });
        clock::spawn(async move {
            for _ in 0..40 {
                if !self.has_unsent() {
                    break;
                }
                self.send_all();
                clock::sleep(250).await;
            }
            let (token, chat) = self.ticket();
            let asked = {
                let state = self.peek();
                let text = state.kept.draft.trim().into();
                door::act(&token, &chat, state.kept.leaving.clone(), Act::LeaveMessage { text })
            };
            let answer = if self.has_unsent() { Err(Snag::Silence) } else { asked.insist(4).await };
            self.change().busy = false;
            match answer {
                Ok(page) => {
                    if !self.hear(&page.told) {
                        self.read().await;
                    }
                    self.go(Screen::Chat);
                }
                // Somebody was faster: his words stand where he writes to him.
                Err(snag) if matches!(snag.refusal(), Some(Refusal::NotWaiting | Refusal::Ended)) => {
                    self.read().await;
                    self.go(Screen::Chat);
                }
                Err(snag) => self.fail(&snag),
            }
        });
    }
}
