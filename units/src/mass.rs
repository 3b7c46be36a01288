//! Masses: exact decimals, because a weighing can become evidence and no rounding of ours may be in it.

use core::fmt;
use core::iter::Sum;
use core::ops::{Add, Neg, Sub};

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// A mass in kilograms, serialised as a decimal string.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Kilograms(pub Decimal);

/// A unit in which a scale or a paper may state a mass.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum MassUnit {
    /// Kilogram.
    #[serde(rename = "kg")]
    Kilogram,
    /// Gram: 0.001 kg.
    #[serde(rename = "g")]
    Gram,
    /// Metric tonne: 1000 kg.
    #[serde(rename = "t")]
    Tonne,
    /// International avoirdupois pound: exactly 0.45359237 kg (agreement of 1 July 1959).
    #[serde(rename = "lb")]
    Pound,
}

impl MassUnit {
    /// One of this unit, in kilograms, exactly.
    pub fn in_kilograms(self) -> Kilograms {
        Kilograms(match self {
            MassUnit::Kilogram => Decimal::ONE,
            MassUnit::Gram => Decimal::new(1, 3),
            MassUnit::Tonne => Decimal::ONE_THOUSAND,
            MassUnit::Pound => Decimal::new(45_359_237, 8),
        })
    }

    /// The symbol that stands behind the number.
    pub fn symbol(self) -> &'static str {
        match self {
            MassUnit::Kilogram => "kg",
            MassUnit::Gram => "g",
            MassUnit::Tonne => "t",
            MassUnit::Pound => "lb",
        }
    }
}

impl fmt::Display for MassUnit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.symbol())
    }
}

impl Kilograms {
    /// No mass at all.
    pub const ZERO: Kilograms = Kilograms(Decimal::ZERO);

    /// Whole kilograms.
    pub fn whole(kilograms: i64) -> Kilograms {
        Kilograms(Decimal::from(kilograms))
    }

    /// `value` in `unit`, exactly. `None` when the product does not fit 28 digits, which no scale shows.
    pub fn from_unit(value: Decimal, unit: MassUnit) -> Option<Kilograms> {
        value.checked_mul(unit.in_kilograms().0).map(|kilograms| Kilograms(kilograms.normalize()))
    }

    /// The size without the sign, for "differs by".
    pub fn abs(self) -> Kilograms {
        Kilograms(self.0.abs())
    }

    /// This share of the mass; `percent` of 5 is five per cent.
    pub fn percent(self, percent: Decimal) -> Kilograms {
        let share = self.0.saturating_mul(percent);
        Kilograms(share.checked_div(Decimal::ONE_HUNDRED).unwrap_or(share).normalize())
    }
}

impl Add for Kilograms {
    type Output = Kilograms;

    fn add(self, other: Kilograms) -> Kilograms {
        Kilograms(self.0.saturating_add(other.0))
    }
}

impl Sub for Kilograms {
    type Output = Kilograms;

    fn sub(self, other: Kilograms) -> Kilograms {
        Kilograms(self.0.saturating_sub(other.0))
    }
}

impl Neg for Kilograms {
    type Output = Kilograms;

    fn neg(self) -> Kilograms {
        Kilograms(-self.0)
    }
}

impl Sum for Kilograms {
    fn sum<I: Iterator<Item = Kilograms>>(masses: I) -> Kilograms {
        masses.fold(Kilograms::ZERO, Add::add)
    }
}

impl fmt::Display for Kilograms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} kg", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conversions_are_exact() {
        let cases = [
            ("40000", MassUnit::Kilogram, "40000"),
            ("12.34", MassUnit::Tonne, "12340"),
            ("500", MassUnit::Gram, "0.5"),
            ("1", MassUnit::Pound, "0.45359237"),
            ("-20.5", MassUnit::Kilogram, "-20.5"),
            ("0.1", MassUnit::Tonne, "100"),
        ];
        for (value, unit, kilograms) in cases {
            let mass = Kilograms::from_unit(value.parse().unwrap(), unit).unwrap();
            assert_eq!(mass.0, kilograms.parse().unwrap(), "{value} {unit}");
        }
    }

    #[test]
    fn too_large_a_mass_is_none_and_sums_do_not_panic() {
        assert_eq!(Kilograms::from_unit(Decimal::MAX, MassUnit::Tonne), None);
        assert_eq!(Kilograms(Decimal::MAX) + Kilograms(Decimal::MAX), Kilograms(Decimal::MAX));
    }

    #[test]
    fn a_share_of_a_mass_is_exact() {
        assert_eq!(Kilograms::whole(40_000).percent(Decimal::new(25, 1)), Kilograms::whole(1000));
    }
}
