//! Weighing that takes its time, and weighing that gave no weight.

use serde::{Deserialize, Serialize};

use crate::ids::{DeviceId, LaneId, VisitId};
use crate::input::observation::{AxleSession, WeightRefusal};
use crate::input::order::WeighingOutcome;

/// The first axle of a vehicle is on a scale that is shorter than it. What the scale says until the vehicle has gone is this vehicle's, wherever
/// its front is by then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WeighingBegun {
    /// Where.
    pub lane: LaneId,
    /// Which scale.
    pub device: DeviceId,
    /// Whose it is taken to be.
    pub visit: VisitId,
    /// Whether its weighing had begun before and was broken off with the agent: axles are missing, and the sum will be no weight.
    pub resumed: bool,
}

/// An officer ended a weighing axle by axle. What was weighed follows, from the scale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WeighingEnd {
    /// Where.
    pub lane: LaneId,
    /// Which scale.
    pub device: DeviceId,
    /// Whose weighing it was taken to be.
    pub visit: VisitId,
    /// Whether what was weighed counts.
    pub outcome: WeighingOutcome,
    /// Why, in the officer's words.
    pub reason: String,
}

/// A vehicle could not be weighed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WeighingRefusal {
    /// Where.
    pub lane: LaneId,
    /// Which scale.
    pub device: DeviceId,
    /// Whose it is taken to be.
    pub visit: Option<VisitId>,
    /// Why.
    pub refusal: WeightRefusal,
    /// What was weighed all the same, axle by axle: numbers to look at, and no weight of the vehicle.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub axles: Option<Box<AxleSession>>,
}
