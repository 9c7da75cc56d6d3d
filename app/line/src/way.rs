//! By which way to call.

use std::cell::Cell;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Socket,
    Stream,
}

/// Sockets first. Two in a row that nobody answered may be blocked: from then on it is by turns, until one
/// way works; and after a line that was lost a socket has one try before the stream has its own.
#[derive(Default)]
pub struct Ways(Cell<u32>);

impl Ways {
    pub const fn new() -> Ways {
        Ways(Cell::new(0))
    }

    pub fn next(&self) -> Way {
        let failed = self.0.get();
        if failed >= 2 && failed.is_multiple_of(2) { Way::Stream } else { Way::Socket }
    }

    /// Nobody answered. After the first time a stream is made ready, for the case that it is wanted.
    pub fn failed(&self) {
        if self.miss() == 1 {
            crate::fetch_stream();
        }
    }

    fn miss(&self) -> u32 {
        let failed = self.0.get().saturating_add(1);
        self.0.set(failed);
        failed
    }

    /// Somebody answered by this way.
    pub fn worked(&self, way: Way) {
        self.0.set(u32::from(way == Way::Stream));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tries(ways: &Ways, count: usize) -> Vec<Way> {
        let one = |_| {
            let way = ways.next();
            ways.miss();
            way
        };
        (0..count).map(one).collect()
    }

    #[test]
    fn where_nothing_works_both_ways_are_tried_by_turns() {
        use Way::{Socket, Stream};

        assert_eq!(tries(&Ways::new(), 6), [Socket, Socket, Stream, Socket, Stream, Socket]);
    }

    #[test]
    fn a_stream_that_worked_comes_second_the_next_time() {
        let ways = Ways::new();
        tries(&ways, 2);
        ways.worked(ways.next());

        assert_eq!(tries(&ways, 2), [Way::Socket, Way::Stream]);
    }

    #[test]
    fn a_socket_that_worked_has_its_two_tries_again() {
        let ways = Ways::new();
        tries(&ways, 3);
        ways.worked(ways.next());

        assert_eq!(tries(&ways, 3), [Way::Socket, Way::Socket, Way::Stream]);
    }
}
