//! Plate cameras: one event for each plate that a story lets them read.

use std::time::Duration;

use firmware_protocols::plate::{CameraMessage, Country, Iso2, Plate, Sighting, hikvision};
use jiff::Timestamp;
use units::Percent;

use super::{Apparatus, Instead, Saying, Start};
use crate::cast::Device;
use crate::story::Act;

/// A camera that pushes documents of ISAPI.
#[derive(Debug)]
pub(super) struct Hikvision {
    eye: Eye,
}

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

    /// The next event; nothing if the act is none that a camera can see.
    pub(super) fn sees(&mut self, at: Duration, act: &Act) -> Option<CameraMessage> {
        let Act::Reads { plate, country, confidence_percent } = act else { return None };
        self.count += 1;
        let clock = self.start.clock(at);
        Some(CameraMessage::Sighting(Sighting {
            id: Some(message_id(&self.name, self.count, clock)),
            device_time: Some(clock),
            plate: Plate::Read {
                text: plate.clone(),
                original: None,
                confidence_percent: Percent::new(*confidence_percent),
                character_confidence_percent: Vec::new(),
            },
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
        }))
    }
}

/// A message has its own number, in this run and in any other.
pub(super) fn message_id(device: &str, count: u64, clock: Timestamp) -> String {
    format!("{device}-{}-{count}", clock.as_second())
}

impl Hikvision {
    pub(super) fn new(device: &Device, start: Start) -> Hikvision {
        Hikvision { eye: Eye::new(device, start) }
    }
}

impl Apparatus for Hikvision {
    fn can(&self, act: &Act) -> Result<(), Instead> {
        if matches!(act, Act::Reads { .. }) { Ok(()) } else { Err("a plate camera reads plates") }
    }

    fn befalls(&mut self, at: Duration, act: &Act, out: &mut Vec<Saying>) {
        if let Some(message) = self.eye.sees(at, act) {
            out.push((at, hikvision::encode(&message).into_bytes()));
        }
    }
}
