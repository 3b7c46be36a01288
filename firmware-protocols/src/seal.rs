//! Navigation seals: what a lock on a container or a truck says about itself.
//!
//! Numbers whose meaning no trusted source gives stay numbers: [`SealEvent::Maker`], [`Message::fields`]. An invalid fix is no position
//! and never 0, 0. The event classes are those of the Eurasian Economic Commission; a code that is not in the list is kept and is never
//! "normal".
//!
//! A seal can also be a tag that a radio reader sees ([`tag`]), or a number on a barcode ([`scanned`]).
//!
//! Deliberately absent: the verdict on a seal. Whether it is intact, damaged or the wrong one is decided by the checkpoint and its
//! officers. So is the comparison of numbers: a number leaves here as it was sent, and the checkpoint folds case, blanks, dashes and letters
//! that look alike when it compares it with the papers.

pub mod egts;
pub mod jointech;
pub mod llrp;
pub mod m100;
pub mod sightings;
pub mod tag;
pub mod uhfreader18;

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::{self, Write};

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use units::{Microdegrees, Percent};

pub use tag::{ReaderMessage, TagSighting};

/// One message of a seal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// The number of the seal, as sent.
    pub seal: String,
    /// What kind of message: the dialect's command (`P45`, `U01`, `@JT` ..), or `json`, `tag`, `scanned`.
    pub command: String,
    /// What tells this message from a repetition of it: a message id, or the seal's time and its running index. An index alone is not enough:
    /// it has one byte in some dialects, and begins anew.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub message_id: Option<String>,
    /// The seal's own time, as sent: it can lie in the future, and messages come late and out of order.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub device_time: Option<Timestamp>,
    /// Told late: it was kept while the way here was cut. What it says was so at [`Message::device_time`], and nothing about now.
    #[serde(skip_serializing_if = "core::ops::Not::not", default)]
    pub retransmitted: bool,
    /// When an operator's system in between received it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub relayed_at: Option<Timestamp>,
    /// What happened, if the message is about an event.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub event: Option<SealEvent>,
    /// Whether the lock is closed, if the dialect tells in a way that can be trusted.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub locked: Option<bool>,
    /// The housing, if the dialect tells.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub housing: Option<Housing>,
    /// Charge of the battery.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub battery_percent: Option<Percent>,
    /// Where it is.
    pub position: Position,
    /// The card that was held to the lock, if one was.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub card: Option<String>,
    /// What the seal guards, if the message tells.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub trip: Option<Trip>,
    /// How a reader saw it, if it is a tag that a reader sees.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub tag: Option<TagSighting>,
    /// Further fields, as sent and in their order.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub fields: Vec<String>,
}

impl Message {
    /// A message that says nothing yet but whose it is.
    pub fn new(seal: impl Into<String>, command: impl Into<String>) -> Message {
        Message {
            seal: seal.into(),
            command: command.into(),
            message_id: None,
            device_time: None,
            retransmitted: false,
            relayed_at: None,
            event: None,
            locked: None,
            housing: None,
            battery_percent: None,
            position: Position::NotSent,
            card: None,
            trip: None,
            tag: None,
            fields: Vec::new(),
        }
    }
}

/// A text that does not grow while it is written: `room` is at least its length.
fn written(room: usize, text: fmt::Arguments<'_>) -> String {
    let mut written = String::with_capacity(room);
    // A `String` takes whatever is written.
    let _ = written.write_fmt(text);
    written
}

/// What a barcode on a mechanical seal says: its number, as scanned, blanks at the ends apart. `None` for a text that can be no seal's number.
///
/// ISO 17712 gives a seal a number without a shape and without a check digit. Assumed: at least one digit, letters of any alphabet, blanks and the
/// signs that numbers are grouped with, at most [`crate::limits::SEAL_NUMBER_CHARS`] characters; so that a link on a QR code is none.
pub fn scanned(text: &str) -> Option<Message> {
    let number = text.trim();
    let grouped = |letter: char| {
        letter.is_alphanumeric() || matches!(letter, ' ' | '-' | '.' | '/' | '_' | '#')
    };
    let shape = number.chars().count() <= crate::limits::SEAL_NUMBER_CHARS
        && number.chars().all(grouped)
        && number.chars().any(|letter| letter.is_ascii_digit());
    shape.then(|| Message::new(number, "scanned"))
}

/// Where a seal is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Position {
    /// The message says nothing about it.
    #[default]
    NotSent,
    /// The seal has no fix.
    NoFix,
    /// A valid fix.
    Fix {
        /// North is positive.
        latitude_microdeg: Microdegrees,
        /// East is positive.
        longitude_microdeg: Microdegrees,
        /// As sent. EGTS gives km/h; for Jointech no source states the unit.
        speed_raw: Option<Decimal>,
        /// Degrees from north, as sent.
        course_deg: Option<u16>,
    },
}

/// What happened to a seal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SealEvent {
    /// Class 01: the sealing element was violated.
    ElementViolated,
    /// Class 02: the housing was violated.
    HousingViolated,
    /// Class 03: more than 50 km off the route.
    OffRoute,
    /// Class 04: malfunction.
    Malfunction,
    /// Class 05: battery below 15 %.
    LowBattery,
    /// Class 06: no data for two periods. Made by the operator's system, not by the seal.
    Silent,
    /// Class 07: unauthorised actions.
    Unauthorised,
    /// A code of the classifier that is not known here.
    UnknownClass(u32),
    /// A maker's own number. The public lists of them contradict each other, so it stays a number.
    Maker(u32),
}

impl SealEvent {
    /// The class of the Eurasian Economic Commission's classifier of events of navigation seals.
    pub fn from_class(code: u32) -> SealEvent {
        match code {
            1 => SealEvent::ElementViolated,
            2 => SealEvent::HousingViolated,
            3 => SealEvent::OffRoute,
            4 => SealEvent::Malfunction,
            5 => SealEvent::LowBattery,
            6 => SealEvent::Silent,
            7 => SealEvent::Unauthorised,
            _ => SealEvent::UnknownClass(code),
        }
    }

    /// The number on the wire: the class, or the maker's own.
    pub fn number(self) -> u32 {
        match self {
            SealEvent::ElementViolated => 1,
            SealEvent::HousingViolated => 2,
            SealEvent::OffRoute => 3,
            SealEvent::Malfunction => 4,
            SealEvent::LowBattery => 5,
            SealEvent::Silent => 6,
            SealEvent::Unauthorised => 7,
            SealEvent::UnknownClass(number) | SealEvent::Maker(number) => number,
        }
    }

    /// The code in that classifier. A maker's own number has none.
    pub fn class(self) -> Option<u32> {
        (!matches!(self, SealEvent::Maker(_))).then(|| self.number())
    }
}

/// The state of a seal's housing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Housing {
    /// Closed.
    Ok,
    /// Opened, or broken.
    Open,
}

/// What a seal guards.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Trip {
    /// Number of the declaration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub declaration: Option<String>,
    /// Registration plate of the vehicle.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vehicle: Option<String>,
    /// Number of the container.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub container: Option<String>,
}
