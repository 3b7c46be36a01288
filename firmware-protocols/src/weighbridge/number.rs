//! Numbers and units as displays write them: with blanks, signs and points in odd places, or with nines that are none.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;

use rust_decimal::Decimal;
use units::MassUnit;

use super::Display;
use crate::fault::FaultKind;

/// What is wrong with a field.
pub(super) type Wrong = (FaultKind, String);

/// A field that is not what it should be.
pub(super) fn bad(detail: &str) -> Wrong {
    (FaultKind::BadField, detail.to_owned())
}

/// Bytes of a field as text.
pub(super) fn ascii(bytes: &[u8]) -> Result<&str, Wrong> {
    if let Some(byte) = bytes.iter().find(|byte| !byte.is_ascii()) {
        let detail = format!(
            "byte {byte:02x} has its top bit set: text of 7 bits expected; a line of 7 data bits and parity, heard with 8, looks so"
        );
        return Err((FaultKind::NotText, detail));
    }
    core::str::from_utf8(bytes)
        .map_err(|_| (FaultKind::NotText, "the number is ASCII text".to_owned()))
}

/// A number, a blank display, or six and more nines, which stand for a range exceeded at several makers.
pub(super) fn displayed(number: &str) -> Result<Display, Wrong> {
    let number = number.trim();
    let (negative, digits) = match number.as_bytes() {
        [b'-', ..] => (true, number.get(1..).unwrap_or_default().trim_start()),
        [b'+', ..] => (false, number.get(1..).unwrap_or_default().trim_start()),
        _ => (false, number),
    };
    if digits.is_empty() {
        return Ok(Display::Blank);
    }
    let wrong = || (FaultKind::BadField, format!("`{number}` is not a decimal number"));
    let figures = digits.bytes().filter(|byte| *byte != b'.').count();
    if !digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') || figures == 0 {
        return Err(wrong());
    }
    if figures >= NINES && digits.bytes().all(|byte| byte == b'9' || byte == b'.') {
        return Ok(Display::OutOfRange);
    }
    let value = Decimal::from_str_exact(digits).map_err(|_| wrong())?;
    Ok(Display::Value(if negative { -value } else { value }))
}

/// The unit that a word names.
pub(super) fn unit(word: &str) -> Result<Option<MassUnit>, Wrong> {
    Ok(match word.trim() {
        "kg" | "KG" | "Kg" => Some(MassUnit::Kilogram),
        "g" => Some(MassUnit::Gram),
        "t" => Some(MassUnit::Tonne),
        "lb" | "LB" => Some(MassUnit::Pound),
        "" => None,
        other => {
            return Err((
                FaultKind::BadField,
                format!("`{other}` is no unit of mass; kg, g, t or lb expected"),
            ));
        }
    })
}

/// Cuts the unit from the end: letters behind the number, blanks between.
pub(super) fn split_unit(text: &str) -> Result<(&str, Option<MassUnit>), Wrong> {
    let number = text.trim_end().trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    let unit = unit(text.get(number.len()..).unwrap_or_default())?;
    Ok((number.trim(), unit))
}

/// So many nines and more stand for a range exceeded at several makers (A&D, Tenso-M), and never for a weight (assumed of all others).
const NINES: usize = 6;

/// Digits without a point, of which the last so many stand behind it. Blanks in front count as nothing; all blank is a blank display, six and
/// more nines are none either.
pub(super) fn digits(digits: &[u8], negative: bool, decimals: u32) -> Result<Display, Wrong> {
    let figures = digits.trim_ascii_start();
    if figures.is_empty() {
        return Ok(Display::Blank);
    }
    if figures.len() >= NINES && figures.iter().all(|figure| *figure == b'9') {
        return Ok(Display::OutOfRange);
    }
    let mut number: i64 = 0;
    for &digit in figures {
        let digit = char::from(digit)
            .to_digit(10)
            .ok_or_else(|| bad("digits expected, or blanks where the display shows none"))?;
        number = number.saturating_mul(10).saturating_add(i64::from(digit));
    }
    Ok(Display::Value(Decimal::new(if negative { -number } else { number }, decimals)))
}

/// Two hexadecimal digits in capitals: 0-9 are 30h-39h, A-F are 41h-46h.
pub(super) fn hex(byte: u8) -> [u8; 2] {
    [byte >> 4, byte & 0x0f]
        .map(|nibble| if nibble < 10 { b'0' + nibble } else { b'A' + nibble - 10 })
}

/// `value` right-aligned in so many characters, padded by `fill`. `None` if it does not fit.
pub(super) fn column(value: Decimal, width: usize, fill: char) -> Option<String> {
    let number = format!("{value}");
    let pad = width.checked_sub(number.len())?;
    let mut text = String::with_capacity(width);
    if fill == '0' && value.is_sign_negative() {
        text.push('-');
        text.extend(core::iter::repeat_n('0', pad));
        text.push_str(number.get(1..)?);
    } else {
        text.extend(core::iter::repeat_n(fill, pad));
        text.push_str(&number);
    }
    Some(text)
}
