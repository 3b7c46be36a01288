//! What bytes sound like that come over a line with the wrong settings.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use serde::Serialize;

/// The parity of a line of seven data bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Parity {
    /// An even number of bits is set.
    Even,
    /// An odd number of bits is set.
    Odd,
    /// The eighth bit is always set: mark, or no parity and a second stop bit.
    Mark,
}

/// Something a technician should know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LineHint {
    /// Nothing came.
    Silence,
    /// The device sends seven data bits with this parity, and the line is opened with eight.
    SevenBits {
        /// The parity, if all bytes agree on one.
        parity: Option<Parity>,
    },
    /// The line is opened at another speed than the device's.
    WrongSpeed,
    /// Most bytes are no text, and no frame of a known binary dialect is among them.
    NoText,
    /// A shape that is known, in bytes that no dialect could read.
    Seen {
        /// What it looks like.
        seen: String,
    },
}

impl fmt::Display for LineHint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LineHint::Silence => f.write_str(
                "nothing came: a device that only answers, or no line; ask for its model and protocol, and do not try commands",
            ),
            LineHint::SevenBits { parity: Some(Parity::Even) } => {
                f.write_str("every byte has an even number of bits: open the line with 7E1")
            }
            LineHint::SevenBits { parity: Some(Parity::Odd) } => {
                f.write_str("every byte has an odd number of bits: open the line with 7O1")
            }
            LineHint::SevenBits { parity: Some(Parity::Mark) } => {
                f.write_str("the top bit is always set: open the line with 7 data bits and 2 stop bits, or mark parity")
            }
            LineHint::SevenBits { parity: None } => f.write_str(
                "without their top bits the bytes are text: 7 data bits, and the parity is not clear; is the speed right?",
            ),
            LineHint::WrongSpeed => f.write_str(
                "nearly all bytes are E6, 00, FE or 80: the line is opened at another speed, often twice or half of the right one",
            ),
            LineHint::NoText => f.write_str(
                "mostly no text, and no frame of a known dialect: another speed, another parity, or another protocol",
            ),
            LineHint::Seen { seen } => write!(f, "seen: {seen}"),
        }
    }
}

/// Whether a byte stands in text lines or in frames of text.
fn is_text(byte: u8) -> bool {
    matches!(byte, 0x20..=0x7e | b'\r' | b'\n' | b'\t' | 0x02 | 0x03)
}

/// At least so many of a hundred.
fn most(count: usize, of: usize, percent: usize) -> bool {
    of > 0 && count * 100 >= of * percent
}

/// The bytes without their top bits, if with them they are no text and without them they are.
pub(super) fn seven_bits(bytes: &[u8]) -> Option<(Option<Parity>, Vec<u8>)> {
    let count = |is: fn(u8) -> bool| bytes.iter().filter(|byte| is(**byte)).count();
    let high = count(|byte| byte >= 0x80);
    let text = count(|byte| is_text(byte & 0x7f));
    // The lamp byte of a CAS line is one of twenty-two.
    if !most(high, bytes.len(), 20) || !most(text, bytes.len(), 90) {
        return None;
    }
    let even = count(|byte| byte.count_ones().is_multiple_of(2));
    let parity = if high == bytes.len() {
        Some(Parity::Mark)
    } else if most(even, bytes.len(), 98) {
        Some(Parity::Even)
    } else if most(bytes.len() - even, bytes.len(), 98) {
        Some(Parity::Odd)
    } else {
        None
    };
    Some((parity, bytes.iter().map(|byte| byte & 0x7f).collect()))
}

/// Why nothing could be read, as far as the line tells.
pub(super) fn unexplained(bytes: &[u8]) -> Option<LineHint> {
    let count = |is: fn(u8) -> bool| bytes.iter().filter(|byte| is(**byte)).count();
    if bytes.is_empty() {
        Some(LineHint::Silence)
    } else if most(count(|byte| matches!(byte, 0xe6 | 0x00 | 0xfe | 0x80)), bytes.len(), 90) {
        Some(LineHint::WrongSpeed)
    } else if !most(count(is_text), bytes.len(), 60) {
        Some(LineHint::NoText)
    } else {
        None
    }
}
