//! Dialect `tenso-m-643`: the text protocol "6.43" of Tenso-M indicators.
//!
//! ```text
//! asked:    01 30 30 30 31      call the instrument with the address 0001; it answers FF
//!           10                  read the display
//! answered: =    2 8 6 . $      `=`, seven characters, a state: bit 0 it moves, bit 2 the text is the value (else a tenth of it)
//! ```
//!
//! There is no check. A weight counts as standing still only when two answers in a row, both stable, are the same byte for byte; the first
//! of them is told as moving. Text with letters is a message, and no number.
//!
//! The rule of the tenth is second-hand and assumed beyond the two published answers that it fits: until a site has confirmed it with a known load
//! (`status_confirmed`), a number that was divided is shown as one of finer steps, which never settles.
//! Deliberately absent: zeroing, keys, modes. Sources: `docs/protocols/tenso-m-643.md`.
//!
//! Assumed: the unit is kg where the frame has none (`scale.unit_if_silent`); the rule of the tenth (`status_confirmed`); states other than
//! 20h to 27h are none; times of the conversation (`poll_ms`, `answer_ms`, `tries`, `again_ms`).

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::vec::Vec;
use core::time::Duration;

use rust_decimal::Decimal;

use super::asking::{Asker, Asks};
use super::number::{Wrong, ascii, bad, column, displayed};
use super::{Display, Flags, Stability, Weighing};
use crate::codec::{Codec, Item, Settings};
use crate::conversation::{Heard, Questions, Timing};
use crate::dialect::Reading;
use crate::fault::{Fault, FaultKind};
use crate::frames::{Frames, Look};

const BEGIN: u8 = b'=';
/// `=`, seven characters and the state.
const FRAME_BYTES: usize = 9;
const MOVING: u8 = 0x01;
const WHOLE: u8 = 0x04;

const CALL: u8 = 0x01;
const READ: u8 = 0x10;
/// How an instrument answers that it was called.
const CALLED: u8 = 0xff;

/// Decodes the answers of one instrument.
#[derive(Debug)]
pub struct Decoder {
    frames: Frames,
    /// Whether the site has confirmed the rule of the tenth.
    confirmed: bool,
    /// The answer before, if it was stable.
    before: Option<Vec<u8>>,
}

impl Codec for Decoder {
    fn new(settings: &Settings) -> Decoder {
        Decoder {
            frames: Frames::default(),
            confirmed: settings.status_confirmed.unwrap_or_default(),
            before: None,
        }
    }

    fn push(&mut self, bytes: &[u8], out: &mut Vec<Item>) {
        let (before, confirmed) = (&mut self.before, self.confirmed);
        self.frames.push(bytes, look, |frame| {
            let item = match frame {
                Ok([CALLED | READ]) => return,
                Ok(frame) => decode(frame).map(|mut weighing| {
                    weighing.flags.high_resolution &= !confirmed;
                    twice(weighing, before)
                }),
                Err(fault) => {
                    *before = None;
                    Err(fault)
                }
            };
            out.push(item.map(Reading::Weight));
        });
    }

    fn cut(&mut self) -> Option<Fault> {
        self.before = None;
        self.frames.cut()
    }
}

/// Believes that a weight stands still when it is said twice.
fn twice(mut weighing: Weighing, before: &mut Option<Vec<u8>>) -> Weighing {
    if weighing.stability != Stability::Stable {
        *before = None;
        return weighing;
    }
    let said = Some(weighing.raw.0.clone());
    if *before != said {
        weighing.stability = Stability::Moving;
        *before = said;
    }
    weighing
}

fn look(ahead: &[u8]) -> Look {
    match ahead {
        // The answer to a call, which says nothing, or our question, which a line of two wires gives back.
        [CALLED | READ, ..] => return Look::Frame(1),
        [BEGIN, ..] => {}
        _ => return Look::Noise,
    }
    if let Some(at) = ahead.iter().skip(1).position(|byte| *byte == BEGIN || *byte == CALLED) {
        let detail = "an answer has 9 bytes; a new one began before";
        return Look::Dropped(at + 1, FaultKind::WrongLength, detail.to_owned());
    }
    if ahead.len() < FRAME_BYTES { Look::More } else { Look::Frame(FRAME_BYTES) }
}

/// Reads one answer from `=` to the state, as the instrument means it: that it has to be said twice is a matter of the decoder, and that the rule of the
/// tenth was confirmed.
pub fn decode(frame: &[u8]) -> Result<Weighing, Fault> {
    read(frame).map_err(|(kind, detail)| Fault::new(kind, detail, frame))
}

fn read(frame: &[u8]) -> Result<Weighing, Wrong> {
    let [BEGIN, text @ .., state] = frame else { return Err(bad("an answer begins with `=`")) };
    if frame.len() != FRAME_BYTES {
        return Err((FaultKind::WrongLength, "9 bytes expected".to_owned()));
    }
    if !(0x20..0x28).contains(state) {
        return Err((FaultKind::BadField, format!("state {state:02x}; 20 to 27 expected")));
    }
    let text = ascii(text)?;
    let display = if text.bytes().any(|byte| byte.is_ascii_alphabetic()) {
        Display::Blank
    } else {
        let display = displayed(text)?;
        match display.value() {
            Some(value) if state & WHOLE == 0 => Display::Value(tenth(value)?),
            Some(_) | None => display,
        }
    };
    let stability = if state & MOVING == 0 { Stability::Stable } else { Stability::Moving };
    // One digit more than the display has: shown, and never settled.
    let high_resolution = state & WHOLE == 0 && display.value().is_some();
    let flags = Flags { high_resolution, ..Flags::default() };
    Ok(Weighing { stability, flags, ..Weighing::shown(display, frame) })
}

/// The text has one digit more than the display.
fn tenth(mut value: Decimal) -> Result<Decimal, Wrong> {
    value.set_scale(value.scale() + 1).map_err(|_| bad("seven characters hold no such number"))?;
    Ok(value)
}

/// The answer of an instrument that shows this, in the form in which the text is the value. `None` for what it cannot show.
pub fn encode(weighing: &Weighing) -> Option<Vec<u8>> {
    let text = match weighing.display {
        Display::Value(value) if value.scale() == 0 => column(value, 6, ' ')? + ".",
        Display::Value(value) => column(value, 7, ' ')?,
        Display::Blank => "       ".to_owned(),
        Display::Overload | Display::Underload | Display::OutOfRange | Display::Withheld => {
            return None;
        }
    };
    let moving = if weighing.stability == Stability::Stable { 0 } else { MOVING };
    let mut frame = Vec::from([BEGIN]);
    frame.extend_from_slice(text.as_bytes());
    frame.push(0x20 | WHOLE | moving);
    Some(frame)
}

/// Calls one instrument and reads its display.
pub type Master = Asker<ShownWeight>;

/// The display of one instrument.
#[derive(Debug)]
pub struct ShownWeight {
    decoder: Decoder,
    address: u8,
    called: bool,
    items: Vec<Item>,
}

impl Asks for ShownWeight {
    /// Five questions a second are those of a public driver, and leave the instrument the 40 ms that it needs after a call.
    const USUAL: Timing = Timing {
        period: Duration::from_millis(200),
        answer_within: Duration::from_millis(500),
        tries: 3,
        again_after: Duration::from_millis(2000),
    };

    fn set(settings: &Settings) -> ShownWeight {
        ShownWeight {
            decoder: Decoder::new(settings),
            // The address 0 is answered by every instrument.
            address: settings.address.unwrap_or(0),
            called: false,
            items: Vec::new(),
        }
    }
}

impl Questions for ShownWeight {
    fn ask(&mut self, request: &mut Vec<u8>) {
        if self.called {
            request.push(READ);
        } else {
            request.push(CALL);
            request.extend_from_slice(format!("{:04}", self.address).as_bytes());
        }
    }

    fn hear(&mut self, bytes: &[u8], out: &mut Vec<Item>) -> Heard {
        if !self.called {
            // What stood in the instrument's buffer before is not looked at.
            self.called = bytes.contains(&CALLED);
            return if self.called { Heard::Answered } else { Heard::NotYet };
        }
        self.decoder.push(bytes, &mut self.items);
        let mut last = None;
        for item in self.items.drain(..) {
            // Of two answers the last counts.
            if item.is_ok() { last = Some(item) } else { out.push(item) }
        }
        let answered = last.is_some();
        out.extend(last);
        if answered { Heard::Answered } else { Heard::NotYet }
    }

    fn cut(&mut self) -> Option<Fault> {
        self.decoder.cut()
    }

    fn unanswered(&mut self) {
        self.called = false;
    }
}
