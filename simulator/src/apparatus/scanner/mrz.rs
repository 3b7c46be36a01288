//! A reader of machine readable zones.

use std::time::Duration;

use firmware_protocols::scanner::mrz::{Form, check_digit, encode};

use super::super::spells::{Kind, Spells};
use super::super::{Apparatus, Instead, Saying};
use crate::story::{Act, Scanned, Zone};

/// What readers are known to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Quirk {
    /// The zone comes as one line.
    OneLine,
    /// A digit is misread, as of a worn page.
    Misreads,
    /// The page is pulled away before the last line is read.
    CutsLines,
    /// A document that lies there is read twice.
    ScansTwice,
}

impl Kind for Quirk {
    const ALL: &'static [(Quirk, &'static str)] = &[
        (Quirk::OneLine, "one-line"),
        (Quirk::Misreads, "misreads"),
        (Quirk::CutsLines, "cuts-lines"),
        (Quirk::ScansTwice, "scans-twice"),
    ];
}

/// One reader.
#[derive(Debug)]
pub(in crate::apparatus) struct Mrz {
    spells: Spells<Quirk>,
}

/// Between the two of a double scan.
const TWICE: Duration = Duration::from_millis(700);

impl Mrz {
    pub(in crate::apparatus) fn new() -> Mrz {
        Mrz { spells: Spells::none() }
    }

    fn bytes(&self, at: Duration, zone: &Zone) -> Vec<u8> {
        let mut zone = written(zone);
        if self.spells.last(Quirk::Misreads, at) {
            // The last digit of all is a check digit.
            let place = zone.rfind(|letter: char| letter.is_ascii_digit());
            if let Some(digit) = place.and_then(|place| zone.get(place..=place)?.parse::<u8>().ok())
                && let Some(place) = place
            {
                zone.replace_range(place..=place, &((digit + 1) % 10).to_string());
            }
        }
        let mut text = encode(&zone);
        if self.spells.last(Quirk::OneLine, at) {
            text = zone + "\r";
        }
        if self.spells.last(Quirk::CutsLines, at) {
            let ends = text.trim_end().rfind('\r').map_or(text.len() / 2, |end| end + 1);
            text.truncate(ends);
        }
        text.into_bytes()
    }
}

impl Apparatus for Mrz {
    fn can(&self, act: &Act) -> Result<(), Instead> {
        if Quirk::has(act) || matches!(act, Act::Scans(Scanned::Document(_))) {
            Ok(())
        } else {
            Err(
                "a document reader scans passports, cards and visas; it misbehaves: one-line, misreads, cuts-lines, scans-twice",
            )
        }
    }

    fn befalls(&mut self, at: Duration, act: &Act, out: &mut Vec<Saying>) {
        self.spells.befalls(at, act);
        let Act::Scans(Scanned::Document(zone)) = act else { return };
        let bytes = self.bytes(at, zone);
        out.push((at, bytes.clone()));
        if self.spells.last(Quirk::ScansTwice, at) {
            out.push((at + TWICE, bytes));
        }
    }
}

/// The zone as ICAO 9303 writes it, its lines behind each other.
fn written(zone: &Zone) -> String {
    let name =
        format!("{}<<{}", zone.surname.replace(' ', "<"), zone.given_names.replace(' ', "<"));
    let checked = |field: &str| format!("{field}{}", check_digit(field.as_bytes()));
    let state = filled(&zone.state, 3);
    let number = checked(&filled(&zone.number, 9));
    let (birth, expiry) = (checked(&zone.birth), checked(&zone.expiry));
    let code = match zone.form {
        Form::Td1 | Form::Td2 => "I<",
        Form::Td3 => "P<",
        Form::MrvA | Form::MrvB => "V<",
    };
    match zone.form {
        Form::Td1 => {
            let first = format!("{code}{state}{number}{}", "<".repeat(15));
            let optional = "<".repeat(11);
            let all = [first.get(5..).unwrap_or_default(), &birth, &expiry, &optional].concat();
            let whole = check_digit(all.as_bytes());
            format!("{first}{birth}X{expiry}{state}{optional}{whole}{}", filled(&name, 30))
        }
        Form::Td2 | Form::Td3 => {
            let (width, optional) = if zone.form == Form::Td3 {
                (44, checked(&"<".repeat(14)))
            } else {
                (36, "<".repeat(7))
            };
            let all = [number.as_str(), &birth, &expiry, &optional].concat();
            let whole = check_digit(all.as_bytes());
            let first = filled(&format!("{code}{state}{name}"), width);
            format!("{first}{number}{state}{birth}X{expiry}{optional}{whole}")
        }
        Form::MrvA | Form::MrvB => {
            let width = if zone.form == Form::MrvA { 44 } else { 36 };
            let first = filled(&format!("{code}{state}{name}"), width);
            first + &filled(&format!("{number}{state}{birth}X{expiry}"), width)
        }
    }
}

/// Cut or filled to `width` characters.
fn filled(text: &str, width: usize) -> String {
    text.chars().chain(std::iter::repeat('<')).take(width).collect()
}
