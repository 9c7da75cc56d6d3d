//! Looks at what has arrived: is it what its name says? The content has the last word (S31).

use crate::file::store::fault;
use crate::{Answer, Fault};
use domain::{FileKind, Refusal};
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// So much of a file says what it is.
const HEAD: usize = 8 * 1024;
const PIECE: usize = 64 * 1024;

/// The signature of the content must be that of its kind.
pub fn check(kind: FileKind, path: &Path) -> Answer<()> {
    let mut file = File::open(path).map_err(|why| fault("a file does not open", &why))?;
    let mut head = vec![0; HEAD];
    let read = fill(&mut file, &mut head)?;
    head.truncate(read);
    if head.is_empty() {
        return Err(Refusal::FileBroken.into());
    }
    let signed = infer::get(&head);
    if !kind.is_text() {
        let is_its = signed.is_some_and(|signed| kind.types()[0] == signed.mime_type());
        return if is_its { Ok(()) } else { Err(Refusal::FileKind.into()) };
    }
    // Two letters that some kind of file begins with may begin a text too; markup, scripts and what
    // passes for two kinds at once may not.
    let is_other = signed.is_some_and(|s| {
        s.matcher_type() == infer::MatcherType::Text || ["application/pdf", "image/gif"].contains(&s.mime_type())
    });
    if is_other || is_drawing(&head) {
        return Err(Refusal::FileKind.into());
    }
    let mut text = Text::default();
    text.take(&head)?;
    let mut piece = vec![0; PIECE];
    loop {
        match fill(&mut file, &mut piece)? {
            0 => return text.end(),
            read => text.take(&piece[..read])?,
        }
    }
}

/// SVG needs no preamble.
fn is_drawing(head: &[u8]) -> bool {
    let start = head.trim_ascii_start();
    start.get(..4).is_some_and(|tag| tag.eq_ignore_ascii_case(b"<svg"))
}

fn fill(file: &mut File, piece: &mut [u8]) -> Result<usize, Fault> {
    let mut filled = 0;
    while filled < piece.len() {
        match file.read(&mut piece[filled..]).map_err(|why| fault("a file does not read", &why))? {
            0 => break,
            read => filled += read,
        }
    }
    Ok(filled)
}

/// UTF-8 without control characters, read piece by piece; a letter may lie across two.
#[derive(Default)]
struct Text {
    rest: Vec<u8>,
}

impl Text {
    fn take(&mut self, piece: &[u8]) -> Answer<()> {
        if piece.iter().any(|byte| byte.is_ascii_control() && !b"\t\n\r\x0c".contains(byte)) {
            return Err(Refusal::FileKind.into());
        }
        self.rest.extend_from_slice(piece);
        let whole = match std::str::from_utf8(&self.rest) {
            Ok(text) => text.len(),
            Err(why) if why.error_len().is_none() => why.valid_up_to(),
            Err(_) => return Err(Refusal::NotUtf8.into()),
        };
        self.rest.drain(..whole);
        Ok(())
    }

    fn end(self) -> Answer<()> {
        if self.rest.is_empty() { Ok(()) } else { Err(Refusal::NotUtf8.into()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Error;

    fn looked(kind: FileKind, content: &[u8]) -> Result<(), Refusal> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        std::fs::write(&path, content).unwrap();
        match check(kind, &path) {
            Ok(()) => Ok(()),
            Err(Error::Refused(why)) => Err(why),
            Err(Error::Broken(fault)) => panic!("{fault}"),
        }
    }

    #[test]
    fn a_text_is_text() {
        for text in
            ["hola, ñandú 👋\r\n\tfin", "BM y MZ son iniciales", "{\"a\":1}", "ID3 es una etiqueta", "\u{feff}a;b"]
        {
            assert_eq!(looked(FileKind::Txt, text.as_bytes()), Ok(()), "{text}");
        }
    }

    #[test]
    fn what_is_no_text_is_none_under_any_name() {
        for other in [
            &b"\x7fELF\x02\x01\x01\0"[..],
            b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
            b"PK\x03\x04\x14\0",
            b"MZ\x90\0\x03\0",
            b"%PDF-1.7\nhola",
            b"GIF89a/*hola*/=1",
            b"<!doctype html><script>alert(1)</script>",
            b"  <svg onload=alert(1)>",
            b"<?xml version='1.0'?><a/>",
            b"#!/bin/sh\necho",
            b"hola\0",
            b"\x1b[31mrojo",
        ] {
            assert_eq!(looked(FileKind::Txt, other), Err(Refusal::FileKind), "{}", other.escape_ascii());
        }
    }

    #[test]
    fn another_encoding_is_named() {
        assert_eq!(looked(FileKind::Csv, b"a;espa\xf1a"), Err(Refusal::NotUtf8));
        assert_eq!(looked(FileKind::Csv, b"a;espa\xc3"), Err(Refusal::NotUtf8));
    }

    #[test]
    fn a_letter_may_lie_across_two_pieces() {
        let mut text = vec![b'a'; HEAD - 1];
        text.extend("ñ".repeat(PIECE).as_bytes());

        assert_eq!(looked(FileKind::Log, &text), Ok(()));
    }

    #[test]
    fn nothing_is_no_file() {
        assert_eq!(looked(FileKind::Txt, b""), Err(Refusal::FileBroken));
    }

    #[test]
    fn a_picture_has_the_signature_of_its_own_kind() {
        let (png, gif) = (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", b"GIF89a\x01\0\x01\0");

        assert_eq!(looked(FileKind::Png, png), Ok(()));
        assert_eq!(looked(FileKind::Jpeg, png), Err(Refusal::FileKind));
        assert_eq!(looked(FileKind::Png, gif), Err(Refusal::FileKind));
        assert_eq!(looked(FileKind::Png, b"hola"), Err(Refusal::FileKind));
        assert_eq!(looked(FileKind::Pdf, b"%PDF-1.7\n"), Ok(()));
    }
}
