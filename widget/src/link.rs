//! Addresses inside a message. Everything else in it is text, whatever it looks like.

/// A piece of a message: text, and for an address the same text as a link.
#[derive(Debug, PartialEq)]
pub struct Piece<'a> {
    pub text: &'a str,
    pub link: bool,
}

/// Parts a message at the addresses of the web in it; only `http` and `https` are links.
pub fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(start) = start(rest) {
        let (before, from) = rest.split_at(start);
        let end = from.find(char::is_whitespace).unwrap_or(from.len());
        // The end of a sentence is not the end of an address.
        let address =
            from.split_at(end).0.trim_end_matches(['.', ',', ';', ':', '!', '?', ')', ']', '"', '\'', '»', '”']);
        let (address, after) = from.split_at(address.len());
        if !before.is_empty() {
            pieces.push(Piece { text: before, link: false });
        }
        pieces.push(Piece { text: address, link: true });
        rest = after;
    }
    if !rest.is_empty() {
        pieces.push(Piece { text: rest, link: false });
    }
    pieces
}

/// Where the next address begins: at the beginning of a word, with something behind the slashes. Looked at
/// letter by letter: to search for a text in a text brings a kilobyte of code along.
fn start(text: &str) -> Option<usize> {
    let mut before = None;
    let begins = |(at, letter): &(usize, char)| {
        let opens = before.replace(*letter).is_none_or(|c| c.is_whitespace() || "([\"'«“¿¡".contains(c));
        let from = text.split_at(*at).1;
        let behind = from.strip_prefix("https://").or_else(|| from.strip_prefix("http://"));
        let first = behind.and_then(|behind| behind.chars().next());
        opens && first.is_some_and(|c| c.is_ascii_alphanumeric() || !c.is_ascii())
    };
    text.char_indices().find(begins).map(|(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn links(text: &str) -> Vec<&str> {
        pieces(text).into_iter().filter(|piece| piece.link).map(|piece| piece.text).collect()
    }

    #[test]
    fn an_address_ends_before_the_sentence_does() {
        assert_eq!(
            links("Aquí: https://casanogal.es/alba?x=1, y (http://a.es)."),
            ["https://casanogal.es/alba?x=1", "http://a.es"]
        );
    }

    #[test]
    fn nothing_but_the_web_is_a_link() {
        for text in
            ["javascript:alert(1)", "data:text/html,x", "ahttps://a.es", "https://", "<a href=https://", "//a.es"]
        {
            assert!(links(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn no_letter_is_lost() {
        for text in ["", "hola", "a https://b.es c", "https://b.es", "«https://b.es/ñ»\n<script>"] {
            assert_eq!(pieces(text).iter().map(|piece| piece.text).collect::<String>(), text);
        }
    }
}
