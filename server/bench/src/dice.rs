//! Numbers that are the same in every run.

use domain::Span;

pub struct Dice(pub u64);

impl Dice {
    pub fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % most as u64) as usize
    }

    pub fn is(&mut self, hundredths: usize) -> bool {
        self.below(100) < hundredths
    }

    /// Few of them often, most seldom.
    pub fn seldom(&mut self, most: usize) -> usize {
        let n = self.below(most) as f64 / most as f64;
        (n * n * n * most as f64) as usize
    }

    /// Few long ones, many short: at most so many milliseconds.
    pub fn length(&mut self, most: usize) -> Span {
        let n = self.below(1_000_000) as f64 / 1_000_000.0;
        Span((n * n * n * most as f64) as i64)
    }
}
