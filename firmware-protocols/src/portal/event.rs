//! What a portal has to tell about one vehicle, and about itself between vehicles.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use units::{Counts, CountsPerSecond, MilliCountsPerSecond, MilliSigma, MillimetresPerSecond};

use super::evaluation::Distance;
use super::record::Level;
use super::settings::PortalSettings;
use super::snapshot::{Direction, Measured};

/// What happened at a portal. Instants are arrival times: the wire has no clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PortalEvent {
    /// A vehicle is between the pillars.
    Began {
        /// Arrival of the first scan line.
        at: Timestamp,
        /// The first gamma lines come in a burst and reach back to this instant.
        counts_since: Timestamp,
        /// The last background before the vehicle, if one was heard since the link was opened.
        gamma_background: Option<Vec<CountsPerSecond>>,
    },
    /// One gamma interval: a frame of the live plot, never evidence.
    Sample(Sample),
    /// The state of a portal that does not send lines: a frame of the live plot, never evidence.
    Shown(Shown),
    /// The first sign of an alarm in this occupancy; at most two for each radiation (our own test, then the device).
    AlarmSeen(AlarmSeen),
    /// The vehicle has left, or the portal has fallen silent.
    Ended(Box<Occupancy>),
    /// A background line, every 5 s while vacant.
    Background(Background),
    /// A door of the portal was opened (`present`) or closed.
    Tamper {
        /// Arrival of the line.
        at: Timestamp,
        /// Whether the fault is there.
        present: bool,
    },
    /// The device told its setup, or told a part of it.
    Setup {
        /// Arrival of the last line of the block.
        at: Timestamp,
        /// The settings that hold from now on.
        settings: PortalSettings,
    },
}

/// A frame of the live plot: one gamma interval of 0.2 s.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sample {
    /// Arrival of the line.
    pub at: Timestamp,
    /// The number of the gamma line in its occupancy, from 0.
    pub index: u32,
    /// Whether these counts are from before the vehicle came.
    pub before_occupancy: bool,
    /// Gamma counts in 0.2 s, detectors 1 to 4.
    pub counts: [Counts; 4],
    /// Gamma counts of all detectors over the test's window (1 s as delivered), once it is full.
    pub window_sum: Option<Counts>,
    /// The window sum above which the SUM test alarms, if a background is known.
    pub alarm_above: Option<Counts>,
    /// Distances from the background, once the window is full and if a background is known.
    pub distance: Option<Distance>,
    /// N of the gamma test.
    pub n_sigma: MilliSigma,
    /// The device flags this interval.
    pub device_alarm: bool,
    /// Neutron counts of all detectors in the last whole second.
    pub neutrons: Option<Counts>,
}

/// A frame of the live plot of a portal that tells its whole state at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    /// Arrival of the answer or document.
    pub at: Timestamp,
    /// Whether a vehicle is in the portal, or an alarm stands for one.
    pub occupied: bool,
    /// Gamma counts, over their own time.
    pub gamma: Option<Measured>,
    /// The gamma background as a rate, if one is known.
    pub background: Option<MilliCountsPerSecond>,
    /// Distance from the background, if it could be computed.
    pub distance: Option<MilliSigma>,
    /// Neutron counts, over their own time.
    pub neutron: Option<Measured>,
    /// The device flags an alarm.
    pub device_alarm: bool,
}

/// Who sees an alarm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SeenBy {
    /// The device flags it, our evaluation does not (or could not be made).
    Device,
    /// Our evaluation alone.
    Own,
    /// Both.
    Both,
}

/// The first sign of an alarm.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlarmSeen {
    /// Arrival of the line that shows it.
    pub at: Timestamp,
    /// Who says so.
    pub by: SeenBy,
    /// What was measured in that line.
    pub measure: Measure,
}

/// The measurement behind an alarm.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// Gamma radiation.
    Gamma {
        /// The number of the gamma line in its occupancy, from 0.
        index: u32,
        /// Counts of all detectors over the window, once it is full.
        window_sum: Option<Counts>,
        /// Background of all detectors.
        background: Option<CountsPerSecond>,
        /// The largest distance of the enabled groups.
        distance: Option<MilliSigma>,
        /// N of the test.
        n_sigma: MilliSigma,
    },
    /// Neutron radiation.
    Neutron {
        /// The number of the neutron line in its occupancy, from 0.
        index: u32,
        /// Counts of all detectors in this second; none where the portal gives counts of another time, or none at all.
        counts: Option<Counts>,
        /// Background of all detectors.
        background: Option<MilliCountsPerSecond>,
        /// The log-likelihood ratio of our test, in thousandths.
        likelihood_milli: Option<i32>,
        /// The ratio from which on the test alarms, in thousandths.
        upper_milli: i32,
    },
}

impl Measure {
    /// Whether this is about neutrons.
    pub fn is_neutron(&self) -> bool {
        matches!(self, Measure::Neutron { .. })
    }
}

/// One vehicle between the pillars, from beam broken to beam clear.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Occupancy {
    /// Arrival of its first scan line.
    pub began: Timestamp,
    /// Arrival of what ended it.
    pub ended: Timestamp,
    /// What ended it.
    pub ended_by: EndedBy,
    /// The device's counter, if the end was told.
    pub device_counter: Option<u32>,
    /// How many occupancies before this one were never heard, by the counter.
    pub missed_before: u32,
    /// Gamma lines, those from before the vehicle included.
    pub gamma_lines: u32,
    /// Of these, how many the device flagged.
    pub gamma_alarm_lines: u32,
    /// The first flagged gamma line, from 0.
    pub first_gamma_alarm: Option<u32>,
    /// Neutron lines.
    pub neutron_lines: u32,
    /// Of these, how many the device flagged.
    pub neutron_alarm_lines: u32,
    /// The gamma background that held: detectors 1 to 4, or all of them in one number.
    pub gamma_background: Option<Vec<CountsPerSecond>>,
    /// The neutron background, all detectors: told at the end of the occupancy.
    pub neutron_background: Option<MilliCountsPerSecond>,
    /// The largest sum of all detectors over the test's window.
    pub max_window_sum: Option<Counts>,
    /// The largest distances of each group, each on its own.
    pub max_distance: Option<Distance>,
    /// The most neutrons of all detectors in one second.
    pub max_neutrons: Option<Counts>,
    /// Device and own evaluation, gamma.
    pub gamma: Agreement,
    /// Device and own evaluation, neutron.
    pub neutron: Agreement,
    /// Speeds told during it, saturated ones left out.
    pub speeds: Vec<MillimetresPerSecond>,
    /// The settings that held.
    pub settings: PortalSettings,
    /// What is to be said against it.
    pub quality: Quality,
    /// Of a portal that tells its whole state at once: what it gave. `None` for portals that send lines.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given: Option<Box<Given>>,
}

/// What a portal without lines gave about one vehicle. What it did not give is `None`, and was not computed from something else.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Given {
    /// How the portal knew of the vehicle.
    pub presence: Presence,
    /// The device's number of the vehicle.
    pub object: Option<u16>,
    /// Which way the vehicle went, as it was told last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub direction: Option<Direction>,
    /// Gamma.
    pub gamma: GivenChannel,
    /// Neutrons.
    pub neutron: GivenChannel,
    /// The device's own faults that were seen during it.
    pub faults: Vec<String>,
    /// What the device says caused the alarm.
    pub identified: Vec<String>,
    /// The largest dose rate, in nanosieverts per hour.
    pub max_dose_rate_nsv_h: Option<u32>,
}

/// How a portal knew that a vehicle was there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    /// Its sensor saw it.
    #[default]
    Sensor,
    /// It did not: the time in which it alarmed stands for a vehicle.
    Alarm,
}

/// One radiation of [`Given`].
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct GivenChannel {
    /// The largest counts, over their own time.
    pub max: Option<Measured>,
    /// The background that was known when it began.
    pub background: Option<Measured>,
    /// Whether our own evaluation could be made.
    pub evaluated: bool,
}

/// What ended an occupancy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndedBy {
    /// The device said so (`GX`).
    Device,
    /// A background line came: the lane is vacant, the end was not heard.
    Implied,
    /// No alarm for so long that the alarm is over, of portals without a vehicle sensor.
    Quiet,
    /// No line for three seconds, no state for ten.
    Timeout,
    /// The link was lost.
    LinkLost,
}

/// Whether the device's flag and our own evaluation say the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Agreement {
    /// Neither alarms.
    #[default]
    None,
    /// Both alarm.
    Agree,
    /// The device alarms and our evaluation does not, or could not be made.
    DeviceOnly,
    /// Our evaluation alarms and the device does not.
    OwnOnly,
}

/// What is to be said against a measurement. None of it hides an alarm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Quality {
    /// The beginning was not heard: the link was opened, or a line lost, in the middle.
    pub start_truncated: bool,
    /// Occupancies before this one were never heard.
    pub missed_occupancy: bool,
    /// Gamma intervals are missing, or lines inside it were unreadable.
    pub interval_missing: bool,
    /// No background is known, so our evaluation was not made.
    pub no_background: bool,
    /// The background was below 0.85 of its five-minute median: counts that merely return to normal may alarm.
    pub background_depressed: bool,
    /// The background was above or below the device's own limits.
    pub background_fault: bool,
    /// A door of the portal was open during it.
    pub tamper_during: bool,
    /// A speed was too high to measure.
    pub speed_saturated: bool,
    /// The settings are assumed: the device has not told them yet.
    pub assumed_config: bool,
    /// The device does not tell over what time it counts, so our evaluation was not made.
    #[serde(skip_serializing_if = "is_not")]
    pub interval_unknown: bool,
    /// The device has no sensor for vehicles, or it saw none: the passage is the time in which it alarmed.
    #[serde(skip_serializing_if = "is_not")]
    pub no_presence: bool,
    /// The device reported a fault of its own.
    #[serde(skip_serializing_if = "is_not")]
    pub device_fault: bool,
}

fn is_not(flag: &bool) -> bool {
    !flag
}

/// The background, as of one background line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Background {
    /// Arrival of the line.
    pub at: Timestamp,
    /// Gamma: detectors 1 to 4, or all of them in one number. Empty if the device tells no rate.
    pub gamma: Vec<CountsPerSecond>,
    /// Gamma against the device's limits.
    pub gamma_level: Level,
    /// Gamma against its own last five minutes.
    pub depression: BackgroundLevel,
    /// Neutron, as it was told last: detectors 1 to 4, truncated, or all of them in one number.
    pub neutron: Option<Vec<CountsPerSecond>>,
    /// Neutron against the device's limits.
    pub neutron_level: Level,
}

/// The gamma background against its median of the last five minutes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BackgroundLevel {
    /// Less than half a minute of background is known: no judgement.
    Unknown,
    /// At least 0.85 of the median.
    Usual {
        /// The median of the sums of the last five minutes.
        median: CountsPerSecond,
    },
    /// Below 0.85 of the median: something shields the detectors though the lane is vacant to the sensor.
    Depressed {
        /// The median of the sums of the last five minutes.
        median: CountsPerSecond,
    },
}
