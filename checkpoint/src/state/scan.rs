//! A scan in its place: with the vehicle whose it is, or at the lane where it waits for one.

use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::whole_microseconds;
use crate::identifiers::normalised_plate;
use crate::ids::{DeviceId, LaneId, ReadingId};
use crate::input::observation::{ScanKind, ScanReading};

/// Inspections, and other scans, that wait at one lane; of more the first go, but for one that an open alarm is about. The journal keeps all.
pub const KEPT_WAITING: usize = 8;
/// Scans of one reader by which a repetition, and a later document of an inspection, are recognised.
pub const KEPT_HEARD: usize = 32;

/// A scan in its place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Scan {
    /// The entry.
    pub seq: u64,
    /// When.
    pub at: Timestamp,
    /// Where.
    pub lane: LaneId,
    /// Which scanner.
    pub device: DeviceId,
    /// How often it was read.
    pub times: u32,
    /// What was scanned; of an inspection with what earlier documents of it said.
    pub scan: Arc<ScanReading>,
}

/// A scan as its reader said it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HeardScan {
    /// The reading.
    pub reading: ReadingId,
    /// When it was read last.
    pub at: Timestamp,
    /// How often it was read.
    pub times: u32,
    /// What was scanned.
    pub scan: Arc<ScanReading>,
}

impl ScanReading {
    /// The plate of the vehicle that an inspection is about, normalised, if its scanner was told one.
    pub fn names_plate(&self) -> Option<String> {
        let told = self.inspection.as_ref()?.vehicle.as_deref()?;
        Some(normalised_plate(told)).filter(|plate| !plate.is_empty())
    }

    /// Whether it is the result of an inspection by X-rays or other non-intrusive means.
    pub fn is_inspection(&self) -> bool {
        self.what == ScanKind::Inspection
    }

    /// Whether both are documents of one inspection.
    pub fn is_of_the_same_inspection(&self, other: &ScanReading) -> bool {
        self.is_inspection() && other.is_inspection() && self.value == other.value
    }

    /// With its moments as the journal keeps them.
    #[must_use]
    pub(crate) fn in_whole_microseconds(mut self) -> ScanReading {
        if let Some(told) = &mut self.inspection {
            for at in [&mut told.started, &mut told.ended, &mut told.judged_at] {
                *at = at.map(whole_microseconds);
            }
        }
        self
    }
}
