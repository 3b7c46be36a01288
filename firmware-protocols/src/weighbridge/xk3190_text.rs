//! Dialect `xk3190-text`: Yaohua XK3190 indicators with the `=` format, whose digits come in reverse.
//!
//! ```text
//! =00.1000-=00.1000-            low digit first, sign last: -0001.00
//! 00.0000=43.2100=02000-=       the same with the `=` behind, as some programs send it
//! ```
//!
//! Usually `=` stands in front of eight characters. Where it stands behind, numbers have any length up to eight and end at the `=`: then the
//! site says so (`equals_last`), for half a number would otherwise be taken for a whole one. There is no unit, no word on stability and no
//! check; an end of line does not come. Sources: `docs/protocols/xk3190-text.md`.
//!
//! Assumed: the unit is kg where the frame has none (`scale.unit_if_silent`); six or more nines and blanks are no number.

use alloc::borrow::ToOwned;
use alloc::vec::Vec;

use super::number::{Wrong, ascii, bad, column, displayed};
use super::{Display, Weighing};
use crate::codec::{Codec, Item, Settings};
use crate::dialect::Reading;
use crate::fault::{Fault, FaultKind};
use crate::few::Few;
use crate::frames::{Frames, Look};

const EQUALS: u8 = b'=';
/// Characters of a number.
const WIDTH: usize = 8;

/// Decodes the numbers of one indicator.
#[derive(Debug)]
pub struct Decoder {
    frames: Frames,
    equals_last: bool,
}

impl Codec for Decoder {
    fn new(settings: &Settings) -> Decoder {
        Decoder { frames: Frames::default(), equals_last: settings.equals_last.unwrap_or_default() }
    }

    fn push(&mut self, bytes: &[u8], out: &mut Vec<Item>) {
        let look = if self.equals_last { look_between } else { look_behind };
        self.frames.push(bytes, look, |frame| match frame {
            Ok([EQUALS]) => {}
            frame => out.push(frame.and_then(decode).map(Reading::Weight)),
        });
    }

    fn cut(&mut self) -> Option<Fault> {
        // The last `=` ended a number, and the next never began.
        self.frames.cut().filter(|fault| !self.equals_last || fault.bytes > 1)
    }
}

fn in_number(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'.' | b'-' | b'+' | b' ')
}

/// A number behind its `=`.
fn look_behind(ahead: &[u8]) -> Look {
    let Some((&EQUALS, rest)) = ahead.split_first() else { return Look::Noise };
    if let Some(at) = rest.iter().position(|byte| !in_number(*byte)) {
        let detail = "eight characters of a number expected behind `=`";
        let length = if rest.get(at) == Some(&EQUALS) { at + 1 } else { at + 2 };
        return Look::Dropped(length, FaultKind::WrongLength, detail.to_owned());
    }
    if rest.len() < WIDTH { Look::More } else { Look::Frame(WIDTH + 1) }
}

/// A number between two `=`: what comes before the first of them may be the rest of one. The second is kept, for it begins the next.
fn look_between(ahead: &[u8]) -> Look {
    let Some((&EQUALS, rest)) = ahead.split_first() else { return Look::Noise };
    match rest.iter().position(|byte| !in_number(*byte)) {
        Some(at) if rest.get(at) == Some(&EQUALS) => Look::Frame(at + 1),
        Some(at) => {
            let detail = "a character that is in no number";
            Look::Dropped(at + 2, FaultKind::BadField, detail.to_owned())
        }
        None if rest.len() > WIDTH => {
            let detail = "no `=` behind eight characters";
            Look::Dropped(ahead.len(), FaultKind::TooLong, detail.to_owned())
        }
        None => Look::More,
    }
}

/// Reads one number, with the `=` in front of it or behind it.
pub fn decode(frame: &[u8]) -> Result<Weighing, Fault> {
    read(frame).map_err(|(kind, detail)| Fault::new(kind, detail, frame))
}

fn read(frame: &[u8]) -> Result<Weighing, Wrong> {
    let digits = frame
        .strip_prefix(&[EQUALS])
        .or_else(|| frame.strip_suffix(&[EQUALS]))
        .ok_or_else(|| bad("`=` in front of the number or behind it expected"))?;
    if digits.len() > WIDTH {
        return Err((FaultKind::TooLong, "a number has at most eight characters".to_owned()));
    }
    let number: Few<u8, WIDTH> = Few::of(digits.iter().rev().copied());
    Ok(Weighing::shown(displayed(ascii(number.as_slice())?)?, frame))
}

/// The number of an indicator that shows `value`, with the `=` in front. `None` if it does not fit eight characters.
pub fn encode(value: Display) -> Option<Vec<u8>> {
    let Display::Value(value) = value else { return None };
    let mut frame = Vec::from([EQUALS]);
    frame.extend(column(value, WIDTH, '0')?.bytes().rev());
    Some(frame)
}
