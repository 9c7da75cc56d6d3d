//! Cursors: each goes on with the question that it came with, and with no other.

use super::problem::{No, Unread};

/// What a list is asked for, but for the page: which list, in which order, by which filters. A moment up to which is
/// asked may be another for each page: no row changes its place by that.
pub struct Asked(String);

impl Asked {
    pub fn of(parts: &[&str]) -> Asked {
        // FNV-1a: the same in every release. It keeps mistakes apart; nobody gains by making two of them alike.
        let hash = |hash: u32, byte: u8| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
        Asked(format!("q{:08x}", parts.join("\n").bytes().fold(0x811c_9dc5, hash)))
    }

    /// The place in a cursor of this question. One of a release in which none said of what it is, is taken for it.
    pub fn place<'c>(&self, after: Option<&'c str>) -> Result<Option<&'c str>, No> {
        match after.and_then(|after| after.rsplit_once('~')) {
            Some((place, end)) if end == self.0 => Ok(Some(place)),
            Some((_, end)) if is_mark(end) => Err(No::Unread("after".into(), Unread::AskedOtherwise)),
            _ => Ok(after),
        }
    }

    /// The cursor of a place.
    pub fn next(&self, place: String) -> String {
        [place.as_str(), "~", &self.0].concat()
    }
}

/// Neither an id nor a number ends like that behind a `~`.
fn is_mark(text: &str) -> bool {
    let digits = text.strip_prefix('q').unwrap_or_default();
    digits.len() == 8 && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::super::lists::Chats;
    use super::super::query;
    use super::super::tickets::Tickets;
    use super::*;
    use axum::http::Uri;

    #[test]
    fn a_cursor_goes_on_with_its_question_and_an_old_one_with_any() {
        let people = Asked::of(&["people"]);
        let next = people.next("0123-ab~1795348805250".into());

        assert_eq!(people.place(Some(&next)).unwrap(), Some("0123-ab~1795348805250"));
        assert_eq!(people.place(None).unwrap(), None);
        for old in ["0123-ab~1795348805250", "3-0-7", "orders", ""] {
            assert_eq!(people.place(Some(old)).unwrap(), Some(old));
        }
        for other in [&["chats"][..], &["people", "x"], &[]] {
            assert!(matches!(Asked::of(other).place(Some(&next)), Err(No::Unread(_, Unread::AskedOtherwise))));
        }
    }

    /// Cursors are held through an upgrade: this is the same for ever.
    #[test]
    fn the_mark_of_a_question_stays() {
        let ask = |text: &str| Uri::try_from(["/?", text].concat()).unwrap();
        let tickets = |text: &str| query::<Tickets>(&ask(text)).unwrap().asked().next("x".into());
        let chats = |text: &str| query::<Chats>(&ask(text)).unwrap().asked().next("x".into());
        let within = "from=2026-11-28T00:00:00Z&until=2026-11-29T00:00:00Z&limit=9&after=y";

        assert_eq!(Asked::of(&["people"]).next("x".into()), "x~q963335ee");
        for usual in ["", "queue=all&status=open&order=latest", within] {
            assert_eq!(tickets(usual), "x~q3918bbf0", "{usual}");
        }
        let all = "words=silla&application=p&via=api&tag=t&owner=a&group=g&status=any&queue=unassigned&order=changed";
        assert_eq!(tickets(all), "x~qa6ff94e0");
        for usual in ["", within] {
            assert_eq!(chats(usual), "x~qc889a940", "{usual}");
        }
        assert_eq!(chats("status=ended&chatGroupId=g&chatWidgetId=p&clientId=c"), "x~q0baef274");
    }
}
