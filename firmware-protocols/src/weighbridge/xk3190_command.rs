//! Dialect `xk3190-command`: Yaohua XK3190 indicators (A9+, DS3) in command mode, `tF` not 0.
//!
//! ```text
//! asked:    02 A B 0 3 03                         address A (1), command B (gross), exclusive or of both as two digits
//! answered: 02 A B +  0 0 3 2 9 0  0  1 0 03      address, command, sign, six digits, decimals, check digits
//! ```
//!
//! B is gross, C tare, D net; A, E and F (handshake, numbers of truck and cargo) are told as not decoded. There is no unit and no word on
//! stability. [`Master`] asks for the gross weight. Sources: `docs/protocols/xk3190-command.md`.
//!
//! Assumed: its address is 1 (`address`); the unit is kg where the frame has none (`scale.unit_if_silent`); decimals are 0 to 4 as in the continuous output; times of the
//! conversation (`poll_ms`, `answer_ms`, `tries`, `again_ms`).

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::vec::Vec;
use core::time::Duration;

use super::asking::{Asker, Asks, OneQuestion};
use super::number::{Wrong, bad, digits, hex};
use super::{Checksum, Display, Kind, Weighing};
use crate::codec::{Codec, Item, Settings};
use crate::conversation::{Heard, Questions, Timing};
use crate::dialect::Reading;
use crate::fault::{Fault, FaultKind};
use crate::frames::{FrameOf, Framed, Look, enclosed};

const STX: u8 = 0x02;
const ETX: u8 = 0x03;
/// The longest frame: an answer with a weight has 14 bytes, one with a number of a truck may have some more.
const LONGEST: usize = 24;
/// The frame has one digit for the decimals, and the manuals give 0 to 4.
const MOST_DECIMALS: u8 = 4;

/// Decodes the frames of a line.
pub type Decoder = Framed<Frame>;

/// How a frame of this dialect is found and read.
#[derive(Debug)]
pub struct Frame;

impl FrameOf for Frame {
    fn look(ahead: &[u8]) -> Look {
        enclosed(ahead, STX, ETX, LONGEST)
    }

    fn read(frame: &[u8]) -> Result<Reading, Fault> {
        decode(frame).map(Reading::Weight)
    }
}

/// Reads one frame, from STX to ETX. Whatever is no weight is a fault that says what it is.
pub fn decode(frame: &[u8]) -> Result<Weighing, Fault> {
    read(frame).map_err(|(kind, detail)| Fault::new(kind, detail, frame))
}

fn read(frame: &[u8]) -> Result<Weighing, Wrong> {
    let [STX, body @ .., high, low, ETX] = frame else {
        return Err((FaultKind::WrongLength, "STX, two check digits and ETX expected".to_owned()));
    };
    let expected = hex(body.iter().fold(0, |sum, byte| sum ^ byte));
    if [*high, *low] != expected {
        let [high, low] = expected.map(char::from);
        let detail = format!("the check digits of these bytes are {high}{low}");
        return Err((FaultKind::WrongChecksum, detail));
    }
    let [address @ b'A'..=b'Z', command, data @ ..] = body else {
        return Err(bad("an address from A to Z and a command expected"));
    };
    let kind = match command {
        b'B' => Kind::Gross,
        b'C' => Kind::Tare,
        b'D' => Kind::Net,
        _ => {
            let detail = "a handshake or a number of a truck or cargo, and no weight";
            return Err((FaultKind::NotDecoded, detail.to_owned()));
        }
    };
    let (sign, figures, decimals) = match data {
        [] => return Err((FaultKind::NotDecoded, "a question, and no answer".to_owned())),
        [sign, figures @ .., decimals] if figures.len() == 6 => (sign, figures, decimals),
        _ => {
            let detail = "sign, six digits and the place of the point expected";
            return Err((FaultKind::WrongLength, detail.to_owned()));
        }
    };
    let negative = match sign {
        b'+' => false,
        b'-' => true,
        _ => return Err(bad("the sign is + or -")),
    };
    let decimals = decimals
        .checked_sub(b'0')
        .filter(|decimals| *decimals <= MOST_DECIMALS)
        .ok_or_else(|| bad("the place of the decimal point is 0 to 4"))?;
    Ok(Weighing {
        kind,
        address: Some(address - b'A' + 1),
        checksum: Checksum::Verified,
        ..Weighing::shown(digits(figures, negative, decimals.into())?, frame)
    })
}

/// The answer of an indicator that shows this. `None` if the number does not fit six digits and four decimals, or if there is none.
pub fn encode(weighing: &Weighing) -> Option<Vec<u8>> {
    let Display::Value(value) = weighing.display else { return None };
    let figures = u32::try_from(value.mantissa().unsigned_abs()).ok().filter(|n| *n <= 999_999)?;
    if value.scale() > MOST_DECIMALS.into() {
        return None;
    }
    let command = match weighing.kind {
        Kind::Gross | Kind::Unknown => 'B',
        Kind::Tare => 'C',
        Kind::Net => 'D',
    };
    let sign = if value.is_sign_negative() { '-' } else { '+' };
    let address = letter(weighing.address.unwrap_or(1))?;
    Some(frame(&format!("{}{command}{sign}{figures:06}{}", char::from(address), value.scale())))
}

fn letter(address: u8) -> Option<u8> {
    (1..=26).contains(&address).then(|| b'A' + address - 1)
}

fn frame(body: &str) -> Vec<u8> {
    let mut frame = Vec::from([STX]);
    frame.extend_from_slice(body.as_bytes());
    frame.extend_from_slice(&hex(body.bytes().fold(0, |sum, byte| sum ^ byte)));
    frame.push(ETX);
    frame
}

/// Asks one indicator for its gross weight.
pub type Master = Asker<GrossWeight>;

/// The gross weight of one indicator.
#[derive(Debug)]
pub struct GrossWeight(OneQuestion<Decoder>);

impl Asks for GrossWeight {
    /// Assumed: the manuals give no times.
    const USUAL: Timing = Timing {
        period: Duration::from_millis(200),
        answer_within: Duration::from_millis(500),
        tries: 3,
        again_after: Duration::from_millis(2000),
    };

    fn set(settings: &Settings) -> GrossWeight {
        let address = settings.address.filter(|address| letter(*address).is_some()).unwrap_or(1);
        let request = frame(&format!("{}B", char::from(letter(address).unwrap_or(b'A'))));
        GrossWeight(OneQuestion::new(Decoder::new(settings), request, Some(address)))
    }
}

impl Questions for GrossWeight {
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
