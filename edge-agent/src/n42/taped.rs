//! One passage of the journal, looked for on the tape of its portal.
//!
//! The tape is heard as the portal was: what comes of it is what the journal has, and the intervals besides. It promises nothing: a tape
//! may have rolled on, and a kill costs what it had not handed to the disk yet.

use std::path::Path;
use std::time::Duration;

use checkpoint::input::observation::Screening;
use firmware_protocols::portal::Occupancy;
use jiff::{SignedDuration, Timestamp};

use super::recorded::{Passage, Recorded, Source};
use crate::tape::{Tape, read_between};

/// The passage as the tape in `folder` has it; the recorder that still writes there is asked to hand over what it holds. A tape that is gone or cannot
/// be read costs the intervals alone.
pub(super) fn taped(
    recorder: Option<&Tape>,
    folder: &Path,
    source: &Source,
    screening: &Screening,
) -> Option<Passage> {
    if let Some(recorder) = recorder
        && !matches!(recorder.flush().recv_timeout(FLUSH_WAIT), Ok(Ok(())))
    {
        tracing::warn!(folder = %folder.display(), "the tape has not written everything yet");
    }
    let shifted = |at: Timestamp, by| at.checked_add(by).unwrap_or(at);
    let (from, to) = (shifted(screening.began, -BEFORE), shifted(screening.ended, AFTER));
    let mut recorded = Recorded::new(source);
    // Several vehicles may have passed in one moment, when a line that had stalled said everything at once.
    let mut found: Option<(usize, Passage)> = None;
    let mut look = |ended: Vec<Passage>| {
        for passage in ended {
            let likeness = likeness(&passage.0, screening);
            if likeness > found.as_ref().map_or(0, |(best, _)| *best) {
                found = Some((likeness, passage));
            }
        }
    };
    let read = read_between(folder, from.as_microsecond(), to.as_microsecond(), |record| {
        if let Ok(at) = Timestamp::from_microsecond(record.at_us) {
            look(recorded.piece(at, &record.bytes));
        }
        Ok(())
    });
    look(recorded.until(to));
    look(recorded.over());
    if let Err(error) = read {
        tracing::warn!(folder = %folder.display(), %error, "the tape of a passage cannot be read to its end");
    }
    found.map(|(_, passage)| passage)
}

/// How much of what was heard is what the journal has: nothing if it is another passage, which began at another moment or has another number.
fn likeness(heard: &Occupancy, kept: &Screening) -> usize {
    let numbers = heard.device_counter.zip(kept.device_counter);
    if heard.began.as_microsecond() != kept.began.as_microsecond()
        || numbers.is_some_and(|(heard, kept)| heard != kept)
    {
        return 0;
    }
    let same = [
        heard.device_counter == kept.device_counter,
        heard.ended.as_microsecond() == kept.ended.as_microsecond(),
        heard.gamma_lines == kept.gamma_lines,
        heard.gamma_alarm_lines == kept.gamma_alarm_lines,
        heard.neutron_lines == kept.neutron_lines,
        heard.neutron_alarm_lines == kept.neutron_alarm_lines,
        heard.max_window_sum == kept.max_sum,
    ];
    1 + same.into_iter().filter(|same| *same).count()
}

/// Read of the tape before a passage, so that the background it is compared with is heard.
const BEFORE: SignedDuration = SignedDuration::from_mins(2);
/// And after it, for what ends it with the next line.
const AFTER: SignedDuration = SignedDuration::from_secs(10);
/// So long the tape has to write what it holds.
const FLUSH_WAIT: Duration = Duration::from_secs(10);
