//! What a site sets: its lanes, its devices, its limits. Plain data, checked where it is read (`edge-agent`), complete when it is here.

use jiff::SignedDuration;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use units::Kilograms;

use crate::ids::{CheckpointId, DeviceId, LaneId};
use crate::input::observation::ScanConclusion;

/// How goods move; the law's modes (art. 251.1, 252.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Motor vehicles, art. 251.1(1).
    Road,
    /// Vessels, art. 251.1(2).
    Water,
    /// Aircraft, art. 251.1(3).
    Air,
    /// Rolling stock, art. 251.1(4).
    Rail,
}

/// Which way a lane leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Into the territory.
    Inbound,
    /// Out of the territory.
    Outbound,
}

/// What a device measures or reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Family {
    /// A radiation portal monitor.
    Portal,
    /// A weighbridge.
    Weighbridge,
    /// A reader of electronic seals, or a seal that reports by itself.
    SealReader,
    /// A number plate camera.
    PlateCamera,
    /// A reader of barcodes or documents, or an X-ray system.
    Scanner,
}

/// The checkpoint as its configuration describes it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Site {
    /// The name under which it reports to the hub.
    pub checkpoint: CheckpointId,
    /// The name that people read.
    pub title: String,
    /// Five digits of the customs office; it stands before every local number.
    pub office_code: String,
    /// IANA name of the zone in which terms are computed (AMB-23), such as `Asia/Almaty`.
    pub zone: String,
    /// Lanes in the order of the board.
    pub lanes: Vec<Lane>,
    /// Every device, in the order in which a vehicle meets them within its lane.
    pub devices: Vec<Device>,
}

/// Where one vehicle at a time is checked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Lane {
    /// Its name in the configuration.
    pub id: LaneId,
    /// The name that people read.
    pub title: String,
    /// Which way it leads.
    pub direction: Direction,
    /// How goods move through it.
    pub mode: Mode,
}

/// A box with a cable.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Device {
    /// Its name in the configuration.
    pub id: DeviceId,
    /// The lane it stands in.
    pub lane: LaneId,
    /// What it measures or reads.
    pub family: Family,
    /// The vendor's way to speak, as `edge-agent decode --list` names it.
    pub dialect: String,
    /// The name that people read.
    pub title: String,
}

/// Numbers that rules compare with. Each has an author and an approval (the Code sets no tolerance and no threshold).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Limits {
    /// Version of the whole set, named in every event that used it.
    pub version: String,
    /// How far cargo weight may be from the declared gross weight.
    pub weight: Limit<WeightTolerance>,
    /// A portal background below this share of its recent median is *depressed*.
    pub background_depressed_below: Limit<Decimal>,
    /// How long two vehicles may be apart in one lane before the second is a new one although no device said so.
    pub vehicle_gap: Limit<SignedDuration>,
    /// An unacknowledged alarm of the first priority is escalated after this.
    pub escalation_after: Limit<SignedDuration>,
    /// The hub may be away this long before it is an alarm.
    pub hub_away_after: Limit<SignedDuration>,
    /// A plate read below this confidence is shown but identifies nobody, in percent.
    pub plate_confidence_percent: Limit<Decimal>,
    /// A clock that has this long left is announced, longest first.
    pub clock_warnings: Limit<Vec<SignedDuration>>,
    /// What is to be done immediately and is still open after this is announced: the law sets no number (AMB-21). None in what was recorded
    /// before there was such a limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub immediately_open: Option<Limit<SignedDuration>>,
    /// What transport control lets a vehicle weigh; none if the site has not set it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vehicle_mass: Option<Limit<VehicleMass>>,
    /// Earlier announcements of long terms, by their length; none in a journal of before there were any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock_leads: Option<Limit<Vec<ClockLead>>>,
    /// How scans are told apart, kept and told; none in a journal of before there were any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scans: Option<Limit<ScanLimits>>,
}

/// How scans are told apart, kept and told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScanLimits {
    /// The same content at the same reader within this time of the last is the same scan.
    pub repeated_within: SignedDuration,
    /// A scan at a lane without a vehicle waits so long for the next one.
    pub waits: SignedDuration,
    /// A vehicle that is taken to have gone through its lane still gets what is scanned there, so long after it was last seen or scanned: its
    /// papers are read while it stands where no device notices it.
    pub stays: SignedDuration,
    /// Conclusions of X-ray inspections that are an alarm; the others are told and shown.
    pub alarming: Vec<ScanConclusion>,
}

/// How long before its end a term is announced that is at least so long.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockLead {
    /// Terms of this length and longer, from their trigger to their end; the longest that a term reaches counts.
    pub from: SignedDuration,
    /// How long before the end, longest first.
    pub before: Vec<SignedDuration>,
}

impl Limits {
    /// How long before its end a term of this length is announced, in no particular order.
    pub fn warnings_of(&self, term: SignedDuration) -> impl Iterator<Item = SignedDuration> + '_ {
        let leads = self.clock_leads.iter().flat_map(|leads| &leads.value);
        let reached = leads.filter(|lead| lead.from <= term).max_by_key(|lead| lead.from);
        let before = reached.into_iter().flat_map(|lead| &lead.before);
        self.clock_warnings.value.iter().chain(before).copied()
    }
}

/// A number, and who answers for it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Limit<T> {
    /// The number, with its unit in its type.
    pub value: T,
    /// Who set it.
    pub author: String,
    /// The paper that approved it, or why none is needed.
    pub approval: String,
}

/// What a vehicle may weigh by the rules of transport control, which customs applies by road (art. 8(18), 192.9). The Code has no such number.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VehicleMass {
    /// The paper from which the numbers are, as an act will name it.
    pub source: String,
    /// Gross masses, by the number of axles.
    pub gross: Vec<GrossLimit>,
    /// The most that one axle may carry, if that is limited.
    pub axle: Option<Kilograms>,
}

/// The gross mass of vehicles with so many axles.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GrossLimit {
    /// How many axles; none for any number that no other row names.
    pub axles: Option<u32>,
    /// Whether it is for more axles as well.
    pub or_more: bool,
    /// The most that it may weigh.
    pub limit: Kilograms,
}

impl VehicleMass {
    /// The row for a vehicle with so many axles, or for one of which nobody knows how many.
    pub fn gross_of(&self, axles: Option<u32>) -> Option<&GrossLimit> {
        let exact = self.gross.iter().find(|row| row.axles.is_some() && row.axles == axles);
        let above = self.gross.iter().filter(|row| {
            row.or_more && axles.zip(row.axles).is_some_and(|(axles, least)| axles > least)
        });
        let above = above.max_by_key(|row| row.axles);
        exact.or(above).or_else(|| self.gross.iter().find(|row| row.axles.is_none()))
    }
}

/// The weight tolerance: the larger of a share and a mass, plus the scale's own error.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WeightTolerance {
    /// Share of the declared gross weight, in percent.
    pub percent: Decimal,
    /// At least this much.
    pub at_least: Kilograms,
    /// Error of the instrument, always stored with the weighing (art. 256.2).
    pub instrument_error: Kilograms,
}
