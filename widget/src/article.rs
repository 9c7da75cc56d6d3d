//! The knowledge base within the window: found on the first screen while one types, read on its own (R5).

use crate::state::{Screen, State};
use crate::visit::Visit;
use crate::words::Words;
use crate::{clock, dom, door, icon, topbar};
use domain::article::{ArticleLine, Piece, QUESTION_LIMIT, Vote};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlInputElement};

/// So long he must pause before we ask.
const PAUSE: i32 = 180;

/// The box on the first screen.
pub fn search(words: &Words) -> String {
    [
        "<div class=\"help\" id=\"help\" hidden><label class=\"field__label\" for=\"search\">",
        words.search,
        "</label><div class=\"field__box help__box\">",
        &icon::markup(icon::SEARCH),
        "<input class=\"help__text\" id=\"search\" type=\"search\" autocomplete=\"off\" enterkeyhint=\"search\" maxlength=\"",
        &QUESTION_LIMIT.to_string(),
        "\"></div><p class=\"help__count\" role=\"status\" id=\"found-says\"></p><ul class=\"help__found\" id=\"found\"></ul></div>",
    ]
    .concat()
}

/// The screen that shows one.
pub fn markup(words: &Words) -> String {
    [
        "<div class=\"widget__screen\" id=\"article\" hidden>",
        &topbar::markup(words, "article-title", true),
        "<div class=\"widget__body\"><div class=\"prose\" id=\"article-says\"></div>",
        "<div class=\"verdict\" role=\"group\" aria-labelledby=\"verdict-asks\"><p id=\"verdict-asks\" role=\"status\"></p>",
        "<span class=\"verdict__both\" id=\"verdict\">",
        &answer(words.yes, "helped"),
        &answer(words.no, "missed"),
        "</span><button class=\"button button--wide\" type=\"button\" id=\"article-begin\" data-do=\"begin\" hidden>",
        words.start,
        "</button></div></div></div>",
    ]
    .concat()
}

fn answer(says: &str, does: &str) -> String {
    ["<button class=\"button button--s\" type=\"button\" data-do=\"", does, "\">", says, "</button>"].concat()
}

pub fn paint(words: &Words, state: &State) {
    let kind = state.application.as_ref().map(|view| view.kind).unwrap_or_default();
    dom::show("help", kind.has_knowledge());
    dom::show("begin", kind.has_chat());
    let says = state.found.as_ref().map_or(String::new(), |found| (words.found)(found.len()));
    dom::say("found-says", &says);
    let found = state.found.as_deref().unwrap_or_default();
    let mut key: Vec<&str> = found.iter().map(|line| line.id.as_str()).collect();
    key.push(&state.question);
    dom::fill("found", &key, &|| found.iter().map(line).collect());

    let Some(article) = &state.article else { return };
    dom::say("article-title", &article.title);
    dom::fill("article-says", &[&article.id], &|| {
        let body = dom::element("div", "");
        // Sanitised by our server: the one text of others that is markup here.
        body.set_inner_html(&article.html);
        dom::set(&body, "lang", &article.lang);
        vec![body]
    });
    let asks = match state.verdict {
        None => words.did_it_help,
        Some(true) => words.it_helped,
        Some(false) => words.it_did_not_help,
    };
    dom::say("verdict-asks", asks);
    dom::show("verdict", state.verdict.is_none());
    dom::show("article-begin", state.verdict == Some(false) && kind.has_chat());
}

fn line(line: &ArticleLine) -> Element {
    let title = pieces("span", "help__title", &line.title);
    let excerpt = pieces("span", "help__excerpt", &line.excerpt);
    let button = dom::element("button", "help__line");
    for (name, value) in [("type", "button"), ("data-do", "article"), ("data-act", &line.id)] {
        dom::set(&button, name, value);
    }
    let button = dom::within(button, &[&title, &excerpt]);
    dom::within(dom::element("li", ""), &[&button])
}

fn pieces(tag: &str, class: &str, pieces: &[Piece]) -> Element {
    let drawn: Vec<Element> =
        pieces.iter().map(|piece| dom::said(if piece.hit { "mark" } else { "span" }, "", &piece.text)).collect();
    dom::within(dom::element(tag, class), &drawn.iter().collect::<Vec<_>>())
}

/// Another letter of the question.
pub fn typed(visit: Visit) {
    let Some(input) = dom::find("search").and_then(|input| input.dyn_into::<HtmlInputElement>().ok()) else { return };
    let question = input.value();
    visit.change().question = question.clone();
    clock::spawn(async move {
        clock::sleep(PAUSE).await;
        let current = move |visit: Visit, question: &str| visit.peek().question == question;
        if !current(visit, &question) {
            return;
        }
        if question.trim().is_empty() {
            visit.change().found = None;
            return;
        }
        let answer = door::find_articles(visit.key(), visit.words.common.lang, &question).once().await;
        if current(visit, &question) {
            match answer {
                Ok(found) => {
                    let mut state = visit.change();
                    state.found = Some(found);
                    state.trouble.clear();
                }
                Err(snag) => visit.fail(&snag),
            }
        }
    });
}

pub fn open(visit: Visit, id: &str) {
    let asked = door::article(visit.key(), id);
    clock::spawn(async move {
        match asked.insist(3).await {
            Ok(article) => {
                {
                    let mut state = visit.change();
                    state.article = Some(article);
                    state.verdict = None;
                }
                visit.go(Screen::Article);
            }
            Err(snag) => visit.fail(&snag),
        }
    });
}

pub fn judge(visit: Visit, helped: bool) {
    let Some(id) = visit.peek().article.as_ref().map(|article| article.id.clone()) else { return };
    visit.change().verdict = Some(helped);
    let asked = door::vote(visit.key(), &id, &Vote { id: clock::id(), helped });
    // A vote that is lost is no loss to him.
    clock::spawn(async move { drop(asked.insist(3).await) });
}
