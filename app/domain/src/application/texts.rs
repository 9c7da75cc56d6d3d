//! What a customer reads in his own language: the launcher's title, the greeting and the form, in each of the three.
//! What is left empty is read as the house wrote it first.

use super::{ANSWER_LIMIT, CONSENT_LIMIT, Field, LABEL_LIMIT, Setup, TITLE_LIMIT, VERSION_LIMIT, Wrong, is_line};
use crate::profile::TONGUES;
use crate::text;
use serde::{Deserialize, Serialize};

/// The longest greeting, in characters.
pub const GREETING_LIMIT: usize = 120;

/// The texts of one language, where they are others than those of the form itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Texts {
    /// One of [`TONGUES`].
    pub lang: String,
    /// Empty: the product's own.
    pub greeting: String,
    pub fields: Vec<FieldTexts>,
    /// What stands beside an expanded launcher; empty: the house's own.
    pub title: String,
}

/// Of one field of the form.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FieldTexts {
    /// The key of the field.
    pub key: String,
    pub label: String,
    /// What a choice offers, in the order of the field's own; empty: those.
    pub options: Vec<String>,
    /// What is agreed to.
    pub consent: String,
    /// The options that `options` are the words for: where the field has others by now, those are read.
    pub options_of: Vec<String>,
    /// The version of the consent that `consent` is the text of: of another version the field's own is read.
    pub consent_of: String,
}

impl FieldTexts {
    fn is_empty(&self) -> bool {
        self.label.is_empty() && self.options.is_empty() && self.consent.is_empty()
    }

    /// What does not say what it translates translates what the form says now.
    fn settle(&mut self, field: &Field) {
        if self.options.is_empty() {
            self.options_of.clear();
        } else if self.options_of.is_empty() {
            self.options_of.clone_from(&field.options);
        }
        if self.consent.is_empty() {
            self.consent_of.clear();
        } else if self.consent_of.is_empty()
            && let Some(consent) = &field.consent
        {
            self.consent_of.clone_from(&consent.version);
        }
    }
}

impl Setup {
    /// The texts of a language; none: all is read as it stands in the form.
    pub fn texts_in(&self, lang: &str) -> Option<&Texts> {
        self.texts.iter().find(|texts| texts.lang == lang)
    }

    /// The greeting of this language: the house's, or the product's.
    pub fn greeting(&self, lang: &str) -> &str {
        let own = self.texts_in(lang).filter(|texts| !texts.greeting.is_empty());
        own.map_or(usual_greeting(lang), |texts| &texts.greeting)
    }

    /// The languages in which the launcher has a title of its own, each with it.
    pub fn titles(&self) -> Vec<(String, String)> {
        let own = self.texts.iter().filter(|texts| !texts.title.is_empty());
        own.map(|texts| (texts.lang.clone(), texts.title.clone())).collect()
    }

    /// The form as it is asked in this language: what is answered is checked against it, and kept as it was read.
    pub fn form_in(&self, lang: &str, form: Vec<Field>) -> Vec<Field> {
        let Some(texts) = self.texts_in(lang) else { return form };
        form.into_iter().map(|field| texts.said(field)).collect()
    }

    /// Titles and greetings are lines, as the house's title is. What no field has any more is forgotten, and the rest
    /// knows what it translates.
    pub(super) fn keep_texts_of(&mut self, form: &[Field]) {
        for texts in &mut self.texts {
            texts.title = text::line(&texts.title);
            texts.greeting = text::line(&texts.greeting);
            texts.fields.retain_mut(|own| {
                let Some(field) = form.iter().find(|field| field.key == own.key) else { return false };
                own.settle(field);
                !own.is_empty()
            });
        }
        self.texts.retain(|texts| !texts.greeting.is_empty() || !texts.fields.is_empty() || !texts.title.is_empty());
    }

    /// What in the texts cannot be meant, with this form.
    pub(super) fn check_texts(&self, form: &[Field]) -> Result<(), Wrong> {
        for (n, texts) in self.texts.iter().enumerate() {
            let wrong = |at: &str, why| Err(Wrong::at(&["texts.", &texts.lang, ".", at].concat(), why));
            let known = TONGUES.contains(&texts.lang.as_str());
            if !known || self.texts[..n].iter().any(|before| before.lang == texts.lang) {
                return wrong("lang", "it is es, pt or en, and each stands there once");
            }
            if !texts.greeting.is_empty() && !is_line(&texts.greeting, GREETING_LIMIT) {
                return wrong("greeting", "it is one line of at most 120 characters");
            }
            if !texts.title.is_empty() && !is_line(&texts.title, TITLE_LIMIT) {
                return wrong("title", "it is one line of at most 40 characters");
            }
            for (m, own) in texts.fields.iter().enumerate() {
                let at = |name: &str| [&own.key, ".", name].concat();
                if texts.fields[..m].iter().any(|before| before.key == own.key) {
                    return wrong(&at("key"), "it stands there twice");
                }
                if !own.label.is_empty() && !is_line(&own.label, LABEL_LIMIT) {
                    return wrong(&at("label"), "it is one line of 1 to 80 characters");
                }
                if !own.consent.is_empty() && !is_line(&own.consent, CONSENT_LIMIT) {
                    return wrong(&at("consent"), "it is one line of 1 to 500 characters");
                }
                let field = form.iter().find(|field| field.key == own.key);
                let many = field.map_or(0, |field| field.options.len());
                if !own.options.is_empty() && (own.options.len() != many || own.options_of.len() != many) {
                    return wrong(&at("options"), "there is one for each of the field's own");
                }
                // It is no text of the form's any more, perhaps; only that it has an end is asked of it.
                if own.consent_of.chars().count() > VERSION_LIMIT {
                    return wrong(&at("consent_of"), "it is a version, of at most 40 characters");
                }
                if own.options_of.iter().any(|option| option.chars().count() > ANSWER_LIMIT) {
                    return wrong(&at("options_of"), "each is one line of 1 to 200 characters");
                }
                for (o, option) in own.options.iter().enumerate() {
                    if !is_line(option, ANSWER_LIMIT) || own.options[..o].contains(option) {
                        return wrong(&at("options"), "each is one line of 1 to 200 characters, and said once");
                    }
                }
            }
        }
        Ok(())
    }
}

/// What greets where the house has said nothing.
pub fn usual_greeting(lang: &str) -> &'static str {
    match lang {
        "pt" => "Olá, como podemos ajudar?",
        "en" => "Hello, how can we help?",
        _ => "Hola, ¿cómo podemos ayudar?",
    }
}

impl Texts {
    fn said(&self, mut field: Field) -> Field {
        let Some(own) = self.fields.iter().find(|own| own.key == field.key) else { return field };
        if !own.label.is_empty() {
            field.label.clone_from(&own.label);
        }
        // What was changed since has no words in this language yet: none says another thing, all are the house's own.
        if own.options.len() == field.options.len() && own.options_of == field.options {
            field.options.clone_from(&own.options);
        }
        let agreed =
            field.consent.as_mut().filter(|consent| !own.consent.is_empty() && own.consent_of == consent.version);
        if let Some(consent) = agreed {
            consent.text.clone_from(&own.consent);
        }
        field
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::application::{Answer, Consent, FieldKind, fill};

    fn form() -> Vec<Field> {
        let field = |key: &str, kind| Field {
            key: key.into(),
            label: key.to_uppercase(),
            kind,
            required: true,
            options: Vec::new(),
            consent: None,
        };
        let consent = Consent { text: "Acepto".into(), version: "1".into(), link: String::new() };
        vec![
            field("name", FieldKind::Name),
            Field { options: vec!["Rojo".into(), "Azul".into()], ..field("colour", FieldKind::Choice) },
            Field { consent: Some(consent), ..field("terms", FieldKind::Consent) },
        ]
    }

    fn in_english() -> Setup {
        let own = |key: &str, label: &str| FieldTexts { key: key.into(), label: label.into(), ..FieldTexts::default() };
        let fields = vec![
            FieldTexts {
                options: vec!["Red".into(), "Blue".into()],
                options_of: vec!["Rojo".into(), "Azul".into()],
                ..own("colour", "Colour")
            },
            FieldTexts { consent: "I agree".into(), consent_of: "1".into(), ..own("terms", "") },
        ];
        let (lang, greeting, title) = ("en".into(), "Good to see you.".into(), "Shall we talk?".into());
        let texts = Texts { lang, greeting, fields, title };
        Setup { texts: vec![texts], ..Setup::default() }
    }

    #[test]
    fn what_is_asked_in_a_language_is_answered_in_it_and_what_has_no_words_stays() {
        let (setup, answer) = (in_english(), |key: &str, value: &str| Answer {
            key: key.into(),
            value: value.into(),
            version: if key == "terms" { "1".into() } else { String::new() },
            ..Answer::default()
        });

        let asked = setup.form_in("en", form());
        let given =
            fill(&asked, &[answer("name", "Ann"), answer("colour", "Blue"), answer("terms", "I agree")]).unwrap();

        let said: Vec<(&str, &str)> = given.iter().map(|one| (one.label.as_str(), one.value.as_str())).collect();
        assert_eq!(said, [("NAME", "Ann"), ("Colour", "Blue"), ("TERMS", "I agree")]);
        assert_eq!(setup.form_in("pt", form()), form());
        assert_eq!((setup.greeting("en"), setup.greeting("pt")), ("Good to see you.", "Olá, como podemos ajudar?"));
    }

    #[test]
    fn the_titles_are_those_of_the_languages_that_have_one() {
        let mut setup = in_english();
        setup.texts.push(Texts { lang: "pt".into(), greeting: "Bom dia!".into(), ..Texts::default() });

        assert_eq!(setup.titles(), [("en".to_owned(), "Shall we talk?".to_owned())]);
        assert!(Setup::default().titles().is_empty());
    }

    #[test]
    fn a_title_alone_is_kept_and_what_was_kept_without_one_reads_on() {
        let before: Texts = serde_json::from_str(r#"{"lang": "pt", "greeting": "Bom dia!", "fields": []}"#).unwrap();
        let alone = Texts { lang: "en".into(), title: "Help".into(), ..Texts::default() };
        let mut setup = Setup { texts: vec![before, alone], ..Setup::default() };

        setup.keep_texts_of(&form());

        assert_eq!((setup.titles(), setup.greeting("pt")), (vec![("en".to_owned(), "Help".to_owned())], "Bom dia!"));
    }

    #[test]
    fn a_title_and_a_greeting_are_kept_as_lines_and_what_is_empty_then_is_forgotten() {
        let texts = |lang: &str, title: &str, greeting: &str| {
            let (lang, title, greeting) = (lang.into(), title.into(), greeting.into());
            Texts { lang, title, greeting, ..Texts::default() }
        };
        let texts = vec![texts("en", " Shall\u{0} we\n talk? ", "\tGood day.\n"), texts("pt", " ", "\n")];
        let mut setup = Setup { texts, ..Setup::default() };

        setup.keep_texts_of(&form());

        let kept: Vec<_> = setup.texts.iter().map(|texts| (&*texts.lang, &*texts.title, &*texts.greeting)).collect();
        assert_eq!(kept, [("en", "Shall we talk?", "Good day.")]);
        assert_eq!(setup.check_texts(&form()), Ok(()));
    }

    #[test]
    fn an_option_more_without_words_shows_all_as_the_house_has_them() {
        let mut form = form();
        form[1].options.push("Verde".into());

        let asked = in_english().form_in("en", form.clone());

        assert_eq!(asked[1].options, form[1].options);
    }

    #[test]
    fn options_in_another_order_and_a_consent_of_another_version_are_read_as_the_house_has_them() {
        let mut form = form();
        form[1].options.reverse();
        let newer = Consent { text: "Acepto todo".into(), version: "2".into(), link: String::new() };
        form[2].consent = Some(newer);

        let asked = in_english().form_in("en", form.clone());

        assert_eq!((&asked[1].options, &asked[2].consent), (&form[1].options, &form[2].consent));
        assert_eq!(asked[1].label, "Colour");
    }

    #[test]
    fn what_does_not_say_what_it_translates_translates_the_form_that_it_is_saved_with() {
        let mut setup = in_english();
        setup.texts[0].fields[0].options_of.clear();
        setup.texts[0].fields[1].consent_of.clear();

        setup.keep_texts_of(&form());

        assert_eq!(setup, in_english());
    }

    #[test]
    fn what_cannot_be_meant_is_named_by_its_place_and_what_no_field_has_is_forgotten() {
        let wrong = |change: fn(&mut Texts)| {
            let mut setup = in_english();
            change(&mut setup.texts[0]);
            setup.check_texts(&form()).unwrap_err().path
        };
        let mut setup = in_english();

        setup.keep_texts_of(&form()[..1]);

        assert_eq!(wrong(|texts| texts.lang = "fr".into()), "texts.fr.lang");
        assert_eq!(wrong(|texts| texts.greeting = "a".repeat(121)), "texts.en.greeting");
        assert_eq!(wrong(|texts| texts.title = "a".repeat(41)), "texts.en.title");
        assert_eq!(wrong(|texts| texts.fields[0].label = "a\nb".into()), "texts.en.colour.label");
        assert_eq!(wrong(|texts| drop(texts.fields[0].options.pop())), "texts.en.colour.options");
        assert_eq!(wrong(|texts| drop(texts.fields[0].options_of.pop())), "texts.en.colour.options");
        assert_eq!(wrong(|texts| texts.fields[0].options_of[0] = "a".repeat(201)), "texts.en.colour.options_of");
        assert_eq!(wrong(|texts| texts.fields[1].consent = "a".repeat(501)), "texts.en.terms.consent");
        assert_eq!(wrong(|texts| texts.fields[1].consent_of = "a".repeat(41)), "texts.en.terms.consent_of");
        assert_eq!(in_english().check_texts(&form()), Ok(()));
        assert!(setup.texts[0].fields.is_empty());
    }
}
