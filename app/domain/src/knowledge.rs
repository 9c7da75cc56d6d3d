//! The knowledge base as its administrators keep it: sections, articles in several languages, and what is asked of it.
//!
//! What a customer finds of it is in [`crate::article`].

use crate::article::{BODY_LIMIT, TITLE_LIMIT};
use crate::profile::TONGUES;
use crate::settings::may_keep;
use crate::{Refusal, Time, id, text};
use serde::{Deserialize, Serialize};

/// More sections than this nobody looks through.
pub const SECTIONS: usize = 50;
/// The longest name of a section, in characters.
pub const NAME_LIMIT: usize = 60;
/// The longest address of an article, in characters.
pub const SLUG_LIMIT: usize = 80;
/// More articles than this no list shows.
pub const ARTICLES: usize = 2_000;
/// More applications than this show no article.
pub const SHOWN_LIMIT: usize = 500;

/// A section; its name in each language, empty where it has none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    pub id: String,
    pub es: String,
    pub pt: String,
    pub en: String,
}

/// A section as it is administered; in their order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    pub section: Section,
    pub retired: bool,
}

/// What an administrator wants of a section. Variants are only ever appended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Change {
    /// `read`: as it was before his eyes; none: it is new. Its id is made by who asks.
    Keep { section: Section, read: Option<Section> },
    /// Before another one; none: behind all.
    Move { id: String, before: Option<String> },
    /// Its articles stay, and are in none.
    Retire { id: String, retired: bool },
}

/// An article in one language.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version {
    /// `es`, `pt` or `en`.
    pub lang: String,
    pub title: String,
    /// The end of its address; empty: made of the title.
    pub slug: String,
    /// Markdown.
    pub body: String,
    /// Customers find it; else it is a draft.
    pub published: bool,
}

/// All that is written of an article.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sheet {
    /// Made by who writes it.
    pub id: String,
    pub section: Option<String>,
    /// Whose widgets show it, by id.
    pub applications: Vec<String>,
    /// One a language at the most.
    pub versions: Vec<Version>,
}

/// What another program wants otherwise of an article in one language; what is none stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Edit {
    pub title: Option<String>,
    pub body: Option<String>,
    /// Empty: made of the title.
    pub slug: Option<String>,
    pub published: Option<bool>,
    /// These two are of all its languages.
    pub applications: Option<Vec<String>>,
    /// Empty: none.
    pub section: Option<String>,
}

/// An article as it is read to be changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    pub sheet: Sheet,
    /// Raised with every change: who saves says which one he has read.
    pub revision: u32,
    pub retired: bool,
    pub changed_at: Time,
    /// His name; empty: an operator, or nobody that works here.
    pub changed_by: String,
}

/// A version in the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Title {
    pub lang: String,
    pub title: String,
    pub published: bool,
    /// How many said that it helped, and how many that it did not.
    pub helped: u32,
    pub missed: u32,
}

/// An article in the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    pub id: String,
    pub section: Option<String>,
    pub titles: Vec<Title>,
    pub retired: bool,
    pub changed_at: Time,
    pub changed_by: String,
}

/// An application that can show articles.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shelf {
    pub id: String,
    pub name: String,
    /// Its widget has a search.
    pub searches: bool,
}

/// The whole of it, without what the articles say.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Base {
    pub sections: Vec<Entry>,
    /// The last changed first.
    pub lines: Vec<Line>,
    pub shelves: Vec<Shelf>,
}

/// A picture that was sent for articles.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picture {
    pub id: String,
    /// It stands in the text of the article; else in that of none, and it can be removed.
    pub used: bool,
}

/// The most pictures of one list.
pub const PICTURES: usize = 200;

/// What in a text may be the id of a picture, however its address is written.
pub fn ids_in(body: &str) -> impl Iterator<Item = &str> {
    let parts = body.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_'));
    parts.filter(|part| id::is_sound(part))
}

/// What was asked for, by whomever.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    pub words: String,
    pub lang: String,
    pub times: u32,
    /// How often of these nothing was found.
    pub missed: u32,
    /// The last day, `2026-11-29`.
    pub last: String,
}

/// What was asked for between two days.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Searches {
    /// The most asked first.
    pub all: Vec<Asked>,
    /// What nothing was found for, likewise.
    pub missed: Vec<Asked>,
    /// All of them, also those that no list holds.
    pub times: u32,
    pub without: u32,
}

impl Section {
    /// Its name in a language, else in any.
    pub fn name(&self, lang: &str) -> &str {
        let own = match lang {
            "pt" => &self.pt,
            "en" => &self.en,
            _ => &self.es,
        };
        [own, &self.es, &self.pt, &self.en].into_iter().find(|name| !name.is_empty()).map_or("", String::as_str)
    }

    fn checked(&self) -> Result<Section, Refusal> {
        let name = |name: &str, field: &str| {
            let name = text::line(name);
            let long = name.chars().count() > NAME_LIMIT;
            let refused = Refusal::FieldTooLong { field: field.into(), limit: NAME_LIMIT as u32 };
            if long { Err(refused) } else { Ok(name) }
        };
        let [es, pt, en] = [name(&self.es, "es")?, name(&self.pt, "pt")?, name(&self.en, "en")?];
        if es.is_empty() && pt.is_empty() && en.is_empty() {
            return Err(Refusal::FieldMissing { field: "es".into() });
        }
        Ok(Section { id: self.id.clone(), es, pt, en })
    }
}

impl Change {
    pub fn id(&self) -> &str {
        match self {
            Change::Keep { section, .. } => &section.id,
            Change::Move { id, .. } | Change::Retire { id, .. } => id,
        }
    }

    /// All sections as they are afterwards.
    pub fn apply(&self, all: &[Entry]) -> Result<Vec<Entry>, Refusal> {
        let mut all = all.to_vec();
        let place =
            |all: &[Entry], id: &str| all.iter().position(|entry| entry.section.id == id).ok_or(Refusal::NotYours);
        match self {
            Change::Keep { section, read } => {
                let wanted = section.checked()?;
                let at = place(&all, &wanted.id).ok();
                if !may_keep(at.map(|at| &all[at].section), read.as_ref(), &wanted)? {
                    return Ok(all);
                }
                match at {
                    Some(at) => all[at].section = wanted,
                    None if !id::is_sound(&wanted.id) => return Err(Refusal::Malformed),
                    None if all.len() >= SECTIONS => return Err(Refusal::Full { limit: SECTIONS as u32 }),
                    None => all.push(Entry { section: wanted, retired: false }),
                }
            }
            Change::Move { id, before } => {
                let at = place(&all, id)?;
                if before.as_ref() == Some(id) {
                    return Ok(all);
                }
                if let Some(before) = before {
                    place(&all, before)?;
                }
                let entry = all.remove(at);
                let to = match before {
                    Some(before) => place(&all, before)?,
                    None => all.len(),
                };
                all.insert(to, entry);
            }
            Change::Retire { id, retired } => {
                let at = place(&all, id)?;
                all[at].retired = *retired;
            }
        }
        Ok(all)
    }
}

impl Sheet {
    /// As it is kept, when all of it can be meant; a place is named like `es.title`. What is blank in a language is not
    /// there. Whether its section and its applications are is looked at where they are known.
    pub fn checked(&self) -> Result<Sheet, Refusal> {
        if !id::is_sound(&self.id) || self.applications.len() > SHOWN_LIMIT {
            return Err(Refusal::Malformed);
        }
        let mut versions: Vec<Version> = Vec::new();
        for version in &self.versions {
            if !TONGUES.contains(&version.lang.as_str()) || versions.iter().any(|one| one.lang == version.lang) {
                return Err(Refusal::Malformed);
            }
            if !version.is_blank() {
                versions.push(version.checked()?);
            }
        }
        versions.sort_by_key(|version| TONGUES.iter().position(|lang| *lang == version.lang));
        let first = self.versions.first().map_or(TONGUES[0], |version| version.lang.as_str());
        if versions.is_empty() {
            return Err(Refusal::FieldMissing { field: [first, ".title"].concat() });
        }
        let mut applications = self.applications.clone();
        applications.sort_unstable();
        applications.dedup();
        Ok(Sheet { id: self.id.clone(), section: self.section.clone(), applications, versions })
    }

    pub fn version(&self, lang: &str) -> Option<&Version> {
        self.versions.iter().find(|version| version.lang == lang)
    }
}

impl Edit {
    /// As it is to be kept; where nothing is written in that language, none of it is changed.
    pub fn apply(&self, sheet: &Sheet, lang: &str) -> Sheet {
        let mut sheet = sheet.clone();
        if let Some(version) = sheet.versions.iter_mut().find(|version| version.lang == lang) {
            let Version { title, slug, body, published, .. } = version;
            for (is, wanted) in [(title, &self.title), (slug, &self.slug), (body, &self.body)] {
                if let Some(wanted) = wanted {
                    is.clone_from(wanted);
                }
            }
            *published = self.published.unwrap_or(*published);
        }
        if let Some(applications) = &self.applications {
            sheet.applications.clone_from(applications);
        }
        if let Some(section) = &self.section {
            sheet.section = Some(section.clone()).filter(|section| !section.is_empty());
        }
        sheet
    }
}

impl Version {
    /// Nothing is written in this language.
    pub fn is_blank(&self) -> bool {
        text::line(&self.title).is_empty() && self.body.trim().is_empty()
    }

    fn checked(&self) -> Result<Version, Refusal> {
        let at = |name: &str| [&self.lang, ".", name].concat();
        let title = text::line(&self.title);
        if title.is_empty() {
            return Err(Refusal::FieldMissing { field: at("title") });
        }
        if title.chars().count() > TITLE_LIMIT {
            return Err(Refusal::FieldTooLong { field: at("title"), limit: TITLE_LIMIT as u32 });
        }
        // A line's end is the same for whoever writes it; PostgreSQL takes no NUL.
        let body = self.body.replace('\0', "").replace("\r\n", "\n").trim().to_owned();
        if body.is_empty() {
            return Err(Refusal::FieldMissing { field: at("body") });
        }
        if body.len() > BODY_LIMIT {
            return Err(Refusal::FieldTooLong { field: at("body"), limit: BODY_LIMIT as u32 });
        }
        let slug = self.slug.trim().to_ascii_lowercase();
        if !slug.is_empty() && !is_slug(&slug) {
            return Err(Refusal::FieldWrong { field: at("slug") });
        }
        Ok(Version { lang: self.lang.clone(), title, slug, body, published: self.published })
    }
}

/// Small letters from a to z, digits, and single hyphens between them.
pub fn is_slug(text: &str) -> bool {
    let is_sound = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-';
    (1..=SLUG_LIMIT).contains(&text.len())
        && text.bytes().all(is_sound)
        && !text.starts_with('-')
        && !text.ends_with('-')
        && !text.contains("--")
}

/// The longest question that is counted, in characters: what is longer is counted by its beginning.
pub const ASKED_LIMIT: usize = 80;
/// A number of so many digits is somebody's: of an order, a telephone, a card; also where it is written in groups.
const NUMBER: usize = 4;
const GROUPS: usize = 6;

/// A question as it is counted: without case, and without what could say who asked. None: nothing is left of it.
pub fn counted(asked: &str) -> Option<String> {
    let digits = |text: &str| text.chars().filter(|c| c.is_numeric()).count();
    let line = text::line(asked).to_lowercase();
    let grouped = digits(&line) >= GROUPS;
    let is_somebodys = |word: &str| word.contains('@') || digits(word) >= NUMBER || grouped && digits(word) > 0;
    let all: Vec<&str> = line.split(' ').collect();
    // An @ that stands alone, or at the edge of a word, takes its neighbour with it: it is an address all the same.
    let is_beside =
        |n: usize| n > 0 && all[n - 1].ends_with('@') || all.get(n + 1).is_some_and(|next| next.starts_with('@'));
    let of_nobody = all.iter().enumerate().filter(|(n, word)| !is_somebodys(word) && !is_beside(*n));
    let words: Vec<&str> = of_nobody.map(|(_, word)| *word).collect();
    let kept: String = words.join(" ").chars().take(ASKED_LIMIT).collect();
    let kept = kept.trim().to_owned();
    // One or two letters are the beginning of something that was not asked to its end.
    (kept.chars().filter(|c| c.is_alphanumeric()).count() >= 3).then_some(kept)
}

/// Is one of two questions only the other one while it was being typed?
pub fn goes_on(one: &str, other: &str) -> bool {
    one.starts_with(other) || other.starts_with(one)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn section(id: &str, es: &str) -> Section {
        Section { id: id.into(), es: es.into(), ..Section::default() }
    }

    #[test]
    fn a_picture_stands_in_a_text_however_its_address_is_written() {
        let text = format!("![a](/images/{FIRST}?w=1) corto\n\n[b]: &#47;images&#47;{SECOND}\n");

        assert_eq!(ids_in(&text).collect::<Vec<_>>(), [FIRST, SECOND]);
    }

    const FIRST: &str = "first-0123456789abcdef";
    const SECOND: &str = "second-0123456789abcde";

    fn entries() -> Vec<Entry> {
        [(FIRST, "Envíos"), (SECOND, "Pagos")]
            .map(|(id, name)| Entry { section: section(id, name), retired: false })
            .to_vec()
    }

    fn version(lang: &str, title: &str) -> Version {
        Version { lang: lang.into(), title: title.into(), body: "Algo.".into(), ..Version::default() }
    }

    fn sheet(versions: Vec<Version>) -> Sheet {
        Sheet { id: FIRST.into(), versions, ..Sheet::default() }
    }

    #[test]
    fn a_section_is_made_moved_and_retired_and_a_colleague_s_change_is_not_undone() {
        let all = entries();
        let names = |all: &[Entry]| all.iter().map(|entry| entry.section.es.clone()).collect::<Vec<_>>();
        let step = |id: &str, before: Option<&str>| Change::Move { id: id.into(), before: before.map(str::to_owned) };

        assert_eq!(names(&step(SECOND, Some(FIRST)).apply(&all).unwrap()), ["Pagos", "Envíos"]);
        assert_eq!(names(&step(FIRST, None).apply(&all).unwrap()), ["Pagos", "Envíos"]);
        assert_eq!(step("nowhere", None).apply(&all), Err(Refusal::NotYours));
        let read = Some(section(FIRST, "Envíos"));
        let keep = Change::Keep { section: section(FIRST, " Plazos "), read: read.clone() };
        let then = keep.apply(&all).unwrap();
        assert_eq!(names(&then), ["Plazos", "Pagos"]);
        let late = Change::Keep { section: section(FIRST, "Entregas"), read };
        assert_eq!(late.apply(&then), Err(Refusal::Overtaken { by: String::new() }));
        let blank = Change::Keep { section: section("third-0123456789abcdef", " "), read: None };
        assert_eq!(blank.apply(&all), Err(Refusal::FieldMissing { field: "es".into() }));
        assert!(Change::Retire { id: FIRST.into(), retired: true }.apply(&all).unwrap()[0].retired);
    }

    #[test]
    fn a_section_without_a_name_in_a_language_is_called_by_another() {
        let shipping = Section { pt: "Envios".into(), ..section(FIRST, "") };

        assert_eq!((shipping.name("pt"), shipping.name("en")), ("Envios", "Envios"));
    }

    #[test]
    fn what_cannot_be_meant_of_an_article_is_named_by_language_and_field() {
        let refused = |version: Version| sheet(vec![version]).checked().unwrap_err();
        let missing = |field: &str| Refusal::FieldMissing { field: field.into() };

        assert_eq!(refused(version("es", " ")), missing("es.title"));
        assert_eq!(refused(Version { body: " ".into(), ..version("pt", "Prazos") }), missing("pt.body"));
        let slug = Version { slug: "a b".into(), ..version("en", "Delivery") };
        assert_eq!(refused(slug), Refusal::FieldWrong { field: "en.slug".into() });
        let long = Refusal::FieldTooLong { field: "es.title".into(), limit: TITLE_LIMIT as u32 };
        assert_eq!(refused(version("es", &"a".repeat(TITLE_LIMIT + 1))), long);
        assert_eq!(refused(version("fr", "Délais")), Refusal::Malformed);
        assert_eq!(sheet(vec![version("es", "A"), version("es", "B")]).checked(), Err(Refusal::Malformed));
        assert_eq!(sheet(Vec::new()).checked(), Err(missing("es.title")));
    }

    #[test]
    fn a_language_in_which_nothing_is_written_is_not_there() {
        let blank = Version { lang: "en".into(), ..Version::default() };

        let kept = sheet(vec![blank, version("pt", "Prazos"), version("es", "Plazos")]).checked().unwrap();

        assert_eq!(kept.versions.iter().map(|version| version.lang.as_str()).collect::<Vec<_>>(), ["es", "pt"]);
    }

    #[test]
    fn what_an_edit_does_not_name_stays_and_another_language_too() {
        let before =
            Sheet { section: Some("s".into()), ..sheet(vec![version("es", "Plazos"), version("pt", "Prazos")]) };
        let edit = Edit { body: Some("Otro.".into()), published: Some(true), ..Edit::default() };

        let after = edit.apply(&before, "es");

        let es = Version { body: "Otro.".into(), published: true, ..version("es", "Plazos") };
        assert_eq!(after, Sheet { versions: vec![es, version("pt", "Prazos")], ..before.clone() });
        let around = Edit { applications: Some(vec!["shop".into()]), section: Some(String::new()), ..Edit::default() };
        let after = around.apply(&before, "es");
        assert_eq!((after.section, after.applications), (None, vec!["shop".to_owned()]));
        assert_eq!(after.versions, before.versions);
    }

    #[test]
    fn an_address_is_letters_digits_and_hyphens() {
        assert!(is_slug("devolver-un-mueble-2"));
        for wrong in ["", "-a", "a-", "a--b", "Á", "a/b", "a b", &"a".repeat(SLUG_LIMIT + 1)] {
            assert!(!is_slug(wrong), "{wrong}");
        }
    }

    #[test]
    fn a_question_is_counted_without_who_asked_it() {
        assert_eq!(counted("  Devolver  una SILLA "), Some("devolver una silla".into()));
        assert_eq!(counted("pedido 20714 de ana@correo.example"), Some("pedido de".into()));
        assert_eq!(counted("pedido de ana @ correo.example ya"), Some("pedido de ya".into()));
        assert_eq!(counted("de ana@ correo.example, o de ana @correo.example"), Some("de o de".into()));
        for nothing in ["", "de", "+34 600-000-123", "600 000 123", "ana@correo.example", "4111 1111 1111 1111"] {
            assert_eq!(counted(nothing), None, "{nothing}");
        }
        assert_eq!(counted(&"silla ".repeat(50)).unwrap().chars().count(), ASKED_LIMIT);
    }

    #[test]
    fn what_was_typed_on_the_way_is_the_same_question() {
        assert!(goes_on("devol", "devolver") && goes_on("devolver", "devol"));
        assert!(!goes_on("devolver", "silla"));
    }
}
