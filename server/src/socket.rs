//! One socket, from the first frame to the last: life signs and hints up, everything told down. A
//! stream that stands in for it is served by the very same code.
//!
//! A socket that is idle costs little: what greeting it needs is on the heap and gone before it
//! listens, and its buffers are small.

use crate::limits::Bucket;
use crate::places::{Holder, Place};
use crate::program::{Program, stopped};
use crate::{fault, line, metrics};
use desk::audit::Note;
use desk::{Caller, Ear, Error, Heard};
use domain::audit::Kind;
use domain::wire::{Bye, Down, Up, VERSION};
use domain::{Refusal, Time};
use futures_util::FutureExt;
use line::{Close, Line, Sound};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast;
use tokio::time::{Instant, MissedTickBehavior, interval_at, timeout};

/// How long a stranger may take to say who he is.
const HELLO: Duration = Duration::from_secs(5);
/// How often we ask whether he is still there; unanswered until the next time, he is gone. A
/// session that ended elsewhere is noticed as soon.
const PULSE: Duration = Duration::from_secs(5);
/// After a restart everybody comes back, but not at the same moment.
const RETURN: std::ops::Range<u32> = 300..3_000;

/// A socket that has not yet said who it is, and the place that it takes of its address.
pub struct Greeting {
    _stranger: Place,
    address: Place,
    /// What is kept of it.
    from: String,
}

impl Greeting {
    pub fn begin(program: &Program, address: IpAddr) -> Result<Greeting, Refusal> {
        // At the door it is only a matter of time.
        let take =
            |holder| program.places.take(holder).map_err(|_| Refusal::TooMany { seconds: HELLO.as_secs() as u32 });
        let from = program.kept(address);
        Ok(Greeting { _stranger: take(Holder::Stranger(address))?, address: take(Holder::Address(address))?, from })
    }
}

/// Somebody who has said who he is, and listens.
struct Guest {
    ear: Ear,
    _place: Place,
    /// An agent's session, which may end while the socket is open.
    session: Option<Session>,
    from: String,
}

struct Session {
    token: Arc<str>,
    hash: String,
    agent: String,
    ended: broadcast::Receiver<Arc<str>>,
    rights: broadcast::Receiver<Option<Arc<str>>>,
}

pub async fn serve(program: Arc<Program>, mut line: Line, session: Option<String>, greeting: Greeting) {
    // Held until the end: the program waits for its sockets when it stops.
    let mut stopping = program.stopping.subscribe();
    let _counted = metrics::Connection::open(line.kind());
    let guest = tokio::select! {
        guest = Box::pin(greet(&program, &mut line, session, &greeting.from)) => guest.map_err(|unheard| match unheard {
            Unheard::Refused { by, close } => {
                // Of a customer no address is written down.
                let note = Note::by_nobody(Kind::HandshakeRefused).about_thing("hello");
                program.desk.count(if by == By::Agent { note.at(Some(&greeting.from)) } else { note });
                close
            }
            Unheard::Left(close) => close,
        }),
        () = stopped(&mut stopping) => Err(restart()),
    };
    // No stranger any more; what he takes of his address he takes until the end.
    let Greeting { address: _place, .. } = greeting;
    let mut guest = match guest {
        Ok(guest) => guest,
        Err(close) => return line.close(close).await,
    };
    let end = tokio::select! {
        end = listen(&program, &mut line, &mut guest) => end,
        () = stopped(&mut stopping) => End::Stop,
    };
    match end {
        End::Silent { last_heard } => guest.ear.gone(last_heard),
        // Whatever else ends a socket is itself a sign of life.
        End::Closed => {
            guest.ear.gone(program.desk.now());
            line.end().await;
        }
        End::Close(close) => {
            guest.ear.gone(program.desk.now());
            line.close(close).await;
        }
        End::Stop => {
            program.keep_here(guest.ear);
            line.close(restart()).await;
        }
    }
}

/// Why nobody was greeted.
enum Unheard {
    /// By us, which is counted in the log.
    Refused { by: By, close: Close },
    /// He left, was slow or has a page of before: what happens all day long, and is nobody's deed.
    Left(Close),
}

/// Who it seems to be, by the way he came.
#[derive(Clone, Copy, PartialEq, Eq)]
enum By {
    Agent,
    Customer,
}

/// How a socket ended.
enum End {
    /// From his side, or the connection broke.
    Closed,
    /// He was not heard for too long.
    Silent { last_heard: Time },
    /// From our side, with these words.
    Close(Close),
    /// The program stops. Nobody has left because of that.
    Stop,
}

impl From<Close> for End {
    fn from(close: Close) -> End {
        End::Close(close)
    }
}

fn restart() -> Close {
    let mut random = [0; 4];
    // Without randomness all come back at once, which is slower and still right.
    let _ = getrandom::fill(&mut random);
    let after = RETURN.start + u32::from_le_bytes(random) % (RETURN.end - RETURN.start);
    Close::saying(Bye::Restart { after })
}

/// The first frame says who it is. The widget gives its token; the console's session was in the
/// cookie of the upgrade, which only our own pages send.
async fn greet(program: &Program, line: &mut Line, session: Option<String>, from: &str) -> Result<Guest, Unheard> {
    let by = if session.is_some() { By::Agent } else { By::Customer };
    let refuses = |close| Unheard::Refused { by, close };
    let signed_out = || Close::saying(Bye::Refused(Refusal::SignedOut));
    let hello = match timeout(HELLO, line.hear()).await {
        Ok(Sound::Frame(up)) => up,
        // Not signed out: he may be a stranger on a slow line.
        Err(_) => return Err(Unheard::Left(Close::slow())),
        Ok(Sound::Closed) => return Err(Unheard::Left(signed_out())),
        Ok(Sound::Sign) => return Err(refuses(signed_out())),
        Ok(Sound::Wrong(close)) => return Err(refuses(close)),
    };
    let Up::Hello { version, token } = hello else {
        return Err(refuses(signed_out()));
    };
    if version != VERSION {
        return Err(Unheard::Left(Close::saying(Bye::Version)));
    }
    let guest = match (token, session) {
        (Some(token), _) => program.desk.visitor(&token).await.map(|visitor| (Caller::Visitor(visitor), None)),
        (None, Some(token)) => {
            // Before the session is looked at: an end in between is then heard.
            let (ended, rights) = (program.desk.ended_sessions(), program.desk.changed_rights());
            let signed = program.desk.session(&token).await;
            signed.map(|signed| {
                let (hash, agent) = (desk::session::hash(&token), signed.agent.face.id.clone());
                (Caller::Agent(signed.agent), Some(Session { token: token.into(), hash, agent, ended, rights }))
            })
        }
        (None, None) => Err(Refusal::SignedOut.into()),
    };
    let (caller, session) = guest.map_err(|why| refuses(refused(why)))?;
    let holder = match &caller {
        Caller::Visitor(visitor) => Holder::Visitor(visitor.customer.clone()),
        Caller::Agent(agent) => Holder::Agent(agent.face.id.clone()),
    };
    let place = program.places.take(holder).map_err(|why| refuses(refused(why.into())))?;
    let ear = program.desk.listen(&caller).await.map_err(|why| refuses(refused(why)))?;
    let welcome = Down::Welcome { epoch: program.desk.epoch().into(), now: program.desk.now() };
    line.tell(&welcome).await.map_err(Unheard::Left)?;
    Ok(Guest { ear, _place: place, session, from: from.into() })
}

fn refused(error: Error) -> Close {
    match fault::trouble(error) {
        domain::Trouble::Refused(why) => Close::saying(Bye::Refused(why)),
        domain::Trouble::Fault { .. } => Close::broken(),
    }
}

async fn listen(program: &Program, line: &mut Line, guest: &mut Guest) -> End {
    let mut pulse = interval_at(Instant::now() + PULSE, PULSE);
    pulse.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut last_heard = program.desk.now();
    let (mut asked, mut bucket) = (false, Bucket::default());
    loop {
        let done = tokio::select! {
            sound = line.hear() => {
                (last_heard, asked) = (program.desk.now(), false);
                match sound {
                    Sound::Closed => return End::Closed,
                    Sound::Wrong(close) => Err(close),
                    Sound::Sign => slow_down(program, guest, &mut bucket),
                    Sound::Frame(up) => match slow_down(program, guest, &mut bucket) {
                        Ok(()) => answer(line, guest, up).await,
                        Err(close) => Err(close),
                    },
                }
            }
            heard = guest.ear.hear() => pass(line, guest, heard).await,
            _ = pulse.tick() => {
                if asked {
                    return End::Silent { last_heard };
                }
                asked = true;
                match Box::pin(look(program, line, guest, false)).await {
                    Ok(()) => line.ask().await,
                    Err(close) => Err(close),
                }
            }
            turn = turn(&mut guest.session) => match turn {
                Turn::Ended => {
                    guest.ear.signed_out();
                    Err(Close::saying(Bye::Refused(Refusal::SignedOut)))
                }
                Turn::Rights => Box::pin(look(program, line, guest, true)).await,
            },
        };
        if let Err(close) = done {
            return close.into();
        }
    }
}

/// Passes on what was heard, and with it what is there by now: a write costs more than a frame.
async fn pass(line: &mut Line, guest: &mut Guest, heard: Heard) -> Result<(), Close> {
    let mut next = Some(heard);
    while let Some(heard) = next {
        match heard {
            Heard::Frame(frame) => match frame.down() {
                Down::Bye(bye) => return Err(Close::saying(bye.clone())),
                _ => line.pass(&frame).await?,
            },
            Heard::Slow => {
                metrics::overflowed();
                return Err(Close::slow());
            }
            Heard::Broken(error) => return Err(refused(error)),
        }
        next = guest.ear.hear().now_or_never();
    }
    line.flush().await
}

/// Nobody has more to say than this; the cost of a frame is his, not everybody's.
fn slow_down(program: &Program, guest: &Guest, bucket: &mut Bucket) -> Result<(), Close> {
    program.limits.frame(bucket).map_err(|why| {
        let note = match &guest.session {
            Some(session) => Note::by(&session.agent, Kind::LimitHit).at(Some(&guest.from)),
            None => Note::by_nobody(Kind::LimitHit),
        };
        program.desk.count(note.about_thing("frames"));
        Close::saying(Bye::Refused(why))
    })
}

async fn answer(line: &mut Line, guest: &mut Guest, up: Up) -> Result<(), Close> {
    match up {
        Up::Ping(number) => line.tell(&Down::Pong(number)).await,
        Up::Unfollow { chat } => {
            guest.ear.unfollow(&chat);
            Ok(())
        }
        Up::Typing { chat } => Box::pin(hint(guest.ear.typing(&chat))).await,
        Up::Follow { chat } => Box::pin(hint(guest.ear.follow(&chat))).await,
        Up::Read { chat, seq } => Box::pin(read(line, guest, &chat, seq)).await,
        Up::Monitor { open } => hint(std::future::ready(guest.ear.monitor(open))).await,
        // Who he is was said once.
        Up::Hello { .. } => Err(Close::wrong()),
    }
}

/// What is refused here was only a hint: nothing happens, and nothing is told.
async fn hint(done: impl Future<Output = Result<(), Error>>) -> Result<(), Close> {
    match done.await {
        Ok(()) | Err(Error::Refused(_)) => Ok(()),
        Err(broken) => Err(refused(broken)),
    }
}

/// Somebody has read so far; what moved nothing is answered to him alone.
async fn read(line: &mut Line, guest: &Guest, chat: &str, seq: u32) -> Result<(), Close> {
    match guest.ear.read(chat, seq).await {
        Ok(Some(read)) => line.tell(&Down::Read(read)).await,
        Ok(None) | Err(Error::Refused(_)) => Ok(()),
        Err(broken) => Err(refused(broken)),
    }
}

/// Is his session still one, and are his rights what they were? Another process may have changed
/// that, or time. Where they are others, he hears by them first, and then is told to look himself.
async fn look(program: &Program, line: &mut Line, guest: &mut Guest, told: bool) -> Result<(), Close> {
    let Some(session) = &guest.session else {
        return Ok(());
    };
    let seen = async {
        let signed = program.desk.session(&session.token).await?;
        guest.ear.renew(signed.agent, told).await
    };
    match seen.await {
        Ok(true) => line.tell(&Down::Rights).await,
        Ok(false) => Ok(()),
        Err(Error::Refused(why)) => Err(Close::saying(Bye::Refused(why))),
        // Not known is not ended; the next look may know.
        Err(broken) => {
            fault::trouble(broken);
            Ok(())
        }
    }
}

/// What happens elsewhere in this process to whom a socket belongs.
enum Turn {
    /// His session has ended.
    Ended,
    /// What he may, or what there is to see, is otherwise.
    Rights,
}

/// For a visitor it never comes.
async fn turn(session: &mut Option<Session>) -> Turn {
    use broadcast::error::RecvError::{Closed, Lagged};
    let Some(session) = session else {
        return std::future::pending().await;
    };
    loop {
        tokio::select! {
            ended = session.ended.recv() => match ended {
                Ok(hash) if *hash == *session.hash => return Turn::Ended,
                // What was missed, the next look finds.
                Ok(_) | Err(Lagged(_)) => {}
                Err(Closed) => std::future::pending().await,
            },
            rights = session.rights.recv() => match rights {
                Ok(Some(agent)) if *agent != *session.agent => {}
                // What was missed may have been his.
                Ok(_) | Err(Lagged(_)) => return Turn::Rights,
                Err(Closed) => std::future::pending().await,
            },
        }
    }
}
