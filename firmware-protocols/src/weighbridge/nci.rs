//! Dialect `nci`: the protocol of NCI 7800 scales, and its ECR variant.
//!
//! ```text
//! asked:    W CR
//! answered: LF  _ 40.02 LB  CR  LF  0 0      CR  ETX      number and unit, then the state
//!           LF  00.025 kg   CR  LF  S 0 0 .. CR  ETX      ECR: the state begins with S
//!           LF  S 1 0 ..    CR  ETX                       ECR, moving, negative or over range: the state alone
//!           LF  ?           CR  ETX                       unknown command
//! ```
//!
//! A state alone is a weight that is kept back, and no lost device. In the ECR variant a number comes only at rest, so it stands still. What the
//! bits of the state mean is known from hints only. Until the site has confirmed them (`status_confirmed`) they can only keep a number back and never
//! let one through: with a bit for over or under the number is withheld, with the one for motion it moves, and none of them makes it stand
//! still. Sources: `docs/protocols/nci.md`.
//!
//! Assumed: the bits of the state (`status_confirmed`); the unit is kg where none is sent (`scale.unit_if_silent`); times of the
//! conversation (`poll_ms`, `answer_ms`, `tries`, `again_ms`).

use alloc::borrow::ToOwned;
use alloc::vec::Vec;
use core::time::Duration;

use super::asking::{Asker, Asks, OneQuestion};
use super::number::{Wrong, ascii, bad, column, displayed, split_unit};
use super::{Display, Flags, Stability, Weighing};
use crate::codec::{Codec, Item, Settings};
use crate::conversation::{Heard, Questions, Timing};
use crate::dialect::Reading;
use crate::fault::{Fault, FaultKind};
use crate::frames::{Frames, Look};

const LF: u8 = 0x0a;
const CR: u8 = 0x0d;
const ETX: u8 = 0x03;
/// The longest frame with its marks; the documented ones have some 18 bytes.
const LONGEST: usize = 32;

/// Bits of the first and of the second character of the state, by hints.
const MOVING: u8 = 0x01;
const AT_ZERO: u8 = 0x02;
const UNDER: u8 = 0x01;
const OVER: u8 = 0x02;

/// Decodes the frames of one scale.
#[derive(Debug)]
pub struct Decoder {
    frames: Frames,
    confirmed: bool,
}

impl Codec for Decoder {
    fn new(settings: &Settings) -> Decoder {
        Decoder {
            frames: Frames::default(),
            confirmed: settings.status_confirmed.unwrap_or_default(),
        }
    }

    fn push(&mut self, bytes: &[u8], out: &mut Vec<Item>) {
        let confirmed = self.confirmed;
        self.frames.push(bytes, look, |frame| {
            let item = frame.and_then(|frame| decode(frame, confirmed));
            out.push(item.map(Reading::Weight));
        });
    }

    fn cut(&mut self) -> Option<Fault> {
        self.frames.cut()
    }
}

fn look(ahead: &[u8]) -> Look {
    let Some((&LF, rest)) = ahead.split_first() else { return Look::Noise };
    match rest.iter().position(|byte| *byte == ETX) {
        Some(at) if at + 2 <= LONGEST => {
            let lines = ahead.iter().take(at + 2).filter(|byte| **byte == LF).count();
            if lines <= 2 {
                return Look::Frame(at + 2);
            }
            let detail = "a number and a state are two lines";
            Look::Broken(at + 2, FaultKind::WrongLength, detail.to_owned())
        }
        None if ahead.len() < LONGEST => Look::More,
        Some(_) | None => {
            let detail = "no end of frame within 32 bytes";
            Look::Broken(ahead.len(), FaultKind::TooLong, detail.to_owned())
        }
    }
}

/// Reads one frame, from LF to ETX. The bits of its state are believed if their meaning is `confirmed`, and else only where they speak against the
/// number.
pub fn decode(frame: &[u8], confirmed: bool) -> Result<Weighing, Fault> {
    read(frame, confirmed).map_err(|(kind, detail)| Fault::new(kind, detail, frame))
}

fn read(frame: &[u8], confirmed: bool) -> Result<Weighing, Wrong> {
    let [LF, lines @ .., CR, ETX] = frame else {
        return Err(bad("a frame stands between LF and CR ETX"));
    };
    if lines == b"?" {
        return Err((FaultKind::Refused, "the scale does not know the command".to_owned()));
    }
    let (number, state) = match lines.iter().position(|byte| *byte == LF) {
        Some(at) => {
            let (number, state) = lines.split_at(at);
            let number = number.strip_suffix(&[CR]).ok_or_else(|| bad("CR before LF expected"))?;
            (Some(number), state.get(1..).unwrap_or_default())
        }
        None => (None, lines),
    };
    let (ecr, bits) = match state {
        [b'S', bits @ ..] => (true, bits),
        bits => (false, bits),
    };
    let (first, second) = match bits {
        [first, second, rest @ ..] if rest.len() <= 2 => (*first, *second),
        _ => return Err(bad("two to four characters of state expected")),
    };
    if !bits.iter().all(|byte| (0x30..0x40).contains(byte)) {
        return Err(bad("the characters of the state are 30 to 3F"));
    }
    let (display, unit) = match number {
        None => (Display::Withheld, None),
        Some(number) => {
            let (number, unit) = split_unit(ascii(number)?)?;
            (displayed(number)?, unit)
        }
    };
    let display = match (second & OVER != 0, second & UNDER != 0) {
        (false, false) => display,
        _ if !confirmed => Display::Withheld,
        (true, _) => Display::Overload,
        (false, true) => Display::Underload,
    };
    let no_number = matches!(display, Display::Withheld | Display::Overload | Display::Underload);
    let stability = if no_number || first & MOVING != 0 {
        Stability::Moving
    } else if confirmed || ecr {
        Stability::Stable
    } else {
        Stability::Unknown
    };
    Ok(Weighing {
        stability,
        unit,
        flags: Flags { center_of_zero: confirmed && first & AT_ZERO != 0, ..Flags::default() },
        ..Weighing::shown(display, frame)
    })
}

/// The ECR frame of a scale that shows this. `None` if the number does not fit seven characters.
pub fn encode(weighing: &Weighing) -> Option<Vec<u8>> {
    let mut frame = Vec::from([LF]);
    let stands = weighing.stability == Stability::Stable;
    match weighing.display {
        Display::Value(value) if stands => {
            frame.extend_from_slice(column(value, 7, ' ')?.as_bytes());
            frame.extend_from_slice(weighing.unit.map_or("", |unit| unit.symbol()).as_bytes());
            frame.extend_from_slice(b"\r\nS00");
        }
        Display::Overload | Display::OutOfRange => frame.extend_from_slice(b"S02"),
        Display::Underload => frame.extend_from_slice(b"S01"),
        Display::Value(_) | Display::Blank | Display::Withheld => frame.extend_from_slice(b"S10"),
    }
    frame.extend_from_slice(&[CR, ETX]);
    Some(frame)
}

/// Asks one scale for its weight.
pub type Master = Asker<Weight>;

/// The weight of one scale.
#[derive(Debug)]
pub struct Weight(OneQuestion<Decoder>);

impl Asks for Weight {
    /// Assumed: the manuals give no times.
    const USUAL: Timing = Timing {
        period: Duration::from_millis(250),
        answer_within: Duration::from_millis(500),
        tries: 3,
        again_after: Duration::from_millis(2000),
    };

    fn set(settings: &Settings) -> Weight {
        Weight(OneQuestion::new(Decoder::new(settings), b"W\r".to_vec(), None))
    }
}

impl Questions for Weight {
    fn ask(&mut self, request: &mut Vec<u8>) {
        self.0.ask(request);
    }

    fn hear(&mut self, bytes: &[u8], out: &mut Vec<Item>) -> Heard {
        self.0.hear(bytes, out)
    }

    fn cut(&mut self) -> Option<Fault> {
        self.0.cut()
    }
}
