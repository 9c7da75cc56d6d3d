//! What is said of one's own account: it comes with the views that say it, in all three languages, and not with the
//! first load.

use domain::profile::Theme;

/// Sentences of the profile, and of the second step of a sign-in.
pub struct Words {
    // The second step, drawn on the server.
    pub code_hello: &'static str,
    pub code: &'static str,
    pub code_say: &'static str,
    pub code_wrong: &'static str,
    pub code_back: &'static str,

    // Who I am.
    pub about_me: &'static str,
    pub photo: &'static str,
    pub photo_say: &'static str,
    pub photo_kind: &'static str,
    pub photo_choose: &'static str,
    pub photo_remove: &'static str,
    pub shown_name: &'static str,
    pub shown_name_hint: &'static str,
    pub email_say: &'static str,
    pub tongue: &'static str,
    pub languages: &'static str,
    pub theme: &'static str,
    pub themes: fn(Theme) -> &'static str,
    pub saved: &'static str,

    // The password.
    pub password_change: &'static str,
    pub password_say: &'static str,
    pub password_present: &'static str,
    pub password_fresh: &'static str,
    pub password_wrong: &'static str,
    pub password_changed: &'static str,

    // The second factor.
    pub factor: &'static str,
    pub factor_say: &'static str,
    pub factor_off: &'static str,
    pub factor_on: fn(&str) -> String,
    pub factor_begin: &'static str,
    pub factor_end: &'static str,
    pub factor_prove: &'static str,
    pub factor_scan: &'static str,
    pub factor_drawing: &'static str,
    pub factor_secret: &'static str,
    pub factor_code: &'static str,
    pub factor_confirm: &'static str,
    pub factor_ended: &'static str,
    pub paper: &'static str,
    pub paper_say: &'static str,
    pub paper_left: fn(u32) -> String,
    pub paper_renew: &'static str,
    pub paper_done: &'static str,
    pub go_on: &'static str,

    // Sessions.
    pub sessions: &'static str,
    pub sessions_say: &'static str,
    pub unknown_device: &'static str,
    pub on_system: fn(&str, &str) -> String,
    pub this_session: &'static str,
    pub since: fn(&str) -> String,
    pub seen: fn(&str) -> String,
    pub revoke: &'static str,
    pub revoke_others: &'static str,
    pub revoked: &'static str,
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
    code_hello: "Ahora, tu código.",
    code: "Código",
    code_say: "El de seis cifras de tu aplicación, o uno de los códigos de recuperación.",
    code_wrong: "El código no es correcto o ya se usó. Espera al siguiente.",
    code_back: "Volver a empezar",

    about_me: "Tus datos",
    photo: "Foto",
    photo_say: "La ven tus compañeros y las personas a las que atiendes. PNG, JPEG o WebP, hasta 10 MB.",
    photo_kind: "La foto debe ser una imagen PNG, JPEG o WebP.",
    photo_choose: "Elegir una foto",
    photo_remove: "Quitar la foto",
    shown_name: "Nombre",
    shown_name_hint: "(el que ven los clientes)",
    email_say: "Con este correo inicias sesión; lo cambia quien administra.",
    tongue: "Idioma de la consola",
    languages: "Idiomas que hablas",
    theme: "Aspecto",
    themes: |theme| match theme {
        Theme::System => "Como el equipo",
        Theme::Light => "Claro",
        Theme::Dark => "Oscuro",
    },
    saved: "Tus datos se guardaron.",

    password_change: "Contraseña",
    password_say: "Al cambiarla se cierran tus demás sesiones.",
    password_present: "Contraseña actual",
    password_fresh: "Contraseña nueva",
    password_wrong: "La contraseña actual no es correcta.",
    password_changed: "La contraseña se cambió y tus demás sesiones se cerraron.",

    factor: "Verificación en dos pasos",
    factor_say: "Además de la contraseña se pide un código que cambia cada treinta segundos, de una aplicación de tu teléfono.",
    factor_off: "Desactivada",
    factor_on: |day| ["Activa desde ", day].concat(),
    factor_begin: "Activar",
    factor_end: "Desactivar",
    factor_prove: "Escribe tu contraseña para seguir.",
    factor_scan: "Escanea el dibujo con tu aplicación de códigos, o escribe la clave a mano. Después escribe el código que muestra.",
    factor_drawing: "Código QR para la aplicación de códigos",
    factor_secret: "Clave",
    factor_code: "Código de seis cifras",
    factor_confirm: "Confirmar",
    factor_ended: "La verificación en dos pasos está desactivada.",
    paper: "Códigos de recuperación",
    paper_say: "Guárdalos fuera del teléfono: cada uno sirve una vez, si pierdes la aplicación. No se vuelven a mostrar.",
    paper_left: |n| {
        if n == 1 {
            "Queda 1 código de recuperación.".into()
        } else {
            ["Quedan ", &n.to_string(), " códigos de recuperación."].concat()
        }
    },
    paper_renew: "Crear códigos nuevos",
    paper_done: "Los he guardado",
    go_on: "Seguir",

    sessions: "Sesiones",
    sessions_say: "Dónde está abierta tu cuenta. Si no reconoces una, ciérrala y cambia la contraseña.",
    unknown_device: "Dispositivo desconocido",
    on_system: |browser, system| [browser, " en ", system].concat(),
    this_session: "Esta sesión",
    since: |when| ["desde ", when].concat(),
    seen: |when| ["usada ", when].concat(),
    revoke: "Cerrar",
    revoke_others: "Cerrar las demás",
    revoked: "Cerrada.",
};

static PT: Words = Words {
    code_hello: "Agora, o seu código.",
    code: "Código",
    code_say: "O de seis dígitos do seu aplicativo, ou um dos códigos de recuperação.",
    code_wrong: "O código não está correto ou já foi usado. Espere o próximo.",
    code_back: "Começar de novo",

    about_me: "Seus dados",
    photo: "Foto",
    photo_say: "É vista pelos colegas e pelas pessoas que você atende. PNG, JPEG ou WebP, até 10 MB.",
    photo_kind: "A foto deve ser uma imagem PNG, JPEG ou WebP.",
    photo_choose: "Escolher uma foto",
    photo_remove: "Remover a foto",
    shown_name: "Nome",
    shown_name_hint: "(o que os clientes veem)",
    email_say: "Com este e-mail você entra; quem o muda é a administração.",
    tongue: "Idioma do console",
    languages: "Idiomas que você fala",
    theme: "Aparência",
    themes: |theme| match theme {
        Theme::System => "Como o computador",
        Theme::Light => "Clara",
        Theme::Dark => "Escura",
    },
    saved: "Seus dados foram salvos.",

    password_change: "Senha",
    password_say: "Ao mudá-la, suas outras sessões são encerradas.",
    password_present: "Senha atual",
    password_fresh: "Senha nova",
    password_wrong: "A senha atual não está correta.",
    password_changed: "A senha foi mudada e suas outras sessões foram encerradas.",

    factor: "Verificação em duas etapas",
    factor_say: "Além da senha é pedido um código que muda a cada trinta segundos, de um aplicativo do seu telefone.",
    factor_off: "Desativada",
    factor_on: |day| ["Ativa desde ", day].concat(),
    factor_begin: "Ativar",
    factor_end: "Desativar",
    factor_prove: "Digite sua senha para continuar.",
    factor_scan: "Leia o desenho com o seu aplicativo de códigos, ou digite a chave à mão. Depois digite o código que ele mostra.",
    factor_drawing: "Código QR para o aplicativo de códigos",
    factor_secret: "Chave",
    factor_code: "Código de seis dígitos",
    factor_confirm: "Confirmar",
    factor_ended: "A verificação em duas etapas está desativada.",
    paper: "Códigos de recuperação",
    paper_say: "Guarde-os fora do telefone: cada um serve uma vez, se você perder o aplicativo. Não são mostrados de novo.",
    paper_left: |n| {
        if n == 1 {
            "Resta 1 código de recuperação.".into()
        } else {
            ["Restam ", &n.to_string(), " códigos de recuperação."].concat()
        }
    },
    paper_renew: "Criar códigos novos",
    paper_done: "Já guardei",
    go_on: "Continuar",

    sessions: "Sessões",
    sessions_say: "Onde a sua conta está aberta. Se não reconhecer uma, encerre-a e mude a senha.",
    unknown_device: "Dispositivo desconhecido",
    on_system: |browser, system| [browser, " em ", system].concat(),
    this_session: "Esta sessão",
    since: |when| ["desde ", when].concat(),
    seen: |when| ["usada ", when].concat(),
    revoke: "Encerrar",
    revoke_others: "Encerrar as outras",
    revoked: "Encerrada.",
};

static EN: Words = Words {
    code_hello: "Now your code.",
    code: "Code",
    code_say: "The six digits of your app, or one of your recovery codes.",
    code_wrong: "The code is not right or was used already. Wait for the next one.",
    code_back: "Start again",

    about_me: "About you",
    photo: "Photo",
    photo_say: "Colleagues see it, and the people you attend. PNG, JPEG or WebP, up to 10 MB.",
    photo_kind: "The photo must be a PNG, JPEG or WebP picture.",
    photo_choose: "Choose a photo",
    photo_remove: "Remove the photo",
    shown_name: "Name",
    shown_name_hint: "(as customers see it)",
    email_say: "You sign in with this address; an administrator changes it.",
    tongue: "Language of the console",
    languages: "Languages you speak",
    theme: "Look",
    themes: |theme| match theme {
        Theme::System => "As the machine",
        Theme::Light => "Light",
        Theme::Dark => "Dark",
    },
    saved: "Your details were saved.",

    password_change: "Password",
    password_say: "When you change it, your other sessions end.",
    password_present: "Present password",
    password_fresh: "New password",
    password_wrong: "The present password is not right.",
    password_changed: "The password was changed and your other sessions have ended.",

    factor: "Two-step verification",
    factor_say: "Besides the password you are asked for a code that changes every thirty seconds, from an app on your phone.",
    factor_off: "Off",
    factor_on: |day| ["On since ", day].concat(),
    factor_begin: "Turn on",
    factor_end: "Turn off",
    factor_prove: "Type your password to go on.",
    factor_scan: "Scan the drawing with your code app, or type the key by hand. Then type the code it shows.",
    factor_drawing: "QR code for the code app",
    factor_secret: "Key",
    factor_code: "Code of six digits",
    factor_confirm: "Confirm",
    factor_ended: "Two-step verification is off.",
    paper: "Recovery codes",
    paper_say: "Keep them away from the phone: each works once, if you lose the app. They are not shown again.",
    paper_left: |n| {
        if n == 1 { "1 recovery code is left.".into() } else { [&*n.to_string(), " recovery codes are left."].concat() }
    },
    paper_renew: "Make new codes",
    paper_done: "I have kept them",
    go_on: "Go on",

    sessions: "Sessions",
    sessions_say: "Where your account is open. If you do not know one, end it and change your password.",
    unknown_device: "Unknown device",
    on_system: |browser, system| [browser, " on ", system].concat(),
    this_session: "This session",
    since: |when| ["since ", when].concat(),
    seen: |when| ["used ", when].concat(),
    revoke: "End",
    revoke_others: "End the others",
    revoked: "Ended.",
};
