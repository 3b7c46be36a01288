//! What there is on a device's tape: from when to when, how much, where nothing came, and what its decoder could not read.

use std::collections::BTreeMap;

use firmware_protocols::{Decoder, Fault, Reading, Settings};
use jiff::Timestamp;
use serde::Serialize;

use super::{Recording, RecordingError};
use crate::tape;

/// A device's tape in numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Listed {
    /// The device.
    pub device: String,
    /// The dialect, as the tape names it.
    pub dialect: String,
    /// How many files.
    pub files: usize,
    /// Their size on the disk.
    pub disk_bytes: u64,
    /// When the first bytes came.
    pub from: Option<Timestamp>,
    /// When the last bytes came.
    pub to: Option<Timestamp>,
    /// How many pieces came.
    pub records: u64,
    /// How many bytes.
    pub bytes: u64,
    /// The longest times without a byte, in their order; at most [`GAPS`].
    pub gaps: Vec<Gap>,
    /// How many such times there were.
    pub gaps_in_all: usize,
    /// Readings; nothing of a dialect that this program does not know.
    pub readings: Option<u64>,
    /// Faults by their kind.
    pub faults: BTreeMap<&'static str, u64>,
    /// Files that end before their end: the agent is writing them, or the power went.
    pub cut_off: usize,
}

/// A time in which nothing came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Gap {
    /// After these bytes.
    pub from: Timestamp,
    /// Until these.
    pub to: Timestamp,
}

impl Gap {
    fn us(&self) -> i64 {
        self.to.as_microsecond().saturating_sub(self.from.as_microsecond())
    }
}

/// Looks through a recording. Times without a byte are told that are longer than `gap_s`.
pub fn listed(
    recording: &Recording,
    settings: &Settings,
    gap_s: u32,
) -> Result<Listed, RecordingError> {
    let dialect = recording.dialect().ok();
    let mut decoder = dialect.map(|dialect| Decoder::with(dialect, settings));
    let disk_bytes = recording
        .files
        .iter()
        .filter_map(|file| std::fs::metadata(file).ok())
        .map(|file| file.len())
        .sum();
    let mut listed = Listed {
        device: recording.header.device.clone(),
        dialect: recording.header.dialect.clone(),
        files: recording.files.len(),
        disk_bytes,
        from: None,
        to: None,
        records: 0,
        bytes: 0,
        gaps: Vec::new(),
        gaps_in_all: 0,
        readings: decoder.as_ref().map(|_| 0),
        faults: BTreeMap::new(),
        cut_off: 0,
    };
    let met = recording.read(i64::MIN, i64::MAX, |record| {
        listed.records += 1;
        listed.bytes += u64::try_from(record.bytes.len()).unwrap_or(u64::MAX);
        if let Ok(at) = Timestamp::from_microsecond(record.at_us) {
            listed.at(at, gap_s);
        }
        if let (Some(decoder), Some(dialect)) = (&mut decoder, dialect) {
            let items = if tape::is_message(dialect, &record.bytes) {
                decoder.document(&record.bytes)
            } else {
                decoder.decode(&record.bytes)
            };
            items.into_iter().for_each(|item| listed.item(&item));
        }
        Ok(())
    })?;
    listed.cut_off = met.cut_off;
    listed.gaps.sort_by_key(|gap| gap.from);
    Ok(listed)
}

impl Listed {
    fn at(&mut self, at: Timestamp, gap_s: u32) {
        self.from = Some(self.from.map_or(at, |first| first.min(at)));
        let gap = self.to.map(|from| Gap { from, to: at });
        if let Some(gap) = gap.filter(|gap| gap.us() > i64::from(gap_s) * 1_000_000) {
            self.gaps_in_all += 1;
            self.gaps.push(gap);
            // The longest are told; of equal ones the earlier.
            self.gaps.sort_by_key(|gap| (core::cmp::Reverse(gap.us()), gap.from));
            self.gaps.truncate(GAPS);
        }
        self.to = Some(self.to.map_or(at, |last| last.max(at)));
    }

    fn item(&mut self, item: &Result<Reading, Fault>) {
        match item {
            Ok(_) => self.readings = self.readings.map(|count| count + 1),
            Err(fault) => *self.faults.entry(fault.kind.name()).or_default() += 1,
        }
    }
}

/// So many times without a byte are told one by one.
pub const GAPS: usize = 10;
