//! What is asked before the conversation (R8); what was answered is kept for the next time (R13).

use crate::topbar::topbar;
use crate::visit::{Screen, State, Visit};
use crate::{dom, icon};
use domain::Refusal;
use domain::application::{ANSWER_LIMIT, Answer, Field, FieldKind, fill};
use leptos::prelude::*;
use std::cell::RefCell;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlInputElement, SubmitEvent};

pub fn form(visit: Visit) -> impl IntoView {
    let words = visit.words;
    let send: Box<dyn FnMut(SubmitEvent)> = Box::new(move |submit| {
        submit.prevent_default();
        let fault = visit.fill_in().err().unwrap_or_default();
        if let Some(input) = input(&fault.0) {
            let _ = input.focus();
        }
        visit.change().fault = fault;
    });
    // Drawn again only for other fields: what stands in them is his.
    let drawn = RefCell::new(Vec::new());
    dom::follow(move || {
        let state = visit.see();
        let fields = fields(&state);
        if *drawn.borrow() != fields
            && let Some(list) = dom::find("fields")
        {
            list.set_text_content(None);
            for (i, one) in fields.iter().enumerate() {
                let _ = list.append_child(&field(visit, &state, one, i == 0));
            }
            drawn.replace(fields);
        }
    });
    dom::follow(move || point_out(&visit.see()));
    let forget: Box<dyn FnMut(web_sys::Event)> = Box::new(move |_| {
        let wrong = !visit.peek().fault.0.is_empty();
        if wrong {
            visit.change().fault = Default::default();
        }
    });
    view! {
        {topbar(visit, words.form_title, true)}
        <form class="widget__body widget__body--form" novalidate="" on:submit=send on:input=forget>
            <p class="widget__lead">{words.form_lead}</p>
            <div class="widget__fields" id="fields"></div>
            <div class="widget__actions"><button class="button button--act button--wide" type="submit">{words.go_on}</button></div>
        </form>
    }
}

fn fields(state: &State) -> Vec<Field> {
    state.application.as_ref().map_or(Vec::new(), |view| view.fields.clone())
}

fn field(visit: Visit, state: &State, field: &Field, first: bool) -> Element {
    let (kind, complete) = match field.kind {
        FieldKind::Name => ("text", "name"),
        FieldKind::Email => ("email", "email"),
        FieldKind::Phone => ("tel", "tel"),
        FieldKind::Text => ("text", "off"),
    };
    let (id, fault) = (["field-", &field.key].concat(), ["fault-", &field.key].concat());
    let label = dom::said("label", "field__label", &field.label);
    dom::set(&label, "for", &id);
    if !field.required {
        let _ = label.append_child(&dom::said("span", "field__hint", &[" ", visit.words.optional].concat()));
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
    ] {
        dom::set(&input, name, value);
    }
    if let Some(given) = state.kept.answers.iter().find(|answer| answer.key == field.key) {
        dom::set(&input, "value", &given.value);
    }
    if field.required {
        dom::set(&input, "required", "");
    }
    if first {
        dom::set(&input, "data-first", "");
    }
    let says = dom::within(dom::element("p", "field__fault"), &[&icon::drawn(icon::ALERT), &dom::element("span", "")]);
    dom::set(&says, "id", &fault);
    dom::set(&says, "role", "alert");
    dom::within(dom::element("div", "field"), &[&label, &input, &says])
}

/// Marks the field that is wrong, and no other.
fn point_out(state: &State) {
    for field in fields(state) {
        let wrong = state.fault.0 == field.key;
        let says = dom::find(&["fault-", &field.key].concat()).and_then(|fault| fault.last_element_child());
        if let (Some(input), Some(says)) = (input(&field.key), says) {
            says.set_text_content(wrong.then_some(state.fault.1.as_str()));
            dom::set(&input, "aria-invalid", if wrong { "true" } else { "false" });
            if let Some(whole) = input.parent_element() {
                whole.set_class_name(if wrong { "field field--bad" } else { "field" });
            }
        }
    }
}

fn input(key: &str) -> Option<HtmlInputElement> {
    dom::find(&["field-", key].concat())?.dyn_into().ok()
}

impl Visit {
    /// Takes what stands in the form, or says which field is wrong and why.
    fn fill_in(self) -> Result<(), (String, String)> {
        let fields = fields(&self.peek());
        let given = |field: &Field| {
            let value = input(&field.key).map_or(String::new(), |input| input.value());
            Answer { key: field.key.clone(), label: field.label.clone(), value }
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
        let fields = fields(&self.peek());
        let fault = self.slip(&fields, why);
        self.change().fault = fault;
    }
}
