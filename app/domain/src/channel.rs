//! Where else a customer may turn when nobody is here (R16).

use crate::application::{FieldKind, is_plausible};
use serde::{Deserialize, Serialize};

/// The longest label or address of a channel, in characters.
pub const CHANNEL_LIMIT: usize = 300;
/// More channels than this are no help.
pub const CHANNELS_LIMIT: usize = 8;

/// Variants are only ever appended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ChannelKind {
    Whatsapp,
    Phone,
    Email,
    Link,
}

/// A channel as it is set: `to` is a number, an address or a link, as people write them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Channel {
    pub kind: ChannelKind,
    /// What it is called; empty: what stands in `to`.
    #[serde(default)]
    pub label: String,
    pub to: String,
}

/// A channel as a customer sees it: what it says, and an address that is safe to follow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChannelView {
    pub kind: ChannelKind,
    pub says: String,
    pub href: String,
}

impl Channel {
    /// None for what is no number, no address, or a link that does more than lead somewhere.
    pub fn view(&self) -> Option<ChannelView> {
        let (to, label) = (self.to.trim(), self.label.trim());
        let fits = |text: &str| text.chars().count() <= CHANNEL_LIMIT && !text.chars().any(char::is_control);
        if !fits(to) || !fits(label) {
            return None;
        }
        let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
        let href = match self.kind {
            ChannelKind::Whatsapp if is_plausible(FieldKind::Phone, to) => ["https://wa.me/", &digits(to)].concat(),
            ChannelKind::Phone if is_plausible(FieldKind::Phone, to) => {
                ["tel:", if to.starts_with('+') { "+" } else { "" }, &digits(to)].concat()
            }
            ChannelKind::Email if is_address(to) => ["mailto:", to].concat(),
            ChannelKind::Link if leads_somewhere(to) => to.into(),
            _ => return None,
        };
        Some(ChannelView { kind: self.kind, says: if label.is_empty() { to } else { label }.into(), href })
    }
}

/// An e-mail address that can say nothing else to a mail program: no header rides along.
fn is_address(to: &str) -> bool {
    is_plausible(FieldKind::Email, to) && !to.contains(['?', '&', '%', ',', ';', '<', '>', '"', ':', '/'])
}

/// A page of the web, and no program (S25).
pub fn leads_somewhere(to: &str) -> bool {
    let rest = to.strip_prefix("https://").or_else(|| to.strip_prefix("http://"));
    let is_odd = |c: char| c.is_whitespace() || c.is_control() || "<>\"'`\\".contains(c);
    rest.is_some_and(|rest| rest.starts_with(|c: char| c.is_alphanumeric() || c == '[') && !rest.contains(is_odd))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ChannelKind::*;

    fn href(kind: ChannelKind, to: &str) -> Option<String> {
        Channel { kind, label: String::new(), to: to.into() }.view().map(|view| view.href)
    }

    #[test]
    fn a_channel_leads_where_it_says() {
        assert_eq!(href(Whatsapp, "+34 600 123 456").as_deref(), Some("https://wa.me/34600123456"));
        assert_eq!(href(Phone, "+34 910 000 000").as_deref(), Some("tel:+34910000000"));
        assert_eq!(href(Phone, "910 000 000").as_deref(), Some("tel:910000000"));
        assert_eq!(href(Email, "hola@casanogal.example").as_deref(), Some("mailto:hola@casanogal.example"));
        assert_eq!(
            href(Link, "https://casanogal.example/a?b=c#d").as_deref(),
            Some("https://casanogal.example/a?b=c#d")
        );
    }

    #[test]
    fn a_channel_that_does_more_than_lead_somewhere_is_none() {
        for to in [
            "javascript:alert(1)",
            "JaVaScRiPt:alert(1)",
            " data:text/html,<script>",
            "//evil.example",
            "https://",
            "https:///evil.example",
            "https://a.example/\" onclick=\"alert(1)",
            "https://a.example/\njavascript:alert(1)",
            "ftp://a.example",
        ] {
            assert_eq!(href(Link, to), None, "{to}");
        }
        for to in ["ana@correo.es?bcc=all@correo.es", "ana@correo.es,eva@correo.es", "javascript:x@correo.es", "ana"] {
            assert_eq!(href(Email, to), None, "{to}");
        }
        for to in ["call me", "1", "+34 600;ext=1", "600 123 456<script>"] {
            assert_eq!(href(Phone, to), None, "{to}");
            assert_eq!(href(Whatsapp, to), None, "{to}");
        }
    }

    #[test]
    fn a_channel_without_a_label_says_where_it_leads() {
        let says =
            |label: &str| Channel { kind: Phone, label: label.into(), to: "910 000 000".into() }.view().unwrap().says;

        assert_eq!(says(" "), "910 000 000");
        assert_eq!(says("Tienda de Madrid"), "Tienda de Madrid");
    }
}
