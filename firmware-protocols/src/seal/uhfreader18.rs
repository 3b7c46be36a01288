//! Dialect `uhfreader18`: serial readers of UHF tags of the UHFReader18 family, many makers' desktop and gate readers.
//!
//! ```text
//! 04  00  01                        DB 4B     are there tags?
//! 05  00  01  FB                    F2 3D     none
//! 13  00  0F  01  01  0C  E2 .. AA  DA FF     one, of twelve bytes
//! 11  00  EE  00  E2 .. EC          B1 B1     one, unasked, of a reader that is set to scan
//! Len Adr Cmd Status count, length, EPC  CRC-16 8408h (reflected) from FFFFh, low byte first
//! ```
//!
//! The length counts everything after itself. That there is no tag is no fault. Some firmware does not know command 01h and answers 0Fh, which looks for
//! one tag; a reader that refuses the one is asked by the other.
//!
//! Deliberately absent: anything that changes the reader or a tag. The memory of a tag is not read, so nothing is said of its loop. Sources:
//! `docs/protocols/uhfreader18.md`.
//!
//! Assumed: a tag that was not seen for five seconds has gone (`hold_ms`); times of the conversation (`poll_ms`, `answer_ms`, `tries`,
//! `again_ms`); the speed of its line, 57600, 9600 or 115200 8N1 (the site's `baud`).

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use super::sightings::Sighted;
use super::tag::{LONGEST_EPC, hex};
use super::{Message, ReaderMessage, TagSighting};
use crate::codec::{Codec, Item, Settings};
use crate::conversation::{Heard, Polling, Questions, Timing};
use crate::dialect::Reading;
use crate::fault::{Fault, FaultKind};
use crate::frames::{Frames, Look};

/// All tags in the field.
const INVENTORY: u8 = 0x01;
/// One tag in the field.
const INVENTORY_ONE: u8 = 0x0f;
/// What a reader says unasked that is set to scan.
const SCANNED: u8 = 0xee;
/// What the reader is.
const INFORMATION: u8 = 0x21;
/// Length, address, command, status, two bytes of check sum.
const LEAST_BYTES: usize = 6;
/// More follows in another answer.
const MORE_FOLLOWS: u8 = 0x03;
const NO_TAG: u8 = 0xfb;

/// A reader looks for tags for a second, or as long as it is set to, before it answers.
const USUAL: Timing = Timing {
    period: Duration::from_millis(250),
    answer_within: Duration::from_millis(3000),
    tries: 2,
    again_after: Duration::from_millis(2000),
};

/// An answer of a reader. Its tags are in the frame, or kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer<List = Vec<Vec<u8>>> {
    /// The reader's address.
    pub address: u8,
    /// The command it answers, or EEh.
    pub command: u8,
    /// How it ended: 01h to 04h with tags, FBh none.
    pub status: u8,
    /// The tags, if it tells any.
    pub tags: List,
}

/// The EPCs of a frame, where they stand.
#[derive(Debug, Clone)]
enum Tags<'a> {
    /// A length before each.
    Counted(&'a [u8]),
    /// One, and nothing else.
    One(&'a [u8]),
}

/// Decodes what one reader says.
#[derive(Debug)]
pub struct Decoder {
    frames: Frames,
    address: u8,
}

impl Codec for Decoder {
    fn new(settings: &Settings) -> Decoder {
        Decoder { frames: Frames::default(), address: settings.address.unwrap_or(0) }
    }

    fn push(&mut self, bytes: &[u8], out: &mut Vec<Item>) {
        self.hear(bytes, |answer| match answer {
            Ok((answer, frame)) => tell(&answer, frame, out),
            Err(fault) => out.push(Err(fault)),
        });
    }

    fn cut(&mut self) -> Option<Fault> {
        self.frames.cut()
    }
}

impl Decoder {
    fn hear(
        &mut self,
        bytes: &[u8],
        mut tell: impl FnMut(Result<(Answer<Tags<'_>>, &[u8]), Fault>),
    ) {
        let address = self.address;
        self.frames.push(
            bytes,
            |ahead| look(ahead, address),
            |frame| {
                tell(frame.and_then(|frame| Ok((heard(frame)?, frame))));
            },
        );
    }
}

/// A length says little of what is a frame, so everything that is known of its beginning is looked at before it is waited for.
fn look(ahead: &[u8], address: u8) -> Look {
    let &[length, ref rest @ ..] = ahead else { return Look::More };
    let whole = usize::from(length) + 1;
    if whole < LEAST_BYTES {
        return Look::Noise;
    }
    match *rest {
        [] => return Look::More,
        [theirs, ..] if theirs != address => return Look::Noise,
        [_, command, ..]
            if !matches!(command, INVENTORY | INVENTORY_ONE | SCANNED | INFORMATION) =>
        {
            return Look::Noise;
        }
        [_, _, status, ..] if !matches!(status, 0..=5 | 0xf8..=0xff) => return Look::Noise,
        [_, _, _, ..] => {}
        _ => return Look::More,
    }
    let Some(frame) = ahead.get(..whole) else { return Look::Needs(whole) };
    match frame.split_last_chunk::<2>() {
        Some((summed, check)) if crc(summed) != u16::from_le_bytes(*check) => {
            let detail = format!("the check sum of these bytes is {:04X}", crc(summed));
            Look::Broken(whole, FaultKind::WrongChecksum, detail)
        }
        _ => Look::Frame(whole),
    }
}

/// Reads one answer, from its length to its check sum.
pub fn decode(frame: &[u8]) -> Result<Answer, Fault> {
    let Answer { address, command, status, tags } = heard(frame)?;
    Ok(Answer { address, command, status, tags: tags.map(<[u8]>::to_vec).collect() })
}

fn heard(frame: &[u8]) -> Result<Answer<Tags<'_>>, Fault> {
    read(frame).map_err(|(kind, detail)| Fault::new(kind, detail, frame))
}

fn read(frame: &[u8]) -> Result<Answer<Tags<'_>>, (FaultKind, String)> {
    let &[length, address, command, status, ref rest @ ..] = frame else {
        return Err((FaultKind::WrongLength, "an answer has six bytes at least".to_owned()));
    };
    if usize::from(length) + 1 != frame.len() {
        return Err((
            FaultKind::WrongLength,
            "an answer is as long as its first byte says".to_owned(),
        ));
    }
    let Some((data, check)) = rest.split_last_chunk::<2>() else {
        return Err((FaultKind::WrongLength, "an answer has six bytes at least".to_owned()));
    };
    let expected = crc(frame.get(..frame.len() - 2).unwrap_or_default());
    if expected != u16::from_le_bytes(*check) {
        let detail = format!("the check sum of these bytes is {expected:04X}");
        return Err((FaultKind::WrongChecksum, detail));
    }
    let tags = match (command, status) {
        (INVENTORY | INVENTORY_ONE, 0..=4) => listed(data),
        (SCANNED, 0) => epc(data).map(Tags::One),
        _ => Ok(Tags::Counted(&[])),
    };
    let tags = tags.map_err(|detail| (FaultKind::BadField, detail))?;
    Ok(Answer { address, command, status, tags })
}

/// A count, and so many tags: each is looked at, so that all of them are told or none.
fn listed(data: &[u8]) -> Result<Tags<'_>, String> {
    let Some((&count, tags)) = data.split_first() else { return Ok(Tags::Counted(&[])) };
    let mut rest = tags;
    for _ in 0..count {
        let tag = first(&mut rest)
            .ok_or_else(|| format!("{count} tags are more than there are bytes"))?;
        epc(tag)?;
    }
    if rest.is_empty() {
        Ok(Tags::Counted(tags))
    } else {
        Err(format!("{} bytes after the last tag", rest.len()))
    }
}

/// Takes off the first tag with its length.
fn first<'a>(tags: &mut &'a [u8]) -> Option<&'a [u8]> {
    let (length, after) = tags.split_first()?;
    let (tag, after) = after.split_at_checked((*length).into())?;
    *tags = after;
    Some(tag)
}

impl<'a> Iterator for Tags<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        match self {
            Tags::Counted(tags) => first(tags),
            Tags::One(tag) => {
                let tag = *tag;
                *self = Tags::Counted(&[]);
                Some(tag)
            }
        }
    }
}

fn epc(bytes: &[u8]) -> Result<&[u8], String> {
    if bytes.is_empty() || !bytes.len().is_multiple_of(2) || bytes.len() > LONGEST_EPC {
        return Err(format!(
            "an EPC has 2 to {LONGEST_EPC} bytes, an even number; not {}",
            bytes.len()
        ));
    }
    Ok(bytes)
}

fn tell(answer: &Answer<Tags<'_>>, frame: &[u8], out: &mut Vec<Item>) {
    let before = out.len();
    out.extend(answer.tags.clone().map(|epc| {
        let mut message = Message::new(hex(epc), "tag");
        message.tag = Some(TagSighting { times: 1, ..TagSighting::default() });
        Ok(Reading::Seal(message))
    }));
    if out.len() > before {
        return;
    }
    let said = match (answer.command, answer.status) {
        (INVENTORY | INVENTORY_ONE | SCANNED, 0..=4 | NO_TAG) => Ok(ReaderMessage::NoTag),
        (_, 0) => Ok(ReaderMessage::alive("information")),
        (command, status) => Err(format!("command {command:02X}h: {}", words(status))),
    };
    out.push(match said {
        Ok(said) => Ok(Reading::SealReader(said)),
        Err(detail) => Err(Fault::new(FaultKind::Refused, detail, frame)),
    });
}

fn words(status: u8) -> String {
    match status {
        0xf8 => "the antenna is faulty".to_owned(),
        0xf9 => "the command failed".to_owned(),
        0xfa => "the tag answers poorly".to_owned(),
        0xfd => "the command has a wrong length".to_owned(),
        0xfe => "the reader does not know the command, or is set to scan".to_owned(),
        0xff => "a parameter is wrong".to_owned(),
        other => format!("status {other:02X}h"),
    }
}

/// The question whether there are tags, or what the reader is.
pub fn encode_question(address: u8, command: u8) -> Vec<u8> {
    framed(&[address, command])
}

/// What a reader says, for simulators.
pub fn encode(answer: &Answer) -> Vec<u8> {
    let mut body = Vec::from([answer.address, answer.command, answer.status]);
    if answer.command == SCANNED {
        body.extend(answer.tags.iter().take(1).flatten());
    } else if !answer.tags.is_empty() {
        body.push(u8::try_from(answer.tags.len()).unwrap_or(u8::MAX));
        for tag in &answer.tags {
            body.push(u8::try_from(tag.len()).unwrap_or(u8::MAX));
            body.extend(tag);
        }
    }
    framed(&body)
}

fn framed(body: &[u8]) -> Vec<u8> {
    let mut frame = Vec::from([u8::try_from(body.len() + 2).unwrap_or(u8::MAX)]);
    frame.extend(body);
    let check = crc(&frame);
    frame.extend(check.to_le_bytes());
    frame
}

/// Polynomial 8408h, reflected, from FFFFh.
fn crc(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0xffff, |crc, byte| {
        (0..8).fold(
            crc ^ u16::from(*byte),
            |crc, _| {
                if crc & 1 != 0 { crc >> 1 ^ 0x8408 } else { crc >> 1 }
            },
        )
    })
}

/// Asks a reader for tags, again and again.
#[derive(Debug)]
pub struct Master {
    decoder: Decoder,
    command: u8,
}

/// A master whose tags are told when they come and go.
pub type Reader = Sighted<Polling<Master>>;

impl Reader {
    /// Waits for its link.
    pub fn new(settings: &Settings) -> Reader {
        let master = Master { decoder: Decoder::new(settings), command: INVENTORY };
        Sighted::over(Polling::new(master, USUAL.set_by(settings)), settings)
    }
}

impl Questions for Master {
    fn ask(&mut self, request: &mut Vec<u8>) {
        request.extend(encode_question(self.decoder.address, self.command));
    }

    fn hear(&mut self, bytes: &[u8], out: &mut Vec<Item>) -> Heard {
        let (asked, mut heard, mut other) = (self.command, Heard::NotYet, false);
        self.decoder.hear(bytes, |answer| match answer {
            Ok((answer, frame)) => {
                tell(&answer, frame, out);
                // A reader that is set to scan may answer by scanning on.
                if answer.command == asked && answer.status != MORE_FOLLOWS {
                    heard = Heard::Answered;
                    other = matches!(answer.status, 0xfd | 0xfe);
                }
            }
            Err(fault) => {
                if fault.kind == FaultKind::WrongChecksum && heard == Heard::NotYet {
                    heard = Heard::Broken;
                }
                out.push(Err(fault));
            }
        });
        if other {
            self.command = if asked == INVENTORY { INVENTORY_ONE } else { INVENTORY };
        }
        heard
    }

    /// Some readers are set to scan and speak unasked.
    fn overhear(&mut self, bytes: &[u8], out: &mut Vec<Item>) {
        self.decoder.hear(bytes, |answer| match answer {
            Ok((answer, frame)) if answer.command == SCANNED => tell(&answer, frame, out),
            Ok((_, frame)) => {
                let detail = "an answer to a question that was not asked, or is no longer";
                out.push(Err(Fault::new(FaultKind::Unasked, detail, frame)));
            }
            Err(fault) => out.push(Err(fault)),
        });
    }

    fn cut(&mut self) -> Option<Fault> {
        self.decoder.cut()
    }
}
