//! Dialect `llrp`: readers of UHF tags that speak LLRP, versions 1.0.1 and 1.1 (TCP 5084).
//!
//! ```text
//! 04 3F        00 00 00 20   00 00 00 00   00 F6 00 16  00 80 00 0C ..  01 00 00 06 00 00
//! 000 vvv tttttttttt  length  message id   parameters: TLV 000000tt tttttttt, length, ..   TV 1ttttttt ..
//!     version  type
//! ```
//!
//! The length counts the header of ten bytes. A TLV parameter has its length and can be passed over; a TV parameter has none, and one that is not
//! known makes all that follows it unreadable: the whole message is then a fault.
//!
//! A reader says nothing about tags until it is told to: [`Session`] does that. What a [`Decoder`] alone hears is every sighting;
//! [`Reader`] tells a tag when it comes, when what is known of its loop changes, and when it has gone.
//!
//! There is no check sum. Deliberately absent: TLS, capabilities (asked for, and only their status is looked at), makers' own messages and parameters, which are
//! passed over. Sources: `docs/protocols/llrp.md`.
//!
//! Assumed: a tag that was not seen for five seconds has gone (`hold_ms`); which word tells the loop (`tamper_chip`); how patiently answers are
//! waited for (`answer_ms`); how often a reader says that it lives (`keepalive_ms`).

pub mod parameter;
pub mod reader;
pub mod report;
mod request;
mod session;

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::ReaderMessage;
use super::tag::TamperWord;
use crate::codec::{Codec, Item, Settings};
use crate::dialect::Reading;
use crate::fault::{Fault, FaultKind};
use crate::frames::{Frames, Look};
use crate::limits;
use parameter::Unreadable;

pub use reader::{ConnectionAttempt, Notification};
pub use session::{Reader, Session};

/// Version, type, length, id.
const HEADER_BYTES: usize = 10;
/// Type and length of a parameter that has one.
const PARAMETER_BYTES: usize = 4;
/// What is held of a message is walked through each time so many bytes have come.
const WALK_BYTES: usize = 1024;

/// Types of messages. Those of which nothing is said here are known by their number only.
pub mod kind {
    #![expect(missing_docs, reason = "the names are the standard's own")]
    use alloc::borrow::Cow;

    pub const GET_READER_CAPABILITIES: u16 = 1;
    pub const SET_READER_CONFIG: u16 = 3;
    pub const CLOSE_CONNECTION_RESPONSE: u16 = 4;
    pub const GET_READER_CAPABILITIES_RESPONSE: u16 = 11;
    pub const SET_READER_CONFIG_RESPONSE: u16 = 13;
    pub const CLOSE_CONNECTION: u16 = 14;
    pub const ADD_ROSPEC: u16 = 20;
    pub const DELETE_ROSPEC: u16 = 21;
    pub const START_ROSPEC: u16 = 22;
    pub const STOP_ROSPEC: u16 = 23;
    pub const ENABLE_ROSPEC: u16 = 24;
    pub const ADD_ACCESSSPEC: u16 = 40;
    pub const DELETE_ACCESSSPEC: u16 = 41;
    pub const ENABLE_ACCESSSPEC: u16 = 42;
    pub const RO_ACCESS_REPORT: u16 = 61;
    pub const KEEPALIVE: u16 = 62;
    pub const READER_EVENT_NOTIFICATION: u16 = 63;
    pub const ENABLE_EVENTS_AND_REPORTS: u16 = 64;
    pub const KEEPALIVE_ACK: u16 = 72;
    pub const ERROR_MESSAGE: u16 = 100;

    /// Whether the standard has a message of this type.
    pub(super) fn is_known(kind: u16) -> bool {
        matches!(kind, 1..=4 | 10..=14 | 20..=26 | 30..=36 | 40..=47 | 50..=54 | 56..=57 | 60..=64 | 72 | 100 | 1023)
    }

    /// The bytes between the header and the parameters, all of which have a length there. `None` for makers' own messages, of which only they know.
    pub(super) fn fixed_bytes(kind: u16) -> Option<usize> {
        match kind {
            GET_READER_CAPABILITIES | SET_READER_CONFIG => Some(1),
            // GET_READER_CONFIG: an antenna, what is asked for, an input, an output.
            2 => Some(7),
            // A spec's number.
            21..=25 | 41..=43 => Some(4),
            // SET_PROTOCOL_VERSION, and the two versions of GET_SUPPORTED_VERSION_RESPONSE.
            47 => Some(1),
            56 => Some(2),
            1023 => None,
            _ => Some(0),
        }
    }

    /// The type of the answer to a request.
    pub fn answer_to(request: u16) -> u16 {
        if request == CLOSE_CONNECTION { CLOSE_CONNECTION_RESPONSE } else { request + 10 }
    }

    /// The standard's name, or the number.
    pub fn name(kind: u16) -> Cow<'static, str> {
        Cow::Borrowed(match kind {
            GET_READER_CAPABILITIES => "GET_READER_CAPABILITIES",
            SET_READER_CONFIG => "SET_READER_CONFIG",
            CLOSE_CONNECTION => "CLOSE_CONNECTION",
            ADD_ROSPEC => "ADD_ROSPEC",
            DELETE_ROSPEC => "DELETE_ROSPEC",
            START_ROSPEC => "START_ROSPEC",
            STOP_ROSPEC => "STOP_ROSPEC",
            ENABLE_ROSPEC => "ENABLE_ROSPEC",
            ADD_ACCESSSPEC => "ADD_ACCESSSPEC",
            DELETE_ACCESSSPEC => "DELETE_ACCESSSPEC",
            ENABLE_ACCESSSPEC => "ENABLE_ACCESSSPEC",
            RO_ACCESS_REPORT => "RO_ACCESS_REPORT",
            KEEPALIVE => "KEEPALIVE",
            READER_EVENT_NOTIFICATION => "READER_EVENT_NOTIFICATION",
            ENABLE_EVENTS_AND_REPORTS => "ENABLE_EVENTS_AND_REPORTS",
            KEEPALIVE_ACK => "KEEPALIVE_ACK",
            ERROR_MESSAGE => "ERROR_MESSAGE",
            _ => return Cow::Owned(alloc::format!("message {kind}")),
        })
    }
}

/// One message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Message<'a> {
    /// 1 is LLRP 1.0.1, 2 is 1.1.
    pub version: u8,
    /// Its type, one of [`kind`].
    pub kind: u16,
    /// The sender's number; an answer has that of its request.
    pub id: u32,
    /// Everything after the header.
    pub body: &'a [u8],
}

/// Decodes what a reader sends.
#[derive(Debug)]
pub struct Decoder {
    frames: Frames,
    tamper: Option<TamperWord>,
}

impl Codec for Decoder {
    fn new(settings: &Settings) -> Decoder {
        let tamper = settings.tamper_chip.map(super::tag::TamperChip::word);
        Decoder { frames: Frames::default(), tamper }
    }

    fn push(&mut self, bytes: &[u8], out: &mut Vec<Item>) {
        let tamper = self.tamper;
        self.frames.push(bytes, look, |frame| match frame {
            Ok(frame) => match decode(frame) {
                Ok(message) => readings(message, tamper, out),
                Err(fault) => out.push(Err(fault)),
            },
            Err(fault) => out.push(Err(fault)),
        });
    }

    fn cut(&mut self) -> Option<Fault> {
        self.frames.cut()
    }
}

fn look(ahead: &[u8]) -> Look {
    let &[first, ref rest @ ..] = ahead else { return Look::More };
    if !matches!(first >> 2, 1 | 2) {
        return Look::Noise;
    }
    let Some(&second) = rest.first() else { return Look::More };
    let kind = u16::from_be_bytes([first & 3, second]);
    if !kind::is_known(kind) {
        return Look::Noise;
    }
    let Some(&[l1, l2, l3, l4]) = rest.get(1..5) else { return Look::More };
    let length = usize::try_from(u32::from_be_bytes([l1, l2, l3, l4])).unwrap_or(usize::MAX);
    let limit = if kind == kind::RO_ACCESS_REPORT {
        limits::LLRP_REPORT_BYTES
    } else {
        limits::LLRP_MESSAGE_BYTES
    };
    if length > limit {
        let detail = format!("{} of {length} bytes; at most {limit} are read", kind::name(kind));
        return Look::Broken(6, FaultKind::TooLong, detail);
    }
    if length < HEADER_BYTES {
        let detail = "a message has ten bytes at least";
        return Look::Broken(6, FaultKind::WrongLength, detail.to_owned());
    }
    match plausible(kind, length, ahead) {
        Ok(_) if ahead.len() >= length => Look::Frame(length),
        Ok(needed) => Look::Needs(needed),
        Err(detail) => Look::Broken(ahead.len().min(length), FaultKind::Malformed, detail),
    }
}

/// With how many bytes more can be told than that what follows a header may be the message that it announces; or why it cannot be. A header of noise
/// may claim as many bytes as a reader sends in minutes: they are not waited for.
fn plausible(kind: u16, length: usize, ahead: &[u8]) -> Result<usize, String> {
    let body = length - HEADER_BYTES;
    let Some(fixed) = kind::fixed_bytes(kind) else { return Ok(length) };
    if body < fixed {
        return Err(format!("{} has {fixed} bytes at least behind its head", kind::name(kind)));
    }
    if matches!(kind, kind::KEEPALIVE | kind::KEEPALIVE_ACK) && body > 0 {
        return Err(format!("{} has nothing behind its head", kind::name(kind)));
    }
    let first = HEADER_BYTES + fixed + PARAMETER_BYTES;
    let Some(parameters) = ahead.get(HEADER_BYTES + fixed..ahead.len().min(length)) else {
        return Ok(first.min(length));
    };
    let not_of_parameters =
        || format!("{} of {length} bytes is not made of parameters", kind::name(kind));
    let mut at = 0;
    while let Some(&[first, second, high, low]) = parameters.get(at..at + PARAMETER_BYTES) {
        let parameter = u16::from_be_bytes([first, second]);
        let size = usize::from(u16::from_be_bytes([high, low]));
        // Those without a length, below 128, stand only inside others.
        if !(128..1024).contains(&parameter) || size < PARAMETER_BYTES {
            return Err(not_of_parameters());
        }
        at += size;
    }
    let whole = ahead.len() >= length;
    let fits = if whole { at == body - fixed } else { at <= body - fixed };
    if !fits {
        return Err(not_of_parameters());
    }
    // Each look walks through all of them, so not each of them makes one more look.
    let next = if at == 0 { first } else { (first + at).next_multiple_of(WALK_BYTES) };
    Ok(next.min(length))
}

/// Reads the header of one message.
pub fn decode(frame: &[u8]) -> Result<Message<'_>, Fault> {
    match (look(frame), frame) {
        (Look::Frame(length), &[first, second, _, _, _, _, i1, i2, i3, i4, ref body @ ..])
            if length == frame.len() =>
        {
            Ok(Message {
                version: first >> 2,
                kind: u16::from_be_bytes([first & 3, second]),
                id: u32::from_be_bytes([i1, i2, i3, i4]),
                body,
            })
        }
        _ => Err(Fault::new(
            FaultKind::WrongLength,
            "a message is as long as its header says",
            frame,
        )),
    }
}

/// Writes one message. A body longer than a length can say does not occur: [`limits::LLRP_REPORT_BYTES`] is far below.
pub fn encode(version: u8, kind: u16, id: u32, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(HEADER_BYTES + body.len()).unwrap_or(u32::MAX);
    let mut bytes = Vec::with_capacity(HEADER_BYTES + body.len());
    bytes.extend((u16::from(version & 7) << 10 | kind & 0x3ff).to_be_bytes());
    bytes.extend(length.to_be_bytes());
    bytes.extend(id.to_be_bytes());
    bytes.extend(body);
    bytes
}

/// What a message says that was not asked for, or was asked by somebody else.
fn readings(message: Message<'_>, tamper: Option<TamperWord>, out: &mut Vec<Item>) {
    let alive = || Ok(Reading::SealReader(ReaderMessage::alive(kind::name(message.kind))));
    let fault = |kind, detail: String| Err(Fault::new(kind, detail, message.body));
    let before = out.len();
    match message.kind {
        kind::RO_ACCESS_REPORT => {
            let mut nameless = 0_usize;
            let tags = report::tags(message.body).try_for_each(|tag| {
                let tag = tag?;
                if tag.epc.is_empty() {
                    nameless += 1;
                } else {
                    out.push(Ok(Reading::Seal(tag.message(tamper))));
                }
                Ok(())
            });
            if let Err(unreadable) = tags {
                // All of a report is told, or nothing.
                out.truncate(before);
                out.push(match unreadable {
                    Unreadable::UnknownTv(_) => {
                        let detail =
                            format!("{}, so the report cannot be read on", unreadable.words());
                        fault(FaultKind::NotDecoded, detail)
                    }
                    Unreadable::Malformed(detail) => fault(FaultKind::Malformed, detail),
                });
            } else if nameless > 0 {
                let detail = format!("{nameless} tags without an EPC are passed over: blank chips");
                out.push(fault(FaultKind::BadField, detail));
            } else if out.len() == before {
                out.push(Ok(Reading::SealReader(ReaderMessage::NoTag)));
            }
        }
        kind::READER_EVENT_NOTIFICATION => {
            let notified = reader::events(message.body).try_for_each(|notification| {
                out.extend(match notification? {
                    Notification::Antenna { antenna, connected } => {
                        let said = ReaderMessage::Antenna { antenna, connected };
                        Some(Ok(Reading::SealReader(said)))
                    }
                    Notification::Connection(ConnectionAttempt::Success) | Notification::Closed => {
                        None
                    }
                    Notification::Connection(attempt) => {
                        Some(fault(FaultKind::Refused, attempt.words().to_owned()))
                    }
                    Notification::Exception(words) => {
                        let detail = format!("the reader is in trouble: {words}");
                        Some(fault(FaultKind::Refused, detail))
                    }
                });
                Ok(())
            });
            if let Err(unreadable) = notified {
                let unreadable: Unreadable = unreadable;
                out.truncate(before);
                out.push(fault(FaultKind::Malformed, unreadable.words()));
            } else if out.len() == before {
                out.push(alive());
            }
        }
        _ => match reader::status(message.body) {
            Some(status) if status.code != 0 => {
                let what = kind::name(message.kind);
                out.push(fault(FaultKind::Refused, format!("{what}: {}", status.words())));
            }
            Some(_) | None => out.push(alive()),
        },
    }
}
