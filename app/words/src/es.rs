//! Español: la lengua de referencia (requirements.md a.10).

use crate::Words;
use domain::Refusal;
use domain::chat::EndText;
#[cfg(feature = "staff")]
use domain::ticket::Via;
#[cfg(feature = "staff")]
use domain::{Reason, Status};

pub static WORDS: Words = Words {
    decimal: ",",
    lang: "es",
    language: "Español",
    sending: "Enviando…",
    sent: "Enviado",
    amended: "editado",
    retracted: "Mensaje eliminado",
    read: "Visto",
    not_sent: "No se envió",
    retry: "Reintentar",
    connecting: "Conectando…",
    connection_lost: "Sin conexión. Volviendo a conectar…",
    online: "En línea",
    offline: "Desconectado",
    customer: "Usuario final",
    agent: "Agente",
    visitor: |number| ["Visitante ", number].concat(),
    joined: |agent| [agent, " ha ingresado a la conversación"].concat(),
    parted: |agent| [agent, " ha salido de la conversación"].concat(),
    redirected: |group| ["La conversación pasa a ", group].concat(),
    handed: |agent| ["La conversación continúa con ", agent].concat(),
    agent_gone: |agent| [agent, " perdió la conexión"].concat(),
    agent_back: |agent| [agent, " ha vuelto a conectarse"].concat(),
    end: |text| match text {
        EndText::Customer => "Usuario final finalizó la conversación",
        EndText::Agent => "Agente finalizó la conversación",
        EndText::Connection => "Chat finalizado por falla en la conexión con el Usuario final",
        EndText::QueueCustomer => "Usuario final finalizó el chat",
        EndText::QueueAgent => "Agente finalizó el chat",
    },
    #[cfg(feature = "staff")]
    status: |status| match status {
        Status::New => "Nuevo",
        Status::InAttendance => "En atención",
        Status::Stopped => "Parado",
        Status::Canceled => "Cancelado",
        Status::Resolved => "Resuelto",
        Status::Closed => "Cerrado",
    },
    #[cfg(feature = "staff")]
    reason: |reason| match reason {
        Reason::Customer => "Finalizado por el cliente",
        Reason::Agent => "Finalizado por el agente",
        Reason::Connection => "Falla en la conexión",
        Reason::Staff => "Retirado de la cola",
        Reason::AgentLost => "El agente perdió la conexión",
        Reason::System => "Interrupción del servicio",
    },
    #[cfg(feature = "staff")]
    via: |via| match via {
        Via::OnlineChat => "Chat en línea",
        Via::OfflineMessage => "Mensaje fuera de línea",
        Via::Agent => "Agente",
        Via::Portal => "Portal",
        Via::Api => "API",
    },
    refusal,
    fault: |number| ["Algo falló de nuestro lado. Quedó anotado con el número ", number, "."].concat(),
};

fn refusal(why: &Refusal) -> String {
    match why {
        Refusal::NotYours => "No existe, o no tienes acceso.".into(),
        Refusal::SignedOut => "La sesión ha terminado. Vuelve a iniciar sesión.".into(),
        #[cfg(feature = "staff")]
        Refusal::WrongPassword => "El correo o la contraseña no son correctos.".into(),
        Refusal::TooMany { seconds } => {
            ["Demasiados intentos. Espera ", &crate::wait(*seconds), " y vuelve a intentarlo."].concat()
        }
        Refusal::ForeignSite => "Este sitio no está autorizado a usar el chat.".into(),
        Refusal::Malformed => "No se entendió lo que se envió. Recarga la página y vuelve a intentarlo.".into(),
        Refusal::TooBig { limit } => ["Es demasiado grande: el máximo es ", &WORDS.size(*limit), "."].concat(),
        Refusal::Empty => "Escribe algo primero.".into(),
        Refusal::TooLong { limit } => {
            ["Es demasiado largo: el límite es de ", &limit.to_string(), " caracteres."].concat()
        }
        Refusal::Ended => "La conversación ya ha terminado.".into(),
        #[cfg(feature = "staff")]
        Refusal::AlreadyAttended { by } if by.is_empty() => "Otro agente ya atiende esta conversación.".into(),
        #[cfg(feature = "staff")]
        Refusal::AlreadyAttended { by } => [by, " ya atiende esta conversación."].concat(),
        #[cfg(feature = "staff")]
        Refusal::NotFirst { place } => {
            ["Atiende primero a quien más ha esperado; esta conversación es la número ", &place.to_string(), "."]
                .concat()
        }
        Refusal::NotWaiting => "La conversación ya no está en la cola.".into(),
        #[cfg(feature = "staff")]
        Refusal::NotAttended => "Nadie atiende todavía esta conversación.".into(),
        #[cfg(feature = "staff")]
        Refusal::NotInside => "No participas en esta conversación.".into(),
        #[cfg(feature = "staff")]
        Refusal::OnlyAttendants => "Solo pueden hacerlo los atendientes del grupo.".into(),
        #[cfg(feature = "staff")]
        Refusal::OnlyAdministrators => "Solo pueden hacerlo los administradores del grupo.".into(),
        #[cfg(feature = "staff")]
        Refusal::LastAgent => "No queda otro agente: finaliza la conversación o redirígela.".into(),
        #[cfg(feature = "staff")]
        Refusal::NoSuchTarget => "No se encontró a quién pasar la conversación, o no está conectado.".into(),
        #[cfg(feature = "staff")]
        Refusal::TooSoon => "Todavía no es el momento.".into(),
        Refusal::AlreadyOpen { .. } => "Ya tienes una conversación abierta.".into(),
        Refusal::NobodyOnline => "Ahora no hay nadie en línea para este asunto.".into(),
        Refusal::FieldMissing { .. } => "Completa este dato.".into(),
        Refusal::FieldTooLong { limit, .. } => ["Como máximo ", &limit.to_string(), " caracteres."].concat(),
        Refusal::FieldWrong { .. } => "Revisa este dato: no parece correcto.".into(),
        #[cfg(feature = "staff")]
        Refusal::StillRunning => "La conversación sigue en curso: el ticket se guarda al finalizar.".into(),
        #[cfg(feature = "staff")]
        Refusal::LinkUsed => "Este enlace ya se usó o no es válido.".into(),
        #[cfg(feature = "staff")]
        Refusal::WeakPassword => "Elige una contraseña más larga y menos común.".into(),
        Refusal::Full { limit } => ["Se alcanzó el límite de ", &limit.to_string(), "."].concat(),
        Refusal::Closed { .. } => "Ahora estamos fuera de horario.".into(),
        Refusal::NoMessages => "Ahora no se reciben mensajes: usa otro de los canales.".into(),
        Refusal::NoFiles => "Aquí no se pueden enviar archivos.".into(),
        Refusal::Blocked => "No estás autorizado a usar el chat.".into(),
        #[cfg(feature = "staff")]
        Refusal::Overtaken { by } => [by, " escribió antes que tú: lee lo que dijo y envía de nuevo."].concat(),
        #[cfg(feature = "staff")]
        Refusal::ShortcutTaken => "Ya hay otra respuesta con ese atajo.".into(),
        #[cfg(feature = "staff")]
        Refusal::NoReader { name } => [name, " no puede leer esta conversación: no se le puede mencionar."].concat(),
        #[cfg(feature = "staff")]
        Refusal::HeldBy { by } if by.is_empty() => "Alguien se adelantó: ahora no es de nadie.".into(),
        #[cfg(feature = "staff")]
        Refusal::HeldBy { by } => ["Alguien se adelantó: ahora es de ", by, "."].concat(),
        Refusal::FileKind => "Este tipo de archivo no se admite. Se pueden enviar textos e imágenes.".into(),
        Refusal::FileBroken => "El archivo está dañado o incompleto.".into(),
        Refusal::NotUtf8 => "El texto no está en UTF-8. Guárdalo con esa codificación y envíalo otra vez.".into(),
        Refusal::TooManyPixels { limit } => {
            ["La imagen es demasiado grande: el máximo es de ", &(limit / 1_000_000).to_string(), " megapíxeles."]
                .concat()
        }
        Refusal::TooManyFiles { files, bytes } => [
            "Esta conversación ya no admite más archivos: el máximo es de ",
            &files.to_string(),
            " archivos y ",
            &WORDS.size(*bytes),
            ".",
        ]
        .concat(),
        Refusal::LinkExpired => "Este enlace ha caducado. Abre el archivo otra vez desde la conversación.".into(),
        Refusal::NotEnded => "La conversación todavía no ha terminado.".into(),
        Refusal::NotAsked => "Esto no se puede hacer con esta conversación.".into(),
        Refusal::TooLate => "Ya no se puede cambiar.".into(),
        Refusal::NoAddress => "No sabemos a qué correo enviarlo.".into(),
        Refusal::IdentityExpired => "Tu sesión en este sitio ha caducado. Vuelve a entrar en el sitio.".into(),
        Refusal::IdentityRefused => "Este sitio no pudo demostrar quién eres. Puedes seguir sin identificarte.".into(),
        // Staff's: no customer is ever told.
        #[cfg(not(feature = "staff"))]
        _ => "Esto no se puede hacer con esta conversación.".into(),
    }
}
