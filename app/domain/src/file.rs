//! A file that somebody attached: which kinds are taken, how big and how many, and by what name.

use crate::application::Terms;
use crate::{Refusal, Span, text};
use serde::{Deserialize, Serialize};

/// The biggest file, in bytes (R25).
pub const FILE_LIMIT: u32 = 10 * MEGABYTE;
/// The most files of one chat, and the most bytes of all of them together (S39).
pub const FILES_LIMIT: u32 = 20;
pub const CHAT_LIMIT: u32 = 100 * MEGABYTE;
/// How long an address of a file is good (S38).
pub const PASS: Span = Span::minutes(10);
/// The longest name that is kept, in characters.
pub const NAME_LIMIT: usize = 120;
/// The most pixels of a picture: what a phone takes in its usual size, twice over. A small file may
/// unpack to anything (S37).
pub const PIXEL_LIMIT: u32 = 30_000_000;

const MEGABYTE: u32 = 1024 * 1024;

/// What a file is. Variants are only ever appended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum FileKind {
    Txt,
    Csv,
    Log,
    Md,
    Json,
    Png,
    Jpeg,
    Gif,
    Webp,
    Pdf,
    Docx,
}

/// A file as it is kept and told.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct File {
    /// Made by the server, and not to be guessed (S38).
    pub id: String,
    pub name: String,
    pub kind: FileKind,
    /// In bytes.
    pub size: u32,
    /// In pixels; zero for what is no picture.
    pub width: u32,
    pub height: u32,
}

impl FileKind {
    pub const ALL: [FileKind; 11] = [
        FileKind::Txt,
        FileKind::Csv,
        FileKind::Log,
        FileKind::Md,
        FileKind::Json,
        FileKind::Png,
        FileKind::Jpeg,
        FileKind::Gif,
        FileKind::Webp,
        FileKind::Pdf,
        FileKind::Docx,
    ];

    /// What a file is by its name and by what its sender declares: both must say the same (Q2). A
    /// browser that knows no type for a text declares none.
    pub fn of(name: &str, declared: &str, terms: &Terms) -> Result<FileKind, Refusal> {
        let declared = declared.split(';').next().unwrap_or_default().trim();
        let end = name.rsplit_once('.').map_or("", |(_, end)| end);
        if !terms.files {
            return Err(Refusal::NoFiles);
        }
        let known = FileKind::ALL.into_iter().find(|kind| kind.ends().iter().any(|e| e.eq_ignore_ascii_case(end)));
        let kind = known.filter(|kind| terms.documents || !kind.is_document()).ok_or(Refusal::FileKind)?;
        let agrees = kind.types().iter().any(|t| t.eq_ignore_ascii_case(declared));
        if agrees || declared.is_empty() && kind.is_text() { Ok(kind) } else { Err(Refusal::FileKind) }
    }

    /// The ends of its names, the usual one first.
    pub fn ends(self) -> &'static [&'static str] {
        match self {
            FileKind::Txt => &["txt"],
            FileKind::Csv => &["csv"],
            FileKind::Log => &["log"],
            FileKind::Md => &["md"],
            FileKind::Json => &["json"],
            FileKind::Png => &["png"],
            FileKind::Jpeg => &["jpg", "jpeg"],
            FileKind::Gif => &["gif"],
            FileKind::Webp => &["webp"],
            FileKind::Pdf => &["pdf"],
            FileKind::Docx => &["docx"],
        }
    }

    /// What browsers declare it to be; the first is what we serve it as.
    pub fn types(self) -> &'static [&'static str] {
        match self {
            FileKind::Txt => &["text/plain"],
            // What a Windows with a spreadsheet program says of it.
            FileKind::Csv => &["text/csv", "text/plain", "application/csv", "application/vnd.ms-excel"],
            FileKind::Log => &["text/plain", "text/x-log"],
            FileKind::Md => &["text/markdown", "text/x-markdown", "text/plain"],
            FileKind::Json => &["application/json", "text/json", "text/plain"],
            FileKind::Png => &["image/png"],
            FileKind::Jpeg => &["image/jpeg", "image/jpg"],
            FileKind::Gif => &["image/gif"],
            FileKind::Webp => &["image/webp"],
            FileKind::Pdf => &["application/pdf"],
            FileKind::Docx => &["application/vnd.openxmlformats-officedocument.wordprocessingml.document"],
        }
    }

    /// Shown in the conversation, and made anew from its pixels.
    pub fn is_picture(self) -> bool {
        matches!(self, FileKind::Png | FileKind::Jpeg | FileKind::Gif | FileKind::Webp)
    }

    pub fn is_text(self) -> bool {
        !self.is_picture() && !self.is_document()
    }

    /// Taken only where an administrator wants it (Q2).
    pub fn is_document(self) -> bool {
        matches!(self, FileKind::Pdf | FileKind::Docx)
    }
}

/// The ends of names that a browser lets one choose from.
pub fn accepted(terms: &Terms) -> &'static str {
    if terms.documents {
        ".txt,.csv,.log,.md,.json,.png,.jpg,.jpeg,.gif,.webp,.pdf,.docx"
    } else {
        ".txt,.csv,.log,.md,.json,.png,.jpg,.jpeg,.gif,.webp"
    }
}

/// A name as it is kept: the last part of a path, one line, nothing that names a place or hides
/// what it ends in, and its end that of the kind (S30, S36).
pub fn name(given: &str, kind: FileKind) -> String {
    let last = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain: String = last.chars().filter(|c| !c.is_control() && !"\"<>|*?:".contains(*c)).collect();
    let plain = text::line(&plain);
    let plain = plain.trim_end_matches(['.', ' ']);
    let (stem, end) = plain.rsplit_once('.').unwrap_or((plain, ""));
    let is_its = kind.ends().iter().any(|e| e.eq_ignore_ascii_case(end));
    // A picture that is kept as another kind has another end.
    let (stem, end) = match (is_its, kind.ends()) {
        (true, _) => (stem, end),
        (false, ends) => (stem, ends[0]),
    };
    let stem = stem.trim_matches(['.', ' ']);
    let stem = if stem.is_empty() { "recado" } else { stem };
    let short: String = stem.chars().take(NAME_LIMIT - 1 - end.chars().count()).collect();
    [short.trim_end(), ".", end].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms(documents: bool) -> Terms {
        Terms { documents, ..Terms::default() }
    }

    fn of(name: &str, declared: &str) -> Result<FileKind, Refusal> {
        FileKind::of(name, declared, &terms(false))
    }

    #[test]
    fn what_a_file_is_its_name_and_its_sender_say_alike() {
        for (name, declared, kind) in [
            ("lampara.JPG", "image/jpeg", FileKind::Jpeg),
            ("lampara.jpeg", "IMAGE/JPEG", FileKind::Jpeg),
            ("a.b.png", "image/png", FileKind::Png),
            ("notas.md", "", FileKind::Md),
            ("notas.txt", "text/plain; charset=utf-8", FileKind::Txt),
            ("pedidos.csv", "application/vnd.ms-excel", FileKind::Csv),
        ] {
            assert_eq!(of(name, declared), Ok(kind), "{name}");
        }
    }

    #[test]
    fn what_is_not_on_the_list_is_not_taken() {
        for (name, declared) in [
            ("a.svg", "image/svg+xml"),
            ("a.html", "text/html"),
            ("a.exe", "application/x-msdownload"),
            ("a.zip", "application/zip"),
            ("a.png.html", "text/html"),
            ("a.png.html", "image/png"),
            ("a.svg", "image/png"),
            ("a.png", "image/svg+xml"),
            ("a.png", "image/jpeg"),
            ("a.png", ""),
            ("a.txt", "text/html"),
            ("png", "image/png"),
            ("", "text/plain"),
        ] {
            assert_eq!(of(name, declared), Err(Refusal::FileKind), "{name} {declared}");
        }
    }

    #[test]
    fn documents_are_taken_where_an_administrator_wants_them() {
        let pdf = |documents| FileKind::of("a.pdf", "application/pdf", &terms(documents));

        assert_eq!((pdf(false), pdf(true)), (Err(Refusal::FileKind), Ok(FileKind::Pdf)));
        for documents in [false, true] {
            let taken = FileKind::ALL.into_iter().filter(|kind| documents || !kind.is_document());
            let ends: Vec<String> = taken.flat_map(|kind| kind.ends()).map(|end| [".", end].concat()).collect();
            assert_eq!(accepted(&terms(documents)), ends.join(","));
        }
    }

    #[test]
    fn a_name_names_no_place_and_hides_nothing() {
        for (given, kind, kept) in [
            ("foto.png", FileKind::Png, "foto.png"),
            ("../../x.txt", FileKind::Txt, "x.txt"),
            ("C:\\fakepath\\x.txt", FileKind::Txt, "x.txt"),
            ("a\0.png", FileKind::Png, "a.png"),
            ("a\r\nBcc: b.png", FileKind::Png, "aBcc b.png"),
            ("\u{202e}gnp.exe.png", FileKind::Png, "gnp.exe.png"),
            ("\"><img src=x>.png", FileKind::Png, "img src=x.png"),
            (".png", FileKind::Png, "recado.png"),
            ("...", FileKind::Txt, "recado.txt"),
            ("foto.webp", FileKind::Jpeg, "foto.jpg"),
            ("FOTO.JPG", FileKind::Jpeg, "FOTO.JPG"),
            ("ñandú 1.txt", FileKind::Txt, "ñandú 1.txt"),
        ] {
            assert_eq!(name(given, kind), kept, "{given:?}");
        }
    }

    #[test]
    fn a_name_has_an_end_however_long_it_is() {
        let long = name(&["x".repeat(4_096).as_str(), ".png"].concat(), FileKind::Png);

        assert_eq!(long.chars().count(), NAME_LIMIT);
        assert!(long.ends_with("x.png"));
    }
}
