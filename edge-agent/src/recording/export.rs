//! A tape in forms that others read: a capture that becomes a test where it is put, its bytes, and a table with the moments.
//!
//! A capture is `NAME.bin`; beside it `NAME.jsonl` is what it says, and `NAME.settings.json`, if the device is set in its own way, how. Put into
//! `firmware-protocols/tests/captures/DIALECT/`, it is a test from then on; alone, too, for the test writes what is missing.

use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};

use firmware_protocols::{Decoder, Dialect, Raw, Settings};
use jiff::Timestamp;

use super::{RecordingError, free};
use crate::tape::{Record, line_of};

/// How a tape is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// The bytes, with what they say and how the device is set beside them.
    Capture,
    /// The bytes.
    Raw,
    /// Hexadecimal digits, a line for each piece that came.
    Hex,
    /// A table: the moment, the bytes in hexadecimal digits, the bytes escaped.
    Csv,
}

/// A tape that could not be exported.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// Something is in the place of the new file.
    #[error(transparent)]
    Recording(#[from] RecordingError),
    /// A file cannot be written.
    #[error("failed to write {}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
}

/// Writes the records of a tape to `out`, and in the form of a capture what stands beside it. Answers the names of the files.
pub fn export(
    records: &[Record],
    dialect: Dialect,
    settings: &Settings,
    form: Form,
    out: &Path,
) -> Result<Vec<PathBuf>, ExportError> {
    let mut files = Vec::new();
    match form {
        Form::Raw => files.push((out.to_owned(), bytes_of(records, dialect))),
        Form::Hex => files.push((out.to_owned(), hex(records, dialect).into_bytes())),
        Form::Csv => files.push((out.to_owned(), csv(records).into_bytes())),
        Form::Capture => {
            let bytes = bytes_of(records, dialect);
            files.push((out.with_extension("jsonl"), said(&bytes, dialect, settings)));
            if !settings.given().is_empty() {
                files.push((out.with_extension("settings.json"), given(settings)));
            }
            files.insert(0, (out.to_owned(), bytes));
        }
    }
    for (path, _) in &files {
        free(path)?;
    }
    let mut written = Vec::new();
    for (path, content) in files {
        std::fs::write(&path, content)
            .map_err(|source| ExportError::File { path: path.clone(), source })?;
        written.push(path);
    }
    Ok(written)
}

/// All bytes as one stream: a record that is a whole message becomes a line, so that a stream says the same.
pub fn bytes_of(records: &[Record], dialect: Dialect) -> Vec<u8> {
    records.iter().flat_map(|record| line_of(dialect, &record.bytes).into_owned()).collect()
}

/// One item a line, the unfinished frame at the end included, as the test of captures wants it.
fn said(bytes: &[u8], dialect: Dialect, settings: &Settings) -> Vec<u8> {
    let mut decoder = Decoder::with(dialect, settings);
    let mut items = decoder.decode(bytes);
    items.extend(decoder.reset().map(Err));
    let mut text = Vec::new();
    for item in items {
        // Readings and faults have no keys that JSON has not.
        let line = match &item {
            Ok(reading) => serde_json::to_vec(reading),
            Err(fault) => serde_json::to_vec(fault),
        };
        text.extend(line.unwrap_or_default());
        text.push(b'\n');
    }
    text
}

/// The keys that are given, without the nulls of the others.
pub fn given(settings: &Settings) -> Vec<u8> {
    let mut keys = serde_json::to_value(settings).unwrap_or_default();
    if let Some(keys) = keys.as_object_mut() {
        keys.retain(|_, value| !value.is_null());
    }
    keys.to_string().into_bytes()
}

fn hex(records: &[Record], dialect: Dialect) -> String {
    let mut text = String::new();
    for record in records {
        let bytes = line_of(dialect, &record.bytes);
        text += &digits(&bytes);
        text.push('\n');
    }
    text
}

fn csv(records: &[Record]) -> String {
    let mut text = "at,hex,escaped\n".to_owned();
    for record in records {
        let at = Timestamp::from_microsecond(record.at_us)
            .map_or_else(|_| record.at_us.to_string(), |at| format!("{at:.6}"));
        let escaped = Raw(record.bytes.clone()).to_string().replace('"', "\"\"");
        // Writing to a string does not fail.
        let _ = writeln!(text, "{at},{},\"{escaped}\"", digits(&record.bytes));
    }
    text
}

fn digits(bytes: &[u8]) -> String {
    let pairs: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    pairs.join(" ")
}
