//! What is asked before the conversation (R8); what was answered is kept for the next time (R13).

use crate::door::Snag;
use crate::state::{Screen, State};
use crate::visit::Visit;
use crate::words::Words;
use crate::{clock, dom, icon, topbar};
use domain::Refusal;
use domain::application::{ANSWER_LIMIT, Answer, Field, FieldKind, email_of, fill, prove};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlInputElement};

pub fn markup(words: &Words) -> String {
    [
        "<div class=\"widget__screen\" id=\"ask\" hidden>",
        &topbar::markup(words, "form-title", true),
        "<form class=\"widget__body widget__body--form\" id=\"form\" novalidate><p class=\"widget__lead\">",
        words.form_lead,
        "</p><div class=\"widget__fields\" id=\"fields\"></div><div class=\"widget__actions\">",
        "<button class=\"button button--act button--wide\" type=\"submit\">",
        words.go_on,
        "</button></div></form></div>",
    ]
    .concat()
}

pub fn paint(words: &Words, state: &State) {
    dom::say("form-title", words.form_title);
    let fields = fields(state);
    let mut key: Vec<&str> = Vec::new();
    for f in fields {
        key.extend([&*f.key, &f.label, if f.required { "!" } else { "" }]);
        key.extend(f.options.iter().map(String::as_str));
        key.extend(f.consent.iter().flat_map(|consent| [&*consent.text, &consent.version, &consent.link]));
    }
    // Drawn again only for other fields: what stands in them is his.
    dom::fill("fields", &key, &|| {
        let drawn = fields.iter().enumerate().map(|(i, one)| field(words, state, one, i == 0));
        drawn.collect()
    });
    for field in fields {
        point_out(state, field);
    }
}

pub fn fields(state: &State) -> &[Field] {
    state.application.as_ref().map_or(&[], |view| &view.fields)
}

fn field(words: &Words, state: &State, field: &Field, first: bool) -> Element {
    let (kind, complete) = match field.kind {
        FieldKind::Name => ("text", "name"),
        FieldKind::Email => ("email", "email"),
        FieldKind::Phone => ("tel", "tel"),
        FieldKind::Text | FieldKind::Choice => ("text", "off"),
        FieldKind::Consent => ("checkbox", "off"),
    };
    let (id, fault) = (["field-", &field.key].concat(), ["fault-", &field.key].concat());
    let optional = || dom::said("span", "field__hint", &[" ", words.optional].concat());
    let input = match field.kind {
        FieldKind::Choice => choice(words, state, field),
        _ => dom::element("input", if field.consent.is_some() { "" } else { "field__box" }),
    };
    let limit = ANSWER_LIMIT.to_string();
    for (name, value) in [
        ("id", id.as_str()),
        ("name", &field.key),
        ("type", kind),
        ("autocomplete", complete),
        ("maxlength", &limit),
        ("aria-describedby", &fault),
        // Of a consent it says nothing: its box is never drawn ticked. One that was ticked beforehand
        // is no consent; who has agreed to this very text is not asked again, see `begin`.
        ("value", given(state, field)),
    ] {
        dom::set(&input, name, value);
    }
    if field.required {
        dom::set(&input, "required", "");
    }
    if first {
        dom::set(&input, "data-first", "");
    }
    let says = dom::element("p", "field__fault");
    if let Some(alert) = icon::drawn(icon::ALERT) {
        let _ = says.append_child(&alert);
    }
    let says = dom::within(says, &[&dom::element("span", "")]);
    dom::set(&says, "id", &fault);
    dom::set(&says, "role", "alert");
    let whole = dom::element("div", "field");
    if let Some(consent) = &field.consent {
        let text = dom::said("span", "choice__text", &consent.text);
        if !consent.link.is_empty() {
            let more = dom::outward(&consent.link);
            more.set_text_content(Some(words.read_more));
            dom::within(text.clone(), &[&dom::said("span", "", " "), &more]);
        }
        if !field.required {
            let _ = text.append_child(&optional());
        }
        let label = dom::within(dom::element("label", "choice choice--bare"), &[&input, &text]);
        return dom::within(whole, &[&label, &says]);
    }
    let label = dom::said("label", "field__label", &field.label);
    dom::set(&label, "for", &id);
    if !field.required {
        let _ = label.append_child(&optional());
    }
    dom::within(whole, &[&label, &input, &says])
}

/// The browser's own list: keyboard, screen reader and phone know it.
fn choice(words: &Words, state: &State, field: &Field) -> Element {
    let list = dom::element("select", "field__box");
    let option = |value: &str, says: &str| {
        let option = dom::said("option", "", says);
        dom::set(&option, "value", value);
        if value == given(state, field) {
            dom::set(&option, "selected", "");
        }
        let _ = list.append_child(&option);
    };
    option("", words.choose);
    field.options.iter().for_each(|one| option(one, one));
    list
}

/// What his site has proved of him, what he answered before, or what the page knows.
fn given<'a>(state: &'a State, field: &Field) -> &'a str {
    let answer = || state.kept.answers.iter().find(|answer| answer.key == field.key).map(|answer| &*answer.value);
    let page = || state.hints.prefill.iter().find(|(key, _)| *key == field.key).map(|(_, value)| &**value);
    proved(state, field).or_else(answer).or_else(page).unwrap_or_default()
}

fn proved<'a>(state: &'a State, field: &Field) -> Option<&'a str> {
    let known = state.known.as_ref()?;
    let value = match field.kind {
        FieldKind::Name => &known.name,
        FieldKind::Email => &known.email,
        _ => return None,
    };
    (!value.is_empty()).then_some(value)
}

/// What is known without the form.
pub fn answers(state: &State) -> Vec<Answer> {
    match &state.known {
        Some(known) => prove(fields(state), &state.kept.answers, &known.name, &known.email),
        None => state.kept.answers.clone(),
    }
}

/// Where he will be written to.
pub fn email(state: &State) -> String {
    email_of(fields(state), &answers(state)).into()
}

/// Puts what the page knows where nothing stands: he sees it, and may write something else.
pub fn fill_gaps(state: &State) {
    for field in fields(state) {
        if field.consent.is_none() && dom::value(&place(field)).is_empty() {
            dom::put(&place(field), given(state, field));
        }
    }
}

/// Marks a field that is wrong, and none that is not.
fn point_out(state: &State, field: &Field) {
    let wrong = state.fault.0 == field.key;
    let says = dom::find(&["fault-", &field.key].concat()).and_then(|fault| fault.last_element_child());
    if let (Some(input), Some(says)) = (dom::find(&place(field)), says) {
        let says_now = if wrong { &*state.fault.1 } else { "" };
        if says.text_content().as_deref() != Some(says_now) {
            says.set_text_content(Some(says_now));
        }
        dom::set(&input, "aria-invalid", if wrong { "true" } else { "false" });
        if let Ok(Some(whole)) = input.closest(".field") {
            whole.set_class_name(if wrong { "field field--bad" } else { "field" });
        }
    }
}

/// Where it is filled in, by id.
fn place(field: &Field) -> String {
    ["field-", &field.key].concat()
}

/// What stands in it now; of a consent that is ticked, what is agreed to.
fn answered(field: &Field) -> Answer {
    let mut answer = Answer { key: field.key.clone(), label: field.label.clone(), ..Answer::default() };
    match &field.consent {
        None => answer.value = dom::value(&place(field)),
        Some(consent) if is_ticked(field) => {
            answer.value = consent.text.clone();
            answer.version = consent.version.clone();
        }
        Some(_) => {}
    }
    answer
}

fn is_ticked(field: &Field) -> bool {
    input(field).is_some_and(|input| input.checked())
}

/// Where it is no list.
fn input(field: &Field) -> Option<HtmlInputElement> {
    dom::find(&place(field))?.dyn_into().ok()
}

/// Lets the form say what is kept of him, and nothing of who was here before (R7).
pub fn recall(state: &State) {
    for field in fields(state) {
        let Some(input) = input(field) else {
            dom::put(&place(field), given(state, field));
            continue;
        };
        if field.consent.is_some() {
            input.set_checked(false);
            continue;
        }
        input.set_value(given(state, field));
        // What was proved is not his to write.
        input.set_read_only(proved(state, field).is_some());
    }
}

pub fn send(visit: Visit) {
    let fault = visit.fill_in().err().unwrap_or_default();
    if let Some(input) = dom::find(&["field-", &fault.0].concat()) {
        let _ = input.focus();
    }
    visit.change().fault = fault;
}

/// Another letter: the slip is being mended.
pub fn typed(visit: Visit) {
    let wrong = !visit.peek().fault.0.is_empty();
    if wrong {
        visit.change().fault = Default::default();
    }
}

impl Visit {
    /// Takes what stands in the form, or says which field is wrong and why.
    fn fill_in(self) -> Result<(), (String, String)> {
        let fields = fields(&self.peek()).to_vec();
        let given: Vec<Answer> = fields.iter().map(answered).collect();
        let answers = fill(&fields, &given).map_err(|why| self.slip(&fields, &why))?;
        self.keep(|kept| kept.answers = answers);
        self.ask_subject();
        Ok(())
    }

    fn slip(self, fields: &[Field], why: &Refusal) -> (String, String) {
        let words = self.words;
        let kind = |key: &str| fields.iter().find(|field| field.key == key).map(|field| field.kind);
        match why {
            Refusal::FieldWrong { field } if kind(field) == Some(FieldKind::Email) => {
                (field.clone(), words.email_slip.into())
            }
            Refusal::FieldWrong { field } if kind(field) == Some(FieldKind::Phone) => {
                (field.clone(), words.phone_slip.into())
            }
            Refusal::FieldMissing { field } if kind(field) == Some(FieldKind::Consent) => {
                (field.clone(), words.consent_slip.into())
            }
            Refusal::FieldMissing { field } | Refusal::FieldTooLong { field, .. } | Refusal::FieldWrong { field } => {
                (field.clone(), words.common.refusal(why))
            }
            other => {
                self.change().trouble = words.common.refusal(other);
                Default::default()
            }
        }
    }

    /// The form was refused by the server, which knows it better: read it again, and show it.
    pub fn fill_again(self, snag: Snag) {
        clock::spawn(async move {
            if self.refresh().await
                && let Some(why) = snag.refusal()
            {
                self.go(Screen::Form);
                let fields = fields(&self.peek()).to_vec();
                let fault = self.slip(&fields, why);
                self.change().fault = fault;
            }
        });
    }
}
