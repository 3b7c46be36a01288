//! Daily files: portal lines with the arrival time of the recording host appended as last field.
//!
//! ```text
//! GX,000109,006383,000000,000000,2016-06-01 15:05:11.151 -07      with date and offset
//! GX,000109,006383,000000,000000,15-05-11.151                     time of day; the file is one day
//! ```
//!
//! A portal never sends these; they are what vendors' readers store, one file for each lane and day. The time is cut off, and the rest
//! is the live line.

use alloc::string::String;
use alloc::{format, vec::Vec};

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::Offset;

use crate::fault::{Fault, FaultKind};
use crate::limits;

/// The day and the offset of a file whose lines tell only the time of day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileDay {
    /// The day of the file.
    pub date: Date,
    /// The offset of its clock from UTC.
    pub offset: Offset,
}

/// A line of a portal and when it arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// Arrival at the recording host.
    pub at: Timestamp,
    /// The live line, without terminator.
    pub line: Vec<u8>,
}

impl Recorded {
    /// The line as the portal sent it, with CR LF.
    pub fn live(&self) -> Vec<u8> {
        let mut bytes = self.line.clone();
        bytes.extend_from_slice(b"\r\n");
        bytes
    }
}

/// The lines of a daily file, in order. Empty lines are skipped; a line without a readable time is a fault among them.
///
/// `day` is needed only for files whose lines tell the time of day and no date.
pub fn recorded_lines(
    file: &[u8],
    day: Option<FileDay>,
) -> impl Iterator<Item = Result<Recorded, Fault>> + '_ {
    lines(file).map(move |(_, line)| {
        let (at, line) = split_daily_line(line, day)?;
        Ok(Recorded { at, line: line.to_vec() })
    })
}

/// The lines of a file without their terminators, each with its number from 1. Empty lines count and are passed over; CR LF is one end.
pub fn lines(file: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let (mut number, mut after_cr) = (1, false);
    let numbered = file.split_inclusive(|&byte| is_end(byte)).map(move |line| {
        if line == b"\n" && after_cr {
            after_cr = false;
            return (number, &[][..]);
        }
        let (this, text) = (number, line.strip_suffix(b"\n").or(line.strip_suffix(b"\r")));
        number += 1;
        after_cr = line.ends_with(b"\r");
        (this, text.unwrap_or(line))
    });
    numbered.filter(|(_, line)| !line.is_empty())
}

fn is_end(byte: u8) -> bool {
    byte == b'\n' || byte == b'\r'
}

/// Whether a line, without terminator, ends with a time of day and no date: it can be read once the day of its file is known.
pub fn tells_time_only(line: &[u8]) -> bool {
    let last = line.rsplit(|&byte| byte == b',').next().filter(|last| last.len() < line.len());
    last.and_then(|last| core::str::from_utf8(last).ok()).and_then(time_of_day).is_some()
}

/// Splits one line of a daily file, without terminator, into its arrival time and the live line.
pub fn split_daily_line(line: &[u8], day: Option<FileDay>) -> Result<(Timestamp, &[u8]), Fault> {
    let fault = |kind, detail: String| Fault::new(kind, detail, line);
    if line.len() > limits::PORTAL_LINE_BYTES {
        return Err(fault(
            FaultKind::TooLong,
            format!("a daily-file line has at most {} bytes", limits::PORTAL_LINE_BYTES),
        ));
    }
    let Some(comma) = line.iter().rposition(|&byte| byte == b',') else {
        return Err(fault(
            FaultKind::BadField,
            "no field with a time at the end of the line".into(),
        ));
    };
    let (live, time) = line.split_at(comma);
    let time = core::str::from_utf8(&time[1..]).unwrap_or("");
    let at = match (with_date(time), time_of_day(time), day) {
        (Some((civil, offset)), _, _) => offset.to_timestamp(civil).ok(),
        (None, Some(time), Some(FileDay { date, offset })) => {
            offset.to_timestamp(date.to_datetime(time)).ok()
        }
        (None, Some(_), None) => {
            return Err(fault(
                FaultKind::BadField,
                "the line tells the time of day only: the day of the file is needed".into(),
            ));
        }
        (None, None, _) => None,
    };
    let Some(at) = at else {
        let detail =
            format!("`{time}` is neither `YYYY-MM-DD HH:MM:SS.mmm +HH` nor `HH-MM-SS.mmm`");
        return Err(fault(FaultKind::BadField, detail));
    };
    Ok((at, live))
}

/// `2016-06-01 15:05:11.151 -07`: the offset in whole hours, as recorded.
fn with_date(text: &str) -> Option<(DateTime, Offset)> {
    let mut parts = text.split(' ');
    let (date, time, offset) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let [year, month, day] = numbers(date, '-')?;
    let date =
        Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?)
            .ok()?;
    let (sign, hours) = match offset.split_at_checked(1)? {
        ("+", hours) => (1, hours),
        ("-", hours) => (-1, hours),
        _ => return None,
    };
    let [hours] = numbers(hours, ':')?;
    let offset = Offset::from_hours(sign * i8::try_from(hours).ok()?).ok()?;
    Some((date.to_datetime(clock(time, ':')?), offset))
}

/// `15-05-11.151`.
fn time_of_day(text: &str) -> Option<Time> {
    clock(text, '-')
}

fn clock(text: &str, separator: char) -> Option<Time> {
    let (whole, milliseconds) = text.split_once('.')?;
    let [hour, minute, second] = numbers(whole, separator)?.map(|number| i8::try_from(number).ok());
    if milliseconds.len() != 3 {
        return None;
    }
    let [milliseconds] = numbers(milliseconds, separator)?;
    Time::new(hour?, minute?, second?, i32::try_from(milliseconds).ok()? * 1_000_000).ok()
}

fn numbers<const N: usize>(text: &str, separator: char) -> Option<[u32; N]> {
    let mut parts = text.split(separator);
    let mut numbers = [0; N];
    for number in &mut numbers {
        let part = parts.next()?;
        if part.is_empty() || part.len() > 4 || !part.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        *number = part.parse().ok()?;
    }
    parts.next().is_none().then_some(numbers)
}
