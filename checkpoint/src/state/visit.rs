//! One vehicle's stay at the checkpoint, and all that was read, filed and found about it.

use std::sync::Arc;

use jiff::Timestamp;
use rpds::{RedBlackTreeMapSync, RedBlackTreeSetSync};
use serde::{Deserialize, Serialize};
use units::Kilograms;

use super::consignment::Consignment;
use super::scan::Scan;
use super::{KEPT_READINGS, Signature};
use crate::event::{
    MassComparison, MissingRow, RadiationVerdict, SealVerdict, Warning, WeightComparison,
};
use crate::ids::{ActId, AlarmId, ClockId, ConsignmentNo, DeviceId, LaneId, PriorId, ReadingId};
use crate::input::observation::{
    AxleSession, PlateReading, Screening, SealReading, Weight, WeightRefusal,
};
use crate::input::order::{NoticeDraft, SealFinding};
use crate::site::{Direction, Mode};

/// What acts and notices say of goods that go before others.
const GOES_FIRST: &str = "priority";

/// What is known of one visit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Visit {
    /// The number that people write.
    pub number: String,
    /// Its lane now, or the last one.
    pub lane: LaneId,
    /// How goods move.
    pub mode: Mode,
    /// Which way.
    pub direction: Direction,
    /// When it was first seen.
    pub opened_at: Timestamp,
    /// Its plate, if known.
    pub plate: Option<Plate>,
    /// By reading.
    pub screenings: RedBlackTreeMapSync<ReadingId, Screened>,
    /// By reading.
    pub weighings: RedBlackTreeMapSync<ReadingId, Weighed>,
    /// Attempts that gave no number, the latest last.
    pub refused_weighings: Vec<RefusedWeighing>,
    /// By reading.
    pub seals_read: RedBlackTreeMapSync<ReadingId, SealRead>,
    /// By reading.
    pub plates_read: RedBlackTreeMapSync<ReadingId, PlateRead>,
    /// By reading.
    #[serde(default)]
    pub scans: RedBlackTreeMapSync<ReadingId, Scan>,
    /// Seals that the papers name, normalised; none if the papers have not been looked at.
    pub seals_expected: Option<Vec<String>>,
    /// What officers found, by normalised number.
    pub seals_inspected: RedBlackTreeMapSync<String, SealFinding>,
    /// Verdicts, by normalised number.
    pub seals_judged: RedBlackTreeMapSync<String, SealVerdict>,
    /// What acts say of seals, by normalised number.
    pub seal_acts: RedBlackTreeMapSync<String, SealAct>,
    /// The last handheld measurement, and the act that records it.
    pub screened_by_hand: Option<(ActId, RadiationVerdict)>,
    /// Mass of the empty vehicle, and where the number comes from.
    pub tare: Option<(Kilograms, String)>,
    /// The last comparison of declared and measured weight.
    pub comparison: Option<Arc<WeightComparison>>,
    /// The last comparison with what transport control lets it weigh.
    #[serde(default)]
    pub mass: Option<Arc<MassComparison>>,
    /// The notice as last registered.
    pub notice: Option<Arc<Notice>>,
    /// Prior information about it.
    #[serde(default)]
    pub priors: RedBlackTreeSetSync<PriorId>,
    /// By number.
    pub consignments: RedBlackTreeMapSync<ConsignmentNo, Consignment>,
    /// Its clocks.
    pub clocks: RedBlackTreeSetSync<ClockId>,
    /// Those that are open, by whose they are: what happens to one consignment concerns few of them.
    pub open_clocks: RedBlackTreeSetSync<(Option<ConsignmentNo>, ClockId)>,
    /// Its alarms, closed ones included.
    pub alarms: RedBlackTreeSetSync<AlarmId>,
    /// Acts about the vehicle and its goods.
    pub acts: RedBlackTreeSetSync<ActId>,
    /// Forms of control of the vehicle that are open, and the acts that opened them.
    pub controls: RedBlackTreeMapSync<String, ActId>,
    /// What is true of the vehicle, such as `exempt_from_inspection`.
    pub flags: RedBlackTreeSetSync<String>,
    /// Rules whose terms do not apply to the vehicle (art. 453.2).
    pub lifted: RedBlackTreeSetSync<String>,
    /// Who permitted the exit, and when.
    pub exit_permitted: Option<Signature>,
    /// When it left.
    pub left: Option<Timestamp>,
}

/// A plate, normalised and as read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plate {
    /// For comparing.
    pub normalised: String,
    /// For people.
    pub original: String,
    /// Two letters, if known.
    pub country: Option<String>,
}

/// A screening in its place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Screened {
    /// The entry.
    pub seq: u64,
    /// Where.
    pub lane: LaneId,
    /// Which portal.
    pub device: DeviceId,
    /// The verdict.
    pub verdict: RadiationVerdict,
    /// What was measured.
    pub screening: Arc<Screening>,
}

/// A weighing in its place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Weighed {
    /// The entry.
    pub seq: u64,
    /// When.
    pub at: Timestamp,
    /// Which scale.
    pub device: DeviceId,
    /// What was measured.
    pub weight: Weight,
}

/// A load that could not be weighed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RefusedWeighing {
    /// The entry.
    pub seq: u64,
    /// When.
    pub at: Timestamp,
    /// Which scale.
    pub device: DeviceId,
    /// Why.
    pub refusal: WeightRefusal,
    /// What was weighed all the same, axle by axle.
    #[serde(default)]
    pub axles: Option<Arc<AxleSession>>,
}

/// A seal in its place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SealRead {
    /// The entry.
    pub seq: u64,
    /// When.
    pub at: Timestamp,
    /// Which reader.
    pub device: DeviceId,
    /// Its number, normalised.
    pub normalised: String,
    /// As read.
    pub seal: SealReading,
}

/// A plate in its place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlateRead {
    /// The entry.
    pub seq: u64,
    /// When.
    pub at: Timestamp,
    /// Which camera.
    pub device: DeviceId,
    /// Normalised.
    pub normalised: String,
    /// As read.
    pub plate: PlateReading,
}

/// What an act says of a seal (art. 198.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SealAct {
    /// It was put on.
    Applied,
    /// It was put on in the place of another.
    Replacing,
    /// It was taken off by the body or with its permission.
    Removed,
    /// It had to go because the goods were in danger.
    GivenUp,
}

/// An arrival notice as registered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Notice {
    /// Local number.
    pub number: String,
    /// 1 for the first.
    pub revision: u32,
    /// Who registered it, and when.
    pub registered: Option<Signature>,
    /// When it was registered.
    pub at: Timestamp,
    /// What was submitted.
    pub draft: NoticeDraft,
    /// What is missing, in the law's order.
    pub missing: Vec<MissingRow>,
    /// What looks wrong and hinders nothing.
    #[serde(default)]
    pub warnings: Vec<Warning>,
}

/// Keeps the latest scans and names those that went, the results of inspections apart from what is read by the dozen: 64 passports of a bus leave them where they are.
pub(super) fn keep_latest_scans(
    scans: &mut RedBlackTreeMapSync<ReadingId, Scan>,
) -> Vec<ReadingId> {
    let mut gone = Vec::new();
    for inspections in [true, false] {
        let of_kind = scans.iter().filter(|(_, scan)| scan.scan.is_inspection() == inspections);
        let of_kind: Vec<ReadingId> = of_kind.map(|(reading, _)| *reading).collect();
        let beyond = of_kind.len().saturating_sub(KEPT_READINGS);
        for reading in of_kind.into_iter().take(beyond) {
            scans.remove_mut(&reading);
            gone.push(reading);
        }
    }
    gone
}

/// Keeps the latest readings and names those that went.
pub(super) fn keep_latest<T>(readings: &mut RedBlackTreeMapSync<ReadingId, T>) -> Vec<ReadingId> {
    let mut gone = Vec::new();
    while readings.size() > KEPT_READINGS {
        let Some(oldest) = readings.first().map(|(reading, _)| *reading) else { break };
        readings.remove_mut(&oldest);
        gone.push(oldest);
    }
    gone
}

impl Visit {
    /// Whether the vehicle is still at the checkpoint.
    pub fn is_here(&self) -> bool {
        self.left.is_none()
    }

    /// Whether nothing is known of it but that something was taken for a vehicle: nothing read, stated, filed or found.
    pub fn has_no_trace(&self) -> bool {
        let unread = self.screenings.is_empty()
            && self.weighings.is_empty()
            && self.refused_weighings.is_empty()
            && self.seals_read.is_empty()
            && self.plates_read.is_empty()
            && self.scans.is_empty();
        let unfiled = self.plate.is_none()
            && self.notice.is_none()
            && self.consignments.is_empty()
            && self.acts.is_empty();
        unread && unfiled && self.alarms.is_empty()
    }

    /// Clocks that are open: of one consignment, or of the vehicle and all that it carries.
    pub fn clocks_open(
        &self,
        consignment: Option<ConsignmentNo>,
    ) -> impl Iterator<Item = ClockId> + '_ {
        let all = (None, ClockId(0))..=(Some(ConsignmentNo(u16::MAX)), ClockId(u64::MAX));
        let range = match consignment {
            Some(_) => (consignment, ClockId(0))..=(consignment, ClockId(u64::MAX)),
            None => all,
        };
        self.open_clocks.range(range).map(|(_, id)| *id)
    }

    /// Whether operations with its goods are done before those with others (art. 242.4, 276).
    pub fn goes_first(&self) -> bool {
        let first = |flags: &RedBlackTreeSetSync<String>| flags.contains(GOES_FIRST);
        first(&self.flags) || self.consignments.values().any(|goods| first(&goods.flags))
    }

    /// The last weighing that gave a number.
    pub fn last_weighing(&self) -> Option<(ReadingId, &Weighed)> {
        self.weighings.last().map(|(reading, weighed)| (*reading, weighed))
    }

    /// Declared gross weight of all consignments; none unless each states one.
    pub fn declared_gross(&self) -> Option<Kilograms> {
        if self.consignments.is_empty() {
            return None;
        }
        self.consignments.values().map(|consignment| consignment.gross).sum()
    }
}
