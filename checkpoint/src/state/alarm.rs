//! An alarm from raised to closed.
//!
//! ```text
//!  raised: ACTIVE, UNACK ── acknowledged ──▶ ACTIVE, ACK
//!              │ ended                          │ ended
//!              ▼                                ▼
//!         ENDED, UNACK ──── acknowledged ──▶ ENDED, ACK      closed here, unless it must be decided
//!              └──────────── decided ───────────┴──▶ DECIDED   closed
//! ```
//!
//! States after ISA-18.2 / IEC 62682. Radiation, seal and weight alarms stay until an officer has decided them.

use std::sync::Arc;

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::Signature;
use crate::event::{AlarmCause, AlarmFacts};
use crate::ids::{DeviceId, LaneId, OfficerId, ReadingId, VisitId};
use crate::input::observation::Agreement;
use crate::input::order::AlarmDecision;

/// An alarm.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Alarm {
    /// What made it true.
    pub facts: Arc<AlarmFacts>,
    /// When it was raised.
    pub raised_at: Timestamp,
    /// Whether the condition still holds.
    pub condition: Condition,
    /// How often the cause came.
    pub count: u32,
    /// Who saw it.
    pub acknowledged: Option<Signature>,
    /// Every decision, the valid one last.
    pub decisions: Vec<Decided>,
    /// Whether it was escalated.
    pub escalated: bool,
    /// For radiation: who found it.
    pub agreement: Option<Agreement>,
    /// For radiation: the largest z-value of the whole occupancy, once known.
    pub z: Option<Decimal>,
    /// Whose it is now: an officer can correct to which vehicle its reading belongs.
    pub visit: Option<VisitId>,
    /// The reading it goes with.
    pub reading: Option<ReadingId>,
}

/// Whether the condition behind an alarm holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    /// It holds.
    Active,
    /// It is over.
    Ended {
        /// Since when.
        at: Timestamp,
    },
}

/// A decision and its author.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Decided {
    /// Who.
    pub officer: OfficerId,
    /// When.
    pub at: Timestamp,
    /// The judgement.
    pub decision: AlarmDecision,
}

/// What an alarm is about: a second occurrence of the same is a repetition, not a second alarm.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct AlarmObject {
    /// The cause.
    pub cause: AlarmCause,
    /// The vehicle; if there is one, neither lane nor device matter.
    pub visit: Option<VisitId>,
    /// The device.
    pub device: Option<DeviceId>,
    /// The lane, if it is about no device.
    pub lane: Option<LaneId>,
}

impl AlarmObject {
    /// The object of an alarm about a vehicle.
    pub(crate) fn of_visit(cause: AlarmCause, visit: VisitId) -> AlarmObject {
        AlarmObject { cause, visit: Some(visit), device: None, lane: None }
    }

    /// The object of an alarm with these facts that is now about `visit`.
    pub fn of(facts: &AlarmFacts, visit: Option<VisitId>) -> AlarmObject {
        let device = if visit.is_some() { None } else { facts.device.clone() };
        let lane = if visit.is_some() || device.is_some() { None } else { facts.lane.clone() };
        AlarmObject { cause: facts.cause.clone(), visit, device, lane }
    }
}

impl Alarm {
    /// What it is about now.
    pub fn object(&self) -> AlarmObject {
        AlarmObject::of(&self.facts, self.visit)
    }

    /// Whether the condition still holds.
    pub fn is_active(&self) -> bool {
        matches!(self.condition, Condition::Active)
    }

    /// Whether an officer has decided it.
    pub fn is_decided(&self) -> bool {
        !self.decisions.is_empty()
    }

    /// True when nothing more is wanted.
    pub fn is_closed(&self) -> bool {
        if self.facts.must_be_decided {
            self.is_decided()
        } else {
            !self.is_active() && self.acknowledged.is_some()
        }
    }

    /// Whether it stands in the way of the exit permission.
    pub fn holds_exit(&self) -> bool {
        self.facts.holds_exit && !self.is_closed()
    }
}
