//! The parts of a multipart body: what a camera posts beside its document.
//!
//! ```text
//! --boundary CR LF  headers CR LF CR LF  data CR LF
//! --boundary CR LF  headers CR LF CR LF  data CR LF
//! --boundary--
//! ```
//!
//! The boundary is the body's own first line, so that no header of HTTP is needed. Data is looked at by nobody here: a picture is a name, a size and
//! a digest. A body that ends inside a part is told with what is whole; numbers and sizes of parts are bounded.
//!
//! Deliberately absent: transfer encodings and parts within parts. No camera sends them.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::fault::{Fault, FaultKind};
use crate::limits;

/// One part.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Part<'a> {
    /// Its name in the form.
    pub(super) name: Option<String>,
    /// The name of its file.
    pub(super) file_name: Option<String>,
    /// Its `Content-Type`, without parameters.
    pub(super) media_type: Option<String>,
    /// Its `Content-ID`, without angle brackets.
    pub(super) id: Option<String>,
    pub(super) data: &'a [u8],
}

/// The parts of a body in their order, and what was wrong with others; `None` for a body that is not of parts.
pub(super) fn of(body: &[u8]) -> Option<(Vec<Part<'_>>, Vec<Fault>)> {
    let start = body.trim_ascii_start();
    let line = start.get(..=start.iter().take(BOUNDARY_BYTES).position(|byte| *byte == b'\n')?)?;
    let boundary = line.trim_ascii_end();
    if !boundary.starts_with(b"--") || boundary.len() <= 2 {
        return None;
    }
    let (mut parts, mut faults) = (Vec::new(), Vec::new());
    let mut rest = start.get(boundary.len()..).unwrap_or_default();
    // Behind a boundary stand two dashes, and nothing more comes; or a line end, and a part.
    while !rest.starts_with(b"--") {
        if parts.len() + faults.len() >= limits::PARTS {
            let detail = format!("a body has at most {} parts", limits::PARTS);
            faults.push(Fault::new(FaultKind::TooLong, detail, rest));
            break;
        }
        let Some(end) = find(rest, boundary) else {
            let detail = "the body ended inside a part: it is not taken";
            faults.push(Fault::new(FaultKind::CutOff, detail, rest));
            break;
        };
        match part(rest.get(..end).unwrap_or_default()) {
            Ok(part) => parts.push(part),
            Err((kind, detail)) => faults.push(Fault::new(kind, detail, rest)),
        }
        rest = rest.get(end + boundary.len()..).unwrap_or_default();
    }
    Some((parts, faults))
}

/// From behind one boundary to before the next.
fn part(bytes: &[u8]) -> Result<Part<'_>, (FaultKind, String)> {
    let bytes = without_line_end(bytes.strip_prefix(b"\r").unwrap_or(bytes));
    let bytes = bytes.strip_prefix(b"\n").unwrap_or(bytes);
    let (head, data) = match (find(bytes, b"\r\n\r\n"), find(bytes, b"\n\n")) {
        (Some(end), None) => (bytes.get(..end), bytes.get(end + 4..)),
        (Some(end), Some(other)) if end < other => (bytes.get(..end), bytes.get(end + 4..)),
        (_, Some(end)) => (bytes.get(..end), bytes.get(end + 2..)),
        (None, None) => {
            return Err((FaultKind::Malformed, "a part without an empty line".to_owned()));
        }
    };
    let (head, data) = (head.unwrap_or_default(), data.unwrap_or_default());
    if head.len() > limits::PART_HEAD_BYTES {
        let detail = format!("the head of a part has at most {} bytes", limits::PART_HEAD_BYTES);
        return Err((FaultKind::TooLong, detail));
    }
    let head = core::str::from_utf8(head)
        .map_err(|_| (FaultKind::NotText, "the head of a part is not text".to_owned()))?;
    let mut part = Part { data, ..Part::default() };
    let mut length = None;
    for line in head.lines() {
        let Some((name, value)) = line.split_once(':') else { continue };
        let value = value.trim();
        match name.trim().to_ascii_lowercase().as_str() {
            "content-disposition" => {
                part.name = parameter(value, "name");
                part.file_name = parameter(value, "filename");
            }
            "content-type" => {
                let media_type = value.split(';').next().unwrap_or_default().trim();
                part.media_type = short(media_type);
            }
            "content-id" => part.id = short(value.trim_matches(['<', '>'])),
            "content-length" => length = value.parse::<usize>().ok(),
            _ => {}
        }
    }
    if let Some(length) = length.filter(|length| *length != data.len()) {
        let detail =
            format!("a part of {} bytes says that it has {length}: it is not taken", data.len());
        return Err((FaultKind::WrongLength, detail));
    }
    if data.len() > limits::PART_BYTES {
        let detail =
            format!("a part has at most {} bytes, and not {}", limits::PART_BYTES, data.len());
        return Err((FaultKind::TooLong, detail));
    }
    Ok(part)
}

fn without_line_end(bytes: &[u8]) -> &[u8] {
    let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    bytes.strip_suffix(b"\r").unwrap_or(bytes)
}

/// `form-data; name="anpr.xml"; filename=anpr.xml`
fn parameter(value: &str, key: &str) -> Option<String> {
    let found = value.split(';').find_map(|one| {
        let (name, value) = one.split_once('=')?;
        name.trim().eq_ignore_ascii_case(key).then_some(value)
    })?;
    short(found.trim().trim_matches('"'))
}

/// No name is longer.
fn short(text: &str) -> Option<String> {
    let text = text.chars().take(limits::TEXT_CHARS).collect::<String>();
    (!text.is_empty()).then(|| text.to_string())
}

fn find(bytes: &[u8], sought: &[u8]) -> Option<usize> {
    let first = *sought.first()?;
    let mut from = 0;
    loop {
        let at = from + bytes.get(from..)?.iter().position(|byte| *byte == first)?;
        if bytes.get(at..)?.starts_with(sought) {
            return Some(at);
        }
        from = at + 1;
    }
}

/// A boundary has at most 70 characters (RFC 2046), and two dashes before it.
const BOUNDARY_BYTES: usize = 80;
