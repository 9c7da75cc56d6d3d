//! `durable`: how many messages a second are acknowledged, which is to say kept, and told to both
//! ends of their chats; beside what bare SQLite keeps on the same disk in the same minutes.

use crate::floor::Floor;
use crate::load::{self, Plan, Round};
use crate::program::new_folder;
use crate::report::{Spread, leave, times};
use crate::world::World;
use crate::{Depth, Outcome, record};
use hdrhistogram::Histogram;
use std::sync::PoisonError;
use std::time::Duration;
use tokio::time::sleep;

/// Whoever waits longer for his own words wonders whether they were sent.
const PROMPT: Duration = Duration::from_millis(100);
/// Of what bare SQLite does; half is the goal.
const GATE: f64 = 0.4;
const GOAL: f64 = 0.5;
/// A floor that moves more says that something else moved it.
const STEADY: f64 = 3.0;
/// The generator's share of one core; with more, it would measure itself.
const GENERATOR: f64 = 0.7;
/// Messages of a transaction while the floor warms up.
const WARM: usize = 10;
/// The most a round may be tried again, each time slower.
const TRIES: usize = 5;

pub async fn run(depth: Depth) -> Outcome<()> {
    let mut world = World::new(&new_folder("durable")?, depth.pick(20, 50)).await?;
    println!("{} customers talk with 10 agents; {} sockets listen", world.chats.len(), world.listeners());
    let done = measure(depth, &mut world).await;
    let checked = record::check(&world);
    world.program.stop()?;
    done?;
    println!("sent = acknowledged = kept = delivered to both ends: {} messages, none twice, all in order", checked?);
    Ok(())
}

async fn measure(depth: Depth, world: &mut World) -> Outcome<()> {
    let length = depth.pick(Duration::from_secs(1), Duration::from_secs(3));
    test_itself(world).await?;
    let best = match depth {
        Depth::Quick => {
            let round = load::run(world, Plan { rate: 100.0, length }).await?;
            println!("  {:>6.0}/s  {}", round.rate(), times(&round.acked));
            100.0
        }
        Depth::Full => climb(world, length).await?,
    };
    let ids: Vec<String> = world.chats.iter().map(|talk| talk.id.clone()).collect();
    let mut floor = Floor::like(&world.program.database(), &ids)?;
    println!("floor: {}", floor.settings()?);
    // Not counted: a copied file is cold, and the program has been warm for long.
    (_, floor) = run_beneath(floor, length, vec![WARM]).await?;
    world.heard.lock().unwrap_or_else(PoisonError::into_inner).reset();

    let mut rounds = Vec::new();
    let mut rate = best;
    println!("round    floor/s    ours/s   ratio   batch  generator  program/message  acknowledged");
    for n in 1..=depth.pick(3, 5) {
        let (round, sizes) = hold(world, depth, &mut rate, length).await?;
        // What it is compared with keeps the same number in a transaction.
        let beneath;
        (beneath, floor) = run_beneath(floor, length, sizes.clone()).await?;
        let batch = Spread::of(sizes.iter().map(|size| *size as f64));
        let pair = Pair { floor: beneath, ours: round.rate() };
        println!(
            "{n:>5} {:>10.0} {:>9.0} {:>7.2} {:>7.0} {:>9.0}% {:>13.0} µs  {}",
            pair.floor,
            pair.ours,
            pair.ratio(),
            batch.middle,
            100.0 * round.generator / round.took.as_secs_f64(),
            1e6 * round.program / round.acked.len() as f64,
            times(&round.acked)
        );
        rounds.push((pair, round));
        rate *= 1.08;
    }
    conclude(depth, world, &rounds)
}

struct Pair {
    floor: f64,
    ours: f64,
}

impl Pair {
    fn ratio(&self) -> f64 {
        self.ours / self.floor
    }
}

/// Runs the floor beside the sockets, which must go on answering.
async fn run_beneath(mut floor: Floor, length: Duration, sizes: Vec<usize>) -> Outcome<(f64, Floor)> {
    let run = move || floor.run(length, &sizes).map(|block| (block.rate(), floor));
    tokio::task::spawn_blocking(run).await.map_err(|why| format!("the floor broke off: {why}"))?
}

/// The program stands still for a second, and the report must show it. A generator that waits for
/// answers before it sends would show one slow message.
async fn test_itself(world: &mut World) -> Outcome<()> {
    let plan = Plan { rate: 100.0, length: Duration::from_secs(3) };
    let reins = world.program.reins();
    let pause = tokio::spawn(async move {
        // Just before a message is due: then ninety-one are due until a tenth of the second is left.
        sleep(Duration::from_millis(1_017)).await;
        reins.pause()?;
        sleep(Duration::from_secs(1)).await;
        reins.go_on()
    });
    let round = load::run(world, plan).await?;
    pause.await.map_err(|why| format!("the pause broke off: {why}"))??;
    let slow: u64 = round.acked.count_between(100_000, round.acked.max().max(100_000));
    let longest = round.acked.max() as f64 / 1e6;
    println!(
        "self-test: the program stood still for 1 s at 100/s: {slow} messages ≥ 100 ms, the slowest {longest:.2} s"
    );
    if slow >= 90 && longest >= 0.95 {
        Ok(())
    } else {
        Err("the generator hides a second of silence, so nothing it says counts".into())
    }
}

/// Finds the most that is held: up in steps, until p99 leaves what is prompt.
async fn climb(world: &mut World, length: Duration) -> Outcome<f64> {
    let mut best = 0.0;
    let mut rate: f64 = 100.0;
    loop {
        let mut round = load::run(world, Plan { rate, length }).await?;
        if !round.held(PROMPT) {
            // Once may be somebody else's noise.
            round = load::run(world, Plan { rate, length }).await?;
        }
        let held = round.held(PROMPT);
        println!(
            "  {:>6.0}/s  {}{}",
            rate,
            times(&round.acked),
            if held { String::new() } else { format!("  (too slow; {} unsent)", round.unsent) }
        );
        if !held {
            return if best > 0.0 { Ok(best) } else { Err("not even 100 messages a second are held".into()) };
        }
        best = rate;
        rate = if rate < 500.0 { 500.0 } else { rate * 1.25 };
    }
}

/// A round at this rate, or at the next lower one that is held; and how many messages each of its
/// transactions carried.
async fn hold(world: &mut World, depth: Depth, rate: &mut f64, length: Duration) -> Outcome<(Round, Vec<usize>)> {
    for _ in 0..TRIES {
        let since = record::place(&world.program.database())?;
        let round = load::run(world, Plan { rate: *rate, length }).await?;
        if round.held(PROMPT) || depth == Depth::Quick && round.unsent == 0 {
            return Ok((round, record::batches(&world.program.database(), since)?));
        }
        *rate *= 0.85;
    }
    Err(format!("not even {rate:.0} messages a second are held"))
}

fn conclude(depth: Depth, world: &World, rounds: &[(Pair, Round)]) -> Outcome<()> {
    let ours = Spread::of(rounds.iter().map(|(pair, _)| pair.ours));
    let floor = Spread::of(rounds.iter().map(|(pair, _)| pair.floor));
    let ratio = Spread::of(rounds.iter().map(|(pair, _)| pair.ratio()));
    let mut acked: Histogram<u64> = crate::report::histogram();
    for (_, round) in rounds {
        acked.add(&round.acked).map_err(|why| format!("the times do not add up: {why}"))?;
    }
    let heard = world.heard.lock().unwrap_or_else(PoisonError::into_inner).clone();
    leave("durable-acknowledged", &acked)?;
    leave("durable-heard", &heard)?;
    let broken: usize = world.chats.iter().map(|talk| talk.line.broken).sum();
    println!("acknowledged  {:.0} messages a second ({:.0}–{:.0})", ours.middle, ours.least, ours.most);
    println!("floor         {:.0} ({:.0}–{:.0})", floor.middle, floor.least, floor.most);
    println!(
        "ratio         {:.2} ({:.2}–{:.2}), at least {GATE}, the goal is {GOAL}",
        ratio.middle, ratio.least, ratio.most
    );
    println!("acknowledged  {}", times(&acked));
    println!("heard         {} (on the agents' screens, and with the rounds that were given up)", times(&heard));
    println!("lines         {broken} broken");
    println!("histograms    {}/durable-*.hgrm", crate::report::folder()?.display());
    let planned: u64 = rounds.iter().map(|(_, round)| round.planned).sum();
    if planned != acked.len() {
        return Err(format!("{planned} messages were meant and {} acknowledged", acked.len()));
    }
    let busy = rounds.iter().map(|(_, round)| round.generator / round.took.as_secs_f64()).fold(0.0, f64::max);
    if depth == Depth::Quick {
        return Ok(());
    }
    if busy > GENERATOR {
        return Err(format!("void: the generator took {:.0} % of a core", 100.0 * busy));
    }
    if floor.most > STEADY * floor.least {
        println!("noisy: the floor moved more than {STEADY} times, so its ratio gates nothing");
        return Ok(());
    }
    if ratio.middle >= GATE { Ok(()) } else { Err(format!("the ratio {:.2} is below {GATE}", ratio.middle)) }
}
