//! Dialect `bilanciai`: the short string Cb of Cooperativa Bilanciai.
//!
//! ```text
//! $  0  0 4 0 0 2  CR      state, five digits
//! ```
//!
//! The state is 0 (at rest), 1 (moving) or 3 (invalid: negative, or overload). Five digits have no point and no unit, and cut a large number
//! short: where the point stands (`decimals`) and in which unit is agreed at commissioning. There is no check. Deliberately absent:
//! the extended string of 30 characters. Sources: `docs/protocols/bilanciai.md`.
//!
//! Assumed: where the point stands (`decimals`); the unit is kg where nothing is agreed (`scale.unit_if_silent`).

use alloc::format;
use alloc::vec::Vec;

use super::number::{Wrong, bad, digits};
use super::{Display, Stability, Weighing};
use crate::codec::{Codec, Item, Settings};
use crate::dialect::Reading;
use crate::fault::Fault;
use crate::frames::{Frames, Look, enclosed};

const BEGIN: u8 = b'$';
const CR: u8 = 0x0d;
/// From `$` to CR.
const FRAME_BYTES: usize = 8;
/// Five digits have no more.
const MOST_DECIMALS: u8 = 5;

/// Decodes the strings of one indicator.
#[derive(Debug)]
pub struct Decoder {
    frames: Frames,
    decimals: u8,
}

impl Codec for Decoder {
    fn new(settings: &Settings) -> Decoder {
        let decimals = settings.decimals.unwrap_or_default().min(MOST_DECIMALS);
        Decoder { frames: Frames::default(), decimals }
    }

    fn push(&mut self, bytes: &[u8], out: &mut Vec<Item>) {
        let decimals = self.decimals;
        self.frames.push(bytes, look, |frame| {
            let item = frame.and_then(|frame| decode(frame, decimals));
            out.push(item.map(Reading::Weight));
        });
    }

    fn cut(&mut self) -> Option<Fault> {
        self.frames.cut()
    }
}

fn look(ahead: &[u8]) -> Look {
    enclosed(ahead, BEGIN, CR, FRAME_BYTES)
}

/// Reads one string, from `$` to CR, whose last so many digits stand behind the point.
pub fn decode(frame: &[u8], decimals: u8) -> Result<Weighing, Fault> {
    read(frame, decimals).map_err(|(kind, detail)| Fault::new(kind, detail, frame))
}

fn read(frame: &[u8], decimals: u8) -> Result<Weighing, Wrong> {
    let [BEGIN, state, figures @ .., CR] = frame else {
        return Err(bad("a string stands between $ and CR"));
    };
    if figures.len() != 5 {
        return Err(bad("five digits expected"));
    }
    let (display, stability) = match state {
        b'0' => (digits(figures, false, decimals.into())?, Stability::Stable),
        b'1' => (digits(figures, false, decimals.into())?, Stability::Moving),
        b'3' => (Display::OutOfRange, Stability::Moving),
        _ => return Err(bad("the state is 0, 1 or 3")),
    };
    Ok(Weighing { stability, ..Weighing::shown(display, frame) })
}

/// The string of an indicator that shows this. `None` for what five digits do not hold.
pub fn encode(weighing: &Weighing) -> Option<Vec<u8>> {
    let (figures, state) = match weighing.display {
        Display::Value(value) if value.is_sign_negative() => (0, '3'),
        Display::Value(value) => {
            let still = weighing.stability == Stability::Stable;
            (u32::try_from(value.mantissa()).ok()?, if still { '0' } else { '1' })
        }
        Display::Overload | Display::Underload | Display::OutOfRange => (0, '3'),
        Display::Blank | Display::Withheld => return None,
    };
    (figures <= 99_999).then(|| format!("${state}{figures:05}\r").into_bytes())
}
