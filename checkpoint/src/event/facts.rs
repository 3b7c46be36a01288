//! What events hold: verdicts, comparisons, clocks and alarms with everything that made them true.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil};
use serde::{Deserialize, Serialize};
use units::Kilograms;

use crate::ids::{ClockId, ConsignmentNo, DeviceId, LaneId, ReadingId, VisitId};
use crate::input::observation::Radiation;
use crate::law::term::Stated;

/// What a screening says about the vehicle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum RadiationVerdict {
    /// Not above the natural background.
    WithinBackground,
    /// Above it.
    AboveBackground,
    /// No valid background sample, or the measurement was cut.
    Indeterminate,
}

/// What became of a seal. Violations are `IntactMismatch`, `Damaged` and `Missing`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SealVerdict {
    /// As the papers say, untouched.
    IntactMatch,
    /// Untouched, but the papers name another.
    IntactMismatch,
    /// Damaged or opened.
    Damaged,
    /// The papers name it, the vehicle has not got it.
    Missing,
    /// The same number is on another vehicle here.
    DuplicateNumber,
    /// The reader failed; look at it. Not a violation.
    UnreadableDevice,
    /// It stands in the place of another, by an act (art. 198.4).
    ReplacedWithAct,
    /// Taken off by the body or with its permission (art. 198.4).
    RemovedByPermission,
    /// It had to go because the goods were in danger; the proof was looked at (art. 198.4).
    ThreatExceptionClaimed,
}

/// Declared against measured weight. A fact for the document check; never a refusal by itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WeightComparison {
    /// The weighing that was used.
    pub reading: ReadingId,
    /// Mass of the vehicle on the scale.
    pub measured_gross: Kilograms,
    /// Mass of the empty vehicle.
    pub tare: Kilograms,
    /// Declared gross weight of all consignments.
    pub declared: Kilograms,
    /// Measured minus tare minus declared; may be negative.
    pub difference: Kilograms,
    /// What was allowed, instrument error included.
    pub allowed: Kilograms,
    /// Version of the limits used.
    pub limits: String,
    /// Whether the difference is beyond what was allowed.
    pub beyond: bool,
    /// The error of the instrument (art. 256.2); none in what was recorded before it was kept here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instrument_error: Option<Kilograms>,
    /// The article by which the difference is no matter for goods that leave: 256.2 or 256.3; none if it is for none of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub no_matter: Option<String>,
}

/// A vehicle against what transport control lets it weigh (art. 8(18), 192.9). A fact: it holds nobody and is no ground of detention.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MassComparison {
    /// The weighing that was used.
    pub reading: ReadingId,
    /// Mass of the vehicle on the scale.
    pub measured_gross: Kilograms,
    /// How many axles it has, if an officer said so.
    pub axles: Option<u32>,
    /// The most that it may weigh; none if no limit is known for it.
    pub gross_limit: Option<Kilograms>,
    /// What its heaviest axle carries, if an officer said so.
    pub heaviest_axle: Option<Kilograms>,
    /// The most that an axle may carry.
    pub axle_limit: Option<Kilograms>,
    /// The error of the instrument.
    pub instrument_error: Kilograms,
    /// How much it is over, the larger of both; nothing if it is not.
    pub over: Kilograms,
    /// Whether it is over by more than the instrument may err.
    pub beyond: bool,
    /// The paper from which the limits are.
    pub source: String,
    /// Version of the limits used.
    pub limits: String,
}

/// A row of the arrival notice that the law asks for and nobody answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MissingRow {
    /// Id of the row in the edition, such as `consignee_address`.
    pub field: String,
    /// The article that asks for it.
    pub article: String,
    /// Consignment, if it is asked for each; 1, 2, …
    pub consignment: Option<ConsignmentNo>,
    /// Goods item within the consignment; 1, 2, …
    pub item: Option<u16>,
}

/// An answer that is there and not as it should be. It hinders nothing (art. 274.3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Warning {
    /// Under which id it was answered.
    pub field: String,
    /// Consignment, if the answer is one's; 1, 2, …
    pub consignment: Option<ConsignmentNo>,
    /// Goods item within the consignment; 1, 2, …
    pub item: Option<u16>,
    /// What is wrong, such as `hs_code_too_short`.
    pub code: String,
    /// What was found and what would be right, in words for the log.
    #[serde(default)]
    pub detail: String,
}

/// A legal term as it was computed. Everything a lawyer needs to compute it again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ClockFacts {
    /// Its number.
    pub clock: ClockId,
    /// Id of the rule in the edition, such as `ARR-1`.
    pub rule: String,
    /// The article.
    pub article: String,
    /// Whom it binds, as the edition names them.
    pub obliged: String,
    /// The edition.
    pub edition: String,
    /// Of which visit.
    pub visit: VisitId,
    /// For which consignment; none for terms of the vehicle.
    pub consignment: Option<ConsignmentNo>,
    /// What started it, as the edition names it, such as `goods_presented`.
    pub trigger: String,
    /// When.
    pub triggered_at: Timestamp,
    /// When it must be done.
    pub due_at: Timestamp,
    /// The last moment for an electronic filing, where that is later (art. 5.7).
    pub latest_at: Timestamp,
    /// The last day before any roll to a working day, for terms in days.
    pub nominal_day: Option<civil::Date>,
    /// Version of the calendar used, if any was.
    pub calendar: Option<String>,
    /// Version of the timetable used, if any was.
    pub timetable: Option<String>,
    /// Remarks by name, such as `outside_working_time` (AMB-02).
    pub flags: Vec<String>,
    /// The end that was stated with the trigger, where the law leaves it to somebody.
    #[serde(default)]
    pub stated: Option<Stated>,
    /// How far the goods go, where the term depends on it.
    #[serde(default)]
    pub distance_km: Option<u32>,
}

/// How far running terms have been computed again. Those that were started after the last one know what is new.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reached {
    /// Those that were started up to this one are done.
    pub clock: ClockId,
    /// The last one that was started before what is new; the others follow until then.
    pub last: ClockId,
    /// Version of the calendar that is new to them, if one is.
    pub calendar: Option<String>,
    /// Version of the timetable that is new to them, if one is.
    pub timetable: Option<String>,
}

impl ClockFacts {
    /// How long the term is, from its trigger to its end.
    pub fn length(&self) -> jiff::SignedDuration {
        self.due_at.duration_since(self.triggered_at)
    }
}

/// What made an alarm true.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AlarmFacts {
    /// What it is about.
    pub cause: AlarmCause,
    /// How urgent.
    pub priority: Priority,
    /// Since when the condition holds.
    pub since: Timestamp,
    /// Where.
    pub lane: Option<LaneId>,
    /// Which device.
    pub device: Option<DeviceId>,
    /// Which vehicle.
    pub visit: Option<VisitId>,
    /// Its plate at that moment.
    pub plate: Option<String>,
    /// The article or the limit behind it.
    pub basis: String,
    /// Whether it stays until an officer has decided it (radiation, seal, weight), or closes when ended and acknowledged.
    pub must_be_decided: bool,
    /// Whether it holds the exit permission.
    pub holds_exit: bool,
    /// Numbers by name, as text: `z`, `threshold`, `sum`, `background`, `difference_kg`, `seal`, `rule`, …
    pub numbers: BTreeMap<String, String>,
}

/// What an alarm is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum AlarmCause {
    /// More radiation than the background explains.
    Radiation {
        /// Which.
        radiation: Radiation,
    },
    /// A portal's background is not normal.
    Background,
    /// A portal's cabinet is open.
    Tamper,
    /// Weight beyond the tolerance.
    Weight,
    /// A seal is missing, broken, or another; or its number is elsewhere too.
    Seal {
        /// Which verdict.
        verdict: SealVerdict,
        /// Which seal.
        seal: String,
    },
    /// An X-ray system, or whoever judged its image, concluded what the site has made ring.
    Scan {
        /// Which inspection, by its id at the scanner.
        inspection: String,
    },
    /// A term is near its end.
    TermNear {
        /// Which clock.
        clock: ClockId,
    },
    /// A term ran out.
    TermOver {
        /// Which clock.
        clock: ClockId,
    },
    /// A device is silent or gone.
    DeviceSilent,
    /// Radiation control of a lane is out: manual control is a duty (art. 192.4).
    LaneUnguarded,
    /// The hub has been away for too long.
    HubAway,
    /// The clock is not synchronised, or jumped.
    ClockDoubtful,
    /// Recording is slow.
    RecordingSlow,
}

/// How urgent an alarm is (ISA-18.2, IEC 62682).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// Act at once.
    P1,
    /// Act soon.
    P2,
    /// Know about it.
    P3,
}
