//! Dialect `toledo`: the continuous output of Mettler-Toledo, and of all who imitate it (Flintec, Rice Lake, Cardinal, Kern ..).
//!
//! ```text
//! 02   32 30 20   20 34 30 30 30 30   20 20 20 20 20 30   0D   0B
//! STX  SWA-C      six digits          tare                CR   check sum        40 000 kg gross, at rest, in steps of 2
//! ```
//!
//! SWA tells where the point is and the step; SWB net, sign, range, motion, kg or lb, and whether it was zeroed since it was switched on;
//! SWC the unit, the key for printing, and the expanded display. Bits that makers set differently are never a reason to refuse a frame: bit 6
//! of SWA is set at Flintec, where SWC is always 30h and its bit of the expanded display says nothing.
//!
//! Variants: Flintec sends CR LF before the check sum, and `OVER` or `UNDER` in the place of digits; Cardinal leaves the tare out; Rice Lake
//! may put a point among the digits. The check sum can be switched off. Where the site does not say, the bytes do: behind CR stands
//! either STX and a byte of 20h or more, which is the next frame, or a check sum, which may be STX itself. After five frames of one kind that
//! kind is expected; after five that do not fit, or five with a stray byte behind them, it is asked again. Sources: `docs/protocols/toledo.md`.
//!
//! Assumed: whether there is a check sum, where the site does not say it (`checksum`); a point among the digits stands where it stands; the
//! expanded display is not told where bit 6 of SWA is set; six nines are no weight.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::Cell;

use rust_decimal::Decimal;
use units::MassUnit;

use super::number::{Wrong, ascii, bad, digits, displayed};
use super::{Checksum, Display, Flags, Kind, Stability, Weighing};
use crate::codec::{Codec, Item, Settings};
use crate::dialect::Reading;
use crate::fault::{Fault, FaultKind};
use crate::frames::{Frames, Look};

const STX: u8 = 0x02;
const CR: u8 = 0x0d;
const LF: u8 = 0x0a;
/// Where CR stands in a frame with tare, and in one without.
const CR_AT: usize = 16;
const CR_AT_WITHOUT_TARE: usize = 10;
/// So many frames of one kind tell how an indicator is set.
const ENOUGH: u8 = 5;

/// Set at Flintec, whose SWC is always 30h: there its bit of the expanded display says nothing.
const SWA_FLINTEC: u8 = 0x40;
const SWB_NET: u8 = 0x01;
const SWB_NEGATIVE: u8 = 0x02;
const SWB_OUT_OF_RANGE: u8 = 0x04;
const SWB_MOVING: u8 = 0x08;
const SWB_KILOGRAM: u8 = 0x10;
const SWB_NOT_ZEROED: u8 = 0x40;
const SWC_UNIT: u8 = 0x07;
const SWC_PRINT: u8 = 0x08;
const SWC_EXPANDED: u8 = 0x10;
/// Set in all three, so that they are no control characters.
const ALWAYS: u8 = 0x20;

/// Decodes the frames of one indicator.
#[derive(Debug)]
pub struct Decoder {
    frames: Frames,
    set_by_site: Option<bool>,
    learned: Learned,
}

/// What the frames so far tell of the check sum.
#[derive(Debug, Clone, Copy, Default)]
struct Learned {
    with: u8,
    without: u8,
    wrong: u8,
    /// Frames in a row that were read without a check sum and had something else behind them: it may have been switched on.
    strayed: u8,
    stray: bool,
}

impl Learned {
    /// Whether there is a check sum, as far as that is certain.
    fn checksum(self) -> Option<bool> {
        if self.with >= ENOUGH {
            Some(true)
        } else if self.without >= ENOUGH {
            Some(false)
        } else {
            None
        }
    }

    fn heard(&mut self, checksum: bool) {
        let (this, other) = if checksum {
            (&mut self.with, &mut self.without)
        } else {
            (&mut self.without, &mut self.with)
        };
        *this = this.saturating_add(1);
        *other = 0;
        self.wrong = 0;
        self.strayed = if self.stray { self.strayed + 1 } else { 0 };
        self.stray = false;
        if self.strayed >= ENOUGH {
            *self = Learned::default();
        }
    }

    /// Something that is no frame, and no line end behind one.
    fn stray(&mut self) {
        self.stray = true;
    }

    fn wrong(&mut self) {
        self.wrong += 1;
        if self.wrong >= ENOUGH {
            *self = Learned::default();
        }
    }
}

impl Codec for Decoder {
    fn new(settings: &Settings) -> Decoder {
        Decoder {
            frames: Frames::default(),
            set_by_site: settings.checksum,
            learned: Learned::default(),
        }
    }

    fn push(&mut self, bytes: &[u8], out: &mut Vec<Item>) {
        let set_by_site = self.set_by_site;
        let learned = Cell::new(self.learned);
        self.frames.push(
            bytes,
            |ahead| look(ahead, set_by_site.or_else(|| learned.get().checksum())),
            |frame| {
                let mut now = learned.get();
                match &frame {
                    // Behind the CR of a frame without check sum.
                    Ok([LF]) => return,
                    // The first CR ends the text: a second one is a check sum.
                    Ok(frame) => now
                        .heard(frame.iter().position(|byte| *byte == CR) != Some(frame.len() - 1)),
                    Err(fault) if fault.kind == FaultKind::WrongChecksum => now.wrong(),
                    Err(_) => now.stray(),
                }
                learned.set(now);
                out.push(frame.and_then(decode).map(Reading::Weight));
            },
        );
        self.learned = learned.get();
    }

    fn cut(&mut self) -> Option<Fault> {
        self.learned = Learned::default();
        self.frames.cut()
    }
}

fn look(ahead: &[u8], checksum: Option<bool>) -> Look {
    match ahead {
        [STX, ..] => {}
        [LF, ..] => return Look::Frame(1),
        _ => return Look::Noise,
    }
    let stop = ahead.iter().skip(1).position(|byte| matches!(*byte, STX | CR)).map(|at| at + 1);
    let cr = match stop {
        Some(at) if ahead.get(at) == Some(&STX) => {
            let detail = "the next frame began before the end of this one";
            return Look::Dropped(at, FaultKind::WrongLength, detail.to_owned());
        }
        Some(at) if at == CR_AT || at == CR_AT_WITHOUT_TARE => at,
        None if ahead.len() <= CR_AT => return Look::More,
        Some(_) | None => {
            let detail = "CR is byte 17, or 11 without tare";
            let length = stop.map_or(ahead.len(), |at| at + 1);
            return Look::Dropped(length, FaultKind::WrongLength, detail.to_owned());
        }
    };
    let body = cr + 1;
    if checksum == Some(false) {
        return Look::Frame(body);
    }
    let Some(check) = ahead.get(body) else { return Look::More };
    let behind = ahead.get(body + 1);
    match (check, behind) {
        // Nothing but the byte behind tells a check sum of 02 from the next frame.
        (&STX, None) if checksum.is_none() => return Look::More,
        (&STX, Some(swa)) if checksum.is_none() && *swa >= ALWAYS => return Look::Frame(body),
        _ => {}
    }
    if fits(ahead.get(..=body)) {
        return Look::Frame(body + 1);
    }
    if *check == LF {
        match behind {
            None => return Look::More,
            Some(_) if fits(ahead.get(..body + 2)) => return Look::Frame(body + 2),
            Some(_) => {}
        }
    }
    let detail = format!("the check sum of these bytes is {:02X}", sum(ahead.get(..body)));
    Look::Broken(body + 1, FaultKind::WrongChecksum, detail)
}

/// The check sum that belongs behind these bytes: of seven bits, because the eighth may be a parity.
fn sum(bytes: Option<&[u8]>) -> u8 {
    let sum = bytes.unwrap_or_default().iter().fold(0_u8, |sum, byte| sum.wrapping_add(*byte));
    sum.wrapping_neg() & 0x7f
}

/// Whether these bytes with their check sum give nothing.
fn fits(bytes: Option<&[u8]>) -> bool {
    sum(bytes) == 0
}

/// Reads one frame from STX to CR, or to its check sum.
pub fn decode(frame: &[u8]) -> Result<Weighing, Fault> {
    read(frame).map_err(|(kind, detail)| Fault::new(kind, detail, frame))
}

fn read(frame: &[u8]) -> Result<Weighing, Wrong> {
    let cr = frame.iter().position(|byte| *byte == CR).unwrap_or_default();
    let (text, check) = frame.split_at(cr);
    let (swa, swb, swc, fields) = match text {
        [STX, swa, swb, swc, fields @ ..] if fields.len() == 6 || fields.len() == 12 => {
            (*swa, *swb, *swc, fields)
        }
        _ => return Err((FaultKind::WrongLength, "CR is byte 17, or 11 without tare".to_owned())),
    };
    let checksum = match check.len() {
        1 => Checksum::Absent,
        2 | 3 if fits(Some(frame)) => Checksum::Verified,
        _ => {
            let detail = format!("the check sum of these bytes is {:02X}", sum(frame.get(..=cr)));
            return Err((FaultKind::WrongChecksum, detail));
        }
    };
    ascii(&[swa, swb, swc])?;
    let (shown, tare) = fields.split_at(6);
    let (shown, tare) = (ascii(shown)?, ascii(tare)?);
    let negative = swb & SWB_NEGATIVE != 0;
    let display = match shown.trim() {
        "OVER" => Display::Overload,
        "UNDER" => Display::Underload,
        _ if swb & SWB_OUT_OF_RANGE != 0 && negative => Display::Underload,
        _ if swb & SWB_OUT_OF_RANGE != 0 => Display::OutOfRange,
        _ => number(shown, negative, swa)?,
    };
    let tare_active = number(tare, false, swa)?.value().is_some_and(|tare| !tare.is_zero());
    let moving = swb & SWB_MOVING != 0;
    Ok(Weighing {
        kind: if swb & SWB_NET != 0 { Kind::Net } else { Kind::Gross },
        stability: if moving { Stability::Moving } else { Stability::Stable },
        unit: Some(unit(swb, swc)?),
        flags: Flags {
            not_zeroed: swb & SWB_NOT_ZEROED != 0,
            print_request: swc & SWC_PRINT != 0,
            high_resolution: swc & SWC_EXPANDED != 0 && swa & SWA_FLINTEC == 0,
            tare_active,
            increment: increment(swa),
            ..Flags::default()
        },
        checksum,
        ..Weighing::shown(display, frame)
    })
}

/// A number of six characters with the point where SWA says, or where it stands.
fn number(text: &str, negative: bool, swa: u8) -> Result<Display, Wrong> {
    if text.contains('.') {
        return displayed(text).map(|display| display.negative_if(negative));
    }
    let display = digits(text.as_bytes(), negative, 0)?;
    display.value().map_or(Ok(display), |value| scaled(value, swa).map(Display::Value))
}

/// The number of the display times a hundred, ten, one, a tenth .. a hundred-thousandth.
fn scaled(value: Decimal, swa: u8) -> Result<Decimal, Wrong> {
    let mut scaled = match swa & 7 {
        0 => value.checked_mul(Decimal::ONE_HUNDRED),
        1 => value.checked_mul(Decimal::TEN),
        _ => Some(value),
    }
    .ok_or_else(|| bad("six digits hold no such number"))?;
    let decimals = u32::from((swa & 7).saturating_sub(2));
    scaled.set_scale(decimals).map_err(|_| bad("six digits hold no such number"))?;
    Ok(scaled)
}

/// The step d. Makers that do not tell it leave the bits empty.
fn increment(swa: u8) -> Option<Decimal> {
    let step = match swa >> 3 & 3 {
        1 => 1,
        2 => 2,
        3 => 5,
        _ => return None,
    };
    scaled(Decimal::from(step), swa).ok()
}

fn unit(swb: u8, swc: u8) -> Result<MassUnit, Wrong> {
    match swc & SWC_UNIT {
        0 if swb & SWB_KILOGRAM != 0 => Ok(MassUnit::Kilogram),
        0 => Ok(MassUnit::Pound),
        1 => Ok(MassUnit::Gram),
        2 => Ok(MassUnit::Tonne),
        code => Err((
            FaultKind::BadField,
            format!("the unit has the code {code}, which means something else at each maker"),
        )),
    }
}

/// The frame of an indicator that shows this. `None` for numbers that six digits do not hold, and for displays without a sign of their own.
pub fn encode(weighing: &Weighing, checksum: bool) -> Option<Vec<u8>> {
    let (value, out_of_range) = match weighing.display {
        Display::Value(value) => (Some(value), false),
        Display::Blank => (None, false),
        Display::OutOfRange => (None, true),
        Display::Overload | Display::Underload | Display::Withheld => return None,
    };
    let shown = value.unwrap_or_default();
    let decimals = u8::try_from(shown.scale()).ok().filter(|decimals| *decimals <= 5)?;
    let figures = shown.mantissa().unsigned_abs();
    let text = match value {
        Some(_) => format!("{figures:>6}"),
        None => " ".repeat(6),
    };
    if text.len() != 6 {
        return None;
    }
    let flag = |set: bool, bit: u8| if set { bit } else { 0 };
    let step = match weighing.flags.increment.map(|step| step.mantissa()) {
        Some(1) => 1,
        Some(2) => 2,
        Some(5) => 3,
        _ => 0,
    };
    let unit = weighing.unit.unwrap_or(MassUnit::Kilogram);
    let swa = ALWAYS | step << 3 | (decimals + 2);
    let swb = ALWAYS
        | flag(weighing.kind == Kind::Net, SWB_NET)
        | flag(shown.is_sign_negative(), SWB_NEGATIVE)
        | flag(out_of_range, SWB_OUT_OF_RANGE)
        | flag(weighing.stability != Stability::Stable, SWB_MOVING)
        | flag(unit == MassUnit::Kilogram, SWB_KILOGRAM)
        | flag(weighing.flags.not_zeroed, SWB_NOT_ZEROED);
    let swc = ALWAYS
        | match unit {
            MassUnit::Kilogram | MassUnit::Pound => 0,
            MassUnit::Gram => 1,
            MassUnit::Tonne => 2,
        }
        | flag(weighing.flags.print_request, SWC_PRINT)
        | flag(weighing.flags.high_resolution, SWC_EXPANDED);
    let tare: &str = if weighing.flags.tare_active { "     1" } else { "     0" };
    let mut frame = Vec::from([STX, swa, swb, swc]);
    frame.extend_from_slice(String::as_bytes(&text));
    frame.extend_from_slice(tare.as_bytes());
    frame.push(CR);
    if checksum {
        frame.push(sum(Some(&frame)));
    }
    Some(frame)
}
