//! Facts, in the past tense. What a checkpoint knows is the fold of these, and nothing else.
//!
//! An event holds what made it true at that moment, limits and articles included: a court will ask next year, when the limit is
//! another. Events are never changed and never removed; a correction is a further event.

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use units::Kilograms;

use crate::ids::{
    AlarmId, ClockId, ConsignmentNo, DeviceId, LaneId, PassageId, PriorId, ReadingId, VisitId,
};
use crate::input::observation::{
    Agreement, Background, Health, PlateReading, PortalSetup, Screening, SealReading, Weight,
};
use crate::input::order::{AlarmDecision, LaneControl, NoticeDraft, PapersKind, SealFinding};
use crate::law::{Calendar, Timetable};
use crate::retention::Purge;
use crate::site::{Direction, Limits, Mode, Site};

mod act;
mod directive;
mod entry;
mod facts;
mod origin;
mod papers;
mod parts;
mod prior;
mod scanned;
mod weighing;

pub use act::{ActEffect, ActFacts, Validity};
pub use directive::{DirectiveAnswer, DistrustedDirective};
pub use entry::{Author, Entry};
pub use facts::{
    AlarmCause, AlarmFacts, ClockFacts, MassComparison, MissingRow, Priority, RadiationVerdict,
    Reached, SealVerdict, Warning, WeightComparison,
};
pub use origin::Origin;
pub use papers::{PapersContent, PapersRefusal, RefusedOn};
pub use parts::Split;
pub use prior::{Difference, PriorComparison, PriorFacts};
pub use scanned::{ScanAssigned, ScanRepeated, Scanned};
pub use weighing::{WeighingBegun, WeighingEnd, WeighingRefusal};

/// What happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Event {
    /// The agent began; this configuration holds.
    AgentStarted {
        /// Version of the program.
        version: String,
        /// SHA-256 of the configuration as read, in hexadecimal.
        config_digest: String,
        /// Edition of the law in force.
        edition: String,
        /// Version of the limits in force.
        limits: String,
    },
    /// The site is laid out like this from now.
    SiteDescribed {
        /// The site.
        site: Box<Site>,
    },
    /// These limits hold from now: deadlines are computed from them, and a later reader needs the numbers of that day.
    LimitsSet {
        /// The limits.
        limits: Box<Limits>,
    },
    /// The wall clock moved against the monotonic one.
    ClockStepped {
        /// How far, in milliseconds; positive is forward.
        by_ms: i64,
    },
    /// The machine's clock is, or is no longer, synchronised.
    ClockSyncChanged {
        /// Whether it is.
        synchronised: bool,
    },
    /// The line to the hub came or went.
    HubLinkChanged {
        /// Whether the hub answers.
        up: bool,
    },
    /// The disk took a worrying time, or is well again.
    RecordingSlowed {
        /// Whether it is slow now.
        slow: bool,
        /// The longest wait, in milliseconds.
        worst_ms: u64,
    },

    /// The oldest entries go from this machine: their keeping term is over (art. 187.5), and the hub has them. Recorded before they go.
    JournalPurged(Purge),
    /// A device can, or can no longer, be relied on.
    DeviceHealthChanged {
        /// Which.
        device: DeviceId,
        /// How it is now.
        health: Health,
        /// What was seen, in words for the technician.
        detail: String,
    },
    /// Bytes made no sense.
    DeviceFaulted {
        /// Which device.
        device: DeviceId,
        /// Kind of fault as the codec names it.
        fault: String,
        /// What was seen.
        detail: String,
        /// How many since the last such event.
        count: u32,
    },
    /// A portal's settings became known or changed.
    PortalSetUp {
        /// Which portal.
        device: DeviceId,
        /// Its settings.
        setup: PortalSetup,
    },
    /// A portal's background changed its state.
    BackgroundChanged {
        /// Which portal.
        device: DeviceId,
        /// What it is now.
        background: Background,
    },
    /// A portal's cabinet was opened or closed.
    TamperChanged {
        /// Which portal.
        device: DeviceId,
        /// Whether it is open.
        open: bool,
    },
    /// Radiation control of a lane is done otherwise from now (art. 192.4).
    LaneControlChanged {
        /// Which lane.
        lane: LaneId,
        /// How.
        control: LaneControl,
        /// Why.
        reason: String,
    },

    /// A vehicle came.
    VisitOpened {
        /// Its number here.
        visit: VisitId,
        /// The number that people write: office, year, serial.
        number: String,
        /// Where it was first seen.
        lane: LaneId,
        /// How goods move in that lane.
        mode: Mode,
        /// Which way it leads.
        direction: Direction,
    },
    /// A vehicle entered a portal.
    PassageBegan {
        /// The pass.
        passage: PassageId,
        /// Where.
        lane: LaneId,
        /// Which portal.
        device: DeviceId,
        /// Whose pass it is taken to be.
        visit: VisitId,
    },
    /// A vehicle left a portal; what was measured.
    VehicleScreened {
        /// The reading.
        reading: ReadingId,
        /// The pass.
        passage: PassageId,
        /// Where.
        lane: LaneId,
        /// Which portal.
        device: DeviceId,
        /// Whose it is taken to be.
        visit: VisitId,
        /// What the measurement says about the vehicle (art. 192.4: comparison with the natural background).
        verdict: RadiationVerdict,
        /// All that was measured.
        screening: Box<Screening>,
    },
    /// A plate was read; with a number that is known, more was told of the same sighting.
    PlateRead {
        /// The reading.
        reading: ReadingId,
        /// Where.
        lane: LaneId,
        /// Which camera.
        device: DeviceId,
        /// Whose it is taken to be.
        visit: VisitId,
        /// The plate with separators dropped and look-alike letters made Latin.
        normalised: String,
        /// As it was read.
        plate: PlateReading,
    },
    /// A vehicle's plate is known.
    VehicleIdentified {
        /// Which visit.
        visit: VisitId,
        /// The plate, normalised.
        plate: String,
        /// As read or written.
        original: String,
        /// Two letters, if known.
        country: Option<String>,
    },
    /// A vehicle was weighed.
    VehicleWeighed {
        /// The reading.
        reading: ReadingId,
        /// Where.
        lane: LaneId,
        /// Which scale.
        device: DeviceId,
        /// Whose it is taken to be.
        visit: VisitId,
        /// What was measured.
        weight: Weight,
    },
    /// The load left the weighbridge: the next one is another vehicle's.
    ScaleEmptied {
        /// Where.
        lane: LaneId,
        /// Which scale.
        device: DeviceId,
    },
    /// A vehicle is taken to have gone through its lane: the next reading there is another vehicle's. It is still at the checkpoint.
    LaneLeft {
        /// Which lane.
        lane: LaneId,
        /// Which vehicle.
        visit: VisitId,
    },
    /// A vehicle began to be weighed axle by axle.
    WeighingBegan(WeighingBegun),
    /// An officer ended it.
    WeighingEnded(WeighingEnd),
    /// A vehicle could not be weighed.
    WeighingRefused(WeighingRefusal),
    /// A seal was read.
    SealRead {
        /// The reading.
        reading: ReadingId,
        /// Where.
        lane: LaneId,
        /// Which reader.
        device: DeviceId,
        /// Whose it is taken to be.
        visit: VisitId,
        /// As it was read.
        seal: SealReading,
    },
    /// Something was scanned.
    Scanned(Scanned),
    /// The same was scanned again a moment later.
    ScanRepeated(ScanRepeated),
    /// A scan that waited for its vehicle has one.
    ScanAssigned(ScanAssigned),
    /// A reading belongs to another visit than was thought.
    ReadingAssigned {
        /// Which reading.
        reading: ReadingId,
        /// Where it had been.
        from: VisitId,
        /// Where it belongs.
        to: VisitId,
    },

    /// The papers name these seals.
    SealsExpected {
        /// For which visit.
        visit: VisitId,
        /// Their numbers.
        seals: Vec<String>,
    },
    /// An officer looked at a seal.
    SealInspected {
        /// For which visit.
        visit: VisitId,
        /// Its number.
        seal: String,
        /// What was found.
        found: SealFinding,
    },
    /// A seal was judged against the papers.
    SealJudged {
        /// For which visit.
        visit: VisitId,
        /// Its number.
        seal: String,
        /// The verdict.
        verdict: SealVerdict,
        /// The article behind it.
        article: String,
    },
    /// The mass of the empty vehicle became known.
    TareRecorded {
        /// For which visit.
        visit: VisitId,
        /// How much.
        tare: Kilograms,
        /// Where the number comes from.
        source: String,
    },
    /// Declared and measured weight were compared.
    WeightCompared {
        /// For which visit.
        visit: VisitId,
        /// The numbers and the verdict.
        comparison: WeightComparison,
    },

    /// Prior information came in (art. 66, 250.2). Nothing runs from it, and nothing waits for it.
    PriorInformationRecorded {
        /// What was told.
        information: Box<PriorFacts>,
    },
    /// Prior information is about this visit: an officer said so, or the plate alone fitted.
    PriorInformationLinked {
        /// Which visit.
        visit: VisitId,
        /// Which prior information.
        prior: PriorId,
    },
    /// Prior information is about another vehicle; it waits again.
    PriorInformationUnlinked {
        /// The visit that it was linked to.
        visit: VisitId,
        /// Which prior information.
        prior: PriorId,
    },
    /// A notice was laid beside the prior information about the same goods.
    PriorInformationCompared(PriorComparison),
    /// Prior information was taken back, or its vehicle will not come.
    PriorInformationWithdrawn {
        /// Which.
        prior: PriorId,
        /// Why, in words.
        reason: String,
    },
    /// A vehicle was compared with what transport control lets it weigh: a fact, which holds nobody (art. 8(18), 192.9).
    VehicleMassCompared {
        /// For which visit.
        visit: VisitId,
        /// The numbers and the verdict.
        comparison: Box<MassComparison>,
    },
    /// An arrival notice was registered (art. 250, 251), complete or not.
    NoticeRegistered {
        /// For which visit.
        visit: VisitId,
        /// Local number.
        number: String,
        /// 1 for the first, 2 for its first correction, …
        revision: u32,
        /// What was submitted.
        notice: Box<NoticeDraft>,
        /// What is missing, in the law's order.
        missing: Vec<MissingRow>,
        /// What looks wrong and hinders nothing.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        warnings: Vec<Warning>,
        /// The edition that says so.
        edition: String,
    },
    /// What filed papers say was checked against what the law wants them to say (art. 267.1, 280.3). Nothing is refused for it: the body decides.
    PapersContentChecked(PapersContent),
    /// A consignment of the visit became known.
    ConsignmentRecorded {
        /// Of which visit.
        visit: VisitId,
        /// Its number.
        consignment: ConsignmentNo,
        /// Declared gross weight, if the notice states one.
        gross: Option<Kilograms>,
    },
    /// Goods were presented (art. 252.4).
    GoodsPresented {
        /// Of which visit.
        visit: VisitId,
        /// Which consignment.
        consignment: ConsignmentNo,
        /// When they count as presented, where that is not when it was recorded (AMB-10 read as the arrival).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        as_of: Option<Timestamp>,
    },
    /// Papers were filed.
    PapersFiled {
        /// Of which visit.
        visit: VisitId,
        /// For which consignment.
        consignment: ConsignmentNo,
        /// What.
        papers: PapersKind,
        /// Reference as filed.
        reference: String,
    },
    /// Papers were registered.
    PapersRegistered {
        /// Of which visit.
        visit: VisitId,
        /// For which consignment.
        consignment: ConsignmentNo,
        /// What.
        papers: PapersKind,
        /// Number given.
        number: String,
    },
    /// Papers were refused: as if never filed (art. 288.6).
    PapersRefused(PapersRefusal),
    /// Goods were released.
    GoodsReleased {
        /// Of which visit.
        visit: VisitId,
        /// Which consignment.
        consignment: ConsignmentNo,
        /// Under which procedure.
        procedure: PapersKind,
    },

    /// An officer recorded an act.
    ActRecorded {
        /// All of it.
        act: Box<ActFacts>,
    },
    /// A consignment turned out to be several.
    ConsignmentSplit(Split),
    /// Consignments turned out to be one.
    ConsignmentsMerged {
        /// Of which visit.
        visit: VisitId,
        /// Which.
        consignments: Vec<ConsignmentNo>,
        /// What they are now.
        into: ConsignmentNo,
        /// Why.
        reason: String,
    },

    /// A legal term began to run.
    ClockStarted {
        /// The term.
        clock: Box<ClockFacts>,
    },
    /// A warning limit of a clock was reached.
    ClockNearing {
        /// Which.
        clock: ClockId,
        /// How long is left, in minutes.
        minutes_left: u32,
    },
    /// What is to be done immediately was still not done (AMB-21).
    ClockStillOpen {
        /// Which.
        clock: ClockId,
        /// How long it had been open, in minutes.
        minutes: u32,
    },
    /// What stops the clock was filed, not yet registered; a refusal undoes it (art. 288.6).
    ClockStoppedProvisionally {
        /// Which.
        clock: ClockId,
        /// As of when.
        as_of: Timestamp,
    },
    /// The clock stopped for good.
    ClockStopped {
        /// Which.
        clock: ClockId,
        /// As of when: of filing, not of registration (AMB-11).
        as_of: Timestamp,
    },
    /// A provisional stop was undone; the term is what it was.
    ClockRestored {
        /// Which.
        clock: ClockId,
    },
    /// The term ran out.
    ClockExpired {
        /// Which.
        clock: ClockId,
    },

    /// An alarm was raised.
    AlarmRaised {
        /// Its number.
        alarm: AlarmId,
        /// All that made it true.
        facts: Box<AlarmFacts>,
    },
    /// The same cause came again while the alarm was open.
    AlarmRepeated {
        /// Which.
        alarm: AlarmId,
        /// How often by now.
        count: u32,
    },
    /// What the portal and the agent think of a radiation alarm, at the end of the occupancy.
    AlarmAssessed {
        /// Which.
        alarm: AlarmId,
        /// Who found it.
        agreement: Agreement,
        /// The largest z-value of the whole occupancy.
        z: Option<Decimal>,
    },
    /// The condition behind an alarm is over.
    AlarmEnded {
        /// Which.
        alarm: AlarmId,
    },
    /// An officer saw an alarm.
    AlarmAcknowledged {
        /// Which.
        alarm: AlarmId,
    },
    /// Nobody acknowledged an alarm of the first priority in time.
    AlarmEscalated {
        /// Which.
        alarm: AlarmId,
    },
    /// An officer decided an alarm, or corrected the decision.
    AlarmDecided {
        /// Which.
        alarm: AlarmId,
        /// The judgement.
        decision: Box<AlarmDecision>,
    },
    /// An officer stopped the sound at a workplace.
    SoundSilenced {
        /// Which alarms sounded.
        alarms: Vec<AlarmId>,
    },
    /// An officer signed in.
    OfficerSignedIn,
    /// An officer signed out.
    OfficerSignedOut,
    /// A vehicle may leave (art. 186.6, 453.3).
    ExitPermitted {
        /// Which visit.
        visit: VisitId,
    },
    /// A vehicle left.
    VehicleLeft {
        /// Which visit.
        visit: VisitId,
    },

    /// These days off hold from now; running terms were computed again where they changed.
    CalendarApplied {
        /// The calendar, with its text.
        calendar: Box<Calendar>,
        /// Where it came from.
        origin: Origin,
    },
    /// These working hours hold from now; running terms were computed again where they changed.
    TimetableApplied {
        /// The timetable, with its text.
        timetable: Box<Timetable>,
        /// Where it came from.
        origin: Origin,
    },
    /// A directive of the hub was followed, or refused for what it says.
    DirectiveAnswered(DirectiveAnswer),
    /// A directive came that the hub's key did not sign. Its number is not used up: the true one may still come.
    DirectiveDistrusted(DistrustedDirective),
    /// A term was computed again from its own trigger, and ends at another moment or is remarked otherwise.
    ClockRecomputed {
        /// The term as it is now.
        clock: Box<ClockFacts>,
        /// When it ended before.
        before: Timestamp,
        /// What made it change, such as `calendar kz-2026-2`.
        because: String,
    },
    /// Running terms are computed again, step by step, and have been so far.
    ClocksRecomputedThrough(Reached),
    /// A term does not apply any more: it was neither kept nor missed.
    ClockWithdrawn {
        /// Which.
        clock: ClockId,
        /// Why, by name, such as an exception of the law.
        because: String,
    },
}
