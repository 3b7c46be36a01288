//! Dialect `m100`: serial modules that read UHF tags, M100 / JRD-4035, in hand-held and desktop readers.
//!
//! ```text
//! BB  00   22   00 00                                     22  7E     is there a tag?
//! BB  02   22   00 11  C9   34 00  30 75 .. E3 D5 0D 70   3A 76   EF  7E     a tag
//! BB  01   FF   00 01  15                                 16  7E     none
//!     type cmd  length RSSI PC     EPC                    CRC     sum of type to data, low byte
//!          of the data, high byte first
//! ```
//!
//! 7Eh and BBh can stand inside the data: the length decides. A tag's answer carries the tag's own check sum (CRC-16 1021h from FFFFh, inverted, over PC
//! and EPC), which is looked at too, and the length that its PC gives.
//!
//! Deliberately absent: anything that changes the module or a tag. The memory of a tag is not read, so nothing is said of its loop. Sources:
//! `docs/protocols/m100.md`.
//!
//! Assumed: a tag that was not seen for five seconds has gone (`hold_ms`); times of the conversation (`poll_ms`, `answer_ms`, `tries`,
//! `again_ms`); the speed of its line, 115200 8N1 (the site's `baud`).

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use super::egts::crc16;
use super::sightings::Sighted;
use super::tag::hex;
use super::{Message, ReaderMessage, TagSighting};
use crate::codec::{Codec, Item, Settings};
use crate::conversation::{Heard, Polling, Questions, Timing};
use crate::dialect::Reading;
use crate::fault::{Fault, FaultKind};
use crate::frames::{Frames, Look};
use crate::limits;

const BEGIN: u8 = 0xbb;
const END: u8 = 0x7e;
/// Beginning, type, command, length; sum and end.
const AROUND_BYTES: usize = 7;
const RESPONSE: u8 = 1;
const NOTICE: u8 = 2;
/// One look for a tag.
const INVENTORY: u8 = 0x22;
const ERROR: u8 = 0xff;
const NO_TAG: u8 = 0x15;

const USUAL: Timing = Timing {
    period: Duration::from_millis(100),
    answer_within: Duration::from_millis(500),
    tries: 2,
    again_after: Duration::from_millis(2000),
};

/// What a module says. The EPC is in the frame, or kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said<Epc = Vec<u8>> {
    /// A tag.
    Tag {
        /// Strength of its answer.
        rssi_dbm: i8,
        /// Its EPC.
        epc: Epc,
    },
    /// An error; 15h is that there is no tag.
    Error(u8),
    /// The answer to another command.
    Other(u8),
}

/// Decodes what one module says.
#[derive(Debug)]
pub struct Decoder {
    frames: Frames,
}

impl Codec for Decoder {
    fn new(_: &Settings) -> Decoder {
        Decoder { frames: Frames::default() }
    }

    fn push(&mut self, bytes: &[u8], out: &mut Vec<Item>) {
        self.hear(bytes, |said| out.push(said.and_then(|(said, frame)| reading(said, frame))));
    }

    fn cut(&mut self) -> Option<Fault> {
        self.frames.cut()
    }
}

impl Decoder {
    fn hear(&mut self, bytes: &[u8], mut tell: impl FnMut(Result<(Said<&[u8]>, &[u8]), Fault>)) {
        self.frames.push(bytes, look, |frame| {
            tell(frame.and_then(|frame| Ok((heard(frame)?, frame))));
        });
    }
}

fn look(ahead: &[u8]) -> Look {
    match *ahead {
        [BEGIN] | [BEGIN, RESPONSE | NOTICE] | [BEGIN, RESPONSE | NOTICE, _] => Look::More,
        [BEGIN, RESPONSE | NOTICE, _, _] => Look::More,
        [BEGIN, RESPONSE | NOTICE, _, high, low, ..] => {
            let length = usize::from(u16::from_be_bytes([high, low]));
            if length > limits::TAG_MODULE_BYTES {
                return Look::Noise;
            }
            let whole = length + AROUND_BYTES;
            let Some(frame) = ahead.get(..whole) else { return Look::Needs(whole) };
            match sum_of(frame) {
                Ok(_) => Look::Frame(whole),
                Err((kind, detail)) => Look::Broken(whole, kind, detail),
            }
        }
        _ => Look::Noise,
    }
}

/// What stands between the beginning and the sum.
fn sum_of(frame: &[u8]) -> Result<&[u8], (FaultKind, String)> {
    let &[BEGIN, ref summed @ .., sum, END] = frame else {
        return Err((
            FaultKind::WrongLength,
            "a frame ends with 7E where its length says".to_owned(),
        ));
    };
    let right = summed.iter().fold(0_u8, |sum, byte| sum.wrapping_add(*byte));
    if right == sum {
        Ok(summed)
    } else {
        Err((FaultKind::WrongChecksum, format!("the sum of these bytes is {right:02X}")))
    }
}

/// Reads one frame, from BB to 7E.
pub fn decode(frame: &[u8]) -> Result<Said, Fault> {
    Ok(match heard(frame)? {
        Said::Tag { rssi_dbm, epc } => Said::Tag { rssi_dbm, epc: epc.to_vec() },
        Said::Error(code) => Said::Error(code),
        Said::Other(command) => Said::Other(command),
    })
}

fn heard(frame: &[u8]) -> Result<Said<&[u8]>, Fault> {
    read(frame).map_err(|(kind, detail)| Fault::new(kind, detail, frame))
}

fn read(frame: &[u8]) -> Result<Said<&[u8]>, (FaultKind, String)> {
    let &[kind, command, high, low, ref data @ ..] = sum_of(frame)? else {
        return Err((FaultKind::WrongLength, "a frame has seven bytes at least".to_owned()));
    };
    if usize::from(u16::from_be_bytes([high, low])) != data.len() {
        return Err((FaultKind::WrongLength, "a frame is as long as it says".to_owned()));
    }
    match (kind, command, data) {
        (NOTICE, INVENTORY, &[rssi, ref control @ .., c1, c2]) => {
            let &[p1, p2, ref epc @ ..] = control else {
                return Err((FaultKind::WrongLength, "a tag has PC, EPC and CRC".to_owned()));
            };
            // The five highest bits of the PC count the words of the EPC.
            let words = usize::from(p1 >> 3);
            if epc.len() != words * 2 || epc.is_empty() {
                let detail = format!(
                    "the PC {p1:02X}{p2:02X} gives an EPC of {words} words, there are {} bytes",
                    epc.len()
                );
                return Err((FaultKind::BadField, detail));
            }
            let right = !crc16(control);
            if right != u16::from_be_bytes([c1, c2]) {
                let detail = format!("the tag's own check sum would be {right:04X}");
                return Err((FaultKind::WrongChecksum, detail));
            }
            Ok(Said::Tag { rssi_dbm: rssi.cast_signed(), epc })
        }
        (NOTICE, INVENTORY, _) => {
            Err((FaultKind::WrongLength, "a tag has RSSI, PC, EPC and CRC".to_owned()))
        }
        (RESPONSE, ERROR, &[code, ..]) => Ok(Said::Error(code)),
        (_, command, _) => Ok(Said::Other(command)),
    }
}

fn reading(said: Said<&[u8]>, frame: &[u8]) -> Item {
    match said {
        Said::Tag { rssi_dbm, epc } => {
            let mut message = Message::new(hex(epc), "tag");
            message.tag =
                Some(TagSighting { rssi_dbm: Some(rssi_dbm), times: 1, ..TagSighting::default() });
            Ok(Reading::Seal(message))
        }
        Said::Error(NO_TAG) => Ok(Reading::SealReader(ReaderMessage::NoTag)),
        Said::Error(code) => {
            let words = match code {
                0x09 => "a tag could not be read",
                0x16 => "the tag refuses access",
                0x17 => "the module does not know the command",
                0x20 => "every channel is taken",
                _ => "the module refuses",
            };
            Err(Fault::new(FaultKind::Refused, format!("{words} ({code:02X}h)"), frame))
        }
        Said::Other(command) => {
            Ok(Reading::SealReader(ReaderMessage::Alive { said: format!("answer {command:02X}h") }))
        }
    }
}

/// The question whether there is a tag.
pub fn encode_question() -> Vec<u8> {
    framed(0, INVENTORY, &[])
}

/// What a module says, for simulators.
pub fn encode(said: &Said) -> Vec<u8> {
    match said {
        Said::Tag { rssi_dbm, epc } => {
            let words = u8::try_from(epc.len() / 2).unwrap_or_default();
            let mut control = Vec::from([words << 3, 0]);
            control.extend(epc);
            let check = !crc16(&control);
            let data = [&[rssi_dbm.cast_unsigned()][..], &control, &check.to_be_bytes()].concat();
            framed(NOTICE, INVENTORY, &data)
        }
        Said::Error(code) => framed(RESPONSE, ERROR, &[*code]),
        Said::Other(command) => framed(RESPONSE, *command, &[0]),
    }
}

fn framed(kind: u8, command: u8, data: &[u8]) -> Vec<u8> {
    let [high, low] = u16::try_from(data.len()).unwrap_or_default().to_be_bytes();
    let mut frame = Vec::from([BEGIN, kind, command, high, low]);
    frame.extend(data);
    let sum = frame.iter().skip(1).fold(0_u8, |sum, byte| sum.wrapping_add(*byte));
    frame.extend([sum, END]);
    frame
}

/// Asks a module for a tag, again and again.
#[derive(Debug)]
pub struct Master {
    decoder: Decoder,
}

/// A master whose tags are told when they come and go.
pub type Reader = Sighted<Polling<Master>>;

impl Reader {
    /// Waits for its link.
    pub fn new(settings: &Settings) -> Reader {
        let master = Master { decoder: Decoder::new(settings) };
        Sighted::over(Polling::new(master, USUAL.set_by(settings)), settings)
    }
}

impl Questions for Master {
    fn ask(&mut self, request: &mut Vec<u8>) {
        request.extend(encode_question());
    }

    fn hear(&mut self, bytes: &[u8], out: &mut Vec<Item>) -> Heard {
        let mut heard = Heard::NotYet;
        self.decoder.hear(bytes, |said| {
            match &said {
                Ok((Said::Tag { .. } | Said::Error(_), _)) => heard = Heard::Answered,
                Err(fault) if fault.kind == FaultKind::WrongChecksum && heard == Heard::NotYet => {
                    heard = Heard::Broken;
                }
                Ok((Said::Other(_), _)) | Err(_) => {}
            }
            out.push(said.and_then(|(said, frame)| reading(said, frame)));
        });
        heard
    }

    /// One question finds one tag, and some modules tell a second one after it, or go on looking by themselves.
    fn overhear(&mut self, bytes: &[u8], out: &mut Vec<Item>) {
        self.decoder
            .hear(bytes, |said| out.push(said.and_then(|(said, frame)| reading(said, frame))));
    }

    fn cut(&mut self) -> Option<Fault> {
        self.decoder.cut()
    }
}
