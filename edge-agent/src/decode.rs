//! `edge-agent decode`: a capture becomes lines of JSON, one for each reading and each fault, in their order.
//!
//! It knows files and nothing of the checkpoint, so that a technician can look at what a device says before it is configured.

mod capture;
mod given;

use std::io::{self, Write};

use firmware_protocols::codec::Framing;
use firmware_protocols::limits::DOCUMENT_BYTES;
use firmware_protocols::portal::daily::{lines, split_daily_line};
use firmware_protocols::{Decoder, Dialect, Fault, Reading, Settings};
use serde::Serialize;

use self::capture::Content;
pub use self::capture::{Capture, CaptureError, Form};
pub use self::given::{SettingsError, check, settings};
use crate::daily::Misread;
use crate::tape;

/// A line of the answer.
#[derive(Serialize)]
#[serde(untagged)]
enum Line<'a> {
    Reading(&'a Reading),
    /// Has the key `fault`.
    Fault(&'a Fault),
}

/// What came out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counted {
    /// Readings.
    pub readings: u64,
    /// Faults.
    pub faults: u64,
    /// Those of them that are lines of a daily file without a readable time.
    pub misread: Misread,
}

/// A capture that could not be decoded to its end.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    /// It cannot be read.
    #[error(transparent)]
    Capture(#[from] CaptureError),
    /// What was read of it cannot be told.
    #[error("failed to write what was decoded")]
    Out(#[from] io::Error),
}

/// Decodes a whole capture of a device that is set so.
pub fn decode(
    capture: Capture,
    dialect: Dialect,
    settings: &Settings,
    out: impl Write,
) -> Result<Counted, DecodeError> {
    let mut decoder = Decoder::with(dialect, settings);
    let mut last_line = LastLine::default();
    let mut told = Told { out, counted: Counted::default() };
    let day = capture.day;
    let (name, content) = capture.into_parts();
    let unreadable = |source| Capture::unreadable(&name, source);
    match content {
        Content::Stream(mut from) => loop {
            let bytes = from.fill_buf().map_err(unreadable)?;
            if bytes.is_empty() {
                break;
            }
            told.all(decoder.decode(bytes))?;
            last_line.follow(bytes);
            let length = bytes.len();
            from.consume(length);
        },
        Content::Bytes(bytes) => {
            told.all(decoder.decode(&bytes))?;
            last_line.follow(&bytes);
        }
        Content::Daily(mut from) => {
            let mut file = Vec::new();
            from.read_to_end(&mut file).map_err(unreadable)?;
            for (number, line) in lines(&file) {
                match split_daily_line(line, day) {
                    Ok((_, live)) => told.all(decoder.decode(&[live, b"\r\n"].concat()))?,
                    Err(fault) => {
                        told.counted.misread.add(number, line, day, &fault);
                        told.item(&Err(fault))?;
                    }
                }
            }
        }
        Content::Tape(tape) => {
            for record in tape {
                let bytes = record.map_err(CaptureError::from)?.bytes;
                if tape::is_message(dialect, &bytes) {
                    told.all(decoder.document(&bytes))?;
                } else {
                    told.all(decoder.decode(&bytes))?;
                    last_line.follow(&bytes);
                }
            }
        }
    }
    let cut = decoder.reset();
    match last_line.reading(dialect, settings) {
        Some(reading) => told.item(&Ok(reading))?,
        None => told.all(cut.map(Err))?,
    }
    told.out.flush()?;
    Ok(told.counted)
}

/// What is told, and how much it was.
struct Told<W> {
    out: W,
    counted: Counted,
}

impl<W: Write> Told<W> {
    fn all(&mut self, items: impl IntoIterator<Item = Result<Reading, Fault>>) -> io::Result<()> {
        items.into_iter().try_for_each(|item| self.item(&item))
    }

    fn item(&mut self, item: &Result<Reading, Fault>) -> io::Result<()> {
        let line = match item {
            Ok(reading) => {
                self.counted.readings += 1;
                Line::Reading(reading)
            }
            Err(fault) => {
                self.counted.faults += 1;
                Line::Fault(fault)
            }
        };
        serde_json::to_writer(&mut self.out, &line)?;
        self.out.write_all(b"\n")
    }
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
    fn reading(self, dialect: Dialect, settings: &Settings) -> Option<Reading> {
        if dialect.framing() != Framing::Lines || self.0.is_empty() {
            return None;
        }
        let mut whole = self.0;
        whole.push(b'\n');
        Decoder::with(dialect, settings).decode(&whole).pop()?.ok()
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
