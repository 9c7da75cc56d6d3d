//! What somebody is told whose page was opened at another address than the server's own: only the server says it.

pub struct Words {
    /// With our address.
    pub elsewhere: fn(&str) -> String,
}

/// In the language of a tag.
pub fn of(lang: &str) -> &'static Words {
    match super::tongue(lang) {
        "pt" => &PT,
        "en" => &EN,
        _ => &ES,
    }
}

static ES: Words =
    Words { elsewhere: |url| ["Abre esta página en ", url, " porque solo funciona en esa dirección."].concat() };

static PT: Words =
    Words { elsewhere: |url| ["Abra esta página em ", url, " porque ela só funciona nesse endereço."].concat() };

static EN: Words =
    Words { elsewhere: |url| ["Open this page at ", url, " because it works only at that address."].concat() };
