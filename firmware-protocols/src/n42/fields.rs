//! What stands in a field of a document: texts, numbers, times, durations, as devices write them.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;
use rust_decimal::Decimal;

use super::document::Stamp;
use crate::limits;
use crate::xml::Element;

/// Notes what is passed over, each once; or does not, where nobody asks.
#[derive(Debug)]
pub(super) struct Passed {
    remarks: Vec<String>,
    most: usize,
}

impl Passed {
    /// Remarks are kept.
    pub(super) fn told() -> Passed {
        Passed { remarks: Vec::new(), most: limits::N42_REMARKS }
    }

    /// Nobody asks.
    pub(super) fn untold() -> Passed {
        Passed { remarks: Vec::new(), most: 0 }
    }

    pub(super) fn over(&mut self, what: fmt::Arguments<'_>) {
        if self.remarks.len() >= self.most {
            return;
        }
        let what = what.to_string();
        if !self.remarks.contains(&what) {
            self.remarks.push(what);
        }
    }

    /// A sentence each.
    pub(super) fn remarks(self) -> Vec<String> {
        self.remarks
    }
}

/// Why a document cannot be read, as a sentence.
pub(super) type Refused = String;

/// The text of an element, blanks around it cut off, those before the place where it is too long as well; `None` if it is empty.
pub(super) fn own_text(element: Element<'_>) -> Option<&str> {
    let text = element.text().map(str::trim).filter(|text| !text.is_empty())?;
    // No character has less than a byte.
    if text.len() <= limits::TEXT_CHARS {
        return Some(text);
    }
    let end = text.char_indices().nth(limits::TEXT_CHARS).map_or(text.len(), |(at, _)| at);
    text.get(..end).map(str::trim_end)
}

/// The text of the first child of this name.
pub(super) fn text<'a>(element: Element<'a>, name: &str) -> Option<&'a str> {
    element.child(name).and_then(own_text)
}

/// The number in the first child of this name.
pub(super) fn number_in(element: Element<'_>, name: &str) -> Result<Option<Decimal>, Refused> {
    text(element, name).map(|text| number(name, text)).transpose()
}

/// The duration in the first child of this name, in seconds.
pub(super) fn seconds_in(element: Element<'_>, name: &str) -> Result<Option<Decimal>, Refused> {
    text(element, name).map(|text| seconds(name, text)).transpose()
}

/// The time in the first child of this name.
pub(super) fn stamp_in(
    element: Element<'_>,
    name: &str,
    passed: &mut Passed,
) -> Result<Option<Stamp>, Refused> {
    text(element, name).map(|text| stamp(name, text, passed)).transpose()
}

/// A list of numbers, such as the channels of a spectrum; it is longer than a text may be.
#[derive(Debug, Clone, Copy)]
pub(super) struct Numbers<'a> {
    name: &'a str,
    list: &'a str,
}

impl<'a> Numbers<'a> {
    /// The list in the first child of this name.
    pub(super) fn of(element: Element<'a>, name: &'a str) -> Numbers<'a> {
        let list = element.child(name).and_then(Element::text).unwrap_or_default();
        Numbers { name, list }
    }

    /// One after the other.
    pub(super) fn iter(self) -> impl Iterator<Item = Result<Decimal, Refused>> {
        let Numbers { name, list } = self;
        list.split_ascii_whitespace().enumerate().map(move |(index, text)| {
            if index >= limits::N42_CHANNELS {
                return Err(format!("{name} has more than {} numbers", limits::N42_CHANNELS));
            }
            number(name, text)
        })
    }

    /// Whether all of them are numbers.
    pub(super) fn check(self) -> Result<(), Refused> {
        self.iter().try_for_each(|number| number.map(drop))
    }

    /// The number, if it is the only one.
    pub(super) fn only(self) -> Result<Option<Decimal>, Refused> {
        let mut numbers = self.iter();
        match (numbers.next().transpose()?, numbers.next()) {
            (Some(one), None) => Ok(Some(one)),
            _ => Ok(None),
        }
    }

    /// All of them.
    pub(super) fn all(self) -> Result<Vec<Decimal>, Refused> {
        self.iter().collect()
    }
}

/// A number, with or without an exponent.
pub(super) fn number(name: &str, text: &str) -> Result<Decimal, Refused> {
    let plain = Decimal::from_str_exact(text).ok();
    let scientific = || Decimal::from_scientific(text).ok();
    // More digits than can be kept: rounded.
    let rounded = || text.parse().ok();
    plain
        .or_else(scientific)
        .or_else(rounded)
        .ok_or_else(|| format!("{name}: `{text}` is not a number"))
}

pub(super) fn boolean(text: &str) -> Result<bool, Refused> {
    match text {
        "true" | "1" => Ok(true),
        "false" | "0" => Ok(false),
        _ => Err(format!("`{text}` is neither true nor false")),
    }
}

/// An XML duration of days, hours, minutes and seconds, in seconds. Months have no length, so they are refused.
pub(super) fn seconds(name: &str, text: &str) -> Result<Decimal, Refused> {
    let refuse = || format!("{name}: `{text}` is not a duration such as PT0.2S");
    let mut rest = text.strip_prefix('P').ok_or_else(refuse)?;
    let (mut time, mut sum, mut parts) = (false, Decimal::ZERO, 0);
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix('T') {
            time = true;
            rest = after;
            continue;
        }
        let length = rest.find(|c: char| !c.is_ascii_digit() && c != '.').ok_or_else(refuse)?;
        let (value, after) = rest.split_at(length);
        let (unit, after) = after.split_at_checked(1).ok_or_else(refuse)?;
        let unit_s = match (time, unit) {
            (false, "D") => 86_400,
            (true, "H") => 3600,
            (true, "M") => 60,
            (true, "S") => 1,
            _ => return Err(refuse()),
        };
        let value = number(name, value).map_err(|_| refuse())?;
        let scaled = value.checked_mul(Decimal::from(unit_s)).ok_or_else(refuse)?;
        sum = sum.checked_add(scaled).ok_or_else(refuse)?;
        parts += 1;
        rest = after;
    }
    if parts == 0 { Err(refuse()) } else { Ok(sum) }
}

/// A time with its offset; one without any is taken for UTC, and that is told.
pub(super) fn stamp(name: &str, text: &str, passed: &mut Passed) -> Result<Stamp, Refused> {
    let refuse = || format!("{name}: `{text}` is not a time such as 2026-05-01T10:15:14.062+05:00");
    let (civil, offset) = split_offset(text);
    let civil: DateTime = civil.parse().map_err(|_| refuse())?;
    if civil.year() < 0 {
        return Err(refuse());
    }
    let offset = match offset {
        None => {
            passed.over(format_args!("{name} has no offset from UTC; UTC is taken"));
            Offset::UTC
        }
        Some("Z") => Offset::UTC,
        Some(written) => {
            if !written.contains(':') {
                passed.over(format_args!("the offset of {name} has no colon"));
            }
            offset_of(written).ok_or_else(refuse)?
        }
    };
    let at: Timestamp = offset.to_timestamp(civil).map_err(|_| refuse())?;
    Ok(Stamp { at, offset })
}

fn split_offset(text: &str) -> (&str, Option<&str>) {
    if let Some(civil) = text.strip_suffix('Z') {
        return (civil, Some("Z"));
    }
    let sign = text
        .find('T')
        .and_then(|t| text.get(t..).and_then(|time| time.find(['+', '-'])).map(|sign| t + sign));
    match sign.and_then(|sign| text.split_at_checked(sign)) {
        Some((civil, offset)) => (civil, Some(offset)),
        None => (text, None),
    }
}

/// `+05:00`, `+0500` or `+05`.
fn offset_of(text: &str) -> Option<Offset> {
    let (sign, digits) = text.split_at_checked(1)?;
    let (hours, minutes) = digits.split_at_checked(2)?;
    let minutes = minutes.strip_prefix(':').unwrap_or(minutes);
    let number = |text: &str| text.parse::<i32>().ok().filter(|_| text.len() <= 2);
    let minutes = if minutes.is_empty() { 0 } else { number(minutes)? };
    let seconds = number(hours)? * 3600 + minutes * 60;
    Offset::from_seconds(if sign == "-" { -seconds } else { seconds }).ok()
}
