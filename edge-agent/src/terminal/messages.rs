//! What the terminal's interface says, beyond the views of the checkpoint itself: sessions, orders, status, live messages.
//!
//! The types here and in [`checkpoint::view`] are the whole interface; `openapi.json` is made of them, and the screens are
//! generated from that. Words for people are not here, but for `message`, which is for whoever reads a log.

use std::collections::BTreeMap;

use checkpoint::ids::{DeviceId, LaneId, OfficerId};
use checkpoint::input::order::{NoticeDraft, PapersKind};
use checkpoint::law::act::ActProblem;
use checkpoint::view::{AlarmView, Hold, Snapshot};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What an officer may do here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Gives orders about vehicles.
    Officer,
    /// The same, and is the second pair of eyes.
    SeniorOfficer,
    /// The same, and answers for the shift.
    ShiftLead,
    /// Looks after devices; gives no order about a vehicle.
    Engineer,
}

/// A name in the list at sign-in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OfficerListed {
    /// The name in the configuration.
    pub id: OfficerId,
    /// The name that people read.
    pub name: String,
    /// What the officer may do.
    pub role: Role,
}

/// Who sits down, and where.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// Who.
    pub officer: OfficerId,
    /// The officer's own password.
    pub password: String,
    /// Where: 1 to 40 characters, as the terminal names its workplace.
    pub workplace: String,
}

/// Who is signed in here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SessionView {
    /// Who.
    pub officer: OfficerId,
    /// The name that people read.
    pub name: String,
    /// What the officer may do.
    pub role: Role,
    /// Where.
    pub workplace: String,
}

/// The whole board, and which life of the journal it belongs to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Board {
    /// The journal's epoch, 32 hexadecimal digits.
    pub epoch: String,
    /// The board.
    pub snapshot: Snapshot,
}

/// Papers before they are filed.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PapersToCheck {
    /// Which.
    pub papers: PapersKind,
    /// What they say.
    pub content: NoticeDraft,
}

/// An order was carried out, and what followed from it is on the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Recorded {
    /// The first entry that followed from it.
    pub seq: u64,
}

/// An order cannot be carried out as things stand.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Refused {
    /// Why.
    pub refusal: RefusalView,
}

/// Why an order was refused.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RefusalView {
    /// The reason by name, such as `held`.
    pub code: String,
    /// A sentence for the log.
    pub message: String,
    /// For exit permissions: everything that holds it.
    pub holds: Vec<Hold>,
    /// For acts: what is wrong with the answers.
    pub fields: Vec<ActProblem>,
}

/// A request was not served.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// What was wrong, by name, such as `bad_request`.
    pub code: String,
    /// A sentence for the log.
    pub message: String,
}

/// What time it is here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TimeView {
    /// Milliseconds since 1970 UTC.
    pub ts_ms: i64,
}

/// How a device is reached and set, and when it was heard. What was recorded of it is in its row of the board.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DeviceStatus {
    /// Its name in the configuration.
    pub id: DeviceId,
    /// Where it is, such as `tcp 192.168.10.21:1600` or `/dev/ttyUSB0 9600 8N1`.
    pub link: String,
    /// What the site sets of its dialect, by key, as JSON.
    pub settings: BTreeMap<String, String>,
    /// Keys of its dialect that the site leaves as they usually are; the page of the dialect tells how, and what of it is assumed.
    pub usual: Vec<String>,
    /// Silent for so long, it is not relied on: seconds.
    pub silence_limit_s: u64,
    /// When bytes came from it last, milliseconds since 1970 UTC; none since the agent began.
    pub heard_ms: Option<i64>,
    /// When a reading came last that made sense.
    pub reading_ms: Option<i64>,
    /// Readings that made sense, since the agent began.
    pub readings: u64,
}

/// How the agent itself is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct StatusView {
    /// The program and its journal.
    pub agent: AgentStatus,
    /// The line to the hub.
    pub hub: HubStatus,
    /// The machine's clock.
    pub clock: ClockStatus,
    /// The disk.
    pub recording: RecordingStatus,
    /// The lookup index.
    pub index: IndexStatus,
    /// Documents of passages.
    pub documents: Documents,
}

/// The program and its journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AgentStatus {
    /// Version of the program.
    pub version: String,
    /// Build of the program; pages that were loaded from another build reload themselves.
    pub build: String,
    /// The journal's epoch, 32 hexadecimal digits.
    pub epoch: String,
    /// The last entry that was decided.
    pub head_seq: u64,
    /// The last entry that is on the disk.
    pub durable_seq: u64,
}

/// The line to the hub.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HubStatus {
    /// Whether the hub answers.
    pub state: HubState,
    /// Since when; none if it never did and none is configured.
    pub since_ms: Option<i64>,
    /// Entries that the hub has not acknowledged.
    pub waiting: u64,
    /// When the oldest of them happened.
    pub oldest_ms: Option<i64>,
}

/// Whether the hub answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum HubState {
    /// It answers.
    Up,
    /// It answered before.
    Down,
    /// It has not answered since the agent began.
    Never,
    /// It answers, and refuses this journal: another key, a fork, an unknown epoch. The agent's log and the hub's page say which.
    Refused,
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ClockStatus {
    /// Whether the operating system says that it is synchronised.
    pub synchronised: bool,
}

/// The disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RecordingStatus {
    /// How it does.
    pub state: Recording,
}

/// How recording does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Recording {
    /// Well.
    Ok,
    /// It takes a worrying time.
    Slow,
    /// It has failed: nothing is decided until the agent has started anew.
    Failed,
}

/// How the writing of documents of passages (N42.42) does. Whatever it says, nothing is lost: what is not written is in the journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Documents {
    /// The site has none written.
    Off,
    /// Well.
    Ok,
    /// Their folder is not there.
    NoFolder,
    /// The disk of their folder is full.
    NoSpace,
    /// The agent may not write there.
    NotAllowed,
    /// They cannot be written for another reason, which the log tells.
    Failed,
}

/// The lookup index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct IndexStatus {
    /// Where it stands.
    pub state: IndexState,
    /// How much of a rebuild is done, in percent.
    pub progress: u8,
}

/// Where the lookup index stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum IndexState {
    /// It answers.
    Ready,
    /// It is being rebuilt from the journal; it answers what it has.
    Rebuilding,
    /// It cannot be used.
    Unavailable,
}

/// Server-sent event `hello`: always the first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Hello {
    /// Milliseconds since 1970 UTC.
    pub ts_ms: i64,
    /// The journal's epoch, 32 hexadecimal digits.
    pub epoch: String,
    /// The last durable entry.
    pub head: u64,
    /// Whether the page must load the snapshot, because what it missed is not kept any more.
    pub reset: bool,
    /// Build of the program.
    pub build: String,
    /// Who listens.
    pub user: SessionView,
}

/// Server-sent event `alarm`: decided just now, not yet on the disk.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AlarmRinging {
    /// The alarm, with `being_recorded`.
    pub alarm: AlarmView,
    /// Milliseconds since 1970 UTC.
    pub ts_ms: i64,
}

/// Server-sent event `frame`: for the live plot; may be dropped, and is never evidence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "family", rename_all = "snake_case")]
pub enum Frame {
    /// A fifth of a second of a portal.
    Portal(PortalFrame),
    /// A weighbridge.
    Weighbridge(WeighbridgeFrame),
}

impl Frame {
    /// The lane it came from.
    pub fn lane(&self) -> &LaneId {
        match self {
            Frame::Portal(frame) => &frame.lane,
            Frame::Weighbridge(frame) => &frame.lane,
        }
    }
}

/// A fifth of a second of a portal; or, while nobody is in it, one background line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PortalFrame {
    /// Where.
    pub lane: LaneId,
    /// Which portal.
    pub device: DeviceId,
    /// Arrival of the line, milliseconds since 1970 UTC.
    pub t_ms: i64,
    /// Counts of 200 ms, detectors 1 to 4; none while nobody is in the portal.
    pub gamma: Option<[u32; 4]>,
    /// Counts of all detectors over the last second, once it is full.
    pub sum_1s: Option<u32>,
    /// Standard deviations above the background, if one is known.
    pub z: Option<f64>,
    /// Gamma background of all detectors in counts per second.
    pub background: Option<u32>,
    /// The sum above which the portal's test alarms.
    pub limit: Option<u32>,
    /// Neutrons of all detectors in the last whole second.
    pub neutron: Option<u32>,
    /// Whether a vehicle is in the portal.
    pub occupied: bool,
}

/// What a weighbridge shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WeighbridgeFrame {
    /// Where.
    pub lane: LaneId,
    /// Which scale.
    pub device: DeviceId,
    /// Arrival of the frame, milliseconds since 1970 UTC.
    pub t_ms: i64,
    /// Kilograms as decimal text; none if the display shows no number.
    pub kg: Option<String>,
    /// What it shows instead.
    pub instead: Option<NoNumber>,
    /// Whether the load is at rest, by the indicator's own judgement.
    pub stable: bool,
}

/// What the display of a scale shows instead of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum NoNumber {
    /// More than the scale may weigh.
    Overload,
    /// Less than nothing.
    Underload,
    /// One of both; the indicator does not tell which.
    OutOfRange,
    /// Nothing.
    Blank,
    /// The indicator keeps the number back while it moves.
    Withheld,
}

/// Server-sent event `hb`, every second.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Heartbeat {
    /// Milliseconds since 1970 UTC.
    pub ts_ms: i64,
    /// The line to the hub.
    pub hub: HubStatus,
    /// The machine's clock.
    pub clock: ClockStatus,
    /// The disk.
    pub recording: Recording,
    /// Documents of passages.
    pub documents: Documents,
}

/// Server-sent event `lost`: recording has failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Lost {
    /// What failed, for the technician.
    pub reason: String,
}
