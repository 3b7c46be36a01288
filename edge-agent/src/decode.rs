//! `edge-agent decode`: a capture becomes lines of JSON, one for each reading and each fault, in their order.
//!
//! It knows files and nothing of the checkpoint, so that a technician can look at what a device says before it is configured.

use std::io::{self, BufRead, Write};

use firmware_protocols::codec::Framing;
use firmware_protocols::limits::DOCUMENT_BYTES;
use firmware_protocols::portal::daily::{recorded_lines, split_daily_line};
use firmware_protocols::{Decoder, Dialect, Fault, Reading};
use serde::Serialize;

/// How a capture is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Capture {
    /// The bytes as the device sent them.
    Raw,
    /// A daily file of a portal: each line ends with the moment of its arrival.
    Daily,
}

/// A line of the answer.
#[derive(Serialize)]
#[serde(untagged)]
enum Line<'a> {
    Reading(&'a Reading),
    /// Has the key `fault`.
    Fault(&'a Fault),
}

/// What came out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counted {
    /// Readings.
    pub readings: u64,
    /// Faults.
    pub faults: u64,
}

impl Capture {
    /// How a capture of this dialect is written, by its first whole line: only a daily file of a portal ends it with a moment.
    fn of(dialect: Dialect, beginning: &[u8]) -> Capture {
        let first =
            beginning.split(|byte| matches!(byte, b'\r' | b'\n')).find(|line| !line.is_empty());
        let dated = first.is_some_and(|line| split_daily_line(line, None).is_ok());
        if dialect == Dialect::Tsa && dated { Capture::Daily } else { Capture::Raw }
    }
}

/// Decodes a whole capture. Where nobody says how it is written, its first line tells.
pub fn decode(
    dialect: Dialect,
    capture: Option<Capture>,
    mut from: impl BufRead,
    mut out: impl Write,
) -> io::Result<Counted> {
    let mut decoder = Decoder::new(dialect);
    let capture = match capture {
        Some(capture) => capture,
        None => Capture::of(dialect, from.fill_buf()?),
    };
    let mut last_line = LastLine::default();
    let mut counted = Counted::default();
    let mut write = |result: &Result<Reading, Fault>| -> io::Result<()> {
        let line = match result {
            Ok(reading) => {
                counted.readings += 1;
                Line::Reading(reading)
            }
            Err(fault) => {
                counted.faults += 1;
                Line::Fault(fault)
            }
        };
        serde_json::to_writer(&mut out, &line)?;
        out.write_all(b"\n")
    };
    match capture {
        Capture::Raw => loop {
            let bytes = from.fill_buf()?;
            if bytes.is_empty() {
                break;
            }
            for result in decoder.decode(bytes) {
                write(&result)?;
            }
            last_line.follow(bytes);
            let length = bytes.len();
            from.consume(length);
        },
        Capture::Daily => {
            let mut file = Vec::new();
            from.read_to_end(&mut file)?;
            for line in recorded_lines(&file, None) {
                match line {
                    Ok(line) => {
                        for result in decoder.decode(&line.live()) {
                            write(&result)?;
                        }
                    }
                    Err(fault) => write(&Err(fault))?,
                }
            }
        }
    }
    let cut = decoder.reset();
    match last_line.reading(dialect) {
        Some(reading) => write(&Ok(reading))?,
        None => {
            if let Some(fault) = cut {
                write(&Err(fault))?;
            }
        }
    }
    out.flush()?;
    Ok(counted)
}

/// What came after the last line end. A file may end without one, and its last line is whole all the same.
#[derive(Default)]
struct LastLine(Vec<u8>);

impl LastLine {
    fn follow(&mut self, bytes: &[u8]) {
        match bytes.iter().rposition(|byte| matches!(byte, b'\r' | b'\n')) {
            Some(end) => self.0 = bytes[end + 1..].to_vec(),
            None if self.0.len() <= DOCUMENT_BYTES => self.0.extend_from_slice(bytes),
            None => {}
        }
    }

    /// The reading that it is, in a dialect of lines.
    fn reading(self, dialect: Dialect) -> Option<Reading> {
        if dialect.framing() != Framing::Lines || self.0.is_empty() {
            return None;
        }
        let mut whole = self.0;
        whole.push(b'\n');
        Decoder::new(dialect).decode(&whole).pop()?.ok()
    }
}

/// The table of `decode --list`.
pub fn list(mut out: impl Write) -> io::Result<()> {
    for &dialect in Dialect::ALL {
        let families: Vec<&str> = dialect.families().iter().map(|family| family.name()).collect();
        writeln!(out, "{:<16} {:<26} {}", dialect.name(), families.join(", "), dialect.about())?;
    }
    Ok(())
}
