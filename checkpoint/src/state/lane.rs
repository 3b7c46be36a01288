//! A lane and the vehicles that stand in it, one behind the other.

use jiff::Timestamp;
use rpds::RedBlackTreeSetSync;
use serde::{Deserialize, Serialize};
use units::Kilograms;

use super::scan::Scan;
use crate::ids::{AlarmId, DeviceId, ReadingId, VisitId};
use crate::input::order::LaneControl;

/// What is known of one lane.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LaneState {
    /// How radiation control is done.
    pub control: LaneControl,
    /// Whether an outage made it so, and not an officer.
    pub by_outage: bool,
    /// Place of the last device: a vehicle that has passed it is through.
    pub last_order: u32,
    /// Vehicles in the lane, the first that came first.
    pub queue: Vec<InLane>,
    /// The last weight that came to rest here.
    pub last_weight: Option<(Kilograms, Timestamp)>,
    /// The plate of the vehicle that went before.
    pub last_plate: Option<String>,
    /// The vehicle that went before, and when it was last seen or scanned here.
    #[serde(default)]
    pub last_gone: Option<(VisitId, Timestamp)>,
    /// When the last vehicle was seen.
    pub last_seen: Option<Timestamp>,
    /// Alarms here that want something.
    pub alarms: RedBlackTreeSetSync<AlarmId>,
    /// Scans that wait for their vehicle, the latest last.
    #[serde(default)]
    pub waiting: Vec<(ReadingId, Scan)>,
}

/// A vehicle in a lane.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InLane {
    /// Which.
    pub visit: VisitId,
    /// Place of the farthest device that noticed it; 0 for none.
    pub passed: u32,
    /// When a device noticed it last.
    pub seen: Timestamp,
    /// The portal that it is in.
    pub portal: Option<DeviceId>,
}

impl LaneState {
    /// A lane with nobody in it.
    pub fn new(last_order: u32) -> LaneState {
        LaneState {
            control: LaneControl::Automatic,
            by_outage: false,
            last_order,
            queue: Vec::new(),
            last_weight: None,
            last_plate: None,
            last_gone: None,
            last_seen: None,
            alarms: RedBlackTreeSetSync::new_sync(),
            waiting: Vec::new(),
        }
    }

    /// The vehicle that a board shows as being in the lane: the first that is not through, else the last that is.
    pub fn present(&self) -> Option<&InLane> {
        self.queue.iter().find(|vehicle| vehicle.passed < self.last_order).or(self.queue.last())
    }
}
