//! What a reader says besides reports: who is served, what happens to it, how an order ended. Read and written.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use jiff::Timestamp;

use super::parameter::{Parameter, Unreadable, inside, take, tlv};
use super::report::Tag;
use super::{encode, kind, report};

const EVENT_DATA: u16 = 246;
const UTC_TIMESTAMP: u16 = 128;
const EXCEPTION: u16 = 252;
const ANTENNA: u16 = 255;
const CONNECTION_ATTEMPT: u16 = 256;
const CONNECTION_CLOSE: u16 = 257;
const STATUS: u16 = 287;

/// How a reader answers a client that connects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConnectionAttempt {
    /// It is served.
    Success,
    /// The reader has opened a connection by itself.
    ReaderConnectionExists,
    /// Another client is served.
    ClientConnectionExists,
    /// For another reason.
    Other(u16),
    /// Told to the client that is served: another one tried.
    AnotherAttempted,
}

/// What happened at a reader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notification {
    /// A client connected.
    Connection(ConnectionAttempt),
    /// The reader closes the connection.
    Closed,
    /// An antenna was connected or lost.
    Antenna {
        /// Which.
        antenna: u16,
        /// Whether it is there now.
        connected: bool,
    },
    /// Something went wrong, in the reader's words.
    Exception(String),
}

/// How an order ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// 0 is success.
    pub code: u16,
    /// In the reader's words.
    pub text: String,
}

impl Status {
    pub(super) fn words(&self) -> String {
        format!("status {}{}{}", self.code, if self.text.is_empty() { "" } else { ": " }, self.text)
    }
}

impl ConnectionAttempt {
    fn of(code: u16) -> ConnectionAttempt {
        match code {
            0 => ConnectionAttempt::Success,
            1 => ConnectionAttempt::ReaderConnectionExists,
            2 => ConnectionAttempt::ClientConnectionExists,
            4 => ConnectionAttempt::AnotherAttempted,
            other => ConnectionAttempt::Other(other),
        }
    }

    fn code(self) -> u16 {
        match self {
            ConnectionAttempt::Success => 0,
            ConnectionAttempt::ReaderConnectionExists => 1,
            ConnectionAttempt::ClientConnectionExists => 2,
            ConnectionAttempt::AnotherAttempted => 4,
            ConnectionAttempt::Other(code) => code,
        }
    }

    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            ConnectionAttempt::Success => "the reader serves this client",
            ConnectionAttempt::ReaderConnectionExists => {
                "the reader is connected to a client of its own choice"
            }
            ConnectionAttempt::ClientConnectionExists => "another client owns the reader",
            ConnectionAttempt::Other(_) => "the reader refuses the connection",
            ConnectionAttempt::AnotherAttempted => "another client tried to connect to the reader",
        }
    }
}

/// Reads the events of a notification; those that mean nothing here are passed over.
pub fn notifications(body: &[u8]) -> Result<Vec<Notification>, Unreadable> {
    events(body).collect()
}

/// The events of a notification, up to the first that cannot be read.
pub(super) fn events(body: &[u8]) -> impl Iterator<Item = Result<Notification, Unreadable>> {
    inside(EVENT_DATA, body).filter_map(|event| event.map(notification).transpose())
}

fn notification(event: Parameter<'_>) -> Option<Notification> {
    match (event.kind, event.body) {
        (CONNECTION_ATTEMPT, &[high, low, ..]) => {
            let code = u16::from_be_bytes([high, low]);
            Some(Notification::Connection(ConnectionAttempt::of(code)))
        }
        (CONNECTION_CLOSE, _) => Some(Notification::Closed),
        (ANTENNA, &[state, high, low, ..]) => {
            let antenna = u16::from_be_bytes([high, low]);
            Some(Notification::Antenna { antenna, connected: state == 1 })
        }
        (EXCEPTION, [_, _, words @ ..]) => Some(Notification::Exception(text(words))),
        _ => None,
    }
}

/// The status at the beginning of an answer.
pub fn status(mut body: &[u8]) -> Option<Status> {
    let status = take(&mut body).ok()??;
    match (status.kind, status.body) {
        (STATUS, &[c1, c2, _, _, ref words @ ..]) => {
            Some(Status { code: u16::from_be_bytes([c1, c2]), text: text(words) })
        }
        _ => None,
    }
}

fn text(bytes: &[u8]) -> String {
    let words = String::from_utf8_lossy(bytes.get(..TEXT_BYTES).unwrap_or(bytes));
    words.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
}

/// So much of a reader's words is kept.
const TEXT_BYTES: usize = 128;

/// A notification, for simulators. Its id is 0, as recorded.
pub fn encode_notification(version: u8, at: Timestamp, notification: &Notification) -> Vec<u8> {
    let counted = |words: &str| {
        let length = u16::try_from(words.len()).unwrap_or_default();
        [&length.to_be_bytes(), words.as_bytes()].concat()
    };
    let event = match notification {
        Notification::Connection(attempt) => tlv(CONNECTION_ATTEMPT, &attempt.code().to_be_bytes()),
        Notification::Closed => tlv(CONNECTION_CLOSE, &[]),
        Notification::Antenna { antenna, connected } => {
            let [high, low] = antenna.to_be_bytes();
            tlv(ANTENNA, &[u8::from(*connected), high, low])
        }
        Notification::Exception(words) => tlv(EXCEPTION, &counted(words)),
    };
    let microseconds = u64::try_from(at.as_microsecond()).unwrap_or_default();
    let data = [tlv(UTC_TIMESTAMP, &microseconds.to_be_bytes()), event].concat();
    encode(version, kind::READER_EVENT_NOTIFICATION, 0, &tlv(EVENT_DATA, &data))
}

/// The answer to a request, for simulators. A request that a reader does not know is answered with ERROR_MESSAGE.
pub fn encode_answer(version: u8, answer: u16, id: u32, status: &Status) -> Vec<u8> {
    let length = u16::try_from(status.text.len()).unwrap_or_default();
    let body = [&status.code.to_be_bytes(), &length.to_be_bytes(), status.text.as_bytes()].concat();
    encode(version, answer, id, &tlv(STATUS, &body))
}

/// A report, for simulators.
pub fn encode_report(version: u8, id: u32, tags: &[Tag]) -> Vec<u8> {
    encode(version, kind::RO_ACCESS_REPORT, id, &report::encode(tags))
}

/// That the reader lives, for simulators.
pub fn encode_keepalive(version: u8, id: u32) -> Vec<u8> {
    encode(version, kind::KEEPALIVE, id, &[])
}
