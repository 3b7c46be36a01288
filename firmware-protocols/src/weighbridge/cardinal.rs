//! Dialect `cardinal`: the string of Cardinal indicators, which Rice Lake indicators can send too.
//!
//! ```text
//! CR  +  0 4 0 0 2 0  _  _  k g  _  g  _ _  ETX      sign, six digits (a point makes seven), state, unit, gross or net
//! ```
//!
//! The state is blank (at rest), m (moving) or o (outside the range). There is no check. Sources: `docs/protocols/cardinal.md`.
//!
//! Assumed: a number with a point has seven characters.

use alloc::format;
use alloc::vec::Vec;

use units::MassUnit;

use super::number::{Wrong, ascii, bad, column, displayed, unit};
use super::{Display, Kind, Stability, Weighing};

use crate::dialect::Reading;
use crate::fault::Fault;
use crate::frames::{FrameOf, Framed, Look, enclosed};

const CR: u8 = 0x0d;
const ETX: u8 = 0x03;
/// The longest frame with its marks.
const LONGEST: usize = 18;

/// Decodes the frames of one indicator.
pub type Decoder = Framed<Frame>;

/// How a frame of this dialect is found and read.
#[derive(Debug)]
pub struct Frame;

impl FrameOf for Frame {
    fn look(ahead: &[u8]) -> Look {
        enclosed(ahead, CR, ETX, LONGEST)
    }

    fn read(frame: &[u8]) -> Result<Reading, Fault> {
        decode(frame).map(Reading::Weight)
    }
}

/// Reads one frame, from CR to ETX.
pub fn decode(frame: &[u8]) -> Result<Weighing, Fault> {
    read(frame).map_err(|(kind, detail)| Fault::new(kind, detail, frame))
}

fn read(frame: &[u8]) -> Result<Weighing, Wrong> {
    let [CR, sign, number @ .., state, b' ', unit_1, unit_2, b' ', net, b' ', b' ', ETX] = frame
    else {
        return Err(bad("sign, digits, state, unit and g or n between CR and ETX expected"));
    };
    if !(6..=7).contains(&number.len()) {
        return Err(bad("six or seven characters of a number expected"));
    }
    let negative = match sign {
        b' ' | b'+' => false,
        b'-' => true,
        _ => return Err(bad("the sign is blank, + or -")),
    };
    let kind = match net {
        b'g' => Kind::Gross,
        b'n' => Kind::Net,
        _ => return Err(bad("behind the unit stands g or n")),
    };
    let number = ascii(number)?;
    let shown = || displayed(number).map(|display| display.negative_if(negative));
    let (display, stability) = match state {
        b' ' => (shown()?, Stability::Stable),
        b'm' => (shown()?, Stability::Moving),
        b'o' => (Display::OutOfRange, Stability::Moving),
        _ => return Err(bad("the state is blank, m or o")),
    };
    let unit = unit(ascii(&[*unit_1, *unit_2])?)?;
    Ok(Weighing { kind, stability, unit, ..Weighing::shown(display, frame) })
}

/// The frame of an indicator that shows this. `None` if the number does not fit, or for displays without a sign of their own.
pub fn encode(weighing: &Weighing) -> Option<Vec<u8>> {
    let (number, negative, state) = match weighing.display {
        Display::Value(value) => {
            let width = if value.scale() == 0 { 6 } else { 7 };
            let still = weighing.stability == Stability::Stable;
            let number = column(value.abs(), width, '0')?;
            (number, value.is_sign_negative(), if still { ' ' } else { 'm' })
        }
        Display::Overload | Display::Underload | Display::OutOfRange => (" ".repeat(6), false, 'o'),
        Display::Blank | Display::Withheld => return None,
    };
    let sign = if negative { '-' } else { '+' };
    let unit = weighing.unit.unwrap_or(MassUnit::Kilogram).symbol();
    let net = if weighing.kind == Kind::Net { 'n' } else { 'g' };
    Some(format!("\r{sign}{number}{state} {unit:>2} {net}  \x03").into_bytes())
}
