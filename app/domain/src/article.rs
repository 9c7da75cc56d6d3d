//! An article of the knowledge base: what a customer may find before he asks (R5).

use serde::{Deserialize, Serialize};

/// The longest title, in characters.
pub const TITLE_LIMIT: usize = 160;
/// The longest body, in bytes of Markdown.
pub const BODY_LIMIT: usize = 100_000;
/// How much of a question is looked at, in characters.
pub const QUESTION_LIMIT: usize = 200;
/// How many articles an answer holds at the most.
pub const FOUND_LIMIT: usize = 8;

/// A piece of a line; `hit` where it is what was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Piece {
    pub text: String,
    pub hit: bool,
}

/// An article among those that were found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArticleLine {
    pub id: String,
    pub title: Vec<Piece>,
    /// From where the words first stand.
    pub excerpt: Vec<Piece>,
}

/// An article to be read. `html` is sanitised by the server and may be shown as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArticleView {
    pub id: String,
    pub lang: String,
    pub title: String,
    pub html: String,
}

/// Did it help? The id is made by the browser, so that a repeated vote counts once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vote {
    pub id: String,
    pub helped: bool,
}
