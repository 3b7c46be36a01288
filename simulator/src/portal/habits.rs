//! What portals of this kind were seen to do and should not, or programs that play them (docs/protocols/tsa.md): their lines, changed.

use std::time::Duration;

use firmware_protocols::portal::{Level, Record, tsa};
use rust_decimal::Decimal;
use units::{Counts, CountsPerSecond};

use super::Portal;
use crate::apparatus::Misbehaviour;

/// All of it.
pub(super) const KNOWN: &[Misbehaviour] = &[
    Misbehaviour::NoEnd,
    Misbehaviour::FrozenCounter,
    Misbehaviour::SpeedFirst,
    Misbehaviour::ZeroSpeed,
    Misbehaviour::DoubleLineFeed,
    Misbehaviour::UnknownTags,
    Misbehaviour::DeadDetector,
    Misbehaviour::CutFirstLine,
];

impl Portal {
    /// The line of a record, as a portal tells it that misbehaves; none if it keeps it back.
    pub(super) fn told(&self, at: Duration, record: Record) -> Option<String> {
        let does = |how| self.spell.does(how, at);
        let record = misbehaved(record, does)?;
        let mut line = tsa::encode(&record)?;
        if does(Misbehaviour::UnknownTags) && matches!(record, Record::GammaBackground { .. }) {
            line.insert_str(0, "QZ,000001,000002,000003,000004\r\n");
        }
        Some(if does(Misbehaviour::DoubleLineFeed) { line.replace("\r\n", "\n\n") } else { line })
    }
}

/// What becomes of a record in a portal that misbehaves; nothing if it keeps it back.
fn misbehaved(mut record: Record, does: impl Fn(Misbehaviour) -> bool) -> Option<Record> {
    if let Record::OccupancyEnd { counter, .. } = &mut record {
        if does(Misbehaviour::NoEnd) {
            return None;
        }
        if does(Misbehaviour::FrozenCounter) {
            *counter = 0;
        }
    } else if let Record::Speed(told) = &mut record {
        if does(Misbehaviour::ZeroSpeed) {
            // Clamped as the device clamps it.
            told.seconds_per_foot = Decimal::ZERO;
            told.mph = Decimal::new(99_999, 3);
            told.kmh = Decimal::new(16_093, 2);
        }
    } else if does(Misbehaviour::DeadDetector) {
        if let Record::GammaScan { counts, .. } = &mut record {
            counts[3] = Counts(0);
        } else if let Record::GammaBackground { level, cps } = &mut record {
            cps[3] = CountsPerSecond(0);
            *level = Level::Low;
        }
    }
    Some(record)
}
