//! How long to wait after a cut: twice as long each time, up to a limit, with chance in it.
//!
//! The chance keeps a hundred checkpoints from knocking at a hub together that has just come back.

use std::time::Duration;

#[derive(Debug)]
pub(super) struct BackOff {
    first: Duration,
    longest: Duration,
    next: Duration,
}

impl BackOff {
    pub(super) fn new(first: Duration, longest: Duration) -> BackOff {
        BackOff { first, longest, next: first }
    }

    /// The next wait: between half and the whole of what is due.
    pub(super) fn next(&mut self) -> Duration {
        let due = self.next;
        self.next = (due * 2).min(self.longest);
        due.mul_f64(rand::random_range(0.5..=1.0))
    }

    /// The line was good: begin anew.
    pub(super) fn reset(&mut self) {
        self.next = self.first;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_the_longest_and_begin_anew() {
        let mut back_off = BackOff::new(Duration::from_secs(1), Duration::from_secs(30));
        for due_s in [1, 2, 4, 8, 16, 30, 30] {
            let (due, wait) = (Duration::from_secs(due_s), back_off.next());
            assert!(due / 2 <= wait && wait <= due, "{wait:?} for {due:?}");
        }
        back_off.reset();
        assert!(back_off.next() <= Duration::from_secs(1));
    }
}
