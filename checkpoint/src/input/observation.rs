//! What devices say, in the checkpoint's words: no vendor, no bytes but those kept as evidence.

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use units::{Counts, CountsPerSecond, Kilograms};

use crate::ids::DeviceId;

mod scan;

pub use scan::{
    DocumentKind, ScanChecked, ScanClaim, ScanConclusion, ScanDocument, ScanElement, ScanImage,
    ScanInspection, ScanJudge, ScanKind, ScanReading, ScanRegion,
};

/// What one device said, and when its last byte came.
#[derive(Debug, Clone, PartialEq)]
pub struct Observation {
    /// Who said it.
    pub device: DeviceId,
    /// When the last byte of it arrived.
    pub at: Timestamp,
    /// What was said.
    pub said: Said,
}

/// What a device can say.
#[derive(Debug, Clone, PartialEq)]
pub enum Said {
    /// The line to the device, or its health, is different now.
    Health(Health, String),
    /// Bytes that made no sense; counted, at most one a second.
    Fault {
        /// Kind of fault as the codec names it, such as `checksum`.
        kind: String,
        /// A sentence for the technician.
        detail: String,
        /// How many since the last report.
        count: u32,
    },
    /// A portal told how it is set up.
    PortalSetup(PortalSetup),
    /// A portal's background is normal, or not.
    Background(Background),
    /// The cabinet of a portal was opened or closed.
    Tamper {
        /// Whether it is open.
        open: bool,
    },
    /// A vehicle entered the portal.
    OccupancyBegan,
    /// A radiation alarm within the running occupancy, the moment it is first seen.
    RadiationSeen(RadiationSeen),
    /// A vehicle left the portal; all that was measured on it.
    OccupancyEnded(Screening),
    /// The weighbridge is empty.
    ScaleEmpty,
    /// A load came to rest on the weighbridge.
    WeightSettled(Weight),
    /// The first axle of a vehicle is on a scale that is shorter than it.
    AxlesBegan,
    /// That vehicle has gone from the scale, or its weighing was ended: what its axles weighed.
    AxlesWeighed(AxleSession),
    /// No vehicle is weighed axle by axle on this scale: what it says to an officer's end of a weighing of which it knows nothing, because that
    /// had ended by itself, or the agent began anew.
    NoAxles,
    /// The load cannot be weighed.
    WeightRefused(WeightRefusal),
    /// A seal was read, or reported by itself.
    Seal(SealReading),
    /// A number plate was read.
    Plate(PlateReading),
    /// Something was scanned, or the result of an inspection by X-rays was handed over.
    Scan(ScanReading),
    /// The same was read again by the same reader: counted there, so that a reader that sticks does not tell each repetition.
    ScanRepeated {
        /// What was scanned.
        scan: ScanReading,
        /// How often, since it was told before.
        times: u32,
        /// When it was read last.
        last: Timestamp,
    },
}

/// Whether a device can be relied on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Health {
    /// Valid frames come as often as they should.
    Online,
    /// The line is there, but nothing valid came for three periods.
    Silent,
    /// Bytes come, but they are not this dialect: speed, parity or protocol.
    Mismatch,
    /// The port or connection is gone; it is tried again.
    Offline,
}

/// A portal's own settings, as its setup block or the configuration gives them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PortalSetup {
    /// Alarm threshold of the gamma test, in standard deviations.
    pub n_sigma: Decimal,
    /// Length of the sliding sum in intervals of 200 ms.
    pub intervals: u8,
    /// Four digits: sum, horizontal, vertical, single.
    pub algorithm: String,
    /// Averaging time of the background, in seconds.
    pub background_time_s: u16,
    /// Firmware as it names itself, if it did.
    pub firmware: Option<String>,
    /// True until the portal itself has told its settings.
    pub assumed: bool,
}

/// State of a portal's background.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Background {
    /// What is wrong with it, if anything.
    pub state: BackgroundState,
    /// Gamma, one value a detector.
    pub gamma: Vec<CountsPerSecond>,
    /// Median sum of the last five minutes.
    pub recent_median: Option<CountsPerSecond>,
}

/// What can be wrong with a background.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum BackgroundState {
    /// Nothing.
    Normal,
    /// Gamma above the portal's own limit (GH).
    High,
    /// Gamma below the portal's own limit (GL).
    Low,
    /// Neutron above the portal's own limit (NH).
    NeutronHigh,
    /// Shielded while nobody is in the beam: the next vehicle may alarm for nothing.
    Depressed,
}

/// Kind of radiation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Radiation {
    /// Photons.
    Gamma,
    /// Neutrons.
    Neutron,
}

/// Who found a radiation alarm. The device's flag is authoritative; the agent's own evaluation stands beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Agreement {
    /// Neither.
    Neither,
    /// Both.
    Agree,
    /// The portal alone.
    DeviceOnly,
    /// The agent's own evaluation alone.
    OwnOnly,
}

/// The moment a radiation alarm is first seen within an occupancy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RadiationSeen {
    /// Which.
    pub radiation: Radiation,
    /// By whom, so far.
    pub agreement: Agreement,
    /// The largest z-value over the groups, to three places; `None` without a background.
    pub z: Option<Decimal>,
    /// The threshold it was compared with.
    pub threshold: Decimal,
    /// The counts of one second at that moment; none where the portal gives counts of another time, or none at all.
    pub sum: Option<Counts>,
    /// The background that the sum was compared with.
    pub background: Option<CountsPerSecond>,
}

/// All that a portal measured on one vehicle.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Screening {
    /// First line of the occupancy.
    pub began: Timestamp,
    /// Last line of the occupancy.
    pub ended: Timestamp,
    /// How its end was known: `gx`, `implied`, `quiet`, `timeout`, `link_lost`.
    pub ended_by: String,
    /// The portal's own occupancy number.
    pub device_counter: Option<u32>,
    /// Occupancies that the portal counted and nobody heard.
    pub missed_before: u32,
    /// Number of gamma intervals, and how many of them the portal flagged.
    pub gamma_lines: u32,
    /// Gamma intervals that the portal flagged.
    pub gamma_alarm_lines: u32,
    /// Neutron intervals.
    pub neutron_lines: u32,
    /// Neutron intervals that the portal flagged.
    pub neutron_alarm_lines: u32,
    /// Gamma background before it, one value a detector.
    pub gamma_background: Option<Vec<CountsPerSecond>>,
    /// Neutron background in counts per second, as the portal states it.
    pub neutron_background_cps: Option<Decimal>,
    /// Largest sum of one second; none where the portal gives no counts of one second.
    pub max_sum: Option<Counts>,
    /// Largest z-value of the sum, and of the two pillars.
    pub max_z: Option<Decimal>,
    /// Gamma: who found an alarm.
    pub gamma: Agreement,
    /// Neutron: who found an alarm.
    pub neutron: Agreement,
    /// Threshold in force, in standard deviations.
    pub n_sigma: Decimal,
    /// Mean speed in millimetres per second, if the portal measured it.
    pub speed_mm_s: Option<u32>,
    /// Quality flags by name: see docs/protocols/tsa.md.
    pub quality: Vec<String>,
}

/// A weighing that may become evidence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Weight {
    /// Gross mass of the vehicle.
    pub gross: Kilograms,
    /// `device` if the scale itself said stable, `agent` if the settling filter did.
    pub stable_by: String,
    /// The exact frame; empty if the vehicle was weighed axle by axle, when each axle has its own.
    pub raw: Vec<u8>,
    /// The dialect of the frame; none in what was recorded before it was kept here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dialect: Option<String>,
    /// When the last byte of the frame came; of axles, when the session ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// The axles, if they were weighed one after another: `gross` is their sum.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub axles: Option<Box<AxleSession>>,
}

/// A vehicle on a scale that is shorter than it, weighed axle by axle.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AxleSession {
    /// When the first axle was on the scale.
    pub began: Timestamp,
    /// When the vehicle was taken to have gone.
    pub ended: Timestamp,
    /// What ended it: `no_weight`, `operator`, `too_many_axles`.
    pub ended_by: String,
    /// The dialect of the frames.
    pub dialect: String,
    /// In the order in which they came.
    pub axles: Vec<AxleLoad>,
    /// Axles that were on the scale and gave no number.
    pub missed: u32,
    /// How often the line to the scale was lost meanwhile.
    pub interruptions: u32,
    /// Whether the sum is the weight of the vehicle: each axle was weighed, and once.
    pub whole: bool,
}

/// One axle, or a group of axles that stood on the scale together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AxleLoad {
    /// What it weighs.
    pub mass: Kilograms,
    /// When the last byte of its frame came.
    pub at: Timestamp,
    /// `device` if the scale itself said stable, `agent` if the settling filter did.
    pub stable_by: String,
    /// The exact frame.
    pub raw: Vec<u8>,
    /// Whether it came to rest more than once: which of the numbers is its load, only a person can say.
    pub again: bool,
}

impl AxleSession {
    /// What the axles weigh together.
    pub fn sum(&self) -> Kilograms {
        self.axles.iter().map(|axle| axle.mass).sum()
    }
}

/// Why a load gives no number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum WeightRefusal {
    /// More than the scale can carry.
    Overload,
    /// Less than nothing.
    Underload,
    /// Weighed axle by axle, and not all of it.
    Incomplete,
    /// Weighed axle by axle, and an officer said that it counts for nothing.
    Discarded,
    /// The indicator was switched on, and not set to zero since.
    NotZeroed,
    /// The indicator could not find its zero.
    ZeroError,
    /// The indicator shows finer steps than it is verified for.
    HighResolution,
    /// The display is held: the number is of an earlier moment, and may be of another vehicle.
    Held,
    /// The number is no multiple of the scale interval: a damaged message, or finer steps than the verified ones.
    OffStep,
}

/// A seal as it was read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SealReading {
    /// Number as the reader gave it.
    pub number: String,
    /// What the electronics say about the seal's integrity.
    pub condition: SealCondition,
    /// Battery, in percent.
    pub battery_percent: Option<u8>,
    /// When the device says it was, unchecked.
    pub device_time: Option<String>,
    /// Message number for telling repetitions, if there is one.
    pub message: Option<String>,
    /// What the seal reports to have happened, by the classifier of the Eurasian Economic Commission: 1 sealing element violated, 2 housing
    /// violated, 3 off its route, 4 malfunction, 5 battery low, 6 silent, 7 unauthorised actions. Another number is kept, and is never "normal".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event_class: Option<u32>,
    /// The same by a number of the maker's own, whose meaning no paper gives.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maker_event: Option<u32>,
    /// Told late: it was kept while the way here was cut, and says nothing about who stands there now.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub late: bool,
}

impl SealReading {
    /// What a reader that somebody holds makes of it: the number of a seal, and nothing of its electronics.
    pub fn as_scanned(&self) -> ScanReading {
        ScanReading::new(ScanKind::Seal, self.number.clone(), ScanChecked::Nothing)
    }
}

impl SealReading {
    /// A number that was read, and nothing else: what a barcode on a mechanical seal says.
    pub fn of_number(number: impl Into<String>) -> SealReading {
        SealReading {
            number: number.into(),
            condition: SealCondition::Unknown,
            battery_percent: None,
            device_time: None,
            message: None,
            event_class: None,
            maker_event: None,
            late: false,
        }
    }
}

/// What a seal's electronics say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SealCondition {
    /// Closed and untouched.
    Intact,
    /// The locking element was opened or cut (event 01 of the EEC classifier).
    Opened,
    /// The housing was opened (event 02).
    HousingOpened,
    /// It does not say.
    Unknown,
}

/// A number plate as it was read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlateReading {
    /// The text as the camera gave it.
    pub text: String,
    /// Country of the plate, two letters, if the camera told.
    pub country: Option<String>,
    /// Confidence in percent.
    pub confidence_percent: Option<Decimal>,
    /// Which way the vehicle went, as the camera says.
    pub direction: Option<String>,
    /// Number of the camera's event, for telling repetitions.
    pub event: Option<String>,
    /// True if the camera sends it late, after its network failed.
    pub late: bool,
    /// The pictures that came with it. What they show is not in the journal; the tape of the camera has them for its time.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pictures: Vec<Picture>,
}

/// A picture that came with a reading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picture {
    /// What it shows, in the camera's word, such as `licensePlatePicture`.
    pub kind: String,
    /// The name that the camera gave it.
    pub file_name: String,
    /// Such as `image/jpeg`, if the camera says so.
    pub media_type: Option<String>,
    /// Its size.
    pub bytes: u32,
    /// SHA-256 of it, 64 hexadecimal digits.
    pub sha256: String,
}

impl PlateReading {
    /// Whether the camera is surer of this text; one that does not say how sure it is is sure.
    pub fn is_surer_than(&self, other: &PlateReading) -> bool {
        let sure = |plate: &PlateReading| plate.confidence_percent.unwrap_or(Decimal::ONE_HUNDRED);
        sure(self) > sure(other)
    }

    /// What a later message about the same sighting adds: pictures, and a text of which the camera is surer. `None` if it adds nothing.
    pub fn completed_by(&self, later: &PlateReading) -> Option<PlateReading> {
        let mut whole = self.clone();
        for picture in &later.pictures {
            if whole.pictures.iter().all(|one| one.sha256 != picture.sha256) {
                whole.pictures.push(picture.clone());
            }
        }
        if later.is_surer_than(self) {
            whole.text.clone_from(&later.text);
            whole.confidence_percent = later.confidence_percent;
            whole.country = later.country.clone().or(whole.country);
        }
        whole.direction = whole.direction.or_else(|| later.direction.clone());
        (whole != *self).then_some(whole)
    }
}
