//! Dialect `rice-lake`: the stream of Rice Lake indicators.
//!
//! ```text
//! 02  _  _ _ 4 0 0 2 0  K  G  _  CR [LF]      polarity, seven characters, unit, mode, state
//! ```
//!
//! The unit is L, K, T or G (pound, kilogram, tonne, gram); the mode G or N; the state blank (at rest), M (moving), O (outside the range), I
//! (invalid) or Z (centre of zero). There is no check. Sources: `docs/protocols/rice-lake.md`.
//!
//! Assumed: the unit O is none of mass.

use alloc::vec::Vec;

use units::MassUnit;

use super::number::{Wrong, ascii, bad, column, displayed};
use super::{Display, Flags, Kind, Stability, Weighing};
use crate::codec::{Codec, Item, Settings};
use crate::dialect::Reading;
use crate::fault::Fault;
use crate::frames::{Frames, Look, enclosed};

const STX: u8 = 0x02;
const CR: u8 = 0x0d;
const LF: u8 = 0x0a;
/// From STX to CR.
const FRAME_BYTES: usize = 13;

/// Decodes the frames of one indicator.
#[derive(Debug)]
pub struct Decoder {
    frames: Frames,
}

impl Codec for Decoder {
    fn new(_: &Settings) -> Decoder {
        Decoder { frames: Frames::default() }
    }

    fn push(&mut self, bytes: &[u8], out: &mut Vec<Item>) {
        self.frames.push(bytes, look, |frame| match frame {
            // Behind CR, at some.
            Ok([LF]) => {}
            frame => out.push(frame.and_then(decode).map(Reading::Weight)),
        });
    }

    fn cut(&mut self) -> Option<Fault> {
        self.frames.cut()
    }
}

fn look(ahead: &[u8]) -> Look {
    if ahead.first() == Some(&LF) { Look::Frame(1) } else { enclosed(ahead, STX, CR, FRAME_BYTES) }
}

/// Reads one frame, from STX to CR.
pub fn decode(frame: &[u8]) -> Result<Weighing, Fault> {
    read(frame).map_err(|(kind, detail)| Fault::new(kind, detail, frame))
}

fn read(frame: &[u8]) -> Result<Weighing, Wrong> {
    let [STX, polarity @ (b' ' | b'-'), number @ .., unit, mode, state, CR] = frame else {
        return Err(bad("a frame stands between STX and CR, with a blank or - first"));
    };
    if number.len() != 7 {
        return Err(bad("seven characters of a number expected"));
    }
    let unit = match unit {
        b'L' => MassUnit::Pound,
        b'K' => MassUnit::Kilogram,
        b'T' => MassUnit::Tonne,
        b'G' => MassUnit::Gram,
        _ => return Err(bad("the unit is L, K, T or G")),
    };
    let kind = match mode {
        b'G' => Kind::Gross,
        b'N' => Kind::Net,
        _ => return Err(bad("the mode is G or N")),
    };
    let number = ascii(number)?;
    let shown = || displayed(number).map(|display| display.negative_if(*polarity == b'-'));
    let (display, stability) = match state {
        b' ' | b'Z' => (shown()?, Stability::Stable),
        b'M' => (shown()?, Stability::Moving),
        b'O' => (Display::OutOfRange, Stability::Moving),
        b'I' => (Display::Blank, Stability::Moving),
        _ => return Err(bad("the state is blank, M, O, I or Z")),
    };
    Ok(Weighing {
        kind,
        stability,
        unit: Some(unit),
        flags: Flags { center_of_zero: *state == b'Z', ..Flags::default() },
        ..Weighing::shown(display, frame)
    })
}

/// The frame of an indicator that shows this, with CR LF. `None` if the number does not fit seven characters.
pub fn encode(weighing: &Weighing) -> Option<Vec<u8>> {
    let (number, negative) = match weighing.display {
        Display::Value(value) => (column(value.abs(), 7, ' ')?, value.is_sign_negative()),
        Display::Overload
        | Display::Underload
        | Display::OutOfRange
        | Display::Blank
        | Display::Withheld => (" ".repeat(7), false),
    };
    let unit = match weighing.unit.unwrap_or(MassUnit::Kilogram) {
        MassUnit::Pound => b'L',
        MassUnit::Kilogram => b'K',
        MassUnit::Tonne => b'T',
        MassUnit::Gram => b'G',
    };
    let state = match weighing.display {
        Display::Overload | Display::Underload | Display::OutOfRange => b'O',
        Display::Blank | Display::Withheld => b'I',
        Display::Value(_) if weighing.stability != Stability::Stable => b'M',
        Display::Value(_) if weighing.flags.center_of_zero => b'Z',
        Display::Value(_) => b' ',
    };
    let mut frame = Vec::from([STX, if negative { b'-' } else { b' ' }]);
    frame.extend_from_slice(number.as_bytes());
    let mode = if weighing.kind == Kind::Net { b'N' } else { b'G' };
    frame.extend_from_slice(&[unit, mode, state, CR, LF]);
    Some(frame)
}
