//! What is wrong with an export. All of it is looked for, so that it is put right at once.

use crate::Fault;

/// So many things are told one by one.
const TOLD: usize = 50;

/// In the order in which it was found.
#[derive(Debug, Default)]
pub struct Bad {
    count: usize,
    first: Vec<String>,
}

impl Bad {
    pub fn add(&mut self, what: String) {
        self.count += 1;
        if self.first.len() < TOLD {
            self.first.push(what);
        }
    }

    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Fails with all of it, a line each.
    pub fn tell(&self) -> Result<(), Fault> {
        let lines = self.first.join("\n");
        match (self.count, self.count - self.first.len()) {
            (0, _) => Ok(()),
            (1, _) => Err(Fault::new(lines)),
            (count, 0) => Err(Fault::new(format!("{count} things are wrong:\n{lines}"))),
            (count, more) => Err(Fault::new(format!("{count} things are wrong:\n{lines}\nand {more} more"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_are_told_and_the_others_are_counted() {
        let bad = |count| {
            let mut bad = Bad::default();
            (0..count).for_each(|n| bad.add(format!("line {n}")));
            bad.tell().map_err(|why| why.to_string())
        };

        assert_eq!(bad(0), Ok(()));
        assert_eq!(bad(1), Err("line 0".into()));
        assert_eq!(bad(2), Err("2 things are wrong:\nline 0\nline 1".into()));
        assert!(bad(TOLD + 7).unwrap_err().ends_with(&format!("line {}\nand 7 more", TOLD - 1)));
    }
}
