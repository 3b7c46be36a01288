//! What an indicator tells of a number besides the number: lamps, doubts, the interval in which it counts.
//!
//! Each is set only by a dialect that tells it. A flag that is not set means "not told", never "told that it is not so"; nothing may be
//! concluded from its absence.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// What an indicator tells besides the number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Flags {
    /// The scale stands in the middle of its zero.
    #[serde(skip_serializing_if = "is_false")]
    pub center_of_zero: bool,
    /// Switched on, and not set to zero since: the number may be off by anything, and is no record.
    #[serde(skip_serializing_if = "is_false")]
    pub not_zeroed: bool,
    /// The indicator could not find its zero: the number is no record.
    #[serde(skip_serializing_if = "is_false")]
    pub zero_error: bool,
    /// A tare is set.
    #[serde(skip_serializing_if = "is_false")]
    pub tare_active: bool,
    /// Somebody pressed the key for printing.
    #[serde(skip_serializing_if = "is_false")]
    pub print_request: bool,
    /// The number is finer than the verified interval: for the technician, no record.
    #[serde(skip_serializing_if = "is_false")]
    pub high_resolution: bool,
    /// The display is held: the number is of an earlier moment.
    #[serde(skip_serializing_if = "is_false")]
    pub hold: bool,
    /// The number is of the second scale of an indicator that has two.
    #[serde(skip_serializing_if = "is_false")]
    pub second_scale: bool,
    /// The battery is low.
    #[serde(skip_serializing_if = "is_false")]
    pub low_battery: bool,
    /// The range of a multiple-range indicator, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub range: Option<u8>,
    /// The scale interval d, in the unit of the number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub increment: Option<Decimal>,
}

impl Flags {
    /// Whether nothing is told.
    pub fn is_empty(&self) -> bool {
        *self == Flags::default()
    }
}

fn is_false(flag: &bool) -> bool {
    !flag
}
