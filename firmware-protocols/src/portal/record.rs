//! The records of a portal, in units. `docs/protocols/tsa.md` gives the source of each.

use alloc::boxed::Box;
use alloc::string::String;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use units::{Counts, CountsPerSecond, MilliCountsPerSecond, MilliSigma, MillimetresPerSecond};

use super::environment::Environment;
use super::snapshot::Snapshot;
use super::spectroscopic;

/// What a portal says: one line, or its whole state. Arrays are detectors 1 to 4 unless said otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Record {
    /// `GB`, `GH`, `GL`: gamma background while the lane is vacant, every 5 s.
    GammaBackground {
        /// Whether the background is within the device's own fault limits.
        level: Level,
        /// Moving average over the background time of the setup (20 s as delivered).
        cps: [CountsPerSecond; 4],
    },
    /// `NB`, `NH`: neutron background while the lane is vacant, every 5 s, truncated to whole counts.
    NeutronBackground {
        /// Whether the background is within the device's own fault limits. No source shows a low neutron fault.
        level: Level,
        /// Truncated, not rounded: 0 is normal.
        cps: [CountsPerSecond; 4],
    },
    /// `GS`, `GA`: gamma counts of one interval of 0.2 s of an occupancy.
    GammaScan {
        /// `GA`: the device's gamma test alarms in this interval.
        alarm: bool,
        /// Counts in 0.2 s.
        counts: [Counts; 4],
    },
    /// `NS`, `NA`: neutron counts of one second of an occupancy.
    NeutronScan {
        /// `NA`: the device's neutron test alarms in this second.
        alarm: bool,
        /// Counts in 1 s.
        counts: [Counts; 4],
    },
    /// `GX`: the occupancy is over.
    OccupancyEnd {
        /// The device's counter: +1 for each occupancy, begins anew daily after the setup block and at power-up.
        counter: u32,
        /// The neutron background, all detectors together.
        neutron_background: MilliCountsPerSecond,
        /// Two further fields; 0 in every recording.
        reserved: [u32; 2],
    },
    /// `SP`: the speed of the vehicle.
    Speed(Speed),
    /// `TT`: a door of the portal is open.
    TamperFault,
    /// `TC`: all doors are closed again.
    TamperCleared,
    /// `SG1`, first of the five lines of the setup block.
    SetupGamma1(SetupGamma1),
    /// `SG2`.
    SetupGamma2(SetupGamma2),
    /// `SG3`.
    SetupGamma3(SetupGamma3),
    /// `SN1`.
    SetupNeutron1(SetupNeutron1),
    /// `SN2`.
    SetupNeutron2(SetupNeutron2),
    /// `NB1`: the neutron background with decimals, counts per second. Newer firmware only, as all records below.
    NeutronBackgroundFine([Decimal; 4]),
    /// `NC`: the constants of the neutron test. One second with `n` counts adds `n * per_count + per_second`.
    NeutronTest {
        /// −(λ1 − λ0).
        per_second: Decimal,
        /// ln(λ1 / λ0).
        per_count: Decimal,
    },
    /// `NX`: the limits of the neutron test.
    NeutronLimits {
        /// At or above: neutron alarm.
        upper: Decimal,
        /// At or below: the test begins anew.
        lower: Decimal,
    },
    /// `NZ`: the state of the neutron test after this second, sent just before its `NS`.
    NeutronState {
        /// The accumulated log-likelihood ratio.
        sum: Decimal,
        /// The same number again in every recording.
        again: Decimal,
    },
    /// `AB1`: background in energy windows 1 to 4, counts per second of all detectors.
    WindowBackground([Decimal; 4]),
    /// `AR`: `AB1` as shares of 1.
    WindowShares([Decimal; 4]),
    /// `AC`: (w3 + w4) / w1 and (w1 + w2) / (w3 + w4) of `AB1`.
    WindowRatios([Decimal; 2]),
    /// `AS`: counts in energy windows 1 to 4, all detectors, in 0.2 s.
    WindowCounts([Counts; 4]),
    /// `AM`: working values of the window test; how they follow from `AS` is unknown.
    WindowWorking([u32; 4]),
    /// `AX`: deviations of the window test; the first two from the ratios of `AC`, the rest unknown.
    WindowDeviations([Decimal; 5]),
    /// `AA`: alarm of the window test (inferred from its name).
    AdvancedAlarm(AdvancedAlarm),
    /// `RW`: unknown, always 0 in the recordings.
    Reserved([u32; 4]),
    /// The whole state at once, of portals that do not send lines.
    Snapshot(Box<Snapshot>),
    /// A line of the daily file of a spectroscopic portal.
    Spectroscopic(Box<spectroscopic::Line>),
    /// A line of the environment board in the pillar.
    Environment(Environment),
    /// A well-formed line with a tag that is not known here. Kept, because firmware grows.
    Unknown {
        /// Two to four capital letters or digits.
        tag: String,
        /// The whole line, tag included.
        raw: String,
    },
}

/// A background against the device's own fault limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Within the limits.
    #[default]
    Normal,
    /// Above the high-background limit.
    High,
    /// Below the low-background limit.
    Low,
}

/// `SP`: a speed measured by two beams, in the device's three units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Speed {
    /// Seconds for one foot, four decimals.
    pub seconds_per_foot: Decimal,
    /// Miles per hour, three decimals; 99.999 when too fast to measure.
    pub mph: Decimal,
    /// Kilometres per hour, two decimals; 160.93 when too fast to measure.
    pub kmh: Decimal,
    /// A last field; 0 in every recording.
    pub reserved: u32,
}

impl Speed {
    /// Whether the device's display was saturated: the vehicle crossed both beams within 6.9 ms, or one beam failed.
    pub fn is_saturated(&self) -> bool {
        self.mph >= Decimal::new(99_999, 3)
    }

    /// The speed, unless it is saturated.
    pub fn measured(&self) -> Option<MillimetresPerSecond> {
        if self.is_saturated() {
            return None;
        }
        // 1 km/h is 1000/3.6 mm/s.
        let speed = self.kmh.checked_mul(Decimal::from(10_000))?.checked_div(Decimal::from(36))?;
        u32::try_from(speed.round()).ok().map(MillimetresPerSecond)
    }
}

/// `SG1`: gamma limits and the gamma test.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetupGamma1 {
    /// Background above this is a high fault.
    pub high_fault_cps: CountsPerSecond,
    /// Background below this is a low fault.
    pub low_fault_cps: CountsPerSecond,
    /// How many intervals of 0.2 s the gamma test adds up; 5 make a second.
    pub intervals: u8,
    /// How many intervals of 0.2 s an occupancy is held after the sensor is free.
    pub hold_in: u8,
    /// The alarm stands this many standard deviations above the background, one decimal.
    pub n_sigma: Decimal,
    /// A last field, `P` in the recording.
    pub rest: String,
}

impl SetupGamma1 {
    /// [`SetupGamma1::n_sigma`] in thousandths.
    pub fn threshold(&self) -> MilliSigma {
        let thousandths =
            self.n_sigma.checked_mul(Decimal::ONE_THOUSAND).map(|sigma| sigma.round());
        MilliSigma(thousandths.and_then(|sigma| i32::try_from(sigma).ok()).unwrap_or(i32::MAX))
    }
}

/// `SG2`: detectors and the choice of gamma tests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetupGamma2 {
    /// Which of the detectors 1 to 4 are on line.
    pub on_line: [bool; 4],
    /// Lower level discriminator of the master pillar; the unit is not stated by any source.
    pub master_lld: Decimal,
    /// Upper level discriminator of the master pillar.
    pub master_uld: Decimal,
    /// Relay output: 0 off, 1 on, 3 automatic.
    pub relay: u8,
    /// Which groups of detectors the gamma test adds up.
    pub algorithm: super::Algorithm,
    /// Software letter, `A` or `T`.
    pub software: String,
}

/// `SG3`: gamma background and firmware.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetupGamma3 {
    /// Lower level discriminator of the slave pillar.
    pub slave_lld: Decimal,
    /// Upper level discriminator of the slave pillar.
    pub slave_uld: Decimal,
    /// The gamma background is averaged over this time.
    pub background_time_s: u16,
    /// Sigma of the throw-through alarm; 0 is off.
    pub background_sigma: u16,
    /// Firmware version, such as `1.10.1`.
    pub firmware: String,
}

/// `SN1`: the neutron test.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetupNeutron1 {
    /// Background above this is a high fault.
    pub high_fault_cps: CountsPerSecond,
    /// How many seconds the neutron test runs at most before it begins anew.
    pub max_intervals: u8,
    /// "Alpha" or "neutron FAP"; the scale is unknown.
    pub alpha: u32,
    /// "Zmax"; the scale is unknown.
    pub z_max: u32,
    /// "Sequential intervals".
    pub sequential_intervals: u8,
    /// The neutron background is averaged over this time.
    pub background_time_s: u16,
}

/// `SN2`: the discriminators of the neutron channel; units are not stated by any source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetupNeutron2 {
    /// Lower level discriminator of the master pillar.
    pub master_lld: Decimal,
    /// Upper level discriminator of the master pillar.
    pub master_uld: Decimal,
    /// Lower level discriminator of the slave pillar.
    pub slave_lld: Decimal,
    /// Upper level discriminator of the slave pillar.
    pub slave_uld: Decimal,
    /// A last field, `PP` in the recording.
    pub rest: String,
}

/// `AA`: the alarm of the window test.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdvancedAlarm {
    /// Three numbers from 1 to 3, equal in every recording.
    pub numbers: [u32; 3],
    /// A mask such as `11111A`, kept as text.
    pub mask: String,
}
