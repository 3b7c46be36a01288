//! A vehicle that a weigh-in-motion station weighed while it drove by: what the station hands over when it has gone.
//!
//! Every number is the station's. Accuracy classes of weighing in motion are others than those of a standing scale, so a passage never
//! becomes the settled weight of a vehicle. Whether an axle's load can be relied on is the station's own word, kept for each axle: a load
//! of an axle that is not valid counts nowhere.

use alloc::string::String;
use alloc::vec::Vec;

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use units::Kilograms;

use crate::excerpt::Raw;

/// A vehicle that drove by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passage {
    /// The station's number of it: a repetition has the same.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub id: Option<String>,
    /// The station's own time.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub device_time: Option<Timestamp>,
    /// The lane of the road, as the station counts.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub lane: Option<u16>,
    /// The class of the vehicle, in the station's words.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub class: Option<String>,
    /// The plate, if the station reads plates.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub plate: Option<String>,
    /// From the first to the last.
    pub axles: Vec<PassedAxle>,
    /// The mass of the vehicle as the station says it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub gross_kg: Option<Kilograms>,
    /// Speed of the vehicle.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub speed_kmh: Option<Decimal>,
    /// Length of the vehicle.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub length_m: Option<Decimal>,
    /// What the station has to remark about the whole passage, in its words.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub remarks: Vec<String>,
    /// The document as it came.
    pub raw: Raw,
}

/// One axle of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PassedAxle {
    /// Its load. None if the station could not weigh it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub load_kg: Option<Kilograms>,
    /// From the axle before, of every axle but the first.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub spacing_m: Option<Decimal>,
    /// Its speed, if the station tells it for each axle.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub speed_kmh: Option<Decimal>,
    /// Whether the station stands by the load. A station that does not say so does not.
    pub valid: bool,
    /// Why not, in the station's words: braked, beside the sensor, sensor fault.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub remarks: Vec<String>,
}

impl Passage {
    /// Whether the station stands by the load of every axle.
    pub fn is_valid(&self) -> bool {
        !self.axles.is_empty() && self.axles.iter().all(|axle| axle.valid && axle.load_kg.is_some())
    }

    /// The sum of the loads. `None` unless every one of them is valid.
    pub fn sum_kg(&self) -> Option<Kilograms> {
        self.is_valid().then(|| self.axles.iter().filter_map(|axle| axle.load_kg).sum())
    }
}
