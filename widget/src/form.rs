//! What is asked before the conversation (R8); what was answered is kept for the next time (R13).

use crate::topbar::{Bar, topbar};
use crate::visit::{Screen, Visit};
use crate::icon;
use domain::Refusal;
use domain::application::{ANSWER_LIMIT, Answer, Field, FieldKind, fill};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, HtmlInputElement, SubmitEvent};

pub fn form(visit: Visit) -> impl IntoView {
    let words = visit.words;
    // The field that is wrong, and why.
    let fault = RwSignal::new((String::new(), String::new()));
    let fields = Memo::new(move |_| visit.application.with(|view| view.as_ref().map_or(Vec::new(), |view| view.fields.clone())));
    let send = move |submit: SubmitEvent| {
        submit.prevent_default();
        fault.set(visit.fill().err().unwrap_or_default());
        let (wrong, _) = fault.get_untracked();
        if let Some(input) = input(&wrong) {
            let _ = input.unchecked_into::<HtmlElement>().focus();
        }
    };
    view! {
        {topbar(visit, Bar::Form)}
        <form class="widget__body widget__body--form" novalidate="" on:submit=send>
            <p class="widget__lead">{words.form_lead}</p>
            {move || fields.get().into_iter().enumerate().map(|(i, one)| field(visit, &one, i == 0, fault)).collect_view()}
            <div class="widget__actions"><button class="button button--act button--wide" type="submit">{words.go_on}</button></div>
        </form>
    }
}

fn field(visit: Visit, field: &Field, first: bool, fault: RwSignal<(String, String)>) -> impl IntoView + use<> {
    let (kind, complete) = match field.kind {
        FieldKind::Name => ("text", "name"),
        FieldKind::Email => ("email", "email"),
        FieldKind::Phone => ("tel", "tel"),
        FieldKind::Text => ("text", "off"),
    };
    let id = ["field-", &field.key].concat();
    let fault_id = ["fault-", &field.key].concat();
    let key = field.key.clone();
    let wrong = Memo::new(move |_| fault.with(|(wrong, _)| *wrong == key));
    let given = visit.kept.with_untracked(|kept| kept.answers.iter().find(|answer| answer.key == field.key).map_or(String::new(), |answer| answer.value.clone()));
    let forget = move |_| {
        if wrong.get_untracked() {
            fault.set(Default::default());
        }
    };
    view! {
        <div class="field" class:field--bad=move || wrong.get()>
            <label class="field__label" for=id.clone()>
                {field.label.clone()}
                <span class="field__hint" hidden=field.required>" "{visit.words.optional}</span>
            </label>
            <input
                class="field__box" id=id name=field.key.clone() type=kind autocomplete=complete value=given maxlength=ANSWER_LIMIT.to_string()
                required=field.required data-first=first.then_some("")
                aria-invalid=move || if wrong.get() { "true" } else { "false" } aria-describedby=fault_id.clone() on:input=forget
            />
            <p class="field__fault" id=fault_id role="alert">
                {icon::icon(icon::ALERT)}
                {move || if wrong.get() { fault.with(|(_, why)| why.clone()) } else { String::new() }}
            </p>
        </div>
    }
}

fn input(key: &str) -> Option<HtmlInputElement> {
    document().get_element_by_id(&["field-", key].concat())?.dyn_into().ok()
}

impl Visit {
    /// Takes what stands in the form, or says which field is wrong and why.
    fn fill(self) -> Result<(), (String, String)> {
        let fields = self.application.with_untracked(|view| view.as_ref().map_or(Vec::new(), |view| view.fields.clone()));
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
        let kind = |key: &str| fields.iter().find(|field| field.key == key).map(|field| field.kind);
        match why {
            Refusal::FieldWrong { field } if kind(field) == Some(FieldKind::Email) => (field.clone(), self.words.email_slip.into()),
            Refusal::FieldWrong { field } if kind(field) == Some(FieldKind::Phone) => (field.clone(), self.words.phone_slip.into()),
            Refusal::FieldMissing { field } | Refusal::FieldTooLong { field, .. } | Refusal::FieldWrong { field } => {
                (field.clone(), self.words.common.refusal(why))
            }
            other => {
                self.trouble.set(Some(self.words.common.refusal(other)));
                Default::default()
            }
        }
    }

    /// The form was refused by the server, which knows it better: show it again.
    pub fn fill_again(self, why: &Refusal) {
        self.go(Screen::Form);
        self.trouble.set(Some(self.words.common.refusal(why)));
    }
}
