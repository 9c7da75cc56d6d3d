//! What an agent says of himself, and how his console is.

use crate::factor::Factor;
use crate::{Refusal, Time, text};
use serde::{Deserialize, Serialize};

/// The longest name, in characters.
pub const NAME_LIMIT: usize = 80;
/// The biggest photo that is taken, in bytes; it is made small here.
pub const PHOTO_LIMIT: u32 = 10 * 1024 * 1024;

/// The languages of our screens.
pub const TONGUES: [&str; 3] = ["es", "pt", "en"];

/// Languages that somebody may speak, by their own names.
pub const LANGUAGES: [(&str, &str); 18] = [
    ("es", "Español"),
    ("pt", "Português"),
    ("en", "English"),
    ("ca", "Català"),
    ("gl", "Galego"),
    ("eu", "Euskara"),
    ("fr", "Français"),
    ("it", "Italiano"),
    ("de", "Deutsch"),
    ("nl", "Nederlands"),
    ("pl", "Polski"),
    ("uk", "Українська"),
    ("ru", "Русский"),
    ("ar", "العربية"),
    ("zh", "中文"),
    ("ja", "日本語"),
    ("qu", "Runasimi"),
    ("gn", "Avañeʼẽ"),
];

/// What a language calls itself; empty: it is none of ours.
pub fn tongue(tag: &str) -> &'static str {
    LANGUAGES.iter().find(|(known, _)| *known == tag).map_or("", |(_, name)| name)
}

/// What these languages call themselves; a tag that is none of ours is left out.
pub fn spoken(tags: &[String]) -> Vec<&'static str> {
    LANGUAGES.iter().filter(|(tag, _)| tags.iter().any(|one| one == tag)).map(|(_, name)| *name).collect()
}

/// How the console looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Theme {
    /// As the machine says.
    #[default]
    System,
    Light,
    Dark,
}

impl Theme {
    pub const ALL: [Theme; 3] = [Theme::System, Theme::Light, Theme::Dark];

    /// As it is kept, and as a document names it.
    pub fn word(self) -> &'static str {
        match self {
            Theme::System => "system",
            Theme::Light => "light",
            Theme::Dark => "dark",
        }
    }

    pub fn of(word: &str) -> Option<Theme> {
        Theme::ALL.into_iter().find(|theme| theme.word() == word)
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// His id: his photo lies under it.
    pub id: String,
    /// As customers read it, too.
    pub name: String,
    pub email: String,
    /// Of his console.
    pub lang: String,
    /// That he speaks, of [`LANGUAGES`].
    pub languages: Vec<String>,
    pub theme: Theme,
    /// Since when there is a photo.
    pub photo: Option<Time>,
    pub factor: Option<Factor>,
}

/// What he may change by himself. His address is how he signs in: that is an administrator's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    pub name: String,
    pub lang: String,
    pub languages: Vec<String>,
    pub theme: Theme,
}

impl Change {
    /// As it is kept, when all of it can be meant.
    pub fn checked(&self) -> Result<Change, Refusal> {
        let wrong = |field: &str| Refusal::FieldWrong { field: field.into() };
        if !TONGUES.contains(&self.lang.as_str()) {
            return Err(wrong("lang"));
        }
        if self.languages.iter().any(|tag| !LANGUAGES.iter().any(|(known, _)| known == tag)) {
            return Err(wrong("languages"));
        }
        let spoken = LANGUAGES.iter().map(|(tag, _)| (*tag).to_owned()).filter(|tag| self.languages.contains(tag));
        Ok(Change { name: name(&self.name)?, lang: self.lang.clone(), languages: spoken.collect(), theme: self.theme })
    }
}

/// A name as it is kept: one line that every screen can show.
pub fn name(given: &str) -> Result<String, Refusal> {
    let name = text::line(given);
    match name.chars().count() {
        0 => Err(Refusal::FieldMissing { field: "name".into() }),
        long if long > NAME_LIMIT => Err(Refusal::FieldTooLong { field: "name".into(), limit: NAME_LIMIT as u32 }),
        _ => Ok(name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change() -> Change {
        let languages = ["en", "es", "en"].map(str::to_owned).to_vec();
        Change { name: " Inés\u{202e}\r\n Robledo ".into(), lang: "pt".into(), languages, theme: Theme::Dark }
    }

    #[test]
    fn what_is_kept_is_one_line_and_each_language_once() {
        let kept = change().checked().unwrap();

        assert_eq!((kept.name.as_str(), kept.lang.as_str()), ("Inés Robledo", "pt"));
        assert_eq!(kept.languages, ["es", "en"]);
    }

    #[test]
    fn what_nobody_offered_is_refused_by_its_field() {
        let field = |change: Change| change.checked().unwrap_err().field().unwrap().to_owned();

        assert_eq!(field(Change { name: " \u{200b}".into(), ..change() }), "name");
        assert_eq!(field(Change { name: "a".repeat(81), ..change() }), "name");
        assert_eq!(field(Change { lang: "fr".into(), ..change() }), "lang");
        assert_eq!(field(Change { languages: vec!["klingon".into()], ..change() }), "languages");
    }

    #[test]
    fn a_theme_is_found_by_its_word() {
        assert!(Theme::ALL.into_iter().all(|theme| Theme::of(theme.word()) == Some(theme)));
        assert_eq!(Theme::of("sepia"), None);
    }

    #[test]
    fn languages_are_told_by_their_own_names_and_in_one_order() {
        let tags = ["en", "klingon", "es"].map(str::to_owned);

        assert_eq!(spoken(&tags), ["Español", "English"]);
    }
}
