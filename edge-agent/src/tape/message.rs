//! Records that are whole messages: what a transport handed over that keeps messages apart (an MQTT payload, an HTTP body).
//!
//! A tape does not say how its device was connected. It does not have to: the dialects of JSON documents are lines on a stream, so a record that is
//! a whole document without a line end behind it came as a message, and so did one with line ends inside.

use std::borrow::Cow;

use firmware_protocols::Dialect;
use serde::de::IgnoredAny;

/// Whether a record of this dialect is a message of its own, to be given to [`firmware_protocols::Decoder::document`].
pub fn is_message(dialect: Dialect, bytes: &[u8]) -> bool {
    if !matches!(dialect, Dialect::Json | Dialect::Openalpr | Dialect::Xray) {
        return false;
    }
    let inside = bytes.trim_ascii();
    let is_line = inside.len() < bytes.len()
        && bytes.ends_with(b"\n")
        && !inside.iter().any(|byte| matches!(byte, b'\r' | b'\n'));
    inside.starts_with(b"{") && !is_line && serde_json::from_slice::<IgnoredAny>(inside).is_ok()
}

/// The record as bytes of a stream: a message becomes a line. Line ends stand between the values of a JSON document and never inside one, so
/// blanks say the same.
pub fn line_of(dialect: Dialect, bytes: &[u8]) -> Cow<'_, [u8]> {
    if !is_message(dialect, bytes) {
        return Cow::Borrowed(bytes);
    }
    let blank = |byte: &u8| if matches!(byte, b'\r' | b'\n') { b' ' } else { *byte };
    let mut line: Vec<u8> = bytes.trim_ascii().iter().map(blank).collect();
    line.push(b'\n');
    Cow::Owned(line)
}
