//! What one stream may send next: how far it is, what is under way, and how large a batch may be. Pure.
//!
//! Entries wait for three things: for their turn, for room (so many batches without an answer, and no more), and for the line.
//! A batch is as large as the line carries in about a second, because an alarm has to wait behind what is under way: on a line of
//! 8 kB/s four batches of 4 kB are two seconds; on a fast one four of 256 kB are nothing.

use std::collections::VecDeque;
use std::time::Duration;

use wire::chain::{Hash, Head};
use wire::sync::{BATCH_LIMIT_BYTES, BATCH_LIMIT_RECORDS, BATCHES_IN_FLIGHT};

use crate::journal::Entry;

#[derive(Debug)]
pub(super) struct Window {
    /// The next entry in order.
    next: u64,
    /// Batches without an answer, the oldest first.
    flying: VecDeque<Flight>,
    /// Express entries before this one were sent, or need not be.
    next_express: u64,
    /// The last entry of the express batch without an answer.
    flying_express: Option<u64>,
    batch_bytes: usize,
}

#[derive(Debug)]
struct Flight {
    last: Head,
    /// Whether more would have followed, had there been room in the batch.
    full: bool,
    /// When it was sent, since the process began.
    sent: Duration,
}

/// Where the next batch begins, and how large it may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Room {
    pub(super) from: u64,
    pub(super) records: usize,
}

impl Window {
    /// A stream on which the hub wants `next_bulk` next, and express entries after `express_after`.
    pub(super) fn new(next_bulk: u64, express_after: u64) -> Window {
        Window {
            next: next_bulk,
            flying: VecDeque::new(),
            next_express: express_after.saturating_add(1),
            flying_express: None,
            batch_bytes: FIRST_BATCH_BYTES,
        }
    }

    /// Where the next bulk batch begins, if there is something to send and room for it.
    pub(super) fn room(&self, durable: u64) -> Option<Room> {
        (self.waits(durable) && self.flying.len() < BATCHES_IN_FLIGHT).then(|| Room {
            from: self.next,
            records: (self.batch_bytes / SMALLEST_BODY_BYTES).clamp(1, BATCH_LIMIT_RECORDS),
        })
    }

    /// Whether there is something that was not sent in order.
    pub(super) fn waits(&self, durable: u64) -> bool {
        self.next <= durable
    }

    /// How many of `entries`, which begin where [`Window::room`] said, go into one batch.
    pub(super) fn fit(&self, entries: &[Entry]) -> usize {
        fit(entries, self.batch_bytes)
    }

    /// These entries were sent in order.
    pub(super) fn sent(&mut self, entries: &[Entry], durable: u64, now: Duration) {
        if let Some(last) = entries.last().map(Entry::head) {
            self.next = last.seq.saturating_add(1);
            self.flying.push_back(Flight { last, full: last.seq < durable, sent: now });
        }
    }

    /// From where to look for express entries, if they should go ahead now: when more waits than goes at once.
    pub(super) fn express_from(&self, durable: u64) -> Option<u64> {
        let waiting = durable.saturating_add(1).saturating_sub(self.next);
        let full = self.flying.len() >= BATCHES_IN_FLIGHT && waiting > 0;
        let from = self.next_express.max(self.next).max(durable.saturating_sub(EXPRESS_REACH));
        (self.flying_express.is_none() && (full || waiting > AHEAD_WHEN_WAITING) && from <= durable)
            .then_some(from)
    }

    /// How many of these express entries go into one batch.
    pub(super) fn fit_express(&self, entries: &[Entry]) -> usize {
        fit(entries, self.batch_bytes)
    }

    /// These express entries were sent, or there were none up to `durable`.
    pub(super) fn sent_express(&mut self, entries: &[Entry], durable: u64) {
        self.flying_express = entries.last().map(Entry::seq);
        self.next_express = self.flying_express.unwrap_or(durable).saturating_add(1);
    }

    /// Whether the hub can have the entry `seq` from this stream.
    pub(super) fn has_sent(&self, seq: u64) -> bool {
        seq < self.next
    }

    /// Our hash of the entry `seq`, if a batch that is under way ends with it.
    pub(super) fn hash_of(&self, seq: u64) -> Option<Hash> {
        self.flying
            .iter()
            .map(|flight| flight.last)
            .find(|last| last.seq == seq)
            .map(|last| last.hash)
    }

    /// The hub has every entry up to `stored_through`, and these express ones.
    pub(super) fn acknowledged(&mut self, stored_through: u64, express: &[u64], now: Duration) {
        while let Some(flight) =
            self.flying.pop_front_if(|flight| flight.last.seq <= stored_through)
        {
            let took = now.saturating_sub(flight.sent);
            if took > SLOW {
                self.batch_bytes = (self.batch_bytes / 2).max(LEAST_BATCH_BYTES);
            } else if took < FAST && flight.full {
                self.batch_bytes = (self.batch_bytes * 2).min(BATCH_LIMIT_BYTES);
            }
        }
        let answered = |last: u64| last <= stored_through || express.contains(&last);
        if self.flying_express.is_some_and(answered) {
            self.flying_express = None;
        }
    }
}

/// The first entry always goes, however large it is.
fn fit(entries: &[Entry], batch_bytes: usize) -> usize {
    let mut bytes = 0;
    let fitting =
        entries.iter().take(BATCH_LIMIT_RECORDS).enumerate().take_while(|(place, entry)| {
            bytes += entry.body().len();
            *place == 0 || bytes <= batch_bytes
        });
    fitting.count()
}

/// A batch on a line that nobody knows yet, and on the slowest.
const FIRST_BATCH_BYTES: usize = 16 * 1024;
const LEAST_BATCH_BYTES: usize = 4 * 1024;
/// An answer that came sooner lets batches grow, one that came later makes them shrink.
const FAST: Duration = Duration::from_secs(1);
const SLOW: Duration = Duration::from_secs(3);
/// No body is smaller: its place alone takes so many bytes.
const SMALLEST_BODY_BYTES: usize = 64;
/// With more entries waiting than these, express entries do not wait with them: a batch on a slow line holds about as many.
const AHEAD_WHEN_WAITING: u64 = 50;
/// Older express entries than among so many come in order with the others: nobody runs to an alarm of last week, and the hub
/// keeps only so many copies.
const EXPRESS_REACH: u64 = 10_000;

#[cfg(test)]
mod tests {
    use wire::chain::Epoch;

    use super::*;
    use crate::sync::tests::chain;

    const QUICK: Duration = Duration::from_millis(20);

    fn entries(count: u64) -> Vec<Entry> {
        chain(Head::genesis(Epoch([1; 16])), count)
    }

    #[test]
    fn four_batches_fly_and_an_answer_makes_room() {
        let all = entries(40);
        let mut window = Window::new(1, 0);
        for batch in all.chunks(10) {
            assert_eq!(window.room(100).map(|room| room.from), Some(batch[0].seq()));
            window.sent(batch, 100, QUICK);
        }
        assert_eq!(window.room(100), None);
        window.acknowledged(9, &[], QUICK);
        assert_eq!(window.room(100), None, "the first batch is not there as a whole");
        window.acknowledged(10, &[], QUICK);
        assert_eq!(window.room(100).map(|room| room.from), Some(41));
        assert_eq!(window.room(40), None, "there is nothing more to send");
    }

    #[test]
    fn express_entries_go_ahead_when_more_waits_than_goes_at_once() {
        let window = Window::new(101, 0);
        assert_eq!(window.express_from(100), None, "nothing waits");
        assert_eq!(window.express_from(150), None, "all goes at once");
        assert_eq!(window.express_from(151), Some(101));
        assert_eq!(window.express_from(1_000_000), Some(990_000), "not those of last week");
        let window = Window::new(101, 140);
        assert_eq!(window.express_from(151), Some(141), "the hub has some of them");
        let window = Window::new(101, 500);
        assert_eq!(window.express_from(151), None, "the hub has all of them");
    }

    #[test]
    fn a_full_line_lets_express_entries_ahead_however_little_waits() {
        let all = entries(8);
        let mut window = Window::new(1, 0);
        for batch in all.chunks(2) {
            window.sent(batch, 9, QUICK);
        }
        assert_eq!(window.express_from(8), None);
        assert_eq!(window.express_from(9), Some(9));
    }

    #[test]
    fn one_express_batch_flies_at_a_time() {
        let all = entries(8);
        let mut window = Window::new(1, 0);
        window.sent_express(&all[3..5], 100);
        assert_eq!(window.express_from(100), None);
        window.acknowledged(0, &[4, 5], QUICK);
        assert_eq!(window.express_from(100), Some(6));
        window.sent_express(&[], 100);
        assert_eq!(window.express_from(100), None, "there were none");
        assert_eq!(window.express_from(101), Some(101));
    }

    #[test]
    fn batches_grow_on_a_fast_line_and_shrink_on_a_slow_one() {
        let all = entries(1000);
        let mut window = Window::new(1, 0);
        let mut sizes = Vec::new();
        for (place, batch) in all.chunks(50).enumerate() {
            sizes.push(window.batch_bytes / 1024);
            window.sent(batch, 10_000, Duration::ZERO);
            let took = if place < 6 { QUICK } else { Duration::from_secs(4) };
            window.acknowledged(batch[49].seq(), &[], took);
        }
        assert_eq!(sizes[..14], [16, 32, 64, 128, 256, 256, 256, 128, 64, 32, 16, 8, 4, 4]);
    }

    #[test]
    fn a_batch_holds_what_fits_and_never_nothing() {
        let all = entries(1000);
        let mut window = Window::new(1, 0);
        let one = all[0].body().len();
        assert_eq!(window.fit(&all), FIRST_BATCH_BYTES / one);
        window.batch_bytes = 1;
        assert_eq!(window.fit(&all), 1);
        window.batch_bytes = BATCH_LIMIT_BYTES;
        assert_eq!(window.fit(&all), BATCH_LIMIT_RECORDS);
        assert_eq!(window.fit(&[]), 0);
    }
}
