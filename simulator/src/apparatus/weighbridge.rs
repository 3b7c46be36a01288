//! Weighing indicators: what their display shows, in the bytes of their dialect.

use std::time::Duration;

use firmware_protocols::Dialect;
use firmware_protocols::weighbridge::{Display, Kind, Stability, comma, xk3190};
use units::MassUnit;

use super::{Apparatus, Instead, Saying, Start};
use crate::indicator::{Indicator, Scale, Shown};
use crate::story::Act;

/// An indicator that shows its display to the line for ever.
#[derive(Debug)]
pub(super) struct Continuous {
    indicator: Indicator,
    dialect: Dialect,
}

impl Continuous {
    pub(super) fn new(dialect: Dialect, start: Start) -> Continuous {
        Continuous { indicator: Indicator::new(start.seed, Scale::default()), dialect }
    }
}

impl Apparatus for Continuous {
    fn can(&self, act: &Act) -> Result<(), Instead> {
        if matches!(act, Act::Load { .. }) { Ok(()) } else { Err("a scale is loaded") }
    }

    fn befalls(&mut self, at: Duration, act: &Act, _: &mut Vec<Saying>) {
        if let Act::Load { gross_kg, time } = act {
            self.indicator.load(at, *time, *gross_kg);
        }
    }

    fn says(&mut self, horizon: Duration) -> Option<Saying> {
        loop {
            let (at, shown) = self.indicator.next_frame(horizon)?;
            if let Some(frame) = frame(self.dialect, shown) {
                return Some((at, frame));
            }
        }
    }
}

/// The frame of what is shown; none where the dialect has no way to show it.
fn frame(dialect: Dialect, shown: Shown) -> Option<Vec<u8>> {
    let comma = |display, stability| {
        comma::encode(comma::Flavour::Cas, display, Kind::Gross, stability, MassUnit::Kilogram)
    };
    match (dialect, shown) {
        (Dialect::Cas, Shown::Mass { kg, stable }) => {
            comma(Display::Value(kg), if stable { Stability::Stable } else { Stability::Moving })
        }
        (Dialect::Cas, Shown::Overload) => comma(Display::Overload, Stability::Moving),
        (_, Shown::Mass { kg, .. }) => xk3190::encode(kg),
        (_, Shown::Overload) => None, // the continuous frame has no sign for it
    }
}
