//! What officers order. Every order names its officer and carries the id of the button press.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use units::Kilograms;

use crate::ids::{
    ActId, AlarmId, ConsignmentNo, DeviceId, LaneId, OfficerId, PriorId, ReadingId, RequestId,
    VisitId,
};

mod notice;
mod prior;

pub use notice::{Answer, ConsignmentDraft, Digest, FiledBy, NoticeDraft, Original, Purpose};
pub use prior::{Informant, PriorInformation};

/// An order, and who gave it where.
#[derive(Debug, Clone, PartialEq)]
pub struct Order {
    /// Given by.
    pub officer: OfficerId,
    /// At which terminal.
    pub workplace: String,
    /// The button press.
    pub request: RequestId,
    /// What is ordered.
    pub kind: OrderKind,
}

/// What can be ordered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum OrderKind {
    /// The officer sat down.
    SignIn,
    /// The officer left.
    SignOut,
    /// Stop the sound of what sounds now; acknowledges nothing.
    SilenceSound,
    /// I have seen this alarm.
    AcknowledgeAlarm {
        /// Which.
        alarm: AlarmId,
    },
    /// This is what the alarm was. Given again for a decided alarm, it is a correction; the first stays visible.
    DecideAlarm {
        /// Which.
        alarm: AlarmId,
        /// What it was.
        decision: AlarmDecision,
    },
    /// A vehicle is here that no device has noticed.
    OpenVisit {
        /// Where.
        lane: LaneId,
        /// Its plate, if known.
        plate: Option<String>,
    },
    /// This vehicle bears this plate.
    IdentifyVehicle {
        /// Which visit.
        visit: VisitId,
        /// As written on the vehicle.
        plate: String,
        /// Two letters, if known.
        country: Option<String>,
    },
    /// This reading belongs to that visit.
    AssignReading {
        /// Which reading.
        reading: ReadingId,
        /// Where it belongs.
        visit: VisitId,
    },
    /// Register an arrival notice as it is, complete or not (art. 250, 251).
    RegisterNotice {
        /// For which visit.
        visit: VisitId,
        /// What was submitted.
        notice: NoticeDraft,
    },
    /// Record what somebody tells of goods before they come or leave (art. 66, 250.2). It is no notice, and no term runs from it.
    RecordPriorInformation {
        /// What was told.
        information: Box<PriorInformation>,
    },
    /// Prior information is about this visit.
    LinkPriorInformation {
        /// Which.
        prior: PriorId,
        /// Which visit.
        visit: VisitId,
    },
    /// Prior information is about another vehicle than was thought; it waits again.
    UnlinkPriorInformation {
        /// Which.
        prior: PriorId,
    },
    /// Prior information was taken back, or its vehicle will not come.
    WithdrawPriorInformation {
        /// Which.
        prior: PriorId,
        /// Why, in words.
        #[serde(default)]
        reason: String,
    },
    /// The papers name these seals.
    ExpectSeals {
        /// For which visit.
        visit: VisitId,
        /// Their numbers; replaces an earlier list.
        seals: Vec<String>,
    },
    /// An officer looked at a seal that no reader can judge.
    InspectSeal {
        /// For which visit.
        visit: VisitId,
        /// Its number.
        seal: String,
        /// What was found.
        found: SealFinding,
    },
    /// The mass of the empty vehicle, from its papers or an earlier weighing.
    RecordTare {
        /// For which visit.
        visit: VisitId,
        /// How much, in kilograms.
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        tare: Kilograms,
        /// Where the number comes from.
        source: String,
    },
    /// A vehicle that is weighed axle by axle has been weighed: do not wait until the scale tells it by itself. Refused where none is.
    EndWeighing {
        /// On which scale.
        device: DeviceId,
        /// Whether what was weighed counts.
        outcome: WeighingOutcome,
        /// Why, in words.
        reason: String,
    },
    /// The goods are in the zone and were shown to the body (art. 252.4, AMB-10). Starts the clocks.
    PresentGoods {
        /// For which visit.
        visit: VisitId,
        /// Which consignments; all if empty.
        consignments: Vec<ConsignmentNo>,
    },
    /// Papers that end a clock were filed (art. 267.1, 288.1); stops it provisionally.
    FilePapers {
        /// For which visit.
        visit: VisitId,
        /// For which consignment.
        consignment: ConsignmentNo,
        /// What was filed.
        papers: PapersKind,
        /// Reference as filed.
        reference: String,
        /// What the papers say, if anybody typed it: checked against what they are to say (art. 267.1, 280.3), refused for nothing.
        #[serde(default)]
        content: Option<Box<NoticeDraft>>,
    },
    /// The body registered them (art. 267.2, 288.3); stops the clock as of filing.
    RegisterPapers {
        /// For which visit.
        visit: VisitId,
        /// For which consignment.
        consignment: ConsignmentNo,
        /// What was registered.
        papers: PapersKind,
        /// Number given.
        number: String,
    },
    /// The body refused them in writing (art. 288.4-6): as if never filed.
    RefusePapers {
        /// For which visit.
        visit: VisitId,
        /// For which consignment.
        consignment: ConsignmentNo,
        /// What was refused.
        papers: PapersKind,
        /// The ground of the closed list, such as `ART_288_4_3`; papers for which the law has no list are refused in words.
        #[serde(default)]
        code: Option<String>,
        /// The ground in words; may be empty where the law has a list.
        #[serde(default)]
        ground: String,
    },
    /// The goods were released (art. 296), or released for transit (art. 319).
    ReleaseGoods {
        /// For which visit.
        visit: VisitId,
        /// Which consignment.
        consignment: ConsignmentNo,
        /// Under which procedure, as registered.
        procedure: PapersKind,
    },
    /// Record an act of the edition: an inspection, a permit, a protocol, a report. Refused while a field that the law names is missing.
    RecordAct {
        /// What it is about; an empty target for acts of the checkpoint itself, such as a pass.
        #[serde(default)]
        about: ActTarget,
        /// Which act, as the edition names it, such as `opening_inspection_act`.
        act: String,
        /// When it happened, if not now; never later than now.
        #[serde(default)]
        #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
        as_of: Option<Timestamp>,
        /// Answers to its fields.
        #[serde(default)]
        answers: BTreeMap<String, Answer>,
        /// The act that this one puts right; the first stays visible.
        #[serde(default)]
        corrects: Option<ActId>,
    },
    /// A consignment turns out to be several (art. 4.1(48)); each part goes on with the state and the clocks of the whole.
    SplitConsignment {
        /// Of which visit.
        visit: VisitId,
        /// Which.
        consignment: ConsignmentNo,
        /// Into how many; at least two.
        parts: u16,
        /// Why, in words.
        reason: String,
    },
    /// Consignments turn out to be one (art. 4.1(48)). Their states must be the same; of their clocks the earliest binds.
    MergeConsignments {
        /// Of which visit.
        visit: VisitId,
        /// Which; at least two.
        consignments: Vec<ConsignmentNo>,
        /// Why, in words.
        reason: String,
    },
    /// The vehicle may leave (art. 186.6, 453.3). Refused while anything holds it.
    PermitExit {
        /// Which visit.
        visit: VisitId,
    },
    /// The vehicle has left.
    RecordExit {
        /// Which visit.
        visit: VisitId,
    },
    /// Radiation control of this lane is by hand from now, or automatic again (art. 192.4).
    SetLaneControl {
        /// Which lane.
        lane: LaneId,
        /// How.
        control: LaneControl,
        /// Why.
        reason: String,
    },
    /// These days off hold from now (art. 5.8), as a calendar file writes them. Running terms are computed again.
    ApplyCalendar {
        /// The file.
        text: String,
    },
    /// These working hours hold from now (art. 13), as a timetable file writes them. Running terms are computed again.
    ApplyTimetable {
        /// The file.
        text: String,
    },
}

/// What an act is about.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ActTarget {
    /// Which visit.
    #[serde(default)]
    pub visit: Option<VisitId>,
    /// Which of its consignments; all if empty.
    #[serde(default)]
    pub consignments: Vec<ConsignmentNo>,
}

/// What becomes of the axles of a weighing that an officer ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum WeighingOutcome {
    /// Their sum is the weight, if every axle was weighed: the same rules hold as for a weighing that ends by itself.
    Counted,
    /// They are no weight, whatever was weighed; they stay in the journal.
    Discarded,
}

/// How radiation control is done in a lane (art. 192.4: "in automatic or manual mode").
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum LaneControl {
    /// By the portal.
    Automatic,
    /// By an officer with a handheld instrument.
    Manual,
}

/// Papers whose filing counts as the operations of art. 252.4.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum PapersKind {
    /// Documents for temporary storage, art. 267.1.
    Storage,
    /// A goods declaration, art. 279.
    Declaration,
    /// A transit declaration, art. 280.
    TransitDeclaration,
}

/// An officer's judgement of an alarm.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AlarmDecision {
    /// What it was.
    pub outcome: Outcome,
    /// The cause, in words.
    #[serde(default)]
    pub cause: String,
    /// Anything else.
    #[serde(default)]
    pub note: String,
    /// What a handheld instrument showed, if one was used.
    #[serde(default)]
    pub handheld: Option<Handheld>,
    /// A second inspection.
    #[serde(default)]
    pub secondary: Secondary,
    /// The second pair of eyes: needed for `real` and `test` of the first priority; not the same person.
    #[serde(default)]
    pub second_officer: Option<OfficerId>,
}

/// What an alarm turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// What it was raised for.
    Real,
    /// True measurement, harmless cause: natural material, a patient, a lawful source.
    Innocent,
    /// The measurement was wrong.
    False,
    /// A test.
    Test,
    /// Somebody tampered.
    Tamper,
    /// None of these; the cause says what.
    Other,
}

/// State of a second inspection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Secondary {
    /// Not asked for.
    #[default]
    None,
    /// Asked for.
    Requested,
    /// Done.
    Done,
}

/// A handheld reading.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Handheld {
    /// Serial number of the instrument.
    pub instrument: String,
    /// Dose rate, in microsieverts per hour.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub dose_rate_usv_h: Decimal,
    /// Natural background, in microsieverts per hour.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub background_usv_h: Decimal,
    /// Distance to the surface, in centimetres.
    pub distance_cm: u32,
}

/// What an officer found at a seal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SealFinding {
    /// There, untouched.
    Intact,
    /// There, damaged.
    Damaged,
    /// Not there.
    Missing,
}
