//! The clocks of the machine. This is the one file of the agent that reads them; everywhere else time comes in as a value.
//!
//! It promises that a step of the wall clock does not go unseen: [`Clock::stepped`] compares it with the monotonic clock, which
//! nobody can set. It does not correct anything: running terms follow the corrected time, and the journal says that it moved.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use checkpoint::input::ClockQuality;
use jiff::{SignedDuration, Timestamp};

/// Reads the clocks. A copy is cheap.
#[derive(Debug, Clone)]
pub struct Clock {
    began: std::time::Instant,
    synchronised_file: Option<Arc<PathBuf>>,
}

/// The wall clock and the monotonic clock, read together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// The wall clock.
    pub at: Timestamp,
    /// Time since the process began, which no setting of the clock changes.
    pub since_start: Duration,
}

impl Clock {
    /// A clock that asks for `synchronised_file`, which the service that keeps the machine's time makes when it has it.
    #[expect(clippy::disallowed_methods, reason = "the one place of the agent that reads a clock")]
    pub fn new(synchronised_file: Option<PathBuf>) -> Clock {
        Clock {
            began: std::time::Instant::now(),
            synchronised_file: synchronised_file.map(Arc::new),
        }
    }

    /// The wall clock.
    #[expect(clippy::disallowed_methods, reason = "the one place of the agent that reads a clock")]
    pub fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    /// Both clocks.
    pub fn moment(&self) -> Moment {
        Moment { at: self.now(), since_start: self.began.elapsed() }
    }

    /// What can be said of the machine's time: nothing, if the site named no file.
    pub fn quality(&self) -> ClockQuality {
        match &self.synchronised_file {
            None => ClockQuality::Unknown,
            Some(file) if file.exists() => ClockQuality::Synchronised,
            Some(_) => ClockQuality::Unsynchronised,
        }
    }
}

impl Moment {
    /// A moment of a recording or a story, which have one clock.
    pub fn recorded(at: Timestamp) -> Moment {
        Moment { at, since_start: Duration::ZERO }
    }

    /// How far the wall clock moved by itself from `earlier` to here, if it did by more than [`WORTH_TELLING`].
    pub fn stepped_since(&self, earlier: &Moment) -> Option<SignedDuration> {
        let wall = self.at.duration_since(earlier.at);
        let passed = self.since_start.saturating_sub(earlier.since_start);
        let step = wall.checked_sub(SignedDuration::try_from(passed).ok()?)?;
        (step.abs() > WORTH_TELLING).then_some(step)
    }
}

/// A smaller difference is the ordinary slewing of a clock that is kept in time.
pub const WORTH_TELLING: SignedDuration = SignedDuration::from_millis(500);

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(wall_ms: i64, passed_ms: u64) -> Moment {
        Moment {
            at: Timestamp::from_millisecond(wall_ms).unwrap(),
            since_start: Duration::from_millis(passed_ms),
        }
    }

    #[test]
    fn a_set_clock_is_noticed_and_a_slewed_one_is_not() {
        let check = |wall_ms, expected: Option<i64>| {
            let step = moment(wall_ms, 10_000).stepped_since(&moment(0, 0));
            assert_eq!(step.map(|step| step.as_millis()), expected.map(i128::from));
        };
        check(10_000, None);
        check(10_400, None);
        check(9_600, None);
        check(3_610_000, Some(3_600_000));
        check(-50_000, Some(-60_000));
    }
}
