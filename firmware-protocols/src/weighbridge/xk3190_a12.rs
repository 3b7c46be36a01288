//! Dialect `xk3190-a12`: text lines of Yaohua XK3190-A12(E) indicators and their relatives.
//!
//! ```text
//! WG004.139kg3D CR LF       WG gross, WN net; seven characters; unit; exclusive or of the eleven characters before as two digits
//!          OL23 CR LF       nine blanks and OL (more) or LO (less than may be weighed), with the same check
//! ww000.000kg CR LF         ww gross, wn net, wt tare; any width, no check
//! ```
//!
//! No line tells whether the number stands still: [`super::Settling`] judges it. Sources: `docs/protocols/xk3190-a12.md`.
//!
//! Assumed: lines of the other setting have any width.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::vec::Vec;

use units::MassUnit;

use super::number::{Wrong, ascii, bad, column, displayed, hex, split_unit};
use super::{Checksum, Display, Kind, Weighing};
use crate::codec::{Codec, Item, Settings};
use crate::dialect::Reading;
use crate::fault::{Fault, FaultKind};
use crate::limits;
use crate::lines::Lines;

/// A line with a check, its end apart.
const CHECKED_CHARS: usize = 13;

/// Decodes the lines of one indicator.
#[derive(Debug)]
pub struct Decoder {
    lines: Lines,
}

impl Codec for Decoder {
    fn new(_: &Settings) -> Decoder {
        Decoder { lines: Lines::new(limits::WEIGHING_LINE_BYTES) }
    }

    fn push(&mut self, bytes: &[u8], out: &mut Vec<Item>) {
        self.lines.push(bytes, |line| out.push(line.and_then(decode).map(Reading::Weight)));
    }

    fn cut(&mut self) -> Option<Fault> {
        self.lines.cut()
    }
}

/// Reads one line, without its end.
pub fn decode(line: &[u8]) -> Result<Weighing, Fault> {
    read(line).map_err(|(kind, detail)| Fault::new(kind, detail, line))
}

fn read(line: &[u8]) -> Result<Weighing, Wrong> {
    match line {
        [b'w', b'w', shown @ ..] => number(line, Kind::Gross, shown),
        [b'w', b'n', shown @ ..] => number(line, Kind::Net, shown),
        [b'w', b't', shown @ ..] => number(line, Kind::Tare, shown),
        [b'W' | b' ', ..] => checked(line),
        _ => Err(bad("a line begins with WG, WN, ww, wn, wt or nine blanks")),
    }
}

fn checked(line: &[u8]) -> Result<Weighing, Wrong> {
    let [text @ .., high, low] = line else { return Err(bad("two check digits expected")) };
    if line.len() != CHECKED_CHARS {
        let detail = format!("{CHECKED_CHARS} characters expected, not {}", line.len());
        return Err((FaultKind::WrongLength, detail));
    }
    let expected = hex(text.iter().fold(0, |sum, byte| sum ^ byte));
    if [*high, *low] != expected {
        let [high, low] = expected.map(char::from);
        let detail = format!("the check digits of these characters are {high}{low}");
        return Err((FaultKind::WrongChecksum, detail));
    }
    let weighing = match text {
        [b'W', b'G', shown @ ..] => number(line, Kind::Gross, shown)?,
        [b'W', b'N', shown @ ..] => number(line, Kind::Net, shown)?,
        _ => match text.trim_ascii() {
            b"OL" => Weighing::shown(Display::Overload, line),
            b"LO" => Weighing::shown(Display::Underload, line),
            _ => return Err(bad("WG, WN, or nine blanks and OL or LO expected")),
        },
    };
    Ok(Weighing { checksum: Checksum::Verified, ..weighing })
}

/// A number and its unit, in columns of any width.
fn number(line: &[u8], kind: Kind, shown: &[u8]) -> Result<Weighing, Wrong> {
    let (number, unit) = split_unit(ascii(shown)?)?;
    if unit.is_none() {
        return Err(bad("a unit behind the number expected"));
    }
    Ok(Weighing { kind, unit, ..Weighing::shown(displayed(number)?, line) })
}

/// The checked line of an indicator that shows this, with CR LF. `None` if the number does not fit seven characters, or is a tare.
pub fn encode(weighing: &Weighing) -> Option<Vec<u8>> {
    let unit = weighing.unit.unwrap_or(MassUnit::Kilogram);
    let text = match (weighing.display, weighing.kind) {
        (Display::Overload, _) => "         OL".to_owned(),
        (Display::Underload, _) => "         LO".to_owned(),
        (Display::Value(value), Kind::Gross | Kind::Unknown) => {
            format!("WG{}{:>2}", column(value, 7, '0')?, unit.symbol())
        }
        (Display::Value(value), Kind::Net) => {
            format!("WN{}{:>2}", column(value, 7, '0')?, unit.symbol())
        }
        (Display::Value(_), Kind::Tare)
        | (Display::OutOfRange | Display::Blank | Display::Withheld, _) => return None,
    };
    let mut line = text.clone().into_bytes();
    line.extend_from_slice(&hex(text.bytes().fold(0, |sum, byte| sum ^ byte)));
    line.extend_from_slice(b"\r\n");
    Some(line)
}
