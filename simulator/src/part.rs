//! The part that a device plays: a model that speaks by itself, a recording, or silence until a step prompts it.

use std::time::Duration;

use firmware_protocols::Dialect;

use crate::cast::Device;
use crate::indicator::{Indicator, Scale};
use crate::portal::{Character, Portal};

/// How a device comes to speak.
#[derive(Debug)]
pub(crate) enum Part {
    /// A portal.
    Portal(Box<Portal>),
    /// What a real portal sent.
    Recording {
        /// Its lines, by the story's time.
        lines: std::vec::IntoIter<(Duration, Vec<u8>)>,
    },
    /// A weighbridge.
    Scale(Box<Indicator>),
    /// Speaks when a step tells it to.
    Prompted,
}

impl Part {
    /// The part of this device: portals are as they were recorded in 2016, scales are truck scales.
    pub(crate) fn of(device: &Device, seed: u64) -> Part {
        let dialect = device.dialect;
        if dialect == Dialect::Tsa {
            Part::Portal(Box::new(Portal::new(seed, Character::recorded_2016())))
        } else if matches!(dialect, Dialect::Xk3190 | Dialect::Cas) {
            Part::Scale(Box::new(Indicator::new(seed, Scale::default())))
        } else {
            Part::Prompted
        }
    }
}
