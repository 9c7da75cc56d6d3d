//! Português do Brasil.

use crate::Words;
use domain::Refusal;
use domain::chat::EndText;
#[cfg(feature = "staff")]
use domain::ticket::Via;
#[cfg(feature = "staff")]
use domain::{Reason, Status};

pub static WORDS: Words = Words {
    decimal: ",",
    lang: "pt",
    language: "Português",
    sending: "Enviando…",
    sent: "Enviado",
    amended: "editada",
    retracted: "Mensagem apagada",
    read: "Visto",
    not_sent: "Não foi enviado",
    retry: "Tentar de novo",
    connecting: "Conectando…",
    connection_lost: "Sem conexão. Reconectando…",
    online: "Online",
    offline: "Offline",
    customer: "Usuário final",
    agent: "Agente",
    visitor: |number| ["Visitante ", number].concat(),
    joined: |agent| [agent, " entrou na conversa"].concat(),
    parted: |agent| [agent, " saiu da conversa"].concat(),
    redirected: |group| ["A conversa passa para ", group].concat(),
    handed: |agent| ["A conversa continua com ", agent].concat(),
    agent_gone: |agent| [agent, " perdeu a conexão"].concat(),
    agent_back: |agent| [agent, " voltou a se conectar"].concat(),
    end: |text| match text {
        EndText::Customer => "Usuário final finalizou a conversa",
        EndText::Agent => "Agente finalizou a conversa",
        EndText::Connection => "Chat finalizado por falha na conexão com o Usuário final",
        EndText::QueueCustomer => "Usuário final finalizou o chat",
        EndText::QueueAgent => "Agente finalizou o chat",
    },
    #[cfg(feature = "staff")]
    status: |status| match status {
        Status::New => "Novo",
        Status::InAttendance => "Em atendimento",
        Status::Stopped => "Parado",
        Status::Canceled => "Cancelado",
        Status::Resolved => "Resolvido",
        Status::Closed => "Fechado",
    },
    #[cfg(feature = "staff")]
    reason: |reason| match reason {
        Reason::Customer => "Finalizado pelo cliente",
        Reason::Agent => "Finalizado pelo agente",
        Reason::Connection => "Falha na conexão",
        Reason::Staff => "Retirado da fila",
        Reason::AgentLost => "O agente perdeu a conexão",
        Reason::System => "Interrupção do serviço",
    },
    #[cfg(feature = "staff")]
    via: |via| match via {
        Via::OnlineChat => "Chat online",
        Via::OfflineMessage => "Mensagem offline",
        Via::Agent => "Agente",
        Via::Portal => "Portal",
        Via::Api => "API",
    },
    refusal,
    fault: |number| ["Algo falhou do nosso lado. Ficou registrado com o número ", number, "."].concat(),
};

fn refusal(why: &Refusal) -> String {
    match why {
        Refusal::NotYours => "Não existe, ou você não tem acesso.".into(),
        Refusal::SignedOut => "A sessão terminou. Entre novamente.".into(),
        #[cfg(feature = "staff")]
        Refusal::WrongPassword => "O e-mail ou a senha não estão corretos.".into(),
        Refusal::TooMany { seconds } => {
            ["Tentativas demais. Espere ", &crate::wait(*seconds), " e tente de novo."].concat()
        }
        Refusal::ForeignSite => "Este site não está autorizado a usar o chat.".into(),
        Refusal::Malformed => {
            "Não foi possível entender o que foi enviado. Recarregue a página e tente de novo.".into()
        }
        Refusal::TooBig { limit } => ["É grande demais: o máximo é ", &WORDS.size(*limit), "."].concat(),
        Refusal::Empty => "Escreva algo primeiro.".into(),
        Refusal::TooLong { limit } => ["É longo demais: o limite é de ", &limit.to_string(), " caracteres."].concat(),
        Refusal::Ended => "A conversa já terminou.".into(),
        #[cfg(feature = "staff")]
        Refusal::AlreadyAttended { by } if by.is_empty() => "Outro agente já atende esta conversa.".into(),
        #[cfg(feature = "staff")]
        Refusal::AlreadyAttended { by } => [by, " já atende esta conversa."].concat(),
        #[cfg(feature = "staff")]
        Refusal::NotFirst { place } => {
            ["Atenda primeiro quem espera há mais tempo; esta conversa é a número ", &place.to_string(), "."].concat()
        }
        Refusal::NotWaiting => "A conversa não está mais na fila.".into(),
        #[cfg(feature = "staff")]
        Refusal::NotAttended => "Ninguém atende esta conversa ainda.".into(),
        #[cfg(feature = "staff")]
        Refusal::NotInside => "Você não participa desta conversa.".into(),
        #[cfg(feature = "staff")]
        Refusal::OnlyAttendants => "Somente os atendentes do grupo podem fazer isso.".into(),
        #[cfg(feature = "staff")]
        Refusal::OnlyAdministrators => "Somente os administradores do grupo podem fazer isso.".into(),
        #[cfg(feature = "staff")]
        Refusal::LastAgent => "Não resta outro agente: finalize a conversa ou redirecione-a.".into(),
        #[cfg(feature = "staff")]
        Refusal::NoSuchTarget => "Não foi encontrado para quem passar a conversa, ou não está conectado.".into(),
        #[cfg(feature = "staff")]
        Refusal::TooSoon => "Ainda não é o momento.".into(),
        Refusal::AlreadyOpen { .. } => "Você já tem uma conversa aberta.".into(),
        Refusal::NobodyOnline => "Agora não há ninguém online para este assunto.".into(),
        Refusal::FieldMissing { .. } => "Preencha este dado.".into(),
        Refusal::FieldTooLong { limit, .. } => ["No máximo ", &limit.to_string(), " caracteres."].concat(),
        Refusal::FieldWrong { .. } => "Confira este dado: não parece correto.".into(),
        #[cfg(feature = "staff")]
        Refusal::StillRunning => "A conversa continua em andamento: o ticket é salvo quando ela termina.".into(),
        #[cfg(feature = "staff")]
        Refusal::LinkUsed => "Este link já foi usado ou não é válido.".into(),
        #[cfg(feature = "staff")]
        Refusal::WeakPassword => "Escolha uma senha mais longa e menos comum.".into(),
        Refusal::Full { limit } => ["O limite de ", &limit.to_string(), " foi atingido."].concat(),
        Refusal::Closed { .. } => "Agora estamos fora do horário.".into(),
        Refusal::NoMessages => "No momento não recebemos mensagens: use outro dos canais.".into(),
        Refusal::NoFiles => "Aqui não é possível enviar arquivos.".into(),
        Refusal::Blocked => "Você não está autorizado a usar o chat.".into(),
        #[cfg(feature = "staff")]
        Refusal::Overtaken { by } => [by, " escreveu antes de você: leia o que disse e envie de novo."].concat(),
        #[cfg(feature = "staff")]
        Refusal::ShortcutTaken => "Já existe outra resposta com esse atalho.".into(),
        #[cfg(feature = "staff")]
        Refusal::NoReader { name } => [name, " não pode ler esta conversa: não é possível mencioná-lo."].concat(),
        #[cfg(feature = "staff")]
        Refusal::HeldBy { by } if by.is_empty() => "Alguém se adiantou: agora não é de ninguém.".into(),
        #[cfg(feature = "staff")]
        Refusal::HeldBy { by } => ["Alguém se adiantou: agora é de ", by, "."].concat(),
        Refusal::FileKind => "Este tipo de arquivo não é aceito. É possível enviar textos e imagens.".into(),
        Refusal::FileBroken => "O arquivo está danificado ou incompleto.".into(),
        Refusal::NotUtf8 => "O texto não está em UTF-8. Salve-o nessa codificação e envie de novo.".into(),
        Refusal::TooManyPixels { limit } => {
            ["A imagem é grande demais: o máximo é de ", &(limit / 1_000_000).to_string(), " megapixels."].concat()
        }
        Refusal::TooManyFiles { files, bytes } => [
            "Esta conversa não aceita mais arquivos: o máximo é de ",
            &files.to_string(),
            " arquivos e ",
            &WORDS.size(*bytes),
            ".",
        ]
        .concat(),
        Refusal::LinkExpired => "Este link expirou. Abra o arquivo de novo a partir da conversa.".into(),
        Refusal::NotEnded => "A conversa ainda não terminou.".into(),
        Refusal::NotAsked => "Isso não pode ser feito com esta conversa.".into(),
        Refusal::TooLate => "Já não é possível alterar.".into(),
        Refusal::NoAddress => "Não sabemos para qual e-mail enviar.".into(),
        Refusal::IdentityExpired => "Sua sessão neste site expirou. Entre novamente no site.".into(),
        Refusal::IdentityRefused => {
            "Este site não conseguiu comprovar quem você é. Você pode continuar sem se identificar.".into()
        }
        // Staff's: no customer is ever told.
        #[cfg(not(feature = "staff"))]
        _ => "Isso não pode ser feito com esta conversa.".into(),
    }
}
