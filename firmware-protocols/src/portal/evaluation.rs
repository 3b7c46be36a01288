//! Our own evaluation of a portal's counts, beside the device's: k-sigma for gammas, a sequential test for neutrons.

use serde::{Deserialize, Serialize};
use units::MilliSigma;

/// How far the counts of each enabled group stand from their background.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Distance {
    /// All detectors.
    pub sum: Option<MilliSigma>,
    /// Detectors 1 and 2.
    pub pillar_12: Option<MilliSigma>,
    /// Detectors 3 and 4.
    pub pillar_34: Option<MilliSigma>,
}
