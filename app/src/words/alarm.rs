//! What is said where the browser blocks a sound or its own notices.

/// Sentences of the bar about it.
pub struct Words {
    pub sound: &'static str,
    pub let_sound: &'static str,
    pub notices: &'static str,
    pub hide: &'static str,
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
    sound: "El navegador tiene bloqueado el sonido.",
    let_sound: "Activar el sonido",
    notices: "El navegador bloquea las notificaciones de esta página. Permítelas en sus ajustes.",
    hide: "No mostrar más en esta sesión",
};

static PT: Words = Words {
    sound: "O navegador está bloqueando o som.",
    let_sound: "Ativar o som",
    notices: "O navegador bloqueia as notificações desta página. Permita-as nas configurações dele.",
    hide: "Não mostrar mais nesta sessão",
};

static EN: Words = Words {
    sound: "The browser blocks the sound.",
    let_sound: "Turn the sound on",
    notices: "The browser blocks the notifications of this page. Allow them in its settings.",
    hide: "Do not show again in this session",
};
