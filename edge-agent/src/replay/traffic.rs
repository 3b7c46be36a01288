//! Logs of traffic, as `simulator play --log` writes them: what devices said, a line of JSON for each piece.
//!
//! What a device heard, and when its line was opened, is passed over: nobody is asked in a replay.

use std::path::Path;

use checkpoint::ids::DeviceId;
use jiff::Timestamp;
use serde::Deserialize;

use super::{Piece, RecordingError};
use crate::recording::anonymise::unhex;

/// A line of the log.
#[derive(Deserialize)]
struct Line {
    at: Timestamp,
    device: String,
    way: String,
    /// Hexadecimal.
    bytes: String,
}

/// What the device said, in the order of the log.
pub(super) fn said_by(
    path: &Path,
    log: &[u8],
    device: &DeviceId,
) -> Result<Vec<Piece>, RecordingError> {
    let mut pieces = Vec::new();
    for (number, line) in (1..).zip(log.split(|byte| *byte == b'\n')) {
        if line.trim_ascii().is_empty() {
            continue;
        }
        let wrong =
            |why: String| RecordingError::Traffic { path: path.to_owned(), line: number, why };
        let line: Line = serde_json::from_slice(line).map_err(|error| wrong(error.to_string()))?;
        if line.device == device.as_str() && line.way == "said" {
            let bytes = unhex(&line.bytes)
                .ok_or_else(|| wrong("`bytes` are not pairs of hexadecimal digits".to_owned()))?;
            pieces.push(Piece { at: line.at, device: device.clone(), bytes });
        }
    }
    Ok(pieces)
}
