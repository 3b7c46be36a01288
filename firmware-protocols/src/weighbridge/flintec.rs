//! Dialect `flintec-bsi`: the command protocol BSI of Flintec indicators (FT-10, FT-111, FT-112, FAD-40).
//!
//! ```text
//! asked:    01 B 5D CR LF                    address (left out if it is 00), command, check
//! answered: 01 B S +000123.4 57 CR LF        command, state, sign, eight characters with the point, check
//!           01 B - D1 CR LF                  underload: no number
//! ```
//!
//! The check is what makes the sum of all characters nothing, as two hexadecimal digits. It can be switched off in the indicator: then the site
//! says so, and it is never guessed. B is the gross weight, I the weight of the display, P the weight at rest, X the weight in finer steps,
//! A net, tare and gross in one. [`Master`] asks for B. Deliberately absent: every command that changes the indicator. Sources:
//! `docs/protocols/flintec-bsi.md`.
//!
//! Assumed: the unit is kg where the frame has none (`scale.unit_if_silent`); L is low voltage; times of the conversation (`poll_ms`,
//! `answer_ms`, `tries`, `again_ms`).

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use super::asking::{Asker, Asks, OneQuestion};
use super::number::{Wrong, ascii, bad, column, displayed, hex};
use super::{Checksum, Display, Flags, Kind, Stability, Weighing};
use crate::codec::{Codec, Item, Settings};
use crate::conversation::{Heard, Questions, Timing};
use crate::dialect::Reading;
use crate::fault::{Fault, FaultKind};
use crate::limits;
use crate::lines::Lines;

/// Sign and number.
const NUMBER_CHARS: usize = 9;

/// Decodes the lines of a bus.
#[derive(Debug)]
pub struct Decoder {
    lines: Lines,
    checksum: bool,
}

impl Codec for Decoder {
    fn new(settings: &Settings) -> Decoder {
        Decoder {
            lines: Lines::new(limits::WEIGHING_LINE_BYTES),
            checksum: settings.checksum.unwrap_or(true),
        }
    }

    fn push(&mut self, bytes: &[u8], out: &mut Vec<Item>) {
        let checksum = self.checksum;
        self.lines.push(bytes, |line| {
            let item = line.and_then(|line| decode(line, checksum));
            out.push(item.map(Reading::Weight));
        });
    }

    fn cut(&mut self) -> Option<Fault> {
        self.lines.cut()
    }
}

/// The check of these characters.
fn check(text: &[u8]) -> [u8; 2] {
    hex(text.iter().fold(0_u8, |sum, byte| sum.wrapping_sub(*byte)))
}

/// Reads one line, without its end. Whatever is no weight is a fault that says what it is.
pub fn decode(line: &[u8], checksum: bool) -> Result<Weighing, Fault> {
    read(line, checksum).map_err(|(kind, detail)| Fault::new(kind, detail, line))
}

fn read(line: &[u8], checksum: bool) -> Result<Weighing, Wrong> {
    let text = match line {
        [text @ .., high, low] if checksum => {
            let expected = check(text);
            if [*high, *low] != expected {
                let [high, low] = expected.map(char::from);
                let detail = format!("the check of these characters is {high}{low}");
                return Err((FaultKind::WrongChecksum, detail));
            }
            text
        }
        line => line,
    };
    let (address, text) = match text {
        [tens @ b'0'..=b'9', ones @ b'0'..=b'9', text @ ..] => {
            (Some((tens - b'0') * 10 + (ones - b'0')), text)
        }
        text => (None, text),
    };
    let (command, state, numbers) = match text {
        [command, state, numbers @ ..] => (command, state, numbers),
        [b'A'..=b'Z'] => {
            return Err((FaultKind::NotDecoded, "a question, and no answer".to_owned()));
        }
        _ => return Err(bad("a command and a state expected")),
    };
    let mut flags = Flags { high_resolution: *command == b'X', ..Flags::default() };
    let (kind, at) = match command {
        b'B' => (Kind::Gross, 0),
        b'I' | b'P' | b'X' => (Kind::Unknown, 0),
        b'A' => (Kind::Gross, 2),
        _ => {
            let detail = "an answer to a command other than A, B, I, P and X";
            return Err((FaultKind::NotDecoded, detail.to_owned()));
        }
    };
    let told = |at: usize| {
        let count = if *command == b'A' { 3 } else { 1 };
        if numbers.len() != count * NUMBER_CHARS {
            let detail = "sign and eight characters of a number expected";
            return Err((FaultKind::WrongLength, detail.to_owned()));
        }
        let number = numbers.get(at * NUMBER_CHARS..(at + 1) * NUMBER_CHARS).unwrap_or_default();
        if !matches!(number.first(), Some(b'+' | b'-')) {
            return Err(bad("the sign is + or -"));
        }
        displayed(ascii(number)?)
    };
    if matches!(state, b'S' | b'D') {
        if *command == b'A' {
            flags.tare_active = !matches!(told(1)?, Display::Value(tare) if tare.is_zero());
        }
    } else if !numbers.is_empty() {
        return Err(bad("nothing stands behind a state without a number"));
    }
    let (display, stability) = match state {
        b'S' => (told(at)?, Stability::Stable),
        b'D' => (told(at)?, Stability::Moving),
        b'+' => (Display::Overload, Stability::Moving),
        b'-' => (Display::Underload, Stability::Moving),
        b'N' if *command == b'P' => (Display::Withheld, Stability::Moving),
        b'L' => {
            flags.low_battery = true;
            (Display::Blank, Stability::Moving)
        }
        b'E' | b'H' | b'I' | b'O' => (Display::Blank, Stability::Moving),
        b'N' => {
            return Err((FaultKind::Refused, "the device could not follow the command".to_owned()));
        }
        b'X' => {
            return Err((FaultKind::Refused, "the device does not know the command".to_owned()));
        }
        _ => return Err(bad("the state is S, D, +, -, N, L, E, H, I, O or X")),
    };
    Ok(Weighing {
        kind,
        stability,
        address,
        flags,
        checksum: if checksum { Checksum::Verified } else { Checksum::Absent },
        ..Weighing::shown(display, line)
    })
}

/// The answer to B of an indicator that shows this, with CR LF. `None` if the number does not fit eight characters.
pub fn encode(weighing: &Weighing, checksum: bool) -> Option<Vec<u8>> {
    let state = match weighing.display {
        Display::Value(value) => {
            let state = if weighing.stability == Stability::Stable { 'S' } else { 'D' };
            let sign = if value.is_sign_negative() { '-' } else { '+' };
            format!("{state}{sign}{}", column(value.abs(), 8, '0')?)
        }
        Display::Overload | Display::OutOfRange => "+".to_owned(),
        Display::Underload => "-".to_owned(),
        Display::Blank | Display::Withheld => "E".to_owned(),
    };
    Some(line(weighing.address, &format!("B{state}"), checksum))
}

fn line(address: Option<u8>, text: &str, checksum: bool) -> Vec<u8> {
    let address = address.filter(|address| (1..=99).contains(address));
    let address = address.map_or_else(String::new, |address| format!("{address:02}"));
    let mut line = format!("{address}{text}").into_bytes();
    if checksum {
        let check = check(&line);
        line.extend_from_slice(&check);
    }
    line.extend_from_slice(b"\r\n");
    line
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
        let decoder = Decoder::new(settings);
        let address = settings.address.filter(|address| (1..=99).contains(address));
        let request = line(address, "B", decoder.checksum);
        GrossWeight(OneQuestion::new(decoder, request, address))
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
