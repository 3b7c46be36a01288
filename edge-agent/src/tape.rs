//! Tapes: the raw bytes of every device with the moments they came, for a while; around an alarm, for good.
//!
//! A device's tape is a folder of rolling files, each a gzip file that any tool opens. What is inside:
//!
//! ```text
//!   header   "BEKET TAPE 1\n"                       the format's version
//!            "device weighbridge-1\n"               name and value, until an empty line
//!            "dialect xk3190\n"
//!            "\n"
//!   record   at: microseconds since 1970, i64 | length: u32 | the bytes        numbers with the lowest byte first
//!   record   ...
//! ```
//!
//! It promises that writing never holds a lane up: when the disk does not follow, bytes are dropped and counted, and
//! the tape says so in its [`Counts`]. A file that a power cut left unfinished can be read up to its last flush, which is
//! at most [`Limits::flush_s`] of arrival time old. Size and age are bounded: the oldest file goes first.
//!
//! It deliberately promises no durability (evidence is in the journal; an entry about a weighing carries its raw
//! frame), reads no clock, and does not know what the bytes mean.

mod file;
mod kept;
mod message;
mod recorder;

use std::{io, path::PathBuf};

pub use self::{
    file::{Header, Record, TapeReader},
    kept::{Found, read_between, tapes_of, write},
    message::{is_message, line_of},
    recorder::{Counts, Tape},
};

/// The bounds of one device's tape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// A file is closed, and the next begun, once it holds so many bytes before compression.
    pub file_bytes: u64,
    /// A file is closed once it spans so much time; at most [`LONGEST_FILE_S`].
    pub file_s: u32,
    /// The oldest files go once all of them together have more bytes than this on the disk.
    pub total_bytes: u64,
    /// A file goes once its last byte is older than this.
    pub age_s: u32,
    /// What was written is handed to the operating system at least so often.
    pub flush_s: u32,
    /// So many pieces may wait for the disk; more are dropped and counted.
    pub queue: usize,
}

/// No file spans more time than an hour, whatever is asked for: whoever reads a part knows by the names which files to open.
pub const LONGEST_FILE_S: u32 = 3600;

impl Default for Limits {
    /// For a serial device: about a day of a talkative portal in 32 MiB.
    fn default() -> Limits {
        Limits {
            file_bytes: 8 * 1024 * 1024,
            file_s: 600,
            total_bytes: 32 * 1024 * 1024,
            age_s: 7 * 24 * 3600,
            flush_s: 5,
            queue: 1024,
        }
    }
}

/// A tape could not be written or read.
#[derive(Debug, thiserror::Error)]
#[error("failed to {step} the tape {}", path.display())]
pub struct TapeError {
    step: &'static str,
    path: PathBuf,
    #[source]
    source: io::Error,
}

impl TapeError {
    fn new(step: &'static str, path: impl Into<PathBuf>, source: io::Error) -> TapeError {
        TapeError { step, path: path.into(), source }
    }

    /// What kind of failure it was.
    pub fn kind(&self) -> io::ErrorKind {
        self.source.kind()
    }
}

#[cfg(test)]
mod tests;
