//! GS1 element strings: what stands in a GS1-128, a GS1 DataMatrix, a GS1 QR code.
//!
//! ```text
//! 01 04870000000012 17 261231 10 LOT-7 <GS> 21 0042        an identifier, its value, the next
//! ```
//!
//! Some values have a length that their identifier fixes; any other ends with the group separator (1Dh) or with the code. A reader that drops
//! the separator, as every keyboard wedge does, makes two values one, and nobody can tell where to cut. Then nothing is cut: the text is
//! kept, and why it was not split is said.
//!
//! Sources: the list of predefined lengths and of identifiers of the GS1 General Specifications, as public code quotes them (trust: M); the check digit (H).

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::limits;

/// What a GS1 code holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Gs1 {
    /// Its elements, in order.
    Elements(Vec<Element>),
    /// It cannot be split with certainty.
    NotSplit(NotSplit),
}

/// One identifier and its value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Element {
    /// The application identifier, two to four digits.
    pub ai: String,
    /// Its value.
    pub value: String,
    /// Whether a check digit protects the value; then it fits.
    pub check_digit: bool,
}

/// Why a code is not split.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotSplit {
    /// An identifier that is not known here.
    UnknownIdentifier,
    /// The code ends inside a value.
    TooShort,
    /// A value is longer than its identifier allows: a separator is missing.
    TooLong,
    /// A value without a separator could be two: the reader may have dropped it.
    MissingSeparator,
    /// A check digit does not fit.
    WrongCheckDigit,
    /// Letters where digits belong, or a day that is none.
    WrongValue,
    /// More elements than a code can have.
    TooMany,
}

/// The group separator, which ends a value of variable length.
pub const SEPARATOR: u8 = 0x1d;

/// How long a value is, and what it is made of.
#[derive(Clone, Copy)]
enum Shape {
    /// So many digits, the last of them a check digit.
    Key(usize),
    /// So many digits.
    Digits(usize),
    /// Year, month, day.
    Day,
    /// Up to so many characters.
    UpTo(usize),
    /// Up to so many digits.
    DigitsUpTo(usize),
}

/// Length of the identifier, the shape of its value, and whether its length is one of the predefined ones, which need no separator.
fn shape(ahead: &[u8]) -> Option<(usize, Shape, bool)> {
    let digit =
        |at: usize| ahead.get(at).filter(|byte| byte.is_ascii_digit()).map(|byte| byte - b'0');
    let two = digit(0)? * 10 + digit(1)?;
    let three = digit(2).map(|third| u16::from(two) * 10 + u16::from(third));
    let four = three.and_then(|three| Some(three * 10 + u16::from(digit(3)?)));
    Some(match two {
        0 => (2, Shape::Key(18), true),
        1..=3 => (2, Shape::Key(14), true),
        11..=13 | 15..=17 => (2, Shape::Day, true),
        20 => (2, Shape::Digits(2), true),
        10 | 21 | 22 => (2, Shape::UpTo(20), false),
        30 | 37 => (2, Shape::DigitsUpTo(8), false),
        31..=36 => (four.map(|_| 4)?, Shape::Digits(6), true),
        90 => (2, Shape::UpTo(30), false),
        91..=99 => (2, Shape::UpTo(90), false),
        _ => match three? {
            240 | 241 | 250 | 251 | 400 | 401 | 403 => (3, Shape::UpTo(30), false),
            242 => (3, Shape::DigitsUpTo(6), false),
            243 | 254 | 420 => (3, Shape::UpTo(20), false),
            253 | 255 => (3, Shape::UpTo(30), false),
            402 => (3, Shape::Key(17), false),
            410..=417 => (3, Shape::Key(13), true),
            421 => (3, Shape::UpTo(12), false),
            422 | 424..=426 => (3, Shape::Digits(3), false),
            423 => (3, Shape::DigitsUpTo(15), false),
            710..=715 => (3, Shape::UpTo(20), false),
            _ => match four? {
                3900..=3909 | 3920..=3929 => (4, Shape::DigitsUpTo(15), false),
                3910..=3919 | 3930..=3939 => (4, Shape::DigitsUpTo(18), false),
                7001 => (4, Shape::Digits(13), false),
                7002 => (4, Shape::UpTo(30), false),
                7003 => (4, Shape::Digits(10), false),
                8001 => (4, Shape::Digits(14), false),
                8002 | 8012 => (4, Shape::UpTo(20), false),
                8003 | 8004 | 8013 => (4, Shape::UpTo(30), false),
                8005 => (4, Shape::Digits(6), false),
                8006 | 8026 => (4, Shape::Digits(18), false),
                8007 => (4, Shape::UpTo(34), false),
                8008 => (4, Shape::DigitsUpTo(12), false),
                8017 | 8018 => (4, Shape::Key(18), false),
                8020 => (4, Shape::UpTo(25), false),
                8200 => (4, Shape::UpTo(70), false),
                _ => return None,
            },
        },
    })
}

/// An element where it stands in a code.
#[derive(Clone, Copy)]
struct Part<'a> {
    ai: &'a [u8],
    value: &'a [u8],
    shape: Shape,
}

/// Splits what a GS1 code says. `separator_sent` is whether it is known that this reader passes the separator on; a separator in the code proves
/// it too.
pub fn split(text: &[u8], separator_sent: bool) -> Gs1 {
    let text = text.strip_prefix(&[SEPARATOR]).unwrap_or(text);
    let (mut count, mut last) = (0, None);
    for part in parts(text) {
        match part.and_then(Part::checked) {
            _ if count == limits::GS1_ELEMENTS => return Gs1::NotSplit(NotSplit::TooMany),
            Ok(part) => (count, last) = (count + 1, Some(part)),
            Err(why) => return Gs1::NotSplit(why),
        }
    }
    let proven = separator_sent || text.contains(&SEPARATOR);
    if !proven && last.is_some_and(could_be_two) {
        return Gs1::NotSplit(NotSplit::MissingSeparator);
    }
    let mut elements = Vec::with_capacity(count);
    elements.extend(parts(text).flatten().map(Part::element));
    Gs1::Elements(elements)
}

/// The elements of a code, up to the first that cannot be told from the next. Their values are not looked at.
fn parts(mut text: &[u8]) -> impl Iterator<Item = Result<Part<'_>, NotSplit>> {
    core::iter::from_fn(move || {
        let part = (!text.is_empty()).then(|| take(&mut text));
        if let Some(Err(_)) = part {
            text = &[];
        }
        part
    })
}

/// Takes off the first element.
fn take<'a>(text: &mut &'a [u8]) -> Result<Part<'a>, NotSplit> {
    let (length, shape, predefined) = shape(text).ok_or(NotSplit::UnknownIdentifier)?;
    let (ai, rest) = text.split_at_checked(length).ok_or(NotSplit::TooShort)?;
    let fixed = match shape {
        Shape::Key(length) | Shape::Digits(length) => Some(length),
        Shape::Day => Some(6),
        Shape::UpTo(_) | Shape::DigitsUpTo(_) => None,
    };
    let end = rest.iter().position(|byte| *byte == SEPARATOR).unwrap_or(rest.len());
    let end = match fixed {
        Some(length) if end < length => return Err(NotSplit::TooShort),
        Some(length) if predefined => length,
        Some(length) if end > length => return Err(NotSplit::TooLong),
        Some(_) | None => end,
    };
    let (value, after) = rest.split_at_checked(end).ok_or(NotSplit::TooShort)?;
    *text = after.strip_prefix(&[SEPARATOR]).unwrap_or(after);
    Ok(Part { ai, value, shape })
}

impl<'a> Part<'a> {
    /// The same, if its value is what its identifier says.
    fn checked(self) -> Result<Part<'a>, NotSplit> {
        let Part { value, shape, .. } = self;
        let digits = value.iter().all(u8::is_ascii_digit);
        match shape {
            Shape::Key(_) if !digits => Err(NotSplit::WrongValue),
            Shape::Key(_) if !has_check_digit(value) => Err(NotSplit::WrongCheckDigit),
            Shape::Digits(_) if !digits => Err(NotSplit::WrongValue),
            Shape::Day if !digits || day(text(value), 2026).is_none() => Err(NotSplit::WrongValue),
            Shape::UpTo(most) | Shape::DigitsUpTo(most) if value.len() > most => {
                Err(NotSplit::TooLong)
            }
            Shape::DigitsUpTo(_) if !digits => Err(NotSplit::WrongValue),
            Shape::UpTo(_) | Shape::DigitsUpTo(_) if value.is_empty() => Err(NotSplit::TooShort),
            // The character set of values is the printable part of ASCII (set 82).
            Shape::UpTo(_) if !value.iter().all(u8::is_ascii_graphic) => Err(NotSplit::WrongValue),
            Shape::Key(_)
            | Shape::Digits(_)
            | Shape::Day
            | Shape::UpTo(_)
            | Shape::DigitsUpTo(_) => Ok(self),
        }
    }

    fn element(self) -> Element {
        Element {
            ai: text(self.ai).to_owned(),
            value: text(self.value).to_owned(),
            check_digit: matches!(self.shape, Shape::Key(_)),
        }
    }
}

fn text(bytes: &[u8]) -> &str {
    core::str::from_utf8(bytes).unwrap_or_default()
}

/// Whether the last value of a code could hold another element that lost its separator.
fn could_be_two(last: Part<'_>) -> bool {
    let elements = |rest: &[u8]| {
        let mut parts = parts(rest).map(|part| part.and_then(Part::checked));
        parts.by_ref().take(limits::GS1_ELEMENTS).all(|part| part.is_ok()) && parts.next().is_none()
    };
    matches!(last.shape, Shape::UpTo(_) | Shape::DigitsUpTo(_))
        && (1..last.value.len()).any(|at| last.value.get(at..).is_some_and(elements))
}

/// Whether the last digit is the check digit of those before it: weights 3 and 1 from the right, modulo 10.
pub fn has_check_digit(digits: &[u8]) -> bool {
    let Some((last, body)) = digits.split_last() else { return false };
    body.iter().all(u8::is_ascii_digit) && *last == b'0' + check_digit(body)
}

/// The check digit of `body`, which is digits.
pub fn check_digit(body: &[u8]) -> u8 {
    let weights = [3_u32, 1].into_iter().cycle();
    let sum: u32 = body
        .iter()
        .rev()
        .zip(weights)
        .map(|(digit, weight)| u32::from(digit.wrapping_sub(b'0')) * weight)
        .sum();
    u8::try_from((10 - sum % 10) % 10).unwrap_or(0)
}

/// The day that `YYMMDD` names, read in `this_year`: the year nearest to it, at most 49 years back and 50 ahead. A day 00 is the last of the month.
pub fn day(yymmdd: &str, this_year: i16) -> Option<Date> {
    let two = |from: usize| yymmdd.get(from..from + 2)?.parse::<i8>().ok();
    let (year, month, day) = (i16::from(two(0)?), two(2)?, two(4)?);
    let century = this_year - this_year.rem_euclid(100);
    let year = match century + year {
        year if year - this_year > 50 => year - 100,
        year if this_year - year > 49 => year + 100,
        year => year,
    };
    if day == 0 {
        return Some(Date::new(year, month, 1).ok()?.last_of_month());
    }
    Date::new(year, month, day).ok()
}
