//! How a portal is set: what its setup block said, or what is assumed until it has spoken.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use units::MilliSigma;

/// What the evaluation needs to know about a portal's setup.
///
/// The device tells it once a day and at power-up; until then the configured values are used and every result says so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PortalSettings {
    /// N of the gamma test (`SG1`), in thousandths of a sigma.
    pub n_sigma_milli: MilliSigma,
    /// Intervals of 0.2 s that the gamma test adds up (`SG1`).
    pub intervals: u8,
    /// Intervals of 0.2 s that the occupancy is held after the sensor is free (`SG1`).
    pub hold_in_intervals: u8,
    /// Which groups the gamma test adds up (`SG2`).
    pub algorithm: Algorithm,
    /// Averaging time of the gamma background (`SG3`).
    pub background_time_s: u16,
    /// Seconds after which the neutron test begins anew (`SN1`).
    pub neutron_max_intervals: u8,
    /// The limits of the neutron test for firmware that does not send them (`NX`).
    pub neutron_upper: Decimal,
    /// See [`PortalSettings::neutron_upper`].
    pub neutron_lower: Decimal,
    /// Where the numbers of the gamma test are from.
    pub origin: SettingsOrigin,
}

/// Where settings are from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SettingsOrigin {
    /// From the site's configuration: the device has not told its own yet.
    #[default]
    Assumed,
    /// From the device's setup block, all of it.
    Device,
}

/// The groups of the gamma test, as the four digits of `SG2`.
///
/// SUM and VERTICAL are confirmed by recordings (34 720 intervals without a contradiction). Which pairs HORIZONTAL means is unknown, and
/// SINGLE was never on: both are carried and not evaluated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Algorithm {
    /// All four detectors.
    pub sum: bool,
    /// Pairs across the pillars; which ones is unknown.
    pub horizontal: bool,
    /// Each pillar: {1, 2} and {3, 4}.
    pub vertical: bool,
    /// Each detector alone.
    pub single: bool,
}

impl Default for Algorithm {
    /// `1010`, as every recorded portal was set.
    fn default() -> Algorithm {
        Algorithm { sum: true, horizontal: false, vertical: true, single: false }
    }
}

impl Default for PortalSettings {
    /// The setup of the one portal whose setup block was recorded; the neutron limits are those of the two portals that send them.
    fn default() -> PortalSettings {
        PortalSettings {
            n_sigma_milli: MilliSigma(5000),
            intervals: 5,
            hold_in_intervals: 10,
            algorithm: Algorithm::default(),
            background_time_s: 20,
            neutron_max_intervals: 3,
            neutron_upper: Decimal::new(950_437_640, 8),
            neutron_lower: Decimal::new(-99_599_343, 8),
            origin: SettingsOrigin::Assumed,
        }
    }
}
