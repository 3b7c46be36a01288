//! What a screen may show of a checkpoint: the same projection at the terminal and at the hub.
//!
//! Views carry numbers, ids and codes; words belong to the screens, which speak three languages. Instants are milliseconds since 1970
//! UTC, masses are decimal text in kilograms. Everything about terms is computed here: a page only subtracts.
//! Views hold no risk-profile content but the instruction that an officer was given (art. 219.4), and of that `without_confidential`
//! leaves nothing.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

macro_rules! view {
    ($(#[$doc:meta])* struct $name:ident { $($body:tt)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        pub struct $name { $($body)* }
    };
}

mod act;
mod alarm;
mod board;
mod changes;
mod goods;
mod journal;
mod kept_back;
mod prior;
mod readings;
mod scans;
mod stay;

pub use act::{ActView, ControlView};
pub use goods::{
    ControlStanding, GoodsAsked, GoodsFilter, GoodsForm, GoodsUnderControl, Ledger, Operation,
    goods_csv,
};
pub use prior::{PriorComparisonView, PriorRow, PriorStanding, PriorView};
pub use readings::{
    AxleView, AxlesView, ComparisonView, MassView, PictureView, PlateView, ScreeningView,
    SealEventView, SealView, TareView, WeighingView,
};
pub use scans::{DocumentView, InspectionView, ScanView};

use crate::event::{AlarmCause, MissingRow, Priority, RadiationVerdict, Warning};
use crate::ids::{
    AlarmId, ClockId, ConsignmentNo, DeviceId, LaneId, OfficerId, PassageId, VisitId,
};
use crate::input::observation::{Agreement, BackgroundState, Health};
use crate::input::order::{AlarmDecision, LaneControl, NoticeDraft, PapersKind};
use crate::site::{Direction, Family, Mode};

view! {
    /// Everything a board shows, as of one entry.
    struct Snapshot {
        /// The checkpoint.
        pub site: SiteView,
        /// The last entry it contains.
        pub seq: u64,
        /// When that entry was made.
        pub at_ms: i64,
        /// Lanes in the order of the board.
        pub lanes: Vec<LaneView>,
        /// Devices in the order of the configuration.
        pub devices: Vec<DeviceView>,
        /// Open alarms, most urgent first, then oldest; then those decided or closed within the last day, newest first.
        pub alarms: Vec<AlarmView>,
        /// Visits that have not left, the most urgent clock first; then the last that left.
        pub visits: Vec<VisitRow>,
    }
}

view! {
    /// What one entry changed. A row that is named here replaces the row of the same id; nothing else changed.
    struct Changes {
        /// The entry.
        pub seq: u64,
        /// When it was made.
        pub at_ms: i64,
        /// What it was.
        pub line: JournalLine,
        /// Lanes that look different now.
        pub lanes: Vec<LaneView>,
        /// Devices that look different now.
        pub devices: Vec<DeviceView>,
        /// Alarms that look different now.
        pub alarms: Vec<AlarmView>,
        /// Visits that look different now.
        pub visits: Vec<VisitRow>,
    }
}

view! {
    /// The checkpoint itself.
    struct SiteView {
        /// Its name in the configuration.
        pub id: String,
        /// The name that people read.
        pub title: String,
        /// Five digits of the customs office.
        pub office_code: String,
        /// IANA name of its zone.
        pub zone: String,
        /// Offset of that zone from UTC now, in minutes.
        pub offset_minutes: i32,
        /// Edition of the law in force.
        pub edition: String,
        /// Version of the agent's program.
        pub version: String,
        /// Whether the machine's clock is synchronised.
        pub clock_synchronised: bool,
        /// Whether the hub answers; unknown to the hub itself, which knows better.
        pub hub_up: Option<bool>,
    }
}

view! {
    /// A lane.
    struct LaneView {
        /// Its name in the configuration.
        pub id: LaneId,
        /// The name that people read.
        pub title: String,
        /// Which way it leads.
        pub direction: Direction,
        /// How goods move through it.
        pub mode: Mode,
        /// How radiation control is done.
        pub control: LaneControl,
        /// The vehicle in it, if one is.
        pub visit: Option<VisitId>,
        /// That vehicle's plate.
        pub plate: Option<String>,
        /// Since when a vehicle is in the portal, if one is.
        pub occupied_since_ms: Option<i64>,
        /// The last weight that came to rest, in kilograms, and when.
        pub last_weight: Option<WeightView>,
        /// The most urgent open alarm.
        pub alarm: Option<Priority>,
        /// How many alarms are open here.
        pub open_alarms: u32,
        /// The plate that went before, and when.
        pub last_plate: Option<String>,
        /// When the last vehicle was seen.
        pub last_seen_ms: Option<i64>,
        /// What its scanners read lately, newest first; nobody is named.
        pub scans: Vec<ScanView>,
        /// Vehicles that are weighed axle by axle here now.
        pub weighings: Vec<OpenWeighingView>,
    }
}

view! {
    /// A vehicle that is weighed axle by axle, and has not gone from the scale.
    struct OpenWeighingView {
        /// On which scale.
        pub device: DeviceId,
        /// Which vehicle.
        pub visit: VisitId,
        /// Since when.
        pub began_ms: i64,
        /// Whether axles are missing already, because the agent broke off: its sum will be no weight.
        pub resumed: bool,
    }
}

view! {
    /// A device.
    struct DeviceView {
        /// Its name in the configuration.
        pub id: DeviceId,
        /// The name that people read.
        pub title: String,
        /// Its lane.
        pub lane: LaneId,
        /// What it measures or reads.
        pub family: Family,
        /// Its dialect.
        pub dialect: String,
        /// Whether it can be relied on; none until it was heard.
        pub health: Option<Health>,
        /// What was seen when that changed.
        pub detail: String,
        /// Since when.
        pub since_ms: Option<i64>,
        /// Faults counted since the agent's journal began.
        pub faults: u64,
        /// The same by kind, as the journal names them.
        pub faults_by_kind: BTreeMap<String, u64>,
        /// When the last fault was told.
        pub last_fault_ms: Option<i64>,
        /// Its kind.
        pub last_fault: Option<String>,
        /// For portals: state of the background.
        pub background: Option<BackgroundState>,
        /// For portals: threshold in standard deviations, and whether it is assumed.
        pub n_sigma: Option<String>,
        /// For portals: true until the portal itself has told its settings.
        pub assumed: bool,
        /// For portals: whether the cabinet is open.
        pub tamper: bool,
    }
}

view! {
    /// An alarm.
    struct AlarmView {
        /// Its number.
        pub id: AlarmId,
        /// What it is about.
        pub cause: AlarmCause,
        /// How urgent.
        pub priority: Priority,
        /// Whether the condition still holds.
        pub active: bool,
        /// Since when.
        pub since_ms: i64,
        /// When the condition was over.
        pub ended_ms: Option<i64>,
        /// How often the cause came.
        pub count: u32,
        /// Who saw it, and when.
        pub acknowledged: Option<SignatureView>,
        /// Who decided it, and when; the last of several.
        pub decided: Option<DecisionView>,
        /// Earlier decisions that were corrected, oldest first.
        pub corrected: Vec<DecisionView>,
        /// True when nothing more is wanted: decided, or ended and acknowledged where no decision is needed.
        pub closed: bool,
        /// Nobody acknowledged it in time.
        pub escalated: bool,
        /// Whether it must be decided.
        pub must_be_decided: bool,
        /// Whether it holds the exit permission while open.
        pub holds_exit: bool,
        /// Where.
        pub lane: Option<LaneId>,
        /// Which device.
        pub device: Option<DeviceId>,
        /// Which vehicle.
        pub visit: Option<VisitId>,
        /// Its plate.
        pub plate: Option<String>,
        /// The article or the limit behind it.
        pub basis: String,
        /// For radiation: who found it.
        pub agreement: Option<Agreement>,
        /// Numbers by name, as text.
        pub numbers: BTreeMap<String, String>,
        /// True while its entry is not yet on the disk.
        pub being_recorded: bool,
    }
}

view! {
    /// Who, and when.
    struct SignatureView {
        /// Who.
        pub officer: OfficerId,
        /// When.
        pub at_ms: i64,
    }
}

view! {
    /// A decision with its author.
    struct DecisionView {
        /// Who.
        pub officer: OfficerId,
        /// When.
        pub at_ms: i64,
        /// The judgement.
        pub decision: AlarmDecision,
    }
}

view! {
    /// A running, stopped or expired legal term.
    struct ClockView {
        /// Its number.
        pub id: ClockId,
        /// Id of the rule, such as `ARR-1`.
        pub rule: String,
        /// The article.
        pub article: String,
        /// Whom it binds.
        pub obliged: String,
        /// The edition.
        pub edition: String,
        /// For which consignment.
        pub consignment: Option<ConsignmentNo>,
        /// What started it.
        pub trigger: String,
        /// When.
        pub triggered_ms: i64,
        /// When it must be done.
        pub due_ms: i64,
        /// The last moment for an electronic filing.
        pub latest_ms: i64,
        /// Where it stands.
        pub state: ClockState,
        /// As of when it was stopped.
        pub stopped_ms: Option<i64>,
        /// Remarks by name.
        pub flags: Vec<String>,
        /// Why it does not apply any more, by name, if it does not.
        pub withdrawn: Option<String>,
    }
}

/// Where a clock stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ClockState {
    /// It runs.
    Running,
    /// Filed, not registered: a refusal makes it as if never filed.
    Provisional,
    /// It stopped in time, or late but for good.
    Stopped,
    /// It ran out and nothing has stopped it.
    Expired,
    /// It does not apply any more: neither kept nor missed.
    Withdrawn,
}

view! {
    /// A visit in a list.
    struct VisitRow {
        /// Its number here.
        pub id: VisitId,
        /// The number that people write.
        pub number: String,
        /// Its plate, normalised, if known.
        pub plate: Option<String>,
        /// Country of the plate.
        pub country: Option<String>,
        /// Its lane now, or the last one.
        pub lane: LaneId,
        /// How goods move.
        pub mode: Mode,
        /// Which way.
        pub direction: Direction,
        /// Where it stands.
        pub stage: Stage,
        /// First seen.
        pub since_ms: i64,
        /// Consignments known.
        pub consignments: u32,
        /// The most urgent clock that is not stopped.
        pub clock: Option<ClockView>,
        /// Rows missing in the notice; none if no notice was registered.
        pub missing: Option<u32>,
        /// Open alarms, by priority P1, P2, P3.
        pub open_alarms: [u32; 3],
        /// Result of the last screening.
        pub radiation: Option<RadiationVerdict>,
        /// The last weight.
        pub weight: Option<WeightView>,
        /// Whether the weight is beyond the tolerance; none if it could not be compared.
        pub weight_beyond: Option<bool>,
        /// How many reasons hold the exit permission.
        pub holds: u32,
        /// Whether its goods go before others (art. 242.4, 276).
        pub goes_first: bool,
    }
}

/// Where a visit stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Here, nothing presented.
    Arrived,
    /// Goods presented, papers outstanding.
    Presented,
    /// Papers filed for every consignment, not all registered.
    Filed,
    /// Papers registered for every consignment.
    Registered,
    /// Every consignment released, or in storage that permits to leave.
    Released,
    /// The vehicle may leave.
    ExitPermitted,
    /// It has left.
    Left,
}

view! {
    /// A weight.
    struct WeightView {
        /// Kilograms, as decimal text.
        pub gross_kg: String,
        /// When.
        pub at_ms: i64,
    }
}

view! {
    /// Why a vehicle may not leave yet, and what would lift it. Never a ground for detention.
    struct Hold {
        /// Code of the reason, such as `alarm_undecided`, `not_presented`, `papers_not_registered`, `not_released`.
        pub reason: String,
        /// The article.
        pub article: String,
        /// The alarm, if it is one.
        pub alarm: Option<AlarmId>,
        /// The consignment, if it is about one.
        pub consignment: Option<ConsignmentNo>,
        /// Code of the act that lifts it, such as `decide_alarm`, `present_goods`, `register_papers`, `release_goods`.
        pub lifted_by: String,
    }
}

view! {
    /// All about one visit.
    struct VisitView {
        /// The row as lists show it.
        pub row: VisitRow,
        /// Every clock, the most urgent first.
        pub clocks: Vec<ClockView>,
        /// Consignments and their papers.
        pub consignments: Vec<ConsignmentView>,
        /// What holds the exit permission.
        pub holds: Vec<Hold>,
        /// Screenings, newest first.
        pub screenings: Vec<ScreeningView>,
        /// Weighings, newest first.
        pub weighings: Vec<WeighingView>,
        /// The last comparison with the declared weight.
        pub comparison: Option<ComparisonView>,
        /// The last comparison with what transport control lets it weigh.
        pub mass: Option<MassView>,
        /// Mass of the empty vehicle in kilograms, and its source.
        pub tare: Option<TareView>,
        /// Expected and read seals.
        pub seals: Vec<SealView>,
        /// Plates as read, newest first.
        pub plates: Vec<PlateView>,
        /// Scans, newest first.
        pub scans: Vec<ScanView>,
        /// The notice as last registered.
        pub notice: Option<NoticeView>,
        /// Prior information about it, with what the notice says otherwise.
        pub prior: Vec<PriorView>,
        /// Prior information that waits for a vehicle and may be about this one: for an officer to link.
        pub prior_candidates: Vec<PriorRow>,
        /// Alarms of this visit, open first.
        pub alarms: Vec<AlarmView>,
        /// Passes through portals that have not ended.
        pub open_passages: Vec<PassageId>,
        /// Acts about the vehicle and its goods, newest first.
        pub acts: Vec<ActView>,
        /// Forms of control that are open, the longest first.
        pub controls: Vec<ControlView>,
        /// What is true of the vehicle, by flag.
        pub flags: Vec<String>,
        /// When the exit was permitted, and by whom.
        pub exit_permitted: Option<SignatureView>,
        /// When it left.
        pub left_ms: Option<i64>,
    }
}

view! {
    /// A consignment.
    struct ConsignmentView {
        /// Its number.
        pub number: ConsignmentNo,
        /// Declared gross weight in kilograms.
        pub gross_kg: Option<String>,
        /// When it was presented, and who recorded that.
        pub presented: Option<SignatureView>,
        /// Papers filed and not refused.
        pub papers: Option<PapersKind>,
        /// Their reference.
        pub reference: Option<String>,
        /// When they were filed.
        pub filed_ms: Option<i64>,
        /// The number under which they were registered.
        pub registered_number: Option<String>,
        /// When they were registered.
        pub registered_ms: Option<i64>,
        /// What they do not say and the law wants them to say; none if nobody typed what they say.
        pub content_missing: Option<Vec<MissingRow>>,
        /// What looks wrong in them.
        pub content_warnings: Vec<Warning>,
        /// Grounds of earlier refusals.
        pub refusals: Vec<String>,
        /// When it was released.
        pub released_ms: Option<i64>,
        /// What is true of the goods, by flag.
        pub flags: Vec<String>,
        /// Where it stands in the eyes of the law.
        pub course: CourseView,
        /// The numbers under which it goes on after it was split or merged; empty while it stands for itself.
        pub into: Vec<ConsignmentNo>,
        /// The one that was split, or those that were merged into it; empty if it was declared as it is.
        pub from: Vec<ConsignmentNo>,
    }
}

view! {
    /// Where a consignment stands in the eyes of the law.
    struct CourseView {
        /// Which course: `arrival`, `departure`, `transit`, `detention`.
        pub machine: String,
        /// The state, such as `presented`, `filed_pending_registration`, `declaration_registered`, `released`, `detained`.
        pub state: String,
        /// What it lies over, such as `in_temporary_storage` for goods in storage whose declaration waits.
        pub over: Option<String>,
        /// Whether customs control covers the goods (art. 185).
        pub under_control: bool,
    }
}

view! {
    /// A notice.
    struct NoticeView {
        /// Local number.
        pub number: String,
        /// 1 for the first.
        pub revision: u32,
        /// When it was registered, and by whom.
        pub registered: SignatureView,
        /// What was submitted.
        pub notice: NoticeDraft,
        /// What is missing, in the law's order.
        pub missing: Vec<MissingRow>,
        /// What looks wrong and hinders nothing.
        pub warnings: Vec<Warning>,
    }
}

view! {
    /// One line of the journal for people.
    struct JournalLine {
        /// The entry.
        pub seq: u64,
        /// When.
        pub at_ms: i64,
        /// What happened: the event's kind, such as `goods_presented`.
        pub kind: String,
        /// Who, if an officer.
        pub officer: Option<OfficerId>,
        /// Which device, if one.
        pub device: Option<DeviceId>,
        /// Which visit, if one.
        pub visit: Option<VisitId>,
        /// Words and numbers by name, for the sentence in the reader's language.
        pub with: BTreeMap<String, String>,
    }
}
