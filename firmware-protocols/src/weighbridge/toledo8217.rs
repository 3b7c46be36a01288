//! Dialect `toledo-8217`: the protocol of Toledo 8217 scales, by which shop counters ask.
//!
//! ```text
//! asked:    W
//! answered: 02  0 2 . 3 4 5  [N]  0D      a number, N if it is net; it comes at rest only
//!           02  ?  s          0D          no number: s has bits for motion, over, under, zero not captured, centre of zero, net
//! ```
//!
//! A state in the place of a number is a weight that is kept back, and no lost device. There is no unit and no check; the usual line is 9600
//! baud with 7 data bits and even parity. Sources: `docs/protocols/toledo-8217.md`.
//!
//! Assumed: the unit is kg where the frame has none (`scale.unit_if_silent`); "outside zero capture" is not zeroed; times of the
//! conversation (`poll_ms`, `answer_ms`, `tries`, `again_ms`).

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::vec::Vec;
use core::time::Duration;

use super::asking::{Asker, Asks, OneQuestion};
use super::number::{Wrong, ascii, bad, displayed};
use super::{Display, Flags, Kind, Stability, Weighing};
use crate::codec::{Codec, Item, Settings};
use crate::conversation::{Heard, Questions, Timing};
use crate::dialect::Reading;
use crate::fault::{Fault, FaultKind};
use crate::frames::{FrameOf, Framed, Look, enclosed};

const STX: u8 = 0x02;
const CR: u8 = 0x0d;
/// The longest frame with its marks: seven characters of a number, and N.
const LONGEST: usize = 10;

const OVER: u8 = 0x02;
const UNDER: u8 = 0x04;
const NOT_ZEROED: u8 = 0x08;
const CENTER_OF_ZERO: u8 = 0x10;
const NET: u8 = 0x20;
/// Set always, so that the state is no control character.
const ALWAYS: u8 = 0x40;

/// Decodes the frames of one scale.
pub type Decoder = Framed<Frame>;

/// How a frame of this dialect is found and read.
#[derive(Debug)]
pub struct Frame;

impl FrameOf for Frame {
    fn look(ahead: &[u8]) -> Look {
        enclosed(ahead, STX, CR, LONGEST)
    }

    fn read(frame: &[u8]) -> Result<Reading, Fault> {
        decode(frame).map(Reading::Weight)
    }
}

/// Reads one frame, from STX to CR.
pub fn decode(frame: &[u8]) -> Result<Weighing, Fault> {
    read(frame).map_err(|(kind, detail)| Fault::new(kind, detail, frame))
}

fn read(frame: &[u8]) -> Result<Weighing, Wrong> {
    let [STX, text @ .., CR] = frame else { return Err(bad("a frame stands between STX and CR")) };
    if let [b'?', state] = text {
        return state_alone(frame, *state);
    }
    if text.first() == Some(&b'E') {
        let detail = "the answer to a question for an echo";
        return Err((FaultKind::NotDecoded, detail.to_owned()));
    }
    let (number, kind) = match text {
        [number @ .., b'N'] => (number, Kind::Net),
        number => (number, Kind::Gross),
    };
    let display = displayed(ascii(number)?)?;
    if display == Display::Blank {
        return Err(bad("a number, or ? and a state, expected"));
    }
    Ok(Weighing { kind, stability: Stability::Stable, ..Weighing::shown(display, frame) })
}

fn state_alone(frame: &[u8], state: u8) -> Result<Weighing, Wrong> {
    if state & ALWAYS == 0 || state >= 0x80 {
        return Err((FaultKind::BadField, format!("state {state:02x}; 40 to 7F expected")));
    }
    let display = if state & OVER != 0 {
        Display::Overload
    } else if state & UNDER != 0 {
        Display::Underload
    } else {
        Display::Withheld
    };
    Ok(Weighing {
        kind: if state & NET != 0 { Kind::Net } else { Kind::Gross },
        stability: Stability::Moving,
        flags: Flags {
            not_zeroed: state & NOT_ZEROED != 0,
            center_of_zero: state & CENTER_OF_ZERO != 0,
            ..Flags::default()
        },
        ..Weighing::shown(display, frame)
    })
}

/// The answer of a scale that shows this. `None` if the number does not fit six characters.
pub fn encode(weighing: &Weighing) -> Option<Vec<u8>> {
    let net = weighing.kind == Kind::Net;
    let mut frame = Vec::from([STX]);
    match weighing.display {
        Display::Value(value) if weighing.stability == Stability::Stable => {
            let number = format!("{value}");
            if number.len() > 6 || value.is_sign_negative() {
                return None;
            }
            frame.extend_from_slice(format!("{number:0>6}").as_bytes());
            frame.extend(net.then_some(b'N'));
        }
        Display::Value(_)
        | Display::Overload
        | Display::Underload
        | Display::OutOfRange
        | Display::Blank
        | Display::Withheld => {
            let state = match weighing.display {
                Display::Overload | Display::OutOfRange => OVER,
                Display::Underload => UNDER,
                Display::Value(_) | Display::Blank | Display::Withheld => 0x01,
            };
            frame.extend_from_slice(&[b'?', ALWAYS | state | if net { NET } else { 0 }]);
        }
    }
    frame.push(CR);
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
        Weight(OneQuestion::new(Decoder::new(settings), b"W".to_vec(), None))
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
