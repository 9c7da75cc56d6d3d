//! Figures for people, and histograms for whoever wants to look closer.

use crate::Outcome;
use hdrhistogram::Histogram;
use std::fmt::Write;
use std::path::PathBuf;

/// The longest time that is told apart, in microseconds.
const LONGEST: u64 = 120_000_000;

/// Of microseconds, to three digits.
pub fn histogram() -> Histogram<u64> {
    Histogram::new_with_bounds(1, LONGEST, 3).expect("these bounds are sound")
}

/// Where histograms are left and folders are made.
pub fn folder() -> Outcome<PathBuf> {
    let cache = std::env::var_os("RECADO_CACHE").map(PathBuf::from);
    let home = || std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache/recado"));
    let folder = cache.or_else(home).ok_or("there is neither RECADO_CACHE nor HOME")?.join("bench");
    std::fs::create_dir_all(&folder).map_err(|why| format!("{} was not made: {why}", folder.display()))?;
    Ok(folder)
}

/// Leaves a histogram in the form that the tools of HdrHistogram read, in milliseconds.
pub fn leave(name: &str, times: &Histogram<u64>) -> Outcome<()> {
    let mut text = String::from("       Value     Percentile TotalCount 1/(1-Percentile)\n\n");
    let mut count = 0;
    for step in times.iter_quantiles(5) {
        count += step.count_since_last_iteration();
        let (value, share) = (step.value_iterated_to() as f64 / 1000.0, step.quantile_iterated_to());
        let rest = if share < 1.0 { format!("{:14.2}", 1.0 / (1.0 - share)) } else { "           inf".into() };
        let _ = writeln!(text, "{value:12.3} {share:14.12} {count:10} {rest}");
    }
    let thousandth = |n: f64| n / 1000.0;
    let _ = writeln!(
        text,
        "#[Mean    = {:12.3}, StdDeviation   = {:12.3}]\n#[Max     = {:12.3}, Total count    = {:12}]",
        thousandth(times.mean()),
        thousandth(times.stdev()),
        thousandth(times.max() as f64),
        times.len()
    );
    let path = folder()?.join(format!("{name}.hgrm"));
    std::fs::write(&path, text).map_err(|why| format!("{} was not written: {why}", path.display()))
}

pub fn milliseconds(micros: u64) -> String {
    format!("{:.1} ms", micros as f64 / 1000.0)
}

/// Half, nearly all and the longest.
pub fn times(times: &Histogram<u64>) -> String {
    let at = |share| milliseconds(times.value_at_quantile(share));
    format!("p50 {}, p99 {}, max {}", at(0.5), at(0.99), milliseconds(times.max()))
}

/// The least, the middle and the most.
pub struct Spread {
    pub least: f64,
    pub middle: f64,
    pub most: f64,
}

impl Spread {
    pub fn of(figures: impl IntoIterator<Item = f64>) -> Spread {
        let mut all: Vec<f64> = figures.into_iter().collect();
        all.sort_by(f64::total_cmp);
        let at = |n: usize| all.get(n).copied().unwrap_or(0.0);
        let (below, above) = (at(all.len().saturating_sub(1) / 2), at(all.len() / 2));
        Spread { least: at(0), middle: f64::midpoint(below, above), most: at(all.len().saturating_sub(1)) }
    }
}
