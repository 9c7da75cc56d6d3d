//! Addresses of the web in what people wrote. Nothing else becomes anything but text.

/// A piece of what somebody wrote.
#[derive(Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    Text(&'a str),
    Link(&'a str),
}

/// What somebody wrote, in pieces that make up the whole of it.
pub fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(start) = next_address(rest) {
        let (before, from) = rest.split_at(start);
        let end = from.find(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"')).unwrap_or(from.len());
        let address = from[..end].trim_end_matches(['.', ',', ';', ':', '!', '?', ')', ']', '\'', '»']);
        if !before.is_empty() {
            pieces.push(Piece::Text(before));
        }
        pieces.push(if is_whole(address) { Piece::Link(address) } else { Piece::Text(address) });
        rest = &from[address.len()..];
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest));
    }
    pieces
}

fn next_address(text: &str) -> Option<usize> {
    let find = |scheme: &str| text.find(scheme);
    match (find("https://"), find("http://")) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (one, other) => one.or(other),
    }
}

/// A scheme alone leads nowhere.
fn is_whole(address: &str) -> bool {
    address.split_once("://").is_some_and(|(_, host)| host.starts_with(|c: char| c.is_alphanumeric()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_ends_before_the_full_stop() {
        assert_eq!(
            pieces("Mira https://nogal.es/a?b=1, y dime."),
            [Piece::Text("Mira "), Piece::Link("https://nogal.es/a?b=1"), Piece::Text(", y dime.")]
        );
    }

    #[test]
    fn only_the_web_is_linked() {
        assert_eq!(pieces("javascript:alert(1) data:x"), [Piece::Text("javascript:alert(1) data:x")]);
        assert_eq!(pieces("http://"), [Piece::Text("http://")]);
    }

    #[test]
    fn text_without_addresses_stays_whole() {
        assert_eq!(pieces("<b>hola</b>"), [Piece::Text("<b>hola</b>")]);
        assert!(pieces("").is_empty());
    }
}
