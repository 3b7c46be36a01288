//! Which scans repeat the one before, counted where they are heard, so that a reader that sticks does not fill the journal.
//!
//! The same content at the same reader within the site's time (`limits.scans.repeated_within_s`) is one scan. The first repetition is told at
//! once: an officer sees that it was read twice. Those after it are counted and told together, after that time, then after twice, four times
//! as long, and in the end every [`LONGEST_PAUSE`]; and once more when they are over. So a reader that sticks for a night of twelve hours
//! makes some 80 entries, however often it repeats. Pure: moments come in.
//!
//! Deliberately absent: keeping counts over the end of the agent. What was counted and not told yet, of ten minutes at most, is lost with it;
//! the scan itself is not.

use checkpoint::input::observation::{Said, ScanReading};
use jiff::{SignedDuration, Timestamp};

/// What one reader read lately.
#[derive(Debug)]
pub(super) struct Repetitions {
    within: SignedDuration,
    reads: Vec<Read>,
}

#[derive(Debug)]
struct Read {
    scan: ScanReading,
    /// When it was read last.
    last: Timestamp,
    /// When it was told last.
    told: Timestamp,
    /// Repetitions that come within this time of that are told together; none before the first.
    pause: Option<SignedDuration>,
    /// Repetitions that were not told yet.
    waiting: u32,
}

impl Repetitions {
    /// A reader whose same content within so long is the same scan.
    pub(super) fn new(within: SignedDuration) -> Repetitions {
        Repetitions { within, reads: Vec::new() }
    }

    /// Something was scanned. Answers whether it is no repetition, and so to be told itself; what is to be told of repetitions goes to `said`,
    /// before it.
    pub(super) fn is_new(
        &mut self,
        at: Timestamp,
        scan: &ScanReading,
        said: &mut Vec<Said>,
    ) -> bool {
        self.time_passed(at, said);
        let within = self.within;
        self.reads.retain(|read| read.waiting > 0 || at.duration_since(read.last) <= within);
        if let Some(read) = self.reads.iter_mut().find(|read| read.scan == *scan) {
            read.last = at;
            read.waiting = read.waiting.saturating_add(1);
            if read.is_due(at) {
                said.push(read.tell(at, within));
            }
            return false;
        }
        if self.reads.len() == KEPT {
            let mut oldest = self.reads.remove(0);
            said.extend((oldest.waiting > 0).then(|| oldest.tell(at, within)));
        }
        self.reads.push(Read { scan: scan.clone(), last: at, told: at, pause: None, waiting: 0 });
        true
    }

    /// When [`Repetitions::time_passed`] has something to say.
    pub(super) fn deadline(&self) -> Option<Timestamp> {
        let waiting = self.reads.iter().filter(|read| read.waiting > 0);
        waiting.filter_map(|read| read.over_at(self.within).min(read.due_at())).min()
    }

    /// Time has passed: tells what is over, or has waited long enough.
    pub(super) fn time_passed(&mut self, now: Timestamp, said: &mut Vec<Said>) {
        let within = self.within;
        for read in self.reads.iter_mut().filter(|read| read.waiting > 0) {
            if read.is_due(now) || read.over_at(within).is_some_and(|over| over <= now) {
                said.push(read.tell(now, within));
            }
        }
    }

    /// The line is lost: tells all that was counted, since nobody knows what comes next.
    pub(super) fn link_lost(&mut self, now: Timestamp, said: &mut Vec<Said>) {
        let waiting = self.reads.iter_mut().filter(|read| read.waiting > 0);
        said.extend(waiting.map(|read| read.tell(now, self.within)));
    }
}

impl Read {
    fn due_at(&self) -> Option<Timestamp> {
        self.told.checked_add(self.pause.unwrap_or(SignedDuration::ZERO)).ok()
    }

    fn is_due(&self, now: Timestamp) -> bool {
        self.due_at().is_some_and(|due| due <= now)
    }

    fn over_at(&self, within: SignedDuration) -> Option<Timestamp> {
        self.last.checked_add(within).ok()
    }

    fn tell(&mut self, now: Timestamp, within: SignedDuration) -> Said {
        let twice = self.pause.map(|pause| pause.saturating_add(pause));
        self.pause = Some(twice.unwrap_or(within).min(LONGEST_PAUSE));
        self.told = now;
        let times = std::mem::take(&mut self.waiting);
        Said::ScanRepeated { scan: self.scan.clone(), times, last: self.last }
    }
}

/// As many contents of a reader as the checkpoint remembers.
const KEPT: usize = checkpoint::state::scan::KEPT_HEARD;
/// Repetitions of a reader that sticks are told this often at least.
const LONGEST_PAUSE: SignedDuration = SignedDuration::from_mins(10);

#[cfg(test)]
mod tests {
    use checkpoint::input::observation::{ScanChecked, ScanKind};

    use super::*;

    const WITHIN: SignedDuration = SignedDuration::from_secs(5);

    fn scan(number: &str) -> ScanReading {
        ScanReading::new(ScanKind::Code, number.to_owned(), ScanChecked::Nothing)
    }

    fn ms(ms: i64) -> Timestamp {
        Timestamp::from_millisecond(1_780_000_000_000 + ms).unwrap()
    }

    /// A reader to which time passes as in the shell: each deadline is answered at its moment.
    struct Reader {
        repetitions: Repetitions,
        new: u32,
        told: Vec<(Timestamp, u32)>,
    }

    impl Reader {
        fn new() -> Reader {
            Reader { repetitions: Repetitions::new(WITHIN), new: 0, told: Vec::new() }
        }

        fn waits(&mut self, until: Timestamp) {
            while let Some(due) = self.repetitions.deadline().filter(|due| *due <= until) {
                let mut said = Vec::new();
                self.repetitions.time_passed(due, &mut said);
                assert!(!said.is_empty(), "the deadline {due} was not answered");
                self.count(due, said);
            }
        }

        fn reads(&mut self, at: Timestamp, number: &str) {
            self.waits(at);
            let mut said = Vec::new();
            self.new += u32::from(self.repetitions.is_new(at, &scan(number), &mut said));
            self.count(at, said);
        }

        fn count(&mut self, at: Timestamp, said: Vec<Said>) {
            self.told.extend(said.iter().map(|said| {
                let Said::ScanRepeated { times, last, .. } = said else { panic!("{said:?}") };
                assert!(*last <= at);
                (at, *times)
            }));
        }

        fn told_in_all(&self) -> u32 {
            self.told.iter().map(|(_, times)| times).sum()
        }
    }

    #[test]
    fn a_double_scan_is_told_at_once_and_nothing_after_it() {
        let mut reader = Reader::new();
        reader.reads(ms(0), "A");
        reader.reads(ms(300), "A");
        reader.waits(ms(600_000));
        assert_eq!((reader.new, reader.told), (1, vec![(ms(300), 1)]));
    }

    #[test]
    fn ten_thousand_repetitions_in_ten_seconds_are_told_three_times_and_none_is_lost() {
        let mut reader = Reader::new();
        for read in 0..=10_000 {
            reader.reads(ms(read), "A");
        }
        reader.waits(ms(60_000));
        // The first at once, then after 5 s, and when it was over.
        assert_eq!(reader.new, 1);
        assert_eq!(reader.told_in_all(), 10_000);
        let at: Vec<Timestamp> = reader.told.iter().map(|(at, _)| *at).collect();
        assert_eq!(at, [ms(1), ms(5_001), ms(15_000)]);
    }

    #[test]
    fn a_reader_that_sticks_for_a_night_makes_some_eighty_entries() {
        let mut reader = Reader::new();
        let night_ms = 12 * 3_600_000;
        for read in 0..night_ms / 500 {
            reader.reads(ms(read * 500), "A");
        }
        reader.waits(ms(night_ms + 600_000));
        assert_eq!((reader.new, reader.told_in_all()), (1, 12 * 7200 - 1));
        assert!((70..=80).contains(&reader.told.len()), "{}", reader.told.len());
    }

    #[test]
    fn several_codes_are_counted_apart_and_one_that_is_crowded_out_is_told_first() {
        let mut reader = Reader::new();
        for read in 0..1000 {
            reader.reads(ms(read), if read % 2 == 0 { "A" } else { "B" });
        }
        assert_eq!(reader.new, 2);
        for code in 0..i64::try_from(KEPT).unwrap() {
            reader.reads(ms(1000 + code), &format!("C{code}"));
        }
        assert_eq!(reader.told_in_all(), 998);
        assert_eq!(reader.new, 2 + u32::try_from(KEPT).unwrap());
    }

    #[test]
    fn a_scan_after_the_sites_time_is_another() {
        let mut reader = Reader::new();
        for at in [0, 5_000, 10_000, 15_001] {
            reader.reads(ms(at), "A");
        }
        assert_eq!((reader.new, reader.told_in_all()), (2, 2));
    }

    #[test]
    fn what_was_counted_is_told_when_the_line_is_lost() {
        let mut reader = Reader::new();
        for at in 0..100 {
            reader.reads(ms(at), "A");
        }
        let mut said = Vec::new();
        reader.repetitions.link_lost(ms(100), &mut said);
        reader.count(ms(100), said);
        assert_eq!(reader.told_in_all(), 99);
        assert_eq!(reader.repetitions.deadline(), None);
    }
}
