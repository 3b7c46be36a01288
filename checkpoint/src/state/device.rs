//! What is known of one device.

use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::scan::HeardScan;
use crate::ids::{LaneId, PassageId, VisitId};
use crate::input::observation::{Background, Health, PortalSetup};
use crate::site::Family;

/// A device as the site describes it, and how it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DeviceState {
    /// Its lane.
    pub lane: LaneId,
    /// What it measures or reads.
    pub family: Family,
    /// Its place in the lane: 1 for the device that a vehicle meets first.
    pub order: u32,
    /// Whether it can be relied on; none until it was heard.
    pub health: Option<Health>,
    /// What was seen when that changed.
    pub detail: String,
    /// Since when.
    pub since: Option<Timestamp>,
    /// Faults counted.
    pub faults: u64,
    /// For portals.
    pub background: Option<Arc<Background>>,
    /// For portals.
    pub setup: Option<Arc<PortalSetup>>,
    /// For portals: whether the cabinet is open.
    pub tamper: bool,
    /// For portals: the vehicle that is in it.
    pub passage: Option<OpenPassage>,
    /// For scales: the vehicle that stands on it and was weighed.
    pub loaded_by: Option<VisitId>,
    /// For scales: the vehicle that is weighed axle by axle.
    #[serde(default)]
    pub axles: Option<OpenWeighing>,
    /// For scanners: what was read lately, the latest last.
    #[serde(default)]
    pub scans: Vec<HeardScan>,
}

/// A vehicle that is weighed axle by axle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenWeighing {
    /// Whose it is taken to be.
    pub visit: VisitId,
    /// Since when.
    pub began: Timestamp,
    /// Whether axles are missing, because the agent broke off.
    pub resumed: bool,
}

/// A pass through a portal that has not ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenPassage {
    /// Its number.
    pub passage: PassageId,
    /// Whose it is taken to be.
    pub visit: VisitId,
    /// Since when.
    pub began: Timestamp,
}

impl DeviceState {
    /// A device that nobody has heard yet.
    pub fn new(lane: LaneId, family: Family, order: u32) -> DeviceState {
        DeviceState {
            lane,
            family,
            order,
            health: None,
            detail: String::new(),
            since: None,
            faults: 0,
            background: None,
            setup: None,
            tamper: false,
            passage: None,
            loaded_by: None,
            axles: None,
            scans: Vec::new(),
        }
    }

    /// Whether it was heard and cannot be relied on.
    pub fn is_out(&self) -> bool {
        match self.health {
            None | Some(Health::Online) => false,
            Some(Health::Silent | Health::Mismatch | Health::Offline) => true,
        }
    }
}
