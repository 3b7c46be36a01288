//! Dialect `egts`: terminals of GOST R 54619 / GOST 33472 (EGTS), a natural choice for the gateway of a seals' operator.
//!
//! ```text
//! 01  00  03    0B  00   23 00  8A 00  01  49   ..    CC 27
//! PRV SKID flags HL  HE   FDL    PID    PT  HCS  SFRD  SFRCS
//!                         (low byte first)   |          check sum of SFRD, CRC-16 1021h from FFFFh, low byte first
//!                                            check sum of the header before it, CRC-8 31h from FFh
//! PT   0 answer, 1 data, 2 data with a signature
//! flags  80h, 40h prefix; 20h route (five bytes more in the header); 18h encryption; 04h compression; 03h priority
//! ```
//!
//! The data are records, and a record is made of subrecords: see [`record`]. A terminal says who it is once (`SR_TERM_IDENTITY`), or in every
//! record (`OID`); records of somebody who never said it are faults. Every packet of data is answered, record by record
//! ([`Answered`]), and a terminal that introduces itself is told that it is welcome.
//!
//! Subrecords that say nothing about a seal are passed over and counted ([`Decoder::passed_over`]).
//!
//! Deliberately absent: encryption, compression and signatures (faults that say so), commands, firmware, eCall. Sources: `docs/protocols/egts.md`.
//!
//! Assumed: that gateways of seals speak EGTS; which loop is the sealing element (`seal_loop`).

pub mod record;

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::ReaderMessage;
use crate::codec::{Codec, Item, Settings};
use crate::conversation::Answered;
use crate::dialect::Reading;
use crate::fault::{Fault, FaultKind};
use crate::frames::{Frames, Look};
use record::{Record, Records, Subrecord};

/// The version of the transport.
const VERSION: u8 = 1;
/// A header without a route, and one with it.
const HEADER_BYTES: [u8; 2] = [11, 16];
/// A header without a route, the number and the result of what is answered, the check sum of the data.
const AROUND_BYTES: usize = 11 + 3 + 2;
/// A record that confirms another one.
const CONFIRMATION_BYTES: usize = 13;
/// The most data of a packet, by the standard.
const MOST_DATA: usize = 65_517;
/// The service in which a terminal introduces itself.
const AUTH_SERVICE: u8 = 1;

/// The result of a packet whose data are not understood: EGTS_PC_INC_DATAFORM (assumed: the number is from public programs, the standard was not
/// at hand).
const NOT_UNDERSTOOD: u8 = 132;

/// What a packet is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PacketType {
    /// An answer to a packet of data.
    Response,
    /// Data.
    Data,
}

/// A packet whose check sums fit. Its records are in it, or kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packet<List = Vec<Record>> {
    /// The sender's number of it.
    pub id: u16,
    /// What it is.
    pub kind: PacketType,
    /// Of an answer, the packet it answers and the result; 0 is success.
    pub answers: Option<(u16, u8)>,
    /// Its records.
    pub records: List,
}

/// Decodes the packets of one link.
#[derive(Debug)]
pub struct Decoder {
    frames: Frames,
    seal_loop: Option<u8>,
    /// Who said that it is at the other end.
    terminal: Option<u32>,
    passed_over: u64,
    /// The number of the next packet of our own.
    next_id: u16,
}

impl Codec for Decoder {
    fn new(settings: &Settings) -> Decoder {
        Decoder {
            frames: Frames::default(),
            seal_loop: settings.seal_loop,
            terminal: None,
            passed_over: 0,
            next_id: 0,
        }
    }

    fn push(&mut self, bytes: &[u8], out: &mut Vec<Item>) {
        self.hear(bytes, out, None);
    }

    fn cut(&mut self) -> Option<Fault> {
        self.terminal = None;
        self.frames.cut()
    }
}

impl Answered for Decoder {
    fn push_answering(&mut self, bytes: &[u8], out: &mut Vec<Item>, answers: &mut Vec<Vec<u8>>) {
        self.hear(bytes, out, Some(answers));
    }
}

impl Decoder {
    /// How many subrecords said nothing about a seal.
    pub fn passed_over(&self) -> u64 {
        self.passed_over
    }

    fn hear(&mut self, bytes: &[u8], out: &mut Vec<Item>, mut answers: Option<&mut Vec<Vec<u8>>>) {
        let mut frames = core::mem::take(&mut self.frames);
        frames.push(bytes, look, |frame| {
            let read = frame.clone().and_then(|frame| {
                let packet =
                    opened(frame).map_err(|(kind, detail)| Fault::new(kind, detail, frame))?;
                Ok((packet, frame))
            });
            match read {
                Ok((packet, frame)) => self.packet(&packet, frame, out, answers.as_deref_mut()),
                Err(fault) => {
                    out.push(Err(fault));
                    if let (Ok(whole), Some(answers)) = (&frame, answers.as_deref_mut()) {
                        answers.extend(self.refusal(whole));
                    }
                }
            }
        });
        self.frames = frames;
    }

    fn packet(
        &mut self,
        packet: &Packet<Records<'_>>,
        frame: &[u8],
        out: &mut Vec<Item>,
        answers: Option<&mut Vec<Vec<u8>>>,
    ) {
        if packet.kind == PacketType::Response {
            out.push(Ok(Reading::SealReader(ReaderMessage::alive("PT_RESPONSE"))));
            return;
        }
        let before = out.len();
        let mut introduced = false;
        for record in packet.records.iter() {
            for part in record.parts.iter() {
                match part {
                    Subrecord::Identity { terminal, .. } => {
                        introduced = true;
                        self.terminal = Some(terminal);
                    }
                    Subrecord::Other { .. } => {
                        self.passed_over = self.passed_over.saturating_add(1);
                    }
                    Subrecord::Place(_)
                    | Subrecord::Precision { .. }
                    | Subrecord::Loops(_)
                    | Subrecord::Power { .. }
                    | Subrecord::Confirmed { .. }
                    | Subrecord::Result(_) => {}
                }
            }
            if !record.says_something() {
                continue;
            }
            match record.object.or(self.terminal) {
                Some(seal) => record.tell(seal, self.seal_loop, out),
                None => {
                    let detail = format!(
                        "record {} names no object, and the terminal has not introduced itself",
                        record.number
                    );
                    out.push(Err(Fault::new(FaultKind::BadField, detail, frame)));
                }
            }
        }
        if out.len() == before {
            out.push(Ok(Reading::SealReader(ReaderMessage::alive("PT_APPDATA"))));
        }
        if let Some(answers) = answers {
            answers.extend(self.answer(packet));
            answers.extend(introduced.then(|| self.welcome()).flatten());
        }
    }

    /// Every record is confirmed: a terminal that sent what is not understood here would send it for ever.
    fn answer(&mut self, packet: &Packet<Records<'_>>) -> Option<Vec<u8>> {
        let room = packet.records.iter().count() * CONFIRMATION_BYTES;
        framed(self.next_id(), PacketType::Response, Some((packet.id, 0)), room, |data| {
            packet.records.iter().try_for_each(|Record { number, service, .. }| {
                let parts = [Subrecord::Confirmed { record: number, result: 0 }];
                Record::saying(number, service, parts).write(data)
            })
        })
    }

    /// A packet whose check sums fit and which cannot be read is refused: not answered, it would come for ever, and what stands behind it never.
    fn refusal(&mut self, whole: &[u8]) -> Option<Vec<u8>> {
        let &[_, _, _, _, _, _, _, id1, id2, kind, ..] = whole else { return None };
        let refused = u16::from_le_bytes([id1, id2]);
        let is_answer = kind == 0;
        let id = (!is_answer).then(|| self.next_id())?;
        framed(id, PacketType::Response, Some((refused, NOT_UNDERSTOOD)), 0, |_| Some(()))
    }

    fn welcome(&mut self) -> Option<Vec<u8>> {
        let id = self.next_id();
        framed(id, PacketType::Data, None, CONFIRMATION_BYTES, |data| {
            Record::saying(id, AUTH_SERVICE, [Subrecord::Result(0)]).write(data)
        })
    }

    fn next_id(&mut self) -> u16 {
        let id = self.next_id;
        self.next_id = id.wrapping_add(1);
        id
    }
}

fn look(ahead: &[u8]) -> Look {
    if ahead.first() != Some(&VERSION) {
        return Look::Noise;
    }
    let Some(&size) = ahead.get(3) else { return Look::More };
    if !HEADER_BYTES.contains(&size) {
        return Look::Noise;
    }
    let size = usize::from(size);
    let Some(header) = ahead.get(..size) else { return Look::Needs(size) };
    let &[.., kind, _] = header.get(..11).unwrap_or(header) else { return Look::More };
    if kind > 2 {
        return Look::Noise;
    }
    let Some((&check, summed)) = header.split_last() else { return Look::More };
    if crc8(summed) != check {
        let detail = format!("the check sum of this header is {:02X}", crc8(summed));
        return Look::Broken(size, FaultKind::WrongChecksum, detail);
    }
    let data = usize::from(u16_at(header, 5));
    if data > MOST_DATA {
        let detail = format!("a packet has at most {MOST_DATA} bytes of data");
        return Look::Broken(size, FaultKind::TooLong, detail);
    }
    let whole = size + data + if data > 0 { 2 } else { 0 };
    let Some(packet) = ahead.get(..whole) else { return Look::Needs(whole) };
    let Some((data, check)) = packet.get(size..).and_then(|body| body.split_last_chunk::<2>())
    else {
        return Look::Frame(whole);
    };
    if crc16(data) != u16::from_le_bytes(*check) {
        let detail = format!("the check sum of these data is {:04X}", crc16(data));
        return Look::Broken(whole, FaultKind::WrongChecksum, detail);
    }
    Look::Frame(whole)
}

/// Reads one packet, from its version to its last check sum.
pub fn decode(packet: &[u8]) -> Result<Packet, Fault> {
    let Packet { id, kind, answers, records } =
        read(packet).map_err(|(kind, detail)| Fault::new(kind, detail, packet))?;
    Ok(Packet { id, kind, answers, records: records.iter().map(|record| record.kept()).collect() })
}

fn read(packet: &[u8]) -> Result<Packet<Records<'_>>, (FaultKind, String)> {
    match look(packet) {
        Look::Frame(whole) if whole == packet.len() => {}
        Look::Broken(_, kind, detail) => return Err((kind, detail)),
        Look::Frame(_) | Look::More | Look::Needs(_) | Look::Noise | Look::Dropped(..) => {
            return Err((
                FaultKind::WrongLength,
                "a packet is as long as its header says".to_owned(),
            ));
        }
    }
    opened(packet)
}

/// What is in a packet whose length and check sums were looked at.
fn opened(packet: &[u8]) -> Result<Packet<Records<'_>>, (FaultKind, String)> {
    let &[_, _, flags, size, _, _, _, id1, id2, kind, ..] = packet else {
        return Err((FaultKind::WrongLength, "a header has 11 bytes".to_owned()));
    };
    if flags & 0x18 != 0 {
        return Err((FaultKind::NotDecoded, "the data are encrypted".to_owned()));
    }
    if flags & 0x04 != 0 {
        return Err((FaultKind::NotDecoded, "the data are compressed".to_owned()));
    }
    let body = packet.get(usize::from(size)..).unwrap_or_default();
    let data = body.split_last_chunk::<2>().map_or(&[][..], |(data, _)| data);
    let id = u16::from_le_bytes([id1, id2]);
    let (kind, answers, records) = match kind {
        0 => {
            let &[p1, p2, result, ref records @ ..] = data else {
                return Err((
                    FaultKind::WrongLength,
                    "an answer has three bytes at least".to_owned(),
                ));
            };
            (PacketType::Response, Some((u16::from_le_bytes([p1, p2]), result)), records)
        }
        1 => (PacketType::Data, None, data),
        _ => return Err((FaultKind::NotDecoded, "the packet is signed".to_owned())),
    };
    let records = Records::of(records).map_err(|detail| (FaultKind::BadField, detail))?;
    Ok(Packet { id, kind, answers, records })
}

/// Writes a packet without a route. `None` if its records do not fit.
pub fn encode(packet: &Packet) -> Option<Vec<u8>> {
    framed(packet.id, packet.kind, packet.answers, 0, |data| {
        packet.records.iter().try_for_each(|record| record.write(data))
    })
}

/// Writes a packet; `room` is left for its records.
fn framed(
    id: u16,
    kind: PacketType,
    answers: Option<(u16, u8)>,
    room: usize,
    records: impl FnOnce(&mut Vec<u8>) -> Option<()>,
) -> Option<Vec<u8>> {
    let kind = match kind {
        PacketType::Response => 0,
        PacketType::Data => 1,
    };
    let [id1, id2] = id.to_le_bytes();
    let mut bytes = Vec::with_capacity(AROUND_BYTES + room);
    // Its length and its check sum are written when the records are.
    bytes.extend([VERSION, 0, 0, HEADER_BYTES[0], 0, 0, 0, id1, id2, kind, 0]);
    if let Some((id, result)) = answers {
        bytes.extend(id.to_le_bytes());
        bytes.push(result);
    }
    records(&mut bytes)?;
    let (header, data) = bytes.split_first_chunk_mut::<11>()?;
    let length =
        u16::try_from(data.len()).ok().filter(|length| usize::from(*length) <= MOST_DATA)?;
    [header[5], header[6]] = length.to_le_bytes();
    header[10] = crc8(&header[..10]);
    if !data.is_empty() {
        let check = crc16(data);
        bytes.extend(check.to_le_bytes());
    }
    Some(bytes)
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    bytes.get(at..at + 2).and_then(|pair| pair.try_into().ok()).map_or(0, u16::from_le_bytes)
}

/// Polynomial 31h, from FFh, nothing reflected.
pub(crate) fn crc8(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0xff, |crc, byte| {
        (0..8).fold(crc ^ byte, |crc, _| if crc & 0x80 != 0 { crc << 1 ^ 0x31 } else { crc << 1 })
    })
}

/// Polynomial 1021h, from FFFFh, nothing reflected.
pub(crate) fn crc16(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0xffff, |crc, byte| {
        (0..8).fold(crc ^ u16::from(*byte) << 8, |crc, _| {
            if crc & 0x8000 != 0 { crc << 1 ^ 0x1021 } else { crc << 1 }
        })
    })
}
