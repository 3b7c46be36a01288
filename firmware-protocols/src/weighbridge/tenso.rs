//! Dialect `tenso-m`: the binary protocol "tEnSo" of Tenso-M indicators.
//!
//! ```text
//! FF  01  C3  60 42 00  10      CRC  FF FF
//!     Adr COP W0 W1 W2  CON                 W: packed digits, low byte first; CON: minus, keys, scale 2, stable, overload, decimals
//! FF  01  EE  03        CRC  FF FF          the device refuses: outside the zeroing range
//! FF  01  FD  text      CRC  FF FF          the device does not know the command
//! ```
//!
//! Inside a frame FF is sent as FF FE, the check included. The check is CRC-8 with the polynomial 69h over address, command and data as they
//! were before that. It can be switched off in the instrument: then the site says so, and it is never guessed.
//!
//! [`Master`] asks for the fixed gross weight (B8), or for the gross weight (C3) where the device does not know B8; what a device sends on
//! its own initiative is read as well. Deliberately absent: every command that changes the instrument, the addresses of three bytes, and
//! the unit, which is not in the frame. Sources: `docs/protocols/tenso-m.md`.
//!
//! Assumed: its address is 1 (`address`); the unit is kg where the frame has none (`scale.unit_if_silent`); B8 follows the load; times of the conversation (`poll_ms`,
//! `answer_ms`, `tries`, `again_ms`).

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::vec::Vec;
use core::time::Duration;

use rust_decimal::Decimal;

use super::asking::{Asker, Asks};
use super::number::{Wrong, bad, digits};
use super::{Checksum, Display, Flags, Kind, Stability, Weighing};
use crate::codec::{Codec, Item, Settings};
use crate::conversation::{Heard, Questions, Timing};
use crate::dialect::Reading;
use crate::excerpt::Raw;
use crate::fault::{Fault, FaultKind};
use crate::few::Few;
use crate::frames::{Frames, Look};
use crate::limits;

/// Begins a frame, and twice ends it.
const MARK: u8 = 0xff;
/// Behind a mark inside a frame.
const STUFFING: u8 = 0xfe;
/// x^8 + x^6 + x^5 + x^3 + 1, bits from the top, from 0.
const POLYNOMIAL: u8 = 0x69;

const FIXED_GROSS: u8 = 0xb8;
const NET: u8 = 0xc2;
const GROSS: u8 = 0xc3;
const REFUSED: u8 = 0xee;
const NOT_SUPPORTED: u8 = 0xfd;

const CON_MINUS: u8 = 0x80;
const CON_SECOND_SCALE: u8 = 0x20;
const CON_STABLE: u8 = 0x10;
const CON_OVERLOAD: u8 = 0x08;
const CON_DECIMALS: u8 = 0x07;

/// Decodes the frames of a line.
#[derive(Debug)]
pub struct Decoder {
    frames: Frames,
    checksum: bool,
}

impl Codec for Decoder {
    fn new(settings: &Settings) -> Decoder {
        Decoder { frames: Frames::default(), checksum: settings.checksum.unwrap_or(true) }
    }

    fn push(&mut self, bytes: &[u8], out: &mut Vec<Item>) {
        let checksum = self.checksum;
        self.frames.push(
            bytes,
            |ahead| look(ahead, checksum),
            |frame| {
                out.push(frame.and_then(|frame| decode(frame, checksum)).map(Reading::Weight));
            },
        );
    }

    fn cut(&mut self) -> Option<Fault> {
        self.frames.cut()
    }
}

fn look(ahead: &[u8], checksum: bool) -> Look {
    let Some((&MARK, rest)) = ahead.split_first() else { return Look::Noise };
    match rest.first() {
        None => return Look::More,
        // Marks of the end of the frame before.
        Some(&MARK | &STUFFING) => return Look::Noise,
        Some(_) => {}
    }
    let mut at = 0;
    while let Some(byte) = rest.get(at) {
        if *byte != MARK {
            at += 1;
            continue;
        }
        match rest.get(at + 1) {
            None => break,
            Some(&STUFFING) => at += 2,
            Some(&MARK) => {
                let length = at + 3;
                return match ahead.get(..length).map(|frame| open(frame, checksum)) {
                    Some(Err((kind @ FaultKind::WrongChecksum, detail))) => {
                        Look::Broken(length, kind, detail)
                    }
                    Some(_) | None => Look::Frame(length),
                };
            }
            Some(_) => {
                let detail = "the next frame began before the end of this one";
                return Look::Dropped(at + 1, FaultKind::WrongLength, detail.to_owned());
            }
        }
    }
    if ahead.len() < limits::TENSO_FRAME_BYTES {
        return Look::More;
    }
    let detail = format!("no end of frame within {} bytes", limits::TENSO_FRAME_BYTES);
    Look::Broken(ahead.len(), FaultKind::TooLong, detail)
}

/// What stands between the marks, without its stuffing.
type Body = Few<u8, { limits::TENSO_FRAME_BYTES }>;

/// Address, command and data of a frame from mark to marks, its check verified if it has one.
fn open(frame: &[u8], checksum: bool) -> Result<Body, Wrong> {
    let wrong = || bad("a frame stands between FF and FF FF");
    let stuffed = frame.strip_prefix(&[MARK]).and_then(|rest| rest.strip_suffix(&[MARK, MARK]));
    let mut body = Body::new();
    let mut bytes = stuffed.ok_or_else(wrong)?.iter().copied();
    while let Some(byte) = bytes.next() {
        if byte == MARK && bytes.next() != Some(STUFFING) {
            return Err(wrong());
        }
        body.push(byte);
    }
    if body.is_over() {
        let detail = format!("at most {} bytes between marks expected", limits::TENSO_FRAME_BYTES);
        return Err((FaultKind::TooLong, detail));
    }
    if checksum {
        let sum = body.pop().unwrap_or_default();
        let expected = crc(body.as_slice());
        if sum != expected {
            let detail = format!("the check of these bytes is {expected:02X}, not {sum:02X}");
            return Err((FaultKind::WrongChecksum, detail));
        }
    }
    Ok(body)
}

/// The check over address, command and data.
pub fn crc(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0, |sum, byte| {
        (0..8).fold(
            sum ^ byte,
            |sum, _| {
                if sum & 0x80 == 0 { sum << 1 } else { (sum << 1) ^ POLYNOMIAL }
            },
        )
    })
}

/// Reads one frame from mark to marks. Whatever is no weight is a fault that says what it is.
pub fn decode(frame: &[u8], checksum: bool) -> Result<Weighing, Fault> {
    open(frame, checksum)
        .and_then(|body| read(body.as_slice(), frame, checksum))
        .map_err(|(kind, detail)| Fault::new(kind, detail, frame))
}

fn read(body: &[u8], frame: &[u8], checksum: bool) -> Result<Weighing, Wrong> {
    let (address, command, data) = match body {
        [0, ..] => {
            let detail = "address 0 is followed by a serial number, which is not decoded";
            return Err((FaultKind::NotDecoded, detail.to_owned()));
        }
        [address, command, data @ ..] => (*address, *command, data),
        _ => return Err((FaultKind::WrongLength, "address and command expected".to_owned())),
    };
    let kind = match (command, data) {
        (FIXED_GROSS | GROSS, [_, ..]) => Kind::Gross,
        (NET, [_, ..]) => Kind::Net,
        (REFUSED, [code]) => {
            let detail = format!("the device refuses, code {code:02X}: {}", refusal(*code));
            return Err((FaultKind::Refused, detail));
        }
        (NOT_SUPPORTED, text) => {
            let text = Raw::cut(text, limits::EXCERPT_BYTES);
            let detail = format!("the device does not know the command; it is `{text}`");
            return Err((FaultKind::Refused, detail));
        }
        (command, data) => {
            let data = data.len();
            let detail =
                format!("command {command:02X} with {data} bytes is no answer with a weight");
            return Err((FaultKind::NotDecoded, detail));
        }
    };
    let &[w0, w1, w2, con] = data else {
        let detail = format!("three bytes of digits and one of state expected, not {}", data.len());
        return Err((FaultKind::WrongLength, detail));
    };
    let display = if con & CON_OVERLOAD != 0 {
        Display::Overload
    } else {
        let figures = [w2 >> 4, w2 & 15, w1 >> 4, w1 & 15, w0 >> 4, w0 & 15];
        if figures.iter().any(|figure| *figure > 9) {
            return Err(bad("two decimal digits in each byte expected"));
        }
        digits(
            &figures.map(|figure| b'0' + figure),
            con & CON_MINUS != 0,
            (con & CON_DECIMALS).into(),
        )?
    };
    Ok(Weighing {
        kind,
        stability: if con & CON_STABLE != 0 { Stability::Stable } else { Stability::Moving },
        address: Some(address),
        flags: Flags { second_scale: con & CON_SECOND_SCALE != 0, ..Flags::default() },
        checksum: if checksum { Checksum::Verified } else { Checksum::Absent },
        ..Weighing::shown(display, frame)
    })
}

fn refusal(code: u8) -> &'static str {
    match code {
        0x01 | 0x02 => "general",
        0x03 => "outside the zeroing range",
        0x04 => "parameters are locked",
        0x05 => "length of the frame",
        0x06 => "check of the frame",
        0x20 => "calibration of zero",
        0x21 => "calibration of the span",
        _ => "a code that is not documented",
    }
}

/// A frame of an indicator that shows this. `None` if the number does not fit six digits and seven decimals, or if it is a display for
/// which the protocol has no sign.
pub fn encode(weighing: &Weighing, checksum: bool) -> Option<Vec<u8>> {
    let (value, overload) = match weighing.display {
        Display::Value(value) => (value, false),
        Display::Overload => (Decimal::from(999_999), true),
        Display::Underload | Display::OutOfRange | Display::Blank | Display::Withheld => {
            return None;
        }
    };
    let figures = u32::try_from(value.mantissa().unsigned_abs()).ok().filter(|n| *n <= 999_999)?;
    let decimals = u8::try_from(value.scale()).ok().filter(|scale| *scale <= CON_DECIMALS)?;
    let pair = |hundreds: u32| {
        let pair = u8::try_from(figures / hundreds % 100).unwrap_or_default();
        pair / 10 * 16 + pair % 10
    };
    let flag = |set: bool, bit: u8| if set { bit } else { 0 };
    let con = decimals
        | flag(value.is_sign_negative(), CON_MINUS)
        | flag(overload, CON_OVERLOAD)
        | flag(weighing.stability == Stability::Stable, CON_STABLE)
        | flag(weighing.flags.second_scale, CON_SECOND_SCALE);
    let command = if weighing.kind == Kind::Net { NET } else { GROSS };
    let data = [pair(1), pair(100), pair(10_000), con];
    Some(frame(weighing.address.unwrap_or(1), command, &data, checksum))
}

/// Any frame: a question, an answer, a refusal.
pub fn frame(address: u8, command: u8, data: &[u8], checksum: bool) -> Vec<u8> {
    let mut body = Vec::from([address, command]);
    body.extend_from_slice(data);
    if checksum {
        body.push(crc(&body));
    }
    let mut frame = Vec::from([MARK]);
    for byte in body {
        frame.push(byte);
        if byte == MARK {
            frame.push(STUFFING);
        }
    }
    frame.extend_from_slice(&[MARK, MARK]);
    frame
}

/// Asks one instrument for its gross weight.
pub type Master = Asker<GrossWeight>;

/// The gross weight of one instrument.
#[derive(Debug)]
pub struct GrossWeight {
    decoder: Decoder,
    address: u8,
    /// The fixed weight, until the device says that it does not know it.
    command: u8,
}

impl Asks for GrossWeight {
    /// An answer within 700 ms and two more tries are those of a public driver; five questions a second are assumed.
    const USUAL: Timing = Timing {
        period: Duration::from_millis(200),
        answer_within: Duration::from_millis(700),
        tries: 3,
        again_after: Duration::from_millis(2000),
    };

    fn set(settings: &Settings) -> GrossWeight {
        GrossWeight {
            decoder: Decoder::new(settings),
            address: settings.address.unwrap_or(1),
            command: FIXED_GROSS,
        }
    }
}

impl GrossWeight {
    /// What a frame means for the question that waits, and what is to be told of it.
    fn meant(&mut self, frame: &[u8]) -> (Heard, Option<Item>) {
        let checksum = self.decoder.checksum;
        let item = decode(frame, checksum).map(Reading::Weight);
        let Ok(body) = open(frame, checksum) else { return (Heard::Broken, Some(item)) };
        let unasked = |detail: &str| {
            (Heard::NotYet, Some(Err(Fault::new(FaultKind::Unasked, detail, frame))))
        };
        match body.as_slice() {
            [address, ..] if *address != self.address => {
                unasked("an answer of another device than the one that was asked")
            }
            [_, NOT_SUPPORTED, ..] if self.command == FIXED_GROSS => {
                self.command = GROSS;
                (Heard::AskNext, Some(item))
            }
            [_, REFUSED | NOT_SUPPORTED, ..] => (Heard::Answered, Some(item)),
            // Our own question, as lines of two wires give it back.
            [_, command] if *command == self.command => (Heard::NotYet, None),
            [_, command, ..] if *command == self.command => {
                (if item.is_ok() { Heard::Answered } else { Heard::Broken }, Some(item))
            }
            _ => unasked("an answer to another question"),
        }
    }
}

impl Questions for GrossWeight {
    fn ask(&mut self, request: &mut Vec<u8>) {
        request.extend(frame(self.address, self.command, &[], self.decoder.checksum));
    }

    fn hear(&mut self, bytes: &[u8], out: &mut Vec<Item>) -> Heard {
        let mut heard = Heard::NotYet;
        let mut frames = core::mem::take(&mut self.decoder.frames);
        let checksum = self.decoder.checksum;
        frames.push(
            bytes,
            |ahead| look(ahead, checksum),
            |frame| {
                let (means, item) = match frame {
                    Ok(frame) => self.meant(frame),
                    Err(fault) if fault.kind == FaultKind::WrongChecksum => {
                        (Heard::Broken, Some(Err(fault)))
                    }
                    Err(fault) => (Heard::NotYet, Some(Err(fault))),
                };
                if means != Heard::NotYet && heard != Heard::Answered {
                    heard = means;
                }
                out.extend(item);
            },
        );
        self.decoder.frames = frames;
        heard
    }

    fn overhear(&mut self, bytes: &[u8], out: &mut Vec<Item>) {
        // Set to speak on its own initiative: each frame counts as much as an answer.
        let from = out.len();
        self.decoder.push(bytes, out);
        for item in out.iter_mut().skip(from) {
            if let Ok(Reading::Weight(weighing)) = item
                && weighing.address != Some(self.address)
            {
                let detail = "a weight of another device on this line";
                *item = Err(Fault::new(FaultKind::Unasked, detail, &weighing.raw.0));
            }
        }
    }

    fn cut(&mut self) -> Option<Fault> {
        self.decoder.cut()
    }
}
