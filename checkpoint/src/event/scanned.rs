//! What was scanned at a lane, how often, and whose it is.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ids::{DeviceId, LaneId, ReadingId, VisitId};
use crate::input::observation::ScanReading;

/// Something was scanned, or the result of an inspection was handed over. What follows is an officer's, but for a conclusion that rings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Scanned {
    /// Where.
    pub lane: LaneId,
    /// Which scanner.
    pub device: DeviceId,
    /// Whose it is taken to be; none while it waits at the lane for its vehicle.
    pub visit: Option<VisitId>,
    /// What was scanned.
    pub scan: Box<ScanReading>,
    /// The reading; none in entries of before scans were kept with vehicles.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reading: Option<ReadingId>,
}

/// The same was read again by the same reader a moment later: one scan, counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScanRepeated {
    /// Which.
    pub reading: ReadingId,
    /// Where.
    pub lane: LaneId,
    /// Which scanner.
    pub device: DeviceId,
    /// Whose it is taken to be.
    pub visit: Option<VisitId>,
    /// How often it was read by now.
    pub times: u32,
    /// When it was read last, if that was before the entry: repetitions that were counted together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<Timestamp>,
}

/// A scan that waited at its lane belongs to this vehicle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScanAssigned {
    /// Which.
    pub reading: ReadingId,
    /// Where it waited.
    pub lane: LaneId,
    /// Whose it is.
    pub visit: VisitId,
}
