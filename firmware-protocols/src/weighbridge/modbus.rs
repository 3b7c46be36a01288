//! Dialects `modbus-rtu` and `modbus-tcp`: weighing indicators whose weight stands in registers, by a map that the site gives.
//!
//! There is no common map: four makers' manuals have four. The map (`settings.modbus`) says where the number is, how it is written, which
//! bits mean what, and between which bounds a number is plausible: a wrong order of words gives plausible garbage otherwise.
//!
//! The bytes are those of [`crate::modbus`]. Sources and maps that were seen: `docs/protocols/modbus.md`.
//!
//! Assumed: what registers mean is the site's (`modbus`); the unit is 1 (`address`); times of the conversation (`poll_ms`, `answer_ms`, `tries`, `again_ms`).

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use super::{Checksum, Display, Kind, Stability, Weighing};
use crate::codec::{Codec, Item, Settings};
use crate::conversation::{Heard, Polling, Questions, Timing};
use crate::dialect::Reading;
use crate::fault::{Fault, FaultKind};
use crate::modbus::{self, Client, Listener, Map, Means, Outcome, Read, Wire, refusal};

/// What is usual where nothing else is set: five questions a second, answered within 300 ms.
const USUAL: Timing = Timing {
    period: Duration::from_millis(200),
    answer_within: Duration::from_millis(300),
    tries: 3,
    again_after: Duration::from_secs(2),
};

/// Reads answers without having asked.
#[derive(Debug)]
pub struct Decoder<const TCP: bool> {
    listener: Listener,
    map: Option<Map>,
}

/// Asks an indicator.
#[derive(Debug)]
pub struct Indicator {
    client: Client,
    map: Option<Map>,
    unit: u8,
}

/// [`Indicator`] over a serial line, asked again and again.
#[derive(Debug)]
pub struct Rtu;

/// [`Indicator`] over TCP, asked again and again.
#[derive(Debug)]
pub struct Tcp;

impl Rtu {
    /// The conversation with an indicator that is set so.
    #[expect(
        clippy::new_ret_no_self,
        reason = "the table of dialects makes conversations by `new`"
    )]
    pub fn new(settings: &Settings) -> Polling<Indicator> {
        Polling::new(Indicator::new(Wire::Rtu, settings), USUAL.set_by(settings))
    }
}

impl Tcp {
    /// The conversation with an indicator that is set so.
    #[expect(
        clippy::new_ret_no_self,
        reason = "the table of dialects makes conversations by `new`"
    )]
    pub fn new(settings: &Settings) -> Polling<Indicator> {
        Polling::new(Indicator::new(Wire::Tcp, settings), USUAL.set_by(settings))
    }
}

impl<const TCP: bool> Codec for Decoder<TCP> {
    fn new(settings: &Settings) -> Decoder<TCP> {
        let map = settings.modbus.clone();
        let count = map.as_ref().and_then(|map| map.read(0).ok()).map(|read| read.count);
        Decoder { listener: Listener::new(wire(TCP), count), map }
    }

    fn push(&mut self, bytes: &[u8], out: &mut Vec<Item>) {
        let map = self.map.as_ref();
        self.listener.hear(bytes, |answer| {
            out.push(answer.and_then(|(frame, words)| match words {
                Ok(words) => weighing(map, wire(TCP), frame, words),
                Err(code) => Err(Fault::new(FaultKind::Refused, refusal(code), frame)),
            }));
        });
    }

    fn cut(&mut self) -> Option<Fault> {
        self.listener.cut()
    }
}

fn wire(tcp: bool) -> Wire {
    if tcp { Wire::Tcp } else { Wire::Rtu }
}

impl Indicator {
    fn new(wire: Wire, settings: &Settings) -> Indicator {
        Indicator {
            client: Client::new(wire),
            map: settings.modbus.clone(),
            unit: settings.address.unwrap_or(1),
        }
    }
}

impl Questions for Indicator {
    fn ask(&mut self, request: &mut Vec<u8>) {
        // A map whose registers one question cannot ask for is refused with the configuration.
        if let Some(Ok(read)) = self.map.as_ref().map(|map| map.read(self.unit)) {
            self.client.ask(read, request);
        }
    }

    fn hear(&mut self, bytes: &[u8], out: &mut Vec<Item>) -> Heard {
        let frame = match self.client.hear(bytes, |fault| out.push(Err(fault))) {
            Outcome::NotYet => return Heard::NotYet,
            Outcome::Broken => return Heard::Broken,
            Outcome::Refused(code) => {
                Err(Fault::new(FaultKind::Refused, refusal(code), self.client.frame()))
            }
            Outcome::Words => weighing(
                self.map.as_ref(),
                self.client.wire(),
                self.client.frame(),
                self.client.words(),
            ),
        };
        out.push(frame);
        Heard::Answered
    }

    fn cut(&mut self) -> Option<Fault> {
        self.client.cut()
    }

    fn answers_name_their_question(&self) -> bool {
        self.client.wire() == Wire::Tcp
    }
}

fn weighing(map: Option<&Map>, wire: Wire, frame: &[u8], words: &[u16]) -> Item {
    let bad = |detail| Fault::new(FaultKind::BadField, detail, frame);
    let map = map.ok_or_else(|| bad("settings.modbus is missing: which registers?".into()))?;
    read(map, wire, frame, words).map(Reading::Weight).map_err(bad)
}

fn read(map: &Map, wire: Wire, frame: &[u8], words: &[u16]) -> Result<Weighing, String> {
    let Read { first, count, .. } = map.read(0)?;
    if words.len() != usize::from(count) {
        return Err(format!("{} registers; the map asks for {count}", words.len()));
    }
    let says = map.says(first, words)?;
    let is = |means| says.contains(&means);
    let number = map.number(first, words)?;
    let display = if is(Means::Overload) {
        Display::Overload
    } else if is(Means::Underload) {
        Display::Underload
    } else if is(Means::Error) {
        Display::Blank
    } else {
        match number {
            None => Display::Blank,
            Some(number) if map.is_plausible(number) => Display::Value(number),
            Some(number) => {
                return Err(format!(
                    "{number} {} is not between {} and {}: is the order of words right?",
                    map.unit, map.least, map.most
                ));
            }
        }
    };
    let tells = |means| map.status.iter().any(|bit| bit.means == means);
    let stability = if is(Means::Moving) || (tells(Means::Stable) && !is(Means::Stable)) {
        Stability::Moving
    } else if tells(Means::Stable) || tells(Means::Moving) {
        Stability::Stable
    } else {
        Stability::Unknown
    };
    let (unit, checksum) = match wire {
        Wire::Rtu => (frame.first(), Checksum::Verified),
        Wire::Tcp => (frame.get(modbus::TCP_UNIT_AT), Checksum::Absent),
    };
    Ok(Weighing {
        kind: if is(Means::Net) || map.net { Kind::Net } else { Kind::Gross },
        stability,
        unit: Some(map.unit),
        address: unit.copied(),
        checksum,
        ..Weighing::shown(display, frame)
    })
}
