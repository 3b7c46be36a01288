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

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use jiff::Timestamp;
use rust_decimal::Decimal;
use units::Microdegrees;

use crate::seal::tag::hex;
use crate::seal::{Housing, Message, Position, SealEvent};

/// 2010-01-01T00:00:00Z.
const EPOCH_S: i64 = 1_262_304_000;
/// Telematic data.
pub const TELEDATA_SERVICE: u8 = 2;
/// The subrecord with a place.
const PLACE: u8 = 16;
/// So many bytes of an unknown subrecord are kept with the message.
const KEPT_BYTES: usize = 32;

/// The source of a place that is the sensor of the housing.
const HOUSING_OPENED: u8 = 10;

/// One record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
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
    pub parts: Vec<Subrecord>,
}

/// One subrecord.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subrecord {
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
        rest: Vec<u8>,
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
    /// 22: states of loop inputs, with their numbers from 1.
    Loops(Vec<(u8, u8)>),
    /// Any other.
    Other {
        /// Its type.
        kind: u8,
        /// Its bytes.
        data: Vec<u8>,
    },
}

/// Where a terminal was.
#[derive(Debug, Clone, PartialEq, Eq)]
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

/// Takes bytes one after another.
struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn take(&mut self, count: usize, what: &str) -> Result<&'a [u8], String> {
        let (taken, rest) = self
            .0
            .split_at_checked(count)
            .ok_or_else(|| format!("{what} needs {count} bytes, and {} are left", self.0.len()))?;
        self.0 = rest;
        Ok(taken)
    }

    fn number(&mut self, count: usize, what: &str) -> Result<u32, String> {
        Ok(self
            .take(count, what)?
            .iter()
            .rev()
            .fold(0, |number, byte| number << 8 | u32::from(*byte)))
    }

    fn byte(&mut self, what: &str) -> Result<u8, String> {
        Ok(self.take(1, what)?.first().copied().unwrap_or_default())
    }

    fn word(&mut self, what: &str) -> Result<u16, String> {
        Ok(u16::try_from(self.number(2, what)?).unwrap_or_default())
    }

    fn time(&mut self, what: &str) -> Result<Timestamp, String> {
        let seconds = i64::from(self.number(4, what)?);
        Timestamp::from_second(EPOCH_S + seconds).map_err(|_| format!("{what} is no moment"))
    }
}

/// Reads the records of a packet.
pub(super) fn read_all(data: &[u8]) -> Result<Vec<Record>, String> {
    let mut bytes = Bytes(data);
    let mut records = Vec::new();
    while !bytes.0.is_empty() {
        let length = usize::from(bytes.word("the length of a record")?);
        let number = bytes.word("the number of a record")?;
        let flags = bytes.byte("the flags of a record")?;
        let object = (flags & 1 != 0).then(|| bytes.number(4, "OID")).transpose()?;
        let event = (flags & 2 != 0).then(|| bytes.number(4, "EVID")).transpose()?;
        let at = (flags & 4 != 0).then(|| bytes.time("TM")).transpose()?;
        let service = bytes.byte("the sending service")?;
        bytes.byte("the receiving service")?;
        let parts = read_parts(bytes.take(length, "a record")?)?;
        records.push(Record { number, object, event, at, service, parts });
    }
    Ok(records)
}

fn read_parts(data: &[u8]) -> Result<Vec<Subrecord>, String> {
    let mut bytes = Bytes(data);
    let mut parts = Vec::new();
    while !bytes.0.is_empty() {
        let kind = bytes.byte("the type of a subrecord")?;
        let length = usize::from(bytes.word("the length of a subrecord")?);
        let data = bytes.take(length, "a subrecord")?;
        // Its check sum fits, so what is not as written down is a maker's way. Only a place is worth a packet that is not answered, and comes again.
        parts.push(match read_part(kind, data) {
            Err(detail) if kind == PLACE => return Err(detail),
            Err(_) => Subrecord::Other { kind, data: data.to_vec() },
            Ok(part) => part,
        });
    }
    Ok(parts)
}

fn read_part(kind: u8, data: &[u8]) -> Result<Subrecord, String> {
    let mut bytes = Bytes(data);
    Ok(match kind {
        0 => Subrecord::Confirmed { record: bytes.word("CRN")?, result: bytes.byte("RST")? },
        1 => Subrecord::Identity { terminal: bytes.number(4, "TID")?, rest: bytes.0.to_vec() },
        9 => Subrecord::Result(bytes.byte("RCD")?),
        PLACE => Subrecord::Place(read_place(bytes)?),
        17 => {
            let flags = bytes.byte("the flags of SR_EXT_POS_DATA")?;
            let mut word = |bit: u8, what| (flags & bit != 0).then(|| bytes.word(what)).transpose();
            word(1, "VDOP")?;
            let horizontal_hundredths = word(2, "HDOP")?;
            word(4, "PDOP")?;
            let satellites = (flags & 8 != 0).then(|| bytes.byte("SAT")).transpose()?;
            Subrecord::Precision { horizontal_hundredths, satellites }
        }
        20 | 21 if data.len() == 5 => {
            bytes.byte("ST")?;
            Subrecord::Power {
                main_dv: bytes.byte("MPSV")?,
                backup_dv: bytes.byte("BBV")?,
                internal_dv: bytes.byte("IBV")?,
            }
        }
        22 => {
            let present = bytes.byte("the flags of SR_LOOPIN_DATA")?;
            let mut loops = Vec::new();
            let mut high = None;
            for number in (1..=8).filter(|number| present & 1 << (number - 1) != 0) {
                // Two loops share a byte, the lower half first.
                let state = match high.take() {
                    Some(state) => state,
                    None => {
                        let pair = bytes.byte("the state of a loop")?;
                        high = Some(pair >> 4);
                        pair & 0x0f
                    }
                };
                loops.push((number, state));
            }
            Subrecord::Loops(loops)
        }
        _ => Subrecord::Other { kind, data: data.to_vec() },
    })
}

fn read_place(mut bytes: Bytes<'_>) -> Result<Place, String> {
    let at = bytes.time("NTM")?;
    let latitude = bytes.number(4, "LAT")?;
    let longitude = bytes.number(4, "LONG")?;
    let flags = bytes.byte("FLG")?;
    let speed = bytes.word("SPD")?;
    let low_course = bytes.byte("DIR")?;
    let odometer_hm = bytes.number(3, "ODM")?;
    let inputs = bytes.byte("DIN")?;
    let source = bytes.byte("SRC")?;
    if flags & 0x80 != 0 {
        bytes.take(3, "ALT")?;
    }
    let source_data = if bytes.0.len() >= 2 { Some(bytes.word("SRCD")?) } else { None };
    let latitude_microdeg = part_of(latitude, 90, flags & 0x20 != 0);
    let longitude_microdeg = part_of(longitude, 180, flags & 0x40 != 0);
    let somewhere = latitude_microdeg.0 != 0 || longitude_microdeg.0 != 0;
    let course = u16::from(low_course) | if speed & 0x8000 != 0 { 0x100 } else { 0 };
    let position = if flags & 1 != 0 && somewhere {
        Position::Fix {
            latitude_microdeg,
            longitude_microdeg,
            speed_raw: Some(Decimal::new(i64::from(speed & 0x3fff), 1)),
            course_deg: Some(course).filter(|course| *course <= 360),
        }
    } else {
        Position::NoFix
    };
    Ok(Place {
        at,
        position,
        from_memory: flags & 0x08 != 0,
        odometer_hm,
        inputs,
        source,
        source_data,
    })
}

/// `raw` parts of so many degrees, in 2^32 - 1 parts.
fn part_of(raw: u32, degrees: u64, negative: bool) -> Microdegrees {
    let whole = u64::from(u32::MAX);
    let size = (u64::from(raw) * degrees * 1_000_000 + whole / 2) / whole;
    let size = i32::try_from(size).unwrap_or(i32::MAX);
    Microdegrees(if negative { -size } else { size })
}

fn parts(angle: Microdegrees, degrees: u64) -> u32 {
    let whole = u64::from(u32::MAX);
    let scale = degrees * 1_000_000;
    let raw = (u64::from(angle.0.unsigned_abs()) * whole + scale / 2) / scale;
    u32::try_from(raw).unwrap_or(u32::MAX)
}

impl Record {
    /// A record that says nothing yet.
    pub fn of(number: u16, service: u8) -> Record {
        Record { number, object: None, event: None, at: None, service, parts: Vec::new() }
    }

    /// Whether there is anything about a seal in it.
    pub(super) fn says_something(&self) -> bool {
        self.parts.iter().any(|part| matches!(part, Subrecord::Place(_) | Subrecord::Loops(_)))
    }

    /// What it says about the seal with this number: a message for each place; what is told of loops and power belongs to the place before it.
    pub(super) fn messages(&self, seal: u32, seal_loop: Option<u8>) -> Vec<Message> {
        let mut messages: Vec<Message> = Vec::new();
        let start = |command: &str, at: Option<Timestamp>| {
            let mut message = Message::new(format!("{seal}"), command);
            message.device_time = at;
            message.message_id = at.map(|at| format!("{at}/{}", self.number));
            message.fields.extend(self.event.map(|event| format!("evid {event}")));
            message
        };
        if !self.parts.iter().any(|part| matches!(part, Subrecord::Place(_))) {
            messages.push(start("SR_LOOPIN_DATA", self.at));
        }
        // What comes before the first place belongs to it.
        let mut before = Vec::new();
        for part in &self.parts {
            if let Subrecord::Place(place) = part {
                let mut message = start("SR_POS_DATA", Some(place.at));
                place.tell(&mut message);
                before.drain(..).for_each(|part: &Subrecord| part.tell(seal_loop, &mut message));
                messages.push(message);
            } else if let Some(message) = messages.last_mut() {
                part.tell(seal_loop, message);
            } else {
                before.push(part);
            }
        }
        messages
    }

    pub(super) fn write(&self, to: &mut Vec<u8>) -> Option<()> {
        let mut data = Vec::new();
        for part in &self.parts {
            let (kind, bytes) = part.bytes();
            data.push(kind);
            data.extend(u16::try_from(bytes.len()).ok()?.to_le_bytes());
            data.extend(bytes);
        }
        to.extend(u16::try_from(data.len()).ok()?.to_le_bytes());
        to.extend(self.number.to_le_bytes());
        let flag = |is_there: bool, bit: u8| if is_there { bit } else { 0 };
        to.push(
            flag(self.object.is_some(), 1)
                | flag(self.event.is_some(), 2)
                | flag(self.at.is_some(), 4),
        );
        let at = self.at.and_then(seconds);
        for number in [self.object, self.event, at].into_iter().flatten() {
            to.extend(number.to_le_bytes());
        }
        to.extend([self.service, self.service]);
        to.extend(data);
        Some(())
    }
}

impl Subrecord {
    fn tell(&self, seal_loop: Option<u8>, message: &mut Message) {
        match self {
            Subrecord::Precision { horizontal_hundredths, satellites } => {
                message.fields.extend(horizontal_hundredths.map(|hdop| format!("hdop {hdop}")));
                message.fields.extend(satellites.map(|count| format!("satellites {count}")));
            }
            Subrecord::Power { main_dv, backup_dv, internal_dv } => {
                message.fields.push(format!("power {main_dv} {backup_dv} {internal_dv} dV"));
            }
            Subrecord::Loops(loops) => {
                for (number, state) in loops {
                    message.fields.push(format!("loop {number} {state}"));
                    if Some(*number) == seal_loop {
                        // Normal is 0; alarm, a break and both shorts are none of them an intact loop.
                        message.locked = Some(*state == 0);
                        if *state != 0 {
                            message.event = Some(SealEvent::ElementViolated);
                        }
                    }
                }
            }
            Subrecord::Other { kind, data } => {
                let data = data.get(..KEPT_BYTES).unwrap_or(data);
                message.fields.push(format!("sr{kind} {}", hex(data)));
            }
            Subrecord::Place(_)
            | Subrecord::Confirmed { .. }
            | Subrecord::Identity { .. }
            | Subrecord::Result(_) => {}
        }
    }

    fn bytes(&self) -> (u8, Vec<u8>) {
        match self {
            Subrecord::Confirmed { record, result } => {
                let [low, high] = record.to_le_bytes();
                (0, Vec::from([low, high, *result]))
            }
            Subrecord::Identity { terminal, rest } => {
                (1, [terminal.to_le_bytes().as_slice(), rest].concat())
            }
            Subrecord::Result(code) => (9, Vec::from([*code])),
            Subrecord::Place(place) => (PLACE, place.bytes()),
            Subrecord::Precision { horizontal_hundredths, satellites } => {
                let mut bytes = Vec::from([if horizontal_hundredths.is_some() { 2 } else { 0 }
                    | if satellites.is_some() { 8 } else { 0 }]);
                bytes.extend(horizontal_hundredths.iter().flat_map(|hdop| hdop.to_le_bytes()));
                bytes.extend(satellites);
                (17, bytes)
            }
            Subrecord::Power { main_dv, backup_dv, internal_dv } => {
                (21, Vec::from([2, *main_dv, *backup_dv, *internal_dv, 0]))
            }
            Subrecord::Loops(loops) => {
                let present = loops
                    .iter()
                    .filter(|(number, _)| (1..=8).contains(number))
                    .fold(0, |bits, (number, _)| bits | 1_u8 << (number - 1));
                let mut bytes = Vec::from([present]);
                for pair in loops.chunks(2) {
                    let state = |at: usize| pair.get(at).map_or(0, |(_, state)| state & 0x0f);
                    bytes.push(state(1) << 4 | state(0));
                }
                (22, bytes)
            }
            Subrecord::Other { kind, data } => (*kind, data.clone()),
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
            format!("source {}", self.source),
            format!("inputs {:02X}", self.inputs),
            format!("odometer {} hm", self.odometer_hm),
        ]);
        message.fields.extend(self.source_data.map(|data| format!("source-data {data}")));
        if self.from_memory {
            message.fields.push("from-memory".to_owned());
        }
    }

    fn bytes(&self) -> Vec<u8> {
        let (latitude, longitude, valid, speed, course) = match self.position {
            Position::Fix { latitude_microdeg, longitude_microdeg, speed_raw, course_deg } => {
                let speed = speed_raw.unwrap_or_default() * Decimal::TEN;
                let speed = u16::try_from(speed.round()).unwrap_or_default().min(0x3fff);
                (latitude_microdeg, longitude_microdeg, 1, speed, course_deg.unwrap_or_default())
            }
            Position::NoFix | Position::NotSent => (Microdegrees(0), Microdegrees(0), 0, 0, 0),
        };
        let flags = valid
            | if self.from_memory { 0x08 } else { 0 }
            | if latitude.0 < 0 { 0x20 } else { 0 }
            | if longitude.0 < 0 { 0x40 } else { 0 };
        let [low_course, high_course] = course.to_le_bytes();
        let mut bytes = Vec::with_capacity(23);
        bytes.extend(seconds(self.at).unwrap_or_default().to_le_bytes());
        bytes.extend(parts(latitude, 90).to_le_bytes());
        bytes.extend(parts(longitude, 180).to_le_bytes());
        bytes.push(flags);
        bytes.extend((speed | u16::from(high_course & 1) << 15).to_le_bytes());
        bytes.push(low_course);
        bytes.extend(self.odometer_hm.to_le_bytes().into_iter().take(3));
        bytes.extend([self.inputs, self.source]);
        bytes.extend(self.source_data.iter().flat_map(|data| data.to_le_bytes()));
        bytes
    }
}

fn seconds(at: Timestamp) -> Option<u32> {
    u32::try_from(at.as_second() - EPOCH_S).ok()
}
