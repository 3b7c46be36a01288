//! Recordings of real portals, played again with their own timing.
//!
//! Third-party recordings are not part of this repository. They are looked for in the folder that `BEKET_DATA` names; where one is absent,
//! the story's own `vehicle` lines stand in for it, and the caller says so.

use std::path::{Path, PathBuf};
use std::time::Duration;

use firmware_protocols::portal::daily::recorded_lines;
use jiff::Timestamp;

/// A recording: each line as the portal sent it, with CR LF, and when after the first.
#[derive(Debug, Clone, PartialEq)]
pub struct Recording {
    /// Arrival of the first line.
    pub began: Timestamp,
    /// The lines.
    pub lines: Vec<(Duration, Vec<u8>)>,
}

/// Why a recording cannot be played.
#[derive(Debug, thiserror::Error)]
pub enum RecordingError {
    /// The file cannot be read.
    #[error("failed to read {}", path.display())]
    Read {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A line has no time, or the file has no lines.
    #[error("{}: {what}", path.display())]
    NotARecording {
        /// Which file.
        path: PathBuf,
        /// What is wrong.
        what: String,
    },
}

impl Recording {
    /// Reads a recording in the form of a vendor's daily file.
    pub fn read(path: &Path) -> Result<Recording, RecordingError> {
        let bytes = std::fs::read(path)
            .map_err(|source| RecordingError::Read { path: path.to_owned(), source })?;
        let refuse = |what: String| RecordingError::NotARecording { path: path.to_owned(), what };
        let mut lines = Vec::new();
        let mut began = None;
        for recorded in recorded_lines(&bytes, None) {
            let recorded = recorded.map_err(|fault| refuse(fault.to_string()))?;
            let first = *began.get_or_insert(recorded.at);
            let after = recorded.at.duration_since(first).unsigned_abs();
            lines.push((after, recorded.live()));
        }
        let began = began.ok_or_else(|| refuse("it has no lines".to_owned()))?;
        Ok(Recording { began, lines })
    }

    /// The lines from `from` on, timed from there.
    pub fn since(&self, from: Duration) -> impl Iterator<Item = (Duration, &[u8])> {
        self.lines
            .iter()
            .filter(move |(at, _)| *at >= from)
            .map(move |(at, line)| (*at - from, line.as_slice()))
    }
}

/// The folder of recordings: `$BEKET_DATA/rpm`, or `../shared/data/rpm` beside this repository.
pub fn folder() -> PathBuf {
    folder_from("../shared/data")
}

/// The folder of recordings: `$BEKET_DATA/rpm`, or `rpm` in `otherwise`.
pub fn folder_from(otherwise: &str) -> PathBuf {
    let data =
        std::env::var_os("BEKET_DATA").map_or_else(|| PathBuf::from(otherwise), PathBuf::from);
    data.join("rpm")
}
