//! An event becomes a body, and a body an event.
//!
//! It promises: what [`encode`] wrote, [`decode`] of this and of every later release reads as the same entry; a body of a
//! newer writer is read or told to be [`Decoded::Newer`], and never half understood; damage is told with the name of the
//! field. Times are kept to the microsecond: what is finer is cut.
//!
//! It deliberately does not check the chain ([`crate::chain`] does, without knowing any event) and never encodes an entry
//! that it has read: a body stays as it was written.

mod acts;
mod directives;
mod event;
mod facts;
mod field;
mod papers;
mod words;

use checkpoint::event::Entry;
use prost::Message;
use prost::bytes::Buf;
use prost::encoding::{DecodeContext, decode_key, skip_field};

use crate::chain::{Epoch, Hash};
use crate::generated::entry as proto;
use field::{Misread, read};

/// The body of an entry that stands in `epoch` behind the entry with the hash `prev`.
pub fn encode(entry: &Entry, epoch: Epoch, prev: Hash) -> Vec<u8> {
    let Entry { seq, at, clock, author, event } = entry;
    proto::Entry {
        seq: *seq,
        epoch: epoch.0.to_vec(),
        prev: prev.0.to_vec(),
        at_us: at.as_microsecond(),
        clock: field::write(clock),
        author: field::write(author),
        event: Some(event::write(event)),
    }
    .encode_to_vec()
}

/// What a body says.
#[derive(Debug, Clone, PartialEq)]
pub enum Decoded {
    /// An entry.
    Entry(Box<Entry>),
    /// An entry of a newer release: its place in the journal is known, what it says is not. The fold passes over it.
    Newer {
        /// Its number.
        seq: u64,
        /// When it was decided, in microseconds since 1970-01-01T00:00:00Z.
        at_us: i64,
        /// What is not known: the number of the event, or the path of a field and what stands there.
        unknown: String,
    },
}

/// Reads a body of any release.
pub fn decode(body: &[u8]) -> Result<Decoded, EntryError> {
    let message =
        proto::Entry::decode(body).map_err(|source| EntryError::NotProtobuf { source })?;
    let (seq, at_us) = (message.seq, message.at_us);
    let Some(event) = message.event else {
        return match event_number(body) {
            Some(number) => Ok(Decoded::Newer { seq, at_us, unknown: format!("event {number}") }),
            None => Err(EntryError::Field { seq, field: "event".into(), found: "nothing".into() }),
        };
    };
    let entry = || -> Result<Entry, Misread> {
        if seq == 0 {
            return Err(Misread::bad("0").within("seq"));
        }
        Ok(Entry {
            seq,
            at: read(at_us, "at_us")?,
            clock: read(message.clock, "clock")?,
            author: read(message.author, "author")?,
            event: event::read(event)?,
        })
    };
    match entry() {
        Ok(entry) => Ok(Decoded::Entry(Box::new(entry))),
        Err(Misread::Newer { path, found }) => {
            Ok(Decoded::Newer { seq, at_us, unknown: format!("{path} is {found}") })
        }
        Err(Misread::Bad { path, found }) => Err(EntryError::Field { seq, field: path, found }),
    }
}

/// The last field of the body whose number is an event's.
fn event_number(mut body: &[u8]) -> Option<u32> {
    let mut number = None;
    while body.has_remaining() {
        let (tag, wire_type) = decode_key(&mut body).ok()?;
        skip_field(wire_type, tag, &mut body, DecodeContext::default()).ok()?;
        if tag >= FIRST_EVENT {
            number = Some(tag);
        }
    }
    number
}

/// Events have this number in `Entry` and the larger ones.
const FIRST_EVENT: u32 = 20;

/// A body that is no entry of any release.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum EntryError {
    /// The bytes are not protobuf.
    #[error("the body is not protobuf")]
    NotProtobuf {
        /// Where it fails.
        source: prost::DecodeError,
    },
    /// A field says what no writer writes.
    #[error("entry {seq}: the field {field} is {found}, which no release writes")]
    Field {
        /// The entry's number, as far as it could be read.
        seq: u64,
        /// Path of the field in `proto/entry.proto`.
        field: String,
        /// What stands there.
        found: String,
    },
}

#[cfg(test)]
mod tests;
