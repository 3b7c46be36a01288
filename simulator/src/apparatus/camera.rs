//! Plate cameras: one event for each vehicle that a story lets them see.

mod hikvision;
mod openalpr;

use std::time::Duration;

use firmware_protocols::plate::{Country, Iso2, Plate, Sighting};
use jiff::Timestamp;
use units::Percent;

use super::Start;
use crate::cast::Device;
use crate::story::Act;

pub(super) use hikvision::Hikvision;
pub(super) use openalpr::Openalpr;

/// What every camera has: a name, a clock, and a count of what it saw.
#[derive(Debug)]
pub(super) struct Eye {
    name: String,
    start: Start,
    count: u64,
}

impl Eye {
    pub(super) fn new(device: &Device, start: Start) -> Eye {
        Eye { name: device.id.clone(), start, count: 0 }
    }

    /// The next vehicle; nothing if the act is none that a camera can see.
    pub(super) fn sees(&mut self, at: Duration, act: &Act) -> Option<Sighting> {
        let Act::Reads { plate, country, confidence_percent } = act else { return None };
        self.count += 1;
        let clock = self.start.clock(at);
        Some(Sighting {
            id: Some(message_id(&self.name, self.count, clock)),
            device_time: Some(clock),
            plate: plate.as_ref().map_or(Plate::NotRead, |plate| Plate::Read {
                text: plate.clone(),
                original: None,
                confidence_percent: Percent::new(*confidence_percent),
                character_confidence_percent: Vec::new(),
            }),
            country: country
                .as_deref()
                .and_then(Iso2::parse)
                .map_or(Country::NotRecognised, Country::Known),
            lane: Some(1),
            direction: Some("forward".to_owned()),
            vehicle_type: Some("truck".to_owned()),
            dangerous_goods: None,
            container: None,
            more_follows: false,
            retransmitted: false,
            pictures: Vec::new(),
            camera: Some(self.name.clone()),
        })
    }
}

/// A message has its own number, in this run and in any other.
pub(super) fn message_id(device: &str, count: u64, clock: Timestamp) -> String {
    format!("{device}-{}-{count}", clock.as_second())
}
