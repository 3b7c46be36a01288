//! Dialect `rinstrum`: automatic output of Rinstrum indicators, forms FMT_1 and FMT_2.
//!
//! ```text
//! 02  _  _ _ 4 0 0 2 0  G            03      FMT_1: sign, seven characters, state
//! 02  _  _ _ 4 0 0 2 0  G _ _ - kg_  03      FMT_2: and four states and the unit
//! ```
//!
//! The state is G gross, N net, U under, O over, E error; in FMT_1 M (it moves) stands in the place of G or N, and the kind is not told. While it
//! moves the unit of FMT_2 is blank: then the unit before holds. Deliberately absent: FMT_3 and further. Sources:
//! `docs/protocols/rinstrum.md`.
//!
//! Assumed: FMT_1 is in kg (`scale.unit_if_silent`); the unit before holds where FMT_2 leaves it blank.

use alloc::borrow::ToOwned;
use alloc::vec::Vec;

use units::MassUnit;

use super::number::{Wrong, ascii, bad, column, displayed, unit};
use super::{Display, Flags, Kind, Stability, Weighing};
use crate::codec::{Codec, Item, Settings};
use crate::dialect::Reading;
use crate::fault::{Fault, FaultKind};
use crate::frames::{Frames, Look, enclosed};

const STX: u8 = 0x02;
const ETX: u8 = 0x03;
/// The longest frame with its marks: FMT_3 is longer than the two that are read.
const LONGEST: usize = 32;

/// Decodes the frames of one indicator.
#[derive(Debug)]
pub struct Decoder {
    frames: Frames,
    /// The last unit that was told.
    unit: Option<MassUnit>,
}

impl Codec for Decoder {
    fn new(_: &Settings) -> Decoder {
        Decoder { frames: Frames::default(), unit: None }
    }

    fn push(&mut self, bytes: &[u8], out: &mut Vec<Item>) {
        let last = &mut self.unit;
        self.frames.push(bytes, look, |frame| {
            let item = frame.and_then(|frame| decode(frame, *last));
            if let Ok(Weighing { unit: Some(unit), .. }) = item {
                *last = Some(unit);
            }
            out.push(item.map(Reading::Weight));
        });
    }

    fn cut(&mut self) -> Option<Fault> {
        self.unit = None;
        self.frames.cut()
    }
}

fn look(ahead: &[u8]) -> Look {
    enclosed(ahead, STX, ETX, LONGEST)
}

/// Reads one frame, from STX to ETX. `last_unit` is the unit of frames of FMT_2 that leave it blank.
pub fn decode(frame: &[u8], last_unit: Option<MassUnit>) -> Result<Weighing, Fault> {
    read(frame, last_unit).map_err(|(kind, detail)| Fault::new(kind, detail, frame))
}

fn read(frame: &[u8], last_unit: Option<MassUnit>) -> Result<Weighing, Wrong> {
    let [STX, text @ .., ETX] = frame else {
        return Err(bad("a frame stands between STX and ETX"));
    };
    let (number, states, told_unit) = match text.len() {
        9 => (text.get(..8), text.get(8..9), None),
        15 => (text.get(..8), text.get(8..12), text.get(12..)),
        _ => {
            let detail = "neither FMT_1 (11 bytes) nor FMT_2 (17 bytes)";
            return Err((FaultKind::NotDecoded, detail.to_owned()));
        }
    };
    let number = number.unwrap_or_default();
    if !matches!(number.first(), Some(b' ' | b'-' | b'+')) {
        return Err(bad("the sign is blank, + or -"));
    }
    let states = states.unwrap_or_default();
    let told_unit = told_unit.map_or(Ok(None), |word| unit(ascii(word)?))?;
    let first = states.first().copied().unwrap_or_default();
    let kind = match first {
        b'G' => Kind::Gross,
        b'N' => Kind::Net,
        b'U' | b'O' | b'M' | b'E' => Kind::Unknown,
        _ => return Err(bad("the state is G, N, U, O, M or E")),
    };
    let display = match first {
        b'U' => Display::Underload,
        b'O' => Display::Overload,
        b'E' => Display::Blank,
        _ => displayed(ascii(number)?)?,
    };
    let moving = match states.get(1) {
        // What shows no number does not stand still.
        None | Some(b' ') => !matches!(first, b'G' | b'N'),
        Some(b'M') => true,
        Some(_) => return Err(bad("the second state is M or blank")),
    };
    let center_of_zero = match states.get(2) {
        None | Some(b' ') => false,
        Some(b'Z') => true,
        Some(_) => return Err(bad("the third state is Z or blank")),
    };
    let range = match states.get(3) {
        None | Some(b'-') => None,
        Some(range @ b'1'..=b'2') => Some(range - b'0'),
        Some(_) => return Err(bad("the fourth state is 1, 2 or -")),
    };
    Ok(Weighing {
        kind,
        stability: if moving { Stability::Moving } else { Stability::Stable },
        unit: told_unit.or(if text.len() == 15 { last_unit } else { None }),
        flags: Flags { center_of_zero, range, ..Flags::default() },
        ..Weighing::shown(display, frame)
    })
}

/// The FMT_1 frame of an indicator that shows this. `None` if the number does not fit seven characters.
pub fn encode(weighing: &Weighing) -> Option<Vec<u8>> {
    let (number, negative) = match weighing.display {
        Display::Value(value) => (column(value.abs(), 7, ' ')?, value.is_sign_negative()),
        Display::Overload
        | Display::Underload
        | Display::OutOfRange
        | Display::Blank
        | Display::Withheld => (" ".repeat(7), false),
    };
    let state = match weighing.display {
        Display::Overload | Display::OutOfRange => b'O',
        Display::Underload => b'U',
        Display::Blank | Display::Withheld => b'E',
        Display::Value(_) if weighing.stability != Stability::Stable => b'M',
        Display::Value(_) if weighing.kind == Kind::Net => b'N',
        Display::Value(_) => b'G',
    };
    let mut frame = Vec::from([STX, if negative { b'-' } else { b' ' }]);
    frame.extend_from_slice(number.as_bytes());
    frame.extend_from_slice(&[state, ETX]);
    Some(frame)
}
