//! Electronic seals and terminals: one message for each report that a story tells.

use std::time::Duration;

use firmware_protocols::seal::egts::record::{self, Place, Subrecord, TELEDATA_SERVICE};
use firmware_protocols::seal::egts::{self, Packet, PacketType};
use firmware_protocols::seal::{Message, Position, SealEvent, jointech};
use units::Percent;

use super::{Apparatus, Instead, Saying, Start};
use crate::story::{Act, SealState};

/// A seal of Jointech that says where it is, and nothing of which the meaning is not known.
#[derive(Debug)]
pub(super) struct Jointech {
    start: Start,
    messages: u32,
}

impl Jointech {
    pub(super) fn new(start: Start) -> Jointech {
        Jointech { start, messages: 0 }
    }
}

impl Apparatus for Jointech {
    fn can(&self, act: &Act) -> Result<(), Instead> {
        let Act::Reports { state, .. } = act else { return Err("a seal reports") };
        if *state == SealState::Intact {
            Ok(())
        } else {
            Err("what its event numbers mean is not known: let a json seal be opened")
        }
    }

    fn befalls(&mut self, at: Duration, act: &Act, out: &mut Vec<Saying>) {
        let Act::Reports { seal, .. } = act else { return };
        self.messages += 1;
        let clock = self.start.clock(at);
        let message = Message {
            seal: seal.clone(),
            command: "P45".to_owned(),
            message_id: Some(jointech::message_id(Some(clock), self.messages)),
            device_time: Some(clock),
            relayed_at: None,
            event: Some(SealEvent::Maker(0)),
            locked: None,
            housing: None,
            battery_percent: Percent::new(87),
            position: Position::NoFix,
            card: None,
            trip: None,
            tag: None,
            fields: Vec::new(),
        };
        out.extend(jointech::encode_event(&message).map(|bytes| (at, bytes)));
    }
}

/// A terminal of EGTS: that it has no fix, and whether the sensor of its housing has moved it to say so.
#[derive(Debug)]
pub(super) struct Terminal {
    start: Start,
    /// Of packets and records; begins anew after 65 535.
    running: u16,
}

impl Terminal {
    pub(super) fn new(start: Start) -> Terminal {
        Terminal { start, running: 0 }
    }
}

impl Apparatus for Terminal {
    fn can(&self, act: &Act) -> Result<(), Instead> {
        let Act::Reports { seal, state } = act else { return Err("a seal reports") };
        if seal.parse::<u32>().is_err() {
            Err("an EGTS terminal has a number of digits, up to 4294967295")
        } else if *state == SealState::Opened {
            Err("which of its loops is the seal is the site's to say: let its housing be opened")
        } else {
            Ok(())
        }
    }

    fn befalls(&mut self, at: Duration, act: &Act, out: &mut Vec<Saying>) {
        let Act::Reports { seal, state } = act else { return };
        let Ok(object) = seal.parse() else { return };
        self.running = self.running.wrapping_add(1);
        let place = Place {
            at: self.start.clock(at),
            position: Position::NoFix,
            from_memory: false,
            odometer_hm: 0,
            inputs: 0,
            source: if *state == SealState::HousingOpened { 10 } else { 0 },
            source_data: None,
        };
        let record = record::Record {
            object: Some(object),
            parts: vec![Subrecord::Place(place)],
            ..record::Record::of(self.running, TELEDATA_SERVICE)
        };
        let packet = Packet {
            id: self.running,
            kind: PacketType::Data,
            answers: None,
            records: vec![record],
        };
        out.extend(egts::encode(&packet).map(|bytes| (at, bytes)));
    }
}
