//! `edge-agent decode`: a capture becomes lines of JSON, one for each reading and each fault, in their order.
//!
//! It knows files and nothing of the checkpoint, so that a technician can look at what a device says before it is configured.

use std::io::{self, BufRead, Write};

use firmware_protocols::portal::daily::recorded_lines;
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

/// Decodes a whole capture.
pub fn decode(
    dialect: Dialect,
    capture: Capture,
    mut from: impl BufRead,
    mut out: impl Write,
) -> io::Result<Counted> {
    let mut decoder = Decoder::new(dialect);
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
    if let Some(fault) = decoder.reset() {
        write(&Err(fault))?;
    }
    out.flush()?;
    Ok(counted)
}

/// The table of `decode --list`.
pub fn list(mut out: impl Write) -> io::Result<()> {
    for dialect in Dialect::ALL {
        let families: Vec<&str> = dialect.families().iter().map(|family| family.name()).collect();
        writeln!(out, "{:<16} {}", dialect.name(), families.join(", "))?;
    }
    Ok(())
}
