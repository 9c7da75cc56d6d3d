//! The load: an open loop. Every message has a moment it is meant for, whatever became of those
//! before it, and its latency counts from there. A browser sends one at a time, so do customers.

use crate::Outcome;
use crate::line::postcard;
use crate::report::histogram;
use crate::world::{Talk, World, new_id};
use domain::event::Wish;
use domain::wire::Page;
use domain::{Act, Event};
use hdrhistogram::Histogram;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// How long a round may go on after its last message was due.
const GRACE: Duration = Duration::from_secs(2);
const REST: &str = "Buenas tardes, quisiera saber si la mesa de nogal extensible llega antes del viernes.";

/// What a message says: its number, the moment it was meant for, and what people write.
pub struct Words {
    pub number: u64,
    /// Since the world began.
    pub meant: Duration,
}

impl Words {
    fn text(&self) -> String {
        format!("{} {} {REST}", self.number, self.meant.as_nanos())
    }

    pub fn read(text: &str) -> Option<Words> {
        let mut parts = text.splitn(3, ' ');
        let number = parts.next()?.parse().ok()?;
        let meant = Duration::from_nanos(parts.next()?.parse().ok()?);
        Some(Words { number, meant })
    }
}

/// So many messages a second, for so long.
#[derive(Clone, Copy)]
pub struct Plan {
    pub rate: f64,
    pub length: Duration,
}

pub struct Round {
    pub planned: u64,
    /// Of those, the ones that were still unsent when the round was given up.
    pub unsent: u64,
    /// From the intended moment to the acknowledgement, in microseconds.
    pub acked: Histogram<u64>,
    pub took: Duration,
    /// Seconds of a processor that this generator and the program used.
    pub generator: f64,
    pub program: f64,
}

impl Round {
    /// Acknowledged messages per second, from the first moment to the last answer.
    pub fn rate(&self) -> f64 {
        self.acked.len() as f64 / self.took.as_secs_f64()
    }

    /// Was everything sent, and nearly all of it answered in time?
    pub fn held(&self, most: Duration) -> bool {
        self.unsent == 0 && u128::from(self.acked.value_at_quantile(0.99)) <= most.as_micros()
    }
}

struct Shared {
    plan: Plan,
    begin: Instant,
    world: Instant,
    first: u64,
    acked: Mutex<Histogram<u64>>,
}

/// One round. The customers take turns; numbers go on from round to round.
pub async fn run(world: &mut World, plan: Plan) -> Outcome<Round> {
    let planned = (plan.rate * plan.length.as_secs_f64()).round() as u64;
    let first = world.chats.iter().map(|talk| talk.acked.last().map_or(0, |last| last + 1)).max().unwrap_or(0);
    let (generator, program) = (crate::program::processor("self")?, world.program.processor()?);
    let shared = Arc::new(Shared {
        plan,
        begin: Instant::now() + Duration::from_millis(20),
        world: world.begun,
        first,
        acked: Mutex::new(histogram()),
    });
    let turns = world.chats.len() as u64;
    let talks = std::mem::take(&mut world.chats);
    let writers: Vec<_> = talks
        .into_iter()
        .zip(0..)
        .map(|(talk, turn)| tokio::spawn(write(talk, shared.clone(), (turn..planned).step_by(turns as usize))))
        .collect();
    let mut unsent = 0;
    let mut trouble = Ok(());
    for writer in writers {
        let (talk, left) = writer.await.map_err(|why| format!("a customer broke off: {why}"))?;
        world.chats.push(talk);
        match left {
            Ok(left) => unsent += left,
            Err(why) => trouble = Err(why),
        }
    }
    trouble?;
    let took = shared.begin.elapsed();
    let acked = shared.acked.lock().unwrap_or_else(PoisonError::into_inner).clone();
    world.delivered(Duration::from_secs(10)).await?;
    Ok(Round {
        planned,
        unsent,
        acked,
        took,
        generator: crate::program::processor("self")? - generator,
        program: world.program.processor()? - program,
    })
}

/// One customer; answers with what he left unsent.
async fn write(mut talk: Talk, shared: Arc<Shared>, turns: impl Iterator<Item = u64>) -> (Talk, Outcome<u64>) {
    let mut left = 0;
    let end = shared.begin + shared.plan.length + GRACE;
    for turn in turns {
        let intended = shared.begin + Duration::from_secs_f64(turn as f64 / shared.plan.rate);
        sleep_until(intended).await;
        if Instant::now() > end {
            left += 1;
            continue;
        }
        let words = Words { number: shared.first + turn, meant: intended - shared.world };
        if let Err(why) = post(&mut talk, &words).await {
            return (talk, Err(why));
        }
        let late = intended.elapsed().as_micros() as u64;
        shared.acked.lock().unwrap_or_else(PoisonError::into_inner).saturating_record(late);
        talk.acked.push(words.number);
    }
    (talk, Ok(left))
}

async fn post(talk: &mut Talk, words: &Words) -> Outcome<()> {
    let text = words.text();
    let wish = Wish { id: new_id()?, act: Act::Post { text: text.clone() } };
    let page: Page = talk.line.ask(&talk.head, &postcard(&wish)?).await?.postcard()?;
    let [told] = &page.told[..] else { return Err("a message was answered with something else".into()) };
    let same = told.act == wish.id && matches!(&told.event, Event::Posted { by: None, text: kept } if *kept == text);
    if same { Ok(()) } else { Err(format!("another message came back: {told:?}")) }
}
