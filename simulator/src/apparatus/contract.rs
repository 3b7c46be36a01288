//! Devices that speak our own documented contract: plates, seals and weighings as documents of JSON (docs/protocols/json.md).

use std::time::Duration;

use firmware_protocols::seal::{Housing, Message, Position, SealEvent};
use firmware_protocols::{Reading, json};
use units::Percent;

use super::camera::{Eye, message_id};
use super::{Apparatus, Instead, Saying, Start};
use crate::cast::Device;
use crate::story::{Act, SealState};

/// Whatever the contract can say.
#[derive(Debug)]
pub(super) struct Contract {
    name: String,
    start: Start,
    eye: Eye,
    messages: u64,
}

impl Contract {
    pub(super) fn new(device: &Device, start: Start) -> Contract {
        Contract { name: device.id.clone(), start, eye: Eye::new(device, start), messages: 0 }
    }

    fn reports(&mut self, at: Duration, seal: &str, state: SealState) -> Message {
        self.messages += 1;
        let clock = self.start.clock(at);
        Message {
            seal: seal.to_owned(),
            command: "json".to_owned(),
            message_id: Some(message_id(&self.name, self.messages, clock)),
            device_time: Some(clock),
            relayed_at: None,
            event: match state {
                SealState::Intact => None,
                SealState::Opened => Some(SealEvent::ElementViolated),
                SealState::HousingOpened => Some(SealEvent::HousingViolated),
            },
            locked: Some(state != SealState::Opened),
            housing: Some(if state == SealState::HousingOpened {
                Housing::Open
            } else {
                Housing::Ok
            }),
            battery_percent: Percent::new(87),
            position: Position::NoFix,
            card: None,
            trip: None,
            tag: None,
            fields: Vec::new(),
        }
    }
}

impl Apparatus for Contract {
    fn can(&self, act: &Act) -> Result<(), Instead> {
        if matches!(act, Act::Reads { .. } | Act::Reports { .. }) {
            Ok(())
        } else {
            Err("it reads plates and reports seals")
        }
    }

    fn befalls(&mut self, at: Duration, act: &Act, out: &mut Vec<Saying>) {
        let reading = if let Act::Reports { seal, state } = act {
            Some(Reading::Seal(self.reports(at, seal, *state)))
        } else {
            self.eye.sees(at, act).map(Reading::Plate)
        };
        out.extend(reading.and_then(|reading| document(&reading)).map(|document| (at, document)));
    }
}

/// A document, with a line end for those that speak over a line.
fn document(reading: &Reading) -> Option<Vec<u8>> {
    let mut text = json::encode(reading)?;
    text.push('\n');
    Some(text.into_bytes())
}
