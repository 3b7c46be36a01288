//! A scan in its place: with the vehicle whose it is, or at the lane where it waits for one.

use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::identifiers::normalised_plate;
use crate::ids::{DeviceId, LaneId, ReadingId};
use crate::input::observation::{ScanKind, ScanReading};

/// Scans that wait at one lane; of more the first go, and the journal keeps all.
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

    /// Whether both are documents of one inspection.
    pub fn is_of_the_same_inspection(&self, other: &ScanReading) -> bool {
        let inspections = self.what == ScanKind::Inspection && other.what == ScanKind::Inspection;
        inspections && self.value == other.value
    }
}
