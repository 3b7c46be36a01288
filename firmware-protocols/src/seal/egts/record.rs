//! Records and subrecords of EGTS: who, when, where, and the loop that a seal is.
//!
//! ```text
//! 18 00  61 00  99     B0 09 02 00   02  02   ..            low bytes first
//! RL     RN     RFL    OID, EVID, TM SST RST  subrecords    RFL: 1 OID, 2 EVID, 4 TM are there
//!
//! 10  15 00  D5 3F 01 10 6F 1C 05 9E 7A B5 3C 35 01 D0 87 2C 01 00 00 00 00
//! SRT SRL    NTM         LAT         LONG        FLG SPD  DIR ODM      DIN SRC [ALT] [SRCD]
//! ```
//!
//! Times are seconds since 2010. A latitude is a part of 90 degrees, a longitude of 180, in 2^32 - 1 parts; their sides are flags. The source
//! of a place (SRC) tells why it was sent: 0 to 3 and 5 are timers, distance, turns and questions, 10 is the sensor of the housing (order 285 of the
//! Russian ministry of transport, 2012, table 3); the others are told as the numbers they are.
//!
//! A loop input (SR_LOOPIN_DATA) is 0 normal, 1 alarm, 2 broken, 4 shorted to ground, 8 shorted to power. Which of the eight is the sealing element
//! is the site's to say (`seal_loop`); without it none is.

mod read;
mod write;

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use jiff::Timestamp;

use crate::codec::Item;
use crate::dialect::Reading;
use crate::seal::tag::push_hex;
use crate::seal::{Housing, Message, Position, SealEvent, written};
use read::Parts;

pub(super) use read::Records;

/// 2010-01-01T00:00:00Z.
const EPOCH_S: i64 = 1_262_304_000;
/// Telematic data.
pub const TELEDATA_SERVICE: u8 = 2;
/// The subrecord with a place.
const PLACE: u8 = 16;
/// So many bytes of an unknown subrecord are kept with the message.
const KEPT_BYTES: usize = 32;

/// The longest text that is made of numbers is a moment and the number of a record.
const FIELD_CHARS: usize = 26;

/// The source of a place that is the sensor of the housing.
const HOUSING_OPENED: u8 = 10;

/// One record. Its subrecords are in the packet, or kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Record<List = Vec<Subrecord>> {
    /// The sender's number of it.
    pub number: u16,
    /// Whose it is, if it says so.
    pub object: Option<u32>,
    /// A number that the sender gave to the event, if it is one.
    pub event: Option<u32>,
    /// When it was made, if it says so.
    pub at: Option<Timestamp>,
    /// The service it comes from.
    pub service: u8,
    /// What it says.
    pub parts: List,
}

/// One subrecord. Bytes of which nothing is known are in the packet, or kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subrecord<Data = Vec<u8>> {
    /// 0: a record was received.
    Confirmed {
        /// Which.
        record: u16,
        /// 0 is success.
        result: u8,
    },
    /// 1: who the terminal is.
    Identity {
        /// Its number.
        terminal: u32,
        /// What follows it, as it came.
        rest: Data,
    },
    /// 9: the result of an introduction; 0 is success.
    Result(u8),
    /// 16: a place.
    Place(Place),
    /// 17: how precise a place is.
    Precision {
        /// Horizontal dilution, in hundredths, if told.
        horizontal_hundredths: Option<u16>,
        /// Satellites, if told.
        satellites: Option<u8>,
    },
    /// 21 (and 20, where it has five bytes): what it is fed by.
    Power {
        /// Outside, in tenths of a volt.
        main_dv: u8,
        /// The battery for want of it, in tenths of a volt.
        backup_dv: u8,
        /// The battery inside, in tenths of a volt.
        internal_dv: u8,
    },
    /// 22: states of loop inputs.
    Loops(Loops),
    /// Any other.
    Other {
        /// Its type.
        kind: u8,
        /// Its bytes.
        data: Data,
    },
}

/// States of eight loop inputs, of those that are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Loops([Option<u8>; 8]);

impl FromIterator<(u8, u8)> for Loops {
    /// These states, with the numbers of the inputs from 1. A number that no input has is passed over.
    fn from_iter<States: IntoIterator<Item = (u8, u8)>>(states: States) -> Loops {
        let mut loops = Loops::default();
        for (number, state) in states {
            let place = usize::from(number).checked_sub(1).and_then(|at| loops.0.get_mut(at));
            if let Some(place) = place {
                *place = Some(state);
            }
        }
        loops
    }
}

impl Loops {
    /// The states that are told, with the numbers of the inputs.
    pub fn told(&self) -> impl Iterator<Item = (u8, u8)> {
        (1..).zip(self.0).filter_map(|(number, state)| Some((number, state?)))
    }
}

/// Where a terminal was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// When.
    pub at: Timestamp,
    /// Where, with km/h and degrees.
    pub position: Position,
    /// It was kept for want of a line, and is late.
    pub from_memory: bool,
    /// Metres it has travelled, in hundreds.
    pub odometer_hm: u32,
    /// States of eight inputs.
    pub inputs: u8,
    /// Why it was sent.
    pub source: u8,
    /// More about that.
    pub source_data: Option<u16>,
}

impl Record<Parts<'_>> {
    /// Whether there is anything about a seal in it.
    pub(super) fn says_something(&self) -> bool {
        self.parts.iter().any(|part| matches!(part, Subrecord::Place(_) | Subrecord::Loops(_)))
    }

    /// Tells what it says about the seal with this number: a message for each place. What is told of loops and power belongs to the place before it,
    /// what comes before the first place to that one.
    pub(super) fn tell(&self, seal: u32, seal_loop: Option<u8>, out: &mut Vec<Item>) {
        let between = |part: &Subrecord<&[u8]>| !matches!(part, Subrecord::Place(_));
        let mut parts = self.parts.iter().skip_while(between).peekable();
        if parts.peek().is_none() {
            out.push(self.message(seal, seal_loop, "SR_LOOPIN_DATA", self.at, self.parts.iter()));
        }
        let mut before = Some(self.parts.iter().take_while(between));
        while let Some(part) = parts.next() {
            let Subrecord::Place(place) = part else { continue };
            let parts = core::iter::once(part)
                .chain(before.take().into_iter().flatten())
                .chain(parts.clone().take_while(between));
            out.push(self.message(seal, seal_loop, "SR_POS_DATA", Some(place.at), parts));
        }
    }

    fn message<'a>(
        &self,
        seal: u32,
        seal_loop: Option<u8>,
        command: &str,
        at: Option<Timestamp>,
        parts: impl Iterator<Item = Subrecord<&'a [u8]>> + Clone,
    ) -> Item {
        let mut message = Message::new(field(format_args!("{seal}")), command);
        message.device_time = at;
        message.message_id = at.map(|at| field(format_args!("{at}/{}", self.number)));
        let count: usize = parts.clone().map(|part| part.fields()).sum();
        message.fields.reserve_exact(usize::from(self.event.is_some()) + count);
        message.fields.extend(self.event.map(|event| field(format_args!("evid {event}"))));
        parts.for_each(|part| part.tell(seal_loop, &mut message));
        Ok(Reading::Seal(message))
    }

    pub(super) fn kept(&self) -> Record {
        let Record { number, object, event, at, service, parts } = *self;
        Record {
            number,
            object,
            event,
            at,
            service,
            parts: parts.iter().map(Subrecord::kept).collect(),
        }
    }
}

/// A text of a message.
fn field(text: fmt::Arguments<'_>) -> String {
    written(FIELD_CHARS, text)
}

impl Record {
    /// A record that says nothing yet.
    pub fn of(number: u16, service: u8) -> Record {
        Record::saying(number, service, Vec::new())
    }
}

impl<List> Record<List> {
    /// A record of these subrecords and nothing else.
    pub(super) fn saying(number: u16, service: u8, parts: List) -> Record<List> {
        Record { number, object: None, event: None, at: None, service, parts }
    }
}

impl Subrecord<&[u8]> {
    /// How many fields of a message it becomes.
    fn fields(&self) -> usize {
        match self {
            Subrecord::Place(place) => {
                3 + usize::from(place.source_data.is_some()) + usize::from(place.from_memory)
            }
            Subrecord::Precision { horizontal_hundredths, satellites } => {
                usize::from(horizontal_hundredths.is_some()) + usize::from(satellites.is_some())
            }
            Subrecord::Power { .. } | Subrecord::Other { .. } => 1,
            Subrecord::Loops(loops) => loops.told().count(),
            Subrecord::Confirmed { .. } | Subrecord::Identity { .. } | Subrecord::Result(_) => 0,
        }
    }

    fn tell(&self, seal_loop: Option<u8>, message: &mut Message) {
        let fields = &mut message.fields;
        match self {
            Subrecord::Place(place) => place.tell(message),
            Subrecord::Precision { horizontal_hundredths, satellites } => {
                fields.extend(horizontal_hundredths.map(|hdop| field(format_args!("hdop {hdop}"))));
                fields.extend(satellites.map(|count| field(format_args!("satellites {count}"))));
            }
            Subrecord::Power { main_dv, backup_dv, internal_dv } => {
                fields.push(field(format_args!("power {main_dv} {backup_dv} {internal_dv} dV")));
            }
            Subrecord::Loops(loops) => {
                for (number, state) in loops.told() {
                    fields.push(field(format_args!("loop {number} {state}")));
                    if Some(number) == seal_loop {
                        // Normal is 0; alarm, a break and both shorts are none of them an intact loop.
                        message.locked = Some(state == 0);
                        if state != 0 {
                            message.event = Some(SealEvent::ElementViolated);
                        }
                    }
                }
            }
            Subrecord::Other { kind, data } => {
                let data = data.get(..KEPT_BYTES).unwrap_or(data);
                let mut text = written(FIELD_CHARS + 2 * data.len(), format_args!("sr{kind} "));
                push_hex(&mut text, data);
                fields.push(text);
            }
            Subrecord::Confirmed { .. } | Subrecord::Identity { .. } | Subrecord::Result(_) => {}
        }
    }

    fn kept(self) -> Subrecord {
        match self {
            Subrecord::Confirmed { record, result } => Subrecord::Confirmed { record, result },
            Subrecord::Identity { terminal, rest } => {
                Subrecord::Identity { terminal, rest: rest.to_vec() }
            }
            Subrecord::Result(code) => Subrecord::Result(code),
            Subrecord::Place(place) => Subrecord::Place(place),
            Subrecord::Precision { horizontal_hundredths, satellites } => {
                Subrecord::Precision { horizontal_hundredths, satellites }
            }
            Subrecord::Power { main_dv, backup_dv, internal_dv } => {
                Subrecord::Power { main_dv, backup_dv, internal_dv }
            }
            Subrecord::Loops(loops) => Subrecord::Loops(loops),
            Subrecord::Other { kind, data } => Subrecord::Other { kind, data: data.to_vec() },
        }
    }
}

impl Place {
    fn tell(&self, message: &mut Message) {
        message.position = self.position;
        match self.source {
            0..=3 | 5 => {}
            HOUSING_OPENED => {
                message.event = Some(SealEvent::HousingViolated);
                message.housing = Some(Housing::Open);
            }
            other => message.event = Some(SealEvent::Maker(other.into())),
        }
        message.fields.extend([
            field(format_args!("source {}", self.source)),
            field(format_args!("inputs {:02X}", self.inputs)),
            field(format_args!("odometer {} hm", self.odometer_hm)),
        ]);
        message
            .fields
            .extend(self.source_data.map(|data| field(format_args!("source-data {data}"))));
        if self.from_memory {
            message.fields.push("from-memory".to_owned());
        }
    }
}
