//! Weighbridges: what an indicator shows ([`Weighing`]), when a vehicle stands still on the scale ([`Settling`]), a vehicle weighed axle by axle
//! ([`Axles`]), and one that was weighed while it drove by ([`Passage`]).
//!
//! A weighing can become evidence, so each keeps its frame byte for byte, masses are decimals, and a display that shows no number
//! (blank, nines, `OL`) never gives one.
//!
//! Deliberately absent: commands to the indicator. A wrong byte can tare or zero a scale.

mod asking;
mod axles;
pub mod bilanciai;
pub mod cardinal;
pub mod comma;
mod flags;
pub mod flintec;
pub mod modbus;
pub mod nci;
mod number;
mod passage;
pub mod rice_lake;
pub mod rinstrum;
mod settling;
pub mod sics;
pub mod sma;
pub mod tenso;
pub mod tenso643;
pub mod toledo;
pub mod toledo8217;
pub mod xk3190;
pub mod xk3190_a12;
pub mod xk3190_command;
pub mod xk3190_text;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use units::{Kilograms, MassUnit};

use crate::excerpt::Raw;

pub use asking::Asker;
pub use axles::{Axle, AxleEvent, AxleSession, AxleSettings, Axles, EndedBy};
pub use flags::Flags;
pub use passage::{Passage, PassedAxle};
pub use settling::{Settled, Settling, SettlingEvent, SettlingSettings, StableBy, Unfit};

/// What an indicator showed in one frame.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Weighing {
    /// What the display says.
    pub display: Display,
    /// Gross, net or tare, if the dialect tells.
    pub kind: Kind,
    /// The indicator's own judgement, the only one with legal value.
    pub stability: Stability,
    /// The unit, if the dialect tells.
    pub unit: Option<MassUnit>,
    /// The number of the indicator on a shared line, as sent.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub address: Option<u8>,
    /// What else the indicator tells of this number.
    #[serde(skip_serializing_if = "Flags::is_empty", default)]
    pub flags: Flags,
    /// Whether a check sum protected the frame.
    pub checksum: Checksum,
    /// The frame as sent; of a line without its CR LF.
    pub raw: Raw,
}

/// What a display shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Display {
    /// A number, in the unit of the weighing, with the decimals that were shown.
    Value(Decimal),
    /// More than the scale may weigh.
    Overload,
    /// Less than zero by more than the scale allows.
    Underload,
    /// Outside the range, and the dialect does not tell on which side.
    OutOfRange,
    /// No number, and no reason.
    Blank,
    /// The indicator keeps the number back, as several do while it moves. It is there and speaks: this is not a lost device.
    Withheld,
}

/// What a number is the mass of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Everything on the scale.
    Gross,
    /// Less the tare.
    Net,
    /// The tare itself.
    Tare,
    /// The dialect does not tell.
    Unknown,
}

/// Whether the number stands still, by the indicator's own judgement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stability {
    /// It stands still.
    Stable,
    /// It moves.
    Moving,
    /// The dialect does not tell.
    Unknown,
}

/// Whether a check sum protected a frame. A frame whose check sum does not fit is a fault and no weighing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Checksum {
    /// It fits.
    Verified,
    /// The dialect has none.
    Absent,
}

impl Display {
    /// The number, if there is one.
    pub fn value(self) -> Option<Decimal> {
        match self {
            Display::Value(value) => Some(value),
            Display::Overload
            | Display::Underload
            | Display::OutOfRange
            | Display::Blank
            | Display::Withheld => None,
        }
    }

    /// With a minus that stands apart from the digits.
    pub(crate) fn negative_if(self, negative: bool) -> Display {
        match self.value() {
            Some(value) if negative => Display::Value(-value),
            Some(_) | None => self,
        }
    }
}

impl Weighing {
    /// The number in kilograms. `unit_if_silent` is the unit agreed at commissioning for dialects that do not tell it.
    ///
    /// `None` when the display shows no number.
    pub fn mass(&self, unit_if_silent: MassUnit) -> Option<Kilograms> {
        self.display
            .value()
            .and_then(|value| Kilograms::from_unit(value, self.unit.unwrap_or(unit_if_silent)))
    }

    /// A frame of which nothing but its display is told.
    pub(crate) fn shown(display: Display, frame: &[u8]) -> Weighing {
        Weighing {
            display,
            kind: Kind::Unknown,
            stability: Stability::Unknown,
            unit: None,
            address: None,
            flags: Flags::default(),
            checksum: Checksum::Absent,
            raw: Raw(frame.to_vec()),
        }
    }
}
