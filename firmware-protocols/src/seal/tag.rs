//! Seals that are radio tags (UHF Gen2): what a reader tells of a tag, of itself, and where a chip keeps its tamper bit.
//!
//! The number of such a seal is its EPC, in hexadecimal capitals. An EPC can be copied to another tag: it identifies, it proves nothing.

use alloc::string::String;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The longest EPC, in bytes: its length is told in words by five bits of the protocol control word.
pub const LONGEST_EPC: usize = 62;

/// How a reader saw a tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct TagSighting {
    /// The antenna, if the reader tells.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub antenna: Option<u16>,
    /// Strength of the answer, if the reader tells.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rssi_dbm: Option<i8>,
    /// When the reader first saw it in this round, by the reader's clock.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_seen: Option<Timestamp>,
    /// How often it was seen since it was last told.
    pub times: u32,
    /// It was not seen for the hold time: this message ends its stay, and is about a moment that has passed.
    #[serde(skip_serializing_if = "core::ops::Not::not")]
    pub gone: bool,
}

/// What a reader of seals says about itself. None of it is about a seal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReaderMessage {
    /// It is there: it answered, or said that it lives.
    Alive {
        /// The dialect's name of what it said.
        said: String,
    },
    /// It looked, and saw no tag. That is no fault.
    NoTag,
    /// An antenna was connected, or lost.
    Antenna {
        /// Which.
        antenna: u16,
        /// Whether it is connected now.
        connected: bool,
    },
}

impl ReaderMessage {
    /// It is there.
    pub fn alive(said: impl Into<String>) -> ReaderMessage {
        ReaderMessage::Alive { said: said.into() }
    }
}

/// Chips that remember that a loop was opened, and where they tell it.
///
/// Assumed as labelled at each: one chip on the table proves or disproves it, so a site that sets one checks it at commissioning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TamperChip {
    /// NXP UCODE G2iL+ and G2iM+: the configuration word, word 32 of the EPC bank; its highest bit is 1 when the loop was opened. One source; that
    /// nothing else in the word tells it is assumed.
    NxpG2il,
}

/// A word of a tag's memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TamperWord {
    /// Memory bank: 1 is the EPC bank.
    pub bank: u8,
    /// Address in words of 16 bits.
    pub word: u16,
    /// The bit that is 1 when the loop was opened.
    pub mask: u16,
}

impl TamperChip {
    /// Where the chip tells it.
    pub fn word(self) -> TamperWord {
        match self {
            TamperChip::NxpG2il => TamperWord { bank: 1, word: 32, mask: 0x8000 },
        }
    }
}

/// Bytes as hexadecimal capitals.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    push_hex(&mut text, bytes);
    text
}

/// The same, behind what stands there.
pub(crate) fn push_hex(text: &mut String, bytes: &[u8]) {
    for nibble in bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]) {
        text.extend(char::from_digit(nibble.into(), 16).map(|digit| digit.to_ascii_uppercase()));
    }
}

/// Bytes of hexadecimal digits; `None` if they are none, or are odd.
pub(crate) fn unhex(text: &str) -> Option<alloc::vec::Vec<u8>> {
    let digits: Option<alloc::vec::Vec<u8>> = text
        .chars()
        .map(|digit| digit.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
        .collect();
    let digits = digits.filter(|digits| digits.len() % 2 == 0)?;
    Some(
        digits
            .chunks_exact(2)
            .map(|pair| pair.iter().fold(0, |byte, digit| byte * 16 + digit))
            .collect(),
    )
}
