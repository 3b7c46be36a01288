//! What was scanned at a lane.

use serde::{Deserialize, Serialize};

use crate::ids::{DeviceId, LaneId, VisitId};
use crate::input::observation::ScanReading;

/// Something was scanned, or the result of an inspection was handed over. Nothing follows from it but what an officer makes of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Scanned {
    /// Where.
    pub lane: LaneId,
    /// Which scanner.
    pub device: DeviceId,
    /// The vehicle in the lane at that moment, if one was: whose it is may be another.
    pub visit: Option<VisitId>,
    /// What was scanned.
    pub scan: ScanReading,
}
