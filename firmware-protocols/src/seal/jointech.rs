//! Dialect `jointech`: navigation seals Jointech JT600 / JT701, which say their events in text and their places in binary, over one link.
//!
//! ```text
//! ( .. )     text, see `text`         P45 event, U01 .. U03 status, U06 alarm, @JT heartbeat, W01
//! $  ..      binary, see `binary`     places, with a length
//! ```
//!
//! A text message begins with `(`, which is in no binary header, and a binary message has a length and days, times and degrees in decimal
//! digits: the two cannot be taken for each other. A seal repeats a message until it is answered; [`reply`] is the answer.
//!
//! Deliberately absent: commands to the seal (unlocking, cards, intervals). Sources: `docs/protocols/jointech.md`.
//!
//! Assumed: the bits of the status, which are believed only if the site says so (`status_bits`); 1 January 2000 is a clock that was never
//! set.

pub mod binary;
pub mod text;

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::Offset;
use rust_decimal::Decimal;
use units::Microdegrees;

pub use text::{decode, encode_event, encode_status};

use super::{Message, Position, written};
use crate::codec::{Codec, Item, Settings};
use crate::conversation::Answered;
use crate::dialect::Reading;
use crate::fault::{Fault, FaultKind};
use crate::frames::{Frames, Look};
use crate::limits;

/// Decodes the messages of one seal, or of one gateway that hands on those of many.
#[derive(Debug)]
pub struct Decoder {
    frames: Frames,
    status_bits: bool,
}

impl Codec for Decoder {
    fn new(settings: &Settings) -> Decoder {
        Decoder { frames: Frames::default(), status_bits: settings.status_bits.unwrap_or(false) }
    }

    fn push(&mut self, bytes: &[u8], out: &mut Vec<Item>) {
        let status_bits = self.status_bits;
        self.frames.push(bytes, look, |frame| match frame {
            Ok([b'(', ..]) | Err(_) => out.push(frame.and_then(decode).map(Reading::Seal)),
            // Between text messages some seals end the line.
            Ok([b'\r' | b'\n', ..]) => {}
            Ok(frame) => match binary::messages(frame, status_bits) {
                Ok(messages) => out.extend(messages.map(|message| message.map(Reading::Seal))),
                Err(fault) => out.push(Err(fault)),
            },
        });
    }

    fn cut(&mut self) -> Option<Fault> {
        self.frames.cut()
    }
}

impl Answered for Decoder {
    fn push_answering(&mut self, bytes: &[u8], out: &mut Vec<Item>, to: &mut Vec<Vec<u8>>) {
        let before = out.len();
        self.push(bytes, out);
        answers(out.get(before..).unwrap_or_default(), to);
    }
}

fn look(ahead: &[u8]) -> Look {
    match ahead.first() {
        Some(b'(') => look_at_text(ahead),
        Some(b'$') => binary::look(ahead),
        Some(b'\r' | b'\n') => Look::Frame(1),
        _ => Look::Noise,
    }
}

/// Neither bracket occurs inside a message, and nothing that is not printable does. Only the newest byte is looked at: the ones before it were, when they
/// were the newest.
fn look_at_text(ahead: &[u8]) -> Look {
    let [_, before @ .., newest] = ahead else { return Look::More };
    let before = before.len() + 1;
    match newest {
        b')' => Look::Frame(ahead.len()),
        b'(' => {
            let detail = "a message began before the last one ended with `)`";
            Look::Dropped(before, FaultKind::WrongLength, detail.to_owned())
        }
        0x20..0x7f if ahead.len() <= limits::SEAL_MESSAGE_BYTES => Look::More,
        0x20..0x7f => {
            let detail = format!("no `)` within {} bytes", limits::SEAL_MESSAGE_BYTES);
            Look::Dropped(ahead.len(), FaultKind::TooLong, detail)
        }
        _ => {
            let detail = "a message in brackets is printable ASCII";
            Look::Dropped(before, FaultKind::NotText, detail.to_owned())
        }
    }
}

/// What tells a message from its repetition: the seal's time and its running index, which has one byte and begins anew.
#[derive(Debug, Clone, Copy)]
struct MessageId {
    time: Option<Timestamp>,
    index: u32,
}

impl MessageId {
    /// A moment to the second, and an index.
    const CHARS: usize = 32;
}

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.time {
            Some(time) => write!(f, "{time}/{}", self.index),
            None => write!(f, "no-clock/{}", self.index),
        }
    }
}

/// What tells a message from its repetition, as it is kept.
pub fn message_id(time: Option<Timestamp>, index: u32) -> String {
    written(MessageId::CHARS, format_args!("{}", MessageId { time, index }))
}

/// The running index in a [`message_id`].
pub(crate) fn index_of(message: &Message) -> Option<u32> {
    message.message_id.as_deref()?.rsplit('/').next()?.parse().ok()
}

/// The answer that the seal waits for, if it waits for one. Without it the seal repeats the message.
///
/// `P45` is answered with its index, a status with `S39`, an alarm with `S20`. A binary message is answered if a bit of its status asks for it:
/// with its index if the seal's protocol is 19h or later, else with `P35`.
pub fn reply(message: &Message) -> Option<Vec<u8>> {
    let index = || index_of(message).unwrap_or_default();
    match message.command.as_str() {
        "P45" => Some(format!("(P69,0,{})", index()).into_bytes()),
        "U01" | "U02" | "U03" => Some(b"(S39)".to_vec()),
        "U06" => Some(b"(S20)".to_vec()),
        binary => match binary::wants_answer(binary, message)? {
            binary::Wants::Index => Some(format!("(P69,0,{})", index()).into_bytes()),
            binary::Wants::Plain => Some(b"(P35)".to_vec()),
        },
    }
}

/// The answers to what was read. A binary message of several places is answered once.
fn answers(items: &[Item], to: &mut Vec<Vec<u8>>) {
    let mut before: Option<&Message> = None;
    for item in items {
        let Ok(Reading::Seal(message)) = item else { continue };
        let same_frame = before.is_some_and(|before| {
            message.command.starts_with('$')
                && (&before.seal, &before.command, index_of(before))
                    == (&message.seal, &message.command, index_of(message))
        });
        if !same_frame {
            to.extend(reply(message));
        }
        before = Some(message);
    }
}

fn on_the_globe(latitude: Microdegrees, longitude: Microdegrees) -> Result<(), String> {
    if latitude.0.abs() > 90_000_000 || longitude.0.abs() > 180_000_000 {
        return Err("the position is not on the globe".to_owned());
    }
    Ok(())
}

/// A seal without a fix can say 0, 0 and call it valid (a public vector does), so 0, 0 is no position either.
fn fix_or_none(
    latitude_microdeg: Microdegrees,
    longitude_microdeg: Microdegrees,
    valid: bool,
    speed: Decimal,
    course_deg: Option<u16>,
) -> Position {
    if !valid || (latitude_microdeg.0 == 0 && longitude_microdeg.0 == 0) {
        return Position::NoFix;
    }
    Position::Fix { latitude_microdeg, longitude_microdeg, speed_raw: Some(speed), course_deg }
}

/// A seal whose clock was never set says 1 January 2000: that is no time.
fn timestamp(date: Date, time: Time) -> Option<Timestamp> {
    if date == jiff::civil::date(2000, 1, 1) {
        return None;
    }
    Offset::UTC.to_timestamp(date.to_datetime(time)).ok()
}
