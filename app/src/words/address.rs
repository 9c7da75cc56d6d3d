//! What somebody is told whose page was opened at another address than the server's own: only the server says it.

pub struct Words {
    /// With our address.
    pub elsewhere: fn(&str) -> String,
    /// We were not told ours; with the one at which it was opened.
    pub unknown: fn(&str) -> String,
}

/// In the language of a tag.
pub fn of(lang: &str) -> &'static Words {
    match super::tongue(lang) {
        "pt" => &PT,
        "en" => &EN,
        _ => &ES,
    }
}

static ES: Words = Words {
    elsewhere: |url| ["Abre esta página en ", url, " porque solo funciona en esa dirección."].concat(),
    unknown: |url| {
        [
            "El servidor no sabe en qué dirección está y por eso rechaza esta página. Quien lo administra debe iniciarlo \
             con --url ",
            url,
            " (docs/operate.md).",
        ]
        .concat()
    },
};

static PT: Words = Words {
    elsewhere: |url| ["Abra esta página em ", url, " porque ela só funciona nesse endereço."].concat(),
    unknown: |url| {
        [
            "O servidor não sabe em que endereço está e por isso recusa esta página. Quem o administra deve iniciá-lo \
             com --url ",
            url,
            " (docs/operate.md).",
        ]
        .concat()
    },
};

static EN: Words = Words {
    elsewhere: |url| ["Open this page at ", url, " because it works only at that address."].concat(),
    unknown: |url| {
        [
            "The server does not know at which address it is, and so refuses this page. Whoever runs it must start it \
             with --url ",
            url,
            " (docs/operate.md).",
        ]
        .concat()
    },
};
