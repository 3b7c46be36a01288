//! Speed, place and share.

use core::fmt;

use crate::quantity;

quantity! {
    /// A speed. 1000 is walking pace (3.6 km/h).
    MillimetresPerSecond(u32) in "mm/s"
}

quantity! {
    /// A share of a whole, 0 to 100.
    Percent(u8) in "%"
}

/// Degrees of latitude or longitude (WGS 84), in millionths: 25.282170 degrees north is 25282170.
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
pub struct Microdegrees(pub i32);

impl Percent {
    /// `None` above 100.
    pub fn new(percent: u8) -> Option<Percent> {
        (percent <= 100).then_some(Percent(percent))
    }
}

impl fmt::Display for Microdegrees {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let size = self.0.unsigned_abs();
        write!(f, "{sign}{}.{:06} deg", size / 1_000_000, size % 1_000_000)
    }
}

#[cfg(test)]
mod tests {
    extern crate alloc;

    use alloc::string::ToString;

    use super::*;
    use crate::{Counts, MilliCountsPerSecond, MilliSigma};

    #[test]
    fn every_quantity_shows_its_unit() {
        let shown = [
            (MillimetresPerSecond(1355).to_string(), "1355 mm/s"),
            (Percent(41).to_string(), "41 %"),
            (Microdegrees(-500_001).to_string(), "-0.500001 deg"),
            (Counts(3).to_string(), "3 counts"),
            (MilliCountsPerSecond(6683).to_string(), "6.683 cps"),
            (MilliSigma(-250).to_string(), "-0.250 sigma"),
        ];
        for (shown, expected) in shown {
            assert_eq!(shown, expected);
        }
    }

    #[test]
    fn a_share_above_the_whole_does_not_exist() {
        assert_eq!(Percent::new(100), Some(Percent(100)));
        assert_eq!(Percent::new(101), None);
    }
}
