//! The pages of the portal: plain documents with plain forms. Only a conversation needs a script.

use super::{Mark, document_with};
use crate::words::portal::{Words, of};
use domain::portal::{Line, PAGE, Request, Row, Sheet, Topic, What};
use domain::ticket::{NOTE_LIMIT, SUBJECT_LIMIT};
use domain::{Status, Time, Trouble};
use leptos::prelude::*;

/// What every page of the portal is drawn from.
#[derive(Clone, Copy, Debug)]
pub struct Frame<'a> {
    /// `es`, `pt` or `en`.
    pub lang: &'a str,
    /// The address of the style sheet.
    pub style: &'a str,
    /// The address of the script that shows conversations; none: nobody has come in yet.
    pub script: Option<&'a str>,
    /// Whose portal it is; empty: it says only what it is.
    pub house: &'a str,
    /// The mark of who has come in; empty: nobody yet.
    pub guest: &'a str,
    pub trouble: Option<&'a Trouble>,
}

/// The entry, what is said once a link was asked for, and what is left of a link that is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gate<'a> {
    /// What was typed before.
    Ask(&'a str),
    /// His session has ended while he wrote this.
    Again(&'a str),
    Sent,
    /// The secret of a link that holds: the form posts to where the page is.
    Link(&'a str),
    Over,
}

/// A note before the door. `links`: who asks for a link is mailed one; else he comes from his site.
pub fn gate(frame: &Frame<'_>, gate: Gate<'_>, links: bool) -> String {
    let words = of(frame.lang);
    let common = ::words::of(frame.lang);
    let trouble = frame.trouble.map(|trouble| common.trouble(trouble));
    let (hello, say) = match gate {
        Gate::Ask(_) | Gate::Again(_) => (words.hello, if links { words.entry_say } else { words.elsewhere }),
        Gate::Sent => (words.sent_hello, words.sent_say),
        Gate::Link(_) => (words.enter_hello, words.enter_say),
        Gate::Over => (words.link_over, if links { words.link_over_say } else { words.elsewhere }),
    };
    let email = match gate {
        Gate::Ask(email) if links => Some(email.to_owned()),
        Gate::Again(_) if links => Some(String::new()),
        _ => None,
    };
    let draft = if let Gate::Again(draft) = gate { Some(typed(draft)) } else { None };
    let link = if let Gate::Link(secret) = gate { Some(["/portal/enter/", secret].concat()) } else { None };
    let again = links && matches!(gate, Gate::Sent | Gate::Over);
    let failed = trouble.is_some();
    document_with(common.lang, words.portal, frame.style, frame.script, || {
        view! {
            <main class="gate">
                <div class="gate__note">
                    <div class="gate__form">
                        <p class="gate__brand"><Mark class="icon icon--l"/><span>{words.portal}</span></p>
                        <h1 class="gate__hello">{hello}</h1>
                        {trouble.map(|text| view! { <p class="banner banner--bad" role="alert" id="trouble"><span class="banner__text">{text}</span></p> })}
                        <p class="portal__say">{say}</p>
                        {email.map(|email| view! {
                            <form class="portal__form" method="post" action="/portal/link">
                                <label class="field">
                                    <span class="field__label">{words.your_email}</span>
                                    <input class="field__box" type="email" name="email" value=email autocomplete="email" required maxlength="254" autofocus aria-describedby=failed.then_some("trouble")/>
                                </label>
                                <button class="button button--act button--wide" type="submit">{words.send_link}</button>
                            </form>
                        })}
                        {draft.map(|draft| view! {
                            <label class="field"><span class="field__label">{words.answer}</span><textarea class="field__box portal__text" rows="6" readonly dir="auto" inner_html=draft></textarea></label>
                        })}
                        {link.map(|link| view! {
                            <form class="portal__form" method="post" action=link>
                                <button class="button button--act button--wide" type="submit" autofocus>{words.enter}</button>
                            </form>
                        })}
                        {again.then(|| view! { <p class="gate__foot"><a href="/portal">{words.again}</a></p> })}
                    </div>
                </div>
            </main>
        }
        .into_any()
    })
}

/// His tickets, the last changed first.
pub fn list(frame: &Frame<'_>, name: &str, rows: &[Row], first: bool) -> String {
    let words = of(frame.lang);
    let next = (rows.len() == PAGE)
        .then(|| rows.last())
        .flatten()
        .map(|last| ["/portal?at=", &last.changed_at.0.to_string(), "&id=", &last.id].concat());
    let (rows, empty, common) = (rows.to_vec(), rows.is_empty() && first, ::words::of(frame.lang));
    inside(frame, name, words.my_tickets, move || {
        view! {
            <div class="portal__head">
                <h1 class="portal__title">{words.my_tickets}</h1>
                <a class="button button--act" href="/portal/new">{words.new_ticket}</a>
            </div>
            {empty.then(|| view! { <div class="empty"><p>{words.no_tickets}</p></div> })}
            <ul class="portal__list">
                {rows.into_iter().map(|row| view! {
                    <li class="portal__row">
                        <a class="portal__link" href=["/portal/tickets/", &row.id].concat()>{row.subject}</a>
                        <span class="portal__state"><span class=dot(row.status)></span>{common.status(row.status)}</span>
                        <span class="portal__about">{[words.number, " ", &row.number.to_string(), " · "].concat()}{moment(row.changed_at)}</span>
                    </li>
                }).collect_view()}
            </ul>
            <p class="portal__more">
                {next.map(|next| view! { <a class="button" href=next>{words.older}</a> })}
                {(!first).then(|| view! { <a class="button button--bare" href="/portal">{words.newest}</a> })}
            </p>
        }
        .into_any()
    })
}

/// A ticket to be; `draft` is what was typed, and its id the one under which it is sent.
pub fn new(frame: &Frame<'_>, name: &str, topics: &[Topic], draft: &Request) -> String {
    let words = of(frame.lang);
    let common = ::words::of(frame.lang);
    let bad = frame.trouble.map_or("", field).to_owned();
    let trouble = frame.trouble.map(|trouble| common.trouble(trouble));
    let several = topics.iter().any(|topic| topic.application.id != topics[0].application.id);
    let named = |topic: &Topic| match several {
        true => [&topic.group.name, " · ", &topic.application.name].concat(),
        false => topic.group.name.clone(),
    };
    let options: Vec<(String, String)> = topics.iter().map(|topic| (topic.word(), named(topic))).collect();
    let draft = draft.clone();
    inside(frame, name, words.new_ticket, move || {
        let Request { id, topic, subject, text, .. } = draft;
        let marks = |name: &str| (bad == name).then_some("trouble");
        let (bad_topic, bad_subject, bad_text) = (marks("topic"), marks("subject"), marks("text"));
        // Where the subject that he had chosen is gone he is shown to which one it goes now, though there is no other.
        let is_gone = bad_topic.is_some() || !(topic.is_empty() || options.iter().any(|(word, _)| *word == topic));
        let (none, one) = (options.is_empty(), options.len() == 1 && !is_gone);
        let kept = none && !(subject.is_empty() && text.is_empty());
        view! {
            <p class="portal__back"><a href="/portal">{["← ", words.back].concat()}</a></p>
            <h1 class="portal__title">{words.new_ticket}</h1>
            {trouble.map(|text| view! { <p class="banner banner--bad" role="alert" id="trouble"><span class="banner__text">{text}</span></p> })}
            <p class="portal__say">{if none { words.no_topics } else { words.new_say }}</p>
            {kept.then(|| view! {
                <label class="field"><span class="field__label">{words.subject}</span><input class="field__box" type="text" value=subject.clone() readonly dir="auto"/></label>
                <label class="field"><span class="field__label">{words.text}</span><textarea class="field__box portal__text" rows="8" readonly dir="auto" inner_html=typed(&text)></textarea></label>
            })}
            {(!none).then(|| view! {
                <form class="portal__form" method="post" action="/portal/tickets">
                    <input type="hidden" name="id" value=id/>
                    {one.then(|| view! { <input type="hidden" name="topic" value=options[0].0.clone()/> })}
                    {(!one).then(|| view! {
                        <label class="field" class:field--bad=bad_topic.is_some()>
                            <span class="field__label">{words.topic}</span>
                            <select class="field__box" name="topic" aria-describedby=bad_topic>
                                {options.iter().map(|(word, name)| view! { <option value=word.clone() selected={*word == topic}>{name.clone()}</option> }).collect_view()}
                            </select>
                        </label>
                    })}
                    <label class="field" class:field--bad=bad_subject.is_some()>
                        <span class="field__label">{words.subject}</span>
                        <input class="field__box" type="text" name="subject" value=subject required maxlength=SUBJECT_LIMIT.to_string() dir="auto" aria-describedby=bad_subject/>
                    </label>
                    <label class="field" class:field--bad=bad_text.is_some()>
                        <span class="field__label">{words.text}" "<span class="field__hint">{(words.answer_hint)(&NOTE_LIMIT.to_string())}</span></span>
                        <textarea class="field__box portal__text" name="text" rows="8" required dir="auto" aria-describedby=bad_text inner_html=typed(&text)></textarea>
                    </label>
                    <button class="button button--act" type="submit">{words.open}</button>
                </form>
            })}
        }
        .into_any()
    })
}

/// The field that a trouble is about; empty: the whole.
fn field(trouble: &Trouble) -> &str {
    match trouble {
        Trouble::Refused(why) => why.field().unwrap_or_default(),
        Trouble::Fault { .. } => "",
    }
}

/// What was just done on the page of a ticket.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Done {
    #[default]
    Nothing,
    /// An answer of his was taken.
    Answered,
    /// It is the one that he opened.
    Opened,
}

/// What the page of one ticket shows besides it.
pub struct Paper<'a> {
    /// The id under which an answer is sent: sent again with it, it is one.
    pub wish: &'a str,
    /// The id under which a conversation begins.
    pub chat: &'a str,
    /// What he has written and could not send.
    pub draft: &'a str,
    pub done: Done,
    /// The address of the module that takes over what is new in it.
    pub follow: &'a str,
}

pub fn ticket(frame: &Frame<'_>, name: &str, sheet: &Sheet, paper: &Paper<'_>) -> String {
    let words = of(frame.lang);
    let common = ::words::of(frame.lang);
    let trouble = frame.trouble.map(|trouble| common.trouble(trouble));
    let here = ["/portal/tickets/", &sheet.row.id].concat();
    let [wish, chat, draft, follow] = [paper.wish, paper.chat, paper.draft, paper.follow].map(str::to_owned);
    let done = match paper.done {
        Done::Nothing => None,
        Done::Answered => Some(words.sent),
        Done::Opened => Some(words.opened_now),
    };
    let (sheet, mark) = (sheet.clone(), sheet.mark());
    inside(frame, name, &sheet.row.subject.clone(), move || {
        let Sheet { row, created_at, owner, lines, cut, may_answer, may_talk } = sheet;
        let failed = trouble.is_some();
        let nothing = lines.is_empty();
        let online = owner.as_ref().filter(|_| may_talk).map(|owner| (words.owner_online)(&owner.name));
        let talks = online.is_some();
        view! {
            <p class="portal__back"><a href="/portal">{["← ", words.back].concat()}</a></p>
            <h1 class="portal__title">{row.subject}</h1>
            <dl class="portal__facts" data-lines>
                <dt>{words.number}</dt><dd>{row.number.to_string()}</dd>
                <dt>{words.status}</dt><dd class="portal__state"><span class=dot(row.status)></span>{common.status(row.status)}</dd>
                <dt>{words.opened}</dt><dd>{moment(created_at)}</dd>
                {owner.map(|owner| view! { <dt>{words.owner}</dt><dd>{owner.name}</dd> })}
            </dl>
            {trouble.map(|text| view! { <p class="banner banner--bad" role="alert" id="trouble"><span class="banner__text">{text}</span></p> })}
            {done.map(|text| view! { <p class="banner banner--good" role="status"><span class="banner__text">{text}</span></p> })}
            <div class="portal__offer" data-call>
                {online.map(|online| view! {
                    <form class="portal__call" method="post" action=[&here, "/chat"].concat() data-script hidden>
                        <input type="hidden" name="id" value=chat/>
                        <p>{online}</p>
                        <button class="button button--act" type="submit">{words.start_chat}</button>
                    </form>
                })}
            </div>
            {talks.then(|| view! { <noscript><p class="notice">{words.needs_script}</p></noscript> })}
            <section class="portal__said" aria-label=words.said data-have=mark data-line=[&here, "/line"].concat() data-follow=follow>
                <div class="log" data-lines>
                    {cut.then(|| view! { <p class="notice">{words.cut}</p> })}
                    {nothing.then(|| view! { <p class="notice">{words.nothing_said}</p> })}
                    {lines.into_iter().map(|line| draw(words, common, line, &here)).collect_view()}
                </div>
            </section>
            <div class="portal__reply">
                <div class="portal__closed" role="status">
                    {(!may_answer).then(|| view! { <p class="banner"><span class="banner__text">{words.closed_say}" "<a href="/portal/new">{words.new_ticket}</a></span></p> })}
                </div>
                {may_answer.then(|| view! {
                    <form class="portal__form" method="post" action=[&here, "/replies"].concat()>
                        <input type="hidden" name="id" value=wish/>
                        <label class="field" class:field--bad=failed>
                            <span class="field__label">{words.answer}" "<span class="field__hint">{(words.answer_hint)(&NOTE_LIMIT.to_string())}</span></span>
                            <textarea class="field__box portal__text" name="text" rows="6" required dir="auto" aria-describedby=failed.then_some("trouble") inner_html=typed(&draft)></textarea>
                        </label>
                        <button class="button button--act" type="submit">{words.send}</button>
                    </form>
                })}
                {(!may_answer && !draft.is_empty()).then(|| view! {
                    <label class="field"><span class="field__label">{words.answer}</span><textarea class="field__box portal__text" rows="6" readonly dir="auto" inner_html=typed(&draft)></textarea></label>
                })}
            </div>
        }
        .into_any()
    })
}

fn draw(words: &'static Words, common: &'static ::words::Words, line: Line, ticket: &str) -> AnyView {
    let Line { at, by, what } = line;
    let bubble = match what {
        What::Began(number) => {
            let line = (words.chat_began)(&number.to_string());
            return view! { <p class="notice">{line}" · "{moment(at)}</p> }.into_any();
        }
        What::Ended(text) => return view! { <p class="notice">{common.end(text)}" · "{moment(at)}</p> }.into_any(),
        What::Text(text) => view! { <p dir="auto" class="bubble bubble--last">{text}</p> }.into_any(),
        What::File(file) => {
            let says = [&file.name, " · ", &common.size(file.size)].concat();
            let address = (!file.id.is_empty()).then(|| [ticket, "/files/", &file.id].concat());
            match address {
                Some(address) => view! { <p class="bubble bubble--last"><a href=address>{says}</a></p> }.into_any(),
                None => view! { <p class="bubble bubble--last">{says}</p> }.into_any(),
            }
        }
    };
    let mine = by.is_none();
    let who = by.map_or_else(|| words.you.to_owned(), |face| face.name);
    view! {
        <div class="log__turn" class:log__turn--mine=mine>
            <p class="log__who"><b>{who}</b>" · "{moment(at)}</p>
            {bubble}
        </div>
    }
    .into_any()
}

/// A page for who has come in: a bar above, and a place for the conversation.
fn inside(frame: &Frame<'_>, name: &str, title: &str, body: impl FnOnce() -> AnyView) -> String {
    let words = of(frame.lang);
    let (name, guest, lang) = (name.to_owned(), frame.guest.to_owned(), ::words::of(frame.lang).lang);
    let brand = if frame.house.is_empty() { words.portal.to_owned() } else { frame.house.to_owned() };
    document_with(lang, title, frame.style, frame.script, move || {
        view! {
            <header class="portal__bar">
                <p class="portal__brand"><Mark class="icon"/><a href="/portal">{brand}</a></p>
                <p class="portal__name">{name}</p>
                <form method="post" action="/portal/sign-out"><button class="button button--bare button--s" type="submit">{words.sign_out}</button></form>
            </header>
            <main class="portal">{body()}</main>
            <aside class="portal__chat" id="chat" aria-label=words.chat data-lang=lang data-guest=guest hidden></aside>
            <button class="button button--act portal__open" id="open" type="button" hidden>{words.chat_runs}</button>
        }
        .into_any()
    })
}

/// What stands in a box for words. Leptos writes the inside of one as it is; and the first line break of it is
/// none to a browser.
fn typed(words: &str) -> String {
    ["\n", &words.replace('&', "&amp;").replace('<', "&lt;")].concat()
}

/// The class of a status's dot; its word stands beside it.
fn dot(status: Status) -> &'static str {
    match status {
        Status::New | Status::Closed => "dot dot--off",
        Status::InAttendance => "dot dot--work",
        Status::Stopped => "dot dot--wait",
        Status::Resolved => "dot",
        Status::Canceled => "dot dot--bad",
    }
}

/// In UTC, and so that everybody reads it; the script says it in the reader's own zone and manner.
fn moment(at: Time) -> impl IntoView {
    let at = at.civil(0);
    let (date, hour) = (at.day(), at.hour());
    let machine = [&date, "T", &hour, "Z"].concat();
    view! { <time datetime=machine>{[&date, " ", &hour, " UTC"].concat()}</time> }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{Face, Refusal};

    const HOSTILE: &str = "<img src=x onerror=alert(1)>\"'";

    fn frame(trouble: Option<&Trouble>) -> Frame<'_> {
        let script = Some("/portal.js");
        Frame { lang: "es", style: "/pages.css", script, house: "Casa <Nogal>", guest: "g", trouble }
    }

    fn sheet(may_answer: bool) -> Sheet {
        let text = |by| Line { at: Time(0), by, what: What::Text(HOSTILE.into()) };
        let row = Row {
            id: "t".into(),
            number: 7,
            subject: HOSTILE.into(),
            status: Status::Stopped,
            changed_at: Time(1_709_242_200_000),
        };
        let owner = Some(Face { id: "i".into(), name: HOSTILE.into() });
        Sheet {
            row,
            created_at: Time(0),
            owner: owner.clone(),
            lines: vec![text(None), text(owner)],
            cut: false,
            may_answer,
            may_talk: true,
        }
    }

    fn page(sheet: &Sheet, draft: &str, trouble: Option<&Trouble>) -> String {
        let paper = Paper { wish: "wish", chat: "chat", draft, done: Done::Nothing, follow: "/follow.js" };
        ticket(&frame(trouble), HOSTILE, sheet, &paper)
    }

    #[test]
    fn what_people_wrote_is_text_on_every_page() {
        let row = sheet(true).row;
        for html in [
            page(&sheet(true), HOSTILE, None),
            list(&frame(None), HOSTILE, &[row], true),
            gate(&frame(None), Gate::Ask(HOSTILE), true),
        ] {
            assert!(!html.contains("<img"), "{html}");
        }
    }

    #[test]
    fn what_a_page_takes_over_from_a_later_one_has_its_place_while_there_is_nothing_in_it() {
        let nobody = Sheet { may_talk: false, ..sheet(true) };

        for (html, offered) in [(page(&sheet(true), "", None), true), (page(&nobody, "", None), false)] {
            assert_eq!(html.matches("data-call").count(), 1, "{html}");
            assert_eq!(html.contains("data-script"), offered, "{html}");
        }
        for (html, closed) in [(page(&sheet(true), "", None), false), (page(&sheet(false), "", None), true)] {
            let (_, place) = html.split_once("role=\"status\"").expect("what is told later is read aloud there");
            assert_eq!(place.split("</div>").next().unwrap().contains("abre uno nuevo"), closed, "{html}");
        }
    }

    #[test]
    fn what_could_not_be_sent_is_still_there_with_the_reason() {
        let (why, late) = (Trouble::Refused(Refusal::TooLong { limit: 4_000 }), Trouble::Refused(Refusal::TooLate));

        for (sheet, why) in [(sheet(true), why), (sheet(false), late)] {
            let html = page(&sheet, "Sigue rota", Some(&why));
            assert!(html.contains("Sigue rota") && html.contains("role=\"alert\""), "{html}");
        }
    }

    #[test]
    fn whose_session_ended_while_he_wrote_has_lost_no_word() {
        let over = Trouble::Refused(Refusal::SignedOut);

        let html = gate(&frame(Some(&over)), Gate::Again("Sigue <b>rota"), true);

        assert!(html.contains("Sigue &lt;b>rota") && html.contains("name=\"email\""), "{html}");
    }

    #[test]
    fn a_closed_ticket_takes_no_answer_and_says_what_to_do() {
        let html = page(&sheet(false), "", None);

        assert!(
            html.contains("abre uno nuevo") && html.contains("href=\"/portal/new\"") && !html.contains("/replies"),
            "{html}"
        );
    }

    fn draft(text: &str) -> Request {
        let (id, topic) = ("0123456789abcdef".into(), "shop post".into());
        Request { id, topic, subject: HOSTILE.into(), text: text.into(), lang: "es".into() }
    }

    fn topic(group: &str, application: &str) -> Topic {
        let named = |id: &str| domain::group::Named { id: id.into(), name: [id, HOSTILE].concat() };
        Topic { application: named(application), group: named(group) }
    }

    #[test]
    fn a_new_ticket_that_was_refused_is_still_there_and_its_field_is_marked() {
        let why = Trouble::Refused(Refusal::FieldMissing { field: "text".into() });
        let all = [topic("sales", "shop"), topic("post", "shop"), topic("sales", "other")];

        let html = new(&frame(Some(&why)), HOSTILE, &all, &draft("Sigue <b>rota"));

        assert!(
            !html.contains("<img") && html.contains("Sigue &lt;b>rota") && html.contains("0123456789abcdef"),
            "{html}"
        );
        assert_eq!(html.matches("field--bad").count(), 1, "{html}");
        assert_eq!(html.matches("aria-describedby=\"trouble\"").count(), 1, "{html}");
        assert!(html.contains("value=\"shop post\" selected"), "{html}");
        assert_eq!(html.matches(" · other").count(), 1, "subjects of one name are told apart: {html}");
    }

    #[test]
    fn where_there_is_one_subject_nobody_is_asked_and_where_there_is_none_it_is_said() {
        let fresh = Request { topic: String::new(), ..draft("") };
        let one = new(&frame(None), "", &[topic("sales", "shop")], &fresh);
        let none = new(&frame(None), "", &[], &draft(""));

        assert!(
            one.contains("type=\"hidden\" name=\"topic\" value=\"shop sales\"") && !one.contains("<select"),
            "{one}"
        );
        assert!(none.contains("escríbenos por el chat") && !none.contains("/portal/tickets\""), "{none}");
    }

    #[test]
    fn a_subject_that_is_gone_takes_no_word_along_and_its_field_is_marked_though_one_is_left() {
        let why = Trouble::Refused(Refusal::FieldWrong { field: "topic".into() });
        let other = Trouble::Refused(Refusal::FieldMissing { field: "text".into() });

        let none = new(&frame(Some(&why)), "", &[], &draft("Sigue <b>rota"));
        let one = new(&frame(Some(&why)), "", &[topic("sales", "shop")], &draft("Sigue <b>rota"));
        let other_field = new(&frame(Some(&other)), "", &[topic("sales", "shop")], &draft(""));
        let chosen = Request { topic: "shop sales".into(), ..draft("") };
        let chosen = new(&frame(Some(&other)), "", &[topic("sales", "shop")], &chosen);

        assert!(none.contains("Sigue &lt;b>rota") && none.contains("alert(1)") && !none.contains("<img"), "{none}");
        assert_eq!(none.matches("readonly").count(), 2, "{none}");
        assert!(!none.contains("/portal/tickets\"") && none.contains("role=\"alert\""), "{none}");
        assert!(
            one.contains("<select")
                && one.contains("Sigue &lt;b>rota")
                && !one.contains("type=\"hidden\" name=\"topic\""),
            "{one}"
        );
        assert_eq!(one.matches("field--bad").count(), 1, "{one}");
        assert_eq!(one.matches("aria-describedby=\"trouble\"").count(), 1, "{one}");
        assert!(other_field.contains("<select"), "nobody has chosen the one that is left: {other_field}");
        assert!(chosen.contains("type=\"hidden\" name=\"topic\"") && !chosen.contains("<select"), "{chosen}");
    }

    #[test]
    fn a_whole_page_leads_on_from_its_last_row_and_a_short_one_does_not() {
        let row = sheet(true).row;
        let whole: Vec<Row> = (0..PAGE).map(|n| Row { id: n.to_string(), ..row.clone() }).collect();

        let last = ["at=1709242200000&amp;id=", &(PAGE - 1).to_string()].concat();
        assert!(list(&frame(None), "", &whole, true).contains(&last));
        assert!(!list(&frame(None), "", &whole[1..], true).contains("at="));
    }

    #[test]
    fn the_portal_is_called_like_its_house_where_that_has_a_name() {
        let html = list(&frame(None), "", &[], true);
        let nameless = list(&Frame { house: "", ..frame(None) }, "", &[], true);

        assert!(html.contains("<a href=\"/portal\">Casa &lt;Nogal"), "{html}");
        assert!(nameless.contains(&["<a href=\"/portal\">", of("es").portal].concat()), "{nameless}");
    }

    #[test]
    fn each_language_says_all_of_it_in_its_own_words() {
        for (lang, says) in [("es", "Pedir otro enlace"), ("pt-BR", "Pedir outro link"), ("en", "Ask for another link")]
        {
            let html = gate(&Frame { lang, ..frame(None) }, Gate::Over, true);
            assert!(html.contains(says) && html.contains(&["<html lang=\"", &lang[..2]].concat()), "{html}");
        }
    }
}
