//! What stands where one wrote, when it is over: how it was, the conversation to take along, and the way
//! on (R38-R40).

use crate::chat::of;
use crate::state::State;
use crate::visit::Visit;
use crate::words::Words;
use crate::{clock, dom, door, form, icon, page};
use domain::application::email_of;
use domain::rating::{COMMENT_LIMIT, Scale, Score};
use domain::{Act, Chat};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// The satisfied, and the others, after the stars.
const YES: u8 = 6;
const NO: u8 = 7;

pub fn markup(words: &Words) -> String {
    let radio = |class: &str, value: u8, says: &str, shows: &str| {
        [
            "<label class=\"",
            class,
            "\"><input class=\"visually-hidden\" type=\"radio\" name=\"score\" value=\"",
            &value.to_string(),
            "\" aria-label=\"",
            says,
            "\">",
            shows,
            "</label>",
        ]
        .concat()
    };
    let star = icon::markup(icon::STAR);
    let stars: String = (1..=5)
        .map(|n| {
            radio("stars__star", n, &[&*n.to_string(), ": ", words.stars_mean[usize::from(n) - 1]].concat(), &star)
        })
        .collect();
    [
        "<div class=\"widget__dock\" id=\"over\" hidden><div id=\"kept\">",
        &kept(words, "kept-says"),
        "</div><form class=\"rate\" id=\"rate\"><h2 class=\"rate__title\">",
        words.rate,
        "</h2><div class=\"stars\" role=\"radiogroup\" aria-label=\"",
        words.rate,
        "\" id=\"stars\">",
        &stars,
        "</div><div class=\"pair\" role=\"radiogroup\" aria-label=\"",
        words.rate,
        "\" id=\"satisfied\">",
        &radio("choice", YES, words.good, words.good),
        &radio("choice", NO, words.bad, words.bad),
        "</div><div class=\"rate__more\" id=\"rate-more\"><p class=\"rate__word\" id=\"rate-word\"></p><label class=\"field\"><span class=\"field__label\">",
        words.comment,
        " <span class=\"field__hint\">",
        words.optional,
        "</span></span><textarea class=\"field__box\" rows=\"2\" id=\"comment\" maxlength=\"",
        &COMMENT_LIMIT.to_string(),
        "\"></textarea></label><button class=\"button button--act button--wide\" type=\"submit\" id=\"rate-send\">",
        words.rate_send,
        "</button></div></form><p class=\"rate__word\" role=\"status\" id=\"rated\">",
        words.rated,
        " ",
        &link("rate-again", words.change),
        "</p><button class=\"button button--wide\" type=\"button\" data-first data-do=\"again\" id=\"again\">",
        words.again,
        "</button><p class=\"rate__links\">",
        &link("download", words.download),
        &link("mail", words.mail),
        &forget(words),
        "</p></div>",
    ]
    .concat()
}

/// His message is kept, and became a ticket.
pub fn kept(words: &Words, id: &str) -> String {
    ["<p class=\"kept\"><b>", &icon::markup(icon::CHECK), words.saved, "</b><span id=\"", id, "\"></span></p>"].concat()
}

fn link(does: &str, says: &str) -> String {
    ["<button class=\"linklike\" type=\"button\" data-do=\"", does, "\" id=\"", does, "\">", says, "</button>"].concat()
}

/// The one way that leaves nothing behind, from a conversation that runs and from one that is over.
pub fn forget(words: &Words) -> String {
    ["<button class=\"linklike\" type=\"button\" data-do=\"wipe\">", words.forget, "</button>"].concat()
}

pub fn paint(words: &Words, state: &State) {
    let is = |what: fn(&Chat) -> bool| of(state, false, what);
    let rated = is(|chat| chat.rated.is_some());
    let asks = is(Chat::is_to_rate) && (!rated || state.rates_again);
    let scale = of(state, Scale::None, |chat| chat.terms.rating);
    let typed = of(state, String::new(), |chat| email_of(form::fields(state), &chat.answers).into());
    // Who is proved is written to where his site says, and nowhere else.
    let is_known = match &state.known {
        known if is(|chat| chat.verified) => known.as_ref().is_none_or(|known| !known.email.is_empty()),
        _ => !typed.is_empty(),
    };
    let mails = state.application.as_ref().is_some_and(|view| view.mails);
    for (id, yes) in [
        ("over", is(Chat::is_over)),
        ("kept", is(is_kept)),
        ("rate", asks),
        ("stars", scale == Scale::Stars),
        ("satisfied", scale == Scale::Satisfied),
        ("rate-more", state.score > 0),
        ("rated", rated && !state.rates_again),
        ("mail", mails && is(Chat::is_to_mail) && is_known),
    ] {
        dom::show(id, yes);
    }
    dom::say("kept-says", &of(state, String::new(), |chat| (words.saved_more)(&chat.number.to_string(), &typed)));
    let word = usize::from(state.score).checked_sub(1).and_then(|n| words.stars_mean.get(n));
    dom::say("rate-word", word.unwrap_or(&""));
    dom::enable("rate-send", !state.busy);
    if let Some(again) = dom::find("again") {
        again.set_class_name(if asks { "button button--wide" } else { "button button--act button--wide" });
    }
}

/// Did it end before anybody answered, with words of his that became a ticket?
fn is_kept(chat: &Chat) -> bool {
    chat.leaves_ticket() && chat.attended_at.is_none()
}

impl Visit {
    /// Says how it was. What cannot be sent stays where it is, to be sent again.
    pub fn rate(self) {
        let score = self.peek().score;
        if score == 0 || !self.begin_once() {
            return;
        }
        let comment = dom::value("comment");
        let (token, chat) = self.shown();
        let given = if score < YES { Score::Stars(score) } else { Score::Satisfied(score == YES) };
        let asked = door::act(&token, &chat, clock::id(), Act::Rate { score: given, comment });
        clock::spawn(async move {
            let answer = asked.insist(3).await;
            {
                let mut state = self.change();
                state.busy = false;
                state.rates_again &= answer.is_err();
            }
            match answer {
                Ok(page) => {
                    let said = if score < YES { score.into() } else { (score == YES).into() };
                    page::happened("rated", &[("chat", (&*chat).into()), ("score", said)]);
                    if !self.hear(&page.told) {
                        self.read().await;
                    }
                    self.focus();
                }
                Err(snag) => self.fail(&snag),
            }
        });
    }

    /// The conversation for himself: by mail, or as a file that is named by its protocol number.
    pub fn take_along(self, by_mail: bool) {
        if !self.begin_once() {
            return;
        }
        let (token, chat) = self.shown();
        let asked = if by_mail { door::mail(&token, &chat) } else { door::transcript(&token, &chat) };
        clock::spawn(async move {
            let answer = asked.insist(3).await;
            self.change().busy = false;
            match answer {
                Ok(address) if by_mail => self.change().said = (self.words.mailed)(&address),
                Ok(text) => self.save_as_file(&text),
                Err(snag) => self.fail(&snag),
            }
        });
    }

    fn save_as_file(self, text: &str) {
        let name = [&of(&self.peek(), String::new(), |chat| chat.number.to_string()), ".txt"].concat();
        let text: String = js_sys::encode_uri_component(text).into();
        let link = dom::element("a", "");
        dom::set(&link, "href", &["data:text/plain;charset=utf-8,", &text].concat());
        dom::set(&link, "download", &name);
        if let Ok(link) = link.dyn_into::<HtmlElement>() {
            link.click();
        }
    }
}
