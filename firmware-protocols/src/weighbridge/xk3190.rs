//! Dialect `xk3190`: Yaohua XK3190 indicators (A9+, A23p, A26, D2+ ..) with continuous output, `tF = 0`.
//!
//! ```text
//! 02  +  0 0 3 2 9 0   0          1 3           03
//! STX sign 6 digits    decimals   check digits  ETX        3290, no decimals
//! ```
//!
//! The check digits are the exclusive or of bytes 2 to 9 as two hexadecimal digits. There is no unit, no stable flag and no word on
//! gross or net (the A9 sends gross): the unit is agreed at commissioning, and standing still is judged by [`super::Settling`].
//!
//! Deliberately absent: the `=` format, the command mode and the text of the A12, which are other settings of the same indicators and
//! other dialects: [`super::xk3190_text`], [`super::xk3190_command`], [`super::xk3190_a12`]. Sources: `docs/protocols/xk3190.md`.
//!
//! Assumed: the unit is kg where the frame has none (`scale.unit_if_silent`); six nines and six blanks are no number.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use rust_decimal::Decimal;

use super::{Checksum, Weighing, number};

use crate::dialect::Reading;
use crate::fault::{Fault, FaultKind};
use crate::frames::{FrameOf, Framed, Look};

const STX: u8 = 0x02;
const ETX: u8 = 0x03;
/// A frame from STX to ETX.
const FRAME_BYTES: usize = 12;
/// The frame has one digit for the decimals, and the manuals give 0 to 4.
const MOST_DECIMALS: u32 = 4;

/// Decodes the frames of one indicator.
pub type Decoder = Framed<Frame>;

/// How a frame of this dialect is found and read.
#[derive(Debug)]
pub struct Frame;

impl FrameOf for Frame {
    fn look(ahead: &[u8]) -> Look {
        let Some((&STX, rest)) = ahead.split_first() else { return Look::Noise };
        // STX occurs nowhere inside a frame, so it always begins one.
        if let Some(at) = rest.iter().position(|byte| *byte == STX) {
            let detail = "a frame has 12 bytes; a new one began before";
            return Look::Dropped(at + 1, FaultKind::WrongLength, detail.to_owned());
        }
        if ahead.len() < FRAME_BYTES { Look::More } else { Look::Frame(FRAME_BYTES) }
    }

    fn read(frame: &[u8]) -> Result<Reading, Fault> {
        decode(frame).map(Reading::Weight)
    }
}

/// Reads one frame, from STX to ETX.
pub fn decode(frame: &[u8]) -> Result<Weighing, Fault> {
    read(frame).map_err(|(kind, detail)| Fault::new(kind, detail, frame))
}

fn read(frame: &[u8]) -> Result<Weighing, (FaultKind, String)> {
    let &[STX, sign, d1, d2, d3, d4, d5, d6, decimals, high, low, ETX] = frame else {
        return Err((FaultKind::WrongLength, "12 bytes from STX to ETX expected".to_owned()));
    };
    let digits = [d1, d2, d3, d4, d5, d6];
    let sum = digits.iter().fold(sign ^ decimals, |sum, digit| sum ^ digit);
    if [high, low] != number::hex(sum) {
        let [high, low] = number::hex(sum).map(char::from);
        return Err((
            FaultKind::WrongChecksum,
            format!("the check digits of these bytes are {high}{low}"),
        ));
    }
    let decimals = char::from(decimals)
        .to_digit(10)
        .filter(|decimals| *decimals <= MOST_DECIMALS)
        .ok_or_else(|| {
            (FaultKind::BadField, "the place of the decimal point is 0 to 4".to_owned())
        })?;
    let negative = match sign {
        b'+' => false,
        b'-' => true,
        _ => return Err((FaultKind::BadField, "the sign is + or -".to_owned())),
    };
    let display = number::digits(&digits, negative, decimals)?;
    Ok(Weighing { checksum: Checksum::Verified, ..Weighing::shown(display, frame) })
}

/// The frame of an indicator that shows `value`. `None` if the number does not fit six digits and four decimals.
pub fn encode(value: Decimal) -> Option<Vec<u8>> {
    let value = value.normalize();
    let decimals = value.scale();
    let digits = u32::try_from(value.mantissa().unsigned_abs()).ok()?;
    if decimals > MOST_DECIMALS || digits > 999_999 {
        return None;
    }
    let sign = if value.is_sign_negative() { '-' } else { '+' };
    let body = format!("{sign}{digits:06}{decimals}");
    let sum = body.bytes().fold(0, |sum, byte| sum ^ byte);
    let mut frame = Vec::with_capacity(FRAME_BYTES);
    frame.push(STX);
    frame.extend_from_slice(body.as_bytes());
    frame.extend_from_slice(&number::hex(sum));
    frame.push(ETX);
    Some(frame)
}
