//! RO_ACCESS_REPORT: tags as a reader saw them, and what it read of their memory.

use alloc::format;
use alloc::vec::Vec;

use jiff::Timestamp;

use super::parameter::{Parameter, Unreadable, all, tlv, tv};
use crate::seal::tag::{TamperWord, hex};
use crate::seal::{Message, TagSighting};

const TAG_REPORT_DATA: u16 = 240;
const EPC_DATA: u16 = 241;
const READ_RESULT: u16 = 349;

/// A tag in a report. Its EPC and what was read of its memory are in the report, or kept.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tag<Epc = Vec<u8>, List = Vec<ReadResult>> {
    /// Its EPC.
    pub epc: Epc,
    /// The antenna that saw it.
    pub antenna: Option<u16>,
    /// Strength of its strongest answer.
    pub rssi_dbm: Option<i8>,
    /// When it was first seen, by the reader's clock.
    pub first_seen: Option<Timestamp>,
    /// When it was last seen, by the reader's clock.
    pub last_seen: Option<Timestamp>,
    /// How often it was seen.
    pub times: Option<u16>,
    /// What was read of its memory.
    pub read: List,
}

/// The result of reading a tag's memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadResult {
    /// 0 is success; 2 is a tag that did not answer.
    pub result: u8,
    /// Which of the operations of the access spec.
    pub operation: u16,
    /// The words.
    pub words: Vec<u16>,
}

/// The operation of our access spec that reads the word which tells that the loop was opened.
pub const TAMPER_OPERATION: u16 = 1;

/// A tag where it stands in a report.
pub(super) type Reported<'a> = Tag<&'a [u8], Reads<'a>>;

/// The parameters of a tag, those among them that say what was read of its memory.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Reads<'a>(&'a [u8]);

/// One of them.
struct Read<'a> {
    result: u8,
    operation: u16,
    /// Two bytes each.
    words: &'a [u8],
}

/// Reads the tags of a report, but for those without an EPC.
pub fn decode(body: &[u8]) -> Result<Vec<Tag>, Unreadable> {
    let named = tags(body).filter(|tag| !matches!(tag, Ok(tag) if tag.epc.is_empty()));
    named.map(|tag| tag.map(kept)).collect()
}

/// The tags of a report, up to the first that cannot be read. A chip that was never written has an EPC of no bits.
pub(super) fn tags(body: &[u8]) -> impl Iterator<Item = Result<Reported<'_>, Unreadable>> {
    all(body).filter_map(|parameter| match parameter {
        Ok(parameter) if parameter.kind != TAG_REPORT_DATA => None,
        parameter => Some(parameter.and_then(|parameter| tag(parameter.body))),
    })
}

fn tag(body: &[u8]) -> Result<Reported<'_>, Unreadable> {
    let mut tag = Reported { read: Reads(body), ..Reported::default() };
    for parameter in all(body) {
        let parameter = parameter?;
        let short = || Unreadable::Malformed(format!("parameter {} is too short", parameter.kind));
        match parameter.kind {
            EPC_DATA => {
                let (bits, bytes) = parameter.body.split_first_chunk::<2>().ok_or_else(short)?;
                let count = usize::from(u16::from_be_bytes(*bits)).div_ceil(8);
                tag.epc = bytes.get(..count).ok_or_else(short)?;
            }
            13 => tag.epc = parameter.body,
            1 => tag.antenna = word(parameter),
            2 => tag.first_seen = moment(parameter),
            4 => tag.last_seen = moment(parameter),
            6 => tag.rssi_dbm = parameter.body.first().map(|byte| byte.cast_signed()),
            8 => tag.times = word(parameter),
            READ_RESULT => {
                read_result(parameter).ok_or_else(short)?;
            }
            // A maker's own, and what is not asked for.
            _ => {}
        }
    }
    Ok(tag)
}

fn read_result(parameter: Parameter<'_>) -> Option<Read<'_>> {
    let &[result, o1, o2, _, _, ref words @ ..] = parameter.body else { return None };
    Some(Read { result, operation: u16::from_be_bytes([o1, o2]), words })
}

impl<'a> Reads<'a> {
    fn iter(self) -> impl Iterator<Item = Read<'a>> {
        all(self.0)
            .flatten()
            .filter(|parameter| parameter.kind == READ_RESULT)
            .filter_map(read_result)
    }
}

impl Read<'_> {
    fn words(&self) -> impl Iterator<Item = u16> {
        self.words.as_chunks().0.iter().copied().map(u16::from_be_bytes)
    }
}

fn kept(tag: Reported<'_>) -> Tag {
    let Tag { epc, antenna, rssi_dbm, first_seen, last_seen, times, read } = tag;
    let read = read.iter().map(|read| ReadResult {
        result: read.result,
        operation: read.operation,
        words: read.words().collect(),
    });
    Tag { epc: epc.to_vec(), antenna, rssi_dbm, first_seen, last_seen, times, read: read.collect() }
}

fn word(parameter: Parameter<'_>) -> Option<u16> {
    parameter.body.try_into().ok().map(u16::from_be_bytes)
}

/// Microseconds since 1970. A reader whose clock was never set says 0, which is no moment.
fn moment(parameter: Parameter<'_>) -> Option<Timestamp> {
    let microseconds = u64::from_be_bytes(parameter.body.try_into().ok()?);
    let microseconds = i64::try_from(microseconds).ok().filter(|microseconds| *microseconds > 0)?;
    Timestamp::from_microsecond(microseconds).ok()
}

impl Reported<'_> {
    /// What it says of a seal. A loop that was not read, for whatever reason, is neither intact nor opened.
    pub(super) fn message(&self, tamper: Option<TamperWord>) -> Message {
        let mut message = Message::new(hex(self.epc), "tag");
        message.device_time = self.last_seen.or(self.first_seen);
        message.tag = Some(TagSighting {
            antenna: self.antenna,
            rssi_dbm: self.rssi_dbm,
            first_seen: self.first_seen,
            times: u32::from(self.times.unwrap_or(1)).max(1),
            gone: false,
        });
        message.fields.reserve_exact(self.read.iter().count());
        for read in self.read.iter() {
            match (read.result, read.words().next()) {
                (0, Some(word)) => {
                    message.fields.push(format!("word {word:04X}"));
                    if let (Some(tamper), TAMPER_OPERATION) = (tamper, read.operation) {
                        message.locked = Some(word & tamper.mask == 0);
                    }
                }
                (result, _) => message.fields.push(format!("not-read {result}")),
            }
        }
        message
    }
}

/// Writes the body of a report.
pub fn encode(tags: &[Tag]) -> Vec<u8> {
    tags.iter().flat_map(|tag| tlv(TAG_REPORT_DATA, &tag_body(tag))).collect()
}

fn tag_body(tag: &Tag) -> Vec<u8> {
    let mut body = if tag.epc.len() == 12 {
        tv(13, &tag.epc)
    } else {
        let bits = u16::try_from(tag.epc.len() * 8).unwrap_or_default();
        tlv(EPC_DATA, &[&bits.to_be_bytes(), tag.epc.as_slice()].concat())
    };
    body.extend(tag.antenna.iter().flat_map(|antenna| tv(1, &antenna.to_be_bytes())));
    body.extend(tag.rssi_dbm.iter().flat_map(|rssi| tv(6, &rssi.to_be_bytes())));
    for (kind, at) in [(2, tag.first_seen), (4, tag.last_seen)] {
        let microseconds = at.and_then(|at| u64::try_from(at.as_microsecond()).ok());
        body.extend(
            microseconds.iter().flat_map(|microseconds| tv(kind, &microseconds.to_be_bytes())),
        );
    }
    body.extend(tag.times.iter().flat_map(|times| tv(8, &times.to_be_bytes())));
    for read in &tag.read {
        let mut result = Vec::from([read.result]);
        result.extend(read.operation.to_be_bytes());
        result.extend(u16::try_from(read.words.len()).unwrap_or_default().to_be_bytes());
        result.extend(read.words.iter().flat_map(|word| word.to_be_bytes()));
        body.extend(tlv(READ_RESULT, &result));
    }
    body
}
