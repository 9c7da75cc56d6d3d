//! What is said of mentions alone: it comes with the views that say it, in all three languages, and not with
//! the first load.

/// Sentences of the mentions.
pub struct Words {
    pub mentions: &'static str,
    pub mentioned_you: fn(&str) -> String,
    pub count: fn(usize) -> String,
    pub colleagues: &'static str,
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
    mentions: "Menciones",
    mentioned_you: |name| [name, " te mencionó"].concat(),
    count: |n| {
        if n == 1 { "1 mención sin ver".into() } else { [n.to_string().as_str(), " menciones sin ver"].concat() }
    },
    colleagues: "Quién puede leerlo",
};

static PT: Words = Words {
    mentions: "Menções",
    mentioned_you: |name| [name, " mencionou você"].concat(),
    count: |n| {
        if n == 1 {
            "1 menção não vista".into()
        } else {
            [n.to_string().as_str(), " menções não vistas"].concat()
        }
    },
    colleagues: "Quem pode ler",
};

static EN: Words = Words {
    mentions: "Mentions",
    mentioned_you: |name| [name, " mentioned you"].concat(),
    count: |n| {
        if n == 1 { "1 mention not seen".into() } else { [n.to_string().as_str(), " mentions not seen"].concat() }
    },
    colleagues: "Who may read it",
};
