//! What the page says on which somebody chooses his password: the server draws it, so the console does not carry it.

pub struct Words {
    pub title: &'static str,
    pub hello: fn(&str) -> String,
    pub say: fn(&str) -> String,
    pub enter: &'static str,
    pub over: &'static str,
    pub over_say: &'static str,
    /// Of the first start: it is not for him who asks.
    pub begun: &'static str,
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
    title: "Elige tu contraseña",
    hello: |name| ["Hola, ", name].concat(),
    say: |email| ["Elige la contraseña con la que entrarás como ", email, "."].concat(),
    enter: "Guardar y entrar",
    over: "Este enlace ya no sirve",
    over_say: "Se usó, caducó o hay otro más nuevo. Pide uno a quien administra el sistema.",
    begun: "El primer inicio se hace una sola vez, y aquí ya trabaja alguien o ya se usó el enlace.",
};

static PT: Words = Words {
    title: "Escolha sua senha",
    hello: |name| ["Olá, ", name].concat(),
    say: |email| ["Escolha a senha com que você entrará como ", email, "."].concat(),
    enter: "Salvar e entrar",
    over: "Este link não vale mais",
    over_say: "Foi usado, expirou ou há outro mais novo. Peça um a quem administra o sistema.",
    begun: "O primeiro acesso é feito uma só vez, e aqui já trabalha alguém ou o link já foi usado.",
};

static EN: Words = Words {
    title: "Choose your password",
    hello: |name| ["Hello, ", name].concat(),
    say: |email| ["Choose the password with which you will sign in as ", email, "."].concat(),
    enter: "Save and sign in",
    over: "This link does not work any more",
    over_say: "It was used, has expired, or there is a newer one. Ask a system administrator for another.",
    begun: "The first start is done once only, and somebody works here already or the link was used.",
};
