//! What detectors count, and how far a count stands from its background.
//!
//! Counts and rates are different types because portals send both in the same field layout.

use core::fmt;

use crate::quantity;

quantity! {
    /// Detector pulses, counted over a time that must be told along with them.
    Counts(u32) in "counts"
}

quantity! {
    /// Detector pulses in one second.
    CountsPerSecond(u32) in "cps"
}

/// Detector pulses in a thousand seconds: neutron backgrounds are a few per second, and whole numbers would lose most of them.
#[derive(
    Debug,
    Clone,
    Copy,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    serde::Serialize,
    serde::Deserialize,
)]
#[serde(transparent)]
pub struct MilliCountsPerSecond(pub u32);

/// A distance from the background in thousandths of its standard deviation: 5000 is the "5 sigma" of a portal's setting.
#[derive(
    Debug,
    Clone,
    Copy,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    serde::Serialize,
    serde::Deserialize,
)]
#[serde(transparent)]
pub struct MilliSigma(pub i32);

impl Counts {
    /// The sum of the counts of several detectors over the same time.
    pub fn sum(counts: &[Counts]) -> Counts {
        Counts(counts.iter().fold(0, |sum, one| sum.saturating_add(one.0)))
    }

    /// The rate, if these pulses were counted over one second.
    pub fn in_one_second(self) -> CountsPerSecond {
        CountsPerSecond(self.0)
    }
}

impl CountsPerSecond {
    /// The sum of the rates of several detectors.
    pub fn sum(rates: &[CountsPerSecond]) -> CountsPerSecond {
        CountsPerSecond(rates.iter().fold(0, |sum, one| sum.saturating_add(one.0)))
    }
}

impl fmt::Display for MilliCountsPerSecond {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:03} cps", self.0 / 1000, self.0 % 1000)
    }
}

impl fmt::Display for MilliSigma {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let size = self.0.unsigned_abs();
        write!(f, "{sign}{}.{:03} sigma", size / 1000, size % 1000)
    }
}
