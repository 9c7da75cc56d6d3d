//! What is asked before the conversation (R8); what was answered is kept for the next time (R13).

use crate::state::{Screen, State};
use crate::visit::Visit;
use crate::words::Words;
use crate::{dom, icon, topbar};
use domain::Refusal;
use domain::application::{ANSWER_LIMIT, Answer, Field, FieldKind, fill, prove};
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
    let key: Vec<&str> = fields.iter().flat_map(|f| [&*f.key, &f.label, if f.required { "!" } else { "" }]).collect();
    // Drawn again only for other fields: what stands in them is his.
    dom::fill("fields", &key, &|| {
        let drawn = fields.iter().enumerate().map(|(i, one)| field(words, state, one, i == 0));
        drawn.collect()
    });
    for field in fields {
        point_out(state, field);
    }
}

fn fields(state: &State) -> &[Field] {
    state.application.as_ref().map_or(&[], |view| &view.fields)
}

fn field(words: &Words, state: &State, field: &Field, first: bool) -> Element {
    let (kind, complete) = match field.kind {
        FieldKind::Name => ("text", "name"),
        FieldKind::Email => ("email", "email"),
        FieldKind::Phone => ("tel", "tel"),
        FieldKind::Text | FieldKind::Choice | FieldKind::Consent => ("text", "off"),
    };
    let (id, fault) = (["field-", &field.key].concat(), ["fault-", &field.key].concat());
    let label = dom::said("label", "field__label", &field.label);
    dom::set(&label, "for", &id);
    if !field.required {
        let _ = label.append_child(&dom::said("span", "field__hint", &[" ", words.optional].concat()));
    }
    let input = dom::element("input", "field__box");
    let limit = ANSWER_LIMIT.to_string();
    for (name, value) in [
        ("id", id.as_str()),
        ("name", &field.key),
        ("type", kind),
        ("autocomplete", complete),
        ("maxlength", &limit),
        ("aria-describedby", &fault),
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
    dom::within(dom::element("div", "field"), &[&label, &input, &says])
}

/// What his site has proved of him, what he answered before, or what the page knows.
fn given<'a>(state: &'a State, field: &Field) -> &'a str {
    let answer = || state.kept.answers.iter().find(|answer| answer.key == field.key).map(|answer| &*answer.value);
    let page = || state.prefill.iter().find(|(key, _)| *key == field.key).map(|(_, value)| &**value);
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

/// Puts what the page knows where nothing stands: he sees it, and may write something else.
pub fn fill_gaps(state: &State) {
    for field in fields(state) {
        if let Some(input) = input(&field.key).filter(|input| input.value().is_empty()) {
            input.set_value(given(state, field));
        }
    }
}

/// Marks a field that is wrong, and none that is not.
fn point_out(state: &State, field: &Field) {
    let wrong = state.fault.0 == field.key;
    let says = dom::find(&["fault-", &field.key].concat()).and_then(|fault| fault.last_element_child());
    if let (Some(input), Some(says)) = (input(&field.key), says) {
        let says_now = if wrong { &*state.fault.1 } else { "" };
        if says.text_content().as_deref() != Some(says_now) {
            says.set_text_content(Some(says_now));
        }
        dom::set(&input, "aria-invalid", if wrong { "true" } else { "false" });
        if let Some(whole) = input.parent_element() {
            whole.set_class_name(if wrong { "field field--bad" } else { "field" });
        }
    }
}

fn input(key: &str) -> Option<HtmlInputElement> {
    dom::find(&["field-", key].concat())?.dyn_into().ok()
}

/// Lets the form say what is kept of him, and nothing of who was here before (R7).
pub fn recall(state: &State) {
    for field in fields(state) {
        if let Some(input) = input(&field.key) {
            input.set_value(given(state, field));
            // What was proved is not his to write.
            input.set_read_only(proved(state, field).is_some());
        }
    }
}

pub fn send(visit: Visit) {
    let fault = visit.fill_in().err().unwrap_or_default();
    if let Some(input) = input(&fault.0) {
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
        let given = |field: &Field| {
            let value = input(&field.key).map_or(String::new(), |input| input.value());
            Answer { key: field.key.clone(), label: field.label.clone(), value, version: String::new() }
        };
        let given: Vec<Answer> = fields.iter().map(given).collect();
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
            Refusal::FieldMissing { field } | Refusal::FieldTooLong { field, .. } | Refusal::FieldWrong { field } => {
                (field.clone(), words.common.refusal(why))
            }
            other => {
                self.change().trouble = words.common.refusal(other);
                Default::default()
            }
        }
    }

    /// The form was refused by the server, which knows it better: show it again.
    pub fn fill_again(self, why: &Refusal) {
        self.go(Screen::Form);
        let fields = fields(&self.peek()).to_vec();
        let fault = self.slip(&fields, why);
        self.change().fault = fault;
    }
}
