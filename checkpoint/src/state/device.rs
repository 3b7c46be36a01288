//! What is known of one device.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::scan::HeardScan;
use crate::ids::{LaneId, PassageId, VisitId};
use crate::input::observation::{Background, Health, PortalSetup};
use crate::input::order::WeighingOutcome;
use crate::site::Family;

/// Kinds of faults that are counted apart.
const MOST_KINDS: usize = 64;

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
    /// The same by kind; none of before they were counted so.
    #[serde(default)]
    pub faults_by_kind: BTreeMap<String, u64>,
    /// The last fault that was told: its kind, and when.
    #[serde(default)]
    pub last_fault: Option<(String, Timestamp)>,
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
    /// For scales: it was not heard for a while since then, and another vehicle may stand on it.
    #[serde(default)]
    pub loaded_unsure: bool,
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
    /// How an officer ended it, if one did and the scale has not told yet what was weighed.
    #[serde(default)]
    pub ended: Option<WeighingOutcome>,
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
            faults_by_kind: BTreeMap::new(),
            last_fault: None,
            background: None,
            setup: None,
            tamper: false,
            passage: None,
            loaded_by: None,
            loaded_unsure: false,
            axles: None,
            scans: Vec::new(),
        }
    }

    /// So many faults of one kind were told.
    pub fn faulted(&mut self, kind: &str, count: u32, at: Timestamp) {
        let count = u64::from(count);
        self.faults = self.faults.saturating_add(count);
        self.last_fault = Some((kind.to_owned(), at));
        // Kinds are words of the program; a journal that has more of them than that is still folded.
        if self.faults_by_kind.len() < MOST_KINDS || self.faults_by_kind.contains_key(kind) {
            let of_kind = self.faults_by_kind.entry(kind.to_owned()).or_default();
            *of_kind = of_kind.saturating_add(count);
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
