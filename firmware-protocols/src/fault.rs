//! What is wrong with bytes: an item of the stream, never its end.

use alloc::string::String;
use core::fmt;

use serde::{Deserialize, Serialize};

use crate::excerpt::Raw;
use crate::limits;

/// Bytes that are not as they should be.
///
/// Serialises under one key, `{"fault": {"kind": .., "detail": .., "excerpt": .., "bytes": ..}}`, so that a stream of readings and
/// faults can be told apart line by line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Tagged", into = "Tagged")]
pub struct Fault {
    /// What kind of fault: the unit of a device's fault counters.
    pub kind: FaultKind,
    /// What was found, and what would have been right.
    pub detail: String,
    /// The offending bytes, at most [`limits::EXCERPT_BYTES`] of them.
    pub excerpt: Raw,
    /// How many bytes were given up.
    pub bytes: u32,
}

/// The kinds of faults, as they are counted per device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FaultKind {
    /// Bytes outside any frame.
    Noise,
    /// A line, frame or document exceeded its limit.
    TooLong,
    /// A line or frame has not the length its kind demands.
    WrongLength,
    /// The check sum does not fit.
    WrongChecksum,
    /// Bytes that this dialect cannot contain.
    NotText,
    /// One field is not what it should be; the frame as such was recognised.
    BadField,
    /// The document is not well-formed, too deep, or not of the expected kind.
    Malformed,
    /// A recognised frame that this dialect does not decode, such as a binary frame in a text dialect.
    NotDecoded,
    /// The link ended, or was opened anew, inside a frame.
    CutOff,
    /// A device that has to be asked did not answer, however often it was asked.
    NoAnswer,
    /// A device answered that it cannot, or will not.
    Refused,
    /// An answer to a question that was not asked, or was asked by somebody else, or is no longer open.
    Unasked,
}

#[derive(Serialize, Deserialize)]
struct Tagged {
    fault: Body,
}

#[derive(Serialize, Deserialize)]
struct Body {
    kind: FaultKind,
    detail: String,
    excerpt: Raw,
    bytes: u32,
}

impl From<Tagged> for Fault {
    fn from(Tagged { fault: Body { kind, detail, excerpt, bytes } }: Tagged) -> Fault {
        Fault { kind, detail, excerpt, bytes }
    }
}

impl From<Fault> for Tagged {
    fn from(Fault { kind, detail, excerpt, bytes }: Fault) -> Tagged {
        Tagged { fault: Body { kind, detail, excerpt, bytes } }
    }
}

impl Fault {
    /// A fault in `bytes`, all of which are given up.
    pub fn new(kind: FaultKind, detail: impl Into<String>, bytes: &[u8]) -> Fault {
        Fault {
            kind,
            detail: detail.into(),
            excerpt: Raw::cut(bytes, limits::EXCERPT_BYTES),
            bytes: u32::try_from(bytes.len()).unwrap_or(u32::MAX),
        }
    }
}

impl FaultKind {
    /// The name under which the kind is counted and serialised.
    pub fn name(self) -> &'static str {
        match self {
            FaultKind::Noise => "noise",
            FaultKind::TooLong => "too-long",
            FaultKind::WrongLength => "wrong-length",
            FaultKind::WrongChecksum => "wrong-checksum",
            FaultKind::NotText => "not-text",
            FaultKind::BadField => "bad-field",
            FaultKind::Malformed => "malformed",
            FaultKind::NotDecoded => "not-decoded",
            FaultKind::CutOff => "cut-off",
            FaultKind::NoAnswer => "no-answer",
            FaultKind::Refused => "refused",
            FaultKind::Unasked => "unasked",
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: {} in `{}` ({} bytes)",
            self.kind.name(),
            self.detail,
            self.excerpt,
            self.bytes
        )
    }
}
