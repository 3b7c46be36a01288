//! Dialect `cas`: comma strings of CAS, A&D and Dini Argeo, and of the many indicators that imitate them.
//!
//! ```text
//! ST,GS,1\xD8, 40000.0 kg CR LF     CAS, 22 bytes: header, kind, device id + lamps, 8 characters, blank, unit
//! ST,NT,+0012.34kg CR LF            A&D, 18 bytes: header, kind, sign + 7 characters + unit of 2
//! 01ST,GS,   12340,kg CR LF         Dini Argeo: address, header, kind, 8 characters, unit behind a comma
//! 000013.5 CR LF                    CAS, 10 bytes: 8 characters, no unit, no word on stability
//! ```
//!
//! One tolerant codec: a line is split at commas, and the shape of the third field tells the flavour. Blanks, nines and `OL` never give a
//! number. Where a CAS line tells its stability twice (header and lamp), it stands still only if both say so.
//!
//! The short CAS string has nothing but its length to be known by, so a line of exactly eight characters is taken for it, and no other.
//!
//! Deliberately absent: the "limit" string of the NT-200, and command modes. The lamp byte needs a line of 8
//! data bits: with 7 bits it is lost, and the line becomes a fault. Sources: `docs/protocols/cas.md`.
//!
//! Assumed: QT is at rest; the short string is in kg (`scale.unit_if_silent`); six or more nines are out of range at every maker.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use rust_decimal::Decimal;
use units::MassUnit;

use super::number::{ascii, bad, displayed, split_unit, unit};
use super::{Display, Flags, Kind, Stability, Weighing};
use crate::codec::{Codec, Item, Settings};
use crate::dialect::Reading;
use crate::fault::{Fault, FaultKind};
use crate::few::Few;
use crate::limits;
use crate::lines::Lines;

/// The short CAS string is the number alone, in so many characters.
const SHORT_CHARS: usize = 8;

/// Header, kind, device and lamps or number, number or unit.
const MOST_FIELDS: usize = 4;

/// Lamp byte, bit 6: stable. Bit 7 is always set, bit 5 differs between models (CI-400, CI-600D) and is not looked at.
const LAMP_STABLE: u8 = 0x40;
const LAMP_HOLD: u8 = 0x10;
const LAMP_PRINT: u8 = 0x08;
const LAMP_GROSS: u8 = 0x04;
const LAMP_TARE: u8 = 0x02;
const LAMP_ZERO: u8 = 0x01;

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

/// Reads one line, without its terminator.
pub fn decode(line: &[u8]) -> Result<Weighing, Fault> {
    read(line).map_err(|(kind, detail)| Fault::new(kind, detail, line))
}

/// What the first field says.
enum Header {
    Stable,
    Moving,
    Over,
    Under,
    /// The indicator says that its number cannot be used, and no document that is known says why.
    Unusable,
}

fn read(line: &[u8]) -> Result<Weighing, (FaultKind, String)> {
    let fields: Few<&[u8], { MOST_FIELDS + 1 }> = Few::of(line.split(|&byte| byte == b','));
    let (header, kind, rest) = match fields.as_slice() {
        more if more.len() > MOST_FIELDS => {
            return Err(bad("two to four fields between commas expected"));
        }
        [header, kind, rest @ ..] if !rest.is_empty() => (*header, Some(*kind), rest),
        // A&D balances leave the kind out: `OL,+999999.9  g`.
        [header, _] => (*header, None, fields.as_slice().get(1..).unwrap_or_default()),
        [number] if number.len() == SHORT_CHARS => {
            let display = displayed(ascii(number)?)?;
            return Ok(Weighing::shown(display, line));
        }
        _ => return Err(bad("two to four fields between commas expected")),
    };
    let (address, header) = match header {
        [tens @ b'0'..=b'9', ones @ b'0'..=b'9', header @ ..] => {
            (Some((tens - b'0') * 10 + (ones - b'0')), header)
        }
        header => (None, header),
    };
    let header = match header {
        // What QT means is assumed: no document that is known explains it.
        b"ST" | b"QT" => Header::Stable,
        b"US" => Header::Moving,
        b"OL" => Header::Over,
        b"UL" | b"LO" => Header::Under,
        b"VL" | b"RZ" => Header::Unusable,
        _ => return Err(bad("the header is ST, US, QT, OL, UL, LO, VL or RZ")),
    };
    let kind = match kind {
        Some(b"GS") => Kind::Gross,
        Some(b"NT") => Kind::Net,
        Some(b"TR") => Kind::Tare,
        None => Kind::Unknown,
        Some(_) => return Err(bad("the kind is GS, NT or TR")),
    };
    let (identity, shown) = match rest {
        [[id, lamps @ 0x80..=0xff], shown] => (Some((*id, *lamps)), *shown),
        [[_, 0x21..=0x7f], [b' ' | b'0'..=b'9', ..]] => {
            return Err(bad("the lamp byte has lost its top bit: this line needs 8 data bits"));
        }
        [shown] => (None, *shown),
        [number, word] => {
            let (number, word) = (ascii(number)?, ascii(word)?);
            let shown = unit(word).map(|unit| (number.trim(), unit));
            return finish(line, header, kind, address, None, shown);
        }
        _ => {
            return Err(bad(
                "after the kind come `id+lamps,number unit`, `number unit` or `number,unit`",
            ));
        }
    };
    let address = address.or_else(|| identity.and_then(|(id, _)| number_of(id)));
    finish(line, header, kind, address, identity.map(|(_, lamps)| lamps), split_unit(ascii(shown)?))
}

/// The CAS device number is one character, 31h for device 1.
fn number_of(id: u8) -> Option<u8> {
    id.is_ascii_digit().then(|| id - b'0')
}

fn finish(
    line: &[u8],
    header: Header,
    kind: Kind,
    address: Option<u8>,
    lamps: Option<u8>,
    shown: Result<(&str, Option<MassUnit>), (FaultKind, String)>,
) -> Result<Weighing, (FaultKind, String)> {
    // What stands in the place of a number out of range is a word at some, and has no unit.
    let (display, unit) = match header {
        Header::Over => (Display::Overload, shown.map_or(None, |(_, unit)| unit)),
        Header::Under => (Display::Underload, shown.map_or(None, |(_, unit)| unit)),
        Header::Unusable => (Display::Blank, shown.map_or(None, |(_, unit)| unit)),
        Header::Stable | Header::Moving => {
            let (number, unit) = shown?;
            (displayed(number)?, unit)
        }
    };
    let lamp = |lamp| lamps.is_some_and(|lamps| lamps & lamp != 0);
    let lamp_stable = lamps.is_none_or(|lamps| lamps & LAMP_STABLE != 0);
    let stability = match header {
        Header::Stable if lamp_stable => Stability::Stable,
        Header::Stable | Header::Moving | Header::Over | Header::Under | Header::Unusable => {
            Stability::Moving
        }
    };
    Ok(Weighing {
        display,
        kind,
        stability,
        unit,
        address,
        flags: Flags {
            center_of_zero: lamp(LAMP_ZERO),
            tare_active: lamp(LAMP_TARE),
            hold: lamp(LAMP_HOLD),
            print_request: lamp(LAMP_PRINT),
            ..Flags::default()
        },
        ..Weighing::shown(display, line)
    })
}

/// The makers whose strings can be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flavour {
    /// 22 bytes with device number and lamps.
    Cas,
    /// 18 bytes with sign.
    Aandd,
    /// The unit behind a comma.
    DiniArgeo,
}

/// The line of an indicator that shows `display`, with CR LF. A display that tells no unit is written in kilograms.
///
/// The stability is written to the header and, for CAS, to the lamp byte. `None` if the number does not fit its columns, and for an underload of
/// CAS, whose manuals know ST, US and OL.
pub fn encode(
    flavour: Flavour,
    display: Display,
    kind: Kind,
    stability: Stability,
    unit: MassUnit,
) -> Option<Vec<u8>> {
    let (width, number) = (
        match flavour {
            Flavour::Cas | Flavour::DiniArgeo => 8,
            Flavour::Aandd => 7,
        },
        match display {
            Display::Value(value) => Some(value),
            Display::Overload
            | Display::Underload
            | Display::OutOfRange
            | Display::Blank
            | Display::Withheld => None,
        },
    );
    let header = match display {
        Display::Overload | Display::OutOfRange => "OL",
        Display::Underload => match flavour {
            Flavour::Cas => return None,
            Flavour::Aandd => "LO",
            Flavour::DiniArgeo => "UL",
        },
        Display::Value(_) | Display::Blank if stability == Stability::Stable => "ST",
        Display::Value(_) | Display::Blank | Display::Withheld => "US",
    };
    let kind = match kind {
        Kind::Gross | Kind::Unknown => "GS",
        Kind::Net => "NT",
        Kind::Tare => "TR",
    };
    let mut line = format!("{header},{kind},").into_bytes();
    match flavour {
        Flavour::Cas => {
            let stable = if stability == Stability::Stable { LAMP_STABLE } else { 0 };
            let zero = if number == Some(Decimal::ZERO) { LAMP_ZERO } else { 0 };
            let gross = if kind == "GS" { LAMP_GROSS } else { 0 };
            line.extend_from_slice(&[b'1', 0x80 | 0x20 | gross | stable | zero, b',']);
            let number = number.map_or_else(String::new, |value| format!("{value}"));
            line.extend_from_slice(format!("{number:>width$} {:>2}", unit.symbol()).as_bytes());
            if number.len() > width {
                return None;
            }
        }
        Flavour::Aandd => {
            let sign = if number.is_some_and(|value| value.is_sign_negative()) { '-' } else { '+' };
            let number =
                number.map_or_else(|| " ".repeat(width), |value| padded(value.abs(), width));
            if number.len() > width {
                return None;
            }
            line.extend_from_slice(format!("{sign}{number}{:>2}", unit.symbol()).as_bytes());
        }
        Flavour::DiniArgeo => {
            let number = number.map_or_else(String::new, |value| format!("{value}"));
            if number.len() > width {
                return None;
            }
            line.extend_from_slice(format!("{number:>width$},{}", unit.symbol()).as_bytes());
        }
    }
    line.extend_from_slice(b"\r\n");
    Some(line)
}

/// Leading zeros up to `width` characters, point included.
fn padded(value: Decimal, width: usize) -> String {
    let number = format!("{value}");
    let zeros = width.saturating_sub(number.len());
    format!("{}{number}", "0".repeat(zeros))
}
