//! What a portal says that tells its whole state at once: registers, a document, an answer.
//!
//! TSA portals send a line for each interval; others are asked for their registers, or send a document a second. A [`Snapshot`] holds what such
//! a device gives, and `None` for what it does not give: a count whose time is not known stays a count and becomes no rate.
//!
//! Deliberately absent: what follows from one after the other (see [`super::Occupancies`]).

use alloc::string::String;
use alloc::vec::Vec;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use units::{Counts, CountsPerSecond, MilliCountsPerSecond, MillimetresPerSecond};

use super::record::Level;

/// One second, in the unit of [`Measured::interval_ms`].
const SECOND_MS: u32 = 1000;
/// Counts over so many milliseconds are told as counts of one second: clocks of devices jitter by a few per cent.
const ABOUT_A_SECOND_MS: core::ops::RangeInclusive<u32> = 950..=1050;

/// The state of a portal at one moment, as far as this device tells it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Snapshot {
    /// Whether the device's sensor sees a vehicle. `None` if it has no such sensor, or does not tell it here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub present: Option<bool>,
    /// The device's number of the vehicle: +1 when one comes, back to 0 behind 65 535.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<u16>,
    /// Which way the vehicle goes. `None` if it is not told here, or the device does not know.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub direction: Option<Direction>,
    /// Gamma.
    #[serde(skip_serializing_if = "Channel::is_silent")]
    pub gamma: Channel,
    /// Neutrons.
    #[serde(skip_serializing_if = "Channel::is_silent")]
    pub neutron: Channel,
    /// The speed of the vehicle.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub speed: Option<MillimetresPerSecond>,
    /// Whether the cabinet is open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tamper: Option<bool>,
    /// What the device says is wrong with itself, in words of its page under `docs/protocols`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<String>,
    /// What the device says caused the alarm, such as the name of a nuclide.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub identified: Vec<String>,
    /// Ambient dose rate in nanosieverts per hour.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dose_rate_nsv_h: Option<u32>,
    /// The device's own time, as text, unchecked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device_time: Option<String>,
}

/// Which way a vehicle goes, between the ends that the device numbers. Which of them lies outside the country is for the site to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Direction {
    /// From end 0 to end 1.
    #[serde(rename = "0-1")]
    From0To1,
    /// From end 1 to end 0.
    #[serde(rename = "1-0")]
    From1To0,
}

/// One radiation of a [`Snapshot`].
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Channel {
    /// Counts of all detectors.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub counts: Option<Measured>,
    /// The background that the device holds, or has just measured, of all detectors.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub background: Option<Measured>,
    /// Whether the device's own test alarms. `None` if it is not told here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alarm: Option<bool>,
    /// Whether the counts of the vacant lane are within the device's own limits. `None` if it is not told here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<Level>,
    /// Whether the channel is ready to measure. `None` if it is not told here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ready: Option<bool>,
}

/// Counts, and the time over which they were taken if it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measured {
    /// Pulses; averages have decimals.
    pub counts: Decimal,
    /// The time of counting in milliseconds. `None`: the device does not tell it, so these counts are no rate.
    pub interval_ms: Option<u32>,
}

impl Channel {
    /// Whether it says nothing.
    pub fn is_silent(&self) -> bool {
        *self == Channel::default()
    }
}

impl Measured {
    /// Whole counts over a known time.
    pub fn over(counts: Counts, interval_ms: u32) -> Measured {
        Measured { counts: Decimal::from(counts.0), interval_ms: Some(interval_ms) }
    }

    /// The rate, if the time is known and not nothing.
    pub fn rate(&self) -> Option<MilliCountsPerSecond> {
        let interval = Decimal::from(self.interval_ms?);
        let rate = self.counts.checked_mul(Decimal::from(1_000_000))?.checked_div(interval)?;
        u32::try_from(rate.round()).ok().map(MilliCountsPerSecond)
    }

    /// The rate in whole counts per second, rounded.
    pub fn whole_rate(&self) -> Option<CountsPerSecond> {
        self.rate().map(|rate| CountsPerSecond(rate.0.saturating_add(SECOND_MS / 2) / 1000))
    }

    /// The counts, if they are of about one second.
    pub fn of_a_second(&self) -> Option<Counts> {
        let known = self.interval_ms.is_some_and(|ms| ABOUT_A_SECOND_MS.contains(&ms));
        known.then(|| self.whole()).flatten()
    }

    /// The counts, rounded.
    pub fn whole(&self) -> Option<Counts> {
        u32::try_from(self.counts.round()).ok().map(Counts)
    }
}
