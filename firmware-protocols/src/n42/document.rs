//! A document in memory: as much of N42.42-2012 as a portal uses, in the order of the schema.
//!
//! Numbers are decimals, never floats: what was counted is written as it was counted.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use jiff::Timestamp;
use jiff::tz::Offset;
use rust_decimal::Decimal;

/// `RadInstrumentData`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Document {
    /// The document's own UUID.
    pub uuid: Option<String>,
    /// When it was written.
    pub written: Option<Stamp>,
    /// Remarks about the whole.
    pub remarks: Vec<String>,
    /// The program that wrote it.
    pub creator: Option<String>,
    /// The instrument.
    pub instrument: Instrument,
    /// Its detectors; at least one.
    pub detectors: Vec<Detector>,
    /// Ids of the things that were measured.
    pub items: Vec<String>,
    /// Energy windows.
    pub windows: Vec<Windows>,
    /// Ids of energy calibrations, with their coefficients.
    pub calibrations: Vec<(String, Vec<Decimal>)>,
    /// Groups of measurements.
    pub groups: Vec<Group>,
    /// Measurements.
    pub measurements: Vec<Measurement>,
    /// Whether the document has data derived from measurements, which some devices send with an alarm.
    pub derived: bool,
    /// Results.
    pub analyses: Vec<Analysis>,
}

/// A moment and the offset from UTC in which it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stamp {
    /// The moment.
    pub at: Timestamp,
    /// The offset.
    pub offset: Offset,
}

impl Stamp {
    /// `2026-05-01T10:15:14.062+05:00`: milliseconds, and an offset always.
    fn digits(self) -> [u8; 29] {
        let local = self.offset.to_datetime(self.at);
        let seconds = self.offset.seconds();
        let mut text = *b"0000-00-00T00:00:00.000+00:00";
        let mut put = |end: usize, length: usize, number: i32| {
            let mut left = number.unsigned_abs();
            for place in text.iter_mut().take(end).rev().take(length) {
                *place = b'0' + (left % 10) as u8;
                left /= 10;
            }
        };
        put(4, 4, local.year().into());
        put(7, 2, local.month().into());
        put(10, 2, local.day().into());
        put(13, 2, local.hour().into());
        put(16, 2, local.minute().into());
        put(19, 2, local.second().into());
        put(23, 3, local.subsec_nanosecond() / 1_000_000);
        put(26, 2, seconds / 3600);
        put(29, 2, seconds / 60 % 60);
        if seconds < 0 {
            text[23] = b'-';
        }
        text
    }

    /// As it is shown.
    pub(crate) fn text(self) -> String {
        shown(&self.digits()).into()
    }
}

fn shown(digits: &[u8; 29]) -> &str {
    core::str::from_utf8(digits).unwrap_or_default()
}

impl fmt::Display for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(shown(&self.digits()))
    }
}

/// `RadInstrumentInformation`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Instrument {
    /// Its id within the document.
    pub id: String,
    /// Who made it.
    pub manufacturer: String,
    /// Its serial number or name.
    pub identifier: Option<String>,
    /// Its model.
    pub model: String,
    /// What is to be said of it.
    pub description: Option<String>,
    /// Its class, such as `Portal Monitor`.
    pub class: String,
    /// Components and their versions; at least one.
    pub versions: Vec<(String, String)>,
}

/// `RadDetectorInformation`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Detector {
    /// Its id within the document.
    pub id: String,
    /// Its name.
    pub name: Option<String>,
    /// What it detects.
    pub category: Category,
    /// Its kind, such as `PVT`.
    pub kind: String,
    /// What is to be said of it; required of the kind `Other`.
    pub description: Option<String>,
}

/// What a detector detects, or an alarm is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Category {
    /// Photons.
    Gamma,
    /// Neutrons.
    Neutron,
    /// Anything else that the schema names.
    Other,
}

/// `EnergyWindows`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Windows {
    /// Its id within the document.
    pub id: String,
    /// Where each begins, keV.
    pub starts: Vec<Decimal>,
    /// Where each ends, keV.
    pub ends: Vec<Decimal>,
}

/// `RadMeasurementGroup`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Its id within the document: `OCC-n` for an occupancy.
    pub id: String,
    /// Its UUID.
    pub uuid: Option<String>,
}

/// `RadMeasurement`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Measurement {
    /// Its id within the document.
    pub id: String,
    /// The groups it belongs to.
    pub groups: Vec<String>,
    /// The things it measured.
    pub items: Vec<String>,
    /// Remarks about it.
    pub remarks: Vec<String>,
    /// What it is.
    pub class: Class,
    /// When it began. Never `None` in what is written; a file may lack it.
    pub start: Option<Stamp>,
    /// How long it took, in seconds.
    pub real_time_s: Option<Decimal>,
    /// Spectra.
    pub spectra: Vec<Spectrum>,
    /// Counts.
    pub counts: Vec<GrossCounts>,
    /// Dose rates.
    pub dose_rates: Vec<DoseRate>,
    /// Faults of the instrument during it.
    pub faults: Vec<Fault>,
    /// The speed of the thing measured, in metres per second.
    pub speed_m_s: Option<Decimal>,
    /// Whether the portal was occupied.
    pub occupied: Option<bool>,
}

/// `MeasurementClassCode`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Class {
    /// Of the thing that is looked at.
    Foreground,
    /// Of nothing but the surroundings.
    Background,
    /// Of a known source.
    Calibration,
    /// Of the detector's own activity.
    IntrinsicActivity,
    /// Not said.
    #[default]
    NotSpecified,
}

/// `Spectrum`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spectrum {
    /// Its id within the document.
    pub id: String,
    /// The detector, if it is named.
    pub detector: Option<String>,
    /// The energy calibration.
    pub calibration: Option<String>,
    /// Live time in seconds.
    pub live_time_s: Option<Decimal>,
    /// Counts in each channel, expanded.
    pub channels: Vec<Decimal>,
}

/// `GrossCounts`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GrossCounts {
    /// Its id within the document.
    pub id: String,
    /// The detector.
    pub detector: String,
    /// The energy windows, if there are more than one number.
    pub windows: Option<String>,
    /// Live time in seconds.
    pub live_time_s: Option<Decimal>,
    /// One number for each window.
    pub counts: Vec<Decimal>,
}

/// `DoseRate`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DoseRate {
    /// Its id within the document.
    pub id: String,
    /// The detector.
    pub detector: String,
    /// Microsieverts per hour.
    pub usv_h: Decimal,
}

/// `Fault`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// A code.
    pub code: String,
    /// A sentence.
    pub description: String,
    /// How bad it is.
    pub severity: Severity,
}

/// `FaultSeverityCode`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Severity {
    /// It does not measure.
    Fatal,
    /// Its results cannot be relied on.
    Error,
    /// Its results may be affected.
    Warning,
}

/// `AnalysisResults`. It refers to exactly one kind of thing: a group here.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Analysis {
    /// The groups that were analysed.
    pub groups: Vec<String>,
    /// Remarks about it.
    pub remarks: Vec<String>,
    /// The name of the algorithm.
    pub algorithm: Option<String>,
    /// Components of it and their versions.
    pub versions: Vec<(String, String)>,
    /// Its settings: name, value, unit.
    pub settings: Vec<[String; 3]>,
    /// What came out, in a sentence.
    pub description: Option<String>,
    /// Alarms.
    pub alarms: Vec<Alarm>,
    /// Rates.
    pub rates: Option<CountRates>,
    /// Faults.
    pub faults: Vec<Fault>,
}

/// `RadAlarm`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alarm {
    /// The detectors that alarmed.
    pub detectors: Vec<String>,
    /// When it began.
    pub at: Option<Stamp>,
    /// What about.
    pub category: Category,
    /// A sentence, or the name of a nuclide.
    pub description: Option<String>,
}

/// `GrossCountAnalysisResults`, counts per second.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CountRates {
    /// The largest rate.
    pub maximum: Option<Decimal>,
    /// The rate of the background.
    pub background: Option<Decimal>,
}

impl Category {
    /// As the schema spells it.
    pub fn code(self) -> &'static str {
        match self {
            Category::Gamma => "Gamma",
            Category::Neutron => "Neutron",
            Category::Other => "Other",
        }
    }
}

impl Class {
    /// All of them.
    pub const ALL: [Class; 5] = [
        Class::Foreground,
        Class::Background,
        Class::Calibration,
        Class::IntrinsicActivity,
        Class::NotSpecified,
    ];

    /// As the schema spells it.
    pub fn code(self) -> &'static str {
        match self {
            Class::Foreground => "Foreground",
            Class::Background => "Background",
            Class::Calibration => "Calibration",
            Class::IntrinsicActivity => "IntrinsicActivity",
            Class::NotSpecified => "NotSpecified",
        }
    }
}

impl Severity {
    /// As the schema spells it.
    pub fn code(self) -> &'static str {
        match self {
            Severity::Fatal => "Fatal",
            Severity::Error => "Error",
            Severity::Warning => "Warning",
        }
    }
}
