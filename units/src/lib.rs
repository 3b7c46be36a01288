//! A number and its unit.
//!
//! Two fields of one portal line look alike and mean counts per second in one record and counts per fifth of a second in the
//! next; a scale says tonnes and a document says kilograms. A type per unit makes the compiler ask. Each quantity has the
//! arithmetic that makes sense and no more: masses add, rates compare, nothing multiplies two masses.
//!
//! Promises: masses are exact decimals, no conversion rounds, overflow saturates or is an `Option` and never panics, and every
//! `Display` names the unit. Quantities serialise as the bare number (masses as a decimal string), so that the name of the field has to
//! carry the unit.
//!
//! Deliberately absent: prefixes in general, unit parsing, floats.
#![no_std]

mod count;
mod mass;
mod motion;

pub use count::{Counts, CountsPerSecond, MilliCountsPerSecond, MilliSigma};
pub use mass::{Kilograms, MassUnit};
pub use motion::{Microdegrees, MillimetresPerSecond, Percent};

/// Declares a newtype over an integer with `Display` in its unit, serialised as the bare number.
macro_rules! quantity {
    ($(#[$doc:meta])* $name:ident($inner:ty) in $unit:literal) => {
        $(#[$doc])*
        #[derive(
            Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
        )]
        #[serde(transparent)]
        pub struct $name(pub $inner);

        impl core::fmt::Display for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                write!(f, concat!("{} ", $unit), self.0)
            }
        }
    };
}
use quantity;
